/* Running over lists: item by item through cursors, so that a list of any length costs no memory.
 *
 *   合计(项目.明细.金额 当 类别 = "省级专项")
 *
 * The steps of the name are walked; where one of them leads to a list, the rest is walked for
 * each of its items.  With 当 each list on the way has a frame of its own, so that the condition
 * sees the item, and outward the items around it.
 *
 * Invariant: the caller's frames and the record are not changed; nothing of an item is kept but
 * the text of the greatest or least one.
 */
#include "expr/aggregate.h"

#include "base/mem.h"
#include "expr/memo.h"
#include "expr/result.h"

struct run {
  const struct expr *e;
  struct eval ev;        /* of the caller; */
  struct eval inner;     /* of the condition: own frames, own scratch */
  struct frame *frames;  /* those of inner */
  size_t nframes;
  const struct ref *ref; /* of the operand at work, or NULL */
  bool (*take)(struct run *run, struct result *v);
  struct result *r;      /* what comes out */
  struct result value;   /* of an item */
  struct num total;
  str unit;
  bool above;            /* of all that were taken */
  uint64_t n;
  int wanted;            /* 最大: 1, 最小: -1 */
  struct buf text;       /* of the best one, for the item goes */
  bool inexact;          /* a figure that counts, or one of the condition, is */
  bool missing;          /* r is missing, and no more is asked */
  struct val gap;        /* with a seeker: what is missing first; all of them are asked for */
  const struct ref *lacking;
  const struct val *around; /* the item of the outermost list on the way */
};

/* ---- the walk ---- */

/* The whole has no value; r tells which name had none and where. */
static bool give_up(struct run *run, const struct ref *lacking, const struct val *at) {
  struct val gap = {.kind = VAL_MISSING, .source = at->source, .at = at->at, .exact = true};
  if (run->ev.seeker != NULL) {
    if (!run->gap.exact) run->gap = gap;
    if (run->lacking == NULL) run->lacking = lacking;
    return true;
  }
  result_set(run->r, gap);
  run->r->lacking = lacking;
  run->missing = true;
  return true;
}

/* The search is over. */
static void settle(struct run *run) {
  if (!run->gap.exact) return;
  result_set(run->r, run->gap);
  run->r->lacking = run->lacking;
  run->missing = true;
}

/* The operand's value is not there. */
static bool lacks(struct run *run, const struct val *at) {
  if (run->ref != NULL) result_lacks(&run->ev, run->ref->level, run->around, run->ref->shown);
  return give_up(run, run->ref, at);
}

static bool passes(struct run *run, const struct val *item, bool *pass) {
  const struct ref *lacking = NULL;
  struct result r;
  *pass = true;
  if (run->e->condition == NULL) return true;
  arena_reset(run->inner.scratch);
  result_init(&r);
  bool ok = expr_eval(run->e->condition, &run->inner, &r), missing = ok && result_missing(&r);
  *pass = ok && !missing && result_true(&r);
  run->inexact = run->inexact || r.inexact;
  result_free(&r);
  if (!ok || !missing) return ok;
  expr_missing_name(run->e->condition, &run->inner, &lacking);
  *pass = false;
  return give_up(run, lacking, item);
}

/* A value at the end of the way; `item` is where it stands. */
static bool take_value(struct run *run, const struct val *v, const struct val *item) {
  bool pass;
  if (!passes(run, item, &pass)) return false;
  if (!pass) return true;
  result_set(&run->value, *v);
  if (run->take == NULL) { /* 个数 */
    run->n += v == item || !val_none(v, true);
    return true;
  }
  if (val_none(v, false)) return lacks(run, item);
  return run->take(run, &run->value);
}

/* The frames inside stand nowhere until the way leads to them. */
static void stand_at(struct run *run, size_t step, const struct val *item, size_t ordinal,
                     size_t shown) {
  unsigned level = run->e->condition != NULL ? run->e->levels[step] : 0;
  if (level == 0) return;
  run->frames[level] = (struct frame){.item = item,
                                      .ordinal = ordinal,
                                      .shown = shown,
                                      .list = true,
                                      .stamp = memo_stamp(run->ev.memo)};
  for (size_t i = level + 1; i < run->nframes; i++)
    run->frames[i] = (struct frame){.stamp = run->frames[level].stamp};
}

static bool walk(struct run *run, const struct val *v, size_t step, const struct val *item);

static bool walk_items(struct run *run, const struct val *list, size_t step, size_t from,
                       size_t to, size_t next) {
  bool ok = true, outermost = run->around == NULL;
  struct cursor c;
  cursor_init(&c, list);
  for (size_t i = from; ok && !run->missing && i < to; i++) {
    const struct val *item = cursor_at(&c, i, run->ev.fs);
    if (outermost) run->around = item;
    if (item != NULL) stand_at(run, step, item, i, list->list.n);
    ok = item != NULL && walk(run, item, next, item);
  }
  if (outermost) run->around = NULL;
  cursor_free(&c);
  return ok;
}

static bool walk_list(struct run *run, const struct val *list, size_t step) {
  const struct ref *ref = run->ref;
  bool last = ref == NULL || step >= ref->n;
  if (!last && ref->steps[step].kind == STEP_INDEX) {
    size_t index = ref->steps[step].index;
    if (index == 0) return result_complain(&run->ev, CODE_BAD_INDEX, list, 1, &run->ev.tag);
    if (index > list->list.n) return lacks(run, list);
    return walk_items(run, list, step, index - 1, index, step + 1);
  }
  if (last && run->take == NULL && run->e->condition == NULL) { /* 个数 of a list needs no item */
    run->n += list->list.n;
    return true;
  }
  return walk_items(run, list, step, 0, list->list.n, step);
}

/* From the value that `step` steps lead to; `item` is what it is a member of, or itself when it is
 * the item of a list. */
static bool walk(struct run *run, const struct val *v, size_t step, const struct val *item) {
  if (v->kind == VAL_LIST) return walk_list(run, v, step);
  if (v->kind == VAL_ERROR) return result_cell_error(&run->ev, v);
  if (v != item) stand_at(run, step, v, 0, 1);
  if (run->ref == NULL || step >= run->ref->n) return take_value(run, v, item);
  const struct step *s = &run->ref->steps[step];
  const struct val *m =
      v->kind == VAL_OBJECT && s->kind == STEP_KEY ? val_member(v, s->key) : NULL;
  struct val none = {.kind = VAL_MISSING};
  if (m == NULL) return take_value(run, &none, v);
  return walk(run, m, step + 1, v);
}

/* ---- operands ---- */

static bool run_ref(struct run *run, const struct expr *operand) {
  run->ref = &operand->ref;
  static const struct val nothing = {.kind = VAL_MISSING};
  const struct val *from =
      operand->ref.level != REF_UNBOUND ? run->ev.frames[operand->ref.level].item : NULL;
  if (from == NULL) return give_up(run, run->ref, &nothing);
  return walk(run, from, 0, from);
}

/* What is no name: evaluated, and run over when it is a list. */
static bool run_value(struct run *run, const struct expr *operand) {
  struct result v;
  result_init(&v);
  bool ok = expr_eval(operand, &run->ev, &v);
  run->ref = NULL;
  if (ok && !v.calculated && v.v.kind == VAL_LIST) ok = walk_list(run, &v.v, 0);
  else if (ok && result_missing(&v)) ok = give_up(run, v.lacking, &v.v);
  else if (ok && run->take == NULL) run->n++;
  else if (ok) ok = run->take(run, &v);
  result_free(&v);
  return ok;
}

/* Room for the frames of the lists on the way, behind those that are there. */
static bool make_frames(struct run *run) {
  const struct expr *e = run->e;
  if (e->condition == NULL) return true;
  size_t extra = e->operands[0]->kind == EXPR_REF ? e->operands[0]->ref.n + 1 : 1;
  run->nframes = e->level + extra;
  run->frames = ARENA_ARRAY(run->ev.scratch, run->nframes, struct frame);
  run->inner.scratch = arena_new(0);
  if (run->frames == NULL || run->inner.scratch == NULL) return result_no_memory(&run->ev);
  memcpy(run->frames, run->ev.frames, e->level * sizeof *run->frames);
  run->inner.frames = run->frames;
  return true;
}

/* Gives each value of the operands to `take`. */
static bool run_all(struct run *run) {
  bool ok = make_frames(run);
  for (size_t i = 0; ok && !run->missing && i < run->e->noperands; i++) {
    const struct expr *operand = run->e->operands[i];
    ok = operand->kind == EXPR_REF ? run_ref(run, operand) : run_value(run, operand);
  }
  if (run->inner.scratch != NULL) arena_free(run->inner.scratch);
  run->r->inexact = run->inexact;
  settle(run);
  return ok;
}

static void run_init(struct run *run, const struct expr *e, const struct eval *ev,
                     struct result *r) {
  *run = (struct run){.e = e, .ev = *ev, .inner = *ev, .r = r};
  run->inner.scratch = NULL;
  result_init(&run->value);
  num_init(&run->total);
  buf_init(&run->text, 0);
}

static void run_free(struct run *run) {
  result_free(&run->value);
  num_free(&run->total);
  buf_free(&run->text);
}

/* ---- what is made of the values ---- */

static bool take_sum(struct run *run, struct result *v) {
  if (!result_num(v, &run->ev)) return false;
  run->inexact = run->inexact || v->inexact;
  run->above = v->v.above && (run->n == 0 || run->above);
  if (run->n++ == 0) run->unit = v->v.unit;
  result_to_unit(v, run->unit);
  num_add(&run->total, &run->total, &v->num);
  return true;
}

bool aggregate_sum(const struct expr *e, const struct eval *ev, struct result *r) {
  struct run run;
  run_init(&run, e, ev, r);
  run.take = take_sum;
  bool ok = run_all(&run);
  if (ok && !run.missing) {
    num_set(&r->num, &run.total);
    result_set_num(r, run.unit);
    r->v.above = run.above;
  }
  run_free(&run);
  return ok;
}

bool aggregate_average(const struct expr *e, const struct eval *ev, struct result *r) {
  struct run run;
  struct num n;
  run_init(&run, e, ev, r);
  run.take = take_sum;
  num_init(&n);
  bool ok = run_all(&run);
  num_set_i64(&n, (int64_t)run.n);
  result_set(r, run.missing ? r->v : (struct val){.kind = VAL_MISSING}); /* of nothing: none */
  if (ok && !run.missing && run.n != 0) {
    num_div(&r->num, &run.total, &n);
    r->inexact = run.inexact;
    result_set_num(r, run.unit);
    r->v.above = run.above;
  }
  num_free(&n);
  run_free(&run);
  return ok;
}

bool aggregate_count(const struct expr *e, const struct eval *ev, struct result *r) {
  struct run run;
  run_init(&run, e, ev, r);
  bool ok = run_all(&run);
  if (ok && !run.missing) {
    num_set_i64(&r->num, (int64_t)run.n);
    result_set_num(r, STR_NONE);
  }
  run_free(&run);
  return ok;
}

/* Dates have no number, but an order. */
static bool take_best(struct run *run, struct result *v) {
  struct date d;
  int order = 0;
  if (!result_date(v, &d) && !result_num(v, &run->ev)) return false;
  run->inexact = run->inexact || v->inexact;
  if (run->n++ != 0 && !result_compare(v, run->r, true, &order))
    return result_complain(&run->ev, CODE_COMPARE, &v->v, 3,
                           (str[]){run->ev.tag, result_words(v, &run->ev),
                                   result_words(run->r, &run->ev)});
  if (run->n > 1 && order * run->wanted <= 0) return true;
  buf_clear(&run->text);
  if (!buf_put(&run->text, v->v.text)) return result_no_memory(&run->ev);
  result_set(run->r, v->v);
  run->r->calculated = v->calculated;
  if (v->calculated) num_set(&run->r->num, &v->num);
  run->r->v.text = buf_str(&run->text);
  return true;
}

/* The element as it is written. */
static bool best(const struct expr *e, const struct eval *ev, struct result *r, int wanted) {
  struct run run;
  run_init(&run, e, ev, r);
  run.take = take_best;
  run.wanted = wanted;
  result_set(r, (struct val){.kind = VAL_MISSING});
  bool ok = run_all(&run);
  if (ok && !run.missing) r->v.text = arena_dup(ev->scratch, buf_str(&run.text));
  if (r->v.text.p == NULL && !run.missing && ok) ok = result_no_memory(ev);
  run_free(&run);
  return ok;
}

bool aggregate_greatest(const struct expr *e, const struct eval *ev, struct result *r) {
  return best(e, ev, r, 1);
}

bool aggregate_least(const struct expr *e, const struct eval *ev, struct result *r) {
  return best(e, ev, r, -1);
}
