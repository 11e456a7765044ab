/* What people left in a template: comments, tracked changes, and their names.
 *
 * All of it would go out with every report, so it is told once, or, with --clean, taken out of
 * each tree before that is walked: everything behind sees a document that never had it.
 * What a name is, and how a change is accepted, the flavour knows.
 * Invariant: a property in which a tag stands is the report's own; it is neither told nor removed.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "template/compile.h"

#define N_(s) (s)

static bool no_memory(struct findings *fs) { return finding(fs, CODE_MEMORY, NULL, NULL, STR("")); }

/* ---- properties ---- */

static bool has_tag(const struct template *t, const xmlNode *n) {
  struct scan_marks marks = {t->options.open, t->options.close};
  for (const xmlNode *k = n; k != NULL; k = xml_walk((xmlNode *)n, (xmlNode *)k, false))
    if (k->type == XML_TEXT_NODE &&
        scan_next(str_of((const char *)k->content), 0, &marks).kind == SCAN_TAG)
      return true;
  return false;
}

static void tell_property(struct template *t, const xmlNode *n) {
  for (const xmlNode *k = n; k != NULL; k = xml_walk((xmlNode *)n, (xmlNode *)k, false))
    if (k->type == XML_TEXT_NODE)
      traces_name(&t->traces, &t->traces.others, str_of((const char *)k->content));
}

static void settle_properties(struct template *t, size_t entry, xmlNode *root, bool *changed) {
  for (xmlNode *n = root, *next; n != NULL; n = next) {
    next = xml_walk(root, n, false);
    enum personal p =
        n->type == XML_ELEMENT_NODE ? t->flavour->personal(t->state, entry, n) : PERSONAL_NONE;
    if (p == PERSONAL_NONE || has_tag(t, n)) continue;
    if (t->options.clean) {
      next = xml_walk(root, n, true);
      xml_remove(n);
      *changed = true;
    } else if (p == PERSONAL_NAME) {
      tell_property(t, n);
    }
  }
}

/* ---- parts ---- */

bool clean_tree(struct template *t, size_t entry, xmlNode *root, bool *changed,
                struct findings *fs) {
  *changed = false;
  if (!t->options.clean)
    t->flavour->traces(root, &t->traces);
  else if (!t->flavour->clean(t->state, entry, root, changed, fs))
    return false;
  settle_properties(t, entry, root, changed);
  return !mem_failed() || no_memory(fs);
}

/* Nothing is filled in such a part, so damage in it matters only when it must be cleaned. */
bool clean_look(struct template *t, size_t entry, struct findings *fs) {
  struct findings *quiet = findings_new();
  struct place place = {.file = pack_path(t->pack), .part = pack_name(t->pack, entry)};
  struct xml x = {.doc = NULL};
  struct buf bytes;
  bool changed = false, must = t->options.clean;
  if (quiet == NULL) return no_memory(fs);
  buf_init(&bytes, LIMIT_XML_PART);
  bool small = must || pack_size(t->pack, entry) <= LIMIT_XML_PART;
  bool ok = !small || pack_read(t->pack, entry, LIMIT_XML_PART, &bytes, fs);
  bool read = ok && small && xml_parse(&x, buf_str(&bytes), XML_PLAIN, &place, must ? fs : quiet);
  if (must && !read) ok = false;
  if (read) ok = clean_tree(t, entry, xmlDocGetRootElement(x.doc), &changed, fs);
  if (ok && changed) ok = t->flavour->replace(t->state, entry, &x, fs);
  xml_free(&x);
  buf_free(&bytes);
  findings_free(quiet);
  return ok && (!mem_failed() || no_memory(fs));
}

bool clean_begin(struct template *t, struct findings *fs) {
  t->traces.arena = t->arena;
  return !t->options.clean || t->flavour->clean_begin(t->state, fs);
}

static bool is_part(const struct template *t, size_t entry) {
  for (size_t i = 0; i < t->nparts; i++)
    if (t->parts[i].info->entry == entry) return true;
  return false;
}

bool clean_end(struct template *t, struct findings *fs) {
  size_t entry;
  for (size_t i = 0; t->flavour->beside(t->state, i, &entry); i++)
    if (!is_part(t, entry) && !clean_look(t, entry, fs)) return false;
  if (!t->options.clean) return true;
  if (!t->flavour->clean_end(t->state, fs)) return false;
  for (size_t i = 0; i < t->nparts; i++)
    if (t->flavour->left_out(t->state, t->parts[i].info->entry)) t->parts[i].program = NULL;
  return true;
}

/* ---- telling ---- */

/* "comments: 2 (甲、乙)"; empty when there is nothing. */
static str told(struct template *t, const char *what, const struct traces_of *of) {
  struct buf b;
  buf_init(&b, 0);
  bool brackets = of->count != 0 && of->n != 0;
  if (of->count != 0 || of->n != 0) buf_puts(&b, what);
  if (of->count != 0) buf_put_u64(&b, of->count);
  if (brackets) buf_puts(&b, " (");
  for (size_t i = 0; i < of->n; i++) {
    if (i != 0) buf_puts(&b, "、");
    buf_put(&b, of->names[i]);
  }
  if (of->more) buf_puts(&b, "…");
  if (brackets) buf_puts(&b, ")");
  str s = arena_dup(t->arena, buf_str(&b));
  buf_free(&b);
  return s;
}

bool clean_tell(struct template *t, struct findings *fs) {
  const struct traces *r = &t->traces;
  struct place place = {.file = pack_path(t->pack)};
  str comments = told(t, N_("comments: "), &r->comments);
  str changes =
      told(t, comments.n == 0 ? N_("tracked changes: ") : N_("; tracked changes: "), &r->changes);
  bool first = comments.n == 0 && changes.n == 0;
  str others = told(t, first ? N_("names in its properties: ") : N_("; names in its properties: "),
                    &r->others);
  if (mem_failed()) return no_memory(fs);
  if (comments.n != 0 || changes.n != 0 || others.n != 0)
    finding(fs, CODE_TRACES, &place, NULL, comments, changes, others);
  return true;
}
