/* Compound files: the container of old Office documents ([MS-CFB]). */
#ifndef BOOK_CFB_H
#define BOOK_CFB_H

#include "base/buf.h"

/* Is it a compound file? */
bool cfb_is(str bytes);
/* Has it a stream or folder of this name (ASCII, case as written)? */
bool cfb_has(str bytes, const char *name);
/* Appends the stream of this name.  False: there is none, or its chains are broken; or no memory
 * (out->failed). */
bool cfb_read(str bytes, const char *name, struct buf *out);

#endif
