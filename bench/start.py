#!/usr/bin/env python3
"""start.py [RUNS]: one cold fill of a real template, the whole process, beside doing nothing.

The command is taken from TIANBAO.
"""
import glob
import os
import sys

sys.dont_write_bytecode = True
import measure  # noqa: E402

TOP = os.path.dirname(measure.HERE)


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 51
    folder = measure.work_folder()
    data = sorted(glob.glob(TOP + '/fixtures/*.json'), key=os.path.getsize)[-1]
    commands = {'--version': [measure.tianbao(), '--version']}
    for kind in ('docx', 'odt'):
        commands['fill ' + kind] = [
            measure.tianbao(), 'fill', '%s/templates/部门整体支出绩效自评报告.%s' % (TOP, kind), data,
            '-o', folder + '/start.' + kind, '--force', '--force-checks']
    costs = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            costs[name].append(measure.run(folder, command))
    print(measure.machine() + '; median of %d runs, in turn' % runs)
    for name, all_costs in costs.items():
        c = measure.median(all_costs)
        print('%-10s wall %5.1f ms, CPU %5.1f ms, peak %4.1f MB, exit %d' % (
            name, c.wall, c.cpu, c.mb, c.status))


main()
