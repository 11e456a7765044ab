/* .xlsx workbooks: from the package to its sheets (ECMA-376 parts 1 and 2).
 *
 *   _rels/.rels ─► workbook.xml ─ its .rels ─► styles, shared strings, then sheet by sheet
 *
 * Parts are found by their relationships, never by their names.  Sheets are streams
 * (xlsx_sheet.c), so memory grows with the cells that are kept.
 *
 * Invariant: nothing outside the package is opened; what cannot be read is refused with sheet and
 * cell, never skipped.
 */
#include "book/xlsx.h"

#include "base/mem.h"

#define N_(s) (s)

#define RELATIONS_NS "http://schemas.openxmlformats.org/package/2006/relationships"
#define TYPES_NS     "http://schemas.openxmlformats.org/package/2006/content-types"
#define R_NS                                                              \
  "http://schemas.openxmlformats.org/officeDocument/2006/relationships\n" \
  "http://purl.oclc.org/ooxml/officeDocument/relationships"

/* ---- relationships (part 2, 9.3) ---- */

struct relation {
  str id, type, target; /* target: the name of a part */
  bool external;
};

struct relations {
  struct xlsx *x;
  struct part_path path;
  str from; /* the part that they belong to */
  struct relation *items;
  size_t n, cap;
};

static str percent_decoded(struct arena *a, str s) {
  char *p = arena_alloc(a, s.n + 1);
  size_t n = 0;
  if (p == NULL) return STR_NONE;
  for (size_t i = 0; i < s.n; i++) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *high = NULL, *low = NULL;
    if (s.p[i] == '%' && i + 2 < s.n) {
      high = memchr(digits, s.p[i + 1], 32);
      low = memchr(digits, s.p[i + 2], 32);
    }
    bool coded = high != NULL && low != NULL;
    p[n] = s.p[i];
    if (coded) p[n] = (char)((high - digits) % 16 * 16 + (low - digits) % 16);
    if (coded) i += 2;
    n++;
  }
  return (str){p, n};
}

/* The part that a target names, seen from a part: /xl/a.xml, a.xml, ../a.xml. */
static str resolve(struct arena *a, str from, str target) {
  char *p = arena_alloc(a, from.n + target.n + 2);
  size_t n = 0;
  if (p == NULL) return STR_NONE;
  bool absolute = target.n > 0 && (target.p[0] == '/' || target.p[0] == '\\');
  for (size_t i = from.n; !absolute && i > 0; i--)
    if (from.p[i - 1] == '/') {
      memcpy(p, from.p, n = i - 1);
      break;
    }
  for (size_t at = 0; at <= target.n;) {
    size_t end = at;
    while (end < target.n && target.p[end] != '/' && target.p[end] != '\\') end++;
    str step = str_sub(target, at, end);
    at = end + 1;
    if (step.n == 0 || str_is(step, ".")) continue;
    if (str_is(step, "..")) {
      while (n > 0 && p[n - 1] != '/') n--;
      if (n > 0) n--;
      continue;
    }
    if (n > 0) p[n++] = '/';
    memcpy(p + n, step.p, step.n);
    n += step.n;
  }
  return (str){p, n};
}

static bool start_relation(void *ctx, const struct xml_tag *tag) {
  enum { RELATION = 2 };
  struct relations *r = ctx;
  struct building *g = &r->x->g;
  struct arena *a = g->book->arena;
  if (part_enter(&r->path, tag) != RELATION) return true;
  struct relation *rel = arena_grow(a, r->items, &r->n, &r->cap, sizeof *rel);
  if (rel == NULL) return build_memory(g);
  r->items = rel - (r->n - 1);
  rel->id = arena_dup(a, xml_tag_attr(tag, NULL, "Id"));
  rel->type = arena_dup(a, xml_tag_attr(tag, NULL, "Type"));
  rel->target = resolve(a, r->from, xml_tag_attr(tag, NULL, "Target"));
  rel->external = str_is(xml_tag_attr(tag, NULL, "TargetMode"), "External");
  return (rel->id.p != NULL && rel->type.p != NULL && rel->target.p != NULL) || build_memory(g);
}

static bool leave_relation(void *ctx) {
  part_leave(&((struct relations *)ctx)->path);
  return true;
}

static bool ignore_text(void *ctx, str s) {
  (void)ctx, (void)s;
  return true;
}

/* Of the part `from`, or of the package when that is empty.  Without a part of them there are
 * none. */
static bool read_relations(struct xlsx *x, str from, struct relations *r) {
  static const struct part_tag tags[] = {
      {RELATIONS_NS, "Relationships", 1, BELOW(PART_TOP)},
      {RELATIONS_NS, "Relationship", 2, BELOW(1)},
  };
  static const struct xml_handler handler = {start_relation, leave_relation, ignore_text};
  *r = (struct relations){.x = x, .from = from, .path = {.tags = tags, .n = 2}};
  size_t slash = from.n;
  while (slash > 0 && from.p[slash - 1] != '/') slash--;
  str parts[] = {str_sub(from, 0, slash), STR("_rels/"), str_sub(from, slash, from.n),
                 STR(".rels")};
  str name = arena_join(x->g.book->arena, parts, 4);
  if (name.p == NULL) return build_memory(&x->g);
  ptrdiff_t entry = part_find(x->pack, name);
  return entry < 0 || part_read(&x->g, x->pack, (size_t)entry, &handler, r);
}

/* The last step of a type tells what it is, in the transitional and the strict form. */
static bool is_type(const struct relation *rel, const char *word) {
  return !rel->external && str_ends(rel->type, str_of(word));
}

static const struct relation *find_type(const struct relations *r, const char *word) {
  for (size_t i = 0; i < r->n; i++)
    if (is_type(&r->items[i], word)) return &r->items[i];
  return NULL;
}

/* Entry of the part that a relation leads to; false: findings. */
static bool entry_of(struct xlsx *x, const struct relation *rel, size_t *entry) {
  ptrdiff_t i = part_find(x->pack, rel->target);
  if (i < 0) i = part_find(x->pack, percent_decoded(x->g.book->arena, rel->target));
  x->g.part = rel->target;
  if (i < 0) return build_damaged(&x->g, STR(N_("the part is missing")));
  *entry = (size_t)i;
  return true;
}

/* ---- what the main part is (part 2, 10.1) ---- */

struct types {
  struct xlsx *x;
  struct part_path path;
  str part, type;
};

static bool start_type(void *ctx, const struct xml_tag *tag) {
  enum { OVERRIDE = 2, BY_ENDING };
  struct types *t = ctx;
  unsigned in = part_enter(&t->path, tag);
  str name = xml_tag_attr(tag, NULL, "PartName"), ending = xml_tag_attr(tag, NULL, "Extension");
  bool mine = in == OVERRIDE && name.n > 0 && str_eq(str_sub(name, 1, name.n), t->part);
  if (in == BY_ENDING && t->type.n == 0) mine = ending.n > 0 && str_ends(t->part, ending);
  if (mine) t->type = arena_dup(t->x->g.book->arena, xml_tag_attr(tag, NULL, "ContentType"));
  return true;
}

static bool leave_type(void *ctx) {
  part_leave(&((struct types *)ctx)->path);
  return true;
}

static bool check_type(struct xlsx *x, str type) {
  static const struct {
    const char *type, *words;
  } others[] = {
      {"sheet.binary", N_("a binary workbook (.xlsb): save it as .xlsx")},
      {"wordprocessingml", N_("a Word document (.docx), not a workbook")},
      {"presentationml", N_("a presentation (.pptx), not a workbook")},
      {"ms-word", N_("a Word document (.docx), not a workbook")},
  };
  struct origin o = {.file = x->g.book->path};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (str_find(type, str_of(others[i].type), 0) != STR_NOT_FOUND)
      return finding(x->g.fs, CODE_BOOK_KIND, NULL, &o, str_of(others[i].words));
  return true; /* what else it says, its root tells */
}

static bool check_main(struct xlsx *x, str part) {
  static const struct part_tag tags[] = {
      {TYPES_NS, "Types", 1, BELOW(PART_TOP)},
      {TYPES_NS, "Override", 2, BELOW(1)},
      {TYPES_NS, "Default", 3, BELOW(1)},
  };
  static const struct xml_handler handler = {start_type, leave_type, ignore_text};
  struct types t = {.x = x, .path = {.tags = tags, .n = 3}, .part = part};
  ptrdiff_t entry = part_find(x->pack, STR("[Content_Types].xml"));
  if (entry < 0) return true;
  return part_read(&x->g, x->pack, (size_t)entry, &handler, &t) && check_type(x, t.type);
}

/* ---- the workbook (18.2) ---- */

struct workbook {
  struct xlsx *x;
  struct part_path path;
  bool rooted;
  struct listed {
    str name, id;
    bool hidden;
  } * sheets;
  size_t n, cap;
};

enum { WORKBOOK = 1, PROPERTIES, SHEETS, SHEET };

static bool start_workbook(void *ctx, const struct xml_tag *tag) {
  struct workbook *w = ctx;
  struct building *g = &w->x->g;
  struct arena *a = g->book->arena;
  unsigned in = part_enter(&w->path, tag);
  if (in == WORKBOOK) w->rooted = true;
  if (in == PROPERTIES) w->x->since_1904 = part_flag(xml_tag_attr(tag, NULL, "date1904"));
  if (in != SHEET) return true;
  if (w->n == LIMIT_BOOK_SHEETS) return build_too_big(g, LIMIT_BOOK_SHEETS_INDEX);
  struct listed *s = arena_grow(a, w->sheets, &w->n, &w->cap, sizeof *s);
  if (s == NULL) return build_memory(g);
  w->sheets = s - (w->n - 1);
  str state = xml_tag_attr(tag, NULL, "state");
  s->hidden = str_is(state, "hidden") || str_is(state, "veryHidden");
  s->name = arena_dup(a, xml_tag_attr(tag, NULL, "name"));
  s->id = arena_dup(a, xml_tag_attr(tag, R_NS, "id"));
  return (s->name.p != NULL && s->id.p != NULL) || build_memory(g);
}

static bool leave_workbook(void *ctx) {
  part_leave(&((struct workbook *)ctx)->path);
  return true;
}

static bool read_workbook(struct xlsx *x, size_t entry, struct workbook *w) {
  static const struct part_tag tags[] = {
      {XLSX_NS, "workbook", WORKBOOK, BELOW(PART_TOP)},
      {XLSX_NS, "workbookPr", PROPERTIES, BELOW(WORKBOOK)},
      {XLSX_NS, "sheets", SHEETS, BELOW(WORKBOOK)},
      {XLSX_NS, "sheet", SHEET, BELOW(SHEETS)},
  };
  static const struct xml_handler handler = {start_workbook, leave_workbook, ignore_text};
  *w = (struct workbook){.x = x, .path = {.tags = tags, .n = 4}};
  if (!part_read(&x->g, x->pack, entry, &handler, w)) return false;
  return w->rooted || build_damaged(&x->g, STR(N_("it is no workbook")));
}

/* A sheet that is no worksheet (a chart, a dialogue) has no cells. */
static bool read_sheet(struct xlsx *x, const struct listed *s, const struct relations *r) {
  const struct relation *rel = NULL;
  size_t entry;
  for (size_t i = 0; i < r->n && rel == NULL; i++)
    if (str_eq(r->items[i].id, s->id)) rel = &r->items[i];
  if (rel != NULL && !str_ends(rel->type, STR("/worksheet"))) return true;
  if (!build_sheet(&x->g, s->name, s->hidden)) return false;
  if (rel == NULL || rel->external) return build_damaged(&x->g, STR(N_("a sheet has no part")));
  if (s->hidden) return build_sheet_end(&x->g);
  return entry_of(x, rel, &entry) && xlsx_read_sheet(x, entry) && build_sheet_end(&x->g);
}

static bool read_parts(struct xlsx *x, const struct relations *r) {
  const struct relation *styles = find_type(r, "/styles"), *texts = find_type(r, "/sharedStrings");
  size_t entry;
  if (styles != NULL && !(entry_of(x, styles, &entry) && xlsx_read_styles(x, entry))) return false;
  return texts == NULL || (entry_of(x, texts, &entry) && xlsx_read_strings(x, entry));
}

static bool read_package(struct xlsx *x) {
  struct relations top, own;
  struct workbook w;
  size_t entry;
  if (!read_relations(x, STR(""), &top)) return false;
  const struct relation *main = find_type(&top, "/officeDocument");
  if (main == NULL) {
    x->g.part = STR("_rels/.rels");
    return build_damaged(&x->g, STR(N_("it does not say where the workbook is")));
  }
  if (!entry_of(x, main, &entry) || !check_main(x, main->target)) return false;
  if (!read_workbook(x, entry, &w) || !read_relations(x, pack_name(x->pack, entry), &own))
    return false;
  if (!read_parts(x, &own)) return false;
  for (size_t i = 0; i < w.n; i++)
    if (!read_sheet(x, &w.sheets[i], &own)) return false;
  return true;
}

/* ---- the kind ---- */

static bool recognise(str bytes) {
  return str_starts(bytes, STR("PK\3\4")) &&
         str_find(bytes, STR("[Content_Types].xml"), 0) != STR_NOT_FOUND;
}

static bool read_xlsx(struct book *b, str bytes, const struct book_options *o,
                      struct findings *fs) {
  struct xlsx x = {.since_1904 = false};
  (void)o;
  build_init(&x.g, b, fs);
  x.pack = part_open_package(&x.g, bytes);
  bool ok = x.pack != NULL && read_package(&x);
  pack_close(x.pack);
  mem_free(x.strings);
  build_free(&x.g);
  return ok;
}

const struct book_kind book_xlsx = {recognise, read_xlsx};
