/* Exact decimals: what is a number, how it prints, and half-up rounding. */
#include "value/num.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "value/unit.h"
#include "value/val.h"

struct row {
  const char *in, *out;
};

/* Prints a num; the buffer lives until the next call. */
static const char *shown(const struct num *x) {
  static struct buf b;
  buf_free(&b);
  buf_init(&b, 0);
  assert_true(num_print(x, &b));
  return b.p;
}

static void check_printed(const struct row *rows, size_t n, bool json) {
  for (size_t i = 0; i < n; i++) {
    struct buf b;
    buf_init(&b, 0);
    enum num_parse r = num_printed(str_of(rows[i].in), json, &b, NULL);
    if (rows[i].out == NULL) {
      assert_int_equal(r, NUM_NOT);
    } else {
      assert_int_equal(r, NUM_OK);
      assert_string_equal(b.p, rows[i].out);
    }
    buf_free(&b);
  }
}

static void test_printed_json(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"191.70", "191.70"}, {"1e3", "1000"},     {"1E+3", "1000"},    {"1.50e0", "1.50"},
      {"1.5e3", "1500"},    {"1.500e2", "150.0"}, {"12e-1", "1.2"},    {"1e-3", "0.001"},
      {"0.05e1", "0.5"},    {"-0", "0"},          {"-0.00", "0.00"},   {"0e5", "0"},
      {"0e-2", "0.00"},     {"-1.25e1", "-12.5"}, {"-0.5e-1", "-0.05"}, {"0.00123e4", "12.3"},
      {"12345678901234567890123", "12345678901234567890123"},
      {"01", NULL},         {"1.", NULL},         {".5", NULL},        {"+1", NULL},
      {"1,000", NULL},      {"5%", NULL},         {"1e", NULL},        {"", NULL},
      {"-", NULL},          {"1e+", NULL},        {" 1", NULL},        {"0x1", NULL},
      {"NaN", NULL},
  };
  check_printed(rows, sizeof rows / sizeof rows[0], true);
}

static void test_printed_text(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"2,228.08", "2,228.08"}, {"95.10%", "95.10%"}, {"007", "007"},   {"-0", "0"},
      {"+5", "+5"},             {"95％", "95％"},     {"1,234,567", "1,234,567"},
      {"1e3", NULL},            {"12,34", NULL},      {"1234,567", NULL}, {"1,23", NULL},
      {"0,123", NULL},          {"1.5万", NULL},      {"5%%", NULL},      {"--5", NULL},
      {"%", NULL},              {"1.2.3", NULL},
  };
  check_printed(rows, sizeof rows / sizeof rows[0], false);
}

static void test_parse_print(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"2,228.08", "2228.08"}, {"95.10%", "0.9510"}, {"007", "7"},     {"-3.50", "-3.50"},
      {"0.10", "0.10"},        {"-0.00", "0.00"},    {"100%", "1.00"}, {"+5", "5"},
      {"123456789012345678901234567890.12", "123456789012345678901234567890.12"},
  };
  struct num x;
  num_init(&x);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    assert_int_equal(num_parse(&x, str_of(rows[i].in), false), NUM_OK);
    assert_string_equal(shown(&x), rows[i].out);
  }
  num_free(&x);
}

static enum num_parse parse_digits(size_t n) {
  struct num x;
  char *s = malloc(n + 1);
  assert_non_null(s);
  memset(s, '7', n);
  num_init(&x);
  enum num_parse r = num_parse(&x, (str){s, n}, true);
  num_free(&x);
  free(s);
  return r;
}

static void test_bounds(void **state) {
  (void)state;
  struct num x;
  num_init(&x);
  assert_int_equal(parse_digits(LIMIT_NUMBER_DIGITS), NUM_OK);
  assert_int_equal(parse_digits(LIMIT_NUMBER_DIGITS + 1), NUM_TOO_LONG);
  assert_int_equal(num_parse(&x, STR("1e400"), true), NUM_OK);
  assert_int_equal(strlen(shown(&x)), 401);
  assert_int_equal(num_parse(&x, STR("1e5000"), true), NUM_TOO_LONG);
  assert_int_equal(num_parse(&x, STR("1e-5000"), true), NUM_TOO_LONG);
  assert_int_equal(num_parse(&x, STR("1e99999999999999999999"), true), NUM_TOO_LONG);
  assert_int_equal(num_parse(&x, STR("0e5000"), true), NUM_OK);
  assert_string_equal(shown(&x), "0");
  num_free(&x);
}

static void set(struct num *x, const char *s) {
  num_init(x);
  assert_int_equal(num_parse(x, str_of(s), true), NUM_OK);
}

static void check_op(const char *a, char op, const char *b, const char *out) {
  struct num x, y, r;
  set(&x, a);
  set(&y, b);
  num_init(&r);
  if (op == '+') num_add(&r, &x, &y);
  if (op == '-') num_sub(&r, &x, &y);
  if (op == '*') num_mul(&r, &x, &y);
  if (op == '/') assert_true(num_div(&r, &x, &y));
  assert_string_equal(shown(&r), out);
  num_free(&x);
  num_free(&y);
  num_free(&r);
}

static void test_arithmetic(void **state) {
  (void)state;
  check_op("191.70", '+', "0.30", "192.00");
  check_op("0.1", '+', "0.2", "0.3");
  check_op("1", '-', "0.005", "0.995");
  check_op("1.5", '-', "1.5", "0.0");
  check_op("2.50", '*', "2", "5");
  check_op("0.1", '*', "0.1", "0.01");
  check_op("1", '/', "8", "0.125");
  check_op("1", '/', "3", "0.33");
  check_op("2", '/', "3", "0.67");
  check_op("-2", '/', "3", "-0.67");
  check_op("-1", '/', "300", "0.00");
  check_op("255937.5", '/', "10000", "25.59375");
}

/* A third and two thirds are one again, and decimals of a sum outlive it. */
static void test_unending(void **state) {
  (void)state;
  struct num one, three, third, sum, half;
  set(&one, "1");
  set(&three, "3");
  set(&half, "0.50");
  num_init(&third);
  num_init(&sum);
  assert_true(num_div(&third, &one, &three));
  num_add(&sum, &third, &third);
  num_add(&sum, &sum, &third);
  assert_string_equal(shown(&sum), "1");
  num_add(&sum, &sum, &half);
  assert_string_equal(shown(&sum), "1.50");
  num_set_i64(&three, 0);
  assert_false(num_div(&sum, &one, &three));
  num_free(&one);
  num_free(&three);
  num_free(&third);
  num_free(&sum);
  num_free(&half);
}

static void test_round(void **state) {
  (void)state;
  static const struct {
    const char *in;
    int n;
    const char *out;
  } rows[] = {{"0.125", 2, "0.13"}, {"2.675", 2, "2.68"}, {"-0.5", 0, "-1"},   {"-0.4", 0, "0"},
              {"1.005", 2, "1.01"}, {"5", 2, "5.00"},     {"-0.004", 2, "0.00"}, {"9.995", 2, "10.00"},
              {"25.59375", 2, "25.59"}};
  struct num x, r;
  num_init(&r);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    set(&x, rows[i].in);
    num_round(&r, &x, rows[i].n);
    assert_string_equal(shown(&r), rows[i].out);
    num_free(&x);
  }
  num_free(&r);
}

static void test_i64(void **state) {
  (void)state;
  int64_t v = 0;
  struct num x;
  set(&x, "-9223372036854775808");
  assert_true(num_i64(&x, &v));
  assert_true(v == INT64_MIN);
  num_free(&x);
  set(&x, "9223372036854775808");
  assert_false(num_i64(&x, &v));
  num_free(&x);
  set(&x, "3.00");
  assert_true(num_i64(&x, &v) && v == 3);
  num_free(&x);
  set(&x, "3.5");
  assert_false(num_i64(&x, &v));
  num_free(&x);
}

/* ---- numbers in values ---- */

static void check_text(const char *text, bool exact, const char *number) {
  struct val v = val_text(str_of(text));
  struct num x;
  num_init(&x);
  assert_int_equal(v.exact, exact);
  assert_int_equal(val_has_num(&v), number != NULL);
  assert_int_equal(val_num(&v, &x), number != NULL);
  if (number != NULL) assert_string_equal(shown(&x), number);
  num_free(&x);
}

static void test_numbers_in_text(void **state) {
  (void)state;
  check_text("2,228.08", true, "2228.08");
  check_text(" 95% ", true, "0.95");
  check_text("007", true, "7");
  check_text("4000多", false, "4000");
  check_text("20余", false, "20");
  check_text("约300", false, "300");
  check_text("约 300 人", false, "300");
  check_text("≥50", false, "50");
  check_text("95%以上", false, "0.95");
  check_text("300余万元", false, "300");
  check_text("10人以上", false, "10");
  check_text("不少于3次", false, "3");
  check_text("不超过1,000.5元", false, "1000.5");
  check_text("3人", true, NULL);
  check_text("第3名以上", true, NULL);
  check_text("约三百", true, NULL);
  check_text("约3万", true, NULL);
  check_text("5-10", true, NULL);
  check_text("", true, NULL);
  check_text("约", true, NULL);
}

/* A number in another unit than its key's would be read in the wrong size. */
static void test_approximate_unit(void **state) {
  (void)state;
  struct val v = val_text(STR("约300万元"));
  v.unit = STR("万元");
  assert_true(val_has_num(&v));
  v.unit = STR("元");
  assert_false(val_has_num(&v));
}

static void test_truth(void **state) {
  (void)state;
  static const char *const no[] = {"", "否", "0", "0.00", "-0", "0%", " 0 "};
  static const char *const yes[] = {"0.5", "无", "是", "约0.1", " ", "00x"};
  for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
    struct val v = val_text(str_of(no[i]));
    assert_false(val_true(&v));
  }
  for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
    struct val v = val_text(str_of(yes[i]));
    assert_true(val_true(&v));
  }
}

/* ---- units ---- */

static void test_units(void **state) {
  (void)state;
  size_t n = 0;
  assert_null(unit_find(STR("沅陵")));
  assert_null(unit_find(STR("")));
  assert_ptr_equal(unit_find(STR("㎡")), unit_find(STR("平方米")));
  assert_string_equal(unit_find(STR("％"))->name, "%");
  assert_string_equal(unit_at_start(STR("人次以上"), &n)->name, "人次");
  assert_int_equal(n, strlen("人次"));
  assert_string_equal(unit_at_end(STR("共3万元"), &n)->name, "万元");
  assert_string_equal(unit_find(STR("万元"))->dimension, unit_find(STR("元"))->dimension);
  assert_null(unit_at_end(STR("太常"), &n));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_printed_json),     cmocka_unit_test(test_printed_text),
      cmocka_unit_test(test_parse_print),      cmocka_unit_test(test_bounds),
      cmocka_unit_test(test_arithmetic),       cmocka_unit_test(test_unending),
      cmocka_unit_test(test_round),            cmocka_unit_test(test_i64),
      cmocka_unit_test(test_numbers_in_text),  cmocka_unit_test(test_approximate_unit),
      cmocka_unit_test(test_truth),            cmocka_unit_test(test_units),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
