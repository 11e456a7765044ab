/* The run record (填报记录): what was written into a folder, of what, and what it was.
 *
 * It lies beside the reports as 填报记录.json.  While a run is at work each of its processes adds
 * to a part of its own, a hidden file; parts are folded into the record when the run ends, or by a
 * later run when it was killed.  tianbao(1) describes the file.
 */
#ifndef JOB_LEDGER_H
#define JOB_LEDGER_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/finding.h"

/* Version of the file; one that is newer is refused. */
enum { LEDGER_SCHEMA = 1 };

struct ledger_option {
  str name, value;
};

/* What several reports have in common.  Paths are relative to the folder of the record, or begin
 * at the root. */
struct ledger_run {
  str id; /* of its content: two runs that are alike are one */
  str template;
  str *data, *last; /* last: the data of the year before */
  size_t ndata, nlast;
  struct ledger_option *options; /* those of the command line that were given */
  size_t noptions;
};

/* A picture that the data named, and the SHA-256 of its file. */
struct ledger_picture {
  str file, hash;
};

/* One report.  Hashes are SHA-256. */
struct ledger_entry {
  str name;     /* path below the folder of the record */
  str hash;     /* of the report's bytes */
  str replaced; /* of those that it was to take the place of, ours too; or empty */
  str time;     /* UTC, 2026-11-25T08:15:30.123456Z */
  str program;  /* and its version */
  str run;      /* id of its ledger_run */
  str township; /* or empty */
  str template; /* of the template's bytes */
  str record;   /* of the record's values (job/made.h) */
  str made;     /* of all that the report's bytes come from */
  struct ledger_picture *pictures;
  size_t npictures;
  bool forced; /* rules were broken, and --force-checks was given */
};

struct ledger {
  struct arena *arena;
  str folder;                   /* of the record: empty, or ending in a slash */
  struct ledger_entry *entries; /* sorted by name */
  size_t n, cap;
  struct ledger_run *runs; /* sorted by id */
  size_t nruns, runs_cap;
  uint64_t state;               /* of the files that were read, without those of this run */
  struct buf folder_text, stem; /* stem: what the names of the parts of this run begin with */
  int part;                     /* of this process; -1: none yet */
  struct buf part_path;
};

#define LEDGER_NAME "填报记录.json"

/* Reads the record of a folder and its parts; where there is none it is empty.  NULL: findings. */
struct ledger *ledger_open(str folder, struct findings *fs);
void ledger_close(struct ledger *l);
/* Reads again what other runs have added meanwhile; then entries that were found before are gone. */
bool ledger_reload(struct ledger *l, struct findings *fs);
const struct ledger_entry *ledger_find(const struct ledger *l, str name);
const struct ledger_run *ledger_run(const struct ledger *l, str id);
/* Adds an entry to the part of this process, and the run when it is the first one; the folder must
 * be there.  It outlives this process then.  Memory of `l` is not touched but for the part. */
bool ledger_append(struct ledger *l, const struct ledger_run *run, const struct ledger_entry *e,
                   struct findings *fs);
/* Folds all parts that no process is adding to into the record. */
bool ledger_fold(struct ledger *l, struct findings *fs);
/* The present time as entries have it. */
str ledger_time(struct arena *a);

/* ---- ledger_text.c: the file ---- */

/* Adds what a file says to `l`; of one entry the later one counts.  `part`: its end is missing, and
 * its last line perhaps, too.  False: findings. */
bool ledger_read(struct ledger *l, const char *path, struct buf *bytes_take, bool part,
                 struct findings *fs);
/* The beginning, up to the first entry; each entry is a line that begins with `,` but for the
 * first; the end. */
void ledger_put_head(struct buf *out, const struct ledger_run *runs, size_t n);
void ledger_put_entry(struct buf *out, const struct ledger_entry *e, bool first);
void ledger_put_end(struct buf *out);
/* What makes a run what it is: the text of all but its id. */
void ledger_put_run(struct buf *out, const struct ledger_run *r, bool with_id);

#endif
