/* CSV files as workbooks of one sheet: the only place that knows libcsv.
 *
 * The text is brought into UTF-8 first, then the mark between columns is found; libcsv splits
 * (RFC 4180, in its strict mode).  Every cell is text with the digits as typed.
 * Invariant: a row's number is that of the line in the file on which it begins, whatever line
 * breaks stand in quoted cells before it.
 */
#include <csv.h>
#include <unicode/ucnv.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "book/book.h"
#include "base/sniff.h"

#define N_(s) (s)

/* What stands for ， between columns: libcsv knows marks of one byte only. */
enum { WIDE_MARK = 0x1f };

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

static bool complain(const struct book *b, uint64_t line, uint64_t column, const char *words,
                     struct findings *fs) {
  struct origin o = {.file = b->path, .line = line, .column = column};
  return finding(fs, CODE_CSV_SYNTAX, NULL, &o, str_of(words));
}

/* ---- encoding ---- */

static uint64_t line_of(str s, size_t at) {
  uint64_t line = 1;
  for (size_t i = 0; i < at && i < s.n; i++)
    if (s.p[i] == '\n') line++;
  return line;
}

/* Text that is UTF-8 but for a few bytes is damaged, and not in another encoding. */
static bool mostly_utf8(str s) {
  size_t good = 0, bad = 0;
  for (size_t at = 0; at < s.n;) {
    size_t start = at;
    if (utf8_next(s, &at) == UTF8_BAD)
      bad++;
    else if (at - start > 2)
      good++;
  }
  return bad * 8 < good;
}

static bool convert(const struct book *b, str bytes, const char *encoding, struct buf *out,
                    struct findings *fs) {
  UErrorCode status = U_ZERO_ERROR;
  struct origin o = {.file = b->path};
  UConverter *c = ucnv_open(encoding, &status);
  if (U_FAILURE(status))
    return finding(fs, CODE_CSV_ENCODING, NULL, &o, str_of(encoding), STR(N_("it is not known")));
  ucnv_setToUCallBack(c, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
  size_t most = bytes.n * 3 + 16;
  bool ok = bytes.n < INT32_MAX / 4 && buf_reserve(out, most);
  int32_t n = 0;
  if (ok)
    n = ucnv_toAlgorithmic(UCNV_UTF8, c, out->p, (int32_t)most, bytes.p, (int32_t)bytes.n, &status);
  ucnv_close(c);
  if (!ok) return no_memory(fs);
  if (U_FAILURE(status))
    return finding(fs, CODE_CSV_ENCODING, NULL, &o, str_of(encoding),
                   STR(N_("the file holds bytes that mean nothing in it")));
  out->n = (size_t)n;
  return true;
}

/* The whole text in UTF-8: a BOM settles it, then strict UTF-8, else GB18030 (what Chinese
 * office programs call ANSI). */
static bool decode(const struct book *b, str bytes, const char *encoding, struct buf *out,
                   struct findings *fs) {
  bool bom = str_starts(bytes, STR("\xEF\xBB\xBF"));
  size_t bad = utf8_check(bytes);
  if (encoding != NULL && !bom) return convert(b, bytes, encoding, out, fs);
  if (bad == bytes.n) return buf_put(out, str_sub(bytes, bom ? 3 : 0, bytes.n)) || no_memory(fs);
  if (bom || mostly_utf8(bytes))
    return complain(b, line_of(bytes, bad), 0, N_("the text holds bytes that are not UTF-8"), fs);
  return convert(b, bytes, "GB18030", out, fs);
}

/* CRLF and CR become LF. */
static void one_line_end(struct buf *text) {
  size_t n = 0;
  for (size_t i = 0; i < text->n; i++) {
    char c = text->p[i];
    if (c == '\r' && i + 1 < text->n && text->p[i + 1] == '\n') continue;
    text->p[n++] = c == '\r' ? '\n' : c;
  }
  text->n = n;
}

/* ---- the mark between columns ---- */

static const char *const marks[] = {",", "\t", "，", ";"};
enum { MARKS = sizeof marks / sizeof marks[0], LOOKED_AT = 64, COUNTED = 256 };

/* Counts the marks outside of quotes in each of the first records. */
static size_t count_marks(str s, str mark, size_t *counts) {
  size_t n = 0, count = 0;
  bool quoted = false, any = false;
  for (size_t i = 0; i < s.n && n < LOOKED_AT; i++) {
    char c = s.p[i];
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '\n') {
      if (any) counts[n++] = count;
      count = 0;
      any = false;
      continue;
    }
    any = true;
    if (!quoted && str_starts(str_sub(s, i, s.n), mark)) count++;
  }
  if (any && n < LOOKED_AT) counts[n++] = count;
  return n;
}

/* The mark that most records have equally often; the more of them in a record, the better. */
static const char *find_mark(str s) {
  const char *best = marks[0];
  size_t most = 0;
  for (size_t m = 0; m < MARKS; m++) {
    size_t counts[LOOKED_AT], n = count_marks(s, str_of(marks[m]), counts);
    for (size_t i = 0; i < n; i++) {
      size_t same = 0;
      for (size_t k = 0; k < n; k++) same += counts[k] == counts[i];
      size_t few = counts[i] < COUNTED ? counts[i] : COUNTED - 1;
      if (counts[i] == 0 || same * COUNTED + few <= most) continue;
      most = same * COUNTED + few;
      best = marks[m];
    }
  }
  return best;
}

/* Excel's own first line: sep=; */
static str without_sep(str s, const char **mark) {
  if (!str_starts(s, STR("sep=")) && !str_starts(s, STR("SEP="))) return s;
  size_t end = str_find(s, STR("\n"), 0);
  str line = str_sub(s, 4, end == STR_NOT_FOUND ? s.n : end);
  for (size_t m = 0; m < MARKS; m++)
    if (str_is(line, marks[m])) {
      *mark = marks[m];
      return str_sub(s, 4 + line.n, s.n); /* the line end stays, so that lines are counted right */
    }
  return s;
}

static bool replace_wide(str s, struct buf *out) {
  bool quoted = false;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '"') quoted = !quoted;
    bool mark = !quoted && str_starts(str_sub(s, i, s.n), STR("，"));
    buf_putc(out, mark ? WIDE_MARK : s.p[i]);
    if (mark) i += strlen("，") - 1;
  }
  return !out->failed;
}

/* ---- cells ---- */

struct reader {
  struct book *b;
  struct sheet *sheet;
  struct findings *fs;
  size_t caprows;
  struct cell *cells; /* of the row that is being read */
  size_t ncells, capcells;
  uint64_t line, breaks; /* on which it began, and line breaks in it so far */
  uint32_t column;
  bool failed;
};

static void on_cell(void *p, size_t n, void *ctx) {
  struct reader *r = ctx;
  str s = {p, n};
  for (size_t i = 0; i < n; i++)
    if (s.p[i] == '\n') r->breaks++;
  uint32_t column = r->column++;
  if (r->failed || utf8_trim(s).n == 0) return;
  if (column >= LIMIT_CSV_COLUMNS || n > LIMIT_VALUE_BYTES) {
    struct origin o = {.file = r->b->path, .line = r->line, .column = (uint64_t)column + 1};
    bool wide = column >= LIMIT_CSV_COLUMNS;
    finding(r->fs, CODE_TOO_BIG, NULL, &o,
            wide ? STR(N_("the number of columns")) : STR(N_("the text of one cell")),
            finding_number(r->fs, wide ? LIMIT_CSV_COLUMNS : LIMIT_VALUE_BYTES),
            wide ? STR(N_("columns")) : STR(N_("bytes")));
    r->failed = true;
    return;
  }
  if (r->ncells == r->capcells) {
    size_t cap = r->capcells == 0 ? 64 : r->capcells * 2;
    struct cell *grown = mem_realloc(r->cells, cap * sizeof *grown);
    if (grown == NULL) {
      r->failed = true;
      return;
    }
    r->cells = grown;
    r->capcells = cap;
  }
  struct cell *c = &r->cells[r->ncells++];
  *c = (struct cell){.column = column, .kind = CELL_TEXT, .shown = arena_dup(r->b->arena, s)};
}

static void on_row(int c, void *ctx) {
  struct reader *r = ctx;
  (void)c;
  if (r->ncells > 0 && !r->failed) {
    struct sheet *s = r->sheet;
    struct row *row = arena_grow(r->b->arena, s->rows, &s->nrows, &r->caprows, sizeof *row);
    struct cell *cells = ARENA_ARRAY(r->b->arena, r->ncells, struct cell);
    if (row != NULL) s->rows = row - (s->nrows - 1);
    if (row != NULL && cells != NULL) {
      memcpy(cells, r->cells, r->ncells * sizeof *cells);
      *row = (struct row){.number = (uint32_t)(r->line - 1), .n = r->ncells, .cells = cells};
    }
  }
  r->line += r->breaks + 1;
  r->breaks = 0;
  r->ncells = 0;
  r->column = 0;
}

/* Blanks around a cell are part of it. */
static int no_space(unsigned char c) {
  (void)c;
  return 0;
}

static int line_feed(unsigned char c) { return c == '\n'; }

static bool split(struct reader *r, str text, char mark) {
  struct csv_parser p;
  if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) return no_memory(r->fs);
  csv_set_realloc_func(&p, mem_realloc);
  csv_set_free_func(&p, mem_free);
  csv_set_space_func(&p, no_space);
  csv_set_term_func(&p, line_feed);
  csv_set_delim(&p, (unsigned char)mark);
  size_t n = csv_parse(&p, text.p, text.n, on_cell, on_row, r);
  bool ok = n == text.n && csv_fini(&p, on_cell, on_row, r) == 0;
  if (!ok && csv_error(&p) == CSV_EPARSE)
    complain(r->b, r->line, (uint64_t)r->column + 1,
             n == text.n ? N_("a quotation mark that opens a cell here is never closed")
                         : N_("a quotation mark inside a cell must be doubled, and the cell stand "
                              "between quotation marks"),
             r->fs);
  else if (!ok)
    no_memory(r->fs);
  csv_free(&p);
  if (ok && mem_failed()) ok = no_memory(r->fs);
  return ok && !r->failed;
}

static bool read_text(struct book *b, struct buf *text, struct findings *fs) {
  const char *mark = NULL;
  one_line_end(text);
  str s = without_sep(buf_str(text), &mark);
  if (mark == NULL) mark = find_mark(s);
  struct reader r = {.b = b, .sheet = b->sheets, .fs = fs, .line = 1};
  struct buf narrow;
  buf_init(&narrow, 0);
  bool wide = strlen(mark) > 1, ok = true;
  size_t control = 0;
  while (control < s.n && s.p[control] != '\0' && s.p[control] != WIDE_MARK) control++;
  if (control < s.n)
    ok = complain(b, line_of(s, control), 0, N_("a control character stands in the text"), fs);
  if (ok && wide) ok = replace_wide(s, &narrow) || no_memory(fs);
  ok = ok && split(&r, wide ? buf_str(&narrow) : s, wide ? WIDE_MARK : mark[0]);
  buf_free(&narrow);
  mem_free(r.cells);
  return ok;
}

static bool csv_read(struct book *b, str bytes, const struct book_options *o, struct findings *fs) {
  struct buf text;
  buf_init(&text, 0);
  b->sheets = ARENA_NEW(b->arena, struct sheet);
  b->nsheets = 1;
  b->positions = false;
  bool ok = b->sheets != NULL || no_memory(fs);
  ok = ok && decode(b, bytes, o != NULL ? o->encoding : NULL, &text, fs);
  ok = ok && read_text(b, &text, fs);
  buf_free(&text);
  return ok;
}

const struct book_kind book_csv = {sniff_table, csv_read};
