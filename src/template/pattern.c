/* Patterns of report names: text with value tags, bound and printed like those of a template. */
#include "base/fold.h"
#include "base/limits.h"
#include "base/mem.h"
#include "expr/expr.h"
#include "template/scan.h"
#include "template/tag.h"
#include "template/template.h"

#define N_(s) (s)

struct pattern_piece {
  str text; /* literal, or the tag as typed */
  const struct expr *e;
  struct place place;
};

struct pattern {
  struct arena *arena;
  struct scope root;
  struct pattern_piece *pieces;
  size_t n, cap;
};

static struct pattern_piece *add(struct pattern *p, str text) {
  struct pattern_piece *x = arena_grow(p->arena, p->pieces, &p->n, &p->cap, sizeof *x);
  if (x == NULL) return NULL;
  p->pieces = x - (p->n - 1);
  x->text = arena_dup(p->arena, text);
  return x;
}

static bool add_tag(struct pattern *p, const struct names *names, str text,
                    const struct scan_found *f, struct findings *fs) {
  struct pattern_piece *x = add(p, str_sub(text, f->from, f->to));
  str inner = arena_dup(p->arena, str_sub(text, f->inner, f->outer));
  size_t *map = NULL;
  if (x == NULL || inner.p == NULL) return finding(fs, CODE_MEMORY, NULL, NULL, STR(""));
  str folded = fold_tag(inner, p->arena, &map);
  struct place place = {.file = STR("-o"), .tag = x->text};
  x->place = place;
  struct tag_text tag = tag_read(folded, names, STR_NONE, p->arena);
  if (tag.kind != TAG_VALUE)
    return finding(fs, CODE_TAG_SYNTAX, &place, NULL, x->text,
                   STR(N_("the name of a report is made of values only")));
  struct expr_env env = {
      .names = names, .scope = &p->root, .arena = p->arena, .place = &place, .fs = fs};
  x->e = expr_parse(&env, tag.text, inner, map + (tag.text.p - folded.p));
  return x->e != NULL;
}

static bool parse(struct pattern *p, str text, const struct scan_marks *marks,
                  const struct names *names, struct findings *fs) {
  size_t at = 0, from = 0;
  for (;;) {
    struct scan_found f = scan_next(text, at, marks);
    bool tag = f.kind == SCAN_TAG;
    if (f.kind == SCAN_BROKEN) {
      struct place place = {.file = STR("-o")};
      return finding(fs, CODE_TAG_BROKEN, &place, NULL, str_sub(text, f.from, text.n));
    }
    at = f.to;
    if (!tag && f.kind != SCAN_END) continue;
    if (f.from > from && add(p, str_sub(text, from, f.from)) == NULL)
      return finding(fs, CODE_MEMORY, NULL, NULL, STR(""));
    if (f.kind == SCAN_END) return true;
    if (!add_tag(p, names, text, &f, fs)) return false;
    from = f.to;
  }
}

struct pattern *pattern_parse(str text, const struct template_options *opt,
                              const struct names *names, struct findings *fs) {
  struct pattern *p = mem_calloc(1, sizeof *p);
  struct scan_marks marks = {opt->open, opt->close};
  if (p != NULL) p->arena = arena_new(0);
  if (p == NULL || p->arena == NULL) {
    finding(fs, CODE_MEMORY, NULL, NULL, STR(""));
    pattern_free(p);
    return NULL;
  }
  p->root.name = names_root(names);
  if (parse(p, text, &marks, names, fs)) return p;
  pattern_free(p);
  return NULL;
}

void pattern_free(struct pattern *p) {
  if (p == NULL) return;
  arena_free(p->arena);
  mem_free(p);
}

bool pattern_has_tags(const struct pattern *p) {
  for (size_t i = 0; i < p->n; i++)
    if (p->pieces[i].e != NULL) return true;
  return false;
}

str pattern_head(const struct pattern *p) {
  return p->n > 0 && p->pieces[0].e == NULL ? p->pieces[0].text : STR_NONE;
}

bool pattern_print(const struct pattern *p, const struct val *root, struct buf *out,
                   bool (*check)(void *ctx, str tag, str value, const struct val *v,
                                 struct findings *fs),
                   void *ctx, struct findings *fs) {
  struct arena *scratch = arena_new(0);
  struct frame frame = {.item = root};
  bool ok = scratch != NULL;
  for (size_t i = 0; scratch != NULL && i < p->n; i++) {
    const struct pattern_piece *x = &p->pieces[i];
    if (x->e == NULL) {
      buf_put(out, x->text);
      continue;
    }
    struct eval ev = {
        .frames = &frame, .scratch = scratch, .place = &x->place, .tag = x->text, .fs = fs};
    struct result r;
    str s = STR_NONE;
    result_init(&r);
    bool good = expr_eval(x->e, &ev, &r);
    if (good && val_none(&r.v, false)) {
      expr_report_missing(x->e, &ev);
      good = false;
    }
    good = good && expr_print(&r, &ev, &s) && check(ctx, x->text, s, &r.v, fs);
    if (good) buf_put(out, s);
    result_free(&r);
    ok = ok && good;
  }
  arena_free(scratch);
  if (scratch == NULL || out->failed) return finding(fs, CODE_MEMORY, NULL, NULL, STR(""));
  return ok;
}
