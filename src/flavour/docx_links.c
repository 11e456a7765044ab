/* Links in WordprocessingML: elements that refer to a relationship, and HYPERLINK fields.
 *
 *   w:hyperlink r:id, a:hlinkClick r:id     17.16.22, 20.1.2.2.21
 *   w:fldSimple w:instr                     HYPERLINK "http://…"  (17.16.5.25)
 *   w:instrText … w:instrText               the same, in pieces between two w:fldChar
 *   v:shape href                            part 4, 19.1.2.19
 *
 * A place in the document stands behind the switch \l (or in w:anchor, an attribute like others).
 * What else is referred to outside of the package, linked pictures and objects, is told, so that no
 * tag stays in its address.
 */
#include "flavour/docx.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define N_(s)    (s)

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

/* Quotation marks, straight and as Word types them. */
static const str quotes[][2] = {{{"\"", 1}, {"\"", 1}}, {{"“", 3}, {"”", 3}}};

/* The next word of a code, [*from, *to) without its quotes; *at moves behind it. */
static bool next_word(str code, size_t *at, size_t *from, size_t *to, bool *quoted) {
  const str *q = NULL;
  while (*at < code.n && is_blank(code.p[*at])) ++*at;
  for (size_t i = 0; i < 2; i++)
    if (str_starts(str_sub(code, *at, code.n), quotes[i][0])) q = quotes[i];
  *quoted = q != NULL;
  *from = *at += q != NULL ? q[0].n : 0;
  while (*at < code.n) {
    bool end = q != NULL ? str_starts(str_sub(code, *at, code.n), q[1]) : is_blank(code.p[*at]);
    if (end) break;
    size_t behind = skip_braces(code, *at);
    *at = behind != *at ? behind : *at + 1;
  }
  *to = *at;
  if (q == NULL) return *to > *from;
  if (*at == code.n) return false; /* no end */
  *at += q[1].n;
  return true;
}

static bool is_hyperlink(str word) {
  static const char name[] = "hyperlink";
  size_t k = 0;
  while (name[k] != '\0' && k < word.n && (word.p[k] | 32) == name[k]) k++;
  return name[k] == '\0' && k == word.n;
}

/* The address in the code of a field, or the place behind its switch \l, where it stands. */
static bool address_in(str code, bool place, size_t *from, size_t *to) {
  static const char with_argument[] = "lotLOT";
  size_t at = 0;
  bool quoted;
  if (!next_word(code, &at, from, to, &quoted) || quoted ||
      !is_hyperlink(str_sub(code, *from, *to)))
    return false;
  while (next_word(code, &at, from, to, &quoted)) {
    str word = str_sub(code, *from, *to);
    bool is_switch = !quoted && word.n == 2 && word.p[0] == '\\';
    if (!is_switch && !place) return true;
    bool argument = is_switch && strchr(with_argument, word.p[1]) != NULL;
    if (argument && !next_word(code, &at, from, to, &quoted)) return false;
    if (argument && place && (word.p[1] | 32) == 'l') return true;
  }
  return false;
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
  bool plain = t != NULL && t->type == XML_TEXT_NODE;
  return plain ? str_of((const char *)t->content) : STR("");
}

/* All pieces of the code that n begins as the text of n, when it is a HYPERLINK that is cut. */
static bool join_pieces(xmlNode *p, xmlNode *n) {
  struct buf code;
  size_t from, to, at = 0;
  bool cut = false, quoted;
  buf_init(&code, 0);
  buf_put(&code, piece_text(n));
  for (xmlNode *k = next_mark(p, n); k != NULL && is_piece(k); k = next_mark(p, k)) {
    buf_put(&code, piece_text(k));
    cut = true;
  }
  bool link = !code.failed && next_word(buf_str(&code), &at, &from, &to, &quoted) && !quoted &&
              is_hyperlink(str_sub(buf_str(&code), from, to));
  if (link && cut) {
    for (xmlNode *k = next_mark(p, n); k != NULL && is_piece(k); k = next_mark(p, k))
      if (k->children != NULL) xml_remove(k->children);
    link = xml_set_text(n->children, buf_str(&code));
  }
  buf_free(&code);
  return link;
}

static bool link_of_piece(xmlNode *n, bool place, struct link *out) {
  xmlNode *p = paragraph_of(n);
  str start = str_trim(piece_text(n));
  bool may_be = piece_text(n).n != 0 && (start.n == 0 || (start.p[0] | 32) == 'h');
  if (p == NULL || !may_be || !is_first(p, n) || !join_pieces(p, n)) return false;
  str code = piece_text(n);
  xmlNodeSetSpacePreserve(n, 1);
  *out = (struct link){.text = n->children, .place = place, .base = STR("")};
  if (!address_in(code, place, &out->from, &out->to)) return false;
  out->address = str_sub(code, out->from, out->to);
  return true;
}

static bool link_of_simple(xmlNode *n, bool place, struct link *out) {
  str code = xml_attr(n, NS_W, "instr");
  *out = (struct link){.attr = xml_attr_node(n, NS_W, "instr"), .place = place, .base = STR("")};
  if (out->attr == NULL || !address_in(code, place, &out->from, &out->to)) return false;
  out->address = str_sub(code, out->from, out->to);
  return true;
}

/* The address of a code, if there is one, and then the place. */
static bool link_of_code(xmlNode *n, unsigned nth,
                         bool (*read)(xmlNode *n, bool place, struct link *out), struct link *out) {
  return (read(n, false, out) && nth-- == 0) || (read(n, true, out) && nth == 0);
}

/* ---- references ---- */

static const char *const linked_picture =
    N_("the address of a linked picture; insert a picture from a file and write the tag as its "
       "alternative text");

static bool is_link(const xmlNode *n) {
  return xml_is(n, NS_W, "hyperlink") || xml_is(n, NS_A, "hlinkClick") ||
         xml_is(n, NS_A, "hlinkHover");
}

/* A shape of VML says its address itself (part 4, 19.1.2.19). */
static bool link_of_shape(xmlNode *n, struct link *out) {
  xmlAttr *attr = xml_is(n, NS_V, (const char *)n->name) ? xml_attr_node(n, NULL, "href") : NULL;
  if (attr == NULL) return false;
  str address = xml_attr(n, NULL, "href");
  *out = (struct link){.address = address, .attr = attr, .to = address.n, .base = STR("")};
  return true;
}

/* What a node refers to outside of the package: a link, or what only the office program reads. */
static bool link_of_relation(const void *state, size_t owner, xmlNode *n, unsigned nth,
                             struct link *out) {
  static const char *const names[] = {"id", "link", "href", "embed"};
  for (size_t i = 0; i < COUNT(names); i++) {
    xmlAttr *attr = xml_attr_node(n, NS_R, names[i]);
    if (attr == NULL) continue;
    str id = xml_attr(n, NS_R, names[i]);
    const struct docx_rel *r = docx_rel_of(state, owner, id);
    if (r == NULL || r->inside || nth-- != 0) continue;
    *out = (struct link){
        .address = r->address, .attr = attr, .to = id.n, .relation = true, .base = STR("")};
    if (!is_link(n))
      out->why = str_ends(r->type, STR("/image")) ? linked_picture
                                                  : N_("the address of what is linked to the "
                                                       "document; only links of texts and "
                                                       "pictures are filled");
    return true;
  }
  return false;
}

bool docx_link(const void *state, size_t owner, xmlNode *n, unsigned nth, struct link *out) {
  if (n->ns == NULL) return false;
  if (is_piece(n)) return link_of_code(n, nth, link_of_piece, out);
  if (xml_is(n, NS_W, "fldSimple")) return link_of_code(n, nth, link_of_simple, out);
  if (link_of_shape(n, out)) return nth == 0;
  return n->properties != NULL && link_of_relation(state, owner, n, nth, out);
}
