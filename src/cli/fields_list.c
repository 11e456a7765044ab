/* What a template asks for: as text, as JSON (RFC 8259), as CSV (RFC 4180), and as bare names.
 *
 *   {"schema": 1, "template": …, "fields": [{"name", "kind", "type", "unit", "optional", "words",
 *     "printed", "uses": [{"how", "plain", "tag", "place": {…}, "rule": {"file", "line", "text"}}]}]}
 *
 * Invariant: JSON and names are the same in every language but for "text".
 */
#include "cli/fields_list.h"

#include "base/json_put.h"
#include "base/utf8.h"
#include "cli/words.h"

/* ---- words ---- */

static const char *const kinds[] = {[ASKED_VALUE] = "value",
                                    [ASKED_LIST] = "list",
                                    [ASKED_TABLE] = "table",
                                    [ASKED_OBJECT] = "object"};
static const char *const kind_words[] = {[ASKED_VALUE] = N_("one value"),
                                         [ASKED_LIST] = N_("a list"),
                                         [ASKED_TABLE] = N_("a table"),
                                         [ASKED_OBJECT] = N_("a group")};
static const char *const hows[] = {[SITE_PRINTED] = "printed",
                                   [SITE_REPEATED] = "repeated",
                                   [SITE_CHOSEN] = "chosen",
                                   [SITE_CHECKED] = "checked"};
static const char *const how_words[] = {[SITE_PRINTED] = N_("calculated with"),
                                        [SITE_REPEATED] = N_("it repeats"),
                                        [SITE_CHOSEN] = N_("it decides"),
                                        [SITE_CHECKED] = N_("a rule:")};

/* What stands in it, for programs and for people; nothing where it could not be told. */
static const struct type {
  unsigned trait;
  const char *name, *words;
} types[] = {{ASKED_DATE, "date", N_("a date")},
             {ASKED_CODE, "code", N_("a code")},
             {ASKED_NUMBER, "number", N_("a number")},
             {0, "", ""}};

static const struct type *type_of(const struct asked *a) {
  const struct type *t = types;
  bool plain = a->kind == ASKED_VALUE || a->kind == ASKED_LIST;
  while (t->trait != 0 && !(plain && (a->traits & t->trait) != 0)) t++;
  return t;
}

/* ---- text ---- */

enum { AROUND = 30 };

static str tail(str s) {
  size_t from = s.n > AROUND ? s.n - AROUND : 0;
  while (from < s.n && ((unsigned char)s.p[from] & 0xC0) == 0x80) from++;
  return str_sub(s, from, s.n);
}

static void put_use(const struct asked_use *u, struct buf *out) {
  buf_puts(out, "    ");
  if (u->place != NULL) words_place(out, u->place);
  if (u->place != NULL) buf_puts(out, _(": "));
  if (!u->plain) {
    buf_puts(out, _(how_words[u->how]));
    buf_puts(out, " ");
  }
  struct buf line;
  buf_init(&line, 0);
  if (u->plain) words_flat(&line, tail(u->before));
  buf_put(&line, u->tag);
  if (u->plain) words_flat(&line, utf8_clip(u->behind, AROUND));
  words_escape(out, buf_str(&line));
  buf_free(&line);
  buf_putc(out, '\n');
}

static void put_text(void *ctx, const struct asked *a) {
  struct buf *out = ctx;
  const char *type = type_of(a)->words;
  buf_put(out, a->path);
  buf_puts(out, "  ");
  buf_puts(out, _(kind_words[a->kind]));
  if (*type != '\0') words_put(out, _(", {1}"), str_of(_(type)));
  if (a->unit.n != 0) words_put(out, _(", {1}"), a->unit);
  if ((a->traits & ASKED_OPTIONAL) != 0) words_put(out, _(", {1}"), str_of(_("may be missing")));
  words_put(out, ngettext(", printed {1} time", ", printed {1} times", a->printed),
            NUMBER(a->printed));
  for (size_t i = 0; i < a->nwords; i++) {
    buf_puts(out, i == 0 ? "  [" : " | ");
    buf_put(out, a->words[i]);
    if (i + 1 == a->nwords) buf_putc(out, ']');
  }
  buf_putc(out, '\n');
  for (size_t i = 0; i < a->nuses; i++) put_use(&a->uses[i], out);
}

void fields_list_text(const struct asking *a, struct buf *out) {
  asked_visit(&a->root, put_text, out);
}

static void put_name(void *ctx, const struct asked *a) {
  struct buf *out = ctx;
  if (a->kind == ASKED_OBJECT) return;
  buf_put(out, a->path);
  buf_putc(out, '\n');
}

void fields_list_names(const struct asking *a, struct buf *out) {
  asked_visit(&a->root, put_name, out);
}

/* ---- JSON ---- */

static void put_place(struct buf *out, const struct place *p) {
  struct buf text;
  json_put_key(out, "place");
  buf_putc(out, '{');
  json_put_member(out, "part", p->part);
  json_put_some_number(out, "table", p->table);
  json_put_some_number(out, "row", p->row);
  json_put_some_number(out, "column", p->column);
  json_put_some_number(out, "paragraph", p->paragraph);
  buf_init(&text, 0);
  words_place(&text, p);
  json_put_member(out, "text", buf_str(&text));
  buf_free(&text);
  buf_putc(out, '}');
}

static void put_json_use(const struct asked_use *u, struct buf *out) {
  buf_puts(out, "\n      {");
  json_put_member(out, "how", str_of(hows[u->how]));
  json_put_key(out, "plain");
  buf_puts(out, u->plain ? "true" : "false");
  json_put_member(out, "tag", u->tag);
  if (u->place != NULL) put_place(out, u->place);
  if (u->rule != NULL) {
    json_put_key(out, "rule");
    buf_putc(out, '{');
    json_put_member(out, "file", u->rule->at.file);
    json_put_number(out, "line", u->rule->at.line);
    json_put_member(out, "text", u->rule->text);
    buf_putc(out, '}');
  }
  buf_putc(out, '}');
}

struct json {
  struct buf *out;
  bool begun;
};

static void put_json(void *ctx, const struct asked *a) {
  struct json *j = ctx;
  buf_puts(j->out, j->begun ? ",\n    {" : "\n    {");
  j->begun = true;
  json_put_member(j->out, "name", a->path);
  json_put_member(j->out, "kind", str_of(kinds[a->kind]));
  json_put_member(j->out, "type", str_of(type_of(a)->name));
  json_put_member(j->out, "unit", a->unit);
  json_put_key(j->out, "optional");
  buf_puts(j->out, (a->traits & ASKED_OPTIONAL) != 0 ? "true" : "false");
  json_put_key(j->out, "words");
  buf_putc(j->out, '[');
  for (size_t i = 0; i < a->nwords; i++) {
    if (i > 0) buf_puts(j->out, ", ");
    json_put_text(j->out, a->words[i]);
  }
  buf_putc(j->out, ']');
  json_put_number(j->out, "printed", a->printed);
  json_put_key(j->out, "uses");
  buf_putc(j->out, '[');
  for (size_t i = 0; i < a->nuses; i++) {
    if (i > 0) buf_putc(j->out, ',');
    put_json_use(&a->uses[i], j->out);
  }
  buf_puts(j->out, "]}");
}

void fields_list_json(const struct asking *a, struct buf *out) {
  struct json j = {out, false};
  buf_puts(out, "{\"schema\": 1, \"template\": ");
  json_put_text(out, a->path);
  buf_puts(out, ",\n  \"fields\": [");
  asked_visit(&a->root, put_json, &j);
  buf_puts(out, "\n  ]}\n");
}

/* ---- CSV ---- */

/* No cell is taken for a formula. */
static void put_cell(struct buf *out, str s, bool last) {
  buf_putc(out, '"');
  if (s.n > 0 && strchr("=+-@", s.p[0]) != NULL) buf_putc(out, '\'');
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '"') buf_putc(out, '"');
    buf_putc(out, s.p[i]);
  }
  buf_puts(out, last ? "\"\r\n" : "\",");
}

static void put_csv(void *ctx, const struct asked *a) {
  struct buf *out = ctx, places, words;
  buf_init(&places, 0);
  buf_init(&words, 0);
  for (size_t i = 0; i < a->nuses; i++) {
    if (a->uses[i].place == NULL) continue;
    if (places.n > 0) buf_putc(&places, '\n');
    words_place(&places, a->uses[i].place);
  }
  for (size_t i = 0; i < a->nwords; i++) {
    if (i > 0) buf_putc(&words, '|');
    buf_put(&words, a->words[i]);
  }
  put_cell(out, a->path, false);
  put_cell(out, str_of(_(kind_words[a->kind])), false);
  put_cell(out, str_of(type_of(a)->trait != 0 ? _(type_of(a)->words) : ""), false);
  put_cell(out, a->unit, false);
  put_cell(out, NUMBER(a->printed), false);
  put_cell(out, buf_str(&words), false);
  put_cell(out, buf_str(&places), true);
  buf_free(&words);
  buf_free(&places);
}

void fields_list_csv(const struct asking *a, struct buf *out) {
  static const char *const heads[] = {
      N_("what it is called"), N_("what it is"),    N_("what stands in it"), N_("its unit"),
      N_("times printed"),     N_("compared with"), N_("where it stands")};
  enum { HEADS = sizeof heads / sizeof *heads };
  buf_puts(out, "\xef\xbb\xbf");
  for (size_t i = 0; i < HEADS; i++) put_cell(out, str_of(_(heads[i])), i + 1 == HEADS);
  asked_visit(&a->root, put_csv, out);
}
