/* Workbooks: opening them, and the names of their cells. */
#include "data/book.h"

#include "base/buf.h"
#include "base/mem.h"

struct book *book_open(str path, str bytes, const struct book_options *o, struct findings *fs) {
  const struct book_kind *kind = book_kind_of(bytes);
  struct book *b = mem_calloc(1, sizeof *b);
  if (b != NULL) b->arena = arena_new(0);
  if (b == NULL || b->arena == NULL) {
    book_free(b);
    findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
    return NULL;
  }
  b->path = path;
  if (kind != NULL && kind->read(b, bytes, o, fs)) return b;
  book_free(b);
  return NULL;
}

void book_free(struct book *b) {
  if (b == NULL) return;
  if (b->arena != NULL) arena_free(b->arena);
  mem_free(b);
}

str book_cell_name(struct arena *a, uint32_t row, uint32_t column) {
  char letters[8];
  size_t n = sizeof letters;
  uint64_t c = (uint64_t)column + 1;
  for (; c > 0; c = (c - 1) / 26) letters[--n] = (char)('A' + (c - 1) % 26);
  struct buf b;
  buf_init(&b, 0);
  buf_put(&b, (str){letters + n, sizeof letters - n});
  buf_put_u64(&b, (uint64_t)row + 1);
  str s = arena_dup(a, buf_str(&b));
  buf_free(&b);
  return s;
}
