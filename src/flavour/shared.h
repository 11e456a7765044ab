/* What the flavours share: fragments of XML as bytes, and tables of names. */
#ifndef FLAVOUR_SHARED_H
#define FLAVOUR_SHARED_H

#include "flavour/flavour.h"

struct kind_name {
  const char *local;
  enum kind kind;
};

/* The kind of a local name in a table sorted by name; `other` when it is not there. */
enum kind shared_kind(const struct kind_name *table, size_t n, const char *local, enum kind other);

/* Where the text of a value will stand in a fragment. */
#define SHARED_HERE "\xEF\xB7\xAF" /* U+FDEF */

/* Writes a node that is not linked as bytes and splits them at SHARED_HERE: what stands before
 * it, and what stands behind. Frees the node. */
bool shared_split(xmlDoc *doc, xmlNode *fragment, struct arena *a, str *before, str *behind);

/* Reads and parses a part that may be damaged: then, false, it is as if it were not there.  What
 * memory could not be had for is no damage: the flag of base/mem.h tells. */
bool shared_read(struct pack *p, size_t entry, struct xml *x);

/* "<prefix:local" of an element in the namespace of `like`, without the bracket. */
str shared_name(const xmlNode *like, const char *local, struct arena *a);

/* Percent-encoding taken back (RFC 3986, 2.1). */
str shared_decode(str s, struct arena *a);

#endif
