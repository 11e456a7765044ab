/* What Writer does not make anew when it opens a document: indexes (ODF 1.3 part 3, 8).  Fields,
 * references and formulas it calculates by itself; that an index should be made anew the format
 * cannot say.
 */
#include "flavour/odt.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

unsigned odt_stale(const xmlNode *root, struct arena *a) {
  (void)a;
  static const struct {
    const char *name;
    unsigned stale;
  } indexes[] = {{"table-of-content", STALE_CONTENTS}, {"illustration-index", STALE_CONTENTS},
                 {"table-index", STALE_CONTENTS},      {"object-index", STALE_CONTENTS},
                 {"user-index", STALE_CONTENTS},       {"alphabetical-index", STALE_INDEX},
                 {"bibliography", STALE_INDEX}};
  unsigned stale = 0;
  for (xmlNode *n = (xmlNode *)root; n != NULL; n = xml_walk(root, n, false))
    for (size_t i = 0; i < COUNT(indexes); i++)
      if (xml_is(n, NS_TEXT, indexes[i].name)) stale |= indexes[i].stale;
  return stale;
}

bool odt_refresh(xmlNode *root, bool *changed) {
  (void)root;
  (void)changed;
  return true;
}

bool odt_refresh_package(void *state, struct findings *fs) {
  (void)state;
  (void)fs;
  return true;
}
