/* The names of the data: one table of keys, one tree of names.
 *
 * Three hash tables with open addressing, all of indices into plain arrays:
 *   written key   → what it comes to (id of the canonical key, unit), so that folding a key
 *                   happens once for each spelling and not once for each row;
 *   canonical key → id;
 *   (parent, id)  → name.
 * Which names mean what in a template is the business of expr/.
 *
 * Invariant: ids count from 1 without gaps; names and keys are never removed.
 */
#include "data/names.h"

#include "base/fold.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "value/unit.h"

/* Slots hold index + 1; 0 is free. At most half of them are taken. */
struct table {
  uint32_t *slots;
  uint64_t *hashes;
  size_t cap, n;
};

struct names {
  struct arena *arena, *scratch;
  struct name records;
  struct name *entered; /* by names_enter, or NULL */
  struct name *root; /* `records`, or the object that has them as a list */
  struct table by_written, by_key, by_child;
  struct name_key *written;
  str *keys; /* keys[id - 1] */
  struct name **names;
  size_t nwritten, capwritten, nkeys, capkeys, nnames, capnames;
  uint64_t objects;
  bool full;
};

/* ---- tables ---- */

/* Slots are taken by low bits, which keys made on purpose could share; all bits go into them. */
static uint64_t mixed(uint64_t h) {
  h = (h ^ h >> 33) * 0xFF51AFD7ED558CCDu;
  h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53u;
  return h ^ h >> 33;
}

static uint64_t key_hash(str s) { return mixed(str_hash(s)); }

static void table_free(struct table *t) {
  mem_free(t->slots);
  mem_free(t->hashes);
}

static void table_place(struct table *t, uint64_t hash, uint32_t value) {
  size_t i = (size_t)hash & (t->cap - 1);
  while (t->slots[i] != 0) i = (i + 1) & (t->cap - 1);
  t->slots[i] = value;
  t->hashes[i] = hash;
}

static bool table_reserve(struct table *t) {
  if (t->n * 2 < t->cap) return true;
  struct table grown = {.cap = t->cap == 0 ? 64 : t->cap * 2, .n = t->n};
  grown.slots = mem_calloc(grown.cap, sizeof *grown.slots);
  grown.hashes = mem_calloc(grown.cap, sizeof *grown.hashes);
  if (grown.slots == NULL || grown.hashes == NULL) {
    table_free(&grown);
    return false;
  }
  for (size_t i = 0; i < t->cap; i++)
    if (t->slots[i] != 0) table_place(&grown, t->hashes[i], t->slots[i]);
  table_free(t);
  *t = grown;
  return true;
}

/* The values under a hash, one after another: start with *i = hash; 0 when there are no more. */
static uint32_t table_next(const struct table *t, uint64_t hash, size_t *i) {
  if (t->cap == 0) return 0;
  for (;; (*i)++) {
    size_t at = *i & (t->cap - 1);
    if (t->slots[at] == 0) return 0;
    if (t->hashes[at] != hash) continue;
    (*i)++;
    return t->slots[at];
  }
}

static bool table_add(struct table *t, uint64_t hash, size_t index) {
  if (!table_reserve(t)) return false;
  table_place(t, hash, (uint32_t)index + 1);
  t->n++;
  return true;
}

/* Room for one more item of a malloc'ed array. */
static bool array_reserve(void **p, size_t n, size_t *cap, size_t size) {
  if (n < *cap) return true;
  size_t more = *cap == 0 ? 64 : *cap * 2;
  void *grown = mem_realloc(*p, more * size);
  if (grown == NULL) return false;
  *p = grown;
  *cap = more;
  return true;
}

/* ---- canonical form ---- */

static bool take_end(str *s, const char *end) {
  if (!str_ends(*s, str_of(end))) return false;
  s->n -= strlen(end);
  return true;
}

/* Where the brackets that end s open, or STR_NOT_FOUND; *inside is what they hold. */
static size_t bracket_at_end(str s, str *inside) {
  static const char *const pairs[][2] = {{"(", ")"}, {"[", "]"}, {"（", "）"}, {"【", "】"}};
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    str body = s, open = str_of(pairs[i][0]);
    if (!take_end(&body, pairs[i][1])) continue;
    for (size_t at = body.n; at-- > 0;) {
      if (!str_starts(str_sub(body, at, body.n), open)) continue;
      *inside = str_sub(body, at + open.n, body.n);
      return at;
    }
  }
  return STR_NOT_FOUND;
}

/* Takes a unit in brackets off the end; what is left must be a name. */
static str without_unit(str s, str *unit) {
  str inside;
  size_t at = bracket_at_end(s, &inside);
  if (at == STR_NOT_FOUND || at == 0) return s;
  static const char *const leads[] = {"计量单位:", "单位:"};
  for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
    if (str_starts(inside, str_of(leads[i]))) {
      inside = str_sub(inside, strlen(leads[i]), inside.n);
      break;
    }
  const struct unit *u = unit_find(inside);
  if (u == NULL) return s;
  *unit = str_of(u->name);
  return str_sub(s, 0, at);
}

str names_canonical(str written, struct arena *a, str *unit) {
  str none;
  if (unit == NULL) unit = &none;
  *unit = STR_NONE;
  return without_unit(fold_name(written, a), unit);
}

bool names_is_note(str written) {
  return str_starts(written, STR("_")) || str_starts(written, STR("＿"));
}

/* ---- building ---- */

struct names *names_new(void) {
  struct names *ns = mem_calloc(1, sizeof *ns);
  if (ns == NULL) return NULL;
  ns->arena = arena_new(0);
  ns->scratch = arena_new(0);
  if (ns->arena == NULL || ns->scratch == NULL) {
    names_free(ns);
    return NULL;
  }
  ns->records.kinds = NAME_OBJECT;
  ns->root = &ns->records;
  return ns;
}

void names_free(struct names *ns) {
  if (ns == NULL) return;
  table_free(&ns->by_written);
  table_free(&ns->by_key);
  table_free(&ns->by_child);
  mem_free(ns->written);
  mem_free(ns->keys);
  mem_free(ns->names);
  if (ns->scratch != NULL) arena_free(ns->scratch);
  if (ns->arena != NULL) arena_free(ns->arena);
  mem_free(ns);
}

/* The id of a canonical key, which is given one when it is new; 0: no memory. */
static uint32_t key_intern(struct names *ns, str canonical) {
  uint32_t id = names_id(ns, canonical);
  if (id != 0) return id;
  void *keys = ns->keys;
  if (!array_reserve(&keys, ns->nkeys, &ns->capkeys, sizeof *ns->keys)) return 0;
  ns->keys = keys;
  str copy = arena_dup(ns->arena, canonical);
  if (copy.p == NULL || !table_add(&ns->by_key, key_hash(canonical), ns->nkeys)) return 0;
  ns->keys[ns->nkeys++] = copy;
  return (uint32_t)ns->nkeys;
}

static const struct name_key *find_written(const struct names *ns, str written, uint64_t hash) {
  uint32_t v;
  for (size_t i = (size_t)hash; (v = table_next(&ns->by_written, hash, &i)) != 0;)
    if (str_eq(ns->written[v - 1].written, written)) return &ns->written[v - 1];
  return NULL;
}

static bool is_full(struct names *ns) {
  if (ns->nwritten < LIMIT_DATA_NAMES && ns->nnames < LIMIT_DATA_NAMES) return false;
  ns->full = true;
  return true;
}

/* What a written key comes to; NULL as names_add says. */
static const struct name_key *written_intern(struct names *ns, str written) {
  uint64_t hash = key_hash(written);
  const struct name_key *known = find_written(ns, written, hash);
  if (known != NULL) return known;
  struct name_key k = {0};
  arena_reset(ns->scratch);
  str canonical = names_canonical(written, ns->scratch, &k.unit);
  if (canonical.n == 0 || is_full(ns)) return NULL;
  k.id = key_intern(ns, canonical);
  k.written = arena_dup(ns->arena, written);
  void *all = ns->written;
  if (k.id == 0 || k.written.p == NULL ||
      !array_reserve(&all, ns->nwritten, &ns->capwritten, sizeof *ns->written))
    return NULL;
  ns->written = all;
  if (!table_add(&ns->by_written, hash, ns->nwritten)) return NULL;
  ns->written[ns->nwritten] = k;
  return &ns->written[ns->nwritten++];
}

static uint64_t child_hash(const struct name *parent, uint32_t id) {
  return mixed(((uint64_t)(uintptr_t)parent >> 4) * 0x9E3779B97F4A7C15u ^ id);
}

static struct name *find_child(const struct names *ns, const struct name *parent, uint32_t id) {
  uint64_t hash = child_hash(parent, id);
  uint32_t v;
  for (size_t i = (size_t)hash; (v = table_next(&ns->by_child, hash, &i)) != 0;)
    if (ns->names[v - 1]->parent == parent && ns->names[v - 1]->id == id) return ns->names[v - 1];
  return NULL;
}

/* Does the key stand in JSON text as it is? */
static bool is_plain(str s) {
  for (size_t i = 0; i < s.n; i++)
    if ((unsigned char)s.p[i] < 0x20 || s.p[i] == '"' || s.p[i] == '\\') return false;
  return s.n > 0;
}

static void link_child(struct name *parent, struct name *child) {
  child->parent = parent;
  if (parent->last != NULL)
    parent->last->next = child;
  else
    parent->first = child;
  parent->last = child;
}

/* Makes `n` the child of `parent` that is called by `k`. */
static bool name_place(struct names *ns, struct name *parent, struct name *n,
                       const struct name_key *k) {
  void *all = ns->names;
  if (n == NULL || is_full(ns) ||
      !array_reserve(&all, ns->nnames, &ns->capnames, sizeof *ns->names))
    return false;
  ns->names = all;
  if (!table_add(&ns->by_child, child_hash(parent, k->id), ns->nnames)) return false;
  ns->names[ns->nnames++] = n;
  n->key = ns->keys[k->id - 1];
  n->shown = k->written;
  n->unit = k->unit;
  n->id = k->id;
  n->plain = is_plain(k->written);
  link_child(parent, n);
  return true;
}

struct name *names_add(struct names *ns, struct name *parent, str written) {
  const struct name_key *k = written_intern(ns, written);
  if (k == NULL) return NULL;
  struct name *n = find_child(ns, parent, k->id);
  if (n != NULL) return n;
  n = ARENA_NEW(ns->arena, struct name);
  return name_place(ns, parent, n, k) ? n : NULL;
}

bool names_full(const struct names *ns) { return ns->full; }

/* ---- the records as a list ---- */

bool names_gather(struct names *ns, str written) {
  const struct name_key *k = written_intern(ns, written);
  struct name *top = k != NULL ? ARENA_NEW(ns->arena, struct name) : NULL;
  if (top == NULL || !name_place(ns, top, &ns->records, k)) return false;
  top->kinds = NAME_OBJECT;
  ns->records.kinds = NAME_LIST | NAME_LIST_OF_OBJECTS;
  ns->root = top;
  return true;
}

const struct name *names_gathered(const struct names *ns) {
  return ns->root != &ns->records ? &ns->records : NULL;
}

static bool copy_name(struct names *ns, struct name *parent, const struct name *from) {
  struct name *n = names_add(ns, parent, from->shown);
  if (n == NULL) return false;
  n->kinds |= from->kinds;
  bool ok = true;
  for (const struct name *c = from->first; ok && c != NULL; c = c->next) ok = copy_name(ns, n, c);
  return ok;
}

bool names_share(struct names *ns, uint32_t id) {
  const struct name *n = find_child(ns, &ns->records, id);
  return n == NULL || copy_name(ns, ns->root, n);
}

/* It leaves the row of its brothers, but keeps its own `next` for sources that stand at it. */
void names_withdraw(struct names *ns, uint32_t id) {
  struct name *n = find_child(ns, &ns->records, id), *before = NULL;
  if (n == NULL || n->withdrawn) return;
  n->withdrawn = true;
  for (struct name *c = ns->records.first; c != n; c = c->next) before = c;
  if (before == NULL)
    ns->records.first = n->next;
  else
    before->next = n->next;
  if (ns->records.last == n) ns->records.last = before;
}

struct name *names_lend(struct names *ns, const struct name *list, str written) {
  struct name *n = names_add(ns, &ns->records, written);
  if (n == NULL) return NULL;
  if (n->lender != NULL && n->lender != list) n->kinds |= NAME_TORN;
  n->kinds |= NAME_LENT;
  n->lender = list;
  return n;
}

bool names_is_free(const struct name *n) { return n->kinds == NAME_LENT; }

uint64_t names_object(struct names *ns) { return ++ns->objects; }

/* ---- asking ---- */

const struct name *names_root(const struct names *ns) { return ns->root; }

struct name *names_records(struct names *ns) {
  return ns->entered != NULL ? ns->entered : &ns->records;
}

void names_enter(struct names *ns, struct name *object) { ns->entered = object; }

const struct name *names_child(const struct names *ns, const struct name *parent, str canonical) {
  uint32_t id = names_id(ns, canonical);
  const struct name *n = id != 0 ? find_child(ns, parent, id) : NULL;
  return n != NULL && !n->withdrawn ? n : NULL;
}

const struct name *names_child_id(const struct names *ns, const struct name *parent, uint32_t id) {
  return find_child(ns, parent, id);
}

uint32_t names_id(const struct names *ns, str canonical) {
  uint64_t hash = key_hash(canonical);
  uint32_t v;
  for (size_t i = (size_t)hash; (v = table_next(&ns->by_key, hash, &i)) != 0;)
    if (str_eq(ns->keys[v - 1], canonical)) return v;
  return 0;
}

str names_key(const struct names *ns, uint32_t id) {
  return id > 0 && id <= ns->nkeys ? ns->keys[id - 1] : (str){"", 0};
}

const struct name_key *names_key_written(const struct names *ns, str written) {
  return find_written(ns, written, key_hash(written));
}
