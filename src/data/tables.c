/* Records out of a workbook or a CSV file.
 *
 * data/layout says what each line is; here lines become records, and rows of tables the lists of
 * those they belong to.  Values are made of cells when a record is read.
 * Invariant: what is read here was laid out, so only memory can fail.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "data/source.h"

/* One record, or a part of one: entries of a layout. */
struct part {
  enum source_role role;
  const struct layout *layout; /* NULL: SOURCE_EMPTY */
  size_t first, n;
  bool has_with;
  size_t with;
};

struct tables {
  struct source base; /* first member */
  struct book *book;
  struct layout *layouts;
  const struct layout *roster;
  size_t nlayouts;
  struct part *parts;
  size_t nparts, capparts, records;
};

static struct tables *of(struct source *s) { return (struct tables *)(void *)s; }

static const struct tables *of_const(const struct source *s) {
  return (const struct tables *)(const void *)s;
}

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* ---- lines to parts ---- */

static bool add_part(struct tables *t, struct part part) {
  struct part *p = arena_grow(t->book->arena, t->parts, &t->nparts, &t->capparts, sizeof *p);
  if (p == NULL) return false;
  t->parts = p - (t->nparts - 1);
  *p = part;
  return true;
}

static int by_key(const void *a, const void *b) {
  const struct entry *x = a, *y = b;
  int c = str_cmp(x->key, y->key);
  return c != 0 ? c : (x->line > y->line) - (x->line < y->line);
}

/* The rows of one township, in their order, are one part. */
static bool split_table(struct tables *t, struct layout *l) {
  bool keyed = l->key_position != NO_LINE, ok = true;
  if (keyed && l->nentries > 1) qsort(l->entries, l->nentries, sizeof *l->entries, by_key);
  for (size_t i = 0; ok && i < l->nentries;) {
    size_t end = i + 1;
    while (end < l->nentries && str_eq(l->entries[end].key, l->entries[i].key)) end++;
    ok = add_part(t, (struct part){.role = SOURCE_PART,
                                   .layout = l,
                                   .first = i,
                                   .n = end - i,
                                   .has_with = !keyed && t->records == 1});
    i = end;
  }
  return ok;
}

static bool add_records(struct tables *t, const struct layout *l) {
  bool ok = true;
  for (size_t i = 0; ok && i < l->nentries; i++, t->records++)
    ok = add_part(t, (struct part){.role = SOURCE_RECORD, .layout = l, .first = i, .n = 1});
  return ok;
}

static bool add_further(struct tables *t, struct layout *l) {
  struct part one = {.role = SOURCE_PART, .layout = l, .n = 1, .has_with = true};
  switch (l->role) {
  case ROLE_TABLE: return split_table(t, l);
  case ROLE_MORE: return add_part(t, one);
  case ROLE_SHARED: one.role = SOURCE_SHARED; return l->nentries == 0 || add_part(t, one);
  case ROLE_ROSTER: t->roster = l; return true;
  default: return true;
  }
}

/* Records first, so that parts can say to which of them they belong. */
static bool gather(struct tables *t) {
  bool ok = true, tables = false;
  for (size_t i = 0; ok && i < t->nlayouts; i++)
    if (t->layouts[i].role == ROLE_RECORDS) ok = add_records(t, &t->layouts[i]);
  for (size_t i = 0; ok && i < t->nlayouts; i++) {
    ok = add_further(t, &t->layouts[i]);
    tables = tables || t->layouts[i].role == ROLE_TABLE;
  }
  return ok && (!tables || add_part(t, (struct part){.role = SOURCE_EMPTY}));
}

/* ---- reading ---- */

/* The list, beside what its only row lends. */
static bool wrap(struct val *root, uint32_t key, struct val v, const struct val *lent,
                 struct arena *a) {
  size_t n = lent != NULL ? lent->object->n : 0;
  struct val_member *m = ARENA_ARRAY(a, n + 1, struct val_member);
  if (m == NULL) return false;
  if (n > 0) memcpy(m, lent->object->members, n * sizeof *m);
  v.key = key;
  m[n] = (struct val_member){key, v};
  return val_set_object(root, m, n + 1, a);
}

static bool read_rows(const struct part *p, struct arena *a, struct val *root) {
  const struct layout *l = p->layout;
  struct val *items = ARENA_ARRAY(a, p->n, struct val);
  bool ok = items != NULL;
  for (size_t i = 0; ok && i < p->n; i++) {
    ok = layout_object(l, &l->entries[p->first + i], a, &items[i]);
    items[i].key = l->list->id;
  }
  struct val list = {.kind = VAL_LIST, .exact = true, .source = &l->source};
  list.at = layout_entry_at(l, &l->entries[p->first]);
  list.list = (struct val_list){p->n, items, NULL};
  struct val lent;
  bool lends = l->lent.node != NULL && p->n == 1;
  ok = ok && (!lends || layout_lent(l, &l->entries[p->first], a, &lent));
  return ok && wrap(root, l->list->id, list, lends ? &lent : NULL, a);
}

static bool read_empty(const struct tables *t, struct arena *a, struct val *root) {
  struct val_member *m = ARENA_ARRAY(a, t->nlayouts, struct val_member);
  size_t n = 0;
  if (m == NULL) return false;
  for (size_t i = 0; i < t->nlayouts; i++) {
    const struct layout *l = &t->layouts[i];
    if (l->role != ROLE_TABLE) continue;
    m[n].key = m[n].v.key = l->list->id;
    m[n].v.kind = VAL_LIST;
    m[n].v.exact = true;
    m[n++].v.list.items = (const struct val *)"";
  }
  return val_set_object(root, m, n, a);
}

static bool tables_record(struct source *s, size_t i, struct arena *a, struct val *root,
                          struct findings *fs) {
  const struct tables *t = of(s);
  const struct part *p = &t->parts[i];
  bool ok;
  *root = (struct val){.exact = true};
  if (p->role == SOURCE_EMPTY)
    ok = read_empty(t, a, root);
  else if (p->layout->role == ROLE_TABLE)
    ok = read_rows(p, a, root);
  else
    ok = layout_object(p->layout, &p->layout->entries[p->first], a, root);
  return ok || no_memory(fs);
}

static void tables_origin(struct source *s, size_t i, struct arena *a, struct origin *out) {
  const struct tables *t = of(s);
  const struct part *p = &t->parts[i];
  *out = (struct origin){.file = t->book->path};
  if (p->layout == NULL || p->n == 0) return;
  const struct layout *l = p->layout;
  l->source.place(&l->source, layout_entry_at(l, &l->entries[p->first]), a, out);
}

static bool tables_about(struct source *s, size_t i, struct arena *kept, struct source_about *out,
                         struct findings *fs) {
  const struct part *p = &of(s)->parts[i];
  (void)kept;
  (void)fs;
  *out = (struct source_about){.role = p->role, .has_with = p->has_with, .with = p->with};
  if (p->layout == NULL || p->n == 0) return true;
  out->key = p->layout->entries[p->first].key;
  out->shown = p->layout->entries[p->first].shown;
  return true;
}

static const struct layout *tables_roster(const struct source *s) { return of_const(s)->roster; }

static const struct layout *tables_rules(const struct source *s, size_t i) {
  const struct tables *t = of_const(s);
  for (size_t k = 0; k < t->nlayouts; k++)
    if (t->layouts[k].role == ROLE_RULES && i-- == 0) return &t->layouts[k];
  return NULL;
}

static size_t tables_count(const struct source *s) { return of_const(s)->nparts; }

static void tables_close(struct source *s) {
  book_free(of(s)->book);
  mem_free(s);
}

/* A file that says nothing was hardly meant to be sent so. */
static bool check_empty(const struct tables *t, struct findings *fs) {
  struct origin o = {.file = t->book->path};
  if (t->nparts > 0 || t->roster != NULL || tables_rules(&t->base, 0) != NULL) return true;
  return findings_add(fs, CODE_DATA_EMPTY, NULL, &o, 0, NULL);
}

static struct source *tables_open_take(str path, str stem, struct buf *bytes, struct names *ns,
                                       const struct source_options *o, struct findings *fs) {
  struct tables *t = mem_calloc(1, sizeof *t);
  struct book_options book = {.encoding = o->encoding};
  bool ok = t != NULL || no_memory(fs);
  if (ok) {
    t->base.kind = &source_book;
    t->book = book_open(path, buf_str(bytes), &book, fs);
    ok = t->book != NULL;
  }
  buf_free(bytes);
  ok = ok && layout_book(t->book, stem, &o->layout, ns, &t->layouts, &t->nlayouts, fs);
  ok = ok && (gather(t) || no_memory(fs)) && check_empty(t, fs);
  if (ok) t->base.single = t->records == 1;
  if (ok) return &t->base;
  if (t != NULL) tables_close(&t->base);
  return NULL;
}

const struct source_kind source_book = {tables_open_take, tables_close,  tables_count,
                                        tables_record,    tables_origin, tables_about,
                                        tables_roster,    tables_rules};
