/* One linear pass over the bytes of an XML part before libxml2 sees them. */
#ifndef XML_PRESCAN_H
#define XML_PRESCAN_H

#include "base/finding.h"

/* What the pass found: offsets into the text. */
struct prescan {
  size_t root;             /* '<' of the root element */
  size_t behind;           /* behind the root element's end */
  size_t doctype, content; /* a DOCTYPE that is to be cut out, and what follows it; equal: none */
};

/* `text` is valid UTF-8.  Bounds by base/limits.h everything that libxml2 would take more than
 * linear time for, and refuses a DOCTYPE; with `old_doctype` one with an external id and no
 * internal subset is only reported in `out`.  Text that is well-formed is never refused for
 * another reason; text that is not may be refused here or by libxml2. */
bool prescan(str text, bool old_doctype, const struct place *place, struct findings *fs,
             struct prescan *out);

/* The same pass over a text that comes in pieces and of which nothing is kept: elements, ids and
 * texts are without bounds, one piece of markup has LIMIT_XML_MARKUP bytes at most. */
struct prescan_pieces;
struct prescan_pieces *prescan_pieces_new(const struct place *place, struct findings *fs);
void prescan_pieces_free(struct prescan_pieces *p);
/* `text` begins where the last piece was left: *used of its bytes are whole markup or text and may
 * go on to libxml2, also when what follows them is refused.  Findings count lines from the beginning of the piece. */
bool prescan_piece(struct prescan_pieces *p, str text, bool last, size_t *used);

/* Reads one attribute, name="value", at *at (blanks before it are skipped) and moves behind it.
 * False: there is none; *at is then behind the blanks. */
bool prescan_attribute(str s, size_t *at, str *name, str *value);

/* CODE_BAD_XML at a byte of the text; `words` in English, as libxml2's. Returns false. */
bool prescan_refuse(str text, size_t offset, const char *words, const struct place *place,
                    struct findings *fs);

#endif
