/* The text of a value as it is written at one place of a part. */
#ifndef RENDER_TEXT_H
#define RENDER_TEXT_H

#include "flavour/flavour.h"

/* Appends the text escaped, with its line breaks, tabs and blanks in the form of the place. */
bool text_write(struct buf *out, str s, const struct form *form, bool highlighted);

#endif
