/* Ids in repeated parts, and references to notes and to other parts.
 *
 * Copies must not share an id; a note, comment, header or chart that is referred to in a loop
 * exists once for each item.
 */
#include "template/compile.h"

/* ---- ids of repeated parts ---- */

struct ident_op *compile_ident(struct compile *c, uint32_t *index) {
  struct program *p = c->program;
  struct ident_op *i = arena_grow(c->arena, p->idents, &p->nidents, &c->idents_cap, sizeof *i);
  if (i == NULL) return compile_no_memory(c), NULL;
  p->idents = i - (p->nidents - 1);
  *index = (uint32_t)(p->nidents - 1);
  return i;
}

/* The slot of the last id with that space and value, or a new one for IDENT_SAME without it. */
static bool find_slot(const struct program *p, size_t before, unsigned space, str value,
                      uint32_t *slot) {
  for (size_t i = before; i-- > 0;)
    if (p->idents[i].space == space && p->idents[i].kind != IDENT_SAME &&
        str_eq(p->idents[i].first, value)) {
      *slot = p->idents[i].slot;
      return true;
    }
  return false;
}

static bool mark_ident(struct compile *c, const struct ident *id) {
  str value = id->attr->children != NULL
                  ? arena_dup(c->arena, str_of((const char *)id->attr->children->content))
                  : STR("");
  uint32_t index, number;
  struct ident_op *op = compile_ident(c, &index);
  if (op == NULL) return false;
  op->kind = id->kind;
  op->space = id->space;
  op->first = value;
  op->start = ident_start(c, id->space, value);
  if (op->kind == IDENT_SAME &&
      !find_slot(c->program, c->program->nidents - 1, id->space, value, &op->slot))
    op->kind = IDENT_NUMBER;
  if (op->kind != IDENT_SAME) op->slot = (uint32_t)c->program->nslots++;
  struct mark *m = compile_mark(c, MARK_IDENT, &number);
  if (m == NULL) return compile_no_memory(c);
  m->a = index;
  return compile_mark_attr(c, id->attr, 0, value.n, number);
}

bool refs_idents(struct compile *c, xmlNode *n) {
  struct ident id;
  for (unsigned i = 0; c->t->flavour->ident(n, i, &id);) {
    if (id.kind == IDENT_DROP) {
      xmlRemoveProp(id.attr);
      continue;
    }
    if (!mark_ident(c, &id)) return false;
    i++;
  }
  return true;
}

/* ---- references to notes ---- */

static struct note *note_of(struct compile *c, const struct note_ref *r, uint32_t *index) {
  struct template *t = c->t;
  for (size_t i = 0; i < t->nnotes; i++)
    if (t->notes[i].entry == r->entry && str_eq(t->notes[i].id, r->id))
      return *index = (uint32_t)i, &t->notes[i];
  size_t cap = t->nnotes;
  struct note *n = arena_grow(t->arena, t->notes, &t->nnotes, &cap, sizeof *n);
  if (n == NULL) return compile_no_memory(c), NULL;
  t->notes = n - (t->nnotes - 1);
  *index = (uint32_t)(t->nnotes - 1);
  n->entry = r->entry;
  n->id = arena_dup(t->arena, r->id);
  return n;
}

bool refs_note(struct compile *c, xmlNode *n, const struct scope *scope) {
  struct note_ref r;
  if (!c->t->flavour->note_ref(c->t->state, n, &r)) return true;
  uint32_t index, number;
  struct note *note = note_of(c, &r, &index);
  if (note == NULL) return false;
  struct program *p = c->program;
  struct note_op *op =
      arena_grow(c->arena, p->note_refs, &p->nnote_refs, &c->note_refs_cap, sizeof *op);
  if (op == NULL) return compile_no_memory(c);
  p->note_refs = op - (p->nnote_refs - 1);
  const xmlNode *story = compile_up(c, n, KIND_STORY);
  bool again = r.mark && note->scope != NULL && note->story != story;
  bool first = again ? note->again != story : note->scope == NULL || !r.mark;
  *op = (struct note_op){.note = index, .first = first, .again = again};
  if (again)
    note->again = story;
  else
    note->story = story;
  if (note->scope == NULL) note->scope = scope;
  if (note->place == NULL) note->place = compile_place(c, &c->place, STR_NONE);
  struct mark *m = compile_mark(c, MARK_NOTE_REF, &number);
  if (m == NULL) return compile_no_memory(c);
  m->a = (uint32_t)(p->nnote_refs - 1);
  return compile_mark_attr(c, r.attr, 0, r.id.n, number);
}

/* ---- references to parts ---- */

/* Every reference is kept; those that are repeated can make copies. */
bool refs_part(struct compile *c, xmlNode *n, const struct scope *scope, bool repeated) {
  struct part_ref r;
  if (!c->t->flavour->part_ref(c->t->state, c->info->entry, n, &r)) return true;
  struct template *t = c->t;
  struct part_use *u = arena_grow(t->arena, t->uses, &t->nuses, &t->uses_cap, sizeof *u);
  if (u == NULL) return compile_no_memory(c);
  t->uses = u - (t->nuses - 1);
  str from = r.attr->children != NULL ? str_of((const char *)r.attr->children->content) : STR("");
  *u = (struct part_use){.entry = r.entry,
                         .owner = c->info->entry,
                         .from = arena_dup(t->arena, from),
                         .scope = scope,
                         .place = compile_place(c, &c->place, STR_NONE),
                         .repeated = repeated,
                         .part = -1};
  if (!repeated) return true;
  uint32_t number;
  struct mark *m = compile_mark(c, MARK_PART_REF, &number);
  if (m == NULL) return compile_no_memory(c);
  m->a = (uint32_t)(t->nuses - 1);
  return compile_mark_attr(c, r.attr, 0, from.n, number);
}
