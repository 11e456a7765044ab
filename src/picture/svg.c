/* The size of an SVG drawing (SVG 1.1, 7.2 and 7.7): its width and height, else its viewBox.
 *
 * A length without a unit, in em or in per cent says nothing of its own; then the viewBox has the
 * proportions.  The drawing itself is not looked at.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "picture/picture.h"
#include "xml/xml.h"

#define N_(s) (s)

#define NS_SVG "http://www.w3.org/2000/svg"

bool svg_looks(str s) {
  enum { HEAD = 4096 };
  if (str_starts(s, STR("\xEF\xBB\xBF"))) s = str_sub(s, 3, s.n);
  s = str_trim(str_sub(s, 0, HEAD));
  bool wide =
      s.n > 3 && (str_starts(s, STR("\xFF\xFE<")) || str_starts(s, (str){"\xFE\xFF\0<", 4}));
  if (wide) return true; /* UTF-16; what it is shows the tree */
  return str_starts(s, STR("<")) && (str_find(s, STR("<svg"), 0) != STR_NOT_FOUND ||
                                     str_find(s, STR(":svg"), 0) != STR_NOT_FOUND);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* A plain number in thousandths; *at moves behind it. False: none, or too big to be a size. */
static bool read_number(str s, size_t *at, uint64_t *out) {
  size_t i = *at, digits = 0;
  uint64_t v = 0, scale = 1000;
  if (i < s.n && s.p[i] == '+') i++;
  for (; i < s.n && is_digit(s.p[i]); i++, digits++) v = v * 10 + (uint64_t)(s.p[i] - '0');
  if (digits > 12) return false;
  v *= 1000;
  if (i < s.n && s.p[i] == '.')
    for (i++; i < s.n && is_digit(s.p[i]); i++, digits++) {
      scale /= 10;
      v += scale * (uint64_t)(s.p[i] - '0');
    }
  bool exponent = i + 1 < s.n && (s.p[i] | 32) == 'e' &&
                  (is_digit(s.p[i + 1]) || s.p[i + 1] == '-' || s.p[i + 1] == '+');
  *at = i;
  *out = v;
  return digits != 0 && !exponent;
}

/* A length in thousandths of a pixel (1 in = 96 px = 72 pt = 2.54 cm). */
static bool read_length(str s, uint64_t *out) {
  static const struct {
    const char *unit;
    uint64_t num, den;
  } units[] = {{"", 1, 1},       {"px", 1, 1},      {"pt", 4, 3}, {"pc", 16, 1},
               {"mm", 480, 127}, {"cm", 4800, 127}, {"in", 96, 1}};
  size_t at = 0;
  s = str_trim(s);
  if (!read_number(s, &at, out)) return false;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (str_is(str_sub(s, at, s.n), units[i].unit)) {
      *out = *out * units[i].num / units[i].den;
      return true;
    }
  return false;
}

/* min-x min-y width height */
static bool read_box(str s, uint64_t *width, uint64_t *height) {
  uint64_t v[4] = {0, 0, 0, 0};
  size_t at = 0;
  for (size_t k = 0; k < 4; k++) {
    while (at < s.n && (is_blank(s.p[at]) || s.p[at] == ',')) at++;
    if (k < 2 && at < s.n && s.p[at] == '-') at++;
    if (!read_number(s, &at, &v[k])) return false;
  }
  *width = v[2];
  *height = v[3];
  return true;
}

static enum picture_fault read_root(const xmlNode *root, struct picture *out) {
  uint64_t w = 0, h = 0, box_w = 0, box_h = 0;
  bool wide = read_length(xml_attr(root, NULL, "width"), &w);
  bool high = read_length(xml_attr(root, NULL, "height"), &h);
  bool box = read_box(xml_attr(root, NULL, "viewBox"), &box_w, &box_h) && box_w != 0 && box_h != 0;
  bool own = wide && high;
  if ((own && (w == 0 || h == 0)) || (!own && !box)) return PICTURE_NO_SIZE;
  out->width = own ? w : box_w;
  out->height = own ? h : box_h;
  return PICTURE_SOUND;
}

enum picture_fault svg_read(str bytes, struct picture *out, const char **what) {
  struct findings *quiet = findings_new();
  struct xml x = {.doc = NULL};
  struct place nowhere = {.file = STR("")};
  enum picture_fault fault = PICTURE_DAMAGED;
  *what = N_("it is no sound XML");
  if (quiet != NULL && bytes.n <= LIMIT_XML_PART &&
      xml_parse(&x, bytes, XML_OLD_DOCTYPE, &nowhere, quiet)) {
    const xmlNode *root = xmlDocGetRootElement(x.doc);
    *what = N_("no picture of a known kind");
    fault = xml_is(root, NS_SVG, "svg") ? read_root(root, out) : PICTURE_FOREIGN;
  }
  xml_free(&x);
  findings_free(quiet);
  return mem_failed() ? PICTURE_MEMORY : fault;
}
