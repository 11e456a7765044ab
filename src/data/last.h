/* Data of the year before, found by township. */
#ifndef DATA_LAST_H
#define DATA_LAST_H

#include "data/data.h"

struct last;

/* The name under which a record has them. */
#define LAST_NAME "上年"

/* Reads the townships of the data, whose names are children of `name` in the names that both years
 * share; takes over `d`. NULL: findings. */
struct last *last_new_take(struct data *d, const struct name *name, struct findings *fs);
void last_free(struct last *l);
uint32_t last_id(const struct last *l);
/* Gives the record of the township to `root` as a member, where there is one. */
bool last_add(struct last *l, uint32_t key, struct arena *a, struct val *root, struct findings *fs);
const struct data *last_data(const struct last *l);

#endif
