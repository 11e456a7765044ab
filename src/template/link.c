/* Addresses of links with tags in them.
 *
 * The address is split into what the template has and the tags.  In front of the link go anchors
 * that put it together for each copy; the reference to it becomes an instruction.  What the
 * template wrote stays as it was written, percent-encoded or not; a tag is read in either form.
 */
#include "template/compile.h"

#define N_(s) (s)

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = (char)(c | 32);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The address without percent-encoding, and for each byte of it (and its end) where it was. */
static str decode(struct compile *c, str raw, size_t **map) {
  char *p = arena_alloc(c->arena, raw.n + 1);
  size_t n = 0;
  *map = ARENA_ARRAY(c->arena, raw.n + 1, size_t);
  if (p == NULL || *map == NULL) return STR_NONE;
  for (size_t i = 0; i < raw.n; n++) {
    bool code =
        raw.p[i] == '%' && i + 2 < raw.n && hex(raw.p[i + 1]) >= 0 && hex(raw.p[i + 2]) >= 0;
    (*map)[n] = i;
    p[n] = code ? (char)(hex(raw.p[i + 1]) * 16 + hex(raw.p[i + 2])) : raw.p[i];
    i += code ? 3 : 1;
  }
  (*map)[n] = raw.n;
  return (str){p, n};
}

static struct mark *put_mark(struct compile *c, enum mark_kind kind, xmlNode *before) {
  uint32_t number;
  struct mark *m = compile_mark(c, kind, &number);
  xmlNode *anchor = m != NULL ? compile_anchor(c, number) : NULL;
  if (anchor == NULL) return compile_no_memory(c), NULL;
  xml_insert_before(before, anchor);
  return m;
}

static bool put_text(struct compile *c, str text, xmlNode *before) {
  struct program *p = c->program;
  if (text.n == 0) return true;
  struct mark *m = put_mark(c, MARK_LINK_TEXT, before);
  str *to = m != NULL ? arena_grow(c->arena, p->link_texts, &p->nlink_texts, &c->link_texts_cap,
                                   sizeof *to)
                      : NULL;
  if (to == NULL) return compile_no_memory(c);
  p->link_texts = to - (p->nlink_texts - 1);
  *to = text;
  m->a = (uint32_t)(p->nlink_texts - 1);
  return true;
}

static bool put_value(struct compile *c, struct tag *t, xmlNode *before) {
  struct tag_text read = tag_read(t->folded, c->t->names, STR_NONE, c->arena);
  struct mark *m = put_mark(c, MARK_LINK_VALUE, before);
  if (m == NULL) return false;
  t->kind = read.kind;
  t->text = read.text;
  m->tag = t;
  m->place = t->place;
  return true;
}

/* The template's own relationship goes: nothing leads there any more. */
static bool drop(struct compile *c, const struct link *l) {
  struct template *t = c->t;
  if (!l->relation) return true;
  struct dropped_link *d =
      arena_grow(t->arena, t->dropped, &t->ndropped, &t->dropped_cap, sizeof *d);
  if (d == NULL) return compile_no_memory(c);
  t->dropped = d - (t->ndropped - 1);
  *d = (struct dropped_link){c->info->entry,
                             arena_dup(t->arena, str_of((const char *)l->attr->children->content))};
  return d->id.p != NULL || compile_no_memory(c);
}

/* Puts the mark where the address stood, or the reference to it. */
static bool put_reference(struct compile *c, const struct link *l, uint32_t number) {
  if (l->attr != NULL) return compile_mark_attr(c, l->attr, l->from, l->to, number);
  str all = str_of((const char *)l->text->content), behind = str_sub(all, l->to, all.n);
  xmlNode *anchor = compile_anchor(c, number), *rest = xml_text(c->xml.doc, behind);
  if (anchor == NULL || rest == NULL || !xml_shorten_text(l->text, l->from)) return false;
  xml_insert_after(l->text, rest);
  xml_insert_after(l->text, anchor);
  return true;
}

/* The end of the address, and the reference to it. */
static bool put_link(struct compile *c, xmlNode *n, const struct link *l, const struct tag *first) {
  struct program *p = c->program;
  uint32_t number;
  struct mark *m = put_mark(c, MARK_LINK, n);
  struct link_use *u =
      m != NULL ? arena_grow(c->arena, p->links, &p->nlinks, &c->links_cap, sizeof *u) : NULL;
  struct mark *ref = u != NULL ? compile_mark(c, MARK_LINK_REF, &number) : NULL;
  if (ref == NULL) return compile_no_memory(c);
  p->links = u - (p->nlinks - 1);
  m->a = ref->a = (uint32_t)(p->nlinks - 1);
  *u = (struct link_use){
      .place = first->place, .tag = first->typed, .relation = l->relation, .inside = l->place};
  return drop(c, l) && (put_reference(c, l, number) || compile_no_memory(c));
}

/* What stands between two tags, as the template wrote it; {{{{ is two braces. */
static bool put_pieces(struct compile *c, xmlNode *n, const struct link *l, str raw, size_t *map,
                       struct tag **tags, size_t ntags) {
  size_t at = 0;
  const struct tag *first = NULL;
  if (str_starts(raw, l->base) && tags[0]->from == l->base.n) at = l->base.n;
  for (size_t i = 0; i < ntags; i++) {
    struct tag *t = tags[i];
    if (!put_text(c, str_sub(raw, at, map[t->from]), n)) return false;
    at = map[t->to];
    if (t->kind == TAG_BRACES) {
      if (!put_text(c, STR("%7B%7B"), n)) return false;
      continue;
    }
    if (first == NULL) first = t;
    if (!put_value(c, t, n)) return false;
  }
  return put_text(c, str_sub(raw, at, raw.n), n) && put_link(c, n, l, first);
}

/* The place has its # while it is put together. */
static bool put_whole(struct compile *c, xmlNode *n, const struct link *l, str raw, size_t *map,
                      struct tag **tags, size_t ntags) {
  const struct tag *first = tags[0];
  for (size_t i = ntags; i-- > 0;)
    if (tags[i]->kind != TAG_BRACES) first = tags[i];
  if (l->why != NULL)
    return finding(c->fs, CODE_TAG_PLACE, first->place, NULL, first->typed, str_of(l->why));
  c->changed = true;
  return (!l->place || put_text(c, STR("#"), n)) && put_pieces(c, n, l, raw, map, tags, ntags);
}

static bool walk_address(struct compile *c, xmlNode *n, const struct link *l) {
  struct tag **tags = NULL;
  size_t ntags = 0, values = 0, *map;
  str raw = arena_dup(c->arena, l->address), text = decode(c, raw, &map);
  if (raw.p == NULL || text.p == NULL) return compile_no_memory(c);
  struct scan_found f = scan_next(text, 0, &c->marks_around);
  if (f.kind != SCAN_TAG && f.kind != SCAN_BRACES) return true;
  if (!walk_scan(c, text, &tags, &ntags)) return false;
  for (size_t i = 0; i < ntags; i++) values += tags[i]->kind != TAG_BRACES;
  return values == 0 || put_whole(c, n, l, raw, map, tags, ntags);
}

/* A node may have several addresses, such as a file and a place in it.  The last is filled first: what
 * stands before it is still what was read. */
bool link_walk(struct compile *c, xmlNode *n) {
  struct link l;
  unsigned count = 0;
  while (c->t->flavour->link(c->t->state, c->info->entry, n, count, &l)) count++;
  while (count-- > 0) {
    l = (struct link){.address = STR_NONE};
    if (!c->t->flavour->link(c->t->state, c->info->entry, n, count, &l)) continue;
    if (!walk_address(c, n, &l)) return false;
  }
  return true;
}
