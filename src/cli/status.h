/* The command `status`: what has become of the reports of a folder. */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include "base/finding.h"

/* STATUS_REFUSED when a report is outdated or missing: filling again would change something. */
enum status run_status(const char *folder, bool json);

#endif
