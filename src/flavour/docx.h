/* Between the two halves of the docx flavour: nodes (docx.c) and parts (docx_parts.c). */
#ifndef FLAVOUR_DOCX_H
#define FLAVOUR_DOCX_H

#include "flavour/flavour.h"

/* Transitional and strict namespaces of one vocabulary (ECMA-376 parts 1 and 4). */
#define NS_W                                                       \
  "http://schemas.openxmlformats.org/wordprocessingml/2006/main\n" \
  "http://purl.oclc.org/ooxml/wordprocessingml/main"
#define NS_R                                                              \
  "http://schemas.openxmlformats.org/officeDocument/2006/relationships\n" \
  "http://purl.oclc.org/ooxml/officeDocument/relationships"
#define NS_WP                                                                \
  "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\n" \
  "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing"
#define NS_A                                                \
  "http://schemas.openxmlformats.org/drawingml/2006/main\n" \
  "http://purl.oclc.org/ooxml/drawingml/main"

/* A relationship of a part that carries text. */
struct docx_rel {
  size_t owner; /* entry of the part it belongs to */
  size_t rels;  /* entry of the relationships part */
  str id, type;
  bool inside; /* the target is in the package: */
  size_t target;
  str address; /* as written */
};

/* A list of numbering.xml (ECMA-376 part 1, 17.9.15). */
struct docx_num {
  str id, abstract;
};

/* A paragraph style that numbers. */
struct docx_style {
  str id, based_on, num, level;
};

struct docx_state {
  bool numbering_known;
  size_t numbering; /* entry */
  struct docx_num *nums;
  size_t nnums, nums_cap;
  struct docx_style *styles;
  size_t nstyles, styles_cap;
  uint64_t next_list;
  struct docx_rel *rels;
  size_t nrels, rels_cap;
  struct flavour_part *parts;
  size_t nparts;
  str ending;
  bool footnotes_known, endnotes_known, comments_known;
  size_t footnotes, endnotes, comments; /* entries */
  size_t types;                         /* entry of [Content_Types].xml */
  str types_bytes;                      /* what it becomes; empty: as it is */
};

/* The relationship of a part with this id, or NULL. */
const struct docx_rel *docx_rel_of(const struct docx_state *s, size_t owner, str id);
bool docx_tells(const void *state, size_t entry);
uint64_t docx_next_list(const void *state);
str docx_copy_name(str part, str mark, struct arena *a);
bool docx_with_additions(const void *state, const struct pack *p, size_t entry, str bytes,
                         const struct additions *add, struct buf *out);
bool docx_copied_along(const void *state, const struct pack *p, const struct part_copy *copy,
                       size_t nth, struct arena *a, size_t *entry, str *name);
bool docx_recognise(const struct pack *p);
bool docx_open(struct pack *p, struct arena *a, void **state, struct findings *fs);

#endif
