/* The marked copy: a template with each finding as a comment at its place. */
#ifndef CHECK_ANNOTATE_H
#define CHECK_ANNOTATE_H

#include "pack/pack.h"

struct annotate {
  const char *template_path;
  const char *out; /* with the ending of a report of this template */
  enum pack_mode mode;
  const struct findings *found;
  /* Puts words to a finding, a line for each paragraph.  `placed`: the comment stands at its
   * place, so that need not be said; `again`: it has a finding of that code already. */
  void (*words)(void *ctx, const struct finding *f, bool placed, bool again, struct buf *out);
  void *ctx;
};

/* Writes it.  A template that is refused can be annotated as well, as long as its package and its
 * body can be read.  Comments stand in the body only: the format has none in headers and footers
 * (ECMA-376 part 1, 17.13.4), and people look for them there; what is in a text box or a Writer
 * note is told at the paragraph that it hangs on, all else at the beginning.  Our comments of an
 * earlier time are replaced.  Equal input gives equal bytes.  False: findings. */
bool annotate_write(const struct annotate *job, struct findings *fs);

#endif
