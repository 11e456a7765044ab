#!/usr/bin/env python3
"""Templates that LibreOffice saved anew still fill, with the same words.

    resave_check.py DATA TEMPLATE… [-- WORD…]      the command is $TIANBAO, else ./tianbao

The words behind -- are handed to the command: options, and further data.

Each template is converted into the other format and back, and every stage is filled: the words of
the report must be those of the report made from the template itself, and lint must find nothing
that the stage had not.  Skipped, with the reason, when there is no soffice.  Ends with the counts.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TIANBAO = os.path.abspath(os.environ.get('TIANBAO', './tianbao'))


def convert(source, ending, folder):
    """LibreOffice's exit status says nothing: what counts is the file."""
    out = tempfile.mkdtemp(dir=folder)
    subprocess.run(['timeout', '-k', '10', '180', 'soffice',
                    '-env:UserInstallation=file://%s/profile' % folder, '--headless',
                    '--convert-to', ending, '--outdir', out, source],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = os.path.join(out, os.path.splitext(os.path.basename(source))[0] + '.' + ending)
    return made if os.path.exists(made) else None


def fill(template, data, folder):
    out = os.path.join(tempfile.mkdtemp(dir=folder), 'o' + os.path.splitext(template)[1])
    r = subprocess.run([TIANBAO, 'fill', template, *data, '-o', out, '--force-checks'], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return out if r.returncode == 0 else None, r.stderr.decode('utf-8', 'replace')


def words(path):
    """All visible text without blanks and without automatic numbers, which move between formats."""
    text = subprocess.run([sys.executable, os.path.join(HERE, 'doctext.py'), '--plain', path],
                          check=True, capture_output=True).stdout.decode('utf-8')
    return re.sub(r'\s+', '', text)


def check(template, data, folder, direct):
    made, said = fill(template, data, folder)
    if made is None:
        return 'not filled: ' + said
    if words(made) != direct:
        return 'other words'
    lint = subprocess.run([sys.executable, os.path.join(HERE, 'lint.py'), made, '--base', template],
                          capture_output=True)
    return '' if lint.returncode == 0 else 'lint: ' + lint.stdout.decode('utf-8', 'replace')


def stages(template, folder):
    """The template in the other format, and back again."""
    own = os.path.splitext(template)[1][1:]
    other = 'odt' if own == 'docx' else 'docx'
    once = convert(template, other, folder)
    yield '%s → %s' % (own, other), once
    yield '%s → %s → %s' % (own, other, own), once and convert(once, own, folder)


def main():
    words_of_fill = sys.argv[sys.argv.index('--') + 1:] if '--' in sys.argv else []
    templates = sys.argv[2:len(sys.argv) - len(words_of_fill) - bool(words_of_fill)]
    data = [sys.argv[1], *words_of_fill]
    if shutil.which('soffice') is None:
        print('skipped: there is no soffice')
        print('0 passed, 0 failed, %d skipped' % (2 * len(templates)))
        return 0
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for template in templates:
            made, said = fill(template, data, folder)
            direct = words(made) if made else ''
            for name, path in stages(template, folder):
                wrong = said if made is None else 'LibreOffice made no file' if path is None else \
                    check(path, data, folder, direct)
                passed += not wrong
                failed += bool(wrong)
                print('%s: %s, %s%s' % ('FAIL' if wrong else 'ok', os.path.basename(template), name,
                                        ': ' + wrong if wrong else ''))
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
