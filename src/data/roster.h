/* --roster: the names of those that should have sent their data. */
#ifndef DATA_ROSTER_H
#define DATA_ROSTER_H

#include "data/source.h"

struct roster;

/* A workbook, a CSV file, or plain text with one name in a line. NULL: findings. The options must
 * outlive it. */
struct roster *roster_open(const char *path, const struct source_options *o, struct findings *fs);
void roster_free(struct roster *r);
/* NULL for NULL. */
const struct layout *roster_layout(const struct roster *r);

#endif
