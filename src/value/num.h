/* Exact decimal numbers: GMP rationals with the number of decimals they print with.
 *
 * Never binary floating point. `places` is what language.md calls printed decimals: a figure
 * as written has its own, sums the longest of their parts, quotients print shortest.
 */
#ifndef VALUE_NUM_H
#define VALUE_NUM_H

#include <gmp.h>

#include "base/buf.h"

enum { NUM_SHORTEST = -1 }; /* places: as few as are exact; 2 when it does not end */

struct num {
  mpq_t q;    /* canonical */
  int places; /* >= 0, or NUM_SHORTEST */
};

void num_init(struct num *x);
void num_free(struct num *x);
void num_set(struct num *to, const struct num *from);
void num_set_i64(struct num *x, int64_t v);

enum num_parse { NUM_OK, NUM_NOT, NUM_TOO_LONG };

/* Reads a whole text as a number (language.md 5a): an optional sign, digits with an optional
 * fraction, well-formed thousands commas, an optional % (divides by 100, places + 2), and with
 * `json` an exponent instead of commas and % (RFC 8259 section 6).  NUM_TOO_LONG: over
 * LIMIT_NUMBER_DIGITS digits written out. */
enum num_parse num_parse(struct num *x, str s, bool json);

/* The same without keeping the number: is s a number, and how is it printed (1e3 → 1000,
 * -0 → 0, else as written)?  `printed` may be NULL; `places` may be NULL. */
enum num_parse num_printed(str s, bool json, struct buf *printed, int *places);

int num_cmp(const struct num *a, const struct num *b);
int num_sign(const struct num *a);
void num_add(struct num *r, const struct num *a, const struct num *b);
void num_sub(struct num *r, const struct num *a, const struct num *b);
void num_mul(struct num *r, const struct num *a, const struct num *b);
/* False when b is zero. */
bool num_div(struct num *r, const struct num *a, const struct num *b);
/* A hundred times the number, as 0.9510 is 95.10. */
void num_hundredfold(struct num *x);
/* Half up, away from zero (四舍五入), to n >= 0 places; the result prints with exactly n. */
void num_round(struct num *r, const struct num *a, int n);
/* Decimal digits; with places NUM_SHORTEST as few as are exact, and 2 (rounded) when the
 * fraction does not end.  A negative that rounds to nothing prints 0 without a sign. */
bool num_print(const struct num *a, struct buf *out);
/* Has it an end when written out, or printed decimals? */
bool num_ends(const struct num *a);
/* As a machine integer, when it is one and fits. */
bool num_i64(const struct num *a, int64_t *v);

#endif
