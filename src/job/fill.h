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
  size_t nlast; /* files and folders of --last: data of the year before */
  const char *const *last;
  const char *out; /* a file, a folder, or a pattern */
  struct template_options options;
  bool force;
  bool resume;          /* what is there already and would come out the same is left */
  bool discard_edits;   /* reports that were edited by hand may be replaced, too */
  const char *rules;    /* NULL: those beside the template, if there are any */
  bool force_checks;    /* a broken rule does not keep the report from being written */
  unsigned timeout;     /* seconds for each report; 0: none */
  unsigned jobs;        /* processes that make reports side by side; 0: one for each processor */
  const char *only;     /* names of townships with commas between them; NULL: all */
  size_t shard, shards; /* share `shard` (from 1) of so many; 0: the whole */
  const char *annotate; /* check: the marked copy of the template; or NULL */
  const char *report;   /* the file of --report, which the watch writes; NULL: none */
  const char *trace;    /* the file or folder of --trace; NULL: none */
  const char *since;    /* check: an older template to compare with; NULL: none */
};

struct subject; /* job/choose.h */

/* What happens during the run; functions may be NULL. */
struct fill_watch {
  void *ctx;
  int stop; /* a descriptor: once something can be read there, no report is begun; -1: none */
  /* Everything that concerns the run as a whole is sound; so many reports are begun now. False
   * (with findings): they are not. */
  bool (*begin)(void *ctx, size_t reports, struct findings *fs);
  /* Those that follow come in the order of the records.
   * A report was written. `notes` may hold findings below LEVEL_ERROR. */
  void (*written)(void *ctx, const struct subject *s, const struct findings *notes);
  /* It is there already and was left (--resume). */
  void (*unchanged)(void *ctx, const struct subject *s, const struct findings *notes);
  /* A record makes no report, because of these findings. */
  void (*skipped)(void *ctx, const struct subject *s, const struct findings *why);
  /* The run was stopped before this report was begun. */
  void (*not_begun)(void *ctx, const struct subject *s);
  /* So many reports have ended, in whatever order; now and then. */
  void (*progress)(void *ctx, size_t ended);
  /* In this process: before work on a report (or, path being the template's, on the template) begins, and after
   * it ended (seconds 0, path NULL): for a watchdog. */
  void (*watchdog)(void *ctx, unsigned seconds, const char *path);
};

/* Findings that concern the run as a whole (template, names, data) go to `fs`; when there are
 * errors among them nothing is written. Returns the worst status. */
enum status fill_run(const struct fill_job *job, const struct fill_watch *watch,
                     struct findings *fs);

#endif
