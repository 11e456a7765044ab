/* Formulas of cells (ODF 1.3 part 3, 19.642) whose rows are repeated, chosen or vanish: the cells
 * they name are counted while filling.
 *
 * Each row of such a table gets an anchor that counts it, each row of a range another one that
 * remembers its number, and the range in the formula becomes a mark: <B3:B3> below a row that came
 * three times is written <B3:B5>.  A range begins anew with each item of the loops around both the
 * formula and its rows.  What is not known when the formula is written, cells below it, one cell of
 * a row that may come several times, and a range whose copies have other rows among them, is a finding.
 */
#include "template/compile.h"

#include <limits.h>

enum { DEEP = 64 };

static enum kind kind_of(const struct compile *c, const xmlNode *n) {
  return n->type == XML_ELEMENT_NODE ? c->t->flavour->kind(n) : KIND_MARK;
}

/* A row as it stands now, and what it stands in. */
struct row_at {
  xmlNode *row;
  unsigned number;  /* in the template, from 1 */
  xmlNode **around; /* anchors that open loops and choices */
  size_t depth;
};

struct rows {
  struct compile *c;
  const struct formulas *f;
  struct row_at *at;
  size_t n, cap;
  xmlNode *open[DEEP];
  size_t depth;
  bool deep; /* too deep to be followed */
};

static bool add_row(struct rows *r, xmlNode *row) {
  unsigned number = r->n != 0 ? r->at[r->n - 1].number : 0;
  while (number < r->f->nrows && r->f->rows[number].row != row) number++;
  struct row_at *at = arena_grow(r->c->arena, r->at, &r->n, &r->cap, sizeof *at);
  xmlNode **around = ARENA_ARRAY(r->c->arena, r->depth + 1, xmlNode *);
  if (at == NULL || around == NULL) return compile_no_memory(r->c);
  r->at = at - (r->n - 1);
  *at = (struct row_at){.row = row, .number = number + 1, .around = around, .depth = r->depth};
  memcpy(around, r->open, r->depth * sizeof *r->open);
  return true;
}

static void read_anchor(struct rows *r, xmlNode *anchor, const struct mark *m) {
  bool branch = m->kind == MARK_ELSE || m->kind == MARK_ELIF;
  if (branch && r->depth != 0) r->open[r->depth - 1] = anchor;
  if (compile_closes(m->kind) && r->depth != 0) r->depth--;
  if (!compile_opens(m->kind)) return;
  r->deep = r->deep || r->depth == DEEP;
  if (r->depth < DEEP) r->open[r->depth++] = anchor;
}

static bool read_rows(struct rows *r, xmlNode *parent) {
  bool ok = true;
  for (xmlNode *n = parent->children; n != NULL && ok; n = n->next) {
    const struct mark *m = compile_mark_of(r->c, n);
    enum kind kind = kind_of(r->c, n);
    if (m != NULL) read_anchor(r, n, m);
    if (kind == KIND_ROW) ok = add_row(r, n);
    if (kind == KIND_ROWS) ok = read_rows(r, n);
  }
  return ok;
}

bool ranges_steady(struct compile *c, struct formulas *f) {
  struct rows r = {.c = c, .f = f};
  unsigned n = 0;
  if (!read_rows(&r, f->table)) return false;
  for (size_t i = 0; i < r.n; i++)
    if (r.at[i].number <= f->nrows) f->rows[r.at[i].number - 1].stands = true;
  while (n < r.n && r.at[n].depth == 0 && r.at[n].number == n + 1) n++;
  f->steady = n == r.n && n == f->nrows ? UINT_MAX : n;
  return true;
}

/* ---- one range ---- */

/* How many of the anchors around one row are around another. */
static size_t common(const struct row_at *a, const struct row_at *b) {
  size_t n = 0;
  while (n < a->depth && n < b->depth && a->around[n] == b->around[n]) n++;
  return n;
}

static xmlNode *anchor(struct compile *c, enum mark_kind kind, uint32_t a) {
  uint32_t number;
  struct mark *m = compile_mark(c, kind, &number);
  xmlNode *pi = m != NULL ? compile_anchor(c, number) : NULL;
  if (pi == NULL) return compile_no_memory(c), NULL;
  m->a = a;
  return pi;
}

static bool begin_at(struct compile *c, xmlNode *table, xmlNode *scope, enum mark_kind kind,
                     uint32_t a) {
  xmlNode *pi = anchor(c, kind, a);
  if (pi == NULL) return false;
  if (scope != NULL)
    xml_insert_after(scope, pi);
  else
    xml_prepend(table, pi);
  return true;
}

static bool is_in(const struct row_at *row, const struct formula_rows *in) {
  return row->number >= in->first && row->number <= in->last;
}

/* Does a loop within `scope` repeat two rows, so that their copies take turns? */
static bool take_turns(const struct compile *c, const struct row_at *a, const struct row_at *b,
                       size_t scope) {
  size_t n = common(a, b);
  for (size_t i = scope; i < n; i++)
    if (compile_mark_of(c, a->around[i])->kind == MARK_EACH) return true;
  return false;
}

/* Are there only rows of the range between the first and the last of them? */
static bool is_whole(const struct rows *r, const struct formula_rows *in, size_t scope) {
  for (size_t i = 0; i < r->n; i++)
    for (size_t k = 0; is_in(&r->at[i], in) && k < r->n; k++)
      if (!is_in(&r->at[k], in) && take_turns(r->c, &r->at[i], &r->at[k], scope)) return false;
  return true;
}

/* The letters of a range speak of the cells of its first and last row: with cells that take several
 * columns they would be others when another row is the first. */
static bool is_plain(const struct rows *r, const struct formula_rows *in) {
  for (size_t i = in->first - 1; i < r->f->nrows && i < in->last; i++)
    if (r->f->rows[i].wide) return in->one_row;
  return true;
}

/* Can the range be known when the formula in row `own` is written?  *scope: the anchors around all
 * of its rows and the formula. */
static bool is_known(const struct rows *r, const struct row_at *own, const struct formula_rows *in,
                     size_t *scope) {
  bool known = !r->deep && in->last <= own->number && (in->last < own->number || in->one_row);
  bool any = in->pair;
  *scope = own->depth;
  for (size_t i = 0; i < r->n; i++) {
    const struct row_at *row = &r->at[i];
    if (!is_in(row, in)) continue;
    size_t same = common(row, own);
    any = true;
    if (same < *scope) *scope = same;
    if (in->one_row && !in->pair && same != row->depth) known = false;
    if (in->last == own->number && row != own) known = false;
  }
  return known && any && is_plain(r, in) && is_whole(r, in, *scope);
}

static struct cell_range *new_range(struct compile *c, const struct formula_range *f,
                                    const struct formula *x, uint32_t *number) {
  struct program *p = c->program;
  struct cell_range *range =
      arena_grow(c->arena, p->ranges, &p->nranges, &c->ranges_cap, sizeof *range);
  if (range == NULL) return compile_no_memory(c), NULL;
  p->ranges = range - (p->nranges - 1);
  *number = (uint32_t)(p->nranges - 1);
  *range = (struct cell_range){
      .open = f->open, .close = f->close, .none = f->none, .place = x->place, .typed = x->typed};
  return range;
}

/* The letters of its ends. */
static bool read_columns(struct compile *c, struct cell_range *range, str cells) {
  size_t colon = str_find(cells, STR(":"), 0), n = 0;
  range->pair = colon != STR_NOT_FOUND;
  str ends[] = {str_sub(cells, 0, range->pair ? colon : cells.n),
                str_sub(cells, range->pair ? colon + 1 : 0, cells.n)};
  for (size_t i = 0; i < 2; i++) {
    for (n = 0; n < ends[i].n && (ends[i].p[n] < '0' || ends[i].p[n] > '9');) n++;
    range->column[i] = arena_dup(c->arena, str_sub(ends[i], 0, n));
    if (range->column[i].p == NULL) return compile_no_memory(c);
  }
  return true;
}

static bool count_range(struct rows *r, const struct formula *x, const struct row_at *own,
                        const struct formula_range *f, const struct formula_rows *in,
                        size_t scope) {
  struct compile *c = r->c;
  uint32_t number, mark;
  struct cell_range *range = new_range(c, f, x, &number);
  if (range == NULL || !read_columns(c, range, f->cells)) return false;
  for (size_t i = 0; i < r->n; i++) {
    if (!is_in(&r->at[i], in)) continue;
    xmlNode *pi = anchor(c, MARK_RANGE_ROW, number);
    if (pi == NULL) return false;
    xml_prepend(r->at[i].row, pi);
  }
  struct mark *m = compile_mark(c, MARK_RANGE, &mark);
  if (m == NULL || !compile_mark_attr(c, f->attr, f->from, f->to, mark)) return false;
  m->a = number;
  return begin_at(c, r->f->table, scope != 0 ? own->around[scope - 1] : NULL, MARK_RANGE_NEW,
                  number);
}

/* ---- one formula ---- */

static size_t count_ranges(const struct compile *c, xmlNode *cell) {
  struct formula_range f;
  size_t n = 0;
  while (c->t->flavour->formula_range(cell, n, &f)) n++;
  return n;
}

static bool follow(struct rows *r, const struct formula *x) {
  struct compile *c = r->c;
  const struct row_at *own = NULL;
  for (size_t i = 0; i < r->n; i++)
    if (r->at[i].number == x->place->row) own = &r->at[i];
  bool known = own != NULL;
  for (size_t i = known ? count_ranges(c, x->cell) : 0; known && i-- > 0;) { /* from the last */
    struct formula_range f;
    size_t scope;
    c->t->flavour->formula_range(x->cell, i, &f);
    struct formula_rows in = formula_rows_of(f.cells);
    if (f.table.n != 0) continue;
    known = is_known(r, own, &in, &scope);
    if (known && !count_range(r, x, own, &f, &in, scope)) return false;
  }
  return known || finding(c->fs, CODE_FIELD_CELLS, x->place, NULL, x->typed);
}

/* The rows of a table count from 1, each before what its ranges remember. */
static bool count_rows(struct compile *c, const struct rows *r, uint32_t table) {
  for (size_t i = 0; i < r->n; i++) {
    xmlNode *pi = anchor(c, MARK_ROW, table);
    if (pi == NULL) return false;
    xml_prepend(r->at[i].row, pi);
  }
  return begin_at(c, r->f->table, NULL, MARK_ROWS_NEW, table);
}

static bool follow_table(struct compile *c, const struct formulas *f) {
  size_t before = c->program->nranges;
  struct rows r = {.c = c, .f = f};
  bool any = false;
  for (size_t i = 0; i < f->n; i++) {
    if (!f->items[i].moving) continue;
    if (!any && !read_rows(&r, f->table)) return false;
    if (!follow(&r, &f->items[i])) return false;
    any = true;
  }
  for (size_t i = before; i < c->program->nranges; i++)
    c->program->ranges[i].table = (uint32_t)c->program->ntallies;
  return !any || count_rows(c, &r, (uint32_t)c->program->ntallies++);
}

bool ranges_part(struct compile *c) {
  for (size_t i = 0; i < c->ntables; i++)
    if (c->tables[i]->stands && !follow_table(c, c->tables[i])) return false;
  return true;
}
