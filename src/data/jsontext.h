/* The bytes of a JSON file: stepping over values, long lists, places and paths.
 *
 * Used by the strict pass (data/jsoncheck.h), which fills `bigs` and `groups`, and by the
 * reader (data/json.c).
 */
#ifndef DATA_JSONTEXT_H
#define DATA_JSONTEXT_H

#include "base/buf.h"
#include "value/val.h"

/* The first of some neighbouring items of a list: its number and where it stands. */
struct json_group {
  uint64_t at;
  size_t first;
};

enum { JSON_GROUP_BYTES = 32 << 10, JSON_GROUP_ITEMS = 1024 };

/* An object or list whose text is over LIMIT_DATA_TREE, and the list of records. */
struct json_big {
  uint64_t start, end; /* of its text, brackets included */
  size_t n;            /* items of a list */
  size_t group, groups; /* of a list: its part of json_text.groups */
};

struct json_mark;

struct json_text {
  struct val_source source; /* first member: places are asked for through it */
  str file;                 /* path, borrowed */
  str bytes;                /* followed by a NUL */
  size_t start;             /* where the value begins */
  bool long_numbers;        /* has numbers that are too long for cJSON */
  struct json_big *bigs;    /* sorted by start */
  size_t nbigs, capbigs;
  struct json_group *groups;
  size_t ngroups, capgroups;
  struct json_mark *marks; /* made at the first question for a place */
  size_t nmarks;
  size_t asked_list, asked_at, asked_index; /* a list and its item that a place was asked for last */
};

enum { JSON_CJSON_DIGITS = 63 }; /* cJSON 1.7 cuts longer numbers in two */

/* Borrows path and bytes. */
void json_text_init(struct json_text *t, str path, str bytes);
void json_text_free(struct json_text *t);

/* Offset of what follows the blanks at `at`. */
size_t json_blanks(const struct json_text *t, size_t at);
/* Offset behind the value at `at`, of text that was checked (safe on any text). */
size_t json_skip(const struct json_text *t, size_t at);
/* Offset behind the string whose quote stands at `at`; *escaped: it has a backslash. */
size_t json_skip_string(const struct json_text *t, size_t at, bool *escaped);
/* The entry for the container at `at`, or NULL. */
const struct json_big *json_big_at(const struct json_text *t, size_t at);
/* The group of a list that holds item i, as an index into t->groups. */
size_t json_group_of(const struct json_text *t, const struct json_big *list, size_t i);
/* Where item i of a list in `bigs` stands. */
size_t json_item_at(const struct json_text *t, const struct json_big *list, size_t i);
/* Appends a string without its quotes, escapes resolved. */
bool json_decode(str raw, struct buf *out);

/* File, line and column of an offset. */
void json_line(struct json_text *t, uint64_t at, struct origin *out);

#endif
