/* The marked copy: a template with each finding as a comment at its place.
 *
 * Findings that speak of the same tag share a comment; those that no place in the body can hold
 * stand in one at the beginning.  What a comment is, the flavour knows.
 * Invariant: the copy differs from the template by our comments only.
 */
#include "check/annotate.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/utf8.h"
#include "flavour/flavour.h"
#include "template/locate.h"

#define N_(s) (s)

/* Where a finding is told. */
struct spot {
  xmlNode *paragraph; /* NULL: at the beginning */
  uint32_t serial;    /* of that paragraph */
  str tag;            /* empty: the whole paragraph */
  uint32_t nth;
  size_t at; /* where the tag begins in the paragraph's text */
  size_t finding;
  bool exact; /* that is its place, and need not be said */
};

struct run {
  const struct annotate *job;
  struct findings *fs;
  struct arena *arena;
  struct pack *pack;
  const struct flavour *flavour;
  void *state;
  struct xml body;
  size_t entry; /* of the body */
  xmlNode **paragraphs;
  uint32_t nparagraphs;
  struct spot *spots;
  size_t n, cap;
};

static bool no_memory(struct run *r) { return finding(r->fs, CODE_MEMORY, NULL, NULL, STR("")); }

/* ---- where ---- */

/* The paragraph of the body that a paragraph is, or hangs on; NULL: none. */
static xmlNode *in_body(const struct run *r, xmlNode *paragraph) {
  xmlNode *outer = paragraph;
  unsigned stories = 0;
  for (xmlNode *n = paragraph->parent; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent) {
    enum kind k = r->flavour->kind(n);
    if (k == KIND_SKIP) return NULL;
    if (k == KIND_STORY) stories++;
    if (k != KIND_PARAGRAPH) continue;
    outer = n;
    stories = 0;
  }
  return stories == 1 ? outer : NULL;
}

static bool is_here(const struct run *r, const struct place *p) {
  return p->serial != 0 && p->serial <= r->nparagraphs && str_eq(p->file, pack_path(r->pack)) &&
         str_eq(p->part, pack_name(r->pack, r->entry));
}

static bool add_spot(struct run *r, struct spot spot) {
  struct spot *slot = arena_grow(r->arena, r->spots, &r->n, &r->cap, sizeof *slot);
  if (slot == NULL) return no_memory(r);
  r->spots = slot - (r->n - 1);
  *slot = spot;
  return true;
}

/* A tag that stands in the paragraph itself has a spot of its own, and so have others like it when
 * the same was found several times. */
static bool add_tags(struct run *r, const struct finding *f, struct spot spot, bool *any) {
  struct text_span span;
  spot.tag = f->place.tag;
  spot.nth = f->place.nth;
  for (unsigned left = f->times, round = 0; left > 0 && round < 2;) {
    if (round == 1 && spot.nth == f->place.nth) break;
    if (locate_tag(r->flavour, spot.paragraph, spot.tag, spot.nth, &span, &spot.at)) {
      if (!add_spot(r, spot)) return false;
      *any = true;
      spot.nth++;
      left--;
    } else {
      round += *any && f->place.nth > 1 ? 1 : 2; /* perhaps some stand before it */
      spot.nth = 1;
    }
  }
  return !mem_failed() || no_memory(r);
}

/* The white space in a file is not always what is seen; tags are found in what is seen. */
static bool add_placed(struct run *r, const struct finding *f, struct spot spot) {
  xmlNode *p = r->paragraphs[f->place.serial - 1];
  bool any = false;
  spot.paragraph = in_body(r, p);
  if (spot.paragraph == NULL) return add_spot(r, spot);
  spot.serial = xml_number(spot.paragraph);
  spot.exact = spot.paragraph == p;
  if (spot.exact && f->place.nth != 0) {
    if (!add_tags(r, f, spot, &any)) return false;
    if (!any) r->flavour->normalise(p);
    if (!any && !add_tags(r, f, spot, &any)) return false;
  }
  return any || add_spot(r, spot);
}

static bool find_spots(struct run *r) {
  bool ok = true;
  for (size_t i = 0; ok && i < findings_count(r->job->found); i++) {
    const struct finding *f = findings_at(r->job->found, i);
    struct spot spot = {.finding = i};
    ok = is_here(r, &f->place) ? add_placed(r, f, spot) : add_spot(r, spot);
  }
  return ok;
}

/* From the beginning of the document to its end; what is told at one place stays in its order. */
static int compare(const void *a, const void *b) {
  const struct spot *x = a, *y = b;
  if (x->serial != y->serial) return x->serial < y->serial ? -1 : 1;
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  if (x->tag.n != y->tag.n) return x->tag.n < y->tag.n ? -1 : 1;
  return x->finding < y->finding ? -1 : x->finding > y->finding;
}

static bool same_spot(const struct spot *a, const struct spot *b) {
  return a->serial == b->serial && a->at == b->at && a->tag.n == b->tag.n;
}

/* ---- what ---- */

static bool is_detail(const struct run *r, size_t i) {
  return codes[findings_at(r->job->found, i)->code].level == LEVEL_DETAIL;
}

/* The finding that a detail belongs to. */
static size_t head_of(const struct run *r, size_t i) {
  while (i > 0 && is_detail(r, i)) i--;
  return i;
}

/* Is a detail of the finding told at a place of its own?  Then that is where the finding is told. */
static bool told_elsewhere(const struct run *r, size_t finding) {
  for (size_t i = 0; i < r->n; i++)
    if (r->spots[i].paragraph != NULL && r->spots[i].finding != finding &&
        head_of(r, r->spots[i].finding) == finding)
      return true;
  return false;
}

/* What XML cannot hold does not come to a comment (XML 1.0, 2.2). */
static void put_clean(struct buf *out, str s) {
  for (size_t bad; (bad = utf8_check_xml(s)) < s.n; s = str_sub(s, bad + 1, s.n)) {
    buf_put(out, str_sub(s, 0, bad));
    buf_putc(out, '?');
  }
  buf_put(out, s);
}

static void put_finding(struct run *r, size_t i, bool placed, bool *told, struct buf *out) {
  const struct finding *f = findings_at(r->job->found, i);
  struct buf words;
  buf_init(&words, 0);
  r->job->words(r->job->ctx, f, placed, told[f->code], &words);
  told[f->code] = true;
  if (out->n != 0) buf_putc(out, '\n');
  put_clean(out, buf_str(&words));
  out->failed = out->failed || words.failed;
  buf_free(&words);
}

/* All that is told at one spot; a detail with what it belongs to before it. */
static void put_spot(struct run *r, const struct spot *spots, size_t n, struct buf *out) {
  bool told[CODE_COUNT] = {false};
  size_t head = SIZE_MAX;
  for (size_t i = 0; i < n; i++) {
    size_t f = spots[i].finding;
    bool loose = spots[i].paragraph == NULL;
    if (loose && !is_detail(r, f) && told_elsewhere(r, f)) continue;
    if (is_detail(r, f) && head_of(r, f) != head) put_finding(r, head_of(r, f), false, told, out);
    head = head_of(r, f);
    put_finding(r, f, spots[i].exact, told, out);
  }
}

static str *lines_of(struct run *r, str text, size_t *n) {
  size_t most = 1, at = 0;
  for (size_t i = 0; i < text.n; i++) most += text.p[i] == '\n';
  str *lines = ARENA_ARRAY(r->arena, most, str);
  for (*n = 0; lines != NULL && *n < most; ++*n) {
    size_t end = str_find(text, STR("\n"), at);
    if (end == STR_NOT_FOUND) end = text.n;
    lines[*n] = str_sub(text, at, end);
    at = end + 1;
  }
  return lines;
}

/* ---- comments ---- */

static xmlNode *first_paragraph(const struct run *r) {
  for (uint32_t i = 0; i < r->nparagraphs; i++)
    if (in_body(r, r->paragraphs[i]) == r->paragraphs[i]) return r->paragraphs[i];
  return NULL;
}

static bool put_comment(struct run *r, const struct spot *spots, size_t n) {
  struct text_span span = {.paragraph = spots->paragraph};
  struct buf text;
  size_t at, nlines = 0;
  buf_init(&text, 0);
  put_spot(r, spots, n, &text);
  bool some = text.n != 0, ok = !text.failed;
  str *lines = ok ? lines_of(r, buf_str(&text), &nlines) : NULL;
  if (span.paragraph == NULL) span.paragraph = first_paragraph(r);
  if (lines == NULL) ok = no_memory(r);
  if (ok && some && span.paragraph == NULL)
    ok = finding(r->fs, CODE_NO_COMMENTS, NULL, NULL, pack_path(r->pack));
  if (ok && spots->tag.n != 0)
    locate_tag(r->flavour, span.paragraph, spots->tag, spots->nth, &span, &at);
  if (ok && some) ok = r->flavour->comment(r->state, &span, lines, nlines) || no_memory(r);
  buf_free(&text);
  return ok;
}

static bool put_comments(struct run *r) {
  bool ok = true;
  if (r->n != 0) qsort(r->spots, r->n, sizeof *r->spots, compare);
  for (size_t i = 0, end; ok && i < r->n; i = end) {
    for (end = i + 1; end < r->n && same_spot(&r->spots[i], &r->spots[end]);) end++;
    ok = put_comment(r, r->spots + i, end - i);
  }
  return ok;
}

/* ---- the package ---- */

static bool read_body(struct run *r) {
  const struct flavour_part *parts;
  struct buf bytes;
  bool changed;
  if (r->flavour->parts(r->state, &parts) == 0) return no_memory(r);
  r->entry = parts[0].entry;
  struct place place = {.file = pack_path(r->pack), .part = pack_name(r->pack, r->entry)};
  buf_init(&bytes, LIMIT_XML_PART);
  bool ok = pack_read(r->pack, r->entry, LIMIT_XML_PART, &bytes, r->fs) &&
            xml_parse(&r->body, buf_str(&bytes), XML_PLAIN, &place, r->fs);
  buf_free(&bytes);
  if (!ok) return false;
  xmlNode *root = xmlDocGetRootElement(r->body.doc);
  if (!r->flavour->forget(r->state, r->entry, root, &changed)) return no_memory(r);
  r->nparagraphs = locate_number(r->flavour, root);
  r->paragraphs = ARENA_ARRAY(r->arena, r->nparagraphs + 1, xmlNode *);
  if (r->paragraphs == NULL) return no_memory(r);
  locate_list(r->flavour, root, r->paragraphs);
  return true;
}

static bool write_copy(struct run *r) {
  struct pack_out *o = pack_create(r->pack, r->job->out, r->job->mode, r->fs);
  ptrdiff_t first = r->flavour->stored_first(r->state);
  str name, bytes;
  if (o == NULL) return false;
  bool ok = first < 0 || flavour_put_first(r->flavour, r->state, r->pack, o, (size_t)first, r->fs);
  for (size_t i = 0; ok && i < pack_count(r->pack); i++)
    if ((ptrdiff_t)i != first)
      ok = flavour_put(r->flavour, r->state, o, i, pack_name(r->pack, i), r->fs);
  for (size_t i = 0; ok && r->flavour->added(r->state, i, &name, &bytes); i++)
    ok = pack_put_bytes(o, name, bytes, false, r->fs);
  if (ok && mem_failed()) ok = no_memory(r);
  if (ok) return pack_commit(o, NULL, r->fs);
  pack_abort(o);
  return false;
}

/* The copy is of the kind that the reports are of, and never takes the template's place. */
static bool check_name(struct run *r) {
  str out = str_of(r->job->out), ending = r->flavour->ending(r->state), theirs = out;
  size_t dot = out.n;
  while (dot > 0 && out.p[dot - 1] != '.' && out.p[dot - 1] != '/') dot--;
  theirs = dot > 0 && out.p[dot - 1] == '.' ? str_sub(out, dot - 1, out.n) : STR_NONE;
  bool same = theirs.n == ending.n;
  for (size_t i = 1; same && i < ending.n; i++) same = (theirs.p[i] | 32) == ending.p[i];
  if (!same)
    return finding(r->fs, theirs.n != 0 ? CODE_ENDING : CODE_NO_ENDING, NULL, NULL,
                   theirs.n != 0 ? theirs : out, ending);
  if (os_same_file(r->job->out, r->job->template_path))
    return finding(r->fs, CODE_NAME_INPUT, NULL, NULL, out);
  return true;
}

static bool annotate(struct run *r) {
  r->arena = arena_new(0);
  if (r->arena == NULL) return no_memory(r);
  r->pack = pack_open(r->job->template_path, r->fs);
  r->flavour = r->pack != NULL ? flavour_of(r->pack, r->fs) : NULL;
  return r->flavour != NULL && r->flavour->open(r->pack, r->arena, &r->state, r->fs) &&
         check_name(r) && read_body(r) && find_spots(r) && put_comments(r) &&
         r->flavour->replace(r->state, r->entry, &r->body, r->fs) &&
         r->flavour->comments_end(r->state, r->fs) && write_copy(r);
}

bool annotate_write(const struct annotate *job, struct findings *fs) {
  struct run r = {.job = job, .fs = fs};
  size_t before = findings_errors(fs);
  bool ok = annotate(&r);
  if (!ok && findings_errors(fs) == before)
    finding(fs, CODE_INTERNAL, NULL, NULL, STR(N_("the copy failed without a reason")));
  xml_free(&r.body);
  if (r.state != NULL) r.flavour->close(r.state);
  if (r.pack != NULL) pack_close(r.pack);
  if (r.arena != NULL) arena_free(r.arena);
  return ok;
}
