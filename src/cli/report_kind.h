/* Between cli/report.c and the forms of its file. */
#ifndef CLI_REPORT_KIND_H
#define CLI_REPORT_KIND_H

#include "base/os.h"
#include "cli/report.h"

struct report_file {
  const struct report_kind *kind;
  const struct fill_job *job;
  struct os_file *file;
  bool shown;          /* the file has no name: what is in it goes to standard output */
  struct buf out;      /* bytes that are not in the file yet */
  int err;             /* errno of a write that failed, or 0 */
  bool failed;         /* something was lost for want of memory */
  size_t rows;         /* records (JSON) or lines (tables) so far */
  struct report_sheet *sheet; /* .xlsx */
};

/* What a form does; errors are noted in the file. */
struct report_kind {
  const char *ending;
  void (*begin)(struct report_file *f);
  void (*add)(struct report_file *f, const struct subject *s, enum ending end,
              const struct findings *found);
  /* False: findings. */
  bool (*end)(struct report_file *f, const struct findings *whole, struct findings *fs);
  void (*free)(struct report_file *f); /* may be NULL */
};

extern const struct report_kind report_json, report_csv, report_xlsx;

/* One line for each finding, as cells: how .csv and .xlsx are laid out. */
enum report_column {
  COLUMN_TOWNSHIP,
  COLUMN_REPORT,
  COLUMN_RESULT,
  COLUMN_LEVEL,
  COLUMN_CODE,
  COLUMN_MESSAGE,
  COLUMN_PLACE,
  COLUMN_DATA,
  COLUMN_VALUE,
  COLUMN_OTHER,
  REPORT_COLUMNS
};

struct report_row {
  struct buf cells[REPORT_COLUMNS];
};

/* Calls `put` for each row; `s` NULL: findings about the run as a whole. A record without
 * findings has a row when it was not begun. */
void report_rows(struct report_file *f, const struct subject *s, enum ending end,
                 const struct findings *found,
                 void (*put)(struct report_file *f, const struct report_row *row));
/* The head of a column. */
str report_head(enum report_column column);

#endif
