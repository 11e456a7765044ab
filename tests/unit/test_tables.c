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

static bool run(const struct world *w, struct arena *a, struct findings *fs) {
  struct data *d = data_open(FILES, w->list, NULL, fs);
  bool ok = d != NULL && read_all(d, a, fs);
  data_close(d);
  return ok;
}

static void test_memory(void **state) {
  (void)state;
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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory)};
  return mem_install() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
