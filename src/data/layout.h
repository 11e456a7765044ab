/* What the cells of a workbook mean: which sheet is what, headers, and lines that are records.
 *
 * A county comes as one row per township (rows), as one column per township (columns), or a
 * township as 项目 | 数值 | 计量单位 (items).  Columns and items are rows of a view that is turned
 * (data/view.h), so that below this header there is one layout only.
 */
#ifndef DATA_LAYOUT_H
#define DATA_LAYOUT_H

#include "data/names.h"
#include "data/view.h"
#include "value/val.h"

enum layout_kind { LAYOUT_AUTO, LAYOUT_ROWS, LAYOUT_COLUMNS, LAYOUT_ITEMS, LAYOUT_TABLE };

/* What the user said about layouts; nothing said: found out. */
struct layout_options {
  str key;               /* canonical: 单位名称 */
  str key_shown;         /* as the user wrote it */
  str sheet;             /* the sheet with the records, or empty */
  enum layout_kind kind; /* of that sheet */
  bool main_named;       /* a CSV file of this run is called 单位数据: the others are tables */
};

/* The words of --layout. */
const char *layout_word(enum layout_kind kind);
/* False: it is none of them. */
bool layout_of_word(const char *word, enum layout_kind *kind);

enum sheet_role {
  ROLE_NONE,    /* not read */
  ROLE_RECORDS, /* each line is a record */
  ROLE_TABLE,   /* lines are items of a list that is called like the sheet */
  ROLE_TURNED,  /* the same, with a column for each record; it becomes ROLE_TABLE */
  ROLE_MORE,    /* figures of the one record of the workbook */
  ROLE_SHARED,  /* figures that all records share */
  ROLE_ROSTER,  /* names of those that should be there */
  ROLE_RULES    /* relations between figures (data/rule_sheet.h) */
};

/* One name of the header: where it stands, and what it means. */
struct field {
  const struct name *name;
  str unit;          /* canonical, or empty */
  uint32_t position; /* in the view */
  bool list;         /* marked 〔列表〕 */
};

/* The names below one node: an object of the record. */
struct shape {
  const struct name *node;
  struct field *fields;
  struct shape *parts; /* names of two rows: 三公预算 over 公务接待费 */
  size_t nfields, capfields, nparts, capparts;
};

/* One line that holds data. */
struct entry {
  uint32_t line;
  str key;   /* folded; empty: none */
  str shown; /* as written */
};

enum { NO_LINE = UINT32_MAX };

struct layout {
  struct val_source source; /* first member: places of cells */
  const struct book *book;
  enum sheet_role role;
  str name; /* of the sheet, or of a CSV file */
  struct view view;
  struct name *list; /* ROLE_TABLE */
  struct shape shape;
  struct shape lent;  /* ROLE_TABLE with one row for each: its columns as figures of the record */
  str unit_above;        /* 单位：万元 over the table: canonical, or empty */
  uint32_t unit_line; /* with 计量单位, or NO_LINE */
  uint32_t key_position; /* or NO_LINE */
  size_t nentries, capentries;
  struct entry *entries;
};

/* The layouts of all sheets of a book, in the book's arena; adds their names. `stem` names the
 * sheet of a CSV file. False: findings with sheet and cell. */
bool layout_book(const struct book *b, str stem, const struct layout_options *o, struct names *ns,
                 struct layout **out, size_t *n, struct findings *fs);
/* The sheet of a book as a list of names (--roster). */
bool layout_roster(const struct book *b, str stem, const struct layout_options *o,
                   struct layout **out, struct findings *fs);
/* The members of one entry as an object. False: no memory. */
bool layout_object(const struct layout *l, const struct entry *e, struct arena *a, struct val *out);
/* The columns that an entry lends to its record: those whose names nothing else has. */
bool layout_lent(const struct layout *l, const struct entry *e, struct arena *a, struct val *out);
/* Where the cell of an entry's key, or the entry itself, stands. */
uint64_t layout_entry_at(const struct layout *l, const struct entry *e);
/* What a place of data is called in a message about another: 附表.xlsx 单位数据!B7 */
str layout_place(const struct val_source *s, uint64_t at, struct findings *fs);

#endif
