/* Records of all sources, joined by township.
 *
 * Each of 20 workbooks sent by 20 townships adds its own; a table in another file, and what all
 * share, find their records here.
 */
#ifndef DATA_JOIN_H
#define DATA_JOIN_H

#include "data/source.h"

struct join;

/* One record of a run: records of sources that belong together; the first makes its name. */
struct joined {
  str key, shown; /* of the township; empty: none */
  size_t n, cap;
  struct joined_part *parts;
};

struct joined_part {
  size_t source, index;
  enum source_role role;
  size_t number; /* of a SOURCE_RECORD: from 1, among those of its source */
};

struct join_job {
  size_t nsources;
  struct source **sources;
  const struct names *names;
  str key_name;                /* 单位名称, canonical */
  const struct layout *roster; /* --roster, or NULL */
  const char *all_as;          /* the records become a list of this name, or NULL */
  bool complete;               /* those who have not sent are an error */
};

/* Joins and checks all: contradictions, rows of nobody, those who have not sent. NULL: findings. */
struct join *join_new(const struct join_job *job, struct findings *fs);
void join_free(struct join *j);
size_t join_count(const struct join *j);
const struct joined *join_at(const struct join *j, size_t i);
/* Where record i begins. */
void join_origin(const struct join *j, size_t i, struct arena *a, struct origin *out);
/* Those of the roster who have not sent, as it is written there. */
size_t join_absent_count(const struct join *j);
str join_absent(const struct join *j, size_t i);
/* Reads record i with all its parts into the arena. */
bool join_record(const struct join *j, size_t i, struct arena *a, struct val *root,
                 struct findings *fs);

/* With all_as: what belongs to no record but to all of them as a whole, an object. */
bool join_whole(const struct join *j, struct arena *a, struct val *root, struct findings *fs);
/* Where it begins; the first record when there is nothing of it. */
void join_whole_origin(const struct join *j, struct arena *a, struct origin *out);

#endif
