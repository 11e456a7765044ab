#!/usr/bin/env python3
"""Kinds of packages, and what becomes of the report's file.

Templates become documents, macros stay, what is no text document is refused by its name, and an
existing file is kept.  Each check makes its package from a sketch.  Ends with the line of counts.
"""
import io
import os
import re
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

from suite import Suite, fill as suite_fill, part  # noqa: E402

SKETCH = '单位：{{单位名称}}\n'
WORD = b'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
ODT = b'application/vnd.oasis.opendocument.text'
suite = Suite('packages')
check = suite.check


def make(ending):
    with open('t.sketch', 'w', encoding='utf-8') as f:
        f.write(SKETCH)
    subprocess.run([sys.executable, os.path.join(HERE, 'tools', 'sketch.py'), 't.sketch',
                    'plain' + ending], check=True, stdout=subprocess.DEVNULL)
    return 'plain' + ending


def rewrite(source, target, change):
    """Copies a package, each part through change(name, bytes) → bytes or None."""
    with zipfile.ZipFile(source) as z, zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as o:
        for n in z.namelist():
            data = change(n, z.read(n))
            if data is not None:
                stored = zipfile.ZIP_STORED if n == 'mimetype' else zipfile.ZIP_DEFLATED
                o.writestr(zipfile.ZipInfo(n), data, stored)
    return target


def fill(template, out, *more):
    return suite_fill(template, 'd.json', out, *more)


def replace(old, new, *names):
    return lambda n, d: d.replace(old, new) if n in names else d


def become_documents():
    docx, odt = make('.docx'), make('.odt')
    types = '[Content_Types].xml'
    template = WORD.replace(b'document.main', b'template.main')
    dotx = rewrite(docx, 'a.dotx', replace(WORD, template, types))
    rc, err = fill(dotx, 'a.docx')
    check('dotx becomes docx', rc == 0 and WORD in part('a.docx', types) and
          template not in part('a.docx', types), err)
    rc, err = fill(dotx, 'b.dotx')
    check('the ending of a template is wrong usage', rc == 2 and not os.path.exists('b.dotx'), err)
    macro = b'application/vnd.ms-word.document.macroEnabled.main+xml'
    docm = rewrite(docx, 'a.docm', replace(WORD, macro, types))
    rc, err = fill(docm, 'o.docm')
    check('docm stays docm', rc == 0 and macro in part('o.docm', types), err)
    rc, err = fill(docm, 'o2.docx')
    check('macros never under .docx', rc == 2, err)
    ott = rewrite(odt, 'a.ott', lambda n, d: d + b'-template' if n == 'mimetype' else d.replace(
        ODT + b'"', ODT + b'-template"') if n == 'META-INF/manifest.xml' else d)
    rc, err = fill(ott, 'a.odt')
    ok = rc == 0 and part('a.odt', 'mimetype') == ODT and \
        b'text-template' not in part('a.odt', 'META-INF/manifest.xml')
    check('ott becomes odt', ok, err)
    with zipfile.ZipFile('a.odt') as z:
        first = z.infolist()[0]
    check('mimetype first and stored', first.filename == 'mimetype' and first.compress_type == 0)


def refused():
    docx, odt = 'plain.docx', 'plain.odt'
    sheet = WORD.replace(b'wordprocessingml.document', b'spreadsheetml.sheet')
    cases = [
        ('a workbook named .docx', rewrite(docx, 'x.docx', replace(WORD, sheet,
                                                                   '[Content_Types].xml')),
         'Excel'),
        ('a spreadsheet named .odt', rewrite(odt, 'y.odt', lambda n, d: d.replace(
            ODT, ODT.replace(b'.text', b'.spreadsheet'))
            if n in ('mimetype', 'META-INF/manifest.xml') else d), 'Calc'),
        ('an encrypted odt', rewrite(odt, 'e.odt', lambda n, d: d.replace(
            b'</manifest:manifest>', b'<manifest:file-entry manifest:full-path="x" '
            b'manifest:media-type=""><manifest:encryption-data/></manifest:file-entry>'
            b'</manifest:manifest>') if n == 'META-INF/manifest.xml' else d), 'encrypted'),
        ('a package without its main part', rewrite(docx, 'm.docx', lambda n, d: None
         if n == 'word/document.xml' else d), 'word/document.xml'),
        ('a signed odt', rewrite(odt, 's.odt', lambda n, d: d), 'signed'),
    ]
    with zipfile.ZipFile('s.odt', 'a') as z:
        z.writestr('META-INF/documentsignatures.xml', '<a/>')
    for name, data, word in (
            ('an empty file', b'', 'empty'), ('an old .doc', b'\xd0\xcf\x11\xe0' + bytes(600), ''),
            ('a cut package', open(docx, 'rb').read()[:-200], 'damaged'),
            ('flat XML', b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:'
             b'opendocument:xmlns:office:1.0"/>', 'flat'), ('plain text', b'hello', 'text')):
        path = 'k%d.docx' % len(cases)
        with open(path, 'wb') as f:
            f.write(data)
        cases.append((name, path, word))
    for name, path, word in cases:
        out = 'r' + os.path.splitext(path)[1]
        rc, err = fill(path, out)
        check(name, rc == 1 and word in err and path in err and not os.path.exists(out), err)


def text_in_no_story():
    """Tags in paragraphs that stand where no text should stand are tags like others."""
    for ending, name, tags in (('.docx', 'word/document.xml', (b'<w:body>', b'</w:body>')),
                               ('.odt', 'content.xml', (b'<office:text>', b'</office:text>'))):
        def change(n, d):
            for t in tags if n == name else ():
                assert t in d
                d = d.replace(t, b'')
            return d

        rc, err = fill(rewrite(make(ending), 'a' + ending, change), 'o' + ending)
        shown = re.sub(b'<[^>]*>', b'', part('o' + ending, name)).decode() if rc == 0 else err
        check('paragraphs without a body in %s' % ending, '单位：甲' in shown and '{{' not in shown, shown)


def existing_files():
    with open('there.docx', 'wb') as f:
        f.write(b'mine')
    rc, err = fill('plain.docx', 'there.docx')
    check('an existing file is kept', rc == 1 and open('there.docx', 'rb').read() == b'mine', err)
    rc, err = fill('plain.docx', 'there.docx', '--force')
    check('--force replaces it', rc == 0 and zipfile.is_zipfile('there.docx'), err)
    rc, err = fill('plain.docx', 'plain.docx', '--force')
    check('the template is never replaced', rc != 0 and b'{{' in part('plain.docx',
                                                                     'word/document.xml'), err)
    fill('plain.docx', 'one.docx')
    fill('plain.docx', 'two.docx')
    check('the same bytes again', open('one.docx', 'rb').read() == open('two.docx', 'rb').read())
    left = [n for n in os.listdir('.') if n.startswith('.')]
    check('no litter', not left, str(left))


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with io.open('d.json', 'w', encoding='utf-8') as f:
            f.write('{"单位名称": "甲"}')
        become_documents()
        refused()
        existing_files()
        text_in_no_story()
        os.chdir('/')
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
