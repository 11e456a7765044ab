/* Values: what the data say, with the form it was written in and the place it came from.
 *
 * A value is one number and one printed form.  The number is read from the text when it is
 * needed (val_num), so that reading a big table costs no arithmetic.
 * Values are borrowed from the arena of their record or cursor.
 */
#ifndef VALUE_VAL_H
#define VALUE_VAL_H

#include "base/finding.h"
#include "value/num.h"

enum val_kind {
  VAL_MISSING, /* no such key */
  VAL_NULL,
  VAL_BOOL,
  VAL_NUMBER, /* written as a number in the data */
  VAL_TEXT,
  VAL_LIST,
  VAL_OBJECT,
  VAL_ERROR /* a cell with #DIV/0! in `text`: whoever uses it stops (CODE_CELL_ERROR) */
};

/* A source can say where a position in it is. */
struct val_source {
  /* Fills file, line and column or sheet and cell; strings go to the arena. */
  void (*place)(const struct val_source *s, uint64_t at, struct arena *a, struct origin *out);
  str file; /* path of the file, as in the origin; empty: only `place` knows it */
};

struct val_lazy;

struct val_list {
  size_t n;
  const struct val *items; /* NULL when the list is read in slices: */
  struct val_lazy *lazy;
};

struct val_object;

struct val {
  enum val_kind kind;
  bool truth;  /* VAL_BOOL */
  bool exact;  /* false for 4000多, 约300: `text` as written, number inside it */
  str text;    /* VAL_NUMBER, VAL_TEXT: as it is printed */
  str number;  /* what a printed form stands for, where it is not the text itself: the exact decimal
                * of a VAL_NUMBER (0.951 printed 95%), the date yyyy-MM-dd of a VAL_TEXT; or empty */
  str unit;    /* of its key or header, canonical, or empty */
  bool above;  /* the unit is one of money that stands over a whole table (单位：万元): it says nothing
                * of figures that are no money */
  uint32_t key; /* id of the key it stands under (data/names.h), or 0 */
  const struct val_source *source; /* NULL for calculated values */
  uint64_t at;
  union {
    struct val_list list;
    const struct val_object *object;
  };
};

struct val_member {
  uint32_t key; /* id of the canonical name */
  struct val v;
};

struct val_object {
  size_t n;
  const struct val_member *members; /* sorted by key */
};

/* How a list that is too big for one tree gives its items. */
struct val_lazy {
  /* Loads the slice that holds item `index` (< n) into `a`, and says which items these are.
   * The arena was reset before. False: findings were added. */
  bool (*load)(struct val_lazy *l, size_t index, struct arena *a, const struct val **items,
               size_t *first, size_t *count, struct findings *fs);
};

/* A cursor holds one slice of a list; items it gave stay until it moves to another slice. */
struct cursor {
  const struct val *list;
  struct arena *arena; /* only for sliced lists */
  const struct val *items;
  size_t first, count;
};

void cursor_init(struct cursor *c, const struct val *list);
void cursor_free(struct cursor *c);
/* Item i (< list.n), or NULL with findings. */
const struct val *cursor_at(struct cursor *c, size_t i, struct findings *fs);

/* A copy in the arena of all that hangs on a value, for those that outlive their cursor. Lists
 * that are read in slices are not copied. False: no memory. */
bool val_copy(struct val *to, const struct val *from, struct arena *a);

/* Makes an object of members in any order; they must live as long as the arena, and are sorted
 * here. False: no memory. */
bool val_set_object(struct val *out, struct val_member *m, size_t n, struct arena *a);
/* The member, or NULL. */
const struct val *val_member(const struct val *object, uint32_t key);

/* Truth (language.md 3): a missing or null value, "", false, 否, a number equal to 0 (as
 * written, or as text that is wholly a number) and an empty list are false; all else is true. */
bool val_true(const struct val *v);
/* Missing, null, or (with `empty`) "" and an empty list. */
bool val_none(const struct val *v, bool empty);
/* The number of a value; false when it has none. x must be initialised. */
bool val_num(const struct val *v, struct num *x);
bool val_has_num(const struct val *v);
/* Where it came from; origin.file is empty for calculated values. */
void val_origin(const struct val *v, struct arena *a, struct origin *out);

/* Path of the file that it came from, or empty; cheap. */
str val_file(const struct val *v, struct arena *a);


/* What the value is to those who read dates: the text, or the date that it shows. */
static inline str val_date_text(const struct val *v) {
  return v->kind == VAL_TEXT && v->number.n > 0 ? v->number : v->text;
}

/* A text; `exact` is found out here, so sources make their texts with it. */
struct val val_text(str text);
struct val val_bool(bool truth);

#endif
