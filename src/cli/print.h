/* Lines of text for people: findings, and where they are explained. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <stdio.h>

#include "base/buf.h"
#include "base/finding.h"

/* Where lines go, and which codes were shown there. */
struct printer {
  FILE *to;
  bool seen[CODE_COUNT];
};

/* Prints a text as one line, and frees it.  Control characters are made visible: nothing in a file
 * may steer the terminal. */
void print_line(FILE *to, struct buf *text);
/* The findings from `from` on, and how many are not shown. */
void print_findings(struct printer *p, const struct findings *fs, size_t from);
/* The next step: where the codes seen are explained.  `command`, which may be NULL, is the one whose
 * help shows the options. */
void print_pointer(const struct printer *p, const char *command);

#endif
