/* Work on many items side by side, in processes of their own.
 *
 *   this process ── number of an item ──► worker ── findings ──► this process
 *
 * Workers are forked when everything that concerns the whole run is in memory, and share it.  Each
 * is given one item at a time, so that a slow one keeps no other waiting.  Answers may come in any
 * order and are told in the order of the items.  What an item is, and what is said of it, is left
 * to the caller.
 * Invariant: items are handed out in their order, so those that were begun are the first ones; each
 * is told exactly once; a worker that dies costs the item in its hand and nothing else.
 */
#include "job/batch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"

#define N_(s) (s)

/* How a worker ends that could not do its item; base/mem.c ends with STATUS_ENVIRONMENT. */
enum { EXIT_TIME = 70, TICK = 500, READ_STEP = 1 << 16 };
#define NO_ITEM SIZE_MAX

/* What a worker says of its item: this, and as many bytes of packed findings. */
struct answer {
  uint64_t size;
  uint64_t end; /* BATCH_GOOD, BATCH_IDLE or BATCH_BAD */
};

struct worker {
  pid_t pid; /* 0: there is none */
  int fd;
  size_t item; /* in its hand, or NO_ITEM */
  struct buf in;
};

/* What became of an item that is not told yet. */
struct outcome {
  bool ended, died;
  enum batch_end end;
  int status;      /* of the process that died */
  struct buf said; /* packed findings */
};

struct pool {
  const struct batch *b;
  struct worker *workers; /* b->jobs */
  struct pollfd *polled;  /* one more, for b->stop */
  struct outcome *outcomes;
  size_t next;         /* first item that is not handed out */
  size_t told, ended;  /* items */
  size_t held;         /* bytes of findings that wait */
  bool stopped, stuck; /* nothing more is begun: by the user; because no process can be made */
  struct findings *own;
};

/* The processes of the running batch, for a signal handler. */
static volatile pid_t *live;
static volatile size_t nlive;

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

/* ---- in a worker ---- */

static void on_time(int number) {
  (void)number;
  os_clean_up();
  _exit(EXIT_TIME);
}

static void on_end(int number) {
  os_clean_up();
  signal(number, SIG_DFL);
  raise(number);
}

static bool send_all(int fd, const void *data, size_t n) {
  for (const char *p = data; n > 0;) {
    ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return false;
    p += k;
    n -= (size_t)k;
  }
  return true;
}

static bool receive_all(int fd, void *data, size_t n) {
  for (char *p = data; n > 0;) {
    ssize_t k = recv(fd, p, n, 0);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return false;
    p += k;
    n -= (size_t)k;
  }
  return true;
}

static void set_alarm(unsigned seconds) {
  struct itimerval t = {.it_value = {.tv_sec = (time_t)seconds}};
  setitimer(ITIMER_REAL, &t, NULL);
}

static bool work_on(const struct pool *p, int fd, size_t item, struct buf *said) {
  findings_clear(p->own);
  set_alarm(p->b->timeout);
  enum batch_end end = p->b->work(p->b->ctx, item, p->own);
  set_alarm(0);
  buf_clear(said);
  findings_pack(p->own, said);
  if (said->failed) _exit(STATUS_ENVIRONMENT);
  struct answer a = {said->n, end};
  return send_all(fd, &a, sizeof a) && send_all(fd, said->p, said->n);
}

/* Signals of the terminal reach all processes; what they mean is decided in the first one. */
static void worker_signals(const sigset_t *mask) {
  signal(SIGINT, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  signal(SIGQUIT, SIG_IGN);
  signal(SIGTERM, on_end);
  signal(SIGALRM, on_time);
  sigprocmask(SIG_SETMASK, mask, NULL);
}

_Noreturn static void be_worker(struct pool *p, int fd, const sigset_t *mask) {
  struct buf said;
  uint64_t item;
  worker_signals(mask);
  os_leave_files();
  for (unsigned i = 0; i < p->b->jobs; i++)
    if (p->workers[i].pid != 0) close(p->workers[i].fd);
  buf_init(&said, 0);
  while (receive_all(fd, &item, sizeof item) && work_on(p, fd, (size_t)item, &said)) continue;
  _exit(STATUS_DONE);
}

/* ---- workers come and go ---- */

/* No signal is taken between the fork and the moment when the child has its own handlers. */
static bool start_worker(struct pool *p, struct worker *w) {
  int pair[2];
  sigset_t all, mask;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return false;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &mask);
  pid_t pid = fork();
  if (pid == 0) {
    close(pair[0]);
    be_worker(p, pair[1], &mask);
  }
  int err = errno;
  if (pid > 0) live[w - p->workers] = pid;
  sigprocmask(SIG_SETMASK, &mask, NULL);
  close(pair[1]);
  if (pid < 0) close(pair[0]);
  errno = err;
  if (pid < 0) return false;
  w->pid = pid;
  w->fd = pair[0];
  w->item = NO_ITEM;
  buf_clear(&w->in);
  return true;
}

/* Its socket is closed first: a worker without work ends by itself. The wait status. */
static int end_worker(struct pool *p, struct worker *w) {
  int status = 0;
  close(w->fd);
  while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) continue;
  live[w - p->workers] = 0;
  w->pid = 0;
  return status;
}

static void item_ended(struct pool *p, struct worker *w, struct outcome o) {
  o.ended = true;
  p->outcomes[w->item] = o;
  p->held += o.said.n;
  p->ended++;
  w->item = NO_ITEM;
  if (p->b->progress != NULL) p->b->progress(p->b->ctx, p->ended);
}

static void worker_died(struct pool *p, struct worker *w) {
  kill(w->pid, SIGKILL); /* perhaps it only speaks nonsense */
  int status = end_worker(p, w);
  if (w->item != NO_ITEM) item_ended(p, w, (struct outcome){.died = true, .status = status});
}

/* ---- handing out ---- */

static bool may_begin(const struct pool *p) {
  return !p->stopped && !p->stuck && p->next < p->b->n && p->held < LIMIT_BATCH_HELD;
}

/* A worker with free hands, or a place where one can be made. */
static struct worker *find_idle(const struct pool *p) {
  struct worker *none = NULL;
  for (unsigned i = 0; i < p->b->jobs; i++) {
    struct worker *w = &p->workers[i];
    if (w->pid != 0 && w->item == NO_ITEM) return w;
    if (w->pid == 0 && none == NULL) none = w;
  }
  return none;
}

static bool any_worker(const struct pool *p) {
  for (unsigned i = 0; i < p->b->jobs; i++)
    if (p->workers[i].pid != 0) return true;
  return false;
}

static void hand_out(struct pool *p, struct findings *fs) {
  while (may_begin(p)) {
    struct worker *w = find_idle(p);
    if (w == NULL) return;
    if (w->pid == 0 && !start_worker(p, w)) {
      if (any_worker(p)) return; /* fewer do as well */
      p->stuck = true;
      finding(fs, CODE_IO, NULL, NULL, STR(N_("starting a process")), str_of(strerror(errno)));
      return;
    }
    uint64_t item = w->item = p->next++;
    send_all(w->fd, &item, sizeof item); /* if it is dead, reading tells */
  }
}

/* ---- what comes back ---- */

static void take_answer(struct pool *p, struct worker *w) {
  struct answer a;
  if (w->in.n < sizeof a) return;
  memcpy(&a, w->in.p, sizeof a);
  if (w->in.n - sizeof a < a.size) return;
  struct outcome o = {.end = a.end == BATCH_GOOD || a.end == BATCH_IDLE ? a.end : BATCH_BAD};
  buf_init(&o.said, 0);
  buf_put(&o.said, str_sub(buf_str(&w->in), sizeof a, sizeof a + (size_t)a.size));
  buf_clear(&w->in);
  item_ended(p, w, o);
}

static void read_worker(struct pool *p, struct worker *w) {
  char step[READ_STEP];
  ssize_t n = recv(w->fd, step, sizeof step, MSG_DONTWAIT);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (n <= 0 || w->item == NO_ITEM || !buf_put(&w->in, (str){step, (size_t)n}))
    worker_died(p, w);
  else
    take_answer(p, w);
}

static void await(struct pool *p) {
  const unsigned jobs = p->b->jobs;
  for (unsigned i = 0; i < jobs; i++)
    p->polled[i] = (struct pollfd){p->workers[i].pid != 0 ? p->workers[i].fd : -1, POLLIN, 0};
  p->polled[jobs] = (struct pollfd){p->stopped ? -1 : p->b->stop, POLLIN, 0};
  int n = poll(p->polled, jobs + 1, TICK);
  if (n <= 0) {
    if (p->b->progress != NULL) p->b->progress(p->b->ctx, p->ended);
    return;
  }
  if (p->polled[jobs].revents != 0) p->stopped = true;
  for (unsigned i = 0; i < jobs; i++)
    if (p->polled[i].revents != 0) read_worker(p, &p->workers[i]);
}

/* ---- telling ---- */

static void explain_death(const struct pool *p, int status, struct findings *fs) {
  struct buf why;
  if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_TIME) {
    finding(fs, CODE_TIME, NULL, NULL, finding_number(fs, p->b->timeout));
    return;
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_ENVIRONMENT) {
    no_memory(fs);
    return;
  }
  bool signalled = WIFSIGNALED(status);
  buf_init(&why, 0);
  buf_puts(&why, signalled ? N_("signal ") : N_("exit status "));
  buf_put_u64(&why, (uint64_t)(signalled ? WTERMSIG(status) : WEXITSTATUS(status)));
  finding(fs, CODE_CRASHED, NULL, NULL, buf_str(&why));
  buf_free(&why);
}

static enum batch_end read_outcome(const struct pool *p, const struct outcome *o,
                                   struct findings *fs) {
  if (!o->ended) return BATCH_NOT_BEGUN;
  if (o->died)
    explain_death(p, o->status, fs);
  else if (o->said.failed)
    no_memory(fs);
  else if (findings_unpack(buf_str(&o->said), fs))
    return o->end;
  else
    finding(fs, CODE_INTERNAL, NULL, NULL, STR(N_("an answer that cannot be read")));
  return BATCH_BAD;
}

static void tell(struct pool *p, size_t k) {
  struct outcome *o = &p->outcomes[k];
  findings_clear(p->own);
  mem_clear();
  enum batch_end end = read_outcome(p, o, p->own);
  p->held -= o->said.n;
  if (o->ended && !o->died) buf_free(&o->said);
  p->b->done(p->b->ctx, k, end, p->own);
}

/* ---- all together ---- */

static void run_pool(struct pool *p, struct findings *fs) {
  for (;;) {
    hand_out(p, fs);
    if (p->ended == p->next && !may_begin(p)) break;
    await(p);
    while (p->told < p->next && p->outcomes[p->told].ended) tell(p, p->told++);
  }
  for (unsigned i = 0; i < p->b->jobs; i++)
    if (p->workers[i].pid != 0) end_worker(p, &p->workers[i]);
  size_t left = p->b->n - p->told;
  while (p->told < p->b->n) tell(p, p->told++);
  if (p->stopped && left != 0)
    finding(fs, CODE_INTERRUPTED, NULL, NULL, finding_number(fs, left),
            finding_number(fs, p->b->n));
}

static bool pool_init(struct pool *p) {
  const unsigned jobs = p->b->jobs;
  p->workers = mem_calloc(jobs, sizeof *p->workers);
  p->polled = mem_calloc(jobs + 1, sizeof *p->polled);
  p->outcomes = mem_calloc(p->b->n, sizeof *p->outcomes);
  p->own = findings_new();
  live = mem_calloc(jobs, sizeof *live);
  if (p->workers == NULL || p->polled == NULL || p->outcomes == NULL || p->own == NULL)
    return false;
  for (unsigned i = 0; i < jobs; i++)
    buf_init(&p->workers[i].in, sizeof(struct answer) + 2 * LIMIT_PACKED_FINDINGS);
  nlive = live != NULL ? jobs : 0;
  return live != NULL;
}

static void pool_free(struct pool *p) {
  for (unsigned i = 0; p->workers != NULL && i < p->b->jobs; i++) buf_free(&p->workers[i].in);
  nlive = 0;
  mem_free((void *)(uintptr_t)live);
  live = NULL;
  mem_free(p->workers);
  mem_free(p->polled);
  mem_free(p->outcomes);
  findings_free(p->own);
}

bool batch_run(const struct batch *b, struct findings *fs) {
  struct pool p = {.b = b};
  if (pool_init(&p))
    run_pool(&p, fs);
  else
    no_memory(fs);
  pool_free(&p);
  return findings_errors(fs) == 0;
}

void batch_abort(void) {
  for (size_t i = 0; i < nlive; i++)
    if (live[i] > 0) kill(live[i], SIGTERM);
}
