"""XML text and zip files whose bytes do not depend on the day they are made."""
import zipfile
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def text(s):
    return escape(s)


def element(name, content='', **attributes):
    """<name a="…">content</name>; a_b becomes a:b, None is left out."""
    head = name + ''.join(' %s=%s' % (k.replace('__', '-').replace('_', ':', 1), quoteattr(str(v)))
                          for k, v in attributes.items() if v is not None)
    return '<%s>%s</%s>' % (head, content, name) if content else '<%s/>' % head


def write(path, parts):
    """parts: (name, text) in the order of the file; the name mimetype is stored, not packed."""
    with zipfile.ZipFile(path, 'w') as z:
        for name, content in parts:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 0
            info.compress_type = (zipfile.ZIP_STORED if name == 'mimetype'
                                  else zipfile.ZIP_DEFLATED)
            z.writestr(info, content.encode('utf-8'))
