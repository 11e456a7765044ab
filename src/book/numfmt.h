/* Number formats of workbooks: what an official sees of a figure.
 *
 * Format codes as in ECMA-376 part 1, 18.8.30 and 18.8.31, and what Chinese Excel and WPS add to
 * them.  Where LibreOffice 7.4 and Excel differ: numfmt.c says what is done.
 */
#ifndef BOOK_NUMFMT_H
#define BOOK_NUMFMT_H

#include "base/arena.h"
#include "book/decimal.h"
#include "value/date.h"

struct numfmt;

/* The code of a built-in format (18.8.30, of Chinese systems where they differ), or p NULL. */
str numfmt_builtin(unsigned id);
/* Compiles a code; NULL only without memory.  What is not understood shows as General. */
struct numfmt *numfmt_new(struct arena *a, str code);
bool numfmt_understood(const struct numfmt *f);
/* Does it show days? */
bool numfmt_is_date(const struct numfmt *f);

enum numfmt_shown {
  NUMFMT_NUMBER,
  NUMFMT_DATE,   /* *date is set */
  NUMFMT_NO_DATE /* as a date there is no such day: nothing is appended */
};

/* Appends the shown form of a stored number, without blanks at its ends (padding is no text). */
enum numfmt_shown numfmt_number(const struct numfmt *f, const struct decimal *d, bool since_1904,
                                struct buf *out, struct date *date);
/* The same of a text. */
void numfmt_text(const struct numfmt *f, str text, struct buf *out);
/* The number that stands for a day and the time in seconds (both systems of 18.17.4.1). */
void numfmt_serial(struct date date, unsigned seconds, bool since_1904, struct decimal *d);

#endif
