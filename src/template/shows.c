/* What a program knows of the text that it shows: where in its bytes paragraphs, cells and rows begin
 * and end, and which words stand there.
 *
 * The tree is walked side by side with the bytes that were written of it.  What of it is text is
 * decided as in walk.c.
 * Invariant: the tree is only read; where nobody asks (template_options.shows), nothing is made.
 */
#include "base/limits.h"
#include "template/compile.h"

struct walk {
  struct compile *c;
  str bytes; /* none: no offsets are kept */
  size_t at; /* behind the markup that was met last */
  struct show_at *items;
  size_t n, cap;
  enum story story, outer;
  unsigned paragraphs; /* open */
  bool again;          /* inside of what stands there a second time */
};

static bool add(struct walk *w, enum show_kind kind, uint32_t a, uint32_t n) {
  struct show_at *s = arena_grow(w->c->arena, w->items, &w->n, &w->cap, sizeof *s);
  if (s == NULL) return compile_no_memory(w->c);
  w->items = s - (w->n - 1);
  *s = (struct show_at){w->at, {kind, a, n}};
  return true;
}

static bool add_words(struct walk *w, str s) {
  struct buf *words = &w->c->program->words;
  struct show_at *last = w->n != 0 ? &w->items[w->n - 1] : NULL;
  size_t from = words->n;
  if (w->paragraphs == 0 || s.n == 0) return true;
  if (!buf_put(words, s)) return compile_no_memory(w->c);
  if (last != NULL && last->show.kind == SHOW_WORDS && last->at == w->at)
    return last->show.n += (uint32_t)s.n, true;
  return add(w, SHOW_WORDS, (uint32_t)from, (uint32_t)s.n);
}

/* ---- the bytes ---- */

/* Behind a piece of markup that begins at the next <. */
static void pass(struct walk *w, str end) {
  if (w->bytes.n == 0) return;
  size_t from = str_find(w->bytes, STR("<"), w->at);
  size_t to = from != STR_NOT_FOUND ? str_find(w->bytes, end, from) : STR_NOT_FOUND;
  w->at = to != STR_NOT_FOUND ? to + end.n : w->bytes.n;
}

/* To the next <. */
static void reach(struct walk *w) {
  size_t from = w->bytes.n != 0 ? str_find(w->bytes, STR("<"), w->at) : 0;
  if (from != STR_NOT_FOUND) w->at = from;
}

/* ---- the tree ---- */

static bool is_text(const xmlNode *n) {
  return n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE;
}

static bool holds_text(const struct walk *w, enum kind k) {
  if (k == KIND_TEXT || k == KIND_PLAIN) return true;
  return w->c->t->flavour->mixed_content &&
         (k == KIND_PARAGRAPH || k == KIND_RUN || k == KIND_FIXED);
}

static str spaces(const struct walk *w, const xmlNode *n) {
  static const char blanks[] = "                                ";
  unsigned count = w->c->t->flavour->spaces(n);
  return (str){blanks, count < 32 ? count : 32};
}

/* The number of a paragraph of the template, from 1; 0: it has none. */
static uint32_t number_of(const xmlNode *n) {
  const struct para *p = n->_private;
  return p != NULL ? p->number : 0;
}

/* As walk.c counts them. */
static bool is_counted(const struct walk *w, xmlNode *n) {
  struct note_ref id;
  return w->story != w->outer || w->story == STORY_TEXTBOX ||
         (w->c->info->notes && w->c->t->flavour->note_id(n, &id));
}

static bool begin(struct walk *w, xmlNode *n, enum kind k) {
  const struct flavour *f = w->c->t->flavour;
  bool plain = k == KIND_PLAIN; /* all three in one */
  if (k == KIND_STORY || plain)
    if (!add(w, SHOW_STORY, (uint32_t)w->story, is_counted(w, n))) return false;
  if (k == KIND_PARAGRAPH || plain) {
    w->paragraphs++;
    bool heading = !plain && f->heading(n);
    return add(w, SHOW_PARAGRAPH, number_of(n), heading);
  }
  if (k == KIND_TABLE) return add(w, SHOW_TABLE, 0, 0);
  if (k == KIND_ROW) return add(w, SHOW_ROW, 0, 0);
  if (k == KIND_CELL) return add(w, SHOW_CELL, f->columns(n), 0);
  if (k == KIND_TAB) return add_words(w, STR("\t"));
  if (k == KIND_BREAK) return add_words(w, STR("\n"));
  if (k == KIND_HYPHEN) return add_words(w, STR("-"));
  return k != KIND_SPACES || add_words(w, spaces(w, n));
}

static bool end(struct walk *w, enum kind k) {
  bool plain = k == KIND_PLAIN;
  if (k == KIND_PARAGRAPH || plain) {
    w->paragraphs--;
    if (!add(w, SHOW_PARAGRAPH_END, 0, 0)) return false;
  }
  if (k == KIND_TABLE) return add(w, SHOW_TABLE_END, 0, 0);
  return (k != KIND_STORY && !plain) || add(w, SHOW_STORY_END, 0, 0);
}

static bool element(struct walk *w, xmlNode *n);

static bool children(struct walk *w, xmlNode *n, bool text_here) {
  for (xmlNode *k = n->children; k != NULL; k = k->next) {
    if (is_text(k) && text_here && !w->again && !add_words(w, str_of((const char *)k->content)))
      return false;
    if (k->type == XML_CDATA_SECTION_NODE) pass(w, STR("]]>"));
    if (k->type == XML_COMMENT_NODE) pass(w, STR("-->"));
    if (k->type == XML_PI_NODE) pass(w, STR("?>"));
    if (k->type == XML_ELEMENT_NODE && !element(w, k)) return false;
  }
  return true;
}

static bool element(struct walk *w, xmlNode *n) {
  const struct flavour *f = w->c->t->flavour;
  bool again = w->again;
  enum kind k = f->kind(n);
  enum story story = w->story, outer_story = w->outer;
  unsigned outer = w->paragraphs;
  bool dead = k == KIND_SKIP || f->dead_text(n) != NULL;
  w->again = again || dead || f->again(n);
  bool tell = !w->again;
  reach(w);
  if (k == KIND_STORY) w->paragraphs = 0;
  if (k == KIND_STORY || k == KIND_PLAIN) w->outer = story, w->story = f->story(n, story);
  if (tell && !begin(w, n, k)) return false;
  pass(w, STR(">"));
  if (!children(w, n, holds_text(w, k))) return false;
  if (n->children != NULL) pass(w, STR(">"));
  if (tell && !end(w, k)) return false;
  w->paragraphs = outer;
  w->story = story;
  w->outer = outer_story;
  w->again = again;
  return true;
}

/* Paragraphs are numbered as cut.c keeps them. */
static void number_paragraphs(struct compile *c) {
  uint32_t n = 0;
  for (size_t s = 0; s < c->nstories; s++)
    for (size_t i = 0; i < c->stories[s]->n; i++) c->stories[s]->paras[i]->number = ++n;
}

bool shows_read(struct compile *c, str bytes, size_t from, struct show_at **out, size_t *n) {
  struct walk w = {.c = c, .bytes = bytes, .at = from, .story = c->info->story};
  *out = NULL;
  *n = 0;
  if (!c->t->options.shows) return true;
  number_paragraphs(c);
  buf_init(&c->program->words, 2 * LIMIT_XML_PART);
  bool ok = element(&w, xmlDocGetRootElement(c->xml.doc));
  *out = w.items;
  *n = w.n;
  return ok;
}
