/* The text that a report shows: from what programs know of their literals, and the printed values.
 *
 * Places are counted here once more, as walk.c counts them in the template, but over rows that are
 * repeated.
 * Invariant: what is kept is what stands open, a paragraph for each level of text boxes.
 */
#include "render/shown.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "template/program.h"

enum { MOST_OPEN = 256, HEADING_CHARACTERS = 30, HEADING_BYTES = 4 * HEADING_CHARACTERS };

/* A story or table that stands open. */
struct nest {
  unsigned story_at; /* the level of its story */
  enum story story;
  unsigned number, tables; /* tables: counted per story */
  unsigned table, row, column, next_column, paragraph;
};

struct open_paragraph {
  uint32_t number; /* as in SHOW_PARAGRAPH */
  bool heading;
  unsigned level;
  unsigned lines;     /* paragraphs that its values make of it beside itself */
  size_t text, piece; /* where it begins */
};

/* What was counted when a region began. */
struct look_at {
  unsigned depth;
  struct nest level, story;
};

struct shown {
  const struct template *t;
  const struct program *p;
  const struct shown_listener *listeners;
  size_t nlisteners;
  const struct flavour_part *part;
  struct nest levels[MOST_OPEN];
  unsigned depth;
  unsigned counted[STORY_OTHER + 1]; /* stories of the report, by kind */
  struct open_paragraph open[MOST_OPEN];
  unsigned nopen;
  struct buf text;
  struct shown_piece *pieces; /* their texts point nowhere yet; the lengths hold */
  size_t npieces, cap;
  struct look_at *looks; /* by region */
  size_t looks_cap;
  uint64_t serial;
  char heading[HEADING_BYTES];
  size_t heading_n;
};

struct shown *shown_new(const struct template *t, const struct shown_listener *l, size_t n) {
  struct shown *s = mem_calloc(1, sizeof *s);
  if (s == NULL) return NULL;
  s->t = t;
  s->listeners = l;
  s->nlisteners = n;
  buf_init(&s->text, 0);
  return s;
}

void shown_free(struct shown *s) {
  if (s == NULL) return;
  buf_free(&s->text);
  mem_free(s->pieces);
  mem_free(s->looks);
  mem_free(s);
}

void shown_begin(struct shown *s) {
  s->serial = 0;
  memset(s->counted, 0, sizeof s->counted);
}

void shown_part(struct shown *s, size_t part, const struct program *p) {
  s->part = s->t->parts[part].info;
  s->p = p;
  s->levels[0] = (struct nest){.story = s->part->story, .number = s->part->number};
  s->depth = s->nopen = 0;
  s->npieces = s->heading_n = 0;
  buf_clear(&s->text);
}

/* ---- stories and tables ---- */

static struct nest *top(struct shown *s) { return &s->levels[s->depth]; }

static struct nest *push(struct shown *s) {
  if (s->depth + 1 < MOST_OPEN) s->depth++; /* deeper than any template that was read */
  return top(s);
}

static void begin_story(struct shown *s, const struct show *show) {
  unsigned number = show->n != 0 ? ++s->counted[show->a] : top(s)->number;
  struct nest *l = push(s);
  *l = (struct nest){.story_at = s->depth, .story = (enum story)show->a, .number = number};
}

static void begin_table(struct shown *s) {
  struct nest now = *top(s);
  now.table = ++s->levels[now.story_at].tables;
  now.row = now.column = now.paragraph = 0;
  *push(s) = now;
}

static void begin_cell(struct nest *l, unsigned columns) {
  l->column = l->next_column;
  l->next_column += columns;
  l->paragraph = 0;
}

/* ---- paragraphs ---- */

static void begin_paragraph(struct shown *s, const struct show *show) {
  top(s)->paragraph++;
  if (s->nopen == MOST_OPEN) return;
  s->open[s->nopen++] = (struct open_paragraph){.number = show->a,
                                                .heading = show->n != 0,
                                                .level = s->depth,
                                                .text = s->text.n,
                                                .piece = s->npieces};
}

static bool grow_pieces(struct shown *s) {
  size_t cap = s->cap != 0 ? 2 * s->cap : 16;
  struct shown_piece *pieces = mem_realloc(s->pieces, cap * sizeof *pieces);
  if (pieces == NULL) return false;
  s->pieces = pieces;
  s->cap = cap;
  return true;
}

/* Words join the words before them. */
static bool put(struct shown *s, const struct shown_piece *like, str text) {
  const struct open_paragraph *o = &s->open[s->nopen - 1];
  struct shown_piece *last = s->npieces > o->piece ? &s->pieces[s->npieces - 1] : NULL;
  size_t from = s->text.n;
  if (!buf_put(&s->text, text)) return false;
  if (last != NULL && last->from + last->text.n == from && last->field == NULL &&
      like->field == NULL)
    return last->text.n += text.n, true;
  if (s->npieces == s->cap && !grow_pieces(s)) return false;
  last = &s->pieces[s->npieces++];
  *last = *like;
  last->from = from;
  last->text.n = text.n;
  return true;
}

static bool put_words(struct shown *s, const struct show *show) {
  static const struct shown_piece literal = {.field = NULL};
  if (s->nopen == 0) return true;
  return put(s, &literal, (str){s->p->words.p + show->a, show->n});
}

static void keep_heading(struct shown *s, str text) {
  size_t to = 0;
  text = utf8_trim(text);
  for (unsigned n = 0; to < text.n && n < HEADING_CHARACTERS; n++) {
    size_t next = to;
    utf8_next(text, &next);
    if (next > HEADING_BYTES) break;
    to = next;
  }
  if (to == 0) return;
  memcpy(s->heading, text.p, to);
  s->heading_n = to;
}

static bool give(struct shown *s, const struct open_paragraph *o) {
  struct shown_paragraph p = {.text = {s->text.p + o->text, s->text.n - o->text},
                              .pieces = s->pieces + o->piece,
                              .n = s->npieces - o->piece,
                              .story = s->levels[o->level].story,
                              .heading = o->heading,
                              .in_table = s->levels[o->level].table != 0,
                              .by = s};
  if (o->number != 0) p.typed = s->p->paragraphs[o->number - 1].place;
  for (size_t i = o->piece; i < s->npieces; i++)
    s->pieces[i].text.p = s->text.p + s->pieces[i].from;
  bool ok = true;
  if (o->heading) keep_heading(s, p.text);
  for (size_t i = 0; ok && i < s->nlisteners; i++)
    ok = s->listeners[i].paragraph(s->listeners[i].ctx, &p);
  return ok;
}

static bool end_paragraph(struct shown *s) {
  if (s->nopen == 0) return true;
  const struct open_paragraph *o = &s->open[s->nopen - 1];
  bool shows = s->text.n != o->text || s->npieces != o->piece;
  bool ok = !shows || give(s, o);
  s->levels[o->level].paragraph += o->lines;
  s->npieces = o->piece;
  s->text.n = o->text;
  s->nopen--;
  return ok;
}

static bool step(struct shown *s, const struct show *show) {
  switch (show->kind) {
  case SHOW_WORDS: return put_words(s, show);
  case SHOW_PARAGRAPH: begin_paragraph(s, show); return true;
  case SHOW_PARAGRAPH_END: return end_paragraph(s);
  case SHOW_CELL: begin_cell(top(s), show->a); return true;
  case SHOW_ROW: top(s)->row++, top(s)->next_column = 1; return true;
  case SHOW_TABLE: begin_table(s); return true;
  case SHOW_STORY: begin_story(s, show); return true;
  default: s->depth -= s->depth != 0; return true;
  }
}

bool shown_op(struct shown *s, size_t op) {
  const struct program *p = s->p;
  bool ok = true;
  for (uint32_t i = p->op_shows[op]; ok && i < p->op_shows[op + 1]; i++) ok = step(s, &p->shows[i]);
  return ok;
}

bool shown_value(struct shown *s, const struct field *f, const struct eval *ev,
                 const struct result *r, bool missing, str text) {
  struct shown_piece piece = {
      .field = f, .missing = missing, .source = r->calculated ? NULL : r->v.source, .at = r->v.at};
  if (s->nopen == 0) return true;
  piece.serial = ++s->serial;
  for (size_t i = 0; i < s->nlisteners; i++) {
    const struct shown_listener *l = &s->listeners[i];
    if (l->value != NULL && !l->value(l->ctx, f, ev, piece.serial)) return false;
  }
  for (size_t i = 0; f->form->paragraph.n != 0 && i < text.n; i++)
    s->open[s->nopen - 1].lines += text.p[i] == '\n';
  return put(s, &piece, text);
}

/* ---- regions ---- */

bool shown_look(struct shown *s, uint32_t region) {
  if (region >= s->looks_cap) {
    size_t cap = 2 * (size_t)region + 8;
    struct look_at *looks = mem_realloc(s->looks, cap * sizeof *looks);
    if (looks == NULL) return false;
    s->looks = looks;
    s->looks_cap = cap;
  }
  s->looks[region] = (struct look_at){s->depth, *top(s), s->levels[top(s)->story_at]};
  return true;
}

void shown_unseen(struct shown *s, uint32_t region) {
  const struct look_at *l = &s->looks[region];
  s->depth = l->depth;
  s->levels[l->level.story_at] = l->story;
  *top(s) = l->level;
}

/* ---- places ---- */

bool shown_origin(const struct shown_piece *piece, struct arena *a, struct origin *out) {
  struct val v = {.source = piece->source, .at = piece->at};
  *out = (struct origin){.file = STR_NONE};
  val_origin(&v, a, out);
  return out->file.n != 0;
}

void shown_place(const struct shown *s, str file, struct place *out) {
  const struct nest *l = &s->levels[s->nopen != 0 ? s->open[s->nopen - 1].level : s->depth];
  *out = (struct place){.file = file,
                        .part = pack_name(s->t->pack, s->part->entry),
                        .story = l->story,
                        .number = l->number,
                        .table = l->table,
                        .row = l->row,
                        .column = l->column,
                        .paragraph = l->paragraph,
                        .heading = {s->heading, s->heading_n}};
}

const struct expr *shown_expr(const struct field *f) { return f->e; }
str shown_tag(const struct field *f) { return f->tag; }
const struct place *shown_typed(const struct field *f) { return f->place; }
