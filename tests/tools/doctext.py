#!/usr/bin/env python3
"""Prints the text of a .docx or .odt in one form that is the same for both.

    doctext.py FILE [--marks] [--plain]

The form is that of a sketch (sketch.py), so that a document made of a sketch prints nearly as
the sketch stands: paragraphs one per line, [p] for an empty one, `# ` headings, list items with
`- ` or the number they show (`1. `), `| a | b |` rows (`|= ` header rows, < and ^ merged cells,
¶ between the paragraphs of a cell, ⟦ … ‖ … ⟧ a table in a cell), an empty line between two
tables, [t] [br] [page] [fn:…] [en:…] [tb:…] [cm:…] [cs:…]…[ce] [link:URL|…] [pic:ALT] where they
stand ([pic:ALT=40x10]: a file of so many pixels, other than the 4 × 3 of sketches), then `== header
default` and the other headers and footers, then `== properties`.
Blanks at the edges of a paragraph print as \\s.  Deleted text is left out.

The text boxes of a .docx stand in it twice; when the copies differ, both are printed and a line
on stderr says so (exit status 1).

--marks shows bold, italic and underlined text as [b:…] [i:…] [u:…].
--plain prints only the words of the body, without notes, comments, text boxes and marks: what a
        plain-text export of an office suite holds.
"""
import sys
from urllib.parse import unquote

sys.dont_write_bytecode = True

# Atoms of a paragraph are tuples: ('text', s, format), ('t',), ('br',), ('page',), ('link', url,
# atoms), ('field', '', atoms), ('pic', alt, size or None), ('cut',) where something was deleted, and
# with blocks: ('fn' …, blocks).
# Blocks: ('p', prefix, atoms), ('table', rows), ('section',); a row is (is header, cells), a cell
# blocks or '<' or '^'.


class Text:
    """What a reader found."""

    def __init__(self):
        self.body = []
        self.margins = []     # ('header', 'default', blocks)
        self.properties = []  # (name, value)
        self.problems = []


def merge_text(atoms):
    """Joins neighbouring text of one format."""
    out = []
    for a in atoms:
        if a[0] == 'text' and out and out[-1][0] == 'text' and out[-1][2] == a[2]:
            out[-1] = ('text', out[-1][1] + a[1], a[2])
        elif a[0] != 'text' or a[1]:
            out.append(a)
    return out


def flat(atoms):
    """Without the borders of fields and deletions."""
    out = []
    for a in atoms:
        if a[0] == 'field':
            out += flat(a[2])
        elif a[0] != 'cut':
            out.append(a)
    return out


class Printer:
    def __init__(self, marks=False):
        self.marks = marks

    def atoms(self, atoms):
        atoms = flat(atoms)
        if not self.marks:
            atoms = [a if a[0] != 'text' else ('text', a[1], '') for a in atoms]
        out = []
        for a in merge_text(atoms):
            if a[0] == 'text':
                s = a[1]
                for mark in reversed(a[2]):
                    s = '[%s:%s]' % (mark, s)
                out.append(s)
            elif a[0] == 'link':
                out.append('[link:%s|%s]' % (unquote(a[1]), self.atoms(a[2])))
            elif a[0] == 'pic':
                out.append('[pic:%s%s]' % (a[1], '=%dx%d' % a[2] if a[2] else ''))
            elif len(a) > 1:
                out.append('[%s:%s]' % (a[0], self.flow(a[1])))
            else:
                out.append('[%s]' % a[0])
        return ''.join(out)

    def paragraph(self, b):
        s = self.atoms(b[2])
        inner = s.strip(' ')
        if not inner:
            return b[1] + ('\\s' * len(s) or '[p]')
        left = len(s) - len(s.lstrip(' '))
        return b[1] + '\\s' * left + inner + '\\s' * (len(s) - left - len(inner))

    def cells(self, row):
        return ' | '.join(c if isinstance(c, str) else self.flow(c) for c in row[1])

    def flow(self, blocks):
        """Blocks in one line."""
        out = []
        for b in blocks:
            if b[0] == 'p':
                out.append(self.paragraph(b))
            elif b[0] == 'table':
                out.append('⟦ %s ⟧' % ' ‖ '.join(self.cells(r) for r in b[1]))
        return ' ¶ '.join(out)

    def lines(self, blocks):
        out, before = [], None
        for b in blocks:
            if b[0] == 'p':
                out.append(self.paragraph(b))
            elif b[0] == 'section':
                out.append('--- section')
            else:
                if before == 'table':
                    out.append('')
                for row in b[1]:
                    out.append('%s %s |' % ('|=' if row[0] else '|', self.cells(row)))
            before = b[0]
        return out

    def document(self, t):
        out = self.lines(t.body)
        seen = {}
        for kind, which, blocks in t.margins:
            n = seen[kind, which] = seen.get((kind, which), 0) + 1
            out.append('== %s %s' % (kind, which) + (' %d' % n if n > 1 else ''))
            out += self.lines(blocks)
        if t.properties:
            out.append('== properties')
            out += ['%s: %s' % p for p in t.properties]
        return '\n'.join(out) + '\n'


def plain(blocks):
    """The pieces of visible text in order, one per uninterrupted text. Fields are left out: an
    office suite works them out anew."""
    out = []

    def atoms(many):
        for a in many:
            if a[0] == 'text':
                out[-1] += a[1]
            elif a[0] == 'link':
                atoms(a[2])
            elif a[0] not in ('t', 'br'):
                out.append('')

    for b in blocks:
        if b[0] == 'p':
            out.append('')
            atoms(b[2])
        elif b[0] == 'table':
            for _, cells in b[1]:
                for c in cells:
                    if not isinstance(c, str):
                        out += plain(c)
    return [s for s in out if s.strip()]


def read(path):
    """The text of a document. Raises package.PackageError."""
    from package import Package
    p = Package(path)
    if p.is_odt:
        from doctext_odt import Reader
    else:
        from doctext_docx import Reader
    return Reader(p).read()


def main():
    import argparse
    from package import PackageError
    a = argparse.ArgumentParser(description='prints the text of a .docx or .odt')
    a.add_argument('file')
    a.add_argument('--marks', action='store_true')
    a.add_argument('--plain', action='store_true')
    o = a.parse_args()
    try:
        t = read(o.file)
    except PackageError as e:
        sys.exit('%s: %s' % (o.file, e))
    if o.plain:
        print('\n'.join(plain(t.body)))
    else:
        sys.stdout.write(Printer(o.marks).document(t))
    for problem in t.problems:
        print('%s: %s' % (o.file, problem), file=sys.stderr)
    sys.exit(1 if t.problems else 0)


if __name__ == '__main__':
    main()
