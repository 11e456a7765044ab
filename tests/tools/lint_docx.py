"""Structural rules of WordprocessingML packages (ECMA-376 part 1) for lint.py."""
import posixpath

import picture
from lint import Unique

W = 'application/vnd.openxmlformats-officedocument.wordprocessingml.'
STORIES = {'w:document', 'w:hdr', 'w:ftr', 'w:footnotes', 'w:endnotes', 'w:comments',
           'w:glossaryDocument'}
# Containers of blocks that must hold at least one.
HOLDERS = {'w:body', 'w:hdr', 'w:ftr', 'w:footnote', 'w:endnote', 'w:comment', 'w:txbxContent',
           'w:docPartBody', 'w:tc'}
BLOCKS = {'w:p', 'w:tbl', 'w:sdt', 'w:customXml', 'w:altChunk'}
# Elements one looks through on the way from a paragraph, row or cell to what holds it.
THROUGH = {'w:sdt', 'w:sdtContent', 'w:customXml', 'w:ins', 'w:del', 'w:moveTo', 'w:moveFrom',
           'w:smartTag'}
RUN_HOLDERS = {'w:p', 'w:hyperlink', 'w:ins', 'w:del', 'w:moveTo', 'w:moveFrom', 'w:smartTag',
               'w:sdtContent', 'w:fldSimple', 'w:customXml', 'w:rt', 'w:rubyBase', 'w:dir', 'w:bdo'}
TEXT = {'w:t', 'w:delText', 'w:instrText', 'w:delInstrText'}
# Marks that may stand behind the last paragraph of a cell.
MARKS = {'w:bookmarkStart', 'w:bookmarkEnd', 'w:commentRangeStart', 'w:commentRangeEnd',
         'w:proofErr', 'w:permStart', 'w:permEnd', 'w:moveFromRangeStart', 'w:moveFromRangeEnd',
         'w:moveToRangeStart', 'w:moveToRangeEnd'}
# What was changed with tracking on.
REVISIONS = {'w:' + x for x in 'ins del moveFrom moveTo cellIns cellDel cellMerge pPrChange rPrChange '
             'sectPrChange tblPrChange tblPrExChange tblGridChange tcPrChange trPrChange '
             'numberingChange moveFromRangeStart moveFromRangeEnd moveToRangeStart '
             'moveToRangeEnd'.split()}
# What attributes refer to.
KINDS = {('a:blip', 'r:embed'): 'image', ('v:imagedata', 'r:id'): 'image', ('w:hyperlink', 'r:id'): 'hyperlink',
         ('a:hlinkClick', 'r:id'): 'hyperlink', ('w:headerReference', 'r:id'): 'header',
         ('w:footerReference', 'r:id'): 'footer'}
# Order of children (CT_PPr, CT_RPr, CT_TcPr, CT_TblPr, CT_SectPr, CT_NumPr).
ORDER = {
    'w:pPr': 'pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr '
             'suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct '
             'topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind '
             'contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment '
             'textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange',
    'w:rPr': 'ins del moveFrom moveTo rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline '
             'shadow emboss imprint noProof snapToGrid vanish webHidden color spacing w kern position '
             'sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout '
             'specVanish oMath rPrChange',
    'w:tcPr': 'cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection '
              'tcFitText vAlign hideMark headers cellIns cellDel cellMerge tcPrChange',
    'w:tblPr': 'tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc '
               'tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption '
               'tblDescription tblPrChange',
    'w:numPr': 'ilvl numId numberingChange ins',
    'w:settings': 'zoom mailMerge trackRevisions documentProtection defaultTabStop evenAndOddHeaders '
                  'characterSpacingControl updateFields hdrShapeDefaults footnotePr endnotePr compat docVars '
                  'rsids themeFontLang clrSchemeMapping shapeDefaults decimalSymbol listSeparator',
}
ORDER = {k: {'w:' + n: i for i, n in enumerate(v.split())} for k, v in ORDER.items()}
FIRST = {'w:p': ('w:pPr',), 'w:r': ('w:rPr',), 'w:tc': ('w:tcPr',), 'w:tbl': ('w:tblPr', 'w:tblGrid'),
         'w:tr': ('w:tblPrEx', 'w:trPr')}


def check(p, f):
    check_package(p, f)
    stories = [(name, part.root) for name, part in p.parts.items()
               if part is not None and part.root.tag in STORIES]
    for name, root in stories:
        check_structure(name, root, f)
        check_tables(name, root, f)
        check_fields(name, root, f)
        check_text(name, root, f)
    for name, part in list(p.parts.items()):
        if part is not None and part.root.tag == 'w:settings':
            check_order(name, part.root, f)
        if part is not None:
            check_relations(p, name, part.root, f)
            check_prefixes(name, part.root, f)
    # The two copies of a text box may repeat ids, so each is looked at without the other.
    for skip in ('mc:Fallback', 'mc:Choice'):
        check_ids(stories, skip, f)
    check_notes(p, stories, f)
    check_styles(p, stories, f)


# ---- package --------------------------------------------------------------------------------


def check_package(p, f):
    if '[Content_Types].xml' not in p.data:
        f.add('content-types-missing', '', '', 'no [Content_Types].xml')
        return
    root = p.part('[Content_Types].xml').root
    seen = Unique(f, 'content-type-duplicate')
    for n in root.nodes:
        key = n.get('PartName') or n.get('Extension')
        seen.add((n.tag, (key or '').lower()), '[Content_Types].xml', n)
        if n.tag == 'ct:Override' and n.get('PartName', '/')[1:] not in p.data:
            f.add('override-absent', '[Content_Types].xml', n, n.get('PartName', ''))
    for name in p.data:
        if name.endswith('/') or name == '[Content_Types].xml':
            continue
        kind = p.content_type(name)
        if kind is None:
            f.add('content-type-missing', name, '', 'the part has no content type')
        elif kind.startswith('image/') and picture.media_type(p.data[name]) not in (None, kind):
            f.add('picture-type', name, '', '%s is %s' % (kind, picture.media_type(p.data[name])))
        elif name in p.parts and p.parts[name].root.tag in STORIES and not kind.startswith(
                (W, 'application/vnd.ms-word.')):
            f.add('content-type-wrong', name, '', kind)
    for name in p.data:
        folder, base = posixpath.split(name)
        if not base.endswith('.rels') or posixpath.basename(folder) != '_rels':
            continue
        source = posixpath.join(posixpath.dirname(folder), base[:-5])
        if source and source not in p.data:
            f.add('relationships-orphan', name, '', 'of a part that is not there')
        ids = Unique(f, 'relationship-duplicate')
        for n in p.part(name).root.nodes:
            ids.add(n.get('Id'), name, n)
        for rid, (kind, target, external) in p.relationships(source).items():
            if not external and target not in p.data and not target.startswith('#'):
                f.add('relationship-target', name, rid, 'no such part: %s' % target)
    p.main_part()


def check_relations(p, name, root, f):
    if name.endswith('.rels') or name.startswith('['):
        return
    known = p.relationships(name)
    for n in root.iter():
        for key, value in n.attrs.items():
            if key.startswith('r:') and value and value not in known:
                f.add('relationship-missing', name, n, '%s="%s"' % (key, value))
            elif (n.tag, key) in KINDS and value and known[value][0] != KINDS[n.tag, key]:
                f.add('relationship-kind', name, n, 'it is %s' % known[value][0])


def check_prefixes(name, root, f):
    scope = []
    stack = [(root, 0)]
    while stack:
        n, depth = stack.pop()
        del scope[depth:]
        scope.append(set(n.declared))
        for key in ('mc:Ignorable', 'mc:MustUnderstand', 'mc:ProcessContent', 'Requires'):
            value = n.get(key)
            if value is None or (key == 'Requires' and n.tag != 'mc:Choice'):
                continue
            for prefix in value.split():
                if not any(prefix.split(':')[0] in s for s in scope):
                    f.add('prefix-undeclared', name, n, '%s="%s"' % (key, prefix))
        stack.extend((k, depth + 1) for k in reversed(n.nodes))


# ---- structure ------------------------------------------------------------------------------


def holder(n):
    """What holds a block, row or cell, looking through content controls and the like."""
    for up in n.ups():
        if up.tag not in THROUGH:
            return up
    return None


def contents(n):
    """Children with those of content controls and the like in place of these."""
    out = []
    for k in n.nodes:
        if k.tag in THROUGH:
            out += contents(k)
        else:
            out.append(k)
    return out


def check_structure(name, root, f):
    for n in root.iter():
        tag = n.tag
        if tag in FIRST:
            last = -1
            for i, k in enumerate(n.nodes):
                if k.tag in FIRST[tag]:
                    place = FIRST[tag].index(k.tag)
                    if place <= last or i != last + 1 and i > place:
                        f.add('properties-first', name, k)
                    last = place
        if tag in ORDER:
            check_order(name, n, f)
        if tag in HOLDERS:
            check_holder(name, n, f)
        up = holder(n)
        if tag == 'w:p' and up is not None and up.tag not in HOLDERS:
            f.add('p-in-p' if any(u.tag == 'w:p' for u in _inside(n)) else 'p-outside', name, n)
        elif tag == 'w:tbl' and up is not None and up.tag not in HOLDERS:
            f.add('tbl-outside', name, n)
        elif tag == 'w:tr' and up is not None and up.tag != 'w:tbl':
            f.add('tr-outside', name, n)
        elif tag == 'w:tc' and up is not None and up.tag != 'w:tr':
            f.add('tc-outside', name, n)
        elif tag == 'w:tbl' or tag == 'w:tr':
            wanted = {'w:tbl': 'w:tr', 'w:tr': 'w:tc'}[tag]
            if not any(k.tag == wanted for k in contents(n)):
                f.add(tag[2:] + '-empty', name, n, 'no %s in it' % wanted)
        elif tag == 'w:r' and n.up is not None and n.up.tag.startswith('w:') and n.up.tag not in RUN_HOLDERS:
            f.add('run-outside', name, n)
        elif tag in TEXT and n.up.tag != 'w:r':
            f.add('text-outside-run', name, n)
        elif tag == 'w:sectPr' and n.up.tag == 'w:body' and n is not n.up.nodes[-1]:
            f.add('sectPr-place', name, n)
        elif tag == 'w:sectPr' and n.up.tag == 'w:pPr' and holder(n.up.up).tag != 'w:body':
            f.add('sectPr-place', name, n)


def _inside(n):
    """The elements around n up to the container it is in."""
    for up in n.ups():
        if up.tag in HOLDERS:
            return
        yield up


def check_order(name, n, f):
    order, last, seen = ORDER[n.tag], -1, set()
    for k in n.nodes:
        place = order.get(k.tag)
        if place is None:
            continue
        if place < last:
            f.add('order', name, n, '%s too late' % k.tag)
        if k.tag in seen:
            f.add('order', name, n, '%s twice' % k.tag)
        seen.add(k.tag)
        last = max(last, place)


def check_holder(name, n, f):
    blocks = [k for k in n.nodes if k.tag in BLOCKS or k.tag in ('w:ins', 'w:moveTo')]
    if not blocks:
        rule = 'tc-end' if n.tag == 'w:tc' else 'story-empty'
        f.add(rule, name, n, 'no paragraph in it')
    elif n.tag == 'w:tc':
        last = [k for k in contents(n) if k.tag not in MARKS]
        if last[-1].tag != 'w:p':
            f.add('tc-end', name, n, 'the cell ends with %s' % last[-1].tag)
    before = None
    for k in n.nodes:
        if k.tag in BLOCKS:
            if k.tag == 'w:tbl' and before == 'w:tbl':
                # Word shows them as one table.
                f.add('tables-touch', name, k)
            before = k.tag


def check_tables(name, root, f):
    for table in root.iter('w:tbl'):
        grid = table.child('w:tblGrid')
        columns = len([k for k in grid.nodes if k.tag == 'w:gridCol']) if grid else None
        above = set()   # columns in which the row above has a cell of a vertical merge
        for row in contents(table):
            if row.tag != 'w:tr':
                continue
            at, merged = number(row, 'w:trPr', 'w:gridBefore'), set()
            for cell in contents(row):
                if cell.tag != 'w:tc':
                    continue
                merge = cell.child('w:tcPr') and cell.child('w:tcPr').child('w:vMerge')
                if merge:
                    if merge.get('w:val', 'continue') == 'continue' and at not in above:
                        f.add('vMerge', name, cell, 'continues nothing')
                    merged.add(at)
                at += number(cell, 'w:tcPr', 'w:gridSpan') or 1
            above = merged
            at += number(row, 'w:trPr', 'w:gridAfter')
            if columns is not None and at > columns:
                f.add('gridSpan', name, row, '%d columns in a grid of %d' % (at, columns))


def number(n, properties, tag):
    pr = n.child(properties)
    k = pr.child(tag) if pr is not None else None
    return int(k.get('w:val', 0)) if k is not None else 0


# ---- fields, text, ids ----------------------------------------------------------------------


def check_fields(name, root, f):
    """begin, separate and end of complex fields balance within each story."""
    for story in root.iter(*(HOLDERS - {'w:tc'})):
        stack = []
        for n in story.iter('w:fldChar', skip=HOLDERS - {'w:tc'}):
            kind = n.get('w:fldCharType')
            if kind == 'begin':
                stack.append(kind)
            elif not stack or (kind == 'separate' and stack[-1] != 'begin'):
                f.add('fldChar', name, n, '%s without begin' % kind)
            elif kind == 'separate':
                stack[-1] = kind
            else:
                stack.pop()
        if stack:
            f.add('fldChar', name, story, 'a field without end')


def check_text(name, root, f):
    for n in root.iter():
        if not n.tag.startswith('w:'):
            continue
        s = ''.join(k for k in n.kids if isinstance(k, str))
        if n.tag not in TEXT:
            if s.strip():
                f.add('stray-text', name, n, s.strip()[:20])
            continue
        if n.tag == 'w:t' and n.get('xml:space') != 'preserve' and s != s.strip(' \t\r\n'):
            f.add('space-lost', name, n, repr(s[:20]))
        if any(c in s for c in '\n\r\t'):
            f.add('text-control', name, n, 'a line break or tab in text')


def check_ids(stories, skip, f):
    sdt, paragraph = Unique(f, 'sdt-id'), Unique(f, 'paraId')
    names = Unique(f, 'bookmark-name')
    for name, root in stories:
        drawing, shape = Unique(f, 'docPr-id'), Unique(f, 'vml-id')
        revision = Unique(f, 'revision-id')
        starts, ends = {}, {}
        ranges = {'w:commentRangeStart': {}, 'w:commentRangeEnd': {}}
        bookmark, end, comment = (Unique(f, 'bookmark-id'), Unique(f, 'bookmark-id'),
                                  Unique(f, 'comment-range'))
        comment_end = Unique(f, 'comment-range')
        for n in root.iter(skip=(skip,)):
            if n.tag == 'wp:docPr':
                drawing.add(n.get('id'), name, n)
            elif n.tag.startswith('v:') and n.get('id') and n.tag != 'v:shapetype':
                shape.add(n.get('id'), name, n)
            elif n.tag == 'w:sdtPr' and n.child('w:id') is not None:
                sdt.add(n.child('w:id').get('w:val'), name, n)
            elif n.tag == 'w:bookmarkStart':
                bookmark.add(n.get('w:id'), name, n)
                names.add((n.get('w:name') or '').lower(), name, n)
                starts[n.get('w:id')] = n
            elif n.tag == 'w:bookmarkEnd':
                end.add(n.get('w:id'), name, n)
                ends[n.get('w:id')] = n
                if n.get('w:id') not in starts:
                    f.add('bookmark-pair', name, n, 'end before or without start: %s' % n.get('w:id'))
            elif n.tag in REVISIONS and n.get('w:id') is not None:
                revision.add((n.tag, n.get('w:id')), name, n)
            elif n.tag in ranges:
                (comment if n.tag.endswith('Start') else comment_end).add(n.get('w:id'), name, n)
                ranges[n.tag][n.get('w:id')] = n
            if n.get('w14:paraId') is not None and n.tag in ('w:p', 'w:tr'):
                value = n.get('w14:paraId')
                paragraph.add(value, name, n)
                if len(value) != 8 or not 0 < int(value, 16) < 0x80000000:
                    f.add('paraId-range', name, n, value)
        for value, n in starts.items():
            if value not in ends:
                f.add('bookmark-pair', name, n, 'start without end: %s' % value)
        for a, b in (list(ranges.values()), list(ranges.values())[::-1]):
            for value in a:
                if value not in b:
                    f.add('comment-range', name, a[value], 'one end only: %s' % value)


# ---- references -----------------------------------------------------------------------------


def check_notes(p, stories, f):
    for kind, holder_tag in (('footnote', 'w:footnotes'), ('endnote', 'w:endnotes'),
                             ('comment', 'w:comments')):
        defined, part = Unique(f, kind + '-id'), kind
        special = set()
        for name, root in stories:
            if root.tag != holder_tag:
                continue
            for n in root.nodes:
                if n.tag == 'w:' + kind:
                    defined.add(n.get('w:id'), name, n)
                    if n.get('w:type', 'normal') != 'normal':
                        special.add(n.get('w:id'))
        used = set()
        for name, root in stories:
            once = Unique(f, kind + '-shared')
            for n in root.iter('w:%sReference' % kind, skip=('mc:Fallback',)):
                if n.get('w:id') not in defined.values:
                    f.add(kind + '-missing', name, n, 'no %s %s' % (kind, n.get('w:id')))
                once.add(n.get('w:id'), name, n)
                used.add(n.get('w:id'))
            if kind == 'comment':
                for n in root.iter('w:commentRangeStart', 'w:commentRangeEnd'):
                    if n.get('w:id') not in defined.values:
                        f.add('comment-missing', name, n, 'no comment %s' % n.get('w:id'))
        for value in defined.values - used - special:
            f.add(kind + '-unreferenced', part, '', 'nothing refers to %s %s' % (kind, value))


def check_styles(p, stories, f):
    styles, numbers = set(), None
    for name, part in p.parts.items():
        root = part.root if part is not None else None
        if root is None:
            continue
        if root.tag == 'w:styles':
            styles |= {n.get('w:styleId') for n in root.nodes if n.tag == 'w:style'}
        elif root.tag == 'w:numbering':
            numbers = numbers or set()
            ids = Unique(f, 'num-id')
            abstract = Unique(f, 'num-id')
            for n in root.nodes:
                if n.tag == 'w:abstractNum':
                    abstract.add(n.get('w:abstractNumId'), name, n)
            for n in root.nodes:
                if n.tag == 'w:num':
                    ids.add(n.get('w:numId'), name, n)
                    numbers.add(n.get('w:numId'))
                    base = n.child('w:abstractNumId')
                    if base is None or base.get('w:val') not in abstract.values:
                        f.add('num-missing', name, n, 'no abstract list for it')
            last = ''
            for n in root.nodes:
                if n.tag == 'w:abstractNum' and last == 'w:num':
                    f.add('order', name, n, 'w:abstractNum behind w:num')
                last = n.tag
    anchors = {n.get('w:name') for _, root in stories for n in root.iter('w:bookmarkStart')}
    for name, root in stories:
        for n in root.iter():
            if n.tag in ('w:pStyle', 'w:rStyle', 'w:tblStyle') and n.get('w:val') not in styles:
                f.add('style-missing', name, n, n.get('w:val', ''))
            elif n.tag == 'w:numId' and n.get('w:val') != '0' and n.get('w:val') not in (numbers or ()):
                f.add('num-missing', name, n, n.get('w:val', ''))
            elif n.tag == 'w:hyperlink' and n.get('w:anchor') and not n.get('r:id') \
                    and n.get('w:anchor') not in anchors and n.get('w:anchor') != '_top':
                f.add('anchor-missing', name, n, n.get('w:anchor'))
