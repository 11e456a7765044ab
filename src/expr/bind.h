/* Names of tags bound to keys of the data.  The one place where this is decided. */
#ifndef EXPR_BIND_H
#define EXPR_BIND_H

#include "expr/expr.h"

/* Binds `text` (folded) in the scope of env.  With `whole`, a name that leads through the list of
 * a running loop means the whole list (inside functions), not its current item.
 * False: not known; *out is then unbound, without a suggestion. */
bool bind_name(const struct expr_env *env, str text, bool whole, struct ref *out);

/* An unbound reference with the nearest known name, for findings. */
void bind_unknown(const struct expr_env *env, str text, struct ref *out);

/* The innermost scope that runs over a list, or NULL. */
const struct scope *bind_loop(const struct scope *s);

/* A reference shortened to the part that leads to the first list of objects in it that is not
 * the end of the name; false when there is none. */
bool bind_first_list(const struct expr_env *env, const struct ref *r, struct ref *list);

/* The scope inside of all lists that a reference leads through, for 当 … in a function; (*levels)[i]
 * is the depth of the scope that is opened where i of its steps lead, or 0.  Any other
 * operand, r NULL, is taken for a list of unknown things.  NULL: no memory. */
const struct scope *bind_lists(const struct expr_env *env, const struct ref *r,
                               const unsigned **levels);

#endif
