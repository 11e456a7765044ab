/* From a template to files that ask for its data.
 *
 * What is asked for is found in ask/, how a workbook looks is decided in blank/; here files get
 * their names.  Invariant: a file appears under its name only when it is complete.
 */
#include "job/fields.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/os.h"
#include "blank/skeleton.h"
#include "data/roster.h"
#include "job/name.h"

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* ---- asking ---- */

struct asking *fields_ask(const struct fields_job *job, struct findings *fs) {
  struct asking *a = NULL;
  struct data *d = NULL;
  struct data_options o = job->data_options;
  struct arena *names = arena_new(0);
  bool ok = names != NULL || no_memory(fs);
  const char *rules = job->rules;
  o.roster = NULL; /* who should send is no matter here */
  if (ok && rules == NULL) rules = rules_beside(job->template_path, names);
  if (ok && job->ndata > 0) ok = (d = data_open(job->ndata, job->data, &o, fs)) != NULL;
  if (ok)
    a = asked_open(job->template_path, &job->options, rules, d != NULL ? data_names(d) : NULL, fs);
  data_close(d);
  arena_free(names);
  return a;
}

/* ---- the townships ---- */

struct units {
  struct arena *arena;
  str *names;
  size_t n;
};

static int by_text(const void *a, const void *b) {
  return str_cmp(*(const str *)a, *(const str *)b);
}

/* The path of a township's workbook; they differ when names do, in the eyes of any file system. */
static bool check_twice(struct units *u, struct findings *fs) {
  str *folded = ARENA_ARRAY(u->arena, u->n + 1, str);
  bool ok = true;
  if (folded == NULL) return no_memory(fs);
  for (size_t i = 0; i < u->n; i++) folded[i] = name_fold(u->names[i], u->arena);
  qsort(folded, u->n, sizeof *folded, by_text);
  for (size_t i = 1; i < u->n; i++)
    if (str_eq(folded[i], folded[i - 1]))
      ok = finding(fs, CODE_UNIT_TWICE_LISTED, NULL, NULL, folded[i]);
  return ok;
}

static bool read_units(const struct fields_job *job, const char *path, struct units *u,
                       struct findings *fs) {
  struct source_options o = {.encoding = job->data_options.encoding};
  const char *key = job->data_options.key;
  u->arena = arena_new(0);
  if (u->arena == NULL) return no_memory(fs);
  if (path == NULL) return true;
  o.layout.key_shown = key != NULL ? str_of(key) : STR("单位名称");
  o.layout.key = names_canonical(o.layout.key_shown, u->arena, NULL);
  struct roster *r = roster_open(path, &o, fs);
  const struct layout *l = roster_layout(r);
  if (l == NULL) return false;
  u->n = l->nentries;
  u->names = ARENA_ARRAY(u->arena, u->n + 1, str);
  for (size_t i = 0; u->names != NULL && i < u->n; i++)
    u->names[i] = arena_dup(u->arena, l->entries[i].shown);
  roster_free(r);
  if (u->names == NULL || mem_failed()) return no_memory(fs);
  struct origin where = {.file = str_of(path)};
  if (u->n == 0) return findings_add(fs, CODE_UNITS_NONE, NULL, &where, 0, NULL);
  return check_twice(u, fs);
}

/* ---- files ---- */

static bool write_all(int fd, str bytes, int *err) {
  while (bytes.n > 0) {
    ssize_t n = write(fd, bytes.p, bytes.n);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) *err = errno;
    if (n < 0) return false;
    bytes = str_sub(bytes, (size_t)n, bytes.n);
  }
  return true;
}

static bool write_skeleton(const struct fields_job *job, const struct asking *a,
                           struct findings *fs) {
  struct os_file *file = os_file_new(job->out, fs);
  struct buf out;
  int err = 0;
  if (file == NULL) return false;
  buf_init(&out, 0);
  skeleton_put(a, job->data_options.key, &out);
  bool ok = !out.failed || no_memory(fs);
  if (ok && !write_all(os_file_fd(file), buf_str(&out), &err))
    ok = finding(fs, CODE_IO, NULL, NULL, str_of(job->out), os_error(err));
  buf_free(&out);
  if (ok) return os_file_commit(file, job->force, fs);
  os_file_abort(file);
  return false;
}

static bool write_book(const struct fields_job *job, const struct plan *p,
                       const struct workbook_words *words, size_t n, const str *names,
                       const char *path, struct findings *fs) {
  struct os_file *file = os_file_new(path, fs);
  if (file == NULL) return false;
  if (workbook_write(p, words, n, names, file, path, fs))
    return os_file_commit(file, job->force, fs);
  os_file_abort(file);
  return false;
}

static bool write_one(const struct fields_job *job, const struct asking *a,
                      const struct workbook_words *words, struct findings *fs) {
  struct units u = {.n = 0};
  struct plan p = {.arena = NULL};
  bool ok = read_units(job, job->data_options.roster, &u, fs) &&
            plan_make(&p, a, job->data_options.key, false, u.n, fs) &&
            write_book(job, &p, words, u.n, u.names, job->out, fs);
  plan_free(&p);
  arena_free(u.arena);
  return ok;
}

static str unit_path(struct units *u, const char *folder, str name, struct findings *fs) {
  const char *why = name_value_fault(name);
  if (why == NULL) why = name_component_fault(name);
  if (why != NULL) finding(fs, CODE_NAME_BAD, NULL, NULL, STR("单位名称"), name, str_of(why));
  if (why != NULL) return STR_NONE;
  bool slash = str_ends(str_of(folder), STR("/"));
  str path = arena_join(u->arena,
                        (str[]){str_of(folder), slash ? STR("") : STR("/"), name, STR(".xlsx")}, 4);
  if (path.p == NULL) no_memory(fs);
  return path;
}

static bool write_each(const struct fields_job *job, const struct asking *a,
                       const struct workbook_words *words, void (*written)(const char *path),
                       struct findings *fs) {
  struct units u = {.n = 0};
  struct plan p = {.arena = NULL};
  bool ok = read_units(job, job->per_unit, &u, fs) &&
            plan_make(&p, a, job->data_options.key, true, 1, fs);
  str *paths = ok ? ARENA_ARRAY(u.arena, u.n, str) : NULL;
  for (size_t i = 0; paths != NULL && i < u.n; i++) { /* all names before the first file */
    paths[i] = unit_path(&u, job->out, u.names[i], fs);
    ok = ok && paths[i].p != NULL;
  }
  ok = ok && paths != NULL && (os_is_dir(job->out) || os_make_dirs(job->out, fs));
  for (size_t i = 0; ok && i < u.n; i++) {
    ok = write_book(job, &p, words, 1, &u.names[i], paths[i].p, fs);
    if (ok) written(paths[i].p);
  }
  plan_free(&p);
  arena_free(u.arena);
  return ok;
}

bool fields_can_write(const char *path) {
  return name_ends(str_of(path), STR(".xlsx")) || name_ends(str_of(path), STR(".json"));
}

bool fields_write(const struct fields_job *job, const struct asking *a,
                  const struct workbook_words *words, void (*written)(const char *path),
                  struct findings *fs) {
  if (job->per_unit != NULL) return write_each(job, a, words, written, fs);
  bool json = name_ends(str_of(job->out), STR(".json"));
  bool ok = json ? write_skeleton(job, a, fs) : write_one(job, a, words, fs);
  if (ok) written(job->out);
  return ok;
}
