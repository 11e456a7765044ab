/* One run of `tianbao check`.
 *
 * It goes the way of job/fill.c, as far as the survey and the rules; but nothing keeps it from going
 * on: a template that is refused does not hide what is wrong with the data, and an error of the run
 * as a whole not those of the records.  Invariant: nothing is written, and a record in which no
 * error is found is one that fill would make a report of.
 */
#include "job/check.h"

#include "base/mem.h"
#include "check/since.h"
#include "job/each.h"
#include "job/name.h"
#include "job/opened.h"

#define N_(s) (s)

struct run {
  const struct fill_job *job;
  struct opened o;
  struct arena *record; /* the record at hand */
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

/* What each subject is called. */
static bool look_at_records(struct run *r, struct findings *fs) {
  bool ok = true;
  for (size_t i = 0; i < r->subjects.n && !mem_failed(); i++) {
    struct subject *s = &r->subjects.items[i];
    struct record rec;
    arena_reset(r->record);
    s->path = "";
    ok = data_record(r->o.data, s->record, r->record, &rec, fs) &&
         (choose_note(s, r->o.data, &rec, r->o.arena) || no_memory(fs)) && ok;
  }
  return mem_failed() ? no_memory(fs) : ok;
}

static bool prepare(struct run *r, const struct fill_watch *watch, struct findings *fs) {
  r->record = arena_new(0);
  if (r->record == NULL) return no_memory(fs);
  if (r->job->report != NULL) name_report(r->job, fs);
  bool ok = opened_all(&r->o, r->job, watch, fs);
  if (r->o.render != NULL) render_explain(r->o.render);
  if (r->job->since != NULL) ok = compare(r, fs) && ok;
  if (r->o.data == NULL) return ok;
  ok = choose_records(r->job, r->o.data, r->o.arena, &r->subjects, fs) && ok;
  choose_here(&r->subjects);
  return look_at_records(r, fs) && ok;
}

/* For each_subject. */
static bool check_record(void *ctx, size_t k, struct findings *fs) {
  struct run *r = ctx;
  struct record rec = {.file = STR_NONE};
  mem_clear();
  arena_reset(r->record);
  bool ok = data_record(r->o.data, r->subjects.items[k].record, r->record, &rec, fs) &&
            opened_judge(&r->o, &rec.root, fs);
  if (mem_failed()) return no_memory(fs);
  if (!ok && findings_errors(fs) == 0)
    finding(fs, CODE_INTERNAL, NULL, NULL, STR(N_("a report failed without a reason")));
  return ok;
}

enum status check_run(const struct fill_job *job, const struct fill_watch *watch,
                      struct findings *fs) {
  struct run r = {.job = job};
  bool ok = prepare(&r, watch, fs);
  if (!ok && findings_errors(fs) == 0)
    finding(fs, CODE_INTERNAL, NULL, NULL, STR(N_("the run stopped without a reason")));
  struct each each = {job, watch, &r.subjects, &r, check_record};
  enum status worst = each_subject(&each, fs);
  if (findings_status(fs) > worst) worst = findings_status(fs);
  opened_close(&r.o);
  arena_free(r.record);
  return worst;
}
