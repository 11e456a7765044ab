/* One run of `tianbao fill`: a template, data, and one report for each record.
 *
 * The order of things is decided here; what each of them means is decided elsewhere.  Data,
 * template and names of reports concern the whole run: all that is wrong with them is found first,
 * and then nothing is written.  After that each record stands for itself (job/each.c).
 * Invariant: a report appears under its name only when survey and emission of its record found
 * nothing wrong.
 */
#include "job/fill.h"

#include "base/mem.h"
#include "base/os.h"
#include "job/each.h"
#include "job/guard.h"
#include "job/name.h"
#include "job/opened.h"
#include "job/settle.h"
#include "job/trace.h"

#define N_(s) (s)

struct run {
  const struct fill_job *job;
  struct opened o;
  struct arena *record; /* the record at hand */
  struct subjects subjects;
  struct guard guard;
  struct trace *trace; /* NULL: none */
};

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* ---- what concerns the whole run ---- */

static bool open_trace(struct run *r, struct findings *fs) {
  if (!trace_plan(r->job, &r->subjects, fs)) return false;
  r->trace = trace_new(r->job, fs);
  return r->trace != NULL && opened_listen(&r->o, trace_listener(r->trace), fs);
}

static bool prepare(struct run *r, const struct fill_watch *watch, struct findings *fs) {
  r->record = arena_new(0);
  if (r->record == NULL) return no_memory(fs);
  if (r->job->report != NULL) name_report(r->job, fs);
  bool ok = opened_all(&r->o, r->job, watch, fs);
  if (r->o.data == NULL) return false;
  ok = choose_records(r->job, r->o.data, r->o.arena, &r->subjects, fs) &&
       settle_list(&r->o, watch, fs) &&
       name_plan(r->job, r->o.template, r->o.data, &r->subjects, r->o.arena, fs) && ok;
  choose_here(&r->subjects);
  ok = ok && (r->job->trace == NULL || open_trace(r, fs));
  return ok &&
         guard_open(&r->guard, r->job, &r->subjects, r->o.template, r->o.data, r->o.arena, fs);
}

/* ---- one report ---- */

static bool make_folder(struct run *r, const char *path, struct findings *fs) {
  const char *slash = strrchr(path, '/');
  if (slash == NULL || slash == path) return true;
  str folder = arena_dup(r->record, (str){path, (size_t)(slash - path)});
  if (folder.p == NULL) return no_memory(fs);
  return os_is_dir(folder.p) || os_make_dirs(folder.p, fs);
}

static enum batch_end write_report(struct run *r, const struct record *rec, const struct subject *s,
                                   struct findings *fs) {
  struct guarded x;
  bool forced;
  if (!opened_judge(&r->o, &rec->root, s->path, &forced, fs)) return BATCH_BAD;
  switch (guard_look(&r->guard, &x, s, &rec->root, r->o.render, forced, r->record, fs)) {
  case GUARD_SAME: return BATCH_IDLE;
  case GUARD_REFUSED: return BATCH_BAD;
  case GUARD_WRITE: break;
  }
  if (mem_failed())
    no_memory(fs);
  else if (make_folder(r, s->path, fs) && render_write(r->o.render, s->path, x.mode, &x.gate, fs))
    return BATCH_GOOD;
  return x.same ? BATCH_IDLE : BATCH_BAD;
}

/* For each_subject. */
static enum batch_end make_report(void *ctx, size_t k, struct findings *fs) {
  struct run *r = ctx;
  const struct subject *s = &r->subjects.items[k];
  struct record rec = {.file = STR_NONE};
  mem_clear();
  arena_reset(r->record);
  bool ready = data_record(r->o.data, s->record, r->record, &rec, fs) &&
               (r->trace == NULL || trace_begin(r->trace, s, fs));
  enum batch_end end = ready ? write_report(r, &rec, s, fs) : BATCH_BAD;
  if (r->trace != NULL && !trace_end(r->trace, end != BATCH_BAD, fs)) end = BATCH_BAD;
  if (end == BATCH_BAD && findings_errors(fs) == 0)
    finding(fs, CODE_INTERNAL, NULL, NULL, STR(N_("a report failed without a reason")));
  return end;
}

enum status fill_run(const struct fill_job *job, const struct fill_watch *watch,
                     struct findings *fs) {
  static const struct fill_watch nobody = {.stop = -1};
  struct run r = {.job = job};
  enum status worst = STATUS_DONE;
  if (watch == NULL) watch = &nobody;
  bool ready = prepare(&r, watch, fs);
  if (!ready && findings_errors(fs) == 0)
    finding(fs, CODE_INTERNAL, NULL, NULL, STR(N_("the run stopped without a reason")));
  struct each each = {job, watch, &r.subjects, &r, make_report};
  if (findings_errors(fs) == 0) {
    worst = each_subject(&each, fs);
    guard_end(&r.guard, fs);
  }
  if (findings_status(fs) > worst) worst = findings_status(fs);
  guard_close(&r.guard);
  trace_free(r.trace);
  opened_close(&r.o);
  arena_free(r.record);
  return worst;
}
