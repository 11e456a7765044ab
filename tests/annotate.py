#!/usr/bin/env python3
"""The marked copy of a template (check --annotate): comments at the right words, and no trace of
them in what is filled from the copy.

    annotate.py [--all | --office] [CASE...]

Each template of the cases is held against data that have nothing of it, so that nearly every tag
gets a comment.  What is filled from that copy is, entry by entry, what is filled from the template;
XML that is the same to every reader (attributes in other quotes) counts as the same in the parts
that tell of others.  --all does that for all forms of a document; --office looks instead at what
LibreOffice makes of a marked copy.  Ends with the line of counts.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

import lint  # noqa: E402
import run  # noqa: E402
import sketch  # noqa: E402
from suite import TIANBAO, Suite, command, fill  # noqa: E402

W = '{http://schemas.openxmlformats.org/wordprocessingml/2006/main}'
STRICT = '{http://purl.oclc.org/ooxml/wordprocessingml/main}'
OFFICE = '{urn:oasis:names:tc:opendocument:xmlns:office:1.0}'
TEXT = '{urn:oasis:names:tc:opendocument:xmlns:text:1.0}'
SVG = '{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}'
DC = '{http://purl.org/dc/elements/1.1/}'
PARTS_THAT_TELL = ('.rels', '[Content_Types].xml', 'META-INF/manifest.xml')
suite = Suite('annotate')


def write(path, text):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def entries(path):
    with zipfile.ZipFile(path) as z:
        return {n: z.read(n) for n in z.namelist()}


# ---- comments in documents ------------------------------------------------------------------


def docx_comments(path):
    """(author, text, what it covers) of each comment of the body, in its order."""
    e = entries(path)
    part = next((n for n in e if re.match(r'word/comments\d*\.xml$', n)), None)
    if not part:
        return []
    w = STRICT if STRICT[1:-1].encode() in e['word/document.xml'] else W
    notes = {}
    for c in ET.fromstring(e[part]).iter(w + 'comment'):
        lines = [''.join(t.text or '' for t in p.iter(w + 't')) for p in c.iter(w + 'p')]
        notes[c.get(w + 'id')] = (c.get(w + 'author'), '\n'.join(lines))
    covered, open_now, seen, referred = {}, [], [], set()
    skipped = ('txbxContent', 'footnoteReference', 'del', 'instrText', 'delText')

    def walk(n):
        name = n.tag[n.tag.rindex('}') + 1:] if isinstance(n.tag, str) else ''
        id = n.get(w + 'id')
        if name == 'commentRangeStart':
            open_now.append(id)
            covered[id] = ''
            seen.append(id)
        elif name == 'commentRangeEnd':
            open_now.remove(id)
        elif name == 'commentReference':
            referred.add(id)
            if id not in seen:
                seen.append(id)
        text = {'t': n.text or '', 'tab': '\t', 'br': '\n', 'noBreakHyphen': '-'}.get(name, '')
        for i in open_now:
            covered[i] += text
        if name not in skipped:
            for k in n:
                walk(k)

    walk(ET.fromstring(e['word/document.xml']))
    assert not open_now and referred == set(notes), (open_now, referred, set(notes))
    return [(*notes[i], covered.get(i, '')) for i in seen]


def odt_comments(path):
    covered, open_now, notes, names = {}, [], {}, []

    def add(text):
        for i in open_now:
            covered[i] += text or ''

    def walk(n):
        if n.tag == OFFICE + 'annotation':
            name = n.get(OFFICE + 'name') or 'point %d' % len(names)
            assert name not in names, name
            names.append(name)
            covered[name] = ''
            notes[name] = (n.findtext(DC + 'creator') or '',
                           '\n'.join(''.join(p.itertext()) for p in n.iter(TEXT + 'p')))
            if n.get(OFFICE + 'name'):
                open_now.append(name)
            return
        if n.tag == OFFICE + 'annotation-end':
            open_now.remove(n.get(OFFICE + 'name'))
        if n.tag == TEXT + 's':
            add(' ' * int(n.get(TEXT + 'c') or 1))
        add({TEXT + 'tab': '\t', TEXT + 'line-break': '\n'}.get(n.tag))
        add(n.text)
        for k in n:
            if k.tag not in (TEXT + 'note', SVG + 'title', SVG + 'desc'):
                walk(k)
            add(k.tail)

    walk(ET.fromstring(entries(path)['content.xml']))
    # ends may be missing where LibreOffice wrote a comment on a point
    return [(*notes[n], covered[n]) for n in names]


def comments(path):
    return docx_comments(path) if path.endswith('.docx') else odt_comments(path)


def ours(path):
    return [c[1:] for c in comments(path) if c[0] == 'tianbao']


# ---- sameness -------------------------------------------------------------------------------


def canonical(data):
    return ET.canonicalize(data.decode('utf-8'))


def differences(a, b):
    """Names of entries that are not the same."""
    x, y = entries(a), entries(b)
    out = sorted(set(x) ^ set(y))
    for n in sorted(set(x) & set(y)):
        same = x[n] == y[n] or (n.endswith(PARTS_THAT_TELL) and canonical(x[n]) == canonical(y[n]))
        if not same:
            out.append(n)
    return out


def annotate(template, data, out, *more):
    if os.path.exists(out):
        os.unlink(out)
    rc, said, err = command('check', template, data, '--annotate', out, *more)
    return rc, said + err


# ---- the cases ------------------------------------------------------------------------------


def one_case(case, variant):
    name = '%s [%s]' % (case.name, variant)
    template, ending = case.template(variant, '.')
    template = shutil.copy(template, 'a.' + ending)
    args = [a for a in (case.optional('args') or '').splitlines() if a]
    at = args.index('--delimiters') if '--delimiters' in args else len(args)
    marks = args[at:at + 2]
    write('nothing.json', '{"什么也没有": 1}')
    copy, again = 'copy.' + ending, 'again.' + ending
    rc, said = annotate(template, 'nothing.json', copy, *marks)
    if not os.path.exists(copy):
        suite.check(name + ' copy', False, said[:2000])
        return
    found = lint.compare(copy, template)
    suite.check(name + ' lint', not found, found[:5])
    covered = ours(copy)
    codes = set(re.findall(r'\[TB(\d+)\]', said))
    suite.check(name + ' comments', bool(covered) == bool(codes - {'606', '607'}) or not codes,
                (said[-500:], covered))
    if not marks:
        wrong = []
        for said_here, words in covered:
            m = re.match(r'error: no figure for (\S+) \[', said_here)
            if m and m.group(1) in words and '<' not in words and not re.match(r'(?s)[{｛]{2}.*[}｝]{2}$', words):
                wrong.append((m.group(1), words))
        suite.check(name + ' words', not wrong, wrong)
    annotate(copy, 'nothing.json', again, *marks)
    suite.check(name + ' again', os.path.exists(again) and not differences(copy, again),
                os.path.exists(again) and differences(copy, again))
    data = [case.path(n) for n in sorted(os.listdir(case.folder))
            if n.startswith('data') and n.endswith('.json')]
    if case.optional('pictures'):
        run.make_pictures(case.optional('pictures'), '.')
        data = [shutil.copy(d, '.') for d in data]
    if not data:
        return
    reports = []
    for t, folder in ((template, 'o1'), (copy, 'o2')):
        shutil.rmtree(folder, ignore_errors=True)
        reports.append(command('fill', t, *data, '-o', folder + '/o.' + ending, *args))
    suite.check(name + ' status', reports[0][0] == reports[1][0], reports)
    if reports[0][0] == 0 and os.path.exists('o1/o.' + ending):
        left = differences('o1/o.' + ending, 'o2/o.' + ending)
        suite.check(name + ' report', not left, left)


def cases(names, every):
    for name in names or sorted(os.listdir(os.path.join(HERE, 'cases'))):
        case = run.Case(name)
        variants = case.variants(False)
        if not every and len(variants) == 4:
            odd = sum(map(ord, name)) % 2
            variants = [v for i, v in enumerate(variants) if i % 2 == odd]
        for variant in variants:
            one_case(case, variant)


# ---- places ---------------------------------------------------------------------------------

PLACES = """# 一、情况

支出{{支出合计}}万元，{{ 支出合计 ：2位}}又{{支出合计}}。{{甲}}好。

| {{子}} | 名[b:称{{丑}}]元 |

坏{{坏的 没有完。

{{完}}{{完}}。

框[tb:里面{{框}}]，注[fn:说{{注}}]，[link:http://a.cn/|见{{链}}页]，[cm:旧的]末尾{{甲}}{{未知}}。
"""
# What the comments are on (… ends a beginning), and how what they say begins.
COVERED = [
    ('{{支出合计}}', 'error: no figure for 支出合计 (2 times) [TB501]'),
    ('{{ 支出合计 ：2位}}', 'error: no figure for 支出合计'),
    ('{{子}}', 'error: no figure for 子 [TB501]'),
    ('{{丑}}', 'error: no figure for 丑 [TB501]'),
    ('{{坏的 没有完。', 'error: {{坏的 没有完。'),
    ('框…', 'error: text box 1, paragraph 1 (under "一、情况"): no figure for 框'),
    ('{{链}}', 'error: no figure for 链 [TB501]'),
    ('{{未知}}', 'error: no figure for 未知 [TB501]'),
]


def covers(comment, words):
    return comment[1].startswith(words[:-1]) if words.endswith('…') else comment[1] == words


def places():
    """Which words each comment is on; whole and cut to pieces give the same."""
    write('d.json', '{"甲": 1}')
    for ending in ('docx', 'odt'):
        for cut in ({}, {'cut': 1}, {'cut': 3}):
            name = 'places %s %s' % (ending, cut or '')
            sketch.make(PLACES, 't.' + ending, **cut)
            rc, said = annotate('t.' + ending, 'd.json', 'c.' + ending)
            got = ours('c.' + ending)
            for words, text in COVERED:
                hit = [g for g in got if covers(g, words) and text in g[0]]
                suite.check('%s: %s' % (name, words), len(hit) == 1 + ('2 times' in text), (text, got))
            suite.check(name + ': none on what is there',
                        rc == 1 and not [g for g in got if g[1] == '{{甲}}'], got)
            people = [c for c in comments('c.' + ending) if c[0] != 'tianbao']
            suite.check(name + ': those of people', [c[1] for c in people] == ['旧的'], people)


def equal_tags():
    """Of equal tags the one that is meant; and those that pair wrongly."""
    write('d.json', '{"甲": 1}')
    for ending in ('docx', 'odt'):
        sketch.make('一{{如果 甲}}二{{完}}三{{完}}四{{#甲}}五\n', 't.' + ending)
        annotate('t.' + ending, 'd.json', 'c.' + ending)
        with zipfile.ZipFile('c.' + ending) as z:
            body = z.read('word/document.xml' if ending == 'docx' else 'content.xml').decode()
        # what stands before the comment's beginning
        mark = '<w:commentRangeStart' if ending == 'docx' else '<office:annotation '
        before = [re.sub('<[^>]*>', '', re.sub('(?s)<office:annotation .*?</office:annotation>', '', part))
                  for part in [body[:m.start()] for m in re.finditer(mark, body)]]
        suite.check('equal tags ' + ending, [b[b.index('一'):] for b in before] ==
                    ['一{{如果 甲}}二{{完}}三', '一{{如果 甲}}二{{完}}三{{完}}四'], before)


def nested():
    """Tables in tables; a cell that is only a tag; twice the same place in two records."""
    write('d.json', '[{"甲": 1}, {"甲": 2}]')
    text = '=== block 内\n| 里{{乙}} | {{乙}} |\n=== end\n| 外 | 前{{丙}} ¶ [@内] ¶ 后{{丙}} |\n\n末{{甲}}。\n'
    for ending in ('docx', 'odt'):
        sketch.make(text, 't.' + ending)
        rc, said = annotate('t.' + ending, 'd.json', 'c.' + ending)
        got = [g[1] for g in ours('c.' + ending)]
        suite.check('nested ' + ending, got == ['{{丙}}', '{{乙}}', '{{乙}}', '{{丙}}'], got)


def in_headers():
    """What stands where no comment can is told at the beginning, with its place."""
    text = '=== header default\n页眉{{上}}\n=== end\n\n第一段。\n\n第二段。\n'
    write('d.json', '{"甲": 1}')
    for ending in ('docx', 'odt'):
        sketch.make(text, 't.' + ending)
        annotate('t.' + ending, 'd.json', 'c.' + ending)
        got = ours('c.' + ending)
        suite.check('in a header ' + ending, len(got) == 1 and got[0][1] == '第一段。' and
                    got[0][0].startswith('error: header 1, paragraph 1: no figure for 上'), got)


def with_rules():
    """A broken rule is told at its figures."""
    write('t.rules', '错误  合计 = 甲 + 乙\n')
    write('d.json', '{"甲": 1, "乙": 2, "合计": 4}')
    for ending in ('docx', 'odt'):
        sketch.make('合计{{合计}}，其中甲{{甲}}。\n\n乙{{乙}}。\n', 't.' + ending)
        rc, said = annotate('t.' + ending, 'd.json', 'c.' + ending)
        got = ours('c.' + ending)
        suite.check('rules ' + ending, rc == 1 and [g[1] for g in got] == ['{{合计}}', '{{甲}}', '{{乙}}'] and
                    all('合计 = 甲 + 乙 does not hold: 4 against 3' in g[0] for g in got) and
                    '乙 is 2' in got[-1][0], got)
    os.unlink('t.rules')


def names_of_copies():
    """The copy has the kind of the template, takes no place but its own, and is the same each time."""
    write('d.json', '{"甲": 1}')
    for ending, other in (('docx', 'odt'), ('odt', 'docx')):
        t, c = 't.' + ending, 'c.' + ending
        sketch.make('{{乙}}\n', t)
        before = entries(t)
        for out, code in (('n.' + other, 'TB102'), ('n', 'TB104'), (t, 'TB604')):
            rc, said, err = command('check', t, 'd.json', '--annotate', out, '--force')
            suite.check('named %s for %s' % (out, t), code in said and rc in (1, 2) and entries(t) == before and
                        (out == t or not os.path.exists(out)), (rc, said + err))
        write('e.json', '{"乙": 1}')
        rc, said = annotate(t, 'e.json', c)
        suite.check('nothing found ' + ending, rc == 0 and 'untime error' not in said and not differences(t, c),
                    said)
        annotate(t, 'd.json', c)
        with open(c, 'rb') as f:
            first = f.read()
        rc, said, err = command('check', t, 'd.json', '--annotate', c)
        suite.check('there already ' + ending, 'TB601' in said and rc == 1, said)
        command('check', t, 'd.json', '--annotate', c, '--force')
        with open(c, 'rb') as f:
            suite.check('same bytes ' + ending, f.read() == first)


def people():
    """Somebody called as we are keeps his comments; ours go, and nobody is told of them."""
    write('d.json', '{"甲": 1}')
    write('no.json', '{"乙": 1}')
    for ending in ('docx', 'odt'):
        t, c, o, p = [x + '.' + ending for x in 'tcop']
        sketch.make('[cm@tianbao:我是人]好{{甲}}，{{甲：空则 无}}。\n', t)
        annotate(t, 'no.json', c)
        for path in (o, p):
            if os.path.exists(path):
                os.unlink(path)
        rc, err = fill(c, 'd.json', o)
        suite.check('a namesake ' + ending, rc == 0 and [x[1] for x in comments(o)] == ['我是人'] and
                    'comments: 1 (tianbao)' in err, (err, comments(o) if rc == 0 else ''))
        fill(t, 'd.json', p)
        suite.check('a namesake\'s report ' + ending, not differences(p, o), differences(p, o))


def without_comments():
    """Comments that somebody deleted in the copy leave the cuts behind; they heal all the same.
    A format that was given to a piece since stays."""
    write('d.json', '{"乙": 1}')
    write('f.json', '{"甲": "丙"}')
    sketch.make('支出{{甲}}万元。\n', 't.docx')
    annotate('t.docx', 'd.json', 'c.docx')
    e = entries('c.docx')
    body = e['word/document.xml'].decode()
    for bold in (False, True):
        x = re.sub(r'<w:commentRange(Start|End)[^>]*/>|<w:r><w:commentReference[^>]*/></w:r>', '', body)
        if bold:
            x = re.sub('(<w:r w:rsidDel="[0-9A-F]{8}">)(<w:t[^>]*>{{)', r'\1<w:rPr><w:b/></w:rPr>\2', x)
        with zipfile.ZipFile('e.docx', 'w') as z:
            for n in e:
                z.writestr(n, x if n == 'word/document.xml' else e[n])
        out = 'healed%d.docx' % bold
        rc, err = fill('e.docx', 'f.json', out)
        got = entries(out)['word/document.xml'].decode() if rc == 0 else err
        runs = re.findall(r'<w:r>(<w:rPr><w:b/></w:rPr>)?((?:<w:t[^>]*>[^<]*</w:t>)+)</w:r>', got)
        runs = [(bool(b), re.sub('<[^>]*>', '', t)) for b, t in runs]
        wanted = [(False, '支出'), (True, '丙'), (False, '万元。')] if bold else [(False, '支出丙万元。')]
        suite.check('cuts heal, bold: %s' % bold, runs == wanted and 'rsidDel' not in got, (runs, got[-900:]))


def terminal():
    """Colours on a terminal only, and not where they are not wanted."""
    import pty
    sketch.make('支出{{甲}}万元。\n', 't.docx')
    write('d.json', '{"乙": 1}')
    for more, coloured in (({}, True), ({'NO_COLOR': '1'}, False), ({'CLICOLOR': '0'}, False),
                           ({'TERM': 'dumb'}, False)):
        env = {k: v for k, v in os.environ.items() if k not in ('NO_COLOR', 'CLICOLOR')}
        env.update({'LC_ALL': 'C.UTF-8', 'LANGUAGE': '', 'TERM': 'xterm'}, **more)
        mine, its = pty.openpty()
        p = subprocess.Popen([TIANBAO, 'fill', 't.docx', 'd.json', '-o', 'x.docx'], env=env, stderr=its,
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(its)
        got = b''
        while True:
            try:
                piece = os.read(mine, 4096)
            except OSError:
                break
            if not piece:
                break
            got += piece
        p.wait()
        os.close(mine)
        red = '<<\x1b[31m{{甲}}\x1b[0m>>'.encode() in got
        suite.check('colours %s' % more, red == coloured and (coloured or b'\x1b[3' not in got), got)


# ---- through LibreOffice --------------------------------------------------------------------


def saved(path, ending, folder):
    """What LibreOffice makes of a document when it saves it."""
    os.makedirs(folder, exist_ok=True)
    subprocess.run(['soffice', '-env:UserInstallation=file://' + os.path.abspath('profile'), '--headless',
                    '--convert-to', ending, '--outdir', folder, path], check=True, timeout=120,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return os.path.join(folder, os.path.splitext(os.path.basename(path))[0] + '.' + ending)


def through_office():
    """Opened and saved there, the comments are on the same words; filled, none of them is left, and
    the text is that of the template that went the same way."""
    text = ('# 一、情况\n\n支出{{支出合计}}万元，又{{支出合计}}。\n\n| {{子}} | 名[b:称{{丑}}]元 |\n\n'
            '框[tb:里面{{框}}]，[link:http://a.cn/|见{{链}}页]，[cm:旧的]末尾{{甲}}。\n')
    write('d.json', '{"乙": 1}')
    write('f.json', '{"支出合计": 12.50, "子": "一", "丑": "二", "框": "三", "链": "四", "甲": "五"}')
    for ending in ('docx', 'odt'):
        t, c = 't.' + ending, 'c.' + ending
        sketch.make(text, t)
        annotate(t, 'd.json', c)
        for then in ('docx', 'odt'):
            name = '%s saved as %s' % (ending, then)
            st, sc = saved(t, then, 's-' + ending), saved(c, then, 's-' + ending)
            covered = sorted(x[1] for x in ours(sc) if x[1].startswith('{{'))
            suite.check(name + ': words', covered == sorted(
                ['{{支出合计}}'] * 2 + ['{{子}}', '{{丑}}', '{{链}}', '{{甲}}']), comments(sc))
            ot, oc = 'ot.' + then, 'oc.' + then
            for x in (ot, oc):
                if os.path.exists(x):
                    os.unlink(x)
            rt, rc = fill(st, 'f.json', ot), fill(sc, 'f.json', oc)
            suite.check(name + ': filled', rt[0] == rc[0] == 0, (rt, rc))
            if rt[0] == rc[0] == 0:
                left = [n for n, x in entries(oc).items() if b'tianbao' in x]
                suite.check(name + ': no trace', [x[1] for x in comments(oc)] == ['旧的'] and not left,
                            (comments(oc), left))
                suite.check(name + ': text', run.text_of(oc) == run.text_of(ot),
                            run.difference(run.text_of(ot), run.text_of(oc), 'copy'))
            annotate(sc, 'd.json', 'again.' + then)
            suite.check(name + ': again', len(ours('again.' + then)) == len(ours(sc)),
                        (ours(sc), ours('again.' + then)))


def main():
    every = '--all' in sys.argv
    names = [a for a in sys.argv[1:] if not a.startswith('--')]
    top = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        if '--office' in sys.argv:
            through_office()
        else:
            for test in (places, equal_tags, nested, in_headers, with_rules, names_of_copies, people,
                         without_comments, terminal):
                test()
            cases(names, every)
        os.chdir(top)
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
