/* A WordprocessingML package without comments, and without what only deletions used.
 *
 * Comments and the list of their authors stand in parts of their own.  When their relationships,
 * and those that the trees no longer use, are gone, some parts can no longer be reached:
 *
 *   reached in the template  −  reached without those relationships  =  left out
 *
 * What nothing referred to in the template stays, for we do not know what it is for.
 * Invariant: relationships and content types name no part that is left out.
 */
#include "base/mem.h"
#include "flavour/docx.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool no_memory(struct findings *fs) { return finding(fs, CODE_MEMORY, NULL, NULL, STR("")); }

/* Relationships that lead to what people left, whatever refers to them: comments and their authors,
 * tasks, a picture of the template's first page, somebody's printer, and where the template of the
 * template and the data of a mail merge lie. */
static bool is_of_people(str type) {
  static const char *const types[] = {
      "/comments",        "/commentsExtended",      "/commentsIds",        "/commentsExtensible",
      "/people",          "/documenttasks",         "/metadata/thumbnail", "/attachedTemplate",
      "/mailMergeSource", "/mailMergeHeaderSource", "/recipientData",      "/printerSettings"};
  for (size_t i = 0; i < COUNT(types); i++)
    if (str_ends(type, str_of(types[i]))) return true;
  return false;
}

bool docx_clean_begin(void *state, struct findings *fs) {
  struct docx_state *s = state;
  (void)fs;
  for (size_t i = 0; i < s->nrels; i++) s->rels[i].dropped |= is_of_people(s->rels[i].type);
  size_t n = 0;
  for (size_t i = 0; i < s->nparts; i++)
    if (s->parts[i].story != STORY_COMMENT) s->parts[n++] = s->parts[i];
  s->nparts = n;
  s->comments_known = false;
  return true;
}

/* ---- which parts can be reached ---- */

/* A relationship inside of the package; from is an entry, or -1: the package itself. */
struct edge {
  ptrdiff_t from;
  size_t to;
  bool dropped;
};

struct sweep {
  struct docx_state *s;
  struct pack *p;
  struct arena *a;
  struct findings *fs;
  struct edge *edges;
  size_t n, cap;
  bool *before, *after; /* by entry: reached in the template, and in reports */
};

static bool is_dropped(const struct docx_state *s, ptrdiff_t owner, const xmlNode *rel) {
  if (is_of_people(xml_attr(rel, NULL, "Type"))) return true;
  const struct docx_rel *r =
      owner >= 0 ? docx_rel_of(s, (size_t)owner, xml_attr(rel, NULL, "Id")) : NULL;
  return r != NULL && r->dropped;
}

static bool add_edge(struct sweep *w, ptrdiff_t from, const xmlNode *rel, bool dropped) {
  if (str_is(xml_attr(rel, NULL, "TargetMode"), "External")) return true;
  str source = from >= 0 ? pack_name(w->p, (size_t)from) : STR("");
  ptrdiff_t to = docx_find_part(w->p, docx_resolve(w->a, source, xml_attr(rel, NULL, "Target")));
  if (to < 0) return true;
  struct edge *e = arena_grow(w->a, w->edges, &w->n, &w->cap, sizeof *e);
  if (e == NULL) return no_memory(w->fs);
  w->edges = e - (w->n - 1);
  *e = (struct edge){from, (size_t)to, dropped};
  return true;
}

/* Reads the relationships of a part, and takes those out that are dropped. */
static bool sweep_rels(struct sweep *w, ptrdiff_t owner, size_t rels) {
  struct xml x = {.doc = NULL};
  bool changed = false, ok = entries_parse(&w->s->entries, rels, XML_PLAIN, &x, w->fs);
  const xmlNode *root = ok ? xmlDocGetRootElement(x.doc) : NULL;
  for (xmlNode *k = root != NULL ? xml_first_element(root) : NULL, *next; ok && k != NULL;
       k = next) {
    next = xml_next_element(k);
    bool dropped = is_dropped(w->s, owner, k);
    ok = add_edge(w, owner, k, dropped);
    if (dropped) xml_remove(k);
    changed = changed || dropped;
  }
  if (ok && changed) ok = entries_dump(&w->s->entries, rels, &x, w->fs);
  xml_free(&x);
  return ok;
}

static bool sweep_all_rels(struct sweep *w) {
  ptrdiff_t top = docx_find_part(w->p, STR("_rels/.rels"));
  if (top >= 0 && !sweep_rels(w, -1, (size_t)top)) return false;
  for (size_t i = 0; i < pack_count(w->p); i++) {
    ptrdiff_t rels = docx_find_part(w->p, docx_rels_of(w->a, pack_name(w->p, i)));
    if (rels >= 0 && rels != top && !sweep_rels(w, (ptrdiff_t)i, (size_t)rels)) return false;
  }
  return true;
}

static void reach(const struct sweep *w, bool *reached, bool dropped_too) {
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i < w->n; i++) {
      const struct edge *e = &w->edges[i];
      bool from = e->from < 0 || reached[e->from];
      if (!from || reached[e->to] || (e->dropped && !dropped_too)) continue;
      more = reached[e->to] = true;
    }
  }
}

/* ---- leaving out ---- */

static bool leave_out(struct sweep *w, size_t entry) {
  ptrdiff_t rels = docx_find_part(w->p, docx_rels_of(w->a, pack_name(w->p, entry)));
  return entries_drop(&w->s->entries, entry, w->fs) &&
         (rels < 0 || entries_drop(&w->s->entries, (size_t)rels, w->fs));
}

bool docx_clean_types(struct docx_state *s, struct findings *fs) {
  struct xml x = {.doc = NULL};
  struct entries *e = &s->entries;
  bool changed = false, ok = entries_parse(e, s->types, XML_PLAIN, &x, fs);
  const xmlNode *root = ok ? xmlDocGetRootElement(x.doc) : NULL;
  for (xmlNode *k = root != NULL ? xml_first_element(root) : NULL, *next; k != NULL; k = next) {
    next = xml_next_element(k);
    str part = xml_attr(k, NULL, "PartName");
    ptrdiff_t entry = part.n > 1 ? docx_find_part(s->pack, str_sub(part, 1, part.n)) : -1;
    if (entry < 0 || !entries_gone(e, (size_t)entry)) continue;
    xml_remove(k);
    changed = true;
  }
  if (ok && changed) ok = entries_dump(e, s->types, &x, fs);
  xml_free(&x);
  return ok;
}

bool docx_clean_end(void *state, struct findings *fs) {
  struct docx_state *s = state;
  struct sweep w = {.s = s, .p = s->entries.pack, .a = s->entries.arena, .fs = fs};
  size_t n = pack_count(w.p);
  w.before = ARENA_ARRAY(w.a, n + 1, bool);
  w.after = ARENA_ARRAY(w.a, n + 1, bool);
  if (w.before == NULL || w.after == NULL) return no_memory(fs);
  if (!sweep_all_rels(&w)) return false;
  reach(&w, w.before, true);
  reach(&w, w.after, false);
  bool ok = true;
  for (size_t i = 0; ok && i < n; i++)
    if (w.before[i] && !w.after[i]) ok = leave_out(&w, i);
  if (mem_failed()) return no_memory(fs);
  return ok && docx_clean_types(s, fs);
}
