/* What people left in an OpenDocument template, and how it is taken out (ODF 1.3 part 3, 5.5
 * tracked changes, 14.1 annotations, 4.3 metadata).
 *
 * What was deleted does not stand in the text, but in text:tracked-changes, so changes are accepted
 * by taking that away and the marks in the text with it.  Only rows are left behind when they are
 * deleted: LibreOffice says in their style that the row itself was changed.
 * Invariant: afterwards the part names nobody, and the manifest nothing that is left out.
 */
#include "base/mem.h"
#include "flavour/odt.h"
#include "flavour/shared.h"

#define COUNT(a)    (sizeof(a) / sizeof *(a))
#define NS_VERSIONS "http://openoffice.org/2001/versions-list"

static bool no_memory(struct findings *fs) { return finding(fs, CODE_MEMORY, NULL, NULL, STR("")); }

static bool is_text(const xmlNode *n, const char *local) { return xml_is(n, NS_TEXT, local); }

static str text_of(const xmlNode *n) {
  const xmlNode *k = n != NULL ? n->children : NULL;
  return k != NULL && k->type == XML_TEXT_NODE ? str_of((const char *)k->content) : STR_NONE;
}

/* ---- counting ---- */

void odt_traces(xmlNode *root, struct traces *t) {
  for (xmlNode *n = root; n != NULL; n = xml_walk(root, n, false)) {
    bool comment = xml_is(n, NS_OFFICE, "annotation");
    if (comment) t->comments.count++;
    if (is_text(n, "changed-region")) t->changes.count++;
    if (xml_is(n->parent, NS_TABLE, "tracked-changes")) t->changes.count++;
    if (xml_is(n, NS_VERSIONS, "version-entry"))
      traces_name(t, &t->others, xml_attr(n, NS_VERSIONS, "creator"));
    if (!xml_is(n, NS_DC, "creator")) continue;
    if (xml_is(n->parent, NS_OFFICE, "annotation")) traces_name(t, &t->comments, text_of(n));
    if (xml_is(n->parent, NS_OFFICE, "change-info")) traces_name(t, &t->changes, text_of(n));
  }
}

enum personal odt_personal(const void *state, size_t entry, const xmlNode *n) {
  static const struct {
    const char *ns, *local;
    enum personal personal;
  } rows[] = {{NS_DC, "creator", PERSONAL_NAME},
              {NS_DC, "contributor", PERSONAL_NAME},
              {NS_META, "initial-creator", PERSONAL_NAME},
              {NS_META, "printed-by", PERSONAL_NAME},
              {NS_META, "print-date", PERSONAL_WORK},
              {NS_META, "editing-cycles", PERSONAL_WORK},
              {NS_META, "editing-duration", PERSONAL_WORK},
              {NS_META, "template", PERSONAL_WORK}};
  (void)state;
  (void)entry;
  str item = xml_is(n, NS_CONFIG, "config-item") ? xml_attr(n, NS_CONFIG, "name") : STR_NONE;
  if (str_is(item, "PrinterName") || str_is(item, "PrinterSetup")) return PERSONAL_WORK;
  if (!xml_is(n->parent, NS_OFFICE, "meta")) return PERSONAL_NONE;
  for (size_t i = 0; i < COUNT(rows); i++)
    if (xml_is(n, rows[i].ns, rows[i].local)) return rows[i].personal;
  /* What LibreOffice makes of these two of a .docx. */
  str own = xml_is(n, NS_META, "user-defined") ? xml_attr(n, NS_META, "name") : STR_NONE;
  return str_is(own, "Company") || str_is(own, "Manager") ? PERSONAL_NAME : PERSONAL_NONE;
}

/* Somebody's printer, who saved older versions, and embedded documents with all that is theirs. */
bool odt_beside(const void *state, size_t nth, size_t *entry) {
  static const char *const own[] = {"settings.xml", "VersionList.xml"};
  static const char *const embedded[] = {"/content.xml", "/styles.xml", "/meta.xml",
                                         "/settings.xml"};
  const struct odt_state *s = state;
  for (size_t i = 0; i < pack_count(s->pack); i++) {
    str name = pack_name(s->pack, i);
    bool is = false;
    for (size_t k = 0; k < COUNT(own) && !is; k++) is = str_is(name, own[k]);
    for (size_t k = 0; k < COUNT(embedded) && !is; k++) is = str_ends(name, str_of(embedded[k]));
    if (!is || entries_gone(&s->entries, i) || nth-- != 0) continue;
    *entry = i;
    return true;
  }
  return false;
}

/* ---- rows ---- */

/* loext:text-changes-only="false": the row itself was put in or taken out. */
static bool is_changed_style(const xmlNode *root, str name) {
  const xmlNode *styles = xml_child(root, NS_OFFICE, "automatic-styles");
  for (xmlNode *k = styles != NULL ? xml_first_element(styles) : NULL; k != NULL;
       k = xml_next_element(k)) {
    const xmlNode *pr = xml_child(k, NS_STYLE, "table-row-properties");
    if (pr != NULL && str_eq(xml_attr(k, NS_STYLE, "name"), name) &&
        str_is(xml_attr(pr, NS_LOEXT, "text-changes-only"), "false"))
      return true;
  }
  return false;
}

/* Nothing but marks of deletions, and no cell that covers other rows or is covered by one. */
static bool is_all_deleted(xmlNode *row) {
  bool deletion = false;
  for (xmlNode *n = xml_walk(row, row, false), *next; n != NULL; n = next) {
    next = xml_walk(row, n, xml_is(n, NS_OFFICE, "annotation"));
    deletion = deletion || is_text(n, "change");
    bool text = n->type == XML_TEXT_NODE && str_trim(str_of((const char *)n->content)).n != 0;
    bool whole = xml_is(n, NS_TABLE, "covered-table-cell") ||
                 xml_attr_node(n, NS_TABLE, "number-rows-spanned") != NULL;
    enum kind k = n->type == XML_ELEMENT_NODE ? flavour_odt.kind(n) : KIND_OTHER;
    bool content = k == KIND_CONTENT || k == KIND_TAB || k == KIND_BREAK || k == KIND_SPACES ||
                   k == KIND_TABLE || k == KIND_FIXED;
    if (text || whole || content) return false;
  }
  return deletion;
}

/* The row, or its table when it is the last one. */
static xmlNode *deleted_row(xmlNode *n, const xmlNode *root) {
  bool row = xml_is(n, NS_TABLE, "table-row") && is_all_deleted(n) &&
             is_changed_style(root, xml_attr(n, NS_TABLE, "style-name"));
  if (!row) return NULL;
  xmlNode *table = n->parent;
  while (table != NULL && !xml_is(table, NS_TABLE, "table")) table = table->parent;
  unsigned rows = 0;
  for (xmlNode *k = table; k != NULL; k = xml_walk(table, k, xml_is(k, NS_TABLE, "table-row")))
    rows += xml_is(k, NS_TABLE, "table-row");
  return rows == 1 ? table : n;
}

/* ---- taking out ---- */

/* An address of something in the package. */
static bool keep_address(struct odt_state *s, const xmlNode *n, bool out) {
  str href = xml_attr(n, NS_XLINK, "href");
  if (href.n == 0 || href.p[0] == '#' || str_find(href, STR(":"), 0) != STR_NOT_FOUND) return true;
  if (str_starts(href, STR("./"))) href = str_sub(href, 2, href.n);
  str **list = out ? &s->out : &s->in;
  size_t *count = out ? &s->nout : &s->nin, *cap = out ? &s->out_cap : &s->in_cap;
  str *slot = arena_grow(s->entries.arena, *list, count, cap, sizeof *slot);
  if (slot == NULL) return false;
  *list = slot - (*count - 1);
  *slot = shared_decode(href, s->entries.arena);
  return slot->p != NULL;
}

static bool keep_addresses(struct odt_state *s, xmlNode *top, bool out) {
  bool ok = true;
  for (xmlNode *n = top; ok && n != NULL; n = xml_walk(top, n, false))
    if (n->type == XML_ELEMENT_NODE) ok = keep_address(s, n, out);
  return ok;
}

static bool is_trace(const xmlNode *n) {
  return is_text(n, "tracked-changes") || xml_is(n, NS_TABLE, "tracked-changes") ||
         is_text(n, "change") || is_text(n, "change-start") || is_text(n, "change-end") ||
         xml_is(n, NS_OFFICE, "annotation") || xml_is(n, NS_OFFICE, "annotation-end");
}

bool odt_clean(void *state, size_t entry, xmlNode *root, bool *changed, struct findings *fs) {
  struct odt_state *s = state;
  xmlNode *normal = NULL;
  bool ok = true;
  (void)entry;
  for (xmlNode *n = root, *next; ok && n != NULL; n = next) {
    xmlNode *row = deleted_row(n, root), *out = row != NULL ? row : is_trace(n) ? n : NULL;
    next = xml_walk(root, n, false);
    if (out == NULL) continue;
    if (xml_is(n, NS_OFFICE, "annotation")) odt_keep_blanks(n, &normal);
    next = xml_walk(root, out, true); /* blanks may stand there now */
    ok = keep_addresses(s, out, true);
    xml_remove(out);
    *changed = true;
  }
  return (ok && keep_addresses(s, root, false) && !mem_failed()) || no_memory(fs);
}

/* A picture of the template's first page (ODF 1.3 part 2, 3.8), and what the template was before. */
static bool drop_past(struct odt_state *s, struct findings *fs) {
  bool ok = true;
  for (size_t i = 0; ok && i < pack_count(s->pack); i++) {
    str name = pack_name(s->pack, i);
    bool past = str_is(name, "Thumbnails/thumbnail.png") || str_is(name, "VersionList.xml") ||
                str_starts(name, STR("Versions/"));
    if (past) ok = entries_drop(&s->entries, i, fs);
  }
  return ok;
}

bool odt_clean_begin(void *state, struct findings *fs) { return drop_past(state, fs); }

/* ---- the package ---- */

static bool is_in(const struct odt_state *s, str address) {
  for (size_t i = 0; i < s->nin; i++)
    if (str_eq(s->in[i], address)) return true;
  return false;
}

/* Is the entry this picture, or does it stand in the folder of this object? */
static bool belongs(str name, str address) {
  return str_starts(name, address) && (name.n == address.n || name.p[address.n] == '/');
}

static bool drop_unused(struct odt_state *s, struct findings *fs) {
  bool ok = true;
  for (size_t i = 0; i < s->nout; i++)
    for (size_t k = 0; !is_in(s, s->out[i]) && ok && k < pack_count(s->pack); k++)
      if (belongs(pack_name(s->pack, k), s->out[i])) ok = entries_drop(&s->entries, k, fs);
  return ok;
}

/* A line of the manifest about an entry, or a folder, of which nothing is left. */
static bool is_gone(const struct odt_state *s, str path) {
  bool folder = str_ends(path, STR("/")) && path.n > 1, gone = false;
  for (size_t i = 0; i < pack_count(s->pack); i++) {
    str name = pack_name(s->pack, i);
    if (folder ? !str_starts(name, path) : !str_eq(name, path)) continue;
    if (!entries_gone(&s->entries, i)) return false;
    gone = true;
  }
  return gone;
}

static bool clean_manifest(struct odt_state *s, struct findings *fs) {
  struct xml x = {.doc = NULL};
  bool changed = false, ok = entries_parse(&s->entries, s->manifest, XML_OLD_DOCTYPE, &x, fs);
  const xmlNode *root = ok ? xmlDocGetRootElement(x.doc) : NULL;
  for (xmlNode *k = root != NULL ? xml_first_element(root) : NULL, *next; k != NULL; k = next) {
    next = xml_next_element(k);
    if (!is_gone(s, xml_attr(k, NS_MANIFEST, "full-path"))) continue;
    xml_remove(k);
    changed = true;
  }
  if (ok && changed) ok = entries_dump(&s->entries, s->manifest, &x, fs);
  xml_free(&x);
  return ok;
}

bool odt_clean_end(void *state, struct findings *fs) {
  struct odt_state *s = state;
  return drop_unused(s, fs) && clean_manifest(s, fs);
}
