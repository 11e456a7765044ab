/* The names of reports: made for all records before anything is written.
 *
 * A name made from data is never cleaned: what a file system, an archive or a shell would take
 * amiss is a finding.
 */
#ifndef JOB_NAME_H
#define JOB_NAME_H

#include "data/data.h"
#include "job/choose.h"
#include "job/fill.h"
#include "template/template.h"

/* What is wrong with a value that goes into a name, or NULL; a phrase for gettext. */
const char *name_value_fault(str value);
/* What is wrong with one component of a path, or NULL; a phrase for gettext. */
const char *name_component_fault(str component);
/* The form in which two names are compared: without differences of case or of Unicode form
 * (UAX 15, NFC; UAX 21, case folding).  p is NULL without memory. */
str name_fold(str path, struct arena *a);

/* Does the name end like this, in capitals or not? */
bool name_ends(str path, str ending);

/* Makes the names of all reports, and notes what the records say of themselves: the paths end in
 * NUL and live in the arena.  `t` may be NULL when the template was refused; then only what does
 * not depend on it is looked at, and there may be no names.  A file that is there already matters
 * for subjects that are `here` only.  False: findings. */
bool name_plan(const struct fill_job *job, struct template *t, struct data *d,
               struct subjects *subjects, struct arena *a, struct findings *fs);

/* May the file of --report be written? It is no input, stands in no folder of inputs, and nothing
 * is overwritten without --force. */
bool name_report(const struct fill_job *job, struct findings *fs);
/* The same of the marked copy, which is never data. */
bool name_annotate(const struct fill_job *job, struct findings *fs);
/* The same for a file of --trace; with --resume it may be there, too. */
bool name_beside(const struct fill_job *job, const char *path, struct findings *fs);

#endif
