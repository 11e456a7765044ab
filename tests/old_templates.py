#!/usr/bin/env python3
"""The old templates of fixtures/旧模板, filled with every township: nothing old is left in them.

    old_templates.py [FOLDER]      keeps the reports in FOLDER

The lint holds each report against its template.  Ends with the line of counts.
"""
import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

import doctext  # noqa: E402
import lint  # noqa: E402

TIANBAO = os.path.abspath(os.environ.get('TIANBAO', './tianbao'))
FIXTURES = os.path.join(HERE, '..', 'fixtures')
OLD = ('«', '去年的旧', '某', '9.99', '点击', '单击', 'MERGEFIELD', '<', '{{')


def trouble(report, template):
    if not os.path.exists(report):
        return 'no report'
    text = doctext.Printer(False).document(doctext.read(report))
    body = '\n'.join(line for line in text.splitlines() if not line.startswith('|'))
    left = [o for o in OLD if o in (body if o == '<' else text)]
    return ' '.join(left and ['still has'] + left) or '; '.join(lint.compare(report, template)[:3]) or None


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as tmp:
        folder = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else tmp
        os.makedirs(folder, exist_ok=True)
        data = sorted(glob.glob(os.path.join(FIXTURES, '*.json')))
        for template in sorted(glob.glob(os.path.join(FIXTURES, '旧模板', '*.[do][od][ct]*'))):
            name, ending = os.path.splitext(os.path.basename(template))
            pattern = os.path.join(folder, name + '-{{单位简称}}' + ending)
            run = subprocess.run([TIANBAO, 'fill', template, *data, '-o', pattern, '--force'],
                                 stdin=subprocess.DEVNULL, capture_output=True)
            if run.returncode != 0:
                print(run.stderr.decode('utf-8', 'replace'))
            for d in data:
                short = os.path.splitext(os.path.basename(d))[0]
                wrong = trouble(pattern.replace('{{单位简称}}', short), template)
                passed += wrong is None
                failed += wrong is not None
                if wrong:
                    print('FAILED %s with %s: %s' % (os.path.basename(template), short, wrong))
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
