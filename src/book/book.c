/* Books: the current sheet and row grow here and are put in order.
 *
 * Which file has which kind is book/kinds.c's, reading them the readers', leaving out what is
 * hidden book/hidden.c's business.
 *
 * Invariants of a sheet that is finished: rows ascend, cells of a row ascend, none is there twice;
 * rows that were repeated share their cells, which nobody changes.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "book/build.h"

#define N_(s) (s)

/* ---- names ---- */

static size_t put_letters(char *to, uint32_t column) {
  char letters[8];
  size_t n = 0, i = 0;
  for (uint64_t c = (uint64_t)column + 1; c > 0; c = (c - 1) / 26)
    letters[n++] = (char)('A' + (c - 1) % 26);
  for (; n > 0; i++) to[i] = letters[--n];
  return i;
}

str book_cell_name(struct arena *a, uint32_t row, uint32_t column) {
  char name[24], digits[12];
  size_t at = put_letters(name, column), n = 0;
  for (uint64_t r = (uint64_t)row + 1; r > 0; r /= 10) digits[n++] = (char)('0' + r % 10);
  while (n > 0) name[at++] = digits[--n];
  return arena_dup(a, (str){name, at});
}

str book_column_name(struct arena *a, uint32_t column) {
  char name[8];
  return arena_dup(a, (str){name, put_letters(name, column)});
}

/* ---- findings ---- */

static struct origin here(const struct building *g) {
  struct origin o = {.file = g->book->path};
  if (g->sheet != NULL) o.sheet = g->sheet->name;
  if (g->in_row)
    o.cell = book_cell_name(findings_arena(g->fs), g->row.number, g->in_cell ? g->column : 0);
  return o;
}

bool build_memory(struct building *g) {
  return findings_add(g->fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

bool build_damaged(struct building *g, str words) {
  struct origin o = here(g);
  return finding(g->fs, CODE_BOOK_DAMAGED, NULL, &o, words, g->part);
}

bool build_bad_cell(struct building *g, const char *words, str value) {
  struct origin o = here(g);
  return finding(g->fs, CODE_BOOK_CELL, NULL, &o, str_of(words), value.n > 0 ? value : STR("–"));
}

bool build_too_big(struct building *g, size_t limit_index) {
  const struct limit *l = &limits[limit_index];
  struct origin o = here(g);
  return finding(g->fs, CODE_TOO_BIG, NULL, &o, str_of(l->what), finding_number(g->fs, l->value),
                 str_of(l->unit));
}

void build_format(struct building *g, str code) {
  struct origin o = here(g);
  finding(g->fs, CODE_BOOK_FORMAT, NULL, &o, code);
}

/* The words of a finding about a package or part. */
static bool translate(struct building *g, const struct finding *f) {
  struct origin o = here(g);
  switch (f->code) {
  case CODE_DAMAGED:
    if (f->place.part.n != 0) g->part = f->place.part;
    return build_damaged(g, f->args[0]);
  case CODE_BAD_ENTRY: g->part = f->args[0]; return build_damaged(g, f->args[1]);
  case CODE_BAD_XML: return build_damaged(g, f->args[2]);
  case CODE_DOCTYPE: return build_damaged(g, STR(N_("it has a DOCTYPE, which no workbook needs")));
  case CODE_BAD_ENCODING:
    return build_damaged(g, STR(N_("it is in an encoding that is not read here")));
  case CODE_ENCRYPTED: return findings_add(g->fs, CODE_BOOK_PASSWORD, NULL, &o, 0, NULL);
  default: return findings_add(g->fs, f->code, NULL, &o, FINDING_ARGS, f->args);
  }
}

bool build_translate(struct building *g, const struct findings *inner) {
  str part = g->part;
  for (size_t i = 0; i < findings_count(inner); i++) {
    translate(g, findings_at(inner, i));
    g->part = part;
  }
  return false;
}

/* ---- growing ---- */

void build_init(struct building *g, struct book *b, struct findings *fs) {
  *g = (struct building){.book = b, .fs = fs};
  buf_init(&g->shown, 0);
  buf_init(&g->number, 0);
}

void build_free(struct building *g) {
  mem_free(g->cells);
  buf_free(&g->shown);
  buf_free(&g->number);
  g->cells = NULL;
}

bool build_sheet(struct building *g, str name, bool hidden) {
  struct book *b = g->book;
  if (b->nsheets == LIMIT_BOOK_SHEETS) return build_too_big(g, LIMIT_BOOK_SHEETS_INDEX);
  g->sheet = arena_grow(b->arena, b->sheets, &b->nsheets, &g->sheets_cap, sizeof *g->sheet);
  if (g->sheet == NULL) return build_memory(g);
  b->sheets = g->sheet - (b->nsheets - 1);
  *g->sheet = (struct sheet){.name = arena_dup(b->arena, name), .hidden = hidden};
  g->rows_cap = g->merged_cap = g->hidden_cap = 0;
  g->in_row = g->in_cell = false;
  return g->sheet->name.p != NULL || build_memory(g);
}

static struct row *keep_row(struct building *g, const struct row *row) {
  struct sheet *s = g->sheet;
  struct row *r = arena_grow(g->book->arena, s->rows, &s->nrows, &g->rows_cap, sizeof *r);
  if (r == NULL) return NULL;
  s->rows = r - (s->nrows - 1);
  *r = *row;
  return r;
}

static int compare_cells(const void *a, const void *b) {
  uint32_t x = ((const struct cell *)a)->column, y = ((const struct cell *)b)->column;
  return (x > y) - (x < y);
}

static bool row_end(struct building *g) {
  if (!g->in_row || g->ncells == 0) return true;
  bool sorted = true;
  for (size_t i = 1; i < g->ncells; i++)
    if (g->cells[i].column <= g->cells[i - 1].column) sorted = false;
  if (!sorted) qsort(g->cells, g->ncells, sizeof *g->cells, compare_cells);
  for (size_t i = 1; i < g->ncells; i++)
    if (g->cells[i].column == g->cells[i - 1].column) {
      g->column = g->cells[i].column;
      g->in_cell = true;
      return build_damaged(g, STR(N_("the cell is there twice")));
    }
  g->row.cells = ARENA_ARRAY(g->book->arena, g->ncells, struct cell);
  if (g->row.cells == NULL) return build_memory(g);
  memcpy(g->row.cells, g->cells, g->ncells * sizeof *g->cells);
  g->row.n = g->ncells;
  g->ncells = 0;
  return keep_row(g, &g->row) != NULL || build_memory(g);
}

bool build_row(struct building *g, uint32_t number, bool hidden) {
  if (!row_end(g)) return false;
  g->row = (struct row){.number = number, .hidden = hidden};
  g->in_row = true;
  g->in_cell = false;
  return number < LIMIT_BOOK_ROWS || build_too_big(g, LIMIT_BOOK_ROWS_INDEX);
}

static bool room_for_cell(struct building *g) {
  if (g->ncells < g->cells_cap) return true;
  size_t cap = g->cells_cap != 0 ? g->cells_cap * 2 : 64;
  struct cell *cells = mem_realloc(g->cells, cap * sizeof *cells);
  if (cells == NULL) return build_memory(g);
  g->cells = cells;
  g->cells_cap = cap;
  return true;
}

bool build_cell(struct building *g, uint32_t column, enum cell_kind kind, str shown, str number,
                bool kept) {
  g->column = column;
  g->in_cell = true;
  if (column >= LIMIT_BOOK_COLUMNS) return build_too_big(g, LIMIT_BOOK_COLUMNS_INDEX);
  if (shown.n == 0) return true;
  if (++g->total > LIMIT_BOOK_CELLS) return build_too_big(g, LIMIT_BOOK_CELLS_INDEX);
  if (shown.n > LIMIT_CELL_TEXT) return build_too_big(g, LIMIT_CELL_TEXT_INDEX);
  if (!kept) {
    g->text += shown.n + number.n;
    if (g->text > LIMIT_BOOK_TEXT) return build_too_big(g, LIMIT_BOOK_TEXT_INDEX);
    bool same = str_eq(shown, number);
    shown = arena_dup(g->book->arena, shown);
    if (number.n != 0) number = same ? shown : arena_dup(g->book->arena, number);
    if (shown.p == NULL || (number.n != 0 && number.p == NULL)) return build_memory(g);
  }
  if (!room_for_cell(g)) return false;
  g->cells[g->ncells++] = (struct cell){column, kind, shown, number};
  return true;
}

bool build_repeat_row(struct building *g, uint32_t times) {
  uint32_t first = g->row.number;
  if (g->ncells == 0 || times < 2) return true;
  size_t n = g->ncells;
  g->in_cell = false;
  if (times > LIMIT_BOOK_ROWS - first) return build_too_big(g, LIMIT_BOOK_ROWS_INDEX);
  if (n > (LIMIT_BOOK_CELLS - g->total) / (times - 1))
    return build_too_big(g, LIMIT_BOOK_CELLS_INDEX);
  g->total += n * (times - 1);
  if (!row_end(g)) return false;
  for (struct row r = g->row; r.number < first + times - 1;) {
    r.number++;
    if (keep_row(g, &r) == NULL) return build_memory(g);
  }
  return true;
}

bool build_merged(struct building *g, struct merged m) {
  struct sheet *s = g->sheet;
  if (s->nmerged == LIMIT_BOOK_MERGED) return build_too_big(g, LIMIT_BOOK_MERGED_INDEX);
  if (m.last_row >= LIMIT_BOOK_ROWS) return build_too_big(g, LIMIT_BOOK_ROWS_INDEX);
  if (m.last_column >= LIMIT_BOOK_COLUMNS) return build_too_big(g, LIMIT_BOOK_COLUMNS_INDEX);
  struct merged *kept =
      arena_grow(g->book->arena, s->merged, &s->nmerged, &g->merged_cap, sizeof *kept);
  if (kept == NULL) return build_memory(g);
  s->merged = kept - (s->nmerged - 1);
  *kept = m;
  return true;
}

static int compare_columns(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

bool build_hide_columns(struct building *g, uint32_t first, uint32_t last) {
  struct sheet *s = g->sheet;
  if (last >= LIMIT_BOOK_COLUMNS) last = (uint32_t)LIMIT_BOOK_COLUMNS - 1;
  for (uint32_t c = first; c <= last; c++) {
    if (s->nhidden >= 4 * LIMIT_BOOK_COLUMNS) return build_too_big(g, LIMIT_BOOK_COLUMNS_INDEX);
    uint32_t *kept =
        arena_grow(g->book->arena, s->hidden_columns, &s->nhidden, &g->hidden_cap, sizeof *kept);
    if (kept == NULL) return build_memory(g);
    s->hidden_columns = kept - (s->nhidden - 1);
    *kept = c;
  }
  return true;
}

static int compare_rows(const void *a, const void *b) {
  uint32_t x = ((const struct row *)a)->number, y = ((const struct row *)b)->number;
  return (x > y) - (x < y);
}

static bool sort_rows(struct building *g) {
  struct sheet *s = g->sheet;
  bool sorted = true;
  for (size_t i = 1; i < s->nrows; i++)
    if (s->rows[i].number <= s->rows[i - 1].number) sorted = false;
  if (sorted) return true;
  qsort(s->rows, s->nrows, sizeof *s->rows, compare_rows);
  for (size_t i = 1; i < s->nrows; i++)
    if (s->rows[i].number == s->rows[i - 1].number) {
      g->row = s->rows[i];
      g->in_row = true;
      return build_damaged(g, STR(N_("the row is there twice")));
    }
  return true;
}

bool build_sheet_end(struct building *g) {
  bool ok = row_end(g) && sort_rows(g);
  struct sheet *s = g->sheet;
  if (s->nhidden > 1)
    qsort(s->hidden_columns, s->nhidden, sizeof *s->hidden_columns, compare_columns);
  g->sheet = NULL;
  g->in_row = g->in_cell = false;
  return ok;
}

/* ---- opening ---- */

/* Notes for which there was no memory are missed as well. */
static bool is_whole(struct findings *fs) {
  return !mem_failed() || findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

struct book *book_open(str path, str bytes, const struct book_options *o, struct findings *fs) {
  const struct book_kind *kind = book_kind_of(bytes);
  struct origin where = {.file = path};
  if (kind == NULL) {
    finding(fs, CODE_BOOK_KIND, NULL, &where, STR(N_("no workbook")));
    return NULL;
  }
  struct book *b = mem_calloc(1, sizeof *b);
  if (b != NULL) {
    b->arena = arena_new(0);
    b->positions = true;
    if (b->arena != NULL) b->path = arena_dup(b->arena, path);
  }
  if (b == NULL || b->path.p == NULL)
    findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  else if (kind->read(b, bytes, o, fs) && book_leave_out_hidden(b, fs) && is_whole(fs))
    return b;
  book_free(b);
  return NULL;
}

void book_free(struct book *b) {
  if (b == NULL) return;
  arena_free(b->arena);
  mem_free(b);
}
