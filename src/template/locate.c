/* Back from a place to the nodes that it speaks of.
 *
 * Tables, rows and paragraphs as people count them are for people; the way back is the number
 * that a paragraph has in the order of the file, and which of its equal tags is meant.
 */
#include "template/locate.h"

void locate_number(const struct flavour *f, xmlNode *root) {
  uint32_t number = 0;
  for (xmlNode *n = root; n != NULL; n = xml_walk(root, n, false))
    if (n->type == XML_ELEMENT_NODE) xml_set_number(n, f->kind(n) == KIND_PARAGRAPH ? ++number : 0);
}
