"""Whole-process figures of commands, by spawn.c; what the scripts beside this file share."""
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


class Cost:
    def __init__(self, wall, cpu, kb, status):
        self.wall, self.cpu, self.mb = float(wall), float(cpu), int(kb) / 1024
        self.status = int(status)


def tianbao():
    return os.environ.get('TIANBAO', './tianbao')


def work_folder():
    """Where the scripts work; kept, and used again, when BENCH_DIR names it."""
    folder = os.environ.get('BENCH_DIR')
    if folder:
        os.makedirs(folder, exist_ok=True)
        return folder
    global _temporary
    _temporary = tempfile.TemporaryDirectory(prefix='tianbao-bench-')
    return _temporary.name


def make(*args):
    subprocess.run([sys.executable, os.path.join(HERE, 'make.py'), *map(str, args)], check=True)


def run(folder, command, seconds=600):
    """Runs a command once; its Cost."""
    spawn, figures = os.path.join(folder, 'spawn'), os.path.join(folder, 'figures')
    if not os.path.exists(spawn):
        subprocess.run([os.environ.get('CC', 'cc'), '-O2', '-o', spawn,
                        os.path.join(HERE, 'spawn.c')], check=True)
    subprocess.run([spawn, figures, str(seconds), *command], check=True)
    with open(figures, encoding='ascii') as f:
        return Cost(*f.read().split())


def median(costs):
    """The median of wall and CPU time, the largest memory, the worst status."""
    return Cost(statistics.median(c.wall for c in costs), statistics.median(c.cpu for c in costs),
                int(max(c.mb for c in costs) * 1024), max(c.status for c in costs))


def machine():
    model = 'unknown CPU'
    with open('/proc/cpuinfo', encoding='utf-8') as f:
        for line in f:
            if line.startswith('model name'):
                model = line.split(':', 1)[1].strip()
                break
    return '%s, %d cores' % (model, len(os.sched_getaffinity(0)))
