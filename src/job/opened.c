/* Opening what a run works with.
 *
 * Data, template and rules are looked at whatever is wrong with the others, as far as one can do
 * without them.  Invariant: what is said about a template without data does not hang on their
 * names.
 */
#include "job/opened.h"

#include "base/mem.h"

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

static struct template *open_template(const struct opened *o, const struct fill_watch *w,
                                      const struct names *names, struct findings *fs) {
  const char *path = o->job->template_path;
  if (w->watchdog != NULL) w->watchdog(w->ctx, o->job->timeout, path);
  struct template_options options = o->job->options;
  options.shows = true;
  struct template *t = template_open(path, &options, names, fs);
  if (w->watchdog != NULL) w->watchdog(w->ctx, 0, NULL);
  return t;
}

/* What depends on the names of the data is not known without them: which tags are figures, how
 * their texts are parted, which rows repeat. */
static bool stands_alone(enum code code) {
  static const enum code alone[] = {
      CODE_TAG_UNCLOSED,   CODE_TAG_NO_OPENER, CODE_TAG_CROSSED,   CODE_TAG_CUTS,
      CODE_ELSE_MISPLACED, CODE_TAG_PLACE,     CODE_TAG_BROKEN,    CODE_TAG_NEAR_MISS,
      CODE_TAG_MEANT,      CODE_TAG_ONE_BRACE, CODE_TAG_ACROSS,    CODE_TAG_DELETED,
      CODE_OVERLAP,        CODE_DEPTH,         CODE_FIELD_REFUSED, CODE_UNKNOWN_FILTER_NEAR,
      CODE_TRACES,         CODE_STALE};
  char group = codes[code].id[2];
  for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
    if (alone[i] == code) return true;
  return group == '2' || group == '9';
}

/* There are no data, or they were refused; what can be said about the template without them? */
static bool look_at_template(struct opened *o, const struct fill_watch *w, struct findings *fs) {
  struct findings *own = findings_new();
  o->none = names_new();
  if (own != NULL && o->none != NULL) {
    o->template = open_template(o, w, o->none, own);
    for (size_t i = 0; i < findings_count(own); i++) {
      const struct finding *f = findings_at(own, i);
      if (stands_alone(f->code))
        findings_add(fs, f->code, &f->place, &f->origin, FINDING_ARGS, f->args);
    }
  } else {
    no_memory(fs);
  }
  findings_free(own);
  return findings_errors(fs) == 0;
}

/* The rules that were named; else those beside the template and those in the data. */
static bool open_rules(struct opened *o, struct findings *fs) {
  struct lines l = {.n = 0};
  bool named = o->job->rules != NULL;
  const char *path = named ? o->job->rules : rules_beside(o->job->template_path, o->arena);
  bool ok = path == NULL || rules_read(path, o->arena, &l, fs);
  ok = data_rules(o->data, named, o->arena, &l, fs) && ok;
  if (!ok || l.n == 0) return ok;
  o->rules = rules_new(&l, data_names(o->data), fs);
  return o->rules != NULL;
}

static bool open_data(struct opened *o, const struct fill_watch *w, struct findings *fs) {
  const struct fill_job *job = o->job;
  o->data = data_open(job->ndata, job->data, &job->data_options, fs);
  if (o->data != NULL && job->nlast != 0 &&
      !data_open_last(o->data, job->nlast, job->last, &job->data_options, fs)) {
    data_close(o->data);
    o->data = NULL;
  }
  if (o->data != NULL) return true;
  look_at_template(o, w, fs);
  return false;
}

/* Those who read the reports while they are made. */
static bool add_listeners(struct opened *o, struct findings *fs) {
  o->leftovers = leftovers_new(o->template, o->data, fs);
  if (o->leftovers == NULL) return false;
  o->listeners[o->nlisteners++] = leftovers_listener(o->leftovers);
  if (data_last(o->data) != 0) {
    o->lastyear = lastyear_new(o->data, fs);
    if (o->lastyear == NULL) return false;
    o->listeners[o->nlisteners++] = lastyear_listener(o->lastyear);
  }
  return render_listen(o->render, o->listeners, o->nlisteners) || no_memory(fs);
}

/* Nothing is rendered that is not listened to. */
static bool listen(struct opened *o, struct findings *fs) {
  o->render = render_new(o->template);
  if (o->render == NULL) return no_memory(fs);
  if (add_listeners(o, fs)) return true;
  render_free(o->render);
  o->render = NULL;
  return false;
}

bool opened_all(struct opened *o, const struct fill_job *job, const struct fill_watch *watch,
                struct findings *fs) {
  *o = (struct opened){.job = job, .arena = arena_new(0)};
  if (o->arena == NULL) return no_memory(fs);
  if (job->ndata == 0) return look_at_template(o, watch, fs);
  if (!open_data(o, watch, fs)) return false;
  o->template = open_template(o, watch, data_names(o->data), fs);
  bool ok = open_rules(o, fs) && o->template != NULL;
  if (o->template == NULL) return false;
  return listen(o, fs) && ok;
}

bool opened_listen(struct opened *o, struct shown_listener l, struct findings *fs) {
  o->listeners[o->nlisteners++] = l;
  return render_listen(o->render, o->listeners, o->nlisteners) || no_memory(fs);
}

void opened_close(struct opened *o) {
  render_free(o->render);
  lastyear_free(o->lastyear);
  leftovers_free(o->leftovers);
  rules_free(o->rules);
  template_close(o->template);
  data_close(o->data);
  names_free(o->none);
  arena_free(o->arena);
}

/* Broken rules are looked for first as what they are. */
static bool hold_rules(struct opened *o, const struct val *root, bool *forced,
                       struct findings *fs) {
  struct findings *own = findings_new();
  if (own == NULL) return no_memory(fs);
  bool held = rules_check(o->rules, o->template, root, false, own);
  *forced = !held && o->job->force_checks && findings_status(own) == STATUS_REFUSED;
  if (*forced) {
    findings_clear(own);
    held = rules_check(o->rules, o->template, root, true, own);
    finding(own, CODE_FORCED, NULL, NULL, str_of(o->job->template_path));
  }
  findings_append(fs, own);
  findings_free(own);
  return held;
}

bool opened_judge(struct opened *o, const struct val *root, const char *name, bool *forced,
                  struct findings *fs) {
  bool ok = true;
  *forced = false;
  if (o->render != NULL) {
    leftovers_begin(o->leftovers, root, str_of(name));
    if (o->lastyear != NULL) lastyear_begin(o->lastyear, root);
    ok = render_survey(o->render, root, fs);
    leftovers_end(o->leftovers, fs);
    if (o->lastyear != NULL) lastyear_end(o->lastyear, fs);
  }
  return (o->rules == NULL || hold_rules(o, root, forced, fs)) && ok;
}
