/* Lines of a sheet that hold data, and their cells as values.
 *
 * Sums (合计), remarks and blank lines are no records.  A text in merged cells holds for each line
 * it covers; a figure belongs to the first of them, so that no sum counts it twice.
 * Invariant: an entry's value comes from one cell, and says from which.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "book/seen.h"
#include "data/layout_internal.h"
#include "value/unit.h"

/* ---- lines ---- */

static bool is_one_of(str s, const char *const *words) {
  for (; *words != NULL; words++)
    if (str_is(s, *words)) return true;
  return false;
}

bool laying_is_total(str s) {
  static const char *const words[] = {"合计", "小计", "总计", "共计", "全县合计", "合计:", NULL};
  return is_one_of(s, words);
}

/* 全县合计, 乡镇小计: no township is called so. */
static bool ends_total(str s) {
  static const char *const words[] = {"合计", "小计", "总计", "共计"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_ends(s, str_of(words[i]))) return true;
  return laying_is_total(s);
}

bool laying_is_remark(str s) {
  static const char *const starts[] = {"栏次",     "行次",       "备注",     "注:",      "注1",
                                       "说明",     "填表人",     "填报人",   "填表说明", "制表",
                                       "审核",     "单位负责人", "联系电话", "填报日期", "填表日期",
                                       "数据来源", NULL};
  for (const char *const *w = starts; *w != NULL; w++)
    if (str_starts(s, str_of(*w))) return true;
  return false;
}

static bool note_skipped(struct laying *w, uint32_t line, uint32_t position, const struct cell *c) {
  laying_complain(w, CODE_ROW_SKIPPED, line, position, 1, &c->shown);
  return true;
}

/* The first text of a line beside its key; *n: cells of the line. */
static const struct cell *first_text(const struct laying *w, uint32_t line, uint32_t *position,
                                     size_t *n) {
  const struct view *v = &w->l->view;
  const struct cell *first = NULL;
  *n = 0;
  for (size_t i = 0; i < v->npositions; i++) {
    if (v->positions[i] == w->l->key_position) continue;
    const struct cell *c = view_at(v, line, v->positions[i]);
    if (c != NULL) ++*n;
    if (c == NULL || first != NULL || c->kind != CELL_TEXT) continue;
    first = c;
    *position = v->positions[i];
  }
  return first;
}

static bool add_entry(struct laying *w, uint32_t line, const struct cell *key) {
  struct layout *l = w->l;
  struct entry *e = arena_grow(w->a, l->entries, &l->nentries, &l->capentries, sizeof *e);
  if (e == NULL) return laying_no_memory(w);
  l->entries = e - (l->nentries - 1);
  *e = (struct entry){.line = line};
  if (key == NULL) return true;
  e->key = arena_dup(w->a, laying_fold(w, key));
  e->shown = utf8_trim(key->shown);
  return e->key.p != NULL || laying_no_memory(w);
}

/* A line whose key is blank: a remark below the table, or a record that would be lost. */
static bool without_key(struct laying *w, uint32_t line) {
  uint32_t position = 0;
  size_t n;
  const struct cell *c = first_text(w, line, &position, &n);
  if (n == 0) return true;
  str s = c != NULL ? laying_fold(w, c) : STR_NONE;
  if (c != NULL && (n == 1 || laying_is_remark(s) || laying_is_total(s)))
    return note_skipped(w, line, position, c);
  return laying_complain(w, CODE_ROW_NO_KEY, line, w->l->key_position, 1, &w->o->key_shown);
}

static bool keyed_line(struct laying *w, uint32_t line) {
  static const char *const beside[] = {"备注", "说明", "序号", "行次", "计量单位", NULL};
  uint32_t at = w->l->key_position, position = 0;
  const struct cell *key = view_held(&w->l->view, line, at);
  size_t n;
  if (key == NULL) return without_key(w, line);
  str s = laying_fold(w, key);
  if (w->l->view.turned && is_one_of(s, beside)) return true;
  if (ends_total(s) || str_ends(s, STR(":")) || laying_is_remark(s) || laying_is_key(w, key))
    return note_skipped(w, line, at, key);
  const struct cell *c = w->l->role == ROLE_TABLE ? first_text(w, line, &position, &n) : NULL;
  if (c != NULL && laying_is_total(laying_fold(w, c))) return note_skipped(w, line, position, c);
  return add_entry(w, line, key);
}

static bool plain_line(struct laying *w, uint32_t line) {
  uint32_t position = 0;
  size_t n;
  const struct cell *c = first_text(w, line, &position, &n);
  str s = c != NULL ? laying_fold(w, c) : STR_NONE;
  if (n == 0) return true;
  if (c != NULL && (laying_is_total(s) || laying_is_remark(s)))
    return note_skipped(w, line, position, c);
  return add_entry(w, line, NULL);
}

static int by_key(const void *a, const void *b) {
  const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;
  int c = str_cmp(x->key, y->key);
  return c != 0 ? c : (x->line > y->line) - (x->line < y->line);
}

/* Two lines of one township are two records of it: which counts? */
static bool check_twice(struct laying *w) {
  struct layout *l = w->l;
  const struct entry **sorted = mem_calloc(l->nentries + 1, sizeof *sorted);
  bool ok = sorted != NULL || laying_no_memory(w);
  for (size_t i = 0; ok && i < l->nentries; i++) sorted[i] = &l->entries[i];
  if (ok) qsort(sorted, l->nentries, sizeof *sorted, by_key);
  size_t first = 0;
  bool twice = false;
  for (size_t i = 1; ok && i < l->nentries; i++) {
    if (sorted[i]->key.n == 0 || !str_eq(sorted[i]->key, sorted[first]->key)) {
      first = i;
      continue;
    }
    str there = layout_place(&l->source, layout_entry_at(l, sorted[first]), w->fs);
    laying_complain(w, CODE_KEY_TWICE, sorted[i]->line, l->key_position, 2,
                    FINDING_STRS(sorted[i]->shown, there));
    twice = true;
  }
  mem_free(sorted);
  return ok && !twice;
}

bool entries_read(struct laying *w, uint32_t last, uint32_t only) {
  struct layout *l = w->l;
  const struct view *v = &l->view;
  bool ok = true;
  if (only != NO_LINE) return add_entry(w, only, NULL);
  for (size_t i = 0; i < v->nlines && !mem_failed(); i++) {
    uint32_t line = v->lines[i];
    if (line <= last || line == l->unit_line) continue;
    arena_reset(w->scratch);
    ok = (l->key_position != NO_LINE ? keyed_line(w, line) : plain_line(w, line)) && ok;
  }
  if (mem_failed()) return laying_no_memory(w);
  return ok && (l->role != ROLE_RECORDS || check_twice(w));
}

/* ---- values ---- */

static uint64_t place_of(const struct layout *l, uint32_t line, uint32_t position) {
  uint32_t row, column;
  view_place(&l->view, line, position, &row, &column);
  return (uint64_t)row << 32 | column;
}

uint64_t layout_entry_at(const struct layout *l, const struct entry *e) {
  uint32_t position = l->key_position;
  if (position == NO_LINE) position = l->shape.nfields > 0 ? l->shape.fields[0].position : 0;
  return place_of(l, e->line, position);
}

/* The cell of a field; a text in merged cells holds for all their lines. */
static const struct cell *cell_of(const struct layout *l, uint32_t line, uint32_t *at,
                                  uint32_t position) {
  struct area m;
  const struct cell *c = view_at(&l->view, line, position);
  *at = line;
  if (c != NULL || !view_area(&l->view, line, position, &m)) return c;
  if (m.position != position || m.last_position != position) return NULL;
  c = view_at(&l->view, m.line, position);
  *at = m.line;
  return c != NULL && (c->kind == CELL_TEXT || c->kind == CELL_DATE) ? c : NULL;
}

/* Line ends as in all other data: LF, and none at the end. */
static str clean_text(str s, struct arena *a) {
  if (s.n > 0 && memchr(s.p, '\r', s.n) != NULL) {
    struct buf b;
    buf_init(&b, 0);
    for (size_t i = 0; i < s.n; i++) {
      bool pair = s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n';
      if (!pair) buf_putc(&b, s.p[i] == '\r' ? '\n' : s.p[i]);
    }
    s = arena_dup(a, buf_str(&b));
    buf_free(&b);
  }
  if (s.n > 0 && s.p[s.n - 1] == '\n') s.n--;
  return s;
}

/* Is the number what the printed form says, so that it need not be kept beside it? */
static bool says_number(const struct cell *c) {
  struct num shown, exact;
  num_init(&shown);
  num_init(&exact);
  bool same = num_parse(&shown, c->shown, false) == NUM_OK &&
              num_parse(&exact, c->number, false) == NUM_OK && num_cmp(&shown, &exact) == 0;
  num_free(&shown);
  num_free(&exact);
  return same;
}

static struct val value_of(const struct cell *c, struct arena *a) {
  struct val v = {.exact = true, .text = c->shown};
  switch (c->kind) {
  case CELL_NUMBER:
    v.kind = VAL_NUMBER;
    if (!str_eq(c->shown, c->number) && !says_number(c)) v.number = c->number;
    return v;
  case CELL_DATE:
    v.kind = VAL_TEXT;
    v.number = c->number;
    return v;
  case CELL_BOOL: return val_bool(str_is(c->shown, "TRUE"));
  case CELL_ERROR: v.kind = VAL_ERROR; return v;
  default: return val_text(clean_text(c->shown, a));
  }
}

/* Items parted by line breaks, or on one line by 、 */
static bool split_list(struct val *v, str text, struct arena *a) {
  str mark = str_find(text, STR("\n"), 0) != STR_NOT_FOUND ? STR("\n") : STR("、");
  struct val *items = NULL, whole = *v;
  size_t n = 0, cap = 0;
  for (size_t from = 0; from <= text.n;) {
    size_t to = str_find(text, mark, from);
    if (to == STR_NOT_FOUND) to = text.n;
    str s = utf8_trim(str_sub(text, from, to));
    from = to + mark.n;
    if (s.n == 0) continue;
    struct val *item = arena_grow(a, items, &n, &cap, sizeof *items);
    if (item == NULL) return false;
    items = item - (n - 1);
    *item = val_text(s);
    item->source = whole.source;
    item->at = whole.at;
    item->key = whole.key;
    item->unit = whole.unit;
  }
  v->kind = VAL_LIST;
  v->exact = true;
  v->list = (struct val_list){n, items, NULL};
  return true;
}

/* May it be money: no percentage, no date, and with no words? */
static bool is_plain_number(const struct val *v) {
  if (v->kind != VAL_NUMBER && (v->kind != VAL_TEXT || v->number.n > 0 || !v->exact)) return false;
  return !str_ends(utf8_trim(v->text), STR("%")) && val_has_num(v);
}

/* False: no memory; a blank cell makes VAL_MISSING. */
static bool read_field(const struct layout *l, const struct field *f, uint32_t line,
                       struct arena *a, struct val *out) {
  uint32_t at;
  const struct cell *c = cell_of(l, line, &at, f->position);
  *out = (struct val){.kind = VAL_MISSING};
  if (c == NULL || (c->kind == CELL_TEXT && utf8_trim(c->shown).n == 0)) return true;
  *out = value_of(c, a);
  if (out->kind == VAL_TEXT && out->text.p == NULL) return false;
  out->key = f->name->id;
  if (out->number.n == 0 || out->kind != VAL_NUMBER || !seen_unit(out->text, &out->unit))
    out->unit = f->unit;
  if (out->unit.n == 0 && l->unit_above.n != 0 && is_plain_number(out)) {
    out->unit = l->unit_above;
    out->above = true;
  }
  out->source = &l->source;
  out->at = place_of(l, at, f->position);
  bool text = out->kind == VAL_TEXT || out->kind == VAL_NUMBER;
  return !f->list || !text || split_list(out, out->text, a);
}

static bool build(const struct layout *l, const struct shape *s, const struct entry *e,
                  struct arena *a, struct val *out) {
  struct val_member *m = ARENA_ARRAY(a, s->nfields + s->nparts + 1, struct val_member);
  size_t n = 0;
  if (m == NULL) return false;
  for (size_t i = 0; i < s->nfields; i++) {
    if (!read_field(l, &s->fields[i], e->line, a, &m[n].v)) return false;
    if (m[n].v.kind != VAL_MISSING) m[n++].key = s->fields[i].name->id;
  }
  for (size_t i = 0; i < s->nparts; i++) {
    if (!build(l, &s->parts[i], e, a, &m[n].v)) return false;
    if (m[n].v.object->n == 0) continue;
    m[n].key = m[n].v.key = s->parts[i].node->id;
    n++;
  }
  out->exact = true;
  out->source = &l->source;
  out->at = layout_entry_at(l, e);
  return val_set_object(out, m, n, a);
}

bool layout_lent(const struct layout *l, const struct entry *e, struct arena *a, struct val *out) {
  struct shape s = {.node = l->lent.node};
  s.fields = ARENA_ARRAY(a, l->lent.nfields + 1, struct field);
  s.parts = ARENA_ARRAY(a, l->lent.nparts + 1, struct shape);
  if (s.fields == NULL || s.parts == NULL) return false;
  for (size_t i = 0; i < l->lent.nfields; i++)
    if (names_is_free(l->lent.fields[i].name)) s.fields[s.nfields++] = l->lent.fields[i];
  for (size_t i = 0; i < l->lent.nparts; i++)
    if (names_is_free(l->lent.parts[i].node)) s.parts[s.nparts++] = l->lent.parts[i];
  *out = (struct val){.kind = VAL_MISSING};
  return build(l, &s, e, a, out);
}

bool layout_object(const struct layout *l, const struct entry *e, struct arena *a,
                   struct val *out) {
  *out = (struct val){.kind = VAL_MISSING};
  return build(l, &l->shape, e, a, out);
}
