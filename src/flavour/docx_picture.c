/* Pictures in WordprocessingML: DrawingML (ECMA-376 part 1, 20.2 and 20.4) and VML (part 4, 19.1).
 *
 *   wp:inline │ wp:anchor         extent; docPr: alternative text
 *     a:graphic / a:graphicData
 *       pic:pic                   blipFill: a:blip embed, a:srcRect crops; spPr: a:xfrm / a:ext
 *
 *   w:pict / v:shape              alt; the size stands in its style; v:imagedata id
 *
 * A pic:pic in a group or canvas is a picture of its own.  Word has the extent of the frame in two
 * places; both get the same.
 */
#include "flavour/docx.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define N_(s)    (s)

#define NS_PIC                                                 \
  "http://schemas.openxmlformats.org/drawingml/2006/picture\n" \
  "http://purl.oclc.org/ooxml/drawingml/picture"
#define NS_MC "http://schemas.openxmlformats.org/markup-compatibility/2006"

/* ---- DrawingML ---- */

/* The picture of a wp:inline or wp:anchor that shows nothing else. */
static xmlNode *only_picture(const xmlNode *n) {
  if (!xml_is(n, NS_WP, "inline") && !xml_is(n, NS_WP, "anchor")) return NULL;
  const xmlNode *graphic = xml_child(n, NS_A, "graphic");
  const xmlNode *data = graphic != NULL ? xml_child(graphic, NS_A, "graphicData") : NULL;
  return data != NULL ? xml_child(data, NS_PIC, "pic") : NULL;
}

static xmlNode *up(const xmlNode *n, unsigned levels) {
  xmlNode *p = n->parent;
  while (p != NULL && p->type == XML_ELEMENT_NODE && --levels > 0) p = p->parent;
  return p != NULL && p->type == XML_ELEMENT_NODE ? p : NULL;
}

static bool is_vml_picture(const xmlNode *n) {
  bool vml = n->ns != NULL && xml_is(n, NS_V, (const char *)n->name);
  return vml && xml_child(n, NS_V, "imagedata") != NULL && n->parent != NULL &&
         !xml_is(n->parent, NS_W, "object"); /* the sight of an embedded object */
}

/* The elements that hold alternative text of the picture, and its attributes. */
static xmlAttr *alt_attr(xmlNode *n, unsigned nth) {
  static const char *const names[] = {"descr", "title"};
  xmlNode *pic = only_picture(n), *holders[2] = {NULL, NULL};
  if (is_vml_picture(n)) return nth == 0 ? xml_attr_node(n, NULL, "alt") : NULL;
  if (pic != NULL) {
    holders[0] = xml_child(n, NS_WP, "docPr");
  } else if (xml_is(n, NS_PIC, "pic")) {
    pic = n;
    if (up(n, 3) != NULL && only_picture(up(n, 3)) == n) return NULL; /* seen from outside */
  }
  xmlNode *nv = pic != NULL ? xml_child(pic, NS_PIC, "nvPicPr") : NULL;
  holders[1] = nv != NULL ? xml_child(nv, NS_PIC, "cNvPr") : NULL;
  for (size_t i = 0; i < 4; i++) {
    xmlNode *holder = holders[i % 2];
    xmlAttr *attr = holder != NULL ? xml_attr_node(holder, NULL, names[i / 2]) : NULL;
    if (attr != NULL && nth-- == 0) return attr;
  }
  return NULL;
}

static str attr_text(const xmlAttr *a) {
  return a->children != NULL ? str_of((const char *)a->children->content) : STR("");
}

bool docx_picture_alt(xmlNode *n, unsigned nth, struct frame_slot *out) {
  xmlAttr *attr = alt_attr(n, nth);
  if (attr == NULL) return false;
  *out = (struct frame_slot){.kind = FRAME_ALT, .attr = attr, .to = attr_text(attr).n};
  return true;
}

/* ---- what goes with the picture ---- */

/* The run, when the drawing is all that it holds; else the drawing.  Where there is another copy
 * for older programs, both copies. */
static xmlNode *whole_of(xmlNode *drawing) {
  xmlNode *n = drawing, *choice = up(n, 1), *both = up(n, 2);
  if (choice != NULL && both != NULL && xml_is(choice, NS_MC, "Choice") &&
      xml_is(both, NS_MC, "AlternateContent") && xml_first_element(choice) == n &&
      xml_next_element(n) == NULL)
    n = both;
  xmlNode *run = n->parent;
  if (run == NULL || !xml_is(run, NS_W, "r")) return n;
  for (xmlNode *k = xml_first_element(run); k != NULL; k = xml_next_element(k))
    if (k != n && !xml_is(k, NS_W, "rPr")) return n;
  return run;
}

static bool add_slot(struct picture_frame *f, enum frame_kind kind, xmlAttr *attr, size_t from,
                     size_t to, unsigned unit) {
  if (attr == NULL || f->n == FRAME_SLOTS) return false;
  f->slots[f->n++] =
      (struct frame_slot){.kind = kind, .attr = attr, .from = from, .to = to, .unit = unit};
  return true;
}

static bool add_whole(struct picture_frame *f, enum frame_kind kind, xmlAttr *attr, unsigned unit) {
  return attr != NULL && add_slot(f, kind, attr, 0, attr_text(attr).n, unit);
}

/* ---- lengths ---- */

enum { UNIT_EMU, UNIT_PLAIN, UNIT_PX, UNIT_PT, UNIT_PC, UNIT_MM, UNIT_CM, UNIT_IN };

static const struct {
  const char *name;
  uint64_t emu;
} units[] = {[UNIT_EMU] = {"", 1},       [UNIT_PLAIN] = {"", 9525},  [UNIT_PX] = {"px", 9525},
             [UNIT_PT] = {"pt", 12700},  [UNIT_PC] = {"pc", 152400}, [UNIT_MM] = {"mm", 36000},
             [UNIT_CM] = {"cm", 360000}, [UNIT_IN] = {"in", 914400}};

bool docx_put_length(struct buf *out, uint64_t emu, unsigned unit) {
  return shared_put_length(out, emu, units[unit].emu, unit == UNIT_EMU ? 0 : 3);
}

static uint64_t emu_of(const xmlAttr *attr) {
  uint64_t v = 0;
  size_t at = 0;
  str s = attr != NULL ? attr_text(attr) : STR("");
  return shared_length(s, &at, 1, &v) && at == s.n ? v : 0;
}

/* ---- the frame ---- */

static void add_size(struct picture_frame *f, xmlNode *size) {
  if (size == NULL) return;
  xmlAttr *cx = xml_attr_node(size, NULL, "cx"), *cy = xml_attr_node(size, NULL, "cy");
  if (f->width == 0) f->width = emu_of(cx);
  if (f->height == 0) f->height = emu_of(cy);
  add_whole(f, FRAME_WIDTH, cx, UNIT_EMU);
  add_whole(f, FRAME_HEIGHT, cy, UNIT_EMU);
}

/* What is cut off at the edges (20.1.8.55 srcRect, 20.1.8.30 fillRect). */
static void uncrop(struct picture_frame *f, xmlNode *rect) {
  static const char *const sides[] = {"l", "t", "r", "b"};
  for (size_t i = 0; rect != NULL && i < COUNT(sides); i++)
    if (add_whole(f, FRAME_TEXT, xml_attr_node(rect, NULL, sides[i]), 0))
      f->slots[f->n - 1].instead = STR("0");
}

/* A size in per cent of the page (wp14) would win over the extent; a drawing beside the picture
 * (svgBlip) or an effect's own copy of it, over the picture. */
static void forget_rivals(xmlNode *anchor, xmlNode *blip) {
  xmlNode *more = xml_child(blip, NS_A, "extLst");
  if (more != NULL) xml_remove(more);
  for (xmlNode *k = xml_first_element(anchor), *next; k != NULL; k = next) {
    next = xml_next_element(k);
    const char *name = (const char *)k->name;
    if (strcmp(name, "sizeRelH") == 0 || strcmp(name, "sizeRelV") == 0) xml_remove(k);
  }
}

static bool drawing_frame(xmlNode *n, xmlNode *pic, struct picture_frame *out, const char **why) {
  xmlNode *fill = xml_child(pic, NS_PIC, "blipFill"), *pr = xml_child(pic, NS_PIC, "spPr");
  xmlNode *blip = fill != NULL ? xml_child(fill, NS_A, "blip") : NULL;
  xmlNode *form = pr != NULL ? xml_child(pr, NS_A, "xfrm") : NULL;
  xmlNode *stretch = fill != NULL ? xml_child(fill, NS_A, "stretch") : NULL;
  *why = N_("a linked picture; insert one from a file");
  if (blip == NULL || xml_attr(blip, NS_R, "embed").n == 0) return false;
  if (n != pic) add_size(out, xml_child(n, NS_WP, "extent"));
  if (form != NULL) add_size(out, xml_child(form, NS_A, "ext"));
  add_whole(out, FRAME_REF, xml_attr_node(blip, NS_R, "embed"), 0);
  uncrop(out, xml_child(fill, NS_A, "srcRect"));
  if (stretch != NULL) uncrop(out, xml_child(stretch, NS_A, "fillRect"));
  xmlAttr *link = xml_attr_node(blip, NS_R, "link");
  if (link != NULL) xmlRemoveProp(link);
  forget_rivals(n, blip);
  out->whole = n == pic                                                  ? pic
               : n->parent != NULL && xml_is(n->parent, NS_W, "drawing") ? whole_of(n->parent)
                                                                         : n;
  return true;
}

/* ---- VML ---- */

/* width:141pt of a style (part 4, 19.1.2.19). */
static void style_length(struct picture_frame *f, xmlAttr *style, const char *name,
                         enum frame_kind kind, uint64_t *emu) {
  str s = attr_text(style);
  for (size_t at = 0; at < s.n;) {
    size_t end = str_find(s, STR(";"), at), colon = str_find(s, STR(":"), at), from, k = 0;
    if (end == STR_NOT_FOUND) end = s.n;
    from = colon < end ? colon + 1 : end;
    str value = str_sub(s, from, end);
    if (colon < end && str_is(str_trim(str_sub(s, at, colon)), name)) {
      while (k < value.n && value.p[k] == ' ') k++;
      from += k;
      value = str_sub(s, from, end);
      size_t digits = shared_digits(value);
      str word = str_trim(str_sub(value, digits, value.n));
      for (unsigned u = UNIT_PLAIN; u < COUNT(units); u++) {
        k = 0;
        if (!str_is(word, units[u].name) || !shared_length(value, &k, units[u].emu, emu)) continue;
        add_slot(f, kind, style, from, from + digits, u);
        return;
      }
    }
    at = end + 1;
  }
}

static bool vml_frame(xmlNode *n, struct picture_frame *out, const char **why) {
  static const char *const crops[] = {"cropleft", "croptop", "cropright", "cropbottom"};
  xmlNode *image = xml_child(n, NS_V, "imagedata");
  xmlAttr *style = xml_attr_node(n, NULL, "style");
  xmlAttr *href = xml_attr_node(image, NS_R, "href");
  *why = N_("a linked picture; insert one from a file");
  if (xml_attr(image, NS_R, "id").n == 0) return false;
  if (href != NULL) xmlRemoveProp(href);
  if (style != NULL) {
    style_length(out, style, "width", FRAME_WIDTH, &out->width);
    style_length(out, style, "height", FRAME_HEIGHT, &out->height);
  }
  add_whole(out, FRAME_REF, xml_attr_node(image, NS_R, "id"), 0);
  for (size_t i = 0; i < COUNT(crops); i++)
    if (add_whole(out, FRAME_TEXT, xml_attr_node(image, NULL, crops[i]), 0))
      out->slots[out->n - 1].instead = STR("0");
  bool alone = n->parent != NULL && xml_is(n->parent, NS_W, "pict");
  for (xmlNode *k = alone ? xml_first_element(n->parent) : NULL; k != NULL; k = xml_next_element(k))
    if (k != n && !xml_is(k, NS_V, "shapetype")) alone = false;
  out->whole = alone ? whole_of(n->parent) : n;
  return true;
}

bool docx_picture_frame(xmlNode *n, struct arena *a, struct picture_frame *out, const char **why) {
  (void)a;
  *out = (struct picture_frame){.whole = n};
  if (is_vml_picture(n)) return vml_frame(n, out, why);
  xmlNode *pic = only_picture(n);
  return drawing_frame(n, pic != NULL ? pic : n, out, why);
}
