/* A blank workbook, written through libxlsxwriter.
 *
 *   填表说明   how to fill it in
 *   单位数据   a row for each township; in the workbook of one, its figures one below the other
 *   <table>    a sheet for each table
 *   勾稽       what the rules say of it, red where they are broken
 *
 * The readers pass over the first and the last.  What goes where is plan.c, formulas are formula.c.
 * Invariant: equal plans give equal bytes.
 */
#include "blank/workbook.h"

#include <xlsxwriter.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "blank/formula.h"

#define N_(s) (s)

/* 1980-01-01, as in the packages of documents. */
#define FIXED_TIME ((time_t)315532800)

enum {
  PAPER_A4 = 9,
  WORDS_LENGTH = 255, /* of a drop-down list, ECMA-376 part 1, 18.3.1.32 */
  NOTE_PLACES = 6,
  AROUND = 36 /* bytes of the text before and behind a figure that a note shows */
};

enum look { LOOK_HEAD, LOOK_ANY, LOOK_TEXT, LOOK_DATE, LOOK_RULE, LOOK_GUIDE, LOOK_NAME, LOOKS };

struct writing {
  const struct plan *p;
  const struct workbook_words *words;
  size_t units;
  const str *names;
  lxw_workbook *book;
  lxw_format *looks[LOOKS];
  lxw_format *red, *grey;
  lxw_error error;
};

/* ---- pieces ---- */

static void note_error(struct writing *w, lxw_error e) {
  if (w->error == LXW_NO_ERROR) w->error = e;
}

static void put(struct writing *w, lxw_worksheet *s, uint32_t row, uint32_t column, str text,
                enum look look) {
  struct buf b;
  buf_init(&b, 0);
  buf_put(&b, text);
  if (text.n == 0)
    note_error(w, worksheet_write_blank(s, row, (lxw_col_t)column, w->looks[look]));
  else if (!b.failed)
    note_error(w, worksheet_write_string(s, row, (lxw_col_t)column, b.p, w->looks[look]));
  buf_free(&b);
}

static lxw_worksheet *add_sheet(struct writing *w, str name) {
  struct buf b;
  buf_init(&b, 0);
  lxw_worksheet *s = buf_put(&b, name) ? workbook_add_worksheet(w->book, b.p) : NULL;
  buf_free(&b);
  if (s == NULL) note_error(w, LXW_ERROR_MEMORY_MALLOC_FAILED);
  return s;
}

/* On paper: as wide as the page, with its head on each. */
static void lay_out(lxw_worksheet *s, bool landscape, uint32_t heads) {
  worksheet_set_paper(s, PAPER_A4);
  if (landscape) worksheet_set_landscape(s);
  worksheet_fit_to_pages(s, 1, 0);
  if (heads > 0) worksheet_repeat_rows(s, 0, heads - 1);
}

static bool make_looks(struct writing *w) {
  for (int i = 0; i < LOOKS; i++) {
    lxw_format *f = w->looks[i] = workbook_add_format(w->book);
    if (f == NULL) return false;
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    format_set_text_wrap(f);
    if (i != LOOK_GUIDE) format_set_border(f, LXW_BORDER_HAIR);
    if (i != LOOK_ANY && i != LOOK_TEXT && i != LOOK_DATE) continue;
    format_set_unlocked(f);
    format_set_align(f, LXW_ALIGN_LEFT);
    format_set_bg_color(f, 0xFFFBE6);
  }
  format_set_bold(w->looks[LOOK_HEAD]);
  format_set_bg_color(w->looks[LOOK_HEAD], 0xDDEBF7);
  format_set_num_format(w->looks[LOOK_TEXT], "@");
  format_set_num_format(w->looks[LOOK_DATE], "yyyy-mm-dd");
  w->red = workbook_add_format(w->book);
  w->grey = workbook_add_format(w->book);
  if (w->red == NULL || w->grey == NULL) return false;
  format_set_bg_color(w->red, 0xFF6B6B);
  format_set_font_color(w->red, 0x9C0006);
  format_set_font_color(w->grey, 0x808080);
  return true;
}

/* Figures are left as they are typed; what may be no figure is text, for a spreadsheet would make a
 * date of 4-1 and lose the zeros of 0007. */
static enum look look_of(const struct plan_cell *c) {
  if (c->a == NULL) return LOOK_TEXT;
  if ((c->a->traits & ASKED_DATE) != 0) return LOOK_DATE;
  bool figure = (c->a->traits & ASKED_NUMBER) != 0 && (c->a->traits & ASKED_CODE) == 0;
  return figure || c->a->kind == ASKED_LIST ? LOOK_ANY : LOOK_TEXT;
}

static double width_of(str header) {
  size_t n = utf8_length(header);
  return n < 5 ? 12 : n > 14 ? 30 : 2.0 * (double)n + 2;
}

/* ---- notes: where a figure is printed ---- */

static str tail(str s) {
  size_t from = s.n > AROUND ? s.n - AROUND : 0;
  while (from < s.n && ((unsigned char)s.p[from] & 0xC0) == 0x80) from++;
  return str_sub(s, from, s.n);
}

static void put_use(const struct writing *w, const struct asked_use *u, struct buf *out) {
  buf_puts(out, "\n· ");
  w->words->place(out, u->place);
  if (!u->plain) return;
  buf_puts(out, "：…");
  buf_put(out, tail(u->before));
  buf_puts(out, "【 】");
  buf_put(out, utf8_clip(u->behind, AROUND));
  buf_puts(out, "…");
}

static void put_note(struct writing *w, lxw_worksheet *s, uint32_t row, uint32_t column,
                     const struct asked *a) {
  struct buf note;
  size_t shown = 0, n = 0;
  buf_init(&note, 0);
  buf_puts(&note, w->words->printed);
  for (size_t i = 0; a != NULL && i < a->nuses; i++) {
    if (a->uses[i].how == SITE_CHECKED) continue;
    if (n++ < NOTE_PLACES) put_use(w, &a->uses[i], &note), shown++;
  }
  if (n > shown) {
    buf_puts(&note, "\n");
    buf_puts(&note, w->words->more);
    buf_putc(&note, ' ');
    buf_put_u64(&note, n - shown);
  }
  lxw_comment_options o = {.author = (char *)(uintptr_t) "tianbao", .width = 360, .height = 0};
  o.height = (uint16_t)(40 + 34 * shown);
  if (n > 0 && !note.failed)
    note_error(w, worksheet_write_comment_opt(s, row, (lxw_col_t)column, note.p, &o));
  buf_free(&note);
}

/* ---- drop-down lists ---- */

static void validate(struct writing *w, lxw_worksheet *s, lxw_data_validation *v, uint32_t first,
                     uint32_t last, uint32_t column) {
  v->validate = v->value_list != NULL ? LXW_VALIDATION_TYPE_LIST : LXW_VALIDATION_TYPE_LIST_FORMULA;
  v->error_type = LXW_VALIDATION_ERROR_TYPE_WARNING;
  note_error(
      w, worksheet_data_validation_range(s, first, (lxw_col_t)column, last, (lxw_col_t)column, v));
}

/* The words that the template compares with: another may be right, so it only warns. */
static void offer_words(struct writing *w, lxw_worksheet *s, const struct asked *a, uint32_t first,
                        uint32_t last, uint32_t column) {
  size_t length = 0;
  if (a == NULL || a->nwords < 2) return;
  for (size_t i = 0; i < a->nwords; i++) {
    length += utf8_length(a->words[i]) + 1;
    if (str_find(a->words[i], STR(","), 0) != STR_NOT_FOUND) return;
  }
  char **list = mem_calloc(a->nwords + 1, sizeof *list);
  for (size_t i = 0; list != NULL && i < a->nwords; i++) {
    list[i] = mem_malloc(a->words[i].n + 1);
    if (list[i] == NULL) length = SIZE_MAX;
    if (list[i] == NULL) break;
    memcpy(list[i], a->words[i].p, a->words[i].n);
    list[i][a->words[i].n] = '\0';
  }
  lxw_data_validation v = {.value_list = list};
  if (list != NULL && length <= WORDS_LENGTH) validate(w, s, &v, first, last, column);
  for (size_t i = 0; list != NULL && i < a->nwords; i++) mem_free(list[i]);
  mem_free(list);
}

/* libxlsxwriter 1.1.4 copies the formula of a drop-down twice and frees one copy: a few bytes for
 * each sheet, which whoever looks for leaks of ours should not be told. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#else
#define __lsan_disable() ((void)0)
#define __lsan_enable()  ((void)0)
#endif

/* In a table: the townships of the main sheet. */
static void offer_units(struct writing *w, lxw_worksheet *s, const struct plan_sheet *t) {
  struct buf range;
  buf_init(&range, 0);
  buf_putc(&range, '=');
  plan_sheet_name(&range, w->p->main.name);
  buf_puts(&range, "$A$2:$A$");
  buf_put_u64(&range, w->p->main.last + 1);
  lxw_data_validation v = {.value_formula = range.p};
  __lsan_disable();
  if (!range.failed) validate(w, s, &v, t->first, t->last, 0);
  __lsan_enable();
  buf_free(&range);
}

/* ---- sheets ---- */

static void put_guide(struct writing *w) {
  lxw_worksheet *s = add_sheet(w, STR("填表说明"));
  if (s == NULL) return;
  worksheet_set_column(s, 0, 0, 100, NULL);
  lay_out(s, true, 0);
  for (uint32_t i = 0; w->words->guide[i] != NULL; i++)
    put(w, s, i, 0, str_of(w->words->guide[i]), i == 0 ? LOOK_HEAD : LOOK_GUIDE);
}

static void protect(struct writing *w, lxw_worksheet *s) {
  lxw_protection free_to = {
      .format_cells = LXW_TRUE, .format_columns = LXW_TRUE, .format_rows = LXW_TRUE};
  if (w->p->single) worksheet_protect(s, NULL, &free_to);
}

/* A sheet with its names in the first row. */
static void put_columns(struct writing *w, lxw_worksheet *s, const struct plan_sheet *sheet) {
  for (size_t i = 0; i < sheet->n; i++) {
    const struct plan_cell *c = &sheet->cells[i];
    lxw_col_t at = (lxw_col_t)c->at;
    worksheet_set_column(s, at, at, width_of(c->header), w->looks[look_of(c)]);
    put(w, s, 0, c->at, c->header, LOOK_HEAD);
    put_note(w, s, 0, c->at, c->a);
    offer_words(w, s, c->a, sheet->first, sheet->last, c->at);
  }
  worksheet_set_row(s, 0, 48, NULL);
  worksheet_freeze_panes(s, 1, 1);
  if (sheet->table != NULL) lay_out(s, true, 1);
  protect(w, s);
}

static void put_units(struct writing *w, lxw_worksheet *s) {
  for (size_t i = 0; i < w->units; i++)
    put(w, s, w->p->main.first + (uint32_t)i, 0, w->names[i], LOOK_TEXT);
}

/* 项目 | 数值 | 计量单位: the figures of one township. */
static void put_items(struct writing *w, lxw_worksheet *s) {
  static const char *const heads[] = {"项目", "数值", "计量单位"};
  static const double widths[] = {34, 44, 12};
  for (uint32_t i = 0; i < 3; i++) {
    worksheet_set_column(s, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
    put(w, s, 0, i, str_of(heads[i]), LOOK_HEAD);
  }
  for (size_t i = 0; i < w->p->main.n; i++) {
    const struct plan_cell *c = &w->p->main.cells[i];
    put(w, s, c->at, 0, c->name, LOOK_NAME);
    put(w, s, c->at, 2, c->unit, LOOK_NAME);
    put_note(w, s, c->at, 0, c->a);
    offer_words(w, s, c->a, c->at, c->at, 1);
    if (c->a == NULL)
      put(w, s, c->at, 1, w->names[0], LOOK_NAME);
    else
      note_error(w, worksheet_write_blank(s, c->at, 1, w->looks[look_of(c)]));
  }
  worksheet_freeze_panes(s, 1, 1);
  lay_out(s, false, 1);
  protect(w, s);
}

static void put_sheets(struct writing *w) {
  lxw_worksheet *s = add_sheet(w, w->p->main.name);
  if (s == NULL) return;
  worksheet_activate(s);
  if (w->p->single) {
    put_items(w, s);
  } else {
    put_columns(w, s, &w->p->main);
    put_units(w, s);
  }
  for (size_t i = 0; i < w->p->ntables; i++) {
    s = add_sheet(w, w->p->tables[i].name);
    if (s == NULL) return;
    put_columns(w, s, &w->p->tables[i]);
    if (!w->p->single) offer_units(w, s, &w->p->tables[i]);
  }
}

/* ---- 勾稽 ---- */

/* What the relation says, with its number where the rule has several. */
static void put_relation(struct writing *w, lxw_worksheet *s, uint32_t row, uint32_t column,
                         const struct relation *r) {
  struct buf b;
  buf_init(&b, 0);
  buf_put(&b, r->rule->text);
  if (r->rule->tolerance.n != 0) {
    buf_puts(&b, " 容差 ");
    buf_put(&b, r->rule->tolerance);
  }
  if (r->of > 1) {
    buf_puts(&b, "（");
    buf_put_u64(&b, r->number);
    buf_putc(&b, '/');
    buf_put_u64(&b, r->of);
    buf_puts(&b, "）");
  }
  put(w, s, row, column, buf_str(&b), LOOK_HEAD);
  buf_free(&b);
}

/* No result is written: one of 0 would say that the relation holds, and with none LibreOffice
 * calculates it on opening too. */
static lxw_error uncalculated(lxw_worksheet *s, uint32_t row, uint32_t column, const char *formula,
                              lxw_format *look) {
  return worksheet_write_formula_str(s, row, (lxw_col_t)column, formula, look, "");
}

static str level_of(const struct relation *r) { return r->rule->warns ? STR("提醒") : STR("错误"); }

/* `unit` is the row of the township in the main sheet. */
static void put_formula(struct writing *w, lxw_worksheet *s, uint32_t row, uint32_t column,
                        const struct relation *r, uint32_t unit) {
  struct buf b;
  buf_init(&b, 0);
  if (!formula_put(w->p, r, unit, &b)) {
    put(w, s, row, column, str_of(w->words->checked), LOOK_RULE);
  } else if (!b.failed) {
    note_error(w, uncalculated(s, row, column, b.p, w->looks[LOOK_RULE]));
  }
  buf_free(&b);
}

/* Red where it is broken, grey where it was not judged. */
static void colour(struct writing *w, lxw_worksheet *s, uint32_t row, uint32_t column,
                   uint32_t last_row, uint32_t last_column) {
  struct buf cell, broken, unchecked;
  buf_init(&cell, 0);
  buf_init(&broken, 0);
  buf_init(&unchecked, 0);
  plan_column(&cell, column);
  buf_put_u64(&cell, row + 1);
  const str c = buf_str(&cell);
  const str parts[] = {
      STR("=OR("), c, STR("=\"" FORMULA_BROKEN "\",AND(ISNUMBER("), c, STR("),"), c, STR("<>0))")};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) buf_put(&broken, parts[i]);
  buf_putc(&unchecked, '=');
  buf_put(&unchecked, c);
  buf_puts(&unchecked, "=\"" FORMULA_UNCHECKED "\"");
  lxw_conditional_format red = {.type = LXW_CONDITIONAL_TYPE_FORMULA, .format = w->red};
  lxw_conditional_format grey = {.type = LXW_CONDITIONAL_TYPE_FORMULA, .format = w->grey};
  red.value_string = broken.p;
  grey.value_string = unchecked.p;
  lxw_col_t from = (lxw_col_t)column, to = (lxw_col_t)last_column;
  if (!broken.failed && !unchecked.failed) {
    note_error(w, worksheet_conditional_format_range(s, row, from, last_row, to, &red));
    note_error(w, worksheet_conditional_format_range(s, row, from, last_row, to, &grey));
  }
  buf_free(&unchecked);
  buf_free(&broken);
  buf_free(&cell);
}

/* One relation below the other. */
static void put_list(struct writing *w, lxw_worksheet *s, const struct relation *all, size_t n) {
  static const char *const heads[] = {"级别", "关系", "差额"};
  static const double widths[] = {10, 90, 16};
  for (uint32_t i = 0; i < 3; i++) {
    worksheet_set_column(s, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
    put(w, s, 0, i, str_of(heads[i]), LOOK_HEAD);
  }
  for (size_t i = 0; i < n; i++) {
    uint32_t row = (uint32_t)i + 1;
    put(w, s, row, 0, level_of(&all[i]), LOOK_NAME);
    put_relation(w, s, row, 1, &all[i]);
    put_formula(w, s, row, 2, &all[i], w->p->main.first);
  }
  colour(w, s, 1, 2, (uint32_t)n, 2);
  lay_out(s, true, 1);
  worksheet_freeze_panes(s, 1, 0);
}

/* A column for each relation, a row for each township. */
static void put_grid(struct writing *w, lxw_worksheet *s, const struct relation *all, size_t n) {
  uint32_t first = 2, count = w->p->main.last - w->p->main.first + 1;
  struct buf name;
  buf_init(&name, 0);
  put(w, s, 0, 0, STR("级别"), LOOK_HEAD);
  put(w, s, 1, 0, STR("关系"), LOOK_HEAD);
  worksheet_set_column(s, 0, 0, 26, NULL);
  worksheet_set_column(s, 1, (lxw_col_t)n, 24, NULL);
  worksheet_set_row(s, 1, 96, NULL);
  for (size_t i = 0; i < n; i++) {
    put(w, s, 0, (uint32_t)i + 1, level_of(&all[i]), LOOK_HEAD);
    put_relation(w, s, 1, (uint32_t)i + 1, &all[i]);
  }
  for (uint32_t k = 0; k < count; k++) {
    buf_clear(&name);
    buf_puts(&name, "='单位数据'!$A");
    buf_put_u64(&name, w->p->main.first + k + 1);
    buf_puts(&name, "&\"\"");
    if (!name.failed) note_error(w, uncalculated(s, first + k, 0, name.p, w->looks[LOOK_NAME]));
    for (size_t i = 0; i < n; i++)
      put_formula(w, s, first + k, (uint32_t)i + 1, &all[i], w->p->main.first + k);
  }
  colour(w, s, first, 1, first + count - 1, (uint32_t)n);
  worksheet_freeze_panes(s, first, 1);
  buf_free(&name);
}

static void put_rules(struct writing *w) {
  size_t n;
  const struct relation *all = formula_relations(w->p, &n);
  lxw_worksheet *s = n > 0 ? add_sheet(w, STR("勾稽")) : NULL;
  if (s == NULL) return;
  if (w->p->single)
    put_list(w, s, all, n);
  else
    put_grid(w, s, all, n);
  worksheet_protect(s, NULL, NULL);
}

/* ---- the whole ---- */

/* Cells live in the memory of libxlsxwriter, which does not survive the want of it: so there must be
 * room for all of them before it begins. */
static bool have_room(const struct plan *p) {
  enum { BOOK = 8 << 20, NAME = 4096, CELL = 512 };
  size_t n, rows = p->single ? 1 : p->main.last - p->main.first + 1, bytes = BOOK;
  const struct relation *all = formula_relations(p, &n);
  struct buf formula;
  buf_init(&formula, 0);
  for (size_t i = 0; i < n; i++) formula_put(p, &all[i], p->main.last, &formula);
  bytes += rows * (formula.n + n * CELL) + p->main.n * NAME;
  for (size_t i = 0; i < p->ntables; i++) bytes += p->tables[i].n * NAME;
  void *room = formula.failed ? NULL : mem_malloc(bytes);
  mem_free(room);
  buf_free(&formula);
  return room != NULL;
}

static bool open_book(struct writing *w, const struct os_file *file) {
  struct buf path;
  lxw_doc_properties properties = {.created = FIXED_TIME};
  buf_init(&path, 0);
  w->book = os_file_reach(file, &path) ? workbook_new(path.p) : NULL;
  buf_free(&path);
  if (w->book == NULL || !make_looks(w)) return false;
  return workbook_set_properties(w->book, &properties) == LXW_NO_ERROR;
}

bool workbook_write(const struct plan *p, const struct workbook_words *words, size_t units,
                    const str *names, struct os_file *file, const char *path, struct findings *fs) {
  struct writing w = {.p = p, .words = words, .units = units, .names = names};
  bool ok = have_room(p) && open_book(&w, file);
  if (ok) {
    put_guide(&w);
    put_sheets(&w);
    put_rules(&w);
  }
  if (w.book != NULL && w.error != LXW_NO_ERROR) {
    lxw_workbook_free(w.book);
  } else if (w.book != NULL) {
    w.error = workbook_close(w.book);
  }
  if (!ok || mem_failed()) return finding(fs, CODE_MEMORY, NULL, NULL, STR(""));
  if (w.error == LXW_NO_ERROR) return true;
  return finding(fs, CODE_IO, NULL, NULL, str_of(path), str_of(lxw_strerror(w.error)));
}
