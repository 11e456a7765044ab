/* Which ids and names a part has already, so that copies get others.
 *
 * Numbers: copies count on from the highest.  Names: a copy is name_2, name_3 …, beginning above
 * what the part has of that form.
 */
#include <stdlib.h>

#include "template/compile.h"

static int compare(const void *x, const void *y) {
  const struct used_name *a = x, *b = y;
  if (a->space != b->space) return a->space < b->space ? -1 : 1;
  return str_cmp(a->base, b->base);
}

/* name_12 → name, 12; false when it has no such ending. */
static bool split_name(str s, str *base, uint32_t *number) {
  size_t i = s.n;
  uint64_t v = 0, unit = 1;
  for (; i > 0 && s.p[i - 1] >= '0' && s.p[i - 1] <= '9' && s.n - i < 9; i--, unit *= 10)
    v += unit * (uint64_t)(s.p[i - 1] - '0');
  if (i == s.n || i < 2 || s.p[i - 1] != '_') return false;
  *base = str_sub(s, 0, i - 1);
  *number = (uint32_t)v;
  return true;
}

static void see_number(struct compile *c, const struct ident *id, str s) {
  uint64_t v = 0;
  for (size_t i = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && v < 1u << 30; i++)
    v = v * 10 + (uint64_t)(s.p[i] - '0');
  if (v >= c->t->next_number[id->space]) c->t->next_number[id->space] = v + 1;
}

static bool see_name(struct compile *c, size_t *cap, const struct ident *id, str s) {
  str base;
  uint32_t number;
  if (!split_name(s, &base, &number)) return true;
  struct used_name *u = arena_grow(c->arena, c->used, &c->nused, cap, sizeof *u);
  if (u == NULL) return compile_no_memory(c);
  c->used = u - (c->nused - 1);
  *u = (struct used_name){id->space, arena_dup(c->arena, base), number};
  return u->base.p != NULL || compile_no_memory(c);
}

/* Equal bases become one entry with the highest number. */
static void merge(struct compile *c) {
  size_t n = 0;
  if (c->nused != 0) qsort(c->used, c->nused, sizeof *c->used, compare);
  for (size_t i = 0; i < c->nused; i++) {
    if (n != 0 && compare(&c->used[n - 1], &c->used[i]) == 0) {
      if (c->used[i].most > c->used[n - 1].most) c->used[n - 1].most = c->used[i].most;
    } else {
      c->used[n++] = c->used[i];
    }
  }
  c->nused = n;
}

bool ident_survey(struct compile *c) {
  size_t cap = 0;
  xmlNode *root = xmlDocGetRootElement(c->xml.doc);
  for (xmlNode *n = root; n != NULL; n = xml_walk(root, n, false)) {
    struct ident id;
    if (n->type != XML_ELEMENT_NODE) continue;
    for (unsigned i = 0; c->t->flavour->ident(n, i, &id); i++) {
      str s =
          id.attr->children != NULL ? str_of((const char *)id.attr->children->content) : STR("");
      if (id.kind == IDENT_NUMBER) see_number(c, &id, s);
      if (id.kind == IDENT_NAME && !see_name(c, &cap, &id, s)) return false;
    }
  }
  merge(c);
  return true;
}

uint32_t ident_start(const struct compile *c, unsigned space, str name) {
  struct used_name key = {space, name, 0};
  if (c->nused == 0) return 2;
  const struct used_name *u = bsearch(&key, c->used, c->nused, sizeof *c->used, compare);
  return u != NULL && u->most >= 2 ? u->most + 1 : 2;
}
