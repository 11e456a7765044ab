/* Pieces of JSON (RFC 8259) for those who write it. */
#ifndef BASE_JSON_OUT_H
#define BASE_JSON_OUT_H

#include "base/buf.h"

/* Appends a text with its quotes; bytes that are no UTF-8 become U+FFFD. */
void json_out_text(struct buf *out, str s);

#endif
