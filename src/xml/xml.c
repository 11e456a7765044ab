/* The one entry to libxml2: parts become trees, trees become bytes, and what is done between.
 *
 * Encodings are xml/decode.c's, bounds and DOCTYPEs xml/prescan.c's; which elements mean what is
 * the flavours' business.  libxml2 prints nothing: the first error of a parser is kept, for the
 * later ones mislead.
 *
 * Invariants: a tree that is given out is well-formed, namespaces included, has no DTD, is no
 * deeper than LIMIT_XML_DEPTH (so recursion over it is safe) and whole (no allocation failed).
 * Each xmlNs object that a node points to stands on the node itself or above it.
 */
#include "xml/xml.h"

#include <libxml/parser.h>
#include <limits.h>

#include "base/limits.h"
#include "base/mem.h"
#include "xml/decode.h"
#include "xml/fault.h"
#include "xml/prescan.h"

/* ---- parsing ---- */

/* Stops at the first fatal error: behind it the parser no longer reads what prescan counted. */
static void on_error(void *data, fault_error *e) {
  xmlParserCtxt *ctxt = data;
  if (fault_keep(ctxt->_private, e)) ctxt->instate = XML_PARSER_EOF;
}

/* Without a label libxml2 writes what is not ASCII in attributes as references. */
static bool label_utf8(xmlDoc *doc) {
  xmlFree((void *)(uintptr_t)doc->encoding);
  doc->encoding = xmlCharStrdup("UTF-8");
  return doc->encoding != NULL;
}

static bool is_whole(const xmlParserCtxt *ctxt, const xmlDoc *doc) {
  return doc != NULL && ctxt->wellFormed == 1 && ctxt->nsWellFormed == 1 &&
         doc->intSubset == NULL && doc->extSubset == NULL && doc->children != NULL &&
         !mem_failed();
}

/* `text` was pre-scanned. */
static xmlDoc *parse_text(str text, const struct place *place, struct findings *fs) {
  struct fault first = {0};
  xmlDoc *doc = NULL;
  fault_silence();
  xmlParserCtxt *ctxt = xmlNewParserCtxt();
  bool ok = false;
  if (ctxt != NULL) {
    ctxt->_private = &first;
    ctxt->sax->serror = on_error;
    doc = xmlCtxtReadMemory(ctxt, text.p, (int)text.n, NULL, NULL, /* UTF-8, whatever it says */
                            XML_PARSE_NONET | XML_PARSE_BIG_LINES | XML_PARSE_IGNORE_ENC);
    ok = is_whole(ctxt, doc) && label_utf8(doc);
  }
  if (!ok) fault_report(&first, place, fs);
  fault_free(&first);
  xmlFreeParserCtxt(ctxt);
  if (ok) return doc;
  xmlFreeDoc(doc);
  return NULL;
}

static char *copy_bytes(str s, size_t *n) {
  char *p = mem_malloc(s.n + 1);
  if (p == NULL) return NULL;
  if (s.n != 0) memcpy(p, s.p, s.n);
  p[s.n] = '\0';
  *n = s.n;
  return p;
}

/* What stands before the root: with UTF-8 for another encoding's name, without a DOCTYPE. */
static bool put_prolog(struct buf *out, const struct decoded *d, const struct prescan *scan) {
  size_t from = 0;
  if (d->relabel) {
    size_t label = (size_t)(d->label.p - d->text.p);
    buf_put(out, str_sub(d->text, 0, label));
    buf_puts(out, "UTF-8");
    from = label + d->label.n;
  }
  if (scan->content != scan->doctype) {
    buf_put(out, str_sub(d->text, from, scan->doctype));
    from = scan->content;
  }
  return buf_put(out, str_sub(d->text, from, scan->root));
}

static bool build(struct xml *x, const struct decoded *d, const struct prescan *scan,
                  const struct place *place, struct findings *fs) {
  struct buf text;
  buf_init(&text, 0);
  bool same = !d->relabel && scan->content == scan->doctype;
  bool ok = put_prolog(&text, d, scan);
  x->prolog = ok ? copy_bytes(buf_str(&text), &x->prolog_n) : NULL;
  x->epilog = copy_bytes(str_sub(d->text, scan->behind, d->text.n), &x->epilog_n);
  if (!same) ok = buf_put(&text, str_sub(d->text, scan->root, d->text.n)) && ok;
  if (!ok || x->prolog == NULL || x->epilog == NULL)
    findings_add(fs, CODE_MEMORY, place, NULL, 0, NULL);
  else x->doc = parse_text(same ? d->text : buf_str(&text), place, fs);
  buf_free(&text);
  return x->doc != NULL;
}

bool xml_parse(struct xml *x, str bytes, unsigned flags, const struct place *place,
               struct findings *fs) {
  *x = (struct xml){.name = place->part};
  const struct limit *most = &limits[LIMIT_XML_PART_INDEX];
  if (bytes.n > most->value)
    return finding(fs, CODE_TOO_BIG, place, NULL, str_of(most->what),
                   finding_number(fs, most->value), str_of(most->unit));
  struct decoded d;
  struct prescan scan;
  bool ok = decode(bytes, place, fs, &d) &&
            prescan(d.text, (flags & XML_OLD_DOCTYPE) != 0, place, fs, &scan) &&
            build(x, &d, &scan, place, fs);
  decode_free(&d);
  if (!ok) xml_free(x);
  return ok;
}

void xml_free(struct xml *x) {
  xmlFreeDoc(x->doc);
  mem_free(x->prolog);
  mem_free(x->epilog);
  x->doc = NULL;
  x->prolog = x->epilog = NULL;
  x->prolog_n = x->epilog_n = 0;
}

/* ---- dumping ---- */

static int write_buf(void *context, const char *p, int n) {
  struct buf *out = context;
  return n >= 0 && buf_put(out, (str){p, (size_t)n}) ? n : -1;
}

bool xml_dump_node(xmlDoc *doc, xmlNode *n, struct buf *out) {
  xmlOutputBuffer *o = xmlOutputBufferCreateIO(write_buf, NULL, out, NULL);
  if (o == NULL) return false;
  xmlNodeDumpOutput(o, doc, n, 0, 0, "UTF-8");
  return xmlOutputBufferClose(o) >= 0 && !mem_failed();
}

bool xml_dump(const struct xml *x, struct buf *out) {
  xmlNode *root = xmlDocGetRootElement(x->doc);
  return root != NULL && buf_put(out, (str){x->prolog, x->prolog_n}) &&
         xml_dump_node(x->doc, root, out) && buf_put(out, (str){x->epilog, x->epilog_n});
}

/* ---- looking ---- */

bool xml_ns_is(const char *uri, const char *uris) {
  if (uri == NULL) uri = "";
  if (*uri == '\0' || uris == NULL) return *uri == '\0' && uris == NULL;
  size_t n = strlen(uri);
  for (;;) {
    const char *end = strchrnul(uris, '\n');
    if ((size_t)(end - uris) == n && memcmp(uris, uri, n) == 0) return true;
    if (*end == '\0') return false;
    uris = end + 1;
  }
}

static bool ns_matches(const xmlNs *ns, const char *uris) {
  return xml_ns_is(ns != NULL ? (const char *)ns->href : NULL, uris);
}

static bool named(const xmlChar *name, const char *local) {
  return strcmp((const char *)name, local) == 0;
}

bool xml_is(const xmlNode *n, const char *ns, const char *local) {
  return n != NULL && n->type == XML_ELEMENT_NODE && named(n->name, local) &&
         ns_matches(n->ns, ns);
}

xmlAttr *xml_attr_node(const xmlNode *n, const char *ns, const char *local) {
  if (n == NULL || n->type != XML_ELEMENT_NODE) return NULL;
  for (xmlAttr *a = n->properties; a != NULL; a = a->next)
    if (named(a->name, local) && ns_matches(a->ns, ns)) return a;
  return NULL;
}

static const char *attr_value(const xmlAttr *a) {
  const xmlNode *text = a->children;
  return text != NULL && text->content != NULL ? (const char *)text->content : "";
}

str xml_attr(const xmlNode *n, const char *ns, const char *local) {
  const xmlAttr *a = xml_attr_node(n, ns, local);
  return a != NULL ? str_of(attr_value(a)) : STR_NONE;
}

static xmlNode *element_from(xmlNode *n) {
  while (n != NULL && n->type != XML_ELEMENT_NODE) n = n->next;
  return n;
}

xmlNode *xml_next_element(xmlNode *n) { return n != NULL ? element_from(n->next) : NULL; }

xmlNode *xml_first_element(const xmlNode *n) {
  return n != NULL ? element_from(n->children) : NULL;
}

xmlNode *xml_child(const xmlNode *n, const char *ns, const char *local) {
  xmlNode *c = xml_first_element(n);
  while (c != NULL && !xml_is(c, ns, local)) c = xml_next_element(c);
  return c;
}

/* libxml2 keeps the line of an element there, which nobody asks for any more. */
void xml_set_number(xmlNode *n, uint32_t number) {
  n->line = (unsigned short)(number & 0xffff);
  n->extra = (unsigned short)(number >> 16);
}

uint32_t xml_number(const xmlNode *n) { return n->line | (uint32_t)n->extra << 16; }

xmlNode *xml_walk(const xmlNode *top, xmlNode *n, bool skip) {
  if (!skip && n->type == XML_ELEMENT_NODE && n->children != NULL) return n->children;
  for (; n != top; n = n->parent)
    if (n->next != NULL) return n->next;
  return NULL;
}

/* ---- making ---- */

/* The elements above that declare namespaces, each with its copy. */
struct scope {
  const xmlNode *from, *to;
  const struct scope *up;
};

/* The copy of a namespace declared in the copied subtree; one from outside is shared. */
static xmlNs *map_ns(xmlNs *ns, const struct scope *scope) {
  for (; ns != NULL && scope != NULL; scope = scope->up) {
    xmlNs *to = scope->to->nsDef;
    for (const xmlNs *from = scope->from->nsDef; from != NULL; from = from->next, to = to->next)
      if (from == ns) return to;
  }
  return ns;
}

/* In order, so that map_ns can go along both lists. */
static bool copy_declarations(const xmlNode *from, xmlNode *to) {
  xmlNs **tail = &to->nsDef;
  for (const xmlNs *ns = from->nsDef; ns != NULL; ns = ns->next) {
    if ((*tail = xmlNewNs(NULL, ns->href, ns->prefix)) == NULL) return false;
    tail = &(*tail)->next;
  }
  return true;
}

static bool copy_attributes(const xmlNode *from, xmlNode *to, const struct scope *scope) {
  for (const xmlAttr *a = from->properties; a != NULL; a = a->next) {
    const xmlChar *value = (const xmlChar *)attr_value(a);
    if (xmlNewNsProp(to, map_ns(a->ns, scope), a->name, value) == NULL) return false;
  }
  return true;
}

static xmlNode *copy_leaf(xmlNode *n) {
  xmlDoc *doc = n->doc;
  const xmlChar *content = n->content != NULL ? n->content : (const xmlChar *)"";
  switch (n->type) {
  case XML_TEXT_NODE: return xmlNewDocText(doc, content);
  case XML_CDATA_SECTION_NODE: {
    size_t n_bytes = strlen((const char *)content);
    return n_bytes <= INT_MAX ? xmlNewCDataBlock(doc, content, (int)n_bytes) : NULL;
  }
  case XML_COMMENT_NODE: return xmlNewDocComment(doc, content);
  case XML_PI_NODE: return xmlNewDocPI(doc, n->name, n->content);
  default: return NULL; /* no tree of ours holds another */
  }
}

static xmlNode *copy(xmlNode *n, bool deep, const struct scope *up) {
  if (n->type != XML_ELEMENT_NODE) return copy_leaf(n);
  xmlNode *to = xmlNewDocNode(n->doc, NULL, n->name, NULL);
  if (to == NULL) return NULL;
  struct scope own = {n, to, up};
  bool ok = copy_declarations(n, to);
  const struct scope *scope = n->nsDef != NULL ? &own : up;
  if (ok) to->ns = map_ns(n->ns, scope);
  ok = ok && copy_attributes(n, to, scope);
  for (xmlNode *c = deep && ok ? n->children : NULL; c != NULL && ok; c = c->next) {
    xmlNode *made = copy(c, true, scope);
    if (made != NULL) xml_append(to, made);
    else ok = false;
  }
  if (ok) return to;
  xmlFreeNode(to);
  return NULL;
}

/* The copy, if all of its memory was there: libxml2 may leave a node without its content. */
static xmlNode *whole(xmlNode *n) {
  if (n == NULL || !mem_failed()) return n;
  xmlFreeNode(n);
  return NULL;
}

xmlNode *xml_clone(xmlNode *n) { return whole(copy(n, true, NULL)); }

xmlNode *xml_shell(xmlNode *n) { return whole(copy(n, false, NULL)); }

xmlNode *xml_element(xmlNode *like, const char *local) {
  return whole(xmlNewDocNode(like->doc, like->ns, (const xmlChar *)local, NULL));
}

static const xmlChar *bytes_of(str s) { return (const xmlChar *)(s.n != 0 ? s.p : ""); }

xmlNode *xml_text(xmlDoc *doc, str s) {
  if (s.n > INT_MAX) return NULL;
  return whole(xmlNewDocTextLen(doc, bytes_of(s), (int)s.n));
}

/* On text nodes libxml2 takes the content as it is. */
bool xml_set_text(xmlNode *text, str s) {
  if (s.n > INT_MAX || (text->type != XML_TEXT_NODE && text->type != XML_CDATA_SECTION_NODE))
    return false;
  xmlNodeSetContentLen(text, bytes_of(s), (int)s.n);
  return !mem_failed();
}

bool xml_set_attr(xmlNode *n, xmlNs *ns, const char *local, str value) {
  size_t ignored;
  char *z = copy_bytes(value, &ignored);
  if (z == NULL) return false;
  bool ok = xmlSetNsProp(n, ns, (const xmlChar *)local, (const xmlChar *)z) != NULL;
  mem_free(z);
  return ok && !mem_failed();
}

/* ---- moving ---- */

void xml_remove(xmlNode *n) {
  xmlUnlinkNode(n);
  xmlFreeNode(n);
}

/* Links n below parent, between prev and next.  libxml2's own functions would merge a text node
 * with its neighbour and free it. */
static void link_node(xmlNode *parent, xmlNode *prev, xmlNode *n, xmlNode *next) {
  n->parent = parent;
  n->prev = prev;
  n->next = next;
  if (prev != NULL) prev->next = n;
  else if (parent != NULL) parent->children = n;
  if (next != NULL) next->prev = n;
  else if (parent != NULL) parent->last = n;
}

void xml_insert_before(xmlNode *where, xmlNode *n) {
  if (where == n || n == NULL) return;
  xmlUnlinkNode(n);
  link_node(where->parent, where->prev, n, where);
}

void xml_insert_after(xmlNode *where, xmlNode *n) {
  if (where == n || n == NULL) return;
  xmlUnlinkNode(n);
  link_node(where->parent, where, n, where->next);
}

void xml_append(xmlNode *parent, xmlNode *n) {
  if (n == NULL) return;
  xmlUnlinkNode(n);
  link_node(parent, parent->last, n, NULL);
}

void xml_prepend(xmlNode *parent, xmlNode *n) {
  if (n == NULL) return;
  xmlUnlinkNode(n);
  link_node(parent, NULL, n, parent->children);
}

/* ---- escaping ---- */

static const char *reference(char c, bool attribute) {
  switch (c) {
  case '&': return "&amp;";
  case '<': return "&lt;";
  case '>': return "&gt;";
  case '\r': return "&#13;";
  case '"': return attribute ? "&quot;" : NULL;
  case '\t': return attribute ? "&#9;" : NULL;
  case '\n': return attribute ? "&#10;" : NULL;
  default: return NULL;
  }
}

bool xml_escape(struct buf *out, str s, bool attribute) {
  size_t from = 0;
  for (size_t i = 0; i < s.n; i++) {
    if ((unsigned char)s.p[i] > '>') continue;
    const char *instead = reference(s.p[i], attribute);
    if (instead == NULL) continue;
    buf_put(out, str_sub(s, from, i));
    buf_puts(out, instead);
    from = i + 1;
  }
  return buf_put(out, str_sub(s, from, s.n));
}

/* Short texts may stand in the document's dictionary, where they are shared: they are copied. */
bool xml_shorten_text(xmlNode *text, size_t n) {
  xmlChar *s = text->content;
  bool shared = text->doc != NULL && text->doc->dict != NULL && xmlDictOwns(text->doc->dict, s);
  if (shared || s == (xmlChar *)&text->properties)
    return xml_set_text(text, (str){(const char *)s, n});
  s[n] = '\0';
  return true;
}

xmlNode *xml_cut_text(xmlNode *text, size_t n) {
  str s = str_of((const char *)text->content);
  xmlNode *rest = xml_text(text->doc, str_sub(s, n, s.n));
  if (rest == NULL || !xml_shorten_text(text, n)) {
    if (rest != NULL) xmlFreeNode(rest);
    return NULL;
  }
  xml_insert_after(text, rest);
  return rest;
}

bool xml_join_text(xmlNode *text) {
  struct buf both;
  buf_init(&both, 0);
  buf_puts(&both, (const char *)text->content);
  buf_puts(&both, (const char *)text->next->content);
  bool ok = !both.failed && xml_set_text(text, buf_str(&both));
  if (ok) xml_remove(text->next);
  buf_free(&both);
  return ok;
}
