/* The one place that knows whether memory ran out.
 *
 * libxml2 and cJSON swallow failed allocations and go on with half a tree; so all allocators
 * that the program hands out set a sticky flag here, which every step tests when it ends.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

void *mem_malloc(size_t n);
void *mem_calloc(size_t n, size_t size);
void *mem_realloc(void *p, size_t n);
void mem_free(void *p);
char *mem_strdup(const char *s);

/* True when an allocation failed since the last mem_clear(). */
bool mem_failed(void);
void mem_set_failed(void);
void mem_clear(void);

/* For tests: the n-th allocation from now on fails, and all behind it; 0: none does. */
void mem_fail_after(size_t n);
/* The same, but only that one fails. */
void mem_fail_once(size_t n);

/* Tells libxml2 and GMP to allocate here (cJSON: by data/json.c). Call once, before any of
 * their functions.  GMP cannot return an error, so a reserve is kept for it: numbers are
 * bounded by LIMIT_NUMBER_DIGITS, and the reserve covers what they need until the flag is
 * seen. */
bool mem_install(void);

#endif
