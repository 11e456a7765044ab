/* Files that several runs work on at the same time: locks, and parts that one process adds to. */
#ifndef BASE_SHARE_H
#define BASE_SHARE_H

#include "base/buf.h"
#include "base/finding.h"

enum share {
  SHARE_MINE,    /* locked, until the descriptor and its copies in other processes are closed */
  SHARE_BUSY,    /* somebody else has it */
  SHARE_GONE,    /* there is no file of this name (any more) */
  SHARE_UNKNOWN, /* the file system knows no locks */
  SHARE_ERROR    /* a finding was added */
};

/* Opens and locks (flock(2)) the file that has this name when the lock is there, for it may be
 * replaced or removed while one waits.  *fd is the caller's to close (os_close) with SHARE_MINE and
 * SHARE_UNKNOWN. */
enum share share_lock(const char *path, bool wait, int *fd, struct findings *fs);

/* A new file `folder/stem` and eight letters, locked by this process: what it adds to it.  `folder`
 * is empty or ends in a slash.  -1: a finding. */
int share_part(str folder, const char *stem, struct buf *path, struct findings *fs);
/* Appends in one step, so that it outlives this process; false: a finding. */
bool share_append(int fd, const char *path, str bytes, struct findings *fs);

#endif
