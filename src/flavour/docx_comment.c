/* Comments of our own in a WordprocessingML package (ECMA-376 part 1, 17.13.4).
 *
 * A comment covers whole runs, so a run is cut where its text begins or ends inside of one.  The
 * piece that was cut off says so, for its edit session (17.3.2.25 rsidDel, which a run has only
 * when tracked changes deleted it) is one of the cuts:
 *
 *   [a{{b}}c]  ─►  [a] start [{{b}}] end reference [c]  ─►  [a{{b}}c]
 *
 * Invariant: when our comments are taken out, the trees are what they were before they were put
 * there, and the package has no part, relationship or type that it did not have.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "flavour/docx.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define COMMENTS "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
#define NS_RELS  "http://schemas.openxmlformats.org/package/2006/relationships"
#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

/* Where a run was cut: between two of its elements; in a text that says how its blanks count; in
 * one that does not. */
enum cut { CUT_BETWEEN, CUT_TEXT, CUT_PLAIN_TEXT, CUTS };
static const char *const cut_marks[CUTS] = {"0074B0A0", "0074B0A1", "0074B0A2"};

static bool is_w(const xmlNode *n, const char *local) { return xml_is(n, NS_W, local); }

static bool no_memory(struct findings *fs) { return finding(fs, CODE_MEMORY, NULL, NULL, STR("")); }

/* ---- cutting runs, and joining them ---- */

/* The run that a piece of text stands in, and the child of the run that holds it. */
static xmlNode *run_of(xmlNode *piece, xmlNode **child) {
  for (*child = piece; *child != NULL && !is_w(*child, "p"); *child = (*child)->parent)
    if (is_w((*child)->parent, "r")) return (*child)->parent;
  return NULL;
}

/* The run from a child on becomes a run of its own, behind it. */
static xmlNode *cut_run(xmlNode *run, xmlNode *child, enum cut how) {
  xmlNode *made = xml_shell(run), *pr = xml_child(run, NS_W, "rPr");
  xmlNode *copy = pr != NULL ? xml_clone(pr) : NULL;
  if (made == NULL || (pr != NULL && copy == NULL)) {
    if (made != NULL) xmlFreeNode(made);
    if (copy != NULL) xmlFreeNode(copy);
    return NULL;
  }
  xml_append(made, copy);
  for (xmlNode *k = child, *next; k != NULL; k = next) {
    next = k->next;
    xml_append(made, k);
  }
  xml_insert_after(run, made);
  return xml_set_attr(made, run->ns, "rsidDel", str_of(cut_marks[how])) ? made : NULL;
}

/* The text element from a character of a text node in it on becomes one of its own. */
static xmlNode *cut_text(xmlNode *t, xmlNode *text, size_t at, enum cut *how) {
  xmlNode *made = xml_shell(t), *rest = xml_cut_text(text, at);
  if (made == NULL || rest == NULL) {
    if (made != NULL) xmlFreeNode(made);
    return NULL;
  }
  *how = xmlNodeGetSpacePreserve(t) == 1 ? CUT_TEXT : CUT_PLAIN_TEXT;
  for (xmlNode *k = rest, *next; k != NULL; k = next) {
    next = k->next;
    xml_append(made, k);
  }
  xml_insert_after(t, made);
  if (*how == CUT_PLAIN_TEXT) {
    xmlNodeSetSpacePreserve(t, 1);
    xmlNodeSetSpacePreserve(made, 1);
  }
  return made;
}

static bool is_text(const xmlNode *n) {
  return n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE;
}

/* The run that begins with a character of a piece; NULL: none can, or no memory. */
static xmlNode *run_from(xmlNode *piece, size_t at) {
  xmlNode *child, *run = run_of(piece, &child);
  enum cut how = CUT_BETWEEN;
  if (run == NULL) return NULL;
  if (at > 0 && is_text(piece)) child = cut_text(child, piece, at, &how);
  if (child == NULL) return NULL;
  xmlNode *before = child->prev;
  while (before != NULL && (before->type != XML_ELEMENT_NODE || is_w(before, "rPr")))
    before = before->prev;
  return before != NULL ? cut_run(run, child, how) : run;
}

/* The run that ends before a character of a piece. */
static xmlNode *run_to(xmlNode *piece, size_t at) {
  xmlNode *child, *run = run_of(piece, &child);
  enum cut how = CUT_BETWEEN;
  if (run == NULL) return NULL;
  xmlNode *behind = xml_next_element(child);
  if (is_text(piece) && at < strlen((const char *)piece->content)) {
    behind = cut_text(child, piece, at, &how);
    if (behind == NULL) return NULL;
  }
  return behind == NULL || cut_run(run, behind, how) != NULL ? run : NULL;
}

static bool same_bytes(xmlNode *a, xmlNode *b) {
  struct buf x, y;
  if (a == NULL || b == NULL) return a == b;
  buf_init(&x, 0);
  buf_init(&y, 0);
  bool same = xml_dump_node(a->doc, a, &x) && xml_dump_node(b->doc, b, &y) &&
              str_eq(buf_str(&x), buf_str(&y));
  buf_free(&x);
  buf_free(&y);
  return same;
}

/* Both ends of the cut are one text again. */
static bool join_texts(xmlNode *a, xmlNode *b, enum cut how) {
  if (!is_w(a, "t") || !is_w(b, "t")) return true;
  xmlNode *last = a->last;
  while (b->children != NULL) xml_append(a, b->children);
  if (last != NULL && last->next != NULL && !xml_join_text(last)) return false;
  xmlAttr *space = xml_attr_node(a, (const char *)XML_XML_NAMESPACE, "space");
  if (how == CUT_PLAIN_TEXT && space != NULL) xmlRemoveProp(space);
  xml_remove(b);
  return true;
}

/* A run that was cut off goes back, unless somebody gave it another format since. */
static bool join_run(xmlNode *run, enum cut how) {
  xmlNode *before = run->prev, *pr = xml_child(run, NS_W, "rPr");
  if (!is_w(before, "r") || !same_bytes(xml_child(before, NS_W, "rPr"), pr)) {
    xmlRemoveProp(xml_attr_node(run, NS_W, "rsidDel"));
    return true;
  }
  if (pr != NULL) xml_remove(pr);
  xmlNode *last = before->last;
  while (run->children != NULL) xml_append(before, run->children);
  xml_remove(run);
  bool texts = how != CUT_BETWEEN && last != NULL && last->next != NULL;
  return !texts || join_texts(last, last->next, how);
}

static enum cut cut_of(const xmlNode *n) {
  str mark = is_w(n, "r") ? xml_attr(n, NS_W, "rsidDel") : STR_NONE;
  enum cut how = CUT_BETWEEN;
  while (mark.n != 0 && how < CUTS && !str_is(mark, cut_marks[how])) how++;
  return mark.n != 0 ? how : CUTS;
}

static bool join_runs(xmlNode *root, bool *changed) {
  bool ok = true;
  for (xmlNode *n = root, *next; ok && n != NULL; n = next) {
    enum cut how = cut_of(n);
    next = xml_walk(root, n, false);
    if (how == CUTS) continue;
    next = xml_walk(root, n, true);
    ok = join_run(n, how);
    *changed = true;
  }
  return ok;
}

/* ---- taking out ---- */

static bool is_ours(const xmlNode *comment) {
  return is_w(comment, "comment") && str_is(xml_attr(comment, NS_W, "author"), OUR_AUTHOR) &&
         str_is(xml_attr(comment, NS_W, "initials"), OUR_INITIALS);
}

static bool is_mark(const struct docx_state *s, const xmlNode *n) {
  bool mark =
      is_w(n, "commentRangeStart") || is_w(n, "commentRangeEnd") || is_w(n, "commentReference");
  str id = mark ? xml_attr(n, NS_W, "id") : STR_NONE;
  for (size_t i = 0; mark && i < s->nown; i++)
    if (str_eq(s->own[i], id)) return true;
  return false;
}

/* What goes with a mark: a reference's run, when nothing else is in it. */
static xmlNode *whole_mark(xmlNode *n) {
  xmlNode *run = is_w(n->parent, "r") ? n->parent : NULL, *k = run != NULL ? run->children : NULL;
  while (k != NULL && (k == n || is_w(k, "rPr") || is_text(k))) k = k->next;
  return run != NULL && k == NULL ? run : n;
}

bool docx_forget(void *state, size_t entry, xmlNode *root, bool *changed) {
  const struct docx_state *s = state;
  bool comments = s->comments_known && entry == s->comments;
  for (xmlNode *n = s->nown != 0 ? root : NULL, *next; n != NULL; n = next) {
    bool ours = n->type == XML_ELEMENT_NODE && (comments ? is_ours(n) : is_mark(s, n));
    xmlNode *out = ours ? (comments ? n : whole_mark(n)) : NULL;
    next = out != NULL ? xml_walk(root, out, true) : xml_walk(root, n, false);
    if (out == NULL) continue;
    xml_remove(out);
    *changed = true;
  }
  return (entry != s->parts[0].entry || join_runs(root, changed)) && !mem_failed();
}

/* ---- the package without them ---- */

static bool drop_relation(struct docx_state *s, struct docx_rel *r, struct findings *fs) {
  struct xml x = {.doc = NULL};
  bool ok = entries_parse(&s->entries, r->rels, XML_PLAIN, &x, fs);
  xmlNode *root = ok ? xmlDocGetRootElement(x.doc) : NULL;
  for (xmlNode *k = root != NULL ? xml_first_element(root) : NULL, *next; k != NULL; k = next) {
    next = xml_next_element(k);
    if (str_eq(xml_attr(k, NULL, "Id"), r->id)) xml_remove(k);
  }
  bool empty = ok && xml_first_element(root) == NULL;
  if (ok)
    ok =
        empty ? entries_drop(&s->entries, r->rels, fs) : entries_dump(&s->entries, r->rels, &x, fs);
  xml_free(&x);
  r->dropped = true;
  return ok;
}

static bool drop_part(struct docx_state *s, struct docx_rel *r, struct findings *fs) {
  size_t n = 0;
  for (size_t i = 0; i < s->nparts; i++)
    if (s->parts[i].entry != r->target) s->parts[n++] = s->parts[i];
  s->nparts = n;
  if (s->comments_known && s->comments == r->target) s->comments_known = false;
  return entries_drop(&s->entries, r->target, fs) && drop_relation(s, r, fs);
}

/* A line about one of our comments, in one of the parts that Word has beside them: by the ids of
 * its paragraphs, by the id that such a line gives it, by its author. */
static bool is_about(struct docx_state *s, const xmlNode *n) {
  static const char *const names[] = {"paraId", "durableId", "author"};
  for (const xmlAttr *a = n->properties; a != NULL; a = a->next)
    for (size_t k = 0; k < COUNT(names); k++)
      for (size_t i = 0; strcmp((const char *)a->name, names[k]) == 0 && i < s->nown_lines; i++)
        if (a->children != NULL && str_is(s->own_lines[i], (const char *)a->children->content))
          return true;
  return false;
}

static bool keep_id(struct docx_state *s, str **list, size_t *n, size_t *cap, str id) {
  if (id.n == 0) return true;
  str *slot = arena_grow(s->entries.arena, *list, n, cap, sizeof *slot);
  if (slot == NULL) return false;
  *list = slot - (*n - 1);
  *slot = arena_dup(s->entries.arena, id);
  return slot->p != NULL;
}

static bool keep_line(struct docx_state *s, str id) {
  return keep_id(s, &s->own_lines, &s->nown_lines, &s->own_lines_cap, id);
}

static str any_attr(const xmlNode *n, const char *local) {
  for (const xmlAttr *a = n->properties; a != NULL; a = a->next)
    if (strcmp((const char *)a->name, local) == 0 && a->children != NULL)
      return str_of((const char *)a->children->content);
  return STR_NONE;
}

/* Takes lines about our comments out of a part; one that is empty then goes. */
static bool thin_part(struct docx_state *s, struct docx_rel *r, struct findings *fs) {
  struct xml x = {.doc = NULL};
  bool changed = false, ok = shared_read(s->pack, r->target, &x);
  if (!ok) return !mem_failed() || no_memory(fs);
  xmlNode *root = xmlDocGetRootElement(x.doc);
  for (xmlNode *k = xml_first_element(root), *next; ok && k != NULL; k = next) {
    next = xml_next_element(k);
    if (!is_about(s, k)) continue;
    ok = keep_line(s, any_attr(k, "durableId")) || no_memory(fs);
    xml_remove(k);
    changed = true;
  }
  if (ok && changed)
    ok = xml_first_element(root) == NULL ? drop_part(s, r, fs)
                                         : entries_dump(&s->entries, r->target, &x, fs);
  xml_free(&x);
  return ok;
}

struct others {
  size_t n;
  bool namesake; /* one of them is called as we are */
};

/* Reads which comments are ours, and which are not. */
static bool read_own(struct docx_state *s, const xmlNode *root, struct others *others) {
  bool ok = true;
  for (xmlNode *k = xml_first_element(root); ok && k != NULL; k = xml_next_element(k)) {
    uint64_t id = 0;
    str number = xml_attr(k, NS_W, "id");
    for (size_t i = 0; i < number.n && i < 9 && number.p[i] >= '0' && number.p[i] <= '9'; i++)
      id = id * 10 + (uint64_t)(number.p[i] - '0');
    if (!is_ours(k)) {
      others->n++;
      others->namesake = others->namesake || str_is(xml_attr(k, NS_W, "author"), OUR_AUTHOR);
      if (id >= s->next_comment) s->next_comment = id + 1;
      continue;
    }
    ok = keep_id(s, &s->own, &s->nown, &s->own_cap, number);
    for (xmlNode *p = xml_first_element(k); ok && p != NULL; p = xml_next_element(p))
      ok = keep_line(s, any_attr(p, "paraId"));
  }
  return ok;
}

/* Parts beside the comments come in an order in which each says what the next goes by. */
static bool settle_beside(struct docx_state *s, struct findings *fs) {
  static const char *const types[] = {"/commentsExtended", "/commentsIds", "/commentsExtensible",
                                      "/people"};
  bool ok = true;
  for (size_t t = 0; ok && t < COUNT(types); t++)
    for (size_t i = 0; ok && i < s->nrels; i++)
      if (s->rels[i].inside && !s->rels[i].dropped && str_ends(s->rels[i].type, str_of(types[t])))
        ok = thin_part(s, &s->rels[i], fs);
  return ok;
}

bool docx_find_own(struct docx_state *s, struct findings *fs) {
  struct xml x = {.doc = NULL};
  struct others others = {.n = 0};
  if (!s->comments_known || !shared_read(s->pack, s->comments, &x))
    return !mem_failed() || no_memory(fs);
  bool ok = read_own(s, xmlDocGetRootElement(x.doc), &others);
  xml_free(&x);
  if (!ok || mem_failed()) return no_memory(fs);
  if (s->nown == 0) return true;
  if (!others.namesake && !keep_line(s, STR(OUR_AUTHOR))) return no_memory(fs);
  ok = settle_beside(s, fs);
  for (size_t i = 0; ok && others.n == 0 && i < s->nrels; i++)
    if (s->rels[i].inside && !s->rels[i].dropped && s->comments_known &&
        s->rels[i].target == s->comments)
      ok = drop_part(s, &s->rels[i], fs);
  return ok && docx_clean_types(s, fs);
}

/* ---- putting them in ---- */

static xmlNode *new_mark(xmlNode *like, const char *local, str id) {
  xmlNode *n = xml_element(like, local);
  if (n != NULL) xml_set_attr(n, n->ns, "id", id);
  return n;
}

/* Marks around the runs from first to last, and the reference behind them.  For want of memory
 * some may lack; base/mem.h tells. */
static void put_marks(xmlNode *p, xmlNode *first, xmlNode *last, str id) {
  xmlNode *start = new_mark(p, "commentRangeStart", id), *pr = xml_child(p, NS_W, "pPr");
  if (first != NULL)
    xml_insert_before(first, start);
  else if (pr != NULL)
    xml_insert_after(pr, start);
  else
    xml_prepend(p, start);
  xmlNode *end = new_mark(p, "commentRangeEnd", id);
  if (last != NULL)
    xml_insert_after(last, end);
  else
    xml_append(p, end);
  xmlNode *run = end != NULL ? xml_element(p, "r") : NULL;
  if (run == NULL) return;
  xml_insert_after(end, run);
  xml_append(run, new_mark(p, "commentReference", id));
}

bool docx_comment(void *state, const struct text_span *at, const str *lines, size_t n) {
  struct docx_state *s = state;
  struct docx_comment *c = arena_grow(s->entries.arena, s->new_comments, &s->nnew_comments,
                                      &s->new_comments_cap, sizeof *c);
  if (c == NULL) return false;
  s->new_comments = c - (s->nnew_comments - 1);
  *c = (struct docx_comment){.n = n, .lines = ARENA_ARRAY(s->entries.arena, n + 1, str)};
  if (c->lines == NULL) return false;
  for (size_t i = 0; i < n; i++) c->lines[i] = arena_dup(s->entries.arena, lines[i]);
  c->id = shared_numbered(STR(""), s->next_comment++, STR(""), s->entries.arena);
  xmlNode *last = at->last != NULL ? run_to(at->last, at->to) : NULL;
  xmlNode *first = last != NULL ? run_from(at->first, at->from) : NULL;
  /* Where one text holds all of it, that was cut, and the run that begins there ends there. */
  xmlNode *child, *end = first == NULL || at->first == at->last ? first : run_of(at->last, &child);
  put_marks(at->paragraph, first, end, c->id);
  return !mem_failed();
}

/* ---- the package with them ---- */

static void add_lines(xmlNode *comment, const struct docx_comment *c) {
  static const char *const names[] = {"p", "r", "t"};
  for (size_t i = 0; i < c->n; i++) {
    xmlNode *at = comment;
    for (size_t k = 0; k < 3 && at != NULL; k++) {
      xmlNode *n = xml_element(comment, names[k]);
      xml_append(at, n);
      at = n;
    }
    if (at == NULL) return; /* base/mem.h tells */
    xmlNodeSetSpacePreserve(at, 1);
    xml_append(at, xml_text(comment->doc, c->lines[i]));
  }
}

static void add_comments(const struct docx_state *s, xmlNode *root) {
  for (size_t i = 0; i < s->nnew_comments; i++) {
    const struct docx_comment *c = &s->new_comments[i];
    xmlNode *n = new_mark(root, "comment", c->id);
    if (n == NULL) return;
    xml_set_attr(n, n->ns, "author", STR(OUR_AUTHOR));
    xml_set_attr(n, n->ns, "initials", STR(OUR_INITIALS));
    add_lines(n, c);
    xml_append(root, n);
  }
}

/* The part with the comments of people, or one without any. */
static bool open_comments(struct docx_state *s, struct xml *x, struct findings *fs) {
  static const char *const empty[] = {
      XML_HEAD "<w:comments "
               "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"/>",
      XML_HEAD "<w:comments xmlns:w=\"http://purl.oclc.org/ooxml/wordprocessingml/main\"/>"};
  struct place place = {.file = pack_path(s->pack)};
  bool changed;
  if (!s->comments_known) return xml_parse(x, str_of(empty[s->strict]), XML_PLAIN, &place, fs);
  return entries_parse(&s->entries, s->comments, XML_PLAIN, x, fs) &&
         (docx_forget(s, s->comments, xmlDocGetRootElement(x->doc), &changed) || no_memory(fs));
}

/* Adds an element with two or three attributes to the root of a part. */
static bool add_element(struct docx_state *s, size_t entry, const char *local, const char *names[],
                        const str *values, size_t n, struct findings *fs) {
  struct xml x = {.doc = NULL};
  bool ok = entries_parse(&s->entries, entry, XML_PLAIN, &x, fs);
  xmlNode *root = ok ? xmlDocGetRootElement(x.doc) : NULL;
  xmlNode *k = ok ? xml_element(root, local) : NULL;
  for (size_t i = 0; k != NULL && i < n; i++) xml_set_attr(k, NULL, names[i], values[i]);
  if (ok) xml_append(root, k);
  ok = ok && (k != NULL || no_memory(fs)) && entries_dump(&s->entries, entry, &x, fs);
  xml_free(&x);
  return ok;
}

/* A name of its own, so that those that reports give are the same with it and without it. */
static str free_id(const struct docx_state *s) {
  str id = STR("rIdTianbao");
  for (size_t i = 0; i < s->nrels; i++) {
    if (s->rels[i].dropped || !str_eq(s->rels[i].id, id)) continue;
    id = arena_join(s->entries.arena, (str[]){id, STR("_")}, 2);
    i = SIZE_MAX; /* from the beginning */
  }
  return id;
}

static bool add_relation(struct docx_state *s, str target, struct findings *fs) {
  static const char *names[] = {"Id", "Type", "Target"};
  struct arena *a = s->entries.arena;
  const str type = arena_join(a, (str[]){s->rel_types, STR("comments")}, 2);
  const str id = free_id(s);
  const str values[] = {id, type, target};
  str main = pack_name(s->pack, s->parts[0].entry), name = docx_rels_of(a, main);
  ptrdiff_t entry = docx_find_part(s->pack, name);
  if (type.p == NULL || id.p == NULL) return no_memory(fs);
  if (entry >= 0 && !entries_gone(&s->entries, (size_t)entry))
    return add_element(s, (size_t)entry, "Relationship", names, values, 3, fs);
  const str empty = STR(XML_HEAD "<Relationships xmlns=\"" NS_RELS "\"><Relationship Id=\"");
  str bytes = arena_join(a,
                         (str[]){empty, id, STR("\" Type=\""), type, STR("\" Target=\""), target,
                                 STR("\"/></Relationships>")},
                         7);
  if (bytes.p == NULL) return no_memory(fs);
  return entry >= 0 ? entries_replace(&s->entries, (size_t)entry, bytes, fs)
                    : entries_add(&s->entries, name, bytes, fs);
}

/* A name beside the main part that no part has, or only one that is left out. */
static str free_name(struct docx_state *s, ptrdiff_t *entry) {
  struct arena *a = s->entries.arena;
  str name = STR_NONE;
  *entry = 0;
  for (uint64_t i = 1; *entry >= 0; i++) {
    str file = i == 1 ? STR("comments.xml") : shared_numbered(STR("comments"), i, STR(".xml"), a);
    name = docx_resolve(a, pack_name(s->pack, s->parts[0].entry), file);
    *entry = docx_find_part(s->pack, name);
    if (*entry >= 0 && entries_gone(&s->entries, (size_t)*entry)) break;
  }
  return name;
}

static bool add_part(struct docx_state *s, str bytes, struct findings *fs) {
  static const char *names[] = {"PartName", "ContentType"};
  ptrdiff_t entry;
  str name = free_name(s, &entry);
  size_t slash = name.n;
  while (slash > 0 && name.p[slash - 1] != '/') slash--;
  str path = arena_join(s->entries.arena, (str[]){STR("/"), name}, 2);
  if (path.p == NULL) return no_memory(fs);
  bool ok = entry >= 0 ? entries_replace(&s->entries, (size_t)entry, bytes, fs)
                       : entries_add(&s->entries, name, bytes, fs);
  return ok && add_relation(s, str_sub(name, slash, name.n), fs) &&
         add_element(s, s->types, "Override", names, (str[]){path, STR(COMMENTS)}, 2, fs);
}

bool docx_comments_end(void *state, struct findings *fs) {
  struct docx_state *s = state;
  struct xml x = {.doc = NULL};
  struct buf b;
  if (s->nnew_comments == 0) return true;
  buf_init(&b, LIMIT_XML_PART);
  bool ok = open_comments(s, &x, fs);
  if (ok) add_comments(s, xmlDocGetRootElement(x.doc));
  if (ok && s->comments_known)
    ok = entries_dump(&s->entries, s->comments, &x, fs);
  else if (ok)
    ok = xml_dump(&x, &b) && !mem_failed() ? add_part(s, buf_str(&b), fs) : no_memory(fs);
  xml_free(&x);
  buf_free(&b);
  return ok;
}
