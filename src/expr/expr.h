/* Expressions: names, comparisons, conditions and filters of a tag, bound and evaluated.
 *
 * Text comes in folded (base/fold.h).  Parsing and binding are one step, since the longest known
 * name decides where a name ends (language.md 2); it happens once per tag and set of names.
 * Numbers are exact (value/num.h).
 */
#ifndef EXPR_EXPR_H
#define EXPR_EXPR_H

#include "data/names.h"
#include "value/val.h"

/* ---- scopes: what is known at a place of the template ---- */

struct expr;

/* One level of the look-up, innermost first.  The root has depth 0 and `of` NULL. */
struct scope {
  const struct scope *outer;
  const struct name *name; /* its children are the keys of the item; NULL: none known */
  unsigned depth;          /* index of its frame */
  bool list;               /* runs over a list of these names */
  bool implied;            /* of a row that repeats by itself */
  const struct expr *of;   /* what it runs over */
  const struct selection *select; /* 当, 按; NULL: all of it in its order */
};

enum step_kind { STEP_KEY, STEP_INDEX };

struct step {
  enum step_kind kind;
  uint32_t key;
  size_t index; /* from 0 */
};

enum { REF_UNBOUND = -1 };

/* A bound name: a frame, and the way from its item. */
struct ref {
  int level;
  size_t n;
  const struct step *steps;
  str shown; /* as typed */
  str near;  /* for unbound names: the nearest known name, or empty */
  str unit;  /* that the tag asks for in brackets, canonical, or empty */
  const struct name *name; /* what it is bound to; NULL: unbound or an item */
};

enum expr_kind {
  EXPR_CONSTANT, /* quoted text or a number */
  EXPR_REF,
  EXPR_ITEM,    /* {{.}} */
  EXPR_ORDINAL, /* 序号 */
  EXPR_FIRST,   /* 首个 */
  EXPR_LAST,    /* 末个 */
  EXPR_HAS,     /* 有 x */
  EXPR_NOT,
  EXPR_AND,
  EXPR_OR,
  EXPR_EQ,
  EXPR_NE,
  EXPR_LT,
  EXPR_LE,
  EXPR_GT,
  EXPR_GE,
  EXPR_ADD,
  EXPR_SUB,
  EXPR_MUL,
  EXPR_DIV,
  EXPR_NEG,
  EXPR_CALL,
  EXPR_FILTER
};

struct filter;
struct function;

struct expr {
  enum expr_kind kind;
  struct ref ref;       /* EXPR_REF */
  unsigned level;       /* EXPR_ITEM, EXPR_ORDINAL, EXPR_FIRST, EXPR_LAST: the frame */
  struct val constant;  /* EXPR_CONSTANT */
  const struct expr *a, *b;    /* EXPR_FILTER: of a; b: what 同比 compares it with, or NULL */
  const struct filter *filter;
  bool guarded;                /* 空则 follows */
  const struct function *function; /* EXPR_CALL */
  const struct expr **operands;
  size_t noperands;
  const struct expr *condition; /* 当 …, or NULL */
  const unsigned *levels; /* with it: frames of the lists that the operand leads through */
  unsigned reads;         /* EXPR_CALL over lists: see expr_reads */
  str *args; /* words of a filter, or grades */
  size_t nargs;
};

/* What parsing needs to know. */
struct expr_env {
  const struct names *names;
  const struct scope *scope;
  struct arena *arena;       /* the expression lives here */
  const struct place *place; /* of the tag, for findings */
  struct findings *fs;
};

/* Parses a folded text as expression with filters.  `typed` and `map` give the text as typed and
 * for each byte of `folded` its offset there: arguments of filters and quoted texts print as
 * typed.  NULL: findings were added.  A name that nobody knows is no error here; it is missing
 * when evaluated. */
struct expr *expr_parse(const struct expr_env *env, str folded, str typed, const size_t *map);

/* The name of a list, object or condition, without filters: as expr_parse, but a whole text that
 * is a known name is taken first. */
struct expr *expr_name(const struct expr_env *env, str folded);

/* What 每个 shows of a list, and in which order. */
struct selection {
  const struct expr *condition; /* NULL: every item */
  const struct expr *key;       /* NULL: in the list's order */
  bool descending;
};

/* Splits the text of 每个 (without the word itself) into the list, which is returned, and the
 * rest that begins with 当, 按, where or by; *rest is empty when there is none. */
struct expr *expr_list(const struct expr_env *env, str folded, str *rest);
/* That rest: `当 …` and `按 … 从大到小|从小到大` (where …, by … desc|asc). env->scope is the
 * scope of the items.  False: findings were added. */
bool expr_selection(const struct expr_env *env, str folded, struct selection *out);
/* Has the pipeline 同值合并 in it? */
bool expr_merges(const struct expr *e);

/* The list that a row with this expression would repeat for (language.md 5, implicit rows): the
 * first step of a printed name that is a list of objects and is not the current item; *rest is
 * true when a further list follows.  Returns false when there is none. */
bool expr_row_list(const struct expr_env *env, const struct expr *e, struct ref *list);

/* The depth of the deepest frame, of those less than `below`, that an expression reads.  Frames
 * that a 当 in it sets itself do not count.  0 when it reads none but the root. */
unsigned expr_reads(const struct expr *e, unsigned below);

/* ---- evaluation ---- */

/* The item that a scope stands at. */
struct frame {
  const struct val *item; /* NULL: a true value that is no object */
  size_t ordinal, shown;  /* number of the item from 0; number of items */
  bool list;
  uint64_t stamp; /* another one each time it is set (memo.h) */
};

struct memo;

/* Somebody who asks which items of a list lack a figure, when a missing one is reported. */
struct seeker {
  void *ctx;
  /* The figure is missing inside of this item; false: that is none of those that are asked for. */
  bool (*lacks)(void *ctx, const struct val *item, str name);
};

struct eval {
  const struct frame *frames; /* by depth */
  struct arena *scratch;      /* results live here until the caller resets it */
  const struct place *place;
  str tag; /* as typed, for findings */
  struct findings *fs;
  struct memo *memo; /* NULL: nothing is remembered */
  const struct seeker *seeker; /* NULL: nobody asks; then the first that is missing ends a search */
  bool explain;      /* also tell what is done that a reader of the template may not expect */
};

/* A value, and its number when it was calculated. */
struct result {
  struct val v;
  bool calculated; /* VAL_NUMBER whose text is not made yet */
  bool inexact;    /* it comes of a figure such as 4000多, so it is no proof */
  struct num num;  /* when calculated */
  const struct ref *lacking; /* with a missing value: the column that has none, or NULL */
  bool rounded; /* a filter rounded it; `sign` is that of the exact value */
  int sign;
};

void result_init(struct result *r);
void result_free(struct result *r);
/* For sorting, a total order: numbers by value, then dates, then texts by code point, then all
 * else; missing values last.  <0, 0, >0. */
int result_order(struct result *a, struct result *b);

/* False: findings were added.  A missing value is no failure: r->v.kind is VAL_MISSING or
 * VAL_NULL. */
bool expr_eval(const struct expr *e, const struct eval *ev, struct result *r);
/* The condition of 如果: a missing name in it is CODE_MISSING, unless inside 有; *missing tells. */
bool expr_test(const struct expr *e, const struct eval *ev, bool *truth, bool *missing);
/* The printed form, in the scratch arena.  Not for missing values. */
bool expr_print(struct result *r, const struct eval *ev, str *out);
/* The first name in the expression that has no value now; its text as typed. */
bool expr_missing_name(const struct expr *e, const struct eval *ev, const struct ref **name);

/* Adds CODE_MISSING or CODE_MISSING_NEAR for an expression whose value is missing, and tells the
 * seeker of every item in which it is. */
void expr_report_missing(const struct expr *e, const struct eval *ev);

#endif
