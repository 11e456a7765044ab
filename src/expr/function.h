/* Functions: 合计(项目.金额), 四舍五入(x, 2). One sorted table; see function.c. */
#ifndef EXPR_FUNCTION_H
#define EXPR_FUNCTION_H

#include "expr/expr.h"

struct function {
  const char *name;     /* 合计 */
  const char *english;  /* sum */
  unsigned least, most; /* number of operands */
  bool whole;  /* a list in its operands is the whole list, and 当 … may follow */
  bool grades; /* words with limits follow the first operand */
  bool last;   /* less what its operand was last year; a difference to the parser, so no apply */
  /* False: findings were added. */
  bool (*apply)(const struct expr *e, const struct eval *ev, struct result *r);
  const char *help;    /* one line, for gettext */
  const char *example; /* tag → result */
};

extern const struct function functions[];
size_t function_count(void);
/* The function whose name stands at the start of the text with a bracket behind it; *n is the
 * length of the name. NULL: none. */
const struct function *function_at(str text, size_t *n);
/* The name nearest to a word that is none, or NULL. */
const char *function_nearest(str word);
/* What is wrong with the operands of a call (for gettext), or NULL. */
const char *function_check(const struct expr *e);

#endif
