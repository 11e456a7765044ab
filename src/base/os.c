/* Files that appear whole or not at all.
 *
 * What is particular to Linux stands here and nowhere else.  A new file is written without a
 * name (O_TMPFILE), synced, and only then linked to its name; where the file system lacks that,
 * it has a short hidden name in the same folder until then.  What is written is the caller's
 * business, and so is the choice between refusing and replacing.
 *
 * Invariant: after os_file_commit or os_file_abort nothing of ours is left in the folder but a
 * complete file under the wanted name, or nothing.
 */
#include "base/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define N_(s) (s)

enum { READ_STEP = 1 << 16, TEMP_NAME = 16, TEMP_TRIES = 64, MOST_HIDDEN = 4 };

struct os_file {
  char *path, *dir; /* owned */
  const char *base; /* inside path */
  int dirfd, fd;
  char temp[TEMP_NAME]; /* name of the hidden file; empty: it has none */
};

static bool io_error(const char *path, int err, struct findings *fs) {
  if (err == ENOMEM) return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  return finding(fs, CODE_IO, NULL, NULL, str_of(path), str_of(strerror(err)));
}

/* ---- reading ---- */

static int open_regular(const char *path, int flags, struct stat *st) {
  /* O_NONBLOCK: opening a pipe must not wait for its writer. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
  if (fd < 0) return -1;
  int err = 0;
  if (fstat(fd, st) != 0)
    err = errno;
  else if (S_ISDIR(st->st_mode))
    err = EISDIR;
  else if (!S_ISREG(st->st_mode))
    err = EINVAL;
  if (err == 0) return fd;
  close(fd);
  errno = err;
  return -1;
}

static bool too_big(const char *path, size_t max, struct findings *fs) {
  return finding(fs, CODE_FILE_TOO_BIG, NULL, NULL, str_of(path), finding_number(fs, max));
}

/* Room for `more` bytes: more than the buffer may hold is not a lack of memory. */
static bool read_reserve(struct buf *out, size_t more, const char *path, struct findings *fs) {
  if (buf_reserve(out, more)) return true;
  if (out->max != 0 && more > out->max - out->n) return too_big(path, out->max, fs);
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* Reads to the end: `size` bytes are expected, but the file may have grown or shrunk. */
static bool read_all(int fd, size_t size, const char *path, size_t max, struct buf *out,
                     struct findings *fs) {
  char more[READ_STEP];
  size_t total = 0;
  if (!read_reserve(out, size, path, fs)) return false;
  for (;;) {
    bool direct = total < size;
    ssize_t n = direct ? read(fd, out->p + out->n, size - total) : read(fd, more, sizeof more);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error(path, errno, fs);
    if (n == 0) break;
    total += (size_t)n;
    if (total > max) return too_big(path, max, fs);
    if (direct)
      out->n += (size_t)n;
    else if (!read_reserve(out, (size_t)n, path, fs) || !buf_put(out, (str){more, (size_t)n}))
      return false;
  }
  if (out->p != NULL) out->p[out->n] = '\0';
  return true;
}

bool os_read_file(const char *path, size_t max, struct buf *out, struct findings *fs) {
  struct stat st;
  int fd = open_regular(path, 0, &st);
  if (fd < 0)
    return errno == EINVAL ? finding(fs, CODE_IO, NULL, NULL, str_of(path), STR(N_("not a file")))
                           : io_error(path, errno, fs);
  bool ok = (uintmax_t)st.st_size <= max ? read_all(fd, (size_t)st.st_size, path, max, out, fs)
                                         : too_big(path, max, fs);
  close(fd);
  return ok;
}

/* ---- files below a folder ---- */

/* Does the name, read step by step, leave the folder? Links are not looked at. */
static enum os_below judge_name(const char *name) {
  size_t depth = 0;
  bool drive = (name[0] | 32) >= 'a' && (name[0] | 32) <= 'z' && name[1] == ':';
  if (name[0] == '/' || drive) return OS_BELOW_ABSOLUTE;
  while (*name != '\0') {
    size_t n = strcspn(name, "/");
    bool up = n == 2 && name[0] == '.' && name[1] == '.', here = n == 1 && name[0] == '.';
    if (up && depth == 0) return OS_BELOW_OUTSIDE;
    if (up)
      depth--;
    else if (n != 0 && !here)
      depth++;
    name += n + (name[n] == '/');
  }
  return OS_BELOW_OPEN;
}

static bool lies_below(const char *path, const char *folder) {
  size_t n = strlen(folder);
  if (n > 0 && folder[n - 1] == '/') n--; /* the root */
  return strncmp(path, folder, n) == 0 && path[n] == '/';
}

static enum os_below below_error(int code, int *err) {
  *err = code;
  if (code == ENOENT || code == ENOTDIR) return OS_BELOW_MISSING;
  return code == EISDIR || code == EINVAL ? OS_BELOW_NO_FILE : OS_BELOW_ERROR;
}

/* Both paths with every link resolved are compared; the last step is opened as no link. */
static enum os_below open_resolved(const char *folder, const char *path, int *fd, uint64_t *size,
                                   int *err) {
  struct stat st;
  char *top = realpath(folder, NULL), *real = top != NULL ? realpath(path, NULL) : NULL;
  int code = errno;
  enum os_below r = OS_BELOW_OPEN;
  if (real == NULL)
    r = below_error(code, err);
  else if (!lies_below(real, top))
    r = OS_BELOW_OUTSIDE;
  else if ((*fd = open_regular(real, O_NOFOLLOW, &st)) < 0)
    r = below_error(errno, err);
  else
    *size = (uint64_t)st.st_size;
  free(top);
  free(real);
  return r;
}

enum os_below os_open_below(str folder, str name, int *fd, uint64_t *size, int *err) {
  struct buf top, path;
  *fd = -1;
  *err = 0;
  buf_init(&top, 0);
  buf_init(&path, 0);
  buf_put(&top, folder.n != 0 ? folder : STR("."));
  buf_put(&path, buf_str(&top));
  buf_putc(&path, '/');
  size_t from = path.n;
  buf_put(&path, name);
  for (size_t i = from; !path.failed && i < path.n; i++)
    if (path.p[i] == '\\') path.p[i] = '/';
  enum os_below r = OS_BELOW_ERROR;
  if (top.failed || path.failed)
    *err = ENOMEM;
  else if ((r = judge_name(path.p + from)) == OS_BELOW_OPEN)
    r = open_resolved(top.p, path.p, fd, size, err);
  buf_free(&top);
  buf_free(&path);
  return r;
}

int os_open(const char *path, int *err) {
  struct stat st;
  int fd = open_regular(path, 0, &st);
  if (fd < 0) *err = errno;
  return fd;
}

ptrdiff_t os_read(int fd, char *data, size_t n, int *err) {
  for (;;) {
    ssize_t k = read(fd, data, n);
    if (k >= 0) return k;
    if (errno == EINTR) continue;
    *err = errno;
    return -1;
  }
}

void os_close(int fd) {
  if (fd >= 0) close(fd);
}

str os_error(int err) { return str_of(strerror(err)); }

static bool write_all(int fd, str s) {
  while (s.n > 0) {
    ssize_t n = write(fd, s.p, s.n);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    s = str_sub(s, (size_t)n, s.n);
  }
  return true;
}

bool os_memory_file(str bytes, char path[OS_MEMORY_PATH], int *fd, struct findings *fs) {
  *fd = memfd_create("workbook", MFD_CLOEXEC);
  snprintf(path, OS_MEMORY_PATH, "/proc/self/fd/%d", *fd);
  if (*fd >= 0 && write_all(*fd, bytes)) return true;
  bool memory = errno == ENOMEM || errno == ENOSPC;
  if (memory)
    findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  else
    io_error("memfd", errno, fs);
  if (*fd >= 0) close(*fd);
  *fd = -1;
  return false;
}

/* ---- names ---- */

bool os_is_dir(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_dots(const char *name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

bool os_list_dir(const char *path, size_t most, struct arena *a, str **names, size_t *n,
                 struct findings *fs) {
  struct origin o = {.file = str_of(path)};
  DIR *d = opendir(path);
  size_t cap = 0;
  bool ok = d != NULL;
  *names = NULL;
  *n = 0;
  errno = ok ? 0 : errno;
  for (struct dirent *e; ok && (e = readdir(d)) != NULL; errno = 0) {
    if (is_dots(e->d_name)) continue;
    if (*n == most) {
      closedir(d);
      return finding(fs, CODE_TOO_BIG, NULL, &o, STR(N_("the number of files in the folder")),
                     finding_number(fs, most), STR(N_("files")));
    }
    str *s = arena_grow(a, *names, n, &cap, sizeof *s);
    if (s != NULL) *names = s - (*n - 1);
    if (s != NULL) *s = arena_dup(a, str_of(e->d_name));
    ok = s != NULL && s->p != NULL;
    if (!ok) errno = ENOMEM;
  }
  int err = errno;
  if (d != NULL) closedir(d);
  if (err == 0) return true;
  return finding(fs, CODE_IO, NULL, NULL, str_of(path), str_of(strerror(err)));
}

bool os_exists(const char *path) {
  struct stat st;
  return lstat(path, &st) == 0;
}

/* The path without links, from the root, in memory of malloc; the last step need not be there, and
 * stays what it is called.  NULL: no memory. */
static char *absolute(const char *path) {
  char *copy = strdup(path), *real = NULL, *full = NULL;
  if (copy == NULL) return NULL;
  size_t n = strlen(copy);
  while (n > 1 && copy[n - 1] == '/') copy[--n] = '\0';
  char *slash = strrchr(copy, '/');
  const char *base = slash != NULL ? slash + 1 : copy;
  bool whole = *base == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0;
  if (whole) {
    full = realpath(copy, NULL);
  } else {
    if (slash != NULL) *slash = '\0';
    real = realpath(slash == NULL ? "." : slash == copy ? "/" : copy, NULL);
    if (real != NULL && asprintf(&full, "%s/%s", real[1] != '\0' ? real : "", base) < 0)
      full = NULL;
  }
  if (full == NULL) full = strdup(path);
  free(real);
  free(copy);
  return full;
}

bool os_relative(str folder, const char *path, struct buf *out) {
  char *top = folder.n != 0 ? strndup(folder.p, folder.n) : strdup(".");
  char *from = top != NULL ? absolute(top) : NULL, *to = absolute(path);
  size_t same = 0;
  bool ok = from != NULL && to != NULL;
  for (size_t i = 0; ok; i++) {
    bool end = from[i] == '\0' || from[i] == '/';
    if (end && (to[i] == '/' || to[i] == '\0')) same = i;
    if (from[i] == '\0' || from[i] != to[i]) break;
  }
  if (ok && (same == 0 || from[0] != '/')) {
    buf_puts(out, to);
  } else if (ok) {
    for (const char *p = from + same; *p != '\0'; p++)
      if (*p == '/') buf_puts(out, "../");
    buf_puts(out, to[same] == '/' ? to + same + 1 : ".");
  }
  free(top);
  free(from);
  free(to);
  return (ok && !out->failed) || (mem_set_failed(), false);
}

bool os_same_file(const char *a, const char *b) {
  struct stat sa, sb;
  return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* Makes one folder; one that is there already is good. */
static bool make_dir(const char *path) {
  if (mkdir(path, 0777) == 0) return true;
  int err = errno;
  if (os_is_dir(path)) return true;
  errno = err == EEXIST ? ENOTDIR : err;
  return false;
}

bool os_make_dirs(const char *path, struct findings *fs) {
  char *copy = mem_strdup(path);
  if (copy == NULL) return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  bool ok = true;
  for (char *p = copy; ok && *p != '\0'; p++) {
    if (*p != '/' || p == copy) continue;
    *p = '\0';
    ok = make_dir(copy);
    if (!ok) io_error(copy, errno, fs);
    *p = '/';
  }
  if (ok && !make_dir(copy)) ok = io_error(copy, errno, fs);
  mem_free(copy);
  return ok;
}

/* ---- a file without a name ---- */

/* Files that have a hidden name now, so that a process which ends at once leaves none behind. */
static struct os_file *volatile hidden[MOST_HIDDEN];

static void set_hidden(struct os_file *f, bool is) {
  for (int i = 0; i < MOST_HIDDEN; i++) {
    if (hidden[i] != (is ? NULL : f)) continue;
    hidden[i] = is ? f : NULL;
    return;
  }
}

void os_clean_up(void) {
  for (int i = 0; i < MOST_HIDDEN; i++)
    if (hidden[i] != NULL) unlinkat(hidden[i]->dirfd, hidden[i]->temp, 0);
}

void os_leave_files(void) {
  for (int i = 0; i < MOST_HIDDEN; i++) hidden[i] = NULL;
}

static void file_free(struct os_file *f) {
  set_hidden(f, false);
  if (f->fd >= 0) close(f->fd);
  if (f->dirfd >= 0) close(f->dirfd);
  mem_free(f->path);
  mem_free(f->dir);
  mem_free(f);
}

void os_random_letters(char *to, size_t n) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
  uint64_t r = 0;
  if (getrandom(&r, sizeof r, GRND_NONBLOCK) != (ssize_t)sizeof r) {
    struct timespec t = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    r = (uint64_t)t.tv_nsec * 2654435761u ^ (uint64_t)getpid() << 20;
  }
  for (size_t i = 0; i < n; i++, r >>= 5) to[i] = letters[r & 31];
}

/* ".tb-" and eight letters. */
static void temp_name(char name[TEMP_NAME]) {
  memcpy(name, ".tb-", 4);
  os_random_letters(name + 4, 8);
  name[12] = '\0';
}

static bool open_named(struct os_file *f) {
  set_hidden(f, true);
  for (int i = 0; i < TEMP_TRIES; i++) {
    temp_name(f->temp);
    f->fd = openat(f->dirfd, f->temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (f->fd >= 0) return true;
    if (errno != EEXIST) break;
  }
  f->temp[0] = '\0';
  return false;
}

static bool open_unnamed(struct os_file *f) {
  /* Without /proc such a file could never get a name. */
  if (access("/proc/self/fd", X_OK) != 0) return false;
  f->fd = openat(f->dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
  return f->fd >= 0;
}

/* Splits the path into its folder and the name in it. */
static bool file_split(struct os_file *f, const char *path) {
  f->path = mem_strdup(path);
  f->dir = mem_strdup(path);
  if (f->path == NULL || f->dir == NULL) {
    errno = ENOMEM;
    return false;
  }
  char *slash = strrchr(f->dir, '/');
  f->base = slash != NULL ? f->path + (slash - f->dir) + 1 : f->path;
  if (slash == f->dir)
    slash[1] = '\0';
  else if (slash != NULL)
    *slash = '\0';
  else {
    mem_free(f->dir);
    f->dir = mem_strdup(".");
  }
  errno = f->dir == NULL ? ENOMEM : f->base[0] == '\0' ? EISDIR : 0;
  return errno == 0;
}

struct os_file *os_file_new(const char *path, struct findings *fs) {
  struct os_file *f = mem_calloc(1, sizeof *f);
  if (f == NULL) {
    findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
    return NULL;
  }
  f->dirfd = f->fd = -1;
  if (file_split(f, path)) {
    f->dirfd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->dirfd >= 0 && (open_unnamed(f) || open_named(f))) return f;
  }
  io_error(path, errno, fs);
  file_free(f);
  return NULL;
}

int os_file_fd(const struct os_file *f) { return f->fd; }

bool os_file_reach(const struct os_file *f, struct buf *path) {
  char proc[32];
  snprintf(proc, sizeof proc, "/proc/self/fd/%d", f->fd);
  if (f->temp[0] == '\0') return buf_puts(path, proc);
  buf_puts(path, f->dir);
  buf_putc(path, '/');
  return buf_puts(path, f->temp);
}

void os_file_abort(struct os_file *f) {
  if (f == NULL) return;
  if (f->temp[0] != '\0') unlinkat(f->dirfd, f->temp, 0);
  file_free(f);
}

/* ---- giving it its name ---- */

static int sync_fd(int fd) {
  int r;
  do r = fsync(fd);
  while (r != 0 && errno == EINTR);
  return r;
}

/* Links the file, which has no name yet, to `name`. */
static int link_unnamed(const struct os_file *f, const char *name) {
  char proc[32];
  snprintf(proc, sizeof proc, "/proc/self/fd/%d", f->fd);
  return linkat(AT_FDCWD, proc, f->dirfd, name, AT_SYMLINK_FOLLOW);
}

/* Some file systems know neither RENAME_NOREPLACE nor links: an empty file made exclusively
 * claims the name, then the real one takes its place. */
static int rename_claimed(struct os_file *f) {
  int fd = openat(f->dirfd, f->base, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return -1;
  close(fd);
  if (renameat(f->dirfd, f->temp, f->dirfd, f->base) == 0) return 0;
  int err = errno;
  unlinkat(f->dirfd, f->base, 0);
  errno = err;
  return -1;
}

/* Renames the hidden file unless there is one of the wanted name. */
static int rename_new(struct os_file *f) {
  if (renameat2(f->dirfd, f->temp, f->dirfd, f->base, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return -1;
  if (linkat(f->dirfd, f->temp, f->dirfd, f->base, 0) == 0) {
    unlinkat(f->dirfd, f->temp, 0);
    return 0;
  }
  return errno == EEXIST ? -1 : rename_claimed(f);
}

static int name_new(struct os_file *f) {
  if (f->temp[0] == '\0') return link_unnamed(f, f->base);
  if (rename_new(f) != 0) return -1;
  f->temp[0] = '\0';
  return 0;
}

/* Gives a file without a name a hidden one, so that it can be renamed over another. */
static int name_hidden(struct os_file *f) {
  set_hidden(f, true);
  for (int i = 0; i < TEMP_TRIES; i++) {
    temp_name(f->temp);
    if (link_unnamed(f, f->temp) == 0) return 0;
    if (errno != EEXIST) break;
  }
  f->temp[0] = '\0';
  return -1;
}

/* The mode of the file that is replaced; a device or a folder is never replaced. */
static int keep_mode(const struct os_file *f) {
  struct stat st, own;
  if (fstatat(f->dirfd, f->base, &st, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT ? 0 : -1;
  if (S_ISLNK(st.st_mode)) return 0;
  if (!S_ISREG(st.st_mode)) {
    errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    return -1;
  }
  /* Where all files have one mode, changing it is an error. */
  if (fstat(f->fd, &own) != 0) return -1;
  return (st.st_mode & 0777) == (own.st_mode & 0777) ? 0 : fchmod(f->fd, st.st_mode & 0777);
}

static int name_over(struct os_file *f) {
  if (f->temp[0] == '\0' && name_hidden(f) != 0) return -1;
  if (renameat(f->dirfd, f->temp, f->dirfd, f->base) != 0) return -1;
  f->temp[0] = '\0';
  return 0;
}

/* File systems that cannot sync a folder say so with EINVAL or the like. */
static int sync_dir(const struct os_file *f) {
  if (sync_fd(f->dirfd) == 0) return 0;
  return errno == EINVAL || errno == EBADF || errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -1;
}

bool os_file_commit(struct os_file *f, bool replace, struct findings *fs) {
  bool ok = false;
  if (replace && keep_mode(f) != 0)
    io_error(f->path, errno, fs);
  else if (sync_fd(f->fd) != 0)
    io_error(f->path, errno, fs);
  else if ((replace ? name_over(f) : name_new(f)) != 0) {
    if (errno == EEXIST)
      finding(fs, CODE_EXISTS, NULL, NULL, str_of(f->path));
    else
      io_error(f->path, errno, fs);
  } else if (sync_dir(f) != 0) {
    io_error(f->path, errno, fs);
    /* A new name that might not last is taken back; a replaced file cannot be. */
    if (!replace) unlinkat(f->dirfd, f->base, 0);
  } else
    ok = true;
  os_file_abort(f);
  return ok;
}

bool os_write_file(const char *path, str bytes, bool replace, struct findings *fs) {
  struct os_file *f = os_file_new(path, fs);
  if (f == NULL) return false;
  if (write_all(f->fd, bytes)) return os_file_commit(f, replace, fs);
  io_error(path, errno, fs);
  os_file_abort(f);
  return false;
}

/* ---- the machine ---- */

unsigned os_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
    return (unsigned)CPU_COUNT(&set);
  long n = sysconf(_SC_NPROCESSORS_ONLN); /* more processors than the set can hold */
  return n > 0 ? (unsigned)n : 1;
}
