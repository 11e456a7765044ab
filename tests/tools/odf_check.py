#!/usr/bin/env python3
"""Holds reports in .odt against the RELAX NG schemas of OpenDocument 1.3.

    odf_check.py --templates DIR REPORT.odt ...
    odf_check.py --template T.odt REPORT.odt ... [--template U.odt REPORT.odt ...]

The rule is "no error that the template did not have", by (part, path without indexes, message).
With --templates the errors of all templates of the folder are allowed.  Parts are checked as the standard wants extended documents to be (part 3, 4.2.2 and 3.17): without
the elements and attributes of other namespaces, whose text stays where they stand in paragraphs.

The schemas are files of Debian's emacs-common, which need no Emacs: ODF_SCHEMAS names their
folder, else they are looked for below /usr/share/emacs, else taken out of the package, which is
fetched with apt-get into a folder that is removed afterwards.  jing (Debian) reads them.  Where
these cannot be had, every report counts as skipped.
"""
import concurrent.futures
import glob
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from xml.sax.saxutils import escape, quoteattr

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ooxml_check  # noqa: E402

DOCUMENT, MANIFEST = 'OpenDocument-schema-v1.3.rnc', 'od-manifest-schema-v1.2-os.rnc'
PACKAGE = 'emacs-common'
PARTS = re.compile(r'(?:.*/)?(?:content|styles|meta|settings)\.xml$')
TEXT = '{urn:oasis:names:tc:opendocument:xmlns:text:1.0}'
OFFICE = '{urn:oasis:names:tc:opendocument:xmlns:office:1.0}'
WITH_TEXT = tuple(TEXT + n for n in ('p', 'h', 'span', 'a', 'ruby-base', 'meta', 'meta-field'))
XML = 'http://www.w3.org/XML/1998/namespace'
VERSION = '{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}version'
AT_ONCE = 200  # documents for one run of jing


# ---- the schemas ----------------------------------------------------------------------------


def unpacked(folder):
    """The schemas out of the package; the folder, or None and the reason."""
    if not shutil.which('apt-get') or not shutil.which('dpkg-deb'):
        return None, 'the schemas are in Debian\'s %s' % PACKAGE
    try:
        run = subprocess.run(['apt-get', '-q', '-o', 'APT::Sandbox::User=root', 'download', PACKAGE],
                             cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return None, 'apt-get took more than 120 s'
    for deb in glob.glob(os.path.join(folder, PACKAGE + '_*.deb')):
        subprocess.run(['dpkg-deb', '-x', deb, folder], check=False)
        os.unlink(deb)
    told = run.stdout.strip().split('\n')[-1]
    return found_below(folder + '/usr') or (None, '%s cannot be had: %s' % (PACKAGE, told))


def found_below(top):
    for path in sorted(glob.glob(top + '/share/emacs/*/etc/schema/' + DOCUMENT)):
        return os.path.dirname(path), None
    return None


def obtain(folder):
    """The folder of the schemas, or None and the reason."""
    if not shutil.which('jing'):
        return None, 'jing is not installed'
    given = os.environ.get('ODF_SCHEMAS')
    if given:
        there = os.path.exists(os.path.join(given, DOCUMENT))
        return (given, None) if there else (None, 'no %s in %s' % (DOCUMENT, given))
    return found_below('/usr') or unpacked(folder)


def known_names(schemas):
    """The namespaces that the schemas speak of."""
    with open(os.path.join(schemas, DOCUMENT), encoding='utf-8') as f:
        return set(re.findall(r'(?m)^namespace \w+ =\s*"([^"]*)"', f.read())) | {
            XML, VERSION[1:].split('}')[0]}


# ---- parts ----------------------------------------------------------------------------------


def in_line(text):
    return escape(text or '', {'\n': '&#10;'})


class Plain:
    """A part without what is foreign, a line for each element: its number leads to its path."""

    def __init__(self, data, known):
        self.known, self.paths, self.out = known, [], []
        self.prefixes = {XML: 'xml'}
        for _, (prefix, space) in ET.iterparse(io.BytesIO(data), ['start-ns']):
            free = prefix and prefix not in self.prefixes.values()
            self.prefixes.setdefault(space, prefix if free else 'n%d' % len(self.prefixes))
        root = ET.fromstring(data)
        if VERSION in root.attrib:
            root.attrib[VERSION] = '1.2'  # the schema of 1.2 is the newest that is at hand
        self.element(root, '')
        self.out[1] = ''.join(' xmlns:%s=%s' % (p, quoteattr(u)) for u, p in self.prefixes.items())

    def name(self, tag):
        if not tag.startswith('{'):
            return tag
        space, local = tag[1:].split('}')
        return self.prefixes[space] + ':' + local

    def ours(self, tag):
        return not tag.startswith('{') or tag[1:].split('}')[0] in self.known

    def element(self, e, path):
        name = self.name(e.tag)
        path = '%s/%s' % (path, name)
        self.paths.append(path)
        self.out += ['<' + name, '']
        self.out += [' %s=%s' % (self.name(a), quoteattr(v)) for a, v in e.attrib.items()
                     if self.ours(a) and a != OFFICE + 'process-content']
        self.out += ['\n>', in_line(e.text)]
        self.children(e, path, e.tag in WITH_TEXT)
        self.out.append('</%s>' % name)

    def children(self, e, path, text):
        for c in e:
            if isinstance(c.tag, str) and self.ours(c.tag):
                self.element(c, path)
            elif isinstance(c.tag, str) and (text or c.get(OFFICE + 'process-content') == 'true'):
                self.out.append(in_line(c.text))
                self.children(c, path, text)
            self.out.append(in_line(c.tail))

    def text(self):
        return ''.join(self.out)


def laid_out(document, folder, known):
    """Writes the plain parts of a document; [(schema, path, part, paths of elements)]."""
    out = []
    with zipfile.ZipFile(document) as z:
        for i, part in enumerate(n for n in z.namelist()
                                 if PARTS.match(n) or n == 'META-INF/manifest.xml'):
            plain = Plain(z.read(part), known)
            path = os.path.join(folder, '%d.xml' % i)
            with open(path, 'w', encoding='utf-8') as f:
                f.write(plain.text())
            out.append((MANIFEST if part.startswith('META-INF') else DOCUMENT, path, part, plain.paths))
    return out


# ---- checking -------------------------------------------------------------------------------


def jing(schema, paths):
    """{path: [(line, message)]}."""
    run = subprocess.run(['jing', '-i', '-c', schema, *paths], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)
    told, found = run.stdout.decode('utf-8', 'replace'), {}
    for x in told.split('\n'):
        m = re.match(r'(.*?):(\d+):\d+: (?:error|fatal): (.*)', x)
        if m:
            found.setdefault(m.group(1), []).append((int(m.group(2)), m.group(3)))
    if run.returncode not in (0, 1) or (run.returncode == 1) != bool(found):
        raise RuntimeError('jing: ' + (told + run.stderr.decode('utf-8', 'replace')).strip()[-300:])
    return found


def errors(documents, schemas, folder):
    """For each document {key: description} of what the schemas say about it."""
    known, parts, out = known_names(schemas), [], []
    for i, document in enumerate(documents):
        place = os.path.join(folder, str(i))
        os.makedirs(place)
        try:
            parts.append(laid_out(document, place, known))
            out.append({})
        except (OSError, ET.ParseError, zipfile.BadZipFile) as e:
            parts.append([])
            out.append({('', '', 'unreadable'): str(e)})
    for schema in (DOCUMENT, MANIFEST):
        paths = [path for p in parts for s, path, _, _ in p if s == schema]
        found = jing(os.path.join(schemas, schema), paths) if paths else {}
        for i, p in enumerate(parts):
            for s, path, part, names in p:
                for line, message in found.get(path, []) if s == schema else []:
                    where = names[min(max(line - 2, 0), len(names) - 1)]
                    key = part, where, message.split('; expected')[0]
                    out[i][key] = '%s %s: %s' % (part, where, message[:200])
    return out


def check(pairs, schemas, folder, jobs=2):
    """For each (report, templates) the errors that none of the templates has, as lines."""
    def run(batch):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            found = errors([report for report, _ in batch], schemas, place + '/reports')
            bad = [(e, templates) for e, (_, templates) in zip(found, batch) if e]
            wanted = sorted({t for _, templates in bad for t in templates})
            allowed = dict(zip(wanted, errors(wanted, schemas, place + '/templates')))
        return [[v for k, v in e.items() if not any(k in allowed[t] for t in templates)]
                for e, (_, templates) in zip(found, batch)]

    size = max(1, min(AT_ONCE, -(-len(pairs) // jobs)))
    batches = [pairs[i:i + size] for i in range(0, len(pairs), size)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return [lines for result in pool.map(run, batches) for lines in result]


def main():
    groups, common = ooxml_check.arguments(sys.argv[1:], '.odt')
    pairs = ooxml_check.pairs_of(groups, common)
    if not pairs:
        sys.exit(__doc__)
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory(prefix='odf-') as folder:
        schemas, why = obtain(folder)
        if not schemas:
            print('skipped: %d reports: %s' % (len(pairs), why))
            skipped, pairs = len(pairs), []
        for (report, _), lines in zip(pairs, check(pairs, schemas, folder) if pairs else ()):
            print('%s: %s' % ('FAIL' if lines else 'ok', report))
            print(''.join('    %s\n' % x for x in lines[:10]), end='')
            passed, failed = passed + (not lines), failed + bool(lines)
    print('%d passed, %d failed, %d skipped' % (passed, failed, skipped))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
