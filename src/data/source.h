/* What a file format gives to data/data.c: one reader for JSON today; tables stand beside it.
 *
 * A source checks its whole file when it is opened, gathers the names, and then reads one
 * record at a time.  Records are numbered from 0 here.
 */
#ifndef DATA_SOURCE_H
#define DATA_SOURCE_H

#include "base/buf.h"
#include "data/names.h"
#include "value/val.h"

struct source {
  const struct source_kind *kind;
  bool single; /* the file is one record, so it has no number */
};

struct source_kind {
  /* Checks the file completely and adds its names; both strings and names must outlive the
   * source, which owns the bytes. NULL: findings say everything that is wrong. */
  struct source *(*open_take)(str path, struct buf *bytes, struct names *ns,
                              struct findings *fs);
  void (*close)(struct source *s);
  size_t (*count)(const struct source *s);
  /* Reads record i (< count) into the arena. */
  bool (*record)(struct source *s, size_t i, struct arena *a, struct val *root,
                 struct findings *fs);
  /* Where record i begins. */
  void (*origin)(struct source *s, size_t i, struct arena *a, struct origin *out);
};

extern const struct source_kind source_json;

#endif
