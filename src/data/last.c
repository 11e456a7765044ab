/* Data of the year before, found by township.
 *
 * Townships are compared by their folded names.  A record and its year before are read into one arena.
 * Invariant: of one township there is one record, or the data were refused.
 */
#include "data/last.h"

#include <stdlib.h>

#include "base/fold.h"
#include "base/mem.h"

struct township {
  str name; /* folded */
  size_t record;
};

struct last {
  struct data *data;
  struct arena *arena;
  uint32_t id;
  struct township *items; /* sorted */
  size_t n;
};

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

static int by_name(const void *a, const void *b) {
  const struct township *x = a, *y = b;
  return str_cmp(x->name, y->name);
}

static str township_of(const struct val *root, uint32_t key) {
  const struct val *v = key != 0 && root->kind == VAL_OBJECT ? val_member(root, key) : NULL;
  return v != NULL && (v->kind == VAL_TEXT || v->kind == VAL_NUMBER) ? v->text : STR_NONE;
}

static bool tell_twice(struct last *l, str name, size_t record, struct findings *fs) {
  struct origin o = {.file = STR_NONE};
  data_record_origin(l->data, record, findings_arena(fs), &o);
  return finding(fs, CODE_LAST_TWICE, NULL, &o, name);
}

static bool read_townships(struct last *l, struct findings *fs) {
  uint32_t key = data_key(l->data);
  struct arena *scratch = arena_new(0);
  l->items = ARENA_ARRAY(l->arena, data_count(l->data) + 1, struct township);
  bool ok = (scratch != NULL && l->items != NULL) || no_memory(fs);
  for (size_t i = 0; ok && i < data_count(l->data); i++) {
    struct record rec;
    arena_reset(scratch);
    ok = data_record(l->data, i, scratch, &rec, fs);
    str name = ok ? township_of(&rec.root, key) : STR_NONE;
    if (name.n == 0) continue;
    l->items[l->n++] = (struct township){fold_name(name, l->arena), i};
  }
  arena_free(scratch);
  if (!ok || mem_failed()) return ok ? no_memory(fs) : false;
  qsort(l->items, l->n, sizeof *l->items, by_name);
  for (size_t i = 1; i < l->n; i++)
    if (str_eq(l->items[i].name, l->items[i - 1].name))
      ok = tell_twice(l, l->items[i].name, l->items[i].record, fs);
  return ok;
}

struct last *last_new_take(struct data *d, const struct name *name, struct findings *fs) {
  struct last *l = mem_calloc(1, sizeof *l);
  if (l == NULL) return data_close(d), no_memory(fs), NULL;
  l->data = d;
  l->id = name->id;
  l->arena = arena_new(0);
  if (l->arena == NULL ? no_memory(fs) : read_townships(l, fs)) return l;
  last_free(l);
  return NULL;
}

void last_free(struct last *l) {
  if (l == NULL) return;
  data_close(l->data);
  arena_free(l->arena);
  mem_free(l);
}

uint32_t last_id(const struct last *l) { return l->id; }
const struct data *last_data(const struct last *l) { return l->data; }

/* The object with one member more. */
static bool with_member(struct val *root, uint32_t key, struct val v, struct arena *a) {
  size_t n = root->object->n;
  struct val_member *m = ARENA_ARRAY(a, n + 1, struct val_member);
  if (m == NULL) return false;
  memcpy(m, root->object->members, n * sizeof *m);
  m[n] = (struct val_member){key, v};
  return val_set_object(root, m, n + 1, a);
}

bool last_add(struct last *l, uint32_t key, struct arena *a, struct val *root,
              struct findings *fs) {
  str name = township_of(root, key);
  struct township wanted = {fold_name(name, a), 0};
  const struct township *t =
      name.n != 0 ? bsearch(&wanted, l->items, l->n, sizeof *l->items, by_name) : NULL;
  if (t == NULL) return true;
  struct record rec;
  return data_record(l->data, t->record, a, &rec, fs) &&
         (with_member(root, l->id, rec.root, a) || no_memory(fs));
}
