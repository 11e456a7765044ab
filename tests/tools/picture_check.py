#!/usr/bin/env python3
"""Looks at the pages of reports with pictures as LibreOffice shows them.

    picture_check.py [TIANBAO]

Fills a .docx and an .odt whose frames stand at fixed places of the page, prints them to PDF and
looks for the colour of each picture: it must fill the box that it should have in its frame, no more
and no less, and no colour of a placeholder may be left.  Ends with the line of counts; without
LibreOffice or pdftoppm all is skipped.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

sys.dont_write_bytecode = True

import picture  # noqa: E402
import sketch  # noqa: E402

POINT = 12700            # EMU
FRAME = (100, 75)        # of every placeholder, points
# Name, kind, more, pixels, colour.  Frames stand in two columns from the top.
PICTURES = [
    ('宽', 'png', {}, (60, 15), (255, 0, 0)), ('高', 'png', {}, (15, 60), (0, 160, 0)),
    ('照片', 'jpeg', {}, (64, 48), (0, 0, 255)), ('网照', 'jpeg', {'progressive': True}, (30, 60), (200, 0, 200)),
    ('动图', 'gif', {}, (60, 20), (0, 200, 200)), ('位图', 'bmp', {}, (40, 40), (240, 160, 0)),
    ('矢量', 'svg', {}, (100, 25), (120, 60, 0)),
]
GREY = (0x99, 0x99, 0x99)  # of the picture in a sketch


def place(n):
    """Left and top of the frame, points from the corner of the page."""
    return 100 + 200 * (n % 2), 100 + 120 * (n // 2)


def expected(n):
    w, h = PICTURES[n][3]
    scale = min(FRAME[0] / w, FRAME[1] / h)
    return place(n) + (w * scale, h * scale)


def floating(form, frames):
    """Puts the frames of a sketch at their places."""
    def docx(name, d):
        if name != 'word/document.xml':
            return d
        count = iter(range(frames))

        def one(m):
            x, y = place(next(count))
            inner = m.group(1).replace(b'cx="360000" cy="270000"', b'cx="%d" cy="%d"' % (FRAME[0] * POINT, FRAME[1] * POINT))
            return (b'<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" '
                    b'locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH '
                    b'relativeFrom="page"><wp:posOffset>%d</wp:posOffset></wp:positionH><wp:positionV '
                    b'relativeFrom="page"><wp:posOffset>%d</wp:posOffset></wp:positionV>' % (x * POINT, y * POINT)
                    + inner.replace(b'<wp:docPr', b'<wp:wrapNone/><wp:docPr') + b'</wp:anchor>')
        return re.sub(rb'<wp:inline [^>]*>(.*?)</wp:inline>', one, d)

    def odt(name, d):
        if name != 'content.xml':
            return d
        count = iter(range(frames))
        style = ('<style:style style:name="fr1" style:family="graphic"><style:graphic-properties style:wrap="run-through" '
                 'style:vertical-pos="from-top" style:vertical-rel="page" style:horizontal-pos="from-left" '
                 'style:horizontal-rel="page"/></style:style></office:automatic-styles>')

        def one(m):
            x, y = place(next(count))
            return (b'draw:style-name="fr1" text:anchor-type="paragraph" svg:x="%dpt" svg:y="%dpt" svg:width="%dpt" '
                    b'svg:height="%dpt"' % ((x, y) + FRAME))
        d = re.sub(rb'text:anchor-type="as-char" svg:width="1cm" svg:height="0.75cm"', one, d)
        return d.replace(b'</office:automatic-styles>', style.encode())
    return {'docx': docx, 'odt': odt}[form]


def rewrite(path, change):
    with zipfile.ZipFile(path) as z:
        parts = [(i, z.read(i)) for i in z.infolist()]
    with zipfile.ZipFile(path, 'w') as z:
        for i, d in parts:
            z.writestr(i, change(i.filename, d))


def make_report(tianbao, form, folder):
    """The report's path and the numbers of the pictures in it."""
    many = [n for n, p in enumerate(PICTURES) if form == 'odt' or p[1] != 'svg']
    for n in many:
        name, kind, more, (w, h), rgb = PICTURES[n]
        with open(os.path.join(folder, name), 'wb') as f:
            f.write(picture.make(kind, w, h, bytes(rgb), **more))
    path, out = (os.path.join(folder, x + '.' + form) for x in ('template', 'report'))
    sketch.make(''.join('[pic:{{%s}}]' % PICTURES[n][0] for n in many) + '\n', path)
    rewrite(path, floating(form, len(many)))
    data = os.path.join(folder, 'data.json')
    with open(data, 'w', encoding='utf-8') as f:
        json.dump({PICTURES[n][0]: PICTURES[n][0] for n in many}, f, ensure_ascii=False)
    r = subprocess.run([tianbao, 'fill', path, data, '-o', out], stdin=subprocess.DEVNULL, capture_output=True)
    return (out if r.returncode == 0 else r.stderr.decode('utf-8', 'replace')), many


def page(report, folder):
    """(width, height, RGB bytes) of the first page at one pixel a point."""
    subprocess.run(['soffice', '-env:UserInstallation=file://' + os.path.join(folder, 'profile'), '--headless',
                    '--norestore', '--convert-to', 'pdf', '--outdir', folder, report],
                   stdin=subprocess.DEVNULL, capture_output=True, timeout=180)
    stem = os.path.splitext(report)[0]
    subprocess.run(['pdftoppm', '-r', '72', '-f', '1', '-l', '1', '-singlefile', stem + '.pdf', stem],
                   stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    with open(stem + '.ppm', 'rb') as f:
        d = f.read()
    m = re.match(rb'P6\s+(\d+)\s+(\d+)\s+255\s', d)
    return int(m.group(1)), int(m.group(2)), d[m.end():]


def box_of(shown, rgb):
    """(left, top, width, height, share of it that is filled) of a colour, or None."""
    width, height, d = shown
    near = [i for i in range(width * height)
            if all(abs(d[3 * i + k] - rgb[k]) <= 12 for k in range(3))]
    if not near:
        return None
    xs, ys = [i % width for i in near], [i // width for i in near]
    w, h = max(xs) - min(xs) + 1, max(ys) - min(ys) + 1
    return min(xs), min(ys), w, h, len(near) / (w * h)


def trouble(shown, n):
    name, _, _, _, rgb = PICTURES[n]
    got, want = box_of(shown, rgb), expected(n)
    if got is None:
        return '%s: its colour is nowhere on the page' % name
    if any(abs(g - w) > 2.1 for g, w in zip(got, want)):
        return '%s: at %d, %d, %d × %d points, not at %.1f, %.1f, %.1f × %.1f' % ((name,) + got[:4] + want)
    return '%s: only %d %% of its box are filled' % (name, got[4] * 100) if got[4] < 0.97 else None


def main():
    tianbao = os.path.abspath((sys.argv[1:] or [os.environ.get('TIANBAO', './tianbao')])[0])
    if not shutil.which('soffice') or not shutil.which('pdftoppm'):
        print('skipped: LibreOffice or pdftoppm is not installed')
        print('0 passed, 0 failed, 2 skipped')
        return 0
    passed = failed = 0
    for form in ('docx', 'odt'):
        with tempfile.TemporaryDirectory(prefix='pictures-') as folder:
            report, many = make_report(tianbao, form, folder)
            found = []
            if not os.path.exists(report):
                found = ['no report: ' + report]
            else:
                try:
                    shown = page(report, folder)
                    found = [t for t in (trouble(shown, n) for n in many) if t]
                    if box_of(shown, GREY):
                        found.append('a placeholder is left')
                except (OSError, subprocess.TimeoutExpired, AttributeError) as e:
                    found = ['LibreOffice does not show it: %s' % e]
        for t in found:
            print('FAIL: %s: %s' % (form, t))
        failed += bool(found)
        passed += not found
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
