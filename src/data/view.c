/* A sheet seen by lines: by its rows, or turned, by its columns.
 *
 * Knows where cells are and which are merged; what they mean is data/layout's business.
 * Invariant: lines and positions are sorted, and each of them holds at least one cell.
 */
#include "data/view.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"

/* ---- cells ---- */

static const struct row *find_row(const struct sheet *s, uint32_t number) {
  if (s->nrows == 0 || number < s->rows[0].number) return NULL;
  size_t guess = number - s->rows[0].number; /* mostly no row is missing */
  if (guess < s->nrows && s->rows[guess].number == number) return &s->rows[guess];
  size_t low = 0, high = s->nrows;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (s->rows[mid].number == number) return &s->rows[mid];
    if (s->rows[mid].number < number)
      low = mid + 1;
    else
      high = mid;
  }
  return NULL;
}

static const struct cell *find_cell(const struct row *r, uint32_t column) {
  size_t low = 0, high = r->n;
  if (column < r->n && r->cells[column].column == column) return &r->cells[column];
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (r->cells[mid].column == column) return &r->cells[mid];
    if (r->cells[mid].column < column)
      low = mid + 1;
    else
      high = mid;
  }
  return NULL;
}

void view_place(const struct view *v, uint32_t line, uint32_t position, uint32_t *row,
                uint32_t *column) {
  *row = v->turned ? position : line;
  *column = v->turned ? line : position;
}

const struct cell *view_at(const struct view *v, uint32_t line, uint32_t position) {
  uint32_t row, column;
  view_place(v, line, position, &row, &column);
  const struct row *r = find_row(v->sheet, row);
  return r != NULL ? find_cell(r, column) : NULL;
}

/* ---- merged cells ---- */

/* The last area of this position that begins at or before the line. */
static size_t area_before(const struct view *v, uint32_t line, uint32_t position) {
  size_t low = 0, high = v->nareas;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    const struct area *m = &v->areas[mid];
    if (m->position < position || (m->position == position && m->line <= line))
      low = mid + 1;
    else
      high = mid;
  }
  return low;
}

static const struct area *find_area(const struct view *v, uint32_t line, uint32_t position) {
  size_t n = area_before(v, line, position);
  if (n == 0) return NULL;
  const struct area *m = &v->areas[n - 1];
  return m->position == position && m->last_line >= line ? m : NULL;
}

bool view_area(const struct view *v, uint32_t line, uint32_t position, struct area *out) {
  const struct area *m = find_area(v, line, position);
  if (m == NULL) return false;
  *out = *m;
  out->position = v->firsts[m - v->areas];
  return true;
}

const struct cell *view_held(const struct view *v, uint32_t line, uint32_t position) {
  struct area m;
  const struct cell *c = view_at(v, line, position);
  if (c != NULL || !view_area(v, line, position, &m)) return c;
  return view_at(v, m.line, m.position);
}

struct piece {
  struct area area;
  uint32_t first;
};

static int by_position(const void *a, const void *b) {
  const struct area *x = &((const struct piece *)a)->area, *y = &((const struct piece *)b)->area;
  if (x->position != y->position) return x->position < y->position ? -1 : 1;
  return (x->line > y->line) - (x->line < y->line);
}

static struct area seen(const struct view *v, const struct merged *m) {
  if (v->turned) return (struct area){m->column, m->row, m->last_column, m->last_row};
  return (struct area){m->row, m->column, m->last_row, m->last_column};
}

/* Positions behind the last that holds anything need no entry. */
static uint32_t last_shown(const struct view *v, struct area m) {
  uint32_t last = v->npositions > 0 ? v->positions[v->npositions - 1] : 0;
  return m.last_position < last ? m.last_position : last;
}

static bool gather_areas(struct view *v, struct arena *a) {
  size_t n = 0, k = 0;
  for (size_t i = 0; i < v->sheet->nmerged && n <= LIMIT_SHEET_MERGED; i++) {
    struct area m = seen(v, &v->sheet->merged[i]);
    uint32_t last = last_shown(v, m);
    if (last >= m.position) n += last - m.position + 1;
  }
  if (n > LIMIT_SHEET_MERGED) return false;
  struct piece *pieces = mem_calloc(n + 1, sizeof *pieces);
  v->areas = ARENA_ARRAY(a, n + 1, struct area);
  v->firsts = ARENA_ARRAY(a, n + 1, uint32_t);
  if (pieces == NULL || v->areas == NULL || v->firsts == NULL) {
    mem_free(pieces);
    return false;
  }
  for (size_t i = 0; i < v->sheet->nmerged; i++) {
    struct area m = seen(v, &v->sheet->merged[i]);
    uint32_t first = m.position, last = last_shown(v, m);
    for (; m.position <= last && k < n; m.position++) pieces[k++] = (struct piece){m, first};
  }
  qsort(pieces, k, sizeof *pieces, by_position);
  for (size_t i = 0; i < k; i++) {
    v->areas[i] = pieces[i].area;
    v->firsts[i] = pieces[i].first;
  }
  v->nareas = k;
  mem_free(pieces);
  return true;
}

/* ---- lines and positions ---- */

static bool used_rows(const struct sheet *s, struct arena *a, size_t *n, uint32_t **rows) {
  *rows = ARENA_ARRAY(a, s->nrows + 1, uint32_t);
  if (*rows == NULL) return false;
  *n = 0;
  for (size_t i = 0; i < s->nrows; i++)
    if (s->rows[i].n > 0) (*rows)[(*n)++] = s->rows[i].number;
  return true;
}

static bool used_columns(const struct sheet *s, struct arena *a, size_t *n, uint32_t **columns) {
  size_t most = 0;
  for (size_t i = 0; i < s->nrows; i++) {
    const struct row *r = &s->rows[i];
    if (r->n > 0 && r->cells[r->n - 1].column + (size_t)1 > most)
      most = r->cells[r->n - 1].column + (size_t)1;
  }
  bool *used = mem_calloc(most + 1, sizeof *used);
  *columns = ARENA_ARRAY(a, most + 1, uint32_t);
  *n = 0;
  for (size_t i = 0; used != NULL && i < s->nrows; i++)
    for (size_t k = 0; k < s->rows[i].n; k++) used[s->rows[i].cells[k].column] = true;
  for (size_t i = 0; used != NULL && *columns != NULL && i < most; i++)
    if (used[i]) (*columns)[(*n)++] = (uint32_t)i;
  bool ok = used != NULL && *columns != NULL;
  mem_free(used);
  return ok;
}

bool view_make(struct view *v, const struct sheet *s, bool turned, struct arena *a) {
  *v = (struct view){.sheet = s, .turned = turned};
  bool ok = turned ? used_columns(s, a, &v->nlines, &v->lines) &&
                         used_rows(s, a, &v->npositions, &v->positions)
                   : used_rows(s, a, &v->nlines, &v->lines) &&
                         used_columns(s, a, &v->npositions, &v->positions);
  return ok && gather_areas(v, a);
}
