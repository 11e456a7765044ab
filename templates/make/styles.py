"""The named styles of the templates, after GB/T 9704-2012.

A style says only what differs from its parent.  Lengths in twips, sizes in points; indents may be
given in characters (first, left, right), which Word keeps as such.
"""
FANG, KAI, HEI, SONG, TITLE = '仿宋_GB2312', '楷体_GB2312', '黑体', '宋体', '方正小标宋简体'
LATIN = 'Times New Roman'
# face: (face used when it is missing, family, pitch)
FACES = {
    FANG: ('仿宋', 'modern', 'fixed'),
    KAI: ('楷体', 'modern', 'fixed'),
    HEI: ('SimHei', 'modern', 'fixed'),
    SONG: ('SimSun', 'auto', 'variable'),
    TITLE: ('方正小标宋_GBK', 'script', 'fixed'),
    LATIN: (None, 'roman', 'variable'),
}
LINE = 579     # 22 lines in 225 mm
RED = 'E60012'


class Style:
    """builtin: the name of a style that Word and Writer have themselves, as (Word, Writer)."""

    def __init__(self, key, name, parent='normal', builtin=None, next=None, **p):
        self.key, self.name, self.parent, self.builtin, self.next = key, name, parent, builtin, next
        self.p = p


STYLES = [
    Style('normal', '正文', None, ('Normal', 'Standard'),
          east=FANG, west=LATIN, size=16, align='both', line=LINE),
    Style('title', '标题', builtin=('Title', 'Title'), next='body',
          east=TITLE, size=22, align='center', line=660, before=LINE, after=LINE, keep=True),
    Style('h1', '标题 1', builtin=('heading 1', 'Heading 1'), next='body',
          east=HEI, first=2, level=1, keep=True),
    Style('h2', '标题 2', builtin=('heading 2', 'Heading 2'), next='body',
          east=KAI, first=2, level=2, keep=True),
    Style('h3', '标题 3', builtin=('heading 3', 'Heading 3'), next='body',
          bold=True, first=2, level=3, keep=True),
    Style('body', '公文正文', first=2),
    # The page with the signature has some of the text on it.
    Style('body_last', '公文正文末段', 'body', next='body', keep=True),
    Style('item', '编号段落', first=2),
    Style('control', '模板控制行', next='body', east=KAI, size=12, color='7F7F7F', line=320,
          align='left'),
    Style('to', '主送机关', next='body'),
    # “附件：1.” begins two characters in; the names stand below each other.
    Style('attached', '附件说明', next='attached2', align='left', before=LINE,
          indent=1840, hanging=1200, keep=True),
    Style('attached2', '附件说明续行', align='left', indent=1840, hanging=240,
          keep=True),
    # With a seal: the date ends four characters before the margin, the name stands centred above.
    Style('signature', '署名', next='date', align='center', indent=4044, before=LINE, keep=True),
    Style('date', '成文日期', align='center', indent=4044),
    Style('mark', '附件序号', next='formtitle', east=HEI, west=HEI, align='left', keep=True),
    Style('formtitle', '附件标题', next='formhead', east=TITLE, size=18, align='center', line=520,
          before=60, after=60, keep=True),
    Style('formhead', '表前说明', size=12, align='left', line=380, after=40, keep=True),
    Style('formhead_wide', '横表前说明', 'formhead', tabs=[('right', 12756)]),
    Style('note', '表后说明', size=10.5, align='both', line=320, before=40),
    # Tab stops are handed down and add up, so the two are siblings.
    Style('sign', '表尾签名', 'note', align='left', tabs=[('left', 4422)]),
    Style('sign_wide', '横表尾签名', 'note', align='left',
          tabs=[('left', 3300), ('left', 6700), ('left', 9800)]),
    Style('gap', '表间空行', size=1, align='left', line=20),
    Style('cell', '表格文字', size=10.5, align='center', line=0),
    Style('cell_left', '表格左齐', 'cell', align='left', before=20, after=20),
    Style('cell_head', '表头', 'cell', east=HEI),
    Style('cell_label', '表格栏目', 'cell', east=HEI, align='left'),
    Style('letterhead', '发文机关标志', next='title', east=TITLE, size=38, color=RED, align='center',
          line=1000, rule='below'),
    Style('letterfoot', '信函页脚', size=9, align='center', line=240, rule='above'),
    Style('header', '页眉', builtin=('header', 'Header'), east=KAI, size=10.5, align='center',
          line=0),
    Style('footer', '页脚', builtin=('footer', 'Footer'), east=SONG, west=SONG, size=14,
          align='right', line=0, right=1),
    Style('footer_even', '偶数页页脚', 'footer', align='left', right=0, left=1),
]
PADDING = {'top': 20, 'left': 57, 'bottom': 20, 'right': 57}  # in the cells of a table

BY_KEY = {s.key: s for s in STYLES}


def resolved(key):
    """All properties of a style, with those it inherits."""
    s = BY_KEY[key]
    out = resolved(s.parent) if s.parent else {}
    out.update(s.p)
    return out


def used(document):
    """The styles a document needs, parents and successors included, in the order of STYLES."""
    keys, todo = set(), {p.style for p in document.paragraphs()} | {'normal', 'header', 'footer'}
    while todo:
        s = BY_KEY[todo.pop()]
        keys.add(s.key)
        todo |= {k for k in (s.parent, s.next) if k and k not in keys}
    return [s for s in STYLES if s.key in keys]


# Headings are numbered by themselves, so that an optional section leaves no gap:
# (numbers, before, behind); items of a list in the text follow as （1）.
CHINESE, ARABIC = 'chinese', 'arabic'
HEADINGS = [(CHINESE, '', '、'), (CHINESE, '（', '）'), (ARABIC, '', '.')]
ITEMS = (ARABIC, '（', '）')
