/* --roster: the names of those that should have sent their data.
 *
 * Only names are taken: those under 单位名称, or the first column.  Who is missing is said by
 * data/join.  Invariant: names of a roster are no names of the data.
 */
#include "data/roster.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/sniff.h"

struct roster {
  struct book *book;
  struct layout *layout;
  char *path;
};

void roster_free(struct roster *r) {
  if (r == NULL) return;
  book_free(r->book);
  mem_free(r->path);
  mem_free(r);
}

const struct layout *roster_layout(const struct roster *r) { return r != NULL ? r->layout : NULL; }

/* Names in lines are a CSV file of one column, though nothing in them says so. */
static struct book *open_lines(str path, str bytes, const struct book_options *o,
                               struct findings *fs) {
  struct book *b = mem_calloc(1, sizeof *b);
  if (b != NULL) b->arena = arena_new(0);
  if (b != NULL && b->arena != NULL) {
    b->path = path;
    if (book_csv.read(b, bytes, o, fs)) return b;
  } else {
    findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  }
  book_free(b);
  return NULL;
}

static bool open_book(struct roster *r, str bytes, const struct source_options *o,
                      struct findings *fs) {
  struct book_options book = {.encoding = o->encoding};
  str path = str_of(r->path);
  if (book_kind_of(bytes) != NULL) {
    r->book = book_open(path, bytes, &book, fs);
  } else if (sniff_plain(bytes)) {
    r->book = open_lines(path, bytes, &book, fs);
  } else {
    const char *words = sniff_foreign(bytes);
    struct origin where = {.file = path};
    return finding(fs, CODE_DATA_KIND, NULL, &where, str_of(words != NULL ? words : "JSON"));
  }
  return r->book != NULL && layout_roster(r->book, STR("名单"), &o->layout, &r->layout, fs);
}

struct roster *roster_open(const char *path, const struct source_options *o, struct findings *fs) {
  struct roster *r = mem_calloc(1, sizeof *r);
  struct buf bytes;
  buf_init(&bytes, LIMIT_DATA_FILE + 16);
  if (r != NULL) r->path = mem_strdup(path);
  bool ok = (r != NULL && r->path != NULL) || findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  ok =
      ok && os_read_file(path, LIMIT_DATA_FILE, &bytes, fs) && open_book(r, buf_str(&bytes), o, fs);
  buf_free(&bytes);
  if (ok) return r;
  roster_free(r);
  return NULL;
}
