/* What is suspicious about a template, though fill may never meet it.
 *
 * A misspelt name in a branch that no record takes is found by nobody until one does.  What is said
 * of a name by a record is not said again here.
 */
#include "check/lint_template.h"

#include "base/limits.h"
#include "base/mem.h"
#include "expr/refs.h"
#include "template/program.h"
#include "template/scan.h"

#define N_(s) (s)

/* ---- names ---- */

struct names_lint {
  const struct template *t;
  const struct findings *told;
  struct findings *fs;
  const struct place *place;
  str guarded; /* while looking for it: a name that may be absent */
  bool found;
};

static bool was_told(const struct names_lint *l, str name) {
  for (size_t i = 0; i < findings_count(l->told); i++) {
    const struct finding *f = findings_at(l->told, i);
    bool missing = f->code == CODE_MISSING || f->code == CODE_MISSING_NEAR;
    if (missing && str_eq(f->args[0], name)) return true;
  }
  return false;
}

static void see_guard(void *ctx, const struct ref *r, bool guarded) {
  struct names_lint *l = ctx;
  if (guarded && str_eq(r->shown, l->guarded)) l->found = true;
}

static void see_guards(void *ctx, const struct expr *e, const struct place *place) {
  (void)place;
  expr_refs(e, ctx, see_guard);
}

/* Does the template reckon with it that the name is absent? */
static bool may_be_absent(struct names_lint *l, str name) {
  l->guarded = name;
  l->found = false;
  template_expressions(l->t, l, see_guards);
  return l->found;
}

/* 名称, near 项目.名称: perhaps the column of a list that is empty everywhere, whose columns nobody
 * knows. */
static bool is_column_of(str near, str name) {
  return near.n > name.n && str_ends(near, name) && near.p[near.n - name.n - 1] == '.';
}

static void see_name(void *ctx, const struct ref *r, bool guarded) {
  struct names_lint *l = ctx;
  if (guarded || r->level != REF_UNBOUND || r->near.n == 0) return;
  if (is_column_of(r->near, r->shown) || was_told(l, r->shown) || may_be_absent(l, r->shown))
    return;
  finding(l->fs, CODE_NAME_NEAR, l->place, NULL, r->shown, r->near);
}

static void see_names(void *ctx, const struct expr *e, const struct place *place) {
  struct names_lint *l = ctx;
  l->place = place;
  expr_refs(e, l, see_name);
}

void lint_names(const struct template *t, const struct findings *told, struct findings *fs) {
  struct names_lint l = {.t = t, .told = told, .fs = fs};
  template_expressions(t, &l, see_names);
}

/* ---- parts ---- */

static bool is_part(const struct template *t, size_t entry) {
  for (size_t i = 0; i < t->nparts; i++)
    if (t->parts[i].info->entry == entry) return true;
  return false;
}

/* XML that office programs show text of; what describes the package is none. */
static bool may_show(const struct template *t, size_t entry) {
  str name = pack_name(t->pack, entry);
  return str_ends(name, STR(".xml")) && !str_starts(name, STR("[")) &&
         !str_starts(name, STR("META-INF/")) && !is_part(t, entry) &&
         !t->flavour->left_out(t->state, entry);
}

/* The text of XML, without its markup; entities stay. */
static void text_of(str xml, struct buf *out) {
  bool markup = false;
  size_t from = 0;
  for (size_t i = 0; i < xml.n; i++) {
    if (!markup && xml.p[i] == '<') {
      buf_put(out, str_sub(xml, from, i));
      markup = true;
    } else if (markup && xml.p[i] == '>') {
      markup = false;
      from = i + 1;
    }
  }
}

static void look_at_text(const struct template *t, str part, str text, struct findings *fs) {
  struct scan_marks marks = {t->options.open, t->options.close};
  for (struct scan_found f = {.to = 0};;) {
    f = scan_next(text, f.to, &marks);
    if (f.kind == SCAN_END) return;
    str typed = str_sub(text, f.from, f.to), unit;
    str key = names_canonical(str_sub(text, f.inner, f.outer), t->arena, &unit);
    struct place place = {.file = pack_path(t->pack), .part = part, .tag = typed};
    place.story = STORY_OTHER;
    if (f.kind == SCAN_TAG && names_id(t->names, key) != 0)
      finding(fs, CODE_PART_UNFILLED, &place, NULL, typed, part);
  }
}

bool lint_parts(const struct template *t, struct findings *fs) {
  struct findings *quiet = findings_new(); /* a part that is too big to be looked at is none */
  bool ok = quiet != NULL || finding(fs, CODE_MEMORY, NULL, NULL, STR(""));
  for (size_t i = 0; ok && i < pack_count(t->pack); i++) {
    struct buf bytes, text;
    if (!may_show(t, i)) continue;
    buf_init(&bytes, LIMIT_XML_PART);
    buf_init(&text, LIMIT_XML_PART);
    if (pack_read(t->pack, i, LIMIT_XML_PART, &bytes, quiet)) text_of(buf_str(&bytes), &text);
    look_at_text(t, pack_name(t->pack, i), buf_str(&text), fs);
    buf_free(&text);
    buf_free(&bytes);
  }
  findings_free(quiet);
  return ok;
}
