/* The command line. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "job/fill.h"

enum action {
  ACTION_FILL,
  ACTION_FILL_HELP, /* tianbao fill --help */
  ACTION_HELP,      /* tianbao help [TOPIC]…, tianbao --help */
  ACTION_MAN,       /* tianbao help --man */
  ACTION_VERSION
};

struct options {
  enum action action;
  struct fill_job job; /* ACTION_FILL */
  size_t ntopics;      /* ACTION_HELP */
  const char *const *topics;
  const char **operands; /* owned; what job and topics point into */
};

/* Reads the command line; strings are borrowed from argv.  False: findings say what is wrong
 * with it. */
bool options_read(struct options *o, int argc, char **argv, struct findings *fs);
void options_free(struct options *o);

#endif
