#!/usr/bin/env python3
"""Tests of the test tools: what a sketch says stands in the documents made of it, and every rule
of lint.py finds the damage it is for.

    selftest.py
"""
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile

sys.dont_write_bytecode = True

import doc_forms  # noqa: E402
import doctext  # noqa: E402
import lint  # noqa: E402
import odf_check  # noqa: E402
import ooxml_check  # noqa: E402
import picture  # noqa: E402
import sketch  # noqa: E402

SKETCH = '''%title: 标题
%custom 文号: 1号
# 章
正文[b:粗][t]制表[br]行  两空[fn:脚注][en:尾注][cs:批注]范围[ce]
\\s前后\\s
[bs:签]签[be:签][link:http://a.cn/|链接][pic:图][pn]
1. 一
  1. 一一
1. 二
- 点
=== block 内
| 内 |
=== end
|= 表 | 头 | < |
| a ¶ [@内] ¶ b | c | d |
| ^ | e | f |
|  | g | h |
前[tb:框 ¶ 二]后[ins:新][del:旧]
[fmt@甲:黑][mf@甲:走][mt@甲:来][ref:签|第1][calc:1+1|2][seq:3]
=== contents
一[t]1
=== end
=== control 控件
控件内[cc:行内|值]
=== end
尾
=== header default
页眉
=== end
'''
TEXT = '''# 章
正文粗[t]制表[br]行  两空[fn:脚注][en:尾注][cs:批注]范围[ce]
\\s前后\\s
签[link:http://a.cn/|链接][pic:图]1
1. 一
  1. 一一
2. 二
- 点
|= 表 | 头 | < |
| a ¶ ⟦ 内 ⟧ ¶ b | c | d |
| ^ | e | f |
| [p] | g | h |
前[tb:框 ¶ 二]后新
黑来第123
一[t]1
控件内值
尾
== header default
页眉
== properties
title: 标题
custom 文号: 1号
'''

DOC, CONTENT = 'word/document.xml', 'content.xml'
P = '<w:p><w:r><w:t>x</w:t></w:r></w:p>'
# rule, part, what is replaced (regular expression, once), by what
DOCX = [
    ('xml', DOC, '页眉|章', '\x01'),
    ('xml', DOC, '</w:body>', ''),
    ('mark', DOC, '<w:body>', '<w:body><?tb 3?>'),
    ('noncharacter', DOC, '章', '\ufdd0'),
    ('doctype', DOC, '<w:document', '<!DOCTYPE x><w:document'),
    ('content-types-missing', '[Content_Types].xml', None, None),
    ('relationships-orphan', DOC, None, None),
    ('content-type-missing', '[Content_Types].xml', '<Default Extension="png"[^>]*>', ''),
    ('content-type-wrong', '[Content_Types].xml', '<Override PartName="/word/header1.xml"[^>]*>', ''),
    ('content-type-duplicate', '[Content_Types].xml', '(<Default Extension="png"[^>]*>)', r'\1\1'),
    ('override-absent', '[Content_Types].xml', '/word/header1.xml', '/word/header9.xml'),
    ('relationship-target', 'word/_rels/document.xml.rels', 'header1.xml', 'header9.xml'),
    ('relationship-duplicate', 'word/_rels/document.xml.rels', 'rId2', 'rId1'),
    ('relationship-missing', DOC, 'r:id="rId1"', 'r:id="rId99"'),
    ('relationship-kind', DOC, 'r:embed="rId[0-9]+"', 'r:embed="rId1"'),
    ('relationship-kind', DOC, '<w:hyperlink r:id="[^"]*"', '<w:hyperlink r:id="rId1"'),
    ('picture-type', '[Content_Types].xml', 'image/png', 'image/jpeg'),
    ('prefix-undeclared', DOC, 'mc:Ignorable="w14"', 'mc:Ignorable="w14 w99"'),
    ('prefix-undeclared', DOC, 'Requires="wps"', 'Requires="w99"'),
    ('properties-first', DOC, '(<w:r>)(<w:t[ >].*?</w:t>)', r'\1\2<w:rPr><w:b/></w:rPr>'),
    ('order', DOC, '<w:b/><w:bCs/>', '<w:bCs/><w:b/>'),
    ('order', 'word/settings.xml', '<w:decimalSymbol w:val="."/>', '<w:decimalSymbol w:val="."/><w:updateFields/>'),
    ('tc-end', DOC, '(<w:tc><w:tcPr>.*?</w:tcPr>).*?(</w:tc>)', r'\1\2'),
    ('tc-end', DOC, '</w:tbl><w:p [^>]*>(?:(?!</w:p>).)*b</w:t></w:r></w:p></w:tc>', '</w:tbl></w:tc>'),
    ('story-empty', 'word/header1.xml', '<w:p .*</w:p>', ''),
    ('p-in-p', DOC, '<w:body><w:p ([^>]*)>', r'<w:body><w:p \1>' + P),
    ('p-in-p', DOC, '<w:sdtContent>(<w:r>.*?)</w:sdtContent>', '<w:sdtContent>' + P + '</w:sdtContent>'),
    ('p-outside', DOC, '<w:tr>', '<w:tr>' + P),
    ('tbl-outside', DOC, '(<w:body><w:p [^>]*>)', r'\1<w:tbl><w:tr><w:tc>' + P + '</w:tc></w:tr></w:tbl>'),
    ('tr-outside', DOC, '<w:body>', '<w:body><w:tr><w:tc>' + P + '</w:tc></w:tr>'),
    ('tc-outside', DOC, '<w:body>', '<w:body><w:tc>' + P + '</w:tc>'),
    ('tbl-empty', DOC, '<w:body>', '<w:body><w:tbl/>'),
    ('tr-empty', DOC, '</w:tblGrid>', '</w:tblGrid><w:tr/>'),
    ('tables-touch', DOC, '<w:body>', '<w:body>' + '<w:tbl><w:tr><w:tc>' * 1 + P + '</w:tc></w:tr></w:tbl>'
     + '<w:tbl><w:tr><w:tc>' + P + '</w:tc></w:tr></w:tbl>'),
    ('run-outside', DOC, '<w:body>', '<w:body><w:r><w:t>x</w:t></w:r>'),
    ('text-outside-run', DOC, '(<w:body><w:p [^>]*>)(<w:pPr>.*?</w:pPr>)', r'\1\2<w:t>x</w:t>'),
    ('stray-text', DOC, '<w:body>', '<w:body>x'),
    ('sectPr-place', DOC, '<w:body>', '<w:body><w:sectPr/>'),
    ('gridSpan', DOC, '<w:gridSpan w:val="2"/>', '<w:gridSpan w:val="5"/>'),
    ('vMerge', DOC, '<w:vMerge w:val="restart"/>', ''),
    ('fldChar', DOC, '<w:r><w:fldChar w:fldCharType="end"/></w:r>', ''),
    ('revision-id', DOC, '(<w:ins .*?</w:ins>)', r'\1\1'),
    ('fldChar', DOC, '<w:r><w:fldChar w:fldCharType="begin"/></w:r>', ''),
    ('space-lost', DOC, ' xml:space="preserve"> 前后 <', '> 前后 <'),
    ('text-control', DOC, '章', 'a\nb'),
    ('docPr-id', DOC, '<wp:docPr id="2"', '<wp:docPr id="1"'),
    ('vml-id', DOC, '<w:pict>(<v:rect id="[^"]*")', r'<w:pict>\1/>\1'),
    ('sdt-id', DOC, '<w:id w:val="1002"/>', '<w:id w:val="1001"/>'),
    ('paraId', DOC, 'w14:paraId="10000003"', 'w14:paraId="10000002"'),
    ('paraId-range', DOC, 'w14:paraId="10000003"', 'w14:paraId="90000003"'),
    ('bookmark-pair', DOC, '<w:bookmarkEnd [^>]*>', ''),
    ('bookmark-pair', DOC, '<w:bookmarkStart [^>]*>', ''),
    ('bookmark-id', DOC, '(<w:bookmarkStart [^>]*>)', r'\1<w:bookmarkStart w:id="1" w:name="b2"/>'),
    ('bookmark-name', DOC, '(<w:bookmarkStart [^>]*>)',
     r'\1<w:bookmarkStart w:id="77" w:name="签"/><w:bookmarkEnd w:id="77"/>'),
    ('comment-range', DOC, '<w:commentRangeStart [^>]*>', ''),
    ('comment-range', DOC, '<w:commentRangeEnd [^>]*>', ''),
    ('comment-missing', DOC, '<w:commentReference w:id="0"', '<w:commentReference w:id="7"'),
    ('comment-unreferenced', DOC, '<w:commentReference w:id="0"/>', ''),
    ('comment-id', 'word/comments.xml', '(<w:comment .*</w:comment>)', r'\1\1'),
    ('comment-shared', DOC, '(<w:commentReference w:id="0"/>)', r'\1\1'),
    ('footnote-missing', DOC, '<w:footnoteReference w:id="2"', '<w:footnoteReference w:id="7"'),
    ('footnote-unreferenced', DOC, '<w:footnoteReference w:id="2"/>', ''),
    ('footnote-id', 'word/footnotes.xml', '(<w:footnote w:id="2">.*?</w:footnote>)', r'\1\1'),
    ('footnote-shared', DOC, '(<w:footnoteReference w:id="2"/>)', r'\1\1'),
    ('endnote-missing', DOC, '<w:endnoteReference w:id="2"', '<w:endnoteReference w:id="7"'),
    ('style-missing', DOC, 'w:val="Heading1"', 'w:val="Nothing"'),
    ('num-missing', DOC, '<w:numId w:val="1"/>', '<w:numId w:val="77"/>'),
    ('num-missing', 'word/numbering.xml', '<w:abstractNumId w:val="0"/>', '<w:abstractNumId w:val="9"/>'),
    ('num-id', 'word/numbering.xml', '<w:num w:numId="2">', '<w:num w:numId="1">'),
    ('anchor-missing', DOC, '<w:hyperlink r:id="[^"]*">', '<w:hyperlink w:anchor="nothing">'),
]
TP = '<text:p text:style-name="Standard">x</text:p>'
CELL = '<table:table-cell>' + TP + '</table:table-cell>'
ODT = [
    ('xml', CONTENT, '章', '\x01'),
    ('mark', CONTENT, '<office:text>', '<office:text><?tb-x 3?>'),
    ('noncharacter', CONTENT, '章', '\ufdef'),
    ('mimetype', 'mimetype', 'text$', 'text\n'),
    ('manifest', 'META-INF/manifest.xml', '<manifest:file-entry manifest:full-path="/"[^>]*>', ''),
    ('manifest-duplicate', 'META-INF/manifest.xml', '(<manifest:file-entry manifest:full-path="meta.xml"[^>]*>)',
     r'\1\1'),
    ('manifest-version', 'META-INF/manifest.xml', 'full-path="/" manifest:version="1.3"', 'full-path="/"'),
    ('manifest-lacks', 'META-INF/manifest.xml', '<manifest:file-entry manifest:full-path="meta.xml"[^>]*>', ''),
    ('picture-type', 'META-INF/manifest.xml', 'image/png', 'image/gif'),
    ('manifest-absent', 'META-INF/manifest.xml', 'full-path="meta.xml"', 'full-path="mets.xml"'),
    ('stray-text', CONTENT, '</office:text>', 'x</office:text>'),
    ('stray-text', CONTENT, '(<table:table-cell[^>]*>)', r'\1x'),
    ('p-in-p', CONTENT, '(<text:p [^>]*>)', r'\1' + TP),
    ('table-in-p', CONTENT, '(<text:p [^>]*>)', r'\1<table:table/>'),
    ('list-in-p', CONTENT, '(<text:p [^>]*>)', r'\1<text:list/>'),
    ('block-outside', CONTENT, '(<text:list [^>]*>)', r'\1' + TP),
    ('row-outside', CONTENT, '</office:text>', '<table:table-row>' + CELL + '</table:table-row></office:text>'),
    ('cell-outside', CONTENT, '</office:text>', CELL + '</office:text>'),
    ('item-outside', CONTENT, '</office:text>', '<text:list-item>' + TP + '</text:list-item></office:text>'),
    ('rows-empty', CONTENT, '<table:table-header-rows>', '<table:table-header-rows/><table:table-header-rows>'),
    ('row-empty', CONTENT, '<table:table-row>', '<table:table-row/><table:table-row>'),
    ('table-empty', CONTENT, '</office:text>',
     '<table:table table:name="n"><table:table-column/></table:table></office:text>'),
    ('cell-empty', CONTENT, '(<table:table-cell[^>]*>)<text:p [^>]*/?>.*?(</table:table-cell>)', r'\1\2'),
    ('list-empty', CONTENT, '</office:text>', '<text:list/></office:text>'),
    ('section-empty', CONTENT, '</office:text>', '<text:section text:name="n"/></office:text>'),
    ('box-empty', CONTENT, '(<draw:text-box[^>]*>).*?(</draw:text-box>)', r'\1\2'),
    ('note-empty', CONTENT, '(<text:note-body[^>]*>).*?(</text:note-body>)', r'\1\2'),
    ('body-empty', CONTENT, '<office:text>.*</office:text>', '<office:text/>'),
    ('tables-touch', CONTENT, '</office:text>', ''.join(
        '<table:table table:name="n%d"><table:table-column/><table:table-row>%s</table:table-row></table:table>'
        % (i, CELL) for i in (1, 2)) + '</office:text>'),
    ('covered', CONTENT, '<table:covered-table-cell/>', CELL),
    ('covered', CONTENT, ' table:number-columns-spanned="2"', ''),
    ('covered', CONTENT, ' table:number-rows-spanned="2"', ' table:number-rows-spanned="5"'),
    ('row-width', CONTENT, '<table:covered-table-cell/>', ''),
    ('row-width', CONTENT, ' table:number-columns-spanned="2"', ' table:number-columns-spanned="4"'),
    ('blanks-lost', CONTENT, '章', 'a  b'),
    ('blanks-lost', CONTENT, '章', 'a\nb'),
    ('blanks-lost', CONTENT, '章', ' b'),
    ('xml-id', CONTENT, 'xml:id="list2"', 'xml:id="list1"'),
    ('table-name', CONTENT, 'table:name="Table2"', 'table:name="Table1"'),
    ('section-name', CONTENT, '(<text:section text:name="S1">)', r'<text:section text:name="S1">%s</text:section>\1' % TP),
    ('frame-name', CONTENT, 'draw:name="Image1"', 'draw:name="Frame1"'),
    ('bookmark-name', CONTENT, '(<text:bookmark-start [^>]*>)', r'<text:bookmark text:name="签"/>\1'),
    ('bookmark-end', CONTENT, '(<text:bookmark-end [^>]*>)', r'\1\1'),
    ('bookmark-pair', CONTENT, '<text:bookmark-start [^>]*>', ''),
    ('bookmark-pair', CONTENT, '<text:bookmark-end [^>]*>', ''),
    ('annotation-name', CONTENT, '(<office:annotation [^>]*>.*?</office:annotation>)', r'\1\1'),
    ('annotation-end', CONTENT, '(<office:annotation-end [^>]*>)', r'\1\1'),
    ('annotation-pair', CONTENT, '<office:annotation [^>]*>.*?</office:annotation>', ''),
    ('reference-name', CONTENT, '(<text:bookmark-start [^>]*>)', '<text:reference-mark text:name="r"/>' * 2 + r'\1'),
    ('note-id', CONTENT, 'text:id="en1"', 'text:id="fn1"'),
    ('change-id', CONTENT, 'id="ct2" text:id="ct2"', 'id="ct1" text:id="ct1"'),
    ('change-repeated', CONTENT, '(<text:change [^>]*>)', r'\1\1'),
    ('change-missing', CONTENT, '<text:change text:change-id="ct2"/>', '<text:change text:change-id="ct9"/>'),
    ('change-pair', CONTENT, '<text:change-end [^>]*>', ''),
    ('list-missing', CONTENT, '<text:list xml:id="list2"', '<text:list text:continue-list="nothing"'),
    ('style-missing', CONTENT, 'text:style-name="Heading_20_1"', 'text:style-name="Nothing"'),
    ('style-missing', CONTENT, '<text:span text:style-name="Tb">', '<text:span text:style-name="Nothing">'),
    ('style-missing', CONTENT, 'text:style-name="L2"', 'text:style-name="L9"'),
    ('style-duplicate', CONTENT, '(<style:style style:name="Tb".*?</style:style>)', r'\1\1'),
    ('href-missing', CONTENT, 'Pictures/image1.png', 'Pictures/image9.png'),
    ('part-missing', CONTENT, None, None),
]
counts = {True: 0, False: 0}


def check(right, what):
    counts[bool(right)] += 1
    if not right:
        print('FAILED ' + what)


def damage(source, out, part, pattern, by):
    """A copy of a package with one part changed (or left out, without a pattern)."""
    with zipfile.ZipFile(source) as a, zipfile.ZipFile(out, 'w') as b:
        for i in a.infolist():
            data = a.read(i)
            if i.filename == part:
                if pattern is None:
                    continue
                text, n = re.subn(pattern, by, data.decode(), count=1, flags=re.S)
                if not n:
                    return False
                data = text.encode('utf-8', 'surrogatepass')
            b.writestr(i, data)
    return True


def texts(folder):
    for ending in ('docx', 'odt'):
        for options in ({}, {'cut': 1}, {'cut': 2}, {'cut': 2, 'prefix': 'x', 'utf16': True}):
            if ending == 'odt':
                options = {k: v for k, v in options.items() if k == 'cut'}
            path, again = (os.path.join(folder, n + '.' + ending) for n in ('t', 'u'))
            sketch.make(SKETCH, path, **options)
            sketch.make(SKETCH, again, **options)
            what = '%s %s: ' % (ending, options)
            t = doctext.read(path)
            check(doctext.Printer().document(t) == TEXT, what + 'other text')
            check(not t.problems, what + '; '.join(t.problems))
            check(not lint.compare(path, None), what + '; '.join(lint.compare(path, None)))
            with open(path, 'rb') as a, open(again, 'rb') as b:
                check(a.read() == b.read(), what + 'two runs differ')


def rules(folder, ending, table):
    base, path = os.path.join(folder, 'b.' + ending), os.path.join(folder, 'd.' + ending)
    sketch.make(SKETCH, base)
    for rule, part, pattern, by in table:
        what = '%s %s %s' % (ending, rule, pattern)
        if not damage(base, path, part, pattern, by):
            check(False, what + ': nothing to damage')
            continue
        found = {row[0] for row in lint.lint(path).rows}
        check(rule in found, what + ': found only %s' % sorted(found))
        check(not any(x.startswith(rule + ' ') for x in lint.compare(path, path)), what + ': not in its own base')


def packages(folder):
    base, path = os.path.join(folder, 'b.odt'), os.path.join(folder, 'p.odt')
    with open(base, 'rb') as f:
        data = f.read()
    for what, changed in (('cut', data[:-100]), ('empty', b''), ('no zip', b'{\\rtf1}')):
        with open(path, 'wb') as f:
            f.write(changed)
        check('zip' in {r[0] for r in lint.lint(path).rows}, 'zip: ' + what)
    with zipfile.ZipFile(base) as a:
        entries = [(i.filename, a.read(i), i.compress_type) for i in a.infolist()]

    def made(entries):
        import warnings
        with zipfile.ZipFile(path, 'w') as z, warnings.catch_warnings():
            warnings.simplefilter('ignore')
            for name, data, kind in entries:
                z.writestr(zipfile.ZipInfo(name), data, kind)
        return {r[0] for r in lint.lint(path).rows}

    check(not made(entries), 'package as it was')
    check('mimetype' in made(entries[1:] + entries[:1]), 'mimetype last')
    check('mimetype' in made(entries[1:]), 'mimetype missing')
    check('mimetype' in made([entries[0][:2] + (zipfile.ZIP_DEFLATED,)] + entries[1:]), 'mimetype compressed')
    check('zip-duplicate' in made(entries + entries[1:2]), 'entry twice')
    check('zip-directory' in made(entries + [('Pictures/', b'', 0)]), 'folder entry')
    check('manifest' in made([e for e in entries if 'manifest' not in e[0]]), 'manifest missing')
    check('zip-name' in made(entries + [('a\\b.xml', b'<a/>', 0)]), 'backslash in a name')


def copies_differ(folder):
    base, path = os.path.join(folder, 'b.docx'), os.path.join(folder, 'c.docx')
    damage(base, path, DOC, '(<mc:Fallback>.*?)框', r'\1另')
    check(doctext.read(path).problems, 'text boxes whose copies differ')


def sketches():
    for bad in ('| a |\n', '| < |\n尾\n', '| a | b |\n| c |\n尾\n', '=== block x\n', '=== end\n', '[b:x\n',
                '| ^ |\n尾\n', '%unknown: x\n', '| a | < |\n| ^ | b |\n尾\n', '--- section\n', '| [@x] |\n尾\n'):
        try:
            sketch.parse(bad)
            check(False, 'a bad sketch was taken: %r' % bad)
        except sketch.SketchError:
            pass


def validators(folder):
    """What the validators are asked about, and what is made of their answers."""
    ours, foreign = 'urn:oasis:names:tc:opendocument:xmlns:text:1.0', 'urn:x'
    plain = odf_check.Plain(
        ('<t:p xmlns:t="%s" xmlns:x="%s" x:a="1">一\n&lt;<x:y>二<t:span t:b="2">三</t:span></x:y>'
         '<t:list><x:y>四</x:y></t:list>五</t:p>' % (ours, foreign)).encode(), {ours})
    check(re.sub(r' xmlns:\w+="[^"]*"|\n', '', plain.text()) ==
          '<t:p>一&#10;&lt;二<t:span t:b="2">三</t:span><t:list></t:list>五</t:p>', 'a part without what is foreign')
    lines = plain.text().split('\n')
    check([x for x in plain.paths if lines[plain.paths.index(x)].endswith('<t:list')] == ['/t:p/t:list'],
          'a line leads to its element')

    def answer(name, *errors):
        path = os.path.join(folder, name)
        with open(path, 'w', encoding='utf-8') as f:
            json.dump({'ok': not errors, 'errors': [{'id': e, 'path': '/a', 'xPath': '/b[%d]' % i, 'description': e}
                                                    for i, e in enumerate(errors)]}, f)
        return path

    template, bare = answer('t', 'old'), answer('t2')
    pairs = [(answer('r1'), (bare,)), (answer('r2', 'old', 'old'), (template,)),
             (answer('r3', 'old', 'new'), (bare, template)), (answer('r4', 'old'), (bare,)),
             (os.path.join(folder, 'none'), (template,))]
    found = ooxml_check.check(pairs, shutil.which('cat'))
    check([len(x) for x in found] == [0, 0, 1, 1, 1], 'errors that the template does not have: %s' % found)


def pictures(folder):
    """A picture that does not show what its form says is found."""
    page = os.path.join(folder, 'page.md')
    text = ('**1. 写法** 说明\n\n| 模板里写 | 报告里是 |\n|---|---|\n| `{{%s}}` | `值` |\n\n'
            '![写法](%s)\n\n---\n| 模板里写 | 报告里是 |\n|---|---|\n| `附` | `附` |\n')
    path = os.path.join(folder, 'forms', '1.png')
    os.makedirs(os.path.dirname(path))

    def told(name='名称', shown='forms/1.png', data=None):
        with open(page, 'w', encoding='utf-8') as f:
            f.write(text % (name, shown))
        form = doc_forms.forms(page)[0]
        if data is not None:
            with open(path, 'wb') as f:
                f.write(data)
        return doc_forms.wrong(form, folder)

    check(told() is not None, 'a picture that is missing')
    bare = doc_forms.SIGNATURE + doc_forms.chunk(b'IHDR', bytes(13)) + doc_forms.chunk(b'IEND', b'')
    check(told(data=bare) is not None, 'a picture without its texts')
    good = doc_forms.described(bare, doc_forms.forms(page)[0].description())
    check(told(data=good) is None, 'a picture of its form')
    check(told(name='别名') is not None, 'a picture older than its example')
    check(told(shown='forms/2.png') is not None, 'a form without its picture')
    check(told(data=good[:-1] + b'x') is not None, 'a damaged picture')
    check(told(data=good[:-12] + doc_forms.chunk(b'IDAT', bytes(doc_forms.MOST_BYTES))) is not None,
          'a picture that is too big')


def sizes():
    """The size of a picture, and none of one that is cut off."""
    for kind in ('png', 'gif', 'bmp', 'jpeg', 'svg'):
        whole = picture.make(kind, 5, 7, (1, 2, 3))
        check(picture.size(whole) == (5, 7), 'the size of a picture: ' + kind)
        check(all(picture.size(whole[:n]) in (None, (5, 7)) for n in range(len(whole))), 'a picture cut off: ' + kind)


def main():
    folder = tempfile.mkdtemp(prefix='tianbao-selftest-')
    try:
        texts(folder)
        rules(folder, 'docx', DOCX)
        rules(folder, 'odt', ODT)
        packages(folder)
        copies_differ(folder)
        sketches()
        validators(folder)
        pictures(folder)
        sizes()
    finally:
        shutil.rmtree(folder)
    print('%d passed, %d failed, 0 skipped' % (counts[True], counts[False]))
    sys.exit(1 if counts[False] else 0)


if __name__ == '__main__':
    main()
