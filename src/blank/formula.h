/* 勾稽 rules as formulas of a workbook (ISO/IEC 29500-1, 18.17). */
#ifndef BLANK_FORMULA_H
#define BLANK_FORMULA_H

#include "blank/plan.h"

/* What stands in the cell of a relation: 0 where it holds, the difference where it does not, or one
 * of these. */
#define FORMULA_UNCHECKED "未查"
#define FORMULA_BROKEN    "不成立"

/* 且 parts a rule into relations, as it does where they are judged. */
struct relation {
  const struct rule *rule;
  const struct expr *e;
  unsigned number, of; /* the second of three */
};

/* All relations of the rules in the arena of the plan; NULL with *n 0: there are none. */
const struct relation *formula_relations(const struct plan *p, size_t *n);
/* Appends the formula of a relation for the township in `row` (from 0) of the main sheet, with =.
 * False: it cannot be said as a formula; out is as it was. */
bool formula_put(const struct plan *p, const struct relation *r, uint32_t row, struct buf *out);

#endif
