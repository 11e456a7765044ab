/* Names what a file is when it is not a zip package.
 *
 * People give old binary documents, web pages with a .doc name, flat XML and half a download;
 * each is refused by what it is.  Whether a zip is sound is verify.c's business, and whether
 * it is a text document the flavours'.  The rest (a stub before a zip, say) is left to libzip.
 *
 * Invariant: only bytes decide, and no more than HEAD of them but for OLE2 and cut archives.
 */
#include "pack/internal.h"

#define N_(s) (s)

enum { HEAD = 8192, OLE_DIR_ENTRY = 128, OLE_NAME_MAX = 32, ZIP_END_MAX = 22 + 65535 };

#define REFUSED(code, text) ((struct kind){(code), true, {(text), sizeof(text) - 1}})
#define PERHAPS(code, text) ((struct kind){(code), false, {(text), sizeof(text) - 1}})

/* ---- magic numbers ---- */

static const struct {
  str magic, words;
} magics[] = {
    {STR("{\\rtf"), STR(N_("a rich text file (.rtf): save it as .docx"))},
    {STR("%PDF-"), STR(N_("a PDF file"))},
    {STR("Rar!\x1a\x07"), STR(N_("a RAR archive"))},
    {STR("7z\xbc\xaf\x27\x1c"), STR(N_("a 7z archive"))},
    {STR("\x1f\x8b"), STR(N_("a gzip archive"))},
    {STR("\x89PNG\r\n"), STR(N_("a picture"))},
    {STR("\xff\xd8\xff"), STR(N_("a picture"))},
    {STR("GIF8"), STR(N_("a picture"))},
};

static struct kind kind_of_magic(str bytes) {
  for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
    if (str_starts(bytes, magics[i].magic))
      return (struct kind){CODE_NOT_ZIP, true, magics[i].words};
  return (struct kind){CODE_NONE, false, STR_NONE};
}

/* ---- OLE2 ---- */

/* Is there a directory entry of this name?  Entries are 128 bytes long, begin at multiples of
 * that, and start with the name in UTF-16LE, filled up with zeros ([MS-CFB] 2.6.1). */
static bool ole_has(str bytes, const char *name) {
  char wide[2 * OLE_NAME_MAX] = {0};
  size_t n = strlen(name);
  for (size_t i = 0; i < n; i++) wide[2 * i] = name[i];
  for (size_t at = 512; at + OLE_DIR_ENTRY <= bytes.n; at += OLE_DIR_ENTRY)
    if (memcmp(bytes.p + at, wide, 2 * n + 2) == 0) return true;
  return false;
}

static bool path_ends(const char *path, const char *ending) {
  size_t n = strlen(path), k = strlen(ending);
  if (n < k) return false;
  for (size_t i = 0; i < k; i++)
    if (pack_lower(path[n - k + i]) != ending[i]) return false;
  return true;
}

static struct kind kind_of_ole(str bytes, const char *path) {
  if (ole_has(bytes, "EncryptedPackage") || ole_has(bytes, "EncryptionInfo"))
    return REFUSED(CODE_OLE, N_("the document is protected by a password: save it without one"));
  if (path_ends(path, ".wps") || path_ends(path, ".wpt"))
    return REFUSED(CODE_OLE, N_("a WPS file (.wps): save it as .docx"));
  if (path_ends(path, ".et") || path_ends(path, ".ett"))
    return REFUSED(CODE_NOT_TEXT_DOCUMENT, N_("a WPS workbook (.et)"));
  if (path_ends(path, ".dps") || path_ends(path, ".dpt"))
    return REFUSED(CODE_NOT_TEXT_DOCUMENT, N_("a WPS presentation (.dps)"));
  if (ole_has(bytes, "WordDocument"))
    return REFUSED(CODE_OLE, N_("an old .doc file: save it as .docx"));
  if (ole_has(bytes, "Workbook") || ole_has(bytes, "Book"))
    return REFUSED(CODE_NOT_TEXT_DOCUMENT, N_("an old workbook (.xls)"));
  if (ole_has(bytes, "PowerPoint Document"))
    return REFUSED(CODE_NOT_TEXT_DOCUMENT, N_("an old presentation (.ppt)"));
  return REFUSED(CODE_OLE, N_("a legacy Office file: save it as .docx"));
}

/* ---- text ---- */

/* The beginning of the file in lower case, ASCII only: from UTF-16 what is ASCII, no BOM. */
static str head_text(str bytes, char head[HEAD]) {
  bool wide = str_starts(bytes, STR("\xff\xfe")) || str_starts(bytes, STR("\xfe\xff"));
  size_t n = 0, at = wide ? 2 : str_starts(bytes, STR("\xef\xbb\xbf")) ? 3 : 0;
  for (; at < bytes.n && n < HEAD; at++)
    if (!wide || bytes.p[at] != '\0') head[n++] = pack_lower(bytes.p[at]);
  return str_trim((str){head, n});
}

static bool has(str text, const char *word) {
  return str_find(text, str_of(word), 0) != STR_NOT_FOUND;
}

static struct kind kind_of_xml(str text) {
  if (has(text, "office/2006/xmlpackage"))
    return REFUSED(CODE_NOT_ZIP, N_("a flat XML document: save it as .docx"));
  if (has(text, "office/word/2003/wordml"))
    return REFUSED(CODE_NOT_ZIP, N_("a Word 2003 XML document: save it as .docx"));
  if (has(text, "urn:oasis:names:tc:opendocument"))
    return REFUSED(CODE_NOT_ZIP, N_("a flat XML document: save it as .odt"));
  if (has(text, "<html")) return REFUSED(CODE_NOT_ZIP, N_("a web page (.html): save it as .docx"));
  return REFUSED(CODE_NOT_ZIP, N_("an XML file"));
}

/* No control byte that text would not have. */
static bool is_text(str text) {
  for (size_t i = 0; i < text.n; i++) {
    unsigned char c = (unsigned char)text.p[i];
    if (c < 0x20 && strchr("\t\n\v\f\r\x1b", c) == NULL) return false;
    if (c == '\0') return false;
  }
  return true;
}

static struct kind kind_of_text(str bytes) {
  char head[HEAD];
  str text = head_text(bytes, head);
  if (str_starts(text, STR("mime-version:")) || has(text, "\nmime-version:"))
    return REFUSED(CODE_NOT_ZIP, N_("a web archive (.mht): save it as .docx"));
  if (str_starts(text, STR("<?xml"))) return kind_of_xml(text);
  if (str_starts(text, STR("<")) && (has(text, "<html") || has(text, "<!doctype html")))
    return REFUSED(CODE_NOT_ZIP, N_("a web page (.html): save it as .docx"));
  if (str_starts(text, STR("<")) && has(text, "xmlns")) return kind_of_xml(text);
  if (!is_text(text)) return PERHAPS(CODE_NOT_ZIP, N_("an unknown kind of file"));
  if (str_starts(text, STR("{")) || str_starts(text, STR("[")))
    return PERHAPS(CODE_NOT_ZIP, N_("data (JSON); the template is another file"));
  return PERHAPS(CODE_NOT_ZIP, N_("plain text"));
}

/* ---- zip ---- */

/* The end record stands within the last 64 KiB (APPNOTE 4.3.16). */
static bool has_end_record(str bytes) {
  size_t from = bytes.n > ZIP_END_MAX ? bytes.n - ZIP_END_MAX : 0;
  return memmem(bytes.p + from, bytes.n - from, "PK\5\6", 4) != NULL;
}

/* Word keeps ~$name.docx beside an open document: 162 bytes, the user's name. */
static bool is_lock(str bytes, const char *path) {
  const char *slash = strrchr(path, '/');
  return bytes.n <= 256 && strncmp(slash != NULL ? slash + 1 : path, "~$", 2) == 0;
}

struct kind kind_of(str bytes, const char *path) {
  if (bytes.n == 0) return REFUSED(CODE_NOT_ZIP, N_("the file is empty"));
  if (str_starts(bytes, STR("PK\3\4")))
    return has_end_record(bytes) ? PERHAPS(CODE_NONE, "")
                                 : REFUSED(CODE_DAMAGED, N_("it is cut off, its end is missing"));
  if (str_starts(bytes, STR("PK\5\6"))) return REFUSED(CODE_NOT_ZIP, N_("an empty archive"));
  if (str_starts(bytes, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))) return kind_of_ole(bytes, path);
  if (is_lock(bytes, path))
    return REFUSED(CODE_NOT_ZIP, N_("a lock file that Word keeps while a document is open"));
  struct kind k = kind_of_magic(bytes);
  return k.code != CODE_NONE ? k : kind_of_text(bytes);
}
