/* The trail of every figure of a report: where it is printed, and the cell, line or calculation that it
 * came from.  One file of JSON for each report, schema tianbao-trace 1 (tianbao(1), TRACES). */
#ifndef JOB_TRACE_H
#define JOB_TRACE_H

#include "job/choose.h"
#include "render/shown.h"

struct trace;

/* May the traces be written where --trace says?  A file for one report, a folder for any number.
 * False: findings. */
bool trace_plan(const struct fill_job *job, const struct subjects *s, struct findings *fs);
struct trace *trace_new(const struct fill_job *job, struct findings *fs);
void trace_free(struct trace *t);
struct shown_listener trace_listener(struct trace *t);
/* Before the survey of a report. False: findings. */
bool trace_begin(struct trace *t, const struct subject *s, struct findings *fs);
/* After the report was written, or (good false) when there is none: then nothing is left. */
bool trace_end(struct trace *t, bool good, struct findings *fs);

#endif
