/* The text that a report shows, paragraph by paragraph, while its record is surveyed.
 *
 * A paragraph is handed to the listeners when it is complete, and is forgotten then: memory does
 * not grow with what is shown.  Without listeners nothing of this happens.
 */
#ifndef RENDER_SHOWN_H
#define RENDER_SHOWN_H

#include "template/template.h"
#include "value/val.h"

struct eval;
struct expr;
struct field; /* template/program.h */
struct program;
struct result;

/* Literal text of the template, or one printed value. */
struct shown_piece {
  str text;
  size_t from;                     /* where it begins in what is held */
  const struct field *field;       /* NULL: literal */
  bool missing;                    /* nothing was there; what --missing prints */
  const struct val_source *source; /* of the value; NULL: calculated, or literal */
  uint64_t at;                     /* in the source */
  uint64_t serial;                 /* which of the values of the report, from 1 */
};

struct shown;

struct shown_paragraph {
  str text;
  const struct shown_piece *pieces;
  size_t n;
  const struct place *typed; /* its place in the template; NULL: it has none */
  enum story story;
  bool heading, in_table;
  const struct shown *by; /* for shown_place */
};

struct shown_listener {
  void *ctx;
  /* The paragraph and all in it last as long as the call. False: findings, or no memory. */
  bool (*paragraph)(void *ctx, const struct shown_paragraph *p);
  /* A value is about to be printed; the frames stand as for its tag. May be NULL. */
  bool (*value)(void *ctx, const struct field *f, const struct eval *ev, uint64_t serial);
};

/* Where the data have the value of a piece; false: it is calculated, or literal. */
bool shown_origin(const struct shown_piece *piece, struct arena *a, struct origin *out);
/* The place of the paragraph at hand in the report, in the words of a template's place: rows are
 * counted as they were repeated.  `file` names the report. */
void shown_place(const struct shown *s, str file, struct place *out);

/* What a field is made of: its expression, the tag as typed, and its place in the template. */
const struct expr *shown_expr(const struct field *f);
str shown_tag(const struct field *f);
const struct place *shown_typed(const struct field *f);

/* ---- for the machine ---- */

/* Listeners are borrowed. NULL: no memory. */
struct shown *shown_new(const struct template *t, const struct shown_listener *l, size_t n);
void shown_free(struct shown *s);
/* Another record. */
void shown_begin(struct shown *s);
/* A part, or another copy of it. */
void shown_part(struct shown *s, size_t part, const struct program *p);
/* What instruction `op` shows by itself. False: no memory. */
bool shown_op(struct shown *s, size_t op);
/* A value is printed in the paragraph at hand; `r` as evaluated. */
bool shown_value(struct shown *s, const struct field *f, const struct eval *ev,
                 const struct result *r, bool missing, str text);
/* A region begins; it ends, and nothing was seen in it, so it is not in the report. */
bool shown_look(struct shown *s, uint32_t region);
void shown_unseen(struct shown *s, uint32_t region);

#endif
