/* Which records of the data a run makes reports of.
 *
 * --only names them; --shard takes every n-th of the whole list, counted before --only, so that
 * shares are disjoint and together complete whatever else is asked for.  Names of reports are
 * still made for all shares, by job/name.c: two records with one name are found in each of them.
 * Invariant: subjects stand in the order of the data.
 */
#include "job/choose.h"

#include "base/fold.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* The one place that says what a record is called. */
static str township(const struct data *d, const struct record *rec) {
  uint32_t id = data_key(d);
  const struct val *v = id != 0 ? val_member(&rec->root, id) : NULL;
  bool plain = v != NULL && (v->kind == VAL_TEXT || v->kind == VAL_NUMBER);
  return plain ? v->text : STR_NONE;
}

bool choose_note(struct subject *s, const struct data *d, const struct record *rec,
                 struct arena *a) {
  str name = township(d, rec);
  s->file = rec->file;
  s->index = rec->index;
  s->township = name.n != 0 ? arena_dup(a, name) : STR_NONE;
  return name.n == 0 || s->township.p != NULL;
}

/* ---- --only ---- */

/* A township that --only names. */
struct wanted {
  str typed, folded;
  bool found;
  str near;      /* the nearest that the data have */
  unsigned away; /* how far that is */
};

struct chooser {
  struct data *d;
  struct arena *a, *scratch;
  struct wanted *wanted;
  size_t nwanted, cap;
};

enum { FARTHEST = 3, INSIDE = 1 };

static size_t find_comma(str s, size_t from, size_t *width) {
  static const str commas[] = {STR(","), STR("，"), STR("、")};
  size_t at = s.n;
  *width = 0;
  for (size_t i = 0; i < 3; i++) {
    size_t k = str_find(s, commas[i], from);
    if (k >= at) continue;
    at = k;
    *width = commas[i].n;
  }
  return at;
}

static bool split_only(struct chooser *c, str only) {
  for (size_t from = 0, to, width; from <= only.n; from = to + (width != 0 ? width : 1)) {
    to = find_comma(only, from, &width);
    str typed = utf8_trim(str_sub(only, from, to));
    if (typed.n == 0) continue;
    struct wanted *w = arena_grow(c->a, c->wanted, &c->nwanted, &c->cap, sizeof *w);
    if (w == NULL) return false;
    c->wanted = w - (c->nwanted - 1);
    *w = (struct wanted){.typed = typed, .folded = fold_name(typed, c->a), .away = FARTHEST + 1};
    if (w->folded.p == NULL) return false;
  }
  return true;
}

/* As many characters of s as `like` has. */
static str head_like(str s, str like) {
  size_t at = 0;
  for (size_t n = utf8_length(like); n > 0 && at < s.n; n--) utf8_next(s, &at);
  return str_sub(s, 0, at);
}

/* How far the name is from what was typed, perhaps in short: 松鸣乡 is near 松鸣乡人民政府, and 松明乡
 * not much farther.  Half of the characters must be right. */
static unsigned distance(str typed, str name) {
  if (typed.n == 0 || name.n == 0) return FARTHEST + 1;
  size_t half = utf8_length(typed) / 2;
  bool inside =
      str_find(name, typed, 0) != STR_NOT_FOUND || str_find(typed, name, 0) != STR_NOT_FOUND;
  unsigned d = fold_distance(typed, name, FARTHEST);
  unsigned head = fold_distance(typed, head_like(name, typed), FARTHEST);
  if (inside) head = 0;
  if (head < INSIDE) head = INSIDE;
  if (head < d) d = head;
  return inside || d <= half ? d : FARTHEST + 1;
}

/* Is the record wanted? Where it is not, it may be what was meant. */
static bool match(struct chooser *c, str name) {
  str folded = fold_name(name, c->scratch);
  bool any = false;
  for (size_t i = 0; i < c->nwanted; i++) {
    struct wanted *w = &c->wanted[i];
    bool same = name.n != 0 && str_eq(w->folded, folded);
    any = any || same;
    w->found = w->found || same;
    unsigned d = w->found ? FARTHEST + 1 : distance(w->folded, folded);
    if (d >= w->away) continue;
    w->away = d;
    w->near = arena_dup(c->a, name);
  }
  return any;
}

static bool read_records(struct chooser *c, bool *chosen, struct findings *fs) {
  struct record rec;
  for (size_t i = 0; i < data_unit_count(c->d); i++) {
    arena_reset(c->scratch);
    if (!data_unit(c->d, i, c->scratch, &rec, fs)) return false;
    chosen[i] = match(c, township(c->d, &rec));
    if (mem_failed()) return no_memory(fs);
  }
  return true;
}

static bool all_found(const struct chooser *c, struct findings *fs) {
  bool ok = true;
  for (size_t i = 0; i < c->nwanted; i++) {
    const struct wanted *w = &c->wanted[i];
    if (w->found) continue;
    ok = w->near.n != 0 ? finding(fs, CODE_ONLY_NEAR, NULL, NULL, w->typed, w->near)
                        : finding(fs, CODE_ONLY_UNKNOWN, NULL, NULL, w->typed);
  }
  return ok;
}

static bool choose_only(const char *only, struct data *d, struct arena *a, bool *chosen,
                        struct findings *fs) {
  struct chooser c = {.d = d, .a = a, .scratch = arena_new(0)};
  bool ok = c.scratch != NULL && split_only(&c, str_of(only)) ? read_records(&c, chosen, fs)
                                                              : no_memory(fs);
  ok = ok && all_found(&c, fs);
  arena_free(c.scratch);
  return ok;
}

/* ---- all together ---- */

/* One report of all; --only says which stand in its list. */
static bool choose_gathered(const struct fill_job *job, struct data *d, const bool *chosen,
                            struct subjects *s) {
  if (job->only != NULL) data_choose(d, chosen);
  s->items[s->n++] = (struct subject){.here = true};
  return true;
}

bool choose_records(const struct fill_job *job, struct data *d, struct arena *a, struct subjects *s,
                    struct findings *fs) {
  size_t n = data_unit_count(d);
  bool *chosen = ARENA_ARRAY(a, n, bool);
  *s = (struct subjects){.items = ARENA_ARRAY(a, n, struct subject)};
  if (s->items == NULL || chosen == NULL) return no_memory(fs);
  if (job->only != NULL && !choose_only(job->only, d, a, chosen, fs)) return false;
  if (data_gathered(d)) return choose_gathered(job, d, chosen, s);
  for (size_t i = 0; i < n; i++) {
    if (job->only != NULL && !chosen[i]) continue;
    bool here = job->shards == 0 || i % job->shards + 1 == job->shard;
    s->items[s->n++] = (struct subject){.record = i, .here = here};
  }
  return true;
}

void choose_here(struct subjects *s) {
  size_t n = 0;
  for (size_t i = 0; i < s->n; i++)
    if (s->items[i].here) s->items[n++] = s->items[i];
  s->n = n;
}
