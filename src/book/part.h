/* Parts of workbooks that are packages, read as streams; for xlsx*.c and ods.c. */
#ifndef BOOK_PART_H
#define BOOK_PART_H

#include "base/limits.h"
#include "book/build.h"
#include "pack/pack.h"
#include "xml/stream.h"

/* An element that a reader knows: its name, and below which of them it counts (bits 1 << tag).
 * What stands below others, or is not known, is not looked at. */
struct part_tag {
  const char *ns, *local; /* ns: alternatives apart by '\n'; local NULL: any */
  unsigned tag;           /* 1 … 30, or PART_OTHER */
  uint32_t below;
};

enum { PART_OTHER = 0, PART_TOP = 31, PART_DEPTH = 256 /* LIMIT_XML_DEPTH and some */ };
#define BELOW(tag) ((uint32_t)1 << (tag))

/* Where a stream is: the open elements from the root on. */
struct part_path {
  const struct part_tag *tags;
  size_t n, depth;
  uint8_t open[PART_DEPTH];
};

/* Enters an element; its tag, or PART_OTHER. */
unsigned part_enter(struct part_path *p, const struct xml_tag *tag);
/* Leaves the innermost; its tag. */
unsigned part_leave(struct part_path *p);
/* The innermost open element, and the one around it. */
unsigned part_in(const struct part_path *p);

/* Opens the package of a workbook; NULL: findings. */
struct pack *part_open_package(struct building *g, str bytes);
/* Reads a part whole.  False: findings, in words of workbooks. */
bool part_read(struct building *g, struct pack *pack, size_t entry, const struct xml_handler *h,
               void *ctx);
/* The entry of this name, whatever its case, or -1. */
ptrdiff_t part_find(const struct pack *pack, str name);
/* An unsigned number in an attribute. False: it is none, or over most. */
bool part_number(str s, uint64_t most, uint64_t *v);
/* true, 1 */
bool part_flag(str s);

#endif
