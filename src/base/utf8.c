/* UTF-8 (RFC 3629) and the character classes that the program needs.
 *
 * What characters mean to the language is base/fold.c's.  Invariant: a code point is only given
 * out when its bytes are the one way to write it.
 */
#include "base/utf8.h"

typedef unsigned char byte;

/* Length and least value of the sequence that a lead byte begins; 0: none. */
static size_t sequence(byte lead, uint32_t *least) {
  if (lead < 0xC2 || lead > 0xF4) return 0;
  *least = lead < 0xE0 ? 0x80 : lead < 0xF0 ? 0x800 : 0x10000;
  return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

static bool is_surrogate(uint32_t cp) { return cp >= 0xD800 && cp <= 0xDFFF; }

/* The code point at p, with its length; UTF8_BAD and 1 if it is none. */
static uint32_t decode(const char *p, size_t left, size_t *len) {
  byte lead = (byte)p[0];
  *len = 1;
  if (lead < 0x80) return lead;
  uint32_t least;
  size_t n = sequence(lead, &least);
  if (n == 0 || n > left) return UTF8_BAD;
  uint32_t cp = lead & (0x7Fu >> n);
  for (size_t i = 1; i < n; i++) {
    byte b = (byte)p[i];
    if ((b & 0xC0) != 0x80) return UTF8_BAD;
    cp = cp << 6 | (b & 0x3Fu);
  }
  if (cp < least || cp > 0x10FFFF || is_surrogate(cp)) return UTF8_BAD;
  *len = n;
  return cp;
}

uint32_t utf8_next(str s, size_t *at) {
  if (*at >= s.n) return UTF8_BAD;
  size_t len;
  uint32_t cp = decode(s.p + *at, s.n - *at, &len);
  *at += len;
  return cp;
}

size_t utf8_encode(uint32_t cp, char out[UTF8_MOST]) {
  if (cp > 0x10FFFF || is_surrogate(cp)) return 0;
  if (cp < 0x80) {
    out[0] = (char)cp;
    return 1;
  }
  size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
  for (size_t i = n - 1; i > 0; i--, cp >>= 6) out[i] = (char)(0x80 | (cp & 0x3F));
  out[0] = (char)((0xF00u >> n & 0xFF) | cp);
  return n;
}

/* Eight bytes of ASCII at p?  With `printing`, none of them below U+0020. */
static bool eight_plain(const char *p, bool printing) {
  uint64_t w;
  memcpy(&w, p, sizeof w);
  uint64_t high = w & 0x8080808080808080u;
  uint64_t low = (w - 0x2020202020202020u) & ~w & 0x8080808080808080u;
  return high == 0 && (!printing || low == 0);
}

static bool is_xml(uint32_t cp) {
  if (cp < 0x20) return cp == '\t' || cp == '\n' || cp == '\r';
  return cp != UTF8_BAD && cp != 0xFFFE && cp != 0xFFFF;
}

size_t utf8_check(str s) {
  size_t at = 0, len;
  while (at < s.n) {
    if (s.n - at >= 8 && eight_plain(s.p + at, false)) {
      at += 8;
      continue;
    }
    if (decode(s.p + at, s.n - at, &len) == UTF8_BAD) return at;
    at += len;
  }
  return at;
}

size_t utf8_check_xml(str s) {
  size_t at = 0, len;
  while (at < s.n) {
    if (s.n - at >= 8 && eight_plain(s.p + at, true)) {
      at += 8;
      continue;
    }
    if (!is_xml(decode(s.p + at, s.n - at, &len))) return at;
    at += len;
  }
  return at;
}

size_t utf8_length(str s) {
  size_t n = 0;
  for (size_t at = 0; at < s.n; n++) utf8_next(s, &at);
  return n;
}

str utf8_clip(str s, size_t most) {
  if (s.n <= most) return s;
  while (most > 0 && ((unsigned char)s.p[most] & 0xC0) == 0x80) most--;
  return str_sub(s, 0, most);
}

bool utf8_is_blank(uint32_t cp) {
  return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0 || cp == 0x3000 ||
         (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F || cp == 0x205F;
}

bool utf8_is_zero_width(uint32_t cp) {
  return (cp >= 0x200B && cp <= 0x200D) || cp == 0x2060 || cp == 0xFEFF || cp == 0xAD;
}

static bool is_edge(uint32_t cp) { return utf8_is_blank(cp) || utf8_is_zero_width(cp); }

/* Where the character that ends at `end` begins. */
static size_t last_begin(str s, size_t end) {
  size_t at = end - 1;
  while (at > 0 && end - at < UTF8_MOST && ((byte)s.p[at] & 0xC0) == 0x80) at--;
  return at;
}

str utf8_trim(str s) {
  size_t from = 0, to = s.n;
  for (size_t at = 0; at < s.n && is_edge(utf8_next(s, &at)); from = at) {}
  while (to > from) {
    size_t at = last_begin(s, to), begin = at;
    if (!is_edge(utf8_next(s, &at)) || at != to) break;
    to = begin;
  }
  return str_sub(s, from, to);
}

bool utf8_is_han(uint32_t cp) {
  return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3400 && cp <= 0x4DBF) || cp == 0x3007 ||
         (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0x20000 && cp <= 0x323AF);
}
