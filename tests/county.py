#!/usr/bin/env python3
"""One county in every form in which offices send it: all give byte-equal reports.

    county.py [FOLDER]      keeps the data and the reports in FOLDER

The county of fixtures/county/make.py is filled as JSON (the measure), as one file per township, as
workbooks by rows, by columns and as twenty single ones, as .ods, .xls, and as CSV in several
encodings.  Forms whose reader is not built are skipped.  Ends with the line of counts.
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.path.insert(0, os.path.join(HERE, '..', 'fixtures', 'county'))
sys.dont_write_bytecode = True

import make  # noqa: E402
import sheetlike  # noqa: E402

TIANBAO = os.path.abspath(os.environ.get('TIANBAO', './tianbao'))


# ---- the template: every figure, every column of every table ----

def template_text(townships):
    lines = ['# {{县名}}{{单位名称}}{{年度}}年部门整体支出绩效自评报告', '{{成文日期：日期}}，{{防汛演练日期：中文日期}}']
    for name, unit, kind, _ in townships[0].figures:
        if kind == 'date':
            lines.append('%s：{{%s：日期 yyyy-MM-dd}}' % (name, name))
        elif kind == 'list':
            lines.append('%s{{个数(%s)}}：{{%s}}：{{每个 %s}}{{序号}}.{{.}}；{{完}}' % (name, name, name, name))
        else:
            lines.append('%s：{{%s：空则 无}}%s' % (name, name, unit))
    lines += ['{{支出合计 - 基本支出 - 项目支出}} {{三公预算.公务接待费 + 三公预算.公车费：2位}}万元 {{执行率 * 100：2位}}',
              '{{如果 单位编码 = "061600"}}甲{{否则}}乙{{完}}{{如果 水库数 > 3}}多{{完}}']
    for table, columns in make.TABLES.items():
        lines.append('## %s，共{{个数(%s)}}行' % (table, table))
        lines.append('|= ' + ' | '.join(c for c, _ in columns) + ' |')
        lines.append('| ' + ' | '.join('{{%s.%s}}' % (table, c) for c, _ in columns) + ' |')
        lines.append('')
    lines.append('合计{{合计(项目支出明细.本年决算)}}，得分{{合计(自评指标.得分)}}')
    return '\n'.join(lines) + '\n'


# ---- cells ----

def cell(kind, value):
    if kind == 'blank':
        return None
    if kind == 'number' or kind == 'percent' or kind == 'date':
        return (kind, value)
    return make.plain(kind, value)


def rows_sheet(townships):
    """With a title above, a header of two rows with merged cells, a blank row and a row of sums."""
    figures = townships[0].figures
    rows = [['辰川县2023年度乡镇填报数据'], ['单位名称'], [None]]
    merged = [(0, 0, 0, len(figures)), (1, 0, 2, 0)]
    for k, (name, unit, kind, _) in enumerate(figures, 1):
        group, dot, member = name.partition('.')
        begins = not figures[k - 2][0].startswith(group + '.') if k > 1 else True
        rows[1].append((group if begins else None) if dot else make.header(name, unit, kind))
        rows[2].append(make.header(member, unit, kind) if dot else None)
        if not dot:
            merged.append((1, k, 2, k))
        elif begins:
            n = sum(f[0].startswith(group + '.') for f in figures)
            merged.append((1, k, 1, k + n - 1))
    rows += [[t.name] + [cell(kind, value) for _, _, kind, value in t.figures] for t in townships]
    return rows + [[None], ['合计'] + [None] * 11 + [('number', '9.99')]], merged


def columns_sheet(townships):
    """Items at the left, their units beside them, one column for each township."""
    rows = [['项目', '计量单位'] + [t.name for t in townships] + ['备注']]
    for k, (name, unit, kind, _) in enumerate(townships[0].figures):
        rows.append([make.header(name, '', kind), unit or None] + [cell(*t.figures[k][2:]) for t in townships])
    return rows + [['注：本表由各乡镇填报。']], []


def items_sheet(t):
    rows = [['项目', '数值', '计量单位', '备注'], ['单位名称', t.name, None, '全称']]
    return rows + [[make.header(n, '', kind), cell(kind, v), unit or None] for n, unit, kind, v in t.figures], []


def public_sheet():
    return [['项目', '数值']] + [[make.labelled(n, u), cell(kind, v)] for n, u, kind, v in make.PUBLIC], []


def table_sheet(townships, table, keyed=True):
    """The name of a township stands once, over its rows; each has a row with its own sum."""
    rows = [(['单位名称'] if keyed else []) + [make.labelled(*c) for c in make.TABLES[table]]]
    merged = []
    for t in townships:
        first = len(rows)
        for k, row in enumerate(t.tables[table]):
            rows.append(([t.name if k == 0 else None] if keyed else []) + [cell(*c) for c in row])
        if keyed and len(rows) > first:
            rows.append([None, '小计'])
            merged.append((first, 0, len(rows) - 1, 0))
    return rows + ([['合计', None]] if keyed else [['合计'] + [None] * 3 + [('number', '1')]]), merged


def county_sheets(townships, main):
    sheets = [('填表说明', [['请各单位如实填报。']], []), ('单位数据',) + main, ('公共',) + public_sheet()]
    sheets += [(table,) + table_sheet(townships, table) for table in make.TABLES]
    return sheets + [('名单', [['单位名称']] + [[t.name] for t in townships], [])]


# ---- the forms ----

def put_csv(folder, townships, rows, encoding, delimiter=','):
    make.write_csv(os.path.join(folder, '单位数据.csv'), rows, encoding, delimiter)
    make.write_csv(os.path.join(folder, '公共.csv'), make.public_rows(), encoding, delimiter)
    for table in make.TABLES:
        make.write_csv(os.path.join(folder, table + '.csv'), make.table_rows(townships, table), encoding, delimiter)


def make_json(folder, townships):
    with open(os.path.join(folder, 'county.json'), 'w', encoding='utf-8') as f:
        f.write(make.json_text([make.json_object(t) for t in townships]))


def make_json_each(folder, townships):
    for t in townships:
        with open(os.path.join(folder, t.name + '.json'), 'w', encoding='utf-8') as f:
            f.write(make.json_text(make.json_object(t)))


def make_csv_gb(folder, townships):
    put_csv(folder, townships, make.csv_rows(townships), 'gb18030')


def make_csv_columns(folder, townships):
    rows = [[sheetlike.csv_text(c) for c in r] for r in columns_sheet(townships)[0]]
    put_csv(folder, townships, rows, 'utf-8-sig', '\t')


def make_csv_each(folder, townships):
    """Twenty files of items, the tables beside them."""
    put_csv(folder, townships, [['单位名称']], 'utf-8', ';')
    os.unlink(os.path.join(folder, '单位数据.csv'))
    for t in townships:
        sheetlike.write(os.path.join(folder, t.name + '.csv'), [('',) + items_sheet(t)], 'gb18030')


def make_json_and_csv(folder, townships):
    """Figures as JSON without the tables and without what all share; these as CSV."""
    put_csv(folder, townships, [['单位名称']], 'utf-8')
    os.unlink(os.path.join(folder, '单位数据.csv'))
    for t in townships:
        bare = make.json_object(t, public=False)
        for table in make.TABLES:
            del bare[table]
        with open(os.path.join(folder, t.name + '.json'), 'w', encoding='utf-8') as f:
            f.write(make.json_text(bare))


def by_rows(ending):
    def put(folder, townships):
        sheetlike.write(os.path.join(folder, '全县' + ending), county_sheets(townships, rows_sheet(townships)))
    return put


def by_columns(ending):
    def put(folder, townships):
        sheetlike.write(os.path.join(folder, '全县' + ending), county_sheets(townships, columns_sheet(townships)))
    return put


def single(ending):
    def put(folder, townships):
        for t in townships:
            sheets = [('填报表',) + items_sheet(t), ('公共',) + public_sheet()]
            sheets += [(table,) + table_sheet([t], table, keyed=False) for table in make.TABLES]
            sheetlike.write(os.path.join(folder, t.name + ending), sheets)
    return put


def resaved(put, before, ending):
    """As LibreOffice writes it."""
    def build(folder, townships):
        if not shutil.which('soffice'):
            return 'LibreOffice is not there'
        with tempfile.TemporaryDirectory() as profile, tempfile.TemporaryDirectory() as first:
            put(first, townships)
            try:
                subprocess.run(['soffice', '-env:UserInstallation=file://' + profile, '--headless', '--convert-to', ending[1:],
                                '--outdir', folder, os.path.join(first, '全县' + before)],
                               stdin=subprocess.DEVNULL, capture_output=True, timeout=90)
            except subprocess.TimeoutExpired:
                pass
        return None if os.path.exists(os.path.join(folder, '全县' + ending)) else 'LibreOffice made no ' + ending
    build.needs_office = True
    return build


FORMS = [
    ('one JSON file', make_json), ('twenty JSON files', make_json_each),
    ('CSV in GB18030', make_csv_gb), ('CSV by columns, tabs, with a BOM', make_csv_columns),
    ('twenty CSV files of items', make_csv_each), ('JSON with tables in CSV', make_json_and_csv),
    ('.xlsx by rows', by_rows('.xlsx')), ('.xlsx by columns', by_columns('.xlsx')), ('twenty .xlsx', single('.xlsx')),
    ('.ods by rows', by_rows('.ods')), ('.ods by columns', by_columns('.ods')), ('twenty .ods', single('.ods')),
    ('.xls by rows', resaved(by_rows('.xlsx'), '.xlsx', '.xls')),
    ('.xlsx of LibreOffice', resaved(by_rows('.ods'), '.ods', '.xlsx')),
    ('.ods of LibreOffice', resaved(by_columns('.xlsx'), '.xlsx', '.ods')),
]


# ---- filling and comparing ----

def fill(template, data, out):
    ending = os.path.splitext(template)[1]
    run = subprocess.run([TIANBAO, 'fill', template, data, '-o', os.path.join(out, '{{单位名称}}' + ending)],
                         stdin=subprocess.DEVNULL, capture_output=True)
    return run.returncode, run.stderr.decode('utf-8', 'replace')


def reports(folder):
    out = {}
    for path in glob.glob(os.path.join(folder, '*.[do][od][ct]*')):
        with open(path, 'rb') as f:
            out[os.path.basename(path)] = f.read()
    return out


def compare(got, wanted):
    if sorted(got) != sorted(wanted):
        return 'reports: %d instead of %d' % (len(got), len(wanted))
    differ = sorted(name for name in wanted if got[name] != wanted[name])
    return 'differs: ' + ' '.join(differ[:4]) if differ else None


def no_reader(err):
    return '[TB407]' in err and all('[TB407]' in line or '`tianbao help' in line for line in err.splitlines() if line)


class Run:
    def __init__(self, folder):
        self.folder, self.townships = folder, make.county()
        self.passed = self.failed = self.skipped = 0
        self.wanted = {}

    def count(self, name, trouble):
        self.passed += trouble is None
        self.failed += trouble is not None
        if trouble:
            print('FAILED %s: %s' % (name, trouble))

    def template(self, ending):
        path = os.path.join(self.folder, '自评报告' + ending)
        with open(os.path.join(self.folder, 'template.sketch'), 'w', encoding='utf-8') as f:
            f.write(template_text(self.townships))
        subprocess.run([sys.executable, os.path.join(HERE, 'tools', 'sketch.py'),
                        os.path.join(self.folder, 'template.sketch'), path], check=True)
        return path

    def form(self, name, build, templates):
        data = os.path.join(self.folder, name)
        os.makedirs(data, exist_ok=True)
        reason = build(data, self.townships)
        for template in templates if not reason else []:
            out = os.path.join(self.folder, name + ' reports' + os.path.splitext(template)[1])
            status, err = fill(template, data, out)
            if status == 1 and no_reader(err):
                reason = 'its reader is not built'
                break
            got = reports(out)
            wanted = self.wanted.setdefault(template, got)
            self.count(name + ' ' + template[-4:], err.strip()[:2000] if status else compare(got, wanted))
        if reason:
            print('skipped: %s: %s' % (name, reason))
            self.skipped += 1


def main():
    with tempfile.TemporaryDirectory() as tmp:
        folder = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else tmp
        os.makedirs(folder, exist_ok=True)
        run = Run(folder)
        templates = [run.template('.docx'), run.template('.odt')]
        for name, build in FORMS:
            run.form(name, build, templates)
        if any(len(w) != len(run.townships) for w in run.wanted.values()):
            run.count('JSON', 'not every township has a report')
    print('%d passed, %d failed, %d skipped' % (run.passed, run.failed, run.skipped))
    return run.failed != 0


if __name__ == '__main__':
    sys.exit(main())
