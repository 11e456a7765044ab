"""Reading of .docx and .odt packages for the test tools: zip entries and XML trees.

Written with the standard library alone and independent of the program under test, so that one
mistake is not made twice.  Names are made equal: whatever prefix a document uses, an element of
the WordprocessingML namespace (transitional or strict) is "w:p" here, an ODF paragraph "text:p".
"""
import posixpath
import re
import zipfile
from urllib.parse import unquote
from xml.parsers import expat

_OOXML = 'http://schemas.openxmlformats.org/'
_STRICT = 'http://purl.oclc.org/ooxml/'
_ODF = 'urn:oasis:names:tc:opendocument:xmlns:'
NAMES = {
    _OOXML + 'wordprocessingml/2006/main': 'w', _STRICT + 'wordprocessingml/main': 'w',
    _OOXML + 'officeDocument/2006/relationships': 'r',
    _STRICT + 'officeDocument/relationships': 'r',
    _OOXML + 'package/2006/relationships': 'rel',
    _OOXML + 'package/2006/content-types': 'ct',
    _OOXML + 'package/2006/metadata/core-properties': 'cp',
    _OOXML + 'officeDocument/2006/custom-properties': 'op',
    _STRICT + 'officeDocument/customProperties': 'op',
    _OOXML + 'officeDocument/2006/docPropsVTypes': 'vt',
    _STRICT + 'officeDocument/docPropsVTypes': 'vt',
    _OOXML + 'drawingml/2006/wordprocessingDrawing': 'wp',
    _STRICT + 'drawingml/wordprocessingDrawing': 'wp',
    _OOXML + 'drawingml/2006/main': 'a', _STRICT + 'drawingml/main': 'a',
    _OOXML + 'drawingml/2006/picture': 'pic', _STRICT + 'drawingml/picture': 'pic',
    _OOXML + 'officeDocument/2006/math': 'm', _STRICT + 'officeDocument/math': 'm',
    _OOXML + 'markup-compatibility/2006': 'mc',
    'http://schemas.microsoft.com/office/word/2010/wordprocessingShape': 'wps',
    'http://schemas.microsoft.com/office/word/2010/wordml': 'w14',
    'urn:schemas-microsoft-com:vml': 'v',
    'urn:schemas-microsoft-com:office:office': 'o',
    'http://purl.org/dc/elements/1.1/': 'dc', 'http://purl.org/dc/terms/': 'dcterms',
    'http://www.w3.org/1999/xlink': 'xlink', 'http://www.w3.org/XML/1998/namespace': 'xml',
    _ODF + 'office:1.0': 'office', _ODF + 'text:1.0': 'text', _ODF + 'table:1.0': 'table',
    _ODF + 'style:1.0': 'style', _ODF + 'drawing:1.0': 'draw', _ODF + 'meta:1.0': 'meta',
    _ODF + 'datastyle:1.0': 'number', _ODF + 'manifest:1.0': 'manifest',
    _ODF + 'svg-compatible:1.0': 'svg', _ODF + 'xsl-fo-compatible:1.0': 'fo',
    'urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0': 'loext',
    'http://openoffice.org/2009/office': 'officeooo',
}


class PackageError(Exception):
    """The package, or a part of it, cannot be read. rule is lint's name for the fault."""

    def __init__(self, rule, part, message):
        super().__init__('%s: %s: %s' % (rule, part, message))
        self.rule, self.part, self.message = rule, part, message


class Node:
    """An element. kids holds nodes and strings."""
    __slots__ = ('tag', 'attrs', 'kids', 'up', 'line', 'declared')

    def __init__(self, tag, attrs, up, line):
        self.tag, self.attrs, self.up, self.line = tag, attrs, up, line
        self.kids, self.declared = [], ()

    def get(self, name, default=None):
        return self.attrs.get(name, default)

    @property
    def nodes(self):
        return [k for k in self.kids if isinstance(k, Node)]

    def child(self, tag):
        for k in self.kids:
            if isinstance(k, Node) and k.tag == tag:
                return k
        return None

    def iter(self, *tags, skip=()):
        """This element and all below in document order; not into elements named in skip."""
        stack = [self]
        while stack:
            n = stack.pop()
            if n.tag in skip and n is not self:
                continue
            if not tags or n.tag in tags:
                yield n
            stack.extend(reversed(n.nodes))

    def text(self):
        return ''.join(k if isinstance(k, str) else k.text() for k in self.kids)

    def ups(self):
        n = self.up
        while n is not None:
            yield n
            n = n.up

    def path(self):
        """Names from the root, without positions, so that a template and its report compare."""
        return '/'.join(reversed([self.tag] + [n.tag for n in self.ups()]))


class Part:
    """An XML part: its tree and what a tree does not show."""

    def __init__(self, name, root, instructions, doctype):
        self.name, self.root = name, root
        self.instructions, self.doctype = instructions, doctype


def parse(name, data):
    """Parses a part. Raises PackageError."""
    parser = expat.ParserCreate(namespace_separator='\n')
    parser.buffer_text = True
    parser.namespace_prefixes = False
    top = Node('', {}, None, 0)
    state = {'at': top, 'declared': []}
    instructions, doctype = [], []

    def short(s):
        uri, _, local = s.rpartition('\n')
        if not uri:
            return local
        return (NAMES[uri] + ':' if uri in NAMES else '{%s}' % uri) + local

    def start(tag, attrs):
        n = Node(short(tag), {short(k): v for k, v in attrs.items()}, state['at'],
                 parser.CurrentLineNumber)
        n.declared = tuple(state['declared'])
        state['declared'] = []
        if state['at'] is top:
            n.up = None
        state['at'].kids.append(n)
        n_stack.append(n)
        state['at'] = n

    def end(_):
        n_stack.pop()
        state['at'] = n_stack[-1] if n_stack else top

    n_stack = []
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda s: state['at'].kids.append(s)
    parser.StartNamespaceDeclHandler = lambda p, u: state['declared'].append(p or '')
    parser.ProcessingInstructionHandler = lambda t, d: instructions.append((t, d))
    parser.StartDoctypeDeclHandler = lambda *a: doctype.append(a[0])
    try:
        parser.Parse(data, True)
    except expat.ExpatError as e:
        raise PackageError('xml', name, str(e))
    roots = [k for k in top.kids if isinstance(k, Node)]
    return Part(name, roots[0], instructions, bool(doctype))


class Package:
    """A zip package, read completely (every checksum is verified)."""

    def __init__(self, path):
        self.path = path
        try:
            with zipfile.ZipFile(path) as z:
                self.infos = z.infolist()
                self.data = {}
                for i in self.infos:
                    self.data.setdefault(i.filename, z.read(i))
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError,
                ValueError, zipfile.zlib.error) as e:
            raise PackageError('zip', '', str(e) or type(e).__name__)
        self.parts = {}
        self.is_odt = 'META-INF/manifest.xml' in self.data or 'content.xml' in self.data

    def part(self, name):
        """The parsed part, or None when there is none of that name."""
        if name not in self.parts:
            if name not in self.data:
                return None
            self.parts[name] = parse(name, self.data[name])
        return self.parts[name]

    # ---- docx -------------------------------------------------------------------------------

    def relationships(self, source):
        """{id: (type's last word, target part or URL, external)} of a part; '' is the package."""
        folder, base = posixpath.split(source)
        part = self.part(posixpath.join(folder, '_rels', base + '.rels'))
        out = {}
        if part is None:
            return out
        for n in part.root.nodes:
            external = n.get('TargetMode') == 'External'
            target = n.get('Target', '')
            if not external:
                target = unquote(target)
                if target.startswith('/'):
                    target = target[1:]
                else:
                    target = posixpath.normpath(posixpath.join(folder, target.split('#')[0]))
            out[n.get('Id')] = (n.get('Type', '').rsplit('/', 1)[-1], target, external)
        return out

    def main_part(self):
        for kind, target, external in self.relationships('').values():
            if kind == 'officeDocument' and not external:
                return target
        raise PackageError('no-main', '', 'no main part')

    def content_type(self, name):
        part = self.part('[Content_Types].xml')
        if part is None:
            return None
        extension = name.rsplit('.', 1)[-1].lower() if '.' in name else ''
        found = None
        for n in part.root.nodes:
            if n.tag == 'ct:Override' and n.get('PartName', '').lower() == '/' + name.lower():
                return n.get('ContentType')
            if n.tag == 'ct:Default' and n.get('Extension', '').lower() == extension:
                found = n.get('ContentType')
        return found


def without_digits(name):
    return re.sub(r'\d+', '', name)
