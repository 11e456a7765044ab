/* Checks a package once, whole, before anything is made of it.
 *
 * Untouched entries are passed on as their compressed bytes, so what is damaged or unsafe here
 * would be damaged or unsafe in every report; and libzip does not mind.  All faults are found
 * in one run.  There is no rule on the compression ratio (honest tables reach 378 : 1) and no
 * use of ZIP_CHECKCONS (it refuses sound files that Word wrote); absolute limits, and the
 * compressed sizes against that of the file, stop every bomb instead.
 *
 * Invariant: nothing is unpacked before its size has been found to be within the limits.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "pack/internal.h"

#define N_(s) (s)

/* APPNOTE 4.3.12; longer names are refused for their length. */
enum { ZIP_CENTRAL = 46, ZIP_CENTRAL_NAME_SIZE = 28, NAME_ROOM = 1024 };

/* ---- names ---- */

static bool is_dots(str segment) { return str_is(segment, ".") || str_is(segment, ".."); }

/* What is wrong with a name for whoever unpacks the report, or NULL. */
static const char *name_fault(str name) {
  if (name.n == 0) return N_("it has no name");
  if (name.n > LIMIT_ENTRY_NAME) return N_("its name is too long");
  if (name.p[0] == '/') return N_("its name begins with a slash");
  size_t begin = 0;
  for (size_t i = 0; i <= name.n; i++) {
    unsigned char c = i < name.n ? (unsigned char)name.p[i] : '/';
    if (c < 0x20 || c == 0x7f) return N_("its name holds a control character");
    if (c == '\\' || c == ':') return N_("its name holds a backslash or colon");
    if (c != '/') continue;
    if (i == begin) return N_("its name holds two slashes");
    if (is_dots(str_sub(name, begin, i))) return N_("its name leads out of the package");
    begin = i + 1;
  }
  return NULL;
}

static bool bad_entry(struct pack *p, const struct pack_entry *e, const char *why,
                      struct findings *fs) {
  struct place place = pack_place(p, e, fs);
  return finding(fs, CODE_BAD_ENTRY, &place, NULL, place.part, str_of(why));
}

/* libzip makes blanks of NULs, so they are looked for in the central directory's own records.
 * Such bytes inside an entry's data do no harm: a name must match, too. */
static bool verify_nul(struct pack *p, struct findings *fs) {
  bool ok = true;
  const char *at = p->bytes.p, *end = at + p->bytes.n;
  for (; (at = memmem(at, (size_t)(end - at), "PK\1\2", 4)) != NULL; at += 4) {
    if (end - at < ZIP_CENTRAL) break;
    const unsigned char *len = (const unsigned char *)at + ZIP_CENTRAL_NAME_SIZE;
    size_t n = (size_t)(len[0] | len[1] << 8);
    char name[NAME_ROOM];
    if (n > sizeof name || n > (size_t)(end - at) - ZIP_CENTRAL) continue;
    memcpy(name, at + ZIP_CENTRAL, n);
    if (memchr(name, '\0', n) == NULL) continue;
    for (size_t i = 0; i < n; i++)
      if (name[i] == '\0') name[i] = ' ';
    ptrdiff_t i = pack_find(p, (str){name, n});
    if (i >= 0) ok = bad_entry(p, &p->entries[i], N_("its name holds a control character"), fs);
  }
  return ok;
}

/* ---- duplicates ---- */

/* Order without regard to ASCII case and to a slash in front. */
static int compare_folded(const void *a, const void *b, void *entries) {
  const struct pack_entry *all = entries;
  str x = all[*(const size_t *)a].name, y = all[*(const size_t *)b].name;
  if (str_starts(x, STR("/"))) x = str_sub(x, 1, x.n);
  if (str_starts(y, STR("/"))) y = str_sub(y, 1, y.n);
  for (size_t i = 0; i < x.n && i < y.n; i++) {
    int d = pack_lower(x.p[i]) - pack_lower(y.p[i]);
    if (d != 0) return d;
  }
  return (x.n > y.n) - (x.n < y.n);
}

static bool verify_duplicates(struct pack *p, struct findings *fs) {
  size_t *order = mem_calloc(p->count + 1, sizeof *order);
  if (order == NULL) return pack_memory(fs);
  for (size_t i = 0; i < p->count; i++) order[i] = i;
  qsort_r(order, p->count, sizeof *order, compare_folded, p->entries);
  bool ok = true;
  for (size_t i = 1; i < p->count; i++) {
    if (compare_folded(&order[i - 1], &order[i], p->entries) != 0) continue;
    const struct pack_entry *a = &p->entries[order[i - 1]], *b = &p->entries[order[i]];
    ok = bad_entry(p, b,
                   str_eq(a->name, b->name) ? N_("it is there twice")
                                            : N_("another name differs from it only in case"),
                   fs);
  }
  mem_free(order);
  return ok;
}

/* ---- sizes ---- */

static uint64_t add_capped(uint64_t a, uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* When the compressed sizes come to more than the file has, entries overlap. */
static bool verify_totals(struct pack *p, struct findings *fs) {
  uint64_t packed = 0, unpacked = 0;
  for (size_t i = 0; i < p->count; i++) {
    packed = add_capped(packed, p->entries[i].comp_size);
    unpacked = add_capped(unpacked, p->entries[i].size);
  }
  struct place place = pack_place(p, NULL, fs);
  if (packed > p->bytes.n)
    return finding(fs, CODE_DAMAGED, &place, NULL, STR(N_("its entries overlap")));
  if (unpacked > p->max_total)
    return finding(fs, CODE_TOO_BIG, &place, NULL, STR(N_("the unpacked size")),
                   finding_number(fs, p->max_total), finding_number(fs, unpacked));
  return true;
}

/* ---- entries ---- */

/* All that can be said without unpacking. */
static bool verify_header(struct pack *p, const struct pack_entry *e, struct findings *fs) {
  struct place place = pack_place(p, e, fs);
  if (e->encryption != ZIP_EM_NONE) return finding(fs, CODE_ENCRYPTED, &place, NULL, place.part);
  if (e->method != ZIP_CM_STORE && e->method != ZIP_CM_DEFLATE)
    return bad_entry(p, e, N_("it is packed in a way that documents do not use"), fs);
  if (e->size > p->max_part)
    return finding(fs, CODE_TOO_BIG, &place, NULL, place.part, finding_number(fs, p->max_part),
                   finding_number(fs, e->size));
  return true;
}

static bool verify_entry(struct pack *p, const struct pack_entry *e, bool unpack,
                         struct findings *fs) {
  const char *fault = name_fault(e->name);
  if (fault != NULL) bad_entry(p, e, fault, fs);
  if (!verify_header(p, e, fs)) return false;
  if (!unpack) return fault == NULL;
  enum pass pass = pack_pass(p, e, NULL);
  if (pass != PASS_SOUND) return pack_pass_finding(p, e, pass, fs);
  return fault == NULL;
}

bool verify_package(struct pack *p, struct findings *fs) {
  struct place place = pack_place(p, NULL, fs);
  if (p->count == 0) return finding(fs, CODE_NOT_ZIP, &place, NULL, STR(N_("an empty archive")));
  bool sizes = verify_totals(p, fs);
  bool ok = sizes;
  if (!verify_duplicates(p, fs)) ok = false;
  if (!verify_nul(p, fs)) ok = false;
  for (size_t i = 0; i < p->count; i++)
    if (!verify_entry(p, &p->entries[i], sizes && !p->lazy, fs)) ok = false;
  return ok;
}
