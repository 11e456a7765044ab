/* A table from strings to numbers in an arena. */
#ifndef RENDER_KEYS_H
#define RENDER_KEYS_H

#include "base/arena.h"

struct key {
  str key; /* p NULL: a free slot */
  uint32_t value;
};

struct keys {
  struct key *slots;
  size_t n, cap; /* cap: a power of two */
};

bool keys_find(const struct keys *k, str key, uint32_t *value);
/* Of a key that is not there; copies it. False: no memory. */
bool keys_add(struct keys *k, struct arena *a, str key, uint32_t value);

#endif
