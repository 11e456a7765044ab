/* SHA-256 by libnettle, the only file that knows it.
 *
 * Invariant: what is put in pieces gives the same as the whole.
 */
#include "base/digest.h"

#include <errno.h>
#include <nettle/version.h>
#include <unistd.h>

#include "base/os.h"

void digest_start(struct digest *d) { sha256_init(&d->ctx); }

void digest_put(struct digest *d, str s) {
  if (s.n > 0) sha256_update(&d->ctx, s.n, (const uint8_t *)s.p);
}

void digest_number(struct digest *d, uint64_t v) {
  char bytes[8];
  for (int i = 0; i < 8; i++) bytes[i] = (char)(v >> 8 * i & 0xff);
  digest_put(d, (str){bytes, sizeof bytes});
}

void digest_field(struct digest *d, str s) {
  digest_number(d, s.n);
  digest_put(d, s);
}

struct digest_hex digest_end(struct digest *d) {
  static const char hex[] = "0123456789abcdef";
  uint8_t bytes[SHA256_DIGEST_SIZE];
  struct digest_hex h;
#if NETTLE_VERSION_MAJOR >= 4
  sha256_digest(&d->ctx, bytes);
#else
  sha256_digest(&d->ctx, sizeof bytes, bytes);
#endif
  for (size_t i = 0; i < sizeof bytes; i++) {
    h.p[2 * i] = hex[bytes[i] >> 4];
    h.p[2 * i + 1] = hex[bytes[i] & 15];
  }
  h.p[DIGEST_HEX] = '\0';
  return h;
}

struct digest_hex digest_of(str bytes) {
  struct digest d;
  digest_start(&d);
  digest_put(&d, bytes);
  return digest_end(&d);
}

bool digest_fd(int fd, struct digest_hex *out, int *err) {
  char step[1 << 16];
  struct digest d;
  digest_start(&d);
  for (off_t at = 0;;) {
    ssize_t n = pread(fd, step, sizeof step, at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) *err = errno;
    if (n < 0) return false;
    if (n == 0) break;
    digest_put(&d, (str){step, (size_t)n});
    at += n;
  }
  *out = digest_end(&d);
  return true;
}

bool digest_file(const char *path, struct digest_hex *out, int *err) {
  int fd = os_open(path, err);
  if (fd < 0) return false;
  bool ok = digest_fd(fd, out, err);
  os_close(fd);
  return ok;
}
