/* Native fields of a story become tags: what the flavour asks about names and tags meanwhile.
 *
 * A field's name is the one in the data, or the one that Word's mail merge makes of it: characters
 * that are no letters or digits become _, a name that begins with a digit gets M_ in front, and all
 * is cut at 40 characters.
 */
#include "base/fold.h"
#include "base/utf8.h"
#include "template/compile.h"

enum { MERGE_NAME = 40 };

/* ---- names ---- */

bool compile_leads(const struct compile *c, str name) {
  str unit;
  if (names_id(c->t->names, names_canonical(name, c->arena, &unit)) != 0) return true;
  size_t dot = str_find(name, STR("."), 0);
  if (dot == STR_NOT_FOUND) return false;
  str first = str_sub(name, 0, dot), rest = str_sub(name, dot + 1, name.n);
  bool index = rest.n != 0;
  for (size_t i = 0; i < rest.n; i++) index = index && rest.p[i] >= '0' && rest.p[i] <= '9';
  return names_id(c->t->names, names_canonical(first, c->arena, &unit)) != 0 &&
         (index || compile_leads(c, rest));
}

static bool is_word(uint32_t c) {
  return c >= 0x80 ? !utf8_is_blank(c) && !(c >= 0x3000 && c <= 0x303F) &&
                         !(c >= 0xFF00 && c <= 0xFF0F) && !(c >= 0xFF1A && c <= 0xFF20) &&
                         !(c >= 0x2010 && c <= 0x206F)
                   : (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static char lower(uint32_t c) { return c >= 'A' && c <= 'Z' ? (char)(c | 32) : (char)c; }

static bool same(str a, str b) {
  for (size_t i = 0; i < a.n && i < b.n; i++)
    if (lower((unsigned char)a.p[i]) != lower((unsigned char)b.p[i])) return false;
  return a.n == b.n;
}

/* Is this what mail merge makes of the name?  It does not tell capitals from small letters. */
static bool is_merge_name(str made, str name) {
  struct buf b;
  buf_init(&b, 0);
  size_t n = 0;
  if (name.n != 0 && name.p[0] >= '0' && name.p[0] <= '9') buf_puts(&b, "M_"), n = 2;
  for (size_t i = 0; i < name.n && n < MERGE_NAME; n++) {
    uint32_t ch = utf8_next(name, &i);
    buf_put_utf8(&b, is_word(ch) ? ch : '_');
  }
  bool equal = !b.failed && same(buf_str(&b), made);
  buf_free(&b);
  return equal;
}

struct search {
  const struct compile *c;
  str made, found;
  unsigned n;
};

static void search_names(struct search *s, const struct name *node, str path) {
  for (const struct name *k = node->first; k != NULL; k = k->next) {
    str full =
        path.n == 0 ? k->shown : arena_join(s->c->arena, (str[]){path, STR("."), k->shown}, 3);
    if (is_merge_name(s->made, full)) s->found = full, s->n++;
    if (path.n == 0) search_names(s, k, full);
  }
}

/* While names are found out, a Chinese word is one; what programs call a control by themselves
 * ends in a number (文本1). */
static bool may_be_name(str s) {
  for (size_t at = 0; at < s.n;)
    if (utf8_is_han(utf8_next(s, &at))) return s.p[s.n - 1] < '0' || s.p[s.n - 1] > '9';
  return false;
}

static str known(const void *ctx, str name) {
  const struct compile *c = ctx;
  name = utf8_trim(arena_dup(c->arena, name));
  if (name.n == 0 || name.p == NULL) return STR_NONE;
  if (compile_leads(c, name) || (c->t->options.learning && may_be_name(name))) return name;
  struct search s = {.c = c, .made = name};
  search_names(&s, names_root(c->t->names), STR(""));
  return s.n == 1 ? s.found : STR_NONE;
}

/* A list that is empty everywhere may be one of objects. */
static bool lists_of(const struct name *node, uint32_t id) {
  for (const struct name *k = node->first; k != NULL; k = k->next)
    if ((k->id == id && (k->kinds & NAME_LIST) != 0 && (k->kinds & NAME_LIST_OF_SCALARS) == 0) ||
        lists_of(k, id))
      return true;
  return false;
}

static bool is_list(const void *ctx, str name) {
  const struct compile *c = ctx;
  str unit, last = name;
  size_t dot;
  while ((dot = str_find(last, STR("."), 0)) != STR_NOT_FOUND)
    last = str_sub(last, dot + 1, last.n);
  uint32_t id = names_id(c->t->names, names_canonical(last, c->arena, &unit));
  return id != 0 && lists_of(names_root(c->t->names), id);
}

/* ---- tags ---- */

static bool has_tag(const void *ctx, str text, str *inside) {
  const struct compile *c = ctx;
  struct scan_found f = scan_next(text, 0, &c->marks_around);
  str s = utf8_trim(text);
  bool whole = f.kind == SCAN_TAG && utf8_trim(str_sub(text, f.from, f.to)).n == s.n;
  *inside = whole ? utf8_trim(str_sub(text, f.inner, f.outer)) : STR_NONE;
  return f.kind == SCAN_TAG;
}

static bool next_tag(const void *ctx, str text, size_t at, size_t *from, size_t *to, str *inside) {
  const struct compile *c = ctx;
  struct scan_found f;
  do {
    f = scan_next(text, at, &c->marks_around);
    at = f.to;
  } while (f.kind != SCAN_TAG && f.kind != SCAN_END);
  *from = f.from;
  *to = f.to;
  *inside = f.kind == SCAN_TAG ? utf8_trim(str_sub(text, f.inner, f.outer)) : STR_NONE;
  return f.kind == SCAN_TAG;
}

str adopt_tag(const struct compile *c, str inside) {
  str open = c->marks_around.open, close = c->marks_around.close;
  return arena_join(
      c->arena, (str[]){open.n != 0 ? open : STR("{{"), inside, close.n != 0 ? close : STR("}}")},
      3);
}

static str tag(const void *ctx, str inside) { return adopt_tag(ctx, inside); }

bool adopt_node(struct compile *c, xmlNode *n) {
  struct adoption a = {.arena = c->arena,
                       .part = c->info->entry,
                       .changed = &c->changed,
                       .learning = c->t->options.learning,
                       .ctx = c,
                       .known = known,
                       .is_list = is_list,
                       .has_tag = has_tag,
                       .next_tag = next_tag,
                       .tag = tag};
  return c->t->flavour->adopt(c->t->state, &a, n) || compile_no_memory(c);
}
