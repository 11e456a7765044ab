/* Conditions and formulas of Writer's fields (ODF 1.3 part 3, 7.7) in the template language.
 *
 *   <text:conditional-text text:condition="ooow:车辆数 > 0" …>   →  {{如果 车辆数 > 0}}…{{否则}}…{{完}}
 *
 * They calculate with user fields, which the data fill.  Writer works them out anew only sometimes,
 * and other programs never; so they are worked out here.  What cannot be said is refused when a
 * figure of the data stands in it, and stays as it is when none does.
 */
#include "base/buf.h"
#include "base/utf8.h"
#include "flavour/odt.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define N_(s)    (s)

/* ---- formulas ---- */

struct formula {
  const struct adoption *a;
  str s;
  size_t at;
  struct buf out;
  bool known, unknown; /* names of the data, and others, stand in it */
  bool odd;            /* something that is not understood */
};

static bool is_name(uint32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         (c >= 0x80 && !utf8_is_blank(c));
}

/* Longer signs stand before their beginnings. */
static const char *const signs[][2] = {
    {"==", " = "}, {"!=", " <> "}, {"<=", " <= "}, {">=", " >= "}, {"<", " < "}, {">", " > "},
    {"+", " + "},  {"-", " - "},   {"*", " * "},   {"/", " / "},   {"(", "("},   {")", ")"}};
static const char *const words[][2] = {{"EQ", " = "},     {"NEQ", " <> "},  {"LEQ", " <= "},
                                       {"GEQ", " >= "},   {"L", " < "},     {"G", " > "},
                                       {"AND", " 并且 "}, {"OR", " 或者 "}, {"NOT", " 不是 "}};

static bool take_sign(struct formula *f) {
  str rest = str_sub(f->s, f->at, f->s.n);
  for (size_t i = 0; i < COUNT(signs); i++)
    if (str_starts(rest, str_of(signs[i][0]))) {
      buf_puts(&f->out, signs[i][1]);
      f->at += strlen(signs[i][0]);
      return true;
    }
  return false;
}

/* A name of the data, or database.table.column with such a column. */
static str known_column(const struct adoption *a, str word) {
  str known = a->known(a->ctx, word);
  size_t first = str_find(word, STR("."), 0), last = first;
  if (known.n != 0 || first == STR_NOT_FOUND) return known;
  for (size_t at = first; (at = str_find(word, STR("."), at + 1)) != STR_NOT_FOUND;) last = at;
  return last != first ? a->known(a->ctx, str_sub(word, last + 1, word.n)) : STR_NONE;
}

/* [database.table.column] */
static bool take_bracket(struct formula *f) {
  size_t end = str_find(f->s, STR("]"), f->at);
  str known = end != STR_NOT_FOUND ? known_column(f->a, str_sub(f->s, f->at + 1, end)) : STR_NONE;
  if (known.n == 0) return false;
  buf_put(&f->out, native_name(f->a, known, STR("")));
  f->known = true;
  f->at = end + 1;
  return true;
}

static void take_word(struct formula *f) {
  size_t from = f->at, next = f->at;
  bool digits = true;
  while (next < f->s.n) {
    size_t end = next;
    uint32_t c = utf8_next(f->s, &end);
    if (!is_name(c) && c != '.') break;
    digits = digits && ((c >= '0' && c <= '9') || c == '.');
    next = end;
  }
  str word = str_sub(f->s, from, next);
  f->at = next;
  for (size_t i = 0; i < COUNT(words); i++)
    if (str_is(word, words[i][0])) {
      buf_puts(&f->out, words[i][1]);
      return;
    }
  str known = digits ? STR_NONE : known_column(f->a, word);
  if (digits)
    buf_put(&f->out, word);
  else if (known.n != 0)
    buf_put(&f->out, native_name(f->a, known, STR("")));
  f->known = f->known || known.n != 0;
  f->unknown = f->unknown || (!digits && known.n == 0);
}

static void take_text(struct formula *f) {
  size_t end = str_find(f->s, STR("\""), f->at + 1);
  if (end == STR_NOT_FOUND) {
    f->odd = true;
    return;
  }
  buf_put(&f->out, str_sub(f->s, f->at, end + 1));
  f->at = end + 1;
}

/* ooow:gdp > 150 */
static void read_formula(struct formula *f, const struct adoption *a, str s) {
  size_t colon = str_find(s, STR(":"), 0);
  *f = (struct formula){.a = a, .s = s};
  buf_init(&f->out, 0);
  if (str_starts(s, STR("ooow:")) || str_starts(s, STR("of:"))) f->at = colon + 1;
  while (f->at < s.n && !f->odd) {
    size_t next = f->at;
    uint32_t c = utf8_next(s, &next);
    if (utf8_is_blank(c))
      f->at = next;
    else if (c == '"')
      take_text(f);
    else if (is_name(c))
      take_word(f);
    else if (c != '[' ? !take_sign(f) : !take_bracket(f))
      f->at = next, f->odd = true;
  }
  while (f->odd && f->at < s.n) { /* are there names of the data in the rest? */
    size_t next = f->at;
    uint32_t c = utf8_next(s, &next);
    if (is_name(c))
      take_word(f);
    else
      f->at = next;
  }
}

str odt_expression(const struct adoption *a, str s, bool *concerns) {
  struct formula f;
  read_formula(&f, a, s);
  *concerns = f.known;
  str out = f.known && !f.unknown && !f.odd ? arena_dup(a->arena, buf_str(&f.out)) : STR_NONE;
  buf_free(&f.out);
  return out;
}

/* ---- what they decide ---- */

struct at {
  const struct adoption *a;
  xmlNode *n;
  str typed;
  bool failed;
};

static void put(struct at *f, xmlNode *before, xmlNode *n) {
  if (n == NULL)
    f->failed = true;
  else
    xml_insert_before(before, n);
}

static void put_native(struct at *f, xmlNode *before, enum native_kind kind, str text) {
  struct native n = {.kind = kind, .text = text, .typed = f->typed};
  put(f, before, native_text(f->a, before->doc, &n));
}

static void put_text(struct at *f, str s) {
  if (s.n != 0) put(f, f->n, xml_text(f->n->doc, s));
}

static void refuse(struct at *f) {
  struct native n = {.kind = NATIVE_REFUSED,
                     .typed = f->typed,
                     .why = N_("its condition cannot be said in the template language; write "
                               "{{如果 …}} instead")};
  put(f, f->n, native_text(f->a, f->n->doc, &n));
}

static str not_so(const struct at *f, str condition) {
  return arena_join(f->a->arena, (str[]){STR("不是 ("), condition, STR(")")}, 3);
}

static str attr_of(const struct at *f, const char *local) {
  return arena_dup(f->a->arena, xml_attr(f->n, NS_TEXT, local));
}

static void adopt_conditional_text(struct at *f, str condition) {
  put_native(f, f->n, NATIVE_IF, condition);
  put_text(f, attr_of(f, "string-value-if-true"));
  put_native(f, f->n, NATIVE_ELSE, STR(""));
  put_text(f, attr_of(f, "string-value-if-false"));
  put_native(f, f->n, NATIVE_END, STR(""));
  xml_remove(f->n);
}

/* Hidden where the condition holds (7.7.4). */
static void adopt_hidden_text(struct at *f, str condition) {
  put_native(f, f->n, NATIVE_IF, not_so(f, condition));
  put_text(f, attr_of(f, "string-value"));
  put_native(f, f->n, NATIVE_END, STR(""));
  xml_remove(f->n);
}

/* All of its paragraph is hidden (7.7.5). */
static void adopt_hidden_paragraph(struct at *f, str condition) {
  xmlNode *p = f->n->parent;
  while (p != NULL && flavour_odt.kind(p) == KIND_RUN) p = p->parent;
  if (p == NULL || flavour_odt.kind(p) != KIND_PARAGRAPH || p->children == NULL) return;
  struct native end = {.kind = NATIVE_END, .typed = f->typed};
  xmlNode *last = native_text(f->a, p->doc, &end);
  put_native(f, p->children, NATIVE_IF, not_so(f, condition));
  if (last == NULL)
    f->failed = true;
  else
    xml_append(p, last);
  xml_remove(f->n);
}

static void drop_attr(xmlNode *n, const char *local) {
  xmlAttr *attr = xml_attr_node(n, NS_TEXT, local);
  if (attr != NULL) xmlRemoveProp(attr);
}

/* The section is hidden where the condition holds (19.773 text:condition). */
static void adopt_section(struct at *f, str condition) {
  struct native open = {.kind = NATIVE_WHEN, .text = not_so(f, condition), .typed = f->typed};
  xmlNode *begin = native_mark(f->a, f->n->doc, &open);
  struct native close = {
      .kind = NATIVE_CLOSE, .typed = f->typed, .opener = begin != NULL ? native_of(begin) : NULL};
  xmlNode *end = native_mark(f->a, f->n->doc, &close);
  if (begin == NULL || end == NULL) {
    f->failed = true;
    return;
  }
  drop_attr(f->n, "condition");
  drop_attr(f->n, "display");
  drop_attr(f->n, "is-hidden");
  xml_insert_before(f->n, begin);
  xml_insert_after(f->n, end);
}

/* Writer does not work it out anew when it opens a report. */
static void adopt_variable(struct at *f, str formula) {
  (void)formula;
  struct native n = {.kind = NATIVE_REFUSED,
                     .typed = f->typed,
                     .why = N_("a variable that calculates with the data; write the calculation as "
                               "a tag where it is shown")};
  put(f, f->n, native_text(f->a, f->n->doc, &n));
}

static void adopt_expression(struct at *f, str formula) {
  put_native(f, f->n, NATIVE_VALUE, formula);
  xml_remove(f->n);
}

/* <B3>, <表1.B3:B5> */
static bool names_cells(str s) {
  size_t open = str_find(s, STR("<"), 0);
  return open != STR_NOT_FOUND && str_find(s, STR(">"), open) != STR_NOT_FOUND;
}

static const struct {
  const char *element, *attr;
  void (*adopt)(struct at *f, str condition);
} kinds[] = {{"conditional-text", "condition", adopt_conditional_text},
             {"hidden-text", "condition", adopt_hidden_text},
             {"hidden-paragraph", "condition", adopt_hidden_paragraph},
             {"section", "condition", adopt_section},
             {"expression", "formula", adopt_expression},
             {"table-formula", "formula", adopt_expression},
             {"variable-set", "formula", adopt_variable}};

bool odt_in_paragraph(const xmlNode *n) {
  for (n = n->parent; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent) {
    enum kind k = flavour_odt.kind(n);
    if (k == KIND_PARAGRAPH) return true;
    if (k != KIND_RUN && k != KIND_FIXED && k != KIND_OTHER) return false;
  }
  return false;
}

bool odt_is_condition(const xmlNode *n) {
  if (xml_is(n, NS_TEXT, "section")) return true;
  for (size_t i = 0; i < COUNT(kinds); i++)
    if (xml_is(n, NS_TEXT, kinds[i].element)) return odt_in_paragraph(n);
  return false;
}

bool odt_adopt_condition(const struct adoption *a, xmlNode *n) {
  for (size_t i = 0; i < COUNT(kinds); i++) {
    if (!xml_is(n, NS_TEXT, kinds[i].element)) continue;
    str s = xml_attr(n, NS_TEXT, kinds[i].attr);
    struct at f = {.a = a, .n = n};
    bool concerns = false;
    str said = s.n != 0 ? odt_expression(a, s, &concerns) : STR_NONE;
    f.typed = arena_join(a->arena, (str[]){str_of(kinds[i].element), STR(" "), s}, 3);
    if (f.typed.p == NULL) return false;
    if (said.n != 0)
      kinds[i].adopt(&f, said);
    else if (concerns)
      refuse(&f);
    else if (kinds[i].adopt == adopt_expression && names_cells(s))
      put_native(&f, n, NATIVE_TABLE, STR("* @")); /* which cells, is not looked at */
    return !f.failed;
  }
  return true;
}
