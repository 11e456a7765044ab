/* The text of a tag, read as an expression with filters.
 *
 * A recursive descent over the folded text.  Names have no marks around them and may hold almost
 * anything, so the longest known name wins; a name that nobody knows ends at the next operator.
 * Binding itself is bind.c, values are eval.c.
 */
#include "base/fold.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "expr/bind.h"
#include "expr/filter.h"
#include "expr/function.h"

#include <limits.h>

#define N_(s)    (s)
#define COUNT(a) (sizeof(a) / sizeof *(a))

struct parser {
  const struct expr_env *env;
  str s; /* folded */
  size_t at;
  str typed;
  const size_t *map;
  unsigned depth;
  unsigned selecting; /* inside of 当 … 按 …, whose words end a name */
  unsigned calls;     /* inside of brackets of functions, where commas part operands */
  bool whole;         /* names mean whole lists, also in a running loop */
};

static struct expr *parse_or(struct parser *p);

static struct expr *fail(struct parser *p, const char *why, str what) {
  str said = arena_join(p->env->arena, (str[]){str_of(why), what}, 2);
  finding(p->env->fs, CODE_TAG_SYNTAX, p->env->place, NULL, p->env->place->tag, said);
  return NULL;
}

static void blanks(struct parser *p) {
  while (p->at < p->s.n && (p->s.p[p->at] == ' ' || p->s.p[p->at] == '\t' || p->s.p[p->at] == '\n'))
    p->at++;
}

static str rest(const struct parser *p) { return str_sub(p->s, p->at, p->s.n); }

static struct expr *node(struct parser *p, enum expr_kind kind, const struct expr *a,
                         const struct expr *b) {
  struct expr *e = ARENA_NEW(p->env->arena, struct expr);
  if (e == NULL) {
    finding(p->env->fs, CODE_MEMORY, NULL, NULL, STR(""));
    return NULL;
  }
  e->kind = kind;
  e->a = a;
  e->b = b;
  return e;
}

/* ---- words and signs between operands ---- */

struct sign {
  const char *text;
  enum expr_kind kind;
};

/* Longer forms stand before their beginnings. */
static const struct sign compares[] = {
    {"不等于", EXPR_NE}, {"不大于", EXPR_LE}, {"不小于", EXPR_GE}, {"等于", EXPR_EQ},
    {"大于", EXPR_GT},   {"小于", EXPR_LT},   {"==", EXPR_EQ},     {"!=", EXPR_NE},
    {"<>", EXPR_NE},     {"<=", EXPR_LE},     {">=", EXPR_GE},     {"≠", EXPR_NE},
    {"≤", EXPR_LE},      {"≥", EXPR_GE},      {"=", EXPR_EQ},      {"<", EXPR_LT},
    {">", EXPR_GT}};
static const struct sign ands[] = {
    {"并且", EXPR_AND}, {"&&", EXPR_AND}, {"且", EXPR_AND}, {"and ", EXPR_AND}};
static const struct sign ors[] = {
    {"或者", EXPR_OR}, {"||", EXPR_OR}, {"或", EXPR_OR}, {"or ", EXPR_OR}};
static const struct sign sums[] = {{"+", EXPR_ADD}, {"-", EXPR_SUB}};
static const struct sign products[] = {{"*", EXPR_MUL}, {"/", EXPR_DIV}};

static const struct sign *sign_at(str s, const struct sign *table, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (str_starts(s, str_of(table[i].text))) return &table[i];
  return NULL;
}

/* The words of a selection. */
enum select_word { SELECT_WHERE, SELECT_BY, SELECT_DOWN, SELECT_UP };

static const struct {
  const char *text;
  enum select_word word;
} selects[] = {{"当", SELECT_WHERE},  {"where", SELECT_WHERE},   {"按", SELECT_BY},
               {"by", SELECT_BY},     {"从大到小", SELECT_DOWN}, {"降序", SELECT_DOWN},
               {"desc", SELECT_DOWN}, {"从小到大", SELECT_UP},   {"升序", SELECT_UP},
               {"asc", SELECT_UP}};

/* The word of a selection at this place; English ones stand alone. *n is its length. */
static bool select_at(str s, enum select_word *word, size_t *n) {
  for (size_t i = 0; i < COUNT(selects); i++) {
    *n = strlen(selects[i].text);
    if (!str_starts(s, str_of(selects[i].text))) continue;
    bool english = (unsigned char)s.p[0] < 0x80;
    if (english && s.n > *n && strchr(" ()\"'", s.p[*n]) == NULL) continue;
    *word = selects[i].word;
    return true;
  }
  return false;
}

/* Does an operand end before this text?  One-character words count. */
static bool ends_operand(const struct parser *p, str s) {
  enum select_word word;
  size_t n;
  if (s.n == 0 || strchr(" \t\n()|:,\"'", s.p[0]) != NULL) return true;
  if (p->selecting != 0 && (unsigned char)s.p[0] >= 0x80 && select_at(s, &word, &n)) return true;
  return sign_at(s, compares, COUNT(compares)) != NULL || sign_at(s, ands, COUNT(ands)) != NULL ||
         sign_at(s, ors, COUNT(ors)) != NULL || sign_at(s, sums, COUNT(sums)) != NULL ||
         sign_at(s, products, COUNT(products)) != NULL;
}

/* The same inside of an unknown name, where 且 and 或 may be part of the name. */
static bool ends_unknown(const struct parser *p, str s) {
  enum select_word word;
  size_t n;
  if (s.n == 0 || strchr("()|:,\"'", s.p[0]) != NULL) return true;
  if (str_starts(s, STR("并且")) || str_starts(s, STR("或者")) || str_starts(s, STR("&&")))
    return true;
  if (s.p[0] == ' ') {
    str t = utf8_trim(s);
    if (p->selecting != 0 && select_at(t, &word, &n)) return true;
    static const char *const words[] = {"且 ", "或 ", "且(", "或(", "and ", "or "};
    for (size_t i = 0; i < COUNT(words); i++)
      if (str_starts(t, str_of(words[i]))) return true;
    return false;
  }
  return sign_at(s, compares, COUNT(compares)) != NULL || sign_at(s, sums, COUNT(sums)) != NULL ||
         sign_at(s, products, COUNT(products)) != NULL;
}

static bool take_sign(struct parser *p, const struct sign *table, size_t n, enum expr_kind *kind) {
  blanks(p);
  const struct sign *s = sign_at(rest(p), table, n);
  if (s == NULL) return false;
  p->at += strlen(s->text);
  *kind = s->kind;
  return true;
}

/* ---- operands ---- */

static size_t char_end(str s, size_t at) {
  size_t next = at;
  utf8_next(s, &next);
  return next;
}

/* The longest known name at this place. */
static struct expr *known_name(struct parser *p) {
  enum { LONGEST = 600 };
  str s = rest(p);
  size_t ends[LONGEST], n = 0;
  for (size_t i = 0; i < s.n && n < LONGEST;) {
    i = char_end(s, i);
    if (ends_operand(p, str_sub(s, i, s.n))) ends[n++] = i;
  }
  while (n-- > 0) {
    struct ref r;
    if (!bind_name(p->env, str_sub(s, 0, ends[n]), p->whole, &r)) continue;
    struct expr *e = node(p, EXPR_REF, NULL, NULL);
    if (e != NULL) e->ref = r;
    p->at += ends[n];
    return e;
  }
  return NULL;
}

/* Behind the bracket that closes the one at `at`, or 0. */
static size_t bracket_end(str s, size_t at) {
  size_t depth = 0;
  for (size_t i = at; i < s.n; i++) {
    if (s.p[i] == '(') depth++;
    if (s.p[i] == ')' && --depth == 0) return i + 1;
  }
  return 0;
}

/* A name that nobody knows, with brackets behind it: a function misspelt, or a name such as
 * 支出合计(本年), whose brackets are part of it. */
static bool unknown_brackets(struct parser *p, str word) {
  if (word.n == 0 || p->at >= p->s.n || p->s.p[p->at] != '(') return true;
  size_t end = bracket_end(p->s, p->at);
  const char *near = function_nearest(word);
  if (near != NULL)
    return fail(p, N_("there is no function of this name; the nearest is "), str_of(near)) != NULL;
  if (end == 0) return fail(p, N_("the closing bracket is missing after "), rest(p)) != NULL;
  if (str_find(str_sub(p->s, p->at, end), STR(","), 0) != STR_NOT_FOUND)
    return fail(p, N_("there is no function of this name: "), word) != NULL;
  p->at = end;
  return true;
}

static struct expr *unknown_name(struct parser *p) {
  size_t from = p->at;
  while (p->at < p->s.n && !ends_unknown(p, rest(p))) p->at = char_end(p->s, p->at);
  if (!unknown_brackets(p, utf8_trim(str_sub(p->s, from, p->at)))) return NULL;
  str text = utf8_trim(str_sub(p->s, from, p->at));
  if (text.n == 0) return fail(p, N_("a name or a value is expected before "), rest(p));
  struct expr *e = node(p, EXPR_REF, NULL, NULL);
  if (e != NULL) bind_unknown(p->env, text, &e->ref);
  return e;
}

/* 【三公-接待费】: the name between the brackets, whatever it holds. */
static struct expr *bracketed(struct parser *p) {
  size_t from = p->at + strlen("【");
  size_t end = str_find(p->s, STR("】"), from);
  if (end == STR_NOT_FOUND) return fail(p, N_("】 is missing after "), rest(p));
  str text = str_sub(p->s, from, end);
  p->at = end + strlen("】");
  struct expr *e = node(p, EXPR_REF, NULL, NULL);
  if (e != NULL && !bind_name(p->env, text, p->whole, &e->ref)) bind_unknown(p->env, text, &e->ref);
  return e;
}

static struct expr *constant(struct parser *p, struct val v) {
  struct expr *e = node(p, EXPR_CONSTANT, NULL, NULL);
  if (e != NULL) e->constant = v;
  return e;
}

static struct expr *quoted(struct parser *p) {
  str mark = str_sub(p->s, p->at, p->at + 1);
  size_t end = str_find(p->s, mark, p->at + 1);
  if (end == STR_NOT_FOUND) return fail(p, N_("the closing quote is missing after "), rest(p));
  str text = str_sub(p->s, p->at + 1, end);
  p->at = end + 1;
  return constant(p, val_text(arena_dup(p->env->arena, text)));
}

static struct expr *number(struct parser *p) {
  size_t end = p->at;
  const char *digits = p->calls != 0 ? "0123456789." : "0123456789.,";
  while (end < p->s.n && p->s.p[end] != '\0' && strchr(digits, p->s.p[end]) != NULL) end++;
  while (end > p->at && strchr(".,", p->s.p[end - 1]) != NULL) end--;
  if (end < p->s.n && p->s.p[end] == '%') end++;
  str text = str_sub(p->s, p->at, end);
  if (!ends_operand(p, str_sub(p->s, end, p->s.n)) ||
      num_printed(text, false, NULL, NULL) != NUM_OK)
    return NULL;
  p->at = end;
  struct val v = val_text(arena_dup(p->env->arena, text));
  v.kind = VAL_NUMBER;
  return constant(p, v);
}

/* 序号, 首个, 末个 and {{.}}: words about the innermost list. */
static struct expr *loop_word(struct parser *p) {
  static const struct sign words[] = {
      {"序号", EXPR_ORDINAL}, {"首个", EXPR_FIRST}, {"末个", EXPR_LAST}, {"index", EXPR_ORDINAL},
      {"first", EXPR_FIRST},  {"last", EXPR_LAST},  {".", EXPR_ITEM}};
  static const char *const outer[] = {"上级.", "parent."};
  const struct scope *s = bind_loop(p->env->scope);
  size_t at = p->at;
  for (size_t i = 0; s != NULL && i < COUNT(outer); i++)
    if (str_starts(rest(p), str_of(outer[i]))) {
      at += strlen(outer[i]);
      s = bind_loop(s->outer);
      break;
    }
  str here = str_sub(p->s, at, p->s.n);
  const struct sign *w = sign_at(here, words, COUNT(words));
  if (s == NULL || w == NULL) return NULL;
  size_t end = at + strlen(w->text);
  if (!ends_operand(p, str_sub(p->s, end, p->s.n))) return NULL;
  p->at = end;
  struct expr *e = node(p, w->kind, NULL, NULL);
  if (e != NULL) e->level = s->depth;
  return e;
}

static struct expr *parenthesis(struct parser *p) {
  size_t from = p->at;
  p->at++;
  if (++p->depth > LIMIT_EXPR_DEPTH) {
    finding(p->env->fs, CODE_DEPTH, p->env->place, NULL, p->env->place->tag,
            finding_number(p->env->fs, LIMIT_EXPR_DEPTH));
    return NULL;
  }
  struct expr *e = parse_or(p);
  if (e == NULL) return NULL;
  blanks(p);
  if (p->at >= p->s.n || p->s.p[p->at] != ')')
    return fail(p, N_("the closing bracket is missing after "), str_sub(p->s, from, p->s.n));
  p->at++;
  p->depth--;
  return e;
}

/* ---- functions ---- */

static bool take_char(struct parser *p, char c) {
  blanks(p);
  if (p->at >= p->s.n || p->s.p[p->at] != c) return false;
  p->at++;
  return true;
}

/* 当 …, read in the scope of the items. */
static bool call_condition(struct parser *p, struct expr *e) {
  enum select_word word;
  size_t n;
  blanks(p);
  if (!e->function->whole || !select_at(rest(p), &word, &n) || word != SELECT_WHERE) return true;
  const struct expr *list = e->operands[0];
  if (e->noperands > 1) return fail(p, N_("当 follows one list only: "), rest(p)) != NULL;
  const struct expr_env *outer = p->env;
  struct expr_env inner = *outer;
  inner.scope = bind_lists(outer, list->kind == EXPR_REF ? &list->ref : NULL, &e->levels);
  if (inner.scope == NULL) return finding(outer->fs, CODE_MEMORY, NULL, NULL, STR(""));
  e->level = outer->scope->depth + 1;
  p->at += n;
  p->env = &inner;
  p->whole = false;
  e->condition = parse_or(p);
  p->env = outer;
  p->whole = true;
  return e->condition != NULL;
}

static bool add_operand(struct parser *p, struct expr *e, size_t *cap) {
  struct expr *operand = parse_or(p);
  if (operand == NULL) return false;
  const struct expr **slot =
      arena_grow(p->env->arena, e->operands, &e->noperands, cap, sizeof *e->operands);
  if (slot == NULL) return finding(p->env->fs, CODE_MEMORY, NULL, NULL, STR(""));
  *slot = operand;
  e->operands = slot - (e->noperands - 1);
  return call_condition(p, e);
}

/* The end of one word of a list: the next comma or bracket outside of quotes. */
static size_t word_end(str s, size_t at) {
  char quote = 0;
  for (; at < s.n; at++) {
    char c = s.p[at];
    if (quote == 0 && (c == ',' || c == ')')) break;
    if (quote != 0 ? c == quote : c == '"' || c == '\'') quote = quote != 0 ? 0 : c;
  }
  return at;
}

/* 优 90, 良 80, 差: pairs of a word as typed and its limit; the last limit is empty. */
static bool add_grade(struct parser *p, struct expr *e, size_t *cap) {
  size_t from = p->at, end = word_end(p->s, from), mid = end;
  while (mid > from && strchr(" \t", p->s.p[mid - 1]) != NULL) mid--;
  while (mid > from && strchr("0123456789.%", p->s.p[mid - 1]) != NULL) mid--;
  str limit = utf8_trim(str_sub(p->s, mid, end));
  size_t to = mid;
  while (from < to && strchr(" \t", p->s.p[from]) != NULL) from++;
  while (to > from && strchr(" \t", p->s.p[to - 1]) != NULL) to--;
  if (to - from > 1 && (p->s.p[from] == '"' || p->s.p[from] == '\'') &&
      p->s.p[to - 1] == p->s.p[from])
    from++, to--;
  str word = p->map == NULL ? str_sub(p->s, from, to) : str_sub(p->typed, p->map[from], p->map[to]);
  str both[2] = {utf8_trim(word), limit};
  for (size_t i = 0; i < 2; i++) {
    str *slot = arena_grow(p->env->arena, e->args, &e->nargs, cap, sizeof *slot);
    if (slot == NULL) return finding(p->env->fs, CODE_MEMORY, NULL, NULL, STR(""));
    e->args = slot - (e->nargs - 1);
    *slot = arena_dup(p->env->arena, both[i]);
  }
  p->at = end;
  return true;
}

static bool call_operands(struct parser *p, struct expr *e) {
  size_t cap = 0, grades = 0;
  do {
    bool grade = e->function->grades && e->noperands == 1;
    if (!(grade ? add_grade(p, e, &grades) : add_operand(p, e, &cap))) return false;
  } while (take_char(p, ','));
  return true;
}

/* 变动(支出合计) is 支出合计 - 上年.支出合计. */
static struct expr *less_last(struct parser *p, const struct expr *call) {
  const struct expr *now = call->operands[0];
  bool named = now->kind == EXPR_REF && now->ref.level <= 0;
  if (!named) return fail(p, N_("a name outside of any list is needed in "), p->s);
  struct expr *then = node(p, EXPR_REF, NULL, NULL);
  str name = arena_join(p->env->arena, (str[]){STR("上年."), now->ref.shown}, 2);
  if (then == NULL || name.p == NULL) return NULL;
  if (!bind_name(p->env, name, p->whole, &then->ref)) bind_unknown(p->env, name, &then->ref);
  return node(p, EXPR_SUB, now, then);
}

static struct expr *call(struct parser *p, const struct function *f, size_t name) {
  struct parser outer = *p;
  struct expr *e = node(p, EXPR_CALL, NULL, NULL);
  if (e == NULL) return NULL;
  if (++p->depth > LIMIT_EXPR_DEPTH) return fail(p, N_("too deeply nested: "), rest(&outer));
  e->function = f;
  p->at += name;
  take_char(p, '(');
  p->calls++;
  p->selecting += f->whole;
  p->whole = f->whole;
  if (take_char(p, ')'))
    p->at--;
  else if (!call_operands(p, e))
    return NULL;
  if (!take_char(p, ')'))
    return fail(p,
                p->at < p->s.n ? N_("this cannot be understood: ")
                               : N_("the closing bracket is missing after "),
                p->at < p->s.n ? rest(p) : rest(&outer));
  if (f->whole) e->reads = expr_reads(e, UINT_MAX);
  const char *wrong = function_check(e);
  if (wrong != NULL) return fail(p, wrong, str_sub(outer.s, outer.at, p->at));
  outer.at = p->at;
  *p = outer;
  return f->last ? less_last(p, e) : e;
}

static struct expr *operand(struct parser *p) {
  blanks(p);
  if (p->at >= p->s.n) return fail(p, N_("a name or a value is missing at the end"), STR(""));
  struct parser ahead = *p;
  size_t name = 0;
  const struct function *f = function_at(rest(p), &name);
  struct expr *e = known_name(&ahead);
  if (f != NULL && (e == NULL || ahead.at <= p->at + name)) return call(p, f, name);
  if (e != NULL) {
    *p = ahead;
    return e;
  }
  char c = p->s.p[p->at];
  if (c == '(') return parenthesis(p);
  if (c == '"' || c == '\'') return quoted(p);
  if (str_starts(rest(p), STR("【"))) return bracketed(p);
  if (c >= '0' && c <= '9' && (e = number(p)) != NULL) return e;
  if ((e = loop_word(p)) != NULL) return e;
  return unknown_name(p);
}

/* A word or sign before an operand. Words stand alone before a blank, a bracket, a known name or
 * (typed without blanks, 非有记录) one other word. */
static const struct sign prefixes[] = {{"不是", EXPR_NOT}, {"非", EXPR_NOT},   {"not", EXPR_NOT},
                                       {"!", EXPR_NOT},    {"没有", EXPR_NOT}, {"有", EXPR_HAS},
                                       {"has", EXPR_HAS},  {"-", EXPR_NEG}};

static bool prefix_stands(const struct parser *p, size_t behind, bool again) {
  struct parser ahead = *p;
  size_t n;
  ahead.at = behind;
  str s = rest(&ahead);
  if (s.n == 0) return false;
  if (s.p[0] == ' ' || s.p[0] == '(' || str_starts(s, STR("【"))) return true;
  if (known_name(&ahead) != NULL || function_at(s, &n) != NULL) return true;
  for (size_t i = 0; again && i < COUNT(prefixes); i++)
    if (str_starts(s, str_of(prefixes[i].text)) &&
        prefix_stands(p, behind + strlen(prefixes[i].text), false))
      return true;
  return false;
}

static const struct sign *take_prefix(struct parser *p) {
  for (size_t i = 0; i < COUNT(prefixes); i++) {
    const struct sign *w = &prefixes[i];
    size_t behind = p->at + strlen(w->text);
    if (!str_starts(rest(p), str_of(w->text))) continue;
    bool sign = w->text[0] == '-' || w->text[0] == '!';
    if (!sign && !prefix_stands(p, behind, true)) continue;
    p->at = behind;
    return w;
  }
  return NULL;
}

/* What stands behind a prefix, which is taken. */
static struct expr *prefixed(struct parser *p, const struct sign *w,
                             struct expr *(*next)(struct parser *)) {
  if (++p->depth > LIMIT_EXPR_DEPTH) return fail(p, N_("too deeply nested: "), rest(p));
  struct expr *a = next(p);
  p->depth--;
  if (a != NULL && str_is(str_of(w->text), "没有")) a = node(p, EXPR_HAS, a, NULL);
  return a != NULL ? node(p, w->kind, a, NULL) : NULL;
}

static bool at_known_name(const struct parser *p) {
  struct parser ahead = *p;
  return known_name(&ahead) != NULL;
}

static struct expr *parse_unary(struct parser *p) {
  blanks(p);
  if (at_known_name(p)) return operand(p); /* it may begin with 有 or 非 */
  const struct sign *w = take_prefix(p);
  return w != NULL ? prefixed(p, w, parse_unary) : operand(p);
}

static struct expr *parse_chain(struct parser *p, const struct sign *table, size_t n,
                                struct expr *(*next)(struct parser *)) {
  struct expr *a = next(p);
  enum expr_kind kind;
  while (a != NULL && take_sign(p, table, n, &kind)) {
    struct expr *b = next(p);
    if (b == NULL) return NULL;
    a = node(p, kind, a, b);
  }
  return a;
}

static struct expr *parse_product(struct parser *p) {
  return parse_chain(p, products, COUNT(products), parse_unary);
}

static struct expr *parse_sum(struct parser *p) {
  return parse_chain(p, sums, COUNT(sums), parse_product);
}

static struct expr *parse_compare(struct parser *p) {
  struct expr *a = parse_sum(p);
  enum expr_kind kind;
  if (a == NULL || !take_sign(p, compares, COUNT(compares), &kind)) return a;
  struct expr *b = parse_sum(p);
  if (b == NULL) return NULL;
  if (take_sign(p, compares, COUNT(compares), &kind))
    return fail(p, N_("two comparisons follow each other; join them with 且: "), p->s);
  return node(p, kind, a, b);
}

/* 非 a > 5 is 非 (a > 5); but 没有 a = 5 is nothing. */
static struct expr *parse_not(struct parser *p) {
  blanks(p);
  struct parser before = *p;
  const struct sign *w = at_known_name(p) ? NULL : take_prefix(p);
  if (w != NULL && w->kind == EXPR_NOT && !str_is(str_of(w->text), "没有"))
    return prefixed(p, w, parse_not);
  *p = before;
  return parse_compare(p);
}

static struct expr *parse_and(struct parser *p) {
  return parse_chain(p, ands, COUNT(ands), parse_not);
}

static struct expr *parse_or(struct parser *p) {
  return parse_chain(p, ors, COUNT(ors), parse_and);
}

/* ---- filters ---- */

/* The words of an argument text, as typed, apart at blanks unless quoted. */
static bool split_args(struct parser *p, size_t from, size_t to, struct expr *e) {
  size_t cap = e->nargs;
  while (from < to) {
    while (from < to && (p->s.p[from] == ' ' || p->s.p[from] == '\n')) from++;
    if (from == to) break;
    size_t end = from, begin = from;
    char quote = p->s.p[from];
    if (quote == '"' || quote == '\'') {
      begin = ++end;
      while (end < to && p->s.p[end] != quote) end++;
      from = end < to ? end + 1 : end;
    } else {
      while (end < to && p->s.p[end] != ' ' && p->s.p[end] != '\n') end++;
      from = end;
    }
    str *slot = arena_grow(p->env->arena, e->args, &e->nargs, &cap, sizeof(str));
    if (slot == NULL) return false;
    e->args = slot - (e->nargs - 1);
    *slot =
        p->map == NULL ? str_sub(p->s, begin, end) : str_sub(p->typed, p->map[begin], p->map[end]);
    if (quote != '"' && quote != '\'') *slot = utf8_trim(*slot);
    *slot = arena_dup(p->env->arena, *slot);
  }
  return true;
}

/* End of one filter: the next : or | outside of quotes. */
static size_t filter_end(const struct parser *p) {
  char quote = 0;
  for (size_t i = p->at; i < p->s.n; i++) {
    char c = p->s.p[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if ((c == '"' || c == '\'') && memchr(p->s.p + i + 1, c, p->s.n - i - 1) != NULL) {
      quote = c;
    } else if (c == ':' || c == '|') {
      return i;
    }
  }
  return p->s.n;
}

/* 2位: the digits before the word are its argument. */
static bool places_filter(struct parser *p, str text, struct expr *e, size_t *skip) {
  size_t n = 0;
  while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9') n++;
  if (n == 0 || !str_starts(str_sub(text, n, text.n), STR("位"))) return false;
  e->filter = filter_find(STR("位"), skip);
  e->args = ARENA_ARRAY(p->env->arena, 1, str);
  if (e->args == NULL) return false;
  e->args[0] = str_sub(text, 0, n);
  e->nargs = 1;
  *skip = n + strlen("位");
  return true;
}

static bool unknown_filter(struct parser *p, str text) {
  size_t word = 0;
  while (word < text.n && text.p[word] != ' ') word++;
  str w = str_sub(text, 0, word);
  const char *near = filter_nearest(w);
  if (near == NULL)
    return finding(p->env->fs, CODE_UNKNOWN_FILTER, p->env->place, NULL, p->env->place->tag, w);
  return finding(p->env->fs, CODE_UNKNOWN_FILTER_NEAR, p->env->place, NULL, p->env->place->tag, w,
                 str_of(near));
}

static bool check_args(struct parser *p, const struct expr *e) {
  const struct filter *f = e->filter;
  const char *wrong = NULL;
  if (e->nargs < f->least || (filter_has(f, FILTER_COMPARES) && e->b == NULL))
    wrong = N_("a word is missing behind the filter");
  else if (e->nargs > f->most)
    wrong = N_("there are too many words behind the filter");
  else if (f->check != NULL)
    wrong = f->check(e->args, e->nargs);
  if (wrong == NULL) return true;
  return finding(p->env->fs, CODE_FILTER_ARGUMENT, p->env->place, NULL, p->env->place->tag,
                 str_of(wrong));
}

/* Does a filter follow that has a word for missing values? */
static bool followed_by_default(const struct parser *p, size_t end) {
  struct parser ahead = *p;
  size_t skip;
  for (; end < p->s.n; end = filter_end(&ahead)) {
    ahead.at = end + 1;
    const struct filter *f = filter_find(str_trim(rest(&ahead)), &skip);
    if (f != NULL && filter_has(f, FILTER_MISSING)) return true;
  }
  return false;
}

/* 同比 上年支出: the first word is an expression of its own. */
static bool filter_operand(struct parser *p, size_t from, size_t *to, struct expr *e) {
  struct parser inner = *p;
  inner.s = str_sub(p->s, 0, *to);
  inner.at = from;
  blanks(&inner);
  if (inner.at == inner.s.n) return true; /* check_args says that it is missing */
  e->b = parse_or(&inner);
  *to = inner.at;
  return e->b != NULL;
}

static struct expr *one_filter(struct parser *p, struct expr *of) {
  blanks(p);
  size_t end = filter_end(p), skip = 0;
  str text = str_trim(str_sub(p->s, p->at, end));
  struct expr *e = node(p, EXPR_FILTER, of, NULL);
  if (e == NULL) return NULL;
  if (!places_filter(p, text, e, &skip)) {
    e->filter = filter_find(text, &skip);
    if (e->filter == NULL) return unknown_filter(p, text), NULL;
  }
  size_t from = p->at + skip;
  if (filter_has(e->filter, FILTER_COMPARES)) {
    size_t to = end;
    if (!filter_operand(p, from, &to, e)) return NULL;
    from = to;
  }
  if (!split_args(p, from, end, e) || !check_args(p, e)) return NULL;
  e->guarded = followed_by_default(p, end);
  p->at = end;
  return e;
}

static struct expr *pipeline(struct parser *p, struct expr *e) {
  for (;;) {
    blanks(p);
    if (e == NULL || p->at >= p->s.n) return e;
    if (p->s.p[p->at] != ':' && p->s.p[p->at] != '|')
      return fail(p, N_("this cannot be understood: "), rest(p));
    p->at++;
    e = one_filter(p, e);
  }
}

struct expr *expr_parse(const struct expr_env *env, str folded, str typed, const size_t *map) {
  struct parser p = {.env = env, .s = folded, .typed = typed, .map = map};
  struct ref whole;
  if (bind_name(env, folded, false, &whole)) {
    struct expr *e = node(&p, EXPR_REF, NULL, NULL);
    if (e != NULL) e->ref = whole;
    return e;
  }
  return pipeline(&p, parse_or(&p));
}

/* A whole text that is a known name.  False: it is none; else *e is it, or NULL without memory. */
static bool whole_name(struct parser *p, struct expr **e) {
  struct ref r;
  if (!bind_name(p->env, p->s, false, &r)) return false;
  *e = node(p, EXPR_REF, NULL, NULL);
  if (*e != NULL) (*e)->ref = r;
  return true;
}

struct expr *expr_name(const struct expr_env *env, str folded) {
  struct parser p = {.env = env, .s = utf8_trim(folded)};
  struct expr *e;
  if (whole_name(&p, &e)) return e;
  e = parse_or(&p);
  blanks(&p);
  if (e != NULL && p.at < p.s.n) return fail(&p, N_("this cannot be understood: "), rest(&p));
  return e;
}

/* ---- repetitions ---- */

struct expr *expr_list(const struct expr_env *env, str folded, str *behind) {
  struct parser p = {.env = env, .s = utf8_trim(folded), .selecting = 1};
  enum select_word word;
  size_t n;
  *behind = STR_NONE;
  struct expr *e;
  if (whole_name(&p, &e)) return e;
  e = parse_or(&p);
  blanks(&p);
  *behind = rest(&p);
  if (e == NULL || behind->n == 0) return e;
  if (!select_at(*behind, &word, &n) || word > SELECT_BY)
    return fail(&p, N_("this cannot be understood: "), *behind);
  return e;
}

/* One of 当 …, 按 … [从大到小]; a word that stands twice is not understood. */
static bool take_selection(struct parser *p, struct selection *out) {
  enum select_word word;
  size_t n;
  str here = rest(p);
  bool known = select_at(here, &word, &n) && word <= SELECT_BY;
  const struct expr **slot = known && word == SELECT_WHERE ? &out->condition : &out->key;
  if (!known || *slot != NULL) return fail(p, N_("this cannot be understood: "), here), false;
  p->at += n;
  *slot = parse_or(p);
  if (*slot == NULL) return false;
  blanks(p);
  if (word == SELECT_BY && select_at(rest(p), &word, &n) && word >= SELECT_DOWN) {
    out->descending = word == SELECT_DOWN;
    p->at += n;
    blanks(p);
  }
  return true;
}

bool expr_selection(const struct expr_env *env, str folded, struct selection *out) {
  struct parser p = {.env = env, .s = utf8_trim(folded), .selecting = 1};
  *out = (struct selection){.condition = NULL};
  while (p.at < p.s.n)
    if (!take_selection(&p, out)) return false;
  return true;
}

/* Those of its 当 begin at e->level. */
static unsigned call_reads(const struct expr *e, unsigned below) {
  unsigned own = e->level < below ? e->level : below;
  unsigned deepest = e->condition != NULL ? expr_reads(e->condition, own) : 0;
  for (size_t i = 0; i < e->noperands; i++) {
    unsigned reads = expr_reads(e->operands[i], below);
    if (reads > deepest) deepest = reads;
  }
  return deepest;
}

unsigned expr_reads(const struct expr *e, unsigned below) {
  if (e == NULL) return 0;
  if (e->kind == EXPR_CALL) return call_reads(e, below);
  unsigned level = e->kind != EXPR_REF ? e->level : e->ref.level > 0 ? (unsigned)e->ref.level : 0;
  if (level != 0) return level < below ? level : 0;
  unsigned a = expr_reads(e->a, below), b = expr_reads(e->b, below);
  return a > b ? a : b;
}

bool expr_merges(const struct expr *e) {
  for (; e != NULL && e->kind == EXPR_FILTER; e = e->a)
    if (filter_has(e->filter, FILTER_MERGES)) return true;
  return false;
}

bool expr_row_list(const struct expr_env *env, const struct expr *e, struct ref *list) {
  if (e == NULL) return false;
  if (e->kind == EXPR_REF) return bind_first_list(env, &e->ref, list);
  if (e->kind == EXPR_CALL && !e->function->whole)
    for (size_t i = 0; i < e->noperands; i++)
      if (expr_row_list(env, e->operands[i], list)) return true;
  return expr_row_list(env, e->a, list) || expr_row_list(env, e->b, list);
}
