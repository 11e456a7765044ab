/* Styles of .xlsx workbooks: from a cell's style to its number format (18.8).
 *
 * Only cellXfs count, whatever their applyNumberFormat says (Excel and LibreOffice do so, too).
 */
#include "book/xlsx.h"

#define N_(s) (s)

enum { STYLES = 1, FORMATS, FORMAT, CELLS, CELL };

static const struct part_tag tags[] = {
    {XLSX_NS, "styleSheet", STYLES, BELOW(PART_TOP)},
    {XLSX_NS, "numFmts", FORMATS, BELOW(STYLES)},
    {XLSX_NS, "numFmt", FORMAT, BELOW(FORMATS)},
    {XLSX_NS, "cellXfs", CELLS, BELOW(STYLES)},
    {XLSX_NS, "xf", CELL, BELOW(CELLS)},
};

struct styles {
  struct xlsx *x;
  struct part_path path;
};

static bool start(void *ctx, const struct xml_tag *tag) {
  struct styles *s = ctx;
  struct building *g = &s->x->g;
  unsigned t = part_enter(&s->path, tag);
  str number = xml_tag_attr(tag, NULL, "numFmtId");
  uint64_t id = 0;
  if (t != FORMAT && t != CELL) return true;
  bool absent = t == CELL && number.p == NULL;
  if (!absent && !part_number(number, UINT32_MAX, &id))
    return build_damaged(g, STR(N_("a number format without a number")));
  if (t == CELL) return formats_add_style(&s->x->formats, g, id);
  return formats_add(&s->x->formats, g, id, xml_tag_attr(tag, NULL, "formatCode"));
}

static bool end(void *ctx) {
  part_leave(&((struct styles *)ctx)->path);
  return true;
}

static bool text(void *ctx, str s) {
  (void)ctx, (void)s;
  return true;
}

bool xlsx_read_styles(struct xlsx *x, size_t entry) {
  static const struct xml_handler handler = {start, end, text};
  struct styles s = {.x = x, .path = {.tags = tags, .n = sizeof tags / sizeof *tags}};
  return part_read(&x->g, x->pack, entry, &handler, &s);
}
