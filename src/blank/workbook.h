/* Workbooks to be filled in. */
#ifndef BLANK_WORKBOOK_H
#define BLANK_WORKBOOK_H

#include "base/buf.h"
#include "base/os.h"
#include "blank/plan.h"

/* Words for people, in the language of the user. */
struct workbook_words {
  void (*place)(struct buf *out, const struct place *p); /* where something stands */
  const char *const *guide; /* lines of the first sheet; NULL ends them */
  const char *printed;      /* above the places of a figure */
  const char *more;         /* {1} further places */
  const char *checked;      /* tianbao checks a rule that is no formula */
};

/* Writes a workbook into a file that has no name yet.  `units`: names of townships, of which a
 * workbook for one (plan->single) has exactly one; `path` is for messages. False: findings. */
bool workbook_write(const struct plan *p, const struct workbook_words *words, size_t units,
                    const str *names, struct os_file *file, const char *path, struct findings *fs);

#endif
