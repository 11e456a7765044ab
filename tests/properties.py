"""Random templates and data with the text that must come of them.

generate(seed) gives a sketch, the data as JSON and the expected text in the form of
tools/doctext.py.  A template is built as a tree whose nodes can write themselves as a sketch and
can say, for given data, what they print; only such shapes are made whose result the language
fixes without doubt.  The same seed gives the same template.
"""
import json
import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'tools'))
sys.dont_write_bytecode = True

from doctext import Printer  # noqa: E402

COLUMNS = ['名称', '金额', '说明', '单位', '户数']
LISTS = ['项目', '车辆', '村组']
TOP = ['县名', '年度', '支出合计', '负责人', '备注']
FLAGS = ['已完成', '要审计', '超预算']
TEXTS = ['道路硬化', '山塘', '和平村', 'A & B', '<完>', '"引号"', '50%左右', '张三、李四', '丙 丁', '  前后 ',
         '一\t二', '产业园（二期）', "O'Neil", 'é😀', '㎡', '上\n下', '1\n\n3\n', '']
NUMBERS = [('191.70', '191.70'), ('0', '0'), ('1e3', '1000'), ('-3.5', '-3.5'), ('2228.08', '2228.08'),
           ('0.30', '0.30'), ('12345678901234567890', '12345678901234567890'), ('7', '7')]
WORDS = ['其中', '共计', '，另有', '。', '万元以内', '（见附表）', 'about ', ' - ', '；']


class Value:
    def __init__(self, written, printed):
        self.json, self.text = written, printed


class Maker:
    """Makes data, then a template that uses it."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    # ---- data: objects are dicts of Value, bool, list or dict ----------------------------------

    def value(self):
        if self.r.random() < 0.4:
            return Value(*self.r.choice(NUMBERS))
        s = self.r.choice(TEXTS)
        printed = s[:-1] if s.endswith('\n') else s
        return Value(json.dumps(s, ensure_ascii=self.r.random() < 0.2), printed)

    def record(self):
        data = {c: self.value() for c in TOP}
        data.update({f: self.r.random() < 0.5 for f in FLAGS})
        for name in LISTS:
            data[name] = self.list(0)
        return data

    def list(self, depth):
        """A list whose items all have the same columns, at every level."""
        columns = self.r.sample(COLUMNS, self.r.randint(1, 4))
        inner = depth < 2 and self.r.random() < 0.5
        out = []
        for _ in range(self.r.choice((0, 0, 1, 2, 2, 3, 4))):
            out.append({c: self.value() for c in columns})
        result = List(out, columns)
        if inner:
            shapes = [self.list(depth + 1) for _ in out] or [self.list(depth + 1)]
            result.inner = shapes[0]
            for item, shape in zip(out, shapes):
                # All inner lists take the columns of the first.
                shape.columns, shape.inner = shapes[0].columns, None
                for x in shape:
                    for c in list(x):
                        if c not in shape.columns:
                            del x[c]
                    for c in shape.columns:
                        x.setdefault(c, self.value())
                    x.pop('明细', None)
                item['明细'] = shape
            result.inner.inner = None
        return result

    # ---- templates ----------------------------------------------------------------------------

    def document(self, data):
        scope = [Level(TOP, [(n, data[n]) for n in LISTS], None)]
        return [b for _ in range(self.r.randint(2, 6)) for b in self.block(scope, 0)] + [Text('完了')]

    def block(self, scope, depth):
        kinds = [self.paragraph, self.paragraph, self.table]
        if depth < 3:
            kinds += [self.loop, self.loop, self.condition]
        return self.r.choice(kinds)(scope, depth)

    def blocks(self, scope, depth):
        return [b for _ in range(self.r.randint(1, 3)) for b in self.block(scope, depth)]

    def paragraph(self, scope, depth):
        prefix = self.r.choice(('', '', '', '# ', '- '))
        if self.r.random() < 0.15 and not prefix:
            return [Paragraph('', [self.tag(scope)])]
        pieces = [Literal(self.r.choice(('总', '前', '甲')))]
        for _ in range(self.r.randint(1, 4)):
            pieces += self.piece(scope, 0)
        return [Paragraph(prefix, pieces)]

    def tag(self, scope):
        n = self.r.randrange(len(scope))
        # A name that an inner level has, too, means the inner one: take those that are visible.
        names = [c for c in scope[n].columns if not any(c in s.columns for s in scope[n + 1:])]
        if not names:
            return Tag(self.r.choice(scope[-1].columns), self.r)
        return Tag(self.r.choice(names), self.r)

    def piece(self, scope, depth):
        kind = self.r.random()
        if kind < 0.35:
            return [self.tag(scope), Literal(self.r.choice(WORDS))]
        if kind < 0.45:
            return [Literal(self.r.choice(WORDS))]
        if kind < 0.55 and len(scope) > 1:
            return [Ordinal()]
        if kind < 0.65 and depth == 0:
            return [Note(self.r.choice(('fn', 'en', 'tb', 'cm')), [Literal('注'), self.tag(scope)])]
        if kind < 0.8 and depth < 2:
            inner = [Literal('若')] + self.piece(scope, depth + 1)
            other = [Literal('否')] + self.piece(scope, depth + 1) if self.r.random() < 0.5 else None
            return [Inline(Condition(self.r.choice(FLAGS), self.r, inner, other))]
        if depth < 2:
            found = self.list_in(scope)
            if found:
                inner = scope + [Level(found[1].columns, found[1].lists(), found[0])]
                body = [Literal('项')] + self.piece(inner, depth + 1)
                return [Inline(Loop(found[0], self.r, body)), Literal('。')]
        return [Literal(self.r.choice(WORDS))]

    def list_in(self, scope):
        """A list that is visible here: of the innermost level, or of the outermost when unused."""
        lists = list(scope[-1].lists)
        if len(scope) > 1:
            used = [s.name for s in scope]
            lists += [x for x in scope[0].lists if x[0] not in used]
        return self.r.choice(lists) if lists else None

    def loop(self, scope, depth):
        found = self.list_in(scope)
        if not found:
            return self.paragraph(scope, depth)
        inner = scope + [Level(found[1].columns, found[1].lists(), found[0])]
        other = self.blocks(scope, depth + 2) if self.r.random() < 0.2 else None
        return [Loop(found[0], self.r, self.blocks(inner, depth + 1), other)]

    def condition(self, scope, depth):
        other = self.blocks(scope, depth + 1) if self.r.random() < 0.5 else None
        return [Condition(self.r.choice(FLAGS), self.r, self.blocks(scope, depth + 1), other)]

    def table(self, scope, depth):
        width = self.r.randint(2, 3)
        rows = []
        if self.r.random() < 0.6:
            rows.append(Row([[Literal('表头')] for _ in range(width)], self.r.random() < 0.5))
        for _ in range(self.r.randint(1, 2)):
            rows += self.rows(scope, width)
        # A paragraph behind every table keeps two of them apart whatever vanishes.
        return [Table(rows, width), Text('表后')]

    def rows(self, scope, width):
        found = self.list_in(scope)
        kind = self.r.random()
        if not found or kind < 0.2:
            return [Row([[Literal('格'), self.tag(scope)] for _ in range(width)])]
        inner = scope + [Level(found[1].columns, found[1].lists(), found[0])]
        if kind < 0.5 and len(scope) == 1:
            cells = [[Dotted(found[0], self.r.choice(found[1].columns))] for _ in range(width)]
            return [Loop(found[0], None, [Row(cells)])]
        cells = lambda: [[Literal('格'), self.tag(inner)] + self.piece(inner, 1) for _ in range(width)]
        if kind < 0.75:
            row = Row(cells())
            row.by_cells = True
            return [Loop(found[0], self.r, [row])]
        return [Loop(found[0], self.r, [Row(cells()) for _ in range(self.r.randint(1, 2))])]


class List(list):
    """Items with what they have in common."""

    def __init__(self, items, columns):
        super().__init__(items)
        self.columns, self.inner = columns, None

    def lists(self):
        return [('明细', self.inner)] if self.inner is not None else []


class Level:
    def __init__(self, columns, lists, name):
        self.columns, self.lists, self.name = columns, lists, name


class Frame:
    def __init__(self, item, number=None):
        self.item, self.number = item, number


def look(frames, name):
    for f in reversed(frames):
        if name in f.item:
            return f.item[name]
    raise KeyError(name)


# ---- nodes: sketch() writes, show(frames) prints ------------------------------------------------
# Inside a paragraph show() gives atoms of doctext; of blocks it gives blocks, of rows rows.


def escape(s):
    s = ''.join('\\' + c if c in '\\[]|¶' else c for c in s)
    # Blanks at the edge of a cell are not text.
    return re.sub('^ | $', r'\\s', s)


class Literal:
    def __init__(self, s):
        self.s = s

    def sketch(self):
        return escape(self.s)

    def show(self, frames):
        return [('text', self.s, '')]


class Tag:
    def __init__(self, name, r):
        self.name = name
        self.form = r.choice(('{{%s}}', '{{%s}}', '{{ %s }}', '｛｛%s｝｝', '{{%s：空则 无}}'))

    def sketch(self):
        return self.form % self.name

    def text(self, frames):
        s = look(frames, self.name).text
        return '无' if '空则' in self.form and s == '' else s

    def show(self, frames):
        return atoms_of(self.text(frames))


class Dotted(Tag):
    def __init__(self, of, name):
        self.of, self.name, self.form = of, name, '{{%s}}'

    def sketch(self):
        return '{{%s.%s}}' % (self.of, self.name)


class Ordinal:
    def sketch(self):
        return '{{序号}}'

    def show(self, frames):
        return [('text', str(next(f.number for f in reversed(frames) if f.number)), '')]


class Note:
    def __init__(self, kind, pieces):
        self.kind, self.pieces = kind, pieces

    def sketch(self):
        return '[%s:%s]' % (self.kind, ''.join(p.sketch() for p in self.pieces))

    def show(self, frames):
        return [(self.kind, Paragraph('', self.pieces).show(frames))]


class Inline:
    """A loop or condition inside a paragraph."""

    def __init__(self, node):
        self.node = node

    def sketch(self):
        return self.node.inline()

    def show(self, frames):
        return self.node.show(frames)


def atoms_of(s):
    out = []
    for i, line in enumerate(s.split('\n')):
        if i:
            out.append(('br',))
        for j, piece in enumerate(line.split('\t')):
            if j:
                out.append(('t',))
            out.append(('text', piece, ''))
    return out


class Text:
    """A paragraph that nothing changes."""

    def __init__(self, s):
        self.s = s

    def sketch(self):
        return [self.s]

    def show(self, frames):
        return [('p', '', [('text', self.s, '')])]


class Paragraph:
    def __init__(self, prefix, pieces):
        self.prefix, self.pieces = prefix, pieces

    def sketch(self):
        return [self.prefix + ''.join(p.sketch() for p in self.pieces)]

    def show(self, frames):
        if len(self.pieces) == 1 and isinstance(self.pieces[0], Tag):
            # Lines of a value that is alone become paragraphs.
            return [('p', self.prefix, atoms_of(line))
                    for line in self.pieces[0].text(frames).split('\n')]
        return [('p', self.prefix, [a for p in self.pieces for a in p.show(frames)])]


class Loop:
    def __init__(self, name, r, body, other=None):
        self.name, self.body, self.other = name, body, other
        self.marks = None
        if r:
            forms = [('{{每个 %s}}' % name, '{{完}}'), ('{{each %s}}' % name, '{{end}}'),
                     ('{{每个%s}}' % name, '{{完 %s}}' % name)]
            if other is None:
                forms += [('{{#%s}}' % name, '{{/%s}}' % name), ('｛｛＃%s｝｝' % name, '{{/}}')]
            self.marks = r.choice(forms)

    def inline(self):
        return self.marks[0] + ''.join(p.sketch() for p in self.body) + self.marks[1]

    def sketch(self):
        out = [self.marks[0]] + [x for b in self.body for x in b.sketch()]
        if self.other is not None:
            out += ['{{否则}}' if '每' in self.marks[0] else '{{else}}']
            out += [x for b in self.other for x in b.sketch()]
        return out + [self.marks[1]]

    def rows(self, width):
        """The loop as rows of a table."""
        if self.marks is None:
            return [x for b in self.body for x in b.rows(width)]
        if getattr(self.body[0], 'by_cells', False):
            row = self.body[0].texts()
            row[0], row[-1] = self.marks[0] + row[0], row[-1] + self.marks[1]
            return ['| %s |' % ' | '.join(row)]
        blank = ' |' + '  |' * (width - 1)
        return (['| ' + self.marks[0] + blank] + [x for b in self.body for x in b.rows(width)] +
                ['| ' + self.marks[1] + blank])

    def show(self, frames):
        items = look(frames, self.name)
        if not items and self.other is not None:
            return [x for b in self.other for x in b.show(frames)]
        return [x for n, item in enumerate(items, 1) for b in self.body
                for x in b.show(frames + [Frame(item, n)])]


class Condition:
    def __init__(self, name, r, body, other=None):
        self.name, self.body, self.other = name, body, other
        self.marks = r.choice((('{{如果 %s}}' % name, '{{否则}}', '{{完}}'),
                               ('{{if %s}}' % name, '{{else}}', '{{end}}'),
                               ('{{如果%s}}' % name, '{{else}}', '{{完}}')))

    def inline(self):
        out = self.marks[0] + ''.join(p.sketch() for p in self.body)
        if self.other is not None:
            out += self.marks[1] + ''.join(p.sketch() for p in self.other)
        return out + self.marks[2]

    def sketch(self):
        out = [self.marks[0]] + [x for b in self.body for x in b.sketch()]
        if self.other is not None:
            out += [self.marks[1]] + [x for b in self.other for x in b.sketch()]
        return out + [self.marks[2]]

    def show(self, frames):
        taken = self.body if look(frames, self.name) else self.other or []
        return [x for b in taken for x in b.show(frames)]


class Row:
    def __init__(self, cells, header=False):
        self.cells, self.header = cells, header

    def texts(self):
        return [''.join(p.sketch() for p in c) for c in self.cells]

    def rows(self, width):
        return ['|%s %s |' % ('=' if self.header else '', ' | '.join(self.texts()))]

    def show(self, frames):
        return [(self.header, [Paragraph('', c).show(frames) for c in self.cells])]


class Table:
    def __init__(self, rows, width):
        self.parts, self.width = rows, width

    def sketch(self):
        return [x for p in self.parts for x in p.rows(self.width)]

    def show(self, frames):
        rows = [x for p in self.parts for x in p.show(frames)]
        return [('table', rows)] if rows else []


# ---- all together -------------------------------------------------------------------------------


def to_json(x):
    if isinstance(x, Value):
        return x.json
    if isinstance(x, bool):
        return 'true' if x else 'false'
    if isinstance(x, dict):
        return '{%s}' % ', '.join('%s: %s' % (json.dumps(k, ensure_ascii=False), to_json(v))
                                  for k, v in x.items())
    return '[%s]' % ', '.join(to_json(v) for v in x)


def generate(seed):
    maker = Maker(seed)
    data = maker.record()
    nodes = maker.document(data)
    sketch = '\n'.join(x for n in nodes for x in n.sketch()) + '\n'
    blocks = [b for n in nodes for b in n.show([Frame(data)])]
    return sketch, to_json(data) + '\n', '\n'.join(Printer().lines(blocks)) + '\n'


if __name__ == '__main__':
    print('\n'.join(generate(int(sys.argv[1]))))
