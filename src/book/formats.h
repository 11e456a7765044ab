/* The number formats of a workbook: cell styles, their format ids, and the codes of these. */
#ifndef BOOK_FORMATS_H
#define BOOK_FORMATS_H

#include "book/build.h"
#include "book/numfmt.h"

struct format_row {
  uint64_t id;
  str code;
  struct numfmt *f; /* NULL: not compiled yet */
};

/* Everything lives in the book's arena; {0} is empty. */
struct formats {
  struct format_row *rows;
  size_t nrows, rows_cap;
  uint64_t *styles; /* the format id of each cell style */
  size_t nstyles, styles_cap;
  bool sorted;
};

/* False: findings. */
bool formats_add(struct formats *fs, struct building *g, uint64_t id, str code);
bool formats_add_style(struct formats *fs, struct building *g, uint64_t id);
/* The format of a style, for the current cell; after the last formats_add.  A format that is not
 * understood is noted once.  NULL: findings. */
const struct numfmt *formats_of(struct formats *fs, struct building *g, uint64_t style);

/* ---- cells with a format ---- */

/* Adds the current cell: a stored number as its format shows it. */
bool formats_number(struct building *g, const struct numfmt *f, const struct decimal *d,
                    bool since_1904);
/* The same of a text; kept: it is in the book's arena. */
bool formats_text(struct building *g, const struct numfmt *f, str text, bool kept);

#endif
