/* Pairing openers with closers, and finding what repeats.
 *
 * Any closer closes the innermost opener of its story.  What repeats is found from where the two
 * tags stand (language.md 5): the text between them in one paragraph, one row, rows of one table,
 * or whole blocks of one container.  The anchors of a pair end up as siblings around it.
 * Invariant: nothing that is not meant to be cut is cut; a pair that would do so is a finding.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "template/compile.h"

#define N_(s) (s)

/* ---- pairs ---- */

struct stack {
  struct tag *open[64];
  size_t n;
};

static str words_for(struct compile *c, const struct tag *t) {
  struct arena *a = findings_arena(c->fs);
  const struct place *p = t->place;
  struct buf b;
  buf_init(&b, 0);
  if (p->table != 0) {
    buf_puts(&b, "T");
    buf_put_u64(&b, p->table);
    buf_puts(&b, "R");
    buf_put_u64(&b, p->row);
    buf_puts(&b, "C");
    buf_put_u64(&b, p->column);
    buf_puts(&b, " ");
  }
  buf_puts(&b, "¶");
  buf_put_u64(&b, p->paragraph);
  str s = arena_dup(a, buf_str(&b));
  buf_free(&b);
  return s;
}

static bool cuts(struct compile *c, const struct tag *a, const struct tag *b, const char *what) {
  return finding(c->fs, CODE_TAG_CUTS, a->place, NULL, a->typed, b->typed, str_of(what),
                 words_for(c, b));
}

static bool misplaced(struct compile *c, const struct tag *e, const struct tag *open) {
  return finding(c->fs, CODE_ELSE_MISPLACED, e->place, NULL, e->typed, open->typed,
                 words_for(c, open));
}

/* Does the name behind a closer fit its opener? 完 如果 and /每个 do too. */
static bool closer_fits(struct compile *c, const struct tag *close, const struct tag *open) {
  static const char *const words[] = {"如果", "每个", "if", "each"};
  if (close->text.n == 0) return true;
  for (size_t i = 0; i < 4; i++)
    if (str_is(close->text, words[i])) return (open->kind == TAG_IF) == (i % 2 == 0);
  str unit, a = names_canonical(close->text, c->arena, &unit);
  str b = names_canonical(open->text, c->arena, &unit);
  if (!str_starts(b, a)) return false;
  str rest = str_sub(b, a.n, b.n); /* 每个 项目 当 … is closed by 完 项目 */
  return rest.n == 0 || str_starts(rest, STR("当")) || str_starts(rest, STR("按")) ||
         str_starts(rest, STR("where")) || str_starts(rest, STR("by"));
}

static void set_kind(struct compile *c, struct tag *t, enum mark_kind kind) {
  struct mark *m = compile_mark_of(c, t->anchor);
  if (m != NULL) m->kind = kind;
}

/* ---- the tree around an anchor ---- */

static unsigned level_of(const xmlNode *n) {
  unsigned d = 0;
  while (n != NULL && n->type == XML_ELEMENT_NODE) n = n->parent, d++;
  return d;
}

static xmlNode *common(xmlNode *a, xmlNode *b) {
  unsigned da = level_of(a->parent), db = level_of(b->parent);
  a = a->parent;
  b = b->parent;
  for (; da > db; da--) a = a->parent;
  for (; db > da; db--) b = b->parent;
  while (a != b) a = a->parent, b = b->parent;
  return a;
}

static xmlNode *child_towards(const xmlNode *top, xmlNode *n) {
  while (n != NULL && n->parent != top) n = n->parent;
  return n;
}

static bool begins(const struct compile *c, const xmlNode *n) {
  const struct mark *m = compile_mark_of(c, n);
  return m != NULL && m->tag != NULL && tag_opens(m->tag->kind);
}

static bool ends(const struct compile *c, const xmlNode *n) {
  const struct mark *m = compile_mark_of(c, n);
  return m != NULL && m->kind == MARK_END;
}

/* Nothing in this row or item but control tags, comments and blanks. */
static bool all_controls(const struct compile *c, xmlNode *row) {
  for (xmlNode *n = row; n != NULL; n = xml_walk(row, n, false)) {
    const struct para *p = n->type == XML_ELEMENT_NODE ? n->_private : NULL;
    if (p != NULL && !p->controls && (p->content || utf8_trim(p->text).n != 0)) return false;
  }
  (void)c;
  return true;
}

/* The opener's anchor: before what repeats, and before the openers of pairs inside that stand
 * there already.  What holds only control tags vanishes and is left outside. */
static void put_begin(struct compile *c, xmlNode *n, xmlNode *anchor) {
  bool vanishes = all_controls(c, n);
  while (!vanishes && n->prev != NULL && begins(c, n->prev)) n = n->prev;
  xmlUnlinkNode(anchor);
  if (vanishes)
    xml_insert_after(n, anchor);
  else
    xml_insert_before(n, anchor);
}

static void put_end(struct compile *c, xmlNode *n, xmlNode *anchor) {
  bool vanishes = all_controls(c, n);
  while (!vanishes && n->next != NULL && ends(c, n->next)) n = n->next;
  xmlUnlinkNode(anchor);
  if (vanishes)
    xml_insert_before(n, anchor);
  else
    xml_insert_after(n, anchor);
}

/* 否则 stands in something that vanishes. */
static void put_else(xmlNode *n, xmlNode *anchor) {
  xmlUnlinkNode(anchor);
  xml_insert_before(n, anchor);
}

/* ---- one paragraph: the text between ---- */

static bool only_properties(const struct compile *c, const xmlNode *n) {
  for (const xmlNode *k = n->children; k != NULL; k = k->next)
    if (!c->t->flavour->is_property(k)) return false;
  return true;
}

/* Moves an anchor up to `top`, cutting the runs on its way in two. */
static bool lift(struct compile *c, xmlNode *anchor, xmlNode *top) {
  while (anchor->parent != top) {
    xmlNode *p = anchor->parent, *left = xml_shell(p);
    if (left == NULL) return compile_no_memory(c);
    bool any = false;
    for (xmlNode *k = p->children, *next; k != anchor; k = next) {
      next = k->next;
      if (c->t->flavour->is_property(k)) {
        xmlNode *copy = xml_clone(k);
        if (copy == NULL) return compile_no_memory(c);
        xml_append(left, copy);
      } else {
        xmlUnlinkNode(k);
        xml_append(left, k);
        any = true;
      }
    }
    if (any)
      xml_insert_before(p, left);
    else
      xmlFreeNode(left);
    xmlUnlinkNode(anchor);
    xml_insert_before(p, anchor);
    if (only_properties(c, p)) xml_remove(p);
  }
  return true;
}

/* Can the way from an anchor up to `top` be cut? */
static bool may_lift(const struct compile *c, const xmlNode *anchor, const xmlNode *top) {
  for (const xmlNode *n = anchor->parent; n != top; n = n->parent) {
    enum kind k = c->t->flavour->kind(n);
    if (k != KIND_RUN && k != KIND_TEXT) return false;
  }
  return true;
}

static int edges_in(const struct compile *c, const xmlNode *n, int *least) {
  int sum = c->t->flavour->field_edge(n);
  for (const xmlNode *k = n->children; k != NULL; k = k->next)
    if (k->type == XML_ELEMENT_NODE) sum += edges_in(c, k, least);
  if (sum < *least) *least = sum;
  return sum;
}

/* Are fields that begin between two sibling anchors closed there? */
static bool fields_whole(const struct compile *c, const xmlNode *from, const xmlNode *to) {
  int open = 0;
  for (const xmlNode *n = from->next; n != NULL && n != to; n = n->next) {
    int least = 0;
    if (n->type == XML_ELEMENT_NODE) open += edges_in(c, n, &least);
    if (open < 0) return false;
  }
  return open == 0;
}

/* Opener, its 否则, closer, NULL. */
static struct tag *next_in_pair(const struct tag *open, const struct tag *t) {
  if (t == open->closer) return NULL;
  return t->next_else != NULL ? t->next_else : open->closer;
}

static bool place_inline(struct compile *c, struct tag *open) {
  xmlNode *top = common(open->anchor, open->closer->anchor);
  for (struct tag *e = open->next_else; e != NULL; e = e->next_else) {
    if (e->para != open->para) return misplaced(c, e, open);
    xmlNode *t = common(open->anchor, e->anchor);
    if (level_of(t) < level_of(top)) top = t;
    t = common(e->anchor, open->closer->anchor);
    if (level_of(t) < level_of(top)) top = t;
  }
  open->inline_pair = true;
  for (struct tag *t = open, *last = NULL; t != NULL; last = t, t = next_in_pair(open, t)) {
    if (!may_lift(c, t->anchor, top))
      return cuts(c, open, open->closer, N_("a field or content control"));
    if (!lift(c, t->anchor, top)) return false;
    if (last != NULL && !fields_whole(c, last->anchor, t->anchor))
      return cuts(c, open, open->closer, N_("a field"));
  }
  return true;
}

/* ---- rows ---- */

static bool place_else_row(struct compile *c, struct tag *e, const struct tag *open,
                           const xmlNode *table) {
  xmlNode *row = compile_up(c, e->para->node, KIND_ROW);
  if (row == NULL || row->parent != table || !all_controls(c, row)) return misplaced(c, e, open);
  put_else(row, e->anchor);
  return true;
}

static bool place_rows(struct compile *c, struct tag *open, xmlNode *first, xmlNode *last) {
  if (compile_up(c, open->para->node, KIND_ROW) != first ||
      compile_up(c, open->closer->para->node, KIND_ROW) != last)
    return cuts(c, open, open->closer, N_("a table"));
  for (struct tag *e = open->next_else; e != NULL; e = e->next_else) {
    if (first == last) return misplaced(c, e, open);
    if (!place_else_row(c, e, open, first->parent)) return false;
  }
  put_begin(c, first, open->anchor);
  put_end(c, last, open->closer->anchor);
  open->row_loop = true;
  return true;
}

/* ---- blocks ---- */

static const char *what_is(const struct compile *c, const xmlNode *n) {
  switch (c->t->flavour->kind(n)) {
  case KIND_TABLE:
  case KIND_ROWS:
  case KIND_ROW: return N_("a table");
  case KIND_CELL: return N_("a table cell");
  case KIND_STORY: return N_("a text box or note");
  default: return N_("a section or content control");
  }
}

static bool is_group(const struct compile *c, const xmlNode *n) {
  enum kind k = c->t->flavour->kind(n);
  return k == KIND_GROUP || k == KIND_ITEM;
}

/* What would be cut between a paragraph and its container, or NULL: only groups may stand
 * there. */
static const char *blocked_by(const struct compile *c, const xmlNode *n, const xmlNode *top) {
  for (n = n->parent; n != NULL && n != top; n = n->parent)
    if (!is_group(c, n)) return what_is(c, n);
  return NULL;
}

static bool first_in(const xmlNode *n) {
  for (n = n->prev; n != NULL; n = n->prev)
    if (n->type == XML_ELEMENT_NODE || n->type == XML_PI_NODE) return false;
  return true;
}

static bool last_in(const xmlNode *n) {
  for (n = n->next; n != NULL; n = n->next)
    if (n->type == XML_ELEMENT_NODE || n->type == XML_PI_NODE) return false;
  return true;
}

/* Cuts the groups between n and `top` before n (or behind it); gives the child of top that then
 * begins (or ends) with n. */
static xmlNode *cut_groups(struct compile *c, xmlNode *n, const xmlNode *top, bool behind) {
  while (n->parent != top) {
    xmlNode *g = n->parent;
    if (behind ? !last_in(n) : !first_in(n)) {
      xmlNode *second = xml_shell(g);
      if (second == NULL) return NULL;
      for (xmlNode *k = behind ? n->next : n, *next; k != NULL; k = next) {
        next = k->next;
        xmlUnlinkNode(k);
        xml_append(second, k);
      }
      xml_insert_after(g, second);
      c->t->flavour->continued(second);
      if (!behind) g = second;
    }
    n = g;
  }
  return n;
}

static bool place_else_block(struct compile *c, struct tag *e, const struct tag *open,
                             xmlNode *top) {
  xmlNode *at = child_towards(top, e->para->node);
  if (at == NULL || !e->para->controls || blocked_by(c, e->para->node, top) != NULL)
    return misplaced(c, e, open);
  at = is_group(c, top) ? at : cut_groups(c, e->para->node, top, false);
  if (at == NULL) return compile_no_memory(c);
  put_else(at, e->anchor);
  return true;
}

static bool place_blocks(struct compile *c, struct tag *open, xmlNode *top) {
  xmlNode *a = open->para->node, *b = open->closer->para->node;
  const char *cut = blocked_by(c, a, top);
  if (cut == NULL) cut = blocked_by(c, b, top);
  if (cut != NULL) return cuts(c, open, open->closer, cut);
  bool items = is_group(c, top);
  xmlNode *first = items ? child_towards(top, a) : cut_groups(c, a, top, false);
  xmlNode *last = items ? child_towards(top, b) : cut_groups(c, b, top, true);
  if (first == NULL || last == NULL) return compile_no_memory(c);
  bool whole = c->t->flavour->kind(top) == KIND_ITEM && first_in(first) && last_in(last);
  if (whole) { /* all of a list item: the item repeats */
    first = last = top;
    top = top->parent;
  }
  xmlNode *behind = first; /* an empty first branch: 如果 and 否则 in one paragraph */
  for (struct tag *e = open->next_else; e != NULL; e = e->next_else) {
    if (e->para == open->para && all_controls(c, first)) {
      xmlUnlinkNode(e->anchor);
      xml_insert_after(behind, e->anchor);
      behind = e->anchor;
    } else if (!place_else_block(c, e, open, top)) {
      return false;
    }
  }
  put_begin(c, first, open->anchor);
  put_end(c, last, open->closer->anchor);
  return fields_whole(c, open->anchor, open->closer->anchor) ||
         cuts(c, open, open->closer, N_("a field"));
}

static bool place_pair(struct compile *c, struct tag *open) {
  static const enum mark_kind kinds[] = {[TAG_SECTION] = MARK_EACH,
                                         [TAG_EACH] = MARK_EACH,
                                         [TAG_INVERSE] = MARK_TEST,
                                         [TAG_IF] = MARK_TEST};
  set_kind(c, open, kinds[open->kind]);
  for (struct tag *e = open->next_else; e != NULL; e = e->next_else)
    set_kind(c, e, e->kind == TAG_ELIF ? MARK_ELIF : MARK_ELSE);
  set_kind(c, open->closer, MARK_END);
  if (open->para == open->closer->para) return place_inline(c, open);
  xmlNode *top = common(open->para->node, open->closer->para->node);
  enum kind k = c->t->flavour->kind(top);
  if (k == KIND_ROW) return place_rows(c, open, top, top);
  if (k == KIND_TABLE || k == KIND_ROWS)
    return place_rows(c, open, child_towards(top, open->para->node),
                      child_towards(top, open->closer->para->node));
  return place_blocks(c, open, top);
}

/* ---- stories ---- */

static bool push(struct compile *c, struct stack *s, struct tag *t) {
  if (s->n == LIMIT_LOOP_DEPTH)
    return finding(c->fs, CODE_DEPTH, t->place, NULL, t->typed,
                   finding_number(c->fs, LIMIT_LOOP_DEPTH));
  s->open[s->n++] = t;
  return true;
}

/* What should have stood before an end or 否则. */
static bool no_opener(struct compile *c, const struct tag *t) {
  bool choice = t->kind == TAG_ELSE || t->kind == TAG_ELIF,
       section = str_starts(t->folded, STR("/"));
  str each = adopt_tag(c, STR("每个 …")), test = adopt_tag(c, STR("如果 …"));
  str missing = choice ? test : arena_join(c->arena, (str[]){each, STR("、"), test}, 3);
  if (!choice && t->text.n != 0)
    missing =
        adopt_tag(c, arena_join(c->arena, (str[]){section ? STR("#") : STR("每个 "), t->text}, 2));
  return finding(c->fs, CODE_TAG_NO_OPENER, t->place, NULL, t->typed, missing);
}

static bool add_else(struct compile *c, struct stack *s, struct tag *t) {
  if (s->n == 0) return no_opener(c, t);
  struct tag *open = s->open[s->n - 1], **end = &open->next_else;
  while (*end != NULL) {
    if ((*end)->kind == TAG_ELSE)
      return finding(c->fs, CODE_TAG_SYNTAX, t->place, NULL, t->typed,
                     STR(N_("it stands behind an 否则 that ends the choice")));
    end = &(*end)->next_else;
  }
  if (t->kind == TAG_ELIF && open->kind != TAG_IF)
    return finding(c->fs, CODE_ELSE_MISPLACED, t->place, NULL, t->typed, open->typed,
                   words_for(c, open));
  *end = t;
  return true;
}

static bool close_tag(struct compile *c, struct stack *s, struct tag *t) {
  if (s->n == 0) return no_opener(c, t);
  struct tag *open = s->open[--s->n];
  if (!closer_fits(c, t, open))
    return finding(c->fs, CODE_TAG_CROSSED, t->place, NULL, t->typed, open->typed,
                   words_for(c, open));
  open->closer = t;
  return c->broken || place_pair(c, open);
}

static bool read_tag(struct compile *c, struct stack *s, struct tag *t) {
  if (t->kind == TAG_BRACES || t->native != NULL) return true;
  str open = s->n != 0 ? s->open[s->n - 1]->text : STR_NONE;
  struct tag_text text = tag_read(t->folded, c->t->names, open, c->arena);
  t->kind = text.kind;
  t->text = text.text;
  return true;
}

/* A paragraph in which nothing stands but control tags, comments and blanks. */
static bool has_only_controls(const struct para *p) {
  if (p->content || p->ntags == 0) return false;
  size_t at = 0;
  for (size_t i = 0; i <= p->ntags; i++) {
    size_t to = i < p->ntags ? p->tags[i]->from : p->text.n;
    str s = str_sub(p->text, at, to); /* a line break counts as content */
    if (utf8_trim(s).n != 0 || (s.n != 0 && memchr(s.p, '\n', s.n) != NULL)) return false;
    if (i == p->ntags) break;
    if (!tag_controls(p->tags[i]->kind)) return false;
    at = p->tags[i]->to;
  }
  return true;
}

/* Kinds first, for all paragraphs: whether a paragraph vanishes decides where 否则 may stand. */
static bool read_story(struct compile *c, struct story_of *s) {
  struct stack names = {.n = 0};
  for (size_t i = 0; i < s->n; i++) {
    struct para *p = s->paras[i];
    p->node->_private = p;
    for (size_t k = 0; k < p->ntags; k++) {
      struct tag *t = p->tags[k];
      if (!read_tag(c, &names, t)) return false;
      if (tag_opens(t->kind) && names.n < LIMIT_LOOP_DEPTH) names.open[names.n++] = t;
      if (t->kind == TAG_CLOSE && names.n != 0) names.n--;
    }
    p->controls = has_only_controls(p);
  }
  return true;
}

static bool pair_tag(struct compile *c, struct stack *s, struct tag *t) {
  if (tag_opens(t->kind)) return push(c, s, t);
  if (t->kind == TAG_ELSE || t->kind == TAG_ELIF) return add_else(c, s, t);
  if (t->kind == TAG_CLOSE) return close_tag(c, s, t);
  if (t->kind == TAG_COMMENT && !c->broken) xml_remove(t->anchor);
  return true;
}

static bool pair_story(struct compile *c, struct story_of *s) {
  struct stack stack = {.n = 0};
  bool ok = read_story(c, s);
  if (c->unpaired) return ok;
  for (size_t i = 0; i < s->n; i++)
    for (size_t k = 0; k < s->paras[i]->ntags; k++)
      ok = pair_tag(c, &stack, s->paras[i]->tags[k]) && ok;
  for (size_t i = 0; i < stack.n; i++)
    ok = finding(c->fs, CODE_TAG_UNCLOSED, stack.open[i]->place, NULL, stack.open[i]->typed,
                 stack.open[i]->kind == TAG_EACH || stack.open[i]->kind == TAG_IF ? STR("{{完}}")
                                                                                  : STR("{{/}}"));
  return ok;
}

bool place_kinds(struct compile *c) {
  bool ok = true;
  for (size_t i = 0; i < c->nstories; i++) ok = read_story(c, c->stories[i]) && ok;
  return ok;
}

bool place_part(struct compile *c) {
  bool ok = true;
  for (size_t i = 0; i < c->nstories; i++) ok = pair_story(c, c->stories[i]) && ok;
  return ok;
}
