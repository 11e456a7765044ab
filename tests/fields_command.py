#!/usr/bin/env python3
"""`tianbao fields`: what a template asks for, and files to be filled in.

    fields_command.py [FOLDER]      keeps what is made in FOLDER

The blank workbooks of the real templates are filled in with the townships of fixtures/: the reports must be
byte-equal to those from the JSON, and the cells of 勾稽, calculated by LibreOffice, must be red for just the
relations that `tianbao fill` tells.  Ends with the line of counts.
"""
import datetime
import glob
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

from sheetfill import Book, tag  # noqa: E402
from suite import TIANBAO, Suite  # noqa: E402

TOP = os.path.join(HERE, '..')
REPORT = os.path.join(TOP, 'templates', '部门整体支出绩效自评报告')
LETTER = os.path.join(TOP, 'templates', '告知函')
suite = Suite('fields command')
check = suite.check


def run(*args, language='', cwd=None):
    env = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE=language)
    r = subprocess.run([TIANBAO, *args], stdin=subprocess.DEVNULL, capture_output=True, env=env, cwd=cwd)
    return r.returncode, r.stdout.decode('utf-8', 'replace'), r.stderr.decode('utf-8', 'replace')


def sketch(text, path):
    with open(path + '.sketch', 'w', encoding='utf-8') as f:
        f.write(text)
    subprocess.run([sys.executable, os.path.join(HERE, 'tools', 'sketch.py'), path + '.sketch', path], check=True)
    os.unlink(path + '.sketch')
    return path


# ---- what is found ----

def found(text, rules=None, data=None):
    """The list of both flavours, which must be the same but for the names of parts."""
    lists = []
    for ending in ('.docx', '.odt'):
        path = sketch(text, 't' + ending)
        for old in glob.glob('t.rules'):
            os.unlink(old)
        if rules:
            with open('t.rules', 'w', encoding='utf-8') as f:
                f.write(rules)
        more = []
        if data is not None:
            with open('known.json', 'w', encoding='utf-8') as f:
                json.dump(data, f, ensure_ascii=False)
            more = ['known.json']
        rc, out, err = run('fields', path, '--format', 'json', *more)
        check('status of %r %s' % (text, ending), rc == 0, err)
        lists.append((json.loads(out)['fields'] if rc == 0 else [], err))
    return lists


def asks(name, text, expected, rules=None, data=None, codes=()):
    """expected: 'name kind type unit printed' of each, '-' for nothing."""
    for (fields, err), ending in zip(found(text, rules, data), ('docx', 'odt')):
        got = ['%s %s %s %s %d' % (f['name'], f['kind'], f['type'] or '-', f['unit'] or '-', f['printed'])
               for f in fields]
        told = sorted(set(re.findall(r'TB\d+(?=\])', err)))
        check('%s [%s]' % (name, ending), got == expected and told == sorted(codes),
              '%s, not %s; %s' % (got, expected, err))


TABLE = '|= 名称 | 金额 |\n| %s | %s |\n\n末。\n'


def kinds():
    asks('values', '# {{单位名称}}\n支出{{支出合计}}万元，共{{ 个 }}项。\n',
         ['单位名称 value - - 1', '支出合计 value number 万元 1', '个 value number 项 1'])
    asks('a row that repeats', TABLE % ('{{项目.名称}}', '{{项目.金额：2位}}'),
         ['项目 table - - 0', '项目.名称 value - - 1', '项目.金额 value number - 1'])
    asks('a loop', '{{每个 项目}}\n{{名称}}，{{金额}}元。\n{{完}}\n',
         ['项目 table - - 0', '项目.名称 value - - 1', '项目.金额 value number 元 1'])
    asks('the number of a row', TABLE % ('{{序号}}', '{{项目.名称}}'), ['项目 table - - 0', '项目.名称 value - - 1'])
    asks('a figure of that name', TABLE % ('{{序号}}', '{{名称}}'), ['序号 value - - 1', '名称 value - - 1'])
    asks('plain items', '{{每个 计划}}{{序号}}. {{.}}；{{完}}\n', ['计划 list - - 0'])
    asks('joined', '{{车辆：并列 、 及}}共{{个数(人员)}}人\n', ['车辆 list - - 1', '人员 list - - 0'])
    asks('an item by its number', '{{车辆.1}}和{{项目.2.名称}}\n',
         ['车辆 list - - 1', '项目 table - - 0', '项目.名称 value - - 1'])
    asks('members', '接待费{{三公.接待费}}万元\n', ['三公 object - - 0', '三公.接待费 value number 万元 1'])
    asks('a sum makes a list', '{{三公.接待费}}，{{合计(三公.接待费)}}\n',
         ['三公 table - - 0', '三公.接待费 value number - 1'])
    asks('two groups in one row of a form', TABLE % ('{{本年.支出}}', '{{上年.支出}}'),
         ['本年 object - - 0', '本年.支出 value - - 1', '上年 object - - 0', '上年.支出 value - - 1'])
    asks('a part of a sum', '{{合计(项目.金额 当 类别 = "甲")}}\n',
         ['项目 table - - 0', '项目.金额 value number - 0', '项目.类别 value - - 0'])
    asks('a part of a loop', '{{每个 项目 当 类别 = "甲" 按 金额 从大到小}}\n{{名称}}\n{{完}}\n',
         ['项目 table - - 0', '项目.类别 value - - 0', '项目.金额 value - - 0', '项目.名称 value - - 1'])
    asks('a section over items', '{{#项目}}\n{{名称}}\n{{/项目}}\n', ['项目 table - - 0', '项目.名称 value - - 1'])
    asks('a section that is a yes', '车{{车辆数}}辆{{#有车}}，{{车辆数}}辆在用{{/有车}}\n',
         ['车辆数 value number 辆 2', '有车 value - - 0'])
    asks('a section over its own figure', '{{#车辆数}}有{{车辆数}}辆，值{{车辆价值}}万元{{/车辆数}}\n',
         ['车辆数 value number 辆 1', '车辆价值 value number 万元 1'])
    asks('lists in lists', '{{每个 片区}}\n{{名称}}\n{{每个 村}}\n{{村名}}\n{{完}}\n{{完}}\n',
         ['片区 table - - 0', '片区.名称 value - - 1', '片区.村 table - - 0', '片区.村.村名 value - - 1'])
    asks('outward', '{{每个 片区}}\n{{名称}}\n{{每个 村}}\n{{上级.名称}}{{村名}}\n{{完}}\n{{完}}\n',
         ['片区 table - - 0', '片区.名称 value - - 2', '片区.村 table - - 0', '片区.村.村名 value - - 1'])
    asks('a rule asks too', '{{甲}}\n', ['甲 value number - 1', '乙 value number - 0', '表 table - - 0',
                                        '表.得分 value number - 0', '表.分值 value number - 0'],
         rules='错误 甲 = 乙 * 2\n错误 每行(表: 得分 <= 分值 + 0)\n')


def guesses():
    text = '{{年度}}年\n{{每个 项目}}\n{{年度}}年{{名称}}\n{{完}}\n'
    asks('printed inside and outside', text,
         ['年度 value - - 1', '项目 table - - 0', '项目.年度 value - - 1', '项目.名称 value - - 1'], codes=['TB621'])
    asks('data decide', text, ['年度 value - - 2', '项目 table - - 0', '项目.名称 value - - 1'],
         data={'年度': 2023, '项目': [{'名称': '甲'}]})
    asks('asked inside only to decide', '{{年度}}年\n{{每个 项目}}\n{{如果 年度 > 2020}}新{{完}}{{名称}}\n{{完}}\n',
         ['年度 value number - 1', '项目 table - - 0', '项目.名称 value - - 1'])
    asks('unlike units', '{{支出}}万元，{{支出}}元\n', ['支出 value - - 2'], codes=['TB620'])
    asks('counters are alike', '{{人数 + 0}}、{{人数}}名，{{人数}}人\n', ['人数 value number 名 2'])
    asks('no unit in a word', '{{县名}}人民政府{{单位}}部门，{{年度}}年，约{{面积}}多亩\n',
         ['县名 value - - 1', '单位 value - - 1', '年度 value - - 1', '面积 value - - 1'])
    asks('a filter says the unit', '{{拨款：元转万元}}万元\n', ['拨款 value number 元 1'])
    asks('names that begin with words', '{{非税收入}}、{{或有负债}}、{{如果有车}}是{{完}}\n',
         ['非税收入 value - - 1', '或有负债 value - - 1', '有车 value - - 0'])


def old_templates():
    """Fields and controls of the office programs, without a single tag."""
    letter = '单位名称 年度 支出合计 基本支出 项目支出 自评得分 评价等级 县名 成文日期'
    table = '单位名称 年度 支出合计 评价等级 项目支出明细 项目支出明细.项目名称 项目支出明细.本年预算 项目支出明细.本年决算 存在问题 县名 车辆数'
    for name, wanted in (('邮件合并函.docx', letter + ' 车辆数 存在问题'), ('邮件合并函.odt', letter),
                         ('内容控件表.docx', table + ' 成文日期 在谈项目数'), ('内容控件表.odt', table)):
        rc, out, err = run('fields', os.path.join(TOP, 'fixtures', '旧模板', name), '--format', 'names')
        check('old template ' + name, rc == 0 and sorted(out.split()) == sorted(wanted.split()), out + err)


def lists():
    path = sketch('支出{{支出合计}}万元{{如果 等级 = "优"}}好{{完}}{{如果 等级 = "良"}}中{{完}}\n', 'l.docx')
    rc, out, _ = run('fields', path)
    check('as text', rc == 0 and '支出合计  one value, a number, 万元, printed 1 time\n' in out and
          '    body, paragraph 1: 支出{{支出合计}}万元\n' in out and '[优 | 良]' in out, out)
    rc, out, _ = run('fields', path, language='zh_CN')
    if '，' in out:
        check('as text in Chinese', rc == 0 and '支出合计  值，数字，万元，印1处\n' in out, out)
    else:
        suite.skip('as text in Chinese', 'there is no catalogue of messages')
    rc, out, _ = run('fields', path, '--format', 'names')
    check('as names', out == '支出合计\n等级\n', out)
    rc, out, _ = run('fields', path, '--format', 'csv')
    check('as CSV', out.startswith('\ufeff"what it is called","what it is",') and
          '"支出合计","one value","a number","万元","1","","' in out, out)
    for args, word in ((['--format', 'xml'], '--format'), (['-o', 'x.pdf'], '.xlsx'), (['--per-unit', 'l.docx'], '-o'),
                       (['--only', '甲'], '--only'), (['--format', 'json', '-o', 'x.xlsx'], '--format')):
        rc, out, err = run('fields', path, *args)
        check('usage %s' % args, rc == 2 and word in err and not out, err)
    rc, out, err = run('fields')
    check('no template', rc == 2, err)
    rc, out, err = run('fields', sketch('{{如果 a}}\n', 'bad.docx'))
    check('a broken template', rc == 1 and not out and err, err)
    rc, out, err = run('fields', path, '-o', 'l.xlsx')
    rc2, _, err2 = run('fields', path, '-o', 'l.xlsx')
    rc3, _, _ = run('fields', path, '-o', 'l.xlsx', '--force')
    check('nothing is overwritten', rc == 0 and out == 'l.xlsx\n' and rc2 == 1 and 'TB6' in err2 and rc3 == 0, err2)


# ---- what a workbook has ----

BOOK = """{{单位名称}}{{年度}}支出{{支出合计}}万元，电话{{联系电话}}，{{成文日期：日期}}，{{三公.接待费}}万元
{{如果 等级 = "优"}}好{{完}}{{如果 等级 = "良"}}行{{完}}，车有{{车辆：并列 、}}

|= 类别 | 金额 |
| {{项目.类别}} | {{项目.金额}} |

{{合计(项目.金额 当 类别 = "甲")}}{{合计(项目.金额 当 类别 = "乙")}}
{{每个 片区}}
{{名称}}
{{每个 村}}
{{村名}}
{{完}}
{{完}}
{{每个 【收入/支出】}}{{款项}}；{{完}}
"""


def parts(book, kind):
    return ''.join(v.decode() for k, v in sorted(book.parts.items()) if kind in k)


def features():
    for ending in ('.docx', '.odt'):
        path = sketch(BOOK, 'book' + ending)
        with open('book.rules', 'w', encoding='utf-8') as f:
            f.write('错误 支出合计 > 合计(项目.金额)\n提醒 最大(项目.金额) < 9\n')
        with open('两个.txt', 'w', encoding='utf-8') as f:
            f.write('甲乡\n乙乡\n')
        rc, _, err = run('fields', path, '-o', 'book.xlsx', '--roster', '两个.txt', '--force')
        told = sorted(re.findall(r'TB\d+(?=\])', err))
        check('tables without a place are told' + ending, rc == 0 and told == ['TB622', 'TB623'], err)
        book = Book('book.xlsx')
        check('sheets' + ending, book.sheets == ['填表说明', '单位数据', '项目', '片区', '勾稽'], str(book.sheets))
        heads = [book.text('单位数据', 0, c) for c in range(book.size('单位数据')[1])]
        check('headers' + ending, heads == ['单位名称', '年度', '支出合计（万元）', '联系电话', '成文日期', '三公.接待费（万元）',
                                            '等级', '车辆〔列表〕'], str(heads))
        codes = [book.format_code(book.style('单位数据', 5, c)) for c in range(len(heads))]
        check('formats' + ending, codes == ['@', '@', '', '@', 'yyyy-mm-dd', '', '@', ''], str(codes))
        check('the roster' + ending, [book.text('单位数据', r, 0) for r in (1, 2)] == ['甲乡', '乙乡'] and
              book.size('单位数据')[0] == 3 and book.size('勾稽')[0] == 4)
        main, table = (book.parts[book.files[n]].decode() for n in ('单位数据', '项目'))
        check('drop-downs' + ending, '"优,良"' in main.replace('&quot;', '"') and '"甲,乙"' in table.replace('&quot;', '"') and
              "'单位数据'!$A$2:$A$3" in table and main.count('<dataValidation ') == 1)
        check('heads stay in sight' + ending, 'state="frozen"' in main and 'state="frozen"' in table)
        notes = parts(book, 'xl/comments')
        check('notes' + ending, 'body, paragraph 1' in notes and '支出【 】万元，电话' in notes, notes[:900])
        rules = book.parts[book.files['勾稽']].decode()
        check('a rule that is no formula' + ending, book.text('勾稽', 2, 2) == BY_TIANBAO and book.text('勾稽', 0, 2) == '提醒')
        check('red' + ending, rules.count('<cfRule ') == 2 and '<sheetProtection' in rules)


def skeletons():
    for ending in ('.docx', '.odt'):
        path = sketch(BOOK, 'book' + ending)
        rc, _, err = run('fields', path, '-o', 'book.json', '--force')
        with open('book.json', encoding='utf-8') as f:
            data = json.load(f)
        check('JSON' + ending, rc == 0 and list(data) == ['单位名称', '年度', '支出合计（万元）', '联系电话', '成文日期', '三公', '等级', '车辆',
                                                          '项目', '片区', '收入/支出'] and
              data['三公'] == {'接待费（万元）': None} and data['车辆'] == [] and
              data['片区'] == [{'名称': None, '村': [{'村名': None}]}] and data['项目'] == [{'类别': None, '金额': None}], str(data))
        rc, out, err = run('check', path, 'book.json')
        lacking = set(re.findall(r'no figure for (.+?)[;\s(\[]', out + err))
        check('all of it is missing' + ending, rc == 1 and {'单位名称', '支出合计', '村名', '三公.接待费', '项目.类别'} <= lacking, str(lacking))


def bad_lists():
    path = sketch('{{单位名称}}{{a}}\n', 'u.docx')
    for name, text, code in (('twice', '甲乡\n乙乡\n甲乡\n', 'TB624'), ('nobody', '单位名称\n', 'TB625'),
                             ('a folder in a name', '甲/乙\n', 'TB602'), ('two that look alike', 'A镇\nａ镇\nA镇 \n', 'TB624')):
        with open('u.txt', 'w', encoding='utf-8') as f:
            f.write(text)
        rc, out, err = run('fields', path, '-o', 'u-out', '--per-unit', 'u.txt')
        check('a list with ' + name, rc == 1 and code in err and not out and not os.path.exists('u-out'), err)
    with open('u.txt', 'w', encoding='utf-8') as f:
        f.write('甲乡\n')
    rc, out, err = run('fields', path, '-o', 'u-out/', '--per-unit', 'u.txt', '--key', '代码')
    check('another key', rc == 0 and out == 'u-out/甲乡.xlsx\n' and Book('u-out/甲乡.xlsx').text('单位数据', 1, 0) == '代码', out + err)
    rc, out, err = run('fields', path, '-o', 'no/such/folder/x.xlsx')
    check('no folder', rc != 0 and not out, err)


# ---- filling in ----

BROKEN = ('TB703', 'TB704', 'TB705', 'TB706', 'TB707', 'TB708')
UNCHECKED = ('TB712', 'TB713', 'TB714', 'TB715', 'TB716')
BY_TIANBAO = 'checked by `tianbao check`'


class Digits(str):
    pass


def township(path):
    with open(path, encoding='utf-8') as f:
        return json.load(f, parse_int=Digits, parse_float=Digits)


def typed(value):
    """What somebody types for a value of the JSON."""
    if isinstance(value, Digits):
        return Decimal(value)
    if isinstance(value, list):
        return '\n'.join(value) if any('、' in v for v in value) else '、'.join(value)
    if value and re.fullmatch(r'\d{4}-\d\d-\d\d', value):
        return datetime.date.fromisoformat(value)
    return value


def bare(header):
    return re.sub(r'（[^）]*）', '', header.replace('〔列表〕', ''))


def put(book, sheet, row, column, value):
    if value is not None and value != [] and value != '':
        book.put(sheet, row, column, typed(value))


def headers(book, sheet):
    return [bare(book.text(sheet, 0, c)) for c in range(book.size(sheet)[1])]


def fill_in(book, data):
    """All townships into the workbook of a county; the names that found no cell."""
    lost = set()
    heads = headers(book, '单位数据')
    for row, record in enumerate(data, 1):
        for name, value in record.items():
            rows = isinstance(value, list) and (not value or isinstance(value[0], dict))
            if name in heads:
                put(book, '单位数据', row, heads.index(name), value)
            elif not rows and not name.startswith('_'):
                lost.add(name)
    for sheet in book.sheets[2:]:
        if sheet == '勾稽':
            continue
        columns, row = headers(book, sheet), 1
        for record in data:
            for item in record.get(sheet, []):
                book.put(sheet, row, 0, record['单位名称'])
                for name in set(item) & set(columns):
                    put(book, sheet, row, columns.index(name), item[name])
                row += 1
    return lost


def fill_in_own(book, record):
    """One township into its own workbook."""
    for row in range(1, book.size('单位数据')[0]):
        name = bare(book.text('单位数据', row, 0))
        if name != '单位名称' and name in record:
            put(book, '单位数据', row, 1, record[name])
    for sheet in book.sheets[2:]:
        if sheet != '勾稽':
            columns = headers(book, sheet)
            for row, item in enumerate(record.get(sheet, []), 1):
                for name, value in item.items():
                    put(book, sheet, row, columns.index(name), value)


def calculated(paths, folder):
    """The workbooks as LibreOffice saves them, or None."""
    if not shutil.which('soffice'):
        return None
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        try:
            subprocess.run(['soffice', '-env:UserInstallation=file://' + profile, '--headless', '--convert-to', 'xlsx',
                            '--outdir', folder, *paths], stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
        except subprocess.TimeoutExpired:
            return None
    out = [os.path.join(folder, os.path.basename(p)) for p in paths]
    return out if all(os.path.exists(p) for p in out) else None


def state(text):
    """red, 未查, or holds."""
    if text in (None, '', '0', BY_TIANBAO):
        return 'holds'
    if text == '未查':
        return '未查'
    return 'red' if text == '不成立' or Decimal(text) != 0 else 'holds'


def relation(header):
    return re.sub(r'（\d+/\d+）$|\s容差.*$', '', header)


def county_states(book, n):
    """For each township, how many columns of each relation are red, and how many 未查."""
    out = []
    for row in range(2, 2 + n):
        red, open_ = {}, {}
        for column in range(1, book.size('勾稽')[1]):
            name, what = relation(book.text('勾稽', 1, column)), state(book.text('勾稽', row, column))
            for kind, into in (('red', red), ('未查', open_)):
                if what == kind:
                    into[name] = into.get(name, 0) + 1
        out.append((red, open_))
    return out


def own_states(book):
    red, open_ = {}, {}
    for row in range(1, book.size('勾稽')[0]):
        name, what = relation(book.text('勾稽', row, 1)), state(book.text('勾稽', row, 2))
        for kind, into in (('red', red), ('未查', open_)):
            if what == kind:
                into[name] = into.get(name, 0) + 1
    return red, open_


def told(template, data, rules):
    """What `tianbao check` tells of each township: for each relation, how often it is broken and not checked; rows of
    a table once."""
    lines = {}
    with open(rules, encoding='utf-8') as f:
        for i, line in enumerate(f, 1):
            text = line.split('#')[0].strip()
            if text:
                lines[i] = re.sub(r'\s+容差.*$', '', text[2:].strip())
    _, out, err = run('check', template, *data, '--rules', rules, '--format', 'json')
    states = {}
    for report in json.loads(out)['reports']:
        red, open_ = states.setdefault(report['township'], ({}, {}))
        for f in report['findings']:
            line = f['data'].get('line') if f['data'].get('file', '').endswith('.rules') else None
            into = red if f['code'] in BROKEN else open_ if f['code'] in UNCHECKED else None
            if line and into is not None:
                name = lines[line]
                into[name] = 1 if name.startswith('每行') else into.get(name, 0) + f['times']
    return states


def same(book_state, findings):
    clean = [{re.sub(r'\s', '', k): min(v, 1) if k.startswith('每行') else v for k, v in d.items()}
             for d in book_state + findings]
    for red, open_ in (clean[:2], clean[2:]):  # one cell for all rows: red goes before 未查
        for k in [k for k in open_ if k.startswith('每行') and k in red]:
            del open_[k]
    differ = {(k, kind): (a.get(k, 0), b.get(k, 0)) for kind, a, b in (('red', clean[0], clean[2]), ('未查', clean[1], clean[3]))
              for k in {*a, *b} if a.get(k, 0) != b.get(k, 0)}
    return not differ, 'cells and findings: %s' % differ


def reports(template, data, out, *more):
    pattern = os.path.join(out, '{{单位名称}}' + os.path.splitext(template)[1])
    rc, _, err = run('fill', template, data, '-o', pattern, '--force-checks', *more)
    got = {}
    for path in glob.glob(os.path.join(out, '*.[do][od][ct]*')):
        with open(path, 'rb') as f:
            got[os.path.basename(path)] = f.read()
    return rc, err, got


def equal(name, template, data, wanted):
    out = 'out-%d' % len(os.listdir('.'))
    rc, err, got = reports(template, data, out)
    differ = sorted(k for k in set(wanted) | set(got) if wanted.get(k) != got.get(k))
    check(name, rc == 0 and not differ, '%s differ; %s' % (differ, err[-1500:]))


def broken_variants(data):
    """Townships whose figures are wrong in turn: sums, tables, dates, words, and blanks."""
    changes = [('支出合计', Digits('1.01')), ('自评得分', Digits('59.5')), ('评价等级', '差'), ('上年度', Digits('2020')),
               ('成文日期', '2020-01-01'), ('执行率', Digits('0.5')), ('车辆名称', ['一', '二', '三', '四', '五']),
               ('编制数', None), ('公用经费_本年决算', Digits('0.01')), ('低保户数', Digits('99999'))]
    out = []
    for i, (name, value) in enumerate(changes):
        record = {k: copy(v) for k, v in data[i % len(data)].items()}
        record['单位名称'] = '第%d镇' % (i + 1)
        record[name] = value
        out.append(record)
    rows = {k: copy(v) for k, v in data[0].items()}
    rows['单位名称'] = '表错镇'
    rows['自评指标'][0]['得分'] = Digits('77')
    rows['共性指标'][1]['得分'] = Digits('78')
    blank = {k: copy(v) for k, v in data[0].items()}
    blank['单位名称'] = '缺行镇'
    blank['自评指标'][0]['得分'] = None
    empty = {k: copy(v) for k, v in data[0].items()}
    empty['单位名称'] = '无表镇'
    empty['项目支出明细'] = []
    return out + [rows, blank, empty]


def copy(value):
    if isinstance(value, list):
        return [copy(v) for v in value]
    return {k: copy(v) for k, v in value.items()} if isinstance(value, dict) else value


def dump(value):
    if isinstance(value, Digits):
        return str(value)
    if isinstance(value, list):
        return '[' + ', '.join(dump(v) for v in value) + ']'
    if isinstance(value, dict):
        return '{' + ', '.join('%s: %s' % (json.dumps(k, ensure_ascii=False), dump(v)) for k, v in value.items()) + '}'
    return json.dumps(value, ensure_ascii=False)


def write_json(path, value):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(dump(value) + '\n')


def county(template, data, name):
    """The workbook of the county, filled in and calculated; what LibreOffice saved is filled too."""
    blank, filled = name + '-blank.xlsx', name + '.xlsx'
    rc, out, err = run('fields', template, '-o', blank)
    again = run('fields', template, '-o', name + '-again.xlsx')
    with open(blank, 'rb') as a, open(name + '-again.xlsx', 'rb') as b:
        check(name + ': equal bytes', rc == 0 and again[0] == 0 and a.read() == b.read(), err)
    book = Book(blank)
    lost = fill_in(book, data)
    check(name + ': every figure has a cell', not lost or name == '函', str(lost))
    book.save(filled)
    return filled


def compare_rules(name, template, filled, saved, rules):
    """Red cells and 未查 of the calculated workbook of a county, against what is told of the one that was filled in."""
    book, wanted, n = Book(saved), told(template, [filled], rules), 0
    known = {relation(book.text('勾稽', 1, c)) for c in range(1, book.size('勾稽')[1])
             if book.text('勾稽', 2, c) != BY_TIANBAO}
    for row, (red, open_) in enumerate(county_states(book, len(wanted)), 1):
        unit = book.text('单位数据', row, 0)
        findings = [{k: v for k, v in d.items() if k in known} for d in wanted[unit]]
        ok, detail = same([red, open_], findings)
        check('%s: red cells of %s' % (name, unit), ok, detail)
        n += sum(red.values())
    check(name + ': some are red', n > 0)


def all_townships():
    data = [township(p) for p in sorted(glob.glob(os.path.join(TOP, 'fixtures', '*.json')))]
    for record in data:
        for key in [k for k in record if k.startswith('_')]:
            del record[key]
    write_json('all.json', data)
    return data


def each(data):
    """A workbook for each township."""
    with open('名单.csv', 'w', encoding='gb18030') as f:
        f.write('单位名称\r\n' + ''.join(r['单位名称'] + '\r\n' for r in data))
    rc, out, err = run('fields', REPORT + '.docx', '-o', 'each', '--per-unit', '名单.csv')
    names = sorted(os.listdir('each')) if rc == 0 else []
    check('one for each township', names == sorted(r['单位名称'] + '.xlsx' for r in data) and
          len(out.splitlines()) == len(data), err)
    os.makedirs('sent', exist_ok=True)
    for record in data:
        book = Book('each/%s.xlsx' % record['单位名称'])
        open_cells = not book.locked('单位数据', 2, 1) and not book.locked('自评指标', 5, 2)
        shut = book.locked('单位数据', 1, 1) and book.locked('单位数据', 2, 0) and book.locked('自评指标', 0, 2)
        protected = all('sheetProtection' in book.parts[book.files[s]].decode() for s in book.sheets[1:])
        check('locked but for its cells: ' + record['单位名称'], open_cells and shut and protected)
        fill_in_own(book, record)
        book.save('sent/%s.xlsx' % record['单位名称'])
    return ['sent/%s.xlsx' % r['单位名称'] for r in data]


# ---- rules of all kinds ----

RULES = """错误 甲 = 乙 + 丙
错误 甲 - 乙 = 丙 * 2 - 1
错误 甲 / 丙 >= 0.5
错误 甲 <= 乙 容差 3
错误 甲 = 乙 容差 5
错误 甲 < 乙
错误 甲 > 乙 容差 2
错误 甲 ≠ 乙
错误 -甲 < 10%
错误 甲 <= 乙 且 乙 <= 丙
错误 甲 = 0 或 乙 > 5
错误 (甲 > 5 且 乙 > 5) 或 丙 > 5
错误 非 (甲 > 9)
错误 有 丙
错误 非 有 丙 或 丙 > 3
错误 甲 >= 1 或 有 词
错误 词 = "优"
错误 词 ≠ "差"
错误 词 = 等级(甲, 优 15, 良 10, 差)
错误 词 = 另词
错误 四舍五入(甲 / 3, 1) <= 3.3
错误 绝对值(甲 - 乙) < 8
错误 合计(甲, 乙, 丙) > 20
错误 最大(甲, 乙) - 最小(甲, 乙) < 9
错误 日子 > 日期(2023, 12, 31)
错误 日子 >= 另日
错误 年(日子) = 2023 + 1
错误 月(日子) + 日(日子) < 20
错误 合计(表.得分) = 甲
错误 合计(表.得分) <= 合计(表.分值)
错误 合计(表.得分 当 类别 = "一") >= 5
错误 合计(表.得分 当 分值 > 5 且 类别 = "一") >= 5
错误 个数(表) = 3
错误 个数(表 当 得分 > 3) = 2
错误 个数(表.名目) = 个数(表)
错误 平均(表.得分) > 4
错误 最大(表.得分) < 9
错误 每行(表: 得分 <= 分值)
错误 每行(表: 得分 <= 分值 且 分值 <= 甲)
错误 每行(表: 得分 + 1 <= 分值 * 2)
错误 每行(表: 类别 = "一" 或 得分 > 2)
错误 每行(表: 非 有 名目 或 得分 > 1)
错误 个数(列) = 3
错误 元数 = 万元数
错误 丁 = 甲
"""
TEMPLATE = """{{单位名称}}{{甲}}{{乙}}{{丙}}{{词}}{{另词}}{{日子：日期}}{{另日：日期}}{{列：并列 、}}{{元数}}元{{万元数}}万元

|= 类别 | 名目 | 分值 | 得分 |
| {{表.类别}} | {{表.名目}} | {{表.分值}} | {{表.得分}} |

末。
"""


def random_township(rng, i):
    def number(high=20):
        return rng.choice([Digits(str(rng.randrange(high))), Digits('%.1f' % (rng.randrange(high * 10) / 10)),
                           Digits('%.2f' % (rng.randrange(high * 100) / 100))])

    def perhaps(value):
        return None if rng.random() < 0.08 else value

    def day():
        return '202%d-%02d-%02d' % (rng.randrange(2, 6), rng.randrange(1, 13), rng.randrange(1, 29))

    rows = [{'类别': rng.choice(['一', '二']), '名目': perhaps('名'), '分值': perhaps(number(10)), '得分': perhaps(number(10))}
            for _ in range(rng.randrange(5))]
    b, c = number(), number()
    a = rng.choice([number(), Digits(str(Decimal(b) + Decimal(c)))])
    if rng.random() < 0.3 and rows and all(r['得分'] for r in rows):
        a = Digits(str(sum(Decimal(r['得分']) for r in rows)))
    return {'单位名称': '第%d乡' % i, '甲': perhaps(a), '乙': perhaps(rng.choice([b, a])), '丙': perhaps(c),
            '词': perhaps(rng.choice(['优', '良', '差'])), '另词': perhaps(rng.choice(['优', '良'])), '日子': perhaps(day()),
            '另日': perhaps(day()), '列': ['一', '二', '三', '四'][:rng.randrange(1, 5)], '元数': number(), '万元数': number(),
            '丁': perhaps(rng.choice([a, number()])), '表': rows}


def rule_book():
    """A workbook with rules of all kinds and townships at random."""
    sketch(TEMPLATE, 'rules.docx')
    with open('rules.rules', 'w', encoding='utf-8') as f:
        f.write(RULES)
    rng = random.Random(7)
    data = [random_township(rng, i) for i in range(1, 61)]
    filled = county('rules.docx', data, '规则')
    book = Book('规则-blank.xlsx')
    left = [book.text('勾稽', 1, c) for c in range(1, book.size('勾稽')[1]) if book.text('勾稽', 2, c) == BY_TIANBAO]
    formulas = [f.text for f in book.trees['勾稽'].iter(tag('f'))]
    bare = [f for f in formulas if re.search(r'IF\(\((?!0\+|1-|LEN)|\(\([^()]*<>""\)\)>0', f)]
    check('truth is no number in Excel', len(formulas) > 1000 and not bare, str(bare[:1]))
    check('what is no formula is named', left == ['最大(表.得分) < 9', '元数 = 万元数'], str(left))
    return filled


# ---- all of it ----

def from_workbooks(data, books):
    """Reports from the workbooks are byte-equal to those from JSON."""
    for template, name in ((REPORT, '报告'), (LETTER, '函')):
        for ending in ('.docx', '.odt'):
            _, _, wanted = reports(template + ending, 'all.json', 'wanted-' + name + ending[1:])
            check('%s%s: six reports from JSON' % (name, ending), len(wanted) == len(data))
            for what, path in books[name]:
                equal('%s%s: %s' % (name, ending, what), template + ending, path, wanted)


def workbooks():
    data = all_townships()
    filled = {'报告': county(REPORT + '.docx', data, '报告'), '函': county(LETTER + '.docx', data, '函'),
              '错': county(REPORT + '.docx', broken_variants(data), '错'), '规则': rule_book()}
    sent = each(data)
    books = {'报告': [('from the workbook', filled['报告']), ('from those of all townships', 'sent')],
             '函': [('from the workbook', filled['函'])]}
    saved = calculated(list(filled.values()) + sent, 'calculated')
    if saved is None:
        suite.skip('red cells', 'LibreOffice is not there')
    else:
        books['报告'].append(('as LibreOffice saved it', saved[0]))
        for name, template, rules in (('报告', REPORT + '.docx', REPORT + '.rules'), ('错', REPORT + '.docx', REPORT + '.rules'),
                                      ('规则', 'rules.docx', 'rules.rules')):
            compare_rules(name, template, filled[name], saved[list(filled).index(name)], rules)
        wanted = told(REPORT + '.docx', sent, REPORT + '.rules')
        for record, path in zip(data, saved[len(filled):]):
            ok, detail = same(list(own_states(Book(path))), list(wanted[record['单位名称']]))
            check('red cells of its own workbook: ' + record['单位名称'], ok, detail)
    from_workbooks(data, books)


def main():
    folder = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as tmp:
        os.makedirs(folder or tmp, exist_ok=True)
        here = os.getcwd()
        os.chdir(folder or tmp)
        kinds()
        guesses()
        old_templates()
        lists()
        features()
        skeletons()
        bad_lists()
        workbooks()
        os.chdir(here)
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
