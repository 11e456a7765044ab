/* Data: the records of a run, whatever files they come from.
 *
 * data_open checks every file completely (so that nothing is written when one is damaged) and
 * gathers names; data_record then reads one record at a time.
 */
#ifndef DATA_DATA_H
#define DATA_DATA_H

#include "data/names.h"
#include "value/val.h"

struct data;

struct record {
  struct val root; /* VAL_OBJECT */
  str file;        /* path of the file it came from */
  str stem;        /* its name without folder and ending */
  size_t index;    /* 1-based number in its file; 0 when the file is one record */
};

/* Opens and checks all files. NULL: findings say everything that is wrong with them. */
struct data *data_open(size_t n, const char *const *paths, struct findings *fs);
void data_close(struct data *d);
const struct names *data_names(const struct data *d);
size_t data_count(const struct data *d);
/* Reads record i into the arena (not reset here). Small values are whole in it; long lists are
 * read later, slice by slice, through their cursor. */
bool data_record(struct data *d, size_t i, struct arena *a, struct record *out,
                 struct findings *fs);
/* Where record i begins, for messages that speak of it as a whole. */
void data_record_origin(struct data *d, size_t i, struct arena *a, struct origin *out);

#endif
