/* The command `status`: a line for each report that is not as it was written, and how many there
 * are of each kind.
 *
 *   已被手工修改    松鸣乡人民政府.docx（数据此后变了）
 *   已过期          江澜镇人民政府.docx（模板变了）
 *
 * Rows are the result, so they go to standard output.  Invariant: the last line counts all reports.
 */
#include "cli/status.h"

#include <stdio.h>

#include "base/json_put.h"
#include "cli/print.h"
#include "cli/run.h"
#include "cli/terminal.h"
#include "cli/words.h"
#include "job/status.h"

enum { WIDEST = 14 }; /* columns of the longest word for a state, 已被手工修改 and not ours */

struct telling {
  size_t counts[STATES], forced;
  bool json;
  struct buf out; /* JSON */
};

static const char *state_word(enum state state) {
  switch (state) {
  case STATE_SAME: return _("unchanged");
  case STATE_EDITED: return _("edited by hand");
  case STATE_STALE: return _("outdated");
  case STATE_MISSING: return _("not there");
  default: return _("not ours");
  }
}

static const struct {
  unsigned bit;
  const char *words;
} reasons[] = {
    {SINCE_TEMPLATE, N_("the template has changed")},
    {SINCE_DATA, N_("the data have changed")},
    {SINCE_GONE, N_("the data no longer have it")},
    {SINCE_PICTURES, N_("a picture has changed")},
    {SINCE_UNREAD, N_("template or data cannot be read")},
};

/* Why, in brackets. */
static void put_reasons(struct buf *out, unsigned since) {
  struct buf all;
  buf_init(&all, 0);
  if (since & SINCE_GONE) since &= ~(unsigned)SINCE_DATA;
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
    if ((since & reasons[i].bit) == 0) continue;
    if (all.n > 0) buf_puts(&all, _(", "));
    buf_puts(&all, _(reasons[i].words));
  }
  if (all.n > 0) words_put(out, _(" ({1})"), buf_str(&all));
  buf_free(&all);
}

/* As JSON: {"schema": 1, "reports": [{"name", "township", "status", "since": […], "time"}]}. */
static void tell_json(struct telling *t, const struct status_row *row) {
  static const char *const states[] = {[STATE_SAME] = "unchanged",
                                       [STATE_EDITED] = "edited",
                                       [STATE_STALE] = "outdated",
                                       [STATE_MISSING] = "missing",
                                       [STATE_FOREIGN] = "foreign"};
  static const char *const since[] = {"template", "data", "pictures", "gone", "unread"};
  bool first = true;
  buf_puts(&t->out, t->out.n == 0 ? "{\"schema\": 1, \"reports\": [\n {" : ",\n {");
  json_put_member(&t->out, "name", row->name);
  json_put_some(&t->out, "township", row->township);
  json_put_member(&t->out, "status", str_of(states[row->state]));
  json_put_some(&t->out, "time", row->time);
  if (row->since != 0) json_put_key(&t->out, "since");
  for (unsigned i = 0; i < sizeof since / sizeof *since; i++) {
    if ((row->since >> i & 1) == 0) continue;
    buf_puts(&t->out, first ? "[" : ", ");
    json_put_text(&t->out, str_of(since[i]));
    first = false;
  }
  if (row->since != 0) buf_putc(&t->out, ']');
  if (row->forced) json_put_key(&t->out, "force_checks");
  if (row->forced) buf_puts(&t->out, "true");
  buf_putc(&t->out, '}');
}

static void tell(void *ctx, const struct status_row *row) {
  struct telling *t = ctx;
  if (t->json) tell_json(t, row);
  t->counts[row->state]++;
  t->forced += row->forced;
  if (t->json || row->state == STATE_SAME) return;
  struct buf line;
  buf_init(&line, 0);
  size_t used = terminal_put(&line, str_of(state_word(row->state)), WIDEST);
  for (; used < WIDEST + 2; used++) buf_putc(&line, ' ');
  buf_put(&line, row->name);
  if (row->state != STATE_FOREIGN) put_reasons(&line, row->since);
  print_line(stdout, &line);
}

static void tell_counts(const struct telling *t) {
  const size_t *c = t->counts;
  size_t all = c[STATE_SAME] + c[STATE_EDITED] + c[STATE_STALE] + c[STATE_MISSING];
  struct buf line;
  buf_init(&line, 0);
  words_put(&line, ngettext("{1} report: {2} unchanged", "{1} reports: {2} unchanged", all),
            NUMBER(all), NUMBER(c[STATE_SAME]));
  if (c[STATE_EDITED] != 0) words_put(&line, _(", {1} edited by hand"), NUMBER(c[STATE_EDITED]));
  if (c[STATE_STALE] != 0) words_put(&line, _(", {1} outdated"), NUMBER(c[STATE_STALE]));
  if (c[STATE_MISSING] != 0) words_put(&line, _(", {1} not there"), NUMBER(c[STATE_MISSING]));
  if (c[STATE_FOREIGN] != 0)
    words_put(&line,
              ngettext("; {1} file is not ours", "; {1} files are not ours", c[STATE_FOREIGN]),
              NUMBER(c[STATE_FOREIGN]));
  if (t->forced != 0)
    words_put(&line,
              ngettext("; {1} was written though rules are broken",
                       "; {1} were written though rules are broken", t->forced),
              NUMBER(t->forced));
  print_line(stdout, &line);
}

enum status run_status(const char *folder, bool json) {
  struct findings *fs = findings_new();
  struct telling t = {.json = json};
  if (fs == NULL) return run_no_memory();
  buf_init(&t.out, 0);
  bool ok = status_run(folder, tell, &t, fs);
  bool any = false;
  for (int i = 0; i < STATES; i++) any = any || t.counts[i] != 0;
  enum status status = ok ? STATUS_DONE : run_findings(fs, "status");
  if (any && json) {
    buf_puts(&t.out, "]}\n");
    run_text(&t.out);
  } else if (any) {
    tell_counts(&t);
  }
  buf_free(&t.out);
  bool again = t.counts[STATE_STALE] != 0 || t.counts[STATE_MISSING] != 0;
  findings_free(fs);
  return again && status == STATUS_DONE ? STATUS_REFUSED : status;
}
