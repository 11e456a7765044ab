"""Workbooks (.xlsx) that somebody fills in: cells are read, and written into what is there.

    book = Book(path)
    book.sheets                     # names in their order
    book.text(sheet, row, column)   # what stands in a cell, from 0; None: nothing
    book.put(sheet, row, column, 'text' | Decimal | date)
    book.save(path)

A figure is typed with the decimals it is written with; into a cell whose format is text, or a date, it
goes as such.  What else is in the workbook stays as it is.
"""
import datetime
import re
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
RELS = 'http://schemas.openxmlformats.org/package/2006/relationships'
LINK = '{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id'
TEXT_FORMAT = 49

for prefix, name in (('', MAIN), ('r', LINK[1:-3]),
                     ('mc', 'http://schemas.openxmlformats.org/markup-compatibility/2006')):
    ElementTree.register_namespace(prefix, name)


def tag(name):
    return '{%s}%s' % (MAIN, name)


def column_name(column):
    name = ''
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name


def position(name):
    letters, digits = re.match(r'([A-Z]+)(\d+)$', name).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits) - 1, column - 1


class Book:
    def __init__(self, path):
        with zipfile.ZipFile(path) as z:
            self.parts = {i.filename: z.read(i) for i in z.infolist()}
        rels = {r.get('Id'): 'xl/' + r.get('Target').replace('/xl/', '')
                for r in ElementTree.fromstring(self.parts['xl/_rels/workbook.xml.rels'])}
        book = ElementTree.fromstring(self.parts['xl/workbook.xml'])
        self.files = {s.get('name'): rels[s.get(LINK)] for s in book.iter(tag('sheet'))}
        self.sheets = list(self.files)
        self.trees = {n: ElementTree.fromstring(self.parts[f]) for n, f in self.files.items()}
        self.styles = ElementTree.fromstring(self.parts['xl/styles.xml'])
        self.strings = []
        if 'xl/sharedStrings.xml' in self.parts:
            for item in ElementTree.fromstring(self.parts['xl/sharedStrings.xml']).findall(tag('si')):
                self.strings.append(''.join(t.text or '' for t in item.iter(tag('t'))))
        self.made = {}
        self.cells = {n: {position(c.get('r')): c for c in tree.iter(tag('c'))} for n, tree in self.trees.items()}
        self.rows = {n: {int(r.get('r')) - 1: r for r in tree.iter(tag('row'))} for n, tree in self.trees.items()}

    # ---- reading ----

    def text(self, sheet, row, column):
        cell = self.cells[sheet].get((row, column))
        if cell is None:
            return None
        if cell.get('t') == 'inlineStr':
            return ''.join(t.text or '' for t in cell.iter(tag('t')))
        value = cell.find(tag('v'))
        if value is None:
            return None
        return self.strings[int(value.text)] if cell.get('t') == 's' else value.text

    def size(self, sheet):
        at = self.cells[sheet]
        return max(r for r, _ in at) + 1, max(c for _, c in at) + 1

    def formats(self):
        return self.styles.find(tag('cellXfs'))

    def style(self, sheet, row, column):
        """Of the cell, else of its column."""
        cell = self.cells[sheet].get((row, column))
        if cell is not None:
            return int(cell.get('s', 0))
        for col in self.trees[sheet].iter(tag('col')):
            if int(col.get('min')) <= column + 1 <= int(col.get('max')):
                return int(col.get('style', 0))
        return 0

    def format_code(self, style):
        number = int(self.formats()[style].get('numFmtId', 0))
        if number == TEXT_FORMAT:
            return '@'
        for f in self.styles.iter(tag('numFmt')):
            if int(f.get('numFmtId')) == number:
                return f.get('formatCode')
        return ''

    def locked(self, sheet, row, column):
        protection = self.formats()[self.style(sheet, row, column)].find(tag('protection'))
        return protection is None or protection.get('locked') != '0'

    # ---- writing ----

    def with_format(self, style, code):
        """The style with another number format."""
        if (style, code) in self.made:
            return self.made[style, code]
        formats = self.styles.find(tag('numFmts'))
        if formats is None:
            formats = ElementTree.Element(tag('numFmts'))
            self.styles.insert(0, formats)
        number = 400 + len(self.made)
        formats.append(ElementTree.Element(tag('numFmt'), {'numFmtId': str(number), 'formatCode': code}))
        formats.set('count', str(len(formats)))
        xf = ElementTree.fromstring(ElementTree.tostring(self.formats()[style]))
        xf.set('numFmtId', str(number))
        xf.set('applyNumberFormat', '1')
        self.formats().append(xf)
        self.formats().set('count', str(len(self.formats())))
        self.made[style, code] = len(self.formats()) - 1
        return self.made[style, code]

    def cell(self, sheet, row, column):
        at = self.cells[sheet].get((row, column))
        if at is not None:
            return at
        data = self.trees[sheet].find(tag('sheetData'))
        line = self.rows[sheet].get(row)
        if line is None:
            line = ElementTree.Element(tag('row'), {'r': str(row + 1)})
            before = sum(1 for r in self.rows[sheet] if r < row)
            data.insert(before, line)
            self.rows[sheet][row] = line
        at = ElementTree.Element(tag('c'), {'r': column_name(column) + str(row + 1)})
        line.insert(sum(1 for r, c in self.cells[sheet] if r == row and c < column), at)
        self.cells[sheet][row, column] = at
        return at

    def put(self, sheet, row, column, value):
        style = self.style(sheet, row, column)
        code = self.format_code(style)
        cell = self.cell(sheet, row, column)
        for child in list(cell):
            cell.remove(child)
        if code == '@' and isinstance(value, Decimal):
            value = format(value, 'f')
        if isinstance(value, Decimal):
            decimals = max(0, -value.as_tuple().exponent)
            style = self.with_format(style, '0' + ('.' + '0' * decimals if decimals else ''))
        if isinstance(value, datetime.date):
            value = Decimal((value - datetime.date(1899, 12, 30)).days)
            style = style if 'y' in code else self.with_format(style, 'yyyy-mm-dd')
        cell.set('s', str(style))
        if isinstance(value, Decimal):
            cell.attrib.pop('t', None)
            ElementTree.SubElement(cell, tag('v')).text = format(value, 'f')
        else:
            cell.set('t', 'inlineStr')
            text = ElementTree.SubElement(ElementTree.SubElement(cell, tag('is')), tag('t'))
            text.text = value
            text.set('{http://www.w3.org/XML/1998/namespace}space', 'preserve')

    def save(self, path):
        for name, file in self.files.items():
            self.parts[file] = ElementTree.tostring(self.trees[name], encoding='UTF-8', xml_declaration=True)
        self.parts['xl/styles.xml'] = ElementTree.tostring(self.styles, encoding='UTF-8', xml_declaration=True)
        with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
            for name, data in self.parts.items():
                z.writestr(name, data)
