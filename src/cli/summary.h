/* The end of a batch in short: who got no report and why, and how many there are. */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include "base/finding.h"
#include "job/choose.h"

enum ending {
  ENDING_WRITTEN,
  ENDING_UNCHANGED, /* it was there already and was left */
  ENDING_SKIPPED,
  ENDING_FAILED,
  ENDING_NOT_BEGUN,
  ENDING_SOUND,  /* checked, and no error was found */
  ENDING_FAULTY, /* checked, and one was */
  ENDINGS
};

struct summary_row;

struct summary {
  size_t counts[ENDINGS];
  struct summary_row *rows; /* owned; the first of those that were not written */
  size_t n, most, kept;     /* most: what one screen shows; kept: those that were kept */
};

/* How a report ended that was not written: the environment failed, or template and data. */
enum ending summary_ending(const struct findings *why);

void summary_init(struct summary *s);
void summary_free(struct summary *s);
/* Counts a report; `why` may be NULL. */
void summary_add(struct summary *s, const struct subject *subject, enum ending end,
                 const struct findings *why);
/* Appends the lines of the table; `more` says where the rest can be read. */
void summary_table(const struct summary *s, struct buf *out, const char *more);
/* Appends the line of counts. */
void summary_counts(const struct summary *s, struct buf *out);

#endif
