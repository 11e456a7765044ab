/* Numbers printed by a pattern such as #,##0.00 (ICU's DecimalFormat, zh_CN). */
#ifndef VALUE_FORMAT_H
#define VALUE_FORMAT_H

#include "base/buf.h"

enum { FORMAT_PLACES = 64 }; /* decimals that an unending number is given with */

/* Is it a pattern with a place for digits? */
bool format_good(str pattern);
/* A printed decimal, rounded half up. False: the pattern is bad, or no memory. */
bool format_print(str decimal, str pattern, struct buf *out);

#endif
