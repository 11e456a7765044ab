/* The strict pass over a JSON file (RFC 8259), before anything of it is used. */
#ifndef DATA_JSONCHECK_H
#define DATA_JSONCHECK_H

#include "data/jsontext.h"
#include "data/names.h"

/* What stands at the top: one object, or a list of them. */
struct json_top {
  bool single;
  size_t n;
};

/* Checks the whole text, gathers its names, and fills t->bigs, t->groups and t->long_numbers.
 * False: findings say all that is wrong, up to the first fault of syntax. */
bool json_check(struct json_text *t, struct names *ns, struct json_top *top, struct findings *fs);

#endif
