#!/usr/bin/env python3
"""Makes the pictures of the forms in 模板写法.md: a template beside its report.

    TIANBAO=./tianbao doc/make-forms.py [N ...]

Templates and data are the examples on the page itself (tests/tools/doc_forms.py); they are made
into documents, filled by the command, and must give the text that the page says, before they are
drawn.  Without numbers all forms are made.  Needs soffice, pdftoppm, fc-match and ImageMagick's
convert; the faces of official documents are drawn with the Fandol fonts where fontconfig finds
them (texlive-lang-chinese).
"""
import os
import re
import struct
import subprocess
import sys
import tempfile
import zipfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(TOP, 'tests', 'tools'))

import doc_forms  # noqa: E402
import doctext  # noqa: E402
import sketch  # noqa: E402

FACES = {'仿宋_GB2312': 'FandolFang', '黑体': 'FandolHei'}
WIDTH, MARGIN = 6000, 200  # of a page, in twentieths of a point
DPI = 112
MOST_COLORS = '32'

STYLES = '''<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"
w:eastAsia="仿宋_GB2312"/><w:sz w:val="24"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>
<w:spacing w:before="40" w:after="40"/></w:pPr></w:pPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
</w:styles>'''
BORDERS = '<w:tblBorders>%s</w:tblBorders>' % ''.join(
    '<w:%s w:val="single" w:sz="4" w:space="0" w:color="000000"/>' % side
    for side in ('top', 'left', 'bottom', 'right', 'insideH', 'insideV'))


def styled(xml):
    """The document on a narrow page, its tables as wide as that, with lines."""
    room = WIDTH - 2 * MARGIN
    xml = re.sub(r'<w:pgSz [^>]*/><w:pgMar [^>]*/>',
                 '<w:pgSz w:w="%d" w:h="9000"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" '
                 'w:left="%d" w:header="0" w:footer="0" w:gutter="0"/>'
                 % (WIDTH, MARGIN, MARGIN, MARGIN, MARGIN), xml)
    xml = xml.replace('<w:tblW w:w="0" w:type="auto"/>',
                      '<w:tblW w:w="%d" w:type="dxa"/>%s' % (room, BORDERS))
    return re.sub(r'(<w:(?:gridCol|tcW) w:w=")(\d+)',
                  lambda m: m.group(1) + str(int(m.group(2)) * room // 9000), xml)


def make_template(text, path):
    plain = path + '.plain.docx'
    tail = '[p]\n' if text.strip('\n').split('\n')[-1].startswith('|') else ''
    sketch.make(text + tail, plain)
    with zipfile.ZipFile(plain) as a, zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
        for i in a.infolist():
            data = a.read(i)
            if i.filename == 'word/document.xml':
                data = styled(data.decode()).encode()
            elif i.filename == 'word/styles.xml':
                data = STYLES.encode()
            z.writestr(i.filename, data)
    return tail


def fill(form, folder):
    """Template and report; the report's text must be that of the page."""
    template, report = ('%s/%d-%s.docx' % (folder, form.number, x) for x in ('t', 'r'))
    tail = make_template(form.template(), template)
    data = '%s/%d.json' % (folder, form.number)
    with open(data, 'w', encoding='utf-8') as f:
        f.write(form.examples[0].data)
    if any(e.data != form.examples[0].data or e.arguments for e in form.examples):
        sys.exit('form %d: its examples have different data' % form.number)
    program = os.path.abspath(os.environ.get('TIANBAO', './tianbao'))
    subprocess.run([program, 'fill', template, data, '-o', report], check=True,
                   stdout=subprocess.DEVNULL)
    got = doctext.Printer(False).document(doctext.read(report))
    if got.strip('\n') != (form.report() + tail).strip('\n'):
        sys.exit('form %d: the report is\n%s' % (form.number, got))
    return [template, report]


# ---- drawing --------------------------------------------------------------------------------


def fontconfig(folder):
    path = os.path.join(folder, 'fonts.conf')
    with open(path, 'w', encoding='utf-8') as f:
        f.write('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
                '<include>%s</include>' % os.environ.get('FONTCONFIG_FILE', '/etc/fonts/fonts.conf'))
        for face, drawn in FACES.items():
            f.write('<alias binding="same"><family>%s</family><prefer><family>%s</family></prefer>'
                    '</alias>' % (face, drawn))
        f.write('</fontconfig>')
    return dict(os.environ, FONTCONFIG_FILE=path)


def draw(paths, folder, env):
    """The first page of each document as a picture without the empty paper below."""
    subprocess.run(['soffice', '-env:UserInstallation=file://%s/profile' % folder, '--headless',
                    '--convert-to', 'pdf', '--outdir', folder, *paths], check=True, env=env,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for p in paths:
        base = p[:-len('.docx')]
        subprocess.run(['pdftoppm', '-r', str(DPI), '-f', '1', '-l', '1', '-singlefile', '-png',
                        base + '.pdf', base], check=True)
        subprocess.run(['convert', base + '.png', '-trim', '+repage', base + '.png'], check=True)
        yield base + '.png'


def height(picture):
    with open(picture, 'rb') as f:
        return struct.unpack('>I', f.read(24)[20:])[0]


def join(form, pictures, folder, env):
    """Both under their names, with a line between, and the texts they were made of."""
    font = subprocess.run(['fc-match', '-f', '%{file}', '黑体'], env=env, check=True,
                          stdout=subprocess.PIPE).stdout.decode()
    width, high = WIDTH * DPI // 1440, max(map(height, pictures))
    command = ['convert', '-background', 'white']
    for name, picture in zip(('模板', '报告'), pictures):
        command += ['(', '-gravity', 'center', '-font', font, '-pointsize', '18', '-fill', '#777777',
                    '-size', '%dx32' % width, 'label:' + name,
                    '(', picture, '-gravity', 'northwest', '-extent', '%dx%d' % (width, high), ')',
                    '-append', '-bordercolor', 'white', '-border', '12x6',
                    '-bordercolor', '#999999', '-border', '1', ')']
    out = os.path.join(folder, 'joined.png')
    command += ['+append', '-colors', MOST_COLORS, '-strip', 'PNG8:' + out]
    subprocess.run(command, check=True, env=env)
    with open(out, 'rb') as f:
        data = doc_forms.described(f.read(), form.description())
    path = os.path.join(HERE, 'forms', '%d.png' % form.number)
    with open(path, 'wb') as f:
        f.write(data)
    print('%s: %d bytes' % (path, len(data)))


def main():
    wanted = set(map(int, sys.argv[1:]))
    os.makedirs(os.path.join(HERE, 'forms'), exist_ok=True)
    chosen = [f for f in doc_forms.forms(doc_forms.PAGE) if not wanted or f.number in wanted]
    with tempfile.TemporaryDirectory(prefix='tianbao-forms-') as folder:
        env = fontconfig(folder)
        paths = [p for f in chosen for p in fill(f, folder)]
        pictures = list(draw(paths, folder, env))
        for i, form in enumerate(chosen):
            join(form, pictures[2 * i:2 * i + 2], folder, env)


main()
