/* XML that is read as it comes, without a tree: sheets and lists of texts up to 1 GiB.
 *
 * Behind the same rules as xml_parse: UTF-16 is converted first, then a linear scan bounds what
 * libxml2 would take quadratic time for and refuses any DOCTYPE, then libxml2's push parser reads
 * without entities, network or recovery.
 */
#ifndef XML_STREAM_H
#define XML_STREAM_H

#include "base/buf.h"
#include "base/finding.h"

/* An element's tag; valid during the call. */
struct xml_tag {
  const char *ns, *local; /* ns NULL: none */
  size_t n;
  const unsigned char **attributes; /* libxml2's: name, prefix, namespace, value, its end */
};

/* False stops the stream; the handler has then added its findings. */
struct xml_handler {
  bool (*start)(void *ctx, const struct xml_tag *tag);
  bool (*end)(void *ctx);
  bool (*text)(void *ctx, str text); /* a text may come in several calls */
};

struct xml_stream;

/* NULL: no memory, and a finding.  Handler and place are borrowed, ctx is for the handler. */
struct xml_stream *xml_stream_new(const struct xml_handler *h, void *ctx, const struct place *place,
                                  struct findings *fs);
/* False: findings (lines may be counted from the middle of the part), and nothing more is read. */
bool xml_stream_feed(struct xml_stream *s, str piece);
bool xml_stream_end(struct xml_stream *s);
void xml_stream_free(struct xml_stream *s);

/* Namespaces as in xml_ns_is. */
bool xml_tag_is(const struct xml_tag *tag, const char *ns, const char *local);
/* The value, valid during the call; p NULL: there is none. */
str xml_tag_attr(const struct xml_tag *tag, const char *ns, const char *local);

#endif
