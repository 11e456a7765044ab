/* Traces: names are kept once, and no more than are told. */
#include "flavour/traces.h"

enum { NAME_BYTES = 240 };

static bool has(const struct traces_of *of, str name) {
  for (size_t i = 0; i < of->n; i++)
    if (str_eq(of->names[i], name)) return true;
  return false;
}

void traces_name(struct traces *t, struct traces_of *of, str name) {
  name = str_trim(name);
  if (name.n > NAME_BYTES) { /* not within a character */
    name.n = NAME_BYTES;
    while (name.n > 0 && ((unsigned char)name.p[name.n] & 0xC0) == 0x80) name.n--;
  }
  if (name.n == 0 || has(of, name)) return;
  if (of->n == TRACES_NAMES) {
    of->more = true;
    return;
  }
  str copy = arena_dup(t->arena, name);
  if (copy.p != NULL) of->names[of->n++] = copy;
}

bool traces_known(const struct traces *t, str name) {
  return has(&t->comments, str_trim(name)) || has(&t->changes, str_trim(name));
}
