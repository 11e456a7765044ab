/* 同值合并: equal neighbours in a column of a repeated row become one vertically merged cell.
 *
 * The survey finds the runs of equal values, so that the first cell of a run can say how many
 * rows it covers.  A merged cell never goes across the border of one at its left.
 */
#include "template/compile.h"

#define N_(s) (s)

static bool refuse(struct compile *c, const struct tag *t, const char *why) {
  return finding(c->fs, CODE_FILTER_ARGUMENT, t->place, NULL, t->typed, str_of(why));
}

static bool keep_node(struct compile *c, xmlNode *n, xmlNode ***list, size_t *count, size_t *cap) {
  xmlNode **slot = arena_grow(c->arena, *list, count, cap, sizeof *slot);
  if (slot == NULL) return compile_no_memory(c);
  *list = slot - (*count - 1);
  *slot = n;
  return true;
}

bool merge_add(struct compile *c, xmlNode *anchor, xmlNode *row, const struct expr *e,
               const struct tag *t) {
  xmlNode *cell = anchor != NULL ? compile_up(c, anchor->parent, KIND_CELL) : NULL;
  if (row == NULL && c->t->options.learning) return true;
  if (row == NULL || cell == NULL || compile_up(c, cell, KIND_ROW) != row)
    return refuse(c, t, N_("同值合并 works in a cell of a repeated row"));
  struct program *p = c->program;
  for (size_t i = 0; i < p->nmerges; i++)
    if (c->merge_cells[i] == cell)
      return refuse(c, t, N_("a cell can be merged for one value only"));
  struct merge *m = arena_grow(c->arena, p->merges, &p->nmerges, &c->merges_cap, sizeof *m);
  if (m == NULL) return compile_no_memory(c);
  p->merges = m - (p->nmerges - 1);
  *m = (struct merge){.e = e, .place = t->place, .tag = t->typed};
  for (size_t i = 0; i + 1 < p->nmerges; i++)
    if (c->merge_rows[i] == row) m->left = (uint32_t)i + 1;
  return keep_node(c, cell, &c->merge_cells, &c->nmerge_cells, &c->merge_cells_cap) &&
         keep_node(c, row, &c->merge_rows, &c->nmerge_rows, &c->merge_rows_cap);
}

static xmlNode *anchor_of(struct compile *c, enum mark_kind kind, size_t a) {
  uint32_t number;
  struct mark *m = compile_mark(c, kind, &number);
  if (m == NULL) return NULL;
  m->a = (uint32_t)a;
  return compile_anchor(c, number);
}

/* Before the outermost of the loops that repeat just this row. */
static xmlNode *before_loops(const struct compile *c, xmlNode *row) {
  xmlNode *n = row;
  for (xmlNode *k = row->prev; k != NULL; k = k->prev) {
    const struct mark *m = compile_mark_of(c, k);
    if (m == NULL || (m->kind != MARK_EACH && m->kind != MARK_MERGE_RESET)) break;
    n = k;
  }
  return n;
}

static bool merge_cell(struct compile *c, size_t i) {
  xmlNode *first, *last, *other;
  xmlAttr *attr;
  struct merge *merge = &c->program->merges[i];
  if (!c->t->flavour->merge(c->merge_cells[i], &first, &last, &other, &attr))
    return finding(c->fs, CODE_FILTER_ARGUMENT, merge->place, NULL, merge->tag,
                   STR(N_("the cell is merged already")));
  merge->counts = first == c->merge_cells[i];
  uint32_t how;
  struct mark *m = compile_mark(c, MARK_MERGE_HOW, &how);
  xmlNode *test = anchor_of(c, MARK_MERGE_TEST, i), *no = anchor_of(c, MARK_ELSE, 0);
  xmlNode *end = anchor_of(c, MARK_END, 0), *row = anchor_of(c, MARK_MERGE, i);
  xmlNode *reset = anchor_of(c, MARK_MERGE_RESET, i);
  if (m == NULL || test == NULL || no == NULL || end == NULL || row == NULL || reset == NULL)
    return compile_no_memory(c);
  m->a = (uint32_t)i;
  str old = str_of((const char *)attr->children->content);
  if (!compile_mark_attr(c, attr, 0, old.n, how)) return compile_no_memory(c);
  xml_insert_before(first, test);
  xml_insert_after(last, end);
  xml_insert_after(last, other);
  xml_insert_after(last, no);
  xml_prepend(c->merge_rows[i], row);
  xml_insert_before(before_loops(c, c->merge_rows[i]), reset);
  return true;
}

/* From right to left, so that the new-row instructions stand from left to right. */
bool merge_part(struct compile *c) {
  for (size_t i = c->program->nmerges; i-- > 0;)
    if (!merge_cell(c, i)) return false;
  return true;
}
