/* The sink of findings, and the table of their codes.
 *
 * Words are put to findings by the command.  A finding equal to one that is there only counts.
 * Invariant: there are never more than LIMIT_FINDINGS and one for memory, which has its place in
 * the sink itself so that it can always be made; and when errors were added, one of them is kept.
 */
#include "base/finding.h"

#include "base/limits.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

const struct code_row codes[] = {
    {"", "", LEVEL_NOTE, STATUS_DONE, "", ""},
#define CODE(name, id, level, status, words, help) {#name, id, level, status, words, help},
#include "base/codes.def"
#undef CODE
};

struct findings {
  struct arena *arena;
  struct finding *list;
  uint64_t *hashes; /* of the items of the list */
  size_t n, cap, errors, dropped;
  struct finding memory; /* times 0: memory never ran out */
  enum status status;
};

enum { FIRST_FINDINGS = 16, DIGITS = 20, AROUND = 24 };

/* ---- equality ---- */

/* The strings of a finding in one order, for hashing, comparing and copying.  The last ones are
 * copied only: where the same was found first is all that is kept of further ones. */
enum { STRINGS_COMPARED = 8 + FINDING_ARGS, STRINGS = STRINGS_COMPARED + 2 };
static void strings_of(struct finding *f, str *out[STRINGS]) {
  str *all[] = {&f->place.file,   &f->place.part,   &f->place.heading, &f->place.tag,
                &f->origin.file,  &f->origin.sheet, &f->origin.cell,   &f->origin.key,
                &f->args[0],      &f->args[1],      &f->args[2],       &f->args[3],
                &f->place.before, &f->place.after};
  _Static_assert(sizeof all / sizeof *all == STRINGS, "all strings of a finding");
  memcpy(out, all, sizeof all);
}

enum { NUMBERS_COMPARED = 9, NUMBERS = NUMBERS_COMPARED + 2 };
static void numbers_of(const struct finding *f, uint64_t out[NUMBERS]) {
  const struct place *p = &f->place;
  const uint64_t all[] = {f->code,          p->story,  p->number,    p->table,
                          p->row,           p->column, p->paragraph, f->origin.line,
                          f->origin.column, p->serial, p->nth};
  _Static_assert(sizeof all / sizeof *all == NUMBERS, "all numbers of a finding");
  memcpy(out, all, sizeof all);
}

static void numbers_to(struct finding *f, const uint64_t in[NUMBERS]) {
  f->code = (enum code)in[0];
  f->place.story = (enum story)in[1];
  f->place.number = (unsigned)in[2];
  f->place.table = (unsigned)in[3];
  f->place.row = (unsigned)in[4];
  f->place.column = (unsigned)in[5];
  f->place.paragraph = (unsigned)in[6];
  f->origin.line = in[7];
  f->origin.column = in[8];
  f->place.serial = (uint32_t)in[9];
  f->place.nth = (uint32_t)in[10];
}

static uint64_t hash_of(struct finding *f) {
  uint64_t h = 0, numbers[NUMBERS];
  str *strings[STRINGS];
  numbers_of(f, numbers);
  strings_of(f, strings);
  for (size_t i = 0; i < NUMBERS_COMPARED; i++) h = (h ^ numbers[i]) * 1099511628211u + (h >> 32);
  for (size_t i = 0; i < STRINGS_COMPARED; i++)
    h = (h ^ str_hash(*strings[i])) * 1099511628211u + (h >> 32);
  return h;
}

static bool same(struct finding *a, struct finding *b) {
  uint64_t na[NUMBERS], nb[NUMBERS];
  str *sa[STRINGS], *sb[STRINGS];
  numbers_of(a, na);
  numbers_of(b, nb);
  strings_of(a, sa);
  strings_of(b, sb);
  for (size_t i = 0; i < STRINGS_COMPARED; i++)
    if (!str_eq(*sa[i], *sb[i])) return false;
  return memcmp(na, nb, NUMBERS_COMPARED * sizeof *na) == 0;
}

static struct finding *find_same(struct findings *fs, struct finding *f, uint64_t hash) {
  for (size_t i = 0; i < fs->n; i++)
    if (fs->hashes[i] == hash && same(&fs->list[i], f)) return &fs->list[i];
  return NULL;
}

/* ---- the sink ---- */

struct findings *findings_new(void) {
  struct findings *fs = mem_calloc(1, sizeof *fs);
  if (fs == NULL) return NULL;
  fs->arena = arena_new(0);
  if (fs->arena != NULL) return fs;
  mem_free(fs);
  return NULL;
}

void findings_free(struct findings *fs) {
  if (fs == NULL) return;
  arena_free(fs->arena);
  mem_free(fs->list);
  mem_free(fs->hashes);
  mem_free(fs);
}

void findings_clear(struct findings *fs) {
  arena_reset(fs->arena);
  fs->n = fs->errors = fs->dropped = 0;
  fs->memory = (struct finding){0};
  fs->status = STATUS_DONE;
}

size_t findings_count(const struct findings *fs) { return fs->n + (fs->memory.times != 0); }

size_t findings_dropped(const struct findings *fs) { return fs->dropped; }

size_t findings_errors(const struct findings *fs) { return fs->errors; }

const struct finding *findings_at(const struct findings *fs, size_t i) {
  return i < fs->n ? &fs->list[i] : &fs->memory;
}

struct arena *findings_arena(struct findings *fs) {
  return fs->arena;
}

enum status findings_status(const struct findings *fs) { return fs->status; }

/* ---- adding ---- */

static void count_error(struct findings *fs, enum code code) {
  if (codes[code].level != LEVEL_ERROR) return;
  fs->errors++;
  if (codes[code].status > fs->status) fs->status = codes[code].status;
}

static bool out_of_memory(struct findings *fs, unsigned times) {
  if (fs->memory.times == 0) count_error(fs, CODE_MEMORY);
  fs->memory.code = CODE_MEMORY;
  fs->memory.times += times;
  return false;
}

static bool grow(struct findings *fs) {
  size_t cap = fs->cap != 0 ? fs->cap * 2 : FIRST_FINDINGS;
  struct finding *list = mem_realloc(fs->list, cap * sizeof *list);
  if (list != NULL) fs->list = list;
  uint64_t *hashes = mem_realloc(fs->hashes, cap * sizeof *hashes);
  if (hashes != NULL) fs->hashes = hashes;
  if (list == NULL || hashes == NULL) return false;
  fs->cap = cap;
  return true;
}

/* At most AROUND characters of the text that ends, or begins, at the tag. */
static str tail_of(struct findings *fs, str s) {
  size_t at = s.n;
  for (unsigned n = 0; n < AROUND && at > 0; n++) do
      at--;
    while (at > 0 && (s.p[at] & 0xC0) == 0x80);
  return at == 0 ? s : arena_join(fs->arena, (str[]){STR("…"), str_sub(s, at, s.n)}, 2);
}

static str head_of(struct findings *fs, str s) {
  size_t at = 0;
  for (unsigned n = 0; n < AROUND && at < s.n; n++) utf8_next(s, &at);
  return at == s.n ? s : arena_join(fs->arena, (str[]){str_sub(s, 0, at), STR("…")}, 2);
}

/* Places hold the whole paragraph; here it is cut short, and the equal tags before are counted.
 * Done once: a place that comes from another sink has its count. */
static bool settle_around(struct findings *fs, struct place *p) {
  size_t at = 0;
  if (p->nth != 0 || p->tag.n == 0) return true;
  for (p->nth = 1; (at = str_find(p->before, p->tag, at)) != STR_NOT_FOUND; at += p->tag.n)
    p->nth++;
  p->before = tail_of(fs, p->before);
  p->after = head_of(fs, p->after);
  return (p->before.n == 0 || p->before.p != NULL) && (p->after.n == 0 || p->after.p != NULL);
}

static bool copy_strings(struct findings *fs, struct finding *f) {
  if (!settle_around(fs, &f->place)) return false;
  str *strings[STRINGS];
  strings_of(f, strings);
  for (size_t i = 0; i < STRINGS; i++) {
    if (strings[i]->n == 0) continue;
    *strings[i] = arena_dup(fs->arena, *strings[i]);
    if (strings[i]->p == NULL) return false;
  }
  return true;
}

/* The slot for one more; NULL without memory, or when the sink is full (then *full).  The first
 * error that comes to a sink full of notes takes the last one's place. */
static struct finding *new_slot(struct findings *fs, bool first_error, bool *full) {
  *full = false;
  if (fs->n >= LIMIT_FINDINGS) {
    fs->dropped++;
    *full = !first_error;
    return first_error ? &fs->list[fs->n - 1] : NULL;
  }
  if (fs->n == fs->cap && !grow(fs)) return NULL;
  return &fs->list[fs->n++];
}

/* Everything of f is borrowed. */
static bool add(struct findings *fs, struct finding f) {
  if (f.code == CODE_MEMORY) return out_of_memory(fs, f.times);
  uint64_t hash = hash_of(&f);
  struct finding *old = find_same(fs, &f, hash);
  if (old != NULL) {
    old->times += f.times;
    return false;
  }
  bool full, first_error = fs->errors == 0 && codes[f.code].level == LEVEL_ERROR;
  if (fs->n < LIMIT_FINDINGS || first_error) {
    if (!copy_strings(fs, &f)) return out_of_memory(fs, f.times);
  }
  struct finding *slot = new_slot(fs, first_error, &full);
  if (slot == NULL && !full) return out_of_memory(fs, f.times);
  count_error(fs, f.code);
  if (slot == NULL) return false;
  *slot = f;
  fs->hashes[slot - fs->list] = hash;
  return false;
}

bool findings_add(struct findings *fs, enum code code, const struct place *place,
                  const struct origin *origin, size_t nargs, const str *args) {
  struct finding f = {.code = code, .times = 1};
  if (mem_failed() && codes[code].level == LEVEL_ERROR) f.code = CODE_MEMORY;
  if (place != NULL) f.place = *place;
  if (origin != NULL) f.origin = *origin;
  for (size_t i = 0; i < nargs && i < FINDING_ARGS; i++) f.args[i] = args[i];
  return add(fs, f);
}

void findings_append_some(struct findings *to, const struct findings *from,
                          bool (*wants)(void *ctx, const struct finding *f), void *ctx) {
  for (size_t i = 0; i < findings_count(from); i++)
    if (wants == NULL || wants(ctx, findings_at(from, i))) add(to, *findings_at(from, i));
  to->dropped += from->dropped;
}

void findings_append(struct findings *to, const struct findings *from) {
  findings_append_some(to, from, NULL, NULL);
}

str finding_number(struct findings *fs, uint64_t v) {
  char digits[DIGITS];
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + v % 10);
  while ((v /= 10) != 0);
  return arena_dup(fs->arena, (str){digits + at, sizeof digits - at});
}

str finding_origin(struct findings *fs, const struct origin *o) {
  struct buf b;
  buf_init(&b, 0);
  buf_put(&b, o->file);
  if (o->line != 0) {
    buf_putc(&b, ':');
    buf_put_u64(&b, o->line);
    buf_putc(&b, ':');
    buf_put_u64(&b, o->column);
  }
  if (o->sheet.n != 0) {
    buf_putc(&b, ' ');
    buf_put(&b, o->sheet);
    buf_putc(&b, '!');
    buf_put(&b, o->cell);
  }
  str s = arena_dup(fs->arena, buf_str(&b));
  buf_free(&b);
  return s;
}

/* ---- from one process to another ---- */

/* How often, then the numbers; then each string with its length before it. */
struct packed_head {
  uint64_t times, numbers[NUMBERS];
  uint32_t lengths[STRINGS];
};

static void pack_one(struct finding f, struct buf *out) {
  struct packed_head head = {.times = f.times};
  str *strings[STRINGS];
  strings_of(&f, strings);
  numbers_of(&f, head.numbers);
  for (size_t i = 0; i < STRINGS; i++) {
    *strings[i] = utf8_clip(*strings[i], LIMIT_PACKED_TEXT);
    head.lengths[i] = (uint32_t)strings[i]->n;
  }
  buf_put(out, (str){(const char *)&head, sizeof head});
  for (size_t i = 0; i < STRINGS; i++) buf_put(out, *strings[i]);
}

void findings_pack(const struct findings *fs, struct buf *out) {
  size_t start = out->n, n = findings_count(fs), i = 0;
  uint64_t counts[2] = {0};
  buf_put(out, (str){(const char *)counts, sizeof counts});
  for (; i < n && out->n - start < LIMIT_PACKED_FINDINGS; i++) pack_one(*findings_at(fs, i), out);
  counts[0] = i;
  counts[1] = fs->dropped + (n - i);
  if (!out->failed) memcpy(out->p + start, counts, sizeof counts);
}

static bool take(str *from, void *to, size_t n) {
  if (from->n < n) return false;
  memcpy(to, from->p, n);
  *from = str_sub(*from, n, from->n);
  return true;
}

static bool unpack_one(str *from, struct findings *fs) {
  struct packed_head head;
  struct finding f = {.code = CODE_NONE};
  str *strings[STRINGS];
  if (!take(from, &head, sizeof head) || head.numbers[0] == CODE_NONE) return false;
  if (head.numbers[0] >= CODE_COUNT || head.numbers[1] > STORY_OTHER) return false;
  numbers_to(&f, head.numbers);
  f.times = (unsigned)head.times;
  strings_of(&f, strings);
  for (size_t i = 0; i < STRINGS; i++) {
    if (from->n < head.lengths[i]) return false;
    *strings[i] = str_sub(*from, 0, head.lengths[i]);
    *from = str_sub(*from, head.lengths[i], from->n);
  }
  add(fs, f);
  return true;
}

bool findings_unpack(str packed, struct findings *fs) {
  uint64_t counts[2];
  if (!take(&packed, counts, sizeof counts)) return false;
  for (uint64_t i = 0; i < counts[0]; i++)
    if (!unpack_one(&packed, fs)) return false;
  fs->dropped += counts[1];
  return packed.n == 0;
}
