/* Conditions and calculations of Word's fields (ECMA-376 part 1, 17.16.3 and 17.16.5.24) in the
 * template language.
 *
 *   IF { MERGEFIELD 车辆数 } > 0 "有车" "无车"        →  {{如果 车辆数 > 0}}有车{{否则}}无车{{完}}
 *   = { MERGEFIELD 比率 } * 100 \# "0.0%"           →  {{(比率 * 100)：格式 "0.0'%'"}}
 *
 * What Word would decide or compute otherwise than it is said here is refused, never guessed.
 */
#include "flavour/docx_field.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define N_(s)    (s)

static bool is_w(const xmlNode *n, const char *local) { return xml_is(n, NS_W, local); }

/* ---- IF ---- */

static const char *const no_condition =
    N_("its condition cannot be said in the template language; write {{如果 …}} instead");

static struct docx_field *inner_of(const struct docx_field *f, str word) {
  int i = code_inner(word);
  return i >= 0 && (size_t)i < f->ninner ? f->inner[i] : NULL;
}

/* A word that is one inner field and nothing else, or NULL. */
static struct docx_field *one_inner(const struct docx_field *f, const struct code_word *w) {
  return w->text.n == 3 ? inner_of(f, w->text) : NULL;
}

static void add_bookmark(struct docx_fields *r, str name) {
  str *slot =
      arena_grow(r->a->arena, r->bookmarks, &r->nbookmarks, &r->bookmarks_cap, sizeof *slot);
  str kept = arena_dup(r->a->arena, name);
  if (slot == NULL || kept.p == NULL) {
    r->failed = true;
    return;
  }
  r->bookmarks = slot - (r->nbookmarks - 1);
  *slot = kept;
}

/* Those of the document, and what fields of the story set. */
static void gather_bookmarks(struct docx_fields *r) {
  xmlNode *root = xmlDocGetRootElement(r->story->doc);
  for (size_t i = 0; i < r->n; i++) {
    const struct docx_field *f = r->fields[i];
    bool sets = code_is(&f->code, "SET") || code_is(&f->code, "ASK");
    if (sets && f->code.n > 1) add_bookmark(r, f->code.words[1].text);
  }
  for (xmlNode *n = root; n != NULL; n = xml_walk(root, n, false))
    if (is_w(n, "bookmarkStart")) add_bookmark(r, xml_attr(n, NS_W, "name"));
  r->bookmarks_known = true;
}

/* A bare word is the name of a bookmark, if there is one (17.16.5.24); a field may set it. */
static bool is_bookmark(struct docx_fields *r, str word) {
  if (!r->bookmarks_known) gather_bookmarks(r);
  for (size_t i = 0; i < r->nbookmarks; i++)
    if (str_eq(r->bookmarks[i], word)) return true;
  return false;
}

static bool is_number(str s) {
  for (size_t i = 0; i < s.n; i++)
    if (strchr("0123456789.,%", s.p[i]) == NULL) return false;
  return s.n != 0 && s.p[0] >= '0' && s.p[0] <= '9';
}

/* The text that a word compares with, in quotes or as a number; empty: it cannot be said. */
static str literal_operand(str s, bool quoted, struct arena *a) {
  if (!quoted && is_number(s)) return s;
  for (size_t i = 0; i < s.n; i++)
    if (strchr("?*\"", s.p[i]) != NULL) return STR_NONE; /* ? and * stand for any text in Word */
  return arena_join(a, (str[]){STR("\""), s, STR("\"")}, 3);
}

/* ---- calculations ---- */

/* A function of Word's that is one of ours, from `at` on; its length, or 0. */
static size_t put_function(str s, size_t at, struct buf *out) {
  static const char *const names[][2] = {{"ROUND", "四舍五入"}, {"ABS", "绝对值"}};
  for (size_t i = 0; i < COUNT(names); i++) {
    size_t n = strlen(names[i][0]);
    if (!code_same(str_sub(s, at, at + n < s.n ? at + n : s.n), names[i][0])) continue;
    buf_puts(out, names[i][1]);
    return n;
  }
  return 0;
}

/* The calculation between = and the switches (17.16.3) as an expression; empty: it cannot be
 * said. */
static str formula_of(const struct docx_fields *r, const struct docx_field *f) {
  str s = str_trim(buf_str(&f->text));
  struct buf b;
  buf_init(&b, 0);
  bool ok = docx_field_is_formula(f) && !f->odd;
  buf_putc(&b, '(');
  for (size_t i = 1, n; ok && i < s.n && s.p[i] != '\\'; i += n) {
    int inner = code_inner(str_sub(s, i, s.n));
    str operand =
        inner >= 0 && (size_t)inner < f->ninner ? docx_field_operand(r, f->inner[inner]) : STR_NONE;
    n = inner >= 0 ? 3 : put_function(s, i, &b);
    if (n == 0) n = 1, ok = strchr("0123456789.+-*/(), ", s.p[i]) != NULL && buf_putc(&b, s.p[i]);
    if (inner >= 0) ok = operand.n != 0 && buf_put(&b, operand);
  }
  buf_putc(&b, ')');
  str out = ok && buf_str(&b).n > 2 ? arena_dup(r->a->arena, buf_str(&b)) : STR_NONE;
  buf_free(&b);
  return out;
}

/* ---- operands of IF ---- */

/* What a value that the document keeps stands for: the figure of the data that has its name, or its
 * text; empty: it cannot be said. */
static str operand_kept(const struct docx_fields *r, str name, bool kept, str text) {
  str tag, known = name.n != 0 ? r->a->known(r->a->ctx, name) : STR_NONE;
  if (known.n != 0) return native_name(r->a, known, STR(""));
  return kept && !r->a->has_tag(r->a->ctx, text, &tag) ? literal_operand(text, false, r->a->arena)
                                                       : STR_NONE;
}

str docx_field_operand(const struct docx_fields *r, const struct docx_field *inner) {
  struct arena *a = r->a->arena;
  str name, text;
  if (inner->odd || inner->end == NULL) return STR_NONE;
  struct docx_switches s = docx_field_switches(inner, a);
  bool formatted = s.filters.n != 0 || s.wrong != NULL || s.before.n != 0 || s.behind.n != 0;
  if (docx_field_is_value(r, inner))
    return formatted ? STR_NONE : native_value(r->a, docx_field_name(r, inner), STR(""));
  if (docx_field_is_formula(inner)) return formatted ? STR_NONE : formula_of(r, inner);
  bool sourced = docx_field_source(r, inner, &name, &text);
  return operand_kept(r, name, sourced, text);
}

/* A bare word that is the name of a variable: Writer's user fields come so to Word. */
static bool is_variable(const struct docx_fields *r, const struct code_word *w, str *text) {
  return !w->quoted && !is_number(w->text) && docx_source(r->state, true, w->text, text);
}

static str operand_text(struct docx_fields *r, const struct docx_field *f,
                        const struct code_word *w) {
  struct docx_field *inner = one_inner(f, w);
  if (inner != NULL) return docx_field_operand(r, inner);
  bool mixed = false;
  for (size_t i = 0; i < w->text.n; i++)
    mixed = mixed || code_inner(str_sub(w->text, i, w->text.n)) >= 0;
  bool bookmark = !w->quoted && !is_number(w->text) && is_bookmark(r, w->text);
  if (mixed || w->is_switch || bookmark) return STR_NONE;
  str text;
  if (is_variable(r, w, &text)) return operand_kept(r, w->text, true, text);
  return literal_operand(w->text, w->quoted, r->a->arena);
}

/* Word sorts words by their sound, which is not done here: only numbers and dates have an order. */
static bool has_order(const struct docx_fields *r, const struct docx_field *f,
                      const struct code_word *w) {
  str text;
  if (one_inner(f, w) != NULL || is_variable(r, w, &text)) return true;
  for (size_t i = 0; i < w->text.n; i++)
    if (w->text.p[i] >= '0' && w->text.p[i] <= '9') return true;
  return false;
}

/* operand operator operand (17.16.5.24), as a condition; empty: it cannot be said. */
static str condition_of(struct docx_fields *r, const struct docx_field *f) {
  static const char *const signs[] = {"=", "<>", "<", ">", "<=", ">="};
  const struct field_code *c = &f->code;
  struct arena *a = r->a->arena;
  if (c->n < 4 || f->odd) return STR_NONE;
  str x = operand_text(r, f, &c->words[1]), y = operand_text(r, f, &c->words[3]);
  bool known = false;
  for (size_t i = 0; i < COUNT(signs); i++) known = known || str_is(c->words[2].text, signs[i]);
  if (x.n == 0 || y.n == 0 || !known || c->words[2].quoted) return STR_NONE;
  bool equality = str_is(c->words[2].text, "=") || str_is(c->words[2].text, "<>");
  if (!equality && (!has_order(r, f, &c->words[1]) || !has_order(r, f, &c->words[3])))
    return STR_NONE;
  bool empty = str_is(y, "\"\"") && one_inner(f, &c->words[1]) != NULL;
  if (empty && str_is(c->words[2].text, "=")) return arena_join(a, (str[]){STR("没有 "), x}, 2);
  if (empty && str_is(c->words[2].text, "<>")) return arena_join(a, (str[]){STR("有 "), x}, 2);
  return arena_join(a, (str[]){x, STR(" "), c->words[2].text, STR(" "), y}, 5);
}

static const char *put_choice(struct docx_writer *w, struct docx_field *f);
static const char *put_calculation(struct docx_writer *w, const struct docx_field *f);

/* A text with fields in it. */
static const char *put_branch(struct docx_writer *w, const struct docx_field *f, str s) {
  const char *wrong = NULL;
  for (size_t from = 0, i = 0; i <= s.n && wrong == NULL; i++) {
    struct docx_field *inner = i < s.n ? inner_of(f, str_sub(s, i, s.n)) : NULL;
    if (inner == NULL && i < s.n) continue;
    docx_field_put_text(w, str_sub(s, from, i));
    from = i + 3;
    if (inner == NULL) break;
    struct docx_writer deeper = *w;
    deeper.f = inner;
    if (inner->odd || inner->end == NULL)
      wrong = no_condition;
    else if (docx_field_is_value(w->r, inner))
      docx_field_put_value(&deeper, inner);
    else if (code_is(&inner->code, "IF"))
      wrong = put_choice(&deeper, inner);
    else if (docx_field_is_include(inner))
      wrong = docx_field_put_include(&deeper, inner);
    else if (docx_field_is_formula(inner))
      wrong = put_calculation(&deeper, inner);
    else
      wrong = N_("another field stands in its text");
    i += 2;
  }
  return wrong;
}

static size_t words_before_switches(const struct field_code *c) {
  size_t n = 0;
  while (n < c->n && !c->words[n].is_switch) n++;
  return n;
}

/* What is wrong with it, or NULL. */
static const char *put_choice(struct docx_writer *w, struct docx_field *f) {
  str condition = condition_of(w->r, f);
  size_t n = words_before_switches(&f->code);
  struct docx_switches s = docx_field_switches(f, w->r->a->arena);
  if (condition.n == 0 || n > 6) return no_condition;
  if (s.wrong != NULL || s.filters.n != 0) return docx_field_no_format;
  docx_field_put_native(w, (struct native){.kind = NATIVE_IF, .text = condition});
  const char *wrong = n > 4 ? put_branch(w, f, f->code.words[4].text) : NULL;
  docx_field_put_native(w, (struct native){.kind = NATIVE_ELSE});
  if (wrong == NULL && n > 5) wrong = put_branch(w, f, f->code.words[5].text);
  docx_field_put_native(w, (struct native){.kind = NATIVE_END});
  return wrong;
}

static bool merges_format(const struct field_code *c) {
  for (size_t i = 0; i + 1 < c->n; i++)
    if (c->words[i].is_switch && str_is(c->words[i].text, "*")) return true;
  return false;
}

/* What was put before a node since `first` goes again. */
static void take_back(xmlNode *first, xmlNode *at) {
  for (xmlNode *k = first, *next; k != NULL && k != at; k = next) {
    next = k->next;
    xml_remove(k);
  }
}

void docx_field_adopt_choice(struct docx_fields *r, struct docx_field *f) {
  struct docx_writer w;
  if (condition_of(r, f).n == 0 && !docx_field_shows_data(r, f)) return; /* Word's own business */
  if (!docx_field_whole(f)) return docx_field_refuse(r, f, docx_field_over_paragraphs);
  if (!docx_field_start(r, f, &w)) return;
  if (!merges_format(&f->code) && !f->simple) w.format = docx_field_run(f->begin);
  xmlNode *before = w.at->prev;
  const char *wrong = put_choice(&w, f);
  docx_field_finish(r, f);
  if (wrong == NULL) return docx_field_remove(r, f);
  take_back(before != NULL ? before->next : w.at->parent->children, w.at);
  docx_field_put_native(&w, (struct native){.kind = NATIVE_REFUSED, .why = wrong});
}

/* ---- calculations that are filled ---- */

/* Does it reckon with whole numbers only, so that every program writes the result alike? */
static bool is_whole(const struct docx_field *f, str said) {
  for (size_t i = 0; i < said.n; i++)
    if (strchr("0123456789+-*() ", said.p[i]) == NULL) return false;
  return f->ninner == 0 && said.n != 0;
}

/* A calculation.  Without a picture Word has ways of its own to write the result. */
static const char *put_calculation(struct docx_writer *w, const struct docx_field *f) {
  struct docx_switches s = docx_field_switches(f, w->r->a->arena);
  str said = formula_of(w->r, f);
  if (s.wrong != NULL) return s.wrong;
  if (said.n == 0 || (s.filters.n == 0 && !is_whole(f, said)))
    return N_("a calculation; write it as a tag: {{数量 * 单价}}");
  str text = arena_join(w->r->a->arena, (str[]){said, s.filters}, 2);
  docx_field_put_native(w, (struct native){.kind = NATIVE_VALUE, .text = text});
  return NULL;
}

void docx_field_adopt_calculation(struct docx_fields *r, struct docx_field *f) {
  struct docx_writer w;
  if (!docx_field_whole(f)) return docx_field_refuse(r, f, docx_field_over_paragraphs);
  if (!docx_field_start(r, f, &w)) return;
  const char *why = put_calculation(&w, f);
  if (why != NULL) return docx_field_refuse(r, f, why);
  docx_field_finish(r, f);
  docx_field_remove(r, f);
}

bool docx_field_is_constant(const struct docx_fields *r, const struct docx_field *f) {
  struct docx_switches s = docx_field_switches(f, r->a->arena);
  return docx_field_whole(f) && s.wrong == NULL && is_whole(f, formula_of(r, f));
}
