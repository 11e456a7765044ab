/* Between the rooms of the compiler: the state of one part while it becomes a program.
 *
 *   clean   tells of comments, tracked changes and names, or takes them out
 *   stale   looks for contents pages and the like
 *   adopt   lets fields of the office programs give way to tags
 *   walk    finds stories, paragraphs and tags, and puts an anchor for each tag into the tree
 *   near    tells of what was meant as a tag and is none
 *   place   pairs openers with closers and moves their anchors to where they work
 *   tidy    removes what held only control tags, and keeps cells, bodies and tables legal
 *   resolve reads and binds the expressions, scope by scope; rows that repeat by themselves; ids
 *   cut     writes the tree and cuts it at the anchors; shows says what text stands where
 *
 * An anchor is a processing instruction whose content is the number of a mark.
 */
#ifndef TEMPLATE_COMPILE_H
#define TEMPLATE_COMPILE_H

#include "template/program.h"
#include "template/scan.h"
#include "template/tag.h"

struct para;
struct references;

struct tag {
  const struct native *native; /* the field that it is, or NULL: it was typed */
  str typed;                   /* with its braces */
  str inner;                   /* between them, as typed */
  str folded;                  /* the inside, folded */
  const size_t *map;
  enum tag_kind kind;
  str text;          /* folded expression or name */
  size_t from, to;   /* in the paragraph's text */
  size_t name_at;    /* where its name begins */
  struct para *para; /* NULL: in an attribute */
  struct place *place;
  xmlNode *anchor;
  /* of openers, after pairing: */
  struct tag *closer, *next_else;
  bool inline_pair;
  bool row_loop; /* repeats whole rows */
  str behind;
  uint32_t field; /* index + 1, after cutting */
};

struct piece_at {
  xmlNode *node; /* text node, or an element that stands for characters */
  size_t from, n;
  bool cut;      /* a tag was taken out of it */
  xmlNode *rest; /* what stood behind that, when no anchor is between */
};

/* A paragraph with its joined text. */
/* Where a native stands in the text of its paragraph. */
struct native_at {
  const struct native *native;
  size_t from, to;
};

struct para {
  xmlNode *node;
  struct place *place;
  str text;
  struct piece_at *pieces;
  size_t npieces;
  struct tag **tags;
  size_t ntags;
  struct native_at *natives;
  size_t nnatives;
  uint32_t number; /* from 1 among those of its part, when they were counted */
  bool content;    /* holds more than text */
  bool controls;   /* nothing but control tags, comments and blanks */
  bool may_vanish; /* its inline choices are all there is in it */
};

struct story_of {
  xmlNode *node;
  struct para **paras;
  size_t n, cap;
};

enum mark_kind {
  MARK_VALUE,
  MARK_EACH,
  MARK_TEST,
  MARK_ELSE,
  MARK_ELIF, /* a MARK_ELSE that tests */
  MARK_END,
  MARK_NOTE,
  MARK_NOTE_END,
  MARK_SLOT,
  MARK_SLOT_TEST, /* with MARK_END behind what it guards */
  MARK_LOOK,      /* with MARK_END */
  MARK_SEEN,
  MARK_LIST_NEW,
  MARK_MERGE_RESET,
  MARK_MERGE,
  MARK_MERGE_TEST, /* with MARK_ELSE and MARK_END */
  MARK_MERGE_HOW,
  MARK_SPAN,
  MARK_SPAN_ROW,
  MARK_ROWS_NEW,
  MARK_ROW,
  MARK_RANGE_NEW,
  MARK_RANGE_ROW,
  MARK_RANGE,
  MARK_IDENT,
  MARK_NOTE_REF,
  MARK_PART_REF,
  MARK_NOTE_ID,
  MARK_PICTURE, /* with MARK_END behind the picture */
  MARK_PICTURE_SLOT,
  MARK_LINK_TEXT,
  MARK_LINK_VALUE,
  MARK_LINK,
  MARK_LINK_REF,
  MARK_CAPTION
};

struct mark {
  enum mark_kind kind;
  struct tag *tag;           /* of values and control tags */
  const struct expr *e;      /* bound */
  const struct scope *scope; /* of the items of MARK_EACH */
  const struct scope *within; /* where a value or a condition stands */
  bool section;
  const struct form *form;
  uint32_t a, b; /* as in the op */
  const struct place *place;
};

/* A name that ends in _number: the highest number of its base. */
struct used_name {
  unsigned space;
  str base;
  uint32_t most;
};

struct compile {
  struct template *t;
  const struct flavour_part *info;
  struct xml xml;
  struct findings *fs;
  struct arena *arena; /* the template's */
  struct scan_marks marks_around;
  struct place place; /* running place while walking */
  unsigned headings;
  struct story_of **stories;
  size_t nstories, stories_cap;
  struct mark **marks; /* by number */
  size_t nmarks, marks_cap;
  char pi[16];       /* target of the anchors: does not occur in the part */
  char attr_mark[4]; /* noncharacter (UTF-8) around numbers in attributes */
  struct program *program;
  size_t idents_cap, note_refs_cap, merges_cap;
  size_t pictures_cap, picture_slots_cap, links_cap, link_texts_cap;
  xmlNode **merge_cells; /* by merge */
  xmlNode **merge_rows;
  size_t nmerge_cells, merge_cells_cap, nmerge_rows, merge_rows_cap;
  struct formulas **tables; /* those in cells before those around them */
  struct formulas *loose;   /* one of them, without a table, or NULL */
  size_t ntables, tables_cap, ranges_cap;
  struct references *references;
  bool changed;           /* the tree is not what it was */
  bool broken;            /* the walk failed: pairs are looked for, but nothing is moved any more */
  bool unpaired;          /* what cannot be read as a tag may be half of a pair */
  struct used_name *used; /* sorted; names that copies must not get */
  size_t nused;
};

struct mark *compile_mark(struct compile *c, enum mark_kind kind, uint32_t *number);
/* A new anchor node for mark `number`; not linked. */
xmlNode *compile_anchor(struct compile *c, uint32_t number);
/* The mark of an anchor, or NULL when n is none. */
struct mark *compile_mark_of(const struct compile *c, const xmlNode *n);
/* A copy of the running place in the arena. */
struct place *compile_place(struct compile *c, const struct place *p, str tag);
bool compile_no_memory(struct compile *c);
/* Puts a numbered mark into an attribute's value at [from, to). */
bool compile_mark_attr(struct compile *c, xmlAttr *attr, size_t from, size_t to, uint32_t number);

/* What people left in a tree is told, or taken out with --clean; *changed when it was. */
bool clean_tree(struct template *t, size_t entry, xmlNode *root, bool *changed,
                struct findings *fs);
/* The same in a part that has no program. */
bool clean_look(struct template *t, size_t entry, struct findings *fs);
/* Before and after all parts. */
bool clean_begin(struct template *t, struct findings *fs);
bool clean_end(struct template *t, struct findings *fs);
/* What reports go out with. */
bool clean_tell(struct template *t, struct findings *fs);

/* Contents pages and the like: what the part holds of them, and, where it is the place, that the
 * program which opens the report is asked to make them anew. */
bool stale_tree(struct compile *c);
/* After all parts: what was not refreshed is told. */
bool stale_settle(struct template *t, struct findings *fs);

/* Reads which ids and names the part has, before any of them is marked. */
bool ident_survey(struct compile *c);
/* The first number for copies of a name. */
uint32_t ident_start(const struct compile *c, unsigned space, str name);

/* Native fields of a story, or of the root of a part, become tags. */
bool adopt_node(struct compile *c, xmlNode *n);
/* Cells of a table that hold tags, and what in it calculates with cells. */
struct cell_at {
  unsigned row, column, nth; /* nth: as the cells of the row are counted, whatever they cover */
};

struct formula {
  str cells, typed; /* the cells it names: words as in cell_formula; the formula as it is shown */
  const struct place *place;
  unsigned nth;
  xmlNode *cell; /* whose own formula it is: the program calculates it anew; or NULL */
  size_t looked; /* at so many cells with tags */
  bool told;
  bool moving; /* it names rows which come several times, or not at all */
};

struct formula_row {
  xmlNode *row; /* may be gone */
  bool stands;  /* it is not */
  bool wide;    /* one of its cells takes several columns */
};

/* A table as it was read. */
struct formulas {
  xmlNode *table;
  bool stands; /* it is still in the tree */
  struct formula_row *rows;
  size_t nrows, rows_cap;
  unsigned steady; /* so many rows from the top come once, at their place */
  unsigned nth;    /* the running cell of its row */
  bool told;       /* that results are left to the program */
  struct cell_at *tags;
  size_t ntags, tags_cap;
  struct formula *items;
  size_t n, cap;
};

/* A table that is walked, and its next row.  NULL, false: no memory. */
struct formulas *formula_table(struct compile *c, xmlNode *table);
bool formula_row(struct compile *c, struct formulas *f, xmlNode *row);
/* It has been walked. */
bool formula_keep(struct compile *c, struct formulas *f);
void formula_next_cell(struct formulas *f, bool wide);
/* A tag stands at the running place, or several in a table of its cell. */
bool formula_tag(struct compile *c, struct formulas *f);
/* A field that calculates (f NULL: in no table); a cell, which may. */
bool formula_add(struct compile *c, struct formulas *f, const struct tag *t);
bool formula_cell(struct compile *c, struct formulas *f, xmlNode *cell);
/* When all loops are where they work: what becomes of the results.  Findings where one would be the
 * old one, or of other cells.  False: no memory. */
bool formula_part(struct compile *c);

/* Which rows of the template a range of cells (B3, B3:C9) names. */
struct formula_rows {
  unsigned first, last;
  bool one_row, pair; /* pair: it has two ends */
};

struct formula_rows formula_rows_of(str cells);

/* Reads which rows stand, and how many are steady; all of them: UINT_MAX.  False: no memory. */
bool ranges_steady(struct compile *c, struct formulas *f);
/* Follows the rows of formulas that are moving.  False: findings. */
bool ranges_part(struct compile *c);
/* A tag with that inside, between the braces in force. */
str adopt_tag(const struct compile *c, str inside);
bool walk_part(struct compile *c);
/* The joined text of a paragraph, in the arena. */
bool walk_text(struct compile *c, xmlNode *paragraph, str *text);
/* Does each step of the name stand somewhere in the data? */
bool compile_leads(const struct compile *c, str name);
/* The place of text[from, to), with what stands around it; in an attribute (p NULL) that is not what
 * is seen, and left out. */
struct place walk_place(const struct compile *c, const struct para *p, str text, size_t from,
                        size_t to);
/* Tells what looks like a tag in the text of a paragraph, but is none. */
void near_look(struct compile *c, const struct para *p);
/* A tag that begins at f and has no end; p may be NULL.  False, with a finding that says why. */
bool near_broken(struct compile *c, const struct para *p, str text, const struct scan_found *f);
/* Tags in deleted text: nothing is filled there. */
void near_deleted(struct compile *c, const xmlNode *n);
/* All tags of a text that is no paragraph's. False: findings. */
bool walk_scan(struct compile *c, str text, struct tag ***tags, size_t *n);
/* A picture that stands for another. */
bool picture_walk(struct compile *c, xmlNode *n);
/* Its tag is bound: the alternative text of what is shown. */
void picture_bound(struct compile *c, const struct mark *m, const struct scope *scope);
/* A link with tags in its address. */
bool link_walk(struct compile *c, xmlNode *n);
/* Does the mark print a value where it stands? */
bool compile_prints(const struct mark *m);
/* Does it begin or end a range of what is repeated, chosen or left out?  MARK_ELSE does neither. */
bool compile_opens(enum mark_kind k);
bool compile_closes(enum mark_kind k);
bool place_part(struct compile *c);
/* Only reads what kind each tag is. */
bool place_kinds(struct compile *c);
/* Before rows vanish: cells that cover rows which are repeated or chosen count them. */
bool span_part(struct compile *c);
bool tidy_part(struct compile *c);
bool tidy_guard(struct compile *c);
/* Do the bound tags speak of the items that the part stands in (`root` and around it)? */
bool resolve_depends(const struct compile *c, const struct scope *root);
bool resolve_part(struct compile *c, const struct scope *root);
/* Numbers of captions count what is repeated and chosen.  False: no memory. */
bool sequence_fill(struct compile *c);
/* Cross-references to texts of the part: found before ids become instructions, filled when the
 * values are bound. */
bool reference_find(struct compile *c);
bool reference_fill(struct compile *c);
/* Do some of those that were found lead to texts of the parts before? */
bool reference_wanted(struct compile *c);
/* Columns of repeated rows whose equal neighbours are merged. */
bool merge_add(struct compile *c, xmlNode *anchor, xmlNode *row, const struct expr *e,
               const struct tag *t);
bool merge_part(struct compile *c);
/* Numbered lists that stand inside of repeated parts begin anew. */
bool lists_part(struct compile *c);
bool cut_part(struct compile *c);
/* Of a part that is only scanned: its program knows its text. */
bool cut_scanned(struct compile *c);
/* A part in which nothing is filled: a program that only shows its text. */
bool cut_still(struct compile *c);

/* What is shown at which offset of the bytes, which begin with the root at `from`; in the order of
 * the text.  Nothing when nobody asks for it. */
struct show_at {
  size_t at;
  struct show show;
};
bool shows_read(struct compile *c, str bytes, size_t from, struct show_at **out, size_t *n);

/* Halves of pairs of marks whose other half is outside of [from, to) go outside of [begin, end]. */
bool edges_settle(struct compile *c, xmlNode *from, xmlNode *to, xmlNode *begin, xmlNode *end);
/* The same for each branch of a pair of tags. */
bool edges_settle_pair(struct compile *c, const struct tag *open);
/* Breaks at the edges of the items of a loop. */
bool edges_breaks(struct compile *c, const struct mark *m);

/* Ids of a node in a repeated part become instructions. */
bool refs_idents(struct compile *c, xmlNode *n);
/* A reference to a note or comment that is chosen or repeated. */
bool refs_note(struct compile *c, xmlNode *n, const struct scope *scope);
/* A reference to a header, footer or chart. */
bool refs_part(struct compile *c, xmlNode *n, const struct scope *scope, bool repeated);

/* A new id instruction; NULL: no memory. */
struct ident_op *compile_ident(struct compile *c, uint32_t *index);

/* n itself or the nearest element around it of that kind, or NULL. */
xmlNode *compile_up(const struct compile *c, xmlNode *n, enum kind kind);

#endif
