/* The push parser behind the pre-scan.
 *
 *   piece ─ decode_piece ─► pending (UTF-8) ─ prescan_piece ─► whole markup ─ libxml2 ─► handler
 *
 * What elements mean is the handlers' business.  Invariants: libxml2 is given nothing that was not
 * scanned; after a fault it is given nothing more; memory does not grow with the part.
 */
#include "xml/stream.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>

#include "base/limits.h"
#include "base/mem.h"
#include "xml/decode.h"
#include "xml/fault.h"
#include "xml/prescan.h"
#include "xml/xml.h"

/* Long enough for byte order mark and XML declaration. */
enum { HEAD = 1024, FEED = 1 << 20 };

struct xml_stream {
  const struct xml_handler *h;
  void *ctx;
  const struct place *place;
  struct findings *fs;
  xmlParserCtxt *parser;
  struct prescan_pieces *scan;
  struct fault first;
  struct buf raw;     /* bytes that are no whole character yet, or the head of the part */
  struct buf pending; /* text that is no whole markup yet */
  enum decode_form form;
  bool begun;   /* the head was looked at */
  bool stopped; /* by the handler or by a fault */
};

/* ---- what libxml2 calls ---- */

static void stop(struct xml_stream *s) {
  s->stopped = true;
  xmlStopParser(s->parser);
}

static void on_start(void *data, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
                     int nns, const xmlChar **ns, int n, int defaulted,
                     const xmlChar **attributes) {
  struct xml_stream *s = data;
  (void)prefix, (void)nns, (void)ns, (void)defaulted;
  struct xml_tag tag = {(const char *)uri, (const char *)local, (size_t)n, attributes};
  if (!s->stopped && !s->h->start(s->ctx, &tag)) stop(s);
}

static void on_end(void *data, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri) {
  struct xml_stream *s = data;
  (void)local, (void)prefix, (void)uri;
  if (!s->stopped && !s->h->end(s->ctx)) stop(s);
}

static void on_text(void *data, const xmlChar *text, int n) {
  struct xml_stream *s = data;
  if (!s->stopped && !s->h->text(s->ctx, (str){(const char *)text, (size_t)n})) stop(s);
}

static void on_error(void *data, fault_error *e) {
  struct xml_stream *s = data;
  if (fault_keep(&s->first, e)) stop(s);
}

static xmlParserCtxt *new_parser(struct xml_stream *s) {
  xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                       .startElementNs = on_start,
                       .endElementNs = on_end,
                       .characters = on_text,
                       .cdataBlock = on_text,
                       .ignorableWhitespace = on_text,
                       .serror = on_error};
  fault_silence();
  xmlParserCtxt *parser = xmlCreatePushParserCtxt(&sax, s, NULL, 0, NULL);
  if (parser == NULL) return NULL;
  /* NOENT: without it & in attributes comes as &#38;. There are no other entities, for there is no
   * DOCTYPE. */
  xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOENT);
  return parser;
}

/* ---- feeding ---- */

static bool no_memory(struct xml_stream *s) {
  s->stopped = true;
  return findings_add(s->fs, CODE_MEMORY, s->place, NULL, 0, NULL);
}

struct xml_stream *xml_stream_new(const struct xml_handler *h, void *ctx, const struct place *place,
                                  struct findings *fs) {
  struct xml_stream *s = mem_calloc(1, sizeof *s);
  if (s != NULL) {
    *s = (struct xml_stream){.h = h, .ctx = ctx, .place = place, .fs = fs};
    buf_init(&s->raw, 0);
    buf_init(&s->pending, 0);
    s->scan = prescan_pieces_new(place, fs);
    s->parser = new_parser(s);
    if (s->scan != NULL && s->parser != NULL && !mem_failed()) return s;
  }
  xml_stream_free(s);
  findings_add(fs, CODE_MEMORY, place, NULL, 0, NULL);
  return NULL;
}

void xml_stream_free(struct xml_stream *s) {
  if (s == NULL) return;
  xmlFreeParserCtxt(s->parser);
  prescan_pieces_free(s->scan);
  fault_free(&s->first);
  buf_free(&s->raw);
  buf_free(&s->pending);
  mem_free(s);
}

/* Gives scanned text to libxml2; its lengths are ints. */
static bool push(struct xml_stream *s, str text, bool last) {
  bool handler = false;
  for (size_t at = 0; at < text.n && !s->stopped; at += FEED) {
    str part = str_sub(text, at, at + FEED);
    xmlParseChunk(s->parser, part.p, (int)part.n, 0);
    handler = s->stopped && !s->first.fatal;
  }
  if (!s->stopped && last) {
    xmlParseChunk(s->parser, "", 0, 1);
    handler = s->stopped && !s->first.fatal;
  }
  if (mem_failed()) return no_memory(s);
  if (handler) return false;
  if (!s->stopped && s->parser->wellFormed == 1 && s->parser->nsWellFormed == 1) return true;
  s->stopped = true;
  fault_report(&s->first, s->place, s->fs);
  return false;
}

/* What stands before refused markup is read all the same: the handler then knows where it is. */
static bool refused(struct xml_stream *s, size_t used) {
  for (size_t at = 0; at < used && !s->stopped; at += FEED) {
    str part = str_sub(buf_str(&s->pending), at, at + FEED < used ? at + FEED : used);
    xmlParseChunk(s->parser, part.p, (int)part.n, 0);
  }
  return false;
}

/* Scans what is pending and passes on what is whole of it. */
static bool scan(struct xml_stream *s, bool last) {
  size_t used;
  if (!prescan_piece(s->scan, buf_str(&s->pending), last, &used)) return refused(s, used);
  if (!push(s, str_sub(buf_str(&s->pending), 0, used), last)) return false;
  if (used == 0) return true;
  memmove(s->pending.p, s->pending.p + used, s->pending.n - used);
  s->pending.n -= used;
  return true;
}

/* Decodes what is raw. */
static bool take(struct xml_stream *s, bool last) {
  str raw = buf_str(&s->raw);
  size_t used, from = 0;
  if (!s->begun) {
    if (raw.n < HEAD && !last) return true;
    str text = raw;
    s->form = decode_form(&text);
    from = raw.n - text.n;
  }
  if (!decode_piece(s->form, str_sub(raw, from, raw.n), last, &used, &s->pending, s->place, s->fs))
    return false;
  used += from;
  if (s->raw.n != 0) memmove(s->raw.p, s->raw.p + used, s->raw.n - used);
  s->raw.n -= used;
  if (!s->begun && !decode_declared(buf_str(&s->pending), s->place, s->fs)) return false;
  s->begun = true;
  return scan(s, last);
}

static bool step(struct xml_stream *s, bool last) {
  if (s->stopped) return false;
  if (!take(s, last)) s->stopped = true;
  return !s->stopped;
}

bool xml_stream_feed(struct xml_stream *s, str piece) {
  if (s->stopped) return false;
  return buf_put(&s->raw, piece) ? step(s, false) : no_memory(s);
}

bool xml_stream_end(struct xml_stream *s) { return step(s, true); }

/* ---- tags ---- */

bool xml_tag_is(const struct xml_tag *tag, const char *ns, const char *local) {
  return strcmp(tag->local, local) == 0 && xml_ns_is(tag->ns, ns);
}

str xml_tag_attr(const struct xml_tag *tag, const char *ns, const char *local) {
  enum { NAME, PREFIX, NAMESPACE, VALUE, END, FIELDS };
  for (size_t i = 0; i < tag->n; i++) {
    const unsigned char **a = tag->attributes + i * FIELDS;
    if (strcmp((const char *)a[NAME], local) == 0 && xml_ns_is((const char *)a[NAMESPACE], ns))
      return (str){(const char *)a[VALUE], (size_t)(a[END] - a[VALUE])};
  }
  return STR_NONE;
}
