/* The words by which people name the ways in which records lie in a sheet. */
#include "data/layout.h"

static const char *const words[] = {[LAYOUT_AUTO] = "auto",
                                    [LAYOUT_ROWS] = "rows",
                                    [LAYOUT_COLUMNS] = "columns",
                                    [LAYOUT_ITEMS] = "items",
                                    [LAYOUT_TABLE] = "table"};

const char *layout_word(enum layout_kind kind) { return words[kind]; }

bool layout_of_word(const char *word, enum layout_kind *kind) {
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strcmp(word, words[i]) != 0) continue;
    *kind = (enum layout_kind)i;
    return true;
  }
  return false;
}
