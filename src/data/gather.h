/* --all-as: one record whose list is all the others. */
#ifndef DATA_GATHER_H
#define DATA_GATHER_H

#include "data/join.h"

struct gather;

/* What a list of all records is called, and what its items are told apart by. */
struct gather_words {
  str list; /* 各乡镇 */
  str key;  /* 单位名称 */
};

/* The joined records as a list; what is no township's own is known at the root. `ns` gets these
 * names; join and names must outlive it. NULL: findings. */
struct gather *gather_new(struct join *join, struct names *ns, struct gather_words words,
                          struct findings *fs);
void gather_free(struct gather *g);
/* Leaves those of the join_count records in the list for which `chosen` is true. */
void gather_choose(struct gather *g, const bool *chosen);
/* Is the value an item of the list? Which of the records? */
bool gather_item(const struct gather *g, const struct val *v, size_t *record);
/* Takes a record out of the list; it is named at the root then, with the reason. False: no memory. */
bool gather_leave_out(struct gather *g, size_t record, str reason);
/* How many stand in the list. */
size_t gather_count(const struct gather *g);
/* The one record; its list is read through a cursor, item by item. */
bool gather_record(struct gather *g, struct arena *a, struct val *root, struct findings *fs);

#endif
