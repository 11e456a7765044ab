#!/usr/bin/env python3
"""Makes a real .docx or .odt of a plain-text sketch.

    sketch.py IN.sketch OUT.docx|OUT.odt [--cut SEED] [--prefix x] [--utf16]

A sketch is UTF-8 text, read line by line:

    text                  a paragraph
    [p]                   an empty paragraph (blank lines part tables and are otherwise nothing)
    # text   ## text      headings, level 1 to 3
    - text                bulleted list item; two more blanks in front: one level deeper
    1. text               numbered list item; neighbouring items are one list
    | a | b |             table row; neighbouring rows are one table
    |= a | b |            table row that is a header row
    | wide | < | c |      a cell that is only < belongs to the cell at its left,
    | ^    | x | y |      one that is only ^ to the cell above it (^ and < for both)
    | a ¶ b | c |         ¶ parts paragraphs in a cell, note, comment or text box
    | a ¶ [@T] ¶ b |      [@T] as a paragraph of its own: the blocks of `=== block T`;
                          a table cannot be the last in a cell, header or document
    --- section           ends a section; stands behind a paragraph
    === block NAME        … === end    blocks for [@NAME]; must come before their use
    === control TAG       … === end    block content control (odt: a section)
    === header KIND       … === end    KIND: default, first, even; also `=== footer KIND`
    === contents          … === end    a contents page (docx: a TOC field); also `=== index`
    %title: text          document property; also %subject: %keywords: and %custom NAME: text;
                          who worked on it: %author: %editor: %company: %manager: (odt: custom
                          ones, as LibreOffice has them), odt only %printed:
    %track: on            changes are being tracked
    %settings: none       docx: there is no part for settings; update: it asks to update fields
    %strict: on           docx: the namespaces of ISO/IEC 29500 Strict
    %% text               comment

Inside a paragraph:

    [b:text] [i:text] [u:text]       bold, italic, underlined; may be nested
    [t] [br] [page] [pbb]            tab, line break, page break (odt: of the paragraph, so only
                                     at its start or end), the style "page break before"
    [fn:text] [en:text] [tb:text]    footnote, endnote, text box (docx: in both copies)
    [cm:text]  [cs:text]…[ce]        comment at a point, comment on a range
    [link:URL|text]                  hyperlink
    [bs:NAME] [be:NAME]              bookmark start and end
    [cc:TAG|text]                    inline content control (odt: only the text)
    [ins:text] [del:text]            tracked insertion and deletion
    [mf:text] [mt:text] [fmt:text]   moved away, moved here (odt: as these two), format changed
    [pi] [pd]                        last: the paragraph's end is inserted, deleted (with it the
                                     paragraph behind is one)
    [ri] [rd]                        first in a row: the row is inserted, deleted (odt: [rd] only
                                     counts where all text of the row is in [del:])
    [ins@NAME:text] [rd@NAME] …      by that author; also [cm@NAME:text] and [cs@NAME:text];
                                     with a name, docx has the parts that go with comments
    [ref:NAME|text] [pageref:NAME|text]    reference to a bookmark, and to its page
    [calc:FORMULA|text]              docx: a field that calculates (odt: only the text)
    [seq:text]                       a number that is counted where it stands
    [merge:NAME] [merges:NAME]       MERGEFIELD, complex and simple (odt: database-display)
    [ph:NAME]                        content control tagged NAME (odt: placeholder)
    [uf:NAME]                        odt: user-field-get (docx: simple MERGEFIELD)
    [pn]                             page number field
    [pic:ALT]                        a small picture with that alternative text
    [val:NUMBER]                     first in a cell: odt: the cell has this value and a number
                                     style (empty: the style only); docx: nothing

[…] that is none of these is plain text.  \\x is x without its meaning, \\s a blank, \\uXXXX any
character.  Cells are not parted at a | inside {{ }} or [ ].

Without options text of one formatting is one run (odt: one text node).  With --cut every
character stands in a run of its own, among what real programs put between: checking marks,
bookmarks, revision ids, language and font hints, page-turn marks, smart tags, insertions (odt:
spans of automatic styles, bookmarks, soft page breaks, text:s), also between paragraphs and rows.  The same seed gives the same
file.  --prefix writes WordprocessingML with another namespace prefix, --utf16 the main part in
UTF-16; both only for .docx.
"""
import argparse
import re
import sys

ESCAPED = 0xF0000  # escaped characters are moved to a private plane while structure is read
INLINE = re.compile(
    r'\[(?:(t|br|page|pbb|pn|ce|(?:pi|pd|ri|rd)(?:@[^][:]*)?)\]|'
    r'(b|i|u|fn|en|tb|link|bs|be|cc|merge|merges|ph|uf|pic|val|ref|pageref|calc|seq|'
    r'(?:cm|cs|ins|del|mf|mt|fmt)(?:@[^][:]*)?):)')
ANYBODY = 'a'  # the author where none is named
LIST = re.compile(r'^( *)(-|\d+\.) ')
OPENERS, CLOSERS = '{｛', '}｝'


class SketchError(Exception):
    pass


class Doc:
    def __init__(self):
        self.body = []
        self.margins = {}    # ('header' or 'footer', 'default' …) → blocks
        self.properties = {}  # title, subject, keywords
        self.custom = []     # (name, value)
        self.people = {}     # author, editor, company, manager, printed
        self.authors = []    # who is named in comments and changes
        self.track = False
        self.settings = ''   # none, update
        self.strict = False


def _hide(line):
    def one(m):
        c = m.group(1)
        if c[0] == 'u' and len(c) == 5:
            c = chr(int(c[1:], 16))
        elif c == 's':
            c = ' '
        return chr(ESCAPED + ord(c)) if ord(c) < 0x10000 else c
    return re.sub(r'\\(u[0-9A-Fa-f]{4}|.)', one, line)


def _show(text):
    return ''.join(chr(ord(c) - ESCAPED) if ord(c) >= ESCAPED else c for c in text)


def _pair(text, i):
    """The position behind the tag or bracket that begins at i, or i when there is none."""
    if text[i] == '[' and (INLINE.match(text, i) or text.startswith('[@', i)):
        return _bracket_end(text, i) + 1
    if text[i] in OPENERS and text[i + 1:i + 2] and text[i + 1] in OPENERS:
        if len(text) > i + 3 and text[i + 2] in OPENERS and text[i + 3] in OPENERS:
            return i + 4
        for j in range(i + 2, len(text) - 1):
            if text[j] in CLOSERS and text[j + 1] in CLOSERS:
                return j + 2
    return i


def _bracket_end(text, i):
    depth = 0
    for j in range(i, len(text)):
        if text[j] == '[':
            depth += 1
        elif text[j] == ']':
            depth -= 1
            if depth == 0:
                return j
    raise SketchError('[ without ]: ' + _show(text[i:i + 40]))


def _split(text, mark):
    """Splits at mark, but not inside tags or brackets."""
    out, start, i = [], 0, 0
    while i < len(text):
        if text[i] == mark:
            out.append(text[start:i])
            start = i + 1
        i = max(_pair(text, i), i + 1)
    return out + [text[start:]]


class Parser:
    def __init__(self, text):
        self.lines = text.replace('\r\n', '\n').split('\n')
        self.named = {}
        self.ranges = 0
        self.open_ranges = []
        self.authors = []

    # ---- inline -----------------------------------------------------------------------------

    def atoms(self, text, fmt=''):
        out, i, plain = [], 0, []

        def flush():
            if plain:
                out.append(('text', _show(''.join(plain)), fmt))
                plain.clear()

        while i < len(text):
            m = INLINE.match(text, i) if text[i] == '[' else None
            if not m:
                plain.append(text[i])
                i += 1
                continue
            flush()
            if m.group(1):
                kind, author = self.by(m.group(1))
                if kind == 'ce':
                    out.append(('ce', self.open_ranges.pop()))
                elif kind in ('pi', 'pd', 'ri', 'rd'):
                    out.append((kind, author))
                else:
                    out.append((m.group(1),))
                i = m.end()
                continue
            end = _bracket_end(text, i)
            out += self.span(m.group(2), text[m.end():end], fmt)
            i = end + 1
        flush()
        return out

    def by(self, kind):
        """A kind and its author."""
        kind, _, author = kind.partition('@')
        if not _:
            return kind, ANYBODY
        author = _show(author)
        if author not in self.authors:
            self.authors.append(author)
        return kind, author

    def span(self, kind, inner, fmt):
        kind, author = self.by(kind)
        if kind in 'biu':
            return self.atoms(inner, ''.join(sorted(set(fmt + kind))))
        if kind in ('fn', 'en', 'tb'):
            return [(kind, self.flow(inner))]
        if kind == 'cm':
            return [(kind, self.flow(inner), author)]
        if kind == 'cs':
            self.ranges += 1
            self.open_ranges.append(self.ranges)
            return [('cs', self.flow(inner), self.ranges, author)]
        if kind in ('link', 'cc', 'ref', 'pageref', 'calc'):
            parts = _split(inner, '|')
            return [(kind, _show(parts[0]), self.atoms('|'.join(parts[1:]), fmt))]
        if kind in ('ins', 'del', 'mf', 'mt', 'fmt'):
            return [(kind, self.atoms(inner, fmt), author)]
        return [(kind, _show(inner))]

    # ---- blocks -----------------------------------------------------------------------------

    def paragraph(self, text):
        """One paragraph's text with the marks at its front."""
        if text == '[p]':
            return ('p', 0, None, [])
        m = re.match(r'^(#{1,3}) ', text)
        if m:
            return ('p', len(m.group(1)), None, self.atoms(text[m.end():]))
        m = LIST.match(text)
        if m:
            item = ('*' if m.group(2) == '-' else '1', len(m.group(1)) // 2)
            return ('p', 0, item, self.atoms(text[m.end():]))
        return ('p', 0, None, self.atoms(text))

    def flow(self, text):
        """The blocks of a cell, note, comment or text box."""
        out = []
        for piece in _split(text, '¶'):
            piece = piece.strip(' ')
            m = re.match(r'^\[@(.+)\]$', piece)
            if m:
                if m.group(1) not in self.named:
                    raise SketchError('no block ' + m.group(1))
                out += self.named[m.group(1)]
            else:
                out.append(self.paragraph(piece or '[p]'))
        return out

    def row(self, line):
        header = line.startswith('|=')
        cells = _split(line[2 if header else 1:], '|')
        if cells.pop().strip(' '):
            raise SketchError('row without | at its end: ' + _show(line))
        return header, [c.strip(' ') if c.strip(' ') in ('<', '^') else self.flow(c)
                        for c in cells]

    def parse(self):
        doc = Doc()
        stack = [(None, doc.body)]
        for number, raw in enumerate(self.lines, 1):
            try:
                self.line(_hide(raw), doc, stack)
            except SketchError as e:
                raise SketchError('line %d: %s' % (number, e))
        if len(stack) > 1:
            raise SketchError('=== without === end')
        doc.authors = self.authors
        return doc

    def line(self, line, doc, stack):
        blocks = stack[-1][1]
        if line.startswith('%'):
            self.property(line, doc)
        elif line.startswith('=== '):
            self.fence(line[4:].split(' ', 1), doc, stack)
        elif line == '--- section':
            if not blocks or blocks[-1][0] != 'p':
                raise SketchError('--- section must stand behind a paragraph')
            blocks.append(('section',))
        elif line.startswith('|'):
            if blocks and blocks[-1][0] == 'table':
                blocks[-1][1].append(self.row(line))
            else:
                blocks.append(('table', [self.row(line)]))
        elif not line:
            blocks.append(('gap',))
        else:
            blocks.append(self.paragraph(line))

    def property(self, line, doc):
        m = re.match(r'^%(title|subject|keywords): ?(.*)$', line)
        if m:
            doc.properties[m.group(1)] = _show(m.group(2))
            return
        m = re.match(r'^%(author|editor|company|manager|printed): ?(.*)$', line)
        if m:
            doc.people[m.group(1)] = _show(m.group(2))
            return
        if line == '%track: on':
            doc.track = True
            return
        if line in ('%settings: none', '%settings: update'):
            doc.settings = line[11:]
            return
        if line == '%strict: on':
            doc.strict = True
            return
        m = re.match(r'^%custom ([^:]+): ?(.*)$', line)
        if m:
            doc.custom.append((_show(m.group(1)), _show(m.group(2))))
        elif not line.startswith('%%'):
            raise SketchError('unknown property: ' + _show(line))

    def fence(self, words, doc, stack):
        kind, rest = words[0], _show(words[1]) if len(words) > 1 else ''
        if kind == 'end':
            if len(stack) < 2:
                raise SketchError('=== end without a beginning')
            blocks = stack.pop()[1]
            blocks[:] = without_gaps(blocks)
            return
        blocks = []
        if kind == 'block':
            self.named[rest] = blocks
        elif kind == 'control':
            stack[-1][1].append(('control', rest, blocks))
        elif kind in ('contents', 'index'):
            stack[-1][1].append((kind, rest, blocks))
        elif kind in ('header', 'footer') and rest in ('default', 'first', 'even'):
            doc.margins[kind, rest] = blocks
        else:
            raise SketchError('unknown block: === %s %s' % (kind, rest))
        stack.append((kind, blocks))


def without_gaps(blocks):
    return [b for b in blocks if b[0] != 'gap']


def check_tables(blocks):
    """All rows of a table have one width, and merged cells have a cell to belong to."""
    for b in blocks:
        if b[0] in ('control', 'contents', 'index'):
            check_tables(b[2])
        if b[0] != 'table':
            continue
        width = len(b[1][0][1])
        for r, (_, cells) in enumerate(b[1]):
            if len(cells) != width:
                raise SketchError('rows of a table differ in their number of cells')
            if cells[0] == '<' or (r == 0 and '^' in cells):
                raise SketchError('a merged cell without a cell to belong to')
            for i, c in enumerate(cells):
                if c == '^' and _width(cells, i) != _width(b[1][r - 1][1], i):
                    raise SketchError('merged cells that make no rectangle')
                if not isinstance(c, str):
                    check_tables(c)
                    check_end(c, 'a cell')


def check_end(blocks, what):
    """Word writes a paragraph behind every table, and so must a sketch."""
    if blocks and blocks[-1][0] == 'table':
        raise SketchError(what + ' must end with a paragraph')


def _width(cells, i):
    from sketch_common import width
    return 0 if cells[i] == '<' else width(cells, i)


def parse(text):
    parser = Parser(text)
    doc = parser.parse()
    doc.body = without_gaps(doc.body)
    for blocks in [doc.body] + list(doc.margins.values()) + list(parser.named.values()):
        check_tables(blocks)
    for blocks in [doc.body] + list(doc.margins.values()):
        check_end(blocks, 'the document, a header or a footer')
    if not doc.body:
        doc.body.append(('p', 0, None, []))
    return doc


def make(text, out, cut=None, prefix='w', utf16=False):
    """Writes the sketch's document to the path `out`; its ending says which format."""
    doc = parse(text)
    if out.endswith('.odt'):
        import sketch_odt
        sketch_odt.write(doc, out, cut)
    elif out.endswith('.docx'):
        import sketch_docx
        sketch_docx.write(doc, out, cut, prefix, utf16)
    else:
        raise SketchError('the name must end in .docx or .odt: ' + out)


def main():
    a = argparse.ArgumentParser(description='makes a .docx or .odt of a text sketch')
    a.add_argument('sketch')
    a.add_argument('out')
    a.add_argument('--cut', type=int, metavar='SEED')
    a.add_argument('--prefix', default='w')
    a.add_argument('--utf16', action='store_true')
    o = a.parse_args()
    try:
        with open(o.sketch, encoding='utf-8') as f:
            make(f.read(), o.out, o.cut, o.prefix, o.utf16)
    except SketchError as e:
        sys.exit('%s: %s' % (o.sketch, e))


if __name__ == '__main__':
    main()
