/* Calendar dates as officials write them; no time zone, proleptic Gregorian. */
#ifndef VALUE_DATE_H
#define VALUE_DATE_H

#include "base/buf.h"

struct date {
  int year, month, day;
};

/* 2023-06-30, 2023/6/30, 2023.6.30, 2023年6月30日 (and with a time behind it, which is ignored:
 * 2023-06-30T08:00:00); with `compact` also 20230630.  False when it is no date (*exists
 * stays true) or a date that does not exist (*exists is false). */
bool date_parse(str s, bool compact, struct date *d, bool *exists);
/* False: there is no such day. */
bool date_make(int year, int month, int day, struct date *d);
/* <0, 0, >0 */
int date_cmp(struct date a, struct date b);
/* ICU pattern letters y M d E (yyyy, M, MM, d, dd, EEEE) in zh_CN; text between ' ' as it is; an
 * empty pattern is yyyy年M月d日. False: the pattern is bad. */
bool date_print(struct date d, str pattern, struct buf *out);

#endif
