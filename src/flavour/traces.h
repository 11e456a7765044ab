/* Traces: what a report would tell of the people who worked on its template. */
#ifndef FLAVOUR_TRACES_H
#define FLAVOUR_TRACES_H

#include "base/arena.h"

enum { TRACES_NAMES = 12 }; /* so many different names are told */

/* Things of one kind, and whose they are. */
struct traces_of {
  size_t count;
  str names[TRACES_NAMES];
  size_t n;
  bool more; /* there are more names */
};

struct traces {
  struct arena *arena; /* borrowed; holds the names */
  struct traces_of comments, changes;
  struct traces_of others; /* names in properties and lists of people; nothing is counted */
};

/* Adds a name (copied) that is not there yet; an empty one is none. Without memory the flag of
 * base/mem.h tells. */
void traces_name(struct traces *t, struct traces_of *of, str name);
/* Is it a name of a comment or change? */
bool traces_known(const struct traces *t, str name);

#endif
