/* The command `check` at work. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "job/fill.h"

/* Checks; what is found goes to standard output, with a line of counts at its end. */
enum status run_check(const struct fill_job *job);

#endif
