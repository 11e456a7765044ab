/* What was left standing from the year before: figures with decimals, dates and long sentences of the
 * data, or typed in the template, that are those of last year's data (--last). */
#ifndef CHECK_LASTYEAR_H
#define CHECK_LASTYEAR_H

#include "data/data.h"
#include "render/shown.h"

struct lastyear;

/* Of data with a year before. NULL: no memory, which is a finding. */
struct lastyear *lastyear_new(const struct data *d, struct findings *fs);
void lastyear_free(struct lastyear *l);
struct shown_listener lastyear_listener(struct lastyear *l);
/* Before the survey of a record, which must live until lastyear_end. */
void lastyear_begin(struct lastyear *l, const struct val *root);
/* Adds what was found. */
void lastyear_end(struct lastyear *l, struct findings *fs);

#endif
