/* The machine: one run of a program over a record, as survey or as emit.
 *
 * Both runs execute the same instructions in the same order; only what they do with them
 * differs.  A run can stop between two instructions and go on later.
 */
#ifndef RENDER_MACHINE_H
#define RENDER_MACHINE_H

#include "render/extras.h"
#include "render/shown.h"
#include "template/program.h"
#include "value/val.h"

/* What a loop stands at. */
struct running {
  struct val over;      /* the list or object it runs over */
  struct cursor cursor; /* when it is a list */
  struct arena *arena;  /* of `over`, when it was calculated, and of `order` */
  size_t *order;        /* which items are shown; NULL: all of them as they come */
  bool open;
};

/* A copy of a note: its id, and the items its reference stood at. */
struct instance {
  uint64_t id;
  uint32_t use;         /* of copies of parts: the reference that made it */
  const uint32_t *path; /* by depth, from 1 */
};

struct instances {
  struct instance *items;
  size_t n, cap, emitted, again;
};

/* What became of a region.  There may be many for each row of a table, so it is a byte. */
enum look {
  LOOK_SEEN = 1, /* something is seen in it */
  LOOK_EMPTY,    /* nothing, and it holds no regions or spans */
  LOOK_SKIPPED   /* nothing; its struct skip says what comes behind it */
};

struct skip {
  uint32_t look;     /* its region */
  uint32_t end;      /* index of the first region behind it */
  uint32_t span_end; /* and of the first span */
};

/* Where a part begins in what the survey found. */
struct part_start {
  uint64_t numbers[FLAVOUR_SPACES];
  size_t looks, skips, spans, runs;
};

/* Made by the survey, read by emit. */
struct effects {
  struct arena *arena;
  struct instances *notes; /* by note of the template */
  struct buf looks;        /* an enum look for each region; kept from record to record */
  struct skip *skips;      /* in the order in which their regions end */
  size_t nskips, skips_cap;
  struct list_copy *lists; /* numbered lists that begin anew */
  size_t nlists, lists_cap;
  uint32_t *spans; /* rows that each covers */
  size_t nspans, spans_cap;
  uint32_t *runs; /* rows of each merged cell */
  size_t nruns, runs_cap;
  struct instances *copies;  /* by part: of those that exist once per item */
  struct part_start **parts; /* by part, by copy */
  uint64_t next_note;
  size_t ninstances;
  struct extras extras;
};

/* Shared by the runs over one record. */
struct stage {
  struct template *t;
  struct frame *frames; /* by depth */
  struct running *levels;
  struct arena *scratch;
  struct memo *memo;
  bool explain; /* expr.h */
  struct shown *shown; /* who is told of the text that is shown; NULL: nobody */
  const struct seeker *seeker; /* NULL: nobody asks for missing figures */
  struct effects effects;
};

struct slot {
  uint32_t owner; /* index of the ident that filled it */
  uint32_t copy;  /* 0: the first */
  uint64_t number;
};

/* A column whose equal neighbours are merged. */
struct merging {
  struct buf last;       /* survey: the text of the row above */
  bool any;              /* there is a row above */
  bool begins;           /* a cell begins in this row */
  uint32_t run;          /* survey: index of the running cell */
  uint32_t length, left; /* emit: rows of the cell; those to come */
};

/* The first and the last of the rows that a range has come to; 0: none. */
struct rows_of {
  uint32_t first, last;
};

struct machine {
  struct stage *s;
  const struct program *p;
  size_t part, copy;
  bool survey;
  bool blank; /* nobody refers to the part in this record: nothing is filled in */
  struct shown *tells; /* survey: the text that is shown is told; or NULL */
  size_t pc;
  unsigned depth; /* frames that are in use, the root included */
  struct buf out;
  uint64_t written; /* bytes so far */
  uint64_t numbers[FLAVOUR_SPACES];
  uint32_t *ident_count; /* by ident: copies made */
  uint64_t *counts; /* of captions */
  struct slot *slots;
  uint32_t *blocks; /* by SLOT */
  uint32_t *looks;  /* by region: index in effects */
  uint32_t *spans;  /* by span: index in effects */
  uint32_t *tallies;      /* by table whose rows are counted */
  struct rows_of *ranges; /* by range */
  size_t next_look, next_skip, next_span, next_run;
  struct merging *merges;
  size_t note_at;  /* copy of the running note */
  uint32_t *shown; /* by picture: its photo + 1, or 0 for the template's own */
  struct buf address;
  bool address_begins; /* with a value */
  uint32_t *targets;   /* by link: number of its address */
  struct buf *made;    /* by link: its address */
  struct findings *fs;
};

/* Memory for a run over a copy of a part (0: the template's own); survey or emit. False: no
 * memory. */
bool machine_init(struct machine *m, struct stage *s, size_t part, size_t copy, bool survey,
                  struct findings *fs);
void machine_free(struct machine *m);
/* Back to the first instruction. False: findings. */
bool machine_start(struct machine *m);
/* Runs until the part is complete or `enough` bytes stand in m->out; *done tells.  The survey
 * runs to the end.  False: findings. */
bool machine_run(struct machine *m, size_t enough, bool *done);

/* ---- for extras.c ---- */

bool machine_put(struct machine *m, str s);
bool machine_no_memory(struct machine *m);
/* Evaluates a field, from an empty scratch arena. */
struct eval machine_eval(struct machine *m, const struct field *f);
/* The value of an expression is missing: the survey says so. True: --missing takes it. */
bool machine_missing(struct machine *m, const struct expr *e, const struct eval *ev);
/* A finding about the value of a field, with where the data have it. */
bool machine_complain(struct machine *m, enum code code, const struct field *f,
                      const struct result *r, str a, str b);

#endif
