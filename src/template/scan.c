/* Finding tags in the joined text of a paragraph.
 *
 * A tag opens with two braces, half or full width, mixed as they come, and closes with two.
 * What stands inside is the business of tag.c.  Invariant: offsets fall on characters.
 */
#include "template/scan.h"

#include "base/utf8.h"

/* Length of one opening or closing mark at `at`, or 0: a brace, or its full-width form. */
static size_t brace_at(str s, size_t at, char half, const char *full) {
  str rest = str_sub(s, at, s.n);
  if (rest.n != 0 && rest.p[0] == half) return 1;
  return str_starts(rest, str_of(full)) ? strlen(full) : 0;
}

/* A character and its full-width form are the same here. */
static size_t same_at(str s, size_t at, str mark) {
  size_t i = at, m = 0;
  while (m < mark.n) {
    if (i >= s.n) return 0;
    uint32_t a = utf8_next(s, &i), b = utf8_next(mark, &m);
    if (a >= 0xFF01 && a <= 0xFF5E) a -= 0xFEE0;
    if (b >= 0xFF01 && b <= 0xFF5E) b -= 0xFEE0;
    if (a != b) return 0;
  }
  return i - at;
}

/* Length of a whole opening (`closing` false) or closing mark at `at`, or 0. */
static size_t mark_at(str s, size_t at, const struct scan_marks *m, bool closing) {
  if (m->open.n != 0) return same_at(s, at, closing ? m->close : m->open);
  char half = closing ? '}' : '{';
  const char *full = closing ? "｝" : "｛";
  size_t one = brace_at(s, at, half, full);
  size_t two = one != 0 ? brace_at(s, at + one, half, full) : 0;
  return two != 0 ? one + two : 0;
}

static bool brace_follows(str s, size_t at, const struct scan_marks *m, bool closing) {
  if (m->open.n != 0) return false;
  return brace_at(s, at, closing ? '}' : '{', closing ? "｝" : "｛") != 0;
}

/* Can this be the inside of a tag at all? It needs a letter, digit, Han character or '.'. */
static bool can_be_tag(str inside) {
  inside = utf8_trim(inside);
  if (inside.n != 0 && inside.p[0] == '!') return true;
  for (size_t i = 0; i < inside.n;) {
    uint32_t c = utf8_next(inside, &i);
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || c >= 0xC0 || c == '.' || c == '/') return true;
  }
  return false;
}

static size_t find_close(str s, size_t from, const struct scan_marks *m, size_t *length) {
  for (size_t i = from; i < s.n; utf8_next(s, &i)) {
    if ((*length = mark_at(s, i, m, true)) != 0) return i;
    if (mark_at(s, i, m, false) != 0) break; /* another tag begins first */
  }
  return STR_NOT_FOUND;
}

/* {{{ … }}}: one brace too many on both sides. */
static struct scan_found near_miss(str s, size_t at, const struct scan_marks *m) {
  size_t i = at;
  while (i < s.n && brace_follows(s, i, m, false)) utf8_next(s, &i);
  size_t length, close = find_close(s, i, m, &length);
  if (close != STR_NOT_FOUND) {
    i = close + length;
    while (i < s.n && brace_follows(s, i, m, true)) utf8_next(s, &i);
  }
  return (struct scan_found){.kind = SCAN_NEAR, .from = at, .to = i, .inner = at, .outer = i};
}

static struct scan_found tag_at(str s, size_t at, size_t open, const struct scan_marks *m) {
  size_t again = mark_at(s, at + open, m, false);
  if (again != 0) return (struct scan_found){SCAN_BRACES, at, at + open + again, at, at + open};
  if (brace_follows(s, at + open, m, false)) return near_miss(s, at, m);
  size_t length = 0, inner = at + open, close = find_close(s, inner, m, &length);
  if (close == STR_NOT_FOUND) return (struct scan_found){SCAN_BROKEN, at, at + open, inner, inner};
  struct scan_found f = {SCAN_TAG, at, close + length, inner, close};
  if (!can_be_tag(str_sub(s, inner, close))) f.kind = SCAN_NEAR;
  return f;
}

struct scan_found scan_next(str text, size_t from, const struct scan_marks *marks) {
  for (size_t i = from; i < text.n; utf8_next(text, &i)) {
    size_t open = mark_at(text, i, marks, false);
    if (open != 0) return tag_at(text, i, open, marks);
  }
  return (struct scan_found){.kind = SCAN_END, .from = text.n, .to = text.n};
}
