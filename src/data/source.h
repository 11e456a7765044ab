/* What a file format gives to data/data.c: readers for JSON and for workbooks.
 *
 * A source checks its whole file when it is opened, gathers the names, and then reads one
 * record at a time.  Records are numbered from 0 here.
 */
#ifndef DATA_SOURCE_H
#define DATA_SOURCE_H

#include "base/buf.h"
#include "data/layout.h"
#include "data/names.h"
#include "value/val.h"

struct source {
  const struct source_kind *kind;
  bool single; /* the file is one record, so it has no number */
};

/* How a record of a source belongs to those of others. */
enum source_role {
  SOURCE_RECORD, /* makes a report */
  SOURCE_PART,   /* belongs to the record with its key, or to one of its own source */
  SOURCE_SHARED, /* belongs to every record */
  SOURCE_EMPTY   /* lists in which no row was found; belongs to the records of its source, or to
                  * all when it has none */
};

struct source_about {
  enum source_role role;
  str key, shown; /* folded, and as written; empty: none */
  bool has_with;
  size_t with; /* SOURCE_PART: the record of this source that it belongs to */
};

struct source_options {
  struct layout_options layout;
  const char *encoding; /* of CSV, or NULL */
};

struct source_kind {
  /* Checks the file completely and adds its names; path, stem, options and names must outlive the
   * source, which owns the bytes. NULL: findings say everything that is wrong. */
  struct source *(*open_take)(str path, str stem, struct buf *bytes, struct names *ns,
                              const struct source_options *o, struct findings *fs);
  void (*close)(struct source *s);
  size_t (*count)(const struct source *s);
  /* Reads record i (< count) into the arena. */
  bool (*record)(struct source *s, size_t i, struct arena *a, struct val *root,
                 struct findings *fs);
  /* Where record i begins. */
  void (*origin)(struct source *s, size_t i, struct arena *a, struct origin *out);
  /* To whom record i belongs; strings go to the arena, which is `kept`, or live in the source. */
  bool (*about)(struct source *s, size_t i, struct arena *kept, struct source_about *out,
                struct findings *fs);
  /* Its list of those that should be there (a sheet 名单), or NULL; the function may be NULL. */
  const struct layout *(*roster)(const struct source *s);
  /* Sheets 勾稽关系: number i of them, or NULL; the function may be NULL. */
  const struct layout *(*rules)(const struct source *s, size_t i);
};

extern const struct source_kind source_json, source_book;

#endif
