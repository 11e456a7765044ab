/* Which names are values, lists and columns, when no data say so.
 *
 * Binding needs to know the names (expr/bind.h), and only binding tells where a name ends and
 * which rows repeat.  So the template is compiled with the names known so far, all names in it
 * that nobody knows become known, and so on:
 *
 *   每个 项目, 合计(项目.金额), {{项目.名称}} in a row of a table   a list, with columns
 *   {{三公.接待费}} in running text                                a member of an object
 *   {{名称}} printed inside of 每个 项目                           a column of it: the item goes first
 *   如果 年度 > 2020 inside of 每个 项目                           a column only if nothing outside
 *                                                                 of loops asks for that name
 *   {{#x}} … {{/x}}      a list when something inside is asked for nowhere else, else a yes or no
 *
 * Invariant: names are only added, and kinds only grow (value, object, list), so it comes to an end.
 */
#include "ask/learn.h"

#include "ask/sites.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/bind.h"
#include "expr/filter.h"
#include "expr/function.h"

#define N_(s) (s)

enum {
  MOST_ROUNDS = 200,
  /* In the kinds of names here: what data said, and objects that were once taken for lists. */
  SETTLED = 1 << 20,
  ONLY_OBJECT = 1 << 21
};

/* {{#x}} where nothing says yet what x is. */
struct section {
  const struct loop *loop;
  bool items; /* {{.}} or 序号 speak of it */
  bool asks;  /* a name inside is known nowhere */
  bool own;   /* x itself is used inside as a value */
};

struct learn {
  struct names *names;
  const struct template *t;
  struct arena *scratch;
  struct findings *fs;
  bool changed, late; /* late: nothing else is left to learn in this round */
  struct section *sections;
  size_t nsections, capsections;
};

/* How a name is used where it stands. */
struct use {
  const struct site *site;
  const struct scope *scope;
  bool whole;   /* the operand of 合计 and the like */
  bool alone;   /* the only operand: a list if it is no column */
  bool joined;  /* 并列 */
  bool printed; /* a value that is printed as it is */
  bool sum;     /* calculated or compared with: one value */
};

/* ---- the tree ---- */

/* The tree is this module's own; those who bind only look at it. */
static struct name *own(const struct name *n) { return (struct name *)(uintptr_t)n; }

static bool settled(const struct name *n) { return (n->kinds & SETTLED) != 0; }

static void grow(struct learn *l, struct name *n, unsigned kinds) {
  if ((n->kinds & ONLY_OBJECT) != 0)
    kinds &= ~(unsigned)(NAME_LIST | NAME_LIST_OF_OBJECTS | NAME_LIST_OF_SCALARS);
  bool objects = (kinds & NAME_LIST_OF_OBJECTS) != 0 || n->first != NULL;
  if ((n->kinds & NAME_LIST_OF_OBJECTS) != 0 || objects) kinds &= ~(unsigned)NAME_LIST_OF_SCALARS;
  if ((n->kinds | kinds) == n->kinds || settled(n)) return;
  n->kinds |= kinds;
  if (objects) n->kinds &= ~(unsigned)NAME_LIST_OF_SCALARS;
  l->changed = true;
}

/* A list that has a column is a list of objects. */
static void has_child(struct learn *l, struct name *n) {
  if (n->parent == NULL || settled(n)) return;
  if ((n->kinds & NAME_LIST) == 0) {
    grow(l, n, NAME_OBJECT);
    return;
  }
  if ((n->kinds & NAME_LIST_OF_OBJECTS) != 0) return;
  n->kinds |= NAME_LIST_OF_OBJECTS;
  n->kinds &= ~(unsigned)NAME_LIST_OF_SCALARS;
  l->changed = true;
}

static struct name *add(struct learn *l, struct name *parent, str word, unsigned kinds) {
  word = utf8_trim(word);
  str canonical = names_canonical(word, l->scratch, NULL);
  if (canonical.n == 0) return NULL;
  bool is_new = names_child(l->names, parent, canonical) == NULL;
  struct name *n = names_add(l->names, parent, word);
  if (n == NULL) return NULL;
  l->changed = l->changed || is_new;
  has_child(l, parent);
  grow(l, n, kinds);
  return n;
}

static bool is_list(const struct name *n) { return (n->kinds & NAME_LIST) != 0; }

/* ---- where a name belongs that nobody knows ---- */

static struct section *section_of(struct learn *l, const struct scope *s) {
  for (size_t i = 0; i < l->nsections; i++)
    if (l->sections[i].loop->scope == s) return &l->sections[i];
  return NULL;
}

/* The node whose child it becomes; NULL: not known in this round. */
static struct name *owner(struct learn *l, const struct scope *s, str word, struct use *u) {
  for (; s != NULL && s->outer != NULL; s = s->outer) {
    struct section *q = section_of(l, s);
    if (q != NULL) {
      bool same = q->loop->e->kind == EXPR_REF && str_eq(q->loop->e->ref.shown, word);
      q->own = q->own || same;
      q->asks = q->asks || !same;
      return NULL;
    }
    if (s->list && s->name == NULL) return NULL;
    if (s->list && s->implied) continue;
    if (s->list && !u->printed && u->site->how != SITE_REPEATED && !l->late) return NULL;
    if (s->list || (s->name != NULL && (s->name->kinds & NAME_OBJECT) != 0)) return own(s->name);
  }
  return names_records(l->names);
}

/* The scope around in which the first word of a path is known. */
static struct name *owner_of_path(struct learn *l, const struct scope *s, str first,
                                  struct use *u) {
  str canonical = names_canonical(first, l->scratch, NULL);
  for (const struct scope *q = s; q != NULL; q = q->outer)
    if (q->name != NULL && names_child(l->names, q->name, canonical) != NULL) return own(q->name);
  return owner(l, s, first, u);
}

static bool is_index(str s) {
  size_t i = 0;
  while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
  return s.n != 0 && i == s.n;
}

/* What stands before a dot: a list where a row, 合计 or 并列 says so, else an object. */
static unsigned kinds_of_prefix(const struct use *u) {
  const struct place *p = u->site->place;
  bool row = u->printed && p != NULL && p->row != 0;
  return u->whole || u->joined || row ? NAME_LIST | NAME_LIST_OF_OBJECTS : NAME_OBJECT;
}

static unsigned kinds_of_end(const struct use *u, bool column) {
  bool list = u->joined || (u->whole && u->alone);
  return list && !column ? NAME_LIST | NAME_LIST_OF_SCALARS : NAME_SCALAR;
}

/* a.b, a.1, a.1.b below a node. */
static void learn_path(struct learn *l, struct name *at, str text, const struct use *u) {
  bool column = false;
  while (at != NULL && text.n != 0) {
    size_t dot = str_find(text, STR("."), 0);
    str word = str_sub(text, 0, dot);
    text = dot == STR_NOT_FOUND ? STR("") : str_sub(text, dot + 1, text.n);
    if (is_index(word) && at->parent != NULL) {
      grow(l, at, NAME_LIST | (text.n == 0 ? NAME_LIST_OF_SCALARS : NAME_LIST_OF_OBJECTS));
      continue;
    }
    str next = str_sub(text, 0, str_find(text, STR("."), 0));
    bool end = text.n == 0 || is_index(next);
    at = add(l, at, word, end ? kinds_of_end(u, column) : kinds_of_prefix(u));
    column = true;
  }
}

static bool leads_outward(str *text, const struct scope **s) {
  static const char *const words[] = {"上级.", "parent."};
  for (size_t i = 0; i < 2; i++) {
    if (!str_starts(*text, str_of(words[i]))) continue;
    *text = str_sub(*text, strlen(words[i]), text->n);
    const struct scope *loop = bind_loop(*s);
    *s = loop != NULL ? loop->outer : NULL;
    return true;
  }
  return false;
}

/* 序号 and the like mean the row around, which may be found to repeat by itself later. */
static bool is_loop_word(str text) {
  static const char *const words[] = {"序号", "首个", "末个", "index", "first", "last"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_is(text, words[i])) return true;
  return false;
}

static void learn_unknown(struct learn *l, str text, struct use *u) {
  const struct scope *s = u->scope;
  text = utf8_trim(text);
  while (s != NULL && leads_outward(&text, &s)) continue;
  if (s == NULL || text.n == 0 || (is_loop_word(text) && !l->late)) return;
  if (text.p[0] == '.') {
    const struct scope *loop = bind_loop(s);
    if (loop != NULL && loop->name != NULL)
      learn_path(l, own(loop->name), str_sub(text, 1, text.n), u);
    return;
  }
  size_t dot = str_find(text, STR("."), 0);
  str first = str_sub(text, 0, dot);
  if (dot == STR_NOT_FOUND || dot == 0 || is_index(first)) {
    struct name *at = owner(l, s, text, u);
    if (at != NULL) add(l, at, text, kinds_of_end(u, at->parent != NULL));
    return;
  }
  learn_path(l, owner_of_path(l, s, first, u), text, u);
}

/* ---- what a known name turns out to be ---- */

static bool is_plain(const struct ref *r) {
  return r->n == 1 && str_find(r->shown, STR("."), 0) == STR_NOT_FOUND;
}

/* Printed inside of 每个, a name of the record may as well be a column. */
static void learn_column(struct learn *l, const struct ref *r, struct use *u) {
  for (const struct scope *s = u->scope; s != NULL; s = s->outer)
    if (section_of(l, s) != NULL) return;
  if (!u->printed || !is_plain(r)) return;
  struct name *at = owner(l, u->scope, r->shown, u);
  if (at != NULL && at->parent != NULL && !settled(at)) add(l, at, r->shown, NAME_SCALAR);
}

static void learn_known(struct learn *l, const struct ref *r, struct use *u) {
  struct name *n = own(r->name);
  struct section *q = section_of(l, u->scope);
  if (q != NULL && q->loop->e->kind == EXPR_REF && q->loop->e->ref.name == n) q->own = true;
  if (n->parent == NULL) return;
  bool column = n->parent->parent != NULL;
  if (column && (n->parent->kinds & NAME_LIST) == 0 && !u->sum)
    grow(l, n->parent, kinds_of_prefix(u));
  for (size_t i = 0; i < r->n; i++)
    if (r->steps[i].kind == STEP_INDEX) return;
  grow(l, n, kinds_of_end(u, column && is_list(n->parent)));
  learn_column(l, r, u);
}

/* A column of a list whose columns nobody knows is bound, but to no name. */
static bool is_bound(const struct ref *r) {
  for (size_t i = 0; i < r->n; i++)
    if (r->steps[i].kind == STEP_KEY && r->steps[i].key == 0) return false;
  return r->level != REF_UNBOUND && r->name != NULL;
}

/* ---- expressions ---- */

static void learn_expr(struct learn *l, const struct expr *e, struct use u);

/* {{.}} and 序号: the list at that depth has items that are used so. */
static void learn_item(struct learn *l, const struct expr *e, const struct use *u) {
  const struct scope *s = u->scope;
  while (s != NULL && s->depth != e->level) s = s->outer;
  struct section *q = s != NULL ? section_of(l, s) : NULL;
  if (q != NULL) q->items = true;
  if (e->kind == EXPR_ITEM && s != NULL && s->name != NULL && s->name->first == NULL)
    grow(l, own(s->name), NAME_LIST | NAME_LIST_OF_SCALARS);
}

/* The scope of the items that an operand of 合计 leads to, for its 当. */
static void learn_condition(struct learn *l, const struct expr *e, const struct use *u) {
  const struct ref *r = &e->operands[0]->ref;
  const struct name *list = NULL;
  if (e->operands[0]->kind != EXPR_REF || !is_bound(r)) return;
  for (const struct name *n = r->name; n->parent != NULL && list == NULL; n = n->parent)
    if (is_list(n)) list = n;
  struct scope items = {.outer = u->scope, .name = list, .depth = e->level, .list = true};
  struct use inner = {.site = u->site, .scope = &items};
  if (list != NULL) learn_expr(l, e->condition, inner);
}

static void learn_call(struct learn *l, const struct expr *e, struct use u) {
  struct use inner = {.site = u.site, .scope = u.scope, .sum = !e->function->whole};
  inner.whole = e->function->whole;
  inner.alone = e->noperands == 1;
  for (size_t i = 0; i < e->noperands; i++) learn_expr(l, e->operands[i], inner);
  if (e->condition != NULL) learn_condition(l, e, &u);
}

static void learn_filter(struct learn *l, const struct expr *e, struct use u) {
  struct use other = {.site = u.site, .scope = u.scope, .sum = true};
  u.joined = u.joined || str_is(str_of(e->filter->english), "join");
  learn_expr(l, e->a, u);
  if (e->b != NULL) learn_expr(l, e->b, other);
}

static void learn_expr(struct learn *l, const struct expr *e, struct use u) {
  if (e == NULL) return;
  switch (e->kind) {
  case EXPR_REF:
    if (is_bound(&e->ref))
      learn_known(l, &e->ref, &u);
    else
      learn_unknown(l, e->ref.shown, &u);
    return;
  case EXPR_ITEM:
  case EXPR_ORDINAL:
  case EXPR_FIRST:
  case EXPR_LAST: learn_item(l, e, &u); return;
  case EXPR_CALL: learn_call(l, e, u); return;
  case EXPR_FILTER: learn_filter(l, e, u); return;
  case EXPR_HAS:
  case EXPR_NOT:
  case EXPR_AND:
  case EXPR_OR: u.printed = false; break;
  default:
    u.sum = true;
    u.whole = false;
    break;
  }
  learn_expr(l, e->a, u);
  learn_expr(l, e->b, u);
}

/* ---- loops ---- */

static bool add_section(struct learn *l, const struct loop *loop) {
  struct section *q =
      arena_grow(l->scratch, l->sections, &l->nsections, &l->capsections, sizeof *q);
  if (q == NULL) return false;
  l->sections = q - (l->nsections - 1);
  q->loop = loop;
  return true;
}

/* The name of a list that is looked for like any other, but is one. */
static void learn_list(struct learn *l, const struct ref *r, const struct scope *s, struct use *u,
                       unsigned kinds) {
  if (is_bound(r)) {
    grow(l, own(r->name), kinds);
    return;
  }
  str text = utf8_trim(r->shown);
  size_t dot = str_find(text, STR("."), 0);
  struct name *at =
      dot == STR_NOT_FOUND ? owner(l, s, text, u) : owner_of_path(l, s, str_sub(text, 0, dot), u);
  while (at != NULL && (dot = str_find(text, STR("."), 0)) != STR_NOT_FOUND) {
    at = add(l, at, str_sub(text, 0, dot), NAME_OBJECT);
    text = str_sub(text, dot + 1, text.n);
  }
  if (at != NULL) add(l, at, text, kinds);
}

static bool learn_loop(struct learn *l, const struct site *s, struct use *u) {
  const struct loop *loop = s->loop;
  if (s->e->kind != EXPR_REF) {
    learn_expr(l, s->e, *u);
    return true;
  }
  bool open = loop->section && (!is_bound(&s->e->ref) || s->e->ref.name->kinds == 0);
  if (open && !loop->scope->implied) return add_section(l, loop);
  bool list = !loop->section || loop->scope->implied;
  if (list) learn_list(l, &s->e->ref, s->scope, u, NAME_LIST);
  return true;
}

static bool visit(void *ctx, const struct site *s) {
  struct learn *l = ctx;
  struct use u = {.site = s, .scope = s->scope, .printed = s->how == SITE_PRINTED};
  if (s->loop != NULL) return learn_loop(l, s, &u);
  learn_expr(l, s->e, u);
  return !mem_failed();
}

/* Sections about which this round said nothing more. */
static void decide_sections(struct learn *l) {
  size_t n = l->nsections;
  struct section *all = l->sections;
  l->nsections = 0; /* they are no riddle to those who look for an owner now */
  for (size_t i = 0; i < n; i++) {
    const struct section *q = &all[i];
    bool list = q->items || (q->asks && !q->own);
    struct site s = {.how = SITE_REPEATED, .e = q->loop->e, .scope = q->loop->scope->outer};
    struct use u = {.site = &s, .scope = s.scope};
    learn_list(l, &q->loop->e->ref, s.scope, &u, list ? NAME_LIST : NAME_SCALAR);
  }
}

/* ---- rounds ---- */

/* Two names before a dot in one row cannot both be lists that it repeats for: they are objects. */
static bool no_two_lists(struct learn *l, const struct findings *fs) {
  bool found = false;
  for (size_t i = 0; i < findings_count(fs); i++) {
    const struct finding *f = findings_at(fs, i);
    if (f->code != CODE_TWO_LISTS) continue;
    for (size_t k = 0; k < 2; k++) {
      const struct name *n = names_child(l->names, names_root(l->names),
                                         names_canonical(f->args[k], l->scratch, NULL));
      if (n == NULL || !is_list(n) || settled(n)) continue;
      own(n)->kinds = NAME_OBJECT | ONLY_OBJECT;
      found = true;
    }
  }
  return found;
}

static bool compile(struct learned *out, const char *path, const struct template_options *o,
                    const char *rules, bool learning, struct findings *fs) {
  struct template_options open = *o;
  open.learning = learning;
  rules_free(out->rules);
  template_close(out->template);
  out->rules = NULL;
  out->template = template_open(path, &open, out->names, fs);
  if (rules != NULL) out->rules = rules_open(rules, out->names, fs);
  return out->template != NULL && (rules == NULL || out->rules != NULL);
}

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* True: another round is needed. */
static bool learn_round(struct learn *l, const struct learned *out) {
  arena_reset(l->scratch);
  l->sections = NULL;
  l->nsections = l->capsections = 0;
  l->changed = false;
  l->t = out->template;
  sites_visit(out->template, out->rules, visit, l);
  if (!l->changed) decide_sections(l);
  if (l->changed || l->late) {
    bool again = l->changed;
    l->late = false;
    return again;
  }
  return l->late = true;
}

static bool copy_names(struct names *to, struct name *parent, const struct name *from) {
  for (const struct name *n = from->first; n != NULL; n = n->next) {
    if (n->withdrawn) continue;
    struct name *own_n = names_add(to, parent, n->shown);
    if (own_n == NULL) return false;
    own_n->kinds = n->kinds | SETTLED;
    if (!copy_names(to, own_n, n)) return false;
  }
  return true;
}

static bool start(struct learn *l, struct learned *out, const struct names *known,
                  struct findings *fs) {
  *out = (struct learned){.names = names_new()};
  *l = (struct learn){.names = out->names, .scratch = arena_new(0), .fs = fs};
  if (out->names == NULL || l->scratch == NULL) return no_memory(fs);
  if (known == NULL) return true;
  bool ok = copy_names(out->names, names_records(out->names), names_root(known));
  return ok || no_memory(fs);
}

bool learn(const char *path, const struct template_options *o, const char *rules,
           const struct names *known, struct learned *out, struct findings *fs) {
  struct learn l;
  struct findings *round = findings_new();
  bool ok = start(&l, out, known, fs) && (round != NULL || no_memory(fs)), again = ok;
  for (unsigned i = 0; again; i++) {
    findings_clear(round);
    ok = compile(out, path, o, rules, true, round);
    again = ok ? learn_round(&l, out) : no_two_lists(&l, round);
    if (mem_failed()) ok = again = no_memory(round);
    if (again && i == MOST_ROUNDS)
      ok = again = finding(round, CODE_INTERNAL, NULL, NULL, STR("the names have no end"));
  }
  if (ok) {
    findings_clear(round);
    ok = compile(out, path, o, rules, false, round);
  }
  if (round != NULL) findings_append(fs, round);
  findings_free(round);
  arena_free(l.scratch);
  if (!ok) learned_free(out);
  return ok;
}

void learned_free(struct learned *l) {
  rules_free(l->rules);
  template_close(l->template);
  names_free(l->names);
  *l = (struct learned){.names = NULL};
}
