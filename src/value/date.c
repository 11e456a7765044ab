/* Calendar dates: read as officials write them, printed by ICU's pattern letters.
 *
 * Only the letters that make sense for a day are known (y M d E); words are those of zh_CN.
 * Times behind a date are passed over, there is no time zone.
 *
 * Invariant: a struct date that date_parse filled exists in the proleptic Gregorian calendar.
 */
#include "value/date.h"

#include "base/utf8.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static int days_in(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

static bool date_exists(const struct date *d) {
  return d->year >= 1 && d->month >= 1 && d->month <= 12 && d->day >= 1 &&
         d->day <= days_in(d->year, d->month);
}

/* Takes a number of least..most digits off the front of *s. */
static bool take_number(str *s, size_t least, size_t most, int *out) {
  size_t n = 0;
  *out = 0;
  while (n < s->n && n < most && is_digit(s->p[n])) *out = *out * 10 + (s->p[n++] - '0');
  if (n < least || (n < s->n && is_digit(s->p[n]))) return false;
  *s = str_sub(*s, n, s->n);
  return true;
}

static bool take(str *s, str what) {
  if (!str_starts(*s, what)) return false;
  *s = str_sub(*s, what.n, s->n);
  return true;
}

/* A time behind the date, or nothing. */
static bool is_time(str s) {
  if (s.n == 0) return true;
  if (s.p[0] != 'T' && s.p[0] != ' ') return false;
  s = str_trim(str_sub(s, 1, s.n));
  if (s.n == 0 || !is_digit(s.p[0])) return false;
  for (size_t i = 0; i < s.n; i++)
    if (!is_digit(s.p[i]) && strchr(":.+-Z ", s.p[i]) == NULL) return false;
  return str_find(s, STR(":"), 0) != STR_NOT_FOUND;
}

static bool parse_separated(str s, struct date *d) {
  static const str separators[][3] = {
      {{"-", 1}, {"-", 1}, {"", 0}},
      {{"/", 1}, {"/", 1}, {"", 0}},
      {{".", 1}, {".", 1}, {"", 0}},
      {{"年", 3}, {"月", 3}, {"日", 3}},
      {{"年", 3}, {"月", 3}, {"号", 3}},
  };
  for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
    str rest = s;
    if (take_number(&rest, 4, 4, &d->year) && take(&rest, separators[i][0]) &&
        take_number(&rest, 1, 2, &d->month) && take(&rest, separators[i][1]) &&
        take_number(&rest, 1, 2, &d->day) && take(&rest, separators[i][2]) && is_time(rest))
      return true;
  }
  return false;
}

static bool parse_compact(str s, struct date *d) {
  if (s.n != 8) return false;
  str year = str_sub(s, 0, 4), month = str_sub(s, 4, 6), day = str_sub(s, 6, 8);
  return take_number(&year, 4, 4, &d->year) && take_number(&month, 2, 2, &d->month) &&
         take_number(&day, 2, 2, &d->day);
}

bool date_parse(str s, bool compact, struct date *d, bool *exists) {
  struct date read = {0, 0, 0};
  s = utf8_trim(s);
  *exists = true;
  if (!parse_separated(s, &read) && !(compact && parse_compact(s, &read))) return false;
  *exists = date_exists(&read);
  if (*exists) *d = read;
  return *exists;
}

bool date_make(int year, int month, int day, struct date *d) {
  struct date made = {year, month, day};
  if (!date_exists(&made)) return false;
  *d = made;
  return true;
}

int date_cmp(struct date a, struct date b) {
  if (a.year != b.year) return a.year < b.year ? -1 : 1;
  if (a.month != b.month) return a.month < b.month ? -1 : 1;
  return a.day < b.day ? -1 : a.day > b.day;
}

/* 0 is Sunday (Sakamoto's rule). */
static int weekday(struct date d) {
  static const int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
  int y = d.month < 3 ? d.year - 1 : d.year;
  return (y + y / 4 - y / 100 + y / 400 + shift[d.month - 1] + d.day) % 7;
}

static void put_padded(struct buf *out, int v, size_t width) {
  uint64_t limit = 1;
  for (size_t i = 1; i < width; i++) limit *= 10;
  for (; limit > 1 && (uint64_t)v < limit; limit /= 10) buf_putc(out, '0');
  buf_put_u64(out, (uint64_t)v);
}

static bool put_month(struct buf *out, int month, size_t n) {
  static const char *const words[] = {"一", "二", "三", "四",   "五",   "六",
                                      "七", "八", "九", "十", "十一", "十二"};
  if (n > 4) return false;
  if (n < 3) {
    put_padded(out, month, n);
    return true;
  }
  if (n == 3)
    buf_put_u64(out, (uint64_t)month);
  else
    buf_puts(out, words[month - 1]);
  buf_puts(out, "月");
  return true;
}

static bool put_weekday(struct buf *out, struct date d, size_t n) {
  static const char *const words[] = {"日", "一", "二", "三", "四", "五", "六"};
  if (n > 5) return false;
  buf_puts(out, n == 4 ? "星期" : n < 4 ? "周" : "");
  buf_puts(out, words[weekday(d)]);
  return true;
}

/* One run of n equal pattern letters. */
static bool put_field(struct buf *out, struct date d, char letter, size_t n) {
  switch (letter) {
  case 'y':
    if (n > 4) return false;
    put_padded(out, n == 2 ? d.year % 100 : d.year, n);
    return true;
  case 'M':
    return put_month(out, d.month, n);
  case 'd':
    if (n > 2) return false;
    put_padded(out, d.day, n);
    return true;
  case 'E':
    return put_weekday(out, d, n);
  default:
    return false;
  }
}

/* Quoted text from the quote at `at`; '' is a quote, inside and outside. Returns the offset
 * behind it, or 0 when the quote has no end. */
static size_t put_quoted(struct buf *out, str pattern, size_t at) {
  size_t i = at + 1;
  if (i < pattern.n && pattern.p[i] == '\'') {
    buf_putc(out, '\'');
    return i + 1;
  }
  for (; i < pattern.n; i++) {
    if (pattern.p[i] != '\'') {
      buf_putc(out, pattern.p[i]);
    } else if (i + 1 < pattern.n && pattern.p[i + 1] == '\'') {
      buf_putc(out, '\'');
      i++;
    } else {
      return i + 1;
    }
  }
  return 0;
}

bool date_print(struct date d, str pattern, struct buf *out) {
  if (pattern.n == 0) pattern = STR("yyyy年M月d日");
  for (size_t i = 0; i < pattern.n;) {
    char c = pattern.p[i];
    if (c == '\'') {
      i = put_quoted(out, pattern, i);
      if (i == 0) return false;
    } else if (is_letter(c)) {
      size_t n = 1;
      while (i + n < pattern.n && pattern.p[i + n] == c) n++;
      if (!put_field(out, d, c, n)) return false;
      i += n;
    } else {
      buf_putc(out, c);
      i++;
    }
  }
  return !out->failed;
}
