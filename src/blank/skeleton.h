/* A data file with nothing in it but names. */
#ifndef BLANK_SKELETON_H
#define BLANK_SKELETON_H

#include "ask/asked.h"
#include "base/buf.h"

/* Appends one record as JSON: null for each value, one item for each table. `key`: what townships
 * are told apart by, or NULL. */
void skeleton_put(const struct asking *a, const char *key, struct buf *out);

#endif
