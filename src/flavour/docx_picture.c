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
#define NS_O  "urn:schemas-microsoft-com:office:office"
#define NS_MC "http://schemas.openxmlformats.org/markup-compatibility/2006"

static const char *const no_picture = N_("an empty frame; insert a picture from a file");

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

bool docx_is_picture(const xmlNode *n) {
  return n->type == XML_ELEMENT_NODE && (only_picture(n) != NULL || is_vml_picture(n));
}

bool docx_name_picture(xmlNode *n, str text) {
  xmlNode *pic = only_picture(n);
  if (pic == NULL) return xml_set_attr(n, NULL, "alt", text);
  xmlNode *holder = xml_child(n, NS_WP, "docPr"), *nv = xml_child(pic, NS_PIC, "nvPicPr");
  xmlNode *inner = nv != NULL ? xml_child(nv, NS_PIC, "cNvPr") : NULL;
  if (inner != NULL && xml_attr_node(inner, NULL, "descr") != NULL &&
      !xml_set_attr(inner, NULL, "descr", text))
    return false;
  if (holder == NULL) holder = inner;
  return holder == NULL || xml_set_attr(holder, NULL, "descr", text);
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

/* ---- what it shows ---- */

/* The prefix of relationships in scope, or empty. */
static str relations_prefix(const xmlNode *n) {
  for (; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent)
    for (const xmlNs *ns = n->nsDef; ns != NULL; ns = ns->next)
      if (ns->prefix != NULL && xml_ns_is((const char *)ns->href, NS_R))
        return str_of((const char *)ns->prefix);
  return STR_NONE;
}

static str name_of(const xmlAttr *attr, struct arena *a) {
  str local = str_of((const char *)attr->name);
  if (attr->ns == NULL || attr->ns->prefix == NULL) return arena_dup(a, local);
  return arena_join(a, (str[]){str_of((const char *)attr->ns->prefix), STR(":"), local}, 3);
}

/* The reference to the picture in the package.  Where there is only a link to a file outside, this
 * attribute gives way to that reference. */
static bool add_reference(struct picture_frame *f, xmlNode *n, const char *local, xmlAttr *link,
                          struct arena *a) {
  xmlAttr *own = xml_attr_node(n, NS_R, local);
  if (own != NULL && attr_text(own).n != 0) {
    if (link != NULL) xmlRemoveProp(link);
    return add_whole(f, FRAME_REF, own, 0);
  }
  str prefix = link != NULL ? relations_prefix(n) : STR_NONE;
  if (prefix.n == 0) return false;
  if (own != NULL) xmlRemoveProp(own);
  if (!add_whole(f, FRAME_REF, link, 0)) return false;
  struct frame_slot *s = &f->slots[f->n - 1];
  s->was = name_of(link, a);
  s->becomes = arena_join(a, (str[]){prefix, STR(":"), str_of(local)}, 3);
  return s->was.p != NULL && s->becomes.p != NULL;
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

/* The outline of the old picture, along which text runs (20.4.2.16), becomes that of the frame. */
static void forget_outline(xmlNode *wrap) {
  static const char *const corners[][2] = {
      {"0", "0"}, {"0", "21600"}, {"21600", "21600"}, {"21600", "0"}, {"0", "0"}};
  xmlNode *polygon = xml_child(wrap, NS_WP, "wrapPolygon");
  size_t i = 0;
  for (xmlNode *k = polygon != NULL ? xml_first_element(polygon) : NULL, *next; k != NULL;
       k = next) {
    next = xml_next_element(k);
    if (i == COUNT(corners)) {
      xml_remove(k);
      continue;
    }
    xml_set_attr(k, NULL, "x", str_of(corners[i][0]));
    xml_set_attr(k, NULL, "y", str_of(corners[i++][1]));
  }
}

/* What a picture control is bound to (17.5.2.6) would win over the picture. */
static void forget_binding(const xmlNode *n) {
  for (; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent) {
    xmlNode *pr = xml_is(n, NS_W, "sdt") ? xml_child(n, NS_W, "sdtPr") : NULL;
    bool picture = pr != NULL && xml_child(pr, NS_W, "picture") != NULL;
    xmlNode *bound = picture ? xml_child(pr, NS_W, "dataBinding") : NULL;
    if (bound != NULL) xml_remove(bound);
    if (picture) return;
  }
}

/* A size in per cent of the page (wp14) would win over the extent; a drawing beside the picture
 * (svgBlip) or an effect's own copy of it, over the picture. */
static void forget_rivals(xmlNode *anchor, xmlNode *blip) {
  xmlNode *more = xml_child(blip, NS_A, "extLst");
  if (more != NULL) xml_remove(more);
  forget_binding(anchor);
  for (xmlNode *k = xml_first_element(anchor), *next; k != NULL; k = next) {
    next = xml_next_element(k);
    const char *name = (const char *)k->name;
    if (strcmp(name, "sizeRelH") == 0 || strcmp(name, "sizeRelV") == 0) {
      xml_remove(k);
      continue;
    }
    if (strcmp(name, "wrapTight") == 0 || strcmp(name, "wrapThrough") == 0) forget_outline(k);
  }
}

static bool is_on(str s) { return str_is(s, "1") || str_is(s, "true"); }

/* a:xfrm says it in 60000ths of a degree (20.1.7.6). */
static const char *turned(const xmlNode *form) {
  bool mirrored = is_on(xml_attr(form, NULL, "flipH")) || is_on(xml_attr(form, NULL, "flipV"));
  return shared_turned(xml_attr(form, NULL, "rot"), 1, 90 * 60000, mirrored);
}

static bool drawing_frame(xmlNode *n, xmlNode *pic, struct arena *a, struct picture_frame *out,
                          const char **why) {
  xmlNode *fill = xml_child(pic, NS_PIC, "blipFill"), *pr = xml_child(pic, NS_PIC, "spPr");
  xmlNode *blip = fill != NULL ? xml_child(fill, NS_A, "blip") : NULL;
  xmlNode *form = pr != NULL ? xml_child(pr, NS_A, "xfrm") : NULL;
  xmlNode *stretch = fill != NULL ? xml_child(fill, NS_A, "stretch") : NULL;
  *why = no_picture;
  if (blip == NULL || !add_reference(out, blip, "embed", xml_attr_node(blip, NS_R, "link"), a))
    return false;
  if (n != pic) add_size(out, xml_child(n, NS_WP, "extent"));
  if (form != NULL) {
    add_size(out, xml_child(form, NS_A, "ext"));
    out->turned = turned(form);
  }
  uncrop(out, xml_child(fill, NS_A, "srcRect"));
  if (stretch != NULL) uncrop(out, xml_child(stretch, NS_A, "fillRect"));
  forget_rivals(n, blip);
  out->whole = n == pic                                                  ? pic
               : n->parent != NULL && xml_is(n->parent, NS_W, "drawing") ? whole_of(n->parent)
                                                                         : n;
  return true;
}

/* ---- VML ---- */

/* The value of a property in a style such as width:141pt;height:56pt, [*from, *to). */
static bool style_value(str s, const char *name, size_t *from, size_t *to) {
  for (size_t at = 0; at < s.n; at = *to + 1) {
    size_t end = str_find(s, STR(";"), at), colon = str_find(s, STR(":"), at);
    *to = end != STR_NOT_FOUND ? end : s.n;
    if (colon >= *to || !str_is(str_trim(str_sub(s, at, colon)), name)) continue;
    *from = colon + 1;
    while (*from < *to && s.p[*from] == ' ') ++*from;
    return true;
  }
  return false;
}

/* width:141pt of a style (part 4, 19.1.2.19). */
static void style_length(struct picture_frame *f, xmlAttr *style, const char *name,
                         enum frame_kind kind, uint64_t *emu) {
  str s = attr_text(style);
  size_t from, to;
  if (!style_value(s, name, &from, &to)) return;
  str value = str_sub(s, from, to);
  size_t digits = shared_digits(value);
  str word = str_trim(str_sub(value, digits, value.n));
  for (unsigned u = UNIT_PLAIN; u < COUNT(units); u++) {
    size_t k = 0;
    if (!str_is(word, units[u].name) || !shared_length(value, &k, units[u].emu, emu)) continue;
    add_slot(f, kind, style, from, from + digits, u);
    return;
  }
}

/* rotation:90, or with fd in 65536ths of a degree; flip:x. */
static const char *style_turned(str s) {
  size_t from = 0, to = 0;
  bool mirrored = style_value(s, "flip", &from, &to) && to > from;
  if (!style_value(s, "rotation", &from, &to)) return shared_turned(STR(""), 1, 90, mirrored);
  str angle = str_trim(str_sub(s, from, to));
  return shared_turned(angle, 1, str_ends(angle, STR("fd")) ? 90 * 65536 : 90, mirrored);
}

/* A size in per cent of the page would win. */
static void style_absolute(struct picture_frame *f, xmlAttr *style, const char *name) {
  size_t from, to;
  if (style_value(attr_text(style), name, &from, &to) &&
      add_slot(f, FRAME_TEXT, style, from, to, 0))
    f->slots[f->n - 1].instead = STR("0");
}

/* Where a picture of VML says that its file lies (part 4, 19.1.2.11): the nth, or NULL. */
static xmlAttr *vml_link(xmlNode *image, size_t nth) {
  static const struct {
    const char *ns, *local;
  } links[] = {{NS_R, "href"}, {NS_R, "link"}, {NS_R, "pict"}, {NS_O, "href"}, {NULL, "src"}};
  for (size_t i = 0; i < COUNT(links); i++) {
    xmlAttr *attr = xml_attr_node(image, links[i].ns, links[i].local);
    if (attr != NULL && nth-- == 0) return attr;
  }
  return NULL;
}

static bool vml_frame(xmlNode *n, struct arena *a, struct picture_frame *out, const char **why) {
  static const char *const crops[] = {"cropleft", "croptop", "cropright", "cropbottom"};
  xmlNode *image = xml_child(n, NS_V, "imagedata");
  xmlAttr *style = xml_attr_node(n, NULL, "style"), *outline = xml_attr_node(n, NULL, "wrapcoords");
  *why = no_picture;
  for (xmlAttr *more; (more = vml_link(image, 1)) != NULL;) xmlRemoveProp(more);
  if (!add_reference(out, image, "id", vml_link(image, 0), a)) return false;
  if (outline != NULL) xmlRemoveProp(outline);
  forget_binding(n);
  if (style != NULL) {
    style_length(out, style, "width", FRAME_WIDTH, &out->width);
    style_length(out, style, "height", FRAME_HEIGHT, &out->height);
    style_absolute(out, style, "mso-width-percent");
    style_absolute(out, style, "mso-height-percent");
    out->turned = style_turned(attr_text(style));
  }
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
  *out = (struct picture_frame){.whole = n};
  if (is_vml_picture(n)) return vml_frame(n, a, out, why);
  xmlNode *pic = only_picture(n);
  return drawing_frame(n, pic != NULL ? pic : n, a, out, why);
}
