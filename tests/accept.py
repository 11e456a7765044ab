#!/usr/bin/env python3
"""What --clean makes of tracked changes and comments, one construct at a time.

Each check has the body of a document before and after; @ stands for the attributes that say who
made a change.  Then packages: parts that only comments and deletions used are gone, the others
stay.  Ends with the line of counts.
"""
import os
import re
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

import lint  # noqa: E402
import sketch  # noqa: E402
from suite import Suite, fill as suite_fill  # noqa: E402

WHO = 'w:id="7" w:author="王芳" w:date="2024-01-02T03:04:05Z"'
suite = Suite('accept')
check = suite.check


def p(inner, properties=''):
    return '<w:p>%s%s</w:p>' % ('<w:pPr>%s</w:pPr>' % properties if properties else '', inner)


def r(s, tag='t'):
    return '<w:r><w:%s>%s</w:%s></w:r>' % (tag, s, tag)


def gone(s):
    return '<w:del @>%s</w:del>' % r(s, 'delText')


def tc(inner, properties=''):
    return '<w:tc>%s%s</w:tc>' % ('<w:tcPr>%s</w:tcPr>' % properties if properties else '', inner)


def table(*rows):
    return '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>%s</w:tbl>' % ''.join(rows)


DEAD = '<w:rPr><w:del @/></w:rPr>'      # of a paragraph: its mark is deleted
ROW = '<w:tr><w:trPr><w:del @/></w:trPr>%s</w:tr>'
CELLS = tc(p(gone('x'))) + tc(p(gone('y')))

# name, before, after
DOCX = [
    ('insertion', p('<w:ins @>%s</w:ins>' % r('a')), p(r('a'))),
    ('deletion', p(r('a') + gone('b') + r('c')), p(r('a') + r('c'))),
    ('deletion in an insertion', p('<w:ins @>%s%s</w:ins>' % (r('a'), gone('b'))), p(r('a'))),
    ('field in a deletion', p('<w:del @><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:del><w:del @><w:r>'
                              '<w:delInstrText>PAGE</w:delInstrText></w:r></w:del><w:del @><w:r><w:fldChar '
                              'w:fldCharType="end"/></w:r></w:del>' + r('a')), p(r('a'))),
    ('move', p('<w:moveFromRangeStart @ w:name="m"/><w:moveFrom @>%s</w:moveFrom><w:moveFromRangeEnd w:id="7"/>'
               '<w:moveToRangeStart @ w:name="m"/><w:moveTo @>%s</w:moveTo><w:moveToRangeEnd w:id="7"/>'
               % (r('old'), r('new'))), p(r('new'))),
    ('paragraph moved away', p(r('a')) + p('<w:moveFrom @>%s</w:moveFrom>' % r('b'),
                                           '<w:rPr><w:moveFrom @/></w:rPr>') + p(r('c')), p(r('a')) + p(r('c'))),
    ('mark inserted', p(r('a'), '<w:rPr><w:ins @/></w:rPr>') + p(r('b')), p(r('a'), '<w:rPr/>') + p(r('b'))),
    ('mark deleted', p(r('a'), DEAD) + p(r('b'), '<w:jc w:val="center"/>'), p(r('a') + r('b'), '<w:jc w:val="center"/>')),
    ('three marks deleted', p(r('a'), DEAD) + p(r('b'), DEAD) + p(gone('x'), DEAD) + p(r('c')),
     p(r('a') + r('b') + r('c'))),
    ('mark inserted and deleted', p(r('a'), '<w:rPr><w:ins @/><w:del @/></w:rPr>') + p(r('b')), p(r('a') + r('b'))),
    ('last mark deleted', p(r('a')) + p(r('b'), DEAD), p(r('a')) + p(r('b'), '<w:rPr/>')),
    ('empty one before a table', p(r('a')) + p(gone('x'), DEAD) + table('<w:tr>%s</w:tr>' % tc(p(''))) + p(''),
     p(r('a')) + table('<w:tr>%s</w:tr>' % tc(p(''))) + p('')),
    ('empty one between tables', table('<w:tr>%s</w:tr>' % tc(p(''))) + p(gone('x'), DEAD) +
     table('<w:tr>%s</w:tr>' % tc(p(''))) + p(''),
     table('<w:tr>%s</w:tr>' % tc(p(''))) + p('', '<w:rPr/>') + table('<w:tr>%s</w:tr>' % tc(p(''))) + p('')),
    ('end of a section deleted', p(r('a'), '<w:rPr><w:del @/></w:rPr><w:sectPr/>') + p(r('b')), p(r('a') + r('b'))),
    ('all of a cell', table('<w:tr>%s</w:tr>' % tc(p(gone('x'), DEAD) + p(gone('y')))) + p(''),
     table('<w:tr>%s</w:tr>' % tc(p(''))) + p('')),
    ('bookmark in a deletion', p('<w:del @><w:bookmarkStart w:id="1" w:name="b"/>%s</w:del>%s<w:bookmarkEnd w:id="1"/>'
                                 % (r('x', 'delText'), r('a'))),
     p('<w:bookmarkStart w:id="1" w:name="b"/>%s<w:bookmarkEnd w:id="1"/>' % r('a'))),
    ('format', p('<w:r><w:rPr><w:b/><w:rPrChange @><w:rPr/></w:rPrChange></w:rPr><w:t>a</w:t></w:r>',
                 '<w:jc w:val="left"/><w:pPrChange @><w:pPr/></w:pPrChange>'),
     p('<w:r><w:rPr><w:b/></w:rPr><w:t>a</w:t></w:r>', '<w:jc w:val="left"/>')),
    ('numbering', p(r('a'), '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/><w:numberingChange @ '
                    'w:original="1."/><w:ins @/></w:numPr>'),
     p(r('a'), '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')),
    ('table format', '<w:tbl><w:tblPr><w:tblPrChange @><w:tblPr/></w:tblPrChange></w:tblPr><w:tblGrid><w:gridCol/>'
     '<w:tblGridChange w:id="1"><w:tblGrid/></w:tblGridChange></w:tblGrid><w:tr><w:tblPrEx><w:tblPrExChange @>'
     '<w:tblPrEx/></w:tblPrExChange></w:tblPrEx><w:trPr><w:trPrChange @><w:trPr/></w:trPrChange></w:trPr>' +
     tc(p(''), '<w:tcPrChange @><w:tcPr/></w:tcPrChange>') + '</w:tr></w:tbl>' + p(''),
     '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tblPrEx/><w:trPr/><w:tc><w:tcPr/><w:p/></w:tc>'
     '</w:tr></w:tbl>' + p('')),
    ('section format', p(r('a')) + '<w:sectPr><w:pgSz w:w="1"/><w:sectPrChange @><w:sectPr/></w:sectPrChange></w:sectPr>',
     p(r('a')) + '<w:sectPr><w:pgSz w:w="1"/></w:sectPr>'),
    ('row inserted', table('<w:tr><w:trPr><w:ins @/></w:trPr>%s</w:tr>' % tc(p(r('a'), '<w:rPr><w:ins @/></w:rPr>'))) + p(''),
     table('<w:tr><w:trPr/>%s</w:tr>' % tc(p(r('a'), '<w:rPr/>'))) + p('')),
    ('row deleted', table(ROW % CELLS, '<w:tr>%s</w:tr>' % tc(p(r('a')))) + p(''),
     table('<w:tr>%s</w:tr>' % tc(p(r('a')))) + p('')),
    ('table deleted', p(r('a')) + table(ROW % CELLS, ROW % CELLS) + p(r('b')), p(r('a')) + p(r('b'))),
    ('nested table deleted', table('<w:tr>%s</w:tr>' % tc(table(ROW % CELLS) + p(r('a')))) + p(''),
     table('<w:tr>%s</w:tr>' % tc(p(r('a')))) + p('')),
    ('row in a content control', table('<w:sdt><w:sdtContent>' + ROW % CELLS + '</w:sdtContent></w:sdt>',
                                       '<w:tr>%s</w:tr>' % tc(p(''))) + p(''),
     table('<w:tr>%s</w:tr>' % tc(p(''))) + p('')),
    ('row that begins a merged cell', table(
        '<w:tr><w:trPr><w:del @/></w:trPr>%s%s</w:tr>' % (tc(p(gone('x')), '<w:vMerge w:val="restart"/>'), tc(p(gone('y')))),
        '<w:tr>%s%s</w:tr>' % (tc(p(''), '<w:vMerge/>'), tc(p(r('a')))),
        '<w:tr>%s%s</w:tr>' % (tc(p(''), '<w:vMerge/>'), tc(p(r('b'))))) + p(''),
     table('<w:tr>%s%s</w:tr>' % (tc(p(''), '<w:vMerge w:val="restart"/>'), tc(p(r('a')))),
           '<w:tr>%s%s</w:tr>' % (tc(p(''), '<w:vMerge/>'), tc(p(r('b'))))) + p('')),
    ('cells', table('<w:tr>%s%s%s</w:tr>' % (tc(p(gone('x')), '<w:cellDel @/>'), tc(p(r('a')), '<w:cellIns @/>'),
                                             tc(p(r('b')), '<w:tcW w:w="1"/><w:cellMerge @ w:vMerge="rest"/>'))) + p(''),
     table('<w:tr>%s%s</w:tr>' % ('<w:tc><w:tcPr/>%s</w:tc>' % p(r('a')),
                                  tc(p(r('b')), '<w:tcW w:w="1"/><w:vMerge w:val="restart"/>'))) + p('')),
    ('comment', p('<w:commentRangeStart w:id="0"/>%s<w:commentRangeEnd w:id="0"/><w:r><w:rPr/>'
                  '<w:commentReference w:id="0"/></w:r>' % r('a')), p(r('a'))),
    ('comment beside text', p('<w:r><w:t>a</w:t><w:commentReference w:id="0"/></w:r>'), p(r('a'))),
    ('content control', p(r('a')) + '<w:customXmlInsRangeStart @/><w:sdt><w:sdtContent><w:customXmlInsRangeEnd '
     'w:id="7"/>' + p(r('b')) + '</w:sdtContent></w:sdt>', p(r('a')) + '<w:sdt><w:sdtContent>' + p(r('b')) +
     '</w:sdtContent></w:sdt>'),
    ('empty one before a content control', p(gone('x'), DEAD) + '<w:sdt><w:sdtContent>' + p(r('b')) +
     '</w:sdtContent></w:sdt>', '<w:sdt><w:sdtContent>' + p(r('b')) + '</w:sdtContent></w:sdt>'),
    ('link deleted', p('<w:hyperlink w:anchor="b"><w:del @>%s</w:del></w:hyperlink>' % r('x', 'delText') + r('a')), p(r('a'))),
    ('equation', p('<m:oMath><m:f><m:fPr><m:ctrlPr><w:del @/></m:ctrlPr></m:fPr><m:num/><m:den/></m:f><m:r><m:t>a</m:t>'
                   '</m:r></m:oMath>'), p('<m:oMath><m:r><m:t>a</m:t></m:r></m:oMath>')),
    ('all of an equation', p(r('a') + '<m:oMathPara><m:oMathParaPr/><m:oMath><w:del @><m:r><m:t>x</m:t></m:r></w:del>'
                             '</m:oMath></m:oMathPara>'), p(r('a'))),
    ('content control deleted', p('<w:customXmlDelRangeStart @/><w:sdt><w:sdtPr><w:tag w:val="没有"/></w:sdtPr><w:sdtContent>'
                                  '<w:customXmlDelRangeEnd w:id="7"/>%s<w:customXmlDelRangeStart @/></w:sdtContent></w:sdt>'
                                  '<w:customXmlDelRangeEnd w:id="7"/>' % r('a')), p(r('a'))),
    ('custom XML deleted', '<w:customXmlDelRangeStart @/><w:customXml w:element="e"><w:customXmlPr/>'
     '<w:customXmlDelRangeEnd w:id="7"/>%s<w:customXmlDelRangeStart @/></w:customXml><w:customXmlDelRangeEnd w:id="7"/>'
     % p(r('a')), p(r('a'))),
    ('editor', p('<w:permStart w:id="1" w:ed="王芳"/>%s<w:permEnd w:id="1"/><w:permStart w:id="2" w:ed="王芳" '
                 'w:edGrp="owners"/><w:permEnd w:id="2"/>' % r('a')),
     p('<w:permStart w:id="1" w:edGrp="none"/>%s<w:permEnd w:id="1"/><w:permStart w:id="2" w:edGrp="owners"/>'
       '<w:permEnd w:id="2"/>' % r('a'))),
    ('tag in an insertion', p('<w:ins @>%s</w:ins>' % r('{{名称}}') + gone('{{没有}}')),
     p('<w:r><w:t xml:space="preserve">甲</w:t></w:r>')),
    ('text box in both copies', p('<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:txbxContent>%s</w:txbxContent>'
                                  '</mc:Choice><mc:Fallback><w:txbxContent>%s</w:txbxContent></mc:Fallback>'
                                  '</mc:AlternateContent></w:r>' % ((p(gone('x') + r('a')),) * 2)),
     p('<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:txbxContent>%s</w:txbxContent></mc:Choice><mc:Fallback>'
       '<w:txbxContent>%s</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>' % ((p(r('a')),) * 2))),
]

T = '<text:p text:style-name="Standard">%s</text:p>'
NOTE = '<office:annotation><dc:creator>王芳</dc:creator><text:p>注</text:p></office:annotation>'
CHANGES = '<text:tracked-changes>' + ''.join(
    '<text:changed-region text:id="c%d"><text:%s><office:change-info><dc:creator>王芳</dc:creator>'
    '</office:change-info>%s</text:%s></text:changed-region>' % (i, k, x, k)
    for i, k, x in ((1, 'insertion', ''), (2, 'deletion', '<text:p>旧</text:p>'), (3, 'format-change', ''))
) + '</text:tracked-changes>'


def span(i, s):
    return '<text:change-start text:change-id="c%d"/>%s<text:change-end text:change-id="c%d"/>' % (i, s, i)


GONE = '<text:change text:change-id="c2"/>'


def rows(*many):
    out = ''
    for style, cells in many:
        out += '<table:table-row%s>%s</table:table-row>' % (
            ' table:style-name="%s"' % style if style else '',
            ''.join('<table:table-cell>%s</table:table-cell>' % (T % c) for c in cells))
    return '<table:table>%s</table:table>' % out


ODT = [
    ('insertion', CHANGES + T % span(1, 'a'), T % 'a'),
    ('deletion', CHANGES + T % ('a' + GONE + 'b'), T % 'ab'),
    ('format', CHANGES + T % span(3, 'a'), T % 'a'),
    ('over paragraphs', CHANGES + T % ('a<text:change-start text:change-id="c1"/>b') +
     T % ('c<text:change-end text:change-id="c1"/>'), T % 'ab' + T % 'c'),
    ('between blocks', CHANGES + '<text:change-start text:change-id="c1"/>' + rows(('', 'a')) +
     '<text:change-end text:change-id="c1"/>' + T % 'b', rows(('', 'a')) + T % 'b'),
    ('comment', T % ('a' + NOTE + 'b'), T % 'ab'),
    ('comment between blanks', T % ('a ' + NOTE + ' b'), T % 'a<text:s/><text:s/>b'),
    ('comment on a range', T % ('a' + NOTE.replace('n>', 'n office:name="n">', 1) +
                                'b<office:annotation-end office:name="n"/>c'), T % 'abc'),
    ('row deleted', CHANGES + rows(('', 'a'), ('Changed', (GONE, GONE)), ('', 'b')) + T % '',
     rows(('', 'a'), ('', 'b')) + T % ''),
    ('row inserted', CHANGES + rows(('', 'a'), ('Changed', (span(1, 'b'),))) + T % '',
     rows(('', 'a'), ('Changed', 'b')) + T % ''),
    ('row that is only empty', CHANGES + rows(('', 'a'), ('', (GONE,))) + T % '', rows(('', 'a'), ('', ('',))) + T % ''),
    ('table deleted', CHANGES + T % 'a' + rows(('Changed', (GONE,))) + T % 'b', T % 'a' + T % 'b'),
    ('tag in an insertion', CHANGES + T % (span(1, '{{名称}}') + GONE), T % '甲'),
]
STYLE = '<style:style style:name="Changed" style:family="table-row"><style:table-row-properties loext:text-changes-only="false"/></style:style>'


def rewrite(source, target, change):
    with zipfile.ZipFile(source) as z, zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as o:
        for n in z.namelist():
            stored = zipfile.ZIP_STORED if n == 'mimetype' else zipfile.ZIP_DEFLATED
            o.writestr(zipfile.ZipInfo(n), change(n, z.read(n)), stored)


def fill(template, out, *more, data='d.json'):
    if os.path.exists(out):
        os.unlink(out)
    return suite_fill(template, data, out, *more)


def body_of(path):
    with zipfile.ZipFile(path) as z:
        if 'content.xml' in z.namelist():
            x = z.read('content.xml').decode()
            return re.search('<office:text>(.*)</office:text>', x, re.S).group(1)
        x = z.read('word/document.xml').decode()
        return re.search('<w:body>(.*)</w:body>', x, re.S).group(1)


def same(s):
    """Empty elements and their ends in one form."""
    return re.sub(r'<([\w:]+)([^<>]*)></\1>', r'<\1\2/>', s)


def constructs(kind, cases):
    with open('t.sketch', 'w', encoding='utf-8') as f:
        f.write('正文\n')
    sketch.make('正文\n', 'plain.' + kind)
    for name, before, after in cases:
        before = before.replace('@', WHO)

        def change(part, data):
            if part == 'content.xml':
                x = data.decode().replace('<office:automatic-styles>', '<office:automatic-styles>' + STYLE)
                return re.sub('<office:text>.*</office:text>', lambda m: '<office:text>%s</office:text>' % before, x,
                              flags=re.S).encode()
            if part == 'word/document.xml':
                x = data.decode().replace(' mc:Ignorable', ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/'
                                          '2006/math" mc:Ignorable')
                return re.sub('<w:body>.*</w:body>', lambda m: '<w:body>%s</w:body>' % before, x, flags=re.S).encode()
            return data

        rewrite('plain.' + kind, 't.' + kind, change)
        rc, err = fill('t.' + kind, 'o.' + kind, '--clean')
        got = body_of('o.' + kind) if rc == 0 else err
        check('%s in .%s' % (name, kind), same(got) == same(after), 'expected %s\n  got      %s' % (same(after), same(got)))
        check('%s in .%s: nobody is told of' % (name, kind), rc == 0 and '王芳' not in got and 'goes out' not in err, err)


def names(path):
    with zipfile.ZipFile(path) as z:
        return set(z.namelist())


def packages():
    """Pictures: of a deletion, of the text, of both."""
    for kind in ('docx', 'odt'):
        media = {'docx': 'word/media/image1.png', 'odt': 'Pictures/image1.png'}[kind]
        for name, text, there in (('only deleted', '[del:[pic:a]]b\n', False), ('in both', '[del:[pic:a]][pic:b]\n', True),
                                  ('in the text', '[del:a][pic:b]\n', True)):
            sketch.make(text, 't.' + kind)
            rc, err = fill('t.' + kind, 'o.' + kind, '--clean')
            check('picture %s in .%s' % (name, kind), rc == 0 and (media in names('o.' + kind)) == there, err)
            found = lint.compare('o.' + kind, 't.' + kind) if rc == 0 else []
            check('picture %s in .%s: lint' % (name, kind), not found, str(found))
    sketch.make('a[cm@王芳:注]b{{名称}}\n', 't.docx')
    with open('t.docx', 'rb') as f:
        before = f.read()
    rc, err = fill('t.docx', 'o.docx')
    check('comments stay', rc == 0 and names('o.docx') == names('t.docx') and
          'every report goes out with comments: 1 (王芳); --clean' in err, err)
    rc, err = fill('t.docx', 'o.docx', '--clean')
    check('comments go with their parts', names('t.docx') - names('o.docx') == {
        'word/comments.xml', 'word/commentsExtended.xml', 'word/commentsIds.xml', 'word/people.xml'}, err)
    with open('t.docx', 'rb') as f:
        check('the template is not changed', f.read() == before)
    fill('o.docx', 'p.docx', '--clean')
    check('nothing is left to clean', all(body_of(x) == body_of('o.docx') for x in ('o.docx', 'p.docx')))


def beside():
    """Changes of styles, people without comments, and headers that are copied with what hangs on them."""
    sketch.make('{{名称}}\n', 'plain.docx')
    rewrite('plain.docx', 't.docx', lambda n, d: d.replace(
        b'</w:style>', '<w:rPr><w:b/><w:rPrChange @><w:rPr/></w:rPrChange></w:rPr></w:style>'.replace('@', WHO).encode(), 1)
        if n == 'word/styles.xml' else d)
    rc, err = fill('t.docx', 'o.docx')
    check('a change of a style is told', rc == 0 and 'tracked changes: 1 (王芳);' in err, err)
    rc, err = fill('t.docx', 'o.docx', '--clean')
    with zipfile.ZipFile('o.docx') as z:
        styles = z.read('word/styles.xml').decode()
    check('a change of a style is accepted', rc == 0 and '<w:rPr><w:b/></w:rPr></w:style>' in styles, err + styles)
    sketch.make('a[cm@李四:注]b{{名称}}\n', 'plain.docx')
    rewrite('plain.docx', 't.docx', lambda n, d: re.sub(b'<w:r><w:commentReference.*?</w:r>', b'', d)
            if n == 'word/document.xml' else re.sub(b'<w:comment .*</w:comment>', b'', d, flags=re.S)
            if n == 'word/comments.xml' else d)
    rc, err = fill('t.docx', 'o.docx')
    check('people without comments are told', rc == 0 and 'goes out with names in its properties: 李四;' in err, err)
    rc, err = fill('t.docx', 'o.docx', '--clean')
    check('people without comments go', rc == 0 and 'word/people.xml' not in names('o.docx'), err)


def pictures_of_the_template():
    """The picture of its first page, and the path of the template it was made from."""
    rel = '<Relationship Id="rId%s" Type="http://schemas.openxmlformats.org/%s" Target="%s"%s/></Relationships>'
    sketch.make('{{名称}}\n', 'plain.docx')

    def change(n, d):
        if n == '_rels/.rels':
            return d.replace(b'</Relationships>', (rel % (
                'T', 'package/2006/relationships/metadata/thumbnail', 'docProps/thumbnail.png', '')).encode())
        if n == 'word/settings.xml':
            return d.replace(b'<w:decimalSymbol', b'<w:attachedTemplate r:id="rIdA"/><w:decimalSymbol')
        return d

    rewrite('plain.docx', 't.docx', change)
    with zipfile.ZipFile('t.docx', 'a') as z:
        z.writestr('docProps/thumbnail.png', b'png')
        z.writestr('word/_rels/settings.xml.rels', RELS.split('<Relationship ')[0] + rel % (
            'A', 'officeDocument/2006/relationships/attachedTemplate', 'file:///C:/Users/zhangsan/a.dotx',
            ' TargetMode="External"'))
    sketch.make('{{名称}}\n', 'plain.odt')
    line = ('<manifest:file-entry manifest:full-path="Thumbnails/thumbnail.png" manifest:media-type="image/png"/>'
            '<manifest:file-entry manifest:full-path="Thumbnails/" manifest:media-type=""/></manifest:manifest>')
    rewrite('plain.odt', 't.odt', lambda n, d: d.replace(b'</manifest:manifest>', line.encode()) if 'manifest' in n else d)
    with zipfile.ZipFile('t.odt', 'a') as z:
        z.writestr('Thumbnails/thumbnail.png', b'png')
    for kind in ('docx', 'odt'):
        for more, there in (((), True), (('--clean',), False)):
            rc, err = fill('t.' + kind, 'o.' + kind, *more)
            with zipfile.ZipFile('o.' + kind) as z:
                held = [n for n in z.namelist() if any(w in n.encode() + z.read(n) for w in (b'humbnail', b'zhangsan'))]
            check('thumbnail and path in .%s %s' % (kind, more), rc == 0 and bool(held) == there, err + str(held))
            found = lint.compare('o.' + kind, 't.' + kind)
            check('thumbnail and path in .%s %s: lint' % (kind, more), not found, str(found))


LINK = ('<w:p><w:del @><w:hyperlink r:id="rIdGone"><w:r><w:delText>x</w:delText></w:r></w:hyperlink></w:del></w:p>')
RELS = ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rIdGone" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" '
        'Target="http://secret.example/" TargetMode="External"/></Relationships>')


def copies():
    """A header that is copied for each item has no address that only a deletion used."""
    case = os.path.join(HERE, 'cases', 'header-of-a-repeated-section')

    def change(n, d):
        return d.replace(b'</w:hdr>', LINK.replace('@', WHO).encode() + b'</w:hdr>') if n == 'word/header1.xml' else d

    rewrite(os.path.join(case, 'template.docx'), 't.docx', change)
    with zipfile.ZipFile('t.docx', 'a') as z:
        z.writestr('word/_rels/header1.xml.rels', RELS)
    for more, there in (((), True), (('--clean',), False)):
        rc, err = fill('t.docx', 'o.docx', *more, data=os.path.join(case, 'data.json'))
        with zipfile.ZipFile('o.docx') as z:
            rels = [n for n in z.namelist() if n.startswith('word/_rels/header')]
            secret = [n for n in z.namelist() if b'secret' in z.read(n)]
        check('headers in copies %s' % (more,), rc == 0 and len(rels) == 3 and bool(secret) == there, err + str(rels + secret))
        found = lint.compare('o.docx', 't.docx')
        check('headers in copies %s: lint' % (more,), not found, str(found))


REL = ('<Relationship Id="rIdX%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" '
       'Target="%s"%s/>')
PROPERTY = ('<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="%d" name="%s"><vt:lpwstr>王芳</vt:lpwstr>'
            '</property>')


def docx_with_names():
    """Names that Word leaves where nobody looks."""
    sketch.make('%author: 王芳\n%custom 经办: 科室\n{{名称}}\n', 'plain.docx')

    def change(n, d):
        if n == 'word/settings.xml':
            return d.replace(b'<w:decimalSymbol', '<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:connectString '
                             'w:val="Data Source=C:\\王芳\\a.xlsx"/><w:dataSource r:id="rIdX1"/></w:mailMerge>'
                             '<w:decimalSymbol'.encode())
        if n == 'word/document.xml':
            return d.replace(b'</w:body>', b'<w:sectPr><w:printerSettings r:id="rIdX2"/></w:sectPr></w:body>')
        if n == 'word/_rels/document.xml.rels':
            return d.replace(b'</Relationships>', (REL % (2, 'printerSettings', 'printerSettings1.bin', '') +
                                                   '</Relationships>').encode())
        if n == '[Content_Types].xml':
            return d.replace(b'<Override', b'<Default Extension="bin" ContentType="application/vnd.openxmlformats-'
                             b'officedocument.wordprocessingml.printerSettings"/><Override', 1)
        if n == 'docProps/custom.xml':
            more = PROPERTY % (7, '_AuthorEmail') + PROPERTY % (8, 'MSIP_Label_1_Owner')
            return d.replace(b'</Properties>', more.encode() + b'</Properties>')
        if n == 'docProps/app.xml':
            return d.replace(b'</Properties>', '<HyperlinkBase>C:\\王芳</HyperlinkBase></Properties>'.encode())
        return d

    rewrite('plain.docx', 't.docx', change)
    with zipfile.ZipFile('t.docx', 'a') as z:
        z.writestr('word/printerSettings1.bin', '王芳的打印机')
        z.writestr('word/_rels/settings.xml.rels', RELS.split('<Relationship ')[0] + REL % (
            1, 'mailMergeSource', 'file:///C:/王芳/a.xlsx', ' TargetMode="External"') + '</Relationships>')


def odt_with_names():
    """An embedded spreadsheet with all that is its own, an older version, somebody's printer."""
    sketch.make('%author: 王芳\n%custom 经办: 科室\n{{名称}}\n', 'plain.odt')
    office = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
              'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.3"')
    who = '<office:change-info><dc:creator>王芳</dc:creator><dc:date>2024-01-02T03:04:05</dc:date></office:change-info>'
    parts = {
        'Object 1/content.xml': '<office:document-content %s><office:body><office:spreadsheet><table:tracked-changes>'
        '<table:insertion table:id="c" table:type="row" table:position="1">%s</table:insertion></table:tracked-changes>'
        '<table:table table:name="t"/></office:spreadsheet></office:body></office:document-content>' % (office, who),
        'Object 1/meta.xml': '<office:document-meta %s><office:meta><dc:creator>王芳</dc:creator></office:meta>'
        '</office:document-meta>' % office,
        'VersionList.xml': '<VL:version-list xmlns:VL="http://openoffice.org/2001/versions-list"><VL:version-entry '
        'VL:title="Version1" VL:creator="李四"/></VL:version-list>',
        'Versions/Version1': '王芳',
        'settings.xml': '<office:document-settings %s xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0">'
        '<office:settings><config:config-item-set config:name="ooo:configuration-settings"><config:config-item '
        'config:name="PrinterName" config:type="string">王芳的打印机</config:config-item><config:config-item '
        'config:name="AddFrameOffsets" config:type="boolean">true</config:config-item></config:config-item-set>'
        '</office:settings></office:document-settings>' % office}
    lines = ''.join('<manifest:file-entry manifest:full-path="%s" manifest:media-type="%s"/>' % x for x in (
        [('Object 1/', 'application/vnd.oasis.opendocument.spreadsheet'), ('Versions/', '')] + [(n, '') for n in parts]))
    with zipfile.ZipFile('plain.odt') as z, zipfile.ZipFile('t.odt', 'w') as o:
        for n in z.namelist():
            d = z.read(n)
            if n == 'META-INF/manifest.xml':
                d = re.sub(b'<manifest:file-entry [^>]*settings.xml[^>]*/>', b'', d)
                d = d.replace(b'</manifest:manifest>', lines.encode() + b'</manifest:manifest>')
            if n not in parts:
                o.writestr(n, d)
        for n in parts:
            o.writestr(n, parts[n])


def names_everywhere():
    """Nothing in the package names anybody, and what nobody wrote about people stays."""
    docx_with_names()
    odt_with_names()
    for kind, told in (('docx', 'names in its properties: 王芳'),
                       ('odt', 'tracked changes: 1 (王芳); names in its properties: 王芳、李四')):
        rc, err = fill('t.' + kind, 'o.' + kind)
        check('names in .%s are told once' % kind, rc == 0 and err.count('[TB606]') == 1 and
              'goes out with %s;' % told in err, err)
        rc, err = fill('t.' + kind, 'o.' + kind, '--clean')
        with zipfile.ZipFile('o.' + kind) as z:
            parts = {n: z.read(n) for n in z.namelist()}
        held = [n for n, d in parts.items() if any(w.encode() in d for w in ('王芳', '李四', 'Versions/', 'VersionList'))]
        check('names in .%s go' % kind, rc == 0 and not held, err + str(held))
        check('nothing else goes in .%s' % kind, any('科室'.encode() in d for d in parts.values()) and
              (kind == 'docx' or b'AddFrameOffsets' in parts['settings.xml']), str(list(parts)))
        found = lint.compare('o.' + kind, 't.' + kind)
        check('names in .%s: lint' % kind, not found, str(found))


def properties():
    """A damaged part of properties is no reason to refuse, unless it has to be cleaned."""
    sketch.make('%author: 张三\n{{名称}}\n', 'plain.docx')
    rewrite('plain.docx', 't.docx', lambda n, d: d.replace(b'</cp:core', b'</cp:cure') if 'core' in n else d)
    rc, err = fill('t.docx', 'o.docx')
    check('damaged properties', rc == 0, err)
    rc, err = fill('t.docx', 'o.docx', '--clean')
    check('damaged properties cannot be cleaned', rc == 1 and 'TB209' in err, err)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open('d.json', 'w', encoding='utf-8') as f:
            f.write('{"名称": "甲"}')
        constructs('docx', DOCX)
        constructs('odt', ODT)
        packages()
        beside()
        copies()
        pictures_of_the_template()
        names_everywhere()
        properties()
        os.chdir('/')
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
