/* Names out of the header of a sheet: one line, or several with merged cells over each other.
 *
 * 三公预算 over 公务接待费 is the object 三公预算 with the member 公务接待费, and so is a name with a dot
 * in one cell.  Units in brackets are known to data/names; 〔列表〕 marks cells that hold a list.
 * Invariant: no two fields of a shape have one name.
 */
#include "data/layout_internal.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { MOST_LEVELS = 4 };

/* ---- how many lines ---- */

static bool is_figure(const struct cell *c) {
  if (c->kind == CELL_NUMBER || c->kind == CELL_DATE) return true;
  return c->kind == CELL_TEXT && num_printed(utf8_trim(c->shown), false, NULL, NULL) == NUM_OK;
}

/* Is it a second line of names: nothing below the key, and texts elsewhere, but no figure? */
static bool continues(const struct view *v, uint32_t line, uint32_t head_position) {
  size_t texts = 0;
  if (view_at(v, line, head_position) != NULL) return false;
  for (size_t i = 0; i < v->npositions; i++) {
    const struct cell *c = view_at(v, line, v->positions[i]);
    if (c != NULL && is_figure(c)) return false;
    if (c != NULL) texts++;
  }
  return texts > 1;
}

static uint32_t last_line(const struct view *v, uint32_t line, uint32_t head_position) {
  struct area m;
  if (head_position == NO_LINE) return line;
  if (view_area(v, line, head_position, &m))
    return m.last_line < line + MOST_LEVELS - 1 ? m.last_line : line + MOST_LEVELS - 1;
  uint32_t last = line;
  while (last < line + MOST_LEVELS - 1 && continues(v, last + 1, head_position)) last++;
  return last;
}

/* The same without a row of units, which is the last then, and becomes l->unit_line. */
static uint32_t last_names(struct laying *w, uint32_t line, uint32_t head_position) {
  const struct view *v = &w->l->view;
  uint32_t last = last_line(v, line, head_position);
  if (v->turned || head_position == NO_LINE || w->l->unit_line != NO_LINE) return last;
  for (uint32_t at = line + 1; at <= last + 1; at++) {
    if (!units_in_line(w, line, at, head_position)) continue;
    w->l->unit_line = at;
    return at - 1;
  }
  return last;
}

/* ---- names ---- */

struct path {
  str words[MOST_LEVELS];
  size_t n;
};

/* A name over several others: that of the merged area, or, where nothing is merged (CSV), the
 * last one before, as long as something stands below. */
static const struct cell *over(const struct view *v, uint32_t line, uint32_t position) {
  const struct cell *c = view_held(v, line, position);
  if (c != NULL || v->sheet->nmerged > 0 || view_at(v, line + 1, position) == NULL) return c;
  for (size_t i = v->npositions; c == NULL && i-- > 0;)
    if (v->positions[i] < position) c = view_at(v, line, v->positions[i]);
  return c;
}

/* Text of a name on one line: a break in a header is layout. */
static str name_text(struct laying *w, const struct cell *c) {
  struct buf b;
  buf_init(&b, 0);
  str s = utf8_trim(c->shown);
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] != '\n' && s.p[i] != '\r') buf_putc(&b, s.p[i]);
  str text = arena_dup(w->a, buf_str(&b));
  buf_free(&b);
  return text;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The dot between an object and its member: no figure stands beside it. */
static size_t find_dot(str s, size_t *length) {
  for (size_t i = 1; i < s.n; i++) {
    size_t n = s.p[i] == '.' ? 1 : str_starts(str_sub(s, i, s.n), STR("．")) ? strlen("．") : 0;
    if (n == 0 || i + n >= s.n || is_digit(s.p[i - 1]) || is_digit(s.p[i + n])) continue;
    *length = n;
    return i;
  }
  return STR_NOT_FOUND;
}

static bool push_name(struct path *p, str s) {
  size_t n, at;
  while ((at = find_dot(s, &n)) != STR_NOT_FOUND && p->n + 1 < MOST_LEVELS) {
    p->words[p->n++] = str_sub(s, 0, at);
    s = str_sub(s, at + n, s.n);
  }
  if (p->n == MOST_LEVELS) return false;
  p->words[p->n++] = s;
  return true;
}

static void read_path(struct laying *w, uint32_t line, uint32_t last, uint32_t position,
                      struct path *p) {
  const struct view *v = &w->l->view;
  const struct cell *before = NULL;
  p->n = 0;
  for (uint32_t at = line; at <= last; at++) {
    const struct cell *c = at < last ? over(v, at, position) : view_at(v, at, position);
    if (c == NULL || c == before) continue;
    before = c;
    str s = name_text(w, c);
    if (s.n > 0 && !push_name(p, s)) return;
  }
}

static bool take_list_mark(str *s) {
  static const char *const marks[] = {"（列表）", "(列表)", "〔列表〕",
                                      "【列表】", "[列表]", "［列表］"};
  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
    if (str_ends(*s, str_of(marks[i]))) {
      *s = utf8_trim(str_sub(*s, 0, s->n - strlen(marks[i])));
      return true;
    }
  return false;
}

/* ---- fields ---- */

static uint64_t encode(uint32_t line, uint32_t position) { return (uint64_t)line << 32 | position; }

static bool twice(struct laying *w, uint32_t line, uint32_t position, const struct name *n,
                  str written) {
  uint32_t row, column;
  view_place(&w->l->view, (uint32_t)(n->seen_at >> 32), (uint32_t)n->seen_at, &row, &column);
  str first = layout_place(&w->l->source, encode(row, column), w->fs);
  return laying_complain(w, CODE_HEADER_TWICE, line, position, 2, FINDING_STRS(written, first));
}

static struct name *add_name(struct laying *w, struct name *parent, str written, uint32_t line,
                             uint32_t position) {
  struct name *n = names_add(w->ns, parent, written);
  if (n != NULL) return n;
  if (names_full(w->ns))
    laying_complain(w, CODE_TOO_BIG, line, position, 3,
                    FINDING_STRS(STR("the number of different names"),
                                 finding_number(w->fs, LIMIT_DATA_NAMES), STR("names")));
  else if (mem_failed())
    laying_no_memory(w);
  else
    laying_complain(w, CODE_HEADER_TWICE, line, position, 2, FINDING_STRS(written, STR("")));
  return NULL;
}

static struct shape *find_part(struct shape *s, const struct name *node) {
  for (size_t i = 0; i < s->nparts; i++)
    if (s->parts[i].node == node) return &s->parts[i];
  return NULL;
}

static struct shape *add_part(struct laying *w, struct shape *s, const struct name *node) {
  struct shape *p = arena_grow(w->a, s->parts, &s->nparts, &s->capparts, sizeof *p);
  if (p == NULL) return NULL;
  s->parts = p - (s->nparts - 1);
  p->node = node;
  return p;
}

struct heading {
  uint32_t line, position;
  uint64_t object; /* of this header, for names met twice */
  str unit;        /* of the names above, which holds for those below too */
};

static bool add_field(struct laying *w, struct shape *s, struct name *parent, const struct path *p,
                      size_t level, struct heading *h) {
  str written = p->words[level];
  bool list = take_list_mark(&written), last = level + 1 == p->n;
  if (names_is_note(written)) return true;
  struct name *n = add_name(w, parent, written, h->line, h->position);
  if (n == NULL) return false;
  bool again = n->seen == h->object;
  struct shape *part = find_part(s, n);
  if (again && (last || part == NULL)) return twice(w, h->line, h->position, n, written);
  if (!again) n->seen_at = encode(h->line, h->position);
  n->seen = h->object;
  const struct name_key *key = names_key_written(w->ns, written);
  if (key != NULL && key->unit.n != 0) h->unit = key->unit;
  if (!last) {
    n->kinds |= NAME_OBJECT;
    if (part == NULL) part = add_part(w, s, n);
    return part != NULL ? add_field(w, part, n, p, level + 1, h) : laying_no_memory(w);
  }
  n->kinds |= list ? NAME_LIST | NAME_LIST_OF_SCALARS : NAME_SCALAR;
  struct field *f = arena_grow(w->a, s->fields, &s->nfields, &s->capfields, sizeof *f);
  if (f == NULL) return laying_no_memory(w);
  s->fields = f - (s->nfields - 1);
  *f = (struct field){.name = n, .unit = h->unit, .position = h->position, .list = list};
  return true;
}

/* Does anything stand under (beside) the name? */
static uint32_t first_data(const struct view *v, uint32_t last, uint32_t position) {
  for (size_t i = 0; i < v->nlines; i++)
    if (v->lines[i] > last && view_at(v, v->lines[i], position) != NULL) return v->lines[i];
  return NO_LINE;
}

/* Data under no name are not read; that must not go unnoticed. */
static void note_nameless(struct laying *w, uint32_t last, uint32_t position) {
  uint32_t line = first_data(&w->l->view, last, position);
  if (line != NO_LINE) laying_complain(w, CODE_NO_HEADER, line, position, 0, NULL);
}

/* Lines such as 其中： and 注：… stand among items; with nothing beside them they name nothing. */
static bool only_heads(struct laying *w, uint32_t last, uint32_t position) {
  const struct view *v = &w->l->view;
  const struct cell *c = view_at(v, last, position);
  if (!v->turned || c == NULL || first_data(v, last, position) != NO_LINE) return false;
  str s = laying_fold(w, c);
  return str_ends(s, STR(":")) || laying_is_remark(s);
}

/* 单位名称 | 甲镇 above the header of items. */
static bool is_early_key(const struct laying *w, uint32_t line, uint32_t position) {
  const struct cell *c = view_at(&w->l->view, line, position);
  return w->l->view.turned && w->l->key_position == NO_LINE && c != NULL && laying_is_key(w, c);
}

bool header_read(struct laying *w, uint32_t line, uint32_t head_position, uint32_t after,
                 uint32_t *last) {
  const struct view *v = &w->l->view;
  struct name *parent = w->l->list != NULL ? w->l->list : names_records(w->ns);
  struct heading h = {.object = names_object(w->ns), .line = line};
  bool ok = true;
  *last = last_names(w, line, head_position);
  w->l->shape.node = parent;
  for (size_t i = 0; i < v->npositions; i++) {
    struct path p = {.n = 0};
    h.position = v->positions[i];
    h.unit = STR_NONE;
    bool label = v->turned && h.position == head_position;
    if (after != NO_LINE && h.position <= after && !label && !is_early_key(w, line, h.position))
      continue;
    if (label && w->l->key_position == NO_LINE) continue; /* 项目 over the names is no name */
    if (label)
      p = (struct path){.words = {w->o->key_shown}, .n = 1};
    else
      read_path(w, line, *last, h.position, &p);
    if (mem_failed()) return laying_no_memory(w);
    if (p.n == 0)
      note_nameless(w, *last, h.position);
    else if (!only_heads(w, *last, h.position))
      ok = add_field(w, &w->l->shape, parent, &p, 0, &h) && ok;
  }
  return ok;
}
