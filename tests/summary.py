#!/usr/bin/env python3
"""A county's summary: all records as one list (--all-as).

Whatever form the data come in, the same bytes come of the template in templates/.  What belongs to a
township stands in the list, what belongs to all of them at the root; a list is as long as it likes.
Ends with the line of counts.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))

import county  # noqa: E402
import doctext  # noqa: E402
import make as townships  # noqa: E402  (fixtures/county)
import sheetlike  # noqa: E402
from suite import TIANBAO, Suite  # noqa: E402

TOP = os.path.join(HERE, '..')
TEMPLATE = os.path.join(TOP, 'templates', '乡镇绩效自评汇总报告')
WHOLE = {'年度': 2023, '县名': '辰川县', '汇总单位': '辰川县财政局', '汇总日期': '2024-07-15'}
FIRST = county.FORMS[0][0]
suite = Suite('summary')


def put(path, value):
    with open(path, 'w', encoding='utf-8') as f:
        json.dump(value, f, ensure_ascii=False)
    return path


def words(path):
    return doctext.Printer(False).document(doctext.read(path))


def run(template, data, out, *more, language='C.UTF-8'):
    """Status, messages and the text of the report, None where there is none."""
    if os.path.isfile(out):
        os.unlink(out)
    r = subprocess.run([TIANBAO, 'fill', template, *data, '-o', out, *more], stdin=subprocess.DEVNULL,
                       capture_output=True, env=dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE=language))
    return r.returncode, r.stderr.decode(), words(out) if os.path.isfile(out) else None


# ---- the real template, in all forms of data ----

def in_order(folder):
    """The files of a folder, those of townships in the order of the county."""
    names = [t.name for t in townships.county()]
    return sorted((os.path.join(folder, f) for f in os.listdir(folder)),
                  key=lambda p: names.index(os.path.splitext(os.path.basename(p))[0])
                  if os.path.splitext(os.path.basename(p))[0] in names else -1)


def forms():
    """Every form but those that need LibreOffice."""
    wanted = {}
    for name, build in county.FORMS:
        if hasattr(build, 'needs_office'):
            continue
        os.makedirs(name)
        reason = build(name, townships.county())
        if reason:
            suite.skip(name, reason)
            continue
        put('公共.json', WHOLE)
        for ending in ('.docx', '.odt'):
            rc, err, text = run(TEMPLATE + ending, in_order(name) + ['公共.json'], 'o' + ending, '--all-as', '各乡镇',
                                '--force-checks')
            made = open('o' + ending, 'rb').read() if text is not None else b''
            suite.check('%s%s' % (name, ending), rc == 0 and wanted.setdefault(ending, made) == made, err[:2000])


def totals():
    """The figures of the report against sums made here."""
    county_ = townships.county()
    figure = {t.name: {f[0]: f[3] for f in t.figures} for t in county_}
    spent = {name: townships.Decimal(f['支出合计']) for name, f in figure.items()}
    order = sorted(county_, key=lambda t: -spent[t.name])
    for ending in ('.docx', '.odt'):
        text = run(TEMPLATE + ending, in_order(FIRST) + ['公共.json'], 'o' + ending, '--all-as', '各乡镇',
                   '--force-checks')[2] or ''
        lines = text.splitlines()
        rows = [line.split(' | ') for line in lines if re.match(r'\| \d+ \| ', line)][:len(county_)]
        suite.check('the greatest first' + ending, [r[1] for r in rows] == [t.name for t in order], rows)
        suite.check('the total' + ending, '支出合计{:,}万元'.format(sum(spent.values())) in text, text[:500])
        scores = [townships.Decimal(f['自评得分']) for f in figure.values()]
        grades = [sum(s >= 90 for s in scores), sum(80 <= s < 90 for s in scores), sum(60 <= s < 80 for s in scores),
                  sum(s < 60 for s in scores)]
        suite.check('grades' + ending,
                    '评为“优”的%d个，评为“良”的%d个，评为“中”的%d个，评为“差”的%d个' % tuple(grades) in text, grades)
        projects = sum(len(t.tables['项目支出明细']) for t in county_)
        suite.check('projects' + ending, '共实施项目%d个' % projects in text and
                    sum(line.startswith('| ') and '个项目）' in line for line in lines) ==
                    sum(bool(t.tables['项目支出明细']) for t in county_), projects)


def fixtures():
    folder = os.path.join(TOP, 'fixtures')
    data = sorted(os.path.join(folder, f) for f in os.listdir(folder) if f.endswith('.json'))
    data.append(os.path.join(folder, '全县', '公共.json'))
    for ending in ('.docx', '.odt'):
        rc, err, text = run(TEMPLATE + ending, data, 'f' + ending, '--all-as', '各乡镇')
        suite.check('a township whose sums are wrong' + ending, rc == 1 and text is None and
                    '1300.46 against 1298.66, difference 1.80' in err and '云溪乡.json:260:13' in err, err)
        rc, err, text = run(TEMPLATE + ending, data, 'f' + ending, '--all-as', '各乡镇', '--force-checks')
        suite.check('the six townships' + ending, rc == 0 and '乡镇（单位）6个，支出合计131,202.97万元' in text, err)


# ---- small ones ----

def case(name, sketch, files, *more, lines=None, says=(), status=0, silent=False, language='C.UTF-8'):
    """`files`: name → JSON; `lines`: of the report; `says`: each stands in a line of the messages."""
    data = [put(path, value) for path, value in files.items()]
    for ending in ('.docx', '.odt'):
        with open('t.sketch', 'w', encoding='utf-8') as f:
            f.write(sketch)
        subprocess.run([sys.executable, os.path.join(HERE, 'tools', 'sketch.py'), 't.sketch', 't' + ending],
                       check=True, stdout=subprocess.DEVNULL)
        out = 'o' + ending
        rc, err, text = run('t' + ending, data, out, *more, language=language)
        lacks = [s for s in says if not any(s in line for line in err.splitlines())]
        shown = [line for line in (text or '').splitlines() if not line.startswith('==') and line]
        suite.check('%s [%s]' % (name, ending[1:]),
                    rc == status and not lacks and not (silent and err) and (lines is None or shown == lines) and
                    (text is None) == (status != 0), 'status %d, lacks %s: %s %s' % (rc, lacks, shown, err))
        if os.path.exists(out):
            os.unlink(out)


JIA = {'单位名称': '甲镇', '支出': 3, '上年': 1, '镇长': '张', '项目': [{'名称': '路', '金额': 1}, {'名称': '桥', '金额': 2}]}
YI = {'单位名称': '乙乡', '支出': 12.5, '上年': 2, '镇长': None, '项目': []}
BOTH = {'甲.json': JIA, '乙.json': YI}
GATHER = ('--all-as', '各乡镇')
LIST = '{{每个 各乡镇}}{{序号}}{{单位名称}}{{支出}}；{{完}}\n'


def lists():
    case('a list of all', LIST, BOTH, *GATHER, lines=['1甲镇3；2乙乡12.5；'], silent=True)
    case('one file with a list', LIST, {'县.json': [JIA, YI]}, *GATHER, lines=['1甲镇3；2乙乡12.5；'], silent=True)
    case('one township', LIST, {'甲.json': JIA}, *GATHER, lines=['1甲镇3；'], silent=True)
    case('sorted, a part of it', '{{每个 各乡镇 当 支出 > 1 按 支出 从大到小}}{{单位名称}}{{完}}\n', BOTH, *GATHER,
         lines=['乙乡甲镇'])
    case('lists in the list', '{{合计(各乡镇.项目.金额)}} {{个数(各乡镇.项目)}} {{合计(各乡镇.项目.金额 当 名称 = "桥")}}\n'
         '| {{每个 各乡镇}}{{单位名称}} | {{合计(项目.金额)}}{{完}} |\n\n完\n', BOTH, *GATHER,
         lines=['3 2 2', '| 甲镇 | 3 |', '| 乙乡 | 0 |', '完'])
    case('items by their number', '{{各乡镇.2.单位名称}}{{各乡镇.单位名称}}\n', BOTH, *GATHER, lines=['乙乡甲镇、乙乡'])
    case('records of one name', LIST, {'县.json': [JIA, JIA]}, *GATHER, lines=['1甲镇3；2甲镇3；'])
    case('a name as it is typed', '{{每个 各 乡 镇}}{{单位名称}}{{完}}\n', BOTH, '--all-as', '各乡镇（个）', lines=['甲镇乙乡'])


def roots():
    sketch = '{{县名}}{{每个 各乡镇}}{{县名}}{{单位名称}}{{支出}}{{完}}{{支出}}\n'
    county_ = {'县名': '辰川县', '支出': 99}
    case('a file without a township speaks of all', sketch, {**BOTH, '县级.json': county_}, *GATHER,
         lines=['辰川县辰川县甲镇3辰川县乙乡12.599'], says=['县级.json:1:1: note: it has no 单位名称'])
    case('公共 needs no word', '{{县名}}{{每个 各乡镇}}{{县名}}{{支出}}{{完}}{{各乡镇.2.县名}}\n',
         {**BOTH, '公共.json': {'县名': '辰川县'}}, *GATHER, lines=['辰川县辰川县3辰川县12.5辰川县'], silent=True)
    case('公共 against a township', LIST, {**BOTH, '公共.json': {'支出': 4}}, *GATHER, status=1,
         says=['甲镇 支出 is', '乙乡 支出 is'])
    case('公共 against the county', LIST, {**BOTH, '公共.json': {'年度': 2023}, '县级.json': {'年度': 2024}}, *GATHER,
         status=1, says=['年度'])
    case('an item that lacks it takes nothing from outside', '{{每个 各乡镇}}{{镇长：空则 无}}{{完}}{{镇长}}\n',
         {**BOTH, '县级.json': {'镇长': '王'}}, *GATHER, lines=['张无王'])
    case('objects', '{{县.名}}{{每个 各乡镇}}{{县.名}}{{完}}\n', {**BOTH, '县级.json': {'县': {'名': '辰川'}}}, *GATHER,
         lines=['辰川辰川辰川'])
    case('tables of the county', '{{每个 领导}}{{名}}{{完}}{{每个 各乡镇}}{{每个 领导}}{{名}}{{完}}{{完}}\n',
         {**BOTH, '县级.json': {'领导': [{'名': '王'}, {'名': '李'}]}}, *GATHER, lines=['王李王李王李'])
    case('a figure of one township', '{{单位名称}}\n', BOTH, *GATHER, status=1,
         says=['no figure for 单位名称; the data have "各乡镇.单位名称"'])
    case('in Chinese', '{{单位名称}}\n', BOTH, *GATHER, status=1, says=['单位名称', '各乡镇.单位名称'], language='zh_CN')


def options():
    case('--only', LIST, BOTH, *GATHER, '--only', '乙乡', lines=['1乙乡12.5；'])
    case('--only, unknown', LIST, BOTH, *GATHER, '--only', '丙乡', status=2, says=['--only: no record is called "丙乡"'])
    case('--shard', LIST, BOTH, *GATHER, '--shard', '1/2', status=2, says=['--shard'])
    case('--complete alone', LIST, BOTH, '--complete', status=2, says=['--complete belongs to --all-as'])
    case('no list to make', LIST, {'县级.json': {'县名': '辰川县'}}, *GATHER, status=1, says=['no record has a 单位名称'])
    case('the name is taken', LIST, {**BOTH, '县级.json': {'各乡镇': 1}}, *GATHER, status=1, says=['the data have "各乡镇" already'])
    case('no name', LIST, BOTH, '--all-as', '　', status=2, says=['is no name for a list'])
    with open('名单.txt', 'w', encoding='utf-8') as f:
        f.write('甲镇\n乙乡\n丙镇\n')
    case('who has not sent', LIST, BOTH, *GATHER, '--roster', '名单.txt', lines=['1甲镇3；2乙乡12.5；'],
         says=['名单.txt:3:1: note: 丙镇 has not sent its data'])
    case('--complete', LIST, BOTH, *GATHER, '--roster', '名单.txt', '--complete', status=1,
         says=['名单.txt:3:1: 丙镇 has not sent its data'])
    case('--missing', '{{每个 各乡镇}}{{镇长}}{{完}}\n', BOTH, *GATHER, '--missing=dash', lines=['张—'])
    for name, rules, broken in (('the whole', '合计(各乡镇.支出) = 15.5', False), ('broken', '合计(各乡镇.支出) = 15', True),
                                ('a township', '每行(各乡镇: 支出 > 上年)', False),
                                ('a township, broken', '每行(各乡镇: 支出 < 12)', True)):
        with open('t.rules', 'w', encoding='utf-8') as f:
            f.write('错误 %s\n' % rules)
        case('rules: ' + name, LIST, BOTH, *GATHER, status=int(broken),
             says=['does not hold', '乙.json'] if name == 'a township, broken' else ['does not hold'] if broken else ())
    os.unlink('t.rules')


def incomplete():
    """Who lacks a figure that is asked for is not in the list, and named."""
    three = {**BOTH, '丙.json': {'单位名称': '丙镇', '支出': None, '上年': 5, '项目': []}}
    told = '{{每个 未列入}}{{单位名称}}：{{原因}}；{{完}}\n'
    total = '{{合计(各乡镇.支出)}}/{{个数(各乡镇)}}/{{合计(各乡镇.上年)}}\n'
    note = '丙.json:1:1: note: 丙镇 is not summed up: it lacks 支出'
    case('left out of a total', total + told, three, *GATHER, lines=['15.5/2/3', '丙镇：缺支出；'], says=[note])
    case('left out of rows', '| {{每个 各乡镇}}{{单位名称}} | {{支出}}{{完}} |\n\n{{个数(各乡镇)}}\n', three, *GATHER,
         lines=['| 甲镇 | 3 |', '| 乙乡 | 12.5 |', '2'], says=[note])
    case('left out of an order', '{{每个 各乡镇 按 支出 从大到小}}{{单位名称}}{{完}}{{个数(各乡镇)}}\n', three, *GATHER,
         lines=['乙乡甲镇2'], says=[note])
    case('left out of a part', '{{个数(各乡镇 当 支出 > 1)}}/{{个数(各乡镇)}}\n', three, *GATHER, lines=['2/2'], says=[note])
    case('left out of a share', '{{每个 各乡镇}}{{上年 / 合计(各乡镇.支出)：百分比 1}} {{完}}\n', three, *GATHER,
         lines=['6.5% 12.9% '.replace(' ', ' ')[:-1] + r'\s'], says=[note])
    case('a figure that is not asked for', '{{合计(各乡镇.上年)}}{{每个 各乡镇}}{{如果 有 支出}}{{支出}}{{完}}{{完}}\n', three,
         *GATHER, lines=['8312.5'], silent=True)
    case('空则', '{{合计(各乡镇.支出)：空则 不详}}{{每个 各乡镇}}{{支出：空则 0}} {{完}}{{个数(各乡镇)}}\n', three, *GATHER,
         lines=['不详3 12.5 0 3'], silent=True)
    case('in a branch that is not taken', '{{每个 各乡镇}}{{如果 上年 < 5}}{{支出}} {{完}}{{完}}\n', three, *GATHER, silent=True)
    four = {**three, '丁.json': {'单位名称': '丁镇', '支出': 1, '项目': [{'名称': '渠'}]}}
    case('several', '{{合计(各乡镇.支出)}} {{合计(各乡镇.上年)}} {{合计(各乡镇.项目.金额)}}\n' + told, four, *GATHER,
         lines=['15.5 3 3', '丙镇：缺支出；丁镇：缺上年、项目.金额；'],
         says=[note, '丁镇 is not summed up: it lacks 上年、项目.金额'])
    case('one gap shows after another', '{{每个 各乡镇 按 支出}}{{如果 序号 = 1}}{{镇长}}{{完}}{{完}}{{个数(各乡镇)}}\n',
         {'甲.json': {**JIA, '支出': 3, '镇长': None}, '乙.json': {**JIA, '单位名称': '乙乡', '支出': 4, '镇长': None},
          '丙.json': {**JIA, '单位名称': '丙镇', '支出': 5}}, *GATHER, lines=['张1'],
         says=['甲镇 is not summed up: it lacks 镇长', '乙乡 is not summed up: it lacks 镇长'])
    case('nobody has it', '{{合计(各乡镇.县长)}}\n', BOTH, *GATHER, status=1, says=['no figure for 各乡镇.县长'])
    case('all lack something', '{{每个 各乡镇}}{{镇长}}{{完}}\n', {'甲.json': {**JIA, '镇长': None}, '乙.json': YI}, *GATHER,
         status=1, says=['no figure for 镇长 (甲.json:1:1)', 'no figure for 镇长 (乙.json:1:1)'])
    case('the root lacks it', '{{县长}}{{每个 各乡镇}}{{支出}}{{完}}\n', three, *GATHER, status=1, says=['no figure for 县长'])
    case('--complete and a gap', total, three, *GATHER, '--complete', status=1,
         says=['丙.json:1:1: 丙镇 lacks 支出', 'no figure for 各乡镇.支出'])
    case('--complete with --missing', total, three, *GATHER, '--complete', '--missing=dash', status=1, says=['丙镇 lacks 支出'])
    case('--missing keeps it', '{{每个 各乡镇}}{{支出}} {{完}}{{合计(各乡镇.支出)}}\n', three, *GATHER, '--missing=dash',
         lines=['3 12.5 — —'], says=['丙.json:1:1: note: 丙镇 lacks 支出'])
    case('--only', total, three, *GATHER, '--only', '甲镇,乙乡', lines=['15.5/2/3'], silent=True)
    with open('名单.txt', 'w', encoding='utf-8') as f:
        f.write('甲镇\n乙乡\n丙镇\n丁镇\n')
    case('and those who have not sent', total + told, three, *GATHER, '--roster', '名单.txt',
         lines=['15.5/2/3', '丁镇：未报送；丙镇：缺支出；'], says=[note, '丁镇 has not sent'])
    case('the data have the name 未列入', '{{未列入}}{{合计(各乡镇.支出)}}\n', {**three, '公共.json': {'未列入': '无'}}, *GATHER,
         lines=['无15.5'], says=[note])
    case('in Chinese, a gap', total, three, *GATHER, lines=['15.5/2/3'], says=['丙镇', '支出'], language='zh_CN')
    open('none.rules', 'w').close()
    put('公共.json', WHOLE)
    for ending in ('.docx', '.odt'):
        r = subprocess.run([TIANBAO, 'check', TEMPLATE + ending, *in_order(FIRST), '公共.json', *GATHER, '--rules', 'none.rules'],
                           capture_output=True, env=dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='C'))
        suite.check('check finds nothing' + ending, r.returncode == 0 and '0 errors, 0 notes' in r.stdout.decode(),
                    r.stdout.decode())
        r = subprocess.run([TIANBAO, 'check', 't' + ending, *three, *GATHER], capture_output=True,
                           env=dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='C'))
        suite.check('check' + ending, r.returncode == 0 and '丙镇 is not summed up' in r.stdout.decode(), r.stdout.decode())


def rules_of_townships():
    """Those in a sheet of the data are for the townships' own reports."""
    rows = [['单位名称', '支出', '上年'], ['甲镇', ('number', '3'), ('number', '1')], ['乙乡', ('number', '12.5'), ('number', '2')]]
    sheetlike.write('县.xlsx', [('单位数据', rows, []), ('勾稽关系', [['错误', '支出 < 1']], [])])
    rc, err, text = run('t.docx', ['县.xlsx'], 'o.docx', *GATHER)
    suite.check('rules of townships', rc == 0 and 'the rules in this sheet are those of the records' in err, err)


def names_of_reports():
    put('甲.json', JIA)
    put('公共.json', {'县名': '辰川县', '年度': 2023})
    for out, wanted in (('{{县名}}{{年度}}.docx', '辰川县2023.docx'), ('out/', 'out/t-各乡镇.docx')):
        rc, err, _ = run('t.docx', ['甲.json', '公共.json'], out, *GATHER)
        suite.check('-o ' + out, rc == 0 and os.path.exists(wanted), err)
    rc, err, _ = run('t.docx', ['甲.json', '公共.json'], '{{单位名称}}.docx', *GATHER)
    suite.check('-o with a name of one township', rc == 1 and '"各乡镇.单位名称"' in err, err)
    rc, err, _ = run('t.docx', ['甲.json', '公共.json'], 'r.docx', *GATHER, '--report', 'r.json')
    with open('r.json', encoding='utf-8') as f:
        report = json.load(f)
    suite.check('--report', rc == 0 and 'r.docx' in json.dumps(report, ensure_ascii=False), report)


def peak(records, rows):
    """Peak memory in KB and the report, of so many townships with tables of so many rows."""
    table = [{'名称': '项目%d' % k, '金额': k, '说明': '农村人居环境整治'} for k in range(rows)]
    put('big.json', [{'单位名称': '第%d乡' % i, '支出': i, '项目': table} for i in range(records)])
    sketch = '{{合计(各乡镇.支出)}} {{个数(各乡镇.项目)}} {{合计(各乡镇.项目.金额)}}\n' \
        '{{每个 各乡镇 按 支出 从大到小}}{{如果 序号 < 4}}{{单位名称}}{{合计(项目.金额)}}；{{完}}{{完}}\n'
    with open('t.sketch', 'w', encoding='utf-8') as f:
        f.write(sketch)
    subprocess.run([sys.executable, os.path.join(HERE, 'tools', 'sketch.py'), 't.sketch', 't.odt'], check=True,
                   stdout=subprocess.DEVNULL)
    code = 'import resource,subprocess,sys;r=subprocess.run(sys.argv[1:]).returncode;' \
        'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss);sys.exit(r)'
    r = subprocess.run([sys.executable, '-c', code, TIANBAO, 'fill', 't.odt', 'big.json', '-o', 'big.odt', '--force',
                        *GATHER], capture_output=True)
    return int(r.stdout.split()[-1]), words('big.odt').splitlines()[:2] if r.returncode == 0 else r.stderr


def many():
    """Not all of the townships sit in memory: what is kept of them has a bound, and the file is there."""
    records, rows = 200, 2500
    memory, text = peak(records, rows)
    one = rows * (rows - 1) // 2
    suite.check('many townships', text == ['%d %d %d' % (records * (records - 1) // 2, records * rows, records * one),
                                           ''.join('第%d乡%d；' % (records - k, one) for k in (1, 2, 3))], text)
    whole = os.path.getsize('big.json') // 1024
    if os.environ.get('TIANBAO_SANITIZED') == 'yes':
        suite.skip('memory', 'sanitizers use their own')
    else:
        suite.check('memory', memory < 2 * whole + 100 * 1024, '%d KB, the file has %d KB' % (memory, whole))


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        forms()
        totals()
        fixtures()
        lists()
        roots()
        options()
        incomplete()
        names_of_reports()
        rules_of_townships()
        many()
        os.chdir('/')
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
