/* The encoding of an XML part. */
#ifndef XML_DECODE_H
#define XML_DECODE_H

#include "base/buf.h"
#include "base/finding.h"

/* A part as UTF-8. */
struct decoded {
  str text;     /* without byte order mark; a view of the input or of `made` */
  str label;    /* the name of the encoding in the XML declaration, inside text; n 0: none */
  bool relabel; /* the label is not UTF-8's, though the text is */
  struct buf made;
};

/* UTF-16 is converted; names of encodings other than UTF-8, US-ASCII and UTF-16 are
 * CODE_BAD_ENCODING, what is not text of that encoding CODE_BAD_XML.  decode_free in any case. */
bool decode(str bytes, const struct place *place, struct findings *fs, struct decoded *out);
void decode_free(struct decoded *d);

/* ---- a part that comes in pieces ---- */

enum decode_form { DECODE_BYTES, DECODE_UTF16LE, DECODE_UTF16BE, DECODE_UTF32 };

/* The form of a part that begins with s (four bytes, or all of it); s moves behind a byte order
 * mark. */
enum decode_form decode_form(str *s);
/* Appends what is whole of a piece of a part: *used of its bytes.  With `last` a rest is a fault. */
bool decode_piece(enum decode_form form, str piece, bool last, size_t *used, struct buf *out,
                  const struct place *place, struct findings *fs);
/* Is the encoding that the XML declaration at the beginning of the text names read here? */
bool decode_declared(str text, const struct place *place, struct findings *fs);

#endif
