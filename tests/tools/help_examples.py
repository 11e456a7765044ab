#!/usr/bin/env python3
"""The functions and filters that `tianbao help` lists are shown by examples that hold.

    TIANBAO=./tianbao abs_srcdir=. help_examples.py

The example of each entry, {{tag}} → text, is filled with help_examples.json as a cell of a table,
in both formats.  Each entry must also stand, by one of its names, in an example with a report on
each page about templates: those are run by doc_examples.py.  Ends with "N passed, N failed, N
skipped".
"""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import doc_examples  # noqa: E402
import doctext  # noqa: E402
import sketch  # noqa: E402

PAGES = ('tianbao-template.5.in', 'tianbao-template.zh_CN.5.in', '模板写法.md')


class Entry:
    def __init__(self, topic, name, english, tag, text):
        self.topic, self.names, self.tag, self.text = topic, (name.lstrip('0123456789'), english), tag, text

    def stands_in(self, template):
        """As a function with its bracket, or as a filter behind a colon, a bar or a number."""
        if self.topic == 'functions':
            return any(re.search(r'(?<!\w)%s *[(（]' % n, template) for n in self.names)
        return any(re.search(r'[:：|] *\d*%s(?![A-Za-z_(（])' % n, template) for n in self.names)


def run(program, arguments, folder='.'):
    env = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='')
    r = subprocess.run([program] + arguments, cwd=folder, env=env, timeout=60,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return r.returncode, r.stdout.decode('utf-8', 'replace')


def entries(program, topic):
    """The entries of a table; an entry without an example counts as a fault."""
    out, faults, name = [], [], None
    for x in run(program, ['help', topic])[1].split('\n'):
        head, example = re.match(r'(\S+) \((\w+)\): .', x), re.match(r'  (\{\{.*\}\}) → (.*)$', x)
        if example and name:
            out.append(Entry(topic, *name, *example.groups()))
            name = None
        elif head:
            faults += ['%s (%s) has no example' % name] if name else []
            name = head.groups()
    faults += ['%s (%s) has no example' % name] if name else []
    return out, faults


def printed(program, all_entries, ending, folder):
    """What the examples print, each in the first row of a table of its own."""
    template, report = ('%s/%s.%s' % (folder, n, ending) for n in ('template', 'report'))
    sketch.make(''.join('| %s |\n\n' % e.tag.replace('|', '\\|') for e in all_entries) + '[p]\n', template)
    status, told = run(program, ['fill', template, os.path.join(HERE, 'help_examples.json'), '-o', report])
    if status != 0:
        return None, told
    tables = doctext.Printer(False).document(doctext.read(report)).split('[p]\n')
    return [t.split('\n')[0].strip('| ') for t in tables[:len(all_entries)]], None


def main():
    program = os.path.abspath(os.environ.get('TIANBAO', './tianbao'))
    doc = os.path.join(os.environ.get('abs_srcdir', '.'), 'doc')
    listed = [entries(program, topic) for topic in ('functions', 'filters')]
    every, faults = [e for found, _ in listed for e in found], [f for _, fs in listed for f in fs]
    faults += ['`tianbao help %s` lists nothing' % t for t, (f, _) in zip(('functions', 'filters'), listed) if not f]
    passed = 0
    with tempfile.TemporaryDirectory(prefix='tianbao-help-') as folder:
        for ending in ('docx', 'odt'):
            texts, told = printed(program, every, ending, folder)
            if texts is None:
                faults.append('%s: %s' % (ending, told))
                continue
            wrong = ['%s: %s → %s, not %s' % (ending, e.tag, got, e.text)
                     for e, got in zip(every, texts) if got != e.text]
            faults += wrong
            passed += len(every) - len(wrong)
    for page in PAGES:
        templates = [e.template for e in doc_examples.read_page(os.path.join(doc, page)) if e.kind == 'text']
        missing = [e for e in every if not any(e.stands_in(t) for t in templates)]
        faults += ['%s: no example of %s (%s)' % (page, *e.names) for e in missing]
        passed += len(every) - len(missing)
    for f in faults:
        print('FAILED', f)
    print('%d passed, %d failed, 0 skipped' % (passed, len(faults)))
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
