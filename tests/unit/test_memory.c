/* Memory that runs out anywhere in a run: the report is whole or there is none, and the run says why. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "job/check.h"

static const char *source(const char *name) {
  static char paths[4][512];
  static unsigned next;
  const char *folder = getenv("abs_srcdir");
  char *path = paths[next++ % 4];
  snprintf(path, sizeof paths[0], "%s/%s", folder != NULL ? folder : ".", name);
  return path;
}

/* ---- what a run says ---- */

static bool begin(void *ctx, size_t reports, struct findings *fs) {
  (void)ctx;
  (void)reports;
  (void)fs;
  return true;
}

static void end(void *ctx, const struct subject *s, const struct findings *said) {
  (void)s;
  findings_append(ctx, said);
}

static void not_begun(void *ctx, const struct subject *s) {
  (void)ctx;
  (void)s;
}

static void progress(void *ctx, size_t ended) {
  (void)ctx;
  (void)ended;
}

static void watchdog(void *ctx, unsigned seconds, const char *path) {
  (void)ctx;
  (void)seconds;
  (void)path;
}

/* No error but this one. */
static bool is_memory_only(const struct findings *fs) {
  bool memory = false;
  for (size_t i = 0; i < findings_count(fs); i++) {
    enum code code = findings_at(fs, i)->code;
    if (codes[code].level != LEVEL_ERROR) continue;
    if (code != CODE_MEMORY) return false;
    memory = true;
  }
  return memory;
}

/* ---- what it leaves ---- */

static size_t size_of(const char *path) {
  FILE *f = fopen(path, "rb");
  long n = 0;
  if (f == NULL) return 0;
  if (fseek(f, 0, SEEK_END) == 0) n = ftell(f);
  fclose(f);
  return n > 0 ? (size_t)n : 0;
}

struct work {
  enum status (*run)(const struct fill_job *, const struct fill_watch *, struct findings *);
  struct fill_job job;
  size_t step;  /* the allocations that fail; a prime, so that loops do not hide some */
  size_t whole; /* the size of the report when nothing fails */
};

/* The report, and what runs note of it, which grows from run to run. */
static void clear(void) {
  DIR *here = opendir(".");
  assert_non_null(here);
  for (const struct dirent *e; (e = readdir(here)) != NULL;)
    if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) unlink(e->d_name);
  closedir(here);
}

/* Runs with one allocation, or all from it on, failing; false: none did. */
static bool fails_at(struct work *w, size_t n, bool once) {
  struct findings *fs = findings_new();
  assert_non_null(fs);
  struct fill_watch watch = {fs, -1, begin, end, end, end, not_begun, progress, watchdog};
  clear();
  if (once)
    mem_fail_once(n);
  else
    mem_fail_after(n);
  enum status status = w->run(&w->job, &watch, fs);
  mem_fail_after(0);
  bool failed = is_memory_only(fs);
  size_t size = size_of(w->job.out);
  if (status != STATUS_DONE && !failed)
    for (size_t i = 0; i < findings_count(fs); i++)
      print_message("%zu: %s\n", n, codes[findings_at(fs, i)->code].id);
  assert_true(status == STATUS_DONE || (status == STATUS_ENVIRONMENT && failed));
  assert_true(size == w->whole || (size == 0 && status != STATUS_DONE));
  mem_clear();
  findings_free(fs);
  return status != STATUS_DONE;
}

static void sweep(struct work *w) {
  struct findings *fs = findings_new();
  struct fill_watch watch = {fs, -1, begin, end, end, end, not_begun, progress, watchdog};
  assert_int_equal(w->run(&w->job, &watch, fs), STATUS_DONE);
  w->whole = size_of(w->job.out);
  findings_free(fs);
  size_t sound = 0, n = 1;
  for (; sound < 3;
       n += w->step) { /* a failure may be made good; not three in a row, before the end */
    bool once = fails_at(w, n, true), after = fails_at(w, n, false);
    sound = once || after ? 0 : sound + 1;
  }
  assert_true(n > 1000);
}

static void all_runs(const char *template, const char *json, const char *out, size_t step) {
  const char *data[] = {source(json)};
  struct work w = {.run = fill_run,
                   .job = {.template_path = source(template),
                           .ndata = 1,
                           .data = data,
                           .out = out,
                           .options = {.missing = MISSING_ERROR, .clean = true},
                           .force = true,
                           .discard_edits = true,
                           .jobs = 1},
                   .step = step};
  sweep(&w);
  w.run = check_run;
  clear();
  sweep(&w);
}

/* Small, so that every allocation fails once. */
static void tracked_changes(void **state) {
  (void)state;
  all_runs("tests/cases/tracked-changes-copies/template.docx",
           "tests/cases/tracked-changes-copies/data.json", "report.docx", 1);
}

static void docx_fields(void **state) {
  (void)state;
  all_runs("fixtures/旧模板/邮件合并函.docx", "fixtures/松鸣乡.json", "report.docx", 97);
}

static void odt_controls(void **state) {
  (void)state;
  all_runs("fixtures/旧模板/内容控件表.odt", "fixtures/松鸣乡.json", "report.odt", 97);
}

int main(void) {
  char folder[] = "/tmp/memory-XXXXXX";
  const struct CMUnitTest tests[] = {cmocka_unit_test(tracked_changes),
                                     cmocka_unit_test(docx_fields), cmocka_unit_test(odt_controls)};
  if (!mem_install() || mkdtemp(folder) == NULL || chdir(folder) != 0) return 1;
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  clear();
  return rmdir(folder) == 0 ? failed : 1;
}
