/* What is specific to the operating system: files that appear whole or not at all. */
#ifndef BASE_OS_H
#define BASE_OS_H

#include "base/buf.h"
#include "base/finding.h"

/* Reads a whole regular file (no more than max bytes; CODE_FILE_TOO_BIG otherwise). */
bool os_read_file(const char *path, size_t max, struct buf *out, struct findings *fs);

/* A file that has no name yet (O_TMPFILE; a short temporary name where the file system lacks
 * it). */
struct os_file;
struct os_file *os_file_new(const char *path, struct findings *fs);
int os_file_fd(const struct os_file *f);
/* fsync, then linkat (replace false: CODE_EXISTS when there is one) or rename, then fsync of the
 * folder. Always frees f. A replaced file's mode is kept; a symbolic link is replaced itself;
 * a device, pipe or folder is never replaced. */
bool os_file_commit(struct os_file *f, bool replace, struct findings *fs);
void os_file_abort(struct os_file *f);

bool os_is_dir(const char *path);
bool os_exists(const char *path); /* lstat */
/* Same file (device and inode)? */
bool os_same_file(const char *a, const char *b);
/* Makes a folder and those above it. */
bool os_make_dirs(const char *path, struct findings *fs);

#endif
