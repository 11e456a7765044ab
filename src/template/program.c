/* Programs in readable form. */
#include "template/program.h"

static const char *const op_names[] = {
#define OP(name, what) #name,
#include "template/ops.def"
#undef OP
};

static void put_cut(struct buf *out, str s) {
  enum { MOST = 60 };
  buf_put(out, str_sub(s, 0, MOST));
  if (s.n > MOST) buf_puts(out, "…");
}

static void dump_op(const struct program *p, size_t i, struct buf *out) {
  const struct op *op = &p->ops[i];
  buf_put_u64(out, i);
  buf_puts(out, "\t");
  buf_puts(out, op_names[op->kind]);
  buf_puts(out, " ");
  buf_put_u64(out, op->a);
  buf_puts(out, " ");
  buf_put_u64(out, op->b);
  buf_puts(out, "\t");
  if (op->kind == OP_LITERAL) put_cut(out, str_sub(buf_str(&p->bytes), op->a, op->a + op->b));
  if (op->kind == OP_PICTURE) put_cut(out, p->fields[p->pictures[op->a].field].tag);
  if (op->kind == OP_VALUE || op->kind == OP_LINK_VALUE) put_cut(out, p->fields[op->a].tag);
  if (op->kind == OP_EACH) put_cut(out, p->loops[op->a].tag);
  if (op->kind == OP_TEST) put_cut(out, p->conditions[op->a].tag);
  buf_puts(out, "\n");
}

bool program_dump(const struct template *t, const struct program *p, struct buf *out) {
  (void)t;
  for (size_t i = 0; i < p->nops; i++) dump_op(p, i, out);
  return !out->failed;
}
