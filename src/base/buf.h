/* A growable byte buffer with a named maximum.
 *
 * Once a call has failed (no memory, or more than `max` bytes) the buffer stays failed: later
 * puts do nothing and return false, so a writer may test once at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
  char *p; /* owned; always NUL-terminated when not NULL */
  size_t n, cap, max;
  bool failed;
};

/* An empty buffer that may hold up to `max` bytes (0: SIZE_MAX / 4). No memory yet. */
void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);
/* Empties the buffer and its failure, keeps its memory. */
void buf_clear(struct buf *b);
bool buf_reserve(struct buf *b, size_t more);
bool buf_put(struct buf *b, str s);
bool buf_puts(struct buf *b, const char *z);
bool buf_putc(struct buf *b, char c);
bool buf_put_u64(struct buf *b, uint64_t v);
/* Appends one code point as UTF-8 (surrogates and values over U+10FFFF are a failure). */
bool buf_put_utf8(struct buf *b, uint32_t cp);
/* The bytes so far; borrowed until the next change. */
static inline str buf_str(const struct buf *b) { return (str){b->p != NULL ? b->p : "", b->n}; }

#endif
