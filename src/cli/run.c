/* The command at work: what it prints while it fills, and its watchdog.
 *
 * Standard output gets one line for each report written, its path; standard error gets all else.
 * The words come from cli/words.c, the work is done by job/fill.c.
 * Invariant: a line on standard output stands for a complete report on the disk; lines come in the
 * order of the records.
 */
#include "cli/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/os.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/show.h"
#include "cli/stop.h"
#include "cli/summary.h"
#include "cli/terminal.h"
#include "cli/words.h"
#include "job/name.h"

struct run {
  const struct fill_job *job;
  struct findings *fs; /* about the run as a whole */
  size_t shown;        /* of these, printed already */
  size_t reports;
  struct summary summary;
  struct report_file *report; /* NULL: none */
  bool seen[CODE_COUNT];
};

/* So many reports when the run was refused as a whole. */
#define NOT_BEGUN SIZE_MAX

/* ---- lines ---- */

/* Whole lines that may go to a terminal as they are. */
static void print_shown(FILE *to, const struct buf *lines) {
  progress_erase();
  if (lines->failed)
    run_no_memory();
  else
    fwrite(lines->p, 1, lines->n, to);
}

/* Control characters are made visible: nothing in a file may steer the terminal. */
static void print_line(FILE *to, const struct buf *text) {
  struct buf line;
  buf_init(&line, 0);
  words_escape(&line, buf_str(text));
  buf_putc(&line, '\n');
  line.failed = line.failed || text->failed;
  print_shown(to, &line);
  buf_free(&line);
}

enum status run_no_memory(void) {
  fputs("tianbao: out of memory [TB901]\n", stderr);
  return STATUS_ENVIRONMENT;
}

/* Prints and frees. */
static void end_line(FILE *to, struct buf *text) {
  print_line(to, text);
  buf_free(text);
}

static void print_findings(struct run *r, const struct findings *fs, size_t from) {
  for (size_t i = from; i < findings_count(fs); i++) {
    const struct finding *f = findings_at(fs, i);
    struct buf lines;
    buf_init(&lines, 0);
    show_finding(&lines, f, terminal_has_colours(STDERR_FILENO));
    print_shown(stderr, &lines);
    buf_free(&lines);
    r->seen[f->code] = true;
  }
  if (findings_dropped(fs) == 0) return;
  struct buf more;
  buf_init(&more, 0);
  words_put(&more,
            ngettext("{1} more is not shown", "{1} more are not shown", findings_dropped(fs)),
            NUMBER(findings_dropped(fs)));
  end_line(stderr, &more);
}

/* The next step: where the codes seen are explained.  `command` may be NULL. */
static void print_pointer(const struct run *r, const char *command) {
  struct buf line, all;
  buf_init(&line, 0);
  buf_init(&all, 0);
  for (size_t i = 1; i < CODE_COUNT; i++) {
    if (!r->seen[i] || i == CODE_USAGE) continue;
    buf_putc(&all, ' ');
    buf_puts(&all, codes[i].id);
  }
  if (all.n > 0)
    words_put(&line, _("`tianbao help{1}` says what to do"), buf_str(&all));
  else if (r->seen[CODE_USAGE] && command != NULL)
    words_put(&line, _("`tianbao {1} --help` shows the options"), str_of(command));
  else if (r->seen[CODE_USAGE])
    buf_puts(&line, _("`tianbao --help` shows the commands"));
  if (line.n > 0) print_line(stderr, &line);
  buf_free(&all);
  buf_free(&line);
}

/* ---- the watchdog ---- */

/* Made before the alarm is set, for its handler can make nothing. */
static char last_words[4096];
static size_t last_words_n;

static void on_alarm(int number) {
  (void)number;
  os_clean_up();
  ssize_t n = write(STDERR_FILENO, last_words, last_words_n);
  (void)n;
  _exit(STATUS_ENVIRONMENT);
}

static void set_alarm(unsigned seconds) {
  struct itimerval t = {.it_value = {.tv_sec = (time_t)seconds}};
  setitimer(ITIMER_REAL, &t, NULL);
}

static void make_last_words(unsigned seconds, const char *path) {
  struct buf text, line;
  buf_init(&text, 0);
  buf_init(&line, 0);
  words_put(&text, "{1}", str_of(path));
  buf_puts(&text, _(": "));
  words_put(&text, _(codes[CODE_TIME].words), NUMBER(seconds));
  words_put(&text, " [{1}]", str_of(codes[CODE_TIME].id));
  words_escape(&line, buf_str(&text));
  buf_putc(&line, '\n');
  last_words_n = line.n < sizeof last_words ? line.n : sizeof last_words;
  memcpy(last_words, buf_str(&line).p, last_words_n);
  buf_free(&line);
  buf_free(&text);
}

static void on_watchdog(void *ctx, unsigned seconds, const char *path) {
  (void)ctx;
  set_alarm(0);
  if (seconds == 0) return;
  make_last_words(seconds, path);
  set_alarm(seconds);
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
  print_findings(r, r->fs, r->shown);
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
  end_line(stdout, &line);
  flush_output(); /* a watchdog or a signal ends the program without it */
  print_findings(r, notes, 0);
  note_ending(r, s, ENDING_WRITTEN, notes);
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
    end_line(stderr, &line);
  }
  print_findings(r, why, 0);
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
  end_line(stderr, &line);
  buf_free(&table);
}

enum status run_fill(const struct fill_job *job) {
  struct run r = {.job = job, .fs = findings_new(), .reports = NOT_BEGUN};
  struct fill_watch watch = {.ctx = &r,
                             .begin = on_begin,
                             .written = on_written,
                             .skipped = on_skipped,
                             .not_begun = on_not_begun,
                             .progress = on_progress,
                             .watchdog = on_watchdog};
  struct sigaction alarm_action = {.sa_handler = on_alarm};
  if (r.fs == NULL) return run_no_memory();
  sigaction(SIGALRM, &alarm_action, NULL);
  summary_init(&r.summary);
  watch.stop = stop_begin();
  enum status status = fill_run(job, &watch, r.fs);
  progress_end();
  enum status last = end_report(&r, r.reports != NOT_BEGUN);
  print_findings(&r, r.fs, r.shown);
  print_pointer(&r, "fill");
  if (r.reports != NOT_BEGUN) print_summary(&r);
  stop_end();
  summary_free(&r.summary);
  findings_free(r.fs);
  return last > status ? last : status;
}

enum status run_findings(const struct findings *fs, const char *command) {
  struct run r = {.shown = 0};
  print_findings(&r, fs, 0);
  print_pointer(&r, command);
  return findings_status(fs);
}
