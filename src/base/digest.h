/* SHA-256 (FIPS 180-4) of bytes, as 64 lower-case hexadecimal digits. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <nettle/sha2.h>

#include "base/str.h"

enum { DIGEST_HEX = 64 };

struct digest {
  struct sha256_ctx ctx;
};

struct digest_hex {
  char p[DIGEST_HEX + 1];
};

void digest_start(struct digest *d);
void digest_put(struct digest *d, str s);
/* One of several texts: its length goes before it, so that no two rows of texts are alike. */
void digest_field(struct digest *d, str s);
void digest_number(struct digest *d, uint64_t v);
struct digest_hex digest_end(struct digest *d);

struct digest_hex digest_of(str bytes);
/* Of an open file from its beginning to its end, wherever it stands; false with errno in *err. */
bool digest_fd(int fd, struct digest_hex *out, int *err);
/* Of a regular file. */
bool digest_file(const char *path, struct digest_hex *out, int *err);

static inline str digest_str(const struct digest_hex *h) { return (str){h->p, DIGEST_HEX}; }

#endif
