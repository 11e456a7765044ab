/* The command line.
 *
 * Options may stand anywhere before `--`, whatever POSIXLY_CORRECT says; the first word that is
 * no option is the command.  Files are not looked at here.
 * Invariant: options that were read say one thing; what contradicts itself or is half said is a
 * finding.
 */
#include "cli/options.h"

#include <getopt.h>
#include <unicode/uchar.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/check.h"
#include "cli/report.h"
#include "cli/words.h"

enum { MOST_SECONDS = 1000000 };

struct reader {
  struct options *o;
  struct findings *fs;
  size_t n;                /* operands */
  bool help, version, man; /* asked for */
  bool *given;             /* for each option: it stands on the command line */
};

/* A usage finding whose words have one argument. */
static bool usage(struct findings *fs, const char *words, const char *about) {
  struct buf said;
  buf_init(&said, 0);
  words_put(&said, words, str_of(about));
  finding(fs, CODE_USAGE, NULL, NULL, buf_str(&said));
  buf_free(&said);
  return false;
}

/* ---- values of options ---- */

static bool read_missing(struct reader *r, const char *way) {
  static const char *const ways[] = {
      [MISSING_ERROR] = "error", [MISSING_BLANK] = "blank", [MISSING_DASH] = "dash",
      [MISSING_KEEP] = "keep",   [MISSING_MARK] = "mark",
  };
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    if (strcmp(way, ways[i]) != 0) continue;
    r->o->job.options.missing = (enum missing)i;
    return true;
  }
  return usage(r->fs, _("--missing takes error, blank, dash, keep or mark, not \"{1}\""), way);
}

static bool read_layout(struct reader *r, const char *word) {
  if (layout_of_word(word, &r->o->job.data_options.layout)) return true;
  return usage(r->fs, _("--layout takes rows, columns, items, table or auto, not \"{1}\""), word);
}

/* A value that may not be empty. */
static bool read_word(struct reader *r, const char *word, const char **to, const char *name) {
  *to = word;
  return *word != '\0' || usage(r->fs, _("{1} needs a value behind it"), name);
}

static bool read_key(struct reader *r, const char *word) {
  return read_word(r, word, &r->o->job.data_options.key, "--key");
}

static bool read_sheet(struct reader *r, const char *word) {
  return read_word(r, word, &r->o->job.data_options.sheet, "--sheet");
}

static bool read_encoding(struct reader *r, const char *word) {
  return read_word(r, word, &r->o->job.data_options.encoding, "--encoding");
}

static bool read_roster(struct reader *r, const char *word) {
  return read_word(r, word, &r->o->job.data_options.roster, "--roster");
}

static bool read_trace(struct reader *r, const char *word) {
  return read_word(r, word, &r->o->job.trace, "--trace");
}

/* May stand several times. */
static bool read_last(struct reader *r, const char *path) {
  r->o->lasts[r->o->job.nlast++] = path;
  r->o->job.last = r->o->lasts;
  return *path != '\0' || usage(r->fs, _("{1} needs a value behind it"), "--last");
}

static bool read_all_as(struct reader *r, const char *word) {
  return read_word(r, word, &r->o->job.data_options.all_as, "--all-as");
}

static bool read_rules(struct reader *r, const char *path) {
  r->o->job.rules = path;
  return true;
}

/* A number in decimal digits, no greater than `most`; *text moves behind it. */
static bool read_whole(const char **text, unsigned long most, unsigned long *v) {
  const char *from = *text, *p = from;
  for (*v = 0; *p >= '0' && *p <= '9' && *v <= most; p++) *v = *v * 10 + (unsigned long)(*p - '0');
  *text = p;
  return p != from && *v <= most;
}

static bool read_format(struct reader *r, const char *word) {
  return read_word(r, word, &r->o->format, "--format");
}

static bool read_since(struct reader *r, const char *path) {
  return read_word(r, path, &r->o->job.since, "--since");
}

static bool read_timeout(struct reader *r, const char *text) {
  unsigned long v;
  const char *p = text;
  if (!read_whole(&p, MOST_SECONDS, &v) || *p != '\0')
    return usage(r->fs, _("--timeout takes a whole number of seconds (0: no limit), not \"{1}\""),
                 text);
  r->o->job.timeout = (unsigned)v;
  return true;
}

static bool read_jobs(struct reader *r, const char *text) {
  unsigned long v;
  const char *p = text;
  if (!read_whole(&p, LIMIT_JOBS, &v) || *p != '\0' || v == 0)
    return usage(r->fs, _("--jobs takes a number from 1 to 256, not \"{1}\""), text);
  r->o->job.jobs = (unsigned)v;
  return true;
}

/* I/N */
static bool read_shard(struct reader *r, const char *text) {
  unsigned long i = 0, n = 0;
  const char *p = text;
  bool ok = read_whole(&p, LIMIT_SHARDS, &i) && *p == '/';
  p += ok;
  ok = ok && read_whole(&p, LIMIT_SHARDS, &n) && *p == '\0' && i >= 1 && i <= n;
  if (!ok)
    return usage(r->fs,
                 _("--shard takes I/N, the share and the number of shares, as in 2/4, not \"{1}\""),
                 text);
  r->o->job.shard = i;
  r->o->job.shards = n;
  return true;
}

static bool read_only(struct reader *r, const char *names) {
  if (utf8_trim(str_of(names)).n == 0)
    return usage(r->fs, _("{1} needs a value behind it"), "--only");
  r->o->job.only = names;
  return true;
}

static bool read_report(struct reader *r, const char *path) {
  if (!report_kind_known(path))
    return usage(r->fs, _("--report takes a file that ends in .json, .csv or .xlsx, not \"{1}\""),
                 path);
  r->o->job.report = path;
  return true;
}

static bool read_per_unit(struct reader *r, const char *path) {
  return read_word(r, path, &r->o->per_unit, "--per-unit");
}

static bool read_annotate(struct reader *r, const char *path) {
  return read_word(r, path, &r->o->job.annotate, "--annotate");
}

static bool is_mark(str s) {
  if (s.n == 0) return false;
  for (size_t at = 0; at < s.n;) {
    uint32_t cp = utf8_next(s, &at);
    if (cp == UTF8_BAD || u_isalnum((UChar32)cp) || u_iscntrl((UChar32)cp)) return false;
    if (utf8_is_blank(cp) || utf8_is_zero_width(cp)) return false;
  }
  return true;
}

/* 'OPEN CLOSE' */
static bool read_delimiters(struct reader *r, const char *text) {
  str s = str_of(text);
  size_t blank = str_find(s, STR(" "), 0);
  if (blank != STR_NOT_FOUND) {
    str open = str_sub(s, 0, blank), close = str_sub(s, blank + 1, s.n);
    r->o->job.options.open = open;
    r->o->job.options.close = close;
    if (is_mark(open) && is_mark(close) && !str_eq(open, close)) return true;
  }
  return finding(r->fs, CODE_BAD_DELIMITERS, NULL, NULL, s);
}

static bool read_output(struct reader *r, const char *out) {
  if (*out == '\0') return usage(r->fs, _("the name after -o is empty"), "");
  if (r->o->job.out != NULL) return usage(r->fs, _("-o stands twice: \"{1}\""), out);
  r->o->job.out = out;
  return true;
}

/* ---- options without a value ---- */

static bool set_clean(struct reader *r, const char *none) {
  (void)none;
  return r->o->job.options.clean = true;
}

static bool set_resume(struct reader *r, const char *none) {
  (void)none;
  return r->o->job.resume = true;
}

static bool set_discard_edits(struct reader *r, const char *none) {
  (void)none;
  return r->o->job.discard_edits = true;
}

static bool set_force(struct reader *r, const char *none) {
  (void)none;
  return r->o->job.force = true;
}

static bool set_force_checks(struct reader *r, const char *none) {
  (void)none;
  return r->o->job.force_checks = true;
}

static bool set_complete(struct reader *r, const char *none) {
  (void)none;
  return r->o->job.data_options.complete = true;
}

static bool set_help(struct reader *r, const char *none) {
  (void)none;
  return r->help = true;
}

static bool set_version(struct reader *r, const char *none) {
  (void)none;
  return r->version = true;
}

static bool set_man(struct reader *r, const char *none) {
  (void)none;
  return r->man = true;
}

/* ---- the options ---- */

enum {
  FILL = 1 << COMMAND_FILL,
  CHECK = 1 << COMMAND_CHECK,
  BOTH = FILL | CHECK,
  FIELDS = 1 << COMMAND_FIELDS,
  STATUS = 1 << COMMAND_STATUS,
  ALL = BOTH | FIELDS,
  HELP = 1 << COMMAND_HELP,
  ANY = 0x7fffffff
};

/* `letter` may be 0; `commands` are those that take it. */
static const struct option_row {
  const char *name;
  char letter;
  int value; /* required_argument, no_argument */
  unsigned commands;
  bool (*read)(struct reader *r, const char *value);
} rows[] = {
    {"output", 'o', required_argument, FILL | FIELDS, read_output},
    {"missing", 0, required_argument, BOTH, read_missing},
    {"delimiters", 0, required_argument, ALL, read_delimiters},
    {"key", 0, required_argument, ALL, read_key},
    {"sheet", 0, required_argument, ALL, read_sheet},
    {"layout", 0, required_argument, ALL, read_layout},
    {"encoding", 0, required_argument, ALL, read_encoding},
    {"roster", 0, required_argument, ALL, read_roster},
    {"last", 0, required_argument, BOTH, read_last},
    {"trace", 0, required_argument, FILL, read_trace},
    {"all-as", 0, required_argument, BOTH, read_all_as},
    {"complete", 0, no_argument, BOTH, set_complete},
    {"rules", 0, required_argument, ALL, read_rules},
    {"force-checks", 0, no_argument, FILL, set_force_checks},
    {"clean", 0, no_argument, BOTH, set_clean},
    {"force", 0, no_argument, ALL, set_force},
    {"per-unit", 0, required_argument, FIELDS, read_per_unit},
    {"resume", 0, no_argument, FILL, set_resume},
    {"discard-edits", 0, no_argument, FILL, set_discard_edits},
    {"only", 0, required_argument, BOTH, read_only},
    {"shard", 0, required_argument, BOTH, read_shard},
    {"jobs", 0, required_argument, BOTH, read_jobs},
    {"report", 0, required_argument, BOTH, read_report},
    {"annotate", 0, required_argument, CHECK, read_annotate},
    {"timeout", 0, required_argument, BOTH, read_timeout},
    {"since", 0, required_argument, CHECK, read_since},
    {"format", 0, required_argument, CHECK | FIELDS | STATUS, read_format},
    {"help", 'h', no_argument, ANY, set_help},
    {"version", 0, no_argument, ANY, set_version},
    {"man", 0, no_argument, HELP, set_man},
};

enum { OPTIONS = sizeof rows / sizeof *rows, FIRST_ID = 256 };

/* The rows as getopt takes them; an option without a letter is known by FIRST_ID and its row. */
struct getopt_tables {
  char letters[2 * OPTIONS + 3];
  struct option options[OPTIONS + 1];
};

/* In POSIX mode getopt would stop at the first operand; '-' makes it give operands as 1, ':'
 * leaves messages to us. */
static void make_tables(struct getopt_tables *t) {
  char *p = t->letters;
  *p++ = '-';
  *p++ = ':';
  for (int i = 0; i < OPTIONS; i++) {
    t->options[i] = (struct option){rows[i].name, rows[i].value, NULL, FIRST_ID + i};
    if (rows[i].letter == 0) continue;
    *p++ = rows[i].letter;
    if (rows[i].value == required_argument) *p++ = ':';
  }
  *p = '\0';
  t->options[OPTIONS] = (struct option){NULL, 0, NULL, 0};
}

/* What getopt complains of as c; `word` is the word of the command line that it stands in. */
static bool bad_option(struct reader *r, int c, const char *word) {
  char letter[] = {'-', (char)optopt, '\0'};
  const char *typed = strncmp(word, "--", 2) != 0 ? letter : word;
  if (c == ':') return usage(r->fs, _("{1} needs a value behind it"), typed);
  return typed == word && optopt != 0 ? usage(r->fs, _("{1} takes no value"), typed)
                                      : usage(r->fs, _("there is no option \"{1}\""), typed);
}

static bool read_option(struct reader *r, int c, const char *word) {
  if (c == '?' || c == ':') return bad_option(r, c, word);
  int i = c - FIRST_ID;
  if (c < FIRST_ID)
    for (i = 0; rows[i].letter != c;) i++;
  r->given[i] = true;
  return rows[i].read(r, optarg);
}

static bool read_all(struct reader *r, int argc, char **argv) {
  struct getopt_tables t;
  bool ok = true;
  make_tables(&t);
  opterr = 0;
  optind = 0; /* begin anew */
  for (;;) {
    int at = optind > 0 ? optind : 1;
    int c = getopt_long(argc, argv, t.letters, t.options, NULL);
    if (c == -1) break;
    if (c == 1)
      r->o->operands[r->n++] = optarg;
    else
      ok = read_option(r, c, argv[at]) && ok;
  }
  while (optind < argc) r->o->operands[r->n++] = argv[optind++];
  return ok;
}

/* ---- the commands ---- */

/* What goes together. */
static bool check_gathering(struct reader *r) {
  const struct fill_job *job = &r->o->job;
  bool gathers = job->data_options.all_as != NULL, ok = true;
  if (gathers && job->shards != 0)
    ok = usage(r->fs, _("--all-as makes one report, which {1} cannot part"), "--shard");
  if (gathers && job->nlast != 0)
    ok = usage(r->fs, _("{1} does not go with --all-as"), "--last");
  if (!gathers && job->data_options.complete)
    ok = usage(r->fs, _("{1} belongs to --all-as"), "--complete");
  return ok;
}

static bool take_template(struct reader *r) {
  struct options *o = r->o;
  size_t n = r->n - 1;
  if (n > 0) o->job.template_path = o->operands[1];
  if (n > 1) {
    o->job.data = o->operands + 2;
    o->job.ndata = n - 1;
  }
  bool ok = check_gathering(r);
  return (n > 0 || usage(r->fs, _("the template is missing"), "")) && ok;
}

static bool finish_fill(struct reader *r) {
  struct options *o = r->o;
  bool ok = take_template(r);
  if (o->job.ndata == 0) ok = usage(r->fs, _("the data are missing"), "");
  if (o->job.out == NULL) ok = usage(r->fs, _("-o with the name of the report is missing"), "");
  return ok;
}

static bool finish_check(struct reader *r) {
  bool ok = take_template(r);
  if (r->o->format == NULL || check_form_known(r->o->format)) return ok;
  return usage(r->fs, _("--format takes text, lines, json, csv or xlsx, not \"{1}\""), r->o->format);
}

static bool check_fields(struct reader *r) {
  const struct options *o = r->o;
  bool ok = true;
  if (o->format != NULL && !fields_form_known(o->format, &r->o->form))
    ok = usage(r->fs, _("--format takes text, json, csv or names, not \"{1}\""), o->format);
  if (o->format != NULL && o->job.out != NULL)
    ok = usage(r->fs, _("--format is for the list; with -o a file is written"), "");
  if (o->per_unit != NULL && o->job.out == NULL)
    ok = usage(r->fs, _("--per-unit needs -o with a folder"), "");
  if (o->per_unit == NULL && o->job.out != NULL && !fields_can_write(o->job.out))
    ok = usage(r->fs, _("-o takes a file that ends in .xlsx or .json, not \"{1}\""), o->job.out);
  return ok;
}

static bool finish_fields(struct reader *r) {
  struct options *o = r->o;
  o->fields = (struct fields_job){.template_path = r->n > 1 ? o->operands[1] : NULL,
                                  .options = o->job.options,
                                  .rules = o->job.rules,
                                  .ndata = r->n > 2 ? r->n - 2 : 0,
                                  .data = o->operands + 2,
                                  .data_options = o->job.data_options,
                                  .out = o->job.out,
                                  .per_unit = o->per_unit,
                                  .force = o->job.force};
  bool ok = check_fields(r);
  return r->n > 1 ? ok : usage(r->fs, _("the template is missing"), "");
}

/* The working folder when none is named. */
static bool finish_status(struct reader *r) {
  struct options *o = r->o;
  o->folder = r->n > 1 ? o->operands[1] : ".";
  bool known = o->format == NULL || strcmp(o->format, "text") == 0 || strcmp(o->format, "json") == 0;
  bool ok = known || usage(r->fs, _("--format takes text or json, not \"{1}\""), o->format);
  return (r->n <= 2 || usage(r->fs, _("one folder, not \"{1}\" too"), o->operands[2])) && ok;
}

static bool finish_help(struct reader *r) {
  r->o->topics = r->o->operands + 1;
  r->o->ntopics = r->n - 1;
  if (r->man) r->o->wish = WISH_MAN;
  return true;
}

static const struct command_row {
  const char *name;
  bool (*finish)(struct reader *r); /* takes the operands; says what is missing */
} commands[] = {
    [COMMAND_FILL] = {"fill", finish_fill},
    [COMMAND_CHECK] = {"check", finish_check},
    [COMMAND_FIELDS] = {"fields", finish_fields},
    [COMMAND_STATUS] = {"status", finish_status},
    [COMMAND_HELP] = {"help", finish_help},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

/* The names of all commands, as a message lists them. */
static bool unknown_command(struct reader *r, const char *typed) {
  struct buf all, said;
  buf_init(&all, 0);
  buf_init(&said, 0);
  for (int i = COMMAND_NONE + 1; i < COMMANDS; i++) {
    if (all.n > 0) buf_puts(&all, ", ");
    buf_puts(&all, commands[i].name);
  }
  words_put(&said, _("there is no command \"{1}\"; the commands are {2}"), str_of(typed),
            buf_str(&all));
  finding(r->fs, CODE_USAGE, NULL, NULL, buf_str(&said));
  buf_free(&said);
  buf_free(&all);
  return false;
}

static enum command find_command(const char *typed) {
  int i = COMMANDS - 1;
  while (i > COMMAND_NONE && strcmp(commands[i].name, typed) != 0) i--;
  return (enum command)i;
}

/* Options that the command does not take. */
static bool check_options(struct reader *r) {
  bool ok = true;
  for (int i = 0; i < OPTIONS; i++) {
    if (!r->given[i] || (rows[i].commands & 1u << r->o->command) != 0) continue;
    struct buf said, typed;
    buf_init(&said, 0);
    buf_init(&typed, 0);
    words_put(&typed, "--{1}", str_of(rows[i].name));
    words_put(&said, _("`tianbao {1}` does not take {2}"), str_of(commands[r->o->command].name),
              buf_str(&typed));
    ok = finding(r->fs, CODE_USAGE, NULL, NULL, buf_str(&said));
    buf_free(&typed);
    buf_free(&said);
  }
  return ok;
}

static bool finish(struct reader *r) {
  struct options *o = r->o;
  if (r->n > 0) {
    o->command = find_command(o->operands[0]);
    if (o->command == COMMAND_NONE) return unknown_command(r, o->operands[0]);
  }
  if (r->version || r->help) {
    o->wish = r->version ? WISH_VERSION : WISH_HELP;
    return true;
  }
  if (o->command == COMMAND_NONE) return usage(r->fs, _("a command is missing"), "");
  bool ok = check_options(r);
  return commands[o->command].finish(r) && ok;
}

bool options_read(struct options *o, int argc, char **argv, struct findings *fs) {
  bool given[OPTIONS] = {false};
  struct reader r = {.o = o, .fs = fs, .given = given};
  *o = (struct options){.job = {.timeout = (unsigned)LIMIT_TIMEOUT}};
  o->operands = mem_calloc((size_t)argc + 1, sizeof *o->operands);
  o->lasts = mem_calloc((size_t)argc + 1, sizeof *o->lasts);
  if (o->operands == NULL || o->lasts == NULL)
    return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  bool ok = read_all(&r, argc, argv);
  if (!ok && !r.help) {
    /* For the pointer to the right help. */
    if (r.n > 0) o->command = find_command(o->operands[0]);
    return false;
  }
  /* Somebody who asks for help gets it, whatever else is wrong. */
  findings_clear(fs);
  return finish(&r);
}

const char *options_command(const struct options *o) { return commands[o->command].name; }

void options_free(struct options *o) {
  mem_free(o->operands);
  mem_free(o->lasts);
  o->operands = o->lasts = NULL;
}
