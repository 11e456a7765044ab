/* Parts of packages as streams of known elements.
 *
 *   entry ─ pack_pieces ─► xml_stream ─► handler (xlsx*.c, ods.c)
 *
 * Invariant: what package and XML found wrong comes out in words of workbooks, at the sheet and
 * cell that are being read.
 */
#include "book/part.h"

#include "base/mem.h"
#include "xml/xml.h"

#define N_(s) (s)

/* ---- where a stream is ---- */

unsigned part_in(const struct part_path *p) {
  return p->depth > 0 ? p->open[p->depth - 1] : PART_TOP;
}

static bool is_named(const struct xml_tag *tag, const struct part_tag *t) {
  return t->local != NULL ? xml_tag_is(tag, t->ns, t->local) : xml_ns_is(tag->ns, t->ns);
}

unsigned part_enter(struct part_path *p, const struct xml_tag *tag) {
  unsigned around = part_in(p), found = PART_OTHER;
  for (size_t i = 0; i < p->n && around != PART_OTHER; i++) {
    const struct part_tag *t = &p->tags[i];
    if ((t->below & BELOW(around)) == 0 || !is_named(tag, t)) continue;
    found = t->tag;
    break;
  }
  if (p->depth == PART_DEPTH) p->depth--; /* never: the stream is not that deep */
  p->open[p->depth++] = (uint8_t)found;
  return found;
}

unsigned part_leave(struct part_path *p) { return p->open[--p->depth]; }

/* ---- packages ---- */

struct pack *part_open_package(struct building *g, str bytes) {
  struct findings *inner = findings_new();
  struct pack *pack = NULL;
  if (inner != NULL)
    pack = pack_of_bytes(g->book->path.p, bytes, LIMIT_SHEET_PART, inner);
  else
    build_memory(g);
  if (inner != NULL && pack == NULL) {
    g->part = STR(N_("the package"));
    build_translate(g, inner);
  }
  findings_free(inner);
  return pack;
}

static bool feed(void *stream, str piece) { return xml_stream_feed(stream, piece); }

bool part_read(struct building *g, struct pack *pack, size_t entry, const struct xml_handler *h,
               void *ctx) {
  struct findings *inner = findings_new();
  if (inner == NULL) return build_memory(g);
  g->part = pack_name(pack, entry);
  struct place place = {.file = g->book->path, .part = g->part};
  struct xml_stream *s = xml_stream_new(h, ctx, &place, inner);
  bool ok = s != NULL && pack_pieces(pack, entry, feed, s, inner) && xml_stream_end(s);
  if (!ok) build_translate(g, inner);
  xml_stream_free(s);
  findings_free(inner);
  return ok;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static bool same_name(str a, str b) {
  if (a.n != b.n) return false;
  for (size_t i = 0; i < a.n; i++)
    if (lower(a.p[i]) != lower(b.p[i])) return false;
  return true;
}

ptrdiff_t part_find(const struct pack *pack, str name) {
  ptrdiff_t i = pack_find(pack, name);
  for (size_t k = 0; i < 0 && k < pack_count(pack); k++)
    if (same_name(pack_name(pack, k), name)) i = (ptrdiff_t)k;
  return i;
}

/* ---- attributes ---- */

bool part_number(str s, uint64_t most, uint64_t *v) {
  *v = 0;
  s = str_trim(s);
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    *v = *v * 10 + (uint64_t)(s.p[i] - '0');
    if (*v > most) return false;
  }
  return s.n > 0;
}

bool part_flag(str s) { return str_is(s, "1") || str_is(s, "true"); }
