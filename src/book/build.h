/* Building a book while a file is read: sheets, rows and cells in the order in which they come. */
#ifndef BOOK_BUILD_H
#define BOOK_BUILD_H

#include "base/buf.h"
#include "book/book.h"

/* What is being built; the current sheet, row and column are where findings say they are. */
struct building {
  struct book *book;
  struct findings *fs;
  str part;            /* of the package, for messages */
  struct sheet *sheet; /* the current one, or NULL */
  size_t sheets_cap, rows_cap, merged_cap, hidden_cap;
  struct cell *cells; /* of the current row; owned */
  size_t ncells, cells_cap;
  struct row row; /* the current one */
  bool in_row, in_cell;
  uint32_t column;          /* the current one, when in_cell */
  size_t total, text;       /* cells and bytes of the book */
  struct buf shown, number; /* for making the current cell; owned */
};

void build_init(struct building *g, struct book *b, struct findings *fs);
void build_free(struct building *g);
/* Begins a sheet; the one before must be finished. */
bool build_sheet(struct building *g, str name, bool hidden);
/* Begins a row (from 0); the one before is kept if it has cells.  Rows may come in any order. */
bool build_row(struct building *g, uint32_t number, bool hidden);
/* Adds a cell to the current row; shown and number are copied, unless they are `kept`, in the
 * book's arena already.  What shows nothing is no cell. */
bool build_cell(struct building *g, uint32_t column, enum cell_kind kind, str shown, str number,
                bool kept);
/* The current row `times` times in all, which share their cells. */
bool build_repeat_row(struct building *g, uint32_t times);
bool build_merged(struct building *g, struct merged m);
/* From 0, ends inclusive. */
bool build_hide_columns(struct building *g, uint32_t first, uint32_t last);
/* Ends the sheet: rows sorted, no row and no cell twice. */
bool build_sheet_end(struct building *g);

/* Findings at the current sheet and cell; all return false. */
bool build_memory(struct building *g);
bool build_damaged(struct building *g, str words);
bool build_bad_cell(struct building *g, const char *words, str value);
bool build_too_big(struct building *g, size_t limit_index);
/* Notes that a format is not understood. */
void build_format(struct building *g, str code);
/* What pack/ and xml/ found about the current part, put in words of workbooks. */
bool build_translate(struct building *g, const struct findings *inner);

/* ---- the whole book ---- */

/* Leaves out hidden sheets, rows and columns, with notes. */
bool book_leave_out_hidden(struct book *b, struct findings *fs);
/* "AB" of a column from 0. */
str book_column_name(struct arena *a, uint32_t column);

#endif
