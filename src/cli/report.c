/* The file of --report: opened before the first report, named when all is said.
 *
 * The forms stand in report_json.c, report_csv.c and report_xlsx.c, what the two tables have in
 * common in report_rows.c.  Nothing in the file depends on the day or the machine.
 * Invariant: memory does not grow with the records; the file appears whole or not at all.
 */
#include "cli/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/report_kind.h"
#include "cli/words.h"
#include "job/name.h"

enum { KEPT = 1 << 16 };

static const struct report_kind *const kinds[] = {&report_json, &report_csv, &report_xlsx};

enum { KINDS = sizeof kinds / sizeof *kinds };

static const struct report_kind *find_kind(const char *path) {
  for (size_t i = 0; i < KINDS; i++)
    if (name_ends(str_of(path), str_of(kinds[i]->ending))) return kinds[i];
  return NULL;
}

bool report_kind_known(const char *path) { return find_kind(path) != NULL; }

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

static bool make_folder(const char *path, struct findings *fs) {
  char *folder = mem_strdup(path);
  if (folder == NULL) return no_memory(fs);
  char *slash = strrchr(folder, '/');
  bool ok = true;
  if (slash != NULL && slash != folder) {
    *slash = '\0';
    ok = os_is_dir(folder) || os_make_dirs(folder, fs);
  }
  mem_free(folder);
  return ok;
}

/* Gives it up. */
static void discard(struct report_file *f) {
  if (f->kind->free != NULL) f->kind->free(f);
  os_file_abort(f->file);
  buf_free(&f->out);
  mem_free(f);
}

static struct report_file *begin(const struct fill_job *job, const struct report_kind *kind,
                                 const char *path, struct findings *fs) {
  struct report_file *f = mem_calloc(1, sizeof *f);
  if (f == NULL) {
    no_memory(fs);
    return NULL;
  }
  buf_init(&f->out, 0);
  f->kind = kind;
  f->job = job;
  f->file = os_file_new(path, fs);
  if (f->file == NULL) {
    discard(f);
    return NULL;
  }
  f->kind->begin(f);
  return f;
}

struct report_file *report_open(const struct fill_job *job, struct findings *fs) {
  if (!make_folder(job->report, fs)) return NULL;
  return begin(job, find_kind(job->report), job->report, fs);
}

/* ---- to standard output ---- */

static const struct report_kind *find_form(const char *form) {
  for (size_t i = 0; i < KINDS; i++)
    if (strcmp(kinds[i]->ending + 1, form) == 0) return kinds[i];
  return NULL;
}

bool report_form_known(const char *form) { return find_form(form) != NULL; }

/* It is made in a file without a name, since a workbook can be written to no pipe. */
struct report_file *report_show(const struct fill_job *job, const char *form, struct findings *fs) {
  struct buf path;
  const char *folder = getenv("TMPDIR");
  buf_init(&path, 0);
  buf_puts(&path, folder != NULL && *folder != '\0' ? folder : "/tmp");
  buf_puts(&path, "/tianbao");
  struct report_file *f = path.failed ? NULL : begin(job, find_form(form), path.p, fs);
  if (path.failed) no_memory(fs);
  if (f != NULL) f->shown = true;
  buf_free(&path);
  return f;
}

static void show(struct report_file *f) {
  char bytes[1 << 14];
  struct buf path;
  buf_init(&path, 0);
  FILE *in = os_file_reach(f->file, &path) ? fopen(path.p, "rbe") : NULL;
  if (in == NULL) f->err = errno != 0 ? errno : ENOMEM;
  for (size_t n; in != NULL && (n = fread(bytes, 1, sizeof bytes, in)) > 0;)
    fwrite(bytes, 1, n, stdout);
  if (in != NULL && ferror(in)) f->err = errno;
  if (in != NULL) fclose(in);
  buf_free(&path);
}

/* ---- what is added ---- */

static void flush(struct report_file *f) {
  str s = buf_str(&f->out);
  f->failed = f->failed || f->out.failed;
  while (s.n > 0 && f->err == 0) {
    ssize_t n = write(os_file_fd(f->file), s.p, s.n);
    if (n < 0 && errno != EINTR) f->err = errno;
    if (n > 0) s = str_sub(s, (size_t)n, s.n);
  }
  buf_clear(&f->out);
}

void report_add(struct report_file *f, const struct subject *s, enum ending end,
                const struct findings *found) {
  f->kind->add(f, s, end, found);
  if (f->out.n > KEPT) flush(f);
}

bool report_close(struct report_file *f, const struct findings *whole, struct findings *fs) {
  bool ok = f->kind->end(f, whole, fs);
  flush(f);
  if (f->failed) ok = no_memory(fs);
  if (ok && f->shown) show(f);
  str path = f->job->report != NULL ? str_of(f->job->report) : STR(N_("standard output"));
  if (f->err != 0) ok = finding(fs, CODE_IO, NULL, NULL, path, str_of(strerror(f->err)));
  if (ok && !f->shown) {
    ok = os_file_commit(f->file, f->job->force, fs);
    f->file = NULL;
  }
  discard(f);
  return ok;
}
