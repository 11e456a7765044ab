/* The files of a run: those on the command line, and those in folders that stand there.
 *
 * What a file is, is told by its content when it is opened; only in a folder the ending decides
 * which are meant, for documents and pictures lie there too.
 * Invariant: what a folder holds and is not read is named in a note, unless it is hidden.
 */
#include "data/folder.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/os.h"

#define N_(s) (s)

struct files {
  struct arena *a;
  struct findings *fs;
  str *list;
  size_t n, cap;
};

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

static bool add(struct files *f, str path) {
  str *s = arena_grow(f->a, f->list, &f->n, &f->cap, sizeof *s);
  if (s == NULL) return no_memory(f->fs);
  f->list = s - (f->n - 1);
  *s = arena_dup(f->a, path);
  return s->p != NULL || no_memory(f->fs);
}

/* Files that office programs lay beside one that is open. */
static bool is_lock(str path) {
  size_t start = path.n;
  while (start > 0 && path.p[start - 1] != '/') start--;
  str name = str_sub(path, start, path.n);
  return str_starts(name, STR("~$")) || str_starts(name, STR(".~"));
}

/* The run record, which tianbao lays beside reports (job/ledger.h). */
static bool is_record(str name) { return str_is(name, "填报记录.json"); }

static bool is_data(str name) {
  static const char *const endings[] = {".json", ".csv", ".tsv", ".xlsx", ".xlsm",
                                        ".xls",  ".et",  ".ods", NULL};
  for (const char *const *e = endings; *e != NULL; e++) {
    size_t n = strlen(*e), same = 0;
    if (name.n <= n) continue;
    for (str tail = str_sub(name, name.n - n, name.n); same < n; same++) {
      char c = tail.p[same];
      if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
      if (c != (*e)[same]) break;
    }
    if (same == n) return true;
  }
  return false;
}

static int by_name(const void *a, const void *b) {
  return str_cmp(*(const str *)a, *(const str *)b);
}

static void note(struct files *f, str path, const char *why) {
  struct origin o = {.file = path};
  finding(f->fs, CODE_FILE_SKIPPED, NULL, &o, str_of(why));
}

static bool add_folder(struct files *f, const char *path) {
  str *names;
  size_t n, before = f->n;
  if (!os_list_dir(path, LIMIT_FOLDER_FILES, f->a, &names, &n, f->fs)) return false;
  if (n > 1) qsort(names, n, sizeof *names, by_name);
  for (size_t i = 0; i < n; i++) {
    bool slash = str_ends(str_of(path), STR("/"));
    str full = arena_join(f->a, (str[]){str_of(path), slash ? STR("") : STR("/"), names[i]}, 3);
    if (full.p == NULL) return no_memory(f->fs);
    full = arena_dup(f->a, full);
    if (names[i].p[0] == '.' || is_lock(names[i]) || is_record(names[i])) continue;
    if (os_is_dir(full.p))
      note(f, full, N_("it is a folder in a folder; name it on the command line"));
    else if (!is_data(names[i]))
      note(f, full, N_("its ending is not that of data"));
    else if (!add(f, full))
      return false;
  }
  struct origin o = {.file = arena_dup(f->a, str_of(path))};
  return f->n > before || findings_add(f->fs, CODE_FOLDER_EMPTY, NULL, &o, 0, NULL);
}

bool folder_files(size_t n, const char *const *paths, struct arena *a, str **files, size_t *count,
                  struct findings *fs) {
  struct files f = {.a = a, .fs = fs};
  bool ok = true;
  for (size_t i = 0; i < n; i++) {
    if (os_is_dir(paths[i]))
      ok = add_folder(&f, paths[i]) && ok;
    else if (!is_lock(str_of(paths[i])))
      ok = add(&f, str_of(paths[i])) && ok;
  }
  if (ok && f.n == 0 && n > 0) {
    struct origin o = {.file = str_of(paths[0])};
    ok = findings_add(fs, CODE_FOLDER_EMPTY, NULL, &o, 0, NULL);
  }
  *files = f.list;
  *count = f.n;
  return ok;
}
