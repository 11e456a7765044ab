/* How far a batch is, in one line of the terminal that vanishes again. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* A line for so many reports on standard error, when that is a terminal; else nothing is ever
 * shown. */
void progress_begin(size_t total);
/* So many have ended. */
void progress_show(size_t ended);
/* Takes the line away, for another that is to stand there. */
void progress_erase(void);
/* Takes it away for good. */
void progress_end(void);

#endif
