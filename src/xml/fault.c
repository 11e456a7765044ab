/* The first error of a parser: the later ones mislead.
 *
 * Nothing is printed; what the words are shown with is left to the command.
 */
#include "xml/fault.h"

#include "base/mem.h"

#define N_(s) (s)

static void ignore(void *data, fault_error *e) {
  (void)data;
  (void)e;
}

void fault_silence(void) { xmlSetStructuredErrorFunc(NULL, ignore); }

bool fault_keep(struct fault *first, fault_error *e) {
  /* xml:id faults and the like leave the tree as it is; a real fault says more. */
  bool fatal = e->level == XML_ERR_FATAL || e->domain == XML_FROM_NAMESPACE;
  if (e->level < XML_ERR_ERROR) return false;
  if (!first->set || (fatal && !first->fatal)) {
    mem_free(first->words);
    *first = (struct fault){true, fatal, e->line, e->int2, NULL};
    if (e->message != NULL) first->words = mem_strdup(e->message);
  }
  return e->level == XML_ERR_FATAL;
}

void fault_report(const struct fault *first, const struct place *place, struct findings *fs) {
  if (mem_failed()) {
    findings_add(fs, CODE_MEMORY, place, NULL, 0, NULL);
    return;
  }
  str words = first->words != NULL ? str_trim(str_of(first->words)) : STR(N_("not well-formed"));
  finding(fs, CODE_BAD_XML, place, NULL,
          finding_number(fs, first->line > 0 ? (uint64_t)first->line : 0),
          finding_number(fs, first->column > 0 ? (uint64_t)first->column : 0), words);
}

void fault_free(struct fault *first) {
  mem_free(first->words);
  *first = (struct fault){0};
}
