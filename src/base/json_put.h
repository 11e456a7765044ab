/* Writing JSON (RFC 8259). */
#ifndef BASE_JSON_PUT_H
#define BASE_JSON_PUT_H

#include "base/buf.h"
#include "base/place.h"

/* A string with its quotes; what is not UTF-8 becomes U+FFFD. */
void json_put_text(struct buf *out, str s);
/* "key": , with a comma before it unless it is the first of its object. */
void json_put_key(struct buf *out, const char *key);
void json_put_member(struct buf *out, const char *key, str value);
void json_put_number(struct buf *out, const char *key, uint64_t v);
/* A member, unless it is empty, or 0. */
void json_put_some(struct buf *out, const char *key, str value);
void json_put_some_number(struct buf *out, const char *key, uint64_t v);
/* Members of the object of a place in a document, but its file and its tag. */
void json_put_place(struct buf *out, const struct place *p);
/* Members of the object of a place in the data. */
void json_put_origin(struct buf *out, const struct origin *o);

#endif
