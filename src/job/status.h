/* What has become of the reports of a folder, by its run record. */
#ifndef JOB_STATUS_H
#define JOB_STATUS_H

#include "base/finding.h"

enum state {
  STATE_SAME,    /* as it was written, and template and data say the same */
  STATE_EDITED,  /* its bytes are others than those that were written */
  STATE_STALE,   /* as it was written, but what it is made of has changed */
  STATE_MISSING, /* it was written, and is not there */
  STATE_FOREIGN, /* it is there, and was not written by this program */
  STATES
};

/* What has changed since a report was written, or cannot be told any more; of an edited one, too. */
enum { SINCE_TEMPLATE = 1, SINCE_DATA = 2, SINCE_PICTURES = 4, SINCE_GONE = 8, SINCE_UNREAD = 16 };

struct status_row {
  str name; /* below the folder */
  str township;
  enum state state;
  unsigned since;   /* bits SINCE_…: GONE: the data have no such record; UNREAD: they cannot be read */
  str time;         /* when it was written; empty for foreign files */
  bool forced;      /* rules were broken, and --force-checks was given */
};

/* Gives a row for each report of the record and each foreign file of its kind beside them, in the
 * order of their names.  Writes nothing.  False: findings; then there may be fewer rows, or rows that
 * say SINCE_UNREAD. */
bool status_run(const char *folder, void (*row)(void *ctx, const struct status_row *row), void *ctx,
                struct findings *fs);

#endif
