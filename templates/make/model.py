"""What a document consists of, in terms that both file formats know.

A document is a list of sections; a section is a list of blocks: Para, Table.  Text is plain text:
'\\n' is a line break, '\\t' a tab, PAGE the number of the page.  Lengths are in twips (1/20 pt).
"""
PAGE = '\ue000'


class Para:
    """A paragraph of a named style (styles.py).  item: the list it is a numbered item of."""

    def __init__(self, style, text, item=None):
        self.style, self.text, self.item = style, text, item


class Cell:
    """A cell; across and down: how many columns and rows it takes."""

    def __init__(self, text, style='cell', across=1, down=1):
        self.style, self.across, self.down = style, across, down
        self.lines = text if isinstance(text, list) else [text]


class Row:
    def __init__(self, *cells, height=None):
        self.cells = [c if isinstance(c, Cell) else Cell(c) for c in cells]
        self.height = height


class Table:
    """header: so many rows are repeated on every page."""

    def __init__(self, name, widths, rows, header=0):
        self.name, self.widths, self.rows, self.header = name, widths, rows, header

    def grid(self):
        """For each row a list of (cell, first): first is False where a cell from above goes on."""
        going = {}  # column: [rows left, cell]
        for row in self.rows:
            slots, column, cells = [], 0, list(row.cells)
            while column < len(self.widths):
                if column in going:
                    going[column][0] -= 1
                    cell, first = going[column][1], False
                    if going[column][0] == 0:
                        del going[column]
                else:
                    cell, first = cells.pop(0), True
                    if cell.down > 1:
                        going[column] = [cell.down - 1, cell]
                slots.append((cell, first))
                column += cell.across
            assert column == len(self.widths) and not cells, (self.name, row.cells[0].lines)
            yield row, slots
        assert not going, self.name


class Page:
    """A kind of page: its size and margins, in the order top, right, bottom, left."""

    def __init__(self, name, width, height, margins, header, footer):
        self.name, self.width, self.height, self.margins = name, width, height, margins
        self.header, self.footer = header, footer  # distances from the edge of the paper

    @property
    def text_width(self):
        return self.width - self.margins[1] - self.margins[3]


class Section:
    def __init__(self, page, blocks):
        self.page, self.blocks = page, blocks


class Document:
    """header and footer: paragraphs; even: the footer of even pages, where it is another."""

    def __init__(self, title, subject, keywords, sections, header=(), footer=(), even=None):
        self.title, self.subject, self.keywords = title, subject, keywords
        self.sections, self.header, self.footer, self.even = sections, header, footer, even

    def paragraphs(self):
        for s in self.sections:
            for b in s.blocks:
                if isinstance(b, Para):
                    yield b
                else:
                    for row in b.rows:
                        for c in row.cells:
                            for line in c.lines:
                                yield Para(c.style, line)
        for part in (self.header, self.footer, self.even or ()):
            yield from part

    def tables(self):
        return [b for s in self.sections for b in s.blocks if isinstance(b, Table)]


# A4 after GB/T 9704-2012: the text takes 156 mm by 225 mm, the number stands 7 mm below it.  On all
# pages the text is a whole number of lines (styles.LINE) high: Writer centres the grid of a .docx.
PORTRAIT = Page('公文纵向', 11906, 16838, (2098, 1474, 1984, 1588), 1021, 1247)   # 22 lines
LANDSCAPE = Page('附表横向', 16838, 11906, (1418, 1984, 1224, 2098), 794, 680)    # 16
# The tables: a little more room above and below.
ANNEX = Page('附表纵向', 11906, 16838, (1276, 1474, 1087, 1588), 680, 600)        # 25
LETTER = Page('信函', 11906, 16838, (1560, 1474, 1382, 1588), 851, 1110)          # 24
