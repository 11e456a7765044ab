/* The text of a paragraph, whatever elements stand between its characters. */
#ifndef TEMPLATE_PARATEXT_H
#define TEMPLATE_PARATEXT_H

#include "flavour/flavour.h"

struct paratext {
  const struct flavour *flavour;
  /* Called for each piece in its order: a text node, or an element that stands for characters; NULL
   * for what is no text (a picture, a field, a note), which is U+FFFC.  False gives up. */
  bool (*piece)(void *ctx, xmlNode *node, str s);
  void *ctx;
};

/* False: piece gave up. */
bool paratext_read(const struct paratext *r, const xmlNode *paragraph);

#endif
