#!/usr/bin/env python3
"""Fields of Word and Writer, written as these programs write them: what each is filled with, or why
it is refused.  Every report goes through the lint with its template as the base.  Ends with the
line of counts.
"""
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

import doctext  # noqa: E402
import lint  # noqa: E402
from officelike import (ITEM_ID, cell, char, control, docx, field, form, odt, p, row, simple, t, table)  # noqa: E402
from suite import Suite, fill, part  # noqa: E402

LONG = '旧系统单位名称（全称）及统一社会信用代码登记证书所载法定代表人姓名与所任职务全称一览表（一）'
DATA = {
    '单位名称': '云溪乡人民政府', '年度': 2023, '支出合计': 2228.08, '车辆数': 2, '问题': '', '比率': 0.951,
    '成文日期': '2023-06-30', '等级': '优', '说明': '第一行\n第二行', '属实': True, '不属实': False, '空表': [],
    '接待 费': 25, '2023年决算': 7, 'A-B': '甲乙', 'A': 1, 'B': 2, '标题': '自评报告', '约数': '4000多',
    '编号': '007', '甲': '2,228.5', LONG: '长',
    '项目': [{'名称': '道路', '金额': 511.04}, {'名称': '水井', '金额': 1074.40}],
}
suite = Suite('fields')
check = suite.check


def holds(name, ending, make, expected, more=(), within=(), without=()):
    """The text of the report (lines joined by ¶), or '! ' and what stderr must hold; `within` and
    `without`: (part, text) pairs that the report has or has not."""
    template, out = 'case' + ending, 'out' + ending
    make(template)
    if os.path.exists(out):
        os.unlink(out)
    rc, err = fill(template, 'd.json', out, '--force', *more)
    name = '%s [%s]' % (name, ending[1:])
    if expected.startswith('! '):
        check(name, rc == 1 and expected[2:] in err and not os.path.exists(out),
              'status %d, %s' % (rc, err.strip()))
        return
    if rc != 0:
        return check(name, False, err.strip())
    got = '¶'.join(doctext.Printer(False).document(doctext.read(out)).splitlines())
    check(name, got == expected, 'got %r, expected %r' % (got, expected))
    for where, text in within:
        check(name, text in part(out, where).decode(), '%s lacks %s' % (where, text))
    for where, text in without:
        check(name, text not in part(out, where).decode(), '%s still has %s' % (where, text))
    problems = lint.compare(out, template)
    check(name + ' lint', not problems, '; '.join(problems[:3]))


def word(name, body, expected, more=(), within=(), without=(), **parts):
    holds(name, '.docx', lambda path: docx(path, body, **parts), expected, more, within, without)


def writer(name, body, expected, more=(), within=(), without=(), **parts):
    holds(name, '.odt', lambda path: odt(path, body, **parts), expected, more, within, without)


DOCUMENT = 'word/document.xml'


def merge_fields():
    word('complex', p(t('支出'), field(' MERGEFIELD 支出合计 ', '«支出合计»'), t('万元')), '支出2228.08万元',
         without=[(DOCUMENT, 'instrText'), (DOCUMENT, 'fldChar')])
    word('simple', p(simple(' MERGEFIELD  "单位名称"  \\* MERGEFORMAT ', '«x»')), '云溪乡人民政府')
    word('text before it in its run', p('<w:r><w:t>支出</w:t><w:fldChar w:fldCharType="begin"/></w:r>'
         '<w:r><w:instrText> MERGEFIELD 年度 </w:instrText></w:r>' + char('end') + t('年')), '支出2023年')
    word('the formatting of the result', p(field(' MERGEFIELD 年度 ', '«x»', '<w:b/>')), '2023',
         within=[(DOCUMENT, '<w:rPr><w:b/></w:rPr><w:t xml:space="preserve">2023')])
    word('code in pieces', p(char('begin'), '<w:r><w:instrText> MERGE</w:instrText></w:r>',
         '<w:proofErr w:type="spellStart"/>', '<w:r><w:instrText>FIELD 年</w:instrText></w:r>',
         '<w:bookmarkStart w:id="3" w:name="m"/>', '<w:r><w:instrText>度 </w:instrText></w:r>',
         char('separate'), t('旧'), '<w:bookmarkEnd w:id="3"/>', char('end'), t('。')), '2023。',
         within=[(DOCUMENT, 'bookmarkStart')])
    word('names that mail merge made', p(field('MERGEFIELD 接待_费'), t('，'), field('MERGEFIELD M_2023年决算'),
         t('，'), field('MERGEFIELD ' + LONG.replace('（', '_').replace('）', '_')[:40])), '25，7，长')
    word('a name with a sign is no calculation', p(field('MERGEFIELD A-B'), t('，'), field('MERGEFIELD a'), t('，'), field('MERGEFIELD A-C')),
         '! no figure for A-C')
    word('unknown', p(field('MERGEFIELD 支出总计', '«x»')), '! no figure for 支出总计')
    word('number picture', p(field('MERGEFIELD 支出合计 \\# "#,##0.0"'), t(' '), field('MERGEFIELD 支出合计 \\# 0'),
         t(' '), field('MERGEFIELD 支出合计 \\# "¥#,##0.00元"')), '2,228.1 2228 ¥2,228.08元')
    word('picture with a percent sign', p(field('MERGEFIELD 比率 \\# "0.0%"')), '! MERGEFIELD 比率')
    word('picture of three sections', p(field('MERGEFIELD 比率 \\# "0.0;(0.0);无"')), '! cannot be filled')
    word('date picture', p(field('MERGEFIELD 成文日期 \\@ "yyyy年M月d日"'), t(' '),
                           field('MERGEFIELD 成文日期 \\@ "EEEE年O月A日"'), t(' '),
                           field('MERGEFIELD 成文日期 \\@ yyyy-MM-dd')),
         '2023年6月30日 二〇二三年六月三十日 2023-06-30')
    word('hours', p(field('MERGEFIELD 成文日期 \\@ "HH:mm"')), '! cannot be filled')
    word('text before and after', p(t('['), field('MERGEFIELD 等级 \\b "评为" \\f "。"'),
                                    field('MERGEFIELD 问题 \\b "问题：" \\f "。"'), t(']')), '[评为优。]')
    word('upper case', p(field('MERGEFIELD 等级 \\* Upper')), '! cannot be filled')
    word('numerals', p(field('MERGEFIELD 年度 \\* CHINESENUM3 \\* MergeFormat')), '二千零二十三')
    word('a switch of nothing', p(field('MERGEFIELD 年度 \\z')), '! has no counterpart')
    word('behind the picture', p(field('MERGEFIELD 年度 \\# 0.0 元')), '! has no counterpart')
    word('picture in full width', p(field('MERGEFIELD 年度 \\# ０.００')), '! has no counterpart')
    word('a hyphen that does not break', p(field('MERGEFIELD A-B').replace('A-B', 'A</w:instrText><w:noBreakHyphen/><w:instrText>B')), '甲乙')
    word('a break in the code', p(field('MERGEFIELD 年度').replace('年度', '年</w:instrText><w:br/><w:instrText>度')), '! more than text stands')
    word('bar code', p(field('MERGEBARCODE 年度 QR \\q 3', '旧')), '! draws its code')
    word('question about a figure', p(field('ASK 年度 "年？" \\d 2022', ''), field('REF 年度', '2022')), '! it asks for what the data have')
    word('columns repeat their row', table([p(t('名称')), p(t('金额'))],
         [p(field('MERGEFIELD 项目.名称')), p(field('MERGEFIELD 项目_金额 \\# 0.0'))]),
         '| 名称 | 金额 |¶| 道路 | 511.0 |¶| 水井 | 1074.4 |')
    word('in a repeated paragraph', p(t('{{#项目}}')) + p(field('MERGEFIELD 名称'), t('：'), field('MERGEFIELD 金额')) +
         p(t('{{/项目}}')), '道路：511.04¶水井：1074.40')
    word('over two paragraphs', p(char('begin'), '<w:r><w:instrText>MERGEFIELD 年度</w:instrText></w:r>',
         char('separate'), t('旧')) + p(t('旧'), char('end')), '! reaches over several paragraphs')
    word('inside of a tag', p(t('{{年度'), field('MERGEFIELD 年度'), t('}}')), '! inside of a tag')
    word('next record', p(field('NEXT'), field('MERGEFIELD 年度')), '! the field NEXT cannot be filled')
    word('next record of which nothing is shown', p(field('MERGEFIELD 年度'), field('NEXT')), '2023')
    word('number of the record', p(field('MERGEREC', '1')), '! the field MERGEREC cannot be filled')
    word('address block', p(field('ADDRESSBLOCK \\f "x"', '«AddressBlock»')), '! ADDRESSBLOCK')
    word('deleted', p(t('留'), '<w:del w:id="1" w:author="a" w:date="2024-01-02T03:04:05Z">%s</w:del>' %
         field('MERGEFIELD 没有').replace('w:t ', 'w:delText ').replace('w:t>', 'w:delText>')
         .replace('instrText', 'delInstrText')), '留')
    word('in the header', p(t('正文')), '正文¶== header default¶2023', header=p(field('MERGEFIELD 年度', '«x»')))
    word('an old source is not asked for', p(field('MERGEFIELD 年度')), '2023', settings='<w:mailMerge>'
         '<w:mainDocumentType w:val="formLetters"/><w:dataType w:val="native"/></w:mailMerge>',
         without=[('word/settings.xml', 'mailMerge')], within=[('word/settings.xml', 'w:zoom')])
    word('kept when wanted', p(field('MERGEFIELD 没有此项', '«x»')), '{{【没有此项】}}', more=['--missing', 'keep'])


def choices():
    word('number', p(field('IF {MERGEFIELD 车辆数} > 0 "有车{MERGEFIELD 车辆数}辆" "无车"', '旧'), t('。')), '有车2辆。')
    word('false', p(field(' IF {MERGEFIELD 车辆数} >= 3 "多" "少" ', '多')), '少')
    word('text', p(field('IF {MERGEFIELD 等级} = "优" "先进" "一般"', '旧')), '先进')
    word('curly quotes', p(field('IF {MERGEFIELD 等级} <> “优” “一般” “先进”', '旧')), '先进')
    word('empty', p(field('IF {MERGEFIELD 问题} = "" "无" "{MERGEFIELD 问题}"', '旧')), '无')
    word('not empty', p(field('IF {MERGEFIELD 单位名称} <> "" "{MERGEFIELD 单位名称}：" ""', '旧')), '云溪乡人民政府：')
    word('nested', p(field('IF {MERGEFIELD 车辆数} = 0 "无" "{IF {MERGEFIELD 车辆数} = 1 "一" "几"}辆"', '旧')), '几辆')
    word('two fields', p(field('IF {MERGEFIELD A} < {MERGEFIELD B} "小" "大"', '旧')), '小')
    word('exact', p(field('IF {MERGEFIELD 支出合计} = 2228.080 "等" "不等"', '旧')), '等')
    word('wildcard', p(field('IF {MERGEFIELD 等级} = "优*" "先进" "一般"', '旧')), '! its condition cannot be said')
    word('calculation in it', p(field('IF {= {MERGEFIELD A} + 1} = 2 "{= {MERGEFIELD A} / 3 \\# 0.0}" "否"', '旧')), '0.3')
    word('answer in it', p(field('IF {FILLIN "年度"} = 2023 "{FILLIN "年度"}" "否"', '旧')), '2023')
    word('capitals of all of it', p(field('IF {MERGEFIELD A} = 1 "a" "b" \\* Upper', '旧')), '! has no counterpart')
    word('a picture of all of it', p(field('IF {MERGEFIELD A} = 1 "3.14" "b" \\# 0.0', '旧')), '! has no counterpart')
    word('order of words', p(field('IF {MERGEFIELD 等级} > "良" "好" "差"', '旧')), '! IF MERGEFIELD 等级 > "良" "好" "差" cannot be filled')
    word('bookmark of the document', p(field('SET 级别 "县"'), field('IF 级别 = "县" "甲" "乙"', '甲')), '甲', within=[(DOCUMENT, 'IF 级别')])
    word('variable that the data know', p(field('IF 车辆数 > 1 "甲" "乙"', '旧'), field('IF 等级 = 优 "丙" "丁"', '旧')), '甲丙',
         variables={'车辆数': '9', '等级': '良'}, without=[(DOCUMENT, '旧')])
    word('variable of the document', p(field('IF 级别 = "县" "甲" "乙"', '旧'), t('{{年度}}')), '甲2023', variables={'级别': '县'})
    word('bookmark around a figure', p(marked('总', t('{{年度}}')), field('IF 总 > 2022 "甲" "乙"', '旧')), '2023旧', within=[(DOCUMENT, 'IF 总')])
    word('bookmark and a figure', p(field('SET 级别 "县"'), field('IF 级别 = "县" "{MERGEFIELD A}" "乙"', '旧')), '! its condition cannot be said')
    word('truth in words', p(field('IF {MERGEFIELD 属实} = "是" "甲" "乙"', '旧'), field('IF {MERGEFIELD 不属实} = "True" "甲" "乙"', '旧'),
         field('IF {MERGEFIELD 不属实} <> 否 "甲" "乙"', '旧'), t('{{如果 属实 = "是"}}甲{{否则}}乙{{完}}')), '甲乙乙甲')
    word('bare text', p(field('IF {MERGEFIELD 等级} = 优 甲 乙', '旧')), '甲')
    word('without data', p(field('IF 200 > 150 "高" "低"', '低')), '高')
    word('of the program', p(field('IF {PAGE} > 1 "后" "前"', '前')), '前', within=[(DOCUMENT, 'instrText')])
    word('tags in it', p(field('IF {MERGEFIELD 车辆数} > 0 "{{年度}}年" ""'.replace('{{', '\x01').replace('}}', '\x02'), '旧'))
         .replace('\x01', '{{').replace('\x02', '}}'), '2023年')


def properties():
    word('document property', p(field('DOCPROPERTY  单位名称', '旧')), '云溪乡人民政府¶== properties¶custom 单位名称: 云溪乡人民政府',
         custom={'单位名称': '旧单位'}, without=[('docProps/custom.xml', '旧'), (DOCUMENT, '旧')],
         within=[(DOCUMENT, 'DOCPROPERTY')])
    word('typed property', p(field('DOCPROPERTY 年度', '旧')), '2023¶== properties¶custom 年度: 2023',
         custom={'年度': '<vt:i4>2022</vt:i4>'}, within=[('docProps/custom.xml', '<vt:lpwstr>2023')])
    word('document variable', p(simple('DOCVARIABLE 等级', '旧')), '优', variables={'等级': '旧', '别的': '旧2'},
         within=[('word/settings.xml', 'w:name="等级" w:val="优"'), ('word/settings.xml', '旧2')])
    word('a copy of a property with tags', p(field('DOCPROPERTY 抬头', '旧'), t('/'), field('TITLE', '旧')),
         '2023年度/2023年自评报告¶== properties¶title: 2023年自评报告¶custom 抬头: 2023年度',
         custom={'抬头': '{{年度}}年度'}, title='{{年度}}年{{标题}}')
    word('a stale copy', p(field('DOCVARIABLE 甲乙', '旧')), '新', variables={'甲乙': '新'})
    word('once in a document, not in a loop', p(t('{{#项目}}')) + p(field('DOCPROPERTY 名称', '旧')) + p(t('{{/项目}}')),
         '! has one value in the whole document', custom={'名称': '旧'})
    word('figure of the document in a loop', p(t('{{#项目}}')) + p(field('DOCPROPERTY 年度', '旧')) + p(t('{{/项目}}')),
         '2023¶2023¶== properties¶custom 年度: 2023', custom={'年度': '旧'})


def formulas():
    sums = table([p(t('数'))], [p(t('{{年度}}'))], [p(field('=SUM(ABOVE)', '9'))])
    word('a sum of cells that are filled', sums, '! calculates with cells of a table that is filled')
    word('a sum of cells that stay', table([p(t('1'))], [p(field('=SUM(ABOVE)', '1'))]) + p(t('{{年度}}')),
         '| 1 |¶| 1 |¶2023', within=[(DOCUMENT, '=SUM(ABOVE)')])
    literal = table([p(t('数')), p(t('{{项目.名称}}'))], [p(t('3')), p(t('x'))], [p(field('=A2*2', '6')), p(t('y'))])
    word('of a cell below a row with tags', literal, '! calculates with cells of a table that is filled')
    word('of cells that no tag moves', table([p(t('3')), p(t('x'))], [p(field('=A1*2 \\# "0.0"', '6.0')), p(t('{{年度}}'))]),
         '| 3 | x |¶| 6.0 | 2023 |')
    word('of cells below a title with tags', table([p(t('{{年度}}')), p(t('x'))], [p(t('3')), p(field('=A2*2', '6'))]),
         '| 2023 | x |¶| 3 | 6 |')
    word('of its own row', table([p(t('{{年度}}')), p(field('=sum(left)', '9'))]), '! calculates with cells of a table that is filled')
    told = '! calculates with cells of a table that is filled'
    word('a sum of several rows', table([p(t('{{年度}}'))], [p(t('1'))], [p(field('=SUM(ABOVE)', '9'))]), told)
    for code in ('=SUM(A1:A3)', '=SUM(A3:A1)', '=SUM(A:A)', '=SUM(1:3)', '=SUM(R1C1:R3C1)', '=sum( a1 , a2 )'):
        word('a sum of ' + code, table([p(t('1'))], [p(t('{{年度}}'))], [p(t('2'))], [p(field(code, '9'))]), told)
    word('a sum of cells beside', table([p(t('1')), p(t('x'))], [p(t('2')), p(t('{{年度}}'))], [p(field('=SUM(A1:A2)', '3')), p(t('y'))]),
         '| 1 | x |¶| 2 | 2023 |¶| 3 | y |')
    word('beside cells that repeat', table([p(t('1')), p(t('{{项目.名称}}'))], [p(field('=SUM(A1:A1)', '1')), p(t('y'))]), told)
    word('below a choice in a cell', table([p(t('{{如果 年度}}{{年度}}{{完}}')), p(t('x'))], [p(t('3')), p(field('=A2*2', '6'))]),
         '| 2023 | x |¶| 3 | 6 |')
    word('below a chosen row', table([p(t('{{如果 年度}}x')), p(t('y{{完}}'))], [p(t('3')), p(field('=A2*2', '6'))]), told)
    word('below a sum of a list', table([p(t('{{合计(项目.金额)}}')), p(t('x'))], [p(t('3')), p(field('=A2*2', '6'))]), '| 1585.44 | x |¶| 3 | 6 |')
    word('left of a tag', table([p(t('3')), p(field('=SUM(LEFT)', '3')), p(t('{{项目.名称}}'))], [p(t('x')), p(t('y')), p(t('z'))]),
         '| 3 | 3 | 道路 |¶| 3 | 3 | 水井 |¶| x | y | z |')
    word('in the code of a choice', table([p(t('{{年度}}'))], [p(field('IF {=SUM(ABOVE)} > 3 "a" "b"', 'a'))]), told)
    word('in the code of another', table([p(t('{{年度}}'))], [p(field('=IF({=SUM(ABOVE)}>3,1,2)', '1'))]), told)
    marked = '<w:bookmarkStart w:id="7" w:name="表"/>%s<w:bookmarkEnd w:id="7"/>'
    other = table([p(t('{{年度}}')), p(t('2'))]) + p(t('x'))
    word('of cells of a table that is filled', other + p(field('=SUM(明细 A1:B1)', '9')), told)
    word('of cells of another table', other + table([p(t('1')), p(field('=明细 A1 * 2', '9'))]), told)
    word('of cells of its own table', other + table([p(t('1')), p(field('= A1 * 2', '2'))]), '| 2023 | 2 |¶x¶| 1 | 2 |')
    word('of cells of no table that is filled', table([p(t('1'))]) + p(field('=SUM(明细 A1)', '1'), t('{{年度}}')), '| 1 |¶12023')
    word('of another table', marked % table([p(t('{{年度}}'))]) + p(field('=SUM(表 A1:A2)', '9')), told)
    word('of another table that stays', marked % table([p(t('4'))]) + p(field('=SUM(表 A1:A2)', '4'), t('{{年度}}')), '| 4 |¶42023')
    word('of numbers', p(t('{{年度}}：'), field(' = 2*(3+4) ', '5'), t('、'), field('=7/2', '3.5'), t('、'), field('=一览', '0')),
         '2023：14、3.5、0', within=[(DOCUMENT, '=7/2'), (DOCUMENT, '=一览')])
    word('of merge fields', p(field('= {MERGEFIELD A} + {MERGEFIELD B}', '3')), '! a calculation')
    word('of merge fields with a picture', p(field('= ({MERGEFIELD 支出合计} - 28.08) / {MERGEFIELD B} \\# "#,##0.00 万元"', '3'), t(' '),
         field('=ROUND({MERGEFIELD 支出合计},1)\\# 0.00', '3'), t(' '), field('= {= {MERGEFIELD A} + 1} * 2 \\# 0', '3')), '1,100.00 万元 2228.10 4',
         without=[(DOCUMENT, 'fldChar')])
    word('a hundredfold with a percent sign', p(field('= {MERGEFIELD 比率} * 100 \\# "0.0%"', '3')), '95.1%')
    word('a percent sign that Word only writes', p(field('= {MERGEFIELD 比率} \\# "0.0%"', '3'), field('= {MERGEFIELD 比率} * 1000 \\# "0.0%"', '3')),
         '! = MERGEFIELD 比率 * 1000 cannot be filled')
    word('of what Word alone calculates', p(field('= {MERGEFIELD A} ^ 2 \\# 0', '3')), '! a calculation')
    word('of a text', p(field('= {MERGEFIELD 等级} + 1 \\# 0', '3')), '! "优" is not a number')
    word('figure in other code', p(field('INCLUDETEXT "{MERGEFIELD A}.docx"', 'x')), '! in the code of a field')
    word('other fields stay', p(t('{{年度}}'), field('PAGE', '1'), field('REF b \\h', 'x')), '20231x',
         within=[(DOCUMENT, ' PAGE'.strip()), (DOCUMENT, 'REF b')])


PLACEHOLDER = '<w:r><w:rPr><w:rStyle w:val="a3"/></w:rPr><w:t>单击输入文字。</w:t></w:r>'
SHOWING = '<w:showingPlcHdr/>'


def controls():
    word('run by tag', p(t('单位：'), control(t('旧'), tag='单位名称'), t('。')), '单位：云溪乡人民政府。',
         within=[(DOCUMENT, '<w:sdt>')])
    word('run by title', p(control(t('旧'), alias='单位名称', tag='Text1')), '云溪乡人民政府')
    word('tag as a tag', p(control(t('旧'), tag='{{支出合计：1位}}')), '2228.1')
    word('placeholder style goes', p(control(PLACEHOLDER, tag='等级', more=SHOWING + '<w:text/>')), '优',
         without=[(DOCUMENT, 'rStyle'), (DOCUMENT, 'showingPlcHdr')])
    word('formatting of the control', p(control(PLACEHOLDER, tag='等级', more=SHOWING, before='<w:rPr><w:b/></w:rPr>')),
         '优', within=[(DOCUMENT, '<w:r><w:rPr><w:b/></w:rPr><w:t')])
    word('of no name', p(control(t('旧'), tag='签名'), control(t('图'), tag='')), '旧图')
    word('with tags typed in it', p(control(t('{{年度}}年'), tag='等级')), '2023年')
    word('block', control(p(t('旧一')) + p(t('旧二')), tag='说明') + p(t('末')), '第一行¶第二行¶末')
    word('cell', table('<w:tr>%s%s</w:tr>' % (control('<w:tc><w:tcPr><w:tcW w:w="1" w:type="dxa"/></w:tcPr>%s</w:tc>'
         % p(t('旧')), tag='年度'), '<w:tc><w:tcPr><w:tcW w:w="1" w:type="dxa"/></w:tcPr>%s</w:tc>' % p(t('年')))),
         '| 2023 | 年 |')
    word('row by the name of a list', table([p(t('名称'))], control(row(p(t('{{名称}}'))), tag='项目')),
         '| 名称 |¶| 道路 |¶| 水井 |')
    word('row by another name', table(control(row(p(t('旧'))), tag='年度')), '! by the name of a list only')
    section = '<w15:repeatingSection/>'
    item = '<w15:repeatingSectionItem/>'
    word('repeating section of rows', table([p(t('名称')), p(t('金额'))], control(
        control(row(p(control(t('旧'), tag='名称')), p(control(t('0'), tag='金额'))), more=item) +
        control(row(p(t('旧样')), p(t('9'))), more=item, alias='第二项'), tag='项目', more=section)),
        '| 名称 | 金额 |¶| 道路 | 511.04 |¶| 水井 | 1074.40 |', without=[(DOCUMENT, '旧')])
    word('repeating section of paragraphs', control(control(p(control(t('旧'), tag='名称'), t('；')), more=item),
         tag='项目', more=section) + p(t('末')), '道路；¶水井；¶末')
    word('repeating section of all rows, empty', table(control(control(row(p(control(t('旧'), tag='名称'))), more=item), tag='空表', more=section)) + p(t('末')), '末')
    word('repeating section of no list', control(control(p(t('旧')), more=item), tag='年度', more=section) + p(t('末')),
         '! its name is no list')
    word('date as its control prints it', p(control(t('旧'), tag='成文日期', more='<w:date w:fullDate="2020-01-02T00:00:00Z">'
         '<w:dateFormat w:val="yyyy\'年\'M\'月\'d\'日\'"/><w:lid w:val="zh-CN"/></w:date>')), '2023年6月30日',
         without=[(DOCUMENT, 'fullDate')])
    check_box = '<w14:checkbox><w14:checked w14:val="0"/><w14:checkedState w14:val="2611" w14:font="x"/></w14:checkbox>'
    word('check boxes', p(control(t('☐'), tag='属实', more=check_box), t('属实'), control(t('☐'), tag='不属实', more=check_box),
         t('不属实')), '☑属实☐不属实', within=[(DOCUMENT, 'w14:checked w14:val="1"'), (DOCUMENT, 'w14:checked w14:val="0"')])
    word('check box of a paragraph', control(p(t('☐')), tag='属实', more=check_box) + p(t('末')), '☑¶末', within=[(DOCUMENT, 'w14:checked w14:val="1"')])
    word('check box of a cell', table('<w:tr>%s</w:tr>' % control(cell(p(t('☐'))), tag='不属实', more=check_box)), '| ☐ |')
    word('check box in a symbol font', p(control('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>', tag='属实', more=check_box.replace(
        '2611" w14:font="x', '00FE" w14:font="Wingdings'))), '☑', without=[(DOCUMENT, 'w:sym')])
    word('check boxes of rows', p(t('{{#项目}}')) + p(control(t('☐'), tag='{{名称 = "道路"}}', more=check_box)) + p(t('{{/项目}}')), '☑¶☐')
    entries = '<w:dropDownList w:lastValue="旧"><w:listItem w:displayText="%s" w:value="%s"/><w:listItem w:value="别的"/></w:dropDownList>'
    word('drop-down list', p(control(t('旧'), tag='等级', more=entries % ('优', '1')), t('/'), control(t('旧'), tag='等级', alias='二', more=entries % ('优秀', '优')),
         t('/'), control(t('旧'), tag='问题', more=entries % ('优', '1'))), '优/优秀/', without=[(DOCUMENT, 'lastValue')])
    word('drop-down list without the entry', p(control(t('旧'), tag='单位名称', more=entries % ('优', '1'))), '! is none of them: 优、别的')
    word('drop-down list of a draft', p(control(t('旧'), tag='{{没有}}', more=entries % ('优', '1'))), '【待填：没有】', more=['--missing', 'mark'])
    word('combo box', p(control(t('旧'), tag='单位名称', more=(entries % ('优', '1')).replace('dropDownList', 'comboBox'))), '云溪乡人民政府')
    word('nothing in it', p(control('', tag='年度')) + '<w:sdt><w:sdtPr><w:tag w:val="等级"/></w:sdtPr><w:sdtContent/></w:sdt>' + p(t('末')), '2023¶优¶末')
    word('several cells in it', table('<w:tr>%s</w:tr>' % control(cell(p(t('旧'))) + cell(p(t('旧'))), tag='年度')), '! several cells stand in it')
    word('name of a list on a line', p(control(t('旧'), tag='项目')), '! its name is a list of the data')
    word('a tag with words', p(control(t('旧'), tag='第{{年度}}年')), '! more than one tag stands in its label')
    word('another control inside', p(control(t('旧') + control(t('旧'), tag='签名'), tag='等级')), '! other controls stand in it')
    word('controls of others inside', control(p(control(t('旧'), tag='等级')), tag='说明') + p(t('末')), '优¶末')


def bound():
    item = '<?xml version="1.0"?><d xmlns="urn:d"><n>旧</n><m>旧</m></d>'
    binding = ('<w:dataBinding w:prefixMappings="xmlns:ns0=\'urn:d\'" w:xpath="/ns0:d[1]/ns0:n[1]" '
               'w:storeItemID="%s"/>' % ITEM_ID)
    word('bound control', p(control(t('旧'), tag='等级', more=binding + '<w:text/>')), '优', item=item,
         within=[('customXml/item1.xml', '<n>优</n><m>旧</m>')])
    word('bound control with typed tags', p(control(t('{{年度}}年'), tag='x', more=binding)), '2023年', item=item,
         within=[('customXml/item1.xml', '<n>2023年</n>')])
    word('bound again without a name', p(control(t('旧'), tag='x', more=binding), control(t('旧'), tag='等级', more=binding)), '优优¶== header default¶优', item=item,
         header=p(control(t('旧'), alias='题名', more=binding)), without=[('word/header1.xml', '旧')])
    date = '<w:date><w:dateFormat w:val="yyyy年M月d日"/><w:storeMappedDataAs w:val="%s"/></w:date>'
    for kept, said in (('dateTime', '2023-06-30T00:00:00'), ('date', '2023-06-30'), ('text', '2023年6月30日')):
        word('bound date kept as ' + kept, p(control(t('旧'), tag='成文日期', more=date % kept + binding)), '2023年6月30日', item=item,
             within=[('customXml/item1.xml', '<n>%s</n>' % said)])
    word('bound list', p(control(t('旧'), tag='等级', more='<w:dropDownList><w:listItem w:displayText="优" w:value="1"/></w:dropDownList>' + binding)), '优',
         item=item, within=[('customXml/item1.xml', '<n>1</n>')])
    word('bound check box', p(control(t('☐'), tag='属实', more='<w14:checkbox><w14:checked w14:val="0"/></w14:checkbox>' + binding)), '☒',
         item=item, within=[('customXml/item1.xml', '<n>true</n>'), (DOCUMENT, 'w14:checked w14:val="1"')])
    word('bound to formatted text', p(control(t('旧'), tag='等级', more=binding.replace('w:dataB', 'w15:dataB'))), '! bound to formatted text', item=item)
    word('bound twice to other content', p(control(t('旧'), tag='等级', more=binding), control(t('旧'), tag='年度', more=binding)),
         '! another control with another content', item=item)
    word('bound in a loop', p(t('{{#项目}}')) + p(control(t('旧'), tag='名称', more=binding)) + p(t('{{/项目}}')),
         '! has one value in the whole document', item=item)
    core = ('<w:dataBinding w:prefixMappings="xmlns:ns0=\'http://purl.org/dc/elements/1.1/\' xmlns:ns1=\''
            'http://schemas.openxmlformats.org/package/2006/metadata/core-properties\'" '
            'w:xpath="/ns1:coreProperties[1]/ns0:title[1]" '
            'w:storeItemID="{6C3C8BC8-F283-45AE-878A-BAB7291924A1}"/>')
    word('bound to the title', p(control(t('旧'), tag='标题', more=core + '<w:text/>')),
         '自评报告¶== properties¶title: 自评报告', title='旧标题')
    word('an odd path', p(control(t('旧'), tag='等级', more=binding.replace('/ns0:n[1]', '/*'))),
         '! by a path that is not understood', item=item)
    word('bound to nothing', p(control(t('旧'), tag='等级', more=binding.replace('ns0:n', 'ns0:x'))), '优', item=item,
         within=[('customXml/item1.xml', '<n>旧</n>')])


def text_field(name, more='', result=t('旧') + t('文', '<w:b/>')):
    return form('FORMTEXT', name, '<w:textInput>%s</w:textInput>' % more, result)


def box(name, more=''):
    return form('FORMCHECKBOX', name, '<w:checkBox><w:sizeAuto/>%s</w:checkBox>' % more)


def choice(name, *entries, more='', result=None):
    return form('FORMDROPDOWN', name, '<w:ddList>%s%s</w:ddList>' % (
        more, ''.join('<w:listEntry w:val="%s"/>' % e for e in entries)), result)


def form_fields():
    old = '<w:default w:val="旧默认"/>'
    word('text field', p(t('单位：'), text_field('单位名称', old), t('。')), '单位：云溪乡人民政府。',
         within=[(DOCUMENT, '<w:ffData><w:name w:val="单位名称"/>'), (DOCUMENT, 'FORMTEXT'), (DOCUMENT, 'bookmarkEnd')],
         without=[(DOCUMENT, '旧')])
    word('text field of five blanks', p(text_field('等级', result=''.join(t('\u2002', '<w:noProof/>') for _ in range(5))), t('。')), '优。',
         without=[(DOCUMENT, '\u2002')])
    word('text field without a result', p(text_field('等级', result=None), t('。')), '优。', within=[(DOCUMENT, '"separate"')])
    word('text field that nobody named', p(text_field('Text1'), text_field('项目'), t('{{年度}}')), '旧文旧文2023')
    word('text field with a tag', p(text_field('单位名称', result=t('{{年度}}年'))), '2023年')
    number = '<w:type w:val="number"/><w:format w:val="%s"/>'
    word('text field with a format', p(text_field('支出合计', number % '#,##0.0'), t('，'), text_field(
        '成文日期', '<w:type w:val="date"/><w:format w:val="yyyy\'年\'M\'月\'d\'日\'"/>')), '2,228.1，2023年6月30日')
    word('text field with another format', p(text_field('支出合计', number % '0.0;(0.0)')), '! no counterpart')
    word('text field in capitals', p(text_field('等级', '<w:format w:val="UPPERCASE"/>')), '! no counterpart')
    word('text field that is calculated', p(text_field('年度', '<w:type w:val="calculated"/>')), '! Word makes its text by itself')
    word('text field over two paragraphs', p(text_field('年度', result=t('旧') + '</w:p><w:p>')), '! reaches over several paragraphs')
    checked = '<w:checked w:val="%d"/></w:checkBox></w:ffData></w:fldChar></w:r><w:bookmarkStart w:id="%d"'
    word('boxes', p(box('属实'), t('属实'), box('不属实', '<w:default w:val="1"/><w:checked/>'), t('不'), box('Check1', '<w:checked/>')),
         '属实不', within=[(DOCUMENT, checked % (1, sum(map(ord, '属实')) % 10000)), (DOCUMENT, checked % (0, sum(map(ord, '不属实')) % 10000)),
                        (DOCUMENT, '<w:checked/>')])
    word('lists', p(choice('等级', '请选择', '良', '优', more='<w:result w:val="1"/>'), t('，'), choice('约数', '4000多 ', result=t('旧')),
                    t('，'), choice('Dropdown1', '甲')), '，4000多 ，',
         within=[(DOCUMENT, '<w:ddList><w:result w:val="2"/>'), (DOCUMENT, '<w:ddList><w:result w:val="0"/>')])
    word('no such entry', p(choice('等级', '良', '中')), '! "优" is none of them: 良、中')
    word('no such entry anywhere', p(choice('等级')), '! "优" is none of them')
    word('in rows', p(t('{{#项目}}')) + p(text_field('名称'), box('金额'), choice('名称', '水井', '道路')) + p(t('{{/项目}}')), '道路¶水井',
         within=[(DOCUMENT, '<w:result w:val="1"/>'), (DOCUMENT, '<w:result w:val="0"/>')])
    word('a question', p(field('FILLIN "单位名称" \\d "旧"', '旧'), t('，'), field('FILLIN "问谁"', '旧')), '云溪乡人民政府，旧',
         within=[(DOCUMENT, '问谁')])


def missing_states():
    """Names that the data have, without a value."""
    template = 'state.docx'
    with open('state.json', 'w', encoding='utf-8') as f:
        f.write('{"勾": null, "选": null}')
    docx(template, p(box('勾'), choice('选', '甲', '乙')))
    rc, err = fill(template, 'state.json', 'state-out.docx')
    check('missing states', rc == 1 and 'no figure for 勾' in err and 'no figure for 选' in err, err)
    docx(template, p(box('勾', '<w:checked/>')))
    rc, err = fill(template, 'state.json', 'state-out.docx', '--missing', 'blank')
    check('missing state left blank', rc == 0 and '<w:checked w:val="0"/>' in part('state-out.docx', DOCUMENT).decode(), err)
    docx(template, p(choice('选', '甲', '乙')))
    rc, err = fill(template, 'state.json', 'state-out2.docx', '--missing', 'blank')
    check('nothing else can be chosen', rc == 1 and 'no figure for 选' in err, err)


def q(*inner):
    return '<text:p>%s</text:p>' % ''.join(inner)


def writer_fields():
    writer('placeholder', q('单位：<text:placeholder text:placeholder-type="text">&lt;单位名称&gt;</text:placeholder>。'),
           '单位：云溪乡人民政府。', without=[('content.xml', 'placeholder')])
    writer('unknown placeholder', q('<text:placeholder text:placeholder-type="text">&lt;单位名&gt;</text:placeholder>'),
           '! no figure for 单位名')
    writer('database field', q('<text:database-display text:table-name="t" text:column-name="支出合计" '
           'text:database-name="d">&lt;x&gt;</text:database-display>'), '2228.08')
    follows = '<text:database-next text:table-name="t" text:database-name="d"/>'
    column = '<text:database-display text:table-name="t" text:column-name="年度" text:database-name="d">x</text:database-display>'
    styled = '<text:database-display text:table-name="t" text:column-name="%s" text:database-name="d" style:data-style-name="%s">x</text:database-display>'
    writer('database fields with formats', q(' '.join(styled % x for x in (('支出合计', 'N2'), ('比率', 'NP'), ('成文日期', 'ND'), ('A', 'NG')))),
           '2,228.08 95.1% 2023 1', styles=NUMBERS + '<number:number-style style:name="NG"><number:number number:min-integer-digits="1"/></number:number-style>')
    writer('database field with the name of a month', q(styled % ('成文日期', 'NM')), '! text:database-display cannot be filled',
           styles='<number:date-style style:name="NM"><number:month number:textual="true"/></number:date-style>')
    writer('next record', q(follows, column), '! database-next')
    writer('next record of which nothing is shown', q(column, follows), '2023')
    decls = ('<text:user-field-decls><text:user-field-decl text:name="等级" office:value-type="string" '
             'office:string-value="旧"/><text:user-field-decl text:name="支出合计" office:value-type="float" '
             'office:value="1"/></text:user-field-decls>')
    get = '<text:user-field-get text:name="%s"%s>旧</text:user-field-get>'
    writer('user field', decls + q(get % ('等级', ''), '，', get % ('支出合计', ' style:data-style-name="N2"')), '优，2228.08',
           within=[('content.xml', 'office:string-value="优"'), ('content.xml', 'office:string-value="2228.08"')],
           without=[('content.xml', '旧'), ('content.xml', 'data-style-name')])
    variable = ('<text:variable-set text:name="v" text:formula="ooow:甲*2" office:value-type="float" office:value="0">0'
                '</text:variable-set>')
    writer('variable that calculates with data', decls.replace('支出合计', '甲') + q(get % ('甲', ''), variable), '! write the calculation as a tag')
    writer('variable that calculates with others', q('{{年度}}', variable.replace('甲', '丙')), '20230', within=[('content.xml', '>0</text:variable-set>')])
    made = decls.replace('text:name="支出合计"', 'text:name="乙" text:formula="ooow:%s"')
    writer('user field that calculates', made % '甲*2' + q(get % ('乙', ' style:data-style-name="N2"')), '4457',
           within=[('content.xml', 'office:string-value="4457"')], without=[('content.xml', 'formula'), ('content.xml', '旧')])
    writer('user field that calculates otherwise', made % '甲|2' + q(get % ('乙', '')), '! a calculation with the data that cannot be said')
    writer('user field that calculates with a text', made % '单位名称*2' + q(get % ('乙', '')), '! is not a number')
    writer('user field of a condition', decls + q(get % ('支出合计', ''), '<text:conditional-text text:condition='
           '"ooow:支出合计 &gt; 9" text:string-value-if-true="高" text:string-value-if-false="低">低</text:conditional-text>'),
           '2228.08高', within=[('content.xml', 'office:string-value="2228.08"')])
    writer('chosen by a text', q('<text:conditional-text text:condition="ooow:等级 == &quot;优&quot; AND 车辆数 GEQ 2" '
           'text:string-value-if-true="是" text:string-value-if-false="否">否</text:conditional-text>'), '是')
    writer('chosen by a column', q('<text:conditional-text text:condition="ooow:[d.t.等级] == &quot;优&quot; AND d.t.车辆数 GEQ 2" '
           'text:string-value-if-true="是" text:string-value-if-false="否">否</text:conditional-text>'), '是')
    variable = '<text:variable-%s text:name="%s" text:formula="ooow:%s" office:value-type="string">%s</text:variable-%s>'
    writer('variable with a tag', q(variable % ('set', 'v', '1', '{{年度}}', 'set')), '! {{年度}} stands where nothing can be filled in')
    writer('variable with a tag in its formula', q(variable % ('set', 'v', '&quot;{{年度}}&quot;', '旧', 'set')), '! {{年度}} stands where nothing')
    writer('variable that shows a tag', q(variable % ('get', 'v', 'v', '{{年度}}', 'get')), '! {{年度}} stands where nothing')
    writer('question for a figure', q(variable % ('input', '年度', '1', '旧', 'input')), '! it asks for what the data have')
    writer('question for something else', q('{{年度}}', variable % ('input', 'v', '1', '旧', 'input')), '2023旧')
    writer('tag in a condition without data', q('<text:conditional-text text:condition="ooow:v" text:string-value-if-true="{{年度}}" '
           'text:string-value-if-false="否">否</text:conditional-text>'), '! {{年度}} stands where nothing')
    forms = ('<office:forms xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0"><form:form form:name="F">%s</form:form></office:forms>')
    writer('tag in a form', forms % '<form:text form:name="x" form:current-value="{{年度}}"/>' + q('末'), '! {{年度}} stands where nothing')
    writer('tag in a form area', forms % '<form:textarea form:name="x"><text:p>{{年度}}</text:p></form:textarea>' + q('末'), '! {{年度}} stands where nothing')
    writer('hidden text', q('甲<text:hidden-text text:condition="ooow:车辆数 &gt; 0" text:string-value="藏">藏</text:hidden-text>'
           '<text:hidden-text text:condition="ooow:车辆数 == 0" text:string-value="显">显</text:hidden-text>'), '甲显')
    writer('hidden paragraphs', q('<text:hidden-paragraph text:condition="ooow:车辆数 &gt; 0"/>藏') +
           q('<text:hidden-paragraph text:condition="ooow:车辆数 == 0"/>显') + q('末'), '显¶末')
    section = '<text:section text:name="%s" text:condition="ooow:车辆数 %s" text:display="condition">%s</text:section>'
    writer('hidden sections', section % ('a', '&gt; 0', q('藏{{没有此项}}')) + section % ('b', '== 0', q('显{{年度}}')) + q('末'),
           '显2023¶末', without=[('content.xml', 'display')])
    writer('calculated by the program', q('<text:expression text:formula="ooow:(A + B) * 车辆数">0</text:expression>'), '6')
    writer('a condition that is not understood', q('<text:hidden-text text:condition="ooow:sum(车辆数|2) &gt; 0" '
           'text:string-value="x">x</text:hidden-text>'), '! its condition cannot be said')
    writer('a condition without data', q('{{年度}}<text:hidden-text text:condition="ooow:page == 2" '
           'text:string-value="x">x</text:hidden-text>'), '2023x', within=[('content.xml', 'hidden-text')])
    writer('user field in a header', q('正文'), '正文¶== header default¶优', header=decls + q(get % ('等级', '')),
           within=[('styles.xml', 'office:string-value="优"')])
    writer('user field with tags', decls.replace('"旧"', '"{{年度}}年"').replace('等级', '抬头') + q(get % ('抬头', '')), '2023年',
           within=[('content.xml', 'office:string-value="2023年"')])
    writer('user field in a loop', q('{{#项目}}') + decls.replace('等级', '名称') + q(get % ('名称', '')) + q('{{/项目}}'),
           '! has one value in the whole document')
    writer('property', q('<text:user-defined text:name="等级">旧</text:user-defined>/<text:title>旧</text:title>'),
           '优/2023年¶== properties¶title: 2023年¶custom 等级: 优', custom={'等级': '旧'}, title='{{年度}}年')
    writer('no automatic styles', q('{{没有此项}}'), '【待填：没有此项】', more=['--missing', 'mark'],
           within=[('content.xml', 'TianbaoMark" style:family')], styles=None)
    writer('stale title', q('<text:title>旧</text:title>'), '新¶== properties¶title: 新', title='新')
    writer('content control', q('<loext:content-control loext:tag="等级" loext:showing-place-holder="true"><text:span '
           'text:style-name="T9">点击</text:span></loext:content-control>'), '优', without=[('content.xml', 'T9')])


def writer_boxes():
    box = ('<loext:content-control loext:checkbox="true" loext:checked="%s"%s loext:alias="%s"><text:span text:style-name="T9">☐'
           '</text:span></loext:content-control>')
    states = ' loext:checked-state="☑" loext:unchecked-state="口"'
    writer('check boxes', q(box % ('false', states, '属实'), box % ('true', states, '不属实'), box % ('false', '', '{{属实}}'),
                            box % ('false', states, '签名')), '☑口☒☐',
           within=[('content.xml', 'loext:checked="true"%s loext:alias="属实"' % states),
                   ('content.xml', 'loext:checked="false"%s loext:alias="不属实"' % states)])
    listed = ('<loext:content-control loext:dropdown="true" loext:alias="%s"><loext:list-item loext:display-text="优秀" loext:value="优"/>'
              '<text:span text:style-name="T9">旧</text:span></loext:content-control>')
    writer('drop-down list of a control', q(listed % '等级'), '优秀', within=[('content.xml', 'loext:list-item')])
    writer('drop-down list of a control without the entry', q(listed % '单位名称'), '! is none of them: 优秀')
    writer('date of a control', q('<loext:content-control loext:date="true" loext:date-format="YYYY年M月D日" loext:alias="成文日期">旧</loext:content-control>'),
           '2023年6月30日')
    writer('control in a control', q('<loext:content-control loext:alias="年度">甲<loext:content-control loext:alias="等级">旧</loext:content-control>'
           '</loext:content-control>'), '甲优')
    writer('a picture', q('<loext:content-control loext:picture="true" loext:alias="年度">x</loext:content-control>'), '! alternative text of the picture')


def writer_forms():
    mark = ('<field:fieldmark-start text:name="%s" field:type="vnd.oasis.opendocument.field.FORMTEXT"><field:param '
            'field:name="Content" field:value="旧默认"/></field:fieldmark-start><field:fieldmark-separator/>%s<field:fieldmark-end/>')
    writer('text field', q('单位：', mark % ('单位名称', '旧<text:s/><text:span text:style-name="T1">文</text:span>'), '。'),
           '单位：云溪乡人民政府。', without=[('content.xml', '旧')], within=[('content.xml', 'fieldmark-end')])
    writer('text field without a text', q(mark % ('等级', '')), '优')
    writer('text field that nobody named', q(mark % ('Text1', '旧'), '{{年度}}', mark % ('年度', '{{等级}}')), '旧2023优')
    writer('text field over two paragraphs', q(mark % ('年度', '旧</text:p><text:p>')), '! reaches over several paragraphs')
    state = '<field:fieldmark text:name="%s" field:type="vnd.oasis.opendocument.field.%s">%s</field:fieldmark>'
    param = '<field:param field:name="%s" field:value="%s"/>'
    entries = ''.join(param % ('Dropdown_ListEntry', e) for e in ('请选择', '良', '优'))
    writer('states', q(state % ('属实', 'FORMCHECKBOX', ''), state % ('不属实', 'FORMCHECKBOX', param % ('Checkbox_Checked', 'true')),
                       state % ('等级', 'FORMDROPDOWN', entries + param % ('Dropdown_Selected', '1')), '末'), '末',
           within=[('content.xml', param % ('Checkbox_Checked', x)) for x in ('true', 'false')] +
           [('content.xml', param % ('Dropdown_Selected', 2))])
    writer('no such entry', q(state % ('单位名称', 'FORMDROPDOWN', entries)), '! "云溪乡人民政府" is none of them: 请选择、良、优')
    listed = '<text:drop-down text:name="%s">%s<text:label text:current-selected="true" text:value="旧"/>旧</text:drop-down>'
    label = '<text:label text:value="%s"/>'
    writer('list', q(listed % ('等级', label % '优'), '/', listed % ('列表1', '')), '优/旧',
           within=[('content.xml', '"优" text:current-selected="true"/><text:label text:current-selected="false"')])
    writer('no such entry in the list', q(listed % ('等级', label % '良')), '! "优" is none of them: 良、旧')
    writer('list with quotation marks', q(listed % ('等级', label % '&quot;')), '! holds quotation marks')
    asked = '<text:text-input text:description="%s">%s</text:text-input>'
    writer('input', q(asked % ('单位名称', '旧'), '/', asked % ('等级', '{{年度}}'), '/', asked % ('问谁', '旧')), '云溪乡人民政府/2023/旧')
    writer('in rows', q('{{#项目}}') + q(mark % ('名称', '旧'), listed.replace('旧', '水井') % ('名称', label % '道路')) + q('{{/项目}}'),
           '道路道路¶水井水井', within=[('content.xml', '"道路" text:current-selected="false"')])


def readings():
    """A tag in the word below a reading is filled, one in the reading itself cannot be."""
    ruby = '<w:r><w:ruby><w:rubyPr/><w:rt>%s</w:rt><w:rubyBase>%s</w:rubyBase></w:ruby></w:r>'
    word('word with a reading', p(t('甲'), ruby % (t('jia'), t('字{{年度}}'))), '甲字2023', within=[(DOCUMENT, 'jia')])
    word('tag in a reading', p(ruby % (t('{{年') + t('度}}'), t('字'))), '! the reading above a word')
    ruby = '<text:ruby><text:ruby-base>%s</text:ruby-base><text:ruby-text>%s</text:ruby-text></text:ruby>'
    writer('word with a reading', q('甲', ruby % ('字{{年度}}', 'jia')), '甲字2023', within=[('content.xml', 'jia')])
    writer('tag in a reading', q(ruby % ('字', '{{年度}}')), '! the reading above a word')


def marked(name, *inner, number=3):
    return '<w:bookmarkStart w:id="%d" w:name="%s"/>%s<w:bookmarkEnd w:id="%d"/>' % (number, name, ''.join(inner), number)


def references():
    """A reference shows the new text of its bookmark, not the one that stood in the template."""
    word('reference', p(t('共'), marked('总', t('{{支出', '<w:b/>'), t('合计}}万'), t('元')), t('。')) + p(t('即'), field('REF 总 \\h ', '旧', '<w:i/>'), t('。')),
         '共2228.08万元。¶即2228.08万元。', within=[(DOCUMENT, '<w:rPr><w:i/></w:rPr><w:t xml:space="preserve">2228.08万元'), (DOCUMENT, 'REF 总')])
    word('reference ahead of its text', p(simple('REF 总 \\* MERGEFORMAT', '旧')) + p(marked('总', t('{{年度}}'))), '2023¶2023', within=[(DOCUMENT, 'fldSimple')])
    word('reference to a merge field', p(marked('总', field('MERGEFIELD 支出合计 \\# 0', '旧')), t('/'), field('REF 总', '旧')), '2228/2228')
    word('reference to a form field', p(text_field('单位名称'), t('/'), field('REF 单位名称 ', '旧')), '云溪乡人民政府/云溪乡人民政府')
    word('reference to a text', p(marked('总', t('新文')), t('{{年度}}'), field('REF 总 \\h', '旧')), '新文2023新文')
    word('reference to nothing', p(t('{{年度}}'), field('REF 没有 \\h', '旧')), '2023旧')
    word('reference to a number', p(marked('总', t('{{年度}}')), field('REF 总 \\r \\h', '旧'), field('PAGEREF 总', '9')), '2023旧9')
    word('reference to much', p('<w:bookmarkStart w:id="3" w:name="总"/>', t('{{年度}}')) + p(t('又'), '<w:bookmarkEnd w:id="3"/>') + p(field('REF 总', '旧')), '2023¶又¶旧')
    word('reference to itself', p(marked('总', t('{{年度}}'), field('REF 总', '旧'))), '2023旧')
    word('reference to what is chosen', p(t('{{如果 车辆数}}')) + p(marked('总', t('{{年度}}'))) + p(t('{{否则}}')) + p(field('REF 总', '别')) + p(t('{{完}}')) +
         p(field('REF 总', '旧')), '2023¶旧')
    word('reference where something is chosen', p(marked('总', t('{{年度}}'))) + p(t('{{如果 车辆数}}')) + p(field('REF 总', '旧')) + p(t('{{完}}')), '2023¶2023')
    item = p(marked('总', t('{{名称}}')), t('：'), field('REF 总 \\h', '旧', '<w:i/>'), t('。'))
    word('reference in what is repeated', p(t('{{#项目}}')) + item + p(t('{{/项目}}')), '道路：道路。¶水井：水井。', without=[(DOCUMENT, 'instrText'), (DOCUMENT, 'fldChar')])
    word('simple reference in what is repeated', p(t('{{#项目}}')) + p(marked('总', t('{{名称}}')), simple('REF 总', '旧')) + p(t('{{/项目}}')), '道路道路¶水井水井',
         without=[(DOCUMENT, 'fldSimple')])
    word('reference in rows', table([p(marked('总', t('{{项目.名称}}'))), p(field('REF 总', '旧'))]) + p(field('REF 总', '旧')), '| 道路 | 道路 |¶| 水井 | 水井 |¶旧')
    word('reference from an inner item', p(t('{{#项目}}')) + p(marked('总', t('{{名称}}'))) + p(t('{{#A}}')) + p(t('{{金额}}'), field('REF 总', '旧')) + p(t('{{/A}}')) + p(t('{{/项目}}')),
         '道路¶511.04道路¶水井¶1074.40水井')
    word('reference that cannot follow', p(t('{{#项目}}')) + p(marked('总', t('{{名称}}'), '<w:r><w:tab/></w:r>'), field('REF 总', '旧')) + p(t('{{/项目}}')), '! would show the text of the first item')
    word('reference from the header', p(marked('总', t('共{{支出合计}}')), t('{{#项目}}'), marked('项', t('{{名称}}'), number=4), t('{{/项目}}')),
         '共2228.08道路水井¶== header default¶共2228.08旧', header=p(field('REF 总', '旧'), field('REF 项', '旧')))
    word('missing behind a reference', p(marked('总', t('{{没有}}')), field('REF 总', '旧')), '! no figure for 没有')
    word('missing behind a reference, marked', p(marked('总', t('{{没有}}')), field('REF 总', '旧')), '【待填：没有】【待填：没有】', more=['--missing', 'mark'])

    ref = '<text:%s-ref text:reference-format="%s" text:ref-name="总">旧</text:%s-ref>'
    shows = ref % ('bookmark', 'text', 'bookmark')
    text = '<text:bookmark-start text:name="总"/>%s<text:bookmark-end text:name="总"/>'
    writer('reference', q('共', text % '{{支出<text:span text:style-name="T1">合计}}万元</text:span>', '。') + q('即', shows, '。'), '共2228.08万元。¶即2228.08万元。',
           within=[('content.xml', 'text:ref-name="总">2228.08万元<')])
    mark = '<text:reference-mark-start text:name="总"/>%s<text:reference-mark-end text:name="总"/>'
    writer('reference to a mark', q(mark % '{{年度}}', ref % ('reference', 'text', 'reference'), shows), '20232023旧')
    writer('reference from the header', q(text % '共{{年度}}'), '共2023¶== header default¶共2023', header=q(shows))
    writer('reference to a page', q(text % '{{年度}}', ref % ('bookmark', 'page', 'bookmark')), '2023旧')
    writer('reference in what is repeated', q('{{#项目}}') + q(text % '{{名称}}', '：', shows) + q('{{/项目}}'), '道路：道路¶水井：水井',
           without=[('content.xml', 'bookmark-ref')])
    writer('reference that cannot follow', q('{{#项目}}') + q(text % '{{名称}}<text:tab/>', '：', shows) + q('{{/项目}}'), '! would show the text of the first item')


def captions():
    """Numbers of captions go on counting over what is repeated or left out."""
    def seq(result, code='SEQ 表 \\* ARABIC'):
        return field(code, result)

    loop = p(t('{{#项目}}')) + '%s' + p(t('{{/项目}}'))
    word('captions', p(t('表'), seq('1')) + loop % p(t('表'), seq('2'), t('{{名称}}，图'), simple('SEQ 图', '1')) + p(t('表'), seq('3')),
         '表1¶表2道路，图1¶表3水井，图2¶表4', within=[(DOCUMENT, 'SEQ 表'), (DOCUMENT, 'fldSimple')])
    word('captions in rows', table([p(t('{{项目.名称}}')), p(seq('1'))]) + p(seq('2')), '| 道路 | 1 |¶| 水井 | 2 |¶3')
    word('captions that are left out', p(t('{{如果 年度 = 1}}')) + p(seq('1')) + p(t('{{完}}')) + p(seq('2')), '1')
    word('captions without repetition', p(seq('5'), t('{{年度}}')), '52023')
    word('captions that begin anew', loop % p(seq('1')) + p(seq('9', 'SEQ 表 \\r 9')), '1¶1¶9')
    word('captions in Roman numerals', loop % p(seq('I', 'SEQ 表 \\* ROMAN')), 'I¶I')
    word('captions in one run', loop % p('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>SEQ 表</w:instrText><w:fldChar '
         'w:fldCharType="separate"/><w:t>1</w:t><w:fldChar w:fldCharType="end"/></w:r>', seq('2')), '12¶12')
    named, shows = marked('总', t('表'), seq('1')), p(t('见'), field('REF 总 \\h', '旧'))
    word('caption and reference', loop % (p(named) + shows), '表1¶见表1¶表2¶见表2')
    word('reference to the caption before', loop % p(seq('1')) + p(named) + shows, '1¶2¶表3¶见表3')
    word('reference to the caption behind', loop % (shows + p(named)), '! would show the text of the first item')
    word('reference in what is repeated more often', loop % (p(named) + p(t('{{#空表}}')) + shows + p(seq('2')) + p(t('{{/空表}}'))),
         '! would show the text of the first item')
    word('another caption between', loop % (p(named) + p(seq('2')) + shows), '! would show the text of the first item')
    text = '<text:sequence text:ref-name="refT%d" text:name="T" text:formula="ooow:T+1" style:num-format="%s">%s</text:sequence>'
    writer('captions', q('表', text % (0, '1', '1')) + q('{{#项目}}') + q('表', text % (1, '1', '2'), '{{名称}}') + q('{{/项目}}') + q('表', text % (2, '1', '3')),
           '表1¶表2道路¶表3水井¶表4')
    writer('captions in Roman numerals', q('{{#项目}}') + q('表', text % (1, 'I', 'I')) + q('{{/项目}}'), '表I¶表I')


NUMBERS = ('<number:number-style style:name="N2"><number:number number:decimal-places="2" number:min-decimal-places="2" '
           'number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
           '<number:percentage-style style:name="NP"><number:number number:decimal-places="1" '
           'number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>'
           '<number:date-style style:name="ND"><number:year number:style="long"/></number:date-style>'
           '<style:style style:name="c2" style:family="table-cell" style:data-style-name="N2"/>'
           '<style:style style:name="cP" style:family="table-cell" style:data-style-name="NP"/>'
           '<style:style style:name="cD" style:family="table-cell" style:data-style-name="ND"/>')


def refreshed():
    """A reference that was followed asks for nothing; another one does."""
    text = p(marked('总', t('{{年度}}')))
    for name, body, header, told in (('followed', text + p(field('REF 总 \\h', '旧')), p(simple('REF 总', '旧')), False),
                                     ('of much', text.replace('<w:bookmarkEnd', '<w:r><w:tab/></w:r><w:bookmarkEnd') + p(field('REF 总', '旧')), '', True),
                                     ('of a page', text + p(field('REF 总', '旧'), field('PAGEREF 总', '1')), '', True),
                                     ('of a number', text + p(field('REF 总 \\r', '旧')), '', True),
                                     ('of nothing', text, p(field('REF 别', '旧')), True),
                                     ('in a condition', text + p(field('IF {REF 总} > 1 "甲" "乙"', '旧')), '', True),
                                     ('to captions that count otherwise', p(t('{{#项目}}'), field('SEQ 表 \\* ROMAN', 'I'), t('{{/项目}}')), '', True),
                                     ('in a condition that is decided', text + p(field('IF {MERGEFIELD A} = 1 "甲" "乙"', '旧')), '', False)):
        docx('fresh.docx', body, header=header)
        rc, err = fill('fresh.docx', 'd.json', 'fresh-out.docx', '--force')
        asks = 'updateFields' in part('fresh-out.docx', 'word/settings.xml').decode()
        check('reference ' + name, rc == 0 and ('TB607' in err) == told and asks == told, '%s %s' % (asks, err))
    docx('fresh.docx', p(t('{{#项目}}'), field('SEQ 表', '1'), t('{{/项目}}')))
    rc, err = fill('fresh.docx', 'd.json', 'fresh-out.docx', '--force')
    check('captions that are counted', rc == 0 and 'TB607' not in err, err)


def cells():
    def of(style, text, typed='office:value-type="float" office:value="0"'):
        return ('<table:table table:name="t"><table:table-column/><table:table-row><table:table-cell table:style-name="%s" '
                '%s>%s</table:table-cell></table:table-row></table:table>' % (style, typed, text) + q('末'))

    def case(name, style, tag, text, *within, without=()):
        writer(name, of(style, q(tag)), '| %s |¶末' % text, styles=NUMBERS,
               within=[('content.xml', w) for w in within], without=[('content.xml', w) for w in without])

    number = 'table:style-name="%s" office:value-type="%s" office:value="%s"'
    case('figure', 'c2', '{{支出合计}}', '2,228.08', number % ('c2', 'float', '2228.08'))
    case('written with commas', 'c2', '{{甲}}', '2,228.50', number % ('c2', 'float', '2228.5'))
    shown = '[val:%s][p] ¶ %s' # a value that differs from its text
    case('calculated', 'c2', '{{支出合计 / 3}}', shown % ('742.69333333333333333333', '742.69'))
    case('percentage', 'cP', '{{比率}}', shown % ('0.951', '95.1%'), number % ('cP', 'percentage', '0.951'))
    text = 'table:style-name="%s_text" office:value-type="string"'
    case('no number', 'c2', '{{等级}}', '优', text % 'c2', without=['office:value='])
    case('about', 'c2', '{{约数}}', '4000多', text % 'c2', without=['office:value='])
    case('code', 'c2', '{{编号}}', '007', text % 'c2', without=['office:value='])
    case('with a filter', 'c2', '{{支出合计：1位}}', '2228.1', text % 'c2', without=['office:value='])
    case('with a word', 'c2', '约{{支出合计}}', '约2228.08', text % 'c2', without=['office:value='])
    case('date format', 'cD', '{{成文日期}}', '2023-06-30', text % 'cD', without=['office:value='])
    case('stale text', 'Standard', '{{等级}}', '优', 'office:value-type="string"', without=['office:value='])
    writer('figures of rows', of('c2', q('{{项目.金额}}')), '| 511.04 |¶| 1,074.40 |¶末', styles=NUMBERS,
           within=[('content.xml', number % ('c2', 'float', '511.04')), ('content.xml', 'office:value="1074.40"')])
    writer('missing figure', of('c2', q('{{没有}}')), '! no figure for 没有', styles=NUMBERS)
    writer('missing figure left blank', of('c2', q('{{没有}}')), '| [p] |¶末', styles=NUMBERS, more=['--missing', 'blank'],
           within=[('content.xml', text % 'c2')])


def writer_formulas():
    """Formulas of cells, which Writer calculates when it opens the report."""
    def row(*cells):
        return '<table:table-row>%s</table:table-row>' % ''.join(
            c if c.startswith('<') else '<table:table-cell office:value-type="string">%s</table:table-cell>' % q(c) for c in cells)

    def sums(formula, more=''):
        return ('<table:table-cell table:formula="ooow:%s" office:value-type="float" office:value="9"%s>%s</table:table-cell>'
                % (formula, more, q('9')))

    def case(name, expected, *rows, **more):
        writer(name, '<table:table table:name="t"><table:table-column table:number-columns-repeated="2"/>%s</table:table>%s'
               % (''.join(rows), q('末')), expected, **more)

    value = 'office:value="9"'
    case('formula of cells that stay', '| 1 | 9 |¶| 2023 | x |¶末', row('1', sums('&lt;A1&gt;*9')), row('{{年度}}', 'x'),
         within=[('content.xml', value)])
    case('formula of a cell that is filled', '| 2023 | [p] |¶末', row('{{年度}}', sums('&lt;A1&gt;*2')),
         within=[('content.xml', 'table:formula="ooow:&lt;A1&gt;*2"><text:p/>')], without=[('content.xml', value)])
    case('formula of a range', '| 1 | x |¶| 2023 | x |¶| 3 | [p] |¶末', row('1', 'x'), row('{{年度}}', 'x'), row('3', sums('sum &lt;A1:A3&gt;')),
         without=[('content.xml', value)])
    case('formula of a formula', '| 2023 | [p] |¶| [p] | x |¶末', row('{{年度}}', sums('&lt;A1&gt;*2')), row(sums('&lt;B1&gt;*2'), 'x'),
         without=[('content.xml', value)])
    case('formula of another column', '| 2023 | 4 |¶| x | 9 |¶末', row('{{年度}}', '4'), row('x', sums('sum &lt;B1:B1&gt;')))
    def said(*formulas):
        return [('content.xml', 'table:formula="ooow:%s"' % f.replace('<', '&lt;').replace('>', '&gt;')) for f in formulas]

    two = '| 道路 | 4 |¶| 水井 | 4 |¶'
    case('formula of rows that repeat', two + '| x | [p] |¶末', row('{{项目.名称}}', '4'), row('x', sums('sum &lt;B1:B1&gt;')),
         within=said('sum <B1:B2>'), without=[('content.xml', value)])
    case('formula in a row that repeats', '| 道路 | [p] |¶| 水井 | [p] |¶末', row('{{项目.名称}}', sums('&lt;A1&gt;*2')),
         within=said('<A1>*2', '<A2>*2'))
    case('formula below rows that repeat', two + '| 3 | [p] |¶末', row('{{项目.名称}}', '4'), row('3', sums('&lt;A2&gt;*2')),
         within=said('<A3>*2'))
    case('formula of rows around', '| x | 1 |¶' + two + '| 3 | [p] |¶末', row('x', '1'), row('{{每个 项目}}{{名称}}', '4{{完}}'),
         row('3', sums('sum &lt;B1:B2&gt;|&lt;A3&gt;')), within=said('sum <B1:B3>|<A4>'))
    case('formula of rows of which there are none', '| x | [p] |¶末', row('{{每个 项目 当 金额 > 9999}}', '4{{完}}'), row('x', sums('sum &lt;B1:B1&gt;')),
         within=said('sum 0'))
    case('formula of each group', '| 4 | y |¶| [p] | z |¶| 4 | y |¶| [p] | z |¶| [p] | z |¶末', row('{{每个 项目}}4', 'y'), row(sums('sum &lt;A1:A1&gt;'), 'z{{完}}'),
         row(sums('sum &lt;A1:A2&gt;'), 'z'), within=said('sum <A1:A1>', 'sum <A3:A3>', 'sum <A1:A4>'))
    told = '! calculates with cells of a table that is filled'
    case('formula of one cell of rows that repeat', told, row('{{项目.名称}}', '4'), row('x', sums('&lt;B1&gt;*2')))
    case('formula of rows below that repeat', told, row('x', sums('sum &lt;B2:B2&gt;')), row('{{项目.名称}}', '4'))
    loop = '{{每个 项目 当 金额 > 9999}}'
    case('formula of rows that others come between', told, row('{{每个 项目}}{{名称}}', '4'), row('x', '5{{完}}'), row('x', sums('sum &lt;B1:B1&gt;')))
    case('formula from a title into each group', told, row('x', '1'), row('{{每个 项目}}', '4'), row('x', sums('sum &lt;B1:B2&gt;')), row('x', '{{完}}'))
    case('formula of a mean of none', told, row(loop, '4{{完}}'), row('x', sums('mean &lt;B1:B1&gt;')))
    case('formula of a mean', two + '| x | [p] |¶末', row('{{项目.名称}}', '4'), row('x', sums('mean &lt;B1:B1&gt;')), within=said('mean <B1:B2>'))
    case('formula of rounded rows of which there are none', '| x | [p] |¶末', row(loop, '4{{完}}'), row('x', sums('(sum &lt;B1:B1&gt;) round 2')),
         within=said('(sum 0) round 2'))
    title = '<table:table-cell table:number-columns-spanned="2">%s</table:table-cell><table:covered-table-cell/>' % q('题')
    case('formula of rows below a wide title', '| 题 | < |¶' + two + '| x | [p] |¶末', row(title), row('{{项目.名称}}', '4'),
         row('x', sums('sum &lt;B2:B2&gt;')), within=said('sum <B2:B3>'))
    case('formula of rows and a wide title', told, row(title), row('{{项目.名称}}', '4'), row('x', sums('sum &lt;B1:B2&gt;')))
    case('formula below a title with tags that move nothing', '| 2023 | [p] |¶末', row('{{年度}}', sums('u*2')), without=[('content.xml', value)])
    case('formula as spreadsheets write it', told, row('{{项目.名称}}', '4'), row('x', sums('=SUM([.B1:.B1])')))

    gone = '<table:table-cell table:formula="ooow:&lt;A1&gt;"><text:p/></table:table-cell>'
    case('formula in the row of a control tag', '| 1 | x |¶| 2 | y |¶' + two + '| x | [p] |¶末', row('1', 'x'), row('{{如果 年度}}', gone), row('2', 'y'), row('{{完}}', gone),
         row('{{项目.名称}}', '4'), row('x', sums('sum &lt;B5:B5&gt;')), within=said('sum <B3:B4>'))
    def another(name, expected, theirs, formula, around='%s', **more):
        theirs = '<table:table table:name="s"><table:table-column/>%s</table:table>' % theirs
        writer(name, around % theirs + '<table:table table:name="t"><table:table-column/>%s</table:table>%s' % (row(sums(formula)), q('{{年度}}')),
               expected, **more)
    another('formula of another table that is filled', '| 2023 |¶¶| [p] |¶2023', row('{{年度}}'), '&lt;s.A1&gt;*2', within=said('<s.A1>*2'))
    another('formula of another table that stays', '| 4 |¶¶| 9 |¶2023', row('4'), '&lt;s.A1&gt;*2')
    another('formula of another table that moves', told, row('{{项目.名称}}'), 'sum &lt;s.A1:A1&gt;')
    another('formula of another table that repeats', told, row('{{名称}}'), '&lt;s.A1&gt;', around=q('{{每个 项目}}') + '%s' + q('{{完}}'))
    another('formula of no table', told, row('{{年度}}'), '&lt;x.A1&gt;')
    in_text = '<text:p><text:%s text:formula="ooow:&lt;A1&gt;*2" office:value-type="float" office:value="9">9</text:%s></text:p>'
    for kind in ('table-formula', 'expression'):
        case('formula in text, ' + kind, told, row('{{年度}}', '<table:table-cell>%s</table:table-cell>' % (in_text % (kind, kind))))
    case('formula of another table', told, row('{{项目.名称}}', '4'), row('x', sums('sum &lt;表2.B1:B2&gt;')))
    case('formula of another language', told, row('{{年度}}', sums('').replace('ooow:', 'of:=[.A1]*2')))
    case('formula of a table without tags', '| 1 | 9 |¶末', row('1', sums('&lt;表2.A1&gt;*2')), within=[('content.xml', value)])
    case('formula of a figure of the data', '! a calculation with the data', row('1', sums('年度*2+&lt;A1&gt;')))
    case('formula of cells called as the data', '| 1 | 9 |¶| 2023 | x |¶末', row('1', sums('sum &lt;A1:A1&gt;*0.5')), row('{{年度}}', 'x'), within=[('content.xml', value)])
    case('formulas in a chain', '| [p] | x |¶| [p] | x |¶| 2023 | x |¶末', row(sums('&lt;A2&gt;*2'), 'x'), row(sums('&lt;A3&gt;*2'), 'x'),
         row('{{年度}}', 'x'), without=[('content.xml', value)])
    case('formulas of rows that repeat', two + '| 3 | [p] |¶| 4 | [p] |¶末', row('{{项目.名称}}', '4'), row('3', sums('&lt;A2&gt;*2')),
         row('4', sums('&lt;A3&gt;+&lt;B2&gt;')), within=said('<A3>*2', '<A4>+<B3>'))
    case('formula above rows that repeat', '| 3 | 9 |¶| 道路 | 4 |¶| 水井 | 4 |¶末',
         row('3', sums('&lt;A1&gt;*3')), row('{{项目.名称}}', '4'))
    case('tag over a formula', '| 2023 |¶末', row('<table:table-cell table:formula="ooow:1+1" office:value-type="float" office:value="2">%s</table:table-cell>' % q('{{年度}}')),
         without=[('content.xml', 'table:formula')])


def cells_without_tags():
    """Text and value of a cell in which nothing is filled, as LibreOffice shows and saves them."""
    def of(style, typed, text):
        return '<table:table-cell table:style-name="%s" %s>%s</table:table-cell>' % (style, typed, q(text))

    def case(name, style, typed, text, told=None, within=(), without=()):
        template, out = 'cell.odt', 'cell-out.odt'
        odt(template, q('{{年度}}') + '<table:table table:name="t"><table:table-column/><table:table-row>%s</table:table-row></table:table>'
            % of(style, typed, text), styles=NUMBERS)
        rc, err = fill(template, 'd.json', out, '--force')
        cell = part(out, 'content.xml').decode().split('<table:table-cell', 1)[1].split('</table:table-cell>')[0]
        check(name + ' told', rc == 0 and ('TB332' in err) == bool(told) and (told or '') in err, err)
        check(name, text in cell and all(w in cell for w in within) and not any(w in cell for w in without), cell)

    value = 'office:value-type="%s" office:value="%s"'
    case('right value', 'c2', value % ('float', '2228.08'), '2,228.08', within=[value % ('float', '2228.08'), '"c2"'])
    case('rounded value', 'c2', value % ('float', '0.125'), '0.13', within=['"c2"'])
    case('right percentage', 'cP', value % ('percentage', '0.951'), '95.1%', within=['"cP"'])
    case('negative value', 'c2', value % ('float', '-3.5'), '-3.50', within=['"c2"'])
    text_wins = {'within': ['"string"'], 'without': ['office:value=', 'office:date-value', 'office:string-value', '"c2"', '"cP"', '"cD"']}
    case('stale value', 'c2', value % ('float', '0'), '191.70', told='says "191.70", but its value is 0', **text_wins)
    case('stale value and marks', 'c2', value % ('float', '0'), '<text:bookmark text:name="a"/>191<text:span>.7</text:span>0<text:s/>',
         told='says "191.70", but its value is 0', **text_wins)
    case('stale percentage', 'cP', value % ('percentage', '0.01'), '5.0%', told='its value is 0.01', **text_wins)
    case('no value', 'c2', value % ('float', 'x'), '191.70', told='its value is x', **text_wins)
    case('words and a value', 'c2', value % ('float', '7'), '—', told='its value is 7', **text_wins)
    case('nothing and a value', 'c2', value % ('float', '7'), '', told='says "", but its value is 7', **text_wins)
    case('nothing and 0', 'c2', value % ('float', '0'), '', **text_wins)
    case('words over 0', 'c2', value % ('float', '0'), '指标', within=['"c2_text"', '"string"'], without=['office:value='])
    case('words', 'c2', 'office:value-type="string"', '合格', within=['"c2_text"', '"string"'])
    case('words without a type', 'c2', '', '191.70', within=['"c2_text"'])
    case('date', 'cD', 'office:value-type="date" office:date-value="2020-01-01"', '2020年1月1日', within=['"cD"'])
    case('stale date', 'cD', 'office:value-type="date" office:date-value="2020-01-01"', '2026-11-23', told='its value is 2020-01-01', **text_wins)
    case('year of a date', 'cD', 'office:value-type="date" office:date-value="2020-01-01"', '2020', within=['"cD"'])
    case('stale string', 'Standard', 'office:value-type="string" office:string-value="旧"', '合格', told='its value is 旧', **text_wins)
    case('without a format', 'Standard', value % ('float', '1'), '191.70')
    case('formula', 'c2', 'table:formula="ooow:1" ' + value % ('float', '1'), '383.40', within=['"c2"'])


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open('d.json', 'w', encoding='utf-8') as f:
            json.dump(DATA, f, ensure_ascii=False)
        # figures as written: json.dump writes 1074.4
        with open('d.json', encoding='utf-8') as f:
            text = f.read().replace('1074.4}', '1074.40}')
        with open('d.json', 'w', encoding='utf-8') as f:
            f.write(text)
        for group in (merge_fields, choices, properties, formulas, controls, bound, form_fields, missing_states, writer_fields,
                      writer_forms, writer_boxes, readings, references, captions, refreshed, cells, writer_formulas, cells_without_tags):
            group()
        os.chdir('/')
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
