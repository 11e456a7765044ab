/* Which records of the data a run makes reports of, and what is known of each beforehand. */
#ifndef JOB_CHOOSE_H
#define JOB_CHOOSE_H

#include "data/data.h"
#include "job/fill.h"

/* A record that a report is made of.  Strings live in the arena of the run. */
struct subject {
  size_t record;    /* its number in the data, from 0 */
  bool here;        /* does it belong to this share of the run (--shard)? */
  const char *path; /* of its report */
  str township;     /* its 单位名称, or empty */
  str file;         /* the data file it came from */
  size_t index;     /* 1-based number in that file; 0 when the file is one record */
};

struct subjects {
  struct subject *items; /* in the order of the data */
  size_t n;
  str folder; /* in which all reports are or below: empty, or ending in a slash */
};

/* The records that --only means, all of them without it, in the order of the data.  False: a name
 * of --only is unknown, or a record cannot be read. */
bool choose_records(const struct fill_job *job, struct data *d, struct arena *a, struct subjects *s,
                    struct findings *fs);
/* Leaves those that belong to this share. */
void choose_here(struct subjects *s);
/* Notes in a subject what a record says of itself. False: no memory. */
bool choose_note(struct subject *s, const struct data *d, const struct record *rec,
                 struct arena *a);

#endif
