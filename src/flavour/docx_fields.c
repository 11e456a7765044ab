/* Word's fields (ECMA-376 part 1, 17.16) that are filled: MERGEFIELD, IF, DOCPROPERTY, form fields
 * and their kin.
 *
 *   begin  MERGEFIELD 支出合计 \# 0.00  separate  «支出合计»  end      →  {{支出合计：2位}}
 *   IF { MERGEFIELD 车辆数 } > 0 "有车" "无车"                         →  {{如果 车辆数 > 0}}有车{{否则}}…
 *   INCLUDEPICTURE "照片\\{ MERGEFIELD 姓名 }.jpg"                    →  its picture, as a placeholder
 *   DOCPROPERTY 镇名                                                 →  the field stays, its result is filled
 *
 * The fields of a whole story are read first, since a field may hold others in its code and reach
 * over paragraphs.  What Word would compute otherwise than it is said here is refused, never
 * guessed.  Invariant: a field that is not filled stays node for node what it was.
 */
#include "base/mem.h"
#include "flavour/docx_field.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define N_(s)    (s)

static bool is_w(const xmlNode *n, const char *local) { return xml_is(n, NS_W, local); }

static void adopt_merge_field(struct docx_fields *r, struct docx_field *f) {
  struct docx_writer w;
  if (!docx_field_whole(f)) return docx_field_refuse(r, f, docx_field_over_paragraphs);
  if (!docx_field_start(r, f, &w)) return;
  docx_field_put_value(&w, f);
  docx_field_finish(r, f);
  docx_field_remove(r, f);
}

/* ---- what the document has one value of ---- */

/* The text of the result. */
static str result_text(const struct docx_fields *r, const struct docx_field *f) {
  struct buf b;
  const xmlNode *around = f->simple ? f->begin : r->story;
  buf_init(&b, 0);
  for (xmlNode *n = f->simple ? f->begin : f->separate; n != NULL && (f->simple || n != f->end);
       n = xml_walk(around, n, false))
    if (n->type == XML_TEXT_NODE && n->parent != NULL && is_w(n->parent, "t"))
      buf_puts(&b, (const char *)n->content);
  str s = arena_dup(r->a->arena, buf_str(&b));
  buf_free(&b);
  return s;
}

/* The result gives way to one run, which is taken. */
static bool replace_result(struct docx_fields *r, struct docx_field *f, xmlNode *run) {
  if (run == NULL || (!f->simple && !docx_field_begin_run(f->end))) return xmlFreeNode(run), false;
  if (!f->simple) {
    docx_field_clear(r, xml_walk(r->story, f->separate, false), f->end);
    xml_insert_before(docx_field_run(f->end), run);
    return true;
  }
  for (xmlNode *k = f->begin->children, *next; k != NULL; k = next) {
    next = k->next;
    if (!docx_field_keeps(k)) xml_remove(k);
  }
  xml_append(f->begin, run);
  return true;
}

/* The result is filled, and the field stays: Word makes it anew of the source, which is filled
 * too. */
static void adopt_property(struct docx_fields *r, struct docx_field *f) {
  str name, text, known = STR_NONE;
  bool sourced = docx_field_source(r, f, &name, &text);
  struct docx_switches s = docx_field_switches(f, r->a->arena);
  if (name.n != 0) known = r->a->known(r->a->ctx, name);
  if (known.n == 0 && (!sourced || s.filters.n != 0 || s.wrong != NULL)) return;
  if (!f->simple && f->separate == NULL) return;
  if (known.n != 0 && !docx_field_whole(f))
    return docx_field_refuse(r, f, docx_field_over_paragraphs);
  if (known.n != 0 && s.wrong != NULL) return docx_field_refuse(r, f, s.wrong);
  if (!docx_field_whole(f) || (known.n == 0 && str_eq(text, result_text(r, f)))) return;
  struct native n = {.kind = NATIVE_VALUE,
                     .text = native_name(r->a, known, s.filters),
                     .typed = docx_field_typed(r, f),
                     .store = true};
  xmlDoc *doc = r->story->doc;
  xmlNode *out = known.n != 0 ? native_text(r->a, doc, &n) : xml_text(doc, text);
  if (known.n == 0) *r->a->changed = true;
  docx_field_finish(r, f);
  if (!replace_result(r, f, docx_new_run(docx_field_format(r, f), out))) r->failed = true;
}

/* ---- form fields ---- */

static bool is_form(const struct docx_field *f) {
  return !f->simple && (code_is(&f->code, "FORMTEXT") || code_is(&f->code, "FORMCHECKBOX") ||
                        code_is(&f->code, "FORMDROPDOWN"));
}

/* Puts the run that begins the result where there is none. */
static bool begin_result(struct docx_field *f) {
  if (f->separate != NULL) return true;
  if (!docx_field_begin_run(f->end)) return false;
  xmlNode *run = xml_shell(docx_field_run(f->end)), *edge = run != NULL ? xml_shell(f->end) : NULL;
  if (edge == NULL) return false;
  xml_append(run, edge);
  xml_insert_before(docx_field_run(f->end), run);
  f->separate = edge;
  return xml_set_attr(edge, edge->ns, "fldCharType", STR("separate"));
}

static const char *put_form_text(struct docx_fields *r, struct docx_field *f, struct native *n,
                                 str name) {
  const char *why = NULL;
  str filters = docx_form_text(r->a, f->begin, &why);
  if (why != NULL) return why;
  n->text = native_name(r->a, name, filters);
  bool ok = begin_result(f);
  xmlNode *out = ok ? native_text(r->a, r->story->doc, n) : NULL;
  ok = ok && replace_result(r, f, docx_new_run(docx_field_format(r, f), out));
  r->failed = r->failed || !ok;
  return NULL;
}

/* A state, and the text beside it that some programs write. */
static const char *put_form_state(struct docx_fields *r, struct docx_field *f, struct native *n) {
  const char *why = NULL;
  if (!docx_form_state(r->a, f->begin, n, &why)) r->failed = true;
  bool shown = f->separate != NULL && result_text(r, f).n != 0;
  if (why != NULL || !shown || r->failed || n->as != AS_INDEX) return why;
  n->as = AS_ENTRY;
  xmlNode *out = native_text(r->a, r->story->doc, n);
  if (!replace_result(r, f, docx_new_run(docx_field_format(r, f), out))) r->failed = true;
  return NULL;
}

/* The field stays, with another result or state. */
static void adopt_form(struct docx_fields *r, struct docx_field *f) {
  str name = docx_form_name(r->a, f->begin);
  struct arena *a = r->a->arena;
  str inside;
  if (name.n == 0 || r->a->has_tag(r->a->ctx, result_text(r, f), &inside)) return;
  if (!docx_field_whole(f)) return docx_field_refuse(r, f, docx_field_over_paragraphs);
  struct native n = {.text = native_name(r->a, name, STR("")),
                     .typed = arena_join(a, (str[]){docx_field_typed(r, f), STR(" "), name}, 3)};
  const char *why =
      code_is(&f->code, "FORMTEXT") ? put_form_text(r, f, &n, name) : put_form_state(r, f, &n);
  if (why != NULL) return docx_field_refuse(r, f, why);
  docx_field_finish(r, f);
}

/* ---- fields that are never filled ---- */

static const char *const in_code = N_("a figure stands in the code of a field that is not filled");

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

static size_t span_of(str s, size_t from, char first, char last) {
  size_t n = 0;
  while (from + n < s.n && s.p[from + n] >= first && s.p[from + n] <= last) n++;
  return n;
}

/* B3; as an end of a range also a column (B) or a row (3). */
static bool is_cell(str word, bool end) {
  size_t letters = span_of(word, 0, 'A', 'Z'), digits = span_of(word, letters, '0', '9');
  bool whole = end ? letters + digits != 0 : letters != 0 && digits != 0;
  return whole && letters <= 2 && letters + digits == word.n;
}

/* ABOVE, B3, B3:C9; R2C3 is another way to write cells, which is not followed. */
static str cells_in(str word) {
  static const char *const sides[] = {"ABOVE", "LEFT", "RIGHT", "BELOW"};
  size_t colon = str_find(word, STR(":"), 0), row = span_of(word, 1, '0', '9');
  for (size_t i = 0; i < COUNT(sides); i++)
    if (str_is(word, sides[i])) return word;
  bool numbered = row != 0 && word.p[0] == 'R' && word.n > row + 2 && word.p[row + 1] == 'C';
  if (colon == STR_NOT_FOUND) return numbered ? STR("*") : is_cell(word, false) ? word : STR_NONE;
  bool range =
      is_cell(str_sub(word, 0, colon), true) && is_cell(str_sub(word, colon + 1, word.n), true);
  return range ? word : STR("*");
}

/* SUM(Table2 A1:B3): the name of a bookmark and a blank before cells make them those of its table. */
static bool is_elsewhere(str s, size_t word) {
  static const char operators[] = "=+-*/^(,;<>%";
  size_t i = word;
  while (i > 0 && (s.p[i - 1] == ' ' || s.p[i - 1] == '\t')) i--;
  return i > 0 && i < word && strchr(operators, s.p[i - 1]) == NULL;
}

static void put_cells(str s, struct buf *all) {
  struct buf word;
  buf_init(&word, 0);
  for (size_t i = 0; i <= s.n; i++) {
    char c = i < s.n ? upper(s.p[i]) : ' ';
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':') {
      buf_putc(&word, c);
      continue;
    }
    str cells = cells_in(buf_str(&word));
    buf_put(all, cells.n != 0 && is_elsewhere(s, i - word.n) ? STR("@") : cells);
    if (cells.n != 0) buf_putc(all, ' ');
    buf_clear(&word);
  }
  buf_free(&word);
}

/* What a formula and those in the code of a field are made of (17.16.3), as flavour->cell_formula
 * has it. */
static void put_all_cells(const struct docx_field *f, struct buf *all) {
  if (docx_field_is_formula(f)) put_cells(buf_str(&f->text), all);
  for (size_t i = 0; i < f->ninner; i++) put_all_cells(f->inner[i], all);
}

static str cells_of(const struct docx_fields *r, const struct docx_field *f) {
  struct buf all;
  buf_init(&all, 0);
  put_all_cells(f, &all);
  str cells = arena_dup(r->a->arena, str_trim(buf_str(&all)));
  buf_free(&all);
  return cells;
}

/* What it shows is made of cells, and stays as it is. */
static void keep_cells(struct docx_fields *r, struct docx_field *f) {
  struct docx_writer w;
  str cells = cells_of(r, f);
  if (cells.n != 0 && docx_field_start(r, f, &w))
    docx_field_put_native(&w, (struct native){.kind = NATIVE_TABLE, .text = cells});
}

/* = … : a calculation of cells is wrong once these are filled; one of fields is refused. */
static void adopt_formula(struct docx_fields *r, struct docx_field *f) {
  if (docx_field_shows_data(r, f) || docx_field_is_constant(r, f))
    return docx_field_adopt_calculation(r, f);
  keep_cells(r, f);
  f->done = true;
}

static bool is_one_of(const struct docx_field *f, const char *const *kinds, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (code_is(&f->code, kinds[i])) return true;
  return false;
}

/* What a mail merge prints of its records, or goes on to the next one for: that matters when a
 * merge field follows. */
static bool is_merge_control(const struct docx_fields *r, const struct docx_field *f) {
  static const char *const prints[] = {"MERGEREC", "MERGESEQ"};
  static const char *const moves[] = {"NEXT", "NEXTIF", "SKIPIF"};
  if (is_one_of(f, prints, COUNT(prints))) return true;
  if (!is_one_of(f, moves, COUNT(moves))) return false;
  for (size_t i = f->index + 1; i < r->n; i++)
    if (docx_field_is_merge(r->fields[i])) return true;
  return docx_field_shows_data(r, f);
}

/* What Word makes of the record in a way of its own, or asks for; NULL: nothing. */
static const char *no_counterpart(const struct docx_fields *r, const struct docx_field *f) {
  static const char *const addresses[] = {"ADDRESSBLOCK", "GREETINGLINE"};
  if (is_one_of(f, addresses, COUNT(addresses)))
    return N_("Word puts it together of an address list; write tags instead");
  if (code_is(&f->code, "MERGEBARCODE"))
    return N_("Word draws its code of the record; put in a picture instead");
  bool asked = code_is(&f->code, "ASK") && f->code.n > 1 &&
               r->a->known(r->a->ctx, f->code.words[1].text).n != 0;
  return asked ? N_("it asks for what the data have; write the tag where the answer is shown")
               : NULL;
}

/* A tag in the code of a field that is not filled.  A link's address is another matter
 * (docx_links.c). */
static bool refuse_tags(struct docx_fields *r, struct docx_field *f) {
  str inside;
  if (code_is(&f->code, "HYPERLINK") || !r->a->has_tag(r->a->ctx, buf_str(&f->text), &inside))
    return false;
  docx_field_refuse(r, f, in_code);
  docx_field_forget_code(r, f);
  return true;
}

static void adopt_field(struct docx_fields *r, struct docx_field *f) {
  const char *why = no_counterpart(r, f);
  if (why != NULL)
    docx_field_refuse(r, f, why);
  else if (docx_field_is_value(r, f))
    adopt_merge_field(r, f);
  else if (is_form(f))
    adopt_form(r, f);
  else if (code_is(&f->code, "IF"))
    docx_field_adopt_choice(r, f);
  else if (docx_field_is_property(f) || docx_field_is_builtin(f))
    adopt_property(r, f);
  else if (is_merge_control(r, f))
    docx_field_refuse(r, f,
                      N_("one report is made of each record, so there is nothing to go on to"));
  else if (docx_field_is_include(f))
    docx_field_adopt_include(r, f);
  else if (refuse_tags(r, f))
    return;
  else if (docx_field_is_formula(f))
    adopt_formula(r, f);
  else
    for (size_t i = 0; i < f->ninner; i++)
      if (docx_field_shows_data(r, f->inner[i])) return docx_field_refuse(r, f, in_code);
}

bool docx_adopt_fields(const struct adoption *a, const struct docx_state *state, xmlNode *story) {
  struct docx_fields r = {.a = a, .state = state, .story = story};
  docx_field_read(&r);
  for (size_t i = 0; i < r.n && !r.failed; i++) {
    struct docx_field *f = r.fields[i];
    bool code = f->in_code && f->outer != NULL; /* the outer one's business */
    if (f->done || code) continue;
    adopt_field(&r, f);
    if (!f->done) keep_cells(&r, f);
  }
  docx_field_free(&r);
  return !r.failed && !mem_failed();
}
