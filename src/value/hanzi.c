/* Numerals in Chinese characters.
 *
 * A whole number is read in groups of four digits, each with its unit; what stands above 亿 is read
 * like a number of its own:
 *
 *   1234 5678 9012 3456      一千二百三十四万五千六百七十八亿九千零一十二万三千四百五十六
 *     万    亿   万
 *
 * Zeros between digits are one 零; zeros at the end of a group that is not all zeros are
 * passed over, whatever follows (107000: 十万七千).  ICU writes 〇 for that 零 and knows neither
 * 角 nor 整, so it is done here.
 *
 * Invariant: nothing is put out for text that is no such number.
 */
#include "value/hanzi.h"

struct style {
  const char *digits[10];
  const char *places[4]; /* 十 百 千 in a group */
  bool short_ten;        /* 十 for 一十 at the start */
};

static const struct style common = {
    {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}, {"", "十", "百", "千"}, true};
static const struct style bills = {
    {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}, {"", "拾", "佰", "仟"}, false};

struct decimal {
  bool negative;
  str whole;    /* without zeros in front; empty: 0 */
  str fraction;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t digits_at(str s, size_t at) {
  size_t n = 0;
  while (at + n < s.n && is_digit(s.p[at + n])) n++;
  return n;
}

static bool split(str s, struct decimal *d) {
  d->negative = s.n != 0 && s.p[0] == '-';
  size_t at = d->negative ? 1 : 0, n = digits_at(s, at);
  if (n == 0) return false;
  d->whole = str_sub(s, at, at + n);
  at += n;
  d->fraction = STR_NONE;
  if (at < s.n && s.p[at] == '.') {
    n = digits_at(s, at + 1);
    d->fraction = str_sub(s, at + 1, at + 1 + n);
    at += 1 + n;
    if (n == 0) return false;
  }
  while (d->whole.n != 0 && d->whole.p[0] == '0') d->whole = str_sub(d->whole, 1, d->whole.n);
  return at == s.n && d->whole.n <= HANZI_DIGITS;
}

static bool all_zero(str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] != '0') return false;
  return true;
}

/* The digits of one group; *zero: a 零 is due before the next digit. */
static void put_group(const struct style *style, str group, bool *begun, bool *zero,
                      struct buf *out) {
  for (size_t i = 0; i < group.n; i++) {
    size_t digit = (size_t)(group.p[i] - '0'), place = group.n - 1 - i;
    if (digit == 0) {
      *zero = *begun;
      continue;
    }
    if (*zero) buf_puts(out, style->digits[0]);
    if (*begun || !style->short_ten || digit != 1 || place != 1)
      buf_puts(out, style->digits[digit]);
    buf_puts(out, style->places[place]);
    *begun = true;
    *zero = false;
  }
}

/* Whole number without zeros in front. */
static void put_whole(const struct style *style, str whole, struct buf *out) {
  static const char *const units[] = {"", "万", "亿", "万"};
  size_t groups = (whole.n + 3) / 4;
  bool begun = false, zero = false, above = false; /* above: something was put before 亿 */
  for (size_t g = groups, at = 0; g-- > 0;) {
    size_t n = whole.n - at - 4 * g;
    str group = str_sub(whole, at, at + n);
    at += n;
    bool empty = all_zero(group);
    put_group(style, group, &begun, &zero, out);
    above = above || (g >= 2 && !empty);
    if (!empty || (g == 2 && above)) {
      buf_puts(out, units[g]);
      zero = false;
    }
  }
}

bool hanzi_number(str decimal, struct buf *out) {
  struct decimal d;
  if (!split(decimal, &d)) return false;
  if (d.negative && !(d.whole.n == 0 && all_zero(d.fraction))) buf_puts(out, "负");
  if (d.whole.n == 0) buf_puts(out, common.digits[0]);
  put_whole(&common, d.whole, out);
  if (d.fraction.n != 0) buf_puts(out, "点");
  for (size_t i = 0; i < d.fraction.n; i++)
    buf_puts(out, common.digits[d.fraction.p[i] - '0']);
  return !out->failed;
}

/* 元位 0 before 角 gives a 零, as 角位 0 before 分 does. */
static void put_cents(const struct decimal *d, size_t jiao, size_t fen, struct buf *out) {
  bool whole = d->whole.n != 0;
  if (jiao == 0 && fen == 0) {
    buf_puts(out, "整");
    return;
  }
  if (whole && (jiao == 0 || d->whole.p[d->whole.n - 1] == '0')) buf_puts(out, bills.digits[0]);
  if (jiao != 0) {
    buf_puts(out, bills.digits[jiao]);
    buf_puts(out, "角");
  }
  if (fen != 0) {
    buf_puts(out, bills.digits[fen]);
    buf_puts(out, "分");
  } else {
    buf_puts(out, "整");
  }
}

bool hanzi_amount(str decimal, struct buf *out) {
  struct decimal d;
  if (!split(decimal, &d) || !all_zero(str_sub(d.fraction, 2, d.fraction.n))) return false;
  size_t jiao = d.fraction.n > 0 ? (size_t)(d.fraction.p[0] - '0') : 0;
  size_t fen = d.fraction.n > 1 ? (size_t)(d.fraction.p[1] - '0') : 0;
  bool nothing = d.whole.n == 0 && jiao == 0 && fen == 0;
  if (d.negative && !nothing) buf_puts(out, "负");
  if (nothing) buf_puts(out, bills.digits[0]);
  put_whole(&bills, d.whole, out);
  if (d.whole.n != 0 || nothing) buf_puts(out, "元");
  put_cents(&d, jiao, fen, out);
  return !out->failed;
}

static void put_small(int v, struct buf *out) {
  char digits[2] = {(char)('0' + v / 10 % 10), (char)('0' + v % 10)};
  put_whole(&common, v < 10 ? (str){digits + 1, 1} : (str){digits, 2}, out);
}

void hanzi_date(struct date d, struct buf *out) {
  for (int scale = 1000; scale > 0; scale /= 10) {
    int digit = d.year / scale % 10;
    buf_puts(out, digit == 0 ? "〇" : common.digits[digit]);
  }
  buf_puts(out, "年");
  put_small(d.month, out);
  buf_puts(out, "月");
  put_small(d.day, out);
  buf_puts(out, "日");
}
