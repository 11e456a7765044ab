/* The terminal: how big it is, and how much room text takes in it. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "base/buf.h"

/* Can lines on this descriptor be erased and written again? */
bool terminal_can_erase(int fd);
/* May text on this descriptor have colours?  Not with NO_COLOR (https://no-color.org), CLICOLOR=0
 * or TERM=dumb. */
bool terminal_has_colours(int fd);
/* Its columns and rows; 80 by 24 where it does not say. */
void terminal_size(int fd, size_t *columns, size_t *rows);
/* Columns that a text takes: Chinese characters take two (UAX 11), joined marks none. */
size_t terminal_width(str s);
/* Appends s in no more than `columns`; where it is cut it ends in ….  The columns used. */
size_t terminal_put(struct buf *out, str s, size_t columns);

/* Bytes that erase the line the cursor stands in (ECMA-48, EL). */
#define TERMINAL_ERASE "\r\x1b[K"
/* Colours (ECMA-48, SGR) for errors and notes, and their end. */
#define TERMINAL_RED    "\x1b[31m"
#define TERMINAL_YELLOW "\x1b[33m"
#define TERMINAL_PLAIN  "\x1b[0m"

#endif
