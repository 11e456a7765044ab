/* Units of measure as they stand in headers and behind figures. */
#ifndef VALUE_UNIT_H
#define VALUE_UNIT_H

#include "base/str.h"

struct unit {
  const char *name;      /* canonical: 万元, 平方米, % */
  const char *dimension; /* units of one dimension convert into each other: money, area, … ; own name otherwise */
  const char *factor;    /* decimal factor to the dimension's base unit */
};

/* The unit that is written so (㎡ is 平方米), or NULL. */
const struct unit *unit_find(str written);
/* The longest unit that s begins with, or NULL; *n is its length in bytes. */
const struct unit *unit_at_start(str s, size_t *n);
/* The longest unit that s ends with, or NULL. */
const struct unit *unit_at_end(str s, size_t *n);

#endif
