/* Which items a list of all records (--all-as) has: those that lack nothing. */
#ifndef JOB_SETTLE_H
#define JOB_SETTLE_H

#include "job/choose.h"
#include "job/opened.h"

/* Looks for the records that lack a figure which the template asks of them, and tells of each.  Unless
 * --missing takes such figures they are left out of the list, so that all figures of the report are
 * of the same records; with --complete they are an error.  Nothing without --all-as or a template.
 * False: findings. */
bool settle_list(struct opened *o, const struct fill_watch *w, struct findings *fs);

#endif
