/* Records of all sources, joined by township.
 *
 * Records of one source are never joined with each other.  A key is compared as names are: folded,
 * without blanks.
 * Invariant: after join_new, merging the parts of any record finds no contradiction.
 */
#include "data/join.h"

#include "base/mem.h"
#include "data/merge.h"

/* A record or part of a source before it is joined. */
struct item {
  struct source_about about;
  size_t source, index;
  size_t record; /* SOURCE_RECORD: which joined record it went to */
};

#define WHOLE SIZE_MAX /* `record` of an item that is no record's */

struct join {
  struct join_job job;
  struct arena *arena;
  struct findings *fs; /* while it is made */
  struct item *items;
  size_t nitems, capitems;
  struct joined *records;
  size_t nrecords, caprecords;
  struct joined whole;   /* with all_as: what is no record's */
  str *absent;           /* of the roster */
  size_t nabsent, capabsent;
  bool *many;            /* records: their own source has the key again */
  bool *has;             /* sources: have a SOURCE_RECORD */
  size_t *firsts;        /* sources: their first item */
  size_t *slots, nslots; /* key → record + 1 */
};

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

static struct source *source_of(const struct join *j, size_t source) {
  return j->job.sources[source];
}

static bool complain(struct join *j, enum code code, const struct item *it, str arg) {
  struct origin o = {.file = STR_NONE};
  struct source *s = source_of(j, it->source);
  s->kind->origin(s, it->index, findings_arena(j->fs), &o);
  o.key = STR_NONE;
  return finding(j->fs, code, NULL, &o, arg);
}

/* ---- all items ---- */

static bool gather_source(struct join *j, size_t source) {
  struct source *s = source_of(j, source);
  size_t n = s->kind->count(s);
  bool ok = true;
  j->firsts[source] = j->nitems;
  for (size_t i = 0; i < n && !mem_failed(); i++) {
    struct item *it = arena_grow(j->arena, j->items, &j->nitems, &j->capitems, sizeof *it);
    if (it == NULL) return no_memory(j->fs);
    j->items = it - (j->nitems - 1);
    it->source = source;
    it->index = i;
    ok = s->kind->about(s, i, j->arena, &it->about, j->fs) && ok;
    if (it->about.role == SOURCE_RECORD) j->has[source] = true;
  }
  return mem_failed() ? no_memory(j->fs) : ok;
}

/* ---- records by key ---- */

static size_t slot_of(const struct join *j, str key) {
  size_t i = (size_t)str_hash(key) & (j->nslots - 1);
  while (j->slots[i] != 0 && !str_eq(j->records[j->slots[i] - 1].key, key))
    i = (i + 1) & (j->nslots - 1);
  return i;
}

static struct joined *find(const struct join *j, str key) {
  size_t i = key.n != 0 ? j->slots[slot_of(j, key)] : 0;
  return i != 0 ? &j->records[i - 1] : NULL;
}

static bool add_part(struct join *j, struct joined *r, const struct item *it, size_t number) {
  struct joined_part *p = arena_grow(j->arena, r->parts, &r->n, &r->cap, sizeof *p);
  if (p == NULL) return no_memory(j->fs);
  r->parts = p - (r->n - 1);
  *p = (struct joined_part){it->source, it->index, it->about.role, number};
  return true;
}

static struct joined *add_record(struct join *j, const struct item *it) {
  struct joined *r = &j->records[j->nrecords++];
  r->key = it->about.key;
  r->shown = it->about.shown;
  return r;
}

static bool from_one_source(const struct joined *r, size_t source) {
  for (size_t i = 0; i < r->n; i++)
    if (r->parts[i].source != source) return false;
  return true;
}

/* A file that is one record and names no township speaks of all of them. */
static bool is_whole(const struct join *j, const struct item *it) {
  return j->job.all_as != NULL && it->about.key.n == 0 && source_of(j, it->source)->single;
}

static bool place_whole(struct join *j, struct item *it, size_t number) {
  it->record = WHOLE;
  complain(j, CODE_GATHER_WHOLE, it, j->job.key_name);
  return add_part(j, &j->whole, it, number);
}

/* A record that is there already is joined, unless it is of the same source. */
static bool place_record(struct join *j, struct item *it, size_t number) {
  if (is_whole(j, it)) return place_whole(j, it, number);
  struct joined *r = find(j, it->about.key);
  bool again = r != NULL && r->parts[r->n - 1].source == it->source;
  size_t slot = it->about.key.n != 0 ? slot_of(j, it->about.key) : 0;
  if (again && from_one_source(r, it->source)) {
    j->many[r - j->records] = true;
    r = add_record(j, it);
  } else if (r != NULL && (again || j->many[r - j->records])) {
    return complain(j, CODE_KEY_AMBIGUOUS, it, it->about.shown);
  } else if (r == NULL) {
    r = add_record(j, it);
    if (it->about.key.n != 0) j->slots[slot] = j->nrecords;
  }
  it->record = (size_t)(r - j->records);
  return add_part(j, r, it, number);
}

static bool place_records(struct join *j) {
  bool ok = true;
  size_t number = 0;
  for (size_t i = 0; i < j->nitems; i++) {
    struct item *it = &j->items[i];
    if (i == j->firsts[it->source]) number = 0;
    if (it->about.role == SOURCE_RECORD) ok = place_record(j, it, ++number) && ok;
  }
  return ok;
}

/* ---- parts ---- */

static struct joined *record_of(struct join *j, const struct item *it) {
  return it->record == WHOLE ? &j->whole : &j->records[it->record];
}

static bool place_part(struct join *j, const struct item *it) {
  struct joined *r = find(j, it->about.key);
  if (it->about.has_with)
    r = record_of(j, &j->items[j->firsts[it->source] + it->about.with]);
  else if (it->about.key.n == 0 && j->nrecords == 1)
    r = &j->records[0];
  if (r == NULL && it->about.key.n == 0) return complain(j, CODE_ROW_NO_KEY, it, j->job.key_name);
  if (r == NULL) return complain(j, CODE_UNKNOWN_KEY, it, it->about.shown);
  if (!it->about.has_with && j->many[r - j->records])
    return complain(j, CODE_KEY_AMBIGUOUS, it, it->about.shown);
  return add_part(j, r, it, 0);
}

/* Does a record of this source stand in it? */
static bool holds(const struct joined *r, size_t source) {
  for (size_t i = 0; i < r->n; i++)
    if (r->parts[i].source == source && r->parts[i].role == SOURCE_RECORD) return true;
  return false;
}

static bool belongs(const struct join *j, const struct item *it, const struct joined *r) {
  return it->about.role == SOURCE_SHARED || !j->has[it->source] || holds(r, it->source);
}

static bool belongs_to_whole(const struct join *j, const struct item *it) {
  if (j->job.all_as == NULL) return false;
  return it->about.role == SOURCE_SHARED || holds(&j->whole, it->source);
}

static bool place_for_all(struct join *j, enum source_role role) {
  for (size_t i = 0; i < j->nitems; i++) {
    if (j->items[i].about.role != role) continue;
    for (size_t k = 0; k < j->nrecords; k++)
      if (belongs(j, &j->items[i], &j->records[k]) && !add_part(j, &j->records[k], &j->items[i], 0))
        return false;
    if (belongs_to_whole(j, &j->items[i]) && !add_part(j, &j->whole, &j->items[i], 0)) return false;
  }
  return true;
}

static bool place_parts(struct join *j) {
  bool ok = true;
  for (size_t i = 0; i < j->nitems; i++)
    if (j->items[i].about.role == SOURCE_PART) ok = place_part(j, &j->items[i]) && ok;
  return ok && place_for_all(j, SOURCE_SHARED) && place_for_all(j, SOURCE_EMPTY);
}

/* ---- merging ---- */

static bool read_record(const struct join *j, const struct joined *r, struct arena *a,
                        struct val *root, bool check, struct findings *fs) {
  struct merge m = {.arena = a,
                    .fs = check ? fs : NULL,
                    .names = j->job.names,
                    .who = r->shown,
                    .key = names_id(j->job.names, j->job.key_name)};
  bool ok = true;
  for (size_t i = 0; i < r->n; i++) {
    struct source *s = source_of(j, r->parts[i].source);
    struct val v;
    if (!s->kind->record(s, r->parts[i].index, a, i == 0 ? root : &v, fs)) return false;
    if (i > 0) ok = merge_objects(&m, root, &v) && ok;
  }
  if (mem_failed()) return no_memory(fs);
  return ok;
}

bool join_record(const struct join *j, size_t i, struct arena *a, struct val *root,
                 struct findings *fs) {
  return read_record(j, &j->records[i], a, root, false, fs);
}

bool join_whole(const struct join *j, struct arena *a, struct val *root, struct findings *fs) {
  *root = (struct val){.exact = true};
  if (j->whole.n == 0) return val_set_object(root, NULL, 0, a) || no_memory(fs);
  return read_record(j, &j->whole, a, root, false, fs);
}

static void origin_of(const struct join *j, const struct joined *r, struct arena *a,
                      struct origin *out) {
  struct source *s = source_of(j, r->parts[0].source);
  s->kind->origin(s, r->parts[0].index, a, out);
}

void join_origin(const struct join *j, size_t i, struct arena *a, struct origin *out) {
  origin_of(j, &j->records[i], a, out);
}

void join_whole_origin(const struct join *j, struct arena *a, struct origin *out) {
  origin_of(j, j->whole.n != 0 ? &j->whole : &j->records[0], a, out);
}

/* Lists that nobody wrote contradict nothing. */
static size_t written_parts(const struct joined *r) {
  size_t n = 0;
  for (size_t i = 0; i < r->n; i++)
    if (r->parts[i].role != SOURCE_EMPTY) n++;
  return n;
}

static bool check_record(struct join *j, const struct joined *r, struct arena *a) {
  struct val root;
  if (written_parts(r) < 2) return true;
  arena_reset(a);
  return read_record(j, r, a, &root, true, j->fs);
}

static bool check_merging(struct join *j) {
  struct arena *a = arena_new(0);
  bool ok = a != NULL ? check_record(j, &j->whole, a) : no_memory(j->fs);
  for (size_t i = 0; a != NULL && i < j->nrecords; i++)
    ok = check_record(j, &j->records[i], a) && ok;
  if (a != NULL) arena_free(a);
  return ok;
}

/* ---- who should be there ---- */

/* False: that is an error. */
static bool note_absent(struct join *j, const struct layout *l, const struct entry *e) {
  struct origin o;
  str *absent = arena_grow(j->arena, j->absent, &j->nabsent, &j->capabsent, sizeof *absent);
  if (absent == NULL) return no_memory(j->fs);
  j->absent = absent - (j->nabsent - 1);
  *absent = e->shown;
  l->source.place(&l->source, layout_entry_at(l, e), findings_arena(j->fs), &o);
  finding(j->fs, j->job.complete ? CODE_ROSTER_LACKS : CODE_ROSTER_MISSING, NULL, &o, e->shown);
  return !j->job.complete;
}

/* Sent twice: by two files that each hold a record of it. */
static void check_sent(struct join *j, const struct joined *r) {
  const struct joined_part *first = NULL;
  for (size_t i = 0; i < r->n; i++) {
    const struct joined_part *p = &r->parts[i];
    if (p->role != SOURCE_RECORD) continue;
    if (first == NULL) {
      first = p;
      continue;
    }
    struct origin a, b;
    struct source *s = source_of(j, first->source), *t = source_of(j, p->source);
    s->kind->origin(s, first->index, findings_arena(j->fs), &a);
    t->kind->origin(t, p->index, findings_arena(j->fs), &b);
    b.key = STR_NONE;
    finding(j->fs, CODE_ROSTER_TWICE, NULL, &b, r->shown, finding_origin(j->fs, &a));
  }
}

static bool check_unknown(struct join *j, bool *known) {
  bool ok = true;
  for (size_t i = 0; i < j->nrecords; i++) {
    const struct joined *r = &j->records[i];
    if (known[i] || r->key.n == 0 || find(j, r->key) != r) continue;
    const struct joined_part *p = &r->parts[0];
    ok = complain(j, CODE_ROSTER_UNKNOWN, &j->items[j->firsts[p->source] + p->index], r->shown);
  }
  return ok;
}

static bool check_roster(struct join *j) {
  bool *known = ARENA_ARRAY(j->arena, j->nrecords + 1, bool), any = false, ok = true;
  if (known == NULL) return no_memory(j->fs);
  for (size_t k = 0; k <= j->job.nsources; k++) {
    const struct layout *l = j->job.roster;
    if (k < j->job.nsources) {
      struct source *s = source_of(j, k);
      l = s->kind->roster != NULL ? s->kind->roster(s) : NULL;
    }
    if (l == NULL) continue;
    any = true;
    for (size_t i = 0; i < l->nentries; i++) {
      struct joined *r = find(j, l->entries[i].key);
      if (r == NULL)
        ok = note_absent(j, l, &l->entries[i]) && ok;
      else if (!known[r - j->records])
        check_sent(j, r);
      if (r != NULL) known[r - j->records] = true;
    }
  }
  return (!any || check_unknown(j, known)) && ok;
}

/* ---- life ---- */

static bool prepare(struct join *j) {
  size_t n = j->job.nsources + 1;
  j->has = ARENA_ARRAY(j->arena, n, bool);
  j->firsts = ARENA_ARRAY(j->arena, n, size_t);
  return (j->has != NULL && j->firsts != NULL) || no_memory(j->fs);
}

static bool prepare_records(struct join *j) {
  for (j->nslots = 64; j->nslots < j->nitems * 2;) j->nslots *= 2;
  j->slots = ARENA_ARRAY(j->arena, j->nslots, size_t);
  j->records = ARENA_ARRAY(j->arena, j->nitems + 1, struct joined);
  j->many = ARENA_ARRAY(j->arena, j->nitems + 1, bool);
  return (j->slots != NULL && j->records != NULL && j->many != NULL) || no_memory(j->fs);
}

static bool no_records(struct join *j) {
  if (j->whole.n != 0) return finding(j->fs, CODE_GATHER_NONE, NULL, NULL, j->job.key_name);
  struct origin o = {.file = STR_NONE};
  struct source *s = source_of(j, 0);
  if (j->nitems > 0) s->kind->origin(s, 0, findings_arena(j->fs), &o);
  return findings_add(j->fs, CODE_DATA_EMPTY, NULL, o.file.n != 0 ? &o : NULL, 0, NULL);
}

static bool make(struct join *j) {
  bool ok = prepare(j);
  for (size_t i = 0; ok && i < j->job.nsources; i++) ok = gather_source(j, i);
  ok = ok && prepare_records(j) && place_records(j);
  if (ok && j->nrecords == 0) return no_records(j);
  return ok && place_parts(j) && check_merging(j) && check_roster(j);
}

struct join *join_new(const struct join_job *job, struct findings *fs) {
  struct join *j = mem_calloc(1, sizeof *j);
  if (j != NULL) j->arena = arena_new(0);
  if (j == NULL || j->arena == NULL) {
    mem_free(j);
    no_memory(fs);
    return NULL;
  }
  j->job = *job;
  j->fs = fs;
  if (make(j)) return j;
  join_free(j);
  return NULL;
}

void join_free(struct join *j) {
  if (j == NULL) return;
  arena_free(j->arena);
  mem_free(j);
}

size_t join_count(const struct join *j) { return j->nrecords; }

const struct joined *join_at(const struct join *j, size_t i) { return &j->records[i]; }

size_t join_absent_count(const struct join *j) { return j->nabsent; }

str join_absent(const struct join *j, size_t i) { return j->absent[i]; }
