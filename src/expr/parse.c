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

#define N_(s) (s)
#define COUNT(a) (sizeof(a) / sizeof *(a))

struct parser {
  const struct expr_env *env;
  str s; /* folded */
  size_t at;
  str typed;
  const size_t *map;
  unsigned depth;
  unsigned selecting; /* inside of 当 … 按 …, whose words end a name */
};

static struct expr *parse_or(struct parser *p);

static struct expr *fail(struct parser *p, const char *why, str what) {
  str said = arena_join(p->env->arena, (str[]){str_of(why), what}, 2);
  finding(p->env->fs, CODE_TAG_SYNTAX, p->env->place, NULL, p->env->place->tag, said);
  return NULL;
}

static void blanks(struct parser *p) {
  while (p->at < p->s.n && (p->s.p[p->at] == ' ' || p->s.p[p->at] == '\t' ||
                            p->s.p[p->at] == '\n'))
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
static const struct sign ands[] = {{"并且", EXPR_AND}, {"&&", EXPR_AND}, {"且", EXPR_AND},
                                   {"and ", EXPR_AND}};
static const struct sign ors[] = {{"或者", EXPR_OR}, {"||", EXPR_OR}, {"或", EXPR_OR},
                                  {"or ", EXPR_OR}};
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
} selects[] = {{"当", SELECT_WHERE},      {"where", SELECT_WHERE}, {"按", SELECT_BY},
               {"by", SELECT_BY},         {"从大到小", SELECT_DOWN}, {"降序", SELECT_DOWN},
               {"desc", SELECT_DOWN},     {"从小到大", SELECT_UP},   {"升序", SELECT_UP},
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
    if (!bind_name(p->env, str_sub(s, 0, ends[n]), false, &r)) continue;
    struct expr *e = node(p, EXPR_REF, NULL, NULL);
    if (e != NULL) e->ref = r;
    p->at += ends[n];
    return e;
  }
  return NULL;
}

static struct expr *unknown_name(struct parser *p) {
  size_t from = p->at;
  while (p->at < p->s.n && !ends_unknown(p, rest(p))) p->at = char_end(p->s, p->at);
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
  if (e != NULL && !bind_name(p->env, text, false, &e->ref)) bind_unknown(p->env, text, &e->ref);
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
  while (end < p->s.n && (strchr("0123456789.,", p->s.p[end]) != NULL)) end++;
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
  static const struct sign words[] = {{"序号", EXPR_ORDINAL}, {"首个", EXPR_FIRST},
                                      {"末个", EXPR_LAST},    {"index", EXPR_ORDINAL},
                                      {"first", EXPR_FIRST},  {"last", EXPR_LAST},
                                      {".", EXPR_ITEM}};
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

static struct expr *operand(struct parser *p) {
  blanks(p);
  if (p->at >= p->s.n) return fail(p, N_("a name or a value is missing at the end"), STR(""));
  struct expr *e = known_name(p);
  if (e != NULL) return e;
  char c = p->s.p[p->at];
  if (c == '(') return parenthesis(p);
  if (c == '"' || c == '\'') return quoted(p);
  if (str_starts(rest(p), STR("【"))) return bracketed(p);
  if (c >= '0' && c <= '9' && (e = number(p)) != NULL) return e;
  if ((e = loop_word(p)) != NULL) return e;
  return unknown_name(p);
}

/* A word before an operand: it stands alone before a blank, a bracket or a known name. */
static bool take_prefix(struct parser *p, const char *word) {
  if (!str_starts(rest(p), str_of(word))) return false;
  str behind = str_sub(p->s, p->at + strlen(word), p->s.n);
  bool alone = behind.n != 0 && (behind.p[0] == ' ' || behind.p[0] == '(' ||
                                 str_starts(behind, STR("【")));
  if (!alone) {
    struct parser ahead = *p;
    ahead.at += strlen(word);
    if (known_name(&ahead) == NULL) return false;
  }
  p->at += strlen(word);
  return true;
}

static struct expr *parse_unary(struct parser *p) {
  blanks(p);
  struct parser ahead = *p;
  struct expr *name = known_name(&ahead);
  if (name != NULL) { /* a known name may begin with 有 or 非 */
    *p = ahead;
    return name;
  }
  static const struct sign words[] = {{"不是", EXPR_NOT}, {"非", EXPR_NOT}, {"not", EXPR_NOT},
                                      {"!", EXPR_NOT},    {"有", EXPR_HAS}, {"has", EXPR_HAS},
                                      {"没有", EXPR_NOT}, {"-", EXPR_NEG}};
  for (size_t i = 0; i < COUNT(words); i++) {
    bool sign = words[i].text[0] == '-' || words[i].text[0] == '!';
    if (sign ? !str_starts(rest(p), str_of(words[i].text)) : !take_prefix(p, words[i].text))
      continue;
    if (sign) p->at++;
    if (++p->depth > LIMIT_EXPR_DEPTH) return fail(p, N_("too deeply nested: "), rest(p));
    struct expr *a = parse_unary(p);
    p->depth--;
    if (a != NULL && str_is(str_of(words[i].text), "没有")) a = node(p, EXPR_HAS, a, NULL);
    return a != NULL ? node(p, words[i].kind, a, NULL) : NULL;
  }
  return operand(p);
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

static struct expr *parse_and(struct parser *p) {
  return parse_chain(p, ands, COUNT(ands), parse_compare);
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
    *slot = p->map == NULL
                ? str_sub(p->s, begin, end)
                : str_sub(p->typed, p->map[begin], p->map[end]);
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
  return finding(p->env->fs, CODE_UNKNOWN_FILTER_NEAR, p->env->place, NULL, p->env->place->tag,
                 w, str_of(near));
}

static bool check_args(struct parser *p, const struct expr *e) {
  const struct filter *f = e->filter;
  const char *wrong = NULL;
  if (e->nargs < f->least) wrong = N_("a word is missing behind the filter");
  else if (e->nargs > f->most) wrong = N_("there are too many words behind the filter");
  else if (f->check != NULL) wrong = f->check(e->args, e->nargs);
  if (wrong == NULL) return true;
  return finding(p->env->fs, CODE_FILTER_ARGUMENT, p->env->place, NULL, p->env->place->tag,
                 str_of(wrong));
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
  if (!split_args(p, p->at + skip, end, e) || !check_args(p, e)) return NULL;
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

struct expr *expr_name(const struct expr_env *env, str folded) {
  struct parser p = {.env = env, .s = utf8_trim(folded)};
  struct ref r;
  if (bind_name(env, p.s, false, &r)) {
    struct expr *e = node(&p, EXPR_REF, NULL, NULL);
    if (e != NULL) e->ref = r;
    return e;
  }
  struct expr *e = parse_or(&p);
  blanks(&p);
  if (e != NULL && p.at < p.s.n) return fail(&p, N_("this cannot be understood: "), rest(&p));
  return e;
}

/* ---- repetitions ---- */

struct expr *expr_list(const struct expr_env *env, str folded, str *behind) {
  struct parser p = {.env = env, .s = utf8_trim(folded), .selecting = 1};
  struct ref r;
  enum select_word word;
  size_t n;
  *behind = STR_NONE;
  if (bind_name(env, p.s, false, &r)) {
    struct expr *e = node(&p, EXPR_REF, NULL, NULL);
    if (e != NULL) e->ref = r;
    return e;
  }
  struct expr *e = parse_or(&p);
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

bool expr_merges(const struct expr *e) {
  for (; e != NULL && e->kind == EXPR_FILTER; e = e->a)
    if (e->filter->merges) return true;
  return false;
}

bool expr_bind(const struct expr_env *env, str text, struct ref *out) {
  return bind_name(env, text, false, out);
}

bool expr_row_list(const struct expr_env *env, const struct expr *e, struct ref *list) {
  if (e == NULL) return false;
  if (e->kind == EXPR_REF) return bind_first_list(env, &e->ref, list);
  return expr_row_list(env, e->a, list) || expr_row_list(env, e->b, list);
}
