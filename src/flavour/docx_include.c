/* INCLUDEPICTURE (ECMA-376 part 1, 17.16.5.26) of a mail merge: the picture that the field shows is
 * the frame, its path becomes an expression.
 *
 *   INCLUDEPICTURE "照片\\{ MERGEFIELD 姓名 }.jpg" \d    →   {{拼接("照片/", 【姓名】, ".jpg")}}
 *
 * The expression is written as the alternative text of the picture, so that from there on it is a
 * placeholder like any other (template/picture.c), and the field goes.
 */
#include "flavour/docx_field.h"

#define N_(s) (s)

/* ---- the path ---- */

struct path {
  const struct adoption *a;
  str parts[CODE_INNERS]; /* what the marks in the code stand for: fields, then tags */
  size_t n;
  bool filtered; /* a tag has filters, which can stand in no brackets */
  const char *why;
};

static const char *const too_involved =
    N_("its path is too involved; write it as the alternative text of a picture: {{拼接(\"照片/\", "
       "姓名, \".jpg\")}}");

static str fail(struct path *p, const char *why) {
  p->why = why;
  return STR_NONE;
}

/* Tags give way to marks, so that what stands in them is not taken for words of the code. */
static bool mark_tags(struct path *p, str code, struct buf *out) {
  size_t at = 0, from, to;
  str inside;
  while (p->a->next_tag(p->a->ctx, code, at, &from, &to, &inside)) {
    if (p->n == CODE_INNERS) return false;
    for (size_t i = 0; i < inside.n; i++)
      p->filtered = p->filtered || inside.p[i] == ':' || inside.p[i] == '|';
    p->filtered = p->filtered || str_find(inside, STR("："), 0) != STR_NOT_FOUND;
    buf_put(out, str_sub(code, at, from));
    buf_put_utf8(out, CODE_INNER + (uint32_t)p->n);
    p->parts[p->n++] = arena_dup(p->a->arena, inside);
    at = to;
  }
  return buf_put(out, str_sub(code, at, code.n));
}

/* One word in quotes, or bare ones with no blank between them. */
static str path_in(struct path *p, const struct field_code *c) {
  str path = STR_NONE;
  for (size_t i = 1; i < c->n && !c->words[i].is_switch; i++) {
    str word = c->words[i].text;
    bool follows = path.n != 0 && !c->words[i].quoted && path.p + path.n == word.p;
    if (path.n != 0 && !follows)
      return fail(p, N_("its path stands in several parts; put it between quotation marks"));
    path = follows ? (str){path.p, path.n + word.n} : word;
    if (c->words[i].quoted && i + 1 < c->n && !c->words[i + 1].is_switch)
      return fail(p, N_("its path stands in several parts; put it between quotation marks"));
  }
  return path.n != 0 ? path : fail(p, N_("its path is missing"));
}

/* Does the text begin with a drive, a server or an address?  Nothing of that is below the folder
 * of the data file. */
static bool leads_away(str s) {
  bool letter = s.n >= 2 && ((s.p[0] | 32) >= 'a' && (s.p[0] | 32) <= 'z');
  return (letter && s.p[1] == ':') || str_starts(s, STR("/")) || str_starts(s, STR("\\")) ||
         str_find(s, STR("://"), 0) != STR_NOT_FOUND;
}

/* A text of the path in quotes; \ and \\ part folders, and are /. */
static str literal(struct path *p, str s) {
  struct buf b;
  bool slash = false;
  char quote = str_find(s, STR("\""), 0) != STR_NOT_FOUND ? '\'' : '"';
  buf_init(&b, 0);
  buf_putc(&b, quote);
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i] == '\\' ? '/' : s.p[i];
    if (c != '/' || !slash) buf_putc(&b, c);
    slash = c == '/';
  }
  buf_putc(&b, quote);
  bool ok = quote == '"' || str_find(s, STR("'"), 0) == STR_NOT_FOUND;
  str out = ok ? arena_dup(p->a->arena, buf_str(&b)) : fail(p, too_involved);
  buf_free(&b);
  return out;
}

static void add_operand(struct buf *all, str operand, size_t *n) {
  if ((*n)++ != 0) buf_puts(all, ", ");
  buf_put(all, operand);
}

/* What is put together of texts and marks; NULL in p->why is good. */
static bool join(struct path *p, str path, struct buf *all, size_t *n) {
  for (size_t i = 0, from = 0; i <= path.n && p->why == NULL; i++) {
    int mark = i < path.n ? code_inner(str_sub(path, i, path.n)) : -1;
    if (mark < 0 && i < path.n) continue;
    str text = str_sub(path, from, i);
    if (text.n != 0) add_operand(all, literal(p, text), n);
    if (i == path.n) break;
    str part = (size_t)mark < p->n ? p->parts[mark] : STR_NONE;
    if (part.n == 0) return fail(p, too_involved), false;
    add_operand(all, part, n);
    i += 2;
    from = i + 1;
  }
  return p->why == NULL;
}

static str expression(struct path *p, str path) {
  struct buf all;
  size_t n = 0;
  if (leads_away(path))
    return fail(p,
                N_("its path begins with a drive, a server or an address; pictures lie in the "
                   "folder of the data file or below it, so write only what follows that folder: "
                   "照片/{{姓名}}.jpg"));
  buf_init(&all, 0);
  bool ok = join(p, path, &all, &n);
  if (ok && n > 1 && p->filtered) ok = fail(p, too_involved).n != 0;
  str out = STR_NONE;
  if (ok && n == 1) out = arena_dup(p->a->arena, buf_str(&all));
  if (ok && n > 1) out = arena_join(p->a->arena, (str[]){STR("拼接("), buf_str(&all), STR(")")}, 3);
  buf_free(&all);
  return out;
}

/* The file that a field names as an expression; empty: *why, or no memory. */
static str file_of(struct docx_fields *r, const struct docx_field *f, const char **why) {
  struct path p = {.a = r->a, .n = f->ninner};
  struct field_code words;
  struct buf marked;
  str out = STR_NONE;
  for (size_t i = 0; i < f->ninner; i++) p.parts[i] = docx_field_operand(r, f->inner[i]);
  buf_init(&marked, 0);
  if (f->odd || !mark_tags(&p, buf_str(&f->text), &marked)) {
    fail(&p, too_involved);
  } else if (code_read(buf_str(&marked), r->a->arena, &words)) {
    str path = path_in(&p, &words);
    if (path.n != 0) out = expression(&p, path);
  }
  buf_free(&marked);
  *why = p.why;
  return out;
}

/* ---- the frame ---- */

static bool is_w(const xmlNode *n, const char *local) { return xml_is(n, NS_W, local); }

/* A stretch of the document: from a node up to another, inside of `top`. */
struct stretch {
  xmlNode *top, *from;
  const xmlNode *to;
};

static struct stretch result_of(const struct docx_fields *r, const struct docx_field *f) {
  if (f->simple) return (struct stretch){f->begin, f->begin, NULL};
  return (struct stretch){r->story, f->separate, f->end};
}

/* For programs that cannot show the other copy. */
static bool in_fallback(const xmlNode *n, const xmlNode *top) {
  for (; n != NULL && n != top; n = n->parent)
    if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, "Fallback") == 0) return true;
  return false;
}

/* The one picture that is seen there; NULL: *why. */
static xmlNode *picture_in(struct stretch s, const char **why) {
  xmlNode *found = NULL;
  size_t count = 0;
  for (xmlNode *n = s.from; n != NULL && n != s.to; n = xml_walk(s.top, n, false)) {
    if (!docx_is_picture(n) || in_fallback(n, s.top)) continue;
    found = n;
    count++;
  }
  *why = count == 0
             ? N_("no picture is seen in its place, so there is no frame; insert any picture "
                  "there, as large as the photos are to be, and write a tag such as "
                  "{{照片}} as its alternative text")
         : count > 1 ? N_("more than one picture is seen in its place")
                     : NULL;
  return count == 1 ? found : NULL;
}

/* The picture there, in all its copies, shows the file. */
static void name_pictures(struct docx_fields *r, struct stretch s, str file) {
  str tag = r->a->tag(r->a->ctx, file);
  for (xmlNode *n = s.from; n != NULL && n != s.to; n = xml_walk(s.top, n, false))
    if (docx_is_picture(n) && !docx_name_picture(n, tag)) r->failed = true;
}

/* Has the picture a tag as its own alternative text? */
static bool has_tag(const struct docx_fields *r, xmlNode *picture) {
  struct frame_slot alt;
  str inside;
  for (unsigned i = 0; picture != NULL && docx_picture_alt(picture, i, &alt); i++) {
    const xmlNode *text = alt.attr->children;
    str s = text != NULL ? str_of((const char *)text->content) : STR("");
    if (r->a->has_tag(r->a->ctx, s, &inside) && inside.n != 0) return true;
  }
  return false;
}

/* ---- the field ---- */

bool docx_field_is_include(const struct docx_field *f) {
  return code_is(&f->code, "INCLUDEPICTURE");
}

/* The field goes, and what it shows stays. */
static void unwrap(const struct docx_fields *r, struct docx_field *f) {
  if (f->simple) {
    for (xmlNode *k; (k = f->begin->children) != NULL;) {
      xmlUnlinkNode(k);
      xml_insert_before(f->begin, k);
    }
    xml_remove(f->begin);
    return;
  }
  docx_field_clear(r, f->begin, xml_walk(r->story, f->separate, true));
  docx_field_clear(r, f->end, xml_walk(r->story, f->end, true));
}

void docx_field_adopt_include(struct docx_fields *r, struct docx_field *f) {
  const char *why = NULL, *no_frame;
  str inside, file = STR_NONE;
  xmlNode *picture = picture_in(result_of(r, f), &no_frame);
  bool asks = docx_field_shows_data(r, f) || r->a->has_tag(r->a->ctx, buf_str(&f->text), &inside);
  bool named = has_tag(r, picture);
  if (!asks && !named) return;
  if (asks && named) why = N_("its picture has a tag of its own; keep one of both");
  if (!docx_field_whole(f)) why = docx_field_over_paragraphs;
  if (why == NULL && asks) file = file_of(r, f, &why);
  if (why == NULL) why = no_frame;
  if (why != NULL) {
    docx_field_refuse(r, f, why);
    docx_field_forget_code(r, f);
    return;
  }
  if (asks) name_pictures(r, result_of(r, f), file);
  *r->a->changed = true;
  f->done = true;
  unwrap(r, f);
}

/* A copy of its picture, or of that which the whole choice shows. */
const char *docx_field_put_include(struct docx_writer *w, struct docx_field *f) {
  const char *why;
  str file = file_of(w->r, f, &why);
  if (why != NULL) return why;
  xmlNode *n = picture_in(result_of(w->r, f), &why);
  for (struct docx_field *shown = f; n == NULL && shown->in_code && shown->outer != NULL;) {
    shown = shown->outer;
    n = picture_in(result_of(w->r, shown), &why);
  }
  while (n != NULL && n->parent != NULL && !is_w(n->parent, "r")) n = n->parent;
  if (n == NULL || n->parent == NULL) return why;
  xmlNode *run = xml_shell(n->parent), *pr = xml_child(n->parent, NS_W, "rPr");
  if (run == NULL) return w->r->failed = true, NULL;
  if (pr != NULL) xml_append(run, xml_clone(pr));
  xml_append(run, xml_clone(n));
  xml_insert_before(w->at, run);
  name_pictures(w->r, (struct stretch){run, run, NULL}, file);
  return NULL;
}
