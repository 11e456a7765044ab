/* Texts of .xlsx workbooks: the shared ones, and how they are written (18.4).
 *
 * Rich texts are runs, which are joined; phonetic runs (rPh) stand above the text and are left
 * out.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "book/xlsx.h"

enum { TABLE = 1, ITEM, RUN, TEXT };

static const struct part_tag tags[] = {
    {XLSX_NS, "sst", TABLE, BELOW(PART_TOP)},
    {XLSX_NS, "si", ITEM, BELOW(TABLE)},
    {XLSX_NS, "r", RUN, BELOW(ITEM)},
    {XLSX_NS, "t", TEXT, BELOW(ITEM) | BELOW(RUN)},
};

struct strings {
  struct xlsx *x;
  struct part_path path;
  struct buf raw, text; /* of the item */
};

/* ---- how texts are written ---- */

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* _xHHHH_ at `at`: its value, or -1. */
static int32_t escape_at(str s, size_t at) {
  enum { LENGTH = 7 };
  int32_t v = 0;
  if (s.n - at < LENGTH || s.p[at + 1] != 'x' || s.p[at + 6] != '_') return -1;
  for (size_t i = at + 2; i < at + 6; i++) {
    int d = hex_digit(s.p[i]);
    if (d < 0) return -1;
    v = v * 16 + d;
  }
  return v;
}

/* Half a surrogate pair means nothing; the figure then is refused where it is printed. */
static void put_unit(int32_t v, str s, size_t *at, struct buf *out) {
  uint32_t c = (uint32_t)v;
  bool high = c >= 0xD800 && c <= 0xDBFF;
  int32_t low = high && *at < s.n && s.p[*at] == '_' ? escape_at(s, *at) : -1;
  if (low >= 0xDC00 && low <= 0xDFFF) {
    *at += 7;
    c = 0x10000 + ((c - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
  } else if (c >= 0xD800 && c <= 0xDFFF) {
    c = 0xFFFF;
  }
  if (c != '\r')
    buf_put_utf8(out, c);
  else if (*at >= s.n || s.p[*at] != '\n')
    buf_putc(out, '\n');
}

void xlsx_put_text(str s, struct buf *out) {
  for (size_t at = 0; at < s.n;) {
    const char *next = memchr(s.p + at, '_', s.n - at);
    size_t mark = next != NULL ? (size_t)(next - s.p) : s.n;
    for (size_t i = at; i < mark; i++) {
      bool end = s.p[i] == '\r';
      if (!end || i + 1 >= s.n || s.p[i + 1] != '\n') buf_putc(out, end ? '\n' : s.p[i]);
    }
    at = mark;
    if (at == s.n) return;
    int32_t v = escape_at(s, at);
    at += v >= 0 ? 7 : 1;
    if (v >= 0)
      put_unit(v, s, &at, out);
    else
      buf_putc(out, '_');
  }
}

/* ---- the shared ones ---- */

static bool add_string(struct strings *t) {
  struct xlsx *x = t->x;
  if (x->nstrings == LIMIT_BOOK_STRINGS) return build_too_big(&x->g, LIMIT_BOOK_STRINGS_INDEX);
  if (x->nstrings == x->strings_cap) {
    size_t cap = x->strings_cap != 0 ? x->strings_cap * 2 : 256;
    str *more = mem_realloc(x->strings, cap * sizeof *more);
    if (more == NULL) return build_memory(&x->g);
    x->strings = more;
    x->strings_cap = cap;
  }
  buf_clear(&t->text);
  xlsx_put_text(buf_str(&t->raw), &t->text);
  x->g.text += t->text.n;
  if (x->g.text > LIMIT_BOOK_TEXT) return build_too_big(&x->g, LIMIT_BOOK_TEXT_INDEX);
  str kept = arena_dup(x->g.book->arena, buf_str(&t->text));
  if (kept.p == NULL || t->text.failed) return build_memory(&x->g);
  x->strings[x->nstrings++] = kept;
  return true;
}

static bool start(void *ctx, const struct xml_tag *tag) {
  struct strings *t = ctx;
  if (part_enter(&t->path, tag) == ITEM) buf_clear(&t->raw);
  return true;
}

static bool end(void *ctx) {
  struct strings *t = ctx;
  return part_leave(&t->path) != ITEM || add_string(t);
}

static bool text(void *ctx, str s) {
  struct strings *t = ctx;
  if (part_in(&t->path) != TEXT) return true;
  if (t->raw.n + s.n > LIMIT_CELL_TEXT) return build_too_big(&t->x->g, LIMIT_CELL_TEXT_INDEX);
  return buf_put(&t->raw, s) || build_memory(&t->x->g);
}

bool xlsx_read_strings(struct xlsx *x, size_t entry) {
  static const struct xml_handler handler = {start, end, text};
  struct strings t = {.x = x, .path = {.tags = tags, .n = sizeof tags / sizeof *tags}};
  buf_init(&t.raw, 0);
  buf_init(&t.text, 0);
  bool ok = part_read(&x->g, x->pack, entry, &handler, &t);
  buf_free(&t.raw);
  buf_free(&t.text);
  return ok;
}
