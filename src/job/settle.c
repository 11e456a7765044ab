/* Which items a list of all records has: those that lack nothing.
 *
 * A survey says what is missing and in which of the items.  They are taken out, and the rest is surveyed
 * anew, for what comes of fewer items may ask for other figures; so it ends when no item lacks anything.
 * Where all of them lack something, it is not the items that are at fault: nobody is left out, and
 * what is missing is an error of the report.
 * Invariant: an item is left out whole, and named.
 */
#include "job/settle.h"

#include "base/mem.h"
#include "expr/expr.h"

#define N_(s) (s)

enum { NAMES_TOLD = 5 };

/* What a unit lacks: the first few names. */
struct lack {
  str names[NAMES_TOLD];
  size_t n;
  bool more;
};

struct settling {
  struct opened *o;
  struct arena *a;
  struct lack *lacks; /* by unit */
  size_t count;       /* units that lack something */
};

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* 支出合计 where the tag says 各乡镇.支出合计: what it is called inside of the item. */
static str inside(const struct settling *s, str name) {
  size_t dot = str_find(name, STR("."), 0);
  if (dot == STR_NOT_FOUND) return name;
  str list = str_of(s->o->job->data_options.all_as);
  bool same =
      str_eq(names_canonical(str_sub(name, 0, dot), s->a, NULL), names_canonical(list, s->a, NULL));
  return same ? str_sub(name, dot + 1, name.n) : name;
}

/* For the seeker. */
static bool take_lack(void *ctx, const struct val *item, str name) {
  struct settling *s = ctx;
  size_t unit;
  if (!data_item(s->o->data, item, &unit)) return false;
  struct lack *l = &s->lacks[unit];
  name = inside(s, name);
  for (size_t i = 0; i < l->n; i++)
    if (str_eq(l->names[i], name)) return true;
  s->count += l->n == 0;
  if (l->n < NAMES_TOLD)
    l->names[l->n++] = arena_dup(s->a, name);
  else
    l->more = true;
  return true;
}

/* Surveys the report with the list as it is now; what is missing goes to s->lacks. */
static bool look(struct settling *s, struct findings *fs) {
  struct seeker seeker = {s, take_lack};
  struct arena *a = arena_new(0);
  struct record rec;
  s->count = 0;
  arena_reset(s->a);
  s->lacks = ARENA_ARRAY(s->a, data_unit_count(s->o->data), struct lack);
  bool ok = (a != NULL && s->lacks != NULL) || no_memory(fs);
  ok = ok && data_record(s->o->data, 0, a, &rec, fs);
  if (ok) {
    render_seek(s->o->render, &seeker);
    render_survey(s->o->render, &rec.root, fs);
    render_seek(s->o->render, NULL);
  }
  arena_free(a);
  return ok && !mem_failed();
}

static str names_of(const struct lack *l, struct arena *a) {
  str parts[2 * NAMES_TOLD + 1];
  size_t n = 0;
  for (size_t i = 0; i < l->n; i++) {
    if (i != 0) parts[n++] = STR("、");
    parts[n++] = l->names[i];
  }
  if (l->more) parts[n++] = STR("等");
  return arena_join(a, parts, n);
}

/* Who lacks what. */
static bool tell(struct settling *s, enum code code, size_t unit, str names, struct findings *fs) {
  struct origin o = {.file = STR_NONE};
  struct record rec;
  struct subject subject;
  struct arena *a = arena_new(0);
  bool ok = (a != NULL || no_memory(fs)) && data_unit(s->o->data, unit, a, &rec, fs) &&
            (choose_note(&subject, s->o->data, &rec, a) || no_memory(fs));
  if (ok) data_unit_origin(s->o->data, unit, findings_arena(fs), &o);
  o.key = STR_NONE;
  if (ok) finding(fs, code, NULL, &o, subject.township, names);
  arena_free(a);
  return ok;
}

static bool tell_all(struct settling *s, enum code code, struct findings *fs) {
  bool leaves = code == CODE_UNIT_LEFT_OUT, ok = true;
  for (size_t i = 0; ok && s->count != 0 && i < data_unit_count(s->o->data); i++) {
    if (s->lacks[i].n == 0) continue;
    str names = names_of(&s->lacks[i], s->a);
    str reason = arena_join(s->a, (str[]){STR("缺"), names}, 2);
    ok = names.p != NULL && reason.p != NULL ? tell(s, code, i, names, fs) : no_memory(fs);
    if (ok && leaves) ok = data_leave_out(s->o->data, i, reason) || no_memory(fs);
  }
  return ok;
}

/* Until nothing is missing in an item. */
static bool settle(struct settling *s, struct findings *fs) {
  const struct fill_job *job = s->o->job;
  bool taken = job->options.missing != MISSING_ERROR;
  for (;;) {
    struct findings *own = findings_new();
    if (own == NULL) return no_memory(fs);
    bool ok = look(s, own);
    bool strict = s->count != 0 && job->data_options.complete;
    if (!ok || strict) findings_append(fs, own);
    findings_free(own);
    if (mem_failed()) return no_memory(fs);
    if (!ok || s->count == 0) return ok;
    if (strict) return tell_all(s, CODE_UNIT_LACKS, fs) && false;
    if (taken) return tell_all(s, CODE_UNIT_LACKS_NOTE, fs);
    if (s->count == data_item_count(s->o->data)) return true;
    if (!tell_all(s, CODE_UNIT_LEFT_OUT, fs)) return false;
  }
}

bool settle_list(struct opened *o, const struct fill_watch *w, struct findings *fs) {
  if (o->render == NULL || !data_gathered(o->data)) return true;
  struct settling s = {.o = o, .a = arena_new(0)};
  if (s.a == NULL) return no_memory(fs);
  if (w->watchdog != NULL) w->watchdog(w->ctx, o->job->timeout, o->job->template_path);
  bool ok = settle(&s, fs);
  if (w->watchdog != NULL) w->watchdog(w->ctx, 0, NULL);
  arena_free(s.a);
  return ok;
}
