/* The functions: one sorted table, and those that work on single values.
 *
 * Parsing (with 当 … and the words of 等级) is in parse.c; those that run over lists are in
 * aggregate.c.  A missing operand makes the result missing.
 */
#include "expr/function.h"

#include "base/fold.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "expr/aggregate.h"
#include "expr/result.h"

#define N_(s) (s)

enum { MOST_PLACES = 99, MOST_OPERANDS = 64 };

static bool refuse(const struct eval *ev, const struct result *r, const char *why) {
  return result_complain(ev, CODE_FILTER_ARGUMENT, &r->v, 2, (str[]){ev->tag, str_of(why)});
}

/* A whole number from an operand. */
static bool whole_number(const struct expr *e, size_t i, const struct eval *ev, int64_t *v,
                         bool *missing) {
  struct result r;
  result_init(&r);
  bool ok = expr_eval(e->operands[i], ev, &r);
  *missing = ok && result_missing(&r);
  if (ok && !*missing)
    ok = result_num(&r, ev) &&
         (num_i64(&r.num, v) || refuse(ev, &r, N_("a whole number is needed in the brackets")));
  result_free(&r);
  return ok;
}

static bool too_long(const struct eval *ev, const struct result *r) {
  return result_complain(ev, CODE_TOO_LONG, &r->v, 2,
                         (str[]){ev->tag, finding_number(ev->fs, LIMIT_VALUE_BYTES)});
}

static void set_missing(struct result *r) { result_set(r, (struct val){.kind = VAL_MISSING}); }

/* ---- numbers ---- */

static bool apply_round(const struct expr *e, const struct eval *ev, struct result *r) {
  int64_t places = 0;
  bool missing = false;
  if (!expr_eval(e->operands[0], ev, r) || result_missing(r)) return r->v.kind <= VAL_NULL;
  if (e->noperands == 2 && !whole_number(e, 1, ev, &places, &missing)) return false;
  if (missing) return set_missing(r), true;
  if (!result_num(r, ev)) return false;
  if (places < 0 || places > MOST_PLACES)
    return refuse(ev, r, N_("the number of decimals is 0 to 99"));
  int sign = r->rounded ? r->sign : num_sign(&r->num);
  num_round(&r->num, &r->num, (int)places);
  result_set_num(r, r->v.unit);
  r->rounded = true;
  r->sign = sign;
  return true;
}

static bool apply_abs(const struct expr *e, const struct eval *ev, struct result *r) {
  if (!expr_eval(e->operands[0], ev, r)) return false;
  if (result_missing(r)) return true;
  if (!result_num(r, ev)) return false;
  if (num_sign(&r->num) >= 0) return true; /* as written */
  mpq_abs(r->num.q, r->num.q);
  result_set_num(r, r->v.unit);
  return true;
}

/* ---- dates ---- */

static bool set_date(struct result *r, const struct eval *ev, struct date d) {
  struct buf b;
  buf_init(&b, 0);
  date_print(d, STR_NONE, &b);
  return result_set_text(r, ev, &b, STR_NONE);
}

/* The date that the first operand is; `compact`: 20230630 too. */
static bool read_date(const struct expr *e, const struct eval *ev, bool compact, struct result *r,
                      struct date *d) {
  bool exists;
  if (!expr_eval(e->operands[0], ev, r)) return false;
  if (result_missing(r)) return true;
  str words = result_words(r, ev);
  bool scalar = r->v.kind == VAL_TEXT || r->v.kind == VAL_NUMBER;
  if (scalar && !r->calculated) words = val_date_text(&r->v);
  if (scalar && date_parse(words, compact, d, &exists)) return true;
  return result_complain(ev, CODE_NOT_DATE, &r->v, 2, (str[]){ev->tag, words});
}

static bool no_such_date(const struct eval *ev, const int64_t *parts) {
  struct buf b;
  buf_init(&b, 0);
  for (size_t i = 0; i < 3; i++) {
    if (i != 0 || parts[i] < 0) buf_putc(&b, '-');
    buf_put_u64(&b, (uint64_t)(parts[i] < 0 ? -parts[i] : parts[i]));
  }
  finding(ev->fs, CODE_NOT_DATE, ev->place, NULL, ev->tag, buf_str(&b));
  buf_free(&b);
  return false;
}

static bool date_of_parts(const struct expr *e, const struct eval *ev, struct result *r) {
  int64_t parts[3] = {0, 0, 0};
  bool missing = false;
  for (size_t i = 0; i < 3; i++) {
    if (!whole_number(e, i, ev, &parts[i], &missing)) return false;
    if (missing) return set_missing(r), true;
  }
  struct date d = {0, 0, 0};
  for (size_t i = 0; i < 3; i++)
    if (parts[i] < 1 || parts[i] > 9999) return no_such_date(ev, parts);
  if (!date_make((int)parts[0], (int)parts[1], (int)parts[2], &d)) return no_such_date(ev, parts);
  result_set(r, (struct val){.kind = VAL_TEXT});
  return set_date(r, ev, d);
}

/* 日期(年度, 12, 31), or 日期("20230630"). */
static bool apply_date(const struct expr *e, const struct eval *ev, struct result *r) {
  struct date d = {0, 0, 0};
  if (e->noperands == 3) return date_of_parts(e, ev, r);
  if (!read_date(e, ev, true, r, &d)) return false;
  return result_missing(r) || set_date(r, ev, d);
}

static bool date_part(const struct expr *e, const struct eval *ev, struct result *r, int part) {
  struct date d = {0, 0, 0};
  if (!read_date(e, ev, false, r, &d)) return false;
  if (result_missing(r)) return true;
  num_set_i64(&r->num, part == 0 ? d.year : part == 1 ? d.month : d.day);
  result_set_num(r, STR_NONE);
  return true;
}

static bool apply_year(const struct expr *e, const struct eval *ev, struct result *r) {
  return date_part(e, ev, r, 0);
}

static bool apply_month(const struct expr *e, const struct eval *ev, struct result *r) {
  return date_part(e, ev, r, 1);
}

static bool apply_day(const struct expr *e, const struct eval *ev, struct result *r) {
  return date_part(e, ev, r, 2);
}

/* ---- grades ---- */

/* The first word whose limit is reached; the last has none. */
static bool apply_grade(const struct expr *e, const struct eval *ev, struct result *r) {
  if (!expr_eval(e->operands[0], ev, r)) return false;
  if (result_missing(r)) return true;
  if (!result_num(r, ev)) return false;
  struct num limit;
  num_init(&limit);
  str word = e->args[e->nargs - 2];
  for (size_t i = e->nargs - 2; i >= 2; i -= 2)
    if (num_parse(&limit, e->args[i - 1], false) == NUM_OK && num_cmp(&r->num, &limit) >= 0)
      word = e->args[i - 2];
  num_free(&limit);
  bool inexact = r->inexact;
  result_set(r, val_text(word));
  r->inexact = inexact;
  return true;
}

static bool descends(const struct expr *e) {
  struct num a, b;
  num_init(&a);
  num_init(&b);
  bool ok = true;
  for (size_t i = 0; ok && i + 3 < e->nargs; i += 2) {
    ok = num_parse(&b, e->args[i + 1], false) == NUM_OK && (i == 0 || num_cmp(&a, &b) > 0);
    num_set(&a, &b);
  }
  num_free(&a);
  num_free(&b);
  return ok;
}

static const char *check_grades(const struct expr *e) {
  bool ok = e->nargs >= 4 && e->args[e->nargs - 1].n == 0 && descends(e);
  for (size_t i = 0; ok && i < e->nargs; i += 2) ok = e->args[i].n != 0;
  return ok ? NULL
            : N_("grades are written with falling limits, the last without one, as in "
                 "等级(得分, 优 90, 良 80, 差): ");
}

/* ---- texts ---- */

/* 拼接("照片/", 姓名, ".jpg"): what each operand prints; the origin is that of the first from the
 * data, since a picture is looked for beside its file. */
static bool apply_concat(const struct expr *e, const struct eval *ev, struct result *r) {
  struct buf b;
  struct val from = {.kind = VAL_TEXT};
  bool ok = true, inexact = false, missing = false;
  buf_init(&b, LIMIT_VALUE_BYTES);
  for (size_t i = 0; ok && !missing && i < e->noperands; i++) {
    str text;
    ok = expr_eval(e->operands[i], ev, r);
    missing = ok && result_missing(r);
    if (!ok || missing) break;
    ok = expr_print(r, ev, &text) && (buf_put(&b, text) || too_long(ev, r));
    inexact = inexact || r->inexact;
    if (from.source == NULL) from = r->v;
  }
  if (!ok || missing) return buf_free(&b), ok;
  result_set(r, from);
  ok = result_set_text(r, ev, &b, STR_NONE);
  r->inexact = inexact;
  return ok;
}

const char *function_check(const struct expr *e) {
  const struct function *f = e->function;
  bool part = f->apply == apply_date && e->noperands == 2; /* a year and a month are no date */
  if (e->noperands < f->least || part) return N_("too few values in the brackets of ");
  if (e->noperands > f->most) return N_("too many values in the brackets of ");
  return f->grades ? check_grades(e) : NULL;
}

/* ---- the table ---- */

/* Sorted by the English name. */
const struct function functions[] = {
    {"绝对值", "abs", 1, 1, false, false, false, apply_abs, N_("a number without its sign"),
     "{{绝对值(增幅)}} → 5.2"},
    {"平均", "avg", 1, MOST_OPERANDS, true, false, false, aggregate_average,
     N_("the average of a list's column, or of a part of it"), "{{平均(项目.金额)}} → 371.35"},
    {"变动", "change", 1, 1, false, false, true, NULL,
     N_("a figure less what it was in the data of --last"),
     "{{变动(支出合计)：增减}} → 增长110.13"},
    {"拼接", "concat", 2, MOST_OPERANDS, false, false, false, apply_concat,
     N_("texts and values one behind the other, such as the name of a file"),
     "{{拼接(\"照片/\", 年度, \".jpg\")}} → 照片/2023.jpg"},
    {"个数", "count", 1, 1, true, false, false, aggregate_count,
     N_("how many items a list has, or a part of it"), "{{个数(项目 当 金额 > 100)}} → 4"},
    {"日期", "date", 1, 3, false, false, false, apply_date,
     N_("the date of a year, a month and a day, or of a text"),
     "{{日期(年度, 12, 31)}} → 2023年12月31日"},
    {"日", "day", 1, 1, false, false, false, apply_day, N_("the day of a date"),
     "{{日(成文日期)}} → 30"},
    {"等级", "grade", 1, 1, false, true, false, apply_grade,
     N_("the first word whose limit the number reaches; the last word has no limit"),
     "{{等级(自评得分, 优 90, 良 80, 中 60, 差)}} → 优"},
    {"最大", "max", 1, MOST_OPERANDS, true, false, false, aggregate_greatest,
     N_("the greatest number or the last date, as it is written"), "{{最大(项目.金额)}} → 1074.40"},
    {"最小", "min", 1, MOST_OPERANDS, true, false, false, aggregate_least,
     N_("the least number or the first date, as it is written"), "{{最小(项目.金额)}} → 25"},
    {"月", "month", 1, 1, false, false, false, apply_month, N_("the month of a date"),
     "{{月(成文日期)}} → 6"},
    {"四舍五入", "round", 1, 2, false, false, false, apply_round,
     N_("a number rounded half up to so many decimals"), "{{四舍五入(支出合计, 1)}} → 2228.1"},
    {"合计", "sum", 1, MOST_OPERANDS, true, false, false, aggregate_sum,
     N_("the sum of a list's column, or of a part of it"),
     "{{合计(项目.金额 当 类别 = \"省级专项\")}} → 511.04"},
    {"年", "year", 1, 1, false, false, false, apply_year, N_("the year of a date"),
     "{{年(成文日期)}} → 2023"},
};

size_t function_count(void) { return sizeof functions / sizeof *functions; }

/* The name and its bracket. */
static bool names_it(str text, str name) {
  if (!str_starts(text, name)) return false;
  size_t at = name.n;
  while (at < text.n && text.p[at] == ' ') at++;
  return at < text.n && text.p[at] == '(';
}

const struct function *function_at(str text, size_t *n) {
  for (size_t i = 0; i < function_count(); i++) {
    str names[] = {str_of(functions[i].name), str_of(functions[i].english)};
    for (size_t k = 0; k < 2; k++)
      if (names_it(text, names[k])) return *n = names[k].n, &functions[i];
  }
  return NULL;
}

const char *function_nearest(str word) {
  static const char *const others[][2] = {{"求和", "合计"}, {"总和", "合计"}, {"总计", "合计"},
                                          {"计数", "个数"}, {"数量", "个数"}, {"均值", "平均"},
                                          {"average", "avg"}, {"取整", "四舍五入"}};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (str_is(word, others[i][0])) return others[i][1];
  size_t length = utf8_length(word);
  unsigned least = length < 2 ? 0 : length < 5 ? 2 : 3; /* one letter, two in long words */
  const char *best = NULL;
  for (size_t i = 0; i < function_count(); i++) {
    const char *const names[] = {functions[i].name, functions[i].english};
    for (size_t k = 0; k < 2; k++) {
      unsigned d = utf8_length(str_of(names[k])) < 2 ? least
                                                     : fold_distance(word, str_of(names[k]), least);
      if (d >= least) continue;
      least = d;
      best = names[k];
    }
  }
  return best;
}
