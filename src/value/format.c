/* Numbers printed by ICU's patterns, from decimal digits to decimal digits.
 *
 * A table prints one pattern again and again, and opening a formatter is a hundred times as
 * much work as using it: the last one is kept.  Nothing else here has a state.
 *
 * Invariant: a negative number that rounds to nothing prints without its sign, as everywhere.
 */
#include "value/format.h"

#include <unicode/unum.h>
#include <unicode/ustring.h>

#include "base/mem.h"

enum { LONGEST = 200, SHORT = 256 };

static struct {
  UNumberFormat *format;
  char pattern[LONGEST];
  size_t n;
} kept;

static UNumberFormat *open_format(str pattern) {
  UChar wide[LONGEST + 1];
  int32_t n = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8(wide, LONGEST, &n, pattern.p, (int32_t)pattern.n, &status);
  if (U_FAILURE(status)) return NULL;
  UNumberFormat *f = unum_open(UNUM_PATTERN_DECIMAL, wide, n, "zh_CN", NULL, &status);
  if (U_FAILURE(status)) {
    if (f != NULL) unum_close(f);
    return NULL;
  }
  unum_setAttribute(f, UNUM_ROUNDING_MODE, UNUM_ROUND_HALFUP);
  return f;
}

/* Borrowed until the next call. */
static UNumberFormat *format_for(str pattern) {
  if (pattern.n == 0 || pattern.n >= LONGEST) return NULL;
  if (kept.format != NULL && str_eq(pattern, (str){kept.pattern, kept.n})) return kept.format;
  UNumberFormat *f = open_format(pattern);
  if (f == NULL) return NULL;
  if (kept.format != NULL) unum_close(kept.format);
  kept.format = f;
  kept.n = pattern.n;
  memcpy(kept.pattern, pattern.p, pattern.n);
  return f;
}

bool format_good(str pattern) {
  bool digits = false;
  for (size_t i = 0; i < pattern.n; i++)
    digits = digits || (pattern.p[i] != '\0' && strchr("#0", pattern.p[i]) != NULL);
  return digits && format_for(pattern) != NULL;
}

static bool put_wide(const UChar *wide, int32_t n, struct buf *out) {
  for (int32_t i = 0; i < n;) {
    UChar unit = wide[i++];
    UChar32 c = unit;
    if (U16_IS_LEAD(unit) && i < n) c = U16_GET_SUPPLEMENTARY(unit, wide[i++]);
    if (!buf_put_utf8(out, (uint32_t)c)) return false;
  }
  return true;
}

static bool print(UNumberFormat *f, str decimal, struct buf *out) {
  UChar small[SHORT], *wide = small;
  UErrorCode status = U_ZERO_ERROR;
  int32_t n = unum_formatDecimal(f, decimal.p, (int32_t)decimal.n, wide, SHORT, NULL, &status);
  if (status == U_BUFFER_OVERFLOW_ERROR) {
    wide = mem_malloc(((size_t)n + 1) * sizeof *wide);
    if (wide == NULL) return false;
    status = U_ZERO_ERROR;
    n = unum_formatDecimal(f, decimal.p, (int32_t)decimal.n, wide, n + 1, NULL, &status);
  }
  bool ok = U_SUCCESS(status) && put_wide(wide, n, out);
  if (wide != small) mem_free(wide);
  return ok;
}

static bool shows_nothing(str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] >= '1' && s.p[i] <= '9') return false;
  return true;
}

bool format_print(str decimal, str pattern, struct buf *out) {
  UNumberFormat *f = format_for(pattern);
  size_t start = out->n;
  if (f == NULL || !print(f, decimal, out)) return false;
  bool negative = decimal.n != 0 && decimal.p[0] == '-';
  if (!negative || !shows_nothing(str_sub(buf_str(out), start, out->n))) return true;
  out->n = start;
  return print(f, STR("0"), out);
}
