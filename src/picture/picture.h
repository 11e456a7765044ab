/* Pictures: what kind a file is, and how wide and high, by its content.
 *
 * Only as much is read as that asks for, but a file that ends too early or contradicts itself is
 * damaged: an office suite would show an empty frame.
 */
#ifndef PICTURE_PICTURE_H
#define PICTURE_PICTURE_H

#include "base/str.h"

enum picture_kind {
  PICTURE_PNG,
  PICTURE_JPEG,
  PICTURE_GIF,
  PICTURE_BMP,
  PICTURE_SVG,
  PICTURE_KINDS
};

struct picture_type {
  const char *words;  /* "a PNG picture", for gettext */
  const char *ending; /* ".png" */
  const char *media;  /* image/png */
  bool compressed;    /* deflating it again is in vain */
};

extern const struct picture_type picture_types[PICTURE_KINDS];

struct picture {
  enum picture_kind kind;
  uint64_t width, height; /* pixels; of an SVG thousandths of its unit: only their ratio counts */
  unsigned turn;          /* orientation in the EXIF data of a JPEG, 1 … 8; 1: as it is */
};

enum picture_fault {
  PICTURE_SOUND,
  PICTURE_FOREIGN, /* *what: the kind that it is, for gettext */
  PICTURE_DAMAGED, /* *what: what is wrong */
  PICTURE_NO_SIZE, /* a width or height of 0, or none */
  PICTURE_PIXELS,  /* more than LIMIT_PICTURE_PIXELS */
  PICTURE_MEMORY
};

enum picture_fault picture_read(str bytes, struct picture *out, const char **what);

/* The largest box of the picture's proportions that fits into a frame (all three at least 1, the
 * frame below 2^32). */
void picture_fit(const struct picture *p, uint64_t *width, uint64_t *height);

/* ---- svg.c ---- */

/* Text that may be an SVG drawing? */
bool svg_looks(str bytes);
enum picture_fault svg_read(str bytes, struct picture *out, const char **what);

#endif
