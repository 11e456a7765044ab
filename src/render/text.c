/* Writing text into a part: the one place where a value meets XML. */
#include "render/text.h"

static bool is_break(char c) { return c == '\n' || c == '\t'; }

/* A blank that a reader would drop or join with its neighbour. */
static bool collapses(str s, size_t i) {
  bool first = i == 0 || s.p[i - 1] == ' ' || is_break(s.p[i - 1]);
  bool last = i + 1 == s.n || is_break(s.p[i + 1]);
  return first || last;
}

/* How the character at i is written, or nothing when it is ordinary text. */
static str special(str s, size_t i, const struct form *f) {
  switch (s.p[i]) {
  case '\n': return f->paragraph.n != 0 ? f->paragraph : f->line;
  case '\t': return f->tab;
  case ' ': return f->space.n != 0 && collapses(s, i) ? f->space : STR_NONE;
  default: return STR_NONE;
  }
}

bool text_write(struct buf *out, str s, const struct form *form, bool highlighted) {
  if (highlighted) buf_put(out, form->mark[0]);
  size_t from = 0;
  for (size_t i = 0; i < s.n; i++) {
    if ((unsigned char)s.p[i] > ' ') continue;
    str instead = special(s, i, form);
    if (instead.n == 0) continue;
    xml_escape(out, str_sub(s, from, i), form->attribute);
    buf_put(out, instead);
    from = i + 1;
  }
  xml_escape(out, str_sub(s, from, s.n), form->attribute);
  if (highlighted) buf_put(out, form->mark[1]);
  return !out->failed;
}
