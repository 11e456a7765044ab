/* Looking for leftovers in the paragraphs of a report.
 *
 * Each paragraph is gone through once.  Names and placeholders count wherever they stand, in the template
 * or in the data; a year counts only where it was typed into the template, since the data may well speak
 * of the past.
 * Invariant: a report is written whatever is found here.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "check/leftovers_internal.h"
#include "value/unit.h"

enum {
  MOST_OPEN = 32 /* brackets */,
  MOST_TOLD = 50 /* of one code in a report */,
  MASKED = 20 /* characters */
};

/* ---- telling ---- */

/* The piece that offset `at` of the text belongs to. */
static const struct shown_piece *piece_at(const struct shown_paragraph *p, size_t at) {
  size_t end = 0;
  for (size_t i = 0; i < p->n; i++) {
    end += p->pieces[i].text.n;
    if (at < end) return &p->pieces[i];
  }
  return &p->pieces[p->n - 1];
}

/* Marks [from, to) in the text around.  Of the template only what was typed: it is the same for every
 * record, so that a batch tells of it once. */
static void mark_words(struct place *place, str text, size_t from, size_t to) {
  place->before = str_sub(text, 0, from);
  place->tag = str_sub(text, from, to);
  place->after = str_sub(text, to, text.n);
}

void leftovers_tell(struct leftovers *l, const struct shown_paragraph *p, size_t from, size_t to,
                    enum code code, size_t n, const str *args) {
  const struct shown_piece *piece = piece_at(p, from);
  bool typed = piece->field == NULL && p->typed != NULL;
  struct place place;
  struct origin origin;
  if (++l->told[code] > MOST_TOLD) return;
  if (typed)
    place = *p->typed;
  else
    shown_place(p->by, l->report, &place);
  size_t begin = typed ? (size_t)(piece->text.p - p->text.p) : 0;
  mark_words(&place, typed ? piece->text : p->text, from - begin, to - begin);
  bool has = shown_origin(piece, findings_arena(l->found), &origin);
  findings_add(l->found, code, &place, has ? &origin : NULL, n, args);
}

static void tell(struct leftovers *l, const struct shown_paragraph *p, size_t from, enum code code,
                 str what) {
  leftovers_tell(l, p, from, from + what.n, code, 1, &what);
}

/* ---- signs ---- */

struct look {
  struct leftovers *l;
  const struct shown_paragraph *p;
  str s;
  uint32_t open[MOST_OPEN]; /* brackets */
  unsigned nopen;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The character before `at`, or 0. */
static uint32_t before(str s, size_t at) {
  if (at == 0) return 0;
  size_t i = at - 1;
  while (i > 0 && at - i < UTF8_MOST && ((unsigned char)s.p[i] & 0xc0) == 0x80) i--;
  return utf8_next(s, &i);
}

static uint32_t behind(str s, size_t at) { return at < s.n ? utf8_next(s, &at) : 0; }

/* From `at` on the same character; where it ends. */
static size_t run_end(str s, size_t at, uint32_t cp, unsigned *n) {
  for (*n = 0; at < s.n;) {
    size_t next = at;
    if (utf8_next(s, &next) != cp) break;
    at = next;
    ++*n;
  }
  return at;
}

/* ×× XX ＸＸ ___ ○○: so many of them are a gap. */
static unsigned gap_signs(uint32_t cp) {
  switch (cp) {
  case 0xD7:
  case 0xFF38:
  case 'X':
  case 'x':
  case 0xFF3F:
  case 0x25CB:
  case 0x25A1: return 2;
  case '_': return 3;
  default: return 0;
  }
}

/* A value of the data with a gap: these are told together, by their names. */
static bool keep_gap(struct look *k, const struct shown_piece *piece) {
  struct leftovers *l = k->l;
  struct origin origin;
  shown_origin(piece, findings_arena(l->found), &origin);
  str name = origin.key;
  if (name.n == 0) return false;
  str all = buf_str(&l->gaps);
  for (size_t at = 0; (at = str_find(all, name, at)) != STR_NOT_FOUND; at++) {
    bool begins = at == 0 || str_ends(str_sub(all, 0, at), STR("、"));
    size_t end = at + name.n;
    if (begins && (end == all.n || str_starts(str_sub(all, end, all.n), STR("、")))) return true;
  }
  if (all.n == 0) {
    shown_place(k->p->by, l->report, &l->gap_place);
    l->gap_place.heading = arena_dup(findings_arena(l->found), l->gap_place.heading);
    l->gap_origin = origin;
  } else {
    buf_puts(&l->gaps, "、");
  }
  return buf_put(&l->gaps, name);
}

/* 张××, 0745-××××××: a name or number of which a part is hidden on purpose. */
static bool is_masked(str value) {
  size_t at = 0;
  return utf8_length(value) <= MASKED && gap_signs(utf8_next(value, &at)) == 0;
}

/* A run of signs that stand for something to be filled in; *at moves behind it. */
static void look_signs(struct look *k, size_t from, uint32_t cp, size_t *at) {
  unsigned n;
  size_t end = run_end(k->s, from, cp, &n);
  bool letter = cp < 0x80 && cp != '_';
  *at = end;
  if (n < gap_signs(cp)) return;
  if (letter &&
      ((from > 0 && is_alnum(k->s.p[from - 1])) || (end < k->s.n && is_alnum(k->s.p[end]))))
    return;
  const struct shown_piece *piece = piece_at(k->p, from);
  if (piece->missing) return; /* as --missing asked */
  if (piece->field != NULL && (is_masked(piece->text) || keep_gap(k, piece))) return;
  tell(k->l, k->p, from, CODE_LEFT_PLACEHOLDER, str_sub(k->s, from, end));
}

static void look_words(struct look *k, size_t from, size_t *at) {
  static const str words[] = {STR("待填"),     STR("待补充"),   STR("某某"),
                              STR("此处填写"), STR("单击此处"), STR("点击此处")};
  str rest = str_sub(k->s, from, k->s.n);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!str_starts(rest, words[i])) continue;
    *at = from + words[i].n;
    if (!piece_at(k->p, from)->missing) tell(k->l, k->p, from, CODE_LEFT_PLACEHOLDER, words[i]);
    return;
  }
}

/* ---- brackets ---- */

struct bracket {
  uint32_t open, close;
  unsigned family;
};

static const struct bracket brackets[] = {
    {'(', ')', 1},       {0xFF08, 0xFF09, 1}, {'[', ']', 2},       {0xFF3B, 0xFF3D, 2},
    {0x3010, 0x3011, 2}, {0x300A, 0x300B, 3}, {0x3008, 0x3009, 3}, {0x3014, 0x3015, 4},
    {'{', '}', 5},       {0xFF5B, 0xFF5D, 5}, {0x300C, 0x300D, 6}, {0x201C, 0x201D, 7}};

static const struct bracket *bracket_of(uint32_t cp, bool *opens) {
  for (size_t i = 0; i < sizeof brackets / sizeof *brackets; i++) {
    *opens = brackets[i].open == cp;
    if (*opens || brackets[i].close == cp) return &brackets[i];
  }
  return NULL;
}

static void tell_pair(struct look *k, size_t from, uint32_t open, uint32_t close) {
  char a[UTF8_MOST], b[UTF8_MOST];
  str args[2] = {{a, utf8_encode(open, a)}, {b, utf8_encode(close, b)}};
  leftovers_tell(k->l, k->p, from, from + args[1].n, CODE_LEFT_BRACKETS, 2, args);
}

/* The innermost open bracket of the same family is closed. */
static void look_bracket(struct look *k, size_t from, uint32_t cp) {
  bool opens, was;
  const struct bracket *b = bracket_of(cp, &opens);
  if (b == NULL) return;
  if (opens) {
    if (k->nopen < MOST_OPEN) k->open[k->nopen++] = cp;
    return;
  }
  for (unsigned i = k->nopen; i-- > 0;) {
    const struct bracket *o = bracket_of(k->open[i], &was);
    if (o->family != b->family) continue;
    if (o != b) tell_pair(k, from, o->open, cp);
    k->nopen = i;
    return;
  }
}

static bool in_title(const struct look *k) {
  for (unsigned i = 0; i < k->nopen; i++)
    if (k->open[i] == 0x300A || k->open[i] == 0x3008 || k->open[i] == 0x3014) return true;
  return false;
}

/* ---- years ---- */

static int han_digit(uint32_t cp) {
  static const uint32_t digits[] = {0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB,
                                    0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
  for (int i = 0; i < 10; i++)
    if (digits[i] == cp) return i;
  return -1;
}

/* The four digits, 2021 or 二〇二一, that end at `end`; 0: there are none. */
static int year_before(str s, size_t end, size_t *from) {
  int year = 0, factor = 1;
  size_t at = end;
  for (unsigned i = 0; i < 4; i++, factor *= 10) {
    uint32_t cp = before(s, at);
    int d = cp >= '0' && cp <= '9' ? (int)cp - '0' : han_digit(cp);
    if (d < 0) return 0;
    at -= cp < 0x80 ? 1 : 3;
    year += d * factor;
  }
  *from = at;
  uint32_t more = before(s, at);
  return (more >= '0' && more <= '9') || han_digit(more) >= 0 ? 0 : year;
}

static void look_year(struct look *k, size_t end) {
  size_t from;
  int own = k->l->year, year = own != 0 ? year_before(k->s, end, &from) : 0;
  if (year < 1900 || year > 2199 || (year >= own - 1 && year <= own + 1) || in_title(k)) return;
  const struct shown_piece *piece = piece_at(k->p, from);
  if (piece->field != NULL || piece_at(k->p, end - 1) != piece) return;
  char digits[16];
  size_t at = sizeof digits;
  for (int v = own; v > 0; v /= 10) digits[--at] = (char)('0' + v % 10);
  str args[2] = {str_sub(k->s, from, end), {digits + at, sizeof digits - at}};
  leftovers_tell(k->l, k->p, from, end, CODE_LEFT_YEAR, 2, args);
}

/* ---- units ---- */

static bool ends_phrase(uint32_t cp) {
  return cp == 0 || cp == ' ' || cp == ',' || cp == ';' || cp == ')' || cp == 0x3002 ||
         cp == 0xFF0C || cp == 0xFF1B || cp == 0x3001 || cp == 0xFF09;
}

/* Behind a figure: 万元万元, 元万元, 户户 where nothing goes on with it (30人人均 is sound). */
static void look_units(struct look *k, size_t at) {
  size_t n, m;
  str rest = str_sub(k->s, at, k->s.n);
  if (rest.n < 2 || ((unsigned char)rest.p[0] < 0xc0 && rest.p[0] != '%')) return;
  const struct unit *first = unit_at_start(rest, &n);
  const struct unit *second = first != NULL ? unit_at_start(str_sub(rest, n, rest.n), &m) : NULL;
  if (second == NULL) return;
  bool money = strcmp(first->dimension, "money") == 0 && strcmp(second->dimension, "money") == 0;
  bool brief = n == 3 && !money;
  if ((first != second && !money) || (brief && !ends_phrase(behind(rest, n + m)))) return;
  tell(k->l, k->p, at, CODE_LEFT_UNIT, str_sub(rest, 0, n + m));
}

static bool is_percent(uint32_t cp) { return cp == '%' || cp == 0xFF05 || cp == 0x2030; }

/* Units that stand twice without a figure before them. */
static void look_unit_words(struct look *k, size_t from, uint32_t cp) {
  str rest = str_sub(k->s, from, k->s.n), twice = STR_NONE;
  if (is_percent(cp)) {
    size_t next = 0;
    utf8_next(rest, &next);
    size_t end = next;
    if (next < rest.n && is_percent(utf8_next(rest, &end))) twice = str_sub(rest, 0, end);
    if (from > 0 && is_digit(k->s.p[from - 1]) && cp != 0xFF05) return; /* told as a figure's */
  } else if (str_starts(rest, STR("万元万元")) || str_starts(rest, STR("亿元亿元"))) {
    twice = str_sub(rest, 0, strlen("万元万元"));
    if (from > 0 && is_digit(k->s.p[from - 1])) return;
  }
  if (twice.n != 0) tell(k->l, k->p, from, CODE_LEFT_UNIT, twice);
}

/* ---- a paragraph ---- */

static void look_name(struct look *k, size_t from, size_t *at) {
  size_t n;
  if (townships_other(k->l->townships, k->s, from, &n))
    tell(k->l, k->p, from, CODE_LEFT_NAME, str_sub(k->s, from, from + n));
  if (n != 0) *at = from + n;
}

/* Is it one of the characters that say something here? One bit for each value of the last six bits of
 * a code point, so that most of a text passes at once. */
static const uint32_t telling[] = {0xD7, 0xFF38, 'X',    'x',    0xFF3F, 0x25CB, 0x25A1,
                                   '_',  0x5E74, 0x5F85, 0x67D0, 0x6B64, 0x5355, 0x70B9,
                                   '%',  0xFF05, 0x2030, 0x4E07, 0x4EBF};

static void mark(struct leftovers *l, uint32_t cp) {
  unsigned char *bits = &l->telling[cp % TELLING];
  *bits = (unsigned char)(*bits | 1u << (cp / TELLING % 8));
}

static void mark_all(struct leftovers *l) {
  for (size_t i = 0; i < sizeof telling / sizeof *telling; i++) mark(l, telling[i]);
  for (size_t i = 0; i < sizeof brackets / sizeof *brackets; i++)
    mark(l, brackets[i].open), mark(l, brackets[i].close);
}

static bool tells(const struct leftovers *l, uint32_t cp) {
  return ((unsigned)l->telling[cp % TELLING] >> (cp / TELLING % 8) & 1u) != 0;
}

static void look_character(struct look *k, size_t from, uint32_t cp, size_t *at) {
  if (gap_signs(cp) != 0) {
    look_signs(k, from, cp, at);
    return;
  }
  switch (cp) {
  case 0x5E74: look_year(k, from); break; /* 年 */
  case 0x5F85:
  case 0x67D0:
  case 0x6B64:
  case 0x5355:
  case 0x70B9: /* 待 某 此 单 点 */ look_words(k, from, at); break;
  case '%':
  case 0xFF05:
  case 0x2030:
  case 0x4E07:
  case 0x4EBF: /* 万 亿 */ look_unit_words(k, from, cp); break;
  default: look_bracket(k, from, cp);
  }
}

/* The character at *at of well-formed text, quickly. */
static uint32_t next_character(str s, size_t *at) {
  const unsigned char *p = (const unsigned char *)s.p + *at;
  if (p[0] < 0x80) return ++*at, p[0];
  if ((p[0] & 0xf0) != 0xe0 || s.n - *at < 3) return utf8_next(s, at);
  *at += 3;
  return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
}

static void look_text(struct look *k) {
  const struct leftovers *l = k->l;
  for (size_t at = 0; at < k->s.n;) {
    size_t from = at;
    if (is_digit(k->s.p[at])) {
      while (at < k->s.n && (is_digit(k->s.p[at]) || k->s.p[at] == '.' || k->s.p[at] == ',')) at++;
      look_units(k, at);
      continue;
    }
    uint32_t cp = next_character(k->s, &at);
    if (tells(l, cp)) look_character(k, from, cp, &at);
    if (l->others && cp >= 0x4E00) look_name(k, from, &at);
  }
}

/* A cell with nothing but a figure of the data. */
static bool is_plain_figure(const struct shown_paragraph *p) {
  if (p->n != 1 || p->pieces[0].field == NULL) return false;
  for (size_t i = 0; i < p->text.n; i++)
    if (!is_digit(p->text.p[i]) && p->text.p[i] != '.' && p->text.p[i] != '-') return false;
  return true;
}

static bool on_paragraph(void *ctx, const struct shown_paragraph *p) {
  struct leftovers *l = ctx;
  struct look k = {.l = l, .p = p, .s = p->text};
  if (is_plain_figure(p)) return true;
  look_text(&k);
  numbering_look(l, p);
  typed_look(l, p);
  return true;
}

/* ---- a record ---- */

struct leftovers *leftovers_new(const struct template *t, struct data *d, struct findings *fs) {
  struct leftovers *l = mem_calloc(1, sizeof *l);
  if (l == NULL) return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL), NULL;
  buf_init(&l->gaps, 0);
  l->t = t;
  l->names = data_names(d);
  l->year_id = names_id(l->names, STR("年度"));
  l->found = findings_new();
  l->scratch = arena_new(0);
  mark_all(l);
  if (l->found == NULL || l->scratch == NULL)
    findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  else if ((l->townships = townships_new(d, fs)) != NULL)
    return l;
  leftovers_free(l);
  return NULL;
}

void leftovers_free(struct leftovers *l) {
  if (l == NULL) return;
  townships_free(l->townships);
  findings_free(l->found);
  arena_free(l->scratch);
  buf_free(&l->gaps);
  mem_free(l);
}

struct shown_listener leftovers_listener(struct leftovers *l) {
  return (struct shown_listener){.ctx = l, .paragraph = on_paragraph};
}

/* 2023 or 2023年 */
static int year_of(const struct val *root, uint32_t id) {
  const struct val *v = id != 0 && root->kind == VAL_OBJECT ? val_member(root, id) : NULL;
  int year = 0;
  if (v == NULL || (v->kind != VAL_NUMBER && v->kind != VAL_TEXT) || v->text.n < 4) return 0;
  for (size_t i = 0; i < 4; i++) {
    if (!is_digit(v->text.p[i])) return 0;
    year = year * 10 + v->text.p[i] - '0';
  }
  return v->text.n > 4 && is_digit(v->text.p[4]) ? 0 : year;
}

void leftovers_begin(struct leftovers *l, const struct val *root, str report) {
  findings_clear(l->found);
  memset(l->told, 0, sizeof l->told);
  memset(l->numberings, 0, sizeof l->numberings);
  l->begun = 0;
  buf_clear(&l->gaps);
  l->root = root;
  l->report = report;
  l->year = year_of(root, l->year_id);
  l->others = townships_own(l->townships, root);
}

void leftovers_end(struct leftovers *l, struct findings *fs) {
  unsigned more = 0;
  findings_append(fs, l->found);
  if (l->gaps.n != 0) finding(fs, CODE_LEFT_GAPS, &l->gap_place, &l->gap_origin, buf_str(&l->gaps));
  for (size_t i = 0; i < CODE_COUNT; i++)
    more += l->told[i] > MOST_TOLD ? l->told[i] - MOST_TOLD : 0;
  if (more != 0) finding(fs, CODE_LEFT_MORE, NULL, NULL, finding_number(fs, more));
}
