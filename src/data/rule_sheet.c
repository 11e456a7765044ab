/* Rows of a sheet 勾稽关系 as lines of a file of rules.
 *
 *   级别 | 关系式                          | 容差   | 说明
 *   错误 | 支出合计 = 基本支出 + 项目支出  |        | …
 *
 * The header may be absent: then the cell 错误 or 提醒 stands before the relation, or a cell holds the
 * whole line.  What a rule means, and what is wrong with it, is said by check/rules.
 * Invariant: a row that could be meant as a rule becomes a line, so that none passes in silence.
 */
#include "data/rule_sheet.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"

#define N_(s) (s)

enum { TITLE_ROWS = 10 };

struct columns {
  uint32_t level, rule, tolerance; /* or NO_LINE */
};

static bool is_one_of(const struct cell *c, const char *const *words) {
  str s = c != NULL ? utf8_trim(c->shown) : STR_NONE;
  for (; *words != NULL; words++)
    if (str_is(s, *words)) return true;
  return false;
}

static bool is_level(const struct cell *c) {
  static const char *const words[] = {"错误", "提醒", "error", "warning", NULL};
  return is_one_of(c, words);
}

/* ---- the header ---- */

static bool read_header(const struct row *r, struct columns *c) {
  static const char *const levels[] = {"级别", "等级", "类型", "类别", "性质", "level", NULL};
  static const char *const rules[] = {"关系式", "关系", "勾稽关系", "规则",
                                      "表达式", "公式", "rule",     NULL};
  static const char *const slacks[] = {"容差", "允许误差", "误差", "tolerance", NULL};
  *c = (struct columns){NO_LINE, NO_LINE, NO_LINE};
  for (size_t i = 0; i < r->n; i++) {
    const struct cell *cell = &r->cells[i];
    if (c->level == NO_LINE && is_one_of(cell, levels)) c->level = cell->column;
    if (c->rule == NO_LINE && is_one_of(cell, rules)) c->rule = cell->column;
    if (c->tolerance == NO_LINE && is_one_of(cell, slacks)) c->tolerance = cell->column;
  }
  return c->rule != NO_LINE && (c->level != NO_LINE || r->n == 1);
}

/* Index of the first row behind the header; without one, 0. */
static size_t find_header(const struct sheet *s, struct columns *c) {
  for (size_t i = 0; i < s->nrows && i < TITLE_ROWS; i++)
    if (read_header(&s->rows[i], c)) return i + 1;
  *c = (struct columns){NO_LINE, NO_LINE, NO_LINE};
  return 0;
}

/* ---- one row ---- */

struct parts {
  const struct cell *level, *rule, *tolerance; /* or NULL */
};

static bool is_figure(const struct cell *c) {
  return c->kind == CELL_NUMBER || num_printed(utf8_trim(c->shown), false, NULL, NULL) == NUM_OK;
}

/* Without a header: the level, what follows it, and a number behind that. */
static struct parts by_order(const struct row *r) {
  struct parts p = {NULL, r->n > 0 ? &r->cells[0] : NULL, NULL};
  for (size_t i = 0; i < r->n && p.level == NULL; i++) {
    if (!is_level(&r->cells[i])) continue;
    p.level = &r->cells[i];
    p.rule = i + 1 < r->n ? &r->cells[i + 1] : NULL;
    if (i + 2 < r->n && is_figure(&r->cells[i + 2])) p.tolerance = &r->cells[i + 2];
  }
  return p;
}

/* A level may be merged over the rules below it. */
static struct parts by_columns(const struct layout *l, const struct row *r,
                               const struct columns *c) {
  struct parts p = {NULL, view_at(&l->view, r->number, c->rule), NULL};
  if (c->level != NO_LINE) p.level = view_held(&l->view, r->number, c->level);
  if (c->tolerance != NO_LINE) p.tolerance = view_held(&l->view, r->number, c->tolerance);
  return p;
}

static void put_flat(struct buf *b, const struct cell *c) {
  str s = utf8_trim(c->kind == CELL_NUMBER ? c->number : c->shown);
  for (size_t i = 0; i < s.n; i++) buf_putc(b, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
}

static str line_of(const struct parts *p, struct arena *a) {
  struct buf b;
  buf_init(&b, 0);
  if (p->level != NULL) put_flat(&b, p->level);
  if (p->level != NULL) buf_putc(&b, ' ');
  if (p->rule != NULL) put_flat(&b, p->rule);
  if (p->tolerance != NULL) buf_puts(&b, " 容差 ");
  if (p->tolerance != NULL) put_flat(&b, p->tolerance);
  str line = arena_dup(a, buf_str(&b));
  buf_free(&b);
  return line;
}

/* Headings between rules hold neither a level nor a relation. */
static bool is_heading(const struct parts *p) {
  return p->rule == NULL && !(p->level != NULL && is_level(p->level));
}

bool rule_sheet_lines(const struct layout *l, struct arena *a, struct lines *out,
                      struct findings *fs) {
  struct columns c;
  size_t bytes = 0, first = find_header(l->view.sheet, &c);
  for (size_t i = first; i < l->view.sheet->nrows; i++) {
    const struct row *r = &l->view.sheet->rows[i];
    struct parts p = c.rule != NO_LINE ? by_columns(l, r, &c) : by_order(r);
    struct origin at;
    if (is_heading(&p)) continue;
    const struct cell *where = p.rule != NULL ? p.rule : p.level;
    l->source.place(&l->source, (uint64_t)r->number << 32 | where->column, a, &at);
    str text = line_of(&p, a);
    if (text.p == NULL) return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
    bytes += text.n;
    if (bytes > LIMIT_RULES_FILE)
      return finding(fs, CODE_TOO_BIG, NULL, &at, STR(N_("size of a file of rules")),
                     finding_number(fs, LIMIT_RULES_FILE), STR(N_("bytes")));
    if (!lines_add(out, a, text, &at, fs)) return false;
  }
  return true;
}
