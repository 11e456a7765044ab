#!/usr/bin/env python3
"""Fills documents that hold nothing to fill, and looks whether they come out as they went in.

    sweep.py FOLDER [--missing keep] [--delimiters 'OPEN CLOSE'] [--jobs N] [--keep FOLDER]

Every .docx, .odt, .dotx, .ott and .docm below FOLDER is filled with data that know one name only.
A report that is written must have the text and the list of parts of its document; parts without
tags must be the same byte for byte, and lint must find nothing that the document has not.  A
refusal must say why and leave no file.  Any other exit status is a fault.

With --missing keep tags of unknown names stay as they are, so that documents with the tags of
other programs are written, too.  The refused documents are listed with their reasons, for
somebody to read: is each of them one that a person would accept?  Exit status 1 when a fault was
found.  The command is taken from TIANBAO, else ./tianbao.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True

import doctext  # noqa: E402
import lint  # noqa: E402
from package import Package, PackageError  # noqa: E402

ENDINGS = ('.docx', '.odt', '.dotx', '.ott', '.docm')
DATA = '{"单位名称": "x"}'
BRACES = '{{', '{｛', '｛{', '｛｛'


def documents(folder):
    out = []
    for base, folders, names in os.walk(folder):
        folders.sort()
        out += [os.path.join(base, n) for n in sorted(names) if n.lower().endswith(ENDINGS)]
    return out


def text_of(path):
    t = doctext.read(path)
    return doctext.Printer(marks=True).document(t), t.problems


def may_change(part, open_marks):
    """Whether a part's text, without its markup, holds the beginning of a tag, or a field."""
    s = part.decode('utf-8', 'replace')
    bare = re.sub(r'<[^>]*>', '', s)
    return any(m in bare or m in s for m in open_marks) or 'MERGEFIELD' in s or any(
        m in s for m in (':placeholder', ':user-field-get', ':database-display', ':sdt>'))


def differences(document, report, open_marks):
    """What the report has otherwise than the document; nothing is wanted."""
    out = []
    try:
        before, after = Package(document), Package(report)
        names = [n for n in before.data if not n.endswith('/')]
        if sorted(names) != sorted(n for n in after.data if not n.endswith('/')):
            out.append('parts: %s' % sorted(set(names) ^ set(after.data)))
        for n in names:
            if before.data[n] != after.data.get(n) and not may_change(before.data[n], open_marks):
                out.append('changed without a tag: ' + n)
        old, new = text_of(document), text_of(report)
    except PackageError as e:
        return out + ['not read: %s' % e]
    if old != new:
        a, b = old[0].split('\n'), new[0].split('\n')
        at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
        out.append('text: line %d: %r became %r' % (at + 1, a[at:at + 1], b[at:at + 1]))
    out += ['lint: ' + line for line in lint.compare(report, document)]
    return out


def sweep(tianbao, document, options, open_marks, folder):
    """(kind, lines): kind is 'written', 'refused' or 'fault'."""
    out = os.path.join(folder, 'report' + os.path.splitext(document)[1])
    data = os.path.join(folder, 'data.json')
    with open(data, 'w', encoding='utf-8') as f:
        f.write(DATA)
    try:
        run = subprocess.run([tianbao, 'fill', document, data, '-o', out] + options,
                             stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
    except subprocess.TimeoutExpired:
        return 'fault', ['does not end']
    said = (run.stderr + run.stdout).decode('utf-8', 'replace').strip().split('\n')
    there = sorted(set(os.listdir(folder)) - {'data.json', '填报记录.json'})
    if run.returncode == 0:
        if there != [os.path.basename(out)]:
            return 'fault', ['exit 0, and these files: %s' % there]
        found = differences(document, out, open_marks)
        return ('fault', found) if found else ('written', said)
    found = []
    if run.returncode != 1:
        found.append('exit status %d' % run.returncode)
    if there:
        found.append('refused, but left %s' % there)
    if not said[0]:
        found.append('refused without a word')
    return ('fault', found + said) if found else ('refused', said)


def main():
    a = argparse.ArgumentParser(description='fills documents that hold nothing to fill')
    a.add_argument('folder')
    a.add_argument('--missing', choices=('error', 'keep'))
    a.add_argument('--delimiters', metavar="'OPEN CLOSE'")
    a.add_argument('--jobs', type=int, default=os.cpu_count())
    a.add_argument('--keep', metavar='FOLDER', help='keeps the reports there')
    o = a.parse_args()
    tianbao = os.path.abspath(os.environ.get('TIANBAO', './tianbao'))
    options = ['--missing=' + o.missing] if o.missing else []
    options += ['--delimiters=' + o.delimiters] if o.delimiters else []
    open_marks = [o.delimiters.split(' ')[0]] if o.delimiters else BRACES
    files = documents(o.folder)
    if not files:
        sys.exit('%s: no documents' % o.folder)

    with tempfile.TemporaryDirectory() as scratch:
        def one(numbered):
            folder = os.path.join(o.keep or scratch, '%04d' % numbered[0])
            os.makedirs(folder)
            return sweep(tianbao, numbered[1], options, open_marks, folder)
        with ThreadPoolExecutor(o.jobs) as pool:
            results = list(pool.map(one, enumerate(files)))

    counts = {'written': 0, 'refused': 0, 'fault': 0}
    for path, (kind, lines) in zip(files, results):
        counts[kind] += 1
        if kind == 'written':
            continue
        print('%-7s %s' % (kind, os.path.relpath(path, o.folder)))
        for line in lines:
            print('        ' + line.replace(path, '…'))
    print('%d documents: %d written, %d refused, %d with a fault' % (
        len(files), counts['written'], counts['refused'], counts['fault']))
    sys.exit(1 if counts['fault'] else 0)


if __name__ == '__main__':
    main()
