/* --report as JSON (RFC 8259): for programs.
 *
 *   {"schema": 1, "program": …, "template": …,
 *    "reports": [{"name", "file", "record", "township", "status", "findings": [
 *      {"level", "code", "message", "times", "place": {…}, "data": {…}, "values": […]}]}],
 *    "findings": [what concerns the run as a whole]}
 *
 * tianbao(1) describes it; what is added to it later is new keys.  Invariant: keys, codes, levels
 * and statuses are the same in every language; only "message" and "text" are for people.
 */
#include "base/utf8.h"
#include "cli/report_kind.h"
#include "cli/words.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

/* ---- the grammar ---- */

static void put_text(struct buf *out, str s) {
  static const char hex[] = "0123456789abcdef";
  buf_putc(out, '"');
  for (size_t at = 0, from = 0; at < s.n; from = at) {
    uint32_t cp = utf8_next(s, &at);
    if (cp == UTF8_BAD)
      buf_puts(out, "\xef\xbf\xbd");
    else if (cp < 0x20 || cp == 0x7f)
      buf_put(out, (str){(const char[]){'\\', 'u', '0', '0', hex[cp >> 4], hex[cp & 15]}, 6});
    else {
      if (cp == '"' || cp == '\\') buf_putc(out, '\\');
      buf_put(out, str_sub(s, from, at));
    }
  }
  buf_putc(out, '"');
}

/* "key": , with a comma before it unless it is the first of its object. */
static void put_key(struct buf *out, const char *key) {
  str so_far = buf_str(out);
  if (!str_ends(so_far, STR("{"))) buf_puts(out, ", ");
  put_text(out, str_of(key));
  buf_puts(out, ": ");
}

static void put_member(struct buf *out, const char *key, str value) {
  put_key(out, key);
  put_text(out, value);
}

/* What is empty or 0 is left out of places. */
static void put_some(struct buf *out, const char *key, str value) {
  if (value.n != 0) put_member(out, key, value);
}

static void put_number(struct buf *out, const char *key, uint64_t v) {
  if (v == 0) return;
  put_key(out, key);
  buf_put_u64(out, v);
}

/* ---- findings ---- */

static const char *const stories[] = {[STORY_NONE] = "",
                                      [STORY_BODY] = "body",
                                      [STORY_HEADER] = "header",
                                      [STORY_FOOTER] = "footer",
                                      [STORY_FOOTNOTE] = "footnote",
                                      [STORY_ENDNOTE] = "endnote",
                                      [STORY_COMMENT] = "comment",
                                      [STORY_TEXTBOX] = "textbox",
                                      [STORY_CHART] = "chart",
                                      [STORY_PROPERTY] = "property",
                                      [STORY_OTHER] = "other"};

static void put_place(struct buf *out, const struct place *p) {
  struct buf text;
  put_key(out, "place");
  buf_putc(out, '{');
  put_some(out, "file", p->file);
  if (p->file.n != 0) {
    put_some(out, "part", p->part);
    put_some(out, "story", str_of(stories[p->story]));
    put_number(out, "number", p->number);
    put_number(out, "table", p->table);
    put_number(out, "row", p->row);
    put_number(out, "column", p->column);
    put_number(out, "paragraph", p->paragraph);
    put_some(out, "heading", p->heading);
    put_some(out, "tag", p->tag);
    buf_init(&text, 0);
    words_place(&text, p);
    put_some(out, "text", buf_str(&text));
    buf_free(&text);
  }
  buf_putc(out, '}');
}

static void put_data(struct buf *out, const struct origin *o) {
  put_key(out, "data");
  buf_putc(out, '{');
  put_some(out, "file", o->file);
  put_number(out, "line", o->line);
  put_number(out, "column", o->column);
  put_some(out, "sheet", o->sheet);
  put_some(out, "cell", o->cell);
  put_some(out, "key", o->key);
  buf_putc(out, '}');
}

static void put_values(struct buf *out, const struct finding *f) {
  size_t n = FINDING_ARGS;
  while (n > 0 && f->args[n - 1].n == 0) n--;
  put_key(out, "values");
  buf_putc(out, '[');
  for (size_t i = 0; i < n; i++) {
    if (i > 0) buf_puts(out, ", ");
    put_text(out, f->args[i]);
  }
  buf_putc(out, ']');
}

static void put_finding(struct buf *out, const struct finding *f) {
  static const char *const levels[] = {
      [LEVEL_DETAIL] = "detail", [LEVEL_NOTE] = "note", [LEVEL_ERROR] = "error"};
  struct buf message;
  buf_init(&message, 0);
  words_fill(&message, _(codes[f->code].words), FINDING_ARGS, f->args);
  buf_putc(out, '{');
  put_member(out, "level", str_of(levels[codes[f->code].level]));
  put_member(out, "code", str_of(codes[f->code].id));
  put_member(out, "message", buf_str(&message));
  put_number(out, "times", f->times);
  put_place(out, &f->place);
  put_data(out, &f->origin);
  put_values(out, f);
  buf_putc(out, '}');
  buf_free(&message);
}

static void put_findings(struct buf *out, const struct findings *fs, const char *between) {
  size_t n = fs != NULL ? findings_count(fs) : 0;
  put_key(out, "findings");
  buf_putc(out, '[');
  for (size_t i = 0; i < n; i++) {
    buf_puts(out, i > 0 ? "," : "");
    buf_puts(out, between);
    put_finding(out, findings_at(fs, i));
  }
  buf_putc(out, ']');
  if (fs != NULL) put_number(out, "more", findings_dropped(fs));
}

/* ---- the file ---- */

static void begin(struct report_file *f) {
  buf_putc(&f->out, '{');
  put_number(&f->out, "schema", REPORT_SCHEMA);
  put_member(&f->out, "program", STR("tianbao " PACKAGE_VERSION));
  put_member(&f->out, "template", str_of(f->job->template_path));
  put_key(&f->out, "reports");
  buf_putc(&f->out, '[');
}

static void add(struct report_file *f, const struct subject *s, enum ending end,
                const struct findings *found) {
  static const char *const statuses[] = {[ENDING_WRITTEN] = "written",
                                         [ENDING_UNCHANGED] = "unchanged",
                                         [ENDING_SKIPPED] = "skipped",
                                         [ENDING_FAILED] = "failed",
                                         [ENDING_NOT_BEGUN] = "not begun",
                                         [ENDING_SOUND] = "sound",
                                         [ENDING_FAULTY] = "faulty"};
  buf_puts(&f->out, f->rows++ > 0 ? ",\n {" : "\n {");
  put_member(&f->out, "name", str_of(s->path));
  put_member(&f->out, "file", s->file);
  put_number(&f->out, "record", s->index);
  put_member(&f->out, "township", s->township);
  put_member(&f->out, "status", str_of(statuses[end]));
  put_findings(&f->out, found, "\n  ");
  buf_putc(&f->out, '}');
}

static bool end(struct report_file *f, const struct findings *whole, struct findings *fs) {
  (void)fs;
  buf_putc(&f->out, ']');
  put_findings(&f->out, whole, "\n ");
  buf_puts(&f->out, "}\n");
  return true;
}

const struct report_kind report_json = {".json", begin, add, end, NULL};
