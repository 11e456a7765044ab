/* What functions over lists gave, kept while the frames that they read stand still.
 *
 * Without it 金额 / 合计(项目.金额) in each row of 项目 would run over the list once per row.
 */
#ifndef EXPR_MEMO_H
#define EXPR_MEMO_H

#include "expr/expr.h"

/* NULL: no memory. */
struct memo *memo_new(void);
void memo_free(struct memo *m);

/* A number that no frame has: for each one that is set to an item (expr.h: struct frame).  m may
 * be NULL: then nothing is remembered either. */
uint64_t memo_stamp(struct memo *m);

/* Evaluates a call of a function over lists (EXPR_CALL), or gives again what it gave when its
 * frames stood where they stand now: the result, or that it failed, and the findings. */
bool memo_call(const struct expr *e, const struct eval *ev, struct result *r);

#endif
