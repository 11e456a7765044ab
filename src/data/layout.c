/* Which sheet of a workbook is what, and how its records lie in it.
 *
 * Recognised by what stands in the sheets: a header with 单位名称 (rows), 项目 beside 数值 (items), or
 * 项目 alone at the left (columns); by the names 单位数据, 公共, 名单 and 勾稽关系.  What the user said goes
 * first.  Headers are read in layout_header.c, lines in layout_entries.c.
 * Invariant: a sheet that is not read is named in a note, unless it is blank or one of those that
 * `tianbao fields` puts into a workbook for people.
 */
#include <stdlib.h>

#include "base/fold.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "data/layout_internal.h"

#define N_(s) (s)

enum { HEAD_ROWS = 40 }; /* a header stands in one of the first rows with anything in them */

/* ---- places and findings ---- */

static void cell_place(const struct val_source *s, uint64_t at, struct arena *a,
                       struct origin *out) {
  const struct layout *l = (const struct layout *)(const void *)s;
  uint32_t row = (uint32_t)(at >> 32), column = (uint32_t)at;
  *out = (struct origin){.file = l->book->path};
  if (!l->book->positions) {
    out->line = (uint64_t)row + 1;
    out->column = (uint64_t)column + 1;
    return;
  }
  out->sheet = l->view.sheet->name;
  out->cell = book_cell_name(a, row, column);
}

str layout_place(const struct val_source *s, uint64_t at, struct findings *fs) {
  struct origin o;
  s->place(s, at, findings_arena(fs), &o);
  return finding_origin(fs, &o);
}

bool laying_complain(const struct laying *w, enum code code, uint32_t line, uint32_t position,
                     size_t n, const str *args) {
  struct origin o;
  uint32_t row, column;
  view_place(&w->l->view, line, position == NO_LINE ? 0 : position, &row, &column);
  cell_place(&w->l->source, (uint64_t)row << 32 | column, findings_arena(w->fs), &o);
  return findings_add(w->fs, code, NULL, &o, n, args);
}

bool laying_no_memory(const struct laying *w) {
  return findings_add(w->fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

static bool about_sheet(const struct laying *w, enum code code, const char *words) {
  struct origin o = {.file = w->l->book->path};
  if (w->l->book->positions) o.sheet = w->l->view.sheet->name;
  return finding(w->fs, code, NULL, &o, str_of(words));
}

str laying_fold(const struct laying *w, const struct cell *c) {
  return fold_name(c->shown, w->scratch);
}

static str canonical(const struct laying *w, const struct cell *c) {
  return names_canonical(c->shown, w->scratch, NULL);
}

bool laying_is_key(const struct laying *w, const struct cell *c) {
  return c->kind == CELL_TEXT && str_eq(canonical(w, c), w->o->key);
}

/* ---- the header ---- */

static bool is_word(const struct laying *w, const struct cell *c, const char *const *words) {
  if (c->kind != CELL_TEXT || c->shown.n > 64) return false;
  str s = canonical(w, c);
  for (; *words != NULL; words++)
    if (str_is(s, *words)) return true;
  return false;
}

static const char *const item_words[] = {"项目", "指标", "指标名称", NULL};
static const char *const plain_value_words[] = {"数值", "值", NULL};
static const char *const value_words[] = {"数值", "值", "内容", "金额", "填报内容", "指标值", NULL};
static const char *const unit_words[] = {"计量单位", "单位", NULL};

/* What one row says about the layout. */
static bool read_head(const struct laying *w, const struct row *r, struct head *h) {
  struct head found = {.row = r->number, .column = NO_LINE, .value = NO_LINE, .unit = NO_LINE};
  uint32_t item = NO_LINE, key = NO_LINE;
  for (size_t i = 0; i < r->n; i++) {
    const struct cell *c = &r->cells[i];
    if (key == NO_LINE && laying_is_key(w, c)) key = c->column;
    if (item == NO_LINE && is_word(w, c, item_words)) item = c->column;
    if (found.value == NO_LINE && is_word(w, c, value_words)) found.value = c->column;
    if (is_word(w, c, plain_value_words)) found.plain = true;
    if (found.unit == NO_LINE && is_word(w, c, unit_words)) found.unit = c->column;
  }
  if (key != NO_LINE) {
    found.kind = LAYOUT_ROWS;
    found.column = key;
  } else if (item != NO_LINE && found.value != NO_LINE) {
    found.kind = LAYOUT_ITEMS;
    found.column = item;
  } else if (item != NO_LINE && item == r->cells[0].column && r->n > 1) {
    found.kind = LAYOUT_COLUMNS;
    found.column = item;
  }
  if (found.kind == LAYOUT_AUTO) return false;
  *h = found;
  return true;
}

/* 单位名称 | 甲镇 above 项目 | 数值 is an item that stands before its header. */
static bool precedes_items(struct laying *w, const struct sheet *s, size_t i, struct head *h) {
  enum { BETWEEN = 4 };
  struct head items;
  if (h->kind != LAYOUT_ROWS || s->rows[i].n != 2) return false;
  for (size_t k = i + 1; k < s->nrows && k <= i + BETWEEN; k++) {
    if (!read_head(w, &s->rows[k], &items)) continue;
    if (items.kind != LAYOUT_ITEMS || items.column != h->column) return false;
    return *h = items, true;
  }
  return false;
}

static struct head find_head(struct laying *w, const struct sheet *s) {
  struct head h = {.column = NO_LINE, .value = NO_LINE, .unit = NO_LINE};
  for (size_t i = 0; i < s->nrows && i < HEAD_ROWS; i++) {
    arena_reset(w->scratch);
    if (s->rows[i].n == 0 || !read_head(w, &s->rows[i], &h)) continue;
    precedes_items(w, s, i, &h);
    break;
  }
  return h;
}

/* The header where no name tells: the first row with more than a title in it. */
static uint32_t plain_header(const struct sheet *s) {
  for (size_t i = 0; i < s->nrows && i < HEAD_ROWS; i++)
    if (s->rows[i].n > 1) return s->rows[i].number;
  return s->nrows > 0 ? s->rows[0].number : 0;
}

/* Without a header the first columns are taken for what the user says they are. */
static struct head forced_head(const struct sheet *s, struct head h, enum layout_kind kind) {
  const struct row *r = s->nrows > 0 ? &s->rows[0] : NULL;
  if (kind == LAYOUT_ITEMS && h.kind != LAYOUT_ITEMS && r != NULL && r->n > 1)
    return (struct head){kind,
                         NO_LINE,
                         r->cells[0].column,
                         r->cells[1].column,
                         r->n > 2 ? r->cells[2].column : NO_LINE,
                         true};
  if (kind == LAYOUT_COLUMNS && h.kind == LAYOUT_AUTO && r != NULL && r->n > 0)
    h = (struct head){kind, r->number, r->cells[0].column, NO_LINE, NO_LINE, false};
  if (kind == LAYOUT_COLUMNS && h.kind != LAYOUT_AUTO) h.kind = kind;
  if (kind == LAYOUT_ROWS && h.kind != LAYOUT_ROWS) h.kind = LAYOUT_AUTO;
  if (kind == LAYOUT_TABLE && h.kind != LAYOUT_ROWS) h.kind = LAYOUT_AUTO;
  return h;
}

/* ---- one sheet ---- */

/* In the items of one township its name is an item. */
static void key_of_items(struct laying *w) {
  struct layout *l = w->l;
  for (size_t i = 0; i < l->shape.nfields && l->nentries > 0; i++) {
    const struct field *f = &l->shape.fields[i];
    const struct cell *c = view_at(&l->view, l->entries[0].line, f->position);
    if (c == NULL || !str_eq(f->name->key, w->o->key)) continue;
    l->entries[0].key = arena_dup(w->a, laying_fold(w, c));
    l->entries[0].shown = utf8_trim(c->shown);
  }
}

static bool make_view(struct laying *w, const struct sheet *s, bool turned) {
  if (view_make(&w->l->view, s, turned, w->a)) return true;
  if (mem_failed()) return laying_no_memory(w);
  struct origin o = {.file = w->l->book->path, .sheet = s->name};
  return finding(w->fs, CODE_TOO_BIG, NULL, &o, STR(N_("the number of merged cells")),
                 finding_number(w->fs, LIMIT_SHEET_MERGED), STR(N_("cells")));
}

static bool lay(struct laying *w, const struct sheet *s, enum sheet_role role, struct head h) {
  struct layout *l = w->l;
  bool turned = h.kind == LAYOUT_COLUMNS || h.kind == LAYOUT_ITEMS;
  l->role = role;
  l->unit_line = turned ? h.unit : NO_LINE;
  l->key_position = h.kind == LAYOUT_ROWS ? h.column : h.kind == LAYOUT_COLUMNS ? h.row : NO_LINE;
  if (!make_view(w, s, turned)) return false;
  if (role == ROLE_TABLE) {
    l->list = names_add(w->ns, names_records(w->ns), l->name);
    if (l->list == NULL)
      return about_sheet(w, CODE_LAYOUT, N_("the sheet has no name for its list"));
    l->list->kinds |= NAME_LIST | NAME_LIST_OF_OBJECTS;
  }
  uint32_t line = turned ? h.column : h.kind == LAYOUT_ROWS ? h.row : plain_header(s), last;
  uint32_t head_position = turned ? h.row : l->key_position;
  bool ok = header_read(w, line, head_position, turned ? h.row : NO_LINE, &last);
  ok = (l->unit_line != NO_LINE ? units_beside(w) : units_above(w, s, turned ? h.row : line)) && ok;
  ok = entries_read(w, last, h.kind == LAYOUT_ITEMS ? h.value : NO_LINE) && ok;
  if (h.kind == LAYOUT_ITEMS) key_of_items(w);
  if (ok && role == ROLE_SHARED && l->nentries > 1)
    return about_sheet(w, CODE_LAYOUT,
                       N_("it holds what all records share, so each name can have one value only"));
  return ok;
}

/* ---- a further sheet with one row for each township ---- */

static int by_entry_key(const void *a, const void *b) {
  return str_cmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

/* Has no township two rows, and have at least two of them one? */
static bool one_for_each(struct laying *w, bool *one) {
  const struct layout *l = w->l;
  struct entry *sorted = mem_calloc(l->nentries + 1, sizeof *sorted);
  if (sorted == NULL) return laying_no_memory(w);
  if (l->nentries > 0) memcpy(sorted, l->entries, l->nentries * sizeof *sorted);
  if (l->nentries > 1) qsort(sorted, l->nentries, sizeof *sorted, by_entry_key);
  *one = l->nentries > 1;
  for (size_t i = 1; i < l->nentries; i++)
    if (str_eq(sorted[i].key, sorted[i - 1].key)) *one = false;
  mem_free(sorted);
  return true;
}

/* The names below `from` once more, below the root or an object of it. */
static bool lend_names(struct laying *w, const struct shape *from, struct name *parent,
                       struct shape *to) {
  to->node = parent;
  to->fields = ARENA_ARRAY(w->a, from->nfields + 1, struct field);
  to->parts = ARENA_ARRAY(w->a, from->nparts + 1, struct shape);
  if (to->fields == NULL || to->parts == NULL) return false;
  bool top = parent == names_records(w->ns);
  for (size_t i = 0; i < from->nfields + from->nparts; i++) {
    bool part = i >= from->nfields;
    const struct field *f = part ? NULL : &from->fields[i];
    const struct shape *s = part ? &from->parts[i - from->nfields] : NULL;
    str written = part ? s->node->shown : f->name->shown;
    if (!part && f->position == w->l->key_position) continue;
    struct name *n =
        top ? names_lend(w->ns, w->l->list, written) : names_add(w->ns, parent, written);
    if (n == NULL) return false;
    if (part && !lend_names(w, s, n, &to->parts[to->nparts++])) return false;
    if (part) continue;
    to->fields[to->nfields] = *f;
    to->fields[to->nfields++].name = n;
  }
  return true;
}

/* Such a sheet is a list, and its columns are figures of the record where nothing else has their
 * names. */
static bool lend(struct laying *w) {
  bool one = false;
  if (w->l->role != ROLE_TABLE || w->l->key_position == NO_LINE) return true;
  if (!one_for_each(w, &one)) return false;
  if (!one || lend_names(w, &w->l->shape, names_records(w->ns), &w->l->lent)) return true;
  if (!names_full(w->ns)) return laying_no_memory(w);
  return about_sheet(w, CODE_LAYOUT, N_("it has too many names"));
}

/* ---- what a sheet is ---- */

static bool is_called(const struct laying *w, const char *name) {
  return str_eq(names_canonical(w->l->name, w->scratch, NULL), str_of(name));
}

static int by_text(const void *a, const void *b) {
  return str_cmp(*(const str *)a, *(const str *)b);
}

/* Does a township have several rows? Then they are items of a list. */
static bool keys_repeat(struct laying *w, const struct sheet *s, const struct head *h) {
  str *keys = mem_calloc(s->nrows + 1, sizeof *keys);
  size_t n = 0;
  bool repeat = false;
  arena_reset(w->scratch);
  for (size_t i = 0; keys != NULL && i < s->nrows; i++) {
    const struct row *r = &s->rows[i];
    for (size_t k = 0; r->number > h->row && k < r->n && r->cells[k].column <= h->column; k++)
      if (r->cells[k].column == h->column) keys[n++] = laying_fold(w, &r->cells[k]);
  }
  if (n > 1) qsort(keys, n, sizeof *keys, by_text);
  for (size_t i = 1; i < n; i++)
    if (str_eq(keys[i], keys[i - 1]) && !laying_is_total(keys[i]) && !str_eq(keys[i], w->o->key))
      repeat = true;
  mem_free(keys);
  return repeat;
}

static enum sheet_role named_role(const struct laying *w) {
  if (is_called(w, "公共")) return ROLE_SHARED;
  if (is_called(w, "名单")) return ROLE_ROSTER;
  if (is_called(w, "勾稽关系")) return ROLE_RULES;
  return ROLE_NONE;
}

/* A CSV file is one sheet; what it is, it says by its name or by its rows. */
static enum sheet_role csv_role(struct laying *w, const struct sheet *s, const struct head *h) {
  enum sheet_role role = named_role(w);
  if (role != ROLE_NONE) return role;
  if (w->o->kind != LAYOUT_AUTO) return w->o->kind == LAYOUT_TABLE ? ROLE_TABLE : ROLE_RECORDS;
  if (h->kind == LAYOUT_ITEMS || is_called(w, "单位数据")) return ROLE_RECORDS;
  if (w->o->main_named) return ROLE_TABLE;
  return h->kind == LAYOUT_ROWS && keys_repeat(w, s, h) ? ROLE_TABLE : ROLE_RECORDS;
}

/* Names of those that should be there: the column 单位名称, or the first one. */
static struct head roster_head(const struct sheet *s, struct head h) {
  if (h.kind == LAYOUT_ROWS) return h;
  bool any = s->nrows > 0 && s->rows[0].n > 0;
  return (struct head){LAYOUT_ROWS, NO_LINE, any ? s->rows[0].cells[0].column : 0,
                       NO_LINE,     NO_LINE, false};
}

/* A roster is no data: only its entries count. */
static bool lay_roster(struct laying *w, const struct sheet *s, struct head h) {
  h = roster_head(s, h);
  w->l->role = ROLE_ROSTER;
  w->l->key_position = h.column;
  w->l->unit_line = NO_LINE;
  if (!make_view(w, s, false)) return false;
  bool ok = true;
  for (size_t i = 0; i < w->l->view.nlines && ok; i++) {
    uint32_t line = w->l->view.lines[i];
    arena_reset(w->scratch);
    if (h.row != NO_LINE && line <= h.row) continue;
    const struct cell *c = view_at(&w->l->view, line, h.column);
    if (c == NULL || laying_is_total(laying_fold(w, c)) || laying_is_remark(laying_fold(w, c)))
      continue;
    struct entry *e =
        arena_grow(w->a, w->l->entries, &w->l->nentries, &w->l->capentries, sizeof *e);
    if (e == NULL) return laying_no_memory(w);
    w->l->entries = e - (w->l->nentries - 1);
    *e = (struct entry){line, arena_dup(w->a, laying_fold(w, c)), utf8_trim(c->shown)};
  }
  return ok;
}

static bool lay_as(struct laying *w, const struct sheet *s, enum sheet_role role, struct head h) {
  if (role == ROLE_ROSTER) return lay_roster(w, s, h);
  if (role == ROLE_RULES) {
    w->l->role = role;
    return make_view(w, s, false);
  }
  bool turned = role == ROLE_TURNED;
  if (turned) role = ROLE_TABLE;
  if (role == ROLE_TABLE && !turned && h.kind != LAYOUT_ROWS) h.kind = LAYOUT_AUTO;
  if (role == ROLE_SHARED && h.kind != LAYOUT_ITEMS) h.kind = LAYOUT_AUTO;
  return lay(w, s, role, h) && lend(w);
}

/* ---- all sheets ---- */

struct books {
  struct laying w; /* its `l` is the layout at hand */
  const struct book *b;
  struct layout *layouts;
  struct head *heads;
};

static void choose(struct books *k, size_t i) { k->w.l = &k->layouts[i]; }

static bool is_blank(const struct sheet *s) { return s->nrows == 0; }

/* Nothing in it is data. */
static bool is_for_people(struct books *k, size_t i) {
  choose(k, i);
  return is_blank(&k->b->sheets[i]) || is_called(&k->w, "填表说明") || is_called(&k->w, "勾稽");
}

/* The sheet with the records: the one named by the user, 单位数据, or the first that shows a layout. */
static bool find_main(struct books *k, size_t *main) {
  size_t n = k->b->nsheets, first = n, shown = n;
  for (size_t i = 0; i < n; i++) {
    choose(k, i);
    arena_reset(k->w.scratch);
    str name = names_canonical(k->layouts[i].name, k->w.scratch, NULL);
    bool named = k->w.o->sheet.n != 0
                     ? str_eq(name, names_canonical(k->w.o->sheet, k->w.scratch, NULL))
                     : str_is(name, "单位数据");
    if (named) return *main = i, true;
    if (is_for_people(k, i) || named_role(&k->w) != ROLE_NONE) continue;
    if (first == n) first = i;
    if (shown == n && k->heads[i].kind != LAYOUT_AUTO) shown = i;
  }
  *main = shown < n ? shown : first;
  if (k->w.o->sheet.n == 0) return true;
  struct origin o = {.file = k->b->path};
  return finding(k->w.fs, CODE_NO_SHEET, NULL, &o, k->w.o->sheet);
}

/* Do the names beside 项目 belong to records? */
static bool has_records_beside(const struct books *k, const struct sheet *s, const struct head *h,
                               const struct layout *main) {
  enum { LOOK = 64 }; /* at so many of them */
  size_t known = 0, others = 0;
  for (size_t i = 0; h->kind == LAYOUT_COLUMNS && i < s->nrows; i++) {
    const struct row *r = &s->rows[i];
    for (size_t c = 0; r->number == h->row && c < r->n && known + others < LOOK; c++) {
      if (r->cells[c].column <= h->column) continue;
      str key = laying_fold(&k->w, &r->cells[c]);
      size_t e = 0;
      while (e < main->nentries && !str_eq(main->entries[e].key, key)) e++;
      known += e < main->nentries;
      others += e == main->nentries;
    }
  }
  return known > 0 && known >= others;
}

static enum sheet_role further_role(struct books *k, size_t i, const struct layout *main) {
  enum sheet_role role = named_role(&k->w);
  bool single = main != NULL && main->nentries == 1;
  if (role != ROLE_NONE) return role;
  if (k->heads[i].kind == LAYOUT_ROWS) return ROLE_TABLE;
  if (main != NULL && has_records_beside(k, &k->b->sheets[i], &k->heads[i], main))
    return ROLE_TURNED;
  if (!single) return ROLE_NONE;
  return k->heads[i].kind == LAYOUT_ITEMS && k->heads[i].plain ? ROLE_MORE : ROLE_TABLE;
}

static bool lay_main(struct books *k, size_t main) {
  const struct sheet *s = &k->b->sheets[main];
  enum layout_kind kind = k->w.o->kind;
  choose(k, main);
  if (kind != LAYOUT_AUTO) k->heads[main] = forced_head(s, k->heads[main], kind);
  return lay_as(&k->w, s, kind == LAYOUT_TABLE ? ROLE_TABLE : ROLE_RECORDS, k->heads[main]);
}

static bool lay_sheets(struct books *k) {
  size_t n = k->b->nsheets, main;
  if (!find_main(k, &main)) return false;
  bool ok = main == n || lay_main(k, main);
  const struct layout *records = main < n ? &k->layouts[main] : NULL;
  for (size_t i = 0; i < n; i++) {
    const struct sheet *s = &k->b->sheets[i];
    arena_reset(k->w.scratch);
    if (i == main || is_for_people(k, i)) continue;
    enum sheet_role role = further_role(k, i, records);
    if (role != ROLE_NONE)
      ok = lay_as(&k->w, s, role, k->heads[i]) && ok;
    else if (make_view(&k->w, s, false))
      about_sheet(&k->w, CODE_SHEET_UNREAD,
                  N_("no header in it says to which record its rows belong"));
    else
      ok = false;
  }
  return ok;
}

static bool lay_csv(struct books *k) {
  const struct sheet *s = &k->b->sheets[0];
  choose(k, 0);
  if (is_blank(s)) {
    struct origin o = {.file = k->b->path};
    return findings_add(k->w.fs, CODE_DATA_EMPTY, NULL, &o, 0, NULL);
  }
  if (k->w.o->kind != LAYOUT_AUTO) k->heads[0] = forced_head(s, k->heads[0], k->w.o->kind);
  return lay_as(&k->w, s, csv_role(&k->w, s, &k->heads[0]), k->heads[0]);
}

static bool begin(struct books *k, const struct book *b, str stem, const struct layout_options *o,
                  struct names *ns, struct findings *fs) {
  *k = (struct books){.b = b, .w = {.o = o, .ns = ns, .a = b->arena, .fs = fs}};
  k->w.scratch = arena_new(0);
  k->layouts = ARENA_ARRAY(b->arena, b->nsheets + 1, struct layout);
  k->heads = ARENA_ARRAY(b->arena, b->nsheets + 1, struct head);
  if (k->w.scratch == NULL || k->layouts == NULL || k->heads == NULL)
    return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  for (size_t i = 0; i < b->nsheets; i++) {
    choose(k, i);
    *k->w.l = (struct layout){
        .source = {cell_place}, .book = b, .unit_line = NO_LINE, .key_position = NO_LINE};
    k->w.l->name = b->positions ? b->sheets[i].name : arena_dup(b->arena, stem);
    k->heads[i] = find_head(&k->w, &b->sheets[i]);
  }
  return true;
}

bool layout_book(const struct book *b, str stem, const struct layout_options *o, struct names *ns,
                 struct layout **out, size_t *n, struct findings *fs) {
  struct books k;
  bool ok = begin(&k, b, stem, o, ns, fs);
  ok = ok && (b->positions ? lay_sheets(&k) : lay_csv(&k));
  if (k.w.scratch != NULL) arena_free(k.w.scratch);
  *out = k.layouts;
  *n = b->nsheets;
  return ok;
}

bool layout_roster(const struct book *b, str stem, const struct layout_options *o,
                   struct layout **out, struct findings *fs) {
  struct books k;
  size_t at = 0;
  bool ok = begin(&k, b, stem, o, NULL, fs) && b->nsheets > 0;
  for (size_t i = 0; ok && i < b->nsheets; i++) {
    choose(&k, i);
    if (named_role(&k.w) == ROLE_ROSTER) at = i;
  }
  if (ok) choose(&k, at);
  ok = ok && lay_roster(&k.w, &b->sheets[at], k.heads[at]);
  if (k.w.scratch != NULL) arena_free(k.w.scratch);
  *out = k.layouts != NULL ? &k.layouts[at] : NULL;
  return ok;
}
