/* Cross-references of Writer (ODF 1.3 part 3, 7.7.6 and 7.7.7) and what they show: bookmarks and
 * reference marks (6.2.1, 6.2.2).
 *
 * Writer makes their texts anew when it opens a report; other programs show what stands there.
 */
#include "flavour/odt.h"

static bool is_text(const xmlNode *n, const char *local) { return xml_is(n, NS_TEXT, local); }

/* Bookmarks and reference marks have names of their own. */
static str name_of(const xmlNode *n, const char *attr, bool bookmark, struct arena *a) {
  return arena_join(a, (str[]){xml_attr(n, NS_TEXT, attr), bookmark ? STR("") : STR(" ")}, 2);
}

bool odt_reference(xmlNode *n, struct arena *a, str *name) {
  bool bookmark = is_text(n, "bookmark-ref");
  str format = xml_attr(n, NS_TEXT, "reference-format");
  if ((!bookmark && !is_text(n, "reference-ref")) || !str_is(format, "text")) return false;
  *name = name_of(n, "ref-name", bookmark, a);
  return true;
}

/* text:sequence (7.4.13): one more than before is its formula, name + 1. */
bool odt_sequence(xmlNode *n, struct arena *a, str *name, bool *plain) {
  if (!is_text(n, "sequence")) return false;
  str formula = xml_attr(n, NS_TEXT, "formula"), format = xml_attr(n, NS_STYLE, "num-format");
  *name = arena_dup(a, xml_attr(n, NS_TEXT, "name"));
  str next = arena_join(a, (str[]){*name, STR("+1")}, 2);
  if (str_starts(formula, STR("ooow:"))) formula = str_sub(formula, 5, formula.n);
  *plain = str_eq(formula, next) && (format.n == 0 || str_is(format, "1"));
  return true;
}

const xmlNode *odt_named_text(xmlNode *n, struct arena *a, str *name) {
  bool bookmark = is_text(n, "bookmark-start");
  const char *end = bookmark ? "bookmark-end" : "reference-mark-end";
  if (!bookmark && !is_text(n, "reference-mark-start")) return NULL;
  xmlNode *p = n->parent;
  while (p != NULL && p->type == XML_ELEMENT_NODE && flavour_odt.kind(p) != KIND_PARAGRAPH)
    p = p->parent;
  if (p == NULL || p->type != XML_ELEMENT_NODE) return NULL;
  str own = xml_attr(n, NS_TEXT, "name");
  *name = name_of(n, "name", bookmark, a);
  for (xmlNode *k = xml_walk(p, n, true); k != NULL; k = xml_walk(p, k, false))
    if (is_text(k, end) && str_eq(xml_attr(k, NS_TEXT, "name"), own)) return k;
  return NULL;
}

xmlNode *odt_reference_text(xmlNode *n, bool alone) {
  xmlNode *to = alone ? xml_element(n, "span") : n;
  if (to == NULL) return NULL;
  while (n->children != NULL) xml_remove(n->children);
  if (!alone) return to;
  xml_insert_before(n, to);
  xml_remove(n);
  return to;
}

bool odt_field_mark(const xmlNode *n) {
  (void)n;
  return false;
}
