/* What a report refers to beyond its template: relationships and content types (ECMA-376 part 2,
 * 6.5 and 6.2.3) of copies of parts, of new pictures, and of addresses that were put together.
 *
 * The parts that list these are not programs: what comes last in the package decides what they
 * hold.  New rows go behind the old ones; relationships whose address held tags are taken out.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "flavour/docx.h"

#define NS_RELS "http://schemas.openxmlformats.org/package/2006/relationships"

/* ---- a root that gets more children ---- */

struct root {
  str head, tail;
  str prefix; /* of its name: "" or "x:" */
  str name;   /* set when it has no end tag: <Relationships …/> */
};

static bool name_ends(char c) { return strchr(" \t\r\n/>", c) != NULL; }

/* A root without children: its name is the first that is no declaration. */
static bool split_empty(str bytes, struct root *r) {
  size_t at = 0, end = bytes.n;
  while (end > 1 && !(bytes.p[end - 2] == '/' && bytes.p[end - 1] == '>')) end--;
  while (at + 1 < bytes.n && !(bytes.p[at] == '<' && strchr("?!", bytes.p[at + 1]) == NULL)) at++;
  if (end < 2 || at + 1 >= end) return false;
  size_t to = ++at;
  while (to < end && !name_ends(bytes.p[to])) to++;
  *r = (struct root){.head = str_sub(bytes, 0, end - 2),
                     .tail = str_sub(bytes, end, bytes.n),
                     .name = str_sub(bytes, at, to)};
  size_t colon = str_find(r->name, STR(":"), 0);
  r->prefix = colon != STR_NOT_FOUND ? str_sub(r->name, 0, colon + 1) : STR("");
  return true;
}

bool docx_root_end(str bytes, size_t *at, str *prefix) {
  size_t end = bytes.n;
  while (end > 1 && !(bytes.p[end - 2] == '<' && bytes.p[end - 1] == '/')) end--;
  if (end < 2) return false;
  *at = end - 2;
  size_t colon = end;
  while (colon < bytes.n && bytes.p[colon] != ':' && bytes.p[colon] != '>') colon++;
  bool prefixed = colon < bytes.n && bytes.p[colon] == ':';
  *prefix = prefixed ? str_sub(bytes, end, colon + 1) : STR("");
  return true;
}

static bool split(str bytes, struct root *r) {
  size_t at;
  *r = (struct root){.name = STR_NONE};
  if (!docx_root_end(bytes, &at, &r->prefix)) return split_empty(bytes, r);
  r->head = str_sub(bytes, 0, at);
  r->tail = str_sub(bytes, at, bytes.n);
  return true;
}

static void put_head(const struct root *r, struct buf *out) {
  buf_put(out, r->head);
  if (r->name.n != 0) buf_puts(out, ">");
}

static bool put_tail(const struct root *r, struct buf *out) {
  if (r->name.n != 0) {
    buf_puts(out, "</");
    buf_put(out, r->name);
    buf_puts(out, ">");
  }
  return buf_put(out, r->tail);
}

static void put_attr(struct buf *out, const char *name, str value) {
  buf_puts(out, " ");
  buf_puts(out, name);
  buf_puts(out, "=\"");
  xml_escape(out, value, true);
  buf_puts(out, "\"");
}

static void begin(struct buf *out, str prefix, const char *name) {
  buf_puts(out, "<");
  buf_put(out, prefix);
  buf_puts(out, name);
}

/* ---- relationships ---- */

static void put_relationship(const struct docx_rel *r, const struct part_copy *c, str prefix,
                             struct buf *out) {
  begin(out, prefix, "Relationship");
  put_attr(out, "Id", c->ref);
  put_attr(out, "Type", r->type);
  buf_puts(out, " Target=\"/");
  xml_escape(out, c->name, true);
  buf_puts(out, "\"/>");
}

str docx_relation_id(const void *state, enum target_kind kind, uint32_t number, struct arena *a) {
  const struct docx_state *s = state;
  str stem = arena_join(a, (str[]){s->ids, kind == TARGET_PICTURE ? STR("P") : STR("L")}, 2);
  return shared_numbered(stem, (uint64_t)number + 1, STR(""), a);
}

static void put_relation(const struct docx_state *s, const struct new_relation *r, str prefix,
                         struct buf *out) {
  begin(out, prefix, "Relationship Id=\"");
  buf_put(out, s->ids);
  buf_puts(out, r->kind == TARGET_PICTURE ? "P" : "L");
  buf_put_u64(out, (uint64_t)r->number + 1);
  buf_puts(out, "\" Type=\"");
  xml_escape(out, s->rel_types, true);
  buf_puts(out, r->kind == TARGET_PICTURE ? "image\" Target=\"/" : "hyperlink\" Target=\"");
  xml_escape(out, r->target, true);
  buf_puts(out, r->kind == TARGET_PICTURE ? "\"/>" : "\" TargetMode=\"External\"/>");
}

str docx_relations_of(const struct pack *p, size_t entry, str owner, struct arena *a, bool *there) {
  *there = docx_find_part(p, docx_rels_of(a, pack_name(p, entry))) >= 0;
  return docx_rels_of(a, owner);
}

/* Is `name` the relationships part of the part `owner`: folder/_rels/name.rels? */
static bool is_rels_of(str name, str owner) {
  size_t folder = owner.n, n = strlen("_rels/"), m = strlen(".rels");
  while (folder > 0 && owner.p[folder - 1] != '/') folder--;
  str base = str_sub(owner, folder, owner.n);
  return name.n == owner.n + n + m && str_eq(str_sub(name, 0, folder), str_sub(owner, 0, folder)) &&
         str_is(str_sub(name, folder, folder + n), "_rels/") &&
         str_eq(str_sub(name, folder + n, folder + n + base.n), base) &&
         str_ends(name, STR(".rels"));
}

/* ---- content types ---- */

/* The content type that a part has by an override of its own in these bytes. */
static bool override_of(str bytes, str part, str *type) {
  size_t at = 0;
  while ((at = str_find(bytes, STR("PartName=\"/"), at)) != STR_NOT_FOUND) {
    at += strlen("PartName=\"/");
    if (!str_starts(str_sub(bytes, at, bytes.n), part) || at + part.n >= bytes.n ||
        bytes.p[at + part.n] != '"')
      continue;
    size_t from = at, to = at;
    while (from > 0 && bytes.p[from] != '<') from--;
    while (to < bytes.n && bytes.p[to] != '>') to++;
    str element = str_sub(bytes, from, to);
    size_t value = str_find(element, STR("ContentType=\""), 0);
    if (value == STR_NOT_FOUND) return false;
    value += strlen("ContentType=\"");
    size_t end = str_find(element, STR("\""), value);
    *type = str_sub(element, value, end);
    return true;
  }
  return false;
}

static void put_override(const struct pack *p, str bytes, const struct part_copy *c, str prefix,
                         struct buf *out) {
  str type;
  if (!override_of(bytes, pack_name(p, c->entry), &type)) return;
  begin(out, prefix, "Override PartName=\"/");
  xml_escape(out, c->name, true);
  buf_puts(out, "\" ContentType=\"");
  buf_put(out, type);
  buf_puts(out, "\"/>");
}

static bool same_ending(str a, str b) {
  size_t k = 0;
  while (k < a.n && k < b.n && (a.p[k] | 32) == (b.p[k] | 32)) k++;
  return a.n == b.n && k == a.n;
}

/* The type that the template gives to all parts with this ending, or empty. */
static str default_type(const struct docx_state *s, str ending) {
  for (size_t i = 0; i < s->ndefaults; i++)
    if (same_ending(s->defaults[i].ending, ending)) return s->defaults[i].type;
  return STR_NONE;
}

/* A type for the ending, once; for the picture alone where the template means another by it. */
static void put_type(const struct docx_state *s, const struct new_picture *pictures, size_t i,
                     str prefix, struct buf *out) {
  const struct new_picture *p = &pictures[i];
  str ending = str_sub(p->ending, 1, p->ending.n), known = default_type(s, ending);
  bool first = true;
  for (size_t k = 0; k < i && first; k++) first = !str_eq(pictures[k].ending, p->ending);
  if (str_eq(known, p->media) || (known.n == 0 && !first)) return;
  begin(out, prefix, known.n == 0 ? "Default" : "Override");
  if (known.n == 0)
    put_attr(out, "Extension", ending);
  else {
    buf_puts(out, " PartName=\"/");
    xml_escape(out, p->name, true);
    buf_puts(out, "\"");
  }
  put_attr(out, "ContentType", p->media);
  buf_puts(out, "/>");
}

static void put_types(const struct docx_state *s, const struct pack *p, str bytes,
                      const struct additions *add, str prefix, struct buf *out) {
  for (size_t i = 0; i < add->ncopies; i++) put_override(p, bytes, &add->copies[i], prefix, out);
  for (size_t i = 0; i < add->npictures; i++) put_type(s, add->pictures, i, prefix, out);
}

/* ---- what concerns one listing ---- */

static bool drops(const struct docx_state *s, ptrdiff_t entry, const struct dropped_link *d) {
  const struct docx_rel *r = docx_rel_of(s, d->owner, d->id);
  return r != NULL && (ptrdiff_t)r->rels == entry;
}

static bool copies(const struct docx_state *s, ptrdiff_t entry, const struct part_copy *c) {
  const struct docx_rel *r = docx_rel_of(s, c->owner, c->from);
  return r != NULL && (ptrdiff_t)r->rels == entry;
}

static bool concerned(const struct docx_state *s, ptrdiff_t entry, str name,
                      const struct additions *add) {
  if (entry == (ptrdiff_t)s->types) return add->ncopies != 0 || add->npictures != 0;
  for (size_t i = 0; i < add->ndropped; i++)
    if (drops(s, entry, &add->dropped[i])) return true;
  for (size_t i = 0; i < add->ncopies; i++)
    if (copies(s, entry, &add->copies[i])) return true;
  for (size_t i = 0; i < add->nrelations; i++)
    if (is_rels_of(name, add->relations[i].owner)) return true;
  return false;
}

static bool is_dropped(const struct docx_state *s, ptrdiff_t entry, str id,
                       const struct additions *add) {
  for (size_t i = 0; i < add->ndropped; i++)
    if (str_eq(add->dropped[i].id, id) && drops(s, entry, &add->dropped[i])) return true;
  return false;
}

/* The bytes without the relationships that no report has. */
static bool without_dropped(const struct docx_state *s, ptrdiff_t entry, str bytes,
                            const struct additions *add, struct buf *out) {
  struct findings *quiet = findings_new();
  struct place nowhere = {.file = STR("")};
  struct xml x = {.doc = NULL};
  bool ok = quiet != NULL && xml_parse(&x, bytes, XML_PLAIN, &nowhere, quiet);
  xmlNode *root = ok ? xmlDocGetRootElement(x.doc) : NULL;
  for (xmlNode *k = root != NULL ? xml_first_element(root) : NULL, *next; k != NULL; k = next) {
    next = xml_next_element(k);
    if (is_dropped(s, entry, xml_attr(k, NULL, "Id"), add)) xml_remove(k);
  }
  ok = ok && xml_dump(&x, out);
  xml_free(&x);
  findings_free(quiet);
  return ok;
}

static void put_rows(const struct docx_state *s, const struct pack *p, ptrdiff_t entry, str name,
                     str bytes, const struct additions *add, str prefix, struct buf *out) {
  if (entry == (ptrdiff_t)s->types) {
    put_types(s, p, bytes, add, prefix, out);
    return;
  }
  for (size_t i = 0; i < add->ncopies; i++) {
    const struct part_copy *c = &add->copies[i];
    if (copies(s, entry, c)) put_relationship(docx_rel_of(s, c->owner, c->from), c, prefix, out);
  }
  for (size_t i = 0; i < add->nrelations; i++)
    if (is_rels_of(name, add->relations[i].owner)) put_relation(s, &add->relations[i], prefix, out);
}

bool docx_with_relations(const struct docx_state *s, const struct pack *p, ptrdiff_t entry,
                         str name, str bytes, const struct additions *add, struct buf *out) {
  struct root r;
  struct buf kept;
  if (!concerned(s, entry, name, add)) return false;
  if (entry < 0)
    bytes = STR("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
                "<Relationships xmlns=\"" NS_RELS "\"></Relationships>");
  buf_init(&kept, LIMIT_XML_PART);
  bool ok = add->ndropped == 0 || entry < 0 || without_dropped(s, entry, bytes, add, &kept);
  if (ok && kept.n != 0) bytes = buf_str(&kept);
  ok = ok && split(bytes, &r);
  if (ok) {
    put_head(&r, out);
    put_rows(s, p, entry, name, bytes, add, r.prefix, out);
    ok = put_tail(&r, out);
  }
  buf_free(&kept);
  if (!ok) out->failed = true;
  return ok;
}
