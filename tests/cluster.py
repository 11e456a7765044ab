#!/usr/bin/env python3
"""A batch spread over machines, killed in the middle and resumed: the same bytes as one run.

    TIANBAO=./tianbao tests/cluster.py [COUNT]

Not part of `make check`: it needs GNU parallel and Slurm (Debian: parallel slurm-wlm munge) and the
rights to start a Slurm of its own, with two nodes on this machine.  Where one is missing its part is
skipped and says so.  COUNT townships (400) are taken from one workbook.
Ends with the line of counts.
"""
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.path.insert(0, os.path.join(TOP, 'fixtures', 'county'))
import county  # noqa: E402
import make  # noqa: E402
import sheetlike  # noqa: E402
import suite  # noqa: E402

RECORD = '填报记录.json'
SHARDS = 4
WAIT = 600
s = suite.Suite('cluster')


def workbook(path, count):
    """A county of so many townships: a sheet of figures, one for each table, what all share."""
    townships = [make.township(i, '第%d乡' % (i + 1)) for i in range(count)]
    sheetlike.write(path, county.county_sheets(townships, county.rows_sheet(townships)))
    with open('t.sketch', 'w', encoding='utf-8') as f:
        f.write(county.template_text(townships))
    r = run(sys.executable, os.path.join(HERE, 'tools', 'sketch.py'), 't.sketch', 't.docx')
    s.check('the template', r.returncode == 0, r.stderr)


def environment():
    return dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='C.UTF-8')


def run(*words, **more):
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT,
                          env=environment(), **more)


def reports(folder):
    found = {}
    for path in glob.glob(folder + '/*.docx'):
        with open(path, 'rb') as f:
            found[os.path.basename(path)] = f.read()
    return found


def fill(out, *more):
    """The words of the command; every host runs the same one but for its share."""
    return [suite.TIANBAO, 'fill', 't.docx', '全县.xlsx', '-o', out + '/{{单位名称}}.docx', *more]


def compare(name, out, whole, count):
    got = reports(out)
    s.check(name + ': complete', len(got) == count, len(got))
    s.check(name + ': the same bytes', got == whole,
            sorted(n for n in whole if got.get(n) != whole[n])[:3])
    with open(os.path.join(out, RECORD), encoding='utf-8') as f:
        s.check(name + ': one record', len(json.load(f)['reports']) == count)
    s.check(name + ': nothing is left behind', not glob.glob(out + '/.*'), glob.glob(out + '/.*'))


# ---- GNU parallel -------------------------------------------------------------------------------


def busy(pattern):
    """Processes of ours whose command has this in it."""
    found = []
    for path in glob.glob('/proc/[0-9]*/cmdline'):
        try:
            with open(path, 'rb') as f:
                words = f.read().split(b'\0')
        except OSError:
            continue
        if words[0] == suite.TIANBAO.encode() and any(pattern.encode() in w for w in words):
            found.append(int(path.split('/')[2]))
    return found


def kill_one(out, at_least):
    """As soon as some reports are there, one worker dies by SIGKILL; True: it did."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if len(glob.glob(out + '/*.docx')) >= at_least:
            for pid in busy(out + '/'):
                try:
                    os.kill(pid, signal.SIGKILL)
                    return True
                except OSError:
                    pass
        time.sleep(0.01)
    return False


def with_parallel(whole, count):
    if shutil.which('parallel') is None:
        return s.skip('parallel', 'it is not installed')
    # `:` is this machine; with --sshlogin host1,host2 the same line runs on others that share the folder.
    words = ['parallel', '--will-cite', '--sshlogin', ':', '--jobs', '2', '--joblog', 'log', *fill(
        'par', '--resume', '--jobs=1', '--shard={}/%d' % SHARDS), ':::', *map(str, range(1, SHARDS + 1))]
    p = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                         text=True, env=environment())
    s.check('parallel: one was killed', kill_one('par', count // 10))
    _, err = p.communicate(timeout=WAIT)
    s.check('parallel: it says so', p.returncode != 0, err)
    left = len(reports('par'))
    s.check('parallel: some are missing', 0 < left < count, left)
    r = run(*words)
    s.check('parallel: resumed', r.returncode == 0, r.stderr)
    compare('parallel', 'par', whole, count)


# ---- Slurm --------------------------------------------------------------------------------------

CONF = '''
ClusterName=tianbao
SlurmctldHost=%(host)s
SlurmctldPort=%(port)d
SlurmUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=%(here)s/munge.sock
StateSaveLocation=%(here)s/state
SlurmdSpoolDir=%(here)s/spool-%%n
SlurmctldPidFile=%(here)s/ctld.pid
SlurmdPidFile=%(here)s/d-%%n.pid
SlurmctldLogFile=%(here)s/ctld.log
SlurmdLogFile=%(here)s/d-%%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname=%(host)s NodeAddr=127.0.0.1 Port=%(port1)d CPUs=2
NodeName=n2 NodeHostname=%(host)s NodeAddr=127.0.0.1 Port=%(port2)d CPUs=2
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
'''

JOB = '''#!/bin/sh
#SBATCH --array=1-%(shards)d
#SBATCH --ntasks=1
#SBATCH --output=slurm-%%a.out
cd "$SLURM_SUBMIT_DIR" && exec %(command)s --shard="$SLURM_ARRAY_TASK_ID/%(shards)d"
'''


class Slurm:
    """A cluster of two nodes on this machine, with a munge of its own."""

    def __init__(self, here):
        self.here = here
        self.processes = []
        self.env = dict(environment(), SLURM_CONF=here + '/slurm.conf')

    def start(self):
        os.makedirs(self.here + '/state')
        with open(self.here + '/key', 'wb') as f:
            f.write(os.urandom(128))
        os.chmod(self.here + '/key', 0o400)
        host = run('hostname', '-s').stdout.strip()
        with open(self.here + '/slurm.conf', 'w') as f:
            f.write(CONF % {'host': host, 'here': self.here, 'port': 26817, 'port1': 26818, 'port2': 26819})
        self.begin('munged', '--foreground', '--force', '--key-file=' + self.here + '/key',
                   '--socket=' + self.here + '/munge.sock', '--pid-file=' + self.here + '/munge.pid',
                   '--seed-file=' + self.here + '/seed', '--log-file=' + self.here + '/munge.log')
        time.sleep(1)
        self.begin('slurmctld', '-D', '-c')
        time.sleep(1)
        for node in ('n1', 'n2'):
            os.makedirs(self.here + '/spool-' + node)
            self.begin('slurmd', '-D', '-N', node)
        for _ in range(40):
            r = self.run('sinfo', '-h', '-N', '-o', '%T')
            if r.stdout.split() == ['idle', 'idle']:
                return True
            time.sleep(0.5)
        return False

    def begin(self, *words):
        with open(self.here + '/' + words[0] + '.out', 'ab') as f:
            self.processes.append(subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=f, stderr=f,
                                                   env=self.env))

    def run(self, *words):
        return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=self.env,
                              timeout=WAIT)

    def stop(self):
        for p in reversed(self.processes):
            p.terminate()
        for p in self.processes:
            try:
                p.wait(timeout=20)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()

    def said(self):
        text = ''
        for path in glob.glob(self.here + '/*.log') + glob.glob(self.here + '/*.out'):
            with open(path, errors='replace') as f:
                text += '%s:\n%s' % (path, f.read()[-600:])
        return text


def with_slurm(whole, count):
    missing = [n for n in ('munged', 'slurmctld', 'slurmd', 'sbatch') if shutil.which(n) is None]
    if missing or os.geteuid() != 0:
        return s.skip('slurm', ' '.join(missing) + ' not installed' if missing else 'it is started by root only')
    command = ' '.join("'%s'" % w for w in fill('slu', '--resume', '--jobs=1'))
    with open('job.sh', 'w', encoding='utf-8') as f:
        f.write(JOB % {'shards': SHARDS, 'command': command})
    slurm = Slurm(tempfile.mkdtemp(prefix='tianbao-slurm-'))
    try:
        if not slurm.start():
            return s.check('slurm: it starts', False, slurm.said())
        nodes = set()
        p = subprocess.Popen(['sbatch', '--wait', 'job.sh'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, env=slurm.env)
        killed = kill_one('slu', count // 10)
        for _ in range(20):
            nodes |= set(slurm.run('squeue', '-h', '-t', 'running', '-o', '%N').stdout.split())
            if len(nodes) == 2 or p.poll() is not None:
                break
            time.sleep(0.1)
        _, err = p.communicate(timeout=WAIT)
        s.check('slurm: one was killed', killed)
        s.check('slurm: the array says so', p.returncode != 0, err)
        s.check('slurm: both nodes worked', nodes == {'n1', 'n2'}, nodes)
        left = len(reports('slu'))
        s.check('slurm: some are missing', 0 < left < count, left)
        r = slurm.run('sbatch', '--wait', 'job.sh')
        said = ''.join(open(p).read() for p in glob.glob('slurm-*.out'))
        s.check('slurm: resumed', r.returncode == 0, r.stderr + said + slurm.said())
        compare('slurm', 'slu', whole, count)
    finally:
        slurm.stop()
        shutil.rmtree(slurm.here, ignore_errors=True)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with tempfile.TemporaryDirectory(prefix='tianbao-cluster-') as folder:
        os.chdir(folder)
        workbook('全县.xlsx', count)
        r = run(*fill('one'))
        s.check('one run', r.returncode == 0, r.stderr[-400:])
        whole = reports('one')
        s.check('one run is complete', len(whole) == count, len(whole))
        with_parallel(whole, count)
        with_slurm(whole, count)
        os.chdir('/')
    return s.end()


if __name__ == '__main__':
    sys.exit(main())
