/* Findings as a person sees them.
 *
 * The words come from cli/words.c; here they are escaped, and get their colours.  Invariant: the
 * only control characters that are put are line ends and, where there are colours, those.
 */
#include "cli/show.h"

#include "cli/terminal.h"
#include "cli/words.h"

/* A line with a part of it in a colour, which says nothing that the words do not say. */
static void put_line(struct buf *out, const struct buf *text, const struct words_span *span,
                     const char *colour) {
  str s = buf_str(text);
  words_escape(out, str_sub(s, 0, span->from));
  buf_puts(out, colour);
  words_escape(out, str_sub(s, span->from, span->to));
  if (*colour != '\0') buf_puts(out, TERMINAL_PLAIN);
  words_escape(out, str_sub(s, span->to, s.n));
  buf_putc(out, '\n');
  if (text->failed) out->failed = true;
}

void show_finding(struct buf *out, const struct finding *f, bool colours) {
  enum level level = codes[f->code].level;
  const char *colour = level == LEVEL_ERROR ? TERMINAL_RED : TERMINAL_YELLOW;
  struct words_span span = {.from = 0};
  struct buf line;
  buf_init(&line, 0);
  words_finding_span(&line, f, &span);
  put_line(out, &line, &span, colours && level != LEVEL_DETAIL ? colour : "");
  buf_clear(&line);
  buf_puts(&line, "    ");
  if (words_around(&line, &f->place, &span)) put_line(out, &line, &span, colours ? colour : "");
  buf_free(&line);
}
