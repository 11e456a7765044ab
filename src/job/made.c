/* What a report is made of, as hashes.
 *
 * Ids of names and the order of members hang on what else the data hold, so names go in as text,
 * and sorted.
 * Invariant: different values give different bytes to the digest: each is a letter for its kind,
 * then texts with their lengths before them.
 */
#include "job/made.h"

#include <stdlib.h>

#include "base/mem.h"

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* ---- a record ---- */

struct walk {
  const struct names *names;
  struct digest digest;
  struct findings *fs;
};

struct named {
  str name;
  const struct val *v;
};

static bool put_value(struct walk *w, const struct val *v);

static int by_name(const void *a, const void *b) {
  return str_cmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static bool put_object(struct walk *w, const struct val_object *o) {
  enum { FEW = 32 };
  struct named few[FEW], *sorted = o->n <= FEW ? few : mem_calloc(o->n, sizeof *sorted);
  if (sorted == NULL) return no_memory(w->fs);
  for (size_t i = 0; i < o->n; i++)
    sorted[i] = (struct named){names_key(w->names, o->members[i].key), &o->members[i].v};
  if (o->n > 1) qsort(sorted, o->n, sizeof *sorted, by_name);
  digest_number(&w->digest, o->n);
  bool ok = true;
  for (size_t i = 0; ok && i < o->n; i++) {
    digest_field(&w->digest, sorted[i].name);
    ok = put_value(w, sorted[i].v);
  }
  if (sorted != few) mem_free(sorted);
  return ok;
}

static bool put_list(struct walk *w, const struct val *v) {
  struct cursor c;
  digest_number(&w->digest, v->list.n);
  cursor_init(&c, v);
  bool ok = true;
  for (size_t i = 0; ok && i < v->list.n; i++) {
    const struct val *item = cursor_at(&c, i, w->fs);
    ok = item != NULL && put_value(w, item);
  }
  cursor_free(&c);
  return ok;
}

static bool put_value(struct walk *w, const struct val *v) {
  static const char kinds[] = {
      [VAL_MISSING] = 'm', [VAL_NULL] = 'z', [VAL_BOOL] = 'b',   [VAL_NUMBER] = 'n',
      [VAL_TEXT] = 't',    [VAL_LIST] = 'l', [VAL_OBJECT] = 'o', [VAL_ERROR] = 'e'};
  digest_put(&w->digest, (str){&kinds[v->kind], 1});
  switch (v->kind) {
  case VAL_BOOL: digest_put(&w->digest, v->truth ? STR("1") : STR("0")); return true;
  case VAL_LIST: return put_list(w, v);
  case VAL_OBJECT: return put_object(w, v->object);
  default: break;
  }
  digest_field(&w->digest, v->text);
  digest_field(&w->digest, v->number);
  digest_field(&w->digest, v->unit);
  return true;
}

bool made_record(const struct names *ns, const struct val *root, struct digest_hex *out,
                 struct findings *fs) {
  struct walk w = {.names = ns, .fs = fs};
  digest_start(&w.digest);
  if (!put_value(&w, root)) return false;
  *out = digest_end(&w.digest);
  return true;
}

/* ---- names ---- */

static int by_key(const void *a, const void *b) {
  const struct name *x = *(const struct name *const *)a, *y = *(const struct name *const *)b;
  return str_cmp(x->key, y->key);
}

static bool put_names(struct digest *d, const struct name *node) {
  size_t n = 0;
  for (const struct name *c = node->first; c != NULL; c = c->next) n++;
  digest_number(d, node->kinds);
  digest_number(d, n);
  if (n == 0) return true;
  const struct name **sorted = mem_calloc(n, sizeof *sorted);
  if (sorted == NULL) return false;
  n = 0;
  for (const struct name *c = node->first; c != NULL; c = c->next) sorted[n++] = c;
  qsort(sorted, n, sizeof *sorted, by_key);
  bool ok = true;
  for (size_t i = 0; ok && i < n; i++) {
    digest_field(d, sorted[i]->key);
    ok = put_names(d, sorted[i]);
  }
  mem_free(sorted);
  return ok;
}

bool made_names(const struct names *ns, struct digest_hex *out, struct findings *fs) {
  struct digest d;
  digest_start(&d);
  if (!put_names(&d, names_root(ns))) return no_memory(fs);
  *out = digest_end(&d);
  return true;
}

/* ---- settings ---- */

struct digest_hex made_settings(const struct template_options *o, str program) {
  struct digest d;
  digest_start(&d);
  digest_field(&d, program);
  digest_field(&d, o->open);
  digest_field(&d, o->close);
  digest_number(&d, o->missing);
  digest_number(&d, o->clean);
  return digest_end(&d);
}
