/* The formats of workbooks; text comes last, for it has no mark of its own. */
#include "data/book.h"

static const struct book_kind *const kinds[] = {
    &book_csv,
};

const struct book_kind *book_kind_of(str bytes) {
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if (kinds[i]->recognise(bytes)) return kinds[i];
  return NULL;
}
