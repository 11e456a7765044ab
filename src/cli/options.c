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
#include "cli/report.h"
#include "cli/words.h"

enum option_id {
  OPT_OUTPUT = 'o',
  OPT_HELP = 'h',
  OPT_VERSION = 256,
  OPT_MISSING,
  OPT_DELIMITERS,
  OPT_FORCE,
  OPT_CLEAN,
  OPT_TIMEOUT,
  OPT_RULES,
  OPT_FORCE_CHECKS,
  OPT_MAN,
  OPT_KEY,
  OPT_SHEET,
  OPT_LAYOUT,
  OPT_ENCODING,
  OPT_ROSTER,
  OPT_ONLY,
  OPT_SHARD,
  OPT_JOBS,
  OPT_REPORT
};

/* In POSIX mode getopt would stop at the first operand; '-' makes it give operands as 1, ':'
 * leaves messages to us. */
static const char short_options[] = "-:o:h";
static const struct option long_options[] = {
    {"output", required_argument, NULL, OPT_OUTPUT},
    {"missing", required_argument, NULL, OPT_MISSING},
    {"delimiters", required_argument, NULL, OPT_DELIMITERS},
    {"key", required_argument, NULL, OPT_KEY},
    {"sheet", required_argument, NULL, OPT_SHEET},
    {"layout", required_argument, NULL, OPT_LAYOUT},
    {"encoding", required_argument, NULL, OPT_ENCODING},
    {"roster", required_argument, NULL, OPT_ROSTER},
    {"force", no_argument, NULL, OPT_FORCE},
    {"clean", no_argument, NULL, OPT_CLEAN},
    {"rules", required_argument, NULL, OPT_RULES},
    {"force-checks", no_argument, NULL, OPT_FORCE_CHECKS},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"only", required_argument, NULL, OPT_ONLY},
    {"shard", required_argument, NULL, OPT_SHARD},
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"report", required_argument, NULL, OPT_REPORT},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {"man", no_argument, NULL, OPT_MAN},
    {NULL, 0, NULL, 0},
};

enum { MOST_SECONDS = 1000000 };

struct reader {
  struct options *o;
  struct findings *fs;
  size_t n;                      /* operands */
  bool help, version, man, fill; /* fill: an option of that command was given */
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
  static const char *const words[] = {[LAYOUT_AUTO] = "auto",
                                      [LAYOUT_ROWS] = "rows",
                                      [LAYOUT_COLUMNS] = "columns",
                                      [LAYOUT_ITEMS] = "items",
                                      [LAYOUT_TABLE] = "table"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strcmp(word, words[i]) != 0) continue;
    r->o->job.data_options.layout = (enum layout_kind)i;
    return true;
  }
  return usage(r->fs, _("--layout takes rows, columns, items, table or auto, not \"{1}\""), word);
}

/* A value that may not be empty. */
static bool read_word(struct reader *r, const char **to, const char *name) {
  *to = optarg;
  return *optarg != '\0' || usage(r->fs, _("{1} needs a value behind it"), name);
}

/* A number in decimal digits, no greater than `most`; *text moves behind it. */
static bool read_whole(const char **text, unsigned long most, unsigned long *v) {
  const char *from = *text, *p = from;
  for (*v = 0; *p >= '0' && *p <= '9' && *v <= most; p++) *v = *v * 10 + (unsigned long)(*p - '0');
  *text = p;
  return p != from && *v <= most;
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

/* ---- options ---- */

/* What getopt complains of as c; `word` is the word of the command line that it stands in. */
static bool bad_option(struct reader *r, int c, const char *word) {
  char letter[] = {'-', (char)optopt, '\0'};
  const char *typed = strncmp(word, "--", 2) != 0 ? letter : word;
  if (c == ':') return usage(r->fs, _("{1} needs a value behind it"), typed);
  return typed == word && optopt != 0 ? usage(r->fs, _("{1} takes no value"), typed)
                                      : usage(r->fs, _("there is no option \"{1}\""), typed);
}

static bool read_option(struct reader *r, int c, const char *word) {
  if (c == OPT_HELP) return r->help = true;
  if (c == OPT_VERSION) return r->version = true;
  if (c == OPT_MAN) return r->man = true;
  if (c == '?' || c == ':') return bad_option(r, c, word);
  r->fill = true;
  switch (c) {
  case OPT_OUTPUT: return read_output(r, optarg);
  case OPT_MISSING: return read_missing(r, optarg);
  case OPT_DELIMITERS: return read_delimiters(r, optarg);
  case OPT_CLEAN: return r->o->job.options.clean = true;
  case OPT_KEY: return read_word(r, &r->o->job.data_options.key, "--key");
  case OPT_SHEET: return read_word(r, &r->o->job.data_options.sheet, "--sheet");
  case OPT_LAYOUT: return read_layout(r, optarg);
  case OPT_ENCODING: return read_word(r, &r->o->job.data_options.encoding, "--encoding");
  case OPT_ROSTER: return read_word(r, &r->o->job.data_options.roster, "--roster");
  case OPT_TIMEOUT: return read_timeout(r, optarg);
  case OPT_ONLY: return read_only(r, optarg);
  case OPT_SHARD: return read_shard(r, optarg);
  case OPT_JOBS: return read_jobs(r, optarg);
  case OPT_REPORT: return read_report(r, optarg);
  case OPT_RULES: r->o->job.rules = optarg; return true;
  case OPT_FORCE_CHECKS: return r->o->job.force_checks = true;
  default: return r->o->job.force = true;
  }
}

static bool read_all(struct reader *r, int argc, char **argv) {
  bool ok = true;
  opterr = 0;
  optind = 0; /* begin anew */
  for (;;) {
    int at = optind > 0 ? optind : 1;
    int c = getopt_long(argc, argv, short_options, long_options, NULL);
    if (c == -1) break;
    if (c == 1)
      r->o->operands[r->n++] = optarg;
    else
      ok = read_option(r, c, argv[at]) && ok;
  }
  while (optind < argc) r->o->operands[r->n++] = argv[optind++];
  return ok;
}

/* ---- commands ---- */

static bool finish_fill(struct reader *r) {
  struct options *o = r->o;
  size_t n = r->n - 1;
  o->action = ACTION_FILL;
  if (n > 0) o->job.template_path = o->operands[1];
  if (n > 1) {
    o->job.data = o->operands + 2;
    o->job.ndata = n - 1;
  }
  bool ok = !r->man || usage(r->fs, _("there is no option \"{1}\""), "--man");
  if (n == 0) ok = usage(r->fs, _("the template is missing"), "");
  if (n <= 1) ok = usage(r->fs, _("the data are missing"), "");
  if (o->job.out == NULL) ok = usage(r->fs, _("-o with the name of the report is missing"), "");
  return ok;
}

static bool finish(struct reader *r) {
  struct options *o = r->o;
  const char *command = r->n > 0 ? o->operands[0] : NULL;
  bool fill = command != NULL && strcmp(command, "fill") == 0;
  bool help = command != NULL && strcmp(command, "help") == 0;
  o->action = ACTION_HELP;
  if (command != NULL && !fill && !help)
    return usage(r->fs, _("there is no command \"{1}\"; the commands are fill and help"), command);
  if (r->version) {
    o->action = ACTION_VERSION;
    return true;
  }
  if (fill && !r->help) return finish_fill(r);
  if (fill) {
    o->action = ACTION_FILL_HELP;
    return true;
  }
  if (r->fill) return usage(r->fs, _("these options belong to the command fill"), "");
  if (r->man && !help) return usage(r->fs, _("there is no option \"{1}\""), "--man");
  if (r->man) o->action = ACTION_MAN;
  if (!help && !r->help)
    return usage(r->fs, _("a command is missing: tianbao fill, or tianbao help"), "");
  if (help) {
    o->topics = o->operands + 1;
    o->ntopics = r->n - 1;
  }
  return true;
}

bool options_read(struct options *o, int argc, char **argv, struct findings *fs) {
  struct reader r = {.o = o, .fs = fs};
  *o = (struct options){.job = {.timeout = (unsigned)LIMIT_TIMEOUT}};
  o->operands = mem_calloc((size_t)argc + 1, sizeof *o->operands);
  if (o->operands == NULL) return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
  bool ok = read_all(&r, argc, argv);
  /* Somebody who asks for help gets it, whatever else is wrong. */
  if (!ok && !r.help) return false;
  findings_clear(fs);
  return finish(&r);
}

void options_free(struct options *o) {
  mem_free(o->operands);
  o->operands = NULL;
}
