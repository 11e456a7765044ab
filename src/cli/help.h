/* Help: texts about the command, and what the tables of codes, limits and filters say. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "base/buf.h"
#include "base/finding.h"

/* tianbao --help; tianbao fill --help; tianbao --version */
void help_general(struct buf *out);
void help_fill(struct buf *out);
void help_check(struct buf *out);
void help_fields(struct buf *out);
void help_status(struct buf *out);
void help_version(struct buf *out);
/* tianbao help TOPIC…: codes (TB501, tb501, MISSING) and the names of the tables. False: a topic
 * is unknown. */
bool help_topics(struct buf *out, size_t n, const char *const *topics, struct findings *fs);
/* The same tables in the macros of man(7). */
void help_man(struct buf *out);

#endif
