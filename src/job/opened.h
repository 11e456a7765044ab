/* What a run works with: its data, template and rules, opened before anything is made of them. */
#ifndef JOB_OPENED_H
#define JOB_OPENED_H

#include "check/lastyear.h"
#include "check/leftovers.h"
#include "check/rules.h"
#include "job/fill.h"
#include "render/render.h"

struct opened {
  const struct fill_job *job;
  struct arena *arena;       /* what lives as long as the run */
  struct data *data;         /* NULL: refused, or there are none */
  struct names *none;        /* names when there are no data */
  struct template *template; /* NULL: refused */
  struct rules *rules;       /* NULL: refused, or there are none */
  struct render *render;     /* NULL without a template */
  struct leftovers *leftovers;
  struct lastyear *lastyear;          /* NULL: no --last */
  struct shown_listener listeners[3]; /* who reads the text of reports */
  size_t nlisteners;
};

/* Opens all of them, so that one run tells everything that is wrong.  A job may have no data; then
 * the template stands alone.  False: findings; what could be opened is there.  Always close. */
bool opened_all(struct opened *o, const struct fill_job *job, const struct fill_watch *watch,
                struct findings *fs);
void opened_close(struct opened *o);
/* One more who reads the text of reports. False: no memory. */
bool opened_listen(struct opened *o, struct shown_listener l, struct findings *fs);
/* Runs the survey over a record, looks for leftovers, and holds it against the rules: all that is
 * wrong with its report, which is called `name`.  Without a template the rules alone.  *forced: rules
 * are broken, and --force-checks was given.  False: findings. */
bool opened_judge(struct opened *o, const struct val *root, const char *name, bool *forced,
                  struct findings *fs);

#endif
