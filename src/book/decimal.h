/* Figures as workbooks store them: decimal digits that went through binary floating point.
 *
 * 2228.0799999999999 is what an office program stores for 2228.08; rounded to 15 significant
 * digits, in decimal, it is what was typed (design: half away from zero).
 */
#ifndef BOOK_DECIMAL_H
#define BOOK_DECIMAL_H

#include "base/buf.h"

enum { DECIMAL_DIGITS = 15, DECIMAL_ROOM = 32 };

/* 0.d1d2…dn × 10^point; n 0 is zero. No zeros at either end. */
struct decimal {
  bool negative;
  int n, point;
  char digits[DECIMAL_ROOM]; /* '0' … '9' */
};

/* An optional sign, digits with an optional fraction, an optional exponent (XML Schema part 2,
 * double, without INF and NaN).  False: something else, or beyond 10^±400. */
bool decimal_read(str s, struct decimal *d);
/* Half away from zero, to so many places behind the point (negative: before it). */
void decimal_round(struct decimal *d, int places);
/* -1, 0, 1 */
int decimal_cmp(const struct decimal *a, const struct decimal *b);
/* The digit that counts 10^k: k 0 are the ones, -1 the tenths. */
char decimal_digit(const struct decimal *d, int k);
/* Written out, without an exponent: -0.052, 123456789012346000. */
bool decimal_put(const struct decimal *d, struct buf *out);
/* As a cell without a format shows it: written out, very large and very small ones as 1.2E+17. */
bool decimal_put_general(const struct decimal *d, struct buf *out);

#endif
