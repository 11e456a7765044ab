/* Cells of Writer tables that nothing is filled into, and that say two things: a text and a value.
 *
 * Writer shows the value by the cell's number format, other programs the text (ODF 1.3 part 3,
 * 19.385 ff.).  When it saves a cell itself the two agree, so where they contradict each other
 * another program wrote the text and left the value standing.  The report says the text everywhere,
 * and both are told.  Words in a cell with a number format, without a value or with 0 for want of
 * one, become 0.00 when Writer opens or saves the report.  In all these value and format go.
 * Invariant: only what is certain is told; a format that is not understood is taken for right.
 */
#include "base/buf.h"
#include "flavour/odt.h"
#include "value/num.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Elements of a paragraph that hold its text, or have none: marks and places. */
static bool shows_nothing(const xmlNode *n) {
  static const char *const names[] = {"span", "bookmark", "bookmark-start", "bookmark-end",
                                      "soft-page-break"};
  for (size_t i = 0; i < COUNT(names); i++)
    if (xml_is(n, NS_TEXT, names[i])) return true;
  return false;
}

/* The text of the only paragraph; false: there are several, or other things. */
static bool text_of(const xmlNode *cell, struct arena *a, str *out) {
  xmlNode *p = xml_first_element(cell);
  struct buf b;
  if (p == NULL || !xml_is(p, NS_TEXT, "p") || xml_next_element(p) != NULL) return false;
  buf_init(&b, 0);
  for (xmlNode *n = p; n != NULL; n = xml_walk(p, n, false)) {
    bool blank = xml_is(n, NS_TEXT, "s") || xml_is(n, NS_TEXT, "tab");
    bool known = n == p || n->type != XML_ELEMENT_NODE || blank || shows_nothing(n);
    if (n->type == XML_TEXT_NODE) buf_puts(&b, (const char *)n->content);
    if (blank) buf_putc(&b, ' ');
    if (!known) buf_puts(&b, "\x1B"); /* what this is nobody knows here */
  }
  *out = arena_dup(a, str_trim(buf_str(&b)));
  bool known = str_find(buf_str(&b), STR("\x1B"), 0) == STR_NOT_FOUND;
  buf_free(&b);
  return known && out->p != NULL;
}

/* ---- numbers ---- */

/* The number in a text with words around; false: none, or several. */
static bool number_in(str s, str *number, bool *percent, bool *none) {
  size_t from = 0, to;
  while (from < s.n && !is_digit(s.p[from])) from++;
  *none = from == s.n;
  for (to = from; to < s.n && (is_digit(s.p[to]) || s.p[to] == '.' || s.p[to] == ','); to++)
    continue;
  for (size_t i = to; i < s.n; i++)
    if (is_digit(s.p[i])) return false;
  *percent = to < s.n && s.p[to] == '%';
  bool minus = from > 0 && s.p[from - 1] == '-';
  bool other_minus = from >= 3 && str_ends(str_sub(s, 0, from), STR("−"));
  *number = str_sub(s, minus ? from - 1 : from, to);
  return !*none && !other_minus && str_find(s, STR("("), 0) == STR_NOT_FOUND;
}

/* Is the value, rounded as the text is, another number, or none? */
static bool differs(str value, str number, bool percent) {
  struct num v, t;
  num_init(&v);
  num_init(&t);
  enum num_parse read = num_parse(&v, value, true);
  bool known = read == NUM_OK && num_parse(&t, number, false) == NUM_OK;
  if (known && percent) num_hundredfold(&v);
  if (known) num_round(&v, &v, t.places);
  bool other = read == NUM_NOT || (known && num_cmp(&v, &t) != 0);
  num_free(&t);
  num_free(&v);
  return other;
}

static enum cell_state number_state(xmlNode *cell, str value, str text) {
  str number;
  bool percent, none;
  if (!odt_has_pattern(cell)) return CELL_FINE;
  bool one = number_in(text, &number, &percent, &none);
  if (none) return str_is(value, "0") ? CELL_MENDED : CELL_CONTRADICTS;
  return one && differs(value, number, percent) ? CELL_CONTRADICTS : CELL_FINE;
}

/* ---- dates ---- */

/* 2026-11-23, 2026年11月23日: the three numbers, or false. */
static bool date_in(str s, unsigned out[3]) {
  size_t n = 0;
  for (size_t i = 0; i < s.n;) {
    if (!is_digit(s.p[i])) {
      i++;
      continue;
    }
    size_t from = i;
    unsigned v = 0;
    for (; i < s.n && is_digit(s.p[i]) && i - from < 5; i++) v = v * 10 + (unsigned)(s.p[i] - '0');
    if (n == 3 || (n == 0) != (i - from == 4)) return false;
    out[n++] = v;
  }
  return n == 3;
}

static bool date_contradicts(str value, str text) {
  unsigned a[3], b[3];
  return date_in(str_sub(value, 0, value.n < 10 ? value.n : 10), a) && date_in(text, b) &&
         memcmp(a, b, sizeof a) != 0;
}

/* ---- one cell ---- */

static enum cell_state state_of(xmlNode *cell, str type, str text, str *value) {
  static const char *const numbers[] = {"float", "percentage", "currency"};
  *value = xml_attr(cell, NS_OFFICE, "value");
  for (size_t i = 0; i < COUNT(numbers); i++)
    if (str_is(type, numbers[i])) return number_state(cell, *value, text);
  bool date = str_is(type, "date"), words = type.n == 0 || str_is(type, "string");
  *value = xml_attr(cell, NS_OFFICE, date ? "date-value" : "string-value");
  if (date) return date_contradicts(*value, text) ? CELL_CONTRADICTS : CELL_FINE;
  if (words && value->n != 0 && !str_eq(str_trim(*value), text)) return CELL_CONTRADICTS;
  return words && odt_has_format(cell) ? CELL_MENDED : CELL_FINE;
}

enum cell_state odt_unfilled_cell(xmlNode *cell, struct arena *a, str *text, str *value) {
  str type = xml_attr(cell, NS_OFFICE, "value-type");
  bool formula = xml_attr_node(cell, NS_TABLE, "formula") != NULL;
  if (formula || !xml_is(cell, NS_TABLE, "table-cell")) return CELL_FINE;
  if (!text_of(cell, a, text)) return CELL_FINE;
  enum cell_state state = state_of(cell, type, *text, value);
  if (state == CELL_CONTRADICTS) *value = arena_dup(a, *value);
  if (state != CELL_FINE) odt_forget_value(xml_first_element(cell));
  return state;
}
