/* The run record of a folder: found, added to, folded.
 *
 *   processes ── append ──► .填报记录-…, one each ── fold ──► 填报记录.json
 *
 * An entry is there before its report has its name: whatever ends a process in between, a report of
 * ours is never taken for somebody else's, nor somebody else's for ours.  Entries are not synced one
 * by one: when the machine stops, the last may be lost, and --resume finds their reports to be what
 * it would write.  Nobody writes
 * into the file of another: a lock only says who folds, so file systems without locks do no harm.
 * What the file looks like is job/ledger_text.c's business, what an entry means job/made.h's.
 * Invariant: an entry is in a part or in the record at any time, for a part is removed only when
 * the record that holds its entries is on the disk.
 */
#include "job/ledger.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/share.h"

#define PART_STEM ".填报记录-"

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

str ledger_time(struct arena *a) {
  struct timeval now;
  struct tm tm;
  char text[64];
  gettimeofday(&now, NULL);
  gmtime_r(&now.tv_sec, &tm);
  size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
  snprintf(text + n, sizeof text - n, ".%06ldZ", (long)now.tv_usec);
  return arena_dup(a, str_of(text));
}

/* ---- reading ---- */

static str in_folder(const struct ledger *l, str name, struct arena *a) {
  return arena_join(a, (str[]){l->folder, name}, 2);
}

static bool read_file(struct ledger *l, const char *path, bool part, struct findings *fs) {
  struct buf bytes;
  buf_init(&bytes, LIMIT_RECORD_FILE + 16);
  bool ok =
      os_read_file(path, LIMIT_RECORD_FILE, &bytes, fs) && ledger_read(l, path, &bytes, part, fs);
  buf_free(&bytes);
  return ok;
}

/* The names of all parts in the folder. */
static bool list_parts(const struct ledger *l, struct arena *a, str **names, size_t *n,
                       struct findings *fs) {
  size_t all = 0;
  *n = 0;
  const char *folder = l->folder.n != 0 ? l->folder.p : ".";
  if (!os_is_dir(folder)) return true;
  if (!os_list_dir(folder, SIZE_MAX, a, names, &all, fs)) return false;
  for (size_t i = 0; i < all; i++)
    if (str_starts((*names)[i], STR(PART_STEM))) (*names)[(*n)++] = (*names)[i];
  return true;
}

/* Which files there are and how long; the record is never changed but replaced. */
static uint64_t state_of(const struct ledger *l, const str *names, size_t n, struct arena *a) {
  struct stat st;
  uint64_t sum = 0;
  for (size_t i = 0; i <= n; i++) {
    if (i < n && str_starts(names[i], buf_str(&l->stem))) continue;
    str path = in_folder(l, i < n ? names[i] : STR(LEDGER_NAME), a);
    if (path.p == NULL || lstat(path.p, &st) != 0) continue;
    uint64_t file[] = {st.st_ino, (uint64_t)st.st_size, str_hash(path)};
    sum += str_hash((str){(const char *)file, sizeof file});
  }
  return sum;
}

/* Another run may fold a part, and remove it, before it is read: the record is read last. */
static bool read_part(struct ledger *l, str path, struct findings *fs) {
  struct findings *own = findings_new();
  bool ok = own != NULL && (read_file(l, path.p, true, own) || !os_exists(path.p));
  if (!ok && own != NULL) findings_append(fs, own);
  if (own == NULL) no_memory(fs);
  findings_free(own);
  return ok;
}

static bool read_all(struct ledger *l, struct findings *fs) {
  str *names = NULL, path = in_folder(l, STR(LEDGER_NAME), l->arena);
  size_t n;
  if (path.p == NULL) return no_memory(fs);
  bool ok = list_parts(l, l->arena, &names, &n, fs);
  if (ok) l->state = state_of(l, names, n, l->arena);
  for (size_t i = 0; ok && i < n; i++) {
    str part = in_folder(l, names[i], l->arena);
    ok = part.p != NULL ? !os_exists(part.p) || read_part(l, part, fs) : no_memory(fs);
  }
  return ok && (!os_exists(path.p) || read_file(l, path.p, false, fs));
}

/* Two runs at the same time have different ones. */
static void make_stem(struct ledger *l) {
  struct timeval now;
  gettimeofday(&now, NULL);
  buf_puts(&l->stem, PART_STEM);
  buf_put_u64(&l->stem, (uint64_t)getpid());
  buf_putc(&l->stem, '-');
  buf_put_u64(&l->stem, (uint64_t)now.tv_sec % 1000000 * 1000000 + (uint64_t)now.tv_usec);
  buf_putc(&l->stem, '-');
}

struct ledger *ledger_open(str folder, struct findings *fs) {
  struct ledger *l = mem_calloc(1, sizeof *l);
  if (l == NULL) {
    no_memory(fs);
    return NULL;
  }
  l->part = -1;
  l->arena = arena_new(0);
  bool ok = l->arena != NULL || no_memory(fs);
  buf_init(&l->part_path, 0);
  buf_init(&l->stem, 0);
  buf_init(&l->folder_text, 0);
  make_stem(l);
  buf_put(&l->folder_text, folder);
  l->folder = buf_str(&l->folder_text);
  if (l->stem.failed || l->folder_text.failed) ok = no_memory(fs);
  ok = ok && read_all(l, fs);
  if (ok) return l;
  ledger_close(l);
  return NULL;
}

void ledger_close(struct ledger *l) {
  if (l == NULL) return;
  os_close(l->part);
  buf_free(&l->part_path);
  buf_free(&l->stem);
  buf_free(&l->folder_text);
  if (l->arena != NULL) arena_free(l->arena);
  mem_free(l);
}

static void forget(struct ledger *l) {
  arena_reset(l->arena);
  l->entries = NULL;
  l->runs = NULL;
  l->n = l->cap = l->nruns = l->runs_cap = 0;
}

bool ledger_reload(struct ledger *l, struct findings *fs) {
  struct arena *a = arena_new(0);
  str *names = NULL;
  size_t n;
  if (a == NULL) return no_memory(fs);
  bool ok = list_parts(l, a, &names, &n, fs);
  bool same = ok && state_of(l, names, n, a) == l->state;
  arena_free(a);
  if (!ok || same) return ok;
  forget(l);
  return read_all(l, fs);
}

/* ---- adding ---- */

static bool open_part(struct ledger *l, struct findings *fs) {
  l->part = share_part(l->folder, l->stem.p, &l->part_path, fs);
  return l->part >= 0;
}

bool ledger_append(struct ledger *l, const struct ledger_run *run, const struct ledger_entry *e,
                   struct findings *fs) {
  struct buf line;
  bool first = l->part < 0;
  if (first && !open_part(l, fs)) return false;
  buf_init(&line, 0);
  if (first) ledger_put_head(&line, run, 1);
  ledger_put_entry(&line, e, first);
  bool ok = line.failed ? no_memory(fs) : share_append(l->part, l->part_path.p, buf_str(&line), fs);
  buf_free(&line);
  return ok;
}

/* ---- folding ---- */

static bool needed(const struct ledger *l, const struct ledger_run *run) {
  for (size_t i = 0; i < l->n; i++)
    if (str_eq(l->entries[i].run, run->id)) return true;
  return false;
}

static bool write_record(struct ledger *l, const char *path, bool replace, struct findings *fs) {
  struct buf text;
  size_t n = 0;
  buf_init(&text, 0);
  for (size_t i = 0; i < l->nruns; i++)
    if (needed(l, &l->runs[i])) l->runs[n++] = l->runs[i];
  l->nruns = n;
  ledger_put_head(&text, l->runs, l->nruns);
  for (size_t i = 0; i < l->n; i++) ledger_put_entry(&text, &l->entries[i], i == 0);
  ledger_put_end(&text);
  bool ok = text.failed ? no_memory(fs) : os_write_file(path, buf_str(&text), replace, fs);
  buf_free(&text);
  return ok;
}

/* A part that was left behind, or is done: locked, so that only one run takes it. */
struct taken {
  str path;
  int fd;
};

static bool take_parts(struct ledger *l, struct arena *a, struct taken **parts, size_t *n,
                       struct findings *fs) {
  str *names = NULL;
  size_t all;
  *n = 0;
  if (!list_parts(l, a, &names, &all, fs)) return false;
  *parts = ARENA_ARRAY(a, all + 1, struct taken);
  if (*parts == NULL) return no_memory(fs);
  for (size_t i = 0; i < all; i++) {
    struct taken *t = &(*parts)[*n];
    t->path = in_folder(l, names[i], a);
    if (t->path.p == NULL) return no_memory(fs);
    enum share got = share_lock(t->path.p, false, &t->fd, fs);
    if (got == SHARE_ERROR) return false;
    if (got == SHARE_UNKNOWN) os_close(t->fd); /* whoever adds to it may be at work */
    *n += got == SHARE_MINE;
  }
  return true;
}

/* The record as it is now and the parts that were taken become the record. */
static bool fold_into(struct ledger *l, const char *path, bool there, const struct taken *parts,
                      size_t n, struct findings *fs) {
  forget(l);
  bool ok = !there || read_file(l, path, false, fs);
  for (size_t i = 0; ok && i < n; i++) ok = read_file(l, parts[i].path.p, true, fs);
  return ok && (l->n == 0 || write_record(l, path, there, fs));
}

/* Without a record there is nothing to lock: whoever makes it first has it. */
static bool fold_once(struct ledger *l, const char *path, const struct taken *parts, size_t n,
                      bool *again, struct findings *fs) {
  int fd = -1;
  enum share got = share_lock(path, true, &fd, fs);
  bool there = got == SHARE_MINE || got == SHARE_UNKNOWN;
  bool ok = got != SHARE_ERROR && fold_into(l, path, there, parts, n, fs);
  *again = !ok && got == SHARE_GONE && os_exists(path);
  os_close(fd);
  return ok;
}

static bool fold_taken(struct ledger *l, const char *path, const struct taken *parts, size_t n,
                       struct findings *fs) {
  struct findings *own = findings_new();
  bool ok, again;
  if (own == NULL) return no_memory(fs);
  do {
    findings_clear(own);
    ok = fold_once(l, path, parts, n, &again, own);
  } while (again);
  if (!ok) findings_append(fs, own);
  findings_free(own);
  return ok;
}

bool ledger_fold(struct ledger *l, struct findings *fs) {
  struct arena *a = arena_new(0);
  struct taken *parts = NULL;
  size_t n = 0;
  os_close(l->part);
  l->part = -1;
  if (a == NULL) return no_memory(fs);
  str path = in_folder(l, STR(LEDGER_NAME), a);
  bool ok = path.p != NULL ? take_parts(l, a, &parts, &n, fs) : no_memory(fs);
  ok = ok && (n == 0 || fold_taken(l, path.p, parts, n, fs));
  for (size_t i = 0; i < n; i++) {
    if (ok) unlink(parts[i].path.p);
    os_close(parts[i].fd);
  }
  arena_free(a);
  return ok;
}
