/* A growable byte buffer.
 *
 * Doubles its memory up to `max`; a failure is remembered in the buffer, so that a writer tests
 * once.  Whether memory ran out or the maximum was met, mem_failed() and `max` tell.  Invariant:
 * n <= max, and p[n] is NUL whenever p is not NULL.
 */
#include "base/buf.h"

#include "base/mem.h"
#include "base/utf8.h"

enum { FIRST_SIZE = 64 };

void buf_init(struct buf *b, size_t max) {
  *b = (struct buf){.max = max != 0 && max < SIZE_MAX / 4 ? max : SIZE_MAX / 4};
}

void buf_free(struct buf *b) {
  mem_free(b->p);
  buf_init(b, b->max);
}

void buf_clear(struct buf *b) {
  b->n = 0;
  b->failed = false;
  if (b->p != NULL) b->p[0] = '\0';
}

/* Memory for `need` bytes and the NUL; need <= max. */
static bool grow(struct buf *b, size_t need) {
  size_t cap = b->cap < FIRST_SIZE ? FIRST_SIZE : b->cap;
  while (cap <= need) cap *= 2;
  if (cap > b->max + 1) cap = b->max + 1;
  char *p = mem_realloc(b->p, cap);
  if (p == NULL) return false;
  p[b->n] = '\0';
  b->p = p;
  b->cap = cap;
  return true;
}

bool buf_reserve(struct buf *b, size_t more) {
  if (b->failed) return false;
  if (more > b->max - b->n) b->failed = true;
  else if (b->n + more >= b->cap) b->failed = !grow(b, b->n + more);
  return !b->failed;
}

bool buf_put(struct buf *b, str s) {
  if (!buf_reserve(b, s.n)) return false;
  if (s.n != 0) memcpy(b->p + b->n, s.p, s.n);
  b->n += s.n;
  b->p[b->n] = '\0';
  return true;
}

bool buf_puts(struct buf *b, const char *z) { return buf_put(b, str_of(z)); }

bool buf_putc(struct buf *b, char c) { return buf_put(b, (str){&c, 1}); }

bool buf_put_u64(struct buf *b, uint64_t v) {
  char digits[20];
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + v % 10);
  while ((v /= 10) != 0);
  return buf_put(b, (str){digits + at, sizeof digits - at});
}

bool buf_put_utf8(struct buf *b, uint32_t cp) {
  char s[UTF8_MOST];
  size_t n = utf8_encode(cp, s);
  if (n == 0) b->failed = true;
  return buf_put(b, (str){s, n});
}
