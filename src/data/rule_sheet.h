/* A sheet called 勾稽关系: rules in the rows of a workbook. */
#ifndef DATA_RULE_SHEET_H
#define DATA_RULE_SHEET_H

#include "base/lines.h"
#include "data/layout.h"

/* Adds its rules, each as a line of a file of rules would be; strings go to the arena.  The layout
 * is of ROLE_RULES.  False: no memory, or more text than LIMIT_RULES_FILE. */
bool rule_sheet_lines(const struct layout *l, struct arena *a, struct lines *out,
                      struct findings *fs);

#endif
