/* The one output path: a new archive, streamed by libzip to a file that has no name yet.
 *
 * Entries are registered in the order of the pack_put_ calls and pulled when pack_commit closes
 * the archive.  Copies go through as compressed bytes.  libzip writes each local header twice,
 * before and after the data, so the sink can seek; it keeps the last SINK bytes in memory,
 * where small entries are patched before they reach the file:
 *
 *   template ─ zip_source_zip ─┐
 *   bytes, streams ─ feed ─────┴─► libzip (deflate 6) ─► sink ─► os_file ─► commit: fsync, name
 *
 * What stands in the parts is the renderer's business, how files get their names base/os.c's.
 *
 * Invariants: nothing has the wanted name before all is written and synced; the same template
 * and calls give the same bytes (times are the template's or 1980-01-01, sizes are known to
 * the headers, nothing else of the machine gets in).
 */
#include <errno.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "pack/internal.h"

enum {
  SINK = 1 << 18,
  PULL = 1 << 16,
  LEVEL = 6,      /* libzip's own choice is 9: a third of the speed, 4 % smaller */
  DOS_DATE = 0x21 /* 1980-01-01, the first day there is */
};

struct sink {
  int fd, err;   /* err: errno of the write that failed, or 0 */
  uint64_t base; /* file offset of buf[0] */
  uint64_t pos;  /* where libzip writes next */
  uint64_t size; /* of the file so far */
  size_t n;      /* bytes in buf */
  char *buf;
};

/* An entry of our own; libzip reads it through feed_command. */
struct feed {
  struct feed *next;
  struct pack_out *out;
  str name;                  /* for messages; in the same allocation */
  struct pack_stream stream; /* pull NULL: bytes */
  str bytes;                 /* in the same allocation */
  uint64_t total;            /* given to libzip so far */
  size_t at, have;           /* of out->pulled */
  bool ended;
};

struct pack_out {
  struct pack *from;
  struct os_file *file;
  enum pack_mode mode;
  char *path; /* owned */
  zip_t *zip;
  struct sink sink;
  struct feed *feeds;  /* owned; must outlive zip */
  char *pulled;        /* PULL bytes of the stream that is being read */
  struct findings *fs; /* while committing */
  bool put_failed, feed_failed;
};

/* ---- the sink ---- */

static bool write_at(struct sink *s, const char *p, size_t n, uint64_t at) {
  while (n > 0 && s->err == 0) {
    ssize_t k = pwrite(s->fd, p, n, (off_t)at);
    if (k > 0) {
      p += k;
      n -= (size_t)k;
      at += (uint64_t)k;
    } else if (k == 0)
      s->err = EIO;
    else if (errno != EINTR)
      s->err = errno;
  }
  return s->err == 0;
}

static bool sink_flush(struct sink *s) {
  bool ok = write_at(s, s->buf, s->n, s->base);
  s->base += s->n;
  s->n = 0;
  return ok;
}

static zip_int64_t sink_write(struct sink *s, const char *p, uint64_t n) {
  bool inside = s->pos >= s->base && s->pos <= s->base + s->n;
  if (!inside || n > SINK - (s->pos - s->base)) {
    if (!sink_flush(s)) return -1;
    s->base = s->pos;
  }
  if (n > SINK) {
    if (!write_at(s, p, (size_t)n, s->pos)) return -1;
    s->base += n;
  } else {
    size_t from = (size_t)(s->pos - s->base);
    memcpy(s->buf + from, p, (size_t)n);
    if (from + n > s->n) s->n = from + (size_t)n;
  }
  s->pos += n;
  if (s->pos > s->size) s->size = s->pos;
  return (zip_int64_t)n;
}

static zip_int64_t sink_seek(struct sink *s, void *data, zip_uint64_t len) {
  zip_error_t err;
  zip_error_init(&err);
  zip_int64_t pos = zip_source_seek_compute_offset(s->pos, s->size, data, len, &err);
  zip_error_fini(&err);
  if (pos < 0) return -1;
  s->pos = (uint64_t)pos;
  return 0;
}

static zip_int64_t give_error(int zip_err, int sys_err, void *data, zip_uint64_t len) {
  zip_error_t err;
  zip_error_init(&err);
  zip_error_set(&err, zip_err, sys_err);
  zip_int64_t n = zip_error_to_data(&err, data, len);
  zip_error_fini(&err);
  return n;
}

/* A file that does not exist as far as libzip can see, so it is never read. */
static zip_int64_t sink_command(void *ctx, void *data, zip_uint64_t len, zip_source_cmd_t cmd) {
  struct sink *s = ctx;
  switch (cmd) {
  case ZIP_SOURCE_SUPPORTS: return ZIP_SOURCE_SUPPORTS_WRITABLE;
  case ZIP_SOURCE_ERROR:
    return s->err != 0 ? give_error(ZIP_ER_WRITE, s->err, data, len)
                       : give_error(ZIP_ER_READ, ENOENT, data, len);
  case ZIP_SOURCE_WRITE: return sink_write(s, data, len);
  case ZIP_SOURCE_SEEK_WRITE: return sink_seek(s, data, len);
  case ZIP_SOURCE_TELL_WRITE: return (zip_int64_t)s->pos;
  case ZIP_SOURCE_COMMIT_WRITE: return sink_flush(s) ? 0 : -1;
  case ZIP_SOURCE_BEGIN_WRITE:
  case ZIP_SOURCE_ROLLBACK_WRITE:
  case ZIP_SOURCE_REMOVE:
  case ZIP_SOURCE_FREE: return 0;
  default: return -1; /* STAT too: no such file */
  }
}

/* ---- feeds ---- */

static zip_int64_t feed_open(struct feed *f) {
  f->total = 0;
  f->at = f->have = 0;
  f->ended = false;
  if (f->stream.pull == NULL || f->stream.start == NULL || f->stream.start(f->stream.ctx)) return 0;
  f->out->feed_failed = true;
  return -1;
}

/* Fills the shared buffer anew: false at the end and on failure. */
static bool feed_pull(struct feed *f) {
  struct pack_out *o = f->out;
  ptrdiff_t n = f->ended ? 0 : f->stream.pull(f->stream.ctx, o->pulled, PULL);
  f->at = 0;
  f->have = n > 0 ? (size_t)n : 0;
  if (n < 0) o->feed_failed = true;
  if (n <= 0) f->ended = true;
  if (f->total + f->have <= LIMIT_OUTPUT_PART) return n > 0;
  str shown = pack_shown(f->name, o->fs);
  struct place place = {.file = str_of(o->path), .part = shown};
  finding(o->fs, CODE_TOO_BIG, &place, NULL, shown, finding_number(o->fs, LIMIT_OUTPUT_PART),
          finding_number(o->fs, f->total + f->have));
  o->feed_failed = f->ended = true;
  return false;
}

static zip_int64_t feed_read(struct feed *f, char *data, uint64_t len) {
  bool stream = f->stream.pull != NULL;
  if (stream && f->at == f->have && !feed_pull(f)) return f->out->feed_failed ? -1 : 0;
  const char *from = stream ? f->out->pulled + f->at : f->bytes.p + f->total;
  uint64_t left = stream ? f->have - f->at : f->bytes.n - f->total;
  if (len > left) len = left;
  if (len > 0) memcpy(data, from, (size_t)len);
  if (stream) f->at += (size_t)len;
  f->total += len;
  return (zip_int64_t)len;
}

/* Without a size libzip reserves a zip64 field in the local header.  A stream's size is known
 * at its end only; till then any size but 0 will do, as the header is written again. */
static zip_int64_t feed_stat(const struct feed *f, zip_stat_t *st) {
  zip_stat_init(st);
  st->size = f->stream.pull == NULL ? f->bytes.n : f->ended ? f->total : 1;
  st->valid = ZIP_STAT_SIZE;
  return sizeof *st;
}

static zip_int64_t feed_command(void *ctx, void *data, zip_uint64_t len, zip_source_cmd_t cmd) {
  struct feed *f = ctx;
  switch (cmd) {
  case ZIP_SOURCE_SUPPORTS: return ZIP_SOURCE_SUPPORTS_READABLE;
  case ZIP_SOURCE_OPEN: return feed_open(f);
  case ZIP_SOURCE_READ: return feed_read(f, data, len);
  case ZIP_SOURCE_STAT: return feed_stat(f, data);
  case ZIP_SOURCE_ERROR: return give_error(ZIP_ER_READ, EIO, data, len);
  case ZIP_SOURCE_CLOSE:
  case ZIP_SOURCE_FREE: return 0; /* pack_abort frees all */
  default: return -1;
  }
}

static struct feed *feed_new(struct pack_out *o, str name, str bytes) {
  if (bytes.n > SIZE_MAX - sizeof(struct feed) - name.n) return NULL;
  struct feed *f = mem_calloc(1, sizeof *f + name.n + bytes.n);
  if (f == NULL) return NULL;
  char *p = (char *)(f + 1);
  if (name.n > 0) memcpy(p, name.p, name.n);
  if (bytes.n > 0) memcpy(p + name.n, bytes.p, bytes.n);
  f->name = (str){p, name.n};
  f->bytes = (str){p + name.n, bytes.n};
  f->out = o;
  f->next = o->feeds;
  o->feeds = f;
  return f;
}

/* ---- entries ---- */

/* What libzip could not do, in our words. */
static bool zip_failure(struct pack_out *o, struct findings *fs) {
  zip_error_t *err = zip_get_error(o->zip);
  int code = zip_error_code_zip(err);
  if (o->sink.err == ENOMEM || errno == ENOMEM || code == ZIP_ER_MEMORY || mem_failed())
    return pack_memory(fs);
  if (o->sink.err != 0)
    return finding(fs, CODE_IO, NULL, NULL, str_of(o->path), str_of(strerror(o->sink.err)));
  if (code == ZIP_ER_EXISTS)
    return finding(fs, CODE_INTERNAL, NULL, NULL, STR("one part is written twice"));
  return finding(fs, CODE_INTERNAL, NULL, NULL, str_of(zip_error_strerror(err)));
}

/* Gives the archive an entry; takes src, which may be NULL.  Returns its index or -1.  Names
 * go through as the bytes they are: libzip flags those as UTF-8 that may be it and are not
 * ASCII. */
static zip_int64_t add_entry(struct pack_out *o, str name, zip_source_t *src) {
  char *z = src != NULL ? mem_calloc(1, name.n + 1) : NULL;
  if (z == NULL) {
    zip_source_free(src);
    return -1;
  }
  if (name.n > 0) memcpy(z, name.p, name.n);
  zip_int64_t i = zip_file_add(o->zip, z, src, ZIP_FL_ENC_GUESS);
  if (i < 0) zip_source_free(src);
  mem_free(z);
  return i;
}

static bool put_done(struct pack_out *o, bool ok, struct findings *fs) {
  if (ok) return true;
  o->put_failed = true;
  return zip_failure(o, fs);
}

bool pack_put_copy(struct pack_out *o, size_t i, str name, struct findings *fs) {
  const struct pack_entry *e = &o->from->entries[i];
  errno = 0;
  zip_source_t *src = zip_source_zip(o->zip, o->from->zip, e->index, ZIP_FL_COMPRESSED, 0, -1);
  zip_int64_t k = add_entry(o, name.n > 0 ? name : e->name, src);
  /* Empty entries would get the present time; stored ones would be deflated, and pictures
   * grow. */
  bool ok = k >= 0 && zip_file_set_mtime(o->zip, (zip_uint64_t)k, e->mtime, 0) == 0;
  if (ok && e->method == ZIP_CM_STORE)
    ok = zip_set_file_compression(o->zip, (zip_uint64_t)k, ZIP_CM_STORE, 0) == 0;
  return put_done(o, ok, fs);
}

static bool put_feed(struct pack_out *o, struct feed *f, bool stored, struct findings *fs) {
  errno = 0;
  zip_source_t *src = f != NULL ? zip_source_function(o->zip, feed_command, f) : NULL;
  zip_int64_t k = f != NULL ? add_entry(o, f->name, src) : -1;
  bool ok = k >= 0 && zip_file_set_dostime(o->zip, (zip_uint64_t)k, 0, DOS_DATE, 0) == 0;
  /* ZIP_CM_DEFAULT, "the better of both", would forget the level of a new entry. */
  zip_int32_t method = stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE;
  if (ok) ok = zip_set_file_compression(o->zip, (zip_uint64_t)k, method, LEVEL) == 0;
  return put_done(o, ok, fs);
}

bool pack_put_bytes(struct pack_out *o, str name, str bytes, bool stored, struct findings *fs) {
  return put_feed(o, feed_new(o, name, bytes), stored || bytes.n == 0, fs);
}

bool pack_put_stream(struct pack_out *o, str name, const struct pack_stream *s,
                     struct findings *fs) {
  struct feed *f = feed_new(o, name, STR_NONE);
  if (f != NULL) f->stream = *s;
  return put_feed(o, f, s->stored, fs);
}

/* ---- the archive ---- */

static bool open_archive(struct pack_out *o, struct findings *fs) {
  zip_error_t err;
  zip_error_init(&err);
  errno = 0;
  zip_source_t *src = zip_source_function_create(sink_command, &o->sink, &err);
  if (src != NULL) {
    o->zip = zip_open_from_source(src, ZIP_CREATE | ZIP_TRUNCATE, &err);
    if (o->zip == NULL) zip_source_free(src);
  }
  if (o->zip == NULL) {
    if (errno == ENOMEM || zip_error_code_zip(&err) == ZIP_ER_MEMORY)
      pack_memory(fs);
    else
      finding(fs, CODE_INTERNAL, NULL, NULL, str_of(zip_error_strerror(&err)));
  }
  zip_error_fini(&err);
  return o->zip != NULL;
}

static bool open_file(struct pack_out *o, const char *path, struct findings *fs) {
  if (o->mode == PACK_NEW && os_exists(path))
    return finding(fs, CODE_EXISTS, NULL, NULL, str_of(path));
  o->path = mem_strdup(path);
  o->sink.buf = mem_malloc(SINK);
  o->pulled = mem_malloc(PULL);
  if (o->path == NULL || o->sink.buf == NULL || o->pulled == NULL) return pack_memory(fs);
  o->file = os_file_new(path, fs);
  if (o->file == NULL) return false;
  o->sink.fd = os_file_fd(o->file);
  return true;
}

struct pack_out *pack_create(struct pack *from, const char *path, enum pack_mode mode,
                             struct findings *fs) {
  struct pack_out *o = mem_calloc(1, sizeof *o);
  if (o == NULL) {
    pack_memory(fs);
    return NULL;
  }
  o->from = from;
  o->mode = mode;
  if (open_file(o, path, fs) && open_archive(o, fs)) return o;
  pack_abort(o);
  return NULL;
}

/* Pulls and writes all entries. */
static bool write_archive(struct pack_out *o, struct findings *fs) {
  size_t before = findings_errors(fs);
  if (o->put_failed) /* a put has said why, perhaps to another sink */
    return before > 0 ? false : finding(fs, CODE_INTERNAL, NULL, NULL, STR("a part is missing"));
  if (zip_get_num_entries(o->zip, 0) == 0)
    return finding(fs, CODE_INTERNAL, NULL, NULL, STR("the report has no parts"));
  o->fs = fs;
  errno = 0;
  if (zip_close(o->zip) == 0) {
    o->zip = NULL;
    return true;
  }
  /* Whoever feeds a stream has said what was wrong with it. */
  if (findings_errors(fs) > before || (o->feed_failed && before > 0)) return false;
  return zip_failure(o, fs);
}

static bool ask_gate(struct pack_out *o, const struct pack_gate *gate, struct findings *fs) {
  struct digest_hex hash;
  int err;
  if (gate == NULL) return true;
  if (!digest_fd(o->sink.fd, &hash, &err))
    return finding(fs, CODE_IO, NULL, NULL, str_of(o->path), os_error(err));
  return gate->pass(gate->ctx, &hash, fs);
}

bool pack_commit(struct pack_out *o, const struct pack_gate *gate, struct findings *fs) {
  bool ok = write_archive(o, fs) && ask_gate(o, gate, fs);
  if (ok) {
    ok = os_file_commit(o->file, o->mode == PACK_REPLACE, fs);
    o->file = NULL;
  }
  pack_abort(o);
  return ok;
}

void pack_abort(struct pack_out *o) {
  if (o == NULL) return;
  if (o->zip != NULL) zip_discard(o->zip);
  while (o->feeds != NULL) {
    struct feed *f = o->feeds;
    o->feeds = f->next;
    mem_free(f);
  }
  os_file_abort(o->file);
  mem_free(o->sink.buf);
  mem_free(o->pulled);
  mem_free(o->path);
  mem_free(o);
}
