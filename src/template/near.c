/* Near misses: what was meant as a tag and is none.
 *
 * Single braces stand in formulas, sets and code too, so they count only around a name that the
 * data have, or a word of the language; what nobody writes by accident counts around any name.
 * Invariant: nothing is changed here, and a near miss is no error: a tag that is half there is
 * (walk.c).
 */
#include "base/fold.h"
#include "base/utf8.h"
#include "template/compile.h"

#define N_(s) (s)

enum { LONGEST = 40 /* characters of a name */, WINDOW = 256 /* bytes in which a mark closes */ };

/* ---- what could stand in a tag ---- */

/* Of a name, or of a tag's text: what stands before its filters. */
static str head_of(str folded) {
  size_t to = 0;
  while (to < folded.n && folded.p[to] != ':' && folded.p[to] != '|') to++;
  return utf8_trim(str_sub(folded, 0, to));
}

static bool is_letter(uint32_t c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* Long enough that it hardly stands there for another reason: a Han character, three letters. */
static bool tells(str s) {
  size_t letters = 0;
  for (size_t i = 0; i < s.n;) {
    uint32_t c = utf8_next(s, &i);
    if (utf8_is_han(c)) return true;
    letters += is_letter(c);
  }
  return letters >= 3;
}

/* A word that stands alone and means something: 完, 否则. */
static bool is_word(str s) { return str_is(s, "完") || str_is(s, "否则") || str_is(s, "/"); }

/* Does the text say what a tag says, about names that the data have? */
static bool is_known(const struct compile *c, str inside) {
  size_t *map = NULL;
  str folded = fold_tag(inside, c->arena, &map);
  if (folded.p == NULL || !tells(folded)) return false;
  struct tag_text t = tag_read(folded, c->t->names, STR_NONE, c->arena);
  if (is_word(utf8_trim(folded))) return true;
  return t.kind != TAG_COMMENT && compile_leads(c, head_of(t.text));
}

/* Could it be a name at all, whether the data have it or not? Sentences are none. */
static bool is_plain(str inside) {
  static const char *const ends[] = {"，", "。", "；", "！", "？", "“", "”", ",", ";"};
  inside = utf8_trim(inside);
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (str_find(inside, str_of(ends[i]), 0) != STR_NOT_FOUND) return false;
  bool han = false;
  for (size_t i = 0; i < inside.n;) han = utf8_is_han(utf8_next(inside, &i)) || han;
  return han && utf8_length(inside) <= LONGEST;
}

/* ---- braces and brackets ---- */

/* Other marks than braces, by which people or programs mark fields; `sure`: nobody writes them for
 * another reason, so any name counts. */
static const struct pair {
  const char *open, *close;
  bool sure;
} pairs[] = {{"【【", "】】", true}, {"[[", "]]", false}, {"［［", "］］", false},
             {"《《", "》》", true}, {"<<", ">>", false}, {"＜＜", "＞＞", false},
             {"«", "»", false}};

static size_t brace(str s, size_t at, char half, const char *full) {
  if (at < s.n && s.p[at] == half) return 1;
  return str_starts(str_sub(s, at, s.n), str_of(full)) ? strlen(full) : 0;
}

/* Behind the run of closing braces at `at`; *n is how many they are. */
static size_t closing(str s, size_t at, unsigned *n) {
  *n = 0;
  for (size_t one; (one = brace(s, at, '}', "｝")) != 0; at += one) ++*n;
  return at;
}

/* The first brace of either kind. */
static size_t next_brace(str s, size_t at) {
  while (at < s.n && brace(s, at, '{', "｛") == 0 && brace(s, at, '}', "｝") == 0)
    utf8_next(s, &at);
  return at;
}

static bool one_line(str s) { return memchr(s.p, '\n', s.n) == NULL; }

/* The text that is looked at; what is found in it are pieces of it. */
struct look {
  struct compile *c;
  const struct para *p;
};

/* Is it what a field shows that is filled anyhow? */
static bool is_native(const struct para *p, size_t from, size_t to) {
  for (size_t i = 0; i < p->nnatives; i++)
    if (p->natives[i].from < to && from < p->natives[i].to) return true;
  return false;
}

static void tell(const struct look *l, str typed, str inside) {
  size_t from = (size_t)(typed.p - l->p->text.p);
  if (is_native(l->p, from, from + typed.n)) return;
  struct place p = walk_place(l->c, l->p, l->p->text, from, from + typed.n);
  p.tag = typed;
  finding(l->c->fs, CODE_TAG_MEANT, &p, NULL, typed, adopt_tag(l->c, utf8_trim(inside)));
}

/* {名称} or {名称}} at `at`; the end of it, or `at`: none. */
static size_t braces_at(const struct look *l, str s, size_t at) {
  size_t one = brace(s, at, '{', "｛"), from = at + one;
  size_t to = one != 0 ? next_brace(s, from) : s.n;
  unsigned n = 0;
  size_t end = closing(s, to, &n);
  str inside = str_sub(s, from, to);
  if (one == 0 || n == 0 || n > 2 || inside.n == 0 || !one_line(inside)) return at;
  if (!is_known(l->c, inside) && (n == 1 || !is_plain(inside))) return at;
  tell(l, str_sub(s, at, end), inside);
  return end;
}

static size_t pair_at(const struct look *l, str s, size_t at, const struct pair *p) {
  str open = str_of(p->open), close = str_of(p->close), rest = str_sub(s, at, at + WINDOW);
  if (!str_starts(rest, open)) return at;
  size_t to = str_find(rest, close, open.n);
  if (to == STR_NOT_FOUND) return at;
  str inside = str_sub(rest, open.n, to);
  if (str_find(inside, open, 0) != STR_NOT_FOUND || !one_line(inside)) return at;
  if (!is_known(l->c, inside) && (!p->sure || !is_plain(inside))) return at;
  tell(l, str_sub(rest, 0, to + close.n), inside);
  return at + to + close.n;
}

/* Can an opening mark begin with this byte?  Nearly all of a text cannot. */
static bool may_open(char byte) {
  return byte == '{' || byte == '[' || byte == '<' || byte == '\xE3' || byte == '\xEF' ||
         byte == '\xC2';
}

static void look_between(const struct look *l, str s) {
  for (size_t at = 0; at < s.n;) {
    size_t end = at;
    if (may_open(s.p[at])) end = braces_at(l, s, at);
    for (size_t i = 0; end == at && may_open(s.p[at]) && i < sizeof pairs / sizeof *pairs; i++)
      end = pair_at(l, s, at, &pairs[i]);
    if (end == at)
      utf8_next(s, &at);
    else
      at = end;
  }
}

void near_look(struct compile *c, const struct para *p) {
  struct look l = {c, p};
  if (c->marks_around.open.n != 0) return; /* braces are ordinary text then */
  for (size_t at = 0;;) {
    struct scan_found f = scan_next(p->text, at, &c->marks_around);
    look_between(&l, str_sub(p->text, at, f.from));
    if (f.kind == SCAN_END) return;
    at = f.to;
  }
}

/* ---- half a tag ---- */

/* Up to 40 characters from an unclosed brace on, for the message. */
static str excerpt(str text, size_t from, size_t end) {
  size_t to = from;
  for (unsigned n = 0; to < end && n < LONGEST; n++) utf8_next(text, &to);
  return str_sub(text, from, to);
}

/* Is the rest of the tag at the beginning of the paragraph behind? */
static bool goes_on(struct compile *c, const struct para *p, str *rest) {
  xmlNode *next = p != NULL ? p->node->next : NULL;
  while (next != NULL && (next->type != XML_ELEMENT_NODE || c->t->flavour->kind(next) == KIND_MARK))
    next = next->next;
  if (next == NULL || c->t->flavour->kind(next) != KIND_PARAGRAPH) return false;
  str text;
  if (!walk_text(c, next, &text)) return false;
  size_t at = next_brace(text, 0);
  unsigned n;
  size_t end = closing(text, at, &n);
  *rest = str_sub(text, 0, end);
  return n >= 2 && at <= (size_t)LONGEST * UTF8_MOST;
}

bool near_broken(struct compile *c, const struct para *p, str text, const struct scan_found *f) {
  struct place place = walk_place(c, p, text, f->from, text.n);
  size_t to = next_brace(text, f->inner);
  unsigned n;
  size_t end = closing(text, to, &n);
  str inside = str_sub(text, f->inner, to), rest;
  size_t *map = NULL;
  str folded = fold_tag(inside, c->arena, &map);
  if (folded.p == NULL) return compile_no_memory(c);
  struct tag_text read = tag_read(folded, c->t->names, STR_NONE, c->arena);
  c->unpaired = c->unpaired || read.kind != TAG_VALUE;
  bool once = n == 1 && one_line(inside) && (is_known(c, inside) || is_plain(inside));
  place.tag = once ? str_sub(text, f->from, end) : excerpt(text, f->from, text.n);
  place.after = str_sub(text, f->from + place.tag.n, text.n);
  if (p == NULL) place.after = STR_NONE;
  if (once)
    return finding(c->fs, CODE_TAG_ONE_BRACE, &place, NULL, place.tag,
                   adopt_tag(c, utf8_trim(inside)));
  if (n == 0 && to == text.n && goes_on(c, p, &rest))
    return finding(c->fs, CODE_TAG_ACROSS, &place, NULL, place.tag, rest);
  return finding(c->fs, CODE_TAG_BROKEN, &place, NULL, place.tag);
}

/* ---- text that is no text any more ---- */

static void gather(const xmlNode *n, struct buf *out) {
  for (const xmlNode *k = n; k != NULL; k = xml_walk((xmlNode *)n, (xmlNode *)k, false))
    if (k->type == XML_TEXT_NODE) buf_puts(out, (const char *)k->content);
}

void near_deleted(struct compile *c, const xmlNode *n) {
  struct buf text;
  buf_init(&text, 0);
  gather(n, &text);
  str s = arena_dup(c->arena, buf_str(&text));
  buf_free(&text);
  struct scan_found f = {.to = 0};
  while (s.p != NULL && (f = scan_next(s, f.to, &c->marks_around)).kind != SCAN_END) {
    struct place p = c->place;
    p.tag = str_sub(s, f.from, f.to);
    if (f.kind == SCAN_TAG) finding(c->fs, CODE_TAG_DELETED, &p, NULL, p.tag);
  }
}
