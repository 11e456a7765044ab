/* The bytes of a JSON file: stepping over values, long lists, places and paths.
 *
 * Nothing here judges the text; that is the strict pass.  Lines and columns are counted only
 * when a message needs them: once over the file, with a mark at every 64 KB, then from the
 * nearest mark.
 *
 * Invariant: offsets never pass bytes.n, whatever the text is.
 */
#include "data/jsontext.h"

#include <stdlib.h>

#include "base/mem.h"

enum { MARK_BYTES = 64 << 10, PATH_MOST = 4096 };

/* Line and column of the byte at MARK_BYTES * index, both from 0. */
struct json_mark {
  uint64_t line, column;
};

/* ---- stepping ---- */

size_t json_blanks(const struct json_text *t, size_t at) {
  const char *p = t->bytes.p;
  while (at < t->bytes.n && (p[at] == ' ' || p[at] == '\n' || p[at] == '\r' || p[at] == '\t'))
    at++;
  return at;
}

size_t json_skip_string(const struct json_text *t, size_t at, bool *escaped) {
  const char *p = t->bytes.p;
  size_t n = t->bytes.n;
  *escaped = false;
  for (at++; at < n && p[at] != '"'; at++) {
    if (p[at] != '\\') continue;
    *escaped = true;
    if (at + 1 < n) at++;
  }
  return at < n ? at + 1 : n;
}

static size_t skip_container(const struct json_text *t, size_t at) {
  const char *p = t->bytes.p;
  size_t depth = 0;
  bool escaped;
  while (at < t->bytes.n) {
    char c = p[at];
    if (c == '"') {
      at = json_skip_string(t, at, &escaped);
      continue;
    }
    at++;
    if (c == '{' || c == '[') depth++;
    if ((c == '}' || c == ']') && --depth == 0) break;
  }
  return at;
}

static bool ends_scalar(char c) {
  return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

size_t json_skip(const struct json_text *t, size_t at) {
  bool escaped;
  if (at >= t->bytes.n) return t->bytes.n;
  char c = t->bytes.p[at];
  if (c == '"') return json_skip_string(t, at, &escaped);
  if (c == '{' || c == '[') {
    const struct json_big *big = json_big_at(t, at);
    return big != NULL ? (size_t)big->end : skip_container(t, at);
  }
  while (at < t->bytes.n && !ends_scalar(t->bytes.p[at])) at++;
  return at;
}

/* ---- big containers ---- */

const struct json_big *json_big_at(const struct json_text *t, size_t at) {
  size_t low = 0, high = t->nbigs;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (t->bigs[mid].start == at) return &t->bigs[mid];
    if (t->bigs[mid].start < at)
      low = mid + 1;
    else
      high = mid;
  }
  return NULL;
}

size_t json_group_of(const struct json_text *t, const struct json_big *list, size_t i) {
  size_t low = list->group, high = list->group + list->groups;
  while (high - low > 1) {
    size_t mid = low + (high - low) / 2;
    if (t->groups[mid].first <= i)
      low = mid;
    else
      high = mid;
  }
  return low;
}

/* Offset of the item behind the one at `at`. */
static size_t next_item(const struct json_text *t, size_t at) {
  at = json_blanks(t, json_skip(t, at));
  return at < t->bytes.n && t->bytes.p[at] == ',' ? json_blanks(t, at + 1) : at;
}

size_t json_item_at(const struct json_text *t, const struct json_big *list, size_t i) {
  const struct json_group *g = &t->groups[json_group_of(t, list, i)];
  size_t at = (size_t)g->at;
  for (size_t k = g->first; k < i; k++) at = next_item(t, at);
  return at;
}

/* ---- strings ---- */

static uint32_t hex4(const char *p) {
  uint32_t v = 0;
  for (int i = 0; i < 4; i++) {
    char c = p[i];
    v = v * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return v;
}

/* The \uXXXX at raw.p[at] (and its low surrogate); moves *at behind it. */
static uint32_t decode_u(str raw, size_t *at) {
  uint32_t cp = *at + 6 <= raw.n ? hex4(raw.p + *at + 2) : 0xFFFD;
  *at += 6;
  if (cp < 0xD800 || cp > 0xDBFF || *at + 6 > raw.n) return cp;
  uint32_t low = hex4(raw.p + *at + 2);
  *at += 6;
  return 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
}

bool json_decode(str raw, struct buf *out) {
  static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
  for (size_t at = 0; at < raw.n;) {
    const char *slash = memchr(raw.p + at, '\\', raw.n - at);
    size_t plain = slash != NULL ? (size_t)(slash - raw.p) : raw.n;
    buf_put(out, str_sub(raw, at, plain));
    at = plain;
    if (slash == NULL || at + 1 >= raw.n) break;
    if (raw.p[at + 1] == 'u') {
      buf_put_utf8(out, decode_u(raw, &at));
      continue;
    }
    const char *known = memchr(from, raw.p[at + 1], sizeof from - 1);
    buf_putc(out, known != NULL ? to[known - from] : raw.p[at + 1]);
    at += 2;
  }
  return !out->failed;
}

/* ---- places ---- */

/* Counts lines and, since the last line's start, characters of bytes [from, to). */
static void count(str bytes, size_t from, size_t to, struct json_mark *m) {
  for (size_t i = from; i < to; i++) {
    unsigned char c = (unsigned char)bytes.p[i];
    if (c == '\n') {
      m->line++;
      m->column = 0;
    } else if ((c & 0xC0) != 0x80) {
      m->column++;
    }
  }
}

static bool make_marks(struct json_text *t) {
  if (t->marks != NULL) return true;
  size_t n = t->bytes.n / MARK_BYTES + 1;
  struct json_mark *marks = mem_calloc(n, sizeof *marks);
  if (marks == NULL) return false;
  struct json_mark m = {0, 0};
  for (size_t i = 0; i + 1 < n; i++) {
    marks[i] = m;
    count(t->bytes, i * MARK_BYTES, (i + 1) * MARK_BYTES, &m);
  }
  marks[n - 1] = m;
  t->marks = marks;
  t->nmarks = n;
  return true;
}

void json_line(struct json_text *t, uint64_t at, struct origin *out) {
  out->file = t->file;
  if (at > t->bytes.n) at = t->bytes.n;
  if (!make_marks(t)) return;
  size_t i = (size_t)at / MARK_BYTES;
  struct json_mark m = t->marks[i];
  count(t->bytes, i * MARK_BYTES, (size_t)at, &m);
  bool bom = m.line == 0 && at >= 3 && str_starts(t->bytes, STR("\xEF\xBB\xBF"));
  out->line = m.line + 1;
  out->column = m.column + (bom ? 0 : 1);
}

/* Steps into the object at `at` to the member that holds `target`; puts its key. */
static size_t path_member(const struct json_text *t, size_t at, size_t target, struct buf *path) {
  bool escaped;
  at = json_blanks(t, at + 1);
  while (at < target && t->bytes.p[at] == '"') {
    size_t key = at, key_end = json_skip_string(t, at, &escaped);
    at = json_blanks(t, key_end);
    if (at >= target || t->bytes.p[at] != ':') return target;
    at = json_blanks(t, at + 1);
    size_t end = json_skip(t, at);
    if (target < end) {
      if (path->n > 0) buf_putc(path, '.');
      json_decode(str_sub(t->bytes, key + 1, key_end - 1), path);
      return at;
    }
    at = next_item(t, at);
  }
  return target;
}

/* The same for a list: puts the item's number, from 1. */
static size_t path_item(struct json_text *t, size_t at, size_t target, struct buf *path) {
  const struct json_big *big = json_big_at(t, at);
  size_t index = 0, list = at;
  at = json_blanks(t, at + 1);
  if (big != NULL && big->groups > 0) {
    size_t low = big->group, high = big->group + big->groups;
    while (high - low > 1) {
      size_t mid = low + (high - low) / 2;
      *(t->groups[mid].at <= target ? &low : &high) = mid;
    }
    index = t->groups[low].first;
    at = (size_t)t->groups[low].at;
  }
  /* who asks for many places mostly goes forward */
  if (t->asked_list == list && t->asked_at > at && t->asked_at <= target)
    at = t->asked_at, index = t->asked_index;
  for (; at < target && json_skip(t, at) <= target; index++) {
    size_t next = next_item(t, at);
    if (next <= at) return target;
    at = next;
  }
  if (at > target) return target;
  t->asked_list = list;
  t->asked_at = at;
  t->asked_index = index;
  buf_putc(path, '[');
  buf_put_u64(path, index + 1);
  buf_putc(path, ']');
  return at;
}

/* 项目[3].名称 for the value at `target`. */
static str path_of(struct json_text *t, size_t target, struct arena *a) {
  struct buf path;
  buf_init(&path, PATH_MOST);
  size_t at = t->start;
  while (at < target && !path.failed) {
    char c = t->bytes.p[at];
    if (c == '{')
      at = path_member(t, at, target, &path);
    else if (c == '[')
      at = path_item(t, at, target, &path);
    else
      break;
  }
  str out = arena_dup(a, buf_str(&path));
  buf_free(&path);
  return out;
}

static void place(const struct val_source *s, uint64_t at, struct arena *a, struct origin *out) {
  /* The marks are a cache: whoever holds the values holds the text for asking. */
  struct json_text *t = (struct json_text *)(uintptr_t)s;
  *out = (struct origin){0};
  json_line(t, at, out);
  if (at <= t->bytes.n) out->key = path_of(t, (size_t)at, a);
}

/* ---- life ---- */

void json_text_init(struct json_text *t, str path, str bytes) {
  *t = (struct json_text){.source = {place, path}, .file = path, .bytes = bytes};
  t->start = str_starts(bytes, STR("\xEF\xBB\xBF")) ? 3 : 0;
  t->start = json_blanks(t, t->start);
}

void json_text_free(struct json_text *t) {
  mem_free(t->bigs);
  mem_free(t->groups);
  mem_free(t->marks);
}
