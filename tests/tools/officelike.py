"""Packages with parts written as Word and Writer write them, for what a sketch cannot say: fields in
pieces, content controls, document variables, bound XML, cells with values.

    docx(path, body, header='', variables={}, custom={}, title=None, item=None, settings='')
    odt(path, body, header='', styles='', custom={}, title=None)

Bodies are XML in the vocabulary of the format, with the prefixes that the programs use.
"""
import zipfile
from xml.sax.saxutils import escape, quoteattr as quoted

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
W = ('xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
     'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
     'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
     'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
     'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" '
     'mc:Ignorable="w14 w15"')
OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/'
PACKAGE = 'http://schemas.openxmlformats.org/package/2006/'
MAIN = 'application/vnd.openxmlformats-officedocument.wordprocessingml.'
ITEM_ID = '{0F5C2C86-3B1A-4C5E-9E0B-1D6C0B7C9A11}'
SECTION = ('<w:sectPr>%s<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800" '
           'w:bottom="1440" w:left="1800" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>')


def write(path, parts, stored=()):
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, data in parts:
            z.writestr(zipfile.ZipInfo(name, (2024, 1, 2, 3, 4, 6)), data,
                       zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)


# ---- Word ----

def rels(rows):
    return (XML + '<Relationships xmlns="%srelationships">' % PACKAGE + ''.join(
        '<Relationship Id="rId%d" Type="%s" Target="%s"/>' % (i + 1, kind, target)
        for i, (kind, target) in enumerate(rows)) + '</Relationships>')


def docx(path, body, header='', variables=None, custom=None, title=None, item=None, settings=''):
    types, own, package, parts = [], [], [(OFFICE + 'relationships/officeDocument', 'word/document.xml')], []
    office = OFFICE + 'relationships/'
    reference = ''
    if header:
        reference = '<w:headerReference w:type="default" r:id="rId1"/>'
        own.append((office + 'header', 'header1.xml'))
        types.append(('/word/header1.xml', MAIN + 'header+xml'))
        parts.append(('word/header1.xml', XML + '<w:hdr %s>%s</w:hdr>' % (W, header)))
    own.append((office + 'styles', 'styles.xml'))
    types.append(('/word/styles.xml', MAIN + 'styles+xml'))
    parts.append(('word/styles.xml', XML + '<w:styles %s><w:docDefaults><w:rPrDefault><w:rPr/>'
                  '</w:rPrDefault><w:pPrDefault/></w:docDefaults><w:style w:type="paragraph" '
                  'w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style><w:style '
                  'w:type="character" w:styleId="a3"><w:name w:val="Placeholder Text"/><w:rPr>'
                  '<w:color w:val="808080"/></w:rPr></w:style></w:styles>' % W))
    own.append((office + 'settings', 'settings.xml'))
    types.append(('/word/settings.xml', MAIN + 'settings+xml'))
    variables = ''.join('<w:docVar w:name=%s w:val=%s/>' % (quoted(k), quoted(v))
                        for k, v in (variables or {}).items())
    parts.append(('word/settings.xml', XML + '<w:settings %s><w:zoom w:percent="100"/>%s%s</w:settings>'
                  % (W, settings, variables and '<w:docVars>%s</w:docVars>' % variables)))
    if item:
        own.append((office + 'customXml', '../customXml/item1.xml'))
        types.append(('/customXml/itemProps1.xml',
                      'application/vnd.openxmlformats-officedocument.customXmlProperties+xml'))
        parts += [('customXml/item1.xml', item),
                  ('customXml/_rels/item1.xml.rels',
                   rels([(office + 'customXmlProps', 'itemProps1.xml')])),
                  ('customXml/itemProps1.xml', XML + '<ds:datastoreItem ds:itemID="%s" xmlns:ds='
                   '"%scustomXml"><ds:schemaRefs/></ds:datastoreItem>' % (ITEM_ID, OFFICE))]
    if custom:
        package.append((office + 'custom-properties', 'docProps/custom.xml'))
        types.append(('/docProps/custom.xml',
                      'application/vnd.openxmlformats-officedocument.custom-properties+xml'))
        parts.append(('docProps/custom.xml', XML + '<Properties xmlns="%scustom-properties" '
                      'xmlns:vt="%sdocPropsVTypes">' % (OFFICE, OFFICE) + ''.join(
                          '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="%d" name=%s>%s'
                          '</property>' % (i + 2, quoted(k), v if v.startswith('<') else
                                           '<vt:lpwstr>%s</vt:lpwstr>' % escape(v))
                          for i, (k, v) in enumerate(custom.items())) + '</Properties>'))
    if title is not None:
        package.append((PACKAGE + 'relationships/metadata/core-properties', 'docProps/core.xml'))
        types.append(('/docProps/core.xml',
                      'application/vnd.openxmlformats-package.core-properties+xml'))
        parts.append(('docProps/core.xml', XML + '<cp:coreProperties xmlns:cp="%smetadata/core-properties"'
                      ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>%s</dc:title>'
                      '</cp:coreProperties>' % (PACKAGE, escape(title))))
    types.append(('/word/document.xml', MAIN + 'document.main+xml'))
    content_types = (XML + '<Types xmlns="%scontent-types"><Default Extension="rels" ContentType="'
                     'application/vnd.openxmlformats-package.relationships+xml"/><Default Extension='
                     '"xml" ContentType="application/xml"/>' % PACKAGE + ''.join(
                         '<Override PartName="%s" ContentType="%s"/>' % t for t in types) + '</Types>')
    write(path, [('[Content_Types].xml', content_types), ('_rels/.rels', rels(package)),
                 ('word/document.xml', XML + '<w:document %s><w:body>%s%s</w:body></w:document>'
                  % (W, body, SECTION % reference)),
                 ('word/_rels/document.xml.rels', rels(own))] + parts)


def p(*inner):
    return '<w:p>%s</w:p>' % ''.join(inner)


def t(text, properties=''):
    return '<w:r>%s<w:t xml:space="preserve">%s</w:t></w:r>' % (
        properties and '<w:rPr>%s</w:rPr>' % properties, escape(text))


def char(kind):
    return '<w:r><w:fldChar w:fldCharType="%s"/></w:r>' % kind


def field(code, result='', properties=''):
    """A complex field; { } in the code are fields in it, whose result is «»."""
    out, plain = [char('begin')], ''
    depth, inner = 0, ''
    for c in code:
        if c == '{':
            depth += 1
            if depth == 1:
                out.append('<w:r><w:instrText xml:space="preserve">%s</w:instrText></w:r>' % escape(plain))
                plain = inner = ''
                continue
        if c == '}':
            depth -= 1
            if depth == 0:
                out.append(field(inner, '«»'))
                continue
        if depth:
            inner += c
        else:
            plain += c
    out.append('<w:r><w:instrText xml:space="preserve">%s</w:instrText></w:r>' % escape(plain))
    if result:
        out += [char('separate'), t(result, properties)]
    return ''.join(out) + char('end')


def form(kind, name, data, result=None):
    """A form field, with its bookmark where Word puts it; `result` is XML of runs."""
    number = sum(map(ord, name)) % 10000
    return ('<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val=%s/><w:enabled/><w:calcOnExit w:val="0"/>%s'
            '</w:ffData></w:fldChar></w:r><w:bookmarkStart w:id="%d" w:name=%s/><w:r><w:instrText xml:space="preserve"> %s '
            '</w:instrText></w:r>%s%s<w:bookmarkEnd w:id="%d"/>' % (
                quoted(name), data, number, quoted(name), kind,
                '' if result is None else char('separate') + result, char('end'), number))


def simple(code, result):
    return '<w:fldSimple w:instr=%s>%s</w:fldSimple>' % (quoted(code), t(result))


def control(content, tag='', alias='', more='', before=''):
    """A content control around runs, paragraphs, cells or rows."""
    return '<w:sdt><w:sdtPr>%s%s%s<w:id w:val="%d"/>%s</w:sdtPr><w:sdtContent>%s</w:sdtContent></w:sdt>' % (
        before, alias and '<w:alias w:val=%s/>' % quoted(alias), tag and '<w:tag w:val=%s/>' % quoted(tag),
        1000 + sum(map(ord, tag + alias)) % 100000, more, content)


def table(*rows):
    """Rows are lists of cells (XML of their paragraphs), or XML of rows."""
    cells = max([r.count('<w:tc>') // max(r.count('<w:tr>'), 1) if isinstance(r, str) else len(r) for r in rows])
    return ('<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>%s</w:tblGrid>%s</w:tbl>'
            % ('<w:gridCol w:w="2000"/>' * cells,
               ''.join(r if isinstance(r, str) else row(*r) for r in rows)))


def cell(inner):
    return '<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>%s</w:tc>' % inner


def row(*cells):
    return '<w:tr>%s</w:tr>' % ''.join(cell(c) if not c.startswith(('<w:tc>', '<w:sdt><w:sdtPr>')) or
                                       '<w:tc>' not in c else c for c in cells)


# ---- Writer ----

ODF = 'urn:oasis:names:tc:opendocument:xmlns:'
NS = ' '.join('xmlns:%s="%s%s:1.0"' % (prefix, ODF, name) for prefix, name in (
    ('office', 'office'), ('text', 'text'), ('table', 'table'), ('style', 'style'), ('draw', 'drawing'),
    ('svg', 'svg-compatible'), ('fo', 'xsl-fo-compatible'), ('number', 'datastyle'), ('meta', 'meta'))) + (
    ' xmlns:ooow="http://openoffice.org/2004/writer" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0" '
    'xmlns:field="urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0" '
    'office:version="1.3"')


def odt(path, body, header='', styles='', custom=None, title=None):
    meta = (title is not None and '<dc:title>%s</dc:title>' % escape(title) or '') + ''.join(
        '<meta:user-defined meta:name=%s>%s</meta:user-defined>' % (quoted(k), escape(v))
        for k, v in (custom or {}).items())
    names = ['content.xml', 'styles.xml', 'meta.xml']
    manifest = ('<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest xmlns:manifest="%smanifest:1.0" '
                'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3" '
                'manifest:media-type="application/vnd.oasis.opendocument.text"/>' % ODF + ''.join(
                    '<manifest:file-entry manifest:full-path="%s" manifest:media-type="text/xml"/>' % n
                    for n in names) + '</manifest:manifest>')
    automatic = '' if styles is None else '<office:automatic-styles>%s</office:automatic-styles>' % styles
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    master = '<style:header>%s</style:header>' % header if header else ''
    write(path, [
        ('mimetype', 'application/vnd.oasis.opendocument.text'),
        ('content.xml', declaration + '<office:document-content %s>%s<office:body><office:text>%s</office:text></office:body>'
         '</office:document-content>' % (NS, automatic, body)),
        ('styles.xml', declaration + '<office:document-styles %s><office:styles><style:style style:name='
         '"Standard" style:family="paragraph"/></office:styles><office:automatic-styles>'
         '<style:page-layout style:name="pm1"><style:page-layout-properties fo:page-width="21cm" '
         'fo:page-height="29.7cm" fo:margin="2cm"/></style:page-layout></office:automatic-styles>'
         '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm1">%s'
         '</style:master-page></office:master-styles></office:document-styles>' % (NS, master)),
        ('meta.xml', declaration + '<office:document-meta %s><office:meta>%s</office:meta>'
         '</office:document-meta>' % (NS, meta)),
        ('META-INF/manifest.xml', manifest)], stored=('mimetype',))
