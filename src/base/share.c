/* Files that several runs work on at the same time.
 *
 * A lock is held on a file that has its name: others may replace or remove the name while one
 * waits, so it is compared again when the lock is there.  What the files hold is the caller's
 * business.
 * Invariant: a file locked here has the name that was asked for.
 */
#include "base/share.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"

enum { LETTERS = 8, TRIES = 64 };

static bool io_error(const char *path, int err, struct findings *fs) {
  return finding(fs, CODE_IO, NULL, NULL, str_of(path), str_of(strerror(err)));
}

static int lock(int fd, bool wait) {
  int r;
  do r = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
  while (r != 0 && errno == EINTR);
  return r == 0 ? 0 : errno;
}

static bool has_name(int fd, const char *path) {
  struct stat a, b;
  return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* NFS locks only what can be written; another user's file can perhaps only be read. */
static int open_any(const char *path) {
  const int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  int fd = open(path, O_RDWR | flags);
  return fd < 0 && (errno == EACCES || errno == EROFS) ? open(path, O_RDONLY | flags) : fd;
}

enum share share_lock(const char *path, bool wait, int *fd, struct findings *fs) {
  for (;;) {
    *fd = open_any(path);
    if (*fd < 0 && errno == ENOENT) return SHARE_GONE;
    if (*fd < 0) {
      io_error(path, errno, fs);
      return SHARE_ERROR;
    }
    int err = lock(*fd, wait);
    if (err == EWOULDBLOCK) {
      close(*fd);
      return SHARE_BUSY;
    }
    if (has_name(*fd, path)) return err == 0 ? SHARE_MINE : SHARE_UNKNOWN;
    close(*fd);
  }
}

/* Somebody may take up the new file for one that was left behind, before it is locked. */
int share_part(str folder, const char *stem, struct buf *path, struct findings *fs) {
  int err = EEXIST;
  for (int i = 0; i < TRIES && err == EEXIST; i++) {
    buf_clear(path);
    buf_put(path, folder);
    buf_puts(path, stem);
    char letters[LETTERS];
    os_random_letters(letters, LETTERS);
    buf_put(path, (str){letters, LETTERS});
    if (path->failed) {
      findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
      return -1;
    }
    int fd = open(path->p, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
    err = fd < 0 ? errno : 0;
    if (fd < 0) continue;
    bool busy = lock(fd, false) == EWOULDBLOCK;
    if (!busy && has_name(fd, path->p)) return fd;
    err = EEXIST;
    close(fd);
  }
  io_error(path->p, err, fs);
  return -1;
}

bool share_append(int fd, const char *path, str bytes, struct findings *fs) {
  while (bytes.n > 0) {
    ssize_t n = write(fd, bytes.p, bytes.n);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return io_error(path, n < 0 ? errno : EIO, fs);
    bytes = str_sub(bytes, (size_t)n, bytes.n);
  }
  return true;
}
