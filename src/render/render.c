/* A record rendered: the survey of all parts, then the report's entries, pulled one by one. */
#include "render/render.h"

#include "base/limits.h"
#include "base/mem.h"
#include "render/machine.h"

enum { CHUNK = 64 * 1024 };

/* One part that libzip pulls. */
struct pull {
  struct machine m;
  bool ready; /* the machine is there */
  bool done;
  size_t given; /* bytes of m.out that were handed out */
};

struct render {
  struct stage s;
  struct pull *pulls; /* by part */
};

static bool no_memory(struct findings *fs) { return finding(fs, CODE_MEMORY, NULL, NULL, STR("")); }

struct render *render_new(struct template *t) {
  struct render *r = mem_calloc(1, sizeof *r);
  if (r == NULL) return NULL;
  r->s.t = t;
  r->s.frames = mem_calloc(t->depth + 1, sizeof *r->s.frames);
  r->s.levels = mem_calloc(t->depth + 1, sizeof *r->s.levels);
  r->pulls = mem_calloc(t->nparts + 1, sizeof *r->pulls);
  r->s.scratch = arena_new(0);
  r->s.effects.arena = arena_new(0);
  if (r->s.frames != NULL && r->s.levels != NULL && r->pulls != NULL && r->s.scratch != NULL &&
      r->s.effects.arena != NULL)
    return r;
  render_free(r);
  return NULL;
}

static void free_pulls(struct render *r) {
  for (size_t i = 0; r->pulls != NULL && i < r->s.t->nparts; i++) {
    if (r->pulls[i].ready) machine_free(&r->pulls[i].m);
    r->pulls[i].ready = false;
  }
}

void render_free(struct render *r) {
  if (r == NULL) return;
  free_pulls(r);
  for (unsigned d = 0; r->s.levels != NULL && d <= r->s.t->depth; d++) {
    if (r->s.levels[d].open) cursor_free(&r->s.levels[d].cursor);
    arena_free(r->s.levels[d].arena);
  }
  arena_free(r->s.scratch);
  arena_free(r->s.effects.arena);
  mem_free(r->s.frames);
  mem_free(r->s.levels);
  mem_free(r->pulls);
  mem_free(r);
}

/* ---- survey ---- */

static bool clear_effects(struct render *r) {
  const struct template *t = r->s.t;
  struct arena *a = r->s.effects.arena;
  arena_reset(a);
  r->s.effects = (struct effects){.arena = a, .next_note = t->next_note};
  r->s.effects.notes = ARENA_ARRAY(a, t->nnotes + 1, struct instances);
  r->s.effects.parts = ARENA_ARRAY(a, t->nparts + 1, struct part_start);
  return r->s.effects.notes != NULL && r->s.effects.parts != NULL;
}

static bool survey_part(struct render *r, size_t i, uint64_t numbers[FLAVOUR_SPACES],
                        struct findings *fs) {
  struct machine m;
  bool done;
  memcpy(r->s.effects.parts[i].numbers, numbers, sizeof m.numbers);
  r->s.effects.parts[i].looks = r->s.effects.nlooks;
  if (!machine_init(&m, &r->s, i, true, fs)) return false;
  bool ok = machine_run(&m, 0, &done);
  memcpy(numbers, m.numbers, sizeof m.numbers);
  machine_free(&m);
  return ok;
}

bool render_survey(struct render *r, const struct val *root, struct findings *fs) {
  uint64_t numbers[FLAVOUR_SPACES];
  size_t before = findings_errors(fs);
  if (!clear_effects(r)) return no_memory(fs);
  r->s.frames[0] = (struct frame){.item = root, .shown = 1};
  memcpy(numbers, r->s.t->next_number, sizeof numbers);
  for (size_t i = 0; i < r->s.t->nparts; i++)
    if (r->s.t->parts[i].program != NULL && !survey_part(r, i, numbers, fs)) return false;
  if (mem_failed()) return no_memory(fs);
  return findings_errors(fs) == before;
}

/* ---- emit ---- */

static bool pull_start(void *ctx) {
  struct pull *p = ctx;
  machine_start(&p->m);
  p->done = false;
  p->given = 0;
  return true;
}

static ptrdiff_t pull_read(void *ctx, char *data, size_t len) {
  struct pull *p = ctx;
  if (p->given == p->m.out.n && !p->done) {
    buf_clear(&p->m.out);
    p->given = 0;
    if (!machine_run(&p->m, CHUNK, &p->done)) return -1;
  }
  size_t n = p->m.out.n - p->given;
  if (n > len) n = len;
  if (n != 0) memcpy(data, p->m.out.p + p->given, n);
  p->given += n;
  return (ptrdiff_t)n;
}

static bool put_part(struct render *r, struct pack_out *o, size_t i, struct findings *fs) {
  struct pull *p = &r->pulls[i];
  if (!machine_init(&p->m, &r->s, i, false, fs)) return false;
  p->ready = true;
  struct pack_stream stream = {.start = pull_start, .pull = pull_read, .ctx = p};
  return pack_put_stream(o, pack_name(r->s.t->pack, r->s.t->parts[i].info->entry), &stream, fs);
}

static bool put_entry(struct render *r, struct pack_out *o, size_t entry, struct findings *fs) {
  struct template *t = r->s.t;
  str bytes;
  for (size_t i = 0; i < t->nparts; i++)
    if (t->parts[i].info->entry == entry && t->parts[i].program != NULL)
      return put_part(r, o, i, fs);
  if (t->flavour->replaced(t->state, entry, &bytes))
    return pack_put_bytes(o, pack_name(t->pack, entry), bytes, false, fs);
  return pack_put_copy(o, entry, STR_NONE, fs);
}

static bool put_first(struct render *r, struct pack_out *o, size_t entry, struct findings *fs) {
  struct template *t = r->s.t;
  struct buf b;
  str bytes;
  buf_init(&b, 4096);
  bool ok = true;
  if (!t->flavour->replaced(t->state, entry, &bytes)) {
    ok = pack_read(t->pack, entry, 4096, &b, fs);
    bytes = buf_str(&b);
  }
  ok = ok && pack_put_bytes(o, pack_name(t->pack, entry), bytes, true, fs);
  buf_free(&b);
  return ok;
}

bool render_write(struct render *r, const char *path, enum pack_mode mode, struct findings *fs) {
  struct template *t = r->s.t;
  struct pack_out *o = pack_create(t->pack, path, mode, fs);
  ptrdiff_t first = t->flavour->stored_first(t->state);
  if (o == NULL) return false;
  bool ok = first < 0 || put_first(r, o, (size_t)first, fs);
  for (size_t i = 0; ok && i < pack_count(t->pack); i++)
    if ((ptrdiff_t)i != first) ok = put_entry(r, o, i, fs);
  if (ok)
    ok = pack_commit(o, fs);
  else
    pack_abort(o);
  free_pulls(r);
  return ok;
}
