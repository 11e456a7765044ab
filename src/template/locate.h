/* Back from a place to the nodes that it speaks of. */
#ifndef TEMPLATE_LOCATE_H
#define TEMPLATE_LOCATE_H

#include "flavour/flavour.h"

/* Numbers the paragraphs of a part in the order of the file, from 1, and gives all else 0
 * (xml_number).  Equal trees get equal numbers: it comes before anything is changed. */
void locate_number(const struct flavour *f, xmlNode *root);

#endif
