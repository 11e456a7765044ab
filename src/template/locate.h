/* Back from a place to the nodes that it speaks of. */
#ifndef TEMPLATE_LOCATE_H
#define TEMPLATE_LOCATE_H

#include "flavour/flavour.h"

/* Numbers the paragraphs of a part in the order of the file, from 1, and gives all else 0
 * (xml_number).  Equal trees get equal numbers: it comes before anything is changed.  How many. */
uint32_t locate_number(const struct flavour *f, xmlNode *root);
/* The same paragraphs in that order; there are as many as locate_number said. */
void locate_list(const struct flavour *f, xmlNode *root, xmlNode **paragraphs);

/* The nth (from 1) tag in a paragraph that is typed so; *at is where it begins in the paragraph's
 * text.  False: there is none, or no memory (base/mem.h tells). */
bool locate_tag(const struct flavour *f, xmlNode *paragraph, str tag, uint32_t nth,
                struct text_span *out, size_t *at);

#endif
