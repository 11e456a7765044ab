/* Arenas: a list of chunks, cut from the front, and beside it the pieces too large for one.
 *
 *   chunks ─► [chunk: used │ free] ─► [full] ─► … ─► [first chunk]
 *   large  ─► [piece] ─► [piece]
 *
 * Nothing is given back singly.  Invariant: `size` is the sum of what was handed out since the
 * last reset, and never over `max`.
 */
#include "base/arena.h"

#include <stdalign.h>

#include "base/mem.h"

enum { FIRST_CHUNK = 4096, LAST_CHUNK = 256 << 10, FIRST_ITEMS = 8 };

struct chunk {
  struct chunk *next;
  size_t used, cap;
  alignas(max_align_t) char bytes[];
};

struct arena {
  struct chunk *chunks, *large;
  size_t size, max, step;
};

struct arena *arena_new(size_t max) {
  struct arena *a = mem_calloc(1, sizeof *a);
  if (a == NULL) return NULL;
  a->max = max != 0 ? max : SIZE_MAX;
  a->step = FIRST_CHUNK;
  return a;
}

/* Frees the chunks of a list up to `last` (which stays). */
static struct chunk *drop(struct chunk *c, const struct chunk *last) {
  while (c != NULL && c != last) {
    struct chunk *next = c->next;
    mem_free(c);
    c = next;
  }
  return c;
}

void arena_free(struct arena *a) {
  if (a == NULL) return;
  drop(a->chunks, NULL);
  drop(a->large, NULL);
  mem_free(a);
}

void arena_reset(struct arena *a) {
  struct chunk *first = a->chunks;
  while (first != NULL && first->next != NULL) first = first->next;
  a->chunks = drop(a->chunks, first);
  a->large = drop(a->large, NULL);
  if (first != NULL) first->used = 0;
  a->size = 0;
  a->step = first != NULL ? FIRST_CHUNK * 2 : FIRST_CHUNK;
}

static struct chunk *chunk_new(struct chunk **list, size_t cap) {
  if (cap > PTRDIFF_MAX - sizeof(struct chunk)) return NULL;
  struct chunk *c = mem_malloc(sizeof *c + cap);
  if (c == NULL) return NULL;
  c->next = *list;
  c->used = 0;
  c->cap = cap;
  return *list = c;
}

/* A new chunk with room for n bytes. */
static struct chunk *room(struct arena *a, size_t n) {
  if (n > a->step / 2) return chunk_new(&a->large, n);
  struct chunk *c = chunk_new(&a->chunks, a->step);
  if (c != NULL && a->step < LAST_CHUNK) a->step *= 2;
  return c;
}

/* n bytes as they come; `align` is a power of two. */
static char *take(struct arena *a, size_t n, size_t align) {
  struct chunk *c = a->chunks;
  size_t pad = c != NULL ? -c->used & (align - 1) : 0;
  if (n > a->max - a->size) c = NULL;
  else if (c == NULL || pad > c->cap - c->used || n > c->cap - c->used - pad) {
    c = room(a, n);
    pad = 0;
  }
  if (c == NULL) {
    mem_set_failed();
    return NULL;
  }
  char *p = c->bytes + c->used + pad;
  c->used += pad + n;
  a->size += n;
  return p;
}

void *arena_alloc(struct arena *a, size_t n) {
  char *p = take(a, n, alignof(max_align_t));
  return p != NULL ? memset(p, 0, n) : NULL;
}

void *arena_array(struct arena *a, size_t n, size_t size) {
  size_t all;
  if (__builtin_mul_overflow(n, size, &all)) {
    mem_set_failed();
    return NULL;
  }
  return arena_alloc(a, all);
}

str arena_dup(struct arena *a, str s) { return arena_join(a, &s, 1); }

str arena_join(struct arena *a, const str *parts, size_t n) {
  size_t all = 1, at = 0;
  for (size_t i = 0; i < n; i++)
    if (__builtin_add_overflow(all, parts[i].n, &all)) all = SIZE_MAX;
  char *p = take(a, all, 1);
  if (p == NULL) return STR_NONE;
  for (size_t i = 0; i < n; i++) {
    if (parts[i].n != 0) memcpy(p + at, parts[i].p, parts[i].n);
    at += parts[i].n;
  }
  p[at] = '\0';
  return (str){p, at};
}

size_t arena_size(const struct arena *a) { return a->size; }

void *arena_grow(struct arena *a, void *p, size_t *n, size_t *cap, size_t size) {
  char *items = p;
  if (items == NULL || *n >= *cap) {
    size_t more = *n < FIRST_ITEMS ? FIRST_ITEMS : *n > SIZE_MAX / 2 ? SIZE_MAX : *n * 2;
    items = arena_array(a, more, size);
    if (items == NULL) return NULL;
    if (p != NULL) memcpy(items, p, *n * size);
    *cap = more;
  }
  return memset(items + (*n)++ * size, 0, size);
}
