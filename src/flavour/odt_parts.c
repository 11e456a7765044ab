/* The parts of an OpenDocument text package (ODF 1.3 part 2).
 *
 * What the document is, and whether it is encrypted or signed, stands in the manifest; the text
 * in content.xml, styles.xml and meta.xml, and in those of embedded charts (objects listed in
 * the manifest).  The nodes in the parts are odt.c.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "flavour/odt.h"
#include "flavour/shared.h"

#define N_(s) (s)

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define ODT "application/vnd.oasis.opendocument.text"

struct opening {
  struct pack *p;
  struct arena *a;
  struct odt_state *s;
  struct findings *fs;
  size_t cap;
  unsigned charts;
};

bool odt_recognise(const struct pack *p) {
  return pack_find(p, STR("META-INF/manifest.xml")) >= 0 || pack_find(p, STR("mimetype")) >= 0;
}

static bool refuse(struct opening *o, enum code code, str what) {
  struct place place = {.file = pack_path(o->p)};
  return finding(o->fs, code, &place, NULL, what);
}

static bool add_part(struct opening *o, str name, enum story story, unsigned number,
                     bool optional) {
  ptrdiff_t entry = pack_find(o->p, name);
  if (entry < 0) return true;
  struct flavour_part *p = arena_grow(o->a, o->s->parts, &o->s->nparts, &o->cap, sizeof *p);
  if (p == NULL) return refuse(o, CODE_MEMORY, STR(""));
  o->s->parts = p - (o->s->nparts - 1);
  *p = (struct flavour_part){
      .entry = (size_t)entry, .story = story, .number = number, .optional = optional};
  return true;
}

/* What the package is, by its media type. */
static str foreign_kind(str type) {
  static const struct {
    const char *type, *kind;
  } kinds[] = {{"application/vnd.oasis.opendocument.spreadsheet", N_("a Calc spreadsheet")},
               {"application/vnd.oasis.opendocument.presentation", N_("an Impress presentation")},
               {"application/vnd.oasis.opendocument.graphics", N_("a Draw drawing")},
               {"application/vnd.oasis.opendocument.text-master", N_("a Writer master document")},
               {"application/vnd.oasis.opendocument.text-web", N_("a Writer web page")},
               {"application/vnd.oasis.opendocument.formula", N_("a formula")},
               {"application/vnd.oasis.opendocument.chart", N_("a chart")},
               {"application/vnd.sun.xml.writer", N_("an OpenOffice 1 document (.sxw)")},
               {"application/epub+zip", N_("an e-book")}};
  for (size_t i = 0; i < COUNT(kinds); i++)
    if (str_starts(type, str_of(kinds[i].type))) return str_of(kinds[i].kind);
  return STR(N_("an OpenDocument package of another kind"));
}

static bool read_mimetype(struct opening *o, str *type) {
  ptrdiff_t entry = pack_find(o->p, STR("mimetype"));
  if (entry < 0) return true;
  struct buf b;
  buf_init(&b, 4096);
  bool ok = pack_read(o->p, (size_t)entry, 4096, &b, o->fs);
  *type = arena_dup(o->a, str_trim(buf_str(&b)));
  o->s->mimetype = (size_t)entry;
  o->s->has_mimetype = true;
  buf_free(&b);
  return ok;
}

static bool manifest_entry(struct opening *o, xmlNode *k, str *type) {
  str path = xml_attr(k, NS_MANIFEST, "full-path"), media = xml_attr(k, NS_MANIFEST, "media-type");
  if (xml_child(k, NS_MANIFEST, "encryption-data") != NULL)
    return refuse(o, CODE_ENCRYPTED, STR("OpenDocument"));
  if (str_is(path, "/") && type->n == 0) *type = arena_dup(o->a, media);
  struct odt_state *s = o->s;
  if (str_find(path, STR("/"), 0) != STR_NOT_FOUND && path.n > 1) {
    struct odt_listed *l = arena_grow(o->a, s->listed, &s->nlisted, &s->listed_cap, sizeof *l);
    if (l == NULL) return refuse(o, CODE_MEMORY, STR(""));
    s->listed = l - (s->nlisted - 1);
    *l = (struct odt_listed){arena_dup(o->a, path), arena_dup(o->a, media)};
  }
  bool chart = str_starts(media, STR("application/vnd.oasis.opendocument.chart")) &&
               str_ends(path, STR("/"));
  if (!chart) return true;
  str name = arena_join(o->a, (str[]){path, STR("content.xml")}, 2);
  return add_part(o, name, STORY_CHART, ++o->charts, true);
}

/* .ott → .odt: the media type of the package changes in both places. */
static bool become_document(struct opening *o, struct xml *x) {
  xmlNode *root = xmlDocGetRootElement(x->doc);
  for (xmlNode *k = xml_first_element(root); k != NULL; k = xml_next_element(k)) {
    xmlAttr *attr = xml_attr_node(k, NS_MANIFEST, "media-type");
    if (attr == NULL || !str_is(xml_attr(k, NS_MANIFEST, "full-path"), "/")) continue;
    if (!xml_set_attr(k, attr->ns, "media-type", STR(ODT))) return refuse(o, CODE_MEMORY, STR(""));
  }
  struct odt_state *s = o->s;
  return entries_dump(&s->entries, s->manifest, x, o->fs) &&
         (!s->has_mimetype || entries_replace(&s->entries, s->mimetype, STR(ODT), o->fs));
}

static bool read_manifest(struct opening *o, str *type) {
  ptrdiff_t entry = pack_find(o->p, STR("META-INF/manifest.xml"));
  if (entry < 0) return refuse(o, CODE_MISSING_PART, STR("META-INF/manifest.xml"));
  o->s->manifest = (size_t)entry;
  struct buf b;
  struct xml x = {.doc = NULL};
  struct place place = {.file = pack_path(o->p), .part = pack_name(o->p, (size_t)entry)};
  buf_init(&b, LIMIT_XML_PART);
  bool ok = pack_read(o->p, (size_t)entry, LIMIT_XML_PART, &b, o->fs) &&
            xml_parse(&x, buf_str(&b), XML_OLD_DOCTYPE, &place, o->fs);
  buf_free(&b);
  const xmlNode *root = ok ? xmlDocGetRootElement(x.doc) : NULL;
  for (xmlNode *k = root != NULL ? xml_first_element(root) : NULL; ok && k != NULL;
       k = xml_next_element(k))
    ok = manifest_entry(o, k, type);
  if (ok && !str_is(*type, ODT) && !str_is(*type, ODT "-template"))
    ok = refuse(o, CODE_NOT_TEXT_DOCUMENT, foreign_kind(*type));
  if (ok && str_is(*type, ODT "-template")) ok = become_document(o, &x);
  xml_free(&x);
  return ok;
}

bool odt_open(struct pack *p, struct arena *a, void **state, struct findings *fs) {
  struct opening o = {.p = p, .a = a, .fs = fs, .s = ARENA_NEW(a, struct odt_state)};
  if (o.s == NULL) return finding(fs, CODE_MEMORY, NULL, NULL, STR(""));
  *state = o.s;
  o.s->pack = p;
  o.s->entries = (struct entries){.pack = p, .arena = a};
  o.s->pictures = shared_free_stem(p, STR("Pictures/"), STR("picture"), a);
  str type = STR_NONE;
  if (pack_find(p, STR("META-INF/documentsignatures.xml")) >= 0)
    return refuse(&o, CODE_SIGNED, STR(""));
  if (!add_part(&o, STR("content.xml"), STORY_BODY, 1, false)) return false;
  if (!read_mimetype(&o, &type) || !read_manifest(&o, &type)) return false;
  if (pack_find(p, STR("content.xml")) < 0)
    return refuse(&o, CODE_MISSING_PART, STR("content.xml"));
  return add_part(&o, STR("styles.xml"), STORY_OTHER, 1, false) &&
         add_part(&o, STR("meta.xml"), STORY_PROPERTY, 1, true) && odt_find_sources(p, a, o.s);
}

/* ---- copies of embedded objects ---- */

ptrdiff_t odt_object(const struct odt_state *s, str href) {
  if (str_starts(href, STR("./"))) href = str_sub(href, 2, href.n);
  for (size_t i = 0; href.n != 0 && i < s->nparts; i++) {
    str name = pack_name(s->pack, s->parts[i].entry);
    if (s->parts[i].story == STORY_CHART && name.n > href.n && str_starts(name, href) &&
        str_is(str_sub(name, href.n, name.n), "/content.xml"))
      return (ptrdiff_t)s->parts[i].entry;
  }
  return -1;
}

bool odt_tells(const void *state, size_t entry) {
  return entry == ((const struct odt_state *)state)->manifest;
}

/* "Object 1/content.xml" → "Object 1_2/content.xml" */
str odt_copy_name(str part, str mark, struct arena *a) {
  size_t slash = str_find(part, STR("/"), 0);
  if (slash == STR_NOT_FOUND) slash = part.n;
  return arena_join(a, (str[]){str_sub(part, 0, slash), mark, str_sub(part, slash, part.n)}, 3);
}

/* The part of a name that is its object's folder, with the slash. */
static str folder_of(str name) {
  size_t slash = str_find(name, STR("/"), 0);
  return slash == STR_NOT_FOUND ? STR("") : str_sub(name, 0, slash + 1);
}

static void put_listed(const struct odt_listed *l, str from, str to, str prefix, struct buf *out) {
  buf_puts(out, "<");
  buf_put(out, prefix);
  buf_puts(out, "file-entry ");
  buf_put(out, prefix);
  buf_puts(out, "full-path=\"");
  xml_escape(out, to, true);
  xml_escape(out, str_sub(l->path, from.n, l->path.n), true);
  buf_puts(out, "\" ");
  buf_put(out, prefix);
  buf_puts(out, "media-type=\"");
  xml_escape(out, l->media, true);
  buf_puts(out, "\"/>");
}

/* Pictures/picture1.png */
str odt_picture_name(const void *state, size_t nth, str ending, struct arena *a) {
  return shared_numbered(((const struct odt_state *)state)->pictures, nth + 1, ending, a);
}

/* LibreOffice refuses a package with an entry that its manifest does not list. */
bool odt_with_additions(const void *state, const struct pack *p, ptrdiff_t entry, str name,
                        str bytes, const struct additions *add, struct buf *out) {
  const struct odt_state *s = state;
  const struct part_copy *copies = add->copies;
  size_t end = bytes.n;
  (void)name;
  if (entry != (ptrdiff_t)s->manifest || add->ncopies + add->npictures == 0) return false;
  while (end > 1 && !(bytes.p[end - 2] == '<' && bytes.p[end - 1] == '/')) end--;
  if (end < 2) return false;
  size_t colon = str_find(bytes, STR(":"), end), close = str_find(bytes, STR(">"), end);
  str prefix = colon < close ? str_sub(bytes, end, colon + 1) : STR("");
  buf_put(out, str_sub(bytes, 0, end - 2));
  for (size_t i = 0; i < add->ncopies; i++) {
    str from = folder_of(pack_name(p, copies[i].entry)), to = folder_of(copies[i].name);
    for (size_t k = 0; k < s->nlisted; k++)
      if (str_starts(s->listed[k].path, from)) put_listed(&s->listed[k], from, to, prefix, out);
  }
  for (size_t i = 0; i < add->npictures; i++) {
    const struct odt_listed l = {add->pictures[i].name, add->pictures[i].media};
    put_listed(&l, STR(""), STR(""), prefix, out);
  }
  return buf_put(out, str_sub(bytes, end - 2, bytes.n));
}

/* Everything else in the object's folder. */
bool odt_copied_along(const void *state, const struct pack *p, const struct part_copy *copy,
                      size_t nth, struct arena *a, size_t *entry, str *name) {
  (void)state;
  str from = folder_of(pack_name(p, copy->entry)), to = folder_of(copy->name);
  for (size_t i = 0; i < pack_count(p); i++) {
    str s = pack_name(p, i);
    if (i == copy->entry || !str_starts(s, from) || nth-- != 0) continue;
    *entry = i;
    *name = arena_join(a, (str[]){to, str_sub(s, from.n, s.n)}, 2);
    return true;
  }
  return false;
}
