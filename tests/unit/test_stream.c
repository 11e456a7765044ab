/* XML as a stream: the same whatever the pieces, what is refused, and memory running out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "xml/stream.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct findings *fs;
static const struct place place = {.file = {"t.xlsx", 6}, .part = {"sheet1.xml", 10}};

static int setup(void **state) {
  (void)state;
  fs = findings_new();
  return fs != NULL ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  mem_fail_after(0);
  mem_clear();
  findings_free(fs);
  return 0;
}

/* Writes what it is told, and gives up at an element named stop. */
struct log {
  struct buf out;
  bool in_text;
};

static bool start(void *ctx, const struct xml_tag *tag) {
  struct log *l = ctx;
  l->in_text = false;
  buf_putc(&l->out, '<');
  if (tag->ns != NULL) buf_puts(&l->out, tag->ns);
  buf_putc(&l->out, ' ');
  buf_puts(&l->out, tag->local);
  str a = xml_tag_attr(tag, NULL, "a"), b = xml_tag_attr(tag, "urn:x\nurn:n", "b");
  if (a.p != NULL) {
    buf_puts(&l->out, " a=");
    buf_put(&l->out, a);
  }
  if (b.p != NULL) {
    buf_puts(&l->out, " b=");
    buf_put(&l->out, b);
  }
  buf_putc(&l->out, '>');
  return !xml_tag_is(tag, NULL, "stop");
}

static bool end(void *ctx) {
  struct log *l = ctx;
  l->in_text = false;
  return buf_puts(&l->out, "</>");
}

static bool text(void *ctx, str s) { return buf_put(&((struct log *)ctx)->out, s); }

static const struct xml_handler handler = {start, end, text};

/* Feeds the bytes in pieces; l->out is to be freed. */
static bool feed(str bytes, size_t piece, struct log *l) {
  buf_init(&l->out, 0);
  l->in_text = false;
  struct xml_stream *s = xml_stream_new(&handler, l, &place, fs);
  bool ok = s != NULL;
  for (size_t at = 0; ok && at < bytes.n; at += piece)
    ok = xml_stream_feed(s, str_sub(bytes, at, at + piece));
  ok = ok && xml_stream_end(s);
  xml_stream_free(s);
  return ok;
}

static const char sample[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- a > b --><w xmlns=\"urn:w\" "
    "xmlns:n=\"urn:n\">"
    "<a a=\"1 &amp; 2 &gt; '\" n:b='\"乡\"'/>汉字 &amp; &#x1F600; &lt;<![CDATA[<x>&]]>"
    "<?pi a > b?><n:c\n/><!--\n--></w>\n<!-- end -->";
static const char events[] = "<urn:w w><urn:w a a=1 & 2 > ' b=\"乡\"></>汉字 & 😀 <<x>&"
                             "<urn:n c></></>";

static void test_pieces(void **state) {
  (void)state;
  for (size_t piece = 1; piece <= sizeof sample; piece++) {
    struct log l;
    assert_true(feed(str_of(sample), piece, &l));
    assert_string_equal(l.out.p, events);
    buf_free(&l.out);
  }
  assert_int_equal(findings_count(fs), 0);
}

static void put_utf16(struct buf *out, const char *ascii, bool big, size_t pad) {
  buf_put(out, big ? STR("\xFE\xFF") : STR("\xFF\xFE"));
  for (; *ascii != '\0'; ascii++)
    buf_put(out, big ? (str){(char[]){'\0', *ascii}, 2} : (str){(char[]){*ascii, '\0'}, 2});
  for (size_t i = 0; i < pad; i++) buf_put(out, big ? STR("\0 ") : STR(" \0"));
}

static void test_utf16(void **state) {
  (void)state;
  for (int big = 0; big < 2; big++)
    for (size_t piece = 1; piece < 12; piece++) {
      struct buf bytes;
      struct log l;
      buf_init(&bytes, 0);
      put_utf16(&bytes, "<?xml version='1.0' encoding='UTF-16'?><a>", big != 0, 0);
      for (int i = 0; i < 2000; i++)
        buf_put(&bytes,
                big != 0 ? STR("\xD8\x3D\xDE\x00\x4E\x59") : STR("\x3D\xD8\x00\xDE\x59\x4E"));
      buf_put(&bytes, big != 0 ? STR("\0<\0/\0a\0>") : STR("<\0/\0a\0>\0"));
      assert_true(feed(buf_str(&bytes), piece, &l));
      assert_int_equal(l.out.n, strlen("< a>") + 2000 * 7 + strlen("</>"));
      assert_true(str_starts(buf_str(&l.out), STR("< a>😀乙😀乙")));
      buf_free(&l.out);
      buf_free(&bytes);
    }
}

static void assert_refused(str bytes, enum code code) {
  static const size_t pieces[] = {1, 7, 4096, SIZE_MAX / 2};
  for (size_t i = bytes.n > 100000 ? 2 : 0; i < COUNT(pieces); i++) {
    struct log l;
    findings_clear(fs);
    assert_false(feed(bytes, pieces[i], &l));
    assert_int_equal(findings_count(fs), 1);
    assert_int_equal(findings_at(fs, 0)->code, code);
    buf_free(&l.out);
  }
}

static void test_refused(void **state) {
  (void)state;
  static const struct {
    const char *text;
    enum code code;
  } rows[] = {
      {"<!DOCTYPE a><a/>", CODE_DOCTYPE},
      {"<a/><!DOCTYPE a>", CODE_DOCTYPE},
      {"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", CODE_DOCTYPE},
      {"<a>&x;</a>", CODE_BAD_XML},
      {"<a><b></a>", CODE_BAD_XML},
      {"<a>", CODE_BAD_XML},
      {"<a b='1", CODE_BAD_XML},
      {"<a/><b/>", CODE_BAD_XML},
      {"<a/>x", CODE_BAD_XML},
      {"", CODE_BAD_XML},
      {"   ", CODE_BAD_XML},
      {"<a>\x01</a>", CODE_BAD_XML},
      {"<a>\xff</a>", CODE_BAD_XML},
      {"<a>\xe6\xb1", CODE_BAD_XML},
      {"<a x='1' x='2'/>", CODE_BAD_XML},
      {"<z:a/>", CODE_BAD_XML},
      {"<a b='<'/>", CODE_BAD_XML},
      {"<a><!-- ", CODE_BAD_XML},
      {"<a><![CDATA[ ", CODE_BAD_XML},
      {"<?xml version='1.0' encoding='GBK'?><a/>", CODE_BAD_ENCODING},
  };
  for (size_t i = 0; i < COUNT(rows); i++) assert_refused(str_of(rows[i].text), rows[i].code);
  assert_refused((str){"<\0\0\0a\0\0\0", 8}, CODE_BAD_ENCODING);
}

static void put_many(struct buf *out, size_t n, const char *before, const char *after) {
  for (size_t i = 0; i < n; i++) {
    buf_puts(out, before);
    buf_put_u64(out, i);
    buf_puts(out, after);
  }
}

static void test_bounds(void **state) {
  (void)state;
  struct buf b;
  buf_init(&b, 0);
  buf_puts(&b, "<a");
  put_many(&b, LIMIT_XML_ATTRIBUTES + 1, " a", "=''");
  buf_puts(&b, "/>");
  assert_refused(buf_str(&b), CODE_TOO_BIG);
  buf_clear(&b);
  for (size_t i = 0; i <= LIMIT_XML_DEPTH; i++) buf_puts(&b, "<a>");
  assert_refused(buf_str(&b), CODE_TOO_BIG);
  buf_clear(&b);
  buf_puts(&b, "<a>");
  put_many(&b, LIMIT_XML_NAMES + 1, "<n", "/>");
  buf_puts(&b, "</a>");
  assert_refused(buf_str(&b), CODE_TOO_BIG);
  buf_clear(&b);
  buf_puts(&b, "<a><!--");
  while (b.n < LIMIT_XML_MARKUP + 100) buf_puts(&b, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
  assert_refused(buf_str(&b), CODE_TOO_BIG);
  buf_free(&b);
}

/* What would be too much for a tree is nothing for a stream. */
static void test_long(void **state) {
  (void)state;
  struct buf b;
  struct log l;
  buf_init(&b, 0);
  buf_puts(&b, "<a>");
  for (size_t i = 0; i < LIMIT_XML_ELEMENTS + 1; i++) buf_puts(&b, "<b/>");
  buf_puts(&b, "</a>");
  assert_true(feed(buf_str(&b), 65536, &l));
  buf_free(&l.out);
  buf_free(&b);
}

static void test_handler_stops(void **state) {
  (void)state;
  struct log l;
  assert_false(feed(STR("<a><stop/><b/></a>"), 100, &l));
  assert_string_equal(l.out.p, "< a>< stop>");
  assert_int_equal(findings_count(fs), 0); /* it is the handler that adds them */
  buf_free(&l.out);
}

/* What stands before a fault is read, so that messages know where it is. */
static void test_before_fault(void **state) {
  (void)state;
  struct log l;
  assert_false(feed(STR("<a><b>1</b><c><!DOCTYPE x></c></a>"), 100, &l));
  assert_string_equal(l.out.p, "< a>< b>1</>< c>");
  buf_free(&l.out);
}

static void test_memory(void **state) {
  (void)state;
  bool done = false;
  for (size_t n = 1; !done && n < 2000; n++) {
    struct log l;
    mem_clear();
    findings_clear(fs);
    mem_fail_after(n);
    done = feed(str_of(sample), 40, &l);
    bool failed = mem_failed();
    mem_fail_after(0);
    assert_int_equal(done, !failed);
    if (done) assert_string_equal(l.out.p, events);
    buf_free(&l.out);
  }
  assert_true(done);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_pieces, setup, teardown),
      cmocka_unit_test_setup_teardown(test_utf16, setup, teardown),
      cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
      cmocka_unit_test_setup_teardown(test_long, setup, teardown),
      cmocka_unit_test_setup_teardown(test_handler_stops, setup, teardown),
      cmocka_unit_test_setup_teardown(test_before_fault, setup, teardown),
      cmocka_unit_test_setup_teardown(test_memory, setup, teardown),
  };
  return mem_install() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
