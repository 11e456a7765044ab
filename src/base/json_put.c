/* Writing JSON: strings and members.
 *
 * Invariant: what comes out is ASCII where it steers, and UTF-8 everywhere.
 */
#include "base/json_put.h"

#include "base/utf8.h"

void json_put_text(struct buf *out, str s) {
  static const char hex[] = "0123456789abcdef";
  buf_putc(out, '"');
  for (size_t at = 0, from = 0; at < s.n; from = at) {
    uint32_t cp = utf8_next(s, &at);
    if (cp == UTF8_BAD)
      buf_puts(out, "\xef\xbf\xbd");
    else if (cp < 0x20 || cp == 0x7f)
      buf_put(out, (str){(const char[]){'\\', 'u', '0', '0', hex[cp >> 4], hex[cp & 15]}, 6});
    else {
      if (cp == '"' || cp == '\\') buf_putc(out, '\\');
      buf_put(out, str_sub(s, from, at));
    }
  }
  buf_putc(out, '"');
}

void json_put_key(struct buf *out, const char *key) {
  if (!str_ends(buf_str(out), STR("{"))) buf_puts(out, ", ");
  json_put_text(out, str_of(key));
  buf_puts(out, ": ");
}

void json_put_member(struct buf *out, const char *key, str value) {
  json_put_key(out, key);
  json_put_text(out, value);
}

void json_put_some(struct buf *out, const char *key, str value) {
  if (value.n != 0) json_put_member(out, key, value);
}

void json_put_number(struct buf *out, const char *key, uint64_t v) {
  json_put_key(out, key);
  buf_put_u64(out, v);
}

void json_put_some_number(struct buf *out, const char *key, uint64_t v) {
  if (v != 0) json_put_number(out, key, v);
}

void json_put_place(struct buf *out, const struct place *p) {
  json_put_some(out, "part", p->part);
  json_put_some(out, "story", str_of(story_names[p->story]));
  json_put_some_number(out, "number", p->number);
  json_put_some_number(out, "table", p->table);
  json_put_some_number(out, "row", p->row);
  json_put_some_number(out, "column", p->column);
  json_put_some_number(out, "paragraph", p->paragraph);
  json_put_some(out, "heading", p->heading);
}

void json_put_origin(struct buf *out, const struct origin *o) {
  json_put_some(out, "file", o->file);
  json_put_some_number(out, "line", o->line);
  json_put_some_number(out, "column", o->column);
  json_put_some(out, "sheet", o->sheet);
  json_put_some(out, "cell", o->cell);
  json_put_some(out, "key", o->key);
}
