/* The way through the programs of a template, and through rules.
 *
 * The instructions of a program stand in the order of the document, and each value, loop and
 * condition has one.  What an expression asks for is found by those who visit.
 * Invariant: a value that the compiler writes at several places of its markup is one site.
 */
#include "ask/sites.h"

struct tour {
  bool (*visit)(void *ctx, const struct site *s);
  void *ctx;
};

/* ---- programs ---- */

static bool visit_field(const struct tour *v, const struct program *p, uint32_t i) {
  const struct field *f = &p->fields[i];
  bool markup =
      f->form != NULL && (f->form->what == FORM_CELL_TYPE || f->form->what == FORM_CELL_STYLE);
  if (markup) return true;
  struct site s = {.how = SITE_PRINTED,
                   .e = f->e,
                   .scope = f->scope,
                   .place = f->place,
                   .tag = f->tag,
                   .behind = f->behind};
  return v->visit(v->ctx, &s);
}

static bool visit_loop(const struct tour *v, const struct loop *l) {
  struct site s = {.how = SITE_REPEATED,
                   .e = l->e,
                   .scope = l->scope->outer,
                   .place = l->place,
                   .loop = l,
                   .tag = l->tag};
  const struct selection *select = l->scope->select;
  bool ok = v->visit(v->ctx, &s);
  s.scope = l->scope;
  s.loop = NULL;
  s.e = select != NULL ? select->condition : NULL;
  ok = ok && (s.e == NULL || v->visit(v->ctx, &s));
  s.e = select != NULL ? select->key : NULL;
  return ok && (s.e == NULL || v->visit(v->ctx, &s));
}

static bool visit_condition(const struct tour *v, const struct condition *c) {
  struct site s = {
      .how = SITE_CHOSEN, .e = c->e, .scope = c->scope, .place = c->place, .tag = c->tag};
  return v->visit(v->ctx, &s);
}

static bool visit_program(const struct tour *v, const struct program *p) {
  bool ok = true;
  for (size_t i = 0; ok && i < p->nops; i++) {
    const struct op *op = &p->ops[i];
    switch (op->kind) {
    case OP_VALUE:
    case OP_LINK_VALUE: ok = visit_field(v, p, op->a); break;
    case OP_PICTURE: ok = visit_field(v, p, p->pictures[op->a].field); break;
    case OP_EACH: ok = visit_loop(v, &p->loops[op->a]); break;
    case OP_TEST: ok = visit_condition(v, &p->conditions[op->a]); break;
    default: break;
    }
  }
  return ok;
}

/* ---- rules ---- */

static bool visit_rule(const struct tour *v, const struct scope *root, const struct rule *rule) {
  struct site s = {
      .how = SITE_CHECKED, .e = rule->e, .scope = root, .rule = rule, .tag = rule->text};
  if (rule->list == NULL) return v->visit(v->ctx, &s);
  struct scope rows = {.outer = root, .depth = 1, .list = true, .of = rule->list};
  if (rule->list->kind == EXPR_REF) rows.name = rule->list->ref.name;
  struct loop loop = {.e = rule->list, .scope = &rows, .tag = rule->text};
  s.e = rule->list;
  s.loop = &loop;
  if (!v->visit(v->ctx, &s)) return false;
  s.e = rule->e;
  s.loop = NULL;
  s.scope = &rows;
  return v->visit(v->ctx, &s);
}

bool sites_visit(const struct template *t, const struct rules *rules,
                 bool (*visit)(void *ctx, const struct site *s), void *ctx) {
  struct tour v = {visit, ctx};
  struct scope root = {.name = names_root(t->names)};
  bool ok = true;
  for (size_t i = 0; ok && i < t->nparts; i++)
    if (t->parts[i].program != NULL) ok = visit_program(&v, t->parts[i].program);
  for (size_t i = 0; rules != NULL && ok && i < rules->n; i++)
    ok = visit_rule(&v, &root, &rules->items[i]);
  return ok;
}
