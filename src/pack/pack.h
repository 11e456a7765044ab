/* Packages: the zip archive that a .docx or .odt is.
 *
 * pack_open reads a template whole, refuses what is not a sound zip package by the name of what
 * it is, and verifies every entry's CRC and size once.  What is inside the parts is none of its
 * business.  All names are raw bytes as stored (libzip's ZIP_FL_ENC_RAW).
 */
#ifndef PACK_PACK_H
#define PACK_PACK_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/finding.h"

struct pack;

/* NULL: findings say why. */
struct pack *pack_open(const char *path, struct findings *fs);
/* A package that is data, of bytes that the caller keeps until pack_close.  Names, ways of packing
 * and sizes are verified (no part over max_part); each part's bytes only while they are read. */
struct pack *pack_of_bytes(const char *path, str bytes, uint64_t max_part, struct findings *fs);
void pack_close(struct pack *p);
str pack_path(const struct pack *p);
/* The bytes of the whole file. */
str pack_bytes(const struct pack *p);
/* Entries that are files, in the order of the central directory; directory entries are left
 * out. */
size_t pack_count(const struct pack *p);
str pack_name(const struct pack *p, size_t i);
uint64_t pack_size(const struct pack *p, size_t i);
/* Index of the entry with exactly this name, or -1. */
ptrdiff_t pack_find(const struct pack *p, str name);
/* Appends the unpacked bytes; more than `max` bytes is a finding. */
bool pack_read(struct pack *p, size_t i, size_t max, struct buf *out, struct findings *fs);
/* Gives the unpacked bytes piece by piece, in order, to `take`, which returns false to give up
 * (having added what it found).  At the end the part has been as long as the central directory
 * says and has its CRC-32. */
bool pack_pieces(struct pack *p, size_t i, bool (*take)(void *ctx, str piece), void *ctx,
                 struct findings *fs);

/* ---- the one output path ---- */

struct pack_out;

/* A stream that libzip pulls: `start` is called before the first read (it may be called again:
 * the stream then begins anew); `pull` gives up to len bytes, 0 at the end, -1 on failure. */
struct pack_stream {
  bool (*start)(void *ctx);
  ptrdiff_t (*pull)(void *ctx, char *data, size_t len);
  void *ctx;   /* borrowed; must live until pack_commit or pack_abort */
  bool stored; /* not deflated */
};

enum pack_mode { PACK_NEW, PACK_REPLACE };

/* Starts a report at `path` whose untouched parts come from `from` (which must stay open; NULL when
 * nothing is copied). The folder must exist.  Nothing is visible before pack_commit. */
struct pack_out *pack_create(struct pack *from, const char *path, enum pack_mode mode,
                             struct findings *fs);
/* Entries are written in the order of these calls. */
/* The entry i of the template, its compressed bytes as they are; `name` empty keeps its name. */
bool pack_put_copy(struct pack_out *o, size_t i, str name, struct findings *fs);
/* New bytes (copied). stored: not deflated, as ODF asks of `mimetype`; use it for pictures that
 * are compressed already, too. */
bool pack_put_bytes(struct pack_out *o, str name, str bytes, bool stored, struct findings *fs);
/* A stream longer than LIMIT_OUTPUT_PART makes pack_commit fail with CODE_TOO_BIG; one whose start
 * or pull fails, with the findings that its owner has added to the sink of pack_commit. */
bool pack_put_stream(struct pack_out *o, str name, const struct pack_stream *s,
                     struct findings *fs);
/* Asked when the file is whole, just before it gets its name, with the SHA-256 of its bytes: false,
 * with or without a finding, and it never gets it. */
struct pack_gate {
  bool (*pass)(void *ctx, const struct digest_hex *hash, struct findings *fs);
  void *ctx;
};
/* Writes, syncs and gives the file its name; the old file stays whole until then.  Always
 * frees o. With PACK_NEW an existing file is CODE_EXISTS.  gate may be NULL. */
bool pack_commit(struct pack_out *o, const struct pack_gate *gate, struct findings *fs);
/* Gives up; nothing remains. */
void pack_abort(struct pack_out *o);

#endif
