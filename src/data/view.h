/* A sheet seen by lines: by its rows, or turned, by its columns.
 *
 * A township per row and a township per column are one thing to data/layout; so is a header of
 * two rows and a header of two columns.  All numbers are from 0 and those of the sheet.
 */
#ifndef DATA_VIEW_H
#define DATA_VIEW_H

#include "book/book.h"

/* A merged area, seen in the same direction; ends inclusive. */
struct area {
  uint32_t line, position, last_line, last_position;
};

struct view {
  const struct sheet *sheet;
  bool turned;               /* lines are columns */
  size_t nlines, npositions; /* in which something stands */
  uint32_t *lines, *positions;
  size_t nareas;
  struct area *areas; /* one for each position that is covered, sorted by it and by line */
  uint32_t *firsts;   /* the position in which the value of areas[i] stands */
};

/* False: no memory, or too many merged cells (LIMIT_SHEET_MERGED). Lives in the arena. */
bool view_make(struct view *v, const struct sheet *s, bool turned, struct arena *a);
/* The cell, or NULL when it is blank. */
const struct cell *view_at(const struct view *v, uint32_t line, uint32_t position);
/* The merged area that covers the cell. */
bool view_area(const struct view *v, uint32_t line, uint32_t position, struct area *out);
/* The cell, or that of the merged area which covers it. */
const struct cell *view_held(const struct view *v, uint32_t line, uint32_t position);
/* Row and column of a place in the view. */
void view_place(const struct view *v, uint32_t line, uint32_t position, uint32_t *row,
                uint32_t *column);

#endif
