/* Workbooks: what a spreadsheet file holds, whatever its format (.xlsx, .ods, .xls, CSV).
 *
 * A reader streams its file and keeps what an official sees: rows in which something stands, cells
 * with their shown text and their exact number, and where each of them is.  What the cells mean (a
 * township per row or per column, a table, units in headers) is decided in data/layout.
 * A book is owned by who opened it; all strings live in its arena.
 */
#ifndef BOOK_BOOK_H
#define BOOK_BOOK_H

#include "base/arena.h"
#include "base/finding.h"

enum cell_kind {
  CELL_TEXT,
  CELL_NUMBER,
  CELL_DATE, /* a number that its format shows as a date; `number` is the date yyyy-MM-dd */
  CELL_BOOL, /* shown is TRUE or FALSE */
  CELL_ERROR /* #DIV/0! and the like: an error when it is used */
};

struct cell {
  uint32_t column; /* from 0 */
  enum cell_kind kind;
  str shown;  /* as its format shows it: 2,228.08, 95.10%, 2023年6月30日 */
  str number; /* CELL_NUMBER: the exact decimal (15 significant digits): 2228.08, 0.951 */
};

struct row {
  uint32_t number; /* from 0 */
  bool hidden;     /* filtered or hidden by hand */
  size_t n;
  struct cell *cells; /* sorted by column; blank cells are not there */
};

/* Cells that are merged: the value stands in the first. All from 0, ends inclusive. */
struct merged {
  uint32_t row, column, last_row, last_column;
};

struct sheet {
  str name;
  bool hidden;
  size_t nrows;
  struct row *rows; /* sorted by number; rows without cells are not there */
  size_t nmerged;
  struct merged *merged;
  size_t nhidden; /* columns that are hidden */
  uint32_t *hidden_columns;
};

struct book {
  struct arena *arena;
  str path;
  size_t nsheets;
  struct sheet *sheets;
  bool positions; /* sheets have names and cells A1 names (false: a CSV file, lines and columns) */
};

struct book_options {
  const char *encoding; /* of CSV: NULL finds it out */
};

/* What the reader of one format is. */
struct book_kind {
  /* Is the file of this kind, by its content? */
  bool (*recognise)(str bytes);
  /* Reads all of it; bytes are borrowed. False: findings with sheet and cell (or line). */
  bool (*read)(struct book *b, str bytes, const struct book_options *o, struct findings *fs);
};

extern const struct book_kind book_xlsx, book_ods, book_xls, book_csv;

/* The kind of a file, or NULL when it is no workbook. */
const struct book_kind *book_kind_of(str bytes);
/* A whole workbook of bytes that are borrowed for the call, without what is hidden: its sheets,
 * rows and columns are left out, each with a note.  NULL: findings were added. */
struct book *book_open(str path, str bytes, const struct book_options *o, struct findings *fs);
void book_free(struct book *b);
/* "B7" of a row and column from 0. */
str book_cell_name(struct arena *a, uint32_t row, uint32_t column);

#endif
