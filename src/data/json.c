/* Records out of a JSON file that was checked: the only place that knows cJSON.
 *
 * cJSON gives structure and resolves escapes; what a figure looked like it does not keep.  So
 * its tree is walked side by side with the source text: numbers and plain texts are borrowed
 * from the file's bytes, every value knows its offset, and the tree is thrown away.
 * Values of more than LIMIT_DATA_TREE bytes never become one tree: objects are split into their
 * members, lists are read in the groups of items that the strict pass marked (data/jsontext.h).
 *
 * Invariant: what is read here passed json_check, so only memory can fail.
 */
#include "data/jsoncheck.h"
#include "data/source.h"

#include <cjson/cJSON.h>

#include "base/fold.h"
#include "base/limits.h"
#include "base/mem.h"

struct json {
  struct source base; /* first member */
  struct json_text text;
  struct buf bytes;
  struct names *names;
  const struct name *records; /* its children are the keys of the records */
  const struct source_options *options;
  struct json_top top;
  bool shared; /* the file is called 公共 */
  size_t last, last_at; /* the record read last, for the next is mostly asked for next */
};

/* A list that is read in groups. */
struct json_list {
  struct val_lazy base; /* first member */
  struct json *j;
  const struct json_big *big;
  const struct name *node;
  uint32_t key;
  str unit;
};

/* One reading: where from and where to. */
struct reader {
  struct json *j;
  struct arena *arena;
  struct findings *fs;
};

static bool no_memory(struct reader *r) {
  return findings_add(r->fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* ---- keys ---- */

/* What a member's key comes to: its name in the tree, id and unit; id 0: a note. */
struct member_key {
  const struct name *node;
  uint32_t key;
  str unit;
};

/* `raw` as in the file, `decoded` without escapes; `guess` is the name that came next in the
 * object before. */
static struct member_key find_key(const struct json *j, const struct name *parent,
                                  const struct name *guess, str raw, str decoded) {
  if (guess != NULL && guess->plain && str_eq(guess->shown, raw))
    return (struct member_key){guess, guess->id, guess->unit};
  const struct name_key *k = names_is_note(decoded) || parent == NULL
                                 ? NULL
                                 : names_key_written(j->names, decoded);
  if (k == NULL) return (struct member_key){0};
  return (struct member_key){names_child_id(j->names, parent, k->id), k->id, k->unit};
}

static bool set_object(struct reader *r, struct val *out, struct val_member *m, size_t n) {
  return val_set_object(out, m, n, r->arena) || no_memory(r);
}

/* ---- texts and numbers ---- */

/* CRLF and CR become LF, one line end at the end goes; a copy is made only when needed. */
static bool set_text(struct reader *r, struct val *out, str s, bool borrowed) {
  bool returns = s.n > 0 && memchr(s.p, '\r', s.n) != NULL;
  char *copy = NULL;
  if (returns || !borrowed) {
    str d = arena_dup(r->arena, s);
    if (d.p == NULL) return no_memory(r);
    copy = (char *)(uintptr_t)d.p; /* ours: it was just made */
    s = d;
  }
  if (returns) {
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
      if (copy[i] == '\r' && i + 1 < s.n && copy[i + 1] == '\n') continue;
      copy[n++] = copy[i];
      if (copy[n - 1] == '\r') copy[n - 1] = '\n';
    }
    s.n = n;
  }
  if (s.n > 0 && s.p[s.n - 1] == '\n') s.n--;
  struct val v = val_text(s);
  out->kind = VAL_TEXT;
  out->text = v.text;
  out->exact = v.exact;
  return true;
}

static bool set_string(struct reader *r, struct val *out, const cJSON *node, size_t *at) {
  const struct json_text *t = &r->j->text;
  bool escaped;
  size_t start = *at + 1;
  *at = json_skip_string(t, *at, &escaped);
  if (escaped) return set_text(r, out, str_of(node->valuestring), false);
  return set_text(r, out, str_sub(t->bytes, start, *at - 1), true);
}

/* Is the number printed as it stands? Exponents and minus nothing are not. */
static bool prints_as_written(str s) {
  bool zero = true;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == 'e' || s.p[i] == 'E') return false;
    if (s.p[i] >= '1' && s.p[i] <= '9') zero = false;
  }
  return !(zero && s.p[0] == '-');
}

static bool set_number(struct reader *r, struct val *out, size_t *at) {
  const struct json_text *t = &r->j->text;
  size_t end = json_skip(t, *at);
  str s = str_sub(t->bytes, *at, end);
  *at = end;
  out->kind = VAL_NUMBER;
  out->text = s;
  if (prints_as_written(s)) return true;
  struct buf b;
  buf_init(&b, 0);
  num_printed(s, true, &b, NULL);
  out->text = b.failed ? STR_NONE : arena_dup(r->arena, buf_str(&b));
  buf_free(&b);
  return out->text.p != NULL || no_memory(r);
}

/* ---- trees: cJSON and the text side by side ---- */

static bool convert(struct reader *r, const struct name *node, const cJSON *tree, size_t *at,
                    struct val *out);

/* Offset of the next member or item, behind a comma if there is one. */
static size_t behind_comma(const struct json_text *t, size_t at) {
  at = json_blanks(t, at);
  return t->bytes.p[at] == ',' ? json_blanks(t, at + 1) : at;
}

static size_t count_children(const cJSON *tree) {
  size_t n = 0;
  for (const cJSON *c = tree->child; c != NULL; c = c->next) n++;
  return n;
}

/* Steps from a key's quote to its value. */
static str step_key(const struct json_text *t, size_t *at) {
  bool escaped;
  size_t start = *at + 1, end = json_skip_string(t, *at, &escaped);
  *at = json_blanks(t, json_blanks(t, end) + 1);
  return str_sub(t->bytes, start, end - 1);
}

static bool convert_object(struct reader *r, const struct name *node, const cJSON *tree,
                           size_t *at, struct val *out) {
  const struct json_text *t = &r->j->text;
  struct val_member *m = ARENA_ARRAY(r->arena, count_children(tree), struct val_member);
  const struct name *guess = node != NULL ? node->first : NULL;
  size_t n = 0;
  if (m == NULL && tree->child != NULL) return no_memory(r);
  *at = json_blanks(t, *at + 1);
  for (const cJSON *c = tree->child; c != NULL; c = c->next) {
    str raw = step_key(t, at);
    struct member_key k = find_key(r->j, node, guess, raw, str_of(c->string));
    if (k.key == 0) {
      *at = behind_comma(t, json_skip(t, *at));
      continue;
    }
    if (k.node != NULL) guess = k.node->next;
    m[n].key = k.key;
    m[n].v.key = k.key;
    m[n].v.unit = k.unit;
    if (!convert(r, k.node, c, at, &m[n++].v)) return false;
    *at = behind_comma(t, *at);
  }
  ++*at;
  return set_object(r, out, m, n);
}

static bool convert_list(struct reader *r, const struct name *node, const cJSON *tree, size_t *at,
                         struct val *out) {
  const struct json_text *t = &r->j->text;
  size_t n = count_children(tree), i = 0;
  struct val *items = ARENA_ARRAY(r->arena, n, struct val);
  if (items == NULL && n > 0) return no_memory(r);
  *at = json_blanks(t, *at + 1);
  for (const cJSON *c = tree->child; c != NULL; c = c->next, i++) {
    items[i].key = out->key;
    items[i].unit = out->unit;
    if (!convert(r, node, c, at, &items[i])) return false;
    *at = behind_comma(t, *at);
  }
  ++*at;
  out->kind = VAL_LIST;
  out->list = (struct val_list){n, items, NULL};
  return true;
}

static bool convert(struct reader *r, const struct name *node, const cJSON *tree, size_t *at,
                    struct val *out) {
  out->exact = true;
  out->source = &r->j->text.source;
  out->at = *at;
  switch (r->j->text.bytes.p[*at]) {
  case '{':
    return convert_object(r, node, tree, at, out);
  case '[':
    return convert_list(r, node, tree, at, out);
  case '"':
    return set_string(r, out, tree, at);
  case 't':
  case 'f':
    out->kind = VAL_BOOL;
    out->truth = cJSON_IsTrue(tree);
    break;
  case 'n':
    out->kind = VAL_NULL;
    break;
  default:
    return set_number(r, out, at);
  }
  *at = json_skip(&r->j->text, *at);
  return true;
}

/* cJSON cuts numbers of more than 63 digits in two: it gets a copy in which they are 0. */
static cJSON *parse_without_numbers(const struct json_text *t, size_t at) {
  size_t n = json_skip(t, at) - at;
  char *copy = mem_malloc(n + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, t->bytes.p + at, n);
  copy[n] = '\0';
  bool escaped;
  for (size_t i = 0; i < n;) {
    char c = copy[i];
    if (c == '"') {
      i = json_skip_string(t, at + i, &escaped) - at;
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      size_t end = json_skip(t, at + i) - at;
      memset(copy + i, ' ', end - i);
      copy[i] = '0';
      i = end;
    } else {
      i++;
    }
  }
  cJSON *tree = cJSON_ParseWithLength(copy, n);
  mem_free(copy);
  return tree;
}

static bool read_tree(struct reader *r, const struct name *node, size_t *at, struct val *out) {
  const struct json_text *t = &r->j->text;
  const char *end;
  cJSON *tree = t->long_numbers
                    ? parse_without_numbers(t, *at)
                    : cJSON_ParseWithLengthOpts(t->bytes.p + *at, t->bytes.n - *at, &end, 0);
  bool ok = tree != NULL && !mem_failed();
  if (!ok && mem_failed())
    no_memory(r);
  else if (!ok)
    finding(r->fs, CODE_INTERNAL, NULL, NULL, STR("cJSON refuses what was checked"));
  else
    ok = convert(r, node, tree, at, out);
  cJSON_Delete(tree);
  return ok;
}

/* ---- what is too long for a tree ---- */

static bool read_value(struct reader *r, const struct name *node, size_t *at, struct val *out);

static bool load_group(struct val_lazy *lazy, size_t index, struct arena *a,
                       const struct val **items, size_t *first, size_t *count,
                       struct findings *fs) {
  struct json_list *l = (struct json_list *)(void *)lazy;
  const struct json_text *t = &l->j->text;
  struct reader r = {l->j, a, fs};
  size_t g = json_group_of(t, l->big, index);
  bool last = g + 1 == l->big->group + l->big->groups;
  *first = t->groups[g].first;
  *count = (last ? l->big->n : t->groups[g + 1].first) - *first;
  struct val *all = ARENA_ARRAY(a, *count, struct val);
  if (all == NULL) return no_memory(&r);
  size_t at = (size_t)t->groups[g].at;
  for (size_t i = 0; i < *count; i++) {
    all[i].key = l->key;
    all[i].unit = l->unit;
    if (!read_value(&r, l->node, &at, &all[i])) return false;
    at = behind_comma(t, at);
  }
  *items = all;
  return true;
}

static bool read_list(struct reader *r, const struct name *node, const struct json_big *big,
                      struct val *out) {
  struct json_list *l = ARENA_NEW(r->arena, struct json_list);
  if (l == NULL) return no_memory(r);
  *l = (struct json_list){{load_group}, r->j, big, node, out->key, out->unit};
  out->kind = VAL_LIST;
  out->list = (struct val_list){big->n, NULL, &l->base};
  return true;
}

/* An object too long for one tree: its members one by one. */
static bool read_members(struct reader *r, const struct name *node, size_t at, struct val *out) {
  const struct json_text *t = &r->j->text;
  struct val_member *m = NULL;
  const struct name *guess = node != NULL ? node->first : NULL;
  size_t n = 0, cap = 0;
  struct buf decoded;
  buf_init(&decoded, 0);
  bool ok = true;
  for (at = json_blanks(t, at + 1); ok && t->bytes.p[at] == '"'; at = behind_comma(t, at)) {
    str raw = step_key(t, &at);
    buf_clear(&decoded);
    ok = json_decode(raw, &decoded) || no_memory(r);
    struct member_key k = find_key(r->j, node, guess, raw, buf_str(&decoded));
    if (!ok || k.key == 0) {
      at = json_skip(t, at);
      continue;
    }
    if (k.node != NULL) guess = k.node->next;
    struct val v = {.key = k.key, .unit = k.unit};
    size_t used = n;
    struct val_member *grown = arena_grow(r->arena, m, &n, &cap, sizeof *m);
    ok = grown != NULL ? read_value(r, k.node, &at, &v) : no_memory(r);
    if (!ok) break;
    m = grown - used;
    m[used] = (struct val_member){k.key, v};
  }
  buf_free(&decoded);
  return ok && set_object(r, out, m, n);
}

/* The value at *at; moves *at behind it. */
static bool read_value(struct reader *r, const struct name *node, size_t *at, struct val *out) {
  const struct json_text *t = &r->j->text;
  char c = t->bytes.p[*at];
  const struct json_big *big = c == '{' || c == '[' ? json_big_at(t, *at) : NULL;
  if (big == NULL || big->end - big->start <= LIMIT_DATA_TREE) return read_tree(r, node, at, out);
  out->exact = true;
  out->source = &t->source;
  out->at = *at;
  *at = (size_t)big->end;
  if (c == '[') return read_list(r, node, big, out);
  return read_members(r, node, (size_t)big->start, out);
}

/* ---- the source ---- */

static struct json *of(struct source *s) { return (struct json *)(void *)s; }

static void json_close(struct source *s) {
  struct json *j = of(s);
  json_text_free(&j->text);
  buf_free(&j->bytes);
  mem_free(j);
}

static struct source *json_open_take(str path, str stem, struct buf *bytes, struct names *ns,
                                     const struct source_options *o, struct findings *fs) {
  cJSON_InitHooks(&(cJSON_Hooks){mem_malloc, mem_free});
  struct json *j = mem_calloc(1, sizeof *j);
  if (j == NULL || !buf_reserve(bytes, 1)) {
    mem_free(j);
    buf_free(bytes);
    findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
    return NULL;
  }
  j->base.kind = &source_json;
  j->bytes = *bytes;
  *bytes = (struct buf){0};
  j->bytes.p[j->bytes.n] = '\0';
  j->names = ns;
  j->records = names_records(ns);
  j->options = o;
  json_text_init(&j->text, path, buf_str(&j->bytes));
  if (!json_check(&j->text, ns, &j->top, fs)) {
    json_close(&j->base);
    return NULL;
  }
  j->base.single = j->top.single;
  j->shared = j->top.single && str_is(stem, "公共");
  return &j->base;
}

static size_t json_count(const struct source *s) {
  return ((const struct json *)(const void *)s)->top.n;
}

static size_t record_at(struct json *j, size_t i) {
  const struct json_text *t = &j->text;
  if (j->top.single) return t->start;
  if (i != j->last || j->last_at == 0) {
    bool next = i == j->last + 1 && j->last_at != 0;
    j->last_at = next ? behind_comma(t, json_skip(t, j->last_at))
                      : json_item_at(t, json_big_at(t, t->start), i);
    j->last = i;
  }
  return j->last_at;
}

static bool json_record(struct source *s, size_t i, struct arena *a, struct val *root,
                        struct findings *fs) {
  struct reader r = {of(s), a, fs};
  size_t at = record_at(r.j, i);
  *root = (struct val){0};
  return read_value(&r, r.j->records, &at, root);
}

static void json_origin(struct source *s, size_t i, struct arena *a, struct origin *out) {
  struct json_text *t = &of(s)->text;
  t->source.place(&t->source, record_at(of(s), i), a, out);
}

/* The record is read for its key; so this is asked only when there is something to join. */
static bool json_about(struct source *s, size_t i, struct arena *kept, struct source_about *out,
                       struct findings *fs) {
  struct json *j = of(s);
  struct arena *a = arena_new(0);
  struct val root;
  *out = (struct source_about){.role = j->shared ? SOURCE_SHARED : SOURCE_RECORD};
  if (a == NULL) return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  bool ok = json_record(s, i, a, &root, fs);
  const struct val *v =
      ok ? val_member(&root, names_id(j->names, j->options->layout.key)) : NULL;
  if (v != NULL && (v->kind == VAL_TEXT || v->kind == VAL_NUMBER)) {
    out->shown = arena_dup(kept, v->text);
    out->key = arena_dup(kept, fold_name(v->text, a));
    ok = (out->key.p != NULL && out->shown.p != NULL) ||
         findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  }
  arena_free(a);
  return ok;
}

const struct source_kind source_json = {json_open_take, json_close,  json_count, json_record,
                                        json_origin,    json_about, NULL, NULL};
