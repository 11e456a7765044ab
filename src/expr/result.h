/* Results of expressions: numbers, dates and texts while they are calculated with. */
#ifndef EXPR_RESULT_H
#define EXPR_RESULT_H

#include "expr/expr.h"
#include "value/date.h"

void result_set(struct result *r, struct val v);
/* r->num is the value now, as exact as it was; unit: canonical or empty, `above` as long as it stays. */
void result_set_num(struct result *r, str unit);
/* Text made of a value keeps its origin; frees b. */
bool result_set_text(struct result *r, const struct eval *ev, struct buf *b, str unit);
/* Makes sure that r->num holds its number, also that of 约300; CODE_NOT_NUMBER else. */
bool result_num(struct result *r, const struct eval *ev);
/* The number as digits with a minus, unending ones with `places` decimals or more. */
bool result_digits(const struct result *r, int places, struct buf *out);
bool result_true(const struct result *r);
bool result_missing(const struct result *r);
/* Is it a text that is a date which exists? */
bool result_date(const struct result *r, struct date *d);
/* Numbers, dates or texts: sets *order; false when the two cannot be compared so. */
bool result_compare(struct result *a, struct result *b, bool by_size, int *order);

/* Do units convert into each other? */
bool result_same_kind(str a, str b);
/* r->num in another unit of its dimension: 2000元 in 万元 is 0.2.  Values without a unit, and
 * units that have nothing in common, stay.  The number must have been made. */
void result_to_unit(struct result *r, str unit);

/* What a message shows of a result. */
str result_words(const struct result *r, const struct eval *ev);
/* A finding about a value: with the place of the tag, and where the data have it. */
bool result_complain(const struct eval *ev, enum code code, const struct val *v, size_t n,
                     const str *args);
/* A cell whose formula failed: no default and no --missing makes a figure of it. */
bool result_cell_error(const struct eval *ev, const struct val *v);
bool result_no_memory(const struct eval *ev);
/* Tells the seeker that a name has no value: inside the outermost of the items that stand in the
 * frames down to `level`, or else of `item`, which may be NULL. */
void result_lacks(const struct eval *ev, int level, const struct val *item, str name);

#endif
