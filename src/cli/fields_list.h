/* The forms in which `tianbao fields` lists. */
#ifndef CLI_FIELDS_LIST_H
#define CLI_FIELDS_LIST_H

#include "ask/asked.h"
#include "base/buf.h"

void fields_list_text(const struct asking *a, struct buf *out);
void fields_list_json(const struct asking *a, struct buf *out);
void fields_list_csv(const struct asking *a, struct buf *out);
void fields_list_names(const struct asking *a, struct buf *out);

#endif
