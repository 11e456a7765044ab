/* The records of a run: all files opened and checked first, then read one record at a time.
 *
 * Which reader takes a file is decided here, by its content; all else is behind data/source.h.
 * Files that are wrong do not keep the others from being checked, so that one run tells all.
 *
 * Invariant: after data_open, firsts[k] is the number of records in the files before file k,
 * and firsts[n] that of all.
 */
#include "data/data.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "data/sniff.h"
#include "data/source.h"

struct data {
  struct names *names;
  struct arena *arena; /* paths */
  size_t n;            /* files */
  struct source **sources;
  str *paths;
  size_t *firsts; /* n + 1 */
};

void data_close(struct data *d) {
  if (d == NULL) return;
  for (size_t i = 0; i < d->n; i++)
    if (d->sources[i] != NULL) d->sources[i]->kind->close(d->sources[i]);
  names_free(d->names);
  if (d->arena != NULL) arena_free(d->arena);
  mem_free(d);
}

static struct data *data_new(size_t n) {
  struct data *d = mem_calloc(1, sizeof *d);
  if (d == NULL) return NULL;
  d->names = names_new();
  d->arena = arena_new(0);
  if (d->arena != NULL) {
    d->sources = ARENA_ARRAY(d->arena, n + 1, struct source *);
    d->paths = ARENA_ARRAY(d->arena, n + 1, str);
    d->firsts = ARENA_ARRAY(d->arena, n + 1, size_t);
  }
  if (d->names != NULL && d->firsts != NULL && d->paths != NULL && d->sources != NULL) return d;
  data_close(d);
  return NULL;
}

static struct source *open_source(str path, struct buf *bytes, struct names *ns,
                                  struct findings *fs) {
  const char *foreign = sniff_foreign(buf_str(bytes));
  if (foreign == NULL) return source_json.open_take(path, bytes, ns, fs);
  struct origin o = {.file = path};
  finding(fs, CODE_DATA_KIND, NULL, &o, str_of(foreign));
  return NULL;
}

static bool open_file(struct data *d, size_t i, const char *path, struct findings *fs) {
  struct buf bytes;
  buf_init(&bytes, LIMIT_DATA_FILE + 16);
  d->paths[i] = arena_dup(d->arena, str_of(path));
  if (d->paths[i].p == NULL) return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  if (os_read_file(path, LIMIT_DATA_FILE, &bytes, fs))
    d->sources[i] = open_source(d->paths[i], &bytes, d->names, fs);
  buf_free(&bytes);
  struct source *s = d->sources[i];
  d->firsts[i + 1] = d->firsts[i] + (s != NULL ? s->kind->count(s) : 0);
  return s != NULL;
}

struct data *data_open(size_t n, const char *const *paths, struct findings *fs) {
  struct data *d = data_new(n);
  if (d == NULL) {
    findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
    return NULL;
  }
  bool ok = true;
  d->n = n;
  for (size_t i = 0; i < n; i++)
    if (!open_file(d, i, paths[i], fs)) ok = false;
  if (ok) return d;
  data_close(d);
  return NULL;
}

const struct names *data_names(const struct data *d) { return d->names; }

size_t data_count(const struct data *d) { return d->firsts[d->n]; }

/* The file that holds record i: the last whose first record is not behind it. */
static size_t file_of(const struct data *d, size_t i) {
  size_t low = 0, high = d->n;
  while (high - low > 1) {
    size_t mid = low + (high - low) / 2;
    if (d->firsts[mid] <= i)
      low = mid;
    else
      high = mid;
  }
  return low;
}

/* A file's name without folder and ending; a name that is all ending stays whole. */
static str stem_of(str path) {
  size_t start = 0, end = path.n;
  for (size_t i = 0; i < path.n; i++)
    if (path.p[i] == '/') start = i + 1;
  for (size_t i = path.n; i-- > start + 1;)
    if (path.p[i] == '.') {
      end = i;
      break;
    }
  return str_sub(path, start, end);
}

bool data_record(struct data *d, size_t i, struct arena *a, struct record *out,
                 struct findings *fs) {
  size_t k = file_of(d, i);
  struct source *s = d->sources[k];
  *out = (struct record){.file = d->paths[k], .stem = stem_of(d->paths[k])};
  out->index = s->single ? 0 : i - d->firsts[k] + 1;
  return s->kind->record(s, i - d->firsts[k], a, &out->root, fs);
}

void data_record_origin(struct data *d, size_t i, struct arena *a, struct origin *out) {
  size_t k = file_of(d, i);
  d->sources[k]->kind->origin(d->sources[k], i - d->firsts[k], a, out);
}
