/* XML parts: encodings, what is refused and how fast, fidelity, and the tree functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <time.h>

#include "base/limits.h"
#include "base/mem.h"
#include "xml/xml.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define W "urn:w"

static struct findings *fs;
static const struct place place = {.file = {"t.docx", 6}, .part = {"word/document.xml", 17}};

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

static void assert_str(str got, const char *want) {
  size_t n = strlen(want);
  if (got.n != n || (n != 0 && memcmp(got.p, want, n) != 0)) {
    print_error("got  \"%.*s\"\nwant \"%s\"\n", STR_ARG(got), want);
    fail();
  }
}

static struct xml parse(str bytes) {
  struct xml x;
  if (!xml_parse(&x, bytes, XML_PLAIN, &place, fs)) {
    print_error("refused: %.*s\n", STR_ARG(findings_at(fs, 0)->args[2]));
    fail();
  }
  return x;
}

static xmlNode *root_of(const struct xml *x) { return xmlDocGetRootElement(x->doc); }

static void assert_dump(const struct xml *x, const char *want) {
  struct buf out;
  buf_init(&out, 0);
  assert_true(xml_dump(x, &out));
  assert_str(buf_str(&out), want);
  buf_free(&out);
}

static void assert_round(str bytes, const char *want) {
  struct xml x = parse(bytes);
  assert_dump(&x, want);
  xml_free(&x);
}

/* Refused with this code, as the first finding; and with nothing left to free. */
static void assert_refused(str bytes, unsigned flags, enum code code) {
  struct xml x;
  findings_clear(fs);
  assert_false(xml_parse(&x, bytes, flags, &place, fs));
  assert_null(x.doc);
  assert_null(x.prolog);
  assert_int_equal(findings_count(fs), 1);
  assert_int_equal(findings_at(fs, 0)->code, code);
  assert_str(findings_at(fs, 0)->place.part, "word/document.xml");
}

/* ---- fidelity ---- */

static void test_same_bytes(void **state) {
  (void)state;
  static const char *const parts[] = {
      "<a/>",
      "<a>甲</a>\n",
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<w:a xmlns:w=\"urn:w\"/>",
      "<?xml version='1.0' encoding='utf-8'?>\n<!-- c --><?pi x?>\n<a/>\n<!-- e --><?pi y?>",
      "<?xml version=\"1.0\"?><a b=\"甲&amp;&lt;&quot;&#10;&#9;&#13;\">&amp;&lt;&gt;\"'&#13;</a>",
      "<a><![CDATA[<&>]]><!-- - --><?mso x=\"<\"?> <b> </b>\n</a>",
      "<a xmlns=\"urn:w\" xmlns:m=\"urn:m\"><b xmlns=\"\" m:c=\"d\"/></a>",
      "<a xml:space=\"preserve\"> </a>",
      "<a b=\"\" c=\"&gt;\"/>",
  };
  for (size_t i = 0; i < COUNT(parts); i++) assert_round(str_of(parts[i]), parts[i]);
}

static void test_same_meaning(void **state) {
  (void)state;
  assert_round(STR("<a b='x>\"' ></a >"), "<a b=\"x&gt;&quot;\"/>");
  assert_round(STR("<a>\r\n&quot;&#x7532;</a>"), "<a>\n\"甲</a>");
  assert_round(STR("\xEF\xBB\xBF<?xml version=\"1.0\"?><a/>"), "<?xml version=\"1.0\"?><a/>");
}

/* ---- encodings ---- */

/* ASCII and 甲 as UTF-16. */
static str utf16(const char *s, bool mark, bool big) {
  static char out[4000];
  size_t n = 0;
  const uint32_t bom = 0xFEFF;
  for (size_t i = 0; mark || s[i] != '\0'; mark = false) {
    uint32_t c = mark ? bom : (unsigned char)s[i] < 0x80 ? (uint32_t)(unsigned char)s[i] : 0x7532;
    if (!mark) i += c == 0x7532 ? 3 : 1;
    out[n++] = (char)(big ? c >> 8 : c & 0xFF);
    out[n++] = (char)(big ? c & 0xFF : c >> 8);
  }
  return (str){out, n};
}

static void test_utf16(void **state) {
  (void)state;
  const char *part = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<a b=\"甲\">甲</a>";
  const char *want = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<a b=\"甲\">甲</a>";
  for (int i = 0; i < 4; i++) assert_round(utf16(part, i & 1, i & 2), want);
  assert_round(utf16("<a>甲</a>", true, false), "<a>甲</a>");
  assert_round(STR("<\0a\0>\0\x40\xD8\x00\xDC<\0/\0a\0>\0"), "<a>𠀀</a>");
  assert_refused(STR("<\0a\0>\0\x40\xD8<\0/\0a\0>\0"), 0, CODE_BAD_XML);
  assert_refused(STR("<\0a\0>\0\x00\xDC<\0/\0a\0>\0"), 0, CODE_BAD_XML);
  assert_refused(STR("<\0a\0/\0>\0x"), 0, CODE_BAD_XML);
  assert_refused(STR("<\0a\0>\0\x40\xD8"), 0, CODE_BAD_XML);
  assert_refused(STR("<\0\0\0a\0\0\0/\0\0\0>\0\0\0"), 0, CODE_BAD_ENCODING);
}

static void test_labels(void **state) {
  (void)state;
  assert_round(STR("<?xml version=\"1.0\" encoding=\"us-ascii\"?><a>b</a>"),
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>b</a>");
  assert_round(STR("<?xml version=\"1.0\" encoding='utf-16'?><a>甲</a>"),
               "<?xml version=\"1.0\" encoding='UTF-8'?><a>甲</a>");
  assert_refused(STR("<?xml version=\"1.0\" encoding=\"GB18030\"?><a>\xBC\xD7</a>"), 0,
                 CODE_BAD_ENCODING);
  assert_str(findings_at(fs, 0)->args[0], "GB18030");
  assert_refused(STR("<?xml version=\"1.0\" encoding=\"UTF-7\"?><a/>"), 0, CODE_BAD_ENCODING);
  assert_refused(STR("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>"), 0,
                 CODE_BAD_ENCODING);
}

static void assert_at(const char *line, const char *column) {
  assert_str(findings_at(fs, 0)->args[0], line);
  assert_str(findings_at(fs, 0)->args[1], column);
}

static void test_bad_bytes(void **state) {
  (void)state;
  assert_refused(STR("<a>\n甲\xFF</a>"), 0, CODE_BAD_XML);
  assert_at("2", "2");
  assert_refused(STR("<a>\x01</a>"), 0, CODE_BAD_XML);
  assert_at("1", "4");
  assert_refused(STR("<a>\0</a>"), 0, CODE_BAD_XML);
  assert_refused(STR("<a>\xEF\xBF\xBE</a>"), 0, CODE_BAD_XML);
  assert_refused(STR_NONE, 0, CODE_BAD_XML);
  assert_refused(STR("\xEF\xBB\xBF"), 0, CODE_BAD_XML);
}

/* ---- what is not well-formed ---- */

static void test_malformed(void **state) {
  (void)state;
  static const char *const parts[] = {
      "甲",        " ",           "<a>",          "</a>",        "<a></b>",      "<a/><b/>",
      "<a",        "<a b>",       "<a b=>",       "<a b=c/>",    "<a b='/>",     "<a b='<'/>",
      "<a/>x",     "x<a/>",       "<a>&b;</a>",   "<a>&</a>",    "<a>]]></a>",   "<a b='' b=''/>",
      "<w:a/>",    "<a w:b=''/>", "<a><!-- </a>", "<a><![CDATA[x</a>",           "<?x",
      "<a><!x></a>", "< a/>",     "<1a/>",        "<a></a <!-- > --></a>",       "<a>&#1;</a>",
      "<a b='&#0;'/>", " <?xml version='1.0'?><a/>", "<a><!-- -- --></a>",       "<a>&#xD800;</a>",
      "<a xmlns:b='u' xmlns:c='u' b:d='' c:d=''/>", "<a><? <b/> ?></a>", "<a/ >", "<",
      "<!ENTITY x 'y'><a/>", "<a b='x'c='y'/>",
  };
  for (size_t i = 0; i < COUNT(parts); i++) assert_refused(str_of(parts[i]), 0, CODE_BAD_XML);
  assert_refused(STR("<a>\n<b>甲</c></a>"), 0, CODE_BAD_XML);
  assert_str(findings_at(fs, 0)->args[0], "2");
  assert_str(findings_at(fs, 0)->args[2], "Opening and ending tag mismatch: b line 2 and c");
}

static void test_doctype(void **state) {
  (void)state;
  static const char old[] = "<?xml version=\"1.0\"?>\n<!DOCTYPE m:m PUBLIC \"-//x\" 'M.dtd' >\n<m/>";
  assert_refused(str_of(old), XML_PLAIN, CODE_DOCTYPE);
  struct xml x;
  assert_true(xml_parse(&x, str_of(old), XML_OLD_DOCTYPE, &place, fs));
  assert_dump(&x, "<?xml version=\"1.0\"?>\n<m/>");
  xml_free(&x);
  assert_true(xml_parse(&x, STR("<!DOCTYPE m SYSTEM \"M.dtd\"><m/>"), XML_OLD_DOCTYPE, &place, fs));
  assert_dump(&x, "<m/>");
  xml_free(&x);
  static const char *const never[] = {
      "<!DOCTYPE m [<!ENTITY a 'b'>]><m>&a;</m>",
      "<!DOCTYPE m SYSTEM \"M.dtd\" [<!ENTITY a 'b'>]><m/>",
      "<!DOCTYPE m><m/>",
      "<!DOCTYPE m SYSTEM \"a\"><!DOCTYPE m SYSTEM \"a\"><m/>",
      "<m><!DOCTYPE m SYSTEM \"a\"></m>",
      "<!DOCTYPE m PUBLIC \"a\"><m/>",
  };
  for (size_t i = 0; i < COUNT(never); i++)
    assert_refused(str_of(never[i]), XML_OLD_DOCTYPE, CODE_DOCTYPE);
  assert_refused(utf16("<!DOCTYPE m []><m/>", true, true), 0, CODE_DOCTYPE);
  assert_round(STR("<m><!-- <!DOCTYPE m> --><![CDATA[<!DOCTYPE m>]]></m>"),
               "<m><!-- <!DOCTYPE m> --><![CDATA[<!DOCTYPE m>]]></m>");
}

/* ---- bounds ---- */

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* `n` times `unit`, in which # is the number, between the two ends. */
static void repeat(struct buf *out, const char *begin, const char *unit, size_t n,
                   const char *end) {
  buf_clear(out);
  buf_puts(out, begin);
  for (size_t i = 0; i < n; i++)
    for (const char *p = unit; *p != '\0'; p++) {
      if (*p == '#') buf_put_u64(out, i);
      else buf_putc(out, *p);
    }
  buf_puts(out, end);
}

struct trap {
  const char *begin, *unit;
  size_t n;
  const char *end, *unit_name;
};

/* Each of them keeps libxml2 busy for seconds to minutes. */
static void test_traps(void **state) {
  (void)state;
  static const struct trap traps[] = {
      {"<a", " b#=''", 100000, "/>", "attributes"},
      {"<a>", "<b#/>", 1000000, "</a>", "names"},
      {"<a>", "<b xmlns='u#'/>", 500000, "</a>", "names"},
      {"<a>", "<?p# x?>", 500000, "</a>", "names"},
      {"<a>", "<b xml:id='i#'/>", 400000, "</a>", "ids"},
      {"<a", " xmlns:p#='u'", 400, "/>", NULL},
      {"<a>", "<b/>", 1500001, "</a>", "elements"},
      {"", "<b>", 300000, "", "levels"},
  };
  struct buf part;
  buf_init(&part, 0);
  for (size_t i = 0; i < COUNT(traps); i++) {
    const struct trap *t = &traps[i];
    repeat(&part, t->begin, t->unit, t->n, t->end);
    double begin = seconds();
    if (t->unit_name == NULL) {
      struct xml x = parse(buf_str(&part));
      xml_free(&x);
    } else {
      assert_refused(buf_str(&part), 0, CODE_TOO_BIG);
      assert_str(findings_at(fs, 0)->args[2], t->unit_name);
    }
    assert_true(seconds() - begin < 2);
  }
  buf_free(&part);
}

/* Namespaces in scope add up over the levels, and are gone behind the end tag. */
static void test_namespaces_in_scope(void **state) {
  (void)state;
  struct buf level, part;
  buf_init(&level, 0);
  buf_init(&part, 0);
  repeat(&level, "<b", " xmlns:p#='u'", 500, ">");
  repeat(&part, "<a>", level.p, 5, "</b></b></b></b></b></a>");
  buf_clear(&part);
  buf_puts(&part, "<a>");
  for (int i = 0; i < 5; i++) buf_put(&part, buf_str(&level));
  buf_puts(&part, "</b></b></b></b></b></a>");
  assert_refused(buf_str(&part), 0, CODE_TOO_BIG);
  assert_str(findings_at(fs, 0)->args[2], "declarations");
  buf_clear(&part);
  buf_puts(&part, "<a>");
  for (int i = 0; i < 5; i++) {
    buf_put(&part, buf_str(&level));
    buf_puts(&part, "</b>");
  }
  buf_puts(&part, "</a>");
  struct xml x = parse(buf_str(&part));
  xml_free(&x);
  buf_free(&part);
  buf_free(&level);
}

/* Short texts go to libxml2's dictionary too. */
static void test_short_texts(void **state) {
  (void)state;
  struct buf part;
  buf_init(&part, 0);
  buf_puts(&part, "<a>");
  for (size_t i = 0; i < 200000; i++) {
    buf_puts(&part, "<b/>");
    for (size_t k = 0, v = i; k < 20; k++, v /= 2) buf_putc(&part, v % 2 ? ' ' : '\t');
  }
  buf_puts(&part, "</a>");
  assert_refused(buf_str(&part), 0, CODE_TOO_BIG);
  assert_str(findings_at(fs, 0)->args[2], "texts");
  buf_free(&part);
}

static void test_depth(void **state) {
  (void)state;
  struct buf part, ends;
  buf_init(&part, 0);
  buf_init(&ends, 0);
  for (size_t extra = 0; extra < 2; extra++) {
    repeat(&ends, "", "</b>", LIMIT_XML_DEPTH + extra, "");
    repeat(&part, "", "<b>", LIMIT_XML_DEPTH + extra, ends.p);
    if (extra == 0) {
      struct xml x = parse(buf_str(&part));
      xmlNode *copy = xml_clone(root_of(&x));
      assert_non_null(copy);
      xml_remove(copy);
      xml_free(&x);
    } else {
      assert_refused(buf_str(&part), 0, CODE_TOO_BIG);
    }
  }
  buf_free(&part);
  buf_free(&ends);
  static char big[(32 << 20) + 1];
  assert_refused((str){big, sizeof big}, 0, CODE_TOO_BIG);
}

/* Behind an error libxml2 must not go on into what was taken for a comment or a value. */
static void test_stops_at_error(void **state) {
  (void)state;
  struct buf part;
  buf_init(&part, 0);
  repeat(&part, "<a><?1 ", "<b#/>", 1000000, "?></a>");
  double begin = seconds();
  assert_refused(buf_str(&part), 0, CODE_BAD_XML);
  assert_true(seconds() - begin < 2);
  buf_free(&part);
}

/* ---- looking ---- */

static void test_looking(void **state) {
  (void)state;
  struct xml x = parse(STR("<w:a xmlns:w=\"urn:w\" w:v=\"1\" v=\"2&amp;\" e=\"\">t<b/><w:b/><!-- c -->"
                           "<w:c><w:d/>u</w:c></w:a>"));
  xmlNode *a = root_of(&x), *b = xml_first_element(a);
  assert_true(xml_is(a, "urn:w", "a") && xml_is(a, "urn:s\nurn:w", "a"));
  assert_true(xml_is(a, "urn:w\nurn:s", "a"));
  assert_false(xml_is(a, "urn:w2", "a") || xml_is(a, "urn:\nw", "a") || xml_is(a, "urn:w", "b"));
  assert_false(xml_is(a, NULL, "a") || xml_is(a->children, "urn:w", "a") || xml_is(NULL, W, "a"));
  assert_true(xml_is(b, NULL, "b") && !xml_is(b, W, "b"));
  assert_str(xml_attr(a, W, "v"), "1");
  assert_str(xml_attr(a, NULL, "v"), "2&");
  assert_non_null(xml_attr(a, NULL, "e").p);
  assert_null(xml_attr(a, W, "e").p);
  assert_null(xml_attr(a->children, NULL, "v").p);
  xmlNode *c = xml_child(a, W, "c");
  assert_ptr_equal(xml_next_element(xml_next_element(b)), c);
  assert_null(xml_next_element(c));
  assert_null(xml_child(a, W, "d"));
  size_t n = 0, outer = 0;
  for (xmlNode *m = a; m != NULL; m = xml_walk(a, m, false)) n++;
  for (xmlNode *m = a; m != NULL; m = xml_walk(a, m, m == c)) outer++;
  assert_int_equal(n, 8);
  assert_int_equal(outer, 6);
  assert_null(xml_walk(c, c, true));
  xml_free(&x);
}

/* ---- copies ---- */

/* A copy of the first row goes behind it; then the original goes. */
static void copy_row(const char *part, const char *want_both, const char *want_copy) {
  struct xml x = parse(str_of(part));
  xmlNode *row = xml_first_element(root_of(&x)), *copy = xml_clone(row);
  assert_non_null(copy);
  xml_insert_after(row, copy);
  assert_dump(&x, want_both);
  xml_remove(row);
  assert_dump(&x, want_copy);
  xml_free(&x);
}

static void test_clone(void **state) {
  (void)state;
  /* namespaces from outside are shared: no declarations are added */
  copy_row("<w:t xmlns:w=\"urn:w\"><w:r w:a=\"1&amp;2\" b=\"\"><w:p>甲 &amp; 乙</w:p></w:r></w:t>",
           "<w:t xmlns:w=\"urn:w\"><w:r w:a=\"1&amp;2\" b=\"\"><w:p>甲 &amp; 乙</w:p></w:r>"
           "<w:r w:a=\"1&amp;2\" b=\"\"><w:p>甲 &amp; 乙</w:p></w:r></w:t>",
           "<w:t xmlns:w=\"urn:w\"><w:r w:a=\"1&amp;2\" b=\"\"><w:p>甲 &amp; 乙</w:p></w:r></w:t>");
  /* those from inside are copied, also rebound prefixes; the original may be freed */
  copy_row("<w:t xmlns:w=\"urn:w\"><w:r xmlns:a=\"urn:a\" xmlns:p=\"urn:p\" p:q=\"r\">"
           "<a:g p:x=\"\" xml:space=\"preserve\"><w:i xmlns:w=\"urn:2\" w:z=\"\"><a:j/></w:i>"
           "<k xmlns=\"urn:k\"><l/></k></a:g></w:r></w:t>",
           "<w:t xmlns:w=\"urn:w\"><w:r xmlns:a=\"urn:a\" xmlns:p=\"urn:p\" p:q=\"r\">"
           "<a:g p:x=\"\" xml:space=\"preserve\"><w:i xmlns:w=\"urn:2\" w:z=\"\"><a:j/></w:i>"
           "<k xmlns=\"urn:k\"><l/></k></a:g></w:r>"
           "<w:r xmlns:a=\"urn:a\" xmlns:p=\"urn:p\" p:q=\"r\">"
           "<a:g p:x=\"\" xml:space=\"preserve\"><w:i xmlns:w=\"urn:2\" w:z=\"\"><a:j/></w:i>"
           "<k xmlns=\"urn:k\"><l/></k></a:g></w:r></w:t>",
           "<w:t xmlns:w=\"urn:w\"><w:r xmlns:a=\"urn:a\" xmlns:p=\"urn:p\" p:q=\"r\">"
           "<a:g p:x=\"\" xml:space=\"preserve\"><w:i xmlns:w=\"urn:2\" w:z=\"\"><a:j/></w:i>"
           "<k xmlns=\"urn:k\"><l/></k></a:g></w:r></w:t>");
  /* all kinds of nodes */
  copy_row("<t><r><!--c--><?p q?><?e?><![CDATA[<]]>x<s/></r></t>",
           "<t><r><!--c--><?p q?><?e?><![CDATA[<]]>x<s/></r>"
           "<r><!--c--><?p q?><?e?><![CDATA[<]]>x<s/></r></t>",
           "<t><r><!--c--><?p q?><?e?><![CDATA[<]]>x<s/></r></t>");
}

/* xml:id stands in an index of the document that must not point to what was freed. */
static void test_clone_ids(void **state) {
  (void)state;
  copy_row("<t><r xml:id=\"i\"/></t>", "<t><r xml:id=\"i\"/><r xml:id=\"i\"/></t>",
           "<t><r xml:id=\"i\"/></t>");
  struct xml x = parse(STR("<t><r xml:id=\"i\"/><r xml:id=\"i\"/></t>"));
  xmlNode *r = xml_first_element(root_of(&x));
  xmlNs *ns = xml_attr_node(r, "http://www.w3.org/XML/1998/namespace", "id")->ns;
  assert_true(xml_set_attr(r, ns, "id", STR("j")));
  xml_remove(r);
  assert_dump(&x, "<t><r xml:id=\"i\"/></t>");
  xml_free(&x);
}

static void test_shell(void **state) {
  (void)state;
  struct xml x = parse(STR("<t><r xmlns:a=\"urn:a\" a:b=\"1\"><a:c/>text</r></t>"));
  xmlNode *r = xml_first_element(root_of(&x)), *shell = xml_shell(r);
  xml_prepend(root_of(&x), shell);
  xml_remove(r);
  assert_dump(&x, "<t><r xmlns:a=\"urn:a\" a:b=\"1\"/></t>");
  xml_free(&x);
}

/* ---- changing ---- */

static void test_text_is_text(void **state) {
  (void)state;
  struct xml x = parse(STR("<w:t xmlns:w=\"urn:w\">old<w:r v=\"1\"/><![CDATA[c]]></w:t>"));
  xmlNode *t = root_of(&x), *r = xml_first_element(t);
  assert_true(xml_set_text(t->children, STR("A & B <c> &x; &lt;")));
  assert_true(xml_set_text(t->last, STR("]]>&")));
  assert_true(xml_set_attr(r, NULL, "v", STR("\"&amp;<\n")));
  assert_true(xml_set_attr(r, t->ns, "n", STR("甲")));
  assert_true(xml_set_attr(r, NULL, "e", STR_NONE));
  xmlNode *made = xml_element(r->parent, "p");
  xml_append(r, made);
  xml_append(made, xml_text(x.doc, STR("&amp;")));
  xml_append(made, xml_text(x.doc, STR_NONE));
  assert_false(xml_set_text(r, STR("x")));
  assert_dump(&x, "<w:t xmlns:w=\"urn:w\">A &amp; B &lt;c&gt; &amp;x; &amp;lt;"
                  "<w:r v=\"&quot;&amp;amp;&lt;&#10;\" w:n=\"甲\" e=\"\"><w:p>&amp;amp;</w:p></w:r>"
                  "<![CDATA[]]]]><![CDATA[>&]]></w:t>");
  assert_true(xml_set_text(t->children, STR_NONE));
  assert_str(str_of((const char *)t->children->content), "");
  xml_free(&x);
}

/* Neighbouring texts stay two nodes, and the one given stays valid. */
static void test_moving(void **state) {
  (void)state;
  struct xml x = parse(STR("<t>b<r/></t>"));
  xmlNode *t = root_of(&x), *b = t->children, *r = t->last;
  xmlNode *one = xml_text(x.doc, STR("a")), *two = xml_text(x.doc, STR("c"));
  xml_insert_before(b, one);
  xml_insert_after(b, two);
  assert_ptr_equal(t->children, one);
  assert_ptr_equal(one->next, b);
  assert_ptr_equal(b->next, two);
  assert_ptr_equal(two->next, r);
  assert_dump(&x, "<t>abc<r/></t>");
  xml_prepend(t, r);
  xml_append(t, one);
  assert_dump(&x, "<t><r/>bca</t>");
  xml_insert_before(b, b);
  xml_insert_after(b, b);
  xml_append(r, b);
  xml_remove(two);
  assert_dump(&x, "<t><r>b</r>a</t>");
  xml_free(&x);
}

static void test_escape(void **state) {
  (void)state;
  struct buf out;
  buf_init(&out, 0);
  str s = STR("甲&<>\"'\t\n\r末");
  assert_true(xml_escape(&out, s, false));
  assert_str(buf_str(&out), "甲&amp;&lt;&gt;\"'\t\n&#13;末");
  buf_clear(&out);
  assert_true(xml_escape(&out, s, true));
  assert_str(buf_str(&out), "甲&amp;&lt;&gt;&quot;'&#9;&#10;&#13;末");
  buf_clear(&out);
  assert_true(xml_escape(&out, STR_NONE, true));
  assert_str(buf_str(&out), "");
  buf_free(&out);
}

/* ---- memory ---- */

static bool all_steps(str bytes, struct buf *out) {
  struct xml x;
  if (!xml_parse(&x, bytes, XML_PLAIN, &place, fs)) return false;
  xmlNode *row = xml_first_element(root_of(&x)), *copy = xml_clone(row);
  bool ok = copy != NULL;
  if (ok) xml_insert_after(row, copy);
  ok = ok && xml_set_attr(row, NULL, "v", STR("2")) && xml_set_text(row->children, STR("longer")) &&
       xml_dump(&x, out);
  xml_free(&x);
  return ok;
}

/* With the n-th allocation failing, each n gives either the whole result or a failure. */
static void test_memory(void **state) {
  (void)state;
  str bytes = STR("<?xml version=\"1.0\"?><w:t xmlns:w=\"urn:w\"><w:r xmlns:a=\"urn:a\" a:b=\"1\">"
                  "text of a row<a:c d=\"&amp;\"/></w:r></w:t>");
  struct buf good;
  buf_init(&good, 0);
  assert_true(all_steps(bytes, &good));
  bool done = false;
  for (size_t n = 1; !done && n < 5000; n++) {
    struct buf out;
    buf_init(&out, 0);
    findings_clear(fs);
    mem_fail_after(n);
    done = all_steps(bytes, &out);
    bool failed = mem_failed();
    mem_fail_after(0);
    mem_clear();
    assert_true(done == !failed);
    if (done) assert_true(str_eq(buf_str(&out), buf_str(&good)));
    for (size_t i = 0; i < findings_count(fs); i++)
      assert_int_equal(findings_at(fs, i)->code, CODE_MEMORY);
    buf_free(&out);
  }
  assert_true(done);
  buf_free(&good);
}

static void test_dump_maximum(void **state) {
  (void)state;
  struct xml x = parse(STR("<a>0123456789</a>"));
  struct buf out;
  buf_init(&out, 10);
  assert_false(xml_dump(&x, &out));
  buf_free(&out);
  xml_free(&x);
}

static int install(void **state) {
  (void)state;
  return mem_install() ? 0 : -1;
}

static int finish(void **state) {
  (void)state;
  xmlCleanupParser();
  return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_same_bytes),  TEST(test_same_meaning),   TEST(test_utf16),
      TEST(test_labels),      TEST(test_bad_bytes),      TEST(test_malformed),
      TEST(test_doctype),     TEST(test_traps),          TEST(test_namespaces_in_scope),
      TEST(test_short_texts), TEST(test_depth),          TEST(test_stops_at_error),
      TEST(test_looking),     TEST(test_clone),          TEST(test_clone_ids),
      TEST(test_shell),       TEST(test_text_is_text),   TEST(test_moving),
      TEST(test_escape),      TEST(test_memory),         TEST(test_dump_maximum),
  };
  return cmocka_run_group_tests(tests, install, finish);
}
