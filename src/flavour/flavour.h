/* Flavours: everything that differs between WordprocessingML and OpenDocument text.
 *
 * A flavour says what kind a node is, how breaks and blanks are written, which ids copies must
 * not share, and which parts of a package carry text.  What is done with that is the same for
 * all and stands in template/ and render/.
 */
#ifndef FLAVOUR_FLAVOUR_H
#define FLAVOUR_FLAVOUR_H

#include "flavour/native.h"
#include "flavour/traces.h"
#include "pack/pack.h"
#include "xml/xml.h"

/* What a node is to the template language. */
enum kind {
  KIND_OTHER, /* walked into, otherwise nothing */
  KIND_SKIP,  /* not walked into: properties, deleted text */
  KIND_STORY, /* a container with a text of its own: body, header, note, text box */
  KIND_BOX,   /* holds paragraphs and tables, and is never cut in two */
  KIND_GROUP, /* holds paragraphs or items, may be cut: an odt list */
  KIND_ITEM,  /* an item of such a list */
  KIND_TABLE,
  KIND_ROWS, /* between a table and its rows */
  KIND_ROW,
  KIND_CELL,
  KIND_PARAGRAPH,
  KIND_PLAIN, /* an element that is story, paragraph and text in one: a property */
  KIND_RUN,   /* inline, may be cut */
  KIND_FIXED, /* inline with text, never cut: a field, an inline content control */
  KIND_TEXT,  /* holds the characters of a run */
  KIND_TAB,
  KIND_BREAK,
  KIND_SPACES, /* count in flavour->spaces */
  KIND_HYPHEN,
  KIND_CONTENT, /* something that is not text: picture, field, note, page break */
  KIND_MARK     /* stands between characters and has no width: bookmark, proofErr */
};

/* A table cell that has a number format and holds one figure: Writer shows and calculates with the
 * number, so this is written beside the text (ODF 1.3 part 3, 19.385 office:value). */
struct number_cell {
  xmlAttr *type, *style;        /* office:value-type, table:style-name */
  str pattern;                  /* ICU's, of the text that the format gives */
  bool percent;                 /* a figure that is printed with % fits */
  str as_number[2];             /* value of `type`: before and behind the number */
  str as_text;                  /* the same without a number */
  str number_style, text_style; /* values of `style` */
};

/* A stretch of a paragraph's text: from a character of `first` to before one of `last`, which are
 * text nodes, or elements that stand for characters. */
struct text_span {
  xmlNode *paragraph;
  xmlNode *first, *last; /* NULL: the whole paragraph */
  size_t from, to;
};

/* Who our own comments are by, and the initials that tell them from those of a person who is
 * called so. */
#define OUR_AUTHOR   "tianbao"
#define OUR_INITIALS "填报"

/* What of a value is written. */
enum form_what {
  FORM_TEXT,   /* its printed form */
  FORM_TRUTH,  /* these three as AS_TRUTH, AS_ENTRY and AS_INDEX say (flavour/native.h) */
  FORM_ENTRY,
  FORM_INDEX,
  FORM_CELL_TEXT, /* these three for a struct number_cell: what its format gives, */
  FORM_CELL_TYPE, /* the kind of its value, with the number, */
  FORM_CELL_STYLE /* and its style; of what is no number all as text */
};

/* How the text of a value is written at one place.  Bytes are borrowed from the arena that the
 * flavour was given. */
struct form {
  str line;      /* between two lines */
  str paragraph; /* between two lines of a value that stands alone in its paragraph; or empty */
  str tab;
  str space;   /* a blank that must not collapse; empty: written as it is */
  str mark[2]; /* around a highlighted text; empty where there is no highlighting */
  bool attribute;
  enum form_what what;
  const struct number_cell *cell;
  const struct native_words *words;
};

/* An id or name that repeated copies must not share. */
enum ident_kind {
  IDENT_NUMBER, /* counted per space; the first copy keeps its own */
  IDENT_NAME,   /* a name; later copies get a number behind it */
  IDENT_SAME,   /* the same as the last IDENT_NUMBER or IDENT_NAME with that space and value */
  IDENT_DROP    /* the attribute is left out in repeated parts */
};

struct ident {
  xmlAttr *attr;
  enum ident_kind kind;
  unsigned space; /* ids of one space must differ: 0 … FLAVOUR_SPACES - 1 */
};

enum { FLAVOUR_SPACES = 12, FLAVOUR_LISTS = 11 /* the space of numbered lists */ };

/* A part that carries text. */
struct flavour_part {
  size_t entry;     /* in the package */
  enum story story; /* STORY_BODY comes first */
  unsigned number;  /* which of its kind */
  bool notes;       /* its stories exist once for each reference to them */
  bool optional;    /* damage in it is no reason to refuse: it is copied as it is */
};

/* A reference from one part to a story in a notes part. */
struct note_ref {
  size_t entry; /* of the notes part */
  str id;
  xmlAttr *attr; /* that holds the id */
  bool mark;     /* one of several marks of the same reference: a comment's range */
};

/* A reference from a node to another part that carries text: a header, a chart. */
struct part_ref {
  size_t entry;  /* of the part */
  xmlAttr *attr; /* that holds the reference */
};

/* A copy of a part that a report has beside the template's own. */
struct part_copy {
  size_t entry;  /* of the part that it is a copy of */
  size_t owner;  /* of the part that refers to it */
  str from, ref; /* the reference in the template, and the copy's */
  str name;      /* the copy's entry */
};

/* A numbered list that begins anew for an item. */
struct list_copy {
  str from; /* the list's id in the template */
  uint64_t number;
};

/* What a report refers to by relationships of its own (ECMA-376 part 2, 6.5), where the format
 * has them. */
enum target_kind { TARGET_PICTURE, TARGET_LINK };

struct new_relation {
  size_t entry; /* of the part that refers, or of what it is a copy of */
  str owner;    /* its name in the report */
  enum target_kind kind;
  uint32_t number; /* of the picture or address in the report, from 0 */
  str target;      /* the picture's entry; the address */
};

/* A picture that a report has beside its template's own. */
struct new_picture {
  str name;          /* its entry */
  str ending, media; /* .png, image/png */
};

/* A relationship of the template whose address holds tags: no report has it. */
struct dropped_link {
  size_t owner; /* entry of the part it belongs to */
  str id;
};

/* What a report has beyond its template. */
struct additions {
  const struct part_copy *copies;
  size_t ncopies;
  const struct list_copy *lists;
  size_t nlists;
  const struct new_picture *pictures;
  size_t npictures;
  const struct new_relation *relations; /* those of one owner stand together */
  size_t nrelations;
  const struct dropped_link *dropped;
  size_t ndropped;
};

/* A place in the markup of a picture that is written anew for another picture: [from, to) of an
 * attribute's value, or a text node.  Lengths are EMU (914400 an inch) inside of the program, and
 * are written in the unit that stood there. */
enum frame_kind { FRAME_REF, FRAME_WIDTH, FRAME_HEIGHT, FRAME_TEXT, FRAME_ALT };

struct frame_slot {
  enum frame_kind kind;
  xmlAttr *attr;
  xmlNode *text; /* when attr is NULL */
  size_t from, to;
  unsigned unit; /* of lengths: the flavour's number for it */
  str was, becomes; /* FRAME_REF of a picture that was only linked: another attribute is written, so
                       these are the names of both; else empty */
  str instead;      /* FRAME_TEXT, FRAME_ALT: what stands there then */
};

enum { FRAME_SLOTS = 24 };

/* A picture in a document. */
struct picture_frame {
  xmlNode *whole;         /* what goes when there is no picture */
  uint64_t width, height; /* of the frame; 0: it does not say */
  struct frame_slot slots[FRAME_SLOTS];
  size_t n;
  const char *turned; /* on its side, upside down or mirrored (for gettext); or NULL */
};

/* A link. */
struct link {
  str address;   /* as it is written, percent-encoded or not */
  xmlAttr *attr; /* [from, to) of it is the address, or the id of its relationship: */
  xmlNode *text; /* when attr is NULL: of this text */
  size_t from, to;
  bool relation;
  bool place; /* it is the name of a place in the document, as behind # */
  str base;   /* what the program that made the template puts before an address of no known kind */
  const char *why; /* nothing can be filled in there (for gettext); or NULL */
};

/* A range of cells in the formula of a cell: [from, to) of the attribute. */
struct formula_range {
  str cells; /* B3 or B3:C9 */
  str table; /* the name of the table, when it stands in the formula; or empty */
  xmlAttr *attr;
  size_t from, to;
  /* How it is written: around the cells, and instead when there are none; none empty: that cannot
   * be written. */
  str open, close, none;
};

/* A cell that nothing is filled into. */
enum cell_state {
  CELL_FINE,
  CELL_MENDED,     /* changed, so that its text stays when the office program saves it */
  CELL_CONTRADICTS /* changed too: some programs showed its text, others another value */
};

/* What a plain element of the document's properties tells of people. */
enum personal {
  PERSONAL_NONE,
  PERSONAL_NAME, /* somebody's name, or an office's */
  PERSONAL_WORK  /* how somebody worked on it: revisions, time */
};

/* What a text holds that is made of the rest of the document, and that no program makes anew by
 * itself when it opens the report. */
enum stale {
  STALE_CONTENTS = 1,  /* tables of contents, of figures, of tables */
  STALE_INDEX = 2,     /* indexes of words and authorities */
  STALE_REFERENCE = 4, /* cross-references and calculated fields */
  STALE_COUNTED = 8,   /* numbers that are counted where they stand */
  STALE_SHOWN = 16     /* references to a text (flavour->reference), if they cannot be followed */
};

struct flavour {
  const char *name;          /* docx, odt */
  bool mixed_content;        /* text stands in paragraphs and spans, not in holders of its own */
  bool marks_in_paragraphs;  /* bookmarks and the like can stand nowhere else */
  bool cell_needs_paragraph; /* a cell or body must end in a paragraph (ECMA-376 part 1, 17.4.65) */

  /* Is this package of this flavour? */
  bool (*recognise)(const struct pack *p);
  /* Reads what finds the parts; *state is handed to the other functions and freed by close. */
  bool (*open)(struct pack *p, struct arena *a, void **state, struct findings *fs);
  void (*close)(void *state);
  /* ".docx" */
  str (*ending)(const void *state);
  size_t (*parts)(const void *state, const struct flavour_part **parts);
  /* Must an entry be looked through although no tag was typed in it? */
  bool (*wanted)(const void *state, size_t entry);
  /* Fields of the office program in a story, or what feeds them in the root of a part, become
   * natives (flavour/native.h).  False: no memory. */
  bool (*adopt)(const void *state, const struct adoption *a, xmlNode *n);
  /* Bytes that replace an entry in every report (types of a template that becomes a document);
   * false: none. */
  bool (*replaced)(const void *state, size_t entry, str *bytes);
  /* The entry that stands first and is not deflated (ODF 1.3 part 2, 3.3: mimetype), or -1. */
  ptrdiff_t (*stored_first)(const void *state);

  enum kind (*kind)(const xmlNode *n);
  /* The story that a KIND_STORY or KIND_PLAIN node begins; `outer` around it. */
  enum story (*story)(const xmlNode *n, enum story outer);
  bool (*heading)(const xmlNode *paragraph);
  /* Does the node hold what its sibling before it holds, for programs that cannot show that? */
  bool (*again)(const xmlNode *n);
  unsigned (*spaces)(const xmlNode *n);
  /* Columns that a cell takes. */
  unsigned (*columns)(const xmlNode *cell);
  /* Is it merged with cells beside it? */
  bool (*is_wide)(const xmlNode *cell);
  /* The attribute that says how many rows a cell covers, when they are more than one and the
   * format counts them; *rows is the number. */
  xmlAttr *(*rows_spanned)(xmlNode *cell, unsigned *rows);
  /* Makes a cell one that may be merged with the cell above: what stands from *first to *last
   * (siblings) is written where a merged cell begins, *other (not linked) where it goes on; *attr
   * holds how it is merged: restart or continue (docx), or the number of rows (odt).  False: the
   * cell is merged already. */
  bool (*merge)(xmlNode *cell, xmlNode **first, xmlNode **last, xmlNode **other, xmlAttr **attr);
  /* The cell of which a value at `mark` is all, when it has a number format that can be followed;
   * false: it has none.  The strings live in the arena. */
  bool (*number_cell)(xmlNode *mark, xmlNode *paragraph, struct arena *a, struct number_cell *out);
  /* Sees to it that a cell without tags shows its text in all programs.  When *text and *value
   * contradict each other, they are in the arena. */
  enum cell_state (*unfilled_cell)(xmlNode *cell, struct arena *a, str *text, str *value);
  /* What a cell calculates with by a formula of its own, which the program works out when it opens
   * the report: words apart by blanks, each a cell of its table (B3), a range of them (B3:C9), * for
   * any of them, @ for cells of some other table, ? for what else is filled; *typed is the formula.
   * Both in the arena; *typed empty: it has none. */
  str (*cell_formula)(xmlNode *cell, struct arena *a, str *typed);
  /* The nth of these ranges; false: there are no more. */
  bool (*formula_range)(xmlNode *cell, size_t nth, struct formula_range *out);
  /* Is that the name by which formulas know the table? */
  bool (*is_named)(const xmlNode *table, str name);
  /* Takes the copy of the result out of such a cell. */
  void (*forget_result)(xmlNode *cell);
  /* Attributes in which tags are filled (alt text): the nth of a node, or NULL. */
  xmlAttr *(*text_attr)(xmlNode *n, unsigned nth);
  /* Is the node a picture (no shape, chart or group), whose alternative text may stand for
   * another? The nth place of that text, most telling first: attribute or text node in *out, with
   * from, to. */
  bool (*picture_alt)(xmlNode *n, unsigned nth, struct frame_slot *out);
  /* Makes it ready to show another picture uncropped, and says where what is to be written.
   * False: it cannot, for the reason *why (for gettext). */
  bool (*picture_frame)(xmlNode *n, struct arena *a, struct picture_frame *out, const char **why);
  /* Writes a length in a unit. */
  bool (*put_length)(struct buf *out, uint64_t emu, unsigned unit);
  unsigned pictures; /* bits 1 << enum picture_kind that the format shows */
  /* The name of the nth new picture's entry; ending ".png". */
  str (*picture_name)(const void *state, size_t nth, str ending, struct arena *a);
  /* How a part refers to new picture or address `number`: by a relationship's id, or (an
   * empty str) by its name. */
  str (*relation_id)(const void *state, enum target_kind kind, uint32_t number, struct arena *a);
  /* The entry that tells the relations of a part; `there`: the template has it for entry. */
  str (*relations_of)(const struct pack *p, size_t entry, str owner, struct arena *a, bool *there);
  /* Text where a tag can never be filled (field codes): the words for it, or NULL. */
  const char *(*dead_text)(const xmlNode *n);
  /* Does a KIND_SKIP node hold deleted text? */
  bool (*deleted)(const xmlNode *n);

  /* Before a paragraph with tags is read: white space becomes what is seen. */
  void (*normalise)(xmlNode *paragraph);
  /* After the text of a holder was changed at `mark`. */
  void (*touched)(xmlNode *mark);
  /* How text is written at `mark`; alone: the value is all of its paragraph's text; marks: with
   * out->mark, which few runs need and which is dear to make. */
  bool (*form)(xmlNode *mark, xmlNode *paragraph, bool alone, bool marks, struct arena *a,
               struct form *out);

  /* The properties of a run or paragraph that a cut-off piece of it needs: children that are
   * copied to both halves. */
  bool (*is_property)(const xmlNode *child);
  /* A paragraph as empty as may be, of the same style; not linked. */
  xmlNode *(*empty_paragraph)(xmlNode *like);
  /* Does the paragraph carry the properties of a section or page style? */
  bool (*carries_section)(const xmlNode *paragraph);
  /* May the paragraph be removed? False when it carries what cannot go elsewhere; marks in it
   * that must survive were moved to its neighbours. */
  bool (*release)(xmlNode *paragraph);
  /* The second half of a group that was cut: numbering goes on. */
  void (*continued)(xmlNode *second);
  /* +1, -1 for the begin and the end of a field that spans siblings; else 0. */
  int (*field_edge)(const xmlNode *n);
  /* The nth id of a node. */
  bool (*ident)(xmlNode *n, unsigned nth, struct ident *out);
  /* A reference to a story of a notes part; *same: another mark of the same reference. */
  bool (*note_ref)(const void *state, xmlNode *n, struct note_ref *out);
  /* A reference to a part; owner is the entry of the part that n stands in. */
  bool (*part_ref)(const void *state, size_t owner, const xmlNode *n, struct part_ref *out);
  /* The name of the copy of a part: `mark` ("_2") goes before its ending. */
  str (*copy_name)(str part, str mark, struct arena *a);
  /* Does the entry tell of others: relationships, content types, manifest, lists? */
  bool (*tells)(const void *state, size_t entry);
  /* What such an entry becomes with these additions; false when it stays as it is. `bytes` is
   * what it is without them; `name` what it is called in the report.  An entry that the template
   * does not have is -1 and has no bytes. */
  bool (*with_additions)(const void *state, const struct pack *p, ptrdiff_t entry, str name,
                         str bytes, const struct additions *add, struct buf *out);
  /* The first number for lists that begin anew. */
  uint64_t (*next_list)(const void *state);
  /* The numbered list of a paragraph that is no heading; *attr holds its id (made when the list
   * comes with the style). False: none, or lists begin anew by themselves. */
  bool (*list_of)(const void *state, xmlNode *paragraph, bool make, str *id, xmlAttr **attr);
  /* The nth entry that belongs to a part and is copied along with it, and its new name; false
   * when there are no more. */
  bool (*copied_along)(const void *state, const struct pack *p, const struct part_copy *copy,
                       size_t nth, struct arena *a, size_t *entry, str *name);
  /* The nth address outside of its text that a node links to; false: no more. */
  bool (*link)(const void *state, size_t owner, xmlNode *n, unsigned nth, struct link *out);
  /* In a notes part: the id of a story that is referred to; false for separators. */
  bool (*note_id)(xmlNode *story, struct note_ref *out);
  /* Is n a cross-reference that shows a text of the same part? *name is how that is called, in the
   * arena. */
  bool (*reference)(xmlNode *n, struct arena *a, str *name);
  /* Is n where the number of a caption begins?  *name: what is counted; *plain: it is one more than
   * the one before, in Arabic figures.  Its text is that of a reference. */
  bool (*sequence)(xmlNode *n, struct arena *a, str *name, bool *plain);
  /* The mark at which a text ends that begins at the mark n and can be referred to by *name; NULL:
   * n is none. */
  const xmlNode *(*named_text)(xmlNode *n, struct arena *a, str *name);
  /* Takes the result out of a reference, and with `alone` all else of it; the node into which another
   * text goes.  NULL: it is too involved. */
  xmlNode *(*reference_text)(xmlNode *n, bool alone);
  /* Does n belong to a field, and print nothing? */
  bool (*field_mark)(const xmlNode *n);
  /* Is this mark one half of a pair (a bookmark's start or end)? +1 start, -1 end, 0 neither;
   * *id is what the halves share. */
  int (*range_edge)(const xmlNode *n, str *id);
  /* What breaks the page or ends the section as the last (or first) thing of a paragraph or
   * run, or NULL. */
  xmlNode *(*page_break)(xmlNode *n, bool at_end);
  /* Can this mark stand only once in a document, so that copies go without it? */
  bool (*single)(const xmlNode *n);
  /* Text of a highlighted style that the part must define; called once for a part in which
   * form.mark is used. */
  void (*define_mark)(xmlNode *root);

  /* ---- the package of every report ---- */

  /* Is this entry left out of reports? */
  bool (*left_out)(const void *state, size_t entry);
  /* The nth entry that reports have beside the template's; false: no more. */
  bool (*added)(const void *state, size_t nth, str *name, str *bytes);
  /* The entry becomes this tree. */
  bool (*replace)(void *state, size_t entry, const struct xml *x, struct findings *fs);

  /* ---- what people left in a template ---- */

  /* Counts the comments and changes of a part, and whose they are. */
  void (*traces)(xmlNode *root, struct traces *t);
  /* An element of the part `entry`; what fields of the report are filled from is not personal. */
  enum personal (*personal)(const void *state, size_t entry, const xmlNode *n);
  /* The nth entry beside the parts with text that may tell of people; false: no more. */
  bool (*beside)(const void *state, size_t nth, size_t *entry);
  /* Reports will have no comments: their parts are no parts any more. */
  bool (*clean_begin)(void *state, struct findings *fs);
  /* Changes in the tree are accepted, comments go; *changed when there was anything to do. */
  bool (*clean)(void *state, size_t entry, xmlNode *root, bool *changed, struct findings *fs);
  /* All trees are clean: parts that nothing refers to any more are left out. */
  bool (*clean_end)(void *state, struct findings *fs);

  /* ---- comments of our own, in the copy of a template that was checked ---- */

  /* Takes them out of a tree; *changed when there were any.  Done to every tree first of all, so
   * that a template never has them.  False: no memory. */
  bool (*forget)(void *state, size_t entry, xmlNode *root, bool *changed);
  /* Puts a comment of these paragraphs on a stretch of the body's text.  False: no memory. */
  bool (*comment)(void *state, const struct text_span *at, const str *lines, size_t n);
  /* After the last: what else of the package tells of comments.  False: findings. */
  bool (*comments_end)(void *state, struct findings *fs);

  /* ---- what goes stale ---- */

  /* enum stale, of a part; with an arena to work in. */
  unsigned (*stale)(const xmlNode *root, struct arena *a);
  /* Where the format has a place for it, reports ask the program that opens them to make such
   * things anew: in the tree of that part, and in the package.  False: no memory. */
  bool (*refresh)(xmlNode *root, bool *changed);
  bool (*refresh_package)(void *state, struct findings *fs);
};

extern const struct flavour flavour_docx, flavour_odt;
/* Passes an entry on as reports have it: not at all, with other bytes, or as it is. */
bool flavour_put(const struct flavour *f, const void *state, struct pack_out *o, size_t entry,
                 str name, struct findings *fs);
/* The entry that stands first and is not deflated. */
bool flavour_put_first(const struct flavour *f, const void *state, struct pack *p,
                       struct pack_out *o, size_t entry, struct findings *fs);
/* The flavour of a package; NULL: findings say what it is instead. */
const struct flavour *flavour_of(struct pack *p, struct findings *fs);

#endif
