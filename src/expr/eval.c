/* Values of expressions over the frames of a record.
 *
 * Nothing here writes anything; what is wrong becomes a finding.  A missing value travels up as
 * VAL_MISSING or VAL_NULL, and the caller decides what it means.  Invariant: results live in the
 * scratch arena or in the record, and no number ever becomes a double.
 */
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "expr/filter.h"
#include "expr/function.h"
#include "expr/memo.h"
#include "expr/result.h"

#define N_(s) (s)

/* ---- names ---- */

static bool step_into(const struct eval *ev, const struct val *from, const struct step *s,
                      size_t n, struct val *out);

/* The column of a list: what the remaining steps give for each item; lists in it are joined. */
static bool column(const struct eval *ev, const struct val *list, const struct step *s, size_t n,
                   struct val *out) {
  size_t count = 0, cap = list->list.n; /* room at once: a list that grows leaves its old halves */
  struct val *items = ARENA_ARRAY(ev->scratch, cap, struct val);
  bool ok = items != NULL || result_no_memory(ev);
  struct cursor c;
  cursor_init(&c, list);
  for (size_t i = 0; ok && i < list->list.n; i++) {
    const struct val *item = cursor_at(&c, i, ev->fs);
    struct val v;
    ok = item != NULL && step_into(ev, item, s, n, &v);
    if (!ok) break;
    bool nested = v.kind == VAL_LIST && v.list.items != NULL;
    for (size_t k = 0; ok && k < (nested ? v.list.n : 1); k++) {
      struct val *slot = arena_grow(ev->scratch, items, &count, &cap, sizeof *items);
      if (slot == NULL) {
        ok = result_no_memory(ev);
        break;
      }
      items = slot - (count - 1);
      *slot = nested ? v.list.items[k] : v;
      if (list->list.lazy != NULL && !val_copy(slot, slot, ev->scratch))
        ok = result_no_memory(ev);
    }
  }
  cursor_free(&c);
  *out = (struct val){.kind = VAL_LIST, .key = list->key, .source = list->source, .at = list->at};
  out->list.n = count;
  out->list.items = items != NULL ? items : (const struct val *)"";
  return ok;
}

/* One item of a list by its number. */
static bool index_of(const struct eval *ev, const struct val *list, size_t index,
                     const struct step *s, size_t n, struct val *out) {
  if (index == 0) return result_complain(ev, CODE_BAD_INDEX, list, 1, (str[]){ev->tag});
  *out = (struct val){.kind = VAL_MISSING};
  if (index > list->list.n) return true;
  struct cursor c;
  cursor_init(&c, list);
  const struct val *item = cursor_at(&c, index - 1, ev->fs);
  bool ok = item != NULL && step_into(ev, item, s, n, out);
  if (ok && list->list.lazy != NULL && !val_copy(out, out, ev->scratch)) ok = result_no_memory(ev);
  cursor_free(&c);
  return ok;
}

static bool step_into(const struct eval *ev, const struct val *from, const struct step *s,
                      size_t n, struct val *out) {
  if (from->kind == VAL_ERROR) return result_cell_error(ev, from);
  if (n == 0) {
    *out = *from;
    return true;
  }
  if (from->kind == VAL_LIST && s->kind == STEP_INDEX)
    return index_of(ev, from, s->index, s + 1, n - 1, out);
  if (from->kind == VAL_LIST) return column(ev, from, s, n, out);
  const struct val *m =
      from->kind == VAL_OBJECT && s->kind == STEP_KEY ? val_member(from, s->key) : NULL;
  if (m != NULL) return step_into(ev, m, s + 1, n - 1, out);
  *out = (struct val){.kind = VAL_MISSING};
  return true;
}

static bool eval_ref(const struct expr *e, const struct eval *ev, struct result *r) {
  const struct ref *ref = &e->ref;
  result_set(r, (struct val){.kind = VAL_MISSING});
  if (ref->level == REF_UNBOUND) return true;
  const struct val *item = ev->frames[ref->level].item;
  if (item == NULL) return true;
  struct val v;
  if (!step_into(ev, item, ref->steps, ref->n, &v)) return false;
  result_set(r, v);
  bool other = ref->unit.n != 0 && v.unit.n != 0 && !str_eq(ref->unit, v.unit);
  if (other && (!v.above || result_same_kind(ref->unit, v.unit)))
    return result_complain(ev, CODE_UNIT_NAME, &v, 3, (str[]){ev->tag, ref->unit, v.unit});
  return true;
}

/* ---- numbers ---- */

/* Sums, differences and ratios of one dimension are made in the unit of the first part. */
static str common_unit(enum expr_kind kind, struct result *a, struct result *b) {
  if (kind == EXPR_MUL) return STR_NONE;
  if (kind == EXPR_DIV && (a->v.above || b->v.above)) return STR_NONE; /* by a number of heads? */
  result_to_unit(b, a->v.unit);
  if (kind == EXPR_DIV) return STR_NONE;
  if (a->v.unit.n == 0) return b->v.unit;
  return b->v.unit.n == 0 || str_eq(a->v.unit, b->v.unit) ? a->v.unit : STR_NONE;
}

static bool calculate(enum expr_kind kind, struct num *a, const struct num *b) {
  switch (kind) {
    case EXPR_ADD: num_add(a, a, b); return true;
    case EXPR_SUB: num_sub(a, a, b); return true;
    case EXPR_MUL: num_mul(a, a, b); return true;
    default: return num_div(a, a, b);
  }
}

/* Evaluates both sides; a missing one makes the whole missing, and *none true. */
static bool both_sides(const struct expr *e, const struct eval *ev, struct result *r,
                       struct result *b, bool *none) {
  if (!expr_eval(e->a, ev, r) || !expr_eval(e->b, ev, b)) return false;
  *none = result_missing(r) || result_missing(b);
  if (!result_missing(r) && *none) {
    result_set(r, b->v);
    r->lacking = b->lacking;
  }
  return true;
}

static bool eval_arithmetic(const struct expr *e, const struct eval *ev, struct result *r) {
  struct result b;
  bool none = false;
  result_init(&b);
  bool ok = both_sides(e, ev, r, &b, &none);
  if (ok && !none && (ok = result_num(r, ev) && result_num(&b, ev))) {
    str unit = common_unit(e->kind, r, &b);
    ok = calculate(e->kind, &r->num, &b.num);
    if (!ok) result_complain(ev, CODE_DIVISION, &b.v, 1, (str[]){ev->tag});
    r->inexact = r->inexact || b.inexact;
    bool above = (r->v.above || r->v.unit.n == 0) && (b.v.above || b.v.unit.n == 0);
    result_set_num(r, unit);
    r->v.above = above && unit.n != 0;
  }
  result_free(&b);
  return ok;
}

static bool eval_negative(const struct expr *e, const struct eval *ev, struct result *r) {
  if (!expr_eval(e->a, ev, r)) return false;
  if (result_missing(r)) return true;
  if (!result_num(r, ev)) return false;
  mpq_neg(r->num.q, r->num.q);
  result_set_num(r, r->v.unit);
  return true;
}

/* ---- comparisons and logic ---- */

static bool truth_of(enum expr_kind kind, int order) {
  switch (kind) {
    case EXPR_EQ: return order == 0;
    case EXPR_NE: return order != 0;
    case EXPR_LT: return order < 0;
    case EXPR_LE: return order <= 0;
    case EXPR_GT: return order > 0;
    default: return order >= 0;
  }
}

static bool eval_compare(const struct expr *e, const struct eval *ev, struct result *r) {
  struct result b;
  bool none = false;
  result_init(&b);
  bool ok = both_sides(e, ev, r, &b, &none);
  if (ok && !none) {
    int order = 0;
    bool by_size = e->kind != EXPR_EQ && e->kind != EXPR_NE;
    ok = result_compare(r, &b, by_size, &order);
    if (!ok)
      result_complain(ev, CODE_COMPARE, &r->v, 3,
                      (str[]){ev->tag, result_words(r, ev), result_words(&b, ev)});
    bool inexact = r->inexact || b.inexact;
    result_set(r, val_bool(truth_of(e->kind, order)));
    r->inexact = inexact;
  }
  result_free(&b);
  return ok;
}

static bool eval_logic(const struct expr *e, const struct eval *ev, struct result *r) {
  if (!expr_eval(e->a, ev, r)) return false;
  if (e->kind == EXPR_HAS) {
    result_set(r, val_bool(r->calculated || !val_none(&r->v, true)));
    return true;
  }
  if (result_missing(r)) return true;
  bool truth = result_true(r), inexact = r->inexact;
  result_set(r, val_bool(e->kind == EXPR_NOT ? !truth : truth));
  r->inexact = inexact;
  if (e->kind == EXPR_NOT || truth == (e->kind == EXPR_OR)) return true;
  if (!expr_eval(e->b, ev, r)) return false;
  inexact = inexact || r->inexact;
  if (!result_missing(r)) result_set(r, val_bool(result_true(r)));
  r->inexact = inexact;
  return true;
}

/* ---- loops ---- */

static bool eval_loop_word(const struct expr *e, const struct eval *ev, struct result *r) {
  const struct frame *f = &ev->frames[e->level];
  if (e->kind == EXPR_FIRST) result_set(r, val_bool(f->ordinal == 0));
  if (e->kind == EXPR_LAST) result_set(r, val_bool(f->ordinal + 1 == f->shown));
  if (e->kind == EXPR_ITEM)
    result_set(r, f->item != NULL ? *f->item : (struct val){.kind = VAL_MISSING});
  if (e->kind == EXPR_ORDINAL) {
    result_set_num(r, STR_NONE);
    num_set_i64(&r->num, (int64_t)f->ordinal + 1);
  }
  return true;
}

/* ---- filters ---- */

/* 同比: a missing figure of last year makes the whole missing. */
static bool eval_other(const struct expr *e, const struct eval *ev, struct result *r,
                       struct result *other) {
  if (e->b == NULL || result_missing(r)) return true;
  if (!expr_eval(e->b, ev, other)) return false;
  if (!result_missing(other)) return true;
  result_set(r, other->v);
  r->lacking = other->lacking;
  return true;
}

static bool eval_filter(const struct expr *e, const struct eval *ev, struct result *r) {
  struct result other;
  if (!expr_eval(e->a, ev, r)) return false;
  result_init(&other);
  bool ok = eval_other(e, ev, r, &other), inexact = r->inexact || other.inexact;
  if (ok && (!result_missing(r) || filter_has(e->filter, FILTER_MISSING)))
    ok = e->filter->apply(e, &other, ev, r);
  r->inexact = r->inexact || inexact;
  result_free(&other);
  return ok;
}

bool expr_eval(const struct expr *e, const struct eval *ev, struct result *r) {
  switch (e->kind) {
    case EXPR_CONSTANT: result_set(r, e->constant); return true;
    case EXPR_REF: return eval_ref(e, ev, r);
    case EXPR_ITEM:
    case EXPR_ORDINAL:
    case EXPR_FIRST:
    case EXPR_LAST: return eval_loop_word(e, ev, r);
    case EXPR_HAS:
    case EXPR_NOT:
    case EXPR_AND:
    case EXPR_OR: return eval_logic(e, ev, r);
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV: return eval_arithmetic(e, ev, r);
    case EXPR_NEG: return eval_negative(e, ev, r);
    case EXPR_CALL: return e->function->whole ? memo_call(e, ev, r) : e->function->apply(e, ev, r);
    case EXPR_FILTER: return eval_filter(e, ev, r);
    default: return eval_compare(e, ev, r);
  }
}

bool expr_test(const struct expr *e, const struct eval *ev, bool *truth, bool *missing) {
  struct result r;
  result_init(&r);
  bool ok = expr_eval(e, ev, &r);
  *missing = ok && val_none(&r.v, false);
  *truth = ok && !*missing && result_true(&r);
  result_free(&r);
  return ok;
}

/* ---- printing ---- */

static bool print_item(const struct val *v, const struct eval *ev, struct buf *b) {
  if (v->kind == VAL_LIST || v->kind == VAL_OBJECT)
    return result_complain(ev, CODE_NOT_PRINTABLE, v, 2,
                    (str[]){ev->tag, v->kind == VAL_LIST ? STR(N_("a list of lists"))
                                                         : STR(N_("a list of objects"))});
  if (val_none(v, false)) return result_complain(ev, CODE_MISSING, v, 1, (str[]){ev->tag});
  str s = v->kind == VAL_BOOL ? (v->truth ? STR("是") : STR("否")) : v->text;
  if (buf_put(b, s)) return true;
  return result_complain(ev, CODE_TOO_LONG, v, 2,
                  (str[]){ev->tag, finding_number(ev->fs, LIMIT_VALUE_BYTES)});
}

/* A list of plain values, joined by 、. */
static bool print_list(const struct val *v, const struct eval *ev, struct buf *b) {
  struct cursor c;
  cursor_init(&c, v);
  bool ok = true;
  for (size_t i = 0; ok && i < v->list.n; i++) {
    const struct val *item = cursor_at(&c, i, ev->fs);
    if (i != 0) buf_put(b, STR("、"));
    ok = item != NULL && print_item(item, ev, b);
  }
  cursor_free(&c);
  return ok;
}

bool expr_print(struct result *r, const struct eval *ev, str *out) {
  if (!r->calculated && (r->v.kind == VAL_TEXT || r->v.kind == VAL_NUMBER)) {
    *out = r->v.text;
    return true;
  }
  if (!r->calculated && r->v.kind == VAL_OBJECT)
    return result_complain(ev, CODE_NOT_PRINTABLE, &r->v, 2,
                           (str[]){ev->tag, STR(N_("an object"))});
  struct buf b;
  buf_init(&b, LIMIT_VALUE_BYTES);
  bool ok = r->calculated                ? num_print(&r->num, &b)
            : r->v.kind == VAL_LIST      ? print_list(&r->v, ev, &b)
                                         : print_item(&r->v, ev, &b);
  *out = arena_dup(ev->scratch, buf_str(&b));
  if (ok && (b.failed || out->p == NULL)) ok = result_no_memory(ev);
  buf_free(&b);
  return ok;
}

/* ---- missing values ---- */

static bool find_missing(const struct expr *e, const struct eval *ev, const struct ref **name,
                         struct val *at);

/* Evaluates without saying what is wrong: that was said before. */
static bool is_missing(const struct expr *e, const struct eval *ev, struct result *r) {
  struct eval quiet = *ev;
  quiet.fs = findings_new();
  bool missing = quiet.fs != NULL && expr_eval(e, &quiet, r) && result_missing(r);
  findings_free(quiet.fs);
  return missing;
}

/* Over a list: the column that an item lacks; else the first operand. */
static bool missing_in_call(const struct expr *e, const struct eval *ev, const struct ref **name,
                            struct val *at) {
  for (size_t i = 0; i < e->noperands && !e->function->whole; i++)
    if (find_missing(e->operands[i], ev, name, at)) return true;
  struct result r;
  result_init(&r);
  bool missing = is_missing(e, ev, &r);
  *at = r.v;
  if (missing && r.lacking != NULL) *name = r.lacking;
  else if (missing && e->operands[0]->kind == EXPR_REF) *name = &e->operands[0]->ref;
  result_free(&r);
  return missing;
}

static bool missing_ref(const struct expr *e, const struct eval *ev, const struct ref **name,
                        struct val *at) {
  struct result r;
  result_init(&r);
  bool missing = is_missing(e, ev, &r);
  result_free(&r);
  if (!missing) return false;
  *name = &e->ref;
  result_lacks(ev, e->ref.level, NULL, e->ref.shown);
  const struct val *item = e->ref.level != REF_UNBOUND ? ev->frames[e->ref.level].item : NULL;
  if (item != NULL) *at = *item;
  return true;
}

/* *at: a value of the data near which it should stand. */
static bool find_missing(const struct expr *e, const struct eval *ev, const struct ref **name,
                         struct val *at) {
  if (e == NULL) return false;
  if (e->kind == EXPR_REF) return missing_ref(e, ev, name, at);
  if (e->kind == EXPR_CALL) return missing_in_call(e, ev, name, at);
  if (!find_missing(e->a, ev, name, at)) return find_missing(e->b, ev, name, at);
  struct val other;
  if (ev->seeker != NULL) find_missing(e->b, ev, &(const struct ref *){NULL}, &other);
  return true;
}

bool expr_missing_name(const struct expr *e, const struct eval *ev, const struct ref **name) {
  struct val at = {.kind = VAL_MISSING};
  return find_missing(e, ev, name, &at) && *name != NULL;
}

void expr_report_missing(const struct expr *e, const struct eval *ev) {
  const struct ref *name = NULL;
  struct val at = {.kind = VAL_MISSING};
  find_missing(e, ev, &name, &at);
  str shown = name != NULL && name->shown.n != 0 ? name->shown : ev->tag;
  bool near = name != NULL && name->near.n != 0;
  result_complain(ev, near ? CODE_MISSING_NEAR : CODE_MISSING, &at, near ? 2 : 1,
                  (str[]){shown, near ? name->near : STR_NONE});
}
