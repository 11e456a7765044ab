#!/usr/bin/env python3
"""勾稽 rules: what is told of figures that contradict each other, and what then becomes of the report.

Ends with the line of counts.
"""
import glob
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

import sheetlike  # noqa: E402
from officelike import docx, odt, p, t  # noqa: E402
from suite import Suite, fill  # noqa: E402

TOP = os.path.join(HERE, '..')
REPORT = os.path.join(TOP, 'templates', '部门整体支出绩效自评报告')
suite = Suite('rules')
check = suite.check


def held(template, data, out, *more, language=''):
    """Status, messages, and whether there is a report."""
    if os.path.exists(out):
        os.unlink(out)
    rc, err = fill(template, data, out, *more, language=language)
    return rc, err, os.path.exists(out)


def case(name, rules, data, expected, written, lacks=(), more=(), encoding='utf-8'):
    """Each of `expected` stands in one line of stderr; `written`: there is a report."""
    with open('d.json', 'w', encoding='utf-8') as f:
        json.dump(data, f, ensure_ascii=False)
    for ending, make in (('.docx', lambda path: docx(path, p(t('{{a}}')))),
                         ('.odt', lambda path: odt(path, '<text:p>{{a}}</text:p>'))):
        make('t' + ending)
        with open('t.rules', 'w', encoding=encoding) as f:
            f.write(rules)
        rc, err, there = held('t' + ending, 'd.json', 'o' + ending, *more)
        missing = [e for e in expected if not any(e in line for line in err.splitlines())]
        extra = [e for e in lacks if e in err]
        check('%s [%s]' % (name, ending[1:]), rc == (0 if written else 1) and there == written and not missing and not extra,
              'status %d, report %s, lacks %s, has %s: %s' % (rc, there, missing, extra, err.strip()))


def seed():
    data = os.path.join(TOP, 'fixtures', '太常便民服务中心.json')
    for ending in ('.docx', '.odt'):
        rc, err, there = held(REPORT + ending, data, 'r' + ending)
        broken = re.findall(r'rules:\d+: (?!note)(.*?) does not hold: (.*?) \[', err)
        warned = re.findall(r'rules:\d+: note: to be looked at: (.*?) does not hold', err)
        sides = [b[1] for b in broken]
        check('the seed breaks five' + ending, rc == 1 and not there and sides == [
            '1052.7 against 1183.36, difference -130.66', '1183.36 against 1052.7, difference 130.66',
            '1318.94 against 1788.33, difference -469.39', '1692.13 against 1532.71, difference 159.42',
            '2023-06-30 against 2023年12月31日'], str(broken))
        check('and two are to be looked at' + ending, len(warned) == 2 and warned[0].startswith('车辆数') and
              warned[1].startswith('教育补贴'), str(warned))
        check('place and line of each figure' + ending, re.search(
            r'body, paragraph \d+ \(under .*\): 财政应返还额度 is 469.39 \(.*json:\d+:\d+\)', err) is not None, err)
        rc, err, there = held(REPORT + ending, data, 'r' + ending, '--force-checks')
        check('forced' + ending, rc == 0 and there and err.count('to be looked at') == 7, err)
    rc, err, there = held(REPORT + '.docx', data, 'r.docx', language='zh_CN')
    catalogue = os.path.join(os.environ.get('TIANBAO_LOCALEDIR', 'none'), 'zh_CN', 'LC_MESSAGES', 'tianbao.mo')
    if not os.path.exists(catalogue):
        suite.skip('in Chinese', 'there is no catalogue of messages')
    else:
        check('in Chinese', '专项支出 = 项目支出 不成立：1052.7 与 1183.36，差 -130.66' in err, err)
    for name, count in (('云溪乡', 2), ('松鸣乡', 0), ('江澜镇', 0), ('青岩便民服务中心', 0)):
        rc, err, there = held(REPORT + '.docx', os.path.join(TOP, 'fixtures', name + '.json'), 'r.docx')
        check(name, err.count('rules:') == count and there == (count == 0), err)


def small():
    good = {'a': 1692.13, 'b': 1181.09, 'c': 511.04}
    case('holds exactly', '错误 a = b + c # 说明\n\n# 空行\n', good, [], True, lacks=['TB7'])
    case('broken', '错误 a = b', good, ['t.rules:1: a = b does not hold: 1692.13 against 1181.09, difference 511.04 [TB703]',
                                     'body, paragraph 1: a is 1692.13 (d.json:1:', 'b is 1181.09; the template does not print it'], False)
    case('only a warning', '提醒 a = b', good, ['note: to be looked at: a = b does not hold'], True)
    case('within the tolerance', '错误 a = b 容差 511.04', good, [], True, lacks=['TB7'])
    case('beyond the tolerance', '错误 a = b 容差 511.03', good, ['difference 511.04'], False)
    case('parts of 且', '错误 a > b 且 a = c 且 a < 1', good, ['against 511.04', 'against 1,', 'difference 1181.09'], False)
    case('missing is not checked', '错误 a = b + d', good, ['not checked: a = b + d: no figure for d'], True)
    case('misspelt is not checked', '错误 a = b + 支出合记', {**good, '支出合计': 1}, ['the data have "支出合计"'], True)
    case('about is a warning at most', '错误 a = 3000', {'a': '4000多'}, ['to be looked at: a = 3000 does not hold'], True)
    many = {'a': 1, **{'数%d' % i: i for i in range(1, 21)}, '数20': '20余'}
    case('many figures', '错误 a = ' + ' + '.join('数%d' % i for i in range(1, 21)), many,
         ['to be looked at: a = 数1', '数20 is 20余', '数19 is 19'], True)
    case('a text in a sum', '错误 a = b + 1', {'a': 1, 'b': '优'}, ['a = b + 1 cannot be checked', '"优" is not a number'], False)
    case('other conditions', '错误 a = 1 或 b > 5', {'a': 2, 'b': 3}, ['a = 1 或 b > 5 does not hold [TB707]', 'b is 3'], False)
    case('texts', '错误 b = 等级(a, 优 90, 良 80, 差)', {'a': 95, 'b': '良'}, ['does not hold: 良 against 优'], False)
    rows = {'a': 1, '表': [{'得分': 5, '分值': 10}, {'得分': 12, '分值': 10}]}
    case('every row', '错误 每行(表: 得分 <= 分值)', rows, ['每行(表: 得分 <= 分值) does not hold: 12 against 10', '得分 is 12'], False)
    case('every row of no list', '错误 每行(a: 得分 > 1)', rows, ['not checked: 每行(a: 得分 > 1): 每行 needs a list'], True)
    case('sums of lists', '错误 合计(表.得分) = 18', rows, ['17 against 18, difference -1', '合计(表.得分) is 17'], False)
    case('empty lists', '错误 合计(表.得分) = 0\n错误 每行(表: 得分 <= 分值)', {'a': 1, '表': []}, [], True, lacks=['TB7'])
    about = {'a': 8, '表': [{'数': 5, '额': 1}, {'数': '3多', '额': 2}]}
    for name, rule, words in (('a sum of about', '合计(表.数) = 9', '8 against 9'), ('the greatest of about', '最大(表.数) > 5', '5 against 5'),
                              ('the average of about', '平均(表.数) = 1', '4 against 1'),
                              ('a difference with a sum of about', 'a - 合计(表.数) = 1', '0 against 1'),
                              ('a sum of about, rounded', '四舍五入(合计(表.数), 0) = 9', '8 against 9'),
                              ('a part by a figure of about', '合计(表.额 当 数 > 3) = 3', '1 against 3'),
                              ('a number of parts by a figure of about', '个数(表 当 数 > 3) = 3', '1 against 3'),
                              ('a grade of about', '等级(合计(表.数), 优 90, 差) = "优"', '差 against 优')):
        case(name, '错误 ' + rule, about, ['to be looked at: %s does not hold: %s' % (rule, words)], True)
    case('a sum of about beside other conditions', '错误 合计(表.数) = 9 或 a = 9', about, ['to be looked at: 合计(表.数) = 9 或 a = 9'], True)
    case('a part without what is about', '错误 合计(表.数 当 额 = 1) = 9', about, ['5 against 9'], False)
    case('another sum is exact', '错误 合计(表.额) = 9 且 合计(表.数) = 9', about, ['rules:1: 合计(表.额) = 9'], False)
    case('GB18030', '错误 支出 = 1', {'a': 1, '支出': 2}, ['支出 = 1 does not hold'], False, encoding='gb18030')
    case('all that is wrong with the file', '错误 a = = b\n大错 a = b\n错误 a = b 容差 多\n错误 每行(表)', good, [
        't.rules:1: ', 't.rules:2: "大错 a = b": a rule begins with', 't.rules:3: ', 't.rules:4: '], False)
    os.rename('t.rules', 'other.txt')
    with open('t勾稽.txt', 'w', encoding='utf-8') as f:
        f.write('错误 a = 1')
    rc, err, there = held('t.docx', 'd.json', 'o.docx')
    check('the other name', rc == 1 and 't勾稽.txt:1: a = 1 does not hold' in err, err)
    with open('other.txt', 'w', encoding='utf-8') as f:
        f.write('错误 a > 1')
    rc, err, there = held('t.docx', 'd.json', 'o.docx', '--rules', 'other.txt')
    check('a file that is named', rc == 0 and there and not err, err)
    rc, err, there = held('t.docx', 'd.json', 'o.docx', '--rules', 'none.txt')
    check('a file that is not there', rc == 3 and not there, err)


# ---- rules in the workbook ----

def book(name, *sheets):
    sheetlike.write(name, [s + ([],) if len(s) == 2 else s for s in sheets])


def sheets():
    docx('s.docx', p(t('{{a}}')))
    odt('s.odt', '<text:p>{{a}}</text:p>')
    records = ('单位数据', [['单位名称', 'a', 'b'], ['甲镇', ('number', '3'), ('number', '2')], ['乙乡', ('number', '2'), ('number', '2')]])
    heads = [['勾稽关系表'], ['序号', '级别', '关系式', '容差', '说明'], [None, '一、支出'],
             [('number', '1'), '错误', 'a = b + 1', None, '说明 a = c'], [('number', '2'), '提醒', 'a > b', None, None],
             [('number', '3'), None, 'a = b', ('number', '0.50'), '级别合并']]
    for ending in ('.xlsx', '.ods'):
        template = 's.docx' if ending == '.xlsx' else 's.odt'
        data = '数据' + ending

        def held_(*more):
            for path in glob.glob('out/*.[do][od][ct]*'):
                os.unlink(path)
            rc, err = fill(template, data, 'out/{{单位名称}}' + template[1:], *more)
            return rc, err, sorted(os.path.splitext(os.path.basename(o))[0] for o in glob.glob('out/*.[do][od][ct]*'))

        book(data, records, ('勾稽关系', heads, [(4, 1, 5, 1)]))
        rc, err, out = held_()
        check('rules in a sheet' + ending, rc == 1 and out == ['甲镇'] and
              'sheet "勾稽关系", cell C4: a = b + 1 does not hold: 2 against 3' in err and
              'cell C5: note: to be looked at: a > b does not hold' in err and
              'cell C6: note: to be looked at: a = b does not hold: 3 against 2' in err and '勾稽关系.' not in err, '%s %s %s' % (rc, out, err))
        book(data, records, ('勾稽关系', [['错误 a < 3'], ['# 注'], ['提醒', 'a = b', ('number', '1.00'), '说明'], ['错误', 'a = b', '容差多']]))
        rc, err, out = held_()
        check('without a header' + ending, rc == 1 and out == ['乙乡'] and 'cell A1: a < 3 does not hold' in err and
              'cell B4: a = b does not hold: 3 against 2' in err and 'cell B3' not in err, err)
        with open('s.rules', 'w', encoding='utf-8') as f:
            f.write('错误 a < 3\n错误 b = 2\n')
        book(data, records, ('勾稽关系', [['错误 a < 3'], ['错误 a > 2']]))
        rc, err, out = held_()
        check('beside the template and in the data' + ending, rc == 1 and not out and 'cell A1: a < 3' not in err and
              's.rules:1: a < 3' in err and 'cell A2: a > 2 does not hold' in err, err)
        rc, err, out = held_('--rules', 's.rules')
        check('those that are named alone' + ending, rc == 1 and out == ['乙乡'] and 'a > 2' not in err and
              'sheet "勾稽关系": note: the rules in this sheet are not used' in err, err)
        os.unlink('s.rules')
        book(data, records, ('勾稽关系', [['级别', '关系式'], ['错误', 'a = = b'], ['大错', 'a = b'], ['错误', None]]))
        rc, err, out = held_()
        check('what is wrong with them' + ending, rc == 1 and not out and all(
            'sheet "勾稽关系", cell %s: ' % c in err for c in ('B2', 'B3', 'A4')), err)
        book('规则' + ending, ('勾稽关系', [['错误', 'a < 3']]))
        book(data, records)
        rc, err = fill(template, data, 'out/{{单位名称}}-r' + template[1:], '--force', '--', '规则' + ending)
        check('a workbook of rules alone' + ending, rc == 1 and '规则%s, sheet "勾稽关系", cell B1: a < 3' % ending in err, err)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        seed()
        small()
        sheets()
        os.chdir('/')
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
