/* What has changed between two templates: fields and loops that were added, removed, renamed, moved
 * or written in another form. */
#ifndef CHECK_SINCE_H
#define CHECK_SINCE_H

#include "template/template.h"

/* Compares two templates that were opened with template_scan; each change is a note, at its place in
 * `now`, or in `old` when it is gone.  What stands around a field may change without being told.
 * False: no memory. */
bool since_compare(const struct template *old, const struct template *now, struct findings *fs);

#endif
