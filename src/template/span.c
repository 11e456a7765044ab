/* Cells that cover several rows (ODF 1.3 part 3, 9.1.4) when some of these are repeated, chosen or
 * vanish: the number of rows is counted while filling.
 *
 * The cell's attribute becomes a mark, and each row under it gets an anchor that counts.  A row
 * takes its anchors with it, wherever it is repeated or removed.
 */
#include "template/compile.h"

static enum kind kind_of(const struct compile *c, const xmlNode *n) {
  return n->type == XML_ELEMENT_NODE ? c->t->flavour->kind(n) : KIND_MARK;
}

/* The next row of the same table, or NULL. */
static xmlNode *next_row(const struct compile *c, xmlNode *row) {
  xmlNode *n = row;
  for (;;) {
    while (n->next == NULL) {
      n = n->parent;
      if (kind_of(c, n) == KIND_TABLE) return NULL;
    }
    n = n->next;
    while (kind_of(c, n) == KIND_ROWS && n->children != NULL) n = n->children;
    if (kind_of(c, n) == KIND_ROW) return n;
  }
}

static bool has_anchor(const struct compile *c, xmlNode *row) {
  for (xmlNode *n = row; n != NULL; n = xml_walk(row, n, false))
    if (compile_mark_of(c, n) != NULL) return true;
  return (row->prev != NULL && compile_mark_of(c, row->prev) != NULL) ||
         (row->next != NULL && compile_mark_of(c, row->next) != NULL);
}

static bool count_row(struct compile *c, xmlNode *row, uint32_t span) {
  uint32_t number;
  struct mark *m = compile_mark(c, MARK_SPAN_ROW, &number);
  xmlNode *anchor = m != NULL ? compile_anchor(c, number) : NULL;
  if (anchor == NULL) return compile_no_memory(c);
  m->a = span;
  xml_prepend(row, anchor);
  return true;
}

static bool span_cell(struct compile *c, xmlNode *cell, xmlNode *row) {
  unsigned rows;
  xmlAttr *attr = c->t->flavour->rows_spanned(cell, &rows);
  bool any = attr != NULL && has_anchor(c, row);
  xmlNode *under = row;
  for (unsigned i = 1; attr != NULL && i < rows && (under = next_row(c, under)) != NULL; i++)
    any = any || has_anchor(c, under);
  if (!any) return true;
  uint32_t number, span = (uint32_t)c->program->nspans++;
  struct mark *m = compile_mark(c, MARK_SPAN, &number);
  if (m == NULL) return compile_no_memory(c);
  m->a = span;
  str value = str_of((const char *)attr->children->content);
  if (!compile_mark_attr(c, attr, 0, value.n, number)) return compile_no_memory(c);
  under = row;
  for (unsigned i = 1; i < rows && (under = next_row(c, under)) != NULL; i++)
    if (!count_row(c, under, span)) return false;
  return true;
}

bool span_part(struct compile *c) {
  xmlNode *root = xmlDocGetRootElement(c->xml.doc);
  for (xmlNode *n = root; n != NULL; n = xml_walk(root, n, kind_of(c, n) == KIND_SKIP)) {
    if (kind_of(c, n) != KIND_CELL) continue;
    xmlNode *row = compile_up(c, n, KIND_ROW);
    if (row != NULL && !span_cell(c, n, row)) return false;
  }
  return true;
}
