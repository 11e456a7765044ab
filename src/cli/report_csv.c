/* --report as CSV (RFC 4180), in UTF-8 with a byte order mark, so that spreadsheet programs open it
 * as what it is.
 *
 * Invariant: no cell is taken for a formula.
 */
#include "cli/report_kind.h"

static bool is_number(str s) {
  size_t digits = 0;
  for (size_t i = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'); i < s.n; i++) {
    bool digit = s.p[i] >= '0' && s.p[i] <= '9';
    if (!digit && strchr(".,%", s.p[i]) == NULL) return false;
    digits += digit;
  }
  return digits > 0;
}

/* A text that begins like a formula gets an apostrophe before it. */
static void put_cell(struct buf *out, str s) {
  bool formula = s.n > 0 && strchr("=+-@", s.p[0]) != NULL && !is_number(s);
  bool quoted = false;
  for (size_t i = 0; i < s.n; i++) quoted = quoted || s.p[i] == '"' || s.p[i] == ',';
  if (quoted) buf_putc(out, '"');
  if (formula) buf_putc(out, '\'');
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '"') buf_putc(out, '"');
    buf_putc(out, s.p[i]);
  }
  if (quoted) buf_putc(out, '"');
}

static void put_row(struct report_file *f, const struct report_row *row) {
  for (int i = 0; i < REPORT_COLUMNS; i++) {
    if (i > 0) buf_putc(&f->out, ',');
    put_cell(&f->out, buf_str(&row->cells[i]));
  }
  buf_puts(&f->out, "\r\n");
}

static void begin(struct report_file *f) {
  buf_puts(&f->out, "\xef\xbb\xbf");
  for (int i = 0; i < REPORT_COLUMNS; i++) {
    if (i > 0) buf_putc(&f->out, ',');
    put_cell(&f->out, report_head((enum report_column)i));
  }
  buf_puts(&f->out, "\r\n");
}

static void add(struct report_file *f, const struct subject *s, enum ending end,
                const struct findings *found) {
  report_rows(f, s, end, found, put_row);
}

static bool end(struct report_file *f, const struct findings *whole, struct findings *fs) {
  (void)fs;
  report_rows(f, NULL, ENDING_FAILED, whole, put_row);
  return true;
}

const struct report_kind report_csv = {".csv", begin, add, end, NULL};
