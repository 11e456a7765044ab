/* The pictures of one report: files that the data name, each read once and stored once.
 *
 * The survey reads a file whole, judges it and remembers what it was; when the report is written
 * it is read again, piece by piece, and must be the same.
 */
#ifndef RENDER_ALBUM_H
#define RENDER_ALBUM_H

#include "base/finding.h"
#include "pack/pack.h"
#include "picture/picture.h"
#include "render/keys.h"

/* What a file was. */
struct print {
  uint64_t size, hash, crc; /* no padding: it is a key, too */
};

struct photo {
  str folder, file; /* file as named, below folder */
  struct picture picture;
  struct print print;
  str name; /* its entry in the report; the owner of the album gives it */
};

struct album {
  struct arena *arena;
  struct keys names;  /* folder and name → photo */
  struct keys prints; /* → photo */
  struct photo *photos;
  size_t n, cap;
};

/* Gives each name once, in no order, until `take` returns false. */
bool album_names(const struct album *al, bool (*take)(void *ctx, str folder, str file), void *ctx);

/* Who asks for a picture, for findings. */
struct asking {
  const struct place *place;
  const struct origin *origin; /* or NULL */
  str tag;
  unsigned kinds; /* that the document shows: bits 1 << enum picture_kind */
  struct findings *fs;
};

/* A picture that was added before under this name; false: none. */
bool album_find(const struct album *al, str folder, str file, uint32_t *index);
/* Reads and judges it. `al->n` is one more when its bytes are new. False: findings. */
bool album_add(struct album *al, str folder, str file, const struct asking *ask, uint32_t *index);

/* A photo while it is written. */
struct film {
  const struct photo *photo;
  struct findings *fs;
  int fd; /* -1: closed */
  struct print print;
};

/* The stream of a photo; film must live as long, and film_close be called. */
struct pack_stream film_stream(struct film *film, const struct photo *photo, struct findings *fs);
void film_close(struct film *film);

#endif
