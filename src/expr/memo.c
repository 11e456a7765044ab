/* One entry for each call of a function over lists that was evaluated; it holds the last result.
 *
 * A frame gets a new stamp whenever it is set to an item, and the frames inside of it are set
 * anew after it.  So the stamp of the deepest frame that a call reads (expr_reads) speaks for all
 * frames around it: while it is the same, the call would see the same data.
 *
 * What an aggregate does is in aggregate.c.  Invariant: nothing of an item or of a scratch arena
 * is kept, and memory is bounded by the number of calls in the template.
 */
#include "expr/memo.h"

#include "base/mem.h"
#include "expr/function.h"
#include "expr/result.h"

enum { BUCKETS = 64 };

struct entry {
  struct entry *next; /* in its bucket */
  const struct expr *e;
  uint64_t stamp; /* of the deepest frame it read; 0: nothing is kept */
  bool ok;
  struct result r; /* of one that did not fail; its text is in: */
  struct buf text;
  struct findings *told; /* what was found on the way, or NULL */
};

struct memo {
  struct entry *buckets[BUCKETS];
  uint64_t stamps; /* given so far */
};

struct memo *memo_new(void) {
  return mem_calloc(1, sizeof(struct memo));
}

static void entry_free(struct entry *n) {
  result_free(&n->r);
  buf_free(&n->text);
  findings_free(n->told);
  mem_free(n);
}

void memo_free(struct memo *m) {
  for (size_t i = 0; m != NULL && i < BUCKETS; i++)
    for (struct entry *n = m->buckets[i], *next; n != NULL; n = next) {
      next = n->next;
      entry_free(n);
    }
  mem_free(m);
}

uint64_t memo_stamp(struct memo *m) { return m != NULL ? ++m->stamps : 0; }

/* The entry of a call, a new one when there is none; NULL: no memory. */
static struct entry *entry_of(struct memo *m, const struct expr *e) {
  struct entry **bucket = &m->buckets[((uintptr_t)e / sizeof *e) % BUCKETS];
  for (struct entry *n = *bucket; n != NULL; n = n->next)
    if (n->e == e) return n;
  struct entry *n = mem_calloc(1, sizeof *n);
  if (n == NULL) return NULL;
  n->e = e;
  n->next = *bucket;
  result_init(&n->r);
  buf_init(&n->text, 0);
  return *bucket = n;
}

static void copy_result(struct result *to, const struct result *from) {
  to->v = from->v;
  to->calculated = from->calculated;
  to->inexact = from->inexact;
  to->lacking = from->lacking;
  to->rounded = from->rounded;
  to->sign = from->sign;
  if (from->calculated) num_set(&to->num, &from->num);
}

/* `told` becomes the entry's, unless it is empty. */
static void keep_take(struct entry *n, uint64_t stamp, bool ok, const struct result *r,
                      struct findings *told) {
  n->stamp = stamp;
  n->ok = ok;
  buf_clear(&n->text);
  if (ok) copy_result(&n->r, r);
  if (ok && !buf_put(&n->text, r->v.text)) n->stamp = 0;
  n->told = told;
  if (findings_count(told) != 0) return;
  findings_free(told);
  n->told = NULL;
}

static bool recall(const struct entry *n, const struct eval *ev, struct result *r) {
  if (n->told != NULL) findings_append(ev->fs, n->told);
  if (!n->ok) return false;
  copy_result(r, &n->r);
  if (r->v.text.n == 0) return true;
  r->v.text = arena_dup(ev->scratch, buf_str(&n->text));
  return r->v.text.p != NULL || result_no_memory(ev);
}

bool memo_call(const struct expr *e, const struct eval *ev, struct result *r) {
  uint64_t stamp = ev->frames[e->reads].stamp;
  struct entry *n = ev->memo != NULL ? entry_of(ev->memo, e) : NULL;
  if (n == NULL || stamp == 0 || ev->seeker != NULL) return e->function->apply(e, ev, r);
  if (n->stamp == stamp) return recall(n, ev, r);
  struct eval own = *ev;
  findings_free(n->told);
  n->told = NULL;
  n->stamp = 0;
  own.fs = findings_new();
  if (own.fs == NULL) return result_no_memory(ev);
  bool ok = e->function->apply(e, &own, r);
  findings_append(ev->fs, own.fs);
  keep_take(n, stamp, ok, r, own.fs);
  return ok;
}
