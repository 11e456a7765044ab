/* Help: texts about the command, and what the tables of codes, limits and filters say.
 *
 * Codes, limits and filters have their words in their own tables; here they are only laid out.
 * Invariant: what `help` and the manual page list is what the program has, for both are made from
 * the tables.
 */
#include "cli/help.h"

#include "base/limits.h"
#include "cli/words.h"
#include "expr/filter.h"
#include "expr/function.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

/* ---- the command ---- */

void help_version(struct buf *out) { buf_puts(out, "tianbao " PACKAGE_VERSION "\n"); }

void help_general(struct buf *out) {
  buf_puts(out, _("Usage: tianbao fill TEMPLATE DATA... -o OUT   fills a template with figures\n"
                  "       tianbao check TEMPLATE [DATA...]       says all that is wrong, writes nothing\n"
                  "       tianbao fields TEMPLATE [-o FILE]      lists what it asks for, or makes a\n"
                  "                                              workbook to be filled in\n"
                  "       tianbao status FOLDER                  says what has become of its reports\n"
                  "       tianbao COMMAND --help                 shows the options\n"
                  "       tianbao help TB501                     explains a message\n"
                  "       tianbao --version\n"));
  buf_puts(out, "\n");
  buf_puts(out, _("tianbao (填报) fills Word (.docx) and Writer (.odt) templates with figures from\n"
                  "workbooks, CSV or JSON. A place to fill is written {{支出合计}} in the template.\n"));
  buf_puts(out, "\n");
  buf_puts(out, _("More: tianbao help codes     all messages\n"
                  "      tianbao help filters   forms in which a value can be printed\n"
                  "      tianbao help functions sums, counts and the like\n"
                  "      tianbao help limits    how big things may be\n"
                  "      tianbao help exit      exit statuses\n"));
}

void help_fill(struct buf *out) {
  buf_puts(out, _("Usage: tianbao fill [OPTION]... TEMPLATE DATA... -o OUT\n"));
  buf_puts(out, "\n");
  buf_puts(out, _("Fills TEMPLATE (.docx, .odt) with the DATA (.xlsx, .ods, .xls, .csv, .json, or\n"
                  "folders of them): one report for each record. What several files say of one\n"
                  "township is put together. A report is complete, or it is not written and every\n"
                  "reason is shown.\n"));
  buf_puts(out, "\n");
  buf_puts(out, _("  -o, --output=OUT   where the reports go:\n"
                  "                       report.docx      one file, for one record\n"
                  "                       out/             a folder: each report is called by the\n"
                  "                                        template and its 单位名称 (or by the\n"
                  "                                        data file and the record's number)\n"
                  "                       'out/{{单位名称}}{{年度}}.docx'\n"
                  "                                        a name with tags, filled for each record\n"
                  "                     folders are made when they are missing\n"));
  buf_puts(out, _("  --missing=WAY      a tag for which the data have no value:\n"
                  "                       error   is an error (this is the default)\n"
                  "                       blank   prints nothing\n"
                  "                       dash    prints a dash\n"
                  "                       keep    stays as it is\n"
                  "                       mark    prints 【待填：…】, highlighted\n"));
  buf_puts(out, _("  --key=NAME         records are told apart, and files joined, by NAME instead of\n"
                  "                     单位名称\n"
                  "  --sheet=NAME       the sheet of a workbook that holds the records\n"
                  "  --layout=WAY       how they lie in it (found out when not given):\n"
                  "                       rows     one row for each record, names in a header\n"
                  "                       columns  one column for each record, names at the left\n"
                  "                       items    one record: 项目, 数值, 计量单位\n"
                  "                       table    (of a CSV file) rows are items of a list\n"
                  "                       auto     is found out\n"
                  "  --encoding=NAME    the encoding of CSV files (else UTF-8 or GB18030, found out)\n"
                  "  --roster=FILE      a list of those that should be there: who has not sent, and\n"
                  "                     who has sent twice, is said\n"));
  buf_puts(out, _("  --last=FILE        data of the year before (may stand several times): {{上年.支出合计}},\n"
                  "                     {{变动(支出合计)}}; figures, dates and sentences that are the\n"
                  "                     same as then are told\n"));
  buf_puts(out, _("  --trace=FILE       where each printed figure stands and what it came from, as .json;\n"
                  "                     for several reports a folder: out/trace/\n"));
  buf_puts(out, _("  --all-as=NAME      one report of all records, which are the list NAME in it\n"
                  "  --complete         no such report as long as somebody has not sent, or lacks a\n"
                  "                     figure (else a note, and the report is of the others)\n"));
  buf_puts(out, _("  --delimiters='OPEN CLOSE'\n"
                  "                     other marks than {{ and }} around tags, such as '<< >>'\n"
                  "  --clean            reports have no comments, no tracked changes (all are\n"
                  "                     accepted) and no names of people in their properties\n"
                  "  --force            replaces reports that are there already, but for those that\n"
                  "                     were edited by hand\n"
                  "  --resume           leaves reports that are there and would come out the same,\n"
                  "                     and fills the others anew\n"
                  "  --discard-edits    replaces reports that were edited by hand, too\n"));
  buf_puts(out, _("  --rules=FILE       rules that the figures must keep (default: TEMPLATE.rules or\n"
                  "                     TEMPLATE勾稽.txt beside the template, when there is one)\n"
                  "  --force-checks     reports are written although rules are broken\n"));
  buf_puts(out, _("  --only=NAMES       only the records of these 单位名称, with commas between them\n"
                  "  --shard=I/N        only every N-th record, from the I-th on (for N machines)\n"
                  "  --jobs=N           N processes side by side (default: one for each processor)\n"
                  "  --report=FILE      what became of each record and everything that was found, as\n"
                  "                     .json, .csv or .xlsx\n"));
  words_put(out, _("  --timeout=SECONDS  time for one report (default {1}; 0: no limit)\n"),
            NUMBER(LIMIT_TIMEOUT));
  buf_puts(out, _("  -h, --help         shows this\n"
                  "  --version          shows the version\n"));
}

void help_check(struct buf *out) {
  buf_puts(out, _("Usage: tianbao check [OPTION]... TEMPLATE [DATA...]\n"));
  buf_puts(out, "\n");
  buf_puts(out, _("Says everything that is wrong with TEMPLATE and DATA, at once, and writes nothing.\n"
                  "Each record is looked at as fill would, and held against the rules. Without DATA\n"
                  "the template alone is looked at. What is found goes to standard output; the last\n"
                  "line counts it. Exit status 0: no error was found, though there may be notes.\n"));
  buf_puts(out, "\n");
  buf_puts(out, _("  --since=TEMPLATE   an older template: fields and loops that were added, removed,\n"
                  "                     renamed or moved since are told\n"));
  buf_puts(out, _("  --format=WAY       what goes to standard output:\n"
                  "                       text   for people (this is the default)\n"
                  "                       lines  one line each, FILE:PART:TABLE/ROW/...: LEVEL: ...\n"
                  "                       json, csv, xlsx   as in the file of --report\n"));
  buf_puts(
      out,
      _("  --annotate=OUT     writes a copy of the template with each finding as a comment at its\n"
        "                     place; filling that copy leaves these comments out\n"));
  buf_puts(out, "\n");
  buf_puts(out, _("The options --missing, --delimiters, --clean, --key, --sheet, --layout, --encoding,\n"
                  "--roster, --all-as, --complete, --rules, --only, --shard, --jobs, --timeout,\n"
                  "--report and --force (for the file of --report) mean what they mean for fill.\n"));
  buf_puts(out, _("  -h, --help         shows this\n"
                  "  --version          shows the version\n"));
}

void help_status(struct buf *out) {
  buf_puts(out, _("Usage: tianbao status [OPTION]... [FOLDER]\n"));
  buf_puts(out, "\n");
  buf_puts(out, _("Compares the reports in FOLDER (default: the working folder) with its run record,\n"
                  "填报记录.json, and template and data with what they were. Lists each report that was\n"
                  "edited by hand, is outdated or missing, and documents that are not ours. Writes\n"
                  "nothing. `tianbao fill --resume` fills what is outdated or missing.\n"));
  buf_puts(out, "\n");
  buf_puts(out, _("  --format=FORM      text (the default) or json: all reports\n"
                  "  -h, --help         shows this\n"
                  "  --version          shows the version\n"));
}

void help_fields(struct buf *out) {
  buf_puts(out, _("Usage: tianbao fields [OPTION]... TEMPLATE [DATA...]\n"));
  buf_puts(out, "\n");
  buf_puts(out, _("Lists every field, list and column that TEMPLATE and its rules ask for, with all\n"
                  "places, or writes a file to be filled in. With DATA that are there already, these\n"
                  "decide what is a list and what a column; without them the template alone does.\n"));
  buf_puts(out, "\n");
  buf_puts(out, _("  -o, --output=OUT   a file to be filled in, and given to `tianbao fill`:\n"
                  "                       OUT.xlsx   a workbook: a row for each township, a sheet for\n"
                  "                                  each table, the rules as formulas\n"
                  "                       OUT.json   one record, all of it null\n"
                  "  --per-unit=FILE    a workbook for each township named in FILE, locked but for its\n"
                  "                     cells, in the folder OUT\n"
                  "  --roster=FILE      the townships of the workbook\n"
                  "  --format=FORM      the list as text (default), json, csv, or names\n"));
  buf_puts(out, _("  --rules=FILE       rules that ask for figures too (default: TEMPLATE.rules or\n"
                  "                     TEMPLATE勾稽.txt beside the template, when there is one)\n"
                  "  --delimiters='OPEN CLOSE'\n"
                  "                     other marks than {{ and }} around tags, such as '<< >>'\n"
                  "  --key=NAME, --sheet=NAME, --layout=WAY, --encoding=NAME\n"
                  "                     how DATA and FILE are read, as for `tianbao fill`\n"
                  "  --force            replaces files that are there already\n"
                  "  -h, --help         shows this\n"));
}

/* ---- the tables, a row at a time ---- */

/* Does the code have a message of its own, and not only what its argument says? */
static bool has_message(const struct code_row *c) { return strcmp(c->words, "{1}") != 0; }

/* The message without its arguments; where there is none, the help stands for it. */
static void put_message(struct buf *out, const struct code_row *c) {
  str gap = STR("…");
  if (has_message(c)) words_put(out, _(c->words), gap, gap, gap, gap);
  else buf_puts(out, _(c->help));
}

static const struct {
  enum status status;
  const char *words;
} statuses[] = {
    {STATUS_DONE, N_("everything was written; there may be notes")},
    {STATUS_REFUSED, N_("something was not written because of what the template or the data say")},
    {STATUS_USAGE, N_("the command line is wrong; nothing was written")},
    {STATUS_ENVIRONMENT, N_("reading or writing failed, or memory or time ran out")},
};

static void put_limit(struct buf *out, const struct limit *l) {
  bool mebi = l->value % (1u << 20) == 0 && strcmp(l->unit, "bytes") == 0;
  words_put(out, "{1} ", NUMBER(mebi ? l->value >> 20 : l->value));
  buf_puts(out, mebi ? "MiB" : _(l->unit));
}

/* 位 is written with its number before it. */
static void put_filter(struct buf *out, const struct filter *f) {
  buf_puts(out, strcmp(f->english, "fixed") == 0 ? "2" : "");
  words_put(out, "{1} ({2})", str_of(f->name), str_of(f->english));
}

static void put_function(struct buf *out, const struct function *f) {
  words_put(out, "{1} ({2})", str_of(f->name), str_of(f->english));
}

static const struct {
  const char *id, *what;
} examples[] = {
#define EXAMPLE(id, what) {id, what},
#include "cli/examples.def"
#undef EXAMPLE
};

static void put_example(struct buf *out, const struct code_row *c) {
  for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
    if (strcmp(examples[i].id, c->id) != 0) continue;
    buf_puts(out, "\n  ");
    /* TRANSLATORS: stands before what gives a message, and how it is put right */
    buf_puts(out, _("Example: "));
    buf_puts(out, _(examples[i].what));
  }
}

static void put_code(struct buf *out, const struct code_row *c) {
  words_put(out, "{1} {2}", str_of(c->id), str_of(c->name));
  buf_puts(out, _(": "));
  put_message(out, c);
  if (has_message(c)) {
    buf_puts(out, "\n\n  ");
    buf_puts(out, _(c->help));
  }
  put_example(out, c);
  buf_puts(out, "\n  ");
  if (c->level != LEVEL_ERROR)
    buf_puts(out, _("This is a note: the report is written all the same."));
  else
    words_put(out, _("Exit status {1}."), NUMBER(c->status));
  buf_puts(out, "\n");
}

/* ---- the tables as text ---- */

static void list_codes(struct buf *out) {
  for (size_t i = 1; i < CODE_COUNT; i++) {
    words_put(out, "{1}  ", str_of(codes[i].id));
    put_message(out, &codes[i]);
    buf_puts(out, "\n");
  }
}

static void list_limits(struct buf *out) {
  for (size_t i = 0; i < LIMIT_COUNT; i++) {
    buf_puts(out, _(limits[i].what));
    buf_puts(out, _(": "));
    put_limit(out, &limits[i]);
    buf_puts(out, "\n");
  }
}

static void list_filters(struct buf *out) {
  for (size_t i = 0; i < filter_count(); i++) {
    put_filter(out, &filters[i]);
    buf_puts(out, _(": "));
    buf_puts(out, _(filters[i].help));
    words_put(out, "\n  {1}\n", str_of(filters[i].example));
  }
}

static void list_functions(struct buf *out) {
  for (size_t i = 0; i < function_count(); i++) {
    put_function(out, &functions[i]);
    buf_puts(out, _(": "));
    buf_puts(out, _(functions[i].help));
    words_put(out, "\n  {1}\n", str_of(functions[i].example));
  }
}

static void list_exit(struct buf *out) {
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
    words_put(out, "{1}  ", NUMBER(statuses[i].status));
    buf_puts(out, _(statuses[i].words));
    buf_puts(out, "\n");
  }
}

static const struct {
  const char *name;
  void (*put)(struct buf *out);
} topics[] = {
    {"check", help_check}, {"codes", list_codes}, {"exit", list_exit}, {"fields", help_fields}, {"fill", help_fill},
    {"filters", list_filters}, {"functions", list_functions}, {"limits", list_limits}, {"status", help_status}, {"help", help_general},
};

/* ---- topics ---- */

static bool same_letters(const char *a, const char *b) {
  for (; *a != '\0' && *b != '\0'; a++, b++) {
    char x = *a >= 'a' && *a <= 'z' ? (char)(*a - 'a' + 'A') : *a;
    char y = *b >= 'a' && *b <= 'z' ? (char)(*b - 'a' + 'A') : *b;
    if (x != y) return false;
  }
  return *a == *b;
}

static bool put_topic(struct buf *out, const char *topic) {
  for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
    if (!same_letters(topics[i].name, topic)) continue;
    topics[i].put(out);
    return true;
  }
  for (size_t i = 1; i < CODE_COUNT; i++) {
    if (!same_letters(codes[i].id, topic) && !same_letters(codes[i].name, topic)) continue;
    put_code(out, &codes[i]);
    return true;
  }
  return false;
}

bool help_topics(struct buf *out, size_t n, const char *const *asked, struct findings *fs) {
  bool ok = true;
  if (n == 0) help_general(out);
  for (size_t i = 0; i < n; i++) {
    if (i > 0) buf_puts(out, "\n");
    if (put_topic(out, asked[i])) continue;
    struct buf said;
    buf_init(&said, 0);
    words_put(&said, _("there is no help about \"{1}\"; there is about codes, limits, filters, functions, exit"),
              str_of(asked[i]));
    ok = finding(fs, CODE_USAGE, NULL, NULL, buf_str(&said));
    buf_free(&said);
  }
  return ok;
}

/* ---- the tables in the macros of man(7) ---- */

/* Text of a page: no line begins with a control character, a minus can be copied. */
static void put_man(struct buf *out, str s) {
  if (s.n > 0 && (s.p[0] == '.' || s.p[0] == '\'')) buf_puts(out, "\\&");
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '\\') buf_puts(out, "\\e");
    else if (s.p[i] == '-') buf_puts(out, "\\-");
    else if (s.p[i] == '\n') buf_putc(out, ' ');
    else buf_putc(out, s.p[i]);
  }
  buf_putc(out, '\n');
}

/* Adds what `put` says about a row as one line. */
#define MAN_LINE(out, put, row)                                                                    \
  do {                                                                                             \
    struct buf line_;                                                                              \
    buf_init(&line_, 0);                                                                           \
    put(&line_, row);                                                                              \
    put_man(out, buf_str(&line_));                                                                 \
    buf_free(&line_);                                                                              \
  } while (0)

static void man_heading(struct buf *out, const char *words) {
  buf_puts(out, ".SH ");
  put_man(out, str_of(words));
}

static void man_codes(struct buf *out) {
  man_heading(out, _("MESSAGES"));
  for (size_t i = 1; i < CODE_COUNT; i++) {
    words_put(out, ".TP\n.B {1}\n", str_of(codes[i].id));
    MAN_LINE(out, put_message, &codes[i]);
    if (!has_message(&codes[i])) continue;
    buf_puts(out, ".br\n");
    put_man(out, str_of(_(codes[i].help)));
  }
}

static void man_filters(struct buf *out) {
  man_heading(out, _("FILTERS"));
  for (size_t i = 0; i < filter_count(); i++) {
    buf_puts(out, ".TP\n.B ");
    MAN_LINE(out, put_filter, &filters[i]);
    put_man(out, str_of(_(filters[i].help)));
    buf_puts(out, ".br\n");
    put_man(out, str_of(filters[i].example));
  }
}

static void man_functions(struct buf *out) {
  man_heading(out, _("FUNCTIONS"));
  for (size_t i = 0; i < function_count(); i++) {
    buf_puts(out, ".TP\n.B ");
    MAN_LINE(out, put_function, &functions[i]);
    put_man(out, str_of(_(functions[i].help)));
    buf_puts(out, ".br\n");
    put_man(out, str_of(functions[i].example));
  }
}

static void man_limits(struct buf *out) {
  man_heading(out, _("LIMITS"));
  for (size_t i = 0; i < LIMIT_COUNT; i++) {
    buf_puts(out, ".TP\n.B ");
    MAN_LINE(out, put_limit, &limits[i]);
    put_man(out, str_of(_(limits[i].what)));
  }
}

void help_man(struct buf *out) {
  man_functions(out);
  man_filters(out);
  man_codes(out);
  man_limits(out);
}
