/* What is suspicious about the data, beside what is wrong with a single record. */
#ifndef CHECK_LINT_DATA_H
#define CHECK_LINT_DATA_H

#include "check/rules.h"

struct lint_data;

/* Names, template and rules must outlive it; the last two may be NULL: what is used is not known
 * then. NULL: no memory. */
struct lint_data *lint_data_new(const struct names *ns, const struct template *t,
                                const struct rules *r);
void lint_data_free(struct lint_data *l);
/* Looks at one record more.  False: findings: it cannot be read. */
bool lint_data_add(struct lint_data *l, const struct val *root, struct findings *fs);
/* Behind the last: what differs between the records, as notes, and what nobody uses.  `key` is the name
 * that records are told apart by, `last` that of the year before, or 0. */
void lint_data_end(struct lint_data *l, uint32_t key, uint32_t last, struct findings *fs);

#endif
