/* What Word does not make anew when it opens a document: fields (ECMA-376 part 1, 17.16) keep the
 * result that stands in the file.  w:updateFields (17.15.1.81) in the settings makes it ask and
 * then refresh them all.
 *
 * Page numbers and the like are counted by Word as it lays the text out; they are no concern here.
 */
#include "base/mem.h"
#include "flavour/docx.h"
#include "flavour/shared.h"

#define COUNT(a)     (sizeof(a) / sizeof *(a))
#define TYPES_TRANS  "http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings"
#define TYPES_STRICT "http://purl.oclc.org/ooxml/officeDocument/relationships/settings"
#define MAIN_TRANS   "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define MAIN_STRICT  "http://purl.oclc.org/ooxml/wordprocessingml/main"
#define CONTENT_TYPE "application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"

static bool is_w(const xmlNode *n, const char *local) { return xml_is(n, NS_W, local); }

/* ---- fields ---- */

static unsigned stale_of(str name) {
  static const struct {
    const char *name;
    unsigned stale;
  } fields[] = {
      {"TOC", STALE_CONTENTS},       {"INDEX", STALE_INDEX},       {"TOA", STALE_INDEX},
      {"REF", STALE_REFERENCE},      {"PAGEREF", STALE_REFERENCE}, {"NOTEREF", STALE_REFERENCE},
      {"STYLEREF", STALE_REFERENCE}, {"=", STALE_REFERENCE},       {"SEQ", STALE_COUNTED},
      {"IF", STALE_REFERENCE},       {"COMPARE", STALE_REFERENCE}};
  for (size_t i = 0; i < COUNT(fields); i++) {
    size_t k = 0;
    while (k < name.n && fields[i].name[k] != '\0' &&
           (name.p[k] & ~32) == (fields[i].name[k] & ~32))
      k++;
    if (k == name.n && fields[i].name[k] == '\0') return fields[i].stale;
  }
  return 0;
}

enum { DEPTH = 32, NAME = 16 };

/* A field whose end was not met yet. */
struct field {
  xmlNode *begin;
  char name[NAME]; /* as far as it was read */
  size_t n;
  bool named; /* the name is complete */
  unsigned stale;
};

struct fields {
  struct arena *arena;
  struct field open[DEPTH];
  size_t depth; /* may be more than DEPTH: those are not looked at */
  unsigned stale;
};

/* A reference in a table of contents belongs to it. */
static void name_field(struct fields *f, struct field *k) {
  str name = {k->name, k->n}, shows;
  k->named = true;
  k->stale = stale_of(name);
  if (k->stale == STALE_REFERENCE && docx_reference(k->begin, f->arena, &shows))
    k->stale = STALE_SHOWN;
  bool inside = false;
  for (struct field *up = f->open; up < k; up++)
    inside = inside || (up->stale & (STALE_CONTENTS | STALE_INDEX)) != 0;
  if (!inside) f->stale |= k->stale;
}

/* The first word of the field's code, which may come in pieces. */
static void read_code(struct fields *f, str s) {
  struct field *k = f->depth > 0 && f->depth <= DEPTH ? &f->open[f->depth - 1] : NULL;
  for (size_t i = 0; k != NULL && !k->named && i < s.n; i++) {
    bool blank = s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r';
    if (blank && k->n == 0) continue;
    if (!blank && k->n < NAME) k->name[k->n++] = s.p[i];
    if (blank || k->n == NAME || k->name[0] == '=') name_field(f, k);
  }
}

static void begin_field(struct fields *f, xmlNode *begin) {
  if (f->depth++ < DEPTH) f->open[f->depth - 1] = (struct field){.begin = begin};
}

static void end_code(struct fields *f) {
  struct field *k = f->depth > 0 && f->depth <= DEPTH ? &f->open[f->depth - 1] : NULL;
  if (k != NULL && !k->named) name_field(f, k);
}

static void end_field(struct fields *f) {
  end_code(f);
  if (f->depth > 0) f->depth--;
}

static void read_char(struct fields *f, xmlNode *n) {
  str type = xml_attr(n, NS_W, "fldCharType");
  if (str_is(type, "begin")) begin_field(f, n);
  if (str_is(type, "separate")) end_code(f);
  if (str_is(type, "end")) end_field(f);
}

unsigned docx_stale(const xmlNode *root, struct arena *a) {
  struct fields f = {.arena = a};
  for (xmlNode *n = (xmlNode *)root; n != NULL; n = xml_walk(root, n, false)) {
    if (is_w(n, "fldChar")) read_char(&f, n);
    for (const xmlNode *k = is_w(n, "instrText") ? n->children : NULL; k != NULL; k = k->next)
      if (k->type == XML_TEXT_NODE) read_code(&f, str_of((const char *)k->content));
    if (!is_w(n, "fldSimple")) continue;
    begin_field(&f, n);
    read_code(&f, xml_attr(n, NS_W, "instr"));
    end_field(&f);
  }
  return f.stale;
}

/* ---- settings ---- */

/* The settings that stand behind updateFields (17.15.1.78), and whatever is of another
 * vocabulary. */
static bool stands_behind(const xmlNode *n) {
  static const char *const names[] = {"hdrShapeDefaults",
                                      "footnotePr",
                                      "endnotePr",
                                      "compat",
                                      "docVars",
                                      "rsids",
                                      "attachedSchema",
                                      "themeFontLang",
                                      "clrSchemeMapping",
                                      "doNotIncludeSubdocsInStats",
                                      "doNotAutoCompressPictures",
                                      "forceUpgrade",
                                      "captions",
                                      "readModeInkLockDown",
                                      "smartTagType",
                                      "shapeDefaults",
                                      "doNotEmbedSmartTags",
                                      "decimalSymbol",
                                      "listSeparator"};
  for (size_t i = 0; i < COUNT(names); i++)
    if (is_w(n, names[i])) return true;
  return n->ns == NULL || !xml_is(n, NS_W, (const char *)n->name);
}

/* Where the namespace has no prefix no attribute can be in it, and none is needed: it is true
 * unless it says otherwise (17.17.4). */
bool docx_refresh(xmlNode *root, bool *changed) {
  if (!is_w(root, "settings") || xml_child(root, NS_W, "updateFields") != NULL) return true;
  xmlNode *update = xml_element(root, "updateFields"), *k = xml_first_element(root);
  if (update == NULL) return false;
  while (k != NULL && !stands_behind(k)) k = xml_next_element(k);
  if (k != NULL)
    xml_insert_before(k, update);
  else
    xml_append(root, update);
  *changed = true;
  return root->ns->prefix == NULL || xml_set_attr(update, root->ns, "val", STR("true"));
}

static bool update_settings(struct docx_state *s, size_t entry, struct findings *fs) {
  struct xml x = {.doc = NULL};
  bool changed = false, ok = entries_parse(&s->entries, entry, XML_PLAIN, &x, fs);
  xmlNode *root = ok ? xmlDocGetRootElement(x.doc) : NULL;
  if (ok && !docx_refresh(root, &changed)) ok = finding(fs, CODE_MEMORY, NULL, NULL, STR(""));
  if (changed) ok = ok && entries_dump(&s->entries, entry, &x, fs);
  xml_free(&x);
  return ok;
}

/* ---- settings that are not there ---- */

/* "word/settings.xml", or with a number when there is such an entry. */
static str new_name(struct docx_state *s, str main) {
  struct arena *a = s->entries.arena;
  size_t folder = main.n;
  while (folder > 0 && main.p[folder - 1] != '/') folder--;
  str name = STR_NONE;
  for (char n = '1'; n <= '9'; n++) {
    str digit = n == '1' ? STR("") : (str){&n, 1};
    name = arena_join(a, (str[]){str_sub(main, 0, folder), STR("settings"), digit, STR(".xml")}, 4);
    if (docx_find_part(s->entries.pack, name) < 0) break;
  }
  return name;
}

/* Adds an element with these attributes to the end of the root. */
static bool add_line(struct docx_state *s, size_t entry, const char *local,
                     const char *const names[], const str values[], size_t n, struct findings *fs) {
  struct xml x = {.doc = NULL};
  bool ok = entries_parse(&s->entries, entry, XML_PLAIN, &x, fs);
  xmlNode *root = ok ? xmlDocGetRootElement(x.doc) : NULL;
  xmlNode *line = ok ? xml_element(root, local) : NULL;
  for (size_t i = 0; line != NULL && i < n; i++) xml_set_attr(line, NULL, names[i], values[i]);
  if (line != NULL) xml_append(root, line);
  ok = ok && (line != NULL || finding(fs, CODE_MEMORY, NULL, NULL, STR(""))) &&
       entries_dump(&s->entries, entry, &x, fs);
  xml_free(&x);
  return ok;
}

static bool relate(struct docx_state *s, str main, str name, struct findings *fs) {
  static const char *const names[] = {"Id", "Type", "Target"};
  struct arena *a = s->entries.arena;
  str rels = docx_rels_of(a, main), id = STR("rIdSettings");
  ptrdiff_t entry = docx_find_part(s->entries.pack, rels);
  while (docx_rel_of(s, s->parts[0].entry, id) != NULL)
    id = arena_join(a, (str[]){id, STR("_")}, 2);
  str type = s->strict ? STR(TYPES_STRICT) : STR(TYPES_TRANS);
  str target = arena_join(a, (str[]){STR("/"), name}, 2);
  if (entry >= 0)
    return add_line(s, (size_t)entry, "Relationship", names, (str[]){id, type, target}, 3, fs);
  str all = arena_join(
      a,
      (str[]){STR("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
                  "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/"
                  "relationships\"><Relationship Id=\""),
              id, STR("\" Type=\""), type, STR("\" Target=\""), target,
              STR("\"/></Relationships>")},
      7);
  return entries_add(&s->entries, rels, all, fs);
}

static bool make_settings(struct docx_state *s, struct findings *fs) {
  static const char *const names[] = {"PartName", "ContentType"};
  struct arena *a = s->entries.arena;
  str main = pack_name(s->entries.pack, s->parts[0].entry), name = new_name(s, main);
  str all = arena_join(a,
                       (str[]){STR("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
                                   "<w:settings xmlns:w=\""),
                               s->strict ? STR(MAIN_STRICT) : STR(MAIN_TRANS),
                               STR("\"><w:updateFields w:val=\"true\"/></w:settings>")},
                       3);
  str part = arena_join(a, (str[]){STR("/"), name}, 2);
  return entries_add(&s->entries, name, all, fs) && relate(s, main, name, fs) &&
         add_line(s, s->types, "Override", names, (str[]){part, STR(CONTENT_TYPE)}, 2, fs);
}

bool docx_refresh_package(void *state, struct findings *fs) {
  struct docx_state *s = state;
  for (size_t i = 0; i < s->nrels; i++) {
    const struct docx_rel *r = &s->rels[i];
    if (r->owner == s->parts[0].entry && r->inside && str_ends(r->type, STR("/settings")))
      return update_settings(s, r->target, fs);
  }
  return make_settings(s, fs);
}
