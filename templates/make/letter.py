"""The letter by which the finance office of a county tells a township the result."""
from model import LETTER, Cell, Document, Para, Row, Section, Table


def projects():
    names = '序号 项目名称 预算数（万元） 决算数（万元）'.split()
    return Table('项目支出', [900, 3704, 2120, 2120], [
        Row(*[Cell(x, 'cell_head') for x in names], height=500),
        Row('{{序号}}', Cell('{{项目支出明细.项目名称}}', 'cell_left'),
            '{{项目支出明细.本年预算：2位：千分位}}', '{{项目支出明细.本年决算：2位：千分位}}', height=460),
        Row(Cell('合计', 'cell_head', across=2), '{{项目支出_本年预算：2位：千分位}}',
            '{{项目支出：2位：千分位}}', height=460),
    ], header=1)


def document():
    body = [
        Para('letterhead', '{{县名}}财政局'),
        Para('title', '关于{{单位名称}}{{年度}}年度\n部门整体支出绩效自评结果的告知函'),
        Para('to', '{{单位名称}}：'),
        Para('body', '你单位报送的{{年度}}年度部门整体支出绩效自评材料收悉。经审核，你单位{{年度}}年支出合计'
             '{{支出合计}}万元，其中基本支出{{基本支出}}万元，项目支出{{项目支出}}万元；'
             '自评得分{{自评得分}}分，评价等级为“{{评价等级}}”。{{如果 项目支出 > 0}}项目支出情况如下：{{完}}'),
        Para('control', '{{如果 项目支出 > 0}}'),
        projects(),
        Para('control', '{{完}}'),
        Para('body', '{{如果 自评得分 >= 90}}请继续巩固工作成效'
             '{{否则如果 自评得分 >= 80}}请对照扣分事项认真整改'
             '{{否则}}请于收到本函后30日内报送整改方案{{完}}，并按规定公开自评结果。'),
        Para('signature', '{{县名}}财政局'),
        Para('date', '{{成文日期：日期}}'),
    ]
    return Document(
        title='关于{{单位名称}}{{年度}}年度部门整体支出绩效自评结果的告知函',
        subject='{{年度}}年部门整体支出绩效自评', keywords='{{县名}} 绩效自评',
        sections=[Section(LETTER, body)], footer=[Para('letterfoot', '')])
