/* What functions over lists gave is remembered: the same comes out as without it, and a list is
 * run over once for as long as nothing that is read has moved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fold.h"
#include "base/mem.h"
#include "data/data.h"
#include "expr/memo.h"

/* ---- the same as without ---- */

enum { ROOT, REGION, PROJECT, FRAMES };

struct world {
  char path[64];
  struct findings *fs;
  struct arena *a;
  struct data *d;
  struct record rec;
  struct scope scopes[FRAMES];
  struct place place;
  struct memo *memo;
  struct frame frames[FRAMES];
};

static const char regions[] = "{\"类别\": \"甲\", \"地区\": ["
                              "{\"名\": \"东\", \"本类\": \"甲\", \"项目\": ["
                              " {\"类别\": \"甲\", \"金额\": 1.50, \"经费（万元）\": 3, \"日期\": "
                              "\"2023-06-30\", \"缺\": 1, \"坏\": 1},"
                              " {\"类别\": \"乙\", \"金额\": 2, \"经费（万元）\": 4, \"日期\": "
                              "\"2023-07-01\", \"缺\": null, \"坏\": \"字\"},"
                              " {\"类别\": \"甲\", \"金额\": 4, \"经费（万元）\": 5.0, \"日期\": "
                              "\"2022-01-01\", \"缺\": 2, \"坏\": 1}]},"
                              "{\"名\": \"西\", \"本类\": \"乙\", \"项目\": []},"
                              "{\"名\": \"南\", \"本类\": \"乙\"},"
                              "{\"名\": \"北\", \"本类\": \"乙\", \"项目\": ["
                              " {\"类别\": \"乙\", \"金额\": \"约300\", \"经费（万元）\": 7, "
                              "\"日期\": \"2024年2月29日\", \"缺\": 5, \"坏\": 2},"
                              " {\"类别\": \"甲\", \"金额\": 0.25, \"经费（万元）\": 1, \"日期\": "
                              "\"2023-06-30\", \"缺\": 5, \"坏\": 3}]}]}";

/* In the scope of a project. */
static const char *const tags[] = {
    "合计(地区.名)",
    "个数(地区)",
    "合计(项目.金额)",
    "平均(项目.金额)",
    "最大(项目.金额)",
    "最小(项目.日期)",
    "合计(地区.项目.金额)",
    "合计(项目.经费)",
    "合计(项目.经费)*2",
    "金额/合计(项目.金额)",
    "合计(项目.缺)",
    "合计(项目.坏)",
    "最大(项目.坏)",
    "合计(项目.没有)",
    "合计(金额,合计(项目.金额))",
    "合计(项目.金额 当 类别=\"甲\")",
    "合计(项目.金额 当 类别=本类)",
    "合计(项目.金额 当 类别=上级.本类)",
    "个数(项目 当 金额>平均(项目.金额))",
    "个数(地区 当 个数(项目)>1)",
    "个数(地区 当 名=上级.名)",
    "个数(地区 当 合计(项目.金额)>5)",
    "平均(项目.金额 当 序号>1)",
    "最大(项目.金额 当 末个)",
    "合计(地区.项目.金额 当 本类=\"乙\")",
    "四舍五入(合计(项目.金额),1)",
    "合计(项目.金额):同比 最大(项目.经费)",
    "合计(项目.缺):空则 无",
    "最大(项目.缺 当 类别=\"甲\"):2位",
    "合计(序号)",
    "有 合计(项目.缺) 或 金额>最小(项目.金额)",
};

static const struct name *child(const struct world *w, const struct name *of, const char *key) {
  const struct name *n = names_child(data_names(w->d), of, str_of(key));
  assert_non_null(n);
  return n;
}

static void world_open(struct world *w, const char *text) {
  memset(w, 0, sizeof *w);
  strcpy(w->path, "/tmp/test_memo_XXXXXX");
  int fd = mkstemp(w->path);
  assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
  w->fs = findings_new();
  w->a = arena_new(0);
  w->memo = memo_new();
  const char *paths[] = {w->path};
  w->d = data_open(1, paths, NULL, w->fs);
  assert_non_null(w->d);
  assert_true(data_record(w->d, 0, w->a, &w->rec, w->fs));
  const struct name *root = names_root(data_names(w->d));
  const struct name *region = child(w, root, "地区"), *project = child(w, region, "项目");
  w->scopes[ROOT] = (struct scope){.name = root};
  w->scopes[REGION] =
      (struct scope){.outer = &w->scopes[ROOT], .name = region, .depth = REGION, .list = true};
  w->scopes[PROJECT] =
      (struct scope){.outer = &w->scopes[REGION], .name = project, .depth = PROJECT, .list = true};
}

static void world_close(struct world *w) {
  memo_free(w->memo);
  data_close(w->d);
  arena_free(w->a);
  findings_free(w->fs);
  unlink(w->path);
}

static const struct val *member(const struct world *w, const struct val *object, const char *key) {
  return val_member(object, names_id(data_names(w->d), str_of(key)));
}

static struct expr *parse(struct world *w, const struct scope *scope, const char *tag) {
  size_t *map;
  struct expr_env env = {
      .names = data_names(w->d), .scope = scope, .arena = w->a, .place = &w->place, .fs = w->fs};
  str folded = fold_tag(str_of(tag), w->a, &map);
  struct expr *e = expr_parse(&env, folded, str_of(tag), map);
  assert_non_null(e);
  return e;
}

static void stand(struct world *w, unsigned depth, const struct val *list, size_t i) {
  w->frames[depth] = (struct frame){.item = &list->list.items[i],
                                    .ordinal = i,
                                    .shown = list->list.n,
                                    .list = true,
                                    .stamp = memo_stamp(w->memo)};
}

struct outcome {
  struct findings *fs;
  struct result r;
  bool ok;
  str text;
  const struct ref *lacking;
};

static void evaluate(struct world *w, const struct expr *e, const char *tag, struct memo *memo,
                     struct outcome *o) {
  *o = (struct outcome){.fs = findings_new(), .text = STR("")};
  struct eval ev = {.frames = w->frames,
                    .scratch = w->a,
                    .place = &w->place,
                    .tag = str_of(tag),
                    .fs = o->fs,
                    .memo = memo};
  result_init(&o->r);
  o->ok = expr_eval(e, &ev, &o->r);
  bool none = !o->r.calculated && val_none(&o->r.v, false);
  if (o->ok && !none) o->ok = expr_print(&o->r, &ev, &o->text);
  if (o->ok && none) {
    expr_report_missing(e, &ev);
    expr_missing_name(e, &ev, &o->lacking);
  }
}

static void assert_same_findings(const struct findings *a, const struct findings *b) {
  assert_int_equal(findings_count(a), findings_count(b));
  for (size_t i = 0; i < findings_count(a); i++) {
    const struct finding *x = findings_at(a, i), *y = findings_at(b, i);
    assert_int_equal(x->code, y->code);
    assert_int_equal(x->times, y->times);
    assert_int_equal(x->origin.line, y->origin.line);
    assert_int_equal(x->origin.column, y->origin.column);
    for (size_t k = 0; k < FINDING_ARGS; k++) assert_true(str_eq(x->args[k], y->args[k]));
  }
}

static void assert_same_result(const struct outcome *a, const struct outcome *b) {
  assert_int_equal(a->r.v.kind, b->r.v.kind);
  assert_int_equal(a->r.v.exact, b->r.v.exact);
  assert_int_equal(a->r.v.at, b->r.v.at);
  assert_ptr_equal(a->r.v.source, b->r.v.source);
  assert_int_equal(a->r.calculated, b->r.calculated);
  assert_true(str_eq(a->r.v.unit, b->r.v.unit));
  assert_ptr_equal(a->lacking, b->lacking);
  if (a->r.calculated) {
    assert_int_equal(a->r.num.places, b->r.num.places);
    assert_int_equal(num_cmp(&a->r.num, &b->r.num), 0);
  }
}

/* Evaluates with and without; both must be the same. */
static void compare(struct world *w, const struct expr *e, const char *tag) {
  struct outcome with, without;
  evaluate(w, e, tag, w->memo, &with);
  evaluate(w, e, tag, NULL, &without);
  if (with.ok != without.ok || !str_eq(with.text, without.text) ||
      findings_count(with.fs) != findings_count(without.fs)) {
    print_error("%s: %d \"%.*s\", without memory %d \"%.*s\"\n", tag, with.ok, STR_ARG(with.text),
                without.ok, STR_ARG(without.text));
    fail();
  }
  if (with.ok) assert_same_result(&with, &without);
  assert_same_findings(with.fs, without.fs);
  result_free(&with.r);
  result_free(&without.r);
  findings_free(with.fs);
  findings_free(without.fs);
}

static void the_same_as_without(void **state) {
  (void)state;
  enum { TAGS = sizeof tags / sizeof *tags };
  struct world w;
  struct expr *es[TAGS];
  world_open(&w, regions);
  for (size_t t = 0; t < TAGS; t++) es[t] = parse(&w, &w.scopes[PROJECT], tags[t]);
  size_t rows = 0;
  for (unsigned record = 0; record < 2; record++) { /* a survey and another */
    w.frames[ROOT] = (struct frame){.item = &w.rec.root, .shown = 1, .stamp = memo_stamp(w.memo)};
    const struct val *list = member(&w, &w.rec.root, "地区");
    for (size_t i = 0; i < list->list.n; i++) {
      stand(&w, REGION, list, i);
      const struct val *inner = member(&w, &list->list.items[i], "项目");
      for (size_t k = 0; inner != NULL && k < inner->list.n; k++, rows++) {
        stand(&w, PROJECT, inner, k);
        for (size_t t = 0; t < TAGS; t++) compare(&w, es[t], tags[t]);
      }
    }
  }
  assert_int_equal(rows, 10);
  world_close(&w);
}

/* ---- which frames an expression reads ---- */

static void frames_that_are_read(void **state) {
  (void)state;
  static const struct {
    const char *tag;
    unsigned all, outer; /* of all frames; of those around the project */
  } rows[] = {
      {"类别", PROJECT, 0},
      {"本类", REGION, REGION},
      {"\"字\"", 0, 0},
      {"个数(地区)", 0, 0},
      {"合计(地区.项目.金额)", 0, 0},
      {"合计(项目.金额)", REGION, REGION},
      {"合计(项目.金额 当 类别=\"甲\")", REGION, REGION},
      {"个数(地区 当 本类=\"甲\")", 0, 0},
      {"个数(地区 当 名=上级.名)", REGION, REGION},
      {"个数(地区 当 个数(项目 当 金额>5)>1)", 0, 0},
      {"合计(序号)", PROJECT, 0},
      {"四舍五入(金额,1)", PROJECT, 0},
      {"四舍五入(合计(项目.金额),1)", REGION, REGION},
      {"合计(项目.金额)：同比 金额", PROJECT, REGION},
      {"非 有 本类", REGION, REGION},
  };
  struct world w;
  world_open(&w, regions);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct expr *e = parse(&w, &w.scopes[PROJECT], rows[i].tag);
    unsigned all = expr_reads(e, FRAMES), outer = expr_reads(e, PROJECT);
    if (all != rows[i].all || outer != rows[i].outer) {
      print_error("%s: reads %u and %u\n", rows[i].tag, all, outer);
      fail();
    }
  }
  world_close(&w);
}

/* ---- once over a list ---- */

enum { ITEMS = 500, SLICE = 100 };

/* The whole numbers from 1, in slices of objects. */
struct counted {
  struct val_lazy lazy;
  uint32_t key;
  size_t loads;
};

static bool load(struct val_lazy *l, size_t index, struct arena *a, const struct val **items,
                 size_t *first, size_t *count, struct findings *fs) {
  struct counted *c = (struct counted *)l;
  struct val *all = ARENA_ARRAY(a, SLICE, struct val);
  (void)fs;
  *first = index - index % SLICE;
  *count = SLICE;
  for (size_t i = 0; i < SLICE; i++) {
    struct val_object *o = ARENA_NEW(a, struct val_object);
    struct val_member *m = ARENA_NEW(a, struct val_member);
    char digits[24];
    snprintf(digits, sizeof digits, "%zu", *first + i + 1);
    *m = (struct val_member){.key = c->key, .v = val_text(arena_dup(a, str_of(digits)))};
    *o = (struct val_object){.n = 1, .members = m};
    all[i] = (struct val){.kind = VAL_OBJECT, .object = o};
  }
  *items = all;
  c->loads++;
  return true;
}

static void one_run_over_a_list(void **state) {
  (void)state;
  struct world w;
  world_open(&w, "{\"地区\": [{\"项目\": [{\"金额\": 1}], \"数\": 1}]}");
  struct counted c = {.lazy = {load}, .key = names_id(data_names(w.d), STR("数"))};
  struct val list = {.kind = VAL_LIST, .list = {.n = ITEMS, .lazy = &c.lazy}};
  struct val_member m = {.key = names_id(data_names(w.d), STR("地区")), .v = list};
  struct val_object o = {.n = 1, .members = &m};
  struct val root = {.kind = VAL_OBJECT, .object = &o};
  w.frames[ROOT] = (struct frame){.item = &root, .shown = 1, .stamp = memo_stamp(w.memo)};
  const char *tag = "个数(地区 当 数<=平均(地区.数))";
  const struct expr *e = parse(&w, &w.scopes[REGION], tag);
  struct cursor cursor;
  cursor_init(&cursor, &list);
  for (size_t i = 0; i < ITEMS; i++) {
    struct outcome out;
    w.frames[REGION] = (struct frame){.item = cursor_at(&cursor, i, w.fs),
                                      .ordinal = i,
                                      .shown = ITEMS,
                                      .list = true,
                                      .stamp = memo_stamp(w.memo)};
    evaluate(&w, e, tag, w.memo, &out);
    assert_true(out.ok && str_is(out.text, "250"));
    result_free(&out.r);
    findings_free(out.fs);
  }
  cursor_free(&cursor);
  assert_int_equal(c.loads, 3 * (ITEMS / SLICE)); /* the loop, 个数, 平均 */
  world_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_as_without),
                                     cmocka_unit_test(frames_that_are_read),
                                     cmocka_unit_test(one_run_over_a_list)};
  return mem_install() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
