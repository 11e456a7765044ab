/* Between the two halves of the odt flavour: nodes (odt.c) and parts (odt_parts.c). */
#ifndef FLAVOUR_ODT_H
#define FLAVOUR_ODT_H

#include "flavour/flavour.h"

struct odt_state {
  struct flavour_part *parts;
  size_t nparts;
  size_t manifest, mimetype;    /* entries */
  bool has_mimetype;
  str manifest_bytes, mimetype_bytes; /* what they become; empty: as they are */
};

bool odt_recognise(const struct pack *p);
bool odt_open(struct pack *p, struct arena *a, void **state, struct findings *fs);

#endif
