/* Reading the pieces of BIFF records.
 *
 * Doubles are stored as such; they become 15 decimal digits here, and nothing is calculated with
 * them.  Invariant: nothing outside the bytes is read.
 */
#include "book/xls_records.h"

#include <math.h>
#include <stdio.h>

uint32_t xls_u16(str s, size_t at) {
  if (s.n < 2 || at > s.n - 2) return 0;
  return (uint32_t)(unsigned char)s.p[at] | (uint32_t)(unsigned char)s.p[at + 1] << 8;
}

uint32_t xls_u32(str s, size_t at) { return xls_u16(s, at) | xls_u16(s, at + 2) << 16; }

bool xls_next(struct xls_reader *r, unsigned *type, str *data, bool *cut) {
  enum { HEAD = 4 };
  *cut = false;
  if (r->at >= r->stream.n) return false;
  size_t left = r->stream.n - r->at, n = xls_u16(r->stream, r->at + 2);
  *cut = left < HEAD || n > left - HEAD;
  if (*cut) return false;
  *type = xls_u16(r->stream, r->at);
  *data = str_sub(r->stream, r->at + HEAD, r->at + HEAD + n);
  r->at += HEAD + n;
  return true;
}

/* 15 digits, correctly rounded by the C library (whose locale for numbers is always "C"). */
static bool to_decimal(double v, struct decimal *d) {
  char digits[40];
  if (!isfinite(v)) return false;
  int n = snprintf(digits, sizeof digits, "%.14e", v);
  return n > 0 && decimal_read((str){digits, (size_t)n}, d);
}

static double from_bits(uint64_t bits) {
  double v;
  memcpy(&v, &bits, sizeof v);
  return v;
}

bool xls_double(str s, size_t at, struct decimal *d) {
  return to_decimal(from_bits((uint64_t)xls_u32(s, at + 4) << 32 | xls_u32(s, at)), d);
}

bool xls_rk(uint32_t rk, struct decimal *d) {
  enum { HUNDREDTHS = 1, INTEGER = 2 };
  bool ok = true;
  if ((rk & INTEGER) != 0) {
    char digits[16];
    int n = snprintf(digits, sizeof digits, "%d", (int)(int32_t)rk >> 2);
    ok = decimal_read((str){digits, (size_t)n}, d);
  } else {
    ok = to_decimal(from_bits((uint64_t)(rk & ~3u) << 32), d);
  }
  if (ok && (rk & HUNDREDTHS) != 0 && d->n > 0) d->point -= 2;
  return ok;
}

static bool put_wide(str s, size_t at, size_t count, struct buf *out) {
  for (size_t i = 0; i < count; i++) {
    uint32_t c = xls_u16(s, at + 2 * i);
    uint32_t low = c >= 0xD800 && c <= 0xDBFF && i + 1 < count ? xls_u16(s, at + 2 * i + 2) : 0;
    if (low >= 0xDC00 && low <= 0xDFFF) {
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
      i++;
    } else if (c >= 0xD800 && c <= 0xDFFF) {
      return false;
    }
    buf_put_utf8(out, c);
  }
  return true;
}

bool xls_characters(str s, size_t at, size_t count, struct buf *out) {
  if (at >= s.n) return false;
  bool wide = (s.p[at] & 1) != 0;
  at++;
  if (count > (s.n - at) / (wide ? 2 : 1)) return false;
  if (wide) return put_wide(s, at, count, out);
  for (size_t i = 0; i < count; i++) buf_put_utf8(out, (unsigned char)s.p[at + i]);
  return true;
}

const char *xls_error(unsigned code) {
  switch (code) {
  case 0x00: return "#NULL!";
  case 0x07: return "#DIV/0!";
  case 0x0F: return "#VALUE!";
  case 0x17: return "#REF!";
  case 0x1D: return "#NAME?";
  case 0x24: return "#NUM!";
  default: return "#N/A";
  }
}
