/* What a file is, by its content, when it is not the data it was given as. */
#ifndef BASE_SNIFF_H
#define BASE_SNIFF_H

#include "base/str.h"

/* Words for a kind of file that is no data, or NULL. */
const char *sniff_foreign(str bytes);
/* Is it a table in text form (CSV)? */
bool sniff_table(str bytes);
/* Is it text that is neither JSON nor anything else that is known? */
bool sniff_plain(str bytes);
/* Are the bytes that are not ASCII all well-formed GBK / GB18030? */
bool sniff_gbk(str bytes);

#endif
