/* Chinese numerals: what is written is read back, and the rules of bills. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "value/format.h"
#include "value/hanzi.h"

static void assert_words(bool made, struct buf *b, const char *want) {
  if (!made || !str_is(buf_str(b), want)) {
    print_error("got  \"%.*s\"\nwant \"%s\"\n", STR_ARG(buf_str(b)), want);
    fail();
  }
  buf_free(b);
}

static void assert_number(const char *decimal, const char *want) {
  struct buf b;
  buf_init(&b, 0);
  assert_words(hanzi_number(str_of(decimal), &b), &b, want);
}

static void assert_amount(const char *decimal, const char *want) {
  struct buf b;
  buf_init(&b, 0);
  assert_words(hanzi_amount(str_of(decimal), &b), &b, want);
}

/* Reads a numeral in common characters, as people do: 零 says nothing. */
static uint64_t read_back(str s) {
  static const char *const digits[] = {"零", "一", "二", "三", "四",
                                       "五", "六", "七", "八", "九"};
  static const struct {
    const char *text;
    uint64_t value;
  } units[] = {{"十", 10}, {"百", 100}, {"千", 1000}};
  uint64_t high = 0, wan = 0, group = 0, digit = 0;
  for (size_t at = 0; at < s.n; at += 3) {
    str c = str_sub(s, at, at + 3);
    for (uint64_t d = 0; d < 10; d++)
      if (str_is(c, digits[d])) digit = d;
    for (size_t u = 0; u < 3; u++)
      if (str_is(c, units[u].text)) {
        group += (digit == 0 ? 1 : digit) * units[u].value;
        digit = 0;
      }
    if (str_is(c, "万")) {
      wan = (group + digit) * 10000;
      group = digit = 0;
    }
    if (str_is(c, "亿")) {
      high = (wan + group + digit) * 100000000;
      wan = group = digit = 0;
    }
  }
  return high + wan + group + digit;
}

static void check_back(uint64_t v) {
  char decimal[32];
  struct buf b;
  buf_init(&b, 0);
  snprintf(decimal, sizeof decimal, "%llu", (unsigned long long)v);
  assert_true(hanzi_number(str_of(decimal), &b));
  if (read_back(buf_str(&b)) != v) {
    print_error("%s became %.*s\n", decimal, STR_ARG(buf_str(&b)));
    fail();
  }
  assert_true(str_find(buf_str(&b), STR("零零"), 0) == STR_NOT_FOUND);
  assert_true(v == 0 || !str_ends(buf_str(&b), STR("零")));
  buf_free(&b);
}

static void test_read_back(void **state) {
  (void)state;
  for (uint64_t v = 0; v < 120000; v++) check_back(v);
  uint64_t seed = 7;
  for (int i = 0; i < 50000; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    uint64_t v = (seed >> 8) % 10000000000000000u;
    for (int digits = (int)(seed % 16), k = 0; k < digits; k++) v /= 10;
    check_back(v);
    check_back(v / 10000 * 10000);
    check_back(v / 100000000 * 100000000 + v % 1000);
  }
}

static void test_numbers(void **state) {
  (void)state;
  assert_number("-0.00", "零点零零");
  assert_number("0012", "十二");
  assert_number("1000000000000", "一万亿");
  assert_number("1000100000000", "一万零一亿");
}

/* The examples of 《正确填写票据和结算凭证的基本规定》. */
static void test_bills(void **state) {
  (void)state;
  assert_amount("1409.50", "壹仟肆佰零玖元伍角整");
  assert_amount("6007.14", "陆仟零柒元壹角肆分");
  assert_amount("1680.32", "壹仟陆佰捌拾元零叁角贰分");
  assert_amount("107000.53", "壹拾万柒仟元零伍角叁分");
  assert_amount("16409.02", "壹万陆仟肆佰零玖元零贰分");
  assert_amount("325.04", "叁佰贰拾伍元零肆分");
}

static void test_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"", "-", "1.", ".5", "1e3", "1,000", "12345678901234567"};
  struct buf b;
  buf_init(&b, 0);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_false(hanzi_number(str_of(bad[i]), &b));
    assert_false(hanzi_amount(str_of(bad[i]), &b));
  }
  assert_false(hanzi_amount(STR("1.001"), &b));
  assert_int_equal(b.n, 0);
  buf_free(&b);
}

static void test_dates(void **state) {
  (void)state;
  struct buf b;
  buf_init(&b, 0);
  hanzi_date((struct date){2010, 10, 31}, &b);
  assert_words(true, &b, "二〇一〇年十月三十一日");
}

static void test_patterns(void **state) {
  (void)state;
  struct buf b;
  buf_init(&b, 0);
  assert_true(format_good(STR("#,##0.00")) && format_good(STR("0")));
  assert_false(format_good(STR("")) || format_good(STR("x")) || format_good(STR("0.0.0#;")));
  assert_words(format_print(STR("1234567.125"), STR("#,##0.00"), &b), &b, "1,234,567.13");
  assert_words(format_print(STR("-0.004"), STR("0.00"), &b), &b, "0.00");
  assert_words(format_print(STR("-0.005"), STR("0.00"), &b), &b, "-0.01");
  char nines[301] = {0};
  memset(nines, '9', 300);
  assert_words(format_print(str_of(nines), STR("0"), &b), &b, nines);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_back), cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_bills),     cmocka_unit_test(test_refused),
      cmocka_unit_test(test_dates),     cmocka_unit_test(test_patterns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
