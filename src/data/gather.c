/* --all-as: one record whose list is all the others.
 *
 * The items are the records exactly as each of them would be filled by itself.  At the root stands
 * what all of them share (公共) and what files say that name no township; a name that the root has
 * and no item is no column of the list, so that inside it too it is found at the root.
 *
 * Items are read when they are asked for.  The first of them, up to LIMIT_GATHER_KEPT bytes, are kept,
 * for a list is run over many times; the others are read anew each time.
 * Invariant: items[0 … nkept) are whole and never move.
 */
#include "data/gather.h"

#include "base/limits.h"
#include "base/mem.h"

struct gather {
  struct val_lazy lazy; /* first member */
  struct join *join;
  struct names *names;
  uint32_t key;  /* of the list */
  size_t n;      /* items */
  size_t *which; /* items: their numbers in the join */
  struct val *items;
  size_t nkept;
  struct arena *kept;
};

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* ---- items ---- */

static bool read_item(struct gather *g, size_t i, struct arena *a, struct val *item,
                      struct findings *fs) {
  if (!join_record(g->join, g->which[i], a, item, fs)) return false;
  item->key = g->key;
  return true;
}

/* Items are asked for in their order at first, so those that are kept are the first ones. */
static bool load(struct val_lazy *lazy, size_t index, struct arena *a, const struct val **items,
                 size_t *first, size_t *count, struct findings *fs) {
  struct gather *g = (struct gather *)(void *)lazy;
  if (index == g->nkept && arena_size(g->kept) < LIMIT_GATHER_KEPT) {
    if (!read_item(g, index, g->kept, &g->items[index], fs)) return false;
    g->nkept++;
  }
  if (index < g->nkept) {
    *items = g->items;
    *first = 0;
    *count = g->nkept;
    return true;
  }
  struct val *item = ARENA_NEW(a, struct val);
  if (item == NULL) return no_memory(fs);
  *items = item;
  *first = index;
  *count = 1;
  return read_item(g, index, a, item, fs);
}

void gather_choose(struct gather *g, const bool *chosen) {
  g->n = g->nkept = 0;
  arena_reset(g->kept);
  for (size_t i = 0; i < join_count(g->join); i++)
    if (chosen[i]) g->which[g->n++] = i;
}

/* ---- the root ---- */

bool gather_record(struct gather *g, struct arena *a, struct val *root, struct findings *fs) {
  struct val own;
  if (!join_whole(g->join, a, &own, fs)) return false;
  size_t n = own.object->n;
  struct val_member *m = ARENA_ARRAY(a, n + 1, struct val_member);
  if (m == NULL) return no_memory(fs);
  memcpy(m, own.object->members, n * sizeof *m);
  m[n].key = m[n].v.key = g->key;
  m[n].v.kind = VAL_LIST;
  m[n].v.exact = true;
  m[n].v.list.n = g->n;
  if (g->n != 0)
    m[n].v.list.lazy = &g->lazy;
  else
    m[n].v.list.items = (const struct val *)"";
  *root = own;
  return val_set_object(root, m, n + 1, a) || no_memory(fs);
}

/* ---- names ---- */

static bool bad_name(struct gather *g, str name, struct findings *fs) {
  if (names_full(g->names))
    return finding(fs, CODE_TOO_BIG, NULL, NULL, STR("the number of different names"),
                   finding_number(fs, LIMIT_DATA_NAMES), STR("names"));
  return mem_failed() ? no_memory(fs) : finding(fs, CODE_GATHER_NAME, NULL, NULL, name);
}

/* What the root says is known there. */
static bool share(struct gather *g, const struct val *root, str name, struct findings *fs) {
  for (size_t i = 0; i < root->object->n; i++) {
    const struct val_member *m = &root->object->members[i];
    struct origin o = {.file = STR_NONE};
    if (m->key == g->key) {
      val_origin(&m->v, findings_arena(fs), &o);
      return finding(fs, CODE_GATHER_TAKEN, NULL, &o, name);
    }
    if (!names_share(g->names, m->key)) return bad_name(g, name, fs);
  }
  return true;
}

/* Which names of the root no item has: one look at each item, until all are found. */
static bool withdraw(struct gather *g, const struct val *root, struct arena *a,
                     struct findings *fs) {
  size_t n = root->object->n, left = n;
  bool *met = ARENA_ARRAY(a, n + 1, bool);
  struct arena *scratch = arena_new(0);
  bool ok = (met != NULL && scratch != NULL) || no_memory(fs);
  for (size_t i = 0; ok && left > 0 && i < g->n; i++) {
    struct val item;
    arena_reset(scratch);
    ok = read_item(g, i, scratch, &item, fs);
    for (size_t k = 0; ok && k < n; k++) {
      if (met[k] || val_member(&item, root->object->members[k].key) == NULL) continue;
      met[k] = true;
      left--;
    }
  }
  for (size_t k = 0; ok && k < n; k++)
    if (!met[k]) names_withdraw(g->names, root->object->members[k].key);
  arena_free(scratch);
  return ok;
}

static bool name_all(struct gather *g, str name, struct findings *fs) {
  struct arena *a = arena_new(0);
  struct val root;
  bool ok = a != NULL || no_memory(fs);
  ok = ok && join_whole(g->join, a, &root, fs) && share(g, &root, name, fs) &&
       withdraw(g, &root, a, fs);
  if (a != NULL) arena_free(a);
  return ok;
}

/* ---- life ---- */

static bool make(struct gather *g, str name, struct findings *fs) {
  size_t n = join_count(g->join);
  g->kept = arena_new(0);
  g->which = mem_calloc(n + 1, sizeof *g->which);
  g->items = mem_calloc(n + 1, sizeof *g->items);
  if (g->kept == NULL || g->which == NULL || g->items == NULL) return no_memory(fs);
  for (g->n = 0; g->n < n; g->n++) g->which[g->n] = g->n;
  if (!names_gather(g->names, name)) return bad_name(g, name, fs);
  g->key = names_root(g->names)->first->id;
  return name_all(g, name, fs);
}

struct gather *gather_new(struct join *join, struct names *ns, str name, struct findings *fs) {
  struct gather *g = mem_calloc(1, sizeof *g);
  if (g == NULL) return no_memory(fs), NULL;
  g->lazy.load = load;
  g->join = join;
  g->names = ns;
  if (make(g, name, fs)) return g;
  gather_free(g);
  return NULL;
}

void gather_free(struct gather *g) {
  if (g == NULL) return;
  if (g->kept != NULL) arena_free(g->kept);
  mem_free(g->which);
  mem_free(g->items);
  mem_free(g);
}
