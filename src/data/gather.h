/* --all-as: one record whose list is all the others. */
#ifndef DATA_GATHER_H
#define DATA_GATHER_H

#include "data/join.h"

struct gather;

/* The joined records as a list that is called `name`; what is no township's own is known at the
 * root. `ns` gets these names; join and names must outlive it. NULL: findings. */
struct gather *gather_new(struct join *join, struct names *ns, str name, struct findings *fs);
void gather_free(struct gather *g);
/* Leaves those of the join_count records in the list for which `chosen` is true. */
void gather_choose(struct gather *g, const bool *chosen);
/* The one record; its list is read through a cursor, item by item. */
bool gather_record(struct gather *g, struct arena *a, struct val *root, struct findings *fs);

#endif
