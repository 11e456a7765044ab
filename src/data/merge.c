/* Two records of one township become one.
 *
 * Later sources fill what earlier ones lack.  Values are compared as what they are: numbers as
 * numbers (191.70 is 191.7), dates as dates, all else as it is written.
 * Invariant: nothing is overwritten; a value that nobody wrote (the list of a table in which the
 * township has no row) gives way to one that has a place.
 */
#include "data/merge.h"

#include "base/utf8.h"
#include "data/layout.h"
#include "data/names.h"
#include "value/date.h"
#include "value/unit.h"

#define N_(s) (s)

static bool no_memory(const struct merge *m) {
  return m->fs == NULL ? false : findings_add(m->fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* ---- are they the same? ---- */

static bool is_scalar(const struct val *v) { return v->kind == VAL_TEXT || v->kind == VAL_NUMBER; }

/* A code such as 007, whose zeros count. */
static bool is_code(const struct val *v) {
  str s = v->text;
  return v->kind == VAL_TEXT && s.n > 1 && s.p[0] == '0' && s.p[1] >= '0' && s.p[1] <= '9';
}

static bool same_number(const struct val *a, const struct val *b, bool *same) {
  struct num x, y;
  if (!a->exact || !b->exact || is_code(a) || is_code(b)) return false;
  num_init(&x);
  num_init(&y);
  bool both = val_num(a, &x) && val_num(b, &y);
  *same = both && num_cmp(&x, &y) == 0;
  num_free(&x);
  num_free(&y);
  return both;
}

static bool same_scalar(const struct val *a, const struct val *b) {
  struct date x, y;
  bool exists, same;
  if (same_number(a, b, &same)) return same;
  if (date_parse(val_date_text(a), false, &x, &exists) &&
      date_parse(val_date_text(b), false, &y, &exists))
    return date_cmp(x, y) == 0;
  return str_eq(utf8_trim(a->text), utf8_trim(b->text));
}

/* Is one of the units that of the money in a table, and the other none of money? */
static bool other_kind(const struct val *a, const struct val *b) {
  const struct unit *x = unit_find(a->unit), *y = unit_find(b->unit);
  if (!a->above && !b->above) return false;
  return x == NULL || y == NULL || strcmp(x->dimension, y->dimension) != 0;
}

static bool same_value(const struct merge *m, const struct val *a, const struct val *b);

static bool same_list(const struct merge *m, const struct val *a, const struct val *b) {
  struct cursor x, y;
  if (a->list.n != b->list.n) return false;
  struct findings *own = findings_new();
  cursor_init(&x, a);
  cursor_init(&y, b);
  bool same = own != NULL;
  for (size_t i = 0; same && i < a->list.n; i++) {
    const struct val *p = cursor_at(&x, i, own), *q = cursor_at(&y, i, own);
    same = p != NULL && q != NULL && same_value(m, p, q);
  }
  cursor_free(&x);
  cursor_free(&y);
  findings_free(own);
  return same;
}

static bool same_object(const struct merge *m, const struct val *a, const struct val *b) {
  size_t n = 0;
  for (size_t i = 0; i < a->object->n; i++) {
    const struct val_member *p = &a->object->members[i];
    const struct val *q = val_member(b, p->key);
    if (q != NULL) n++;
    if (q == NULL ? p->key != m->key && !val_none(&p->v, false)
                  : p->key != m->key && !same_value(m, &p->v, q))
      return false;
  }
  for (size_t i = 0; i < b->object->n && n < b->object->n; i++) {
    const struct val_member *q = &b->object->members[i];
    if (q->key != m->key && val_member(a, q->key) == NULL && !val_none(&q->v, false)) return false;
  }
  return true;
}

static bool same_value(const struct merge *m, const struct val *a, const struct val *b) {
  if (val_none(a, false) && val_none(b, false)) return true;
  if (a->unit.n != 0 && b->unit.n != 0 && !str_eq(a->unit, b->unit) && !other_kind(a, b))
    return false;
  if (is_scalar(a) && is_scalar(b)) return same_scalar(a, b);
  if (a->kind != b->kind) return false;
  switch (a->kind) {
  case VAL_BOOL: return a->truth == b->truth;
  case VAL_LIST: return same_list(m, a, b);
  case VAL_OBJECT: return same_object(m, a, b);
  default: return str_eq(a->text, b->text);
  }
}

/* ---- what contradicts ---- */

static str shown(const struct merge *m, const struct val *v) {
  struct arena *a = findings_arena(m->fs);
  switch (v->kind) {
  case VAL_LIST: return STR(N_("another list"));
  case VAL_OBJECT: return STR(N_("an object"));
  case VAL_BOOL: return v->truth ? STR("是") : STR("否");
  default: return arena_join(a, (str[]){v->text, v->unit}, 2);
  }
}

static bool conflict(const struct merge *m, const struct val *a, const struct val *b) {
  if (m->fs == NULL) return true;
  struct origin first = {.file = STR_NONE}, here = {.file = STR_NONE};
  val_origin(a, findings_arena(m->fs), &first);
  val_origin(b, findings_arena(m->fs), &here);
  here.key = STR_NONE;
  str what = names_key(m->names, b->key);
  if (m->who.n != 0) what = arena_join(findings_arena(m->fs), (str[]){m->who, STR(" "), what}, 3);
  return finding(m->fs, CODE_CONFLICT, NULL, &here, what, shown(m, b), shown(m, a),
                 finding_origin(m->fs, &first));
}

/* ---- merging ---- */

static bool gives_way(const struct val *v) {
  return val_none(v, false) || (v->kind == VAL_LIST && v->list.n == 0 && v->source == NULL);
}

static bool merge_value(const struct merge *m, struct val *to, const struct val *from) {
  if (to->key == m->key && to->key != 0) return true;
  if (gives_way(from)) return true;
  if (gives_way(to)) {
    *to = *from;
    return true;
  }
  if (to->kind == VAL_OBJECT && from->kind == VAL_OBJECT) return merge_objects(m, to, from);
  if (!same_value(m, to, from)) return conflict(m, to, from);
  if (to->unit.n != 0 && !(to->above && from->unit.n != 0)) return true;
  to->unit = from->unit; /* that of its own name, if there is one */
  to->above = from->above;
  return true;
}

/* Both lists of members are sorted by their keys. */
bool merge_objects(const struct merge *m, struct val *to, const struct val *from) {
  const struct val_object *a = to->object, *b = from->object;
  struct val_member *all = ARENA_ARRAY(m->arena, a->n + b->n + 1, struct val_member);
  size_t i = 0, k = 0, n = 0;
  bool ok = true;
  if (all == NULL) return no_memory(m);
  while (i < a->n || k < b->n) {
    bool left = k == b->n || (i < a->n && a->members[i].key <= b->members[k].key);
    bool both = left && k < b->n && a->members[i].key == b->members[k].key;
    all[n] = left ? a->members[i++] : b->members[k++];
    if (both) ok = merge_value(m, &all[n].v, &b->members[k++].v) && ok;
    n++;
  }
  return (val_set_object(to, all, n, m->arena) || no_memory(m)) && ok;
}
