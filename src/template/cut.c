/* Cutting a resolved tree into a program.
 *
 * The tree is written once as bytes; the anchors in it, and the marks in attributes, become
 * instructions, and the bytes between them literals.  Ranges become jumps.
 * Invariant: the literals joined in order are the part without what is filled in.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "template/compile.h"

/* A range whose end has not come yet. */
struct range {
  enum mark_kind kind;
  uint32_t outer; /* of MARK_LOOK: region + 1 that is seen when this one is */
  uint32_t start; /* its first instruction */
  uint32_t test;  /* of the branch that runs: to be patched with where the next begins */
  bool tested;    /* is there one to patch? */
  bool in_else;   /* of a loop */
  uint32_t jumps[64];
  size_t njumps; /* to the end of the range */
};

struct cutter {
  struct compile *c;
  struct program *p;
  struct buf bytes; /* the written part */
  size_t ops_cap, fields_cap, loops_cap, conditions_cap;
  struct show_at *shows; /* of the written part */
  size_t nshows, next_show, op_shows, op_shows_cap, shows_cap;
  struct range *ranges;
  size_t n, cap;
};

static bool no_memory(struct cutter *k) { return compile_no_memory(k->c); }

/* ---- what is shown ---- */

/* The shows of another instruction begin. */
static bool begin_shows(struct cutter *k) {
  struct program *p = k->p;
  uint32_t *at = arena_grow(k->c->arena, p->op_shows, &k->op_shows, &k->op_shows_cap, sizeof *at);
  if (at == NULL) return no_memory(k);
  p->op_shows = at - (k->op_shows - 1);
  *at = (uint32_t)p->nshows;
  return true;
}

/* Does it stand behind its bytes, and not before them? */
static bool stands_behind(enum show_kind kind) {
  return kind == SHOW_PARAGRAPH_END || kind == SHOW_TABLE_END || kind == SHOW_STORY_END;
}

/* What is shown up to offset `to` belongs to the instruction that was emitted last. */
static bool take_shows(struct cutter *k, size_t to) {
  struct program *p = k->p;
  for (; k->next_show < k->nshows; k->next_show++) {
    const struct show_at *s = &k->shows[k->next_show];
    if (s->at > to || (s->at == to && !stands_behind(s->show.kind))) return true;
    struct show *slot = arena_grow(k->c->arena, p->shows, &p->nshows, &k->shows_cap, sizeof *slot);
    if (slot == NULL) return no_memory(k);
    p->shows = slot - (p->nshows - 1);
    *slot = s->show;
  }
  return true;
}

/* ---- instructions ---- */

static bool emit(struct cutter *k, enum op_kind kind, uint32_t a, uint32_t b) {
  struct program *p = k->p;
  struct op *op = arena_grow(k->c->arena, p->ops, &p->nops, &k->ops_cap, sizeof *op);
  if (op == NULL) return no_memory(k);
  p->ops = op - (p->nops - 1);
  *op = (struct op){kind, a, b};
  return !k->c->t->options.shows || begin_shows(k);
}

static uint32_t here(const struct cutter *k) { return (uint32_t)k->p->nops; }

/* Bytes [from, to) of the written part. */
static bool literal(struct cutter *k, size_t from, size_t to) {
  str s = str_sub(buf_str(&k->bytes), from, to);
  if (s.n == 0) return true;
  size_t at = k->p->bytes.n;
  return (buf_put(&k->p->bytes, s) || no_memory(k)) &&
         emit(k, OP_LITERAL, (uint32_t)at, (uint32_t)s.n) && take_shows(k, to);
}

/* ---- operands ---- */

static bool add_field(struct cutter *k, const struct mark *m, uint32_t *index) {
  struct program *p = k->p;
  struct field *f = arena_grow(k->c->arena, p->fields, &p->nfields, &k->fields_cap, sizeof *f);
  if (f == NULL) return no_memory(k);
  p->fields = f - (p->nfields - 1);
  *index = (uint32_t)(p->nfields - 1);
  *f = (struct field){.e = m->e,
                      .scope = m->within,
                      .form = m->form,
                      .place = m->place,
                      .tag = m->tag->typed,
                      .kept =
                          m->tag->native != NULL ? adopt_tag(k->c, m->tag->inner) : m->tag->typed,
                      .behind = m->tag->behind};
  m->tag->field = *index + 1;
  return true;
}

static bool add_loop(struct cutter *k, const struct mark *m, uint32_t *index) {
  struct program *p = k->p;
  struct loop *l = arena_grow(k->c->arena, p->loops, &p->nloops, &k->loops_cap, sizeof *l);
  if (l == NULL) return no_memory(k);
  p->loops = l - (p->nloops - 1);
  *index = (uint32_t)(p->nloops - 1);
  *l = (struct loop){.e = m->e,
                     .scope = m->scope,
                     .section = m->section,
                     .place = m->place,
                     .tag = m->tag != NULL ? m->tag->typed : m->place->tag};
  return true;
}

static bool add_condition(struct cutter *k, const struct mark *m, uint32_t *index) {
  struct program *p = k->p;
  struct condition *x =
      arena_grow(k->c->arena, p->conditions, &p->nconditions, &k->conditions_cap, sizeof *x);
  if (x == NULL) return no_memory(k);
  p->conditions = x - (p->nconditions - 1);
  *index = (uint32_t)(p->nconditions - 1);
  *x = (struct condition){.e = m->e,
                          .scope = m->within,
                          .place = m->place,
                          .tag = m->tag != NULL ? m->tag->typed : STR("")};
  return true;
}

/* ---- ranges ---- */

static bool open_range(struct cutter *k, enum mark_kind kind, uint32_t outer) {
  struct range *r = arena_grow(k->c->arena, k->ranges, &k->n, &k->cap, sizeof *r);
  if (r == NULL) return no_memory(k);
  k->ranges = r - (k->n - 1);
  *r = (struct range){
      .kind = kind, .outer = outer, .start = here(k), .test = here(k), .tested = true};
  return true;
}

static bool jump_to_end(struct cutter *k, struct range *r) {
  if (r->njumps == 64)
    return finding(k->c->fs, CODE_DEPTH, NULL, NULL, STR("否则如果"), finding_number(k->c->fs, 64));
  r->jumps[r->njumps++] = here(k);
  return emit(k, OP_JUMP, 0, 0);
}

static bool cut_else(struct cutter *k, const struct mark *m) {
  struct range *r = &k->ranges[k->n - 1];
  if (r->kind == MARK_EACH && !emit(k, OP_NEXT, k->p->ops[r->start].a, r->start + 1)) return false;
  if (!jump_to_end(k, r)) return false;
  if (r->tested) k->p->ops[r->test].b = here(k);
  r->tested = false;
  r->in_else = true;
  if (m->kind != MARK_ELIF) return true;
  uint32_t x;
  if (!add_condition(k, m, &x)) return false;
  r->test = here(k);
  r->tested = true;
  return emit(k, OP_TEST, x, 0);
}

static bool cut_end(struct cutter *k) {
  if (k->n == 0) return finding(k->c->fs, CODE_INTERNAL, NULL, NULL, STR("a range ends twice"));
  struct range *r = &k->ranges[--k->n];
  if (r->kind == MARK_EACH && !r->in_else && !emit(k, OP_NEXT, k->p->ops[r->start].a, r->start + 1))
    return false;
  if (r->kind == MARK_NOTE && !emit(k, OP_NOTE_NEXT, k->p->ops[r->start].a, r->start + 1))
    return false;
  if (r->kind == MARK_LOOK && !emit(k, OP_LOOK_END, k->p->ops[r->start].a, r->outer)) return false;
  if (r->tested) k->p->ops[r->test].b = here(k);
  for (size_t i = 0; i < r->njumps; i++) k->p->ops[r->jumps[i]].b = here(k);
  return true;
}

static bool cut_mark(struct cutter *k, const struct mark *m) {
  uint32_t i = 0;
  switch (m->kind) {
  case MARK_VALUE: return add_field(k, m, &i) && emit(k, OP_VALUE, i, 0);
  case MARK_EACH:
    return add_loop(k, m, &i) && open_range(k, MARK_EACH, 0) && emit(k, OP_EACH, i, 0);
  case MARK_TEST:
    return add_condition(k, m, &i) && open_range(k, MARK_TEST, 0) && emit(k, OP_TEST, i, 0);
  case MARK_ELSE:
  case MARK_ELIF: return cut_else(k, m);
  case MARK_END:
  case MARK_NOTE_END: return cut_end(k);
  case MARK_NOTE: return open_range(k, MARK_NOTE, 0) && emit(k, OP_NOTE, m->a, 0);
  case MARK_NOTE_ID: return emit(k, OP_NOTE_ID, m->a, 0);
  case MARK_NOTE_REF: return emit(k, OP_NOTE_REF, m->a, 0);
  case MARK_PART_REF: return emit(k, OP_PART_REF, m->a, 0);
  case MARK_LIST_NEW: return emit(k, OP_LIST_NEW, m->a, 0);
  case MARK_MERGE_RESET: return emit(k, OP_MERGE_RESET, m->a, 0);
  case MARK_MERGE: return emit(k, OP_MERGE, m->a, 0);
  case MARK_MERGE_HOW: return emit(k, OP_MERGE_HOW, m->a, 0);
  case MARK_MERGE_TEST: return open_range(k, MARK_MERGE_TEST, 0) && emit(k, OP_MERGE_TEST, m->a, 0);
  case MARK_SPAN: return emit(k, OP_SPAN, m->a, 0);
  case MARK_SPAN_ROW: return emit(k, OP_SPAN_ROW, m->a, 0);
  case MARK_ROWS_NEW: return emit(k, OP_ROWS_NEW, m->a, 0);
  case MARK_ROW: return emit(k, OP_ROW, m->a, 0);
  case MARK_RANGE_NEW: return emit(k, OP_RANGE_NEW, m->a, 0);
  case MARK_RANGE_ROW: return emit(k, OP_RANGE_ROW, m->a, 0);
  case MARK_RANGE: return emit(k, OP_RANGE, m->a, 0);
  case MARK_IDENT: return emit(k, OP_IDENT, m->a, 0);
  case MARK_PICTURE:
    return add_field(k, m, &k->p->pictures[m->a].field) && open_range(k, MARK_PICTURE, 0) &&
           emit(k, OP_PICTURE, m->a, 0);
  case MARK_PICTURE_SLOT: return emit(k, OP_PICTURE_SLOT, m->a, 0);
  case MARK_LINK_TEXT: return emit(k, OP_LINK_TEXT, m->a, 0);
  case MARK_LINK_VALUE: return add_field(k, m, &i) && emit(k, OP_LINK_VALUE, i, 0);
  case MARK_LINK: return emit(k, OP_LINK, m->a, 0);
  case MARK_LINK_REF: return emit(k, OP_LINK_REF, m->a, 0);
  case MARK_CAPTION: return emit(k, OP_CAPTION, m->a, m->b);
  case MARK_SLOT: return emit(k, OP_SLOT, m->a, m->b);
  case MARK_SEEN: return emit(k, OP_SEEN, m->a, 0);
  case MARK_LOOK: return open_range(k, MARK_LOOK, m->b) && emit(k, OP_LOOK, m->a, 0);
  case MARK_SLOT_TEST:
    return open_range(k, MARK_SLOT_TEST, 0) && emit(k, OP_SLOT_TEST, m->a, 0) &&
           emit(k, OP_MASK, m->b, 0);
  }
  return false;
}

/* ---- the bytes ---- */

/* The number that begins at `at`; *at moves behind it. */
static size_t read_number(str s, size_t *at) {
  size_t v = 0;
  for (; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; ++*at)
    v = v * 10 + (size_t)(s.p[*at] - '0');
  return v;
}

struct next_mark {
  size_t from, to, number;
};

/* The nearest anchor or attribute mark at or after `at`; both cannot stand in other text. */
static bool find_mark(const struct cutter *k, size_t at, size_t *pi, size_t *attr,
                      struct next_mark *out) {
  str s = buf_str(&k->bytes), begin = str_of(k->c->pi), around = str_of(k->c->attr_mark);
  if (*pi != STR_NOT_FOUND && *pi < at) *pi = str_find(s, begin, at);
  if (*attr != STR_NOT_FOUND && *attr < at) *attr = str_find(s, around, at);
  if (*pi == STR_NOT_FOUND && *attr == STR_NOT_FOUND) return false;
  bool is_pi = *pi < *attr;
  out->from = is_pi ? *pi : *attr;
  size_t i = out->from + (is_pi ? begin.n : around.n);
  while (i < s.n && s.p[i] == ' ') i++;
  out->number = read_number(s, &i);
  out->to = i + (is_pi ? 2 : around.n);
  return out->number < k->c->nmarks;
}

/* A slot that writes an attribute with its name: ` r:link="…"`, as xml_dump puts it. */
static void widen(const struct cutter *k, const struct mark *mark, struct next_mark *m) {
  str name = mark->kind == MARK_PICTURE_SLOT ? k->p->picture_slots[mark->a].was : STR_NONE;
  if (name.n == 0) return;
  m->from -= 1 + name.n + strlen("=\"");
  m->to += strlen("\"");
}

static bool cut_bytes(struct cutter *k) {
  str s = buf_str(&k->bytes);
  size_t at = 0;
  size_t pi = str_find(s, str_of(k->c->pi), 0), attr = str_find(s, str_of(k->c->attr_mark), 0);
  struct next_mark m;
  while (find_mark(k, at, &pi, &attr, &m)) {
    const struct mark *mark = k->c->marks[m.number];
    widen(k, mark, &m);
    if (!literal(k, at, m.from) || !cut_mark(k, mark)) return false;
    at = m.to;
  }
  return literal(k, at, s.n) && emit(k, OP_END, 0, 0) &&
         (!k->c->t->options.shows || begin_shows(k));
}

/* ---- what the program knows of its text ---- */

static struct piece piece_of(const struct tag *t) {
  return (struct piece){.text = t->typed,
                        .field = t->field,
                        .tag = true,
                        .kind = t->kind,
                        .said = t->text.p != NULL ? t->text : t->folded,
                        .place = t->place};
}

static bool keep_pieces(struct compile *c, const struct para *p, struct paragraph *out) {
  out->place = p->place;
  out->pieces = ARENA_ARRAY(c->arena, 2 * p->ntags + 1, struct piece);
  if (out->pieces == NULL) return compile_no_memory(c);
  size_t at = 0;
  for (size_t i = 0; i <= p->ntags; i++) {
    size_t to = i < p->ntags ? p->tags[i]->from : p->text.n;
    if (to > at) out->pieces[out->n++] = (struct piece){.text = str_sub(p->text, at, to)};
    if (i == p->ntags) break;
    out->pieces[out->n++] = piece_of(p->tags[i]);
    at = p->tags[i]->to;
  }
  return true;
}

static bool keep_text(struct compile *c) {
  size_t n = 0;
  for (size_t s = 0; s < c->nstories; s++) n += c->stories[s]->n;
  struct program *p = c->program;
  p->paragraphs = ARENA_ARRAY(c->arena, n != 0 ? n : 1, struct paragraph);
  if (p->paragraphs == NULL) return compile_no_memory(c);
  for (size_t s = 0; s < c->nstories; s++)
    for (size_t i = 0; i < c->stories[s]->n; i++)
      if (!keep_pieces(c, c->stories[s]->paras[i], &p->paragraphs[p->nparagraphs++])) return false;
  return true;
}

/* Tags in attributes, each as a paragraph of its own. */
static bool keep_attributes(struct compile *c) {
  struct program *p = c->program;
  size_t n = p->nparagraphs;
  struct paragraph *all = ARENA_ARRAY(c->arena, n + c->nmarks + 1, struct paragraph);
  if (all == NULL) return compile_no_memory(c);
  if (n != 0) memcpy(all, p->paragraphs, n * sizeof *all);
  for (size_t i = 0; i < c->nmarks; i++) {
    const struct tag *t = c->marks[i]->tag;
    if (t == NULL || t->para != NULL) continue;
    struct piece *piece = ARENA_NEW(c->arena, struct piece);
    if (piece == NULL) return compile_no_memory(c);
    *piece = piece_of(t);
    all[n++] = (struct paragraph){.place = t->place, .pieces = piece, .n = 1};
  }
  p->paragraphs = all;
  p->nparagraphs = n;
  return true;
}

bool cut_scanned(struct compile *c) { return keep_text(c) && keep_attributes(c); }

bool cut_part(struct compile *c) {
  struct cutter k = {.c = c, .p = c->program};
  buf_init(&k.bytes, 2 * LIMIT_XML_PART);
  buf_init(&c->program->bytes, 2 * LIMIT_XML_PART);
  bool ok = (xml_dump(&c->xml, &k.bytes) || no_memory(&k)) &&
            shows_read(c, buf_str(&k.bytes), c->xml.prolog_n, &k.shows, &k.nshows) &&
            cut_bytes(&k) && keep_text(c);
  buf_free(&k.bytes);
  if (ok && k.n != 0) ok = finding(c->fs, CODE_INTERNAL, NULL, NULL, STR("a range does not end"));
  return ok;
}

bool cut_still(struct compile *c) {
  struct cutter k = {.c = c, .p = c->program};
  for (size_t s = 0; s < c->nstories; s++)
    for (size_t i = 0; i < c->stories[s]->n; i++)
      c->stories[s]->paras[i]->node->_private = c->stories[s]->paras[i];
  return shows_read(c, STR_NONE, 0, &k.shows, &k.nshows) && emit(&k, OP_LITERAL, 0, 0) &&
         take_shows(&k, SIZE_MAX) && emit(&k, OP_END, 0, 0) && begin_shows(&k) && keep_text(c);
}
