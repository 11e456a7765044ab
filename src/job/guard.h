/* What stands under the name of a report already: may it be replaced, and need it be?
 *
 * Judged by hashes against the run record, never by times.  A report that somebody edited since it
 * was filled is replaced with --discard-edits only.
 */
#ifndef JOB_GUARD_H
#define JOB_GUARD_H

#include "data/data.h"
#include "job/choose.h"
#include "job/fill.h"
#include "job/ledger.h"
#include "render/render.h"

/* One run into one folder. */
struct guard {
  const struct fill_job *job;
  struct ledger *ledger;
  const struct names *names;
  struct ledger_run run;
  struct digest_hex template, settings, namehash;
  bool reloaded; /* for the report at hand */
};

/* A report at hand: what it is made of, and whether it is written. */
struct guarded {
  struct guard *g;
  const char *path;
  struct ledger_entry entry; /* as it will be; without hash and time */
  struct digest_hex record, made, hash, found;
  struct arena *a;     /* of the record at hand */
  enum pack_mode mode; /* of the report */
  struct pack_gate gate;
  bool same; /* what would be written is there already */
};

enum guard_word { GUARD_WRITE, GUARD_SAME, GUARD_REFUSED };

/* Reads the record of the folder of all reports (subjects->folder).  False: findings; then nothing
 * is written.  The template's bytes are those that were compiled. */
bool guard_open(struct guard *g, const struct fill_job *job, const struct subjects *s,
                struct template *t, struct data *d, struct arena *a, struct findings *fs);
void guard_close(struct guard *g);

/* Before a report is written, with its record surveyed: GUARD_SAME, it need not be (with --resume;
 * there may be notes); GUARD_REFUSED, it may not be (findings).  With GUARD_WRITE it goes through
 * x->gate, which judges again once the report is whole; `x->same` then says that it was not needed
 * after all. */
enum guard_word guard_look(struct guard *g, struct guarded *x, const struct subject *s,
                           const struct val *root, struct render *r, bool forced, struct arena *a,
                           struct findings *fs);
/* After all reports, in the first process: makes the record whole. */
bool guard_end(struct guard *g, struct findings *fs);

#endif
