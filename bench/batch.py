#!/usr/bin/env python3
"""batch.py [COUNT]: a real template and COUNT records in one list (1,000), .docx and .odt.

The template is that of the self-evaluation report, the records are the fixtures again and again,
each under a name of its own.  CPU time per report is that of the whole process, start included.
The command is taken from TIANBAO.
"""
import glob
import os
import shutil
import sys

sys.dont_write_bytecode = True
import measure  # noqa: E402

TOP = os.path.dirname(measure.HERE)
RUNS = 3


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    folder = measure.work_folder()
    out = folder + '/batch.out'
    measure.make('batch', folder, count, *sorted(glob.glob(TOP + '/fixtures/*.json')))
    data = '%s/batch.%d.json' % (folder, count)
    print(measure.machine() + '; median of %d runs; data %.1f MB' % (
        RUNS, os.path.getsize(data) / 2**20))
    for kind, jobs in (('docx', 1), ('docx', 2), ('odt', 1), ('odt', 2)):
        template = '%s/templates/部门整体支出绩效自评报告.%s' % (TOP, kind)
        command = [measure.tianbao(), 'fill', '--force-checks', '--jobs=%d' % jobs, template, data, '-o',
                   out + '/{{单位名称}}.' + kind]
        costs = []
        for _ in range(RUNS):
            shutil.rmtree(out, ignore_errors=True)
            costs.append(measure.run(folder, command))
        cost = measure.median(costs)
        written = [n for n in os.listdir(out) if not n.endswith('.json')]
        sizes = sum(os.path.getsize(os.path.join(out, f)) for f in written)
        print('%-5s --jobs=%d: %d of %d written, exit %d: CPU %.3f ms and wall %.2f ms per report, '
              'peak %.1f MB, %.0f KB per report' % (
                  kind, jobs, len(written), count, cost.status, cost.cpu / count, cost.wall / count,
                  cost.mb, sizes / 1024 / max(len(written), 1)))
    shutil.rmtree(out, ignore_errors=True)


main()
