/* One run of `tianbao fields`: what a template asks for, and files to be filled in. */
#ifndef JOB_FIELDS_H
#define JOB_FIELDS_H

#include "ask/asked.h"
#include "blank/workbook.h"
#include "data/data.h"

struct fields_job {
  const char *template_path;
  struct template_options options;
  const char *rules; /* NULL: those beside the template, if there are any */
  size_t ndata;      /* data that are there already; their names decide */
  const char *const *data;
  struct data_options data_options; /* its roster: the townships of the workbook */
  const char *out;      /* .xlsx, .json, or with per_unit a folder; NULL: nothing is written */
  const char *per_unit; /* a list of townships, each of which gets a workbook; or NULL */
  bool force;
};

/* Finds out what the template asks for. NULL: findings; notes may come in any case. */
struct asking *fields_ask(const struct fields_job *job, struct findings *fs);
/* Can a file with that ending be written? */
bool fields_can_write(const char *path);
/* Writes the files; `written` is called for each. False: findings. */
bool fields_write(const struct fields_job *job, const struct asking *a,
                  const struct workbook_words *words, void (*written)(const char *path),
                  struct findings *fs);

#endif
