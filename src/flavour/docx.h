/* Between the two halves of the docx flavour: nodes (docx.c) and parts (docx_parts.c). */
#ifndef FLAVOUR_DOCX_H
#define FLAVOUR_DOCX_H

#include "flavour/entries.h"
#include "flavour/native.h"
#include "flavour/shared.h"

/* Transitional and strict namespaces of one vocabulary (ECMA-376 parts 1 and 4). */
#define NS_W                                                       \
  "http://schemas.openxmlformats.org/wordprocessingml/2006/main\n" \
  "http://purl.oclc.org/ooxml/wordprocessingml/main"
#define NS_V "urn:schemas-microsoft-com:vml"
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
  str address;  /* as written */
  bool dropped; /* no report has it */
};

/* A note whose reference was in a deletion. */
struct docx_gone_note {
  size_t entry; /* of the notes part */
  str id;
};

/* A list of numbering.xml (ECMA-376 part 1, 17.9.15). */
struct docx_num {
  str id, abstract;
};

/* A paragraph style that numbers. */
struct docx_style {
  str id, based_on, num, level;
};

/* A content type of all parts with an ending. */
struct docx_default {
  str ending, type; /* png without a dot */
};

/* A custom XML part that controls are bound to (ECMA-376 part 1, 22.5), by its item id. */
struct docx_store {
  size_t entry;
  str id;
};

/* A document variable or property and its text. */
struct docx_value {
  bool variable;
  str name, text;
};

/* What goes into a node of a part that a control is bound to (17.5.2.6). */
struct docx_binding {
  size_t entry;
  str path, prefixes;
  bool native_known;
  struct native native;
  str text; /* without a native: a text with tags */
};

struct docx_bindings {
  struct docx_binding *items;
  size_t n, cap;
};

/* A comment of our own. */
struct docx_comment {
  str id, *lines;
  size_t n;
};

struct docx_state {
  struct pack *pack;
  str *own, *own_lines; /* ids of our comments that were there, and what Word has about them */
  size_t nown, own_cap, nown_lines, own_lines_cap;
  struct docx_comment *new_comments;
  size_t nnew_comments, new_comments_cap;
  uint64_t next_comment; /* above every id of a comment of other people */
  struct docx_store *stores;
  size_t nstores, stores_cap;
  struct docx_value *values;
  size_t nvalues, values_cap;
  struct docx_bindings *bindings; /* grows while the stories are adopted */
  bool settings_known, custom_known, core_known, app_known;
  size_t settings, custom, core, app; /* entries; settings only with variables or a mail merge */
  struct docx_default *defaults;
  size_t ndefaults, defaults_cap;
  str pictures;  /* how the names of new pictures begin */
  str ids;       /* how the ids of new relationships begin */
  str rel_types; /* how the types of relationships begin: transitional or strict */
  bool numbering_known;
  size_t numbering; /* entry */
  struct docx_num *nums;
  size_t nnums, nums_cap;
  struct docx_style *styles;
  size_t nstyles, styles_cap;
  uint64_t next_list;
  struct docx_rel *rels;
  size_t nrels, rels_cap;
  struct docx_rel **by_id; /* the same, sorted by owner and id */
  struct flavour_part *parts;
  size_t nparts;
  str ending;
  bool footnotes_known, endnotes_known, comments_known;
  size_t footnotes, endnotes, comments; /* entries */
  size_t types;                         /* entry of [Content_Types].xml */
  struct entries entries;               /* that reports have otherwise */
  bool strict;                          /* ECMA-376 part 1, not part 4 */
  struct docx_gone_note *gone_notes;
  size_t ngone_notes, gone_notes_cap;
};

/* docx_traces.c */
void docx_traces(xmlNode *root, struct traces *t);
enum personal docx_personal(const void *state, size_t entry, const xmlNode *n);
bool docx_beside(const void *state, size_t nth, size_t *entry);
/* docx_clean.c: the nodes; docx_clean_parts.c: the package */
bool docx_clean(void *state, size_t entry, xmlNode *root, bool *changed, struct findings *fs);
bool docx_clean_begin(void *state, struct findings *fs);
bool docx_clean_end(void *state, struct findings *fs);
/* The content types of parts that are left out go too. */
bool docx_clean_types(struct docx_state *s, struct findings *fs);
/* docx_comment.c */
bool docx_find_own(struct docx_state *s, struct findings *fs);
bool docx_forget(void *state, size_t entry, xmlNode *root, bool *changed);
bool docx_comment(void *state, const struct text_span *at, const str *lines, size_t n);
bool docx_comments_end(void *state, struct findings *fs);
/* docx_lists.c */
bool docx_list_of(const void *state, xmlNode *p, bool make, str *id, xmlAttr **attr);
/* Does a paragraph have a heading's style or outline level? */
bool docx_heading(const xmlNode *p);
/* docx_refs.c */
bool docx_reference(xmlNode *n, struct arena *a, str *name);
bool docx_sequence(xmlNode *n, struct arena *a, str *name, bool *plain);
const xmlNode *docx_named_text(xmlNode *n, struct arena *a, str *name);
xmlNode *docx_reference_text(xmlNode *n, bool alone);
bool docx_field_mark(const xmlNode *n);
/* docx_stale.c */
unsigned docx_stale(const xmlNode *root, struct arena *a);
bool docx_refresh(xmlNode *root, bool *changed);
bool docx_refresh_package(void *state, struct findings *fs);

/* vMerge of a cell with this value, in its place; empty: it has none. */
bool docx_set_merge(xmlNode *cell, str value);

/* The relationship of a part with this id, or NULL. */
struct docx_rel *docx_rel_of(const struct docx_state *s, size_t owner, str id);
/* Where more children of the root go, and the prefix of its name ("" or "x:"). */
bool docx_root_end(str bytes, size_t *at, str *prefix);
bool docx_with_relations(const struct docx_state *s, const struct pack *p, ptrdiff_t entry,
                         str name, str bytes, const struct additions *add, struct buf *out);
bool docx_tells(const void *state, size_t entry);
uint64_t docx_next_list(const void *state);
str docx_copy_name(str part, str mark, struct arena *a);
str docx_picture_name(const void *state, size_t nth, str ending, struct arena *a);
str docx_relation_id(const void *state, enum target_kind kind, uint32_t number, struct arena *a);
str docx_relations_of(const struct pack *p, size_t entry, str owner, struct arena *a, bool *there);
bool docx_with_additions(const void *state, const struct pack *p, ptrdiff_t entry, str name,
                         str bytes, const struct additions *add, struct buf *out);
bool docx_copied_along(const void *state, const struct pack *p, const struct part_copy *copy,
                       size_t nth, struct arena *a, size_t *entry, str *name);
/* Part names are compared without case (part 2, 6.2.2.3). */
ptrdiff_t docx_find_part(const struct pack *p, str name);
/* A relationship's target against its source part; empty when it leaves the package. */
str docx_resolve(struct arena *a, str source, str target);
/* "word/document.xml" → "word/_rels/document.xml.rels" */
str docx_rels_of(struct arena *a, str part);
/* Finds variables, properties and bound parts.  What cannot be read there is left out.  False: no
 * memory. */
bool docx_find_stores(struct pack *p, struct arena *a, struct docx_state *s);
/* The text of a document variable or property. */
bool docx_source(const struct docx_state *s, bool variable, str name, str *text);
/* What is written to the node that a control is bound to, or NULL while nothing is. */
const struct docx_binding *docx_bound(const struct docx_state *s, const xmlNode *binding);
/* Remembers what goes into the node that a w:dataBinding leads to: a native, or a text with tags.
 * True: the node is there.  *why: it cannot be filled. */
bool docx_bind(const struct docx_state *s, const struct adoption *a, const xmlNode *binding,
               const struct native *n, str text, const char **why);
bool docx_adopt(const void *state, const struct adoption *a, xmlNode *n);
bool docx_adopt_fields(const struct adoption *a, const struct docx_state *state, xmlNode *story);
/* A form field (docx_forms.c) whose w:fldChar is `begin`: the known name that it is filled with, or
 * empty. */
str docx_form_name(const struct adoption *a, const xmlNode *begin);
/* What a text field formats with, as filters; *why: it cannot be filled. */
str docx_form_text(const struct adoption *a, xmlNode *begin, const char **why);
/* A check box or list shows its state: what stands in it becomes *n.  False: no memory. */
bool docx_form_state(const struct adoption *a, xmlNode *begin, struct native *n, const char **why);
bool docx_adopt_controls(const struct adoption *a, const struct docx_state *state, xmlNode *story);
/* The state of a content control that is a check box, where it stands in its properties; or NULL. */
xmlAttr *docx_control_state(const xmlNode *sdt);
/* Does a node stand in a paragraph of the story itself? */
bool docx_in_paragraph(const xmlNode *n, const xmlNode *story);
bool docx_wanted(const void *state, size_t entry);
/* A run of the properties of `like` (any element of the vocabulary) around a text, not linked;
 * takes the text, also when there is no memory (NULL). */
xmlNode *docx_new_run(xmlNode *like, xmlNode *text);
bool docx_recognise(const struct pack *p);
bool docx_open(struct pack *p, struct arena *a, void **state, struct findings *fs);
bool docx_link(const void *state, size_t owner, xmlNode *n, unsigned nth, struct link *out);
/* Does the node hold one picture and nothing else, so that its text may be a tag? */
bool docx_is_picture(const xmlNode *n);
/* Sets the alternative text of such a node.  False: no memory. */
bool docx_name_picture(xmlNode *n, str text);
bool docx_picture_alt(xmlNode *n, unsigned nth, struct frame_slot *out);
bool docx_picture_frame(xmlNode *n, struct arena *a, struct picture_frame *out, const char **why);
bool docx_put_length(struct buf *out, uint64_t emu, unsigned unit);

#endif
