/* What Ctrl-C and the like do to a run.
 *
 * A handler can make nothing, so what it says is made beforehand.  A signal that was ignored when
 * the program began (a job in the background) stays ignored.
 * Invariant: when a process ends here, no report and no temporary file is half written.
 */
#include "cli/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/os.h"
#include "cli/terminal.h"
#include "cli/words.h"
#include "job/batch.h"

enum { WORDS = 512 };

static struct saying {
  char p[WORDS];
  size_t n;
} wait_words, end_words;
static int ends[2] = {-1, -1}; /* of the pipe: what is read, what is written */
static volatile sig_atomic_t patient, asked;
static const int signals[] = {SIGINT, SIGTERM};
static struct sigaction before[2];

static void make_saying(struct saying *to, const char *words) {
  struct buf line;
  buf_init(&line, WORDS);
  if (terminal_can_erase(STDERR_FILENO)) buf_puts(&line, TERMINAL_ERASE);
  buf_puts(&line, "tianbao");
  buf_puts(&line, _(": "));
  buf_puts(&line, words);
  buf_putc(&line, '\n');
  to->n = line.n;
  memcpy(to->p, buf_str(&line).p, line.n);
  buf_free(&line);
}

static void say(const struct saying *s) {
  ssize_t n = write(STDERR_FILENO, s->p, s->n);
  (void)n;
}

static void on_signal(int number) {
  int err = errno;
  (void)number;
  if (!patient || asked) {
    batch_abort();
    os_clean_up();
    say(&end_words);
    _exit(STATUS_ENVIRONMENT);
  }
  asked = 1;
  say(&wait_words);
  ssize_t n = write(ends[1], "", 1);
  (void)n;
  errno = err;
}

int stop_begin(void) {
  /* Writes of a report go on behind the handler. */
  struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  patient = asked = 0;
  make_saying(&wait_words, _("stopping after the reports in hand; once more stops at once"));
  make_saying(&end_words, _("interrupted"));
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) ends[0] = ends[1] = -1;
  for (int i = 0; i < 2; i++) {
    sigaction(signals[i], NULL, &before[i]);
    if (before[i].sa_handler != SIG_IGN) sigaction(signals[i], &act, NULL);
  }
  return ends[0];
}

void stop_patient(void) { patient = ends[0] >= 0; }

void stop_end(void) {
  for (int i = 0; i < 2; i++) sigaction(signals[i], &before[i], NULL);
  for (int i = 0; i < 2; i++)
    if (ends[i] >= 0) close(ends[i]);
  ends[0] = ends[1] = -1;
}
