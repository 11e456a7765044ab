#!/usr/bin/env python3
"""Looks for damage in .docx and .odt packages that office suites repair, refuse or swallow.

    lint.py FILE [--base TEMPLATE]

Prints one finding per line (`rule  part  path: what`) and exits with 1 when there are any.  With
--base only findings are printed that the template has not; they are the same when rule, part and
path are, positions and the digits of part names apart, for real templates are not clean either.

The rules are in lint_docx.py and lint_odt.py; those of packages and XML as such are here.
Schemas do not see most of these faults, and the office suites that can be run here open such
files without a word, losing text.
"""
import sys
import zipfile

sys.dont_write_bytecode = True

from package import Package, PackageError, parse, without_digits  # noqa: E402


class Findings:
    def __init__(self):
        self.rows = []   # (rule, part, path, message)
        self.seen = set()

    def add(self, rule, part, where, message=''):
        """where is a Node or a path; one finding per rule, place and message."""
        path = where if isinstance(where, str) else where.path()
        row = (rule, part, path, message)
        if row not in self.seen:
            self.seen.add(row)
            self.rows.append(row)

    def keys(self):
        return {(rule, without_digits(part), path) for rule, part, path, _ in self.rows}


class Unique:
    """Finds repeated values."""

    def __init__(self, findings, rule):
        self.findings, self.rule, self.values = findings, rule, set()

    def add(self, value, part, node):
        if value is None:
            return
        if value in self.values:
            self.findings.add(self.rule, part, node, 'twice: %s' % (value,))
        self.values.add(value)


def check_zip(p, f):
    seen = set()
    for i in p.infos:
        if i.filename in seen:
            f.add('zip-duplicate', i.filename, '', 'the entry stands twice')
        seen.add(i.filename)
        if i.filename.endswith('/'):
            f.add('zip-directory', i.filename, '', 'an entry for a folder')
        if '\\' in i.filename or i.filename.startswith('/'):
            f.add('zip-name', i.filename, '', 'not a part name')


def check_xml(p, f):
    """All parts that look like XML parse, and hold nothing of the program's inner marks."""
    for name, data in p.data.items():
        if not (name.endswith(('.xml', '.rels')) and data):
            continue
        try:
            part = p.parts[name] = parse(name, data)
        except PackageError as e:
            f.add(e.rule, name, '', e.message)
            continue
        for target, _ in part.instructions:
            if target.startswith('tb'):
                f.add('mark', name, '', 'processing instruction <?%s?>' % target)
        if part.doctype:
            f.add('doctype', name, '', 'a DOCTYPE')
        for n in part.root.iter():
            texts = [k for k in n.kids if isinstance(k, str)] + list(n.attrs.values())
            for s in texts:
                bad = [c for c in s if 0xFDD0 <= ord(c) <= 0xFDEF or ord(c) & 0xFFFE == 0xFFFE]
                if bad:
                    f.add('noncharacter', name, n, 'U+%04X' % ord(bad[0]))


def lint(path):
    """All findings about a file."""
    f = Findings()
    try:
        p = Package(path)
        check_zip(p, f)
        check_xml(p, f)
        # A part that does not parse is found already, and the other rules need all of them.
        if not any(rule == 'xml' for rule, _, _, _ in f.rows):
            if p.is_odt:
                import lint_odt
                lint_odt.check(p, f)
            else:
                import lint_docx
                lint_docx.check(p, f)
    except PackageError as e:
        f.add(e.rule, e.part, '', e.message)
    return f


def compare(path, base):
    """Findings of `path` as lines, without those that `base` has, too."""
    known = lint(base).keys() if base and zipfile.is_zipfile(base) else set()
    return ['%s  %s  %s: %s' % row for row in lint(path).rows
            if (row[0], without_digits(row[1]), row[2]) not in known]


def main():
    import argparse
    a = argparse.ArgumentParser(description='structural lint of .docx and .odt')
    a.add_argument('file')
    a.add_argument('--base', metavar='TEMPLATE')
    o = a.parse_args()
    lines = compare(o.file, o.base)
    print('\n'.join(lines) + '\n' if lines else '', end='')
    sys.exit(1 if lines else 0)


if __name__ == '__main__':
    main()
