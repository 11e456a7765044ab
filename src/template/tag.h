/* What a tag says: its kind, and the folded text behind its first word. */
#ifndef TEMPLATE_TAG_H
#define TEMPLATE_TAG_H

#include "data/names.h"

enum tag_kind {
  TAG_VALUE,
  TAG_COMMENT, /* {{! }} */
  TAG_BRACES,  /* {{{{ */
  TAG_SECTION, /* {{#x}} */
  TAG_INVERSE, /* {{^x}} */
  TAG_EACH,    /* {{每个 x}} */
  TAG_IF,
  TAG_ELIF,
  TAG_ELSE,
  TAG_CLOSE /* {{/}}, {{/x}}, {{完}}, {{完 x}} */
};

struct tag_text {
  enum tag_kind kind;
  str text; /* the expression or name: a view into the folded text */
};

/* Reads the folded inside of a tag.  A whole text that is a known name is a value, even when it
 * begins with a control word.  `open` is the folded name of the innermost open repetition or
 * condition (empty: none): {{完项目}} closes it without a blank. */
struct tag_text tag_read(str folded, const struct names *names, str open, struct arena *a);

/* A tag that opens something. */
bool tag_opens(enum tag_kind k);
/* A tag that prints nothing. */
bool tag_controls(enum tag_kind k);

#endif
