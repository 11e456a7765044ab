/* The names of reports: values, components, forms that look the same, and whole plans. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "job/name.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- values and components ---- */

static void test_value_good(void **state) {
  (void)state;
  const char *const good[] = {"太常便民服务中心", "2023", "a b", "a..b", "-1", ".x", "1.50", "é",
                              "CON", "（甲）", "甲'乙", "$HOME", "~", "%n", "{{x}}", "😀"};
  for (size_t i = 0; i < COUNT(good); i++)
    if (name_value_fault(str_of(good[i])) != NULL) fail_msg("refused: %s", good[i]);
}

static void test_value_bad(void **state) {
  (void)state;
  const str bad[] = {STR(""),       STR(" "),      STR("　"),       STR("."),     STR(".."),
                     STR("a/b"),    STR("../x"),   STR("a\\b"),     STR("a:b"),   STR("a*"),
                     STR("a?"),     STR("\"a"),    STR("<a"),       STR("a>"),    STR("a|b"),
                     STR("a\nb"),   STR("a\tb"),   STR("a\0b"),     STR("\x1b["), STR("a\x7f"),
                     STR("\xc2\x9b"), STR("\xff"), STR("\xc0\xaf"), STR("甲\xe4"),
                     STR("\u202egpj"), STR("a\u200bb"), STR("\ufeff甲"), STR("\u2028")};
  for (size_t i = 0; i < COUNT(bad); i++)
    if (name_value_fault(bad[i]) == NULL) fail_msg("taken: %.*s", STR_ARG(bad[i]));
}

static void test_component_good(void **state) {
  (void)state;
  const char *const good[] = {"甲.docx", "CONSOLE.docx", "COM0.docx", "COM10", "LPT", "COM",
                              "a.b.docx", "1.50", "nul2.docx", "甲 乙", "a-", "console"};
  for (size_t i = 0; i < COUNT(good); i++)
    if (name_component_fault(str_of(good[i])) != NULL) fail_msg("refused: %s", good[i]);
}

static void test_component_bad(void **state) {
  (void)state;
  const char *const bad[] = {"",        ".x",       "..",     "-x",     "x.",       "x ",
                             " x",      "　x",      "CON",    "con",    "Nul.docx", "AUX.tar.gz",
                             "PRN",     "com1",     "LPT9.x", "COM¹",   "nul .docx", "CONIN$"};
  for (size_t i = 0; i < COUNT(bad); i++)
    if (name_component_fault(str_of(bad[i])) == NULL) fail_msg("taken: %s", bad[i]);
}

static void test_component_length(void **state) {
  (void)state;
  char name[256];
  memset(name, 'x', sizeof name);
  assert_null(name_component_fault((str){name, 255}));
  assert_non_null(name_component_fault((str){name, 256}));
}

static void test_ends(void **state) {
  (void)state;
  assert_true(name_ends(STR("甲.docx"), STR(".docx")));
  assert_true(name_ends(STR("甲.DocX"), STR(".docx")));
  assert_false(name_ends(STR("甲.odt"), STR(".docx")));
  assert_false(name_ends(STR(".docx"), STR(".docx")));
  assert_false(name_ends(STR("out/.docx"), STR(".docx")));
  assert_false(name_ends(STR("甲docx"), STR(".docx")));
}

static void test_fold(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    bool same;
  } rows[] = {
      {"ABC.docx", "abc.docx", true}, {"é", "e\u0301", true},   {"É", "e\u0301", true},
      {"ß", "SS", true},              {"Å", "\u212b", true},    {"甲", "甲", true},
      {"甲", "乙", false},            {"１", "1", false},       {"e", "é", false},
      {"Σ", "ς", true},               {"\ufa0c", "\u5140", true}, {"", "", true},
  };
  struct arena *a = arena_new(0);
  for (size_t i = 0; i < COUNT(rows); i++) {
    bool same = str_eq(name_fold(str_of(rows[i].a), a), name_fold(str_of(rows[i].b), a));
    if (same != rows[i].same) fail_msg("%s and %s", rows[i].a, rows[i].b);
  }
  arena_free(a);
}

/* ---- plans ---- */

/* A plan without a template, made in a folder of its own. */
struct fixture {
  char folder[64];
  struct arena *arena;
  struct findings *fs;
  struct data *data;
  struct subjects subjects;
};

static int set_up(void **state) {
  struct fixture *f = calloc(1, sizeof *f);
  *state = f;
  snprintf(f->folder, sizeof f->folder, "/tmp/tianbao-name-XXXXXX");
  f->arena = arena_new(0);
  f->fs = findings_new();
  return mkdtemp(f->folder) == NULL || chdir(f->folder) != 0;
}

static int tear_down(void **state) {
  struct fixture *f = *state;
  data_close(f->data);
  findings_free(f->fs);
  arena_free(f->arena);
  unlink("data.json");
  unlink("there.docx");
  int failed = chdir("/") != 0 || rmdir(f->folder) != 0;
  free(f);
  return failed;
}

static bool plan_with(struct fixture *f, const char *json, struct fill_job job) {
  static const char *const files[] = {"data.json"};
  FILE *file = fopen("data.json", "w");
  assert_non_null(file);
  fputs(json, file);
  fclose(file);
  data_close(f->data);
  findings_clear(f->fs);
  f->data = data_open(1, files, NULL, f->fs);
  assert_non_null(f->data);
  job.template_path = "template.docx";
  job.ndata = 1;
  job.data = files;
  return choose_records(&job, f->data, f->arena, &f->subjects, f->fs) &&
         name_plan(&job, NULL, f->data, &f->subjects, f->arena, f->fs);
}

static bool plan(struct fixture *f, const char *json, const char *out) {
  return plan_with(f, json, (struct fill_job){.out = out});
}

/* The plan fails, and each of its findings is `code`. */
static void fails(struct fixture *f, const char *json, const char *out, enum code code, size_t n) {
  assert_false(plan(f, json, out));
  assert_int_equal(findings_count(f->fs), n);
  for (size_t i = 0; i < n; i++)
    assert_string_equal(codes[findings_at(f->fs, i)->code].name, codes[code].name);
}

static void test_plan_pattern(void **state) {
  struct fixture *f = *state;
  assert_true(plan(f, "[{\"n\": \"甲\", \"y\": 2023}, {\"n\": \"乙\", \"y\": 2023}]",
                   "../.out/{{y}}/{{n}}年.docx"));
  assert_string_equal(f->subjects.items[0].path, "../.out/2023/甲年.docx");
  assert_string_equal(f->subjects.items[1].path, "../.out/2023/乙年.docx");
}

static void test_plan_file(void **state) {
  struct fixture *f = *state;
  assert_true(plan(f, "{\"n\": \"甲\"}", "-.docx"));
  assert_string_equal(f->subjects.items[0].path, "-.docx");
  fails(f, "[{\"n\": 1}, {\"n\": 2}]", "x.docx", CODE_MANY_TO_ONE, 1);
}

static void test_plan_values(void **state) {
  struct fixture *f = *state;
  fails(f, "[{\"n\": \"a/b\"}, {\"n\": \"..\"}, {\"n\": \"甲\"}, {\"n\": \"\"}]", "{{n}}.docx",
        CODE_NAME_BAD, 3);
  const struct finding *bad = findings_at(f->fs, 1);
  assert_int_equal(bad->origin.line, 1);
  assert_true(str_is(bad->origin.file, "data.json"));
  assert_true(str_is(bad->args[1], ".."));
}

static void test_plan_components(void **state) {
  struct fixture *f = *state;
  fails(f, "{\"n\": \".x\"}", "{{n}}.docx", CODE_NAME_BAD, 1);
  fails(f, "{\"n\": \"CON\"}", "a/{{n}}/b.docx", CODE_NAME_BAD, 1);
  fails(f, "{\"n\": \".\"}", "a/{{n}}{{n}}/b.docx", CODE_NAME_BAD, 1);
  assert_true(plan(f, "{\"n\": \"CON\"}", "甲{{n}}.docx"));
}

static void test_plan_missing(void **state) {
  struct fixture *f = *state;
  fails(f, "[{\"n\": 1}, {\"n\": null}, {\"m\": 1}]", "{{n}}.docx", CODE_MISSING, 2);
  assert_true(findings_at(f->fs, 0)->origin.column != findings_at(f->fs, 1)->origin.column);
}

static void test_plan_twice(void **state) {
  struct fixture *f = *state;
  fails(f, "[{\"n\": \"甲a\"}, {\"n\": \"乙\"}, {\"n\": \"甲A\"}, {\"n\": \"甲a\"}]", "{{n}}.docx",
        CODE_NAME_TWICE, 2);
}

static void test_plan_there(void **state) {
  struct fixture *f = *state;
  const char *data = "{\"n\": \"there\"}";
  FILE *file = fopen("there.docx", "w");
  fclose(file);
  fails(f, data, "{{n}}.docx", CODE_EXISTS, 1);
  assert_true(plan_with(f, data, (struct fill_job){.out = "{{n}}.docx", .force = true}));
  assert_false(plan_with(f, data, (struct fill_job){.out = "./data.json", .force = true}));
  assert_int_equal(findings_at(f->fs, 0)->code, CODE_NAME_INPUT);
}

#define PLAN(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_value_good),
      cmocka_unit_test(test_value_bad),
      cmocka_unit_test(test_component_good),
      cmocka_unit_test(test_component_bad),
      cmocka_unit_test(test_component_length),
      cmocka_unit_test(test_ends),
      cmocka_unit_test(test_fold),
      PLAN(test_plan_pattern),
      PLAN(test_plan_file),
      PLAN(test_plan_values),
      PLAN(test_plan_components),
      PLAN(test_plan_missing),
      PLAN(test_plan_twice),
      PLAN(test_plan_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
