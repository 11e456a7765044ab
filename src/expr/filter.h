/* Filters: {{value：filter argument}}.  One sorted table; see filter.c. */
#ifndef EXPR_FILTER_H
#define EXPR_FILTER_H

#include "expr/expr.h"

struct filter {
  const char *name;    /* 千分位; digits before 位 are its argument */
  const char *english; /* group */
  unsigned least, most; /* number of arguments */
  /* Changes r in place; false after adding a finding. */
  bool (*apply)(const struct filter *f, const str *args, size_t n, const struct eval *ev,
                struct result *r);
  /* Checks the arguments once, when the tag is read; may be NULL. Returns what is wrong with
   * them (for gettext), or NULL. */
  const char *(*check)(const str *args, size_t n);
  bool takes_missing; /* is asked for missing values too */
  bool merges;        /* 同值合并: a matter of the table, not of the value */
  const char *help;   /* one line, for gettext */
  const char *example; /* value → result */
};

extern const struct filter filters[];
size_t filter_count(void);
/* The filter that `text` (folded, trimmed) begins with; *rest is where its arguments begin.
 * Chinese names need no blank behind them. NULL: unknown. */
const struct filter *filter_find(str text, size_t *rest);
/* The name nearest to a word that is none, or NULL. */
const char *filter_nearest(str word);

#endif
