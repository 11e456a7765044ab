/* Results: one value while it is calculated with.
 *
 * Evaluation is in eval.c, what functions and filters do in their files.  Invariant: when
 * `calculated` is set, the number counts and the text of the value is not made yet.
 */
#include "expr/result.h"

#include "base/mem.h"
#include "value/unit.h"

#define N_(s) (s)

void result_init(struct result *r) {
  *r = (struct result){.v = {.kind = VAL_MISSING}};
  num_init(&r->num);
}

void result_free(struct result *r) { num_free(&r->num); }

void result_set(struct result *r, struct val v) {
  r->v = v;
  r->calculated = false;
  r->inexact = v.kind == VAL_TEXT && !v.exact;
}

void result_set_num(struct result *r, str unit) {
  bool inexact = r->inexact, above = r->v.above && str_eq(unit, r->v.unit);
  result_set(r, (struct val){.kind = VAL_NUMBER, .exact = true, .unit = unit});
  r->calculated = true;
  r->rounded = false;
  r->inexact = inexact;
  r->v.above = above;
}

bool result_no_memory(const struct eval *ev) {
  return finding(ev->fs, CODE_MEMORY, NULL, NULL, STR(""));
}

bool result_set_text(struct result *r, const struct eval *ev, struct buf *b, str unit) {
  r->v.kind = VAL_TEXT;
  r->v.exact = true;
  r->v.unit = unit;
  r->v.number = STR_NONE;
  r->v.text = arena_dup(ev->scratch, buf_str(b));
  r->calculated = r->inexact = false;
  bool ok = !b->failed && r->v.text.p != NULL;
  buf_free(b);
  return ok || result_no_memory(ev);
}

bool result_complain(const struct eval *ev, enum code code, const struct val *v, size_t n,
                     const str *args) {
  struct origin origin = {.file = STR_NONE};
  if (v != NULL) val_origin(v, findings_arena(ev->fs), &origin);
  return findings_add(ev->fs, code, ev->place, origin.file.n != 0 ? &origin : NULL, n, args);
}

bool result_cell_error(const struct eval *ev, const struct val *v) {
  return result_complain(ev, CODE_CELL_ERROR, v, 2, (str[]){ev->tag, v->text});
}

void result_lacks(const struct eval *ev, int level, const struct val *item, str name) {
  const struct seeker *s = ev->seeker;
  for (int i = 0; s != NULL && i <= level; i++)
    if (ev->frames[i].item != NULL && s->lacks(s->ctx, ev->frames[i].item, name)) return;
  if (s != NULL && item != NULL) s->lacks(s->ctx, item, name);
}

/* What a message shows of a value. */
static str shown(const struct val *v) {
  switch (v->kind) {
    case VAL_LIST: return STR(N_("a list"));
    case VAL_OBJECT: return STR(N_("an object"));
    case VAL_BOOL: return v->truth ? STR("是") : STR("否");
    default: return v->text;
  }
}

str result_words(const struct result *r, const struct eval *ev) {
  if (!r->calculated) return shown(&r->v);
  struct buf b;
  buf_init(&b, 0);
  num_print(&r->num, &b);
  str words = arena_dup(ev->scratch, buf_str(&b));
  buf_free(&b);
  return words;
}

bool result_num(struct result *r, const struct eval *ev) {
  if (r->calculated || val_num(&r->v, &r->num)) return true;
  return result_complain(ev, CODE_NOT_NUMBER, &r->v, 2, (str[]){ev->tag, shown(&r->v)});
}

bool result_digits(const struct result *r, int places, struct buf *out) {
  struct num shown;
  num_init(&shown);
  num_set(&shown, &r->num);
  if (!num_ends(&shown)) num_round(&shown, &shown, places);
  bool ok = num_print(&shown, out);
  num_free(&shown);
  return ok;
}

bool result_true(const struct result *r) {
  return r->calculated ? num_sign(&r->num) != 0 : val_true(&r->v);
}

bool result_missing(const struct result *r) { return !r->calculated && val_none(&r->v, false); }

/* ---- units ---- */

static void scale(struct num *x, const char *factor, bool divide) {
  struct num f;
  num_init(&f);
  num_parse(&f, str_of(factor), false);
  if (divide) num_div(x, x, &f);
  else num_mul(x, x, &f);
  num_free(&f);
}

bool result_same_kind(str a, str b) {
  const struct unit *x = unit_find(a), *y = unit_find(b);
  return x != NULL && y != NULL && strcmp(x->dimension, y->dimension) == 0;
}

void result_to_unit(struct result *r, str unit) {
  if (r->v.unit.n == 0 || unit.n == 0 || str_eq(r->v.unit, unit)) return;
  const struct unit *from = unit_find(r->v.unit), *to = unit_find(unit);
  if (from == NULL || to == NULL || strcmp(from->dimension, to->dimension) != 0) return;
  scale(&r->num, from->factor, false);
  scale(&r->num, to->factor, true);
  r->v.unit = unit;
}

/* ---- comparing ---- */

bool result_date(const struct result *r, struct date *d) {
  bool exists;
  return !r->calculated && r->v.kind == VAL_TEXT && date_parse(val_date_text(&r->v), false, d, &exists);
}

/* 007 is a text that equals 7 only against a number. */
static bool zero_led(const struct val *v) {
  str s = v->text;
  return v->kind == VAL_TEXT && s.n > 1 && s.p[0] == '0' && s.p[1] >= '0' && s.p[1] <= '9';
}

static bool has_num(struct result *r) { return r->calculated || val_num(&r->v, &r->num); }

static bool is_text(const struct result *r) { return !r->calculated && r->v.kind == VAL_TEXT; }

static int compare_numbers(const struct result *a, const struct result *b) {
  if (str_eq(a->v.unit, b->v.unit)) return num_cmp(&a->num, &b->num);
  struct result same;
  result_init(&same);
  same.v.unit = b->v.unit;
  num_set(&same.num, &b->num);
  result_to_unit(&same, a->v.unit);
  int order = num_cmp(&a->num, &same.num);
  result_free(&same);
  return order;
}

/* Is the text what the truth prints, 是 or 否, or the word for it in a worksheet? */
static bool says_truth(const struct val *truth, const struct val *text) {
  static const char *const words[2][4] = {{"否", "false", "FALSE", "False"},
                                          {"是", "true", "TRUE", "True"}};
  for (size_t i = 0; i < 4; i++)
    if (str_is(text->text, words[truth->truth][i])) return true;
  return false;
}

bool result_compare(struct result *a, struct result *b, bool by_size, int *order) {
  struct date x, y;
  bool left = result_date(a, &x), right = result_date(b, &y);
  bool texts = is_text(a) && is_text(b);
  *order = 1; /* what cannot be compared is not equal */
  if (left && right) return *order = date_cmp(x, y), true;
  if (left || right) return !by_size && texts && (a->v.text.n == 0 || b->v.text.n == 0);
  bool coded = texts && (zero_led(&a->v) || zero_led(&b->v));
  if (!coded && has_num(a) && has_num(b)) return *order = compare_numbers(a, b), true;
  if (texts) return *order = str_cmp(a->v.text, b->v.text), true;
  if (a->v.kind == VAL_BOOL && b->v.kind == VAL_BOOL)
    return *order = (int)a->v.truth - (int)b->v.truth, !by_size;
  if (a->v.kind == VAL_BOOL && is_text(b)) return *order = !says_truth(&a->v, &b->v), !by_size;
  if (is_text(a) && b->v.kind == VAL_BOOL) return *order = !says_truth(&b->v, &a->v), !by_size;
  return !by_size && a->v.kind < VAL_LIST && b->v.kind < VAL_LIST;
}

/* In which part of a sorted list a value stands; makes its number. */
enum rank { RANK_NUMBER, RANK_DATE, RANK_TEXT, RANK_OTHER, RANK_NONE };

static enum rank rank_of(struct result *r, struct date *d) {
  if (result_missing(r)) return RANK_NONE;
  if (has_num(r)) return RANK_NUMBER;
  if (result_date(r, d)) return RANK_DATE;
  return r->v.kind == VAL_TEXT ? RANK_TEXT : RANK_OTHER;
}

int result_order(struct result *a, struct result *b) {
  struct date x = {0, 0, 0}, y = {0, 0, 0};
  enum rank left = rank_of(a, &x), right = rank_of(b, &y);
  if (left != right) return left < right ? -1 : 1;
  switch (left) {
    case RANK_NUMBER: return num_cmp(&a->num, &b->num);
    case RANK_DATE: return date_cmp(x, y);
    case RANK_TEXT: return str_cmp(a->v.text, b->v.text);
    case RANK_OTHER: return (int)val_true(&a->v) - (int)val_true(&b->v);
    default: return 0;
  }
}
