/* The command at work: what it prints while it fills. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "job/fill.h"

/* Fills; reports to standard output, everything else to standard error. */
enum status run_fill(const struct fill_job *job);
/* Prints findings, and where they are explained, to standard error; their worst status. `command`
 * is the one whose help shows the options, or NULL. */
enum status run_findings(const struct findings *fs, const char *command);
/* Prints a text to standard output as it is. */
enum status run_text(const struct buf *text);
/* For lack of memory at a time when nothing can be made any more. */
enum status run_no_memory(void);
/* Ends standard output: what was not written there is an error. */
enum status run_end(enum status so_far);

#endif
