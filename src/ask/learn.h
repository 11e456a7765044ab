/* The names that a template and its rules ask for, found without data. */
#ifndef ASK_LEARN_H
#define ASK_LEARN_H

#include "check/rules.h"
#include "template/template.h"

struct learned {
  struct names *names;
  struct template *template; /* compiled with them */
  struct rules *rules;       /* bound to them; NULL: none */
};

/* Compiles the template again and again, each time with the names that it was found to ask for,
 * until it asks for nothing new.  `known`: names of data that are there already, or NULL; what
 * they say of a name holds.  `rules`: a file of rules, or NULL.
 * False: findings say what is wrong with the template or the rules; *out is empty. */
bool learn(const char *path, const struct template_options *o, const char *rules,
           const struct names *known, struct learned *out, struct findings *fs);
void learned_free(struct learned *l);

#endif
