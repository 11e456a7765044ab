#!/usr/bin/env python3
"""`tianbao check`: says all that is wrong, record by record, and writes nothing.

Ends with the line of counts.
"""
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

from officelike import docx, odt, p, t  # noqa: E402
from suite import TIANBAO, Suite, command  # noqa: E402

TOP = os.path.join(HERE, '..')
REPORT = os.path.join(TOP, 'templates', '部门整体支出绩效自评报告')
SEED = os.path.join(TOP, 'fixtures', '太常便民服务中心.json')
CATALOGUE = os.path.join(os.environ.get('TIANBAO_LOCALEDIR', 'none'), 'zh_CN', 'LC_MESSAGES', 'tianbao.mo')
suite = Suite('check_command')
check = suite.check


def make(name, *paragraphs):
    docx(name + '.docx', ''.join(p(t(x)) for x in paragraphs))
    odt(name + '.odt', ''.join('<text:p>%s</text:p>' % escape(x) for x in paragraphs))


def save(name, data):
    with open(name, 'w', encoding='utf-8') as f:
        json.dump(data, f, ensure_ascii=False)


def seed():
    for ending in ('.docx', '.odt'):
        rc, out, err = command('check', REPORT + ending, SEED)
        broken = re.findall(r'rules:\d+: (?!note)(.*?) does not hold: (.*?) \[', out)
        check('the seed breaks five' + ending, rc == 1 and not err and [b[1] for b in broken] == [
            '1052.7 against 1183.36, difference -130.66', '1183.36 against 1052.7, difference 130.66',
            '1318.94 against 1788.33, difference -469.39', '1692.13 against 1532.71, difference 159.42',
            '2023-06-30 against 2023年12月31日'], out + err)
        figures = [x for x in out.splitlines() if '[TB709]' in x or '[TB710]' in x]
        check('each figure has its place and its line' + ending, len(figures) >= 14 and all(
            re.search(r'body, paragraph \d+.*\(.*json:\d+:\d+\)', x) for x in figures), out)
        check('the last line counts' + ending, out.splitlines()[-1] == '1 record checked: 5 errors, 2 notes', out)
        if not os.path.exists(CATALOGUE):
            suite.skip('in Chinese' + ending, 'there is no catalogue of messages')
            continue
        rc, out, err = command('check', REPORT + ending, SEED, language='zh_CN')
        expected = ('专项支出 = 项目支出 不成立：1052.7 与 1183.36，差 -130.66', '差 -469.39', '差 159.42',
                    '提醒：请核对：车辆数 = 0 或 三公决算_公车费 > 0 不成立', '已检查 1 条记录：5 个错误，2 个提醒')
        check('in Chinese' + ending, rc == 1 and not [x for x in expected if x not in out], out)


def explained():
    """大写 converts what is not in 元, and check says so; fill does not."""
    make('amount', '{{拨款：大写}}，{{拨款：大写}}，{{余款：大写}}')
    save('amount.json', {'拨款（万元）': '2228.08', '余款（元）': '12.5'})
    for ending in ('.docx', '.odt'):
        rc, out, err = command('check', 'amount' + ending, 'amount.json')
        check('the amount is told' + ending, rc == 0 and out.count('[TB516]') == 1 and
              '{{拨款：大写}}: 2228.08万元 is written out as 22280800元' in out, out + err)
        rc, out, err = command('fill', 'amount' + ending, 'amount.json', '-o', 'amount-out' + ending)
        check('and not by fill' + ending, rc == 0 and 'TB516' not in err, err)


def records():
    make('t', '{{单位名称}}支出{{支出}}万元，{{人数}}人。')
    save('three.json', [{'单位名称': '甲乡', '支出': 1, '人数': 3}, {'单位名称': '乙乡', '支出': 2},
                        {'单位名称': '丙乡', '支出': 5, '人数': 2}])
    with open('t.rules', 'w', encoding='utf-8') as f:
        f.write('错误 支出 <= 人数\n')
    for ending in ('.docx', '.odt'):
        rc, out, err = command('check', 't' + ending, 'three.json')
        lines = out.splitlines()
        check('all records' + ending, rc == 1 and '乙乡 (three.json):' in lines and '丙乡 (three.json):' in lines and
              '甲乡 (three.json):' not in lines and 'no figure for 人数 (three.json:1:36, "[2]") [TB501]' in out and
              '5 against 2, difference 3' in out and
              lines[-1] == '3 records checked: 2 errors, 1 note; errors in 2 records', out + err)
        one = command('check', 't' + ending, 'three.json', '--jobs=1')
        check('any number of processes' + ending, (rc, out) == one[:2], one[1])
        rc, out, err = command('check', 't' + ending, 'three.json', '--only=甲乡')
        check('one of them' + ending, rc == 0 and out == '1 record checked: 0 errors, 0 notes\n', out + err)
        rc, out, err = command('check', 't' + ending, 'three.json', '--report', 'r%s.json' % ending)
        with open('r%s.json' % ending, encoding='utf-8') as f:
            said = json.load(f)
        check('as JSON' + ending, [x['status'] for x in said['reports']] == ['sound', 'faulty', 'faulty'] and
              [y['code'] for y in said['reports'][1]['findings']] == ['TB501', 'TB712'], str(said))
        rc, out, err = command('check', 't' + ending, 'three.json', '--format=json')
        check('JSON to standard output' + ending, rc == 1 and json.loads(out) == said, out[:300] + err)
        rc, out, err = command('check', 't' + ending, 'three.json', '--format=csv')
        check('CSV' + ending, rc == 1 and len(out.splitlines()) == 6 and 'TB501' in out, out + err)
        rc, out, err = command('check', 't' + ending, 'three.json', '--format=lines')
        check('lines' + ending, rc == 1 and re.search(
            r'^t\%s:[^:]*:0/0/0/1: error: no figure for 人数 .*\[TB501\]$' % ending, out, re.M) and
              't.rules:1: error: 支出 <= 人数 does not hold: 5 against 2, difference 3 [TB703]' in out, out + err)
        raw = subprocess.run([TIANBAO, 'check', 't' + ending, 'three.json', '--format=xlsx'], capture_output=True)
        with zipfile.ZipFile(io.BytesIO(raw.stdout)) as z:
            sheet = z.read('xl/worksheets/sheet1.xml').decode()
        check('a workbook' + ending, raw.returncode == 1 and 'TB501' in sheet and '丙乡' in sheet, sheet[:300])
    check('nothing is written', sorted(os.listdir('.')) == [
        'r.docx.json', 'r.odt.json', 't.docx', 't.odt', 't.rules', 'three.json'], str(os.listdir('.')))


def together():
    """What is wrong with the template hides nothing of the data, and the other way round."""
    make('t', '{{如果 人数 > 0}}{{支出}}', '{{人数')
    with open('t.rules', 'w', encoding='utf-8') as f:
        f.write('错误 支出 <= 人数\n')
    save('one.json', {'支出': 5, '人数': 2})
    with open('broken.json', 'w', encoding='utf-8') as f:
        f.write('{"支出": 5,, }')
    for ending in ('.docx', '.odt'):
        rc, out, err = command('check', 't' + ending, 'one.json')
        check('template and rules' + ending, rc == 1 and not [x for x in (
            '[TB311]', '[TB301]', '5 against 2', 'one.json:1:8: 支出 is 5 [TB709]', '1 record checked: 3 errors') if x not in out], out + err)
        rc, out, err = command('check', 't' + ending, 'broken.json')
        check('damaged data' + ending, rc == 1 and '[TB401]' in out and '[TB311]' in out, out + err)
        rc, out, err = command('check', 't' + ending)
        check('no data' + ending, rc == 1 and '[TB311]' in out and '[TB301]' in out and
              out.splitlines()[-1] == 'checked: 2 errors, 0 notes', out + err)
        rc, out, err = command('check', REPORT + ending)
        check('a sound template alone' + ending, rc == 0 and 'error' in out.splitlines()[-1], out + err)
    make('h', '{{支出}万元', '【【人数】】人', '{{支', '出}}')
    for ending in ('.docx', '.odt'):
        rc, out, err = command('check', 'h' + ending)
        check('half tags without data' + ending, rc == 1 and re.findall(r'\[(TB\d+)\]$', out, re.M) == [
            'TB541', 'TB540', 'TB542'], out + err)
    for words, status in ((('check',), 2), (('check', 't.docx', 'one.json', '-o', 'x'), 2),
                          (('check', 't.docx', '--format=pdf'), 2),
                          (('check', 'none.docx', 'one.json'), 3), (('check', 't.docx', 'none.json'), 3)):
        rc, out, err = command(*words)
        check('status of ' + ' '.join(words), rc == status, out + err)
    rc, out, err = command('check', '--help')
    check('help', rc == 0 and out.startswith('Usage: tianbao check'), out + err)


def main():
    for test in (seed, explained, records, together):
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            test()
            os.chdir(HERE)
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
