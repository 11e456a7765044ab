"""Writes a document as WordprocessingML (.docx)."""
import styles as S
from model import PAGE, Para
from package import DECLARATION, element, text, write

W = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'
R = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
SPACES = ' xmlns:w="%s" xmlns:r="%s"' % (W, R)
RELS = 'http://schemas.openxmlformats.org/package/2006/relationships'
TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.%s+xml'

# Word's own ids: Normal is a, headings are numbers, the others are counted a3, a4 … af, af0 …
FIXED = {'normal': 'a', 'h1': '1', 'h2': '2', 'h3': '3'}
GRID = 'TableGrid'


def counted_ids():
    digits = '3456789abcdef'
    for d in digits:
        yield 'a' + d
    for d in '0123456789abcdef':
        yield 'af' + d
    for d in '0123456789abcdef':
        yield 'aff' + d


def val(name, value):
    return element('w:' + name, w_val=value)


def run(s, properties=''):
    """Text with its line breaks and tabs.  The hint keeps quotes and dashes in the Chinese face."""
    if any(ord(c) > 126 for c in s):
        properties = element('w:rFonts', w_hint='eastAsia') + properties
    rpr = '<w:rPr>%s</w:rPr>' % properties if properties else ''
    out = ''
    for piece in s.replace('\n', '\0\n\0').replace('\t', '\0\t\0').split('\0'):
        if piece == '\n':
            out += '<w:br/>'
        elif piece == '\t':
            out += '<w:tab/>'
        elif piece:
            keep = ' xml:space="preserve"' if piece != piece.strip() else ''
            out += '<w:t%s>%s</w:t>' % (keep, text(piece))
    return '<w:r>%s%s</w:r>' % (rpr, out) if out else ''


def page_field():
    def char(kind):
        return '<w:r><w:fldChar w:fldCharType="%s"/></w:r>' % kind
    return (char('begin') + '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>' +
            char('separate') + '<w:r><w:t>1</w:t></w:r>' + char('end'))


class Writer:
    def __init__(self, document):
        self.doc = document
        self.styles = S.used(document)
        fresh = counted_ids()
        self.id = {s.key: FIXED.get(s.key) or next(fresh) for s in self.styles}
        # Numbering 1 is that of the headings; then one for each list.
        self.lists = list(dict.fromkeys(p.item for p in document.paragraphs() if p.item))

    # ---- styles.xml ----

    def paragraph_properties(self, s):
        p, out = s.p, ''
        size = S.resolved(s.key)['size']
        if p.get('keep'):
            out += '<w:keepNext/>'
        if s.key == 'normal':
            out += val('widowControl', 0)
        if 'level' in p:
            out += ('<w:numPr>%s<w:numId w:val="1"/></w:numPr>' %
                    (val('ilvl', p['level'] - 1) if p['level'] > 1 else ''))
        if 'rule' in p:
            below = p['rule'] == 'below'
            out += element('w:pBdr', element(
                'w:bottom' if below else 'w:top', w_sz=24, w_space=6 if below else 1,
                w_val='thickThinSmallGap' if below else 'thinThickSmallGap', w_color=S.RED))
        if 'tabs' in p:
            out += element('w:tabs', ''.join(element('w:tab', w_val=k, w_pos=at)
                                             for k, at in p['tabs']))
        if p.get('line', S.LINE) != S.LINE:
            out += val('snapToGrid', 0)
        spacing = {}
        for side in ('before', 'after'):
            if side in p:
                spacing['w_' + side] = p[side]
        if 'line' in p:
            spacing['w_line'] = p['line'] or 240
            spacing['w_lineRule'] = 'exact' if p['line'] else 'auto'
        if spacing:
            out += element('w:spacing', **spacing)
        indent = {}
        for side in ('left', 'right'):
            if side in p:
                indent['w_%sChars' % side] = p[side] * 100
                indent['w_' + side] = p[side] * size * 20
        if 'indent' in p:
            indent['w_left'] = p['indent']
        if 'hanging' in p:
            indent['w_hanging'] = p['hanging']
        if 'first' in p:
            indent['w_firstLineChars'] = p['first'] * 100
            indent['w_firstLine'] = p['first'] * size * 20
        if indent:
            out += element('w:ind', **indent)
        if 'align' in p:
            out += val('jc', p['align'])
        if 'level' in p:
            out += val('outlineLvl', p['level'] - 1)
        return out

    @staticmethod
    def run_properties(s):
        p, out = s.p, ''
        if 'east' in p or 'west' in p:
            west = p.get('west')
            out += element('w:rFonts', w_ascii=west, w_eastAsia=p.get('east'), w_hAnsi=west,
                           w_cs=west)
        if p.get('bold'):
            out += '<w:b/><w:bCs/>'
        if 'color' in p:
            out += val('color', p['color'])
        if 'size' in p:
            half = int(p['size'] * 2)
            out += val('sz', half) + val('szCs', half)
        return out

    def style(self, s):
        inner = val('name', s.builtin[0] if s.builtin else s.name)
        if s.parent:
            inner += val('basedOn', self.id[s.parent])
        if s.next:
            inner += val('next', self.id[s.next])
        inner += '<w:qFormat/>'
        ppr, rpr = self.paragraph_properties(s), self.run_properties(s)
        if ppr:
            inner += '<w:pPr>%s</w:pPr>' % ppr
        if rpr:
            inner += '<w:rPr>%s</w:rPr>' % rpr
        return element('w:style', inner, w_type='paragraph',
                       w_default=1 if s.key == 'normal' else None,
                       w_customStyle=None if s.builtin else 1, w_styleId=self.id[s.key])

    def styles_xml(self):
        defaults = ('<w:docDefaults><w:rPrDefault><w:rPr>%s%s</w:rPr></w:rPrDefault><w:pPrDefault/>'
                    '</w:docDefaults>' % (
                        element('w:rFonts', w_ascii=S.LATIN, w_eastAsia=S.SONG, w_hAnsi=S.LATIN,
                                w_cs=S.LATIN),
                        element('w:lang', w_val='en-US', w_eastAsia='zh-CN', w_bidi='ar-SA')))
        def margins(sides):
            return ''.join(element('w:' + side, w_w=w, w_type='dxa') for side, w in sides.items())

        normal = margins({'top': 0, 'left': 108, 'bottom': 0, 'right': 108})
        borders = ''.join(element('w:' + side, w_val='single', w_sz=4, w_space=0, w_color='auto')
                          for side in ('top', 'left', 'bottom', 'right', 'insideH', 'insideV'))
        out = ''.join(self.style(s) for s in self.styles)
        out += ('<w:style w:type="character" w:default="1" w:styleId="a0">'
                '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/>'
                '<w:semiHidden/><w:unhideWhenUsed/></w:style>'
                '<w:style w:type="table" w:default="1" w:styleId="a1"><w:name w:val="Normal Table"/>'
                '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/>'
                '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>%s</w:tblCellMar></w:tblPr>'
                '</w:style><w:style w:type="numbering" w:default="1" w:styleId="a2">'
                '<w:name w:val="No List"/><w:uiPriority w:val="99"/><w:semiHidden/>'
                '<w:unhideWhenUsed/></w:style>' % normal)
        if self.doc.tables():
            out += ('<w:style w:type="table" w:styleId="%s"><w:name w:val="Table Grid"/>'
                    '<w:basedOn w:val="a1"/><w:uiPriority w:val="39"/>'
                    '<w:tblPr><w:tblBorders>%s</w:tblBorders><w:tblCellMar>%s</w:tblCellMar></w:tblPr>'
                    '</w:style>' % (GRID, borders, margins(S.PADDING)))
        return DECLARATION + '<w:styles%s>%s%s</w:styles>' % (SPACES, defaults, out)

    # ---- numbering.xml ----

    @staticmethod
    def level(number, form, style=None):
        """One level of numbers; style: the headings that carry it."""
        kind, before, behind = form
        return element('w:lvl', val('start', 1) +
                       val('numFmt', 'chineseCountingThousand' if kind == S.CHINESE else 'decimal') +
                       (val('pStyle', style) if style else '') + val('suff', 'nothing') +
                       val('lvlText', '%s%%%d%s' % (before, number + 1, behind)) +
                       val('lvlJc', 'left') +
                       '<w:pPr>%s</w:pPr>' % element(
                           'w:ind', w_left=0, w_firstLineChars=200, w_firstLine=640) +
                       '<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>', w_ilvl=number)

    def numbering_xml(self):
        def abstract(number, kind, levels):
            return element('w:abstractNum', val('nsid', '%08X' % (0x2D4A6E10 + number * 0x10101)) +
                           val('multiLevelType', kind) + levels, w_abstractNumId=number)

        headings = [(k, 'h%d' % (k + 1)) for k in range(3) if 'h%d' % (k + 1) in self.id]
        out = abstract(0, 'multilevel', ''.join(
            self.level(k, S.HEADINGS[k], self.id[key]) for k, key in headings))
        for i, _ in enumerate(self.lists):
            out += abstract(i + 1, 'singleLevel', self.level(0, S.ITEMS))
        for i in range(len(self.lists) + 1):
            out += element('w:num', val('abstractNumId', i), w_numId=i + 1)
        return DECLARATION + '<w:numbering%s>%s</w:numbering>' % (SPACES, out)

    # ---- text ----

    def para(self, p, last=''):
        """last: the properties of a section that ends here."""
        ppr = val('pStyle', self.id[p.style]) if p.style != 'normal' else ''
        if p.item:
            ppr += ('<w:numPr><w:ilvl w:val="0"/><w:numId w:val="%d"/></w:numPr>' %
                    (self.lists.index(p.item) + 2))
        ppr += last
        runs = page_field().join(run(s) for s in p.text.split(PAGE))
        return '<w:p>%s%s</w:p>' % ('<w:pPr>%s</w:pPr>' % ppr if ppr else '', runs)

    def table(self, t):
        rows = ''
        for i, (row, slots) in enumerate(t.grid()):
            trpr = '<w:cantSplit/>'
            if row.height:
                trpr += element('w:trHeight', w_val=row.height, w_hRule='atLeast')
            if i < t.header:
                trpr += '<w:tblHeader/>'
            cells, column = '', 0
            for cell, first in slots:
                width = sum(t.widths[column:column + cell.across])
                column += cell.across
                tcpr = element('w:tcW', w_w=width, w_type='dxa')
                if cell.across > 1:
                    tcpr += val('gridSpan', cell.across)
                if cell.down > 1:
                    tcpr += val('vMerge', 'restart') if first else '<w:vMerge/>'
                tcpr += val('vAlign', 'center')
                lines = cell.lines if first else ['']
                cells += '<w:tc><w:tcPr>%s</w:tcPr>%s</w:tc>' % (
                    tcpr, ''.join(self.para(Para(cell.style, s)) for s in lines))
            rows += '<w:tr><w:trPr>%s</w:trPr>%s</w:tr>' % (trpr, cells)
        tblpr = (val('tblStyle', GRID) + element('w:tblW', w_w=sum(t.widths), w_type='dxa') +
                 val('jc', 'center') + '<w:tblLayout w:type="fixed"/>' +
                 element('w:tblLook', w_val='04A0', w_firstRow=1, w_lastRow=0, w_firstColumn=1,
                         w_lastColumn=0, w_noHBand=0, w_noVBand=1))
        grid = ''.join(element('w:gridCol', w_w=w) for w in t.widths)
        return '<w:tbl><w:tblPr>%s</w:tblPr><w:tblGrid>%s</w:tblGrid>%s</w:tbl>' % (tblpr, grid, rows)

    def section_properties(self, number):
        """The first section names header and footer; the others take them over."""
        page, out = self.doc.sections[number].page, ''
        if number == 0:
            for kind, name, rid in self.margins():
                out += element('w:%sReference' % name, w_type=kind, r_id=rid)
        wide = page.width > page.height
        out += element('w:pgSz', w_w=page.width, w_h=page.height,
                       w_orient='landscape' if wide else None)
        top, right, bottom, left = page.margins
        out += element('w:pgMar', w_top=top, w_right=right, w_bottom=bottom, w_left=left,
                       w_header=page.header, w_footer=page.footer, w_gutter=0)
        out += element('w:cols', w_space=425)
        out += element('w:docGrid', w_type='lines', w_linePitch=S.LINE)
        return '<w:sectPr>%s</w:sectPr>' % out

    def margins(self):
        """(type, header or footer, relationship) of the parts there are."""
        out, n = [], 10
        kinds = ('even', 'default') if self.doc.even else ('default',)
        for name in ('header', 'footer'):
            for kind in kinds:
                if getattr(self.doc, name):
                    out.append((kind, name, 'rId%d' % n))
                    n += 1
        return out

    def margin_part(self, kind, name):
        paragraphs = getattr(self.doc, name)
        if kind == 'even' and name == 'footer':
            paragraphs = self.doc.even
        tag = 'w:hdr' if name == 'header' else 'w:ftr'
        return DECLARATION + '<%s%s>%s</%s>' % (tag, SPACES, ''.join(map(self.para, paragraphs)), tag)

    def document_xml(self):
        out, sections = '', self.doc.sections
        for i, section in enumerate(sections):
            for block in section.blocks:
                if not isinstance(block, Para):
                    out += self.table(block)
                elif block is section.blocks[-1] and i + 1 < len(sections):
                    out += self.para(block, self.section_properties(i))
                else:
                    out += self.para(block)
        out += self.section_properties(len(sections) - 1)
        return DECLARATION + '<w:document%s><w:body>%s</w:body></w:document>' % (SPACES, out)

    # ---- the other parts ----

    def settings_xml(self):
        compat = ''.join('<w:%s/>' % x for x in (
            'spaceForUL', 'balanceSingleByteDoubleByteWidth', 'doNotLeaveBackslashAlone',
            'ulTrailSpace', 'doNotExpandShiftReturn', 'adjustLineHeightInTable', 'useFELayout'))
        modes = (('compatibilityMode', 15), ('overrideTableStyleFontSizeAndJustification', 1),
                 ('enableOpenTypeFeatures', 1), ('doNotFlipMirrorIndents', 1),
                 ('differentiateMultirowTableHeaders', 1))
        compat += ''.join(element('w:compatSetting', w_name=name, w_val=v,
                                  w_uri='http://schemas.microsoft.com/office/word')
                          for name, v in modes)
        return DECLARATION + '<w:settings%s>%s</w:settings>' % (SPACES, ''.join((
            element('w:zoom', w_percent=100), '<w:bordersDoNotSurroundHeader/>',
            '<w:bordersDoNotSurroundFooter/>', val('defaultTabStop', 420),
            '<w:evenAndOddHeaders/>' if self.doc.even else '',
            val('drawingGridVerticalSpacing', '156'),
            val('displayHorizontalDrawingGridEvery', 0), val('displayVerticalDrawingGridEvery', 2),
            val('characterSpacingControl', 'compressPunctuation'), '<w:compat>%s</w:compat>' % compat,
            element('w:themeFontLang', w_val='en-US', w_eastAsia='zh-CN'),
            val('decimalSymbol', '.'), val('listSeparator', ','))))

    def fonts_xml(self):
        out = ''
        faces = {s.p[k] for s in self.styles for k in ('east', 'west') if k in s.p}
        for face in [f for f in S.FACES if f in faces]:
            other, family, pitch = S.FACES[face]
            out += element('w:font', (val('altName', other) if other else '') +
                           val('charset', '86' if other else '00') + val('family', family) +
                           val('pitch', pitch), w_name=face)
        return DECLARATION + '<w:fonts%s>%s</w:fonts>' % (SPACES, out)

    def parts(self):
        numbered = bool(self.lists) or 'h1' in self.id
        body = [('word/document.xml', 'document.main', self.document_xml()),
                ('word/styles.xml', 'styles', self.styles_xml()),
                ('word/settings.xml', 'settings', self.settings_xml()),
                ('word/fontTable.xml', 'fontTable', self.fonts_xml())]
        if numbered:
            body.append(('word/numbering.xml', 'numbering', self.numbering_xml()))
        links = [('rId%d' % (i + 1), kind.split('.')[0], name[5:])
                 for i, (name, kind, _) in enumerate(body[1:])]
        count = {}
        for kind, name, rid in self.margins():
            count[name] = count.get(name, 0) + 1
            target = '%s%d.xml' % (name, count[name])
            body.append(('word/' + target, name, self.margin_part(kind, name)))
            links.append((rid, name, target))

        types = ('<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
                 'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>')
        for name, kind, _ in body:
            types += element('Override', PartName='/' + name, ContentType=TYPE % kind)
        types += element('Override', PartName='/docProps/core.xml', ContentType=(
            'application/vnd.openxmlformats-package.core-properties+xml'))
        types += element('Override', PartName='/docProps/app.xml', ContentType=(
            'application/vnd.openxmlformats-officedocument.extended-properties+xml'))

        def relationships(rows):
            return DECLARATION + '<Relationships xmlns="%s">%s</Relationships>' % (RELS, ''.join(
                element('Relationship', Id=rid, Type=kind, Target=target)
                for rid, kind, target in rows))

        core = ('<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
                'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
                '<dc:title>%s</dc:title><dc:subject>%s</dc:subject><cp:keywords>%s</cp:keywords>'
                '</cp:coreProperties>' % tuple(map(text, (self.doc.title, self.doc.subject,
                                                          self.doc.keywords))))
        app = ('<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
               'extended-properties"><DocSecurity>0</DocSecurity></Properties>')
        return [
            ('[Content_Types].xml', DECLARATION + '<Types xmlns="http://schemas.openxmlformats.org/'
             'package/2006/content-types">%s</Types>' % types),
            ('_rels/.rels', relationships([
                ('rId1', R + '/officeDocument', 'word/document.xml'),
                ('rId2', RELS + '/metadata/core-properties', 'docProps/core.xml'),
                ('rId3', R + '/extended-properties', 'docProps/app.xml')])),
            (body[0][0], body[0][2]),
            ('word/_rels/document.xml.rels', relationships(
                [(rid, '%s/%s' % (R, kind), target) for rid, kind, target in links])),
            *[(name, content) for name, _, content in body[1:]],
            ('docProps/core.xml', DECLARATION + core),
            ('docProps/app.xml', DECLARATION + app),
        ]


def save(document, path):
    write(path, Writer(document).parts())
