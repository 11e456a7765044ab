/* What a template asks for, as JSON to be filled in.
 *
 * Keys carry their unit in brackets, so that a figure in another unit is found.  Invariant: the file
 * is sound data; everything in it counts as missing.
 */
#include "blank/skeleton.h"

#include "base/json_put.h"

static void put_value(const struct asked *a, unsigned depth, struct buf *out);

static void put_indent(unsigned depth, struct buf *out) {
  buf_putc(out, '\n');
  for (unsigned i = 0; i < depth; i++) buf_puts(out, "  ");
}

static void put_key(str name, str unit, struct buf *out) {
  struct buf key;
  buf_init(&key, 0);
  buf_put(&key, name);
  if (unit.n != 0) {
    buf_puts(&key, "（");
    buf_put(&key, unit);
    buf_puts(&key, "）");
  }
  json_put_text(out, buf_str(&key));
  buf_puts(out, ": ");
  buf_free(&key);
}

static void put_object(const struct asked *a, const char *key, unsigned depth, struct buf *out) {
  bool first = true;
  buf_putc(out, '{');
  if (key != NULL) {
    put_indent(depth + 1, out);
    put_key(str_of(key), STR_NONE, out);
    buf_puts(out, "null");
    first = false;
  }
  for (size_t i = 0; i < a->nparts; i++) {
    const struct asked *part = a->parts[i];
    if (key != NULL && str_is(part->path, key)) continue;
    if (!first) buf_putc(out, ',');
    first = false;
    put_indent(depth + 1, out);
    put_key(part->shown, part->unit, out);
    put_value(part, depth + 1, out);
  }
  put_indent(depth, out);
  buf_putc(out, '}');
}

static void put_value(const struct asked *a, unsigned depth, struct buf *out) {
  switch (a->kind) {
  case ASKED_VALUE: buf_puts(out, "null"); return;
  case ASKED_LIST: buf_puts(out, "[]"); return;
  case ASKED_OBJECT: put_object(a, NULL, depth, out); return;
  case ASKED_TABLE:
    buf_putc(out, '[');
    put_indent(depth + 1, out);
    put_object(a, NULL, depth + 1, out);
    put_indent(depth, out);
    buf_putc(out, ']');
    return;
  }
}

void skeleton_put(const struct asking *a, const char *key, struct buf *out) {
  put_object(&a->root, key != NULL ? key : "单位名称", 0, out);
  buf_putc(out, '\n');
}
