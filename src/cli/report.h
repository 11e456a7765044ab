/* The file of --report: what became of each record, for programs (.json) and for people who filter
 * it by township (.csv, .xlsx). */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli/summary.h"
#include "job/fill.h"

/* Of the JSON form; grows when a program that reads it would have to change. */
enum { REPORT_SCHEMA = 1 };

struct report_file;

/* Does the name end in .json, .csv or .xlsx? */
bool report_kind_known(const char *path);
/* Begins the file, which has no name yet, and makes its folder. NULL: findings. */
struct report_file *report_open(const struct fill_job *job, struct findings *fs);
/* Is there such a form: json, csv, xlsx? */
bool report_form_known(const char *form);
/* The same in that form for standard output, which gets it when it is closed. */
struct report_file *report_show(const struct fill_job *job, const char *form, struct findings *fs);
/* Adds a record, in the order of the data; `found` may be NULL. Errors are told at the end. */
void report_add(struct report_file *f, const struct subject *s, enum ending end,
                const struct findings *found);
/* Adds what was found about the run as a whole, and gives the file its name, or writes it to standard
 * output; an existing one is replaced with --force only. Always frees f. False: findings. */
bool report_close(struct report_file *f, const struct findings *whole, struct findings *fs);

#endif
