#!/usr/bin/env python3
"""Data in CSV files and workbooks: what is made of them, and what is said about what is wrong.

    tables.py [NAME …]      only cases whose name holds one of these

Each case has files, arguments, a template of one paragraph, and what must come of it: the text of
each report, or parts of lines on standard error (`! ` before a part: no line holds it).  A case with
sheets is skipped while .xlsx and .ods are not read.  Ends with the line of counts.
"""
import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

import doctext  # noqa: E402
import sheetlike  # noqa: E402

TIANBAO = os.path.abspath(os.environ.get('TIANBAO', './tianbao'))
MAIN = '单位名称,支出合计（万元）\n甲镇,191.70\n乙乡,0\n'
PRINT = '{{支出合计}}'
BOTH = {'甲镇': '191.70', '乙乡': '0'}


def gb(text):
    return text.encode('gb18030')


def case(name, files, template, reports=None, err=(), status=0, args=(), data=None):
    """files: name → text, bytes or sheets; data: what is given on the command line, else all of them."""
    return dict(name=name, files=files, template=template, reports=reports, err=list(err), status=status,
                args=list(args), data=data)


def refused(name, files, err, template=PRINT, args=(), data=None):
    return case(name, files, template, {}, err, 1, args, data)


CSV = [
    case('UTF-8', {'a.csv': MAIN}, PRINT, BOTH),
    case('UTF-8 with a BOM', {'a.csv': b'\xef\xbb\xbf' + MAIN.encode()}, PRINT, BOTH),
    case('GB18030', {'a.csv': gb(MAIN)}, PRINT, BOTH),
    case('GB18030, four bytes', {'a.csv': gb('单位名称,支出合计\n㵲溪乡,1\n')}, '{{单位名称}}', {'㵲溪乡': '㵲溪乡'}),
    case('another encoding', {'a.csv': '單位名稱,數\n甲鎮,5\n'.encode('big5')}, '{{數}}', {'甲鎮': '5'},
         args=['--encoding=Big5', '--key=單位名稱']),
    refused('an encoding that is none', {'a.csv': MAIN}, ['a.csv', '不好', 'TB410'], args=['--encoding=不好']),
    refused('not in that encoding', {'a.csv': gb(MAIN)}, ['a.csv', 'UTF-8', 'TB410'], args=['--encoding=UTF-8']),
    refused('a damaged byte in UTF-8', {'a.csv': (MAIN * 3).encode().replace('乙'.encode(), b'\xe4\xb9', 1)},
            ['a.csv:3', 'not UTF-8', 'TB409']),
    case('semicolons', {'a.csv': MAIN.replace(',', ';')}, PRINT, BOTH),
    case('tabs', {'a.tsv': MAIN.replace(',', '\t')}, PRINT, BOTH),
    case('full-width commas', {'a.csv': gb(MAIN.replace(',', '，'))}, PRINT, BOTH),
    case('full-width commas, one in a cell', {'a.csv': '单位名称，数\n甲镇，"1，2"\n'}, '{{数}}', {'甲镇': '1，2'}),
    case('commas in texts beside semicolons', {'a.csv': '单位名称;话\n甲镇;一,二,三\n乙乡;四\n'}, '{{话}}',
         {'甲镇': '一,二,三', '乙乡': '四'}),
    case('sep=', {'a.csv': 'sep=;\n单位名称;数\n甲镇;1,5,2\n'}, '{{数}}', {'甲镇': '1,5,2'}),
    case('CR alone ends lines', {'a.csv': MAIN.replace('\n', '\r')}, PRINT, BOTH),
    case('quoted cells', {'a.csv': '单位名称,话\r\n"甲镇","说""好"",\r\n再来"\r\n'}, '{{话}}x', {'甲镇': '说"好",[br]再来x'}),
    case('places behind a cell of two lines', {'a.csv': '单位名称,话,数\n甲镇,"一\n二",1\n乙乡,三,"五"\n'}, '{{数：2位}}',
         {'甲镇': '1.00'}, ['a.csv:4:3', 'TB504'], 1),
    refused('a quotation mark without end', {'a.csv': '单位名称,话\n甲镇,"一\n乙乡,2\n'}, ['a.csv:2:2', 'TB409']),
    refused('a single quotation mark in a cell', {'a.csv': '单位名称,话\n甲镇,"一"二"\n'}, ['a.csv:2:2', 'TB409']),
    refused('NUL', {'a.csv': b'\xd0\xd5,x\n' + b'a,b\n' * 40 + b'c,\0\n'}, ['a.csv:42', 'TB409']),
    case('digits as typed', {'a.csv': '单位名称,数,码,多,率,千\n甲镇,007.10,00123,4000多,95.10%,"2,228.08"\n'},
         '{{数}} {{码}} {{多}} {{率}} {{率 * 100：2位}} {{千}} {{千 + 0}}', {'甲镇': '007.10 00123 4000多 95.10% 95.10 2,228.08 2228.08'}),
    case('blanks belong to a cell', {'a.csv': '单位名称,话\n甲镇, 一  二 \n'}, '[{{话}}]', {'甲镇': '[ 一  二 ]'}),
    case('a blank cell is missing', {'a.csv': '单位名称,数,话\n甲镇, ,x\n乙乡,1,\n'}, '{{数}}{{话：空则 无}}', {'乙乡': '1无'},
         ['no figure for 数', 'TB501'], 1),
    case('a title above, a remark below', {'a.csv': '2023年情况表,,\n单位：万元,,\n单位名称,数\n甲镇,1\n,,\n注：以上为决算数,\n填表人：张三,\n'},
         '{{数}}', {'甲镇': '1'}, ['a.csv:6', '注：', 'TB414', 'a.csv:7']),
    case('many columns', {'a.csv': '单位名称,' + ','.join('项%d' % i for i in range(900)) + '\n甲镇,' + ','.join(
        str(i) for i in range(900)) + '\n'}, '{{项0}} {{项899}}', {'甲镇': '0 899'}),
]

LAYOUTS = [
    case('header of two rows', {'a.csv': '单位名称,三公预算,,备注\n,公务接待费（万元）,公车费,\n甲镇,25,3.50,x\n'},
         '{{三公预算.公务接待费}}万元 {{三公预算.公车费}} {{备注}}', {'甲镇': '25万元 3.50 x'}),
    case('a unit over two names', {'a.csv': '单位名称,三公预算（万元）,\n,接待费,公车费\n甲镇,25,3.50\n'}, '{{三公预算.公车费}}元', {},
         ['a.csv:3:3', 'TB508'], 1),
    case('a name with a dot', {'a.csv': '单位名称,三公预算.公务接待费,PM2.5浓度\n甲镇,25,31\n'}, '{{三公预算.公务接待费}} {{PM2.5浓度}}',
         {'甲镇': '25 31'}),
    case('columns', {'a.csv': '项目,计量单位,甲镇,乙乡,备注\n支出合计,万元,191.70,0,x\n其中：,,,,\n其中：,,,,\n'}, PRINT + '万元',
         {'甲镇': '191.70万元', '乙乡': '0万元'}),
    case('columns with groups', {'a.csv': '项目,,甲镇,乙乡\n三公预算,公务接待费,25,3\n,公车费,1.0,2\n支出,,7,8\n'},
         '{{三公预算.公务接待费}} {{三公预算.公车费}} {{支出}}', {'甲镇': '25 1.0 7', '乙乡': '3 2 8'}),
    case('items', {'a.csv': '情况表,\n项目,数值,计量单位,备注\n单位名称,甲镇,,\n支出合计,191.70,万元,决算\n'}, PRINT + '万元', {'甲镇': '191.70万元'}),
    case('the name above the items', {'a.csv': '单位名称,甲镇\n联系人,某某\n项目,数值\n支出合计,191.70\n'}, '{{单位名称}}' + PRINT, {'甲镇': '甲镇191.70'}),
    case('sums and headings among townships', {'a.csv': MAIN + '其中：,1\n乡镇小计,2\n全县合计,3\n'}, PRINT, BOTH, ['a.csv:4:1', 'a.csv:5:1', 'a.csv:6:1', 'TB414']),
    case('a row of units', {'a.csv': '单位名称,支出合计,人数,话\n,（万元）,人,\n甲镇,191.70,5,x\n'}, PRINT + '万元{{人数}}人{{话}}', {'甲镇': '191.70万元5人x'}),
    case('a row of units and a row of numbers', {'a.csv': '单位名称,三公,,人数\n,接待,公车,\n计量单位,万元,元,人\n栏次,1,2,3\n甲镇,1.50,2,5\n'},
         '{{三公.接待}}万元{{三公.公车}}元{{人数}}人', {'甲镇': '1.50万元2元5人'}, ['a.csv:4:1', '栏次', 'TB414']),
    case('units that are names', {'a.csv': '单位名称,低保,,特困\n,户,人,人\n甲镇,1,2,3\n'}, '{{低保.户}}{{低保.人}}{{特困.人}}', {'甲镇': '123'}),
    refused('a row of units that contradicts', {'a.csv': '单位名称,支出合计（万元）\n,元\n甲镇,1\n'}, ['a.csv:2:2', 'TB419']),
    case('columns with numbers of rows', {'a.csv': '项目,行次,甲镇,乙乡\n支出合计（万元）,1,191.70,0\n'}, PRINT + '万元', {'甲镇': '191.70万元', '乙乡': '0万元'}),
    case('items of nobody', {'报表.csv': '项目,数值\n支出合计,191.70\n'}, PRINT, {'报表': '191.70'}),
    case('items without a header', {'a.csv': '单位名称,甲镇\n支出合计,191.70\n'}, PRINT, {'甲镇': '191.70'}, args=['--layout=items']),
    case('columns under 单位名称', {'a.csv': '单位名称,甲镇,乙乡\n支出合计,191.70,0\n'}, PRINT, BOTH, args=['--layout=columns']),
    case('records of nobody', {'信.csv': '姓名,地址\n张三,东街\n李四,西街\n'}, '{{姓名}}{{地址}}', {'信-1': '张三东街', '信-2': '李四西街'}),
    case('another key', {'a.csv': '村,数\n东村,1\n西村,2\n'}, '{{数}}', {'东村': '1', '西村': '2'}, args=['--key=村']),
    case('lists', {'a.csv': '单位名称,车〔列表〕,事（列表）,话\n甲镇,皮卡、轿车,"修路，架桥、挖渠\n栽树",一、二\n'},
         '{{个数(车)}}{{每个 事}}{{序号}}{{.}};{{完}}{{话}}', {'甲镇': '21修路，架桥、挖渠;2栽树;一、二'}),
    case('a text is no list', {'a.csv': '单位名称,车\n甲镇,皮卡、轿车\n'}, '{{每个 车}}{{.}}{{完}}', {}, ['TB510'], 1),
    case('tables', {'单位数据.csv': MAIN, '项目.csv': '单位名称,名称,金额\n甲镇,路,1.50\n乙乡,桥,2\n甲 镇,渠,3\n甲镇,小计,4.50\n合计,,6.5\n'},
         '{{每个 项目}}{{名称}}{{金额}} {{完}}{{合计(项目.金额)}}', {'甲镇': '路1.50 渠3 4.50', '乙乡': '桥2 2'},
         ['项目.csv:5:2', '项目.csv:6:1', 'TB414']),
    case('a table in which a township has no row', {'单位数据.csv': MAIN, '项目.csv': '单位名称,名称\n甲镇,路\n'},
         '{{每个 项目}}{{名称}}{{否则}}没有{{完}}', {'甲镇': '路', '乙乡': '没有'}),
    case('a table by its rows', {'a.csv': MAIN, '项目.csv': '单位名称,名称\n甲镇,路\n甲镇,渠\n'}, '{{个数(项目)}}', {'甲镇': '2', '乙乡': '0'}),
    case('a table of the one record', {'甲镇.json': '{"单位名称": "甲镇"}', '项目.csv': '名称,金额\n路,1\n渠,2\n'}, '{{合计(项目.金额)}}',
         {'甲镇': '3'}, args=['--layout=table']),
    case('what all share', {'单位数据.csv': MAIN, '公共.csv': '项目,数值\n年度,2023\n'}, '{{年度}}', {'甲镇': '2023', '乙乡': '2023'}),
    case('what all share, in a row', {'a.json': '{"单位名称": "甲镇"}', '公共.csv': '年度,县名\n2023,某县\n'}, '{{年度}}{{县名}}', {'甲镇': '2023某县'}),
    refused('two names are equal', {'a.csv': '单位名称,支出 合计,数,支出合计（万元）\n甲镇,1,2,3\n'}, ['a.csv:1:4', '支出合计', 'a.csv:1:2', 'TB411']),
    refused('a figure and a group are equal', {'a.csv': '单位名称,三公,三公,\n,,接待,公车\n甲镇,1,2,3\n'}, ['a.csv:1:3', 'TB411']),
    case('a column without a name', {'a.csv': '单位名称,,支出合计\n甲镇,7,191.70\n'}, PRINT, {'甲镇': '191.70'}, ['a.csv:2:2', 'TB412']),
    refused('figures of nobody', {'a.csv': '单位名称,支出合计,数\n甲镇,1,2\n,3,4\n'}, ['a.csv:3:1', 'TB413']),
    refused('a township twice', {'a.csv': '单位名称,支出合计\n甲镇,1\n乙乡,1\n甲 镇,2\n'}, ['a.csv:4:1', 'a.csv:2:1', 'TB415'],
            args=['--layout=rows']),
    refused('rows of nobody', {'单位数据.csv': MAIN, '项目.csv': '单位名称,名称\n丙镇,路\n'}, ['项目.csv:2:1', '丙镇', 'TB416']),
    refused('only a table', {'项目.csv': '单位名称,名称\n甲镇,路\n甲镇,桥\n'}, ['项目.csv', 'TB408']),
    refused('two units', {'a.csv': '项目,数值,计量单位\n单位名称,甲镇,\n支出合计（万元）,1,元\n'}, ['a.csv:3:3', '万元', 'TB419']),
    refused('a header and nothing', {'a.csv': '单位名称,数\n'}, ['a.csv', 'TB408']),
    refused('a blank file', {'a.csv': ' \n'}, ['a.csv', 'TB408']),
]

JOINING = [
    case('each sends its own', {'b.csv': '单位名称,数\n乙乡,2\n', 'a.csv': '单位名称,数\n甲镇,1\n', 'c.csv': '项目,数值\n单位名称,丙镇\n数,3\n'},
         '{{数}}', {'甲镇': '1', '乙乡': '2', '丙镇': '3'}),
    case('what one lacks another fills', {'a.csv': '单位名称,数,话\n甲镇,1,\n', 'b.csv': '单位名称,话,数\n甲　镇,好,1.00\n'}, '{{单位名称}}{{数}}{{话}}',
         {'甲镇': '甲镇1好'}),
    case('parts of an object', {'a.csv': '单位名称,三公.接待\n甲镇,1\n', 'b.json': '{"单位名称": "甲镇", "三公": {"公车": 2}}'},
         '{{三公.接待 + 三公.公车}}', {'甲镇': '3'}),
    case('the same in other words', {'a.csv': '单位名称,日,千,支出（万元）\n甲镇,2023年6月30日,"2,228.08",5\n',
                           'b.json': '{"单位名称": "甲镇", "日": "2023-06-30", "千": 2228.080, "支出": 5}'},
         '{{日}} {{千}} {{支出}}万元', {'甲镇': '2023年6月30日 2,228.08 5万元'}),
    refused('two values', {'a.csv': MAIN, 'b.csv': '单位名称,支出合计（万元）\n甲镇,191.71\n'},
            ['b.csv:2:2', '甲镇 支出合计', '191.71', '191.70', 'a.csv:2:2', 'TB417', '! 乙乡']),
    refused('two units of one figure', {'a.csv': MAIN, 'b.csv': '单位名称,支出合计（元）\n甲镇,191.70\n'}, ['191.70元', '191.70万元', 'TB417']),
    refused('a code is no number', {'a.csv': '单位名称,码\n甲镇,007\n', 'b.csv': '单位名称,码\n甲镇,7\n'}, ['TB417']),
    refused('about and exactly', {'a.csv': '单位名称,数\n甲镇,4000多\n', 'b.csv': '单位名称,数\n甲镇,4000\n'}, ['TB417']),
    refused('a township differs from what all share', {'a.csv': '单位名称,年度\n甲镇,2022\n', '公共.csv': '项目,数值\n年度,2023\n'},
            ['公共.csv:2:2', '2022', 'TB417']),
    refused('two tables differ', {'a.json': '{"单位名称": "甲镇", "项目": [{"名称": "路"}]}', '项目.csv': '单位名称,名称\n甲镇,路\n甲镇,桥\n'},
            ['项目.csv:2:1', 'TB417']),
    case('two tables agree', {'a.json': '{"单位名称": "甲镇", "项目": [{"名称": "路", "数": 1.0}, {"名称": "桥"}]}',
                      '项目.csv': '单位名称,名称,数\n甲镇,路,1\n甲镇,桥,\n'}, '{{项目.名称}}', {'甲镇': '路、桥'}),
    case('records of one JSON file stay apart', {'a.json': '[{"单位名称": "甲镇", "年": 1}, {"单位名称": "甲镇", "年": 2}]',
                                     'b.json': '{"单位名称": "乙乡", "年": 3}'}, '{{年}}', {'甲镇1': '1', '甲镇2': '2', '乙乡3': '3'},
         args=['-o', 'out/{{单位名称}}{{年}}.@']),
    refused('which of them?', {'a.json': '[{"单位名称": "甲镇", "年": 1}, {"单位名称": "甲镇", "年": 2}]', 'b.csv': '单位名称,数\n甲镇,3\n'},
            ['b.csv:2:1', '甲镇', 'TB432']),
    case('records without the name', {'a.json': '{"数": 1}', 'b.json': '{"数": 2}'}, '{{数}}', {'a': '1', 'b': '2'}),
    case('a folder', {'d/b.csv': '单位名称,数\n乙乡,2\n', 'd/a.json': '{"单位名称": "甲镇", "数": 1}', 'd/~$b.xlsx': 'x', 'd/.~lock.b.csv#': 'x',
                   'd/说明.txt': 'x', 'd/e/c.csv': 'x'}, '{{数}}', {'甲镇': '1', '乙乡': '2'},
         ['说明.txt', 'd/e', 'TB436', '! ~$b', '! lock'], data=['d']),
    refused('a folder without data', {'d/x.docx': 'x'}, ['TB437'], data=['d']),
    case('a lock file on the command line', {'a.csv': MAIN, '~$a.csv': 'x'}, PRINT, BOTH, ['! ~$']),
    case('who has not sent', {'a.csv': MAIN, '名单.csv': '序号,单位名称\n1,甲镇\n2,乙乡\n3,丙镇\n'}, PRINT, BOTH,
         ['名单.csv:4:2', '丙镇', 'TB433', '! 甲镇 has']),
    case('who has not sent, in lines', {'a.csv': MAIN, 'n.txt': '甲镇\n乙乡\n丙镇\n'}, PRINT, BOTH, ['n.txt:3:1', '丙镇', 'TB433'],
         args=['--roster=n.txt'], data=['a.csv']),
    case('who has sent twice', {'a.csv': MAIN, 'b.csv': '单位名称,话\n甲镇,x\n', '名单.csv': gb('单位名称,人\n甲镇,x\n乙乡,y\n')}, PRINT, BOTH,
         ['b.csv:2:1', '甲镇', 'a.csv:2:1', 'TB434', '! TB433']),
    refused('who is not in the list', {'a.csv': MAIN, 'n.csv': '单位名称,人\n甲镇,x\n'}, ['a.csv:3:1', '乙乡', 'TB435'], args=['--roster=n.csv'],
            data=['a.csv']),
    refused('no list of names', {'a.csv': MAIN, 'n.json': '[]'}, ['n.json', 'TB407'], args=['--roster=n.json'], data=['a.csv']),
]


def book(*sheets):
    return [s if len(s) == 3 else s + ([],) for s in sheets]


PEOPLE = ('单位数据', [['单位名称', '数'], ['甲镇', ('number', '1')], ['乙乡', ('number', '2')]])
BOOKS = [
    case('merged names', {'a.xlsx': book(('表', [['情况表'], ['单位名称', '三公', None, '数'], [None, '接待（万元）', '公车', None],
                                              ['甲镇', ('number', '1.50'), ('number', '2'), ('number', '3')]],
                                        [(0, 0, 0, 3), (1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 2, 3)]))},
         '{{三公.接待}} {{三公.公车}} {{数}}', {'甲镇': '1.50 2 3'}),
    case('a row of units under merged names', {'a.xlsx': book(('表', [['单位名称', '支出', '三公', None, '人数'], [None, None, '接待', '公车', None],
        [None, '万元', '元', '（元）', '人'], ['甲镇', ('number', '1.50'), ('number', '2'), ('number', '3'), ('number', '4')]],
        [(0, 0, 2, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 1, 4)]))}, '{{支出}}万元{{三公.接待}}元{{三公.公车}}元{{人数}}人', {'甲镇': '1.50万元2元3元4人'}),
    case('units that are merged names', {'a.xlsx': book(('表', [['单位名称', '低保', None], [None, '户', '人'],
        ['甲镇', ('number', '1'), ('number', '2')]], [(0, 0, 1, 0), (0, 1, 0, 2)]))}, '{{低保.户}}{{低保.人}}', {'甲镇': '12'}),
    case('merged texts and figures', {'a.xlsx': book(PEOPLE, ('指标', [['单位名称', '一级', '分值'], ['甲镇', '投入', ('number', '10')],
                                                              [None, None, None], [None, None, ('number', '7')]],
                                                  [(1, 0, 3, 0), (1, 1, 3, 1), (1, 2, 2, 2)]))},
         '{{每个 指标}}{{一级}}{{分值：空则 -}} {{完}}x', {'甲镇': '投入10 投入7 x', '乙乡': 'x'}),
    case('a date', {'a.xlsx': book(('表', [['单位名称', '日'], ['甲镇', ('date', '2023-06-30')]]))},
         '{{日}} {{日：日期 yyyy.MM}} {{如果 日 > "2023-06-29"}}晚{{完}}{{年(日)}}', {'甲镇': '2023年6月30日 2023.06 晚2023'}),
    case('shown and exact', {'a.xlsx': book(('表', [['单位名称', '率', '数'], ['甲镇', ('percent', '95.10'), ('number', '191.70')]]))},
         '{{率}} {{率 * 2}} {{数}} {{数 + 0.1}}', {'甲镇': '95.10% 1.902 191.70 191.80'}),
    case('thousands of what is stored', {'a.xlsx': book(('表', [['单位名称', '数（千元）', '额', '人'], [
        '甲镇', ('shown', '12345', '0.00,', '12.35'), ('shown', '123456', '0\\.0,"万元"', '12.3万元'),
        ('shown', '12345', '0.0,"千"', '12.3千')]]))},
         '{{数}}千元 {{数：2位}}千元 {{数：千分位}} {{额}} {{额：2位}}万元 {{额 + 数}} {{人}}人 {{人 + 0}}人',
         {'甲镇': '12.35千元 12.35千元 12.345 12.3万元 12.35万元 13.5801 12.3千人 12345人'}),
    refused('a unit in the format and behind the tag', {'a.xlsx': book(('表', [['单位名称', '数', '额'], [
        '甲镇', ('shown', '12', '0"万元"', '12万元'), ('shown', '12', '0"万元"', '12万元')]]))}, ['12万元', 'cell B2', 'TB507', 'TB508'],
            template='{{数}}万元 {{额：2位}}元'),
    case('percentages under a name in %', {'a.xlsx': book(('表', [['单位名称', '率（%）', '比'], [
        '甲镇', ('percent', '95.10'), ('percent', '5.20')]])), 'b.json': '{"单位名称": "甲镇", "率（%）": "95.10%", "增（%）": 95.1}'},
         '{{率}} {{率：2位}}% {{率：百分比}} {{率 + 0}} {{比：百分比 1}} {{增：2位}}%{{如果 率 = 增}}同{{完}}',
         {'甲镇': '95.10% 95.10% 95.10% 95.10 5.2% 95.10%同'}),
    case('dates', {'a.xlsx': book(('表', [['单位名称', '年度', '成文日期', '开工'], [
        '甲镇', ('number', '2023'), ('date', '2023-06-30'), ('shown', '45078', 'yyyy/m/d', '2023/6/1')]]))},
         '{{成文日期}} {{成文日期：中文日期}} {{开工}} {{开工：日期}} {{日(开工)}} {{如果 成文日期 > 日期(年度, 6, 29) 且 开工 < 成文日期}}晚{{完}}',
         {'甲镇': '2023年6月30日 二〇二三年六月三十日 2023/6/1 2023年6月1日 1 晚'}),
    case('a unit over the table', {'a.xlsx': book(('表', [['2023年支出表（金额单位：人民币万元）'], ['单位名称', '支出', '人数', '补贴（元）', '率', '年度'],
        ['甲镇', ('number', '25.50'), ('number', '50'), ('number', '5000'), ('percent', '5.0'), ('number', '2023')]]))},
         '{{支出}}万元 {{人数}}人 {{人数 + 1}}人 {{人数：2位}}人 {{支出：大写}} {{补贴 / 人数}} {{支出 + 补贴}}万元 {{支出 / 人数}} {{率}} {{年度 + 1}}年{{人数（人）}}',
         {'甲镇': '25.50万元 50人 51人 50.00人 贰拾伍万伍仟元整 100 26.00万元 0.51 5.0% 2024年50'}),
    refused('a unit over the table and another behind the tag', {'a.xlsx': book(
        ('单位数据', [['单位：万元'], ['单位名称', '支出', '人数'], ['甲镇', ('number', '25.50'), ('number', '3')]]),
        ('项目', [['表', '单位:元'], ['单位名称', '名称', '额'], ['甲镇', '路', ('number', '3')], ['甲镇', '桥', ('number', '4')]]))},
            ['{{支出}} is in 万元, but the template has 元', '{{合计(项目.额)}} is in 元', '{{支出：元转万元}} asks for 元', 'TB508', '! {{人数}} is'],
            template='{{支出}}元{{合计(项目.额)}}万元{{支出：元转万元}}{{人数}}人'),
    case('a unit over the table and a name with its own', {'a.xlsx': book(('表', [['单位：万元'], ['单位名称', '支出', '人数'],
                                                                      ['甲镇', ('number', '25.50'), ('number', '50')]])),
                                                'b.json': '{"单位名称": "甲镇", "支出（万元）": 25.5, "人数（人）": 50}'},
         '{{支出}}万元{{人数}}人', {'甲镇': '25.50万元50人'}),
    refused('units over two tables', {'a.xlsx': book(('表', [['单位：万元'], ['单位名称', '支出'], ['甲镇', ('number', '25.50')]])),
                                      'b.csv': '单位名称,支出（元）\n甲镇,25.50\n'}, ['25.50元', '25.50万元', 'TB417'], template='{{支出}}'),
    case('two units over a table are none', {'a.xlsx': book(('表', [['单位：万元', '单位：元'], ['单位名称', '支出'], ['甲镇', ('number', '25.50')]]))},
         '{{支出}}元', {'甲镇': '25.50元'}),
    case('an error that nobody uses', {'a.xlsx': book(('表', [['单位名称', '数', '错'], ['甲镇', ('number', '1'), ('error', '#DIV/0!')]]))},
         '{{数}}', {'甲镇': '1'}),
    case('an error that is used', {'a.xlsx': book(('表', [['单位名称', '数', '错'], ['甲镇', ('number', '1'), ('error', '#DIV/0!')]]))},
         '{{错：空则 0}}', {}, ['sheet "表"', 'cell C2', '#DIV/0!', 'TB515'], 1, ['--missing=mark']),
    case('an error in a sum', {'a.xlsx': book(PEOPLE, ('项目', [['单位名称', '额'], ['甲镇', ('number', '1')], ['甲镇', ('error', '#N/A')]]))},
         '{{合计(项目.额)}}', {'乙乡': '0'}, ['cell B3', 'TB515'], 1),
    case('sheets of one township', {'a.xlsx': book(('填报表', [['项目', '数值'], ['单位名称', '甲镇'], ['数', ('number', '1')]]),
                                             ('财务', [['项目', '数值', '计量单位'], ['支出', ('number', '2.50'), '万元']]),
                                             ('工程', [['名称', '额'], ['路', ('number', '3')], ['合计', ('number', '3')]]))},
         '{{数}} {{支出}}万元 {{合计(工程.额)}}', {'甲镇': '1 2.50万元 3'}, ['cell A3', 'TB414']),
    refused('two sheets of one township differ', {'a.xlsx': book(('填报表', [['项目', '数值'], ['单位名称', '甲镇'], ['数', ('number', '1')]]),
                                                          ('财务', [['项目', '数值'], ['数', ('number', '2')]]))},
            ['sheet "财务"', 'cell B2', '填报表!B3', 'TB417']),
    case('a further sheet with a row for each', {'a.xlsx': book(PEOPLE, ('资产', [['单位名称', '序号', '流动资产（万元）', '三公', None, '数'],
        [None, None, None, '接待', '公车', None], ['乙乡', '1', ('number', '5.50'), ('number', '7'), ('number', '8'), ('number', '9')],
        ['甲镇', '2', ('number', '3'), ('number', '1'), ('number', '0'), ('number', '9')]], [(0, 0, 1, 0), (0, 3, 0, 4)]))},
         '{{数}} {{流动资产}}万元 {{流动资产 + 1}} {{三公.接待}} {{资产.流动资产}} {{合计(资产.数)}}{{每个 资产}}{{序号}}{{.三公.公车}}{{完}}',
         {'甲镇': '1 3万元 4 1 3 920', '乙乡': '2 5.50万元 6.50 7 5.50 918'}),
    case('one that lacks a township', {'a.xlsx': book(PEOPLE, ('资产', [['单位名称', '流动资产'], ['甲镇', ('number', '3')], ['丙', ('number', '3')]]),
                                          ('多', [['单位名称', '流动资产'], ['甲镇', ('number', '4')], ['甲镇', ('number', '5')]])), 'b.csv': '单位名称,x\n丙,1\n',
                              'c.csv': '项目,数值\n数,3\n单位名称,丙\n'},
         '{{数}}{{流动资产}}', {'甲镇': '13', '丙': '33'}, ['no figure for 流动资产', 'TB501'], 1),
    case('two of them with one name', {'a.xlsx': book(PEOPLE, ('资产', [['单位名称', '额', '甲'], ['甲镇', ('number', '3'), 'x'], ['乙乡', ('number', '4'), 'y']]),
                                             ('支出', [['单位名称', '额'], ['甲镇', ('number', '5')], ['乙乡', ('number', '6')]]))},
         '{{甲}}{{支出.额}}{{资产.1.额 + 支出.1.额}}{{如果 有 额}}!{{完}}', {'甲镇': 'x58', '乙乡': 'y610'}),
    case('a name that a later file has', {'a.xlsx': book(PEOPLE, ('资产', [['单位名称', '额'], ['甲镇', ('number', '3')], ['乙乡', ('number', '4')]])),
                                          'b.json': '{"单位名称": "甲镇", "额": 7}'}, '{{额：空则 无}}', {'甲镇': '7', '乙乡': '无'}),
    case('a further sheet with a column for each', {'a.xlsx': book(PEOPLE, ('资产', [['资产表'], ['项目', '计量单位', '乙乡', '甲镇', '合计'],
        ['流动资产', '万元', ('number', '5.50'), ('number', '3'), ('number', '8.50')], ['车辆', '辆', ('number', '2'), None, ('number', '2')]]))},
         '{{流动资产}}万元 {{资产.流动资产}} {{车辆：空则 0}}', {'甲镇': '3万元 3 0', '乙乡': '5.50万元 5.50 2'}, ['sheet "资产"', 'TB414']),
    refused('an unknown township in it', {'a.xlsx': book(PEOPLE, ('资产', [['项目', '乙乡', '丁镇'], ['流动资产', ('number', '5'), ('number', '3')]]))},
            ['sheet "资产"', 'cell C1', '丁镇', 'TB416'], template='{{数}}'),
    case('a sheet without 单位名称', {'a.xlsx': book(PEOPLE, ('图', [['x', 'y'], ['1', '2']]))}, '{{数}}', {'甲镇': '1', '乙乡': '2'},
         ['sheet "图"', 'TB418']),
    case('the sheet that is named', {'a.xlsx': book(('旧', [['单位名称', '数'], ['甲镇', ('number', '9')], ['甲镇', ('number', '8')]]),
                                              ('新', [['单位名称', '数'], ['甲镇', ('number', '1')]]))}, '{{数}}{{个数(旧)}}', {'甲镇': '12'},
         args=['--sheet=新']),
    refused('no such sheet', {'a.xlsx': book(PEOPLE)}, ['a.xlsx', '没有', 'TB430'], args=['--sheet=没有']),
    case('.ods', {'a.ods': book(PEOPLE, ('名单', [['单位名称'], ['甲镇'], ['乙乡'], ['丙镇']]))}, '{{数}}', {'甲镇': '1', '乙乡': '2'},
         ['sheet "名单"', 'cell A4', 'TB433']),
]


def as_ods(c):
    def other(text):
        return text.replace('.xlsx', '.ods')
    return dict(c, name=c['name'] + ' (.ods)', files={other(f): s for f, s in c['files'].items()},
                err=[other(e) for e in c['err']], data=[other(d) for d in c['data']] if c['data'] else None)


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(content, list):
        sheetlike.write(path, content)
        return
    with open(path, 'wb') as f:
        f.write(content if isinstance(content, bytes) else content.encode('utf-8'))


def run_case(c, ending, folder):
    for name, content in c['files'].items():
        write(os.path.join(folder, name), content)
    with open(os.path.join(folder, 'v.sketch'), 'w', encoding='utf-8') as f:
        f.write(c['template'] + '\n')
    subprocess.run([sys.executable, os.path.join(HERE, 'tools', 'sketch.py'), os.path.join(folder, 'v.sketch'),
                    os.path.join(folder, 'v' + ending)], check=True)
    args = [a.replace('@', ending[1:]) for a in c['args']]
    out = [] if '-o' in args else ['-o', 'out/']
    data = c['data'] or list(c['files'])
    run = subprocess.run([TIANBAO, 'fill', 'v' + ending, *data, *out, *args], cwd=folder, stdin=subprocess.DEVNULL,
                         capture_output=True)
    return run.returncode, run.stderr.decode('utf-8', 'replace')


def texts(folder, ending):
    out = {}
    for path in glob.glob(os.path.join(folder, 'out', '*' + ending)):
        name = os.path.basename(path)[:-len(ending)]
        lines = doctext.Printer(False).document(doctext.read(path)).rstrip('\n')
        out[name[2:] if name.startswith('v-') else name] = lines
    return out


def trouble(c, ending, folder):
    status, err = run_case(c, ending, folder)
    lines = err.splitlines()
    if status != c['status']:
        return 'status %d\n%s' % (status, err)
    for part in c['err']:
        absent = part.startswith('! ')
        if any((part[2:] if absent else part) in line for line in lines) == absent:
            return '%r in\n%s' % (part, err)
    if not c['err'] and err.count('[TB'):
        return err
    got = texts(folder, ending)
    return None if got == c['reports'] else '%r instead of %r\n%s' % (got, c['reports'], err)


def readable():
    """Are workbooks read?"""
    with tempfile.TemporaryDirectory() as tmp:
        return run_case(case('', {'a.xlsx': book(PEOPLE)}, '{{数}}', {}), '.docx', tmp)[0] == 0


def main():
    passed = failed = skipped = 0
    books = readable()
    for c in CSV + LAYOUTS + JOINING + BOOKS + [as_ods(b) for b in BOOKS]:
        if len(sys.argv) > 1 and not any(a in c['name'] for a in sys.argv[1:]):
            continue
        if not books and any(isinstance(f, list) for f in c['files'].values()):
            skipped += 1
            continue
        for ending in ('.docx', '.odt'):
            with tempfile.TemporaryDirectory() as tmp:
                wrong = trouble(c, ending, tmp)
            passed += wrong is None
            failed += wrong is not None
            if wrong:
                print('FAILED %s %s: %s' % (c['name'], ending, wrong))
    if skipped:
        print('skipped: %d cases with workbooks, which are not read' % skipped)
    print('%d passed, %d failed, %d skipped' % (passed, failed, skipped))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
