/* One field of Word (ECMA-376 part 1, 17.16): reading it, what its code says, and writing in its
 * place.
 *
 * The fields of a whole story are read first, since a field may hold others in its code and reach
 * over paragraphs.  Nothing is decided here about what becomes of a field.
 */
#include "flavour/docx_field.h"

#include "base/mem.h"
#include "base/utf8.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define N_(s)    (s)

static bool is_w(const xmlNode *n, const char *local) { return xml_is(n, NS_W, local); }

/* ---- reading ---- */

static struct docx_field *top(const struct docx_fields *r) {
  return r->depth != 0 ? r->open[r->depth - 1] : NULL;
}

static struct docx_field *push(struct docx_fields *r, xmlNode *begin, bool simple) {
  struct docx_field *f = ARENA_NEW(r->a->arena, struct docx_field), *outer = top(r);
  struct docx_field **slot =
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

static void read_edge(struct docx_fields *r, xmlNode *n) {
  str type = xml_attr(n, NS_W, "fldCharType");
  struct docx_field *f = top(r);
  if (str_is(type, "begin")) {
    push(r, n, false);
  } else if (f != NULL && !f->simple && str_is(type, "separate")) {
    f->separate = n;
  } else if (f != NULL && !f->simple && str_is(type, "end")) {
    f->end = n;
    r->depth--;
  }
}

static void read_simple(struct docx_fields *r, xmlNode *n) {
  struct docx_field *f = push(r, n, true);
  if (f == NULL) return;
  f->end = n;
  buf_put(&f->text, xml_attr(n, NS_W, "instr"));
}

static bool inside(const xmlNode *n, const xmlNode *top_node) {
  while (n != NULL && n != top_node) n = n->parent;
  return n != NULL;
}

static void read_code(struct docx_field *f, const xmlNode *n) {
  for (const xmlNode *k = n->children; k != NULL; k = k->next)
    if (k->type == XML_TEXT_NODE || k->type == XML_CDATA_SECTION_NODE)
      buf_puts(&f->text, (const char *)k->content);
}

/* What is read in a story: not what was deleted, nor the stories in it. */
static bool passed_over(const struct docx_fields *r, const xmlNode *n) {
  return n != r->story && (is_w(n, "txbxContent") || is_w(n, "del") || is_w(n, "moveFrom") ||
                           is_w(n, "pPr") || is_w(n, "rPr") || is_w(n, "sdtPr"));
}

static void read_story(struct docx_fields *r) {
  for (xmlNode *n = r->story; n != NULL && !r->failed;
       n = xml_walk(r->story, n, passed_over(r, n))) {
    if (n->type != XML_ELEMENT_NODE || passed_over(r, n)) continue;
    while (top(r) != NULL && top(r)->simple && !inside(n, top(r)->begin)) r->depth--;
    struct docx_field *f = top(r);
    bool code = f != NULL && !f->simple && f->separate == NULL;
    bool edge = is_w(n, "fldChar") && n->parent != NULL && is_w(n->parent, "r");
    if (edge && docx_in_paragraph(n, r->story))
      read_edge(r, n);
    else if (is_w(n, "fldSimple") && docx_in_paragraph(n, r->story))
      read_simple(r, n);
    else if (code && (is_w(n, "instrText") || is_w(n, "t")))
      read_code(f, n);
    else if (code && is_w(n, "noBreakHyphen"))
      buf_putc(&f->text, '-');
    else if (code && is_w(n, "tab"))
      buf_putc(&f->text, ' ');
    else if (code && (is_w(n, "br") || is_w(n, "drawing") || is_w(n, "pict") || is_w(n, "p") ||
                      is_w(n, "tbl") || is_w(n, "sym")))
      f->odd = true;
  }
}

void docx_field_read(struct docx_fields *r) {
  read_story(r);
  for (size_t i = 0; i < r->n && !r->failed; i++)
    r->failed = r->fields[i]->text.failed ||
                !code_read(buf_str(&r->fields[i]->text), r->a->arena, &r->fields[i]->code);
}

static xmlNode *paragraph_of(xmlNode *n) {
  while (n != NULL && !is_w(n, "p")) n = n->parent;
  return n;
}

/* ---- runs ---- */

xmlNode *docx_field_run(xmlNode *n) {
  return n->parent != NULL && is_w(n->parent, "r") ? n->parent : NULL;
}

/* From here on its run begins with n; what stood before it is a run of its own. */
bool docx_field_begin_run(xmlNode *n) {
  xmlNode *run = docx_field_run(n), *left = NULL;
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
  if (run == NULL || t == NULL || text == NULL) {
    xmlFreeNode(run);
    xmlFreeNode(t);
    xmlFreeNode(text);
    return NULL;
  }
  if (pr != NULL) xml_append(run, xml_clone(pr));
  xmlNodeSetSpacePreserve(t, 1);
  xml_append(t, text);
  xml_append(run, t);
  return run;
}

/* The run whose formatting the result has: its first with a text, else that of the code. */
xmlNode *docx_field_format(const struct docx_fields *r, const struct docx_field *f) {
  xmlNode *from = f->simple ? f->begin : f->separate, *to = f->simple ? NULL : f->end;
  xmlNode *around = f->simple ? f->begin : r->story;
  for (xmlNode *n = from; n != NULL && n != to; n = xml_walk(around, n, false))
    if (is_w(n, "t") && docx_field_run(n) != NULL) return docx_field_run(n);
  return f->simple ? f->begin : docx_field_run(f->begin);
}

/* Where what is put in place of a field goes: before this node. */
static xmlNode *place_of(struct docx_field *f) {
  if (f->simple) return f->begin;
  return docx_field_begin_run(f->begin) ? docx_field_run(f->begin) : NULL;
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
void docx_field_clear(const struct docx_fields *r, xmlNode *from, const xmlNode *to) {
  for (xmlNode *n = from, *next; n != NULL && n != to; n = next) {
    bool leaf = docx_field_run(n) != NULL && !stays(n);
    next = xml_walk(r->story, n, leaf);
    if (!leaf) continue;
    xmlNode *run = n->parent;
    xml_remove(n);
    if (is_empty(run) && !inside(next, run)) xml_remove(run);
  }
}

bool docx_field_keeps(const xmlNode *n) {
  return n->type == XML_ELEMENT_NODE && flavour_docx.kind(n) == KIND_MARK;
}

void docx_field_remove(const struct docx_fields *r, struct docx_field *f) {
  if (!f->simple) {
    xmlNode *end = f->end, *run = docx_field_run(end);
    docx_field_clear(r, f->begin, end);
    xml_remove(end);
    if (run != NULL && is_empty(run)) xml_remove(run);
    return;
  }
  for (xmlNode *k = f->begin->children, *next; k != NULL; k = next) {
    next = k->next;
    if (!docx_field_keeps(k)) continue;
    xmlUnlinkNode(k); /* a bookmark in the result */
    xml_insert_before(f->begin, k);
  }
  xml_remove(f->begin);
}

/* ---- writing ---- */

static void put_node(struct docx_writer *w, xmlNode *text) {
  xmlNode *run = docx_new_run(w->format, text);
  if (run == NULL)
    w->r->failed = true;
  else
    xml_insert_before(w->at, run);
}

/* The beginning of the code, with what stands in the fields in it. */
static void put_typed(const struct docx_field *f, struct buf *out, unsigned *left) {
  str s = str_trim(buf_str(&f->text));
  for (size_t at = 0, next; at<s.n && * left> 0 && s.p[at] != '\\'; at = next) {
    int inner = code_inner(str_sub(s, at, s.n));
    next = at;
    utf8_next(s, &next);
    if (inner < 0) {
      buf_put(out, str_sub(s, at, next));
      --*left;
    } else if ((size_t)inner < f->ninner) {
      put_typed(f->inner[inner], out, left);
    }
  }
}

str docx_field_typed(const struct docx_fields *r, const struct docx_field *f) {
  struct buf b;
  unsigned left = 40;
  buf_init(&b, 0);
  put_typed(f, &b, &left);
  bool open = false; /* it ends between quotation marks */
  for (size_t i = 0; i < b.n; i++) open = (b.p[i] == '"') != open;
  if (open) buf_puts(&b, "…\"");
  str s = arena_dup(r->a->arena, str_trim(buf_str(&b)));
  buf_free(&b);
  return s;
}

void docx_field_put_native(struct docx_writer *w, struct native n) {
  n.typed = docx_field_typed(w->r, w->f);
  put_node(w, native_text(w->r->a, w->at->doc, &n));
}

void docx_field_put_text(struct docx_writer *w, str s) {
  if (s.n != 0) put_node(w, xml_text(w->at->doc, s));
}

bool docx_field_start(struct docx_fields *r, struct docx_field *f, struct docx_writer *w) {
  *w = (struct docx_writer){.r = r, .f = f, .format = docx_field_format(r, f), .at = place_of(f)};
  return w->at != NULL && w->format != NULL;
}

/* The field stays, and what stands before it says why nothing can be filled. */
void docx_field_refuse(struct docx_fields *r, struct docx_field *f, const char *why) {
  struct docx_writer w;
  f->done = true;
  if (docx_field_start(r, f, &w))
    docx_field_put_native(&w, (struct native){.kind = NATIVE_REFUSED, .why = why});
}

void docx_field_forget_code(struct docx_fields *r, struct docx_field *f) {
  const xmlNode *end = f->separate != NULL ? f->separate : f->end;
  for (xmlNode *n = f->simple ? NULL : f->begin; n != NULL && n != end;
       n = xml_walk(r->story, n, false))
    while (is_w(n, "instrText") && n->children != NULL) xml_remove(n->children);
  if (f->simple) xml_set_attr(f->begin, f->begin->ns, "instr", STR(""));
}

static bool is_inside(const struct docx_field *f, const struct docx_field *outer) {
  for (; f != NULL; f = f->outer)
    if (f == outer) return true;
  return false;
}

/* The field and all in it are dealt with. */
void docx_field_finish(struct docx_fields *r, struct docx_field *f) {
  for (size_t i = f->index; i < r->n && is_inside(r->fields[i], f); i++) r->fields[i]->done = true;
}

const char *const docx_field_over_paragraphs = N_("it reaches over several paragraphs");

bool docx_field_whole(const struct docx_field *f) {
  return f->end != NULL && paragraph_of(f->begin) == paragraph_of(f->end);
}

/* ---- switches ---- */

const char *const docx_field_no_format =
    N_("its format has no counterpart; write a tag with a filter instead");

/* \* : how the text is written; nothing for what keeps the formatting (17.16.4.3). */
static void take_format(str picture, struct docx_switches *s) {
  if (code_same(picture, "MERGEFORMAT") || code_same(picture, "CHARFORMAT")) return;
  bool hanzi = code_same(picture, "CHINESENUM3") && s->filters.n == 0;
  if (hanzi)
    s->filters = STR("：中文数字");
  else
    s->wrong = docx_field_no_format;
}

static void take_switch(str kind, str picture, bool percent, struct arena *a,
                        struct docx_switches *s) {
  bool number = str_is(kind, "#"), date = str_is(kind, "@");
  str filters = number ? code_number(picture, percent, a) : date ? code_date(picture, a) : STR("");
  if (number || date) {
    if (filters.n == 0 || s->filters.n != 0) s->wrong = docx_field_no_format;
    s->filters = filters;
  } else if (code_same(kind, "B")) {
    s->before = picture;
  } else if (code_same(kind, "F")) {
    s->behind = picture;
  } else if (str_is(kind, "*")) {
    take_format(picture, s);
  } else if (kind.n != 1 || strchr("mvdohMVDOH!", kind.p[0]) == NULL) {
    s->wrong = docx_field_no_format;
  }
}

/* Does the field calculate a hundred times something?  Word puts the percent sign of a picture
 * behind the number as it is. */
static bool is_hundredfold(const struct docx_field *f) {
  str s = buf_str(&f->text);
  size_t at = str_find(s, STR("*"), 0);
  for (at = at != STR_NOT_FOUND ? at + 1 : s.n; at < s.n && s.p[at] == ' ';) at++;
  str rest = str_trim(str_sub(s, at, s.n));
  return str_starts(str_trim(s), STR("=")) && str_starts(rest, STR("100")) &&
         (rest.n == 3 || strchr(" \\)", rest.p[3]) != NULL);
}

/* Each switch has one word behind it at most; what stands there besides is not understood. */
struct docx_switches docx_field_switches(const struct docx_field *f, struct arena *a) {
  struct docx_switches s = {.filters = STR("")};
  const struct code_word *w = f->code.words;
  size_t from = 0;
  while (from < f->code.n && !w[from].is_switch) from++;
  for (size_t i = from; i < f->code.n; i++) {
    bool word = i + 1 < f->code.n && !w[i + 1].is_switch;
    if (w[i].is_switch)
      take_switch(w[i].text, word ? w[i + 1].text : STR_NONE, is_hundredfold(f), a, &s);
    else if (!w[i - 1].is_switch)
      s.wrong = docx_field_no_format;
  }
  return s;
}

/* ---- MERGEFIELD ---- */

static const char *const no_name = N_("the name is missing, or holds other fields");
static const char *const odd_code = N_("more than text stands in its code");

static bool plain_word(const struct field_code *c, size_t i) {
  if (i >= c->n || c->words[i].is_switch || c->words[i].text.n == 0) return false;
  for (size_t k = 0; k < c->words[i].text.n; k++)
    if (code_inner(str_sub(c->words[i].text, k, c->words[i].text.n)) >= 0) return false;
  return true;
}

/* The name of a field; a name in braces is meant as it stands between them. */
str docx_field_name(const struct docx_fields *r, const struct docx_field *f) {
  str name = STR_NONE, inside_braces;
  if (!plain_word(&f->code, 1)) return name;
  name = f->code.words[1].text;
  for (size_t i = 2; plain_word(&f->code, i) && !f->code.words[1].quoted; i++)
    name = arena_join(r->a->arena, (str[]){name, STR(" "), f->code.words[i].text}, 3);
  if (r->a->has_tag(r->a->ctx, name, &inside_braces) && inside_braces.n != 0) name = inside_braces;
  return name;
}

void docx_field_put_value(struct docx_writer *w, const struct docx_field *f) {
  struct arena *a = w->r->a->arena;
  struct docx_switches s = docx_field_switches(f, a);
  str name = docx_field_name(w->r, f), text = native_value(w->r->a, name, s.filters);
  const char *why = text.n == 0 ? no_name : f->odd ? odd_code : s.wrong;
  if (why != NULL) {
    docx_field_put_native(w, (struct native){.kind = NATIVE_REFUSED, .why = why});
    return;
  }
  bool wrapped = s.before.n != 0 || s.behind.n != 0; /* only around what is not empty */
  if (wrapped) {
    str has = arena_join(a, (str[]){STR("有 "), native_value(w->r->a, name, STR(""))}, 2);
    docx_field_put_native(w, (struct native){.kind = NATIVE_IF, .text = has});
  }
  docx_field_put_text(w, s.before);
  docx_field_put_native(w, (struct native){.kind = NATIVE_VALUE, .text = text});
  docx_field_put_text(w, s.behind);
  if (wrapped) docx_field_put_native(w, (struct native){.kind = NATIVE_END});
}

/* ---- what it shows ---- */

static const char *const builtin[] = {"TITLE", "SUBJECT", "KEYWORDS", "COMMENTS"};

bool docx_field_is_property(const struct docx_field *f) {
  return code_is(&f->code, "DOCPROPERTY") || code_is(&f->code, "DOCVARIABLE");
}

bool docx_field_is_builtin(const struct docx_field *f) {
  for (size_t i = 0; i < COUNT(builtin); i++)
    if (code_is(&f->code, builtin[i])) return true;
  return false;
}

/* The property that a field shows: by its name, or by the field's own word. */
bool docx_field_source(const struct docx_fields *r, const struct docx_field *f, str *name,
                       str *text) {
  *name = *text = STR_NONE;
  if (docx_field_is_property(f)) {
    *name = docx_field_name(r, f);
    return name->n != 0 && docx_source(r->state, code_is(&f->code, "DOCVARIABLE"), *name, text);
  }
  for (size_t i = 0; i < COUNT(builtin); i++)
    if (code_is(&f->code, builtin[i]))
      return f->code.n == 1 && docx_source(r->state, false, str_of(builtin[i]), text);
  return false;
}

bool docx_field_is_merge(const struct docx_field *f) { return code_is(&f->code, "MERGEFIELD"); }

/* A question whose words are a name is answered, as a merge field is. */
static bool asks_for_name(const struct docx_fields *r, const struct docx_field *f) {
  return code_is(&f->code, "FILLIN") && r->a->known(r->a->ctx, docx_field_name(r, f)).n != 0;
}

/* Does it give way to a value of the record? */
bool docx_field_is_value(const struct docx_fields *r, const struct docx_field *f) {
  return docx_field_is_merge(f) || asks_for_name(r, f);
}

/* Does the field, or one in its code, show a figure of the data? */
bool docx_field_shows_data(const struct docx_fields *r, const struct docx_field *f) {
  if (docx_field_is_value(r, f)) return true;
  str name = docx_field_is_property(f) ? docx_field_name(r, f) : STR_NONE;
  if (name.n != 0 && r->a->known(r->a->ctx, name).n != 0) return true;
  for (size_t i = 0; i < f->ninner; i++)
    if (docx_field_shows_data(r, f->inner[i])) return true;
  return false;
}

bool docx_field_is_formula(const struct docx_field *f) {
  return f->code.n != 0 && !f->code.words[0].quoted && str_starts(f->code.words[0].text, STR("="));
}

void docx_field_free(struct docx_fields *r) {
  for (size_t i = 0; i < r->n; i++) buf_free(&r->fields[i]->text);
}
