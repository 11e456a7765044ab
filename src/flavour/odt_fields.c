/* Writer's fields that are filled (ODF 1.3 part 3, 7): placeholders, database fields, user fields and
 * document properties.
 *
 * A placeholder and a database field give way to their text.  What the whole document has one
 * value of is filled at its source (the declaration, meta.xml) and in every copy, since Writer shows
 * the source and others the copy.
 */
#include "base/mem.h"
#include "flavour/field_code.h"
#include "flavour/odt.h"
#include "flavour/shared.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define N_(s)    (s)

static bool is_text(const xmlNode *n, const char *local) { return xml_is(n, NS_TEXT, local); }

static str content_of(xmlNode *n, struct arena *a) {
  struct buf b;
  buf_init(&b, 0);
  for (xmlNode *k = n; k != NULL; k = xml_walk(n, k, false))
    if (k->type == XML_TEXT_NODE || k->type == XML_CDATA_SECTION_NODE)
      buf_puts(&b, (const char *)k->content);
  str s = arena_dup(a, buf_str(&b));
  buf_free(&b);
  return s;
}

/* ---- sources ---- */

static bool keep_value(struct odt_state *s, struct arena *a, str name, str text) {
  struct odt_value *v = arena_grow(a, s->values, &s->nvalues, &s->values_cap, sizeof *v);
  if (v == NULL) return false;
  s->values = v - (s->nvalues - 1);
  *v = (struct odt_value){arena_dup(a, name), text};
  return v->name.p != NULL && v->text.p != NULL;
}

static bool read_meta(struct odt_state *s, struct arena *a, xmlNode *meta) {
  static const char *const names[] = {"title", "subject", "description", "keyword"};
  for (xmlNode *k = xml_first_element(meta); k != NULL; k = xml_next_element(k)) {
    bool user = xml_is(k, NS_META, "user-defined");
    str name = user ? arena_join(a, (str[]){STR("="), xml_attr(k, NS_META, "name")}, 2) : STR_NONE;
    for (size_t i = 0; i < COUNT(names); i++)
      if (!user && strcmp((const char *)k->name, names[i]) == 0) name = str_of(names[i]);
    if (xml_attr_node(k, NS_META, "value-type") != NULL && /* shown in a form of its own */
        !str_is(xml_attr(k, NS_META, "value-type"), "string"))
      continue;
    if (name.n != 0 && !keep_value(s, a, name, content_of(k, a))) return false;
  }
  return true;
}

bool odt_find_sources(struct pack *p, struct arena *a, struct odt_state *s) {
  ptrdiff_t entry = pack_find(p, STR("meta.xml"));
  struct xml x = {.doc = NULL};
  bool ok = true, read = entry >= 0 && shared_read(p, (size_t)entry, &x);
  xmlNode *meta = read ? xml_child(xmlDocGetRootElement(x.doc), NS_OFFICE, "meta") : NULL;
  if (meta != NULL) ok = read_meta(s, a, meta);
  s->meta_known = read;
  s->meta = read ? (size_t)entry : 0;
  xml_free(&x);
  return ok && !mem_failed();
}

static bool source_of(const struct odt_state *s, str name, str *text) {
  for (size_t i = 0; i < s->nvalues; i++)
    if (str_eq(s->values[i].name, name)) {
      *text = s->values[i].text;
      return true;
    }
  return false;
}

bool odt_wanted(const void *state, size_t entry) {
  const struct odt_state *s = state;
  return s->meta_known && entry == s->meta;
}

/* ---- one field ---- */

struct at {
  const struct adoption *a;
  const struct odt_state *state;
  xmlNode *n;
  bool failed;
};

static void drop_attr(xmlNode *n, const char *ns, const char *local) {
  xmlAttr *a = xml_attr_node(n, ns, local);
  if (a != NULL) xmlRemoveProp(a);
}

/* The typed value of a field, and the format that would be shown instead of the text. */
static void forget_type(xmlNode *n) {
  static const char *const names[] = {"value-type", "value",         "date-value",
                                      "time-value", "boolean-value", "string-value"};
  for (size_t i = 0; i < COUNT(names); i++) drop_attr(n, NS_OFFICE, names[i]);
  drop_attr(n, NS_STYLE, "data-style-name");
}

/* The field goes, its text stands in its place. */
static void replace(struct at *f, const struct native *n) {
  xmlNode *text = native_text(f->a, f->n->doc, n);
  if (text == NULL) {
    f->failed = true;
    return;
  }
  xml_insert_before(f->n, text);
  if (n->kind != NATIVE_REFUSED) xml_remove(f->n);
}

/* The field stays, its text is another. */
static void put_content(struct at *f, xmlNode *text) {
  if (text == NULL) {
    f->failed = true;
    return;
  }
  while (f->n->children != NULL) xml_remove(f->n->children);
  xml_append(f->n, text);
}

static str typed(const struct at *f, const char *kind, str name) {
  return arena_join(f->a->arena, (str[]){str_of(kind), STR(" "), name}, 3);
}

static void refuse(struct at *f, const char *kind, const char *why) {
  struct native n = {.kind = NATIVE_REFUSED, .typed = str_of(kind), .why = why};
  replace(f, &n);
}

/* <名称>: the brackets are how Writer shows a placeholder. */
static void adopt_placeholder(struct at *f) {
  str type = xml_attr(f->n, NS_TEXT, "placeholder-type"), inside;
  str s = str_trim(content_of(f->n, f->a->arena));
  if ((type.n != 0 && !str_is(type, "text")) || f->a->has_tag(f->a->ctx, s, &inside)) return;
  if (s.n > 2 && s.p[0] == '<' && s.p[s.n - 1] == '>') s = str_sub(s, 1, s.n - 1);
  struct native n = {.text = native_value(f->a, s, STR("")), .typed = s};
  if (s.n == 0) return;
  if (n.text.n == 0) return refuse(f, "text:placeholder", N_("it holds no name"));
  replace(f, &n);
}

static void adopt_database(struct at *f) {
  str name = arena_dup(f->a->arena, xml_attr(f->n, NS_TEXT, "column-name")), filters;
  if (!odt_filters_of(f->n, f->a->arena, &filters))
    return refuse(f, "text:database-display",
                  N_("its format has no counterpart; write a tag with a filter instead"));
  struct native n = {.text = native_value(f->a, name, filters), .typed = name};
  if (n.text.n == 0) return refuse(f, "text:database-display", N_("it holds no name"));
  replace(f, &n);
}

/* The known name of a field, or empty. */
static str known(const struct at *f, str name) { return f->a->known(f->a->ctx, name); }

static void put_store(struct at *f, const char *kind, str name, str said) {
  struct native n = {.text = said, .typed = typed(f, kind, name), .store = true};
  forget_type(f->n);
  put_content(f, native_text(f->a, f->n->doc, &n));
}

/* Declarations stand beside blocks, never in them. */
static bool is_block(const xmlNode *n) {
  enum kind k = n->type == XML_ELEMENT_NODE ? flavour_odt.kind(n) : KIND_OTHER;
  return k != KIND_OTHER && k != KIND_STORY;
}

/* The declaration of a user field among those of its part. */
static xmlNode *declaration(xmlNode *n, str name) {
  xmlNode *root = xmlDocGetRootElement(n->doc);
  for (xmlNode *k = root; k != NULL; k = xml_walk(root, k, is_block(k)))
    if (is_text(k, "user-field-decl") && str_eq(xml_attr(k, NS_TEXT, "name"), name)) return k;
  return NULL;
}

/* The copy becomes what the source is, with the tags that were typed there. */
static void copy_source(struct at *f, str text) {
  if (str_eq(text, content_of(f->n, f->a->arena))) return;
  forget_type(f->n);
  *f->a->changed = true;
  put_content(f, xml_text(f->n->doc, text));
}

/* What a user field is filled with: the data that it is called after, or what its declaration calculates
 * of them, which Writer does not do when it opens a report.  *odd: that cannot be said. */
static str meaning_of_field(struct at *f, const xmlNode *decl, str name, bool *odd) {
  str here = known(f, name), formula;
  if (here.n != 0) return native_name(f->a, here, STR(""));
  const xmlAttr *text = decl != NULL ? xml_attr_node(decl, NS_OFFICE, "string-value") : NULL;
  const struct native *filled =
      text != NULL && text->children != NULL ? native_of(text->children) : NULL;
  if (filled != NULL) return filled->text;
  formula = decl != NULL ? xml_attr(decl, NS_TEXT, "formula") : STR_NONE;
  bool concerns = false;
  str said = formula.n != 0 ? odt_expression(f->a, formula, &concerns) : STR_NONE;
  if (odd != NULL) *odd = concerns && said.n == 0;
  return said;
}

static const char *const no_calculation =
    N_("a calculation with the data that cannot be said; write a tag");

static void adopt_user_field(struct at *f) {
  str name = arena_dup(f->a->arena, xml_attr(f->n, NS_TEXT, "name"));
  const xmlNode *decl = declaration(f->n, name);
  bool odd = false;
  str said = meaning_of_field(f, decl, name, &odd);
  if (odd) return refuse(f, "text:user-field-get", no_calculation);
  if (said.n != 0) return put_store(f, "user-field-get", name, said);
  str text = decl != NULL ? xml_attr(decl, NS_OFFICE, "string-value") : STR_NONE;
  if (text.n != 0) copy_source(f, arena_dup(f->a->arena, text));
}

/* A field that shows a property: its own, or one by name. */
static void adopt_property(struct at *f, const char *key) {
  str name = key == NULL ? arena_dup(f->a->arena, xml_attr(f->n, NS_TEXT, "name")) : STR_NONE, text;
  str here = key == NULL ? known(f, name) : STR_NONE;
  str source = key == NULL ? arena_join(f->a->arena, (str[]){STR("="), name}, 2) : str_of(key);
  if (here.n != 0) return put_store(f, "user-defined", here, native_name(f->a, here, STR("")));
  if (source_of(f->state, source, &text)) copy_source(f, text);
}

/* A variable that somebody is asked for. */
static void adopt_question(struct at *f) {
  static const char *const names[] = {"name", "description"};
  for (size_t i = 0; i < COUNT(names); i++)
    if (known(f, xml_attr(f->n, NS_TEXT, names[i])).n != 0)
      return refuse(f, "text:variable-input",
                    N_("it asks for what the data have; write the tag where the answer is shown"));
}

/* The formula of a cell without the cells that it names. */
static str words_of_formula(xmlNode *cell, struct arena *a) {
  str s = xml_attr(cell, NS_TABLE, "formula");
  struct formula_range range;
  size_t from = 0;
  struct buf b;
  buf_init(&b, 0);
  for (size_t i = 0; odt_formula_range(cell, i, &range); i++) {
    buf_put(&b, str_sub(s, from, range.from));
    from = range.to;
  }
  buf_put(&b, str_sub(s, from, s.n));
  str words = arena_dup(a, buf_str(&b));
  buf_free(&b);
  return words;
}

/* A user field that is filled is a text, with which the formula of a cell calculates no more. */
static void adopt_cell(struct at *f) {
  str formula = words_of_formula(f->n, f->a->arena), typed_there;
  xmlNode *p = xml_child(f->n, NS_TEXT, "p");
  bool concerns = false;
  if (formula.n != 0) odt_expression(f->a, formula, &concerns);
  if (!concerns || p == NULL || f->a->has_tag(f->a->ctx, content_of(p, f->a->arena), &typed_there))
    return;
  str all = arena_dup(f->a->arena, xml_attr(f->n, NS_TABLE, "formula"));
  struct native n = {.kind = NATIVE_REFUSED, .typed = all, .why = no_calculation};
  xmlNode *text = native_text(f->a, f->n->doc, &n);
  f->failed = text == NULL || all.p == NULL;
  if (text != NULL) xml_append(p, text);
}

/* ---- declarations ---- */

/* A text, as the data have it: what calculates with it is worked out here too. */
static void adopt_declaration(struct at *f) {
  str name = arena_dup(f->a->arena, xml_attr(f->n, NS_TEXT, "name"));
  xmlAttr *attr = xml_attr_node(f->n, NS_OFFICE, "value-type");
  struct native n = {.text = meaning_of_field(f, f->n, name, NULL), .store = true};
  if (n.text.n == 0 || attr == NULL) return;
  n.typed = typed(f, "user-field-decl", name);
  xmlNs *ns = attr->ns;
  forget_type(f->n);
  drop_attr(f->n, NS_TEXT, "formula");
  bool ok = xml_set_attr(f->n, ns, "value-type", STR("string")) &&
            xml_set_attr(f->n, ns, "string-value", STR("")) &&
            (attr = xml_attr_node(f->n, NS_OFFICE, "string-value")) != NULL &&
            native_attr(f->a, attr, &n);
  f->failed = f->failed || !ok;
}

/* meta.xml: whatever type it had, it is a text now. */
static void adopt_meta(struct at *f) {
  str name = known(f, arena_dup(f->a->arena, xml_attr(f->n, NS_META, "name")));
  struct native n = {.text = native_name(f->a, name, STR("")), .store = true};
  if (name.n == 0) return;
  n.typed = typed(f, "meta:user-defined", name);
  drop_attr(f->n, NS_META, "value-type");
  put_content(f, native_text(f->a, f->n->doc, &n));
}

/* ---- content controls, which newer versions of Writer keep ---- */

/* The character of a state of a check box. */
static str box_of(struct at *f, const char *attr, const char *usual) {
  str s = arena_dup(f->a->arena, xml_attr(f->n, NS_LOEXT, attr));
  return s.n != 0 ? s : str_of(usual);
}

/* The state of a check box, and what is to be its text. */
static bool set_box(struct at *f, struct native *n) {
  struct native state = *n;
  xmlAttr *box = xml_attr_node(f->n, NS_LOEXT, "checkbox");
  state.as = n->as = AS_TRUTH;
  state.words = native_truth(f->a, STR("false"), STR("true"));
  n->words = native_truth(f->a, box_of(f, "unchecked-state", "☐"), box_of(f, "checked-state", "☒"));
  bool ok = state.words != NULL && n->words != NULL &&
            xml_set_attr(f->n, box->ns, "checked", STR("false")) &&
            native_attr(f->a, xml_attr_node(f->n, NS_LOEXT, "checked"), &state);
  f->failed = f->failed || !ok;
  return ok;
}

static bool is_list_item(const xmlNode *n) { return xml_is(n, NS_LOEXT, "list-item"); }

/* The entries of a list: what is shown of them, and what they are called. */
static const struct native_words *entries_of(struct at *f) {
  size_t n = 0;
  for (xmlNode *k = xml_first_element(f->n); k != NULL; k = xml_next_element(k))
    n += is_list_item(k);
  struct native_words *w = native_words(f->a, n);
  struct arena *a = f->a->arena;
  if (w == NULL || (w->aliases = ARENA_ARRAY(a, n != 0 ? n : 1, str)) == NULL) return NULL;
  n = 0;
  for (xmlNode *k = xml_first_element(f->n); k != NULL; k = xml_next_element(k)) {
    if (!is_list_item(k)) continue;
    w->aliases[n] = arena_dup(a, xml_attr(k, NS_LOEXT, "value"));
    str shown = arena_dup(a, xml_attr(k, NS_LOEXT, "display-text"));
    w->words[n] = shown.n != 0 ? shown : w->aliases[n];
    n++;
  }
  w->open = true;
  return w;
}

static bool is_true(const struct at *f, const char *attr) {
  return str_is(xml_attr(f->n, NS_LOEXT, attr), "true");
}

/* How the value is written in a box, a list or a date.  False: no memory. */
static bool set_kind(struct at *f, struct native *n, str name) {
  if (is_true(f, "checkbox")) return set_box(f, n);
  if (is_true(f, "dropdown") || is_true(f, "drop-down")) {
    n->as = AS_ENTRY;
    n->words = entries_of(f);
    return n->words != NULL;
  }
  str format = is_true(f, "date") ? xml_attr(f->n, NS_LOEXT, "date-format") : STR_NONE;
  if (format.n != 0 && name.n != 0)
    n->text = native_name(f->a, name, code_date(format, f->a->arena));
  return true;
}

/* The text of a control gives way to this one; the entries of its list stay. */
static void put_control_text(struct at *f, xmlNode *text) {
  for (xmlNode *k = f->n->children, *next; k != NULL; k = next) {
    next = k->next;
    if (!is_list_item(k)) xml_remove(k);
  }
  if (text == NULL)
    f->failed = true;
  else
    xml_append(f->n, text);
}

/* What a label means: a tag, or a name of the data.  Empty: nothing. */
static str meaning_of(const struct at *f, str label, str *name) {
  str inside;
  *name = STR_NONE;
  if (label.n == 0) return STR_NONE;
  if (f->a->has_tag(f->a->ctx, label, &inside)) return inside;
  *name = known(f, label);
  return native_name(f->a, *name, STR(""));
}

static bool holds_control(const struct at *f) {
  for (xmlNode *n = f->n; n != NULL; n = xml_walk(f->n, n, false))
    if (n != f->n && xml_is(n, NS_LOEXT, "content-control")) return true;
  return false;
}

static void adopt_control(struct at *f) {
  str inside, text, name, label = arena_dup(f->a->arena, xml_attr(f->n, NS_LOEXT, "tag"));
  if ((text = meaning_of(f, label, &name)).n == 0) {
    label = arena_dup(f->a->arena, xml_attr(f->n, NS_LOEXT, "alias"));
    text = meaning_of(f, label, &name);
  }
  if (text.n == 0 && f->a->has_tag(f->a->ctx, label, &inside))
    return refuse(f, "content-control", N_("more than one tag stands in its label"));
  if (text.n == 0 || holds_control(f) ||
      f->a->has_tag(f->a->ctx, content_of(f->n, f->a->arena), &inside))
    return;
  if (xml_attr(f->n, NS_LOEXT, "picture").n != 0)
    return refuse(f, "content-control",
                  N_("a picture; write the tag as the alternative text of the picture in it"));
  struct native n = {.text = text, .typed = label};
  if (!set_kind(f, &n, name)) {
    f->failed = true;
    return;
  }
  xmlNode *span = xml_first_element(f->n);
  while (span != NULL && is_list_item(span)) span = xml_next_element(span);
  while (span != NULL && is_text(span, "span") && xml_first_element(span) != NULL &&
         is_text(xml_first_element(span), "span"))
    span = xml_first_element(span);
  bool asking = is_true(f, "showing-place-holder");
  xmlNode *shell = span != NULL && is_text(span, "span") && !asking ? xml_shell(span) : NULL;
  xmlNode *node = native_text(f->a, f->n->doc, &n);
  drop_attr(f->n, NS_LOEXT, "showing-place-holder");
  drop_attr(f->n, NS_LOEXT, "current-date");
  if (shell != NULL && node != NULL) xml_append(shell, node);
  put_control_text(f, shell != NULL ? shell : node);
}

/* ---- all of a story ---- */

/* Going on to the next record matters when something of it is shown. */
static bool database_follows(const struct at *f) {
  xmlNode *root = xmlDocGetRootElement(f->n->doc);
  for (xmlNode *n = xml_walk(root, f->n, true); n != NULL; n = xml_walk(root, n, false))
    if (is_text(n, "database-display")) return true;
  return false;
}

static void adopt_field(struct at *f) {
  static const char *const own[][2] = {{"title", "title"},
                                       {"subject", "subject"},
                                       {"keywords", "keyword"},
                                       {"description", "description"}};
  if (is_text(f->n, "placeholder")) return adopt_placeholder(f);
  if (is_text(f->n, "database-display")) return adopt_database(f);
  if (is_text(f->n, "user-field-get") || is_text(f->n, "user-field-input"))
    return adopt_user_field(f);
  if (is_text(f->n, "user-defined")) return adopt_property(f, NULL);
  if (is_text(f->n, "user-field-decl")) return adopt_declaration(f);
  if (xml_is(f->n, NS_META, "user-defined")) return adopt_meta(f);
  if (xml_is(f->n, NS_LOEXT, "content-control")) return adopt_control(f);
  if (is_text(f->n, "variable-input")) return adopt_question(f);
  bool moves = is_text(f->n, "database-next") || is_text(f->n, "database-row-select");
  if (is_text(f->n, "database-row-number") || (moves && database_follows(f)))
    return refuse(f, (const char *)f->n->name,
                  N_("one report is made of each record, so there is nothing to go on to"));
  for (size_t i = 0; i < COUNT(own); i++)
    if (is_text(f->n, own[i][0])) return adopt_property(f, own[i][1]);
}

/* A field, where it can stand: in a paragraph, or among the declarations and properties. */
static bool is_field(const xmlNode *n) {
  static const char *const names[] = {
      "placeholder",    "database-display", "user-field-get", "user-field-input",    "user-defined",
      "variable-input", "user-field-decl",  "database-next",  "database-row-select", "title",
      "subject",        "keywords",         "description",    "database-row-number"};
  for (size_t i = 0; i < COUNT(names); i++)
    if (is_text(n, names[i])) return is_text(n, "user-field-decl") || odt_in_paragraph(n);
  if (xml_is(n, NS_LOEXT, "content-control")) return odt_in_paragraph(n);
  return xml_is(n, NS_META, "user-defined");
}

bool odt_adopt(const void *state, const struct adoption *a, xmlNode *story) {
  for (xmlNode *n = story, *next; n != NULL; n = next) {
    bool over = n != story && n->type == XML_ELEMENT_NODE && flavour_odt.kind(n) == KIND_STORY;
    over = over || (n != story && n->type == XML_ELEMENT_NODE && flavour_odt.kind(n) == KIND_SKIP);
    bool condition = odt_is_condition(n), section = is_text(n, "section");
    bool cell = !over && xml_is(n, NS_TABLE, "table-cell");
    bool control = xml_is(n, NS_LOEXT, "content-control");
    bool leaf = over || is_field(n) || (condition && !section); /* it may be gone, with all in it */
    next = xml_walk(story, n, leaf);
    if (condition && !over && !odt_adopt_condition(a, n)) return false;
    if (!over && !condition && odt_is_form(n)) { /* a condition may be gone */
      if (!odt_adopt_form(a, n)) return false;
      next = xml_walk(story, n, true); /* what was behind it may be gone */
    }
    if (condition || over || !(cell || is_field(n))) continue;
    struct at f = {.a = a, .state = state, .n = n};
    if (cell)
      adopt_cell(&f);
    else
      adopt_field(&f);
    if (f.failed) return false;
    if (control) next = xml_walk(story, n, false); /* it stays */
  }
  return !mem_failed();
}
