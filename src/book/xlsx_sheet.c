/* One sheet of an .xlsx workbook as a stream: rows, cells, what is merged and hidden (18.3).
 *
 * Cells and rows may lack their positions: they then follow the one before.  <dimension> is not
 * believed.  Results of formulas are read as they were stored; a formula without one is an error
 * cell, for nothing is calculated here.
 */
#include "base/mem.h"
#include "book/xlsx.h"

#define N_(s) (s)

enum {
  SHEET = 1,
  COLUMNS,
  COLUMN,
  DATA,
  ROW,
  CELL,
  VALUE,
  FORMULA,
  INLINE,
  RUN,
  TEXT,
  MERGES,
  MERGE
};

/* The most frequent first. */
static const struct part_tag tags[] = {
    {XLSX_NS, "c", CELL, BELOW(ROW)},
    {XLSX_NS, "v", VALUE, BELOW(CELL)},
    {XLSX_NS, "f", FORMULA, BELOW(CELL)},
    {XLSX_NS, "row", ROW, BELOW(DATA)},
    {XLSX_NS, "is", INLINE, BELOW(CELL)},
    {XLSX_NS, "t", TEXT, BELOW(INLINE) | BELOW(RUN)},
    {XLSX_NS, "r", RUN, BELOW(INLINE)},
    {XLSX_NS, "mergeCell", MERGE, BELOW(MERGES)},
    {XLSX_NS, "mergeCells", MERGES, BELOW(SHEET)},
    {XLSX_NS, "col", COLUMN, BELOW(COLUMNS)},
    {XLSX_NS, "cols", COLUMNS, BELOW(SHEET)},
    {XLSX_NS, "sheetData", DATA, BELOW(SHEET)},
    {XLSX_NS, "worksheet", SHEET, BELOW(PART_TOP)},
};

enum type { TYPE_NUMBER, TYPE_SHARED, TYPE_TEXT, TYPE_INLINE, TYPE_BOOL, TYPE_ERROR, TYPE_DATE };

struct reading {
  struct xlsx *x;
  struct part_path path;
  uint64_t next_row, next_column;
  /* The current cell: */
  enum type type;
  uint64_t style;
  bool has_formula, has_value;
  struct buf value, formula;
};

/* ---- positions ---- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* "B7" or "$B$7" at *at, both from 0; bounded far above what is allowed. */
static bool read_reference(str s, size_t *at, uint64_t *row, uint64_t *column) {
  uint64_t c = 0, r = 0;
  if (*at < s.n && s.p[*at] == '$') ++*at;
  size_t from = *at;
  for (; *at < s.n && *at - from < 8; ++*at) {
    char l = (char)(s.p[*at] & ~0x20);
    if (l < 'A' || l > 'Z') break;
    c = c * 26 + (uint64_t)(l - 'A' + 1);
  }
  if (*at == from) return false;
  if (*at < s.n && s.p[*at] == '$') ++*at;
  from = *at;
  for (; *at < s.n && is_digit(s.p[*at]) && *at - from < 10; ++*at)
    r = r * 10 + (uint64_t)(s.p[*at] - '0');
  if (*at == from || r == 0) return false;
  *row = r - 1;
  *column = c - 1;
  return true;
}

static bool start_row(struct reading *r, const struct xml_tag *tag) {
  str number = xml_tag_attr(tag, NULL, "r"), height = xml_tag_attr(tag, NULL, "ht");
  uint64_t n = r->next_row + 1;
  if (number.p != NULL && (!part_number(number, UINT32_MAX, &n) || n == 0))
    return build_damaged(&r->x->g, STR(N_("a row has no sound number")));
  bool hidden = part_flag(xml_tag_attr(tag, NULL, "hidden")) || str_is(height, "0");
  r->next_row = n;
  r->next_column = 0;
  return build_row(&r->x->g, (uint32_t)(n - 1), hidden);
}

static bool hide_columns(struct reading *r, const struct xml_tag *tag) {
  uint64_t first, last;
  str width = xml_tag_attr(tag, NULL, "width");
  if (!part_flag(xml_tag_attr(tag, NULL, "hidden")) && !str_is(width, "0")) return true;
  if (!part_number(xml_tag_attr(tag, NULL, "min"), UINT32_MAX, &first) ||
      !part_number(xml_tag_attr(tag, NULL, "max"), UINT32_MAX, &last) || first == 0)
    return build_damaged(&r->x->g, STR(N_("a column has no sound number")));
  if (first > LIMIT_BOOK_COLUMNS || last < first) return true;
  return build_hide_columns(&r->x->g, (uint32_t)(first - 1), (uint32_t)(last - 1));
}

static bool merge(struct reading *r, const struct xml_tag *tag) {
  str ref = xml_tag_attr(tag, NULL, "ref");
  uint64_t row, column, last_row, last_column;
  size_t at = 0;
  bool ok = read_reference(ref, &at, &row, &column);
  if (ok && at == ref.n) return true; /* one cell alone */
  ok = ok && ref.p[at++] == ':' && read_reference(ref, &at, &last_row, &last_column) &&
       at == ref.n && row <= last_row && column <= last_column;
  if (!ok || last_row > UINT32_MAX || last_column > UINT32_MAX)
    return build_damaged(&r->x->g, STR(N_("a merged area has no sound reference")));
  struct merged m = {(uint32_t)row, (uint32_t)column, (uint32_t)last_row, (uint32_t)last_column};
  return build_merged(&r->x->g, m);
}

/* ---- cells ---- */

static bool read_type(struct reading *r, str t) {
  static const struct {
    const char *name;
    enum type type;
  } types[] = {
      {"n", TYPE_NUMBER}, {"s", TYPE_SHARED}, {"str", TYPE_TEXT}, {"inlineStr", TYPE_INLINE},
      {"b", TYPE_BOOL},   {"e", TYPE_ERROR},  {"d", TYPE_DATE}};
  r->type = TYPE_NUMBER;
  if (t.p == NULL) return true;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (str_is(t, types[i].name)) {
      r->type = types[i].type;
      return true;
    }
  return build_bad_cell(&r->x->g, N_("its type is unknown"), t);
}

static bool start_cell(struct reading *r, const struct xml_tag *tag) {
  struct building *g = &r->x->g;
  str ref = xml_tag_attr(tag, NULL, "r"), style = xml_tag_attr(tag, NULL, "s");
  uint64_t row = g->row.number, column = r->next_column;
  size_t at = 0;
  g->column = (uint32_t)(column < LIMIT_BOOK_COLUMNS ? column : LIMIT_BOOK_COLUMNS);
  g->in_cell = true;
  if (ref.p != NULL && (!read_reference(ref, &at, &row, &column) || at != ref.n))
    return build_bad_cell(g, N_("it has no sound position"), ref);
  if (row != g->row.number) return build_bad_cell(g, N_("it stands in another row"), ref);
  r->next_column = column + 1;
  if (column >= LIMIT_BOOK_COLUMNS) return build_too_big(g, LIMIT_BOOK_COLUMNS_INDEX);
  g->column = (uint32_t)column;
  r->style = 0;
  r->has_formula = r->has_value = false;
  buf_clear(&r->value);
  buf_clear(&r->formula);
  if (style.p != NULL && !part_number(style, UINT32_MAX, &r->style))
    return build_bad_cell(g, N_("its style is no number"), style);
  return read_type(r, xml_tag_attr(tag, NULL, "t"));
}

static bool add(struct reading *r, enum cell_kind kind, str shown, str number) {
  struct building *g = &r->x->g;
  return build_cell(g, g->column, kind, shown, number, false);
}

static const struct numfmt *format(struct reading *r) {
  return formats_of(&r->x->formats, &r->x->g, r->style);
}

static bool add_number(struct reading *r, str value) {
  struct decimal d;
  if (!decimal_read(value, &d))
    return build_bad_cell(&r->x->g, N_("its value is no number"), value);
  const struct numfmt *f = format(r);
  return f != NULL && formats_number(&r->x->g, f, &d, r->x->since_1904);
}

/* A text as its format shows it: mostly as it is. */
static bool add_text(struct reading *r, str text, bool kept) {
  const struct numfmt *f = format(r);
  return f != NULL && formats_text(&r->x->g, f, text, kept);
}

static bool add_shared(struct reading *r, str value) {
  uint64_t i;
  if (!part_number(value, UINT32_MAX, &i) || i >= r->x->nstrings)
    return build_bad_cell(&r->x->g, N_("its text is not in the list of shared texts"), value);
  return add_text(r, r->x->strings[i], true);
}

static bool add_written(struct reading *r) {
  struct buf text;
  buf_init(&text, 0);
  xlsx_put_text(buf_str(&r->value), &text);
  bool ok = text.failed ? build_memory(&r->x->g) : add_text(r, buf_str(&text), false);
  buf_free(&text);
  return ok;
}

static bool add_bool(struct reading *r, str value) {
  bool truth = part_flag(value);
  if (!truth && !str_is(value, "0") && !str_is(value, "false"))
    return build_bad_cell(&r->x->g, N_("its value is neither true nor false"), value);
  return add(r, CELL_BOOL, truth ? STR("TRUE") : STR("FALSE"), STR_NONE);
}

/* hh:mm:ss behind a date, as seconds. */
static unsigned seconds_in(str s) {
  unsigned v[3] = {0}, n = 0;
  for (size_t at = 11; at + 1 < s.n && n < 3 && is_digit(s.p[at]) && is_digit(s.p[at + 1]); at += 3)
    v[n++] = (unsigned)(s.p[at] - '0') * 10 + (unsigned)(s.p[at + 1] - '0');
  unsigned all = v[0] * 3600 + v[1] * 60 + v[2];
  return all < 86400 ? all : 0;
}

/* ISO 8601; shown as the number that it stands for. */
static bool add_date(struct reading *r, str value) {
  struct date date;
  struct decimal d;
  bool exists;
  if (value.n < 10 || value.p[4] != '-' || !date_parse(value, false, &date, &exists))
    return build_bad_cell(&r->x->g, N_("its value is no date"), value);
  numfmt_serial(date, seconds_in(value), r->x->since_1904, &d);
  const struct numfmt *f = format(r);
  if (f == NULL) return false;
  if (numfmt_is_date(f)) return formats_number(&r->x->g, f, &d, r->x->since_1904);
  value = str_sub(value, 0, 10);
  return add(r, CELL_DATE, value, value); /* as it is written */
}

static bool add_formula(struct reading *r) {
  struct buf *shown = &r->x->g.shown;
  buf_clear(shown);
  buf_putc(shown, '=');
  if (!buf_put(shown, buf_str(&r->formula))) return build_memory(&r->x->g);
  return add(r, CELL_ERROR, buf_str(shown), STR_NONE);
}

static bool end_cell(struct reading *r) {
  bool text = r->type == TYPE_TEXT || r->type == TYPE_INLINE;
  str value = text ? buf_str(&r->value) : str_trim(buf_str(&r->value));
  if (r->value.failed || r->formula.failed) return build_memory(&r->x->g);
  if (value.n == 0) return !r->has_formula || r->has_value || add_formula(r);
  switch (r->type) {
  case TYPE_SHARED: return add_shared(r, value);
  case TYPE_TEXT:
  case TYPE_INLINE: return add_written(r);
  case TYPE_BOOL: return add_bool(r, value);
  case TYPE_ERROR: return add(r, CELL_ERROR, value, STR_NONE);
  case TYPE_DATE: return add_date(r, value);
  default: return add_number(r, value);
  }
}

/* ---- the stream ---- */

static bool start(void *ctx, const struct xml_tag *tag) {
  struct reading *r = ctx;
  switch (part_enter(&r->path, tag)) {
  case ROW: return start_row(r, tag);
  case CELL: return start_cell(r, tag);
  case VALUE: r->has_value = true; return true;
  case FORMULA: r->has_formula = true; return true;
  case COLUMN: return hide_columns(r, tag);
  case MERGE: return merge(r, tag);
  default: return true;
  }
}

static bool end(void *ctx) {
  struct reading *r = ctx;
  return part_leave(&r->path) != CELL || end_cell(r);
}

static bool text(void *ctx, str s) {
  struct reading *r = ctx;
  unsigned in = part_in(&r->path);
  if (in != VALUE && in != TEXT && in != FORMULA) return true;
  if ((in == TEXT) != (r->type == TYPE_INLINE) && in != FORMULA) return true;
  struct buf *to = in == FORMULA ? &r->formula : &r->value;
  if (to->n + s.n > LIMIT_CELL_TEXT) return build_too_big(&r->x->g, LIMIT_CELL_TEXT_INDEX);
  buf_put(to, s);
  return true;
}

bool xlsx_read_sheet(struct xlsx *x, size_t entry) {
  static const struct xml_handler handler = {start, end, text};
  struct reading r = {.x = x, .path = {.tags = tags, .n = sizeof tags / sizeof *tags}};
  buf_init(&r.value, 0);
  buf_init(&r.formula, 0);
  bool ok = part_read(&x->g, x->pack, entry, &handler, &r);
  buf_free(&r.value);
  buf_free(&r.formula);
  return ok;
}
