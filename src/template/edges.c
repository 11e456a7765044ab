/* The edges of what is repeated or chosen.
 *
 * Marks that come in pairs (bookmarks, comment ranges) must not be torn: a half whose other half
 * stands outside moves out.  A break that ends an item stands between items.
 */
#include "base/utf8.h"
#include "template/compile.h"

struct edge {
  xmlNode *node;
  str id;
};

struct edges {
  struct edge *items; /* starts without an end so far */
  size_t n, cap;
};

/* The other half of a mark goes when one half has no place any more. */
static void drop_other(struct compile *c, const xmlNode *half, int edge, str id) {
  xmlNode *root = xmlDocGetRootElement(c->xml.doc);
  for (xmlNode *n = root; n != NULL; n = xml_walk(root, n, false)) {
    str other;
    bool element = n->type == XML_ELEMENT_NODE && n != half && n->ns == half->ns;
    if (!element || c->t->flavour->range_edge(n, &other) != -edge || !str_eq(other, id)) continue;
    xml_remove(n);
    return;
  }
}

/* Moves one half out of the range, or out of the document when it cannot stand there. */
static void hoist(struct compile *c, xmlNode *half, xmlNode *to, bool before) {
  enum kind k = c->t->flavour->kind(to->parent);
  bool inline_place = k == KIND_PARAGRAPH || k == KIND_RUN;
  str id;
  int edge = c->t->flavour->range_edge(half, &id);
  xmlUnlinkNode(half);
  if (c->t->flavour->marks_in_paragraphs && !inline_place) {
    drop_other(c, half, edge, id);
    xmlFreeNode(half);
  } else if (before) {
    xml_insert_before(to, half);
  } else {
    xml_insert_after(to, half);
  }
}

/* Halves of pairs whose other half is outside of [from, to) go outside of [begin, end]. */
bool edges_settle(struct compile *c, xmlNode *from, xmlNode *to, xmlNode *begin, xmlNode *end) {
  struct edges open = {.n = 0};
  for (xmlNode *top = from->next, *after; top != NULL && top != to; top = after) {
    after = top->next;
    for (xmlNode *n = top, *next; n != NULL; n = next) {
      next = xml_walk(top, n, false);
      str id;
      int edge = n->type == XML_ELEMENT_NODE ? c->t->flavour->range_edge(n, &id) : 0;
      if (edge > 0) {
        struct edge *e = arena_grow(c->arena, open.items, &open.n, &open.cap, sizeof *e);
        if (e == NULL) return compile_no_memory(c);
        open.items = e - (open.n - 1);
        *e = (struct edge){n, arena_dup(c->arena, id)};
      } else if (edge < 0) {
        size_t i = open.n;
        while (i > 0 && !str_eq(open.items[i - 1].id, id)) i--;
        if (i > 0)
          open.items[i - 1] = open.items[--open.n];
        else
          hoist(c, n, end, false);
      }
    }
  }
  for (size_t i = 0; i < open.n; i++) hoist(c, open.items[i].node, begin, true);
  return true;
}

/* The branches of a pair, each for itself. */
bool edges_settle_pair(struct compile *c, const struct tag *open) {
  const struct tag *from = open, *to;
  for (; from != open->closer; from = to) {
    to = from->next_else != NULL ? from->next_else : open->closer;
    bool siblings = from->anchor->parent == to->anchor->parent;
    if (siblings && !edges_settle(c, from->anchor, to->anchor, open->anchor, open->closer->anchor))
      return false;
  }
  return true;
}

/* Writes a node only when the condition about the running loop does not hold. */
static bool unless(struct compile *c, xmlNode *n, enum expr_kind kind, const struct scope *s,
                   const struct place *place) {
  uint32_t from, to;
  struct expr *word = ARENA_NEW(c->arena, struct expr), *no = ARENA_NEW(c->arena, struct expr);
  if (word == NULL || no == NULL || compile_mark(c, MARK_TEST, &from) == NULL ||
      compile_mark(c, MARK_END, &to) == NULL)
    return compile_no_memory(c);
  *word = (struct expr){.kind = kind, .level = s->depth};
  *no = (struct expr){.kind = EXPR_NOT, .a = word};
  c->marks[from]->e = no;
  c->marks[from]->place = place;
  xmlNode *begin = compile_anchor(c, from), *end = compile_anchor(c, to);
  if (begin == NULL || end == NULL) return compile_no_memory(c);
  xml_insert_before(n, begin);
  xml_insert_after(n, end);
  return true;
}

static bool holds_only(const struct compile *c, xmlNode *p, const xmlNode *what) {
  for (xmlNode *n = p; n != NULL;) {
    enum kind k = n->type == XML_ELEMENT_NODE ? c->t->flavour->kind(n) : KIND_OTHER;
    bool text = n->type == XML_TEXT_NODE && utf8_trim(str_of((const char *)n->content)).n != 0;
    bool content = k == KIND_CONTENT || k == KIND_TAB || k == KIND_BREAK;
    if (n != what && (text || content || n->type == XML_PI_NODE)) return false;
    n = xml_walk(p, n, k == KIND_SKIP || n == what);
  }
  return true;
}

/* A break that ends an item stands between items; one at its start before all but the first. */
static bool break_between(struct compile *c, xmlNode *edge, bool at_end, const struct scope *s,
                          const struct place *place) {
  while (edge != NULL && (edge->type == XML_TEXT_NODE || (edge->type == XML_ELEMENT_NODE &&
                                                          c->t->flavour->kind(edge) == KIND_MARK)))
    edge = at_end ? edge->prev : edge->next;
  if (edge == NULL || edge->type != XML_ELEMENT_NODE) return true;
  enum kind k = c->t->flavour->kind(edge);
  if (k != KIND_PARAGRAPH && k != KIND_RUN) return true;
  xmlNode *brk = c->t->flavour->page_break(edge, at_end);
  if (brk == NULL) return true;
  xmlNode *n = k == KIND_PARAGRAPH && holds_only(c, edge, brk) ? edge : brk;
  return unless(c, n, at_end ? EXPR_LAST : EXPR_FIRST, s, place);
}

bool edges_breaks(struct compile *c, const struct mark *m) {
  const struct tag *t = m->tag;
  const xmlNode *begin = t->anchor;
  const xmlNode *end = t->next_else != NULL ? t->next_else->anchor : t->closer->anchor;
  if (begin->next == end || t->row_loop) return true;
  return break_between(c, end->prev, true, m->scope, m->place) &&
         break_between(c, begin->next, false, m->scope, m->place);
}
