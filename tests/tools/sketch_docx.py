"""Writes a parsed sketch (sketch.py) as WordprocessingML, whole or cut into pieces.

What the pieces look like follows files written by Word, WPS and LibreOffice: every border that
they put into the middle of a word is put here, too.
"""
import random
import re

from sketch_common import attr, height, picture, text, width, write_zip

OO = 'http://schemas.openxmlformats.org/'
SPACES = ' '.join('xmlns:%s="%s"' % x for x in (
    ('w', OO + 'wordprocessingml/2006/main'),
    ('r', OO + 'officeDocument/2006/relationships'),
    ('wp', OO + 'drawingml/2006/wordprocessingDrawing'),
    ('a', OO + 'drawingml/2006/main'),
    ('pic', OO + 'drawingml/2006/picture'),
    ('mc', OO + 'markup-compatibility/2006'),
    ('wps', 'http://schemas.microsoft.com/office/word/2010/wordprocessingShape'),
    ('w14', 'http://schemas.microsoft.com/office/word/2010/wordml'),
    ('v', 'urn:schemas-microsoft-com:vml'),
    ('o', 'urn:schemas-microsoft-com:office:office'))) + ' mc:Ignorable="w14"'
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.%s+xml'
REL = OO + 'officeDocument/2006/relationships/'


def field_name(name):
    return '"%s"' % name if ' ' in name else name


class Story:
    """A part that is being written: its relationships, and whether it may hold notes."""

    def __init__(self, name):
        self.name, self.relations = name, []

    def relate(self, kind, target, external=False):
        rid = 'rId%d' % (len(self.relations) + 1)
        self.relations.append((rid, kind, target, external))
        return rid


class Writer:
    def __init__(self, doc, cut, prefix, utf16):
        self.doc, self.prefix, self.utf16 = doc, prefix, utf16
        self.cut = cut is not None
        self.random = random.Random(cut)
        self.count = {}
        self.notes = {'fn': [], 'en': []}
        self.comments = []
        self.comment_ids = []  # the paraId of the last paragraph of each
        self.lists = []      # (kind) of each list, numId = position + 1
        self.bookmarks = {}
        self.went_back = False
        self.has_picture = False
        self.main = Story('word/document.xml')
        self.story = self.main

    def next(self, what, first=1):
        self.count[what] = self.count.get(what, first - 1) + 1
        return self.count[what]

    # ---- runs -------------------------------------------------------------------------------

    def run_properties(self, fmt, noise=False):
        out = ''
        if noise and self.random.random() < 0.4:
            out += '<w:rFonts w:hint="eastAsia"/>'
        for mark, xml in (('b', '<w:b/><w:bCs/>'), ('i', '<w:i/><w:iCs/>')):
            if mark in fmt:
                out += xml
        if 'u' in fmt:
            out += '<w:u w:val="single"/>'
        if noise and self.random.random() < 0.3:
            out += '<w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
        return '<w:rPr>%s</w:rPr>' % out if out else ''

    @staticmethod
    def t(s, tag='t'):
        keep = ' xml:space="preserve"' if s != s.strip() or '  ' in s else ''
        return '<w:%s%s>%s</w:%s>' % (tag, keep, text(s), tag)

    def run(self, inner, fmt='', noise=False):
        rsid = ' w:rsidR="00%06X"' % self.random.randrange(1 << 24) \
            if noise and self.random.random() < 0.5 else ''
        return '<w:r%s>%s%s</w:r>' % (rsid, self.run_properties(fmt, noise), inner)

    def words(self, s, fmt, tag='t'):
        if not self.cut or tag != 't':
            return self.run(self.t(s, tag), fmt)
        out, i = [], 0
        while i < len(s):
            # now and then one run holds several w:t
            n = self.random.choice((1, 1, 1, 2, 3))
            inner = ''.join(self.t(c) for c in s[i:i + n])
            if self.random.random() < 0.04:
                inner = '<w:lastRenderedPageBreak/>' + inner
            out.append(self.noise(self.run(inner, fmt, True)))
            i += n
        return ''.join(out)

    def noise(self, run):
        """A run with what other programs put around it."""
        kind = self.random.random()
        if kind < 0.15:
            return '<w:proofErr w:type="spellStart"/>%s<w:proofErr w:type="spellEnd"/>' % run
        if kind < 0.20:
            n = self.next('bookmark')
            name = 'noise%d' % n
            if not self.went_back:
                self.went_back, name = True, '_GoBack'
            return '<w:bookmarkStart w:id="%d" w:name="%s"/><w:bookmarkEnd w:id="%d"/>%s' % (
                n, name, n, run)
        if kind < 0.24:
            return '<w:ins w:id="%d" w:author="a" w:date="2024-01-02T03:04:05Z">%s</w:ins>' % (
                self.next('revision', 9000), run)
        if kind < 0.27:
            return '<w:smartTag w:uri="urn:x" w:element="place">%s</w:smartTag>' % run
        if kind < 0.29:
            return ('<w:del w:id="%d" w:author="a" w:date="2024-01-02T03:04:05Z">'
                    '<w:r><w:delText>}}旧{{</w:delText></w:r></w:del>%s'
                    % (self.next('revision', 9000), run))
        return run

    def field(self, instruction, result, fmt=''):
        char = '<w:r><w:fldChar w:fldCharType="%s"/></w:r>'
        return (char % 'begin' + '<w:r><w:instrText xml:space="preserve"> %s </w:instrText></w:r>'
                % text(instruction) + char % 'separate' + self.words(result, fmt) + char % 'end')

    def simple_field(self, name):
        return '<w:fldSimple w:instr=" MERGEFIELD %s ">%s</w:fldSimple>' % (
            attr(field_name(name)), self.words('«%s»' % name, ''))

    def sdt(self, tag, content):
        return ('<w:sdt><w:sdtPr><w:alias w:val="%s"/><w:tag w:val="%s"/><w:id w:val="%d"/>'
                '</w:sdtPr><w:sdtContent>%s</w:sdtContent></w:sdt>'
                % (attr(tag), attr(tag), self.next('sdt', 1001), content))

    def by(self, author):
        """The attributes of a change."""
        return 'w:id="%d" w:author="%s" w:date="2024-01-02T03:04:05Z"' % (
            self.next('revision', 9000), attr(author))

    def changed(self, tag, atoms, author):
        name = {'mf': 'moveFrom', 'mt': 'moveTo'}.get(tag, tag)
        inner = self.atoms(atoms, tag)
        if tag == 'fmt':
            return re.sub('(<w:r[^>]*>)(<w:rPr>(.*?)</w:rPr>)?', lambda m: '%s<w:rPr>%s<w:rPrChange %s>'
                          '<w:rPr/></w:rPrChange></w:rPr>' % (m.group(1), m.group(3) or '', self.by(author))
                          if m.group(1).startswith(('<w:r>', '<w:r ')) else m.group(0), inner)
        out = '<w:%s %s>%s</w:%s>' % (name, self.by(author), inner, name)
        if tag in ('mf', 'mt'):
            n = self.next('move', 9500)
            out = '<w:%sRangeStart w:id="%d" w:author="%s" w:date="2024-01-02T03:04:05Z" w:name="move1"/>%s' \
                '<w:%sRangeEnd w:id="%d"/>' % (name, n, attr(author), out, name, n)
        return out

    def atoms(self, atoms, revision=''):
        return ''.join(self.atom(a, revision) for a in atoms)

    def atom(self, a, revision):
        kind = a[0]
        if kind == 'text':
            return self.words(a[1], a[2], 'delText' if revision == 'del' else 't')
        if kind in ('t', 'br', 'page'):
            return self.run({'t': '<w:tab/>', 'br': '<w:br/>', 'page': '<w:br w:type="page"/>'}[kind])
        if kind in ('fn', 'en'):
            return self.note(kind, a[1])
        if kind in ('cm', 'cs'):
            n = self.comment(a[1], a[-1])
            reference = self.run('<w:commentReference w:id="%d"/>' % n)
            if kind == 'cm':
                return reference
            self.count['range', a[2]] = n
            return '<w:commentRangeStart w:id="%d"/>' % n
        if kind == 'ce':
            n = self.count['range', a[1]]
            return '<w:commentRangeEnd w:id="%d"/>' % n + self.run('<w:commentReference w:id="%d"/>' % n)
        if kind == 'tb':
            return self.text_box(a[1])
        if kind == 'link':
            target = a[1] if not self.cut else a[1].replace('{', '%7B').replace('}', '%7D')
            rid = self.story.relate('hyperlink', target, True)
            return '<w:hyperlink r:id="%s">%s</w:hyperlink>' % (rid, self.atoms(a[2]))
        if kind in ('ins', 'del', 'mf', 'mt', 'fmt'):
            return self.changed(kind, a[1], a[2])
        if kind in ('ref', 'pageref', 'calc'):
            code = {'ref': 'REF %s \\h', 'pageref': 'PAGEREF %s \\h', 'calc': '=%s'}[kind] % a[1]
            char = '<w:r><w:fldChar w:fldCharType="%s"/></w:r>'
            return ''.join((char % 'begin', '<w:r><w:instrText xml:space="preserve"> %s </w:instrText></w:r>'
                            % text(code), char % 'separate', self.atoms(a[2]), char % 'end'))
        if kind == 'seq':
            return self.field('SEQ 表 \\* ARABIC', a[1])
        if kind == 'bs':
            self.bookmarks[a[1]] = self.next('bookmark')
            return '<w:bookmarkStart w:id="%d" w:name="%s"/>' % (self.bookmarks[a[1]], attr(a[1]))
        if kind == 'be':
            return '<w:bookmarkEnd w:id="%d"/>' % self.bookmarks[a[1]]
        if kind == 'cc':
            return self.sdt(a[1], self.atoms(a[2]))
        if kind == 'merge':
            return self.field('MERGEFIELD %s \\* MERGEFORMAT' % field_name(a[1]), '«%s»' % a[1])
        if kind in ('merges', 'uf'):
            return self.simple_field(a[1])
        if kind == 'ph':
            return self.sdt(a[1], self.words('点击输入', ''))
        if kind == 'pn':
            return self.field('PAGE', '1')
        if kind == 'pic':
            return self.picture(a[1])
        return ''  # pbb, pi, pd are properties of the paragraph, val of the cell, ri, rd of the row

    # ---- what hangs on a run ----------------------------------------------------------------

    def in_story(self, story, blocks):
        before, self.story = self.story, story
        out = self.blocks(blocks)
        self.story = before
        return out

    def note(self, kind, blocks):
        element = {'fn': 'footnote', 'en': 'endnote'}[kind]
        self.notes[kind].append(None)
        n = len(self.notes[kind])
        self.notes[kind][n - 1] = '<w:%s w:id="%d">%s</w:%s>' % (
            element, n + 1, self.in_story(self.note_stories[kind], blocks).replace(
                '</w:pPr>', '</w:pPr><w:r><w:%sRef/></w:r>' % element, 1), element)
        return '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:%sReference w:id="%d"/></w:r>' % (
            element, n + 1)

    def comment(self, blocks, author):
        n = len(self.comments)
        self.comments.append(None)
        inner = self.in_story(self.comment_story, blocks)
        self.comments[n] = ('<w:comment w:id="%d" w:author="%s" w:date="2024-01-02T03:04:05Z" '
                            'w:initials="%s">%s</w:comment>' % (n, attr(author), attr(author[:1]), inner))
        self.comment_ids.append(re.findall('w14:paraId="(.*?)"', inner)[-1])
        return n

    def text_box(self, blocks):
        n = self.next('drawing')
        # Word writes the same content, with the same ids, into both copies.
        inner = '<w:txbxContent>%s</w:txbxContent>' % self.blocks(blocks)
        size = '<wp:extent cx="1800000" cy="720000"/>'
        drawing = (
            '<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">%s'
            '<wp:docPr id="%d" name="Text Box %d"/><wp:cNvGraphicFramePr/>'
            '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/'
            'wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm>'
            '<a:off x="0" y="0"/><a:ext cx="1800000" cy="720000"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr><wps:txbx>%s</wps:txbx>'
            '<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>'
            % (size, n, n, inner))
        vml = ('<w:pict><v:rect id="_x0000_s%d" style="width:141pt;height:56pt">'
               '<v:textbox>%s</v:textbox></v:rect></w:pict>' % (1025 + n, inner))
        return self.run('<mc:AlternateContent><mc:Choice Requires="wps">%s</mc:Choice>'
                        '<mc:Fallback>%s</mc:Fallback></mc:AlternateContent>' % (drawing, vml))

    def picture(self, alt):
        self.has_picture = True
        n = self.next('drawing')
        rid = self.story.relate('image', 'media/image1.png')
        return self.run(
            '<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            '<wp:extent cx="360000" cy="270000"/><wp:docPr id="%d" name="Picture %d" descr="%s"/>'
            '<wp:cNvGraphicFramePr/><a:graphic>'
            '<a:graphicData uri="%sdrawingml/2006/picture"><pic:pic><pic:nvPicPr>'
            '<pic:cNvPr id="%d" name="image1.png"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
            '<a:blip r:embed="%s"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>'
            '<a:xfrm><a:off x="0" y="0"/><a:ext cx="360000" cy="270000"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
            '</a:graphic></wp:inline></w:drawing>' % (n, n, attr(alt), OO, n, rid))

    # ---- blocks -----------------------------------------------------------------------------

    def blocks(self, blocks):
        out, kind_before = [], None
        for i, b in enumerate(blocks):
            if b[0] == 'p':
                item = b[2] and b[2][0]
                if item and (kind_before is None or (b[2][1] == 0 and item != kind_before)):
                    self.lists.append(item)
                kind_before = item
                ends = i + 1 < len(blocks) and blocks[i + 1][0] == 'section'
                out.append(self.gap() + self.paragraph(b, ends))
            else:
                kind_before = None
                if b[0] == 'table':
                    out.append(self.table(b[1]))
                elif b[0] == 'control':
                    out.append(self.sdt(b[1], self.blocks(b[2])))
                elif b[0] in ('contents', 'index'):
                    out.append(self.contents(b[0], self.blocks(b[2])))
        return ''.join(out)

    @staticmethod
    def contents(kind, inner):
        """A field from the first paragraph to the last, its code in two pieces."""
        char = '<w:r><w:fldChar w:fldCharType="%s"/></w:r>'
        code = '<w:r><w:instrText xml:space="preserve">%s</w:instrText></w:r>'
        name, rest = {'contents': (' TO', 'C \\o "1-3" \\h '), 'index': (' IND', 'EX \\c "2" ')}[kind]
        front = char % 'begin' + code % name + code % rest + char % 'separate'
        inner = inner.replace('</w:pPr>', '</w:pPr>' + front, 1)
        at = inner.rindex('</w:p>')
        return inner[:at] + char % 'end' + inner[at:]

    def gap(self):
        """What stands between blocks or rows."""
        kind = self.random.random() if self.cut else 1
        if kind < 0.1:
            n = self.next('bookmark')
            return '<w:bookmarkStart w:id="%d" w:name="noise%d"/><w:bookmarkEnd w:id="%d"/>' % (n, n, n)
        return '\n    ' if kind < 0.3 else '<w:proofErr w:type="gramEnd"/>' if kind < 0.35 else ''

    def paragraph(self, b, ends_section=False):
        _, heading, item, atoms = b
        properties = ''
        if heading:
            properties += '<w:pStyle w:val="Heading%d"/>' % heading
        if ('pbb',) in atoms:
            properties += '<w:pageBreakBefore/>'
        if item:
            properties += '<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>' % (
                item[1], len(self.lists))
        mark = ''.join('<w:%s %s/>' % ({'pi': 'ins', 'pd': 'del'}[a[0]], self.by(a[1]))
                       for a in atoms if a[0] in ('pi', 'pd'))
        properties += '<w:rPr>%s<w:lang w:eastAsia="zh-CN"/></w:rPr>' % mark
        if ends_section:
            properties += self.section()
        return ('<w:p w14:paraId="%08X" w14:textId="77777777"><w:pPr>%s</w:pPr>%s</w:p>'
                % (self.next('paragraph', 0x10000001), properties, self.atoms(atoms)))

    def table(self, rows):
        columns = len(rows[0][1])
        out = ['<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>',
               '<w:gridCol w:w="%d"/>' % (9000 // columns) * columns, '</w:tblGrid>']
        for r, (header, cells) in enumerate(rows):
            out.append(self.gap() + '<w:tr>')
            first = cells[0][0][3][:1] if cells[0] != '^' and cells[0][0][0] == 'p' else []
            properties = '<w:tblHeader/>' if header else ''
            if first and first[0][0] in ('ri', 'rd'):
                properties += '<w:%s %s/>' % ({'ri': 'ins', 'rd': 'del'}[first[0][0]], self.by(first[0][1]))
            if properties:
                out.append('<w:trPr>%s</w:trPr>' % properties)
            for c, cell in enumerate(cells):
                if cell != '<':
                    out.append(self.cell(rows, r, c, cell))
            out.append('</w:tr>')
        return ''.join(out) + '</w:tbl>'

    def cell(self, rows, r, c, cell):
        cells = rows[r][1]
        span = width(cells, c)
        out = '<w:tcW w:w="%d" w:type="dxa"/>' % (9000 // len(cells) * span)
        if span > 1:
            out += '<w:gridSpan w:val="%d"/>' % span
        if cell == '^':
            out += '<w:vMerge/>'
            inner = self.paragraph(('p', 0, None, []))
        else:
            if height(rows, r, c) > 1:
                out += '<w:vMerge w:val="restart"/>'
            inner = self.blocks(cell)
        return '<w:tc><w:tcPr>%s</w:tcPr>%s</w:tc>' % (out, inner)

    def section(self):
        out = ''.join('<w:%sReference w:type="%s" r:id="%s"/>' % (kind, which, rid)
                      for (kind, which), rid in self.margin_ids.items())
        out += ('<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" '
                'w:bottom="1440" w:left="1440" w:header="708" w:footer="708" w:gutter="0"/>')
        if any(which == 'first' for _, which in self.margin_ids):
            out += '<w:titlePg/>'
        return '<w:sectPr>%s</w:sectPr>' % out

    # ---- parts ------------------------------------------------------------------------------

    def parts(self):
        """(part name, content type, XML) of everything that is text."""
        doc = self.doc
        self.note_stories = {'fn': Story('word/footnotes.xml'), 'en': Story('word/endnotes.xml')}
        self.comment_story = Story('word/comments.xml')
        stories, out = [], []
        self.margin_ids = {}
        for i, ((kind, which), blocks) in enumerate(sorted(doc.margins.items()), 1):
            name = '%s%d.xml' % (kind, i)
            story = Story('word/' + name)
            self.margin_ids[kind, which] = self.main.relate(kind, name)
            root = {'header': 'hdr', 'footer': 'ftr'}[kind]
            out.append((story.name, TYPE % kind, '<w:%s %s>%s</w:%s>' % (
                root, SPACES, self.in_story(story, blocks), root)))
            stories.append(story)
        body = self.blocks(doc.body)
        out.insert(0, (self.main.name, TYPE % 'document.main', '<w:document %s><w:body>%s%s'
                       '</w:body></w:document>' % (SPACES, body, self.section())))
        stories.insert(0, self.main)
        for kind, element in (('fn', 'footnote'), ('en', 'endnote')):
            if self.notes[kind]:
                story = self.note_stories[kind]
                self.main.relate(element + 's', element + 's.xml')
                rules = ''.join(
                    '<w:%s w:type="%s" w:id="%d"><w:p><w:r><w:%s/></w:r></w:p></w:%s>'
                    % (element, t, n, t, element)
                    for n, t in enumerate(('separator', 'continuationSeparator')))
                out.append((story.name, TYPE % (element + 's'), '<w:%ss %s>%s%s</w:%ss>' % (
                    element, SPACES, rules, ''.join(self.notes[kind]), element)))
                stories.append(story)
        if self.comments:
            self.main.relate('comments', 'comments.xml')
            out.append((self.comment_story.name, TYPE % 'comments', '<w:comments %s>%s</w:comments>'
                        % (SPACES, ''.join(self.comments))))
            stories.append(self.comment_story)
            if doc.authors:
                out += self.comment_parts()
        self.main.relate('styles', 'styles.xml')
        out.append(('word/styles.xml', TYPE % 'styles', self.styles()))
        if doc.settings != 'none':
            self.main.relate('settings', 'settings.xml')
            even = any(which == 'even' for _, which in self.margin_ids)
            out.append(('word/settings.xml', TYPE % 'settings', '<w:settings %s>%s%s%s%s</w:settings>' % (
                SPACES, '<w:trackRevisions/>' if doc.track else '',
                '<w:evenAndOddHeaders/>' if even else '',
                '<w:updateFields w:val="true"/>' if doc.settings == 'update' else '',
                '<w:decimalSymbol w:val="."/>')))
        if self.lists:
            self.main.relate('numbering', 'numbering.xml')
            out.append(('word/numbering.xml', TYPE % 'numbering', self.numbering()))
        return out, stories

    def comment_parts(self):
        """What Word writes beside the comments."""
        out = []
        w15, w16 = ('http://schemas.microsoft.com/office/word/%s' % s for s in ('2012/wordml', '2016/wordml/cid'))
        people = ''.join('<w15:person w15:author="%s"><w15:presenceInfo w15:providerId="None" w15:userId="%s"/>'
                         '</w15:person>' % (attr(a), attr(a)) for a in self.doc.authors)
        extended = ''.join('<w15:commentEx w15:paraId="%s" w15:done="0"/>' % i for i in self.comment_ids)
        ids = ''.join('<w16cid:commentId w16cid:paraId="%s" w16cid:durableId="%s"/>' % (i, i)
                      for i in self.comment_ids)
        for name, year, xml in (
                ('people', 2011, '<w15:people xmlns:w15="%s">%s</w15:people>' % (w15, people)),
                ('commentsExtended', 2011, '<w15:commentsEx xmlns:w15="%s">%s</w15:commentsEx>' % (w15, extended)),
                ('commentsIds', '2016/09', '<w16cid:commentsIds xmlns:w16cid="%s">%s</w16cid:commentsIds>' % (w16, ids))):
            self.main.relate('http://schemas.microsoft.com/office/%s/relationships/%s' % (year, name), name + '.xml')
            out.append(('word/%s.xml' % name, TYPE % name, xml))
        return out

    @staticmethod
    def styles():
        out = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        for n in (1, 2, 3):
            out += ('<w:style w:type="paragraph" w:styleId="Heading%d"><w:name w:val="heading %d"/>'
                    '<w:basedOn w:val="Normal"/><w:pPr><w:outlineLvl w:val="%d"/></w:pPr></w:style>'
                    % (n, n, n - 1))
        return '<w:styles %s>%s</w:styles>' % (SPACES, out)

    def numbering(self):
        out = ''
        for n, (kind, shape) in enumerate((('decimal', '%%%d.'), ('bullet', '•'))):
            levels = ''.join(
                '<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/>'
                '</w:lvl>' % (i, kind, shape % (i + 1) if '%' in shape else shape) for i in range(9))
            out += '<w:abstractNum w:abstractNumId="%d">%s</w:abstractNum>' % (n, levels)
        for i, kind in enumerate(self.lists, 1):
            restart = ''.join('<w:lvlOverride w:ilvl="%d"><w:startOverride w:val="1"/></w:lvlOverride>'
                              % level for level in range(9)) if kind == '1' else ''
            out += '<w:num w:numId="%d"><w:abstractNumId w:val="%d"/>%s</w:num>' % (
                i, 0 if kind == '1' else 1, restart)
        return '<w:numbering %s>%s</w:numbering>' % (SPACES, out)

    def properties(self):
        out = []
        names = {'title': 'dc:title', 'subject': 'dc:subject', 'keywords': 'cp:keywords'}
        people = {'author': 'dc:creator', 'editor': 'cp:lastModifiedBy'}
        core = [(names[k], v) for k, v in self.doc.properties.items()]
        core += [(people[k], v) for k, v in self.doc.people.items() if k in people]
        app = ''.join('<%s>%s</%s>' % (k.capitalize(), text(v), k.capitalize())
                      for k, v in sorted(self.doc.people.items(), reverse=True) if k in ('company', 'manager'))
        if app:
            out.append(('docProps/app.xml', 'application/vnd.openxmlformats-officedocument.extended-properties+xml',
                        '<Properties xmlns="%sofficeDocument/2006/extended-properties">%s</Properties>' % (OO, app)))
        if core:
            inner = ''.join('<%s>%s</%s>' % (k, text(v), k) for k, v in core)
            out.append(('docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml',
                        '<cp:coreProperties xmlns:cp="%spackage/2006/metadata/core-properties" '
                        'xmlns:dc="http://purl.org/dc/elements/1.1/">%s</cp:coreProperties>' % (OO, inner)))
        if self.doc.custom:
            inner = ''.join('<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="%d" name="%s">'
                            '<vt:lpwstr>%s</vt:lpwstr></property>' % (i, attr(k), text(v))
                            for i, (k, v) in enumerate(self.doc.custom, 2))
            out.append(('docProps/custom.xml', 'application/vnd.openxmlformats-officedocument.'
                        'custom-properties+xml',
                        '<Properties xmlns="%sofficeDocument/2006/custom-properties" xmlns:vt="%s'
                        'officeDocument/2006/docPropsVTypes">%s</Properties>' % (OO, OO, inner)))
        return out

    def encode(self, name, xml):
        if self.doc.strict:
            xml = strict(xml)
        if self.prefix != 'w' and name.startswith('word/'):
            xml = re.sub(r'<[^>]*>', self.rename, xml)
        if self.utf16 and name == self.main.name:
            return ('<?xml version="1.0" encoding="UTF-16" standalone="yes"?>\n' + xml).encode('utf-16')
        return (XML + xml).encode('utf-8')

    def rename(self, m):
        tag = re.sub(r'^(</?)w:', r'\1%s:' % self.prefix, m.group(0))
        tag = tag.replace(' xmlns:w="', ' xmlns:%s="' % self.prefix)
        return re.sub(r' w:(?=\w+=")', ' %s:' % self.prefix, tag)


def strict(xml):
    for a, b in (('wordprocessingml/2006/main', 'wordprocessingml/main'),
                 ('officeDocument/2006/relationships', 'officeDocument/relationships'),
                 ('officeDocument/2006/extended-properties', 'officeDocument/extendedProperties'),
                 ('drawingml/2006/', 'drawingml/')):
        xml = xml.replace(OO + a, 'http://purl.oclc.org/ooxml/' + b)
    return xml


def relationships(rows):
    return '<Relationships xmlns="%spackage/2006/relationships">%s</Relationships>' % (OO, ''.join(
        '<Relationship Id="%s" Type="%s" Target="%s"%s/>'
        % (rid, kind if ':' in kind else REL + kind, attr(target),
           ' TargetMode="External"' if external else '') for rid, kind, target, external in rows))


def write(doc, out, cut=None, prefix='w', utf16=False):
    w = Writer(doc, cut, prefix, utf16)
    parts, stories = w.parts()
    properties = w.properties()
    types = ''.join('<Override PartName="/%s" ContentType="%s"/>' % (name, kind)
                    for name, kind, _ in parts + properties)
    types = ('<Types xmlns="%spackage/2006/content-types"><Default Extension="rels" ContentType='
             '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
             'ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>%s</Types>'
             % (OO, types))
    top = [('rId1', 'officeDocument', w.main.name, False)]
    for name, _, _ in properties:
        kind = ('http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties'
                if 'core' in name else 'extended-properties' if 'app' in name else 'custom-properties')
        top.append(('rId%d' % (len(top) + 1), kind, name, False))
    entries = [('[Content_Types].xml', (XML + types).encode(), False),
               ('_rels/.rels', w.encode('', relationships(top)), False)]
    entries += [(name, w.encode(name, xml), False) for name, _, xml in parts + properties]
    for s in stories:
        if s.relations:
            entries.append(('word/_rels/%s.rels' % s.name.split('/')[1],
                            w.encode('', relationships(s.relations)), False))
    if w.has_picture:
        entries.append(('word/media/image1.png', picture(), True))
    write_zip(out, entries)
