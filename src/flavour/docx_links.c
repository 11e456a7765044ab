/* Links in WordprocessingML: elements that refer to a relationship, and HYPERLINK fields.
 *
 *   w:hyperlink r:id, a:hlinkClick r:id     17.16.22, 20.1.2.2.21
 *   w:fldSimple w:instr                     HYPERLINK "http://…"  (17.16.5.25)
 *   w:instrText … w:instrText               the same, in pieces between two w:fldChar
 *
 * A place in the document (w:anchor, the switch \l) is no address.
 */
#include "flavour/docx.h"

/* Behind a tag that begins at `at`, which may hold quotes; `at` when none does. */
static size_t skip_braces(str s, size_t at) {
  static const str open[] = {{"{{", 2}, {"｛｛", 6}}, close[] = {{"}}", 2}, {"｝｝", 6}};
  for (size_t i = 0; i < 2; i++) {
    if (!str_starts(str_sub(s, at, s.n), open[i])) continue;
    size_t end = str_find(s, close[i], at);
    return end != STR_NOT_FOUND ? end + close[i].n : at;
  }
  return at;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* The address in the code of a field: [*from, *to) between the quotes. */
static bool address_in(str code, size_t *from, size_t *to) {
  static const char word[] = "hyperlink";
  size_t at = 0, k = 0;
  while (at < code.n && is_blank(code.p[at])) at++;
  while (word[k] != '\0' && at < code.n && (code.p[at] | 32) == word[k]) at++, k++;
  if (word[k] != '\0' || at == code.n || !is_blank(code.p[at])) return false;
  while (at < code.n && is_blank(code.p[at])) at++;
  if (at == code.n || code.p[at] != '"') return false;
  *from = ++at;
  while (at < code.n && code.p[at] != '"') {
    size_t behind = skip_braces(code, at);
    at = behind != at ? behind : at + 1;
  }
  *to = at;
  return at < code.n;
}

/* ---- the pieces of a code ---- */

static bool is_piece(const xmlNode *n) { return xml_is(n, NS_W, "instrText"); }

static xmlNode *paragraph_of(xmlNode *n) {
  while (n != NULL && n->type == XML_ELEMENT_NODE && !xml_is(n, NS_W, "p")) n = n->parent;
  return n != NULL && n->type == XML_ELEMENT_NODE ? n : NULL;
}

/* The next piece or w:fldChar behind n in its paragraph. */
static xmlNode *next_mark(xmlNode *p, xmlNode *n) {
  while ((n = xml_walk(p, n, false)) != NULL)
    if (is_piece(n) || xml_is(n, NS_W, "fldChar")) return n;
  return NULL;
}

/* The node before n in the order of the document, inside of the paragraph. */
static const xmlNode *node_before(const xmlNode *p, const xmlNode *n) {
  if (n->prev == NULL) return n->parent != p ? n->parent : NULL;
  for (n = n->prev; n->type == XML_ELEMENT_NODE && n->last != NULL;) n = n->last;
  return n;
}

/* Is it the first of its code? The nearest mark before it says so. */
static bool is_first(const xmlNode *p, const xmlNode *n) {
  while ((n = node_before(p, n)) != NULL) {
    if (is_piece(n)) return false;
    if (xml_is(n, NS_W, "fldChar")) return true;
  }
  return true;
}

static str piece_text(const xmlNode *n) {
  const xmlNode *t = n->children;
  bool plain = t != NULL && t->next == NULL && t->type == XML_TEXT_NODE;
  return plain ? str_of((const char *)t->content) : STR("");
}

/* All pieces of the code that n begins as the text of n, when it is a HYPERLINK that is cut. */
static bool join_pieces(xmlNode *p, xmlNode *n) {
  struct buf code;
  size_t from, to;
  bool cut = false;
  buf_init(&code, 0);
  buf_put(&code, piece_text(n));
  for (xmlNode *k = next_mark(p, n); k != NULL && is_piece(k); k = next_mark(p, k)) {
    buf_put(&code, piece_text(k));
    cut = true;
  }
  bool link = !code.failed && address_in(buf_str(&code), &from, &to);
  if (link && cut) {
    for (xmlNode *k = next_mark(p, n); k != NULL && is_piece(k); k = next_mark(p, k))
      if (k->children != NULL) xml_remove(k->children);
    link = xml_set_text(n->children, buf_str(&code));
  }
  buf_free(&code);
  return link;
}

static bool link_of_piece(xmlNode *n, struct link *out) {
  xmlNode *p = paragraph_of(n);
  str start = str_trim(piece_text(n));
  bool may_be = piece_text(n).n != 0 && (start.n == 0 || (start.p[0] | 32) == 'h');
  if (p == NULL || !may_be || !is_first(p, n) || !join_pieces(p, n)) return false;
  str code = piece_text(n);
  xmlNodeSetSpacePreserve(n, 1);
  *out = (struct link){.text = n->children, .base = STR("")};
  if (!address_in(code, &out->from, &out->to)) return false;
  out->address = str_sub(code, out->from, out->to);
  return true;
}

static bool link_of_simple(xmlNode *n, struct link *out) {
  str code = xml_attr(n, NS_W, "instr");
  *out = (struct link){.attr = xml_attr_node(n, NS_W, "instr"), .base = STR("")};
  if (out->attr == NULL || !address_in(code, &out->from, &out->to)) return false;
  out->address = str_sub(code, out->from, out->to);
  return true;
}

bool docx_link(const void *state, size_t owner, xmlNode *n, struct link *out) {
  if (is_piece(n)) return link_of_piece(n, out);
  if (xml_is(n, NS_W, "fldSimple")) return link_of_simple(n, out);
  bool link = xml_is(n, NS_W, "hyperlink") || xml_is(n, NS_A, "hlinkClick") ||
              xml_is(n, NS_A, "hlinkHover");
  xmlAttr *attr = link ? xml_attr_node(n, NS_R, "id") : NULL;
  str id = attr != NULL ? xml_attr(n, NS_R, "id") : STR("");
  const struct docx_rel *r = docx_rel_of(state, owner, id);
  if (r == NULL || r->inside) return false;
  *out = (struct link){
      .address = r->address, .attr = attr, .to = id.n, .relation = true, .base = STR("")};
  return true;
}
