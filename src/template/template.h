/* Templates: a package compiled once into programs, one for each part in which something is
 * filled.
 */
#ifndef TEMPLATE_TEMPLATE_H
#define TEMPLATE_TEMPLATE_H

#include "data/names.h"
#include "pack/pack.h"

enum missing { MISSING_ERROR, MISSING_BLANK, MISSING_DASH, MISSING_KEEP, MISSING_MARK };

struct template_options {
  str open, close; /* --delimiters; empty: {{ and }} with their full-width forms */
  enum missing missing;
  bool clean; /* reports without comments, tracked changes and names */
  bool learning; /* the names are being found out: what hangs on them is not refused yet */
  bool shows; /* programs know the text that they show (render/shown.h) */
};

struct template;

/* Opens, verifies and compiles. `names` are those of the data (borrowed; must live as long).
 * NULL: findings say everything that is wrong. */
struct template *template_open(const char *path, const struct template_options *opt,
                               const struct names *names, struct findings *fs);
/* Only finds out what stands in it, as far as it can be read: it can be compared, not rendered. What
 * is wrong with its tags is not told.  NULL: findings say why there is nothing to be read. */
struct template *template_scan(const char *path, const struct template_options *opt,
                               const struct names *names, struct findings *fs);
void template_close(struct template *t);
/* The ending of the reports it makes, with its dot: ".docx" for .docx and .dotx, ".docm", ".odt". */
str template_ending(const struct template *t);
/* Where values of a name are printed, whatever filters they have: how often, and *first of them. */
struct name;
size_t template_printed(const struct template *t, const struct name *name,
                        const struct place **first);
/* Calls `see` for each expression of it: what is printed, repeated, chosen, sorted. */
struct expr;
void template_expressions(const struct template *t, void *ctx,
                          void (*see)(void *ctx, const struct expr *e, const struct place *place));
/* The bytes of the file as it was compiled. */
str template_bytes(const struct template *t);
/* Name of the file without folder and ending. */
str template_stem(const struct template *t);

/* A pattern such as 'out/{{单位名称}}{{年度}}.docx': text with value tags. */
struct pattern;
struct pattern *pattern_parse(str text, const struct template_options *opt,
                              const struct names *names, struct findings *fs);
void pattern_free(struct pattern *p);
/* True when the text has a tag at all. */
bool pattern_has_tags(const struct pattern *p);
/* What stands before the first of them. */
str pattern_head(const struct pattern *p);
/* Prints the pattern for a record. `check` is called for every value with the name of its tag
 * before it is put in; it returns false after adding a finding. A missing value is a finding. */
struct val;
bool pattern_print(const struct pattern *p, const struct val *root, struct buf *out,
                   bool (*check)(void *ctx, str tag, str value, const struct val *v,
                                 struct findings *fs),
                   void *ctx, struct findings *fs);

#endif
