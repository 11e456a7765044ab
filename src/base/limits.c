/* The table of the bounds, for `help limits` and for messages.
 *
 * The values stand in base/limits.def alone.
 */
#include "base/limits.h"

const struct limit limits[] = {
#define LIMIT(name, value, unit, what) {#name, (value), unit, what},
#include "base/limits.def"
#undef LIMIT
};
