/* Values: truth, the number in a text, members, and lists read in slices.
 *
 * The sources (data/) make values; what is calculated with them is the business of expr/.  What
 * counts as a number in text stands here and in value/num.c alone.
 *
 * Invariant: a number is read from the text when it is asked for, and never kept.
 */
#include "value/val.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "value/unit.h"

/* ---- 4000多, 约300人, ≥50: a number with words around it ---- */

enum { APPROX_MOST = 96 }; /* bytes; longer text is prose */

struct word {
  unsigned char n; /* bytes */
  const char *p;
};

#define WORD(literal) {sizeof(literal) - 1, literal}

/* Longer words before their own beginnings. */
static const struct word before_words[] = {
    WORD("不少于"), WORD("不低于"), WORD("不超过"), WORD("不高于"), WORD("不多于"), WORD("不大于"),
    WORD("不小于"), WORD("不足"),   WORD("不到"),   WORD("超过"),   WORD("大约"),   WORD("约为"),
    WORD("约"),     WORD("接近"),   WORD("将近"),   WORD("近"),     WORD("超"),     WORD("至少"),
    WORD("至多"),   WORD("最多"),   WORD("最少"),   WORD("大于"),   WORD("小于"),   WORD("高于"),
    WORD("低于"),   WORD("多于"),   WORD("少于"),   WORD("≥"),      WORD("≤"),      WORD("≧"),
    WORD("≦"),      WORD("≈"),      WORD("＞"),     WORD("＜"),     WORD(">="),     WORD("<="),
    WORD(">"),      WORD("<"),      {0, NULL}};

static const struct word after_words[] = {
    WORD("及以上"), WORD("及以下"), WORD("以上"), WORD("以下"), WORD("以内"),
    WORD("之内"),   WORD("左右"),   WORD("上下"), WORD("之多"), WORD("有余"),
    WORD("余"),     WORD("多"),     WORD("来"),   WORD("+"),    WORD("＋"),
    {0, NULL}};

/* Every text of the data comes here, so the first byte is looked at before all of them. */
static bool take_word(str *s, const struct word *w) {
  if (s->n == 0) return false;
  for (; w->p != NULL; w++) {
    if (s->p[0] != w->p[0] || !str_starts(*s, (str){w->p, w->n})) continue;
    *s = utf8_trim(str_sub(*s, w->n, s->n));
    return true;
  }
  return false;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t number_length(str s) {
  size_t n = 0;
  while (n < s.n && (is_digit(s.p[n]) || s.p[n] == ',' || s.p[n] == '.')) n++;
  if (n > 0 && str_starts(str_sub(s, n, s.n), STR("%"))) return n + 1;
  if (n > 0 && str_starts(str_sub(s, n, s.n), STR("％"))) return n + strlen("％");
  return n;
}

static bool has_digit(str s) {
  for (size_t i = 0; i < s.n; i++)
    if (is_digit(s.p[i])) return true;
  return false;
}

/* 4000多, 约300人, ≥50, 95%以上: a number with words that make it inexact; `number` is the text
 * of the number, `unit` the canonical unit word behind it, or empty. */
static bool read_approx(str text, str *number, str *unit) {
  *unit = STR_NONE;
  if (text.n > APPROX_MOST || !has_digit(text)) return false;
  str s = utf8_trim(text);
  bool words = take_word(&s, before_words);
  size_t n = number_length(s);
  if (n == 0) return false;
  if (!words && n == s.n) return false; /* a number and nothing else */
  *number = str_sub(s, 0, n);
  s = utf8_trim(str_sub(s, n, s.n));
  if (take_word(&s, after_words)) words = true;
  const struct unit *u = unit_at_start(s, &n);
  if (u != NULL) {
    *unit = str_of(u->name);
    s = utf8_trim(str_sub(s, n, s.n));
    if (take_word(&s, after_words)) words = true;
  }
  return words && s.n == 0 && num_printed(*number, false, NULL, NULL) == NUM_OK;
}

/* ---- numbers and truth ---- */

/* The text that is the value's number; a number whose own unit is not that of its key would be
 * read in the wrong size, so it is none. */
static bool number_text(const struct val *v, str *number) {
  str unit;
  if (v->kind != VAL_NUMBER && v->kind != VAL_TEXT) return false;
  if (v->number.n > 0) {
    *number = v->number;
    return v->kind == VAL_NUMBER; /* a date is no number, whatever it looks like */
  }
  if (v->kind == VAL_TEXT && !v->exact)
    return read_approx(v->text, number, &unit) &&
           (unit.n == 0 || v->unit.n == 0 || str_eq(unit, v->unit));
  *number = v->kind == VAL_TEXT ? utf8_trim(v->text) : v->text;
  return true;
}

/* Under a name in % the figure 95.10% counts as 95.10, like one without the sign. */
static bool counts_percent(const struct val *v) {
  return str_is(v->unit, "%") && (str_find(v->text, STR("%"), 0) != STR_NOT_FOUND ||
                                  str_find(v->text, STR("％"), 0) != STR_NOT_FOUND);
}

bool val_num(const struct val *v, struct num *x) {
  str number;
  if (!number_text(v, &number) || num_parse(x, number, false) != NUM_OK) return false;
  if (counts_percent(v)) num_hundredfold(x);
  return true;
}

bool val_has_num(const struct val *v) {
  str number;
  return number_text(v, &number) && num_printed(number, false, NULL, NULL) == NUM_OK;
}

/* Is it a number equal to 0? Its digits say so. */
static bool is_zero(str s) {
  if (num_printed(s, false, NULL, NULL) != NUM_OK) return false;
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] >= '1' && s.p[i] <= '9') return false;
  return true;
}

bool val_true(const struct val *v) {
  switch (v->kind) {
  case VAL_MISSING:
  case VAL_NULL:
    return false;
  case VAL_BOOL:
    return v->truth;
  case VAL_NUMBER:
    return !is_zero(v->number.n > 0 ? v->number : v->text);
  case VAL_TEXT:
    if (v->text.n == 0 || str_is(v->text, "否")) return false;
    return !v->exact || v->number.n > 0 || !is_zero(utf8_trim(v->text));
  case VAL_LIST:
    return v->list.n > 0;
  case VAL_OBJECT:
  case VAL_ERROR:
    return true;
  }
  return false;
}

bool val_none(const struct val *v, bool empty) {
  if (v->kind == VAL_MISSING || v->kind == VAL_NULL) return true;
  if (!empty) return false;
  return (v->kind == VAL_TEXT && v->text.n == 0) || (v->kind == VAL_LIST && v->list.n == 0);
}

void val_origin(const struct val *v, struct arena *a, struct origin *out) {
  *out = (struct origin){0};
  if (v->source != NULL) v->source->place(v->source, v->at, a, out);
}

str val_file(const struct val *v, struct arena *a) {
  struct origin o;
  if (v->source != NULL && v->source->file.n != 0) return v->source->file;
  val_origin(v, a, &o);
  return o.file;
}

struct val val_text(str text) {
  str number, unit;
  struct val v = {.kind = VAL_TEXT, .text = text};
  v.exact = !read_approx(text, &number, &unit);
  return v;
}

struct val val_bool(bool truth) {
  return (struct val){.kind = VAL_BOOL, .truth = truth, .exact = true};
}

static int by_key(const void *a, const void *b) {
  const struct val_member *x = a, *y = b;
  return (x->key > y->key) - (x->key < y->key);
}

/* Members are mostly sorted already, for ids count up as keys are met. */
static void sort_members(struct val_member *m, size_t n) {
  for (size_t i = 1; i < n; i++)
    if (m[i - 1].key > m[i].key) {
      qsort(m, n, sizeof *m, by_key);
      return;
    }
}

bool val_set_object(struct val *out, struct val_member *m, size_t n, struct arena *a) {
  struct val_object *o = ARENA_NEW(a, struct val_object);
  if (o == NULL) return false;
  sort_members(m, n);
  *o = (struct val_object){n, m};
  out->kind = VAL_OBJECT;
  out->object = o;
  return true;
}

const struct val *val_member(const struct val *object, uint32_t key) {
  if (object->kind != VAL_OBJECT || object->object == NULL) return NULL;
  const struct val_member *m = object->object->members;
  size_t low = 0, high = object->object->n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (m[mid].key == key) return &m[mid].v;
    if (m[mid].key < key)
      low = mid + 1;
    else
      high = mid;
  }
  return NULL;
}

static bool copy_list(struct val *v, struct arena *a) {
  struct val *items = ARENA_ARRAY(a, v->list.n, struct val);
  bool ok = items != NULL;
  for (size_t i = 0; ok && i < v->list.n; i++) ok = val_copy(&items[i], &v->list.items[i], a);
  v->list.items = items;
  return ok;
}

static bool copy_object(struct val *v, struct arena *a) {
  struct val_object *o = ARENA_NEW(a, struct val_object);
  struct val_member *m = ARENA_ARRAY(a, v->object->n, struct val_member);
  if (o == NULL || m == NULL) return false;
  *o = (struct val_object){.n = v->object->n, .members = m};
  bool ok = true;
  for (size_t i = 0; ok && i < o->n; i++) {
    m[i].key = v->object->members[i].key;
    ok = val_copy(&m[i].v, &v->object->members[i].v, a);
  }
  v->object = o;
  return ok;
}

bool val_copy(struct val *to, const struct val *from, struct arena *a) {
  *to = *from;
  if (from->kind == VAL_LIST && from->list.items != NULL && from->list.n != 0)
    return copy_list(to, a);
  if (from->kind == VAL_OBJECT && from->object != NULL && from->object->n != 0)
    return copy_object(to, a);
  if (from->text.n == 0) return true;
  to->text = arena_dup(a, from->text);
  return to->text.p != NULL;
}

/* ---- cursors ---- */

void cursor_init(struct cursor *c, const struct val *list) {
  *c = (struct cursor){.list = list};
  if (list->kind != VAL_LIST) return;
  if (list->list.items == NULL && list->list.lazy != NULL) {
    c->arena = arena_new(0);
    return;
  }
  c->items = list->list.items;
  c->count = list->list.n;
}

void cursor_free(struct cursor *c) {
  if (c->arena != NULL) arena_free(c->arena);
  *c = (struct cursor){0};
}

const struct val *cursor_at(struct cursor *c, size_t i, struct findings *fs) {
  if (i >= c->first && i - c->first < c->count) return &c->items[i - c->first];
  if (c->list->kind != VAL_LIST || i >= c->list->list.n || c->list->list.lazy == NULL) {
    finding(fs, CODE_INTERNAL, NULL, NULL, STR("a list was read beyond its end"));
    return NULL;
  }
  if (c->arena == NULL) {
    findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
    return NULL;
  }
  struct val_lazy *lazy = c->list->list.lazy;
  size_t first = 0, count = 0;
  const struct val *items = NULL;
  c->count = 0; /* what was loaded is gone, also when this fails */
  arena_reset(c->arena);
  if (!lazy->load(lazy, i, c->arena, &items, &first, &count, fs)) return NULL;
  c->items = items;
  c->first = first;
  c->count = count;
  return &items[i - first];
}
