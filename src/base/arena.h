/* Arenas: memory that is given back all at once.
 *
 * A failed allocation returns NULL and sets the sticky flag of base/mem.h.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena;

/* An arena that may hold up to `max` bytes (0: no limit). NULL when there is no memory. */
struct arena *arena_new(size_t max);
void arena_free(struct arena *a);
/* Gives back all but the first chunk; everything allocated before is gone. */
void arena_reset(struct arena *a);
/* n zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n);
/* Room for `n` items of `size` bytes, zeroed; NULL on overflow too. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* A NUL-terminated copy; p is NULL when there is no memory. */
str arena_dup(struct arena *a, str s);
/* The parts joined. */
str arena_join(struct arena *a, const str *parts, size_t n);
size_t arena_size(const struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

/* Appends one item to a growing array that lives in an arena (old copies stay until reset):
 * `p`, `n`, `cap` are lvalues.  Evaluates to a pointer to the new zeroed item, or NULL. */
void *arena_grow(struct arena *a, void *p, size_t *n, size_t *cap, size_t size);

#endif
