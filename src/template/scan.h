/* Tags in a plain text: where they begin and end, before anybody knows what they mean. */
#ifndef TEMPLATE_SCAN_H
#define TEMPLATE_SCAN_H

#include "base/str.h"

enum scan_kind {
  SCAN_END,    /* no more */
  SCAN_TAG,    /* {{ … }} */
  SCAN_BRACES, /* {{{{: prints {{ */
  SCAN_NEAR,   /* looks like a tag but is none: {{{x}}}, {{}} */
  SCAN_BROKEN  /* {{ without }} */
};

struct scan_found {
  enum scan_kind kind;
  size_t from, to;     /* with the braces */
  size_t inner, outer; /* the text between them */
};

/* The marks around tags; empty: {{ }} with full-width forms, any two of them. */
struct scan_marks {
  str open, close;
};

/* The first tag at or after `from`. */
struct scan_found scan_next(str text, size_t from, const struct scan_marks *marks);

#endif
