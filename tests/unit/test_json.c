/* JSON data: the strict pass, names, values as written, and long lists. */
#include "data/data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"

/* ---- one run over one text ---- */

struct run {
  char path[64];
  struct findings *fs;
  struct data *d;
  struct arena *a;
  struct record rec;
};

static void run_open(struct run *r, str text) {
  strcpy(r->path, "/tmp/test_json_XXXXXX");
  int fd = mkstemp(r->path);
  assert_true(fd >= 0);
  assert_true(text.n == 0 || write(fd, text.p, text.n) == (ssize_t)text.n);
  close(fd);
  r->fs = findings_new();
  r->a = arena_new(0);
  const char *paths[] = {r->path};
  r->d = data_open(1, paths, NULL, r->fs);
}

static void run_close(struct run *r) {
  data_close(r->d);
  arena_free(r->a);
  findings_free(r->fs);
  unlink(r->path);
}

/* Opens a text that must be sound, and reads record i. */
static void run_record(struct run *r, str text, size_t i) {
  run_open(r, text);
  assert_non_null(r->d);
  assert_int_equal(findings_count(r->fs), 0);
  assert_true(data_record(r->d, i, r->a, &r->rec, r->fs));
}

static const struct val *member(const struct run *r, const struct val *object, const char *key) {
  uint32_t id = names_id(data_names(r->d), str_of(key));
  return id != 0 ? val_member(object, id) : NULL;
}

static void assert_text(const struct val *v, enum val_kind kind, const char *text) {
  assert_non_null(v);
  assert_int_equal(v->kind, kind);
  assert_int_equal(v->text.n, strlen(text));
  assert_memory_equal(v->text.p, text, v->text.n);
}

/* The text must be refused with this first finding; words NULL: any. */
static void refuse_n(str text, enum code code, uint64_t line, uint64_t column, const char *words) {
  struct run r;
  run_open(&r, text);
  assert_null(r.d);
  assert_true(findings_count(r.fs) > 0);
  const struct finding *f = findings_at(r.fs, 0);
  if (f->code != code || f->origin.line != line || f->origin.column != column)
    print_message("%.*s: %s %d:%d %.*s\n", STR_ARG(text), codes[f->code].name,
                  (int)f->origin.line, (int)f->origin.column, STR_ARG(f->args[0]));
  assert_int_equal(f->code, code);
  assert_int_equal(f->origin.line, line);
  assert_int_equal(f->origin.column, column);
  str said = code == CODE_DATA_NUMBER ? f->args[1] : f->args[0];
  if (words != NULL && str_find(said, str_of(words), 0) == STR_NOT_FOUND) {
    print_message("%.*s: %.*s\n", STR_ARG(text), STR_ARG(said));
    fail();
  }
  run_close(&r);
}

static void refuse(const char *text, enum code code, uint64_t line, uint64_t column,
                   const char *words) {
  refuse_n(str_of(text), code, line, column, words);
}

/* ---- what is refused ---- */

static void test_syntax(void **state) {
  (void)state;
  refuse("{\"a\":1,}", CODE_DATA_SYNTAX, 1, 7, "comma too many");
  refuse("{\"a\":[1,2,]}", CODE_DATA_SYNTAX, 1, 10, "comma too many");
  refuse("{'a':1}", CODE_DATA_SYNTAX, 1, 2, "single");
  refuse("{\"a\":'x'}", CODE_DATA_SYNTAX, 1, 6, "single");
  refuse("{\"a\":1\n\"b\":2}", CODE_DATA_SYNTAX, 1, 7, "comma is missing");
  refuse("{\"a\":1，\"b\":2}", CODE_DATA_SYNTAX, 1, 7, "Chinese comma");
  refuse("{\"a\"：1}", CODE_DATA_SYNTAX, 1, 5, "Chinese colon");
  refuse("{“a”:1}", CODE_DATA_SYNTAX, 1, 2, "Chinese quotation");
  refuse("{\"a\":“x”}", CODE_DATA_SYNTAX, 1, 6, "Chinese quotation");
  refuse("｛\"a\":1}", CODE_DATA_SYNTAX, 1, 1, "full-width");
  refuse("{\"a\" 1}", CODE_DATA_SYNTAX, 1, 6, "colon is missing");
  refuse("{a:1}", CODE_DATA_SYNTAX, 1, 2, "key");
  refuse("{\"a\":}", CODE_DATA_SYNTAX, 1, 6, "value is missing");
  refuse("{\"a\":[1,2}", CODE_DATA_SYNTAX, 1, 10, "list is closed by ]");
  refuse("{\"a\":1", CODE_DATA_SYNTAX, 1, 7, "too early");
  refuse("{\"a\":\"x", CODE_DATA_SYNTAX, 1, 8, "no closing");
  refuse("{\"a\":\"x\n\"}", CODE_DATA_SYNTAX, 1, 8, "line ends");
  refuse("{\"a\":1} x", CODE_DATA_SYNTAX, 1, 8, "behind the end");
  refuse("{\"a\":1}\n{\"a\":2}", CODE_DATA_SYNTAX, 2, 1, "second object");
  refuse("{\"a\":1 // x\n}", CODE_DATA_SYNTAX, 1, 8, "comments");
  refuse("{\"a\":True}", CODE_DATA_SYNTAX, 1, 6, "small letters");
  refuse("{\"a\":1,234}", CODE_DATA_SYNTAX, 1, 7, "commas inside");
  refuse("{\"a\":\"D:\\data\"}", CODE_DATA_SYNTAX, 1, 9, "backslash");
  refuse("{\"\":1}", CODE_DATA_SYNTAX, 1, 2, "empty");
  refuse("{\" \":1}", CODE_DATA_SYNTAX, 1, 2, "empty");
  refuse("{\"a\":\"\\u12\"}", CODE_DATA_SYNTAX, 1, 7, "hexadecimal");
  refuse("{\"中文\":1,}", CODE_DATA_SYNTAX, 1, 8, NULL);
  refuse("\xEF\xBB\xBF{\"a\":1,}", CODE_DATA_SYNTAX, 1, 7, NULL);
}

static void test_numbers_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"01",  "+5",       "1.",       ".5",   "-",     "1e",
                                    "0x1", "95%",      "NaN",      "-Infinity", "1e5000",
                                    "12人", "2023-06-30", "1.2.3", "12(万元)", NULL};
  for (const char *const *b = bad; *b != NULL; b++) {
    char text[64];
    snprintf(text, sizeof text, "{\"a\":%s}", *b);
    refuse(text, CODE_DATA_NUMBER, 1, 6, NULL);
  }
  refuse("{\"a\":NaN}", CODE_DATA_NUMBER, 1, 6, "NaN");
  refuse("{\"a\":95%}", CODE_DATA_NUMBER, 1, 6, "percentage");
}

static void test_text_refused(void **state) {
  (void)state;
  refuse("{\"a\":\"\\u0000\"}", CODE_DATA_TEXT, 1, 7, "u0000");
  refuse("{\"a\":\"\\ud800x\"}", CODE_DATA_TEXT, 1, 7, "surrogate");
  refuse("{\"a\":\"\\udc00\"}", CODE_DATA_TEXT, 1, 7, "surrogate");
  refuse("{\"a\":\"\\ud800\\u0041\"}", CODE_DATA_TEXT, 1, 7, "surrogate");
  refuse("{\"a\":\"\\u0001\"}", CODE_DATA_TEXT, 1, 7, "control");
  refuse("{\"a\":\"\\b\"}", CODE_DATA_TEXT, 1, 7, "control");
  refuse("{\"a\":\"\\uffff\"}", CODE_DATA_TEXT, 1, 7, NULL);
  refuse("{\"a\":\"\xEF\xBF\xBE\"}", CODE_DATA_TEXT, 1, 7, "U+FFFE");
  refuse("{\"a\":\"x\ty\"}", CODE_DATA_TEXT, 1, 8, "tab");
  refuse("{\"a\":\"\xC0\x80\"}", CODE_DATA_TEXT, 1, 7, "UTF-8");
  refuse("{\"a\":\"\xED\xA0\x80\"}", CODE_DATA_TEXT, 1, 7, "UTF-8");
  refuse("{\"\xB5\xA5\xCE\xBB\":1}", CODE_DATA_TEXT, 1, 3, "GBK");
  refuse_n(STR("{\"a\":\"x\0y\"}"), CODE_DATA_TEXT, 1, 8, "control");
}

static void test_top(void **state) {
  (void)state;
  refuse("12", CODE_DATA_TOP, 1, 1, "number");
  refuse("\"x\"", CODE_DATA_TOP, 1, 1, "text");
  refuse("[1]", CODE_DATA_TOP, 1, 2, "number");
  refuse("[{}, []]", CODE_DATA_TOP, 1, 6, "list in a list");
  refuse("[]", CODE_DATA_EMPTY, 1, 1, NULL);
  refuse("", CODE_DATA_EMPTY, 1, 1, NULL);
  refuse(" \n ", CODE_DATA_EMPTY, 2, 2, NULL);
  refuse("PK\x03\x04....xl/workbook.xml", CODE_DATA_KIND, 0, 0, "Excel");
  refuse("<html>", CODE_DATA_KIND, 0, 0, "HTML");
}

static void test_depth(void **state) {
  (void)state;
  struct buf b;
  buf_init(&b, 0);
  buf_puts(&b, "{\"a\":");
  for (size_t i = 0; i + 1 < LIMIT_DATA_DEPTH; i++) buf_putc(&b, '[');
  for (size_t i = 0; i + 1 < LIMIT_DATA_DEPTH; i++) buf_putc(&b, ']');
  buf_putc(&b, '}');
  struct run r;
  run_record(&r, buf_str(&b), 0);
  run_close(&r);
  buf_clear(&b);
  for (size_t i = 0; i < 100000; i++) buf_putc(&b, '[');
  run_open(&r, buf_str(&b));
  assert_null(r.d);
  run_close(&r);
  buf_clear(&b);
  buf_puts(&b, "{\"a\":");
  for (size_t i = 0; i < 100000; i++) buf_putc(&b, '[');
  refuse_n(buf_str(&b), CODE_DATA_DEPTH, 1, LIMIT_DATA_DEPTH + 5, NULL);
  buf_free(&b);
}

static void test_duplicates(void **state) {
  (void)state;
  refuse("{\"a\":1,\n\"a\":2}", CODE_DATA_DUPLICATE, 2, 1, "a");
  refuse("{\"a\":1,\"\\u0061\":2}", CODE_DATA_DUPLICATE, 1, 8, "a");
  refuse("{\"支出（万元）\":1,\"支 出\":2}", CODE_DATA_DUPLICATE, 1, 13, "支 出");
  refuse("{\"ＡＢ\":1,\"AB\":2}", CODE_DATA_DUPLICATE, 1, 9, NULL);
  refuse("{\"r\":[{\"x\":1},{\"x\":1,\"x\":2}]}", CODE_DATA_DUPLICATE, 1, 22, NULL);
  struct run r;
  run_record(&r, STR("{\"r\":[{\"x\":1},{\"x\":2}],\"x\":3,\"_x\":1,\"_x\":2,\"X\":4}"), 0);
  run_close(&r);
}

/* Everything that is no fault of syntax is reported in one go, in all files. */
static void test_all_at_once(void **state) {
  (void)state;
  struct run r;
  run_open(&r, STR("{\"a\":01,\"a\":2,\"b\":\"\\u0001\",\n\"c\":NaN,\"d\":[{\"e\":+1}]}"));
  assert_null(r.d);
  assert_int_equal(findings_count(r.fs), 5);
  const struct finding *f = findings_at(r.fs, 4);
  assert_int_equal(f->code, CODE_DATA_NUMBER);
  assert_int_equal(f->origin.line, 2);
  assert_true(str_is(f->origin.key, "d[1].e"));
  run_close(&r);
}

/* ---- values ---- */

static void test_values(void **state) {
  (void)state;
  struct run r;
  run_record(&r,
             STR("\xEF\xBB\xBF{\"_注\":{\"_\":1},\"数\":191.70,\"e\":1e3,\"z\":-0,\"t\":\"a\\r\\nb\\n\","
                 "\"n\":null,\"y\":true,\"\\u540d\":\"\\u592a\\u5e38\\ud83d\\ude00\",\"约\":\"4000多\","
                 "\"支出合计（单位：万元）\":5,\"空\":\"\\n\",\"l\":[1,\"x\",[2]],\"o\":{\"p\":2}}"),
             0);
  const struct val *root = &r.rec.root;
  assert_int_equal(r.rec.index, 0);
  assert_text(member(&r, root, "数"), VAL_NUMBER, "191.70");
  assert_text(member(&r, root, "e"), VAL_NUMBER, "1000");
  assert_text(member(&r, root, "z"), VAL_NUMBER, "0");
  assert_text(member(&r, root, "t"), VAL_TEXT, "a\nb");
  assert_text(member(&r, root, "名"), VAL_TEXT, "太常😀");
  assert_text(member(&r, root, "空"), VAL_TEXT, "");
  assert_int_equal(member(&r, root, "n")->kind, VAL_NULL);
  assert_true(member(&r, root, "y")->truth);
  assert_false(member(&r, root, "约")->exact);
  assert_true(str_is(member(&r, root, "支出合计")->unit, "万元"));
  assert_null(member(&r, root, "_注"));
  const struct val *l = member(&r, root, "l");
  assert_int_equal(l->list.n, 3);
  assert_text(&l->list.items[1], VAL_TEXT, "x");
  assert_text(&l->list.items[2].list.items[0], VAL_NUMBER, "2");
  assert_text(member(&r, member(&r, root, "o"), "p"), VAL_NUMBER, "2");
  struct origin o;
  val_origin(&l->list.items[2].list.items[0], r.a, &o);
  assert_true(str_is(o.key, "l[3][1]"));
  assert_int_equal(o.line, 1);
  val_origin(member(&r, root, "名"), r.a, &o);
  assert_true(str_is(o.key, "名"));
  run_close(&r);
}

static void test_long_number(void **state) {
  (void)state;
  char text[1200] = "{\"s\":\"12\",\"a\":[1,";
  size_t n = strlen(text);
  memset(text + n, '7', 1000);
  memcpy(text + n + 1000, ",2]}", 5);
  struct run r;
  run_record(&r, str_of(text), 0);
  const struct val *a = member(&r, &r.rec.root, "a");
  assert_int_equal(a->list.n, 3);
  assert_int_equal(a->list.items[1].text.n, 1000);
  assert_text(&a->list.items[2], VAL_NUMBER, "2");
  assert_text(member(&r, &r.rec.root, "s"), VAL_TEXT, "12");
  run_close(&r);
}

static void test_names(void **state) {
  (void)state;
  struct run r;
  run_open(&r, STR("[{\"项目\":[{\"名称\":\"a\"},{\"金额（元）\":1,\"名称\":\"b\"}],\"x\":1},"
                   "{\"x\":null,\"y\":[1,[{\"z\":1}]],\"x（万元)\":1}]"));
  assert_null(r.d); /* x and x（万元) */
  run_close(&r);
  run_open(&r, STR("[{\"项目\":[{\"名称\":\"a\"},{\"金额（元）\":1,\"名称\":\"b\"}],\"x（元）\":1},"
                   "{\"y\":[1,[{\"z\":1}]],\"x（万元)\":null}]"));
  assert_non_null(r.d);
  const struct names *ns = data_names(r.d);
  const struct name *root = names_root(ns);
  const struct name *list = names_child(ns, root, STR("项目"));
  assert_int_equal(list->kinds, NAME_LIST | NAME_LIST_OF_OBJECTS);
  const struct name *sum = names_child(ns, list, STR("金额"));
  assert_true(str_is(sum->unit, "元") && str_is(sum->shown, "金额（元）"));
  assert_ptr_equal(sum->parent, list);
  const struct name *x = names_child(ns, root, STR("x"));
  assert_int_equal(x->kinds, NAME_SCALAR | NAME_NULL);
  const struct name *y = names_child(ns, root, STR("y"));
  assert_int_equal(y->kinds, NAME_LIST | NAME_LIST_OF_SCALARS | NAME_LIST_OF_OBJECTS);
  assert_non_null(names_child(ns, y, STR("z")));
  assert_null(names_child(ns, root, STR("z")));
  assert_int_equal(data_count(r.d), 2);
  assert_true(data_record(r.d, 1, r.a, &r.rec, r.fs));
  assert_int_equal(r.rec.index, 2);
  assert_true(str_is(member(&r, &r.rec.root, "x")->unit, "万元"));
  assert_null(member(&r, &r.rec.root, "项目"));
  struct origin o;
  data_record_origin(r.d, 1, r.a, &o);
  assert_true(str_is(o.key, "[2]"));
  run_close(&r);
}

/* ---- long lists ---- */

enum { ROWS = 20000 };

/* Rows of many kinds; every 5000th holds a long list, row 7777 a long object. */
static void put_rows(struct buf *b) {
  for (int i = 0; i < ROWS; i++) {
    char row[160];
    snprintf(row, sizeof row, "%s\n  {\"序\": %d, \"金额（万元）\": %d.%02d, \"名称\": \"第%d个\"",
             i > 0 ? "," : "", i, i, i % 100, i);
    buf_puts(b, row);
    if (i % 5000 == 4999) {
      buf_puts(b, ", \"子\": [");
      for (int k = 0; k < 60000; k++) {
        snprintf(row, sizeof row, "%s%d.50", k > 0 ? ", " : "", k);
        buf_puts(b, row);
      }
      buf_puts(b, "]");
    }
    if (i == 7777) {
      buf_puts(b, ", \"长\": \"");
      for (int k = 0; k < 40000; k++) buf_puts(b, "很长的文");
      buf_puts(b, "\", \"_note\": 1, \"尾\": \"\\u5c3e\"");
    }
    buf_puts(b, "}");
  }
}

static void check_row(struct run *r, const struct val *row, size_t i) {
  char text[64];
  snprintf(text, sizeof text, "%d.%02d", (int)i, (int)i % 100);
  assert_non_null(row);
  assert_text(member(r, row, "金额"), VAL_NUMBER, text);
  assert_true(str_is(member(r, row, "金额")->unit, "万元"));
  snprintf(text, sizeof text, "第%d个", (int)i);
  assert_text(member(r, row, "名称"), VAL_TEXT, text);
  if (i == 7777) assert_text(member(r, row, "尾"), VAL_TEXT, "尾");
  const struct val *sub = member(r, row, "子");
  if (i % 5000 != 4999) {
    assert_null(sub);
    return;
  }
  struct cursor c;
  cursor_init(&c, sub);
  assert_int_equal(sub->list.n, 60000);
  assert_text(cursor_at(&c, 59999, r->fs), VAL_NUMBER, "59999.50");
  assert_text(cursor_at(&c, 0, r->fs), VAL_NUMBER, "0.50");
  for (size_t k = 0; k < sub->list.n; k += 997) assert_non_null(cursor_at(&c, k, r->fs));
  cursor_free(&c);
}

static void test_long_list(void **state) {
  (void)state;
  struct buf b;
  struct run r;
  struct cursor c;
  struct origin o;
  buf_init(&b, 0);
  buf_puts(&b, "{\"a\":1,\"行\":[");
  put_rows(&b);
  buf_puts(&b, "],\"b\":2}");
  run_record(&r, buf_str(&b), 0);
  const struct val *list = member(&r, &r.rec.root, "行");
  assert_text(member(&r, &r.rec.root, "b"), VAL_NUMBER, "2");
  assert_int_equal(list->list.n, ROWS);
  assert_null(list->list.items);
  cursor_init(&c, list);
  for (size_t i = 0; i < ROWS; i++) check_row(&r, cursor_at(&c, i, r.fs), i);
  for (size_t i = ROWS; i-- > ROWS - 3000;) check_row(&r, cursor_at(&c, i, r.fs), i);
  val_origin(member(&r, cursor_at(&c, 12345, r.fs), "名称"), r.a, &o);
  assert_int_equal(o.line, 12347);
  assert_true(str_is(o.key, "行[12346].名称"));
  assert_null(cursor_at(&c, ROWS, r.fs));
  cursor_free(&c);
  run_close(&r);
  buf_clear(&b);
  buf_puts(&b, "[");
  put_rows(&b);
  buf_puts(&b, "\n]\n");
  run_record(&r, buf_str(&b), 7777);
  assert_int_equal(data_count(r.d), ROWS);
  check_row(&r, &r.rec.root, 7777);
  assert_true(data_record(r.d, ROWS - 1, r.a, &r.rec, r.fs));
  check_row(&r, &r.rec.root, ROWS - 1);
  run_close(&r);
  buf_free(&b);
}

/* Two files: each is checked, the records follow one another. */
static void test_files(void **state) {
  (void)state;
  struct run r, second;
  run_open(&r, STR("{\"a\":1}"));
  run_open(&second, STR("[{\"a\":2},{\"b\":3}]"));
  const char *paths[] = {r.path, second.path, r.path};
  struct data *d = data_open(3, paths, NULL, r.fs);
  assert_non_null(d);
  assert_int_equal(data_count(d), 4);
  struct record rec;
  assert_true(data_record(d, 2, r.a, &rec, r.fs));
  assert_int_equal(rec.index, 2);
  assert_true(str_is(rec.file, second.path));
  assert_true(str_is(rec.stem, second.path + 5));
  assert_true(data_record(d, 3, r.a, &rec, r.fs));
  assert_int_equal(rec.index, 0);
  assert_text(val_member(&rec.root, names_id(data_names(d), STR("a"))), VAL_NUMBER, "1");
  data_close(d);
  const char *missing[] = {"/nonexistent/x.json", r.path};
  assert_null(data_open(2, missing, NULL, r.fs));
  assert_true(findings_errors(r.fs) == 1);
  run_close(&second);
  run_close(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_syntax),     cmocka_unit_test(test_numbers_refused),
      cmocka_unit_test(test_text_refused), cmocka_unit_test(test_top),
      cmocka_unit_test(test_depth),      cmocka_unit_test(test_duplicates),
      cmocka_unit_test(test_all_at_once), cmocka_unit_test(test_values),
      cmocka_unit_test(test_long_number), cmocka_unit_test(test_names),
      cmocka_unit_test(test_long_list),  cmocka_unit_test(test_files),
  };
  return mem_install() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
