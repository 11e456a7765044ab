/* Borrowed byte strings.
 *
 * A `str` is a pointer and a length into memory that somebody else owns; it is not
 * NUL-terminated.  All text inside the program is UTF-8 unless a name says otherwise.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct str {
  const char *p;
  size_t n;
} str;

#define STR(literal) ((str){(literal), sizeof(literal) - 1})
#define STR_NONE ((str){NULL, 0})
/* For printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).n, (s).p

/* A borrowed view of a NUL-terminated string; NULL gives the empty string. */
static inline str str_of(const char *z) { return (str){z, z != NULL ? strlen(z) : 0}; }

static inline bool str_eq(str a, str b) {
  return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(str a, const char *z) { return str_eq(a, str_of(z)); }

/* Bytes [from, to) of s; both are clipped to its length. */
static inline str str_sub(str s, size_t from, size_t to) {
  if (to > s.n) to = s.n;
  if (from > to) from = to;
  return (str){s.p + from, to - from};
}

static inline bool str_starts(str s, str prefix) {
  return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool str_ends(str s, str suffix) {
  return s.n >= suffix.n &&
         (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* Byte order, shorter first on a tie: equals code point order for UTF-8. */
int str_cmp(str a, str b);

#define STR_NOT_FOUND SIZE_MAX
/* Offset of the first `needle` at or after `from`, or STR_NOT_FOUND. */
size_t str_find(str hay, str needle, size_t from);

/* Without ASCII white space at both ends. */
str str_trim(str s);

/* FNV-1a of the bytes, for hash tables. */
uint64_t str_hash(str s);

#endif
