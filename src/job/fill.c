/* One run of `tianbao fill`: a template, data, and one report for each record.
 *
 * The order of things is decided here; what each of them means is decided elsewhere.  Data,
 * template and names of reports concern the whole run: all that is wrong with them is found first,
 * and then nothing is written.  After that each record stands for itself: one is filled in this
 * process, several by job/batch.c in processes of their own.
 * Invariant: a report appears under its name only when survey and emission of its record found
 * nothing wrong.
 */
#include "job/fill.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "check/rules.h"
#include "job/batch.h"
#include "job/choose.h"
#include "job/name.h"
#include "render/render.h"

#define N_(s) (s)

struct run {
  const struct fill_job *job;
  const struct fill_watch *watch;
  struct data *data;
  struct template *template;
  struct render *render;
  struct rules *rules;  /* NULL: none */
  struct arena *names;  /* what is known of the records beforehand */
  struct arena *record; /* the record at hand */
  struct subjects subjects;
  enum status worst;
};

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

static void worsen(struct run *r, enum status s) {
  if (s > r->worst) r->worst = s;
}

static void watch_over(const struct run *r, const char *path) {
  if (r->watch->watchdog != NULL)
    r->watch->watchdog(r->watch->ctx, path != NULL ? r->job->timeout : 0, path);
}

/* ---- what concerns the whole run ---- */

static struct template *open_template(struct run *r, const struct names *names,
                                      struct findings *fs) {
  watch_over(r, r->job->template_path);
  struct template *t = template_open(r->job->template_path, &r->job->options, names, fs);
  watch_over(r, NULL);
  return t;
}

/* Is it about the package or the machine? Then it does not hang on the names of the data. */
static bool stands_alone(enum code code) {
  char group = codes[code].id[2];
  return group == '2' || group == '9';
}

/* The data were refused; what can be said about the template without them? */
static void look_at_template(struct run *r, struct findings *fs) {
  struct findings *own = findings_new();
  struct names *none = names_new();
  if (own != NULL && none != NULL) {
    template_close(open_template(r, none, own));
    for (size_t i = 0; i < findings_count(own); i++) {
      const struct finding *f = findings_at(own, i);
      if (stands_alone(f->code))
        findings_add(fs, f->code, &f->place, &f->origin, FINDING_ARGS, f->args);
    }
  }
  names_free(none);
  findings_free(own);
}

/* The rules that were named, or lie beside the template. */
static bool open_rules(struct run *r, struct findings *fs) {
  const char *path = r->job->rules;
  if (path == NULL) path = rules_beside(r->job->template_path, r->names);
  if (path == NULL) return true;
  r->rules = rules_open(path, data_names(r->data), fs);
  return r->rules != NULL;
}

static bool prepare(struct run *r, struct findings *fs) {
  r->names = arena_new(0);
  r->record = arena_new(0);
  if (r->names == NULL || r->record == NULL) return no_memory(fs);
  if (r->job->report != NULL) name_report(r->job, fs);
  r->data = data_open(r->job->ndata, r->job->data, &r->job->data_options, fs);
  if (r->data == NULL) {
    look_at_template(r, fs);
    return false;
  }
  r->template = open_template(r, data_names(r->data), fs);
  bool ruled = open_rules(r, fs);
  bool ok = choose_records(r->job, r->data, r->names, &r->subjects, fs) &&
            name_plan(r->job, r->template, r->data, &r->subjects, r->names, fs);
  if (!ok || !ruled || r->template == NULL) return false;
  choose_here(&r->subjects);
  r->render = render_new(r->template);
  return r->render != NULL || no_memory(fs);
}

/* ---- one report ---- */

static bool make_folder(struct run *r, const char *path, struct findings *fs) {
  const char *slash = strrchr(path, '/');
  if (slash == NULL || slash == path) return true;
  str folder = arena_dup(r->record, (str){path, (size_t)(slash - path)});
  if (folder.p == NULL) return no_memory(fs);
  return os_is_dir(folder.p) || os_make_dirs(folder.p, fs);
}

static bool write_report(struct run *r, const struct record *rec, const char *path,
                         struct findings *fs) {
  bool ok = render_survey(r->render, &rec->root, fs);
  if (r->rules != NULL)
    ok = rules_check(r->rules, r->template, &rec->root, r->job->force_checks, fs) && ok;
  if (!ok) return false;
  if (mem_failed()) return no_memory(fs);
  return make_folder(r, path, fs) &&
         render_write(r->render, path, r->job->force ? PACK_REPLACE : PACK_NEW, fs);
}

/* For batch_run: the report of one subject. */
static bool make_report(void *ctx, size_t k, struct findings *fs) {
  struct run *r = ctx;
  const struct subject *s = &r->subjects.items[k];
  struct record rec = {.file = STR_NONE};
  mem_clear();
  arena_reset(r->record);
  bool ok =
      data_record(r->data, s->record, r->record, &rec, fs) && write_report(r, &rec, s->path, fs);
  if (!ok && findings_errors(fs) == 0)
    finding(fs, CODE_INTERNAL, NULL, NULL, STR(N_("a report failed without a reason")));
  return ok;
}

static void report_ended(void *ctx, size_t k, enum batch_end end, const struct findings *fs) {
  struct run *r = ctx;
  const struct fill_watch *w = r->watch;
  const struct subject *s = &r->subjects.items[k];
  if (end == BATCH_BAD) worsen(r, findings_status(fs));
  if (end == BATCH_GOOD && w->written != NULL) w->written(w->ctx, s, fs);
  if (end == BATCH_BAD && w->skipped != NULL) w->skipped(w->ctx, s, fs);
  if (end == BATCH_NOT_BEGUN && w->not_begun != NULL) w->not_begun(w->ctx, s);
}

static void progress(void *ctx, size_t ended) {
  const struct run *r = ctx;
  if (r->watch->progress != NULL) r->watch->progress(r->watch->ctx, ended);
}

static void one_report(struct run *r, struct findings *fs) {
  struct findings *own = findings_new();
  if (own == NULL) {
    no_memory(fs);
    return;
  }
  watch_over(r, r->subjects.items[0].path);
  bool ok = make_report(r, 0, own);
  watch_over(r, NULL);
  report_ended(r, 0, ok ? BATCH_GOOD : BATCH_BAD, own);
  findings_free(own);
}

static unsigned processes(const struct run *r) {
  size_t n = r->job->jobs != 0 ? r->job->jobs : os_processors();
  if (n > LIMIT_JOBS) n = LIMIT_JOBS;
  return (unsigned)(n < r->subjects.n ? n : r->subjects.n);
}

static void all_reports(struct run *r, struct findings *fs) {
  const struct fill_watch *w = r->watch;
  struct batch b = {r->subjects.n, 1,       r->job->timeout, w->stop, r, make_report,
                    report_ended,  progress};
  if (w->begin != NULL && !w->begin(w->ctx, b.n, fs)) return;
  b.jobs = processes(r);
  if (b.n == 1)
    one_report(r, fs);
  else if (b.n > 1)
    batch_run(&b, fs);
}

enum status fill_run(const struct fill_job *job, const struct fill_watch *watch,
                     struct findings *fs) {
  static const struct fill_watch nobody = {.stop = -1};
  struct run r = {.job = job, .watch = watch != NULL ? watch : &nobody, .worst = STATUS_DONE};
  bool ready = prepare(&r, fs);
  if (!ready && findings_errors(fs) == 0)
    finding(fs, CODE_INTERNAL, NULL, NULL, STR(N_("the run stopped without a reason")));
  if (findings_errors(fs) == 0) all_reports(&r, fs);
  worsen(&r, findings_status(fs));
  render_free(r.render);
  rules_free(r.rules);
  template_close(r.template);
  data_close(r.data);
  arena_free(r.record);
  arena_free(r.names);
  return r.worst;
}
