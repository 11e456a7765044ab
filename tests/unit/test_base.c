/* The floor of the house: strings, buffers, arenas, UTF-8, folding, findings, limits, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gmp.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/finding.h"
#include "base/fold.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void assert_str(str got, const char *want) {
  size_t n = strlen(want);
  if (got.n != n || (n != 0 && memcmp(got.p, want, n) != 0)) {
    print_error("got  \"%.*s\"\nwant \"%s\"\n", STR_ARG(got), want);
    fail();
  }
}

/* After a test that made allocations fail. */
static int memory_back(void **state) {
  (void)state;
  mem_fail_after(0);
  mem_clear();
  return 0;
}

/* ---- str ---- */

static void test_str(void **state) {
  (void)state;
  assert_true(str_eq(STR_NONE, STR("")));
  assert_true(str_is(STR("甲"), "甲"));
  assert_false(str_is(STR("甲"), "甲乙"));
  assert_str(str_sub(STR("abcdef"), 2, 4), "cd");
  assert_str(str_sub(STR("abc"), 2, 99), "c");
  assert_str(str_sub(STR("abc"), 5, 4), "");
  assert_true(str_starts(STR("abc"), STR("ab")) && str_starts(STR("a"), STR("")));
  assert_false(str_starts(STR("a"), STR("ab")));
  assert_true(str_ends(STR("a.docx"), STR(".docx")) && !str_ends(STR("x"), STR(".x")));
  assert_true(str_cmp(STR("a"), STR("b")) < 0 && str_cmp(STR("ab"), STR("a")) > 0);
  assert_true(str_cmp(STR("\x80"), STR("a")) > 0);
  assert_int_equal(str_cmp(STR_NONE, STR("")), 0);
  assert_str(str_trim(STR(" \t\r\na b\n")), "a b");
  assert_str(str_trim(STR("  ")), "");
  assert_true(str_hash(STR("a")) != str_hash(STR("b")));
  assert_true(str_hash(STR_NONE) == str_hash(STR("")));
}

static void test_str_find(void **state) {
  (void)state;
  assert_int_equal(str_find(STR("abcabc"), STR("bc"), 0), 1);
  assert_int_equal(str_find(STR("abcabc"), STR("bc"), 2), 4);
  assert_true(str_find(STR("abc"), STR("bd"), 0) == STR_NOT_FOUND);
  assert_true(str_find(STR("abc"), STR("c"), 3) == STR_NOT_FOUND);
  assert_true(str_find(STR("abc"), STR(""), 4) == STR_NOT_FOUND);
  assert_int_equal(str_find(STR("abc"), STR(""), 3), 3);
  assert_true(str_find(STR_NONE, STR("a"), 0) == STR_NOT_FOUND);
}

/* ---- buf ---- */

static void test_buf(void **state) {
  (void)state;
  struct buf b;
  buf_init(&b, 0);
  assert_str(buf_str(&b), "");
  assert_true(buf_puts(&b, "a") && buf_putc(&b, 'b') && buf_put(&b, STR_NONE));
  assert_true(buf_put_u64(&b, 0) && buf_put_u64(&b, UINT64_MAX));
  assert_str(buf_str(&b), "ab018446744073709551615");
  assert_int_equal(b.p[b.n], '\0');
  buf_clear(&b);
  assert_true(buf_put_utf8(&b, 'a') && buf_put_utf8(&b, 0xE9) && buf_put_utf8(&b, 0x7532) &&
              buf_put_utf8(&b, 0x20000));
  assert_str(buf_str(&b), "aé甲𠀀");
  assert_false(buf_put_utf8(&b, 0xD800));
  assert_true(b.failed);
  buf_clear(&b);
  assert_false(buf_put_utf8(&b, 0x110000));
  buf_free(&b);
}

static void test_buf_maximum(void **state) {
  (void)state;
  struct buf b;
  buf_init(&b, 100);
  for (int i = 0; i < 100; i++) assert_true(buf_putc(&b, 'x'));
  assert_true(buf_put(&b, STR("")));
  assert_false(buf_putc(&b, 'x'));
  assert_false(buf_put(&b, STR(""))); /* it stays failed */
  assert_int_equal(b.n, 100);
  assert_false(mem_failed());
  buf_clear(&b);
  assert_true(buf_puts(&b, "again"));
  assert_false(buf_reserve(&b, SIZE_MAX));
  buf_free(&b);
}

static void test_buf_memory(void **state) {
  (void)state;
  struct buf b;
  buf_init(&b, 0);
  assert_true(buf_puts(&b, "kept"));
  mem_fail_after(1);
  assert_false(buf_reserve(&b, 1000));
  assert_true(mem_failed() && b.failed);
  assert_str(buf_str(&b), "kept");
  buf_free(&b);
}

/* ---- arena ---- */

static void test_arena(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  size_t sizes[] = {1, 3, 16, 100, 5000, 70000, 1 << 20, 7};
  for (int round = 0; round < 3; round++) {
    size_t all = 0;
    for (size_t k = 0; k < 50; k++)
      for (size_t i = 0; i < COUNT(sizes); i++) {
        unsigned char *p = arena_alloc(a, sizes[i]);
        assert_int_equal((uintptr_t)p % 16, 0);
        assert_true(p[0] == 0 && p[sizes[i] - 1] == 0);
        memset(p, 0xAA, sizes[i]);
        all += sizes[i];
        assert_str(arena_dup(a, STR("甲")), "甲");
        all += sizeof "甲";
      }
    assert_int_equal(arena_size(a), all);
    arena_reset(a);
    assert_int_equal(arena_size(a), 0);
  }
  str parts[] = {STR("a"), STR_NONE, STR("bc")}, joined = arena_join(a, parts, COUNT(parts));
  assert_str(joined, "abc");
  assert_int_equal(joined.p[3], '\0');
  assert_non_null(arena_dup(a, STR_NONE).p);
  arena_free(a);
  arena_free(NULL);
}

static void test_arena_maximum(void **state) {
  (void)state;
  struct arena *a = arena_new(100);
  assert_non_null(arena_alloc(a, 100));
  assert_null(arena_alloc(a, 1));
  assert_true(mem_failed());
  arena_reset(a);
  assert_non_null(arena_alloc(a, 1));
  assert_null(arena_array(a, SIZE_MAX / 2, 4));
  assert_null(arena_alloc(a, SIZE_MAX));
  assert_null(arena_dup(a, (str){"", SIZE_MAX}).p);
  arena_free(a);
  a = arena_new(0);
  assert_null(arena_alloc(a, SIZE_MAX));
  mem_fail_after(1);
  assert_null(arena_alloc(a, 1));
  arena_free(a);
  assert_null(arena_new(0));
}

static void test_arena_grow(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  unsigned *items = NULL;
  size_t n = 0, cap = 0;
  for (unsigned i = 0; i < 1000; i++) {
    unsigned *slot = arena_grow(a, items, &n, &cap, sizeof *slot);
    assert_non_null(slot);
    assert_int_equal(*slot, 0);
    *slot = i;
    items = slot - (n - 1);
  }
  assert_int_equal(n, 1000);
  for (unsigned i = 0; i < 1000; i++) assert_int_equal(items[i], i);
  arena_free(a);
}

/* ---- UTF-8 ---- */

static void test_utf8_check(void **state) {
  (void)state;
  static const char *const bad[] = {"\x80",
                                    "\xC0\x80",
                                    "\xC1\xBF",
                                    "\xC3",
                                    "\xE0\x9F\xBF",
                                    "\xED\xA0\x80",
                                    "\xF0\x8F\xBF\xBF",
                                    "\xE7\x94",
                                    "\xF4\x90\x80\x80",
                                    "\xF8\x88\x80\x80\x80",
                                    "\xFF",
                                    "\xBC\xD7"};
  for (size_t i = 0; i < COUNT(bad); i++) {
    size_t at = 0;
    assert_int_equal(utf8_check(str_of(bad[i])), 0);
    assert_int_equal(utf8_next(str_of(bad[i]), &at), UTF8_BAD);
    assert_int_equal(at, 1);
  }
  static const char *const good[] = {"",
                                     "\x7F",
                                     "é",
                                     "甲",
                                     "\xED\x9F\xBF",
                                     "\xEE\x80\x80",
                                     "𠀀",
                                     "\xF4\x8F\xBF\xBF",
                                     "long enough for eight at a time 甲"};
  for (size_t i = 0; i < COUNT(good); i++)
    assert_int_equal(utf8_check(str_of(good[i])), strlen(good[i]));
  assert_int_equal(utf8_check(STR("12345678甲\xFF")), 11);
  assert_int_equal(utf8_check_xml(STR("a\tb\r\n甲")), 8);
  assert_int_equal(utf8_check_xml(STR("0123456789\x01 0123456789")), 10);
  assert_int_equal(utf8_check_xml(STR("01234567\x1F"
                                      "1234567")),
                   8);
  assert_int_equal(utf8_check_xml(STR("\0")), 0);
  assert_int_equal(utf8_check_xml(STR("a\xEF\xBF\xBE")), 1); /* U+FFFE */
  assert_int_equal(utf8_check_xml(STR("\xEF\xBF\xBD")), 3);
}

/* Every code point there and back. */
static void test_utf8_all(void **state) {
  (void)state;
  for (uint32_t cp = 0; cp <= 0x110000; cp++) {
    char s[UTF8_MOST];
    size_t n = utf8_encode(cp, s), at = 0;
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) {
      assert_int_equal(n, 0);
      continue;
    }
    if (utf8_next((str){s, n}, &at) != cp || at != n) fail();
  }
}

static void test_utf8_classes(void **state) {
  (void)state;
  assert_int_equal(utf8_length(STR("a甲\xFF𠀀")), 4);
  assert_true(utf8_is_blank(0x3000) && utf8_is_blank('\t') && !utf8_is_blank(0x200B));
  assert_true(utf8_is_zero_width(0xFEFF) && !utf8_is_zero_width(' '));
  assert_true(utf8_is_han(0x7532) && utf8_is_han(0x3007) && utf8_is_han(0x20000));
  assert_false(utf8_is_han('a') || utf8_is_han(0x3001) || utf8_is_han(UTF8_BAD));
  assert_str(utf8_trim(STR(" 　\xEF\xBB\xBF甲 乙\xC2\xA0\n")), "甲 乙");
  assert_str(utf8_trim(STR(" 　 ")), "");
  assert_str(utf8_trim(STR("\x80 \x80")), "\x80 \x80");
  assert_str(utf8_trim(STR_NONE), "");
}

/* ---- folding ---- */

struct pair {
  const char *typed, *folded;
};

static void test_fold_tag(void **state) {
  (void)state;
  static const struct pair pairs[] = {
      {"支出合计", "支出合计"},
      {"支出合计：２位｜千分位", "支出合计:2位|千分位"},
      {"（ａ＋ｂ）×３÷４－１％", "(a+b)*3/4-1%"},
      {"＃项目，＝＜＞！？．＆＊／", "#项目,=<>!?.&*/"},
      {"项目。名称", "项目.名称"},
      {"《上年》", "<上年>"},
      {"……项目", "^项目"},
      {"…项目", "…项目"},
      {"增长——率", "增长_率"},
      {"增长—率", "增长—率"},
      {"、项目", "/项目"},
      {"　 、项目、甲", "  /项目、甲"},
      {"甲、乙", "甲、乙"},
      {"a – b", "a - b"},
      {"a → b ≠ c ≤ d ≥ e", "a → b ≠ c ≤ d ≥ e"},
      {"如果　在谈\xC2\xA0项目\t数", "如果 在谈 项目 数"},
      {"支\xE2\x80\x8B出\xEF\xBB\xBF", "支出"},
      {"【三公－接待费】", "【三公-接待费】"},
      {"｛｝～", "{}~"},
      {"", ""},
      {"\xFF", "\xFF"},
      /* quotes: what stands between them stays */
      {"类别＝“省级，专项”", "类别=\"省级，专项\""},
      {"类别＝「省级：专项」，１", "类别=\"省级：专项\",1"},
      {"空则 ‘（无）’：２位", "空则 '（无）':2位"},
      {"“甲，“：１", "\"甲，\":1"},
      {"＂甲　乙＂", "\"甲　乙\""},
      {"『「内」』", "\"「内」\""},
      {"「说\"好\"」：", "'说\"好\"':"},
      {"“”", "\"\""},
      /* without a partner a quote is a character */
      {"“甲：１", "\"甲:1"},
      {"甲：１”", "甲:1\""},
      {"「甲：１”", "\"甲:1\""},
      {"it’s：１", "it's:1"},
  };
  struct arena *a = arena_new(0);
  for (size_t i = 0; i < COUNT(pairs); i++)
    assert_str(fold_tag(str_of(pairs[i].typed), a, NULL), pairs[i].folded);
  arena_free(a);
}

static void test_fold_map(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  size_t *map;
  str typed = STR("甲：“乙”……");
  str folded = fold_tag(typed, a, &map);
  assert_str(folded, "甲:\"乙\"^");
  static const size_t want[] = {0, 1, 2, 3, 6, 9, 10, 11, 12, 15, 21};
  assert_int_equal(folded.n + 1, COUNT(want));
  for (size_t i = 0; i < COUNT(want); i++) assert_int_equal(map[i], want[i]);
  fold_tag(STR_NONE, a, &map);
  assert_int_equal(map[0], 0);
  arena_free(a);
}

static void test_fold_name(void **state) {
  (void)state;
  static const struct pair pairs[] = {
      {" 支出　合计（万元） ", "支出合计(万元)"},
      {"“三公”经费，合计", "\"三公\"经费,合计"},
      {"、甲、乙", "、甲、乙"},
      {"ＧＤＰ", "GDP"},
      {"— —", "_"},
      {"　\xE2\x80\x8B", ""},
  };
  struct arena *a = arena_new(0);
  for (size_t i = 0; i < COUNT(pairs); i++) {
    str once = fold_name(str_of(pairs[i].typed), a);
    assert_str(once, pairs[i].folded);
    assert_true(str_eq(fold_name(once, a), once));
    assert_true(str_eq(fold_name(fold_tag(str_of(pairs[i].typed + (i == 2 ? 3 : 0)), a, NULL), a),
                       i == 2 ? STR("甲、乙") : once));
  }
  arena_free(a);
}

static void test_fold_distance(void **state) {
  (void)state;
  assert_int_equal(fold_distance(STR("支出合计"), STR("支出合计"), 2), 0);
  assert_int_equal(fold_distance(STR("支出合计"), STR("支出总计"), 2), 1);
  assert_int_equal(fold_distance(STR("支出合计"), STR("出支合计"), 2), 1);
  assert_int_equal(fold_distance(STR("支出合计"), STR("支出"), 2), 2);
  assert_int_equal(fold_distance(STR("支出合计"), STR("支出"), 1), 2);
  assert_int_equal(fold_distance(STR("group"), STR("gruop"), 3), 1);
  assert_int_equal(fold_distance(STR("kitten"), STR("sitting"), 5), 3);
  assert_int_equal(fold_distance(STR("abcdef"), STR("uvwxyz"), 2), 3);
  assert_int_equal(fold_distance(STR(""), STR("ab"), UINT32_MAX), 2);
  char longer[600];
  memset(longer, 'x', sizeof longer);
  assert_int_equal(fold_distance((str){longer, 600}, (str){longer, 599}, 2), 3);
  assert_int_equal(fold_distance((str){longer, 600}, (str){longer, 600}, 2), 0);
}

static void test_fold_memory(void **state) {
  (void)state;
  struct arena *a = arena_new(10);
  size_t *map;
  assert_null(fold_tag(STR("支出合计"), a, NULL).p);
  assert_null(fold_tag(STR("支出合计"), a, &map).p);
  assert_null(fold_name(STR("支出合计"), a).p);
  arena_free(a);
}

/* ---- findings ---- */

static void test_findings(void **state) {
  (void)state;
  struct findings *fs = findings_new();
  char name[] = "支出合计";
  struct place place = {.file = STR("t.docx"), .story = STORY_BODY, .table = 1};
  struct origin origin = {.file = STR("d.json"), .line = 3};
  assert_int_equal(findings_status(fs), STATUS_DONE);
  assert_false(finding(fs, CODE_MISSING, &place, &origin, str_of(name)));
  finding(fs, CODE_MISSING, &place, &origin, str_of(name));
  name[0] = 'x'; /* all was copied */
  place.table = 2;
  finding(fs, CODE_MISSING, &place, &origin, STR("支出合计"));
  finding(fs, CODE_TAG_NEAR_MISS, NULL, NULL, STR("{x}"));
  assert_int_equal(findings_count(fs), 3);
  assert_int_equal(findings_errors(fs), 2);
  assert_int_equal(findings_at(fs, 0)->times, 2);
  assert_str(findings_at(fs, 0)->args[0], "支出合计");
  assert_str(findings_at(fs, 0)->place.file, "t.docx");
  assert_int_equal(findings_at(fs, 1)->times, 1);
  assert_int_equal(findings_at(fs, 1)->origin.line, 3);
  assert_int_equal(findings_status(fs), STATUS_REFUSED);
  finding(fs, CODE_IO, NULL, NULL, STR("f"), STR("disk full"));
  assert_int_equal(findings_status(fs), STATUS_ENVIRONMENT);
  assert_str(finding_number(fs, 1234567890), "1234567890");
  findings_clear(fs);
  assert_int_equal(findings_count(fs), 0);
  assert_int_equal(findings_status(fs), STATUS_DONE);
  findings_free(fs);
  findings_free(NULL);
}

/* All that a finding holds comes through, in its order, as often as it was found. */
static void test_findings_pack(void **state) {
  (void)state;
  struct findings *a = findings_new(), *b = findings_new();
  struct place p = {.file = STR("t.docx"),
                    .part = STR("x.xml"),
                    .story = STORY_BODY,
                    .number = 1,
                    .table = 2,
                    .row = 3,
                    .column = 4,
                    .paragraph = 5,
                    .heading = STR("一、"),
                    .tag = STR("{{甲}}"),
                    .before = STR("一二三四五六七八九十一二三四五六七八九十{{甲}}和{{甲}}"),
                    .after = STR("元"),
                    .serial = 70000};
  struct origin o = {STR("d.xlsx"), 6, 7, STR("表1"), STR("B2"), STR("甲[3]")};
  struct buf bytes;
  buf_init(&bytes, 0);
  finding(a, CODE_UNIT_DIFFERS, &p, &o, STR("甲"), STR("元"), STR("万元"), STR("丁"));
  finding(a, CODE_TAG_NEAR_MISS, NULL, NULL, STR("{{"));
  finding(a, CODE_TAG_NEAR_MISS, NULL, NULL, STR("{{"));
  findings_add(a, CODE_MEMORY, NULL, NULL, 0, NULL);
  findings_pack(a, &bytes);
  assert_true(findings_unpack(buf_str(&bytes), b));
  assert_int_equal(findings_count(b), 3);
  assert_int_equal(findings_at(b, 1)->times, 2);
  assert_int_equal(findings_status(b), STATUS_ENVIRONMENT);
  const struct finding *f = findings_at(b, 0);
  assert_int_equal(f->code, CODE_UNIT_DIFFERS);
  assert_str(f->place.tag, "{{甲}}");
  assert_int_equal(f->place.story, STORY_BODY);
  assert_int_equal(f->place.paragraph, 5);
  assert_int_equal(f->place.serial, 70000);
  assert_int_equal(f->place.nth, 3);
  assert_str(f->place.before, "…八九十一二三四五六七八九十{{甲}}和{{甲}}");
  assert_str(f->place.after, "元");
  assert_int_equal(f->origin.column, 7);
  assert_str(f->origin.key, "甲[3]");
  assert_str(f->args[3], "丁");
  finding(b, CODE_UNIT_DIFFERS, &p, &o, STR("甲"), STR("元"), STR("万元"), STR("丁"));
  assert_int_equal(f->times, 2); /* it is the same in all that it holds */
  for (size_t n = 0; n < bytes.n; n++) {
    findings_clear(b);
    assert_false(findings_unpack(str_sub(buf_str(&bytes), 0, n), b));
  }
  memset(bytes.p + sizeof(uint64_t) * 3, 0xff, sizeof(uint64_t)); /* the first code */
  assert_false(findings_unpack(buf_str(&bytes), b));
  buf_free(&bytes);
  findings_free(a);
  findings_free(b);
}

/* Long texts are cut between characters; what is too much is counted. */
static void test_findings_pack_bounds(void **state) {
  (void)state;
  struct findings *a = findings_new(), *b = findings_new();
  struct buf bytes, text;
  buf_init(&bytes, 0);
  buf_init(&text, 0);
  buf_putc(&text, 'x');
  while (text.n < 3 * LIMIT_PACKED_TEXT) buf_puts(&text, "长");
  for (unsigned i = 0; i < 600; i++)
    finding(a, CODE_MISSING, NULL, NULL, buf_str(&text), finding_number(a, i));
  findings_pack(a, &bytes);
  assert_true(bytes.n < LIMIT_PACKED_FINDINGS + 2 * LIMIT_PACKED_TEXT);
  assert_true(findings_unpack(buf_str(&bytes), b));
  size_t n = findings_count(b);
  assert_true(n > 100 && n < 600);
  assert_int_equal(n + findings_dropped(b), 600);
  str first = findings_at(b, 0)->args[0];
  assert_true(first.n <= LIMIT_PACKED_TEXT && first.n > LIMIT_PACKED_TEXT - 3);
  assert_int_equal(utf8_check(first), first.n);
  buf_free(&bytes);
  buf_free(&text);
  findings_free(a);
  findings_free(b);
}

static void test_findings_append(void **state) {
  (void)state;
  struct findings *a = findings_new(), *b = findings_new();
  finding(a, CODE_MISSING, NULL, NULL, STR("甲"));
  finding(b, CODE_MISSING, NULL, NULL, STR("甲"));
  finding(b, CODE_MISSING, NULL, NULL, STR("乙"));
  findings_add(b, CODE_MEMORY, NULL, NULL, 0, NULL);
  findings_append(a, b);
  findings_free(b);
  assert_int_equal(findings_count(a), 3);
  assert_int_equal(findings_at(a, 0)->times, 2);
  assert_str(findings_at(a, 1)->args[0], "乙");
  assert_int_equal(findings_at(a, 2)->code, CODE_MEMORY);
  assert_int_equal(findings_status(a), STATUS_ENVIRONMENT);
  findings_free(a);
}

/* Notes never crowd out the error that explains a failure. */
static void test_findings_full(void **state) {
  (void)state;
  struct findings *fs = findings_new();
  for (size_t i = 0; i < LIMIT_FINDINGS + 5; i++)
    finding(fs, CODE_TAG_NEAR_MISS, NULL, NULL, finding_number(fs, i));
  assert_int_equal(findings_count(fs), LIMIT_FINDINGS);
  assert_int_equal(findings_dropped(fs), 5);
  for (size_t i = 0; i < 3; i++) finding(fs, CODE_MISSING, NULL, NULL, finding_number(fs, i));
  assert_int_equal(findings_count(fs), LIMIT_FINDINGS);
  assert_int_equal(findings_errors(fs), 3);
  assert_int_equal(findings_at(fs, LIMIT_FINDINGS - 1)->code, CODE_MISSING);
  assert_str(findings_at(fs, LIMIT_FINDINGS - 1)->args[0], "0");
  findings_free(fs);
}

static void test_findings_memory(void **state) {
  (void)state;
  struct findings *fs = findings_new();
  mem_fail_after(1);
  assert_false(finding(fs, CODE_MISSING, NULL, NULL, STR("甲")));
  assert_int_equal(findings_count(fs), 1);
  assert_int_equal(findings_errors(fs), 1);
  assert_int_equal(findings_at(fs, 0)->code, CODE_MEMORY);
  assert_int_equal(findings_status(fs), STATUS_ENVIRONMENT);
  assert_null(findings_new());
  findings_free(fs);
}

/* The tables: ids differ, a level goes with its status, arguments are {1} … {4}. */
static void test_tables(void **state) {
  (void)state;
  for (int i = 1; i < CODE_COUNT; i++) {
    const struct code_row *c = &codes[i];
    assert_int_equal(strlen(c->id), 5);
    assert_true(c->words[0] != '\0' && c->help[0] != '\0');
    assert_true((c->level != LEVEL_ERROR) == (c->status == STATUS_DONE));
    for (int k = 1; k < i; k++)
      assert_true(strcmp(codes[k].id, c->id) != 0 && strcmp(codes[k].name, c->name) != 0);
  }
  assert_string_equal(codes[CODE_MISSING].name, "MISSING");
  assert_string_equal(limits[LIMIT_XML_DEPTH_INDEX].name, "XML_DEPTH");
  for (int i = 0; i < LIMIT_COUNT; i++) assert_true(limits[i].value > 0);
}

/* ---- memory ---- */

static void test_mem(void **state) {
  (void)state;
  assert_false(mem_failed());
  void *p = mem_malloc(0), *q = mem_calloc(0, 4);
  assert_true(p != NULL && q != NULL);
  mem_free(p);
  mem_free(q);
  char *s = mem_strdup("甲");
  assert_string_equal(s, "甲");
  assert_null(mem_malloc(SIZE_MAX));
  assert_true(mem_failed());
  mem_clear();
  assert_null(mem_calloc(SIZE_MAX / 2, 4));
  assert_true(mem_failed());
  mem_clear();
  mem_fail_after(2);
  s = mem_realloc(s, 100);
  assert_non_null(s);
  assert_false(mem_failed());
  assert_null(mem_realloc(s, 200));
  assert_true(mem_failed());
  mem_free(s);
}

/* GMP goes on in the reserve, and the flag tells. */
static void test_mem_gmp(void **state) {
  (void)state;
  assert_true(mem_install());
  mpz_t a, b;
  mpz_init_set_ui(a, 7);
  mem_fail_after(1);
  for (int round = 0; round < 1000; round++) {
    mpz_init(b);
    mpz_pow_ui(b, a, 1000);
    mpz_clear(b);
  }
  assert_true(mem_failed());
  mpz_pow_ui(a, a, 1000); /* out of malloc's memory into the reserve */
  mem_fail_after(0);
  mpz_mul(a, a, a); /* and back */
  mpz_init(b);
  mpz_ui_pow_ui(b, 7, 2000);
  assert_int_equal(mpz_cmp(a, b), 0);
  mpz_clears(a, b, NULL);
}

#define TEST(name) cmocka_unit_test_teardown(name, memory_back)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_str),           TEST(test_str_find),
      TEST(test_buf),           TEST(test_buf_maximum),
      TEST(test_buf_memory),    TEST(test_arena),
      TEST(test_arena_maximum), TEST(test_arena_grow),
      TEST(test_utf8_check),    TEST(test_utf8_all),
      TEST(test_utf8_classes),  TEST(test_fold_tag),
      TEST(test_fold_map),      TEST(test_fold_name),
      TEST(test_fold_distance), TEST(test_fold_memory),
      TEST(test_findings),      TEST(test_findings_append),
      TEST(test_findings_pack), TEST(test_findings_pack_bounds),
      TEST(test_findings_full), TEST(test_findings_memory),
      TEST(test_tables),        TEST(test_mem),
      TEST(test_mem_gmp),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
