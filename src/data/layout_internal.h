/* Between the files of data/layout. */
#ifndef DATA_LAYOUT_INTERNAL_H
#define DATA_LAYOUT_INTERNAL_H

#include "data/layout.h"

/* The header of a view: what was found when looking for it. */
struct head {
  enum layout_kind kind; /* ROWS, COLUMNS, ITEMS; AUTO: there is no name that tells */
  uint32_t row, column;  /* of the cell 单位名称 or 项目 */
  uint32_t value, unit;  /* ITEMS: columns of 数值 and 计量单位, or NO_LINE */
  bool plain;            /* the column is called 数值, as in no table */
};

/* One layout at work. */
struct laying {
  struct layout *l;
  const struct layout_options *o;
  struct names *ns;
  struct arena *a;       /* the book's */
  struct arena *scratch; /* one cell */
  struct findings *fs;
};

/* Reads the names that stand in the lines from `line` on, of positions behind `after` (NO_LINE:
 * all); *last is the last line of the header. */
bool header_read(struct laying *w, uint32_t line, uint32_t head_position, uint32_t after,
                 uint32_t *last);
/* Gathers the lines behind `last` that hold data. `only`: that line and no other. */
bool entries_read(struct laying *w, uint32_t last, uint32_t only);
/* The text of a cell as names are compared: folded, without blanks. In the scratch arena. */
str laying_fold(const struct laying *w, const struct cell *c);
/* Finds 单位：万元 in the rows above the header: l->unit_above.  Two that differ are none. */
bool units_above(struct laying *w, const struct sheet *s, uint32_t header);
/* Is it a row below the names, which begin at `first`, in which nothing but their units stands? */
bool units_in_line(struct laying *w, uint32_t first, uint32_t line, uint32_t head_position);
/* Units beside the names, in l->unit_line. */
bool units_beside(struct laying *w);
/* 合计, 小计; 备注, 填表人：… */
bool laying_is_total(str folded);
bool laying_is_remark(str folded);
/* Is it the name that records are told apart by? */
bool laying_is_key(const struct laying *w, const struct cell *c);
bool laying_complain(const struct laying *w, enum code code, uint32_t line, uint32_t position,
                     size_t n, const str *args);
bool laying_no_memory(const struct laying *w);

#endif
