/* Folding: what a Chinese input method types, made one with what the language means.
 *
 * Tags and keys go through the same folding before they are matched: full-width forms of
 * ASCII become ASCII, and so on.  The table stands in fold.c.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include "base/arena.h"

/* The inside of a tag, folded: 。→ .  × → *  ÷ → /  《》→ <>  ……→ ^  ——→ _  、at the start → /
 * curly quotes and 「」→ "  full-width forms → ASCII; U+3000, U+00A0 and other blanks → space;
 * zero-width characters → nothing.  Text between quotes stays as typed, its quotes become ".
 * `map`, when not NULL, receives an array in the arena with, for each byte of the result and
 * one more, the offset in `s` it came from. */
str fold_tag(str s, struct arena *a, size_t **map);

/* A name without what may differ between its spellings: folded like a tag (but 、 stays, and
 * nothing is taken as a quote), no blanks at all. Empty when nothing is left. */
str fold_name(str s, struct arena *a);

/* Number of single-character edits (insert, delete, replace, swap of neighbours) that make `a`
 * of `b`, in code points; more than `most` gives most + 1. */
unsigned fold_distance(str a, str b, unsigned most);

#endif
