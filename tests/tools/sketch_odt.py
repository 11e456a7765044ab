"""Writes a parsed sketch (sketch.py) as an ODF text document, whole or cut into pieces.

What the pieces look like follows files written by Writer: spans of automatic styles that hold
nothing but a revision id, bookmarks, soft page breaks, text:s.
"""
import random
from urllib.parse import quote

from sketch_common import attr, height, picture, text, width, write_zip

ODF = 'urn:oasis:names:tc:opendocument:xmlns:'
SPACES = ' '.join('xmlns:%s="%s"' % x for x in (
    ('office', ODF + 'office:1.0'), ('text', ODF + 'text:1.0'), ('table', ODF + 'table:1.0'),
    ('style', ODF + 'style:1.0'), ('number', ODF + 'datastyle:1.0'), ('draw', ODF + 'drawing:1.0'), ('meta', ODF + 'meta:1.0'),
    ('fo', ODF + 'xsl-fo-compatible:1.0'), ('svg', ODF + 'svg-compatible:1.0'),
    ('xlink', 'http://www.w3.org/1999/xlink'), ('dc', 'http://purl.org/dc/elements/1.1/'),
    ('loext', 'urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0'),
    ('officeooo', 'http://openoffice.org/2009/office'))) + ' office:version="1.3"'
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
TYPE = 'application/vnd.oasis.opendocument.text'
SECOND_PAGE = 'Second'  # the master page behind a section break


class Writer:
    def __init__(self, doc, cut):
        self.doc, self.cut = doc, cut is not None
        self.random = random.Random(cut)
        self.count = {}
        self.styles = {}     # automatic styles of the part that is being written: name → XML
        self.changes = []    # tracked changes
        self.fields = []     # names of user fields
        self.has_picture = False
        self.in_margin = False
        self.section = 0
        self.open_insertion = None  # one that goes on in the next paragraph

    def next(self, what):
        self.count[what] = self.count.get(what, 0) + 1
        return self.count[what]

    def style(self, name, family, inner, parent=''):
        self.styles[name] = '<style:style style:name="%s" style:family="%s"%s>%s</style:style>' % (
            name, family, parent, inner)
        return name

    # ---- text -------------------------------------------------------------------------------

    def format(self, fmt):
        inner = ''
        if 'b' in fmt:
            inner += ' fo:font-weight="bold" style:font-weight-asian="bold"'
        if 'i' in fmt:
            inner += ' fo:font-style="italic" style:font-style-asian="italic"'
        if 'u' in fmt:
            inner += ' style:text-underline-style="solid" style:text-underline-width="auto"'
        return inner

    def span(self, inner, fmt, rsid=None):
        if not fmt and rsid is None:
            return inner
        name = 'T' + (fmt or '') + ('' if rsid is None else 'r%d' % rsid)
        properties = self.format(fmt)
        if rsid is not None:
            properties += ' officeooo:rsid="%08x"' % (0x00100000 + rsid)
        self.style(name, 'text', '<style:text-properties%s/>' % properties)
        return '<text:span text:style-name="%s">%s</text:span>' % (name, inner)

    def plain(self, s, state):
        """Text with blanks that ODF would collapse written as text:s."""
        out, i = [], 0
        while i < len(s):
            if s[i] != ' ':
                j = i
                while j < len(s) and s[j] != ' ':
                    j += 1
                out.append(text(s[i:j]))
                state['blank'] = False
            else:
                j = i
                while j < len(s) and s[j] == ' ':
                    j += 1
                n = j - i
                at_end = j == len(s)
                # The last blank of a text may end the paragraph, where it would be dropped.
                if not state['blank'] and not at_end and not self.cut:
                    out.append(' ')
                    n -= 1
                if n == 1:
                    out.append('<text:s/>')
                elif n > 1:
                    out.append('<text:s text:c="%d"/>' % n)
                state['blank'] = True
            i = j
        return ''.join(out)

    def words(self, s, fmt, state):
        if not self.cut:
            return self.span(self.plain(s, state), fmt)
        out = []
        for c in s:
            piece = self.plain(c, state)
            if self.random.random() < 0.7:
                piece = self.span(piece, fmt, self.random.randrange(20))
            else:
                piece = self.span(piece, fmt)
            out.append(self.noise() + piece)
        return ''.join(out)

    def noise(self):
        kind = self.random.random()
        if kind < 0.06:
            return '<text:bookmark text:name="noise%d"/>' % self.next('noise')
        if kind < 0.10:
            name = 'noise%d' % self.next('noise')
            return '<text:bookmark-start text:name="%s"/><text:bookmark-end text:name="%s"/>' % (name, name)
        if kind < 0.14 and not self.in_margin:
            return '<text:soft-page-break/>'
        return ''

    def atoms(self, atoms, state):
        return ''.join(self.atom(a, state) for a in atoms)

    def atom(self, a, state):
        kind = a[0]
        if kind == 'text':
            return self.words(a[1], a[2], state)
        if kind == 'link':
            target = quote(a[1], safe="/:?#[]@!$&'()*+,;=%~-._") if self.cut else a[1]
            return '<text:a xlink:type="simple" xlink:href="%s">%s</text:a>' % (
                attr(target), self.atoms(a[2], state))
        if kind == 'cc':
            return self.atoms(a[2], state)
        if kind in ('ins', 'mt'):
            return self.between('insertion', a, state)
        if kind == 'fmt':
            return self.between('format-change', a, state)
        if kind in ('del', 'mf'):
            return self.deletion(a[1], a[2])
        if kind == 'joined':  # the end of a paragraph was deleted here
            n = self.change('deletion', '<text:p/>' * 2, a[1])
            return '<text:change text:change-id="ct%d"/>' % n
        if kind == 'pi':
            self.open_insertion = self.change('insertion', '', a[1])
            return '<text:change-start text:change-id="ct%d"/>' % self.open_insertion
        if kind in ('ri', 'rd'):
            return ''  # the row's style
        if kind == 'calc':
            return self.atoms(a[2], state)
        if kind in ('bs', 'be'):
            return '<text:bookmark-%s text:name="%s"/>' % (
                {'bs': 'start', 'be': 'end'}[kind], attr(a[1]))
        if kind in ('page', 'pbb', 'val'):
            return ''  # properties of the paragraph or cell
        state['blank'] = False
        if kind in ('t', 'br'):
            return {'t': '<text:tab/>', 'br': '<text:line-break/>'}[kind]
        if kind in ('fn', 'en'):
            return self.note(kind, a[1])
        if kind in ('cm', 'cs'):
            return self.comment(kind, a)
        if kind == 'ce':
            return '<office:annotation-end office:name="c%d"/>' % a[1]
        if kind == 'tb':
            return ('<draw:frame draw:name="Frame%d" text:anchor-type="as-char" svg:width="5cm" '
                    'draw:z-index="0"><draw:text-box fo:min-height="2cm">%s</draw:text-box></draw:frame>'
                    % (self.next('frame'), self.blocks(a[1])))
        if kind == 'pic':
            self.has_picture = True
            return ('<draw:frame draw:name="Image%d" text:anchor-type="as-char" svg:width="1cm" '
                    'svg:height="0.75cm" draw:z-index="0"><draw:image xlink:href="Pictures/image1.png" '
                    'xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/><svg:desc>%s</svg:desc>'
                    '</draw:frame>' % (self.next('image'), text(a[1])))
        return self.field(kind, a)

    def field(self, kind, a):
        if kind in ('ref', 'pageref'):
            return '<text:bookmark-ref text:reference-format="%s" text:ref-name="%s">%s</text:bookmark-ref>' % (
                {'ref': 'text', 'pageref': 'page'}[kind], attr(a[1]), self.atoms(a[2], {'blank': False}))
        if kind == 'seq':
            n = self.next('sequence')
            return ('<text:sequence text:ref-name="refTable%d" text:name="Table" text:formula="ooow:Table+1" '
                    'style:num-format="1">%s</text:sequence>' % (n, text(a[1])))
        if kind in ('merge', 'merges'):
            return ('<text:database-display text:database-name="d" text:table-name="t" '
                    'text:table-type="table" text:column-name="%s">&lt;%s&gt;</text:database-display>'
                    % (attr(a[1]), text(a[1])))
        if kind == 'ph':
            return ('<text:placeholder text:placeholder-type="text">&lt;%s&gt;</text:placeholder>'
                    % text(a[1]))
        if kind == 'uf':
            if a[1] not in self.fields:
                self.fields.append(a[1])
            return '<text:user-field-get text:name="%s">0</text:user-field-get>' % attr(a[1])
        if kind == 'pn':
            return '<text:page-number text:select-page="current">1</text:page-number>'
        raise ValueError(kind)

    def note(self, kind, blocks):
        n = self.next(kind)
        return ('<text:note text:id="%s%d" text:note-class="%s"><text:note-citation>%d'
                '</text:note-citation><text:note-body>%s</text:note-body></text:note>'
                % (kind, n, {'fn': 'footnote', 'en': 'endnote'}[kind], n, self.blocks(blocks)))

    def comment(self, kind, a):
        name = ' office:name="c%d"' % a[2] if kind == 'cs' else ''
        return ('<office:annotation%s><dc:creator>%s</dc:creator><dc:date>2024-01-02T03:04:05</dc:date>'
                '%s</office:annotation>' % (name, text(a[-1]), self.blocks(a[1])))

    def change(self, kind, inner, author):
        n = self.next('change')
        self.changes.append(
            '<text:changed-region xml:id="ct%d" text:id="ct%d"><text:%s><office:change-info><dc:creator>%s'
            '</dc:creator><dc:date>2024-01-02T03:04:05</dc:date></office:change-info>%s</text:%s>'
            '</text:changed-region>' % (n, n, kind, text(author), inner, kind))
        return n

    def between(self, kind, a, state):
        n = self.change(kind, '', a[2])
        return ('<text:change-start text:change-id="ct%d"/>%s<text:change-end text:change-id="ct%d"/>'
                % (n, self.atoms(a[1], state), n))

    def deletion(self, atoms, author):
        inner = self.atoms(atoms, {'blank': True})
        n = self.change('deletion', '<text:p text:style-name="Standard">%s</text:p>' % inner, author)
        return '<text:change text:change-id="ct%d"/>' % n

    # ---- blocks -----------------------------------------------------------------------------

    def blocks(self, blocks):
        out, items = [], []

        def flush():
            if items:
                out.append(self.list(items))
                items.clear()

        for b in joined(blocks):
            if b[0] == 'p' and b[2]:
                if items and b[2][1] == 0 and b[2][0] != items[0][2][0]:
                    flush()
                items.append(b)
                continue
            flush()
            out.append(self.gap())
            if b[0] == 'p':
                out.append(self.paragraph(b))
            elif b[0] == 'table':
                out.append(self.table(b[1]))
            elif b[0] in ('contents', 'index'):
                name = {'contents': 'table-of-content', 'index': 'alphabetical-index'}[b[0]]
                out.append('<text:%s text:name="%s1"><text:%s-source/><text:index-body>%s</text:index-body></text:%s>'
                           % (name, name, name, self.blocks(b[2]), name))
            elif b[0] == 'control':
                out.append('<text:section text:name="S%d">%s</text:section>' % (
                    self.next('section'), self.blocks(b[2])))
            elif b[0] == 'section':
                self.section = 1
        flush()
        return ''.join(out)

    def gap(self):
        """What stands between blocks or rows."""
        kind = self.random.random() if self.cut else 1
        if kind < 0.1 and not self.in_margin:
            return '<text:soft-page-break/>'
        return '\n    ' if kind < 0.3 else ''

    def list(self, items):
        """Items of one list, nested by their levels."""
        kind = 'L1' if items[0][2][0] == '1' else 'L2'
        out, depth = ['<text:list xml:id="list%d" text:style-name="%s">' % (self.next('list'), kind)], 0
        for i, b in enumerate(items):
            level = b[2][1]
            if i:
                while depth > level:
                    out.append('</text:list-item></text:list>')
                    depth -= 1
                if depth < level:
                    out.append('<text:list>')
                    depth += 1
                else:
                    out.append('</text:list-item>')
            out.append('<text:list-item>' + self.paragraph(b))
        return ''.join(out) + '</text:list-item></text:list>' * (depth + 1)

    def paragraph(self, b):
        _, heading, _, atoms = b
        breaks = ''
        if ('pbb',) in atoms or ('page',) in atoms[:1]:
            breaks = ' fo:break-before="page"'
        elif ('page',) in atoms[-1:]:
            breaks = ' fo:break-after="page"'
        elif ('page',) in atoms:
            raise ValueError('a page break inside a paragraph cannot be written in ODF')
        style = 'Heading_20_%d' % heading if heading else 'Standard'
        master = ''
        if self.section == 1 and not self.in_margin:
            self.section, master = 2, ' style:master-page-name="%s"' % SECOND_PAGE
        if breaks or master:
            style = self.style('P%d' % self.next('P'), 'paragraph', '<style:paragraph-properties%s/>' % breaks,
                               ' style:parent-style-name="%s"%s' % (style, master))
        front = ''
        if self.open_insertion is not None:
            front = '<text:change-end text:change-id="ct%d"/>' % self.open_insertion
            self.open_insertion = None
        inner = front + self.atoms(atoms, {'blank': True})
        if heading:
            return '<text:h text:style-name="%s" text:outline-level="%d">%s</text:h>' % (style, heading, inner)
        return '<text:p text:style-name="%s">%s</text:p>' % (style, inner)

    def table(self, rows):
        columns = len(rows[0][1])
        out = ['<table:table table:name="Table%d"><table:table-column table:number-columns-repeated="%d"/>'
               % (self.next('table'), columns)]
        in_header = False
        for r, (header, cells) in enumerate(rows):
            if header != in_header:
                out.append('<%stable:table-header-rows>' % ('' if header else '/'))
                in_header = header
            first = cells[0][0][3][:1] if cells[0] != '^' and cells[0][0][0] == 'p' else []
            style = ''
            if first and first[0][0] in ('ri', 'rd'):
                style = ' table:style-name="%s"' % self.style(
                    'RowChanged', 'table-row', '<style:table-row-properties loext:text-changes-only="false"/>')
            out.append(self.gap() + '<table:table-row%s>' % style)
            for c, cell in enumerate(cells):
                if isinstance(cell, str):
                    out.append('<table:covered-table-cell/>')
                    continue
                spans = ''
                if width(cells, c) > 1:
                    spans += ' table:number-columns-spanned="%d"' % width(cells, c)
                if height(rows, r, c) > 1:
                    spans += ' table:number-rows-spanned="%d"' % height(rows, r, c)
                out.append('<table:table-cell%s%s>%s</table:table-cell>'
                           % (spans, self.value(cell), self.blocks(cell)))
            out.append('</table:table-row>')
        if in_header:
            out.append('</table:table-header-rows>')
        return ''.join(out) + '</table:table>'

    def value(self, cell):
        """Attributes of a cell that say what is in it."""
        first = cell[0][3][:1] if cell[0][0] == 'p' else []
        if not first or first[0][0] != 'val':
            return ' office:value-type="string"'
        self.styles['N1'] = ('<number:number-style style:name="N1"><number:number number:decimal-places="2" '
                             'number:min-decimal-places="2" number:min-integer-digits="1"/></number:number-style>')
        self.styles['Cell1'] = ('<style:style style:name="Cell1" style:family="table-cell" '
                                'style:data-style-name="N1"/>')
        kind = 'float" office:value="%s' % first[0][1] if first[0][1] else 'string'
        return ' table:style-name="Cell1" office:value-type="%s"' % kind

    # ---- parts ------------------------------------------------------------------------------

    def automatic(self, more=''):
        out = '<office:automatic-styles>%s%s</office:automatic-styles>' % (
            ''.join(self.styles[k] for k in sorted(self.styles)), more)
        self.styles = {}
        return out

    def tracked(self):
        """The changes of the text that was written."""
        changes, self.changes = ''.join(self.changes), []
        return '<text:tracked-changes%s>%s</text:tracked-changes>' % (
            '' if self.doc.track else ' text:track-changes="false"', changes) if changes else ''

    def content(self):
        body = self.blocks(self.doc.body)
        lists = ''
        for name, kind, shape in (('L1', 'number', 'style:num-format="1" style:num-suffix="."'),
                                  ('L2', 'bullet', 'text:bullet-char="•"')):
            lists += '<text:list-style style:name="%s">%s</text:list-style>' % (name, ''.join(
                '<text:list-level-style-%s text:level="%d" %s/>' % (kind, i, shape) for i in range(1, 11)))
        front = self.tracked()
        if self.fields:
            front += '<text:user-field-decls>%s</text:user-field-decls>' % ''.join(
                '<text:user-field-decl office:value-type="string" office:string-value="0" text:name="%s"/>'
                % attr(f) for f in self.fields)
        return ('<office:document-content %s>%s<office:body><office:text>%s%s</office:text></office:body>'
                '</office:document-content>' % (SPACES, self.automatic(lists), front, body))

    def style_part(self):
        self.in_margin = True
        margins = ''
        for kind in ('header', 'footer'):
            for which, suffix in (('default', ''), ('even', '-left'), ('first', '-first')):
                blocks = self.doc.margins.get((kind, which))
                if blocks is not None:
                    inner = self.blocks(blocks)
                    margins += '<style:%s%s>%s%s</style:%s%s>' % (kind, suffix, self.tracked(), inner, kind, suffix)
        pages = '<style:master-page style:name="Standard" style:page-layout-name="pm1">%s</style:master-page>' % margins
        if self.section:
            pages += '<style:master-page style:name="%s" style:page-layout-name="pm1"/>' % SECOND_PAGE
        common = '<style:style style:name="Standard" style:family="paragraph"/>'
        for n in (1, 2, 3):
            common += ('<style:style style:name="Heading_20_%d" style:display-name="Heading %d" style:family='
                       '"paragraph" style:parent-style-name="Standard" style:default-outline-level="%d"/>'
                       % (n, n, n))
        layout = ('<style:page-layout style:name="pm1"><style:page-layout-properties fo:page-width="21cm" '
                  'fo:page-height="29.7cm" fo:margin-top="2cm" fo:margin-bottom="2cm" fo:margin-left="2cm" '
                  'fo:margin-right="2cm"/></style:page-layout>')
        return ('<office:document-styles %s><office:styles>%s</office:styles>%s<office:master-styles>%s'
                '</office:master-styles></office:document-styles>'
                % (SPACES, common, self.automatic(layout), pages))

    def meta(self):
        names = {'title': 'dc:title', 'subject': 'dc:subject', 'keywords': 'meta:keyword'}
        inner = ''.join('<%s>%s</%s>' % (names[k], text(v), names[k]) for k, v in self.doc.properties.items())
        inner += ''.join('<meta:user-defined meta:name="%s">%s</meta:user-defined>' % (attr(k), text(v))
                         for k, v in self.doc.custom)
        inner += ''.join('<meta:user-defined meta:name="%s">%s</meta:user-defined>' % (k.capitalize(), text(v))
                         for k, v in sorted(self.doc.people.items(), reverse=True) if k in ('company', 'manager'))
        people = {'author': 'meta:initial-creator', 'editor': 'dc:creator', 'printed': 'meta:printed-by'}
        inner += ''.join('<%s>%s</%s>' % (people[k], text(v), people[k])
                         for k, v in self.doc.people.items() if k in people)
        return '<office:document-meta %s><office:meta>%s</office:meta></office:document-meta>' % (SPACES, inner)


def joined(blocks):
    """Paragraphs whose end was deleted are one with that behind them."""
    out = []
    for b in blocks:
        before = out[-1] if out and out[-1][0] == b[0] == 'p' else None
        if before is not None and before[3] and before[3][-1][0] == 'pd':
            out[-1] = b[:3] + (before[3][:-1] + [('joined', before[3][-1][1])] + b[3],)
        else:
            out.append(b)
    return out


def write(doc, out, cut=None):
    w = Writer(doc, cut)
    content, styles = w.content(), w.style_part()
    files = [('content.xml', content), ('styles.xml', styles), ('meta.xml', w.meta())]
    listed = ''.join('<manifest:file-entry manifest:full-path="%s" manifest:media-type="text/xml"/>' % n
                     for n, _ in files)
    if w.has_picture:
        listed += '<manifest:file-entry manifest:full-path="Pictures/image1.png" manifest:media-type="image/png"/>'
    manifest = ('<manifest:manifest xmlns:manifest="%smanifest:1.0" manifest:version="1.3"><manifest:file-entry '
                'manifest:full-path="/" manifest:version="1.3" manifest:media-type="%s"/>%s</manifest:manifest>'
                % (ODF, TYPE, listed))
    entries = [('mimetype', TYPE.encode(), True)]
    entries += [(n, (XML + x).encode(), False) for n, x in files]
    if w.has_picture:
        entries.append(('Pictures/image1.png', picture(), True))
    entries.append(('META-INF/manifest.xml', (XML + manifest).encode(), False))
    write_zip(out, entries)
