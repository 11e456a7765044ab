/* The command `check` at work: what is found, record by record, and how much.
 *
 * Findings are the result here, so they go to standard output.  The work is done by job/check.c.
 * Invariant: the last line counts all that was said before it.
 */
#include "cli/check.h"

#include "base/mem.h"
#include "check/annotate.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/stop.h"
#include "cli/summary.h"
#include "cli/watchdog.h"
#include "cli/words.h"
#include "job/check.h"
#include "job/name.h"

struct run {
  const struct fill_job *job;
  struct findings *fs; /* about the run as a whole */
  size_t told;         /* of these, printed already */
  size_t records;      /* to be checked */
  size_t checked, faulty, errors, notes;
  bool text, lines;           /* forms that are written as things are found */
  struct findings *all;       /* of all records, for the marked copy; NULL: none is wanted */
  struct report_file *report; /* --report; NULL: none */
  struct report_file *shown;  /* the form that goes to standard output; NULL: none */
  struct printer out;
};

bool check_form_known(const char *form) {
  return strcmp(form, "text") == 0 || strcmp(form, "lines") == 0 || report_form_known(form);
}

/* ---- counting ---- */

/* Those that are not kept are notes as far as they are no errors. */
static void count(struct run *r, const struct findings *fs) {
  size_t errors = 0;
  for (size_t i = 0; i < findings_count(fs); i++) {
    enum level level = codes[findings_at(fs, i)->code].level;
    r->notes += level == LEVEL_NOTE;
    errors += level == LEVEL_ERROR;
  }
  r->errors += findings_errors(fs);
  r->notes += findings_dropped(fs) - (findings_errors(fs) - errors);
}

static void put_counts(const struct run *r, struct buf *line) {
  if (r->checked == 0)
    buf_puts(line, _("checked: "));
  else
    words_put(line, ngettext("{1} record checked: ", "{1} records checked: ", r->checked),
              NUMBER(r->checked));
  words_put(line, ngettext("{1} error", "{1} errors", r->errors), NUMBER(r->errors));
  words_put(line, ngettext(", {1} note", ", {1} notes", r->notes), NUMBER(r->notes));
  if (r->records > 1 && r->faulty != 0)
    words_put(line, ngettext("; errors in {1} record", "; errors in {1} records", r->faulty),
              NUMBER(r->faulty));
}

static void print_counts(const struct run *r) {
  struct buf line;
  buf_init(&line, 0);
  put_counts(r, &line);
  print_line(stdout, &line);
}

/* ---- what happens ---- */

static void tell(struct run *r, const struct findings *fs, size_t from) {
  if (r->text) print_findings(&r->out, fs, from);
  for (size_t i = from; r->lines && i < findings_count(fs); i++) {
    struct buf line;
    buf_init(&line, 0);
    words_finding_line(&line, findings_at(fs, i));
    print_line(stdout, &line);
  }
}

/* What is said of the run as a whole, as far as it is known. */
static void tell_whole(struct run *r) {
  tell(r, r->fs, r->told);
  r->told = findings_count(r->fs);
}

static void keep(struct run *r, const struct findings *fs) {
  if (r->all != NULL) findings_append(r->all, fs);
}

/* That it may not was said already. */
static bool may_write(const struct fill_job *job) {
  struct findings *own = findings_new();
  bool may = own != NULL && name_report(job, own);
  findings_free(own);
  return may;
}

static bool on_begin(void *ctx, size_t records, struct findings *fs) {
  struct run *r = ctx;
  r->records = records;
  tell_whole(r);
  if (r->job->report != NULL && may_write(r->job)) r->report = report_open(r->job, fs);
  if (records > 1) stop_patient();
  if (records > 0) progress_begin(records);
  return true;
}

/* Where several records are checked, each has a head. */
static void print_head(const struct run *r, const struct subject *s) {
  if (r->records < 2 || !r->text) return;
  struct buf line;
  buf_init(&line, 0);
  if (s->township.n == 0 && s->index != 0)
    words_put(&line, _("{1}, record {2}:"), s->file, NUMBER(s->index));
  else if (s->township.n == 0)
    words_put(&line, _("{1}:"), s->file);
  else
    words_put(&line, _("{1} ({2}):"), s->township, s->file);
  print_line(stdout, &line);
}

static void note(struct run *r, const struct subject *s, enum ending end,
                 const struct findings *found) {
  if (r->report != NULL) report_add(r->report, s, end, found);
  if (r->shown != NULL) report_add(r->shown, s, end, found);
}

static void tell_record(struct run *r, const struct subject *s, enum ending end,
                        const struct findings *found) {
  r->checked++;
  count(r, found);
  keep(r, found);
  if (findings_count(found) != 0) print_head(r, s);
  tell(r, found, 0);
  note(r, s, end, found);
}

static void on_sound(void *ctx, const struct subject *s, const struct findings *notes) {
  tell_record(ctx, s, ENDING_SOUND, notes);
}

static void on_faulty(void *ctx, const struct subject *s, const struct findings *why) {
  struct run *r = ctx;
  r->faulty++;
  bool failed = summary_ending(why) == ENDING_FAILED;
  tell_record(r, s, failed ? ENDING_FAILED : ENDING_FAULTY, why);
}

static void on_not_begun(void *ctx, const struct subject *s) {
  note(ctx, s, ENDING_NOT_BEGUN, NULL);
}

static void on_progress(void *ctx, size_t ended) {
  (void)ctx;
  progress_show(ended);
}

/* ---- the marked copy ---- */

static void put_words(void *ctx, const struct finding *f, bool placed, bool again,
                      struct buf *out) {
  (void)ctx;
  words_comment(out, f, placed, again);
}

static bool ran_out_of_memory(const struct findings *fs) {
  for (size_t i = 0; i < findings_count(fs); i++)
    if (findings_at(fs, i)->code == CODE_MEMORY) return true;
  return false;
}

/* A copy without the marks that were lost would look like one of a better template. */
static void write_copy(struct run *r) {
  const struct fill_job *job = r->job;
  keep(r, r->fs);
  if (ran_out_of_memory(r->all)) return;
  struct findings *own = findings_new();
  struct annotate a = {.template_path = job->template_path,
                       .out = job->annotate,
                       .mode = job->force ? PACK_REPLACE : PACK_NEW,
                       .found = r->all,
                       .words = put_words};
  mem_clear();
  bool ok = own != NULL && name_annotate(job, own) && annotate_write(&a, own);
  if (own != NULL) findings_append(r->fs, own);
  findings_free(own);
  struct buf line;
  buf_init(&line, 0);
  if (ok && r->text) words_put(&line, _("marked copy: {1}"), str_of(job->annotate));
  if (ok && r->text) print_line(stdout, &line);
}

/* The form for standard output is complete, or standard error says why not. */
static enum status end_shown(struct run *r) {
  struct findings *own = findings_new();
  if (own == NULL) return run_no_memory();
  if (r->shown != NULL) report_close(r->shown, r->fs, own);
  if (r->shown == NULL && !r->text && !r->lines) findings_append(own, r->fs);
  enum status status = findings_count(own) != 0 ? run_findings(own, NULL) : STATUS_DONE;
  findings_free(own);
  return status;
}

static enum status end_forms(struct run *r) {
  if (r->report != NULL) report_close(r->report, r->fs, r->fs);
  enum status status = end_shown(r);
  tell_whole(r);
  count(r, r->fs);
  if (r->text) print_pointer(&r->out, "check");
  if (r->text) print_counts(r);
  return status;
}

enum status run_check(const struct fill_job *job, const char *form) {
  struct run r = {.job = job, .fs = findings_new(), .out = {.to = stdout}};
  r.text = form == NULL || strcmp(form, "text") == 0;
  r.lines = !r.text && strcmp(form, "lines") == 0;
  struct fill_watch watch = {.ctx = &r,
                             .begin = on_begin,
                             .written = on_sound,
                             .skipped = on_faulty,
                             .not_begun = on_not_begun,
                             .progress = on_progress,
                             .watchdog = watchdog_set};
  if (job->annotate != NULL) r.all = findings_new();
  if (r.fs == NULL || (job->annotate != NULL && r.all == NULL)) {
    findings_free(r.fs);
    return run_no_memory();
  }
  if (!r.text && !r.lines) r.shown = report_show(job, form, r.fs);
  watchdog_begin();
  watch.stop = stop_begin();
  enum status status = check_run(job, &watch, r.fs);
  progress_end();
  if (job->annotate != NULL) write_copy(&r);
  enum status last = end_forms(&r);
  stop_end();
  if (findings_status(r.fs) > status) status = findings_status(r.fs);
  findings_free(r.fs);
  findings_free(r.all);
  return last > status ? last : status;
}
