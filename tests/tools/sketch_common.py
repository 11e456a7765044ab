"""What the two writers of sketches share: escaping, zip output, the picture, merged cells."""
import struct
import zipfile
import zlib
from xml.sax.saxutils import escape


def text(s):
    return escape(s)


def attr(s):
    return escape(s, {'"': '&quot;', '\n': '&#10;', '\t': '&#9;'})


def write_zip(out, entries):
    """entries: (name, bytes, stored). Fixed times: the same sketch gives the same bytes."""
    with zipfile.ZipFile(out, 'w') as z:
        for name, data, stored in entries:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o600 << 16
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            z.writestr(info, data)


def picture():
    """A grey PNG of 4 × 3 pixels."""
    def chunk(kind, data):
        return (struct.pack('>I', len(data)) + kind + data +
                struct.pack('>I', zlib.crc32(kind + data)))
    rows = b''.join(b'\0' + b'\x99' * 4 for _ in range(3))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 4, 3, 8, 0, 0, 0, 0)) +
            chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def width(cells, c):
    """Columns that the cell at c takes: itself and the < behind it."""
    n = 1
    while c + n < len(cells) and cells[c + n] == '<':
        n += 1
    return n


def height(rows, r, c):
    """Rows that the cell at r, c takes: itself and the ^ below it."""
    n = 1
    while r + n < len(rows) and rows[r + n][1][c] == '^':
        n += 1
    return n

