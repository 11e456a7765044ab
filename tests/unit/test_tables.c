/* Workbooks and joining when memory runs out: a finding each time, never half of the data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "data/data.h"

enum { FILES = 4, MOST_ALLOCATIONS = 4000 };

static const struct {
  const char *name, *text;
} files[FILES] = {
    {"单位数据.csv", "单位名称,支出（万元）,三公,,车〔列表〕\n,,接待,公车,\n甲镇,191.70,1,2,"
                     "皮卡、轿车\n乙乡,\"2,228.08\",,3,\n"},
    {"项目.csv", "单位名称,名称,金额\n甲镇,路,1.50\n甲镇,桥,2\n合计,,3.50\n"},
    {"公共.csv", "项目,数值\n年度,2023\n"},
    {"b.json", "[{\"单位名称\": \"乙乡\", \"支出\": 2228.08, \"话\": \"x\"}]"},
};

struct world {
  char folder[32];
  char paths[FILES][96];
  const char *list[FILES];
};

static void world_open(struct world *w) {
  strcpy(w->folder, "/tmp/tablesXXXXXX");
  assert_non_null(mkdtemp(w->folder));
  for (size_t i = 0; i < FILES; i++) {
    snprintf(w->paths[i], sizeof w->paths[i], "%s/%s", w->folder, files[i].name);
    w->list[i] = w->paths[i];
    FILE *f = fopen(w->paths[i], "w");
    assert_non_null(f);
    assert_true(fputs(files[i].text, f) >= 0);
    fclose(f);
  }
}

static void world_close(struct world *w) {
  for (size_t i = 0; i < FILES; i++) unlink(w->paths[i]);
  rmdir(w->folder);
}

static bool has(const struct record *r, const struct data *d, const char *name, const char *text) {
  const struct val *v = val_member(&r->root, names_id(data_names(d), str_of(name)));
  return v != NULL && str_is(v->text, text);
}

/* All records, each with what it must hold. */
static bool read_all(struct data *d, struct arena *a, struct findings *fs) {
  bool ok = data_count(d) == 2;
  for (size_t i = 0; ok && i < data_count(d); i++) {
    struct record r;
    ok = data_record(d, i, a, &r, fs);
    if (!ok || mem_failed()) break;
    assert_true(has(&r, d, "年度", "2023"));
    assert_true(has(&r, d, "支出", i == 0 ? "191.70" : "2,228.08"));
    const struct val *list = val_member(&r.root, names_id(data_names(d), STR("项目")));
    assert_non_null(list);
    assert_int_equal(list->list.n, i == 0 ? 2 : 0);
  }
  return ok && !mem_failed();
}

static bool run_records(const struct world *w, struct arena *a, struct findings *fs) {
  struct data *d = data_open(FILES, w->list, NULL, fs);
  bool ok = d != NULL && read_all(d, a, fs);
  data_close(d);
  return ok;
}

/* ---- the same as a list (--all-as) ---- */

static const struct val *list_of(const struct record *r, const struct data *d, const char *name) {
  const struct val *v = val_member(&r->root, names_id(data_names(d), str_of(name)));
  assert_non_null(v);
  assert_int_equal(v->kind, VAL_LIST);
  return v;
}

/* Each item with what it must hold, from the last to the first and back. */
static bool read_items(struct data *d, const struct val *list, struct findings *fs) {
  struct cursor c;
  bool ok = true;
  cursor_init(&c, list);
  for (size_t i = 0; ok && i < 2 * list->list.n; i++) {
    size_t k = i < list->list.n ? list->list.n - 1 - i : i - list->list.n, unit;
    const struct val *item = cursor_at(&c, k, fs);
    ok = item != NULL && !mem_failed();
    if (!ok) break;
    struct record r = {.root = *item};
    assert_true(data_item(d, item, &unit));
    assert_int_equal(unit, k);
    assert_true(has(&r, d, "支出", k == 0 ? "191.70" : "2,228.08"));
  }
  cursor_free(&c);
  return ok;
}

static bool run_gathered(const struct world *w, struct arena *a, struct findings *fs) {
  struct data_options o = {.all_as = "各乡镇"};
  struct record r;
  struct data *d = data_open(FILES, w->list, &o, fs);
  bool ok = d != NULL && data_record(d, 0, a, &r, fs) && !mem_failed();
  if (ok) {
    assert_true(has(&r, d, "年度", "2023"));
    assert_int_equal(list_of(&r, d, "各乡镇")->list.n, 2);
    assert_int_equal(list_of(&r, d, "未列入")->list.n, 0);
    ok = read_items(d, list_of(&r, d, "各乡镇"), fs);
  }
  if (ok && !data_leave_out(d, 1, STR("缺话")))
    ok = findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  ok = ok && data_record(d, 0, a, &r, fs) && !mem_failed();
  if (ok) {
    assert_int_equal(list_of(&r, d, "各乡镇")->list.n, 1);
    assert_int_equal(list_of(&r, d, "未列入")->list.n, 1);
    ok = read_items(d, list_of(&r, d, "各乡镇"), fs);
  }
  data_close(d);
  return ok;
}

/* ---- memory ---- */

static void run_out(bool (*run)(const struct world *w, struct arena *a, struct findings *fs)) {
  struct world w;
  world_open(&w);
  bool ok = false;
  size_t n = 0;
  for (n = 1; !ok && n < MOST_ALLOCATIONS; n++) {
    mem_clear();
    struct findings *fs = findings_new();
    struct arena *a = arena_new(0);
    assert_non_null(fs);
    assert_non_null(a);
    mem_fail_after(n);
    ok = run(&w, a, fs);
    bool failed = mem_failed();
    mem_fail_after(0);
    assert_true(ok != failed);
    if (!ok) assert_int_equal(findings_status(fs), STATUS_ENVIRONMENT);
    for (size_t i = 0; i < findings_count(fs); i++)
      assert_true(findings_at(fs, i)->code == CODE_ROW_SKIPPED ||
                  findings_at(fs, i)->code == CODE_MEMORY);
    arena_free(a);
    findings_free(fs);
  }
  mem_clear();
  assert_true(ok);
  assert_true(n > 50); /* it did run out now and then */
  world_close(&w);
}

static void test_records(void **state) {
  (void)state;
  run_out(run_records);
}

static void test_gathered(void **state) {
  (void)state;
  run_out(run_gathered);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_records),
                                     cmocka_unit_test(test_gathered)};
  return mem_install() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
