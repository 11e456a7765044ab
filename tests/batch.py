#!/usr/bin/env python3
"""Batches: many records in one run.

Whatever --jobs says, the same comes of it, in the same order; a record that takes too long or whose
process dies costs itself alone; Ctrl-C ends with the truth; --only and --shard choose; --report
holds all that was found; the line of progress shows on a terminal only, and vanishes.
Ends with the line of counts.
"""
import csv
import glob
import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
import zipfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
import doctext  # noqa: E402
from suite import TIANBAO, Suite  # noqa: E402

# A record is as long in the making as its two lists multiplied.
SKETCH = '单位：{{单位名称}}，支出{{支出合计}}万元，{{成文日期：日期}}\n{{每个 甲}}{{每个 乙}}{{如果 . = 0}}是{{完}}{{完}}{{完}}\n'
FOREVER = 200000
WAIT = 120
suite = Suite('batch')
check = suite.check


def make(ending):
    with open('t.sketch', 'w', encoding='utf-8') as f:
        f.write(SKETCH)
    subprocess.run([sys.executable, os.path.join(HERE, 'tools', 'sketch.py'), 't.sketch',
                    't' + ending], check=True, stdout=subprocess.DEVNULL)


def record(name, length=(1, 1), **more):
    r = {'单位名称': name, '支出合计（万元）': 12.50, '成文日期': '2024-06-30',
         '甲': [1] * length[0], '乙': [1] * length[1]}
    r.update(more)
    return {k: v for k, v in r.items() if v is not ...}


def write_data(records, path='d.json'):
    with open(path, 'w', encoding='utf-8') as f:
        json.dump(records, f, ensure_ascii=False, indent=1)
    return path


def county(count):
    """Some records lack a figure, give it in another unit, or have a date that does not exist."""
    wrong = [{}, {}, {'支出合计（万元）': ...}, {}, {'支出合计（万元）': ..., '支出合计（元）': 5},
             {'成文日期': '2024-06-31'}, {}]
    return [record('第%d乡' % (i + 1), **wrong[i % len(wrong)]) for i in range(count)]


def environment(language='C.UTF-8'):
    return dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE=language)


def fill(out, *more, template='t.docx', data='d.json', language='C.UTF-8'):
    r = subprocess.run([TIANBAO, 'fill', template, data, '-o', out, *more], timeout=WAIT,
                       stdin=subprocess.DEVNULL, capture_output=True, env=environment(language))
    return r.returncode, r.stdout.decode(), r.stderr.decode()


def start(out, *more, stderr=subprocess.PIPE):
    return subprocess.Popen([TIANBAO, 'fill', 't.docx', 'd.json', '-o', out, *more], text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr,
                            env=environment())


def files(folder):
    """Without the run record, which has times in it; tests/record.py looks at that."""
    found = {}
    for path in glob.glob(folder + '/**', recursive=True, include_hidden=True) \
            if sys.version_info >= (3, 11) else glob.glob(folder + '/**', recursive=True):
        if os.path.isfile(path) and '填报记录' not in os.path.basename(path):
            with open(path, 'rb') as f:
                found[os.path.relpath(path, folder)] = f.read()
    return found


def children(pid):
    with open('/proc/%d/task/%d/children' % (pid, pid)) as f:
        return [int(n) for n in f.read().split()]


def gone(pids):
    """Have these processes ended, soon? A zombie has."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        alive = []
        for pid in pids:
            try:
                with open('/proc/%d/stat' % pid) as f:
                    if f.read().rpartition(')')[2].split()[0] != 'Z':
                        alive.append(pid)
            except OSError:
                pass
        if not alive:
            return True
        time.sleep(0.05)
    return False


# ---- the same, whatever the processes do --------------------------------------------------------


def same_with_any_jobs(ending):
    write_data(county(40))
    results = []
    for jobs in ('1', '2', '3', '17', None):
        more = ['--jobs', jobs] if jobs else []
        os.mkdir('run')
        status, out, err = fill('run/{{单位名称}}' + ending, '--report', 'run/r.json', *more,
                                template='t' + ending)
        results.append((status, out, err, files('run')))
        subprocess.run(['rm', '-r', 'run'], check=True)
    first = results[0]
    check('status of a batch' + ending, first[0] == 1, first[0])
    check('paths in order' + ending,
          first[1].split() == ['run/第%d乡%s' % (i + 1, ending) for i in range(40)
                               if i % 7 not in (2, 4, 5)], first[1])
    check('files' + ending, len(first[3]) == 24, sorted(first[3]))
    for jobs, other in zip(('2', '3', '17', 'all'), results[1:]):
        for what, a, b in zip(('status', 'output', 'messages', 'files'), first, other):
            check('%s with %s processes%s' % (what, jobs, ending), a == b)
    heads = re.findall(r'^run/第(\d+)乡\S+ is not written', first[2], re.M)
    check('findings in order' + ending, heads == [str(i + 1) for i in range(40) if i % 7 in (2, 4, 5)],
          heads)
    summary = [line for line in first[2].splitlines() if line.startswith('  第')]
    check('summary' + ending, len(summary) == 17 and '[TB501]' in summary[0] and '[TB508]' in summary[1]
          and '[TB505]' in summary[2], first[2])
    check('summary says how many' + ending, '40 reports: 23 written, 17 skipped' in first[2])


def as_one_by_one(ending):
    """A report of a batch is that of its record alone."""
    records = county(7)
    write_data(records)
    fill('all/{{单位名称}}' + ending, '--jobs', '3', template='t' + ending)
    for r in records:
        write_data(r, 'one.json')
        fill('each/{{单位名称}}' + ending, template='t' + ending, data='one.json')
    check('alone as in a batch' + ending, files('all') == files('each') and len(files('all')) == 4)


def long_summary():
    write_data(county(200))
    _, _, err = fill('long/{{单位名称}}.docx')
    rows = [line for line in err.splitlines() if line.startswith('  第')]
    check('the summary fits on a screen', 10 < len(rows) < 24, len(rows))
    check('it says where the rest is', '--report=FILE' in err)


# ---- choosing -----------------------------------------------------------------------------------


def only():
    write_data([record(n) for n in ('松鸣乡人民政府', '江澜镇人民政府', '云溪乡（试点）', '第4乡')])
    status, out, err = fill('only/', '--only', ' 第 4乡，云溪乡(试点)、松鸣乡人民政府')
    check('--only', status == 0 and out.split() == ['only/t-松鸣乡人民政府.docx', 'only/t-云溪乡（试点）.docx',
                                                    'only/t-第4乡.docx'], (out, err))
    status, out, err = fill('one.docx', '--only=江澜镇人民政府')
    check('--only with one file', (status, out) == (0, 'one.docx\n'), err)
    status, out, err = fill('none/', '--only', '松鸣乡,江蓝镇人民政府,火星')
    check('--only with unknown names', status == 2 and not os.path.exists('none'), status)
    check('the nearest of a part', '"松鸣乡"; the nearest is "松鸣乡人民政府"' in err, err)
    check('the nearest of a slip', '"江蓝镇人民政府"; the nearest is "江澜镇人民政府"' in err, err)
    check('nothing near', 'no record is called "火星" [TB608]' in err, err)
    _, _, err = fill('none/', '--only', '松明乡')
    check('the nearest of a slip in a part', '"松明乡"; the nearest is "松鸣乡人民政府"' in err, err)
    status, _, err = fill('none/', '--only', ' ')
    check('--only without a name', status == 2 and '--only' in err, err)
    status, out, err = fill('only/', '--only', '江澜镇人民政府')
    check('--only beside what is there', (status, out) == (0, 'only/t-江澜镇人民政府.docx\n'), err)


def shards():
    write_data(county(23))
    fill('whole/{{单位名称}}.docx')
    seen = []
    for i in range(1, 5):
        status, out, err = fill('parts/{{单位名称}}.docx', '--shard', '%d/4' % i)
        check('--shard %d/4' % i, status == 1 and '[TB601]' not in err, err)
        seen.append(out.split())
    numbers = [int(re.search(r'第(\d+)乡', p).group(1)) for p in seen[1]]
    check('a shard is every fourth', all(n % 4 == 2 for n in numbers) and numbers, numbers)
    check('shards are disjoint', len(sum(seen, [])) == len(set(sum(seen, []))))
    check('shards are complete', files('parts') == files('whole') and len(files('whole')) > 10)
    status, out, _ = fill('none/{{单位名称}}.docx', '--shard', '24/30')
    check('an empty shard', (status, out) == (0, '') and not os.path.exists('none'))
    status, out, _ = fill('both/{{单位名称}}.docx', '--shard', '2/4', '--only', '第1乡,第2乡')
    check('--shard counts the whole list', (status, out) == (0, 'both/第2乡.docx\n'), out)
    for wrong in ('0/4', '5/4', '1', '1/', '/4', '1/0', 'a/b', '1/4x', '1/99999999999999999999'):
        status, _, err = fill('none/', '--shard', wrong)
        check('--shard ' + wrong, status == 2 and '--shard' in err, err)
    for wrong in ('0', '-1', 'x', '', '257', '1.5'):
        status, _, err = fill('none/', '--jobs', wrong)
        check('--jobs ' + wrong, status == 2 and '--jobs' in err, err)
    write_data([record('甲乡'), record('乙乡'), record('甲乡')])
    status, out, err = fill('none/{{单位名称}}.docx', '--shard', '2/2')
    check('names of all shards are compared', status == 1 and '[TB603]' in err and not out, err)


# ---- what goes wrong costs one record -----------------------------------------------------------


def timed_out():
    write_data([record('甲乡'), record('乙乡', (FOREVER, FOREVER)), record('丙乡'), record('丁乡')])
    for jobs in ('1', '2'):
        status, out, err = fill('slow%s/{{单位名称}}.docx' % jobs, '--timeout=1', '--jobs', jobs,
                                '--report', 'slow%s.json' % jobs)
        check('a slow record costs itself', status == 3 and len(out.split()) == 3, (status, out, err))
        check('a slow record is told', 'more than 1 seconds' in err and '[TB904]' in err, err)
        check('a slow record is counted', '4 reports: 3 written, 0 skipped, 1 failed' in err, err)
        statuses = [r['status'] for r in json.load(open('slow%s.json' % jobs))['reports']]
        check('a slow record in the file', statuses == ['written', 'failed', 'written', 'written'])
        check('nothing else is left', len(files('slow' + jobs)) == 3, sorted(files('slow' + jobs)))


def killed():
    write_data([record('甲乡'), record('乙乡', (FOREVER, FOREVER)), record('丙乡'), record('丁乡')])
    p = start('killed/{{单位名称}}.docx', '--jobs=1', '--timeout=0')
    check('first of the killed', p.stdout.readline() == 'killed/甲乡.docx\n')
    workers = children(p.pid)
    check('one worker', len(workers) == 1, workers)
    os.kill(workers[0], signal.SIGKILL)
    out, err = p.communicate(timeout=WAIT)
    check('a killed process costs one record', p.returncode == 3
          and out.split() == ['killed/丙乡.docx', 'killed/丁乡.docx'], (p.returncode, out, err))
    check('a killed process is told', 'signal 9 [TB906]' in err and '1 failed' in err, err)


def interrupted(number):
    write_data([record('甲乡'), record('乙乡', (4000, 1000))] + [record('第%d乡' % i) for i in range(9)])
    p = start('stop%d/{{单位名称}}.docx' % number, '--jobs=1', '--report=stop%d.csv' % number)
    check('first of the interrupted', p.stdout.readline().endswith('甲乡.docx\n'))
    time.sleep(0.05)
    p.send_signal(number)
    out, err = p.communicate(timeout=WAIT)
    check('what is in hand is finished', out == 'stop%d/乙乡.docx\n' % number, (out, err))
    check('an interrupted run ends with 3', p.returncode == 3, p.returncode)
    check('its summary is true', '11 reports: 2 written, 0 skipped, 9 not begun' in err
          and '9 of 11 reports were not begun [TB907]' in err, err)
    rows = read_csv('stop%d.csv' % number)
    check('its file is true', [r['result'] for r in rows].count('not begun') == 9, rows)


def interrupted_twice():
    write_data([record('甲乡')] + [record(n, (FOREVER, FOREVER)) for n in ('乙乡', '丙乡', '丁乡')])
    p = start('twice/{{单位名称}}.docx', '--jobs=2', '--timeout=0', '--report=twice.xlsx')
    check('first of the ended', p.stdout.readline() == 'twice/甲乡.docx\n')
    workers = children(p.pid)
    p.send_signal(signal.SIGINT)
    # Signals do not queue: the second may come only when the first was answered.
    check('once is answered', any('once more stops at once' in line for line in p.stderr))
    check('once does not end it', p.poll() is None)
    p.send_signal(signal.SIGINT)
    _, err = p.communicate(timeout=WAIT)
    check('twice ends it', p.returncode == 3 and 'interrupted' in err, (p.returncode, err))
    check('its processes end', workers and gone(workers), workers)
    check('it leaves no litter', sorted(files('twice')) == ['甲乡.docx'], sorted(files('twice')))
    check('it leaves no half list', not os.path.exists('twice.xlsx'))


def parent_killed():
    write_data([record('甲乡'), record('乙乡', (4000, 1000)), record('丙乡')])
    p = start('orphans/{{单位名称}}.docx', '--jobs=1')
    p.stdout.readline()
    workers = children(p.pid)
    p.kill()
    p.communicate(timeout=WAIT)
    check('workers do not outlive the run', workers and gone(workers), workers)


def without_room():
    """A folder that cannot be made is found with the first report, and costs each of them."""
    write_data(county(3))
    open('file', 'w').close()
    status, out, err = fill('file/{{单位名称}}.docx', '--jobs=2')
    check('no folder', status == 3 and not out and '3 reports: 0 written, 1 skipped, 2 failed' in err,
          (status, out, err))


# ---- the terminal -------------------------------------------------------------------------------


def on_terminal(columns):
    main, side = pty.openpty()
    import fcntl
    import struct
    import termios
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    write_data(county(40))
    p = subprocess.Popen([TIANBAO, 'fill', 't.docx', 'd.json', '-o', 'pty%d/' % columns, '--jobs=2'],
                         stdin=subprocess.DEVNULL, stdout=side, stderr=side,
                         env=dict(environment(), TERM='xterm'))
    os.close(side)
    seen = b''
    while True:
        ready, _, _ = select.select([main], [], [], WAIT)
        try:
            more = os.read(main, 65536) if ready else b''
        except OSError:
            more = b''
        if not more:
            break
        seen += more
    os.close(main)
    p.wait(timeout=WAIT)
    return seen.decode('utf-8', 'replace')


def screen_of(text):
    """The lines that stay: \\r goes back, ESC [K erases."""
    lines = []
    for line in text.replace('\r\n', '\n').split('\n'):
        lines.append(re.split(r'\r\x1b\[K', line)[-1])
    return lines


def progress():
    wide = on_terminal(80)
    bars = re.findall(r'\r\x1b\[K(\[[#-]+\] \d+ of 40[^\r\n]*)', wide)
    check('progress shows', bars and any(re.search(r'a second, \d+:\d\d left$', b) for b in bars), bars[:3])
    check('progress is not too wide', all(len(b) < 80 for b in bars), bars)
    lines = screen_of(wide)
    check('progress vanishes', not any('of 40' in line for line in lines), lines[-5:])
    check('lines stay whole', sum(line.startswith('pty80/t-第') and line.endswith('.docx')
                                  for line in lines) == 23, lines[:5])
    check('the last line', any('40 reports: 23 written' in line for line in lines[-3:]), lines[-3:])
    narrow = on_terminal(20)
    drawn = re.findall(r'\r\x1b\[K([^\r\n]+)', narrow)
    check('a narrow terminal', any(' of 40' in d for d in drawn)
          and all(len(d) < 20 for d in drawn if ' of 40' in d), drawn[:3])
    _, out, err = fill('piped/')
    check('nothing when piped', '\x1b' not in out + err and ' of 40,' not in err)


# ---- the file of --report -----------------------------------------------------------------------


def read_csv(path):
    with open(path, 'rb') as f:
        data = f.read()
    check('byte order mark of ' + path, data.startswith(b'\xef\xbb\xbf'))
    return list(csv.DictReader(io.StringIO(data.decode('utf-8-sig'), newline='')))


SHEET = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'


def read_xlsx(path):
    with zipfile.ZipFile(path) as z:
        check('sound workbook', z.testzip() is None)
        page = ET.fromstring(z.read('xl/worksheets/sheet1.xml'))
        shared = [''.join(t.itertext()) for t in ET.fromstring(z.read('xl/sharedStrings.xml'))] \
            if 'xl/sharedStrings.xml' in z.namelist() else []
    rows = []
    for row in page.iter(SHEET + 'row'):
        cells = {}
        for c in row.iter(SHEET + 'c'):
            text = ''.join(c.itertext())
            cells[re.match('[A-Z]+', c.get('r')).group()] = shared[int(text)] if c.get('t') == 's' else text
        rows.append([cells.get(letter, '') for letter in 'ABCDEFGHIJ'])
    pane = page.find('.//' + SHEET + 'pane')
    check('head stays', pane is not None and pane.get('ySplit') == '1' and pane.get('state') == 'frozen')
    filtered = page.find(SHEET + 'autoFilter')
    check('filters', filtered is not None and filtered.get('ref') == 'A1:J%d' % len(rows))
    return [dict(zip(rows[0], r)) for r in rows[1:]]


def report_files():
    records = county(14)
    write_data(records)
    for ending in ('json', 'csv', 'xlsx'):
        status, _, err = fill('rep/', '--report', 'made/r.' + ending, '--force', '--jobs=2')
        check('report.' + ending, status == 1 and os.path.exists('made/r.' + ending), err)
        first = files('made')['r.' + ending]
        time.sleep(1.1 if ending == 'xlsx' else 0)
        fill('rep/', '--report', 'made/r.' + ending, '--force', '--jobs=1')
        check('equal bytes of .' + ending, files('made')['r.' + ending] == first)
    report = json.load(open('made/r.json', encoding='utf-8'))
    check('schema', report['schema'] == 1 and report['template'] == 't.docx'
          and report['program'].startswith('tianbao '), report.keys())
    check('all records', [r['township'] for r in report['reports']] == [r['单位名称'] for r in records])
    check('statuses', [r['status'] for r in report['reports']] ==
          ['skipped' if i % 7 in (2, 4, 5) else 'written' for i in range(14)])
    unit = report['reports'][4]
    found = unit['findings'][0]
    check('a record', (unit['name'], unit['file'], unit['record']) == ('rep/t-第5乡.docx', 'd.json', 5), unit)
    check('a finding', found['level'] == 'error' and found['code'] == 'TB508'
          and found['place']['story'] == 'body' and found['place']['paragraph'] == 1
          and found['place']['tag'] == '{{支出合计}}' and found['data']['file'] == 'd.json'
          and found['data']['line'] > 0 and found['values'][1:] == ['元', '万元'], found)
    check('a finding as in the messages', found['message'] == '{{支出合计}} is in 元, but the template has 万元 behind it')
    check('the run has none', report['findings'] == [], report['findings'])
    rows, cells = read_csv('made/r.csv'), read_xlsx('made/r.xlsx')
    check('one line for each finding', len(rows) == sum(len(r['findings']) for r in report['reports']))
    check('the same in both tables', [{k: v.lstrip("'") for k, v in r.items()} for r in rows] ==
          [{k: v.lstrip("'") for k, v in r.items()} for r in cells], (rows[-1], cells[-1]))
    of_unit = [r for r in rows if r['township'] == '第5乡']
    check('a line', len(of_unit) == 1 and of_unit[0] == {
        'township': '第5乡', 'report': 'rep/t-第5乡.docx', 'result': 'skipped', 'level': 'error',
        'code': 'TB508', 'message': found['message'], 'place in the report': 'body, paragraph 1',
        'place in the data': of_unit[0]['place in the data'], 'value': '元', 'other value': '万元'}, of_unit)
    check('its place in the data', re.match(r'd\.json:\d+:\d+ \("\[5\]\.支出合计（元）"\)$|d\.json:\d+:\d+ \(".*支出合计（元）"\)$',
                                             of_unit[0]['place in the data']), of_unit)


def formulas():
    """What the data say is text in every form of the file."""
    write_data([record('=1,2', 成文日期='-x'), record('@乡', 成文日期='=2+3')])
    fill('formula/', '--report', 'f.csv')
    text = open('f.csv', encoding='utf-8-sig').read()
    check('no cell is a formula', not re.search(r'(^|,)"?[=+@]', text, re.M), text)
    rows = read_csv('f.csv')
    check('quoted cells come back', [(r['township'], r['value']) for r in rows] ==
          [("'=1,2", "'-x"), ("'@乡", "'=2+3")], rows)


def report_is_careful():
    write_data(county(3))
    with open('mine.csv', 'w') as f:
        f.write('mine')
    before = files('.')
    for name, path, more in (('no ending', 'list.txt', []), ('no name', '.json', []),
                             ('an existing file', 'mine.csv', []), ('the data', 'd.json', ['--force']),
                             ('the data by another way', './d.json', ['--force']),
                             ('a folder', 'rep.xlsx', ['--force'])):
        os.makedirs('rep.xlsx', exist_ok=True)
        status, out, err = fill('careful/{{单位名称}}.docx', '--report', path, *more)
        check('--report on ' + name, status in (1, 2, 3) and not out and not os.path.exists('careful'),
              (status, out, err))
    check('nothing was touched', files('.') == before)
    os.mkdir('folder')
    for path in ('folder/r.csv', './folder/r.csv'):
        _, _, err = fill('careful/{{单位名称}}.docx', '--report', path, data='folder')
        check('--report among the data', '[TB610]' in err and not os.listdir('folder'), err)
    _, _, err = fill('careful/{{单位名称}}.docx', '--report', 'r.csv', data='.')
    check('--report among the data here', '[TB610]' in err and not os.path.exists('r.csv'), err)
    status, out, err = fill('careful/{{单位名称}}.docx', '--report', 'd.json/x/r.csv')
    check('--report below a file', status == 3 and not out and not os.path.exists('careful'), err)
    status, out, err = fill('forced/{{单位名称}}.docx', '--report', 'mine.csv', '--force')
    check('--report with --force', status == 1 and len(read_csv('mine.csv')) == 1, err)


def report_of_nothing():
    """A run that is refused as a whole says so in its file too."""
    write_data([record('甲乡'), record('甲乡')])
    status, _, _ = fill('no/{{单位名称}}.docx', '--report', 'no.json')
    report = json.load(open('no.json', encoding='utf-8'))
    check('a refused run', status == 1 and report['reports'] == []
          and [f['code'] for f in report['findings']] == ['TB603'], report)
    status, _, _ = fill('no/{{单位名称}}.docx', '--report', 'no.csv')
    check('a refused run as a table', [r['code'] for r in read_csv('no.csv')] == ['TB603'])
    write_data(record('甲乡', 成文日期='2024-02-30'))
    status, _, err = fill('no/一.docx', '--report', 'no1.json')
    report = json.load(open('no1.json', encoding='utf-8'))['reports']
    check('one record', len(report) == 1 and report[0]['status'] == 'skipped' and 'record' not in report[0]
          and [f['code'] for f in report[0]['findings']] == ['TB505'], report)
    check('one record has no summary', '1 report' not in err, err)


def in_chinese():
    if not os.path.isfile(os.path.join(os.environ.get('TIANBAO_LOCALEDIR', ''), 'zh_CN/LC_MESSAGES/tianbao.mo')):
        return
    write_data(county(7))
    _, _, err = fill('zh/', '--report', 'zh.csv', language='zh_CN')
    row = read_csv('zh.csv')[1]
    check('heads in Chinese', list(row)[:3] == ['单位', '报告', '结果'] and row['结果'] == '跳过', row)
    check('summary in Chinese', '共 7 份报告：写出 4 份，跳过 3 份' in err, err)


def whole_text(ending):
    write_data(county(2))
    fill('text/', '--jobs=2', template='t' + ending)
    plain = doctext.plain(doctext.read('text/t-第2乡' + ending).body)
    check('the text of a report' + ending, plain[0] == '单位：第2乡，支出12.5万元，2024年6月30日', plain)


def main():
    with tempfile.TemporaryDirectory(prefix='tianbao-batch-') as folder:
        os.chdir(folder)
        for ending in ('.docx', '.odt'):
            make(ending)
            whole_text(ending)
            same_with_any_jobs(ending)
            as_one_by_one(ending)
            subprocess.run(['rm', '-rf', 'all', 'each'], check=True)
        for test in (long_summary, only, shards, timed_out, killed, interrupted_twice, parent_killed,
                     without_room, progress, report_files, formulas, report_is_careful,
                     report_of_nothing, in_chinese):
            test()
        for number in (signal.SIGINT, signal.SIGTERM):
            interrupted(number)
        os.chdir('/')
    sys.exit(suite.end())


if __name__ == '__main__':
    main()
