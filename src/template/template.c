/* Templates: opened, verified, compiled part by part.
 *
 * The parts are compiled in the order of the survey: the body first, since it says in which
 * scopes notes and comments stand.  A part in which nothing is filled has no program and is
 * copied as it is.  Invariant: after template_open nothing is parsed again.
 */
#include "template/template.h"

#include "base/limits.h"
#include "base/mem.h"
#include "template/compile.h"
#include "template/locate.h"

#define N_(s) (s)

static bool no_memory(struct findings *fs) { return finding(fs, CODE_MEMORY, NULL, NULL, STR("")); }

/* A target for anchors and a character for marks in attributes that the part does not have. */
static bool choose_marks(struct compile *c, str bytes) {
  for (unsigned i = 0; i < 26; i++) {
    const char pi[] = {'<', '?', 't', 'b', (char)('a' + i), ' ', '\0'};
    if (str_find(bytes, str_of(pi), 0) != STR_NOT_FOUND) continue;
    memcpy(c->pi, pi, sizeof pi);
    break;
  }
  for (unsigned i = 0; i < 32; i++) { /* U+FDD0 … U+FDEF: noncharacters */
    const char mark[] = {'\xEF', '\xB7', (char)(0x90 + i), '\0'};
    if (str_find(bytes, str_of(mark), 0) != STR_NOT_FOUND) continue;
    memcpy(c->attr_mark, mark, sizeof mark);
    break;
  }
  return c->pi[0] != '\0' && c->attr_mark[0] != '\0';
}

/* Parts that a reader needs are always parsed, so that damage is found.  Of the others only those
 * that can have a tag at all. */
static bool may_have_tags(const struct template *t, const struct flavour_part *part, str bytes) {
  if (t->options.open.n != 0 || !part->optional) return true;
  if (memchr(bytes.p, '\0', bytes.n) != NULL) return true; /* UTF-16 */
  return str_find(bytes, STR("{"), 0) != STR_NOT_FOUND ||
         str_find(bytes, STR("｛"), 0) != STR_NOT_FOUND ||
         str_find(bytes, STR("&#"), 0) != STR_NOT_FOUND;
}

static bool has_marks(const struct compile *c) {
  for (size_t i = 0; i < c->nmarks; i++)
    if (c->marks[i] != NULL) return true;
  return c->changed;
}

static bool notes_wanted(const struct compile *c) {
  for (size_t i = 0; c->info->notes && i < c->t->nnotes; i++)
    if (c->t->notes[i].entry == c->info->entry) return true;
  return false;
}

/* The scope of a part: of the loop in which it is referred to, or the root.  *mixed when its
 * references stand in different scopes. */
static const struct scope *scope_of(const struct compile *c, const struct scope *root,
                                    const struct part_use **loop, bool *mixed) {
  const struct scope *s = root;
  bool first = true;
  *mixed = false;
  *loop = NULL;
  for (size_t i = 0; i < c->t->nuses; i++) {
    const struct part_use *u = &c->t->uses[i];
    if (u->entry != c->info->entry) continue;
    const struct scope *here = u->repeated ? u->scope : root;
    *mixed = *mixed || (!first && here != s);
    first = false;
    if (u->repeated) *loop = u;
    if (u->repeated || s == root) s = here;
  }
  return s;
}

/* The structure is broken, so nothing can be filled; the names that no data have are told all
 * the same, so that one run shows everything. */
static void tell_unknown_names(struct compile *c, const struct scope *root) {
  struct findings *quiet = findings_new();
  struct scope inside = {.outer = root, .depth = 1, .list = true}; /* 序号 stands in some loop */
  for (size_t i = 0; quiet != NULL && i < c->nmarks; i++) {
    const struct tag *t = c->marks[i]->tag;
    if (!compile_prints(c->marks[i]) || t->kind != TAG_VALUE) continue;
    struct expr_env env = {
        .names = c->t->names, .scope = &inside, .arena = c->arena, .place = t->place, .fs = quiet};
    const struct expr *e =
        expr_parse(&env, t->text.p != NULL ? t->text : t->folded, t->inner, NULL);
    while (e != NULL && e->kind == EXPR_FILTER) e = e->a;
    if (e == NULL || e->kind != EXPR_REF || e->ref.level != REF_UNBOUND) continue;
    str last = e->ref.shown, unit;
    size_t dot;
    while ((dot = str_find(last, STR("."), 0)) != STR_NOT_FOUND)
      last = str_sub(last, dot + 1, last.n);
    if (names_id(c->t->names, names_canonical(last, c->arena, &unit)) == 0)
      finding(c->fs, CODE_MISSING, t->place, NULL, e->ref.shown);
  }
  findings_free(quiet);
}

/* The walk failed; what else is wrong? */
static void tell_rest(struct compile *c, const struct scope *root) {
  if (mem_failed()) return;
  place_part(c);
  tell_unknown_names(c, root);
}

/* Nothing is filled in the part: it is copied as it is, or, when our comments were taken out, as it
 * is now.  What it shows is kept for those who ask. */
static bool keep_still(struct compile *c, struct part *part, bool forgot) {
  if (forgot && !c->t->flavour->replace(c->t->state, c->info->entry, &c->xml, c->fs)) return false;
  if (!c->t->options.shows) return true;
  part->still = c->program;
  return cut_still(c);
}

static bool compile_tree(struct compile *c, struct part *part) {
  static const struct scope nothing = {.depth = 0};
  struct scope *bottom = ARENA_NEW(c->arena, struct scope);
  const struct part_use *loop;
  bool mixed;
  c->program = ARENA_NEW(c->arena, struct program);
  if (bottom == NULL || c->program == NULL) return compile_no_memory(c);
  *bottom = nothing;
  bottom->name = names_root(c->t->names);
  const struct scope *root = scope_of(c, bottom, &loop, &mixed);
  xmlNode *top = xmlDocGetRootElement(c->xml.doc);
  bool forgot = false;
  if (!c->t->flavour->forget(c->t->state, c->info->entry, top, &forgot))
    return compile_no_memory(c);
  locate_number(c->t->flavour, top);
  if (!clean_tree(c->t, c->info->entry, top, &c->changed, c->fs)) return false;
  c->broken = !walk_part(c);
  if (!stale_tree(c)) return false; /* what native fields gave way to is not stale */
  if (c->t->scanned) {
    part->program = c->program;
    return place_kinds(c) && cut_scanned(c);
  }
  if (c->broken) return tell_rest(c, bottom), false;
  if (!has_marks(c) && !notes_wanted(c)) {
    if (!reference_find(c)) return false;
    if (!reference_wanted(c)) return keep_still(c, part, forgot);
  }
  if (!place_part(c)) return tell_unknown_names(c, bottom), false;
  if (!span_part(c) || !tidy_part(c) || !ident_survey(c) || !reference_find(c)) return false;
  if (!resolve_part(c, root) || !formula_part(c) || !sequence_fill(c) || !reference_fill(c))
    return false;
  if (findings_errors(c->fs) != 0) return false;
  part->copied = root->of != NULL && resolve_depends(c, root);
  part->scope = root;
  if (part->copied && mixed)
    return finding(c->fs, CODE_PART_IN_LOOP, loop->place, NULL, c->place.part, c->place.part);
  if (!merge_part(c) || !lists_part(c) || !tidy_guard(c) || !ranges_part(c)) return false;
  if (c->nmarks == 0 && !c->changed) return keep_still(c, part, forgot);
  bool marked = false;
  for (size_t i = 0; i < c->nmarks && !marked; i++)
    marked = c->marks[i]->form != NULL && c->t->options.missing == MISSING_MARK;
  if (marked) c->t->flavour->define_mark(xmlDocGetRootElement(c->xml.doc));
  part->program = c->program;
  return cut_part(c);
}

static bool compile_part(struct template *t, struct part *part, struct findings *fs) {
  struct compile c = {.t = t, .info = part->info, .fs = fs, .arena = t->arena};
  struct buf bytes;
  buf_init(&bytes, LIMIT_XML_PART);
  c.marks_around = (struct scan_marks){t->options.open, t->options.close};
  c.place = (struct place){.file = pack_path(t->pack),
                           .part = pack_name(t->pack, part->info->entry),
                           .story = part->info->story,
                           .number = part->info->number};
  bool ok = pack_read(t->pack, part->info->entry, LIMIT_XML_PART, &bytes, fs);
  bool wanted = t->options.clean || notes_wanted(&c) ||
                t->flavour->wanted(t->state, part->info->entry) ||
                (ok && may_have_tags(t, part->info, buf_str(&bytes)));
  if (ok && !wanted) ok = clean_look(t, part->info->entry, fs);
  if (ok && wanted) {
    ok = choose_marks(&c, buf_str(&bytes)) ||
         finding(fs, CODE_BAD_ENTRY, &c.place, NULL, c.place.part, STR(N_("reserved characters")));
    ok = ok && xml_parse(&c.xml, buf_str(&bytes), XML_PLAIN, &c.place, fs);
    buf_free(&bytes);
    ok = ok && compile_tree(&c, part);
    xml_free(&c.xml);
    if (mem_failed()) ok = no_memory(fs);
  }
  buf_free(&bytes);
  return ok;
}

/* Which part each reference leads to, and how its copies are called. */
static bool link_uses(struct template *t) {
  for (size_t i = 0; i < t->nparts; i++) {
    struct part *p = &t->parts[i];
    str name = pack_name(t->pack, p->info->entry), taken = STR("_");
    for (size_t k = 0; k < t->nuses; k++)
      if (t->uses[k].entry == p->info->entry) t->uses[k].part = (ptrdiff_t)i;
    for (unsigned n = 0; p->copied && n < 8; n++) {
      str first =
          t->flavour->copy_name(name, arena_join(t->arena, (str[]){taken, STR("2")}, 2), t->arena);
      if (pack_find(t->pack, first) < 0) break;
      taken = arena_join(t->arena, (str[]){taken, STR("copy_")}, 2);
    }
    p->apart = taken;
  }
  return true;
}

static bool compile_parts(struct template *t, struct findings *fs) {
  const struct flavour_part *infos;
  size_t n = t->flavour->parts(t->state, &infos);
  t->parts = ARENA_ARRAY(t->arena, n != 0 ? n : 1, struct part);
  if (t->parts == NULL) return no_memory(fs);
  t->nparts = n;
  t->depth = 1;
  t->next_note = 1;
  bool ok = true;
  for (size_t i = 0; i < n; i++) {
    t->parts[i].info = &infos[i];
    ok = compile_part(t, &t->parts[i], fs) && ok;
  }
  if (t->scanned) return ok;
  return ok && findings_errors(fs) == 0 && link_uses(t) && clean_end(t, fs) &&
         stale_settle(t, fs) && clean_tell(t, fs);
}

static bool copy_options(struct template *t, const struct template_options *o) {
  t->options = *o;
  t->options.open = arena_dup(t->arena, o->open);
  t->options.close = arena_dup(t->arena, o->close);
  return t->options.open.p != NULL && t->options.close.p != NULL;
}

static struct template *open_as(const char *path, const struct template_options *opt,
                                const struct names *names, bool scanned, struct findings *fs) {
  size_t before = findings_errors(fs);
  struct template *t = mem_calloc(1, sizeof *t);
  if (t == NULL) return no_memory(fs), NULL;
  t->names = names;
  t->scanned = scanned;
  t->arena = arena_new(0);
  bool ok = (t->arena != NULL && copy_options(t, opt)) || no_memory(fs);
  struct findings *own = findings_new(); /* errors of data must not stop the compiler */
  ok = ok && (own != NULL || no_memory(fs));
  ok = ok && (t->pack = pack_open(path, own)) != NULL;
  ok = ok && (t->flavour = flavour_of(t->pack, own)) != NULL;
  ok = ok && t->flavour->open(t->pack, t->arena, &t->state, own);
  if (ok) t->next_number[FLAVOUR_LISTS] = t->flavour->next_list(t->state);
  ok = ok && clean_begin(t, own) && compile_parts(t, own);
  if (own != NULL) findings_append(fs, own);
  findings_free(own);
  if (ok) return t;
  if (findings_errors(fs) == before)
    finding(fs, CODE_INTERNAL, NULL, NULL, STR("the template could not be compiled"));
  template_close(t);
  return NULL;
}

struct template *template_open(const char *path, const struct template_options *opt,
                               const struct names *names, struct findings *fs) {
  return open_as(path, opt, names, false, fs);
}

struct template *template_scan(const char *path, const struct template_options *opt,
                               const struct names *names, struct findings *fs) {
  struct findings *own = findings_new();
  struct template *t = own != NULL ? open_as(path, opt, names, true, own) : NULL;
  if (own == NULL) no_memory(fs);
  if (t == NULL && own != NULL) findings_append(fs, own);
  findings_free(own);
  return t;
}

static void free_program(struct program *p) {
  if (p == NULL) return;
  buf_free(&p->bytes);
  buf_free(&p->words);
}

void template_close(struct template *t) {
  if (t == NULL) return;
  for (size_t i = 0; i < t->nparts; i++)
    free_program(t->parts[i].program), free_program(t->parts[i].still);
  if (t->state != NULL) t->flavour->close(t->state);
  pack_close(t->pack);
  arena_free(t->arena);
  mem_free(t);
}

size_t template_printed(const struct template *t, const struct name *name,
                        const struct place **first) {
  size_t n = 0;
  for (size_t i = 0; name != NULL && i < t->nparts; i++) {
    const struct program *p = t->parts[i].program;
    for (size_t k = 0; p != NULL && k < p->nfields; k++) {
      const struct expr *e = p->fields[k].e;
      while (e->kind == EXPR_FILTER) e = e->a;
      if (e->kind != EXPR_REF || e->ref.name != name) continue;
      if (n++ == 0) *first = p->fields[k].place;
    }
  }
  return n;
}

void template_expressions(const struct template *t, void *ctx,
                          void (*see)(void *ctx, const struct expr *e, const struct place *place)) {
  for (size_t i = 0; i < t->nparts; i++) {
    const struct program *p = t->parts[i].program;
    if (p == NULL) continue;
    for (size_t k = 0; k < p->nloops; k++) {
      const struct loop *l = &p->loops[k];
      const struct selection *select = l->scope->select;
      see(ctx, l->e, l->place);
      if (select != NULL) see(ctx, select->condition, l->place);
      if (select != NULL) see(ctx, select->key, l->place);
    }
    for (size_t k = 0; k < p->nconditions; k++)
      see(ctx, p->conditions[k].e, p->conditions[k].place);
    for (size_t k = 0; k < p->nfields; k++) see(ctx, p->fields[k].e, p->fields[k].place);
  }
}

str template_ending(const struct template *t) { return t->flavour->ending(t->state); }

str template_bytes(const struct template *t) { return pack_bytes(t->pack); }

str template_stem(const struct template *t) {
  str s = pack_path(t->pack);
  for (size_t i = s.n; i > 0; i--)
    if (s.p[i - 1] == '/') {
      s = str_sub(s, i, s.n);
      break;
    }
  for (size_t i = s.n; i > 1; i--)
    if (s.p[i - 1] == '.') return str_sub(s, 0, i - 1);
  return s;
}
