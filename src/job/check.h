/* One run of `tianbao check`: all that is wrong with a template and its data; nothing is written. */
#ifndef JOB_CHECK_H
#define JOB_CHECK_H

#include "job/fill.h"

/* The job's data may be none; what says how reports are written does not count.  The watch is told of
 * records as in fill_run: `written` where no error was found, `skipped` where one was.  Findings
 * about the run as a whole go to `fs`; they keep no record from being looked at.  The watch has all its functions. Returns the worst
 * status. */
enum status check_run(const struct fill_job *job, const struct fill_watch *watch,
                      struct findings *fs);

#endif
