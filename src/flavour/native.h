/* Native fields: what the office programs have for a place to be filled, said in the template
 * language.
 *
 * A flavour *adopts* the fields of a story before its text is read: a merge field, a content
 * control or a placeholder gives way to a text node that carries a struct native.  From there on
 * it is a tag like those that are typed, with the same place, the same findings and the same way
 * into the report.
 */
#ifndef FLAVOUR_NATIVE_H
#define FLAVOUR_NATIVE_H

#include "base/finding.h"
#include "xml/xml.h"

enum native_kind {
  NATIVE_VALUE,
  NATIVE_IF, /* these three as in {{如果 …}} … {{否则}} … {{完}} */
  NATIVE_ELSE,
  NATIVE_END,
  NATIVE_EACH, /* these two on a processing instruction among blocks or rows; */
  NATIVE_WHEN,
  NATIVE_CLOSE,  /* and their end, a sibling */
  NATIVE_TABLE,  /* a result that is calculated of cells of tables: wrong when these are filled */
  NATIVE_REFUSED /* cannot be filled: `why` says so */
};

/* How the value of a NATIVE_VALUE is written. */
enum native_as {
  AS_TEXT,
  AS_TRUTH,  /* words[0] when it is false, words[1] when it is true */
  AS_ENTRY,  /* the one of the words that it equals; none is an error */
  AS_INDEX   /* the number of that word, from 0 */
};

struct native_words {
  str *words;
  size_t n;
  str *aliases; /* of AS_ENTRY: other words for the same entries, or NULL */
  str *says;    /* and what is written for each, or NULL: the word */
  bool open;    /* and the place may stay empty */
};

struct native {
  enum native_kind kind;
  str text;        /* what would stand between the braces, as typed */
  str typed;       /* what a finding calls it: MERGEFIELD 支出合计 */
  const char *why; /* NATIVE_REFUSED, for gettext */
  bool store;      /* the whole document has one value of it */
  enum native_as as;
  const struct native_words *words; /* of AS_TRUTH and what follows it */
  const struct native *opener;      /* of NATIVE_CLOSE */
};

/* What a flavour may ask while it adopts.  ctx goes back to the functions. */
struct adoption {
  struct arena *arena; /* natives live here */
  size_t part;         /* entry of the part at work */
  bool *changed;       /* set when a stale copy was made new without a native */
  bool learning;       /* the names are being found out: what is used as a list is one */
  const void *ctx;
  /* The name in the data that a field means: the same, or the one of which Word's mail merge
   * made it (blanks and signs become _); empty: the data have none. */
  str (*known)(const void *ctx, str name);
  /* Does the name lead to a list of objects? */
  bool (*is_list)(const void *ctx, str name);
  /* Does the text hold a tag?  *inside is what stands in it when it is nothing else. */
  bool (*has_tag)(const void *ctx, str text, str *inside);
  /* The next tag at or after `at`: [*from, *to) of the text, and what stands in it. */
  bool (*next_tag)(const void *ctx, str text, size_t at, size_t *from, size_t *to, str *inside);
  /* A tag of that inside, between the braces in force. */
  str (*tag)(const void *ctx, str inside);
};

/* A text node that carries a native, not linked; NULL: no memory. */
xmlNode *native_text(const struct adoption *a, xmlDoc *doc, const struct native *n);
/* A processing instruction that carries one. */
xmlNode *native_mark(const struct adoption *a, xmlDoc *doc, const struct native *n);
/* What a node carries, or NULL. */
const struct native *native_of(const xmlNode *n);
/* An attribute that becomes a native as a whole.  False: no memory. */
bool native_attr(const struct adoption *a, xmlAttr *attr, const struct native *n);
/* An element of no kind whose text may hold tags, because something shows it. */
void native_plain(xmlNode *element);
bool native_is_plain(const xmlNode *element);

/* Words with room for n; NULL: no memory. */
struct native_words *native_words(const struct adoption *a, size_t n);
/* The two words of AS_TRUTH, which are borrowed. */
const struct native_words *native_truth(const struct adoption *a, str no, str yes);

/* 【name】, which may hold anything but 】; filters follow it.  Empty: it cannot be said. */
str native_name(const struct adoption *a, str name, str filters);
/* The text of a field that names something: the known name, or the name as it is. */
str native_value(const struct adoption *a, str name, str filters);

#endif
