/* What people left in a WordprocessingML template (ECMA-376 part 1, 17.13): comments, tracked
 * changes and names are counted here; docx_clean.c takes them out.
 *
 * Word cuts one change into many elements, a run and a paragraph mark at a time.  They are one
 * change when they are of one kind, by one author at one time, and nothing else stands between:
 *
 *   runs and marks   1    2    3   4    5
 *   w:ins            [-------------]   [-]     two insertions
 *
 * Invariant: the tree is not touched.
 */
#include "flavour/docx.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define NS_MC    "http://schemas.openxmlformats.org/markup-compatibility/2006"
#define NS_W15   "http://schemas.microsoft.com/office/word/2012/wordml"

static const char *const kinds[] = {"ins",
                                    "del",
                                    "moveFrom",
                                    "moveTo",
                                    "rPrChange",
                                    "pPrChange",
                                    "sectPrChange",
                                    "tblPrChange",
                                    "tblPrExChange",
                                    "trPrChange",
                                    "tcPrChange",
                                    "numberingChange",
                                    "cellIns",
                                    "cellDel",
                                    "cellMerge",
                                    "customXmlInsRangeStart",
                                    "customXmlDelRangeStart"};

struct last {
  bool any;
  str author, date;
  size_t end;
};

struct counting {
  struct traces *t;
  size_t at; /* runs and paragraph marks so far */
  struct last last[COUNT(kinds)];
};

static bool is_w(const xmlNode *n, const char *local) { return xml_is(n, NS_W, local); }

static bool kind_of(const xmlNode *n, size_t *kind) {
  for (*kind = 0; *kind < COUNT(kinds); ++*kind)
    if (is_w(n, kinds[*kind])) return true;
  return false;
}

/* A change that covers the runs and marks from `start` to `end`. */
static void count_change(struct counting *c, const xmlNode *n, size_t kind, size_t start,
                         size_t end) {
  struct last *l = &c->last[kind];
  str author = xml_attr(n, NS_W, "author"), date = xml_attr(n, NS_W, "date");
  bool same = l->any && str_eq(l->author, author) && str_eq(l->date, date);
  if (!same || l->end < start) c->t->changes.count++;
  if (same && l->end > end) end = l->end;
  *l = (struct last){true, author, date, end};
}

static void note_author(struct counting *c, const xmlNode *n) {
  bool comment = is_w(n, "comment");
  if (comment) c->t->comments.count++;
  traces_name(c->t, comment ? &c->t->comments : &c->t->changes, xml_attr(n, NS_W, "author"));
  str person = xml_is(n, NS_W15, "person") ? xml_attr(n, NS_W15, "author") : STR_NONE;
  if (is_w(n, "permStart")) person = xml_attr(n, NS_W, "ed");
  if (!traces_known(c->t, person)) traces_name(c->t, &c->t->others, person);
}

static void visit(struct counting *c, xmlNode *n);

/* Changes among the properties of a run, paragraph, row, cell or table; what they were before the
 * change is of no interest. */
static void visit_properties(struct counting *c, xmlNode *pr, size_t start, size_t end) {
  for (xmlNode *k = xml_first_element(pr); k != NULL; k = xml_next_element(k)) {
    size_t kind;
    note_author(c, k);
    if (!kind_of(k, &kind)) {
      visit_properties(c, k, start, end);
      continue;
    }
    /* The mark is the last thing of its paragraph. */
    bool mark = is_w(pr, "rPr") && is_w(pr->parent, "pPr");
    count_change(c, k, kind, mark ? c->at - 1 : start, end);
  }
}

static bool is_properties(const xmlNode *n) {
  static const char *const names[] = {"rPr", "pPr", "trPr", "tcPr", "tblPr", "tblPrEx", "sectPr"};
  for (size_t i = 0; i < COUNT(names); i++)
    if (is_w(n, names[i])) return true;
  return false;
}

/* The text of a row that is put in or taken out is of the same change, cell by cell. */
static void visit_row(struct counting *c, xmlNode *row) {
  const size_t open = SIZE_MAX;
  xmlNode *pr = xml_child(row, NS_W, "trPr");
  if (pr != NULL) visit_properties(c, pr, c->at, open);
  for (xmlNode *k = xml_first_element(row); k != NULL; k = xml_next_element(k))
    if (k != pr) visit(c, k);
  for (size_t i = 0; i < COUNT(kinds); i++)
    if (c->last[i].end == open) c->last[i].end = c->at;
}

static void visit(struct counting *c, xmlNode *n) {
  size_t start = c->at, kind;
  if (xml_is(n, NS_MC, "Fallback")) return; /* the same text once more */
  note_author(c, n);
  if (is_w(n, "tr")) {
    visit_row(c, n);
    return;
  }
  for (xmlNode *k = xml_first_element(n); k != NULL; k = xml_next_element(k))
    if (!is_properties(k)) visit(c, k);
  if (is_w(n, "r") || is_w(n, "p")) c->at++;
  for (xmlNode *k = xml_first_element(n); k != NULL; k = xml_next_element(k))
    if (is_properties(k)) visit_properties(c, k, start, c->at);
  if (kind_of(n, &kind)) count_change(c, n, kind, start, c->at);
}

void docx_traces(xmlNode *root, struct traces *t) {
  struct counting c = {.t = t};
  visit(&c, root);
}

static bool in_vocabulary(const xmlNode *n, const char *ending, const char *local) {
  return n->type == XML_ELEMENT_NODE && n->ns != NULL &&
         str_ends(str_of((const char *)n->ns->href), str_of(ending)) &&
         strcmp((const char *)n->name, local) == 0;
}

/* Is a content control bound to it? Then what is filled there goes into it. */
static bool is_bound(const struct docx_state *s, size_t entry, const xmlNode *n) {
  for (size_t i = 0; i < s->bindings->n; i++)
    if (s->bindings->items[i].entry == entry &&
        str_find(s->bindings->items[i].path, str_of((const char *)n->name), 0) != STR_NOT_FOUND)
      return true;
  return false;
}

/* Custom properties (part 1, 22.3) that nobody wrote: Outlook and sensitivity labels left them. */
static enum personal custom_personal(const xmlNode *n) {
  static const struct {
    const char *name;
    enum personal personal;
  } rows[] = {{"_AuthorEmail", PERSONAL_NAME},
              {"_AuthorEmailDisplayName", PERSONAL_NAME},
              {"_EmailSubject", PERSONAL_WORK},
              {"_AdHocReviewCycleID", PERSONAL_WORK},
              {"_PreviousAdHocReviewCycleID", PERSONAL_WORK},
              {"_NewReviewCycle", PERSONAL_WORK},
              {"_ReviewingToolsShownOnce", PERSONAL_WORK}};
  str name = xml_attr(n, NULL, "name");
  for (size_t i = 0; i < COUNT(rows); i++)
    if (str_is(name, rows[i].name)) return rows[i].personal;
  bool owner = str_starts(name, STR("MSIP_Label_")) && str_ends(name, STR("_Owner"));
  return owner ? PERSONAL_NAME : PERSONAL_NONE;
}

/* Core properties (part 2, 11) and extended ones (part 1, 22.2.2). */
enum personal docx_personal(const void *state, size_t entry, const xmlNode *n) {
  static const struct {
    const char *ns, *local;
    enum personal personal;
  } rows[] = {{"purl.org/dc/elements/1.1/", "creator", PERSONAL_NAME},
              {"/metadata/core-properties", "lastModifiedBy", PERSONAL_NAME},
              {"/metadata/core-properties", "revision", PERSONAL_WORK},
              {"/metadata/core-properties", "lastPrinted", PERSONAL_WORK},
              {"/extended-properties", "Company", PERSONAL_NAME},
              {"/extended-properties", "Manager", PERSONAL_NAME},
              {"/extended-properties", "TotalTime", PERSONAL_WORK},
              {"/extended-properties", "Template", PERSONAL_WORK},
              {"/extended-properties", "HyperlinkBase", PERSONAL_WORK},
              {"/extended-properties", "HLinks", PERSONAL_WORK},
              {"/extendedProperties", "Company", PERSONAL_NAME},
              {"/extendedProperties", "Manager", PERSONAL_NAME},
              {"/extendedProperties", "TotalTime", PERSONAL_WORK},
              {"/extendedProperties", "Template", PERSONAL_WORK},
              {"/extendedProperties", "HyperlinkBase", PERSONAL_WORK},
              {"/extendedProperties", "HLinks", PERSONAL_WORK}};
  if (in_vocabulary(n, "/custom-properties", "property") ||
      in_vocabulary(n, "/customProperties", "property"))
    return custom_personal(n);
  for (size_t i = 0; i < COUNT(rows); i++)
    if (in_vocabulary(n, rows[i].ns, rows[i].local))
      return is_bound(state, entry, n) ? PERSONAL_NONE : rows[i].personal;
  return PERSONAL_NONE;
}

static bool is_beside(const struct docx_rel *r) {
  static const char *const types[] = {"/styles",   "/stylesWithEffects", "/numbering",
                                      "/settings", "/glossaryDocument",  "/people"};
  bool beside = false;
  for (size_t i = 0; i < COUNT(types) && !beside; i++) beside = str_ends(r->type, str_of(types[i]));
  return beside && r->inside && !r->dropped;
}

/* Changes of styles and lists, of building blocks, and the list of people; each once. */
bool docx_beside(const void *state, size_t nth, size_t *entry) {
  const struct docx_state *s = state;
  for (size_t i = 0; i < s->nrels; i++) {
    bool again = false;
    if (!is_beside(&s->rels[i])) continue;
    for (size_t k = 0; k < i && !again; k++)
      again = is_beside(&s->rels[k]) && s->rels[k].target == s->rels[i].target;
    if (again || nth-- != 0) continue;
    *entry = s->rels[i].target;
    return true;
  }
  return false;
}
