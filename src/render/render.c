/* A record rendered: the survey of all parts, then the report's entries, pulled one by one. */
#include "render/render.h"

#include "base/limits.h"
#include "base/mem.h"
#include "expr/memo.h"
#include "render/machine.h"

enum { CHUNK = 64 * 1024 };

/* One part, or a copy of one, that libzip pulls. */
struct pull {
  struct pull *next;
  struct machine m;
  bool done;
  size_t given; /* bytes of m.out that were handed out */
};

/* A picture that libzip pulls. */
struct reel {
  struct reel *next;
  struct film film;
};

struct render {
  struct stage s;
  struct shown *silenced; /* while a seeker is told, nobody else is */
  struct pull *pulls; /* of the running write */
  struct reel *reels;
  struct part_copy *copies; /* in the effects' arena */
  size_t ncopies, copies_cap;
};

static bool no_memory(struct findings *fs) { return finding(fs, CODE_MEMORY, NULL, NULL, STR("")); }

struct render *render_new(struct template *t) {
  struct render *r = mem_calloc(1, sizeof *r);
  if (r == NULL) return NULL;
  r->s.t = t;
  r->s.frames = mem_calloc(t->depth + 1, sizeof *r->s.frames);
  r->s.levels = mem_calloc(t->depth + 1, sizeof *r->s.levels);
  r->s.scratch = arena_new(0);
  r->s.memo = memo_new();
  r->s.effects.arena = arena_new(0);
  buf_init(&r->s.effects.looks, 0);
  if (r->s.frames != NULL && r->s.levels != NULL && r->s.scratch != NULL && r->s.memo != NULL &&
      r->s.effects.arena != NULL)
    return r;
  render_free(r);
  return NULL;
}

static void free_pulls(struct render *r) {
  for (struct pull *p = r->pulls, *next; p != NULL; p = next) {
    next = p->next;
    machine_free(&p->m);
    mem_free(p);
  }
  r->pulls = NULL;
  for (struct reel *p = r->reels, *next; p != NULL; p = next) {
    next = p->next;
    film_close(&p->film);
    mem_free(p);
  }
  r->reels = NULL;
}

void render_free(struct render *r) {
  if (r == NULL) return;
  free_pulls(r);
  for (unsigned d = 0; r->s.levels != NULL && d <= r->s.t->depth; d++) {
    if (r->s.levels[d].open) cursor_free(&r->s.levels[d].cursor);
    arena_free(r->s.levels[d].arena);
  }
  arena_free(r->s.scratch);
  memo_free(r->s.memo);
  shown_free(r->s.shown);
  arena_free(r->s.effects.arena);
  buf_free(&r->s.effects.looks);
  mem_free(r->s.frames);
  mem_free(r->s.levels);
  mem_free(r);
}

bool render_listen(struct render *r, const struct shown_listener *l, size_t n) {
  shown_free(r->s.shown);
  r->s.shown = shown_new(r->s.t, l, n);
  return r->s.shown != NULL;
}

/* ---- survey ---- */

void render_seek(struct render *r, const struct seeker *seeker) {
  if (r->s.seeker == NULL) r->silenced = r->s.shown;
  r->s.shown = seeker == NULL ? r->silenced : NULL;
  r->s.seeker = seeker;
}

static bool clear_effects(struct render *r) {
  const struct template *t = r->s.t;
  struct arena *a = r->s.effects.arena;
  struct buf looks = r->s.effects.looks;
  arena_reset(a);
  buf_clear(&looks);
  r->s.effects = (struct effects){.arena = a, .looks = looks, .next_note = t->next_note};
  r->s.effects.notes = ARENA_ARRAY(a, t->nnotes + 1, struct instances);
  r->s.effects.parts = ARENA_ARRAY(a, t->nparts + 1, struct part_start *);
  r->s.effects.copies = ARENA_ARRAY(a, t->nparts + 1, struct instances);
  r->copies = NULL;
  r->ncopies = r->copies_cap = 0;
  return r->s.effects.notes != NULL && r->s.effects.parts != NULL && r->s.effects.copies != NULL;
}

/* One run over a copy of a part. */
static bool survey_copy(struct render *r, size_t i, size_t copy, uint64_t numbers[FLAVOUR_SPACES],
                        struct findings *fs) {
  struct machine m;
  struct part_start *start = &r->s.effects.parts[i][copy];
  bool done;
  memcpy(start->numbers, numbers, sizeof m.numbers);
  start->looks = r->s.effects.looks.n;
  start->skips = r->s.effects.nskips;
  start->spans = r->s.effects.nspans;
  start->runs = r->s.effects.nruns;
  if (!machine_init(&m, &r->s, i, copy, true, fs)) return false;
  bool ok = machine_run(&m, 0, &done);
  memcpy(numbers, m.numbers, sizeof m.numbers);
  machine_free(&m);
  return ok;
}

/* A copy of a part gets a name and a reference. */
static bool name_copy(struct render *r, size_t i, size_t copy) {
  struct template *t = r->s.t;
  struct arena *a = r->s.effects.arena;
  const struct part *p = &t->parts[i];
  const struct part_use *u = &t->uses[r->s.effects.copies[i].items[copy].use];
  struct part_copy *c = arena_grow(a, r->copies, &r->ncopies, &r->copies_cap, sizeof *c);
  struct buf mark;
  if (c == NULL) return false;
  r->copies = c - (r->ncopies - 1);
  buf_init(&mark, 0);
  buf_put(&mark, p->apart);
  buf_put_u64(&mark, copy + 1);
  c->entry = p->info->entry;
  c->owner = u->owner;
  c->from = u->from;
  c->ref = arena_join(a, (str[]){u->from, buf_str(&mark)}, 2);
  c->name = t->flavour->copy_name(pack_name(t->pack, c->entry), buf_str(&mark), a);
  bool ok = !mark.failed && c->ref.p != NULL && c->name.p != NULL;
  buf_free(&mark);
  return ok;
}

/* The relations from the given one on belong to the part of that name. */
static void own_relations(struct render *r, size_t from, str name) {
  struct extras *e = &r->s.effects.extras;
  for (size_t i = from; i < e->nrelations; i++) e->relations[i].owner = name;
}

static bool survey_part(struct render *r, size_t i, uint64_t numbers[FLAVOUR_SPACES],
                        struct findings *fs) {
  const struct part *p = &r->s.t->parts[i];
  size_t n = p->copied ? r->s.effects.copies[i].n : 1;
  r->s.effects.parts[i] = ARENA_ARRAY(r->s.effects.arena, n + 1, struct part_start);
  if (r->s.effects.parts[i] == NULL) return no_memory(fs);
  for (size_t copy = 0; copy < n; copy++) {
    size_t relations = r->s.effects.extras.nrelations;
    if (!survey_copy(r, i, copy, numbers, fs)) return false;
    if (copy != 0 && !name_copy(r, i, copy)) return no_memory(fs);
    own_relations(r, relations,
                  copy != 0 ? r->copies[r->ncopies - 1].name
                            : pack_name(r->s.t->pack, p->info->entry));
  }
  return true;
}

void render_explain(struct render *r) { r->s.explain = true; }

/* A part that is copied as it is: its text is told all the same. */
static bool show_still(struct render *r, size_t i, struct findings *fs) {
  const struct program *p = r->s.t->parts[i].still;
  if (r->s.shown == NULL || p == NULL) return true;
  shown_part(r->s.shown, i, p);
  return shown_op(r->s.shown, 0) || no_memory(fs);
}

bool render_survey(struct render *r, const struct val *root, struct findings *fs) {
  uint64_t numbers[FLAVOUR_SPACES];
  size_t before = findings_errors(fs);
  if (!clear_effects(r)) return no_memory(fs);
  r->s.frames[0] = (struct frame){.item = root, .shown = 1, .stamp = memo_stamp(r->s.memo)};
  memcpy(numbers, r->s.t->next_number, sizeof numbers);
  if (r->s.shown != NULL) shown_begin(r->s.shown);
  for (size_t i = 0; i < r->s.t->nparts; i++) {
    bool filled = r->s.t->parts[i].program != NULL;
    if (!(filled ? survey_part(r, i, numbers, fs) : show_still(r, i, fs))) return false;
  }
  if (mem_failed()) return no_memory(fs);
  return findings_errors(fs) == before;
}

/* ---- emit ---- */

static bool pull_start(void *ctx) {
  struct pull *p = ctx;
  p->done = false;
  p->given = 0;
  return machine_start(&p->m);
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

static bool put_part(struct render *r, struct pack_out *o, size_t i, size_t copy, str name,
                     struct findings *fs) {
  struct pull *p = mem_calloc(1, sizeof *p);
  if (p == NULL) return no_memory(fs);
  if (!machine_init(&p->m, &r->s, i, copy, false, fs)) {
    mem_free(p);
    return false;
  }
  p->next = r->pulls;
  r->pulls = p;
  struct pack_stream stream = {.start = pull_start, .pull = pull_read, .ctx = p};
  return pack_put_stream(o, name, &stream, fs);
}

/* ---- what tells of other parts ---- */

static struct additions additions_of(const struct render *r) {
  const struct extras *e = &r->s.effects.extras;
  return (struct additions){.copies = r->copies,
                            .ncopies = r->ncopies,
                            .lists = r->s.effects.lists,
                            .nlists = r->s.effects.nlists,
                            .pictures = e->pictures,
                            .npictures = e->npictures,
                            .relations = e->relations,
                            .nrelations = e->nrelations,
                            .dropped = r->s.t->dropped,
                            .ndropped = r->s.t->ndropped};
}

static bool has_additions(const struct additions *a) {
  return a->ncopies + a->nlists + a->npictures + a->nrelations + a->ndropped != 0;
}

/* Relationships, content types and manifest name the copies of parts, pictures and addresses too,
 * numbering its lists.  entry -1: one that the template does not have. */
static bool put_listing(struct render *r, struct pack_out *o, ptrdiff_t entry, str name, bool *put,
                        struct findings *fs) {
  struct template *t = r->s.t;
  struct additions add = additions_of(r);
  struct buf plain, more;
  str bytes = STR_NONE;
  *put = false;
  if (!has_additions(&add)) return true;
  buf_init(&plain, LIMIT_XML_PART);
  buf_init(&more, LIMIT_XML_PART);
  bool ok = true;
  if (entry >= 0 && !t->flavour->replaced(t->state, (size_t)entry, &bytes)) {
    ok = pack_read(t->pack, (size_t)entry, LIMIT_XML_PART, &plain, fs);
    bytes = buf_str(&plain);
  }
  *put = ok && t->flavour->with_additions(t->state, t->pack, entry, name, bytes, &add, &more);
  if (more.failed)
    ok = mem_failed()
             ? no_memory(fs)
             : finding(fs, CODE_TOO_LONG, NULL, NULL, name, finding_number(fs, LIMIT_XML_PART));
  if (ok && *put) ok = pack_put_bytes(o, name, buf_str(&more), false, fs);
  buf_free(&plain);
  buf_free(&more);
  return ok;
}

/* An entry in which nothing depends on the data. */
static bool put_plain(struct render *r, struct pack_out *o, size_t entry, str name,
                      struct findings *fs) {
  return flavour_put(r->s.t->flavour, r->s.t->state, o, entry, name, fs);
}

static bool put_entry(struct render *r, struct pack_out *o, size_t entry, struct findings *fs) {
  struct template *t = r->s.t;
  str name = pack_name(t->pack, entry);
  bool put = false;
  if (t->flavour->left_out(t->state, entry)) return true;
  for (size_t i = 0; i < t->nparts; i++)
    if (t->parts[i].info->entry == entry && t->parts[i].program != NULL)
      return put_part(r, o, i, 0, name, fs);
  if (t->flavour->tells(t->state, entry) && !put_listing(r, o, (ptrdiff_t)entry, name, &put, fs))
    return false;
  return put || put_plain(r, o, entry, name, fs);
}

/* Entries that no template has. */
static bool put_added(struct render *r, struct pack_out *o, struct findings *fs) {
  struct template *t = r->s.t;
  str name, bytes;
  for (size_t i = 0; t->flavour->added(t->state, i, &name, &bytes); i++)
    if (!pack_put_bytes(o, name, bytes, false, fs)) return false;
  return true;
}

/* What belongs to a copy of a part. */
static bool put_along(struct render *r, struct pack_out *o, size_t entry, str name,
                      struct findings *fs) {
  struct template *t = r->s.t;
  bool put = false;
  if (t->flavour->tells(t->state, entry) && !put_listing(r, o, (ptrdiff_t)entry, name, &put, fs))
    return false;
  return put || put_plain(r, o, entry, name, fs);
}

/* The copies of parts, and what belongs to each. */
static bool put_copies(struct render *r, struct pack_out *o, struct findings *fs) {
  struct template *t = r->s.t;
  for (size_t c = 0; c < r->ncopies; c++) {
    const struct part_copy *copy = &r->copies[c];
    size_t i = 0, number = 1, entry;
    str name;
    while (t->parts[i].info->entry != copy->entry) i++;
    for (size_t k = 0; k < c; k++) number += r->copies[k].entry == copy->entry;
    if (!put_part(r, o, i, number, copy->name, fs)) return false;
    for (size_t k = 0;
         t->flavour->copied_along(t->state, t->pack, copy, k, r->s.effects.arena, &entry, &name);
         k++)
      if (!put_along(r, o, entry, name, fs)) return false;
  }
  return true;
}

/* Relationships of parts that have none in the template. */
static bool put_new_relations(struct render *r, struct pack_out *o, struct findings *fs) {
  const struct template *t = r->s.t;
  const struct extras *e = &r->s.effects.extras;
  bool ok = true, there, put;
  for (size_t i = 0; ok && i < e->nrelations; i++) {
    const struct new_relation *l = &e->relations[i];
    if (i != 0 && str_eq(l->owner, l[-1].owner)) continue;
    str name = t->flavour->relations_of(t->pack, l->entry, l->owner, r->s.effects.arena, &there);
    if (!there) ok = put_listing(r, o, -1, name, &put, fs);
  }
  return ok;
}

static bool put_pictures(struct render *r, struct pack_out *o, struct findings *fs) {
  const struct extras *e = &r->s.effects.extras;
  bool ok = true;
  for (size_t i = 0; ok && i < e->npictures; i++) {
    const struct photo *p = &e->album.photos[i];
    struct reel *reel = mem_calloc(1, sizeof *reel);
    if (reel == NULL) return no_memory(fs);
    reel->next = r->reels;
    r->reels = reel;
    struct pack_stream stream = film_stream(&reel->film, p, fs);
    ok = pack_put_stream(o, e->pictures[i].name, &stream, fs);
  }
  return ok;
}

bool render_pictures(const struct render *r, bool (*take)(void *ctx, str folder, str file),
                     void *ctx) {
  return album_names(&r->s.effects.extras.album, take, ctx);
}

bool render_write(struct render *r, const char *path, enum pack_mode mode,
                  const struct pack_gate *gate, struct findings *fs) {
  struct template *t = r->s.t;
  struct pack_out *o = pack_create(t->pack, path, mode, fs);
  ptrdiff_t first = t->flavour->stored_first(t->state);
  if (o == NULL) return false;
  bool ok = first < 0 || flavour_put_first(t->flavour, t->state, t->pack, o, (size_t)first, fs);
  for (size_t i = 0; ok && i < pack_count(t->pack); i++)
    if ((ptrdiff_t)i != first) ok = put_entry(r, o, i, fs);
  ok = ok && put_copies(r, o, fs) && put_added(r, o, fs) && put_new_relations(r, o, fs) &&
       put_pictures(r, o, fs);
  if (ok && mem_failed()) ok = no_memory(fs);
  if (ok)
    ok = pack_commit(o, gate, fs);
  else
    pack_abort(o);
  free_pulls(r);
  return ok;
}
