/* Cross-references to a text: a REF field, or its like in Writer.
 *
 * Their results are copies of a text that a fill changes.  Where that text is plain, with or
 * without tags, the reference gets the same text and the same values, in the way into the report
 * that they have.  What stands in a repeated part is renamed from copy to copy, and a reference
 * would go on leading to the first of them: there it gives way to its text.
 * Invariant: a reference that cannot be followed stays what it was, and is told as not refreshed
 * where the office program does not do it by itself (stale.c); one that would show another item's figure is refused.
 */
#include "template/compile.h"

enum { REFERENCES = 2000, LEVELS = 128 /* of ranges around a node */ };

/* A text with a name, from one mark to another. */
struct named {
  str name;
  const xmlNode *from, *to;
};

struct referring {
  str name;
  xmlNode *node;
};

struct references {
  struct named *places; /* sorted by name */
  size_t nplaces, places_cap;
  struct referring *all;
  size_t n, cap;
};

/* A text that stands once in the document, for the references of the parts that follow: what is
 * typed, or a value. */
struct text_piece {
  str typed;
  const struct mark *value;
};

struct known_text {
  str name;
  struct text_piece *pieces;
  size_t n;
};

/* One is not filled: it is stale, where the office program does not fill it by itself. */
static void lose(struct compile *c) {
  if ((c->t->stale & STALE_SHOWN) != 0) c->t->stale |= STALE_REFERENCE;
}

/* ---- before ids become instructions ---- */

static bool keep_reference(struct compile *c, struct references *r, xmlNode *n) {
  str name;
  if (!c->t->flavour->reference(n, c->arena, &name)) return true;
  if (r->n == REFERENCES) return lose(c), true;
  struct referring *to = arena_grow(c->arena, r->all, &r->n, &r->cap, sizeof *to);
  if (to == NULL || name.p == NULL) return compile_no_memory(c);
  r->all = to - (r->n - 1);
  *to = (struct referring){name, n};
  return true;
}

static bool keep_place(struct compile *c, struct references *r, xmlNode *n) {
  str name;
  const xmlNode *end = c->t->flavour->named_text(n, c->arena, &name);
  if (end == NULL) return true;
  struct named *to = arena_grow(c->arena, r->places, &r->nplaces, &r->places_cap, sizeof *to);
  if (to == NULL || name.p == NULL) return compile_no_memory(c);
  r->places = to - (r->nplaces - 1);
  *to = (struct named){name, n, end};
  return true;
}

static int by_name(const void *x, const void *y) {
  const struct named *a = x, *b = y;
  return str_cmp(a->name, b->name);
}

bool reference_find(struct compile *c) {
  struct references *r = ARENA_NEW(c->arena, struct references);
  xmlNode *root = xmlDocGetRootElement(c->xml.doc);
  c->references = r;
  if (r == NULL) return compile_no_memory(c);
  for (xmlNode *n = root; n != NULL; n = xml_walk(root, n, false))
    if (n->type == XML_ELEMENT_NODE && !keep_reference(c, r, n)) return false;
  for (xmlNode *n = r->n != 0 ? root : NULL; n != NULL; n = xml_walk(root, n, false))
    if (n->type == XML_ELEMENT_NODE && !keep_place(c, r, n)) return false;
  if (r->nplaces != 0) qsort(r->places, r->nplaces, sizeof *r->places, by_name);
  return true;
}

/* ---- what is repeated or chosen around a node ---- */

struct around {
  const struct mark *marks[LEVELS]; /* innermost first: openers, or the last 否则 */
  size_t n;
  bool repeated;
};

static void look_around(struct compile *c, const xmlNode *n, struct around *out) {
  *out = (struct around){.n = 0};
  for (; n != NULL; n = n->parent) {
    const struct mark *branch = NULL;
    size_t closed = 0;
    for (const xmlNode *k = n->prev; k != NULL && out->n < LEVELS; k = k->prev) {
      const struct mark *m = compile_mark_of(c, k);
      if (m == NULL) continue;
      if (compile_closes(m->kind)) closed++;
      if (closed == 0 && branch == NULL && (m->kind == MARK_ELSE || m->kind == MARK_ELIF))
        branch = m;
      if (!compile_opens(m->kind)) continue;
      if (closed == 0) {
        out->marks[out->n++] = branch != NULL ? branch : m;
        out->repeated = out->repeated || m->kind == MARK_EACH || m->kind == MARK_NOTE;
        branch = NULL;
      } else {
        closed--;
      }
    }
  }
}

/* Does all that is around the text stand around the reference too? */
static bool stands_in(const struct around *ref, const struct around *text) {
  if (text->n > ref->n || text->n == LEVELS) return false;
  for (size_t i = 0; i < text->n; i++)
    if (ref->marks[ref->n - 1 - i] != text->marks[text->n - 1 - i]) return false;
  return true;
}

static size_t repetitions(const struct around *a) {
  size_t n = 0;
  for (size_t i = 0; i < a->n; i++) n += a->marks[i]->kind == MARK_EACH;
  return n;
}

static bool shares_repetition(const struct around *a, const struct around *b) {
  for (size_t i = 0; i < a->n && i < b->n; i++) {
    const struct mark *m = a->marks[a->n - 1 - i];
    if (m != b->marks[b->n - 1 - i]) return false;
    if (m->kind == MARK_EACH) return true;
  }
  return false;
}

/* ---- the text ---- */

static xmlNode *paragraph_of(const struct compile *c, const xmlNode *n) {
  return compile_up(c, (xmlNode *)n, KIND_PARAGRAPH);
}

static bool is_characters(const xmlNode *n) {
  return n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE;
}

enum portion { PORTION_NOTHING, PORTION_INSIDE, PORTION_TEXT, PORTION_VALUE, PORTION_OTHER };

static enum portion portion_of_mark(const struct mark *m) {
  bool value =
      (m->kind == MARK_VALUE && m->form != NULL && !m->form->attribute) || m->kind == MARK_CAPTION;
  return value ? PORTION_VALUE : m->kind == MARK_SEEN ? PORTION_NOTHING : PORTION_OTHER;
}

static enum portion portion_of(struct compile *c, const xmlNode *n) {
  const struct flavour *f = c->t->flavour;
  const struct mark *m = compile_mark_of(c, n);
  if (m != NULL) return portion_of_mark(m);
  if (is_characters(n)) {
    enum kind up = f->kind(n->parent);
    bool text = up == KIND_TEXT ||
                (f->mixed_content && (up == KIND_PARAGRAPH || up == KIND_RUN || up == KIND_FIXED));
    return text ? PORTION_TEXT : PORTION_NOTHING;
  }
  if (n->type != XML_ELEMENT_NODE) return PORTION_NOTHING;
  if (f->field_mark(n)) return PORTION_NOTHING;
  switch (f->kind(n)) {
  case KIND_RUN:
  case KIND_FIXED:
  case KIND_TEXT:
  case KIND_OTHER: return PORTION_INSIDE;
  case KIND_MARK:
  case KIND_SKIP: return PORTION_NOTHING;
  default: return PORTION_OTHER;
  }
}

/* Does no other caption of that name stand between the text and what refers to it? */
static bool still_counts(struct compile *c, const struct named *place, const struct mark *caption,
                         const xmlNode *ref) {
  xmlNode *root = xmlDocGetRootElement(c->xml.doc);
  for (xmlNode *n = (xmlNode *)place->to; n != NULL; n = xml_walk(root, n, false)) {
    const struct mark *m = compile_mark_of(c, n);
    if (n == ref) return true;
    if (m != NULL && m->kind == MARK_CAPTION && m->a == caption->a && m->b == 0) return false;
  }
  return false; /* it stands before the text, or in another part */
}

/* Nothing but text and values, and something of these?  Numbers of captions only where `counted`: the
 * reference is not repeated more often than the text. */
static bool is_plain(struct compile *c, const struct named *place, const xmlNode *ref,
                     bool counted) {
  xmlNode *p = paragraph_of(c, place->from), *next;
  bool some = false;
  if (p == NULL || paragraph_of(c, place->to) != p) return false;
  for (xmlNode *n = xml_walk(p, (xmlNode *)place->from, true); n != place->to; n = next) {
    if (n == NULL || n == ref) return false;
    enum portion k = portion_of(c, n);
    const struct mark *m = compile_mark_of(c, n);
    if (k == PORTION_OTHER) return false;
    bool caption = m != NULL && m->kind == MARK_CAPTION;
    if (caption && (!counted || !still_counts(c, place, m, ref))) return false;
    some = some || k == PORTION_TEXT || k == PORTION_VALUE;
    next = xml_walk(p, n, k != PORTION_INSIDE);
  }
  return some;
}

/* The same value once more. */
static bool copy_value(struct compile *c, const struct mark *from, xmlNode *to) {
  uint32_t number;
  struct mark *m = compile_mark(c, MARK_VALUE, &number);
  struct form *form = ARENA_NEW(c->arena, struct form);
  xmlNode *anchor = m != NULL && form != NULL ? compile_anchor(c, number) : NULL;
  if (anchor == NULL) return compile_no_memory(c);
  *m = *from;
  m->form = form;
  xml_append(to, anchor);
  bool marks = c->t->options.missing == MISSING_MARK;
  if (!c->t->flavour->form(anchor, to, false, marks, c->arena, form)) return compile_no_memory(c);
  form->what = from->form->what;
  form->cell = from->form->cell;
  form->words = from->form->words;
  return true;
}

/* The number of a caption as it was counted last. */
static bool copy_caption(struct compile *c, const struct mark *from, xmlNode *to) {
  uint32_t number;
  struct mark *m = compile_mark(c, MARK_CAPTION, &number);
  xmlNode *anchor = m != NULL ? compile_anchor(c, number) : NULL;
  if (anchor == NULL) return compile_no_memory(c);
  m->a = from->a;
  m->b = 1;
  xml_append(to, anchor);
  return true;
}

static bool copy_piece(struct compile *c, const struct text_piece *piece, xmlNode *to) {
  if (piece->value != NULL && piece->value->kind == MARK_CAPTION)
    return copy_caption(c, piece->value, to);
  if (piece->value != NULL) return copy_value(c, piece->value, to);
  xmlNode *text = xml_text(c->xml.doc, piece->typed);
  xml_append(to, text);
  return text != NULL || compile_no_memory(c);
}

/* What stands in a place that is plain. */
static bool read_pieces(struct compile *c, const struct named *place, struct known_text *out) {
  xmlNode *p = paragraph_of(c, place->from), *next;
  size_t cap = 0;
  *out = (struct known_text){.name = place->name};
  for (xmlNode *n = xml_walk(p, (xmlNode *)place->from, true); n != place->to; n = next) {
    enum portion k = portion_of(c, n);
    next = xml_walk(p, n, k != PORTION_INSIDE);
    if (k != PORTION_TEXT && k != PORTION_VALUE) continue;
    struct text_piece *to = arena_grow(c->arena, out->pieces, &out->n, &cap, sizeof *to);
    if (to == NULL) return compile_no_memory(c);
    out->pieces = to - (out->n - 1);
    *to = (struct text_piece){.value = compile_mark_of(c, n)};
    if (k == PORTION_TEXT) to->typed = arena_dup(c->arena, str_of((const char *)n->content));
    if (k == PORTION_TEXT && to->typed.p == NULL) return compile_no_memory(c);
  }
  return true;
}

static bool copy_text(struct compile *c, const struct known_text *text, xmlNode *to) {
  c->changed = true;
  for (size_t i = 0; i < text->n; i++)
    if (!copy_piece(c, &text->pieces[i], to)) return false;
  return true;
}

/* ---- texts of the parts before ---- */

static bool keep_text(struct compile *c, const struct named *place) {
  struct template *t = c->t;
  if (t->ntexts == REFERENCES || !is_plain(c, place, NULL, false)) return true;
  struct known_text *to = arena_grow(c->arena, t->texts, &t->ntexts, &t->texts_cap, sizeof *to);
  if (to == NULL) return compile_no_memory(c);
  t->texts = to - (t->ntexts - 1);
  return read_pieces(c, place, to);
}

/* Texts that stand once, in nothing that is repeated or chosen, are kept for headers and notes. */
static bool keep_texts(struct compile *c) {
  xmlNode *root = xmlDocGetRootElement(c->xml.doc);
  size_t depth = 0;
  for (xmlNode *n = root; n != NULL; n = xml_walk(root, n, false)) {
    const struct mark *m = compile_mark_of(c, n);
    struct named place = {.from = n};
    if (m != NULL && compile_opens(m->kind)) depth++;
    if (m != NULL && compile_closes(m->kind) && depth > 0) depth--;
    if (n->type != XML_ELEMENT_NODE || depth != 0) continue;
    place.to = c->t->flavour->named_text(n, c->arena, &place.name);
    if (place.to != NULL && !keep_text(c, &place)) return false;
  }
  return true;
}

static const struct known_text *known_text(const struct template *t, str name) {
  for (size_t i = 0; i < t->ntexts; i++)
    if (str_eq(t->texts[i].name, name)) return &t->texts[i];
  return NULL;
}

bool reference_wanted(struct compile *c) {
  for (size_t i = 0; i < c->references->n; i++)
    if (known_text(c->t, c->references->all[i].name) != NULL) return true;
  if (c->references->n != 0) lose(c);
  return false;
}

/* ---- one reference ---- */

static const struct named *find(const struct references *r, str name) {
  const struct named key = {.name = name};
  return r->nplaces == 0 ? NULL : bsearch(&key, r->places, r->nplaces, sizeof key, by_name);
}

static const struct place *place_near(const struct compile *c, const xmlNode *ref) {
  const xmlNode *p = paragraph_of(c, ref);
  for (size_t s = 0; s < c->nstories; s++)
    for (size_t i = 0; i < c->stories[s]->n; i++)
      if (c->stories[s]->paras[i]->node == p) return c->stories[s]->paras[i]->place;
  return &c->place;
}

static bool follow(struct compile *c, const struct named *place, struct referring *ref) {
  struct around text, here;
  look_around(c, place->from, &text);
  look_around(c, ref->node, &here);
  bool counted = repetitions(&here) == repetitions(&text);
  bool plain = is_plain(c, place, ref->node, counted) && stands_in(&here, &text);
  xmlNode *to = plain ? c->t->flavour->reference_text(ref->node, text.repeated) : NULL;
  if (to == NULL && shares_repetition(&here, &text))
    return finding(c->fs, CODE_REFERENCE_IN_LOOP, place_near(c, ref->node), NULL, ref->name);
  struct known_text known;
  if (to == NULL) return lose(c), true;
  return read_pieces(c, place, &known) && copy_text(c, &known, to);
}

/* One to a text of another part. */
static bool follow_known(struct compile *c, struct referring *ref) {
  const struct known_text *text = known_text(c->t, ref->name);
  xmlNode *to = text != NULL ? c->t->flavour->reference_text(ref->node, false) : NULL;
  if (to == NULL) return lose(c), true;
  return copy_text(c, text, to);
}

bool reference_fill(struct compile *c) {
  bool ok = true;
  for (size_t i = 0; i < c->references->n; i++) {
    struct referring *ref = &c->references->all[i];
    const struct named *place = find(c->references, ref->name);
    ok = (place != NULL ? follow(c, place, ref) : follow_known(c, ref)) && ok;
  }
  return ok && (c->info->story != STORY_BODY || keep_texts(c));
}
