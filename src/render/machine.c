/* The instructions, one function each.
 *
 * The survey evaluates and checks, and keeps in the effects what emit must know before it has
 * written it: copies of notes, regions in which nothing is seen, where ids begin.  Emit reads
 * them and writes.  Invariant: both take the same branches, since both read the same frozen data.
 */
#include "render/machine.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/filter.h"
#include "expr/memo.h"
#include "render/text.h"
#include "expr/result.h"
#include "value/format.h"
#include "value/unit.h"

#define N_(s) (s)

enum { MAX_CHAIN = 128, VALUE_PLACES = 20 /* of an unending quotient in a cell */ };

typedef bool (*op_run)(struct machine *m, const struct op *op);

bool machine_no_memory(struct machine *m) {
  return finding(m->fs, CODE_MEMORY, NULL, NULL, STR(""));
}

static struct eval eval_of(struct machine *m, const struct place *place, str tag,
                           struct arena *scratch) {
  return (struct eval){.frames = m->s->frames,
                       .scratch = scratch,
                       .place = place,
                       .tag = tag,
                       .fs = m->fs,
                       .memo = m->s->memo,
                       .explain = m->s->explain};
}

/* ---- output ---- */

static bool count(struct machine *m, uint64_t n) {
  m->written += n;
  if (m->written <= LIMIT_OUTPUT_PART) return true;
  finding(m->fs, CODE_TOO_LONG, NULL, NULL,
          pack_name(m->s->t->pack, m->s->t->parts[m->part].info->entry),
          finding_number(m->fs, LIMIT_OUTPUT_PART));
  m->pc = m->p->nops - 1;
  return false;
}

bool machine_put(struct machine *m, str s) {
  if (m->survey) return count(m, s.n);
  return buf_put(&m->out, s) || machine_no_memory(m);
}

/* A listener that fails has added a finding, or there was no memory. */
static bool tell_failed(struct machine *m) {
  return findings_errors(m->fs) != 0 ? false : machine_no_memory(m);
}

static bool put_number(struct machine *m, uint64_t v) {
  if (m->survey) return count(m, 8);
  return buf_put_u64(&m->out, v) || machine_no_memory(m);
}

static bool run_literal(struct machine *m, const struct op *op) {
  if (m->tells != NULL && !shown_op(m->tells, (size_t)(op - m->p->ops))) return tell_failed(m);
  return machine_put(m, (str){m->p->bytes.p + op->a, op->b});
}

/* ---- values ---- */

static bool has_digit(str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] >= '0' && s.p[i] <= '9') return true;
  return false;
}

/* A finding about a printed value, with where the data have it.  A place is dear (lines are
 * counted, and the path is walked), so it is asked for only here. */
bool machine_complain(struct machine *m, enum code code, const struct field *f,
                      const struct result *r, str a, str b) {
  struct origin origin = {.file = STR_NONE};
  val_origin(&r->v, findings_arena(m->fs), &origin);
  return finding(m->fs, code, f->place, origin.file.n != 0 ? &origin : NULL, f->tag, a, b);
}

/* A unit that would stand twice, or that contradicts the one behind the tag. */
static bool check_unit(struct machine *m, const struct field *f, const struct result *r, str text) {
  size_t n, k;
  const struct unit *behind = unit_at_start(f->behind, &n);
  if (behind == NULL) return true;
  str word = str_sub(f->behind, 0, n);
  const struct unit *last = unit_at_end(text, &k);
  bool number = r->calculated || has_digit(text);
  if (last == behind && number && k < text.n)
    return machine_complain(m, CODE_UNIT_TWICE, f, r, text, word);
  const struct unit *own = r->v.unit.n != 0 ? unit_find(r->v.unit) : NULL;
  if (own == NULL || own == behind) return true;
  bool money = (!r->v.above && str_is(str_of(own->dimension), "money")) ||
               str_is(str_of(behind->dimension), "money");
  if (!money && strcmp(own->dimension, behind->dimension) != 0) return true;
  return machine_complain(m, CODE_UNIT_DIFFERS, f, r, r->v.unit, word);
}

static bool check_text(struct machine *m, const struct field *f, const struct result *r, str text) {
  size_t bad = utf8_check_xml(text);
  if (bad < text.n)
    return machine_complain(m, CODE_BAD_TEXT, f, r, str_sub(text, bad, bad + 1), STR_NONE);
  return check_unit(m, f, r, text);
}

bool machine_missing(struct machine *m, const struct expr *e, const struct eval *ev) {
  bool taken = m->s->t->options.missing != MISSING_ERROR;
  struct eval seeking = *ev;
  seeking.seeker = m->s->seeker;
  if (!m->survey || (taken && seeking.seeker == NULL)) return taken;
  if (taken) seeking.fs = findings_new();
  if (seeking.fs == NULL) return machine_no_memory(m);
  expr_report_missing(e, &seeking);
  if (taken) findings_free(seeking.fs);
  return taken;
}

/* What is printed for a missing value; false when it is an error. */
static bool missing_text(struct machine *m, const struct field *f, const struct eval *ev,
                         str *text) {
  const struct ref *name = NULL;
  if (!machine_missing(m, f->e, ev)) return false;
  switch (m->s->t->options.missing) {
  case MISSING_BLANK: *text = STR(""); return true;
  case MISSING_DASH: *text = STR("—"); return true;
  case MISSING_KEEP: *text = f->kept; return true;
  case MISSING_MARK:
    expr_missing_name(f->e, ev, &name);
    *text = arena_join(ev->scratch,
                       (str[]){STR("【待填："), name != NULL ? name->shown : f->tag, STR("】")}, 3);
    return text->p != NULL || machine_no_memory(m);
  default: return false;
  }
}

/* A figure that a program may calculate with: exact, no code such as 007, and not printed with a
 * sign that its cell would print otherwise. */
static bool is_figure(const struct field *f, struct result *r) {
  str s = r->v.text;
  if (r->calculated) return true;
  if ((r->v.kind != VAL_NUMBER && r->v.kind != VAL_TEXT) || !r->v.exact) return false;
  bool percent = str_ends(s, STR("%")) || str_ends(s, STR("％"));
  bool code = s.n > 1 && s.p[0] == '0' && s.p[1] >= '0' && s.p[1] <= '9';
  return !code && (!percent || f->form->cell->percent) && val_num(&r->v, &r->num);
}

/* The number in plain digits, or by the format of its cell. */
static bool number_text(struct machine *m, const struct result *r, str pattern,
                        const struct eval *ev, str *text) {
  struct buf digits, out;
  buf_init(&digits, 0);
  buf_init(&out, 0);
  bool ok = result_digits(r, pattern.n == 0 ? VALUE_PLACES : FORMAT_PLACES, &digits) &&
            (pattern.n == 0 || format_print(buf_str(&digits), pattern, &out));
  *text = arena_dup(ev->scratch, buf_str(pattern.n == 0 ? &digits : &out));
  buf_free(&digits);
  buf_free(&out);
  return (ok && text->p != NULL) || machine_no_memory(m);
}

/* What the text of a value becomes where not all of it is written. */
static bool form_text(struct machine *m, const struct field *f, struct result *r,
                      const struct eval *ev, str *text) {
  const struct number_cell *cell = f->form->cell;
  bool figure = is_figure(f, r);
  str number = STR_NONE;
  if (figure && !number_text(m, r, STR_NONE, ev, &number)) return false;
  if (f->form->what == FORM_CELL_STYLE)
    *text = figure ? cell->number_style : cell->text_style;
  else if (f->form->what == FORM_CELL_TYPE)
    *text =
        figure ? arena_join(ev->scratch, (str[]){cell->as_number[0], number, cell->as_number[1]}, 3)
               : cell->as_text;
  else if (figure)
    return number_text(m, r, cell->pattern, ev, text);
  return text->p != NULL || machine_no_memory(m);
}

/* One of two words. */
static bool truth_text(struct machine *m, const struct field *f, const struct eval *ev, str *text) {
  bool truth = false, missing = false;
  if (!expr_test(f->e, ev, &truth, &missing)) return false;
  *text = f->form->words->words[truth];
  return !missing || machine_missing(m, f->e, ev);
}

/* The entry of that name, or as many as there are. */
static size_t find_entry(const struct native_words *w, str value) {
  for (size_t i = 0; i < w->n; i++)
    if (str_eq(utf8_trim(w->words[i]), value)) return i;
  for (size_t i = 0; w->aliases != NULL && i < w->n; i++)
    if (str_eq(utf8_trim(w->aliases[i]), value)) return i;
  return w->n;
}

static bool no_entry(struct machine *m, const struct field *f, const struct result *r, str value) {
  const struct native_words *w = f->form->words;
  struct buf all;
  buf_init(&all, 0);
  for (size_t i = 0; i < w->n; i++) {
    if (i != 0) buf_puts(&all, "、");
    buf_put(&all, w->words[i]);
  }
  if (m->survey) machine_complain(m, CODE_NO_ENTRY, f, r, value, buf_str(&all));
  buf_free(&all);
  return false;
}

/* The entry of a list that the value equals, or its number.  Nothing else can be chosen there, so
 * a value that is missing is an error, whatever else is done about missing ones, unless the place may be
 * empty. */
static bool entry_text(struct machine *m, const struct field *f, const struct result *r,
                       bool missing, const struct eval *ev, str *text) {
  const struct native_words *w = f->form->words;
  str value = utf8_trim(*text);
  if (w->open && (missing || value.n == 0)) return true;
  if (missing && machine_missing(m, f->e, ev) && m->survey) expr_report_missing(f->e, ev);
  if (missing) return false;
  size_t i = find_entry(w, value);
  if (i == w->n) return no_entry(m, f, r, value);
  *text = w->says != NULL ? w->says[i] : w->words[i];
  if (f->form->what != FORM_INDEX) return true;
  struct buf number;
  buf_init(&number, 0);
  buf_put_u64(&number, i);
  *text = arena_dup(ev->scratch, buf_str(&number));
  buf_free(&number);
  return text->p != NULL || machine_no_memory(m);
}

static bool defaults(const struct expr *e) {
  for (; e->kind == EXPR_FILTER; e = e->a)
    if (filter_has(e->filter, FILTER_MISSING)) return true;
  return false;
}

/* An empty text leaves a hole in a sentence; 空则 says that it is meant, and the cells of a table may
 * be empty. */
static void explain_hole(struct machine *m, const struct field *f, const struct result *r,
                         str text) {
  const struct place *p = f->place;
  bool alone = utf8_trim(p->before).n == 0 && utf8_trim(p->after).n == 0;
  if (r->calculated || r->v.kind != VAL_TEXT || utf8_trim(text).n != 0) return;
  if (!defaults(f->e) && !(alone && p->table != 0))
    machine_complain(m, CODE_EMPTY, f, r, STR_NONE, STR_NONE);
}

static bool field_text(struct machine *m, const struct field *f, const struct eval *ev, str *text,
                       bool *marked) {
  struct result r;
  *marked = false;
  if (f->form->what == FORM_TRUTH) return truth_text(m, f, ev, text);
  result_init(&r);
  bool ok = expr_eval(f->e, ev, &r);
  bool missing = ok && !r.calculated && val_none(&r.v, false);
  if (missing) {
    ok = missing_text(m, f, ev, text);
    *marked = m->s->t->options.missing == MISSING_MARK;
  } else if (ok) {
    ok = expr_print(&r, ev, text) && (!m->survey || check_text(m, f, &r, *text));
  }
  if (ok && f->form->words != NULL)
    ok = entry_text(m, f, &r, missing, ev, text);
  else if (ok && f->form->what != FORM_TEXT && (!missing || f->form->cell != NULL))
    ok = form_text(m, f, &r, ev, text);
  if (ok && !missing && m->survey && m->s->explain) explain_hole(m, f, &r, *text);
  bool shows = f->form->what == FORM_TEXT || f->form->what == FORM_CELL_TEXT;
  if (ok && m->tells != NULL && shows && !f->form->attribute &&
      !shown_value(m->tells, f, ev, &r, missing, *text))
    ok = tell_failed(m);
  result_free(&r);
  return ok;
}

struct eval machine_eval(struct machine *m, const struct field *f) {
  arena_reset(m->s->scratch);
  return eval_of(m, f->place, f->tag, m->s->scratch);
}

static bool run_value(struct machine *m, const struct op *op) {
  const struct field *f = &m->p->fields[op->a];
  struct eval ev = eval_of(m, f->place, f->tag, m->s->scratch);
  str text = STR_NONE;
  bool marked;
  bool of_cell = f->form->what == FORM_CELL_TYPE || f->form->what == FORM_CELL_STYLE;
  if (m->blank || (of_cell && m->survey)) return true; /* its text says what is wrong */
  arena_reset(m->s->scratch);
  if (!field_text(m, f, &ev, &text, &marked)) return m->survey;
  if (m->survey) return count(m, text.n + text.n / 4);
  if (of_cell) return machine_put(m, text);
  return text_write(&m->out, text, f->form, marked && f->form->mark[0].n != 0) ||
         machine_no_memory(m);
}

/* ---- loops and conditions ---- */

static void close_level(struct stage *s, unsigned depth) {
  struct running *l = &s->levels[depth];
  if (l->open) cursor_free(&l->cursor);
  l->open = false;
}

static bool set_item(struct machine *m, unsigned depth, size_t i) {
  struct frame *f = &m->s->frames[depth];
  struct running *l = &m->s->levels[depth];
  f->ordinal = i;
  f->stamp = memo_stamp(m->s->memo);
  f->item = cursor_at(&l->cursor, l->order != NULL ? l->order[i] : i, m->fs);
  return f->item != NULL;
}

/* ---- which items are shown, and in which order ---- */

struct sorted {
  struct result key;
  size_t index;
};

static int by_key(const void *x, const void *y) {
  struct sorted *a = (struct sorted *)(uintptr_t)x, *b = (struct sorted *)(uintptr_t)y;
  int order = result_order(&a->key, &b->key);
  return order != 0 ? order : a->index < b->index ? -1 : 1;
}

static int by_key_down(const void *x, const void *y) {
  struct sorted *a = (struct sorted *)(uintptr_t)x, *b = (struct sorted *)(uintptr_t)y;
  int order = result_order(&b->key, &a->key);
  return order != 0 ? order : a->index < b->index ? -1 : 1;
}

/* Is the item that the frame stands at to be shown? */
static bool is_shown(struct machine *m, const struct expr *e, const struct eval *ev, bool *shown) {
  bool missing = false;
  *shown = true;
  if (e == NULL) return true;
  if (!expr_test(e, ev, shown, &missing)) return false;
  return !missing || machine_missing(m, e, ev);
}

/* The key of the item, kept in the level's arena. */
static bool sort_key(struct machine *m, const struct expr *e, const struct eval *ev,
                     struct arena *a, struct sorted *s) {
  result_init(&s->key);
  if (!expr_eval(e, ev, &s->key)) return false;
  bool missing = !s->key.calculated && val_none(&s->key.v, false);
  if (missing && !machine_missing(m, e, ev)) return false;
  s->key.v.text = arena_dup(a, s->key.v.text);
  return s->key.v.text.p != NULL || machine_no_memory(m);
}

static bool select_items(struct machine *m, const struct selection *select, unsigned depth,
                         const struct place *place, str tag) {
  struct running *l = &m->s->levels[depth];
  size_t n = l->over.list.n, shown = 0, keys = 0;
  struct sorted *sorted = NULL;
  size_t *order = ARENA_ARRAY(l->arena, n != 0 ? n : 1, size_t);
  if (select->key != NULL) sorted = ARENA_ARRAY(l->arena, n != 0 ? n : 1, struct sorted);
  if (order == NULL || (select->key != NULL && sorted == NULL)) return machine_no_memory(m);
  struct eval ev = eval_of(m, place, tag, m->s->scratch);
  bool ok = true;
  for (size_t i = 0; i < n && (ok || m->survey); i++) {
    bool show = false;
    arena_reset(m->s->scratch);
    bool good = set_item(m, depth, i) && is_shown(m, select->condition, &ev, &show);
    if (good && show && sorted != NULL) {
      sorted[keys].index = i;
      good = sort_key(m, select->key, &ev, l->arena, &sorted[keys++]);
    } else if (good && show) {
      order[shown++] = i;
    }
    ok = ok && good;
  }
  if (ok && sorted != NULL) {
    qsort(sorted, keys, sizeof *sorted, select->descending ? by_key_down : by_key);
    for (size_t i = 0; i < keys; i++) order[shown++] = sorted[i].index;
  }
  for (size_t i = 0; i < keys; i++) result_free(&sorted[i].key);
  l->order = order;
  m->s->frames[depth].shown = shown;
  return ok;
}

static const char *const kind_names[] = {N_("missing"),  N_("null"),   N_("a truth value"),
                                         N_("a number"), N_("a text"), N_("a list"),
                                         N_("an object")};

/* Evaluates what a loop runs over; *n is how often it runs. */
static bool open_loop(struct machine *m, const struct scope *scope, bool section,
                      const struct place *place, str tag, size_t *n) {
  const struct expr *e = scope->of;
  unsigned depth = scope->depth;
  struct running *l = &m->s->levels[depth];
  struct frame *f = &m->s->frames[depth];
  close_level(m->s, depth);
  if (l->arena == NULL && (l->arena = arena_new(0)) == NULL) return machine_no_memory(m);
  arena_reset(l->arena);
  struct eval ev = eval_of(m, place, tag, l->arena);
  struct result r;
  result_init(&r);
  bool ok = expr_eval(e, &ev, &r);
  l->over = r.v;
  *n = 0;
  *f = (struct frame){.item = NULL, .shown = 1, .stamp = memo_stamp(m->s->memo)};
  if (ok && !r.calculated && val_none(&r.v, false)) {
    ok = machine_missing(m, e, &ev);
  } else if (ok && r.v.kind == VAL_LIST) {
    *n = r.v.list.n;
    f->list = true;
    f->shown = *n;
    cursor_init(&l->cursor, &l->over);
    l->open = true;
    l->order = NULL;
    if (scope->select != NULL) ok = select_items(m, scope->select, depth, place, tag);
    *n = f->shown;
  } else if (ok && !section) {
    struct origin origin = {.file = STR_NONE};
    val_origin(&r.v, findings_arena(m->fs), &origin);
    ok = finding(m->fs, CODE_NOT_LIST, place, origin.file.n != 0 ? &origin : NULL, tag,
                 str_of(kind_names[r.v.kind]));
  } else if (ok && (r.calculated ? num_sign(&r.num) != 0 : val_true(&r.v))) {
    *n = 1;
    f->item = r.v.kind == VAL_OBJECT ? &l->over : NULL;
  }
  result_free(&r);
  return ok;
}

static bool run_each(struct machine *m, const struct op *op) {
  const struct loop *l = &m->p->loops[op->a];
  unsigned depth = l->scope->depth;
  size_t n = 0;
  bool ok = m->blank || open_loop(m, l->scope, l->section, l->place, l->tag, &n);
  if (ok && n != 0 && m->s->levels[depth].open) ok = set_item(m, depth, 0);
  if (!ok || n == 0) {
    m->pc = op->b;
    return ok || m->survey;
  }
  m->depth = depth + 1;
  return true;
}

static bool run_next(struct machine *m, const struct op *op) {
  unsigned depth = m->p->loops[op->a].scope->depth;
  struct frame *f = &m->s->frames[depth];
  if (m->s->levels[depth].open && f->ordinal + 1 < f->shown) {
    m->pc = op->b;
    return set_item(m, depth, f->ordinal + 1);
  }
  close_level(m->s, depth);
  m->depth = depth;
  return true;
}

static bool run_test(struct machine *m, const struct op *op) {
  const struct condition *c = &m->p->conditions[op->a];
  struct eval ev = eval_of(m, c->place, c->tag, m->s->scratch);
  bool truth = false, missing = false;
  arena_reset(m->s->scratch);
  bool ok = m->blank || expr_test(c->e, &ev, &truth, &missing);
  if (ok && missing) ok = machine_missing(m, c->e, &ev);
  if (!truth) m->pc = op->b;
  return ok || m->survey;
}

static bool run_jump(struct machine *m, const struct op *op) {
  m->pc = op->b;
  return true;
}

/* ---- ids ---- */

static bool put_ident(struct machine *m, const struct ident_op *i, const struct slot *s) {
  if (s->copy == 0) return machine_put(m, i->first);
  if (i->kind == IDENT_NUMBER) return put_number(m, s->number);
  return machine_put(m, i->first) && machine_put(m, STR("_")) &&
         put_number(m, (uint64_t)i->start + s->copy - 1);
}

static bool run_ident(struct machine *m, const struct op *op) {
  const struct ident_op *i = &m->p->idents[op->a];
  struct slot *s = &m->slots[i->slot];
  if (i->kind == IDENT_SAME) return put_ident(m, &m->p->idents[s->owner], s);
  s->owner = op->a;
  s->copy = m->ident_count[op->a]++;
  if (s->copy != 0 && i->kind == IDENT_NUMBER) s->number = m->numbers[i->space]++;
  return put_ident(m, i, s);
}

static bool run_caption(struct machine *m, const struct op *op) {
  if (op->b == 0) m->counts[op->a]++;
  return put_number(m, m->counts[op->a]);
}

/* The next copy of a list; the first item keeps the template's. */
static bool run_list_new(struct machine *m, const struct op *op) {
  const struct ident_op *i = &m->p->idents[op->a];
  struct effects *e = &m->s->effects;
  struct slot *s = &m->slots[i->slot];
  s->owner = op->a;
  s->copy = m->ident_count[op->a]++;
  if (s->copy == 0) return true;
  s->number = m->numbers[i->space]++;
  if (!m->survey) return true;
  struct list_copy *l = arena_grow(e->arena, e->lists, &e->nlists, &e->lists_cap, sizeof *l);
  if (l == NULL) return machine_no_memory(m);
  e->lists = l - (e->nlists - 1);
  *l = (struct list_copy){i->first, s->number};
  return true;
}

/* ---- copies of notes ---- */

static struct instances *notes_of(struct machine *m, uint32_t note) {
  return &m->s->effects.notes[note];
}

/* The survey makes a copy of a note or part at the items where its reference stands. */
static bool make_instance(struct machine *m, struct instances *all, uint64_t *next_id,
                          uint32_t use) {
  struct effects *e = &m->s->effects;
  if (++e->ninstances > LIMIT_INSTANCES)
    return finding(m->fs, CODE_TOO_LONG, NULL, NULL, STR("notes"),
                   finding_number(m->fs, LIMIT_INSTANCES));
  struct instance *i = arena_grow(e->arena, all->items, &all->n, &all->cap, sizeof *i);
  uint32_t *path = ARENA_ARRAY(e->arena, m->depth, uint32_t);
  if (i == NULL || path == NULL) return machine_no_memory(m);
  all->items = i - (all->n - 1);
  for (unsigned d = 1; d < m->depth; d++) path[d] = (uint32_t)m->s->frames[d].ordinal;
  i->id = all->n == 1 ? 0 : (*next_id)++;
  i->use = use;
  i->path = path;
  return true;
}

static bool put_note_id(struct machine *m, uint32_t note, size_t copy) {
  const struct instances *all = notes_of(m, note);
  if (copy >= all->n || all->items[copy].id == 0) return machine_put(m, m->s->t->notes[note].id);
  return put_number(m, all->items[copy].id);
}

static bool run_note_ref(struct machine *m, const struct op *op) {
  const struct note_op *n = &m->p->note_refs[op->a];
  struct instances *all = notes_of(m, n->note);
  bool makes = n->first && !n->again;
  if (makes && m->survey && !make_instance(m, all, &m->s->effects.next_note, 0)) return false;
  if (n->first && n->again) all->again++;
  if (makes) all->emitted++;
  return put_note_id(m, n->note, (n->again ? all->again : all->emitted) - 1);
}

/* Puts the frames back to where the reference of a copy stood. */
static bool restore(struct machine *m, const struct scope *s, const struct instance *i) {
  const struct scope *chain[MAX_CHAIN];
  unsigned n = 0;
  for (; s != NULL && s->of != NULL && n < MAX_CHAIN; s = s->outer) chain[n++] = s;
  m->depth = n + 1;
  while (n-- > 0) {
    unsigned depth = chain[n]->depth;
    static const struct place nowhere;
    size_t count_items;
    if (!open_loop(m, chain[n], true, &nowhere, STR(""), &count_items)) return false;
    if (m->s->levels[depth].open && !set_item(m, depth, i->path[depth])) return false;
  }
  return true;
}

static bool start_copy(struct machine *m, uint32_t note) {
  return restore(m, m->s->t->notes[note].scope, &notes_of(m, note)->items[m->note_at]);
}

/* rId5, rId5_2, rId5_3 … */
static bool run_part_ref(struct machine *m, const struct op *op) {
  const struct part_use *u = &m->s->t->uses[op->a];
  if (u->part < 0 || !m->s->t->parts[u->part].copied) return machine_put(m, u->from);
  const struct part *p = &m->s->t->parts[u->part];
  struct instances *all = &m->s->effects.copies[u->part];
  uint64_t next = all->n + 1;
  if (m->survey && !make_instance(m, all, &next, op->a)) return false;
  size_t copy = all->emitted++;
  if (copy == 0) return machine_put(m, u->from);
  return machine_put(m, u->from) && machine_put(m, p->apart) && put_number(m, copy + 1);
}

static bool run_note(struct machine *m, const struct op *op) {
  m->note_at = 0;
  if (notes_of(m, op->a)->n != 0) return start_copy(m, op->a);
  m->pc = op->b;
  return true;
}

static bool run_note_next(struct machine *m, const struct op *op) {
  if (++m->note_at >= notes_of(m, op->a)->n) return true;
  m->pc = op->b;
  return start_copy(m, op->a);
}

static bool run_note_id(struct machine *m, const struct op *op) {
  return put_note_id(m, op->a, m->note_at);
}

/* ---- what was written last; regions ---- */

static bool run_slot(struct machine *m, const struct op *op) {
  m->blocks[op->a] = op->b;
  return true;
}

static bool run_slot_test(struct machine *m, const struct op *op) {
  uint32_t mask = m->p->ops[m->pc].a;
  m->pc++;
  if ((mask >> m->blocks[op->a] & 1u) != 0) m->pc = op->b;
  return true;
}

static bool run_mask(struct machine *m, const struct op *op) {
  (void)m;
  (void)op;
  return true;
}

static bool run_look(struct machine *m, const struct op *op) {
  struct effects *e = &m->s->effects;
  if (m->tells != NULL && !shown_look(m->tells, op->a)) return machine_no_memory(m);
  if (m->survey) {
    m->looks[op->a] = (uint32_t)e->looks.n;
    return buf_putc(&e->looks, LOOK_EMPTY) || machine_no_memory(m);
  }
  char look = e->looks.p[m->next_look];
  if (look != LOOK_SEEN) m->pc = op->b;
  if (look != LOOK_SKIPPED) {
    m->next_look++;
    return true;
  }
  while (e->skips[m->next_skip].look != m->next_look) m->next_skip++; /* those inside come first */
  const struct skip *s = &e->skips[m->next_skip++];
  m->next_look = s->end;
  m->next_span = s->span_end;
  return true;
}

static void set_seen(struct machine *m, uint32_t region) {
  m->s->effects.looks.p[m->looks[region]] = LOOK_SEEN;
}

static bool run_look_end(struct machine *m, const struct op *op) {
  struct effects *e = &m->s->effects;
  if (!m->survey) return true;
  uint32_t at = m->looks[op->a];
  if (e->looks.p[at] == LOOK_SEEN) {
    if (op->b != 0) set_seen(m, op->b - 1);
    return true;
  }
  if (m->tells != NULL) shown_unseen(m->tells, op->a);
  if (at + 1 == e->looks.n && m->p->nspans == 0) return true;
  struct skip *s = arena_grow(e->arena, e->skips, &e->nskips, &e->skips_cap, sizeof *s);
  if (s == NULL) return machine_no_memory(m);
  e->skips = s - (e->nskips - 1);
  *s = (struct skip){at, (uint32_t)e->looks.n, (uint32_t)e->nspans};
  e->looks.p[at] = LOOK_SKIPPED;
  return true;
}

static bool run_seen(struct machine *m, const struct op *op) {
  if (m->survey) set_seen(m, op->a);
  return true;
}

/* ---- equal neighbours ---- */

static bool run_merge_reset(struct machine *m, const struct op *op) {
  m->merges[op->a].any = false;
  m->merges[op->a].left = 0;
  return true;
}

/* The text of the column in this row; a missing value is reported where it is printed. */
static bool merge_text(struct machine *m, const struct merge *merge, str *text) {
  struct eval ev = eval_of(m, merge->place, merge->tag, m->s->scratch);
  struct result r;
  arena_reset(m->s->scratch);
  result_init(&r);
  *text = STR("");
  bool ok = expr_eval(merge->e, &ev, &r);
  if (ok && (r.calculated || !val_none(&r.v, false))) ok = expr_print(&r, &ev, text);
  result_free(&r);
  return ok;
}

static bool survey_merge(struct machine *m, uint32_t i) {
  struct merging *s = &m->merges[i];
  const struct merge *merge = &m->p->merges[i];
  struct effects *e = &m->s->effects;
  str text;
  if (!merge_text(m, merge, &text)) return true; /* told by the value itself */
  bool border = merge->left != 0 && m->merges[merge->left - 1].begins;
  s->begins = !s->any || border || !str_eq(buf_str(&s->last), text);
  s->any = true;
  buf_clear(&s->last);
  if (!buf_put(&s->last, text)) return machine_no_memory(m);
  if (!s->begins) return e->runs[s->run]++, true;
  uint32_t *run = arena_grow(e->arena, e->runs, &e->nruns, &e->runs_cap, sizeof *run);
  if (run == NULL) return machine_no_memory(m);
  e->runs = run - (e->nruns - 1);
  *run = 1;
  s->run = (uint32_t)(e->nruns - 1);
  return true;
}

static bool run_merge(struct machine *m, const struct op *op) {
  struct merging *s = &m->merges[op->a];
  if (m->survey) return survey_merge(m, op->a);
  s->begins = s->left == 0;
  if (s->begins) s->left = s->length = m->s->effects.runs[m->next_run++];
  s->left--;
  return true;
}

static bool run_merge_test(struct machine *m, const struct op *op) {
  if (!m->merges[op->a].begins) m->pc = op->b;
  return true;
}

static bool run_merge_how(struct machine *m, const struct op *op) {
  const struct merging *s = &m->merges[op->a];
  if (m->p->merges[op->a].counts) return put_number(m, s->length);
  return machine_put(m, s->begins ? STR("restart") : STR("continue"));
}

/* ---- cells that cover rows ---- */

static bool run_span(struct machine *m, const struct op *op) {
  struct effects *e = &m->s->effects;
  if (!m->survey) return put_number(m, e->spans[m->next_span++]);
  uint32_t *rows = arena_grow(e->arena, e->spans, &e->nspans, &e->spans_cap, sizeof *rows);
  if (rows == NULL) return machine_no_memory(m);
  e->spans = rows - (e->nspans - 1);
  *rows = 1;
  m->spans[op->a] = (uint32_t)(e->nspans - 1);
  return count(m, 4);
}

static bool run_span_row(struct machine *m, const struct op *op) {
  struct effects *e = &m->s->effects;
  if (m->survey && m->spans[op->a] < e->nspans) e->spans[m->spans[op->a]]++;
  return true;
}

/* ---- formulas of cells ---- */

static bool run_rows_new(struct machine *m, const struct op *op) {
  m->tallies[op->a] = 0;
  return true;
}

static bool run_row(struct machine *m, const struct op *op) {
  m->tallies[op->a]++;
  return true;
}

static bool run_range_new(struct machine *m, const struct op *op) {
  m->ranges[op->a] = (struct rows_of){0, 0};
  return true;
}

static bool run_range_row(struct machine *m, const struct op *op) {
  struct rows_of *r = &m->ranges[op->a];
  r->last = m->tallies[m->p->ranges[op->a].table];
  if (r->first == 0) r->first = r->last;
  return true;
}

static bool run_range(struct machine *m, const struct op *op) {
  const struct cell_range *c = &m->p->ranges[op->a];
  const struct rows_of *r = &m->ranges[op->a];
  if (r->first == 0 && c->none.n == 0)
    return finding(m->fs, CODE_FIELD_CELLS, c->place, NULL, c->typed);
  if (r->first == 0) return machine_put(m, c->none);
  bool ok = machine_put(m, c->open) && machine_put(m, c->column[0]) && put_number(m, r->first);
  if (ok && c->pair)
    ok = machine_put(m, STR(":")) && machine_put(m, c->column[1]) && put_number(m, r->last);
  return ok && machine_put(m, c->close);
}

static bool run_end(struct machine *m, const struct op *op) {
  (void)op;
  m->pc--;
  return true;
}

static const op_run runs[OP_COUNT] = {
    [OP_LITERAL] = run_literal,
    [OP_VALUE] = run_value,
    [OP_EACH] = run_each,
    [OP_NEXT] = run_next,
    [OP_TEST] = run_test,
    [OP_JUMP] = run_jump,
    [OP_IDENT] = run_ident,
    [OP_CAPTION] = run_caption,
    [OP_NOTE_REF] = run_note_ref,
    [OP_NOTE] = run_note,
    [OP_LIST_NEW] = run_list_new,
    [OP_MERGE_RESET] = run_merge_reset,
    [OP_MERGE] = run_merge,
    [OP_MERGE_TEST] = run_merge_test,
    [OP_MERGE_HOW] = run_merge_how,
    [OP_NOTE_NEXT] = run_note_next,
    [OP_NOTE_ID] = run_note_id,
    [OP_SLOT] = run_slot,
    [OP_SLOT_TEST] = run_slot_test,
    [OP_MASK] = run_mask,
    [OP_LOOK] = run_look,
    [OP_PART_REF] = run_part_ref,
    [OP_LOOK_END] = run_look_end,
    [OP_SPAN] = run_span,
    [OP_SPAN_ROW] = run_span_row,
    [OP_ROWS_NEW] = run_rows_new,
    [OP_ROW] = run_row,
    [OP_RANGE_NEW] = run_range_new,
    [OP_RANGE_ROW] = run_range_row,
    [OP_RANGE] = run_range,
    [OP_SEEN] = run_seen,
    [OP_PICTURE] = extras_picture,
    [OP_PICTURE_SLOT] = extras_picture_slot,
    [OP_LINK_TEXT] = extras_link_text,
    [OP_LINK_VALUE] = extras_link_value,
    [OP_LINK] = extras_link,
    [OP_LINK_REF] = extras_link_ref,
    [OP_END] = run_end,
};

/* ---- running ---- */

bool machine_init(struct machine *m, struct stage *s, size_t part, size_t copy, bool survey,
                  struct findings *fs) {
  const struct program *p = s->t->parts[part].program;
  *m = (struct machine){.s = s, .p = p, .part = part, .copy = copy, .survey = survey, .fs = fs};
  buf_init(&m->out, 0);
  m->ident_count = mem_calloc(p->nidents + 1, sizeof *m->ident_count);
  m->slots = mem_calloc(p->nslots + 1, sizeof *m->slots);
  m->counts = mem_calloc(p->ncounts + 1, sizeof *m->counts);
  m->blocks = mem_calloc(p->nblocks + 1, sizeof *m->blocks);
  m->looks = mem_calloc(p->nregions + 1, sizeof *m->looks);
  m->spans = mem_calloc(p->nspans + 1, sizeof *m->spans);
  m->tallies = mem_calloc(p->ntallies + 1, sizeof *m->tallies);
  m->ranges = mem_calloc(p->nranges + 1, sizeof *m->ranges);
  m->merges = mem_calloc(p->nmerges + 1, sizeof *m->merges);
  m->shown = mem_calloc(p->npictures + 1, sizeof *m->shown);
  m->targets = mem_calloc(p->nlinks + 1, sizeof *m->targets);
  m->made = mem_calloc(p->nlinks + 1, sizeof *m->made);
  buf_init(&m->address, LIMIT_VALUE_BYTES);
  bool memory = m->shown != NULL && m->targets != NULL && m->made != NULL && m->counts != NULL &&
                m->ident_count != NULL && m->slots != NULL && m->blocks != NULL &&
                m->looks != NULL && m->spans != NULL && m->merges != NULL && m->tallies != NULL &&
                m->ranges != NULL;
  for (size_t i = 0; m->merges != NULL && i < p->nmerges; i++)
    buf_init(&m->merges[i].last, LIMIT_VALUE_BYTES);
  for (size_t i = 0; m->made != NULL && i < p->nlinks; i++)
    buf_init(&m->made[i], LIMIT_VALUE_BYTES);
  if (memory && machine_start(m)) return true;
  machine_free(m);
  return memory ? false : machine_no_memory(m);
}

void machine_free(struct machine *m) {
  buf_free(&m->out);
  mem_free(m->ident_count);
  mem_free(m->slots);
  mem_free(m->counts);
  mem_free(m->blocks);
  mem_free(m->looks);
  mem_free(m->spans);
  mem_free(m->tallies);
  mem_free(m->ranges);
  for (size_t i = 0; m->merges != NULL && i < m->p->nmerges; i++) buf_free(&m->merges[i].last);
  mem_free(m->merges);
  mem_free(m->shown);
  mem_free(m->targets);
  for (size_t i = 0; m->made != NULL && i < m->p->nlinks; i++) buf_free(&m->made[i]);
  mem_free(m->made);
  buf_free(&m->address);
  m->merges = NULL;
  m->shown = m->targets = NULL;
  m->made = NULL;
  m->ident_count = m->blocks = m->looks = m->spans = m->tallies = NULL;
  m->ranges = NULL;
  m->slots = NULL;
}

/* The counters of what this run refers to begin anew. */
static void forget_references(struct machine *m) {
  struct effects *e = &m->s->effects;
  for (size_t i = 0; i < m->p->nnote_refs; i++) {
    struct instances *all = &e->notes[m->p->note_refs[i].note];
    all->emitted = all->again = 0;
  }
  for (size_t i = 0; i < m->p->nops; i++) {
    const struct op *op = &m->p->ops[i];
    ptrdiff_t part = op->kind == OP_PART_REF ? m->s->t->uses[op->a].part : -1;
    if (part >= 0) e->copies[part].emitted = 0;
  }
}

bool machine_start(struct machine *m) {
  struct effects *e = &m->s->effects;
  const struct part *part = &m->s->t->parts[m->part];
  const struct part_start *start = &e->parts[m->part][m->copy];
  m->pc = 0;
  m->depth = 1;
  m->written = 0;
  buf_clear(&m->out);
  buf_clear(&m->address);
  memset(m->ident_count, 0, m->p->nidents * sizeof *m->ident_count);
  memset(m->slots, 0, m->p->nslots * sizeof *m->slots);
  memset(m->counts, 0, m->p->ncounts * sizeof *m->counts);
  memset(m->blocks, 0, m->p->nblocks * sizeof *m->blocks);
  for (unsigned d = 1; d < m->s->t->depth; d++) close_level(m->s, d);
  if (m->copy == 0) forget_references(m);
  memcpy(m->numbers, start->numbers, sizeof m->numbers);
  m->next_look = start->looks;
  m->next_skip = start->skips;
  m->next_span = start->spans;
  m->next_run = start->runs;
  for (size_t i = 0; i < m->p->nmerges; i++) m->merges[i].any = false, m->merges[i].left = 0;
  m->tells = m->survey && m->p->op_shows != NULL ? m->s->shown : NULL;
  if (m->tells != NULL) shown_part(m->tells, m->part, m->p);
  if (!part->copied) return true;
  m->blank = e->copies[m->part].n == 0;
  return m->blank || restore(m, part->scope, &e->copies[m->part].items[m->copy]);
}

bool machine_run(struct machine *m, size_t enough, bool *done) {
  for (;;) {
    const struct op *op = &m->p->ops[m->pc];
    *done = op->kind == OP_END;
    if (*done || (!m->survey && m->out.n >= enough)) return true;
    m->pc++;
    if (!runs[op->kind](m, op)) return false;
    if (!m->survey && mem_failed()) return machine_no_memory(m);
    if (m->survey && findings_count(m->fs) >= LIMIT_FINDINGS) return *done = true;
  }
}
