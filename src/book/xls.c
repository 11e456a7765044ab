/* .xls workbooks: texts from FreeXL, and what FreeXL does not tell from the records ([MS-XLS]).
 *
 * FreeXL knows neither number formats nor errors nor what is hidden or merged; without them a
 * report would print 0.951 where an official sees 95.10%.  So the cells are read from the records, in
 * which all of that stands, and the texts, which are shared, continued and in old encodings, are
 * asked of FreeXL.  What is no workbook, or has a password, is named.
 *
 * Invariant: FreeXL is given a file only after the records have been walked to their ends and the
 * sizes of the sheets are within bounds, for it makes a table of each.
 */
#include <freexl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/utf8.h"
#include "book/cfb.h"
#include "book/formats.h"
#include "book/xls_records.h"

#define N_(s) (s)

enum { ROWS = 65536, COLUMNS = 256, BIFF8 = 0x0600, BIFF5 = 0x0500 };

enum value { VALUE_NUMBER, VALUE_TEXT, VALUE_BOOL, VALUE_ERROR, VALUE_NOTHING };

struct xls_cell {
  uint32_t row, column, style;
  enum value value;
  unsigned code;         /* VALUE_BOOL, VALUE_ERROR */
  size_t at;             /* VALUE_TEXT of a formula: where its STRING record begins, or 0 */
  struct decimal number; /* VALUE_NUMBER */
};

struct xls_sheet {
  str name;
  size_t at; /* in the stream */
  bool hidden;
};

struct xls {
  struct building g;
  struct formats formats;
  struct buf stream;
  unsigned version;
  bool since_1904, password;
  struct xls_sheet *sheets; /* worksheets only */
  size_t nsheets, sheets_cap;
  uint64_t tables; /* cells of the tables that FreeXL makes */
  const void *freexl;
  int fd;
  struct xls_cell *cells; /* of one sheet; owned */
  size_t ncells, cells_cap;
  bool *hidden_rows; /* ROWS; owned */
};

static bool damaged(struct xls *x, const char *words) {
  return build_damaged(&x->g, str_of(words));
}

/* ---- the globals ([MS-XLS] 2.1.7.20.3) ---- */

static bool read_begin(struct xls *x, str data) {
  x->version = xls_u16(data, 0);
  if (x->version == BIFF8 || x->version == BIFF5) return true;
  struct origin o = {.file = x->g.book->path};
  return finding(x->g.fs, CODE_BOOK_KIND, NULL, &o,
                 STR(N_("a workbook of a very old Excel: save it as .xlsx")));
}

static bool add_sheet(struct xls *x, str data) {
  enum { STATE = 4, KIND = 5, LENGTH = 6 };
  struct arena *a = x->g.book->arena;
  if (data.n < LENGTH + 1) return damaged(x, N_("a sheet has no name"));
  if (data.p[KIND] != 0) return true; /* a chart or macros */
  if (x->nsheets == LIMIT_BOOK_SHEETS) return build_too_big(&x->g, LIMIT_BOOK_SHEETS_INDEX);
  struct xls_sheet *s = arena_grow(a, x->sheets, &x->nsheets, &x->sheets_cap, sizeof *s);
  if (s == NULL) return build_memory(&x->g);
  x->sheets = s - (x->nsheets - 1);
  s->at = xls_u32(data, 0);
  s->hidden = (data.p[STATE] & 3) != 0;
  return true; /* its name is asked of FreeXL */
}

/* Codes of BIFF5 are in an old encoding; those that are not ASCII are not understood. */
static bool add_format(struct xls *x, str data) {
  struct buf code;
  buf_init(&code, 0);
  bool ok = true;
  if (x->version == BIFF8)
    ok = xls_characters(data, 4, xls_u16(data, 2), &code);
  else
    for (size_t i = 3; i < data.n && i < 3 + (size_t)(unsigned char)data.p[2]; i++)
      buf_putc(&code, (unsigned char)data.p[i] < 0x80 ? data.p[i] : '!');
  if (!ok)
    damaged(x, N_("a number format is cut"));
  else
    ok = formats_add(&x->formats, &x->g, xls_u16(data, 0), buf_str(&code));
  buf_free(&code);
  return ok;
}

static bool read_global(struct xls *x, unsigned type, str data) {
  switch (type) {
  case XLS_FILEPASS: x->password = true; return true;
  case XLS_1904: x->since_1904 = xls_u16(data, 0) == 1; return true;
  case XLS_BOUNDSHEET: return add_sheet(x, data);
  case XLS_FORMAT: return data.n >= 3 ? add_format(x, data) : true;
  case XLS_XF: return formats_add_style(&x->formats, &x->g, xls_u16(data, 2));
  default: return true;
  }
}

static bool read_globals(struct xls *x) {
  struct xls_reader r = {.stream = buf_str(&x->stream)};
  unsigned type;
  str data;
  bool cut, begun = false;
  while (!x->password && xls_next(&r, &type, &data, &cut)) {
    if (!begun && (type != XLS_BOF || !read_begin(x, data)))
      return type == XLS_BOF ? false : damaged(x, N_("it does not begin as a workbook does"));
    begun = true;
    if (type == XLS_EOF) return true;
    if (!read_global(x, type, data)) return false;
  }
  struct origin o = {.file = x->g.book->path};
  if (x->password) return findings_add(x->g.fs, CODE_BOOK_PASSWORD, NULL, &o, 0, NULL);
  return damaged(x, N_("it is cut off"));
}

/* ---- one sheet (2.1.7.20.5) ---- */

static struct xls_cell *add_cell(struct xls *x, uint32_t row, uint32_t column, uint32_t style) {
  if (x->ncells == x->cells_cap) {
    size_t cap = x->cells_cap != 0 ? x->cells_cap * 2 : 1024;
    struct xls_cell *cells = mem_realloc(x->cells, cap * sizeof *cells);
    if (cells == NULL) return NULL;
    x->cells = cells;
    x->cells_cap = cap;
  }
  struct xls_cell *c = &x->cells[x->ncells++];
  *c = (struct xls_cell){.row = row, .column = column, .style = style, .value = VALUE_NOTHING};
  return c;
}

/* Tells where a cell is when something is wrong with it. */
static bool bad_cell(struct xls *x, const struct xls_cell *c, const char *words) {
  x->g.row.number = c->row;
  x->g.column = c->column;
  x->g.in_row = x->g.in_cell = true;
  return build_bad_cell(&x->g, words, STR(""));
}

static bool take_number(struct xls *x, struct xls_cell *c, bool sound) {
  c->value = VALUE_NUMBER;
  return sound || bad_cell(x, c, N_("its value is no number"));
}

/* The result of a formula (2.5.133). */
static bool take_result(struct xls *x, struct xls_cell *c, str data) {
  enum { RESULT = 6, TEXT = 0, BOOL = 1, ERROR = 2 };
  if (xls_u16(data, RESULT + 6) != 0xFFFF)
    return take_number(x, c, xls_double(data, RESULT, &c->number));
  unsigned kind = xls_u16(data, RESULT) & 0xFF;
  c->code = xls_u16(data, RESULT + 2) & 0xFF;
  c->value = kind == TEXT    ? VALUE_TEXT
             : kind == BOOL  ? VALUE_BOOL
             : kind == ERROR ? VALUE_ERROR
                             : VALUE_NOTHING;
  return true;
}

static bool read_packed(struct xls *x, str data) {
  uint32_t row = xls_u16(data, 0), column = xls_u16(data, 2);
  for (size_t at = 4; at + 8 <= data.n; at += 6, column++) {
    struct xls_cell *c = add_cell(x, row, column, xls_u16(data, at));
    if (c == NULL) return build_memory(&x->g);
    if (!take_number(x, c, xls_rk(xls_u32(data, at + 2), &c->number))) return false;
  }
  return true;
}

static bool read_cell(struct xls *x, unsigned type, str data) {
  struct xls_cell *c = add_cell(x, xls_u16(data, 0), xls_u16(data, 2), xls_u16(data, 4));
  if (c == NULL) return build_memory(&x->g);
  if (data.n < 8) return bad_cell(x, c, N_("its record is cut"));
  switch (type) {
  case XLS_NUMBER: return take_number(x, c, data.n >= 14 && xls_double(data, 6, &c->number));
  case XLS_RK: return take_number(x, c, data.n >= 10 && xls_rk(xls_u32(data, 6), &c->number));
  case XLS_FORMULA:
    if (data.n < 14) return bad_cell(x, c, N_("its record is cut"));
    return take_result(x, c, data);
  case XLS_BOOLERR:
    c->value = data.p[7] != 0 ? VALUE_ERROR : VALUE_BOOL;
    c->code = (unsigned char)data.p[6];
    return true;
  default: c->value = VALUE_TEXT; return true;
  }
}

static bool read_merged(struct xls *x, str data) {
  for (size_t at = 2; at + 8 <= data.n; at += 8) {
    struct merged m = {xls_u16(data, at), xls_u16(data, at + 4), xls_u16(data, at + 2),
                       xls_u16(data, at + 6)};
    if (m.last_row < m.row || m.last_column < m.column)
      return damaged(x, N_("a merged area has no sound reference"));
    if (!build_merged(&x->g, m)) return false;
  }
  return true;
}

static bool read_record(struct xls *x, unsigned type, str data, size_t at) {
  switch (type) {
  case XLS_NUMBER:
  case XLS_RK:
  case XLS_FORMULA:
  case XLS_LABELSST:
  case XLS_BOOLERR:
  case XLS_LABEL:
  case XLS_LABEL_5: return read_cell(x, type, data);
  case XLS_MULRK: return read_packed(x, data);
  case XLS_STRING:
    if (x->ncells > 0) x->cells[x->ncells - 1].at = at;
    return true;
  case XLS_ROW:
    if ((xls_u16(data, 12) & 0x20) != 0) x->hidden_rows[xls_u16(data, 0)] = true;
    return true;
  case XLS_COLINFO:
    if ((xls_u16(data, 8) & 1) == 0) return true;
    return build_hide_columns(&x->g, xls_u16(data, 0), xls_u16(data, 2));
  case XLS_MERGED: return read_merged(x, data);
  default: return true;
  }
}

/* The records of one sheet, each given to `take`; charts inside it are passed over. */
static bool walk_sheet(struct xls *x, const struct xls_sheet *s,
                       bool (*take)(struct xls *x, unsigned type, str data, size_t at)) {
  struct xls_reader r = {.stream = buf_str(&x->stream), .at = s->at};
  unsigned type, depth = 0;
  str data;
  bool cut;
  for (size_t at = r.at; xls_next(&r, &type, &data, &cut); at = r.at) {
    if (type == XLS_BOF) depth++;
    if (depth == 0) return damaged(x, N_("a sheet does not begin as sheets do"));
    if (type == XLS_EOF && --depth == 0) return true;
    if (depth == 1 && !take(x, type, data, at)) return false;
  }
  return damaged(x, N_("it is cut off"));
}

/* ---- FreeXL ---- */

static bool measure(struct xls *x, unsigned type, str data, size_t at) {
  (void)at;
  if (type != XLS_DIMENSIONS) return true;
  bool wide = x->version == BIFF8;
  uint64_t rows = wide ? xls_u32(data, 4) : xls_u16(data, 2);
  uint64_t columns = xls_u16(data, wide ? 10 : 6);
  if (rows > ROWS) rows = ROWS;
  x->tables += rows * (columns < COLUMNS ? columns : COLUMNS);
  return x->tables <= 2 * LIMIT_BOOK_CELLS || build_too_big(&x->g, LIMIT_BOOK_CELLS_INDEX);
}

static bool open_freexl(struct xls *x, str bytes) {
  char path[OS_MEMORY_PATH];
  unsigned n = 0;
  for (size_t i = 0; i < x->nsheets; i++)
    if (!walk_sheet(x, &x->sheets[i], measure)) return false;
  if (!os_memory_file(bytes, path, &x->fd, x->g.fs)) return false;
  int rc = freexl_open(path, &x->freexl);
  if (rc == FREEXL_INSUFFICIENT_MEMORY) return build_memory(&x->g);
  if (rc == FREEXL_OK) rc = freexl_get_info(x->freexl, FREEXL_BIFF_SHEET_COUNT, &n);
  if (rc == FREEXL_OK && n == x->nsheets) return true;
  return damaged(x, N_("its records do not agree with each other"));
}

static bool name_sheet(struct xls *x, size_t i) {
  const char *name = NULL;
  if (freexl_get_worksheet_name(x->freexl, (unsigned short)i, &name) != FREEXL_OK || name == NULL)
    return damaged(x, N_("a sheet has no name"));
  return build_sheet(&x->g, str_of(name), x->sheets[i].hidden) &&
         (freexl_select_active_worksheet(x->freexl, (unsigned short)i) == FREEXL_OK ||
          damaged(x, N_("its records do not agree with each other")));
}

/* The text that FreeXL has for a cell; p NULL: none. */
static str text_of(struct xls *x, const struct xls_cell *c) {
  FreeXL_CellValue v;
  if (freexl_get_cell_value(x->freexl, c->row, (unsigned short)c->column, &v) != FREEXL_OK)
    return STR_NONE;
  bool is_text = v.type == FREEXL_CELL_TEXT || v.type == FREEXL_CELL_SST_TEXT;
  return is_text ? str_of(v.value.text_value) : STR_NONE;
}

/* ---- from records to cells ---- */

static bool put_text(struct xls *x, const struct xls_cell *c, const struct numfmt *f) {
  struct buf own;
  buf_init(&own, 0);
  str text = text_of(x, c);
  bool ok = text.p != NULL;
  if (!ok && c->at != 0) { /* the result of a formula, in a record of its own */
    struct xls_reader r = {.stream = buf_str(&x->stream), .at = c->at};
    unsigned type;
    str data;
    bool cut;
    ok = x->version == BIFF8 && xls_next(&r, &type, &data, &cut) &&
         xls_characters(data, 2, xls_u16(data, 0), &own);
    text = buf_str(&own);
  }
  if (!ok)
    build_bad_cell(&x->g, N_("its text cannot be read"), STR(""));
  else if (utf8_check(text) < text.n)
    ok = build_bad_cell(&x->g, N_("its text cannot be read"), STR(""));
  else
    ok = formats_text(&x->g, f, text, false);
  buf_free(&own);
  return ok;
}

static bool put_cell(struct xls *x, const struct xls_cell *c) {
  struct building *g = &x->g;
  g->column = c->column;
  g->in_cell = true;
  const struct numfmt *f = formats_of(&x->formats, g, c->style);
  if (f == NULL) return false;
  switch (c->value) {
  case VALUE_NUMBER: return formats_number(g, f, &c->number, x->since_1904);
  case VALUE_BOOL:
    return build_cell(g, c->column, CELL_BOOL, c->code != 0 ? STR("TRUE") : STR("FALSE"), STR_NONE,
                      false);
  case VALUE_ERROR:
    return build_cell(g, c->column, CELL_ERROR, str_of(xls_error(c->code)), STR_NONE, false);
  case VALUE_NOTHING: return true;
  default: return put_text(x, c, f);
  }
}

static int compare_cells(const void *a, const void *b) {
  const struct xls_cell *x = a, *y = b;
  if (x->row != y->row) return x->row > y->row ? 1 : -1;
  return (x->column > y->column) - (x->column < y->column);
}

static bool read_sheet(struct xls *x, size_t i) {
  if (!name_sheet(x, i)) return false;
  x->ncells = 0;
  memset(x->hidden_rows, 0, ROWS * sizeof *x->hidden_rows);
  if (x->sheets[i].hidden) return build_sheet_end(&x->g);
  if (!walk_sheet(x, &x->sheets[i], read_record)) return false;
  if (x->ncells > 1) qsort(x->cells, x->ncells, sizeof *x->cells, compare_cells);
  for (size_t k = 0; k < x->ncells; k++) {
    const struct xls_cell *c = &x->cells[k];
    bool another = k == 0 || c[-1].row != c->row;
    if (another && !build_row(&x->g, c->row, x->hidden_rows[c->row])) return false;
    if (!put_cell(x, c)) return false;
  }
  return build_sheet_end(&x->g);
}

/* ---- the kind ---- */

static bool path_ends(str path, const char *ending) {
  size_t n = strlen(ending);
  if (path.n < n) return false;
  for (size_t i = 0; i < n; i++)
    if ((path.p[path.n - n + i] | 0x20) != ending[i] && path.p[path.n - n + i] != ending[i])
      return false;
  return true;
}

/* What a compound file is that is not read, or NULL.  Those of WPS are mostly files of old Excel and
 * Word with other endings, which only put other words to what is not read. */
static const char *other_kind(str bytes, str path) {
  if (cfb_has(bytes, "Workbook") || cfb_has(bytes, "Book")) return NULL;
  if (path_ends(path, ".et") || path_ends(path, ".ett"))
    return N_("a WPS workbook (.et): save it as .xlsx");
  if (path_ends(path, ".wps") || path_ends(path, ".wpt"))
    return N_("a WPS document (.wps): save its tables as .xlsx");
  if (cfb_has(bytes, "WordDocument"))
    return N_("an old Word document (.doc): save its tables as .xlsx");
  return N_("an old Office file that is no workbook");
}

static bool read_stream(struct xls *x, str bytes) {
  x->g.part = STR("Workbook");
  bool ok = cfb_read(bytes, "Workbook", &x->stream);
  if (!ok && !x->stream.failed) {
    buf_clear(&x->stream);
    ok = cfb_read(bytes, "Book", &x->stream);
  }
  if (x->stream.failed) return build_memory(&x->g);
  return ok || damaged(x, N_("it cannot be read to its end"));
}

static bool read_book(struct xls *x, str bytes) {
  if (!read_stream(x, bytes) || !read_globals(x) || !open_freexl(x, bytes)) return false;
  for (size_t i = 0; i < x->nsheets; i++)
    if (!read_sheet(x, i)) return false;
  return true;
}

static bool read_xls(struct book *b, str bytes, const struct book_options *o, struct findings *fs) {
  struct origin where = {.file = b->path};
  (void)o;
  if (cfb_has(bytes, "EncryptedPackage") || cfb_has(bytes, "EncryptionInfo"))
    return findings_add(fs, CODE_BOOK_PASSWORD, NULL, &where, 0, NULL);
  const char *other = other_kind(bytes, b->path);
  if (other != NULL) return finding(fs, CODE_BOOK_KIND, NULL, &where, str_of(other));
  struct xls x = {.fd = -1};
  build_init(&x.g, b, fs);
  buf_init(&x.stream, 0);
  x.hidden_rows = mem_calloc(ROWS, sizeof *x.hidden_rows);
  bool ok = x.hidden_rows != NULL ? read_book(&x, bytes) : build_memory(&x.g);
  if (x.freexl != NULL) freexl_close(x.freexl);
  if (x.fd >= 0) close(x.fd);
  mem_free(x.cells);
  mem_free(x.hidden_rows);
  buf_free(&x.stream);
  build_free(&x.g);
  return ok;
}

const struct book_kind book_xls = {cfb_is, read_xls};
