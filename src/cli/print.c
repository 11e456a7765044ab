/* Lines of text for people.
 *
 * The words are those of cli/words.c.  Invariant: whatever bytes are in a text, it is one line.
 */
#include "cli/print.h"

#include "cli/progress.h"
#include "cli/run.h"
#include "cli/show.h"
#include "cli/terminal.h"
#include "cli/words.h"

/* Whole lines that may go to a terminal as they are. */
static void print_shown(FILE *to, const struct buf *lines) {
  progress_erase();
  if (lines->failed)
    run_no_memory();
  else
    fwrite(lines->p, 1, lines->n, to);
}

void print_line(FILE *to, struct buf *text) {
  struct buf line;
  buf_init(&line, 0);
  words_escape(&line, buf_str(text));
  buf_putc(&line, '\n');
  line.failed = line.failed || text->failed;
  print_shown(to, &line);
  buf_free(&line);
  buf_free(text);
}

void print_findings(struct printer *p, const struct findings *fs, size_t from) {
  if (from != 0 && from == findings_count(fs)) return;
  for (size_t i = from; i < findings_count(fs); i++) {
    const struct finding *f = findings_at(fs, i);
    struct buf lines;
    buf_init(&lines, 0);
    show_finding(&lines, f, terminal_has_colours(fileno(p->to)));
    print_shown(p->to, &lines);
    buf_free(&lines);
    p->seen[f->code] = true;
  }
  if (findings_dropped(fs) == 0) return;
  struct buf more;
  buf_init(&more, 0);
  words_put(&more,
            ngettext("{1} more is not shown", "{1} more are not shown", findings_dropped(fs)),
            NUMBER(findings_dropped(fs)));
  print_line(p->to, &more);
}

void print_pointer(const struct printer *p, const char *command) {
  struct buf line, all;
  buf_init(&line, 0);
  buf_init(&all, 0);
  for (size_t i = 1; i < CODE_COUNT; i++) {
    if (!p->seen[i] || i == CODE_USAGE) continue;
    buf_putc(&all, ' ');
    buf_puts(&all, codes[i].id);
  }
  if (all.n > 0)
    words_put(&line, _("`tianbao help{1}` says what to do"), buf_str(&all));
  else if (p->seen[CODE_USAGE] && command != NULL)
    words_put(&line, _("`tianbao {1} --help` shows the options"), str_of(command));
  else if (p->seen[CODE_USAGE])
    buf_puts(&line, _("`tianbao --help` shows the commands"));
  if (line.n > 0)
    print_line(p->to, &line);
  else
    buf_free(&line);
  buf_free(&all);
}
