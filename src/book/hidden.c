/* What is hidden is left out of a book: an official who looks at it does not count it.
 *
 * The value of a merged area is seen as long as a part of the area is, so it moves there; values that
 * stand under merged cells are hidden, too.  Each kind
 * of hidden thing is told once for each sheet, and only when something stands in it.
 *
 * Invariant: cells that rows share are not changed; rows that lose cells get new ones.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "book/build.h"

struct hiding {
  struct book *b;
  struct sheet *s;
  size_t *next_row;      /* nrows + 1: index of the next row that is seen, from this one on */
  uint32_t *next_column; /* LIMIT_BOOK_COLUMNS + 1: the next column that is seen */
};

static bool prepare(struct hiding *h) {
  struct sheet *s = h->s;
  h->next_row = ARENA_ARRAY(h->b->arena, s->nrows + 1, size_t);
  h->next_column = ARENA_ARRAY(h->b->arena, LIMIT_BOOK_COLUMNS + 1, uint32_t);
  if (h->next_row == NULL || h->next_column == NULL) return false;
  h->next_row[s->nrows] = s->nrows;
  for (size_t i = s->nrows; i-- > 0;) h->next_row[i] = s->rows[i].hidden ? h->next_row[i + 1] : i;
  uint32_t next = (uint32_t)LIMIT_BOOK_COLUMNS;
  h->next_column[LIMIT_BOOK_COLUMNS] = next;
  size_t k = s->nhidden;
  for (uint32_t c = (uint32_t)LIMIT_BOOK_COLUMNS; c-- > 0;) {
    while (k > 0 && s->hidden_columns[k - 1] > c) k--;
    if (k == 0 || s->hidden_columns[k - 1] != c) next = c;
    h->next_column[c] = next;
  }
  return true;
}

static bool is_hidden(const struct hiding *h, uint32_t column) {
  return h->next_column[column] != column;
}

/* ---- merged areas ---- */

/* Index of the first row with this number or a later one. */
static size_t row_from(const struct sheet *s, uint32_t number) {
  size_t low = 0, high = s->nrows;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (s->rows[mid].number < number)
      low = mid + 1;
    else
      high = mid;
  }
  return low;
}

static size_t cell_from(const struct row *r, uint32_t column) {
  size_t low = 0, high = r->n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (r->cells[mid].column < column)
      low = mid + 1;
    else
      high = mid;
  }
  return low;
}

/* New cells for the row, with one more in its place. */
static bool put_cell(struct arena *a, struct row *r, const struct cell *c) {
  size_t i = cell_from(r, c->column), behind = i;
  if (i < r->n && r->cells[i].column == c->column) behind++;
  struct cell *cells = ARENA_ARRAY(a, r->n + 1, struct cell);
  if (cells == NULL) return false;
  if (i > 0) memcpy(cells, r->cells, i * sizeof *cells);
  cells[i] = *c;
  if (r->n > behind) memcpy(cells + i + 1, r->cells + behind, (r->n - behind) * sizeof *cells);
  r->n += behind == i;
  r->cells = cells;
  return true;
}

/* Rows in which nothing stands are not there, so the value goes to one in which something does. */
static bool uncover(struct hiding *h, struct merged *m) {
  struct sheet *s = h->s;
  size_t from = row_from(s, m->row), to = h->next_row[from];
  if (from == s->nrows || s->rows[from].number != m->row || to == s->nrows) return true;
  size_t i = cell_from(&s->rows[from], m->column);
  uint32_t column = h->next_column[m->column];
  if (i == s->rows[from].n || s->rows[from].cells[i].column != m->column) return true;
  if (to == from && column == m->column) return true;
  if (s->rows[to].number > m->last_row || column > m->last_column) return true;
  struct cell value = s->rows[from].cells[i];
  value.column = m->column = column;
  m->row = s->rows[to].number;
  return put_cell(h->b->arena, &s->rows[to], &value);
}

/* ---- what stands under merged cells ---- */

struct covering {
  struct sheet *s;
  size_t next;                 /* merged area that has not begun */
  const struct merged **owner; /* LIMIT_BOOK_COLUMNS: the last area that began over the column */
};

static int by_row(const void *a, const void *b) {
  const struct merged *x = a, *y = b;
  if (x->row != y->row) return x->row < y->row ? -1 : 1;
  return (x->column > y->column) - (x->column < y->column);
}

static bool is_covered(const struct covering *c, uint32_t row, uint32_t column) {
  const struct merged *m = c->owner[column];
  if (m == NULL || row > m->last_row || column > m->last_column) return false;
  return row != m->row || column != m->column;
}

static void begin_areas(struct covering *c, uint32_t row) {
  for (; c->next < c->s->nmerged && c->s->merged[c->next].row <= row; c->next++) {
    const struct merged *m = &c->s->merged[c->next];
    for (uint32_t k = m->column; k <= m->last_column; k++) c->owner[k] = m;
  }
}

/* New cells for the row, without those that are covered; *n counts them. */
static bool uncover_row(struct hiding *h, const struct covering *c, struct row *r, size_t *n) {
  struct cell *kept = NULL;
  size_t k = 0;
  for (size_t i = 0; i < r->n; i++) {
    bool gone = is_covered(c, r->number, r->cells[i].column);
    if (gone && kept == NULL) {
      kept = ARENA_ARRAY(h->b->arena, r->n, struct cell);
      if (kept == NULL) return false;
      if (i > 0) memcpy(kept, r->cells, i * sizeof *kept);
      k = i;
    }
    if (gone) ++*n;
    if (!gone && kept != NULL) kept[k++] = r->cells[i];
  }
  if (kept == NULL) return true;
  r->cells = kept;
  r->n = k;
  return true;
}

static bool wide_areas(const struct sheet *s) {
  uint64_t columns = 0;
  for (size_t i = 0; i < s->nmerged; i++)
    columns += s->merged[i].last_column - s->merged[i].column + 1;
  return columns > LIMIT_SHEET_MERGED;
}

static bool leave_out_covered(struct hiding *h, struct findings *fs) {
  struct covering c = {.s = h->s};
  size_t n = 0;
  const struct row *first = NULL;
  if (h->s->nmerged == 0 || wide_areas(h->s)) return true; /* the latter is refused later */
  c.owner = ARENA_ARRAY(h->b->arena, LIMIT_BOOK_COLUMNS, const struct merged *);
  if (c.owner == NULL) return false;
  qsort(h->s->merged, h->s->nmerged, sizeof *h->s->merged, by_row);
  for (size_t i = 0; i < h->s->nrows; i++) {
    struct row *r = &h->s->rows[i];
    begin_areas(&c, r->number);
    if (!uncover_row(h, &c, r, &n)) return false;
    if (n > 0 && first == NULL) first = r;
  }
  struct origin o = {.file = h->b->path, .sheet = h->s->name};
  if (n > 0)
    finding(fs, CODE_BOOK_COVERED, NULL, &o, finding_number(fs, n),
            finding_number(fs, (uint64_t)first->number + 1));
  return true;
}

/* ---- columns ---- */

/* Cells of hidden columns go; *n is how many of these columns had some, *first the first. */
static bool drop_columns(struct hiding *h, size_t *n, uint32_t *first) {
  const struct cell *before = NULL; /* cells of the row before, which this one may share */
  struct row done = {0};
  bool *used = ARENA_ARRAY(h->b->arena, LIMIT_BOOK_COLUMNS, bool);
  if (used == NULL) return false;
  for (size_t i = 0; i < h->s->nrows; i++) {
    struct row *r = &h->s->rows[i];
    if (r->hidden) continue;
    if (r->cells != before) {
      before = r->cells;
      done.n = 0;
      done.cells = ARENA_ARRAY(h->b->arena, r->n, struct cell);
      if (done.cells == NULL) return false;
      for (size_t k = 0; k < r->n; k++)
        if (is_hidden(h, r->cells[k].column))
          used[r->cells[k].column] = true;
        else
          done.cells[done.n++] = r->cells[k];
    }
    r->n = done.n;
    r->cells = done.cells;
  }
  *n = 0;
  for (uint32_t c = (uint32_t)LIMIT_BOOK_COLUMNS; c-- > 0;)
    if (used[c]) {
      *first = c;
      ++*n;
    }
  return true;
}

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

static bool leave_out_columns(struct hiding *h, struct findings *fs) {
  size_t n = 0;
  uint32_t first = 0;
  if (h->s->nhidden == 0) return true;
  if (!drop_columns(h, &n, &first)) return no_memory(fs);
  struct origin o = {.file = h->b->path, .sheet = h->s->name};
  if (n > 0)
    finding(fs, CODE_BOOK_HIDDEN_COLUMNS, NULL, &o, finding_number(fs, n),
            book_column_name(findings_arena(fs), first));
  h->s->nhidden = 0;
  return true;
}

/* ---- rows and sheets ---- */

static void leave_out_rows(struct hiding *h, struct findings *fs) {
  struct sheet *s = h->s;
  size_t kept = 0, hidden = 0;
  uint32_t first = 0;
  for (size_t i = 0; i < s->nrows; i++) {
    if (s->rows[i].hidden && hidden++ == 0) first = s->rows[i].number;
    if (!s->rows[i].hidden && s->rows[i].n > 0) s->rows[kept++] = s->rows[i];
  }
  s->nrows = kept;
  struct origin o = {.file = h->b->path, .sheet = s->name};
  if (hidden > 0)
    finding(fs, CODE_BOOK_HIDDEN_ROWS, NULL, &o, finding_number(fs, hidden),
            finding_number(fs, (uint64_t)first + 1));
}

static bool leave_out(struct book *b, struct sheet *s, struct findings *fs) {
  struct hiding h = {.b = b, .s = s};
  if (!leave_out_covered(&h, fs) || !prepare(&h)) return no_memory(fs);
  for (size_t i = 0; i < s->nmerged; i++)
    if (!uncover(&h, &s->merged[i])) return no_memory(fs);
  if (!leave_out_columns(&h, fs)) return false;
  leave_out_rows(&h, fs);
  return true;
}

bool book_leave_out_hidden(struct book *b, struct findings *fs) {
  size_t kept = 0;
  for (size_t i = 0; i < b->nsheets; i++) {
    struct sheet *s = &b->sheets[i];
    struct origin o = {.file = b->path, .sheet = s->name};
    if (s->hidden) {
      findings_add(fs, CODE_BOOK_HIDDEN_SHEET, NULL, &o, 0, NULL);
      continue;
    }
    if (!leave_out(b, s, fs)) return false;
    b->sheets[kept++] = *s;
  }
  b->nsheets = kept;
  return true;
}
