/* What a Word document has one value of: variables (ECMA-376 part 1, 17.15.1.31), properties (part 1,
 * 22.2, 22.3) and the XML parts that content controls are bound to (17.5.2.6).
 *
 * Fields show copies of them.  Here they are read before the stories, so that a copy can be made
 * new, and adopted after them, so that what was filled into a copy is in its source too.
 */
#include "base/mem.h"
#include "flavour/docx.h"
#include "flavour/shared.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define N_(s)    (s)

#define NS_CUSTOM                                                             \
  "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties\n" \
  "http://purl.oclc.org/ooxml/officeDocument/customProperties"
#define NS_CORE "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
#define NS_APP                                                                  \
  "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\n" \
  "http://purl.oclc.org/ooxml/officeDocument/extendedProperties"
#define NS_ITEM                                                       \
  "http://schemas.openxmlformats.org/officeDocument/2006/customXml\n" \
  "http://purl.oclc.org/ooxml/officeDocument/customXml"
/* The stores of the core and the extended properties have fixed ids. */
#define CORE_ID "{6C3C8BC8-F283-45AE-878A-BAB7291924A1}"
#define APP_ID  "{6668398D-A668-4E3E-A5EB-62B293D839F1}"

/* ---- reading ---- */

static str text_of(const xmlNode *n) {
  const xmlNode *k = n->children;
  bool one = k != NULL && k->next == NULL && k->type == XML_TEXT_NODE;
  return one ? str_of((const char *)k->content) : STR("");
}

static bool keep_value(struct docx_state *s, struct arena *a, bool variable, str name, str text) {
  struct docx_value *v = arena_grow(a, s->values, &s->nvalues, &s->values_cap, sizeof *v);
  if (v == NULL) return false;
  s->values = v - (s->nvalues - 1);
  *v = (struct docx_value){variable, arena_dup(a, name), arena_dup(a, text)};
  return v->name.p != NULL && v->text.p != NULL;
}

static bool read_variables(struct docx_state *s, struct arena *a, const xmlNode *root) {
  const xmlNode *all = xml_child(root, NS_W, "docVars");
  for (xmlNode *k = all != NULL ? xml_first_element(all) : NULL; k != NULL; k = xml_next_element(k))
    if (!keep_value(s, a, true, xml_attr(k, NS_W, "name"), xml_attr(k, NS_W, "val"))) return false;
  s->settings_known = all != NULL || xml_child(root, NS_W, "mailMerge") != NULL;
  return true;
}

/* Properties that are text; dates and numbers are shown in forms of their own. */
static bool read_custom(struct docx_state *s, struct arena *a, const xmlNode *root) {
  for (xmlNode *k = xml_first_element(root); k != NULL; k = xml_next_element(k)) {
    const xmlNode *v = xml_first_element(k);
    bool text = v != NULL && (strcmp((const char *)v->name, "lpwstr") == 0 ||
                              strcmp((const char *)v->name, "lpstr") == 0);
    if (text && !keep_value(s, a, false, xml_attr(k, NULL, "name"), text_of(v))) return false;
  }
  return true;
}

/* The names that DOCPROPERTY has for them. */
static bool read_known(struct docx_state *s, struct arena *a, const xmlNode *root) {
  static const char *const names[][2] = {{"title", "Title"},       {"subject", "Subject"},
                                         {"keywords", "Keywords"}, {"description", "Comments"},
                                         {"category", "Category"}, {"Company", "Company"},
                                         {"Manager", "Manager"}};
  for (xmlNode *k = xml_first_element(root); k != NULL; k = xml_next_element(k))
    for (size_t i = 0; i < COUNT(names); i++)
      if (strcmp((const char *)k->name, names[i][0]) == 0 &&
          !keep_value(s, a, false, str_of(names[i][1]), text_of(k)))
        return false;
  return true;
}

static bool read_properties(struct pack *p, struct arena *a, struct docx_state *s, size_t entry) {
  struct xml x = {.doc = NULL};
  bool ok = true;
  if (!shared_read(p, entry, &x)) return true;
  const xmlNode *root = xmlDocGetRootElement(x.doc);
  if (xml_is(root, NS_CUSTOM, "Properties")) {
    s->custom = entry, s->custom_known = true;
    ok = read_custom(s, a, root);
  } else {
    bool core = xml_is(root, NS_CORE, "coreProperties"), app = xml_is(root, NS_APP, "Properties");
    if (core) s->core = entry, s->core_known = true;
    if (app) s->app = entry, s->app_known = true;
    ok = (!core && !app) || read_known(s, a, root);
  }
  xml_free(&x);
  return ok;
}

/* The item id of a custom XML part stands in a part of its own (22.5.2.2 itemID). */
static bool read_store(struct pack *p, struct arena *a, struct docx_state *s, size_t entry) {
  str name = pack_name(p, entry);
  ptrdiff_t rels = docx_find_part(p, docx_rels_of(a, name)), props = -1;
  struct xml x = {.doc = NULL};
  if (rels < 0 || !shared_read(p, (size_t)rels, &x)) return true;
  for (xmlNode *k = xml_first_element(xmlDocGetRootElement(x.doc)); k != NULL && props < 0;
       k = xml_next_element(k))
    if (str_ends(xml_attr(k, NULL, "Type"), STR("/customXmlProps")))
      props = docx_find_part(p, docx_resolve(a, name, xml_attr(k, NULL, "Target")));
  xml_free(&x);
  if (props < 0 || !shared_read(p, (size_t)props, &x)) return true;
  str id = arena_dup(a, xml_attr(xmlDocGetRootElement(x.doc), NS_ITEM, "itemID"));
  xml_free(&x);
  struct docx_store *st = arena_grow(a, s->stores, &s->nstores, &s->stores_cap, sizeof *st);
  if (st == NULL) return false;
  s->stores = st - (s->nstores - 1);
  *st = (struct docx_store){entry, id};
  return true;
}

static bool read_settings(struct pack *p, struct arena *a, struct docx_state *s, size_t entry) {
  struct xml x = {.doc = NULL};
  if (!shared_read(p, entry, &x)) return true;
  s->settings = entry;
  bool ok = read_variables(s, a, xmlDocGetRootElement(x.doc));
  xml_free(&x);
  return ok;
}

bool docx_find_stores(struct pack *p, struct arena *a, struct docx_state *s) {
  s->pack = p;
  s->bindings = ARENA_NEW(a, struct docx_bindings);
  bool ok = s->bindings != NULL;
  for (size_t i = 0; ok && i < s->nparts; i++)
    if (s->parts[i].story == STORY_PROPERTY) ok = read_properties(p, a, s, s->parts[i].entry);
  for (size_t i = 0; ok && i < s->nrels; i++) {
    const struct docx_rel *r = &s->rels[i];
    if (r->inside && str_ends(r->type, STR("/settings"))) ok = read_settings(p, a, s, r->target);
    if (r->inside && str_ends(r->type, STR("/customXml"))) ok = read_store(p, a, s, r->target);
  }
  return ok && !mem_failed();
}

static bool same_name(str a, str b) {
  for (size_t i = 0; i < a.n && i < b.n; i++) {
    char x = a.p[i], y = b.p[i];
    if (x >= 'A' && x <= 'Z') x = (char)(x | 32);
    if (y >= 'A' && y <= 'Z') y = (char)(y | 32);
    if (x != y) return false;
  }
  return a.n == b.n;
}

bool docx_source(const struct docx_state *s, bool variable, str name, str *text) {
  for (size_t i = 0; i < s->nvalues; i++)
    if (s->values[i].variable == variable && same_name(s->values[i].name, name)) {
      *text = s->values[i].text;
      return true;
    }
  return false;
}

/* ---- bound nodes ---- */

/* The namespace of a prefix: xmlns:ns0='urn:x' among others. */
static str namespace_of(str prefixes, str prefix) {
  for (size_t at = 0; (at = str_find(prefixes, STR("xmlns:"), at)) != STR_NOT_FOUND;) {
    at += strlen("xmlns:");
    str s = str_sub(prefixes, at, prefixes.n);
    if (!str_starts(s, prefix) || prefix.n + 1 >= s.n || s.p[prefix.n] != '=') continue;
    char quote = s.p[prefix.n + 1];
    size_t from = prefix.n + 2, end = from;
    while (end < s.n && s.p[end] != quote) end++;
    return str_sub(s, from, end);
  }
  return STR_NONE;
}

static bool is_name(str s) {
  for (size_t i = 0; i < s.n; i++)
    if (strchr("/[]()@*:|'\" =<>!,$", s.p[i]) != NULL) return false;
  return s.n != 0;
}

/* prefix:name[n] */
struct path_step {
  str prefix, local;
  size_t nth;
};

static bool read_step(str s, struct path_step *out) {
  size_t bracket = str_find(s, STR("["), 0), colon;
  *out = (struct path_step){.nth = 1};
  if (bracket != STR_NOT_FOUND) {
    out->nth = 0;
    for (size_t i = bracket + 1; i + 1 < s.n && out->nth < 1000000; i++) {
      if (s.p[i] < '0' || s.p[i] > '9') return false;
      out->nth = out->nth * 10 + (size_t)(s.p[i] - '0');
    }
    if (s.p[s.n - 1] != ']' || out->nth == 0) return false;
    s = str_sub(s, 0, bracket);
  }
  colon = str_find(s, STR(":"), 0);
  if (colon != STR_NOT_FOUND) out->prefix = str_sub(s, 0, colon);
  out->local = colon != STR_NOT_FOUND ? str_sub(s, colon + 1, s.n) : s;
  return is_name(out->local) && (colon == STR_NOT_FOUND || is_name(out->prefix));
}

static bool fits(const xmlNode *n, const struct path_step *step, str prefixes) {
  if (n->type != XML_ELEMENT_NODE || !str_is(step->local, (const char *)n->name)) return false;
  str href = n->ns != NULL ? str_of((const char *)n->ns->href) : STR("");
  return step->prefix.n == 0 ? href.n == 0 : str_eq(namespace_of(prefixes, step->prefix), href);
}

/* Follows the kind of path that Word writes, /ns0:a[1]/ns0:b[1]; *understood: it is one. */
static xmlNode *follow(xmlDoc *doc, str path, str prefixes, bool *understood) {
  xmlNode *n = (xmlNode *)doc;
  *understood = path.n > 1 && path.p[0] == '/' && path.p[path.n - 1] != '/';
  for (size_t at = 1; *understood && at < path.n;) {
    size_t end = str_find(path, STR("/"), at);
    struct path_step step;
    if (end == STR_NOT_FOUND) end = path.n;
    *understood = read_step(str_sub(path, at, end), &step);
    xmlNode *k = *understood && n != NULL ? n->children : NULL;
    for (size_t seen = 0; k != NULL; k = k->next)
      if (fits(k, &step, prefixes) && ++seen == step.nth) break;
    n = k;
    at = end + 1;
  }
  return n;
}

static bool store_of(const struct docx_state *s, str id, size_t *entry) {
  for (size_t i = 0; i < s->nstores; i++)
    if (same_name(s->stores[i].id, id)) return *entry = s->stores[i].entry, true;
  if (s->core_known && same_name(id, STR(CORE_ID))) return *entry = s->core, true;
  if (s->app_known && same_name(id, STR(APP_ID))) return *entry = s->app, true;
  return false;
}

/* The node is there, and may be filled. */
static bool target_exists(const struct docx_state *s, const struct docx_binding *b,
                          const char **why) {
  struct xml x = {.doc = NULL};
  bool understood;
  if (!shared_read(s->pack, b->entry, &x)) return false;
  const xmlNode *n = follow(x.doc, b->path, b->prefixes, &understood);
  bool leaf = n != NULL && xml_first_element(n) == NULL;
  xml_free(&x);
  if (!understood || (n != NULL && !leaf))
    *why = N_("it is bound to XML data by a path that is not understood");
  return n != NULL && leaf;
}

static const struct docx_binding *find_bound(const struct docx_state *s, size_t entry, str path) {
  for (size_t i = 0; i < s->bindings->n; i++)
    if (s->bindings->items[i].entry == entry && str_eq(s->bindings->items[i].path, path))
      return &s->bindings->items[i];
  return NULL;
}

const struct docx_binding *docx_bound(const struct docx_state *s, const xmlNode *binding) {
  size_t entry;
  bool there = store_of(s, xml_attr(binding, NS_W, "storeItemID"), &entry);
  return there ? find_bound(s, entry, xml_attr(binding, NS_W, "xpath")) : NULL;
}

bool docx_bind(const struct docx_state *s, const struct adoption *a, const xmlNode *binding,
               const struct native *n, str text, const char **why) {
  struct docx_binding b = {.path = arena_dup(a->arena, xml_attr(binding, NS_W, "xpath")),
                           .prefixes =
                               arena_dup(a->arena, xml_attr(binding, NS_W, "prefixMappings")),
                           .native_known = n != NULL,
                           .text = arena_dup(a->arena, text)};
  if (n != NULL) b.native = *n;
  b.native.store = true;
  if (!store_of(s, xml_attr(binding, NS_W, "storeItemID"), &b.entry)) return false;
  struct docx_bindings *all = s->bindings;
  const struct docx_binding *o = find_bound(s, b.entry, b.path);
  if (o != NULL) {
    bool same = o->native_known == b.native_known && str_eq(o->native.text, b.native.text) &&
                str_eq(o->text, b.text);
    if (!same) *why = N_("another control with another content is bound to the same XML data");
    return true;
  }
  if (!target_exists(s, &b, why)) return false;
  struct docx_binding *slot = arena_grow(a->arena, all->items, &all->n, &all->cap, sizeof *slot);
  if (slot == NULL) return false;
  all->items = slot - (all->n - 1);
  *slot = b;
  return true;
}

bool docx_wanted(const void *state, size_t entry) {
  const struct docx_state *s = state;
  bool wanted =
      (s->settings_known && entry == s->settings) || (s->custom_known && entry == s->custom);
  for (size_t i = 0; !wanted && i < s->bindings->n; i++)
    wanted = s->bindings->items[i].entry == entry;
  return wanted;
}

/* ---- adopting ---- */

static bool adopt_variable(const struct adoption *a, xmlNode *n) {
  str name = a->known(a->ctx, xml_attr(n, NS_W, "name"));
  xmlAttr *attr = xml_attr_node(n, NS_W, "val");
  struct native v = {.text = native_name(a, name, STR("")), .store = true};
  v.typed = arena_join(a->arena, (str[]){STR("DOCVARIABLE "), name}, 2);
  return name.n == 0 || attr == NULL || v.text.n == 0 || native_attr(a, attr, &v);
}

/* Whatever type it had, it is a text now. */
static bool adopt_custom(const struct adoption *a, xmlNode *n) {
  str name = a->known(a->ctx, xml_attr(n, NULL, "name"));
  xmlNode *old = xml_first_element(n);
  struct native v = {.text = native_name(a, name, STR("")), .store = true};
  v.typed = arena_join(a->arena, (str[]){STR("DOCPROPERTY "), name}, 2);
  if (name.n == 0 || old == NULL || v.text.n == 0) return true;
  xmlNode *text = native_text(a, n->doc, &v), *value = xml_element(old, "lpwstr");
  if (text == NULL || value == NULL) return xmlFreeNode(text), xmlFreeNode(value), false;
  xml_append(value, text);
  xml_insert_after(old, value);
  xml_remove(old);
  return true;
}

static bool adopt_bound(const struct adoption *a, const struct docx_binding *b, xmlDoc *doc) {
  bool understood;
  xmlNode *n = follow(doc, b->path, b->prefixes, &understood);
  xmlNode *text = b->native_known ? native_text(a, doc, &b->native) : xml_text(doc, b->text);
  if (text == NULL) return false;
  if (n == NULL) return xmlFreeNode(text), true;
  while (n->children != NULL) xml_remove(n->children);
  xml_append(n, text);
  native_plain(n);
  return true;
}

static bool adopt_root(const struct docx_state *s, const struct adoption *a, xmlNode *root) {
  bool ok = true;
  bool settings = s->settings_known && a->part == s->settings;
  xmlNode *vars = settings ? xml_child(root, NS_W, "docVars") : NULL;
  xmlNode *merge = settings ? xml_child(root, NS_W, "mailMerge") : NULL;
  if (merge != NULL) { /* the report is merged: Word must not ask for the old source (17.14.20) */
    xml_remove(merge);
    *a->changed = true;
  }
  for (xmlNode *k = vars != NULL ? xml_first_element(vars) : NULL; ok && k != NULL;
       k = xml_next_element(k))
    ok = adopt_variable(a, k);
  bool custom = s->custom_known && a->part == s->custom;
  for (xmlNode *k = custom ? xml_first_element(root) : NULL; ok && k != NULL;
       k = xml_next_element(k))
    ok = adopt_custom(a, k);
  for (size_t i = 0; ok && i < s->bindings->n; i++)
    if (s->bindings->items[i].entry == a->part)
      ok = adopt_bound(a, &s->bindings->items[i], root->doc);
  return ok;
}

bool docx_adopt(const void *state, const struct adoption *a, xmlNode *n) {
  if (n == xmlDocGetRootElement(n->doc) && !adopt_root(state, a, n)) return false;
  if (flavour_docx.kind(n) != KIND_STORY || !xml_is(n, NS_W, (const char *)n->name)) return true;
  return docx_adopt_controls(a, state, n) && docx_adopt_fields(a, state, n) && !mem_failed();
}
