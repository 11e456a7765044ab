/* .ods workbooks as a stream (OpenDocument 1.3 part 3, sections 9 and 19).
 *
 * What an official sees is written in the file: the paragraphs of a cell, but not its comments.
 * Beside them stands the exact value.  Repeated cells and rows are counted, and only those in
 * which something stands are kept; a sheet's blank rest costs nothing.
 *
 * Invariant: no cell that is covered by a merged one, and none of a change that was undone, is
 * read.
 */
#include "book/part.h"

#include "base/mem.h"
#include "book/decimal.h"
#include "book/ods_text.h"
#include "book/seen.h"
#include "value/date.h"
#include "xml/xml.h"

#define N_(s) (s)

#define MANIFEST "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
#define OFFICE   "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
#define STYLE    "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
#define TABLE    "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
#define TEXT     "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
#define CALCEXT  "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"

enum {
  CONTENT = 1,
  STYLES,
  ONE_STYLE,
  SHEET_STYLE,
  BODY,
  SHEETS,
  SHEET,
  GROUP,
  COLUMN,
  ROW,
  CELL,
  COVERED,
  PARAGRAPH,
  BLANKS,
  TAB,
  BREAK,
  INLINE
};

#define IN_TABLE (BELOW(SHEET) | BELOW(GROUP))
#define IN_TEXT  (BELOW(PARAGRAPH) | BELOW(INLINE))

/* The most frequent first. */
static const struct part_tag tags[] = {
    {TABLE, "table-cell", CELL, BELOW(ROW)},
    {TEXT, "p", PARAGRAPH, BELOW(CELL)},
    {TABLE, "table-row", ROW, IN_TABLE},
    {TABLE, "covered-table-cell", COVERED, BELOW(ROW)},
    {TEXT, "s", BLANKS, IN_TEXT},
    {TEXT, "tab", TAB, IN_TEXT},
    {TEXT, "line-break", BREAK, IN_TEXT},
    {TEXT, "ruby-text", PART_OTHER, IN_TEXT},
    {TEXT, "note", PART_OTHER, IN_TEXT},
    {TEXT, NULL, INLINE, IN_TEXT}, /* spans, links, fields */
    {TABLE, "table-column", COLUMN, IN_TABLE},
    {TABLE, "table-row-group", GROUP, IN_TABLE},
    {TABLE, "table-rows", GROUP, IN_TABLE},
    {TABLE, "table-header-rows", GROUP, IN_TABLE},
    {TABLE, "table-column-group", GROUP, IN_TABLE},
    {TABLE, "table-columns", GROUP, IN_TABLE},
    {TABLE, "table-header-columns", GROUP, IN_TABLE},
    {TABLE, "table", SHEET, BELOW(SHEETS)},
    {STYLE, "style", ONE_STYLE, BELOW(STYLES)},
    {STYLE, "table-properties", SHEET_STYLE, BELOW(ONE_STYLE)},
    {OFFICE, "automatic-styles", STYLES, BELOW(CONTENT)},
    {OFFICE, "spreadsheet", SHEETS, BELOW(BODY)},
    {OFFICE, "body", BODY, BELOW(CONTENT)},
    {OFFICE, "document-content", CONTENT, BELOW(PART_TOP)},
};

enum type {
  TYPE_NONE,
  TYPE_NUMBER,
  TYPE_PERCENT,
  TYPE_DATE,
  TYPE_TIME,
  TYPE_BOOL,
  TYPE_TEXT,
  TYPE_ERROR
};

struct reading {
  struct building g;
  struct part_path path;
  bool is_sheets; /* there is an office:spreadsheet */
  str style;      /* the current style's name */
  str *hidden;    /* names of styles whose sheets are hidden */
  size_t nhidden, hidden_cap;
  uint64_t columns;     /* counted by table:table-column */
  uint64_t row, column; /* the next */
  uint64_t rows, cells; /* how often the current row and cell are repeated */
  bool hidden_row, row_begun;
  /* The current cell: */
  enum type type;
  bool has_formula, has_text, has_value;
  struct buf value, formula, number;
  struct ods_text text;
};

/* ---- styles, sheets, columns ---- */

static bool start_style(struct reading *r, const struct xml_tag *tag) {
  r->style = arena_dup(r->g.book->arena, xml_tag_attr(tag, STYLE, "name"));
  return r->style.p != NULL || build_memory(&r->g);
}

static bool start_sheet_style(struct reading *r, const struct xml_tag *tag) {
  if (!str_is(xml_tag_attr(tag, TABLE, "display"), "false")) return true;
  str *kept = arena_grow(r->g.book->arena, r->hidden, &r->nhidden, &r->hidden_cap, sizeof *kept);
  if (kept == NULL) return build_memory(&r->g);
  r->hidden = kept - (r->nhidden - 1);
  *kept = r->style;
  return true;
}

static bool start_sheet(struct reading *r, const struct xml_tag *tag) {
  str style = xml_tag_attr(tag, TABLE, "style-name");
  bool hidden = false;
  for (size_t i = 0; i < r->nhidden && !hidden; i++) hidden = str_eq(r->hidden[i], style);
  r->row = r->columns = 0;
  return build_sheet(&r->g, xml_tag_attr(tag, TABLE, "name"), hidden);
}

/* How often something is repeated. */
static bool read_times(struct reading *r, str s, uint64_t *times) {
  *times = 1;
  if (s.p == NULL || (part_number(s, UINT32_MAX, times) && *times > 0)) return true;
  return build_damaged(&r->g, STR(N_("a number of repetitions is no number")));
}

static bool is_collapsed(str visibility) {
  return str_is(visibility, "collapse") || str_is(visibility, "filter");
}

static bool start_column(struct reading *r, const struct xml_tag *tag) {
  uint64_t times, first = r->columns;
  if (!read_times(r, xml_tag_attr(tag, TABLE, "number-columns-repeated"), &times)) return false;
  r->columns += times;
  if (!is_collapsed(xml_tag_attr(tag, TABLE, "visibility"))) return true;
  if (first >= LIMIT_BOOK_COLUMNS) return true;
  if (times > LIMIT_BOOK_COLUMNS - first) times = LIMIT_BOOK_COLUMNS - first;
  return build_hide_columns(&r->g, (uint32_t)first, (uint32_t)(first + times - 1));
}

/* ---- rows and cells ---- */

static bool start_row(struct reading *r, const struct xml_tag *tag) {
  r->column = 0;
  r->row_begun = false;
  r->hidden_row = is_collapsed(xml_tag_attr(tag, TABLE, "visibility"));
  return read_times(r, xml_tag_attr(tag, TABLE, "number-rows-repeated"), &r->rows);
}

static bool end_row(struct reading *r) {
  if (r->row_begun && !build_repeat_row(&r->g, (uint32_t)r->rows)) return false;
  r->row += r->rows;
  return true;
}

/* Rows begin with their first cell, for blank ones may be beyond all bounds. */
static bool begin_row(struct reading *r) {
  uint32_t row = (uint32_t)(r->row < LIMIT_BOOK_ROWS ? r->row : LIMIT_BOOK_ROWS);
  if (!r->row_begun && !build_row(&r->g, row, r->hidden_row)) return false;
  r->row_begun = true;
  r->g.column = (uint32_t)(r->column < LIMIT_BOOK_COLUMNS ? r->column : LIMIT_BOOK_COLUMNS);
  r->g.in_cell = true;
  return true;
}

/* office:value-type (19.387) and the attribute that holds the value. */
static bool read_type(struct reading *r, const struct xml_tag *tag) {
  static const struct {
    const char *name, *value;
    enum type type;
  } types[] = {{"float", "value", TYPE_NUMBER},       {"percentage", "value", TYPE_PERCENT},
               {"currency", "value", TYPE_NUMBER},    {"date", "date-value", TYPE_DATE},
               {"time", "time-value", TYPE_TIME},     {"boolean", "boolean-value", TYPE_BOOL},
               {"string", "string-value", TYPE_TEXT}, {"void", "value", TYPE_NONE}};
  str t = xml_tag_attr(tag, OFFICE, "value-type");
  r->type = TYPE_NONE;
  r->has_value = false;
  if (str_is(xml_tag_attr(tag, CALCEXT, "value-type"), "error")) {
    r->type = TYPE_ERROR;
    return true;
  }
  if (t.p == NULL) return true;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (!str_is(t, types[i].name)) continue;
    str value = xml_tag_attr(tag, OFFICE, types[i].value);
    r->type = types[i].type;
    r->has_value = value.p != NULL;
    return buf_put(&r->value, value) || build_memory(&r->g);
  }
  return begin_row(r) && build_bad_cell(&r->g, N_("its type is unknown"), t);
}

/* The area of a cell that spans several (19.676, 19.678). */
static bool read_span(struct reading *r, const struct xml_tag *tag) {
  uint64_t columns = 1, rows = 1;
  str wide = xml_tag_attr(tag, TABLE, "number-columns-spanned");
  str high = xml_tag_attr(tag, TABLE, "number-rows-spanned");
  if (wide.p == NULL && high.p == NULL) return true;
  if (!read_times(r, wide, &columns) || !read_times(r, high, &rows)) return false;
  if (columns == 1 && rows == 1) return true;
  uint64_t last_row = r->row + rows - 1, last_column = r->column + columns - 1;
  if (!begin_row(r)) return false;
  if (last_row >= LIMIT_BOOK_ROWS) last_row = LIMIT_BOOK_ROWS - 1;
  if (last_column >= LIMIT_BOOK_COLUMNS) return build_too_big(&r->g, LIMIT_BOOK_COLUMNS_INDEX);
  struct merged m = {r->g.row.number, r->g.column, (uint32_t)last_row, (uint32_t)last_column};
  return build_merged(&r->g, m);
}

static bool start_cell(struct reading *r, const struct xml_tag *tag) {
  str formula = xml_tag_attr(tag, TABLE, "formula");
  buf_clear(&r->value);
  buf_clear(&r->formula);
  buf_clear(&r->number);
  ods_text_clear(&r->text);
  r->has_text = false;
  r->has_formula = formula.p != NULL;
  buf_put(&r->formula, formula);
  return read_times(r, xml_tag_attr(tag, TABLE, "number-columns-repeated"), &r->cells) &&
         read_type(r, tag) && read_span(r, tag);
}

/* ---- values ---- */

static bool bad_value(struct reading *r, const char *words) {
  return begin_row(r) && build_bad_cell(&r->g, words, buf_str(&r->value));
}

/* #DIV/0!, Err:502: some write errors as if they were texts or numbers. */
static bool is_error_text(str s) {
  static const char *const names[] = {"#DIV/0!", "#N/A",  "#NAME?", "#NULL!",
                                      "#NUM!",   "#REF!", "#VALUE!"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (str_is(s, names[i])) return true;
  return str_starts(s, STR("Err:"));
}

/* Adds the cell as often as it is repeated. */
static bool add(struct reading *r, enum cell_kind kind, str shown, str number) {
  struct arena *a = r->g.book->arena;
  if (shown.n == 0) return true;
  if (!begin_row(r)) return false;
  if (r->text.out.failed || r->number.failed || r->value.failed) return build_memory(&r->g);
  r->g.text += shown.n + number.n;
  if (r->g.text > LIMIT_BOOK_TEXT) return build_too_big(&r->g, LIMIT_BOOK_TEXT_INDEX);
  shown = arena_dup(a, shown);
  if (number.n != 0) number = arena_dup(a, number);
  if (shown.p == NULL || (number.n != 0 && number.p == NULL)) return build_memory(&r->g);
  for (uint64_t i = 0; i < r->cells; i++) {
    uint64_t column = r->column + i;
    if (column > LIMIT_BOOK_COLUMNS) column = LIMIT_BOOK_COLUMNS;
    if (!build_cell(&r->g, (uint32_t)column, kind, shown, number, true)) return false;
  }
  return true;
}

/* A number whose program did not write what is seen. */
static str shown_number(struct reading *r, const struct decimal *d) {
  struct decimal shown = *d;
  struct buf *out = &r->text.out;
  if (r->has_text) return buf_str(out);
  if (r->type == TYPE_PERCENT && shown.n > 0) shown.point += 2;
  decimal_put_general(&shown, out);
  if (r->type == TYPE_PERCENT) buf_putc(out, '%');
  return buf_str(out);
}

static bool add_number(struct reading *r) {
  struct decimal d;
  if (!decimal_read(buf_str(&r->value), &d)) return bad_value(r, N_("its value is no number"));
  str shown = shown_number(r, &d);
  seen_number(shown, &d);
  decimal_put(&d, &r->number);
  return add(r, CELL_NUMBER, shown, buf_str(&r->number));
}

static bool add_date(struct reading *r) {
  struct date date;
  bool exists;
  str value = buf_str(&r->value);
  if (value.n < 10 || value.p[4] != '-' ||
      !date_parse(str_sub(value, 0, 10), false, &date, &exists))
    return bad_value(r, N_("its value is no date"));
  if (!date_print(date, STR("yyyy-MM-dd"), &r->number)) return build_memory(&r->g);
  str number = buf_str(&r->number);
  return add(r, CELL_DATE, r->has_text ? buf_str(&r->text.out) : number, number);
}

/* A duration as a fraction of a day. */
static bool add_time(struct reading *r) {
  struct decimal d;
  if (!ods_days(buf_str(&r->value), &d)) return bad_value(r, N_("its value is no time"));
  decimal_put(&d, &r->number);
  return add(r, CELL_NUMBER, shown_number(r, &d), buf_str(&r->number));
}

static bool add_bool(struct reading *r) {
  str value = buf_str(&r->value);
  if (!part_flag(value) && !str_is(value, "false") && !str_is(value, "0"))
    return bad_value(r, N_("its value is neither true nor false"));
  return add(r, CELL_BOOL, part_flag(value) ? STR("TRUE") : STR("FALSE"), STR_NONE);
}

/* What a cell with a formula shows when it has no result. */
static bool add_formula(struct reading *r) {
  str formula = buf_str(&r->formula);
  size_t colon = str_find(formula, STR(":="), 0);
  if (colon != STR_NOT_FOUND) formula = str_sub(formula, colon + 1, formula.n);
  return add(r, CELL_ERROR, formula, STR_NONE);
}

static bool end_cell(struct reading *r) {
  str text = buf_str(&r->text.out);
  if (r->has_formula && is_error_text(text)) r->type = TYPE_ERROR;
  if (r->type != TYPE_NONE && r->type != TYPE_TEXT && r->type != TYPE_ERROR && !r->has_value)
    return bad_value(r, N_("it has a type but no value"));
  switch (r->type) {
  case TYPE_NUMBER:
  case TYPE_PERCENT: return add_number(r);
  case TYPE_DATE: return add_date(r);
  case TYPE_TIME: return add_time(r);
  case TYPE_BOOL: return add_bool(r);
  case TYPE_ERROR: return add(r, CELL_ERROR, text.n > 0 ? text : STR("#N/A"), STR_NONE);
  case TYPE_TEXT: return add(r, CELL_TEXT, r->has_text ? text : buf_str(&r->value), STR_NONE);
  default:
    if (r->has_formula && text.n == 0) return add_formula(r);
    return add(r, CELL_TEXT, text, STR_NONE);
  }
}

/* ---- the stream ---- */

static bool start_paragraph(struct reading *r) {
  ods_text_paragraph(&r->text, r->has_text);
  r->has_text = true;
  return true;
}

static bool put_blanks(struct reading *r, const struct xml_tag *tag) {
  uint64_t n;
  if (!read_times(r, xml_tag_attr(tag, TEXT, "c"), &n)) return false;
  if (n > LIMIT_CELL_TEXT) return begin_row(r) && build_too_big(&r->g, LIMIT_CELL_TEXT_INDEX);
  ods_text_blanks(&r->text, (size_t)n);
  return true;
}

static bool start(void *ctx, const struct xml_tag *tag) {
  struct reading *r = ctx;
  switch (part_enter(&r->path, tag)) {
  case ONE_STYLE: return start_style(r, tag);
  case SHEET_STYLE: return start_sheet_style(r, tag);
  case SHEETS: r->is_sheets = true; return true;
  case SHEET: return start_sheet(r, tag);
  case COLUMN: return start_column(r, tag);
  case ROW: return start_row(r, tag);
  case CELL: return start_cell(r, tag);
  case COVERED:
    return read_times(r, xml_tag_attr(tag, TABLE, "number-columns-repeated"), &r->cells);
  case PARAGRAPH: return start_paragraph(r);
  case BLANKS: return put_blanks(r, tag);
  case TAB: ods_text_mark(&r->text, '\t'); return true;
  case BREAK: ods_text_mark(&r->text, '\n'); return true;
  default: return true;
  }
}

static bool end(void *ctx) {
  struct reading *r = ctx;
  switch (part_leave(&r->path)) {
  case SHEET: return build_sheet_end(&r->g);
  case ROW: return end_row(r);
  case CELL:
    if (!end_cell(r)) return false;
    r->column += r->cells;
    return true;
  case COVERED: r->column += r->cells; return true;
  default: return true;
  }
}

static bool text(void *ctx, str s) {
  struct reading *r = ctx;
  unsigned in = part_in(&r->path);
  if (in != PARAGRAPH && in != INLINE) return true;
  if (r->text.out.n + s.n > LIMIT_CELL_TEXT)
    return begin_row(r) && build_too_big(&r->g, LIMIT_CELL_TEXT_INDEX);
  ods_text_put(&r->text, s);
  return true;
}

/* ---- the package ---- */

/* Does the manifest say that parts are encrypted (part 2, 4.3)? */
static bool check_manifest(struct reading *r, struct pack *pack) {
  struct building *g = &r->g;
  struct origin o = {.file = g->book->path};
  ptrdiff_t entry = pack_find(pack, STR("META-INF/manifest.xml"));
  if (entry < 0) return true;
  struct place place = {.file = o.file, .part = STR("META-INF/manifest.xml")};
  struct findings *inner = findings_new();
  if (inner == NULL) return build_memory(g);
  struct buf bytes;
  struct xml x = {0};
  buf_init(&bytes, 0);
  g->part = place.part;
  bool ok = pack_read(pack, (size_t)entry, LIMIT_XML_PART, &bytes, inner) &&
            xml_parse(&x, buf_str(&bytes), XML_OLD_DOCTYPE, &place, inner);
  if (!ok) build_translate(g, inner);
  xmlNode *root = ok ? xmlDocGetRootElement(x.doc) : NULL;
  for (xmlNode *n = root; n != NULL && ok; n = xml_walk(root, n, false))
    if (xml_is(n, MANIFEST, "encryption-data"))
      ok = findings_add(g->fs, CODE_BOOK_PASSWORD, NULL, &o, 0, NULL);
  xml_free(&x);
  buf_free(&bytes);
  findings_free(inner);
  return ok;
}

static bool read_content(struct reading *r, struct pack *pack) {
  static const struct xml_handler handler = {start, end, text};
  struct origin o = {.file = r->g.book->path};
  ptrdiff_t entry = pack_find(pack, STR("content.xml"));
  r->g.part = STR("content.xml");
  if (entry < 0) return build_damaged(&r->g, STR(N_("the part is missing")));
  if (!part_read(&r->g, pack, (size_t)entry, &handler, r)) return false;
  return r->is_sheets || finding(r->g.fs, CODE_BOOK_KIND, NULL, &o,
                                 STR(N_("an OpenDocument file that is no spreadsheet")));
}

static bool recognise(str bytes) {
  return str_starts(bytes, STR("PK\3\4")) &&
         str_find(bytes, STR("META-INF/manifest.xml"), 0) != STR_NOT_FOUND &&
         str_find(bytes, STR("[Content_Types].xml"), 0) == STR_NOT_FOUND;
}

static bool read_ods(struct book *b, str bytes, const struct book_options *o, struct findings *fs) {
  struct reading r = {.path = {.tags = tags, .n = sizeof tags / sizeof *tags}};
  struct buf *bufs[] = {&r.value, &r.formula, &r.number, &r.text.out};
  (void)o;
  build_init(&r.g, b, fs);
  for (size_t i = 0; i < 4; i++) buf_init(bufs[i], 0);
  struct pack *pack = part_open_package(&r.g, bytes);
  bool ok = pack != NULL && check_manifest(&r, pack) && read_content(&r, pack);
  pack_close(pack);
  for (size_t i = 0; i < 4; i++) buf_free(bufs[i]);
  build_free(&r.g);
  return ok;
}

const struct book_kind book_ods = {recognise, read_ods};
