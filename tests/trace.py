#!/usr/bin/env python3
"""--trace: every figure of a report stands where the trace says, and came from there.

Ends with the line of counts.
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
sys.dont_write_bytecode = True

import doctext  # noqa: E402
import sketch  # noqa: E402
from suite import Suite, fill  # noqa: E402

suite = Suite('trace')
SKETCH = '''=== header default
{{单位名称}}
=== end
# {{年度}}年报告
支出{{支出合计：千分位}}万元，结余{{收入 - 支出合计}}万元，共{{合计(项目.金额)}}万元[tb:盒{{盒}}]，{{空}}注[fn:脚注{{注}}]。
|= 序号 | 名称 | 金额 |
| {{序号}} | {{项目.名称}} | {{项目.金额}} |

{{每个 项目}}{{.名称}}、{{完}}{{单位名称}}
'''
DATA = {'单位名称': '甲乡', '年度': 2023, '支出合计': 2228.08, '收入': 3000.5, '盒': '盒子', '空': '', '注': '注释',
        '项目': [{'名称': '第%d项' % i, '金额': i + 0.25} for i in range(1, 6)]}


def read(path):
    with open(path, encoding='utf-8') as f:
        return json.load(f)


def text_of(path):
    return doctext.Printer(False).document(doctext.read(path))


def at(origin):
    """What the data have at a place, as text."""
    with open(origin['file'], encoding='utf-8') as f:
        line = f.read().split('\n')[origin['line'] - 1]
    return line[origin['column'] - 1:]


def comes_from(source):
    """Does the value stand where it is said to?"""
    if 'data' not in source:
        return False
    there = at(source['data'])
    return there.startswith(source['value']) or there.startswith(json.dumps(source['value'], ensure_ascii=False)) or \
        there[0] in '[{"'


def small(ending):
    with open('d.json', 'w', encoding='utf-8') as f:
        json.dump(DATA, f, ensure_ascii=False, indent=1)
    sketch.make(SKETCH, 't.' + ending)
    rc, err = fill('t.' + ending, 'd.json', 'o.' + ending, '--trace=o.json', '--force')
    suite.check('written [%s]' % ending, rc == 0 and os.path.exists('o.json'), err)
    t = read('o.json')
    figures = t['figures']
    by = {}
    for f in figures:
        by.setdefault(f['tag'], []).append(f)
    suite.check('head [%s]' % ending, t['schema'] == 'tianbao-trace 1' and t['report'] == 'o.' + ending and
                t['template'] == 't.' + ending and t['township'] == '甲乡', str(t)[:300])
    rows = [(f['report']['table'], f['report']['row'], f['report']['column'], f['text']) for f in by['{{项目.名称}}']]
    suite.check('rows of the report [%s]' % ending, rows == [(1, i + 1, 2, '第%d项' % i) for i in range(1, 6)], str(rows))
    suite.check('row of the template [%s]' % ending, {f['template']['row'] for f in by['{{项目.名称}}']} == {2}, '')
    suite.check('keys of the rows [%s]' % ending, [f['from'][0]['data']['key'] for f in by['{{项目.金额}}']] ==
                ['项目[%d].金额' % i for i in range(1, 6)], str(by['{{项目.金额}}'][0]))
    one = by['{{支出合计：千分位}}'][0]
    suite.check('as printed and as it is [%s]' % ending, one['text'] == '2,228.08' and one['from'][0]['value'] == '2228.08' and
                at(one['from'][0]['data']).startswith('2228.08'), str(one))
    sum_ = by['{{收入 - 支出合计}}'][0]
    suite.check('operands [%s]' % ending, [(s['name'], s['value']) for s in sum_['calculation']] ==
                [('收入', '3000.5'), ('支出合计', '2228.08')] and sum_['text'] == '772.42' and
                all(at(s['data']).startswith(s['value']) for s in sum_['calculation']), str(sum_))
    total = by['{{合计(项目.金额)}}'][0]
    suite.check('a sum [%s]' % ending, total['text'] == '16.25' and total['calculation'][0]['name'] == '合计(项目.金额)' and
                total['calculation'][0]['data']['key'] == '项目', str(total))
    suite.check('box, note and header [%s]' % ending,
                [by[x][0]['report']['story'] for x in ('{{盒}}', '{{注}}')] == ['textbox', 'footnote'] and
                {f['report']['story'] for f in by['{{单位名称}}']} == {'header', 'body'} and
                by['{{盒}}'][0]['text'] == '盒子' and by['{{盒}}'][0]['from'][0]['name'] == '盒', str(by['{{盒}}']))
    suite.check('nothing is printed [%s]' % ending, by['{{空}}'][0]['text'] == '', '')
    suite.check('inline [%s]' % ending, [f['text'] for f in by['{{.名称}}']] == ['第%d项' % i for i in range(1, 6)] and
                by['{{.名称}}'][2]['from'][0]['data']['key'] == '项目[3].名称', str(by['{{.名称}}'][2]))
    suite.check('missing [%s]' % ending, missing(ending), '')


def missing(ending):
    sketch.make('{{没有}}{{单位名称}}\n', 'm.' + ending)
    rc, err = fill('m.' + ending, 'd.json', 'm.o.' + ending, '--trace=m.json', '--missing=dash', '--force')
    f = read('m.json')['figures'][0]
    return rc == 0 and f['missing'] is True and f['text'] == '—'


def refusals(ending):
    with open('two.json', 'w', encoding='utf-8') as f:
        json.dump([dict(DATA, 单位名称='甲'), dict(DATA, 单位名称='乙', 收入='许多')], f, ensure_ascii=False)
    rc, err = fill('t.' + ending, 'd.json', 'o2.' + ending, '--trace=o.json')
    suite.check('not overwritten [%s]' % ending, rc == 1 and 'TB601' in err and not os.path.exists('o2.' + ending), err)
    rc, err = fill('t.' + ending, 'd.json', 'o2.' + ending, '--trace=d.json', '--force')
    suite.check('never over data [%s]' % ending, rc == 1 and read('d.json') == DATA, err)
    rc, err = fill('t.' + ending, 'two.json', 'out%s/' % ending, '--trace=x.json')
    suite.check('a folder for several [%s]' % ending, rc == 2 and 'TB605' in err, err)
    for jobs in '1', '2':
        rc, err = fill('t.' + ending, 'two.json', 'out%s/{{单位名称}}.%s' % (ending, ending), '--trace=tr%s%s/' % (ending, jobs),
                       '--jobs=' + jobs, '--force')
        suite.check('one is wrong [%s]' % ending, rc == 1 and os.listdir('tr%s%s' % (ending, jobs)) == ['甲.%s.json' % ending],
                    err + str(os.listdir('.')))


def real(ending):
    template = os.path.join(TOP, 'templates', '部门整体支出绩效自评报告.' + ending)
    data = sorted(glob.glob(os.path.join(TOP, 'fixtures', '*.json')))
    rc, err = fill(template, data[0], 'real/{{单位简称}}.' + ending, *data[1:], '--force-checks', '--trace=traces/', '--force')
    suite.check('real reports [%s]' % ending, rc == 0, err)
    for path in sorted(glob.glob('traces/*.%s.json' % ending)):
        t = read(path)
        text = re.sub(r'\s', '', text_of(t['report']))
        lost = [f['tag'] for f in t['figures'] if f['report']['story'] == 'body' and
                re.sub(r'\s', '', f['text']) not in text]
        wrong = [f for f in t['figures'] for s in f.get('from', []) if not comes_from(s)]
        unplaced = [f['tag'] for f in t['figures'] if 'from' not in f and 'calculation' not in f]
        suite.check('%s: %d figures' % (path, len(t['figures'])), len(t['figures']) > 200 and not lost and not wrong and
                    not unplaced, str((lost[:3], wrong[:2], unplaced[:3])))


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for ending in ('docx', 'odt'):
            small(ending)
            refusals(ending)
            real(ending)
        os.chdir('/')
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
