/* Texts and times of OpenDocument cells. */
#ifndef BOOK_ODS_TEXT_H
#define BOOK_ODS_TEXT_H

#include "book/decimal.h"

/* The paragraphs of a cell, joined by LF. Blanks collapse as OpenDocument 1.3 part 3, 6.1.2 says. */
struct ods_text {
  struct buf out;
  bool blank; /* a blank that comes now is dropped */
};

void ods_text_clear(struct ods_text *t);
void ods_text_paragraph(struct ods_text *t, bool another);
void ods_text_put(struct ods_text *t, str s);
/* text:s, text:tab, text:line-break */
void ods_text_blanks(struct ods_text *t, size_t n);
void ods_text_mark(struct ods_text *t, char c);

/* A duration (XML Schema part 2, 3.2.6, without years and months) in days: PT12H30M00S is
 * 0.520833333333333. */
bool ods_days(str s, struct decimal *d);

#endif
