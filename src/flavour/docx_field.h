/* One field of Word while a story is adopted: where it stands, what its code says, and how something
 * is put in its place.
 *
 * Shared by docx_fields.c, which decides what becomes of each field, docx_choices.c, which says
 * conditions and calculations in the template language, and docx_include.c, which makes placeholders of
 * the pictures of INCLUDEPICTURE.
 */
#ifndef FLAVOUR_DOCX_FIELD_H
#define FLAVOUR_DOCX_FIELD_H

#include "base/buf.h"
#include "flavour/docx.h"
#include "flavour/field_code.h"

enum { MAX_NESTED = 32, INNERS = CODE_INNERS - 1 };

struct docx_field {
  size_t index;                    /* among those of the story, in the order in which they begin */
  xmlNode *begin, *separate, *end; /* fldChar; of a fldSimple begin and end are the element */
  bool simple;
  struct docx_field *outer;
  bool in_code; /* stands in the code of outer, not in its result */
  struct buf text;
  struct field_code code;
  struct docx_field *inner[INNERS]; /* those in the code */
  size_t ninner;
  bool odd;  /* more than text and fields stands in the code */
  bool done; /* filled, or gone with the field around it */
};

struct docx_fields {
  const struct adoption *a;
  const struct docx_state *state;
  xmlNode *story;
  struct docx_field **fields;
  size_t n, cap;
  struct docx_field *open[MAX_NESTED];
  size_t depth;
  str *bookmarks; /* that a condition may name; once they are known */
  size_t nbookmarks, bookmarks_cap;
  bool bookmarks_known;
  bool failed; /* no memory */
};

struct docx_writer {
  struct docx_fields *r;
  struct docx_field *f;
  xmlNode *at;     /* before this node */
  xmlNode *format; /* a run of that formatting */
};

/* What the switches of a code say. */
struct docx_switches {
  str filters, before, behind;
  const char *wrong; /* why the field cannot be filled, or NULL */
};

extern const char *const docx_field_over_paragraphs, *const docx_field_no_format;

/* Reads the fields of r->story and their codes; r->failed: no memory. */
void docx_field_read(struct docx_fields *r);
void docx_field_free(struct docx_fields *r);

/* The run of a node, or NULL. */
xmlNode *docx_field_run(xmlNode *n);
/* From here on its run begins with n; what stood before it is a run of its own. */
bool docx_field_begin_run(xmlNode *n);
/* The run whose formatting the result has. */
xmlNode *docx_field_format(const struct docx_fields *r, const struct docx_field *f);
/* Is it a mark, such as the end of a bookmark, which stays where a field or its result goes? */
bool docx_field_keeps(const xmlNode *n);
/* Takes out what the runs hold from `from` to before `to`; marks between the runs stay. */
void docx_field_clear(const struct docx_fields *r, xmlNode *from, const xmlNode *to);
bool docx_field_whole(const struct docx_field *f); /* in one paragraph, with an end */

/* Begins to write in the place of a field; false: there is no place. */
bool docx_field_start(struct docx_fields *r, struct docx_field *f, struct docx_writer *w);
/* Put a node before w->at, in a run of that formatting; w->r->failed: no memory. */
void docx_field_put_native(struct docx_writer *w, struct native n);
void docx_field_put_text(struct docx_writer *w, str s);
/* The field and all in it are dealt with. */
void docx_field_finish(struct docx_fields *r, struct docx_field *f);
/* Takes the field out, with its code and result. */
void docx_field_remove(const struct docx_fields *r, struct docx_field *f);
/* The field stays, and what stands before it says why nothing can be filled. */
void docx_field_refuse(struct docx_fields *r, struct docx_field *f, const char *why);
/* What a finding calls it: the beginning of its code, in the arena. */
str docx_field_typed(const struct docx_fields *r, const struct docx_field *f);

/* The switches of its code; the strings live in the arena or in the code. */
struct docx_switches docx_field_switches(const struct docx_field *f, struct arena *a);
/* The name in a code; a name in braces is meant as it stands between them. */
str docx_field_name(const struct docx_fields *r, const struct docx_field *f);
/* DOCPROPERTY or DOCVARIABLE, and the fields that are called as the property they show. */
bool docx_field_is_property(const struct docx_field *f);
bool docx_field_is_builtin(const struct docx_field *f);
/* The property that a field shows; false: there is none.  *name: where the code names one. */
bool docx_field_source(const struct docx_fields *r, const struct docx_field *f, str *name,
                       str *text);
/* MERGEFIELD; = … */
bool docx_field_is_merge(const struct docx_field *f);
/* Does it give way to a value of the record? */
bool docx_field_is_value(const struct docx_fields *r, const struct docx_field *f);
bool docx_field_is_formula(const struct docx_field *f);
/* Does the field, or one in its code, show a figure of the data? */
bool docx_field_shows_data(const struct docx_fields *r, const struct docx_field *f);
/* Puts the value of a field that is one, with what its switches say. */
void docx_field_put_value(struct docx_writer *w, const struct docx_field *f);

/* Takes the code out of a field that was refused, so that nothing in it is told again. */
void docx_field_forget_code(struct docx_fields *r, struct docx_field *f);

/* What a field in a condition, calculation or path stands for; empty: it cannot be said. */
str docx_field_operand(const struct docx_fields *r, const struct docx_field *inner);
/* IF (docx_choices.c): gives way to the choice, is refused, or stays as Word's own business. */
void docx_field_adopt_choice(struct docx_fields *r, struct docx_field *f);
/* A calculation with figures of the data, or a constant one, gives way to an expression or is
 * refused. */
void docx_field_adopt_calculation(struct docx_fields *r, struct docx_field *f);
/* Is it a calculation with nothing but whole numbers (= 2 * 3)? */
bool docx_field_is_constant(const struct docx_fields *r, const struct docx_field *f);

/* INCLUDEPICTURE (docx_include.c). */
bool docx_field_is_include(const struct docx_field *f);
/* The picture that it shows becomes a placeholder and the field goes, is refused, or stays. */
void docx_field_adopt_include(struct docx_fields *r, struct docx_field *f);
/* Within a text that is chosen; what is wrong with it, or NULL. */
const char *docx_field_put_include(struct docx_writer *w, struct docx_field *f);

#endif
