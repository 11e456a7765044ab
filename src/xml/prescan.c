/* A linear look at an XML part before it becomes a tree.
 *
 * libxml2 takes quadratic time for many attributes on one element, many different names, many
 * xml:id and many namespaces in scope, all within its own limits; and with a DOCTYPE a small part
 * can grow without bound.  So the markup is counted here first.  Whether it is well-formed is
 * left to libxml2, which stops at the first fault; up to there both read the same.
 *
 * Invariant: whatever cannot be read here is refused, never skipped, so nothing that libxml2
 * would go on with has not been counted.
 */
#include "xml/prescan.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

#define N_(s) (s) /* marks words for translation */

/* ---- sets of strings ---- */

/* Open addressing; a slot with p == NULL is free.  cap is a power of two. */
struct set {
  str *slots;
  size_t n, cap;
  uint64_t seed;
};

enum { FIRST_SLOTS = 256 };

/* FNV-1a from a basis that the part's author cannot know. */
static size_t set_slot(const struct set *set, const str *slots, size_t cap, str s) {
  uint64_t h = set->seed;
  for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
  size_t at = (size_t)(h ^ h >> 32) & (cap - 1);
  while (slots[at].p != NULL && !str_eq(slots[at], s)) at = (at + 1) & (cap - 1);
  return at;
}

static bool set_grow(struct set *set) {
  size_t cap = set->cap != 0 ? set->cap * 2 : FIRST_SLOTS;
  str *slots = mem_calloc(cap, sizeof *slots);
  if (slots == NULL) return false;
  if (set->seed == 0) set->seed = (uint64_t)(uintptr_t)slots ^ (uint64_t)(uintptr_t)set << 20 ^ 1;
  for (size_t i = 0; i < set->cap; i++)
    if (set->slots[i].p != NULL) slots[set_slot(set, slots, cap, set->slots[i])] = set->slots[i];
  mem_free(set->slots);
  set->slots = slots;
  set->cap = cap;
  return true;
}

/* Copies s into `keep` unless that is NULL.  False: no memory. */
static bool set_add(struct set *set, str s, struct arena *keep) {
  if (set->n * 2 >= set->cap && !set_grow(set)) return false;
  size_t at = set_slot(set, set->slots, set->cap, s);
  if (set->slots[at].p != NULL) return true;
  if (keep != NULL && (s = arena_dup(keep, s)).p == NULL) return false;
  set->slots[at] = s;
  set->n++;
  return true;
}

/* ---- the pass ---- */

struct pass {
  str s;
  size_t at;
  bool old_doctype, rooted;
  size_t depth, elements, ids, namespaces;
  size_t *declared; /* LIMIT_XML_DEPTH + 1: declarations in scope outside of each open element */
  /* What libxml2 keeps once for all its uses: names; and short or blank texts. */
  struct set names, texts;
  struct arena *keep; /* for names, when the text comes in pieces */
  const struct place *place;
  struct findings *fs;
  struct prescan *out;
};

static bool out_of_memory(struct pass *p) {
  return findings_add(p->fs, CODE_MEMORY, p->place, NULL, 0, NULL);
}

static bool refuse(struct pass *p, size_t offset, const char *words) {
  return prescan_refuse(p->s, offset, words, p->place, p->fs);
}

static bool too_big(struct pass *p, size_t index) {
  const struct limit *l = &limits[index];
  return finding(p->fs, CODE_TOO_BIG, p->place, NULL, str_of(l->what),
                 finding_number(p->fs, l->value), str_of(l->unit));
}

#define WITHIN(p, count, name) ((count) <= LIMIT_##name || too_big((p), LIMIT_##name##_INDEX))

static bool add_name(struct pass *p, str name) {
  if (!set_add(&p->names, name, p->keep)) return out_of_memory(p);
  return WITHIN(p, p->names.n, XML_NAMES);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool all_blank(str s) {
  for (size_t i = 0; i < s.n; i++)
    if (!is_blank(s.p[i])) return false;
  return true;
}

/* Texts up to SHORT bytes, and blank ones below BLANK, go to libxml2's dictionary. */
static bool add_text(struct pass *p, str text) {
  enum { SHORT = 3, BLANK = 60 };
  if (p->keep != NULL || text.n == 0 || text.n >= BLANK || (text.n > SHORT && !all_blank(text)))
    return true;
  if (!set_add(&p->texts, text, NULL)) return out_of_memory(p);
  return WITHIN(p, p->texts.n, XML_TEXTS);
}

static size_t skip_blanks(str s, size_t at) {
  while (at < s.n && is_blank(s.p[at])) at++;
  return at;
}

static size_t name_end(str s, size_t at) {
  while (at < s.n && !is_blank(s.p[at]) && memchr("=/><?\"'", s.p[at], 7) == NULL) at++;
  return at;
}

/* A quoted string at *at. */
static bool quoted(str s, size_t *at, str *value) {
  if (*at >= s.n || (s.p[*at] != '"' && s.p[*at] != '\'')) return false;
  size_t from = *at + 1;
  const char *end = memchr(s.p + from, s.p[*at], s.n - from);
  if (end == NULL) return false;
  *value = str_sub(s, from, (size_t)(end - s.p));
  *at = from + value->n + 1;
  return true;
}

bool prescan_attribute(str s, size_t *at, str *name, str *value) {
  *at = skip_blanks(s, *at);
  size_t end = name_end(s, *at), next = skip_blanks(s, end);
  if (end == *at || next >= s.n || s.p[next] != '=') return false;
  next = skip_blanks(s, next + 1);
  *name = str_sub(s, *at, end);
  if (!quoted(s, &next, value)) return false;
  *at = next;
  return true;
}

static bool count_attribute(struct pass *p, str name, str value) {
  if (!add_name(p, name)) return false;
  if (p->keep == NULL && str_is(name, "xml:id")) {
    p->ids++;
    if (!WITHIN(p, p->ids, XML_IDS)) return false;
  }
  if (str_is(name, "xmlns") || str_starts(name, STR("xmlns:"))) {
    p->namespaces++;
    return WITHIN(p, p->namespaces, XML_NAMESPACES) && add_name(p, value);
  }
  return add_text(p, value);
}

/* <name a="…" …> or <name …/>; p->at is behind the '<'. */
static bool start_tag(struct pass *p) {
  size_t begin = p->at - 1, attributes = 0, outside = p->namespaces;
  str name = str_sub(p->s, p->at, name_end(p->s, p->at)), value;
  if (name.n == 0) return refuse(p, begin, N_("invalid element name"));
  p->at += name.n;
  p->elements++;
  if (!add_name(p, name) || (p->keep == NULL && !WITHIN(p, p->elements, XML_ELEMENTS)) ||
      !WITHIN(p, p->depth + 1, XML_DEPTH))
    return false;
  while (prescan_attribute(p->s, &p->at, &name, &value)) {
    attributes++;
    const char *open = value.n != 0 ? memchr(value.p, '<', value.n) : NULL;
    if (open != NULL)
      return refuse(p, (size_t)(open - p->s.p), N_("'<' is not allowed in attribute values"));
    if (!WITHIN(p, attributes, XML_ATTRIBUTES) || !count_attribute(p, name, value)) return false;
  }
  if (!p->rooted) p->out->root = begin;
  p->rooted = true;
  bool empty = p->at < p->s.n && p->s.p[p->at] == '/';
  if (empty) p->at++;
  if (p->at >= p->s.n || p->s.p[p->at] != '>')
    return refuse(p, p->at, N_("attribute or end of a tag expected"));
  p->at++;
  if (empty)
    p->namespaces = outside;
  else
    p->declared[p->depth++] = outside;
  if (p->depth == 0) p->out->behind = p->at;
  return true;
}

static bool end_tag(struct pass *p) {
  size_t end = skip_blanks(p->s, name_end(p->s, p->at));
  if (end >= p->s.n || p->s.p[end] != '>') return refuse(p, end, N_("expected '>'"));
  if (p->depth == 0) return refuse(p, p->at, N_("end tag without a start tag"));
  p->at = end + 1;
  p->namespaces = p->declared[--p->depth];
  if (p->depth == 0) p->out->behind = p->at;
  return true;
}

/* Behind the next `end`. */
static bool skip_to(struct pass *p, str end, const char *words) {
  size_t found = str_find(p->s, end, p->at);
  if (found == STR_NOT_FOUND) return refuse(p, p->at, words);
  p->at = found + end.n;
  return true;
}

static bool instruction(struct pass *p) {
  if (!add_name(p, str_sub(p->s, p->at, name_end(p->s, p->at)))) return false;
  return skip_to(p, STR("?>"), N_("processing instruction without an end"));
}

/* <!DOCTYPE name SYSTEM "…"> or <!DOCTYPE name PUBLIC "…" "…">, and no more; p->at is behind
 * the word DOCTYPE. */
static bool external_doctype(struct pass *p) {
  size_t at = skip_blanks(p->s, p->at);
  str ignored;
  at = skip_blanks(p->s, name_end(p->s, at));
  str rest = str_sub(p->s, at, p->s.n);
  if (!str_starts(rest, STR("PUBLIC")) && !str_starts(rest, STR("SYSTEM"))) return false;
  size_t ids = rest.p[0] == 'P' ? 2 : 1;
  at += sizeof "PUBLIC" - 1;
  for (size_t i = 0; i < ids; i++) {
    at = skip_blanks(p->s, at);
    if (!quoted(p->s, &at, &ignored)) return false;
  }
  at = skip_blanks(p->s, at);
  if (at >= p->s.n || p->s.p[at] != '>') return false;
  p->at = at + 1;
  return true;
}

static bool doctype(struct pass *p, size_t begin) {
  bool once = p->out->content == p->out->doctype && !p->rooted;
  if (!p->old_doctype || !once || !external_doctype(p))
    return findings_add(p->fs, CODE_DOCTYPE, p->place, NULL, 0, NULL);
  if (str_starts(str_sub(p->s, p->at, p->s.n), STR("\r\n")))
    p->at += 2;
  else if (p->at < p->s.n && p->s.p[p->at] == '\n')
    p->at++;
  p->out->doctype = begin;
  p->out->content = p->at;
  return true;
}

/* What begins with "<!"; p->at is behind it. */
static bool declaration(struct pass *p) {
  size_t begin = p->at - 2;
  str rest = str_sub(p->s, p->at, p->s.n);
  if (str_starts(rest, STR("--"))) {
    p->at += 2;
    return skip_to(p, STR("-->"), N_("comment without an end"));
  }
  if (str_starts(rest, STR("[CDATA["))) return skip_to(p, STR("]]>"), N_("CDATA without an end"));
  if (!str_starts(rest, STR("DOCTYPE"))) return refuse(p, begin, N_("unknown markup after '<!'"));
  p->at += sizeof "DOCTYPE" - 1;
  return doctype(p, begin);
}

/* The markup at a '<', and what stands before it. */
static bool markup(struct pass *p) {
  char c = p->at + 1 < p->s.n ? p->s.p[p->at + 1] : '\0';
  p->at += c == '!' || c == '?' || c == '/' ? 2 : 1;
  if (c == '!') return declaration(p);
  if (c == '?') return instruction(p);
  return c == '/' ? end_tag(p) : start_tag(p);
}

static bool end_of_text(struct pass *p) {
  if (!p->rooted) return refuse(p, p->s.n, N_("there is no element"));
  if (p->depth != 0) return refuse(p, p->s.n, N_("an element has no end tag"));
  return true;
}

static bool run(struct pass *p) {
  for (;;) {
    const char *next = memchr(p->s.p + p->at, '<', p->s.n - p->at);
    if (next == NULL) break;
    size_t at = (size_t)(next - p->s.p);
    if (!add_text(p, str_sub(p->s, p->at, at))) return false;
    p->at = at;
    if (!markup(p)) return false;
  }
  return end_of_text(p);
}

bool prescan(str text, bool old_doctype, const struct place *place, struct findings *fs,
             struct prescan *out) {
  *out = (struct prescan){0};
  struct pass p = {.s = text, .old_doctype = old_doctype, .place = place, .fs = fs, .out = out};
  p.declared = mem_calloc(LIMIT_XML_DEPTH + 1, sizeof *p.declared);
  bool ok = p.declared != NULL ? run(&p) : out_of_memory(&p);
  mem_free(p.declared);
  mem_free(p.names.slots);
  mem_free(p.texts.slots);
  return ok;
}

/* ---- text in pieces ---- */

struct prescan_pieces {
  struct pass pass;
  struct prescan out;
  size_t wait; /* bytes that there must be before unfinished markup is looked at again */
};

struct prescan_pieces *prescan_pieces_new(const struct place *place, struct findings *fs) {
  struct prescan_pieces *p = mem_calloc(1, sizeof *p);
  if (p == NULL) return NULL;
  p->pass = (struct pass){.place = place, .fs = fs, .out = &p->out};
  p->pass.declared = mem_calloc(LIMIT_XML_DEPTH + 1, sizeof *p->pass.declared);
  p->pass.keep = arena_new(0);
  if (p->pass.declared != NULL && p->pass.keep != NULL) return p;
  prescan_pieces_free(p);
  return NULL;
}

void prescan_pieces_free(struct prescan_pieces *p) {
  if (p == NULL) return;
  mem_free(p->pass.declared);
  mem_free(p->pass.names.slots);
  arena_free(p->pass.keep);
  mem_free(p);
}

/* Is the markup at `at` there to its end? */
static bool is_whole(str s, size_t at) {
  static const struct {
    str begin, end;
  } marks[] = {{STR("<!--"), STR("-->")}, {STR("<![CDATA["), STR("]]>")}, {STR("<?"), STR("?>")}};
  str rest = str_sub(s, at, s.n);
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    if (str_starts(rest, marks[i].begin))
      return str_find(rest, marks[i].end, marks[i].begin.n) != STR_NOT_FOUND;
    if (str_starts(marks[i].begin, rest)) return false;
  }
  char quote = '\0';
  for (size_t i = 1; i < rest.n; i++) {
    char c = rest.p[i];
    if (quote != '\0')
      quote = c == quote ? '\0' : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (c == '>')
      return true;
  }
  return false;
}

static bool too_long(struct prescan_pieces *p, size_t n) {
  return n > LIMIT_XML_MARKUP && !too_big(&p->pass, LIMIT_XML_MARKUP_INDEX);
}

bool prescan_piece(struct prescan_pieces *p, str text, bool last, size_t *used) {
  struct pass *pass = &p->pass;
  pass->s = text;
  pass->at = *used = 0;
  if (text.n < p->wait && !last) return true;
  for (p->wait = 0;;) {
    const char *next = memchr(text.p + pass->at, '<', text.n - pass->at);
    pass->at = next != NULL ? (size_t)(next - text.p) : text.n;
    if (next == NULL) break;
    if (!last && !is_whole(text, pass->at)) break;
    *used = pass->at;
    if (!markup(pass)) return false;
  }
  *used = pass->at;
  if (last) return end_of_text(pass);
  p->wait = (text.n - *used) * 2; /* or long comments would take quadratic time */
  if (p->wait > LIMIT_XML_MARKUP) p->wait = LIMIT_XML_MARKUP + 1;
  return !too_long(p, text.n - *used);
}

bool prescan_refuse(str text, size_t offset, const char *words, const struct place *place,
                    struct findings *fs) {
  size_t line = 1, begin = 0;
  for (const char *p; begin < offset; begin = (size_t)(p - text.p) + 1, line++)
    if ((p = memchr(text.p + begin, '\n', offset - begin)) == NULL) break;
  size_t column = utf8_length(str_sub(text, begin, offset)) + 1;
  return finding(fs, CODE_BAD_XML, place, NULL, finding_number(fs, line),
                 finding_number(fs, column), str_of(words));
}
