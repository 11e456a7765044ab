/* What is specific to the operating system: files that appear whole or not at all. */
#ifndef BASE_OS_H
#define BASE_OS_H

#include "base/buf.h"
#include "base/finding.h"

/* Reads a whole regular file (no more than max bytes; CODE_FILE_TOO_BIG otherwise). */
bool os_read_file(const char *path, size_t max, struct buf *out, struct findings *fs);

/* Writes a whole file as os_file_commit does. */
bool os_write_file(const char *path, str bytes, bool replace, struct findings *fs);

/* Files that the data name: they lie below a folder, whatever links lead there. */
enum os_below {
  OS_BELOW_OPEN,
  OS_BELOW_MISSING,
  OS_BELOW_ABSOLUTE, /* the name begins at the root or with a drive */
  OS_BELOW_OUTSIDE,  /* `..` or a symbolic link leads out of the folder */
  OS_BELOW_NO_FILE,  /* a folder, pipe or device */
  OS_BELOW_ERROR     /* *err is its errno */
};
/* Opens a regular file by its name below `folder` ("" is the working folder), for reading; a
 * backslash counts as a slash.  *fd is the caller's to close (os_close). */
enum os_below os_open_below(str folder, str name, int *fd, uint64_t *size, int *err);
/* Opens a regular file for reading; -1 with *err. */
int os_open(const char *path, int *err);
/* Up to n bytes from where the file stands: 0 at the end, -1 with *err. */
ptrdiff_t os_read(int fd, char *data, size_t n, int *err);
void os_close(int fd);
/* What an errno means (in the language of the C library). */
str os_error(int err);

/* The bytes as a file that only lives in memory, for libraries that want a path: `path` is
 * /proc/self/fd/N while *fd is open. */
enum { OS_MEMORY_PATH = 32 };
bool os_memory_file(str bytes, char path[OS_MEMORY_PATH], int *fd, struct findings *fs);

/* A file that has no name yet (O_TMPFILE; a short temporary name where the file system lacks
 * it). */
struct os_file;
struct os_file *os_file_new(const char *path, struct findings *fs);
int os_file_fd(const struct os_file *f);
/* Appends a path by which a library can open the file for writing while it has no name yet. */
bool os_file_reach(const struct os_file *f, struct buf *path);
/* fsync, then linkat (replace false: CODE_EXISTS when there is one) or rename, then fsync of the
 * folder. Always frees f. A replaced file's mode is kept; a symbolic link is replaced itself;
 * a device, pipe or folder is never replaced. */
bool os_file_commit(struct os_file *f, bool replace, struct findings *fs);
void os_file_abort(struct os_file *f);
/* For a signal handler that ends the process at once: removes hidden temporary files. */
void os_clean_up(void);
/* In a process just forked: the files at hand are its parent's. */
void os_leave_files(void);

/* The names in a folder, in no order, without . and ..; each ends in NUL and lives in the arena.
 * No more than `most` (CODE_TOO_BIG). */
bool os_list_dir(const char *path, size_t most, struct arena *a, str **names, size_t *n,
                 struct findings *fs);
/* Processors that this process may use, at least 1. */
unsigned os_processors(void);
/* Letters and digits for the name of a new file. At most 12. */
void os_random_letters(char *to, size_t n);
bool os_is_dir(const char *path);
bool os_exists(const char *path); /* lstat */
/* Same file (device and inode)? */
bool os_same_file(const char *a, const char *b);
/* Appends the way to `path` from `folder` ("" is the working folder): without links, below or
 * beside it with `..` where they have more than the root in common, else from the root.  False: no
 * memory. */
bool os_relative(str folder, const char *path, struct buf *out);
/* Makes a folder and those above it. */
bool os_make_dirs(const char *path, struct findings *fs);

#endif
