/* The names of the townships in the data, found in texts. */
#ifndef CHECK_TOWNSHIPS_H
#define CHECK_TOWNSHIPS_H

#include "data/data.h"

struct townships;

/* Reads the 单位名称 (or what --key calls so) and 单位简称 of all records. NULL: findings. */
struct townships *townships_new(struct data *d, struct findings *fs);
void townships_free(struct townships *ts);
/* The names of this record are the own ones. False: it has none, so there are no others. */
bool townships_own(struct townships *ts, const struct val *root);
/* Does a name of another township begin at `at` of the text?  Of several the longest counts; one
 * that the own name contains is none.  *n is the length of the longest name there, whosesoever it is,
 * or 0. */
bool townships_other(const struct townships *ts, str text, size_t at, size_t *n);

#endif
