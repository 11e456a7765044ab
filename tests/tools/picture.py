#!/usr/bin/env python3
"""Makes tiny pictures of one colour, and reads the size of pictures.

    picture.py OUT.png|.jpeg|.gif|.bmp|.svg WIDTH HEIGHT RRGGBB [progressive] [turn=N]

Written with the standard library alone.  The JPEG encoder knows only blocks of one colour: each
is its mean, so a picture needs no more than a code for "as before" and one for "nothing else".
"""
import re
import struct
import sys
import zlib


def _chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def png(w, h, rgb):
    rows = (b'\0' + bytes(rgb) * w) * h
    return (b'\x89PNG\r\n\x1a\n' + _chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 8, 2, 0, 0, 0)) +
            _chunk(b'IDAT', zlib.compress(rows)) + _chunk(b'IEND', b''))


def _segment(marker, data):
    return bytes((0xFF, marker)) + struct.pack('>H', len(data) + 2) + data


def _exif(turn):
    """APP1 with one directory: a maker's name first, then the orientation."""
    entries = struct.pack('>HHII', 0x010F, 2, 4, 0x41424300) + struct.pack(
        '>HHIHH', 0x0112, 3, 1, turn, 0)
    return _segment(0xE1, b'Exif\0\0' + b'MM\0*' + struct.pack('>IH', 8, 2) + entries + bytes(4))


def jpeg(w, h, rgb, progressive=False, turn=0):
    r, g, b = rgb
    levels = [0.299 * r + 0.587 * g + 0.114 * b - 128, -0.1687 * r - 0.3313 * g + 0.5 * b,
              0.5 * r - 0.4187 * g - 0.0813 * b]
    bits = []
    for n in range(((w + 7) // 8) * ((h + 7) // 8)):
        for level in levels:
            value = round(level) if n == 0 else 0  # the difference to the block before
            size = abs(value).bit_length()
            bits.append(format(size, '04b'))       # all 12 sizes have codes of four bits
            if size:
                bits.append(format(value if value > 0 else value + (1 << size) - 1, '0%db' % size))
            if not progressive:
                bits.append('0')                   # the one code of the other table: end of block
    code = ''.join(bits)
    code += '1' * (-len(code) % 8)
    data = bytes(int(code[i:i + 8], 2) for i in range(0, len(code), 8)).replace(b'\xff', b'\xff\0')
    frame = struct.pack('>BHHB', 8, h, w, 3) + b''.join(bytes((i, 0x11, 0)) for i in (1, 2, 3))
    huffman = bytes((0x00, 0, 0, 0, 12)) + bytes(12) + bytes(range(12))
    if not progressive:
        huffman += bytes((0x10, 1)) + bytes(15) + b'\0'
    scan = bytes((3, 1, 0, 2, 0, 3, 0)) + (bytes(3) if progressive else bytes((0, 63, 0)))
    return (b'\xff\xd8' + _segment(0xE0, b'JFIF\0\1\1\0\0\1\0\1\0\0') + (_exif(turn) if turn else b'') +
            _segment(0xDB, b'\0' + b'\x08' * 64) + _segment(0xC2 if progressive else 0xC0, frame) +
            _segment(0xC4, huffman) + _segment(0xDA, scan) + data + b'\xff\xd9')


def gif(w, h, rgb):
    """Codes of three bits: clear before every second pixel, so that they never grow."""
    codes = []
    for n in range(w * h):
        if n % 2 == 0:
            codes.append(4)
        codes.append(1)
    bits = ''.join(format(c, '03b')[::-1] for c in codes + [5])
    bits += '0' * (-len(bits) % 8)
    data = bytes(int(bits[i:i + 8][::-1], 2) for i in range(0, len(bits), 8))
    blocks = b''.join(bytes((len(data[i:i + 255]),)) + data[i:i + 255] for i in range(0, len(data), 255))
    table = b'\0\0\0' + bytes(rgb) + bytes(6)
    return (b'GIF89a' + struct.pack('<HHBBB', w, h, 0x91, 0, 0) + table + b'!\xf9\4\0\0\0\0\0' +
            b',' + struct.pack('<HHHHB', 0, 0, w, h, 0) + b'\2' + blocks + b'\0;')


def bmp(w, h, rgb):
    row = bytes(rgb[::-1]) * w
    row += bytes(-len(row) % 4)
    return (b'BM' + struct.pack('<IHHI', 54 + len(row) * abs(h), 0, 0, 54) +
            struct.pack('<IiiHHIIiiII', 40, w, h, 1, 24, 0, len(row) * abs(h), 2835, 2835, 0, 0) +
            row * abs(h))


def svg(w, h, rgb, size=None):
    """size: the attributes of the root that say the size."""
    size = 'width="%d" height="%d"' % (w, h) if size is None else size
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" %s>'
            '<rect width="100%%" height="100%%" fill="#%02x%02x%02x"/></svg>\n' % ((size,) + tuple(rgb))).encode()


MAKERS = {'png': png, 'jpeg': jpeg, 'jpg': jpeg, 'gif': gif, 'bmp': bmp, 'svg': svg}


def make(kind, w, h, rgb, **more):
    return MAKERS[kind](w, h, rgb, **more)


HEADERS = ((b'\x89PNG', '>II', 16), (b'GIF8', '<HH', 6), (b'BM', '<ii', 18))


def size(data):
    """(width, height) of a picture as it is written, or None, also when it is cut off before that."""
    for start, form, at in HEADERS:
        if data.startswith(start):
            if len(data) < at + struct.calcsize(form):
                return None
            w, h = struct.unpack_from(form, data, at)
            return w, abs(h)
    if data.startswith(b'\xff\xd8'):
        m = re.search(b'\xff[\xc0\xc1\xc2].{3}(..)(..)', data, re.S)
        return m and tuple(struct.unpack('>H', m.group(n))[0] for n in (2, 1))
    m = re.search(rb'<svg[^>]* width="(\d+)" height="(\d+)"', data)
    return m and (int(m.group(1)), int(m.group(2)))


def media_type(data):
    """The media type of a picture by its content, or None."""
    for start, kind in ((b'\x89PNG', 'png'), (b'\xff\xd8\xff', 'jpeg'), (b'GIF8', 'gif'), (b'BM', 'bmp')):
        if data.startswith(start):
            return 'image/' + kind
    return 'image/svg+xml' if b'<svg' in data[:500] else None


def other_size(data):
    """The size of a picture other than the 4 × 3 pixels that a sketch's [pic:…] shows, or None."""
    found = size(data)
    return found if found != (4, 3) else None


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    out, w, h, rgb = sys.argv[1:5]
    more = {}
    for x in sys.argv[5:]:
        key, _, value = x.partition('=')
        more[key] = int(value) if value else True
    with open(out, 'wb') as f:
        f.write(make(out.rsplit('.', 1)[-1], int(w), int(h), bytes.fromhex(rgb), **more))


if __name__ == '__main__':
    main()
