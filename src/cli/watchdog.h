/* Ends the process when a piece of work in it takes too long. */
#ifndef CLI_WATCHDOG_H
#define CLI_WATCHDOG_H

void watchdog_begin(void);
/* For struct fill_watch: work on `path` begins and may take so many seconds; 0: it ended. */
void watchdog_set(void *ctx, unsigned seconds, const char *path);

#endif
