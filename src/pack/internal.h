/* What the files of pack/ share. */
#ifndef PACK_INTERNAL_H
#define PACK_INTERNAL_H

#include <zip.h>

#include "pack/pack.h"

struct pack_entry {
  str name;           /* raw bytes; owned by the archive */
  zip_uint64_t index; /* libzip's */
  uint64_t size, comp_size;
  uint32_t crc;
  time_t mtime;
  uint16_t method, encryption; /* ZIP_CM_…, ZIP_EM_… */
};

struct pack {
  char *path;                   /* owned */
  struct buf owned;             /* the whole file, when pack_open read it */
  str bytes;                    /* the whole file; libzip reads from here */
  uint64_t max_part, max_total; /* unpacked */
  bool lazy;  /* parts are compared with the central directory only when they are read */
  zip_t *zip; /* owned */
  struct pack_entry *entries;
  size_t *by_name; /* indexes of entries, in the order of their names */
  size_t count;
};

/* ---- pack.c ---- */

enum pass { PASS_SOUND, PASS_MEMORY, PASS_DATA, PASS_SIZE, PASS_CRC, PASS_GIVEN_UP };

/* Unpacks the entry to its end, appends to out unless that is NULL, and compares size and CRC-32
 * with the central directory. */
enum pass pack_pass(struct pack *p, const struct pack_entry *e, struct buf *out);
/* Adds what pack_pass found; always false. */
bool pack_pass_finding(const struct pack *p, const struct pack_entry *e, enum pass pass,
                       struct findings *fs);
/* The place of an entry (its name made printable), or of the whole file when e is NULL. */
struct place pack_place(const struct pack *p, const struct pack_entry *e, struct findings *fs);
/* The name with control bytes and what is not UTF-8 written as \xNN; in the sink's arena. */
str pack_shown(str name, struct findings *fs);
/* CODE_MEMORY; always false. */
bool pack_memory(struct findings *fs);

/* Whatever the locale is. */
static inline char pack_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* ---- verify.c ---- */

/* Everything that makes the package unfit, as findings. */
bool verify_package(struct pack *p, struct findings *fs);

/* ---- kind.c ---- */

struct kind {
  enum code code; /* CODE_NONE: may be a package */
  bool sure;      /* nothing else than this, whatever stands behind it */
  str words;
};

/* What a file is that is no package, by its content. The name only tells WPS from Word files,
 * whose content is alike, and Word's lock files. */
struct kind kind_of(str bytes, const char *path);

#endif
