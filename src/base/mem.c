/* The memory flag, and the allocators that set it.
 *
 * libxml2 and GMP are told to allocate here; data/json.c does the same for cJSON.  Testing the
 * flag and making a finding of it is left to each step.  Invariant: GMP is never given NULL, for
 * it would stop the program: when malloc fails its numbers live in a fixed reserve, and only
 * when that too is used up does the program end, with nothing half written (reports get their
 * name when they are whole).
 */
#include "base/mem.h"

#include <gmp.h>
#include <libxml/xmlmemory.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RESERVE = 1 << 20, ALIGN = 16, EXIT_ENVIRONMENT = 3 };

static volatile bool failed;
static size_t fail_in;  /* allocations until they fail, for tests; 0: never */
static bool fail_again; /* those behind that one fail, too */

/* The reserve is cut from its front; it starts again when nothing of it is in use. */
static _Alignas(max_align_t) unsigned char reserve[RESERVE];
static size_t reserve_used, reserve_live;

bool mem_failed(void) { return failed; }

void mem_set_failed(void) { failed = true; }

void mem_clear(void) { failed = false; }

void mem_fail_after(size_t n) {
  fail_in = n;
  fail_again = true;
}

void mem_fail_once(size_t n) {
  fail_in = n;
  fail_again = false;
}

/* Where all further allocations fail the count stays at 1. */
static bool must_fail(void) {
  if (fail_in == 0) return false;
  if (fail_in > 1) return --fail_in, false;
  if (!fail_again) fail_in = 0;
  return true;
}

static void *checked(void *p) {
  if (p == NULL) failed = true;
  return p;
}

void *mem_malloc(size_t n) {
  return checked(must_fail() || n > PTRDIFF_MAX ? NULL : malloc(n != 0 ? n : 1));
}

void *mem_calloc(size_t n, size_t size) {
  size_t all;
  bool over = __builtin_mul_overflow(n, size, &all) || all > PTRDIFF_MAX;
  return checked(must_fail() || over ? NULL : calloc(all != 0 ? all : 1, 1));
}

void *mem_realloc(void *p, size_t n) {
  return checked(must_fail() || n > PTRDIFF_MAX ? NULL : realloc(p, n != 0 ? n : 1));
}

void mem_free(void *p) { free(p); }

char *mem_strdup(const char *s) {
  size_t n = strlen(s) + 1;
  char *p = mem_malloc(n);
  if (p != NULL) memcpy(p, s, n);
  return p;
}

/* ---- GMP ---- */

static bool in_reserve(const void *p) {
  uintptr_t at = (uintptr_t)p, from = (uintptr_t)reserve;
  return at >= from && at - from < RESERVE;
}

_Noreturn static void give_up(void) {
  static const char words[] = "tianbao: out of memory\n";
  ssize_t ignored = write(STDERR_FILENO, words, sizeof words - 1);
  (void)ignored;
  _exit(EXIT_ENVIRONMENT);
}

static void *reserve_take(size_t n) {
  if (n > RESERVE - reserve_used) give_up();
  void *p = reserve + reserve_used;
  size_t rounded = (n + ALIGN - 1) / ALIGN * ALIGN;
  reserve_used = rounded > RESERVE - reserve_used ? RESERVE : reserve_used + rounded;
  reserve_live++;
  return p;
}

static void *gmp_malloc(size_t n) {
  void *p = mem_malloc(n);
  return p != NULL ? p : reserve_take(n);
}

static void gmp_free(void *p, size_t n) {
  (void)n;
  if (!in_reserve(p)) free(p);
  else if (--reserve_live == 0) reserve_used = 0;
}

static void *gmp_realloc(void *p, size_t old, size_t n) {
  void *q = in_reserve(p) ? gmp_malloc(n) : mem_realloc(p, n);
  if (q == NULL) q = reserve_take(n);
  else if (!in_reserve(p)) return q;
  memcpy(q, p, old < n ? old : n);
  gmp_free(p, old);
  return q;
}

bool mem_install(void) {
  mp_set_memory_functions(gmp_malloc, gmp_realloc, gmp_free);
  return xmlMemSetup(mem_free, mem_malloc, mem_realloc, mem_strdup) == 0;
}
