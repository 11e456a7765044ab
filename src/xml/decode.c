/* The encoding of an XML part: UTF-16 becomes UTF-8, foreign names are refused.
 *
 * By the first bytes (XML 1.0, appendix F) and the declaration; nothing is guessed and nothing
 * replaced.  Invariant: the text given out is valid UTF-8 and holds characters of XML only.
 */
#include "xml/decode.h"

#include <strings.h>

#include "base/utf8.h"
#include "xml/prescan.h"

#define N_(s) (s) /* marks words for translation */

/* ---- UTF-16 ---- */

struct utf16 {
  str bytes;
  size_t at;
  bool big;
};

static uint32_t unit(struct utf16 *u) {
  const unsigned char *p = (const unsigned char *)u->bytes.p + u->at;
  u->at += 2;
  return u->big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static bool is_high(uint32_t c) { return c >= 0xD800 && c <= 0xDBFF; }

static bool is_low(uint32_t c) { return c >= 0xDC00 && c <= 0xDFFF; }

/* The next character; UTF8_BAD for half a pair. */
static uint32_t utf16_next(struct utf16 *u) {
  uint32_t c = unit(u);
  if (is_low(c)) return UTF8_BAD;
  if (!is_high(c)) return c;
  uint32_t low = u->bytes.n - u->at >= 2 ? unit(u) : 0;
  return is_low(low) ? 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00) : UTF8_BAD;
}

/* Whole characters; what is left is less than one (*used). */
static bool from_utf16(str bytes, bool big, bool last, size_t *used, const struct place *place,
                       struct findings *fs, struct buf *out) {
  struct utf16 u = {.bytes = bytes, .big = big};
  for (*used = 0; bytes.n - u.at >= 2; *used = u.at) {
    if (!last && bytes.n - u.at < 4) break; /* may be the first half of a pair */
    uint32_t c = utf16_next(&u);
    if (c == UTF8_BAD)
      return prescan_refuse(buf_str(out), out->n, N_("half a surrogate pair"), place, fs);
    if (!buf_put_utf8(out, c)) return findings_add(fs, CODE_MEMORY, place, NULL, 0, NULL);
  }
  if (*used == bytes.n || !last) return true;
  return prescan_refuse(buf_str(out), out->n, N_("UTF-16 ends with half a character"), place, fs);
}

/* ---- which encoding ---- */

struct mark {
  str bytes;
  size_t skip;
  enum decode_form form;
};

/* Longer marks stand before their beginnings. */
enum decode_form decode_form(str *s) {
  static const struct mark marks[] = {
      {{"\xFF\xFE\0\0", 4}, 0, DECODE_UTF32}, {{"\0\0\xFE\xFF", 4}, 0, DECODE_UTF32},
      {{"<\0\0\0", 4}, 0, DECODE_UTF32},      {{"\0\0\0<", 4}, 0, DECODE_UTF32},
      {{"\xFF\xFE", 2}, 2, DECODE_UTF16LE},   {{"\xFE\xFF", 2}, 2, DECODE_UTF16BE},
      {{"<\0", 2}, 0, DECODE_UTF16LE},        {{"\0<", 2}, 0, DECODE_UTF16BE},
      {{"\xEF\xBB\xBF", 3}, 3, DECODE_BYTES},
  };
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    if (!str_starts(*s, marks[i].bytes)) continue;
    *s = str_sub(*s, marks[i].skip, s->n);
    return marks[i].form;
  }
  return DECODE_BYTES;
}

static bool bad_encoding(str name, const struct place *place, struct findings *fs) {
  return finding(fs, CODE_BAD_ENCODING, place, NULL, name);
}

/* The value of `encoding` in the XML declaration (XML 1.0, production 80), or empty. */
static str label_of(str text) {
  str start = STR("<?xml"), name, value;
  size_t end = str_find(text, STR("?>"), 0), at = start.n;
  if (!str_starts(text, start) || end == STR_NOT_FOUND) return STR_NONE;
  text = str_sub(text, 0, end);
  while (prescan_attribute(text, &at, &name, &value))
    if (str_is(name, "encoding")) return value;
  return STR_NONE;
}

static bool one_of(str name, const char *const *names) {
  for (; *names != NULL; names++)
    if (name.n == strlen(*names) && strncasecmp(name.p, *names, name.n) == 0) return true;
  return false;
}

static bool check_label(struct decoded *d, const struct place *place, struct findings *fs) {
  static const char *const utf8[] = {"UTF-8", NULL};
  static const char *const others[] = {"UTF8",     "US-ASCII", "ASCII", "UTF-16",
                                       "UTF-16LE", "UTF-16BE", NULL};
  d->label = label_of(d->text);
  if (d->label.n == 0 || one_of(d->label, utf8)) return true;
  d->relabel = true;
  return one_of(d->label, others) || bad_encoding(d->label, place, fs);
}

bool decode_declared(str text, const struct place *place, struct findings *fs) {
  struct decoded d = {.text = text};
  return check_label(&d, place, fs);
}

static bool check_characters(str text, const struct place *place, struct findings *fs) {
  size_t at = utf8_check_xml(text), next = at;
  if (at == text.n) return true;
  bool valid = utf8_next(text, &next) != UTF8_BAD;
  const char *words =
      valid ? N_("a character that XML does not allow") : N_("bytes that are not UTF-8");
  return prescan_refuse(text, at, words, place, fs);
}

bool decode(str bytes, const struct place *place, struct findings *fs, struct decoded *out) {
  *out = (struct decoded){.text = bytes};
  buf_init(&out->made, 0);
  enum decode_form form = decode_form(&out->text);
  if (form == DECODE_UTF32) return bad_encoding(STR("UTF-32"), place, fs);
  if (form != DECODE_BYTES) {
    size_t used;
    if (!from_utf16(out->text, form == DECODE_UTF16BE, true, &used, place, fs, &out->made))
      return false;
    out->text = buf_str(&out->made);
  }
  if (out->text.n == 0) return prescan_refuse(STR(""), 0, N_("there is nothing"), place, fs);
  return check_label(out, place, fs) && check_characters(out->text, place, fs);
}

void decode_free(struct decoded *d) { buf_free(&d->made); }

/* Bytes at the end that may be the beginning of a character. */
static size_t begun(str s) {
  for (size_t n = 1; n < UTF8_MOST && n <= s.n; n++) {
    unsigned char c = (unsigned char)s.p[s.n - n];
    if (c < 0x80) return 0;
    if (c >= 0xC0) return (c >= 0xF0 ? 4u : c >= 0xE0 ? 3u : 2u) > n ? n : 0;
  }
  return 0;
}

bool decode_piece(enum decode_form form, str piece, bool last, size_t *used, struct buf *out,
                  const struct place *place, struct findings *fs) {
  if (form == DECODE_UTF32) return bad_encoding(STR("UTF-32"), place, fs);
  size_t from = out->n;
  *used = last ? piece.n : piece.n - begun(piece);
  if (form == DECODE_BYTES) {
    if (!buf_put(out, str_sub(piece, 0, *used)))
      return findings_add(fs, CODE_MEMORY, place, NULL, 0, NULL);
  } else if (!from_utf16(piece, form == DECODE_UTF16BE, last, used, place, fs, out)) {
    return false;
  }
  return check_characters(str_sub(buf_str(out), from, out->n), place, fs);
}
