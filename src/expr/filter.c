/* The filters: one sorted table of name, English name, arguments, function and a line of help.
 *
 * A filter changes a result in place.  It is not asked for missing values, unless it says so.
 * Empty text passes through unchanged.  Numerals in Chinese characters, dates and patterns are
 * made in value/.
 */
#include "expr/filter.h"

#include "base/fold.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "expr/result.h"
#include "value/format.h"
#include "value/hanzi.h"

#define N_(s) (s)

/* Every filter has these; most need but some of them. */
#define APPLY(name)                                                                               \
  static bool name(const struct expr *e, struct result *other, const struct eval *ev,             \
                   struct result *r)
#define UNUSED(x) (void)(x)

static bool complain(const struct eval *ev, enum code code, const struct result *r) {
  return result_complain(ev, code, &r->v, 2, (str[]){ev->tag, result_words(r, ev)});
}

static bool refuse(const struct eval *ev, const struct result *r, const char *why) {
  return result_complain(ev, CODE_FILTER_ARGUMENT, &r->v, 2, (str[]){ev->tag, str_of(why)});
}

static bool is_empty(const struct result *r) {
  return !r->calculated && r->v.kind == VAL_TEXT && r->v.text.n == 0;
}

/* 约300 is printed as it is written, or not at all. */
static bool need_num(struct result *r, const struct eval *ev) {
  if (!r->calculated && !r->v.exact && r->v.kind == VAL_TEXT)
    return complain(ev, CODE_NOT_NUMBER, r);
  return result_num(r, ev);
}

/* ---- words behind a filter ---- */

/* 2, 2位, also in full width. */
static bool read_count(str s, int *n) {
  size_t at = 0, digits = 0;
  for (*n = 0; at < s.n; digits++) {
    size_t next = at;
    uint32_t c = utf8_next(s, &next);
    if (c >= 0xFF10 && c <= 0xFF19) c = c - 0xFF10 + '0';
    if (c < '0' || c > '9') break;
    *n = *n * 10 + (int)(c - '0');
    at = next;
    if (digits == 2) return false;
  }
  str rest = str_sub(s, at, s.n);
  return digits > 0 && (rest.n == 0 || str_is(rest, "位"));
}

static const char *check_places(const str *args, size_t n) {
  int places;
  return n == 0 || read_count(args[0], &places)
             ? NULL
             : N_("the number of decimals is missing, as in 2位 or fixed 2");
}

static str pattern_of(const struct expr *e, struct arena *a) {
  if (e->nargs == 0) return STR_NONE;
  return e->nargs == 1 ? e->args[0] : arena_join(a, (str[]){e->args[0], STR(" "), e->args[1]}, 3);
}

static const char *check_date(const str *args, size_t n) {
  struct buf b;
  buf_init(&b, 0);
  bool ok = true;
  for (size_t i = 0; i < n; i++) ok = ok && date_print((struct date){2024, 6, 30}, args[i], &b);
  buf_free(&b);
  return ok ? NULL : N_("the pattern of the date is not understood; use y, M and d: yyyy年M月d日");
}

static const char *check_format(const str *args, size_t n) {
  return n == 1 && format_good(args[0])
             ? NULL
             : N_("the pattern of the number is not understood; it is written like \"#,##0.00\"");
}

static const char *check_updown(const str *args, size_t n) {
  UNUSED(args);
  return n == 1 ? N_("two words are needed, for more and for less: 增减 增长 下降") : NULL;
}

/* ---- decimals ---- */

static void round_to(struct result *r, int places) {
  if (!r->rounded) r->sign = num_sign(&r->num);
  r->rounded = true;
  num_round(&r->num, &r->num, places);
}

APPLY(apply_fixed) {
  UNUSED(other);
  int places = 0;
  if (is_empty(r)) return true;
  if (!read_count(e->args[0], &places) || !need_num(r, ev)) return false;
  round_to(r, places);
  result_set(r, (struct val){.kind = VAL_NUMBER, .exact = true, .unit = r->v.unit,
                             .above = r->v.above, .source = r->v.source, .at = r->v.at});
  r->calculated = true;
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

APPLY(apply_group) {
  UNUSED(e);
  UNUSED(other);
  if (is_empty(r)) return true;
  if (!need_num(r, ev)) return false;
  struct buf plain, grouped;
  buf_init(&plain, LIMIT_VALUE_BYTES);
  buf_init(&grouped, LIMIT_VALUE_BYTES);
  num_print(&r->num, &plain);
  put_grouped(&grouped, buf_str(&plain));
  buf_free(&plain);
  return result_set_text(r, ev, &grouped, r->v.unit);
}

APPLY(apply_format) {
  UNUSED(other);
  if (is_empty(r)) return true;
  if (!need_num(r, ev)) return false;
  struct buf plain, made;
  buf_init(&plain, LIMIT_VALUE_BYTES);
  buf_init(&made, LIMIT_VALUE_BYTES);
  bool ok = result_digits(r, FORMAT_PLACES, &plain) &&
            format_print(buf_str(&plain), e->args[0], &made);
  buf_free(&plain);
  if (ok) return result_set_text(r, ev, &made, r->v.unit);
  buf_free(&made);
  return refuse(ev, r, check_format(NULL, 0));
}

/* 0.951 → 95.1%, with the decimals that are left; 95.1 of a key in % is the same. */
APPLY(apply_percent) {
  UNUSED(other);
  int places = 0;
  if (is_empty(r)) return true;
  if (!need_num(r, ev)) return false;
  if (!str_is(r->v.unit, "%")) num_hundredfold(&r->num);
  if (e->nargs == 1 && !read_count(e->args[0], &places)) return false;
  if (e->nargs == 1) round_to(r, places);
  struct buf b;
  buf_init(&b, LIMIT_VALUE_BYTES);
  num_print(&r->num, &b);
  buf_putc(&b, '%');
  return result_set_text(r, ev, &b, STR_NONE);
}

/* ---- money ---- */

/* Ten thousands are digits moved: exact, and printed shortest. */
static bool convert(const struct eval *ev, struct result *r, const char *from, const char *to,
                    unsigned long factor, bool divide) {
  if (is_empty(r)) return true;
  if (!need_num(r, ev)) return false;
  if (r->v.unit.n != 0 && !str_is(r->v.unit, from))
    return result_complain(ev, CODE_UNIT_NAME, &r->v, 3,
                           (str[]){ev->tag, str_of(from), r->v.unit});
  __mpz_struct *part = divide ? mpq_denref(r->num.q) : mpq_numref(r->num.q);
  mpz_mul_ui(part, part, factor);
  mpq_canonicalize(r->num.q);
  r->num.places = NUM_SHORTEST;
  result_set(r, (struct val){.kind = VAL_NUMBER, .exact = true, .unit = str_of(to),
                             .source = r->v.source, .at = r->v.at});
  r->calculated = true;
  return true;
}

APPLY(apply_to_wan) {
  UNUSED(e);
  UNUSED(other);
  return convert(ev, r, "元", "万元", 10000, true);
}

APPLY(apply_to_yi) {
  UNUSED(e);
  UNUSED(other);
  return convert(ev, r, "元", "亿元", 100000000, true);
}

APPLY(apply_from_wan) {
  UNUSED(e);
  UNUSED(other);
  return convert(ev, r, "万元", "元", 10000, false);
}

static str digits(const struct num *v, const struct eval *ev) {
  struct buf b;
  buf_init(&b, 0);
  num_print(v, &b);
  str s = arena_dup(ev->scratch, buf_str(&b));
  buf_free(&b);
  return s;
}

/* The number in 元; tells which it was, when that was asked for. */
static void amount_to_yuan(struct result *r, const struct eval *ev) {
  str unit = r->v.unit;
  str before = ev->explain && unit.n != 0 ? digits(&r->num, ev) : STR_NONE;
  result_to_unit(r, STR("元"));
  if (before.n == 0 || str_eq(r->v.unit, unit)) return;
  result_complain(ev, CODE_AMOUNT_CONVERTED, &r->v, 4,
                  (str[]){ev->tag, before, unit, digits(&r->num, ev)});
}

/* A figure in 万元 is written out in 元. */
APPLY(apply_rmb) {
  UNUSED(e);
  UNUSED(other);
  if (is_empty(r)) return true;
  if (!need_num(r, ev)) return false;
  amount_to_yuan(r, ev);
  if (r->v.unit.n != 0 && !str_is(r->v.unit, "元"))
    return result_complain(ev, CODE_UNIT_NAME, &r->v, 3, (str[]){ev->tag, STR("元"), r->v.unit});
  struct buf plain, made;
  buf_init(&plain, LIMIT_VALUE_BYTES);
  buf_init(&made, LIMIT_VALUE_BYTES);
  bool ok = num_ends(&r->num) && num_print(&r->num, &plain) &&
            hanzi_amount(buf_str(&plain), &made);
  buf_free(&plain);
  if (ok) return result_set_text(r, ev, &made, STR_NONE);
  buf_free(&made);
  return refuse(ev, r, N_("an amount in characters has two decimals and 16 digits before them at "
                          "most; round it first, as in 2位"));
}

/* ---- Chinese numerals and dates ---- */

APPLY(apply_hanzi) {
  UNUSED(e);
  UNUSED(other);
  if (is_empty(r)) return true;
  if (!need_num(r, ev)) return false;
  struct buf plain, made;
  buf_init(&plain, LIMIT_VALUE_BYTES);
  buf_init(&made, LIMIT_VALUE_BYTES);
  bool ok = num_print(&r->num, &plain) && hanzi_number(buf_str(&plain), &made);
  buf_free(&plain);
  if (ok) return result_set_text(r, ev, &made, r->v.unit);
  buf_free(&made);
  return refuse(ev, r, N_("the number has more than 16 digits before its decimals"));
}

/* The date that a value is; 20230630 too. */
static bool need_date(struct result *r, const struct eval *ev, struct date *d) {
  bool exists = false;
  str text;
  if (r->v.kind >= VAL_LIST) return complain(ev, CODE_NOT_DATE, r);
  if (!expr_print(r, ev, &text)) return false;
  if (!r->calculated && r->v.kind == VAL_TEXT) text = val_date_text(&r->v);
  return date_parse(text, true, d, &exists) || complain(ev, CODE_NOT_DATE, r);
}

APPLY(apply_date) {
  UNUSED(other);
  struct date d;
  struct buf b;
  if (is_empty(r)) return true;
  if (!need_date(r, ev, &d)) return false;
  buf_init(&b, LIMIT_VALUE_BYTES);
  date_print(d, pattern_of(e, ev->scratch), &b);
  return result_set_text(r, ev, &b, STR_NONE);
}

APPLY(apply_handate) {
  UNUSED(e);
  UNUSED(other);
  struct date d;
  struct buf b;
  if (is_empty(r)) return true;
  if (!need_date(r, ev, &d)) return false;
  buf_init(&b, LIMIT_VALUE_BYTES);
  hanzi_date(d, &b);
  return result_set_text(r, ev, &b, STR_NONE);
}

/* ---- more and less ---- */

/* The figure without its sign, behind the word for it. */
APPLY(apply_updown) {
  UNUSED(other);
  str text;
  if (is_empty(r)) return true;
  if (!need_num(r, ev) || !expr_print(r, ev, &text)) return false;
  int sign = r->rounded ? r->sign : num_sign(&r->num);
  bool own = e->nargs >= 2;
  str none = e->nargs == 3 ? e->args[2] : STR("持平");
  str word = sign > 0 ? (own ? e->args[0] : STR("增长")) : own ? e->args[1] : STR("下降");
  if (text.n != 0 && (text.p[0] == '-' || text.p[0] == '+')) text = str_sub(text, 1, text.n);
  struct buf b;
  buf_init(&b, LIMIT_VALUE_BYTES);
  buf_put(&b, sign == 0 ? none : word);
  if (sign != 0) buf_put(&b, text);
  return result_set_text(r, ev, &b, r->v.unit);
}

/* A rate that cannot be given is missing where 空则 follows, and an error elsewhere. */
static bool no_rate(const struct expr *e, const struct eval *ev, struct result *r,
                    const struct result *last) {
  if (e->guarded) {
    result_set(r, (struct val){.kind = VAL_MISSING});
    return true;
  }
  if (num_sign(&last->num) == 0)
    return result_complain(ev, CODE_DIVISION, &last->v, 1, (str[]){ev->tag});
  return refuse(ev, last, N_("the figure of last year is negative, so there is no rate"));
}

APPLY(apply_yoy) {
  int places = 1;
  if (is_empty(r)) return true;
  if (!need_num(r, ev) || !need_num(other, ev)) return false;
  if (e->nargs == 1 && !read_count(e->args[0], &places)) return false;
  result_to_unit(other, r->v.unit);
  if (num_sign(&other->num) <= 0) return no_rate(e, ev, r, other);
  num_sub(&r->num, &r->num, &other->num);
  num_div(&r->num, &r->num, &other->num);
  int sign = num_sign(&r->num);
  mpq_abs(r->num.q, r->num.q);
  mpz_mul_ui(mpq_numref(r->num.q), mpq_numref(r->num.q), 100);
  mpq_canonicalize(r->num.q);
  num_round(&r->num, &r->num, places);
  struct buf b;
  buf_init(&b, LIMIT_VALUE_BYTES);
  buf_puts(&b, sign == 0 ? "持平" : sign > 0 ? "增长" : "下降");
  if (sign != 0) num_print(&r->num, &b);
  if (sign != 0) buf_putc(&b, '%');
  return result_set_text(r, ev, &b, STR_NONE);
}

/* ---- lists, and nothing ---- */

APPLY(apply_default) {
  UNUSED(other);
  if (r->calculated || !val_none(&r->v, true)) return true;
  str s = e->args[0];
  for (size_t i = 1; i < e->nargs; i++)
    s = arena_join(ev->scratch, (str[]){s, STR(" "), e->args[i]}, 3);
  result_set(r, val_text(s));
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
    if (ok && val_none(v, false)) ok = result_complain(ev, CODE_MISSING, v, 1, &ev->tag);
    if (ok && v->kind == VAL_LIST) ok = complain(ev, CODE_NOT_PRINTABLE, &item);
    ok = ok && expr_print(&item, ev, &s);
    if (ok && i != 0) buf_put(b, i + 1 == list->list.n ? last : between);
    if (ok) buf_put(b, s);
    result_free(&item);
  }
  cursor_free(&c);
  return ok;
}

APPLY(apply_join) {
  UNUSED(other);
  if (r->calculated || r->v.kind != VAL_LIST) return true; /* one value is a list of one */
  struct buf b;
  buf_init(&b, LIMIT_VALUE_BYTES);
  if (put_joined(ev, &r->v, e->args[0], e->args[e->nargs - 1], &b))
    return result_set_text(r, ev, &b, r->v.unit);
  buf_free(&b);
  return false;
}

/* 同值合并 joins cells; the value stays. */
APPLY(apply_nothing) {
  UNUSED(e);
  UNUSED(other);
  UNUSED(ev);
  UNUSED(r);
  return true;
}

/* Sorted by the English name. */
const struct filter filters[] = {
    {"日期", "date", 0, 2, apply_date, check_date, 0,
     N_("a date, as 2023年6月30日 or by a pattern of y, M and d"),
     "{{成文日期：日期}} → 2023年6月30日"},
    {"空则", "default", 1, 16, apply_default, NULL, FILTER_MISSING,
     N_("what is printed when the value is missing, null or empty"), "{{存在问题：空则 无}} → 无"},
    {"位", "fixed", 1, 1, apply_fixed, check_places, 0,
     N_("exactly so many decimals, rounded half up"), "{{支出合计：2位}} → 2228.08"},
    {"格式", "format", 1, 1, apply_format, check_format, 0,
     N_("a number by a pattern"), "{{支出合计：格式 \"#,##0.0\"}} → 2,228.1"},
    {"万元转元", "from_wan", 0, 0, apply_from_wan, NULL, 0,
     N_("a figure in 万元 as one in 元, exactly"), "{{支出合计：万元转元}} → 22280800"},
    {"千分位", "group", 0, 0, apply_group, NULL, 0,
     N_("thousands apart by commas; the decimals stay"), "{{支出合计：千分位}} → 2,228.08"},
    {"中文日期", "handate", 0, 0, apply_handate, NULL, 0,
     N_("a date in Chinese characters"), "{{成文日期：中文日期}} → 二〇二三年六月三十日"},
    {"中文数字", "hanzi", 0, 0, apply_hanzi, NULL, 0,
     N_("a number in Chinese characters"), "{{车辆数：中文数字}} → 二"},
    {"并列", "join", 1, 2, apply_join, NULL, 0,
     N_("a list joined by the first word, its last item by the second"),
     "{{车辆名称：并列 、 及}} → 猎豹越野车及现代SUV"},
    {"同值合并", "merge", 0, 0, apply_nothing, NULL, FILTER_MERGES,
     N_("in a repeated row: equal neighbours of a column become one cell"),
     "{{项目.类别：同值合并}} → 省级专项"},
    {"百分比", "percent", 0, 1, apply_percent, check_places, 0,
     N_("a hundred times the number with %, with so many decimals if given"),
     "{{完成率：百分比}} → 95.1%"},
    {"大写", "rmb", 0, 0, apply_rmb, NULL, 0,
     N_("an amount of money in the characters of bills"),
     "{{拨款金额：大写}} → 贰仟贰佰贰拾捌万零捌佰元整"},
    {"元转万元", "to_wan", 0, 0, apply_to_wan, NULL, 0,
     N_("a figure in 元 as one in 万元, exactly"), "{{拨款金额：元转万元}} → 2228.08"},
    {"元转亿元", "to_yi", 0, 0, apply_to_yi, NULL, 0,
     N_("a figure in 元 as one in 亿元, exactly"), "{{生产总值：元转亿元}} → 13.5"},
    {"增减", "updown", 0, 3, apply_updown, check_updown, 0,
     N_("the sign as a word: 增长, 下降 or 持平, or words of your own"), "{{增幅：增减}} → 增长5.2"},
    {"同比", "yoy", 0, 1, apply_yoy, check_places, FILTER_COMPARES,
     N_("the change against another figure in words, with one decimal or so many as given"),
     "{{支出合计：同比 上年支出}} → 增长5.2%"},
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

/* A unit alone does not say from what the figure is converted. */
static const char *conversion(str word) {
  static const char *const units[][2] = {{"万元", "元转万元 / 万元转元"},
                                         {"亿元", "元转亿元"},
                                         {"元", "万元转元"},
                                         {"wan", "to_wan"},
                                         {"yi", "to_yi"}};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (str_is(word, units[i][0])) return units[i][1];
  return NULL;
}

const char *filter_nearest(str word) {
  if (conversion(word) != NULL) return conversion(word);
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
