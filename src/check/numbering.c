/* Numbers typed before headings: 一、（一） 1. （1） ①, each a row of its own.
 *
 * A number that goes on with its row ends the rows that began behind it; so the kinds may nest in any
 * order.  Text in tables has no headings.
 */
#include "base/utf8.h"
#include "check/leftovers_internal.h"

static const char *const han_digits[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九"};

static unsigned take_digit(str *s) {
  for (unsigned i = 0; i < 9; i++) {
    str d = str_of(han_digits[i]);
    if (!str_starts(*s, d)) continue;
    *s = str_sub(*s, d.n, s->n);
    return i + 1;
  }
  return 0;
}

static bool take(str *s, const char *word) {
  if (!str_starts(*s, str_of(word))) return false;
  *s = str_sub(*s, strlen(word), s->n);
  return true;
}

/* 一 … 九十九; 0: none */
static unsigned take_han(str *s) {
  unsigned tens = take_digit(s);
  if (!take(s, "十")) return tens;
  return 10 * (tens != 0 ? tens : 1) + take_digit(s);
}

static unsigned take_arabic(str *s) {
  unsigned v = 0, n = 0;
  for (; n < 3 && n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++)
    v = v * 10 + (unsigned)(s->p[n] - '0');
  *s = str_sub(*s, n, s->n);
  return n <= 2 ? v : 0;
}

static unsigned take_circled(str *s) {
  size_t at = 0;
  uint32_t cp = s->n != 0 ? utf8_next(*s, &at) : 0;
  if (cp < 0x2460 || cp > 0x2473) return 0;
  *s = str_sub(*s, at, s->n);
  return cp - 0x2460 + 1;
}

static bool opens(str *s) { return take(s, "（") || take(s, "("); }
static bool closes(str *s) { return take(s, "）") || take(s, ")"); }

/* Behind 1. no decimal goes on: 3.5万元 is no heading, but 1.2023年 is one. */
static bool dotted(str *s) {
  if (take(s, "、") || take(s, "．")) return true;
  if (!take(s, ".")) return false;
  size_t n = 0;
  while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9') n++;
  return n == 0 || (n == 4 && str_starts(str_sub(*s, n, s->n), STR("年")));
}

/* The number that a paragraph begins with; its kind, or -1. */
static int read_number(str s, unsigned *v, str *shown) {
  int kind = -1;
  s = utf8_trim(s);
  if (take(&s, "附件") && (take(&s, "：") || take(&s, ":"))) s = utf8_trim(s); /* 附件：1. … */
  str all = s;
  if (opens(&s)) {
    if ((*v = take_han(&s)) != 0)
      kind = 1;
    else if ((*v = take_arabic(&s)) != 0)
      kind = 3;
    if (!closes(&s)) return -1;
  } else if ((*v = take_circled(&s)) != 0) {
    kind = 4;
  } else if ((*v = take_han(&s)) != 0) {
    kind = take(&s, "、") ? 0 : -1;
  } else if ((*v = take_arabic(&s)) != 0) {
    kind = dotted(&s) ? 2 : -1;
  }
  *shown = str_sub(all, 0, all.n - s.n);
  return kind;
}

static str number(struct leftovers *l, unsigned v) { return finding_number(l->found, v); }

/* One number is lost, or several. */
static void tell_gap(struct leftovers *l, const struct shown_paragraph *p, str shown,
                     unsigned first, unsigned last) {
  str args[3] = {shown, number(l, first), number(l, last)};
  size_t from = (size_t)(shown.p - p->text.p);
  leftovers_tell(l, p, from, from + shown.n, first == last ? CODE_LEFT_NUMBER : CODE_LEFT_NUMBERS,
                 3, args);
}

void numbering_look(struct leftovers *l, const struct shown_paragraph *p) {
  unsigned v = 0;
  str shown;
  if (p->story != STORY_BODY || p->in_table) return;
  int kind = read_number(p->text, &v, &shown);
  if (kind < 0) return;
  struct numbering *n = &l->numberings[kind];
  if (v > n->last + 1) tell_gap(l, p, shown, n->last + 1, v - 1);
  if (n->last == 0 || v == 1) n->order = ++l->begun;
  n->last = v;
  for (size_t i = 0; i < NUMBERINGS; i++)
    if (l->numberings[i].order > n->order) l->numberings[i].last = 0;
}
