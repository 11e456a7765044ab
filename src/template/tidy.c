/* Keeping the document legal and neat, whatever is repeated or left out.
 *
 * First (tidy_part) what held only control tags vanishes.  Then, when the rows that repeat by
 * themselves are known (tidy_guard), containers that may lose their last paragraph get a spare
 * one, tables that would touch get a paragraph between them, tables that may lose all rows and
 * paragraphs whose inline choice may yield nothing become regions that vanish as a whole.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "template/compile.h"

static enum kind kind_of(const struct compile *c, const xmlNode *n) {
  return n->type == XML_ELEMENT_NODE ? c->t->flavour->kind(n) : KIND_MARK;
}

static bool is_container(enum kind k) { return k == KIND_CELL || k == KIND_STORY || k == KIND_BOX; }

/* A block: what counts as the last thing of a container. */
static bool is_block(enum kind k) {
  return k == KIND_PARAGRAPH || k == KIND_TABLE || k == KIND_GROUP || k == KIND_ITEM ||
         k == KIND_BOX;
}

/* ---- control-only rows and paragraphs vanish ---- */

static bool row_vanishes(const struct compile *c, xmlNode *row) {
  bool any = false;
  for (xmlNode *n = row; n != NULL; n = xml_walk(row, n, false)) {
    if (n->type != XML_ELEMENT_NODE) continue;
    if (kind_of(c, n) == KIND_TABLE || kind_of(c, n) == KIND_CONTENT) return false;
    const struct para *p = n->_private;
    if (p == NULL) continue;
    if (!p->controls && (p->content || utf8_trim(p->text).n != 0)) return false;
    any = any || p->controls;
  }
  return any;
}

/* Removes a subtree; nothing points into it any more. */
static void remove_all(struct compile *c, xmlNode *top) {
  for (xmlNode *n = top; n != NULL; n = xml_walk(top, n, false)) {
    struct para *p = n->type == XML_ELEMENT_NODE ? n->_private : NULL;
    struct mark *m = compile_mark_of(c, n);
    if (p != NULL) p->node = NULL;
    if (m != NULL && m->tag != NULL) m->tag->anchor = NULL;
  }
  xml_remove(top);
}

static int range_step(const struct compile *c, const xmlNode *n);

/* Nothing left in it but anchors, and these in whole pairs. */
static bool is_hollow(const struct compile *c, const xmlNode *n) {
  enum kind k = kind_of(c, n);
  bool rows = k == KIND_ROWS || k == KIND_TABLE;
  int open = 0;
  if (!rows && k != KIND_GROUP && k != KIND_ITEM) return false;
  for (const xmlNode *kid = n->children; kid != NULL; kid = kid->next) {
    enum kind kk = kid->type == XML_ELEMENT_NODE ? kind_of(c, kid) : KIND_OTHER;
    open += range_step(c, kid);
    if (open < 0) return false;
    if (rows ? kk == KIND_ROW || kk == KIND_ROWS : kid->type == XML_ELEMENT_NODE) return false;
  }
  return open == 0;
}

/* What is empty now goes too: row groups, tables, list items and lists. */
static void drop_hollow(struct compile *c, xmlNode *n) {
  while (n != NULL && is_hollow(c, n)) {
    xmlNode *up = n->parent;
    remove_all(c, n);
    n = up;
  }
}

/* Anchors that stand in a vanishing subtree belong to empty inline pairs; they go with it. */
static void vanish_row(struct compile *c, xmlNode *row) {
  xmlNode *up = row->parent;
  remove_all(c, row);
  drop_hollow(c, up);
  c->changed = true;
}

static xmlNode *block_beside(const struct compile *c, const xmlNode *n, bool after) {
  for (n = after ? n->next : n->prev; n != NULL; n = after ? n->next : n->prev) {
    if (n->type == XML_PI_NODE) return NULL; /* decided while filling */
    if (n->type == XML_ELEMENT_NODE && is_block(kind_of(c, n))) return (xmlNode *)n;
  }
  return NULL;
}

static bool only_block(const struct compile *c, const xmlNode *p) {
  for (const xmlNode *k = p->parent->children; k != NULL; k = k->next)
    if (k != p && k->type == XML_ELEMENT_NODE && is_block(kind_of(c, k))) return false;
  return true;
}

/* A cell that held just this paragraph, or a pair of tables that would touch, keeps it empty. */
static bool must_stay(const struct compile *c, const xmlNode *p) {
  if (is_container(kind_of(c, p->parent)) && only_block(c, p)) return true;
  const xmlNode *a = block_beside(c, p, false), *b = block_beside(c, p, true);
  return a != NULL && b != NULL && kind_of(c, a) == KIND_TABLE && kind_of(c, b) == KIND_TABLE;
}

static void vanish_para(struct compile *c, struct para *p) {
  if (kind_of(c, p->node) != KIND_PARAGRAPH) return;
  c->changed = true;
  if (must_stay(c, p->node) || !c->t->flavour->release(p->node)) return;
  xmlNode *up = p->node->parent;
  remove_all(c, p->node);
  drop_hollow(c, up);
}

/* ---- paragraphs whose inline choice may yield nothing: what must survive moves out ---- */

static bool blank_between(const struct para *p, size_t from, size_t to) {
  str s = str_sub(p->text, from, to); /* a line break counts as content */
  return utf8_trim(s).n == 0 && (s.n == 0 || memchr(s.p, '\n', s.n) == NULL);
}

/* Does one half of a pair of marks stand in the paragraph, and the other one elsewhere? */
static bool has_half(const struct compile *c, xmlNode *p) {
  for (xmlNode *n = p; n != NULL; n = xml_walk(p, n, false)) {
    str id, other;
    int edge = n->type == XML_ELEMENT_NODE ? c->t->flavour->range_edge(n, &id) : 0, sum = edge;
    for (xmlNode *k = p; edge != 0 && k != NULL; k = xml_walk(p, k, false)) {
      int e = k->type == XML_ELEMENT_NODE && k != n && k->ns == n->ns
                  ? c->t->flavour->range_edge(k, &other)
                  : 0;
      if (e == -edge && str_eq(id, other)) sum = 0;
    }
    if (sum != 0) return true;
  }
  return false;
}

/* Is everything visible of the paragraph inside of inline pairs? */
static bool all_inside(const struct para *p) {
  bool pairs = false;
  size_t at = 0;
  for (size_t i = 0; i < p->ntags; i++) {
    const struct tag *t = p->tags[i];
    if (t->from < at) continue;
    if (!blank_between(p, at, t->from)) return false;
    at = t->to;
    if (t->kind == TAG_COMMENT) continue;
    if (!tag_opens(t->kind) || !t->inline_pair) return false;
    pairs = true;
    at = t->closer->to;
  }
  return pairs && blank_between(p, at, p->text.n);
}

bool tidy_part(struct compile *c) {
  for (size_t s = 0; s < c->nstories; s++)
    for (size_t i = 0; i < c->stories[s]->n; i++) {
      struct para *p = c->stories[s]->paras[i];
      if (p->node == NULL) continue;
      p->may_vanish = !p->controls && kind_of(c, p->node) == KIND_PARAGRAPH && all_inside(p) &&
                      !c->t->flavour->carries_section(p->node) && !has_half(c, p->node);
      if (!p->controls) continue;
      xmlNode *row = compile_up(c, p->node, KIND_ROW);
      bool here =
          row != NULL && compile_up(c, p->node, KIND_STORY) == compile_up(c, row, KIND_STORY);
      if (here && row_vanishes(c, row))
        vanish_row(c, row);
      else
        vanish_para(c, p);
    }
  return true;
}

/* ---- guards ---- */

static xmlNode *anchor(struct compile *c, enum mark_kind kind, uint32_t a, uint32_t b) {
  uint32_t number;
  struct mark *m = compile_mark(c, kind, &number);
  if (m == NULL) return NULL;
  m->a = a;
  m->b = b;
  return compile_anchor(c, number);
}

static bool before(struct compile *c, xmlNode *n, enum mark_kind kind, uint32_t a, uint32_t b) {
  xmlNode *pi = anchor(c, kind, a, b);
  if (pi == NULL) return compile_no_memory(c);
  xml_insert_before(n, pi);
  return true;
}

static bool after(struct compile *c, xmlNode *n, enum mark_kind kind, uint32_t a, uint32_t b) {
  xmlNode *pi = anchor(c, kind, a, b);
  if (pi == NULL) return compile_no_memory(c);
  xml_insert_after(n, pi);
  return true;
}

/* +1 for an anchor that begins a range of siblings, -1 for one that ends it. */
static int range_step(const struct compile *c, const xmlNode *n) {
  const struct mark *m = compile_mark_of(c, n);
  if (m == NULL) return 0;
  switch (m->kind) {
  case MARK_EACH:
  case MARK_TEST:
  case MARK_LOOK:
  case MARK_NOTE:
  case MARK_MERGE_TEST:
  case MARK_PICTURE:
  case MARK_SLOT_TEST: return 1;
  case MARK_END:
  case MARK_NOTE_END: return -1;
  default: return 0;
  }
}

static bool in_range(const struct compile *c, const xmlNode *n) {
  int depth = 0;
  for (n = n->prev; n != NULL; n = n->prev) depth += range_step(c, n);
  return depth > 0;
}

/* Is it, or a group around it, in a range inside of `top`? */
static bool in_range_below(const struct compile *c, const xmlNode *n, const xmlNode *top) {
  for (; n != top; n = n->parent)
    if (in_range(c, n)) return true;
  return false;
}

enum { SLOT_NONE, SLOT_PARAGRAPH, SLOT_TABLE };

static uint32_t slot_kind(enum kind k) { return k == KIND_TABLE ? SLOT_TABLE : SLOT_PARAGRAPH; }

/* A paragraph in the style of the container, written unless the slot holds a kind of `mask`. */
static bool spare(struct compile *c, xmlNode *at, bool behind, uint32_t slot, uint32_t mask,
                  xmlNode *like) {
  xmlNode *p = c->t->flavour->empty_paragraph(like);
  xmlNode *test = anchor(c, MARK_SLOT_TEST, slot, mask), *end = anchor(c, MARK_END, 0, 0);
  if (p == NULL || test == NULL || end == NULL) return compile_no_memory(c);
  if (behind) {
    xml_insert_after(at, end);
    xml_insert_after(at, p);
    xml_insert_after(at, test);
  } else {
    xml_insert_before(at, test);
    xml_insert_before(at, p);
    xml_insert_before(at, end);
  }
  return true;
}

static xmlNode *first_paragraph(const struct compile *c, xmlNode *box) {
  for (xmlNode *n = box; n != NULL; n = xml_walk(box, n, false))
    if (n->type == XML_ELEMENT_NODE && kind_of(c, n) == KIND_PARAGRAPH) return n;
  return NULL;
}

/* The last thing among the children of a container, block or anchor. */
static xmlNode *last_thing(const struct compile *c, const xmlNode *box) {
  for (xmlNode *n = box->last; n != NULL; n = n->prev) {
    if (n->type == XML_PI_NODE) return n;
    if (n->type == XML_ELEMENT_NODE && is_block(kind_of(c, n))) return n;
  }
  return NULL;
}

static xmlNode *first_thing(const struct compile *c, const xmlNode *box) {
  for (xmlNode *n = box->children; n != NULL; n = n->next) {
    if (n->type == XML_PI_NODE) return n;
    if (n->type == XML_ELEMENT_NODE && is_block(kind_of(c, n))) return n;
  }
  return NULL;
}

struct guard {
  bool ranges;   /* something in it is repeated or chosen */
  bool tables;   /* it holds tables */
  bool safe_end; /* its last block is a paragraph that is always there */
};

static struct guard look_at(const struct compile *c, const xmlNode *box) {
  struct guard g = {.ranges = false};
  int depth = 0;
  for (const xmlNode *n = box->children; n != NULL; n = n->next) {
    int step = range_step(c, n);
    depth += step;
    if (step > 0) g.ranges = true;
    if (n->type != XML_ELEMENT_NODE || !is_block(kind_of(c, n))) continue;
    bool paragraph = kind_of(c, n) != KIND_TABLE;
    g.tables = g.tables || !paragraph;
    g.safe_end = depth == 0 ? paragraph : paragraph && g.safe_end;
  }
  return g;
}

/* Follows in a slot what kind of block was written last, and fills the gaps. */
static bool guard_box(struct compile *c, xmlNode *box) {
  struct guard g = look_at(c, box);
  if (!g.ranges || (g.safe_end && !g.tables)) return true;
  uint32_t slot = (uint32_t)c->program->nblocks++;
  uint32_t ends = c->t->flavour->cell_needs_paragraph ? 1u << SLOT_PARAGRAPH
                                                      : 1u << SLOT_PARAGRAPH | 1u << SLOT_TABLE;
  xmlNode *like = first_paragraph(c, box), *last = last_thing(c, box);
  if (like == NULL || last == NULL) return true;
  if (!g.safe_end && !spare(c, last, true, slot, ends, like)) return false;
  for (xmlNode *n = last, *prev; n != NULL; n = prev) {
    prev = n->prev;
    if (n->type != XML_ELEMENT_NODE || !is_block(kind_of(c, n))) continue;
    if (!after(c, n, MARK_SLOT, slot, slot_kind(kind_of(c, n)))) return false;
    uint32_t not_table = 1u << SLOT_NONE | 1u << SLOT_PARAGRAPH;
    if (kind_of(c, n) == KIND_TABLE && !spare(c, n, false, slot, not_table, like)) return false;
  }
  return before(c, first_thing(c, box), MARK_SLOT, slot, SLOT_NONE);
}

/* ---- tables that may lose all rows ---- */

static bool guard_table(struct compile *c, xmlNode *table) {
  bool fixed = false, rows = false;
  for (xmlNode *n = table; n != NULL && !fixed;) {
    enum kind k = kind_of(c, n);
    if (k == KIND_ROW) {
      rows = true;
      fixed = fixed || !in_range_below(c, n, table);
    }
    n = xml_walk(table, n, k == KIND_ROW);
  }
  if (!rows || fixed) return true;
  uint32_t region = (uint32_t)c->program->nregions++;
  for (xmlNode *n = table; n != NULL;) {
    bool row = kind_of(c, n) == KIND_ROW;
    if (row && !before(c, n, MARK_SEEN, region, 0)) return false;
    n = xml_walk(table, n, row);
  }
  return before(c, table, MARK_LOOK, region, 0) && after(c, table, MARK_END, 0, 0);
}

/* A group of header rows that are all chosen. */
static bool guard_rows(struct compile *c, xmlNode *rows) {
  int depth = 0;
  bool any = false;
  for (const xmlNode *n = rows->children; n != NULL; n = n->next) {
    depth += range_step(c, n);
    bool row = kind_of(c, n) == KIND_ROW;
    if (row && depth == 0) return true;
    any = any || row;
  }
  if (!any || kind_of(c, rows->parent) != KIND_TABLE) return true;
  uint32_t region = (uint32_t)c->program->nregions++;
  for (xmlNode *n = rows->children; n != NULL; n = n->next)
    if (kind_of(c, n) == KIND_ROW && !before(c, n, MARK_SEEN, region, 0)) return false;
  return before(c, rows, MARK_LOOK, region, 0) && after(c, rows, MARK_END, 0, 0);
}

/* ---- lists that may lose all items ---- */

static bool guard_list(struct compile *c, xmlNode *list) {
  int depth = 0;
  for (const xmlNode *n = list->children; n != NULL; n = n->next) {
    depth += range_step(c, n);
    if (n->type == XML_ELEMENT_NODE && depth == 0) return true;
  }
  uint32_t region = (uint32_t)c->program->nregions++;
  for (xmlNode *n = xml_first_element(list); n != NULL; n = xml_next_element(n)) {
    struct mark *own = compile_mark_of(c, n->prev); /* an item that may vanish itself */
    if (own != NULL && own->kind == MARK_LOOK)
      own->b = region + 1;
    else if (!before(c, n, MARK_SEEN, region, 0))
      return false;
  }
  return before(c, list, MARK_LOOK, region, 0) && after(c, list, MARK_END, 0, 0);
}

/* ---- paragraphs whose inline choice may yield nothing ---- */

/* Marks as seen what stands between the ends of an outermost pair. */
static bool see_branches(struct compile *c, const struct para *p, const struct tag *open,
                         uint32_t region) {
  const struct tag *from = open, *to;
  for (; from != open->closer; from = to) {
    to = from->next_else != NULL ? from->next_else : open->closer;
    if (blank_between(p, from->to, to->from)) continue;
    xmlNode *pi = anchor(c, MARK_SEEN, region, 0);
    if (pi == NULL) return compile_no_memory(c);
    xml_insert_after(from->anchor, pi);
  }
  return true;
}

static bool guard_para(struct compile *c, struct para *p) {
  xmlNode *n = p->node;
  if (n == NULL || !p->may_vanish) return true;
  bool group = kind_of(c, n->parent) == KIND_ITEM && xml_first_element(n->parent) == n &&
               xml_next_element(n) == NULL; /* a list item goes as a whole */
  uint32_t region = (uint32_t)c->program->nregions++;
  size_t at = 0;
  for (size_t i = 0; i < p->ntags; i++) {
    const struct tag *t = p->tags[i];
    if (t->from < at || !tag_opens(t->kind)) continue;
    if (!see_branches(c, p, t, region)) return false;
    at = t->closer->to;
  }
  xmlNode *whole = group ? n->parent : n;
  return before(c, whole, MARK_LOOK, region, 0) && after(c, whole, MARK_END, 0, 0);
}

static bool guard_node(struct compile *c, xmlNode *n) {
  for (xmlNode *k = n->children, *next; k != NULL; k = next) {
    next = k->next;
    if (k->type == XML_ELEMENT_NODE && kind_of(c, k) != KIND_SKIP && !guard_node(c, k))
      return false;
  }
  enum kind k = kind_of(c, n);
  if (k == KIND_TABLE) return guard_table(c, n);
  if (k == KIND_ROWS) return guard_rows(c, n);
  if (k == KIND_GROUP || k == KIND_ITEM) return guard_list(c, n);
  return !is_container(k) || guard_box(c, n);
}

bool tidy_guard(struct compile *c) {
  for (size_t s = 0; s < c->nstories; s++)
    for (size_t i = 0; i < c->stories[s]->n; i++)
      if (!guard_para(c, c->stories[s]->paras[i])) return false;
  return guard_node(c, xmlDocGetRootElement(c->xml.doc));
}
