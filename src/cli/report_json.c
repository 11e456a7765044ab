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
#include "base/json_put.h"
#include "cli/report_kind.h"
#include "cli/words.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

/* ---- findings ---- */

static void put_place(struct buf *out, const struct place *p) {
  struct buf text;
  json_put_key(out, "place");
  buf_putc(out, '{');
  json_put_some(out, "file", p->file);
  if (p->file.n != 0) {
    json_put_place(out, p);
    json_put_some(out, "tag", p->tag);
    buf_init(&text, 0);
    words_place(&text, p);
    json_put_some(out, "text", buf_str(&text));
    buf_free(&text);
  }
  buf_putc(out, '}');
}

static void put_data(struct buf *out, const struct origin *o) {
  json_put_key(out, "data");
  buf_putc(out, '{');
  json_put_origin(out, o);
  buf_putc(out, '}');
}

static void put_values(struct buf *out, const struct finding *f) {
  size_t n = FINDING_ARGS;
  while (n > 0 && f->args[n - 1].n == 0) n--;
  json_put_key(out, "values");
  buf_putc(out, '[');
  for (size_t i = 0; i < n; i++) {
    if (i > 0) buf_puts(out, ", ");
    json_put_text(out, f->args[i]);
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
  json_put_member(out, "level", str_of(levels[codes[f->code].level]));
  json_put_member(out, "code", str_of(codes[f->code].id));
  json_put_member(out, "message", buf_str(&message));
  json_put_some_number(out, "times", f->times);
  put_place(out, &f->place);
  put_data(out, &f->origin);
  put_values(out, f);
  buf_putc(out, '}');
  buf_free(&message);
}

static void put_findings(struct buf *out, const struct findings *fs, const char *between) {
  size_t n = fs != NULL ? findings_count(fs) : 0;
  json_put_key(out, "findings");
  buf_putc(out, '[');
  for (size_t i = 0; i < n; i++) {
    buf_puts(out, i > 0 ? "," : "");
    buf_puts(out, between);
    put_finding(out, findings_at(fs, i));
  }
  buf_putc(out, ']');
  if (fs != NULL) json_put_some_number(out, "more", findings_dropped(fs));
}

/* ---- the file ---- */

static void begin(struct report_file *f) {
  buf_putc(&f->out, '{');
  json_put_some_number(&f->out, "schema", REPORT_SCHEMA);
  json_put_member(&f->out, "program", STR("tianbao " PACKAGE_VERSION));
  json_put_member(&f->out, "template", str_of(f->job->template_path));
  json_put_key(&f->out, "reports");
  buf_putc(&f->out, '[');
}

static void add(struct report_file *f, const struct subject *s, enum ending end,
                const struct findings *found) {
  static const char *const statuses[] = {
      [ENDING_WRITTEN] = "written", [ENDING_UNCHANGED] = "unchanged", [ENDING_SKIPPED] = "skipped",
      [ENDING_FAILED] = "failed",   [ENDING_NOT_BEGUN] = "not begun", [ENDING_SOUND] = "sound",
      [ENDING_FAULTY] = "faulty"};
  buf_puts(&f->out, f->rows++ > 0 ? ",\n {" : "\n {");
  json_put_member(&f->out, "name", str_of(s->path));
  json_put_member(&f->out, "file", s->file);
  json_put_some_number(&f->out, "record", s->index);
  json_put_member(&f->out, "township", s->township);
  json_put_member(&f->out, "status", str_of(statuses[end]));
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
