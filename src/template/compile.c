/* One part of a template, compiled: the order of the rooms, and what they share. */
#include "template/compile.h"

#include "base/limits.h"
#include "base/mem.h"

bool compile_no_memory(struct compile *c) {
  return finding(c->fs, CODE_MEMORY, NULL, NULL, STR(""));
}

struct place *compile_place(struct compile *c, const struct place *p, str tag) {
  struct place *copy = ARENA_NEW(c->arena, struct place);
  if (copy == NULL) return compile_no_memory(c), NULL;
  *copy = *p;
  copy->tag = tag;
  return copy;
}

/* Marks keep their address: tags and ranges point to them. */
struct mark *compile_mark(struct compile *c, enum mark_kind kind, uint32_t *number) {
  if (c->nmarks >= LIMIT_TAGS * 8) return compile_no_memory(c), NULL;
  struct mark *m = ARENA_NEW(c->arena, struct mark);
  struct mark **slot =
      m != NULL ? arena_grow(c->arena, c->marks, &c->nmarks, &c->marks_cap, sizeof *slot) : NULL;
  if (slot == NULL) return compile_no_memory(c), NULL;
  c->marks = slot - (c->nmarks - 1);
  *slot = m;
  m->kind = kind;
  *number = (uint32_t)(c->nmarks - 1);
  return m;
}

xmlNode *compile_anchor(struct compile *c, uint32_t number) {
  struct buf b;
  buf_init(&b, 0);
  buf_put_u64(&b, number);
  xmlNode *pi =
      b.failed ? NULL : xmlNewDocPI(c->xml.doc, (const xmlChar *)c->pi + 2, (const xmlChar *)b.p);
  buf_free(&b);
  if (pi != NULL) pi->_private = c->marks[number];
  return pi;
}

struct mark *compile_mark_of(const struct compile *c, const xmlNode *n) {
  (void)c;
  return n != NULL && n->type == XML_PI_NODE ? n->_private : NULL;
}

xmlNode *compile_up(const struct compile *c, xmlNode *n, enum kind kind) {
  while (n != NULL && n->type == XML_ELEMENT_NODE && c->t->flavour->kind(n) != kind) n = n->parent;
  return n != NULL && n->type == XML_ELEMENT_NODE ? n : NULL;
}

bool compile_mark_attr(struct compile *c, xmlAttr *attr, size_t from, size_t to, uint32_t number) {
  str s = attr->children != NULL ? str_of((const char *)attr->children->content) : STR("");
  struct buf b;
  buf_init(&b, 0);
  buf_put(&b, str_sub(s, 0, from));
  buf_puts(&b, c->attr_mark);
  buf_put_u64(&b, number);
  buf_puts(&b, c->attr_mark);
  buf_put(&b, str_sub(s, to, s.n));
  str local = str_of((const char *)attr->name);
  bool ok = !b.failed && local.n != 0 &&
            xml_set_attr(attr->parent, attr->ns, (const char *)attr->name, buf_str(&b));
  buf_free(&b);
  return ok;
}

bool compile_opens(enum mark_kind k) {
  return k == MARK_EACH || k == MARK_TEST || k == MARK_PICTURE || k == MARK_LOOK ||
         k == MARK_SLOT_TEST || k == MARK_NOTE || k == MARK_MERGE_TEST;
}

bool compile_closes(enum mark_kind k) { return k == MARK_END || k == MARK_NOTE_END; }

bool compile_prints(const struct mark *m) {
  bool value = m->kind == MARK_VALUE || m->kind == MARK_PICTURE || m->kind == MARK_LINK_VALUE;
  return value && m->tag != NULL;
}
