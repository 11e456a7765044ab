/* Dates: what is one, whether it exists, and how patterns print it. */
#include "value/date.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void check(const char *s, bool compact, int year, int month, int day) {
  struct date d = {0, 0, 0};
  bool exists = false;
  assert_int_equal(date_parse(str_of(s), compact, &d, &exists), year > 0);
  if (year > 0) {
    assert_true(exists);
    assert_int_equal(d.year, year);
    assert_int_equal(d.month, month);
    assert_int_equal(d.day, day);
  } else {
    assert_int_equal(exists, year == 0);
  }
}

enum { NONE = 0, IMPOSSIBLE = -1 };

static void test_parse(void **state) {
  (void)state;
  check("2023-06-30", false, 2023, 6, 30);
  check("2023/6/30", false, 2023, 6, 30);
  check("2023.6.30", false, 2023, 6, 30);
  check("2023年6月30日", false, 2023, 6, 30);
  check(" 2023年06月30日 ", false, 2023, 6, 30);
  check("2023-06-30T08:00:00", false, 2023, 6, 30);
  check("2023-06-30 08:00:00.000Z", false, 2023, 6, 30);
  check("20230630", true, 2023, 6, 30);
  check("2024-02-29", false, 2024, 2, 29);
  check("2000-02-29", false, 2000, 2, 29);
}

static void test_refuse(void **state) {
  (void)state;
  check("2023-02-30", false, IMPOSSIBLE, 0, 0);
  check("1900-02-29", false, IMPOSSIBLE, 0, 0);
  check("2023-13-01", false, IMPOSSIBLE, 0, 0);
  check("0000-01-01", false, IMPOSSIBLE, 0, 0);
  check("20231301", true, IMPOSSIBLE, 0, 0);
  check("20230630", false, NONE, 0, 0);
  check("2023-06/30", false, NONE, 0, 0);
  check("2023年6月", false, NONE, 0, 0);
  check("2023-06-30abc", false, NONE, 0, 0);
  check("2023-06-301", false, NONE, 0, 0);
  check("23-06-30", false, NONE, 0, 0);
  check("2023-06-30 你好", false, NONE, 0, 0);
  check("", true, NONE, 0, 0);
  check("6月30日", false, NONE, 0, 0);
}

static void check_print(struct date d, const char *pattern, const char *out) {
  struct buf b;
  buf_init(&b, 0);
  assert_int_equal(date_print(d, str_of(pattern), &b), out != NULL);
  if (out != NULL) assert_string_equal(b.p, out);
  buf_free(&b);
}

static void test_print(void **state) {
  (void)state;
  struct date d = {2023, 6, 3}, late = {2024, 12, 31};
  check_print(d, "", "2023年6月3日");
  check_print(d, "yyyy-MM-dd", "2023-06-03");
  check_print(d, "yyyy年M月", "2023年6月");
  check_print(d, "yy.M.d", "23.6.3");
  check_print(d, "EEEE", "星期六");
  check_print(late, "yyyy年M月d日 E", "2024年12月31日 周二");
  check_print(late, "MMMM", "十二月");
  check_print(d, "y'y'''d''", "2023y'3'");
  check_print(d, "hh:mm", NULL);
  check_print(d, "ddd", NULL);
  check_print(d, "'open", NULL);
  check_print(d, "Y", NULL);
}

static void test_cmp(void **state) {
  (void)state;
  struct date a = {2023, 6, 30}, b = {2023, 7, 1}, c = {2022, 12, 31};
  assert_true(date_cmp(a, b) < 0);
  assert_true(date_cmp(b, a) > 0);
  assert_true(date_cmp(a, c) > 0);
  assert_int_equal(date_cmp(a, a), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parse),
      cmocka_unit_test(test_refuse),
      cmocka_unit_test(test_print),
      cmocka_unit_test(test_cmp),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
