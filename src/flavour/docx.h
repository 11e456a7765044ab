/* Between the two halves of the docx flavour: nodes (docx.c) and parts (docx_parts.c). */
#ifndef FLAVOUR_DOCX_H
#define FLAVOUR_DOCX_H

#include "flavour/flavour.h"

/* Transitional and strict namespaces of one vocabulary (ECMA-376 parts 1 and 4). */
#define NS_W                                                       \
  "http://schemas.openxmlformats.org/wordprocessingml/2006/main\n" \
  "http://purl.oclc.org/ooxml/wordprocessingml/main"
#define NS_R                                                                    \
  "http://schemas.openxmlformats.org/officeDocument/2006/relationships\n"       \
  "http://purl.oclc.org/ooxml/officeDocument/relationships"
#define NS_WP                                                              \
  "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\n" \
  "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing"
#define NS_A                                              \
  "http://schemas.openxmlformats.org/drawingml/2006/main\n" \
  "http://purl.oclc.org/ooxml/drawingml/main"

struct docx_state {
  struct flavour_part *parts;
  size_t nparts;
  str ending;
  bool footnotes_known, endnotes_known, comments_known;
  size_t footnotes, endnotes, comments; /* entries */
  size_t types;                         /* entry of [Content_Types].xml */
  str types_bytes;                      /* what it becomes; empty: as it is */
};

bool docx_recognise(const struct pack *p);
bool docx_open(struct pack *p, struct arena *a, void **state, struct findings *fs);

#endif
