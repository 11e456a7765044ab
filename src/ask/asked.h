/* What a template and its rules ask of the data: fields, lists and columns, each with its places. */
#ifndef ASK_ASKED_H
#define ASK_ASKED_H

#include "ask/how.h"
#include "ask/learn.h"
#include "check/internal.h"

enum asked_kind {
  ASKED_VALUE,
  ASKED_LIST,  /* of plain values */
  ASKED_TABLE, /* of objects, whose columns are its parts */
  ASKED_OBJECT
};

enum asked_trait {
  ASKED_NUMBER = 1,
  ASKED_DATE = 2,
  ASKED_CODE = 4,    /* digits that are no number: kept as text */
  ASKED_OPTIONAL = 8 /* the template has words for the case that it is missing */
};

/* One place where it is asked for. */
struct asked_use {
  enum site_how how;
  bool plain;                /* SITE_PRINTED: itself, not something calculated with it */
  const struct place *place; /* NULL: in a rule */
  const struct rule *rule;
  str tag, before, behind; /* the tag as typed, and the literal text right around it */
};

struct asked {
  const struct name *name; /* NULL: the record itself */
  struct asked *parent;
  struct asked **parts; /* members or columns, in the order in which the template asks for them */
  size_t nparts, capparts;
  enum asked_kind kind;
  unsigned traits;
  str shown, path; /* 金额, 项目.金额 */
  str unit;        /* canonical: behind all places where it is printed plainly; or empty */
  str *words;      /* fixed words that it is compared with */
  size_t nwords, capwords;
  struct asked_use *uses;
  size_t nuses, capuses;
  size_t printed; /* uses that print it plainly */
};

struct asking {
  struct arena *arena;
  struct learned learned;
  str path; /* of the template */
  struct asked root;
};

/* Finds out what the template asks for.  `rules`: a file of rules, or NULL; `known`: names of data
 * that are there already, or NULL.  NULL: findings.  Notes tell what was guessed. */
struct asking *asked_open(const char *path, const struct template_options *o, const char *rules,
                          const struct names *known, struct findings *fs);
void asked_close(struct asking *a);
/* What is asked of a name, or NULL. */
const struct asked *asked_of(const struct asking *a, const struct name *n);
/* Calls visit for each value, list, table and object, parents first. */
void asked_visit(const struct asked *a, void (*visit)(void *ctx, const struct asked *a), void *ctx);

#endif
