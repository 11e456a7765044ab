/* Pictures by their content: PNG, JPEG, GIF and BMP; what else it may be is named.
 *
 * The size comes from the header; then the file is walked, block by block, to its end, so that one
 * that was cut off is found.  Pixels are never decoded.  SVG is svg.c.
 *
 * Invariant: every read is inside of the bytes; a length that leads out of them is damage.
 */
#include "picture/picture.h"

#include <zlib.h>

#include "base/limits.h"

#define N_(s) (s)

#define COUNT(a) (sizeof(a) / sizeof *(a))

const struct picture_type picture_types[PICTURE_KINDS] = {
    [PICTURE_PNG] = {N_("a PNG picture"), ".png", "image/png", true},
    [PICTURE_JPEG] = {N_("a JPEG picture"), ".jpeg", "image/jpeg", true},
    [PICTURE_GIF] = {N_("a GIF picture"), ".gif", "image/gif", true},
    [PICTURE_BMP] = {N_("a BMP picture"), ".bmp", "image/bmp", false},
    [PICTURE_SVG] = {N_("an SVG drawing"), ".svg", "image/svg+xml", false},
};

static const char cut_short[] = N_("it ends too early");

/* ---- numbers ---- */

static unsigned byte_at(str s, size_t i) { return (unsigned char)s.p[i]; }

/* The caller has made sure that the bytes are there. */
static uint32_t big(str s, size_t i, unsigned n) {
  uint32_t v = 0;
  while (n-- > 0) v = v << 8 | byte_at(s, i++);
  return v;
}

static uint32_t little(str s, size_t i, unsigned n) {
  uint32_t v = 0;
  while (n-- > 0) v = v << 8 | byte_at(s, i + n);
  return v;
}

static bool has(str s, size_t at, size_t n) { return at <= s.n && n <= s.n - at; }

static enum picture_fault damaged(const char **what, const char *words) {
  *what = words;
  return PICTURE_DAMAGED;
}

/* ---- PNG (ISO/IEC 15948) ---- */

static enum picture_fault read_png(str s, struct picture *out, const char **what) {
  bool data = false;
  if (!has(s, 8, 25)) return damaged(what, cut_short);
  if (!str_eq(str_sub(s, 12, 16), STR("IHDR"))) return damaged(what, N_("its header is missing"));
  out->width = big(s, 16, 4);
  out->height = big(s, 20, 4);
  for (size_t at = 8; has(s, at, 12);) {
    size_t n = big(s, at, 4);
    str type = str_sub(s, at + 4, at + 8);
    if (!has(s, at + 12, n)) return damaged(what, cut_short);
    uLong crc = crc32(0, (const Bytef *)s.p + at + 4, (uInt)(n + 4));
    if (crc != big(s, at + 8 + n, 4)) return damaged(what, N_("a checksum in it is wrong"));
    data = data || str_eq(type, STR("IDAT"));
    if (str_eq(type, STR("IEND")))
      return data ? PICTURE_SOUND : damaged(what, N_("it holds no pixels"));
    at += 12 + n;
  }
  return damaged(what, cut_short);
}

/* ---- JPEG (ITU-T T.81), EXIF (TIFF 6.0) ---- */

/* The orientation (tag 0x0112) in the first directory of the EXIF data, or 1. */
static unsigned exif_turn(str s) {
  if (!str_starts(s, (str){"Exif\0\0", 6})) return 1;
  s = str_sub(s, 6, s.n);
  bool intel = str_starts(s, STR("II"));
  uint32_t (*number)(str, size_t, unsigned) = intel ? little : big;
  if (!has(s, 0, 8) || number(s, 2, 2) != 42) return 1;
  size_t at = number(s, 4, 4);
  if (!has(s, at, 2)) return 1;
  size_t n = number(s, at, 2);
  for (at += 2; n > 0 && has(s, at, 12); n--, at += 12) {
    if (number(s, at, 2) != 0x0112) continue;
    unsigned turn = number(s, at + 8, 2);
    return turn >= 1 && turn <= 8 ? turn : 1;
  }
  return 1;
}

/* SOF0 … SOF15 without DHT, JPG and DAC: baseline, progressive, lossless. */
static bool is_frame(unsigned marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/* In the coded pixels a byte FF is followed by 00, so FF D9 is the end. */
static bool has_end(str s, size_t at) { return str_find(s, STR("\xFF\xD9"), at) != STR_NOT_FOUND; }

static enum picture_fault read_jpeg(str s, struct picture *out, const char **what) {
  bool frame = false;
  for (size_t at = 2; has(s, at, 4);) {
    if (byte_at(s, at) != 0xFF) return damaged(what, N_("its parts do not follow one another"));
    unsigned marker = byte_at(s, at + 1);
    if (marker == 0xFF || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
      at += marker == 0xFF ? 1 : 2; /* filling; markers without a length */
      continue;
    }
    size_t n = big(s, at + 2, 2);
    if (n < 2 || !has(s, at + 2, n)) return damaged(what, cut_short);
    if (is_frame(marker) && n >= 8 && !frame) {
      out->height = big(s, at + 5, 2);
      out->width = big(s, at + 7, 2);
      frame = true;
    }
    if (marker == 0xE1 && out->turn == 1) out->turn = exif_turn(str_sub(s, at + 4, at + 2 + n));
    if (marker == 0xDA) {
      if (!frame) return damaged(what, N_("its header is missing"));
      return has_end(s, at + 2 + n) ? PICTURE_SOUND : damaged(what, cut_short);
    }
    at += 2 + n;
  }
  return damaged(what, cut_short);
}

/* ---- GIF 87a, 89a ---- */

/* Behind the data blocks that begin at `at`; 0: they do not end. */
static size_t skip_blocks(str s, size_t at) {
  while (has(s, at, 1)) {
    size_t n = byte_at(s, at);
    at += 1 + n;
    if (n == 0) return at;
  }
  return 0;
}

static size_t color_table(unsigned flags) {
  return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

static enum picture_fault read_gif(str s, struct picture *out, const char **what) {
  if (!has(s, 0, 13)) return damaged(what, cut_short);
  out->width = little(s, 6, 2);
  out->height = little(s, 8, 2);
  size_t at = 13 + color_table(byte_at(s, 10));
  while (has(s, at, 2)) {
    unsigned kind = byte_at(s, at);
    if (kind == 0x2C) { /* an image: complete when its blocks are */
      if (!has(s, at, 11)) break;
      at = skip_blocks(s, at + 11 + color_table(byte_at(s, at + 9)));
      return at != 0 ? PICTURE_SOUND : damaged(what, cut_short);
    }
    if (kind != 0x21) return damaged(what, N_("its parts do not follow one another"));
    at = skip_blocks(s, at + 2);
    if (at == 0) break;
  }
  return damaged(what, cut_short);
}

/* ---- BMP ---- */

static uint64_t magnitude(uint32_t v) { return v >> 31 ? (uint64_t)(~v) + 1 : v; }

static enum picture_fault read_bmp(str s, struct picture *out, const char **what) {
  if (!has(s, 0, 26)) return damaged(what, cut_short);
  size_t pixels = little(s, 10, 4), header = little(s, 14, 4), bits;
  uint32_t packed = 0;
  if (header == 12) { /* OS/2 */
    out->width = little(s, 18, 2);
    out->height = little(s, 20, 2);
    bits = little(s, 24, 2);
  } else {
    if (header < 40) return damaged(what, N_("its header is of no known kind"));
    if (!has(s, 14, 40)) return damaged(what, cut_short);
    out->width = magnitude(little(s, 18, 4));
    out->height = magnitude(little(s, 22, 4)); /* negative: from the top down */
    bits = little(s, 28, 2);
    packed = little(s, 30, 4);
  }
  if (bits == 0 || bits > 32) return damaged(what, N_("its header is of no known kind"));
  bool plain = packed == 0 || packed == 3;
  uint64_t row = (out->width * bits + 31) / 32 * 4; /* both are below 2^32 */
  bool inside =
      has(s, pixels, 1) && (!plain || out->height == 0 || row <= (s.n - pixels) / out->height);
  return out->width == 0 || out->height == 0 || inside ? PICTURE_SOUND : damaged(what, cut_short);
}

/* ---- what else it may be ---- */

static const struct foreign {
  size_t at;
  str magic;
  const char *words;
} foreigns[] = {
    {8, {"WEBP", 4}, N_("a WebP picture")},
    {0, {"II*\0", 4}, N_("a TIFF picture")},
    {0, {"MM\0*", 4}, N_("a TIFF picture")},
    {4, {"ftyphei", 7}, N_("a HEIC picture")},
    {4, {"ftyphev", 7}, N_("a HEIC picture")},
    {4, {"ftypmif1", 8}, N_("a HEIC picture")},
    {4, {"ftypmsf1", 8}, N_("a HEIC picture")},
    {4, {"ftypavif", 8}, N_("an AVIF picture")},
    {0, {"%PDF", 4}, N_("a PDF file")},
    {0, {"8BPS", 4}, N_("a Photoshop file")},
    {0, {"\xD7\xCD\xC6\x9A", 4}, N_("a WMF drawing")},
    {0, {"\x01\0\0\0", 4}, N_("an EMF drawing")},
    {0, {"\0\0\x01\0", 4}, N_("an icon")},
    {0, {"\x1F\x8B", 2}, N_("a compressed file (.gz, .svgz)")},
    {0, {"PK\x03\x04", 4}, N_("a zip archive or an office document")},
    {0, {"\xD0\xCF\x11\xE0", 4}, N_("an old office document")},
    {0, {"%!PS", 4}, N_("a PostScript file")},
    {0, {"\xFF\x0A", 2}, N_("a JPEG XL picture")},
    {4, {"jP  ", 4}, N_("a JPEG 2000 picture")},
};

static bool stands_at(str s, size_t at, str magic) {
  return has(s, at, magic.n) && str_eq(str_sub(s, at, at + magic.n), magic);
}

static enum picture_fault foreign_kind(str s, const char **what) {
  *what = s.n == 0 ? N_("an empty file") : N_("no picture of a known kind");
  for (size_t i = 0; i < COUNT(foreigns); i++)
    if (stands_at(s, foreigns[i].at, foreigns[i].magic)) {
      *what = foreigns[i].words;
      break;
    }
  return PICTURE_FOREIGN;
}

static enum picture_fault read_kind(str s, struct picture *out, const char **what) {
  static const struct {
    str magic;
    enum picture_kind kind;
    enum picture_fault (*read)(str s, struct picture *out, const char **what);
  } kinds[] = {{{"\x89PNG\r\n\x1A\n", 8}, PICTURE_PNG, read_png},
               {{"\xFF\xD8\xFF", 3}, PICTURE_JPEG, read_jpeg},
               {{"GIF87a", 6}, PICTURE_GIF, read_gif},
               {{"GIF89a", 6}, PICTURE_GIF, read_gif},
               {{"BM", 2}, PICTURE_BMP, read_bmp}};
  for (size_t i = 0; i < COUNT(kinds); i++)
    if (str_starts(s, kinds[i].magic)) {
      out->kind = kinds[i].kind;
      return kinds[i].read(s, out, what);
    }
  if (!svg_looks(s)) return foreign_kind(s, what);
  out->kind = PICTURE_SVG;
  return svg_read(s, out, what);
}

enum picture_fault picture_read(str bytes, struct picture *out, const char **what) {
  *out = (struct picture){.turn = 1};
  *what = "";
  enum picture_fault fault = read_kind(bytes, out, what);
  if (fault != PICTURE_SOUND) return fault;
  if (out->width == 0 || out->height == 0) return PICTURE_NO_SIZE;
  bool many = out->kind != PICTURE_SVG && out->width > LIMIT_PICTURE_PIXELS / out->height;
  return many ? PICTURE_PIXELS : PICTURE_SOUND;
}

/* ---- proportions ---- */

/* a * b / c, rounded, at least 1; the product must not overflow. */
static uint64_t part(uint64_t a, uint64_t b, uint64_t c) {
  uint64_t v = (a * b + c / 2) / c;
  return v != 0 ? v : 1;
}

void picture_fit(const struct picture *p, uint64_t *width, uint64_t *height) {
  uint64_t w = p->width, h = p->height;
  while (w >> 31 || h >> 31) {
    w = w > 1 ? w / 2 : 1;
    h = h > 1 ? h / 2 : 1;
  }
  if (*width * h <= *height * w)
    *height = part(*width, h, w);
  else
    *width = part(*height, w, h);
}
