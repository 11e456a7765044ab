/* Walking a part: stories, paragraphs and tags, with their places in human words.
 *
 * A tag is found in the joined text of its paragraph, whatever elements stand between its
 * characters, and is replaced by an anchor where its name began, so that what is printed takes
 * the name's formatting.  Pairing and meaning come later.
 * Invariant: a paragraph in which no tag was found is not touched.
 */
#include "base/fold.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "template/compile.h"
#include "template/paratext.h"

#define N_(s) (s)

struct walker {
  struct compile *c;
  struct story_of *story;
  unsigned *tables;          /* counted per story */
  struct formulas *formulas; /* of the innermost table, or NULL */
  unsigned next_column;      /* of the running row */
};

static bool walk_children(struct walker *w, xmlNode *n);

/* ---- joined text ---- */

struct reader {
  struct compile *c;
  struct buf text;
  struct piece_at *pieces;
  size_t n, cap;
  struct native_at *natives;
  size_t nnatives, natives_cap;
  bool content;
};

static bool add_piece(struct reader *r, xmlNode *node, str s) {
  struct piece_at *p = arena_grow(r->c->arena, r->pieces, &r->n, &r->cap, sizeof *p);
  if (p == NULL) return compile_no_memory(r->c);
  r->pieces = p - (r->n - 1);
  *p = (struct piece_at){.node = node, .from = r->text.n, .n = s.n};
  return buf_put(&r->text, s) || compile_no_memory(r->c);
}

static bool add_native(struct reader *r, xmlNode *node, const struct native *native) {
  str s = str_of((const char *)node->content);
  struct native_at *at =
      arena_grow(r->c->arena, r->natives, &r->nnatives, &r->natives_cap, sizeof *at);
  if (at == NULL) return compile_no_memory(r->c);
  r->natives = at - (r->nnatives - 1);
  *at = (struct native_at){native, r->text.n, r->text.n + s.n};
  return add_piece(r, node, s);
}

static bool take_piece(void *ctx, xmlNode *node, str text) {
  struct reader *r = ctx;
  const struct native *native = node != NULL ? native_of(node) : NULL;
  if (native != NULL) return add_native(r, node, native);
  if (node != NULL) return add_piece(r, node, text);
  r->content = true;
  return buf_put(&r->text, text) || compile_no_memory(r->c);
}

static bool read_para(struct compile *c, struct para *p) {
  struct reader r = {.c = c};
  buf_init(&r.text, LIMIT_XML_PART);
  struct paratext text = {c->t->flavour, take_piece, &r};
  bool ok = paratext_read(&text, p->node);
  p->text = arena_dup(c->arena, buf_str(&r.text));
  p->pieces = r.pieces;
  p->npieces = r.n;
  p->natives = r.natives;
  p->nnatives = r.nnatives;
  p->content = r.content;
  buf_free(&r.text);
  return ok && (p->text.p != NULL || compile_no_memory(c));
}

bool walk_text(struct compile *c, xmlNode *paragraph, str *text) {
  struct para p = {.node = paragraph};
  bool ok = read_para(c, &p);
  *text = p.text;
  return ok;
}

/* ---- tags ---- */

static bool count_tag(struct compile *c) {
  if (++c->t->ntags <= LIMIT_TAGS) return true;
  return finding(c->fs, CODE_TOO_BIG, &c->place, NULL, STR("the number of tags"),
                 finding_number(c->fs, LIMIT_TAGS), STR("tags"));
}

struct place walk_place(const struct compile *c, const struct para *p, str text, size_t from,
                        size_t to) {
  struct place place = c->place;
  if (p == NULL) return place;
  place.before = str_sub(text, 0, from);
  place.after = str_sub(text, to, text.n);
  return place;
}

static struct tag *new_tag(struct compile *c, struct para *p, str text,
                           const struct scan_found *f) {
  struct tag *t = ARENA_NEW(c->arena, struct tag);
  if (t == NULL) return compile_no_memory(c), NULL;
  if (!count_tag(c)) return NULL;
  t->from = f->from;
  t->to = f->to;
  t->typed = str_sub(text, f->from, f->to);
  t->inner = str_sub(text, f->inner, f->outer);
  t->para = p;
  struct place place = walk_place(c, p, text, f->from, f->to);
  t->place = compile_place(c, &place, t->typed);
  t->kind = f->kind == SCAN_BRACES ? TAG_BRACES : TAG_VALUE;
  size_t *map = NULL;
  t->folded = fold_tag(t->inner, c->arena, &map);
  t->map = map;
  t->name_at = f->inner;
  for (size_t i = f->inner; i < f->outer;) {
    t->name_at = i;
    uint32_t ch = utf8_next(text, &i);
    if (!utf8_is_blank(ch) && !utf8_is_zero_width(ch) && ch != 0xFFFC) break; /* no picture */
  }
  return t->folded.p != NULL && t->place != NULL ? t : (compile_no_memory(c), NULL);
}

/* {{{x}}} or {{}}. */
static void near_miss(struct compile *c, const struct para *p, str text,
                      const struct scan_found *f) {
  struct place place = walk_place(c, p, text, f->from, f->to);
  place.tag = str_sub(text, f->from, f->to);
  finding(c->fs, CODE_TAG_NEAR_MISS, &place, NULL, place.tag);
}

/* Up to 40 characters from an unclosed brace on, for the message. */
static str excerpt(str text, size_t from) {
  size_t to = from;
  for (unsigned n = 0; to < text.n && n < 40; n++) utf8_next(text, &to);
  return str_sub(text, from, to);
}

/* ---- natives ---- */

/* The tag that a native is; it prints nothing when it only guards a table. */
static struct tag *native_tag(struct compile *c, struct para *p, const struct native *n,
                              const struct native_at *at) {
  static const enum tag_kind kinds[] = {
      [NATIVE_VALUE] = TAG_VALUE, [NATIVE_IF] = TAG_IF,         [NATIVE_ELSE] = TAG_ELSE,
      [NATIVE_END] = TAG_CLOSE,   [NATIVE_EACH] = TAG_EACH,     [NATIVE_WHEN] = TAG_IF,
      [NATIVE_CLOSE] = TAG_CLOSE, [NATIVE_TABLE] = TAG_COMMENT, [NATIVE_REFUSED] = TAG_COMMENT};
  struct tag *t = ARENA_NEW(c->arena, struct tag);
  size_t *map = NULL;
  if (t == NULL) return compile_no_memory(c), NULL;
  if (!count_tag(c)) return NULL;
  *t = (struct tag){.native = n, .typed = n->typed, .inner = n->text, .para = p};
  t->kind = kinds[n->kind];
  struct place place = at != NULL ? walk_place(c, p, p->text, at->from, at->to) : c->place;
  t->place = compile_place(c, &place, n->typed);
  t->folded = fold_tag(n->text, c->arena, &map);
  t->map = map;
  t->text = t->folded;
  return t->folded.p != NULL && t->place != NULL ? t : (compile_no_memory(c), NULL);
}

static bool keep_tag(struct compile *c, struct tag *t, struct tag ***tags, size_t *n, size_t *cap) {
  struct tag **slot = t != NULL ? arena_grow(c->arena, *tags, n, cap, sizeof *slot) : NULL;
  if (slot == NULL) return t != NULL && compile_no_memory(c);
  *tags = slot - (*n - 1);
  *slot = t;
  return true;
}

static bool refused(struct compile *c, const struct para *p, const struct native_at *at) {
  const struct native *n = at->native;
  struct place place = walk_place(c, p, p->text, at->from, at->to);
  place.tag = n->typed;
  return finding(c->fs, CODE_FIELD_REFUSED, &place, NULL, n->typed, str_of(n->why));
}

/* A native of a paragraph takes its place among the tags. */
static bool keep_native(struct walker *w, struct para *p, const struct native_at *at,
                        struct tag ***tags, size_t *n, size_t *cap) {
  struct compile *c = w->c;
  struct tag *t = native_tag(c, p, at->native, at);
  if (t == NULL) return false;
  t->from = t->name_at = at->from;
  t->to = at->to;
  bool ok = at->native->kind != NATIVE_REFUSED || refused(c, p, at);
  if (at->native->kind == NATIVE_TABLE)
    ok = formula_add(c, w->formulas, t) && ok;
  else if (w->formulas != NULL)
    ok = formula_tag(c, w->formulas) && ok;
  return keep_tag(c, t, tags, n, cap) && ok;
}

static bool misplaced(struct compile *c, const struct para *p, const struct native_at *at) {
  struct place place = walk_place(c, p, p->text, at->from, at->to);
  place.tag = at->native->typed;
  return finding(c->fs, CODE_TAG_PLACE, &place, NULL, place.tag, STR(N_("inside of a tag")));
}

/* Those that begin before `to`; none may stand inside of a tag that was typed, which begins at
 * `from`. */
static bool keep_natives(struct walker *w, struct para *p, size_t *next, size_t from, size_t to,
                         struct tag ***tags, size_t *n, size_t *cap) {
  bool ok = true;
  for (; p != NULL && *next < p->nnatives && p->natives[*next].from < to; ++*next) {
    const struct native_at *at = &p->natives[*next];
    if (at->from > from)
      ok = misplaced(w->c, p, at);
    else
      ok = keep_native(w, p, at, tags, n, cap) && ok;
  }
  return ok;
}

/* All tags of a text. False: findings. */
static bool scan_text(struct walker *w, struct para *p, str text, struct tag ***tags, size_t *n) {
  struct compile *c = w->c;
  size_t cap = 0, at = 0, next = 0;
  bool ok = true;
  for (;;) {
    struct scan_found f = scan_next(text, at, &c->marks_around);
    bool end = f.kind == SCAN_END;
    ok = keep_natives(w, p, &next, end ? text.n : f.from, end ? text.n : f.to, tags, n, &cap) && ok;
    if (end) return ok;
    at = f.to;
    if (f.kind == SCAN_NEAR) near_miss(c, p, text, &f);
    if (f.kind == SCAN_BROKEN) ok = near_broken(c, p, text, &f);
    if (f.kind != SCAN_TAG && f.kind != SCAN_BRACES) continue;
    if (f.outer - f.inner > LIMIT_TAG_BYTES) {
      struct place place = walk_place(c, p, text, f.from, f.to);
      place.tag = excerpt(text, f.from);
      finding(c->fs, CODE_TOO_BIG, &place, NULL, place.tag, finding_number(c->fs, LIMIT_TAG_BYTES),
              STR("TAG_BYTES"));
      ok = false;
      continue;
    }
    struct tag *t = new_tag(c, p, text, &f);
    if (!keep_tag(c, t, tags, n, &cap)) return false;
    if (w->formulas != NULL && !formula_tag(c, w->formulas)) return false;
  }
}

bool walk_scan(struct compile *c, str text, struct tag ***tags, size_t *n) {
  struct walker w = {.c = c};
  return scan_text(&w, NULL, text, tags, n);
}

/* Takes [from, to) out of a text node; what is put there instead, and the text behind, go into
 * nodes of their own, so that the work does not grow with the length of the node. */
static bool cut_text(struct compile *c, struct piece_at *k, size_t from, size_t to, xmlNode *anchor,
                     str instead) {
  str behind = {(const char *)k->node->content + to, k->n - to};
  xmlNode *rest = behind.n != 0 ? xml_text(c->xml.doc, behind) : NULL;
  xmlNode *text = instead.n != 0 ? xml_text(c->xml.doc, instead) : NULL;
  if ((behind.n != 0 && rest == NULL) || (instead.n != 0 && text == NULL))
    return compile_no_memory(c);
  if (!xml_shorten_text(k->node, from)) return compile_no_memory(c);
  k->n = from;
  k->cut = true;
  if (anchor == NULL) k->rest = rest;
  if (rest != NULL) xml_insert_after(k->node, rest);
  if (text != NULL) xml_insert_after(k->node, text);
  if (anchor != NULL) xml_insert_after(k->node, anchor);
  return true;
}

static bool is_text_node(const xmlNode *n) {
  return n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE;
}

/* Takes the characters of a tag out of the tree and puts its anchor where its name began.  Tags
 * are taken from the last to the first; *end is the number of pieces that begin before this. */
static bool replace_tag(struct compile *c, struct para *p, struct tag *t, str instead,
                        size_t *end) {
  while (*end > 0 && p->pieces[*end - 1].from >= t->to) --*end;
  for (size_t i = *end; i-- > 0;) {
    struct piece_at *k = &p->pieces[i];
    if (k->n != 0 && k->from + k->n <= t->from) break;
    if (k->from + k->n <= t->from) continue;
    size_t from = t->from > k->from ? t->from - k->from : 0;
    size_t to = t->to < k->from + k->n ? t->to - k->from : k->n;
    bool here = t->name_at >= k->from && t->name_at < k->from + k->n;
    if (is_text_node(k->node)) {
      if (!cut_text(c, k, from, to, here ? t->anchor : NULL, here ? instead : STR("")))
        return false;
    } else if (k->node->parent != NULL) {
      if (here && t->anchor != NULL) xml_insert_before(k->node, t->anchor);
      xml_remove(k->node);
      k->node = NULL;
      k->n = 0;
    }
  }
  return true;
}

/* An element of a run that lost all its characters goes too. */
static void drop_empty(struct compile *c, xmlNode *n) {
  while (n != NULL) {
    enum kind k = c->t->flavour->kind(n);
    if (k != KIND_RUN && k != KIND_TEXT) return;
    for (xmlNode *kid = n->children; kid != NULL; kid = kid->next) {
      bool empty_text = is_text_node(kid) && kid->content[0] == '\0';
      if (!empty_text && !c->t->flavour->is_property(kid)) return;
    }
    xmlNode *up = n->parent;
    xml_remove(n);
    n = up;
  }
}

static void drop_empty_pieces(struct compile *c, struct para *p) {
  for (size_t i = 0; i < p->npieces; i++) {
    xmlNode *n = p->pieces[i].node;
    if (n == NULL || !is_text_node(n) || n->content[0] != '\0') continue;
    xmlNode *up = n->parent;
    xml_remove(n);
    p->pieces[i].node = NULL;
    drop_empty(c, up);
  }
}

static bool put_anchors(struct compile *c, struct para *p) {
  size_t end = p->npieces;
  for (size_t i = p->ntags; i-- > 0;) {
    struct tag *t = p->tags[i];
    size_t next = i + 1 < p->ntags ? p->tags[i + 1]->from : p->text.n;
    t->behind = str_sub(p->text, t->to, next);
    str instead = STR("");
    if (t->kind == TAG_BRACES) {
      instead = t->inner; /* the first pair, as typed */
    } else {
      uint32_t number;
      struct mark *m = compile_mark(c, MARK_VALUE, &number);
      t->anchor = m != NULL ? compile_anchor(c, number) : NULL;
      if (t->anchor == NULL) return compile_no_memory(c);
      m->tag = t;
      m->place = t->place;
    }
    if (!replace_tag(c, p, t, instead, &end)) return false;
    if (t->anchor != NULL && t->anchor->parent == NULL) {
      xmlFreeNode(t->anchor);
      return finding(c->fs, CODE_TAG_PLACE, t->place, NULL, t->typed,
                     STR(N_("a picture or field")));
    }
  }
  drop_empty_pieces(c, p);
  for (size_t i = 0; i < p->npieces; i++) {
    const struct piece_at *k = &p->pieces[i];
    xmlNode *n = k->node != NULL ? k->node : k->rest;
    if (k->cut && n != NULL) c->t->flavour->touched(n);
  }
  for (size_t i = 0; i < p->ntags; i++)
    if (p->tags[i]->anchor != NULL) c->t->flavour->touched(p->tags[i]->anchor);
  c->changed = true;
  return true;
}

/* ---- stories and paragraphs ---- */

static void note_heading(struct compile *c, const struct para *p) {
  str s = utf8_trim(p->text);
  size_t to = 0;
  bool letters = false;
  for (unsigned n = 0; to < s.n && n < 30; n++) {
    uint32_t cp = utf8_next(s, &to);
    letters = letters || (cp != 0xFFFC && !utf8_is_blank(cp)); /* U+FFFC: a picture */
  }
  if (letters) c->place.heading = str_sub(s, 0, to);
}

static bool keep_para(struct walker *w, struct para *p) {
  struct story_of *s = w->story;
  struct para **slot = arena_grow(w->c->arena, s->paras, &s->n, &s->cap, sizeof *slot);
  if (slot == NULL) return compile_no_memory(w->c);
  s->paras = slot - (s->n - 1);
  *slot = p;
  return true;
}

static bool walk_paragraph(struct walker *w, xmlNode *n) {
  struct compile *c = w->c;
  struct para *p = ARENA_NEW(c->arena, struct para);
  if (p == NULL) return compile_no_memory(c);
  c->place.paragraph++;
  c->place.serial = xml_number(n);
  p->node = n;
  if (!read_para(c, p)) return false;
  struct scan_found f = scan_next(p->text, 0, &c->marks_around);
  if (f.kind == SCAN_TAG || f.kind == SCAN_BRACES || p->nnatives != 0) {
    c->t->flavour->normalise(n);
    if (mem_failed()) return compile_no_memory(c);
    if (!read_para(c, p)) return false;
  }
  if (c->t->flavour->kind(n) == KIND_PARAGRAPH && c->t->flavour->heading(n)) note_heading(c, p);
  p->place = compile_place(c, &c->place, STR_NONE);
  if (p->place == NULL || !keep_para(w, p)) return false;
  near_look(c, p);
  bool ok = scan_text(w, p, p->text, &p->tags, &p->ntags);
  if (p->ntags != 0 && !put_anchors(c, p)) return false;
  return walk_children(w, n) && ok;
}

/* Which of its kind a story is.  Those that are a part of their own have the part's number, and
 * separators of notes are none. */
static void count_story(struct compile *c, xmlNode *n, enum story outer) {
  struct note_ref id;
  enum story s = c->place.story;
  bool inside = s != outer || s == STORY_TEXTBOX;
  bool note = c->info->notes && c->t->flavour->note_id(n, &id);
  if (inside || note) c->place.number = ++c->t->stories.of[s];
}

static bool keep_story(struct compile *c, struct story_of *s) {
  struct story_of **slot =
      s != NULL ? arena_grow(c->arena, c->stories, &c->nstories, &c->stories_cap, sizeof *slot)
                : NULL;
  if (slot == NULL) return compile_no_memory(c);
  c->stories = slot - (c->nstories - 1);
  *slot = s;
  return true;
}

static bool walk_story(struct walker *w, xmlNode *n) {
  struct compile *c = w->c;
  struct place outer = c->place;
  unsigned tables = 0;
  struct story_of *s = ARENA_NEW(c->arena, struct story_of);
  if (!keep_story(c, s)) return false;
  s->node = n;
  c->place.story = c->t->flavour->story(n, outer.story);
  count_story(c, n, outer.story);
  c->place.table = c->place.row = c->place.column = c->place.paragraph = 0;
  struct walker inner = {.c = c, .story = s, .tables = &tables};
  bool plain = native_is_plain(n) || c->t->flavour->kind(n) == KIND_PLAIN;
  if (!plain && !adopt_node(c, n)) return false;
  bool ok = plain ? walk_paragraph(&inner, n) : walk_children(&inner, n);
  str heading = c->place.heading;
  c->place = outer;
  if (outer.story == STORY_NONE || c->nstories == 1) c->place.heading = heading;
  return ok;
}

/* Tables, rows and cells: the running place goes in and comes back. */
static bool walk_table(struct walker *w, xmlNode *n) {
  struct place outer = w->c->place;
  w->c->place.table = ++*w->tables;
  w->c->place.row = w->c->place.column = w->c->place.paragraph = 0;
  struct walker inner = *w;
  inner.formulas = formula_table(w->c, n);
  bool ok =
      inner.formulas != NULL && walk_children(&inner, n) && formula_keep(w->c, inner.formulas);
  str heading = w->c->place.heading;
  w->c->place = outer;
  w->c->place.heading = heading;
  bool tags = inner.formulas != NULL && inner.formulas->ntags != 0 && w->formulas != NULL;
  return (!tags || formula_tag(w->c, w->formulas)) && ok; /* these are in a cell around */
}

static bool walk_row(struct walker *w, xmlNode *n) {
  w->c->place.row++;
  w->next_column = 1;
  if (w->formulas != NULL && !formula_row(w->c, w->formulas, n)) return false;
  return walk_children(w, n);
}

/* A cell without tags, which other programs may show otherwise, or lose.  What is only mended is no
 * reason to write a part in which nothing is filled. */
static void look_at_cell(struct compile *c, xmlNode *n) {
  str text, value;
  if (c->t->flavour->unfilled_cell(n, c->arena, &text, &value) != CELL_CONTRADICTS) return;
  c->changed = true;
  finding(c->fs, CODE_CELL_VALUE, &c->place, NULL, text, value);
}

static bool walk_cell(struct walker *w, xmlNode *n) {
  w->c->place.column = w->next_column;
  w->c->place.paragraph = 0;
  w->next_column += w->c->t->flavour->columns(n);
  if (w->formulas != NULL) formula_next_cell(w->formulas, w->c->t->flavour->is_wide(n));
  struct walker inner = *w;
  size_t tags = w->c->t->ntags;
  bool ok = walk_children(&inner, n);
  if (w->formulas != NULL && !formula_cell(w->c, w->formulas, n)) return false;
  w->c->place.paragraph = 0;
  if (tags == w->c->t->ntags) look_at_cell(w->c, n);
  return ok;
}

/* ---- attributes and places where no tag works ---- */

/* {{{{ → {{ */
static bool replace_in_attr(struct compile *c, xmlAttr *attr, const struct tag *t) {
  str s = arena_dup(c->arena, str_of((const char *)attr->children->content));
  str joined =
      arena_join(c->arena, (str[]){str_sub(s, 0, t->from), t->inner, str_sub(s, t->to, s.n)}, 3);
  c->changed = true;
  return s.p != NULL && joined.p != NULL &&
         xml_set_attr(attr->parent, attr->ns, (const char *)attr->name, joined);
}

/* The tags of an attribute: those typed in it, or the native that it is as a whole. */
static bool attr_tags(struct walker *w, const xmlAttr *attr, str text, struct tag ***tags,
                      size_t *n) {
  const struct native *native = native_of(attr->children);
  size_t cap = 0;
  if (native == NULL) return scan_text(w, NULL, text, tags, n);
  struct tag *t = native_tag(w->c, NULL, native, NULL);
  if (t != NULL) t->to = text.n;
  return keep_tag(w->c, t, tags, n, &cap);
}

static bool walk_attr(struct walker *w, xmlAttr *attr) {
  struct compile *c = w->c;
  if (attr->children == NULL || attr->children->content == NULL) return true;
  str text = arena_dup(c->arena, str_of((const char *)attr->children->content));
  struct tag **tags = NULL;
  size_t n = 0;
  if (text.p == NULL) return compile_no_memory(c);
  if (!attr_tags(w, attr, text, &tags, &n)) return false;
  while (n-- > 0) {
    if (tags[n]->kind == TAG_BRACES) {
      if (!replace_in_attr(c, attr, tags[n])) return compile_no_memory(c);
      continue;
    }
    uint32_t number;
    struct mark *m = compile_mark(c, MARK_VALUE, &number);
    if (m == NULL || !compile_mark_attr(c, attr, tags[n]->from, tags[n]->to, number))
      return compile_no_memory(c);
    m->tag = tags[n];
    m->place = tags[n]->place;
    c->changed = true;
  }
  return true;
}

static bool walk_attrs(struct walker *w, xmlNode *n) {
  for (unsigned i = 0;; i++) {
    xmlAttr *attr = w->c->t->flavour->text_attr(n, i);
    if (attr == NULL) return true;
    if (!walk_attr(w, attr)) return false;
  }
}

static void put_attrs(const xmlNode *n, struct buf *out) {
  for (const xmlAttr *a = n->type == XML_ELEMENT_NODE ? n->properties : NULL; a != NULL;
       a = a->next)
    if (a->children != NULL && a->children->content != NULL) {
      buf_puts(out, (const char *)a->children->content);
      buf_putc(out, '\n');
    }
}

/* A tag in a field code, or in what a field keeps in its attributes, would be left standing: say so. */
static bool walk_dead(struct compile *c, xmlNode *n, const char *why) {
  struct buf b;
  buf_init(&b, LIMIT_XML_PART);
  for (const xmlNode *k = n; k != NULL; k = xml_walk(n, (xmlNode *)k, false)) {
    if (is_text_node(k)) buf_puts(&b, (const char *)k->content);
    put_attrs(k, &b);
  }
  str text = buf_str(&b), told = STR_NONE;
  bool ok = true;
  for (size_t at = 0; at < text.n;) {
    struct scan_found f = scan_next(text, at, &c->marks_around);
    if (f.kind == SCAN_END) break;
    at = f.to;
    str tag = str_sub(text, f.from, f.to);
    if (f.kind != SCAN_TAG || str_eq(tag, told)) continue; /* a field keeps its text twice */
    told = tag;
    ok = finding(c->fs, CODE_TAG_PLACE, &c->place, NULL, tag, str_of(why));
  }
  buf_free(&b);
  return ok;
}

static bool walk_element(struct walker *w, xmlNode *n) {
  const struct flavour *f = w->c->t->flavour;
  const char *dead = f->dead_text(n);
  if (!picture_walk(w->c, n) || !link_walk(w->c, n)) return walk_children(w, n), false;
  if (dead != NULL) return walk_dead(w->c, n, dead);
  if (!walk_attrs(w, n)) return false;
  if (native_is_plain(n)) return walk_story(w, n);
  switch (f->kind(n)) {
  case KIND_SKIP:
    if (f->deleted(n)) near_deleted(w->c, n);
    return true;
  case KIND_STORY:
  case KIND_PLAIN: return walk_story(w, n);
  case KIND_PARAGRAPH: return walk_paragraph(w, n);
  case KIND_TABLE: return walk_table(w, n);
  case KIND_ROW: return walk_row(w, n);
  case KIND_CELL: return walk_cell(w, n);
  default: return walk_children(w, n);
  }
}

/* An anchor in place of the mark of a native that stands among blocks or rows. */
static struct tag *anchor_native(struct walker *w, xmlNode *at, enum mark_kind kind) {
  uint32_t number;
  struct tag *t = native_tag(w->c, NULL, native_of(at), NULL);
  struct mark *m = t != NULL ? compile_mark(w->c, kind, &number) : NULL;
  if (m == NULL) return NULL;
  t->anchor = compile_anchor(w->c, number);
  if (t->anchor == NULL) return compile_no_memory(w->c), NULL;
  m->tag = t;
  m->place = t->place;
  xml_insert_before(at, t->anchor);
  return t;
}

/* Blocks or rows that a field repeats or chooses: both ends stand where they work. */
static bool walk_native_range(struct walker *w, xmlNode *begin) {
  bool each = native_of(begin)->kind == NATIVE_EACH;
  xmlNode *end = begin->next;
  while (end != NULL && (native_of(end) == NULL || native_of(end)->opener != native_of(begin)))
    end = end->next;
  if (end == NULL) return xml_remove(begin), true;
  struct tag *open = anchor_native(w, begin, each ? MARK_EACH : MARK_TEST);
  struct tag *close = open != NULL ? anchor_native(w, end, MARK_END) : NULL;
  if (close == NULL) return false;
  open->closer = close;
  if (w->formulas != NULL && !formula_tag(w->c, w->formulas)) return false;
  open->row_loop = each && w->c->t->flavour->kind(begin->parent) == KIND_ROWS;
  w->c->changed = true;
  xml_remove(begin);
  xml_remove(end);
  return true;
}

static bool walk_children(struct walker *w, xmlNode *n) {
  bool ok = true;
  struct stories before = w->c->t->stories;
  for (xmlNode *k = n->children, *next; k != NULL; k = next) {
    bool range = k->type == XML_PI_NODE && native_of(k) != NULL;
    next = k->next;
    if (range && next != NULL && native_of(next) != NULL) next = next->next; /* nothing between */
    if (range)
      ok = walk_native_range(w, k) && ok;
    else if (k->type == XML_ELEMENT_NODE) {
      if (w->c->t->flavour->again(k)) w->c->t->stories = before;
      ok = walk_element(w, k) && ok;
    }
  }
  return ok;
}

bool walk_part(struct compile *c) {
  unsigned tables = 0;
  xmlNode *root = xmlDocGetRootElement(c->xml.doc);
  if (c->t->flavour->kind(root) != KIND_STORY && !adopt_node(c, root)) return false;
  struct story_of *s = ARENA_NEW(c->arena, struct story_of);
  if (s == NULL) return compile_no_memory(c);
  struct walker w = {.c = c, .story = s, .tables = &tables};
  bool ok = walk_element(&w, root);
  return (s->n == 0 || keep_story(c, s)) && ok; /* paragraphs that stand in no story */
}
