/* What the printed form of a figure in a cell says beside its digits: 12.3千元, 1.2万, 95.10%.
 *
 * A format may show thousands of what is stored (0.0,) or put a word behind it (0"万元").  A report
 * prints what is shown, so the number must be that of what is shown: 12345 shown as 12.3 is 12.345.
 */
#ifndef BOOK_SEEN_H
#define BOOK_SEEN_H

#include "book/decimal.h"

/* Makes of a stored number the one that its printed form stands for. */
void seen_number(str shown, struct decimal *d);
/* The canonical unit of the printed form itself; false: it has none.  Behind 万 there may be none
 * either, yet the form has its own: *unit is empty then. */
bool seen_unit(str shown, str *unit);

#endif
