/* Work on many items side by side, in processes of their own. */
#ifndef JOB_BATCH_H
#define JOB_BATCH_H

#include "base/finding.h"

enum batch_end {
  BATCH_GOOD,
  BATCH_IDLE,     /* nothing had to be done */
  BATCH_BAD,      /* the findings say why */
  BATCH_NOT_BEGUN /* the run was stopped before */
};

struct batch {
  size_t n;         /* items */
  unsigned jobs;    /* processes, at least 1 */
  unsigned timeout; /* seconds that one item may take; 0: any time */
  int stop;         /* a descriptor: once something can be read there, no item is begun; -1: none */
  void *ctx;
  /* In a process of its own: does item k.  BATCH_BAD: findings.  What it changes in memory is lost. */
  enum batch_end (*work)(void *ctx, size_t k, struct findings *fs);
  /* In the process that called, item by item in their order, whatever order they end in.  A process
   * that crashed, or was ended by the system or for time, is a finding of its item. */
  void (*done)(void *ctx, size_t k, enum batch_end end, const struct findings *fs);
  /* So many items have ended; called with each, and twice a second.  May be NULL. */
  void (*progress)(void *ctx, size_t ended);
};

/* Works on all items. False: findings about the run as a whole: processes or memory lack, or it was
 * stopped (CODE_INTERRUPTED); the items left over were given as BATCH_NOT_BEGUN. */
bool batch_run(const struct batch *b, struct findings *fs);
/* For a signal handler that ends the process at once: ends the processes of the running batch,
 * which leave nothing half written behind. */
void batch_abort(void);

#endif
