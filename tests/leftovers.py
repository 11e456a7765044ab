#!/usr/bin/env python3
"""What was left standing in a report: planted leftovers are all found, in both formats and wherever
text can stand; honest reports get no more than two false alarms each.

Each plant is a report with one leftover in it and must give that finding and no other of its kind.
The honest reports are all fixtures with all templates, and the standing cases; their number of
findings is printed.  Ends with the line of counts.
"""
import glob
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, '..')
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.path.insert(0, os.path.join(TOP, 'fixtures', 'county'))
sys.dont_write_bytecode = True

import doctext  # noqa: E402
import sketch  # noqa: E402
from suite import Suite, fill  # noqa: E402

suite = Suite('leftovers')
ENDINGS = ('docx', 'odt')
MOST = 2  # false alarms in a report
FOUND = re.compile(r'^(.*) \[(TB58\d)\]$', re.M)

HONEST = '''=== header default
{{单位名称}}@header
=== end
=== footer default
自评报告@footer
=== end
# {{年度}}年{{单位名称}}部门整体支出绩效自评报告
## 一、部门概况
{{单位名称}}（简称{{单位简称}}）编制{{编制数}}人，比{{年度 - 1}}年增加1人。@body
## 二、支出情况
（一）总体情况
支出合计{{支出合计}}万元，占95.3%，其中：1.人员经费；2.公用经费。[fn:口径见决算@note。]
（二）支出结构
1．基本支出@list
2．项目支出
|= 项目 | 金额 | 备注@head |
| {{项目.名称}} | {{项目.金额}} | {{项目.备注}}@row |

（三）其他
共30人，人均1.5万元，30人人均不变；5个个体户；新建第3座水库。
## 三、绩效情况
依据《预算管理办法（2015年修订）》和“三公”经费规定[tb:附注@box]，见附件：1. 汇总表
2. 明细表
|= 年 | 数 |
| 2023年 | 1、甲 |
| 2022年 | 3、乙 |

{{简况}}
{{单位名称}}
'''
PLACES = ('header', 'footer', 'body', 'note', 'list', 'head', 'row', 'box')


def township(name, brief, **more):
    d = {'单位名称': name, '单位简称': brief, '年度': 2023, '编制数': 66, '支出合计': 2228.08,
         '简况': '本年平稳。', '联系人': '张××',
         '项目': [{'名称': '道路硬化', '金额': 12.5, '备注': '完工'}, {'名称': '饮水安全', '金额': 30, '备注': '在建'}]}
    d.update(more)
    return d


OTHERS = [township('云溪乡人民政府', '云溪乡'), township('沅陵镇太常便民服务中心', '太常便民服务中心'),
          township('沅陵镇新太常便民服务中心', '新太常便民服务中心'), township('沅陵镇', '沅陵镇')]
OWN = '沅陵镇太常便民服务中心'

# (what it is, where, the text, the finding, words of it); where: a place of the sketch, or 'data'
PLANTS = [
    ('name', 'body', '云溪乡人民政府认真落实。', 'TB580', '云溪乡人民政府'),
    ('brief name', 'header', '云溪乡', 'TB580', '云溪乡'),
    ('name in a footer', 'footer', '云溪乡人民政府编', 'TB580', '云溪乡人民政府'),
    ('name in a note', 'note', '，云溪乡口径', 'TB580', '云溪乡'),
    ('name in a text box', 'box', '：云溪乡', 'TB580', '云溪乡'),
    ('name in a repeated row', 'row', '（云溪乡）', 'TB580', '云溪乡'),
    ('name that holds the own one', 'body', '新太常便民服务中心', 'TB580', '新太常便民服务中心'),
    ('name in the data', 'data', '云溪乡人民政府本年平稳。', 'TB580', '云溪乡人民政府'),
    ('brief name in the data', 'data', '学习云溪乡的经验，\n成效明显。', 'TB580', '云溪乡'),
    ('year', 'body', '截至2021年底，', 'TB581', '2021'),
    ('year in a header', 'header', '2020年', 'TB581', '2020'),
    ('year in a footer', 'footer', '（2019年）', 'TB581', '2019'),
    ('year in a note', 'note', '，2025年修订', 'TB581', '2025'),
    ('year in a cell', 'head', '2018年', 'TB581', '2018'),
    ('year in a text box', 'box', '2017年度', 'TB581', '2017'),
    ('year in characters', 'body', '二〇二一年六月', 'TB581', '二〇二一'),
    ('year with a circle of another code', 'list', '二〇一九年', 'TB581', '二〇一九'),
    ('crosses', 'body', '实现收入×××万元。', 'TB582', '×××'),
    ('two crosses', 'list', '××人', 'TB582', '××'),
    ('capital X', 'body', 'XX镇', 'TB582', 'XX'),
    ('small x', 'note', 'xxx户', 'TB582', 'xxx'),
    ('wide X', 'body', 'ＸＸ村', 'TB582', 'ＸＸ'),
    ('low lines', 'body', '共____户', 'TB582', '____'),
    ('wide low lines', 'row', '＿＿元', 'TB582', '＿＿'),
    ('circles', 'body', '○○村', 'TB582', '○○'),
    ('boxes', 'head', '□□', 'TB582', '□□'),
    ('words', 'body', '待填', 'TB582', '待填'),
    ('other words', 'box', '此处填写意见', 'TB582', '此处填写'),
    ('words of the program', 'body', '单击此处输入文字。', 'TB582', '单击此处'),
    ('somebody', 'header', '某某乡', 'TB582', '某某'),
    ('gap in the data', 'data', '×××', 'TB589', '简况'),
    ('gap in a sentence of the data', 'data', '今年以来，我单位认真落实各项惠民政策，共发放补贴____万元。', 'TB589', '简况'),
    ('doubled unit', 'body', '共12.5万元万元。', 'TB583', '万元万元'),
    ('two units of money', 'list', '（12元万元）', 'TB583', '元万元'),
    ('doubled percent', 'body', '占95%%。', 'TB583', '%%'),
    ('percent of two widths', 'note', '95%％', 'TB583', '%％'),
    ('doubled short unit', 'body', '共12户户，', 'TB583', '户户'),
    ('doubled unit in a header of a table', 'head', '（万元万元）', 'TB583', '万元万元'),
    ('doubled long unit', 'box', '30平方米平方米', 'TB583', '平方米平方米'),
    ('doubled unit in the data', 'data', '共12.5亿元亿元。', 'TB583', '亿元亿元'),
    ('brackets', 'body', '(见附表）', 'TB584', '"("'),
    ('brackets the other way', 'list', '（见附表)', 'TB584', '"（"'),
    ('brackets of titles', 'note', '《见附表〉', 'TB584', '"《"'),
    ('brackets around values', 'body', '({{编制数}}人）', 'TB584', '"("'),
    ('brackets in the data', 'data', '(其中：项目）', 'TB584', '"("'),
    ('figure', 'body', '支出合计1234.56万元，', 'TB587', '1234.56'),
    ('figure behind a word', 'list', '，支出合计为2,228.80万元', 'TB587', '2,228.80'),
    ('figure in a note', 'note', '，编制数：65人', 'TB587', '65'),
]
NUMBERS = [
    ('headings', '## 三、绩效情况', '## 四、绩效情况', 'TB585', '四、'),
    ('many headings', '## 三、绩效情况', '## 六、绩效情况', 'TB586', '3 to 5'),
    ('second level', '（二）支出结构', '（三）支出结构', 'TB585', '（三）'),
    ('first of the second level', '（一）总体情况', '总体情况', 'TB585', '（二）'),
    ('third level', '2．项目支出', '3．项目支出', 'TB585', '3．'),
    ('a lost heading', '## 二、支出情况', '## 支出情况', 'TB585', '三、'),
]
# honest text in the same places
SOUND = [
    '支出合计2228.08万元', '支出合计2,228.08万元', '2022年和2024年', '《条例（2013年修订）》', '（见附表）', 'XXL', 'x', '3.5万元',
    '太常便民服务中心', '沅陵镇太常便民服务中心', '支出合计2000万元以上', '编制数60至70人', '《2021—2025年规划》', '30人人均', '一__二', '100%', '12023年',
    '基本支出1044.72万元', '1) 甲', '二〇二三年', '单击鼠标', '待遇', '某村', '×', '3×4',
]


def find(template, data, out, *more):
    rc, err = fill(template, data, out, '--force', *more)
    return rc, FOUND.findall(err), err


def put(text, where, words):
    for place in PLACES:
        text = text.replace('@' + place, words if place == where else '')
    return text


def run_plant(name, text, data, code, words):
    with open('d.json', 'w', encoding='utf-8') as f:
        json.dump(data, f, ensure_ascii=False)
    for ending in ENDINGS:
        sketch.make(text, 't.' + ending)
        rc, found, err = find('t.' + ending, 'd.json', 'out/{{单位名称}}.' + ending, '--only=' + OWN)
        good = [f for f in found if f[1] == code and words in f[0]]
        # a leftover in a row that repeats is told once, and stands in the template once
        suite.check('%s [%s]' % (name, ending), rc == 0 and len(found) == 1 and len(good) == 1,
                    '%d %s: %s' % (rc, code, err.strip()))


def planted():
    own = [t for t in OTHERS if t['单位名称'] != OWN]
    for name, where, words, code, told in PLANTS:
        data = own + [township(OWN, '太常便民服务中心', **({'简况': words} if where == 'data' else {}))]
        run_plant(name, put(HONEST, where, words), data, code, told)
    for name, old, new, code, told in NUMBERS:
        assert old in HONEST
        run_plant(name, put(HONEST.replace(old, new), None, ''), own + [township(OWN, '太常便民服务中心')], code, told)
    return len(PLANTS) + len(NUMBERS)


def sound():
    data = OTHERS
    with open('d.json', 'w', encoding='utf-8') as f:
        json.dump(data, f, ensure_ascii=False)
    for ending in ENDINGS:
        for words in SOUND:
            sketch.make(put(HONEST, 'body', words), 't.' + ending)
            rc, found, err = find('t.' + ending, 'd.json', 'out/{{单位名称}}.' + ending, '--only=' + OWN)
            suite.check('sound: %s [%s]' % (words, ending), rc == 0 and not found, err)
        # what --missing=mark prints is no leftover
        with open('e.json', 'w', encoding='utf-8') as f:
            json.dump({'年度': 2023, '单位名称': '甲'}, f, ensure_ascii=False)
        sketch.make('{{单位名称}}{{没有}}\n', 't.' + ending)
        rc, found, err = find('t.' + ending, 'e.json', 'o.' + ending, '--missing=mark')
        suite.check('asked for [%s]' % ending, rc == 0 and not found, err)


def places():
    """A value is told of where it stands in the report, text of the template where it was typed."""
    data = OTHERS[1:] + [township('云溪乡人民政府', '云溪乡')]
    own = township(OWN, '太常便民服务中心')
    own['项目'] = [{'名称': '第%d项' % i, '金额': i, '备注': '云溪乡' if i == 7 else ''} for i in range(1, 10)]
    data = [d for d in data if d['单位名称'] != OWN] + [own]
    with open('d.json', 'w', encoding='utf-8') as f:
        json.dump(data, f, ensure_ascii=False)
    for ending in ENDINGS:
        text = put(HONEST, 'head', '××').replace('{{单位名称}}\n', '{{如果 假}}\n| a |\n\n{{完}}\n{{单位名称}}\n') + '待填\n'
        sketch.make(text.replace('{{如果 假}}', '{{如果 编制数 < 0}}'), 't.' + ending)
        rc, found, err = find('t.' + ending, 'd.json', 'out/{{单位名称}}.' + ending, '--only=' + OWN)
        told = {f[1]: f[0] for f in found}
        lines = [f[0] for f in found]
        suite.check('row of the report [%s]' % ending,
                    'out/%s.%s: body, table 1, row 8, column 3' % (OWN, ending) in told.get('TB580', '') and
                    '项目[7].备注' in told.get('TB580', ''), err)
        suite.check('cell of the template [%s]' % ending,
                    any(l.startswith('t.%s: body, table 1, row 1, column 3' % ending) and '××' in l for l in lines), err)


def batches():
    """Text of the template is told of once in a batch, whoever works on it."""
    with open('d.json', 'w', encoding='utf-8') as f:
        json.dump(OTHERS, f, ensure_ascii=False)
    for ending in ENDINGS:
        sketch.make(put(HONEST, 'body', '待填'), 't.' + ending)
        for jobs in '1', '3':
            rc, found, err = find('t.' + ending, 'd.json', 'out/{{单位名称}}.' + ending, '--jobs=' + jobs)
            suite.check('once in a batch of %s [%s]' % (jobs, ending), rc == 0 and len(found) == 1, err)
        sketch.make('{{单位名称}}\n' + '××\n' * 80, 't.' + ending)
        rc, found, err = find('t.' + ending, 'd.json', 'out/{{单位名称}}.' + ending, '--only=' + OWN)
        codes = [f[1] for f in found]
        suite.check('fifty at most [%s]' % ending, codes.count('TB582') == 50 and
                    re.search(r'30 more leftovers.*TB588', err), err[-400:])


LAST_DATA = dict(年度=2022, 支出合计=2117.95, 三公=25.50, 完成率='95.1%', 成文日期='2023-06-30',
                 工作总结='今年以来，我单位认真落实各项惠民政策，群众满意度明显提高。',
                 项目=[{'名称': '桥', '金额': 10.25}, {'名称': '路', '金额': 31.5}])
LAST_TEXT = """# {{年度}}年{{单位名称}}报告
支出合计{{支出合计}}万元，上年{{上年.支出合计}}万元，{{变动(支出合计)：增减}}万元，{{支出合计：同比 上年.支出合计}}。@
{{三公}} {{完成率}} {{成文日期：日期}} {{工作总结}}
| {{项目.名称}} | {{项目.金额}} |
| 上年 | {{合计(上年.项目.金额)}} |

{{单位名称}}
"""
LAST_OWN = dict(三公=24.60, 完成率='96.2%', 成文日期='2024-06-28', 工作总结='本年新修道路三条，饮水工程完工。',
                项目=[{'名称': '桥', '金额': 11.5}, {'名称': '渠', '金额': 30}])
# (what is it, what changes in this year's data, what is typed in the template, finding, words)
LAST_PLANTS = [
    ('figure of last year', {'三公': '25.50'}, '', 'TB593', '三公'),
    ('percentage of last year', {'完成率': '95.1%'}, '', 'TB593', '完成率'),
    ('date of last year', {'成文日期': '2023年6月30日'}, '', 'TB593', '成文日期'),
    ('figure in a table', {'项目': [{'名称': '桥', '金额': 10.25}]}, '', 'TB593', '金额'),
    ('sentence', {'工作总结': LAST_DATA['工作总结']}, '', 'TB594', '群众满意度明显提高'),
    ('sentence among others', {'工作总结': '修路。' + LAST_DATA['工作总结'] + '好。'}, '', 'TB594', '惠民政策'),
    ('figure typed', {}, '支出2117.95万元', 'TB595', '2117.95'),
    ('figure of a table typed', {}, '其中10.25万元', 'TB595', '10.25'),
    ('date typed', {}, '成文于2023年6月30日', 'TB595', '成文日期'),
    ('sentence typed', {}, LAST_DATA['工作总结'], 'TB595', '工作总结'),
]
LAST_FOUND = re.compile(r'^(.*) \[(TB5[89]\d)\]$', re.M)


def text_of(path):
    return doctext.Printer(False).document(doctext.read(path))


def write_json(path, data):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(re.sub(r'"(-?\d+\.\d+)"', r'\1', json.dumps(data, ensure_ascii=False)))  # 25.50 as it is


def last_year():
    own = township(OWN, '太常便民服务中心', **LAST_OWN)
    other = township('云溪乡人民政府', '云溪乡', **LAST_OWN)
    write_json('last.json', [township('云溪乡人民政府', '云溪乡', **dict(LAST_DATA, 支出合计=1)),
                             township(OWN, '太常便民服务中心', **dict(LAST_DATA, 三公='25.50'))])
    with open('last.csv', 'w', encoding='gb18030') as f:
        f.write('单位名称,支出合计,三公\n%s,2117.95,25.50\n云溪乡人民政府,1,2\n' % OWN)

    def run(data, text, ending, *more, last='last.json'):
        write_json('d.json', data)
        sketch.make(text, 'l.' + ending)
        rc, err = fill('l.' + ending, 'd.json', 'out/{{单位名称}}.' + ending, '--last=' + last, '--force', *more)
        return rc, [f for f in LAST_FOUND.findall(err) if f[1] >= 'TB590'], err

    for ending in ENDINGS:
        for name, changes, typed, code, words in LAST_PLANTS:
            rc, found, err = run([other, dict(own, **changes)], LAST_TEXT.replace('@', typed), ending, '--only=' + OWN)
            suite.check('%s [%s]' % (name, ending), rc == 0 and len(found) == 1 and found[0][1] == code and
                        words in found[0][0], err)
        rc, found, err = run([own, other], LAST_TEXT.replace('@', ''), ending)
        text = text_of('out/%s.%s' % (OWN, ending))
        suite.check('last year by township [%s]' % ending, rc == 0 and not found and
                    '上年2117.95万元，增长110.13万元，增长5.2%。' in text and '| 上年 | 41.75 |' in text and
                    '上年1万元' in text_of('out/云溪乡人民政府.' + ending), err + text)
        rc, found, err = run([own], LAST_TEXT.split('@')[0] + '\n', ending, last='last.csv')
        suite.check('last year as CSV [%s]' % ending, rc == 0 and not found and
                    '上年2117.95万元' in text_of('out/%s.%s' % (OWN, ending)), err)
        with open('l.rules', 'w', encoding='utf-8') as f:
            f.write('提醒  变动(支出合计) <= 0\n错误  支出合计 > 上年.支出合计\n')
        rc, found, err = run([own], LAST_TEXT.replace('@', ''), ending)
        suite.check('rules speak of last year [%s]' % ending, rc == 0 and '110.13' in err and 'TB704' in err, err)
        os.unlink('l.rules')
        rc, found, err = run([township('松鸣乡', '松鸣乡', **LAST_OWN)], '{{单位名称}}{{上年.三公：空则 无}}\n', ending)
        suite.check('nobody last year [%s]' % ending, rc == 0 and [f[1] for f in found] == ['TB590'], err)
        rc, found, err = run([dict(own, 上年={'a': 1})], '{{单位名称}}\n', ending)
        suite.check('上年 is taken [%s]' % ending, rc == 1 and [f[1] for f in found] == ['TB592'], err)
        write_json('twice.json', [own, own])
        rc, found, err = run([own], '{{单位名称}}\n', ending, last='twice.json')
        suite.check('twice last year [%s]' % ending, rc == 1 and [f[1] for f in found] == ['TB591'], err)
        rc, err = fill('l.' + ending, 'd.json', 'last.json', '--last=last.json', '--force')
        suite.check('a report never replaces last year [%s]' % ending, rc != 0 and os.path.getsize('last.json') > 100, err)
    return len(LAST_PLANTS)


def honest():
    """(report, findings) of everything that is honest."""
    townships = sorted(glob.glob(os.path.join(TOP, 'fixtures', '*.json')))
    pairs = [(t, townships) for folder in ('templates', 'fixtures/旧模板') for e in ENDINGS
             for t in sorted(glob.glob(os.path.join(TOP, folder, '*.' + e)))]
    for template, data in pairs:
        for one in data:
            yield template, [one]
        yield template, data
    import make
    with open('county.json', 'w', encoding='utf-8') as f:
        f.write(make.json_text([make.json_object(t) for t in make.county()]))
    for e in ENDINGS:
        yield os.path.join(TOP, 'templates', '告知函.' + e), ['county.json']
        yield os.path.join(TOP, 'fixtures', '现场照片', '现场照片.' + e), [os.path.join(TOP, 'fixtures', '现场照片', '现场照片.json')]
    for folder in sorted(glob.glob(os.path.join(HERE, 'cases', '*'))):
        data = sorted(glob.glob(os.path.join(folder, 'data*.json')))
        source = os.path.join(folder, 'template.sketch')
        if not data or not os.path.exists(source) or os.path.exists(os.path.join(folder, 'args')):
            continue
        for e in ENDINGS:
            with open(source, encoding='utf-8') as f:
                try:
                    sketch.make(f.read(), 'case.' + e)
                except Exception:  # for one format only
                    continue
            yield os.path.join(os.getcwd(), 'case.' + e), data


def false_alarms():
    reports = total = worst = 0
    for template, data in honest():
        ending = template.rsplit('.', 1)[1]
        rc, err = fill(template, data[0], 'honest/', *data[1:], '--force', '--force-checks')
        if rc > 1 or 'honest/' not in os.listdir('.') and not os.path.isdir('honest'):
            continue
        found = FOUND.findall(err)
        reports += 1
        total += len(found)
        worst = max(worst, len(found) / max(1, len(data)))
        if found:
            print('  %s: %s' % (os.path.basename(template), '; '.join(f[0][-90:] for f in found[:3])))
        suite.check('honest: %s %s' % (os.path.basename(template), data[0]), len(found) <= MOST * len(data), err[-600:])
    print('false alarms: %d in %d honest fills, at most %.1f in a report' % (total, reports, worst))


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        n = planted()
        sound()
        places()
        batches()
        n += last_year()
        print('planted: %d leftovers in each format' % n)
        false_alarms()
        os.chdir('/')
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
