/* Borrowed byte strings: the functions that are too long for the header.
 *
 * Bytes only; what the bytes mean as text is base/utf8.c's.  Invariant: nothing here reads
 * behind s.p + s.n, and no function keeps a pointer.
 */
#include "base/str.h"

int str_cmp(str a, str b) {
  size_t n = a.n < b.n ? a.n : b.n;
  int c = n != 0 ? memcmp(a.p, b.p, n) : 0;
  return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

size_t str_find(str hay, str needle, size_t from) {
  if (from > hay.n || needle.n > hay.n - from) return STR_NOT_FOUND;
  if (needle.n == 0) return from;
  const char *p = memmem(hay.p + from, hay.n - from, needle.p, needle.n);
  return p != NULL ? (size_t)(p - hay.p) : STR_NOT_FOUND;
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

str str_trim(str s) {
  while (s.n != 0 && is_space(s.p[0])) s = str_sub(s, 1, s.n);
  while (s.n != 0 && is_space(s.p[s.n - 1])) s.n--;
  return s;
}

uint64_t str_hash(str s) {
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
  return h;
}
