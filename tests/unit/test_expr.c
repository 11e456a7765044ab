/* Expressions: the tables, the words of 每个, and the order of sorting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fold.h"
#include "expr/filter.h"
#include "expr/function.h"

struct world {
  struct arena *arena;
  struct names *names;
  struct findings *fs;
  struct scope root, items;
  struct place place;
  struct expr_env env;
};

/* 项目 (a list of 名称, 类别, 金额) and 项目当选. */
static void world_open(struct world *w) {
  *w = (struct world){.arena = arena_new(0), .names = names_new(), .fs = findings_new()};
  struct name *root = names_records(w->names), *list = names_add(w->names, root, STR("项目"));
  list->kinds = NAME_LIST | NAME_LIST_OF_OBJECTS;
  names_add(w->names, list, STR("名称"));
  names_add(w->names, list, STR("类别"));
  names_add(w->names, list, STR("按期金额"));
  names_add(w->names, list, STR("金额"));
  names_add(w->names, root, STR("项目当选"))->kinds = NAME_LIST;
  w->root = (struct scope){.name = root};
  w->items = (struct scope){.outer = &w->root, .name = list, .depth = 1, .list = true};
  w->env = (struct expr_env){.names = w->names, .scope = &w->root, .arena = w->arena,
                             .place = &w->place, .fs = w->fs};
}

static void world_close(struct world *w) {
  arena_free(w->arena);
  names_free(w->names);
  findings_free(w->fs);
}

/* ---- tables ---- */

static void check_row(const char *name, const char *english, const char *help,
                      const char *example, const char *before) {
  assert_true(*name != '\0' && *english != '\0' && help != NULL && *help != '\0');
  if (example == NULL || str_find(str_of(example), STR(" → "), 0) == STR_NOT_FOUND ||
      str_find(str_of(example), str_of(name), 0) == STR_NOT_FOUND) {
    print_error("%s has no example\n", name);
    fail();
  }
  assert_true(before == NULL || strcmp(before, english) < 0);
  struct world w;
  world_open(&w);
  str tag = str_of(example);
  size_t end = str_find(tag, STR("}}"), 0);
  assert_true(str_starts(tag, STR("{{")) && end != STR_NOT_FOUND);
  size_t *map;
  str inner = str_sub(tag, 2, end), folded = fold_tag(inner, w.arena, &map);
  if (expr_parse(&w.env, folded, inner, map) == NULL) {
    print_error("the example cannot be read: %s\n", example);
    fail();
  }
  world_close(&w);
}

static void test_filters(void **state) {
  (void)state;
  for (size_t i = 0; i < filter_count(); i++)
    check_row(filters[i].name, filters[i].english, filters[i].help, filters[i].example,
              i != 0 ? filters[i - 1].english : NULL);
}

static void test_functions(void **state) {
  (void)state;
  for (size_t i = 0; i < function_count(); i++)
    check_row(functions[i].name, functions[i].english, functions[i].help, functions[i].example,
              i != 0 ? functions[i - 1].english : NULL);
}

/* ---- repetitions ---- */

static void check_list(struct world *w, const char *text, const char *name, const char *behind) {
  str rest;
  struct expr *e = expr_list(&w->env, str_of(text), &rest);
  assert_non_null(e);
  assert_int_equal(e->kind, EXPR_REF);
  if (!str_is(e->ref.shown, name) || !str_is(rest, behind)) {
    print_error("%s: \"%.*s\" and \"%.*s\"\n", text, STR_ARG(e->ref.shown), STR_ARG(rest));
    fail();
  }
}

static void test_lists(void **state) {
  (void)state;
  struct world w;
  str rest;
  world_open(&w);
  check_list(&w, "项目", "项目", "");
  check_list(&w, " 项目 ", "项目", "");
  check_list(&w, "项目 当 类别 = \"x\"", "项目", "当 类别 = \"x\"");
  check_list(&w, "项目当类别=\"x\"按金额从大到小", "项目", "当类别=\"x\"按金额从大到小");
  check_list(&w, "项目按金额", "项目", "按金额");
  check_list(&w, "项目 where 类别 by 金额", "项目", "where 类别 by 金额");
  check_list(&w, "项目当选", "项目当选", "");
  check_list(&w, "项目当选 当 金额 > 1", "项目当选", "当 金额 > 1");
  check_list(&w, "项木 当 金额 > 1", "项木", "当 金额 > 1");
  assert_int_equal(findings_count(w.fs), 0);
  assert_null(expr_list(&w.env, STR("项目 ) 当"), &rest));
  assert_null(expr_list(&w.env, STR("项目 desc"), &rest));
  assert_int_equal(findings_errors(w.fs), 2);
  world_close(&w);
}

static void check_selection(struct world *w, const char *text, bool condition, const char *key,
                            bool descending) {
  struct selection s;
  assert_true(expr_selection(&w->env, str_of(text), &s));
  assert_int_equal(s.condition != NULL, condition);
  assert_int_equal(s.key != NULL, key != NULL);
  if (key != NULL && s.key->kind == EXPR_REF) assert_true(str_is(s.key->ref.shown, key));
  assert_int_equal(s.descending, descending);
}

static void test_selections(void **state) {
  (void)state;
  struct world w;
  struct selection s;
  world_open(&w);
  w.env.scope = &w.items;
  check_selection(&w, "当 类别 = \"x\"", true, NULL, false);
  check_selection(&w, "当 类别 = \"x\" 按 金额 从大到小", true, "金额", true);
  check_selection(&w, "当类别=\"x\"且金额>5按金额从小到大", true, "金额", false);
  check_selection(&w, "按 按期金额 从大到小", false, "按期金额", true);
  check_selection(&w, "按按期金额从大到小", false, "按期金额", true);
  check_selection(&w, "by 金额 desc where 类别", true, "金额", true);
  check_selection(&w, "by 金额 asc", false, "金额", false);
  check_selection(&w, "按 金额 * 2 降序", false, "", true);
  check_selection(&w, "按 四舍五入(金额, 0)", false, "", false);
  assert_int_equal(findings_count(w.fs), 0);
  assert_false(expr_selection(&w.env, STR("当"), &s));
  assert_false(expr_selection(&w.env, STR("按 金额 当 类别 按 金额"), &s));
  assert_false(expr_selection(&w.env, STR("按 金额 从大"), &s));
  assert_false(expr_selection(&w.env, STR("从大到小"), &s));
  world_close(&w);
}

static void test_merges(void **state) {
  (void)state;
  struct world w;
  world_open(&w);
  str with = STR("项目.类别:空则 无:同值合并:2位"), without = STR("项目.类别:空则 同值合并");
  assert_true(expr_merges(expr_parse(&w.env, with, with, NULL)));
  assert_false(expr_merges(expr_parse(&w.env, without, without, NULL)));
  world_close(&w);
}

/* ---- order ---- */

static void test_order(void **state) {
  (void)state;
  struct val in_order[] = {
      val_text(STR("-5%")), val_text(STR("9")),          val_text(STR("约10")),
      val_text(STR("1,000")), val_text(STR("2023年6月30日")), val_text(STR("2023-07-01")),
      val_text(STR("A")),   val_text(STR("丙")),         val_text(STR("甲")),
      val_bool(false),      val_bool(true),              {.kind = VAL_NULL},
  };
  size_t n = sizeof in_order / sizeof *in_order;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n; k++) {
      struct result a, b;
      result_init(&a);
      result_init(&b);
      a.v = in_order[i];
      b.v = in_order[k];
      int order = result_order(&a, &b);
      if ((order < 0) != (i < k) || (order > 0) != (i > k)) {
        print_error("items %zu and %zu: %d\n", i, k, order);
        fail();
      }
      result_free(&a);
      result_free(&b);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_filters), cmocka_unit_test(test_functions),
      cmocka_unit_test(test_lists),   cmocka_unit_test(test_selections),
      cmocka_unit_test(test_merges),  cmocka_unit_test(test_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
