/* Programs: what a part of a template has become.
 *
 * A flat list of instructions over literal bytes.  Beside its bytes a program knows its text:
 * every paragraph with its place, and the pieces of text and fields it is made of.
 */
#ifndef TEMPLATE_PROGRAM_H
#define TEMPLATE_PROGRAM_H

#include "expr/expr.h"
#include "flavour/flavour.h"
#include "template/tag.h"
#include "template/template.h"

enum op_kind {
#define OP(name, what) OP_##name,
#include "template/ops.def"
#undef OP
  OP_COUNT
};

struct op {
  uint32_t kind, a, b;
};

/* A value that is printed. */
struct field {
  const struct expr *e;
  const struct form *form;
  const struct place *place;
  str tag;    /* as typed, with braces */
  const struct scope *scope; /* where it stands */
  str kept;   /* the tag that stays for a missing value */
  str behind; /* visible text right behind it in its paragraph */
};

struct loop {
  const struct expr *e;
  const struct scope *scope; /* of its items */
  bool section;              /* # : an object or a true value counts as one item */
  const struct place *place;
  str tag;
};

struct condition {
  const struct expr *e;
  const struct scope *scope; /* where it stands */
  const struct place *place;
  str tag;
};

/* An id that copies must not share. */
struct ident_op {
  enum ident_kind kind;
  unsigned space;
  uint32_t slot;  /* where IDENT_SAME finds it */
  str first;      /* of the first copy */
  uint32_t start; /* the number behind the name of the second copy: name_2 */
};

/* A story of a notes part. */
struct note {
  size_t entry; /* of its part */
  str id;
  const struct scope *scope; /* where its reference stands; NULL: no reference */
  const struct place *place;
  const xmlNode *story, *again; /* while compiling: where its marks stand; the box's second copy */
};

struct note_op {
  uint32_t note;
  bool first; /* the first mark of its reference: makes the copy */
  bool again; /* in the second copy of a text box: speaks of the copies that are there */
};

/* A column of a repeated row in which equal neighbours become one cell. */
struct merge {
  const struct expr *e;
  const struct place *place;
  str tag;
  bool counts;   /* MERGE_HOW writes the number of rows; else restart or continue */
  uint32_t left; /* index + 1 of the merge at its left in the same row, or 0 */
};

/* A picture whose file is named by a value. */
struct picture_use {
  uint32_t field;
  uint64_t width, height; /* of its frame, EMU */
  size_t slots;           /* its first; they stand together */
};

/* What is written at one place of its markup. */
struct picture_slot {
  uint32_t picture;
  enum frame_kind kind;
  unsigned unit;
  bool attribute;
  str own, instead; /* when the template's picture stays; of FRAME_TEXT and FRAME_ALT, when not */
  str was, becomes; /* names of the attribute, when it is written too: with own, and else */
};

/* A link whose address is put together. */
struct link_use {
  const struct place *place;
  str tag;       /* the first in it */
  bool relation; /* the part refers to the address by a relationship */
  bool inside;   /* it is a place in the document, written without its # */
};

/* ---- what a program knows of its text ---- */

/* What stands in the bytes of a literal, for those who read the report while it is made. */
enum show_kind {
  SHOW_WORDS,     /* n bytes of `words` at offset a */
  SHOW_PARAGRAPH, /* begins; a: its number among `paragraphs` + 1, or 0; n: is it a heading? */
  SHOW_PARAGRAPH_END,
  SHOW_CELL, /* begins; a: columns that it takes */
  SHOW_ROW,
  SHOW_TABLE,
  SHOW_TABLE_END,
  SHOW_STORY, /* begins; a: enum story; n: is it counted among those of its kind? */
  SHOW_STORY_END
};

struct show {
  uint32_t kind, a, n;
};

struct piece {
  str text;       /* literal text, or the tag as typed */
  uint32_t field; /* index + 1 of the field it prints; 0: literal text or control */
  /* of tags: */
  bool tag;
  enum tag_kind kind;
  str said; /* its folded text behind the control word */
  const struct place *place;
};

struct paragraph {
  const struct place *place;
  struct piece *pieces;
  size_t n;
};

/* A range of cells in a formula: the rows are known when it is written. */
struct cell_range {
  str open, close, none; /* what is around it, and what stands for no row at all; as in the file */
  str column[2];         /* the letters of its ends */
  bool pair;             /* it has two ends */
  uint32_t table;        /* whose rows are counted */
  const struct place *place;
  str typed; /* the formula */
};

struct program {
  struct op *ops;
  size_t nops;
  struct buf bytes; /* literals */
  struct field *fields;
  size_t nfields;
  struct loop *loops;
  size_t nloops;
  struct condition *conditions;
  size_t nconditions;
  struct ident_op *idents;
  size_t nidents, nslots;
  size_t ncounts; /* names of captions that are counted */
  struct note_op *note_refs;
  size_t nnote_refs;
  struct merge *merges;
  size_t nmerges;
  struct picture_use *pictures;
  size_t npictures;
  struct picture_slot *picture_slots;
  size_t npicture_slots;
  struct link_use *links;
  size_t nlinks;
  str *link_texts; /* pieces of addresses */
  size_t nlink_texts;
  size_t nblocks, nregions; /* slots of SLOT, regions of LOOK */
  size_t nspans;            /* of SPAN */
  struct cell_range *ranges;
  size_t nranges, ntallies; /* ntallies: tables whose rows are counted */
  struct paragraph *paragraphs;
  size_t nparagraphs;
  /* With template_options.shows: those of instruction i are shows[op_shows[i]] up to, and
   * without, shows[op_shows[i + 1]].  NULL: not known. */
  struct show *shows;
  size_t nshows;
  uint32_t *op_shows;
  struct buf words;
};

/* A place that refers to a part which carries text. */
struct part_use {
  size_t entry, owner; /* of the part; of the part that refers to it */
  str from;            /* the reference as it stands in the template */
  const struct scope *scope;
  const struct place *place;
  bool repeated;
  ptrdiff_t part; /* index of the part, or -1: one in which nothing can be filled */
};

struct part {
  const struct flavour_part *info;
  struct program *program; /* NULL: copied as it is */
  struct program *still;   /* then, with template_options.shows: one that only shows its text */
  /* Its tags speak of items of a loop in which it is referred to: it exists once per item. */
  bool copied;
  const struct scope *scope; /* of these items */
  str apart;                 /* "_": between the names of the part and the number of a copy */
};

/* How many of each kind. */
struct stories {
  unsigned of[STORY_OTHER + 1];
};

struct known_text;

struct template {
  struct pack *pack;
  const struct flavour *flavour;
  void *state; /* the flavour's */
  struct arena *arena;
  const struct names *names;
  struct template_options options;
  struct part *parts; /* in the order of the survey */
  size_t nparts;
  struct note *notes;
  size_t nnotes;
  struct part_use *uses;
  size_t nuses, uses_cap;
  struct dropped_link *dropped;
  size_t ndropped, dropped_cap;
  struct known_text *texts; /* that references of later parts may show */
  size_t ntexts, texts_cap;
  uint64_t next_number[FLAVOUR_SPACES]; /* above every number in the template */
  uint64_t next_note;                   /* above every id of a note */
  unsigned depth;                       /* frames that any program needs */
  size_t ntags;
  bool scanned; /* only what stands in it is known: programs have no instructions */
  struct stories stories; /* counted so far */
  struct traces traces;   /* what reports go out with */
  unsigned stale;         /* enum stale: what stands in the text */
};

/* The program in readable form, for tests and the curious. */
bool program_dump(const struct template *t, const struct program *p, struct buf *out);

#endif
