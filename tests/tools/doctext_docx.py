"""Reads the text of a .docx for doctext.py."""
import picture
from doctext import Printer, Text

THROUGH = {'w:ins', 'w:moveTo', 'w:smartTag', 'w:customXml', 'w:sdt', 'w:sdtContent', 'w:dir',
           'w:bdo', 'w:ruby', 'w:rubyBase'}
ON = ('1', 'true', 'on', None)


class Reader:
    def __init__(self, package):
        self.p = package
        self.text = Text()
        self.numbers = Numbers(None)
        self.notes, self.comments, self.ranged = {}, {}, set()
        self.headings = {}
        self.styles_list = {}
        self.relations = {}
        self.printer = Printer(True)

    def related(self, main, kind):
        for k, target, external in self.p.relationships(main).values():
            if k == kind and not external:
                part = self.p.part(target)
                return target, part and part.root
        return None, None

    def read(self):
        main = self.p.main_part()
        root = self.p.part(main).root
        _, styles = self.related(main, 'styles')
        if styles is not None:
            self.read_styles(styles)
        self.numbers = Numbers(self.related(main, 'numbering')[1])
        for kind, relation in (('fn', 'footnotes'), ('en', 'endnotes'), ('cm', 'comments')):
            name, part = self.related(main, relation)
            if part is not None:
                for n in part.nodes:
                    if n.get('w:type', 'normal') == 'normal':
                        self.notes[kind, n.get('w:id')] = (name, n)
        self.ranged = {n.get('w:id') for n in root.iter('w:commentRangeEnd')}
        body = root.child('w:body')
        self.text.body = self.story(main, body)
        self.margins(main, root)
        self.properties()
        return self.text

    def story(self, part, node):
        """The blocks of a part's element."""
        before = self.relations
        self.relations = self.p.relationships(part)
        out = self.blocks(node)
        self.relations = before
        return out

    def read_styles(self, root):
        for s in root.nodes:
            if s.tag != 'w:style':
                continue
            name, pr = s.child('w:name'), s.child('w:pPr')
            name = name.get('w:val', '') if name else ''
            if name.lower().startswith('heading ') and name[8:].isdigit():
                self.headings[s.get('w:styleId')] = int(name[8:])
            if pr is not None and pr.child('w:numPr') is not None:
                self.styles_list[s.get('w:styleId')] = pr.child('w:numPr')

    # ---- blocks -----------------------------------------------------------------------------

    def blocks(self, node):
        out = []
        for k in node.nodes:
            if k.tag == 'w:p':
                out.append(self.paragraph(k))
                pr = k.child('w:pPr')
                if pr is not None and pr.child('w:sectPr') is not None:
                    out.append(('section',))
            elif k.tag == 'w:tbl':
                out.append(('table', self.rows(k)))
            elif k.tag in ('w:sdt', 'w:sdtContent', 'w:customXml', 'w:ins', 'w:moveTo'):
                out += self.blocks(k)
        return out

    def rows(self, node):
        out = []
        for k in node.nodes:
            if k.tag == 'w:tr':
                pr = k.child('w:trPr')
                if pr is not None and pr.child('w:del') is not None:
                    continue
                header = pr is not None and pr.child('w:tblHeader') is not None \
                    and pr.child('w:tblHeader').get('w:val') in ON
                out.append((header, self.cells(k)))
            elif k.tag in ('w:sdt', 'w:sdtContent', 'w:customXml'):
                out += self.rows(k)
        return out

    def cells(self, node):
        out = []
        for k in node.nodes:
            if k.tag == 'w:tc':
                pr = k.child('w:tcPr')
                span = pr is not None and pr.child('w:gridSpan')
                merge = pr is not None and pr.child('w:vMerge')
                continued = merge and merge.get('w:val', 'continue') == 'continue'
                out.append('^' if continued else self.blocks(k))
                out += ['<'] * (int(span.get('w:val', 1)) - 1 if span else 0)
            elif k.tag in ('w:sdt', 'w:sdtContent', 'w:customXml'):
                out += self.cells(k)
        return out

    def paragraph(self, p):
        pr = p.child('w:pPr')
        prefix, atoms = '', []
        if pr is not None:
            style = pr.child('w:pStyle')
            style = style.get('w:val') if style else None
            if style in self.headings:
                prefix = '#' * self.headings[style] + ' '
            numbered = pr.child('w:numPr') or self.styles_list.get(style)
            if numbered:
                prefix += self.numbers.next(numbered)
            page = pr.child('w:pageBreakBefore')
            if page and page.get('w:val') in ON:
                atoms.append(('page',))
        field = []
        for k in p.nodes:
            self.inline(k, atoms, field)
        return ('p', prefix, atoms)

    # ---- inside a paragraph -----------------------------------------------------------------

    def inline(self, n, atoms, field):
        tag = n.tag
        if tag == 'w:r':
            self.run(n, atoms, field)
        elif tag == 'w:hyperlink':
            inner = []
            for k in n.nodes:
                self.inline(k, inner, field)
            target = self.relations.get(n.get('r:id'), ('', '#' + n.get('w:anchor', ''), 0))[1]
            atoms.append(('link', target, inner))
        elif tag == 'w:fldSimple':
            inner = []
            for k in n.nodes:
                self.inline(k, inner, field)
            atoms.append(('field', '', inner))
        elif tag in THROUGH:
            for k in n.nodes:
                self.inline(k, atoms, field)
        elif tag in ('w:del', 'w:moveFrom'):
            atoms.append(('cut',))
        elif tag == 'w:commentRangeStart' and n.get('w:id') in self.ranged:
            self.hanging('cs', 'cm', n, atoms)
        elif tag == 'w:commentRangeEnd':
            atoms.append(('ce',))

    def hanging(self, atom, kind, n, atoms):
        """A note or comment where it is referred to."""
        if (kind, n.get('w:id')) not in self.notes:
            self.text.problems.append('%s refers to nothing: %s' % (n.tag, n.get('w:id')))
            return
        part, node = self.notes[kind, n.get('w:id')]
        atoms.append((atom, self.story(part, node)))

    @staticmethod
    def format(run):
        pr = run.child('w:rPr')
        out = ''
        if pr is not None:
            for mark, tag in (('b', 'w:b'), ('i', 'w:i')):
                if pr.child(tag) is not None and pr.child(tag).get('w:val') in ON:
                    out += mark
            u = pr.child('w:u')
            if u is not None and u.get('w:val', 'single') != 'none':
                out += 'u'
        return out

    def run(self, run, atoms, field):
        fmt = self.format(run)
        for k in run.nodes:
            tag = k.tag
            if tag == 'w:fldChar':
                kind = k.get('w:fldCharType')
                if kind == 'begin':
                    field.append(['code', atoms, len(atoms)])
                elif kind == 'separate' and field:
                    field[-1][0] = 'result'
                elif kind == 'end' and field:
                    _, begun, at = field.pop()
                    if begun is atoms:
                        atoms[at:] = [('field', '', atoms[at:])]
            elif any(f[0] == 'code' for f in field):
                continue
            elif tag == 'w:t':
                s = k.text()
                if k.get('xml:space') != 'preserve':
                    s = s.strip(' \t\r\n')
                atoms.append(('text', s, fmt))
            elif tag == 'w:br':
                atoms.append(('page',) if k.get('w:type') == 'page' else ('br',))
            elif tag in ('w:tab', 'w:ptab'):
                atoms.append(('t',))
            elif tag == 'w:cr':
                atoms.append(('br',))
            elif tag == 'w:noBreakHyphen':
                atoms.append(('text', '‑', fmt))
            elif tag == 'w:footnoteReference':
                self.hanging('fn', 'fn', k, atoms)
            elif tag == 'w:endnoteReference':
                self.hanging('en', 'en', k, atoms)
            elif tag == 'w:commentReference':
                if k.get('w:id') not in self.ranged:
                    self.hanging('cm', 'cm', k, atoms)
            elif tag in ('w:drawing', 'w:pict', 'w:object', 'mc:AlternateContent', 'w:ruby'):
                self.drawing(k, atoms, field)

    def drawing(self, n, atoms, field):
        if n.tag == 'w:ruby':
            self.inline(n, atoms, field)
            return
        if n.tag == 'mc:AlternateContent':
            self.both_copies(n, atoms)
            return
        boxes = [k for k in n.iter('w:txbxContent')]
        if boxes:
            for b in boxes:
                atoms.append(('tb', self.blocks(b)))
        elif n.tag == 'w:drawing':
            pr = next(n.iter('wp:docPr'), None)
            atoms.append(('pic', pr.get('descr', '') if pr else '', self.size(n.iter('a:blip'), 'r:embed')))
        else:
            shape = next((k for k in n.iter() if k.get('alt') is not None), None)
            atoms.append(('pic', shape.get('alt') if shape else '', self.size(n.iter('v:imagedata'), 'r:id')))

    def size(self, images, reference):
        """Of the file that a picture shows, unless it is that of sketches."""
        n = next(images, None)
        target = self.relations.get(n.get(reference), ('', '', 0))[1] if n else ''
        return picture.other_size(self.p.data.get(target, b''))

    def both_copies(self, n, atoms):
        copies = []
        for k in n.nodes:
            if k.tag in ('mc:Choice', 'mc:Fallback'):
                # Both copies of a numbered list show the same numbers.
                state = self.numbers.save()
                inner = []
                for d in k.nodes:
                    self.drawing(d, inner, [])
                copies.append((inner, self.numbers.save()))
                self.numbers.restore(state)
        if not copies:
            return
        printed = [self.printer.atoms([a for a in c if a[0] == 'tb']) for c, _ in copies]
        self.numbers.restore(copies[0][1])
        atoms += copies[0][0]
        if len(set(printed)) > 1:
            self.text.problems.append('the copies of a text box differ: ' + ' / '.join(printed))
            atoms += copies[1][0]

    # ---- the rest ---------------------------------------------------------------------------

    def margins(self, main, root):
        relations, seen, out = self.p.relationships(main), set(), []
        for n in root.iter('w:headerReference', 'w:footerReference'):
            kind = 'header' if n.tag == 'w:headerReference' else 'footer'
            _, target, _ = relations.get(n.get('r:id'), (0, None, 0))
            if target and (kind, target) not in seen and self.p.part(target):
                seen.add((kind, target))
                out.append((kind, n.get('w:type', 'default'),
                            self.story(target, self.p.part(target).root)))
        order = ('default', 'first', 'even')
        self.text.margins = sorted(out, key=lambda m: (m[0] == 'footer', order.index(m[1])))

    def properties(self):
        names = {'dc:title': 'title', 'dc:subject': 'subject', 'cp:keywords': 'keywords'}
        found, custom = {}, []
        for kind, target, _ in self.p.relationships('').values():
            part = self.p.part(target) if kind in ('core-properties', 'custom-properties') else None
            if part is None:
                continue
            for n in part.root.nodes:
                if n.tag in names:
                    found[names[n.tag]] = n.text()
                elif n.tag == 'op:property':
                    custom.append(('custom ' + n.get('name', ''), n.text()))
        self.text.properties = [(k, found[k]) for k in ('title', 'subject', 'keywords')
                                if found.get(k)] + custom


class Numbers:
    """Counts list items the way Word does."""

    def __init__(self, root):
        self.nums, self.levels = {}, {}
        self.counts, self.started = {}, set()
        if root is None:
            return
        for n in root.nodes:
            if n.tag == 'w:abstractNum':
                self.levels[n.get('w:abstractNumId')] = {
                    k.get('w:ilvl'): k for k in n.nodes if k.tag == 'w:lvl'}
            elif n.tag == 'w:num':
                base = n.child('w:abstractNumId')
                restarts = {}
                for k in n.nodes:
                    if k.tag == 'w:lvlOverride' and k.child('w:startOverride') is not None:
                        restarts[int(k.get('w:ilvl'))] = int(k.child('w:startOverride').get('w:val'))
                self.nums[n.get('w:numId')] = (base.get('w:val') if base else None, restarts)

    def save(self):
        return {k: list(v) for k, v in self.counts.items()}, set(self.started)

    def restore(self, state):
        self.counts, self.started = {k: list(v) for k, v in state[0].items()}, set(state[1])

    def start(self, base, level):
        n = self.levels.get(base, {}).get(str(level))
        start = n.child('w:start') if n is not None else None
        return int(start.get('w:val')) - 1 if start is not None else 0

    def next(self, pr):
        num, level = pr.child('w:numId'), pr.child('w:ilvl')
        num, level = num.get('w:val') if num else '0', int(level.get('w:val')) if level else 0
        if num not in self.nums:
            return '' if num == '0' else '?. '
        base, restarts = self.nums[num]
        counts = self.counts.setdefault(base, [self.start(base, i) for i in range(9)])
        if num not in self.started:
            self.started.add(num)
            for i, first in restarts.items():
                counts[i] = first - 1
        counts[level] += 1
        for i in range(level + 1, 9):
            counts[i] = restarts.get(i, self.start(base, i) + 1) - 1
        n = self.levels.get(base, {}).get(str(level))
        kind = n.child('w:numFmt') if n is not None else None
        kind = kind.get('w:val') if kind is not None else 'decimal'
        mark = {'bullet': '-', 'none': ''}.get(kind, '%d.' % counts[level])
        return '  ' * level + mark + ' ' if mark else ''
