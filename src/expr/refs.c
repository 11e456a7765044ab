/* The names that an expression speaks of. */
#include "expr/refs.h"

#include "expr/filter.h"

struct search {
  void *ctx;
  void (*see)(void *ctx, const struct ref *r, bool guarded);
};

static void look(const struct search *s, const struct expr *e, bool guarded) {
  if (e == NULL) return;
  if (e->kind == EXPR_REF) s->see(s->ctx, &e->ref, guarded);
  bool defaults = e->kind == EXPR_FILTER && filter_has(e->filter, FILTER_MISSING);
  guarded = guarded || defaults || e->kind == EXPR_HAS;
  look(s, e->a, guarded);
  look(s, e->b, guarded);
  for (size_t i = 0; i < e->noperands; i++) look(s, e->operands[i], guarded);
  look(s, e->condition, guarded);
}

void expr_refs(const struct expr *e, void *ctx,
               void (*see)(void *ctx, const struct ref *r, bool guarded)) {
  struct search s = {ctx, see};
  look(&s, e, false);
}
