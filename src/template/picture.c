/* Pictures that stand for others: their alternative text is wholly one value tag.
 *
 * The value names a file.  An anchor with the tag goes around the picture, so that it is evaluated
 * once for each copy, and the picture vanishes when nothing is named; the reference, the size and
 * what crops it become instructions.  Behind it the alternative text says the name of the field.
 */
#include "base/utf8.h"
#include "expr/bind.h"
#include "expr/refs.h"
#include "template/compile.h"

#define N_(s) (s)

/* The words of an attribute or text node. */
static str text_of(const struct frame_slot *s) {
  const xmlNode *text = s->attr != NULL ? s->attr->children : s->text;
  return text != NULL ? str_of((const char *)text->content) : STR("");
}

/* Is it wholly one tag? */
static bool is_tag(const struct compile *c, str text) {
  struct scan_found f = scan_next(text, 0, &c->marks_around);
  return f.kind == SCAN_TAG && utf8_trim(str_sub(text, 0, f.from)).n == 0 &&
         utf8_trim(str_sub(text, f.to, text.n)).n == 0;
}

static bool all_digits(str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] < '0' || s.p[i] > '9') return false;
  return true;
}

/* 项目.照片 → 照片; 照片.2 stays. */
static str last_step(str s) {
  for (size_t i = s.n; i > 0; i--)
    if (s.p[i - 1] == '.') {
      str last = str_sub(s, i, s.n);
      return last.n != 0 && !all_digits(last) ? last : s;
    }
  return s;
}

/* What is told to those who do not see the picture: the first name in the tag, without the list that
 * it is a column of; of {{.}} the list's. */
static void first_name(void *ctx, const struct ref *r, bool guarded) {
  str *name = ctx;
  (void)guarded;
  if (name->n == 0) *name = last_step(r->shown);
}

void picture_bound(struct compile *c, const struct mark *m, const struct scope *scope) {
  struct program *p = c->program;
  const struct scope *s = bind_loop(scope);
  str name = STR_NONE;
  expr_refs(m->e, &name, first_name);
  if (name.n == 0 && s != NULL && s->of != NULL && s->of->kind == EXPR_REF)
    name = last_step(s->of->ref.shown);
  for (size_t i = p->pictures[m->a].slots; i < p->npicture_slots; i++) {
    struct picture_slot *slot = &p->picture_slots[i];
    if (slot->picture != m->a) return;
    if (slot->kind == FRAME_ALT) slot->instead = name;
  }
}

static bool add_slot(struct compile *c, uint32_t picture, struct frame_slot *s) {
  struct program *p = c->program;
  struct picture_slot *to =
      arena_grow(c->arena, p->picture_slots, &p->npicture_slots, &c->picture_slots_cap, sizeof *to);
  uint32_t number;
  struct mark *m = to != NULL ? compile_mark(c, MARK_PICTURE_SLOT, &number) : NULL;
  if (m == NULL) return compile_no_memory(c);
  p->picture_slots = to - (p->npicture_slots - 1);
  m->a = (uint32_t)(p->npicture_slots - 1);
  *to = (struct picture_slot){.picture = picture,
                              .kind = s->kind,
                              .unit = s->unit,
                              .attribute = s->attr != NULL,
                              .was = s->was,
                              .becomes = s->becomes,
                              .own = arena_dup(c->arena, str_sub(text_of(s), s->from, s->to)),
                              .instead = arena_dup(c->arena, s->instead)};
  if (to->own.p == NULL) return compile_no_memory(c);
  if (s->attr != NULL)
    return compile_mark_attr(c, s->attr, s->from, s->to, number) || compile_no_memory(c);
  xmlNode *anchor = compile_anchor(c, number);
  if (anchor == NULL) return compile_no_memory(c);
  xml_insert_before(s->text, anchor);
  xml_remove(s->text);
  return true;
}

static bool add_picture(struct compile *c, const struct picture_frame *f, struct tag *t,
                        uint32_t *index) {
  struct program *p = c->program;
  struct picture_use *u =
      arena_grow(c->arena, p->pictures, &p->npictures, &c->pictures_cap, sizeof *u);
  uint32_t from, to;
  struct mark *m = u != NULL ? compile_mark(c, MARK_PICTURE, &from) : NULL;
  if (m == NULL || compile_mark(c, MARK_END, &to) == NULL) return compile_no_memory(c);
  p->pictures = u - (p->npictures - 1);
  *index = m->a = (uint32_t)(p->npictures - 1);
  *u = (struct picture_use){.width = f->width, .height = f->height, .slots = p->npicture_slots};
  m->tag = t;
  m->place = t->place;
  xmlNode *begin = compile_anchor(c, from), *end = compile_anchor(c, to);
  if (begin == NULL || end == NULL) return compile_no_memory(c);
  xml_insert_before(f->whole, begin);
  xml_insert_after(f->whole, end);
  c->changed = true;
  return true;
}

/* Lengths of one attribute are marked from its end, so that those before keep their place. */
static bool add_slots(struct compile *c, uint32_t picture, struct picture_frame *f) {
  for (size_t i = f->n; i-- > 0;)
    if (!add_slot(c, picture, &f->slots[i])) return false;
  return true;
}

static void order_slots(struct picture_frame *f) {
  for (size_t i = 1; i < f->n; i++)
    for (size_t k = i; k > 0 && f->slots[k].attr == f->slots[k - 1].attr &&
                       f->slots[k].from < f->slots[k - 1].from;
         k--) {
      struct frame_slot s = f->slots[k];
      f->slots[k] = f->slots[k - 1];
      f->slots[k - 1] = s;
    }
}

/* The other places of the same text (Writer has it twice) change with the first. */
static void add_alts(xmlNode *n, const struct compile *c, str typed, struct picture_frame *f) {
  struct frame_slot alt;
  for (unsigned i = 0; c->t->flavour->picture_alt(n, i, &alt) && f->n < FRAME_SLOTS; i++) {
    if (str_eq(utf8_trim(text_of(&alt)), typed)) f->slots[f->n++] = alt;
  }
}

static bool replace(struct compile *c, xmlNode *n, struct tag *t) {
  struct picture_frame f;
  const char *why = N_("a picture without a size");
  uint32_t index = 0;
  bool good = c->t->flavour->picture_frame(n, c->arena, &f, &why);
  if (good && (f.width == 0 || f.height == 0)) good = false, why = N_("a picture without a size");
  if (!good) return finding(c->fs, CODE_TAG_PLACE, t->place, NULL, t->typed, str_of(why));
  if (f.turned != NULL)
    finding(c->fs, CODE_PICTURE_FRAME, t->place, NULL, t->typed, str_of(f.turned));
  add_alts(n, c, t->typed, &f);
  order_slots(&f);
  return add_picture(c, &f, t, &index) && add_slots(c, index, &f);
}

bool picture_walk(struct compile *c, xmlNode *n) {
  struct frame_slot alt;
  for (unsigned i = 0; c->t->flavour->picture_alt(n, i, &alt); i++) {
    str text = arena_dup(c->arena, text_of(&alt));
    struct tag **tags = NULL;
    size_t ntags = 0;
    if (text.p == NULL) return compile_no_memory(c);
    if (!is_tag(c, text)) continue;
    if (!walk_scan(c, text, &tags, &ntags)) return false;
    if (ntags != 1) continue;
    struct tag_text read = tag_read(tags[0]->folded, c->t->names, STR_NONE, c->arena);
    tags[0]->kind = read.kind;
    tags[0]->text = read.text;
    return replace(c, n, tags[0]);
  }
  return true;
}
