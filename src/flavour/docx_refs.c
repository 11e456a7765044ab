/* REF fields (ECMA-376 part 1, 17.16.5.48) and the bookmarks they show (17.13.6); SEQ fields, the
 * numbers of captions (17.16.5.56), which are of the same shape.
 *
 *   r: begin   r: REF b \h   r: separate   runs of the result   r: end      or a fldSimple
 *
 * Only fields of that shape are followed, whose marks have runs of their own that stand side by
 * side, and whose switches say nothing of numbers or positions.
 */
#include "base/buf.h"
#include "flavour/docx.h"
#include "flavour/field_code.h"

static bool is_w(const xmlNode *n, const char *local) { return xml_is(n, NS_W, local); }

/* ---- the field ---- */

struct ref_field {
  xmlNode *begin, *separate, *end; /* runs */
};

/* The w:fldChar that is all of a run, or NULL. */
static xmlNode *edge_of(const xmlNode *run) {
  xmlNode *edge = NULL;
  for (xmlNode *k = is_w(run, "r") ? xml_first_element(run) : NULL; k != NULL;
       k = xml_next_element(k)) {
    if (is_w(k, "rPr")) continue;
    if (edge != NULL || !is_w(k, "fldChar")) return NULL;
    edge = k;
  }
  return edge;
}

static void read_code(const xmlNode *run, struct buf *code) {
  for (xmlNode *k = xml_first_element(run); k != NULL; k = xml_next_element(k))
    for (const xmlNode *t = is_w(k, "instrText") ? k->children : NULL; t != NULL; t = t->next)
      if (t->type == XML_TEXT_NODE) buf_puts(code, (const char *)t->content);
}

/* The runs of the field that begins at n; no other may stand in it. */
static bool read_field(xmlNode *n, struct ref_field *f, struct buf *code) {
  *f = (struct ref_field){.begin = n->parent};
  if (n->parent == NULL || edge_of(n->parent) != n ||
      !str_is(xml_attr(n, NS_W, "fldCharType"), "begin"))
    return false;
  for (xmlNode *k = n->parent->next; k != NULL; k = k->next) {
    const xmlNode *edge = edge_of(k);
    str type = edge != NULL ? xml_attr(edge, NS_W, "fldCharType") : STR("");
    if (edge == NULL && f->separate == NULL && is_w(k, "r")) read_code(k, code);
    if (str_is(type, "begin")) return false;
    if (str_is(type, "separate")) f->separate = k;
    if (str_is(type, "end")) return f->end = k, f->separate != NULL;
  }
  return false;
}

static bool is_plain_switch(const struct field_code *c, size_t i) {
  if (str_is(c->words[i].text, "h")) return true;
  if (!str_is(c->words[i].text, "*") || i + 1 == c->n) return false;
  return code_same(c->words[i + 1].text, "MERGEFORMAT") ||
         code_same(c->words[i + 1].text, "CHARFORMAT");
}

static bool name_in(str code, struct arena *a, str *name) {
  struct field_code c;
  *name = STR_NONE;
  if (!code_read(code, a, &c)) return true; /* no memory: the name says so */
  if (c.n < 2 || !code_is(&c, "REF") || c.words[1].is_switch) return false;
  for (size_t i = 2; i < c.n; i++)
    if (c.words[i].is_switch && !is_plain_switch(&c, i)) return false;
  *name = arena_dup(a, c.words[1].text);
  return true;
}

bool docx_reference(xmlNode *n, struct arena *a, str *name) {
  struct ref_field f;
  struct buf code;
  if (is_w(n, "fldSimple")) return name_in(xml_attr(n, NS_W, "instr"), a, name);
  if (!is_w(n, "fldChar")) return false;
  buf_init(&code, 0);
  bool ref = read_field(n, &f, &code) && name_in(buf_str(&code), a, name);
  buf_free(&code);
  return ref;
}

/* ---- numbers of captions ---- */

/* What stands behind the beginning of a field, up to its next mark. */
static void read_on(xmlNode *begin, struct buf *code) {
  xmlNode *top = begin;
  while (top->parent != NULL && top->parent->type == XML_ELEMENT_NODE && !is_w(top, "p"))
    top = top->parent;
  for (xmlNode *n = xml_walk(top, begin, true); n != NULL && !is_w(n, "fldChar");
       n = xml_walk(top, n, false))
    if (n->type == XML_TEXT_NODE && is_w(n->parent, "instrText"))
      buf_puts(code, (const char *)n->content);
}

/* SEQ 表 \* ARABIC (17.16.5.56); \r, \c, \h and \s count in other ways. */
static bool counts_on(const struct field_code *c) {
  for (size_t i = 2; i < c->n; i++) {
    bool format = c->words[i].is_switch && str_is(c->words[i].text, "*") && i + 1 < c->n;
    bool next = c->words[i].is_switch && code_same(c->words[i].text, "N");
    str word = format ? c->words[++i].text : STR("");
    if (!next && !code_same(word, "ARABIC") && !code_same(word, "MERGEFORMAT")) return false;
  }
  return true;
}

bool docx_sequence(xmlNode *n, struct arena *a, str *name, bool *plain) {
  struct ref_field f;
  struct field_code c;
  struct buf code, whole;
  bool simple = is_w(n, "fldSimple");
  if (!simple && (!is_w(n, "fldChar") || !str_is(xml_attr(n, NS_W, "fldCharType"), "begin")))
    return false;
  buf_init(&code, 0);
  buf_init(&whole, 0);
  if (simple)
    buf_put(&code, xml_attr(n, NS_W, "instr"));
  else
    read_on(n, &code);
  bool read = code_read(buf_str(&code), a, &c);
  bool counts = !read || (code_is(&c, "SEQ") && c.n > 1);
  *name = counts && read ? arena_dup(a, c.words[1].text) : STR_NONE;
  *plain = counts && read && (simple || read_field(n, &f, &whole)) && counts_on(&c);
  buf_free(&whole);
  buf_free(&code);
  return counts;
}

bool docx_field_mark(const xmlNode *n) { return is_w(n, "fldChar"); }

/* ---- the bookmark ---- */

const xmlNode *docx_named_text(xmlNode *n, struct arena *a, str *name) {
  if (!is_w(n, "bookmarkStart")) return NULL;
  xmlNode *p = n->parent;
  while (p != NULL && p->type == XML_ELEMENT_NODE && !is_w(p, "p")) p = p->parent;
  if (p == NULL || p->type != XML_ELEMENT_NODE) return NULL;
  str id = xml_attr(n, NS_W, "id");
  *name = arena_dup(a, xml_attr(n, NS_W, "name"));
  for (xmlNode *k = xml_walk(p, n, true); k != NULL; k = xml_walk(p, k, false))
    if (is_w(k, "bookmarkEnd") && str_eq(xml_attr(k, NS_W, "id"), id)) return k;
  return NULL;
}

/* ---- the result ---- */

/* A run of the formatting of the first text from `from` on to before `to`. */
static xmlNode *run_like(xmlNode *from, const xmlNode *to, xmlNode *other) {
  xmlNode *like = NULL;
  for (xmlNode *k = from; k != NULL && k != to && like == NULL; k = k->next)
    if (is_w(k, "r") && xml_child(k, NS_W, "t") != NULL) like = k;
  return docx_new_run(like != NULL ? like : other, xml_text(other->doc, STR("")));
}

static bool is_mark(const xmlNode *n) {
  return n->type == XML_ELEMENT_NODE && flavour_docx.kind(n) == KIND_MARK;
}

/* The siblings from one to before another go, but for marks. */
static void remove_between(xmlNode *from, const xmlNode *to) {
  for (xmlNode *k = from, *next; k != NULL && k != to; k = next) {
    next = k->next;
    if (!is_mark(k)) xml_remove(k);
  }
}

static xmlNode *simple_text(xmlNode *n, bool alone) {
  xmlNode *run = run_like(n->children, NULL, n);
  if (run == NULL) return NULL;
  remove_between(n->children, NULL);
  if (!alone) {
    xml_append(n, run);
    return xml_child(run, NS_W, "t");
  }
  xml_insert_before(n, run);
  for (xmlNode *k = n->children, *next; k != NULL; k = next) {
    next = k->next;
    xmlUnlinkNode(k);
    xml_insert_before(n, k);
  }
  xml_remove(n);
  return xml_child(run, NS_W, "t");
}

xmlNode *docx_reference_text(xmlNode *n, bool alone) {
  struct ref_field f;
  struct buf code;
  if (is_w(n, "fldSimple")) return simple_text(n, alone);
  buf_init(&code, 0);
  bool read = read_field(n, &f, &code);
  buf_free(&code);
  xmlNode *run = read ? run_like(f.separate->next, f.end, f.begin) : NULL;
  if (run == NULL) return NULL;
  remove_between(alone ? f.begin : f.separate->next, f.end);
  xml_insert_before(f.end, run);
  if (alone) xml_remove(f.end);
  return xml_child(run, NS_W, "t");
}
