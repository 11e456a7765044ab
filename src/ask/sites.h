/* Everywhere in a template and its rules where something is asked of the data. */
#ifndef ASK_SITES_H
#define ASK_SITES_H

#include "ask/how.h"
#include "check/internal.h"
#include "template/program.h"

/* One expression, and where it stands. */
struct site {
  enum site_how how;
  const struct expr *e;
  const struct scope *scope; /* whose names it sees */
  const struct place *place; /* NULL: in a rule */
  const struct rule *rule;   /* or NULL */
  const struct loop *loop;   /* SITE_REPEATED: when e is what it repeats */
  str tag, behind;           /* as typed; visible text right behind a value */
};

/* Calls visit for each site in the order of the document, then for the rules; `rules` may be NULL.
 * False as soon as it returns false. */
bool sites_visit(const struct template *t, const struct rules *rules,
                 bool (*visit)(void *ctx, const struct site *s), void *ctx);

#endif
