"""The county's summary of what its townships report: all of them in one list, 各乡镇 (--all-as).

年度, 县名, 汇总单位 and 汇总日期 are the county's own, 未列入 names those who are not in the list; every
other name is a township's.
"""
from model import ANNEX, LANDSCAPE, PAGE, PORTRAIT, Cell, Document, Para, Row, Section, Table

TITLE = '乡镇部门整体支出绩效自评情况汇总报告'
ATTACHED = '各乡镇支出和自评结果一览表 各乡镇项目支出明细表'.split()
GRADE = '{{等级(自评得分, 优 90, 良 80, 中 60, 差)}}'
# Grades with their bounds: 90 and more, 80 to 90 …
GRADES = [('优', '自评得分 >= 90'), ('良', '自评得分 < 90 且 自评得分 >= 80'),
          ('中', '自评得分 < 80 且 自评得分 >= 60'), ('差', '自评得分 < 60')]
NOTES = [
    Para('note', '说明：各乡镇（单位）按支出合计从大到小排列。自评得分90分以上为优，80分以上不足90分为良，'
         '60分以上不足80分为中，不足60分为差。'),
    Para('note', '说明：没有项目支出的乡镇（单位）不列。'),
]


def h1(text):
    return Para('h1', text)


def p(text):
    return Para('body', text)


def control(text):
    return Para('control', text)


def total(name):
    return '{{合计(各乡镇.%s)：2位：千分位}}' % name


def share(part, whole):
    return '{{合计(各乡镇.%s) / 合计(各乡镇.%s)：百分比 2}}' % (part, whole)


def first(order, text):
    """The text for the first township in an order."""
    return '{{每个 各乡镇 按 %s}}{{如果 首个}}%s{{完}}{{完}}' % (order, text)


def names(condition):
    """The townships for which a condition holds, with 、 between them."""
    return '{{每个 各乡镇 当 %s}}{{如果 首个}}{{否则}}、{{完}}{{单位名称}}{{完}}' % condition


WHOLE = [
    h1('总体情况'),
    p('{{年度}}年度，全县纳入汇总的乡镇（单位）{{个数(各乡镇)}}个，支出合计' + total('支出合计') + '万元，'
      '其中：基本支出' + total('基本支出') + '万元，占' + share('基本支出', '支出合计') + '；项目支出' +
      total('项目支出') + '万元，占' + share('项目支出', '支出合计') + '。核定编制{{合计(各乡镇.编制数)}}人，'
      '年末实有{{合计(各乡镇.实有人数)}}人，在职人员控制率' + share('实有人数', '编制数') + '。'),
    p('{{如果 有 未列入}}没有纳入汇总的有{{个数(未列入)}}个：{{每个 未列入}}{{如果 首个}}{{否则}}、{{完}}'
      '{{单位名称}}（{{原因}}）{{完}}。{{完}}'),
    p('平均每个乡镇（单位）支出{{平均(各乡镇.支出合计)：2位：千分位}}万元。支出最多的是' +
      first('支出合计 从大到小', '{{单位名称}}，{{支出合计：2位：千分位}}万元，占全县的'
            '{{支出合计 / 合计(各乡镇.支出合计)：百分比 2}}') +
      '；最少的是' + first('支出合计 从小到大', '{{单位名称}}，{{支出合计：2位：千分位}}万元') +
      '。支出超过平均数的有{{个数(各乡镇 当 支出合计 > 平均(各乡镇.支出合计))}}个。'),
]

FUNDS = [
    h1('“三公”经费情况'),
    p('{{年度}}年度，全县乡镇（单位）“三公”经费预算数' + total('三公预算数') + '万元，决算数' +
      total('三公决算数') + '万元，决算数为预算数的' + share('三公决算数', '三公预算数') + '。'
      '{{如果 个数(各乡镇 当 三公决算数 > 三公预算数) > 0}}决算数超过预算数的有'
      '{{个数(各乡镇 当 三公决算数 > 三公预算数)}}个：' + names('三公决算数 > 三公预算数') +
      '。{{否则}}没有乡镇（单位）的决算数超过预算数。{{完}}'),
    h1('项目支出情况'),
    p('各乡镇（单位）共实施项目{{个数(各乡镇.项目支出明细)}}个，本年预算' + total('项目支出明细.本年预算') +
      '万元，本年决算' + total('项目支出明细.本年决算') + '万元。'
      '{{如果 个数(各乡镇 当 个数(项目支出明细) = 0) > 0}}没有项目支出的有' + names('个数(项目支出明细) = 0') +
      '。{{完}}各项目见附件2。'),
]

RESULT = [
    h1('自评结果'),
    p('自评平均得分{{平均(各乡镇.自评得分)：2位}}分，最高{{最大(各乡镇.自评得分)}}分，'
      '最低{{最小(各乡镇.自评得分)}}分。' +
      '，'.join('评为“%s”的%s个' % (grade, '{{个数(各乡镇 当 %s)}}' % bounds) for grade, bounds in GRADES) + '。'),
    *[p('{{如果 个数(各乡镇 当 %s) > 0}}评为“%s”的是%s。{{完}}' % (bounds, grade, names(bounds)))
      for grade, bounds in GRADES],
    h1('各乡镇反映的主要问题'),
    control('{{如果 个数(各乡镇 当 有 存在问题) > 0}}'),
    control('{{每个 各乡镇 当 有 存在问题}}'),
    Para('h2', '{{单位名称}}'),
    p('{{存在问题}}'),
    control('{{完}}'),
    control('{{否则}}'),
    p('各乡镇（单位）没有反映问题。'),
    control('{{完}}'),
]


def head(text, across=1):
    return Cell(text, 'cell_head', across)


def townships():
    """附件1: one row for each township, the greatest first, and the totals."""
    columns = [('支出合计', True), ('基本支出', True), ('项目支出', True), ('三公预算数', True), ('三公决算数', True),
               ('编制数', False), ('实有人数', False)]
    heads = ['序号', '单位名称', '支出合计\n（万元）', '占全县\n比重', '基本支出\n（万元）', '项目支出\n（万元）',
             '“三公”\n预算数\n（万元）', '“三公”\n决算数\n（万元）', '编制数\n（人）', '实有\n人数\n（人）', '自评\n得分', '评价\n等级']

    def figures(form):
        return ['{{' + form % name + ('：2位：千分位' if money else '') + '}}' for name, money in columns]

    row, sums = figures('%s'), figures('合计(各乡镇.%s)')
    row.insert(1, '{{支出合计 / 合计(各乡镇.支出合计)：百分比 2}}')
    sums.insert(1, '100%')
    return Table('支出和自评结果表', [640, 2640, 1300, 850, 1150, 1250, 1020, 1020, 800, 800, 643, 643], [
        Row(*[head(x) for x in heads], height=700),
        Row(Cell('{{每个 各乡镇 按 支出合计 从大到小}}', across=12)),
        Row('{{序号}}', Cell('{{单位名称}}', 'cell_left'), *row, '{{自评得分}}', GRADE, height=420),
        Row(Cell('{{完}}', across=12)),
        Row(head('合计', across=2), *sums, '', '', height=420),
    ], header=1)


def projects():
    """附件2: for each township a line with its sums, and one row for each of its projects."""
    money = '上年决算 本年预算 本年决算'.split()

    def sums(of):
        return ['{{合计(%s项目支出明细.%s)：2位：千分位}}' % (of, x) for x in money]

    return Table('项目支出明细表', [640, 1500, 3004, 1234, 1234, 1232], [
        Row(*[head(x) for x in ['序号', '类别', '项目名称', '上年决算\n（万元）', '本年预算\n（万元）', '本年决算\n（万元）']],
            height=480),
        Row(Cell('{{每个 各乡镇 当 个数(项目支出明细) > 0 按 支出合计 从大到小}}', across=6)),
        Row(Cell('{{单位名称}}（{{个数(项目支出明细)}}个项目）', 'cell_label', across=3), *sums(''), height=360),
        Row('{{每个 项目支出明细}}{{序号}}', '{{类别：同值合并}}', Cell('{{项目名称}}', 'cell_left'),
            *['{{%s：2位：千分位}}' % x for x in money[:2]], '{{本年决算：2位：千分位}}{{完}}', height=360),
        Row(Cell('{{完}}', across=6)),
        Row(head('合计', across=3), *sums('各乡镇.'), height=360),
    ], header=1)


def form(number):
    return [Para('mark', '附件%d' % number), Para('formtitle', '{{县名}}{{年度}}年度' + ATTACHED[number - 1])]


def document():
    body = [
        Para('title', '{{县名}}{{年度}}年度\n' + TITLE),
        *WHOLE, *FUNDS, *RESULT,
        Para('attached', '附件：1.{{县名}}{{年度}}年度' + ATTACHED[0]),
        Para('attached2', '2.{{县名}}{{年度}}年度' + ATTACHED[1]),
        Para('signature', '{{汇总单位}}'),
        Para('date', '{{汇总日期：日期}}'),
    ]
    return Document(
        title='{{县名}}{{年度}}年度' + TITLE, subject='{{年度}}年部门整体支出绩效自评',
        keywords='{{县名}} 绩效自评 汇总',
        sections=[Section(PORTRAIT, body), Section(LANDSCAPE, [*form(1), townships(), NOTES[0]]),
                  Section(ANNEX, [*form(2), projects(), NOTES[1]])],
        footer=[Para('footer', '— ' + PAGE + ' —')],
        even=[Para('footer_even', '— ' + PAGE + ' —')],
    )
