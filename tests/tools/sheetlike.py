#!/usr/bin/env python3
"""Workbooks for tests, as office programs write them: write(path, sheets, encoding).

A sheet is (name, rows, merged): rows are lists of cells, merged areas (row, column, last_row,
last_column) from 0.  A cell is None, a text, or a pair: ('number', '191.70') with its decimals
shown, ('percent', '95.10'), ('date', '2024-06-30') shown as 2024年6月30日, ('error', '#DIV/0!'),
('shown', '12345', '0.00,', '12.35'): a number with one of the formats in OTHER, and what is seen of it.
The ending of the path decides: .xlsx, .ods, or .csv (the first sheet alone).
"""
import csv
import datetime
import os
import zipfile
from decimal import Decimal
from xml.sax.saxutils import escape

TIME = (2024, 1, 1, 0, 0, 0)
DECIMALS = 5  # number formats with 0 … 4 decimals


def kind_of(cell):
    return cell[:2] if isinstance(cell, tuple) else ('text', cell)


def decimals_of(number):
    return max(0, -Decimal(number).as_tuple().exponent)


def zeros(n):
    return '0' + ('.' + '0' * n if n else '')


def put(path, parts):
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, text in parts:
            info = zipfile.ZipInfo(name, TIME)
            info.compress_type = zipfile.ZIP_STORED if name == 'mimetype' else zipfile.ZIP_DEFLATED
            z.writestr(info, text)


# ---- .xlsx (ECMA-376 part 1, section 18) ----

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
PKG = 'http://schemas.openxmlformats.org/package/2006/'
TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.'
OTHER = ['0.00,', '0\\.0,"万元"', '0"万元"', '0.0,"千"', 'yyyy/m/d', '"约"0']
XLSX_FORMATS = [zeros(n) for n in range(DECIMALS)] + [zeros(n) + '%' for n in range(DECIMALS)] + ['yyyy"年"m"月"d"日"'] + OTHER


def cell_name(row, column):
    name, n = '', column + 1
    while n:
        n, letter = divmod(n - 1, 26)
        name = chr(65 + letter) + name
    return '%s%d' % (name, row + 1)


def xlsx_cell(row, column, cell):
    kind, value = kind_of(cell)
    at = cell_name(row, column)
    if kind == 'number':
        return '<c r="%s" s="%d"><v>%s</v></c>' % (at, 1 + decimals_of(value), value)
    if kind == 'percent':
        return '<c r="%s" s="%d"><v>%s</v></c>' % (at, 1 + DECIMALS + decimals_of(value), Decimal(value).scaleb(-2))
    if kind == 'date':
        serial = (datetime.date.fromisoformat(value) - datetime.date(1899, 12, 30)).days
        return '<c r="%s" s="%d"><v>%d</v></c>' % (at, 1 + 2 * DECIMALS, serial)
    if kind == 'error':
        return '<c r="%s" t="e"><v>%s</v></c>' % (at, value)
    if kind == 'shown':
        return '<c r="%s" s="%d"><v>%s</v></c>' % (at, 2 + 2 * DECIMALS + OTHER.index(cell[2]), value)
    return '<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>' % (at, escape(value))


def xlsx_sheet(rows, merged):
    body = ''
    for i, row in enumerate(rows):
        cells = ''.join(xlsx_cell(i, k, c) for k, c in enumerate(row) if c is not None)
        if cells:
            body += '<row r="%d">%s</row>' % (i + 1, cells)
    areas = ''.join('<mergeCell ref="%s:%s"/>' % (cell_name(a, b), cell_name(c, d)) for a, b, c, d in merged)
    if areas:
        areas = '<mergeCells count="%d">%s</mergeCells>' % (len(merged), areas)
    return '%s<worksheet xmlns="%s"><sheetData>%s</sheetData>%s</worksheet>' % (HEAD, MAIN, body, areas)


def xlsx_styles():
    formats = ''.join('<numFmt numFmtId="%d" formatCode="%s"/>' % (164 + i, escape(f, {'"': '&quot;'}))
                      for i, f in enumerate(XLSX_FORMATS))
    xfs = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    xfs += ''.join('<xf numFmtId="%d" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' % (164 + i)
                   for i in range(len(XLSX_FORMATS)))
    return (HEAD + '<styleSheet xmlns="%s"><numFmts count="%d">%s</numFmts><fonts count="1"><font/></fonts>'
            '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            '<cellXfs count="%d">%s</cellXfs></styleSheet>' % (MAIN, len(XLSX_FORMATS), formats,
                                                                1 + len(XLSX_FORMATS), xfs))


def write_xlsx(path, sheets):
    n = range(1, len(sheets) + 1)
    types = ''.join('<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>' % (i, TYPE) for i in n)
    listed = ''.join('<sheet name="%s" sheetId="%d" r:id="rId%d"/>' % (escape(s[0], {'"': '&quot;'}), i, i)
                     for i, s in zip(n, sheets))
    rels = ''.join('<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>' % (i, REL, i) for i in n)
    rels += '<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/>' % (len(sheets) + 1, REL)
    put(path, [
        ('[Content_Types].xml', HEAD + '<Types xmlns="%scontent-types"><Default Extension="rels" ContentType='
         '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
         '"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="%ssheet.main+xml"/><Override '
         'PartName="/xl/styles.xml" ContentType="%sstyles+xml"/>%s</Types>' % (PKG, TYPE, TYPE, types)),
        ('_rels/.rels', HEAD + '<Relationships xmlns="%srelationships"><Relationship Id="rId1" Type='
         '"%s/officeDocument" Target="xl/workbook.xml"/></Relationships>' % (PKG, REL)),
        ('xl/workbook.xml', HEAD + '<workbook xmlns="%s" xmlns:r="%s"><sheets>%s</sheets></workbook>' % (MAIN, REL, listed)),
        ('xl/_rels/workbook.xml.rels', HEAD + '<Relationships xmlns="%srelationships">%s</Relationships>' % (PKG, rels)),
        ('xl/styles.xml', xlsx_styles()),
    ] + [('xl/worksheets/sheet%d.xml' % i, xlsx_sheet(s[1], s[2])) for i, s in zip(n, sheets)])


# ---- .ods (ODF 1.3 part 3, section 9) ----

URN = 'urn:oasis:names:tc:opendocument:xmlns:'
NAMESPACES = ('xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" xmlns:office="%soffice:1.0" xmlns:table="%stable:1.0" xmlns:text="%stext:1.0" '
              'xmlns:style="%sstyle:1.0" xmlns:number="%sdatastyle:1.0" office:version="1.3"' % ((URN,) * 5))
ODS_TYPE = 'application/vnd.oasis.opendocument.spreadsheet'


def ods_paragraphs(text):
    return ''.join('<text:p>%s</text:p>' % escape(line) for line in text.split('\n'))


def ods_cell(cell, span):
    kind, value = kind_of(cell)
    if cell is None:
        return '<table:table-cell%s/>' % span
    if kind == 'number':
        attributes = 'table:style-name="n%d" office:value-type="float" office:value="%s"' % (decimals_of(value), value)
    elif kind == 'percent':
        attributes = ('table:style-name="p%d" office:value-type="percentage" office:value="%s"'
                      % (decimals_of(value), Decimal(value).scaleb(-2)))
        value += '%'
    elif kind == 'date':
        attributes = 'table:style-name="d" office:value-type="date" office:date-value="%s"' % value
        year, month, day = (int(p) for p in value.split('-'))
        value = '%d年%d月%d日' % (year, month, day)
    elif kind == 'shown' and cell[2][0] == 'y':
        day = datetime.date(1899, 12, 30) + datetime.timedelta(int(value))
        attributes, value = 'office:value-type="date" office:date-value="%s"' % day, cell[3]
    elif kind == 'shown':
        attributes, value = 'office:value-type="float" office:value="%s"' % value, cell[3]
    elif kind == 'error':
        attributes = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
    else:
        attributes = 'office:value-type="string"'
    return '<table:table-cell %s%s>%s</table:table-cell>' % (attributes, span, ods_paragraphs(value))


def ods_row(i, row, merged):
    out = ''
    for k, cell in enumerate(row):
        span, covered = '', False
        for a, b, c, d in merged:
            if (a, b) == (i, k):
                span = ' table:number-columns-spanned="%d" table:number-rows-spanned="%d"' % (d - b + 1, c - a + 1)
            elif a <= i <= c and b <= k <= d:
                covered = True
        out += '<table:covered-table-cell/>' if covered else ods_cell(cell, span)
    return '<table:table-row>%s</table:table-row>' % (out or '<table:table-cell/>')


def ods_styles():
    out = ''
    for n in range(DECIMALS):
        digits = '<number:number number:decimal-places="%d" number:min-decimal-places="%d" number:min-integer-digits="1"/>' % (n, n)
        out += '<number:number-style style:name="N%d">%s</number:number-style>' % (n, digits)
        out += ('<number:percentage-style style:name="P%d">%s<number:text>%%</number:text></number:percentage-style>'
                % (n, digits))
        for letter in 'np':
            out += ('<style:style style:name="%s%d" style:family="table-cell" style:data-style-name="%s%d"/>'
                    % (letter, n, letter.upper(), n))
    out += ('<number:date-style style:name="D"><number:year number:style="long"/><number:text>年</number:text>'
            '<number:month/><number:text>月</number:text><number:day/><number:text>日</number:text></number:date-style>'
            '<style:style style:name="d" style:family="table-cell" style:data-style-name="D"/>')
    return out


def write_ods(path, sheets):
    tables = ''
    for name, rows, merged in sheets:
        width = max([len(r) for r in rows] + [1])
        filled = [list(r) + [None] * (width - len(r)) for r in rows]
        tables += '<table:table table:name="%s"><table:table-column table:number-columns-repeated="%d"/>%s</table:table>' % (
            escape(name, {'"': '&quot;'}), width, ''.join(ods_row(i, r, merged) for i, r in enumerate(filled)))
    put(path, [
        ('mimetype', ODS_TYPE),
        ('META-INF/manifest.xml', HEAD + '<manifest:manifest xmlns:manifest="%smanifest:1.0" manifest:version="1.3">'
         '<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="%s"/>'
         '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
         % (URN, ODS_TYPE)),
        ('content.xml', HEAD + '<office:document-content %s><office:automatic-styles>%s</office:automatic-styles>'
         '<office:body><office:spreadsheet>%s</office:spreadsheet></office:body></office:document-content>'
         % (NAMESPACES, ods_styles(), tables)),
    ])


# ---- CSV ----

def csv_text(cell):
    kind, value = kind_of(cell)
    if cell is None:
        return ''
    return value + '%' if kind == 'percent' else value


def write_csv(path, rows, encoding='utf-8', delimiter=','):
    with open(path, 'w', encoding=encoding, newline='') as f:
        csv.writer(f, delimiter=delimiter, lineterminator='\r\n').writerows([csv_text(c) for c in r] for r in rows)


def write(path, sheets, encoding='utf-8'):
    ending = os.path.splitext(path)[1]
    if ending == '.xlsx':
        write_xlsx(path, sheets)
    elif ending == '.ods':
        write_ods(path, sheets)
    else:
        write_csv(path, sheets[0][1], encoding)
