/* Compiling the codes of number formats.
 *
 * A code becomes sections of items, for numfmt_show.c.
 *
 * Invariant: a code that is not understood is never shown in part; it is General.
 */
#include <strings.h>

#include "base/utf8.h"
#include "book/numfmt_code.h"

/* ---- built-in formats ---- */

#define YEAR_MONTH     "yyyy\"年\"m\"月\""
#define MONTH_DAY      "m\"月\"d\"日\""
#define YEAR_MONTH_DAY "yyyy\"年\"m\"月\"d\"日\""
#define NOON_MINUTE    "上午/下午h\"时\"mm\"分\""
#define NOON_SECOND    "上午/下午h\"时\"mm\"分\"ss\"秒\""

str numfmt_builtin(unsigned id) {
  static const char *const codes[] = {
      [0] = "General",
      [1] = "0",
      [2] = "0.00",
      [3] = "#,##0",
      [4] = "#,##0.00",
      [5] = "\"¥\"#,##0;\"¥\"\\-#,##0",
      [6] = "\"¥\"#,##0;[Red]\"¥\"\\-#,##0",
      [7] = "\"¥\"#,##0.00;\"¥\"\\-#,##0.00",
      [8] = "\"¥\"#,##0.00;[Red]\"¥\"\\-#,##0.00",
      [9] = "0%",
      [10] = "0.00%",
      [11] = "0.00E+00",
      [12] = "# ?/?",
      [13] = "# ?\?/?\?",
      [14] = "yyyy/m/d",
      [15] = "d-mmm-yy",
      [16] = "d-mmm",
      [17] = "mmm-yy",
      [18] = "h:mm AM/PM",
      [19] = "h:mm:ss AM/PM",
      [20] = "h:mm",
      [21] = "h:mm:ss",
      [22] = "yyyy/m/d h:mm",
      [27] = YEAR_MONTH,
      [28] = MONTH_DAY,
      [29] = MONTH_DAY,
      [30] = "m-d-yy",
      [31] = YEAR_MONTH_DAY,
      [32] = "h\"时\"mm\"分\"",
      [33] = "h\"时\"mm\"分\"ss\"秒\"",
      [34] = NOON_MINUTE,
      [35] = NOON_SECOND,
      [36] = YEAR_MONTH,
      [37] = "#,##0_);(#,##0)",
      [38] = "#,##0_);[Red](#,##0)",
      [39] = "#,##0.00_);(#,##0.00)",
      [40] = "#,##0.00_);[Red](#,##0.00)",
      [41] = "_ * #,##0_ ;_ * \\-#,##0_ ;_ * \"-\"_ ;_ @_ ",
      [42] = "_ \"¥\"* #,##0_ ;_ \"¥\"* \\-#,##0_ ;_ \"¥\"* \"-\"_ ;_ @_ ",
      [43] = "_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"?\?_ ;_ @_ ",
      [44] = "_ \"¥\"* #,##0.00_ ;_ \"¥\"* \\-#,##0.00_ ;_ \"¥\"* \"-\"?\?_ ;_ @_ ",
      [45] = "mm:ss",
      [46] = "[h]:mm:ss",
      [47] = "mm:ss.0",
      [48] = "##0.0E+0",
      [49] = "@",
      [50] = YEAR_MONTH,
      [51] = MONTH_DAY,
      [52] = YEAR_MONTH,
      [53] = MONTH_DAY,
      [54] = MONTH_DAY,
      [55] = NOON_MINUTE,
      [56] = NOON_SECOND,
      [57] = YEAR_MONTH,
      [58] = MONTH_DAY,
  };
  bool known = id < sizeof codes / sizeof *codes && codes[id] != NULL;
  return known ? str_of(codes[id]) : STR_NONE;
}

/* ---- compiling ---- */

struct reader {
  struct arena *a;
  struct section *s;
  str code;
  size_t at;
};

static struct item *add(struct reader *r, enum item_kind kind, char c, unsigned count, str text) {
  struct section *s = r->s;
  struct item *i = arena_grow(r->a, s->items, &s->n, &s->cap, sizeof *i);
  if (i == NULL) return NULL;
  s->items = i - (s->n - 1);
  *i = (struct item){kind, c, count, text};
  return i;
}

static bool add_text(struct reader *r, str text) { return add(r, ITEM_TEXT, 0, 0, text) != NULL; }

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static str rest(const struct reader *r) { return str_sub(r->code, r->at, r->code.n); }

/* Takes the word, whatever its case. */
static bool take(struct reader *r, const char *word) {
  size_t n = strlen(word);
  str s = rest(r);
  if (s.n < n || strncasecmp(s.p, word, n) != 0) return false;
  r->at += n;
  return true;
}

/* How often the letter stands here; takes them. */
static unsigned take_run(struct reader *r, char c) {
  size_t from = r->at;
  while (r->at < r->code.n && lower(r->code.p[r->at]) == c) r->at++;
  return (unsigned)(r->at - from);
}

/* The next character, whole. */
static str take_character(struct reader *r) {
  size_t from = r->at;
  utf8_next(r->code, &r->at);
  return str_sub(r->code, from, r->at);
}

static bool starts_word(str s, const char *word) {
  size_t n = strlen(word);
  return s.n >= n && strncasecmp(s.p, word, n) == 0;
}

static bool read_condition(struct section *s, str inside) {
  static const struct {
    const char *sign;
    enum condition when;
  } signs[] = {{"<=", WHEN_LE}, {">=", WHEN_GE}, {"<>", WHEN_NE},
               {"<", WHEN_LT},  {">", WHEN_GT},  {"=", WHEN_EQ}};
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
    if (!str_starts(inside, str_of(signs[i].sign))) continue;
    s->when = signs[i].when;
    return decimal_read(str_trim(str_sub(inside, strlen(signs[i].sign), inside.n)), &s->limit);
  }
  return false;
}

static bool is_colour(str s) {
  static const char *const names[] = {"black", "blue",   "cyan",  "green", "magenta", "red",
                                      "white", "yellow", "color", "颜色",  "黑色",    "蓝色",
                                      "青色",  "绿色",   "洋红",  "红色",  "白色",    "黄色"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (starts_word(s, names[i])) return true;
  return false;
}

/* [$¥-804]: what stands before the minus is shown, behind it is the language. The two codes for
 * the system's own long date and time stand for all that follows. */
static bool read_currency(struct reader *r, str inside) {
  size_t minus = str_find(inside, STR("-"), 0);
  str sign = str_sub(inside, 0, minus == STR_NOT_FOUND ? inside.n : minus);
  str language = minus == STR_NOT_FOUND ? STR_NONE : str_sub(inside, minus + 1, inside.n);
  if (starts_word(language, "F800") || starts_word(language, "F400")) {
    bool date = starts_word(language, "F800");
    r->code = date ? STR(YEAR_MONTH_DAY) : STR("h:mm:ss");
    r->at = 0;
    return true;
  }
  if (str_ends(language, STR("804"))) r->s->chinese = true;
  return sign.n == 0 || add_text(r, sign);
}

static bool read_elapsed(struct reader *r, str inside) {
  char c = lower(inside.p[0]);
  for (size_t i = 0; i < inside.n; i++)
    if (lower(inside.p[i]) != c) return false;
  if (c != 'h' && c != 'm' && c != 's') return false;
  r->s->time = true;
  return add(r, ITEM_ELAPSED, c, (unsigned)inside.n, STR_NONE) != NULL;
}

static bool read_bracket(struct reader *r) {
  size_t end = str_find(r->code, STR("]"), r->at);
  if (end == STR_NOT_FOUND) return false;
  str inside = str_sub(r->code, r->at + 1, end);
  r->at = end + 1;
  if (inside.n == 0) return false;
  if (inside.p[0] == '$') return read_currency(r, str_sub(inside, 1, inside.n));
  if (memchr("<>=", inside.p[0], 3) != NULL) return read_condition(r->s, inside);
  if (starts_word(inside, "DBNum")) {
    r->s->hanzi = inside.n == 6 ? (unsigned)(inside.p[5] - '0') : 0;
    return r->s->hanzi == 1 || r->s->hanzi == 2;
  }
  return is_colour(inside) || read_elapsed(r, inside);
}

static bool read_digit(struct reader *r, bool behind_point) {
  struct section *s = r->s;
  char c = r->code.p[r->at++];
  if (s->exponent) return false;
  if (behind_point)
    s->decimals++;
  else
    s->whole++;
  return add(r, ITEM_DIGIT, c, 0, STR_NONE) != NULL;
}

/* A comma between digits groups; behind the last it divides by a thousand. */
static bool read_comma(struct reader *r) {
  size_t from = r->at;
  while (r->at < r->code.n && r->code.p[r->at] == ',') r->at++;
  bool before = r->s->whole + r->s->decimals > 0;
  bool behind = r->at < r->code.n && memchr("0#?", r->code.p[r->at], 3) != NULL;
  if (!before) return false;
  if (behind)
    r->s->grouped = true;
  else
    r->s->thousands += (int)(r->at - from);
  return true;
}

static bool read_exponent(struct reader *r) {
  char sign = r->code.p[r->at + 1];
  r->at += 2;
  unsigned n = take_run(r, '0');
  r->s->exponent = true;
  r->s->mantissa = r->s->whole;
  return n > 0 && r->s->whole > 0 && add(r, ITEM_EXPONENT, sign, n, STR_NONE) != NULL;
}

/* The kind of the last item of a time or date, or ITEM_TEXT. */
static enum item_kind last_clock(const struct section *s) {
  for (size_t i = s->n; i-- > 0;)
    if (s->items[i].kind >= ITEM_YEAR && s->items[i].kind != ITEM_NOON)
      return s->items[i].kind == ITEM_ELAPSED && s->items[i].c == 'h' ? ITEM_HOUR
                                                                      : s->items[i].kind;
  return ITEM_TEXT;
}

/* m is the minute behind an hour and before a second, else the month. */
static bool read_letters(struct reader *r, char c) {
  struct section *s = r->s;
  unsigned n = take_run(r, c);
  enum item_kind kind;
  switch (c) {
  case 'y':
  case 'e': kind = ITEM_YEAR; break;
  case 'm': kind = last_clock(s) == ITEM_HOUR ? ITEM_MINUTE : ITEM_MONTH; break;
  case 'd': kind = ITEM_DAY; break;
  case 'a': kind = ITEM_WEEKDAY; break;
  case 'h': kind = ITEM_HOUR; break;
  default: kind = ITEM_SECOND;
  }
  if (kind == ITEM_WEEKDAY && n < 3) return false;
  if (c == 'e') n = 4;
  if (kind == ITEM_SECOND)
    for (size_t i = s->n; i-- > 0;) {
      struct item *before = &s->items[i];
      if (before->kind == ITEM_MONTH && before->count <= 2) before->kind = ITEM_MINUTE;
      if (before->kind != ITEM_TEXT) break;
    }
  return add(r, kind, c, n, STR_NONE) != NULL;
}

/* 0 behind "ss.". */
static bool read_fraction(struct reader *r) {
  r->at++;
  unsigned n = take_run(r, '0');
  if (n > 3) return false;
  return add(r, ITEM_FRACTION, 0, n, STR_NONE) != NULL;
}

static bool read_noon(struct reader *r) {
  static const char *const words[] = {"AM/PM", "A/P", "上午/下午"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!take(r, words[i])) continue;
    r->s->noon = r->s->time = true;
    return add(r, ITEM_NOON, 0, 0, str_of(words[i])) != NULL;
  }
  return false;
}

static bool read_quoted(struct reader *r) {
  size_t end = str_find(r->code, STR("\""), r->at + 1);
  if (end == STR_NOT_FOUND) return false;
  bool ok = add_text(r, str_sub(r->code, r->at + 1, end));
  r->at = end + 1;
  return ok;
}

/* What stands for itself: 18.8.31 and everything that is not ASCII. */
static bool read_literal(struct reader *r) {
  str c = take_character(r);
  bool plain = (unsigned char)c.p[0] >= 0x80 || memchr("$-+/():^&'~{}<>= ", c.p[0], 17) != NULL;
  return plain && add_text(r, c);
}

static bool next_is(const struct reader *r, size_t ahead, const char *set) {
  return r->at + ahead < r->code.n && strchr(set, r->code.p[r->at + ahead]) != NULL;
}

/* One item. False: not understood. */
static bool read_item(struct reader *r, bool *behind_point) {
  struct section *s = r->s;
  char c = r->code.p[r->at];
  if (take(r, "General") || take(r, "G/通用格式")) {
    s->general = true;
    return add(r, ITEM_GENERAL, 0, 0, STR_NONE) != NULL;
  }
  if (next_is(r, 0, "aA上") && read_noon(r)) return true;
  if (last_clock(s) == ITEM_SECOND && c == '.' && next_is(r, 1, "0")) return read_fraction(r);
  if ((c == 'E' || c == 'e') && next_is(r, 1, "+-")) return read_exponent(r);
  switch (lower(c)) {
  case '"': return read_quoted(r);
  case '[': return read_bracket(r);
  case '\\':
  case '!': r->at++; return r->at < r->code.n && add_text(r, take_character(r));
  case '_':
  case '*': /* padding */
    r->at++;
    if (r->at < r->code.n) take_character(r);
    return true;
  case '0':
  case '#':
  case '?': return read_digit(r, *behind_point);
  case ',': return read_comma(r);
  case '.':
    r->at++;
    if (last_clock(s) != ITEM_TEXT) return add_text(r, STR("."));
    if (*behind_point) return false;
    *behind_point = true;
    return add(r, ITEM_POINT, 0, 0, STR_NONE) != NULL;
  case '%': s->percents++; return add_text(r, take_character(r));
  case '@':
    r->at++;
    s->at = true;
    return add(r, ITEM_AT, 0, 0, STR_NONE) != NULL;
  case 'y':
  case 'e':
  case 'd':
  case 'a':
  case 'm':
  case 'h':
  case 's': return read_letters(r, lower(c));
  default: return read_literal(r);
  }
}

static void note_clock(struct section *s) {
  for (size_t i = 0; i < s->n; i++) {
    enum item_kind k = s->items[i].kind;
    if (k >= ITEM_YEAR && k <= ITEM_WEEKDAY) s->day = true;
    if (k >= ITEM_HOUR) s->time = true;
  }
}

/* Fractions, dates with digits, characters for numbers with decimals and the like. */
static bool is_sound(const struct section *s) {
  int digits = s->whole + s->decimals;
  bool clock = s->day || s->time, point = false;
  if (clock && (digits > 0 || s->general || s->at || s->exponent)) return false;
  if ((s->general || s->at) && digits > 0) return false;
  if (s->hanzi != 0 && (s->exponent || s->percents > 0 || s->grouped)) return false;
  for (size_t i = 0; i < s->n; i++) {
    if (s->items[i].kind == ITEM_POINT) point = true;
    if (s->items[i].kind == ITEM_TEXT && digits > 0 && str_is(s->items[i].text, "/")) return false;
  }
  return !clock || !point;
}

/* The end of the section that begins at `at`. */
static size_t section_end(str code, size_t at) {
  bool quoted = false;
  for (; at < code.n; at++) {
    char c = code.p[at];
    if (quoted || c == '"')
      quoted = c == '"' ? !quoted : quoted;
    else if (c == '\\' || c == '!' || c == '_' || c == '*')
      at++;
    else if (c == '[') {
      size_t end = str_find(code, STR("]"), at);
      if (end != STR_NOT_FOUND) at = end;
    } else if (c == ';')
      return at;
  }
  return code.n;
}

static bool compile_section(struct arena *a, struct section *s, str code) {
  struct reader r = {.a = a, .s = s, .code = code};
  bool behind_point = false;
  while (r.at < r.code.n)
    if (!read_item(&r, &behind_point)) return false;
  note_clock(s);
  return is_sound(s);
}

static void make_general(struct arena *a, struct numfmt *f) {
  *f = (struct numfmt){.n = 1, .understood = false};
  compile_section(a, &f->sections[0], STR("General"));
}

struct numfmt *numfmt_new(struct arena *a, str code) {
  struct numfmt *f = ARENA_NEW(a, struct numfmt);
  str kept = arena_dup(a, code);
  if (f == NULL || kept.p == NULL) return NULL;
  f->understood = true;
  for (size_t at = 0;; at++) {
    size_t end = section_end(kept, at);
    if (f->n == NUMFMT_SECTIONS ||
        !compile_section(a, &f->sections[f->n++], str_sub(kept, at, end)))
      f->understood = false;
    if (end >= kept.n || !f->understood) break;
    at = end;
  }
  if (!f->understood) make_general(a, f);
  return f;
}

bool numfmt_understood(const struct numfmt *f) { return f->understood; }

bool numfmt_is_date(const struct numfmt *f) { return f->sections[0].day; }
