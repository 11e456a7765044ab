/* Between the two halves of the odt flavour: nodes (odt.c) and parts (odt_parts.c). */
#ifndef FLAVOUR_ODT_H
#define FLAVOUR_ODT_H

#include "flavour/flavour.h"

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
  str manifest_bytes, mimetype_bytes; /* what they become; empty: as they are */
};

/* The entry of the text of an embedded object that is referred to as `href`, or -1. */
ptrdiff_t odt_object(const struct odt_state *s, str href);
/* Reads the properties that fields show.  False: no memory. */
bool odt_find_sources(struct pack *p, struct arena *a, struct odt_state *s);
/* Fields and sections that are chosen or calculated by user fields. */
bool odt_in_paragraph(const xmlNode *n);
bool odt_is_condition(const xmlNode *n);
bool odt_adopt_condition(const struct adoption *a, xmlNode *n);
xmlNode *odt_find_style(xmlNode *styles, str family, str name);
/* A typed value in the cell of a paragraph would win over the text that is filled in. */
void odt_forget_value(xmlNode *paragraph);
bool odt_number_cell(xmlNode *mark, xmlNode *p, struct arena *a, struct number_cell *out);
bool odt_wanted(const void *state, size_t entry);
bool odt_adopt(const void *state, const struct adoption *a, xmlNode *story);
bool odt_tells(const void *state, size_t entry);
str odt_copy_name(str part, str mark, struct arena *a);
bool odt_with_additions(const void *state, const struct pack *p, size_t entry, str bytes,
                        const struct additions *add, struct buf *out);
bool odt_copied_along(const void *state, const struct pack *p, const struct part_copy *copy,
                      size_t nth, struct arena *a, size_t *entry, str *name);
bool odt_recognise(const struct pack *p);
bool odt_open(struct pack *p, struct arena *a, void **state, struct findings *fs);

#endif
