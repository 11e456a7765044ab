/* Which reader takes a workbook, by its content. */
#include "book/book.h"

const struct book_kind *book_kind_of(str bytes) {
  /* What is only text comes last. */
  static const struct book_kind *const kinds[] = {&book_xlsx, &book_ods, &book_xls, &book_csv};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i]->recognise(bytes)) return kinds[i];
  return NULL;
}
