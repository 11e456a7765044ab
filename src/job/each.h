/* The work on each record of a run: in this process when there is one, else in several. */
#ifndef JOB_EACH_H
#define JOB_EACH_H

#include "job/batch.h"
#include "job/choose.h"
#include "job/fill.h"

struct each {
  const struct fill_job *job;
  const struct fill_watch *watch;
  const struct subjects *subjects;
  void *ctx;
  /* The work on subject k, perhaps in a process of its own.  BATCH_BAD: findings. */
  enum batch_end (*work)(void *ctx, size_t k, struct findings *fs);
};

/* Does the work on all subjects, and tells the watch in their order: `written` when it was done,
 * `unchanged` when there was none, `skipped` when it was not.  What concerns the run as a whole goes to `fs`.  The worst status of what the
 * subjects' own findings say. */
enum status each_subject(const struct each *e, struct findings *fs);

#endif
