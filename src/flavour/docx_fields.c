/* Word's fields (ECMA-376 part 1, 17.16) that are filled: MERGEFIELD, IF, DOCPROPERTY, form fields
 * and their kin.
 *
 *   begin  MERGEFIELD 支出合计 \# 0.00  separate  «支出合计»  end      →  {{支出合计：2位}}
 *   IF { MERGEFIELD 车辆数 } > 0 "有车" "无车"                         →  {{如果 车辆数 > 0}}有车{{否则}}…
 *   DOCPROPERTY 镇名                                                 →  the field stays, its result is filled
 *
 * The fields of a whole story are read first, since a field may hold others in its code and reach
 * over paragraphs.  What Word would compute otherwise than it is said here is refused, never
 * guessed.  Invariant: a field that is not filled stays node for node what it was.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "flavour/docx.h"
#include "flavour/field_code.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define N_(s)    (s)

enum { MAX_NESTED = 32, INNERS = CODE_INNERS - 1 };

struct field {
  size_t index;                    /* among those of the story, in the order in which they begin */
  xmlNode *begin, *separate, *end; /* fldChar; of a fldSimple begin and end are the element */
  bool simple;
  struct field *outer;
  bool in_code; /* stands in the code of outer, not in its result */
  struct buf text;
  struct field_code code;
  struct field *inner[INNERS]; /* those in the code */
  size_t ninner;
  bool odd;  /* more than text and fields stands in the code */
  bool done; /* filled, or gone with the field around it */
};

struct reader {
  const struct adoption *a;
  const struct docx_state *state;
  xmlNode *story;
  struct field **fields;
  size_t n, cap;
  struct field *open[MAX_NESTED];
  size_t depth;
  bool failed; /* no memory */
};

static bool is_w(const xmlNode *n, const char *local) { return xml_is(n, NS_W, local); }

/* ---- reading ---- */

static struct field *top(const struct reader *r) {
  return r->depth != 0 ? r->open[r->depth - 1] : NULL;
}

static struct field *push(struct reader *r, xmlNode *begin, bool simple) {
  struct field *f = ARENA_NEW(r->a->arena, struct field), *outer = top(r);
  struct field **slot =
      f != NULL ? arena_grow(r->a->arena, r->fields, &r->n, &r->cap, sizeof *slot) : NULL;
  if (slot == NULL || r->depth == MAX_NESTED) return r->failed = slot == NULL, NULL;
  r->fields = slot - (r->n - 1);
  *slot = f;
  f->index = r->n - 1;
  f->begin = begin;
  f->simple = simple;
  f->outer = outer;
  buf_init(&f->text, 0);
  if (outer != NULL && !outer->simple && outer->separate == NULL) {
    f->in_code = true;
    char mark[] = {'\xEF', '\xB7', (char)(0x90 + outer->ninner), '\0'};
    outer->odd = outer->odd || outer->ninner == INNERS;
    if (!outer->odd) outer->inner[outer->ninner++] = f;
    buf_puts(&outer->text, mark);
  }
  r->open[r->depth++] = f;
  return f;
}

bool docx_in_paragraph(const xmlNode *n, const xmlNode *story) {
  bool paragraph = false;
  for (n = n->parent; n != NULL && n != story; n = n->parent) paragraph = paragraph || is_w(n, "p");
  return paragraph;
}

static void read_edge(struct reader *r, xmlNode *n) {
  str type = xml_attr(n, NS_W, "fldCharType");
  struct field *f = top(r);
  if (str_is(type, "begin")) {
    push(r, n, false);
  } else if (f != NULL && !f->simple && str_is(type, "separate")) {
    f->separate = n;
  } else if (f != NULL && !f->simple && str_is(type, "end")) {
    f->end = n;
    r->depth--;
  }
}

static void read_simple(struct reader *r, xmlNode *n) {
  struct field *f = push(r, n, true);
  if (f == NULL) return;
  f->end = n;
  buf_put(&f->text, xml_attr(n, NS_W, "instr"));
}

static bool inside(const xmlNode *n, const xmlNode *top_node) {
  while (n != NULL && n != top_node) n = n->parent;
  return n != NULL;
}

static void read_code(struct field *f, const xmlNode *n) {
  for (const xmlNode *k = n->children; k != NULL; k = k->next)
    if (k->type == XML_TEXT_NODE || k->type == XML_CDATA_SECTION_NODE)
      buf_puts(&f->text, (const char *)k->content);
}

/* What is read in a story: not what was deleted, nor the stories in it. */
static bool passed_over(const struct reader *r, const xmlNode *n) {
  return n != r->story && (is_w(n, "txbxContent") || is_w(n, "del") || is_w(n, "moveFrom") ||
                           is_w(n, "pPr") || is_w(n, "rPr") || is_w(n, "sdtPr"));
}

static void read_story(struct reader *r) {
  for (xmlNode *n = r->story; n != NULL && !r->failed;
       n = xml_walk(r->story, n, passed_over(r, n))) {
    if (n->type != XML_ELEMENT_NODE || passed_over(r, n)) continue;
    while (top(r) != NULL && top(r)->simple && !inside(n, top(r)->begin)) r->depth--;
    struct field *f = top(r);
    bool code = f != NULL && !f->simple && f->separate == NULL;
    bool edge = is_w(n, "fldChar") && n->parent != NULL && is_w(n->parent, "r");
    if (edge && docx_in_paragraph(n, r->story))
      read_edge(r, n);
    else if (is_w(n, "fldSimple") && docx_in_paragraph(n, r->story))
      read_simple(r, n);
    else if (code && (is_w(n, "instrText") || is_w(n, "t")))
      read_code(f, n);
    else if (code && (is_w(n, "tab") || is_w(n, "br") || is_w(n, "drawing") || is_w(n, "pict") ||
                      is_w(n, "p") || is_w(n, "tbl") || is_w(n, "sym")))
      f->odd = true;
  }
}

static xmlNode *paragraph_of(xmlNode *n) {
  while (n != NULL && !is_w(n, "p")) n = n->parent;
  return n;
}

/* ---- runs ---- */

static xmlNode *run_of(xmlNode *n) {
  return n->parent != NULL && is_w(n->parent, "r") ? n->parent : NULL;
}

/* From here on its run begins with n; what stood before it is a run of its own. */
static bool begin_run(xmlNode *n) {
  xmlNode *run = run_of(n), *left = NULL;
  if (run == NULL) return false;
  for (xmlNode *k = run->children, *next; k != n; k = next) {
    next = k->next;
    if (is_w(k, "rPr")) continue;
    if (left == NULL) {
      xmlNode *pr = xml_child(run, NS_W, "rPr");
      if ((left = xml_shell(run)) == NULL) return false;
      if (pr != NULL) xml_append(left, xml_clone(pr));
      xml_insert_before(run, left);
    }
    xmlUnlinkNode(k);
    xml_append(left, k);
  }
  return true;
}

xmlNode *docx_new_run(xmlNode *like, xmlNode *text) {
  xmlNode *run = is_w(like, "r") ? xml_shell(like) : xml_element(like, "r");
  xmlNode *t = xml_element(like, "t"), *pr = is_w(like, "r") ? xml_child(like, NS_W, "rPr") : NULL;
  if (run == NULL || t == NULL || text == NULL) return NULL;
  if (pr != NULL) xml_append(run, xml_clone(pr));
  xmlNodeSetSpacePreserve(t, 1);
  xml_append(t, text);
  xml_append(run, t);
  return run;
}

/* The run whose formatting the result has: its first with a text, else that of the code. */
static xmlNode *format_of(const struct reader *r, const struct field *f) {
  xmlNode *from = f->simple ? f->begin : f->separate, *to = f->simple ? NULL : f->end;
  xmlNode *around = f->simple ? f->begin : r->story;
  for (xmlNode *n = from; n != NULL && n != to; n = xml_walk(around, n, false))
    if (is_w(n, "t") && run_of(n) != NULL) return run_of(n);
  return f->simple ? f->begin : run_of(f->begin);
}

/* Where what is put in place of a field goes: before this node. */
static xmlNode *place_of(struct field *f) {
  if (f->simple) return f->begin;
  return begin_run(f->begin) ? run_of(f->begin) : NULL;
}

static bool stays(const xmlNode *n) {
  return is_w(n, "rPr") || is_w(n, "commentReference") || is_w(n, "lastRenderedPageBreak");
}

static bool is_empty(const xmlNode *run) {
  for (const xmlNode *k = run->children; k != NULL; k = k->next)
    if (!is_w(k, "rPr") &&
        !(k->type == XML_TEXT_NODE && str_trim(str_of((const char *)k->content)).n == 0))
      return false;
  return true;
}

/* Takes out what the runs hold from `from` to before `to`; marks between the runs stay. */
static void remove_range(const struct reader *r, xmlNode *from, const xmlNode *to) {
  for (xmlNode *n = from, *next; n != NULL && n != to; n = next) {
    bool leaf = run_of(n) != NULL && !stays(n);
    next = xml_walk(r->story, n, leaf);
    if (!leaf) continue;
    xmlNode *run = n->parent;
    xml_remove(n);
    if (is_empty(run) && !inside(next, run)) xml_remove(run);
  }
}

static bool is_mark(const xmlNode *n) {
  return n->type == XML_ELEMENT_NODE && flavour_docx.kind(n) == KIND_MARK;
}

static void remove_field(const struct reader *r, struct field *f) {
  if (!f->simple) {
    xmlNode *end = f->end, *run = run_of(end);
    remove_range(r, f->begin, end);
    xml_remove(end);
    if (run != NULL && is_empty(run)) xml_remove(run);
    return;
  }
  for (xmlNode *k = f->begin->children, *next; k != NULL; k = next) {
    next = k->next;
    if (!is_mark(k)) continue;
    xmlUnlinkNode(k); /* a bookmark in the result */
    xml_insert_before(f->begin, k);
  }
  xml_remove(f->begin);
}

/* ---- writing ---- */

struct writer {
  struct reader *r;
  struct field *f;
  xmlNode *at;     /* before this node */
  xmlNode *format; /* a run of that formatting */
};

static void put_node(struct writer *w, xmlNode *text) {
  xmlNode *run = docx_new_run(w->format, text);
  if (run == NULL)
    w->r->failed = true;
  else
    xml_insert_before(w->at, run);
}

static str typed(const struct reader *r, const struct field *f) {
  str s = str_trim(buf_str(&f->text));
  size_t to = 0;
  for (unsigned n = 0; to < s.n && n < 40 && code_inner(str_sub(s, to, s.n)) < 0; n++) {
    size_t next = to;
    while (next < s.n && ((unsigned char)s.p[++next] & 0xC0) == 0x80) continue;
    if (s.p[to] == '\\') break;
    to = next;
  }
  return arena_dup(r->a->arena, str_trim(str_sub(s, 0, to)));
}

static void put_native(struct writer *w, struct native n) {
  n.typed = typed(w->r, w->f);
  put_node(w, native_text(w->r->a, w->at->doc, &n));
}

static void put_text(struct writer *w, str s) {
  if (s.n != 0) put_node(w, xml_text(w->at->doc, s));
}

static bool start(struct reader *r, struct field *f, struct writer *w) {
  *w = (struct writer){.r = r, .f = f, .format = format_of(r, f), .at = place_of(f)};
  return w->at != NULL && w->format != NULL;
}

/* The field stays, and what stands before it says why nothing can be filled. */
static void refuse(struct reader *r, struct field *f, const char *why) {
  struct writer w;
  f->done = true;
  if (start(r, f, &w)) put_native(&w, (struct native){.kind = NATIVE_REFUSED, .why = why});
}

static bool is_inside(const struct field *f, const struct field *outer) {
  for (; f != NULL; f = f->outer)
    if (f == outer) return true;
  return false;
}

/* The field and all in it are dealt with. */
static void finish(struct reader *r, struct field *f) {
  for (size_t i = f->index; i < r->n && is_inside(r->fields[i], f); i++) r->fields[i]->done = true;
}

/* ---- switches ---- */

static const char *const unknown_switch =
    N_("its format has no counterpart; write a tag with a filter instead");

struct switches {
  str filters, before, behind;
  const char *wrong;
};

static void take_switch(const struct field_code *c, size_t i, struct arena *a, struct switches *s) {
  str picture = i + 1 < c->n && !c->words[i + 1].is_switch ? c->words[i + 1].text : STR_NONE;
  str text = c->words[i].text, filters = STR_NONE;
  if (str_is(text, "#")) filters = code_number(picture, a);
  if (str_is(text, "@")) filters = code_date(picture, a);
  if (str_is(text, "#") || str_is(text, "@")) {
    if (filters.n == 0) s->wrong = unknown_switch;
    s->filters = arena_join(a, (str[]){s->filters, filters}, 2);
  } else if (str_is(text, "b")) {
    s->before = picture;
  } else if (str_is(text, "f")) {
    s->behind = picture;
  } else if (str_is(text, "*")) {
    bool plain = str_is(picture, "MERGEFORMAT") || str_is(picture, "CHARFORMAT") ||
                 str_is(picture, "Mergeformat") || str_is(picture, "Charformat") ||
                 str_is(picture, "mergeformat") || str_is(picture, "charformat");
    if (!plain) s->wrong = unknown_switch;
  }
}

static struct switches switches_of(const struct field *f, size_t from, struct arena *a) {
  struct switches s = {.filters = STR("")};
  for (size_t i = from; i < f->code.n; i++)
    if (f->code.words[i].is_switch) take_switch(&f->code, i, a, &s);
  return s;
}

/* ---- MERGEFIELD ---- */

static const char *const no_name = N_("the name is missing, or holds other fields");

static bool plain_word(const struct field_code *c, size_t i) {
  if (i >= c->n || c->words[i].is_switch || c->words[i].text.n == 0) return false;
  for (size_t k = 0; k < c->words[i].text.n; k++)
    if (code_inner(str_sub(c->words[i].text, k, c->words[i].text.n)) >= 0) return false;
  return true;
}

/* The name of a field; a name in braces is meant as it stands between them. */
static str name_of(const struct reader *r, const struct field *f) {
  str name = STR_NONE, inside_braces;
  if (!plain_word(&f->code, 1)) return name;
  name = f->code.words[1].text;
  for (size_t i = 2; plain_word(&f->code, i) && !f->code.words[1].quoted; i++)
    name = arena_join(r->a->arena, (str[]){name, STR(" "), f->code.words[i].text}, 3);
  if (r->a->has_tag(r->a->ctx, name, &inside_braces) && inside_braces.n != 0) name = inside_braces;
  return name;
}

static void put_value(struct writer *w, const struct field *f) {
  struct arena *a = w->r->a->arena;
  struct switches s = switches_of(f, 1, a);
  str name = name_of(w->r, f), text = native_value(w->r->a, name, s.filters);
  if (text.n == 0 || s.wrong != NULL) {
    put_native(w, (struct native){.kind = NATIVE_REFUSED, .why = text.n == 0 ? no_name : s.wrong});
    return;
  }
  bool wrapped = s.before.n != 0 || s.behind.n != 0; /* only around what is not empty */
  if (wrapped) {
    str has = arena_join(a, (str[]){STR("有 "), native_value(w->r->a, name, STR(""))}, 2);
    put_native(w, (struct native){.kind = NATIVE_IF, .text = has});
  }
  put_text(w, s.before);
  put_native(w, (struct native){.kind = NATIVE_VALUE, .text = text});
  put_text(w, s.behind);
  if (wrapped) put_native(w, (struct native){.kind = NATIVE_END});
}

static const char *const over_paragraphs = N_("it reaches over several paragraphs");

static bool in_one_paragraph(const struct field *f) {
  return f->end != NULL && paragraph_of(f->begin) == paragraph_of(f->end);
}

static void adopt_merge_field(struct reader *r, struct field *f) {
  struct writer w;
  if (!in_one_paragraph(f)) return refuse(r, f, over_paragraphs);
  if (!start(r, f, &w)) return;
  put_value(&w, f);
  finish(r, f);
  remove_field(r, f);
}

/* ---- what the document has one value of ---- */

static bool is_property(const struct field *f) {
  return code_is(&f->code, "DOCPROPERTY") || code_is(&f->code, "DOCVARIABLE");
}

static const char *const builtin[] = {"TITLE", "SUBJECT", "KEYWORDS", "COMMENTS"};

/* The property that a field shows: by its name, or by the field's own word. */
static bool source_of(const struct reader *r, const struct field *f, str *name, str *text) {
  *name = *text = STR_NONE;
  if (is_property(f)) {
    *name = name_of(r, f);
    return name->n != 0 && docx_source(r->state, code_is(&f->code, "DOCVARIABLE"), *name, text);
  }
  for (size_t i = 0; i < COUNT(builtin); i++)
    if (code_is(&f->code, builtin[i]))
      return f->code.n == 1 && docx_source(r->state, false, str_of(builtin[i]), text);
  return false;
}

/* The text of the result. */
static str result_text(const struct reader *r, const struct field *f) {
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

/* The result gives way to one run. */
static bool replace_result(struct reader *r, struct field *f, xmlNode *run) {
  if (run == NULL || (!f->simple && !begin_run(f->end))) return false;
  if (!f->simple) {
    remove_range(r, xml_walk(r->story, f->separate, false), f->end);
    xml_insert_before(run_of(f->end), run);
    return true;
  }
  for (xmlNode *k = f->begin->children, *next; k != NULL; k = next) {
    next = k->next;
    if (!is_mark(k)) xml_remove(k);
  }
  xml_append(f->begin, run);
  return true;
}

/* The result is filled, and the field stays: Word makes it anew of the source, which is filled
 * too. */
static void adopt_property(struct reader *r, struct field *f) {
  str name, text, known = STR_NONE;
  bool sourced = source_of(r, f, &name, &text);
  struct switches s = switches_of(f, 1, r->a->arena);
  if (name.n != 0) known = r->a->known(r->a->ctx, name);
  if (known.n == 0 && (!sourced || s.filters.n != 0 || s.wrong != NULL)) return;
  if (!f->simple && f->separate == NULL) return;
  if (known.n != 0 && !in_one_paragraph(f)) return refuse(r, f, over_paragraphs);
  if (known.n != 0 && s.wrong != NULL) return refuse(r, f, s.wrong);
  if (!in_one_paragraph(f) || (known.n == 0 && str_eq(text, result_text(r, f)))) return;
  struct native n = {.kind = NATIVE_VALUE,
                     .text = native_name(r->a, known, s.filters),
                     .typed = typed(r, f),
                     .store = true};
  xmlDoc *doc = r->story->doc;
  xmlNode *out = known.n != 0 ? native_text(r->a, doc, &n) : xml_text(doc, text);
  if (known.n == 0) *r->a->changed = true;
  finish(r, f);
  if (!replace_result(r, f, docx_new_run(format_of(r, f), out))) r->failed = true;
}

/* ---- form fields ---- */

static bool is_form(const struct field *f) {
  return !f->simple && (code_is(&f->code, "FORMTEXT") || code_is(&f->code, "FORMCHECKBOX") ||
                        code_is(&f->code, "FORMDROPDOWN"));
}

/* Puts the run that begins the result where there is none. */
static bool begin_result(struct field *f) {
  if (f->separate != NULL) return true;
  if (!begin_run(f->end)) return false;
  xmlNode *run = xml_shell(run_of(f->end)), *edge = run != NULL ? xml_shell(f->end) : NULL;
  if (edge == NULL) return false;
  xml_append(run, edge);
  xml_insert_before(run_of(f->end), run);
  f->separate = edge;
  return xml_set_attr(edge, edge->ns, "fldCharType", STR("separate"));
}

static const char *put_form_text(struct reader *r, struct field *f, struct native *n, str name) {
  const char *why = NULL;
  str filters = docx_form_text(r->a, f->begin, &why);
  if (why != NULL) return why;
  n->text = native_name(r->a, name, filters);
  xmlNode *out = native_text(r->a, r->story->doc, n);
  bool ok = begin_result(f) && replace_result(r, f, docx_new_run(format_of(r, f), out));
  r->failed = r->failed || !ok;
  return NULL;
}

/* A state, and the text beside it that some programs write. */
static const char *put_form_state(struct reader *r, struct field *f, struct native *n) {
  const char *why = NULL;
  if (!docx_form_state(r->a, f->begin, n, &why)) r->failed = true;
  bool shown = f->separate != NULL && result_text(r, f).n != 0;
  if (why != NULL || !shown || r->failed || n->as != AS_INDEX) return why;
  n->as = AS_ENTRY;
  xmlNode *out = native_text(r->a, r->story->doc, n);
  if (!replace_result(r, f, docx_new_run(format_of(r, f), out))) r->failed = true;
  return NULL;
}

/* The field stays, with another result or state. */
static void adopt_form(struct reader *r, struct field *f) {
  str name = docx_form_name(r->a, f->begin);
  struct arena *a = r->a->arena;
  str inside;
  if (name.n == 0 || r->a->has_tag(r->a->ctx, result_text(r, f), &inside)) return;
  if (!in_one_paragraph(f)) return refuse(r, f, over_paragraphs);
  struct native n = {.text = native_name(r->a, name, STR("")),
                     .typed = arena_join(a, (str[]){typed(r, f), STR(" "), name}, 3)};
  const char *why =
      code_is(&f->code, "FORMTEXT") ? put_form_text(r, f, &n, name) : put_form_state(r, f, &n);
  if (why != NULL) return refuse(r, f, why);
  finish(r, f);
}

/* A question whose words are a name is answered, as a merge field is. */
static bool asks_for_name(const struct reader *r, const struct field *f) {
  return code_is(&f->code, "FILLIN") && r->a->known(r->a->ctx, name_of(r, f)).n != 0;
}

/* ---- IF ---- */

static const char *const no_condition =
    N_("its condition cannot be said in the template language; write {{如果 …}} instead");

static struct field *inner_of(const struct field *f, str word) {
  int i = code_inner(word);
  return i >= 0 && (size_t)i < f->ninner ? f->inner[i] : NULL;
}

/* A word that is one inner field and nothing else, or NULL. */
static struct field *one_inner(const struct field *f, const struct code_word *w) {
  return w->text.n == 3 ? inner_of(f, w->text) : NULL;
}

static bool is_merge_field(const struct field *f) { return code_is(&f->code, "MERGEFIELD"); }

/* Does the field, or one in its code, show a figure of the data? */
static bool shows_data(const struct reader *r, const struct field *f) {
  if (is_merge_field(f)) return true;
  str name = is_property(f) ? name_of(r, f) : STR_NONE;
  if (name.n != 0 && r->a->known(r->a->ctx, name).n != 0) return true;
  for (size_t i = 0; i < f->ninner; i++)
    if (shows_data(r, f->inner[i])) return true;
  return false;
}

/* The text that a word compares with, in quotes or as a number; empty: it cannot be said. */
static str literal_operand(str s, bool quoted, struct arena *a) {
  bool number = s.n != 0 && !quoted;
  for (size_t i = 0; i < s.n; i++) number = number && strchr("0123456789.,%", s.p[i]) != NULL;
  if (number && s.p[0] >= '0' && s.p[0] <= '9') return s;
  for (size_t i = 0; i < s.n; i++)
    if (strchr("?*\"", s.p[i]) != NULL) return STR_NONE; /* ? and * stand for any text in Word */
  return arena_join(a, (str[]){STR("\""), s, STR("\"")}, 3);
}

static str operand_text(const struct reader *r, const struct field *f, const struct code_word *w) {
  struct arena *a = r->a->arena;
  struct field *inner = one_inner(f, w);
  if (inner == NULL) {
    bool mixed = false;
    for (size_t i = 0; i < w->text.n; i++)
      mixed = mixed || code_inner(str_sub(w->text, i, w->text.n)) >= 0;
    return mixed || w->is_switch ? STR_NONE : literal_operand(w->text, w->quoted, a);
  }
  if (inner->odd || inner->end == NULL) return STR_NONE;
  str name, text;
  if (is_merge_field(inner)) {
    struct switches s = switches_of(inner, 1, a);
    bool formatted = s.filters.n != 0 || s.wrong != NULL || s.before.n != 0 || s.behind.n != 0;
    return formatted ? STR_NONE : native_value(r->a, name_of(r, inner), STR(""));
  }
  bool sourced = source_of(r, inner, &name, &text);
  str known = name.n != 0 ? r->a->known(r->a->ctx, name) : STR_NONE;
  if (known.n != 0) return native_name(r->a, known, STR(""));
  return sourced && !r->a->has_tag(r->a->ctx, text, &name) ? literal_operand(text, false, a)
                                                           : STR_NONE;
}

/* operand operator operand (17.16.5.24), as a condition; empty: it cannot be said. */
static str condition_of(const struct reader *r, const struct field *f) {
  static const char *const signs[] = {"=", "<>", "<", ">", "<=", ">="};
  const struct field_code *c = &f->code;
  struct arena *a = r->a->arena;
  if (c->n < 4 || f->odd) return STR_NONE;
  str x = operand_text(r, f, &c->words[1]), y = operand_text(r, f, &c->words[3]);
  bool known = false;
  for (size_t i = 0; i < COUNT(signs); i++) known = known || str_is(c->words[2].text, signs[i]);
  if (x.n == 0 || y.n == 0 || !known || c->words[2].quoted) return STR_NONE;
  bool empty = str_is(y, "\"\"") && one_inner(f, &c->words[1]) != NULL;
  if (empty && str_is(c->words[2].text, "=")) return arena_join(a, (str[]){STR("没有 "), x}, 2);
  if (empty && str_is(c->words[2].text, "<>")) return arena_join(a, (str[]){STR("有 "), x}, 2);
  return arena_join(a, (str[]){x, STR(" "), c->words[2].text, STR(" "), y}, 5);
}

static const char *put_choice(struct writer *w, struct field *f);

/* A text with fields in it. */
static const char *put_branch(struct writer *w, const struct field *f, str s) {
  const char *wrong = NULL;
  for (size_t from = 0, i = 0; i <= s.n && wrong == NULL; i++) {
    struct field *inner = i < s.n ? inner_of(f, str_sub(s, i, s.n)) : NULL;
    if (inner == NULL && i < s.n) continue;
    put_text(w, str_sub(s, from, i));
    from = i + 3;
    if (inner == NULL) break;
    struct writer deeper = *w;
    deeper.f = inner;
    if (inner->odd || inner->end == NULL)
      wrong = no_condition;
    else if (is_merge_field(inner))
      put_value(&deeper, inner);
    else if (code_is(&inner->code, "IF"))
      wrong = put_choice(&deeper, inner);
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
static const char *put_choice(struct writer *w, struct field *f) {
  str condition = condition_of(w->r, f);
  size_t n = words_before_switches(&f->code);
  if (condition.n == 0 || n > 6) return no_condition;
  put_native(w, (struct native){.kind = NATIVE_IF, .text = condition});
  const char *wrong = n > 4 ? put_branch(w, f, f->code.words[4].text) : NULL;
  put_native(w, (struct native){.kind = NATIVE_ELSE});
  if (wrong == NULL && n > 5) wrong = put_branch(w, f, f->code.words[5].text);
  put_native(w, (struct native){.kind = NATIVE_END});
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

static void adopt_choice(struct reader *r, struct field *f) {
  struct writer w;
  if (condition_of(r, f).n == 0 && !shows_data(r, f)) return; /* Word's own business */
  if (!in_one_paragraph(f)) return refuse(r, f, over_paragraphs);
  if (!start(r, f, &w)) return;
  if (!merges_format(&f->code) && !f->simple) w.format = run_of(f->begin);
  xmlNode *before = w.at->prev;
  const char *wrong = put_choice(&w, f);
  finish(r, f);
  if (wrong == NULL) return remove_field(r, f);
  take_back(before != NULL ? before->next : w.at->parent->children, w.at);
  put_native(&w, (struct native){.kind = NATIVE_REFUSED, .why = wrong});
}

/* ---- fields that are never filled ---- */

static const char *const in_code = N_("a figure stands in the code of a field that is not filled");

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

static bool is_cell(str word) {
  static const char *const sides[] = {"ABOVE", "LEFT", "RIGHT", "BELOW"};
  size_t letters = 0, digits = 0;
  for (size_t i = 0; i < COUNT(sides); i++)
    if (str_is(word, sides[i])) return true;
  while (letters < word.n && word.p[letters] >= 'A') letters++;
  while (letters + digits < word.n && word.p[letters + digits] < 'A') digits++;
  return letters >= 1 && letters <= 2 && digits >= 1 && letters + digits == word.n;
}

/* The cells that a formula names, apart by blanks: ABOVE, B3 (17.16.3). */
static str cells_of(const struct reader *r, const struct field *f) {
  str s = buf_str(&f->text);
  struct buf word, all;
  buf_init(&word, 0);
  buf_init(&all, 0);
  for (size_t i = 0; i <= s.n; i++) {
    char c = i < s.n ? upper(s.p[i]) : ' ';
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      buf_putc(&word, c);
      continue;
    }
    if (is_cell(buf_str(&word))) {
      buf_put(&all, buf_str(&word));
      buf_putc(&all, ' ');
    }
    buf_clear(&word);
  }
  str cells = arena_dup(r->a->arena, str_trim(buf_str(&all)));
  buf_free(&all);
  buf_free(&word);
  return cells;
}

/* = … : a calculation of cells is wrong once these are filled; one of fields is refused. */
static void adopt_formula(struct reader *r, struct field *f) {
  struct writer w;
  if (shows_data(r, f))
    return refuse(r, f, N_("a calculation; write it as a tag: {{数量 * 单价}}"));
  str cells = cells_of(r, f);
  if (cells.n != 0 && start(r, f, &w))
    put_native(&w, (struct native){.kind = NATIVE_TABLE, .text = cells});
  f->done = true;
}

static bool is_one_of(const struct field *f, const char *const *kinds, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (code_is(&f->code, kinds[i])) return true;
  return false;
}

/* What a mail merge prints of its records, or goes on to the next one for: that matters when a
 * merge field follows. */
static bool is_merge_control(const struct reader *r, const struct field *f) {
  static const char *const prints[] = {"MERGEREC", "MERGESEQ", "ADDRESSBLOCK", "GREETINGLINE"};
  static const char *const moves[] = {"NEXT", "NEXTIF", "SKIPIF"};
  if (is_one_of(f, prints, COUNT(prints))) return true;
  if (!is_one_of(f, moves, COUNT(moves))) return false;
  for (size_t i = f->index + 1; i < r->n; i++)
    if (is_merge_field(r->fields[i])) return true;
  return shows_data(r, f);
}

/* Takes the code out of a field that was refused, so that nothing in it is told again. */
static void forget_code(struct reader *r, struct field *f) {
  const xmlNode *end = f->separate != NULL ? f->separate : f->end;
  for (xmlNode *n = f->simple ? NULL : f->begin; n != NULL && n != end;
       n = xml_walk(r->story, n, false))
    while (is_w(n, "instrText") && n->children != NULL) xml_remove(n->children);
}

/* A tag in the code of a field that is not filled.  A link's address is another matter
 * (docx_links.c). */
static bool refuse_tags(struct reader *r, struct field *f) {
  str inside;
  if (code_is(&f->code, "HYPERLINK") || !r->a->has_tag(r->a->ctx, buf_str(&f->text), &inside))
    return false;
  bool picture = code_is(&f->code, "INCLUDEPICTURE");
  refuse(r, f, picture ? docx_linked_picture : in_code);
  forget_code(r, f);
  return true;
}

static void adopt_field(struct reader *r, struct field *f) {
  bool formula =
      f->code.n != 0 && !f->code.words[0].quoted && str_starts(f->code.words[0].text, STR("="));
  if (is_merge_field(f) || asks_for_name(r, f))
    adopt_merge_field(r, f);
  else if (is_form(f))
    adopt_form(r, f);
  else if (code_is(&f->code, "IF"))
    adopt_choice(r, f);
  else if (is_property(f) || is_one_of(f, builtin, COUNT(builtin)))
    adopt_property(r, f);
  else if (is_merge_control(r, f))
    refuse(r, f, N_("one report is made of each record, so there is nothing to go on to"));
  else if (refuse_tags(r, f))
    return;
  else if (formula)
    adopt_formula(r, f);
  else
    for (size_t i = 0; i < f->ninner; i++)
      if (shows_data(r, f->inner[i])) return refuse(r, f, in_code);
}

static void free_fields(struct reader *r) {
  for (size_t i = 0; i < r->n; i++) buf_free(&r->fields[i]->text);
}

bool docx_adopt_fields(const struct adoption *a, const struct docx_state *state, xmlNode *story) {
  struct reader r = {.a = a, .state = state, .story = story};
  read_story(&r);
  for (size_t i = 0; i < r.n && !r.failed; i++)
    r.failed = r.fields[i]->text.failed ||
               !code_read(buf_str(&r.fields[i]->text), a->arena, &r.fields[i]->code);
  for (size_t i = 0; i < r.n && !r.failed; i++) {
    struct field *f = r.fields[i];
    bool code = f->in_code && f->outer != NULL; /* the outer one's business */
    if (!f->done && !code) adopt_field(&r, f);
  }
  free_fields(&r);
  return !r.failed && !mem_failed();
}
