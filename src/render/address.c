/* Addresses of links: what of a value is encoded, and where one may lead.
 *
 * Invariant: a value inside of an address is one component of it, whatever it holds; and a value in
 * front leads to the web, to a mailbox or to a place in the document, never to a script or file.
 */
#include "render/address.h"

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_hex(char c) { return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f'); }

static bool unreserved(char c) {
  return is_letter(c) || is_digit(c) || (c != '\0' && strchr("-._~", c) != NULL);
}

static bool reserved(char c) { return c != '\0' && strchr(":/?#[]@!$&'()*+,;=", c) != NULL; }

static bool put_encoded(struct buf *out, char c) {
  static const char digits[] = "0123456789ABCDEF";
  const unsigned char b = (unsigned char)c;
  return buf_putc(out, '%') && buf_putc(out, digits[b >> 4]) && buf_putc(out, digits[b & 15]);
}

static bool lower_is(str s, const char *word) {
  size_t k = 0;
  while (k < s.n && word[k] != '\0' && (s.p[k] | 32) == word[k]) k++;
  return k == s.n && word[k] == '\0';
}

/* What stands before the first colon, when that can be a scheme (3.1). */
static str scheme_of(str s) {
  size_t n = 0;
  while (n < s.n &&
         (is_letter(s.p[n]) || (n > 0 && (is_digit(s.p[n]) || strchr("+-.", s.p[n]) != NULL))))
    n++;
  return n > 0 && n < s.n && s.p[n] == ':' ? str_sub(s, 0, n) : STR("");
}

bool address_put_part(struct buf *out, str value) {
  str so_far = buf_str(out);
  bool mail =
      lower_is(scheme_of(so_far), "mailto") && str_find(so_far, STR("?"), 0) == STR_NOT_FOUND;
  bool ok = true;
  for (size_t i = 0; i < value.n; i++) {
    char c = value.p[i];
    ok = unreserved(c) || (mail && c == '@') ? buf_putc(out, c) : put_encoded(out, c);
  }
  return ok;
}

bool address_put_place(struct buf *out, str value) {
  bool ok = true;
  for (size_t i = 0; i < value.n; i++) {
    char c = value.p[i];
    ok = unreserved(c) || (unsigned char)c > 0x7F ? buf_putc(out, c) : put_encoded(out, c);
  }
  return ok;
}

bool address_put_start(struct buf *out, str value) {
  bool ok = true, inside = str_starts(value, STR("#")); /* names of bookmarks stay what they are */
  for (size_t i = 0; i < value.n; i++) {
    char c = value.p[i];
    bool code = c == '%' && i + 2 < value.n && is_hex(value.p[i + 1]) && is_hex(value.p[i + 2]);
    bool stays = unreserved(c) || reserved(c) || code || (inside && (unsigned char)c > 0x7F);
    ok = stays ? buf_putc(out, c) : put_encoded(out, c);
  }
  return ok;
}

enum address_fault address_judge(str address, str value) {
  for (size_t i = 0; i < value.n; i++)
    if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7F) return ADDRESS_CONTROL;
  if (value.n != 0 && value.p[0] == ' ') return ADDRESS_CONTROL;
  if (str_starts(address, STR("#"))) return ADDRESS_GOOD;
  str scheme = scheme_of(address), rest = str_sub(address, scheme.n + 1, address.n);
  if (scheme.n == 0) return ADDRESS_NO_SCHEME;
  if (lower_is(scheme, "mailto")) return rest.n != 0 ? ADDRESS_GOOD : ADDRESS_EMPTY;
  if (!lower_is(scheme, "http") && !lower_is(scheme, "https")) return ADDRESS_SCHEME;
  return str_starts(rest, STR("//")) && rest.n > 2 && rest.p[2] != '/' ? ADDRESS_GOOD
                                                                       : ADDRESS_EMPTY;
}
