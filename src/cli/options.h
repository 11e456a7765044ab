/* The command line. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/fields.h"
#include "job/fill.h"

enum command { COMMAND_NONE, COMMAND_FILL, COMMAND_CHECK, COMMAND_FIELDS, COMMAND_STATUS, COMMAND_HELP };

/* What is asked of it. */
enum wish {
  WISH_RUN,
  WISH_HELP, /* tianbao [COMMAND] --help */
  WISH_MAN,  /* tianbao help --man */
  WISH_VERSION
};

struct options {
  enum command command;
  enum wish wish;
  struct fill_job job;      /* COMMAND_FILL, COMMAND_CHECK */
  struct fields_job fields; /* COMMAND_FIELDS */
  const char *format;       /* COMMAND_CHECK, COMMAND_FIELDS, COMMAND_STATUS; NULL: text */
  const char *per_unit;     /* COMMAND_FIELDS */
  enum fields_form form;
  const char *folder; /* COMMAND_STATUS */
  size_t ntopics; /* COMMAND_HELP */
  const char *const *topics;
  const char **operands; /* owned; what job and topics point into */
  const char **lasts;    /* owned; of --last */
};

/* Reads the command line; strings are borrowed from argv.  False: findings say what is wrong
 * with it, and the command is known if it could be read. */
bool options_read(struct options *o, int argc, char **argv, struct findings *fs);
/* The command as it is typed, or NULL. */
const char *options_command(const struct options *o);
void options_free(struct options *o);

#endif
