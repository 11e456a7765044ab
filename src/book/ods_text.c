/* What OpenDocument says about blanks, and durations as fractions of days. */
#include "book/ods_text.h"

void ods_text_clear(struct ods_text *t) {
  buf_clear(&t->out);
  t->blank = true;
}

void ods_text_paragraph(struct ods_text *t, bool another) {
  if (another) buf_putc(&t->out, '\n');
  t->blank = true;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void ods_text_put(struct ods_text *t, str s) {
  for (size_t at = 0; at < s.n;) {
    size_t from = at;
    while (at < s.n && !is_blank(s.p[at])) at++;
    if (at > from) {
      buf_put(&t->out, str_sub(s, from, at));
      t->blank = false;
    }
    for (; at < s.n && is_blank(s.p[at]); at++)
      if (!t->blank) {
        buf_putc(&t->out, ' ');
        t->blank = true;
      }
  }
}

void ods_text_blanks(struct ods_text *t, size_t n) {
  while (n-- > 0 && buf_putc(&t->out, ' ')) {
  }
  t->blank = false;
}

void ods_text_mark(struct ods_text *t, char c) {
  buf_putc(&t->out, c);
  t->blank = false;
}

/* ---- durations ---- */

enum { MOST_MS = 2000000000 };

/* A number with up to three decimals, in thousandths; the letter behind it. */
static bool read_part(str s, size_t *at, int64_t *v, char *unit) {
  size_t from = *at;
  int64_t scale = 1000;
  *v = 0;
  for (; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; ++*at) {
    *v = *v * 10 + (s.p[*at] - '0');
    if (*v > MOST_MS) return false;
  }
  *v *= 1000;
  if (*at == from || *at >= s.n) return false;
  if (s.p[*at] == '.')
    for (++*at; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; ++*at)
      *v += (s.p[*at] - '0') * (scale /= 10);
  if (*at >= s.n) return false;
  *unit = s.p[(*at)++];
  return true;
}

static bool read_duration(str s, int64_t *ms) {
  bool time = false;
  *ms = 0;
  size_t at = 1;
  if (s.n < 3 || s.p[0] != 'P') return false;
  while (at < s.n) {
    int64_t v;
    char unit;
    if (s.p[at] == 'T' && !time) {
      time = true;
      at++;
      continue;
    }
    if (!read_part(s, &at, &v, &unit)) return false;
    if (unit == 'D' && !time)
      *ms += v * 86400;
    else if (unit == 'H' && time)
      *ms += v * 3600;
    else if (unit == 'M' && time)
      *ms += v * 60;
    else if (unit == 'S' && time)
      *ms += v;
    else
      return false;
  }
  return true;
}

bool ods_days(str s, struct decimal *d) {
  enum { DAY_MS = 86400000, DECIMALS = 20 };
  int64_t ms;
  bool negative = str_starts(s, STR("-"));
  if (!read_duration(str_sub(s, negative, s.n), &ms)) return false;
  struct buf text;
  buf_init(&text, 0);
  if (negative) buf_putc(&text, '-');
  buf_put_u64(&text, (uint64_t)(ms / DAY_MS));
  buf_putc(&text, '.');
  int64_t rest = ms % DAY_MS;
  for (int i = 0; i < DECIMALS; i++, rest %= DAY_MS)
    buf_putc(&text, (char)('0' + (rest *= 10) / DAY_MS));
  bool ok = decimal_read(buf_str(&text), d);
  buf_free(&text);
  return ok;
}
