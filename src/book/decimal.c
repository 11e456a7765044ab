/* Digits of figures; nothing here is ever a double.
 *
 * Invariant: digits[0] and digits[n - 1] are not '0', and zero has no sign.
 */
#include "book/decimal.h"

enum { POINT_MAX = 400, PLAIN_DECIMALS = 20 };

static void normalise(struct decimal *d) {
  int zeros = 0;
  while (zeros < d->n && d->digits[zeros] == '0') zeros++;
  memmove(d->digits, d->digits + zeros, (size_t)(d->n - zeros));
  d->n -= zeros;
  d->point -= zeros;
  while (d->n > 0 && d->digits[d->n - 1] == '0') d->n--;
  if (d->n == 0) *d = (struct decimal){0};
}

/* Keeps the first `keep` digits; `keep` may be negative or 0. */
static void cut(struct decimal *d, int keep) {
  if (keep >= d->n) return;
  bool up = keep >= 0 && d->digits[keep] >= '5';
  d->n = keep > 0 ? keep : 0;
  int i = d->n;
  while (up && i > 0 && d->digits[i - 1] == '9') d->digits[--i] = '0';
  if (up && i > 0) {
    d->digits[i - 1]++;
  } else if (up) { /* 99 became 100 */
    memmove(d->digits + 1, d->digits, (size_t)d->n);
    d->digits[0] = '1';
    d->n++;
    d->point++;
  }
  normalise(d);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Digits at *at; those behind the first significant ones only count. */
static bool read_digits(str s, size_t *at, struct decimal *d, bool fraction) {
  size_t from = *at;
  for (; *at < s.n && is_digit(s.p[*at]); (*at)++) {
    bool leading = d->n == 0 && s.p[*at] == '0';
    if (!fraction && !leading) d->point++;
    if (fraction && leading) d->point--;
    if (!leading && d->n < DECIMAL_ROOM - 2) d->digits[d->n++] = s.p[*at];
  }
  return *at > from;
}

static bool read_exponent(str s, size_t *at, int *exponent) {
  bool negative = *at < s.n && s.p[*at] == '-';
  if (*at < s.n && (s.p[*at] == '-' || s.p[*at] == '+')) (*at)++;
  size_t from = *at;
  for (; *at < s.n && is_digit(s.p[*at]); (*at)++)
    if (*exponent <= POINT_MAX * 10) *exponent = *exponent * 10 + (s.p[*at] - '0');
  if (negative) *exponent = -*exponent;
  return *at > from;
}

bool decimal_read(str s, struct decimal *d) {
  *d = (struct decimal){0};
  size_t at = 0;
  int exponent = 0;
  bool negative = s.n > 0 && s.p[0] == '-';
  if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) at++;
  if (s.n > 4 * POINT_MAX) return false;
  bool some = read_digits(s, &at, d, false);
  if (at < s.n && s.p[at] == '.') {
    at++;
    if (read_digits(s, &at, d, true)) some = true;
  }
  if (some && at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
    at++;
    if (!read_exponent(s, &at, &exponent)) return false;
  }
  if (!some || at != s.n) return false;
  d->point += exponent;
  d->negative = negative;
  normalise(d);
  cut(d, DECIMAL_DIGITS);
  return d->n == 0 || (d->point <= POINT_MAX && d->point >= -POINT_MAX);
}

void decimal_round(struct decimal *d, int places) { cut(d, d->point + places); }

int decimal_cmp(const struct decimal *a, const struct decimal *b) {
  int x = a->n == 0 ? 0 : a->negative ? -1 : 1, y = b->n == 0 ? 0 : b->negative ? -1 : 1;
  if (x != y || x == 0) return (x > y) - (x < y);
  if (a->point != b->point) return a->point > b->point ? x : -x;
  int c = str_cmp((str){a->digits, (size_t)a->n}, (str){b->digits, (size_t)b->n});
  return c == 0 ? 0 : c > 0 ? x : -x;
}

char decimal_digit(const struct decimal *d, int k) {
  int i = d->point - 1 - k;
  return i >= 0 && i < d->n ? d->digits[i] : '0';
}

bool decimal_put(const struct decimal *d, struct buf *out) {
  if (d->negative) buf_putc(out, '-');
  for (int k = d->point > 0 ? d->point - 1 : 0; k >= 0; k--) buf_putc(out, decimal_digit(d, k));
  if (d->n > d->point) buf_putc(out, '.');
  for (int k = -1; k >= d->point - d->n; k--) buf_putc(out, decimal_digit(d, k));
  return !out->failed;
}

bool decimal_put_general(const struct decimal *d, struct buf *out) {
  if (d->point <= DECIMAL_DIGITS && d->n - d->point <= PLAIN_DECIMALS) return decimal_put(d, out);
  struct decimal mantissa = *d;
  int exponent = d->point - 1;
  mantissa.point = 1;
  decimal_put(&mantissa, out);
  buf_puts(out, exponent < 0 ? "E-" : "E+");
  return buf_put_u64(out, (uint64_t)(exponent < 0 ? -exponent : exponent));
}
