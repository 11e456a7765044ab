/* The names that the data have: a tree of keys over all records.
 *
 * A list of objects is one node whose children are its columns.  Names are known by their
 * canonical form: folded (base/fold.h), without blanks, without a trailing unit in brackets
 * (支出合计（万元） and 支出合计（单位：万元） are 支出合计 with the unit 万元; only words of
 * value/unit.h are units).
 * The tree is built once per run by the sources; binding, checking and listing share it.
 */
#ifndef DATA_NAMES_H
#define DATA_NAMES_H

#include "base/arena.h"

enum {
  NAME_SCALAR = 1, /* seen as text, number or boolean */
  NAME_LIST = 2,   /* seen as a list */
  NAME_OBJECT = 4, /* seen as an object */
  NAME_LIST_OF_OBJECTS = 8,
  NAME_LIST_OF_SCALARS = 16,
  NAME_NULL = 32, /* seen as null */
  NAME_LENT = 64, /* a column of a further sheet with one row for each township */
  NAME_TORN = 128 /* of several such sheets, so it names none of them */
};

struct name {
  str key;     /* canonical */
  str shown;   /* as first written */
  str unit;    /* canonical unit of the key, or empty */
  uint32_t id; /* of the canonical key; the same key has one id everywhere; > 0 */
  unsigned kinds;
  struct name *parent;
  struct name *first, *last, *next; /* children in order of appearance */
  bool withdrawn; /* a column that no item has: names_withdraw */
  const struct name *lender;        /* NAME_LENT: the list of that sheet */
  bool made;      /* by the program: no data have it */
  /* For sources: */
  bool plain;       /* `shown` stands so in JSON text too, without escapes */
  uint64_t seen;    /* the object in which it was last met (names_object), */
  uint64_t seen_at; /* and where: a key met twice in one object is a duplicate */
};

/* What a key as written comes to. */
struct name_key {
  str written;
  str unit; /* canonical, or empty: records may give one figure in different units */
  uint32_t id;
};

struct names;

struct names *names_new(void);
void names_free(struct names *ns);
/* What templates and rules see: its children are the keys of a record. Never NULL. */
const struct name *names_root(const struct names *ns);
/* For sources: its children are the keys of their records. The root, until names_gather. */
struct name *names_records(struct names *ns);
/* From now on this object stands for the records of sources that are opened; NULL: the records again. */
void names_enter(struct names *ns, struct name *object);
/* The child with this canonical key, or NULL. */
const struct name *names_child(const struct names *ns, const struct name *parent, str canonical);
const struct name *names_child_id(const struct names *ns, const struct name *parent, uint32_t id);
/* The id of a canonical key, or 0. */
uint32_t names_id(const struct names *ns, str canonical);
/* A canonical key for an id, or empty. */
str names_key(const struct names *ns, uint32_t id);
/* Adds (or finds) a child for a key as written. NULL: no memory, too many names, or a key in
 * which nothing is left but blanks (names_full, mem_failed tell). */
struct name *names_add(struct names *ns, struct name *parent, str written);
/* True when names_add failed because of LIMIT_DATA_NAMES. */
bool names_full(const struct names *ns);
/* From now on the root has one child, a list that is called so, and its items are the records.
 * False: no memory, too many names, or a name in which nothing is left but blanks. */
bool names_gather(struct names *ns, str written);
/* That list, or NULL. */
const struct name *names_gathered(const struct names *ns);
/* The record's key with this id, and all below it, are known at the root too. False as above. */
bool names_share(struct names *ns, uint32_t id);
/* No record has that key: it is a name of the root alone. Sources find it all the same. */
void names_withdraw(struct names *ns, uint32_t id);
/* Adds (or finds) a name of the records that is a column of the list, too. */
struct name *names_lend(struct names *ns, const struct name *list, str written);
/* Is it lent by one sheet, and given by nothing else? */
bool names_is_free(const struct name *n);
/* A number for one object of the data, > 0 and never given before (see `seen`). */
uint64_t names_object(struct names *ns);
/* What a key that names_add has met comes to, or NULL. */
const struct name_key *names_key_written(const struct names *ns, str written);
/* Keys that begin with _ (or ＿) are notes; sources pass them over. */
bool names_is_note(str written);

/* The canonical form of a key or of a name in a tag; *unit receives the canonical unit. */
str names_canonical(str written, struct arena *a, str *unit);

#endif
