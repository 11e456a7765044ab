"""What the scripts of tests that run the command have in common: counting, and filling.

    suite = Suite('fields')
    suite.check(name, ok, detail)
    return suite.end()
"""
import os
import subprocess
import zipfile

TIANBAO = os.path.abspath(os.environ.get('TIANBAO', './tianbao'))


class Suite:
    def __init__(self, name):
        self.name = name
        self.passed = self.failed = self.skipped = 0

    def check(self, name, ok, detail=''):
        self.passed += bool(ok)
        self.failed += not ok
        if not ok:
            print('FAILED %s: %s: %s' % (self.name, name, detail))

    def skip(self, name, why):
        self.skipped += 1
        print('skipped %s: %s: %s' % (self.name, name, why))

    def end(self):
        """Prints the line of counts; the exit status."""
        print('%d passed, %d failed, %d skipped' % (self.passed, self.failed, self.skipped))
        return self.failed != 0


def command(*words, language=''):
    """Status, standard output and standard error of one run; English unless a language is named."""
    env = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE=language)
    r = subprocess.run([TIANBAO, *words], stdin=subprocess.DEVNULL, capture_output=True, env=env)
    return r.returncode, r.stdout.decode('utf-8', 'replace'), r.stderr.decode('utf-8', 'replace')


def fill(template, data, out, *more, language=''):
    """Status and messages of one run; English unless a language is named."""
    env = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE=language)
    r = subprocess.run([TIANBAO, 'fill', template, data, '-o', out, *more], stdin=subprocess.DEVNULL,
                       capture_output=True, env=env)
    return r.returncode, r.stderr.decode('utf-8', 'replace')


def part(path, name):
    with zipfile.ZipFile(path) as z:
        return z.read(name)
