"""Reads the text of an .odt for doctext.py."""
import re

import picture
from doctext import Text, merge_text

BLANK = re.compile('[ \t\r\n]+')
# Elements whose own text is not text of the paragraph they stand in.
SILENT = {'text:note-citation', 'text:tracked-changes', 'office:annotation-end', 'text:bookmark',
          'text:bookmark-start', 'text:bookmark-end', 'text:soft-page-break', 'text:change-start',
          'text:change-end', 'svg:title', 'svg:desc', 'office:event-listeners', 'text:ruby-text', 'text:script'}


class Reader:
    def __init__(self, package):
        self.p = package
        self.text = Text()
        self.styles = {}   # (family, name) → node, automatic styles of the part hide common ones
        self.lists = {}    # list style name → node
        self.number_styles = {}  # data style name → is it for numbers (dates …)?
        self.ended = set()
        self.last_list = {}
        self.list_state = {}

    def load_styles(self, root):
        for group in ('office:styles', 'office:automatic-styles'):
            node = root.child(group)
            for s in node.nodes if node else ():
                if s.tag == 'style:style':
                    self.styles[s.get('style:family'), s.get('style:name')] = s
                elif s.tag == 'text:list-style':
                    self.lists[s.get('style:name')] = s
                elif s.tag.startswith('number:'):
                    self.number_styles[s.get('style:name')] = s.tag != 'number:text-style'

    def read(self):
        styles = self.p.part('styles.xml')
        if styles is not None:
            self.load_styles(styles.root)
            self.margins(styles.root)
        root = self.p.part('content.xml').root
        self.load_styles(root)
        self.ended = {n.get('office:name') for n in root.iter('office:annotation-end')}
        self.text.body = self.blocks(root.child('office:body').child('office:text'))
        if self.text.body and self.text.body[0] == ('section',):
            self.text.body.pop(0)
        self.properties()
        return self.text

    # ---- styles -----------------------------------------------------------------------------

    def look(self, family, name, get):
        """The first answer of get() along a style and its parents."""
        seen = set()
        while name and name not in seen:
            seen.add(name)
            s = self.styles.get((family, name))
            if s is None:
                return None
            found = get(s)
            if found is not None:
                return found
            name = s.get('style:parent-style-name')
        return None

    def property(self, family, name, properties, attribute):
        return self.look(family, name, lambda s: s.child(properties).get(attribute)
                         if s.child(properties) else None)

    def format(self, name, before):
        if not name:
            return before
        get = lambda a: self.property('text', name, 'style:text-properties', a)
        out = set(before)
        for mark, attribute, off in (('b', 'fo:font-weight', 'normal'), ('i', 'fo:font-style', 'normal'),
                                     ('u', 'style:text-underline-style', 'none')):
            value = get(attribute)
            if value is not None:
                (out.discard if value == off else out.add)(mark)
        return ''.join(sorted(out))

    # ---- blocks -----------------------------------------------------------------------------

    def blocks(self, node, prefix=None):
        out = []
        for k in node.nodes:
            if k.tag in ('text:p', 'text:h'):
                out += self.paragraph(k, prefix() if prefix else '')
            elif k.tag == 'table:table':
                out.append(('table', self.table(k)))
            elif k.tag == 'text:list':
                out += self.list(k, [], None)
            elif k.tag in ('text:section', 'text:index-body', 'text:table-of-content', 'text:list-item',
                           'text:list-header', 'text:index-title', 'text:numbered-paragraph', 'text:alphabetical-index',
                           'text:illustration-index', 'text:table-index', 'text:bibliography'):
                out += self.blocks(k, prefix)
        return out

    def list(self, node, above, inherited):
        style = node.get('text:style-name') or inherited
        level = len(above)
        count = 0
        if node.get('text:continue-list') in self.list_state:
            count = self.list_state[node.get('text:continue-list')]
        elif node.get('text:continue-numbering') == 'true':
            count = self.last_list.get((style, level), 0)
        kind = self.lists.get(style)
        definition = None
        for n in kind.nodes if kind is not None else ():
            if n.get('text:level') == str(level + 1):
                definition = n
        bullet = definition is not None and definition.tag == 'text:list-level-style-bullet'
        silent = definition is not None and not bullet and not definition.get('style:num-format')
        if definition is not None and count == 0 and definition.get('text:start-value'):
            count = int(definition.get('text:start-value')) - 1
        counts = above + [count]
        out = []
        for item in node.nodes:
            if item.tag not in ('text:list-item', 'text:list-header'):
                continue
            if item.get('text:start-value'):
                counts[level] = int(item.get('text:start-value')) - 1
            state = {'first': item.tag == 'text:list-item'}

            def prefix():
                if not state['first']:
                    return ''
                state['first'] = False
                counts[level] += 1
                return '' if silent else '  ' * level + ('- ' if bullet else '%d. ' % counts[level])

            for k in item.nodes:
                if k.tag == 'text:list':
                    out += self.list(k, counts, style)
                elif k.tag in ('text:p', 'text:h'):
                    out += self.paragraph(k, prefix())
                elif k.tag == 'table:table':
                    out.append(('table', self.table(k)))
        self.last_list[style, level] = counts[level]
        if node.get('xml:id'):
            self.list_state[node.get('xml:id')] = counts[level]
        return out

    def table(self, node):
        rows, covered = [], set()   # covered: (row, column) → under a merged cell
        self.rows(node, False, rows, covered)
        return rows

    def rows(self, node, header, rows, covered):
        for k in node.nodes:
            if k.tag in ('table:table-header-rows', 'table:table-rows', 'table:table-row-group'):
                self.rows(k, header or k.tag == 'table:table-header-rows', rows, covered)
            elif k.tag == 'table:table-row':
                for _ in range(int(k.get('table:number-rows-repeated', 1))):
                    rows.append((header, self.cells(k, len(rows), covered)))

    def cells(self, row, r, covered):
        out = []
        for k in row.nodes:
            if k.tag not in ('table:table-cell', 'table:covered-table-cell'):
                continue
            for _ in range(int(k.get('table:number-columns-repeated', 1))):
                c = len(out)
                if k.tag == 'table:covered-table-cell':
                    out.append('^' if (r, c) in covered else '<')
                    continue
                for below in range(1, int(k.get('table:number-rows-spanned', 1))):
                    covered.add((r + below, c))
                out.append(self.stale(k) + self.blocks(k))
        return out

    def stale(self, cell):
        """Writer shows the value of a cell with a number style, not its text: when they differ,
        the value is printed, too."""
        data = self.look('table-cell', cell.get('table:style-name'),
                         lambda s: s.get('style:data-style-name') or None)
        kind, value = cell.get('office:value-type'), cell.get('office:value')
        shown = ''.join(n.text() for n in cell.nodes if n.tag in ('text:p', 'text:h'))
        if not data:
            return []
        if kind in ('float', 'percentage', 'currency'):
            try:
                if float(value) == float(shown.replace(',', '')):
                    return []
            except (TypeError, ValueError):
                pass
            return [('p', '[val:%s]' % value, [])]
        if self.number_styles.get(data):
            return [('p', '[val:]', [])]
        return []

    def paragraph(self, p, prefix):
        style = p.get('text:style-name')
        out, atoms = [], []
        get = lambda a: self.property('paragraph', style, 'style:paragraph-properties', a)
        if self.look('paragraph', style, lambda s: s.get('style:master-page-name') or None):
            out.append(('section',))
        if get('fo:break-before') == 'page':
            atoms.append(('page',))
        if p.tag == 'text:h':
            prefix = '#' * int(p.get('text:outline-level', 1)) + ' ' + prefix
        self.inline(p, '', atoms)
        if get('fo:break-after') == 'page':
            atoms.append(('page',))
        return out + [('p', prefix, collapse(atoms))]

    # ---- inside a paragraph -----------------------------------------------------------------

    def inline(self, node, fmt, atoms):
        for k in node.kids:
            if isinstance(k, str):
                atoms.append(('raw', k, fmt))
                continue
            tag = k.tag
            if tag == 'text:s':
                atoms.append(('text', ' ' * int(k.get('text:c', 1)), fmt))
            elif tag == 'text:tab':
                atoms.append(('t',))
            elif tag == 'text:line-break':
                atoms.append(('br',))
            elif tag == 'text:span':
                self.inline(k, self.format(k.get('text:style-name'), fmt), atoms)
            elif tag == 'text:a':
                inner = []
                self.inline(k, fmt, inner)
                atoms.append(('link', k.get('xlink:href', ''), inner))
            elif tag == 'text:note':
                kind = 'en' if k.get('text:note-class') == 'endnote' else 'fn'
                body = k.child('text:note-body')
                atoms.append((kind, self.blocks(body) if body else []))
            elif tag == 'office:annotation':
                name = k.get('office:name')
                atoms.append(('cs' if name and name in self.ended else 'cm', self.blocks(k)))
            elif tag == 'office:annotation-end':
                atoms.append(('ce',))
            elif tag == 'draw:frame':
                self.frame(k, atoms)
            elif tag in ('draw:custom-shape', 'draw:rect', 'draw:g'):
                atoms.append(('tb', self.blocks(k)))
            elif tag == 'text:change':
                atoms.append(('cut',))
            elif tag == 'text:ruby':
                base = k.child('text:ruby-base')
                if base is not None:
                    self.inline(base, fmt, atoms)
            elif tag not in SILENT:
                inner = []
                self.inline(k, fmt, inner)
                atoms.append(('field', '', inner))

    def frame(self, node, atoms):
        box = node.child('draw:text-box')
        if box is not None:
            atoms.append(('tb', self.blocks(box)))
            return
        alt = node.child('svg:desc') or node.child('svg:title')
        image = node.child('draw:image')
        data = self.p.data.get(image.get('xlink:href', ''), b'') if image else b''
        atoms.append(('pic', alt.text() if alt else '', picture.other_size(data)))

    # ---- the rest ---------------------------------------------------------------------------

    def margins(self, root):
        self.ended = {n.get('office:name') for n in root.iter('office:annotation-end')}
        pages = root.child('office:master-styles')
        out = []
        for page in pages.nodes if pages else ():
            for k in page.nodes:
                m = re.match(r'^(?:style|loext):(header|footer)(-left|-first)?$', k.tag)
                if m and k.get('style:display') != 'false':
                    which = {None: 'default', '-left': 'even', '-first': 'first'}[m.group(2)]
                    out.append((m.group(1), which, self.blocks(k)))
        order = ('default', 'first', 'even')
        self.text.margins = sorted(out, key=lambda m: (m[0] == 'footer', order.index(m[1])))

    def properties(self):
        part = self.p.part('meta.xml')
        if part is None:
            return
        names = {'dc:title': 'title', 'dc:subject': 'subject', 'meta:keyword': 'keywords'}
        found, custom = {}, []
        for n in part.root.iter(*names, 'meta:user-defined'):
            if n.tag in names:
                before = found.get(names[n.tag])
                found[names[n.tag]] = n.text() if before is None else before + ', ' + n.text()
            else:
                custom.append(('custom ' + n.get('meta:name', ''), n.text()))
        self.text.properties = [(k, found[k]) for k in ('title', 'subject', 'keywords')
                                if found.get(k)] + custom


def collapse(atoms):
    """White space as ODF 1.3 part 3, 6.1.2 has it: runs of it are one blank, none at the edges."""
    state = {'blank': True}

    def one(many):
        out = []
        for a in many:
            if a[0] == 'raw':
                s = BLANK.sub(' ', a[1])
                if state['blank'] and s.startswith(' '):
                    s = s[1:]
                if s:
                    state['blank'] = s.endswith(' ')
                    out.append(['raw', s, a[2]])
            elif a[0] in ('link', 'field'):
                out.append((a[0], a[1], one(a[2])))
            else:
                if a[0] not in ('cut', 'ce'):
                    state['blank'] = False
                out.append(a)
        return out

    def last(many):
        for a in reversed(many):
            if a[0] in ('link', 'field'):
                found = last(a[2])
                if found is not None:
                    return found
            elif a[0] not in ('cut', 'ce'):
                return a
        return None

    def settle(many):
        return merge_text([('text', a[1], a[2]) if a[0] == 'raw' else
                           (a[0], a[1], settle(a[2])) if a[0] in ('link', 'field') else a for a in many])

    out = one(atoms)
    end = last(out)
    if end is not None and end[0] == 'raw' and end[1].endswith(' '):
        end[1] = end[1][:-1]
    return settle(out)
