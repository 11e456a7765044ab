/* Exact decimal numbers on GMP's rationals, and the one grammar of numbers in text.
 *
 * Reading goes in two steps: lex() finds sign, digits, decimals and exponent in the text and
 * checks the bound; only then numbers or printed forms are made of them.  Who may write a
 * number how (JSON, text of a cell) is said by the caller.
 *
 * Invariant: q is canonical; when places >= 0 and the number was read, added or rounded, q has
 * no more than `places` decimals.
 */
#include "value/num.h"

#include "base/limits.h"
#include "base/mem.h"

/* What lex() finds. Digits may have commas between them, which are to be passed over. */
struct lexed {
  bool negative, percent, grouped, zero;
  str whole, fraction;
  long exponent;  /* clipped to what is too long anyway */
  size_t digits;  /* of whole and fraction */
  long places;    /* decimals when written out; below 0: zeros follow the digits */
};

enum { EXPONENT_MOST = 1000000, FAST_DIGITS = 18, STACK_DIGITS = 128 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t digits_at(str s, size_t at) {
  size_t n = 0;
  while (at + n < s.n && is_digit(s.p[at + n])) n++;
  return n;
}

/* Digits, or with `commas` groups of three; 0: neither. */
static size_t whole_at(str s, size_t at, bool commas, struct lexed *l) {
  size_t n = digits_at(s, at);
  if (n == 0) return 0;
  l->digits = n;
  if (!commas || n > 3 || s.p[at] == '0') return n;
  while (at + n < s.n && s.p[at + n] == ',' && digits_at(s, at + n + 1) == 3) {
    n += 4;
    l->digits += 3;
    l->grouped = true;
  }
  return n;
}

static bool exponent_at(str s, size_t *at, long *exponent) {
  size_t i = *at + 1;
  bool negative = i < s.n && s.p[i] == '-';
  if (i < s.n && (s.p[i] == '-' || s.p[i] == '+')) i++;
  size_t n = digits_at(s, i);
  if (n == 0) return false;
  long e = 0;
  for (size_t k = 0; k < n && e < EXPONENT_MOST; k++) e = e * 10 + (s.p[i + k] - '0');
  *exponent = negative ? -e : e;
  *at = i + n;
  return true;
}

static bool all_zero(str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] != '0' && s.p[i] != ',') return false;
  return true;
}

/* Over the bound when written out? A zero has no digits but its decimals. */
static bool too_long(const struct lexed *l) {
  if (l->digits > LIMIT_NUMBER_DIGITS) return true;
  long whole = (long)l->digits - l->places; /* digits before the point, or fewer than none */
  if (l->zero || whole < 1) whole = 1;
  long after = l->places > 0 ? l->places : 0;
  return whole + after > (long)LIMIT_NUMBER_DIGITS;
}

static size_t sign_at(str s, bool json, bool *negative) {
  if (s.n == 0) return 0;
  *negative = s.p[0] == '-';
  return s.p[0] == '-' || (s.p[0] == '+' && !json) ? 1 : 0;
}

static size_t percent_at(str s, size_t at) {
  str rest = str_sub(s, at, s.n);
  if (str_is(rest, "%") || str_is(rest, "％")) return rest.n;
  return 0;
}

static enum num_parse lex(str s, bool json, struct lexed *l) {
  *l = (struct lexed){0};
  size_t at = sign_at(s, json, &l->negative);
  size_t n = whole_at(s, at, !json, l);
  if (n == 0) return NUM_NOT;
  l->whole = str_sub(s, at, at + n);
  if (json && n > 1 && s.p[at] == '0') return NUM_NOT;
  at += n;
  if (at < s.n && s.p[at] == '.') {
    n = digits_at(s, at + 1);
    if (n == 0) return NUM_NOT;
    l->fraction = str_sub(s, at + 1, at + 1 + n);
    l->digits += n;
    at += 1 + n;
  }
  if (json && at < s.n && (s.p[at] == 'e' || s.p[at] == 'E') && !exponent_at(s, &at, &l->exponent))
    return NUM_NOT;
  if (!json) {
    n = percent_at(s, at);
    l->percent = n > 0;
    at += n;
  }
  if (at != s.n) return NUM_NOT;
  l->zero = all_zero(l->whole) && all_zero(l->fraction);
  l->places = (long)l->fraction.n - l->exponent + (l->percent ? 2 : 0);
  return too_long(l) ? NUM_TOO_LONG : NUM_OK;
}

/* ---- numbers ---- */

void num_init(struct num *x) {
  mpq_init(x->q);
  x->places = 0;
}

void num_free(struct num *x) { mpq_clear(x->q); }

void num_set(struct num *to, const struct num *from) {
  if (to != from) mpq_set(to->q, from->q);
  to->places = from->places;
}

void num_set_i64(struct num *x, int64_t v) {
  mpq_set_si(x->q, (long)v, 1);
  x->places = 0;
}

/* Copies the digits of both parts, without commas, and ends them with a NUL. */
static void digits_of(const struct lexed *l, char *out) {
  for (size_t i = 0; i < l->whole.n; i++)
    if (l->whole.p[i] != ',') *out++ = l->whole.p[i];
  if (l->fraction.n > 0) memcpy(out, l->fraction.p, l->fraction.n);
  out[l->fraction.n] = '\0';
}

static void set_integer(mpz_t z, const char *digits, size_t n) {
  if (n > FAST_DIGITS) {
    mpz_set_str(z, digits, 10);
    return;
  }
  unsigned long v = 0;
  for (size_t i = 0; i < n; i++) v = v * 10 + (unsigned long)(digits[i] - '0');
  mpz_set_ui(z, v);
}

static void set_lexed(struct num *x, const struct lexed *l) {
  char digits[LIMIT_NUMBER_DIGITS + 1];
  digits_of(l, digits);
  set_integer(mpq_numref(x->q), digits, l->digits);
  if (l->negative) mpz_neg(mpq_numref(x->q), mpq_numref(x->q));
  x->places = l->places > 0 ? (int)l->places : 0;
  mpz_set_ui(mpq_denref(x->q), 1);
  if (l->zero) return;
  if (l->places > 0) {
    mpz_ui_pow_ui(mpq_denref(x->q), 10, (unsigned long)l->places);
    mpq_canonicalize(x->q);
  } else if (l->places < 0) {
    mpz_t scale;
    mpz_init(scale);
    mpz_ui_pow_ui(scale, 10, (unsigned long)-l->places);
    mpz_mul(mpq_numref(x->q), mpq_numref(x->q), scale);
    mpz_clear(scale);
  }
}

enum num_parse num_parse(struct num *x, str s, bool json) {
  struct lexed l;
  enum num_parse r = lex(s, json, &l);
  if (r == NUM_OK) set_lexed(x, &l);
  return r;
}

/* ---- printed forms of what was read ---- */

static void put_zeros(struct buf *out, long n) {
  for (; n > 0; n--) buf_putc(out, '0');
}

/* Writes out an exponent: the point moves, zeros fill up, zeros in front go. */
static void put_moved(const struct lexed *l, struct buf *out) {
  char digits[LIMIT_NUMBER_DIGITS + 1];
  digits_of(l, digits);
  size_t skip = 0;
  long whole = (long)l->digits - l->places;
  if (l->zero) {
    buf_putc(out, '0');
    if (l->places > 0) {
      buf_putc(out, '.');
      put_zeros(out, l->places);
    }
    return;
  }
  if (whole <= 0) {
    buf_puts(out, "0.");
    put_zeros(out, -whole);
    buf_puts(out, digits);
    return;
  }
  size_t before = (size_t)whole < l->digits ? (size_t)whole : l->digits;
  while (skip + 1 < before && digits[skip] == '0') skip++;
  buf_put(out, (str){digits + skip, before - skip});
  put_zeros(out, -l->places);
  if (l->places > 0) {
    buf_putc(out, '.');
    buf_put(out, (str){digits + before, l->digits - before});
  }
}

/* Behind the last digit that is not of the exponent. */
static const char *digits_end(const struct lexed *l) {
  return l->fraction.n > 0 ? l->fraction.p + l->fraction.n : l->whole.p + l->whole.n;
}

enum num_parse num_printed(str s, bool json, struct buf *printed, int *places) {
  struct lexed l;
  enum num_parse r = lex(s, json, &l);
  if (r != NUM_OK) return r;
  if (places != NULL) *places = l.places > 0 ? (int)l.places : 0;
  if (printed == NULL) return r;
  bool minus_nothing = l.negative && l.zero;
  bool exponent = json && digits_end(&l) < s.p + s.n;
  if (!exponent) {
    buf_put(printed, str_sub(s, minus_nothing ? 1 : 0, s.n));
  } else {
    if (l.negative && !minus_nothing) buf_putc(printed, '-');
    put_moved(&l, printed);
  }
  return r;
}

/* ---- arithmetic ---- */

int num_cmp(const struct num *a, const struct num *b) { return mpq_cmp(a->q, b->q); }

int num_sign(const struct num *a) { return mpq_sgn(a->q); }

/* Decimals of a fraction that ends (denominator 2^i 5^k: the greater of the two), or -1. */
static int exact_places(const mpq_t q) {
  const __mpz_struct *den = mpq_denref(q);
  if (mpz_cmp_ui(den, 1) == 0) return 0;
  mpz_t rest, five;
  mpz_init(rest);
  mpz_init_set_ui(five, 5);
  mp_bitcnt_t twos = mpz_scan1(den, 0);
  mpz_tdiv_q_2exp(rest, den, twos);
  mp_bitcnt_t fives = mpz_remove(rest, rest, five);
  bool ends = mpz_cmp_ui(rest, 1) == 0;
  mpz_clear(rest);
  mpz_clear(five);
  return ends ? (int)(twos > fives ? twos : fives) : NUM_SHORTEST;
}

static int known_places(const struct num *a) {
  return a->places >= 0 ? a->places : exact_places(a->q);
}

void num_hundredfold(struct num *x) {
  mpz_mul_ui(mpq_numref(x->q), mpq_numref(x->q), 100);
  mpq_canonicalize(x->q);
  if (x->places >= 0) x->places = x->places > 2 ? x->places - 2 : 0;
}

bool num_ends(const struct num *a) { return known_places(a) >= 0; }

/* The longest decimals of two parts; unending ones leave the result to be printed shortest. */
static int longest_places(const struct num *a, const struct num *b) {
  int pa = known_places(a), pb = known_places(b);
  if (pa < 0 || pb < 0) return NUM_SHORTEST;
  return pa > pb ? pa : pb;
}

void num_add(struct num *r, const struct num *a, const struct num *b) {
  int places = longest_places(a, b);
  mpq_add(r->q, a->q, b->q);
  r->places = places;
}

void num_sub(struct num *r, const struct num *a, const struct num *b) {
  int places = longest_places(a, b);
  mpq_sub(r->q, a->q, b->q);
  r->places = places;
}

void num_mul(struct num *r, const struct num *a, const struct num *b) {
  mpq_mul(r->q, a->q, b->q);
  r->places = NUM_SHORTEST;
}

bool num_div(struct num *r, const struct num *a, const struct num *b) {
  if (mpq_sgn(b->q) == 0) return false;
  mpq_div(r->q, a->q, b->q);
  r->places = NUM_SHORTEST;
  return true;
}

/* z = |q| * 10^places, half up; scale = 10^places. */
static void scaled(mpz_t z, mpz_t scale, const mpq_t q, int places) {
  mpz_ui_pow_ui(scale, 10, (unsigned long)places);
  mpz_abs(z, mpq_numref(q));
  mpz_mul(z, z, scale);
  if (mpz_cmp_ui(mpq_denref(q), 1) == 0) return;
  mpz_mul_2exp(z, z, 1);
  mpz_add(z, z, mpq_denref(q));
  mpz_t twice;
  mpz_init(twice);
  mpz_mul_2exp(twice, mpq_denref(q), 1);
  mpz_fdiv_q(z, z, twice);
  mpz_clear(twice);
}

void num_round(struct num *r, const struct num *a, int n) {
  mpz_t z, scale;
  mpz_init(z);
  mpz_init(scale);
  scaled(z, scale, a->q, n);
  if (mpq_sgn(a->q) < 0) mpz_neg(z, z);
  mpz_set(mpq_numref(r->q), z);
  mpz_set(mpq_denref(r->q), scale);
  mpq_canonicalize(r->q);
  r->places = n;
  mpz_clear(z);
  mpz_clear(scale);
}

static void put_decimal(struct buf *out, str digits, size_t places) {
  if (digits.n <= places) {
    buf_puts(out, "0.");
    put_zeros(out, (long)(places - digits.n));
    buf_put(out, digits);
    return;
  }
  buf_put(out, str_sub(digits, 0, digits.n - places));
  if (places == 0) return;
  buf_putc(out, '.');
  buf_put(out, str_sub(digits, digits.n - places, digits.n));
}

bool num_print(const struct num *a, struct buf *out) {
  int places = known_places(a);
  if (places < 0) places = 2;
  mpz_t z, scale;
  mpz_init(z);
  mpz_init(scale);
  scaled(z, scale, a->q, places);
  char small[STACK_DIGITS];
  size_t need = mpz_sizeinbase(z, 10) + 2;
  char *digits = need <= sizeof small ? small : mem_malloc(need);
  if (digits != NULL) {
    mpz_get_str(digits, 10, z);
    if (mpq_sgn(a->q) < 0 && mpz_sgn(z) != 0) buf_putc(out, '-');
    put_decimal(out, str_of(digits), (size_t)places);
  }
  bool ok = digits != NULL && !out->failed;
  if (digits != small) mem_free(digits);
  mpz_clear(z);
  mpz_clear(scale);
  return ok;
}

bool num_i64(const struct num *a, int64_t *v) {
  if (mpz_cmp_ui(mpq_denref(a->q), 1) != 0 || !mpz_fits_slong_p(mpq_numref(a->q))) return false;
  *v = (int64_t)mpz_get_si(mpq_numref(a->q));
  return true;
}
