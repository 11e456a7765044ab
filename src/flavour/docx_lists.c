/* Numbered lists of WordprocessingML (ECMA-376 part 1, 17.9): which list a paragraph belongs to.
 *
 * A paragraph names its list itself or by its style, or by one that its style is based on.
 * Invariant: a heading belongs to none, for its number goes on whatever is repeated.
 */
#include "flavour/docx.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static str num_of_style(const struct docx_state *s, str id, str *level) {
  for (unsigned depth = 0; depth < 20 && id.n != 0; depth++) {
    const struct docx_style *found = NULL;
    for (size_t i = 0; i < s->nstyles && found == NULL; i++)
      if (str_eq(s->styles[i].id, id)) found = &s->styles[i];
    if (found == NULL) break;
    if (found->num.n != 0) {
      *level = found->level;
      return found->num;
    }
    id = found->based_on;
  }
  return STR_NONE;
}

/* numPr has its place in the order of paragraph properties (17.3.1.26). */
static xmlAttr *make_num(xmlNode *p, str num, str level) {
  static const char *const ahead[] = {"pStyle",          "keepNext", "keepLines",
                                      "pageBreakBefore", "framePr",  "widowControl"};
  xmlNode *pr = xml_child(p, NS_W, "pPr"), *at = NULL;
  if (pr == NULL) return NULL;
  for (xmlNode *k = xml_first_element(pr); k != NULL; k = xml_next_element(k))
    for (size_t i = 0; i < COUNT(ahead); i++)
      if (xml_is(k, NS_W, ahead[i])) at = k;
  xmlNode *list = xml_element(p, "numPr"), *l = xml_element(p, "ilvl"),
          *n = xml_element(p, "numId");
  if (list == NULL || l == NULL || n == NULL) return NULL;
  xml_set_attr(l, p->ns, "val", level.n != 0 ? level : STR("0"));
  xml_set_attr(n, p->ns, "val", num);
  xml_append(list, l);
  xml_append(list, n);
  if (at != NULL)
    xml_insert_after(at, list);
  else
    xml_prepend(pr, list);
  return xml_attr_node(n, NS_W, "val");
}

bool docx_list_of(const void *state, xmlNode *p, bool make, str *id, xmlAttr **attr) {
  const struct docx_state *s = state;
  const xmlNode *pr = xml_child(p, NS_W, "pPr");
  if (!s->numbering_known || pr == NULL || docx_heading(p)) return false;
  const xmlNode *list = xml_child(pr, NS_W, "numPr"), *style = xml_child(pr, NS_W, "pStyle");
  const xmlNode *num = list != NULL ? xml_child(list, NS_W, "numId") : NULL;
  str level = STR_NONE;
  *attr = num != NULL ? xml_attr_node(num, NS_W, "val") : NULL;
  *id = num != NULL ? xml_attr(num, NS_W, "val") : STR_NONE;
  if (id->n == 0 && style != NULL) *id = num_of_style(s, xml_attr(style, NS_W, "val"), &level);
  if (id->n == 0 || str_is(*id, "0")) return false;
  if (make && *attr == NULL) *attr = make_num(p, *id, level);
  return !make || *attr != NULL;
}
