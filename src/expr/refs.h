/* The names that an expression speaks of. */
#ifndef EXPR_REFS_H
#define EXPR_REFS_H

#include "expr/expr.h"

/* Calls `see` for each name in an expression, which may be NULL; `guarded`: 有 or 空则 stands around
 * it, so that it may be absent. */
void expr_refs(const struct expr *e, void *ctx,
               void (*see)(void *ctx, const struct ref *r, bool guarded));

#endif
