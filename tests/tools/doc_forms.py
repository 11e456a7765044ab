#!/usr/bin/env python3
"""Holds the pictures of the forms in doc/模板写法.md against the examples beside them.

    doc_forms.py [PAGE]

A form begins with a paragraph `**N. …` and reaches to the next one, a line --- or a heading.  It
shows forms/N.png, made by doc/make-forms.py of the examples of the form that give a report.  A
picture holds the texts it was made of (PNG, 11.3.4.5: an iTXt chunk, keyword Description), so one
that is older than its examples is found.  Ends with "N passed, N failed, N skipped".
"""
import os
import re
import struct
import sys
import zlib

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import doc_examples  # noqa: E402

TOP = os.path.dirname(os.path.dirname(HERE))
PAGE = os.path.join(TOP, 'doc', '模板写法.md')
FORMS = 8
MOST_BYTES = 40 * 1024
SIGNATURE = b'\x89PNG\r\n\x1a\n'
KEYWORD = b'Description'


class Form:
    def __init__(self, number, text, examples):
        self.number, self.text, self.examples = number, text, examples

    def template(self):
        return ''.join(e.template for e in self.examples)

    def report(self):
        return '\n'.join(e.expected.strip('\n') for e in self.examples) + '\n'

    def description(self):
        return '模板\n%s报告\n%s' % (self.template(), self.report())


def forms(page):
    """The forms of a page, in its order."""
    with open(page, encoding='utf-8') as f:
        lines = f.read().split('\n')
    begins = [(i, int(m.group(1))) for i, x in enumerate(lines)
              for m in [re.match(r'\*\*(\d+)\. ', x)] if m]
    examples = [e for e in doc_examples.read_page(page) if e.kind == 'text']
    out = []
    for i, number in begins:
        end = next((k for k in range(i + 1, len(lines))
                    if re.match(r'\*\*\d+\. |---$|#', lines[k])), len(lines))
        out.append(Form(number, '\n'.join(lines[i:end]),
                        [e for e in examples if i < e.line <= end]))
    return out


# ---- pictures -------------------------------------------------------------------------------


def chunks(data):
    """(type, content) of the chunks of a PNG; ValueError for what is none."""
    if not data.startswith(SIGNATURE):
        raise ValueError('no PNG')
    at = len(SIGNATURE)
    while at < len(data):
        size, kind = struct.unpack('>I4s', data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        if struct.unpack('>I', data[at + 8 + size:at + 12 + size])[0] != zlib.crc32(kind + body):
            raise ValueError('damaged')
        yield kind, body
        at += 12 + size


def described(data, text):
    """The PNG with a description; all else that is no picture is left out."""
    note = KEYWORD + b'\0\0\0\0\0' + text.encode()
    out = SIGNATURE
    for kind, body in chunks(data):
        if kind == b'IEND':
            out += chunk(b'iTXt', note)
        if kind in (b'IHDR', b'PLTE', b'tRNS', b'IDAT', b'IEND'):
            out += chunk(kind, body)
    return out


def chunk(kind, body):
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))


def description(data):
    start = KEYWORD + b'\0\0\0\0\0'
    for kind, body in list(chunks(data)):
        if kind == b'iTXt' and body.startswith(start):
            return body[len(start):].decode()
    return None


# ---- checking -------------------------------------------------------------------------------


def wrong(form, folder):
    """What is wrong with the picture of a form, or None."""
    name = 'forms/%d.png' % form.number
    if not form.examples:
        return 'there is no example with a report'
    if not re.search(r'(?m)^!\[.+\]\(%s\)$' % re.escape(name), form.text):
        return '%s is not shown' % name
    try:
        with open(os.path.join(folder, name), 'rb') as f:
            data = f.read()
        told = description(data)
    except (OSError, ValueError, struct.error) as e:
        return '%s: %s' % (name, e)
    if len(data) > MOST_BYTES:
        return '%s has %d bytes' % (name, len(data))
    if told != form.description():
        return '%s is older than its examples; run doc/make-forms.py. It shows\n%s' % (name, told)
    return None


def main():
    page = sys.argv[1] if len(sys.argv) > 1 else PAGE
    found = forms(page)
    counts = {True: 0, False: 0}
    if [f.number for f in found] != list(range(1, FORMS + 1)):
        print('FAILED: the forms are %s' % [f.number for f in found])
        counts[False] += 1
    for form in found:
        why = wrong(form, os.path.dirname(page))
        counts[why is None] += 1
        if why is not None:
            print('FAILED %s, form %d: %s' % (os.path.basename(page), form.number, why))
    print('%d passed, %d failed, 0 skipped' % (counts[True], counts[False]))
    return 1 if counts[False] else 0


if __name__ == '__main__':
    sys.exit(main())
