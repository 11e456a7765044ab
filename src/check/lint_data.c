/* What is suspicious about the data: a figure in another unit than elsewhere, a text where the other
 * records have a number, figures that nobody uses.
 *
 * Each name of the data has its statistics; values are looked at once and not kept.
 * Invariant: memory grows with the names, not with the records.
 */
#include "check/lint_data.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "expr/refs.h"
#include "template/program.h"
#include "value/date.h"

#define N_(s) (s)

enum { TEXTS = 3, LISTED = 12, FEW = 3 /* a text for so many numbers stands out */ };

struct odd_text {
  str text;
  struct origin origin;
};

/* What is known of one name. */
struct stat {
  const struct name *name;
  bool used, told;
  str unit;
  struct origin unit_at;
  size_t numbers, texts;
  struct odd_text odd[TEXTS];
};

struct lint_data {
  const struct names *names;
  struct arena *arena;
  bool uses;          /* what is used is known */
  struct stat *stats; /* sorted by name */
  size_t n, cap;
  struct findings *fs;
};

/* ---- the names ---- */

static bool gather_names(struct lint_data *l, const struct name *node) {
  for (const struct name *k = node->first; k != NULL; k = k->next) {
    struct stat *s = arena_grow(l->arena, l->stats, &l->n, &l->cap, sizeof *s);
    if (s == NULL) return false;
    l->stats = s - (l->n - 1);
    *s = (struct stat){.name = k};
    if (!gather_names(l, k)) return false;
  }
  return true;
}

static int by_name(const void *x, const void *y) {
  uintptr_t a = (uintptr_t)((const struct stat *)x)->name;
  uintptr_t b = (uintptr_t)((const struct stat *)y)->name;
  return (a > b) - (a < b);
}

static struct stat *stat_of(const struct lint_data *l, const struct name *name) {
  struct stat key = {.name = name};
  return l->n != 0 ? bsearch(&key, l->stats, l->n, sizeof key, by_name) : NULL;
}

/* A name that is used uses those that lead to it. */
static void use(void *ctx, const struct ref *r, bool guarded) {
  (void)guarded;
  for (const struct name *n = r->name; n != NULL; n = n->parent) {
    struct stat *s = stat_of(ctx, n);
    if (s != NULL) s->used = true;
  }
}

static void use_all(void *ctx, const struct expr *e, const struct place *place) {
  (void)place;
  expr_refs(e, ctx, use);
}

struct lint_data *lint_data_new(const struct names *ns, const struct template *t,
                                const struct rules *r) {
  struct lint_data *l = mem_calloc(1, sizeof *l);
  if (l == NULL) return NULL;
  l->names = ns;
  l->arena = arena_new(0);
  if (l->arena == NULL || !gather_names(l, names_root(ns))) {
    lint_data_free(l);
    return NULL;
  }
  if (l->n != 0) qsort(l->stats, l->n, sizeof *l->stats, by_name);
  l->uses = t != NULL;
  if (t != NULL) template_expressions(t, l, use_all);
  if (r != NULL) rules_expressions(r, l, use_all);
  return l;
}

void lint_data_free(struct lint_data *l) {
  if (l == NULL) return;
  arena_free(l->arena);
  mem_free(l);
}

/* ---- values ---- */

static struct origin keep_origin(struct lint_data *l, const struct val *v) {
  struct origin o = {.file = STR_NONE};
  val_origin(v, l->arena, &o);
  o.file = arena_dup(l->arena, o.file);
  return o;
}

static void look_at_unit(struct lint_data *l, struct stat *s, const struct val *v) {
  if (v->unit.n == 0 || s->told) return;
  if (s->unit.n == 0) {
    s->unit = v->unit;
    s->unit_at = keep_origin(l, v);
  } else if (!str_eq(s->unit, v->unit)) {
    struct origin here = keep_origin(l, v);
    here.key = STR_NONE;
    s->told = true;
    finding(l->fs, CODE_UNITS_DIFFER, NULL, &here, s->name->shown, v->unit, s->unit,
            finding_origin(l->fs, &s->unit_at));
  }
}

/* What stands where there is nothing. */
static bool is_nothing(str s) {
  static const char *const words[] = {"", "无", "/", "-", "—", "——", "－", "*", "不适用", "没有"};
  s = utf8_trim(s);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_is(s, words[i])) return true;
  return false;
}

static void look_at_kind(struct lint_data *l, struct stat *s, const struct val *v) {
  struct date d;
  bool exists;
  if (v->kind == VAL_NUMBER || (v->kind == VAL_TEXT && val_has_num(v))) {
    s->numbers++;
  } else if (v->kind == VAL_TEXT && !is_nothing(v->text) &&
             !date_parse(val_date_text(v), false, &d, &exists)) {
    if (s->texts < TEXTS)
      s->odd[s->texts] = (struct odd_text){arena_dup(l->arena, v->text), keep_origin(l, v)};
    s->texts++;
  }
}

static bool look(struct lint_data *l, const struct name *node, const struct val *v, bool in_list);

/* The items of a list of all records (--all-as) are records. */
static bool look_at_list(struct lint_data *l, const struct name *node, const struct val *v) {
  struct cursor c;
  bool ok = true, in_list = node != names_gathered(l->names);
  cursor_init(&c, v);
  for (size_t i = 0; ok && i < v->list.n; i++) {
    const struct val *item = cursor_at(&c, i, l->fs);
    ok = item != NULL && look(l, node, item, in_list);
  }
  cursor_free(&c);
  return ok;
}

static bool look_at_object(struct lint_data *l, const struct name *node, const struct val *v,
                           bool in_list) {
  bool ok = true;
  for (size_t i = 0; i < v->object->n; i++) {
    const struct val_member *m = &v->object->members[i];
    const struct name *child = names_child_id(l->names, node, m->key);
    ok = (child == NULL || look(l, child, &m->v, in_list)) && ok;
  }
  return ok;
}

static bool look(struct lint_data *l, const struct name *node, const struct val *v, bool in_list) {
  if (v->kind == VAL_LIST) return look_at_list(l, node, v);
  if (v->kind == VAL_OBJECT) return look_at_object(l, node, v, in_list);
  struct stat *s = stat_of(l, node);
  if (s == NULL) return true;
  look_at_unit(l, s, v);
  if (!in_list) look_at_kind(l, s, v);
  return true;
}

bool lint_data_add(struct lint_data *l, const struct val *root, struct findings *fs) {
  l->fs = fs;
  return look(l, names_root(l->names), root, false);
}

/* ---- behind the last record ---- */

static void tell_odd(const struct stat *s, struct findings *fs) {
  for (size_t i = 0; i < s->texts && i < TEXTS; i++) {
    struct origin o = s->odd[i].origin;
    o.key = STR_NONE;
    finding(fs, CODE_TEXT_AMONG, NULL, &o, s->name->shown, s->odd[i].text);
  }
}

static void tell_stats(struct lint_data *l, const struct name *node, struct findings *fs) {
  for (const struct name *k = node->first; k != NULL; k = k->next) {
    const struct stat *s = stat_of(l, k);
    bool stands_out = s->texts > 0 && s->texts * FEW <= s->numbers;
    if (stands_out && (s->used || !l->uses)) tell_odd(s, fs);
    tell_stats(l, k, fs);
  }
}

struct unused {
  uint32_t key, last; /* names that are not meant */
  struct buf list;
  size_t n;
};

/* Of what is not used as a whole, its parts are not told.  What a list of all records does not use is
 * for the reports of the records themselves. */
static void list_unused(struct lint_data *l, const struct name *node, struct unused *u) {
  for (const struct name *k = node->first; k != NULL; k = k->next) {
    bool last = u->last != 0 && k->id == u->last && node == names_root(l->names);
    if (k->id == u->key || last || k->made) continue;
    if (stat_of(l, k)->used) {
      if (k != names_gathered(l->names)) list_unused(l, k, u);
      continue;
    }
    u->n++;
    if (u->n > LISTED) continue;
    if (u->n > 1) buf_puts(&u->list, "、");
    if (node->parent != NULL || node->key.n != 0) {
      buf_put(&u->list, node->shown);
      buf_putc(&u->list, '.');
    }
    buf_put(&u->list, k->shown);
  }
}

void lint_data_end(struct lint_data *l, uint32_t key, uint32_t last, struct findings *fs) {
  struct unused u = {.key = key, .last = last};
  tell_stats(l, names_root(l->names), fs);
  if (!l->uses) return;
  buf_init(&u.list, 0);
  list_unused(l, names_root(l->names), &u);
  if (u.n > LISTED) buf_puts(&u.list, "…");
  if (u.n > 0) finding(fs, CODE_DATA_UNUSED, NULL, NULL, finding_number(fs, u.n), buf_str(&u.list));
  buf_free(&u.list);
}
