/* What stands under the name of a report already.
 *
 *   there is       the record says      without options   --force    --resume
 *   nothing                             written           written    written
 *   a report       ours, as it was      refused           replaced   replaced, or left when the same
 *                  ours, edited         refused           refused    refused, or left when nothing changed
 *                  nothing              refused           replaced   refused
 *
 * --discard-edits makes an edited report one as it was.  Whatever is byte for byte what would be
 * written is left with --resume, record or not.
 * Invariant: a file is replaced only when its bytes, read just before, are those of a report of
 * ours or the user said that they may go.
 */
#include "job/guard.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/os.h"
#include "base/utf8.h"
#include "job/made.h"

#define N_(s) (s)

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

static const str program = {"tianbao " PACKAGE_VERSION, sizeof "tianbao " PACKAGE_VERSION - 1};

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* ---- the run ---- */

static str relative(str folder, const char *path, struct arena *a) {
  struct buf b;
  buf_init(&b, 0);
  str s = os_relative(folder, path, &b) ? arena_dup(a, buf_str(&b)) : STR_NONE;
  buf_free(&b);
  return s;
}

static void add_option(struct ledger_run *run, const char *name, str value) {
  if (value.n != 0) run->options[run->noptions++] = (struct ledger_option){str_of(name), value};
}

/* The options that say how the data are read, and what becomes of them. */
static bool note_options(struct guard *g, str folder, struct arena *a) {
  static const char *const ways[] = {[MISSING_ERROR] = "",
                                     [MISSING_BLANK] = "blank",
                                     [MISSING_DASH] = "dash",
                                     [MISSING_KEEP] = "keep",
                                     [MISSING_MARK] = "mark"};
  const struct fill_job *job = g->job;
  const struct data_options *d = &job->data_options;
  const struct template_options *t = &job->options;
  enum { MOST = 16 };
  g->run.options = ARENA_ARRAY(a, MOST, struct ledger_option);
  if (g->run.options == NULL) return false;
  str marks = t->open.n != 0 ? arena_join(a, (str[]){t->open, STR(" "), t->close}, 3) : STR_NONE;
  str roster = d->roster != NULL ? relative(folder, d->roster, a) : STR_NONE;
  add_option(&g->run, "all-as", str_of(d->all_as));
  if (d->all_as != NULL) add_option(&g->run, "only", str_of(job->only)); /* what the list has */
  add_option(&g->run, "clean", t->clean ? STR("yes") : STR_NONE);
  add_option(&g->run, "delimiters", marks);
  add_option(&g->run, "encoding", str_of(d->encoding));
  add_option(&g->run, "key", str_of(d->key));
  if (d->layout != LAYOUT_AUTO) add_option(&g->run, "layout", str_of(layout_word(d->layout)));
  add_option(&g->run, "missing", str_of(ways[t->missing]));
  add_option(&g->run, "roster", roster);
  add_option(&g->run, "sheet", str_of(d->sheet));
  return !mem_failed();
}

/* Its id is the beginning of the hash of all the rest. */
static bool note_run(struct guard *g, str folder, struct arena *a) {
  const struct fill_job *job = g->job;
  struct buf text;
  g->run.template = relative(folder, job->template_path, a);
  g->run.data = ARENA_ARRAY(a, job->ndata + 1, str);
  g->run.last = ARENA_ARRAY(a, job->nlast + 1, str);
  if (g->run.data == NULL || g->run.last == NULL || !note_options(g, folder, a)) return false;
  for (size_t i = 0; i < job->ndata; i++)
    g->run.data[g->run.ndata++] = relative(folder, job->data[i], a);
  for (size_t i = 0; i < job->nlast; i++)
    g->run.last[g->run.nlast++] = relative(folder, job->last[i], a);
  buf_init(&text, 0);
  ledger_put_run(&text, &g->run, false);
  struct digest_hex id = digest_of(buf_str(&text));
  bool ok = !text.failed && !mem_failed();
  buf_free(&text);
  g->run.id = arena_dup(a, str_sub(digest_str(&id), 0, 16));
  return ok && g->run.id.p != NULL;
}

bool guard_open(struct guard *g, const struct fill_job *job, const struct subjects *s,
                struct template *t, struct data *d, struct arena *a, struct findings *fs) {
  *g = (struct guard){.job = job, .names = data_names(d)};
  g->template = digest_of(template_bytes(t));
  g->settings = made_settings(&job->options, program);
  if (!made_names(g->names, &g->namehash, fs)) return false;
  if (!note_run(g, s->folder, a)) return no_memory(fs);
  g->ledger = ledger_open(s->folder, fs);
  return g->ledger != NULL;
}

void guard_close(struct guard *g) {
  ledger_close(g->ledger);
  g->ledger = NULL;
}

bool guard_end(struct guard *g, struct findings *fs) { return ledger_fold(g->ledger, fs); }

/* ---- what a report is made of ---- */

struct gathering {
  struct guarded *x;
  struct findings *fs;
  size_t cap;
};

static bool hash_picture(struct gathering *c, str folder, str file, struct digest_hex *h) {
  int fd, err;
  uint64_t size;
  if (os_open_below(folder, file, &fd, &size, &err) != OS_BELOW_OPEN)
    return finding(c->fs, CODE_IO, NULL, NULL, file, os_error(err));
  bool ok = digest_fd(fd, h, &err);
  os_close(fd);
  return ok || finding(c->fs, CODE_IO, NULL, NULL, file, os_error(err));
}

/* For render_pictures. */
static bool add_picture(void *ctx, str folder, str file) {
  struct gathering *c = ctx;
  struct guarded *x = c->x;
  struct ledger_entry *e = &x->entry;
  struct digest_hex h;
  str path = arena_join(x->a, (str[]){folder, file}, 2);
  if (path.p == NULL) return no_memory(c->fs);
  if (!hash_picture(c, folder, file, &h)) return false;
  struct ledger_picture *p = arena_grow(x->a, e->pictures, &e->npictures, &c->cap, sizeof *p);
  if (p == NULL) return no_memory(c->fs);
  e->pictures = p - (e->npictures - 1);
  p->file = relative(x->g->ledger->folder, path.p, x->a);
  p->hash = arena_dup(x->a, digest_str(&h));
  return (p->file.p != NULL && p->hash.p != NULL) || no_memory(c->fs);
}

static int by_file(const void *a, const void *b) {
  return str_cmp(((const struct ledger_picture *)a)->file,
                 ((const struct ledger_picture *)b)->file);
}

static struct digest_hex hash_all(const struct guarded *x) {
  struct digest d;
  digest_start(&d);
  digest_field(&d, digest_str(&x->g->settings));
  digest_field(&d, digest_str(&x->g->namehash));
  digest_field(&d, digest_str(&x->g->template));
  digest_field(&d, digest_str(&x->record));
  for (size_t i = 0; i < x->entry.npictures; i++) {
    digest_field(&d, x->entry.pictures[i].file);
    digest_field(&d, x->entry.pictures[i].hash);
  }
  return digest_end(&d);
}

static bool describe(struct guarded *x, const struct subject *s, const struct val *root,
                     struct render *r, bool forced, struct findings *fs) {
  struct guard *g = x->g;
  struct gathering c = {.x = x, .fs = fs};
  x->path = s->path;
  x->entry = (struct ledger_entry){.name = str_sub(str_of(s->path), g->ledger->folder.n, SIZE_MAX),
                                   .program = program,
                                   .run = g->run.id,
                                   .township = s->township,
                                   .template = digest_str(&g->template),
                                   .forced = forced};
  if (!made_record(g->names, root, &x->record, fs)) return false;
  if (!render_pictures(r, add_picture, &c)) return false;
  if (x->entry.npictures > 1)
    qsort(x->entry.pictures, x->entry.npictures, sizeof *x->entry.pictures, by_file);
  x->made = hash_all(x);
  x->entry.record = digest_str(&x->record);
  x->entry.made = digest_str(&x->made);
  return true;
}

/* ---- what is there ---- */

enum there { THERE_NOTHING, THERE_OURS, THERE_EDITED, THERE_FOREIGN, THERE_ERROR };

static enum there judge(struct guarded *x, const struct ledger_entry **entry, struct findings *fs) {
  struct guard *g = x->g;
  for (;;) {
    int err;
    if (!os_exists(x->path)) return THERE_NOTHING;
    if (!digest_file(x->path, &x->found, &err)) {
      finding(fs, CODE_IO, NULL, NULL, str_of(x->path), os_error(err));
      return THERE_ERROR;
    }
    const struct ledger_entry *e = *entry = ledger_find(g->ledger, x->entry.name);
    str found = digest_str(&x->found);
    if (e != NULL && (str_eq(e->hash, found) || str_eq(e->replaced, found))) return THERE_OURS;
    /* Perhaps another run has just written it. */
    if (g->reloaded) return e != NULL ? THERE_EDITED : THERE_FOREIGN;
    g->reloaded = true;
    if (!ledger_reload(g->ledger, fs)) return THERE_ERROR;
  }
}

/* What an entry was made of that is not so any more, in words; NULL: all is as it was. */
static const char *changed(const struct guarded *x, const struct ledger_entry *e) {
  bool template = !str_eq(e->template, x->entry.template);
  bool record = !str_eq(e->record, x->entry.record);
  if (str_eq(e->made, x->entry.made)) return NULL;
  if (template && record) return N_("the template and the data");
  if (template) return N_("the template");
  return record ? N_("the data") : N_("options, names, pictures or the program");
}

static bool refuse_edited(const struct guarded *x, const struct ledger_entry *e,
                          struct findings *fs) {
  const char *what = changed(x, e);
  if (what == NULL) return finding(fs, CODE_EDITED, NULL, NULL, str_of(x->path));
  return finding(fs, CODE_EDITED_STALE, NULL, NULL, str_of(x->path), str_of(what));
}

/* May it be replaced? False: a finding. */
static bool allowed(struct guarded *x, enum there t, const struct ledger_entry *e,
                    struct findings *fs) {
  const struct fill_job *job = x->g->job;
  switch (t) {
  case THERE_NOTHING: return true;
  case THERE_OURS:
    if (job->force || job->resume || job->discard_edits) return true;
    break;
  case THERE_EDITED: return job->discard_edits || refuse_edited(x, e, fs);
  case THERE_FOREIGN:
    if (job->force) return true;
    break;
  case THERE_ERROR: return false;
  }
  return finding(fs, CODE_EXISTS, NULL, NULL, str_of(x->path));
}

/* ---- open in an office program ---- */

/* Word's owner file lacks the first letters of a long name. */
static str word_name(str name) {
  size_t dot = name.n, at = 0;
  for (size_t i = 0; i < name.n; i++)
    if (name.p[i] == '.') dot = i;
  size_t n = utf8_length(str_sub(name, 0, dot));
  for (size_t i = 0; n >= 8 ? i < 2 : n == 7 && i < 1; i++) utf8_next(name, &at);
  return str_sub(name, at, name.n);
}

/* The file by which an office program says that it has the report open, or empty. */
static str office_lock(const char *path, struct arena *a) {
  str full = str_of(path), none = STR_NONE;
  size_t start = full.n;
  while (start > 0 && full.p[start - 1] != '/') start--;
  str folder = str_sub(full, 0, start), name = str_sub(full, start, full.n);
  const str forms[][3] = {{STR(".~lock."), name, STR("#")},
                          {STR("~$"), word_name(name), none},
                          {STR("~$"), name, none},
                          {STR(".~"), name, none}};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    str s = arena_join(a, (str[]){folder, forms[i][0], forms[i][1], forms[i][2]}, 4);
    if (s.p != NULL && os_exists(s.p)) return s;
  }
  return STR_NONE;
}

/* ---- the gate ---- */

static bool append(struct guarded *x, str replaced, struct findings *fs) {
  x->entry.hash = digest_str(&x->hash);
  x->entry.replaced = replaced;
  x->entry.time = ledger_time(x->a);
  if (x->entry.time.p == NULL) return no_memory(fs);
  return ledger_append(x->g->ledger, &x->g->run, &x->entry, fs);
}

/* The report is there already, byte for byte; the record may not know that. */
static bool adopt(struct guarded *x, const struct ledger_entry *e, struct findings *fs) {
  bool known = e != NULL && str_eq(e->hash, digest_str(&x->hash)) &&
               str_eq(e->made, x->entry.made) && e->forced == x->entry.forced;
  x->same = known || append(x, STR_NONE, fs);
  return false;
}

static bool pass(void *ctx, const struct digest_hex *hash, struct findings *fs) {
  struct guarded *x = ctx;
  const struct ledger_entry *e = NULL;
  enum there t = judge(x, &e, fs);
  x->hash = *hash;
  bool there = t != THERE_NOTHING && t != THERE_ERROR;
  if (x->g->job->resume && there && str_eq(digest_str(&x->found), digest_str(hash)))
    return adopt(x, e, fs);
  if (!allowed(x, t, e, fs)) return false;
  str lock = there ? office_lock(x->path, x->a) : STR_NONE;
  if (lock.n != 0) return finding(fs, CODE_REPORT_OPEN, NULL, NULL, str_of(x->path), lock);
  if (t == THERE_EDITED) finding(fs, CODE_EDITS_GONE, NULL, NULL, str_of(x->path));
  return append(x, t == THERE_OURS ? digest_str(&x->found) : STR_NONE, fs);
}

enum guard_word guard_look(struct guard *g, struct guarded *x, const struct subject *s,
                           const struct val *root, struct render *r, bool forced, struct arena *a,
                           struct findings *fs) {
  const struct ledger_entry *e = NULL;
  *x = (struct guarded){.g = g, .a = a, .mode = PACK_NEW, .gate = {pass, x}};
  g->reloaded = false;
  if (!describe(x, s, root, r, forced, fs)) return GUARD_REFUSED;
  enum there t = judge(x, &e, fs);
  if (t == THERE_ERROR) return GUARD_REFUSED;
  if (t != THERE_NOTHING) x->mode = PACK_REPLACE;
  bool as_it_was = e != NULL && changed(x, e) == NULL;
  if (g->job->resume && as_it_was) {
    if (t == THERE_OURS && str_eq(e->hash, digest_str(&x->found)) && e->forced == forced)
      return GUARD_SAME;
    if (t == THERE_EDITED && !g->job->discard_edits) {
      finding(fs, CODE_EDITED_KEPT, NULL, NULL, str_of(s->path));
      return GUARD_SAME;
    }
  }
  /* With --resume it may be what would be written. */
  return g->job->resume || allowed(x, t, e, fs) ? GUARD_WRITE : GUARD_REFUSED;
}
