/* The terminal: how big it is, and how much room text takes in it.
 *
 * What is shown there is decided by its users.  Invariant: text put here never takes more columns
 * than it was given.
 */
#include "cli/terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unicode/uchar.h>
#include <unistd.h>

#include "base/utf8.h"

bool terminal_can_erase(int fd) {
  const char *term = getenv("TERM");
  return isatty(fd) && term != NULL && *term != '\0' && strcmp(term, "dumb") != 0;
}

bool terminal_has_colours(int fd) {
  const char *none = getenv("NO_COLOR"), *wanted = getenv("CLICOLOR");
  bool refused = (none != NULL && *none != '\0') || (wanted != NULL && strcmp(wanted, "0") == 0);
  return !refused && terminal_can_erase(fd);
}

void terminal_size(int fd, size_t *columns, size_t *rows) {
  struct winsize w = {.ws_col = 0};
  bool told = ioctl(fd, TIOCGWINSZ, &w) == 0;
  *columns = told && w.ws_col > 0 ? w.ws_col : 80;
  *rows = told && w.ws_row > 0 ? w.ws_row : 24;
}

static size_t width_of(uint32_t cp) {
  if (cp == UTF8_BAD) return 1;
  if (utf8_is_zero_width(cp) || u_charType((UChar32)cp) == U_NON_SPACING_MARK) return 0;
  int wide = u_getIntPropertyValue((UChar32)cp, UCHAR_EAST_ASIAN_WIDTH);
  return wide == U_EA_WIDE || wide == U_EA_FULLWIDTH ? 2 : 1;
}

size_t terminal_width(str s) {
  size_t width = 0;
  for (size_t at = 0; at < s.n;) width += width_of(utf8_next(s, &at));
  return width;
}

size_t terminal_put(struct buf *out, str s, size_t columns) {
  size_t whole = terminal_width(s), used = 0, at = 0;
  if (whole <= columns) {
    buf_put(out, s);
    return whole;
  }
  for (size_t next = 0; columns > 0; at = next) {
    size_t width = width_of(utf8_next(s, &next));
    if (used + width > columns - 1) break;
    used += width;
  }
  buf_put(out, str_sub(s, 0, at));
  if (columns > 0) buf_puts(out, "…");
  return columns > 0 ? used + 1 : 0;
}
