/* Packages: open, list, read.
 *
 * The file is read whole into memory and opened there by libzip, read-only, so nothing that
 * happens to it later matters.  What a foreign file is says kind.c, what is wrong with
 * a package verify.c; out.c writes.
 *
 *   path ─ os_read_file ─► bytes ─ kind_of ─► zip_t ─ list ─► entries ─ verify ─► pack
 *
 * Invariant: an open pack has been verified: every entry can be unpacked, and was as long and
 * had the CRC-32 that the central directory says (with pack_of_bytes: every part that was read).
 */
#include "pack/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/utf8.h"
#include "pack/internal.h"

#define N_(s) (s)

enum { STEP = 1 << 16 };

/* ---- findings ---- */

bool pack_memory(struct findings *fs) { return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL); }

static bool shows(uint32_t cp) { return cp != UTF8_BAD && cp >= 0x20 && (cp < 0x7f || cp > 0x9f); }

str pack_shown(str name, struct findings *fs) {
  static const char hex[] = "0123456789ABCDEF";
  char *p = arena_alloc(findings_arena(fs), 4 * name.n + 1);
  if (p == NULL) return STR("?");
  size_t n = 0;
  for (size_t at = 0; at < name.n;) {
    size_t from = at;
    if (shows(utf8_next(name, &at))) {
      memcpy(p + n, name.p + from, at - from);
      n += at - from;
      continue;
    }
    for (; from < at; from++) {
      unsigned char c = (unsigned char)name.p[from];
      memcpy(p + n, (char[]){'\\', 'x', hex[c >> 4], hex[c & 15]}, 4);
      n += 4;
    }
  }
  return (str){p, n};
}

struct place pack_place(const struct pack *p, const struct pack_entry *e, struct findings *fs) {
  struct place place = {.file = str_of(p->path)};
  if (e != NULL) place.part = pack_shown(e->name, fs);
  return place;
}

/* ---- opening ---- */

static bool refuse_kind(const struct pack *p, struct kind k, struct findings *fs) {
  struct place place = pack_place(p, NULL, fs);
  return finding(fs, k.code, &place, NULL, k.words);
}

static bool refuse_zip(const struct pack *p, zip_error_t *err, struct findings *fs) {
  struct place place = pack_place(p, NULL, fs);
  /* libzip calls a file for which it had no memory "not a zip archive". */
  if (errno == ENOMEM || zip_error_code_zip(err) == ZIP_ER_MEMORY) return pack_memory(fs);
  if (zip_error_code_zip(err) == ZIP_ER_MULTIDISK)
    return finding(fs, CODE_DAMAGED, &place, NULL, STR(N_("it is one piece of a split archive")));
  return finding(fs, CODE_DAMAGED, &place, NULL, STR(N_("its list of entries cannot be read")));
}

static bool open_zip(struct pack *p, struct kind k, struct findings *fs) {
  zip_error_t err;
  zip_error_init(&err);
  errno = 0;
  /* The bytes stay ours, which is safe with libzip 1.7 only as long as nothing is changed. */
  zip_source_t *src = zip_source_buffer_create(p->bytes.p, p->bytes.n, 0, &err);
  if (src != NULL) {
    p->zip = zip_open_from_source(src, ZIP_RDONLY, &err);
    if (p->zip == NULL) zip_source_free(src);
  }
  if (p->zip == NULL) {
    if (k.code != CODE_NONE && errno != ENOMEM)
      refuse_kind(p, k, fs);
    else
      refuse_zip(p, &err, fs);
  }
  zip_error_fini(&err);
  return p->zip != NULL;
}

static bool list_entry(struct pack *p, zip_uint64_t i, struct findings *fs) {
  zip_stat_t st;
  struct place place = pack_place(p, NULL, fs);
  const char *name = zip_get_name(p->zip, i, ZIP_FL_ENC_RAW);
  if (name == NULL || zip_stat_index(p->zip, i, ZIP_FL_ENC_RAW, &st) != 0)
    return errno == ENOMEM ? pack_memory(fs)
                           : finding(fs, CODE_DAMAGED, &place, NULL,
                                     STR(N_("its list of entries cannot be read")));
  struct pack_entry e = {.name = str_of(name),
                         .index = i,
                         .size = st.size,
                         .comp_size = st.comp_size,
                         .crc = st.crc,
                         .mtime = st.mtime,
                         .method = st.comp_method,
                         .encryption = st.encryption_method};
  if (!str_ends(e.name, STR("/"))) p->entries[p->count++] = e;
  return true;
}

static int compare_names(const void *a, const void *b, void *entries) {
  const struct pack_entry *e = entries;
  return str_cmp(e[*(const size_t *)a].name, e[*(const size_t *)b].name);
}

static bool list_entries(struct pack *p, struct findings *fs) {
  struct place place = pack_place(p, NULL, fs);
  zip_uint64_t n = (zip_uint64_t)zip_get_num_entries(p->zip, 0);
  if (n > LIMIT_TEMPLATE_ENTRIES)
    return finding(fs, CODE_TOO_BIG, &place, NULL, STR(N_("the number of entries")),
                   finding_number(fs, LIMIT_TEMPLATE_ENTRIES), finding_number(fs, n));
  p->entries = mem_calloc(n + 1, sizeof *p->entries);
  p->by_name = mem_calloc(n + 1, sizeof *p->by_name);
  if (p->entries == NULL || p->by_name == NULL) return pack_memory(fs);
  errno = 0;
  for (zip_uint64_t i = 0; i < n; i++)
    if (!list_entry(p, i, fs)) return false;
  for (size_t i = 0; i < p->count; i++) p->by_name[i] = i;
  qsort_r(p->by_name, p->count, sizeof *p->by_name, compare_names, p->entries);
  return true;
}

static bool open_bytes(struct pack *p, struct findings *fs) {
  if (!os_read_file(p->path, LIMIT_TEMPLATE_FILE, &p->owned, fs)) return false;
  p->bytes = buf_str(&p->owned);
  struct kind k = kind_of(p->bytes, p->path);
  if (k.sure) return refuse_kind(p, k, fs);
  return open_zip(p, k, fs) && list_entries(p, fs) && verify_package(p, fs);
}

static struct pack *pack_new(const char *path, struct findings *fs) {
  struct pack *p = mem_calloc(1, sizeof *p);
  if (p != NULL) {
    buf_init(&p->owned, 0);
    p->max_part = LIMIT_TEMPLATE_PART;
    p->max_total = LIMIT_TEMPLATE_TOTAL;
    p->path = mem_strdup(path);
    if (p->path != NULL) return p;
  }
  pack_close(p);
  pack_memory(fs);
  return NULL;
}

struct pack *pack_open(const char *path, struct findings *fs) {
  struct pack *p = pack_new(path, fs);
  if (p == NULL || open_bytes(p, fs)) return p;
  pack_close(p);
  return NULL;
}

struct pack *pack_of_bytes(const char *path, str bytes, uint64_t max_part, struct findings *fs) {
  struct pack *p = pack_new(path, fs);
  if (p == NULL) return NULL;
  p->bytes = bytes;
  p->max_part = max_part;
  p->max_total = UINT64_MAX; /* what is not read costs nothing */
  p->lazy = true;
  struct kind unknown = {.code = CODE_NONE};
  if (open_zip(p, unknown, fs) && list_entries(p, fs) && verify_package(p, fs)) return p;
  pack_close(p);
  return NULL;
}

void pack_close(struct pack *p) {
  if (p == NULL) return;
  if (p->zip != NULL) zip_discard(p->zip);
  buf_free(&p->owned);
  mem_free(p->entries);
  mem_free(p->by_name);
  mem_free(p->path);
  mem_free(p);
}

/* ---- listing ---- */

str pack_bytes(const struct pack *p) { return p->bytes; }

str pack_path(const struct pack *p) { return str_of(p->path); }
size_t pack_count(const struct pack *p) { return p->count; }
str pack_name(const struct pack *p, size_t i) { return p->entries[i].name; }
uint64_t pack_size(const struct pack *p, size_t i) { return p->entries[i].size; }

ptrdiff_t pack_find(const struct pack *p, str name) {
  size_t low = 0, high = p->count;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    int c = str_cmp(p->entries[p->by_name[mid]].name, name);
    if (c == 0) return (ptrdiff_t)p->by_name[mid];
    if (c < 0)
      low = mid + 1;
    else
      high = mid;
  }
  return -1;
}

/* ---- reading ---- */

static enum pass pass_error(int zip_err) {
  if (errno == ENOMEM || zip_err == ZIP_ER_MEMORY) return PASS_MEMORY;
  return zip_err == ZIP_ER_CRC ? PASS_CRC : PASS_DATA;
}

/* libzip compares the CRC only when the end has been read, and the size never. */
static enum pass pass_bytes(zip_file_t *f, const struct pack_entry *e,
                            bool (*take)(void *ctx, str piece), void *ctx) {
  char step[STEP];
  uint64_t total = 0;
  uLong crc = crc32(0, NULL, 0);
  for (;;) {
    zip_int64_t n = zip_fread(f, step, sizeof step);
    if (n < 0) return pass_error(zip_error_code_zip(zip_file_get_error(f)));
    if (n == 0) break;
    total += (uint64_t)n;
    if (total > e->size) return PASS_SIZE;
    crc = crc32(crc, (const Bytef *)step, (uInt)n);
    if (take != NULL && !take(ctx, (str){step, (size_t)n})) return PASS_GIVEN_UP;
  }
  if (total != e->size) return PASS_SIZE;
  return crc == e->crc ? PASS_SOUND : PASS_CRC;
}

static enum pass pass_entry(struct pack *p, const struct pack_entry *e,
                            bool (*take)(void *ctx, str piece), void *ctx) {
  errno = 0;
  zip_file_t *f = zip_fopen_index(p->zip, e->index, 0);
  if (f == NULL) return pass_error(zip_error_code_zip(zip_get_error(p->zip)));
  enum pass pass = pass_bytes(f, e, take, ctx);
  zip_fclose(f);
  return pass;
}

static bool put_piece(void *out, str piece) { return buf_put(out, piece); }

enum pass pack_pass(struct pack *p, const struct pack_entry *e, struct buf *out) {
  enum pass pass = pass_entry(p, e, out != NULL ? put_piece : NULL, out);
  return pass == PASS_GIVEN_UP ? PASS_MEMORY : pass;
}

bool pack_pass_finding(const struct pack *p, const struct pack_entry *e, enum pass pass,
                       struct findings *fs) {
  static const str words[] = {
      [PASS_DATA] = STR(N_("an entry cannot be unpacked")),
      [PASS_SIZE] = STR(N_("an entry is not as long as it says")),
      [PASS_CRC] = STR(N_("the checksum of an entry is wrong")),
  };
  if (pass == PASS_MEMORY) return pack_memory(fs);
  struct place place = pack_place(p, e, fs);
  return finding(fs, CODE_DAMAGED, &place, NULL, words[pass]);
}

bool pack_read(struct pack *p, size_t i, size_t max, struct buf *out, struct findings *fs) {
  const struct pack_entry *e = &p->entries[i];
  if (e->size > max || (out->max != 0 && e->size > out->max - out->n)) {
    struct place place = pack_place(p, e, fs);
    return finding(fs, CODE_TOO_BIG, &place, NULL, place.part,
                   finding_number(fs, e->size > max ? max : out->max), finding_number(fs, e->size));
  }
  if (!buf_reserve(out, (size_t)e->size)) return pack_memory(fs);
  enum pass pass = pack_pass(p, e, out);
  return pass == PASS_SOUND || pack_pass_finding(p, e, pass, fs);
}

bool pack_pieces(struct pack *p, size_t i, bool (*take)(void *ctx, str piece), void *ctx,
                 struct findings *fs) {
  const struct pack_entry *e = &p->entries[i];
  enum pass pass = pass_entry(p, e, take, ctx);
  if (pass == PASS_GIVEN_UP) return false;
  return pass == PASS_SOUND || pack_pass_finding(p, e, pass, fs);
}
