/* Automatic numbers of captions: SEQ fields, or their like in Writer.
 *
 * Their results are copies of what the office program counted in the template.  Where something is
 * repeated or chosen, the numbers are counted anew on the way into the report, in the order of the
 * text.  Invariant: a name is counted everywhere or nowhere; when one of its fields stands outside
 * of the text itself, or counts in a way of its own, all of them stay what they were, and where the
 * office program does not count on opening that is told.
 */
#include "template/compile.h"

enum { SEQUENCES = 64 };

struct sequence {
  str name;
  bool plain;
};

struct sequences {
  struct sequence all[SEQUENCES];
  size_t n;
};

static struct sequence *find(struct sequences *s, str name) {
  for (size_t i = 0; i < s->n; i++)
    if (str_eq(s->all[i].name, name)) return &s->all[i];
  return NULL;
}

/* In the text of the body: not in a text box, which may be there twice, nor in a note. */
static bool in_text(const struct compile *c, const xmlNode *n) {
  unsigned stories = 0;
  for (; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent)
    stories += c->t->flavour->kind(n) == KIND_STORY;
  return stories == 1;
}

static bool is_dead(const struct compile *c, const xmlNode *n) {
  return n->type == XML_ELEMENT_NODE && c->t->flavour->deleted(n) &&
         c->t->flavour->kind(n) == KIND_SKIP;
}

static xmlNode *next_node(const struct compile *c, xmlNode *n) {
  xmlNode *root = xmlDocGetRootElement(c->xml.doc);
  return xml_walk(root, n, is_dead(c, n));
}

static bool is_caption(struct compile *c, xmlNode *n, str *name, bool *plain) {
  return n->type == XML_ELEMENT_NODE && !is_dead(c, n) &&
         c->t->flavour->sequence(n, c->arena, name, plain);
}

/* Where the office program does not count by itself on opening, that is told (stale.c). */
static void leave_stale(struct compile *c) {
  if ((c->t->stale & STALE_COUNTED) != 0) c->t->stale |= STALE_REFERENCE;
}

static bool gather(struct compile *c, struct sequences *s) {
  str name;
  bool plain;
  for (xmlNode *n = xmlDocGetRootElement(c->xml.doc); n != NULL; n = next_node(c, n)) {
    if (!is_caption(c, n, &name, &plain)) continue;
    if (name.p == NULL) return compile_no_memory(c);
    struct sequence *known = find(s, name);
    if (known == NULL && s->n == SEQUENCES) return s->n = 0, leave_stale(c), true;
    if (known == NULL) *(known = &s->all[s->n++]) = (struct sequence){name, true};
    known->plain = known->plain && plain && in_text(c, n);
    if (!known->plain) leave_stale(c);
  }
  return true;
}

/* The number gives way to an anchor that counts. */
static bool count(struct compile *c, xmlNode *n, size_t counter) {
  uint32_t number;
  xmlNode *to = c->t->flavour->reference_text(n, false);
  struct mark *m = to != NULL ? compile_mark(c, MARK_CAPTION, &number) : NULL;
  xmlNode *anchor = m != NULL ? compile_anchor(c, number) : NULL;
  if (anchor == NULL) return compile_no_memory(c);
  m->a = (uint32_t)counter;
  xml_append(to, anchor);
  c->changed = true;
  return true;
}

static bool count_all(struct compile *c, struct sequences *s) {
  str name;
  bool plain;
  for (xmlNode *n = xmlDocGetRootElement(c->xml.doc); n != NULL; n = next_node(c, n)) {
    if (!is_caption(c, n, &name, &plain)) continue;
    struct sequence *known = find(s, name);
    if (known != NULL && known->plain && !count(c, n, (size_t)(known - s->all))) return false;
  }
  return true;
}

static bool has_copies(const struct compile *c) {
  for (size_t i = 0; i < c->nmarks; i++)
    if (c->marks[i]->kind == MARK_EACH || c->marks[i]->kind == MARK_TEST) return true;
  return false;
}

bool sequence_fill(struct compile *c) {
  if (c->info->story != STORY_BODY || !has_copies(c)) return true;
  struct sequences *s = ARENA_NEW(c->arena, struct sequences);
  if (s == NULL) return compile_no_memory(c);
  s->n = 0;
  if (!gather(c, s)) return false;
  c->program->ncounts = s->n;
  return s->n == 0 || count_all(c, s);
}
