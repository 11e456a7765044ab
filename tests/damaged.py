#!/usr/bin/env python3
"""Damaged templates and data, made from sound ones: each gives exactly the findings that it should, in
both formats, and sound ones give none.

    TIANBAO=./tianbao damaged.py [NAME]    # shows what is found

A damage changes paragraphs of the template, the data, or the rules.  Expected are the codes of all
findings but those that only add figures to another (TB709 and the like), with a part of the message
where it tells more than the code.  Ends with the line of counts.
"""
import copy
import json
import os
import shutil
import sys
import tempfile
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

from officelike import char, docx, odt, p, t  # noqa: E402
from suite import Suite, command  # noqa: E402

TOP = os.path.join(HERE, '..')
suite = Suite('damaged')

PARAGRAPHS = [
    '{{单位名称}}{{年度}}年部门整体支出绩效自评报告',                       # 0
    '支出合计{{支出合计}}万元，其中基本支出{{基本支出}}万元。',                # 1
    '{{如果 车辆数 > 0}}',                                        # 2
    '车辆{{车辆数}}辆：{{车辆名称}}。',                                # 3
    '{{否则}}',                                                # 4
    '没有车辆。',                                                # 5
    '{{完}}',                                                 # 6
    '{{每个 会议}}',                                            # 7
    '{{序号}}、{{会议.名称}}，{{会议.人数}}人；',                         # 8
    '{{完}}',                                                 # 9
    '问题：{{存在问题：空则 无}}。成文日期{{成文日期：日期}}。',                  # 10
    '集合{a, b}与{x}，公式{支出}，见【附件】、《办法》和[1]；{{{{原样}}。',       # 11
]
ROWS = [['项目', '金额（万元）'], ['{{项目.名称}}', '{{项目.金额}}']]
RECORD = {
    '单位名称': '甲乡', '年度': 2023, '支出合计': '2228.08', '基本支出': 1044.72, '车辆数': 2, '车辆名称': ['越野车', '轿车'],
    '会议': [{'名称': '动员会', '人数': 40}, {'名称': '总结会', '人数': 38}], '存在问题': '', '成文日期': '2024-06-30',
    '项目': [{'名称': '道路', '金额': 400}, {'名称': '水渠', '金额': 111.04}],
}
RULES = '错误 基本支出 <= 支出合计\n提醒 个数(车辆名称) = 车辆数\n'


def four():
    """Records of four townships."""
    out = []
    for i, name in enumerate(('甲乡', '乙镇', '丙乡', '丁镇')):
        r = copy.deepcopy(RECORD)
        r.update({'单位名称': name, '支出合计': str(2228.08 + i), '车辆数': 2})
        out.append(r)
    return out


# ---- making ----

def make_docx(path, paragraphs, rows, deleted='', code=''):
    body = ''.join(p(t(x)) for x in paragraphs)
    body += '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>%s</w:tbl>' % ''.join(
        '<w:tr>%s</w:tr>' % ''.join('<w:tc><w:tcPr/>%s</w:tc>' % p(t(c)) for c in row) for row in rows)
    if deleted:
        body += p(t('改：'), '<w:del w:id="9" w:author="a" w:date="2024-01-01T00:00:00Z"><w:r><w:delText>%s'
                  '</w:delText></w:r></w:del>' % escape(deleted))
    if code:
        body += p(char('begin'), '<w:r><w:instrText xml:space="preserve">%s</w:instrText></w:r>' % escape(code),
                  char('separate'), t('结果'), char('end'))
    docx(path, body + p(t('终')))


def make_odt(path, paragraphs, rows, deleted='', code=''):
    body = ''.join('<text:p>%s</text:p>' % escape(x) for x in paragraphs)
    body += '<table:table table:name="表"><table:table-column table:number-columns-repeated="2"/>%s</table:table>' % ''.join(
        '<table:table-row>%s</table:table-row>' % ''.join(
            '<table:table-cell><text:p>%s</text:p></table:table-cell>' % escape(c) for c in row) for row in rows)
    if deleted:
        body = ('<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info>'
                '<dc:creator>a</dc:creator><dc:date>2024-01-01T00:00:00</dc:date></office:change-info><text:p>%s'
                '</text:p></text:deletion></text:changed-region></text:tracked-changes>' % escape(deleted)) + body
        body += '<text:p>改：<text:change text:change-id="c1"/></text:p>'
    odt(path, body + '<text:p>终</text:p>')


MAKERS = {'.docx': make_docx, '.odt': make_odt}


def found(*words):
    """Findings of a check, as (code, message, place), without what only adds to another."""
    if os.path.exists('said.json'):
        os.unlink('said.json')
    rc, out, err = command('check', *words, '--report=said.json')
    if not os.path.exists('said.json'):
        return rc, [('none', out + err)]
    with open('said.json', encoding='utf-8') as f:
        said = json.load(f)
    every = said['findings'] + [x for r in said['reports'] for x in r['findings']]
    return rc, [(x['code'], x['message']) for x in every if x['level'] != 'detail']


def judge(name, rc, got, expected):
    """`expected`: codes, or (code, part of the message)."""
    rest, lacks = list(got), []
    for e in expected:
        code, part = e if isinstance(e, tuple) else (e, '')
        hit = next((g for g in rest if g[0] == code and part in g[1]), None)
        if hit is None:
            lacks.append(e)
        else:
            rest.remove(hit)
    if len(sys.argv) > 1:
        print(name, rc, got)
    suite.check(name, not lacks and not rest, 'lacks %s, has besides %s' % (lacks, rest))


def case(name, expected, paragraphs=None, rows=None, data=None, rules=RULES, more=(), raw=None, flavours=MAKERS,
         since=None, **parts):
    if len(sys.argv) > 1 and sys.argv[1] not in name:
        return
    texts, cells = list(PARAGRAPHS), copy.deepcopy(ROWS)
    for i, text in (paragraphs or {}).items():
        texts[i] = text
    for (i, k), text in (rows or {}).items():
        cells[i][k] = text
    texts = [x for y in texts for x in (y if isinstance(y, list) else [y])]
    with open('data.json', 'w', encoding='utf-8') as f:
        f.write(raw if raw is not None else json.dumps(data if data is not None else RECORD, ensure_ascii=False))
    for ending in flavours:
        MAKERS[ending]('t' + ending, texts, cells, **parts)
        MAKERS[ending]('old' + ending, PARAGRAPHS, ROWS)
        with open('t.rules', 'w', encoding='utf-8') as f:
            f.write(rules)
        words = ['t' + ending, 'data.json', *more] + (['--since=old' + ending] if since else [])
        rc, got = found(*words)
        errors = any((e[0] if isinstance(e, tuple) else e) not in NOTES for e in expected)
        judge(name + ending, rc, got, expected)
        suite.check('status of ' + name + ending, rc == errors, str(rc))


NOTES = {'TB312', 'TB550', 'TB540', 'TB543', 'TB544', 'TB545', 'TB553', 'TB554', 'TB560', 'TB561', 'TB562', 'TB563', 'TB564',
         'TB565', 'TB566', 'TB567', 'TB568', 'TB606', 'TB704', 'TB706', 'TB708', 'TB712', 'TB713'}


def record(**changes):
    r = copy.deepcopy(RECORD)
    for k, v in changes.items():
        if v is None:
            del r[k]
        else:
            r[k] = v
    return r


# ---- templates ----

def pairs():
    case('a condition without end', ['TB301'], {6: '空'})
    case('a repetition without end', ['TB301'], {9: '空'})
    case('two without end', ['TB301', 'TB301'], {6: '空', 9: '空'})
    case('an end too many', ['TB302'], {5: ['没有车辆。'], 10: ['{{完}}', PARAGRAPHS[10]]})
    case('the beginning is gone', ['TB302', 'TB302'], {2: '空'})
    case('crossed', ['TB303'], {9: '{{/项目}}'})
    case('otherwise alone', ['TB302'], {2: '空', 6: '空'})
    case('otherwise misplaced', ['TB308'], {4: '车辆没有{{否则}}的。'})
    case('two lists in a row', ['TB309'], rows={(1, 1): '{{会议.人数}}'})
    case('no name behind 每个', ['TB305'], {7: '{{每个}}'})
    case('no condition', ['TB305'], {2: '{{如果}}'})


def half_tags():
    case('one closing brace', [('TB541', 'write {{支出合计}}')], {1: '支出合计{{支出合计}万元。'})
    case('one closing brace before a tag', [('TB541', 'write {{支出合计}}')], {1: '支出{{支出合计}万元，基本{{基本支出}}万元。'})
    case('one full-width brace', [('TB541', 'write {{年度}}')], {0: '{{单位名称}}{{年度｝年报告'})
    case('no closing brace', ['TB311'], {1: '支出合计{{支出合计万元'})
    case('broken by the end of the paragraph', [('TB542', '合计}}')], {1: ['支出合计{{支出', '合计}}万元']})
    case('a condition with one brace', [('TB541', 'write {{如果 车辆数 > 0}}')], {2: '{{如果 车辆数 > 0}'})
    case('an end with one brace', [('TB541', 'write {{完}}')], {6: '{{完}'})
    case('half a tag and an unknown name', ['TB541', ('TB501', '人均支出')], {1: '{{支出合计}万元，{{人均支出}}元'})
    case('half a tag and no end', ['TB541', 'TB301'], {1: '{{支出合计}万元', 9: '空'})


def near_misses():
    meant = [('TB540', 'is {{支出合计}} meant?')]
    case('single braces', meant, {1: '支出合计{支出合计}万元，其中基本支出{{基本支出}}万元。'})
    case('full-width single braces', meant, {1: '支出合计｛支出合计｝万元，其中基本支出{{基本支出}}万元。'})
    case('single braces with a filter', [('TB540', 'is {{支出合计：2位}} meant?')], {1: '支出{支出合计：2位}万元，{{基本支出}}。'})
    case('one opening brace', meant, {1: '支出合计{支出合计}}万元，其中基本支出{{基本支出}}万元。'})
    case('one opening brace, unknown', [('TB540', '{{人均}}')], {5: '人均{人均}}万元'})
    case('brackets', meant, {1: '支出合计【【支出合计】】万元，其中基本支出{{基本支出}}万元。'})
    case('square brackets', meant, {1: '支出合计[[支出合计]]万元，其中基本支出{{基本支出}}万元。'})
    case('angle brackets', meant, {1: '支出合计<<支出合计>>万元，其中基本支出{{基本支出}}万元。'})
    case('a merge field typed by hand', meant, {1: '支出合计«支出合计»万元，其中基本支出{{基本支出}}万元。'})
    case('another language', meant, {1: '支出合计${支出合计}万元，其中基本支出{{基本支出}}万元。'})
    case('three braces', ['TB312'], {1: '支出合计{{{支出合计}}}万元，其中基本支出{{基本支出}}万元。'})
    case('nothing in the braces', ['TB312'], {5: '没有{{ }}车辆。'})
    case('a column in single braces', [('TB540', '{{会议.名称}}')], {8: '{{序号}}、{会议.名称}，{{会议.人数}}人；'})
    case('an end in single braces', [('TB540', '{{完}}'), 'TB301'], {6: '{完}'})
    case('a list in single braces', [('TB540', '{{每个 会议}}'), 'TB302', ], {7: '{每个 会议}', 8: '空'})
    case('in deleted text', [('TB543', '{{支出合计}}'), 'TB606'], deleted='{{支出合计}}')
    case('in a field code', ['TB317'], code='SET x "{{支出合计}}"', flavours={'.docx': make_docx})


def names():
    case('an unknown name', [('TB501', '支出总额')], {1: '支出{{支出总额}}万元'})
    case('a misspelt name', [('TB502', 'the data have "支出合计"')], {1: '支出{{支出合记}}万元'})
    case('a misspelt column', [('TB502', '"会议.名称"')], {8: '{{会议.名秤}}'})
    case('misspelt where no record comes', [('TB544', '"支出合计"')], {5: '没有车辆，支出{{支出合记}}万元。'})
    case('a misspelt filter', [('TB316', '"千分位"')], {1: '支出{{支出合计：千份位}}万元'})
    case('an unknown filter', ['TB306'], {1: '支出{{支出合计：四舍六入五成双}}万元'})
    case('a filter without its argument', ['TB307'], {1: '支出{{支出合计：位}}万元'})
    case('an expression that is cut', ['TB305'], {1: '差额{{支出合计 - }}万元'})
    case('a bracket that stays open', ['TB305'], {1: '差额{{四舍五入(支出合计, 2}}万元'})
    case('index 0', ['TB513'], {3: '车辆{{车辆名称.0}}。'})
    case('an index too high', ['TB501'], {3: '车辆{{车辆名称.3}}。'})
    case('a list is printed', ['TB503'], {3: '{{会议}}'})
    case('calculates with a text', ['TB504'], {1: '合计{{支出合计 + 单位名称}}万元'})
    case('divides by nothing', ['TB509'], {1: '比{{支出合计 / (车辆数 - 2)}}'})
    case('a unit twice', [('TB507', '万元')], {1: '支出合计{{支出合计}}万元'}, data=record(支出合计='2228.08万元'),
         rules='')
    case('repeats a figure', ['TB510'], {7: '{{每个 车辆数}}', 8: '{{序号}}'})
    case('several faults at once', ['TB501', 'TB502', 'TB540'],
         {1: '{{支出总数额}}和{{基本支岀}}和{年度}'})


# ---- data ----

def one_record():
    case('a figure is missing', ['TB501', 'TB712'], data=record(基本支出=None))
    case('a list is missing', ['TB501'], data=record(会议=None))
    case('a figure is null', ['TB501', 'TB712'], data={**RECORD, '基本支出': None})
    case('a date that does not exist', ['TB505'], data=record(成文日期='2023-02-30'))
    case('a column is missing in one row', ['TB501'], data=record(项目=[{'名称': '道路', '金额': 1}, {'名称': '桥'}]))
    case('a letter for a digit', [('TB714', '基本支出 <= 支出合计'), 'TB511'], data=record(支出合计='22O8.08'))
    case('a comma too many', ['TB401'], raw='{"单位名称": "甲乡",, }')
    case('cut in the middle', ['TB401'], raw='{"单位名称": "甲')
    case('equal after folding', ['TB402'], raw='{"支出合计": 1, "支出 合计": 2}')
    case('equal but for the unit', ['TB402'], raw='{"支出合计": 1, "支出合计（万元）": 2}')
    case('no record', ['TB408'], raw='[]')
    case('no object', ['TB405', 'TB405'], raw='[1, 2]')
    case('a broken rule', [('TB703', 'difference 1')], data=record(支出合计='1043.72'))
    case('a rule to be looked at', ['TB704'], data=record(车辆数=3))
    case('a rule about nothing', [('TB713', '"基本支出"')], rules='错误 基本支岀 > 0\n')
    case('a rule that cannot be read', [('TB305', '基本支出 >')], rules='错误 基本支出 > \n')
    case('a text and a character that XML has not', ['TB404'], raw='{"单位名称": "甲\\u0001乡"}')


def holes():
    case('a text is empty', [('TB550', '{{存在问题}}')], {10: '问题：{{存在问题}}。成文日期{{成文日期：日期}}。'})
    case('a paragraph is empty', ['TB550'], {5: ['没有车辆。'], 6: ['{{完}}', '{{存在问题}}']})
    case('a cell may be empty', [], data=record(项目=[{'名称': '', '金额': 1}, {'名称': '桥', '金额': 2}]))
    case('nothing is meant', [], {10: '问题{{存在问题：空则 ""}}。'})
    case('empty where it is not printed', [], {5: '没有{{存在问题}}车辆。'})


def all_records():
    data = four()
    data[2]['支出合计'] = '待定'
    case('a text among numbers', [('TB554', '"待定"'), 'TB714', 'TB511'], data=data)
    data = four()
    data[1] = {('支出合计（元）' if k == '支出合计' else k): v for k, v in data[1].items()}
    data[0] = {('支出合计（万元）' if k == '支出合计' else k): v for k, v in data[0].items()}
    case('units that differ', [('TB553', '元'), 'TB508'], data=data)
    data = four()
    del data[3]['基本支出'], data[1]['成文日期']
    case('each record has its own', ['TB501', 'TB501', 'TB712'], data=data)


def workbooks():
    """Rows of townships that have no record, names that stand twice: of CSV files, as workbooks say it."""
    case('sound', [])
    files = {'单位数据.csv': '单位名称,支出,人数\n甲乡,1,2\n乙乡,3,4\n', '项目.csv': '单位名称,名称,金额\n甲乡,路,1\n丙乡,桥,2\n'}
    for name, text in files.items():
        with open(name, 'w', encoding='utf-8') as f:
            f.write(text)
    for ending, make in MAKERS.items():
        make('w' + ending, ['{{单位名称}}{{支出}}{{人数}}'], [['{{项目.名称}}', '{{项目.金额}}']])
        rc, got = found('w' + ending, '单位数据.csv', '项目.csv')
        judge('a row of an unknown township' + ending, rc, got, [('TB416', '丙乡')])
    with open('twice.csv', 'w', encoding='utf-8') as f:
        f.write('单位名称,支出,支 出\n甲乡,1,2\n')
    for ending in MAKERS:
        rc, got = found('w' + ending, 'twice.csv')
        judge('two columns of one name' + ending, rc, got, ['TB411'])


def since():
    same = {'since': True}
    case('nothing has changed', [], **same)
    case('a field more', ['TB560'], {5: '没有车辆，{{基本支出}}。'}, **same)
    case('a field less', ['TB561'], {3: '车辆{{车辆数}}辆。'}, **same)
    case('another name between the same words', [('TB562', '{{基本支出}} was {{支出合计}}'), ],
         {1: '支出合计{{基本支出}}万元，其中基本支出{{基本支出}}万元。'}, **same)
    case('another form', [('TB564', '{{支出合计：2位}} was {{支出合计}}')],
         {1: '支出合计{{支出合计：2位}}万元，其中基本支出{{基本支出}}万元。'}, **same)
    case('another order', ['TB563'], {1: '基本支出{{基本支出}}万元，支出合计{{支出合计}}万元。'}, **same)
    case('another condition', [('TB567', '{{如果 车辆数 > 1}} was {{如果 车辆数 > 0}}')], {2: '{{如果 车辆数 > 1}}'}, **same)
    case('no condition any more', ['TB566', 'TB566', 'TB566'], {2: '空', 4: '空', 6: '空'}, **same)
    case('another repetition', ['TB565', 'TB565', 'TB560'], {5: ['{{每个 项目}}', '{{项目.名称}}', '{{完}}']}, **same)
    case('a paragraph more', [], {5: ['没有车辆。', '也没有别的。']}, **same)
    case('other words', [], {1: '全年支出{{支出合计}}万元，基本支出是{{基本支出}}万元。'}, **same)
    case('another column', [('TB562', '{{项目.名称}} was {{项目.金额}}')], rows={(1, 1): '{{项目.名称}}'}, **same)


# ---- what is sound ----

def undamaged():
    """Every case that fills cleanly, and the real templates with every township."""
    if len(sys.argv) > 1:
        return
    for name in ('部门整体支出绩效自评报告', '告知函'):
        for township in sorted(os.listdir(os.path.join(TOP, 'fixtures'))):
            if not township.endswith('.json'):
                continue
            for ending in MAKERS:
                rc, got = found(os.path.join(TOP, 'templates', name + ending), os.path.join(TOP, 'fixtures', township))
                other = [g for g in got if not g[0].startswith('TB7')]  # the rules, broken on purpose
                suite.check('%s%s, %s' % (name, ending, township), not other, str(other))


def cases():
    """What fill writes of a case, check finds sound, and has no suspicion of its own."""
    if len(sys.argv) > 1:
        return
    import run
    for name in sorted(os.listdir(os.path.join(HERE, 'cases'))):
        one = run.Case(name)
        if one.optional('expect.findings') and not one.optional('expect.findings').startswith('exit 0'):
            continue
        if one.optional('later'):
            continue
        for variant in one.variants(False):
            if '-' in variant:
                continue
            with tempfile.TemporaryDirectory() as folder:
                template, _ = one.template(variant, folder)
                data = [one.path(n) for n in sorted(os.listdir(one.folder)) if n.startswith('data') and n.endswith('.json')]
                if one.optional('pictures'):
                    run.make_pictures(one.optional('pictures'), folder)
                    data = [shutil.copy(d, folder) for d in data]
                options = [a for a in (one.optional('args') or '').splitlines() if a and a != '--force']
                rc, got = found(template, *data, *options)
            own = [g for g in got if g[0][:4] in ('TB54', 'TB55') and g[0] not in SUSPICIOUS.get(name, ())]
            suite.check('case %s, %s' % (name, variant), rc == 0 and not own, '%d: %s' % (rc, own or got))


# Cases that are suspicious on purpose.
SUSPICIOUS = {'blanks': ['TB550'], 'nothing-inline': ['TB550'], 'values': ['TB550'], 'near-misses': ['TB540'],
              'tracked-changes': ['TB543'], 'tracked-changes-kinds': ['TB543']}


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for test in (pairs, half_tags, near_misses, names, one_record, holes, all_records, workbooks, since, undamaged, cases):
            test()
        os.chdir(HERE)
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
