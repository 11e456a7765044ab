/* From styles to formats, and figures with their formats into cells.
 *
 * Formats are compiled when the first cell needs them.  Invariant: rows are sorted by id from the
 * first look-up on.
 */
#include "book/formats.h"

#include <stdlib.h>

#include "base/limits.h"
#include "book/seen.h"

#define N_(s) (s)

bool formats_add(struct formats *fs, struct building *g, uint64_t id, str code) {
  struct arena *a = g->book->arena;
  if (fs->nrows == LIMIT_CELL_FORMATS) return build_too_big(g, LIMIT_CELL_FORMATS_INDEX);
  struct format_row *r = arena_grow(a, fs->rows, &fs->nrows, &fs->rows_cap, sizeof *r);
  if (r == NULL) return build_memory(g);
  fs->rows = r - (fs->nrows - 1);
  *r = (struct format_row){.id = id, .code = arena_dup(a, code)};
  return r->code.p != NULL || build_memory(g);
}

bool formats_add_style(struct formats *fs, struct building *g, uint64_t id) {
  if (fs->nstyles == LIMIT_CELL_FORMATS) return build_too_big(g, LIMIT_CELL_FORMATS_INDEX);
  uint64_t *s = arena_grow(g->book->arena, fs->styles, &fs->nstyles, &fs->styles_cap, sizeof *s);
  if (s == NULL) return build_memory(g);
  fs->styles = s - (fs->nstyles - 1);
  *s = id;
  return true;
}

static int compare_ids(const void *a, const void *b) {
  uint64_t x = ((const struct format_row *)a)->id, y = ((const struct format_row *)b)->id;
  return (x > y) - (x < y);
}

/* A row for a built-in format; one that is not known is told by its number. */
static struct format_row *add_builtin(struct formats *fs, struct building *g, uint64_t id) {
  struct arena *a = g->book->arena;
  str code = id <= UINT32_MAX ? numfmt_builtin((unsigned)id) : STR_NONE;
  struct format_row *r = arena_grow(a, fs->rows, &fs->nrows, &fs->rows_cap, sizeof *r);
  if (r == NULL) return NULL;
  fs->rows = r - (fs->nrows - 1);
  size_t i = fs->nrows - 1;
  for (; i > 0 && fs->rows[i - 1].id > id; i--) fs->rows[i] = fs->rows[i - 1];
  r = &fs->rows[i];
  if (code.p == NULL) {
    str parts[] = {STR("numFmt "), finding_number(g->fs, id)};
    code = arena_join(a, parts, 2);
  }
  *r = (struct format_row){.id = id, .code = code};
  return code.p != NULL ? r : NULL;
}

static struct format_row *row_of(struct formats *fs, struct building *g, uint64_t id) {
  struct format_row key = {.id = id}, *r = NULL;
  if (!fs->sorted && fs->nrows > 1) qsort(fs->rows, fs->nrows, sizeof key, compare_ids);
  fs->sorted = true;
  if (fs->nrows > 0) r = bsearch(&key, fs->rows, fs->nrows, sizeof key, compare_ids);
  return r != NULL ? r : add_builtin(fs, g, id);
}

const struct numfmt *formats_of(struct formats *fs, struct building *g, uint64_t style) {
  bool known = style < fs->nstyles;
  if (!known && fs->nstyles > 0) {
    build_bad_cell(g, N_("its style is not in the list of styles"), finding_number(g->fs, style));
    return NULL;
  }
  struct format_row *r = row_of(fs, g, known ? fs->styles[style] : 0);
  if (r != NULL && r->f == NULL) {
    r->f = numfmt_new(g->book->arena, r->code);
    if (r->f != NULL && !numfmt_understood(r->f)) build_format(g, r->code);
  }
  if (r != NULL && r->f != NULL) return r->f;
  build_memory(g);
  return NULL;
}

/* ---- cells ---- */

bool formats_number(struct building *g, const struct numfmt *f, const struct decimal *d,
                    bool since_1904) {
  struct date date;
  struct decimal seen = *d;
  enum cell_kind kind = CELL_NUMBER;
  buf_clear(&g->shown);
  buf_clear(&g->number);
  switch (numfmt_number(f, d, since_1904, &g->shown, &date)) {
  case NUMFMT_NO_DATE: /* as Excel shows it */
    return build_cell(g, g->column, CELL_ERROR, STR("#####"), STR_NONE, false);
  case NUMFMT_DATE:
    kind = CELL_DATE;
    date_print(date, STR("yyyy-MM-dd"), &g->number);
    break;
  default: seen_number(buf_str(&g->shown), &seen); decimal_put(&seen, &g->number);
  }
  if (g->shown.failed || g->number.failed || (kind == CELL_DATE && g->number.n == 0))
    return build_memory(g);
  return build_cell(g, g->column, kind, buf_str(&g->shown), buf_str(&g->number), false);
}

bool formats_text(struct building *g, const struct numfmt *f, str text, bool kept) {
  buf_clear(&g->shown);
  numfmt_text(f, text, &g->shown);
  if (g->shown.failed) return build_memory(g);
  bool same = kept && str_eq(text, buf_str(&g->shown));
  return build_cell(g, g->column, CELL_TEXT, same ? text : buf_str(&g->shown), STR_NONE, same);
}
