#include "flavour/shared.h"

#include <libxml/tree.h>
#include <stdlib.h>

static int compare(const void *key, const void *row) {
  return strcmp(key, ((const struct kind_name *)row)->local);
}

enum kind shared_kind(const struct kind_name *table, size_t n, const char *local,
                      enum kind other) {
  const struct kind_name *k = bsearch(local, table, n, sizeof *table, compare);
  return k != NULL ? k->kind : other;
}

bool shared_split(xmlDoc *doc, xmlNode *fragment, struct arena *a, str *before, str *behind) {
  xmlBuffer *b = fragment != NULL ? xmlBufferCreate() : NULL;
  bool ok = b != NULL && xmlNodeDump(b, doc, fragment, 0, 0) >= 0;
  if (ok) {
    str all = {(const char *)xmlBufferContent(b), (size_t)xmlBufferLength(b)};
    size_t at = str_find(all, STR(SHARED_HERE), 0);
    ok = at != STR_NOT_FOUND;
    if (ok) {
      *before = arena_dup(a, str_sub(all, 0, at));
      *behind = arena_dup(a, str_sub(all, at + strlen(SHARED_HERE), all.n));
      ok = before->p != NULL && behind->p != NULL;
    }
  }
  if (b != NULL) xmlBufferFree(b);
  if (fragment != NULL) xmlFreeNode(fragment);
  return ok;
}

str shared_name(const xmlNode *like, const char *local, struct arena *a) {
  const char *prefix = like->ns != NULL ? (const char *)like->ns->prefix : NULL;
  if (prefix == NULL) return arena_dup(a, str_of(local));
  return arena_join(a, (str[]){str_of(prefix), STR(":"), str_of(local)}, 3);
}
