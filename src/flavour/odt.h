/* Between the two halves of the odt flavour: nodes (odt.c) and parts (odt_parts.c). */
#ifndef FLAVOUR_ODT_H
#define FLAVOUR_ODT_H

#include "flavour/entries.h"
#include "flavour/flavour.h"

#define NS(name)  "urn:oasis:names:tc:opendocument:xmlns:" name ":1.0"
#define NS_TEXT   NS("text")
#define NS_TABLE  NS("table")
#define NS_OFFICE NS("office")
#define NS_STYLE  NS("style")
#define NS_DRAW   NS("drawing")
#define NS_SVG    NS("svg-compatible")
#define NS_FO     NS("xsl-fo-compatible")
#define NS_META   NS("meta")
#define NS_CHART  NS("chart")
#define NS_CONFIG NS("config")
#define NS_XLINK  "http://www.w3.org/1999/xlink"
#define NS_DC     "http://purl.org/dc/elements/1.1/"
#define NS_FIELD  "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0"
#define NS_LOEXT  "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"
#define NS_MANIFEST \
  "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\nhttp://openoffice.org/2001/manifest"

/* An entry of the manifest that belongs to an embedded object. */
struct odt_listed {
  str path, media;
};

/* A document property and its text; = before the name of one that a user defined. */
struct odt_value {
  str name, text;
};

struct odt_state {
  struct odt_value *values;
  size_t nvalues, values_cap;
  bool meta_known;
  size_t meta; /* entry of meta.xml */
  struct odt_listed *listed;
  size_t nlisted, listed_cap;
  struct flavour_part *parts;
  size_t nparts;
  size_t manifest, mimetype; /* entries */
  bool has_mimetype;
  const struct pack *pack;
  struct entries entries; /* that reports have otherwise */
  /* Addresses of pictures and objects: in what was taken out, and in what stayed. */
  str *out, *in;
  size_t nout, out_cap, nin, in_cap;
  str pictures; /* how the names of new pictures begin */
  uint64_t ncomments; /* of our own, put in so far */
};

/* odt_clean.c */
void odt_traces(xmlNode *root, struct traces *t);
enum personal odt_personal(const void *state, size_t entry, const xmlNode *n);
bool odt_beside(const void *state, size_t nth, size_t *entry);
bool odt_clean(void *state, size_t entry, xmlNode *root, bool *changed, struct findings *fs);
bool odt_clean_begin(void *state, struct findings *fs);
bool odt_clean_end(void *state, struct findings *fs);
/* odt_comment.c */
bool odt_forget(void *state, size_t entry, xmlNode *root, bool *changed);
bool odt_comment(void *state, const struct text_span *at, const str *lines, size_t n);
bool odt_comments_end(void *state, struct findings *fs);
/* odt_refs.c */
bool odt_reference(xmlNode *n, struct arena *a, str *name);
bool odt_sequence(xmlNode *n, struct arena *a, str *name, bool *plain);
const xmlNode *odt_named_text(xmlNode *n, struct arena *a, str *name);
xmlNode *odt_reference_text(xmlNode *n, bool alone);
bool odt_field_mark(const xmlNode *n);
/* odt_stale.c */
unsigned odt_stale(const xmlNode *root, struct arena *a);
bool odt_refresh(xmlNode *root, bool *changed);
bool odt_refresh_package(void *state, struct findings *fs);

/* Blanks beside a node that is taken out stay what they are; *normal is the last paragraph whose
 * white space was made what is seen, for it is done once. */
void odt_keep_blanks(xmlNode *n, xmlNode **normal);

/* The entry of the text of an embedded object that is referred to as `href`, or -1. */
ptrdiff_t odt_object(const struct odt_state *s, str href);
/* Reads the properties that fields show.  False: no memory. */
bool odt_find_sources(struct pack *p, struct arena *a, struct odt_state *s);
/* Fields and sections that are chosen or calculated by user fields. */
bool odt_in_paragraph(const xmlNode *n);
bool odt_is_condition(const xmlNode *n);
/* A formula as an expression; empty: it cannot be said.  *concerns: figures of the data stand in
 * it. */
str odt_expression(const struct adoption *a, str formula, bool *concerns);
bool odt_adopt_condition(const struct adoption *a, xmlNode *n);
/* Form fields and lists of entries (odt_forms.c): is n one, and the node behind it that is read next;
 * it is filled when the data know its name.  False: no memory. */
bool odt_is_form(const xmlNode *n);
bool odt_adopt_form(const struct adoption *a, xmlNode *n);
/* The filters that print as the data style of a field does (ODF 1.3 part 3, 16.29), empty for what is
 * shown as it is.  False: there are none. */
bool odt_filters_of(const xmlNode *field, struct arena *a, str *filters);
xmlNode *odt_find_style(xmlNode *styles, str family, str name);
/* A typed value in the cell of a paragraph would win over the text that is filled in. */
void odt_forget_value(xmlNode *paragraph);
/* Has it a format that shows something else than a text, and one of numbers that is understood? */
bool odt_has_format(xmlNode *cell);
bool odt_has_pattern(xmlNode *cell);
enum cell_state odt_unfilled_cell(xmlNode *cell, struct arena *a, str *text, str *value);
str odt_cell_formula(xmlNode *cell, struct arena *a, str *typed);
bool odt_formula_range(xmlNode *cell, size_t nth, struct formula_range *out);
bool odt_is_named(const xmlNode *table, str name);
void odt_forget_result(xmlNode *cell);
bool odt_number_cell(xmlNode *mark, xmlNode *p, struct arena *a, struct number_cell *out);
bool odt_wanted(const void *state, size_t entry);
bool odt_adopt(const void *state, const struct adoption *a, xmlNode *story);
bool odt_tells(const void *state, size_t entry);
str odt_copy_name(str part, str mark, struct arena *a);
str odt_picture_name(const void *state, size_t nth, str ending, struct arena *a);
bool odt_with_additions(const void *state, const struct pack *p, ptrdiff_t entry, str name,
                        str bytes, const struct additions *add, struct buf *out);
bool odt_copied_along(const void *state, const struct pack *p, const struct part_copy *copy,
                      size_t nth, struct arena *a, size_t *entry, str *name);
bool odt_recognise(const struct pack *p);
bool odt_open(struct pack *p, struct arena *a, void **state, struct findings *fs);
bool odt_picture_alt(xmlNode *n, unsigned nth, struct frame_slot *out);
bool odt_picture_frame(xmlNode *n, struct arena *a, struct picture_frame *out, const char **why);
bool odt_put_length(struct buf *out, uint64_t emu, unsigned unit);

#endif
