#!/usr/bin/env python3
"""Pictures that the data name: what is stored, how it is framed, and what is refused.

    pictures.py [WORD …]

Each check makes its pictures (tools/picture.py) and templates (tools/sketch.py), some rewritten as
Word and Writer write what a sketch cannot say.  Only checks whose name holds a WORD are run.  Ends
with the line of counts.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

import lint  # noqa: E402
import picture  # noqa: E402
import sketch  # noqa: E402
from package import Package  # noqa: E402

TIANBAO = os.path.abspath(os.environ.get('TIANBAO', './tianbao'))
RED, GREEN, BLUE = b'\xff\0\0', b'\0\xb0\0', b'\0\0\xff'
FRAME = {'docx': (360000, 270000), 'odt': (1.0, 0.75)}  # of [pic:…] in a sketch
counts = {'passed': 0, 'failed': 0}
CHECKS = []


class Failed(Exception):
    pass


def check(f):
    CHECKS.append(f)
    return f


def want(ok, *told):
    if not ok:
        raise Failed(' '.join(str(t) for t in told))


# ---- files ----------------------------------------------------------------------------------


def write(path, data):
    if os.path.dirname(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path


def data(values, path='d.json'):
    write(path, json.dumps(values, ensure_ascii=False))
    return path


def template(form, text, change=None, name='t'):
    path = '%s.%s' % (name, form)
    sketch.make(text, path)
    if change:
        with zipfile.ZipFile(path) as z:
            parts = [(i, z.read(i)) for i in z.infolist()]
        with zipfile.ZipFile(path, 'w') as z:
            for i, d in parts:
                d = change(i.filename, d)
                if d is not None:
                    z.writestr(i, d)
    return path


def fill(form, text, values, *more, change=None, source='d.json', out='o'):
    """The report's package and what was told; None when there is no report."""
    t = template(form, text, change)
    data(values, source)
    path = '%s.%s' % (out, form)
    if os.path.exists(path):
        os.unlink(path)
    env = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='')
    r = subprocess.run([TIANBAO, 'fill', t, source, '-o', path, *more], stdin=subprocess.DEVNULL,
                       capture_output=True, env=env, timeout=60)
    told = r.stderr.decode('utf-8', 'replace')
    want(r.returncode in (0, 1, 3), 'status', r.returncode, told)
    want(os.path.exists(path) == (r.returncode == 0), 'a report and status', r.returncode, told)
    if r.returncode:
        return None, told
    found = lint.compare(path, t)
    want(not found, 'lint:', '\n'.join(found))
    return Package(path), told


def filled(form, text, values, *more, **kind):
    p, told = fill(form, text, values, *more, **kind)
    want(p is not None, 'no report:', told)
    want(not told, 'told:', told)
    return p


def refused(form, text, values, *words, **kind):
    p, told = fill(form, text, values, **kind)
    want(p is None, 'a report was written')
    for w in words:
        want(w in told, 'not told: %s\n%s' % (w, told))
    return told


# ---- what a report shows --------------------------------------------------------------------


def parts_of(p):
    """(part, its root) of all that can hold a picture."""
    for name in sorted(p.data):
        if name.endswith('.xml') and not name.startswith(('META-INF/', '[', 'docProps/')):
            yield name, p.part(name).root


def shown(p, form):
    """(part, the picture's bytes, width, height, alternative text) in the order of the document."""
    out = []
    for name, root in parts_of(p):
        if form == 'odt':
            for n in root.iter('draw:frame'):
                image = n.child('draw:image')
                if image is None:
                    continue
                alt = n.child('svg:desc')
                out.append((name, p.data[image.get('xlink:href')], n.get('svg:width'),
                            n.get('svg:height'), alt.text() if alt else None))
            continue
        relations = p.relationships(name)
        for n in root.iter('wp:inline', 'wp:anchor'):
            data_of = next(n.iter('a:graphicData'))
            if data_of.child('pic:pic') is None:
                continue
            blip = next(n.iter('a:blip'))
            kind, target, external = relations[blip.get('r:embed')]
            want(kind == 'image' and not external, 'relationship', kind)
            size = n.child('wp:extent')
            inner = next(n.iter('a:ext'))
            want((size.get('cx'), size.get('cy')) == (inner.get('cx'), inner.get('cy')),
                 'the two extents differ')
            out.append((name, p.data[target], int(size.get('cx')), int(size.get('cy')),
                        n.child('wp:docPr').get('descr')))
    return out


def stored(p, form):
    """Names of the pictures that the template does not have."""
    folder = {'docx': 'word/media/', 'odt': 'Pictures/'}[form]
    return sorted(n for n in p.data if n.startswith(folder) and not n.endswith('image1.png'))


def fits(form, w, h, ratio):
    """Is it the largest box of the ratio in the frame of a sketch?"""
    if form == 'odt':
        want(w.endswith('cm') and h.endswith('cm'), 'unit', w, h)
        w, h = float(w[:-2]), float(h[:-2])
    fw, fh = FRAME[form]
    slack = 1.01 if form == 'docx' else 0.0002
    want(w <= fw + slack and h <= fh + slack, 'over the frame', w, h)
    want(abs(w - fw) <= slack or abs(h - fh) <= slack, 'smaller than it might be', w, h)
    want(abs(w - h * ratio) <= slack * max(1, ratio), 'ratio', w, h, ratio)


# ---- checks ---------------------------------------------------------------------------------


PLACES = '''头[pic:{{照片}}]尾
{{每个 项目}}
{{名称}}：[pic:{{图}}]
{{完}}
| {{项目.名称}} | 照[pic:{{项目.图}}] |
{{如果 有图}}
是[pic:{{照片}}]
{{否则}}
非[pic:{{没有}}]
{{完}}
注[fn:脚[pic:{{照片}}]]框[tb:内[pic:{{照片}}]]
末
=== header default
眉[pic:{{照片}}]
=== end
'''
VALUES = {'照片': 'p/a.png', '有图': True, '项目': [
    {'名称': '甲', '图': 'p/a.png'}, {'名称': '乙', '图': 'p\\b.jpg'}, {'名称': '丙', '图': 'c.gif'}]}


@check
def everywhere(form):
    """Body, header, cell, loop, condition, note and text box; what is used twice is stored once."""
    a = write('p/a.png', picture.png(40, 10, RED))
    b = write('p/b.jpg', picture.jpeg(10, 40, BLUE))
    c = write('c.gif', picture.gif(30, 30, GREEN))
    p = filled(form, PLACES, VALUES)
    read = {n: open(n, 'rb').read() for n in (a, b, c)}
    got = shown(p, form)
    # The last two: docx has both copies of the text box, odt the note and the text box.
    order = [a, a, b, c, a, b, c, a, a, a]
    body = [x for x in got if x[0] in ('word/document.xml', 'content.xml')]
    others = [x for x in got if x not in body]
    names = [next(n for n in read if read[n] == x[1]) for x in body]
    want(names == order, names)
    want(len(others) == {'docx': 2, 'odt': 1}[form], [x[0] for x in others])
    want(all(x[1] == read[a] for x in others), 'other parts')
    for x in got:
        w, h = picture.size(x[1])
        fits(form, x[2], x[3], w / h)
        want(x[4] in ('照片', '图'), 'alternative text', x[4])
    names = stored(p, form)
    want([n.rsplit('.', 1)[1] for n in names] == ['png', 'jpeg', 'gif'], names)
    kinds = {i.filename: i.compress_type for i in p.infos}
    want(all(kinds[n] == zipfile.ZIP_STORED for n in names), 'deflated')


@check
def one_picture_under_two_names(form):
    same = picture.png(20, 20, RED)
    write('x.png', same)
    write('y.dat', same)
    p = filled(form, '[pic:{{a}}][pic:{{b}}]\n', {'a': 'x.png', 'b': './y.dat'})
    want(len(stored(p, form)) == 1, stored(p, form))
    want(len(shown(p, form)) == 2, 'pictures')


@check
def kinds(form):
    """The kind is seen from the content; the entry is called after it."""
    some = {'png': picture.png(8, 4, RED), 'jpeg': picture.jpeg(8, 4, RED), 'gif': picture.gif(8, 4, RED),
            'bmp': picture.bmp(8, 4, RED)}
    if form == 'odt':
        some['svg'] = picture.svg(8, 4, RED)
    some['jpeg2'] = picture.jpeg(8, 4, GREEN, progressive=True)
    for name, bytes_ in some.items():
        write('k-%s.dat' % name, bytes_)
        p = filled(form, '[pic:{{图}}]\n', {'图': 'k-%s.dat' % name})
        new = stored(p, form)
        want(len(new) == 1 and new[0].endswith('.' + name.strip('2')), name, new)
        kind = {'png': 'image/png', 'jpeg': 'image/jpeg', 'gif': 'image/gif', 'bmp': 'image/bmp',
                'svg': 'image/svg+xml'}[name.strip('2')]
        if form == 'docx':
            want(p.content_type(new[0]) == kind, p.content_type(new[0]))
        else:
            listed = {n.get('manifest:full-path'): n.get('manifest:media-type')
                      for n in p.part('META-INF/manifest.xml').root.nodes}
            want(listed[new[0]] == kind, listed)
        x = shown(p, form)[0]
        want(x[1] == bytes_, 'bytes')
        fits(form, x[2], x[3], 2)


@check
def proportions(form):
    for w, h in ((1, 1), (4, 3), (3, 4), (1000, 10), (10, 1000), (1, 3000), (3000, 1), (4000, 3000)):
        write('r.png', picture.png(w, h, RED))
        x = shown(filled(form, '[pic:{{图}}]\n', {'图': 'r.png'}), form)[0]
        if (w, h) == (4, 3):
            want((x[2], x[3]) == {'docx': (360000, 270000), 'odt': ('1cm', '0.75cm')}[form], x[2:4])
        fits(form, x[2], x[3], w / h)


@check
def svg_sizes(form):
    """Width and height in units, else the viewBox; a document type is skipped."""
    if form == 'docx':
        return refused(form, '[pic:{{图}}]\n', {'图': 's.svg'}, 'TB528', 's.svg') if write(
            's.svg', picture.svg(8, 4, RED)) else None
    doctype = (b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
               b'"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n<svg ')
    for size, ratio in (('width="10cm" height="50mm"', 2), ('width="2in" height="96px"', 2),
                        ('width="72pt" height="0.5in"', 2), ('viewBox="0 0 300 100"', 3),
                        ('width="100%" height="100%" viewBox="-5 -5 20,80"', 0.25),
                        ('width="6pc" height="36pt" viewBox="0 0 9 9"', 2), ('width="8.50" height="4.25"', 2)):
        for drawing in (picture.svg(1, 1, RED, size), picture.svg(1, 1, RED, size).replace(b'<svg ', doctype, 1)):
            write('s.svg', drawing)
            x = shown(filled(form, '[pic:{{图}}]\n', {'图': 's.svg'}), form)[0]
            fits(form, x[2], x[3], ratio)
    for size in ('', 'width="0" height="5"', 'viewBox="0 0 0 5"', 'width="5em" height="5em"'):
        write('s.svg', picture.svg(1, 1, RED, size))
        refused(form, '[pic:{{图}}]\n', {'图': 's.svg'}, 'TB527', 's.svg')
    write('s.svg', b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1">')
    refused(form, '[pic:{{图}}]\n', {'图': 's.svg'}, 'TB527')
    return None


@check
def turned(form):
    write('t.jpg', picture.jpeg(24, 8, RED, turn=6))
    p, told = fill(form, '[pic:{{图}}][pic:{{图}}]\n', {'图': 't.jpg'})
    want(p is not None and told.count('[TB529]') == 1 and 't.jpg' in told, told)
    fits(form, shown(p, form)[0][2], shown(p, form)[0][3], 3)
    write('t.jpg', picture.jpeg(24, 8, RED, turn=1))
    want('TB529' not in fill(form, '[pic:{{图}}]\n', {'图': 't.jpg'})[1], 'told of a straight one')


@check
def turned_frame(form):
    """A placeholder that is turned or mirrored turns the photos too, which is told; a little askew is meant."""
    def told(old, new):
        write('a.png', picture.png(40, 10, RED))
        p, told = fill(form, '[pic:{{图}}]\n', {'图': 'a.png'}, change=in_document((old, new)))
        want(p is not None and told.count('[TB') <= 1 and ('TB533' in told) == ('TB' in told), told)
        return next((w for w in ('upside down', 'side', 'mirrored') if w in told), None)

    if form == 'docx':
        for more, words in (('rot="5400000"', 'side'), ('rot="-5400000"', 'side'), ('rot="16200000"', 'side'),
                            ('rot="10800000"', 'upside down'), ('rot="300000"', None), ('rot="21300000"', None),
                            ('flipH="1"', 'mirrored'), ('flipV="true"', 'mirrored'), ('flipH="0"', None)):
            got = told(b'<a:xfrm>', b'<a:xfrm %s>' % more.encode())
            want(got == words, more, got)
        drawing = re.compile(rb'<w:r><w:drawing>.*?</w:drawing></w:r>')
        for more, words in ((b'rotation:90', 'side'), (b'rotation:-5898240fd', 'side'), (b'rotation:180', 'upside down'),
                            (b'flip:x', 'mirrored'), (b'rotation:5', None)):
            shape = VML.replace(b'z-index:1', more)
            p, said = fill(form, '[pic:{{图}}]\n', {'图': 'a.png'},
                           change=lambda n, d: drawing.sub(lambda m: shape, d) if n == 'word/document.xml' else d)
            want(p is not None and (words in said if words else not said), more, said)
        return
    for angle, words in (('1.5707963267949', 'side'), ('-1.57079', 'side'), ('3.14159265358979', 'upside down'), ('0.05', None)):
        got = told(b'<draw:frame ', b'<draw:frame draw:transform="rotate (%s) translate (1cm 2cm)" ' % angle.encode())
        want(got == words, angle, got)
    for mirror, words in (('none', None), ('horizontal', 'mirrored')):
        style = ('<style:style style:name="fr1" style:family="graphic"><style:graphic-properties style:mirror="%s"/>'
                 '</style:style></office:automatic-styles>' % mirror).encode()
        write('a.png', picture.png(40, 10, RED))
        p, said = fill(form, '[pic:{{图}}]\n', {'图': 'a.png'}, change=in_document(
            (b'</office:automatic-styles>', style), (b'<draw:frame ', b'<draw:frame draw:style-name="fr1" ')))
        want(p is not None and ('mirrored' in said) == (words is not None), mirror, said)


@check
def where_files_lie(form):
    """From the data file on, and below its folder, links resolved."""
    write('deep/er/a.png', picture.png(4, 4, RED))
    write('out.png', picture.png(4, 4, BLUE))
    text = '[pic:{{图}}]\n'
    for name in ('er/a.png', './er/../er//a.png', 'er\\a.png', '.\\er\\a.png'):
        filled(form, text, {'图': name}, source='deep/d.json')
    for name in ('../out.png', 'er/../../out.png', '..\\out.png', '..', 'er/../..'):
        refused(form, text, {'图': name}, 'TB522', 'out of that folder', source='deep/d.json')
    for name in (os.path.abspath('deep/er/a.png'), 'C:\\a.png', 'c:/a.png', '\\\\server\\a.png', '/dev/zero'):
        refused(form, text, {'图': name}, 'TB522', 'absolute', source='deep/d.json')
    links = (('deep/out', '../out.png', False), ('deep/up', '..', False), ('deep/in', 'er/a.png', True),
             ('deep/abs', os.path.abspath('deep/er/a.png'), True), ('deep/void', 'nothing', False))
    for path, target, good in links:
        if not os.path.islink(path):
            os.symlink(target, path)
        name = os.path.basename(path) + ('/out.png' if target == '..' else '')
        if good:
            filled(form, text, {'图': name}, source='deep/d.json')
        else:
            refused(form, text, {'图': name}, 'TB521' if target == 'nothing' else 'TB522', source='deep/d.json')
    refused(form, text, {'图': 'er'}, 'TB522', 'no file', source='deep/d.json')
    if not os.path.exists('deep/pipe'):
        os.mkfifo('deep/pipe')
    refused(form, text, {'图': 'pipe'}, 'TB522', 'no file', source='deep/d.json')
    refused(form, text, {'图': 'er/A.png'}, 'TB521', 'er/A.png', 'deep/d.json:1', source='deep/d.json')
    refused(form, text, {'图': 'x' * 300}, 'TB523', source='deep/d.json')


@check
def two_data_files(form):
    """Each record finds its pictures beside its own file."""
    write('one/p.png', picture.png(4, 4, RED))
    write('two/p.png', picture.png(4, 4, BLUE))
    data({'图': 'p.png'}, 'one/甲.json')
    data({'图': 'p.png'}, 'two/乙.json')
    t = template(form, '[pic:{{图}}]\n')
    os.makedirs('out', exist_ok=True)
    r = subprocess.run([TIANBAO, 'fill', t, 'one/甲.json', 'two/乙.json', '-o', 'out/', '--force'],
                       stdin=subprocess.DEVNULL, capture_output=True)
    want(r.returncode == 0, r.stderr.decode())
    for path in r.stdout.decode().split():
        colour = 'one' if '甲' in path else 'two'
        want(shown(Package(path), form)[0][1] == open(colour + '/p.png', 'rb').read(), path)


@check
def not_pictures(form):
    good = picture.png(40, 30, RED)
    text, values = '[pic:{{图}}]\n', {'图': 'f.png'}
    broken = good[:60] + bytes((good[60] ^ 1,)) + good[61:]
    for content, words in (
            (b'RIFF\x24\0\0\0WEBPVP8 ' + bytes(40), ('TB526', 'WebP')), (b'II*\0' + bytes(40), ('TB526', 'TIFF')),
            (b'\0\0\0\x18ftypheic' + bytes(40), ('TB526', 'HEIC')), (b'%PDF-1.7\n', ('TB526', 'PDF')),
            (b'PK\3\4' + bytes(40), ('TB526', 'zip')), (b'', ('TB526', 'empty')), (b'hello', ('TB526', 'no picture')),
            (b'<html><body/></html>', ('TB526',)), (b'\x1f\x8b\x08\0' + bytes(20), ('TB526', 'compressed')),
            (good[:-13], ('TB527', 'too early')), (good[:50], ('TB527',)), (broken, ('TB527', 'checksum')),
            (good[:12], ('TB527',)), (picture.png(0, 5, RED), ('TB527', 'no width')),
            (picture.jpeg(40, 30, RED)[:-2], ('TB527', 'too early')), (picture.jpeg(40, 30, RED)[:100], ('TB527',)),
            (picture.jpeg(0, 30, RED), ('TB527', 'no width')), (b'\xff\xd8\xff\xd9', ('TB527',)),
            (picture.gif(40, 30, RED)[:60], ('TB527',)), (picture.bmp(40, 30, RED)[:500], ('TB527',)),
            (picture.bmp(0, 30, RED), ('TB527', 'no width'))):
        write('f.png', content)
        refused(form, text, values, 'f.png', 'd.json:1', *words)
    write('f.bmp', picture.bmp(6, -3, RED))
    fits(form, *shown(filled(form, text, {'图': 'f.bmp'}), form)[0][2:4], 2)


@check
def too_big(form):
    with open('big.png', 'wb') as f:
        f.write(picture.png(40, 30, RED))
        f.truncate((32 << 20) + 1)
    refused(form, '[pic:{{图}}]\n', {'图': 'big.png'}, 'TB524', 'big.png', '33554432')
    os.unlink('big.png')
    import struct
    import zlib
    header = b'IHDR' + struct.pack('>IIBBBBB', 20000, 20000, 8, 2, 0, 0, 0)
    wide = bytearray(picture.png(40, 30, RED))
    wide[12:33] = header + struct.pack('>I', zlib.crc32(header))
    write('wide.png', bytes(wide))
    refused(form, '[pic:{{图}}]\n', {'图': 'wide.png'}, 'TB525', 'wide.png')


@check
def nothing_named(form):
    """Missing and empty values: the picture goes, or stays."""
    write('a.png', picture.png(4, 4, RED))
    text = '前[pic:{{图}}]后\n| {{项.名}} | [pic:{{项.图}}] |\n尾\n'
    values = {'项': [{'名': '甲', '图': 'a.png'}, {'名': '乙', '图': None}, {'名': '丙', '图': ''}]}
    refused(form, text, values, 'TB501', '图')
    for mode, pictures in (('blank', 1), ('dash', 1), ('keep', 3), ('mark', 3)):
        p = filled(form, text, values, '--missing=' + mode)
        got = shown(p, form)
        want(len(got) == pictures, mode, len(got))
        if pictures == 3:
            want(sorted(x[4] for x in got) == ['{{图}}', '{{项.图}}', '图'], [x[4] for x in got])
            size = {'docx': (360000, 270000), 'odt': ('1cm', '0.75cm')}[form]
            want([x[2:4] for x in got if x[4] != '图'] == [size] * 2, got)
    p = filled(form, '前[pic:{{图：空则 ""}}]后[pic:{{图：空则 a.png}}]\n', {})
    want(len(shown(p, form)) == 1 and len(stored(p, form)) == 1, 'defaults')
    want(shown(p, form)[0][4] == '图', shown(p, form)[0][4])
    refused(form, '[pic:{{图}}]\n', {'图': ['a.png', 'a.png']}, 'TB530')
    filled(form, '[pic:{{图}}]\n', {'图': ['a.png']})
    refused(form, '[pic:{{如果 图}}]\n', {'图': 'a.png'}, 'TB310')


@check
def text_is_no_placeholder(form):
    """Alternative text with words around the tag stays a text that is filled."""
    p = filled(form, '[pic:照片：{{图}}][pic:无]\n', {'图': '东门'})
    want([x[4] for x in shown(p, form)] == ['照片：东门', '无'] and not stored(p, form), shown(p, form))


@check
def again(form):
    """A report is a template again: names and ids of the new pictures do not meet the old ones; and
    equal input gives equal bytes."""
    write('a.png', picture.png(4, 4, RED))
    write('b.png', picture.png(4, 8, BLUE))
    text, values = '[pic:{{图}}][pic:{{又}}][link:{{址}}|去]\n', {'图': 'a.png', '址': 'http://a.cn/'}
    filled(form, text, values, '--missing=keep')
    first = open('o.' + form, 'rb').read()
    filled(form, text, values, '--missing=keep', out='p')
    want(first == open('p.' + form, 'rb').read(), 'other bytes')
    data({'又': 'b.png'})
    r = subprocess.run([TIANBAO, 'fill', 'o.' + form, 'd.json', '-o', 'q.' + form, '--force'],
                       stdin=subprocess.DEVNULL, capture_output=True)
    want(r.returncode == 0, r.stderr.decode())
    found = lint.compare('q.' + form, 'o.' + form)
    want(not found, found)
    p = Package('q.' + form)
    want([picture.size(x[1]) for x in shown(p, form)] == [(4, 4), (4, 8)], 'pictures')
    want(len(stored(p, form)) == 2, stored(p, form))


@check
def repeated_sections(form):
    """A header of a repeated section has pictures and links of its own in each copy."""
    if form == 'odt':
        return  # page styles are not repeated
    write('a.png', picture.png(4, 4, RED))
    write('b.png', picture.png(8, 4, BLUE))
    text = ('{{每个 部}}\n{{名}}\n--- section\n{{完}}\n尾\n=== header default\n[pic:{{图}}]'
            '[link:http://a.cn/{{名}}|去]\n=== end\n')
    values = {'图': 'a.png', '部': [{'名': '甲', '图': 'a.png'}, {'名': '乙', '图': 'b.png'}]}
    p, told = fill(form, text, values, change=section_header)
    want(p is not None, told)
    headers = sorted(n for n in p.data if n.startswith('word/header') and n.endswith('.xml'))
    want(len(headers) == 2, headers)
    for n in headers:
        relations = p.relationships(n)
        blip = next(p.part(n).root.iter('a:blip'))
        want(relations[blip.get('r:embed')][1] in p.data, n)
        links = [t for k, t, _ in relations.values() if k == 'hyperlink']
        want(len(links) == 1, n, relations)


def section_header(name, d):
    """The last section has no header of its own, so that the header belongs to the loop."""
    if name == 'word/document.xml':
        at = d.rindex(b'<w:headerReference')
        d = d[:at] + re.sub(rb'<w:headerReference[^>]*/>', b'', d[at:], count=1)
    return d


# ---- as Word and Writer write them ----------------------------------------------------------


def in_document(*pairs):
    def change(name, d):
        if name in ('word/document.xml', 'content.xml'):
            for old, new in pairs:
                want(old in d, 'the sketch has changed:', old)
                d = d.replace(old, new)
        return d
    return change


def one(form, change, values=None):
    """The picture of a sketch rewritten by `change`, filled with a picture of 40 × 10."""
    write('a.png', picture.png(40, 10, RED))
    p = filled(form, '前[pic:{{图}}]后\n', values or {'图': 'a.png'}, change=change)
    return p, p.part('word/document.xml' if form == 'docx' else 'content.xml').root


@check
def cropped(form):
    """What cuts the placeholder off does not cut the picture."""
    if form == 'docx':
        p, root = one(form, in_document(
            (b'<a:stretch><a:fillRect/></a:stretch>', b'<a:srcRect l="25000" t="1000" r="5" b="6"/><a:stretch>'
             b'<a:fillRect l="-7"/></a:stretch>'), (b'<a:blip r:embed="rId1"/>',
             b'<a:blip r:embed="rId1"><a:extLst><a:ext uri="x"/></a:extLst></a:blip>')))
        rect = next(root.iter('a:srcRect'))
        want([rect.get(k) for k in 'ltrb'] == ['0'] * 4, rect.attrs)
        want(next(root.iter('a:fillRect')).get('l') == '0', 'fillRect')
        want(next(root.iter('a:extLst'), None) is None, 'extLst')
        return
    style = (b'<style:style style:name="fr1" style:family="graphic"><style:graphic-properties '
             b'fo:clip="rect(0cm, 1.5cm, 0cm, 0cm)"/></style:style></office:automatic-styles>')
    p, root = one(form, in_document((b'</office:automatic-styles>', style),
                                    (b'<draw:frame draw:name', b'<draw:frame draw:style-name="fr1" '
                                     b'style:rel-width="50%" style:rel-height="scale" draw:name'),
                                    (b'xlink:actuate="onLoad"/>', b'xlink:actuate="onLoad" '
                                     b'draw:mime-type="image/tiff"/>')))
    frame = next(root.iter('draw:frame'))
    styles = {n.get('style:name'): n for n in root.iter('style:style')}
    want(styles[frame.get('draw:style-name')].nodes[0].get('fo:clip') is None, 'clipped')
    want(styles['fr1'].nodes[0].get('fo:clip') is not None, 'the style itself was changed')
    want(frame.get('style:rel-width') is None and frame.child('draw:image').get('draw:mime-type') is None, frame.attrs)


@check
def outline(form):
    """Text does not run along the outline of the placeholder, and no size in per cent wins over that of the picture."""
    if form == 'odt':
        polygon = (b'<draw:contour-polygon svg:width="4px" svg:height="3px" draw:points="0,0 4,0 2,3" '
                   b'draw:recreate-on-edit="false"/><svg:desc>')
        _, root = one(form, in_document((b'<svg:desc>', polygon)))
        want(not list(root.iter('draw:contour-polygon')), 'contour')
        return
    star = b''.join(b'<wp:%s x="%d" y="%d"/>' % (b'lineTo' if i else b'start', 3000 * i, 700 * i) for i in range(8))
    for kind in (b'Tight', b'Through'):
        _, root = one(form, in_document((b'<wp:docPr', b'<wp:wrap%s wrapText="bothSides"><wp:wrapPolygon edited="1">%s'
                                         b'</wp:wrapPolygon></wp:wrap%s><wp:docPr' % (kind, star, kind)),
                                        (b'<wp:inline distT="0" distB="0" distL="0" distR="0">', b'<wp:anchor>'),
                                        (b'</wp:inline>', b'</wp:anchor>')))
        polygon = next(root.iter('wp:wrapPolygon'))
        want([(n.tag[3:], n.get('x'), n.get('y')) for n in polygon.nodes] == [
            ('start', '0', '0'), ('lineTo', '0', '21600'), ('lineTo', '21600', '21600'), ('lineTo', '21600', '0'),
            ('lineTo', '0', '0')], [n.attrs for n in polygon.nodes])
    drawing = re.compile(rb'<w:r><w:drawing>.*?</w:drawing></w:r>')
    shape = VML.replace(b'z-index:1', b'mso-width-percent:500;mso-height-percent: 300;mso-width-relative:margin').replace(
        b'id="p1"', b'id="p1" wrapcoords="-36 0 -36 21600 21600 0"')
    _, root = one(form, lambda n, d: drawing.sub(lambda m: shape, d) if n == 'word/document.xml' else d)
    shape = next(root.iter('v:shape'))
    want(shape.get('wrapcoords') is None and shape.get('style').endswith(
        ':35.375pt;mso-width-percent:0;mso-height-percent: 0;mso-width-relative:margin'), shape.attrs)


@check
def units(form):
    if form == 'docx':
        return
    for w, h, got in (('100mm', '50mm', ('100mm', '25mm')), ('2in', '1in', ('2in', '0.5in')),
                      ('72pt', '20pt', ('72pt', '18pt')), ('0.9843in', '10mm', ('0.9843in', '6.2503mm')),
                      ('12pc', '2pc', ('8pc', '2pc'))):
        _, root = one(form, in_document((b'svg:width="1cm"', b'svg:width="%s"' % w.encode()),
                                        (b'svg:height="0.75cm"', b'svg:height="%s"' % h.encode())))
        frame = next(root.iter('draw:frame'))
        want((frame.get('svg:width'), frame.get('svg:height')) == got, w, h, frame.attrs)
    write('a.png', picture.png(40, 10, RED))
    refused(form, '[pic:{{图}}]\n', {'图': 'a.png'}, 'TB310', 'without a size',
            change=in_document((b' svg:height="0.75cm"', b'')))


@check
def anchored(form):
    """A floating picture keeps its place; a size in per cent of the page goes."""
    if form == 'docx':
        _, root = one(form, in_document(
            (b'<wp:inline distT="0" distB="0" distL="0" distR="0">', b'<wp:anchor distT="0" distB="0" distL="9" '
             b'distR="9" simplePos="0" relativeHeight="7" behindDoc="0" locked="0" layoutInCell="1" '
             b'allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>'
             b'5000</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>6000'
             b'</wp:posOffset></wp:positionV>'), (b'<wp:docPr', b'<wp:wrapNone/><wp:docPr'),
            (b'</wp:inline>', b'<wp14:sizeRelH xmlns:wp14="http://schemas.microsoft.com/office/word/2010/'
             b'wordprocessingDrawing" relativeFrom="margin"><wp14:pctWidth>40000</wp14:pctWidth></wp14:sizeRelH>'
             b'</wp:anchor>')))
        anchor = next(root.iter('wp:anchor'))
        want([n.text() for n in anchor.iter('wp:posOffset')] == ['5000', '6000'], 'position')
        want((anchor.child('wp:extent').get('cx'), anchor.child('wp:extent').get('cy')) == ('360000', '90000'), 'size')
        want(not any('sizeRel' in n.tag for n in anchor.nodes), 'sizeRelH')
        return
    _, root = one(form, in_document((b'text:anchor-type="as-char"', b'text:anchor-type="paragraph" svg:x="2cm" '
                                     b'svg:y="3cm"')))
    frame = next(root.iter('draw:frame'))
    want([frame.get('svg:' + k) for k in ('x', 'y', 'width', 'height')] == ['2cm', '3cm', '1cm', '0.25cm'], frame.attrs)


@check
def alternative_text(form):
    """Both places of the text change; the other text of a picture stays a text."""
    if form == 'docx':
        _, root = one(form, in_document((b'name="image1.png"/>', b'name="image1.png" descr="{{\xe5\x9b\xbe}}"/>'),
                                        (b'descr="{{\xe5\x9b\xbe}}"/><wp:c', b'title="{{\xe5\x90\x8d}}" '
                                         b'descr="{{\xe5\x9b\xbe}}"/><wp:c')), {'图': 'a.png', '名': '东门'})
        pr, inner = next(root.iter('wp:docPr')), next(root.iter('pic:cNvPr'))
        want((pr.get('descr'), pr.get('title'), inner.get('descr')) == ('图', '东门', '图'), pr.attrs, inner.attrs)
        for where in ('cNvPr', 'title'):
            _, root = one(form, in_document(
                (b'descr="{{\xe5\x9b\xbe}}"/><wp:c', b'/><wp:c' if where == 'cNvPr' else
                 b'title="{{\xe5\x9b\xbe}}"/><wp:c'),
                (b'name="image1.png"/>', b'name="image1.png" descr="%s"/>' %
                 (b'{{\xe5\x9b\xbe}}' if where == 'cNvPr' else b''))))
            want(next(root.iter('wp:extent')).get('cy') == '90000', where)
        return
    _, root = one(form, in_document((b'<svg:desc>', b'<svg:title>{{\xe5\x90\x8d}}</svg:title><svg:desc>')),
                  {'图': 'a.png', '名': '东门'})
    want([n.text() for n in root.iter('svg:title', 'svg:desc')] == ['东门', '图'], 'text')
    _, root = one(form, in_document((b'svg:desc>', b'svg:title>')))
    want(next(root.iter('svg:title')).text() == '图' and next(root.iter('draw:frame')).get('svg:height') == '0.25cm',
         'title alone')


VML = (b'<w:r><w:pict><v:shapetype id="_x0000_t75" coordsize="21600,21600"/><v:shape id="p1" type="#_x0000_t75" '
       b'alt="{{\xe5\x9b\xbe}}" style="position:absolute; width:141.5pt;height:56pt;z-index:1"><v:imagedata '
       b'r:id="rId1" o:title="" croptop="9f"/></v:shape></w:pict></w:r>')


@check
def vml(form):
    """Pictures of Word 97 to 2007, and both copies where there are two."""
    if form == 'odt':
        return
    drawing = re.compile(rb'<w:r><w:drawing>.*?</w:drawing></w:r>')

    def change(name, d):
        return drawing.sub(VML, d) if name == 'word/document.xml' else d

    def both(name, d):
        if name != 'word/document.xml':
            return d
        inner = drawing.search(d).group(0)[5:-6]
        return drawing.sub(b'<w:r><mc:AlternateContent><mc:Choice Requires="wps">' + inner +
                           b'</mc:Choice><mc:Fallback>' + VML[5:-6] + b'</mc:Fallback></mc:AlternateContent></w:r>', d)

    for how in (change, both):
        p, root = one(form, how)
        shape = next(root.iter('v:shape'))
        want(shape.get('style') == 'position:absolute; width:141.5pt;height:35.375pt;z-index:1', shape.attrs)
        want(shape.get('alt') == '图', shape.attrs)
        image = shape.child('v:imagedata')
        target = p.relationships('word/document.xml')[image.get('r:id')][1]
        want(picture.size(p.data[target]) == (40, 10) and image.get('croptop') == '0', image.attrs)
        if how is both:
            want(next(root.iter('wp:extent')).get('cy') == '90000', 'the other copy')
        p, root = one(form, how, {'图': ''})
        left = [n.tag for n in root.iter('w:pict', 'w:drawing', 'mc:AlternateContent')]
        want(not left and len(list(root.iter('w:r'))) == 2, left)


@check
def picture_controls(form):
    """Word's content control for a picture, named in the data."""
    if form == 'odt':
        return
    drawing = re.compile(rb'<w:r><w:drawing>.*?</w:drawing></w:r>')
    for label in ('图', '{{图}}'):
        def change(name, d):
            control = ('<w:sdt><w:sdtPr><w:alias w:val="%s"/><w:dataBinding w:xpath="/a" w:storeItemID="{A}"/>'
                       '<w:id w:val="77"/><w:picture/></w:sdtPr><w:sdtContent>' % label).encode()
            return drawing.sub(lambda m: control + m.group(0) + b'</w:sdtContent></w:sdt>', d) \
                if name == 'word/document.xml' else d
        write('a.png', picture.png(40, 10, RED))
        p = filled(form, '前[pic:点击添加图片]后\n', {'图': 'a.png'}, change=change)
        x = shown(p, form)[0]
        want(picture.size(x[1]) == (40, 10) and x[2:] == (360000, 90000, '图'), x[2:])
        want(b'dataBinding' not in p.data['word/document.xml'], 'Word would show what the control is bound to')


@check
def groups(form):
    """A picture in a group of shapes changes alone; a chart's or a shape's text is none."""
    if form == 'odt':
        return
    space = b'http://schemas.microsoft.com/office/word/2010/wordprocessingGroup'
    _, root = one(form, in_document(
        (b'<pic:pic>', b'<wpg:wgp xmlns:wpg="' + space + b'"><wpg:cNvGrpSpPr/><wpg:grpSpPr/><pic:pic>'),
        (b'</pic:pic>', b'</pic:pic></wpg:wgp>'), (b'name="image1.png"/>',
                                                   b'name="image1.png" descr="{{\xe5\x9b\xbe}}"/>'),
        (b'descr="{{\xe5\x9b\xbe}}"/><wp:c', b'/><wp:c'), (b'/2006/picture"><wpg', b'/2006/group"><wpg')))
    want(next(root.iter('wp:extent')).get('cy') == '270000', 'the group')
    want(next(root.iter('a:ext')).get('cy') == '90000', 'the picture')
    empty = in_document((b'<a:blip r:embed="rId1"/>', b'<a:blip/>'))
    refused(form, '[pic:{{图}}]\n', {'图': 'a.png'}, 'TB310', 'empty frame', change=empty)


LINK = (b'<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
        b'Target="file:///D:\\%E7%85%A7%E7%89%87\\a.jpg" TargetMode="External"/></Relationships>')


def with_link(*pairs):
    """Rewrites the body, which may then refer to a file outside as rIdX."""
    change = in_document(*pairs)

    def both(name, d):
        return d.replace(b'</Relationships>', LINK) if name == 'word/_rels/document.xml.rels' else change(name, d)
    return both


@check
def linked(form):
    """A picture that is only linked gives way to one in the package; where it stays, so does its link."""
    if form == 'odt':
        for href in (b'http://a.cn/b.png', b'../b.png', b'file:///D:/b.png', b'/b.png'):
            change = in_document((b'xlink:href="Pictures/image1.png"', b'xlink:href="' + href + b'"'))
            p, root = one(form, change)
            want(next(root.iter('draw:image')).get('xlink:href') == 'Pictures/picture1.png', href)
            want(picture.size(p.data['Pictures/picture1.png']) == (40, 10), 'picture')
            p = filled(form, '[pic:{{图}}]\n', {}, '--missing=keep', change=change)
            want(next(p.part('content.xml').root.iter('draw:image')).get('xlink:href').encode() == href, 'its own')
        return
    shape = VML.replace(b' r:id="rId1"', b' %s')
    drawing = re.compile(rb'<w:r><w:drawing>.*?</w:drawing></w:r>')
    for old, new in ((b'r:embed="rId1"', b'r:link="rIdX"'), (b'r:embed="rId1"', b'cstate="print" r:embed="" r:link="rIdX"'),
                     (b'r:embed="rId1"', b'r:embed="rId1" r:link="rIdX"'), (None, b'r:href="rIdX"'),
                     (None, b'r:id="rId1" r:href="rIdX"'), (None, b'r:id="" o:href="x.jpg"'), (None, b'src="D:\\x.jpg"'),
                     (None, b'r:href="rIdX" o:href="x.jpg" src="x"')):
        change = with_link((old, new)) if old else lambda n, d: with_link()(
            n, drawing.sub(lambda m: shape % new, d) if n == 'word/document.xml' else d)
        p, root = one(form, change)
        n = next(root.iter('a:blip', 'v:imagedata'))
        kind, target, external = p.relationships('word/document.xml')[n.get('r:embed') or n.get('r:id')]
        want(kind == 'image' and not external and picture.size(p.data[target]) == (40, 10), new, target)
        left = [k for k in n.attrs if k in ('r:link', 'r:href', 'o:href', 'src')]
        want(not left, new, left)
        p = filled(form, '[pic:{{图}}]\n', {}, '--missing=keep', change=change)
        n = next(p.part('word/document.xml').root.iter('a:blip', 'v:imagedata'))
        if b'rId1' not in new:
            want(new.split()[-1 if b'r:href' not in new else 0].decode() in ('%s="%s"' % kv for kv in n.attrs.items()), new, n.attrs)


def runs(code, shows):
    """A complex field with its code in pieces; « » around fields in it."""
    def edge(kind):
        return '<w:r><w:fldChar w:fldCharType="%s"/></w:r>' % kind

    out, depth, text, inner = edge('begin'), 0, '', ''
    for c in code + '\0':
        depth -= c == '»'
        if depth:
            inner += c
        elif c in '«»\0':
            out += ''.join('<w:r><w:instrText xml:space="preserve">%s</w:instrText></w:r>' % x.replace('<', '&lt;')
                           for x in re.split('(?<=n)', text) if x) if c != '»' else runs(inner, '<w:r><w:t>旧</w:t></w:r>')
            text = inner = ''
        else:
            text += c
        depth += c == '«'
    return out + (edge('separate') + shows if shows else '') + edge('end')


def include(code, result=None):
    """A field in place of the sketch's picture, which is what it shows unless `result` says otherwise."""
    drawing = re.compile(rb'<w:r><w:drawing>.*?</w:drawing></w:r>')

    def change(name, d):
        return drawing.sub(lambda m: runs(code, m.group(0).decode() if result is None else result).encode(), d) \
            if name in ('word/document.xml', 'word/header1.xml') else d
    return change


@check
def include_picture(form):
    """INCLUDEPICTURE of a mail merge: what it shows is the frame, and the field is gone."""
    if form == 'odt':
        return
    write('照/（王芳）.png', picture.png(40, 10, RED))
    write('a.png', picture.png(40, 10, RED))
    values = {'照片': 'a.png', '姓名': '（王芳）', '项': [{'图': 'a.png'}, {'图': '照\\\\（王芳）.png'}, {'图': ''}]}
    text = '前[pic:照]后\n'
    for code, alt in (('INCLUDEPICTURE "«MERGEFIELD 照片»" \\* MERGEFORMAT \\d ', '照片'),
                      (' INCLUDEPICTURE «MERGEFIELD 照片 \\* MERGEFORMAT»\\d', '照片'),
                      (' includepicture "照\\\\«MERGEFIELD 姓名».png" \\c PNG', '姓名'),
                      (' INCLUDEPICTURE 照/«MERGEFIELD "姓名"».png \\x \\y', '姓名'),
                      (' INCLUDEPICTURE “.\\\\照\\\\{{姓名}}.png” ', '姓名'), (' INCLUDEPICTURE "{{ 照片：空则 “x y.png” }}"', '照片'),
                      (' INCLUDEPICTURE {{照片}} \\d ', '照片'), (' INCLUDEPICTURE {{没有：空则 a.png}} \\d ', '没有')):
        p = filled(form, text, values, change=include(code))
        x = shown(p, form)
        want(len(x) == 1 and picture.size(x[0][1]) == (40, 10) and x[0][2:] == (360000, 90000, alt), code, x and x[0][2:])
        root = p.part('word/document.xml').root
        want(not list(root.iter('w:fldChar', 'w:instrText')), code, 'the field is left')
    rows = '| {{项.序}} | [pic:照] |\n尾\n=== header default\n[pic:照]\n=== end\n'
    for i, item in enumerate(values['项']):
        item['序'] = i
    body, header = (include('INCLUDEPICTURE "«MERGEFIELD %s»"' % x) for x in ('项.图', '照片'))
    p = filled(form, rows, values, change=lambda n, d: (header if 'header' in n else body)(n, d))
    want([(picture.size(x[1]), x[4]) for x in shown(p, form)] == [((40, 10), '图')] * 2 + [((40, 10), '照片')], shown(p, form))
    want(len(stored(p, form)) == 1, stored(p, form))
    simple = re.compile(rb'<w:r><w:drawing>.*?</w:drawing></w:r>')
    p = filled(form, text, values, change=lambda n, d: simple.sub(
        lambda m: '<w:fldSimple w:instr="INCLUDEPICTURE &quot;{{照片}}&quot;">'.encode() + m.group(0) + b'</w:fldSimple>', d)
        if n == 'word/document.xml' else d)
    want(len(shown(p, form)) == 1 and not list(p.part('word/document.xml').root.iter('w:fldSimple')), 'fldSimple')
    p = filled(form, text, {'照片': ''}, change=include('INCLUDEPICTURE "«MERGEFIELD 照片»"'))
    want(not list(p.part('word/document.xml').root.iter('w:drawing', 'w:fldChar')), 'empty')
    p = filled(form, text, {}, '--missing=keep', change=include('INCLUDEPICTURE "照/«MERGEFIELD 姓名».png"'))
    want(shown(p, form)[0][4] == '{{拼接("照/", 【姓名】, ".png")}}', shown(p, form)[0][4])


@check
def include_picture_refused(form):
    """What has no frame, leads out of the folder, or cannot be said."""
    if form == 'odt':
        return
    text, values = '前[pic:照]后\n', {'照片': 'a.png', '姓名': 'b'}
    write('a.png', picture.png(40, 10, RED))
    for path in ('D:\\\\照\\\\«MERGEFIELD 姓名».png', '/照/{{姓名}}.png', '\\\\\\\\s\\\\{{姓名}}.png', 'http://a.cn/{{姓名}}.png'):
        refused(form, text, values, 'TB317', 'a drive, a server or an address', change=include('INCLUDEPICTURE "%s"' % path))
    refused(form, text, values, 'TB522', 'out of that folder', change=include('INCLUDEPICTURE "../{{照片}}"'))
    refused(form, text, {'照片': 'D:\\照\\a.png'}, 'TB522', 'absolute', change=include('INCLUDEPICTURE "«MERGEFIELD 照片»"'))
    for result in ('', '<w:r><w:t>错误！未指定文件名。</w:t></w:r>'):
        told = refused(form, text, values, 'TB317', 'no picture is seen', change=include('INCLUDEPICTURE "{{照片}}"', result))
        want(told.count('[TB') == 1, told)
    refused(form, text, values, 'quotation marks', change=include('INCLUDEPICTURE 照 {{照片}}'))
    refused(form, text, values, 'too involved', change=include('INCLUDEPICTURE "照/{{照片：空则 a}}"'))
    refused(form, text, values, 'too involved', change=include('INCLUDEPICTURE "照/«SEQ 图»{{照片}}"'))
    refused(form, '[pic:{{照片}}]\n', values, 'a tag of its own', change=include('INCLUDEPICTURE "«MERGEFIELD 姓名»"'))
    plain = include(' INCLUDEPICTURE "D:\\\\a.png" \\d ')
    p = filled(form, text + '{{姓名}}\n', values, change=plain)
    want(''.join(n.text() for n in p.part('word/document.xml').root.iter('w:instrText')) == ' INCLUDEPICTURE "D:\\\\a.png" \\d ', 'plain')
    p = filled(form, '[pic:{{照片}}]\n', values, change=plain)  # its picture is a placeholder by itself
    want(not list(p.part('word/document.xml').root.iter('w:fldChar')) and picture.size(shown(p, form)[0][1]) == (40, 10), 'named')


@check
def include_picture_chosen(form):
    """The usual IF around it: without a photo no picture, or another one."""
    if form == 'odt':
        return
    write('a.png', picture.png(40, 10, RED))
    write('b.png', picture.png(10, 40, RED))
    for other, size in (('', []), ('«INCLUDEPICTURE "b.png"»', [(10, 40)]), ('«INCLUDEPICTURE "{{名}}.png"»', [(10, 40)])):
        change = include('IF «MERGEFIELD 照片» <> "" "«INCLUDEPICTURE "«MERGEFIELD 照片»" \\d»" "%s" ' % other)
        for values, expected in (({'照片': 'a.png', '名': 'b'}, [(40, 10)]), ({'照片': '', '名': 'b'}, size)):
            p = filled(form, '前[pic:照]后\n', values, change=change)
            want([picture.size(x[1]) for x in shown(p, form)] == expected, other, values)
            want(not list(p.part('word/document.xml').root.iter('w:fldChar')), 'a field is left')
    refused(form, '前[pic:照]后\n', {'照片': 'a.png'}, 'TB317', 'a drive', change=include(
        'IF «MERGEFIELD 照片» <> "" "«INCLUDEPICTURE "«MERGEFIELD 照片»"»" "«INCLUDEPICTURE "D:\\\\b.png"»"'))


@check
def types_that_clash(form):
    """An ending that the template means otherwise; a part without relationships; an empty list."""
    if form == 'odt':
        return
    write('a.jpg', picture.jpeg(8, 8, RED))
    wrong = [lambda n, d: d.replace(b'Extension="png" ContentType="image/png"/>',
                                    b'Extension="png" ContentType="image/png"/><Default Extension="JPEG" '
                                    b'ContentType="image/pjpeg"/>') if n == '[Content_Types].xml' else d]
    for change in wrong:
        p = filled(form, '[pic:{{图}}]\n', {'图': 'a.jpg'}, change=change)
        want(p.content_type(stored(p, form)[0]) == 'image/jpeg', p.content_type(stored(p, form)[0]))
    text = '文\n=== header default\n[pic:{{图}}]\n=== end\n'
    rels = 'word/_rels/header1.xml.rels'
    none = b'<?xml version="1.0"?><!-- none --><Relationships xmlns="%s"/>' % (
        b'http://schemas.openxmlformats.org/package/2006/relationships')
    prefixed = none.replace(b'<Relationships xmlns=', b'<x:Relationships xmlns:x=')
    for instead in (None, none, prefixed, none.replace(b'/>', b'> </Relationships>')):
        p = filled(form, text, {'图': 'a.jpg'}, change=lambda n, d: instead if n == rels else d)
        blip = next(p.part('word/header1.xml').root.iter('a:blip'))
        kind, target, _ = p.relationships('word/header1.xml')[blip.get('r:embed')]
        want(kind == 'image' and p.data[target] == open('a.jpg', 'rb').read(), instead, p.data.get(rels))


@check
def page_of_photos(form):
    """The page in fixtures/, as Word and Writer wrote it."""
    folder = os.path.join(HERE, '..', 'fixtures', '现场照片')
    t, out = os.path.join(folder, '现场照片.' + form), 'page.' + form
    r = subprocess.run([TIANBAO, 'fill', t, os.path.join(folder, '现场照片.json'), '-o', out],
                       stdin=subprocess.DEVNULL, capture_output=True)
    want(r.returncode == 0 and not r.stderr, r.stderr.decode())
    found = lint.compare(out, t)
    want(not found, found)
    p = Package(out)
    got = shown(p, form)
    sizes = {'全景': (240, 100), '道路': (160, 120), '水井': (90, 140), '便桥': (200, 84)}
    want([picture.size(x[1]) for x in got] == list(sizes.values()), 'pictures')
    for name, x in zip(sizes, got):
        want(x[1] == open(os.path.join(folder, '照片', name + '.png'), 'rb').read(), name)
        w, h = (float(str(v).rstrip('in')) for v in x[2:4])
        fw, fh = (2160000, 1440000) if name == '全景' else (2520000, 1890000)
        fw, fh = (fw, fh) if form == 'docx' else (fw / 914400, fh / 914400)
        want(abs(w / h - sizes[name][0] / sizes[name][1]) < 0.01, name, 'proportions', w, h)
        want(abs(w - fw) < fw / 900 or abs(h - fh) < fh / 900, name, 'fits', w, h)
        want(w < fw * 1.001 and h < fh * 1.001, name, 'over the frame', w, h)
    want([x[4] for x in got] == ['全景照片'] + ['照片'] * 3, 'alternative text')
    root = p.part('word/document.xml' if form == 'docx' else 'content.xml').root
    titles = [n.get('title') for n in root.iter('wp:docPr')][1:] if form == 'docx' else [
        n.text() for n in root.iter('svg:title')]
    want(titles == [x + '现场' for x in ('茶溪村通组道路硬化', '龙塘村水井修缮', '下河便桥')], titles)
    address = 'http://qingyan.example/2023/%E9%A1%B9%E7%9B%AE?id=7'
    want(address in ([n.get('xlink:href') for n in root.iter('text:a')] if form == 'odt' else
                     [x[1] for x in p.relationships('word/document.xml').values()]), 'the address')


def main():
    words = sys.argv[1:]
    for f in CHECKS:
        if words and not any(w in f.__name__ for w in words):
            continue
        for form in ('docx', 'odt'):
            with tempfile.TemporaryDirectory(prefix='tianbao-pictures-') as folder:
                os.chdir(folder)
                try:
                    f(form)
                    counts['passed'] += 1
                except (Failed, AssertionError, KeyError, StopIteration, IndexError) as e:
                    counts['failed'] += 1
                    print('FAILED pictures: %s [%s]: %s %s' % (f.__name__, form, type(e).__name__, e))
                os.chdir('/')
    print('%d passed, %d failed, 0 skipped' % (counts['passed'], counts['failed']))
    return 1 if counts['failed'] else 0


if __name__ == '__main__':
    sys.exit(main())
