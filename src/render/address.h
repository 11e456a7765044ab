/* Addresses of links, put together of what the template wrote and values (RFC 3986). */
#ifndef RENDER_ADDRESS_H
#define RENDER_ADDRESS_H

#include "base/buf.h"

/* What is wrong with an address whose beginning comes from the data. */
enum address_fault {
  ADDRESS_GOOD,
  ADDRESS_NO_SCHEME, /* no http, https, mailto or # in front */
  ADDRESS_SCHEME,    /* another scheme */
  ADDRESS_CONTROL,   /* a blank in front, or a control character */
  ADDRESS_EMPTY      /* nothing behind the scheme */
};

/* Appends a value that stands inside of the address so far: all but unreserved characters are
 * encoded (2.3); behind mailto: an @ stays, too (RFC 6068, 2). */
bool address_put_part(struct buf *out, str value);
/* Appends a value that begins the address: only what may stand in no address is encoded; %XX stays
 * (2.1, 2.4), and so does the name of a place in the document behind #. */
bool address_put_start(struct buf *out, str value);
/* Appends a value that stands in the name of a place in the document: its letters, of whatever
 * script, stay what they are. */
bool address_put_place(struct buf *out, str value);
/* Judges a whole address that a value begins; `value` as in the data. */
enum address_fault address_judge(str address, str value);

#endif
