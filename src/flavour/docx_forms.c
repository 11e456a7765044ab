/* Form fields of Word's older kind (ECMA-376 part 1, 17.16.5.20 to 22): a text, a check box, a list.
 *
 *   w:fldChar begin
 *     w:ffData                 what it is called, and its state (17.16.17)
 *       w:name                 also the name of a bookmark
 *       w:textInput            type, format
 *       w:checkBox             size, default, checked
 *       w:ddList               result, default, entries
 *
 * The text of a text field is its result (docx_fields.c); the others show their state.  The field
 * stays one that can be filled in.  Invariant: a field whose name the data do not have stays as it
 * is; Word calls them Text1 and Check1 when nobody gave them a name.
 */
#include "flavour/docx.h"
#include "flavour/field_code.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define N_(s)    (s)

static xmlNode *data_of(const xmlNode *begin, const char *local) {
  xmlNode *data = xml_child(begin, NS_W, "ffData");
  return data != NULL ? xml_child(data, NS_W, local) : NULL;
}

static str value_of(const xmlNode *around, const char *local) {
  const xmlNode *n = around != NULL ? xml_child(around, NS_W, local) : NULL;
  return n != NULL ? xml_attr(n, NS_W, "val") : STR_NONE;
}

str docx_form_name(const struct adoption *a, const xmlNode *begin) {
  str name = value_of(xml_child(begin, NS_W, "ffData"), "name");
  if (name.n == 0) return STR_NONE;
  name = a->known(a->ctx, name);
  return name.n == 0 || a->is_list(a->ctx, name) ? STR_NONE : name;
}

/* ---- text ---- */

str docx_form_text(const struct adoption *a, xmlNode *begin, const char **why) {
  static const char *const counted[] = {"calculated", "currentDate", "currentTime"};
  xmlNode *input = data_of(begin, "textInput");
  str type = value_of(input, "type"), format = value_of(input, "format"), filters = STR("");
  xmlNode *old = input != NULL ? xml_child(input, NS_W, "default") : NULL;
  for (size_t i = 0; i < COUNT(counted); i++)
    if (str_is(type, counted[i])) *why = N_("Word makes its text by itself");
  if (str_is(type, "number") && format.n != 0) filters = code_number(format, false, a->arena);
  if (str_is(type, "date") && format.n != 0) filters = code_date(format, a->arena);
  bool lost = format.n != 0 && filters.n == 0;
  if (*why == NULL && lost)
    *why = N_("its format has no counterpart; write a tag with a filter instead");
  if (*why == NULL && old != NULL) xml_remove(old); /* what comes back when the form is emptied */
  return filters;
}

/* ---- states ---- */

/* An element of `around` that holds a value, in the order of the vocabulary: first or last. */
static xmlAttr *state_attr(xmlNode *around, const char *local, bool first) {
  xmlNode *n = xml_child(around, NS_W, local);
  if (n == NULL && (n = xml_element(around, local)) != NULL) {
    if (first)
      xml_prepend(around, n);
    else
      xml_append(around, n);
  }
  bool set = n != NULL && xml_set_attr(n, n->ns, "val", STR("0"));
  return set ? xml_attr_node(n, NS_W, "val") : NULL;
}

static const struct native_words *entries(const struct adoption *a, xmlNode *list) {
  size_t n = 0;
  for (xmlNode *k = xml_first_element(list); k != NULL; k = xml_next_element(k))
    n += xml_is(k, NS_W, "listEntry");
  struct native_words *w = native_words(a, n);
  n = 0;
  for (xmlNode *k = xml_first_element(list); w != NULL && k != NULL; k = xml_next_element(k))
    if (xml_is(k, NS_W, "listEntry")) w->words[n++] = arena_dup(a->arena, xml_attr(k, NS_W, "val"));
  return w;
}

bool docx_form_state(const struct adoption *a, xmlNode *begin, struct native *n, const char **why) {
  xmlNode *box = data_of(begin, "checkBox"), *list = data_of(begin, "ddList");
  if (box == NULL && list == NULL) return *why = N_("it does not say what it holds"), true;
  n->as = box != NULL ? AS_TRUTH : AS_INDEX;
  n->words = box != NULL ? native_truth(a, STR("0"), STR("1")) : entries(a, list);
  xmlAttr *attr =
      box != NULL ? state_attr(box, "checked", false) : state_attr(list, "result", true);
  return attr != NULL && n->words != NULL && native_attr(a, attr, n);
}
