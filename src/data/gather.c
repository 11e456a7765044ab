/* --all-as: one record whose list is all the others.
 *
 * The items are the records exactly as each of them would be filled by itself.  At the root stands
 * what all of them share (公共) and what files say that name no township; a name that the root has
 * and no item is no column of the list, so that inside it too it is found at the root.
 *
 * Who is not in the list, because nothing was sent or something is lacking, is named at the root,
 * in the list 未列入.
 *
 * Items are read when they are asked for.  The first of them, up to LIMIT_GATHER_KEPT bytes, are kept,
 * for a list is run over many times; the others are read anew each time.
 * Invariant: items[0 … nkept) are whole and never move.
 */
#include "data/gather.h"

#include <stddef.h>

#include "base/limits.h"
#include "base/mem.h"

/* Who is not in the list, and why. */
struct outsider {
  str name, reason;
};

struct gather {
  struct val_lazy lazy;     /* first member */
  struct val_source source; /* of the items, numbered as in the join */
  struct join *join;
  struct names *names;
  struct arena *arena;
  uint32_t key;                      /* of the list */
  uint32_t out, out_key, out_reason; /* of 未列入 and its columns; 0: the data have the name */
  struct outsider *outsiders;
  size_t noutsiders, capoutsiders;
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
  item->source = &g->source;
  item->at = g->which[i];
  return true;
}

static void place_item(const struct val_source *s, uint64_t at, struct arena *a,
                       struct origin *out) {
  const struct gather *g =
      (const struct gather *)(const void *)((const char *)s - offsetof(struct gather, source));
  join_origin(g->join, (size_t)at, a, out);
}

bool gather_item(const struct gather *g, const struct val *v, size_t *record) {
  *record = (size_t)v->at;
  return v->source == &g->source;
}

size_t gather_count(const struct gather *g) { return g->n; }

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

/* ---- who is not in it ---- */

static bool add_outsider(struct gather *g, str name, str reason) {
  struct outsider *o =
      arena_grow(g->arena, g->outsiders, &g->noutsiders, &g->capoutsiders, sizeof *o);
  if (o == NULL) return false;
  g->outsiders = o - (g->noutsiders - 1);
  *o = (struct outsider){arena_dup(g->arena, name), arena_dup(g->arena, reason)};
  return o->name.p != NULL && o->reason.p != NULL;
}

bool gather_leave_out(struct gather *g, size_t record, str reason) {
  size_t n = 0;
  for (size_t i = 0; i < g->n; i++)
    if (g->which[i] != record) g->which[n++] = g->which[i];
  g->n = n;
  g->nkept = 0;
  arena_reset(g->kept);
  return add_outsider(g, join_at(g->join, record)->shown, reason);
}

static bool outsider_value(const struct gather *g, const struct outsider *o, struct arena *a,
                           struct val *v) {
  struct val_member *m = ARENA_ARRAY(a, 2, struct val_member);
  if (m == NULL) return false;
  m[0] = (struct val_member){g->out_key, val_text(o->name)};
  m[1] = (struct val_member){g->out_reason, val_text(o->reason)};
  m[0].v.key = m[0].key;
  m[1].v.key = m[1].key;
  *v = (struct val){.exact = true, .key = g->out};
  return val_set_object(v, m, 2, a);
}

static bool outsiders_value(const struct gather *g, struct arena *a, struct val *v) {
  struct val *items = ARENA_ARRAY(a, g->noutsiders + 1, struct val);
  bool ok = items != NULL;
  for (size_t i = 0; ok && i < g->noutsiders; i++)
    ok = outsider_value(g, &g->outsiders[i], a, &items[i]);
  *v = (struct val){.kind = VAL_LIST, .exact = true, .key = g->out};
  v->list = (struct val_list){g->noutsiders, items, NULL};
  return ok;
}

/* ---- the root ---- */

static void list_value(struct gather *g, struct val *v) {
  *v = (struct val){.kind = VAL_LIST, .exact = true, .key = g->key};
  v->list.n = g->n;
  if (g->n != 0)
    v->list.lazy = &g->lazy;
  else
    v->list.items = (const struct val *)"";
}

bool gather_record(struct gather *g, struct arena *a, struct val *root, struct findings *fs) {
  struct val own;
  if (!join_whole(g->join, a, &own, fs)) return false;
  size_t n = own.object->n;
  struct val_member *m = ARENA_ARRAY(a, n + 2, struct val_member);
  if (m == NULL) return no_memory(fs);
  if (n != 0) memcpy(m, own.object->members, n * sizeof *m);
  m[n].key = g->key;
  list_value(g, &m[n++].v);
  m[n].key = g->out;
  if (g->out != 0 && !outsiders_value(g, a, &m[n++].v)) return no_memory(fs);
  *root = own;
  return val_set_object(root, m, n, a) || no_memory(fs);
}

/* ---- names ---- */

static bool bad_name(struct gather *g, str name, struct findings *fs) {
  if (names_full(g->names))
    return finding(fs, CODE_TOO_BIG, NULL, NULL, STR("the number of different names"),
                   finding_number(fs, LIMIT_DATA_NAMES), STR("names"));
  return mem_failed() ? no_memory(fs) : finding(fs, CODE_GATHER_NAME, NULL, NULL, name);
}

/* 未列入 and its columns, unless the data have the name. */
static bool name_outsiders(struct gather *g, str key) {
  struct name *root = names_records(g->names)->parent, *list, *who, *why;
  if (names_child(g->names, root, STR("未列入")) != NULL) return true;
  list = names_add(g->names, root, STR("未列入"));
  who = list != NULL ? names_add(g->names, list, key) : NULL;
  why = list != NULL ? names_add(g->names, list, STR("原因")) : NULL;
  if (who == NULL || why == NULL || who == why) return false;
  list->made = true;
  list->kinds = NAME_LIST | NAME_LIST_OF_OBJECTS;
  who->kinds = why->kinds = NAME_SCALAR;
  g->out = list->id;
  g->out_key = who->id;
  g->out_reason = why->id;
  bool ok = true;
  for (size_t i = 0; ok && i < join_absent_count(g->join); i++)
    ok = add_outsider(g, join_absent(g->join, i), STR("未报送"));
  return ok;
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

static bool name_all(struct gather *g, struct gather_words words, struct findings *fs) {
  struct arena *a = arena_new(0);
  struct val root;
  bool ok = a != NULL || no_memory(fs);
  ok = ok && join_whole(g->join, a, &root, fs) && share(g, &root, words.list, fs) &&
       withdraw(g, &root, a, fs);
  if (ok && !name_outsiders(g, words.key)) ok = bad_name(g, STR("未列入"), fs);
  if (a != NULL) arena_free(a);
  return ok;
}

/* ---- life ---- */

static bool make(struct gather *g, struct gather_words words, struct findings *fs) {
  size_t n = join_count(g->join);
  g->arena = arena_new(0);
  g->kept = arena_new(0);
  g->which = mem_calloc(n + 1, sizeof *g->which);
  g->items = mem_calloc(n + 1, sizeof *g->items);
  if (g->arena == NULL || g->kept == NULL || g->which == NULL || g->items == NULL)
    return no_memory(fs);
  for (g->n = 0; g->n < n; g->n++) g->which[g->n] = g->n;
  if (!names_gather(g->names, words.list)) return bad_name(g, words.list, fs);
  g->key = names_records(g->names)->id;
  return name_all(g, words, fs);
}

struct gather *gather_new(struct join *join, struct names *ns, struct gather_words words,
                          struct findings *fs) {
  struct gather *g = mem_calloc(1, sizeof *g);
  if (g == NULL) return no_memory(fs), NULL;
  g->lazy.load = load;
  g->source.place = place_item;
  g->join = join;
  g->names = ns;
  if (make(g, words, fs)) return g;
  gather_free(g);
  return NULL;
}

void gather_free(struct gather *g) {
  if (g == NULL) return;
  arena_free(g->arena);
  arena_free(g->kept);
  mem_free(g->which);
  mem_free(g->items);
  mem_free(g);
}
