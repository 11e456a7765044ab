/* Texts as JSON.  Invariant: what is written is UTF-8, and no control character is in it. */
#include "base/json_out.h"

#include "base/utf8.h"

void json_out_text(struct buf *out, str s) {
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
