/* Calculations of table cells that the office program does (Word's =SUM(ABOVE), =B3*2).
 *
 * Their result is a copy, made when the template was written.  It stays right while the cells that
 * it is made of stay what they are and where they are; so a cell of them that holds a tag, or a row
 * above that may be repeated or vanish, makes it wrong, and that is a finding.
 */
#include "template/compile.h"

enum { ANY = 0, LAST = 0xFFFFFF };

/* A control tag, or a column of a list, which repeats its row. */
static bool moves_rows(const struct compile *c, const struct tag *t) {
  if (t->native != NULL && t->native->kind != NATIVE_VALUE) return true;
  if (str_find(t->folded, STR("."), 0) != STR_NOT_FOUND) return true;
  return t->native == NULL &&
         tag_read(t->folded, c->t->names, STR_NONE, c->arena).kind != TAG_VALUE;
}

bool formula_tag(struct compile *c, struct formulas *f, const struct tag *t) {
  struct cell_at *at = arena_grow(c->arena, f->tags, &f->ntags, &f->tags_cap, sizeof *at);
  if (at == NULL) return compile_no_memory(c);
  f->tags = at - (f->ntags - 1);
  *at = (struct cell_at){c->place.row, c->place.column, t == NULL || moves_rows(c, t)};
  return true;
}

bool formula_add(struct compile *c, struct formulas *f, const struct tag *t) {
  const struct tag **slot = arena_grow(c->arena, f->items, &f->n, &f->cap, sizeof *slot);
  if (slot == NULL) return compile_no_memory(c);
  f->items = slot - (f->n - 1);
  *slot = t;
  return true;
}

/* One word of what a formula is made of: ABOVE, LEFT, RIGHT, BELOW, or B3. */
static struct cell_at read_cell(str word, const struct place *at) {
  struct cell_at cell = {.row = 0};
  size_t i = 0;
  if (str_is(word, "ABOVE")) return (struct cell_at){at->row - 1, ANY, false};
  if (str_is(word, "BELOW")) return (struct cell_at){LAST, ANY, false};
  if (str_is(word, "LEFT") || str_is(word, "RIGHT")) return (struct cell_at){at->row, ANY, false};
  for (; i < word.n && word.p[i] >= 'A' && word.p[i] <= 'Z'; i++)
    cell.column = cell.column * 26 + (unsigned)(word.p[i] - 'A' + 1);
  for (; i < word.n && word.p[i] >= '0' && word.p[i] <= '9' && cell.row < LAST; i++)
    cell.row = cell.row * 10 + (unsigned)(word.p[i] - '0');
  return cell;
}

static bool changes(const struct formulas *f, struct cell_at cell) {
  for (size_t i = 0; i < f->ntags; i++) {
    const struct cell_at *t = &f->tags[i];
    bool same = t->row == cell.row && (cell.column == ANY || t->column == cell.column);
    if (same || (t->row < cell.row && t->moves)) return true;
  }
  return false;
}

bool formula_settle(struct compile *c, const struct formulas *f) {
  bool ok = true;
  for (size_t i = 0; i < f->n; i++) {
    const struct tag *t = f->items[i];
    str s = t->native->text;
    for (size_t at = 0, end; at < s.n; at = end + 1) {
      end = str_find(s, STR(" "), at);
      if (end == STR_NOT_FOUND) end = s.n;
      if (changes(f, read_cell(str_sub(s, at, end), t->place)))
        ok = finding(c->fs, CODE_FIELD_CELLS, t->place, NULL, t->typed);
    }
  }
  return ok;
}
