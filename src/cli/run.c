/* The command at work: what it prints while it fills.
 *
 * Standard output gets one line for each report written, its path; standard error gets all else.
 * The words come from cli/words.c, the work is done by job/fill.c.
 * Invariant: a line on standard output stands for a complete report on the disk; lines come in the
 * order of the records.
 */
#include "cli/run.h"

#include <errno.h>
#include <stdio.h>

#include "cli/print.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/stop.h"
#include "cli/summary.h"
#include "cli/watchdog.h"
#include "cli/words.h"
#include "job/name.h"

struct run {
  const struct fill_job *job;
  struct findings *fs; /* about the run as a whole */
  size_t shown;        /* of these, printed already */
  size_t reports;
  struct summary summary;
  struct report_file *report; /* NULL: none */
  struct printer out;         /* to standard error */
};

/* So many reports when the run was refused as a whole. */
#define NOT_BEGUN SIZE_MAX

enum status run_no_memory(void) {
  fputs("tianbao: out of memory [TB901]\n", stderr);
  return STATUS_ENVIRONMENT;
}

/* ---- standard output ---- */

static int output_errno; /* why something written there was lost; 0: nothing was */

static void flush_output(void) {
  if (fflush(stdout) != 0 && output_errno == 0) output_errno = errno;
}

enum status run_text(const struct buf *text) {
  if (text->failed) return run_no_memory();
  fwrite(buf_str(text).p, 1, text->n, stdout);
  return STATUS_DONE;
}

enum status run_end(enum status so_far) {
  flush_output();
  if (fclose(stdout) != 0 && output_errno == 0) output_errno = errno;
  if (output_errno == 0) return so_far;
  struct findings *fs = findings_new();
  if (fs == NULL) return run_no_memory();
  finding(fs, CODE_IO, NULL, NULL, STR(N_("standard output")), str_of(strerror(output_errno)));
  run_findings(fs, NULL);
  findings_free(fs);
  return STATUS_ENVIRONMENT;
}

/* ---- what happens ---- */

static bool on_begin(void *ctx, size_t reports, struct findings *fs) {
  struct run *r = ctx;
  r->reports = reports;
  print_findings(&r->out, r->fs, r->shown);
  r->shown = findings_count(r->fs);
  if (r->job->report != NULL) r->report = report_open(r->job, fs);
  if (r->job->report != NULL && r->report == NULL) return false;
  if (reports > 1) stop_patient();
  progress_begin(reports);
  return true;
}

static void note_ending(struct run *r, const struct subject *s, enum ending end,
                        const struct findings *found) {
  summary_add(&r->summary, s, end, found);
  if (r->report != NULL) report_add(r->report, s, end, found);
}

static void on_written(void *ctx, const struct subject *s, const struct findings *notes) {
  struct run *r = ctx;
  struct buf line;
  buf_init(&line, 0);
  buf_puts(&line, s->path);
  print_line(stdout, &line);
  flush_output(); /* a watchdog or a signal ends the program without it */
  print_findings(&r->out, notes, 0);
  note_ending(r, s, ENDING_WRITTEN, notes);
}

/* Nothing is said on standard output: nothing was written. */
static void on_unchanged(void *ctx, const struct subject *s, const struct findings *notes) {
  struct run *r = ctx;
  print_findings(&r->out, notes, 0);
  note_ending(r, s, ENDING_UNCHANGED, notes);
}

/* In a batch the findings need a head: they stand in the template for all records alike. */
static void on_skipped(void *ctx, const struct subject *s, const struct findings *why) {
  struct run *r = ctx;
  if (r->reports > 1) {
    struct buf line;
    buf_init(&line, 0);
    if (s->index != 0)
      words_put(&line, _("{1} is not written ({2}, record {3}):"), str_of(s->path), s->file,
                NUMBER(s->index));
    else
      words_put(&line, _("{1} is not written ({2}):"), str_of(s->path), s->file);
    print_line(stderr, &line);
  }
  print_findings(&r->out, why, 0);
  note_ending(r, s, summary_ending(why), why);
}

static void on_not_begun(void *ctx, const struct subject *s) {
  note_ending(ctx, s, ENDING_NOT_BEGUN, NULL);
}

static void on_progress(void *ctx, size_t ended) {
  (void)ctx;
  progress_show(ended);
}

/* ---- the end ---- */

/* Nothing was begun: what stood in the way is all that the file of --report has to say. */
static void open_late(struct run *r) {
  struct findings *own = findings_new();
  if (own != NULL && name_report(r->job, own)) r->report = report_open(r->job, r->fs);
  findings_free(own);
}

static enum status end_report(struct run *r, bool begun) {
  if (r->job->report != NULL && !begun) open_late(r);
  if (r->report != NULL) report_close(r->report, r->fs, r->fs);
  r->report = NULL;
  return findings_status(r->fs);
}

/* Many lines: each is made harmless already. */
static void print_summary(const struct run *r) {
  if (r->reports == 1) return;
  struct buf table, line;
  buf_init(&table, 0);
  buf_init(&line, 0);
  summary_table(&r->summary, &table,
                r->job->report != NULL ? _("and {1} more, in the file of --report")
                                       : _("and {1} more; --report=FILE lists them all"));
  fwrite(buf_str(&table).p, 1, table.n, stderr);
  summary_counts(&r->summary, &line);
  print_line(stderr, &line);
  buf_free(&table);
}

enum status run_fill(const struct fill_job *job) {
  struct run r = {.job = job, .fs = findings_new(), .reports = NOT_BEGUN, .out = {.to = stderr}};
  struct fill_watch watch = {.ctx = &r,
                             .begin = on_begin,
                             .written = on_written,
                             .unchanged = on_unchanged,
                             .skipped = on_skipped,
                             .not_begun = on_not_begun,
                             .progress = on_progress,
                             .watchdog = watchdog_set};
  if (r.fs == NULL) return run_no_memory();
  watchdog_begin();
  summary_init(&r.summary);
  watch.stop = stop_begin();
  enum status status = fill_run(job, &watch, r.fs);
  progress_end();
  enum status last = end_report(&r, r.reports != NOT_BEGUN);
  print_findings(&r.out, r.fs, r.shown);
  print_pointer(&r.out, "fill");
  if (r.reports != NOT_BEGUN) print_summary(&r);
  stop_end();
  summary_free(&r.summary);
  findings_free(r.fs);
  return last > status ? last : status;
}

enum status run_findings(const struct findings *fs, const char *command) {
  struct printer out = {.to = stderr};
  print_findings(&out, fs, 0);
  print_pointer(&out, command);
  return findings_status(fs);
}
