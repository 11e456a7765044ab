/* Lines of text, each with the place where it stands: of a file, or of the cells of a sheet. */
#ifndef BASE_LINES_H
#define BASE_LINES_H

#include "base/finding.h"

struct line {
  str text;
  struct origin at;
};

/* In an arena, like what the lines hold. */
struct lines {
  struct line *items;
  size_t n, cap;
};

/* The strings are borrowed.  False: no memory, which was told. */
static inline bool lines_add(struct lines *l, struct arena *a, str text, const struct origin *at,
                             struct findings *fs) {
  struct line *i = arena_grow(a, l->items, &l->n, &l->cap, sizeof *i);
  if (i == NULL) return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  l->items = i - (l->n - 1);
  *i = (struct line){text, *at};
  return true;
}

#endif
