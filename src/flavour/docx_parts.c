/* The parts of a WordprocessingML package (ECMA-376 part 2: OPC).
 *
 * Parts are found through content types and relationships, never by guessed names; targets are
 * resolved inside the package only.  The nodes in the parts are docx.c.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "flavour/docx.h"
#include "flavour/shared.h"

#define N_(s) (s)

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define NS_TYPES "http://schemas.openxmlformats.org/package/2006/content-types"
#define NS_RELS  "http://schemas.openxmlformats.org/package/2006/relationships"

struct opening {
  struct pack *p;
  struct arena *a;
  struct docx_state *s;
  struct findings *fs;
  size_t cap;
  unsigned numbers[STORY_OTHER + 1];
};

bool docx_recognise(const struct pack *p) { return pack_find(p, STR("[Content_Types].xml")) >= 0; }

static struct place place_of(const struct opening *o, str part) {
  return (struct place){.file = pack_path(o->p), .part = part};
}

ptrdiff_t docx_find_part(const struct pack *p, str name) {
  ptrdiff_t exact = pack_find(p, name);
  for (size_t i = 0; exact < 0 && i < pack_count(p); i++) {
    str s = pack_name(p, i);
    if (s.n != name.n) continue;
    size_t k = 0;
    while (k < s.n && (s.p[k] | 32) == (name.p[k] | 32)) k++;
    if (k == s.n) return (ptrdiff_t)i;
  }
  return exact;
}

static bool read_xml(struct opening *o, size_t entry, struct xml *x) {
  struct buf bytes;
  struct place place = place_of(o, pack_name(o->p, entry));
  buf_init(&bytes, LIMIT_XML_PART);
  bool ok = pack_read(o->p, entry, LIMIT_XML_PART, &bytes, o->fs) &&
            xml_parse(x, buf_str(&bytes), XML_PLAIN, &place, o->fs);
  buf_free(&bytes);
  return ok;
}

/* ---- relationships ---- */

/* A target against the folder of its source; dots are resolved; empty when it leaves the
 * package. */
str docx_resolve(struct arena *a, str source, str target) {
  struct buf b;
  buf_init(&b, LIMIT_ENTRY_NAME * 4);
  size_t folder = source.n;
  while (folder > 0 && source.p[folder - 1] != '/') folder--;
  bool absolute = target.n != 0 && target.p[0] == '/';
  if (!absolute) buf_put(&b, str_sub(source, 0, folder));
  while (target.n != 0) {
    size_t slash = str_find(target, STR("/"), 0);
    str step = slash == STR_NOT_FOUND ? target : str_sub(target, 0, slash);
    target = slash == STR_NOT_FOUND ? STR_NONE : str_sub(target, slash + 1, target.n);
    if (str_is(step, "..")) {
      if (b.n != 0) b.n--;
      while (b.n > 0 && b.p[b.n - 1] != '/') b.n--;
    } else if (step.n != 0 && !str_is(step, ".")) {
      buf_put(&b, shared_decode(step, a));
      if (slash != STR_NOT_FOUND) buf_putc(&b, '/');
    }
  }
  str out = arena_dup(a, buf_str(&b));
  buf_free(&b);
  return out;
}

str docx_rels_of(struct arena *a, str part) {
  size_t folder = part.n;
  while (folder > 0 && part.p[folder - 1] != '/') folder--;
  return arena_join(
      a,
      (str[]){str_sub(part, 0, folder), STR("_rels/"), str_sub(part, folder, part.n), STR(".rels")},
      4);
}

static bool add_part(struct opening *o, size_t entry, enum story story, bool notes, bool optional) {
  for (size_t i = 0; i < o->s->nparts; i++)
    if (o->s->parts[i].entry == entry) return true;
  struct flavour_part *p = arena_grow(o->a, o->s->parts, &o->s->nparts, &o->cap, sizeof *p);
  if (p == NULL) return finding(o->fs, CODE_MEMORY, NULL, NULL, STR(""));
  o->s->parts = p - (o->s->nparts - 1);
  *p = (struct flavour_part){.entry = entry,
                             .story = story,
                             .number = ++o->numbers[story],
                             .notes = notes,
                             .optional = optional};
  return true;
}

struct relation {
  const char *type; /* the last step of the relationship's type */
  enum story story;
  bool notes, deeper; /* look into its own relationships */
};

static const struct relation relations[] = {
    {"header", STORY_HEADER, false, true},      {"footer", STORY_FOOTER, false, true},
    {"footnotes", STORY_FOOTNOTE, true, true},  {"endnotes", STORY_ENDNOTE, true, true},
    {"comments", STORY_COMMENT, true, true},    {"chart", STORY_CHART, false, true},
    {"diagramData", STORY_OTHER, false, false}, {"diagramDrawing", STORY_OTHER, false, false},
};

static str type_of(const xmlNode *rel) {
  str type = xml_attr(rel, NULL, "Type");
  size_t i = type.n;
  while (i > 0 && type.p[i - 1] != '/') i--;
  return str_sub(type, i, type.n);
}

static bool external(const xmlNode *rel) {
  return str_is(xml_attr(rel, NULL, "TargetMode"), "External");
}

static void keep_notes(struct docx_state *s, enum story story, size_t entry) {
  if (story == STORY_FOOTNOTE) s->footnotes = entry, s->footnotes_known = true;
  if (story == STORY_ENDNOTE) s->endnotes = entry, s->endnotes_known = true;
  if (story == STORY_COMMENT) s->comments = entry, s->comments_known = true;
}

static bool follow(struct opening *o, size_t source, unsigned depth);

static bool keep_rel(struct opening *o, size_t source, size_t rels, const xmlNode *rel,
                     ptrdiff_t target) {
  struct docx_state *s = o->s;
  struct docx_rel *r = arena_grow(o->a, s->rels, &s->nrels, &s->rels_cap, sizeof *r);
  if (r == NULL) return finding(o->fs, CODE_MEMORY, NULL, NULL, STR(""));
  s->rels = r - (s->nrels - 1);
  *r = (struct docx_rel){.owner = source,
                         .rels = rels,
                         .id = arena_dup(o->a, xml_attr(rel, NULL, "Id")),
                         .type = arena_dup(o->a, xml_attr(rel, NULL, "Type")),
                         .inside = target >= 0,
                         .target = target >= 0 ? (size_t)target : 0,
                         .address = arena_dup(o->a, xml_attr(rel, NULL, "Target"))};
  return true;
}

static bool follow_one(struct opening *o, size_t source, size_t rels, const xmlNode *rel,
                       unsigned depth) {
  str type = type_of(rel), name = STR_NONE;
  if (!external(rel)) name = docx_resolve(o->a, pack_name(o->p, source), xml_attr(rel, NULL, "Target"));
  ptrdiff_t entry = name.n != 0 ? docx_find_part(o->p, name) : -1;
  if (!keep_rel(o, source, rels, rel, entry)) return false;
  for (size_t i = 0; entry >= 0 && i < COUNT(relations); i++) {
    const struct relation *r = &relations[i];
    if (!str_is(type, r->type)) continue;
    keep_notes(o->s, r->story, (size_t)entry);
    if (!add_part(o, (size_t)entry, r->story, r->notes, false)) return false;
    return !r->deeper || depth > 2 || follow(o, (size_t)entry, depth + 1);
  }
  return true;
}

/* All relationships of a part. */
static bool follow(struct opening *o, size_t source, unsigned depth) {
  ptrdiff_t entry = docx_find_part(o->p, docx_rels_of(o->a, pack_name(o->p, source)));
  if (entry < 0) return true;
  struct xml x = {.doc = NULL};
  bool ok = read_xml(o, (size_t)entry, &x);
  const xmlNode *root = ok ? xmlDocGetRootElement(x.doc) : NULL;
  for (xmlNode *k = root != NULL ? xml_first_element(root) : NULL; ok && k != NULL;
       k = xml_next_element(k))
    ok = follow_one(o, source, (size_t)entry, k, depth);
  xml_free(&x);
  return ok;
}

/* ---- numbering and styles ---- */

static str val_of(struct opening *o, const xmlNode *n, const char *child) {
  const xmlNode *k = xml_child(n, NS_W, child);
  return k != NULL ? arena_dup(o->a, xml_attr(k, NS_W, "val")) : STR_NONE;
}

static bool keep_num(struct opening *o, const xmlNode *n) {
  struct docx_state *s = o->s;
  struct docx_num *num = arena_grow(o->a, s->nums, &s->nnums, &s->nums_cap, sizeof *num);
  if (num == NULL) return finding(o->fs, CODE_MEMORY, NULL, NULL, STR(""));
  s->nums = num - (s->nnums - 1);
  *num =
      (struct docx_num){arena_dup(o->a, xml_attr(n, NS_W, "numId")), val_of(o, n, "abstractNumId")};
  uint64_t v = 0;
  for (size_t i = 0; i < num->id.n && i < 9; i++)
    v = v * 10 + (uint64_t)(num->id.p[i] >= '0' && num->id.p[i] <= '9' ? num->id.p[i] - '0' : 0);
  if (v >= s->next_list) s->next_list = v + 1;
  return true;
}

static bool keep_style(struct opening *o, const xmlNode *n) {
  struct docx_state *s = o->s;
  const xmlNode *pr = xml_child(n, NS_W, "pPr");
  const xmlNode *list = pr != NULL ? xml_child(pr, NS_W, "numPr") : NULL;
  struct docx_style *style =
      arena_grow(o->a, s->styles, &s->nstyles, &s->styles_cap, sizeof *style);
  if (style == NULL) return finding(o->fs, CODE_MEMORY, NULL, NULL, STR(""));
  s->styles = style - (s->nstyles - 1);
  *style = (struct docx_style){.id = arena_dup(o->a, xml_attr(n, NS_W, "styleId")),
                               .based_on = val_of(o, n, "basedOn"),
                               .num = list != NULL ? val_of(o, list, "numId") : STR_NONE,
                               .level = list != NULL ? val_of(o, list, "ilvl") : STR_NONE};
  return true;
}

/* Which lists there are, and which styles number by themselves. A part that cannot be read is no
 * reason to refuse: then lists do not begin anew. */
static bool read_lists(struct opening *o) {
  o->s->next_list = 1;
  bool ok = true;
  for (size_t i = 0; ok && i < o->s->nrels; i++) {
    const struct docx_rel *r = &o->s->rels[i];
    bool numbering = r->inside && str_ends(r->type, STR("/numbering"));
    bool styles = r->inside && str_ends(r->type, STR("/styles"));
    struct xml x = {.doc = NULL};
    if ((!numbering && !styles) || !read_xml(o, r->target, &x)) continue;
    o->s->numbering_known = o->s->numbering_known || numbering;
    if (numbering) o->s->numbering = r->target;
    const xmlNode *root = xmlDocGetRootElement(x.doc);
    for (xmlNode *k = xml_first_element(root); ok && k != NULL; k = xml_next_element(k)) {
      if (numbering && xml_is(k, NS_W, "num")) ok = keep_num(o, k);
      if (styles && xml_is(k, NS_W, "style")) ok = keep_style(o, k);
    }
    xml_free(&x);
  }
  return ok;
}

/* ---- the package's own relationships ---- */

static bool refuse(struct opening *o, enum code code, str what) {
  struct place place = {.file = pack_path(o->p)};
  if (mem_failed()) return finding(o->fs, CODE_MEMORY, NULL, NULL, STR(""));
  return finding(o->fs, code, &place, NULL, what);
}

static bool package_relation(struct opening *o, const xmlNode *rel, str *main) {
  str type = type_of(rel), name = docx_resolve(o->a, STR(""), xml_attr(rel, NULL, "Target"));
  if (external(rel)) return true;
  if (str_is(type, "officeDocument") && main->n == 0) {
    str whole = xml_attr(rel, NULL, "Type");
    *main = name;
    o->s->strict = str_starts(whole, STR("http://purl.oclc.org/"));
    o->s->rel_types = arena_dup(o->a, str_sub(whole, 0, whole.n - type.n));
  }
  if (str_ends(xml_attr(rel, NULL, "Type"), STR("/digital-signature/origin")))
    return refuse(o, CODE_SIGNED, STR(""));
  return true;
}

static bool property_relation(struct opening *o, const xmlNode *rel) {
  str type = type_of(rel), name = docx_resolve(o->a, STR(""), xml_attr(rel, NULL, "Target"));
  bool property = str_is(type, "core-properties") || str_is(type, "extended-properties") ||
                  str_is(type, "custom-properties") || str_is(type, "extendedProperties") ||
                  str_is(type, "customProperties");
  ptrdiff_t entry = property && !external(rel) ? docx_find_part(o->p, name) : -1;
  return entry < 0 || add_part(o, (size_t)entry, STORY_PROPERTY, false, true);
}

/* ---- content types ---- */

struct main_type {
  const char *type, *kind; /* kind NULL: a text document */
  const char *ending;
  const char *becomes; /* the type of a document made from this template */
};

#define MAIN  "application/vnd.openxmlformats-officedocument."
#define MACRO "application/vnd.ms-word."
static const struct main_type main_types[] = {
    {MAIN "wordprocessingml.document.main+xml", NULL, ".docx", NULL},
    {MAIN "wordprocessingml.template.main+xml", NULL, ".docx",
     MAIN "wordprocessingml.document.main+xml"},
    {MACRO "document.macroEnabled.main+xml", NULL, ".docm", NULL},
    {MACRO "template.macroEnabledTemplate.main+xml", NULL, ".docm",
     MACRO "document.macroEnabled.main+xml"},
};

/* The content type of a part: its override, or the default of its ending. */
static xmlAttr *type_attr(const xmlNode *types, str part) {
  xmlAttr *found = NULL;
  for (xmlNode *k = xml_first_element(types); k != NULL; k = xml_next_element(k)) {
    str name = xml_attr(k, NULL, "PartName"), ending = xml_attr(k, NULL, "Extension");
    if (name.n != 0 && str_eq(str_sub(name, 1, name.n), part))
      return xml_attr_node(k, NULL, "ContentType");
    size_t dot = part.n - (ending.n < part.n ? ending.n : part.n);
    if (ending.n != 0 && dot > 0 && part.p[dot - 1] == '.' && str_ends(part, ending))
      found = xml_attr_node(k, NULL, "ContentType");
  }
  return found;
}

static str text_of(const xmlAttr *a) {
  return a != NULL && a->children != NULL ? str_of((const char *)a->children->content) : STR("");
}

static str foreign_kind(str type) {
  static const struct {
    const char *part, *kind;
  } kinds[] = {{"spreadsheetml", N_("an Excel workbook")},
               {"ms-excel", N_("an Excel workbook")},
               {"presentationml", N_("a PowerPoint presentation")},
               {"ms-powerpoint", N_("a PowerPoint presentation")},
               {"visio", N_("a Visio drawing")}};
  for (size_t i = 0; i < COUNT(kinds); i++)
    if (str_find(type, str_of(kinds[i].part), 0) != STR_NOT_FOUND) return str_of(kinds[i].kind);
  return STR(N_("an Office package of another kind"));
}

/* A template becomes a document: only its main type changes. */
static bool change_type(struct opening *o, struct xml *x, xmlAttr *attr, const char *type) {
  if (!xml_set_attr(attr->parent, attr->ns, "ContentType", str_of(type)))
    return refuse(o, CODE_MEMORY, STR(""));
  return entries_dump(&o->s->entries, o->s->types, x, o->fs);
}

/* The types that endings have already (part 2, 10.1.2.2). */
static bool read_defaults(struct opening *o, const xmlNode *types) {
  struct docx_state *s = o->s;
  for (xmlNode *k = xml_first_element(types); k != NULL; k = xml_next_element(k)) {
    if (!xml_is(k, NS_TYPES, "Default")) continue;
    struct docx_default *d =
        arena_grow(o->a, s->defaults, &s->ndefaults, &s->defaults_cap, sizeof *d);
    if (d == NULL) return finding(o->fs, CODE_MEMORY, NULL, NULL, STR(""));
    s->defaults = d - (s->ndefaults - 1);
    *d = (struct docx_default){arena_dup(o->a, xml_attr(k, NULL, "Extension")),
                               arena_dup(o->a, xml_attr(k, NULL, "ContentType"))};
  }
  return true;
}

static bool check_main_type(struct opening *o, str main) {
  struct xml x = {.doc = NULL};
  o->s->types = (size_t)pack_find(o->p, STR("[Content_Types].xml"));
  if (!read_xml(o, o->s->types, &x) || !read_defaults(o, xmlDocGetRootElement(x.doc)))
    return xml_free(&x), false;
  xmlAttr *attr = type_attr(xmlDocGetRootElement(x.doc), main);
  str type = text_of(attr);
  bool ok = false;
  size_t i = 0;
  while (i < COUNT(main_types) && !str_is(type, main_types[i].type)) i++;
  if (i == COUNT(main_types)) {
    refuse(o, CODE_NOT_TEXT_DOCUMENT, foreign_kind(type));
  } else {
    o->s->ending = str_of(main_types[i].ending);
    ok = main_types[i].becomes == NULL || change_type(o, &x, attr, main_types[i].becomes);
  }
  xml_free(&x);
  return ok;
}

static bool open_main(struct opening *o, str main) {
  ptrdiff_t entry = main.n != 0 ? docx_find_part(o->p, main) : -1;
  if (entry < 0)
    return refuse(o, CODE_MISSING_PART, main.n != 0 ? main : STR(N_("the main document")));
  main = pack_name(o->p, (size_t)entry);
  return check_main_type(o, main) && add_part(o, (size_t)entry, STORY_BODY, false, false) &&
         follow(o, (size_t)entry, 0) && read_lists(o);
}

/* Behind all else: what feeds them has been seen by then. */
static bool add_stores(struct opening *o) {
  bool ok = !o->s->settings_known || add_part(o, o->s->settings, STORY_PROPERTY, false, true);
  for (size_t i = 0; ok && i < o->s->nstores; i++)
    ok = add_part(o, o->s->stores[i].entry, STORY_PROPERTY, false, true);
  return ok;
}

static int compare_ids(size_t owner, str id, const struct docx_rel *r) {
  if (owner != r->owner) return owner < r->owner ? -1 : 1;
  return str_cmp(id, r->id);
}

static int compare_rels(const void *a, const void *b) {
  const struct docx_rel *x = *(struct docx_rel *const *)a, *y = *(struct docx_rel *const *)b;
  int order = compare_ids(x->owner, x->id, y);
  return order != 0 ? order : x < y ? -1 : x > y; /* of equal ones the first counts */
}

static bool sort_rels(struct opening *o) {
  struct docx_state *s = o->s;
  s->by_id = ARENA_ARRAY(o->a, s->nrels + 1, struct docx_rel *);
  if (s->by_id == NULL) return refuse(o, CODE_MEMORY, STR(""));
  for (size_t i = 0; i < s->nrels; i++) s->by_id[i] = &s->rels[i];
  qsort(s->by_id, s->nrels, sizeof(struct docx_rel *), compare_rels);
  return true;
}

/* Names and ids for what reports get that nothing in the template has. */
static bool free_names(struct opening *o) {
  struct docx_state *s = o->s;
  bool taken = true;
  s->pictures = shared_free_stem(o->p, STR("word/media/"), STR("picture"), o->a);
  for (s->ids = STR("rIdNew"); taken;
       s->ids = taken ? arena_join(o->a, (str[]){s->ids, STR("_")}, 2) : s->ids) {
    taken = false;
    for (size_t i = 0; i < s->nrels; i++) taken = taken || str_starts(s->rels[i].id, s->ids);
  }
  return (s->pictures.p != NULL && s->ids.p != NULL) || refuse(o, CODE_MEMORY, STR(""));
}

bool docx_open(struct pack *p, struct arena *a, void **state, struct findings *fs) {
  struct opening o = {.p = p, .a = a, .fs = fs, .s = ARENA_NEW(a, struct docx_state)};
  if (o.s == NULL) return finding(fs, CODE_MEMORY, NULL, NULL, STR(""));
  *state = o.s;
  o.s->entries = (struct entries){.pack = p, .arena = a};
  ptrdiff_t entry = docx_find_part(p, STR("_rels/.rels"));
  if (entry < 0) return refuse(&o, CODE_MISSING_PART, STR("_rels/.rels"));
  struct xml x = {.doc = NULL};
  str main = STR_NONE;
  bool ok = read_xml(&o, (size_t)entry, &x);
  const xmlNode *root = ok ? xmlDocGetRootElement(x.doc) : NULL;
  for (xmlNode *k = root != NULL ? xml_first_element(root) : NULL; ok && k != NULL;
       k = xml_next_element(k))
    ok = package_relation(&o, k, &main);
  ok = ok && open_main(&o, main) && free_names(&o);
  for (xmlNode *k = root != NULL ? xml_first_element(root) : NULL; ok && k != NULL;
       k = xml_next_element(k))
    ok = property_relation(&o, k);
  xml_free(&x);
  return ok && sort_rels(&o) && docx_find_stores(p, a, o.s) && add_stores(&o) &&
         docx_find_own(o.s, fs);
}

/* ---- copies of parts ---- */

struct docx_rel *docx_rel_of(const struct docx_state *s, size_t owner, str id) {
  size_t from = 0, to = id.n != 0 ? s->nrels : 0;
  while (from < to) {
    size_t mid = from + (to - from) / 2;
    if (compare_ids(owner, id, s->by_id[mid]) > 0)
      from = mid + 1;
    else
      to = mid;
  }
  bool found = from < s->nrels && id.n != 0 && compare_ids(owner, id, s->by_id[from]) == 0;
  return found ? s->by_id[from] : NULL;
}

bool docx_tells(const void *state, size_t entry) {
  const struct docx_state *s = state;
  return entry == s->types || (s->numbering_known && entry == s->numbering) ||
         str_ends(pack_name(s->pack, entry), STR(".rels"));
}

str docx_copy_name(str part, str mark, struct arena *a) {
  size_t dot = part.n;
  while (dot > 0 && part.p[dot - 1] != '.' && part.p[dot - 1] != '/') dot--;
  if (dot == 0 || part.p[dot - 1] == '/') return arena_join(a, (str[]){part, mark}, 2);
  return arena_join(a, (str[]){str_sub(part, 0, dot - 1), mark, str_sub(part, dot - 1, part.n)}, 3);
}

/* word/media/picture1.png */
str docx_picture_name(const void *state, size_t nth, str ending, struct arena *a) {
  return shared_numbered(((const struct docx_state *)state)->pictures, nth + 1, ending, a);
}

/* ---- lists that begin anew ---- */

uint64_t docx_next_list(const void *state) { return ((const struct docx_state *)state)->next_list; }

/* A list of the same kind whose levels all begin at 1 again (17.9.26 startOverride). */
static void put_num(const struct docx_state *s, const struct list_copy *l, str w, struct buf *out) {
  str abstract = STR_NONE;
  for (size_t i = 0; i < s->nnums; i++)
    if (str_eq(s->nums[i].id, l->from)) abstract = s->nums[i].abstract;
  if (abstract.n == 0) return;
  const str start[] = {STR("<"), w, STR("num "), w, STR("numId=\"")};
  for (size_t i = 0; i < COUNT(start); i++) buf_put(out, start[i]);
  buf_put_u64(out, l->number);
  const str kind[] = {STR("\"><"), w,          STR("abstractNumId "), w, STR("val=\""),
                      abstract,    STR("\"/>")};
  for (size_t i = 0; i < COUNT(kind); i++) buf_put(out, kind[i]);
  for (unsigned level = 0; level < 9; level++) {
    const str from[] = {STR("<"), w, STR("lvlOverride "), w, STR("ilvl=\"")};
    for (size_t i = 0; i < COUNT(from); i++) buf_put(out, from[i]);
    buf_put_u64(out, level);
    const str to[] = {STR("\"><"),          w, STR("startOverride "), w,
                      STR("val=\"1\"/></"), w, STR("lvlOverride>")};
    for (size_t i = 0; i < COUNT(to); i++) buf_put(out, to[i]);
  }
  const str end[] = {STR("</"), w, STR("num>")};
  for (size_t i = 0; i < COUNT(end); i++) buf_put(out, end[i]);
}

/* Behind the last list there is (numIdMacAtCleanup comes after all lists). */
static bool with_lists(const struct docx_state *s, str bytes, const struct additions *add,
                       struct buf *out) {
  size_t end, at = STR_NOT_FOUND;
  str w;
  if (add->nlists == 0 || !docx_root_end(bytes, &end, &w)) return false;
  struct buf close;
  buf_init(&close, 0);
  buf_puts(&close, "</");
  buf_put(&close, w);
  buf_puts(&close, "num>");
  bool ok = !close.failed;
  for (size_t i = 0; ok && (i = str_find(bytes, buf_str(&close), i)) != STR_NOT_FOUND;)
    at = i += close.n;
  buf_free(&close);
  if (!ok || at == STR_NOT_FOUND) return false;
  buf_put(out, str_sub(bytes, 0, at));
  for (size_t i = 0; i < add->nlists; i++) put_num(s, &add->lists[i], w, out);
  return buf_put(out, str_sub(bytes, at, bytes.n));
}

bool docx_with_additions(const void *state, const struct pack *p, ptrdiff_t entry, str name,
                         str bytes, const struct additions *add, struct buf *out) {
  const struct docx_state *s = state;
  if (s->numbering_known && entry == (ptrdiff_t)s->numbering) return with_lists(s, bytes, add, out);
  return docx_with_relations(s, p, entry, name, bytes, add, out);
}

/* A part's own relationships. */
bool docx_copied_along(const void *state, const struct pack *p, const struct part_copy *copy,
                       size_t nth, struct arena *a, size_t *entry, str *name) {
  (void)state;
  ptrdiff_t rels = nth == 0 ? docx_find_part(p, docx_rels_of(a, pack_name(p, copy->entry))) : -1;
  if (rels < 0) return false;
  *entry = (size_t)rels;
  *name = docx_rels_of(a, copy->name);
  return true;
}
