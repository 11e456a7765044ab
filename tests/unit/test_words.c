/* Words: arguments in messages, places, and what a terminal may be shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/show.h"
#include "cli/words.h"

static void assert_words(struct buf *b, const char *want) {
  if (!str_is(buf_str(b), want)) {
    print_error("got  \"%.*s\"\nwant \"%s\"\n", STR_ARG(buf_str(b)), want);
    fail();
  }
  buf_free(b);
}

static void test_fill(void **state) {
  (void)state;
  struct buf b;
  buf_init(&b, 0);
  words_put(&b, "{2} and {1}, {3} {5} {x} {{1}} {", STR("%s"), STR("{1}"));
  assert_words(&b, "{1} and %s,  {5} {x} {%s} {");
}

static void test_fill_clips_values(void **state) {
  (void)state;
  char essay[1000];
  memset(essay, 'x', sizeof essay);
  struct buf b;
  buf_init(&b, 0);
  words_put(&b, "\"{1}\"", (str){essay, sizeof essay});
  assert_true(b.n < 200);
  assert_true(str_ends(buf_str(&b), STR("x…\"")));
  buf_free(&b);
}

static void test_escape(void **state) {
  (void)state;
  struct buf b;
  buf_init(&b, 0);
  words_escape(&b, STR("a\x1b[31m\n\\ 表\xff\x7f\xc2\x85\u202e\u200b。\0"));
  assert_words(&b, "a\\x1b[31m\\x0a\\ 表\\xff\\x7f\\xc2\\x85\\xe2\\x80\\xae\\xe2\\x80\\x8b。\\x00");
}

static void test_places(void **state) {
  (void)state;
  struct buf b;
  struct place p = {.story = STORY_BODY,
                    .table = 3,
                    .row = 2,
                    .column = 4,
                    .paragraph = 1,
                    .heading = STR(" 二、情况 ")};
  buf_init(&b, 0);
  words_place(&b, &p);
  assert_words(&b, "body, table 3, row 2, column 4 (under \"二、情况\")");
  p = (struct place){.story = STORY_FOOTNOTE, .number = 2, .paragraph = 1};
  words_place(&b, &p);
  assert_words(&b, "footnote 2, paragraph 1");
  p = (struct place){.story = STORY_OTHER, .part = STR("styles.xml")};
  words_place(&b, &p);
  assert_words(&b, "styles.xml");
  words_put(&b, "at {1}; at {2}; \"{2}\"; {3}", STR("T1R2C3 ¶1"), STR("¶12"), STR("T1R2"));
  assert_words(&b, "at table 1, row 2, column 3; at paragraph 12; \"¶12\"; T1R2");
}

static void test_finding(void **state) {
  (void)state;
  struct findings *fs = findings_new();
  struct place p = {
      .file = STR("a.docx"), .story = STORY_BODY, .paragraph = 7, .tag = STR("{{数：2位}}")};
  struct origin o = {.file = STR("d.json"), .line = 3, .column = 9, .key = STR("表[1].数")};
  struct buf b;
  buf_init(&b, 0);
  finding(fs, CODE_NOT_NUMBER, &p, &o, p.tag, STR("甲"));
  finding(fs, CODE_DATA_TEXT, NULL, &o, STR("bad"));
  finding(fs, CODE_EXISTS, NULL, NULL, STR("x.docx"));
  finding(fs, CODE_EXISTS, NULL, NULL, STR("x.docx"));
  words_finding(&b, findings_at(fs, 0));
  assert_words(&b, "a.docx: body, paragraph 7: {{数：2位}}: \"甲\" is not a number"
                   " (d.json:3:9, \"表[1].数\") [TB504]");
  words_finding(&b, findings_at(fs, 1));
  assert_words(&b, "d.json:3:9: bad (\"表[1].数\") [TB404]");
  words_finding(&b, findings_at(fs, 2));
  assert_words(&b, "tianbao: x.docx is there already and is not overwritten (2 times) [TB601]");
  findings_free(fs);
}

static void test_around(void **state) {
  (void)state;
  struct words_span span = {.from = 0};
  struct place p = {
      .tag = STR("{{数}}"), .before = STR("…本年\n决算\xEF\xBF\xBC"), .after = STR("万元")};
  struct buf b;
  buf_init(&b, 0);
  assert_true(words_around(&b, &p, &span));
  assert_true(str_eq(str_sub(buf_str(&b), span.from, span.to), p.tag));
  assert_words(&b, "…本年 决算<<{{数}}>>万元");
  p.before = STR(" ");
  p.after = STR("");
  assert_false(words_around(&b, &p, &span));
  assert_words(&b, "");
}

static void test_lines(void **state) {
  (void)state;
  struct findings *fs = findings_new();
  struct place p = {.file = STR("a.docx"),
                    .part = STR("word/document.xml"),
                    .story = STORY_BODY,
                    .table = 3,
                    .row = 2,
                    .column = 4,
                    .paragraph = 1,
                    .tag = STR("{{数}}")};
  struct origin o = {.file = STR("d.xlsx"), .sheet = STR("表1"), .cell = STR("B2")};
  struct buf b;
  buf_init(&b, 0);
  finding(fs, CODE_MISSING, &p, NULL, STR("数"));
  p.table = p.row = p.column = p.paragraph = 0;
  finding(fs, CODE_TAG_NEAR_MISS, &p, NULL, STR("{数}"));
  finding(fs, CODE_DATA_TEXT, NULL, &o, STR("bad"));
  finding(fs, CODE_EXISTS, NULL, NULL, STR("x.docx"));
  words_finding_line(&b, findings_at(fs, 0));
  str line = buf_str(&b);
  assert_true(str_starts(line, STR("a.docx:word/document.xml:3/2/4/1: error: ")));
  assert_true(str_ends(line, STR(" [TB501]")));
  buf_free(&b);
  words_finding_line(&b, findings_at(fs, 1));
  assert_true(str_starts(buf_str(&b), STR("a.docx:word/document.xml: note: ")));
  buf_free(&b);
  words_finding_line(&b, findings_at(fs, 2));
  assert_words(&b, "d.xlsx:表1:B2: error: bad [TB404]");
  words_finding_line(&b, findings_at(fs, 3));
  assert_words(&b, "tianbao: error: x.docx is there already and is not overwritten [TB601]");
  findings_free(fs);
}

/* Colours come from us only, whatever stands in the template. */
static void test_show(void **state) {
  (void)state;
  struct findings *fs = findings_new();
  struct place p = {.file = STR("a.docx"),
                    .story = STORY_BODY,
                    .paragraph = 7,
                    .tag = STR("{{数}}"),
                    .before = STR("\x1b[1m合计")};
  struct buf b;
  buf_init(&b, 0);
  finding(fs, CODE_DATA_TEXT, &p, NULL, STR("bad\x1b[2m {{数}}"));
  show_finding(&b, findings_at(fs, 0), false);
  assert_words(&b, "a.docx: body, paragraph 7: bad\\x1b[2m {{数}} [TB404]\n"
                   "    \\x1b[1m合计<<{{数}}>>\n");
  show_finding(&b, findings_at(fs, 0), true);
  assert_words(&b, "a.docx: body, paragraph 7: \x1b[31mbad\\x1b[2m {{数}}\x1b[0m [TB404]\n"
                   "    \\x1b[1m合计<<\x1b[31m{{数}}\x1b[0m>>\n");
  findings_free(fs);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_fill),    cmocka_unit_test(test_fill_clips_values),
      cmocka_unit_test(test_escape),  cmocka_unit_test(test_places),
      cmocka_unit_test(test_finding), cmocka_unit_test(test_around),
      cmocka_unit_test(test_lines),   cmocka_unit_test(test_show),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
