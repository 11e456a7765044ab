/* Table cells of Writer that have a value or a number format.
 *
 * What is typed in such a cell is text to a reader, but Writer shows the value by the format.  So a
 * cell that is filled loses its old value, and gets a style without the format; when a single figure
 * is all that stands in it, value and format come back with the figure (odt_number_cell).
 * Invariant: the copy of a style that was made here points to the style that it is a copy of.
 */
#include "flavour/odt.h"

#define COUNT(a)  (sizeof(a) / sizeof *(a))
#define NS_NUMBER NS("datastyle")

xmlNode *odt_find_style(xmlNode *styles, str family, str name) {
  for (xmlNode *k = xml_first_element(styles); k != NULL; k = xml_next_element(k))
    if (str_eq(xml_attr(k, NS_STYLE, "name"), name) &&
        str_eq(xml_attr(k, NS_STYLE, "family"), family))
      return k;
  return NULL;
}

/* With a number format in its style a text cell turns into 0.00 when Writer saves it: the cell
 * gets a copy of its style without the format. */
static void forget_format(xmlNode *cell) {
  xmlNode *root = xmlDocGetRootElement(cell->doc);
  xmlNode *styles = xml_child(root, NS_OFFICE, "automatic-styles");
  xmlAttr *attr = xml_attr_node(cell, NS_TABLE, "style-name");
  if (styles == NULL || attr == NULL) return;
  str family = STR("table-cell"), name = xml_attr(cell, NS_TABLE, "style-name");
  xmlNode *style = odt_find_style(styles, family, name);
  xmlAttr *format = style != NULL ? xml_attr_node(style, NS_STYLE, "data-style-name") : NULL;
  struct buf plain;
  if (format == NULL) return;
  buf_init(&plain, 0);
  buf_put(&plain, name);
  buf_puts(&plain, "_text");
  xmlNode *copy = odt_find_style(styles, family, buf_str(&plain));
  if (copy == NULL && (copy = xml_clone(style)) != NULL) {
    xmlRemoveProp(xml_attr_node(copy, NS_STYLE, "data-style-name"));
    xml_set_attr(copy, style->ns, "name", buf_str(&plain));
    copy->_private = style;
    xml_insert_after(style, copy);
  }
  if (copy != NULL) xml_set_attr(cell, attr->ns, "style-name", buf_str(&plain));
  buf_free(&plain);
}

static void remove_attr(xmlNode *n, const char *ns, const char *local) {
  xmlAttr *a = xml_attr_node(n, ns, local);
  if (a != NULL) xmlRemoveProp(a);
}

static void remove_values(xmlNode *cell) {
  static const char *const names[] = {"value",         "date-value",   "time-value",
                                      "boolean-value", "string-value", "currency"};
  for (size_t i = 0; i < COUNT(names); i++) remove_attr(cell, NS_OFFICE, names[i]);
  for (xmlAttr *k = cell->properties, *next; k != NULL; k = next) {
    next = k->next;
    bool copy = k->ns != NULL && strcmp((const char *)k->ns->href, NS_OFFICE) != 0 &&
                strcmp((const char *)k->name, "value-type") == 0;
    if (copy) xmlRemoveProp(k); /* calcext:value-type */
  }
}

/* A typed value in the cell, or the result of its formula, would win over the text that is filled
 * in. */
void odt_forget_value(xmlNode *p) {
  xmlNode *cell = p->parent;
  if (cell == NULL || flavour_odt.kind(cell) != KIND_CELL) return;
  xmlAttr *type = xml_attr_node(cell, NS_OFFICE, "value-type");
  remove_values(cell);
  remove_attr(cell, NS_TABLE, "formula");
  if (type != NULL) xml_set_attr(cell, type->ns, "value-type", STR("string"));
  forget_format(cell);
}

/* ---- formulas (ODF 1.3 part 3, 19.642) ---- */

static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* <B3> or <B3:C9>; a name beyond Z (Writer goes on with a) is not followed. */
static bool is_range(str s) {
  size_t i = 0, ends = 0;
  while (ends < 2) {
    if (i == s.n || s.p[i] < 'A' || s.p[i++] > 'Z') return false;
    size_t from = i;
    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
    if (i == from) return false;
    if (i == s.n) return true;
    ends++;
    if (s.p[i++] != ':') return false;
  }
  return false;
}

static bool is_word(str word, const char *const *words) {
  while (*words != NULL && !str_is(word, *words)) words++;
  return *words != NULL;
}

/* Does a word behind the prefix, outside of <cells>, stand in none of these words? */
static bool has_other_word(str s, const char *const *words) {
  bool cells = false;
  size_t prefix = str_find(s, STR(":"), 0);
  for (size_t i = prefix == STR_NOT_FOUND ? 0 : prefix + 1, end; i < s.n; i = end) {
    end = i + 1;
    if (s.p[i] == '<' || s.p[i] == '>') cells = s.p[i] == '<';
    if (cells || !is_letter(s.p[i])) {
      if (!cells && (unsigned char)s.p[i] >= 0x80) return true;
      continue;
    }
    while (end < s.n && is_letter(s.p[end])) end++;
    if (!is_word(str_sub(s, i, end), words)) return true;
  }
  return false;
}

/* A formula that does nothing but add and round has 0 from cells that are not there; a mean, a product
 * or the least of them would be another one. */
static bool adds_only(str s) {
  static const char *const words[] = {"sum", "SUM", "round", "ROUND", NULL};
  return !has_other_word(s, words);
}

/* Does it name variables or user fields? */
static bool names_more(str s) {
  static const char *const words[] = {
      "sum", "SUM",     "round",   "ROUND", "mean",  "MEAN", "min",  "MIN", "max",
      "MAX", "product", "PRODUCT", "count", "COUNT", "sqrt", "SQRT", "pow", "POW",
      "phd", "PHD",     "abs",     "ABS",   "sign",  "SIGN", "and",  "AND", "or",
      "OR",  "xor",     "XOR",     "not",   "NOT",   "eq",   "EQ",   "neq", "NEQ",
      "leq", "LEQ",     "geq",     "GEQ",   "l",     "L",    "g",    "G",   NULL};
  return has_other_word(s, words);
}

/* Its name and what is inside of it. */
static void part_name(str s, struct formula_range *out) {
  size_t dot = str_find(s, STR("."), 0);
  out->table = dot != STR_NOT_FOUND ? str_sub(s, 0, dot) : STR("");
  out->cells = dot != STR_NOT_FOUND ? str_sub(s, dot + 1, s.n) : s;
}

bool odt_is_named(const xmlNode *table, str name) {
  return str_eq(xml_attr(table, NS_TABLE, "name"), name);
}

bool odt_formula_range(xmlNode *cell, size_t nth, struct formula_range *out) {
  str s = xml_attr(cell, NS_TABLE, "formula");
  size_t from = str_find(s, STR("<"), 0), to = 0;
  while (nth-- > 0 && from != STR_NOT_FOUND) from = str_find(s, STR("<"), from + 1);
  if (from != STR_NOT_FOUND) to = str_find(s, STR(">"), from);
  if (from == STR_NOT_FOUND || to == STR_NOT_FOUND) return false;
  *out = (struct formula_range){.attr = xml_attr_node(cell, NS_TABLE, "formula"),
                                .from = from,
                                .to = to + 1,
                                .open = STR("&lt;"),
                                .close = STR("&gt;"),
                                .none = adds_only(s) ? STR("0") : STR("")};
  part_name(str_sub(s, from + 1, to), out);
  return true;
}

str odt_cell_formula(xmlNode *cell, struct arena *a, str *typed) {
  str s = xml_attr(cell, NS_TABLE, "formula");
  size_t colon = str_find(s, STR(":"), 0), prefix = 0;
  struct formula_range range;
  struct buf b;
  buf_init(&b, 0);
  while (prefix < s.n && is_letter(s.p[prefix])) prefix++;
  for (size_t i = 0; odt_formula_range(cell, i, &range); i++) {
    if (range.table.n != 0) continue;
    buf_put(&b, is_range(range.cells) ? range.cells : STR("*"));
    buf_putc(&b, ' ');
  }
  if (names_more(s)) buf_putc(&b, '?');
  if (str_find(s, STR("["), 0) != STR_NOT_FOUND) buf_putc(&b, '*'); /* as spreadsheets write it */
  str cells = arena_dup(a, buf_str(&b));
  buf_free(&b);
  *typed = arena_dup(a, colon == prefix ? str_sub(s, colon + 1, s.n) : s);
  return cells;
}

/* Without a value Writer calculates anew; with the type of a text it would save a 0. */
void odt_forget_result(xmlNode *cell) {
  remove_values(cell);
  remove_attr(cell, NS_OFFICE, "value-type");
  for (xmlNode *p = xml_first_element(cell); p != NULL; p = xml_next_element(p))
    while (xml_is(p, NS_TEXT, "p") && p->children != NULL) xml_remove(p->children);
}

/* ---- number formats (ODF 1.3 part 3, 16.29) ---- */

static bool count_of(const xmlNode *n, const char *local, unsigned *out) {
  str s = xml_attr(n, NS_NUMBER, local);
  *out = 0;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9' || *out > 20) return false;
    *out = *out * 10 + (unsigned)(s.p[i] - '0');
  }
  return s.n != 0 && *out <= 20;
}

static void put_many(struct buf *b, char c, unsigned n) {
  while (n-- > 0) buf_putc(b, c);
}

/* Formats without a number of decimals show as many as fit: these are left to the text. */
static bool put_digits(const xmlNode *n, struct buf *out) {
  unsigned places, least, whole;
  str factor = xml_attr(n, NS_NUMBER, "display-factor");
  bool grouped = str_is(xml_attr(n, NS_NUMBER, "grouping"), "true");
  if (!count_of(n, "decimal-places", &places)) return false;
  if (!count_of(n, "min-decimal-places", &least) || least > places) least = places;
  if (!count_of(n, "min-integer-digits", &whole)) whole = 1;
  if ((factor.n != 0 && !str_is(factor, "1")) || n->children != NULL || (grouped && whole > 1))
    return false;
  if (xml_attr(n, NS_NUMBER, "decimal-replacement").n != 0) return false;
  if (grouped) buf_puts(out, "#,##");
  put_many(out, '0', whole != 0 ? whole : 1);
  if (places != 0) buf_putc(out, '.');
  put_many(out, '0', least);
  put_many(out, '#', places - least);
  return true;
}

/* Words around the digits; % of a percentage multiplies, as it does in the pattern. */
static bool put_words(const xmlNode *n, bool percent, struct buf *out) {
  str s = n->children != NULL && n->children->next == NULL && n->children->type == XML_TEXT_NODE
              ? str_of((const char *)n->children->content)
              : STR("");
  if (percent && str_is(s, "%")) return buf_putc(out, '%');
  if (n->children != NULL && (s.n == 0 || memchr(s.p, '\'', s.n) != NULL)) return false;
  if (s.n == 0) return true;
  buf_putc(out, '\'');
  buf_put(out, s);
  return buf_putc(out, '\'');
}

static bool put_pattern(xmlNode *format, bool percent, struct buf *out) {
  unsigned numbers = 0;
  for (xmlNode *k = xml_first_element(format); k != NULL; k = xml_next_element(k)) {
    if (xml_is(k, NS_STYLE, "text-properties")) continue;
    bool number = xml_is(k, NS_NUMBER, "number");
    bool words = xml_is(k, NS_NUMBER, "text") || xml_is(k, NS_NUMBER, "currency-symbol");
    if (number ? !put_digits(k, out) : !words || !put_words(k, percent, out)) return false;
    numbers += number;
  }
  return numbers == 1;
}

static xmlNode *format_of(xmlNode *styles, str name, const char **kind) {
  static const char *const kinds[][2] = {{"number-style", "float"},
                                         {"percentage-style", "percentage"},
                                         {"currency-style", "currency"}};
  for (xmlNode *k = xml_first_element(styles); k != NULL; k = xml_next_element(k))
    for (size_t i = 0; i < COUNT(kinds); i++)
      if (xml_is(k, NS_NUMBER, kinds[i][0]) && str_eq(xml_attr(k, NS_STYLE, "name"), name)) {
        *kind = kinds[i][1];
        return k;
      }
  return NULL;
}

/* The data style of that name in the part of a node, or NULL. */
static xmlNode *data_style(const xmlNode *n, str name) {
  xmlNode *styles = xml_child(xmlDocGetRootElement(n->doc), NS_OFFICE, "automatic-styles");
  xmlNode *k = styles != NULL && name.n != 0 ? xml_first_element(styles) : NULL;
  while (k != NULL && (!xml_is(k, NS_NUMBER, (const char *)k->name) ||
                       !str_eq(xml_attr(k, NS_STYLE, "name"), name)))
    k = xml_next_element(k);
  return k;
}

/* Days, months and years in figures, and words (ODF 1.3 part 3, 16.29.10). */
static bool put_date(xmlNode *format, struct buf *out) {
  static const char *const parts[][3] = {
      {"year", "yy", "yyyy"}, {"month", "M", "MM"}, {"day", "d", "dd"}};
  for (xmlNode *k = xml_first_element(format); k != NULL; k = xml_next_element(k)) {
    bool known = xml_is(k, NS_NUMBER, "text") && put_words(k, false, out);
    bool is_long = str_is(xml_attr(k, NS_NUMBER, "style"), "long");
    bool textual = str_is(xml_attr(k, NS_NUMBER, "textual"), "true");
    for (size_t i = 0; !known && !textual && i < COUNT(parts); i++) {
      known = xml_is(k, NS_NUMBER, parts[i][0]);
      if (known) buf_puts(out, parts[i][is_long ? 2 : 1]);
    }
    if (!known && !xml_is(k, NS_STYLE, "text-properties")) return false;
  }
  return true;
}

/* Text, and figures as they are. */
static bool is_general(const xmlNode *style) {
  if (xml_is(style, NS_NUMBER, "text-style")) return true;
  xmlNode *digits = xml_child(style, NS_NUMBER, "number");
  return xml_is(style, NS_NUMBER, "number-style") && digits != NULL &&
         xml_next_element(digits) == NULL && xml_first_element(style) == digits &&
         xml_attr_node(digits, NS_NUMBER, "decimal-places") == NULL;
}

bool odt_filters_of(const xmlNode *field, struct arena *a, str *filters) {
  xmlNode *style = data_style(field, xml_attr(field, NS_STYLE, "data-style-name"));
  struct buf b;
  *filters = STR("");
  if (style == NULL || is_general(style)) return true;
  bool date = xml_is(style, NS_NUMBER, "date-style");
  buf_init(&b, 0);
  buf_puts(&b, date ? "：日期 \"" : "：格式 \"");
  bool ok = date ? put_date(style, &b)
                 : put_pattern(style, xml_is(style, NS_NUMBER, "percentage-style"), &b);
  buf_putc(&b, '"');
  if (ok) *filters = arena_dup(a, buf_str(&b));
  buf_free(&b);
  return ok;
}

/* Is the paragraph all that stands in the cell? */
static bool fills(const xmlNode *cell, const xmlNode *p) {
  for (const xmlNode *k = cell->children; k != NULL; k = k->next)
    if (k != p && k->type == XML_ELEMENT_NODE) return false;
  return true;
}

/* The number or date format of a cell among those of its part. */
static xmlNode *format_of_cell(xmlNode *cell) {
  xmlNode *root = xmlDocGetRootElement(cell->doc);
  xmlNode *styles = xml_child(root, NS_OFFICE, "automatic-styles");
  str name = xml_attr(cell, NS_TABLE, "style-name");
  xmlNode *style =
      styles != NULL && name.n != 0 ? odt_find_style(styles, STR("table-cell"), name) : NULL;
  return style != NULL ? data_style(cell, xml_attr(style, NS_STYLE, "data-style-name")) : NULL;
}

bool odt_has_format(xmlNode *cell) {
  const xmlNode *format = format_of_cell(cell);
  return format != NULL && !xml_is(format, NS_NUMBER, "text-style");
}

bool odt_has_pattern(xmlNode *cell) {
  xmlNode *format = format_of_cell(cell);
  struct buf b;
  buf_init(&b, 0);
  bool pattern =
      format != NULL && put_pattern(format, xml_is(format, NS_NUMBER, "percentage-style"), &b);
  buf_free(&b);
  return pattern;
}

bool odt_number_cell(xmlNode *mark, xmlNode *p, struct arena *a, struct number_cell *out) {
  xmlNode *cell = p->parent, *root = xmlDocGetRootElement(p->doc);
  (void)mark;
  if (cell == NULL || !xml_is(cell, NS_TABLE, "table-cell") || !fills(cell, p)) return false;
  xmlNode *styles = xml_child(root, NS_OFFICE, "automatic-styles");
  str name = xml_attr(cell, NS_TABLE, "style-name");
  xmlNode *copy = styles != NULL ? odt_find_style(styles, STR("table-cell"), name) : NULL;
  const xmlNode *style = copy != NULL ? copy->_private : NULL;
  const char *kind;
  xmlNode *format =
      style != NULL ? format_of(styles, xml_attr(style, NS_STYLE, "data-style-name"), &kind) : NULL;
  if (format == NULL || xml_attr_node(cell, NS_TABLE, "formula") != NULL) return false;
  *out = (struct number_cell){.type = xml_attr_node(cell, NS_OFFICE, "value-type"),
                              .style = xml_attr_node(cell, NS_TABLE, "style-name"),
                              .percent = strcmp(kind, "percentage") == 0,
                              .as_text = STR("string"),
                              .text_style = arena_dup(a, name),
                              .number_style = arena_dup(a, xml_attr(style, NS_STYLE, "name"))};
  if (out->type == NULL) {
    xmlNs *ns = xmlSearchNsByHref(p->doc, cell, (const xmlChar *)NS_OFFICE);
    if (ns == NULL || !xml_set_attr(cell, ns, "value-type", STR("string"))) return false;
    out->type = xml_attr_node(cell, NS_OFFICE, "value-type");
  }
  struct buf b;
  buf_init(&b, 0);
  bool ok = put_pattern(format, out->percent, &b);
  out->pattern = arena_dup(a, buf_str(&b));
  buf_free(&b);
  str prefix = str_of((const char *)out->type->ns->prefix);
  out->as_number[0] = arena_join(a, (str[]){str_of(kind), STR("\" "), prefix, STR(":value=\"")}, 4);
  out->as_number[1] = STR("");
  return ok && out->as_number[0].p != NULL && out->pattern.p != NULL;
}
