/* What has changed between two templates.
 *
 * Tags are matched in steps: those that say the same between the same words; those that say the same;
 * those of one name between the same words (another form); those between the same words (another
 * name).  What is left was added or removed.  Of the matched ones the longest run that is in the same
 * order has stayed, the others have moved; so a paragraph that is put before them moves nothing.
 * Invariant: a tag is matched once.
 */
#include "check/since.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "template/program.h"

#define N_(s) (s)

enum { AROUND = 12 /* characters on each side */ };
#define NOWHERE SIZE_MAX

/* A tag of one of the templates. */
struct spot {
  str typed; /* with its braces */
  str said;  /* its folded text; of 否则 and ends, with that of what they belong to */
  str name;  /* that without filters */
  str before, after;
  const struct place *place;
  enum tag_kind kind;
  size_t index, other; /* its number, and that of the match or NOWHERE */
};

struct side {
  struct spot *spots;
  size_t n, cap;
  str open[64]; /* what is open where the walk stands */
  size_t nopen;
  struct spot **order; /* for matching */
};

struct compare {
  struct arena *arena;
  struct side old, now;
  struct findings *fs;
};

/* ---- gathering ---- */

static str head(str s, size_t most) {
  size_t to = 0;
  while (most-- > 0 && to < s.n) utf8_next(s, &to);
  return str_sub(s, 0, to);
}

static str tail(str s, size_t most) {
  size_t skip = utf8_length(s), from = 0;
  for (skip = skip > most ? skip - most : 0; skip > 0; skip--) utf8_next(s, &from);
  return str_sub(s, from, s.n);
}

static str name_of(str said) {
  size_t to = 0;
  while (to < said.n && said.p[to] != ':' && said.p[to] != '|') to++;
  return utf8_trim(str_sub(said, 0, to));
}

/* Where nothing stands around a tag, its cell or the heading above tells which one it is. */
static str lonely(struct compare *c, const struct place *p) {
  struct buf b;
  buf_init(&b, 0);
  buf_put_u64(&b, p->story);
  if (p->table == 0) buf_put(&b, p->heading);
  buf_putc(&b, ' ');
  buf_put_u64(&b, p->table);
  buf_putc(&b, ' ');
  buf_put_u64(&b, p->row);
  buf_putc(&b, ' ');
  buf_put_u64(&b, p->column);
  str s = arena_dup(c->arena, buf_str(&b));
  buf_free(&b);
  return s;
}

/* What a tag says; 否则 and an end say what their beginning says too. */
static str said_by(struct compare *c, struct side *s, const struct piece *k) {
  bool outer = k->kind == TAG_CLOSE || k->kind == TAG_ELSE || k->kind == TAG_ELIF;
  size_t most = sizeof s->open / sizeof *s->open;
  if (tag_opens(k->kind) && s->nopen < most) s->open[s->nopen++] = k->said;
  str first = outer && s->nopen > 0 ? s->open[s->nopen - 1] : STR("");
  if (k->kind == TAG_CLOSE && s->nopen > 0) s->nopen--;
  str own = k->kind == TAG_ELIF || !outer ? k->said : STR("");
  return arena_join(c->arena, (str[]){first, STR(" "), own}, 3);
}

static bool add_spot(struct compare *c, struct side *s, const struct paragraph *p, size_t i) {
  const struct piece *k = &p->pieces[i];
  if (k->kind == TAG_COMMENT || k->kind == TAG_BRACES) return true;
  struct spot *x = arena_grow(c->arena, s->spots, &s->n, &s->cap, sizeof *x);
  if (x == NULL) return false;
  s->spots = x - (s->n - 1);
  bool literal_before = i > 0 && !p->pieces[i - 1].tag;
  bool literal_after = i + 1 < p->n && !p->pieces[i + 1].tag;
  *x = (struct spot){.typed = k->text,
                     .said = said_by(c, s, k),
                     .before = literal_before ? tail(p->pieces[i - 1].text, AROUND) : STR(""),
                     .after = literal_after ? head(p->pieces[i + 1].text, AROUND) : STR(""),
                     .place = k->place,
                     .kind = k->kind,
                     .index = s->n - 1,
                     .other = NOWHERE};
  x->name = name_of(x->said);
  if (x->before.n + x->after.n == 0) x->before = lonely(c, k->place);
  return x->before.p != NULL && x->said.p != NULL;
}

static bool gather(struct compare *c, struct side *s, const struct template *t) {
  for (size_t i = 0; i < t->nparts; i++) {
    const struct program *p = t->parts[i].program;
    for (size_t k = 0; p != NULL && k < p->nparagraphs; k++)
      for (size_t n = 0; n < p->paragraphs[k].n; n++)
        if (p->paragraphs[k].pieces[n].tag && !add_spot(c, s, &p->paragraphs[k], n)) return false;
  }
  s->order = ARENA_ARRAY(c->arena, s->n + 1, struct spot *);
  for (size_t i = 0; s->order != NULL && i < s->n; i++) s->order[i] = &s->spots[i];
  return s->order != NULL;
}

/* ---- matching ---- */

typedef int compare_fn(const struct spot *a, const struct spot *b);

static int by_kind(const struct spot *a, const struct spot *b) {
  return (a->kind > b->kind) - (a->kind < b->kind);
}

static int by_words(const struct spot *a, const struct spot *b) {
  int c = str_cmp(a->before, b->before);
  return c != 0 ? c : str_cmp(a->after, b->after);
}

static int by_said(const struct spot *a, const struct spot *b) {
  int c = by_kind(a, b);
  return c != 0 ? c : str_cmp(a->said, b->said);
}

static int by_said_and_words(const struct spot *a, const struct spot *b) {
  int c = by_said(a, b);
  return c != 0 ? c : by_words(a, b);
}

static int by_name_and_words(const struct spot *a, const struct spot *b) {
  int c = by_kind(a, b);
  if (c == 0) c = str_cmp(a->name, b->name);
  return c != 0 ? c : by_words(a, b);
}

static int by_kind_and_words(const struct spot *a, const struct spot *b) {
  int c = by_kind(a, b);
  return c != 0 ? c : by_words(a, b);
}

static int by_name(const struct spot *a, const struct spot *b) {
  int c = by_kind(a, b);
  return c != 0 ? c : str_cmp(a->name, b->name);
}

static compare_fn *sorting; /* qsort has no context; used between two calls only */

static int sort(const void *x, const void *y) {
  const struct spot *a = *(struct spot *const *)x, *b = *(struct spot *const *)y;
  int c = sorting(a, b);
  return c != 0 ? c : (a->index > b->index) - (a->index < b->index);
}

/* Matches what is equal and not matched yet, in the order of the documents. */
static void match(struct compare *c, compare_fn *same) {
  sorting = same;
  qsort(c->old.order, c->old.n, sizeof *c->old.order, sort);
  qsort(c->now.order, c->now.n, sizeof *c->now.order, sort);
  for (size_t i = 0, k = 0; i < c->old.n && k < c->now.n;) {
    struct spot *a = c->old.order[i], *b = c->now.order[k];
    int d = same(a, b);
    if (a->other != NOWHERE || (b->other == NOWHERE && d < 0)) {
      i++;
    } else if (b->other != NOWHERE || d > 0) {
      k++;
    } else {
      a->other = b->index;
      b->other = a->index;
      i++;
      k++;
    }
  }
}

/* ---- what has stayed ---- */

/* Marks in `stayed` (by index of `now`) a longest run of matched tags that is in one order. */
static bool find_stayed(struct compare *c, bool *stayed) {
  size_t n = c->now.n, length = 0;
  size_t *ends = ARENA_ARRAY(c->arena, n + 1, size_t); /* by length - 1: the run's last tag */
  size_t *before = ARENA_ARRAY(c->arena, n + 1, size_t);
  if (ends == NULL || before == NULL) return false;
  for (size_t i = 0; i < n; i++) {
    size_t at = c->now.spots[i].other, low = 0, high = length;
    if (at == NOWHERE) continue;
    while (low < high) {
      size_t mid = low + (high - low) / 2;
      if (c->now.spots[ends[mid]].other < at)
        low = mid + 1;
      else
        high = mid;
    }
    before[i] = low > 0 ? ends[low - 1] : NOWHERE;
    ends[low] = i;
    if (low == length) length++;
  }
  for (size_t i = length > 0 ? ends[length - 1] : NOWHERE; i != NOWHERE; i = before[i])
    stayed[i] = true;
  return true;
}

/* ---- telling ---- */

static bool is_field(const struct spot *s) { return s->kind == TAG_VALUE; }

/* Another place as words.c reads it. */
static str where(struct compare *c, const struct place *p) {
  struct buf b;
  buf_init(&b, 0);
  if (p->table != 0)
    for (int i = 0; i < 3; i++) {
      buf_putc(&b, "TRC"[i]);
      buf_put_u64(&b, i == 0 ? p->table : i == 1 ? p->row : p->column);
    }
  buf_puts(&b, p->table != 0 ? " ¶" : "¶");
  buf_put_u64(&b, p->paragraph);
  str s = arena_dup(findings_arena(c->fs), buf_str(&b));
  buf_free(&b);
  return s;
}

static void tell(struct compare *c, enum code field, enum code control, const struct spot *s,
                 str other) {
  struct place p = *s->place;
  p.tag = s->typed;
  finding(c->fs, is_field(s) ? field : control, &p, NULL, s->typed, other);
}

static void tell_now(struct compare *c, const struct spot *s, bool stayed) {
  if (s->other == NOWHERE) {
    tell(c, CODE_SINCE_ADDED, CODE_SINCE_LOOP_ADDED, s, STR(""));
    return;
  }
  const struct spot *old = &c->old.spots[s->other];
  bool same = str_eq(old->typed, s->typed);
  if (!same && !str_eq(old->name, s->name))
    tell(c, CODE_SINCE_RENAMED, CODE_SINCE_LOOP_CHANGED, s, old->typed);
  else if (!same && !str_eq(old->said, s->said))
    tell(c, CODE_SINCE_FORM, CODE_SINCE_LOOP_CHANGED, s, old->typed);
  else if (!stayed || old->place->story != s->place->story)
    tell(c, CODE_SINCE_MOVED, CODE_SINCE_LOOP_MOVED, s, where(c, old->place));
}

static bool tell_all(struct compare *c) {
  bool *stayed = ARENA_ARRAY(c->arena, c->now.n + 1, bool);
  if (stayed == NULL || !find_stayed(c, stayed)) return false;
  for (size_t i = 0; i < c->now.n; i++) tell_now(c, &c->now.spots[i], stayed[i]);
  for (size_t i = 0; i < c->old.n; i++)
    if (c->old.spots[i].other == NOWHERE)
      tell(c, CODE_SINCE_REMOVED, CODE_SINCE_LOOP_REMOVED, &c->old.spots[i], STR(""));
  return true;
}

bool since_compare(const struct template *old, const struct template *now, struct findings *fs) {
  static compare_fn *const steps[] = {by_said_and_words, by_said, by_name_and_words,
                                      by_kind_and_words, by_name};
  struct compare c = {.arena = arena_new(0), .fs = fs};
  bool ok = c.arena != NULL && gather(&c, &c.old, old) && gather(&c, &c.now, now);
  for (size_t i = 0; ok && i < sizeof steps / sizeof *steps; i++) match(&c, steps[i]);
  ok = ok && tell_all(&c);
  arena_free(c.arena);
  return ok || findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}
