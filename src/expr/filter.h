/* Filters: {{value：filter argument}}.  One sorted table; see filter.c. */
#ifndef EXPR_FILTER_H
#define EXPR_FILTER_H

#include "expr/expr.h"

enum filter_trait {
  FILTER_MISSING = 1,  /* is asked for missing values too */
  FILTER_COMPARES = 2, /* its first word is an expression, which is never missing here */
  FILTER_MERGES = 4    /* a matter of the table, not of the value */
};

struct filter {
  const char *name;    /* 千分位; digits before 位 are its argument */
  const char *english; /* group */
  unsigned least, most; /* number of arguments */
  /* Changes r in place; false after adding a finding. `other`: what 同比 compares it with. */
  bool (*apply)(const struct expr *e, struct result *other, const struct eval *ev,
                struct result *r);
  /* Checks the arguments once, when the tag is read; may be NULL. Returns what is wrong with
   * them (for gettext), or NULL. */
  const char *(*check)(const str *args, size_t n);
  unsigned traits;
  const char *help;   /* one line, for gettext */
  const char *example; /* value → result */
};

static inline bool filter_has(const struct filter *f, enum filter_trait t) {
  return (f->traits & (unsigned)t) != 0;
}

extern const struct filter filters[];
size_t filter_count(void);
/* The filter that `text` (folded, trimmed) begins with; *rest is where its arguments begin.
 * Chinese names need no blank behind them. NULL: unknown. */
const struct filter *filter_find(str text, size_t *rest);
/* The name nearest to a word that is none, or NULL. */
const char *filter_nearest(str word);

#endif
