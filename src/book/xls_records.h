/* The records of an old workbook's stream ([MS-XLS] 2.1.4), and their pieces. */
#ifndef BOOK_XLS_RECORDS_H
#define BOOK_XLS_RECORDS_H

#include "base/buf.h"
#include "book/decimal.h"

enum xls_record {
  XLS_FORMULA = 0x0006,
  XLS_EOF = 0x000A,
  XLS_1904 = 0x0022,
  XLS_FILEPASS = 0x002F,
  XLS_COLINFO = 0x007D,
  XLS_BOUNDSHEET = 0x0085,
  XLS_MULRK = 0x00BD,
  XLS_XF = 0x00E0,
  XLS_MERGED = 0x00E5,
  XLS_LABELSST = 0x00FD,
  XLS_DIMENSIONS = 0x0200,
  XLS_NUMBER = 0x0203,
  XLS_LABEL = 0x0204,
  XLS_BOOLERR = 0x0205,
  XLS_STRING = 0x0207,
  XLS_ROW = 0x0208,
  XLS_RK = 0x027E,
  XLS_FORMAT = 0x041E,
  XLS_BOF = 0x0809,
  XLS_LABEL_5 = 0x00D6 /* RSTRING */
};

struct xls_reader {
  str stream;
  size_t at;
};

/* The next record; false: the stream ends, inside a record when *cut. */
bool xls_next(struct xls_reader *r, unsigned *type, str *data, bool *cut);
/* Little-endian; 0 behind the end. */
uint32_t xls_u16(str s, size_t at);
uint32_t xls_u32(str s, size_t at);
/* A number of 8 bytes, and a packed one of 4, as decimals. False: NaN or infinity. */
bool xls_double(str s, size_t at, struct decimal *d);
bool xls_rk(uint32_t rk, struct decimal *d);
/* Appends `count` characters at `at`, behind their byte of flags ([MS-XLS] 2.5.293), as UTF-8. */
bool xls_characters(str s, size_t at, size_t count, struct buf *out);
/* The words of an error code. */
const char *xls_error(unsigned code);

#endif
