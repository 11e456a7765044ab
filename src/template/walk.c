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

#define N_(s) (s)

struct walker {
  struct compile *c;
  struct story_of *story;
  unsigned *tables;     /* counted per story */
  unsigned next_column; /* of the running row */
};

static bool walk_children(struct walker *w, xmlNode *n);

/* ---- joined text ---- */

struct reader {
  struct compile *c;
  struct buf text;
  struct piece_at *pieces;
  size_t n, cap;
  bool content;
};

static bool add_piece(struct reader *r, xmlNode *node, str s) {
  struct piece_at *p = arena_grow(r->c->arena, r->pieces, &r->n, &r->cap, sizeof *p);
  if (p == NULL) return compile_no_memory(r->c);
  r->pieces = p - (r->n - 1);
  *p = (struct piece_at){.node = node, .from = r->text.n, .n = s.n};
  return buf_put(&r->text, s) || compile_no_memory(r->c);
}

static bool holds_text(const struct compile *c, enum kind k) {
  if (k == KIND_TEXT || k == KIND_PLAIN) return true;
  return c->t->flavour->mixed_content && (k == KIND_PARAGRAPH || k == KIND_RUN || k == KIND_FIXED);
}

static bool gather(struct reader *r, xmlNode *n);

static bool gather_spaces(struct reader *r, xmlNode *n) {
  static const char blanks[] = "                                ";
  unsigned count = r->c->t->flavour->spaces(n);
  while (count > 32) count = 32; /* a tag never holds so many; the element stays one piece */
  return add_piece(r, n, (str){blanks, count});
}

static bool gather_element(struct reader *r, xmlNode *n) {
  switch (r->c->t->flavour->kind(n)) {
  case KIND_RUN:
  case KIND_FIXED:
  case KIND_TEXT:
  case KIND_OTHER: return gather(r, n);
  case KIND_TAB: return add_piece(r, n, STR("\t"));
  case KIND_BREAK: return add_piece(r, n, STR("\n"));
  case KIND_HYPHEN: return add_piece(r, n, STR("-"));
  case KIND_SPACES: return gather_spaces(r, n);
  case KIND_STORY: /* a shape with text in it; a comment is none */
    if (r->c->t->flavour->story(n, STORY_NONE) == STORY_COMMENT) return true;
    /* fall through */
  case KIND_CONTENT:
    r->content = true;
    return buf_put(&r->text, STR("\xEF\xBF\xBC")) || compile_no_memory(r->c);
  default: return true;
  }
}

static bool gather(struct reader *r, xmlNode *n) {
  bool text_here = holds_text(r->c, r->c->t->flavour->kind(n));
  for (xmlNode *k = n->children; k != NULL; k = k->next) {
    bool text = k->type == XML_TEXT_NODE || k->type == XML_CDATA_SECTION_NODE;
    if (text && text_here && !add_piece(r, k, str_of((const char *)k->content))) return false;
    if (k->type == XML_ELEMENT_NODE && !gather_element(r, k)) return false;
  }
  return true;
}

static bool read_para(struct compile *c, struct para *p) {
  struct reader r = {.c = c};
  buf_init(&r.text, LIMIT_XML_PART);
  bool ok = gather(&r, p->node);
  p->text = arena_dup(c->arena, buf_str(&r.text));
  p->pieces = r.pieces;
  p->npieces = r.n;
  p->content = r.content;
  buf_free(&r.text);
  return ok && (p->text.p != NULL || compile_no_memory(c));
}

/* ---- tags ---- */

static struct tag *new_tag(struct compile *c, struct para *p, str text,
                           const struct scan_found *f) {
  struct tag *t = ARENA_NEW(c->arena, struct tag);
  if (t == NULL) return compile_no_memory(c), NULL;
  if (++c->t->ntags > LIMIT_TAGS) {
    finding(c->fs, CODE_TOO_BIG, &c->place, NULL, STR("the number of tags"),
            finding_number(c->fs, LIMIT_TAGS), STR("tags"));
    return NULL;
  }
  t->from = f->from;
  t->to = f->to;
  t->typed = str_sub(text, f->from, f->to);
  t->inner = str_sub(text, f->inner, f->outer);
  t->para = p;
  t->place = compile_place(c, &c->place, t->typed);
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

static bool report(struct compile *c, enum code code, str typed) {
  struct place p = c->place;
  p.tag = typed;
  finding(c->fs, code, &p, NULL, typed);
  return codes[code].level != LEVEL_ERROR;
}

/* Up to 40 characters from an unclosed brace on, for the message. */
static str excerpt(str text, size_t from) {
  size_t to = from;
  for (unsigned n = 0; to < text.n && n < 40; n++) utf8_next(text, &to);
  return str_sub(text, from, to);
}

/* All tags of a text; found may be NULL to count only. False: findings. */
static bool scan_text(struct compile *c, struct para *p, str text, struct tag ***tags, size_t *n) {
  size_t cap = 0, at = 0;
  bool ok = true;
  for (;;) {
    struct scan_found f = scan_next(text, at, &c->marks_around);
    if (f.kind == SCAN_END) return ok;
    at = f.to;
    if (f.kind == SCAN_NEAR) report(c, CODE_TAG_NEAR_MISS, str_sub(text, f.from, f.to));
    if (f.kind == SCAN_BROKEN) ok = report(c, CODE_TAG_BROKEN, excerpt(text, f.from));
    if (f.kind != SCAN_TAG && f.kind != SCAN_BRACES) continue;
    if (f.outer - f.inner > LIMIT_TAG_BYTES) {
      finding(c->fs, CODE_TOO_BIG, &c->place, NULL, excerpt(text, f.from),
              finding_number(c->fs, LIMIT_TAG_BYTES), STR("TAG_BYTES"));
      ok = false;
      continue;
    }
    struct tag *t = new_tag(c, p, text, &f);
    if (t == NULL) return false;
    struct tag **slot = arena_grow(c->arena, *tags, n, &cap, sizeof *slot);
    if (slot == NULL) return compile_no_memory(c);
    *tags = slot - (*n - 1);
    *slot = t;
  }
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
  p->node = n;
  if (!read_para(c, p)) return false;
  struct scan_found f = scan_next(p->text, 0, &c->marks_around);
  if (f.kind == SCAN_TAG || f.kind == SCAN_BRACES) {
    c->t->flavour->normalise(n);
    if (mem_failed()) return compile_no_memory(c);
    if (!read_para(c, p)) return false;
  }
  if (c->t->flavour->kind(n) == KIND_PARAGRAPH && c->t->flavour->heading(n)) note_heading(c, p);
  p->place = compile_place(c, &c->place, STR_NONE);
  if (p->place == NULL || !keep_para(w, p)) return false;
  bool ok = scan_text(c, p, p->text, &p->tags, &p->ntags);
  if (p->ntags != 0 && !put_anchors(c, p)) return false;
  return walk_children(w, n) && ok;
}

static bool walk_story(struct walker *w, xmlNode *n) {
  struct compile *c = w->c;
  struct place outer = c->place;
  unsigned tables = 0;
  struct story_of *s = ARENA_NEW(c->arena, struct story_of);
  struct story_of **slot =
      s != NULL ? arena_grow(c->arena, c->stories, &c->nstories, &c->stories_cap, sizeof *slot)
                : NULL;
  if (slot == NULL) return compile_no_memory(c);
  c->stories = slot - (c->nstories - 1);
  *slot = s;
  s->node = n;
  c->place.story = c->t->flavour->story(n, outer.story);
  c->place.table = c->place.row = c->place.column = c->place.paragraph = 0;
  struct walker inner = {.c = c, .story = s, .tables = &tables};
  bool ok =
      c->t->flavour->kind(n) == KIND_PLAIN ? walk_paragraph(&inner, n) : walk_children(&inner, n);
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
  bool ok = walk_children(&inner, n);
  str heading = w->c->place.heading;
  w->c->place = outer;
  w->c->place.heading = heading;
  return ok;
}

static bool walk_row(struct walker *w, xmlNode *n) {
  w->c->place.row++;
  w->next_column = 1;
  return walk_children(w, n);
}

static bool walk_cell(struct walker *w, xmlNode *n) {
  w->c->place.column = w->next_column;
  w->c->place.paragraph = 0;
  w->next_column += w->c->t->flavour->columns(n);
  struct walker inner = *w;
  return walk_children(&inner, n);
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

static bool walk_attr(struct compile *c, xmlAttr *attr) {
  if (attr->children == NULL || attr->children->content == NULL) return true;
  str text = arena_dup(c->arena, str_of((const char *)attr->children->content));
  struct tag **tags = NULL;
  size_t n = 0;
  if (text.p == NULL) return compile_no_memory(c);
  if (!scan_text(c, NULL, text, &tags, &n)) return false;
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

static bool walk_attrs(struct compile *c, xmlNode *n) {
  for (unsigned i = 0;; i++) {
    xmlAttr *attr = c->t->flavour->text_attr(n, i);
    if (attr == NULL) return true;
    if (!walk_attr(c, attr)) return false;
  }
}

/* A tag in a field code or in deleted text would be left standing: say so. */
static bool walk_dead(struct compile *c, const xmlNode *n, const char *why) {
  bool ok = true;
  for (const xmlNode *k = n->children; k != NULL; k = k->next) {
    if (!is_text_node(k)) continue;
    str text = str_of((const char *)k->content);
    struct scan_found f = scan_next(text, 0, &c->marks_around);
    if (f.kind != SCAN_TAG) continue;
    ok = finding(c->fs, CODE_TAG_PLACE, &c->place, NULL, str_sub(text, f.from, f.to), str_of(why));
  }
  return ok;
}

/* A tag in the address of a link would be left standing too. */
static bool walk_link(struct compile *c, const xmlNode *n) {
  str text = c->t->flavour->link(c->t->state, c->info->entry, n, c->arena);
  struct scan_found f = scan_next(text, 0, &c->marks_around);
  if (f.kind != SCAN_TAG) return true;
  return finding(c->fs, CODE_TAG_PLACE, &c->place, NULL, str_sub(text, f.from, f.to),
                 STR(N_("the address of a link")));
}

static bool walk_element(struct walker *w, xmlNode *n) {
  const struct flavour *f = w->c->t->flavour;
  const char *dead = f->dead_text(n);
  if (dead != NULL) return walk_dead(w->c, n, dead);
  if (!walk_attrs(w->c, n)) return false;
  bool linked = walk_link(w->c, n);
  if (!linked) return walk_children(w, n), false;
  switch (f->kind(n)) {
  case KIND_SKIP: return true;
  case KIND_STORY:
  case KIND_PLAIN: return walk_story(w, n);
  case KIND_PARAGRAPH: return walk_paragraph(w, n);
  case KIND_TABLE: return walk_table(w, n);
  case KIND_ROW: return walk_row(w, n);
  case KIND_CELL: return walk_cell(w, n);
  default: return walk_children(w, n);
  }
}

static bool walk_children(struct walker *w, xmlNode *n) {
  bool ok = true;
  for (xmlNode *k = n->children, *next; k != NULL; k = next) {
    next = k->next;
    if (k->type == XML_ELEMENT_NODE) ok = walk_element(w, k) && ok;
  }
  return ok;
}

bool walk_part(struct compile *c) {
  unsigned tables = 0;
  struct story_of *s = ARENA_NEW(c->arena, struct story_of);
  if (s == NULL) return compile_no_memory(c);
  struct walker w = {.c = c, .story = s, .tables = &tables};
  return walk_element(&w, xmlDocGetRootElement(c->xml.doc));
}
