/* Comments of our own in an OpenDocument text (ODF 1.3 part 3, 14.1 office:annotation, 14.2
 * office:annotation-end).
 *
 *   ab  ─►  a annotation b annotation-end
 *
 * They stand between characters, so nothing but text nodes is cut, and that leaves no trace.
 * Invariant: when our comments are taken out, the tree is what it was before.
 */
#include "base/mem.h"
#include "flavour/odt.h"
#include "flavour/shared.h"

#define NAME "__tianbao__"

/* ---- taking out ---- */

static bool is_text(const xmlNode *n) {
  return n != NULL && (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE);
}

static bool child_is(const xmlNode *n, const char *ns, const char *local, const char *text) {
  const xmlNode *k = xml_child(n, ns, local);
  return k != NULL && is_text(k->children) && strcmp((const char *)k->children->content, text) == 0;
}

/* LibreOffice writes the initials under the name that ODF 1.3 gave them, or under its own. */
static bool is_ours(const xmlNode *n) {
  return xml_is(n, NS_OFFICE, "annotation") && child_is(n, NS_DC, "creator", OUR_AUTHOR) &&
         (child_is(n, NS_META, "creator-initials", OUR_INITIALS) ||
          child_is(n, NS_LOEXT, "sender-initials", OUR_INITIALS));
}

struct gone {
  struct arena *arena;
  str *names;
  size_t n, cap;
};

static bool note_name(struct gone *g, str name) {
  str *slot = name.n != 0 ? arena_grow(g->arena, g->names, &g->n, &g->cap, sizeof *slot) : NULL;
  if (slot == NULL) return name.n == 0;
  g->names = slot - (g->n - 1);
  *slot = arena_dup(g->arena, name);
  return slot->p != NULL;
}

static bool is_end(const struct gone *g, const xmlNode *n) {
  str name = xml_is(n, NS_OFFICE, "annotation-end") ? xml_attr(n, NS_OFFICE, "name") : STR_NONE;
  for (size_t i = 0; name.n != 0 && i < g->n; i++)
    if (str_eq(g->names[i], name)) return true;
  return false;
}

/* Texts that were one are one again. */
static bool take_out(xmlNode *n) {
  xmlNode *before = n->prev;
  bool join = is_text(before) && is_text(n->next);
  xml_remove(n);
  return !join || xml_join_text(before);
}

bool odt_forget(void *state, size_t entry, xmlNode *root, bool *changed) {
  struct odt_state *s = state;
  struct gone g = {.arena = s->entries.arena};
  bool ok = true;
  (void)entry;
  for (xmlNode *n = root, *next; ok && n != NULL; n = next) {
    bool ours = is_ours(n), out = ours || is_end(&g, n);
    if (ours) ok = note_name(&g, xml_attr(n, NS_OFFICE, "name"));
    xmlNode *before = n->prev, *up = n->parent;
    next = xml_walk(root, n, false);
    if (!out || !ok) continue;
    ok = take_out(n);
    *changed = true;
    /* The text behind may be one with that before now. */
    if (before != NULL)
      next = xml_walk(root, before, true);
    else
      next = up->children != NULL ? up->children : xml_walk(root, up, true);
  }
  return ok && !mem_failed();
}

/* ---- putting them in ---- */

/* The namespace as names of attributes need it, with a prefix. */
static xmlNs *ns_of(xmlNode *n, const char *href, const char *prefix) {
  xmlNs *ns = xmlSearchNsByHref(n->doc, n, (const xmlChar *)href);
  if (ns != NULL && ns->prefix != NULL) return ns;
  return xmlNewNs(n, (const xmlChar *)href, (const xmlChar *)prefix);
}

/* A child with a text, at the end of a node that is linked. */
static void add_child(xmlNode *n, const char *href, const char *prefix, const char *local,
                      str text) {
  xmlNode *k = xml_element(n, local);
  if (k == NULL) return; /* base/mem.h tells */
  xml_append(n, k);
  k->ns = ns_of(n, href, prefix);
  xml_append(k, xml_text(n->doc, text));
}

/* Once it is linked, for only then namespaces can be found. */
static void name_mark(xmlNode *n, str name) {
  n->ns = ns_of(n, NS_OFFICE, "office");
  if (n->ns != NULL) xml_set_attr(n, n->ns, "name", name);
}

/* Fields and the like hold text only; what is put beside their text goes beside them. */
static xmlNode *where_marks_can_stand(xmlNode *n, const xmlNode *paragraph) {
  while (n->parent != paragraph && flavour_odt.kind(n->parent) != KIND_RUN) n = n->parent;
  return n;
}

/* An end of the stretch: the node before which (or behind which) the mark goes. */
static xmlNode *edge_of(xmlNode *piece, size_t at, const xmlNode *paragraph, bool end) {
  xmlNode *n = where_marks_can_stand(piece, paragraph);
  if (n != piece || !is_text(n)) return n;
  if (end) return at < strlen((const char *)n->content) && xml_cut_text(n, at) == NULL ? NULL : n;
  return at > 0 ? xml_cut_text(n, at) : n;
}

static void put_marks(const struct text_span *at, xmlNode *start, xmlNode *end) {
  xmlNode *last = at->last != NULL ? edge_of(at->last, at->to, at->paragraph, true) : NULL;
  if (last != NULL)
    xml_insert_after(last, end);
  else
    xml_append(at->paragraph, end);
  xmlNode *first = at->first != NULL ? edge_of(at->first, at->from, at->paragraph, false) : NULL;
  if (first != NULL)
    xml_insert_before(first, start);
  else
    xml_prepend(at->paragraph, start);
}

bool odt_comment(void *state, const struct text_span *at, const str *lines, size_t n) {
  struct odt_state *s = state;
  str name = shared_numbered(STR(NAME), ++s->ncomments, STR(""), s->entries.arena);
  xmlNode *start = xml_element(at->paragraph, "annotation");
  xmlNode *end = xml_element(at->paragraph, "annotation-end");
  if (start == NULL || end == NULL) {
    if (start != NULL) xmlFreeNode(start);
    if (end != NULL) xmlFreeNode(end);
    return false;
  }
  put_marks(at, start, end);
  name_mark(start, name);
  name_mark(end, name);
  add_child(start, NS_DC, "dc", "creator", STR(OUR_AUTHOR));
  add_child(start, NS_META, "meta", "creator-initials", STR(OUR_INITIALS));
  for (size_t i = 0; i < n; i++) add_child(start, NS_TEXT, "text", "p", lines[i]);
  return !mem_failed();
}

bool odt_comments_end(void *state, struct findings *fs) {
  (void)state;
  (void)fs;
  return true; /* all of it stands in the text */
}
