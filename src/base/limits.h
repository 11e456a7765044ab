/* The bounds of base/limits.def as constants: LIMIT_XML_DEPTH and so on. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum {
#define LIMIT(name, value, unit, what) LIMIT_##name##_INDEX,
#include "base/limits.def"
#undef LIMIT
  LIMIT_COUNT
};

#define LIMIT(name, value, unit, what) static const unsigned long LIMIT_##name = (value);
#include "base/limits.def"
#undef LIMIT

struct limit {
  const char *name;
  unsigned long value;
  const char *unit, *what; /* what: for gettext */
};

/* LIMIT_COUNT rows, in the order of the table. */
extern const struct limit limits[];

#endif
