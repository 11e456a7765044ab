/* What is suspicious about a template, though fill may never meet it. */
#ifndef CHECK_LINT_TEMPLATE_H
#define CHECK_LINT_TEMPLATE_H

#include "template/template.h"

/* Names that no data have, though they have one that is nearly the same, and that no record has come
 * to: `told` has the findings of the records.  Notes. */
void lint_names(const struct template *t, const struct findings *told, struct findings *fs);
/* Tags in parts of the package in which nothing is filled.  Notes; false: no memory. */
bool lint_parts(const struct template *t, struct findings *fs);

#endif
