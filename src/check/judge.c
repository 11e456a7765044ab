/* Holding a record against rules.
 *
 * 且 parts a rule into relations that are judged one by one, so that each broken one is told with its
 * own sides.  Whatever cannot be judged is told as such; nothing passes in silence.
 * Invariant: expressions are exact; a tolerance is the only slack there is.
 */
#include "base/mem.h"
#include "check/internal.h"
#include "expr/function.h"
#include "expr/result.h"

#define N_(s) (s)

/* A figure of a relation: what it is called, and the value. */
struct figure {
  const struct expr *e; /* EXPR_REF, or a function over a list */
  str name, text;
  struct origin origin;
  bool has_origin;
};

struct judge {
  const struct rules *rules;
  const struct rule *rule;
  const struct template *t;
  struct eval ev; /* its findings are those of the evaluation alone */
  struct findings *fs;
  bool forced, failed;
  bool inexact;           /* an approximate figure stands in the relation, or in a sum of it */
  struct figure *figures; /* of the relation at work, in the scratch arena */
  size_t nfigures, figures_cap;
};

static struct origin line_of(const struct judge *j) {
  return j->rule->at;
}

static bool is_error(const struct judge *j) { return !j->rule->warns && !j->forced && !j->inexact; }

/* A finding about the rule, at its line: `error` or `note`. */
static void tell(struct judge *j, enum code error, enum code note, size_t n, const str *args) {
  struct origin o = line_of(j);
  findings_add(j->fs, is_error(j) ? error : note, NULL, &o, n, args);
  j->failed = j->failed || is_error(j);
}

/* ---- figures ---- */

static bool known(const struct judge *j, const struct expr *e) {
  for (size_t i = 0; i < j->nfigures; i++) {
    const struct expr *f = j->figures[i].e;
    if (f == e || (f->kind == EXPR_REF && e->kind == EXPR_REF && f->ref.name != NULL &&
                   f->ref.name == e->ref.name && f->ref.level == e->ref.level))
      return true;
  }
  return false;
}

/* Where the list of a function stands in the data. */
static bool list_origin(const struct judge *j, const struct ref *r, struct origin *out) {
  if (r->level == REF_UNBOUND || r->n == 0 || r->steps[0].kind != STEP_KEY) return false;
  const struct val *item = j->ev.frames[r->level].item;
  const struct val *list =
      item != NULL && item->kind == VAL_OBJECT ? val_member(item, r->steps[0].key) : NULL;
  if (list == NULL) return false;
  val_origin(list, j->ev.scratch, out);
  return out->file.n != 0;
}

static void add_figure(struct judge *j, const struct expr *e) {
  struct result r;
  if (known(j, e)) return;
  result_init(&r);
  bool call = e->kind == EXPR_CALL;
  const struct ref *ref = call && e->operands[0]->kind == EXPR_REF ? &e->operands[0]->ref : &e->ref;
  bool there = expr_eval(e, &j->ev, &r) && !result_missing(&r);
  struct figure *f =
      there ? arena_grow(j->ev.scratch, j->figures, &j->nfigures, &j->figures_cap, sizeof *f)
            : NULL;
  if (f != NULL) {
    j->figures = f - (j->nfigures - 1);
    f->e = e;
    f->name =
        call ? arena_join(j->ev.scratch,
                          (str[]){str_of(e->function->name), STR("("), ref->shown, STR(")")}, 4)
             : ref->shown;
    f->text = arena_dup(j->ev.scratch, result_words(&r, &j->ev));
    if (call)
      f->has_origin = list_origin(j, ref, &f->origin);
    else
      val_origin(&r.v, j->ev.scratch, &f->origin), f->has_origin = f->origin.file.n != 0;
    j->inexact = j->inexact || r.inexact;
  }
  result_free(&r);
}

static void gather(struct judge *j, const struct expr *e) {
  if (e == NULL) return;
  if (e->kind == EXPR_REF)
    add_figure(j, e);
  else if (e->kind == EXPR_CALL && e->function->whole)
    add_figure(j, e);
  else
    for (size_t i = 0; e->kind == EXPR_CALL && i < e->noperands; i++) gather(j, e->operands[i]);
  gather(j, e->a);
  gather(j, e->b);
}

/* One finding for each: where it is printed, and where the data have it. */
static void tell_figures(struct judge *j) {
  for (size_t i = 0; i < j->nfigures; i++) {
    const struct figure *f = &j->figures[i];
    const struct expr *e = f->e->kind == EXPR_CALL ? f->e->operands[0] : f->e;
    const struct place *place = NULL;
    size_t n =
        e->kind == EXPR_REF && j->t != NULL ? template_printed(j->t, e->ref.name, &place) : 0;
    const struct origin *o = f->has_origin ? &f->origin : NULL;
    bool sum = f->e->kind == EXPR_CALL; /* its column is printed, not itself */
    bool unknown = sum || j->t == NULL;
    enum code code = unknown || n == 1 ? CODE_RULE_FIGURE
                     : n > 1           ? CODE_RULE_FIGURE_TIMES
                                       : CODE_RULE_FIGURE_ONLY;
    /* the number of the rule is no word of the message, but keeps equal figures of two rules apart */
    finding(j->fs, code, place, o, f->name, f->text, finding_number(j->fs, n),
            finding_number(j->fs, (uint64_t)(j->rule - j->rules->items)));
  }
}

/* ---- relations ---- */

static void unchecked(struct judge *j, const struct expr *e) {
  const struct ref *lacking = NULL;
  struct origin o = line_of(j);
  expr_missing_name(e, &j->ev, &lacking);
  str name = lacking != NULL ? lacking->shown : STR("?");
  if (lacking != NULL && lacking->level == REF_UNBOUND && lacking->near.n != 0)
    finding(j->fs, CODE_RULE_UNCHECKED_NEAR, NULL, &o, j->rule->text, name, lacking->near);
  else
    finding(j->fs, CODE_RULE_UNCHECKED, NULL, &o, j->rule->text, name);
}

/* The evaluation failed: why stands in its own findings. */
static void cannot(struct judge *j) {
  struct origin o = line_of(j);
  tell(j, CODE_RULE_CANNOT, CODE_RULE_CANNOT_NOTE, 1, &j->rule->text);
  for (size_t i = 0; i < findings_count(j->ev.fs); i++) {
    const struct finding *f = findings_at(j->ev.fs, i);
    if (is_error(j)) findings_add(j->fs, f->code, NULL, &o, FINDING_ARGS, f->args);
  }
  findings_clear(j->ev.fs);
}

static bool has_number(struct result *r) {
  return r->calculated || (val_has_num(&r->v) && val_num(&r->v, &r->num));
}

/* The difference of two numbers as text; false: they have none. */
static bool difference(struct judge *j, struct result *a, struct result *b, struct num *d,
                       str *text) {
  struct date x, y;
  if (result_date(a, &x) || result_date(b, &y) || !has_number(a) || !has_number(b)) return false;
  result_to_unit(b, a->v.unit);
  num_sub(d, &a->num, &b->num);
  struct buf out;
  buf_init(&out, 0);
  num_print(d, &out);
  *text = arena_dup(j->ev.scratch, buf_str(&out));
  buf_free(&out);
  return true;
}

static bool within(const struct judge *j, struct num *d) {
  struct num slack, least;
  if (j->rule->tolerance.n == 0) return false;
  num_init(&slack);
  num_init(&least);
  num_parse(&slack, j->rule->tolerance, false);
  num_sub(&least, &least, &slack);
  bool in = num_cmp(d, &slack) <= 0 && num_cmp(d, &least) >= 0;
  num_free(&slack);
  num_free(&least);
  return in;
}

static void broken(struct judge *j, const struct expr *e, const str *sides, size_t n) {
  str args[4] = {j->rule->text, n > 0 ? sides[0] : STR_NONE, n > 1 ? sides[1] : STR_NONE,
                 n > 2 ? sides[2] : STR_NONE};
  gather(j, e);
  if (n == 3)
    tell(j, CODE_RULE_BROKEN, CODE_RULE_WARNS, 4, args);
  else if (n == 2)
    tell(j, CODE_RULE_BROKEN_SIDES, CODE_RULE_WARNS_SIDES, 3, args);
  else
    tell(j, CODE_RULE_BROKEN_WHOLE, CODE_RULE_WARNS_WHOLE, 1, args);
  tell_figures(j);
}

static void judge_compare(struct judge *j, const struct expr *e) {
  struct result a, b;
  struct num d;
  bool truth = false, missing = false;
  result_init(&a);
  result_init(&b);
  num_init(&d);
  if (!expr_eval(e->a, &j->ev, &a) || !expr_eval(e->b, &j->ev, &b) ||
      !expr_test(e, &j->ev, &truth, &missing)) {
    cannot(j);
  } else if (missing || result_missing(&a) || result_missing(&b)) {
    unchecked(j, e);
  } else if (!truth) {
    str sides[3] = {result_words(&a, &j->ev), result_words(&b, &j->ev), STR_NONE};
    bool numbers = difference(j, &a, &b, &d, &sides[2]);
    j->inexact = a.inexact || b.inexact;
    if (!numbers || !within(j, &d)) broken(j, e, sides, numbers ? 3 : 2);
  }
  num_free(&d);
  result_free(&b);
  result_free(&a);
}

static void judge_truth(struct judge *j, const struct expr *e) {
  bool truth = false, missing = false;
  if (!expr_test(e, &j->ev, &truth, &missing))
    cannot(j);
  else if (missing)
    unchecked(j, e);
  else if (!truth)
    broken(j, e, NULL, 0);
}

static void judge_relation(struct judge *j, const struct expr *e) {
  if (e->kind == EXPR_AND) {
    judge_relation(j, e->a);
    judge_relation(j, e->b);
    return;
  }
  arena_reset(j->ev.scratch);
  j->figures = NULL;
  j->nfigures = j->figures_cap = 0;
  j->inexact = false;
  if (e->kind >= EXPR_EQ && e->kind <= EXPR_GE)
    judge_compare(j, e);
  else
    judge_truth(j, e);
}

/* Not checked, like a rule without its figures. */
static void no_list(struct judge *j) {
  struct origin o = line_of(j);
  finding(j->fs, CODE_RULE_NO_LIST, NULL, &o, j->rule->text);
}

/* 每行: the items of the list, one by one. */
static void judge_rows(struct judge *j, struct frame *frames, struct arena *keep) {
  struct result list;
  struct cursor c;
  result_init(&list);
  j->ev.scratch = keep; /* the list outlives the relations */
  bool ok = expr_eval(j->rule->list, &j->ev, &list);
  if (!ok)
    cannot(j);
  else if (result_missing(&list))
    unchecked(j, j->rule->list);
  else if (list.v.kind != VAL_LIST)
    no_list(j);
  if (ok && list.v.kind == VAL_LIST) {
    struct arena *scratch = arena_new(0);
    cursor_init(&c, &list.v);
    for (size_t i = 0; scratch != NULL && i < list.v.list.n; i++) {
      const struct val *item = cursor_at(&c, i, j->fs);
      if (item == NULL) break;
      frames[1] = (struct frame){.item = item, .ordinal = i, .shown = list.v.list.n, .list = true};
      j->ev.scratch = scratch;
      judge_relation(j, j->rule->e);
    }
    cursor_free(&c);
    arena_free(scratch);
  }
  result_free(&list);
}

bool rules_check(const struct rules *r, const struct template *t, const struct val *root,
                 bool forced, struct findings *fs) {
  struct frame frames[2] = {{.item = root, .shown = 1}};
  struct place place = {.tag = STR_NONE};
  struct findings *own = findings_new();
  struct arena *scratch = arena_new(0), *keep = arena_new(0);
  struct judge j = {.rules = r, .t = t, .fs = fs, .forced = forced};
  bool ok = own != NULL && scratch != NULL && keep != NULL;
  for (size_t i = 0; ok && i < r->n; i++) {
    j.rule = &r->items[i];
    j.inexact = false;
    j.ev = (struct eval){
        .frames = frames, .scratch = scratch, .place = &place, .tag = j.rule->text, .fs = own};
    arena_reset(keep);
    if (j.rule->list != NULL)
      judge_rows(&j, frames, keep);
    else
      judge_relation(&j, j.rule->e);
  }
  if (!ok || mem_failed()) ok = finding(fs, CODE_MEMORY, NULL, NULL, STR(""));
  arena_free(keep);
  arena_free(scratch);
  findings_free(own);
  return ok && !j.failed;
}
