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

/* Does an attribute of the element hold an instruction (a noncharacter around its number)?  Then
 * no copy of it can be made as bytes. */
bool shared_marked(const xmlNode *n);

/* "<prefix:local" of an element in the namespace of `like`, without the bracket. */
str shared_name(const xmlNode *like, const char *local, struct arena *a);

/* Percent-encoding taken back (RFC 3986, 2.1). */
str shared_decode(str s, struct arena *a);

/* Digits with at most one point at the start of s: their number of bytes. */
size_t shared_digits(str s);
/* The length that begins at *at, of units of so many EMU, rounded; *at moves behind its digits.
 * False: none, or 2^32 EMU (119 m) or more. */
bool shared_length(str s, size_t *at, uint64_t unit, uint64_t *emu);
/* A length in units of so many EMU, rounded to so many decimals without zeros at its end. */
bool shared_put_length(struct buf *out, uint64_t emu, uint64_t unit, unsigned decimals);
/* How a picture stands that is turned by an angle, either way, and mirrored or not (for gettext); NULL:
 * upright, or nearly so.  A right angle is so many 1/scale. */
const char *shared_turned(str angle, uint64_t scale, uint64_t right_angle, bool mirrored);
/* picture, 1, .png → picture1.png */
str shared_numbered(str stem, uint64_t number, str ending, struct arena *a);
/* A name such that no entry begins with folder and it, whatever the case: `stem` and
 * underscores. */
str shared_free_stem(const struct pack *p, str folder, str stem, struct arena *a);

#endif
