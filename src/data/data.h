/* Data: the records of a run, whatever files they come from.
 *
 * data_open checks every file completely (so that nothing is written when one is damaged), gathers
 * names and joins what belongs to one township; data_record then reads one record at a time.
 */
#ifndef DATA_DATA_H
#define DATA_DATA_H

#include "base/lines.h"
#include "data/layout.h"
#include "data/names.h"
#include "value/val.h"

struct data;

/* What the user says about the data; NULL and LAYOUT_AUTO: what is usual, or found out. */
struct data_options {
  const char *key;      /* the name that tells townships apart, instead of 单位名称 */
  const char *sheet;    /* the sheet with the records */
  const char *encoding; /* of CSV files */
  const char *roster;   /* a file with the names of those that should be there */
  enum layout_kind layout;
  const char
      *all_as;   /* all records make one, with a list of this name; NULL: each stands for itself */
  bool complete; /* those of the roster who have not sent are an error */
};

struct record {
  struct val root; /* VAL_OBJECT */
  str file;        /* path of the file it came from; of several, the first */
  str stem;        /* its name without folder and ending */
  size_t index;    /* 1-based number in its file; 0 when the file is one record */
};

/* Opens and checks all files, and those in folders; options may be NULL.  NULL: findings say
 * everything that is wrong with them. */
struct data *data_open(size_t n, const char *const *paths, const struct data_options *o,
                       struct findings *fs);
void data_close(struct data *d);
/* Data of the year before: from now on each record has them as 上年, those of the township with its
 * name; they are read as the data were.  False: findings. */
bool data_open_last(struct data *d, size_t n, const char *const *paths,
                    const struct data_options *o, struct findings *fs);
/* The id of 上年, or 0: there are none. */
uint32_t data_last(const struct data *d);
const struct names *data_names(const struct data *d);
/* The id of the name that townships are told apart by, or 0. */
uint32_t data_key(const struct data *d);
size_t data_count(const struct data *d);
/* With all_as the records are items of the list of one. These are they, without it the records. */
size_t data_unit_count(const struct data *d);
bool data_unit(struct data *d, size_t i, struct arena *a, struct record *out, struct findings *fs);
/* With all_as: leaves those units in the list for which `chosen` is true. */
void data_choose(struct data *d, const bool *chosen);
/* With all_as: is the value an item of the list? Which of the units? */
bool data_item(const struct data *d, const struct val *v, size_t *unit);
/* With all_as: takes a unit out of the list, because of what it lacks. False: no memory. */
bool data_leave_out(struct data *d, size_t unit, str reason);
/* How many units stand in the list. */
size_t data_item_count(const struct data *d);
/* Where unit i begins. */
void data_unit_origin(struct data *d, size_t i, struct arena *a, struct origin *out);
/* Was all_as asked for? */
bool data_gathered(const struct data *d);
/* The files that were read, those of folders too. */
size_t data_file_count(const struct data *d);
const char *data_file(const struct data *d, size_t i);
/* Reads record i into the arena (not reset here). Small values are whole in it; long lists are
 * read later, slice by slice, through their cursor. */
bool data_record(struct data *d, size_t i, struct arena *a, struct record *out,
                 struct findings *fs);
/* The rules in sheets 勾稽关系 of all files; strings go to the arena.  `passed`: they are not used, which
 * a note says for each sheet. */
bool data_rules(const struct data *d, bool passed, struct arena *a, struct lines *out,
                struct findings *fs);
/* Where record i begins, for messages that speak of it as a whole. */
void data_record_origin(struct data *d, size_t i, struct arena *a, struct origin *out);

#endif
