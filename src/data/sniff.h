/* What a file is, by its content, when it is not the data it was given as. */
#ifndef DATA_SNIFF_H
#define DATA_SNIFF_H

#include "base/str.h"

/* Words for a kind of file that is surely not JSON, or NULL. */
const char *sniff_foreign(str bytes);
/* Are the bytes that are not ASCII all well-formed GBK / GB18030? */
bool sniff_gbk(str bytes);

#endif
