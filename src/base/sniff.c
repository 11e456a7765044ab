/* Knows files by their first bytes: what is a table in text form, and words for what is no data.
 *
 * Invariant: what could be meant as JSON, however badly written, is not called foreign.
 */
#include "base/sniff.h"

#include "base/utf8.h"

/* Marked for translation; the command puts it into the reader's language. */
#define N_(text) text

struct magic {
  str bytes;
  const char *words;
};

#define MAGIC(literal, words) {{literal, sizeof(literal) - 1}, words}

static const struct magic magics[] = {
    MAGIC("\xD0\xCF\x11\xE0", N_("an old Office file (.xls, .doc) or one with a password")),
    MAGIC("%PDF", N_("a PDF file")),
    MAGIC("{\\rtf", N_("an RTF document")),
    MAGIC("\x1F\x8B", N_("a compressed file (gzip)")),
    MAGIC("Rar!", N_("a RAR archive")),
    MAGIC("7z\xBC\xAF", N_("a 7z archive")),
    MAGIC("\xFF\xFE", N_("text in UTF-16; save it as UTF-8")),
    MAGIC("\xFE\xFF", N_("text in UTF-16; save it as UTF-8")),
    MAGIC("\x89PNG", N_("a picture")),
    MAGIC("\xFF\xD8\xFF", N_("a picture")),
    MAGIC("SQLite format", N_("a database")),
};

static const struct magic zips[] = {
    MAGIC("xl/", N_("an Excel workbook (.xlsx)")),
    MAGIC("opendocument.spreadsheet", N_("a spreadsheet (.ods)")),
    MAGIC("word/", N_("a Word document (.docx)")),
    MAGIC("opendocument.text", N_("a Writer document (.odt)")),
};

static const char *zip_words(str bytes) {
  for (size_t i = 0; i < sizeof zips / sizeof zips[0]; i++)
    if (str_find(bytes, zips[i].bytes, 0) != STR_NOT_FOUND) return zips[i].words;
  return N_("a zip archive");
}

static bool any_find(str hay, const char *const *needles) {
  for (; *needles != NULL; needles++)
    if (str_find(hay, str_of(*needles), 0) != STR_NOT_FOUND) return true;
  return false;
}

static str first_line(str s) {
  size_t n = 0;
  while (n < s.n && s.p[n] != '\n' && s.p[n] != '\r') n++;
  return str_sub(s, 0, n);
}

/* Can JSON, or what somebody means as JSON, begin so? */
static bool begins_json(str s) {
  static const char *const marks[] = {"{", "[", "｛", "［", "【", "“", "”", "'", "‘", "/*", "//",
                                      "#", NULL};
  for (const char *const *m = marks; *m != NULL; m++)
    if (str_starts(s, str_of(*m))) return true;
  return false;
}

static str without_bom(str s) {
  return str_starts(s, STR("\xEF\xBB\xBF")) ? str_sub(s, 3, s.n) : s;
}

/* A kind of file that its first bytes tell. */
static const char *magic_words(str bytes) {
  if (str_starts(bytes, STR("PK\x03\x04"))) return zip_words(bytes);
  for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
    if (str_starts(bytes, magics[i].bytes)) return magics[i].words;
  str s = str_trim(without_bom(bytes));
  if (s.n == 0 || begins_json(s)) return NULL;
  if (s.p[0] == '<') return N_("an XML or HTML file");
  if (memchr(s.p, '\0', s.n < 64 ? s.n : 64) != NULL) return N_("no text");
  return NULL;
}

/* Text that is neither empty nor begins like JSON. */
static bool is_text(str bytes) {
  str s = str_trim(without_bom(bytes));
  return s.n > 0 && !begins_json(s) && magic_words(bytes) == NULL;
}

enum { TITLE_LINES = 5 }; /* a title may stand above a table */

/* Marks between columns; ， in UTF-8 and in GBK. A JSON scalar alone has none. */
bool sniff_table(str bytes) {
  static const char *const separators[] = {",", "\t", "，", ";", "\xA3\xAC", NULL};
  str s = str_trim(without_bom(bytes));
  if (!is_text(bytes)) return false;
  for (size_t i = 0; i < TITLE_LINES && s.n > 0; i++) {
    str line = first_line(s);
    if (any_find(line, separators)) return true;
    s = str_trim(str_sub(s, line.n, s.n));
  }
  return false;
}

static bool begins_scalar(char c) {
  return c == '"' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

bool sniff_plain(str bytes) { return is_text(bytes); }

const char *sniff_foreign(str bytes) {
  const char *words = magic_words(bytes);
  if (words != NULL) return words;
  str s = str_trim(without_bom(bytes));
  bool plain = is_text(bytes) && !sniff_table(bytes) && !begins_scalar(s.p[0]);
  return plain ? N_("plain text") : NULL;
}

/* Bytes of the GBK or GB18030 character at s.p[at], or 0. */
static size_t gbk_length(str s, size_t at) {
  unsigned char b[4] = {0};
  for (size_t i = 0; i < 4 && at + i < s.n; i++) b[i] = (unsigned char)s.p[at + i];
  if (b[0] < 0x81 || b[0] > 0xFE) return 0;
  if (b[1] >= 0x40 && b[1] <= 0xFE && b[1] != 0x7F) return 2;
  bool four = b[1] >= 0x30 && b[1] <= 0x39 && b[2] >= 0x81 && b[2] <= 0xFE && b[3] >= 0x30 &&
              b[3] <= 0x39;
  return four ? 4 : 0;
}

bool sniff_gbk(str bytes) {
  bool any = false;
  for (size_t i = 0; i < bytes.n;) {
    if ((unsigned char)bytes.p[i] < 0x80) {
      i++;
      continue;
    }
    size_t n = gbk_length(bytes, i);
    if (n == 0) return false;
    any = true;
    i += n;
  }
  return any;
}
