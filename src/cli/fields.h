/* `tianbao fields`: what a template asks for, listed or as files to be filled in. */
#ifndef CLI_FIELDS_H
#define CLI_FIELDS_H

#include "job/fields.h"

enum fields_form { FIELDS_TEXT, FIELDS_JSON, FIELDS_CSV, FIELDS_NAMES };

/* The form of that name; false: there is none. */
bool fields_form_known(const char *word, enum fields_form *form);
/* Lists to standard output, or writes files and says their paths there; findings go to standard
 * error. */
enum status fields_command(const struct fields_job *job, enum fields_form form);

#endif
