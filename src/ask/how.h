/* In which way something is asked for. */
#ifndef ASK_HOW_H
#define ASK_HOW_H

enum site_how {
  SITE_PRINTED,  /* a value */
  SITE_REPEATED, /* the list of a loop, its 当 and 按 */
  SITE_CHOSEN,   /* a condition */
  SITE_CHECKED   /* a rule */
};

#endif
