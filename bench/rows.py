#!/usr/bin/env python3
"""rows.py [N...]: one table of 8 columns whose row repeats N times, as .docx and as .odt; once
with plain values, once with the share of each row in the total and a condition on the average.

Prints what a fill costs, and checks the number of rows of the report and two bounds: peak memory
is at most 16 MB and the size of the data file, and time grows with the rows and not faster.
Exit status 1 when one of them does not hold.  The command is taken from TIANBAO.
"""
import itertools
import os
import sys

sys.dont_write_bytecode = True
import measure  # noqa: E402
import text

BOUND_MB = 16
RUNS = 3


def fill(folder, name, kind, n):
    data, out = '%s/rows.%d.json' % (folder, n), '%s/%s.out.%s' % (folder, name, kind)
    template = '%s/%s.tianbao.%s' % (folder, name, kind)
    command = [measure.tianbao(), 'fill', template, data, '-o', out, '--force']
    cost = measure.median([measure.run(folder, command) for _ in range(RUNS)])
    if cost.status != 0:
        sys.exit('tianbao: exit status %d; run %s' % (cost.status, ' '.join(command)))
    size = os.path.getsize(data) / 2**20
    found = text.look(out)[0] - 1
    over = cost.mb - size
    print('%-6s %-5s %8d %9.0f %9.0f %9.2f %9.1f %9.1f %9.1f %9.1f   %s' % (
        name, kind, n, cost.wall, cost.cpu, cost.cpu * 1000 / n, size, cost.mb, over,
        os.path.getsize(out) / 2**20, 'ok' if found == n else '%d ROWS' % found))
    return cost.cpu, found == n and over <= BOUND_MB


def main():
    counts = [int(a) for a in sys.argv[1:]] or [1000, 10000, 100000, 250000]
    folder = measure.work_folder()
    measure.make('rows', folder, *counts)
    good = True
    print(measure.machine() + '; median of %d runs' % RUNS)
    print('%-6s %-5s %8s %9s %9s %9s %9s %9s %9s %9s   %s' % (
        '', '', 'rows', 'wall ms', 'CPU ms', 'us/row', 'data MB', 'peak MB', 'over data', 'out MB',
        'rows'))
    for name, kind in itertools.product(('rows', 'shares'), ('docx', 'odt')):
        costs = []
        for n in counts:
            cpu, ok = fill(folder, name, kind, n)
            good = good and ok
            costs.append((n, cpu))
        big = [(n, cpu) for n, cpu in costs if n >= 10000]
        for (n, a), (m, b) in zip(big, big[1:]):
            if b / a > 1.3 * m / n:
                print('%s %s: %.1f times the rows take %.1f times as long' % (name, kind, m / n, b / a))
                good = False
    print('bounds: peak <= data + %d MB, time linear: %s' % (
        BOUND_MB, 'kept' if good else 'NOT KEPT'))
    sys.exit(0 if good else 1)


main()
