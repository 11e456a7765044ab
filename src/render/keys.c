/* A table from strings to numbers: open addressing, never more than half full. */
#include "render/keys.h"

enum { FIRST_SLOTS = 64 };

static struct key *slot_of(struct key *slots, size_t cap, str key) {
  size_t at = (size_t)str_hash(key) & (cap - 1);
  while (slots[at].key.p != NULL && !str_eq(slots[at].key, key)) at = (at + 1) & (cap - 1);
  return &slots[at];
}

bool keys_find(const struct keys *k, str key, uint32_t *value) {
  if (k->cap == 0) return false;
  const struct key *slot = slot_of(k->slots, k->cap, key);
  if (slot->key.p == NULL) return false;
  *value = slot->value;
  return true;
}

static bool grow(struct keys *k, struct arena *a) {
  size_t cap = k->cap != 0 ? k->cap * 2 : FIRST_SLOTS;
  struct key *slots = ARENA_ARRAY(a, cap, struct key);
  if (slots == NULL) return false;
  for (size_t i = 0; i < k->cap; i++)
    if (k->slots[i].key.p != NULL) *slot_of(slots, cap, k->slots[i].key) = k->slots[i];
  k->slots = slots;
  k->cap = cap;
  return true;
}

bool keys_add(struct keys *k, struct arena *a, str key, uint32_t value) {
  if (k->n * 2 >= k->cap && !grow(k, a)) return false;
  str copy = arena_dup(a, key);
  if (copy.p == NULL) return false;
  *slot_of(k->slots, k->cap, copy) = (struct key){copy, value};
  k->n++;
  return true;
}
