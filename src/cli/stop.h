/* What Ctrl-C and the like do to a run. */
#ifndef CLI_STOP_H
#define CLI_STOP_H

#include <stdbool.h>

/* From now on SIGINT and SIGTERM end the process at once and leave nothing half written behind
 * (exit status 3).  The descriptor that can be read once a patient run is asked to stop, or -1. */
int stop_begin(void);
/* From now on the first of them only asks the run to stop; a second one ends it at once. */
void stop_patient(void);
/* Signals do again what they did before. */
void stop_end(void);

#endif
