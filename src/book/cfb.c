/* Finding a stream in a compound file ([MS-CFB] 2).
 *
 *   header ─ DIFAT ─► FAT ─ chain ─► directory ─ entry ─► chain of sectors, or of mini sectors
 *
 * Invariants: nothing outside the bytes is read; no chain is followed for longer than the file has
 * sectors, so loops end.
 */
#include "book/cfb.h"

#include "base/mem.h"

enum {
  HEADER = 512,
  HEADER_FATS = 109, /* in the header */
  ENTRY = 128,
  MINI = 64,
  MINI_BELOW = 4096,
  NAME_MAX = 32
};
static const uint32_t LAST = 0xFFFFFFFA; /* this and above: no sector */

struct cfb {
  str bytes;
  unsigned shift;
  size_t sectors; /* in the file */
  uint32_t *fat;  /* owned */
  size_t nfat;
};

static uint32_t u16(str s, size_t at) {
  if (s.n < 2 || at > s.n - 2) return 0;
  return (uint32_t)(unsigned char)s.p[at] | (uint32_t)(unsigned char)s.p[at + 1] << 8;
}

static uint32_t u32(str s, size_t at) { return u16(s, at) | u16(s, at + 2) << 16; }

bool cfb_is(str bytes) { return str_starts(bytes, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")); }

/* The name in UTF-16LE, filled up with zeros, as it stands in a directory entry. */
static bool is_entry(const char *entry, const char *name) {
  char wide[2 * NAME_MAX] = {0};
  size_t n = strlen(name);
  for (size_t i = 0; i < n && i < NAME_MAX; i++) wide[2 * i] = name[i];
  return memcmp(entry, wide, 2 * n + 2) == 0;
}

bool cfb_has(str bytes, const char *name) {
  for (size_t at = HEADER; at + ENTRY <= bytes.n; at += ENTRY)
    if (is_entry(bytes.p + at, name)) return true;
  return false;
}

static str sector(const struct cfb *c, uint32_t i) {
  if (i >= c->sectors) return STR_NONE;
  size_t at = ((size_t)i + 1) << c->shift;
  return str_sub(c->bytes, at, at + ((size_t)1 << c->shift));
}

static uint32_t next(const struct cfb *c, uint32_t i) { return i < c->nfat ? c->fat[i] : LAST; }

/* One sector of the FAT. */
static bool take_fat(struct cfb *c, uint32_t i) {
  str s = sector(c, i);
  if (s.p == NULL || c->nfat > c->sectors + (1u << 10)) return false;
  for (size_t at = 0; at < s.n; at += 4) c->fat[c->nfat++] = u32(s, at);
  return true;
}

static bool read_fat(struct cfb *c) {
  size_t per = (size_t)1 << (c->shift - 2), left = u32(c->bytes, 44);
  if (left > c->sectors) return false;
  c->fat = mem_calloc((left + 2) * per + 1, sizeof *c->fat);
  if (c->fat == NULL) return false;
  for (size_t i = 0; i < HEADER_FATS && left > 0; i++, left--)
    if (!take_fat(c, u32(c->bytes, 76 + 4 * i))) return false;
  uint32_t more = u32(c->bytes, 68);
  for (size_t steps = 0; left > 0 && more < LAST; steps++) {
    str s = sector(c, more);
    if (s.p == NULL || steps > c->sectors) return false;
    for (size_t i = 0; i + 1 < per && left > 0; i++, left--)
      if (!take_fat(c, u32(s, 4 * i))) return false;
    more = u32(s, 4 * (per - 1));
  }
  return left == 0;
}

/* Appends `size` bytes of a chain of sectors (SIZE_MAX: all). */
static bool read_chain(const struct cfb *c, uint32_t i, size_t size, struct buf *out) {
  for (size_t steps = 0; size > 0 && i < LAST; steps++, i = next(c, i)) {
    str s = str_sub(sector(c, i), 0, size);
    if (s.n == 0 || steps > c->sectors || !buf_put(out, s)) return false;
    if (size != SIZE_MAX) size -= s.n;
  }
  return size == 0 || size == SIZE_MAX;
}

/* The same of mini sectors, which lie in the stream of the root entry. */
static bool read_mini(const struct cfb *c, str directory, uint32_t i, size_t size,
                      struct buf *out) {
  struct buf fat, mini;
  buf_init(&fat, 0);
  buf_init(&mini, 0);
  bool ok = read_chain(c, u32(c->bytes, 60), SIZE_MAX, &fat) &&
            read_chain(c, u32(directory, 116), u32(directory, 120), &mini);
  for (size_t steps = 0; ok && size > 0; steps++) {
    str s = str_sub(buf_str(&mini), (size_t)i * MINI, (size_t)i * MINI + MINI);
    s = str_sub(s, 0, size);
    ok = i < LAST && s.n > 0 && steps <= mini.n / MINI && buf_put(out, s);
    size -= s.n;
    i = (size_t)i * 4 + 4 <= fat.n ? u32(buf_str(&fat), (size_t)i * 4) : LAST;
  }
  buf_free(&fat);
  buf_free(&mini);
  return ok;
}

static bool find(const struct cfb *c, const char *name, struct buf *out) {
  struct buf directory;
  buf_init(&directory, 0);
  bool ok = read_chain(c, u32(c->bytes, 48), SIZE_MAX, &directory);
  str d = buf_str(&directory);
  size_t at = 0;
  while (ok && at + ENTRY <= d.n && !is_entry(d.p + at, name)) at += ENTRY;
  ok = ok && at + ENTRY <= d.n;
  if (ok) {
    size_t size = u32(d, at + 120);
    if (size > c->bytes.n)
      ok = false;
    else if (size < MINI_BELOW)
      ok = read_mini(c, d, u32(d, at + 116), size, out);
    else
      ok = read_chain(c, u32(d, at + 116), size, out);
  }
  buf_free(&directory);
  return ok;
}

bool cfb_read(str bytes, const char *name, struct buf *out) {
  struct cfb c = {.bytes = bytes, .shift = u16(bytes, 30)};
  if (!cfb_is(bytes) || (c.shift != 9 && c.shift != 12) || bytes.n < HEADER) return false;
  c.sectors = (bytes.n - 1) >> c.shift; /* the header's place is the first; the last may be short */
  bool ok = read_fat(&c) && find(&c, name, out);
  if (mem_failed()) out->failed = true;
  mem_free(c.fat);
  return ok;
}
