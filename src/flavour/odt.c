/* OpenDocument text (ODF 1.3 part 3): what its nodes are to the template language.
 *
 * Notes, comments and text boxes stand inside the paragraph that they hang on; white space in
 * text collapses (6.1.2), so blanks beside a tag become text:s.  Which parts there are stands in
 * odt_parts.c.
 */
#include "flavour/odt.h"

#include "flavour/shared.h"
#include "picture/picture.h"

#define COUNT(a)   (sizeof(a) / sizeof *(a))
#define N_(s)      (s)
#define MARK_STYLE "TianbaoMark"

enum {
  SPACE_TABLE,
  SPACE_FRAME,
  SPACE_SECTION,
  SPACE_BOOKMARK,
  SPACE_ANNOTATION,
  SPACE_REFERENCE,
  SPACE_SEQUENCE
};

/* Sorted by name; other elements of this namespace are fields, and so content. */
static const struct kind_name text_kinds[] = {
    {"a", KIND_RUN},
    {"alphabetical-index", KIND_BOX},
    {"alphabetical-index-mark", KIND_MARK},
    {"alphabetical-index-mark-end", KIND_MARK},
    {"alphabetical-index-mark-start", KIND_MARK},
    {"alphabetical-index-source", KIND_SKIP},
    {"bibliography", KIND_BOX},
    {"bibliography-source", KIND_SKIP},
    {"bookmark", KIND_MARK},
    {"bookmark-end", KIND_MARK},
    {"bookmark-start", KIND_MARK},
    {"change", KIND_MARK},
    {"change-end", KIND_MARK},
    {"change-start", KIND_MARK},
    {"dde-connection-decls", KIND_SKIP},
    {"description", KIND_FIXED},
    {"drop-down", KIND_FIXED},
    {"h", KIND_PARAGRAPH},
    {"illustration-index", KIND_BOX},
    {"illustration-index-source", KIND_SKIP},
    {"index-body", KIND_BOX},
    {"index-title", KIND_BOX},
    {"keywords", KIND_FIXED},
    {"label", KIND_MARK},
    {"line-break", KIND_BREAK},
    {"list", KIND_GROUP},
    {"list-header", KIND_ITEM},
    {"list-item", KIND_ITEM},
    {"meta", KIND_RUN},
    {"note", KIND_CONTENT},
    {"note-body", KIND_STORY},
    {"note-citation", KIND_SKIP},
    {"numbered-paragraph", KIND_ITEM},
    {"object-index", KIND_BOX},
    {"object-index-source", KIND_SKIP},
    {"p", KIND_PARAGRAPH},
    {"placeholder", KIND_FIXED},
    {"reference-mark", KIND_MARK},
    {"reference-mark-end", KIND_MARK},
    {"reference-mark-start", KIND_MARK},
    {"ruby", KIND_OTHER},
    {"ruby-base", KIND_FIXED},
    {"ruby-text", KIND_SKIP},
    {"s", KIND_SPACES},
    {"section", KIND_BOX},
    {"section-source", KIND_SKIP},
    {"sequence-decls", KIND_SKIP},
    {"soft-page-break", KIND_MARK},
    {"span", KIND_RUN},
    {"subject", KIND_FIXED},
    {"tab", KIND_TAB},
    {"table-index", KIND_BOX},
    {"table-index-source", KIND_SKIP},
    {"table-of-content", KIND_BOX},
    {"table-of-content-source", KIND_SKIP},
    {"text-input", KIND_FIXED},
    {"title", KIND_FIXED},
    {"toc-mark", KIND_MARK},
    {"toc-mark-end", KIND_MARK},
    {"toc-mark-start", KIND_MARK},
    {"tracked-changes", KIND_SKIP},
    {"user-defined", KIND_FIXED},
    {"user-field-decl", KIND_OTHER},
    {"user-field-decls", KIND_OTHER},
    {"user-field-get", KIND_FIXED},
    {"user-field-input", KIND_FIXED},
    {"user-index", KIND_BOX},
    {"user-index-mark", KIND_MARK},
    {"user-index-mark-end", KIND_MARK},
    {"user-index-mark-start", KIND_MARK},
    {"user-index-source", KIND_SKIP},
    {"variable-decls", KIND_SKIP},
};

static const struct kind_name table_kinds[] = {
    {"covered-table-cell", KIND_CELL}, {"table", KIND_TABLE},   {"table-cell", KIND_CELL},
    {"table-header-rows", KIND_ROWS},  {"table-row", KIND_ROW}, {"table-row-group", KIND_ROWS},
    {"table-rows", KIND_ROWS},
};

static const struct kind_name office_kinds[] = {
    {"annotation", KIND_STORY}, {"annotation-end", KIND_MARK},  {"automatic-styles", KIND_SKIP},
    {"chart", KIND_STORY},      {"font-face-decls", KIND_SKIP}, {"forms", KIND_SKIP},
    {"scripts", KIND_SKIP},     {"settings", KIND_SKIP},        {"styles", KIND_SKIP},
    {"text", KIND_STORY},
};

static const struct kind_name style_kinds[] = {
    {"footer", KIND_STORY},      {"footer-first", KIND_STORY}, {"footer-left", KIND_STORY},
    {"header", KIND_STORY},      {"header-first", KIND_STORY}, {"header-left", KIND_STORY},
    {"master-page", KIND_OTHER},
};

/* Shapes that hold paragraphs themselves. */
static const struct kind_name draw_kinds[] = {
    {"caption", KIND_STORY},      {"circle", KIND_STORY},  {"connector", KIND_STORY},
    {"custom-shape", KIND_STORY}, {"ellipse", KIND_STORY}, {"line", KIND_STORY},
    {"measure", KIND_STORY},      {"path", KIND_STORY},    {"polygon", KIND_STORY},
    {"polyline", KIND_STORY},     {"rect", KIND_STORY},    {"regular-polygon", KIND_STORY},
    {"text-box", KIND_STORY},
};

static bool is_text(const xmlNode *n, const char *local) { return xml_is(n, NS_TEXT, local); }

static bool in_meta(const xmlNode *n) {
  return n->parent != NULL && xml_is(n->parent, NS_OFFICE, "meta");
}

static enum kind odt_kind(const xmlNode *n) {
  if (n->type != XML_ELEMENT_NODE || n->ns == NULL) return KIND_OTHER;
  const char *ns = (const char *)n->ns->href, *local = (const char *)n->name;
  if (strcmp(ns, NS_TEXT) == 0)
    return shared_kind(text_kinds, COUNT(text_kinds), local, KIND_CONTENT);
  if (strcmp(ns, NS_TABLE) == 0)
    return shared_kind(table_kinds, COUNT(table_kinds), local, KIND_SKIP);
  if (strcmp(ns, NS_OFFICE) == 0)
    return shared_kind(office_kinds, COUNT(office_kinds), local, KIND_OTHER);
  if (strcmp(ns, NS_STYLE) == 0)
    return shared_kind(style_kinds, COUNT(style_kinds), local, KIND_SKIP);
  if (strcmp(ns, NS_DRAW) == 0)
    return shared_kind(draw_kinds, COUNT(draw_kinds), local, KIND_CONTENT);
  if (strcmp(ns, NS_SVG) == 0)
    return strcmp(local, "title") == 0 || strcmp(local, "desc") == 0 ? KIND_PLAIN : KIND_SKIP;
  if (strcmp(ns, NS_DC) == 0 || strcmp(ns, NS_META) == 0)
    return in_meta(n) && xml_first_element(n) == NULL ? KIND_PLAIN : KIND_SKIP;
  if (strcmp(ns, NS_LOEXT) == 0 && strcmp(local, "content-control") == 0) return KIND_FIXED;
  return KIND_OTHER;
}

static enum story odt_story(const xmlNode *n, enum story outer) {
  if (xml_is(n, NS_OFFICE, "annotation")) return STORY_COMMENT;
  if (xml_is(n, NS_OFFICE, "text")) return STORY_BODY;
  if (is_text(n, "note-body"))
    return n->parent != NULL && str_is(xml_attr(n->parent, NS_TEXT, "note-class"), "endnote")
               ? STORY_ENDNOTE
               : STORY_FOOTNOTE;
  if (strcmp((const char *)n->ns->href, NS_DRAW) == 0) return STORY_TEXTBOX;
  if (strcmp((const char *)n->ns->href, NS_STYLE) != 0) return outer;
  return strncmp((const char *)n->name, "header", 6) == 0 ? STORY_HEADER : STORY_FOOTER;
}

static bool odt_heading(const xmlNode *p) { return is_text(p, "h"); }

static bool odt_again(const xmlNode *n) {
  (void)n;
  return false;
}

static unsigned count_attr(const xmlNode *n, const char *ns, const char *local) {
  str s = xml_attr(n, ns, local);
  unsigned v = 0;
  for (size_t i = 0; i < s.n && i < 6 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
    v = v * 10 + (unsigned)(s.p[i] - '0');
  return v != 0 ? v : 1;
}

static unsigned odt_spaces(const xmlNode *n) { return count_attr(n, NS_TEXT, "c"); }

static unsigned odt_columns(const xmlNode *cell) {
  return count_attr(cell, NS_TABLE, "number-columns-repeated");
}

static bool odt_is_wide(const xmlNode *cell) {
  return count_attr(cell, NS_TABLE, "number-columns-spanned") > 1;
}

static xmlAttr *odt_rows_spanned(xmlNode *cell, unsigned *rows) {
  *rows = count_attr(cell, NS_TABLE, "number-rows-spanned");
  return *rows > 1 ? xml_attr_node(cell, NS_TABLE, "number-rows-spanned") : NULL;
}

/* The cell covers the rows below; there stand covered cells (ODF 1.3 part 3, 9.1.5). */
static bool odt_merge(xmlNode *cell, xmlNode **first, xmlNode **last, xmlNode **other,
                      xmlAttr **attr) {
  if (xml_attr_node(cell, NS_TABLE, "number-rows-spanned") != NULL) return false;
  xmlAttr *style = xml_attr_node(cell, NS_TABLE, "style-name");
  *other = xml_element(cell, "covered-table-cell");
  if (*other == NULL || !xml_set_attr(cell, cell->ns, "number-rows-spanned", STR("1")))
    return false;
  if (style != NULL)
    xml_set_attr(*other, style->ns, "style-name", xml_attr(cell, NS_TABLE, "style-name"));
  *attr = xml_attr_node(cell, NS_TABLE, "number-rows-spanned");
  *first = *last = cell;
  return *attr != NULL;
}

/* Values of user fields, what is chosen in form fields and lists, and what shows when the mouse is on a link; alternative text stands in
 * elements: svg:title, svg:desc. */
static xmlAttr *odt_text_attr(xmlNode *n, unsigned nth) {
  bool link = is_text(n, "a") || xml_is(n, NS_DRAW, "a");
  if (link) return nth == 0 ? xml_attr_node(n, NS_OFFICE, "title") : NULL;
  if (nth != 0) return NULL;
  if (xml_is(n, NS_FIELD, "param")) return xml_attr_node(n, NS_FIELD, "value");
  if (xml_is(n, NS_LOEXT, "content-control")) return xml_attr_node(n, NS_LOEXT, "checked");
  if (is_text(n, "label")) return xml_attr_node(n, NS_TEXT, "current-selected");
  if (!is_text(n, "user-field-decl")) return NULL;
  xmlAttr *text = xml_attr_node(n, NS_OFFICE, "string-value");
  return text != NULL ? text : xml_attr_node(n, NS_OFFICE, "value");
}

/* What was deleted stands apart from the text (ODF 1.3 part 3, 5.5.1). */
static bool odt_deleted(const xmlNode *n) { return is_text(n, "tracked-changes"); }

/* What Writer works out, and keeps a copy of; those with figures of the data gave way before. */
static bool is_worked_out(const xmlNode *n) {
  static const char *const names[] = {
      "variable-set",     "variable-get", "variable-input", "conditional-text", "hidden-text",
      "hidden-paragraph", "expression",   "meta-field",     "execute-macro",    "sequence"};
  for (size_t i = 0; i < COUNT(names); i++)
    if (is_text(n, names[i])) return true;
  return false;
}

static const char *odt_dead_text(const xmlNode *n) {
  if (is_text(n, "ruby-text")) return N_("the reading above a word (phonetic guide)");
  if (is_worked_out(n)) return N_("a field of Writer's that is not filled");
  return xml_is(n, NS_OFFICE, "forms") ? N_("a control of a form; write it in the text") : NULL;
}

/* ---- text ---- */

static bool is_story(const xmlNode *n) {
  enum kind k = odt_kind(n);
  return k == KIND_STORY || k == KIND_CONTENT || k == KIND_PLAIN || k == KIND_SKIP;
}

/* text:s with a count becomes so many elements, so that a tag never ends inside of one. */
static void split_spaces(xmlNode *s) {
  unsigned n = odt_spaces(s);
  xmlAttr *count = xml_attr_node(s, NS_TEXT, "c");
  if (count == NULL || n > 64) return;
  xmlRemoveProp(count);
  for (; n > 1; n--) {
    xmlNode *more = xml_element(s, "s");
    if (more != NULL) xml_insert_after(s, more);
  }
}

/* White space collapses over the whole paragraph; at its start it is nothing. */
static void collapse(xmlNode *text, bool *blank, struct buf *b) {
  str s = str_of((const char *)text->content);
  buf_clear(b);
  for (size_t i = 0; i < s.n; i++) {
    bool white = strchr(" \t\n\r", s.p[i]) != NULL && s.p[i] != '\0';
    if (!white || !*blank) buf_putc(b, white ? ' ' : s.p[i]);
    *blank = white;
  }
  if (!b->failed) xml_set_text(text, buf_str(b));
}

static void odt_normalise(xmlNode *p) {
  struct buf b;
  bool blank = odt_kind(p) == KIND_PARAGRAPH;
  if (!blank) return; /* a property: its blanks are its own */
  buf_init(&b, 0);
  for (xmlNode *n = xml_walk(p, p, false), *next; n != NULL; n = next) {
    bool nested = n->type == XML_ELEMENT_NODE && is_story(n);
    next = xml_walk(p, n, nested);
    if (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE)
      collapse(n, &blank, &b);
    else if (n->type == XML_ELEMENT_NODE && odt_kind(n) != KIND_RUN && odt_kind(n) != KIND_MARK)
      blank = false;
    if (is_text(n, "s")) split_spaces(n);
  }
  buf_free(&b);
}

/* The paragraph of an anchor; NULL in a plain element such as svg:desc. */
static xmlNode *paragraph_of(xmlNode *n) {
  for (n = n->parent; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent) {
    enum kind k = odt_kind(n);
    if (k == KIND_PARAGRAPH) return n;
    if (k == KIND_PLAIN || k == KIND_STORY) return NULL;
  }
  return NULL;
}

/* The text node that stands directly before or behind the mark in its paragraph, whatever
 * spans are between, or NULL. */
static xmlNode *text_beside(xmlNode *mark, const xmlNode *p, bool behind) {
  xmlNode *n = mark;
  for (;;) {
    while (n != p && (behind ? n->next : n->prev) == NULL) n = n->parent;
    if (n == p) return NULL;
    n = behind ? n->next : n->prev;
    while (n->type == XML_ELEMENT_NODE && odt_kind(n) == KIND_RUN &&
           (behind ? n->children : n->last) != NULL)
      n = behind ? n->children : n->last;
    if (n->type == XML_TEXT_NODE && n->content != NULL && n->content[0] != '\0') return n;
    bool through =
        n->type == XML_TEXT_NODE || n->type == XML_PI_NODE ||
        (n->type == XML_ELEMENT_NODE && (odt_kind(n) == KIND_MARK || odt_kind(n) == KIND_RUN));
    if (!through || n->type == XML_PI_NODE) return NULL;
  }
}

/* A blank at the edge of a text node becomes text:s. */
static void keep_blank(xmlNode *p, xmlNode *text, bool at_start) {
  str s = str_of((const char *)text->content);
  if (s.n == 0 || s.p[at_start ? 0 : s.n - 1] != ' ') return;
  xmlNode *e = xml_element(p, "s");
  struct buf b;
  buf_init(&b, 0);
  buf_put(&b, at_start ? str_sub(s, 1, s.n) : str_sub(s, 0, s.n - 1));
  if (e != NULL && !b.failed && xml_set_text(text, buf_str(&b))) {
    if (at_start)
      xml_insert_before(text, e);
    else
      xml_insert_after(text, e);
  }
  buf_free(&b);
}

static void keep_blanks(xmlNode *n, xmlNode *p) {
  xmlNode *before = text_beside(n, p, false), *behind = text_beside(n, p, true);
  if (before != NULL) keep_blank(p, before, false);
  if (behind != NULL) keep_blank(p, behind, true);
}

static void odt_touched(xmlNode *mark) {
  xmlNode *p = paragraph_of(mark);
  if (p == NULL) return;
  keep_blanks(mark, p);
  odt_forget_value(p);
}

void odt_keep_blanks(xmlNode *n, xmlNode **normal) {
  xmlNode *p = paragraph_of(n);
  if (p == NULL) return;
  if (p != *normal) odt_normalise(p);
  *normal = p;
  keep_blanks(n, p);
}

static void drop_xml_id(xmlNode *n) {
  for (xmlAttr *k = n->properties, *next; k != NULL; k = next) {
    next = k->next;
    if (k->ns != NULL && strcmp((const char *)k->name, "id") == 0) xmlRemoveProp(k);
  }
}

/* The further lines of a value do not break the page again: they get the style without that. */
static void forget_break(xmlNode *shell) {
  xmlNode *styles = xml_child(xmlDocGetRootElement(shell->doc), NS_OFFICE, "automatic-styles");
  xmlAttr *attr = xml_attr_node(shell, NS_TEXT, "style-name");
  if (styles == NULL || attr == NULL) return;
  str name = xml_attr(shell, NS_TEXT, "style-name");
  xmlNode *style = odt_find_style(styles, STR("paragraph"), name);
  if (style == NULL) return;
  xmlNode *pr = xml_child(style, NS_STYLE, "paragraph-properties");
  xmlAttr *brk = pr != NULL ? xml_attr_node(pr, NS_FO, "break-before") : NULL;
  xmlAttr *master = xml_attr_node(style, NS_STYLE, "master-page-name");
  struct buf line;
  if (brk == NULL && (master == NULL || xml_attr(style, NS_STYLE, "master-page-name").n == 0))
    return;
  buf_init(&line, 0);
  buf_put(&line, name);
  buf_puts(&line, "_line");
  xmlNode *copy = odt_find_style(styles, STR("paragraph"), buf_str(&line));
  if (copy == NULL && (copy = xml_clone(style)) != NULL) {
    pr = xml_child(copy, NS_STYLE, "paragraph-properties");
    brk = pr != NULL ? xml_attr_node(pr, NS_FO, "break-before") : NULL;
    master = xml_attr_node(copy, NS_STYLE, "master-page-name");
    if (brk != NULL) xmlRemoveProp(brk);
    if (master != NULL) xmlRemoveProp(master);
    xml_set_attr(copy, style->ns, "name", buf_str(&line));
    xml_insert_after(style, copy);
  }
  if (copy != NULL) xml_set_attr(shell, attr->ns, "style-name", buf_str(&line));
  buf_free(&line);
}

/* The list item of which the paragraph is all, or the paragraph. */
static const xmlNode *whole_item(const xmlNode *p) {
  const xmlNode *up = p->parent;
  bool alone = up != NULL && odt_kind(up) == KIND_ITEM && xml_first_element(up) == p &&
               xml_next_element((xmlNode *)p) == NULL;
  return alone ? up : p;
}

/* The paragraph (or its list item) and the spans down to the mark, as shells. */
static xmlNode *sample_paragraph(xmlNode *mark, xmlNode *p) {
  const xmlNode *top = whole_item(p);
  xmlNode *inner = xml_text(p->doc, STR(SHARED_HERE));
  for (xmlNode *n = mark->parent; inner != NULL; n = n->parent) {
    xmlNode *shell = xml_shell(n);
    if (shell == NULL) return NULL;
    drop_xml_id(shell);
    if (n == p) forget_break(shell);
    xml_append(shell, inner);
    inner = shell;
    if (n == top) return inner;
  }
  return NULL;
}

static bool spans_only(const xmlNode *mark, const xmlNode *p) {
  for (const xmlNode *n = mark->parent; n != p; n = n->parent)
    if (n == NULL || odt_kind(n) != KIND_RUN || shared_marked(n)) return false;
  return true;
}

static str empty_element(const xmlNode *like, const char *local, struct arena *a) {
  return arena_join(a, (str[]){STR("<"), shared_name(like, local, a), STR("/>")}, 3);
}

static bool highlighted(const xmlNode *p, struct arena *a, str mark[2]) {
  str span = shared_name(p, "span", a), style = shared_name(p, "style-name", a);
  mark[0] = arena_join(a, (str[]){STR("<"), span, STR(" "), style, STR("=\"" MARK_STYLE "\">")}, 5);
  mark[1] = arena_join(a, (str[]){STR("</"), span, STR(">")}, 3);
  return mark[0].p != NULL && mark[1].p != NULL;
}

static bool odt_form(xmlNode *mark, xmlNode *p, bool alone, bool marks, struct arena *a,
                     struct form *out) {
  *out = (struct form){.attribute = false};
  if (odt_kind(p) != KIND_PARAGRAPH) return true;
  out->line = empty_element(p, "line-break", a);
  out->tab = empty_element(p, "tab", a);
  out->space = empty_element(p, "s", a);
  if (alone && spans_only(mark, p)) {
    str before, behind;
    if (!shared_split(p->doc, sample_paragraph(mark, p), a, &before, &behind)) return false;
    out->paragraph = arena_join(a, (str[]){behind, before}, 2);
  }
  return out->space.p != NULL && (!marks || highlighted(p, a, out->mark));
}

/* ---- blocks ---- */

static bool odt_is_property(const xmlNode *k) { return xml_is(k, NS_OFFICE, "event-listeners"); }

static xmlNode *odt_empty_paragraph(xmlNode *like) {
  xmlNode *p = is_text(like, "p") ? xml_shell(like) : xml_element(like, "p");
  if (p != NULL) drop_xml_id(p);
  return p;
}

/* A paragraph whose style begins a page style carries what a section's properties are in Word. */
static bool begins_page_style(const xmlNode *p) {
  str name = xml_attr(p, NS_TEXT, "style-name");
  const xmlNode *root = xmlDocGetRootElement(p->doc);
  const xmlNode *styles = xml_child(root, NS_OFFICE, "automatic-styles");
  for (xmlNode *k = styles != NULL ? xml_first_element(styles) : NULL; k != NULL;
       k = xml_next_element(k))
    if (str_eq(xml_attr(k, NS_STYLE, "name"), name) &&
        str_is(xml_attr(k, NS_STYLE, "family"), "paragraph"))
      return xml_attr(k, NS_STYLE, "master-page-name").n != 0;
  return false;
}

static xmlNode *top_of(xmlNode *n) {
  while (n->parent != NULL && n->parent->type == XML_ELEMENT_NODE && odt_kind(n) != KIND_STORY)
    n = n->parent;
  return n;
}

/* The next paragraph of the story, or the one before. */
static xmlNode *paragraph_near(xmlNode *p, bool *behind) {
  xmlNode *top = top_of(p), *last = NULL;
  *behind = true;
  for (xmlNode *n = xml_walk(top, p, true); n != NULL; n = xml_walk(top, n, is_story(n)))
    if (odt_kind(n) == KIND_PARAGRAPH) return n;
  *behind = false;
  for (xmlNode *n = top; n != NULL && n != p; n = xml_walk(top, n, n != top && is_story(n)))
    if (odt_kind(n) == KIND_PARAGRAPH) last = n;
  return last;
}

static bool must_survive(const xmlNode *n) {
  static const char *const names[] = {
      "bookmark",       "bookmark-start",       "bookmark-end",
      "reference-mark", "reference-mark-start", "reference-mark-end",
      "change",         "change-start",         "change-end"};
  for (size_t i = 0; i < COUNT(names); i++)
    if (is_text(n, names[i])) return true;
  return xml_is(n, NS_OFFICE, "annotation") || xml_is(n, NS_OFFICE, "annotation-end");
}

static bool has_survivors(xmlNode *p) {
  for (xmlNode *n = xml_walk(p, p, false); n != NULL; n = xml_walk(p, n, false))
    if (must_survive(n)) return true;
  return false;
}

/* Marks can stand in paragraphs only, so they move to the one behind or before. */
static bool odt_release(xmlNode *p) {
  bool behind;
  if (begins_page_style(p)) return false;
  if (!has_survivors(p)) return true;
  xmlNode *to = paragraph_near(p, &behind), *at = behind && to != NULL ? to->children : NULL;
  for (xmlNode *n = xml_walk(p, p, false), *next; n != NULL; n = next) {
    next = xml_walk(p, n, must_survive(n));
    if (!must_survive(n)) continue;
    if (to == NULL) return false;
    xmlUnlinkNode(n);
    if (at != NULL)
      xml_insert_before(at, n);
    else
      xml_append(to, n);
  }
  return true;
}

static void odt_continued(xmlNode *second) {
  drop_xml_id(second);
  if (is_text(second, "list")) xml_set_attr(second, second->ns, "continue-numbering", STR("true"));
}

static int odt_field_edge(const xmlNode *n) {
  (void)n;
  return 0;
}

/* ---- ids ---- */

struct ident_rule {
  const char *ns, *element; /* element NULL: any of the namespace */
  const char *attr_ns, *attr;
  enum ident_kind kind;
  unsigned space;
};

static const struct ident_rule ident_rules[] = {
    {NS_TEXT, "note", NS_TEXT, "id", IDENT_DROP, 0},
    {NS_TABLE, "table", NS_TABLE, "name", IDENT_NAME, SPACE_TABLE},
    {NS_DRAW, NULL, NS_DRAW, "name", IDENT_NAME, SPACE_FRAME},
    {NS_DRAW, NULL, NS_DRAW, "id", IDENT_DROP, 0},
    {NS_TEXT, "section", NS_TEXT, "name", IDENT_NAME, SPACE_SECTION},
    {NS_TEXT, "table-of-content", NS_TEXT, "name", IDENT_NAME, SPACE_SECTION},
    {NS_TEXT, "index-title", NS_TEXT, "name", IDENT_NAME, SPACE_SECTION},
    {NS_TEXT, "bookmark", NS_TEXT, "name", IDENT_NAME, SPACE_BOOKMARK},
    {NS_TEXT, "bookmark-start", NS_TEXT, "name", IDENT_NAME, SPACE_BOOKMARK},
    {NS_TEXT, "bookmark-end", NS_TEXT, "name", IDENT_SAME, SPACE_BOOKMARK},
    {NS_TEXT, "reference-mark", NS_TEXT, "name", IDENT_NAME, SPACE_REFERENCE},
    {NS_TEXT, "reference-mark-start", NS_TEXT, "name", IDENT_NAME, SPACE_REFERENCE},
    {NS_TEXT, "reference-mark-end", NS_TEXT, "name", IDENT_SAME, SPACE_REFERENCE},
    {NS_TEXT, "sequence", NS_TEXT, "ref-name", IDENT_NAME, SPACE_SEQUENCE},
    {NS_OFFICE, "annotation", NS_OFFICE, "name", IDENT_NAME, SPACE_ANNOTATION},
    {NS_OFFICE, "annotation-end", NS_OFFICE, "name", IDENT_SAME, SPACE_ANNOTATION},
};

static xmlAttr *xml_id_of(xmlNode *n) {
  return xml_attr_node(n, "http://www.w3.org/XML/1998/namespace", "id");
}

static bool odt_ident(xmlNode *n, unsigned nth, struct ident *out) {
  xmlAttr *id = xml_id_of(n);
  if (id != NULL && nth-- == 0) {
    *out = (struct ident){id, IDENT_DROP, 0};
    return true;
  }
  for (size_t i = 0; n->ns != NULL && i < COUNT(ident_rules); i++) {
    const struct ident_rule *r = &ident_rules[i];
    bool fits = r->element != NULL ? xml_is(n, r->ns, r->element)
                                   : strcmp((const char *)n->ns->href, r->ns) == 0;
    xmlAttr *attr = fits ? xml_attr_node(n, r->attr_ns, r->attr) : NULL;
    if (attr == NULL || nth-- != 0) continue;
    *out = (struct ident){attr, r->kind, r->space};
    return true;
  }
  return false;
}

static bool odt_note_ref(const void *state, xmlNode *n, struct note_ref *out) {
  (void)state;
  (void)n;
  (void)out;
  return false; /* notes stand in the text */
}

static bool odt_part_ref(const void *state, size_t owner, const xmlNode *n, struct part_ref *out) {
  (void)owner;
  xmlAttr *attr = xml_is(n, NS_DRAW, "object") ? xml_attr_node(n, NS_XLINK, "href") : NULL;
  ptrdiff_t entry = attr != NULL ? odt_object(state, xml_attr(n, NS_XLINK, "href")) : -1;
  if (entry < 0) return false;
  *out = (struct part_ref){(size_t)entry, attr};
  return true;
}

/* Part 3, 6.1.8 text:a and 10.4.12 draw:a.  Writer takes what has no scheme for a file beside the
 * document, which lies one level above the package. */
static bool odt_link(const void *state, size_t owner, xmlNode *n, unsigned nth, struct link *out) {
  (void)state;
  (void)owner;
  bool link = is_text(n, "a") || xml_is(n, NS_DRAW, "a");
  xmlAttr *attr = nth == 0 && n->ns != NULL ? xml_attr_node(n, NS_XLINK, "href") : NULL;
  if (attr == NULL) return false;
  str href = xml_attr(n, NS_XLINK, "href");
  *out = (struct link){.address = href, .attr = attr, .to = href.n, .base = STR("../")};
  if (!link)
    out->why = xml_is(n, NS_DRAW, "image") ? N_("the address of a linked picture; insert a picture "
                                                "from a file and write the tag as its alternative "
                                                "text")
                                           : N_("the address of what is linked to the document; "
                                                "only links of texts and pictures are filled");
  return true;
}

static str odt_relation_id(const void *state, enum target_kind kind, uint32_t number,
                           struct arena *a) {
  (void)state;
  (void)kind;
  (void)number;
  (void)a;
  return STR_NONE; /* parts refer by name */
}

static str odt_relations_of(const struct pack *p, size_t entry, str owner, struct arena *a,
                            bool *there) {
  (void)p;
  (void)entry;
  (void)owner;
  (void)a;
  *there = true;
  return STR_NONE;
}

static bool odt_note_id(xmlNode *n, struct note_ref *out) {
  (void)n;
  (void)out;
  return false;
}

static int odt_range_edge(const xmlNode *n, str *id) {
  static const struct {
    const char *name;
    int edge;
  } edges[] = {{"bookmark-start", 1},
               {"bookmark-end", -1},
               {"reference-mark-start", 1},
               {"reference-mark-end", -1}};
  for (size_t i = 0; i < COUNT(edges); i++)
    if (is_text(n, edges[i].name)) {
      *id = xml_attr(n, NS_TEXT, "name");
      return edges[i].edge;
    }
  return 0;
}

static xmlNode *odt_page_break(xmlNode *n, bool at_end) {
  (void)n;
  (void)at_end;
  return NULL; /* breaks belong to styles, which repeat with their paragraph */
}

/* Marks of tracked changes refer to one entry of text:tracked-changes. */
static bool odt_single(const xmlNode *n) {
  return is_text(n, "change") || is_text(n, "change-start") || is_text(n, "change-end");
}

/* Every text:list begins anew. */
static bool odt_list_of(const void *state, xmlNode *p, bool make, str *id, xmlAttr **attr) {
  (void)state;
  (void)p;
  (void)make;
  (void)id;
  (void)attr;
  return false;
}

static uint64_t odt_next_list(const void *state) {
  (void)state;
  return 1;
}

static xmlNs *namespace_of(xmlNode *root, const char *href, const char *prefix) {
  xmlNs *ns = xmlSearchNsByHref(root->doc, root, (const xmlChar *)href);
  return ns != NULL ? ns : xmlNewNs(root, (const xmlChar *)href, (const xmlChar *)prefix);
}

/* The automatic styles of a part, which a document may do without (ODF 1.3 part 3, 3.15.3). */
static xmlNode *automatic_styles(xmlNode *root) {
  xmlNode *styles = xml_child(root, NS_OFFICE, "automatic-styles");
  xmlNode *behind = xml_child(root, NS_OFFICE, "body");
  if (behind == NULL) behind = xml_child(root, NS_OFFICE, "master-styles");
  if (styles != NULL || behind == NULL) return styles;
  styles = xml_element(root, "automatic-styles");
  if (styles != NULL) xml_insert_before(behind, styles);
  return styles;
}

/* The yellow style of highlighted text among the automatic styles of the part. */
static void odt_define_mark(xmlNode *root) {
  xmlNode *styles = automatic_styles(root);
  xmlNs *style = namespace_of(root, NS_STYLE, "style"), *fo = namespace_of(root, NS_FO, "fo");
  if (styles == NULL || style == NULL || fo == NULL) return;
  xmlNode *s = xmlNewDocNode(root->doc, style, (const xmlChar *)"style", NULL);
  xmlNode *p = xmlNewDocNode(root->doc, style, (const xmlChar *)"text-properties", NULL);
  if (s == NULL || p == NULL) return;
  xml_set_attr(s, style, "name", STR(MARK_STYLE));
  xml_set_attr(s, style, "family", STR("text"));
  xml_set_attr(p, fo, "background-color", STR("#ffff00"));
  xml_append(s, p);
  xml_append(styles, s);
}

static void odt_close(void *state) { (void)state; }

static str odt_ending(const void *state) {
  (void)state;
  return STR(".odt");
}

static size_t odt_parts(const void *state, const struct flavour_part **parts) {
  const struct odt_state *s = state;
  *parts = s->parts;
  return s->nparts;
}

static bool odt_replaced(const void *state, size_t entry, str *bytes) {
  return entries_bytes(&((const struct odt_state *)state)->entries, entry, bytes);
}

static bool odt_left_out(const void *state, size_t entry) {
  return entries_gone(&((const struct odt_state *)state)->entries, entry);
}

static bool odt_added(const void *state, size_t nth, str *name, str *bytes) {
  return entries_added(&((const struct odt_state *)state)->entries, nth, name, bytes);
}

static bool odt_replace(void *state, size_t entry, const struct xml *x, struct findings *fs) {
  return entries_dump(&((struct odt_state *)state)->entries, entry, x, fs);
}

static ptrdiff_t odt_stored_first(const void *state) {
  const struct odt_state *s = state;
  return s->has_mimetype ? (ptrdiff_t)s->mimetype : -1;
}

const struct flavour flavour_odt = {
    .name = "odt",
    .mixed_content = true,
    .marks_in_paragraphs = true,
    .cell_needs_paragraph = false,
    .recognise = odt_recognise,
    .open = odt_open,
    .close = odt_close,
    .ending = odt_ending,
    .parts = odt_parts,
    .wanted = odt_wanted,
    .adopt = odt_adopt,
    .replaced = odt_replaced,
    .stored_first = odt_stored_first,
    .kind = odt_kind,
    .story = odt_story,
    .heading = odt_heading,
    .again = odt_again,
    .spaces = odt_spaces,
    .columns = odt_columns,
    .is_wide = odt_is_wide,
    .rows_spanned = odt_rows_spanned,
    .merge = odt_merge,
    .number_cell = odt_number_cell,
    .unfilled_cell = odt_unfilled_cell,
    .cell_formula = odt_cell_formula,
    .formula_range = odt_formula_range,
    .is_named = odt_is_named,
    .forget_result = odt_forget_result,
    .text_attr = odt_text_attr,
    .picture_alt = odt_picture_alt,
    .picture_frame = odt_picture_frame,
    .put_length = odt_put_length,
    .pictures = (1u << PICTURE_KINDS) - 1,
    .picture_name = odt_picture_name,
    .relation_id = odt_relation_id,
    .relations_of = odt_relations_of,
    .dead_text = odt_dead_text,
    .deleted = odt_deleted,
    .normalise = odt_normalise,
    .touched = odt_touched,
    .form = odt_form,
    .is_property = odt_is_property,
    .empty_paragraph = odt_empty_paragraph,
    .carries_section = begins_page_style,
    .release = odt_release,
    .continued = odt_continued,
    .field_edge = odt_field_edge,
    .ident = odt_ident,
    .note_ref = odt_note_ref,
    .part_ref = odt_part_ref,
    .copy_name = odt_copy_name,
    .tells = odt_tells,
    .with_additions = odt_with_additions,
    .next_list = odt_next_list,
    .list_of = odt_list_of,
    .copied_along = odt_copied_along,
    .link = odt_link,
    .note_id = odt_note_id,
    .reference = odt_reference,
    .sequence = odt_sequence,
    .named_text = odt_named_text,
    .reference_text = odt_reference_text,
    .field_mark = odt_field_mark,
    .range_edge = odt_range_edge,
    .page_break = odt_page_break,
    .single = odt_single,
    .define_mark = odt_define_mark,
    .left_out = odt_left_out,
    .added = odt_added,
    .replace = odt_replace,
    .traces = odt_traces,
    .personal = odt_personal,
    .beside = odt_beside,
    .clean_begin = odt_clean_begin,
    .clean = odt_clean,
    .clean_end = odt_clean_end,
    .forget = odt_forget,
    .comment = odt_comment,
    .comments_end = odt_comments_end,
    .stale = odt_stale,
    .refresh = odt_refresh,
    .refresh_package = odt_refresh_package,
};
