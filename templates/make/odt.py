"""Writes a document as OpenDocument text (.odt)."""
import re

import styles as S
from model import PAGE, Para
from package import element, text, write

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
ODF = 'urn:oasis:names:tc:opendocument:xmlns:'
SPACES = ''.join(' xmlns:%s="%s"' % x for x in (
    ('office', ODF + 'office:1.0'), ('style', ODF + 'style:1.0'), ('text', ODF + 'text:1.0'),
    ('table', ODF + 'table:1.0'), ('fo', ODF + 'xsl-fo-compatible:1.0'),
    ('svg', ODF + 'svg-compatible:1.0'), ('meta', ODF + 'meta:1.0'),
    ('dc', 'http://purl.org/dc/elements/1.1/'))) + ' office:version="1.3"'
MIME = 'application/vnd.oasis.opendocument.text'
CHINESE = '一, 二, 三, ...'
LIST = '公文编号'
FIRST_PAGE = 'Standard'


def pt(twips):
    return '%gpt' % (twips / 20)


def name_of(style):
    """The name inside the file: the name that is shown, blanks written as _20_."""
    return (style.builtin[1] if style.builtin else style.name).replace(' ', '_20_')


def number_format(form):
    kind, before, behind = form
    return dict(style_num__prefix=before or None, style_num__suffix=behind,
                style_num__format=CHINESE if kind == S.CHINESE else '1')


def alignment():
    """No gap behind a number; the first line stands in by two characters."""
    return element('style:list-level-properties', element(
        'style:list-level-label-alignment', text_label__followed__by='nothing',
        fo_text__indent='32pt', fo_margin__left='0pt'),
        text_list__level__position__and__space__mode='label-alignment')


def content_of(s):
    out = text(s).replace('\n', '<text:line-break/>').replace('\t', '<text:tab/>')
    out = re.sub('  +', lambda m: ' <text:s text:c="%d"/>' % (len(m.group()) - 1), out)
    return out.replace(PAGE, '<text:page-number text:select-page="current">1</text:page-number>')


class Writer:
    def __init__(self, document):
        self.doc = document
        self.styles = S.used(document)
        self.automatic = {}  # name: XML of the automatic style

    # ---- styles.xml ----

    @staticmethod
    def paragraph_properties(s):
        p, a = s.p, {}
        size = S.resolved(s.key)['size']
        align = {'both': 'justify', 'left': 'start', 'right': 'end', 'center': 'center'}
        if 'line' in p:
            a['fo_line__height'] = pt(p['line']) if p['line'] else '100%'
        if 'left' in p:
            a['fo_margin__left'] = pt(p['left'] * size * 20)
        if 'indent' in p:
            a['fo_margin__left'] = pt(p['indent'])
        if 'right' in p:
            a['fo_margin__right'] = pt(p['right'] * size * 20)
        for side, key in (('before', 'fo_margin__top'), ('after', 'fo_margin__bottom')):
            if side in p:
                a[key] = pt(p[side])
        if 'hanging' in p:
            a['fo_text__indent'] = pt(-p['hanging'])
        if 'first' in p:
            a['fo_text__indent'] = pt(p['first'] * size * 20)
        if 'align' in p:
            a['fo_text__align'] = align[p['align']]
            a['style_justify__single__word'] = 'false'
        if p.get('keep'):
            a['fo_keep__with__next'] = 'always'
        if 'rule' in p:
            side = 'bottom' if p['rule'] == 'below' else 'top'
            a['fo_padding__' + side] = '6pt' if side == 'bottom' else '1pt'
            a['fo_border__' + side] = '4.5pt double #%s' % S.RED
            # The line inside, the gap, the line outside.
            a['style_border__line__width__' + side] = (
                '3pt 0.75pt 0.75pt' if side == 'bottom' else '0.75pt 0.75pt 3pt')
        if s.key == 'normal':
            a.update(fo_margin__top='0pt', fo_margin__bottom='0pt', fo_orphans=0, fo_widows=0,
                     style_punctuation__wrap='hanging', style_line__break='strict',
                     style_text__autospace='ideograph-alpha', style_snap__to__layout__grid='false')
        tabs = ''
        if 'tabs' in p:
            tabs = element('style:tab-stops', ''.join(
                element('style:tab-stop', style_type=k, style_position=pt(at)) for k, at in p['tabs']))
        return element('style:paragraph-properties', tabs, **a) if a or tabs else ''

    @staticmethod
    def text_properties(s):
        p, a = s.p, {}
        if 'west' in p:
            a.update(style_font__name=p['west'], style_font__name__complex=p['west'])
        if 'east' in p:
            a['style_font__name__asian'] = p['east']
        if 'size' in p:
            size = '%gpt' % p['size']
            a.update(fo_font__size=size, style_font__size__asian=size, style_font__size__complex=size)
        if p.get('bold'):
            a.update(fo_font__weight='bold', style_font__weight__asian='bold',
                     style_font__weight__complex='bold')
        elif 'level' in p or s.key == 'title':
            a.update(fo_font__weight='normal', style_font__weight__asian='normal',
                     style_font__weight__complex='normal')
        if 'color' in p:
            a['fo_color'] = '#' + p['color']
        return element('style:text-properties', **a) if a else ''

    def style(self, s):
        a = dict(style_name=name_of(s), style_family='paragraph')
        shown = s.builtin[1] if s.builtin else s.name
        if shown != a['style_name']:
            a['style_display__name'] = shown
        if s.parent:
            a['style_parent__style__name'] = name_of(S.BY_KEY[s.parent])
        if s.next:
            a['style_next__style__name'] = name_of(S.BY_KEY[s.next])
        if 'level' in s.p:
            a['style_default__outline__level'] = s.p['level']
        a['style_class'] = {'normal': 'text', 'title': 'chapter', 'header': 'extra',
                            'footer': 'extra'}.get(s.key, 'text')
        return element('style:style', self.paragraph_properties(s) + self.text_properties(s), **a)

    def faces(self):
        used = {s.p[k] for s in self.styles for k in ('east', 'west') if k in s.p}
        out = ''
        for face in [f for f in S.FACES if f in used]:
            out += element('style:font-face', style_name=face,
                           svg_font__family="'%s'" % face if ' ' in face else face,
                           style_font__family__generic='roman' if face == S.LATIN else 'system',
                           style_font__pitch='variable')
        return '<office:font-face-decls>%s</office:font-face-decls>' % out

    def page_layout(self, number, page):
        top, right, bottom, left = page.margins
        head, foot = bool(self.doc.header), bool(self.doc.footer)

        def region(name, there, height, side):
            if not there:
                return '<style:%s-style/>' % name
            return '<style:%s-style>%s</style:%s-style>' % (name, element(
                'style:header-footer-properties', fo_min__height=pt(height), **{
                    'fo_margin__' + side: pt(height - 60), 'style_dynamic__spacing': 'true'}), name)

        properties = element(
            'style:page-layout-properties', fo_page__width=pt(page.width),
            fo_page__height=pt(page.height),
            style_print__orientation='landscape' if page.width > page.height else 'portrait',
            fo_margin__top=pt(page.header if head else top), fo_margin__right=pt(right),
            fo_margin__bottom=pt(page.footer if foot else bottom), fo_margin__left=pt(left),
            style_writing__mode='lr-tb')
        return element('style:page-layout', properties +
                       region('header', head, top - page.header, 'bottom') +
                       region('footer', foot, bottom - page.footer, 'top'),
                       style_name='pm%d' % number)

    def master_page(self, number, page):
        def margin(name, paragraphs):
            return '<style:%s>%s</style:%s>' % (name, ''.join(map(self.para, paragraphs)), name)

        inner = ''
        if self.doc.header:
            inner += margin('header', self.doc.header)
            if self.doc.even:
                inner += margin('header-left', self.doc.header)
        if self.doc.footer:
            inner += margin('footer', self.doc.footer)
            if self.doc.even:
                inner += margin('footer-left', self.doc.even)
        return element('style:master-page', inner, style_name=self.master_name(page),
                       style_display__name=None if page is self.pages()[0] else page.name,
                       style_page__layout__name='pm%d' % number)

    def pages(self):
        return list(dict.fromkeys(s.page for s in self.doc.sections))

    def master_name(self, page):
        return FIRST_PAGE if page is self.pages()[0] else page.name

    def styles_xml(self):
        language = dict(fo_language='en', fo_country='US', style_language__asian='zh',
                        style_country__asian='CN')
        defaults = element('style:default-style', element(
            'style:paragraph-properties', style_tab__stop__distance='21pt',
            style_writing__mode='page') + element(
            'style:text-properties', style_font__name=S.LATIN, style_font__name__asian=S.FANG,
            fo_font__size='16pt', style_font__size__asian='16pt', **language),
            style_family='paragraph')
        defaults += element('style:default-style', element(
            'style:table-properties', table_border__model='collapsing'), style_family='table')
        outline = ''.join(element(
            'text:outline-level-style', alignment(), text_level=level + 1,
            **number_format(S.HEADINGS[level]) if level < 3 else dict(style_num__format=''))
            for level in range(10))
        outline = element('text:outline-style', outline, style_name='Outline')
        numbers = element('text:list-style', element(
            'text:list-level-style-number', alignment(), text_level=1, **number_format(S.ITEMS)),
            style_name=LIST)
        pages = self.pages()
        return XML + '<office:document-styles%s>%s%s%s%s</office:document-styles>' % (
            SPACES, self.faces(),
            '<office:styles>%s%s%s</office:styles>' % (
                defaults, ''.join(self.style(s) for s in self.styles), outline + numbers),
            '<office:automatic-styles>%s</office:automatic-styles>' % ''.join(
                self.page_layout(i + 1, p) for i, p in enumerate(pages)),
            '<office:master-styles>%s</office:master-styles>' % ''.join(
                self.master_page(i + 1, p) for i, p in enumerate(pages)))

    # ---- content.xml ----

    def automatic_style(self, name, family, inner, **attributes):
        self.automatic[name] = element('style:style', inner, style_name=name, style_family=family,
                                       **attributes)
        return name

    def para(self, p, page=None):
        """page: the kind of page that begins with this paragraph."""
        style = S.BY_KEY[p.style]
        name = name_of(style)
        if page is not None:
            name = self.automatic_style('P%d' % (len(self.automatic) + 1), 'paragraph', '',
                                        style_parent__style__name=name,
                                        style_master__page__name=self.master_name(page))
        level = style.p.get('level')
        return element('text:h' if level else 'text:p', content_of(p.text), text_style__name=name,
                       text_outline__level=level)

    def table(self, number, t):
        table = 'Table%d' % number
        self.automatic_style(table, 'table', element(
            'style:table-properties', style_width=pt(sum(t.widths)), table_align='center',
            table_border__model='collapsing', style_may__break__between__rows='true'))
        columns = ''
        for i, width in enumerate(t.widths):
            name = '%s.%s' % (table, chr(65 + i))
            self.automatic_style(name, 'table-column', element(
                'style:table-column-properties', style_column__width=pt(width)))
            columns += element('table:table-column', table_style__name=name)
        cell_style = self.automatic_style(table + '.Cell', 'table-cell', element(
            'style:table-cell-properties', style_vertical__align='middle',
            **{'fo_padding__' + side: pt(w) for side, w in S.PADDING.items()},
            fo_border='0.5pt solid #000000'))
        header, rows = '', ''
        for i, (row, slots) in enumerate(t.grid()):
            name = '%s.Row%s' % (table, row.height or '')
            self.automatic_style(name, 'table-row', element(
                'style:table-row-properties', fo_keep__together='always',
                style_min__row__height=pt(row.height) if row.height else None))
            cells = ''
            for cell, first in slots:
                covered = cell.across
                if first:
                    covered -= 1
                    cells += element(
                        'table:table-cell', ''.join(self.para(Para(cell.style, s)) for s in cell.lines),
                        table_style__name=cell_style, office_value__type='string',
                        table_number__columns__spanned=cell.across if cell.across > 1 else None,
                        table_number__rows__spanned=cell.down if cell.down > 1 else None)
                cells += '<table:covered-table-cell/>' * covered
            row_xml = element('table:table-row', cells, table_style__name=name)
            if i < t.header:
                header += row_xml
            else:
                rows += row_xml
        if header:
            header = '<table:table-header-rows>%s</table:table-header-rows>' % header
        return element('table:table', columns + header + rows, table_name=t.name,
                       table_style__name=table)

    def content_xml(self):
        out, tables, open_list = '', 0, None
        for number, section in enumerate(self.doc.sections):
            for i, block in enumerate(section.blocks):
                item = getattr(block, 'item', None)
                if open_list is not None and item != open_list:
                    out, open_list = out + '</text:list>', None
                if not isinstance(block, Para):
                    tables += 1
                    out += self.table(tables, block)
                    continue
                if item is None:
                    out += self.para(block, section.page if number > 0 and i == 0 else None)
                    continue
                if open_list is None:
                    out, open_list = out + '<text:list text:style-name="%s">' % LIST, item
                out += '<text:list-item>%s</text:list-item>' % self.para(block)
        return XML + '<office:document-content%s>%s%s%s</office:document-content>' % (
            SPACES, self.faces(), '<office:automatic-styles>%s</office:automatic-styles>' %
            ''.join(self.automatic.values()),
            '<office:body><office:text>%s</office:text></office:body>' % out)

    def meta_xml(self):
        return XML + ('<office:document-meta%s><office:meta><dc:title>%s</dc:title>'
                      '<dc:subject>%s</dc:subject><meta:keyword>%s</meta:keyword>'
                      '<dc:language>zh-CN</dc:language></office:meta></office:document-meta>' % (
                          SPACES, text(self.doc.title), text(self.doc.subject),
                          text(self.doc.keywords)))

    def parts(self):
        parts = [('content.xml', self.content_xml()), ('styles.xml', self.styles_xml()),
                 ('meta.xml', self.meta_xml())]
        entries = element('manifest:file-entry', manifest_full__path='/', manifest_version='1.3',
                          manifest_media__type=MIME)
        for name, _ in parts:
            entries += element('manifest:file-entry', manifest_full__path=name,
                               manifest_media__type='text/xml')
        manifest = XML + ('<manifest:manifest xmlns:manifest="%smanifest:1.0" manifest:version="1.3">'
                          '%s</manifest:manifest>' % (ODF, entries))
        return [('mimetype', MIME), *parts, ('META-INF/manifest.xml', manifest)]


def save(document, path):
    write(path, Writer(document).parts())
