#!/usr/bin/env python3
"""resume.py [COUNT]: COUNT townships (1,000) from one workbook, killed by SIGINT and SIGKILL, and resumed.

What a whole run costs, what resuming costs when nothing has to be done, and whether runs that were
killed again and again and then resumed come to the same bytes.  The county is that of tests/county.py.
The command is taken from TIANBAO.
"""
import glob
import os
import random
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import measure  # noqa: E402

TOP = os.path.dirname(measure.HERE)
sys.path.insert(0, TOP + '/tests')
sys.path.insert(0, TOP + '/tests/tools')
sys.path.insert(0, TOP + '/fixtures/county')
import county  # noqa: E402
import make  # noqa: E402
import sheetlike  # noqa: E402

KILLS = 3


def reports(folder, kind):
    found = {}
    for path in glob.glob(folder + '/*.' + kind):
        with open(path, 'rb') as f:
            found[os.path.basename(path)] = f.read()
    return found


def kill(command, number, out, kind, count):
    """Runs until some more reports are there than before, and kills."""
    before = len(glob.glob(out + '/*.' + kind))
    more = random.randrange(1, count // (KILLS + 1))
    p = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL, start_new_session=True)
    while p.poll() is None and len(glob.glob(out + '/*.' + kind)) < before + more:
        time.sleep(0.005)
    if number == signal.SIGKILL:
        os.killpg(p.pid, number)
    else:
        p.send_signal(number)
    p.wait()
    return len(glob.glob(out + '/*.' + kind))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    random.seed(1)
    folder = measure.work_folder()
    townships = [make.township(i, '第%d乡' % (i + 1)) for i in range(count)]
    book, sketch = folder + '/county.xlsx', folder + '/t.sketch'
    sheetlike.write(book, county.county_sheets(townships, county.rows_sheet(townships)))
    with open(sketch, 'w', encoding='utf-8') as f:
        f.write(county.template_text(townships))
    print(measure.machine() + '; workbook %.1f MB' % (os.path.getsize(book) / 2**20))
    good = True
    for kind in ('docx', 'odt'):
        template = folder + '/t.' + kind
        subprocess.run([sys.executable, TOP + '/tests/tools/sketch.py', sketch, template], check=True,
                       stdout=subprocess.DEVNULL)
        whole, out = folder + '/whole', folder + '/out'

        def command(to, *more):
            return [measure.tianbao(), 'fill', '--jobs=2', template, book, '-o', to + '/{{单位名称}}.' + kind, *more]
        for name in (whole, out):
            shutil.rmtree(name, ignore_errors=True)
        cost = measure.run(folder, command(whole))
        print('%-5s whole: exit %d, wall %.2f ms and CPU %.2f ms per report' % (
            kind, cost.status, cost.wall / count, cost.cpu / count))
        cost = measure.run(folder, command(whole, '--resume'))
        print('%-5s resumed with nothing to do: exit %d, wall %.2f ms and CPU %.2f ms per report' % (
            kind, cost.status, cost.wall / count, cost.cpu / count))
        wanted = reports(whole, kind)
        for number in (signal.SIGINT, signal.SIGKILL):
            shutil.rmtree(out, ignore_errors=True)
            left = [kill(command(out, '--resume'), number, out, kind, count) for _ in range(KILLS)]
            cost = measure.run(folder, command(out, '--resume'))
            same = reports(out, kind) == wanted and len(wanted) == count
            good = good and same
            print('%-5s %s at %s reports, then resumed: exit %d, %s' % (
                kind, signal.Signals(number).name, ', '.join(map(str, left)), cost.status,
                'byte-equal to the whole run' if same else 'DIFFERENT'))
        shutil.rmtree(whole)
        shutil.rmtree(out)
    return not good


if __name__ == '__main__':
    sys.exit(main())
