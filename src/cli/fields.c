/* `tianbao fields` at work.
 *
 * Standard output gets the list, or one line for each file written, its path; standard error gets
 * all else.  Words that stand in a workbook are put here, in the language of the user.
 */
#include "cli/fields.h"

#include <stdio.h>

#include "base/mem.h"
#include "cli/fields_list.h"
#include "cli/run.h"
#include "cli/words.h"

bool fields_form_known(const char *word, enum fields_form *form) {
  static const char *const words[] = {[FIELDS_TEXT] = "text",
                                      [FIELDS_JSON] = "json",
                                      [FIELDS_CSV] = "csv",
                                      [FIELDS_NAMES] = "names"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(word, words[i]) == 0) return *form = (enum fields_form)i, true;
  return false;
}

static enum status list(const struct asking *a, enum fields_form form) {
  static void (*const forms[])(const struct asking *,
                               struct buf *) = {[FIELDS_TEXT] = fields_list_text,
                                                [FIELDS_JSON] = fields_list_json,
                                                [FIELDS_CSV] = fields_list_csv,
                                                [FIELDS_NAMES] = fields_list_names};
  struct buf out;
  buf_init(&out, 0);
  forms[form](a, &out);
  out.failed = out.failed || mem_failed(); /* of something within it */
  enum status status = run_text(&out);
  buf_free(&out);
  return status;
}

/* ---- words in a workbook ---- */

static const char *const guide[] = {
    N_("How to fill in this workbook"),
    N_("1. Fill in the sheets behind this one. Do not rename sheets or headers: figures are found "
       "by them."),
    N_("2. What a cell shows is what the report prints. For 191.70 give the cell two decimals."),
    N_("3. The unit stands in the header; cells hold the figure alone."),
    N_("4. Cells headed 〔列表〕 hold several items, with 、 between them or one in a line."),
    N_("5. In tables each row bears the name of its township; rows of totals are not needed."),
    N_("6. The note on a header says where the report prints the figure."),
    N_("7. The sheet 勾稽 shows what the rules say: 0 holds, red does not, 未查 lacks a figure. It "
       "compares to six decimals; words such as 4000多 and the rules marked so are checked by "
       "tianbao."),
    NULL};

enum { GUIDE = sizeof guide / sizeof *guide };

static void say_written(const char *path) {
  struct buf line;
  buf_init(&line, 0);
  words_escape(&line, str_of(path));
  buf_putc(&line, '\n');
  run_text(&line);
  buf_free(&line);
}

static enum status write_files(const struct fields_job *job, const struct asking *a,
                               struct findings *fs) {
  const char *lines[GUIDE];
  for (size_t i = 0; i < GUIDE; i++) lines[i] = guide[i] != NULL ? _(guide[i]) : NULL;
  struct workbook_words words = {.place = words_place,
                                 .guide = lines,
                                 .printed = _("The report uses it here:"),
                                 .more = _("further places:"),
                                 .checked = _("checked by `tianbao check`")};
  fields_write(job, a, &words, say_written, fs);
  return findings_status(fs);
}

enum status fields_command(const struct fields_job *job, enum fields_form form) {
  struct findings *fs = findings_new();
  if (fs == NULL) return run_no_memory();
  struct asking *a = fields_ask(job, fs);
  enum status status = STATUS_DONE;
  if (a != NULL) status = job->out != NULL ? write_files(job, a, fs) : list(a, form);
  asked_close(a);
  enum status found = run_findings(fs, "fields");
  findings_free(fs);
  return found > status ? found : status;
}
