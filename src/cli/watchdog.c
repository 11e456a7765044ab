/* The watchdog: an alarm, and the last words of the process. */
#include "cli/watchdog.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/os.h"
#include "cli/words.h"

/* Made before the alarm is set, for its handler can make nothing. */
static char last_words[4096];
static size_t last_words_n;

static void on_alarm(int number) {
  (void)number;
  os_clean_up();
  ssize_t n = write(STDERR_FILENO, last_words, last_words_n);
  (void)n;
  _exit(STATUS_ENVIRONMENT);
}

static void set_alarm(unsigned seconds) {
  struct itimerval t = {.it_value = {.tv_sec = (time_t)seconds}};
  setitimer(ITIMER_REAL, &t, NULL);
}

static void make_last_words(unsigned seconds, const char *path) {
  struct buf text, line;
  buf_init(&text, 0);
  buf_init(&line, 0);
  words_put(&text, "{1}", str_of(path));
  buf_puts(&text, _(": "));
  words_put(&text, _(codes[CODE_TIME].words), NUMBER(seconds));
  words_put(&text, " [{1}]", str_of(codes[CODE_TIME].id));
  words_escape(&line, buf_str(&text));
  buf_putc(&line, '\n');
  last_words_n = line.n < sizeof last_words ? line.n : sizeof last_words;
  memcpy(last_words, buf_str(&line).p, last_words_n);
  buf_free(&line);
  buf_free(&text);
}

void watchdog_set(void *ctx, unsigned seconds, const char *path) {
  (void)ctx;
  set_alarm(0);
  if (seconds == 0) return;
  make_last_words(seconds, path);
  set_alarm(seconds);
}

void watchdog_begin(void) {
  struct sigaction action = {.sa_handler = on_alarm};
  sigaction(SIGALRM, &action, NULL);
}
