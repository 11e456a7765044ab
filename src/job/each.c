/* The work on each record of a run.
 *
 * One record is worked on in this process, several by job/batch.c in processes of their own.  What
 * the work is, is left to the caller.
 * Invariant: what is said of the text of the template alone is the same for all records, and is told
 * with the first that has it.
 */
#include "job/each.h"

#include "base/limits.h"
#include "base/os.h"
#include "job/batch.h"

struct state {
  const struct each *e;
  enum status worst;
  struct findings *once; /* notes about the template alone that were told; NULL: of no use */
  struct findings *some; /* those of a subject without these */
};

static const struct subject *subject_of(const struct state *s, size_t k) {
  return &s->e->subjects->items[k];
}

static enum batch_end work(void *ctx, size_t k, struct findings *fs) {
  const struct state *s = ctx;
  return s->e->work(s->e->ctx, k, fs);
}

static bool is_new(void *ctx, const struct finding *f) {
  struct state *s = ctx;
  bool alone = codes[f->code].level == LEVEL_NOTE && f->origin.file.n == 0 &&
               str_is(f->place.file, s->e->job->template_path);
  size_t before = findings_count(s->once) + findings_dropped(s->once);
  if (!alone) return true;
  findings_add(s->once, f->code, &f->place, NULL, FINDING_ARGS, f->args);
  return findings_count(s->once) + findings_dropped(s->once) != before;
}

/* The findings of a subject without what was told before. */
static const struct findings *to_tell(struct state *s, const struct findings *fs) {
  if (s->once == NULL || s->some == NULL || fs == NULL) return fs;
  findings_clear(s->some);
  findings_append_some(s->some, fs, is_new, s);
  return s->some;
}

static void ended(void *ctx, size_t k, enum batch_end end, const struct findings *fs) {
  struct state *s = ctx;
  fs = to_tell(s, fs);
  const struct fill_watch *w = s->e->watch;
  const struct subject *subject = subject_of(s, k);
  if (end == BATCH_BAD && findings_status(fs) > s->worst) s->worst = findings_status(fs);
  if (end == BATCH_GOOD && w->written != NULL) w->written(w->ctx, subject, fs);
  if (end == BATCH_IDLE && w->unchanged != NULL) w->unchanged(w->ctx, subject, fs);
  if (end == BATCH_BAD && w->skipped != NULL) w->skipped(w->ctx, subject, fs);
  if (end == BATCH_NOT_BEGUN && w->not_begun != NULL) w->not_begun(w->ctx, subject);
}

static void progress(void *ctx, size_t n) {
  const struct state *s = ctx;
  const struct fill_watch *w = s->e->watch;
  if (w->progress != NULL) w->progress(w->ctx, n);
}

static void in_this_process(struct state *s, struct findings *fs) {
  const struct fill_watch *w = s->e->watch;
  struct findings *own = findings_new();
  if (own == NULL) {
    findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
    return;
  }
  if (w->watchdog != NULL) w->watchdog(w->ctx, s->e->job->timeout, subject_of(s, 0)->path);
  enum batch_end end = work(s, 0, own);
  if (w->watchdog != NULL) w->watchdog(w->ctx, 0, NULL);
  ended(s, 0, end, own);
  findings_free(own);
}

static unsigned processes(const struct each *e) {
  size_t n = e->job->jobs != 0 ? e->job->jobs : os_processors();
  if (n > LIMIT_JOBS) n = LIMIT_JOBS;
  return (unsigned)(n < e->subjects->n ? n : e->subjects->n);
}

enum status each_subject(const struct each *e, struct findings *fs) {
  struct state s = {.e = e, .worst = STATUS_DONE};
  const struct fill_watch *w = e->watch;
  struct batch b = {e->subjects->n, 1, e->job->timeout, w->stop, &s, work, ended, progress};
  if (w->begin != NULL && !w->begin(w->ctx, b.n, fs)) return s.worst;
  b.jobs = processes(e);
  if (b.n > 1) s.once = findings_new(), s.some = findings_new();
  if (b.n == 1)
    in_this_process(&s, fs);
  else if (b.n > 1)
    batch_run(&b, fs);
  findings_free(s.some);
  findings_free(s.once);
  return s.worst;
}
