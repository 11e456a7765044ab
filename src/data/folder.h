/* The files of a run: those on the command line, and those in folders that stand there. */
#ifndef DATA_FOLDER_H
#define DATA_FOLDER_H

#include "base/finding.h"

/* A folder gives its data files, sorted by name (not those in folders below it); lock files of
 * office programs are no files.  Paths end in NUL and live in the arena.  False: findings. */
bool folder_files(size_t n, const char *const *paths, struct arena *a, str **files, size_t *count,
                  struct findings *fs);

#endif
