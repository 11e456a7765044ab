/* Content controls (ECMA-376 part 1, 17.5.2): filled when their tag or title is a name of the data or
 * a tag of ours.
 *
 * A control keeps its frame and gets one run (in its first paragraph) for what was in it; one of
 * [MS-DOCX] 2.5.1.21 repeats its first item; a check box has its state and the sign of it.
 * What is bound to a part of the package (17.5.2.6) is written there too, since Word shows that.
 * Invariant: a control that means nothing to the data stays as it is, and so does one in which
 * somebody typed tags.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "flavour/docx.h"
#include "flavour/field_code.h"

#define N_(s) (s)

#define NS_W14 "http://schemas.microsoft.com/office/word/2010/wordml"
#define NS_W15 "http://schemas.microsoft.com/office/word/2012/wordml"

enum control_level { CONTROL_RUN, CONTROL_BLOCK, CONTROL_CELL, CONTROL_ROW };

struct control {
  const struct adoption *a;
  const struct docx_state *state;
  xmlNode *sdt, *pr, *content;
  enum control_level level;
  str label; /* its tag or title, whichever means something */
  str text;  /* what a tag would say */
  str name;  /* the known name, when it is no expression */
  bool failed;
};

static bool is_w(const xmlNode *n, const char *local) { return xml_is(n, NS_W, local); }

static xmlNode *first_of(xmlNode *top, const char *local) {
  for (xmlNode *n = top; n != NULL; n = xml_walk(top, n, false))
    if (n != top && is_w(n, local)) return n;
  return NULL;
}

static enum control_level level_of(const xmlNode *content) {
  const xmlNode *k = content != NULL ? xml_first_element(content) : NULL;
  while (k != NULL && (is_w(k, "sdt") || is_w(k, "sdtContent") || is_w(k, "sdtPr")))
    k = is_w(k, "sdtPr") ? xml_next_element((xmlNode *)k) : xml_first_element(k);
  if (k == NULL) return CONTROL_RUN;
  if (is_w(k, "tr")) return CONTROL_ROW;
  if (is_w(k, "tc")) return CONTROL_CELL;
  return is_w(k, "p") || is_w(k, "tbl") ? CONTROL_BLOCK : CONTROL_RUN;
}

/* The text that is seen in a control. */
static str text_of(xmlNode *content, struct arena *a) {
  struct buf b;
  buf_init(&b, 0);
  for (xmlNode *n = content; n != NULL; n = xml_walk(content, n, is_w(n, "del")))
    if (n->type == XML_TEXT_NODE && n->parent != NULL && is_w(n->parent, "t"))
      buf_puts(&b, (const char *)n->content);
  str s = arena_dup(a, buf_str(&b));
  buf_free(&b);
  return s;
}

/* Does a label mean something: {{…}}, or a name of the data? */
static bool mean(struct control *c, str s) {
  str inside;
  if (s.n == 0) return false;
  c->label = s;
  c->name = STR_NONE;
  if (c->a->has_tag(c->a->ctx, s, &inside)) {
    c->text = inside;
    return true;
  }
  c->name = c->a->known(c->a->ctx, s);
  c->text = native_name(c->a, c->name, STR(""));
  return c->text.n != 0;
}

static bool read_label(struct control *c, const char *element) {
  const xmlNode *n = xml_child(c->pr, NS_W, element);
  return n != NULL && mean(c, arena_dup(c->a->arena, xml_attr(n, NS_W, "val")));
}

static bool has(const struct control *c, const char *ns, const char *local) {
  return xml_child(c->pr, ns, local) != NULL;
}

/* ---- what is put in ---- */

static struct native native_for(const struct control *c, enum native_kind kind, str text) {
  return (struct native){.kind = kind, .text = text, .typed = c->label};
}

/* The formatting of what is filled in: of the text that was there; when that was only the words
 * that ask for input, of the control, and never their style. */
static xmlNode *format_run(struct control *c) {
  xmlNode *old = NULL, *pr = xml_child(c->pr, NS_W, "rPr");
  for (xmlNode *n = c->content; n != NULL && old == NULL; n = xml_walk(c->content, n, false))
    if (is_w(n, "r")) old = n;
  xmlNode *run = old != NULL ? xml_shell(old) : xml_element(c->sdt, "r");
  xmlNode *own = old != NULL ? xml_child(old, NS_W, "rPr") : NULL;
  bool asking = has(c, NS_W, "showingPlcHdr");
  xmlNode *from = asking && pr != NULL ? pr : own;
  xmlNode *copy = run != NULL && from != NULL ? xml_clone(from) : NULL;
  if (copy != NULL) xml_append(run, copy);
  static const char *const of_asking[] = {"rStyle", "color"};
  for (size_t i = 0; copy != NULL && asking && i < 2; i++) {
    xmlNode *k = xml_child(copy, NS_W, of_asking[i]);
    if (k != NULL && from != pr) xml_remove(k);
  }
  return run;
}

static bool stays(const xmlNode *n) {
  return is_w(n, "pPr") || is_w(n, "tcPr") || is_w(n, "bookmarkStart") || is_w(n, "bookmarkEnd") ||
         is_w(n, "commentRangeStart") || is_w(n, "commentRangeEnd");
}

static void empty(xmlNode *n, const xmlNode *but) {
  for (xmlNode *k = n->children, *next; k != NULL; k = next) {
    next = k->next;
    if (k != but && !stays(k)) xml_remove(k);
  }
}

/* The paragraph of a control of blocks or of a cell that stays, or the content of one of runs. */
static xmlNode *holder_of(struct control *c) {
  if (c->level == CONTROL_RUN) return c->content;
  xmlNode *around = c->level == CONTROL_CELL ? first_of(c->content, "tc") : c->content;
  xmlNode *p = around != NULL ? xml_child(around, NS_W, "p") : NULL;
  return p;
}

/* All of the content gives way to this text. */
static void put_text(struct control *c, xmlNode *text) {
  xmlNode *format = format_run(c), *holder = holder_of(c);
  xmlNode *run = format != NULL && holder != NULL ? docx_new_run(format, text) : NULL;
  if (format == NULL || holder == NULL) xmlFreeNode(text);
  xmlFreeNode(format);
  if (run == NULL) {
    c->failed = true;
    return;
  }
  if (holder != c->content) empty(holder->parent, holder);
  empty(holder, NULL);
  xml_append(holder, run);
  xmlNode *asking = xml_child(c->pr, NS_W, "showingPlcHdr");
  if (asking != NULL) xml_remove(asking);
}

/* The control stays; in front of its first text stands why it is not filled. */
static void refuse(struct control *c, const char *why) {
  struct native n = native_for(c, NATIVE_REFUSED, STR(""));
  n.why = why;
  xmlNode *text = native_text(c->a, c->sdt->doc, &n), *run = docx_new_run(c->sdt, text);
  xmlNode *p = c->level == CONTROL_RUN ? NULL : first_of(c->content, "p");
  if (run == NULL)
    c->failed = true;
  else if (c->level == CONTROL_RUN)
    xml_insert_before(c->sdt, run);
  else if (p != NULL)
    xml_append(p, run);
}

/* ---- kinds of controls ---- */

/* The element in which a check box keeps its state ([MS-DOCX] 2.5.1.7), or NULL. */
static xmlNode *state_of(const xmlNode *sdt) {
  xmlNode *pr = xml_child(sdt, NS_W, "sdtPr");
  xmlNode *check = pr != NULL ? xml_child(pr, NS_W14, "checkbox") : NULL;
  return check != NULL ? xml_child(check, NS_W14, "checked") : NULL;
}

xmlAttr *docx_control_state(const xmlNode *sdt) {
  xmlNode *state = state_of(sdt);
  return state != NULL ? xml_attr_node(state, NS_W14, "val") : NULL;
}

/* The same sign as one of a symbol font: what Word offers for ticks. */
static uint32_t sign_of_symbol(str font, uint32_t code, bool ticked) {
  code &= 0xFF;
  bool tick = (str_is(font, "Wingdings") && (code == 0xFE || code == 0xFC)) ||
              (str_is(font, "Wingdings 2") && (code == 0x52 || code == 0x50));
  return !ticked ? 0x2610u : tick ? 0x2611u : 0x2612u;
}

/* The tick and the empty box: the character of a state ([MS-DOCX] 2.5.1.8). */
static str box(const struct control *c, bool ticked) {
  xmlNode *check = xml_child(c->pr, NS_W14, "checkbox");
  xmlNode *state = xml_child(check, NS_W14, ticked ? "checkedState" : "uncheckedState");
  str hex = state != NULL ? xml_attr(state, NS_W14, "val") : STR_NONE;
  str font = state != NULL ? xml_attr(state, NS_W14, "font") : STR_NONE;
  uint32_t code = 0;
  for (size_t i = 0; i < hex.n && i < 5; i++) {
    char d = hex.p[i];
    code = code * 16 + (uint32_t)(d <= '9' ? d - '0' : (d | 32) - 'a' + 10);
  }
  bool symbol = str_starts(font, STR("Wingdings")) || str_is(font, "Webdings") ||
                str_is(font, "Symbol") || (code >= 0xD800 && code <= 0xF8FF);
  if (code < 0x20) code = ticked ? 0x2612u : 0x2610u;
  struct buf b;
  buf_init(&b, 0);
  buf_put_utf8(&b, symbol ? sign_of_symbol(font, code, ticked) : code);
  str s = arena_dup(c->a->arena, buf_str(&b));
  buf_free(&b);
  return s;
}

/* The state is told by the truth of the value. */
static bool set_state(struct control *c) {
  xmlNode *check = xml_child(c->pr, NS_W14, "checkbox"), *state = state_of(c->sdt);
  struct native n = native_for(c, NATIVE_VALUE, c->text);
  n.as = AS_TRUTH;
  n.words = native_truth(c->a, STR("0"), STR("1"));
  if (state == NULL && (state = xml_element(check, "checked")) != NULL) xml_prepend(check, state);
  return state != NULL && n.words != NULL && xml_set_attr(state, state->ns, "val", STR("0")) &&
         native_attr(c->a, docx_control_state(c->sdt), &n);
}

/* ---- lists ---- */

/* What a drop-down list shows for its entries, and what stands for them in XML (17.5.2.15). */
static const struct native_words *entries(struct control *c, const xmlNode *list, bool stored) {
  size_t n = 0;
  for (xmlNode *k = xml_first_element(list); k != NULL; k = xml_next_element(k))
    n += is_w(k, "listItem");
  struct native_words *w = native_words(c->a, n);
  struct arena *a = c->a->arena;
  if (w == NULL || (w->aliases = ARENA_ARRAY(a, n != 0 ? n : 1, str)) == NULL) return NULL;
  n = 0;
  for (xmlNode *k = xml_first_element(list); k != NULL; k = xml_next_element(k)) {
    if (!is_w(k, "listItem")) continue;
    str value = arena_dup(a, xml_attr(k, NS_W, "value"));
    str shown = arena_dup(a, xml_attr(k, NS_W, "displayText"));
    w->words[n] = shown.n != 0 ? shown : value;
    w->aliases[n++] = value;
  }
  w->says = stored ? w->aliases : NULL;
  w->open = true;
  return w;
}

/* The placeholder picture in it is named, as if its alternative text were. */
static void adopt_picture(struct control *c) {
  for (xmlNode *n = c->content; n != NULL; n = xml_walk(c->content, n, false)) {
    if (n->type != XML_ELEMENT_NODE || strcmp((const char *)n->name, "docPr") != 0) continue;
    xml_set_attr(n, NULL, "descr", c->a->tag(c->a->ctx, c->text));
    xmlNode *asking = xml_child(c->pr, NS_W, "showingPlcHdr");
    if (asking != NULL) xml_remove(asking);
    return;
  }
}

/* A date is printed as the control prints dates, and kept in XML as that says (17.5.2.7, 17.5.2.38). */
static void set_date(struct control *c, struct native *shown, struct native *stored) {
  xmlNode *date = xml_child(c->pr, NS_W, "date");
  xmlNode *format = date != NULL ? xml_child(date, NS_W, "dateFormat") : NULL;
  xmlNode *kept = date != NULL ? xml_child(date, NS_W, "storeMappedDataAs") : NULL;
  xmlAttr *full = date != NULL ? xml_attr_node(date, NS_W, "fullDate") : NULL;
  str as = kept != NULL ? xml_attr(kept, NS_W, "val") : STR_NONE, filter = STR("");
  if (full != NULL) xmlRemoveProp(full); /* the day that was chosen before */
  if (format != NULL) filter = code_date(xml_attr(format, NS_W, "val"), c->a->arena);
  if (date == NULL || c->name.n == 0) return;
  shown->text = stored->text = native_name(c->a, c->name, filter);
  if (str_is(as, "date")) stored->text = native_name(c->a, c->name, STR("：日期 yyyy-MM-dd"));
  if (as.n == 0 || str_is(as, "dateTime"))
    stored->text = native_name(c->a, c->name, STR("：日期 \"yyyy-MM-dd'T00:00:00'\""));
}

/* What its part of the package has is written there too; otherwise Word would show that. */
static const char *bind(struct control *c, struct native *shown, const struct native *stored) {
  xmlNode *bound = xml_child(c->pr, NS_W, "dataBinding");
  const char *why = NULL;
  if (has(c, NS_W15, "dataBinding"))
    return N_("it is bound to formatted text in the XML data of the document; remove the mapping");
  if (bound != NULL) shown->store = docx_bind(c->state, c->a, bound, stored, STR_NONE, &why);
  return why;
}

static bool has_cells(const xmlNode *content) {
  size_t n = 0;
  for (xmlNode *k = xml_first_element(content); k != NULL; k = xml_next_element(k))
    n += is_w(k, "tc");
  return n > 1;
}

/* A text, an entry of a list, or the sign of a state. */
static void adopt_value(struct control *c) {
  if (c->level == CONTROL_BLOCK && xml_first_element(c->content) == NULL)
    xml_append(c->content, xml_element(c->sdt, "p"));
  struct native shown = native_for(c, NATIVE_VALUE, c->text), stored = shown;
  xmlNode *list = xml_child(c->pr, NS_W, "dropDownList");
  bool state = has(c, NS_W14, "checkbox");
  if (holder_of(c) == NULL) return refuse(c, N_("there is no paragraph in it"));
  if (has_cells(c->content)) return refuse(c, N_("several cells stand in it"));
  if (first_of(c->content, "sectPr") != NULL) return refuse(c, N_("a section ends in it"));
  set_date(c, &shown, &stored);
  if (list != NULL) {
    xmlAttr *last = xml_attr_node(list, NS_W, "lastValue");
    if (last != NULL) xmlRemoveProp(last); /* what was chosen before */
    shown.as = stored.as = AS_ENTRY;
    shown.words = entries(c, list, false);
    stored.words = entries(c, list, true);
  } else if (state) {
    shown.as = stored.as = AS_TRUTH;
    shown.words = native_truth(c->a, box(c, false), box(c, true));
    stored.words = native_truth(c->a, STR("false"), STR("true"));
  }
  const char *why = bind(c, &shown, &stored);
  if (why != NULL) return refuse(c, why);
  if ((list != NULL || state) && (shown.words == NULL || stored.words == NULL)) c->failed = true;
  if (state && !set_state(c)) c->failed = true;
  if (!c->failed) put_text(c, native_text(c->a, c->sdt->doc, &shown));
}

/* ---- what repeats ---- */

static const char *const repeating[] = {"repeatingSection", "repeatingSectionItem"};

static bool is_item(const xmlNode *n) {
  xmlNode *pr = is_w(n, "sdt") ? xml_child(n, NS_W, "sdtPr") : NULL;
  return pr != NULL && xml_child(pr, NS_W15, repeating[1]) != NULL;
}

/* The items that were there are samples: the first is repeated, the others go. */
static bool keep_first_item(xmlNode *content) {
  xmlNode *first = NULL;
  for (xmlNode *k = xml_first_element(content), *next; k != NULL; k = next) {
    next = xml_next_element(k);
    if (!is_item(k)) continue;
    if (first != NULL)
      xml_remove(k);
    else
      first = k;
  }
  return first != NULL;
}

static void adopt_list(struct control *c) {
  bool section = has(c, NS_W15, repeating[0]);
  if (section && has(c, NS_W15, "dataBinding"))
    return refuse(c, N_("the list is bound to XML data of the document, from which Word would make "
                        "it anew; remove the mapping"));
  if (section && !keep_first_item(c->content)) return refuse(c, N_("there is no item in it"));
  struct native open = native_for(c, NATIVE_EACH, c->text), close = open;
  xmlNode *begin = native_mark(c->a, c->sdt->doc, &open);
  close.kind = NATIVE_CLOSE;
  close.opener = begin != NULL ? native_of(begin) : NULL;
  xmlNode *end = native_mark(c->a, c->sdt->doc, &close);
  if (begin == NULL || end == NULL) {
    c->failed = true;
    return;
  }
  xml_prepend(c->content, begin);
  xml_append(c->content, end);
}

/* ---- all of a story ---- */

static bool has_controls(xmlNode *content) {
  for (xmlNode *n = content; n != NULL; n = xml_walk(content, n, false))
    if (n != content && is_w(n, "sdt")) return true;
  return false;
}

/* Is the control a frame around others that are filled? */
static bool frames(const struct control *c) {
  for (xmlNode *n = c->content; n != NULL; n = xml_walk(c->content, n, false)) {
    struct control inner = {
        .a = c->a, .sdt = n, .pr = is_w(n, "sdt") ? xml_child(n, NS_W, "sdtPr") : NULL};
    if (inner.pr != NULL && (read_label(&inner, "tag") || read_label(&inner, "alias"))) return true;
  }
  return false;
}

static bool is_foreign(const struct control *c) {
  return has(c, NS_W, "docPartObj") || has(c, NS_W, "docPartList") || has(c, NS_W, "equation") ||
         has(c, NS_W, "citation") || has(c, NS_W, "bibliography") || has(c, NS_W15, repeating[1]);
}

/* A control in which tags were typed: its part of the package has them too. */
static void adopt_typed(struct control *c, str text) {
  xmlNode *bound = xml_child(c->pr, NS_W, "dataBinding");
  const char *why = NULL;
  if (bound != NULL) docx_bind(c->state, c->a, bound, NULL, text, &why);
  if (why != NULL) refuse(c, why);
}

static void adopt_control(struct control *c) {
  str typed = text_of(c->content, c->a->arena), inside;
  bool list = has(c, NS_W15, repeating[0]), tags = c->a->has_tag(c->a->ctx, typed, &inside);
  bool means = read_label(c, "tag") || read_label(c, "alias");
  if (is_foreign(c)) return;
  bool repeats = list || c->level == CONTROL_ROW;
  bool is_list = means && c->name.n != 0 && c->a->is_list(c->a->ctx, c->name);
  if (repeats && (is_list || (means && c->name.n != 0 && c->a->learning))) return adopt_list(c);
  if (tags) return adopt_typed(c, typed);
  if (!means) return;
  if (c->text.n == 0) return refuse(c, N_("more than one tag stands in its label"));
  if (list) return refuse(c, N_("its name is no list of the data"));
  if (c->level == CONTROL_ROW) return refuse(c, N_("a row is repeated by the name of a list only"));
  if (frames(c)) return;
  if (is_list)
    return refuse(c, N_("its name is a list of the data; a repeating section or a row repeats"));
  if (has_controls(c->content)) return refuse(c, N_("other controls stand in it"));
  if (has(c, NS_W, "picture"))
    adopt_picture(c);
  else
    adopt_value(c);
}

/* Another control bound to what was filled shows the same: Word would show that. */
static void adopt_same(struct control *c) {
  xmlNode *bound = xml_child(c->pr, NS_W, "dataBinding");
  const struct docx_binding *b = bound != NULL ? docx_bound(c->state, bound) : NULL;
  str inside;
  bool own = read_label(c, "tag") || read_label(c, "alias") ||
             c->a->has_tag(c->a->ctx, text_of(c->content, c->a->arena), &inside);
  if (b == NULL || own || is_foreign(c) || has_controls(c->content) || holder_of(c) == NULL) return;
  *c->a->changed = true;
  if (!b->native_known)
    put_text(c, xml_text(c->sdt->doc, b->text));
  else if (mean(c, b->native.typed))
    adopt_value(c);
}

/* The level of a control; false: it stands where none can be filled. */
static bool place_control(struct control *c, const xmlNode *story) {
  c->pr = xml_child(c->sdt, NS_W, "sdtPr");
  c->content = xml_child(c->sdt, NS_W, "sdtContent");
  if (c->pr == NULL || c->content == NULL) return false;
  c->level = level_of(c->content);
  if (c->level != CONTROL_RUN || docx_in_paragraph(c->sdt, story)) return true;
  const xmlNode *up = c->sdt->parent;
  c->level = CONTROL_BLOCK; /* with nothing in it */
  return xml_first_element(c->content) == NULL && !is_w(up, "tbl") && !is_w(up, "tr");
}

static bool adopt_all(const struct adoption *a, const struct docx_state *state, xmlNode *story,
                      void (*adopt)(struct control *c)) {
  for (xmlNode *n = story, *next; n != NULL; n = next) {
    bool over = n != story && (is_w(n, "txbxContent") || is_w(n, "del") || is_w(n, "moveFrom"));
    next = xml_walk(story, n, over);
    struct control c = {.a = a, .state = state, .sdt = n};
    if (over || !is_w(n, "sdt") || !place_control(&c, story)) continue;
    adopt(&c);
    if (c.failed) return false;
    next = xml_walk(story, n, false);
  }
  return !mem_failed();
}

bool docx_adopt_controls(const struct adoption *a, const struct docx_state *state, xmlNode *story) {
  return adopt_all(a, state, story, adopt_control) && adopt_all(a, state, story, adopt_same);
}
