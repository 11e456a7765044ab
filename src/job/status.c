/* What has become of the reports of a folder.
 *
 * The record knows what each report was; its run says where template and data are.  They are
 * hashed again and compared; nothing is compiled or filled.  A record of the data is found again by
 * its township: that there is one with the same values is all that counts, wherever it stands.
 * Invariant: "the same" is said only of what was compared.
 */
#include "job/status.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/os.h"
#include "data/data.h"
#include "job/choose.h"
#include "job/ledger.h"
#include "job/made.h"

/* A record that a run's data have now. */
struct held {
  str township;
  struct digest_hex hash;
};

/* What a run's template and data are now. */
struct now {
  bool looked, read; /* read: `held` is what the data have */
  bool template_there;
  struct digest_hex template;
  struct held *held; /* sorted */
  size_t n;
};

struct standing {
  struct ledger *l;
  struct arena *a;
  struct now *nows; /* one for each run of the record */
  str *foreign;     /* sorted */
  size_t nforeign, foreign_cap;
  struct findings *fs;
};

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* The record has paths from the root, or from its folder. */
static const char *path_of(const struct standing *s, str path) {
  bool whole = path.n > 0 && path.p[0] == '/';
  return arena_join(s->a, (str[]){whole ? STR_NONE : s->l->folder, path}, 2).p;
}

/* ---- what a run works with, now ---- */

static str option(const struct ledger_run *run, const char *name) {
  for (size_t i = 0; i < run->noptions; i++)
    if (str_is(run->options[i].name, name)) return run->options[i].value;
  return STR_NONE;
}

static const char *word(const struct standing *s, const struct ledger_run *run, const char *name) {
  str v = option(run, name);
  return v.n != 0 ? arena_dup(s->a, v).p : NULL;
}

static int by_township(const void *x, const void *y) {
  const struct held *a = x, *b = y;
  int c = str_cmp(a->township, b->township);
  return c != 0 ? c : strcmp(a->hash.p, b->hash.p);
}

static bool hold(const struct standing *s, const char *only, struct now *now, struct data *d,
                 struct findings *fs) {
  const struct fill_job job = {.only = only};
  struct arena *one = arena_new(0);
  struct subjects all = {.n = 0};
  bool ok = one != NULL ? choose_records(&job, d, s->a, &all, fs) : no_memory(fs);
  now->held = ARENA_ARRAY(s->a, all.n + 1, struct held);
  if (now->held == NULL) ok = no_memory(fs);
  for (size_t i = 0; ok && i < all.n; i++) {
    struct record rec;
    struct held *h = &now->held[now->n++];
    arena_reset(one);
    ok = data_record(d, all.items[i].record, one, &rec, fs) &&
         (choose_note(&all.items[i], d, &rec, s->a) || no_memory(fs)) &&
         made_record(data_names(d), &rec.root, &h->hash, fs);
    h->township = ok ? all.items[i].township : STR_NONE;
  }
  if (now->n > 1) qsort(now->held, now->n, sizeof *now->held, by_township);
  if (one != NULL) arena_free(one);
  return ok && (!mem_failed() || no_memory(fs));
}

static const char **paths_of(const struct standing *s, const str *paths, size_t n) {
  const char **all = ARENA_ARRAY(s->a, n + 1, const char *);
  for (size_t i = 0; all != NULL && i < n; i++) all[i] = path_of(s, paths[i]);
  return mem_failed() ? NULL : all;
}

static bool read_data(const struct standing *s, const struct ledger_run *run, struct now *now,
                      struct findings *fs) {
  struct data_options o = {.key = word(s, run, "key"),
                           .sheet = word(s, run, "sheet"),
                           .encoding = word(s, run, "encoding"),
                           .all_as = word(s, run, "all-as")};
  const char *layout = word(s, run, "layout");
  if (layout != NULL) layout_of_word(layout, &o.layout);
  if (option(run, "roster").n != 0) o.roster = path_of(s, option(run, "roster"));
  const char **data = paths_of(s, run->data, run->ndata);
  const char **last = paths_of(s, run->last, run->nlast);
  if (data == NULL || last == NULL) return no_memory(fs);
  struct data *d = data_open(run->ndata, data, &o, fs);
  bool ok = d != NULL && (run->nlast == 0 || data_open_last(d, run->nlast, last, &o, fs)) &&
            hold(s, word(s, run, "only"), now, d, fs);
  data_close(d);
  return ok;
}

/* Notes about data belong to a fill; here only what keeps them from being read counts. */
static void append_errors(struct findings *to, const struct findings *from) {
  for (size_t i = 0; i < findings_count(from); i++) {
    const struct finding *f = findings_at(from, i);
    if (codes[f->code].level == LEVEL_ERROR)
      findings_add(to, f->code, &f->place, &f->origin, FINDING_ARGS, f->args);
  }
}

static const struct now *now_of(struct standing *s, const struct ledger_run *run) {
  struct now *now = &s->nows[run - s->l->runs];
  struct findings *own = findings_new();
  int err = 0;
  if (now->looked || own == NULL) {
    findings_free(own);
    return now;
  }
  now->looked = true;
  const char *template = path_of(s, run->template);
  now->template_there = template != NULL && digest_file(template, &now->template, &err);
  if (!now->template_there && template != NULL)
    finding(s->fs, CODE_IO, NULL, NULL, str_of(template), os_error(err));
  now->read = read_data(s, run, now, own);
  append_errors(s->fs, own);
  findings_free(own);
  return now;
}

/* ---- one report ---- */

static unsigned data_since(const struct now *now, const struct ledger_entry *e) {
  size_t low = 0, high = now->n;
  if (!now->read) return SINCE_UNREAD;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    int c = str_cmp(now->held[mid].township, e->township);
    if (c == 0) c = str_cmp(digest_str(&now->held[mid].hash), e->record);
    if (c == 0) return 0;
    if (c < 0)
      low = mid + 1;
    else
      high = mid;
  }
  bool same = (low < now->n && str_eq(now->held[low].township, e->township)) ||
              (low > 0 && str_eq(now->held[low - 1].township, e->township));
  return same ? SINCE_DATA : SINCE_DATA | SINCE_GONE;
}

static bool pictures_same(const struct standing *s, const struct ledger_entry *e) {
  for (size_t i = 0; i < e->npictures; i++) {
    struct digest_hex h;
    int err;
    const char *path = path_of(s, e->pictures[i].file);
    if (path == NULL || !digest_file(path, &h, &err)) return false;
    if (!str_eq(digest_str(&h), e->pictures[i].hash)) return false;
  }
  return true;
}

static unsigned since_of(struct standing *s, const struct ledger_entry *e) {
  const struct ledger_run *run = ledger_run(s->l, e->run);
  if (run == NULL) return SINCE_UNREAD;
  const struct now *now = now_of(s, run);
  unsigned since = data_since(now, e);
  if (!now->template_there)
    since |= SINCE_UNREAD;
  else if (!str_eq(digest_str(&now->template), e->template))
    since |= SINCE_TEMPLATE;
  if (!pictures_same(s, e)) since |= SINCE_PICTURES;
  return since;
}

static struct status_row row_of(struct standing *s, const struct ledger_entry *e) {
  struct status_row row = {.name = e->name, .township = e->township, .time = e->time};
  struct digest_hex found;
  int err = 0;
  const char *path = path_of(s, e->name);
  row.forced = e->forced;
  row.since = since_of(s, e);
  if (path != NULL && !os_exists(path)) {
    row.state = STATE_MISSING;
    return row;
  }
  if (path == NULL || !digest_file(path, &found, &err)) {
    finding(s->fs, CODE_IO, NULL, NULL, e->name, os_error(err));
    row.state = STATE_EDITED;
    return row;
  }
  str hash = digest_str(&found);
  bool before = str_eq(hash, e->replaced); /* what it was to replace is still there */
  if (before) row.since |= SINCE_DATA;
  bool edited = !before && !str_eq(hash, e->hash);
  row.state = edited ? STATE_EDITED : row.since != 0 ? STATE_STALE : STATE_SAME;
  return row;
}

/* ---- foreign files ---- */

static str folder_in(str name) {
  while (name.n > 0 && name.p[name.n - 1] != '/') name.n--;
  return name;
}

static str ending_of(str name) {
  for (size_t i = name.n; i-- > 0 && name.p[i] != '/';)
    if (name.p[i] == '.') return str_sub(name, i, name.n);
  return STR_NONE;
}

/* Does a report of the record end so? */
static bool is_kind(const struct ledger *l, str name) {
  str ending = ending_of(name);
  for (size_t i = 0; ending.n != 0 && i < l->n; i++)
    if (str_eq(ending_of(l->entries[i].name), ending)) return true;
  return false;
}

static bool is_template(const struct standing *s, const char *path) {
  for (size_t i = 0; i < s->l->nruns; i++) {
    const char *template = path_of(s, s->l->runs[i].template);
    if (template != NULL && os_same_file(path, template)) return true;
  }
  return false;
}

static bool add_foreign(struct standing *s, str name) {
  const char *path = path_of(s, name);
  if (path == NULL) return no_memory(s->fs);
  if (ledger_find(s->l, name) != NULL || os_is_dir(path) || is_template(s, path)) return true;
  str *to = arena_grow(s->a, s->foreign, &s->nforeign, &s->foreign_cap, sizeof *to);
  if (to == NULL) return no_memory(s->fs);
  s->foreign = to - (s->nforeign - 1);
  *to = name;
  return true;
}

static bool look_in(struct standing *s, str folder) {
  const char *path = path_of(s, folder.n != 0 ? folder : STR("."));
  str *names;
  size_t n;
  if (path == NULL) return no_memory(s->fs);
  if (!os_is_dir(path)) return true;
  if (!os_list_dir(path, SIZE_MAX, s->a, &names, &n, s->fs)) return false;
  for (size_t i = 0; i < n; i++) {
    bool hidden = names[i].p[0] == '.' || str_starts(names[i], STR("~$"));
    if (hidden || !is_kind(s->l, names[i])) continue;
    str name = arena_join(s->a, (str[]){folder, names[i]}, 2);
    if (name.p == NULL) return no_memory(s->fs);
    if (!add_foreign(s, name)) return false;
  }
  return true;
}

static int by_text(const void *a, const void *b) {
  return str_cmp(*(const str *)a, *(const str *)b);
}

/* In every folder that has a report of the record. */
static bool find_foreign(struct standing *s) {
  str *folders = ARENA_ARRAY(s->a, s->l->n + 1, str);
  if (folders == NULL) return no_memory(s->fs);
  for (size_t i = 0; i < s->l->n; i++) folders[i] = folder_in(s->l->entries[i].name);
  if (s->l->n > 1) qsort(folders, s->l->n, sizeof *folders, by_text);
  for (size_t i = 0; i < s->l->n; i++) {
    bool first = i == 0 || !str_eq(folders[i], folders[i - 1]);
    if (first && !look_in(s, folders[i])) return false;
  }
  if (s->nforeign > 1) qsort(s->foreign, s->nforeign, sizeof *s->foreign, by_text);
  return true;
}

/* ---- all together ---- */

static void give_rows(struct standing *s, void (*row)(void *ctx, const struct status_row *row),
                      void *ctx) {
  size_t f = 0;
  for (size_t i = 0; i <= s->l->n; i++) {
    bool end = i == s->l->n;
    for (; f < s->nforeign && (end || str_cmp(s->foreign[f], s->l->entries[i].name) < 0); f++)
      row(ctx, &(struct status_row){.name = s->foreign[f], .state = STATE_FOREIGN});
    if (end) return;
    struct status_row r = row_of(s, &s->l->entries[i]);
    row(ctx, &r);
  }
}

bool status_run(const char *folder, void (*row)(void *ctx, const struct status_row *row), void *ctx,
                struct findings *fs) {
  struct standing s = {.a = arena_new(0), .fs = fs};
  str top = str_of(folder);
  if (s.a == NULL) return no_memory(fs);
  top = arena_join(s.a, (str[]){top, str_ends(top, STR("/")) ? STR_NONE : STR("/")}, 2);
  if (top.p != NULL) s.l = ledger_open(top, fs);
  if (s.l != NULL) s.nows = ARENA_ARRAY(s.a, s.l->nruns + 1, struct now);
  bool ok = s.nows != NULL;
  if (ok && s.l->n == 0) ok = finding(fs, CODE_NO_LEDGER, NULL, NULL, str_of(folder));
  if (ok && find_foreign(&s)) give_rows(&s, row, ctx);
  if (!ok && findings_errors(fs) == 0) no_memory(fs);
  ledger_close(s.l);
  arena_free(s.a);
  return findings_errors(fs) == 0;
}
