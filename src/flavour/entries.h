/* How the package of every report differs from its template's, whatever the data: entries with
 * other bytes, entries that are left out, entries that are new.
 */
#ifndef FLAVOUR_ENTRIES_H
#define FLAVOUR_ENTRIES_H

#include "base/arena.h"
#include "pack/pack.h"
#include "xml/xml.h"

struct entry_change {
  ptrdiff_t entry; /* of the template; -1: a new one */
  str name;        /* of a new one */
  str bytes;
  bool gone;
};

struct entries {
  struct pack *pack;   /* borrowed */
  struct arena *arena; /* borrowed; holds what follows */
  struct entry_change *items;
  size_t n, cap;
};

/* The bytes that an entry has in reports; false when they are the template's. */
bool entries_bytes(const struct entries *e, size_t entry, str *bytes);
bool entries_gone(const struct entries *e, size_t entry);
/* The nth new entry; false when there are no more. */
bool entries_added(const struct entries *e, size_t nth, str *name, str *bytes);

/* What stood there before is replaced. Bytes are copied. False: no memory, a finding. */
bool entries_replace(struct entries *e, size_t entry, str bytes, struct findings *fs);
bool entries_drop(struct entries *e, size_t entry, struct findings *fs);
bool entries_add(struct entries *e, str name, str bytes, struct findings *fs);

/* The tree of an entry as it is in reports so far; xml_parse's flags. False: findings. */
bool entries_parse(struct entries *e, size_t entry, unsigned flags, struct xml *x,
                   struct findings *fs);
/* The entry becomes this tree. */
bool entries_dump(struct entries *e, size_t entry, const struct xml *x, struct findings *fs);

#endif
