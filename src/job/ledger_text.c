/* The run record as text: JSON, an entry on a line.
 *
 *   {"schema": 1, "runs": [{"id", "template", "data": […], "options": {…}}], "reports": [
 *   {"name", "hash", "time", …}
 *   ,{…}
 *   ]}
 *
 * A part is the same without its end, and perhaps with half a line there.  Reading is done by the
 * reader of JSON data, which checks the whole text first.
 * Invariant: a whole record that is not ours, or is damaged, is refused and never half read.
 */
#include "job/ledger.h"

#include <stdlib.h>

#include "base/json_put.h"
#include "base/mem.h"
#include "data/source.h"

#define N_(s) (s)

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* ---- writing ---- */

static void put_texts(struct buf *out, const char *key, const str *texts, size_t n) {
  json_put_key(out, key);
  buf_putc(out, '[');
  for (size_t i = 0; i < n; i++) {
    if (i > 0) buf_puts(out, ", ");
    json_put_text(out, texts[i]);
  }
  buf_putc(out, ']');
}

void ledger_put_run(struct buf *out, const struct ledger_run *r, bool with_id) {
  buf_putc(out, '{');
  if (with_id) json_put_member(out, "id", r->id);
  json_put_member(out, "template", r->template);
  put_texts(out, "data", r->data, r->ndata);
  if (r->nlast > 0) put_texts(out, "last", r->last, r->nlast);
  json_put_key(out, "options");
  buf_putc(out, '{');
  for (size_t i = 0; i < r->noptions; i++)
    json_put_member(out, r->options[i].name.p, r->options[i].value);
  buf_puts(out, "}}");
}

void ledger_put_head(struct buf *out, const struct ledger_run *runs, size_t n) {
  buf_puts(out, "{\"schema\": ");
  buf_put_u64(out, LEDGER_SCHEMA);
  buf_puts(out, ", \"runs\": [");
  for (size_t i = 0; i < n; i++) {
    if (i > 0) buf_puts(out, ",\n ");
    ledger_put_run(out, &runs[i], true);
  }
  buf_puts(out, "], \"reports\": [\n");
}

void ledger_put_entry(struct buf *out, const struct ledger_entry *e, bool first) {
  buf_puts(out, first ? "{" : ",{");
  json_put_member(out, "name", e->name);
  json_put_member(out, "hash", e->hash);
  json_put_some(out, "replaced", e->replaced);
  json_put_member(out, "time", e->time);
  json_put_member(out, "program", e->program);
  json_put_member(out, "run", e->run);
  json_put_some(out, "township", e->township);
  json_put_member(out, "template", e->template);
  json_put_member(out, "record", e->record);
  json_put_member(out, "made", e->made);
  if (e->npictures > 0) json_put_key(out, "pictures");
  for (size_t i = 0; i < e->npictures; i++) {
    buf_puts(out, i == 0 ? "[{" : ", {");
    json_put_member(out, "file", e->pictures[i].file);
    json_put_member(out, "hash", e->pictures[i].hash);
    buf_puts(out, i + 1 < e->npictures ? "}" : "}]");
  }
  if (e->forced) {
    json_put_key(out, "force_checks");
    buf_puts(out, "true");
  }
  buf_puts(out, "}\n");
}

void ledger_put_end(struct buf *out) { buf_puts(out, "]}\n"); }

/* ---- reading ---- */

struct reader {
  struct ledger *l;
  const char *path;
  struct names *names;
  struct findings *fs;
};

static bool damaged(const struct reader *r, const char *why) {
  return finding(r->fs, CODE_LEDGER_DAMAGED, NULL, NULL, str_of(r->path), str_of(why));
}

static const struct val *member(const struct reader *r, const struct val *object, const char *key) {
  uint32_t id = names_id(r->names, str_of(key));
  return id != 0 ? val_member(object, id) : NULL;
}

/* A text, copied; empty when it is not there. */
static str text(const struct reader *r, const struct val *object, const char *key) {
  const struct val *v = member(r, object, key);
  if (v == NULL || v->kind != VAL_TEXT || v->text.n == 0) return STR_NONE;
  return arena_dup(r->l->arena, v->text);
}

static bool read_options(struct reader *r, const struct val *v, struct ledger_run *run) {
  if (v == NULL || v->kind != VAL_OBJECT) return true;
  size_t n = v->object->n;
  run->options = ARENA_ARRAY(r->l->arena, n + 1, struct ledger_option);
  if (run->options == NULL) return no_memory(r->fs);
  for (size_t i = 0; i < n; i++) {
    const struct val_member *m = &v->object->members[i];
    run->options[run->noptions++] = (struct ledger_option){
        arena_dup(r->l->arena, names_key(r->names, m->key)), arena_dup(r->l->arena, m->v.text)};
  }
  return true;
}

static bool read_texts(struct reader *r, const struct val *v, str **texts, size_t *n) {
  struct cursor c;
  if (v == NULL || v->kind != VAL_LIST) return true;
  *texts = ARENA_ARRAY(r->l->arena, v->list.n + 1, str);
  if (*texts == NULL) return no_memory(r->fs);
  cursor_init(&c, v);
  bool ok = true;
  for (size_t i = 0; ok && i < v->list.n; i++) {
    const struct val *item = cursor_at(&c, i, r->fs);
    ok = item != NULL;
    if (ok) (*texts)[(*n)++] = arena_dup(r->l->arena, item->text);
  }
  cursor_free(&c);
  return ok;
}

static size_t run_place(const struct ledger *l, str id, bool *there) {
  size_t i = 0;
  while (i < l->nruns && str_cmp(l->runs[i].id, id) < 0) i++;
  *there = i < l->nruns && str_eq(l->runs[i].id, id);
  return i;
}

const struct ledger_entry *ledger_find(const struct ledger *l, str name) {
  size_t low = 0, high = l->n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (str_cmp(l->entries[mid].name, name) < 0)
      low = mid + 1;
    else
      high = mid;
  }
  return low < l->n && str_eq(l->entries[low].name, name) ? &l->entries[low] : NULL;
}

const struct ledger_run *ledger_run(const struct ledger *l, str id) {
  bool there;
  size_t i = run_place(l, id, &there);
  return there ? &l->runs[i] : NULL;
}

static bool add_run(void *ctx, const struct val *v) {
  struct reader *r = ctx;
  struct ledger *l = r->l;
  struct ledger_run run = {.id = text(r, v, "id"), .template = text(r, v, "template")};
  bool there;
  if (run.id.n == 0 || run.template.n == 0) return damaged(r, N_("a run lacks a part"));
  if (!read_texts(r, member(r, v, "data"), &run.data, &run.ndata)) return false;
  if (!read_texts(r, member(r, v, "last"), &run.last, &run.nlast)) return false;
  if (!read_options(r, member(r, v, "options"), &run)) return false;
  size_t at = run_place(l, run.id, &there);
  if (there) return true;
  struct ledger_run *grown = arena_grow(l->arena, l->runs, &l->nruns, &l->runs_cap, sizeof *grown);
  if (grown == NULL) return no_memory(r->fs);
  l->runs = grown - (l->nruns - 1);
  memmove(&l->runs[at + 1], &l->runs[at], (l->nruns - 1 - at) * sizeof run);
  l->runs[at] = run;
  return true;
}

static bool read_pictures(struct reader *r, const struct val *v, struct ledger_entry *e) {
  struct cursor c;
  if (v == NULL || v->kind != VAL_LIST) return true;
  e->pictures = ARENA_ARRAY(r->l->arena, v->list.n + 1, struct ledger_picture);
  if (e->pictures == NULL) return no_memory(r->fs);
  cursor_init(&c, v);
  bool ok = true;
  for (size_t i = 0; ok && i < v->list.n; i++) {
    const struct val *item = cursor_at(&c, i, r->fs);
    ok = item != NULL && (item->kind == VAL_OBJECT || damaged(r, N_("a report lacks a part")));
    if (ok)
      e->pictures[e->npictures++] =
          (struct ledger_picture){text(r, item, "file"), text(r, item, "hash")};
  }
  cursor_free(&c);
  return ok;
}

static bool put_entry(struct ledger *l, const struct ledger_entry *e) {
  struct ledger_entry *to = arena_grow(l->arena, l->entries, &l->n, &l->cap, sizeof *to);
  if (to == NULL) return false;
  l->entries = to - (l->n - 1);
  *to = *e;
  return true;
}

static int by_name_and_time(const void *x, const void *y) {
  const struct ledger_entry *a = x, *b = y;
  int c = str_cmp(a->name, b->name);
  if (c == 0) c = str_cmp(a->time, b->time);
  return c != 0 ? c : str_cmp(a->hash, b->hash);
}

/* Of entries with one name the last one stays. */
static void settle(struct ledger *l) {
  size_t n = 0;
  if (l->n > 1) qsort(l->entries, l->n, sizeof *l->entries, by_name_and_time);
  for (size_t i = 0; i < l->n; i++) {
    bool last = i + 1 == l->n || !str_eq(l->entries[i].name, l->entries[i + 1].name);
    if (last) l->entries[n++] = l->entries[i];
  }
  l->n = n;
}

static bool is_hash(str s) {
  bool ok = s.n == DIGEST_HEX;
  for (size_t i = 0; ok && i < s.n; i++) ok = strchr("0123456789abcdef", s.p[i]) != NULL;
  return ok;
}

static bool add_entry(void *ctx, const struct val *v) {
  struct reader *r = ctx;
  const struct val *forced = member(r, v, "force_checks");
  struct ledger_entry e = {.name = text(r, v, "name"),
                           .hash = text(r, v, "hash"),
                           .replaced = text(r, v, "replaced"),
                           .time = text(r, v, "time"),
                           .program = text(r, v, "program"),
                           .run = text(r, v, "run"),
                           .township = text(r, v, "township"),
                           .template = text(r, v, "template"),
                           .record = text(r, v, "record"),
                           .made = text(r, v, "made"),
                           .forced = forced != NULL && forced->kind == VAL_BOOL && forced->truth};
  if (e.name.n == 0 || e.time.n == 0 || !is_hash(e.hash) || !is_hash(e.template) ||
      !is_hash(e.record) || !is_hash(e.made))
    return damaged(r, N_("a report lacks a part"));
  return read_pictures(r, member(r, v, "pictures"), &e) &&
         (put_entry(r->l, &e) || no_memory(r->fs));
}

static bool each(struct reader *r, const struct val *list,
                 bool (*add)(void *ctx, const struct val *v)) {
  struct cursor c;
  if (list == NULL || list->kind != VAL_LIST) return damaged(r, N_("it has no list of reports"));
  cursor_init(&c, list);
  bool ok = true;
  for (size_t i = 0; ok && i < list->list.n; i++) {
    const struct val *v = cursor_at(&c, i, r->fs);
    ok = v != NULL && (v->kind == VAL_OBJECT ? add(r, v) : damaged(r, N_("a report lacks a part")));
  }
  cursor_free(&c);
  return ok && (!mem_failed() || no_memory(r->fs));
}

static bool read_root(struct reader *r, struct source *s) {
  struct arena *a = arena_new(0);
  struct val root;
  if (a == NULL) return no_memory(r->fs);
  bool ok = s->single ? s->kind->record(s, 0, a, &root, r->fs)
                      : damaged(r, N_("it has no list of reports"));
  const struct val *schema = ok ? member(r, &root, "schema") : NULL;
  if (ok && (schema == NULL || schema->kind != VAL_NUMBER))
    ok = damaged(r, N_("it has no list of reports"));
  else if (ok && !str_is(schema->text, "1"))
    ok = finding(r->fs, CODE_LEDGER_NEWER, NULL, NULL, str_of(r->path), schema->text);
  ok = ok && each(r, member(r, &root, "runs"), add_run) &&
       each(r, member(r, &root, "reports"), add_entry);
  arena_free(a);
  return ok;
}

/* Leaves the whole lines and puts an end to them; false: there is none.  A machine that stopped may
 * have left zeros. */
static bool mend(struct buf *bytes) {
  const char *zero = bytes->n > 0 ? memchr(bytes->p, '\0', bytes->n) : NULL;
  if (zero != NULL) bytes->n = (size_t)(zero - bytes->p);
  while (bytes->n > 0 && bytes->p[bytes->n - 1] != '\n') bytes->n--;
  if (bytes->n == 0) return false;
  ledger_put_end(bytes);
  return true;
}

bool ledger_read(struct ledger *l, const char *path, struct buf *bytes, bool part,
                 struct findings *fs) {
  const struct source_options options = {.encoding = NULL};
  struct reader r = {l, path, names_new(), fs};
  size_t errors = findings_errors(fs);
  if (part && !mend(bytes)) {
    names_free(r.names);
    return true;
  }
  if (r.names == NULL || bytes->failed) {
    names_free(r.names);
    return no_memory(fs);
  }
  struct source *s =
      source_json.open_take(str_of(path), str_of(path), bytes, r.names, &options, fs);
  bool ok = s != NULL && read_root(&r, s);
  if (!ok && findings_errors(fs) == errors) no_memory(fs);
  if (s == NULL) damaged(&r, N_("it is not sound JSON"));
  settle(l);
  if (s != NULL) s->kind->close(s);
  names_free(r.names);
  return ok;
}
