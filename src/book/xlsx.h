/* What the files of the .xlsx reader share (ECMA-376 part 1, section 18). */
#ifndef BOOK_XLSX_H
#define BOOK_XLSX_H

#include "book/part.h"
#include "book/formats.h"

/* Transitional and strict. */
#define XLSX_NS                                                 \
  "http://schemas.openxmlformats.org/spreadsheetml/2006/main\n" \
  "http://purl.oclc.org/ooxml/spreadsheetml/main"

struct xlsx {
  struct building g;
  struct pack *pack;
  bool since_1904;
  str *strings; /* the table is owned, the texts are the book's */
  size_t nstrings, strings_cap;
  struct formats formats;
};

/* ---- xlsx_styles.c ---- */

bool xlsx_read_styles(struct xlsx *x, size_t entry);

/* ---- xlsx_text.c ---- */

bool xlsx_read_strings(struct xlsx *x, size_t entry);
/* Appends a text in which _xHHHH_ stands for a character (ST_Xstring, 22.9.2.19); line ends become
 * LF. */
void xlsx_put_text(str s, struct buf *out);

/* ---- xlsx_sheet.c ---- */

/* Fills the current sheet. */
bool xlsx_read_sheet(struct xlsx *x, size_t entry);

#endif
