/* Two records of one township become one. */
#ifndef DATA_MERGE_H
#define DATA_MERGE_H

#include "value/val.h"

struct merge {
  struct arena *arena;
  struct findings *fs; /* NULL: what contradicts was said before */
  const struct names *names;
  str who;      /* the township, for messages */
  uint32_t key; /* id of the name they are joined by: its spelling may differ */
};

/* Adds to the object `to` what it lacks of the object `from`. A figure that both have must be the
 * same in both; false: CODE_CONFLICT with both places, or no memory. */
bool merge_objects(const struct merge *m, struct val *to, const struct val *from);

#endif
