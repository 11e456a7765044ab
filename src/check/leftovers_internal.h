/* Between those who look for leftovers: leftovers.c (words and signs), numbering.c (heading numbers),
 * typed.c (figures typed by hand). */
#ifndef CHECK_LEFTOVERS_INTERNAL_H
#define CHECK_LEFTOVERS_INTERNAL_H

#include "base/buf.h"
#include "check/leftovers.h"
#include "check/townships.h"

/* Kinds of heading numbers: 一、（一） 1. （1） ① */
enum { NUMBERINGS = 5, TELLING = 256 };

/* A row of numbers that may go on. */
struct numbering {
  unsigned last;  /* 0: none is open */
  unsigned order; /* greater: begun later */
};

struct leftovers {
  const struct template *t;
  const struct names *names;
  struct townships *townships;
  struct findings *found;
  struct arena *scratch;
  uint32_t year_id;
  const struct val *root;
  str report;
  int year;    /* 年度 of the record, or 0 */
  bool others; /* there are other townships */
  unsigned char telling[TELLING];
  struct numbering numberings[NUMBERINGS];
  unsigned begun;
  /* Values of the data with ×× in them: their names with 、 between, and the first. */
  struct buf gaps;
  struct place gap_place;
  struct origin gap_origin;
  unsigned told[CODE_COUNT];
};

/* Tells of what stands at [from, to) of a paragraph: in the template where it was typed there, else in
 * the report and the data. */
void leftovers_tell(struct leftovers *l, const struct shown_paragraph *p, size_t from, size_t to,
                    enum code code, size_t n, const str *args);

/* Is a number lost before this paragraph? */
void numbering_look(struct leftovers *l, const struct shown_paragraph *p);
/* Figures that were typed behind the name of one that the data have. */
void typed_look(struct leftovers *l, const struct shown_paragraph *p);

#endif
