/* Binding: which key of which item a name means.
 *
 * A name is looked up in the innermost scope first, then outward; within a scope a whole key wins
 * over a path, and a longer first part over a shorter one.  A path that leads through the list of
 * a running loop means that loop's current item.
 *
 * The parsing of expressions is in parse.c, the values in eval.c.  Invariant: a bound reference
 * speaks of a frame that is on the stack wherever its tag is evaluated.
 */
#include "expr/bind.h"

#include "base/fold.h"
#include "base/limits.h"
#include "base/utf8.h"

enum { MAX_STEPS = 64 };

/* A path under construction: the steps, and the name that each of them leads to. */
struct path {
  size_t n;
  struct step steps[MAX_STEPS];
  const struct name *names[MAX_STEPS];
};

static bool path_push(struct path *p, struct step s, const struct name *name) {
  if (p->n == MAX_STEPS) return false;
  p->steps[p->n] = s;
  p->names[p->n] = name;
  p->n++;
  return true;
}

/* A whole component that is a number: an index from 1 (0 stays 0 and is refused later). */
static bool read_index(str s, size_t *index) {
  if (s.n == 0 || s.n > 9) return false;
  size_t v = 0;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    v = v * 10 + (size_t)(s.p[i] - '0');
  }
  *index = v;
  return true;
}

static const struct name *child_of(const struct expr_env *env, const struct name *node, str text,
                                   str *unit) {
  str canonical = names_canonical(text, env->arena, unit);
  return canonical.n != 0 ? names_child(env->names, node, canonical) : NULL;
}

static bool walk_path(const struct expr_env *env, const struct name *node, str text, struct path *p,
                      str *unit);

/* The steps behind a child that has been found. */
static bool walk_rest(const struct expr_env *env, const struct name *child, str rest,
                      struct path *p, str *unit) {
  struct step key = {.kind = STEP_KEY, .key = child->id};
  size_t mark = p->n;
  if (path_push(p, key, child) && walk_path(env, child, rest, p, unit)) return true;
  p->n = mark;
  return false;
}

static bool walk_index(const struct expr_env *env, const struct name *node, str text,
                       struct path *p, str *unit) {
  size_t dot = str_find(text, STR("."), 0), index;
  str first = dot == STR_NOT_FOUND ? text : str_sub(text, 0, dot);
  if ((node->kinds & NAME_LIST) == 0 || !read_index(utf8_trim(first), &index)) return false;
  struct step s = {.kind = STEP_INDEX, .index = index};
  size_t mark = p->n;
  if (!path_push(p, s, node)) return false;
  if (dot == STR_NOT_FOUND) return true;
  if (walk_path(env, node, str_sub(text, dot + 1, text.n), p, unit)) return true;
  p->n = mark;
  return false;
}

/* Could the text be a column that nobody knows, and nothing more?  What parts operands is none. */
static bool is_plain(str text) {
  static const char *const signs[] = {"≠", "≤", "≥", "　"};
  for (size_t i = 0; i < text.n; i++)
    if (strchr(" \t\n()|:,\"'=<>+*/", text.p[i]) != NULL) return false;
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (str_find(text, str_of(signs[i]), 0) != STR_NOT_FOUND) return false;
  return text.n != 0;
}

/* The way from an item of `node` to what `text` names. */
static bool walk_path(const struct expr_env *env, const struct name *node, str text, struct path *p,
                      str *unit) {
  const struct name *child = child_of(env, node, text, unit);
  if (child != NULL) return path_push(p, (struct step){.kind = STEP_KEY, .key = child->id}, child);
  for (size_t i = text.n; i-- > 0;) {
    if (text.p[i] != '.') continue;
    child = child_of(env, node, str_sub(text, 0, i), unit);
    if (child != NULL && walk_rest(env, child, str_sub(text, i + 1, text.n), p, unit)) return true;
  }
  if (walk_index(env, node, text, p, unit)) return true;
  /* A list that is empty in all the data: nobody knows its columns. */
  bool unseen = p->n != 0 && (node->kinds & NAME_LIST) != 0 && node->first == NULL &&
                (node->kinds & NAME_LIST_OF_SCALARS) == 0;
  return unseen && is_plain(text) && path_push(p, (struct step){.kind = STEP_KEY, .key = 0}, node);
}

/* The innermost running loop over the list that `name` is, or NULL. */
static const struct scope *loop_over(const struct scope *s, const struct name *name) {
  for (; s != NULL; s = s->outer)
    if (s->list && s->name == name) return s;
  return NULL;
}

/* A path through the list of a running loop starts at that loop's item. */
static void rebase(const struct expr_env *env, const struct path *p, int *level, size_t *from) {
  for (size_t i = p->n; i-- > 1;) {
    if (p->steps[i - 1].kind != STEP_KEY || p->steps[i].kind != STEP_KEY) continue;
    const struct scope *s = loop_over(env->scope, p->names[i - 1]);
    if (s == NULL) continue;
    *level = (int)s->depth;
    *from = i;
    return;
  }
}

static bool make_ref(const struct expr_env *env, const struct path *p, int level, size_t from,
                     str shown, str unit, struct ref *out) {
  size_t n = p->n - from;
  struct step *steps = ARENA_ARRAY(env->arena, n != 0 ? n : 1, struct step);
  if (steps == NULL) return false;
  memcpy(steps, p->steps + from, n * sizeof *steps);
  *out = (struct ref){.level = level,
                      .n = n,
                      .steps = steps,
                      .unit = unit,
                      .name = p->n != 0 ? p->names[p->n - 1] : NULL};
  out->shown = arena_dup(env->arena, shown);
  return true;
}

/* Does a path begin with a number?  Items are counted behind the name of their list only; in the
 * scope of an item a number is a number. */
static bool begins_with_index(str text) {
  size_t dot = str_find(text, STR("."), 0), index;
  return read_index(utf8_trim(dot == STR_NOT_FOUND ? text : str_sub(text, 0, dot)), &index);
}

static bool bind_in(const struct expr_env *env, const struct scope *s, str text, bool whole,
                    struct ref *out) {
  struct path p = {.n = 0};
  str unit = STR_NONE;
  if (s->name == NULL || !walk_path(env, s->name, text, &p, &unit)) return false;
  if (begins_with_index(text) && p.steps[0].kind == STEP_INDEX) return false;
  int level = (int)s->depth;
  size_t from = 0;
  if (!whole) rebase(env, &p, &level, &from);
  return make_ref(env, &p, level, from, text, unit, out);
}

/* .名称: a column of the innermost item. */
static bool bind_item(const struct expr_env *env, str text, struct ref *out) {
  const struct scope *s = bind_loop(env->scope);
  return s != NULL && bind_in(env, s, text, false, out);
}

/* 上级.名称: looked up from the scope outside of the innermost loop. */
static bool bind_outer(const struct expr_env *env, str text, bool whole, struct ref *out) {
  const struct scope *s = bind_loop(env->scope);
  if (s == NULL || s->outer == NULL) return false;
  struct expr_env outer = *env;
  outer.scope = s->outer;
  return bind_name(&outer, text, whole, out);
}

/* Words about the innermost list: its own columns are called so at most, not those around it. */
static bool is_loop_word(str text) {
  static const char *const words[] = {"序号", "首个", "末个", "index", "first", "last"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_is(text, words[i])) return true;
  return false;
}

bool bind_name(const struct expr_env *env, str text, bool whole, struct ref *out) {
  *out = (struct ref){.level = REF_UNBOUND, .shown = text};
  text = utf8_trim(text);
  if (text.n == 0) return false;
  for (const struct scope *s = env->scope; s != NULL; s = s->outer) {
    if (bind_in(env, s, text, whole, out)) return true;
    if (s->list && is_loop_word(text)) return false;
  }
  if (text.n > 1 && text.p[0] == '.') return bind_item(env, str_sub(text, 1, text.n), out);
  static const char *const outer[] = {"上级.", "parent."};
  for (size_t i = 0; i < 2; i++)
    if (str_starts(text, str_of(outer[i])))
      return bind_outer(env, str_sub(text, strlen(outer[i]), text.n), whole, out);
  return false;
}

const struct scope *bind_loop(const struct scope *s) {
  while (s != NULL && !s->list) s = s->outer;
  return s;
}

static void nearest_in(const struct name *node, str text, unsigned *best, str *near) {
  for (const struct name *c = node->first; c != NULL; c = c->next) {
    unsigned d = fold_distance(c->key, text, *best);
    if (d >= *best) continue;
    *best = d;
    *near = c->shown;
  }
}

/* The list whose name is nearest to a word that may be misspelt by a character. */
static const struct name *nearest_list(const struct expr_env *env, const struct name *node,
                                       str word) {
  str unit;
  const struct name *exact = child_of(env, node, word, &unit);
  if (exact != NULL) return exact;
  for (const struct name *c = node->first; c != NULL; c = c->next)
    if (c->first != NULL && utf8_length(word) > 1 && fold_distance(c->key, word, 1) <= 1) return c;
  return NULL;
}

/* 项目.名 or 项木.名称: the column of the nearest list. */
static void nearest_column(const struct expr_env *env, str text, unsigned *best, str *near) {
  size_t dot = str_find(text, STR("."), 0);
  if (dot == STR_NOT_FOUND) return;
  str word = str_sub(text, 0, dot);
  for (const struct scope *s = env->scope; s != NULL; s = s->outer) {
    const struct name *list = s->name != NULL ? nearest_list(env, s->name, word) : NULL;
    str found = STR_NONE;
    if (list == NULL) continue;
    nearest_in(list, str_sub(text, dot + 1, text.n), best, &found);
    if (found.n != 0) *near = arena_join(env->arena, (str[]){list->shown, STR("."), found}, 3);
    return;
  }
}

/* 名称, where 项目.名称 is meant: the column of a list that can be seen from here. */
static void column_of_list(const struct expr_env *env, str canonical, str *near) {
  for (const struct scope *s = env->scope; s != NULL; s = s->outer)
    for (const struct name *c = s->name != NULL ? s->name->first : NULL; c != NULL; c = c->next) {
      const struct name *column =
          (c->kinds & NAME_LIST) != 0 ? names_child(env->names, c, canonical) : NULL;
      if (column == NULL) continue;
      *near = arena_join(env->arena, (str[]){c->shown, STR("."), column->shown}, 3);
      return;
    }
}

void bind_unknown(const struct expr_env *env, str text, struct ref *out) {
  *out = (struct ref){.level = REF_UNBOUND, .shown = arena_dup(env->arena, text)};
  str unit, canonical = names_canonical(text, env->arena, &unit);
  unsigned best = (unsigned)(utf8_length(canonical) / 3 + 1);
  if (best > 4) best = 4;
  if (utf8_length(canonical) == 1) return;
  for (const struct scope *s = env->scope; s != NULL; s = s->outer)
    if (s->name != NULL) nearest_in(s->name, canonical, &best, &out->near);
  nearest_column(env, canonical, &best, &out->near);
  column_of_list(env, canonical, &out->near);
}

bool bind_first_list(const struct expr_env *env, const struct ref *r, struct ref *list) {
  if (r->level == REF_UNBOUND) return false;
  const struct scope *s = env->scope;
  while (s != NULL && s->depth != (unsigned)r->level) s = s->outer;
  if (s == NULL) return false;
  const struct name *node = s->name;
  for (size_t i = 0; i + 1 < r->n && node != NULL; i++) {
    if (r->steps[i].kind != STEP_KEY) return false;
    node = names_child_id(env->names, node, r->steps[i].key);
    bool lists =
        node != NULL && (node->kinds & NAME_LIST) != 0 && (node->kinds & NAME_LIST_OF_SCALARS) == 0;
    if (!lists) continue;
    if (r->steps[i + 1].kind != STEP_KEY) return false;
    *list = (struct ref){.level = r->level,
                         .n = i + 1,
                         .steps = r->steps,
                         .name = node,
                         .shown = arena_dup(env->arena, node->shown)};
    return true;
  }
  return false;
}

static const struct scope *open_list(const struct expr_env *env, const struct scope *outer,
                                     const struct name *name) {
  struct scope *s = ARENA_NEW(env->arena, struct scope);
  if (s != NULL) *s = (struct scope){.outer = outer, .name = name, .list = true};
  if (s != NULL) s->depth = outer->depth + 1;
  return s;
}

/* Where a reference starts. */
static const struct name *start_of(const struct expr_env *env, const struct ref *r) {
  const struct scope *s = env->scope;
  while (s != NULL && s->depth != (unsigned)r->level) s = s->outer;
  return s != NULL ? s->name : NULL;
}

const struct scope *bind_lists(const struct expr_env *env, const struct ref *r,
                               const unsigned **levels) {
  const struct scope *s = env->scope;
  bool known = r != NULL && r->level != REF_UNBOUND;
  unsigned *depths = ARENA_ARRAY(env->arena, r != NULL ? r->n + 1 : 1, unsigned);
  *levels = depths;
  if (depths == NULL) return NULL;
  const struct name *node = known ? start_of(env, r) : NULL;
  for (size_t i = 0; node != NULL && s != NULL && i < r->n; i++) {
    bool item = r->steps[i].kind == STEP_INDEX; /* stays in its list */
    if (!item) node = names_child_id(env->names, node, r->steps[i].key);
    if (item || node == NULL || (node->kinds & NAME_LIST) == 0) continue;
    s = open_list(env, s, node);
    if (s != NULL) depths[i + 1] = s->depth;
  }
  if (s == NULL || s != env->scope) return s;
  s = open_list(env, s, NULL);
  if (s != NULL) depths[0] = s->depth;
  return s;
}
