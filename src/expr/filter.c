/* The filters: one sorted table of name, English name, arguments, function and a line of help.
 *
 * A filter changes a result in place.  It is not asked for missing values, unless it says so.
 * Empty text passes through unchanged.
 */
#include "expr/filter.h"

#include "base/fold.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "value/date.h"

#define N_(s) (s)

static bool complain(const struct eval *ev, enum code code, const struct val *v) {
  struct origin origin = {.file = STR_NONE};
  val_origin(v, findings_arena(ev->fs), &origin);
  str shown = v->kind == VAL_LIST     ? STR(N_("a list"))
              : v->kind == VAL_OBJECT ? STR(N_("an object"))
                                      : v->text;
  return findings_add(ev->fs, code, ev->place, origin.file.n != 0 ? &origin : NULL, 2,
                      (str[]){ev->tag, shown});
}

static bool is_empty(const struct result *r) {
  return !r->calculated && r->v.kind == VAL_TEXT && r->v.text.n == 0;
}

/* Keeps unit and origin of what it was made from. */
static bool set_text(struct result *r, const struct eval *ev, struct buf *b) {
  struct val v = r->v;
  v.kind = VAL_TEXT;
  v.exact = true;
  v.text = arena_dup(ev->scratch, buf_str(b));
  bool ok = !b->failed && v.text.p != NULL;
  buf_free(b);
  r->v = v;
  r->calculated = false;
  return ok || finding(ev->fs, CODE_MEMORY, NULL, NULL, STR(""));
}

static bool need_num(struct result *r, const struct eval *ev) {
  if (r->calculated) return true;
  if (r->v.exact && val_num(&r->v, &r->num)) return true;
  return complain(ev, CODE_NOT_NUMBER, &r->v);
}

static bool read_count(str s, int *n) {
  if (s.n == 0 || s.n > 2) return false;
  *n = 0;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    *n = *n * 10 + (s.p[i] - '0');
  }
  return true;
}

static const char *check_places(const str *args, size_t n) {
  int places;
  return n == 1 && read_count(args[0], &places)
             ? NULL
             : N_("the number of decimals is missing, as in 2位 or fixed 2");
}

static bool apply_fixed(const struct filter *f, const str *args, size_t n, const struct eval *ev,
                        struct result *r) {
  (void)f;
  (void)n;
  int places = 0;
  if (is_empty(r)) return true;
  if (!read_count(args[0], &places) || !need_num(r, ev)) return false;
  num_round(&r->num, &r->num, places);
  r->calculated = true;
  r->v.kind = VAL_NUMBER;
  return true;
}

/* Digits of the integer part in groups of three, decimals as they are. */
static void put_grouped(struct buf *b, str s) {
  size_t from = s.n != 0 && s.p[0] == '-' ? 1 : 0, end = from;
  while (end < s.n && s.p[end] >= '0' && s.p[end] <= '9') end++;
  for (size_t i = 0; i < s.n; i++) {
    if (i > from && i < end && (end - i) % 3 == 0) buf_putc(b, ',');
    buf_putc(b, s.p[i]);
  }
}

static bool apply_group(const struct filter *f, const str *args, size_t n, const struct eval *ev,
                        struct result *r) {
  (void)f;
  (void)args;
  (void)n;
  if (is_empty(r)) return true;
  if (!need_num(r, ev)) return false;
  struct buf plain, grouped;
  buf_init(&plain, LIMIT_VALUE_BYTES);
  buf_init(&grouped, LIMIT_VALUE_BYTES);
  num_print(&r->num, &plain);
  put_grouped(&grouped, buf_str(&plain));
  buf_free(&plain);
  return set_text(r, ev, &grouped);
}

static str pattern_of(const str *args, size_t n, struct arena *a) {
  if (n == 0) return STR_NONE;
  return n == 1 ? args[0] : arena_join(a, (str[]){args[0], STR(" "), args[1]}, 3);
}

static const char *check_date(const str *args, size_t n) {
  struct buf b;
  buf_init(&b, 0);
  bool ok = true;
  for (size_t i = 0; i < n; i++) ok = ok && date_print((struct date){2024, 6, 30}, args[i], &b);
  buf_free(&b);
  return ok ? NULL : N_("the pattern of the date is not understood; use y, M and d: yyyy年M月d日");
}

static bool apply_date(const struct filter *f, const str *args, size_t n, const struct eval *ev,
                       struct result *r) {
  (void)f;
  struct date d;
  bool exists = false;
  str text;
  if (is_empty(r)) return true;
  if (!expr_print(r, ev, &text)) return false;
  if (!date_parse(text, true, &d, &exists)) return complain(ev, CODE_NOT_DATE, &r->v);
  struct buf b;
  buf_init(&b, LIMIT_VALUE_BYTES);
  date_print(d, pattern_of(args, n, ev->scratch), &b);
  return set_text(r, ev, &b);
}

static bool apply_default(const struct filter *f, const str *args, size_t n, const struct eval *ev,
                          struct result *r) {
  (void)f;
  if (r->calculated || !val_none(&r->v, true)) return true;
  str s = n == 0 ? STR_NONE : args[0];
  for (size_t i = 1; i < n; i++) s = arena_join(ev->scratch, (str[]){s, STR(" "), args[i]}, 3);
  r->v = val_text(s);
  return true;
}

static bool put_joined(const struct eval *ev, const struct val *list, str between, str last,
                       struct buf *b) {
  struct cursor c;
  cursor_init(&c, list);
  bool ok = true;
  for (size_t i = 0; ok && i < list->list.n; i++) {
    struct result item;
    result_init(&item);
    const struct val *v = cursor_at(&c, i, ev->fs);
    str s;
    ok = v != NULL;
    if (ok) item.v = *v;
    if (ok && val_none(v, false)) ok = finding(ev->fs, CODE_MISSING, ev->place, NULL, ev->tag);
    if (ok && v->kind == VAL_LIST) ok = complain(ev, CODE_NOT_PRINTABLE, v);
    ok = ok && expr_print(&item, ev, &s);
    if (ok && i != 0) buf_put(b, i + 1 == list->list.n ? last : between);
    if (ok) buf_put(b, s);
    result_free(&item);
  }
  cursor_free(&c);
  return ok;
}

static bool apply_join(const struct filter *f, const str *args, size_t n, const struct eval *ev,
                       struct result *r) {
  (void)f;
  if (r->calculated || r->v.kind != VAL_LIST) return true; /* one value is a list of one */
  struct buf b;
  buf_init(&b, LIMIT_VALUE_BYTES);
  if (!put_joined(ev, &r->v, args[0], args[n - 1], &b)) {
    buf_free(&b);
    return false;
  }
  return set_text(r, ev, &b);
}

/* 同值合并 joins cells; the value stays. */
static bool apply_nothing(const struct filter *f, const str *args, size_t n, const struct eval *ev,
                          struct result *r) {
  (void)f;
  (void)args;
  (void)n;
  (void)ev;
  (void)r;
  return true;
}

/* Sorted by the English name. */
const struct filter filters[] = {
    {"日期", "date", 0, 2, apply_date, check_date, false, false,
     N_("a date, as 2023年6月30日 or by a pattern of y, M and d"),
     "{{成文日期：日期}} → 2023年6月30日"},
    {"空则", "default", 1, 16, apply_default, NULL, true, false,
     N_("what is printed when the value is missing, null or empty"), "{{存在问题：空则 无}} → 无"},
    {"位", "fixed", 1, 1, apply_fixed, check_places, false, false,
     N_("exactly so many decimals, rounded half up"), "{{支出合计：2位}} → 2228.08"},
    {"千分位", "group", 0, 0, apply_group, NULL, false, false,
     N_("thousands apart by commas; the decimals stay"), "{{支出合计：千分位}} → 2,228.08"},
    {"并列", "join", 1, 2, apply_join, NULL, false, false,
     N_("a list joined by the first word, its last item by the second"),
     "{{车辆名称：并列 、 及}} → 猎豹越野车及现代SUV"},
    {"同值合并", "merge", 0, 0, apply_nothing, NULL, false, true,
     N_("in a repeated row: equal neighbours of a column become one cell"),
     "{{项目.类别：同值合并}} → 省级专项"},
};

size_t filter_count(void) { return sizeof filters / sizeof *filters; }

const struct filter *filter_find(str text, size_t *rest) {
  for (size_t i = 0; i < filter_count(); i++) {
    str name = str_of(filters[i].name), english = str_of(filters[i].english);
    if (str_starts(text, name)) return *rest = name.n, &filters[i];
    if (str_starts(text, english) && (text.n == english.n || text.p[english.n] == ' '))
      return *rest = english.n, &filters[i];
  }
  return NULL;
}

const char *filter_nearest(str word) {
  const char *best = NULL;
  unsigned least = (unsigned)utf8_length(word); /* all letters others: no neighbour */
  if (least > 4) least = 4;
  for (size_t i = 0; i < filter_count(); i++) {
    const char *const names[] = {filters[i].name, filters[i].english};
    for (size_t k = 0; k < 2; k++) {
      unsigned d = fold_distance(word, str_of(names[k]), least);
      if (d >= least) continue;
      least = d;
      best = names[k];
    }
  }
  return best;
}
