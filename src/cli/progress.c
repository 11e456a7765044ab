/* How far a batch is, in one line of the terminal that vanishes again.
 *
 *   [##########----------] 500 of 1000, 212 a second, 0:02 left
 *
 * Other lines go out between; they erase this one first (cli/run.c), and it is drawn anew below.
 * Invariant: nothing is written where standard error is no terminal.
 */
#include "cli/progress.h"

#include <time.h>
#include <unistd.h>

#include "cli/terminal.h"
#include "cli/words.h"

enum { LONGEST_BAR = 40, SHORTEST_BAR = 5, REDRAW = 100 /* milliseconds */ };

static struct {
  bool on, shown;
  size_t total;
  uint64_t start, drawn;
} line;

static uint64_t now(void) {
  struct timespec t = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void send(str s) {
  for (ssize_t n; s.n > 0; s = str_sub(s, (size_t)n, s.n))
    if ((n = write(STDERR_FILENO, s.p, s.n)) <= 0) return;
}

void progress_begin(size_t total) {
  line.on = total > 1 && terminal_can_erase(STDERR_FILENO);
  line.shown = false;
  line.total = total;
  line.start = now();
}

/* 0:07, 12:30, 1:02:03 */
static void put_time(struct buf *out, uint64_t seconds) {
  if (seconds >= 3600) words_put(out, "{1}:", NUMBER(seconds / 3600));
  if (seconds >= 3600 && seconds / 60 % 60 < 10) buf_putc(out, '0');
  buf_put_u64(out, seconds / 60 % 60);
  buf_puts(out, seconds % 60 < 10 ? ":0" : ":");
  buf_put_u64(out, seconds % 60);
}

static void put_rate(struct buf *out, size_t ended, uint64_t passed) {
  uint64_t tenths = (uint64_t)ended * 10000 / passed;
  buf_put_u64(out, tenths / 10);
  if (tenths < 100) words_put(out, ".{1}", NUMBER(tenths % 10));
}

static void put_text(struct buf *out, size_t ended, uint64_t passed) {
  struct buf rate, left;
  buf_init(&rate, 0);
  buf_init(&left, 0);
  put_rate(&rate, ended, passed);
  if (ended > 0) put_time(&left, (passed * (line.total - ended) / ended + 999) / 1000);
  if (ended == 0)
    words_put(out, _("{1} of {2}"), NUMBER(ended), NUMBER(line.total));
  else
    words_put(out, _("{1} of {2}, {3} a second, {4} left"), NUMBER(ended), NUMBER(line.total),
              buf_str(&rate), buf_str(&left));
  buf_free(&rate);
  buf_free(&left);
}

/* The last column stays free, for a cursor there may break the line. */
static void put_bar(struct buf *out, str text, size_t ended) {
  size_t columns, rows, width = terminal_width(text);
  terminal_size(STDERR_FILENO, &columns, &rows);
  size_t room = columns > width + 4 ? columns - width - 4 : 0;
  size_t bar = room < LONGEST_BAR ? room : LONGEST_BAR, full = bar * ended / line.total;
  if (bar >= SHORTEST_BAR) {
    buf_putc(out, '[');
    for (size_t i = 0; i < bar; i++) buf_putc(out, i < full ? '#' : '-');
    buf_puts(out, "] ");
  }
  terminal_put(out, text, columns - 1);
}

void progress_show(size_t ended) {
  uint64_t t = now();
  if (!line.on || (line.shown && t - line.drawn < REDRAW)) return;
  struct buf text, all;
  buf_init(&text, 0);
  buf_init(&all, 0);
  put_text(&text, ended, t > line.start ? t - line.start : 1);
  buf_puts(&all, TERMINAL_ERASE);
  put_bar(&all, buf_str(&text), ended);
  send(buf_str(&all));
  buf_free(&all);
  buf_free(&text);
  line.shown = true;
  line.drawn = t;
}

void progress_erase(void) {
  if (line.shown) send(STR(TERMINAL_ERASE));
  line.shown = false;
}

void progress_end(void) {
  progress_erase();
  line.on = false;
}
