/* Pictures that the data name: found below the folder of the data file, read, judged, written.
 *
 * Invariant: what is written is what was judged.  Size, CRC-32 and a 64-bit hash are taken when the
 * file is judged and again while it is written; pictures of equal prints are compared byte by byte
 * before they count as one.
 */
#include "render/album.h"

#include <errno.h>
#include <zlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"

#define N_(s) (s)

static bool no_memory(struct findings *fs) { return finding(fs, CODE_MEMORY, NULL, NULL, STR("")); }

/* ---- prints ---- */

static void print_start(struct print *p) { *p = (struct print){.hash = 14695981039346656037u}; }

/* FNV-1a and CRC-32 beside one another. */
static void print_more(struct print *p, str s) {
  uint64_t h = p->hash;
  for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
  p->hash = h;
  p->crc = crc32((uLong)p->crc, (const Bytef *)s.p, (uInt)s.n);
  p->size += s.n;
}

static bool same_print(const struct print *a, const struct print *b) {
  return a->size == b->size && a->hash == b->hash && a->crc == b->crc;
}

/* ---- reading ---- */

static bool complain(const struct asking *ask, enum code code, str file, str what) {
  return finding(ask->fs, code, ask->place, ask->origin, ask->tag, file, what);
}

static bool not_open(const struct asking *ask, str file, enum os_below why, int err) {
  switch (why) {
  case OS_BELOW_MISSING: return complain(ask, CODE_PICTURE_MISSING, file, STR(""));
  case OS_BELOW_ABSOLUTE:
    return complain(ask, CODE_PICTURE_PATH, file, STR(N_("it is an absolute path")));
  case OS_BELOW_OUTSIDE:
    return complain(ask, CODE_PICTURE_PATH, file, STR(N_("it leads out of that folder")));
  case OS_BELOW_NO_FILE: return complain(ask, CODE_PICTURE_PATH, file, STR(N_("it is no file")));
  default: break;
  }
  return err == ENOMEM ? no_memory(ask->fs) : complain(ask, CODE_PICTURE_READ, file, os_error(err));
}

static bool too_big(const struct asking *ask, str file) {
  return complain(ask, CODE_PICTURE_BIG, file, finding_number(ask->fs, LIMIT_PICTURE));
}

/* The whole file; the size that its folder tells is not believed. */
static bool read_whole(int fd, struct buf *out, str file, const struct asking *ask) {
  enum { STEP = 1 << 16 };
  for (;;) {
    int err = 0;
    if (!buf_reserve(out, STEP))
      return out->n + STEP > out->max ? too_big(ask, file) : no_memory(ask->fs);
    ptrdiff_t n = os_read(fd, out->p + out->n, STEP, &err);
    if (n < 0) return complain(ask, CODE_PICTURE_READ, file, os_error(err));
    if (n == 0) return true;
    out->n += (size_t)n;
    if (out->n > LIMIT_PICTURE) return too_big(ask, file);
  }
}

static bool read_file(str folder, str file, struct buf *out, const struct asking *ask) {
  int fd, err;
  uint64_t size;
  enum os_below r = os_open_below(folder, file, &fd, &size, &err);
  if (r != OS_BELOW_OPEN) return not_open(ask, file, r, err);
  bool ok = size <= LIMIT_PICTURE ? read_whole(fd, out, file, ask) : too_big(ask, file);
  os_close(fd);
  return ok;
}

/* ---- judging ---- */

static bool judge(str bytes, struct photo *p, const struct asking *ask) {
  const char *what;
  switch (picture_read(bytes, &p->picture, &what)) {
  case PICTURE_SOUND: break;
  case PICTURE_FOREIGN: return complain(ask, CODE_PICTURE_KIND, p->file, str_of(what));
  case PICTURE_DAMAGED: return complain(ask, CODE_PICTURE_DAMAGED, p->file, str_of(what));
  case PICTURE_NO_SIZE:
    return complain(ask, CODE_PICTURE_DAMAGED, p->file, STR(N_("it has no width or no height")));
  case PICTURE_PIXELS:
    return complain(ask, CODE_PICTURE_PIXELS, p->file,
                    finding_number(ask->fs, LIMIT_PICTURE_PIXELS));
  case PICTURE_MEMORY: return no_memory(ask->fs);
  }
  if ((ask->kinds >> p->picture.kind & 1) == 0)
    return complain(ask, CODE_PICTURE_FORMAT, p->file,
                    str_of(picture_types[p->picture.kind].words));
  if (p->picture.turn != 1) complain(ask, CODE_PICTURE_TURNED, p->file, STR(""));
  return true;
}

/* ---- the album ---- */

static str name_key(struct arena *a, str folder, str file) {
  return arena_join(a, (str[]){folder, (str){"\0", 1}, file}, 3);
}

bool album_find(const struct album *al, str folder, str file, uint32_t *index) {
  char small[512];
  size_t n = folder.n + 1 + file.n;
  if (n <= sizeof small) {
    memcpy(small, folder.p, folder.n);
    small[folder.n] = '\0';
    memcpy(small + folder.n + 1, file.p, file.n);
    return keys_find(&al->names, (str){small, n}, index);
  }
  struct buf key;
  buf_init(&key, 0);
  buf_put(&key, folder);
  buf_putc(&key, '\0');
  buf_put(&key, file);
  bool found = !key.failed && keys_find(&al->names, buf_str(&key), index);
  buf_free(&key);
  return found;
}

bool album_names(const struct album *al, bool (*take)(void *ctx, str folder, str file), void *ctx) {
  for (size_t i = 0; i < al->names.cap; i++) {
    str key = al->names.slots[i].key;
    if (key.p == NULL) continue;
    size_t at = str_find(key, (str){"\0", 1}, 0);
    if (!take(ctx, str_sub(key, 0, at), str_sub(key, at + 1, key.n))) return false;
  }
  return true;
}

/* Are these the bytes of a photo that is there? It is read again to make sure. */
static bool same_bytes(const struct photo *p, str bytes, const struct asking *ask, bool *same) {
  struct buf other;
  buf_init(&other, LIMIT_PICTURE + (1 << 17));
  bool ok = read_file(p->folder, p->file, &other, ask);
  *same = ok && str_eq(buf_str(&other), bytes);
  buf_free(&other);
  return ok;
}

static bool find_equal(struct album *al, const struct photo *p, str bytes, const struct asking *ask,
                       uint32_t *index, bool *same) {
  const str key = {(const char *)&p->print, sizeof p->print};
  *same = false;
  return !keys_find(&al->prints, key, index) || same_bytes(&al->photos[*index], bytes, ask, same);
}

static bool keep(struct album *al, const struct photo *p, uint32_t *index, struct findings *fs) {
  const str key = {(const char *)&p->print, sizeof p->print};
  struct photo *to = arena_grow(al->arena, al->photos, &al->n, &al->cap, sizeof *to);
  uint32_t twin;
  if (to == NULL) return no_memory(fs);
  al->photos = to - (al->n - 1);
  *to = *p;
  to->folder = arena_dup(al->arena, p->folder);
  to->file = arena_dup(al->arena, p->file);
  *index = (uint32_t)(al->n - 1);
  bool memory = to->folder.p != NULL && to->file.p != NULL;
  if (memory && !keys_find(&al->prints, key, &twin))
    memory = keys_add(&al->prints, al->arena, key, *index);
  return memory || no_memory(fs);
}

static bool add_bytes(struct album *al, struct photo *p, str bytes, const struct asking *ask,
                      uint32_t *index) {
  bool same;
  print_start(&p->print);
  print_more(&p->print, bytes);
  if (!judge(bytes, p, ask) || !find_equal(al, p, bytes, ask, index, &same)) return false;
  return same || keep(al, p, index, ask->fs);
}

bool album_add(struct album *al, str folder, str file, const struct asking *ask, uint32_t *index) {
  struct photo p = {.folder = folder, .file = file};
  struct buf bytes;
  buf_init(&bytes, LIMIT_PICTURE + (1 << 17));
  bool ok = read_file(folder, file, &bytes, ask) && add_bytes(al, &p, buf_str(&bytes), ask, index);
  buf_free(&bytes);
  if (!ok) return false;
  str key = name_key(al->arena, folder, file);
  return (key.p != NULL && keys_add(&al->names, al->arena, key, *index)) || no_memory(ask->fs);
}

/* ---- writing ---- */

static bool changed(const struct film *f) {
  return finding(f->fs, CODE_PICTURE_CHANGED, NULL, NULL, f->photo->file);
}

static bool film_start(void *ctx) {
  struct film *f = ctx;
  int err;
  uint64_t size;
  film_close(f);
  print_start(&f->print);
  if (os_open_below(f->photo->folder, f->photo->file, &f->fd, &size, &err) == OS_BELOW_OPEN &&
      size == f->photo->print.size)
    return true;
  return changed(f);
}

static ptrdiff_t film_pull(void *ctx, char *data, size_t len) {
  struct film *f = ctx;
  int err = 0;
  ptrdiff_t n = os_read(f->fd, data, len, &err);
  if (n > 0) {
    print_more(&f->print, (str){data, (size_t)n});
    if (f->print.size <= f->photo->print.size) return n;
  }
  bool whole = n == 0 && same_print(&f->print, &f->photo->print);
  film_close(f);
  if (whole) return 0;
  changed(f);
  return -1;
}

void film_close(struct film *f) {
  os_close(f->fd);
  f->fd = -1;
}

struct pack_stream film_stream(struct film *film, const struct photo *photo, struct findings *fs) {
  *film = (struct film){.photo = photo, .fs = fs, .fd = -1};
  return (struct pack_stream){.start = film_start,
                              .pull = film_pull,
                              .ctx = film,
                              .stored = picture_types[photo->picture.kind].compressed};
}
