/* Numerals in Chinese characters: 二千二百二十八, 贰仟贰佰贰拾捌元零捌分, 二〇二三年. */
#ifndef VALUE_HANZI_H
#define VALUE_HANZI_H

#include "base/buf.h"
#include "value/date.h"

enum { HANZI_DIGITS = 16 }; /* of the whole part: up to 千万亿 */

/* A printed decimal (an optional minus, digits, an optional fraction) in the common characters:
 * 10 十, 110 一百一十, 1005 一千零五, -3.50 负三点五零. False: too long or no such number. */
bool hanzi_number(str decimal, struct buf *out);
/* The same as an amount of money in the characters of bills (中国人民银行《正确填写票据和结算
 * 凭证的基本规定》): 元, 角, 分, 整. False: too long, or more than two decimals but zeros. */
bool hanzi_amount(str decimal, struct buf *out);
/* 二〇二三年六月三十日 */
void hanzi_date(struct date d, struct buf *out);

#endif
