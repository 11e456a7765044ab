"""Structural rules of ODF text packages (ODF 1.3, parts 2 and 3) for lint.py."""
import re
import zipfile
from urllib.parse import unquote

import picture
from lint import Unique

PARAGRAPHS = ('text:p', 'text:h')
# What may stand around a paragraph without being one.
HOLDERS = {'office:text', 'table:table-cell', 'table:covered-table-cell', 'draw:text-box',
           'text:note-body', 'office:annotation', 'text:list-item', 'text:list-header',
           'text:section', 'text:index-body', 'text:index-title', 'text:deletion',
           'text:numbered-paragraph', 'draw:custom-shape', 'draw:rect', 'draw:ellipse', 'draw:line',
           'draw:polygon', 'draw:polyline', 'draw:path', 'draw:connector', 'draw:caption',
           'draw:measure', 'draw:circle', 'draw:regular-polygon', 'style:header', 'style:footer',
           'style:header-left', 'style:footer-left', 'style:header-first', 'style:footer-first',
           'loext:header-first', 'loext:footer-first', 'style:region-left', 'style:region-center',
           'style:region-right', 'draw:image', 'draw:object', 'draw:plugin', 'office:chart',
           'chart:chart', 'text:table-of-content', 'text:meta'}
BLOCK_ONLY = {'office:text', 'table:table', 'table:table-row', 'table:table-cell', 'text:list',
              'table:covered-table-cell', 'table:table-header-rows', 'table:table-rows',
              'text:list-item', 'text:list-header', 'text:section', 'text:note', 'text:note-body',
              'draw:frame', 'draw:text-box', 'office:annotation', 'text:tracked-changes',
              'text:changed-region', 'text:deletion', 'text:insertion', 'style:header',
              'style:footer', 'style:header-left', 'style:footer-left', 'style:header-first',
              'style:footer-first', 'office:body', 'office:master-styles', 'style:master-page',
              'office:automatic-styles', 'office:styles', 'text:index-body', 'table:table-columns'}
FAMILIES = {'text:p': 'paragraph', 'text:h': 'paragraph', 'text:span': 'text', 'text:a': 'text',
            'text:section': 'section', 'table:table': 'table', 'table:table-row': 'table-row',
            'table:table-column': 'table-column', 'table:table-cell': 'table-cell',
            'draw:frame': 'graphic'}
ROWS = {'table:table-header-rows', 'table:table-rows', 'table:table-row-group',
        'table:table-columns', 'table:table-header-columns', 'table:table-column-group'}
BLANKS = re.compile('[ \t\r\n]')


def check(p, f):
    check_package(p, f)
    styles = None
    for name in ('styles.xml', 'content.xml'):
        part = p.part(name)
        if part is None:
            continue
        common = Styles(part.root, styles)
        check_structure(name, part.root, f)
        check_ids(name, part.root, f)
        check_styles(p, name, part.root, common, f)
        check_blanks(name, part.root, f)
        for table in part.root.iter('table:table'):
            check_table(name, table, f)
        if name == 'styles.xml':
            styles = common
    if 'content.xml' not in p.data:
        f.add('part-missing', 'content.xml', '', 'no content.xml')


# ---- package --------------------------------------------------------------------------------


def check_package(p, f):
    first = p.infos[0]
    kind = p.data.get('mimetype')
    if kind is None:
        f.add('mimetype', 'mimetype', '', 'missing')
    elif first.filename != 'mimetype':
        f.add('mimetype', 'mimetype', '', 'not the first entry')
    elif first.compress_type != zipfile.ZIP_STORED:
        f.add('mimetype', 'mimetype', '', 'compressed')
    elif first.extra:
        f.add('mimetype', 'mimetype', '', 'extra field')
    manifest = p.part('META-INF/manifest.xml')
    if manifest is None:
        f.add('manifest', 'META-INF/manifest.xml', '', 'missing')
        return
    listed, twice = {}, Unique(f, 'manifest-duplicate')
    for n in manifest.root.nodes:
        if n.tag == 'manifest:file-entry':
            path = n.get('manifest:full-path', '')
            twice.add(path, 'META-INF/manifest.xml', n)
            listed[path] = n
    root = listed.get('/')
    if root is None:
        f.add('manifest', 'META-INF/manifest.xml', '/', 'the document itself is not listed')
    else:
        if kind is not None and root.get('manifest:media-type', '').encode() != kind:
            f.add('mimetype', 'mimetype', '', 'differs from the manifest')
        if root.get('manifest:version') is None:
            f.add('manifest-version', 'META-INF/manifest.xml', root)
    for name in p.data:
        if name not in listed and not name.endswith('/') and name not in (
                'mimetype', 'META-INF/manifest.xml'):
            f.add('manifest-lacks', name, '', 'in the package, but not in the manifest')
    for path, n in listed.items():
        media = n.get('manifest:media-type', '')
        kind = picture.media_type(p.data.get(path, b'')) if path.startswith('Pictures/') else None
        if kind is not None and media not in ('', kind):
            f.add('picture-type', path, '', '%s is %s' % (media, kind))
    for path in listed:
        if path != '/' and path not in p.data and not path.endswith('/'):
            f.add('manifest-absent', path, '', 'in the manifest, but not in the package')


# ---- structure ------------------------------------------------------------------------------


def check_structure(name, root, f):
    for n in root.iter():
        tag = n.tag
        if tag in BLOCK_ONLY:
            s = ''.join(k for k in n.kids if isinstance(k, str)).strip()
            if s:
                f.add('stray-text', name, n, s[:20])
        if tag in PARAGRAPHS or tag in ('table:table', 'text:list'):
            check_block_place(name, n, f)
        up = n.up.tag if n.up is not None else ''
        if tag == 'table:table-row' and up != 'table:table' and up not in ROWS:
            f.add('row-outside', name, n)
        elif tag in ('table:table-cell', 'table:covered-table-cell') and up != 'table:table-row':
            f.add('cell-outside', name, n)
        elif tag in ('text:list-item', 'text:list-header') and up != 'text:list':
            f.add('item-outside', name, n)
        elif tag == 'table:table-header-rows' and not n.nodes:
            f.add('rows-empty', name, n)
        elif tag == 'table:table-cell' and not any(
                k.tag in PARAGRAPHS or k.tag in ('table:table', 'text:list', 'text:section')
                for k in n.nodes):
            f.add('cell-empty', name, n, 'no paragraph in it')
        elif tag == 'text:list' and not n.nodes:
            f.add('list-empty', name, n)
        elif tag == 'text:section' and not n.nodes:
            f.add('section-empty', name, n)
        elif tag == 'draw:text-box' and not n.nodes:
            f.add('box-empty', name, n)
        elif tag == 'text:note' and n.child('text:note-body') is None:
            f.add('note-empty', name, n)
        elif tag == 'text:note-body' and not n.nodes:
            f.add('note-empty', name, n)
    for body in root.iter('office:text'):
        if not any(n.tag in PARAGRAPHS for n in body.iter()):
            f.add('body-empty', name, body)
    for n in root.iter(*HOLDERS):
        before = None
        for k in n.nodes:
            if k.tag == 'table:table' and before == 'table:table':
                f.add('tables-touch', name, k)
            before = k.tag


def check_block_place(name, n, f):
    for up in n.ups():
        if up.tag in HOLDERS or (n.tag == 'text:list' and up.tag == 'text:list'):
            return
        if up.tag in PARAGRAPHS:
            f.add({'table:table': 'table-in-p', 'text:list': 'list-in-p'}.get(n.tag, 'p-in-p'), name, n)
            return
        if up.tag in ('text:list', 'table:table-row', 'table:table'):
            f.add('block-outside', name, n)
            return


def check_table(name, table, f):
    columns = 0
    for n in table.iter('table:table-column', skip=('table:table-cell',)):
        columns += int(n.get('table:number-columns-repeated', 1))
    rows = [n for n in table.iter('table:table-row', skip=('table:table-cell',))]
    if not rows:
        f.add('table-empty', name, table, 'no row')
    covered, last = set(), 0
    r = 0
    for row in rows:
        times = int(row.get('table:number-rows-repeated', 1))
        cells = [n for n in row.nodes if n.tag in ('table:table-cell', 'table:covered-table-cell')]
        if not cells:
            f.add('row-empty', name, row, 'no cell')
        c = 0
        for cell in cells:
            for _ in range(min(int(cell.get('table:number-columns-repeated', 1)), 2000)):
                if cell.tag == 'table:covered-table-cell':
                    if (r, c) not in covered:
                        f.add('covered', name, cell, 'covered by nothing')
                elif (r, c) in covered:
                    f.add('covered', name, cell, 'a merged cell lies over it')
                else:
                    wide = int(cell.get('table:number-columns-spanned', 1))
                    high = int(cell.get('table:number-rows-spanned', 1))
                    covered |= {(r + y, c + x) for y in range(high) for x in range(wide)} - {(r, c)}
                    last = max(last, r + high)
                    if c + wide > columns:
                        f.add('row-width', name, cell, 'wider than the table')
                c += 1
        if c != columns and cells:
            f.add('row-width', name, row, '%d cells in a table of %d columns' % (c, columns))
        r += times
    if last > r:
        f.add('covered', name, table, 'a merged cell reaches below the table')


def check_blanks(name, root, f):
    """Blanks that a reader drops: doubled ones, those at the edges, line breaks and tabs."""
    for p in root.iter(*PARAGRAPHS):
        pieces = []
        collect(p, pieces)
        s = ''.join(pieces)
        if re.search('[\t\r\n]|  |^ | $', s):
            f.add('blanks-lost', name, p, repr(s[:30]))


def collect(n, pieces):
    for k in n.kids:
        if isinstance(k, str):
            pieces.append(k)
        elif k.tag in ('text:span', 'text:a', 'text:meta', 'text:ruby', 'text:ruby-base'):
            collect(k, pieces)
        elif k.tag.startswith(('text:bookmark', 'text:change', 'text:soft-page')):
            continue
        else:
            pieces.append('\0')   # any other content keeps the blanks beside it


# ---- names and references -------------------------------------------------------------------


def check_ids(name, root, f):
    unique = {rule: Unique(f, rule) for rule in (
        'xml-id', 'table-name', 'section-name', 'frame-name', 'bookmark-name', 'annotation-name',
        'note-id', 'change-id', 'change-repeated', 'reference-name', 'bookmark-end', 'annotation-end')}
    started, ended, regions, changes = {}, {}, set(), []
    lists = []
    for n in root.iter():
        tag = n.tag
        unique['xml-id'].add(n.get('xml:id'), name, n)
        if tag == 'table:table':
            unique['table-name'].add(n.get('table:name'), name, n)
        elif tag == 'text:section':
            unique['section-name'].add(n.get('text:name'), name, n)
        elif tag.startswith('draw:') and n.get('draw:name') and tag not in (
                'draw:gradient', 'draw:hatch', 'draw:fill-image', 'draw:marker', 'draw:stroke-dash',
                'draw:opacity', 'draw:glue-point'):
            unique['frame-name'].add(n.get('draw:name'), name, n)
        elif tag in ('text:bookmark', 'text:bookmark-start'):
            unique['bookmark-name'].add(n.get('text:name'), name, n)
            if tag == 'text:bookmark-start':
                started['b', n.get('text:name')] = n
        elif tag == 'text:bookmark-end':
            unique['bookmark-end'].add(n.get('text:name'), name, n)
            ended['b', n.get('text:name')] = n
        elif tag in ('text:reference-mark', 'text:reference-mark-start'):
            unique['reference-name'].add(n.get('text:name'), name, n)
        elif tag == 'office:annotation' and n.get('office:name'):
            unique['annotation-name'].add(n.get('office:name'), name, n)
            started['a', n.get('office:name')] = n
        elif tag == 'office:annotation-end':
            unique['annotation-end'].add(n.get('office:name'), name, n)
            ended['a', n.get('office:name')] = n
        elif tag == 'text:note':
            unique['note-id'].add(n.get('text:id'), name, n)
        elif tag == 'text:changed-region':
            key = n.get('text:id') or n.get('xml:id')
            unique['change-id'].add(key, name, n)
            regions.add(key)
        elif tag in ('text:change', 'text:change-start', 'text:change-end'):
            unique['change-repeated'].add((tag, n.get('text:change-id')), name, n)
            changes.append(n)
        if n.get('text:continue-list'):
            lists.append(n)
    for key, n in ended.items():
        if key not in started:
            f.add('bookmark-pair' if key[0] == 'b' else 'annotation-pair', name, n, 'end only: %s' % key[1])
    for key, n in started.items():
        # An annotation may be named and yet have no end: then it is a point.
        if key not in ended and key[0] == 'b':
            f.add('bookmark-pair', name, n, 'start only: %s' % key[1])
    starts = {n.get('text:change-id') for n in changes if n.tag == 'text:change-start'}
    ends = {n.get('text:change-id') for n in changes if n.tag == 'text:change-end'}
    for n in changes:
        if n.get('text:change-id') not in regions:
            f.add('change-missing', name, n, n.get('text:change-id', ''))
        if n.tag != 'text:change' and n.get('text:change-id') in starts ^ ends:
            f.add('change-pair', name, n, n.get('text:change-id', ''))
    for n in lists:
        if n.get('text:continue-list') not in unique['xml-id'].values:
            f.add('list-missing', name, n, n.get('text:continue-list'))


class Styles:
    """Names of styles: those of the part itself and the common ones of styles.xml."""

    def __init__(self, root, common):
        self.names = set(common.common) if common else set()
        self.lists = set(common.common_lists) if common else set()
        self.pages = set(common.pages) if common else set()
        self.data = set(common.data) if common else set()
        self.common, self.common_lists = set(), set()
        for group in ('office:styles', 'office:automatic-styles', 'office:master-styles'):
            node = root.child(group)
            for s in node.nodes if node is not None else ():
                key = s.get('style:family'), s.get('style:name')
                if s.tag == 'style:style':
                    self.names.add(key)
                    if group == 'office:styles':
                        self.common.add(key)
                elif s.tag in ('text:list-style', 'text:outline-style'):
                    self.lists.add(s.get('style:name'))
                    if group == 'office:styles':
                        self.common_lists.add(s.get('style:name'))
                elif s.tag.startswith('number:'):
                    self.data.add(s.get('style:name'))
                elif s.tag == 'style:master-page':
                    self.pages.add(s.get('style:name'))


def check_styles(p, name, root, styles, f):
    for n in root.iter():
        family = FAMILIES.get(n.tag)
        if family:
            prefix = n.tag.split(':')[0]
            style = n.get(prefix + ':style-name')
            if style and (family, style) not in styles.names:
                f.add('style-missing', name, n, style)
        elif n.tag == 'text:list' and n.get('text:style-name') and \
                n.get('text:style-name') not in styles.lists:
            f.add('style-missing', name, n, n.get('text:style-name'))
        elif n.tag == 'style:style':
            parent = n.get('style:parent-style-name')
            if parent and (n.get('style:family'), parent) not in styles.names:
                f.add('style-missing', name, n, parent)
            data = n.get('style:data-style-name')
            if data and data not in styles.data:
                f.add('style-missing', name, n, data)
            page = n.get('style:master-page-name')
            if page and page not in styles.pages:
                f.add('style-missing', name, n, page)
        href = n.get('xlink:href')
        if href and n.tag in ('draw:image', 'draw:object') and not re.match('^[a-z]+:|^/|^[.][.]/', href):
            target = unquote(href[2:] if href.startswith('./') else href)
            if target and target not in p.data and not any(k.startswith(target + '/') for k in p.data):
                f.add('href-missing', name, n, href)
    names = {}
    for s in root.iter('style:style', 'text:list-style'):
        key = s.up.tag, s.tag, s.get('style:family'), s.get('style:name')
        if key in names:
            f.add('style-duplicate', name, s, s.get('style:name') or '')
        names[key] = s
