/* One run of `tianbao fill`: a template, data, and one report for each record. */
#ifndef JOB_FILL_H
#define JOB_FILL_H

#include "data/data.h"
#include "template/template.h"

struct fill_job {
  const char *template_path;
  size_t ndata;
  const char *const *data;
  struct data_options data_options;
  const char *out; /* a file, a folder, or a pattern */
  struct template_options options;
  bool force;
  const char *rules; /* NULL: those beside the template, if there are any */
  bool force_checks; /* a broken rule does not keep the report from being written */
  unsigned timeout; /* seconds for each report; 0: none */
};

/* What happens during the run; functions may be NULL. */
struct fill_watch {
  void *ctx;
  /* Everything that concerns the run as a whole is sound; so many reports are begun now. */
  void (*begin)(void *ctx, size_t reports);
  /* A report was written. `notes` may hold findings at LEVEL_NOTE. */
  void (*written)(void *ctx, const char *path, const struct record *rec,
                  const struct findings *notes);
  /* A record makes no report, because of these findings. */
  void (*skipped)(void *ctx, const char *path, const struct record *rec,
                  const struct findings *why);
  /* Before work on a report (or, path being the template's, on the template) begins, and after
   * it ended (seconds 0, path NULL): for a watchdog. */
  void (*watchdog)(void *ctx, unsigned seconds, const char *path);
};

/* Findings that concern the run as a whole (template, names, data) go to `fs`; when there are
 * errors among them nothing is written. Returns the worst status. */
enum status fill_run(const struct fill_job *job, const struct fill_watch *watch,
                     struct findings *fs);

#endif
