#!/usr/bin/env python3
"""Runs the standing cases of tianbao.

    run.py [NAME …] [--tianbao PATH] [--jobs N] [--count N] [--seed N] [--more] [--soffice]
           [--sdk] [--rng] [--keep] [--list]

NAME is a folder of tests/cases, a file of tests/expr (`expr/values`), or `properties`; without
one everything is run.  The command is $TIANBAO, else ./tianbao, else the one in the top folder.

tests/cases/NAME/ holds
    template.sketch    made into four templates: docx and odt, each whole and cut into pieces
                       (tools/sketch.py); or template.docx or template.odt as they are
    data.json          and every other data*.json, in the order of their names
    pictures           pictures that the data name: NAME WIDTH HEIGHT RRGGBB in a line; they are made
                       by tools/picture.py beside a copy of the data (optional)
    args               further arguments, one per line (optional)
    expect.txt         text of the report in the form of tools/doctext.py; all templates of the
                       case must give it
    expect.marks       the same with bold, italic and underlined text marked (optional)
    expect.findings    `exit N`, then lines of which each must be part of one line of stderr, or
                       with `! ` in front of none, with `= ` of exactly one.  With N other than 0
                       no report may be there.
    expect.parts       lines that must stand in the bytes of some entry of the report, or with `! `
                       in front in no entry and no entry's name (optional)
                       In both `docx: ` or `odt: ` before that: in that format only.
    output             what is given after -o (optional; @ stands for docx or odt), together with
    expect/FILE.txt    the text of each report
    only               `docx`, `odt` or `whole` (not cut into pieces), and the reason why the case
                       is for these templates only
    later              why the case cannot pass yet: it may fail, and must not pass
Every report also goes through tools/lint.py with its template as the base.

tests/expr/*.txt hold groups of three lines, parted by blank lines (# begins a comment): data as
JSON in one line, a paragraph of a template (in the form of a sketch), and the text that comes of
it (paragraphs parted by ¶), or `! ` and what stderr must hold.  Groups behind a line `# later:
REASON` may fail, up to the next such line without a reason.

`properties` makes random templates and data with their expected text (properties.py).

--more adds templates cut otherwise, with another namespace prefix and in UTF-16.  --soffice lets
LibreOffice read the reports and compares the words of their bodies.  --sdk holds the .docx against
the Open XML SDK (tools/ooxml_check.py), --rng the .odt against the schemas of OpenDocument
(tools/odf_check.py): a report may have no error that its template does not have.  All three look
at the reports of whole templates.
"""
import argparse
import collections
import concurrent.futures
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

import doctext  # noqa: E402
import lint  # noqa: E402
import odf_check  # noqa: E402
import ooxml_check  # noqa: E402
import picture  # noqa: E402
import sketch  # noqa: E402
from package import PackageError  # noqa: E402

# name → ending and options of sketch.make
VARIANTS = {
    'docx': ('docx', {}), 'docx-cut': ('docx', {'cut': 1}),
    'odt': ('odt', {}), 'odt-cut': ('odt', {'cut': 1}),
}
MORE = {
    'docx-odd': ('docx', {'cut': 2, 'prefix': 'x', 'utf16': True}),
    'docx-cut3': ('docx', {'cut': 3}), 'odt-cut3': ('odt', {'cut': 3}),
}
SECONDS = 120


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def write(path, text):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


class Failure(Exception):
    pass


class Run:
    """One run of the command."""

    def __init__(self, command, arguments, folder):
        env = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='')
        self.line = ' '.join([command] + arguments)
        try:
            r = subprocess.run([command] + arguments, cwd=folder, env=env, timeout=SECONDS,
                               stdin=subprocess.DEVNULL, capture_output=True)
        except subprocess.TimeoutExpired:
            raise Failure('no end after %d seconds\n  %s' % (SECONDS, self.line))
        self.status = r.returncode
        self.stderr = r.stderr.decode('utf-8', 'backslashreplace')
        self.stdout = r.stdout.decode('utf-8', 'backslashreplace')
        if self.status < 0 or 'Sanitizer' in self.stderr or 'runtime error' in self.stderr:
            raise Failure('crashed (status %d)\n%s' % (self.status, self.told()))

    def told(self):
        return '  %s\n%s' % (self.line, ''.join(
            '  | %s\n' % x for x in (self.stdout + self.stderr).splitlines()[:40]))


def difference(expected, got, what):
    lines = difflib.unified_diff(expected.splitlines(), got.splitlines(), 'expected', what, lineterm='', n=2)
    return '\n'.join('  ' + x for x in list(lines)[:80])


def text_of(path, marks=False):
    try:
        t = doctext.read(path)
    except PackageError as e:
        raise Failure('the report cannot be read: %s' % e)
    if t.problems:
        raise Failure('\n'.join(t.problems))
    return doctext.Printer(marks).document(t)


def check_report(report, template, expected, expected_marks=None):
    if not os.path.exists(report):
        raise Failure('no report was written: %s' % os.path.basename(report))
    got = text_of(report)
    if expected is not None and got.strip('\n') != expected.strip('\n'):
        raise Failure('other text\n' + difference(expected, got, os.path.basename(report)))
    if expected_marks is not None:
        got = text_of(report, True)
        if got.strip('\n') != expected_marks.strip('\n'):
            raise Failure('other formatting\n' + difference(expected_marks, got, 'report'))
    found = lint.compare(report, template)
    if found:
        raise Failure('lint\n' + '\n'.join('  ' + x for x in found[:20]))


# ---- cases ----------------------------------------------------------------------------------


class Case:
    def __init__(self, name):
        self.name = name
        self.folder = os.path.join(HERE, 'cases', name)

    def path(self, name):
        return os.path.join(self.folder, name)

    def optional(self, name):
        return read(self.path(name)) if os.path.exists(self.path(name)) else None

    def variants(self, more):
        if os.path.exists(self.path('template.sketch')):
            names = list(VARIANTS) + (list(MORE) if more else [])
            only = (self.optional('only') or '').split()[:1]
            if only == ['whole']:
                return [n for n in names if '-' not in n]
            return [n for n in names if not only or n.split('-')[0] == only[0]]
        return [e for e in ('docx', 'odt') if os.path.exists(self.path('template.' + e))]

    def template(self, variant, folder):
        ending, options = dict(VARIANTS, **MORE)[variant]
        made = self.path('template.' + ending)
        if not os.path.exists(made):
            made = os.path.join(folder, 'template.' + ending)
            sketch.make(read(self.path('template.sketch')), made, **options)
        return made, ending

    def run(self, command, variant, folder):
        """Returns the paths of reports that came out as expected, each with its template."""
        template, ending = self.template(variant, folder)
        data = [self.path(n) for n in sorted(os.listdir(self.folder))
                if n.startswith('data') and n.endswith('.json')]
        if self.optional('pictures'):
            make_pictures(self.optional('pictures'), folder)
            data = [shutil.copy(d, folder) for d in data]
        output = (self.optional('output') or 'out.@').strip().replace('@', ending)
        if '/' in output:
            os.makedirs(os.path.join(folder, os.path.dirname(output)), exist_ok=True)
        before = set(files_in(folder))
        r = Run(command, ['fill', template] + data + ['-o', output] +
                [a for a in (self.optional('args') or '').splitlines() if a], folder)
        made = sorted(set(files_in(folder)) - before)
        findings = self.optional('expect.findings')
        status = self.check_findings(r, findings, ending) if findings else 0
        if r.status != status:
            raise Failure('exit status %d, not %d\n%s' % (r.status, status, r.told()))
        if status:
            if made:
                raise Failure('left behind: ' + ', '.join(made))
            return []
        try:
            return [(r, template) for r in self.check_output(folder, output, template, ending, made)]
        except Failure as e:
            raise Failure('%s\n%s' % (e, r.told()))

    @staticmethod
    def lines_for(ending, lines):
        for x in lines:
            m = re.match('^(docx|odt): ', x)
            if not m or m.group(1) == ending:
                yield x[m.end():] if m else x

    def check_findings(self, r, findings, ending):
        lines = findings.splitlines()
        status = int(lines[0].split()[1])
        told = r.stderr.splitlines()
        for x in self.lines_for(ending, lines[1:]):
            if x.startswith('= '):
                if len([t for t in told if x[2:] in t]) != 1:
                    raise Failure('stderr does not hold "%s" once\n%s' % (x[2:], r.told()))
            elif x.startswith('! '):
                if any(x[2:] in t for t in told):
                    raise Failure('stderr holds "%s"\n%s' % (x[2:], r.told()))
            elif x and not any(x in t for t in told):
                raise Failure('stderr lacks "%s" (status %d)\n%s' % (x, r.status, r.told()))
        return status

    def check_output(self, folder, output, template, ending, made):
        if os.path.isdir(self.path('expect')):
            wanted = {n[:-4] + '.' + ending: read(os.path.join(self.path('expect'), n))
                      for n in os.listdir(self.path('expect'))}
            got = {os.path.basename(m): os.path.join(folder, m) for m in made}
            if set(wanted) != set(got):
                raise Failure('reports: expected %s, got %s' % (sorted(wanted), sorted(got)))
            for n, expected in wanted.items():
                check_report(got[n], template, expected)
            return sorted(got.values())
        report = os.path.join(folder, output)
        self.check_parts(report, ending)
        if made != [output]:
            raise Failure('files: expected %s, got %s' % (output, ', '.join(made) or 'none'))
        check_report(report, template, self.optional('expect.txt'), self.optional('expect.marks'))
        return [report]


    def check_parts(self, report, ending):
        lines = self.optional('expect.parts')
        if not lines or not os.path.exists(report):
            return
        with zipfile.ZipFile(report) as z:
            held = [n.encode() for n in z.namelist()] + [z.read(n) for n in z.namelist()]
        for x in self.lines_for(ending, lines.splitlines()):
            absent = x.startswith('! ')
            if any(x[2 * absent:].encode() in h for h in held) == absent:
                raise Failure('the report %s "%s"' % ('holds' if absent else 'lacks', x[2 * absent:]))


def make_pictures(lines, folder):
    for x in lines.splitlines():
        name, w, h, rgb = x.split()
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as f:
            f.write(picture.make(name.rsplit('.', 1)[1], int(w), int(h), bytes.fromhex(rgb)))


def files_in(folder):
    """Without the run record, which lies beside every report."""
    for top, _, names in os.walk(folder):
        for n in names:
            if n == '填报记录.json':
                continue
            yield os.path.relpath(os.path.join(top, n), folder)


def run_case(command, name, variant, folder):
    os.makedirs(folder, exist_ok=True)
    case = Case(name)
    later = case.optional('later')
    try:
        reports = case.run(command, variant, folder)
    except (Failure, sketch.SketchError) as e:
        return ('skipped', later.strip(), []) if later else ('failed', str(e), [])
    if later:
        return 'failed', 'it passes now: delete the file "later"', []
    return 'passed', '', reports


# ---- groups of expressions ------------------------------------------------------------------


def groups(name):
    """(line number, data, template, expected, why it may fail) of a file of groups."""
    out, lines, later = [], [], ''
    for n, x in enumerate(read(os.path.join(HERE, name + '.txt')).split('\n') + [''], 1):
        if x.startswith('#') and not lines:
            if x.startswith('# later:'):
                later = x[8:].strip()
            continue
        if x:
            lines.append(x)
        elif lines:
            if len(lines) != 3:
                raise Failure('%s.txt: line %d: a group has %d lines' % (name, n - len(lines), len(lines)))
            out.append((n - 3, lines[0], lines[1], lines[2], later))
            lines = []
    return out


def shown(text):
    """The paragraphs of a report as they stand in a file of groups."""
    return ' ¶ '.join(text.strip('\n').split('\n'))


def fill_text(command, folder, ending, template, data):
    """Fills a sketch; returns the run and the text, or None."""
    path, out = os.path.join(folder, 't.' + ending), os.path.join(folder, 'o.' + ending)
    if os.path.exists(out):
        os.unlink(out)
    sketch.make(template, path)
    write(os.path.join(folder, 'd.json'), data)
    r = Run(command, ['fill', path, 'd.json', '-o', out], folder)
    return r, text_of(out) if r.status == 0 and os.path.exists(out) else None


def run_groups(command, name, ending, folder):
    """Runs a file's groups: those that print text first in one document, each in a scope of its
    own; where that goes wrong, and for all that must fail, each group by itself."""
    os.makedirs(folder, exist_ok=True)
    results = []
    try:
        all_groups = groups(name)
    except Failure as e:
        return [('failed', str(e))]
    together = [g for g in all_groups if not g[3].startswith('!') and not g[4]]
    texts = together_texts(command, folder, ending, together)
    for g in all_groups:
        try:
            if texts.get(g[0]) != g[3]:
                alone(command, folder, ending, g)
            results.append(('failed', '%s.txt line %d passes now: take "later" away' % (name, g[0]))
                           if g[4] else ('passed', ''))
        except (Failure, sketch.SketchError) as e:
            if g[4]:
                results.append(('skipped', g[4]))
                continue
            results.append(('failed', '%s.txt line %d (%s): %s\n  %s\n  %s' % (
                name, g[0], ending, e, g[1], g[2])))
    return results


def together_texts(command, folder, ending, many):
    lines, data = ['[p]'], []
    for n, d, t, _, _ in many:
        lines += ['@@%d' % n, '{{#zz%d}}' % n, t, '{{/zz%d}}' % n]
        data.append('"zz%d": %s' % (n, d))
    try:
        _, text = fill_text(command, folder, ending, '\n'.join(lines) + '\n', '{%s}' % ', '.join(data))
    except (Failure, sketch.SketchError):
        return {}
    out, n = {}, None
    for x in (text or '').strip('\n').split('\n'):
        if x.startswith('@@'):
            n = int(x[2:])
            out[n] = []
        elif n is not None:
            out[n].append(x)
    return {k: ' ¶ '.join(v) for k, v in out.items()}


def alone(command, folder, ending, group):
    _, data, template, expected, _ = group
    r, text = fill_text(command, folder, ending, template + '\n', data)
    if expected.startswith('!'):
        if r.status == 0:
            raise Failure('no error, but "%s"' % shown(text or ''))
        if expected[1:].strip() not in r.stderr:
            raise Failure('stderr lacks "%s"\n%s' % (expected[1:].strip(), r.told()))
    elif text is None:
        raise Failure('exit status %d\n%s' % (r.status, r.told()))
    elif shown(text) != expected:
        raise Failure('expected "%s", got "%s"' % (expected, shown(text)))


# ---- random templates -----------------------------------------------------------------------


def run_property(command, seed, folder):
    import properties
    os.makedirs(folder, exist_ok=True)
    template, data, expected = properties.generate(seed)
    write(os.path.join(folder, 'template.sketch'), template)
    write(os.path.join(folder, 'data.json'), data)
    write(os.path.join(folder, 'expect.txt'), expected)
    try:
        for variant, (ending, options) in VARIANTS.items():
            if 'cut' in options:
                options = {'cut': seed}
            made = os.path.join(folder, variant + '-template.' + ending)
            sketch.make(template, made, **options)
            again = made
            for out in (variant + '.' + ending, variant + '-again.' + ending):
                report = os.path.join(folder, out)
                r = Run(command, ['fill', again, 'data.json', '-o', report], folder)
                if r.status:
                    raise Failure('%s: exit status %d\n%s' % (variant, r.status, r.told()))
                try:
                    check_report(report, made, expected)
                except Failure as e:
                    raise Failure('%s: %s\n%s' % (out, e, r.told()))
                again = report
    except (Failure, sketch.SketchError) as e:
        return 'failed', str(e), []
    return 'passed', '', [(os.path.join(folder, e + '.' + e), os.path.join(folder, e + '-template.' + e))
                          for e in ('docx', 'odt')]


# ---- LibreOffice ----------------------------------------------------------------------------


def squeeze(s):
    return ''.join(s.split()).replace('\u200b', '')


def office_step(paths, folder):
    """(failed names with reasons, number read) of reports read by LibreOffice."""
    failed, done = [], 0
    for start in range(0, len(paths), 60):
        batch = os.path.join(folder, 'office%d' % start)
        os.makedirs(batch)
        names = {}
        for i, p in enumerate(paths[start:start + 60]):
            # The text export is named after the document.
            name = 'f%d%s' % (i, os.path.splitext(p)[1])
            os.makedirs(os.path.join(batch, 'f%d' % i), exist_ok=True)
            shutil.copy(p, os.path.join(batch, name))
            names['f%d' % i] = (p, name)
        command = ['timeout', '-k', '5', '300', 'soffice',
                   '-env:UserInstallation=file://' + os.path.join(folder, 'profile'), '--headless',
                   '--norestore', '--convert-to', 'txt:Text (encoded):UTF8', '--outdir', batch]
        subprocess.run(command + [os.path.join(batch, n) for _, n in names.values()],
                       stdin=subprocess.DEVNULL, capture_output=True)
        for stem, (p, _) in names.items():
            out = os.path.join(batch, stem + '.txt')
            done += 1
            if not os.path.exists(out):
                failed.append((p, 'LibreOffice could not load it'))
                continue
            lost = missing_words(p, squeeze(read(out)))
            if lost:
                failed.append((p, 'LibreOffice does not show: ' + lost))
    return failed, done


def missing_words(path, shown_text):
    at = 0
    for piece in doctext.plain(doctext.read(path).body):
        piece = squeeze(piece)
        found = shown_text.find(piece, at)
        if found < 0:
            return piece[:80]
        at = found + len(piece)
    return None


# ---- validators -----------------------------------------------------------------------------


def validator_step(tool, reports, folder):
    """(failed names with reasons, number held, reason for which none was) of a tool with obtain and
    check."""
    place = os.path.join(folder, tool.__name__)
    os.makedirs(place)
    validator, why = tool.obtain(place)
    if not validator:
        return [], 0, why
    found = tool.check(reports, validator, place)
    return [(report, '\n  '.join(lines[:10])) for (report, _), lines in zip(reports, found)
            if lines], len(reports), None


# ---- all together ---------------------------------------------------------------------------


def find_command(given):
    for path in (given, os.environ.get('TIANBAO'), './tianbao', os.path.join(HERE, '..', 'tianbao'),
                 os.path.join(HERE, '..', 'build', 'tianbao')):
        if path and os.path.isfile(path) and os.access(path, os.X_OK):
            return os.path.abspath(path)
        if path and path in (given, os.environ.get('TIANBAO')):
            sys.exit('run.py: no such command: %s' % path)
    sys.exit('run.py: the command tianbao is not built yet; build it, or name it in TIANBAO')


def all_names():
    cases = sorted(n for n in os.listdir(os.path.join(HERE, 'cases'))
                   if os.path.isdir(os.path.join(HERE, 'cases', n)))
    files = sorted('expr/' + n[:-4] for n in os.listdir(os.path.join(HERE, 'expr')) if n.endswith('.txt'))
    return cases, files


def chosen(names):
    cases, files = all_names()
    if not names:
        return cases, files, True
    for n in names:
        if n not in cases and n not in files and n != 'properties':
            sys.exit('run.py: no case "%s"' % n)
    return [c for c in cases if c in names], [f for f in files if f in names], 'properties' in names


def jobs_for(o, command, work):
    cases, files, random_too = chosen(o.names)
    for c in cases:
        for v in Case(c).variants(o.more):
            yield '%s [%s]' % (c, v), run_case, (command, c, v, os.path.join(work, c, v))
    for f in files:
        for ending in ('docx', 'odt'):
            yield '%s [%s]' % (f, ending), run_groups, (
                command, f, ending, os.path.join(work, f.replace('/', '-') + '-' + ending))
    if random_too:
        for seed in range(o.seed, o.seed + o.count):
            yield 'properties [seed %d]' % seed, run_property, (
                command, seed, os.path.join(work, 'properties-%d' % seed))


def main():
    a = argparse.ArgumentParser(description='runs the standing cases')
    a.add_argument('names', nargs='*', metavar='NAME')
    a.add_argument('--tianbao')
    a.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    a.add_argument('--count', type=int, default=60)
    a.add_argument('--seed', type=int, default=1)
    a.add_argument('--more', action='store_true')
    a.add_argument('--soffice', action='store_true')
    a.add_argument('--sdk', action='store_true')
    a.add_argument('--rng', action='store_true')
    a.add_argument('--keep', action='store_true')
    a.add_argument('--list', action='store_true')
    o = a.parse_args()
    if o.list:
        print('\n'.join(all_names()[0] + all_names()[1] + ['properties']))
        return
    command = find_command(o.tianbao)
    work = tempfile.mkdtemp(prefix='tianbao-tests-')
    passed, failed, skipped, reports = 0, 0, collections.Counter(), []
    with concurrent.futures.ProcessPoolExecutor(o.jobs) as pool:
        waiting = [(name, pool.submit(f, *args)) for name, f, args in jobs_for(o, command, work)]
        for name, future in waiting:
            try:
                result = future.result()
            except Exception as e:  # a fault of a test tool must not hide the other results
                result = ('failed', 'the test itself broke: %r' % e, [])
            if isinstance(result, tuple):
                if '-cut' not in name and '-odd' not in name:
                    reports += result[2]
                result = [result[:2]]
            for status, told in result:
                if status == 'passed':
                    passed += 1
                elif status == 'skipped':
                    skipped[told] += 1
                else:
                    failed += 1
                    print('FAILED %s: %s\n' % (name, told.rstrip()), flush=True)
    if o.soffice and not shutil.which('soffice'):
        skipped['LibreOffice is not installed'] += 1
    elif o.soffice:
        wrong, done = office_step([report for report, _ in reports], work)
        for path, reason in wrong:
            print('FAILED in LibreOffice: %s: %s\n' % (os.path.relpath(path, work), reason))
        failed += len(wrong)
        passed += done - len(wrong)
    for wanted, tool, ending in ((o.sdk, ooxml_check, '.docx'), (o.rng, odf_check, '.odt')):
        held = [(report, (template,)) for report, template in reports if report.endswith(ending)]
        if not wanted or not held:
            continue
        wrong, done, why = validator_step(tool, held, work)
        for path, reason in wrong:
            print('FAILED in %s: %s: %s\n' % (tool.__name__, os.path.relpath(path, work), reason))
        failed += len(wrong)
        passed += done - len(wrong)
        if why:
            skipped[why] += len(held)
    if failed or o.keep:
        print('The files are in %s' % work)
    else:
        shutil.rmtree(work)
    for reason, times in sorted(skipped.items()):
        print('skipped %d times: %s' % (times, reason))
    print('%d passed, %d failed, %d skipped' % (passed, failed, sum(skipped.values())))
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
