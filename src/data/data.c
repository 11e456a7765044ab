/* The records of a run: all files opened and checked first, then read one record at a time.
 *
 * Which reader takes a file is decided here, by its content; all else is behind data/source.h.
 * Files that are wrong do not keep the others from being checked, so that one run tells all.
 * Several files, or a workbook, are joined by township (data/join.h); one JSON file is not.
 *
 * Invariant: after data_open, firsts[k] is the number of records in the files before file k,
 * and firsts[n] that of all; where there is a join, it alone says what the records are.  Units are
 * the records before data/gather.h makes one of them.
 */
#include "data/data.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "data/folder.h"
#include "data/gather.h"
#include "data/join.h"
#include "data/last.h"
#include "data/roster.h"
#include "data/rule_sheet.h"
#include "base/sniff.h"
#include "data/source.h"

struct data {
  struct names *names;
  bool shares_names;   /* they are those of another year's data */
  struct last *last;   /* the year before, or NULL */
  struct arena *arena; /* paths */
  struct source_options options;
  size_t n; /* files */
  struct source **sources;
  str *paths;
  size_t *firsts;        /* n + 1 */
  struct join *join;     /* NULL: every unit stands for itself */
  struct gather *gather; /* --all-as, or NULL */
  const char *all_as;
  struct roster *roster; /* --roster */
};

void data_close(struct data *d) {
  if (d == NULL) return;
  gather_free(d->gather);
  join_free(d->join);
  roster_free(d->roster);
  for (size_t i = 0; d->sources != NULL && i < d->n; i++)
    if (d->sources[i] != NULL) d->sources[i]->kind->close(d->sources[i]);
  last_free(d->last);
  if (!d->shares_names) names_free(d->names);
  if (d->arena != NULL) arena_free(d->arena);
  mem_free(d);
}

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* `shared`: names of another year's data, or NULL. */
static struct data *data_new(struct names *shared, struct findings *fs) {
  struct data *d = mem_calloc(1, sizeof *d);
  if (d == NULL) {
    no_memory(fs);
    return NULL;
  }
  d->shares_names = shared != NULL;
  d->names = shared != NULL ? shared : names_new();
  d->arena = arena_new(0);
  if (d->names != NULL && d->arena != NULL) return d;
  no_memory(fs);
  data_close(d);
  return NULL;
}

/* ---- files ---- */

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

static struct source *open_source(struct data *d, str path, struct buf *bytes,
                                  struct findings *fs) {
  str s = buf_str(bytes);
  const struct source_kind *kind = book_kind_of(s) != NULL ? &source_book : &source_json;
  const char *foreign = kind == &source_json ? sniff_foreign(s) : NULL;
  if (foreign == NULL)
    return kind->open_take(path, stem_of(path), bytes, d->names, &d->options, fs);
  struct origin o = {.file = path};
  finding(fs, CODE_DATA_KIND, NULL, &o, str_of(foreign));
  return NULL;
}

static bool open_file(struct data *d, size_t i, struct findings *fs) {
  struct buf bytes;
  buf_init(&bytes, LIMIT_DATA_FILE + 16);
  if (os_read_file(d->paths[i].p, LIMIT_DATA_FILE, &bytes, fs))
    d->sources[i] = open_source(d, d->paths[i], &bytes, fs);
  buf_free(&bytes);
  struct source *s = d->sources[i];
  d->firsts[i + 1] = d->firsts[i] + (s != NULL ? s->kind->count(s) : 0);
  return s != NULL;
}

static bool open_files(struct data *d, struct findings *fs) {
  bool ok = true;
  d->sources = ARENA_ARRAY(d->arena, d->n + 1, struct source *);
  d->firsts = ARENA_ARRAY(d->arena, d->n + 1, size_t);
  if (d->sources == NULL || d->firsts == NULL) {
    d->n = 0;
    return no_memory(fs);
  }
  for (size_t i = 0; i < d->n; i++)
    if (!open_file(d, i, fs)) ok = false;
  return ok;
}

/* ---- options ---- */

static bool read_options(struct data *d, const struct data_options *o, struct findings *fs) {
  struct layout_options *l = &d->options.layout;
  l->key_shown = o != NULL && o->key != NULL ? str_of(o->key) : STR("单位名称");
  l->key = names_canonical(l->key_shown, d->arena, NULL);
  if (l->key.n == 0) return finding(fs, CODE_LAYOUT, NULL, NULL, STR("--key"));
  if (o == NULL) return true;
  l->sheet = str_of(o->sheet);
  l->kind = o->layout;
  d->options.encoding = o->encoding;
  d->all_as = o->all_as;
  return true;
}

/* A set of CSV files whose main one is called so: the others are tables. */
static bool main_is_named(const struct data *d) {
  for (size_t i = 0; i < d->n; i++)
    if (str_is(stem_of(d->paths[i]), "单位数据")) return true;
  return false;
}

/* ---- joining ---- */

static bool must_join(const struct data *d) {
  return d->n > 1 || d->all_as != NULL || d->roster != NULL || d->sources[0]->kind != &source_json;
}

static bool join_all(struct data *d, const struct data_options *o, struct findings *fs) {
  if (o != NULL && o->roster != NULL) {
    d->roster = roster_open(o->roster, &d->options, fs);
    if (d->roster == NULL) return false;
  }
  if (!must_join(d)) return true;
  struct join_job job = {.nsources = d->n,
                         .sources = d->sources,
                         .names = d->names,
                         .key_name = d->options.layout.key,
                         .roster = roster_layout(d->roster),
                         .all_as = d->all_as,
                         .complete = o != NULL && o->complete};
  d->join = join_new(&job, fs);
  if (d->join == NULL || d->all_as == NULL) return d->join != NULL;
  struct gather_words words = {str_of(d->all_as), d->options.layout.key_shown};
  d->gather = gather_new(d->join, d->names, words, fs);
  return d->gather != NULL;
}

static struct data *open_named(size_t n, const char *const *paths, const struct data_options *o,
                               struct names *shared, struct findings *fs) {
  struct data *d = data_new(shared, fs);
  if (d == NULL) return NULL;
  bool ok = read_options(d, o, fs);
  if (!folder_files(n, paths, d->arena, &d->paths, &d->n, fs)) {
    d->n = 0;
    ok = false;
  }
  d->options.layout.main_named = main_is_named(d);
  ok = ok && open_files(d, fs) && join_all(d, o, fs);
  if (ok) return d;
  data_close(d);
  return NULL;
}

struct data *data_open(size_t n, const char *const *paths, const struct data_options *o,
                       struct findings *fs) {
  return open_named(n, paths, o, NULL, fs);
}

bool data_open_last(struct data *d, size_t n, const char *const *paths,
                    const struct data_options *o, struct findings *fs) {
  struct data_options options = o != NULL ? *o : (struct data_options){.key = NULL};
  options.roster = NULL;
  options.all_as = NULL;
  if (names_child(d->names, names_root(d->names), STR(LAST_NAME)) != NULL)
    return findings_add(fs, CODE_LAST_TAKEN, NULL, NULL, 0, NULL);
  struct name *name = names_add(d->names, names_records(d->names), STR(LAST_NAME));
  if (name == NULL) return no_memory(fs);
  name->kinds |= NAME_OBJECT;
  names_enter(d->names, name);
  struct data *year = open_named(n, paths, &options, d->names, fs);
  names_enter(d->names, NULL);
  if (year != NULL) d->last = last_new_take(year, name, fs);
  return d->last != NULL;
}

uint32_t data_last(const struct data *d) { return d->last != NULL ? last_id(d->last) : 0; }

const struct names *data_names(const struct data *d) { return d->names; }

uint32_t data_key(const struct data *d) { return names_id(d->names, d->options.layout.key); }

size_t data_file_count(const struct data *d) {
  return d->n + (d->last != NULL ? data_file_count(last_data(d->last)) : 0);
}

const char *data_file(const struct data *d, size_t i) {
  return i < d->n ? d->paths[i].p : data_file(last_data(d->last), i - d->n);
}

/* ---- records ---- */

size_t data_unit_count(const struct data *d) {
  return d->join != NULL ? join_count(d->join) : d->firsts[d->n];
}

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

size_t data_count(const struct data *d) { return d->gather != NULL ? 1 : data_unit_count(d); }

bool data_gathered(const struct data *d) { return d->gather != NULL; }

bool data_item(const struct data *d, const struct val *v, size_t *unit) {
  return gather_item(d->gather, v, unit);
}

bool data_leave_out(struct data *d, size_t unit, str reason) {
  return gather_leave_out(d->gather, unit, reason);
}

size_t data_item_count(const struct data *d) { return gather_count(d->gather); }

void data_choose(struct data *d, const bool *chosen) { gather_choose(d->gather, chosen); }

/* Where a unit begins: source, number there, and number for the user. */
static struct joined_part first_part(const struct data *d, size_t i) {
  if (d->join != NULL) return join_at(d->join, i)->parts[0];
  size_t k = file_of(d, i);
  return (struct joined_part){
      .source = k, .index = i - d->firsts[k], .number = i - d->firsts[k] + 1};
}

bool data_unit(struct data *d, size_t i, struct arena *a, struct record *out, struct findings *fs) {
  struct joined_part p = first_part(d, i);
  struct source *s = d->sources[p.source];
  *out = (struct record){.file = d->paths[p.source], .stem = stem_of(d->paths[p.source])};
  out->index = s->single ? 0 : p.number;
  if (d->join != NULL) return join_record(d->join, i, a, &out->root, fs);
  return s->kind->record(s, p.index, a, &out->root, fs);
}

bool data_record(struct data *d, size_t i, struct arena *a, struct record *out,
                 struct findings *fs) {
  if (d->gather == NULL)
    return data_unit(d, i, a, out, fs) &&
           (d->last == NULL || last_add(d->last, data_key(d), a, &out->root, fs));
  *out = (struct record){.file = d->paths[0], .stem = str_of(d->all_as)};
  return gather_record(d->gather, a, &out->root, fs);
}

void data_unit_origin(struct data *d, size_t i, struct arena *a, struct origin *out) {
  struct joined_part p = first_part(d, i);
  d->sources[p.source]->kind->origin(d->sources[p.source], p.index, a, out);
}

void data_record_origin(struct data *d, size_t i, struct arena *a, struct origin *out) {
  if (d->gather != NULL)
    join_whole_origin(d->join, a, out);
  else
    data_unit_origin(d, i, a, out);
}

/* ---- rules ---- */

static bool pass_rules(const struct layout *l, enum code code, struct findings *fs) {
  struct origin o = {.file = l->book->path};
  if (l->book->positions) o.sheet = l->name;
  findings_add(fs, code, NULL, &o, 0, NULL);
  return true;
}

bool data_rules(const struct data *d, bool passed, struct arena *a, struct lines *out,
                struct findings *fs) {
  bool ok = true;
  enum code code = passed ? CODE_RULES_PASSED : CODE_RULES_OF_RECORDS;
  passed = passed || d->gather != NULL;
  for (size_t i = 0; i < d->n; i++) {
    const struct source *s = d->sources[i];
    const struct layout *l;
    for (size_t k = 0; s->kind->rules != NULL && (l = s->kind->rules(s, k)) != NULL; k++)
      ok = (passed ? pass_rules(l, code, fs) : rule_sheet_lines(l, a, out, fs)) && ok;
  }
  return ok;
}
