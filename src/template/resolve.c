/* Binding the tags of a placed tree, scope by scope, in the order of the document.
 *
 * Here the names of the data meet the template: every expression is parsed and bound in the
 * scope where its anchor stands, rows that print a list repeat by themselves, values learn how
 * their text is written at their place, and ids in repeated parts become instructions.
 * Invariant: behind this pass the anchors nest.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "expr/bind.h"
#include "template/compile.h"

#define N_(s) (s)

/* What holds where the walk stands. */
struct where {
  const struct scope *scope;
  bool repeated; /* inside of something that is written more than once */
  bool chosen;   /* inside of any range */
  bool row_loop; /* the row here is repeated by a pair of tags */
  xmlNode *row;  /* the repeated row around, or NULL */
  unsigned depth;
};

static bool resolve_children(struct compile *c, xmlNode *parent, const struct where *w);

static struct expr_env env_of(struct compile *c, const struct scope *s, const struct place *p) {
  return (struct expr_env){
      .names = c->t->names, .scope = s, .arena = c->arena, .place = p, .fs = c->fs};
}

static struct scope *new_scope(struct compile *c, const struct scope *outer, const struct expr *of,
                               const struct name *name, bool list) {
  struct scope *s = ARENA_NEW(c->arena, struct scope);
  if (s == NULL) return compile_no_memory(c), NULL;
  *s = (struct scope){
      .outer = outer, .name = name, .depth = outer->depth + 1, .list = list, .of = of};
  if (s->depth + 1 > c->t->depth) c->t->depth = s->depth + 1;
  return s;
}

/* ---- control tags ---- */

/* The names inside of an item: of the list, or of the list of lists that runs already. */
static const struct name *names_inside(const struct expr *e, const struct scope *outer) {
  if (e->kind == EXPR_REF) return e->ref.name;
  const struct scope *s = bind_loop(outer);
  return e->kind == EXPR_ITEM && s != NULL ? s->name : NULL;
}

static bool no_name(struct compile *c, const struct tag *t) {
  return finding(c->fs, CODE_TAG_SYNTAX, t->place, NULL, t->typed,
                 STR(N_("a name is missing at the end")));
}

/* 当 and 按 speak of the items. */
static bool resolve_selection(struct compile *c, const struct tag *t, struct scope *s, str rest) {
  struct selection *select = ARENA_NEW(c->arena, struct selection);
  struct expr_env env = env_of(c, s, t->place);
  if (select == NULL) return compile_no_memory(c);
  if (!expr_selection(&env, rest, select)) return false;
  s->select = select;
  return true;
}

static bool resolve_each(struct compile *c, struct mark *m, const struct where *w,
                         struct where *inner) {
  struct tag *t = m->tag;
  struct expr_env env = env_of(c, w->scope, t->place);
  if (t->text.n == 0) return no_name(c, t);
  str rest = STR_NONE;
  m->section = t->kind == TAG_SECTION;
  struct expr *e = m->section ? expr_name(&env, t->text) : expr_list(&env, t->text, &rest);
  if (e == NULL) return false;
  const struct name *name = names_inside(e, w->scope);
  bool list = !m->section || name == NULL || (name->kinds & NAME_LIST) != 0;
  struct scope *s = new_scope(c, w->scope, e, name, list);
  if (s == NULL || (rest.n != 0 && !resolve_selection(c, t, s, rest))) return false;
  m->e = e;
  m->scope = s;
  inner->scope = s;
  inner->repeated = true;
  return true;
}

static bool resolve_test(struct compile *c, struct mark *m, const struct where *w) {
  struct tag *t = m->tag;
  struct expr_env env = env_of(c, w->scope, t->place);
  if (t->text.n == 0) return no_name(c, t);
  struct expr *e = expr_name(&env, t->text);
  if (e == NULL) return false;
  if (t->kind == TAG_INVERSE) {
    struct expr *no = ARENA_NEW(c->arena, struct expr);
    if (no == NULL) return compile_no_memory(c);
    *no = (struct expr){.kind = EXPR_NOT, .a = e};
    e = no;
  }
  m->e = e;
  m->within = w->scope;
  return true;
}

/* ---- values ---- */

static bool stands_alone(const struct tag *t) {
  const struct para *p = t->para;
  return p != NULL && p->ntags == 1 && !p->content &&
         utf8_trim(str_sub(p->text, 0, t->from)).n == 0 &&
         utf8_trim(str_sub(p->text, t->to, p->text.n)).n == 0;
}

static struct form *new_form(struct compile *c, xmlNode *anchor, const struct tag *t) {
  struct form *f = ARENA_NEW(c->arena, struct form);
  if (f == NULL) return compile_no_memory(c), NULL;
  if (anchor == NULL) {
    f->attribute = true;
    return f;
  }
  bool marks = c->t->options.missing == MISSING_MARK;
  if (!c->t->flavour->form(anchor, t->para->node, stands_alone(t), marks, c->arena, f))
    return compile_no_memory(c), NULL;
  return f;
}

/* An attribute of the cell is written from the value that the mark prints. */
static bool mark_cell_attr(struct compile *c, const struct mark *value, xmlAttr *attr,
                           const struct number_cell *cell, enum form_what what) {
  uint32_t number;
  struct mark *m = compile_mark(c, MARK_VALUE, &number);
  struct form *form = ARENA_NEW(c->arena, struct form);
  if (m == NULL || form == NULL) return compile_no_memory(c);
  *m = *value;
  *form = (struct form){.attribute = true, .what = what, .cell = cell};
  m->form = form;
  size_t n = attr->children != NULL ? strlen((const char *)attr->children->content) : 0;
  return compile_mark_attr(c, attr, 0, n, number);
}

/* A figure that is all of a cell with a number format keeps value and format. */
static bool resolve_number_cell(struct compile *c, const struct mark *m, xmlNode *anchor,
                                struct form *form) {
  struct number_cell *cell = ARENA_NEW(c->arena, struct number_cell);
  if (cell == NULL) return compile_no_memory(c);
  if (!c->t->flavour->number_cell(anchor, m->tag->para->node, c->arena, cell)) return true;
  form->what = FORM_CELL_TEXT;
  form->cell = cell;
  return mark_cell_attr(c, m, cell->type, cell, FORM_CELL_TYPE) &&
         mark_cell_attr(c, m, cell->style, cell, FORM_CELL_STYLE);
}

static const enum form_what native_forms[] = {[AS_TEXT] = FORM_TEXT,
                                              [AS_TRUTH] = FORM_TRUTH,
                                              [AS_ENTRY] = FORM_ENTRY,
                                              [AS_INDEX] = FORM_INDEX};

/* anchor NULL: in an attribute. */
static bool resolve_value(struct compile *c, struct mark *m, xmlNode *anchor,
                          const struct where *w) {
  struct tag *t = m->tag;
  if (anchor == NULL && t->native == NULL) {
    struct tag_text text = tag_read(t->folded, c->t->names, STR_NONE, c->arena);
    t->kind = text.kind;
    t->text = text.text;
    if (t->kind != TAG_VALUE)
      return finding(c->fs, CODE_TAG_PLACE, t->place, NULL, t->typed,
                     STR(N_("only values can be filled into an attribute")));
  }
  struct expr_env env = env_of(c, w->scope, t->place);
  const size_t *map = t->map != NULL ? t->map + (t->text.p - t->folded.p) : NULL;
  struct expr *e = expr_parse(&env, t->text, t->inner, map);
  if (e == NULL) return false;
  if (t->native != NULL && t->native->store && expr_reads(e, w->scope->depth + 1) != 0)
    return finding(c->fs, CODE_STORE_IN_LOOP, t->place, NULL, t->typed);
  m->e = e;
  m->within = w->scope;
  struct form *form = new_form(c, anchor, t);
  if (form == NULL) return false;
  m->form = form;
  if (t->native != NULL) form->what = native_forms[t->native->as];
  if (t->native != NULL) form->words = t->native->words;
  if (anchor != NULL && e->kind != EXPR_FILTER && stands_alone(t) &&
      !resolve_number_cell(c, m, anchor, form))
    return false;
  return !expr_merges(e) || merge_add(c, anchor, w->row, e, t);
}

bool resolve_depends(const struct compile *c, const struct scope *root) {
  unsigned below = root->depth + 1;
  for (size_t i = 0; i < c->nmarks; i++) {
    const struct mark *m = c->marks[i];
    const struct selection *select = m->scope != NULL ? m->scope->select : NULL;
    if (expr_reads(m->e, below) != 0) return true;
    if (select != NULL && expr_reads(select->condition, below) != 0) return true;
    if (select != NULL && expr_reads(select->key, below) != 0) return true;
  }
  return false;
}

/* A story of a notes part: once for each copy that its references made. */
static bool resolve_note(struct compile *c, xmlNode *n, const struct where *w) {
  struct note_ref r;
  if (!c->info->notes || !c->t->flavour->note_id(n, &r)) return resolve_children(c, n, w);
  uint64_t number = 0;
  for (size_t i = 0; i < r.id.n && r.id.p[i] >= '0' && r.id.p[i] <= '9' && number < 1u << 30; i++)
    number = number * 10 + (uint64_t)(r.id.p[i] - '0');
  if (number >= c->t->next_note) c->t->next_note = number + 1;
  for (size_t i = 0; i < c->t->nnotes; i++) {
    struct note *note = &c->t->notes[i];
    if (note->entry != c->info->entry || !str_eq(note->id, r.id)) continue;
    uint32_t from, to, id;
    if (compile_mark(c, MARK_NOTE, &from) == NULL || compile_mark(c, MARK_NOTE_END, &to) == NULL ||
        compile_mark(c, MARK_NOTE_ID, &id) == NULL)
      return compile_no_memory(c);
    c->marks[from]->a = c->marks[to]->a = c->marks[id]->a = (uint32_t)i;
    xmlNode *begin = compile_anchor(c, from), *end = compile_anchor(c, to);
    if (begin == NULL || end == NULL) return compile_no_memory(c);
    xml_insert_before(n, begin);
    xml_insert_after(n, end);
    struct where inner = {.scope = note->scope, .repeated = true, .chosen = true};
    c->changed = true;
    return compile_mark_attr(c, r.attr, 0, r.id.n, id) && resolve_children(c, n, &inner);
  }
  return resolve_children(c, n, w);
}

/* ---- rows that repeat by themselves ---- */

/* Notes and comments hang on a row; what they print does not repeat it. */
static bool is_note(const struct compile *c, const xmlNode *n) {
  if (c->t->flavour->kind(n) != KIND_STORY) return false;
  enum story s = c->t->flavour->story(n, STORY_NONE);
  return s == STORY_FOOTNOTE || s == STORY_ENDNOTE || s == STORY_COMMENT;
}

/* The list that a value of the row is a column of; 1 found, 0 none, -1 two lists. */
static int list_of_row(struct compile *c, xmlNode *row, const struct scope *scope, struct ref *list,
                       struct place *place) {
  struct findings *quiet = findings_new();
  int found = 0, loops = 0;
  if (quiet == NULL) return 0;
  for (xmlNode *n = row; n != NULL && found >= 0;) {
    bool table = n != row && n->type == XML_ELEMENT_NODE &&
                 (c->t->flavour->kind(n) == KIND_TABLE || is_note(c, n));
    const struct mark *m = compile_mark_of(c, n);
    if (m != NULL && m->kind == MARK_EACH) loops++;
    if (m != NULL && m->kind == MARK_END && loops > 0 && m->section) loops--;
    if (m != NULL && compile_prints(m) && loops == 0) {
      struct expr_env env = env_of(c, scope, m->tag->place);
      env.fs = quiet;
      struct ref r;
      const struct expr *e = expr_parse(&env, m->tag->text, m->tag->inner, NULL);
      if (expr_row_list(&env, e, &r)) {
        bool same = found != 0 && r.level == list->level && r.name == list->name;
        if (found != 0 && !same) {
          finding(c->fs, CODE_TWO_LISTS, m->tag->place, NULL, list->shown, r.shown);
          found = -1;
        } else if (found == 0) {
          *list = r;
          *place = *m->tag->place;
          found = 1;
        }
      }
    }
    n = xml_walk(row, n, table);
  }
  findings_free(quiet);
  return found;
}

/* Marks the ends of the loops inside a row, so that list_of_row can leave them out. */
static void mark_loop_ends(struct compile *c, xmlNode *row) {
  for (xmlNode *n = row; n != NULL; n = xml_walk(row, n, false)) {
    struct mark *m = compile_mark_of(c, n);
    if (m == NULL || m->kind != MARK_EACH || m->tag == NULL || m->tag->closer == NULL) continue;
    struct mark *end = compile_mark_of(c, m->tag->closer->anchor);
    if (end != NULL) end->section = true;
  }
}

static bool add_row_loop(struct compile *c, xmlNode *row, const struct ref *list,
                         const struct place *place, const struct where *w, struct where *inner) {
  uint32_t from, to;
  struct expr *e = ARENA_NEW(c->arena, struct expr);
  if (e == NULL || compile_mark(c, MARK_EACH, &from) == NULL ||
      compile_mark(c, MARK_END, &to) == NULL)
    return compile_no_memory(c);
  *e = (struct expr){.kind = EXPR_REF, .ref = *list};
  struct scope *s = new_scope(c, w->scope, e, list->name, true);
  xmlNode *begin = compile_anchor(c, from), *end = compile_anchor(c, to);
  if (s == NULL || begin == NULL || end == NULL) return compile_no_memory(c);
  struct mark *m = c->marks[from];
  m->e = e;
  m->scope = s;
  s->implied = true;
  m->section = true;
  m->place = compile_place(c, place, place->tag);
  xml_insert_before(row, begin);
  xml_insert_after(row, end);
  if (!edges_settle(c, begin, end, begin, end)) return false;
  inner->scope = s;
  inner->repeated = inner->chosen = true;
  return true;
}

static bool resolve_row(struct compile *c, xmlNode *row, const struct where *w) {
  struct where inner = *w;
  inner.row_loop = false;
  inner.row = w->row_loop ? row : NULL;
  if (!w->row_loop) {
    mark_loop_ends(c, row);
    for (unsigned i = 0; i < LIMIT_LOOP_DEPTH; i++) {
      struct ref list = {.level = REF_UNBOUND};
      struct place place = {.file = STR_NONE};
      int found = list_of_row(c, row, inner.scope, &list, &place);
      if (found < 0) return false;
      if (found == 0) break;
      if (!add_row_loop(c, row, &list, &place, &inner, &inner)) return false;
      inner.row = row;
    }
    if (inner.repeated && !w->repeated && !refs_idents(c, row)) return false;
  }
  return resolve_children(c, row, &inner);
}

/* ---- the walk ---- */

static bool resolve_attrs(struct compile *c, xmlNode *n, const struct where *w) {
  for (unsigned i = 0;; i++) {
    xmlAttr *attr = c->t->flavour->text_attr(n, i);
    if (attr == NULL) return true;
    if (attr->children == NULL || attr->children->content == NULL) continue;
    str s = str_of((const char *)attr->children->content), around = str_of(c->attr_mark);
    size_t at = 0;
    while ((at = str_find(s, around, at)) != STR_NOT_FOUND) {
      size_t from = at + around.n, end = str_find(s, around, from);
      if (end == STR_NOT_FOUND) break;
      uint32_t number = 0;
      for (size_t k = from; k < end; k++) number = number * 10 + (uint32_t)(s.p[k] - '0');
      if (number < c->nmarks && c->marks[number]->kind == MARK_VALUE &&
          !resolve_value(c, c->marks[number], NULL, w))
        return false;
      at = end + around.n;
    }
  }
}

static bool resolve_element(struct compile *c, xmlNode *n, const struct where *w) {
  enum kind k = c->t->flavour->kind(n);
  if (w->repeated && c->t->flavour->single(n)) return xml_remove(n), true;
  bool ok = resolve_attrs(c, n, w);
  if (w->repeated && !refs_idents(c, n)) return false;
  if (w->chosen && !refs_note(c, n, w->scope)) return false;
  if (!refs_part(c, n, w->scope, w->repeated)) return false;
  if (k == KIND_ROW) return resolve_row(c, n, w) && ok;
  if (k == KIND_STORY) return resolve_note(c, n, w) && ok;
  return resolve_children(c, n, w) && ok;
}

/* One open range among the children of a node. */
struct open_range {
  struct mark *mark;
  struct where inner;
};

static bool overlap(struct compile *c, const struct tag *a, const struct tag *b) {
  struct buf w;
  buf_init(&w, 0);
  buf_puts(&w, "¶");
  buf_put_u64(&w, b->place->paragraph);
  finding(c->fs, CODE_OVERLAP, a->place, NULL, a->typed, b->typed, buf_str(&w));
  buf_free(&w);
  return false;
}

static bool open_mark(struct compile *c, struct mark *m, const struct where *outer,
                      struct where *inner) {
  *inner = *outer;
  inner->chosen = true;
  inner->row_loop = m->tag->row_loop && m->kind == MARK_EACH ? true : outer->row_loop;
  if (!edges_settle_pair(c, m->tag)) return false;
  if (m->kind != MARK_EACH) return resolve_test(c, m, outer);
  return resolve_each(c, m, outer, inner) && edges_breaks(c, m);
}

/* The parts behind an 否则 see what is outside of the loop. */
static bool else_mark(struct compile *c, struct mark *m, struct open_range *top,
                      const struct where *outer) {
  if (top->mark->kind == MARK_EACH) {
    top->inner.scope = outer->scope;
    top->inner.repeated = outer->repeated;
  }
  return m->kind == MARK_ELSE || resolve_test(c, m, outer);
}

static bool is_else_of(const struct tag *t, const struct tag *open) {
  for (const struct tag *e = open->next_else; e != NULL; e = e->next_else)
    if (e == t) return true;
  return false;
}

static bool resolve_children(struct compile *c, xmlNode *parent, const struct where *w) {
  struct open_range ranges[64 + 1];
  size_t n = 0;
  bool ok = true;
  for (xmlNode *k = parent->children, *next; k != NULL; k = next) {
    const struct where *here = n != 0 ? &ranges[n - 1].inner : w;
    struct mark *m = compile_mark_of(c, k);
    next = k->next;
    if (k->type == XML_ELEMENT_NODE) {
      ok = resolve_element(c, k, here) && ok;
      continue;
    }
    if (m == NULL || m->tag == NULL) continue;
    switch (m->kind) {
    case MARK_VALUE: ok = resolve_value(c, m, k, here) && ok; break;
    case MARK_PICTURE:
      ok = resolve_value(c, m, NULL, here) && ok;
      picture_bound(c, m, here->scope);
      break;
    case MARK_LINK_VALUE: ok = resolve_value(c, m, NULL, here) && ok; break;
    case MARK_EACH:
    case MARK_TEST:
      if (n > LIMIT_LOOP_DEPTH) return false;
      ranges[n].mark = m;
      if (!open_mark(c, m, here, &ranges[n].inner)) ok = false;
      next = k->next; /* marks may have moved */
      n++;
      break;
    case MARK_ELSE:
    case MARK_ELIF:
      if (n == 0 || !is_else_of(m->tag, ranges[n - 1].mark->tag))
        return overlap(c, m->tag, n != 0 ? ranges[n - 1].mark->tag : m->tag);
      ok = else_mark(c, m, &ranges[n - 1], n > 1 ? &ranges[n - 2].inner : w) && ok;
      break;
    case MARK_END:
      if (n == 0 || ranges[n - 1].mark->tag->closer != m->tag)
        return overlap(c, n != 0 ? ranges[n - 1].mark->tag : m->tag, m->tag);
      n--;
      break;
    default: break;
    }
  }
  return ok;
}

bool resolve_part(struct compile *c, const struct scope *root) {
  struct where w = {.scope = root, .repeated = root->of != NULL};
  return resolve_children(c, (xmlNode *)c->xml.doc, &w);
}
