/* Places: where in a template or a report, and where in the data, something stands. */
#ifndef BASE_PLACE_H
#define BASE_PLACE_H

#include "base/str.h"

/* The stories of a document (ECMA-376 part 1, section 11; ODF 1.3 part 3). */
enum story {
  STORY_NONE, /* the file as a whole */
  STORY_BODY,
  STORY_HEADER,
  STORY_FOOTER,
  STORY_FOOTNOTE,
  STORY_ENDNOTE,
  STORY_COMMENT,
  STORY_TEXTBOX,
  STORY_CHART,
  STORY_PROPERTY,
  STORY_OTHER
};

/* Their names for programs, the same in every language; "" for STORY_NONE. */
extern const char *const story_names[];

/* A place in a template.  All strings are borrowed from the template's arena. */
struct place {
  str file, part;   /* the template's path; the part's name in the package */
  enum story story; /* in which story */
  unsigned number; /* which header, note, text box … of its kind (from 1), 0 where there is one */
  unsigned table, row, column; /* innermost table of the story (from 1), or 0 */
  unsigned paragraph;          /* of the story, or of the cell (from 1) */
  str heading;                 /* text of the nearest heading before it */
  str tag;                     /* the tag as typed, or empty */
  /* The text of the paragraph around the tag.  In a finding it is cut short, with … where. */
  str before, after;
  /* For programs that go back there: which paragraph of its part (from 1, in the order of the
   * file; 0: not known), and which of the equal tags in that paragraph (from 1; 0: not counted). */
  uint32_t serial, nth;
};

/* A place in the data, made for messages. */
struct origin {
  str file;
  uint64_t line, column; /* from 1; 0: no line, the whole file */
  str sheet, cell;       /* for workbooks */
  str key;               /* path of the value: 项目[3].名称 */
};

#endif
