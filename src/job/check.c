/* One run of `tianbao check`.
 *
 * It goes the way of job/fill.c, as far as the survey and the rules; but nothing keeps it from going
 * on: a template that is refused does not hide what is wrong with the data, and an error of the run
 * as a whole not those of the records.  Invariant: nothing is written, and a record in which no
 * error is found is one that fill would make a report of.
 */
#include "job/check.h"

#include "base/mem.h"
#include "check/lint_data.h"
#include "check/lint_template.h"
#include "check/since.h"
#include "job/each.h"
#include "job/name.h"
#include "job/opened.h"
#include "job/settle.h"

#define N_(s) (s)

struct run {
  const struct fill_job *job;
  const struct fill_watch *watch;
  struct opened o;
  struct findings *told; /* what records said of names that no data have */
  struct arena *record;  /* the record at hand */
  struct subjects subjects;
};

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* What has changed since an older template. */
static bool compare(struct run *r, struct findings *fs) {
  const struct names *names = r->o.data != NULL ? data_names(r->o.data) : r->o.none;
  const struct template_options *options = &r->job->options;
  if (names == NULL) return no_memory(fs);
  struct template *old = template_scan(r->job->since, options, names, fs);
  struct template *now =
      old != NULL ? template_scan(r->job->template_path, options, names, fs) : NULL;
  bool ok = now != NULL && since_compare(old, now, fs);
  template_close(now);
  template_close(old);
  return ok;
}

/* What each subject is called, and what is suspicious about all of them together. */
static bool look_at_records(struct run *r, struct findings *fs) {
  struct lint_data *l = lint_data_new(data_names(r->o.data), r->o.template, r->o.rules);
  bool ok = l != NULL || no_memory(fs);
  for (size_t i = 0; i < r->subjects.n && !mem_failed(); i++) {
    struct subject *s = &r->subjects.items[i];
    struct record rec;
    arena_reset(r->record);
    s->path = "";
    ok = data_record(r->o.data, s->record, r->record, &rec, fs) &&
         (choose_note(s, r->o.data, &rec, r->o.arena) || no_memory(fs)) &&
         (l == NULL || lint_data_add(l, &rec.root, fs)) && ok;
  }
  if (l != NULL && ok) lint_data_end(l, data_key(r->o.data), data_last(r->o.data), fs);
  lint_data_free(l);
  return mem_failed() ? no_memory(fs) : ok;
}

static bool prepare(struct run *r, const struct fill_watch *watch, struct findings *fs) {
  r->record = arena_new(0);
  if (r->record == NULL) return no_memory(fs);
  if (r->job->report != NULL) name_report(r->job, fs);
  bool ok = opened_all(&r->o, r->job, watch, fs);
  if (r->o.render != NULL) render_explain(r->o.render);
  if (r->o.template != NULL) ok = lint_parts(r->o.template, fs) && ok;
  if (r->job->since != NULL) ok = compare(r, fs) && ok;
  if (r->o.data == NULL) return ok;
  ok = choose_records(r->job, r->o.data, r->o.arena, &r->subjects, fs) &&
       settle_list(&r->o, watch, fs) && ok;
  choose_here(&r->subjects);
  return look_at_records(r, fs) && ok;
}

/* For each_subject. */
static enum batch_end check_record(void *ctx, size_t k, struct findings *fs) {
  struct run *r = ctx;
  struct record rec = {.file = STR_NONE};
  bool forced;
  mem_clear();
  arena_reset(r->record);
  bool ok = data_record(r->o.data, r->subjects.items[k].record, r->record, &rec, fs) &&
            opened_judge(&r->o, &rec.root, r->job->template_path, &forced, fs);
  if (mem_failed()) ok = no_memory(fs);
  if (!ok && findings_errors(fs) == 0)
    finding(fs, CODE_INTERNAL, NULL, NULL, STR(N_("a report failed without a reason")));
  return ok ? BATCH_GOOD : BATCH_BAD;
}

/* ---- what records say ---- */

static void keep_told(struct run *r, const struct findings *fs) {
  for (size_t i = 0; i < findings_count(fs); i++) {
    const struct finding *f = findings_at(fs, i);
    if (f->code == CODE_MISSING || f->code == CODE_MISSING_NEAR)
      findings_add(r->told, f->code, NULL, NULL, 1, f->args);
  }
}

static void on_sound(void *ctx, const struct subject *s, const struct findings *notes) {
  const struct run *r = ctx;
  r->watch->written(r->watch->ctx, s, notes);
}

static void on_faulty(void *ctx, const struct subject *s, const struct findings *why) {
  struct run *r = ctx;
  keep_told(r, why);
  r->watch->skipped(r->watch->ctx, s, why);
}

static void on_not_begun(void *ctx, const struct subject *s) {
  const struct run *r = ctx;
  r->watch->not_begun(r->watch->ctx, s);
}

static bool on_begin(void *ctx, size_t records, struct findings *fs) {
  const struct run *r = ctx;
  return r->watch->begin(r->watch->ctx, records, fs);
}

static void on_progress(void *ctx, size_t ended) {
  const struct run *r = ctx;
  r->watch->progress(r->watch->ctx, ended);
}

static void on_watchdog(void *ctx, unsigned seconds, const char *path) {
  const struct run *r = ctx;
  r->watch->watchdog(r->watch->ctx, seconds, path);
}

enum status check_run(const struct fill_job *job, const struct fill_watch *watch,
                      struct findings *fs) {
  struct run r = {.job = job, .watch = watch, .told = findings_new()};
  struct fill_watch own = {.ctx = &r,
                           .stop = watch->stop,
                           .begin = on_begin,
                           .written = on_sound,
                           .skipped = on_faulty,
                           .not_begun = on_not_begun,
                           .progress = on_progress,
                           .watchdog = on_watchdog};
  bool ok = (r.told != NULL || no_memory(fs)) && prepare(&r, watch, fs);
  if (!ok && findings_errors(fs) == 0)
    finding(fs, CODE_INTERNAL, NULL, NULL, STR(N_("the run stopped without a reason")));
  struct each each = {job, &own, &r.subjects, &r, check_record};
  enum status worst = each_subject(&each, fs);
  if (r.o.template != NULL && r.o.data != NULL && r.told != NULL)
    lint_names(r.o.template, r.told, fs);
  if (findings_status(fs) > worst) worst = findings_status(fs);
  opened_close(&r.o);
  arena_free(r.record);
  findings_free(r.told);
  return worst;
}
