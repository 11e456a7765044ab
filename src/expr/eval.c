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
#include "value/date.h"

#define N_(s) (s)

void result_init(struct result *r) {
  *r = (struct result){.v = {.kind = VAL_MISSING}};
  num_init(&r->num);
}

void result_free(struct result *r) { num_free(&r->num); }

static void set_val(struct result *r, struct val v) {
  r->v = v;
  r->calculated = false;
}

static bool out_of_memory(const struct eval *ev) {
  return finding(ev->fs, CODE_MEMORY, NULL, NULL, STR(""));
}

/* A finding about a value: with the place of the tag, and where the data have it. */
static bool complain(const struct eval *ev, enum code code, const struct val *v, size_t n,
                     const str *args) {
  struct origin origin = {.file = STR_NONE};
  if (v != NULL) val_origin(v, findings_arena(ev->fs), &origin);
  return findings_add(ev->fs, code, ev->place, origin.file.n != 0 ? &origin : NULL, n, args);
}

/* ---- names ---- */

static bool step_into(const struct eval *ev, const struct val *from, const struct step *s,
                      size_t n, struct val *out);

/* The column of a list: what the remaining steps give for each item; lists in it are joined. */
static bool column(const struct eval *ev, const struct val *list, const struct step *s, size_t n,
                   struct val *out) {
  struct val *items = NULL;
  size_t count = 0, cap = 0;
  bool ok = true;
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
        ok = out_of_memory(ev);
        break;
      }
      items = slot - (count - 1);
      *slot = nested ? v.list.items[k] : v;
      if (list->list.lazy != NULL) slot->text = arena_dup(ev->scratch, slot->text);
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
  if (index == 0) return complain(ev, CODE_BAD_INDEX, list, 1, (str[]){ev->tag});
  *out = (struct val){.kind = VAL_MISSING};
  if (index > list->list.n) return true;
  struct cursor c;
  cursor_init(&c, list);
  const struct val *item = cursor_at(&c, index - 1, ev->fs);
  bool ok = item != NULL && step_into(ev, item, s, n, out);
  if (ok && list->list.lazy != NULL) out->text = arena_dup(ev->scratch, out->text);
  cursor_free(&c);
  return ok;
}

static bool step_into(const struct eval *ev, const struct val *from, const struct step *s,
                      size_t n, struct val *out) {
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
  set_val(r, (struct val){.kind = VAL_MISSING});
  if (ref->level == REF_UNBOUND) return true;
  const struct val *item = ev->frames[ref->level].item;
  if (item == NULL) return true;
  struct val v;
  if (!step_into(ev, item, ref->steps, ref->n, &v)) return false;
  set_val(r, v);
  if (ref->unit.n != 0 && v.unit.n != 0 && !str_eq(ref->unit, v.unit))
    return complain(ev, CODE_UNIT_NAME, &v, 3, (str[]){ev->tag, ref->unit, v.unit});
  return true;
}

/* ---- numbers ---- */

static str kind_words(const struct val *v) {
  switch (v->kind) {
    case VAL_LIST: return STR(N_("a list"));
    case VAL_OBJECT: return STR(N_("an object"));
    case VAL_BOOL: return v->truth ? STR("是") : STR("否");
    default: return v->text;
  }
}

/* Makes sure that r->num holds its number. */
static bool need_num(struct result *r, const struct eval *ev) {
  if (r->calculated || val_num(&r->v, &r->num)) return true;
  return complain(ev, CODE_NOT_NUMBER, &r->v, 2, (str[]){ev->tag, kind_words(&r->v)});
}

static void set_num(struct result *r) {
  set_val(r, (struct val){.kind = VAL_NUMBER, .exact = true});
  r->calculated = true;
}

static bool eval_arithmetic(const struct expr *e, const struct eval *ev, struct result *r) {
  struct result b;
  result_init(&b);
  bool ok = expr_eval(e->a, ev, r) && expr_eval(e->b, ev, &b);
  if (ok && val_none(&b.v, false)) set_val(r, b.v);
  if (ok && !val_none(&r->v, false) && (ok = need_num(r, ev) && need_num(&b, ev))) {
    switch (e->kind) {
      case EXPR_ADD: num_add(&r->num, &r->num, &b.num); break;
      case EXPR_SUB: num_sub(&r->num, &r->num, &b.num); break;
      case EXPR_MUL: num_mul(&r->num, &r->num, &b.num); break;
      default: ok = num_div(&r->num, &r->num, &b.num); break;
    }
    if (!ok) complain(ev, CODE_DIVISION, &b.v, 1, (str[]){ev->tag});
    set_num(r);
  }
  result_free(&b);
  return ok;
}

static bool eval_negative(const struct expr *e, const struct eval *ev, struct result *r) {
  if (!expr_eval(e->a, ev, r)) return false;
  if (val_none(&r->v, false)) return true;
  if (!need_num(r, ev)) return false;
  struct num zero;
  num_init(&zero);
  num_sub(&r->num, &zero, &r->num);
  num_free(&zero);
  set_num(r);
  return true;
}

/* ---- comparisons and logic ---- */

/* 007 is a text that equals 7 only against a number. */
static bool zero_led(const struct val *v) {
  str s = v->text;
  return v->kind == VAL_TEXT && s.n > 1 && s.p[0] == '0' && s.p[1] >= '0' && s.p[1] <= '9';
}

static bool is_date(const struct result *r, struct date *d) {
  bool exists;
  return !r->calculated && r->v.kind == VAL_TEXT && date_parse(r->v.text, false, d, &exists);
}

/* Numbers, dates or texts: sets *order; false when the two cannot be compared so. */
static bool order_of(struct result *a, struct result *b, bool by_size, int *order) {
  struct date x, y;
  bool dates = is_date(a, &x), both = is_date(b, &y) && dates;
  if (both) return *order = date_cmp(x, y), true;
  if (dates && by_size) return false;
  bool texts = a->v.kind == VAL_TEXT && b->v.kind == VAL_TEXT;
  bool numbers = (a->calculated || val_has_num(&a->v)) && (b->calculated || val_has_num(&b->v)) &&
                 !(texts && (zero_led(&a->v) || zero_led(&b->v)));
  if (numbers && (a->calculated || val_num(&a->v, &a->num)) &&
      (b->calculated || val_num(&b->v, &b->num)))
    return *order = num_cmp(&a->num, &b->num), true;
  if (a->v.kind == VAL_BOOL && b->v.kind == VAL_BOOL)
    return *order = (int)a->v.truth - (int)b->v.truth, !by_size;
  if (texts) return *order = str_cmp(a->v.text, b->v.text), true;
  *order = 1; /* a text never equals a number */
  return !by_size && a->v.kind < VAL_LIST && b->v.kind < VAL_LIST;
}

/* In which part of a sorted list a value stands; makes its number. */
enum class { CLASS_NUMBER, CLASS_DATE, CLASS_TEXT, CLASS_OTHER, CLASS_NONE };

static enum class class_of(struct result *r, struct date *d) {
  if (r->calculated) return CLASS_NUMBER;
  if (val_none(&r->v, false)) return CLASS_NONE;
  if (val_num(&r->v, &r->num)) return CLASS_NUMBER;
  if (is_date(r, d)) return CLASS_DATE;
  return r->v.kind == VAL_TEXT ? CLASS_TEXT : CLASS_OTHER;
}

int result_order(struct result *a, struct result *b) {
  struct date x, y;
  enum class left = class_of(a, &x), right = class_of(b, &y);
  if (left != right) return left < right ? -1 : 1;
  switch (left) {
    case CLASS_NUMBER: return num_cmp(&a->num, &b->num);
    case CLASS_DATE: return date_cmp(x, y);
    case CLASS_TEXT: return str_cmp(a->v.text, b->v.text);
    case CLASS_OTHER: return (int)val_true(&a->v) - (int)val_true(&b->v);
    default: return 0;
  }
}

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
  result_init(&b);
  bool ok = expr_eval(e->a, ev, r) && expr_eval(e->b, ev, &b);
  if (ok && val_none(&b.v, false)) set_val(r, b.v);
  if (ok && !val_none(&r->v, false)) {
    int order = 0;
    bool by_size = e->kind != EXPR_EQ && e->kind != EXPR_NE;
    ok = order_of(r, &b, by_size, &order);
    if (!ok)
      complain(ev, CODE_COMPARE, &r->v, 3,
               (str[]){ev->tag, kind_words(&r->v), kind_words(&b.v)});
    set_val(r, val_bool(truth_of(e->kind, order)));
  }
  result_free(&b);
  return ok;
}

static bool result_true(const struct result *r) {
  return r->calculated ? num_sign(&r->num) != 0 : val_true(&r->v);
}

static bool eval_logic(const struct expr *e, const struct eval *ev, struct result *r) {
  if (!expr_eval(e->a, ev, r)) return false;
  if (e->kind == EXPR_HAS) {
    set_val(r, val_bool(r->calculated || !val_none(&r->v, true)));
    return true;
  }
  if (val_none(&r->v, false)) return true;
  bool truth = result_true(r);
  if (e->kind == EXPR_NOT) {
    set_val(r, val_bool(!truth));
    return true;
  }
  bool decided = truth == (e->kind == EXPR_OR);
  set_val(r, val_bool(truth));
  if (decided) return true;
  if (!expr_eval(e->b, ev, r)) return false;
  if (!val_none(&r->v, false)) set_val(r, val_bool(result_true(r)));
  return true;
}

/* ---- loops ---- */

static bool eval_loop_word(const struct expr *e, const struct eval *ev, struct result *r) {
  const struct frame *f = &ev->frames[e->level];
  if (e->kind == EXPR_FIRST) set_val(r, val_bool(f->ordinal == 0));
  if (e->kind == EXPR_LAST) set_val(r, val_bool(f->ordinal + 1 == f->shown));
  if (e->kind == EXPR_ITEM)
    set_val(r, f->item != NULL ? *f->item : (struct val){.kind = VAL_MISSING});
  if (e->kind == EXPR_ORDINAL) {
    set_num(r);
    num_set_i64(&r->num, (int64_t)f->ordinal + 1);
  }
  return true;
}

static bool eval_filter(const struct expr *e, const struct eval *ev, struct result *r) {
  if (!expr_eval(e->a, ev, r)) return false;
  if (val_none(&r->v, false) && !e->filter->takes_missing) return true;
  return e->filter->apply(e->filter, e->args, e->nargs, ev, r);
}

bool expr_eval(const struct expr *e, const struct eval *ev, struct result *r) {
  switch (e->kind) {
    case EXPR_CONSTANT: set_val(r, e->constant); return true;
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
    return complain(ev, CODE_NOT_PRINTABLE, v, 2,
                    (str[]){ev->tag, v->kind == VAL_LIST ? STR(N_("a list of lists"))
                                                         : STR(N_("a list of objects"))});
  if (val_none(v, false)) return complain(ev, CODE_MISSING, v, 1, (str[]){ev->tag});
  str s = v->kind == VAL_BOOL ? (v->truth ? STR("是") : STR("否")) : v->text;
  if (buf_put(b, s)) return true;
  return complain(ev, CODE_TOO_LONG, v, 2,
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
    return complain(ev, CODE_NOT_PRINTABLE, &r->v, 2, (str[]){ev->tag, STR(N_("an object"))});
  struct buf b;
  buf_init(&b, LIMIT_VALUE_BYTES);
  bool ok = r->calculated                ? num_print(&r->num, &b)
            : r->v.kind == VAL_LIST      ? print_list(&r->v, ev, &b)
                                         : print_item(&r->v, ev, &b);
  *out = arena_dup(ev->scratch, buf_str(&b));
  if (ok && (b.failed || out->p == NULL)) ok = out_of_memory(ev);
  buf_free(&b);
  return ok;
}

/* ---- missing values ---- */

bool expr_missing_name(const struct expr *e, const struct eval *ev, const struct ref **name) {
  if (e == NULL) return false;
  if (e->kind == EXPR_REF) {
    struct result r;
    result_init(&r);
    bool missing = expr_eval(e, ev, &r) && val_none(&r.v, false);
    result_free(&r);
    if (missing) *name = &e->ref;
    return missing;
  }
  return expr_missing_name(e->a, ev, name) || expr_missing_name(e->b, ev, name);
}

void expr_report_missing(const struct expr *e, const struct eval *ev) {
  const struct ref *name = NULL;
  struct origin origin = {.file = STR_NONE};
  expr_missing_name(e, ev, &name);
  if (name != NULL && name->level != REF_UNBOUND && ev->frames[name->level].item != NULL)
    val_origin(ev->frames[name->level].item, findings_arena(ev->fs), &origin);
  const struct origin *from = origin.file.n != 0 ? &origin : NULL;
  str shown = name != NULL && name->shown.n != 0 ? name->shown : ev->tag;
  if (name != NULL && name->near.n != 0)
    finding(ev->fs, CODE_MISSING_NEAR, ev->place, from, shown, name->near);
  else
    finding(ev->fs, CODE_MISSING, ev->place, from, shown);
}
