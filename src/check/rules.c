/* Reading rules.
 *
 * Each line is read by itself, so that one run tells everything that is wrong.  What a rule means is
 * the business of the expressions; here stand its level, its tolerance and 每行.
 * Invariant: a rule that is kept is bound, though perhaps to names that no data have.
 */
#include "check/rules.h"

#include <unicode/ucnv.h>

#include "base/fold.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/utf8.h"
#include "check/internal.h"
#include "expr/bind.h"

#define N_(s) (s)

struct reader {
  struct rules *r;
  const struct names *names;
  struct findings *fs;
  const struct scope *root;
  const struct line *line; /* at work */
  str *seen;               /* rules that were read, by their hash */
  size_t nslots;
};

static bool no_memory(struct findings *fs) { return finding(fs, CODE_MEMORY, NULL, NULL, STR("")); }

/* ---- encoding ---- */

/* Old editors write GB18030; what is neither that nor UTF-8 is refused. */
static bool from_gb18030(str bytes, struct buf *out) {
  UErrorCode status = U_ZERO_ERROR;
  UConverter *c = ucnv_open("gb18030", &status);
  if (c != NULL) ucnv_setToUCallBack(c, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
  int32_t most = (int32_t)bytes.n * 3 + 1;
  char *text = U_SUCCESS(status) ? mem_malloc((size_t)most) : NULL;
  int32_t n = text == NULL ? 0
                           : ucnv_toAlgorithmic(UCNV_UTF8, c, text, most, bytes.p, (int32_t)bytes.n,
                                                &status);
  bool ok = text != NULL && U_SUCCESS(status) && buf_put(out, (str){text, (size_t)n});
  mem_free(text);
  if (c != NULL) ucnv_close(c);
  return ok;
}

static bool read_text(const char *path, struct buf *out, struct findings *fs) {
  struct buf bytes;
  struct origin o = {.file = str_of(path)};
  buf_init(&bytes, LIMIT_RULES_FILE);
  bool ok = os_read_file(path, LIMIT_RULES_FILE, &bytes, fs);
  str s = buf_str(&bytes);
  if (ok && str_starts(s, STR("\xEF\xBB\xBF"))) s = str_sub(s, 3, s.n);
  if (ok && utf8_check_xml(s) == s.n)
    ok = buf_put(out, s) || no_memory(fs);
  else if (ok && (!from_gb18030(s, out) || utf8_check_xml(buf_str(out)) != out->n))
    ok = finding(fs, CODE_RULES_ENCODING, NULL, &o, o.file);
  buf_free(&bytes);
  return ok;
}

bool rules_read(const char *path, struct arena *a, struct lines *out, struct findings *fs) {
  struct buf text;
  struct origin at = {.file = arena_dup(a, str_of(path))};
  buf_init(&text, 4 * (size_t)LIMIT_RULES_FILE);
  bool ok = read_text(path, &text, fs);
  str all = ok ? arena_dup(a, buf_str(&text)) : STR_NONE;
  buf_free(&text);
  if (ok && all.p == NULL) return no_memory(fs);
  for (size_t from = 0; ok && from < all.n;) {
    size_t end = str_find(all, STR("\n"), from);
    if (end == STR_NOT_FOUND) end = all.n;
    at.line++;
    ok = lines_add(out, a, str_trim(str_sub(all, from, end)), &at, fs);
    from = end + 1;
  }
  return ok;
}

/* ---- the pieces of a line ---- */

/* The note behind # is left out; quoted text may hold one. */
static str without_note(str s) {
  char quote = 0;
  for (size_t i = 0; i < s.n; i++) {
    if (quote != 0 ? s.p[i] == quote : s.p[i] == '"' || s.p[i] == '\'')
      quote = quote != 0 ? 0 : s.p[i];
    if (quote == 0 && s.p[i] == '#') return str_sub(s, 0, i);
  }
  return s;
}

static bool take_word(str *s, const char *word) {
  if (!str_starts(*s, str_of(word))) return false;
  *s = utf8_trim(str_sub(*s, strlen(word), s->n));
  if (s->n != 0 && s->p[0] == ':') *s = utf8_trim(str_sub(*s, 1, s->n));
  return true;
}

static bool bad(struct reader *rd, str rule, const char *why) {
  return finding(rd->fs, CODE_RULE_SYNTAX, NULL, &rd->line->at, rule, str_of(why));
}

/* 容差 0.01 at the end. */
static bool take_tolerance(struct reader *rd, str *s, str *tolerance) {
  size_t at = STR_NOT_FOUND;
  for (size_t i = 0; (i = str_find(*s, STR("容差"), i)) != STR_NOT_FOUND; i++) at = i;
  *tolerance = STR_NONE;
  if (at == STR_NOT_FOUND) return true;
  str digits = utf8_trim(str_sub(*s, at + strlen("容差"), s->n));
  if (num_printed(digits, false, NULL, NULL) != NUM_OK || digits.p[0] == '-')
    return bad(rd, *s, N_("a number is expected behind 容差"));
  *tolerance = arena_dup(rd->r->arena, digits);
  *s = utf8_trim(str_sub(*s, 0, at));
  return tolerance->p != NULL || no_memory(rd->fs);
}

/* ---- expressions ---- */

/* Findings about an expression speak of the line that it stands on. */
static void tell(struct reader *rd, const struct findings *own) {
  for (size_t i = 0; i < findings_count(own); i++) {
    const struct finding *f = findings_at(own, i);
    findings_add(rd->fs, f->code, NULL, &rd->line->at, FINDING_ARGS, f->args);
  }
}

static struct expr *parse(struct reader *rd, const struct scope *s, str text, bool list) {
  struct findings *own = findings_new();
  struct place place = {.tag = text};
  str rest = STR_NONE;
  if (own == NULL) return no_memory(rd->fs), NULL;
  struct expr_env env = {
      .names = rd->names, .scope = s, .arena = rd->r->arena, .place = &place, .fs = own};
  struct expr *e = list ? expr_list(&env, text, &rest) : expr_name(&env, text);
  if (e != NULL && rest.n != 0) {
    bad(rd, text, N_("每行 takes the name of a list"));
    e = NULL;
  }
  tell(rd, own);
  findings_free(own);
  return e;
}

/* 每行(表: 条件) */
static bool read_rows(struct reader *rd, str inside, struct rule *rule) {
  size_t colon = str_find(inside, STR(":"), 0);
  if (colon == STR_NOT_FOUND) return bad(rd, rule->text, N_("每行 is written 每行(表: 条件)"));
  rule->list = parse(rd, rd->root, utf8_trim(str_sub(inside, 0, colon)), true);
  if (rule->list == NULL) return false;
  struct scope *s = ARENA_NEW(rd->r->arena, struct scope);
  if (s == NULL) return no_memory(rd->fs);
  *s = (struct scope){.outer = rd->root,
                      .name = rule->list->kind == EXPR_REF ? rule->list->ref.name : NULL,
                      .depth = 1,
                      .list = true,
                      .of = rule->list};
  rule->e = parse(rd, s, utf8_trim(str_sub(inside, colon + 1, inside.n)), false);
  return rule->e != NULL;
}

/* Was an equal rule read before? */
static bool was_seen(struct reader *rd, str text) {
  size_t i = (size_t)str_hash(text) & (rd->nslots - 1);
  for (; rd->seen[i].p != NULL; i = (i + 1) & (rd->nslots - 1))
    if (str_eq(rd->seen[i], text)) return true;
  rd->seen[i] = text;
  return false;
}

static bool read_rule(struct reader *rd) {
  str s = utf8_trim(without_note(fold_tag(rd->line->text, rd->r->arena, NULL)));
  struct rule rule = {.at = rd->line->at};
  if (s.n == 0) return true;
  rule.text = arena_dup(rd->r->arena, s);
  if (rule.text.p == NULL) return no_memory(rd->fs);
  if (was_seen(rd, rule.text)) return true;
  rule.warns = take_word(&s, "提醒") || take_word(&s, "warning");
  if (!rule.warns && !take_word(&s, "错误") && !take_word(&s, "error"))
    return bad(rd, s, N_("a rule begins with 错误 or 提醒"));
  if (!take_tolerance(rd, &s, &rule.tolerance)) return false;
  rule.text = s;
  bool rows = str_starts(s, STR("每行(")) && s.p[s.n - 1] == ')';
  if (rows) {
    if (!read_rows(rd, str_sub(s, strlen("每行("), s.n - 1), &rule)) return false;
  } else if ((rule.e = parse(rd, rd->root, s, false)) == NULL) {
    return false;
  }
  struct rules *r = rd->r;
  struct rule *slot = arena_grow(r->arena, r->items, &r->n, &r->cap, sizeof *slot);
  if (slot == NULL) return no_memory(rd->fs);
  r->items = slot - (r->n - 1);
  *slot = rule;
  return true;
}

static bool read_lines(struct reader *rd, const struct lines *l) {
  bool ok = true;
  for (rd->nslots = 64; rd->nslots < 2 * l->n;) rd->nslots *= 2;
  rd->seen = ARENA_ARRAY(rd->r->arena, rd->nslots, str);
  if (rd->seen == NULL) return no_memory(rd->fs);
  for (size_t i = 0; i < l->n; i++) {
    rd->line = &l->items[i];
    ok = read_rule(rd) && ok;
  }
  return ok;
}

static struct rules *empty(struct findings *fs) {
  struct rules *r = mem_calloc(1, sizeof *r);
  if (r != NULL) r->arena = arena_new(0);
  if (r != NULL && r->arena != NULL) return r;
  rules_free(r);
  return no_memory(fs), NULL;
}

/* NULL: the rules are gone, and what is wrong with them was told. */
static struct rules *bind_take(struct rules *r, const struct lines *l, const struct names *ns,
                               struct findings *fs) {
  struct scope *root = ARENA_NEW(r->arena, struct scope);
  bool ok = root != NULL || no_memory(fs);
  if (ok) *root = (struct scope){.name = names_root(ns)};
  struct reader rd = {.r = r, .names = ns, .fs = fs, .root = root};
  if (ok && read_lines(&rd, l)) return r;
  rules_free(r);
  return NULL;
}

struct rules *rules_new(const struct lines *l, const struct names *ns, struct findings *fs) {
  struct rules *r = empty(fs);
  return r != NULL ? bind_take(r, l, ns, fs) : NULL;
}

struct rules *rules_open(const char *path, const struct names *ns, struct findings *fs) {
  struct lines l = {.n = 0};
  struct rules *r = empty(fs);
  if (r != NULL && rules_read(path, r->arena, &l, fs)) return bind_take(r, &l, ns, fs);
  rules_free(r);
  return NULL;
}

void rules_free(struct rules *r) {
  if (r == NULL) return;
  arena_free(r->arena);
  mem_free(r);
}

/* ---- where rules lie ---- */

const char *rules_beside(const char *template_path, struct arena *a) {
  static const char *const endings[] = {".rules", "勾稽.txt"};
  str path = str_of(template_path);
  size_t dot = path.n;
  while (dot > 0 && path.p[dot - 1] != '.' && path.p[dot - 1] != '/') dot--;
  str stem = dot > 0 && path.p[dot - 1] == '.' ? str_sub(path, 0, dot - 1) : path;
  for (size_t i = 0; i < 2; i++) {
    str name = arena_join(a, (str[]){stem, str_of(endings[i])}, 2);
    if (name.p != NULL && os_exists(name.p)) return name.p;
  }
  return NULL;
}

void rules_expressions(const struct rules *r, void *ctx,
                       void (*see)(void *ctx, const struct expr *e, const struct place *place)) {
  for (size_t i = 0; i < r->n; i++) {
    see(ctx, r->items[i].list, NULL);
    see(ctx, r->items[i].e, NULL);
  }
}
