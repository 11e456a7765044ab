/* Showing stored numbers by compiled formats.
 *
 * A number takes its section and is written item by item; rounding is decimal, half away from zero.
 * Where programs differ: the sign of a negative number is only left out by a section that takes
 * nothing else (Excel; LibreOffice drops it in others, too); a point without digits behind it and
 * the sign of what rounds to nothing are not shown (LibreOffice); days 1 to 59 are those of Excel,
 * and 0 and 60 no days at all; the system's own dates and the letters of weekdays are those of
 * Chinese systems.
 */
#include "base/utf8.h"
#include "book/numfmt_code.h"
#include "value/hanzi.h"

enum { DAY_SECONDS = 86400, EPOCH_1904 = 1462, LAST_DAY = 2958465 };

/* ---- which section ---- */

/* Sections of numbers: a last one with @ is for text. */
static size_t number_sections(const struct numfmt *f) {
  size_t n = f->n;
  if (n > 1 && (n == NUMFMT_SECTIONS || f->sections[n - 1].at)) n--;
  return n;
}

static bool holds(enum condition when, int c) {
  switch (when) {
  case WHEN_LT: return c < 0;
  case WHEN_LE: return c <= 0;
  case WHEN_EQ: return c == 0;
  case WHEN_NE: return c != 0;
  case WHEN_GE: return c >= 0;
  case WHEN_GT: return c > 0;
  default: return true;
  }
}

/* The condition of section i, its own or what goes without saying. */
static enum condition condition_of(const struct numfmt *f, size_t i, size_t n) {
  if (f->sections[i].when != WHEN_DEFAULT || n == 1 || i == n - 1) return f->sections[i].when;
  if (i == 0) return n == 2 ? WHEN_GE : WHEN_GT;
  return WHEN_LT;
}

/* May the section take negative numbers only? Then its signs are its own. */
static bool only_negative(const struct numfmt *f, size_t i, size_t n) {
  const struct section *s = &f->sections[i];
  enum condition when = condition_of(f, i, n);
  struct decimal zero = {0};
  int limit = decimal_cmp(&s->limit, &zero);
  if (i == 1 && n == 2 && when == WHEN_DEFAULT) {
    const struct section *first = &f->sections[0];
    enum condition w = condition_of(f, 0, n);
    int l = decimal_cmp(&first->limit, &zero);
    return (w == WHEN_GE && l <= 0) || (w == WHEN_GT && l < 0);
  }
  return (when == WHEN_LT && limit <= 0) || ((when == WHEN_LE || when == WHEN_EQ) && limit < 0);
}

/* NULL: none of the conditions holds. */
static const struct section *choose(const struct numfmt *f, const struct decimal *d, bool *bare) {
  size_t n = number_sections(f);
  for (size_t i = 0; i < n; i++) {
    const struct section *s = &f->sections[i];
    if (!holds(condition_of(f, i, n), decimal_cmp(d, &s->limit))) continue;
    *bare = only_negative(f, i, n);
    return s;
  }
  return NULL;
}

/* ---- numbers ---- */

/* In characters, one item of a number that is whole. */
static void put_hanzi(str plain, unsigned style, bool count, struct buf *out) {
  static const char *const common[] = {"零", "一", "二", "三", "四", "五", "六",
                                       "七", "八", "九", "十", "百", "千"};
  static const char *const formal[] = {"零", "壹", "贰", "叁", "肆", "伍", "陆",
                                       "柒", "捌", "玖", "拾", "佰", "仟"};
  struct buf words;
  buf_init(&words, 0);
  bool ok = hanzi_number(plain, &words);
  str s = ok ? buf_str(&words) : plain;
  if (count && str_starts(s, STR("十"))) buf_puts(out, style == 1 ? "一" : "壹");
  for (size_t at = 0; at < s.n;) {
    size_t from = at, i = 0;
    utf8_next(s, &at);
    str c = str_sub(s, from, at);
    while (i < 13 && !str_is(c, common[i])) i++;
    if (i == 13)
      buf_put(out, c);
    else
      buf_puts(out, style == 2 ? formal[i] : i == 0 ? "〇" : common[i]);
  }
  buf_free(&words);
}

/* The same with decimals, digit by digit. */
static void put_hanzi_decimal(str plain, unsigned style, struct buf *out) {
  size_t point = str_find(plain, STR("."), 0);
  if (point == STR_NOT_FOUND) point = plain.n;
  if (point > HANZI_DIGITS) {
    buf_put(out, plain);
    return;
  }
  put_hanzi(str_sub(plain, 0, point), style, true, out);
  if (point < plain.n) buf_putc(out, '.');
  for (size_t i = point + 1; i < plain.n; i++)
    put_hanzi(str_sub(plain, i, i + 1), style, false, out);
}

static void put_general(const struct section *s, const struct decimal *d, struct buf *out) {
  struct buf plain;
  buf_init(&plain, 0);
  if (s->hanzi != 0)
    decimal_put(d, &plain);
  else
    decimal_put_general(d, &plain);
  if (s->hanzi != 0)
    put_hanzi_decimal(buf_str(&plain), s->hanzi, out);
  else
    buf_put(out, buf_str(&plain));
  buf_free(&plain);
}

/* The digit item `k` places before the point (0: the ones), of `whole` such items. */
static void put_whole_digit(const struct section *s, const struct decimal *d, char c, int k,
                            int whole, struct buf *out) {
  int top = k == whole - 1 && d->point - 1 > k ? d->point - 1 : k;
  for (int i = top; i >= k; i--) {
    bool there = i < d->point;
    if (there || c == '0')
      buf_putc(out, decimal_digit(d, i));
    else if (c == '?')
      buf_putc(out, ' ');
    if ((there || c == '0') && s->grouped && i > 0 && i % 3 == 0) buf_putc(out, ',');
  }
}

/* Is there anything to show from the k-th decimal on? */
static bool decimals_left(const struct section *s, size_t item, const struct decimal *d, int k) {
  if (d->n - d->point > k) return true;
  for (; item < s->n; item++)
    if (s->items[item].kind == ITEM_DIGIT && s->items[item].c == '0') return true;
  return false;
}

static void put_digits(const struct section *s, const struct decimal *d, int exponent,
                       struct buf *out) {
  int whole = s->whole, k = 0;
  bool behind = false;
  for (size_t i = 0; i < s->n; i++) {
    const struct item *item = &s->items[i];
    if (item->kind == ITEM_TEXT) buf_put(out, item->text);
    if (item->kind == ITEM_POINT) {
      behind = true;
      if (decimals_left(s, i + 1, d, 0)) buf_putc(out, '.');
    }
    if (item->kind == ITEM_EXPONENT) {
      char digits[8];
      unsigned v = (unsigned)(exponent < 0 ? -exponent : exponent), n = 0;
      for (; v != 0 || n < item->count; v /= 10)
        if (n < sizeof digits) digits[n++] = (char)('0' + v % 10);
      buf_putc(out, 'E');
      if (exponent < 0 || item->c == '+') buf_putc(out, exponent < 0 ? '-' : '+');
      while (n > 0) buf_putc(out, digits[--n]);
    }
    if (item->kind != ITEM_DIGIT) continue;
    if (!behind) {
      put_whole_digit(s, d, item->c, --whole, s->whole, out);
    } else {
      if (decimals_left(s, i, d, k))
        buf_putc(out, decimal_digit(d, -1 - k));
      else if (item->c == '?')
        buf_putc(out, ' ');
      k++;
    }
  }
}

/* 12345 with 0.00E+00 is 1.23 and 4; ##0.0E+0 takes exponents that three divides. */
static int scale_exponent(const struct section *s, struct decimal *d) {
  if (d->n == 0) return 0;
  int exponent = 0;
  for (int pass = 0; pass < 2; pass++) { /* rounding may add a digit */
    int step = s->mantissa, e = d->point + exponent - 1;
    int wanted = step > 1 ? (e >= 0 ? e / step : (e - step + 1) / step) * step : e;
    d->point += exponent - wanted;
    exponent = wanted;
    decimal_round(d, s->decimals);
  }
  return exponent;
}

/* The digits in characters where the first of them stands. */
static void put_hanzi_digits(const struct section *s, const struct decimal *d, struct buf *out) {
  struct buf plain;
  bool once = false;
  buf_init(&plain, 0);
  for (size_t i = 0; i < s->n; i++) {
    if (s->items[i].kind == ITEM_TEXT) buf_put(out, s->items[i].text);
    if (s->items[i].kind != ITEM_DIGIT || once) continue;
    once = true;
    decimal_put(d, &plain);
    for (int k = d->n - d->point > 0 ? d->n - d->point : 0; k < s->decimals; k++) {
      if (str_find(buf_str(&plain), STR("."), 0) == STR_NOT_FOUND) buf_putc(&plain, '.');
      buf_putc(&plain, '0');
    }
    put_hanzi_decimal(buf_str(&plain), s->hanzi, out);
  }
  buf_free(&plain);
}

static void put_number(const struct section *s, struct decimal d, bool bare, struct buf *out) {
  int exponent = 0;
  d.point += d.n != 0 ? 2 * s->percents - 3 * s->thousands : 0;
  bool digits = s->whole + s->decimals > 0;
  if (s->exponent)
    exponent = scale_exponent(s, &d);
  else if (digits)
    decimal_round(&d, s->decimals);
  if (d.negative && !bare && (digits || s->general || s->at || s->n > 0)) buf_putc(out, '-');
  d.negative = false;
  if (s->hanzi != 0 && digits) {
    put_hanzi_digits(s, &d, out);
  } else if (digits) {
    put_digits(s, &d, exponent, out);
  } else {
    for (size_t i = 0; i < s->n; i++) {
      if (s->items[i].kind == ITEM_TEXT) buf_put(out, s->items[i].text);
      if (s->items[i].kind == ITEM_GENERAL || s->items[i].kind == ITEM_AT) put_general(s, &d, out);
    }
  }
}

/* ---- dates and times ---- */

struct clock {
  struct date date;
  unsigned weekday; /* 0: Sunday */
  int64_t days, ms; /* ms of the day */
};

/* Days from 1899-12-30 to a date and back (proleptic Gregorian). */
static int64_t days_of(struct date d) {
  int64_t y = d.month <= 2 ? d.year - 1 : d.year, era = y / 400, yoe = y - era * 400;
  int64_t m = d.month + (d.month > 2 ? -3 : 9), doy = (153 * m + 2) / 5 + d.day - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 693899;
}

static struct date date_of(int64_t days) {
  int64_t z = days + 693899, era = z / 146097, doe = z - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
  int month = (int)(mp < 10 ? mp + 3 : mp - 9);
  int year = (int)(yoe + era * 400 + (month <= 2));
  return (struct date){year, month, (int)(doy - (153 * mp + 2) / 5 + 1)};
}

/* What is shown of a second is rounded; otherwise to milliseconds, for what is stored misses whole
 * seconds by less. */
static int64_t step_of(const struct section *s) {
  for (size_t i = 0; i < s->n; i++)
    if (s->items[i].kind == ITEM_FRACTION)
      return s->items[i].count == 1 ? 100 : s->items[i].count == 2 ? 10 : 1;
  return 1;
}

static bool read_clock(const struct section *s, const struct decimal *d, bool since_1904,
                       struct clock *c) {
  enum { DECIMALS = 11 };
  int64_t whole = 0, part = 0;
  if (d->negative || d->point > 8) return false;
  for (int k = d->point - 1; k >= 0; k--) whole = whole * 10 + (decimal_digit(d, k) - '0');
  for (int k = 1; k <= DECIMALS; k++) part = part * 10 + (decimal_digit(d, -k) - '0');
  int64_t ms = (part * DAY_SECONDS / 10000000 + 5) / 10; /* of 10^11: 10^8 for 1000 */
  int64_t step = step_of(s);
  ms = (ms + step / 2) / step * step;
  if (ms >= DAY_SECONDS * 1000LL) {
    ms -= DAY_SECONDS * 1000LL;
    whole++;
  }
  c->ms = ms;
  c->days = whole;
  if (!s->day) return true;
  if (since_1904)
    whole += EPOCH_1904;
  else if (whole == 0 || whole == 60)
    return false; /* 1900-01-00, 1900-02-29 */
  else if (whole < 60)
    whole++;
  if (whole > LAST_DAY) return false;
  c->date = date_of(whole);
  c->weekday = (unsigned)((whole + 6) % 7);
  return true;
}

void numfmt_serial(struct date date, unsigned seconds, bool since_1904, struct decimal *d) {
  int64_t days = days_of(date);
  struct buf text;
  buf_init(&text, 0);
  if (since_1904)
    days -= EPOCH_1904;
  else if (days < 61)
    days--;
  if (days < 0) buf_putc(&text, '-');
  buf_put_u64(&text, (uint64_t)(days < 0 ? -days : days));
  buf_putc(&text, '.');
  uint64_t part = (uint64_t)seconds * 100000000000u / DAY_SECONDS; /* 11 decimals */
  for (uint64_t k = 10000000000u; k != 0; k /= 10) buf_putc(&text, (char)('0' + part / k % 10));
  decimal_read(buf_str(&text), d);
  buf_free(&text);
}

static void put_padded(uint64_t v, unsigned width, struct buf *out) {
  uint64_t k = 1;
  for (unsigned i = 1; i < width; i++) k *= 10;
  for (; k > 1 && v < k; k /= 10) buf_putc(out, '0');
  buf_put_u64(out, v);
}

/* A part of a date or time; with [DBNum1] years digit by digit, all else as a number. */
static void put_part(const struct section *s, int64_t v, unsigned width, bool year,
                     struct buf *out) {
  struct buf plain;
  buf_init(&plain, 0);
  put_padded((uint64_t)v, s->hanzi != 0 && !year ? 1 : width, &plain);
  str p = buf_str(&plain);
  if (s->hanzi == 0)
    buf_put(out, p);
  else if (!year)
    put_hanzi(p, s->hanzi, false, out);
  else
    for (size_t i = 0; i < p.n; i++) put_hanzi(str_sub(p, i, i + 1), s->hanzi, false, out);
  buf_free(&plain);
}

static void put_month(const struct section *s, const struct item *item, int month,
                      struct buf *out) {
  static const char *const names[] = {"January",   "February", "March",    "April",
                                      "May",       "June",     "July",     "August",
                                      "September", "October",  "November", "December"};
  static const char *const hanzi[] = {"一", "二", "三", "四", "五",   "六",
                                      "七", "八", "九", "十", "十一", "十二"};
  str name = str_of(names[month - 1]);
  if (item->count <= 2) {
    put_part(s, month, item->count, false, out);
  } else if (s->chinese && item->count < 5) {
    if (item->count == 3)
      buf_put_u64(out, (uint64_t)month);
    else
      buf_puts(out, hanzi[month - 1]);
    buf_puts(out, "月");
  } else {
    buf_put(out, item->count == 4 ? name : str_sub(name, 0, item->count == 3 ? 3 : 1));
  }
}

/* aaa 五, aaaa 星期五; ddd Fri or 周五, dddd Friday or 星期五. */
static void put_weekday(const struct section *s, const struct item *item, unsigned day,
                        struct buf *out) {
  static const char *const names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};
  static const char *const hanzi[] = {"日", "一", "二", "三", "四", "五", "六"};
  bool letters = item->kind == ITEM_WEEKDAY, whole = item->count > 3;
  str name = str_of(names[day]);
  if (!letters && !s->chinese) {
    buf_put(out, whole ? name : str_sub(name, 0, 3));
    return;
  }
  buf_puts(out, whole ? "星期" : letters ? "" : "周");
  buf_puts(out, hanzi[day]);
}

static void put_noon(const struct item *item, bool afternoon, struct buf *out) {
  size_t slash = str_find(item->text, STR("/"), 0);
  buf_put(out,
          afternoon ? str_sub(item->text, slash + 1, item->text.n) : str_sub(item->text, 0, slash));
}

static int64_t elapsed(const struct clock *c, char unit) {
  int64_t s = c->days * DAY_SECONDS + c->ms / 1000;
  return unit == 'h' ? s / 3600 : unit == 'm' ? s / 60 : s;
}

static void put_clock_item(const struct section *s, const struct item *i, const struct clock *c,
                           struct buf *out) {
  int64_t seconds = c->ms / 1000, hour = seconds / 3600;
  unsigned width = i->count < 2 ? 1 : 2;
  switch (i->kind) {
  case ITEM_TEXT: buf_put(out, i->text); break;
  case ITEM_YEAR:
    put_part(s, i->count > 2 ? c->date.year : c->date.year % 100, i->count > 2 ? 4 : 2, true, out);
    break;
  case ITEM_MONTH: put_month(s, i, c->date.month, out); break;
  case ITEM_DAY:
    if (i->count > 2)
      put_weekday(s, i, c->weekday, out);
    else
      put_part(s, c->date.day, width, false, out);
    break;
  case ITEM_WEEKDAY: put_weekday(s, i, c->weekday, out); break;
  case ITEM_HOUR: put_part(s, s->noon ? (hour + 11) % 12 + 1 : hour, width, false, out); break;
  case ITEM_MINUTE: put_part(s, seconds / 60 % 60, width, false, out); break;
  case ITEM_SECOND: put_part(s, seconds % 60, width, false, out); break;
  case ITEM_FRACTION: {
    int64_t part = c->ms % 1000;
    for (unsigned n = i->count; n < 3; n++) part /= 10;
    buf_putc(out, '.');
    put_padded((uint64_t)part, i->count, out);
    break;
  }
  case ITEM_ELAPSED: put_part(s, elapsed(c, i->c), i->count, false, out); break;
  case ITEM_NOON: put_noon(i, hour >= 12, out); break;
  default: break;
  }
}

/* ---- the whole ---- */

/* Without blanks at the ends of what was appended. */
static void trim(struct buf *out, size_t from) {
  str s = utf8_trim(str_sub(buf_str(out), from, out->n));
  if (out->p == NULL || out->failed) return;
  if (s.n != 0) memmove(out->p + from, s.p, s.n);
  out->n = from + s.n;
  out->p[out->n] = '\0';
}

enum numfmt_shown numfmt_number(const struct numfmt *f, const struct decimal *d, bool since_1904,
                                struct buf *out, struct date *date) {
  size_t from = out->n;
  bool bare = false;
  const struct section *s = choose(f, d, &bare);
  if (s == NULL) {
    decimal_put_general(d, out);
    return NUMFMT_NUMBER;
  }
  if (!s->day && !s->time) {
    put_number(s, *d, bare, out);
    trim(out, from);
    return NUMFMT_NUMBER;
  }
  struct clock c = {0};
  if (!read_clock(s, d, since_1904, &c)) return NUMFMT_NO_DATE;
  for (size_t i = 0; i < s->n; i++) put_clock_item(s, &s->items[i], &c, out);
  trim(out, from);
  *date = c.date;
  return s->day ? NUMFMT_DATE : NUMFMT_NUMBER;
}

void numfmt_text(const struct numfmt *f, str text, struct buf *out) {
  size_t i = f->n;
  while (i > 0 && !f->sections[i - 1].at) i--;
  bool own = i > 0 && (i == f->n || i == NUMFMT_SECTIONS);
  if (f->n == NUMFMT_SECTIONS &&
      i < NUMFMT_SECTIONS) { /* a fourth section without @ hides texts or replaces them */
    i = NUMFMT_SECTIONS;
    own = true;
  }
  if (!own) {
    buf_put(out, text);
    return;
  }
  const struct section *s = &f->sections[i - 1];
  for (size_t k = 0; k < s->n; k++) {
    if (s->items[k].kind == ITEM_TEXT) buf_put(out, s->items[k].text);
    if (s->items[k].kind == ITEM_AT) buf_put(out, text);
  }
}
