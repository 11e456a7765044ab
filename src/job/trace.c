/* The trail of every figure of a report.
 *
 * What a value came from is found out when it is printed, where it stands when its paragraph is complete;
 * until then the first half waits.  What is known goes to a file that has no name before the report has one.
 * Invariant: memory holds the values of the paragraphs that stand open, and no more.
 */
#include "job/trace.h"

#include <errno.h>
#include <unistd.h>

#include "base/json_put.h"
#include "base/mem.h"
#include "base/os.h"
#include "expr/function.h"
#include "expr/result.h"
#include "job/name.h"

enum { STEP = 64 * 1024 };

/* What a value came from, while its paragraph is not complete. */
struct waiting {
  uint64_t serial;
  size_t from, to; /* in `sources` */
};

struct trace {
  const struct fill_job *job;
  struct os_file *file; /* of the report at hand */
  str report;
  struct buf out, sources;
  struct waiting *waiting;
  size_t n, cap;
  struct findings *quiet; /* of evaluations: what is wrong was told already */
  struct findings *fs;
  bool failed, any;
};

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* ---- where traces go ---- */

static bool to_folder(const struct fill_job *job) {
  return os_is_dir(job->trace) || str_ends(str_of(job->trace), STR("/"));
}

/* The file of a report's trace: FILE, or FOLDER/NAME.json. */
static str path_of(const struct fill_job *job, const char *report, struct arena *a) {
  const char *slash = strrchr(report, '/');
  str name = str_of(slash != NULL ? slash + 1 : report), folder = str_of(job->trace);
  if (!to_folder(job)) return arena_dup(a, folder);
  str between = str_ends(folder, STR("/")) ? STR("") : STR("/");
  return arena_join(a, (str[]){folder, between, name, STR(".json")}, 4);
}

static bool twice(const struct subjects *s, size_t i, str path, const struct fill_job *job,
                  struct findings *fs) {
  struct arena *a = findings_arena(fs);
  for (size_t k = 0; k < i; k++)
    if (s->items[k].path != NULL && str_eq(path_of(job, s->items[k].path, a), path))
      return !finding(fs, CODE_NAME_TWICE, NULL, NULL, path, str_of(s->items[k].path),
                      str_of(s->items[i].path));
  return false;
}

bool trace_plan(const struct fill_job *job, const struct subjects *s, struct findings *fs) {
  bool ok = true;
  if (s->n > 1 && !to_folder(job))
    return finding(fs, CODE_MANY_TO_ONE, NULL, NULL, finding_number(fs, s->n), str_of(job->trace));
  for (size_t i = 0; ok && i < s->n; i++) {
    str path =
        s->items[i].path != NULL ? path_of(job, s->items[i].path, findings_arena(fs)) : STR_NONE;
    if (path.n == 0) continue;
    ok = name_beside(job, path.p, fs) && !twice(s, i, path, job, fs);
  }
  return ok;
}

/* ---- JSON ---- */

static void put_place(struct buf *out, const char *key, const struct place *p) {
  json_put_key(out, key);
  buf_putc(out, '{');
  json_put_place(out, p);
  buf_putc(out, '}');
}

static void put_origin(struct buf *out, const struct origin *o) {
  if (o->file.n == 0) return;
  json_put_key(out, "data");
  buf_putc(out, '{');
  json_put_origin(out, o);
  buf_putc(out, '}');
}

/* ---- what a value came from ---- */

/* Where the list of a function stands in the data: the first on the way of its name. */
static void list_origin(const struct ref *r, const struct eval *ev, struct origin *out) {
  const struct val *v = r->level != REF_UNBOUND ? ev->frames[r->level].item : NULL;
  for (size_t i = 0; i < r->n && v != NULL && v->kind == VAL_OBJECT; i++)
    v = r->steps[i].kind == STEP_KEY ? val_member(v, r->steps[i].key) : NULL;
  if (v != NULL) val_origin(v, ev->scratch, out);
}

/* A name or a function over lists, with its value. */
static void put_operand(struct trace *t, const struct expr *e, const struct eval *ev, bool first) {
  struct result r;
  struct origin o = {.file = STR_NONE};
  struct buf *out = &t->sources;
  result_init(&r);
  bool call = e->kind == EXPR_CALL;
  const struct expr *named = call ? e->operands[0] : e;
  bool there = expr_eval(e, ev, &r) && !result_missing(&r);
  if (!first) buf_puts(out, ", ");
  buf_putc(out, '{');
  str name = named->kind == EXPR_REF ? named->ref.shown : STR_NONE;
  if (call)
    name = arena_join(ev->scratch, (str[]){str_of(e->function->name), STR("("), name, STR(")")}, 4);
  json_put_member(out, "name", name);
  if (there) json_put_member(out, "value", result_words(&r, ev));
  if (there) json_put_some(out, "unit", r.v.unit);
  if (call && named->kind == EXPR_REF)
    list_origin(&named->ref, ev, &o);
  else if (!call && there)
    val_origin(&r.v, ev->scratch, &o);
  put_origin(out, &o);
  buf_putc(out, '}');
  result_free(&r);
}

static void put_operands(struct trace *t, const struct expr *e, const struct eval *ev, bool *any) {
  if (e == NULL) return;
  if (e->kind == EXPR_REF || (e->kind == EXPR_CALL && e->function->whole)) {
    put_operand(t, e, ev, !*any);
    *any = true;
    return;
  }
  for (size_t i = 0; e->kind == EXPR_CALL && i < e->noperands; i++)
    put_operands(t, e->operands[i], ev, any);
  put_operands(t, e->a, ev, any);
  put_operands(t, e->b, ev, any);
}

/* Without the filters that only say how a value is printed. */
static const struct expr *bare(const struct expr *e) {
  while (e->kind == EXPR_FILTER && e->b == NULL) e = e->a;
  return e;
}

static bool on_value(void *ctx, const struct field *f, const struct eval *ev, uint64_t serial) {
  struct trace *t = ctx;
  struct eval mine = *ev;
  if (t->n == t->cap) {
    size_t cap = t->cap != 0 ? 2 * t->cap : 16;
    struct waiting *w = mem_realloc(t->waiting, cap * sizeof *w);
    if (w == NULL) return false;
    t->waiting = w;
    t->cap = cap;
  }
  size_t from = t->sources.n;
  mine.fs = t->quiet;
  bool any = false, calculated = bare(shown_expr(f))->kind != EXPR_REF;
  buf_puts(&t->sources, calculated ? ", \"calculation\": [" : ", \"from\": [");
  put_operands(t, shown_expr(f), &mine, &any);
  buf_putc(&t->sources, ']');
  findings_clear(t->quiet);
  t->waiting[t->n++] = (struct waiting){serial, from, t->sources.n};
  return !t->sources.failed;
}

/* ---- a paragraph ---- */

static void write_out(struct trace *t) {
  for (size_t at = 0; at < t->out.n && !t->failed;) {
    ssize_t n = write(os_file_fd(t->file), t->out.p + at, t->out.n - at);
    if (n <= 0)
      t->failed = true;
    else
      at += (size_t)n;
  }
  buf_clear(&t->out);
}

static str source_of(const struct trace *t, uint64_t serial) {
  for (size_t i = t->n; i-- > 0;)
    if (t->waiting[i].serial == serial)
      return str_sub(buf_str(&t->sources), t->waiting[i].from, t->waiting[i].to);
  return STR_NONE;
}

static void put_figure(struct trace *t, const struct shown_paragraph *p,
                       const struct shown_piece *piece) {
  struct place place;
  buf_puts(&t->out, t->any ? ",\n  {" : "\n  {");
  t->any = true;
  json_put_member(&t->out, "text", piece->text);
  json_put_member(&t->out, "tag", shown_tag(piece->field));
  shown_place(p->by, t->report, &place);
  put_place(&t->out, "report", &place);
  put_place(&t->out, "template", shown_typed(piece->field));
  if (piece->missing) buf_puts(&t->out, ", \"missing\": true");
  buf_put(&t->out, source_of(t, piece->serial));
  buf_putc(&t->out, '}');
}

static bool on_paragraph(void *ctx, const struct shown_paragraph *p) {
  struct trace *t = ctx;
  size_t told = 0;
  for (size_t i = 0; i < p->n; i++) {
    if (p->pieces[i].field == NULL) continue;
    put_figure(t, p, &p->pieces[i]);
    told++;
  }
  /* those of a text box are the last ones; what stands around it still waits */
  t->n -= told < t->n ? told : t->n;
  t->sources.n = t->n != 0 ? t->waiting[t->n - 1].to : 0;
  if (t->out.n > STEP) write_out(t);
  return !t->out.failed;
}

/* ---- a report ---- */

struct trace *trace_new(const struct fill_job *job, struct findings *fs) {
  struct trace *t = mem_calloc(1, sizeof *t);
  if (t == NULL) return no_memory(fs), NULL;
  t->job = job;
  buf_init(&t->out, 0);
  buf_init(&t->sources, 0);
  t->quiet = findings_new();
  if (t->quiet != NULL) return t;
  trace_free(t);
  return no_memory(fs), NULL;
}

void trace_free(struct trace *t) {
  if (t == NULL) return;
  if (t->file != NULL) os_file_abort(t->file);
  buf_free(&t->out);
  buf_free(&t->sources);
  mem_free(t->waiting);
  findings_free(t->quiet);
  mem_free(t);
}

struct shown_listener trace_listener(struct trace *t) {
  return (struct shown_listener){.ctx = t, .paragraph = on_paragraph, .value = on_value};
}

bool trace_begin(struct trace *t, const struct subject *s, struct findings *fs) {
  str path = path_of(t->job, s->path, findings_arena(fs));
  if (path.p == NULL) return no_memory(fs);
  if (to_folder(t->job) && !os_is_dir(t->job->trace) && !os_make_dirs(t->job->trace, fs))
    return false;
  buf_clear(&t->out);
  buf_clear(&t->sources);
  t->n = 0;
  t->failed = t->any = false;
  t->report = str_of(s->path);
  t->file = os_file_new(path.p, fs);
  buf_puts(&t->out, "{\"schema\": \"tianbao-trace 1\", ");
  json_put_text(&t->out, STR("report"));
  buf_puts(&t->out, ": ");
  json_put_text(&t->out, t->report);
  buf_puts(&t->out, ", \"template\": ");
  json_put_text(&t->out, str_of(t->job->template_path));
  if (s->township.n != 0)
    buf_puts(&t->out, ", \"township\": "), json_put_text(&t->out, s->township);
  buf_puts(&t->out, ", \"figures\": [");
  return t->file != NULL;
}

bool trace_end(struct trace *t, bool good, struct findings *fs) {
  struct os_file *file = t->file;
  if (file == NULL) return true;
  if (good) {
    buf_puts(&t->out, t->any ? "\n]}\n" : "]}\n");
    good = !t->out.failed || no_memory(fs);
    write_out(t);
    if (t->failed) good = finding(fs, CODE_IO, NULL, NULL, str_of(t->job->trace), os_error(errno));
  } else {
    t->failed = true;
  }
  t->file = NULL;
  if (good && !t->failed) return os_file_commit(file, t->job->force || t->job->resume, fs);
  os_file_abort(file);
  return good;
}
