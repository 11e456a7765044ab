/* Shows what the reader of a workbook reads: one line a cell, then what was found.
 *   dump_book FILE...
 *   dump_book --memory FILE     reads it again and again, each time with memory for one more
 *                               allocation; each time but the last that must be told
 * Line ends, tabs and backslashes in texts are written as \n, \t and \\. */
#include <stdio.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "book/book.h"

static void put(str s) {
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    if (c == '\n')
      fputs("\\n", stdout);
    else if (c == '\t')
      fputs("\\t", stdout);
    else if (c == '\\')
      fputs("\\\\", stdout);
    else
      putchar(c);
  }
}

static void field(str s) {
  putchar('\t');
  put(s);
}

static void show_row(struct arena *a, const struct row *r) {
  static const char *const kinds[] = {"text", "number", "date", "bool", "error"};
  for (size_t i = 0; i < r->n; i++) {
    const struct cell *c = &r->cells[i];
    fputs("cell", stdout);
    field(book_cell_name(a, r->number, c->column));
    field(str_of(kinds[c->kind]));
    field(c->shown);
    field(c->number);
    putchar('\n');
  }
}

static void show(const struct book *b) {
  for (size_t i = 0; i < b->nsheets; i++) {
    const struct sheet *s = &b->sheets[i];
    fputs("sheet", stdout);
    field(s->name);
    putchar('\n');
    for (size_t k = 0; k < s->nmerged; k++) {
      const struct merged *m = &s->merged[k];
      fputs("merged", stdout);
      field(book_cell_name(b->arena, m->row, m->column));
      field(book_cell_name(b->arena, m->last_row, m->last_column));
      putchar('\n');
    }
    for (size_t k = 0; k < s->nrows; k++) show_row(b->arena, &s->rows[k]);
  }
}

static void show_findings(const struct findings *fs) {
  for (size_t i = 0; i < findings_count(fs); i++) {
    const struct finding *f = findings_at(fs, i);
    printf("finding\t%s", codes[f->code].id);
    field(f->origin.sheet);
    field(f->origin.cell);
    for (size_t k = 0; k < FINDING_ARGS && f->args[k].p != NULL; k++) field(f->args[k]);
    putchar('\n');
  }
}

static bool dump(const char *path) {
  struct buf bytes;
  struct book_options o = {.encoding = NULL};
  struct findings *fs = findings_new();
  buf_init(&bytes, 0);
  struct book *b = NULL;
  if (os_read_file(path, LIMIT_DATA_FILE, &bytes, fs))
    b = book_open(str_of(path), buf_str(&bytes), &o, fs);
  if (b != NULL) show(b);
  show_findings(fs);
  bool ok = b != NULL;
  book_free(b);
  buf_free(&bytes);
  findings_free(fs);
  return ok;
}

/* False: a failed allocation was not told, or something else was. */
static bool read_with(str path, str bytes, size_t n, bool *done) {
  struct book_options o = {.encoding = NULL};
  struct findings *fs = findings_new();
  mem_clear();
  mem_fail_after(n);
  struct book *b = book_open(path, bytes, &o, fs);
  bool failed = mem_failed();
  mem_fail_after(0);
  *done = !failed;
  bool told = failed ? b == NULL && findings_status(fs) == STATUS_ENVIRONMENT : b != NULL;
  if (!told) {
    printf("allocation %zu: %s\n", n, b != NULL ? "read all the same" : "not told");
    show_findings(fs);
  }
  book_free(b);
  findings_free(fs);
  mem_clear();
  return told;
}

static bool without_memory(const char *path) {
  struct buf bytes;
  struct findings *fs = findings_new();
  buf_init(&bytes, 0);
  bool ok = os_read_file(path, LIMIT_DATA_FILE, &bytes, fs), done = false;
  size_t n = 0;
  while (ok && !done) ok = read_with(str_of(path), buf_str(&bytes), ++n, &done);
  if (ok) printf("memory\t%zu\n", n);
  buf_free(&bytes);
  findings_free(fs);
  return ok;
}

int main(int argc, char **argv) {
  bool ok = mem_install();
  if (argc == 3 && str_is(str_of(argv[1]), "--memory"))
    return ok && without_memory(argv[2]) ? 0 : 1;
  for (int i = 1; i < argc; i++)
    if (!dump(argv[i])) ok = false;
  return ok ? 0 : 1;
}
