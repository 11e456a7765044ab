/* Form fields and input fields of Writer: a text, a check box, a list.
 *
 *   field:fieldmark-start … field:fieldmark-end   Word's form field with a text, as Writer keeps it
 *   field:fieldmark                               its check box or list: the state is a field:param
 *   text:drop-down                                a list: labels, and the text of one (ODF 1.3 part 3, 7.7.12)
 *   text:text-input                               a text; its description asks for it (7.7.11)
 *
 * The field stays one that can be filled in.  Invariant: a field whose name the data do not have
 * stays as it is.
 */
#include "base/buf.h"
#include "flavour/odt.h"

#define N_(s) (s)

static bool is_text(const xmlNode *n, const char *local) { return xml_is(n, NS_TEXT, local); }

static bool is_field(const xmlNode *n, const char *local) { return xml_is(n, NS_FIELD, local); }

/* vnd.oasis.opendocument.field.FORMTEXT, or another word before the last. */
static bool is_type(const xmlNode *n, const char *word) {
  str type = xml_attr(n, NS_FIELD, "type");
  size_t dot = type.n;
  while (dot > 0 && type.p[dot - 1] != '.') dot--;
  return str_is(str_sub(type, dot, type.n), word);
}

bool odt_is_form(const xmlNode *n) {
  bool form = is_field(n, "fieldmark-start") || is_field(n, "fieldmark") ||
              is_text(n, "drop-down") || is_text(n, "text-input");
  return form && odt_in_paragraph(n);
}

static str name_in(const struct adoption *a, const xmlNode *n, const char *attr) {
  str name = xml_attr(n, NS_TEXT, attr);
  name = name.n != 0 ? a->known(a->ctx, name) : STR_NONE;
  return name.n == 0 || a->is_list(a->ctx, name) ? STR_NONE : name;
}

static struct native native_for(const struct adoption *a, const char *kind, str name) {
  return (struct native){.text = native_name(a, name, STR("")),
                         .typed = arena_join(a->arena, (str[]){str_of(kind), STR(" "), name}, 3)};
}

/* ---- the text of a form field ---- */

/* Does somebody's tag stand in it, which then says what it is filled with? */
static bool has_tags(const struct adoption *a, xmlNode *from, const xmlNode *top,
                     const xmlNode *to) {
  struct buf b;
  str inside;
  buf_init(&b, 0);
  for (xmlNode *n = from; n != NULL && n != to; n = xml_walk(top, n, false))
    if (n->type == XML_TEXT_NODE) buf_puts(&b, (const char *)n->content);
  bool has = a->has_tag(a->ctx, buf_str(&b), &inside);
  buf_free(&b);
  return has;
}

static xmlNode *paragraph_of(xmlNode *n) {
  while (n != NULL && n->type == XML_ELEMENT_NODE && flavour_odt.kind(n) != KIND_PARAGRAPH)
    n = n->parent;
  return n;
}

/* The mark that ends a field, in the same paragraph; or NULL. */
static xmlNode *end_of(xmlNode *p, xmlNode *begin) {
  unsigned depth = 0;
  for (xmlNode *n = begin; n != NULL; n = xml_walk(p, n, false)) {
    if (is_field(n, "fieldmark-start")) depth++;
    if (is_field(n, "fieldmark-end") && --depth == 0) return n;
  }
  return NULL;
}

static bool is_characters(const xmlNode *n) {
  return n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE || is_text(n, "s") ||
         is_text(n, "tab") || is_text(n, "line-break");
}

/* The characters between two marks give way to the text, which takes the formatting of the first. */
static void replace_between(xmlNode *p, xmlNode *from, xmlNode *to, xmlNode *text) {
  bool put = false;
  for (xmlNode *n = xml_walk(p, from, true), *next; n != NULL && n != to; n = next) {
    next = xml_walk(p, n, false);
    if (!is_characters(n)) continue;
    if (!put) xml_insert_before(n, text);
    put = true;
    xml_remove(n);
  }
  if (!put) xml_insert_before(to, text);
}

static bool adopt_text(const struct adoption *a, xmlNode *n, str name) {
  struct native v = native_for(a, "FORMTEXT", name);
  xmlNode *p = paragraph_of(n), *end = end_of(p, n);
  xmlNode *content = xml_child(n, NS_FIELD, "param");
  if (has_tags(a, n, p, end)) return true;
  if (end == NULL) {
    v.kind = NATIVE_REFUSED;
    v.why = N_("it reaches over several paragraphs");
  }
  xmlNode *text = native_text(a, n->doc, &v);
  if (text == NULL) return false;
  if (end == NULL) return xml_insert_before(n, text), true;
  bool old = content != NULL && str_is(xml_attr(content, NS_FIELD, "name"), "Content");
  if (old) xml_remove(content); /* what comes back when the form is emptied */
  replace_between(p, n, end, text);
  return true;
}

/* ---- states ---- */

static xmlAttr *param(xmlNode *mark, const char *name) {
  xmlNode *n = xml_first_element(mark);
  while (n != NULL && !str_is(xml_attr(n, NS_FIELD, "name"), name)) n = xml_next_element(n);
  if (n == NULL && (n = xml_element(mark, "param")) != NULL) {
    xml_append(mark, n);
    if (!xml_set_attr(n, mark->ns, "name", str_of(name))) return NULL;
  }
  bool set = n != NULL && xml_set_attr(n, mark->ns, "value", STR("0"));
  return set ? xml_attr_node(n, NS_FIELD, "value") : NULL;
}

/* The values of an attribute of the children of that name. */
static struct native_words *words_of(const struct adoption *a, xmlNode *around, const char *ns,
                                     const char *local, const char *attr) {
  size_t n = 0;
  for (xmlNode *k = xml_first_element(around); k != NULL; k = xml_next_element(k)) n++;
  struct native_words *w = native_words(a, n);
  if (w != NULL) w->n = 0;
  for (xmlNode *k = xml_first_element(around); w != NULL && k != NULL; k = xml_next_element(k)) {
    bool entry = is_text(k, local) || str_is(xml_attr(k, NS_FIELD, "name"), local);
    if (entry) w->words[w->n++] = arena_dup(a->arena, xml_attr(k, ns, attr));
  }
  return w;
}

static bool adopt_state(const struct adoption *a, xmlNode *n, str name) {
  bool box = is_type(n, "FORMCHECKBOX");
  struct native v = native_for(a, box ? "FORMCHECKBOX" : "FORMDROPDOWN", name);
  v.as = box ? AS_TRUTH : AS_INDEX;
  v.words = box ? native_truth(a, STR("false"), STR("true"))
                : words_of(a, n, NS_FIELD, "Dropdown_ListEntry", "value");
  xmlAttr *attr = param(n, box ? "Checkbox_Checked" : "Dropdown_Selected");
  return attr != NULL && v.words != NULL && native_attr(a, attr, &v);
}

/* ---- fields of Writer's own ---- */

static bool put_content(xmlNode *n, xmlNode *text) {
  if (text == NULL) return false;
  for (xmlNode *k = n->children, *next; k != NULL; k = next) {
    next = k->next;
    if (is_characters(k)) xml_remove(k);
  }
  xml_append(n, text);
  return true;
}

/* Each label says whether it is the chosen one; the text says so in words. */
static bool adopt_list(const struct adoption *a, xmlNode *n, str name) {
  struct native v = native_for(a, "drop-down", name);
  v.as = AS_ENTRY;
  v.words = words_of(a, n, NS_TEXT, "label", "value");
  for (size_t i = 0; v.words != NULL && i < v.words->n; i++)
    if (str_find(v.words->words[i], STR("\""), 0) != STR_NOT_FOUND) {
      v.kind = NATIVE_REFUSED;
      v.why = N_("an entry of its list holds quotation marks");
      return put_content(n, native_text(a, n->doc, &v));
    }
  bool ok = v.words != NULL && put_content(n, native_text(a, n->doc, &v));
  size_t i = 0;
  for (xmlNode *k = xml_first_element(n); ok && k != NULL; k = xml_next_element(k)) {
    if (!is_text(k, "label")) continue;
    struct native chosen = v;
    str quoted = arena_join(a->arena, (str[]){STR("\""), v.words->words[i++], STR("\"")}, 3);
    chosen.as = AS_TRUTH;
    chosen.words = native_truth(a, STR("false"), STR("true"));
    chosen.text = arena_join(a->arena, (str[]){v.text, STR(" = "), quoted}, 3);
    ok = chosen.words != NULL && xml_set_attr(k, n->ns, "current-selected", STR("false")) &&
         native_attr(a, xml_attr_node(k, NS_TEXT, "current-selected"), &chosen);
  }
  return ok;
}

static bool adopt_input(const struct adoption *a, xmlNode *n, str name) {
  struct native v = native_for(a, "text-input", name);
  if (has_tags(a, n, n, NULL)) return true;
  return put_content(n, native_text(a, n->doc, &v));
}

bool odt_adopt_form(const struct adoption *a, xmlNode *n) {
  str name = name_in(a, n, is_text(n, "text-input") ? "description" : "name");
  if (name.n == 0) return true;
  if (is_text(n, "text-input")) return adopt_input(a, n, name);
  if (is_text(n, "drop-down")) return adopt_list(a, n, name);
  if (is_field(n, "fieldmark-start")) return !is_type(n, "FORMTEXT") || adopt_text(a, n, name);
  bool state = is_type(n, "FORMCHECKBOX") || is_type(n, "FORMDROPDOWN");
  return !state || adopt_state(a, n, name);
}
