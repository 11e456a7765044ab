/* Folding of what input methods and autocorrection type.
 *
 * One table of single characters, sorted; full-width ASCII, blanks and zero-width characters go
 * by range, and two characters typed twice (…… and ——) stand for one sign.  What the folded text
 * means is left to template/tag.c and expr/parse.c.
 *
 *   typed    支 出 ： “ 省 级 ” ｝        map[i] = offset in the typed text
 *   folded   支 出 : " 省 级 " }         of the byte i of the folded one
 *
 * Invariant: the folded text is never longer than the typed one; and a name (valid UTF-8) that is
 * folded again stays the same.
 */
#include "base/fold.h"

#include "base/utf8.h"

struct row {
  uint32_t cp;
  char to;
};

/* Sorted by code point.  Not here, so they stay: 、(but at a tag's start), ≠ ≤ ≥ → 【 】. */
static const struct row table[] = {
    {0x00D7, '*'},  /* × */
    {0x00F7, '/'},  /* ÷ */
    {0x2010, '-'},  /* hyphen */
    {0x2011, '-'},  /* non-breaking hyphen */
    {0x2013, '-'},  /* – */
    {0x2018, '\''}, /* ‘ */
    {0x2019, '\''}, /* ’ */
    {0x201A, '\''}, /* ‚ */
    {0x201B, '\''}, /* ‛ */
    {0x201C, '"'},  /* “ */
    {0x201D, '"'},  /* ” */
    {0x201E, '"'},  /* „ */
    {0x201F, '"'},  /* ‟ */
    {0x2212, '-'},  /* − */
    {0x3002, '.'},  /* 。 */
    {0x3008, '<'},  /* 〈 */
    {0x3009, '>'},  /* 〉 */
    {0x300A, '<'},  /* 《 */
    {0x300B, '>'},  /* 》 */
    {0x300C, '"'},  /* 「 */
    {0x300D, '"'},  /* 」 */
    {0x300E, '"'},  /* 『 */
    {0x300F, '"'},  /* 』 */
    {0x301D, '"'},  /* 〝 */
    {0x301E, '"'},  /* 〞 */
    {0x301F, '"'},  /* 〟 */
    {0xFF61, '.'},  /* ｡ */
    {0xFF62, '"'},  /* ｢ */
    {0xFF63, '"'},  /* ｣ */
};

enum {
  IDEOGRAPHIC_COMMA = 0x3001, /* 、 */
  TWO_EM_DASH = 0x2E3A,
  FULL_WIDTH_FIRST = 0xFF01,
  FULL_WIDTH_LAST = 0xFF5E,
  REMOVED = 0,
  KEPT = 0x80 /* no ASCII: the character stays as it is */
};

/* What one character becomes: an ASCII character, REMOVED or KEPT. */
static int fold_one(uint32_t cp) {
  if (utf8_is_blank(cp)) return ' ';
  if (utf8_is_zero_width(cp)) return REMOVED;
  if (cp < 0x80) return KEPT;
  if (cp == TWO_EM_DASH) return '_';
  if (cp >= FULL_WIDTH_FIRST && cp <= FULL_WIDTH_LAST) return (int)(cp - FULL_WIDTH_FIRST) + '!';
  size_t from = 0, to = sizeof table / sizeof *table;
  while (from < to) {
    size_t mid = from + (to - from) / 2;
    if (table[mid].cp == cp) return table[mid].to;
    if (table[mid].cp < cp) from = mid + 1;
    else to = mid;
  }
  return KEPT;
}

/* …… and ——, which are one sign each. */
static char fold_two(uint32_t a, uint32_t b) {
  if (a == 0x2026 && b == 0x2026) return '^';
  if ((a == 0x2014 || a == 0x2015) && (b == 0x2014 || b == 0x2015)) return '_';
  return 0;
}

/* The text under work. */
struct fold {
  str s;
  size_t at;   /* in s */
  char *out;
  size_t n;    /* in out */
  size_t *map; /* or NULL */
  bool name;   /* no quotes, no blanks */
  bool begun;  /* something but blanks was read */
};

static void put(struct fold *f, const char *p, size_t n, size_t from, bool typed) {
  for (size_t i = 0; i < n; i++) {
    if (f->map != NULL) f->map[f->n] = typed ? from + i : from;
    f->out[f->n++] = p[i];
  }
}

static void put_char(struct fold *f, char c, size_t from) { put(f, &c, 1, from, false); }

static bool is_double(uint32_t cp) {
  return cp == '"' || cp == 0xFF02 || (cp >= 0x201C && cp <= 0x201F) ||
         (cp >= 0x301D && cp <= 0x301F);
}

static bool is_single(uint32_t cp) {
  return cp == '\'' || cp == 0xFF07 || (cp >= 0x2018 && cp <= 0x201B);
}

/* Does `cp` close what `open` opened?  Autocorrection often gives two equal curly quotes, so
 * within a kind any closes any; brackets are exact. */
static bool closes(uint32_t open, uint32_t cp) {
  switch (open) {
  case 0x300C: return cp == 0x300D;
  case 0x300E: return cp == 0x300F;
  case 0xFF62: return cp == 0xFF63;
  default: return (is_double(open) && is_double(cp)) || (is_single(open) && is_single(cp));
  }
}

/* A quoted text, from its opening quote (which is read) to its end; false: it has none. */
static bool fold_quoted(struct fold *f, uint32_t open, size_t begin) {
  size_t inner = f->at, end = inner, at = inner;
  while (at < f->s.n && !closes(open, utf8_next(f->s, &at))) end = at;
  if (end >= f->s.n) return false;
  str text = str_sub(f->s, inner, end);
  char quote = is_single(open) ? '\'' : '"', other = quote == '"' ? '\'' : '"';
  /* 「他说"好"」: the other kind, when the text holds this one. */
  if (text.n != 0 && memchr(text.p, quote, text.n) != NULL &&
      memchr(text.p, other, text.n) == NULL)
    quote = other;
  put_char(f, quote, begin);
  put(f, text.p, text.n, inner, true);
  put_char(f, quote, end);
  f->at = at;
  return true;
}

/* The next character behind `at` that is not dropped here. */
static uint32_t second(const struct fold *f, size_t *at) {
  uint32_t cp;
  do cp = utf8_next(f->s, at);
  while (*at < f->s.n && (utf8_is_zero_width(cp) || (f->name && utf8_is_blank(cp))));
  return cp;
}

static void fold_next(struct fold *f) {
  size_t begin = f->at;
  uint32_t cp = utf8_next(f->s, &f->at);
  size_t behind = f->at;
  char two = cp == 0x2026 || cp == 0x2014 || cp == 0x2015 ? fold_two(cp, second(f, &behind)) : 0;
  if (two != 0) {
    f->at = behind;
    f->begun = true;
    put_char(f, two, begin);
    return;
  }
  int to = cp == IDEOGRAPHIC_COMMA && !f->begun && !f->name ? '/' : fold_one(cp);
  if (to != REMOVED && to != ' ') f->begun = true;
  bool quote = to == '"' || to == '\'' || cp == '"' || cp == '\'';
  if (quote && !f->name && fold_quoted(f, cp, begin)) return;
  if (to == REMOVED || (to == ' ' && f->name)) return;
  if (to == KEPT) put(f, f->s.p + begin, f->at - begin, begin, true);
  else put_char(f, (char)to, begin);
}

static str fold_all(struct fold *f, struct arena *a) {
  f->out = arena_alloc(a, f->s.n + 1);
  if (f->out == NULL) return STR_NONE;
  while (f->at < f->s.n) fold_next(f);
  if (f->map != NULL) f->map[f->n] = f->s.n;
  return (str){f->out, f->n};
}

str fold_tag(str s, struct arena *a, size_t **map) {
  struct fold f = {.s = s};
  if (map != NULL) {
    *map = f.map = ARENA_ARRAY(a, s.n + 1, size_t);
    if (f.map == NULL) return STR_NONE;
  }
  return fold_all(&f, a);
}

str fold_name(str s, struct arena *a) {
  struct fold f = {.s = s, .name = true};
  return fold_all(&f, a);
}

/* ---- distance ---- */

enum { DISTANCE_LONGEST = 128 }; /* code points; longer names are compared whole */

static size_t code_points(str s, uint32_t out[DISTANCE_LONGEST]) {
  size_t n = 0;
  for (size_t at = 0; at < s.n; n++) {
    if (n == DISTANCE_LONGEST) return n + 1;
    out[n] = utf8_next(s, &at);
  }
  return n;
}

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

/* Optimal string alignment, three rows of the matrix at a time. */
static unsigned distance(const uint32_t *a, size_t an, const uint32_t *b, size_t bn,
                         unsigned most) {
  unsigned rows[3][DISTANCE_LONGEST + 1];
  for (size_t j = 0; j <= bn; j++) rows[0][j] = (unsigned)j;
  for (size_t i = 1; i <= an; i++) {
    unsigned *row = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
    unsigned best = row[0] = (unsigned)i;
    for (size_t j = 1; j <= bn; j++) {
      unsigned d = least(last[j], row[j - 1]) + 1;
      d = least(d, last[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d = least(d, before[j - 2] + 1);
      row[j] = d;
      best = least(best, d);
    }
    /* A swap may still reach back one row, and costs one. */
    if (best > most + 1) return most + 1;
  }
  return rows[an % 3][bn];
}

unsigned fold_distance(str a, str b, unsigned most) {
  uint32_t ca[DISTANCE_LONGEST], cb[DISTANCE_LONGEST];
  if (str_eq(a, b)) return 0;
  most = least(most, 2 * DISTANCE_LONGEST);
  size_t an = code_points(a, ca), bn = code_points(b, cb);
  if (an > DISTANCE_LONGEST || bn > DISTANCE_LONGEST) return most + 1;
  if ((an > bn ? an - bn : bn - an) > most) return most + 1;
  unsigned d = distance(ca, an, cb, bn, most);
  return d > most ? most + 1 : d;
}
