/* A compiled number format: between numfmt.c, which compiles, and numfmt_show.c, which shows. */
#ifndef BOOK_NUMFMT_CODE_H
#define BOOK_NUMFMT_CODE_H

#include "book/numfmt.h"

enum { NUMFMT_SECTIONS = 4 };

enum item_kind {
  ITEM_TEXT,
  ITEM_DIGIT, /* c: 0 # ? */
  ITEM_POINT,
  ITEM_EXPONENT, /* c: + or -; count: digits */
  ITEM_GENERAL,
  ITEM_AT,
  ITEM_YEAR,
  ITEM_MONTH,
  ITEM_DAY,
  ITEM_WEEKDAY, /* aaa, aaaa */
  ITEM_HOUR,
  ITEM_MINUTE,
  ITEM_SECOND,
  ITEM_FRACTION, /* of seconds; count: digits */
  ITEM_ELAPSED,  /* c: h m s */
  ITEM_NOON      /* text: both words, apart by / */
};

struct item {
  enum item_kind kind;
  char c;
  unsigned count;
  str text;
};

enum condition { WHEN_DEFAULT, WHEN_LT, WHEN_LE, WHEN_EQ, WHEN_NE, WHEN_GE, WHEN_GT };

struct section {
  struct item *items;
  size_t n, cap;
  enum condition when;
  struct decimal limit;
  int whole, decimals; /* digit items before and behind the point */
  int mantissa;        /* of these, before an exponent */
  int percents, thousands;
  bool grouped, exponent, general, at;
  bool day, time, noon;
  bool chinese;   /* [$-804] */
  unsigned hanzi; /* [DBNum1], [DBNum2] */
};

struct numfmt {
  struct section sections[NUMFMT_SECTIONS];
  size_t n;
  bool understood;
};

#endif
