/* The names of the townships in the data, found in texts.
 *
 * Names lie in chains by the hash of their first two characters, the longest first; a bit for each
 * hash lets most places of a text pass at once.
 * Invariant: nothing of a record is kept but its names.
 */
#include "check/townships.h"

#include "base/mem.h"

enum { HEAD = 6, /* bytes of two Chinese characters */ SLOTS = 1 << 12, OWN = 2 };

struct township {
  str name;
  struct township *next; /* not longer, of the same slot */
};

struct townships {
  struct arena *arena;
  uint32_t key, brief; /* ids; 0: the data have none */
  struct township *slots[SLOTS];
  bool any;
  str own[OWN]; /* borrowed from the record */
};

static size_t slot_of(const char *p) {
  uint32_t a, b = 0;
  memcpy(&a, p, 4);
  memcpy(&b, p + 4, 2);
  return ((a ^ (b << 11)) * 2654435761u) >> 20;
}

static bool add(struct townships *ts, str name) {
  if (name.n < HEAD) return true;
  struct township **at = &ts->slots[slot_of(name.p)];
  while (*at != NULL && (*at)->name.n > name.n) at = &(*at)->next;
  for (const struct township *t = *at; t != NULL && t->name.n == name.n; t = t->next)
    if (str_eq(t->name, name)) return true;
  struct township *t = ARENA_NEW(ts->arena, struct township);
  if (t == NULL) return false;
  *t = (struct township){arena_dup(ts->arena, name), *at};
  *at = t;
  ts->any = true;
  return t->name.p != NULL;
}

static str text_of(const struct val *root, uint32_t id) {
  const struct val *v = id != 0 && root->kind == VAL_OBJECT ? val_member(root, id) : NULL;
  return v != NULL && v->kind == VAL_TEXT ? v->text : STR_NONE;
}

static bool read_all(struct townships *ts, struct data *d, struct findings *fs) {
  struct arena *scratch = arena_new(0);
  bool ok = scratch != NULL;
  /* one township has no others */
  for (size_t i = 0; ok && data_count(d) > 1 && i < data_count(d); i++) {
    struct record rec;
    arena_reset(scratch);
    if (!data_record(d, i, scratch, &rec, fs)) return arena_free(scratch), false;
    ok = add(ts, text_of(&rec.root, ts->key)) && add(ts, text_of(&rec.root, ts->brief));
  }
  arena_free(scratch);
  return ok || findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

struct townships *townships_new(struct data *d, struct findings *fs) {
  struct townships *ts = mem_calloc(1, sizeof *ts);
  if (ts != NULL) ts->arena = arena_new(0);
  if (ts == NULL || ts->arena == NULL) {
    findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  } else {
    ts->key = data_key(d);
    if (ts->key == 0) ts->key = names_id(data_names(d), STR("单位名称"));
    ts->brief = names_id(data_names(d), STR("单位简称"));
    if (read_all(ts, d, fs)) return ts;
  }
  townships_free(ts);
  return NULL;
}

void townships_free(struct townships *ts) {
  if (ts == NULL) return;
  arena_free(ts->arena);
  mem_free(ts);
}

bool townships_own(struct townships *ts, const struct val *root) {
  ts->own[0] = text_of(root, ts->key);
  ts->own[1] = text_of(root, ts->brief);
  return ts->any && ts->own[0].n != 0;
}

static bool is_own(const struct townships *ts, str name) {
  for (size_t i = 0; i < OWN; i++)
    if (str_find(ts->own[i], name, 0) != STR_NOT_FOUND) return true;
  return false;
}

bool townships_other(const struct townships *ts, str text, size_t at, size_t *n) {
  *n = 0;
  if (text.n - at < HEAD) return false;
  str rest = str_sub(text, at, text.n);
  for (const struct township *t = ts->slots[slot_of(rest.p)]; t != NULL; t = t->next) {
    if (!str_starts(rest, t->name)) continue;
    *n = t->name.n;
    return !is_own(ts, t->name);
  }
  return false;
}
