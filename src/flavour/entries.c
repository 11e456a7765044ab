/* How the package of every report differs from its template's. */
#include "flavour/entries.h"

#include "base/limits.h"
#include "base/mem.h"

static bool no_memory(struct findings *fs) { return finding(fs, CODE_MEMORY, NULL, NULL, STR("")); }

static struct entry_change *find(const struct entries *e, size_t entry) {
  for (size_t i = 0; i < e->n; i++)
    if (e->items[i].entry == (ptrdiff_t)entry) return &e->items[i];
  return NULL;
}

bool entries_bytes(const struct entries *e, size_t entry, str *bytes) {
  const struct entry_change *c = find(e, entry);
  if (c == NULL || c->gone) return false;
  *bytes = c->bytes;
  return true;
}

bool entries_gone(const struct entries *e, size_t entry) {
  const struct entry_change *c = find(e, entry);
  return c != NULL && c->gone;
}

bool entries_added(const struct entries *e, size_t nth, str *name, str *bytes) {
  for (size_t i = 0; i < e->n; i++) {
    if (e->items[i].entry >= 0 || nth-- != 0) continue;
    *name = e->items[i].name;
    *bytes = e->items[i].bytes;
    return true;
  }
  return false;
}

static struct entry_change *new_change(struct entries *e, ptrdiff_t entry, struct findings *fs) {
  struct entry_change *c = arena_grow(e->arena, e->items, &e->n, &e->cap, sizeof *c);
  if (c == NULL) return no_memory(fs), NULL;
  e->items = c - (e->n - 1);
  c->entry = entry;
  return c;
}

bool entries_replace(struct entries *e, size_t entry, str bytes, struct findings *fs) {
  struct entry_change *c = find(e, entry);
  if (c == NULL && (c = new_change(e, (ptrdiff_t)entry, fs)) == NULL) return false;
  c->bytes = arena_dup(e->arena, bytes);
  c->gone = false;
  return c->bytes.p != NULL || no_memory(fs);
}

bool entries_drop(struct entries *e, size_t entry, struct findings *fs) {
  struct entry_change *c = find(e, entry);
  if (c == NULL && (c = new_change(e, (ptrdiff_t)entry, fs)) == NULL) return false;
  c->gone = true;
  return true;
}

bool entries_add(struct entries *e, str name, str bytes, struct findings *fs) {
  struct entry_change *c = new_change(e, -1, fs);
  if (c == NULL) return false;
  c->name = arena_dup(e->arena, name);
  c->bytes = arena_dup(e->arena, bytes);
  return (c->name.p != NULL && c->bytes.p != NULL) || no_memory(fs);
}

bool entries_parse(struct entries *e, size_t entry, unsigned flags, struct xml *x,
                   struct findings *fs) {
  struct place place = {.file = pack_path(e->pack), .part = pack_name(e->pack, entry)};
  struct buf plain;
  str bytes;
  buf_init(&plain, LIMIT_XML_PART);
  bool ok = entries_bytes(e, entry, &bytes);
  if (!ok) {
    ok = pack_read(e->pack, entry, LIMIT_XML_PART, &plain, fs);
    bytes = buf_str(&plain);
  }
  ok = ok && xml_parse(x, bytes, flags, &place, fs);
  buf_free(&plain);
  return ok;
}

bool entries_dump(struct entries *e, size_t entry, const struct xml *x, struct findings *fs) {
  struct buf b;
  buf_init(&b, LIMIT_XML_PART);
  bool ok = xml_dump(x, &b) && !mem_failed();
  ok = ok ? entries_replace(e, entry, buf_str(&b), fs) : no_memory(fs);
  buf_free(&b);
  return ok;
}
