/* 勾稽 rules: relations between the figures of a record, one on a line of a plain text file, or in a row
 * of a sheet 勾稽关系 (data/rule_sheet.h).
 *
 *   错误  支出合计 = 基本支出 + 项目支出
 *   提醒  执行率 = 全年执行数 / 全年预算数  容差 0.0001   # 四舍五入
 *   错误  每行(自评指标: 得分 <= 分值)
 *
 * Expressions are those of the template language (expr/), bound to the names of the data.
 */
#ifndef CHECK_RULES_H
#define CHECK_RULES_H

#include "base/lines.h"
#include "template/template.h"
#include "value/val.h"

struct rules;

/* The lines of a file of rules (UTF-8 or GB18030), into the arena. */
bool rules_read(const char *path, struct arena *a, struct lines *out, struct findings *fs);
/* Reads rules and binds them; names and lines must outlive them.  Of equal lines, as in the workbooks
 * of twenty townships, the first counts.  NULL: findings at the lines say all that is wrong. */
struct rules *rules_new(const struct lines *l, const struct names *ns, struct findings *fs);
/* Both for one file; only the names must outlive them. */
struct rules *rules_open(const char *path, const struct names *ns, struct findings *fs);
void rules_free(struct rules *r);
/* The rules that lie beside a template, NAME.rules or NAME勾稽.txt, or NULL; in the arena. */
const char *rules_beside(const char *template_path, struct arena *a);

/* Holds a record against the rules.  A broken rule is a finding with both sides and their
 * difference, followed by one for each figure: where the template prints it, and where the data have
 * it.  A rule in which a figure is missing is told as not checked; one that speaks of an approximate
 * figure is a 提醒 at most.  With `forced` nothing is an error.  `t` may be NULL when the template was
 * refused.  False: an error was found. */
bool rules_check(const struct rules *r, const struct template *t, const struct val *root,
                 bool forced, struct findings *fs);

/* Calls `see` for each expression of the rules. */
struct expr;
void rules_expressions(const struct rules *r, void *ctx,
                       void (*see)(void *ctx, const struct expr *e, const struct place *place));

#endif
