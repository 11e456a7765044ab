/* Numbers printed by a pattern such as #,##0.00 (ICU's DecimalFormat, zh_CN). */
#ifndef VALUE_PATTERN_H
#define VALUE_PATTERN_H

#include "base/buf.h"

enum { PATTERN_PLACES = 64 }; /* decimals that an unending number is given with */

/* Is it a pattern with a place for digits? */
bool pattern_good(str pattern);
/* A printed decimal, rounded half up. False: the pattern is bad, or no memory. */
bool pattern_print(str decimal, str pattern, struct buf *out);

#endif
