/* Findings: everything that the program has to say about a template, data or a report.
 *
 * A finding is a code with arguments; words are put to it by the command (cli/words.c).  A
 * function that fails has added at least one finding at LEVEL_ERROR to its sink.
 */
#ifndef BASE_FINDING_H
#define BASE_FINDING_H

#include "base/arena.h"
#include "base/place.h"

enum level { LEVEL_DETAIL, LEVEL_NOTE, LEVEL_ERROR }; /* of the finding before; 提醒; 错误 */

/* Exit statuses of the command. */
enum status { STATUS_DONE = 0, STATUS_REFUSED = 1, STATUS_USAGE = 2, STATUS_ENVIRONMENT = 3 };

enum code {
  CODE_NONE,
#define CODE(name, id, level, status, words, help) CODE_##name,
#include "base/codes.def"
#undef CODE
  CODE_COUNT
};

struct code_row {
  const char *name, *id; /* MISSING, TB501 */
  enum level level;
  enum status status;
  const char *words; /* message with {1} … {4}, for gettext */
  const char *help;  /* one paragraph: why, and the next step */
};

/* CODE_COUNT rows; row 0 is empty. */
extern const struct code_row codes[];

enum { FINDING_ARGS = 4 };

struct finding {
  enum code code;
  struct place place;   /* place.file empty: none */
  struct origin origin; /* origin.file empty: none */
  str args[FINDING_ARGS];
  unsigned times; /* how often the same was found */
};

struct findings;

struct findings *findings_new(void);
void findings_free(struct findings *fs);
void findings_clear(struct findings *fs);
size_t findings_count(const struct findings *fs);
/* Number of those that came after LIMIT_FINDINGS and are only counted. */
size_t findings_dropped(const struct findings *fs);
/* Number at LEVEL_ERROR. */
size_t findings_errors(const struct findings *fs);
const struct finding *findings_at(const struct findings *fs, size_t i);
/* Strings live as long as the sink. */
struct arena *findings_arena(struct findings *fs);
/* The worst exit status among the errors; STATUS_DONE when there are none. */
enum status findings_status(const struct findings *fs);

/* Adds a finding; place and origin may be NULL; up to FINDING_ARGS strings, then nothing is
 * expected: pass the number.  Copies everything it is given.  A finding equal to one that is
 * already there only counts.  Never fails: without memory it becomes CODE_MEMORY, and so does
 * every error behind a failed allocation, for it may come of that.
 * Returns false, so that `return findings_add(…)` reads well. */
bool findings_add(struct findings *fs, enum code code, const struct place *place,
                  const struct origin *origin, size_t nargs, const str *args);

#define FINDING_STRS(...) (const str[]){__VA_ARGS__}
#define FINDING_N(...) (sizeof(FINDING_STRS(__VA_ARGS__)) / sizeof(str))
/* finding(fs, CODE_X, place, origin, str, str …): at least one argument. */
#define finding(fs, code, place, origin, ...)                                                     \
  findings_add((fs), (code), (place), (origin), FINDING_N(__VA_ARGS__), FINDING_STRS(__VA_ARGS__))

/* Decimal digits of v in the sink's arena. */
str finding_number(struct findings *fs, uint64_t v);
/* A place in the data as an argument: data.json:12:5, or 附表.xlsx 单位数据!B7 */
str finding_origin(struct findings *fs, const struct origin *o);
/* Copies all findings of `from` to `to`, or those that `wants` says. */
void findings_append(struct findings *to, const struct findings *from);
void findings_append_some(struct findings *to, const struct findings *from,
                          bool (*wants)(void *ctx, const struct finding *f), void *ctx);

/* Appends all findings as bytes that findings_unpack of the same program reads, in another
 * process perhaps.  Long texts are cut (LIMIT_PACKED_TEXT); what comes after
 * LIMIT_PACKED_FINDINGS is only counted. */
struct buf;
void findings_pack(const struct findings *fs, struct buf *out);
/* Adds what findings_pack made.  False: the bytes are no such thing; nothing is said of it here. */
bool findings_unpack(str packed, struct findings *fs);

#endif
