/* UTF-8 and the characters of XML 1.0. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

#define UTF8_BAD UINT32_MAX

/* Reads the code point at *at and moves *at behind it; UTF8_BAD (and *at moved by one) for
 * anything that RFC 3629 forbids: overlong forms, surrogates, values over U+10FFFF. */
uint32_t utf8_next(str s, size_t *at);
/* Writes a code point as UTF-8; the number of bytes, 0 for surrogates and over U+10FFFF. */
enum { UTF8_MOST = 4 };
size_t utf8_encode(uint32_t cp, char out[UTF8_MOST]);
/* Offset of the first byte that is not valid UTF-8, or s.n. */
size_t utf8_check(str s);
/* Offset of the first character that XML 1.0 (section 2.2, Char) forbids or that is not valid
 * UTF-8, or s.n. */
size_t utf8_check_xml(str s);
/* Number of code points (every bad byte counts as one). */
size_t utf8_length(str s);
/* The beginning of s, no more than `most` bytes of it, without half a character at its end. */
str utf8_clip(str s, size_t most);
/* White space as people see it: ASCII blanks, U+00A0, U+3000, U+2000..U+200A, U+202F, U+205F. */
bool utf8_is_blank(uint32_t cp);
/* Zero-width characters: U+200B..U+200D, U+2060, U+FEFF, U+00AD. */
bool utf8_is_zero_width(uint32_t cp);
/* Without white space (utf8_is_blank and zero-width) at both ends. */
str utf8_trim(str s);
/* A Han character of the common blocks. */
bool utf8_is_han(uint32_t cp);

#endif
