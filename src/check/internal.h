/* Between the two halves of the room: reading rules (rules.c) and judging by them (judge.c). */
#ifndef CHECK_INTERNAL_H
#define CHECK_INTERNAL_H

#include "check/rules.h"
#include "expr/expr.h"

struct rule {
  bool warns; /* 提醒 */
  str text;   /* the expression as written */
  struct origin at;
  const struct expr *e;
  const struct expr *list; /* 每行: the condition e holds for each of its items; or NULL */
  str tolerance;           /* decimal digits, or empty */
};

struct rules {
  struct arena *arena;
  struct rule *items;
  size_t n, cap;
};

#endif
