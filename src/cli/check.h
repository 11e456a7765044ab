/* The command `check` at work. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "job/fill.h"

/* Is there such a form of what is found: text, lines, json, csv, xlsx? */
bool check_form_known(const char *form);
/* Checks; what is found goes to standard output.  `form` may be NULL, which is text, for people, with a
 * line of counts at its end. */
enum status run_check(const struct fill_job *job, const char *form);

#endif
