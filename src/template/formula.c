/* Calculations of table cells that the office program does (Word's =SUM(ABOVE), Writer's <B3>*2).
 *
 * Their result is a copy, made when the template was written.  It stays right while the cells that
 * it is made of stay what they are and where they are.  Writer calculates anew when it opens the
 * report, so there the old copy goes where a cell of them is filled, and where rows among those cells
 * or above may be repeated or vanish its cells are followed (ranges.c).  Word does not, so there both
 * are findings; and so are cells of another table of Writer's when its rows move.
 */
#include "template/compile.h"

#include <limits.h>

enum { LAST = 0xFFFFFF };

/* ---- the table as it is read ---- */

struct formulas *formula_table(struct compile *c, xmlNode *table) {
  struct formulas *f = ARENA_NEW(c->arena, struct formulas);
  if (f == NULL) return compile_no_memory(c), NULL;
  *f = (struct formulas){.table = table, .steady = UINT_MAX};
  return f;
}

bool formula_keep(struct compile *c, struct formulas *f) {
  struct formulas **slot =
      arena_grow(c->arena, c->tables, &c->ntables, &c->tables_cap, sizeof(struct formulas *));
  if (slot == NULL) return compile_no_memory(c);
  c->tables = slot - (c->ntables - 1);
  *slot = f;
  return true;
}

bool formula_row(struct compile *c, struct formulas *f, xmlNode *row) {
  struct formula_row *slot = arena_grow(c->arena, f->rows, &f->nrows, &f->rows_cap, sizeof *slot);
  if (slot == NULL) return compile_no_memory(c);
  f->rows = slot - (f->nrows - 1);
  *slot = (struct formula_row){.row = row};
  f->nth = 0;
  return true;
}

void formula_next_cell(struct formulas *f, bool wide) {
  f->nth++;
  if (f->nrows != 0 && wide) f->rows[f->nrows - 1].wide = true;
}

static bool add_cell(struct compile *c, struct formulas *f, const struct place *p, unsigned nth) {
  struct cell_at *at = arena_grow(c->arena, f->tags, &f->ntags, &f->tags_cap, sizeof *at);
  if (at == NULL) return compile_no_memory(c);
  f->tags = at - (f->ntags - 1);
  *at = (struct cell_at){.row = p->row, .column = p->column, .nth = nth};
  return true;
}

bool formula_tag(struct compile *c, struct formulas *f) {
  const struct place *p = &c->place;
  const struct cell_at *at = f->ntags != 0 ? &f->tags[f->ntags - 1] : NULL;
  bool again = at != NULL && at->row == p->row && at->column == p->column && at->nth == f->nth;
  return again || add_cell(c, f, p, f->nth);
}

/* ---- calculations ---- */

static struct formula *new_formula(struct compile *c, struct formulas *f, str cells) {
  struct formula *slot = arena_grow(c->arena, f->items, &f->n, &f->cap, sizeof *slot);
  if (slot == NULL) return compile_no_memory(c), NULL;
  f->items = slot - (f->n - 1);
  *slot = (struct formula){.cells = cells};
  return slot;
}

/* What calculates outside of all tables. */
static struct formulas *loose(struct compile *c) {
  if (c->loose != NULL) return c->loose;
  c->loose = formula_table(c, NULL);
  if (c->loose == NULL || !formula_keep(c, c->loose)) return NULL;
  c->loose->stands = true;
  return c->loose;
}

bool formula_add(struct compile *c, struct formulas *f, const struct tag *t) {
  if (f == NULL && (f = loose(c)) == NULL) return false;
  struct formula *x = new_formula(c, f, t->native->text);
  if (x == NULL) return false;
  x->place = t->place;
  x->typed = t->typed;
  return true;
}

bool formula_cell(struct compile *c, struct formulas *f, xmlNode *cell) {
  str typed, cells = c->t->flavour->cell_formula(cell, c->arena, &typed);
  struct formula *x = typed.n != 0 ? new_formula(c, f, cells) : NULL;
  if (x == NULL) return typed.n == 0;
  x->place = compile_place(c, &c->place, typed);
  x->typed = typed;
  x->cell = cell;
  x->nth = f->nth;
  return x->place != NULL || compile_no_memory(c);
}

/* ---- which cells it is made of ---- */

struct range {
  unsigned row[2], column[2]; /* from and to */
  bool beside;                /* in the row of the formula, wherever that comes */
};

static unsigned take_number(str s, size_t *i, char first, char last, unsigned base) {
  unsigned n = 0;
  for (; *i < s.n && s.p[*i] >= first && s.p[*i] <= last && n < LAST / 32; (*i)++)
    n = n * base + (unsigned)(s.p[*i] - first) + (base == 26);
  return n;
}

/* B3, or a column (B) or a row (3) of cells. */
static void read_end(str word, size_t *i, struct range *r, unsigned end) {
  unsigned column = take_number(word, i, 'A', 'Z', 26), row = take_number(word, i, '0', '9', 10);
  if (column != 0) r->column[end] = column;
  if (row != 0) r->row[end] = row;
}

static void order(unsigned pair[2]) {
  unsigned first = pair[0];
  if (pair[0] <= pair[1]) return;
  pair[0] = pair[1];
  pair[1] = first;
}

/* One word of what a formula is made of: ABOVE, LEFT, RIGHT, BELOW, B3, B3:C9, B:B; of what is not
 * understood any cell. */
static struct range read_range(str word, const struct place *at) {
  static const struct range any = {{1, LAST}, {1, LAST}, false};
  struct range r = any;
  size_t i = 0;
  if (str_is(word, "ABOVE")) return (struct range){{1, at->row - 1}, {1, LAST}, false};
  if (str_is(word, "BELOW")) return (struct range){{at->row + 1, LAST}, {1, LAST}, false};
  if (str_is(word, "LEFT")) return (struct range){{at->row, at->row}, {1, at->column - 1}, true};
  if (str_is(word, "RIGHT"))
    return (struct range){{at->row, at->row}, {at->column + 1, LAST}, true};
  read_end(word, &i, &r, 0);
  r.row[1] = r.row[0];
  r.column[1] = r.column[0];
  if (i < word.n && word.p[i] == ':') {
    i++;
    r.row[1] = r.column[1] = LAST;
    read_end(word, &i, &r, 1);
  }
  if (i != word.n) return any;
  order(r.row);
  order(r.column);
  return r;
}

/* ---- what becomes of them ---- */

enum effect { STAYS, CHANGES, MOVES };

static bool within(unsigned n, const unsigned pair[2]) { return n >= pair[0] && n <= pair[1]; }

/* A cell that takes several columns makes of a range one of all columns that it reaches. */
static bool has_wide(const struct formulas *f, const struct range *r) {
  for (size_t i = r->row[0] - 1; i < f->nrows && i < r->row[1]; i++)
    if (f->rows[i].wide) return true;
  return false;
}

/* What the cells with tags, those from `from` on, do to a range.  Cells are counted with those that are merged into others, or without: office programs differ. */
static enum effect effect_on(const struct formulas *f, size_t from, const struct range *r) {
  bool wide = has_wide(f, r);
  if (!r->beside && r->row[1] > f->steady) return MOVES;
  for (size_t i = from; i < f->ntags; i++) {
    const struct cell_at *t = &f->tags[i];
    bool column = wide || within(t->column, r->column) || within(t->nth, r->column);
    if (column && within(t->row, r->row)) return CHANGES;
  }
  return STAYS;
}

/* Of the cells that were not looked at yet. */
static enum effect effect_here(const struct formulas *f, struct formula *x) {
  enum effect e = STAYS;
  for (size_t at = 0, end; at < x->cells.n; at = end + 1) {
    end = str_find(x->cells, STR(" "), at);
    if (end == STR_NOT_FOUND) end = x->cells.n;
    str word = str_sub(x->cells, at, end);
    struct range r = read_range(word, x->place);
    enum effect one = str_is(word, "@")   ? STAYS
                      : str_is(word, "?") ? CHANGES
                                          : effect_on(f, x->looked, &r);
    if (one > e) e = one;
  }
  x->looked = f->ntags;
  return e;
}

/* Is the table in what is repeated or chosen? */
static bool is_in_choice(const struct compile *c, const xmlNode *table) {
  for (const xmlNode *n = table; n != NULL; n = n->parent) {
    unsigned closed = 0;
    for (const xmlNode *k = n->prev; k != NULL; k = k->prev) {
      const struct mark *m = compile_mark_of(c, k);
      if (m == NULL) continue;
      if (compile_opens(m->kind) && closed == 0 && (m->kind == MARK_EACH || m->kind == MARK_TEST))
        return true;
      if (compile_opens(m->kind) && closed != 0) closed--;
      if (compile_closes(m->kind)) closed++;
    }
  }
  return false;
}

static const struct formulas *table_of(const struct compile *c, str name) {
  for (size_t i = 0; i < c->ntables; i++)
    if (c->tables[i]->stands && c->t->flavour->is_named(c->tables[i]->table, name))
      return c->tables[i];
  return NULL;
}

/* Cells that it names together with their table. */
static enum effect effect_elsewhere(const struct compile *c, const struct formula *x) {
  static const struct range any = {{1, LAST}, {1, LAST}, false};
  struct formula_range named;
  enum effect e = STAYS;
  bool unknown = str_find(x->cells, STR("@"), 0) != STR_NOT_FOUND;
  for (size_t i = 0; unknown && i < c->ntables && e == STAYS; i++)
    if (c->tables[i]->stands && c->tables[i] != c->loose)
      e = is_in_choice(c, c->tables[i]->table) ? MOVES : effect_on(c->tables[i], 0, &any);
  for (size_t i = 0; x->cell != NULL && c->t->flavour->formula_range(x->cell, i, &named); i++) {
    if (named.table.n == 0) continue;
    const struct formulas *other = table_of(c, named.table);
    struct range r = read_range(named.cells, x->place);
    enum effect one =
        other == NULL || is_in_choice(c, other->table) ? MOVES : effect_on(other, 0, &r);
    if (one > e) e = one;
  }
  return e;
}

/* Writer goes on calculating: the old result goes, and so do those that are made of it. */
static bool leave_to_program(struct compile *c, struct formulas *f, const struct formula *x) {
  if (!add_cell(c, f, x->place, x->nth)) return false;
  c->t->flavour->forget_result(x->cell);
  c->changed = true;
  if (!f->told) finding(c->fs, CODE_FORMULA_LATER, x->place, NULL, x->typed);
  f->told = true;
  return true;
}

static bool is_understood(const struct formula *x) {
  return str_find(x->cells, STR("*"), 0) == STR_NOT_FOUND;
}

/* The row of a control tag is gone, and what was calculated in it. */
static bool is_there(const struct formulas *f, const struct formula *x) {
  unsigned row = x->place->row;
  return row == 0 || row > f->nrows || f->rows[row - 1].stands;
}

/* *again: others may be made of its result.  False: no memory. */
static bool settle_one(struct compile *c, struct formulas *f, struct formula *x, bool *again) {
  if (x->told || !is_there(f, x)) return true;
  enum effect here = effect_here(f, x), elsewhere = effect_elsewhere(c, x);
  if (here == STAYS && elsewhere == STAYS) return true;
  x->told = true;
  x->moving = here == MOVES;
  if (x->cell == NULL || elsewhere == MOVES || !is_understood(x)) {
    finding(c->fs, CODE_FIELD_CELLS, x->place, NULL, x->typed);
    x->moving = false;
    return true;
  }
  *again = true;
  return leave_to_program(c, f, x);
}

/* Tables that are gone are in no report. */
static bool find_tables(struct compile *c) {
  xmlNode *top = xmlDocGetRootElement(c->xml.doc);
  bool ok = true;
  for (xmlNode *n = top; n != NULL && ok; n = xml_walk(top, n, false))
    for (size_t i = 0; n->type == XML_ELEMENT_NODE && i < c->ntables && ok; i++)
      if (c->tables[i]->table == n) {
        c->tables[i]->stands = true;
        ok = ranges_steady(c, c->tables[i]);
      }
  return ok;
}

bool formula_part(struct compile *c) {
  bool again = false;
  for (size_t i = 0; i < c->ntables; i++) again = again || c->tables[i]->n != 0;
  if (again && !find_tables(c)) return false;
  while (again) {
    again = false;
    for (size_t i = 0; i < c->ntables; i++) {
      struct formulas *f = c->tables[i];
      for (size_t k = 0; f->stands && k < f->n; k++)
        if (!settle_one(c, f, &f->items[k], &again)) return false;
    }
  }
  return true;
}

struct formula_rows formula_rows_of(str cells) {
  struct place nowhere = {.row = 0};
  struct range r = read_range(cells, &nowhere);
  return (struct formula_rows){.first = r.row[0],
                               .last = r.row[1],
                               .one_row = r.row[0] == r.row[1],
                               .pair = str_find(cells, STR(":"), 0) != STR_NOT_FOUND};
}
