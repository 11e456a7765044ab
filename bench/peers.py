#!/usr/bin/env python3
"""peers.py [report|rows [N...]]: the same work done by other tools that fill templates.

report   a whole report: cold, in a process of its own; warm, 200 reports one after another
rows     one table of 8 columns, N rows (1,000 and 10,000)

Which tools: docxtemplater, easy-template-x, docx-templates, carbone (Node; NODE_PATH names the
node_modules folder that holds them), docxtpl and relatorio (Python).  Those that are not there
are left out with a message.  All run in turn; the text of every output is compared.
The command is taken from TIANBAO, Node from NODE (node), Python from PYTHON (python3).
"""
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import measure  # noqa: E402
import text

PEERS = os.path.join(measure.HERE, 'peers')
NODE = (os.environ.get('NODE', 'node'), '--max-old-space-size=4096', PEERS + '/run.cjs')
PYTHON = (os.environ.get('PYTHON', 'python3'), PEERS + '/run.py')
# name, tags of the template, ending, how it is driven; tianbao drives itself
TOOLS = [('tianbao', 'tianbao', 'docx', None), ('carbone', 'carbone', 'docx', NODE),
         ('docxtemplater', 'mustache', 'docx', NODE),
         ('easy-template-x', 'mustache', 'docx', NODE),
         ('docx-templates', 'docx-templates', 'docx', NODE), ('docxtpl', 'jinja', 'docx', PYTHON),
         ('tianbao', 'tianbao', 'odt', None), ('carbone', 'carbone', 'odt', NODE),
         ('relatorio', 'relatorio', 'odt', PYTHON)]
SECONDS = 900
COLD, WARM = 5, 200


def there(tool):
    name, _, ending, driver = tool
    if driver is None:
        return True
    try:
        done = subprocess.run([*driver, name, 'none'], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False)
        if done.returncode == 0:
            return True
    except OSError:
        pass
    print('%s (%s) is not installed here; left out' % (name, ending))
    return False


def one(folder, what, tool, data, out):
    """The command that fills one report."""
    name, tags, ending, driver = tool
    template = '%s/%s.%s.%s' % (folder, what, tags, ending)
    if driver is None:
        return [measure.tianbao(), 'fill', template, data, '-o', out, '--force']
    return [*driver, name, 'one', template, data, out]


def same(outs):
    """Do all outputs say the same? If not, says what each holds."""
    texts = {name: text.look(path) for name, path in outs.items() if os.path.exists(path)}
    kinds = sorted({t[2] for t in texts.values()})
    if len(kinds) == 1:
        print('text of all %d outputs: the same (%s)' % (len(texts), kinds[0]))
        return True
    for name, t in texts.items():
        print('TEXT %s  %d rows, %d paragraphs  %s' % (t[2], t[0], t[1], name))
    return False


def warm(folder, tool):
    """(CPU ms for one report, peak MB): all reports in one process."""
    name, tags, ending, driver = tool
    template, data = '%s/report.%s.%s' % (folder, tags, ending), folder + '/report.data'
    out = folder + '/report.out'
    shutil.rmtree(out, ignore_errors=True)
    if driver is None:
        records = [os.path.join(data, f) for f in sorted(os.listdir(data))]
        command = [measure.tianbao(), 'fill', template, *records, '-o', out + '/{{id}}.' + ending]
        cost = measure.run(folder, command, SECONDS)
        figures = cost.cpu / len(records), cost.mb
        good = cost.status == 0
    else:
        done = subprocess.run([*driver, name, 'batch', template, data, out], timeout=SECONDS,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        good = done.returncode == 0
        words = done.stdout.split() if good else (0, 0)
        figures = float(words[0]), int(words[1]) / 1024
    shutil.rmtree(out, ignore_errors=True)
    return figures if good else None


def report(folder, tools):
    measure.make('report', folder, WARM)
    costs, outs = {t: [] for t in tools}, {}
    for _ in range(COLD):
        for tool in tools:
            out = outs['%s %s' % (tool[0], tool[2])] = '%s/report.%s.out.%s' % (
                folder, tool[0], tool[2])
            command = one(folder, 'report', tool, folder + '/report.data/r0007.json', out)
            costs[tool].append(measure.run(folder, command, SECONDS))
    print('%-22s %13s %13s %13s %13s %13s %9s' % (
        'one report', 'cold wall ms', 'cold CPU ms', 'cold peak MB', 'warm CPU ms',
        'warm peak MB', 'out KB'))
    for tool in tools:
        cold = measure.median(costs[tool])
        name = '%s %s' % (tool[0], tool[2])
        after = warm(folder, tool)
        print('%-22s %13.0f %13.0f %13.0f %13s %13s %9.0f%s' % (
            name, cold.wall, cold.cpu, cold.mb, '%.2f' % after[0] if after else 'failed',
            '%.0f' % after[1] if after else '-', os.path.getsize(outs[name]) / 1024
            if os.path.exists(outs[name]) else 0, '  FAILED' if cold.status else ''), flush=True)
    return same(outs)


def table(folder, tools, counts):
    measure.make('rows', folder, *counts)
    good = True
    print('%-22s %8s %9s %9s %9s %9s' % ('one table', 'rows', 'wall s', 'CPU s', 'peak MB',
                                         'out KB'))
    for n in counts:
        outs = {}
        for tool in tools:
            name = '%s %s' % (tool[0], tool[2])
            out = '%s/rows.%s.out.%s' % (folder, tool[0], tool[2])
            if os.path.exists(out):
                os.remove(out)
            cost = measure.run(folder, one(folder, 'rows', tool, '%s/rows.%d.json' % (folder, n),
                                           out), SECONDS)
            size = os.path.getsize(out) / 1024 if os.path.exists(out) else 0
            print('%-22s %8d %9.2f %9.2f %9.0f %9.0f%s' % (
                name, n, cost.wall / 1e3, cost.cpu / 1e3, cost.mb, size,
                '  FAILED' if cost.status else ''), flush=True)
            if cost.status == 0:
                outs[name] = out
        good = same(outs) and good
    return good


def main():
    what = sys.argv[1] if len(sys.argv) > 1 else ''
    counts = [int(a) for a in sys.argv[2:]] or [1000, 10000]
    if what not in ('', 'report', 'rows'):
        sys.exit(__doc__)
    folder = measure.work_folder()
    print(measure.machine())
    tools = [t for t in TOOLS if there(t)]
    good = True
    if what != 'rows':
        good = report(folder, tools)
    if what != 'report':
        good = table(folder, tools, counts) and good
    sys.exit(0 if good else 1)


main()
