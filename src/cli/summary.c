/* The end of a batch in short: who got no report and why, and how many there are.
 *
 *   松鸣乡人民政府    no figure for 评价等级 [TB501], and 2 more
 *   江澜镇人民政府    was not begun
 *
 * All findings were shown before; here each record has one line, and all lines fit on a screen.
 */
#include "cli/summary.h"

#include <unistd.h>

#include "base/mem.h"
#include "cli/terminal.h"
#include "cli/words.h"

/* AROUND: lines of the screen that other things take. */
enum { AROUND = 6, MOST_ROWS = 200, LEAST_ROWS = 5, MOST_NAME = 36 };

struct summary_row {
  struct buf name, why;
};

enum ending summary_ending(const struct findings *why) {
  return findings_status(why) == STATUS_ENVIRONMENT ? ENDING_FAILED : ENDING_SKIPPED;
}

void summary_init(struct summary *s) {
  size_t columns, rows;
  *s = (struct summary){.n = 0};
  terminal_size(STDERR_FILENO, &columns, &rows);
  s->most = rows > AROUND + LEAST_ROWS ? rows - AROUND : LEAST_ROWS;
  if (s->most > MOST_ROWS) s->most = MOST_ROWS;
}

void summary_free(struct summary *s) {
  for (size_t i = 0; i < s->kept; i++) {
    buf_free(&s->rows[i].name);
    buf_free(&s->rows[i].why);
  }
  mem_free(s->rows);
  *s = (struct summary){.n = 0};
}

static void put_why(struct buf *out, const struct findings *why) {
  size_t errors = findings_errors(why);
  for (size_t i = 0; i < findings_count(why); i++) {
    const struct finding *f = findings_at(why, i);
    if (codes[f->code].level != LEVEL_ERROR) continue;
    words_fill(out, _(codes[f->code].words), FINDING_ARGS, f->args);
    words_put(out, " [{1}]", str_of(codes[f->code].id));
    break;
  }
  if (errors > 1)
    words_put(out, ngettext(", and {1} more", ", and {1} more", errors - 1), NUMBER(errors - 1));
}

static void put_name(struct buf *out, const struct subject *s) {
  if (s->township.n != 0)
    buf_put(out, s->township);
  else if (s->index == 0)
    buf_put(out, s->file);
  else
    words_put(out, _("{1}, record {2}"), s->file, NUMBER(s->index));
}

static void keep(struct summary *s, const struct subject *subject, const struct findings *why) {
  struct buf text;
  if (s->rows == NULL) s->rows = mem_calloc(s->most, sizeof *s->rows);
  if (s->rows == NULL) return;
  struct summary_row *row = &s->rows[s->kept++];
  buf_init(&row->name, 0);
  buf_init(&row->why, 0);
  buf_init(&text, 0);
  put_name(&text, subject);
  words_escape(&row->name, buf_str(&text));
  buf_clear(&text);
  if (why != NULL)
    put_why(&text, why);
  else
    buf_puts(&text, _("was not begun"));
  words_escape(&row->why, buf_str(&text));
  buf_free(&text);
}

void summary_add(struct summary *s, const struct subject *subject, enum ending end,
                 const struct findings *why) {
  s->counts[end]++;
  if (end == ENDING_WRITTEN || end == ENDING_UNCHANGED) return;
  s->n++;
  if (s->kept < s->most) keep(s, subject, why);
}

void summary_table(const struct summary *s, struct buf *out, const char *more) {
  size_t columns, rows, widest = 0;
  terminal_size(STDERR_FILENO, &columns, &rows);
  for (size_t i = 0; i < s->kept; i++) {
    size_t width = terminal_width(buf_str(&s->rows[i].name));
    if (width > widest) widest = width;
  }
  if (widest > MOST_NAME) widest = MOST_NAME;
  for (size_t i = 0; i < s->kept; i++) {
    buf_puts(out, "  ");
    size_t used = terminal_put(out, buf_str(&s->rows[i].name), widest);
    for (; used < widest + 2; used++) buf_putc(out, ' ');
    terminal_put(out, buf_str(&s->rows[i].why), columns > widest + 25 ? columns - widest - 5 : 20);
    buf_putc(out, '\n');
  }
  if (s->n == s->kept) return;
  buf_puts(out, "  ");
  words_put(out, more, NUMBER(s->n - s->kept));
  buf_putc(out, '\n');
}

void summary_counts(const struct summary *s, struct buf *out) {
  const size_t *c = s->counts;
  size_t all = c[ENDING_WRITTEN] + c[ENDING_UNCHANGED] + c[ENDING_SKIPPED] + c[ENDING_FAILED] +
               c[ENDING_NOT_BEGUN];
  words_put(out,
            ngettext("{1} report: {2} written, {3} skipped",
                     "{1} reports: {2} written, {3} skipped", all),
            NUMBER(all), NUMBER(c[ENDING_WRITTEN]), NUMBER(c[ENDING_SKIPPED]));
  if (c[ENDING_UNCHANGED] != 0) words_put(out, _(", {1} unchanged"), NUMBER(c[ENDING_UNCHANGED]));
  if (c[ENDING_FAILED] != 0) words_put(out, _(", {1} failed"), NUMBER(c[ENDING_FAILED]));
  if (c[ENDING_NOT_BEGUN] != 0) words_put(out, _(", {1} not begun"), NUMBER(c[ENDING_NOT_BEGUN]));
}
