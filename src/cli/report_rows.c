/* --report as a table: one line for each finding, for people who filter it by township.
 *
 * What a cell holds is decided here, how it is written in report_csv.c and report_xlsx.c.
 * Invariant: a cell is one line without control characters, and not longer than LIMIT_REPORT_CELL.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "cli/report_kind.h"
#include "cli/words.h"

/* The i-th of words with | between them: as messages of their own such words would be found in the
 * arguments of other messages too (cli/words.c). */
static str one_of(const char *words, unsigned i) {
  for (; i > 0 && *words != '\0'; words++) i -= *words == '|';
  return (str){words, strcspn(words, "|")};
}

str report_head(enum report_column column) {
  /* TRANSLATORS: heads of columns */
  return one_of(_("township|report|result|level|code|message|place in the report|place in the "
                  "data|value|other value"),
                column);
}

static str result_words(enum ending end) {
  /* TRANSLATORS: what became of a report; the last two: of a record that was only checked */
  return one_of(_("written|unchanged|skipped|failed|not begun|sound|faulty"), end);
}

static str level_words(enum level level) {
  /* TRANSLATORS: how grave a message is; a detail belongs to the message before */
  return one_of(_("detail|note|error"), level);
}

/* Takes what stands in `text`, and empties it. */
static void set_cell(struct report_row *row, enum report_column column, struct buf *text) {
  words_escape(&row->cells[column], utf8_clip(buf_str(text), LIMIT_REPORT_CELL));
  if (text->failed) row->cells[column].failed = true;
  buf_clear(text);
}

/* Messages about data, values and rules have what disagrees in {2} and {3}. */
static bool has_values(enum code code) { return strchr("457", codes[code].id[2]) != NULL; }

static void set_values(struct report_row *row, const struct finding *f, struct buf *text) {
  if (!has_values(f->code)) return;
  words_put(text, "{1}", f->args[1]);
  set_cell(row, COLUMN_VALUE, text);
  if (codes[f->code].level == LEVEL_DETAIL) return;
  words_put(text, "{1}", f->args[2]);
  set_cell(row, COLUMN_OTHER, text);
}

static void set_finding(struct report_row *row, const struct finding *f, struct buf *text) {
  const struct origin *o = &f->origin;
  buf_put(text, level_words(codes[f->code].level));
  set_cell(row, COLUMN_LEVEL, text);
  buf_puts(text, codes[f->code].id);
  set_cell(row, COLUMN_CODE, text);
  words_fill(text, _(codes[f->code].words), FINDING_ARGS, f->args);
  if (f->times > 1)
    words_put(text, ngettext(" ({1} time)", " ({1} times)", f->times), NUMBER(f->times));
  set_cell(row, COLUMN_MESSAGE, text);
  words_place(text, &f->place);
  if (text->n == 0) buf_put(text, f->place.file);
  set_cell(row, COLUMN_PLACE, text);
  words_origin(text, o);
  if (o->key.n != 0) words_put(text, _(" (\"{1}\")"), o->key);
  set_cell(row, COLUMN_DATA, text);
  set_values(row, f, text);
}

static void set_subject(struct report_row *row, const struct subject *s, enum ending end,
                        struct buf *text) {
  buf_put(text, s->township);
  set_cell(row, COLUMN_TOWNSHIP, text);
  buf_puts(text, s->path);
  set_cell(row, COLUMN_REPORT, text);
  buf_put(text, result_words(end));
  set_cell(row, COLUMN_RESULT, text);
}

static void clear(struct report_file *f, struct report_row *row) {
  for (int i = 0; i < REPORT_COLUMNS; i++) {
    f->failed = f->failed || row->cells[i].failed;
    buf_clear(&row->cells[i]);
  }
}

void report_rows(struct report_file *f, const struct subject *s, enum ending end,
                 const struct findings *found,
                 void (*put)(struct report_file *f, const struct report_row *row)) {
  size_t n = found != NULL ? findings_count(found) : 0;
  size_t more = found != NULL ? findings_dropped(found) : 0;
  struct report_row row;
  struct buf text;
  buf_init(&text, 0);
  for (int i = 0; i < REPORT_COLUMNS; i++) buf_init(&row.cells[i], 0);
  size_t rows = n + (more != 0) + (n == 0 && end == ENDING_NOT_BEGUN && s != NULL);
  for (size_t i = 0; i < rows; i++) {
    clear(f, &row);
    if (s != NULL) set_subject(&row, s, end, &text);
    if (i < n) set_finding(&row, findings_at(found, i), &text);
    if (i >= n && more != 0) {
      words_put(&text, ngettext("{1} more is not shown", "{1} more are not shown", more),
                NUMBER(more));
      set_cell(&row, COLUMN_MESSAGE, &text);
    }
    put(f, &row);
    f->rows++;
  }
  clear(f, &row);
  for (int i = 0; i < REPORT_COLUMNS; i++) buf_free(&row.cells[i]);
  buf_free(&text);
}
