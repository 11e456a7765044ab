/* spawn.c - runs a command once and says what it cost.
 *
 *   spawn FILE SECONDS COMMAND [ARG...]     FILE gets: wall_ms cpu_ms peak_kb status
 *
 * The peak memory of a process counts what it was before exec; so the parent must be small, and
 * cannot be Python or Node.  The command is ended after SECONDS; its output is thrown away. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double ms(struct timeval t) { return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3; }

int main(int argc, char **argv) {
  struct timespec from, to;
  struct rusage used;
  int status;
  if (argc < 4) return 2;
  clock_gettime(CLOCK_MONOTONIC, &from);
  pid_t child = fork();
  if (child == 0) {
    int null = open("/dev/null", O_WRONLY);
    dup2(null, 1);
    if (getenv("SPAWN_STDERR") == NULL) dup2(null, 2);
    alarm((unsigned)atoi(argv[2]));
    execvp(argv[3], argv + 3);
    _exit(127);
  }
  if (child < 0 || wait4(child, &status, 0, &used) < 0) return 1;
  clock_gettime(CLOCK_MONOTONIC, &to);
  double wall = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
  FILE *f = fopen(argv[1], "w");
  if (f == NULL) return 1;
  fprintf(f, "%.3f %.3f %ld %d\n", wall, ms(used.ru_utime) + ms(used.ru_stime), used.ru_maxrss,
          WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  return fclose(f) == 0 ? 0 : 1;
}
