/* Units that stand neither in a name nor in a cell: in a column 计量单位, in a row of units below the
 * names, or over the whole table.
 *
 * 单位：万元 over a table speaks of its money.  Which of the figures are money nobody says, so such a unit
 * is kept apart (struct val: above) and gives way to any other kind.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "data/layout_internal.h"
#include "value/unit.h"

/* ---- units beside the names ---- */

static bool is_no_unit(str s) {
  static const char *const none[] = {"", "-", "/", "_", "无", NULL};
  for (const char *const *n = none; *n != NULL; n++)
    if (str_is(s, *n)) return true;
  return false;
}

/* 万元 or （万元） */
static str bare_unit(const struct laying *w, const struct cell *c) {
  str s = laying_fold(w, c);
  return str_starts(s, STR("(")) && str_ends(s, STR(")")) ? str_sub(s, 1, s.n - 1) : s;
}

/* Has the position a name of its own above the line? 户 and 人 under 低保 are names. */
static bool is_named(const struct view *v, uint32_t first, uint32_t line, uint32_t position) {
  struct area m;
  for (uint32_t at = line; at-- > first;) {
    bool merged = view_area(v, at, position, &m);
    if (merged && m.position != m.last_position) return false;
    if (merged || view_at(v, at, position) != NULL) return true;
  }
  return false;
}

bool units_in_line(struct laying *w, uint32_t first, uint32_t line, uint32_t head_position) {
  static const char *const heads[] = {"单位", "计量单位", NULL};
  const struct view *v = &w->l->view;
  size_t units = 0;
  for (size_t i = 0; i < v->npositions; i++) {
    const struct cell *c = view_at(v, line, v->positions[i]);
    if (c == NULL) continue;
    if (c->kind != CELL_TEXT) return false;
    str s = bare_unit(w, c);
    bool head = v->positions[i] == head_position;
    if (head && !str_is(s, heads[0]) && !str_is(s, heads[1])) return false;
    if (!head && unit_find(s) == NULL && !is_no_unit(s)) return false;
    if (head || unit_find(s) == NULL) continue;
    if (!is_named(v, first, line, v->positions[i])) return false;
    units++;
  }
  return units > 0;
}

static bool read_unit(struct laying *w, struct field *f) {
  const struct cell *c = view_held(&w->l->view, w->l->unit_line, f->position);
  str s = c != NULL ? bare_unit(w, c) : STR("");
  if (is_no_unit(s)) return true;
  const struct unit *u = unit_find(s);
  s = u != NULL ? str_of(u->name) : arena_dup(w->a, s);
  if (s.p == NULL) return laying_no_memory(w);
  if (f->unit.n != 0 && !str_eq(f->unit, s))
    return laying_complain(w, CODE_UNIT_CONTRADICTS, w->l->unit_line, f->position, 3,
                           FINDING_STRS(f->name->shown, f->unit, s));
  f->unit = s;
  return true;
}

static bool read_units(struct laying *w, struct shape *s) {
  bool ok = true;
  for (size_t i = 0; i < s->nfields; i++) ok = read_unit(w, &s->fields[i]) && ok;
  for (size_t i = 0; i < s->nparts; i++) ok = read_units(w, &s->parts[i]) && ok;
  return ok;
}

bool units_beside(struct laying *w) { return read_units(w, &w->l->shape); }

/* ---- over the table ---- */

/* 单位:万元 at the end of the text, in brackets or not; 人民币 is what all money is. */
static const struct unit *unit_said(str s) {
  size_t at = str_find(s, STR("单位:"), 0);
  if (at == STR_NOT_FOUND) return NULL;
  s = str_sub(s, at + strlen("单位:"), s.n);
  if (str_ends(s, STR(")"))) s = str_sub(s, 0, s.n - 1);
  if (str_starts(s, STR("人民币"))) s = str_sub(s, strlen("人民币"), s.n);
  const struct unit *u = unit_find(s);
  return u != NULL && strcmp(u->dimension, "money") == 0 ? u : NULL;
}

bool units_above(struct laying *w, const struct sheet *s, uint32_t header) {
  for (size_t i = 0; i < s->nrows && s->rows[i].number < header; i++) {
    for (size_t k = 0; k < s->rows[i].n; k++) {
      if (s->rows[i].cells[k].kind != CELL_TEXT) continue;
      arena_reset(w->scratch);
      const struct unit *u = unit_said(laying_fold(w, &s->rows[i].cells[k]));
      if (u == NULL || str_is(w->l->unit_above, u->name)) continue;
      if (w->l->unit_above.n != 0) return w->l->unit_above = STR_NONE, true;
      w->l->unit_above = str_of(u->name);
    }
  }
  return !mem_failed() || laying_no_memory(w);
}
