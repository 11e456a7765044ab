/* Word's field codes: words, switches, pictures of numbers and dates.
 *
 * What is said here in the template language means the same there; whatever has no counterpart
 * (blanks for missing digits, signs that are always shown, three sections) gives nothing, and the
 * caller refuses the field rather than print it otherwise.
 */
#include "flavour/field_code.h"

#include "base/buf.h"
#include "base/utf8.h"

/* ---- words ---- */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* The length of a quote at i, or 0. */
static size_t quote_at(str s, size_t i) {
  static const char *const quotes[] = {"\"", "“", "”", "„", "＂"};
  for (size_t k = 0; k < sizeof quotes / sizeof *quotes; k++)
    if (str_starts(str_sub(s, i, s.n), str_of(quotes[k]))) return strlen(quotes[k]);
  return 0;
}

int code_inner(str s) {
  size_t at = 0;
  uint32_t c = s.n >= 3 ? utf8_next(s, &at) : 0;
  return c >= CODE_INNER && c < CODE_INNER + CODE_INNERS ? (int)(c - CODE_INNER) : -1;
}

/* Up to the closing quote; \" and \\ are characters (17.16.1). */
static bool read_quoted(str s, size_t *at, struct arena *a, str *out) {
  struct buf b;
  buf_init(&b, 0);
  size_t i = *at + quote_at(s, *at), q;
  while (i < s.n && (q = quote_at(s, i)) == 0) {
    if (s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\\')) i++;
    buf_putc(&b, s.p[i++]);
  }
  *at = i < s.n ? i + quote_at(s, i) : i;
  *out = arena_dup(a, buf_str(&b));
  bool ok = !b.failed && out->p != NULL;
  buf_free(&b);
  return ok;
}

/* A formatting switch, which may stand right behind a word (17.16.4). */
static bool is_format(str s, size_t i) {
  return s.p[i] == '\\' && i + 1 < s.n && strchr("#@*", s.p[i + 1]) != NULL;
}

static bool read_word(str s, size_t *at, struct arena *a, struct code_word *w) {
  size_t i = *at;
  *w = (struct code_word){.quoted = quote_at(s, i) != 0};
  if (w->quoted) return read_quoted(s, at, a, &w->text);
  w->is_switch = s.p[i] == '\\' && i + 1 < s.n;
  if (w->is_switch) {
    size_t end = ++i;
    utf8_next(s, &end);
    w->text = str_sub(s, i, end);
    *at = end;
    return true;
  }
  bool inner = code_inner(str_sub(s, i, s.n)) >= 0;
  while (i < s.n && !is_blank(s.p[i]) && quote_at(s, i) == 0 && !is_format(s, i) &&
         code_inner(str_sub(s, i, s.n)) < 0)
    i++;
  if (inner) utf8_next(s, &i);
  w->text = str_sub(s, *at, i);
  *at = i;
  return true;
}

bool code_read(str s, struct arena *a, struct field_code *out) {
  size_t cap = 0, at = 0;
  *out = (struct field_code){.n = 0};
  for (;;) {
    while (at < s.n && is_blank(s.p[at])) at++;
    if (at >= s.n) return true;
    struct code_word *w = arena_grow(a, out->words, &out->n, &cap, sizeof *w);
    if (w == NULL) return false;
    out->words = w - (out->n - 1);
    if (!read_word(s, &at, a, w)) return false;
  }
}

bool code_same(str word, const char *capitals) {
  if (word.n != strlen(capitals)) return false;
  for (size_t i = 0; i < word.n; i++) {
    char x = word.p[i];
    if (x >= 'a' && x <= 'z') x = (char)(x - 'a' + 'A');
    if (x != capitals[i]) return false;
  }
  return true;
}

bool code_is(const struct field_code *c, const char *kind) {
  return c->n != 0 && !c->words[0].quoted && code_same(c->words[0].text, kind);
}

/* ---- pictures of numbers ---- */

struct picture {
  str before, digits, behind; /* literal, # 0 , . , literal */
  size_t least;               /* zeros before the point */
  size_t zeros, hashes;       /* behind it */
  bool grouped;
};

/* A sign of a picture in full width, which Word takes for text. */
static bool is_full_width(uint32_t c) {
  static const uint32_t signs[] = {0xFF03, 0xFF05, 0xFF0B, 0xFF0C, 0xFF0D, 0xFF0E, 0xFF1B};
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (signs[i] == c) return true;
  return c >= 0xFF10 && c <= 0xFF19;
}

static bool has_full_width(str s) {
  for (size_t i = 0; i < s.n;)
    if (is_full_width(utf8_next(s, &i))) return true;
  return false;
}

/* Text around the digits: anything in single quotes, and signs and words that mean themselves. */
static bool put_literal(str s, bool percent, struct buf *out) {
  bool quoted = false;
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    if (c == '\'') {
      quoted = !quoted;
      continue;
    }
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool sign = strchr("%+-;()#0.,`\\", c) != NULL && !(percent && c == '%');
    if (!quoted && (letter || sign)) return false;
    if (c == '"') return false;
    buf_putc(out, c);
  }
  return !quoted;
}

static bool read_picture(str s, struct picture *p) {
  size_t from = 0;
  bool quoted = false, point = false;
  *p = (struct picture){.least = 0};
  while (from < s.n && (quoted || strchr("#0,.", s.p[from]) == NULL))
    quoted = (s.p[from++] == '\'') != quoted;
  size_t to = from;
  for (; to < s.n && strchr("#0,.", s.p[to]) != NULL; to++) {
    char c = s.p[to];
    if (c == '.' && point) return false;
    point = point || c == '.';
    if (c == ',') p->grouped = true;
    if (c == ',' && point) return false;
    if (c == '0') *(point ? &p->zeros : &p->least) += 1;
    if (c == '0' && point && p->hashes != 0) return false;
    if (c == '#' && point) p->hashes++;
  }
  p->before = str_sub(s, 0, from);
  p->digits = str_sub(s, from, to);
  p->behind = str_sub(s, to, s.n);
  return p->digits.n != 0 && p->least + p->zeros + p->hashes < 40;
}

static void put_many(struct buf *b, char c, size_t n) {
  while (n-- > 0) buf_putc(b, c);
}

/* A literal between the quotes of an ICU pattern, in which ' is doubled. */
static bool put_icu_literal(str s, bool percent, struct buf *out) {
  struct buf plain;
  buf_init(&plain, 0);
  bool ok = put_literal(s, percent, &plain);
  if (ok && plain.n != 0) {
    buf_putc(out, '\'');
    buf_put(out, buf_str(&plain));
    buf_putc(out, '\'');
  }
  ok = ok && !plain.failed;
  buf_free(&plain);
  return ok;
}

static bool put_pattern(const struct picture *p, bool percent, struct buf *out) {
  if (p->grouped && p->least > 3) return false;
  bool ok = put_icu_literal(p->before, percent, out);
  if (p->grouped) buf_puts(out, p->least <= 1 ? "#,##" : p->least == 2 ? "#,#" : "#,");
  put_many(out, '0', p->least != 0 ? p->least : 1);
  if (p->zeros + p->hashes != 0) buf_putc(out, '.');
  put_many(out, '0', p->zeros);
  put_many(out, '#', p->hashes);
  return put_icu_literal(p->behind, percent, out) && ok;
}

str code_number(str s, bool percent, struct arena *a) {
  struct picture p;
  struct buf b;
  s = str_trim(s);
  if (has_full_width(s) || !read_picture(s, &p)) return STR_NONE;
  buf_init(&b, 0);
  bool simple = p.before.n == 0 && p.behind.n == 0 && p.least <= 1 && p.hashes == 0;
  bool ok = true;
  if (simple) {
    buf_puts(&b, "：");
    buf_put_u64(&b, p.zeros);
    buf_puts(&b, "位");
    if (p.grouped) buf_puts(&b, "：千分位");
  } else {
    buf_puts(&b, "：格式 \"");
    ok = put_pattern(&p, percent, &b);
    buf_puts(&b, "\"");
  }
  str out = ok ? arena_dup(a, buf_str(&b)) : STR_NONE;
  buf_free(&b);
  return out;
}

/* ---- pictures of dates ---- */

/* Years, months and days; hours and names of days have no counterpart. */
static bool put_date_letters(str s, size_t *at, struct buf *out) {
  char c = s.p[*at];
  size_t n = 0;
  while (*at + n < s.n && s.p[*at + n] == c) n++;
  *at += n;
  if (c == 'Y') c = 'y';
  if (c == 'D') c = 'd';
  bool year = c == 'y' && (n == 2 || n == 4), other = (c == 'M' || c == 'd') && n <= 2;
  put_many(out, c, n);
  return year || other;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static bool put_date_pattern(str s, struct buf *out) {
  bool quoted = false;
  for (size_t i = 0; i < s.n;) {
    char c = s.p[i];
    if (c == '\'') {
      quoted = !quoted;
      buf_putc(out, s.p[i++]);
    } else if (!quoted && is_letter(c)) {
      if (!put_date_letters(s, &i, out)) return false;
    } else if (c == '"') {
      return false;
    } else {
      buf_putc(out, s.p[i++]);
    }
  }
  return !quoted;
}

str code_date(str s, struct arena *a) {
  struct buf b;
  s = str_trim(s);
  if (s.n == 0) return STR_NONE;
  if (str_is(s, "EEEE年O月A日")) return STR("：中文日期");
  buf_init(&b, 0);
  buf_puts(&b, "：日期 \"");
  bool ok = put_date_pattern(s, &b);
  buf_puts(&b, "\"");
  str out = ok ? arena_dup(a, buf_str(&b)) : STR_NONE;
  buf_free(&b);
  return out;
}
