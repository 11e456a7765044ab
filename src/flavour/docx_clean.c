/* A WordprocessingML tree without comments and tracked changes (ECMA-376 part 1, 17.13).
 *
 * All changes are accepted: insertions stay, deletions go.  A deleted paragraph mark no longer
 * ends its paragraph, whose content goes to the one behind it (17.13.5.15):
 *
 *   [a ¶̶] [b ¶]  ─►  [ab ¶]
 *
 * Bookmarks in what is deleted stay, for something may refer to them.  Notes whose reference is
 * deleted go too, and so do relationships that nothing uses any more; which parts that frees says
 * docx_clean_parts.c.
 * Invariant: afterwards no element of the part has an author.
 */
#include "base/mem.h"
#include "flavour/docx.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define NS_MATH                                                  \
  "http://schemas.openxmlformats.org/officeDocument/2006/math\n" \
  "http://purl.oclc.org/ooxml/officeDocument/math"

struct cleaning {
  struct docx_state *s;
  size_t entry;
  bool main, changed, failed;
};

static bool is_w(const xmlNode *n, const char *local) { return xml_is(n, NS_W, local); }

static bool is_one_of(const xmlNode *n, const char *const *names, size_t n_names) {
  for (size_t i = 0; i < n_names; i++)
    if (is_w(n, names[i])) return true;
  return false;
}

#define IS_ONE_OF(n, ...) \
  is_one_of((n), (const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})))

static bool is_deletion(const xmlNode *n) { return IS_ONE_OF(n, "del", "moveFrom"); }
static bool is_insertion(const xmlNode *n) { return IS_ONE_OF(n, "ins", "moveTo"); }

static bool has_property(const xmlNode *n, const char *properties, const char *local) {
  const xmlNode *pr = xml_child(n, NS_W, properties);
  return pr != NULL && xml_child(pr, NS_W, local) != NULL;
}

/* ---- taking out ---- */

static bool is_range_mark(const xmlNode *n) {
  return IS_ONE_OF(n, "bookmarkStart", "bookmarkEnd", "permStart", "permEnd");
}

/* The note that was referred to from here goes too. */
static void forget_note(struct cleaning *c, const xmlNode *n) {
  struct docx_state *s = c->s;
  bool foot = s->footnotes_known && is_w(n, "footnoteReference");
  bool end = s->endnotes_known && is_w(n, "endnoteReference");
  if (!c->main || (!foot && !end)) return;
  struct docx_gone_note *g =
      arena_grow(s->entries.arena, s->gone_notes, &s->ngone_notes, &s->gone_notes_cap, sizeof *g);
  if (g == NULL) return; /* the flag of mem.h tells */
  s->gone_notes = g - (s->ngone_notes - 1);
  *g = (struct docx_gone_note){foot ? s->footnotes : s->endnotes,
                               arena_dup(s->entries.arena, xml_attr(n, NS_W, "id"))};
}

/* The relationships of the part that an element uses become dropped, or not. */
static void set_dropped(struct cleaning *c, const xmlNode *n, bool dropped) {
  for (const xmlAttr *a = n->properties; a != NULL; a = a->next) {
    if (xml_attr_node(n, NS_R, (const char *)a->name) != a) continue;
    struct docx_rel *r = docx_rel_of(c->s, c->entry, xml_attr(n, NS_R, (const char *)a->name));
    if (r != NULL) r->dropped = dropped;
  }
}

static void take_out(struct cleaning *c, xmlNode *n) {
  for (xmlNode *k = n, *next; k != NULL; k = next) {
    next = xml_walk(n, k, false);
    if (k->type != XML_ELEMENT_NODE) continue;
    forget_note(c, k);
    set_dropped(c, k, true);
    if (!is_range_mark(k) || k == n) continue;
    next = xml_walk(n, k, true);
    xml_insert_before(n, k);
  }
  xml_remove(n);
  c->changed = true;
}

static void drop(struct cleaning *c, xmlNode *n) {
  xml_remove(n);
  c->changed = true;
}

/* The children take the place of the element. */
static void unwrap(struct cleaning *c, xmlNode *n) {
  while (n->children != NULL) xml_insert_before(n, n->children);
  drop(c, n);
}

/* ---- rows and cells ---- */

static unsigned number_of(const xmlNode *n, const char *properties, const char *local) {
  const xmlNode *pr = xml_child(n, NS_W, properties);
  const xmlNode *k = pr != NULL ? xml_child(pr, NS_W, local) : NULL;
  str s = k != NULL ? xml_attr(k, NS_W, "val") : STR_NONE;
  unsigned v = 0;
  for (size_t i = 0; i < s.n && i < 4 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
    v = v * 10 + (unsigned)(s.p[i] - '0');
  return v;
}

/* The next element of that name below `up`, looking through content controls. */
static xmlNode *next_of(xmlNode *up, xmlNode *n, const char *local) {
  xmlNode *k = n != NULL ? xml_walk(up, n, true) : xml_walk(up, up, false);
  while (k != NULL && !is_w(k, local))
    k = xml_walk(up, k, !IS_ONE_OF(k, "sdt", "sdtContent", "customXml"));
  return k;
}

/* A cell that goes on with one above it. */
static bool goes_on(const xmlNode *cell) {
  const xmlNode *pr = xml_child(cell, NS_W, "tcPr");
  const xmlNode *merge = pr != NULL ? xml_child(pr, NS_W, "vMerge") : NULL;
  return merge != NULL && !str_is(xml_attr(merge, NS_W, "val"), "restart");
}

static unsigned width_of(const xmlNode *cell) {
  unsigned span = number_of(cell, "tcPr", "gridSpan");
  return span != 0 ? span : 1;
}

/* A cell that went on with one of a row that is gone begins anew. Both rows are read from left to
 * right, column by column. */
static void begin_merges(struct cleaning *c, xmlNode *above, xmlNode *row) {
  xmlNode *up = above != NULL ? next_of(above, NULL, "tc") : NULL;
  unsigned at = number_of(row, "trPr", "gridBefore");
  unsigned up_at = above != NULL ? number_of(above, "trPr", "gridBefore") : 0;
  for (xmlNode *cell = next_of(row, NULL, "tc"); cell != NULL; cell = next_of(row, cell, "tc")) {
    while (up != NULL && up_at < at) {
      up_at += width_of(up);
      up = next_of(above, up, "tc");
    }
    bool merged = up != NULL && up_at == at && has_property(up, "tcPr", "vMerge");
    if (goes_on(cell) && !merged && !docx_set_merge(cell, STR("restart"))) c->failed = true;
    at += width_of(cell);
  }
}

/* True: nothing is left of the table. */
static bool settle_table(struct cleaning *c, xmlNode *table) {
  bool gone = false;
  for (xmlNode *row = next_of(table, NULL, "tr"), *next; row != NULL; row = next) {
    next = next_of(table, row, "tr");
    for (xmlNode *cell = next_of(row, NULL, "tc"), *then; cell != NULL; cell = then) {
      then = next_of(row, cell, "tc");
      if (!has_property(cell, "tcPr", "cellDel")) continue;
      take_out(c, cell);
      gone = true;
    }
    if (!has_property(row, "trPr", "del") && next_of(row, NULL, "tc") != NULL) continue;
    take_out(c, row);
    gone = true;
  }
  xmlNode *above = NULL;
  for (xmlNode *row = next_of(table, NULL, "tr"); gone && row != NULL;
       above = row, row = next_of(table, row, "tr"))
    begin_merges(c, above, row);
  if (gone && above == NULL) return take_out(c, table), true;
  return false;
}

static void settle_tables(struct cleaning *c, xmlNode *root) {
  for (xmlNode *n = root, *next; n != NULL; n = next) {
    xmlNode *behind = xml_walk(root, n, true);
    bool gone = is_w(n, "tbl") && settle_table(c, n);
    next = gone ? behind : xml_walk(root, n, false);
  }
}

/* ---- inside of paragraphs ---- */

/* 17.13.5.2: how the cell is merged when the change is accepted. */
static void accept_merge(struct cleaning *c, xmlNode *n) {
  xmlNode *cell = n->parent != NULL ? n->parent->parent : NULL;
  str how = xml_attr(n, NS_W, "vMerge");
  str value = str_is(how, "rest")   ? STR("restart")
              : str_is(how, "cont") ? STR("continue")
                                    : STR("");
  if (cell != NULL && is_w(cell, "tc") && !docx_set_merge(cell, value)) c->failed = true;
  drop(c, n);
}

static bool is_history(const xmlNode *n) {
  return IS_ONE_OF(n, "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange",
                   "tblGridChange", "trPrChange", "tcPrChange", "numberingChange", "cellIns",
                   "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
                   "customXmlInsRangeStart", "customXmlInsRangeEnd", "customXmlDelRangeStart",
                   "customXmlDelRangeEnd", "customXmlMoveFromRangeStart",
                   "customXmlMoveFromRangeEnd", "customXmlMoveToRangeStart",
                   "customXmlMoveToRangeEnd", "commentRangeStart", "commentRangeEnd",
                   "trackRevisions", "attachedTemplate", "mailMerge", "printerSettings");
}

/* A run that held nothing but the reference goes with it. */
static xmlNode *reference_run(xmlNode *n) {
  const xmlNode *run = n->parent;
  if (run == NULL || !is_w(run, "r")) return n;
  for (xmlNode *k = xml_first_element(run); k != NULL; k = xml_next_element(k))
    if (k != n && !is_w(k, "rPr")) return n;
  return n->parent;
}

/* What goes with a deletion: itself, or the equation whose control was deleted (22.1.2.20). */
static xmlNode *deleted(xmlNode *n) {
  xmlNode *up = n->parent;
  bool control = up != NULL && xml_is(up, NS_MATH, "ctrlPr") && up->parent != NULL &&
                 up->parent->parent != NULL;
  return control ? up->parent->parent : n;
}

/* Does the change stand among properties: of the mark of a paragraph, a row, a list? */
static bool in_properties(const xmlNode *n) {
  return n->parent != NULL && IS_ONE_OF(n->parent, "rPr", "trPr", "numPr");
}

/* What goes because of a node: what was deleted, what tells of a change, a comment's mark. The
 * deleted end of a paragraph waits for settle_paragraphs. */
static xmlNode *what_goes(xmlNode *n) {
  if (is_w(n, "commentReference")) return reference_run(n);
  if (is_history(n)) return n;
  if (is_insertion(n)) return in_properties(n) ? n : NULL;
  if (!is_deletion(n)) return NULL;
  if (!in_properties(n)) return deleted(n);
  return is_w(n->parent->parent, "pPr") ? NULL : n;
}

/* A content control (or w:customXml) whose beginning was deleted, but not what stands in it
 * (17.13.5.4): the mark n stands before it. */
static xmlNode *control_deleted(xmlNode *n) {
  xmlNode *k = IS_ONE_OF(n, "customXmlDelRangeStart", "customXmlMoveFromRangeStart")
                   ? xml_next_element(n)
                   : NULL;
  return k != NULL && IS_ONE_OF(k, "sdt", "customXml") ? k : NULL;
}

static void unwrap_control(struct cleaning *c, xmlNode *n) {
  xmlNode *content = is_w(n, "sdt") ? xml_child(n, NS_W, "sdtContent") : n;
  xmlNode *pr = xml_child(n, NS_W, "customXmlPr");
  if (pr != NULL) drop(c, pr);
  while (content != NULL && content->children != NULL) xml_insert_before(n, content->children);
  drop(c, n);
}

/* Who may change a part of the protected document (17.13.7.2): nobody by name. */
static void forget_editor(struct cleaning *c, xmlNode *n) {
  xmlAttr *ed = is_w(n, "permStart") ? xml_attr_node(n, NS_W, "ed") : NULL;
  if (ed == NULL) return;
  xmlNs *ns = ed->ns;
  bool group = xml_attr_node(n, NS_W, "edGrp") != NULL;
  c->failed = c->failed || (!group && !xml_set_attr(n, ns, "edGrp", STR("none")));
  xmlRemoveProp(ed);
  c->changed = true;
}

static void settle_inline(struct cleaning *c, xmlNode *root) {
  for (xmlNode *n = xml_walk(root, root, false), *next; n != NULL; n = next) {
    xmlNode *gone = n->type == XML_ELEMENT_NODE ? what_goes(n) : NULL;
    bool merge = is_w(n, "cellMerge");
    xmlNode *control = control_deleted(n);
    if (control != NULL) unwrap_control(c, control);
    forget_editor(c, n);
    next = xml_walk(root, gone != NULL ? gone : n, gone != NULL || merge);
    if (gone != NULL)
      take_out(c, gone);
    else if (merge)
      accept_merge(c, n);
    else if (is_insertion(n))
      unwrap(c, n);
  }
}

/* ---- paragraph marks ---- */

static xmlNode *deleted_mark(const xmlNode *p) {
  const xmlNode *pr = is_w(p, "p") ? xml_child(p, NS_W, "pPr") : NULL;
  const xmlNode *mark = pr != NULL ? xml_child(pr, NS_W, "rPr") : NULL;
  for (xmlNode *k = mark != NULL ? xml_first_element(mark) : NULL; k != NULL;
       k = xml_next_element(k))
    if (is_deletion(k)) return k;
  return NULL;
}

static xmlNode *element_beside(const xmlNode *n, bool behind) {
  do n = behind ? n->next : n->prev;
  while (n != NULL && (n->type != XML_ELEMENT_NODE || is_range_mark(n) || is_w(n, "proofErr")));
  return (xmlNode *)n;
}

/* The content goes to the front of the paragraph behind. */
static void join(struct cleaning *c, xmlNode *p, xmlNode *to) {
  xmlNode *pr = xml_child(to, NS_W, "pPr"), *at = pr;
  for (xmlNode *k = p->children, *next; k != NULL; k = next) {
    next = k->next;
    if (is_w(k, "pPr")) continue;
    if (at != NULL)
      xml_insert_after(at, k);
    else
      xml_prepend(to, k);
    at = k;
  }
  take_out(c, p);
}

static bool is_empty(const xmlNode *p) {
  for (xmlNode *k = xml_first_element(p); k != NULL; k = xml_next_element(k))
    if (!is_w(k, "pPr") && !is_range_mark(k) && !is_w(k, "proofErr")) return false;
  return true;
}

static void settle_paragraphs(struct cleaning *c, xmlNode *root) {
  for (xmlNode *n = root, *next; n != NULL; n = next) {
    next = xml_walk(root, n, false);
    xmlNode *mark = n->type == XML_ELEMENT_NODE ? deleted_mark(n) : NULL;
    if (mark == NULL) continue;
    xmlNode *behind = element_beside(n, true), *before = element_beside(n, false);
    bool needless =
        is_empty(n) && IS_ONE_OF(behind, "tbl", "sdt", "customXml") && !is_w(before, "tbl");
    if (is_w(behind, "p") || needless) next = xml_walk(root, n, true);
    if (is_w(behind, "p"))
      join(c, n, behind);
    else if (needless)
      take_out(c, n);
    else
      drop(c, mark);
  }
}

/* ---- what is left empty ---- */

/* A link, a smart tag, an equation, or a content control around rows or cells, with nothing in it. */
static bool is_husk(const xmlNode *n) {
  if (is_w(n, "sdt") && (is_w(n->parent, "tbl") || is_w(n->parent, "tr"))) {
    const xmlNode *content = xml_child(n, NS_W, "sdtContent");
    return content != NULL && xml_first_element(content) == NULL;
  }
  bool equation = xml_is(n, NS_MATH, "oMath") || xml_is(n, NS_MATH, "oMathPara");
  if (!equation && !IS_ONE_OF(n, "hyperlink", "smartTag")) return false;
  const xmlNode *k = xml_first_element(n);
  bool properties = is_w(k, "smartTagPr") || xml_is(k, NS_MATH, "oMathParaPr");
  return k == NULL || (properties && xml_next_element((xmlNode *)k) == NULL);
}

static void drop_husks(struct cleaning *c, xmlNode *root) {
  for (xmlNode *n = root, *next; n != NULL; n = next) {
    next = xml_walk(root, n, false);
    if (n->type != XML_ELEMENT_NODE || !is_husk(n)) continue;
    xmlNode *up = n->parent;
    next = xml_walk(root, n, true);
    take_out(c, n);
    if (up->type == XML_ELEMENT_NODE && is_husk(up)) next = up; /* it is empty now */
  }
}

static void drop_notes(struct cleaning *c, xmlNode *root) {
  for (xmlNode *k = xml_first_element(root), *next; k != NULL; k = next) {
    next = xml_next_element(k);
    bool gone = false;
    for (size_t i = 0; i < c->s->ngone_notes && !gone; i++)
      gone = c->s->gone_notes[i].entry == c->entry &&
             str_eq(c->s->gone_notes[i].id, xml_attr(k, NS_W, "id"));
    if (gone && IS_ONE_OF(k, "footnote", "endnote")) take_out(c, k);
  }
}

/* What is still used of the relationships that something gone used. */
static void keep_used(struct cleaning *c, xmlNode *root) {
  for (xmlNode *n = root; c->changed && n != NULL; n = xml_walk(root, n, false))
    if (n->type == XML_ELEMENT_NODE) set_dropped(c, n, false);
}

bool docx_clean(void *state, size_t entry, xmlNode *root, bool *changed, struct findings *fs) {
  struct docx_state *s = state;
  struct cleaning c = {.s = s, .entry = entry, .main = entry == s->parts[0].entry};
  drop_notes(&c, root);
  settle_tables(&c, root);
  settle_inline(&c, root);
  settle_paragraphs(&c, root);
  if (c.changed) drop_husks(&c, root);
  keep_used(&c, root);
  *changed = c.changed;
  if (c.failed || mem_failed()) return finding(fs, CODE_MEMORY, NULL, NULL, STR(""));
  return true;
}
