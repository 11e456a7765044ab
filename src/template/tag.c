/* The first word of a tag.
 *
 * Control words may stand before their name with or without a blank; so a text that begins with
 * one is a value when the data have a key of just that name (language.md 2).
 */
#include "template/tag.h"

#include "base/utf8.h"

struct word {
  const char *text;
  enum tag_kind kind;
};

/* Longer words stand before their beginnings. */
static const struct word chinese[] = {{"否则如果", TAG_ELIF}, {"每个", TAG_EACH}, {"如果", TAG_IF}};
static const struct word english[] = {
    {"else if", TAG_ELIF}, {"elif", TAG_ELIF}, {"each", TAG_EACH}, {"if", TAG_IF}};
static const struct word signs[] = {
    {"#", TAG_SECTION}, {"^", TAG_INVERSE}, {"/", TAG_CLOSE}, {"!", TAG_COMMENT}};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct tag_text behind(str s, size_t skip, enum tag_kind kind) {
  while (skip < s.n && (s.p[skip] == ' ' || s.p[skip] == '\t')) skip++;
  return (struct tag_text){kind, utf8_trim(str_sub(s, skip, s.n))};
}

static bool word_ends(str s, size_t at) {
  return at >= s.n || s.p[at] == ' ' || s.p[at] == '(' || s.p[at] == '\t';
}

/* 完, end: alone, before a blank, or before the very name that is open. */
static bool closes(str s, str open, size_t *skip, struct arena *a) {
  static const char *const words[] = {"完", "end"};
  for (size_t i = 0; i < COUNT(words); i++) {
    if (!str_starts(s, str_of(words[i]))) continue;
    *skip = strlen(words[i]);
    if (word_ends(s, *skip)) return true;
    str unit, rest = names_canonical(str_sub(s, *skip, s.n), a, &unit);
    if (i == 0 && open.n != 0 && str_eq(rest, names_canonical(open, a, &unit))) return true;
  }
  return false;
}

struct tag_text tag_read(str s, const struct names *names, str open, struct arena *a) {
  s = utf8_trim(s);
  str unit, key = names_canonical(s, a, &unit);
  if (key.n != 0 && names_id(names, key) != 0) return (struct tag_text){TAG_VALUE, s};
  for (size_t i = 0; i < COUNT(signs); i++)
    if (s.n != 0 && s.p[0] == signs[i].text[0]) return behind(s, 1, signs[i].kind);
  size_t skip;
  if (closes(s, open, &skip, a)) return behind(s, skip, TAG_CLOSE);
  if (str_is(s, "否则") || str_is(s, "else")) return (struct tag_text){TAG_ELSE, STR_NONE};
  for (size_t i = 0; i < COUNT(chinese); i++)
    if (str_starts(s, str_of(chinese[i].text)))
      return behind(s, strlen(chinese[i].text), chinese[i].kind);
  for (size_t i = 0; i < COUNT(english); i++) {
    size_t n = strlen(english[i].text);
    if (str_starts(s, str_of(english[i].text)) && n < s.n && word_ends(s, n))
      return behind(s, n, english[i].kind);
  }
  return (struct tag_text){TAG_VALUE, s};
}

bool tag_opens(enum tag_kind k) {
  return k == TAG_SECTION || k == TAG_INVERSE || k == TAG_EACH || k == TAG_IF;
}

bool tag_controls(enum tag_kind k) { return k != TAG_VALUE && k != TAG_BRACES; }
