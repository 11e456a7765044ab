/* Findings, places and messages as text, in the language of the user.
 *
 * The messages themselves stand in base/codes.def and in the modules; their Chinese is in
 * po/zh_CN.po.  Printing is left to cli/run.c and cli/help.c.
 * Invariant: a line made here is one line, whatever bytes the template, the data or the command
 * line brought into it, once it went through words_escape.
 */
#include "cli/words.h"

#include <locale.h>
#include <stdlib.h>

#include "base/utf8.h"

#ifndef LOCALEDIR
#define LOCALEDIR "/usr/local/share/locale"
#endif

/* Longer phrases are no phrases; longer arguments are cut, for a value may hold a whole essay. */
enum { PHRASE_BYTES = 240, SHOWN_VALUE = 120, SHOWN_ARGUMENT = 1200 };

/* ---- language ---- */

/* A language whose locale is not installed still gets its messages: gettext asks LANGUAGE in any
 * locale but "C". */
static void start_without_locale(void) {
  static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  const char *wanted = NULL;
  for (size_t i = 0; i < 3 && (wanted == NULL || *wanted == '\0'); i++) wanted = getenv(names[i]);
  if (setlocale(LC_MESSAGES, "C.UTF-8") != NULL && wanted != NULL) setenv("LANGUAGE", wanted, 0);
}

void words_start(void) {
  if (setlocale(LC_CTYPE, "") == NULL) setlocale(LC_CTYPE, "C.UTF-8");
  if (setlocale(LC_MESSAGES, "") == NULL) start_without_locale();
  const char *folder = getenv("TIANBAO_LOCALEDIR");
  bindtextdomain("tianbao", folder != NULL && *folder != '\0' ? folder : LOCALEDIR);
  bind_textdomain_codeset("tianbao", "UTF-8");
  bind_textdomain_codeset("libc", "UTF-8"); /* strerror */
  textdomain("tianbao");
}

/* ---- arguments ---- */

/* The translation of s, or of the longest beginning of it that ends in a blank; *used is how much
 * of s that is.  NULL: none. */
static const char *find_phrase(str s, size_t *used) {
  char z[PHRASE_BYTES + 1];
  for (size_t n = s.n < PHRASE_BYTES ? s.n : PHRASE_BYTES; n > 0; n--) {
    if (n != s.n && s.p[n - 1] != ' ') continue;
    memcpy(z, s.p, n);
    z[n] = '\0';
    const char *t = gettext(z);
    if (t == z) continue;
    *used = n;
    return t;
  }
  return NULL;
}

/* At most `most` characters. */
static void put_clipped(struct buf *out, str s, size_t most) {
  size_t at = 0;
  for (size_t i = 0; i < most && at < s.n; i++) utf8_next(s, &at);
  buf_put(out, str_sub(s, 0, at));
  if (at < s.n) buf_puts(out, "…");
}

static bool read_count(str s, size_t *at, const char *mark, unsigned *v) {
  if (!str_starts(str_sub(s, *at, s.n), str_of(mark))) return false;
  size_t from = *at += strlen(mark);
  for (*v = 0; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9' && *at - from < 9; (*at)++)
    *v = *v * 10 + (unsigned)(s.p[*at] - '0');
  return *at > from;
}

/* Another place of the same story comes as T3R2C4 ¶1 or ¶12. */
static bool read_where(str s, struct place *p) {
  size_t at = 0;
  if (read_count(s, &at, "T", &p->table) &&
      (!read_count(s, &at, "R", &p->row) || !read_count(s, &at, "C", &p->column) ||
       at++ == s.n || s.p[at - 1] != ' '))
    return false;
  return read_count(s, &at, "¶", &p->paragraph) && at == s.n;
}

static void put_argument(struct buf *out, str s, bool quoted) {
  struct place where = {.file = STR_NONE};
  size_t used = 0;
  const char *phrase = quoted ? NULL : find_phrase(s, &used);
  if (!quoted && read_where(s, &where)) {
    words_place(out, &where);
    return;
  }
  if (phrase != NULL) buf_puts(out, phrase);
  put_clipped(out, str_sub(s, used, s.n), quoted ? SHOWN_VALUE : SHOWN_ARGUMENT);
}

static bool ends_in_quote(const struct buf *b) {
  str s = buf_str(b);
  return str_ends(s, STR("\"")) || str_ends(s, STR("“")) || str_ends(s, STR("「"));
}

void words_fill(struct buf *out, const char *words, size_t n, const str *args) {
  const char *from = words;
  for (const char *p = words; *p != '\0'; p++) {
    if (p[0] != '{' || p[1] < '1' || p[1] > '0' + FINDING_ARGS || p[2] != '}') continue;
    size_t i = (size_t)(p[1] - '1');
    buf_put(out, (str){from, (size_t)(p - from)});
    if (i < n) put_argument(out, args[i], ends_in_quote(out));
    p += 2;
    from = p + 1;
  }
  buf_puts(out, from);
}

str words_number(char digits[WORDS_DIGITS], uint64_t v) {
  size_t at = WORDS_DIGITS;
  do digits[--at] = (char)('0' + v % 10);
  while ((v /= 10) != 0);
  return (str){digits + at, WORDS_DIGITS - at};
}

/* ---- places ---- */

static const char *const story_words[][2] = {
    /* TRANSLATORS: the places where a template can be filled; {1} counts them */
    [STORY_BODY] = {N_("body"), N_("body")},
    [STORY_HEADER] = {N_("header"), N_("header {1}")},
    [STORY_FOOTER] = {N_("footer"), N_("footer {1}")},
    [STORY_FOOTNOTE] = {N_("footnote"), N_("footnote {1}")},
    [STORY_ENDNOTE] = {N_("endnote"), N_("endnote {1}")},
    [STORY_COMMENT] = {N_("comment"), N_("comment {1}")},
    [STORY_TEXTBOX] = {N_("text box"), N_("text box {1}")},
    [STORY_CHART] = {N_("chart"), N_("chart {1}")},
    [STORY_PROPERTY] = {N_("document properties"), N_("document properties")},
};

static void put_story(struct buf *out, const struct place *p) {
  bool known = p->story > STORY_NONE && p->story < STORY_OTHER;
  if (known)
    words_put(out, _(story_words[p->story][p->number != 0]), NUMBER(p->number));
  else
    buf_put(out, p->part);
}

static void put_table(struct buf *out, const struct place *p) {
  if (p->row == 0)
    words_put(out, _("table {1}"), NUMBER(p->table));
  else if (p->column == 0)
    words_put(out, _("table {1}, row {2}"), NUMBER(p->table), NUMBER(p->row));
  else
    words_put(out, _("table {1}, row {2}, column {3}"), NUMBER(p->table), NUMBER(p->row),
              NUMBER(p->column));
}

void words_place(struct buf *out, const struct place *p) {
  size_t start = out->n;
  put_story(out, p);
  bool inside = p->table != 0 || p->paragraph != 0;
  /* TRANSLATORS: between the parts of a place: body, table 3 */
  if (inside && out->n > start) buf_puts(out, _(", "));
  if (p->table != 0)
    put_table(out, p);
  else if (p->paragraph != 0)
    words_put(out, _("paragraph {1}"), NUMBER(p->paragraph));
  if (inside && p->heading.n != 0) {
    struct buf heading;
    buf_init(&heading, 0);
    put_clipped(&heading, utf8_trim(p->heading), 24);
    words_put(out, _(" (under \"{1}\")"), buf_str(&heading));
    buf_free(&heading);
  }
}

void words_origin(struct buf *out, const struct origin *o) {
  buf_put(out, o->file);
  if (o->line != 0) {
    words_put(out, ":{1}", NUMBER(o->line));
    if (o->column != 0) words_put(out, ":{1}", NUMBER(o->column));
  }
  if (o->sheet.n != 0) words_put(out, _(", sheet \"{1}\""), o->sheet);
  if (o->cell.n != 0) words_put(out, _(", cell {1}"), o->cell);
}

/* ---- findings ---- */

static void put_head(struct buf *out, const struct finding *f) {
  /* TRANSLATORS: what stands behind a file, a place or a program in a message */
  const char *colon = _(": ");
  if (f->place.file.n != 0) {
    buf_put(out, f->place.file);
    buf_puts(out, colon);
    size_t start = out->n;
    words_place(out, &f->place);
    if (out->n > start) buf_puts(out, colon);
  } else if (f->origin.file.n != 0) {
    words_origin(out, &f->origin);
    buf_puts(out, colon);
  } else {
    buf_puts(out, "tianbao");
    buf_puts(out, colon);
  }
}

/* A tag without its braces. */
static str tag_inside(str tag) {
  static const str braces[] = {STR("{"), STR("}"), STR("｛"), STR("｝")};
  for (size_t i = 0; i < 4; i++) {
    while (str_starts(tag, braces[i])) tag = str_sub(tag, braces[i].n, tag.n);
    while (str_ends(tag, braces[i])) tag.n -= braces[i].n;
  }
  return utf8_trim(tag);
}

/* What the message does not say yet: the tag, and where the data have the value. */
static void put_tail(struct buf *out, const struct finding *f, str message) {
  if (str_find(message, tag_inside(f->place.tag), 0) == STR_NOT_FOUND)
    words_put(out, _(" in \"{1}\""), f->place.tag);
  if (f->origin.file.n == 0) return;
  bool head = f->place.file.n == 0; /* then the origin stands before the message */
  str key = f->origin.key;
  if (key.n != 0 && str_find(message, key, 0) != STR_NOT_FOUND) key.n = 0;
  struct buf data;
  buf_init(&data, 0);
  if (!head) words_origin(&data, &f->origin);
  if (!head && key.n != 0) words_put(out, _(" ({1}, \"{2}\")"), buf_str(&data), key);
  else if (key.n != 0) words_put(out, _(" (\"{1}\")"), key);
  else if (!head) words_put(out, _(" ({1})"), buf_str(&data));
  buf_free(&data);
}

/* From the message on. */
static void put_message(struct buf *out, const struct finding *f, struct words_span *span) {
  struct buf message;
  buf_init(&message, 0);
  words_fill(&message, _(codes[f->code].words), FINDING_ARGS, f->args);
  buf_put(out, buf_str(&message));
  span->to = out->n;
  put_tail(out, f, buf_str(&message));
  if (f->times > 1)
    words_put(out, ngettext(" ({1} time)", " ({1} times)", f->times), NUMBER(f->times));
  words_put(out, " [{1}]", str_of(codes[f->code].id));
  buf_free(&message);
}

void words_finding_span(struct buf *out, const struct finding *f, struct words_span *span) {
  put_head(out, f);
  span->from = out->n;
  if (codes[f->code].level == LEVEL_NOTE) buf_puts(out, _("note: "));
  put_message(out, f, span);
}

void words_finding(struct buf *out, const struct finding *f) {
  struct words_span span;
  words_finding_span(out, f, &span);
}

/* Where it is, for somebody who has the document open. */
static void put_where(struct buf *out, const struct finding *f) {
  size_t start = out->n;
  if (f->place.file.n != 0)
    words_place(out, &f->place);
  else
    words_origin(out, &f->origin);
  if (out->n > start) buf_puts(out, _(": "));
}

void words_comment(struct buf *out, const struct finding *f, bool placed, bool again) {
  enum level level = codes[f->code].level;
  struct words_span span;
  struct buf line;
  buf_init(&line, 0);
  if (level == LEVEL_NOTE) buf_puts(&line, _("note: "));
  if (level == LEVEL_ERROR) buf_puts(&line, _("error: "));
  if (!placed) put_where(&line, f);
  put_message(&line, f, &span);
  words_escape(out, buf_str(&line));
  if (!again && level != LEVEL_DETAIL) {
    buf_putc(out, '\n');
    buf_puts(out, _(codes[f->code].help));
  }
  if (line.failed) out->failed = true;
  buf_free(&line);
}

void words_flat(struct buf *out, str s) {
  for (size_t at = 0, from = 0; at < s.n; from = at) {
    uint32_t cp = utf8_next(s, &at);
    if (cp == '\n' || cp == '\t' || cp == '\r')
      buf_putc(out, ' ');
    else if (cp != 0xFFFC)
      buf_put(out, str_sub(s, from, at));
  }
}

bool words_around(struct buf *out, const struct place *p, struct words_span *span) {
  /* TRANSLATORS: around the part of a line that is meant */
  const char *marks = _("<<|>>");
  size_t first = strcspn(marks, "|");
  if (p->tag.n == 0 || (utf8_trim(p->before).n == 0 && utf8_trim(p->after).n == 0)) return false;
  words_flat(out, p->before);
  buf_put(out, (str){marks, first});
  span->from = out->n;
  words_flat(out, p->tag);
  span->to = out->n;
  buf_puts(out, marks[first] != '\0' ? marks + first + 1 : "");
  words_flat(out, p->after);
  return true;
}

/* ---- lines for programs ---- */

static void put_number(struct buf *out, char before, uint64_t v) {
  buf_putc(out, before);
  buf_put_u64(out, v);
}

static void put_place_line(struct buf *out, const struct place *p) {
  buf_put(out, p->file);
  if (p->part.n == 0) return;
  buf_putc(out, ':');
  buf_put(out, p->part);
  if (p->table == 0 && p->paragraph == 0) return;
  put_number(out, ':', p->table);
  put_number(out, '/', p->row);
  put_number(out, '/', p->column);
  put_number(out, '/', p->paragraph);
}

static void put_origin_line(struct buf *out, const struct origin *o) {
  buf_put(out, o->file);
  if (o->line != 0) put_number(out, ':', o->line);
  if (o->line != 0 && o->column != 0) put_number(out, ':', o->column);
  if (o->sheet.n != 0) words_put(out, ":{1}", o->sheet);
  if (o->cell.n != 0) words_put(out, ":{1}", o->cell);
}

void words_finding_line(struct buf *out, const struct finding *f) {
  static const char *const levels[] = {
      [LEVEL_DETAIL] = ": detail: ", [LEVEL_NOTE] = ": note: ", [LEVEL_ERROR] = ": error: "};
  struct words_span span;
  if (f->place.file.n != 0)
    put_place_line(out, &f->place);
  else if (f->origin.file.n != 0)
    put_origin_line(out, &f->origin);
  else
    buf_puts(out, "tianbao");
  buf_puts(out, levels[codes[f->code].level]);
  put_message(out, f, &span);
}

/* ---- what a terminal may be shown ---- */

/* Not the characters that move the cursor, ring, turn the direction of a line, or hide. */
static bool shows(uint32_t cp) {
  if (cp == UTF8_BAD || cp < 0x20 || (cp >= 0x7f && cp <= 0x9f)) return false;
  if (utf8_is_zero_width(cp)) return false;
  return !(cp == 0x2028 || cp == 0x2029 || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e || cp == 0x200f);
}

void words_escape(struct buf *out, str s) {
  static const char hex[] = "0123456789abcdef";
  for (size_t at = 0, from = 0; at < s.n; from = at) {
    uint32_t cp = utf8_next(s, &at);
    if (shows(cp)) {
      buf_put(out, str_sub(s, from, at));
      continue;
    }
    for (; from < at; from++) {
      unsigned char c = (unsigned char)s.p[from];
      buf_put(out, (str){(const char[]){'\\', 'x', hex[c >> 4], hex[c & 15]}, 4});
    }
  }
}
