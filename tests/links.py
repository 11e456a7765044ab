#!/usr/bin/env python3
"""Addresses of links with tags in them: what is written for them, and where data may not lead.

    links.py [WORD …]

As pictures.py, whose helpers it takes.
"""
import json
import re
import sys

sys.dont_write_bytecode = True

import pictures  # noqa: E402
from pictures import Package, filled, in_document, refused, want  # noqa: E402

CHECKS = []
MAIN = {'docx': 'word/document.xml', 'odt': 'content.xml'}
HOSTILE = ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', ' javascript:alert(1)', 'java\tscript:alert(1)',
           'java\nscript:alert(1)', 'vbscript:x', 'data:text/html,x', 'file:///etc/passwd', 'FILE:/a', 'ftp://a.cn/',
           '\\\\server\\share', '//server/share', 'C:\\a.exe', 'a.exe', 'www.a.cn', '/a', '../a', '?x=1', 'http:',
           'http:/a', 'http://', 'http:///etc', 'https:a', 'mailto:', ' http://a.cn/', '\thttp://a.cn/',
           'http://a.cn/\nx', ':http://a.cn', 'ms-word:ofe|u|http://a.cn', 'blob:http://a.cn', '　http://a.cn']


def check(f):
    CHECKS.append(f)
    return f


def links(p, form, part=None):
    """(address or #place, text) of the links of a part."""
    name = part or MAIN[form]
    root, out = p.part(name).root, []
    if form == 'odt':
        return [(n.get('xlink:href'), n.text()) for n in root.iter('text:a', 'draw:a')]
    relations = p.relationships(name)
    for n in root.iter('w:hyperlink', 'a:hlinkClick'):
        address = relations[n.get('r:id')][1] if n.get('r:id') else '#' + n.get('w:anchor')
        out.append((address, ''.join(t.text() for t in n.iter('w:t'))))
    return out


def addresses(p, form, part=None):
    return [a for a, _ in links(p, form, part)]


@check
def parts_of_an_address(form):
    """A value is one component, whatever it holds; what the template wrote stays."""
    values = {'编号': '甲/乙?a=1&b#c', '空': ' ', '邮箱': '张三+a@b.cn?cc=x@y.cn', '数': 5, '主机': 'evil.cn:80/'}
    text = ('[link:http://a.cn/x%20y/{{编号}}/z?n={{数}}&q={{空}}#e|甲]\n[link:mailto:{{邮箱}}?subject={{邮箱}}|乙]\n'
            '[link:http://{{主机}}/|丙][link:javascript:f({{编号}})|丁][link:x/{{编号}}|戊]\n')
    encoded = '%E7%94%B2%2F%E4%B9%99%3Fa%3D1%26b%23c'
    mail = '%E5%BC%A0%E4%B8%89%2Ba{}b.cn%3Fcc%3Dx{}y.cn'
    got = addresses(filled(form, text, values), form)
    want(got == ['http://a.cn/x%20y/' + encoded + '/z?n=5&q=%20#e', 'mailto:' + mail.format('@', '@') + '?subject=' +
                 mail.format('%40', '%40'), 'http://evil.cn%3A80%2F/', 'javascript:f(' + encoded + ')',
                 'x/' + encoded], got)


@check
def whole_addresses(form):
    text = '{{每个 址}}\n[link:{{.}}|去]\n{{完}}\n'
    good = {'http://a.cn/甲 乙?x=1&y=%41%zz#n': 'http://a.cn/%E7%94%B2%20%E4%B9%99?x=1&y=%41%25zz#n',
            'HTTPS://A.CN': 'HTTPS://A.CN', 'mailto:a@b.cn?subject=x': 'mailto:a@b.cn?subject=x', '#书签': '#书签',
            'http://a.cn/"<>\\^`{|}': 'http://a.cn/%22%3C%3E%5C%5E%60%7B%7C%7D', '': '#'}
    got = addresses(filled(form, text, {'址': list(good)}), form)
    want(got == list(good.values()), got)
    text = '[link:{{头}}{{尾}}|去][link:{{议}}://a.cn/{{尾}}|去]\n'
    got = addresses(filled(form, text, {'头': 'http://a.cn/', '尾': '/?', '议': 'https'}), form)
    want(got == ['http://a.cn/%2F%3F', 'https://a.cn/%2F%3F'], got)


@check
def data_that_lead_elsewhere(form):
    for x in HOSTILE:
        refused(form, '[link:{{址}}|去]\n', {'址': x}, 'TB532', 'body, paragraph 1', 'd.json:1')
        refused(form, '[link:{{址}}/x|去]\n', {'址': x.rstrip('/') or '/'}, 'TB532') if x not in (
            'http://', 'http:///etc', 'http:', 'mailto:') else None
    refused(form, '[link:{{议}}:alert(1)|去]\n', {'议': 'javascript'}, 'TB532')
    refused(form, '[link:{{空}}{{址}}|去]\n', {'空': '', '址': 'file:///a'}, 'TB532')
    refused(form, '[link:{{址：空则 "javascript:x"}}|去]\n', {}, 'TB532')
    told = refused(form, '[link:{{甲}}|去][link:http://a.cn/{{乙}}|去]\n', {'甲': 'file:/x'}, 'TB532', 'TB501', '乙')
    want(told.count('[TB') == 2, told)


@check
def one_relationship_for_each_address(form):
    """The template's own goes; equal addresses share one; parts have their own."""
    text = ('{{每个 项}}\n[link:http://a.cn/{{.}}|{{.}}][fn:[link:http://n.cn/{{.}}|{{.}}]][link:http://b.cn/|旧]\n{{完}}\n'
            '框[tb:[link:http://a.cn/{{项.1}}|一]]\n| [link:http://c.cn/{{表.号}}|去] | x |\n尾\n=== header default\n'
            '[link:http://h.cn/{{项.2}}|二]\n=== end\n')
    p = filled(form, text, {'项': ['甲', '乙', '甲'], '表': [{'号': 1}, {'号': 2}]})
    jia, yi = '%E7%94%B2', '%E4%B9%99'
    got = addresses(p, form)
    body = [x for x in got if 'n.cn' not in x]
    box = ['http://a.cn/' + jia] * (2 if form == 'docx' else 1)
    want(body == ['http://a.cn/' + jia, 'http://b.cn/', 'http://a.cn/' + yi, 'http://b.cn/', 'http://a.cn/' + jia,
                  'http://b.cn/'] + box + ['http://c.cn/1', 'http://c.cn/2'], body)
    if form == 'odt':
        want([x for x in got if 'n.cn' in x] == ['http://n.cn/' + x for x in (jia, yi, jia)], got)
        return
    want(addresses(p, form, 'word/footnotes.xml') == ['http://n.cn/' + x for x in (jia, yi, jia)], 'notes')
    want(addresses(p, form, 'word/header1.xml') == ['http://h.cn/' + yi], 'header')
    for name in p.data:
        if name.endswith('.rels'):
            targets = [n.get('Target') for n in p.part(name).root.nodes if n.get('TargetMode')]
            want(len(targets) == len(set(targets)) and not any('{' in t or '%7B' in t for t in targets), name, targets)


@check
def encoded_tags(form):
    """Tags whose braces or names the office program has percent-encoded."""
    if form == 'docx':
        def change(name, d):
            if name != 'word/_rels/document.xml.rels':
                return d
            return re.sub(r'\{\{(.*?)\}\}'.encode(), lambda m: b'%7b%7B' + b''.join(
                b'%%%02X' % c for c in m.group(1)) + b'%7D%7d', d)
    else:
        change = in_document((b'{{', b'%7B%7B'), (b'}}', b'%7D%7D'), ('编号'.encode(), b'%E7%BC%96%E5%8F%B7'))
    got = addresses(filled(form, '[link:http://a.cn/%7Bx%7D/{{编号}}/{{编号}}|去]\n', {'编号': 7}, change=change), form)
    want(got == ['http://a.cn/%7Bx%7D/7/7'], got)
    got = addresses(filled(form, '[link:http://a.cn/{{{{x}}/{{编号}}|去][link:http://a.cn/{x}|去]\n', {'编号': 7}), form)
    want(got == ['http://a.cn/%7B%7Bx}}/7', 'http://a.cn/{x}'], got)
    if form == 'odt':  # Writer takes it for a file beside the document
        change = in_document((b'xlink:href="{{', b'xlink:href="../{{'))
        got = addresses(filled(form, '[link:{{址}}|去]\n', {'址': 'http://a.cn/'}, change=change), form)
        want(got == ['http://a.cn/'], got)


@check
def nothing_to_lead_to(form):
    text = '[link:{{址}}|去][link:http://a.cn/{{号}}|去]\n'
    refused(form, text, {}, 'TB501', '址', '号')
    for mode, expected in (('blank', ['#', 'http://a.cn/']), ('dash', ['#', 'http://a.cn/']),
                           ('keep', ['%7B%7B%E5%9D%80%7D%7D', 'http://a.cn/%7B%7B%E5%8F%B7%7D%7D'])):
        got = addresses(filled(form, text, {}, '--missing=' + mode), form)
        want(got == expected, mode, got)
    got = addresses(filled(form, '[link:{{址：空则 ""}}|去]\n', {}), form)
    want(got == ['#'], got)
    refused(form, '[link:http://a.cn/{{如果 址}}x{{完}}|去]\n', {'址': 1}, 'TB310')
    refused(form, '[link:http://a.cn/{{项}}|去]\n', {'项': {'a': 1}}, 'TB503')


@check
def other_forms(form):
    """Links of pictures, places in the document, and what shows when the mouse is on a link."""
    if form == 'odt':
        change = in_document((b'<draw:frame draw:name="Image', b'<draw:a xlink:type="simple" xlink:href="http://a.cn/'
                              b'{{n}}"><draw:frame draw:name="Image'), (b'</draw:frame>', b'</draw:frame></draw:a>'),
                             (b'xlink:href="http://b.cn/"', b'xlink:href="http://b.cn/" office:title="{{n}}"'))
        p = filled(form, '[pic:图][link:http://b.cn/|去]\n', {'n': 3}, change=change)
        want(addresses(p, form) == ['http://a.cn/3', 'http://b.cn/'], links(p, form))
        want(next(p.part(MAIN[form]).root.iter('text:a')).get('office:title') == '3', 'title')
        return
    space = b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    change = in_document((b'<w:hyperlink r:id="rId2">', b'<w:hyperlink w:anchor="{{n}}" w:tooltip="{{n}}!">'),
                         (b'descr="\xe5\x9b\xbe"/><wp:c', b'descr="\xe5\x9b\xbe"><a:hlinkClick' + space +
                          b' r:id="rId2" tooltip="{{n}}?"/></wp:docPr><wp:c'),)
    p = filled(form, '[bs:p3]x[be:p3][pic:图][link:http://a.cn/{{n}}|去]\n', {'n': 'p3'}, change=change)
    want(addresses(p, form) == ['http://a.cn/p3', '#p3'], links(p, form))
    root = p.part(MAIN[form]).root
    want(next(root.iter('w:hyperlink')).get('w:tooltip') == 'p3!', 'tooltip')
    want(next(root.iter('a:hlinkClick')).get('tooltip') == 'p3?', 'tooltip')


def field(pieces, result):
    """A complex field whose code stands in pieces."""
    return ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + ''.join(
        '<w:r><w:instrText xml:space="preserve">%s</w:instrText></w:r><w:proofErr w:type="spellStart"/>' % p for p in pieces) +
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>%s</w:t></w:r><w:r><w:fldChar '
        'w:fldCharType="end"/></w:r>' % result).encode()


def codes(p):
    """The codes of the fields in the document, each joined."""
    out, inside = [], False
    for n in p.part('word/document.xml').root.iter('w:fldChar', 'w:instrText', 'w:fldSimple'):
        if n.tag == 'w:fldSimple':
            out.append(n.get('w:instr'))
        elif n.tag == 'w:fldChar':
            inside = n.get('w:fldCharType') == 'begin'
            out += [''] if inside else []
        else:
            out[-1] += n.text()
    return out


@check
def hyperlink_fields(form):
    """HYPERLINK as Word keeps it in a field, whole or in pieces; its switches stay."""
    if form == 'odt':
        return
    text = '{{#项}}\n[u:甲]\n{{/项}}\n'
    run = re.compile('<w:r>(?:(?!</w:r>).)*甲</w:t></w:r>'.encode())

    def with_field(xml):
        return lambda n, d: run.sub(lambda m: xml, d) if n == 'word/document.xml' else d

    values = {'项': [{'号': '一"\\', '址': 'http://a.cn/'}, {'号': 2, '址': 'HTTP://b.cn/"'}]}
    encoded = '%E4%B8%80%22%5C'
    for pieces in ([' HYPERLINK "http://a.cn/{{号}}?a=1&amp;b" \\o "tip" \\t "_blank" '],
                   [' HYPERLINK "http://a.cn/', '{{', '号', '}}?a=1&amp;b', '" \\o "tip" ', '\\t "_blank" '],
                   [' ', 'HYPER', 'LINK ', '"http://a.cn/%7b%7b号}}?a=1&amp;b" \\o "tip" \\t "_blank" ']):
        got = codes(filled(form, text, values, change=with_field(field(pieces, '去'))))
        want(got == [' HYPERLINK "http://a.cn/%s?a=1&b" \\o "tip" \\t "_blank" ' % x for x in (encoded, '2')], pieces, got)
    simple = '<w:fldSimple w:instr=" HYPERLINK &quot;{{址：空则 &quot;&quot;}}&quot; "><w:r><w:t>去</w:t></w:r></w:fldSimple>'
    got = codes(filled(form, text, values, change=with_field(simple.encode())))
    want(got == [' HYPERLINK "http://a.cn/" ', ' HYPERLINK "HTTP://b.cn/%22" '], got)
    good = json.loads(json.dumps(values))
    for code, expected in ((' HYPERLINK http://a.cn/{{ 号 }} \\o {{号}} ', None), (' hyperlink {{址}} \\t x ', '{} \\t x '),
                           (' HYPERLINK \\o “提示” “{{址}}” ', '\\o “提示” “{}” '),
                           (' HYPERLINK http://a.cn/{{号}}/x \\n ', 'http://a.cn/{}/x \\n ')):
        for pieces in ([code], list(code)):
            if expected is None:  # what shows when the mouse is on it
                refused(form, text, good, 'TB310', change=with_field(field(pieces, '去')))
                continue
            got = codes(filled(form, text, good, change=with_field(field(pieces, '去'))))
            parts = (encoded, '2') if '号' in code else ('http://a.cn/', 'HTTP://b.cn/%22')
            want([g.strip() for g in got] == [(code.split()[0] + ' ' + expected.format(x)).strip() for x in parts], code, got)
    values['项'][1]['址'] = 'javascript:x'
    refused(form, text, values, 'TB532', change=with_field(simple.encode()))
    for code in (' INCLUDEPICTURE "{{号}}" ', ' INCLUDETEXT "{{号}}" ', ' REF {{号}} ', ' HYPERLINK "http://a.cn/" \\o "{{号}}" '):
        for pieces in ([code], list(code)):
            told = refused(form, text, good, 'HYPERLINK' in code and 'TB310' or 'TB317', change=with_field(field(pieces, '去')))
            want(told.count('[TB') == 1, told)
    plain = [' HYPER', 'LINK "http://c.cn/" ']
    got = codes(filled(form, '[u:甲]{{年}}\n', {'年': 1}, change=with_field(field(plain, '去'))))
    want(got == [' HYPERLINK "http://c.cn/" '], got)


@check
def places_in_the_document(form):
    """A name of a bookmark keeps its letters; it cannot end the code that it stands in."""
    values = {'节': '附表一"\\x', '号': 7, '址': 'http://a.cn/?a=1&"'}
    if form == 'odt':
        got = addresses(filled(form, '[link:#{{节}}|去][link:#表{{号}}_甲|去]\n', values), form)
        want(got == ['#附表一%22%5Cx', '#表7_甲'], got)
        return
    run = re.compile('<w:r>(?:(?!</w:r>).)*甲</w:t></w:r>'.encode())

    def change(xml):
        return lambda n, d: run.sub(lambda m: xml, d) if n == MAIN[form] else d

    for pieces in ([' HYPERLINK \\l "{{节}}" \\o "x" '], [' HYPERLINK ', ' \\l ', '"{{', '节}}', '" \\o "x" ']):
        p = filled(form, '[u:甲]\n', values, change=change(field(pieces, '去')))
        want(' '.join(codes(p)[0].split()) == 'HYPERLINK \\l "附表一%22%5Cx" \\o "x"', codes(p))
    two = ' HYPERLINK "{{址}}" \\l "{{节}}" \\o "x" '
    for pieces in ([two], list(two)):
        p = filled(form, '[u:甲]\n', values, change=change(field(pieces, '去')))
        want(codes(p)[0] == ' HYPERLINK "http://a.cn/?a=1&%22" \\l "附表一%22%5Cx" \\o "x" ', codes(p))
    simple = b'<w:fldSimple w:instr="HYPERLINK &quot;http://a.cn/{{\xe5\x8f\xb7}}&quot; \\l &quot;n{{\xe5\x8f\xb7}}&quot;"><w:r><w:t>x</w:t></w:r></w:fldSimple>'
    p = filled(form, '[u:甲]\n', values, change=change(simple))
    want(b'HYPERLINK &quot;http://a.cn/7&quot; \\l &quot;n7&quot;' in p.data[MAIN[form]], p.data[MAIN[form]])
    refused(form, '[u:甲]\n', dict(values, 址='javascript:x'), 'TB532', change=change(field([two], '去')))
    for code, expected in ((' HYPERLINK \\l 表{{号}} ', ' HYPERLINK \\l 表7 '), (' HYPERLINK "http://a.cn/" \\l "n{{号}}" ',
                           ' HYPERLINK "http://a.cn/" \\l "n7" ')):
        got = codes(filled(form, '[u:甲]\n', values, change=change(field([code], '去'))))
        want(got == [expected], got)


@check
def what_else_is_linked(form):
    """Shapes lead to addresses, too; what only the office program reads outside is refused."""
    if form == 'odt':
        change = in_document((b'xlink:href="Pictures/', b'xlink:href="http://a.cn/{{n}}?Pictures/'))
        refused(form, '[pic:图]\n', {'n': 1}, 'TB310', 'linked picture', change=change)
        change = in_document(('甲'.encode(), '甲<draw:frame draw:name="x"><draw:object xlink:href="../{{n}}.odt"/></draw:frame>'.encode()))
        refused(form, '甲\n', {'n': 1}, 'TB310', 'linked to the document', change=change)
        return
    shape = ('<w:r><w:pict><v:rect xmlns:v="urn:schemas-microsoft-com:vml" id="s1" href="http://a.cn/%7B%7Bn}}" '
             'style="width:1cm;height:1cm"/></w:pict></w:r>')
    p = filled(form, '甲\n', {'n': '乙'}, change=lambda n, d: d.replace(b'<w:r><w:t', shape.encode() + b'<w:r><w:t', 1)
               if n == MAIN[form] else d)
    want(next(p.part(MAIN[form]).root.iter('v:rect')).get('href') == 'http://a.cn/%E4%B9%99', p.data[MAIN[form]])

    def linked(name, d):
        if name == MAIN[form]:
            return d.replace(b'r:embed=', b'r:link=')
        if name == 'word/_rels/document.xml.rels':
            return re.sub(b'Target="media/[^"]*"', b'Target="http://a.cn/{{n}}.png" TargetMode="External"', d)
        return d

    refused(form, '[pic:图]\n', {'n': 1}, 'TB310', 'linked picture', change=linked)
    comment, told = pictures.fill(form, '甲[cs:去[link:http://a.cn/{{n}}|x]]乙[ce]\n', {'n': 3})
    want(comment is not None and 'TB606' in told, told)
    want(addresses(comment, form, 'word/comments.xml') == ['http://a.cn/3'], 'comments')


if __name__ == '__main__':
    pictures.CHECKS[:] = CHECKS
    sys.exit(pictures.main())
