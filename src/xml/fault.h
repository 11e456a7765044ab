/* What libxml2's parsers found wrong, for xml.c and stream.c. */
#ifndef XML_FAULT_H
#define XML_FAULT_H

#include <libxml/xmlerror.h>
#include <libxml/xmlversion.h>

#include "base/finding.h"

#if LIBXML_VERSION >= 21200
typedef const xmlError fault_error;
#else
typedef xmlError fault_error;
#endif

/* The first error of a parser; {0} is none. */
struct fault {
  bool set, fatal;
  int line, column;
  char *words; /* owned */
};

/* Errors outside of a parser are not printed. */
void fault_silence(void);
/* Keeps the error when it is the first (a fatal one replaces one that is not).  True: it is fatal,
 * and the parser must stop. */
bool fault_keep(struct fault *first, fault_error *e);
/* CODE_BAD_XML, or CODE_MEMORY when memory ran out. */
void fault_report(const struct fault *first, const struct place *place, struct findings *fs);
void fault_free(struct fault *first);

#endif
