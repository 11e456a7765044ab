/* Expressions of the template language in the language of spreadsheets.
 *
 *   支出合计 = 基本支出 + 项目支出
 *   =IFERROR(IF(OR(B2="",C2="",D2=""),"未查",IF(ROUND(B2-(C2+D2),6)=0,0,ROUND(B2-(C2+D2),6))),"未查")
 *
 * Spreadsheets count in binary, so what is compared is rounded to six decimals.  A blank cell makes
 * a relation 未查, as it does where rules are judged; what makes an error (a text in a sum) too.
 * Rows of a table are those that bear the township's name; in the workbook of one township, those
 * in which something stands.  What is not the same there as here is not said: the caller then
 * names the rule for tianbao to check.
 * Truth is only compared with a number when 0 was added to it: in Excel FALSE>0 is true.
 * Invariant: a formula is red only where check/judge.h finds the relation broken.
 */
#include "blank/formula.h"

#include "base/buf.h"
#include "expr/function.h"
#include "value/unit.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { LONGEST = 8000, PLACES = 6, MOST_USED = 64 };

/* One relation at work. */
struct making {
  const struct plan *p;
  const struct relation *r;
  uint32_t row;
  const struct plan_sheet *table;          /* rows of it are judged one by one; or NULL */
  bool bare;                               /* names that stand under 有 may be blank */
  const struct plan_cell *used[MOST_USED]; /* cells of the record that may not be blank */
  size_t nused;
  const struct plan_cell *columns[MOST_USED]; /* of the table, likewise */
  bool numeric[MOST_USED];
  size_t ncolumns;
  struct buf lacks; /* further tests that make it 未查, joined by + */
  str unit;         /* of the figures so far */
};

static bool number_of(struct making *m, const struct expr *e, struct buf *out);

/* ---- names ---- */

static const struct asked *asked_ref(const struct making *m, const struct expr *e) {
  if (e->kind != EXPR_REF || e->ref.level == REF_UNBOUND || e->ref.name == NULL) return NULL;
  for (size_t i = 0; i < e->ref.n; i++)
    if (e->ref.steps[i].kind != STEP_KEY) return NULL;
  return asked_of(m->p->asking, e->ref.name);
}

/* Figures of one dimension in different units are converted when they are judged: not here. */
static bool same_unit(struct making *m, str unit) {
  const struct unit *a = m->unit.n != 0 ? unit_find(m->unit) : NULL;
  const struct unit *b = unit.n != 0 ? unit_find(unit) : NULL;
  if (b == NULL) return true;
  if (a != NULL && a != b && strcmp(a->dimension, b->dimension) == 0) return false;
  m->unit = unit;
  return true;
}

static bool use_cell(struct making *m, const struct plan_cell *c) {
  for (size_t i = 0; i < m->nused; i++)
    if (m->used[i] == c) return true;
  if (m->bare) return true;
  if (m->nused == MOST_USED) return false;
  m->used[m->nused++] = c;
  return true;
}

static bool use_column(struct making *m, const struct plan_cell *c) {
  for (size_t i = 0; i < m->ncolumns; i++)
    if (m->columns[i] == c) return true;
  if (m->bare) return true;
  if (m->ncolumns == MOST_USED) return false;
  m->columns[m->ncolumns++] = c;
  return true;
}

static void put_range(const struct plan_sheet *s, uint32_t column, struct buf *out) {
  plan_sheet_name(out, s->name);
  for (int i = 0; i < 2; i++) {
    buf_puts(out, i == 0 ? "$" : ":$");
    plan_column(out, column);
    buf_putc(out, '$');
    buf_put_u64(out, (i == 0 ? s->first : s->last) + 1);
  }
}

/* The cell of the record, for the township at work. */
static void put_cell(const struct making *m, const struct plan_cell *c, struct buf *out) {
  plan_sheet_name(out, m->p->main.name);
  buf_putc(out, '$');
  plan_column(out, m->p->single ? 1 : c->at);
  if (m->p->single) buf_putc(out, '$');
  buf_put_u64(out, (m->p->single ? c->at : m->row) + 1);
}

/* 1 for each row of the table that belongs to the township. */
static void put_rows(const struct making *m, const struct plan_sheet *s, struct buf *out) {
  buf_putc(out, '(');
  if (!m->p->single) {
    put_range(s, 0, out);
    buf_putc(out, '=');
    put_cell(m, &m->p->main.cells[0], out);
  }
  if (m->p->single) buf_puts(out, "(0");
  for (size_t i = 0; m->p->single && i < s->n; i++) {
    buf_puts(out, "+(");
    put_range(s, s->cells[i].at, out);
    buf_puts(out, "<>\"\")");
  }
  buf_puts(out, m->p->single ? ")>0)" : ")");
}

static bool ref(struct making *m, const struct expr *e, struct buf *out) {
  const struct asked *a = asked_ref(m, e);
  if (a == NULL || a->kind != ASKED_VALUE || !same_unit(m, a->unit)) return false;
  const struct plan_cell *c = m->table != NULL ? plan_find(m->table, a) : NULL;
  if (c != NULL) {
    put_range(m->table, c->at, out);
    return use_column(m, c);
  }
  bool key = str_eq(a->path, m->p->key);
  c = key ? &m->p->main.cells[0] : plan_find(&m->p->main, a);
  if (c == NULL) return false;
  put_cell(m, c, out);
  return use_cell(m, c);
}

/* ---- constants ---- */

static bool put_digits(str s, struct buf *out) {
  bool percent = str_ends(s, STR("%"));
  if (percent) s.n--;
  if (percent) buf_putc(out, '(');
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == ',') continue;
    if (strchr("0123456789.-", s.p[i]) == NULL) return false;
    buf_putc(out, s.p[i]);
  }
  if (percent) buf_puts(out, "/100)");
  return s.n != 0;
}

static void put_text(str s, struct buf *out) {
  buf_putc(out, '"');
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '"') buf_putc(out, '"');
    buf_putc(out, s.p[i]);
  }
  buf_putc(out, '"');
}

/* ---- functions ---- */

static bool is_called(const struct expr *e, const char *english) {
  return e->kind == EXPR_CALL && str_is(str_of(e->function->english), english);
}

static bool call(struct making *m, const struct expr *e, const char *name, struct buf *out) {
  buf_puts(out, name);
  for (size_t i = 0; i < e->noperands; i++) {
    if (i > 0) buf_putc(out, ',');
    if (!number_of(m, e->operands[i], out)) return false;
  }
  if (is_called(e, "round") && e->noperands == 1) buf_puts(out, ",0");
  buf_putc(out, ')');
  return true;
}

/* Items of a list in one cell, parted as the readers part them; a list that is missing has none. */
static bool count_items(struct making *m, const struct asked *a, struct buf *out) {
  const struct plan_cell *c = plan_find(&m->p->main, a);
  if (c == NULL) return false;
  struct buf cell;
  buf_init(&cell, 0);
  put_cell(m, c, &cell);
  static const char *const pieces[] = {"IF(",
                                       "=\"\",0,1+IF(ISNUMBER(FIND(CHAR(10),",
                                       ")),LEN(",
                                       ")-LEN(SUBSTITUTE(",
                                       ",CHAR(10),\"\")),LEN(",
                                       ")-LEN(SUBSTITUTE(",
                                       ",\"、\",\"\"))))"};
  for (size_t i = 0; i < COUNT(pieces); i++) {
    if (i > 0) buf_put(out, buf_str(&cell));
    buf_puts(out, pieces[i]);
  }
  buf_free(&cell);
  return true;
}

static bool truth_array(struct making *m, const struct expr *e, bool wanted, struct buf *out);

/* SUMPRODUCT(rows*condition, and whatever the caller puts behind it */
static bool begin_sum(struct making *m, const struct expr *e, struct buf *out) {
  buf_puts(out, "SUMPRODUCT(");
  put_rows(m, m->table, out);
  if (e->condition == NULL) return true;
  buf_putc(out, '*');
  return truth_array(m, e->condition, true, out);
}

static void next_lack(struct making *m) {
  if (m->lacks.n > 0) buf_putc(&m->lacks, '+');
}

/* A blank or a text in the column makes the whole 未查, and so does a row of which 当 cannot tell. */
static bool lacks_column(struct making *m, const struct expr *e, const struct plan_cell *c) {
  static const char *const tests[][2] = {{"*(", "=\"\"))"}, {"*ISTEXT(", "))"}};
  bool ok = true;
  for (size_t i = 0; c != NULL && i < 2; i++) {
    next_lack(m);
    ok = begin_sum(m, e, &m->lacks) && ok;
    buf_puts(&m->lacks, tests[i][0]);
    put_range(m->table, c->at, &m->lacks);
    buf_puts(&m->lacks, tests[i][1]);
  }
  if (e->condition == NULL) return ok;
  next_lack(m);
  buf_puts(&m->lacks, "SUMPRODUCT(");
  put_rows(m, m->table, &m->lacks);
  buf_puts(&m->lacks, "*(1-");
  ok = truth_array(m, e->condition, true, &m->lacks) && ok;
  buf_putc(&m->lacks, '-');
  ok = truth_array(m, e->condition, false, &m->lacks) && ok;
  buf_puts(&m->lacks, "))");
  return ok;
}

/* The sheet of the column that is the only operand, and the column; *c NULL: the table itself. */
static const struct plan_sheet *column_of(struct making *m, const struct expr *e,
                                          const struct plan_cell **c) {
  const struct asked *a = asked_ref(m, e->operands[0]);
  *c = NULL;
  if (a == NULL || e->noperands != 1) return NULL;
  if (a->kind == ASKED_TABLE) return plan_table(m->p, a);
  const struct plan_sheet *s =
      a->kind == ASKED_VALUE && a->parent != NULL ? plan_table(m->p, a->parent) : NULL;
  *c = s != NULL ? plan_find(s, a) : NULL;
  return *c != NULL && same_unit(m, a->unit) ? s : NULL;
}

/* 合计, 平均 or 个数 of the rows of the table of `m`. */
static bool sum_rows(struct making *m, const struct expr *e, const struct plan_cell *c,
                     struct buf *out) {
  bool count = is_called(e, "count"), ok = begin_sum(m, e, out);
  if (count && c != NULL) {
    buf_puts(out, "*(");
    put_range(m->table, c->at, out);
    buf_puts(out, "<>\"\")");
  }
  buf_puts(out, "*1");
  if (!count) {
    buf_putc(out, ',');
    put_range(m->table, c->at, out);
  }
  buf_putc(out, ')');
  if (is_called(e, "avg")) {
    buf_putc(out, '/');
    ok = begin_sum(m, e, out) && buf_puts(out, "*1)") && ok;
  }
  return lacks_column(m, e, count ? NULL : c) && ok;
}

static bool over_table(struct making *m, const struct expr *e, struct buf *out) {
  const struct plan_cell *c;
  const struct plan_sheet *s = column_of(m, e, &c), *outer = m->table;
  bool count = is_called(e, "count");
  if (!count && !is_called(e, "avg") && !is_called(e, "sum")) return false;
  if (s == NULL || (c == NULL && !count) || (outer != NULL && e->condition != NULL)) return false;
  struct making inner = *m;
  inner.table = s;
  bool ok = sum_rows(&inner, e, c, out);
  m->lacks = inner.lacks;
  m->nused = inner.nused;
  memcpy(m->used, inner.used, sizeof m->used);
  m->unit = inner.unit;
  return ok;
}

/* 合计(甲, 乙) of single figures. */
static bool over_values(struct making *m, const struct expr *e, struct buf *out) {
  bool sum = is_called(e, "sum"), greatest = is_called(e, "max");
  if (!sum && !greatest && !is_called(e, "min")) return false;
  buf_puts(out, sum ? "(" : greatest ? "MAX(" : "MIN(");
  for (size_t i = 0; i < e->noperands; i++) {
    if (i > 0) buf_putc(out, sum ? '+' : ',');
    buf_puts(out, "(0+");
    if (!number_of(m, e->operands[i], out)) return false;
    buf_putc(out, ')');
  }
  buf_putc(out, ')');
  return true;
}

static bool over_list(struct making *m, const struct expr *e, struct buf *out) {
  const struct asked *a = asked_ref(m, e->operands[0]);
  bool plain = a != NULL && a->kind == ASKED_LIST && e->condition == NULL;
  if (plain && is_called(e, "count") && m->table == NULL) return count_items(m, a, out);
  bool values = e->condition == NULL && e->noperands > 1;
  return values ? over_values(m, e, out) : over_table(m, e, out);
}

static bool call_number(struct making *m, const struct expr *e, struct buf *out) {
  static const char *const names[][2] = {{"round", "ROUND("},
                                         {"abs", "ABS("},
                                         {"year", "YEAR("},
                                         {"month", "MONTH("},
                                         {"day", "DAY("}};
  if (e->function->whole) return over_list(m, e, out);
  if (is_called(e, "date")) return e->noperands == 3 && call(m, e, "DATE(", out);
  for (size_t i = 0; i < COUNT(names); i++)
    if (is_called(e, names[i][0])) return call(m, e, names[i][1], out);
  return false;
}

/* ---- numbers ---- */

static bool number_of(struct making *m, const struct expr *e, struct buf *out) {
  static const char signs[] = {'+', '-', '*', '/'};
  switch (e->kind) {
  case EXPR_CONSTANT: return e->constant.kind == VAL_NUMBER && put_digits(e->constant.text, out);
  case EXPR_REF: return ref(m, e, out);
  case EXPR_CALL: return call_number(m, e, out);
  case EXPR_NEG: buf_puts(out, "(-"); return number_of(m, e->a, out) && buf_putc(out, ')');
  case EXPR_ADD:
  case EXPR_SUB:
  case EXPR_MUL:
  case EXPR_DIV:
    buf_putc(out, '(');
    if (!number_of(m, e->a, out)) return false;
    buf_putc(out, signs[e->kind - EXPR_ADD]);
    return number_of(m, e->b, out) && buf_putc(out, ')');
  default: return false;
  }
}

/* ---- texts ---- */

static bool is_text(const struct expr *e) {
  return (e->kind == EXPR_CONSTANT && e->constant.kind == VAL_TEXT) ||
         (e->kind == EXPR_CALL && e->function->grades);
}

/* 等级(x, 优 90, 差) */
static bool grade(struct making *m, const struct expr *e, struct buf *out) {
  size_t n = 0;
  for (size_t i = 0; i + 2 < e->nargs; i += 2, n++) {
    buf_puts(out, "IF(0+");
    if (!number_of(m, e->operands[0], out)) return false;
    buf_puts(out, ">=");
    if (!put_digits(e->args[i + 1], out)) return false;
    buf_putc(out, ',');
    put_text(e->args[i], out);
    buf_putc(out, ',');
  }
  put_text(e->args[e->nargs - 2], out);
  while (n-- > 0) buf_putc(out, ')');
  return true;
}

static bool text_of(struct making *m, const struct expr *e, struct buf *out) {
  if (e->kind == EXPR_CONSTANT && e->constant.kind == VAL_TEXT)
    return put_text(e->constant.text, out), true;
  if (e->kind == EXPR_CALL && e->function->grades) return m->table == NULL && grade(m, e, out);
  return e->kind == EXPR_REF && ref(m, e, out) && buf_puts(out, "&\"\"");
}

static unsigned traits_of(const struct making *m, const struct expr *e) {
  const struct asked *a = asked_ref(m, e);
  if (a != NULL) return a->traits;
  if (is_called(e, "date")) return ASKED_DATE;
  return is_text(e) ? 0 : ASKED_NUMBER;
}

/* ---- comparisons ---- */

static const char *sign_of(enum expr_kind kind) {
  static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">="};
  return signs[kind - EXPR_EQ];
}

/* ROUND(a-b,6) */
static bool difference(struct making *m, const struct expr *e, struct buf *out) {
  buf_puts(out, "ROUND(");
  if (!number_of(m, e->a, out)) return false;
  buf_putc(out, '-');
  if (!number_of(m, e->b, out)) return false;
  buf_putc(out, ',');
  buf_put_u64(out, PLACES);
  buf_putc(out, ')');
  return true;
}

static bool compare_texts(struct making *m, const struct expr *e, struct buf *out) {
  if (e->kind != EXPR_EQ && e->kind != EXPR_NE) return false;
  if (e->kind == EXPR_NE) buf_puts(out, "(1-");
  buf_puts(out, "EXACT(");
  if (!text_of(m, e->a, out)) return false;
  buf_putc(out, ',');
  if (!text_of(m, e->b, out)) return false;
  buf_puts(out, e->kind == EXPR_NE ? "))" : ")");
  return true;
}

/* Two names of which nothing is known. */
static bool compare_any(struct making *m, const struct expr *e, struct buf *out) {
  if (e->kind != EXPR_EQ || m->table != NULL) return false;
  buf_puts(out, "IF(AND(ISNUMBER(");
  if (!ref(m, e->a, out)) return false;
  buf_puts(out, "),ISNUMBER(");
  if (!ref(m, e->b, out)) return false;
  buf_puts(out, ")),");
  if (!difference(m, e, out)) return false;
  buf_puts(out, "=0,");
  return compare_texts(m, e, out) && buf_putc(out, ')');
}

/* Columns, cells and numbers are compared as they are: arithmetic on the text of another township
 * would be an error. */
static bool compare_columns(struct making *m, const struct expr *e, struct buf *out) {
  bool plain = (e->a->kind == EXPR_REF || e->a->kind == EXPR_CONSTANT) &&
               (e->b->kind == EXPR_REF || e->b->kind == EXPR_CONSTANT);
  size_t before = m->ncolumns;
  bool ok;
  if (plain) {
    ok = number_of(m, e->a, out) && buf_puts(out, sign_of(e->kind)) && number_of(m, e->b, out);
  } else {
    ok = difference(m, e, out) && buf_puts(out, sign_of(e->kind)) && buf_putc(out, '0');
  }
  for (size_t i = before; i < m->ncolumns; i++) m->numeric[i] = true;
  return ok;
}

/* Which way of comparing it is. */
static bool compare(struct making *m, const struct expr *e, struct buf *out) {
  unsigned a = traits_of(m, e->a), b = traits_of(m, e->b);
  bool numbers = ((a | b) & (ASKED_NUMBER | ASKED_DATE)) != 0;
  if (is_text(e->a) || is_text(e->b)) return compare_texts(m, e, out);
  if (!numbers && e->kind == EXPR_EQ && m->table == NULL) return compare_any(m, e, out);
  if (!numbers && m->table != NULL && e->kind <= EXPR_NE) return compare_texts(m, e, out);
  if (m->table != NULL) return compare_columns(m, e, out);
  return difference(m, e, out) && buf_puts(out, sign_of(e->kind)) && buf_putc(out, '0');
}

/* With 容差: how far the difference may go. */
static bool tolerant(struct making *m, const struct expr *e, struct buf *out) {
  str slack = m->r->rule->tolerance;
  bool equal = e->kind == EXPR_EQ, less = e->kind == EXPR_LT || e->kind == EXPR_LE;
  if (e->kind == EXPR_NE || is_text(e->a) || is_text(e->b)) return false;
  if (equal) buf_puts(out, "ABS(");
  if (!difference(m, e, out)) return false;
  buf_puts(out, equal ? ")<=" : less ? "<=" : ">=-");
  return put_digits(slack, out);
}

/* ---- truth over the rows of a table ----
 *
 * An array of 1 where the expression is known to be what is wanted, and else 0. */

static bool is_comparison(const struct expr *e) { return e->kind >= EXPR_EQ && e->kind <= EXPR_GE; }

static bool has_array(struct making *m, const struct expr *e, struct buf *out) {
  bool bare = m->bare;
  m->bare = true;
  bool ok = e->a->kind == EXPR_REF && ref(m, e->a, out) && buf_puts(out, "<>\"\"");
  m->bare = bare;
  return ok;
}

/* *(a<>"")*(b<>""): no column that the comparison speaks of is blank. */
static void put_filled(const struct making *m, struct buf *out) {
  for (size_t i = 0; i < m->ncolumns; i++) {
    buf_puts(out, m->numeric[i] ? "*ISNUMBER(" : "*(");
    put_range(m->table, m->columns[i]->at, out);
    buf_puts(out, m->numeric[i] ? ")" : "<>\"\")");
  }
}

static bool leaf_array(struct making *m, const struct expr *e, bool wanted, struct buf *out) {
  m->ncolumns = 0;
  memset(m->numeric, 0, sizeof m->numeric);
  buf_puts(out, wanted ? "((" : "((1-(");
  bool ok = is_comparison(e) ? compare(m, e, out) : e->kind == EXPR_HAS && has_array(m, e, out);
  buf_puts(out, wanted ? ")" : "))");
  put_filled(m, out);
  buf_putc(out, ')');
  return ok;
}

/* What is missing on the left makes 且 and 或 missing, as in expr/eval.c: for 或, true where a is
 * true, or a is false and b is true. */
static bool truth_array(struct making *m, const struct expr *e, bool wanted, struct buf *out) {
  if (e->kind == EXPR_NOT) return truth_array(m, e->a, !wanted, out);
  if (e->kind != EXPR_AND && e->kind != EXPR_OR) return leaf_array(m, e, wanted, out);
  bool either = wanted == (e->kind == EXPR_OR);
  buf_putc(out, '(');
  if (!truth_array(m, e->a, wanted, out)) return false;
  buf_putc(out, either ? '+' : '*');
  if (either && !truth_array(m, e->a, !wanted, out)) return false;
  if (either) buf_putc(out, '*');
  return truth_array(m, e->b, wanted, out) && buf_putc(out, ')');
}

/* ---- truth of one record ---- */

/* Tests that make it 未查, or nothing. */
static void put_lacks(struct making *m, struct buf *out) {
  for (size_t i = 0; i < m->nused; i++) {
    buf_puts(out, i == 0 ? "" : "+");
    buf_putc(out, '(');
    put_cell(m, m->used[i], out);
    buf_puts(out, "=\"\")");
  }
  if (m->nused > 0 && m->lacks.n > 0) buf_putc(out, '+');
  buf_put(out, buf_str(&m->lacks));
  m->nused = 0;
  buf_clear(&m->lacks);
}

/* IF(what is missing,"未查",test,yes,no) */
static void put_choice(struct making *m, const struct buf *test, str yes, str no, struct buf *out) {
  struct buf lacks;
  buf_init(&lacks, 0);
  put_lacks(m, &lacks);
  if (lacks.n > 0) {
    buf_puts(out, "IF((0+");
    buf_put(out, buf_str(&lacks));
    buf_puts(out, ")>0,\"" FORMULA_UNCHECKED "\",");
  }
  buf_puts(out, "IF(");
  buf_put(out, buf_str(test));
  buf_putc(out, ',');
  buf_put(out, yes);
  buf_putc(out, ',');
  buf_put(out, no);
  buf_puts(out, lacks.n > 0 ? "))" : ")");
  buf_free(&lacks);
}

/* Is there a text that stands for a yes? */
static bool put_true(struct making *m, const struct expr *e, struct buf *out) {
  struct buf cell;
  buf_init(&cell, 0);
  bool ok = e->kind == EXPR_REF && ref(m, e, &cell);
  buf_puts(out, "(LEN(");
  buf_put(out, buf_str(&cell));
  buf_puts(out, ")>0)*(");
  buf_put(out, buf_str(&cell));
  buf_puts(out, "<>0)*NOT(EXACT(");
  buf_put(out, buf_str(&cell));
  buf_puts(out, "&\"\",\"否\"))");
  buf_free(&cell);
  return ok;
}

static bool truth(struct making *m, const struct expr *e, str yes, str no, struct buf *out) {
  struct buf part;
  buf_init(&part, LONGEST);
  bool ok;
  if (e->kind == EXPR_NOT) {
    ok = truth(m, e->a, no, yes, out);
  } else if (e->kind == EXPR_AND || e->kind == EXPR_OR) {
    bool all = e->kind == EXPR_AND;
    ok = truth(m, e->b, yes, no, &part) && !part.failed &&
         truth(m, e->a, all ? buf_str(&part) : yes, all ? no : buf_str(&part), out);
  } else {
    ok = is_comparison(e)      ? compare(m, e, &part)
         : e->kind == EXPR_HAS ? has_array(m, e, &part)
                               : put_true(m, e, &part);
    if (ok) put_choice(m, &part, yes, no, out);
  }
  ok = ok && !part.failed;
  buf_free(&part);
  return ok;
}

/* ---- relations ---- */

static bool relation_compare(struct making *m, const struct expr *e, struct buf *out) {
  struct buf test, value;
  buf_init(&test, LONGEST);
  buf_init(&value, LONGEST);
  unsigned traits = traits_of(m, e->a) | traits_of(m, e->b);
  bool figures = (traits & ASKED_NUMBER) != 0 && (traits & ASKED_DATE) == 0;
  bool sized = e->kind == EXPR_EQ || e->kind == EXPR_LE || e->kind == EXPR_GE;
  bool ok = m->r->rule->tolerance.n != 0 ? tolerant(m, e, &test) : compare(m, e, &test);
  size_t used = m->nused, lacks = m->lacks.n;
  bool number =
      ok && sized && figures && !is_text(e->a) && !is_text(e->b) && difference(m, e, &value);
  m->nused = used; /* the same cells once more */
  m->lacks.n = lacks;
  if (!number) buf_clear(&value);
  if (!number) buf_puts(&value, "\"" FORMULA_BROKEN "\"");
  if (ok) put_choice(m, &test, STR("0"), buf_str(&value), out);
  ok = ok && !test.failed && !value.failed;
  buf_free(&value);
  buf_free(&test);
  return ok;
}

/* IF(lacks,"未查",IF(broken>0,broken,IF(known<all,"未查",0))) */
static void put_rows_choice(const struct buf *lacks, const struct buf *broken,
                            const struct buf *unknown, struct buf *out) {
  if (lacks->n > 0) {
    buf_puts(out, "IF((0+");
    buf_put(out, buf_str(lacks));
    buf_puts(out, ")>0,\"" FORMULA_UNCHECKED "\",");
  }
  buf_puts(out, "IF(");
  buf_put(out, buf_str(broken));
  buf_puts(out, ">0,");
  buf_put(out, buf_str(broken));
  buf_puts(out, ",IF(");
  buf_put(out, buf_str(unknown));
  buf_puts(out, ">0,\"" FORMULA_UNCHECKED "\",0))");
  if (lacks->n > 0) buf_putc(out, ')');
}

/* 每行: how many rows break it. */
static bool relation_rows(struct making *m, const struct expr *e, struct buf *out) {
  struct buf rows, broken, unknown, lacks;
  struct buf *const all[] = {&rows, &broken, &unknown, &lacks};
  for (size_t i = 0; i < COUNT(all); i++) buf_init(all[i], LONGEST);
  put_rows(m, m->table, &rows);
  buf_puts(&broken, "SUMPRODUCT(");
  buf_put(&broken, buf_str(&rows));
  buf_putc(&broken, '*');
  bool ok = m->r->rule->tolerance.n == 0 && truth_array(m, e, false, &broken);
  buf_putc(&broken, ')');
  buf_puts(&unknown, "SUMPRODUCT(");
  buf_put(&unknown, buf_str(&rows));
  buf_puts(&unknown, "*(1-");
  ok = ok && truth_array(m, e, true, &unknown);
  buf_putc(&unknown, '-');
  ok = ok && truth_array(m, e, false, &unknown);
  buf_puts(&unknown, "))");
  put_lacks(m, &lacks);
  put_rows_choice(&lacks, &broken, &unknown, out);
  for (size_t i = 0; i < COUNT(all); i++) {
    ok = ok && !all[i]->failed;
    buf_free(all[i]);
  }
  return ok;
}

static bool relation(struct making *m, struct buf *out) {
  const struct rule *rule = m->r->rule;
  const struct expr *e = m->r->e;
  if (rule->list != NULL) {
    const struct asked *a = asked_ref(m, rule->list);
    m->table = a != NULL && a->kind == ASKED_TABLE ? plan_table(m->p, a) : NULL;
    return m->table != NULL && relation_rows(m, e, out);
  }
  if (is_comparison(e)) return relation_compare(m, e, out);
  return truth(m, e, STR("0"), STR("\"" FORMULA_BROKEN "\""), out);
}

bool formula_put(const struct plan *p, const struct relation *r, uint32_t row, struct buf *out) {
  struct making m = {.p = p, .r = r, .row = row};
  struct buf body;
  buf_init(&body, LONGEST);
  buf_init(&m.lacks, LONGEST);
  bool ok = relation(&m, &body) && !body.failed && !m.lacks.failed;
  if (ok) {
    struct making name = {.p = p, .row = row};
    buf_puts(out, "=IF(");
    put_cell(&name, &p->main.cells[0], out);
    buf_puts(out, "=\"\",\"\",IFERROR(");
    buf_put(out, buf_str(&body));
    buf_puts(out, ",\"" FORMULA_UNCHECKED "\"))");
  }
  buf_free(&m.lacks);
  buf_free(&body);
  return ok;
}

/* ---- the relations of all rules ---- */

static bool add_relations(const struct plan *p, const struct rule *rule, const struct expr *e,
                          struct relation **all, size_t *n, size_t *cap) {
  if (e->kind == EXPR_AND)
    return add_relations(p, rule, e->a, all, n, cap) && add_relations(p, rule, e->b, all, n, cap);
  struct relation *r = arena_grow(p->arena, *all, n, cap, sizeof *r);
  if (r == NULL) return false;
  *all = r - (*n - 1);
  *r = (struct relation){.rule = rule, .e = e};
  return true;
}

const struct relation *formula_relations(const struct plan *p, size_t *n) {
  const struct rules *rules = p->asking->learned.rules;
  struct relation *all = NULL;
  size_t cap = 0;
  *n = 0;
  for (size_t i = 0; rules != NULL && i < rules->n; i++) {
    size_t from = *n;
    if (!add_relations(p, &rules->items[i], rules->items[i].e, &all, n, &cap)) return NULL;
    for (size_t k = from; k < *n; k++) {
      all[k].number = (unsigned)(k - from) + 1;
      all[k].of = (unsigned)(*n - from);
    }
  }
  return all;
}
