/* The codes of Word's fields (ECMA-376 part 1, 17.16): MERGEFIELD 支出合计 \# "0.00".
 *
 * Pure text: what a code says, and what its formatting switches are in the template language.
 */
#ifndef FLAVOUR_FIELD_CODE_H
#define FLAVOUR_FIELD_CODE_H

#include "base/arena.h"
#include "base/str.h"

/* A word of a code: bare, or between straight or curly quotes. */
struct code_word {
  str text; /* without the quotes; a view into the code, or in the arena when \" stood in it */
  bool quoted;
  bool is_switch; /* \# \@ \* …: text is the one character behind the backslash */
};

struct field_code {
  struct code_word *words;
  size_t n;
};

/* Characters that stand for the fields inside of a code; outside of quotes each is a word. */
enum { CODE_INNER = 0xFDD0, CODE_INNERS = 32 };

/* Apart into words.  False: no memory. */
bool code_read(str s, struct arena *a, struct field_code *out);
/* The number of the inner field that begins at s, or -1. */
int code_inner(str s);
/* Is it that word, given in capitals, without regard to case? */
bool code_same(str word, const char *capitals);
/* Is the field of this kind: the first word, without regard to case? */
bool code_is(const struct field_code *c, const char *kind);

/* \# : a numeric picture (17.16.4.2) as filters of the template language, ": 2位: 千分位"; empty:
 * it means something that no filter does.  A percent sign means itself where the number is a hundredfold already (`percent`); elsewhere
 * it is refused. */
str code_number(str picture, bool percent, struct arena *a);
/* \@ : a date picture (17.16.4.1) likewise; also the format of a date control (17.5.2.7). */
str code_date(str picture, struct arena *a);

#endif
