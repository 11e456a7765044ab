/* WordprocessingML (ECMA-376 part 1, 17): what its nodes are to the template language.
 *
 * Charts and diagrams hold DrawingML text (21.1.2), and document properties plain elements; they
 * are treated here too.  Which parts there are stands in docx_parts.c.
 */
#include "flavour/docx.h"

#include "base/utf8.h"
#include "flavour/shared.h"
#include "picture/picture.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define N_(s)    (s)

/* Spaces of ids. */
enum {
  SPACE_DRAWING,
  SPACE_BOOKMARK,
  SPACE_BOOKMARK_NAME,
  SPACE_CONTROL,
  SPACE_PERMISSION,
  SPACE_SHAPE,
  SPACE_REVISION,
  SPACE_REVISION_RANGE
};

/* Sorted by name. Properties and everything unknown inside a run is content or skipped. */
static const struct kind_name w_kinds[] = {
    {"altChunk", KIND_CONTENT},
    {"bdo", KIND_RUN},
    {"body", KIND_STORY},
    {"bookmarkEnd", KIND_MARK},
    {"bookmarkStart", KIND_MARK},
    {"comment", KIND_STORY},
    {"commentRangeEnd", KIND_MARK},
    {"commentRangeStart", KIND_MARK},
    {"commentReference", KIND_MARK},
    {"cr", KIND_BREAK},
    {"customXmlPr", KIND_SKIP},
    {"del", KIND_SKIP},
    {"dir", KIND_RUN},
    {"drawing", KIND_CONTENT},
    {"endnote", KIND_STORY},
    {"endnoteReference", KIND_CONTENT},
    {"fldChar", KIND_CONTENT},
    {"fldSimple", KIND_FIXED},
    {"footnote", KIND_STORY},
    {"footnoteReference", KIND_CONTENT},
    {"ftr", KIND_STORY},
    {"hdr", KIND_STORY},
    {"hyperlink", KIND_RUN},
    {"ins", KIND_RUN},
    {"instrText", KIND_SKIP},
    {"lastRenderedPageBreak", KIND_MARK},
    {"moveFrom", KIND_SKIP},
    {"moveTo", KIND_RUN},
    {"noBreakHyphen", KIND_HYPHEN},
    {"object", KIND_CONTENT},
    {"p", KIND_PARAGRAPH},
    {"pPr", KIND_SKIP},
    {"permEnd", KIND_MARK},
    {"permStart", KIND_MARK},
    {"pgNum", KIND_CONTENT},
    {"pict", KIND_CONTENT},
    {"proofErr", KIND_MARK},
    {"ptab", KIND_CONTENT},
    {"r", KIND_RUN},
    {"rPr", KIND_SKIP},
    {"rt", KIND_SKIP},
    {"rubyPr", KIND_SKIP},
    {"sdtEndPr", KIND_SKIP},
    {"sdtPr", KIND_SKIP},
    {"sectPr", KIND_SKIP},
    {"smartTag", KIND_RUN},
    {"smartTagPr", KIND_SKIP},
    {"softHyphen", KIND_MARK},
    {"sym", KIND_CONTENT},
    {"t", KIND_TEXT},
    {"tab", KIND_TAB},
    {"tbl", KIND_TABLE},
    {"tblGrid", KIND_SKIP},
    {"tblPr", KIND_SKIP},
    {"tblPrEx", KIND_SKIP},
    {"tc", KIND_CELL},
    {"tcPr", KIND_SKIP},
    {"tr", KIND_ROW},
    {"trPr", KIND_SKIP},
    {"txbxContent", KIND_STORY},
};

static bool is_w(const xmlNode *n, const char *local) { return xml_is(n, NS_W, local); }

static bool in_namespace(const xmlNode *n, const char *ns) {
  return n->type == XML_ELEMENT_NODE && n->ns != NULL && xml_is(n, ns, (const char *)n->name);
}

/* A content control is what it stands in: text, rows, cells or blocks. */
static enum kind wrapper_kind(const xmlNode *n) {
  const xmlNode *up = n->parent;
  while (up != NULL && (is_w(up, "sdt") || is_w(up, "sdtContent") || is_w(up, "customXml")))
    up = up->parent;
  if (up == NULL || up->type != XML_ELEMENT_NODE) return KIND_BOX;
  if (is_w(up, "tbl")) return KIND_ROWS;
  if (is_w(up, "tr")) return KIND_OTHER;
  bool text = is_w(up, "p") || is_w(up, "r") || is_w(up, "hyperlink") || is_w(up, "ins") ||
              is_w(up, "smartTag") || is_w(up, "fldSimple") || is_w(up, "moveTo");
  return text ? KIND_FIXED : KIND_BOX;
}

/* A row or cell that is deleted when the changes are accepted (17.13.5.12, 17.13.5.1). */
static bool is_deleted(const xmlNode *n, const char *properties, const char *mark) {
  const xmlNode *pr = xml_child(n, NS_W, properties);
  return pr != NULL && xml_child(pr, NS_W, mark) != NULL;
}

static enum kind kind_w(const xmlNode *n) {
  const char *local = (const char *)n->name;
  if (strcmp(local, "tr") == 0 && is_deleted(n, "trPr", "del")) return KIND_SKIP;
  if (strcmp(local, "tc") == 0 && is_deleted(n, "tcPr", "cellDel")) return KIND_SKIP;
  if (strcmp(local, "sdt") == 0 || strcmp(local, "sdtContent") == 0 ||
      strcmp(local, "customXml") == 0)
    return wrapper_kind(n);
  if (strcmp(local, "br") == 0) {
    str type = xml_attr(n, NS_W, "type");
    return type.n == 0 || str_is(type, "textWrapping") ? KIND_BREAK : KIND_CONTENT;
  }
  return shared_kind(w_kinds, COUNT(w_kinds), local, KIND_OTHER);
}

/* Text in charts and diagrams. */
static enum kind kind_a(const xmlNode *n) {
  static const struct kind_name kinds[] = {
      {"br", KIND_BREAK}, {"fld", KIND_FIXED}, {"p", KIND_PARAGRAPH}, {"pPr", KIND_SKIP},
      {"r", KIND_RUN},    {"rPr", KIND_SKIP},  {"t", KIND_TEXT},      {"txBody", KIND_STORY}};
  return shared_kind(kinds, COUNT(kinds), (const char *)n->name, KIND_OTHER);
}

static bool ends_with(const xmlNode *n, const char *ending) {
  return n->ns != NULL && str_ends(str_of((const char *)n->ns->href), str_of(ending));
}

static bool has_elements(const xmlNode *n) { return xml_first_element(n) != NULL; }

/* Elements of document properties that are text. */
static enum kind kind_property(const xmlNode *n) {
  if (has_elements(n)) return KIND_OTHER;
  const xmlNode *up = n->parent;
  if (ends_with(n, "/docPropsVTypes"))
    return up != NULL && strcmp((const char *)up->name, "property") == 0 ? KIND_PLAIN : KIND_SKIP;
  if (ends_with(n, "/extended-properties") || ends_with(n, "/extendedProperties")) {
    bool text = strcmp((const char *)n->name, "Company") == 0 ||
                strcmp((const char *)n->name, "Manager") == 0;
    return text ? KIND_PLAIN : KIND_SKIP;
  }
  return KIND_PLAIN;
}

static bool is_property_namespace(const xmlNode *n) {
  return ends_with(n, "/docPropsVTypes") || ends_with(n, "/extended-properties") ||
         ends_with(n, "/extendedProperties") || ends_with(n, "/metadata/core-properties") ||
         ends_with(n, "purl.org/dc/elements/1.1/");
}

static enum kind docx_kind(const xmlNode *n) {
  if (n->type != XML_ELEMENT_NODE || n->ns == NULL) return KIND_OTHER;
  if (in_namespace(n, NS_W)) return kind_w(n);
  if (in_namespace(n, NS_A)) return kind_a(n);
  const char *local = (const char *)n->name;
  if (ends_with(n, "/chart") && strcmp(local, "rich") == 0) return KIND_STORY;
  if (ends_with(n, "/chart") && strcmp(local, "v") == 0) return KIND_PLAIN;
  if (ends_with(n, "/diagram") && strcmp(local, "t") == 0) return KIND_STORY;
  if (strcmp(local, "txBody") == 0) return KIND_STORY;
  if (strcmp(local, "AlternateContent") == 0 || strcmp(local, "oMath") == 0 ||
      strcmp(local, "oMathPara") == 0)
    return KIND_CONTENT;
  return is_property_namespace(n) ? kind_property(n) : KIND_OTHER;
}

static enum story docx_story(const xmlNode *n, enum story outer) {
  return is_w(n, "txbxContent") ? STORY_TEXTBOX : outer;
}

/* A paragraph with an outline level, or in a style whose id says heading. */
bool docx_heading(const xmlNode *p) {
  const xmlNode *pr = xml_child(p, NS_W, "pPr");
  if (pr == NULL) return false;
  if (xml_child(pr, NS_W, "outlineLvl") != NULL) return true;
  const xmlNode *style = xml_child(pr, NS_W, "pStyle");
  if (style == NULL) return false;
  str id = xml_attr(style, NS_W, "val");
  if (str_starts(id, STR("Heading")) || str_starts(id, STR("heading")) ||
      str_starts(id, STR("标题")))
    return true;
  return id.n == 1 && id.p[0] >= '1' && id.p[0] <= '9'; /* Chinese Word: 1 … 9 */
}

/* Shapes stand there twice, as DrawingML and as VML (part 3, 9.3 AlternateContent). */
static bool docx_again(const xmlNode *n) {
  return xml_is(n, "http://schemas.openxmlformats.org/markup-compatibility/2006", "Fallback");
}

static unsigned docx_spaces(const xmlNode *n) {
  (void)n;
  return 1;
}

static unsigned docx_columns(const xmlNode *cell) {
  const xmlNode *pr = xml_child(cell, NS_W, "tcPr");
  const xmlNode *span = pr != NULL ? xml_child(pr, NS_W, "gridSpan") : NULL;
  unsigned v = 0;
  if (span == NULL) return 1;
  str s = xml_attr(span, NS_W, "val");
  for (size_t i = 0; i < s.n && i < 4 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
    v = v * 10 + (unsigned)(s.p[i] - '0');
  return v != 0 ? v : 1;
}

static bool docx_is_wide(const xmlNode *cell) { return docx_columns(cell) > 1; }

/* vMerge says in each row whether it goes on (17.4.84): nothing to count. */
static xmlAttr *docx_rows_spanned(xmlNode *cell, unsigned *rows) {
  (void)cell;
  *rows = 1;
  return NULL;
}

/* 17.4.84 vMerge; it stands behind the width and the span of columns (17.4.66 tcPr). */
bool docx_set_merge(xmlNode *cell, str value) {
  static const char *const ahead[] = {"cnfStyle", "tcW", "gridSpan", "hMerge"};
  xmlNode *pr = xml_child(cell, NS_W, "tcPr"), *at = NULL;
  xmlNode *old = pr != NULL ? xml_child(pr, NS_W, "vMerge") : NULL;
  if (old != NULL) xml_remove(old);
  if (value.n == 0) return true;
  if (pr == NULL && (pr = xml_element(cell, "tcPr")) != NULL) xml_prepend(cell, pr);
  xmlNode *merge = pr != NULL ? xml_element(cell, "vMerge") : NULL;
  if (merge == NULL) return false;
  for (xmlNode *k = xml_first_element(pr); k != NULL; k = xml_next_element(k))
    for (size_t i = 0; i < COUNT(ahead); i++)
      if (is_w(k, ahead[i])) at = k;
  if (at != NULL)
    xml_insert_after(at, merge);
  else
    xml_prepend(pr, merge);
  return xml_set_attr(merge, cell->ns, "val", value);
}

static bool docx_merge(xmlNode *cell, xmlNode **first, xmlNode **last, xmlNode **other,
                       xmlAttr **attr) {
  xmlNode *pr = xml_child(cell, NS_W, "tcPr"), *p = xml_child(cell, NS_W, "p");
  bool merged = pr != NULL && xml_child(pr, NS_W, "vMerge") != NULL;
  if (p == NULL || merged || !docx_set_merge(cell, STR("restart"))) return false;
  pr = xml_child(cell, NS_W, "tcPr");
  *attr = xml_attr_node(xml_child(pr, NS_W, "vMerge"), NS_W, "val");
  *first = pr->next;
  *last = cell->last;
  *other = flavour_docx.empty_paragraph(p);
  return *attr != NULL && *first != NULL && *other != NULL;
}

static bool docx_number_cell(xmlNode *mark, xmlNode *p, struct arena *a, struct number_cell *out) {
  (void)mark;
  (void)p;
  (void)a;
  (void)out;
  return false; /* cells hold text */
}

static str docx_cell_formula(xmlNode *cell, struct arena *a, str *typed) {
  (void)cell;
  (void)a;
  *typed = STR_NONE;
  return STR_NONE; /* calculations are fields */
}

static bool docx_formula_range(xmlNode *cell, size_t nth, struct formula_range *out) {
  (void)cell;
  (void)nth;
  (void)out;
  return false;
}

static bool docx_is_named(const xmlNode *table, str name) {
  (void)table;
  (void)name;
  return false;
}

static void docx_forget_result(xmlNode *cell) { (void)cell; }

static enum cell_state docx_unfilled_cell(xmlNode *cell, struct arena *a, str *text, str *value) {
  (void)cell;
  (void)a;
  (void)text;
  (void)value;
  return CELL_FINE;
}

/* Where a link leads inside of the document, and what shows when the mouse is on it. */
static xmlAttr *link_attr(xmlNode *n, unsigned nth) {
  static const char *const names[] = {"anchor", "tooltip"};
  for (size_t i = 0; i < COUNT(names); i++) {
    xmlAttr *a = xml_attr_node(n, NS_W, names[i]);
    if (a != NULL && nth-- == 0) return a;
  }
  return NULL;
}

/* Alternative text of pictures and shapes (20.4.2.5; VML alt), values of document variables. */
static xmlAttr *docx_text_attr(xmlNode *n, unsigned nth) {
  static const char *const names[] = {"descr", "title", "alt"};
  const char *local = (const char *)n->name;
  bool chosen = is_w(n, "checked") || is_w(n, "result"); /* of a form field (17.16.17) */
  if (is_w(n, "docVar") || chosen) return nth == 0 ? xml_attr_node(n, NS_W, "val") : NULL;
  if (is_w(n, "sdt")) return nth == 0 ? docx_control_state(n) : NULL;
  if (is_w(n, "hyperlink")) return link_attr(n, nth);
  if (xml_is(n, NS_A, "hlinkClick")) return nth == 0 ? xml_attr_node(n, NULL, "tooltip") : NULL;
  bool shape = strcmp(local, "docPr") == 0 || strcmp(local, "cNvPr") == 0 ||
               strcmp(local, "shape") == 0 || strcmp(local, "rect") == 0;
  if (!shape || in_namespace(n, NS_W)) return NULL;
  for (size_t i = 0; i < COUNT(names); i++) {
    xmlAttr *a = xml_attr_node(n, NULL, names[i]);
    if (a != NULL && nth-- == 0) return a;
  }
  return NULL;
}

/* Runs that were deleted or moved away, rows and cells (17.13.5). */
static bool docx_deleted(const xmlNode *n) {
  return is_w(n, "del") || is_w(n, "moveFrom") || is_w(n, "tr") || is_w(n, "tc");
}

static const char *docx_dead_text(const xmlNode *n) {
  if (is_w(n, "instrText")) return N_("the code of a field");
  if (is_w(n, "rt")) return N_("the reading above a word (phonetic guide)");
  bool math = n->ns != NULL && ends_with(n, "/math") && strcmp((const char *)n->name, "t") == 0;
  return math ? N_("an equation") : NULL;
}

/* ---- text ---- */

/* Without xml:space="preserve" Word drops blanks at the edges (17.3.3.31); line breaks in the
 * file are blanks. */
static void normalise_text(xmlNode *t, struct buf *b) {
  xmlNode *text = t->children;
  if (text == NULL || text->next != NULL || text->content == NULL) return;
  str s = str_of((const char *)text->content);
  if (xmlNodeGetSpacePreserve(t) != 1) s = str_trim(s);
  buf_clear(b);
  for (size_t i = 0; i < s.n; i++)
    buf_putc(b, s.p[i] == '\n' || s.p[i] == '\t' || s.p[i] == '\r' ? ' ' : s.p[i]);
  if (!b->failed) xml_set_text(text, buf_str(b));
}

static void docx_normalise(xmlNode *p) {
  struct buf b;
  buf_init(&b, 0);
  for (xmlNode *n = p; n != NULL; n = xml_walk(p, n, is_w(n, "txbxContent")))
    if (is_w(n, "t")) normalise_text(n, &b);
  buf_free(&b);
}

static void docx_touched(xmlNode *mark) {
  if (mark->parent != NULL && is_w(mark->parent, "t")) xmlNodeSetSpacePreserve(mark->parent, 1);
}

/* A run of the same properties with a text in it; not linked. */
static xmlNode *sample_run(xmlNode *run, xmlNode *t, const char *text) {
  xmlNode *copy = xml_shell(run), *copy_t = xml_shell(t);
  if (copy == NULL || copy_t == NULL) {
    if (copy != NULL) xmlFreeNode(copy);
    if (copy_t != NULL) xmlFreeNode(copy_t);
    return NULL;
  }
  for (xmlNode *k = run->children; k != NULL; k = k->next)
    if (docx_kind(k) == KIND_SKIP && k->type == XML_ELEMENT_NODE &&
        strcmp((const char *)k->name, "rPr") == 0)
      xml_append(copy, xml_clone(k));
  xml_append(copy_t, xml_text(run->doc, str_of(text)));
  xml_append(copy, copy_t);
  return copy;
}

/* 17.3.2.15 highlight has its place in the order of run properties (17.3.2.28). */
static bool add_highlight(xmlNode *run) {
  static const char *const behind[] = {
      "u",    "effect",          "bdr",        "shd",   "fitText",  "vertAlign", "rtl", "cs", "em",
      "lang", "eastAsianLayout", "specVanish", "oMath", "rPrChange"};
  xmlNode *pr = xml_child(run, NS_W, "rPr");
  if (pr == NULL) {
    if ((pr = xml_element(run, "rPr")) == NULL) return false;
    xml_prepend(run, pr);
  }
  xmlNode *old = xml_child(pr, NS_W, "highlight");
  if (old != NULL) xml_remove(old);
  xmlNode *h = xml_element(run, "highlight");
  if (h == NULL || !xml_set_attr(h, run->ns, "val", STR("yellow"))) return false;
  for (xmlNode *k = xml_first_element(pr); k != NULL; k = xml_next_element(k))
    for (size_t i = 0; i < COUNT(behind); i++)
      if (is_w(k, behind[i])) return xml_insert_before(k, h), true;
  xml_append(pr, h);
  return true;
}

static xmlNode *text_holder(xmlNode *mark) {
  xmlNode *t = mark->parent;
  return t != NULL && t->type == XML_ELEMENT_NODE && docx_kind(t) == KIND_TEXT ? t : NULL;
}

/* </w:t><w:br/><w:t …>: inside of the same run. */
static bool inside_run(xmlNode *t, const char *element, struct arena *a, str *out) {
  str name = shared_name(t, "t", a), what = shared_name(t, element, a);
  *out = arena_join(
      a,
      (str[]){STR("</"), name, STR("><"), what, STR("/><"), name, STR(" xml:space=\"preserve\">")},
      7);
  return out->p != NULL;
}

static bool paragraph_break(xmlNode *p, xmlNode *run, xmlNode *t, struct arena *a, str *out) {
  xmlNode *sample = flavour_docx.empty_paragraph(p), *r = sample_run(run, t, SHARED_HERE);
  str before, behind;
  for (xmlNode *n = run->parent; r != NULL && n != p; n = n->parent) {
    xmlNode *wrapper = xml_shell(n);
    if (wrapper != NULL) xml_append(wrapper, r);
    r = wrapper;
  }
  if (sample == NULL || r == NULL) return false;
  xmlNode *pr = xml_child(sample, NS_W, "pPr");
  xmlNode *brk = pr != NULL ? xml_child(pr, NS_W, "pageBreakBefore") : NULL;
  if (brk != NULL) xml_remove(brk); /* the first line breaks the page, the others do not */
  xml_append(sample, r);
  if (!shared_split(p->doc, sample, a, &before, &behind)) return false;
  *out = arena_join(a, (str[]){behind, before}, 2);
  return out->p != NULL;
}

/* The run is closed, a highlighted one is opened; and back. */
static bool highlighted(xmlNode *run, xmlNode *t, struct arena *a, str mark[2]) {
  str plain[2], bright[2];
  xmlNode *r = sample_run(run, t, SHARED_HERE);
  if (r == NULL || !shared_split(run->doc, r, a, &plain[0], &plain[1])) return false;
  r = sample_run(run, t, SHARED_HERE);
  if (r == NULL || !add_highlight(r) || !shared_split(run->doc, r, a, &bright[0], &bright[1]))
    return false;
  mark[0] = arena_join(a, (str[]){plain[1], bright[0]}, 2);
  mark[1] = arena_join(a, (str[]){bright[1], plain[0]}, 2);
  return mark[0].p != NULL && mark[1].p != NULL;
}

static bool has_section(const xmlNode *p) {
  const xmlNode *pr = xml_child(p, NS_W, "pPr");
  return pr != NULL && xml_child(pr, NS_W, "sectPr") != NULL;
}

/* DrawingML has its line break between runs (21.1.2.2.1). */
static bool form_a(xmlNode *run, xmlNode *t, struct arena *a, struct form *out) {
  str before, behind, br = shared_name(t, "br", a);
  xmlNode *r = sample_run(run, t, SHARED_HERE);
  if (r == NULL || !shared_split(run->doc, r, a, &before, &behind)) return false;
  out->line = arena_join(a, (str[]){behind, STR("<"), br, STR("/>"), before}, 5);
  return out->line.p != NULL;
}

static bool runs_only(const xmlNode *run, const xmlNode *p) {
  for (const xmlNode *n = run->parent; n != p; n = n->parent)
    if (n == NULL || docx_kind(n) != KIND_RUN || shared_marked(n)) return false;
  return true;
}

/* A value that becomes several paragraphs is no longer the insertion that its tag was (17.13.5.18),
 * whose id can stand only once. */
static void leave_insertion(xmlNode *run) {
  while (run->parent != NULL && (is_w(run->parent, "ins") || is_w(run->parent, "moveTo"))) {
    xmlNode *around = run->parent;
    xmlUnlinkNode(run);
    xml_insert_before(around, run);
    if (around->children == NULL) xml_remove(around);
  }
}

static bool docx_form(xmlNode *mark, xmlNode *p, bool alone, bool marks, struct arena *a,
                      struct form *out) {
  *out = (struct form){.attribute = false};
  xmlNode *t = text_holder(mark);
  if (t == NULL) return true; /* a plain element: line breaks stay what they are */
  xmlNode *run = t->parent;
  if (!is_w(t, "t")) return form_a(run, t, a, out);
  if (!inside_run(t, "br", a, &out->line) || !inside_run(t, "tab", a, &out->tab)) return false;
  if (!is_w(run, "r")) return true;
  if (alone && !has_section(p)) leave_insertion(run);
  bool whole = alone && runs_only(run, p) && !has_section(p);
  if (whole && !paragraph_break(p, run, t, a, &out->paragraph)) return false;
  return !marks || highlighted(run, t, a, out->mark);
}

/* ---- blocks ---- */

static bool docx_is_property(const xmlNode *k) {
  static const char *const names[] = {"rPr",        "pPr",         "sdtPr",  "sdtEndPr",
                                      "smartTagPr", "customXmlPr", "fldData"};
  for (size_t i = 0; k->type == XML_ELEMENT_NODE && i < COUNT(names); i++)
    if (strcmp((const char *)k->name, names[i]) == 0) return true;
  return false;
}

/* Paragraph ids must differ (w14:paraId, w14:textId). */
static void drop_paragraph_ids(xmlNode *n) {
  for (xmlAttr *k = n->properties, *next; k != NULL; k = next) {
    next = k->next;
    if (strcmp((const char *)k->name, "paraId") == 0 ||
        strcmp((const char *)k->name, "textId") == 0)
      xmlRemoveProp(k);
  }
}

static xmlNode *docx_empty_paragraph(xmlNode *like) {
  xmlNode *p = xml_shell(like), *pr = xml_child(like, NS_W, "pPr");
  if (p == NULL) return NULL;
  drop_paragraph_ids(p);
  if (pr == NULL) return p;
  xmlNode *copy = xml_clone(pr);
  if (copy == NULL) return NULL;
  xmlNode *section = xml_child(copy, NS_W, "sectPr");
  if (section != NULL) xml_remove(section);
  xml_append(p, copy);
  return p;
}

/* The section's properties go to the paragraph before, when it has none of its own. */
static bool move_section(xmlNode *p) {
  xmlNode *section = xml_child(xml_child(p, NS_W, "pPr"), NS_W, "sectPr"), *to = p->prev;
  while (to != NULL && to->type == XML_TEXT_NODE) to = to->prev;
  if (to == NULL || !is_w(to, "p") || has_section(to)) return false;
  xmlNode *pr = xml_child(to, NS_W, "pPr");
  if (pr == NULL) {
    if ((pr = xml_element(to, "pPr")) == NULL) return false;
    xml_prepend(to, pr);
  }
  xmlNode *change = xml_child(pr, NS_W, "pPrChange");
  xmlUnlinkNode(section);
  if (change != NULL)
    xml_insert_before(change, section);
  else
    xml_append(pr, section);
  return true;
}

/* The paragraph behind or before, when nothing but white space is between. */
static xmlNode *paragraph_beside(const xmlNode *p, bool behind) {
  xmlNode *n = behind ? p->next : p->prev;
  while (n != NULL && n->type != XML_ELEMENT_NODE) n = behind ? n->next : n->prev;
  return n != NULL && is_w(n, "p") ? n : NULL;
}

/* A comment on the paragraph moves, with its mark, to the paragraph beside it. */
static bool move_comments(xmlNode *p) {
  xmlNode *to = paragraph_beside(p, true), *at = NULL;
  bool behind = to != NULL;
  if (to == NULL) to = paragraph_beside(p, false);
  if (to != NULL && behind)
    for (at = to->children; at != NULL && docx_kind(at) == KIND_SKIP;) at = at->next;
  for (xmlNode *n = xml_walk(p, p, false), *next; n != NULL; n = next) {
    next = xml_walk(p, n, false);
    if (!is_w(n, "commentReference")) continue;
    if (to == NULL) return false;
    xmlNode *run = n->parent != p ? n->parent : n;
    if (run != n) next = xml_walk(p, run, true);
    xmlUnlinkNode(run);
    if (at != NULL)
      xml_insert_before(at, run);
    else
      xml_append(to, run);
  }
  return true;
}

/* Bookmarks and the ends of comment ranges go before the paragraph. */
static bool docx_release(xmlNode *p) {
  if (!is_w(p, "p") || (has_section(p) && !move_section(p)) || !move_comments(p)) return false;
  for (xmlNode *k = xml_first_element(p), *next; k != NULL; k = next) {
    next = xml_next_element(k);
    str id;
    if (flavour_docx.range_edge(k, &id) == 0) continue;
    xmlUnlinkNode(k);
    xml_insert_before(p, k);
  }
  return true;
}

static void docx_continued(xmlNode *second) { (void)second; }

static int docx_field_edge(const xmlNode *n) {
  if (!is_w(n, "fldChar")) return 0;
  str type = xml_attr(n, NS_W, "fldCharType");
  return str_is(type, "begin") ? 1 : str_is(type, "end") ? -1 : 0;
}

/* ---- ids ---- */

struct ident_rule {
  const char *ns; /* of the element; NULL: any but w */
  const char *element, *attr;
  enum ident_kind kind;
  unsigned space;
};

static const struct ident_rule ident_rules[] = {
    {NS_W, "bookmarkStart", "id", IDENT_NUMBER, SPACE_BOOKMARK},
    {NS_W, "bookmarkStart", "name", IDENT_NAME, SPACE_BOOKMARK_NAME},
    {NS_W, "bookmarkEnd", "id", IDENT_SAME, SPACE_BOOKMARK},
    {NS_W, "permStart", "id", IDENT_NUMBER, SPACE_PERMISSION},
    {NS_W, "permEnd", "id", IDENT_SAME, SPACE_PERMISSION},
    {NULL, "docPr", "id", IDENT_NUMBER, SPACE_DRAWING},
    {NULL, "shape", "id", IDENT_NAME, SPACE_SHAPE},
    {NULL, "rect", "id", IDENT_NAME, SPACE_SHAPE},
    {NS_W, "moveFromRangeStart", "id", IDENT_NUMBER, SPACE_REVISION_RANGE},
    {NS_W, "moveFromRangeEnd", "id", IDENT_SAME, SPACE_REVISION_RANGE},
    {NS_W, "moveToRangeStart", "id", IDENT_NUMBER, SPACE_REVISION_RANGE},
    {NS_W, "moveToRangeEnd", "id", IDENT_SAME, SPACE_REVISION_RANGE},
};

static xmlAttr *dropped_attr(xmlNode *n) {
  static const char *const names[] = {"paraId", "textId", "anchorId", "editId"};
  for (xmlAttr *k = n->properties; k != NULL; k = k->next)
    for (size_t i = 0; i < COUNT(names); i++)
      if (strcmp((const char *)k->name, names[i]) == 0) return k;
  return NULL;
}

static bool control_id(xmlNode *n, struct ident *out) {
  bool here = is_w(n, "id") && n->parent != NULL && is_w(n->parent, "sdtPr");
  xmlAttr *attr = here ? xml_attr_node(n, NS_W, "val") : NULL;
  *out = (struct ident){attr, IDENT_NUMBER, SPACE_CONTROL};
  return attr != NULL;
}

/* What was changed with tracking on (ECMA-376 part 1, 17.13.5). */
static bool revision_id(xmlNode *n, struct ident *out) {
  static const char *const names[] = {
      "cellDel",     "cellIns",         "cellMerge",  "del",       "ins",          "moveFrom",
      "moveTo",      "numberingChange", "pPrChange",  "rPrChange", "sectPrChange", "tblGridChange",
      "tblPrChange", "tblPrExChange",   "tcPrChange", "trPrChange"};
  *out = (struct ident){NULL, IDENT_NUMBER, SPACE_REVISION};
  for (size_t i = 0; i < COUNT(names) && out->attr == NULL; i++)
    if (is_w(n, names[i])) out->attr = xml_attr_node(n, NS_W, "id");
  return out->attr != NULL;
}

static bool docx_ident(xmlNode *n, unsigned nth, struct ident *out) {
  xmlAttr *drop = dropped_attr(n);
  if (drop != NULL && nth-- == 0) {
    *out = (struct ident){drop, IDENT_DROP, 0};
    return true;
  }
  if (control_id(n, out) && nth-- == 0) return true;
  if (revision_id(n, out) && nth-- == 0) return true;
  for (size_t i = 0; i < COUNT(ident_rules); i++) {
    const struct ident_rule *r = &ident_rules[i];
    bool fits =
        r->ns != NULL ? is_w(n, r->element) : strcmp((const char *)n->name, r->element) == 0;
    xmlAttr *attr = fits ? xml_attr_node(n, r->ns, r->attr) : NULL;
    if (attr == NULL || nth-- != 0) continue;
    *out = (struct ident){attr, r->kind, r->space};
    return true;
  }
  return false;
}

static bool docx_note_ref(const void *state, xmlNode *n, struct note_ref *out) {
  const struct docx_state *s = state;
  bool foot = s->footnotes_known && is_w(n, "footnoteReference");
  bool end = s->endnotes_known && is_w(n, "endnoteReference");
  bool comment = s->comments_known && (is_w(n, "commentRangeStart") || is_w(n, "commentRangeEnd") ||
                                       is_w(n, "commentReference"));
  if (!foot && !end && !comment) return false;
  *out = (struct note_ref){.entry = foot  ? s->footnotes
                                    : end ? s->endnotes
                                          : s->comments,
                           .id = xml_attr(n, NS_W, "id"),
                           .attr = xml_attr_node(n, NS_W, "id"),
                           .mark = comment};
  return out->attr != NULL;
}

/* Headers and footers of a section that is repeated, charts. */
static bool docx_part_ref(const void *state, size_t owner, const xmlNode *n, struct part_ref *out) {
  bool header = is_w(n, "headerReference") || is_w(n, "footerReference");
  bool chart = ends_with(n, "/chart") && strcmp((const char *)n->name, "chart") == 0;
  xmlAttr *attr = header || chart ? xml_attr_node(n, NS_R, "id") : NULL;
  const struct docx_rel *r =
      attr != NULL ? docx_rel_of(state, owner, xml_attr(n, NS_R, "id")) : NULL;
  if (r == NULL || !r->inside) return false;
  *out = (struct part_ref){r->target, attr};
  return true;
}

/* ---- notes and ranges ---- */

static bool docx_note_id(xmlNode *n, struct note_ref *out) {
  bool note = is_w(n, "footnote") || is_w(n, "endnote") || is_w(n, "comment");
  str type = note ? xml_attr(n, NS_W, "type") : STR_NONE;
  if (!note || (type.n != 0 && !str_is(type, "normal"))) return false;
  *out = (struct note_ref){.id = xml_attr(n, NS_W, "id"), .attr = xml_attr_node(n, NS_W, "id")};
  return out->attr != NULL;
}

static int docx_range_edge(const xmlNode *n, str *id) {
  static const struct {
    const char *name;
    int edge;
  } edges[] = {{"bookmarkStart", 1},    {"bookmarkEnd", -1}, {"commentRangeStart", 1},
               {"commentRangeEnd", -1}, {"permStart", 1},    {"permEnd", -1}};
  for (size_t i = 0; i < COUNT(edges); i++)
    if (is_w(n, edges[i].name)) {
      *id = xml_attr(n, NS_W, "id");
      return edges[i].edge;
    }
  return 0;
}

static bool same_tree(const xmlNode *a, const xmlNode *b) {
  struct buf x, y;
  buf_init(&x, 0);
  buf_init(&y, 0);
  bool same = xml_dump_node(a->doc, (xmlNode *)a, &x) && xml_dump_node(b->doc, (xmlNode *)b, &y) &&
              str_eq(buf_str(&x), buf_str(&y));
  buf_free(&x);
  buf_free(&y);
  return same;
}

/* A section that is no other than the one behind it only breaks the page; one of its own kind
 * (orientation, header) must stay. */
static bool only_breaks(xmlNode *section) {
  xmlNode *root = xmlDocGetRootElement(section->doc);
  for (xmlNode *n = xml_walk(root, section, true); n != NULL; n = xml_walk(root, n, false))
    if (is_w(n, "sectPr")) return same_tree(section, n);
  return false;
}

/* A page break, or the section that the paragraph ends. */
static xmlNode *docx_page_break(xmlNode *p, bool at_end) {
  xmlNode *first = NULL, *last = NULL;
  for (xmlNode *n = p; n != NULL; n = xml_walk(p, n, docx_kind(n) == KIND_SKIP)) {
    if (n->type != XML_ELEMENT_NODE && n->type != XML_PI_NODE) continue;
    enum kind k = n->type == XML_PI_NODE ? KIND_CONTENT : docx_kind(n); /* an anchor prints */
    bool text = k == KIND_TEXT && n->children != NULL;
    if (k != KIND_CONTENT && k != KIND_TAB && k != KIND_BREAK && !text) continue;
    if (first == NULL) first = n;
    last = n;
  }
  xmlNode *pr = xml_child(p, NS_W, "pPr"), *section = NULL;
  if (at_end && pr != NULL) section = xml_child(pr, NS_W, "sectPr");
  if (section != NULL) return only_breaks(section) ? section : NULL;
  xmlNode *edge = at_end ? last : first;
  return edge != NULL && edge->type == XML_ELEMENT_NODE && is_w(edge, "br") &&
                 docx_kind(edge) == KIND_CONTENT
             ? edge
             : NULL;
}

static bool docx_single(const xmlNode *n) {
  (void)n;
  return false;
}

static void docx_define_mark(xmlNode *root) { (void)root; }

static void docx_close(void *state) { (void)state; }

static str docx_ending(const void *state) { return ((const struct docx_state *)state)->ending; }

static size_t docx_parts(const void *state, const struct flavour_part **parts) {
  const struct docx_state *s = state;
  *parts = s->parts;
  return s->nparts;
}

static bool docx_replaced(const void *state, size_t entry, str *bytes) {
  return entries_bytes(&((const struct docx_state *)state)->entries, entry, bytes);
}

static bool docx_left_out(const void *state, size_t entry) {
  return entries_gone(&((const struct docx_state *)state)->entries, entry);
}

static bool docx_added(const void *state, size_t nth, str *name, str *bytes) {
  return entries_added(&((const struct docx_state *)state)->entries, nth, name, bytes);
}

static bool docx_replace(void *state, size_t entry, const struct xml *x, struct findings *fs) {
  return entries_dump(&((struct docx_state *)state)->entries, entry, x, fs);
}

static ptrdiff_t docx_stored_first(const void *state) {
  (void)state;
  return -1;
}

const struct flavour flavour_docx = {
    .name = "docx",
    .mixed_content = false,
    .marks_in_paragraphs = false,
    .cell_needs_paragraph = true,
    .recognise = docx_recognise,
    .open = docx_open,
    .close = docx_close,
    .ending = docx_ending,
    .parts = docx_parts,
    .wanted = docx_wanted,
    .adopt = docx_adopt,
    .replaced = docx_replaced,
    .stored_first = docx_stored_first,
    .kind = docx_kind,
    .story = docx_story,
    .heading = docx_heading,
    .again = docx_again,
    .spaces = docx_spaces,
    .columns = docx_columns,
    .is_wide = docx_is_wide,
    .rows_spanned = docx_rows_spanned,
    .merge = docx_merge,
    .number_cell = docx_number_cell,
    .unfilled_cell = docx_unfilled_cell,
    .cell_formula = docx_cell_formula,
    .formula_range = docx_formula_range,
    .is_named = docx_is_named,
    .forget_result = docx_forget_result,
    .text_attr = docx_text_attr,
    .picture_alt = docx_picture_alt,
    .picture_frame = docx_picture_frame,
    .put_length = docx_put_length,
    .pictures = 1u << PICTURE_PNG | 1u << PICTURE_JPEG | 1u << PICTURE_GIF | 1u << PICTURE_BMP,
    .picture_name = docx_picture_name,
    .relation_id = docx_relation_id,
    .relations_of = docx_relations_of,
    .dead_text = docx_dead_text,
    .deleted = docx_deleted,
    .normalise = docx_normalise,
    .touched = docx_touched,
    .form = docx_form,
    .is_property = docx_is_property,
    .empty_paragraph = docx_empty_paragraph,
    .carries_section = has_section,
    .release = docx_release,
    .continued = docx_continued,
    .field_edge = docx_field_edge,
    .ident = docx_ident,
    .note_ref = docx_note_ref,
    .part_ref = docx_part_ref,
    .copy_name = docx_copy_name,
    .tells = docx_tells,
    .next_list = docx_next_list,
    .list_of = docx_list_of,
    .with_additions = docx_with_additions,
    .copied_along = docx_copied_along,
    .link = docx_link,
    .note_id = docx_note_id,
    .reference = docx_reference,
    .sequence = docx_sequence,
    .named_text = docx_named_text,
    .reference_text = docx_reference_text,
    .field_mark = docx_field_mark,
    .range_edge = docx_range_edge,
    .page_break = docx_page_break,
    .single = docx_single,
    .define_mark = docx_define_mark,
    .left_out = docx_left_out,
    .added = docx_added,
    .replace = docx_replace,
    .traces = docx_traces,
    .personal = docx_personal,
    .beside = docx_beside,
    .clean_begin = docx_clean_begin,
    .clean = docx_clean,
    .clean_end = docx_clean_end,
    .forget = docx_forget,
    .comment = docx_comment,
    .comments_end = docx_comments_end,
    .stale = docx_stale,
    .refresh = docx_refresh,
    .refresh_package = docx_refresh_package,
};
