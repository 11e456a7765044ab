/* Which cell of a blank workbook stands for what a template asks for. */
#ifndef BLANK_PLAN_H
#define BLANK_PLAN_H

#include "ask/asked.h"

enum {
  BLANK_UNITS = 100,       /* rows for townships, when nobody says how many there are */
  BLANK_TABLE_ROWS = 3000, /* rows of a table of all townships */
  BLANK_OWN_ROWS = 300     /* of one */
};

/* A column of a sheet, or a row of the items of one township. */
struct plan_cell {
  const struct asked *a; /* NULL: the name of the township */
  str name;              /* with 〔列表〕 */
  str unit;              /* or empty */
  str header;            /* both */
  uint32_t at;           /* its column, or its row */
};

struct plan_sheet {
  str name;
  const struct asked *table; /* NULL: figures of the record */
  struct plan_cell *cells;
  size_t n, cap;
  uint32_t first, last; /* rows that may be filled in */
};

/* A workbook for all townships has one row for each; a workbook for one has its figures one below
 * the other. */
struct plan {
  struct arena *arena;
  const struct asking *asking;
  str key; /* 单位名称 */
  bool single;
  struct plan_sheet main;
  struct plan_sheet *tables;
  size_t ntables, captables;
};

/* `key`: what townships are told apart by, or NULL; `units`: how many rows there are for them, 0
 * when nobody knows.  What has no place in a workbook is told.  False: findings. */
bool plan_make(struct plan *p, const struct asking *a, const char *key, bool single, size_t units,
               struct findings *fs);
void plan_free(struct plan *p);
/* The cell of the main sheet for a name of the record, or NULL. */
const struct plan_cell *plan_find(const struct plan_sheet *s, const struct asked *a);
const struct plan_sheet *plan_table(const struct plan *p, const struct asked *table);
/* A, B, … AA */
void plan_column(struct buf *out, uint32_t column);
/* '单位数据'! */
void plan_sheet_name(struct buf *out, str name);

#endif
