/* tianbao (填报): fills .docx and .odt templates with figures.
 *
 * Sets up the process and hands the command line to who knows what to do with it.
 * Invariant: the first three descriptors are open before anything else opens a file, so that no
 * report can land where a message goes.
 */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/check.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/run.h"
#include "cli/status.h"
#include "cli/words.h"

/* A closed descriptor is opened in the wrong direction: using it is an error, as it was. */
static bool open_standard(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) return false;
  }
  return true;
}

static enum status run_command_fill(const struct options *o, struct findings *fs) {
  (void)fs;
  return run_fill(&o->job);
}

static enum status run_command_check(const struct options *o, struct findings *fs) {
  (void)fs;
  return run_check(&o->job, o->format);
}

static enum status run_command_fields(const struct options *o, struct findings *fs) {
  (void)fs;
  return fields_command(&o->fields, o->form);
}

static enum status run_command_status(const struct options *o, struct findings *fs) {
  (void)fs;
  return run_status(o->folder, o->format != NULL && strcmp(o->format, "json") == 0);
}

static enum status run_command_help(const struct options *o, struct findings *fs) {
  struct buf text;
  buf_init(&text, 0);
  bool known = help_topics(&text, o->ntopics, o->topics, fs);
  enum status status = known ? STATUS_DONE : run_findings(fs, NULL);
  enum status printed = run_text(&text);
  buf_free(&text);
  return printed > status ? printed : status;
}

static const struct {
  enum status (*run)(const struct options *o, struct findings *fs);
  void (*help)(struct buf *out);
} commands[] = {
    [COMMAND_NONE] = {NULL, help_general},
    [COMMAND_FILL] = {run_command_fill, help_fill},
    [COMMAND_CHECK] = {run_command_check, help_check},
    [COMMAND_FIELDS] = {run_command_fields, help_fields},
    [COMMAND_STATUS] = {run_command_status, help_status},
    [COMMAND_HELP] = {run_command_help, help_general},
};

static enum status show(const struct options *o) {
  struct buf text;
  buf_init(&text, 0);
  if (o->wish == WISH_VERSION) help_version(&text);
  if (o->wish == WISH_MAN) help_man(&text);
  if (o->wish == WISH_HELP) commands[o->command].help(&text);
  enum status status = run_text(&text);
  buf_free(&text);
  return status;
}

static enum status act(int argc, char **argv, struct findings *fs) {
  struct options o;
  enum status status;
  if (!options_read(&o, argc, argv, fs))
    status = run_findings(fs, options_command(&o));
  else if (o.wish == WISH_RUN)
    status = commands[o.command].run(&o, fs);
  else
    status = show(&o);
  options_free(&o);
  return status;
}

int main(int argc, char **argv) {
  if (!open_standard()) return STATUS_ENVIRONMENT;
  signal(SIGPIPE, SIG_IGN);
  words_start();
  struct findings *fs = mem_install() ? findings_new() : NULL;
  enum status status = fs != NULL ? act(argc, argv, fs) : run_no_memory();
  findings_free(fs);
  return (int)run_end(status);
}
