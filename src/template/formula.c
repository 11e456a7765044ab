/* Calculations of table cells that the office program does (Word's =SUM(ABOVE), Writer's <B3>*2).
 *
 * Their result is a copy, made when the template was written.  It stays right while the cells that
 * it is made of stay what they are and where they are.  Writer calculates anew when it opens the
 * report, so there the old copy goes where a cell of them is filled, and where rows among those cells
 * or above may be repeated or vanish its cells are followed (ranges.c).  Word does not, so there both
 * are findings; and so is a formula with cells of another table, when any table is filled: neither
 * their rows nor the copies of that table are followed.
 */
#include "template/compile.h"

enum { LAST = 0xFFFFFF };

/* ---- what changes in the table ---- */

static bool is_column(str name) { return str_find(name, STR("."), 0) != STR_NOT_FOUND; }

/* Reads what a tag does to the rows of its cell: a pair of control tags that stands in one cell
 * leaves them alone; half a pair, or a column of a list, moves them. */
static void count_tag_in(const struct compile *c, struct cell_at *at, const struct tag *t) {
  enum tag_kind kind =
      t->native != NULL ? t->kind : tag_read(t->folded, c->t->names, STR_NONE, c->arena).kind;
  if (tag_opens(kind)) at->open++;
  if (kind == TAG_CLOSE) at->open--;
  at->moves = at->moves || is_column(t->folded) || at->open < 0;
}

bool formula_tag(struct compile *c, struct formulas *f, const struct tag *t) {
  const struct place *p = &c->place;
  struct cell_at *at = f->ntags != 0 ? &f->tags[f->ntags - 1] : NULL;
  if (at == NULL || at->row != p->row || at->column != p->column || at->nth != f->nth) {
    at = arena_grow(c->arena, f->tags, &f->ntags, &f->tags_cap, sizeof *at);
    if (at == NULL) return compile_no_memory(c);
    f->tags = at - (f->ntags - 1);
    *at = (struct cell_at){.row = p->row, .column = p->column, .nth = f->nth};
  }
  if (t != NULL) count_tag_in(c, at, t);
  return true;
}

/* ---- calculations ---- */

static struct formula *new_formula(struct compile *c, struct formulas *f, str cells) {
  struct formula *slot = arena_grow(c->arena, f->items, &f->n, &f->cap, sizeof *slot);
  if (slot == NULL) return compile_no_memory(c), NULL;
  f->items = slot - (f->n - 1);
  *slot = (struct formula){.cells = cells};
  return slot;
}

/* It may be made of cells of another table; whether these are filled is known at the end of the
 * part. */
static bool keep_doubtful(struct compile *c, const struct formula *x) {
  const struct formula **slot =
      arena_grow(c->arena, c->doubtful, &c->ndoubtful, &c->doubtful_cap, sizeof *slot);
  struct formula *kept = ARENA_NEW(c->arena, struct formula);
  if (slot == NULL || kept == NULL) return compile_no_memory(c);
  c->doubtful = slot - (c->ndoubtful - 1);
  *kept = *x;
  *slot = kept;
  return true;
}

bool formula_add(struct compile *c, struct formulas *f, const struct tag *t) {
  struct formula alone = {.cells = t->native->text, .place = t->place, .typed = t->typed};
  if (f == NULL) return keep_doubtful(c, &alone);
  struct formula *x = new_formula(c, f, t->native->text);
  if (x == NULL) return false;
  x->place = t->place;
  x->typed = t->typed;
  return true;
}

bool formula_cell(struct compile *c, struct formulas *f, xmlNode *cell) {
  str typed, cells = c->t->flavour->cell_formula(cell, c->arena, &typed);
  struct formula *x = cells.n != 0 ? new_formula(c, f, cells) : NULL;
  if (x == NULL) return cells.n == 0;
  x->place = compile_place(c, &c->place, typed);
  x->typed = typed;
  x->cell = cell;
  x->nth = f->nth;
  return x->place != NULL || compile_no_memory(c);
}

/* ---- which cells it is made of ---- */

struct range {
  unsigned row[2], column[2]; /* from and to */
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
  struct range r = {{1, LAST}, {1, LAST}};
  size_t i = 0;
  if (str_is(word, "ABOVE")) return (struct range){{1, at->row - 1}, {1, LAST}};
  if (str_is(word, "BELOW")) return (struct range){{at->row + 1, LAST}, {1, LAST}};
  if (str_is(word, "LEFT") || str_is(word, "RIGHT"))
    return (struct range){{at->row, at->row}, {1, LAST}};
  read_end(word, &i, &r, 0);
  r.row[1] = r.row[0];
  r.column[1] = r.column[0];
  if (i < word.n && word.p[i] == ':') {
    i++;
    r.row[1] = r.column[1] = LAST;
    read_end(word, &i, &r, 1);
  }
  if (i != word.n) return (struct range){{1, LAST}, {1, LAST}};
  order(r.row);
  order(r.column);
  return r;
}

/* ---- what becomes of them ---- */

enum effect { STAYS, CHANGES, MOVES };

static bool within(unsigned n, const unsigned pair[2]) { return n >= pair[0] && n <= pair[1]; }

/* What the cells with tags do to a range, those from `from` on.  Cells are counted with those that are
 * merged into others, or without: office programs differ. */
static enum effect effect_on(const struct formulas *f, size_t from, const struct range *r) {
  enum effect e = STAYS;
  for (size_t i = from; i < f->ntags && e != MOVES; i++) {
    const struct cell_at *t = &f->tags[i];
    bool column = within(t->column, r->column) || within(t->nth, r->column);
    if ((t->moves || t->open != 0) && t->row <= r->row[1])
      e = MOVES;
    else if (column && within(t->row, r->row))
      e = CHANGES;
  }
  return e;
}

/* Of the tags that were not looked at yet. */
static enum effect effect_of(const struct formulas *f, struct formula *x) {
  enum effect e = STAYS;
  for (size_t at = 0, end; at < x->cells.n && x->looked < f->ntags; at = end + 1) {
    end = str_find(x->cells, STR(" "), at);
    if (end == STR_NOT_FOUND) end = x->cells.n;
    struct range r = read_range(str_sub(x->cells, at, end), x->place);
    enum effect one = effect_on(f, x->looked, &r);
    if (one > e) e = one;
  }
  x->looked = f->ntags;
  return e;
}

/* Writer goes on calculating: the old result goes, and so do those that are made of it. */
static bool leave_to_program(struct compile *c, struct formulas *f, const struct formula *x) {
  struct cell_at *at = arena_grow(c->arena, f->tags, &f->ntags, &f->tags_cap, sizeof *at);
  if (at == NULL) return compile_no_memory(c);
  f->tags = at - (f->ntags - 1);
  *at = (struct cell_at){.row = x->place->row, .column = x->place->column, .nth = x->nth};
  c->t->flavour->forget_result(x->cell);
  c->changed = true;
  if (!f->told) finding(c->fs, CODE_FORMULA_LATER, x->place, NULL, x->typed);
  f->told = true;
  return true;
}

static bool take_rows(struct compile *c, struct moving *m, xmlNode *parent, size_t *cap) {
  bool ok = true;
  for (xmlNode *n = xml_first_element(parent); n != NULL && ok; n = xml_next_element(n)) {
    enum kind kind = c->t->flavour->kind(n);
    if (kind == KIND_ROWS) ok = take_rows(c, m, n, cap);
    if (kind != KIND_ROW) continue;
    xmlNode **slot = arena_grow(c->arena, m->rows, &m->nrows, cap, sizeof *slot);
    if (slot == NULL) return compile_no_memory(c);
    m->rows = slot - (m->nrows - 1);
    *slot = n;
  }
  return ok;
}

/* Its rows are followed when all of them are where they work (ranges.c). */
static bool keep_moving(struct compile *c, const struct formula *x, xmlNode *table) {
  struct moving *m = arena_grow(c->arena, c->moving, &c->nmoving, &c->moving_cap, sizeof *m);
  size_t cap = 0;
  if (m == NULL) return compile_no_memory(c);
  c->moving = m - (c->nmoving - 1);
  *m = (struct moving){
      .table = table, .cell = x->cell, .row = x->place->row, .place = x->place, .typed = x->typed};
  if (c->nmoving == 1 || m[-1].table != table) return take_rows(c, m, table, &cap);
  m->rows = m[-1].rows; /* of the formula before */
  m->nrows = m[-1].nrows;
  return true;
}

static bool is_understood(const struct formula *x) {
  return str_find(x->cells, STR("*"), 0) == STR_NOT_FOUND;
}

/* *again: others may be made of its result.  False: no memory. */
static bool settle_one(struct compile *c, struct formulas *f, struct formula *x, xmlNode *table,
                       bool *ok, bool *again) {
  enum effect e = x->told ? STAYS : effect_of(f, x);
  if (e == STAYS) return true;
  x->told = true;
  if (x->cell == NULL || !is_understood(x)) {
    *ok = finding(c->fs, CODE_FIELD_CELLS, x->place, NULL, x->typed);
    return true;
  }
  *again = true;
  return (e != MOVES || keep_moving(c, x, table)) && leave_to_program(c, f, x);
}

bool formula_settle(struct compile *c, struct formulas *f, xmlNode *table) {
  bool ok = true, again = true;
  while (again) {
    again = false;
    for (size_t i = 0; i < f->n; i++)
      if (!settle_one(c, f, &f->items[i], table, &ok, &again)) return false;
  }
  c->tables_filled = c->tables_filled || f->ntags != 0;
  for (size_t i = 0; i < f->n; i++) {
    const struct formula *x = &f->items[i];
    if (!x->told && !is_understood(x) && !keep_doubtful(c, x)) return false;
  }
  return ok;
}

bool formula_end(struct compile *c) {
  bool ok = true;
  for (size_t i = 0; i < c->ndoubtful && c->tables_filled; i++)
    ok = finding(c->fs, CODE_FIELD_CELLS, c->doubtful[i]->place, NULL, c->doubtful[i]->typed);
  return ok;
}

struct formula_rows formula_rows_of(str cells) {
  struct place nowhere = {.row = 0};
  struct range r = read_range(cells, &nowhere);
  return (struct formula_rows){.first = r.row[0],
                               .last = r.row[1],
                               .one_row = r.row[0] == r.row[1],
                               .pair = str_find(cells, STR(":"), 0) != STR_NOT_FOUND};
}
