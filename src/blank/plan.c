/* The sheets of a blank workbook: 单位数据, and one for each table.
 *
 * Headers are written so that the readers (data/layout.h) make the same names of them: the unit in
 * brackets, 〔列表〕 behind it.  Members of an object have the whole path as their header.
 * Invariant: whatever is asked for has one cell, or a finding says that it has none.
 */
#include "blank/plan.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

#define N_(s) (s)

enum { SHEET_NAME = 31 }; /* characters */

struct planning {
  struct plan *p;
  struct findings *fs;
};

/* ---- cells ---- */

static bool add_cell(struct planning *w, struct plan_sheet *s, const struct asked *a, str name,
                     bool list, str unit) {
  struct arena *arena = w->p->arena;
  struct plan_cell *c = arena_grow(arena, s->cells, &s->n, &s->cap, sizeof *c);
  if (c == NULL) return false;
  s->cells = c - (s->n - 1);
  str mark = list ? STR("〔列表〕") : STR("");
  c->a = a;
  c->unit = unit;
  c->name = arena_join(arena, (str[]){name, mark}, 2);
  c->header =
      unit.n == 0 ? c->name : arena_join(arena, (str[]){name, STR("（"), unit, STR("）"), mark}, 5);
  bool below = w->p->single && s->table == NULL;
  c->at = (uint32_t)(s->n - 1) + (below ? 1 : 0);
  return c->header.p != NULL;
}

static const struct place *first_place(const struct asked *a) {
  for (size_t i = 0; i < a->nuses; i++)
    if (a->uses[i].place != NULL) return a->uses[i].place;
  for (size_t i = 0; i < a->nparts; i++) {
    const struct place *p = first_place(a->parts[i]);
    if (p != NULL) return p;
  }
  return NULL;
}

/* A list inside of a list, or in an object: sheets have no room for it. */
static void no_room(struct planning *w, const struct asked *a) {
  finding(w->fs, CODE_BLANK_NESTED, first_place(a), NULL, a->path);
}

static bool is_key(const struct planning *w, const struct asked *a) {
  return str_eq(a->path, w->p->key);
}

static bool fill_columns(struct planning *w, struct plan_sheet *s, const struct asked *table) {
  bool ok = true;
  if (!w->p->single) ok = add_cell(w, s, NULL, w->p->key, false, STR_NONE);
  for (size_t i = 0; ok && i < table->nparts; i++) {
    const struct asked *a = table->parts[i];
    if (!w->p->single && str_eq(a->shown, w->p->key)) continue;
    if (a->kind == ASKED_VALUE || a->kind == ASKED_LIST)
      ok = add_cell(w, s, a, a->shown, a->kind == ASKED_LIST, a->unit);
    else
      no_room(w, a);
  }
  return ok;
}

/* ---- sheets ---- */

static bool is_sheet_name(str s) {
  static const char *const taken[] = {"单位数据", "公共", "名单", "填表说明", "勾稽"};
  if (s.n == 0 || utf8_length(s) > SHEET_NAME || s.p[0] == '\'' || s.p[s.n - 1] == '\'')
    return false;
  for (size_t i = 0; i < s.n; i++)
    if (strchr("[]:*?/\\", s.p[i]) != NULL) return false;
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
    if (str_is(s, taken[i])) return false;
  return true;
}

static bool add_table(struct planning *w, const struct asked *a) {
  struct plan *p = w->p;
  if (!is_sheet_name(a->shown)) {
    finding(w->fs, CODE_BLANK_SHEET, first_place(a), NULL, a->shown);
    return true;
  }
  struct plan_sheet *s = arena_grow(p->arena, p->tables, &p->ntables, &p->captables, sizeof *s);
  if (s == NULL) return false;
  p->tables = s - (p->ntables - 1);
  *s = (struct plan_sheet){.name = a->shown, .table = a, .first = 1};
  s->last = p->single ? BLANK_OWN_ROWS : BLANK_TABLE_ROWS;
  return fill_columns(w, s, a);
}

/* Members of the record and of objects in it. */
static bool add_parts(struct planning *w, const struct asked *of) {
  bool ok = true;
  for (size_t i = 0; ok && i < of->nparts; i++) {
    const struct asked *a = of->parts[i];
    if (is_key(w, a)) continue;
    if (a->kind == ASKED_OBJECT)
      ok = add_parts(w, a);
    else if (a->kind != ASKED_TABLE)
      ok = add_cell(w, &w->p->main, a, a->path, a->kind == ASKED_LIST, a->unit);
    else if (of->name == NULL)
      ok = add_table(w, a);
    else
      no_room(w, a);
  }
  return ok;
}

bool plan_make(struct plan *p, const struct asking *a, const char *key, bool single, size_t units,
               struct findings *fs) {
  *p = (struct plan){.arena = arena_new(0), .asking = a, .single = single};
  p->key = key != NULL ? str_of(key) : STR("单位名称");
  p->main = (struct plan_sheet){.name = STR("单位数据"), .first = 1};
  p->main.last = (uint32_t)(units > 0 ? units : BLANK_UNITS);
  struct planning w = {p, fs};
  bool ok = p->arena != NULL && add_cell(&w, &p->main, NULL, p->key, false, STR_NONE) &&
            add_parts(&w, &a->root);
  if (!ok) return finding(fs, CODE_MEMORY, NULL, NULL, STR(""));
  size_t columns = single ? 0 : p->main.n;
  for (size_t i = 0; i < p->ntables; i++)
    if (p->tables[i].n > columns) columns = p->tables[i].n;
  if (columns <= LIMIT_BOOK_COLUMNS && p->main.last < LIMIT_BOOK_ROWS) return true;
  return finding(fs, CODE_TOO_BIG, NULL, NULL, STR(N_("the workbook")),
                 finding_number(fs, LIMIT_BOOK_COLUMNS), STR(N_("columns")));
}

void plan_free(struct plan *p) {
  arena_free(p->arena);
  p->arena = NULL;
}

/* ---- asking ---- */

const struct plan_cell *plan_find(const struct plan_sheet *s, const struct asked *a) {
  for (size_t i = 0; i < s->n; i++)
    if (s->cells[i].a == a) return &s->cells[i];
  return NULL;
}

const struct plan_sheet *plan_table(const struct plan *p, const struct asked *table) {
  for (size_t i = 0; i < p->ntables; i++)
    if (p->tables[i].table == table) return &p->tables[i];
  return NULL;
}

void plan_column(struct buf *out, uint32_t column) {
  char letters[8];
  size_t at = sizeof letters;
  for (uint32_t v = column + 1; v > 0; v = (v - 1) / 26) letters[--at] = (char)('A' + (v - 1) % 26);
  buf_put(out, (str){letters + at, sizeof letters - at});
}

void plan_sheet_name(struct buf *out, str name) {
  buf_putc(out, '\'');
  for (size_t i = 0; i < name.n; i++) {
    if (name.p[i] == '\'') buf_putc(out, '\'');
    buf_putc(out, name.p[i]);
  }
  buf_puts(out, "'!");
}
