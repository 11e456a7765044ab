/* Figures as they are seen: digits, and what stands behind them.
 *
 * Which format made them does not matter here, so that all kinds of workbooks are read alike: the
 * power of ten between what is stored and what is shown is found from the two.
 * Invariant: a form that is not wholly understood changes nothing.
 */
#include "book/seen.h"

#include "base/utf8.h"
#include "value/unit.h"

enum { MOST_DECIMALS = 20, MOST_POWER = 12 };

/* ¥12,345.60千元: the parts of a printed form. */
struct parts {
  struct decimal number;
  int decimals;
  str tail; /* 千元 */
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool take(str *s, const char *word) {
  if (!str_starts(*s, str_of(word))) return false;
  *s = utf8_trim(str_sub(*s, strlen(word), s->n));
  return true;
}

/* Signs of money and of less than nothing; *closed: a bracket is open. */
static void take_front(str *s, bool *open) {
  static const char *const signs[] = {"-", "+", "¥", "￥", "$", "€", "RMB", "CNY", NULL};
  bool more = true;
  *open = false;
  while (more) {
    more = !*open && take(s, "(");
    *open = *open || more;
    for (size_t i = 0; signs[i] != NULL && !more; i++) more = take(s, signs[i]);
  }
}

/* Digits with commas and a point, written plainly. */
static bool take_digits(str *s, struct parts *p) {
  char plain[64];
  size_t n = 0, at = 0;
  bool point = false;
  p->decimals = 0;
  for (; at < s->n && (is_digit(s->p[at]) || s->p[at] == ',' || (s->p[at] == '.' && !point));
       at++) {
    if (s->p[at] == ',') continue;
    if (n == sizeof plain || p->decimals == MOST_DECIMALS) return false;
    p->decimals += point;
    point = point || s->p[at] == '.';
    plain[n++] = s->p[at];
  }
  *s = utf8_trim(str_sub(*s, at, s->n));
  return decimal_read((str){plain, n}, &p->number);
}

static bool split(str shown, struct parts *p) {
  str s = utf8_trim(shown);
  bool open;
  take_front(&s, &open);
  if (!take_digits(&s, p)) return false;
  if (open && !str_ends(s, STR(")"))) return false;
  if (open) s = utf8_trim(str_sub(s, 0, s.n - 1));
  p->tail = s;
  return true;
}

/* 万 and the like at the start of s, where they are no part of a unit: their power of ten, or 0. */
static int multiplier(str s, str *rest) {
  static const struct {
    const char *word;
    int power;
  } words[] = {{"百万", 6}, {"千万", 7}, {"万亿", 12}, {"十万", 5},
               {"千", 3},   {"万", 4},   {"亿", 8}};
  *rest = s;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (take(rest, words[i].word)) return words[i].power;
  return 0;
}

/* Is it what is shown, at the power of ten? */
static bool agrees(const struct decimal *stored, int power, const struct parts *p) {
  struct decimal d = *stored;
  d.negative = false;
  if (d.n > 0) d.point -= power;
  decimal_round(&d, p->decimals);
  return decimal_cmp(&d, &p->number) == 0;
}

/* Between what is stored and what is shown: none, or that of the word behind, or any; of what rounds
 * to nothing nearly every one would do. */
static int find_power(const struct decimal *d, int hint, const struct parts *p) {
  if (agrees(d, 0, p)) return 0;
  if (agrees(d, hint, p)) return hint;
  for (int power = 1; power <= MOST_POWER; power++)
    if (agrees(d, power, p)) return power;
  return -1;
}

void seen_number(str shown, struct decimal *d) {
  struct parts p;
  str rest;
  if (d->n == 0 || !split(shown, &p)) return;
  bool unit = unit_find(p.tail) != NULL;
  int words = multiplier(p.tail, &rest);
  if (p.tail.n > 0 && words == 0 && (!unit || str_is(p.tail, "%"))) return;
  int power = find_power(d, words, &p);
  if (power >= 0) d->point += (unit ? 0 : words) - power;
}

bool seen_unit(str shown, str *unit) {
  struct parts p;
  str rest;
  *unit = STR_NONE;
  if (!split(shown, &p) || p.tail.n == 0) return false;
  const struct unit *u = unit_find(p.tail);
  bool words = u == NULL && multiplier(p.tail, &rest) != 0;
  if (words) u = unit_find(rest);
  if (u == NULL) return words;
  *unit = str_of(u->name);
  return !str_is(*unit, "%");
}
