/* From the sites of a template to what each name is asked for.
 *
 * A name is a number when it is calculated with, a date when it is printed as one, and has the unit
 * that stands behind it wherever it is printed plainly.  A unit is only taken where it cannot be the
 * beginning of a word (县名 before 人民政府 has no unit 人), and where all places agree: none is
 * better than a wrong one.
 * Invariant: a name is here when something asks for it, with every place.
 */
#include "ask/asked.h"

#include "ask/sites.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/filter.h"
#include "expr/function.h"
#include "value/unit.h"

#define N_(s)    (s)
#define COUNT(a) (sizeof(a) / sizeof *(a))

struct gather {
  struct asking *a;
  struct findings *fs;
};

/* How an expression is used by what stands around it. */
struct around {
  const struct site *site;
  unsigned traits;
  bool plain;
};

/* ---- the tree ---- */

static enum asked_kind kind_of(const struct name *n) {
  if ((n->kinds & NAME_LIST) != 0)
    return n->first != NULL || (n->kinds & NAME_LIST_OF_OBJECTS) != 0 ? ASKED_TABLE : ASKED_LIST;
  return n->first != NULL ? ASKED_OBJECT : ASKED_VALUE;
}

static bool ends_in(str s, const char *const *ends, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (str_ends(s, str_of(ends[i]))) return true;
  return false;
}

static bool is_code(str name) {
  static const char *const ends[] = {"编码", "代码", "编号", "号码", "证号",  "账号",
                                     "帐号", "电话", "手机", "邮编", "身份证"};
  return ends_in(name, ends, COUNT(ends));
}

static struct asked *child(struct gather *g, struct asked *parent, const struct name *n) {
  for (size_t i = 0; i < parent->nparts; i++)
    if (parent->parts[i]->name == n) return parent->parts[i];
  struct arena *a = g->a->arena;
  struct asked *made = ARENA_NEW(a, struct asked);
  struct asked **slot =
      made == NULL ? NULL
                   : arena_grow(a, parent->parts, &parent->nparts, &parent->capparts, sizeof *slot);
  if (slot == NULL) return NULL;
  parent->parts = slot - (parent->nparts - 1);
  *slot = made;
  made->name = n;
  made->parent = parent;
  made->kind = kind_of(n);
  made->shown = n->key;
  made->path =
      parent->name == NULL ? n->key : arena_join(a, (str[]){parent->path, STR("."), n->key}, 3);
  if (is_code(n->key)) made->traits = ASKED_CODE;
  return made;
}

static struct asked *find(struct gather *g, const struct name *n) {
  if (n->parent == NULL) return &g->a->root;
  struct asked *parent = find(g, n->parent);
  return parent != NULL ? child(g, parent, n) : NULL;
}

/* From the last tag on. */
static str text_before(const struct place *p) {
  str s = p != NULL ? p->before : STR("");
  size_t from = 0, at;
  static const char *const closes[] = {"}}", "｝｝"};
  for (size_t i = 0; i < COUNT(closes); i++)
    while ((at = str_find(s, str_of(closes[i]), from)) != STR_NOT_FOUND)
      from = at + strlen(closes[i]);
  return str_sub(s, from, s.n);
}

static void use(struct gather *g, struct asked *a, const struct around *w) {
  struct asked_use *u = arena_grow(g->a->arena, a->uses, &a->nuses, &a->capuses, sizeof *a->uses);
  if (u == NULL) return;
  a->uses = u - (a->nuses - 1);
  const struct site *s = w->site;
  *u = (struct asked_use){.how = s->how,
                          .plain = w->plain && s->how == SITE_PRINTED,
                          .place = s->place,
                          .rule = s->rule,
                          .tag = s->tag,
                          .before = text_before(s->place),
                          .behind = s->behind};
  a->traits |= w->traits;
  if (u->plain) a->printed++;
}

static void add_word(struct gather *g, const struct name *n, str word) {
  struct asked *a = find(g, n);
  if (a == NULL || word.n == 0) return;
  for (size_t i = 0; i < a->nwords; i++)
    if (str_eq(a->words[i], word)) return;
  str *slot = arena_grow(g->a->arena, a->words, &a->nwords, &a->capwords, sizeof *slot);
  if (slot == NULL) return;
  a->words = slot - (a->nwords - 1);
  *slot = word;
}

/* ---- expressions ---- */

static void look(struct gather *g, const struct expr *e, struct around w);

static bool is_number(const struct expr *e) {
  if (e->kind >= EXPR_ADD && e->kind <= EXPR_NEG) return true;
  if (e->kind == EXPR_CONSTANT) return e->constant.kind == VAL_NUMBER;
  static const char *const numbers[] = {"sum", "avg",  "count", "round",
                                        "abs", "year", "month", "day"};
  for (size_t i = 0; e->kind == EXPR_CALL && i < COUNT(numbers); i++)
    if (str_is(str_of(e->function->english), numbers[i])) return true;
  return e->kind == EXPR_ORDINAL;
}

/* What one side of a comparison says about the other. */
static unsigned traits_beside(const struct expr *other) {
  if (is_number(other)) return ASKED_NUMBER;
  bool date = other->kind == EXPR_CALL && str_is(str_of(other->function->english), "date");
  return date ? ASKED_DATE : 0;
}

static void words_beside(struct gather *g, const struct expr *e, const struct expr *other) {
  if (e->kind != EXPR_REF || e->ref.name == NULL) return;
  if (other->kind == EXPR_CONSTANT && other->constant.kind == VAL_TEXT)
    add_word(g, e->ref.name, other->constant.text);
  if (other->kind == EXPR_CALL && other->function->grades)
    for (size_t i = 0; i < other->nargs; i += 2) add_word(g, e->ref.name, other->args[i]);
}

static void look_compare(struct gather *g, const struct expr *e, struct around w) {
  struct around left = w, right = w;
  left.traits = traits_beside(e->b);
  right.traits = traits_beside(e->a);
  words_beside(g, e->a, e->b);
  words_beside(g, e->b, e->a);
  look(g, e->a, left);
  look(g, e->b, right);
}

static unsigned traits_of_filter(const struct filter *f) {
  static const struct {
    const char *english;
    unsigned traits;
  } rows[] = {{"date", ASKED_DATE},
              {"handate", ASKED_DATE},
              {"default", ASKED_OPTIONAL},
              {"join", 0},
              {"merge", 0}};
  for (size_t i = 0; i < COUNT(rows); i++)
    if (str_is(str_of(f->english), rows[i].english)) return rows[i].traits;
  return ASKED_NUMBER;
}

static unsigned traits_of_operand(const struct function *f, size_t n) {
  static const char *const dates[] = {"year", "month", "day"};
  static const char *const any[] = {"count", "max", "min", "concat"};
  for (size_t i = 0; i < COUNT(dates); i++)
    if (str_is(str_of(f->english), dates[i])) return ASKED_DATE;
  for (size_t i = 0; i < COUNT(any); i++)
    if (str_is(str_of(f->english), any[i])) return 0;
  return str_is(str_of(f->english), "date") && n == 1 ? 0 : ASKED_NUMBER;
}

static void look_call(struct gather *g, const struct expr *e, struct around w) {
  w.plain = false;
  w.traits = traits_of_operand(e->function, e->noperands);
  for (size_t i = 0; i < e->noperands; i++) look(g, e->operands[i], w);
  w.traits = 0;
  look(g, e->condition, w);
}

static void look_ref(struct gather *g, const struct expr *e, const struct around *w) {
  struct asked *a = e->ref.name != NULL ? find(g, e->ref.name) : NULL;
  if (a != NULL) use(g, a, w);
}

static void look(struct gather *g, const struct expr *e, struct around w) {
  if (e == NULL) return;
  switch (e->kind) {
  case EXPR_REF: look_ref(g, e, &w); return;
  case EXPR_CALL: look_call(g, e, w); return;
  case EXPR_FILTER: {
    struct around other = {.site = w.site, .traits = ASKED_NUMBER};
    w.traits |= traits_of_filter(e->filter);
    look(g, e->a, w);
    look(g, e->b, other);
    return;
  }
  case EXPR_HAS: w.traits = ASKED_OPTIONAL; break;
  case EXPR_EQ:
  case EXPR_NE:
  case EXPR_LT:
  case EXPR_LE:
  case EXPR_GT:
  case EXPR_GE:
    w.plain = false;
    look_compare(g, e, w);
    return;
  case EXPR_ADD:
  case EXPR_SUB:
  case EXPR_MUL:
  case EXPR_DIV:
  case EXPR_NEG: w.traits = ASKED_NUMBER; break;
  default: w.traits = 0; break;
  }
  w.plain = false;
  look(g, e->a, w);
  look(g, e->b, w);
}

static bool visit(void *ctx, const struct site *s) {
  look(ctx, s->e, (struct around){.site = s, .plain = s->how == SITE_PRINTED});
  return !mem_failed();
}

/* ---- units ---- */

/* The unit that a value has when its tag is the value itself with filters; false: it has none that
 * could be told. */
static bool unit_of_use(const struct asked *a, const struct asked_use *u, str *unit) {
  static const char *const calendar[] = {"年", "月", "日"};
  static const struct {
    const char *filter, *unit;
  } conversions[] = {{"元转万元", "元"}, {"元转亿元", "元"}, {"万元转元", "万元"},
                     {"to_wan", "元"},   {"to_yi", "元"},    {"from_wan", "万元"}};
  static const char *const others[] = {"百分比",  "percent", "大写",   "rmb",  "中文数字", "hanzi",
                                       "增减",    "updown",  "同比",   "yoy",  "日期",     "date",
                                       "handate", "格式",    "format", "并列", "join"};
  size_t n;
  for (size_t i = 0; i < COUNT(conversions); i++)
    if (str_find(u->tag, str_of(conversions[i].filter), 0) != STR_NOT_FOUND)
      return *unit = str_of(conversions[i].unit), true;
  for (size_t i = 0; i < COUNT(others); i++)
    if (str_find(u->tag, str_of(others[i]), a->shown.n) != STR_NOT_FOUND) return false;
  const struct unit *found = unit_at_start(u->behind, &n);
  if (found == NULL) return false;
  for (size_t i = 0; i < COUNT(calendar); i++)
    if (str_is(str_of(found->name), calendar[i])) return false;
  *unit = str_of(found->name);
  if ((a->traits & ASKED_NUMBER) != 0 || str_is(str_of(found->dimension), "money")) return true;
  size_t at = n;
  return n == u->behind.n || !utf8_is_han(utf8_next(u->behind, &at));
}

/* 人 and 名 count the same; 元 and 万元 do not. */
static bool contradict(str a, str b) {
  const struct unit *x = unit_find(a), *y = unit_find(b);
  if (x == y || x == NULL || y == NULL) return false;
  bool money = str_is(str_of(x->dimension), "money") || str_is(str_of(y->dimension), "money");
  return money || strcmp(x->dimension, y->dimension) == 0;
}

static void settle_unit(struct gather *g, struct asked *a) {
  str unit, first = STR_NONE;
  if (a->kind != ASKED_VALUE || a->nwords != 0 || (a->traits & (ASKED_DATE | ASKED_CODE)) != 0)
    return;
  for (size_t i = 0; i < a->nuses; i++) {
    const struct asked_use *u = &a->uses[i];
    if (!u->plain || !unit_of_use(a, u, &unit)) continue;
    if (first.n == 0) first = unit;
    if (!contradict(first, unit)) continue;
    finding(g->fs, CODE_UNITS_PRINTED, u->place, NULL, a->path, first, unit);
    return;
  }
  a->unit = first;
  if (first.n != 0) a->traits |= ASKED_NUMBER;
}

/* ---- what was guessed ---- */

/* A name printed both inside of a list and outside: of the record, or a column? */
static void tell_guess(struct gather *g, const struct asked *a) {
  const struct asked *list = a->parent;
  if (list == NULL || list->kind != ASKED_TABLE || list->name == NULL) return;
  const struct name *twin =
      names_child(g->a->learned.names, names_root(g->a->learned.names), a->name->key);
  const struct asked *other = twin != NULL ? asked_of(g->a, twin) : NULL;
  if (other == NULL || other->printed == 0) return;
  for (size_t i = 0; i < a->nuses; i++)
    if (a->uses[i].plain && str_find(a->uses[i].tag, STR("."), 0) == STR_NOT_FOUND) {
      finding(g->fs, CODE_COLUMN_GUESSED, a->uses[i].place, NULL, a->shown, list->path);
      return;
    }
}

static void settle(struct gather *g, struct asked *a) {
  settle_unit(g, a);
  tell_guess(g, a);
  for (size_t i = 0; i < a->nparts; i++) settle(g, a->parts[i]);
}

/* ---- all of it ---- */

struct asking *asked_open(const char *path, const struct template_options *o, const char *rules,
                          const struct names *known, struct findings *fs) {
  struct asking *a = mem_calloc(1, sizeof *a);
  if (a != NULL) a->arena = arena_new(0);
  bool ok = (a != NULL && a->arena != NULL) || findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  ok = ok && learn(path, o, rules, known, &a->learned, fs);
  if (ok) {
    struct gather g = {a, fs};
    a->root.kind = ASKED_OBJECT;
    a->path = arena_dup(a->arena, str_of(path));
    sites_visit(a->learned.template, a->learned.rules, visit, &g);
    settle(&g, &a->root);
    ok = !mem_failed() || findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  }
  if (ok) return a;
  asked_close(a);
  return NULL;
}

void asked_close(struct asking *a) {
  if (a == NULL) return;
  learned_free(&a->learned);
  arena_free(a->arena);
  mem_free(a);
}

const struct asked *asked_of(const struct asking *a, const struct name *n) {
  if (n->parent == NULL) return &a->root;
  const struct asked *parent = asked_of(a, n->parent);
  for (size_t i = 0; parent != NULL && i < parent->nparts; i++)
    if (parent->parts[i]->name == n) return parent->parts[i];
  return NULL;
}

void asked_visit(const struct asked *a, void (*visit_one)(void *ctx, const struct asked *a),
                 void *ctx) {
  if (a->name != NULL) visit_one(ctx, a);
  for (size_t i = 0; i < a->nparts; i++) asked_visit(a->parts[i], visit_one, ctx);
}
