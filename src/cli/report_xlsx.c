/* --report as a workbook, through libxlsxwriter: a head that stays, and filters in it.
 *
 * Rows are written one by one and not kept.  Invariant: the bytes depend on the rows alone; the
 * workbook's own date is fixed.
 */
#include <xlsxwriter.h>

#include "base/limits.h"
#include "base/mem.h"
#include "cli/report_kind.h"
#include "cli/words.h"

/* 1980-01-01, as in the packages of documents. */
#define FIXED_TIME ((time_t)315532800)

struct report_sheet {
  lxw_workbook *book;
  lxw_worksheet *page;
  lxw_error error;
  uint32_t row; /* rows below the head */
};

static const double widths[REPORT_COLUMNS] = {
    [COLUMN_TOWNSHIP] = 22, [COLUMN_REPORT] = 34,  [COLUMN_RESULT] = 8, [COLUMN_LEVEL] = 8,
    [COLUMN_CODE] = 8,      [COLUMN_MESSAGE] = 60, [COLUMN_PLACE] = 40, [COLUMN_DATA] = 40,
    [COLUMN_VALUE] = 18,    [COLUMN_OTHER] = 18};

static void put_cell(struct report_sheet *s, uint32_t row, int column, const char *text,
                     lxw_format *format) {
  if (*text == '\0' || s->error != LXW_NO_ERROR) return;
  s->error = worksheet_write_string(s->page, row, (lxw_col_t)column, text, format);
}

static void put_row(struct report_file *f, const struct report_row *row) {
  struct report_sheet *s = f->sheet;
  if (f->failed || s->row++ >= LIMIT_REPORT_ROWS) return;
  for (int i = 0; i < REPORT_COLUMNS; i++) put_cell(s, s->row, i, buf_str(&row->cells[i]).p, NULL);
}

static bool make_sheet(struct report_sheet *s, const char *path) {
  struct buf head;
  lxw_workbook_options options = {.constant_memory = LXW_TRUE};
  lxw_doc_properties properties = {.created = FIXED_TIME};
  s->book = workbook_new_opt(path, &options);
  if (s->book == NULL) return false;
  workbook_set_properties(s->book, &properties);
  s->page = workbook_add_worksheet(s->book, NULL);
  lxw_format *bold = workbook_add_format(s->book);
  if (s->page == NULL || bold == NULL) return false;
  format_set_bold(bold);
  buf_init(&head, 0);
  for (int i = 0; i < REPORT_COLUMNS; i++) {
    worksheet_set_column(s->page, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
    buf_put(&head, report_head((enum report_column)i));
    put_cell(s, 0, i, buf_str(&head).p, bold);
    buf_clear(&head);
  }
  buf_free(&head);
  worksheet_freeze_panes(s->page, 1, 0);
  return true;
}

static void begin(struct report_file *f) {
  struct buf path;
  buf_init(&path, 0);
  struct report_sheet *s = f->sheet = mem_calloc(1, sizeof *f->sheet);
  f->failed = s == NULL || !os_file_reach(f->file, &path) || !make_sheet(s, path.p);
  buf_free(&path);
}

static void add(struct report_file *f, const struct subject *s, enum ending end,
                const struct findings *found) {
  report_rows(f, s, end, found, put_row);
}

/* Ends the workbook, which frees it. */
static lxw_error close_book(struct report_sheet *s) {
  lxw_error error = workbook_close(s->book);
  s->book = NULL;
  return s->error != LXW_NO_ERROR ? s->error : error;
}

static bool end(struct report_file *f, const struct findings *whole, struct findings *fs) {
  struct report_sheet *s = f->sheet;
  if (f->failed) return false;
  report_rows(f, NULL, ENDING_FAILED, whole, put_row);
  worksheet_autofilter(s->page, 0, 0, s->row, REPORT_COLUMNS - 1);
  if (s->row > LIMIT_REPORT_ROWS)
    return finding(fs, CODE_TOO_BIG, NULL, NULL, str_of(f->job->report),
                   finding_number(fs, LIMIT_REPORT_ROWS), STR(N_("rows")));
  lxw_error error = close_book(s);
  if (error == LXW_NO_ERROR) return true;
  return finding(fs, CODE_IO, NULL, NULL, str_of(f->job->report), str_of(lxw_strerror(error)));
}

static void free_sheet(struct report_file *f) {
  if (f->sheet == NULL) return;
  if (f->sheet->book != NULL) lxw_workbook_free(f->sheet->book);
  mem_free(f->sheet);
}

const struct report_kind report_xlsx = {".xlsx", begin, add, end, free_sheet};
