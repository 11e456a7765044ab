/* What was left standing from the year before.
 *
 * Of last year's record a table is made of what is worth comparing; this year's record is compared with
 * it name by name, sentences and the text of the template wherever they stand.  Long lists, which are read
 * in slices, are passed over.
 * Invariant: whole numbers and short words are never told; too many of them stay the same.
 */
#include "check/lastyear.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "render/keys.h"
#include "value/date.h"

enum { LONG = 15 /* characters of a sentence */, MOST_TOLD = 50, MOST_KEPT = 50000 };

/* What is told of one kind. */
enum told { TOLD_SAME, TOLD_SENTENCE, TOLD_TYPED, TOLDS };

struct lastyear {
  uint32_t last_id, key;
  const struct val *root, *last; /* last NULL: no year before */
  struct arena *arena;           /* of the record */
  struct keys keys;              /* text → index of its value */
  const struct val **vals;
  size_t n, cap;
  struct findings *found;
  unsigned told[TOLDS];
};

/* ---- what is worth comparing ---- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* 12.50 or 95.1%, but neither 12 nor 0.00 */
static bool is_decimal(str s) {
  size_t dots = 0, digits = 0;
  bool any = false;
  if (str_ends(s, STR("%"))) s.n--;
  for (size_t i = s.n != 0 && s.p[0] == '-' ? 1 : 0; i < s.n; i++) {
    if (s.p[i] == '.')
      dots++;
    else if (!is_digit(s.p[i]) && s.p[i] != ',')
      return false;
    digits += is_digit(s.p[i]);
    any = any || (s.p[i] >= '1' && s.p[i] <= '9');
  }
  return dots == 1 && digits > 1 && any;
}

/* A date with its year, in the one form that is compared. */
static bool read_date(str s, struct arena *a, str *out) {
  struct date d;
  bool exists = false;
  struct buf b;
  if (s.n < 8 || !is_digit(s.p[0]) || !date_parse(s, false, &d, &exists) || !exists) return false;
  buf_init(&b, 0);
  buf_put_u64(&b, (uint64_t)d.year);
  buf_putc(&b, '/');
  buf_put_u64(&b, (uint64_t)d.month);
  buf_putc(&b, '/');
  buf_put_u64(&b, (uint64_t)d.day);
  *out = arena_dup(a, buf_str(&b));
  buf_free(&b);
  return out->p != NULL;
}

/* The next sentence of a text, without its end; *at moves behind it. */
static str next_sentence(str s, size_t *at) {
  size_t from = *at, end = s.n;
  for (size_t i = from; i < s.n;) {
    size_t begin = i;
    uint32_t cp = utf8_next(s, &i);
    if (cp != 0x3002 && cp != 0xFF1B && cp != 0xFF01 && cp != 0xFF1F && cp != '\n') continue;
    end = begin;
    *at = i;
    return utf8_trim(str_sub(s, from, end));
  }
  *at = s.n;
  return utf8_trim(str_sub(s, from, end));
}

static bool is_long(str s) { return utf8_length(s) >= LONG; }

/* ---- last year's ---- */

static void keep(struct lastyear *l, str text, const struct val *v) {
  uint32_t at;
  if (l->n >= MOST_KEPT || keys_find(&l->keys, text, &at)) return;
  const struct val **slot = arena_grow(l->arena, l->vals, &l->n, &l->cap, sizeof *slot);
  if (slot == NULL) return;
  l->vals = slot - (l->n - 1);
  *slot = v;
  keys_add(&l->keys, l->arena, text, (uint32_t)(l->n - 1));
}

static const struct val *find(const struct lastyear *l, str text) {
  uint32_t at;
  return keys_find(&l->keys, text, &at) ? l->vals[at] : NULL;
}

static void learn(struct lastyear *l, const struct val *v) {
  str date;
  if (v->kind == VAL_OBJECT)
    for (size_t i = 0; i < v->object->n; i++) learn(l, &v->object->members[i].v);
  for (size_t i = 0; v->kind == VAL_LIST && v->list.items != NULL && i < v->list.n; i++)
    learn(l, &v->list.items[i]);
  if (v->kind != VAL_NUMBER && v->kind != VAL_TEXT) return;
  if (is_decimal(v->text))
    keep(l, v->text, v);
  else if (read_date(val_date_text(v), l->arena, &date))
    keep(l, date, v);
  else
    for (size_t at = 0; at < v->text.n;) {
      str s = next_sentence(v->text, &at);
      if (is_long(s)) keep(l, s, v);
    }
}

/* ---- telling ---- */

static bool may_tell(struct lastyear *l, enum told what) { return ++l->told[what] <= MOST_TOLD; }

/* Where the value of last year stands, with its name. */
static str last_words(struct lastyear *l, const struct val *v, str *name) {
  struct origin o = {.file = STR_NONE};
  val_origin(v, findings_arena(l->found), &o);
  *name = str_starts(o.key, STR("上年.")) ? str_sub(o.key, strlen("上年."), o.key.n) : o.key;
  return finding_origin(l->found, &o);
}

static void tell_value(struct lastyear *l, enum told what, const struct val *v,
                       const struct val *last, str words) {
  static const enum code codes_of[] = {CODE_LAST_SAME, CODE_LAST_SENTENCE};
  struct origin o = {.file = STR_NONE};
  str name;
  if (!may_tell(l, what)) return;
  str where = last_words(l, last, &name);
  val_origin(v, findings_arena(l->found), &o);
  str key = o.key.n != 0 ? o.key : name;
  if (what == TOLD_SAME)
    finding(l->found, codes_of[what], NULL, &o, key, words, where);
  else
    finding(l->found, codes_of[what], NULL, &o, words, where);
}

/* ---- this year's ---- */

static void compare(struct lastyear *l, const struct val *v, const struct val *last);

static void compare_text(struct lastyear *l, const struct val *v, const struct val *last) {
  str now, then;
  if (is_decimal(v->text)) {
    if (last != NULL && str_eq(v->text, last->text)) tell_value(l, TOLD_SAME, v, last, v->text);
    return;
  }
  if (read_date(val_date_text(v), l->arena, &now)) {
    if (last != NULL && last->kind == VAL_TEXT && read_date(val_date_text(last), l->arena, &then) &&
        str_eq(now, then))
      tell_value(l, TOLD_SAME, v, last, v->text);
    return;
  }
  for (size_t at = 0; at < v->text.n;) {
    str s = next_sentence(v->text, &at);
    const struct val *same = is_long(s) ? find(l, s) : NULL;
    if (same != NULL) tell_value(l, TOLD_SENTENCE, v, same, s);
  }
}

static void compare_object(struct lastyear *l, const struct val *v, const struct val *last) {
  for (size_t i = 0; i < v->object->n; i++) {
    const struct val_member *m = &v->object->members[i];
    if (v == l->root && m->key == l->last_id) continue;
    bool both = last != NULL && last->kind == VAL_OBJECT;
    compare(l, &m->v, both ? val_member(last, m->key) : NULL);
  }
}

static void compare(struct lastyear *l, const struct val *v, const struct val *last) {
  if (v->kind == VAL_OBJECT) compare_object(l, v, last);
  for (size_t i = 0; v->kind == VAL_LIST && v->list.items != NULL && i < v->list.n; i++) {
    bool both = last != NULL && last->kind == VAL_LIST && last->list.items != NULL;
    compare(l, &v->list.items[i], both && i < last->list.n ? &last->list.items[i] : NULL);
  }
  if (v->kind == VAL_NUMBER || v->kind == VAL_TEXT) compare_text(l, v, last);
}

/* ---- the text of the template ---- */

static void tell_typed(struct lastyear *l, const struct shown_paragraph *p, str piece, size_t from,
                       size_t to, const struct val *v) {
  struct place place = *p->typed;
  str name;
  if (!may_tell(l, TOLD_TYPED)) return;
  place.before = str_sub(piece, 0, from);
  place.tag = str_sub(piece, from, to);
  place.after = str_sub(piece, to, piece.n);
  str where = last_words(l, v, &name);
  finding(l->found, CODE_LAST_TYPED, &place, NULL, place.tag, name, where);
}

/* 2022年6月30日 or 12.50, at a digit; where it ends. */
static size_t look_number(struct lastyear *l, const struct shown_paragraph *p, str s, size_t from) {
  size_t to = from;
  str date;
  while (to < s.n && (is_digit(s.p[to]) || ((s.p[to] == '.' || s.p[to] == ',') && to + 1 < s.n &&
                                            is_digit(s.p[to + 1]))))
    to++;
  const struct val *v = is_decimal(str_sub(s, from, to)) ? find(l, str_sub(s, from, to)) : NULL;
  if (v != NULL) return tell_typed(l, p, s, from, to, v), to;
  size_t day = str_find(s, STR("日"), to);
  if (day == STR_NOT_FOUND || day - from > 20 || !str_starts(str_sub(s, to, s.n), STR("年")))
    return to;
  day += strlen("日");
  if (!read_date(str_sub(s, from, day), l->arena, &date)) return to;
  if ((v = find(l, date)) != NULL) tell_typed(l, p, s, from, day, v);
  return day;
}

static void look_literal(struct lastyear *l, const struct shown_paragraph *p, str s) {
  for (size_t i = 0; i < s.n;) {
    if (is_digit(s.p[i]))
      i = look_number(l, p, s, i);
    else
      i++;
  }
  for (size_t at = 0; at < s.n;) {
    str sentence = next_sentence(s, &at);
    const struct val *v = is_long(sentence) ? find(l, sentence) : NULL;
    size_t from = (size_t)(sentence.p - s.p);
    if (v != NULL) tell_typed(l, p, s, from, from + sentence.n, v);
  }
}

static bool on_paragraph(void *ctx, const struct shown_paragraph *p) {
  struct lastyear *l = ctx;
  if (l->last == NULL || p->typed == NULL) return true;
  for (size_t i = 0; i < p->n; i++)
    if (p->pieces[i].field == NULL) look_literal(l, p, p->pieces[i].text);
  return true;
}

/* ---- a record ---- */

struct lastyear *lastyear_new(const struct data *d, struct findings *fs) {
  struct lastyear *l = mem_calloc(1, sizeof *l);
  if (l != NULL) {
    l->last_id = data_last(d);
    l->key = data_key(d);
    l->arena = arena_new(0);
    l->found = findings_new();
    if (l->arena != NULL && l->found != NULL) return l;
  }
  lastyear_free(l);
  findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  return NULL;
}

void lastyear_free(struct lastyear *l) {
  if (l == NULL) return;
  findings_free(l->found);
  arena_free(l->arena);
  mem_free(l);
}

struct shown_listener lastyear_listener(struct lastyear *l) {
  return (struct shown_listener){.ctx = l, .paragraph = on_paragraph};
}

void lastyear_begin(struct lastyear *l, const struct val *root) {
  arena_reset(l->arena);
  findings_clear(l->found);
  memset(l->told, 0, sizeof l->told);
  l->keys = (struct keys){.n = 0};
  l->vals = NULL;
  l->n = l->cap = 0;
  l->root = root;
  l->last = root->kind == VAL_OBJECT ? val_member(root, l->last_id) : NULL;
  if (l->last == NULL) {
    const struct val *name = l->key != 0 ? val_member(root, l->key) : NULL;
    finding(l->found, CODE_LAST_NONE, NULL, NULL, name != NULL ? name->text : STR("?"));
    return;
  }
  learn(l, l->last);
  compare(l, root, l->last);
}

void lastyear_end(struct lastyear *l, struct findings *fs) {
  unsigned more = 0;
  findings_append(fs, l->found);
  for (size_t i = 0; i < TOLDS; i++) more += l->told[i] > MOST_TOLD ? l->told[i] - MOST_TOLD : 0;
  if (more != 0) finding(fs, CODE_LEFT_MORE, NULL, NULL, finding_number(fs, more));
}
