#!/usr/bin/env python3
"""What one big table costs: fills a table of 8 columns, as .docx and as .odt.

    rows.py [ROWS] [--tianbao PATH]          (100000 rows without the first)

Prints size of the data, seconds and peak memory of the process; checks the number of rows that
came out.  This script stays small itself: until it runs the command, a child counts with the
memory of its parent.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests', 'tools'))

import sketch  # noqa: E402

COLUMNS = ['乡镇', '项目名称', '预算数', '决算数', '执行率', '日期', '备注']
TEMPLATE = '%s\n%s\n尾\n' % ('|= 序号 | ' + ' | '.join(COLUMNS) + ' |',
                            '| {{序号}} | ' + ' | '.join('{{项目.%s}}' % c for c in COLUMNS) + ' |')


def row(i):
    return dict(zip(COLUMNS, (
        '云溪乡', '机耕道硬化工程（第%d期）' % (i % 40 + 1), '%d.%02d' % (i % 3000, i % 100),
        '%d.%02d' % (i % 2900, i % 97), '%d.%02d%%' % (80 + i % 20, i % 100),
        '2023-%02d-%02d' % (i % 12 + 1, i % 28 + 1), '按计划完成')))


def count(path, part, mark):
    """How often mark stands in a part, read piece by piece."""
    n, kept = 0, b''
    with zipfile.ZipFile(path) as z, z.open(part) as f:
        while True:
            piece = f.read(1 << 16)
            if not piece:
                return n
            kept += piece
            n += kept.count(mark)
            at = kept.rfind(mark)
            kept = kept[at + len(mark):][-len(mark):] if at >= 0 else kept[-len(mark):]


def main():
    a = argparse.ArgumentParser()
    a.add_argument('rows', nargs='?', type=int, default=100000)
    a.add_argument('--tianbao', default=os.environ.get('TIANBAO', './tianbao'))
    o = a.parse_args()
    program = os.path.abspath(o.tianbao)
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, 'data.json')
        with open(data, 'w', encoding='utf-8') as f:
            f.write('{"项目": [')
            for i in range(o.rows):
                f.write((',\n' if i else '') + json.dumps(row(i), ensure_ascii=False))
            f.write(']}\n')
        print('%d rows, %.1f MB of JSON' % (o.rows, os.path.getsize(data) / 1e6))
        for ending, part, mark in (('docx', 'word/document.xml', b'</w:tr>'),
                                   ('odt', 'content.xml', b'</table:table-row>')):
            template, report = (os.path.join(folder, n + '.' + ending) for n in ('t', 'o'))
            sketch.make(TEMPLATE, template)
            start = time.monotonic()
            child = subprocess.Popen([program, 'fill', template, data, '-o', report],
                                     stdout=subprocess.DEVNULL)
            _, status, used = os.wait4(child.pid, 0)
            if status != 0:
                sys.exit('status %d' % status)
            seconds = time.monotonic() - start
            got = count(report, part, mark) - 1
            if got != o.rows:
                sys.exit('%s: %d rows came out' % (ending, got))
            print('%s: %.2f s, peak memory %.0f MB' % (ending, seconds, used.ru_maxrss / 1024))


if __name__ == '__main__':
    main()
