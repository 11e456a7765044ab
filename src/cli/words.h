/* Findings, places and messages as text, in the language of the user.
 *
 * Nothing here prints; text goes to buffers.  User text is never a format string: a message has
 * places {1} … {4} that its arguments take.
 */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include <libintl.h>

#include "base/buf.h"
#include "base/finding.h"

#define _(s) gettext(s)
#define N_(s) (s)

/* Chooses the language and finds the catalogue.  Never LC_NUMERIC: a comma for the decimal point
 * would get into figures. */
void words_start(void);

/* Appends `words` (translated already) with the arguments in their places.  An argument that
 * stands between quotes there is shown as it is; any other is translated when the catalogue has
 * it: modules give reasons as phrases, marked N_(), perhaps with text behind a final blank. */
void words_fill(struct buf *out, const char *words, size_t n, const str *args);
/* words_fill(out, words, n, args) with the arguments listed. */
#define words_put(out, words, ...) \
  words_fill((out), (words), FINDING_N(__VA_ARGS__), FINDING_STRS(__VA_ARGS__))

/* A number as an argument, while the enclosing block lasts. */
enum { WORDS_DIGITS = 20 };
str words_number(char digits[WORDS_DIGITS], uint64_t v);
#define NUMBER(v) words_number((char[WORDS_DIGITS]){0}, (v))

/* 正文，表3第2行第4列（“二、…”之下）; nothing for a whole file. */
void words_place(struct buf *out, const struct place *p);
/* data.json:12:5, or file, sheet and cell. */
void words_origin(struct buf *out, const struct origin *o);
/* One line without its end: FILE: PLACE: message (data) [TB501]. */
void words_finding(struct buf *out, const struct finding *f);
/* The same; in the buffer the message itself is [from, to). */
struct words_span {
  size_t from, to;
};
void words_finding_span(struct buf *out, const struct finding *f, struct words_span *span);
/* Text of a document in one line: blanks for its breaks, nothing for its pictures (U+FFFC). */
void words_flat(struct buf *out, str s);
/* The text around a tag, …决算支出【{{支出合计}}】万元…, in one line; [from, to) is the tag.  False:
 * nothing stands around it, and nothing is put. */
bool words_around(struct buf *out, const struct place *p, struct words_span *span);
/* What a comment says of a finding, a line for each paragraph: how grave it is, the message with the
 * place unless it is `placed` there, and, unless it says so `again`, what to do.  For people who see
 * the document only. */
void words_comment(struct buf *out, const struct finding *f, bool placed, bool again);
/* One line for programs, without its end:
 * FILE:PART:TABLE/ROW/COLUMN/PARAGRAPH: error: message (data) [TB501].  What is not known of a
 * place is 0, or left out from its end; of data it is FILE:LINE:COLUMN or FILE:SHEET:CELL.  The
 * level is error, note or detail in every language. */
void words_finding_line(struct buf *out, const struct finding *f);

/* Appends s with control characters, and bytes that are no UTF-8, as \x1b. */
void words_escape(struct buf *out, str s);

#endif
