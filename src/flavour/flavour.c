/* Which flavour a package is. */
#include "flavour/flavour.h"

#define N_(s) (s)

static const struct flavour *const flavours[] = {&flavour_docx, &flavour_odt};

const struct flavour *flavour_of(struct pack *p, struct findings *fs) {
  for (size_t i = 0; i < sizeof flavours / sizeof *flavours; i++)
    if (flavours[i]->recognise(p)) return flavours[i];
  struct place place = {.file = pack_path(p)};
  finding(fs, CODE_NOT_TEXT_DOCUMENT, &place, NULL, STR(N_("a zip archive")));
  return NULL;
}
