/* Figures of workbooks: 15 digits, rounding, sections, dates; and memory running out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "book/numfmt.h"
#include "book/ods_text.h"
#include "book/xls_records.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void assert_text(const struct buf *got, const char *want) {
  if (str_is(buf_str(got), want)) return;
  print_error("got \"%.*s\", want \"%s\"\n", STR_ARG(buf_str(got)), want);
  fail();
}

/* ---- decimals ---- */

static void assert_decimal(const char *text, const char *want) {
  struct decimal d;
  struct buf out;
  buf_init(&out, 0);
  bool ok = decimal_read(str_of(text), &d);
  if (ok) decimal_put(&d, &out);
  assert_text(&out, ok ? want : "");
  assert_int_equal(ok, want != NULL);
  buf_free(&out);
}

static void test_decimals(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"2228.0799999999999", "2228.08"},
      {"0.30000000000000004", "0.3"},
      {"5.1999999999999998E-2", "0.052"},
      {"4.5999999999999996", "4.6"},
      {"7.0000000000000007E-2", "0.07"},
      {"1.2345678901234567E+17", "123456789012346000"},
      {"999999999999999.5", "1000000000000000"},
      {"9999999999999995", "10000000000000000"},
      {"-0.0", "0"},
      {"000.500", "0.5"},
      {"+7", "7"},
      {".5", "0.5"},
      {"5.", "5"},
      {"1e3", "1000"},
      {"0e9999", "0"},
      {"123456789012345.5", "123456789012346"},
      {"-1e-3", "-0.001"},
      {"", NULL},
      {"-", NULL},
      {".", NULL},
      {"1e", NULL},
      {"1e401", NULL},
      {"1e99999999999", NULL},
      {"1e-99999999999", NULL},
      {"NaN", NULL},
      {"INF", NULL},
      {"0x10", NULL},
      {"1,5", NULL},
      {"1 ", NULL},
  };
  for (size_t i = 0; i < COUNT(rows); i++) assert_decimal(rows[i][0], rows[i][1]);
}

static void test_rounding(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int places;
    const char *want;
  } rows[] = {{"1.005", 2, "1.01"},   {"0.145", 2, "0.15"}, {"2.675", 2, "2.68"},
              {"-1.005", 2, "-1.01"}, {"0.4", 0, "0"},      {"0.5", 0, "1"},
              {"0.04", 0, "0"},       {"999.5", 0, "1000"}, {"-0.4", 0, "0"},
              {"1234", -2, "1200"},   {"1250", -2, "1300"}, {"50", -2, "100"},
              {"49", -2, "0"},        {"5", -2, "0"},       {"9.999", 2, "10"}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct decimal d;
    struct buf out;
    buf_init(&out, 0);
    assert_true(decimal_read(str_of(rows[i].text), &d));
    decimal_round(&d, rows[i].places);
    decimal_put(&d, &out);
    assert_text(&out, rows[i].want);
    buf_free(&out);
  }
}

static void test_compare(void **state) {
  (void)state;
  static const char *const up[] = {"-100", "-20", "-2.5", "-2",  "-0.1", "0",
                                   "0.01", "0.1", "2",    "2.5", "20",   "100"};
  for (size_t i = 0; i < COUNT(up); i++)
    for (size_t k = 0; k < COUNT(up); k++) {
      struct decimal a, b;
      assert_true(decimal_read(str_of(up[i]), &a) && decimal_read(str_of(up[k]), &b));
      assert_int_equal(decimal_cmp(&a, &b), (i > k) - (i < k));
    }
}

/* ---- formats ---- */

static void show(const char *code, const char *value, bool since_1904, struct buf *out) {
  struct arena *a = arena_new(0);
  struct decimal d;
  struct date date;
  struct numfmt *f = numfmt_new(a, str_of(code));
  assert_non_null(f);
  assert_true(decimal_read(str_of(value), &d));
  if (numfmt_number(f, &d, since_1904, out, &date) == NUMFMT_NO_DATE) buf_puts(out, "#####");
  arena_free(a);
}

static void assert_shown(const char *code, const char *value, const char *want) {
  struct buf out;
  buf_init(&out, 0);
  show(code, value, false, &out);
  assert_text(&out, want);
  buf_free(&out);
}

static void test_formats(void **state) {
  (void)state;
  static const char *const rows[][3] = {
      {"General", "2228.0799999999999", "2228.08"},
      {"0.00_ ", "191.7", "191.70"},
      {"0.00_);[Red]\\(0.00\\)", "-2228.085", "(2228.09)"},
      {"#,##0.00", "-1234567.891", "-1,234,567.89"},
      {"#,##0", "12", "12"},
      {"0.00%", "0.951", "95.10%"},
      {"0.0,\"千元\"", "12345", "12.3千元"},
      {"0\\.0,\"万元\"", "123456", "12.3万元"},
      {"0.00,,", "1234567890", "1234.57"},
      {"[$¥-804]#,##0.00", "-1234.5", "-¥1,234.50"},
      {"[>=100000000]0.00,,\"亿\";[>=10000]0.00,\"万\";0.00", "-5", "-5.00"},
      {"[<0]\"负\"0;[=0]\"零\";0.0", "-5", "负5"},
      {"[=1]\"是\";[=0]\"否\"", "2", "2"}, /* no condition holds */
      {"0;-0;\"无\"", "0", "无"},
      {";;;", "5", ""},
      {"0.00E+00", "9.999", "1.00E+01"},
      {"##0.0E+0", "999.96", "1.0E+3"},
      {"yyyy\"年\"m\"月\"d\"日\"", "46024", "2026年1月2日"},
      {"[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", "46376", "二〇二六年十二月二十日"},
      {"yyyy-mm-dd", "36585", "2000-02-29"},
      {"yyyy-mm-dd", "59", "1900-02-28"},
      {"yyyy-mm-dd", "60", "#####"},
      {"yyyy-mm-dd", "61", "1900-03-01"},
      {"yyyy-mm-dd", "2958465", "9999-12-31"},
      {"yyyy-mm-dd", "2958466", "#####"},
      {"yyyy-mm-dd", "-1", "#####"},
      {"h:mm", "46024.354166666664", "8:30"},
      {"m/d h:mm:ss", "46024.354166666664", "1/2 8:30:00"},
      {"[h]:mm", "1.5", "36:00"},
      {"上午/下午h\"时\"mm\"分\"", "0.75", "下午6时00分"},
      {"[DBNum2][$-804]General\"元\"", "1005", "壹仟零伍元"},
      /* not understood: as it is stored */
      {"# ?/?", "0.5", "0.5"},
      {"0!.0,\"万元\"", "123456", "12.3万元"},
      {"0.00;;;;;", "5", "5"},
      {"\"open", "5", "5"},
      {"[foo]0", "5", "5"},
      {"0.0.0", "5", "5"},
      {"ggge", "5", "5"},
      {"yyyy 0", "5", "5"},
      {"", "5", ""},
  };
  for (size_t i = 0; i < COUNT(rows); i++) assert_shown(rows[i][0], rows[i][1], rows[i][2]);
}

static void test_1904(void **state) {
  (void)state;
  struct buf out;
  buf_init(&out, 0);
  show("yyyy/m/d", "44562", true, &out);
  buf_putc(&out, ' ');
  show("yyyy/m/d", "0", true, &out);
  assert_text(&out, "2026/1/2 1904/1/1");
  buf_free(&out);
}

/* From a date to its number and back, over the leap years and both systems. */
static void test_serials(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct numfmt *f = numfmt_new(a, STR("yyyy-mm-dd hh:mm:ss"));
  struct buf out;
  buf_init(&out, 0);
  for (int year = 1904; year < 2200; year++)
    for (int month = 1; month <= 12; month++)
      for (int since = 0; since < 2; since++) {
        struct date date, back;
        struct decimal d;
        assert_true(date_make(year, month, 28, &date));
        numfmt_serial(date, (unsigned)(month * 3601), since != 0, &d);
        buf_clear(&out);
        assert_int_equal(numfmt_number(f, &d, since != 0, &out, &back), NUMFMT_DATE);
        assert_int_equal(date_cmp(date, back), 0);
        char want[80];
        snprintf(want, sizeof want, "%04d-%02d-28 %02d:00:%02d", year, month, month, month);
        assert_text(&out, want);
      }
  buf_free(&out);
  arena_free(a);
}

static void test_texts(void **state) {
  (void)state;
  static const char *const rows[][3] = {{"@", "甲", "甲"},
                                        {"0.00", "甲", "甲"},
                                        {"\"共\"@\"个\"", "三", "共三个"},
                                        {";;;", "甲", ""},
                                        {"0;-0;0;\"文\"@", "甲", "文甲"},
                                        {"0;;@", "甲", "甲"}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct arena *a = arena_new(0);
    struct buf out;
    buf_init(&out, 0);
    numfmt_text(numfmt_new(a, str_of(rows[i][0])), str_of(rows[i][1]), &out);
    assert_text(&out, rows[i][2]);
    buf_free(&out);
    arena_free(a);
  }
}

/* Every built-in format is understood but for fractions. */
static void test_builtin(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  size_t n = 0;
  for (unsigned id = 0; id < 100; id++) {
    str code = numfmt_builtin(id);
    if (code.p == NULL) continue;
    n++;
    assert_int_equal(numfmt_understood(numfmt_new(a, code)), id != 12 && id != 13);
  }
  assert_int_equal(n, 55);
  arena_free(a);
}

static void test_memory(void **state) {
  (void)state;
  for (size_t n = 1; n < 20; n++) {
    mem_fail_after(n);
    struct arena *a = arena_new(0);
    if (a != NULL) numfmt_new(a, STR("[Red]#,##0.00\"元\";yyyy-mm-dd;0;@"));
    arena_free(a);
    mem_fail_after(0);
    mem_clear();
  }
}

/* ---- pieces of other formats ---- */

static void test_durations(void **state) {
  (void)state;
  static const char *const rows[][2] = {{"PT12H30M00S", "0.520833333333333"},
                                        {"PT36H00M00S", "1.5"},
                                        {"P1DT12H", "1.5"},
                                        {"-PT6H", "-0.25"},
                                        {"PT0.864S", "0.00001"},
                                        {"P", NULL},
                                        {"12:30", NULL},
                                        {"PT5", NULL},
                                        {"PT5X", NULL},
                                        {"P5H", NULL},
                                        {"PT99999999999H", NULL}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct decimal d;
    struct buf out;
    buf_init(&out, 0);
    bool ok = ods_days(str_of(rows[i][0]), &d);
    assert_int_equal(ok, rows[i][1] != NULL);
    if (ok) {
      decimal_put(&d, &out);
      assert_text(&out, rows[i][1]);
    }
    buf_free(&out);
  }
}

static void test_packed_numbers(void **state) {
  (void)state;
  static const struct {
    uint32_t rk;
    const char *want;
  } rows[] = {{7 << 2 | 2, "7"},   {(uint32_t)-8 << 2 | 2, "-8"}, {19170 << 2 | 3, "191.7"},
              {0x3FE00000, "0.5"}, {0x3FE00001, "0.005"},         {2, "0"}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct decimal d;
    struct buf out;
    buf_init(&out, 0);
    assert_true(xls_rk(rows[i].rk, &d));
    decimal_put(&d, &out);
    assert_text(&out, rows[i].want);
    buf_free(&out);
  }
  struct decimal d;
  assert_false(xls_double((str){"\0\0\0\0\0\0\xf0\x7f", 8}, 0, &d));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_decimals),       cmocka_unit_test(test_rounding),
      cmocka_unit_test(test_compare),        cmocka_unit_test(test_formats),
      cmocka_unit_test(test_1904),           cmocka_unit_test(test_serials),
      cmocka_unit_test(test_texts),          cmocka_unit_test(test_builtin),
      cmocka_unit_test(test_memory),         cmocka_unit_test(test_durations),
      cmocka_unit_test(test_packed_numbers),
  };
  return mem_install() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
