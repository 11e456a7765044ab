/* The strict pass over a JSON file: everything that RFC 8259 and XML 1.0 demand, once, and the
 * names on the way.
 *
 * cJSON takes much that is not JSON and loses what a figure looked like; so nothing reaches it
 * that has not passed here.  The pass makes no values.  A fault of syntax stops it (what
 * follows would be guesses); doubled keys, bad numbers and bad characters do not.
 *
 * Speed: a byte is looked at once; a key is compared with the one that followed last time in
 * the same object of the tree, and hashed only when it is another.
 *
 *   frames   where we are, for the path in messages: one key or index for each level
 *   stack    item groups of the lists that are open; those of long lists move to t->groups
 *
 * Invariant: c->at never passes c->n; the NUL behind the text ends every inner loop.
 */
#include "data/jsoncheck.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/sniff.h"

/* Marked for translation; the command puts it into the reader's language. */
#define N_(text) text

enum { SHOWN_MOST = 60, NUMBER_SHORT = 900 };

struct frame {
  bool list;
  size_t index;  /* of a list: item, from 0 */
  str key;       /* of an object: raw, or empty */
};

struct check {
  struct json_text *t;
  struct names *ns;
  struct findings *fs;
  const unsigned char *b;
  size_t at, n;
  bool stopped, string_reported;
  size_t reports;
  size_t comma; /* where the last comma stands */
  struct buf key;
  struct json_group *stack;
  size_t nstack, capstack;
  size_t depth;
  struct frame *frames; /* LIMIT_DATA_DEPTH + 1 */
};

enum seen { SEEN_SCALAR, SEEN_NULL, SEEN_OBJECT, SEEN_LIST };

/* Room for `more` items behind n in a malloc'ed array. */
static bool reserve(void **p, size_t n, size_t more, size_t *cap, size_t size) {
  if (n + more <= *cap) return true;
  size_t want = *cap * 2 > n + more ? *cap * 2 : n + more + 16;
  void *grown = mem_realloc(*p, want * size);
  if (grown == NULL) return false;
  *p = grown;
  *cap = want;
  return true;
}

/* ---- findings ---- */

static str path_here(struct check *c) {
  struct buf path;
  buf_init(&path, 4096);
  for (size_t i = 0; i < c->depth; i++) {
    const struct frame *f = &c->frames[i];
    if (f->list) {
      buf_putc(&path, '[');
      buf_put_u64(&path, f->index + 1);
      buf_putc(&path, ']');
    } else if (f->key.n > 0) {
      if (path.n > 0) buf_putc(&path, '.');
      json_decode(f->key, &path);
    }
  }
  str out = arena_dup(findings_arena(c->fs), buf_str(&path));
  buf_free(&path);
  /* a path that cannot be shown (bad bytes) is not worth a second finding */
  return utf8_check_xml(out) == out.n ? out : STR_NONE;
}

/* Adds a finding and goes on, unless there are too many. */
static bool report(struct check *c, enum code code, size_t at, size_t nargs, const str *args) {
  struct origin o = {0};
  json_line(c->t, at, &o);
  o.key = path_here(c);
  findings_add(c->fs, code, NULL, &o, nargs, args);
  if (++c->reports >= LIMIT_FINDINGS) c->stopped = true;
  return !c->stopped;
}

static bool stop(struct check *c, size_t at, const char *words) {
  report(c, CODE_DATA_SYNTAX, at, 1, &(str){words, strlen(words)});
  c->stopped = true;
  return false;
}

static bool no_memory(struct check *c) {
  findings_add(c->fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  c->stopped = true;
  return false;
}

/* ---- punctuation that an input method typed ---- */

struct typed {
  const char *mark;
  const char *words;
};

static const struct typed typed_marks[] = {
    {"，", N_("the Chinese comma ， stands here; JSON needs the plain comma ,")},
    {"、", N_("the Chinese mark 、 stands here; JSON needs the plain comma ,")},
    {"；", N_("the Chinese mark ； stands here; JSON needs the plain comma ,")},
    {"：", N_("the Chinese colon ： stands here; JSON needs the plain colon :")},
    {"“", N_("Chinese quotation marks “ ” stand here; JSON needs the plain mark \"")},
    {"”", N_("Chinese quotation marks “ ” stand here; JSON needs the plain mark \"")},
    {"＂", N_("the full-width mark ＂ stands here; JSON needs the plain mark \"")},
    {"‘", N_("Chinese quotation marks ‘ ’ stand here; JSON needs the plain mark \"")},
    {"’", N_("Chinese quotation marks ‘ ’ stand here; JSON needs the plain mark \"")},
    {"「", N_("the marks 「 」 stand here; JSON needs the plain mark \"")},
    {"」", N_("the marks 「 」 stand here; JSON needs the plain mark \"")},
    {"｛", N_("the full-width bracket ｛ stands here; JSON needs the plain {")},
    {"｝", N_("the full-width bracket ｝ stands here; JSON needs the plain }")},
    {"［", N_("the full-width bracket ［ stands here; JSON needs the plain [")},
    {"］", N_("the full-width bracket ］ stands here; JSON needs the plain ]")},
    {"【", N_("the bracket 【 stands here; JSON needs the plain [")},
    {"】", N_("the bracket 】 stands here; JSON needs the plain ]")},
    {"\xE3\x80\x80", N_("a full-width blank stands between the values; use plain blanks")},
    {"\xC2\xA0", N_("a no-break blank stands between the values; use plain blanks")},
    {"\xEF\xBB\xBF", N_("an invisible mark (U+FEFF) stands between the values; delete it")},
    {"\xE2\x80\x8B", N_("an invisible mark (U+200B) stands between the values; delete it")},
    {"'", N_("single quotation marks stand here; JSON needs \"")},
    {"`", N_("the mark ` stands here; JSON needs \"")},
    {"/", N_("comments are not part of JSON; use a key that begins with _")},
    {"#", N_("comments are not part of JSON; use a key that begins with _")},
    {"=", N_("= stands here; JSON has a colon between key and value")},
    {";", N_("a semicolon stands here; JSON has commas between its parts")},
    {"(", N_("round brackets are not part of JSON; a list is [ ], an object { }")},
    {")", N_("round brackets are not part of JSON; a list is [ ], an object { }")},
};

static str rest_at(const struct check *c, size_t at) {
  return (str){(const char *)c->b + at, c->n - at};
}

static const char *typed_at(const struct check *c, size_t at) {
  str rest = rest_at(c, at);
  for (size_t i = 0; i < sizeof typed_marks / sizeof typed_marks[0]; i++)
    if (str_starts(rest, str_of(typed_marks[i].mark))) return typed_marks[i].words;
  return NULL;
}

/* ---- text ---- */

/* One finding for each string is enough. */
static bool bad_text(struct check *c, size_t at, const char *words) {
  if (c->string_reported) return true;
  c->string_reported = true;
  return report(c, CODE_DATA_TEXT, at, 1, &(str){words, strlen(words)});
}

static bool bad_utf8(struct check *c) {
  if (sniff_gbk((str){(const char *)c->b, c->n})) {
    bad_text(c, c->at,
             N_("the file is not UTF-8: it seems to be GBK (\"ANSI\"); save it as UTF-8"));
    c->stopped = true;
    return false;
  }
  size_t at = c->at++;
  return bad_text(c, at, N_("the text holds bytes that are not UTF-8"));
}

/* One character that is not ASCII. */
static bool scan_wide(struct check *c) {
  const unsigned char *p = c->b + c->at;
  if (p[0] >= 0xE1 && p[0] <= 0xEE && p[0] != 0xED && (p[1] & 0xC0) == 0x80 &&
      (p[2] & 0xC0) == 0x80) { /* nearly all of Chinese text */
    c->at += 3;
    return true;
  }
  size_t at = c->at, step = 0;
  uint32_t cp = utf8_next(rest_at(c, at), &step);
  if (cp == UTF8_BAD) return bad_utf8(c);
  c->at += step;
  if (cp == 0xFFFE || cp == 0xFFFF)
    return bad_text(c, at, N_("the text holds U+FFFE or U+FFFF, which no document may hold"));
  return true;
}

static bool is_hex(unsigned char ch) {
  return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f') || (ch >= 'A' && ch <= 'F');
}

/* The value of the \uXXXX at `at`, or UTF8_BAD. */
static uint32_t escape_u(const struct check *c, size_t at) {
  uint32_t v = 0;
  if (c->b[at] != '\\' || c->b[at + 1] != 'u') return UTF8_BAD;
  for (size_t i = 2; i < 6; i++) {
    unsigned char ch = c->b[at + i];
    if (!is_hex(ch)) return UTF8_BAD;
    v = v * 16 + (uint32_t)(ch <= '9' ? ch - '0' : (ch | 0x20) - 'a' + 10);
  }
  return v;
}

static bool scan_escape_u(struct check *c) {
  size_t at = c->at;
  uint32_t cp = escape_u(c, at);
  if (cp == UTF8_BAD) return stop(c, at, N_("\\u needs four hexadecimal digits behind it"));
  c->at += 6;
  if (cp >= 0xD800 && cp <= 0xDBFF) {
    uint32_t low = escape_u(c, c->at);
    if (low == UTF8_BAD || low < 0xDC00 || low > 0xDFFF)
      return bad_text(c, at, N_("half of a character (a lone surrogate) stands in the text"));
    c->at += 6;
    return true;
  }
  if (cp >= 0xDC00 && cp <= 0xDFFF)
    return bad_text(c, at, N_("half of a character (a lone surrogate) stands in the text"));
  if (cp == 0) return bad_text(c, at, N_("the text holds \\u0000, which no document may hold"));
  if ((cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r') || cp >= 0xFFFE)
    return bad_text(c, at, N_("the text holds a control character that no document may hold"));
  return true;
}

static bool scan_escape(struct check *c) {
  unsigned char ch = c->b[c->at + 1];
  if (ch == 'u') return scan_escape_u(c);
  if (c->at + 1 >= c->n) return stop(c, c->n, N_("the text has no closing quotation mark"));
  if (strchr("\"\\/nrt", ch) != NULL && ch != '\0') {
    c->at += 2;
    return true;
  }
  size_t at = c->at;
  if (ch == 'b' || ch == 'f') {
    c->at += 2;
    return bad_text(c, at, N_("the text holds a control character that no document may hold"));
  }
  c->at++;
  c->string_reported = true;
  return report(c, CODE_DATA_SYNTAX, at, 1,
                &STR(N_("a backslash must be written twice: \\\\")));
}

static bool scan_control(struct check *c) {
  unsigned char ch = c->b[c->at];
  if (c->at >= c->n) return stop(c, c->n, N_("the text has no closing quotation mark"));
  if (ch == '\n' || ch == '\r')
    return stop(c, c->at,
                N_("the line ends inside a text: a quotation mark is missing, or \\n is meant"));
  size_t at = c->at++;
  if (ch == '\t') return bad_text(c, at, N_("a tab stands in the text; write \\t"));
  return bad_text(c, at, N_("the text holds a control character that no document may hold"));
}

/* Steps over a string from its quote; *escaped: it has a backslash. */
static bool scan_string(struct check *c, bool *escaped) {
  size_t start = c->at++;
  const unsigned char *b = c->b;
  *escaped = false;
  c->string_reported = false;
  for (;;) {
    size_t at = c->at;
    while (b[at] >= 0x20 && b[at] < 0x80 && b[at] != '"' && b[at] != '\\') at++;
    c->at = at;
    if (b[at] >= 0x80) {
      if (!scan_wide(c)) return false;
    } else if (b[at] == '"') {
      break;
    } else if (b[at] == '\\') {
      *escaped = true;
      if (!scan_escape(c)) return false;
    } else if (!scan_control(c)) {
      return false;
    }
  }
  c->at++;
  if (c->at - start <= LIMIT_VALUE_BYTES) return true;
  return report(c, CODE_TOO_BIG, start, 3,
                FINDING_STRS(STR(N_("the text of one value")),
                             finding_number(c->fs, LIMIT_VALUE_BYTES), STR(N_("bytes"))));
}

/* ---- numbers and words ---- */

static bool is_digit(unsigned char ch) { return ch >= '0' && ch <= '9'; }

/* May a value end before this byte? What is wrong with it is said by who comes next. */
static bool is_end(const struct check *c, size_t at) {
  unsigned char ch = c->b[at];
  if (at >= c->n || (ch != '\0' && strchr(",]} \n\r\t:\"{[", ch) != NULL)) return true;
  return ch >= 0x80 && typed_at(c, at) != NULL;
}

static size_t token_end(const struct check *c, size_t at) {
  while (!is_end(c, at)) at++;
  return at;
}

/* The token as a message shows it, cut between characters. */
static str token_shown(const struct check *c, size_t at, size_t end) {
  str s = {(const char *)c->b + at, end - at};
  if (s.n <= SHOWN_MOST) return s;
  s.n = SHOWN_MOST;
  while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xC0) == 0x80) s.n--;
  return s;
}

static bool only(str s, const char *chars) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] == '\0' || strchr(chars, s.p[i]) == NULL) return false;
  return true;
}

static const char *number_fault(str s) {
  if (s.p[0] == '+') return N_("no + stands before a number in JSON");
  if (s.p[0] == '.') return N_("a digit must stand before the decimal point");
  if (str_ends(s, STR("%")) || str_ends(s, STR("％")))
    return N_("a percentage is text: put it in \"quotation marks\"");
  if (only(s, "0123456789-.") && s.p[s.n - 1] == '.')
    return N_("a digit must stand behind the decimal point");
  if (only(s, "0123456789")) return N_("a number does not begin with 0; a code is text: \"007\"");
  if (only(s, "0123456789-./"))
    return N_("dates and codes are text: put it in \"quotation marks\"");
  return N_("a figure with other characters is text: put it in \"quotation marks\"");
}

static bool bad_number(struct check *c, const char *words) {
  size_t at = c->at;
  c->at = token_end(c, at);
  if (c->at == at) c->at++;
  str shown = token_shown(c, at, c->at);
  if (utf8_check(shown) != shown.n) {
    c->at = at;
    while (c->b[c->at] < 0x80) c->at++;
    c->string_reported = false;
    return bad_utf8(c) && !c->stopped;
  }
  if (words == NULL) words = number_fault(shown);
  return report(c, CODE_DATA_NUMBER, at, 2, FINDING_STRS(shown, str_of(words)));
}

/* Offset behind the number of RFC 8259 section 6 at `at`, or `at`. */
static size_t number_end(const struct check *c, size_t at, bool *exponent) {
  const unsigned char *b = c->b;
  size_t i = at + (b[at] == '-');
  if (!is_digit(b[i]) || (b[i] == '0' && is_digit(b[i + 1]))) return at;
  while (is_digit(b[i])) i++;
  if (b[i] == '.') {
    if (!is_digit(b[i + 1])) return at;
    for (i++; is_digit(b[i]);) i++;
  }
  *exponent = b[i] == 'e' || b[i] == 'E';
  if (!*exponent) return i;
  i++;
  if (b[i] == '+' || b[i] == '-') i++;
  if (!is_digit(b[i])) return at;
  while (is_digit(b[i])) i++;
  return i;
}

static bool is_literal(const struct check *c, const char *word) {
  size_t n = strlen(word);
  return str_starts(rest_at(c, c->at), str_of(word)) && is_end(c, c->at + n);
}

static bool is_infinite(const struct check *c) {
  static const char *const words[] = {"NaN", "nan", "Infinity", "-Infinity", "+Infinity", "-NaN",
                                      "inf", "-inf", "Inf", "-Inf", NULL};
  for (const char *const *w = words; *w != NULL; w++)
    if (is_literal(c, *w)) return true;
  return false;
}

static bool scan_number(struct check *c) {
  bool exponent = false;
  size_t start = c->at, end = number_end(c, start, &exponent);
  if (end == start || !is_end(c, end))
    return bad_number(c, is_infinite(c) ? N_("NaN and Infinity are no figures") : NULL);
  if (exponent || end - start > NUMBER_SHORT) {
    str s = {(const char *)c->b + start, end - start};
    if (num_printed(s, true, NULL, NULL) != NUM_OK)
      return bad_number(c, N_("it has too many digits when it is written out"));
  }
  if (end - start > JSON_CJSON_DIGITS) c->t->long_numbers = true;
  c->at = end;
  return true;
}

/* Words that other programs write for true, false and null. */
static bool foreign_word(const struct check *c) {
  static const char *const words[] = {"True", "False", "None", "TRUE", "FALSE", "NULL", "Null",
                                      "nil", "undefined", NULL};
  for (const char *const *w = words; *w != NULL; w++)
    if (is_literal(c, *w)) return true;
  return false;
}

static bool no_value(struct check *c) {
  size_t at = c->at;
  unsigned char ch = c->b[at];
  if (at >= c->n)
    return stop(c, at, N_("the file ends too early: a closing } or ] is missing"));
  if (is_infinite(c)) return bad_number(c, N_("NaN and Infinity are no figures"));
  if (ch == '+' || ch == '.') return bad_number(c, NULL);
  if (foreign_word(c)) {
    c->at = token_end(c, at);
    return report(c, CODE_DATA_SYNTAX, at, 1,
                  &STR(N_("write true, false or null, in small letters")));
  }
  const char *words = typed_at(c, at);
  if (words != NULL) return stop(c, at, words);
  if (ch == '}' || ch == ']') {
    bool trailing = ch == ']' && c->comma != 0;
    return trailing ? stop(c, c->comma, N_("a comma too many: a bracket closes behind it"))
                    : stop(c, at, N_("a value is missing here"));
  }
  if (ch == ',') return stop(c, at, N_("a value is missing before the comma"));
  if (ch >= 0x80) {
    size_t step = 0;
    if (utf8_next(rest_at(c, at), &step) == UTF8_BAD) {
      c->string_reported = false;
      bad_utf8(c);
      c->stopped = true;
      return false;
    }
  }
  return stop(c, at, N_("this is no value; text stands between \"quotation marks\""));
}

/* ---- containers ---- */

static bool scan_value(struct check *c, struct name *node, bool item);

static void skip_blanks(struct check *c) {
  const unsigned char *b = c->b;
  size_t at = c->at;
  while (b[at] == ' ' || b[at] == '\n' || b[at] == '\r' || b[at] == '\t') at++;
  c->at = at;
}

/* What stands behind a value that ended at `end`, where , or `closer` should stand. */
static bool bad_behind(struct check *c, size_t end, char closer) {
  unsigned char ch = c->b[c->at];
  const char *words = typed_at(c, c->at);
  if (c->at >= c->n)
    return stop(c, c->at, N_("the file ends too early: a closing } or ] is missing"));
  if (words != NULL) return stop(c, c->at, words);
  if (ch == '}' || ch == ']')
    return stop(c, c->at, closer == '}' ? N_("] stands here, but an object is closed by }")
                                        : N_("} stands here, but a list is closed by ]"));
  if (ch == ':')
    return stop(c, c->at, closer == '}'
                              ? N_("a second colon; a comma or a quotation mark is missing before")
                              : N_("a colon in a list; keys belong into an object { }"));
  if (ch == '"' || ch == '{' || ch == '[' || ch == '-' || is_digit(ch))
    return stop(c, end, N_("a comma is missing between this value and the next"));
  return stop(c, c->at, N_("a comma or a closing bracket is missing here"));
}

static bool bad_key(struct check *c) {
  unsigned char ch = c->b[c->at];
  const char *words = typed_at(c, c->at);
  if (c->at >= c->n)
    return stop(c, c->at, N_("the file ends too early: a closing } or ] is missing"));
  if (ch == '}' && c->comma != 0)
    return stop(c, c->comma, N_("a comma too many: a bracket closes behind it"));
  if (words != NULL) return stop(c, c->at, words);
  if (ch == ',') return stop(c, c->at, N_("a comma too many"));
  if (is_digit(ch) && c->comma != 0)
    return stop(c, c->comma, N_("numbers have no commas inside: 1183.36, or text \"1,183.36\""));
  return stop(c, c->at, N_("a key is missing; keys stand between \"quotation marks\""));
}

static bool bad_colon(struct check *c) {
  const char *words = typed_at(c, c->at);
  if (c->at >= c->n)
    return stop(c, c->at, N_("the file ends too early: a closing } or ] is missing"));
  return stop(c, c->at, words != NULL ? words : N_("a colon is missing between key and value"));
}

static bool duplicate(struct check *c, size_t at, str written, const struct name *first) {
  struct origin before = {0};
  json_line(c->t, first->seen_at, &before);
  return report(c, CODE_DATA_DUPLICATE, at, 2,
                FINDING_STRS(written, finding_number(c->fs, before.line)));
}

/* The name of the key `written`, or NULL for a note or after a finding. */
static struct name *key_name(struct check *c, struct name *node, size_t at, str written) {
  if (names_is_note(written)) return NULL;
  struct name *child = names_add(c->ns, node, written);
  if (child != NULL) return child;
  if (names_full(c->ns)) {
    report(c, CODE_TOO_BIG, at, 3,
           FINDING_STRS(STR(N_("the number of different names")),
                        finding_number(c->fs, LIMIT_DATA_NAMES), STR(N_("names"))));
    c->stopped = true;
  } else if (mem_failed()) {
    no_memory(c);
  } else {
    report(c, CODE_DATA_SYNTAX, at, 1, &STR(N_("the key is empty")));
  }
  return NULL;
}

static bool is_guess(const struct check *c, const struct name *guess) {
  size_t n = guess->shown.n;
  return guess->plain && c->n - c->at > n + 1 && c->b[c->at + 1 + n] == '"' &&
         memcmp(c->b + c->at + 1, guess->shown.p, n) == 0;
}

/* Scans a key; *child is its name, NULL for notes and for all inside of notes. */
static bool scan_key(struct check *c, struct name *node, uint64_t object, struct name *guess,
                     struct name **child) {
  size_t at = c->at;
  bool escaped = false;
  *child = NULL;
  if (guess != NULL && is_guess(c, guess)) {
    *child = guess;
    c->at += guess->shown.n + 2;
  } else if (!scan_string(c, &escaped)) {
    return false;
  }
  str written = {(const char *)c->b + at + 1, c->at - at - 2};
  c->frames[c->depth - 1].key = written;
  if (node == NULL || (*child == NULL && c->string_reported)) return true;
  if (escaped) {
    buf_clear(&c->key);
    if (!json_decode(written, &c->key)) return no_memory(c);
    written = buf_str(&c->key);
  }
  if (*child == NULL) *child = key_name(c, node, at, written);
  if (*child == NULL) return !c->stopped;
  if ((*child)->seen == object && !duplicate(c, at, written, *child)) return false;
  if ((*child)->seen == object) return true;
  (*child)->seen = object;
  (*child)->seen_at = at;
  return true;
}

static bool open_container(struct check *c, bool list) {
  if (c->depth >= LIMIT_DATA_DEPTH) {
    report(c, CODE_DATA_DEPTH, c->at, 1, FINDING_STRS(finding_number(c->fs, LIMIT_DATA_DEPTH)));
    c->stopped = true;
    return false;
  }
  c->frames[c->depth++] = (struct frame){.list = list};
  c->at++;
  c->comma = 0;
  skip_blanks(c);
  return true;
}

/* Keeps what is long, with the groups of its items. */
static bool close_container(struct check *c, size_t start, size_t n, size_t groups) {
  c->depth--;
  c->at++;
  c->comma = 0;
  size_t own = c->nstack - groups;
  struct json_text *t = c->t;
  c->nstack = groups;
  if (c->at - start <= LIMIT_DATA_TREE && start != t->start) return true;
  void *bigs = t->bigs, *all = t->groups;
  bool ok = reserve(&bigs, t->nbigs, 1, &t->capbigs, sizeof *t->bigs);
  t->bigs = bigs;
  ok = ok && reserve(&all, t->ngroups, own, &t->capgroups, sizeof *t->groups);
  t->groups = all;
  if (!ok) return no_memory(c);
  t->bigs[t->nbigs++] = (struct json_big){start, c->at, n, t->ngroups, own};
  if (own > 0) memcpy(t->groups + t->ngroups, c->stack + groups, own * sizeof *t->groups);
  t->ngroups += own;
  return true;
}

static bool scan_object(struct check *c, struct name *node) {
  size_t start = c->at;
  if (!open_container(c, false)) return false;
  uint64_t object = node != NULL ? names_object(c->ns) : 0;
  struct name *guess = node != NULL ? node->first : NULL, *child;
  while (c->comma != 0 || c->b[c->at] != '}') {
    if (c->b[c->at] != '"') return bad_key(c);
    if (!scan_key(c, node, object, guess, &child)) return false;
    if (child != NULL) guess = child->next;
    skip_blanks(c);
    if (c->b[c->at] != ':') return bad_colon(c);
    c->at++;
    c->comma = 0;
    skip_blanks(c);
    if (!scan_value(c, child, false)) return false;
    size_t end = c->at;
    skip_blanks(c);
    if (c->b[c->at] == '}') break;
    if (c->b[c->at] != ',') return bad_behind(c, end, '}');
    c->comma = c->at++;
    skip_blanks(c);
  }
  return close_container(c, start, 0, c->nstack);
}

/* Starts a new group of items where the last one is long enough. */
static bool group_item(struct check *c, size_t index, size_t groups) {
  if (c->nstack > groups) {
    const struct json_group *g = &c->stack[c->nstack - 1];
    if (c->at - g->at < JSON_GROUP_BYTES && index - g->first < JSON_GROUP_ITEMS) return true;
  }
  void *stack = c->stack;
  if (!reserve(&stack, c->nstack, 1, &c->capstack, sizeof *c->stack))
    return no_memory(c);
  c->stack = stack;
  c->stack[c->nstack++] = (struct json_group){c->at, index};
  return true;
}

static const char *kind_words(unsigned char ch) {
  switch (ch) {
  case '"': return N_("text");
  case '[': return N_("a list in a list");
  case 't':
  case 'f': return N_("true or false");
  case 'n': return N_("null");
  default: return N_("a number");
  }
}

static bool bad_top(struct check *c, const char *words) {
  return report(c, CODE_DATA_TOP, c->at, 1, &(str){words, strlen(words)});
}

/* One item; at the top (`records`) it must be an object. */
static bool scan_item(struct check *c, struct name *node, bool records) {
  if (!records) return scan_value(c, node, true);
  unsigned char ch = c->b[c->at];
  if (ch == '{') return scan_object(c, node);
  bool value = ch == '"' || ch == '[' || ch == 't' || ch == 'f' || ch == 'n' || ch == '-' ||
               is_digit(ch);
  if (value && !bad_top(c, kind_words(ch))) return false;
  return scan_value(c, NULL, true);
}

static bool scan_list(struct check *c, struct name *node, bool records, size_t *count) {
  size_t start = c->at, groups = c->nstack, n = 0;
  if (!open_container(c, true)) return false;
  while (c->comma != 0 || c->b[c->at] != ']') {
    c->frames[c->depth - 1].index = n;
    if (!group_item(c, n, groups) || !scan_item(c, node, records)) return false;
    n++;
    size_t end = c->at;
    skip_blanks(c);
    if (c->b[c->at] == ']') break;
    if (c->b[c->at] != ',') return bad_behind(c, end, ']');
    c->comma = c->at++;
    skip_blanks(c);
  }
  if (count != NULL) *count = n;
  return close_container(c, start, n, groups);
}

static void see(struct name *node, enum seen what, bool item) {
  static const unsigned kinds[][2] = {{NAME_SCALAR, NAME_LIST_OF_SCALARS},
                                      {NAME_NULL, 0},
                                      {NAME_OBJECT, NAME_LIST_OF_OBJECTS},
                                      {NAME_LIST, 0}};
  if (node != NULL) node->kinds |= kinds[what][item];
}

static bool scan_word(struct check *c, struct name *node, bool item) {
  size_t n = is_literal(c, "true") || is_literal(c, "null") ? 4 : is_literal(c, "false") ? 5 : 0;
  if (n == 0) return no_value(c);
  see(node, c->b[c->at] == 'n' ? SEEN_NULL : SEEN_SCALAR, item);
  c->at += n;
  return true;
}

static bool scan_value(struct check *c, struct name *node, bool item) {
  bool escaped;
  unsigned char ch = c->b[c->at];
  switch (ch) {
  case '"':
    see(node, SEEN_SCALAR, item);
    return scan_string(c, &escaped);
  case '{':
    see(node, SEEN_OBJECT, item);
    return scan_object(c, node);
  case '[':
    see(node, SEEN_LIST, item);
    return scan_list(c, node, false, NULL);
  case 't':
  case 'f':
  case 'n':
    return scan_word(c, node, item);
  default:
    if (ch != '-' && !is_digit(ch)) return no_value(c);
    see(node, SEEN_SCALAR, item);
    return scan_number(c);
  }
}

/* ---- the file ---- */

static bool scan_end(struct check *c) {
  size_t end = c->at;
  skip_blanks(c);
  if (c->at >= c->n) return true;
  unsigned char ch = c->b[c->at];
  if (ch == '{')
    return stop(c, c->at, N_("a second object begins here; several records stand in one list: "
                             "[ {…}, {…} ]"));
  if (ch == '}' || ch == ']') return stop(c, c->at, N_("a closing bracket too many"));
  if (ch == ',') return stop(c, c->at, N_("a comma behind the end of the data"));
  return stop(c, end, N_("there is something behind the end of the data"));
}

static bool scan_top(struct check *c, struct json_top *top) {
  struct name *root = names_records(c->ns);
  unsigned char ch = c->b[c->at];
  top->single = ch == '{';
  top->n = 1;
  if (ch == '{') return scan_object(c, root) && scan_end(c);
  if (ch == '[') {
    if (!scan_list(c, root, true, &top->n) || !scan_end(c)) return false;
    if (top->n == 0) report(c, CODE_DATA_EMPTY, c->t->start, 0, NULL);
    return true;
  }
  size_t at = c->at;
  if (!scan_value(c, NULL, false) || !scan_end(c)) return false;
  c->at = at;
  return bad_top(c, kind_words(ch));
}

static int by_start(const void *a, const void *b) {
  const struct json_big *x = a, *y = b;
  return (x->start > y->start) - (x->start < y->start);
}

bool json_check(struct json_text *t, struct names *ns, struct json_top *top, struct findings *fs) {
  struct check c = {.t = t, .ns = ns, .fs = fs, .at = t->start, .n = t->bytes.n};
  c.b = (const unsigned char *)t->bytes.p;
  buf_init(&c.key, 0);
  c.frames = mem_calloc(LIMIT_DATA_DEPTH + 1, sizeof *c.frames);
  if (c.frames == NULL)
    no_memory(&c);
  else if (c.at >= c.n)
    report(&c, CODE_DATA_EMPTY, c.n, 0, NULL);
  else if (!scan_top(&c, top) && c.reports == 0 && !c.stopped)
    stop(&c, c.at, N_("the data cannot be read here"));
  if (t->nbigs > 1) qsort(t->bigs, t->nbigs, sizeof *t->bigs, by_start);
  mem_free(c.frames);
  mem_free(c.stack);
  buf_free(&c.key);
  return c.reports == 0 && !c.stopped;
}
