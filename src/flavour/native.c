/* Native fields: the nodes that carry them.
 *
 * Invariant: only text nodes and processing instructions of the name below carry natives, in the
 * field that libxml2 leaves to its users; so the mark is gone when a node is copied.
 */
#include "flavour/native.h"

#include <libxml/tree.h>

#include "base/utf8.h"

#define PI_NAME "tianbao-native"

static const char plain_mark;

/* In the joined text of its paragraph a native is its name between marks that are no braces. */
static str shown(const struct adoption *a, const struct native *n) {
  bool braces = false;
  for (size_t i = 0; i < n->typed.n;) {
    uint32_t c = utf8_next(n->typed, &i);
    braces = braces || c == '{' || c == '}' || c == 0xFF5B || c == 0xFF5D;
  }
  return arena_join(a->arena, (str[]){STR("«"), braces ? STR("…") : n->typed, STR("»")}, 3);
}

static struct native *keep(const struct adoption *a, const struct native *n) {
  struct native *copy = ARENA_NEW(a->arena, struct native);
  if (copy != NULL) *copy = *n;
  return copy;
}

xmlNode *native_text(const struct adoption *a, xmlDoc *doc, const struct native *n) {
  struct native *copy = keep(a, n);
  str text = shown(a, n);
  xmlNode *node = copy != NULL && text.p != NULL ? xml_text(doc, text) : NULL;
  if (node != NULL) node->_private = copy;
  return node;
}

xmlNode *native_mark(const struct adoption *a, xmlDoc *doc, const struct native *n) {
  struct native *copy = keep(a, n);
  xmlNode *node = copy != NULL ? xmlNewDocPI(doc, (const xmlChar *)PI_NAME, NULL) : NULL;
  if (node != NULL) node->_private = copy;
  return node;
}

const struct native *native_of(const xmlNode *n) {
  bool pi =
      n->type == XML_PI_NODE && n->name != NULL && strcmp((const char *)n->name, PI_NAME) == 0;
  return pi || n->type == XML_TEXT_NODE ? n->_private : NULL;
}

bool native_attr(const struct adoption *a, xmlAttr *attr, const struct native *n) {
  struct native *copy = keep(a, n);
  str text = shown(a, n);
  if (copy == NULL || text.p == NULL ||
      !xml_set_attr(attr->parent, attr->ns, (const char *)attr->name, text) ||
      attr->children == NULL)
    return false;
  attr->children->_private = copy;
  return true;
}

void native_plain(xmlNode *element) { element->_private = (void *)(uintptr_t)&plain_mark; }

bool native_is_plain(const xmlNode *element) { return element->_private == &plain_mark; }

struct native_words *native_words(const struct adoption *a, size_t n) {
  struct native_words *w = ARENA_NEW(a->arena, struct native_words);
  if (w == NULL) return NULL;
  *w = (struct native_words){.words = ARENA_ARRAY(a->arena, n != 0 ? n : 1, str), .n = n};
  return w->words != NULL ? w : NULL;
}

const struct native_words *native_truth(const struct adoption *a, str no, str yes) {
  struct native_words *w = native_words(a, 2);
  if (w == NULL) return NULL;
  w->words[0] = no;
  w->words[1] = yes;
  return w;
}

str native_name(const struct adoption *a, str name, str filters) {
  if (name.n == 0 || str_find(name, STR("】"), 0) != STR_NOT_FOUND) return STR_NONE;
  return arena_join(a->arena, (str[]){STR("【"), name, STR("】"), filters}, 4);
}

str native_value(const struct adoption *a, str name, str filters) {
  str known = a->known(a->ctx, name);
  return native_name(a, known.n != 0 ? known : name, filters);
}
