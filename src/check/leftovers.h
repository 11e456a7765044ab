/* What was left standing in a report: names of other townships, years of other reports, ××× and ____,
 * doubled units, brackets of two widths, lost heading numbers, figures typed by hand.
 *
 * The text of a report is read while its record is surveyed (render/shown.h); all that is found is
 * a 提醒.
 */
#ifndef CHECK_LEFTOVERS_H
#define CHECK_LEFTOVERS_H

#include "data/data.h"
#include "render/shown.h"

struct leftovers;

/* Template and data must outlive it. NULL: findings. */
struct leftovers *leftovers_new(const struct template *t, struct data *d, struct findings *fs);
void leftovers_free(struct leftovers *l);
/* Who is to be told of the text; borrowed from `l`. */
struct shown_listener leftovers_listener(struct leftovers *l);
/* Before the survey of a record, whose report is called so; both are borrowed. */
void leftovers_begin(struct leftovers *l, const struct val *root, str report);
/* After it: adds what was found. */
void leftovers_end(struct leftovers *l, struct findings *fs);

#endif
