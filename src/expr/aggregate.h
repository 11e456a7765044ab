/* Functions that run over lists: 合计, 个数, 平均, 最大, 最小. */
#ifndef EXPR_AGGREGATE_H
#define EXPR_AGGREGATE_H

#include "expr/expr.h"

bool aggregate_sum(const struct expr *e, const struct eval *ev, struct result *r);
bool aggregate_count(const struct expr *e, const struct eval *ev, struct result *r);
bool aggregate_average(const struct expr *e, const struct eval *ev, struct result *r);
bool aggregate_greatest(const struct expr *e, const struct eval *ev, struct result *r);
bool aggregate_least(const struct expr *e, const struct eval *ev, struct result *r);

#endif
