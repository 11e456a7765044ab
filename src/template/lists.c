/* Numbered lists in repeated parts.
 *
 * A list wholly inside an item begins anew for each item.  But where the numbered paragraphs are
 * all that the innermost loop repeats, they are the items of one list: numbers go on from item to
 * item, and begin anew for each item of the loop around it.
 * Where a list is an element of its own (odt), the second rule is met by repeating its items
 * instead of the list; the first one holds by itself.
 */
#include "template/compile.h"

enum { DEEPEST = 64 };

/* The loops around a node, innermost first, as their opening anchors.  What stands behind 否则 is
 * not repeated. */
static size_t loops_around(const struct compile *c, xmlNode *n, xmlNode *loops[DEEPEST]) {
  size_t count = 0;
  for (; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent) {
    int depth = 0;
    bool in_else = false;
    for (xmlNode *k = n->prev; k != NULL && count < DEEPEST; k = k->prev) {
      const struct mark *m = compile_mark_of(c, k);
      if (m == NULL) continue;
      if (m->kind == MARK_END) depth--;
      if (depth == 0 && (m->kind == MARK_ELSE || m->kind == MARK_ELIF)) in_else = true;
      bool opens = m->kind == MARK_EACH || m->kind == MARK_TEST || m->kind == MARK_MERGE_TEST;
      if (!opens || ++depth <= 0) continue;
      if (m->kind == MARK_EACH && !in_else) loops[count++] = k;
      depth = 0;
      in_else = false;
    }
  }
  return count;
}

static xmlNode *end_of(const struct compile *c, xmlNode *begin) {
  int depth = 0;
  for (xmlNode *k = begin; k != NULL; k = k->next) {
    const struct mark *m = compile_mark_of(c, k);
    if (m == NULL) continue;
    bool opens = m->kind == MARK_EACH || m->kind == MARK_TEST || m->kind == MARK_MERGE_TEST;
    depth += opens ? 1 : m->kind == MARK_END ? -1 : 0;
    if (depth == 0) return k;
  }
  return NULL;
}

/* Is everything between the anchors a paragraph of that list? */
static bool only_that_list(const struct compile *c, xmlNode *begin, str id) {
  const xmlNode *end = end_of(c, begin);
  for (xmlNode *k = begin->next; k != NULL && k != end; k = k->next) {
    str other;
    xmlAttr *attr;
    if (k->type != XML_ELEMENT_NODE) continue;
    enum kind kind = c->t->flavour->kind(k);
    if (kind == KIND_MARK) continue;
    bool same = kind == KIND_PARAGRAPH &&
                c->t->flavour->list_of(c->t->state, k, false, &other, &attr) && str_eq(other, id);
    if (!same) return false;
  }
  return true;
}

/* A list and the paragraphs of one story that belong to it: a text box may stand twice in the
 * document, with a loop of its own in each copy. */
struct list {
  str id;
  size_t story;
  xmlNode *loop; /* for whose items it begins anew, or NULL */
  xmlNode **paragraphs;
  size_t n, cap;
};

static bool contains(xmlNode *const *loops, size_t n, const xmlNode *loop) {
  for (size_t i = 0; i < n; i++)
    if (loops[i] == loop) return true;
  return false;
}

/* The loop for whose items the list begins anew, or NULL. */
static xmlNode *loop_of(const struct compile *c, const struct list *l) {
  xmlNode *loops[DEEPEST], *others[DEEPEST];
  size_t n = loops_around(c, l->paragraphs[0], loops);
  for (size_t i = 0; i < n; i++) {
    if (i == 0 && only_that_list(c, loops[0], l->id)) continue;
    bool whole = true;
    for (size_t k = 1; whole && k < l->n; k++)
      whole = contains(others, loops_around(c, l->paragraphs[k], others), loops[i]);
    if (whole) return loops[i];
  }
  return NULL;
}

static bool restart(struct compile *c, const struct list *l, xmlNode *loop) {
  uint32_t index, number;
  struct ident_op *op = compile_ident(c, &index);
  struct mark *m = compile_mark(c, MARK_LIST_NEW, &number);
  xmlNode *anchor = m != NULL ? compile_anchor(c, number) : NULL;
  if (op == NULL || anchor == NULL) return compile_no_memory(c);
  uint32_t slot = (uint32_t)c->program->nslots++;
  *op =
      (struct ident_op){.kind = IDENT_NUMBER, .space = FLAVOUR_LISTS, .slot = slot, .first = l->id};
  m->a = index;
  xml_insert_after(loop, anchor);
  for (size_t i = 0; i < l->n; i++) {
    str id;
    xmlAttr *attr;
    if (!c->t->flavour->list_of(c->t->state, l->paragraphs[i], true, &id, &attr))
      return compile_no_memory(c);
    struct mark *same = compile_mark(c, MARK_IDENT, &number);
    struct ident_op *print = compile_ident(c, &index);
    if (same == NULL || print == NULL) return compile_no_memory(c);
    *print =
        (struct ident_op){.kind = IDENT_SAME, .space = FLAVOUR_LISTS, .slot = slot, .first = l->id};
    same->a = index;
    if (!compile_mark_attr(c, attr, 0, id.n, number)) return compile_no_memory(c);
  }
  return true;
}

static struct list *find_list(struct compile *c, struct list **lists, size_t *n, size_t *cap,
                              str id, size_t story) {
  for (size_t i = 0; i < *n; i++)
    if ((*lists)[i].story == story && str_eq((*lists)[i].id, id)) return &(*lists)[i];
  struct list *l = arena_grow(c->arena, *lists, n, cap, sizeof *l);
  if (l == NULL) return compile_no_memory(c), NULL;
  *lists = l - (*n - 1);
  l->id = arena_dup(c->arena, id);
  l->story = story;
  return l;
}

/* Does the list begin anew in every story that it stands in? */
static bool anew_everywhere(const struct list *lists, size_t n, str id) {
  for (size_t i = 0; i < n; i++)
    if (str_eq(lists[i].id, id) && lists[i].loop == NULL) return false;
  return true;
}

/* odt: the anchors around one list go around its items. */
static void go_into_list(struct compile *c, xmlNode *begin) {
  xmlNode *end = end_of(c, begin), *list = NULL;
  for (xmlNode *k = begin->next; k != NULL && k != end; k = k->next) {
    if (k->type == XML_PI_NODE || (k->type == XML_ELEMENT_NODE && list != NULL)) return;
    if (k->type == XML_ELEMENT_NODE) list = k;
  }
  if (end == NULL || list == NULL || c->t->flavour->kind(list) != KIND_GROUP) return;
  for (const xmlNode *k = list->children; k != NULL; k = k->next)
    if (compile_mark_of(c, k) != NULL) return;
  xmlUnlinkNode(begin);
  xmlUnlinkNode(end);
  xml_prepend(list, begin);
  xml_append(list, end);
}

bool lists_part(struct compile *c) {
  struct list *lists = NULL;
  size_t n = 0, cap = 0;
  for (size_t i = 0; i < c->nmarks; i++) {
    const struct mark *m = c->marks[i];
    if (m->kind == MARK_EACH && m->tag != NULL && m->tag->anchor != NULL && !m->tag->inline_pair)
      go_into_list(c, m->tag->anchor);
  }
  for (size_t s = 0; s < c->nstories; s++)
    for (size_t i = 0; i < c->stories[s]->n; i++) {
      xmlNode *p = c->stories[s]->paras[i]->node;
      str id;
      xmlAttr *attr;
      if (p == NULL || !c->t->flavour->list_of(c->t->state, p, false, &id, &attr)) continue;
      struct list *l = find_list(c, &lists, &n, &cap, id, s);
      xmlNode **slot =
          l != NULL ? arena_grow(c->arena, l->paragraphs, &l->n, &l->cap, sizeof *slot) : NULL;
      if (slot == NULL) return compile_no_memory(c);
      l->paragraphs = slot - (l->n - 1);
      *slot = p;
    }
  for (size_t i = 0; i < n; i++) lists[i].loop = loop_of(c, &lists[i]);
  for (size_t i = 0; i < n; i++)
    if (anew_everywhere(lists, n, lists[i].id) && !restart(c, &lists[i], lists[i].loop))
      return false;
  return true;
}
