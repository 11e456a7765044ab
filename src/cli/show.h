/* Findings as a person sees them: lines that may go to a terminal as they are. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "base/buf.h"
#include "base/finding.h"

/* Appends the line of a finding and, where text stands around its tag, a line that shows the tag
 * there.  What is no printable character is escaped, whatever file it comes from. */
void show_finding(struct buf *out, const struct finding *f, bool colours);

#endif
