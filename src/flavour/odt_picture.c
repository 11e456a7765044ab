/* Pictures in OpenDocument text (ODF 1.3 part 3, 10.4.4 draw:image).
 *
 *   draw:frame      svg:width, svg:height, a style that may clip
 *     draw:image    xlink:href
 *     svg:title, svg:desc     alternative text
 *
 * A frame with an object or a text box in it is none.
 */
#include "flavour/odt.h"
#include "flavour/shared.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define N_(s)    (s)

#define NS(name)  "urn:oasis:names:tc:opendocument:xmlns:" name ":1.0"
#define NS_DRAW   NS("drawing")
#define NS_SVG    NS("svg-compatible")
#define NS_STYLE  NS("style")
#define NS_FO     NS("xsl-fo-compatible")
#define NS_OFFICE NS("office")
#define NS_XLINK  "http://www.w3.org/1999/xlink"

static bool is_picture(const xmlNode *n) {
  static const char *const others[] = {"object",         "object-ole", "text-box", "plugin",
                                       "floating-frame", "applet",     "table"};
  if (!xml_is(n, NS_DRAW, "frame") || xml_child(n, NS_DRAW, "image") == NULL) return false;
  for (size_t i = 0; i < COUNT(others); i++)
    if (xml_child(n, NS_DRAW, others[i]) != NULL) return false;
  return true;
}

bool odt_picture_alt(xmlNode *n, unsigned nth, struct frame_slot *out) {
  static const char *const names[] = {"desc", "title"};
  for (size_t i = 0; i < COUNT(names) && is_picture(n); i++) {
    const xmlNode *holder = xml_child(n, NS_SVG, names[i]);
    xmlNode *text = holder != NULL ? holder->children : NULL;
    if (text == NULL || text->next != NULL || text->type != XML_TEXT_NODE || nth-- != 0) continue;
    *out = (struct frame_slot){
        .kind = FRAME_ALT, .text = text, .to = strlen((const char *)text->content)};
    return true;
  }
  return false;
}

/* ---- lengths (part 3, 18.3.18) ---- */

static const struct {
  const char *name;
  uint64_t emu;
} units[] = {{"cm", 360000}, {"mm", 36000},  {"in", 914400},
             {"pt", 12700},  {"pc", 152400}, {"px", 9525}};

bool odt_put_length(struct buf *out, uint64_t emu, unsigned unit) {
  return shared_put_length(out, emu, units[unit].emu, 4);
}

static void add_length(struct picture_frame *f, xmlAttr *attr, enum frame_kind kind,
                       uint64_t *emu) {
  str s = attr != NULL && attr->children != NULL ? str_of((const char *)attr->children->content)
                                                 : STR("");
  for (unsigned u = 0; u < COUNT(units); u++) {
    size_t at = 0;
    if (!str_is(str_sub(s, shared_digits(s), s.n), units[u].name)) continue;
    if (!shared_length(s, &at, units[u].emu, emu)) return;
    f->slots[f->n++] = (struct frame_slot){.kind = kind, .attr = attr, .to = at, .unit = u};
  }
}

/* ---- the frame ---- */

/* rect(0cm, 0cm, 0cm, 0cm) and auto cut nothing off (20.189 fo:clip). */
static bool clips(const xmlNode *style) {
  const xmlNode *pr = xml_child(style, NS_STYLE, "graphic-properties");
  str s = pr != NULL ? xml_attr(pr, NS_FO, "clip") : STR_NONE;
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] >= '1' && s.p[i] <= '9') return true;
  return false;
}

static xmlNode *style_of(xmlNode *n) {
  xmlNode *styles = xml_child(xmlDocGetRootElement(n->doc), NS_OFFICE, "automatic-styles");
  str name = xml_attr(n, NS_DRAW, "style-name");
  return styles != NULL && name.n != 0 ? odt_find_style(styles, STR("graphic"), name) : NULL;
}

/* rotate (1.5707963267949) translate (1cm 2cm), in radians (19.228); mirrored by its style (20.374). */
static const char *turned(xmlNode *n) {
  const xmlNode *style = style_of(n);
  const xmlNode *pr = style != NULL ? xml_child(style, NS_STYLE, "graphic-properties") : NULL;
  str s = xml_attr(n, NS_DRAW, "transform"), mirror = STR_NONE;
  if (pr != NULL) mirror = xml_attr(pr, NS_STYLE, "mirror");
  size_t at = str_find(s, STR("rotate"), 0), open = str_find(s, STR("("), at);
  str angle =
      at != STR_NOT_FOUND && open != STR_NOT_FOUND ? str_trim(str_sub(s, open + 1, s.n)) : STR("");
  return shared_turned(angle, 1000, 1571, mirror.n != 0 && !str_is(mirror, "none"));
}

/* The frame's style without what it cuts off the edges, as another style of the part. */
static bool uncrop(xmlNode *n, struct arena *a, struct picture_frame *f) {
  xmlAttr *attr = xml_attr_node(n, NS_DRAW, "style-name");
  str name = xml_attr(n, NS_DRAW, "style-name");
  xmlNode *style = style_of(n);
  if (style == NULL || !clips(style)) return true;
  str whole = arena_join(a, (str[]){name, STR("_whole")}, 2);
  xmlNode *copy = odt_find_style(style->parent, STR("graphic"), whole);
  if (copy == NULL) {
    if (whole.p == NULL || (copy = xml_clone(style)) == NULL) return false;
    xmlNode *pr = xml_child(copy, NS_STYLE, "graphic-properties");
    xmlRemoveProp(xml_attr_node(pr, NS_FO, "clip"));
    if (!xml_set_attr(copy, style->ns, "name", whole)) return false;
    xml_insert_after(style, copy);
  }
  f->slots[f->n++] =
      (struct frame_slot){.kind = FRAME_TEXT, .attr = attr, .to = name.n, .instead = whole};
  return true;
}

/* A size relative to the page would win; a second image, the kind of the first and its outline, along
 * which text runs (part 3, 10.4.11), would lie. */
static void forget_rivals(xmlNode *n, xmlNode *image) {
  static const char *const relative[] = {"rel-width", "rel-height"};
  for (size_t i = 0; i < COUNT(relative); i++) {
    xmlAttr *attr = xml_attr_node(n, NS_STYLE, relative[i]);
    if (attr != NULL) xmlRemoveProp(attr);
  }
  for (xmlAttr *k = image->properties, *next; k != NULL; k = next) {
    next = k->next;
    const char *name = (const char *)k->name;
    if (strcmp(name, "mime-type") == 0 || strcmp(name, "filter-name") == 0) xmlRemoveProp(k);
  }
  for (xmlNode *k = xml_next_element(image), *next; k != NULL; k = next) {
    next = xml_next_element(k);
    if (xml_is(k, NS_DRAW, "image") || xml_is(k, NS_DRAW, "contour-polygon") ||
        xml_is(k, NS_DRAW, "contour-path"))
      xml_remove(k);
  }
}

bool odt_picture_frame(xmlNode *n, struct arena *a, struct picture_frame *out, const char **why) {
  xmlNode *image = xml_child(n, NS_DRAW, "image"), *link = n->parent;
  xmlAttr *href = xml_attr_node(image, NS_XLINK, "href");
  *out = (struct picture_frame){.whole = n};
  *why = N_("an empty frame; insert a picture from a file");
  if (href == NULL) return false;
  forget_rivals(n, image);
  out->turned = turned(n);
  add_length(out, xml_attr_node(n, NS_SVG, "width"), FRAME_WIDTH, &out->width);
  add_length(out, xml_attr_node(n, NS_SVG, "height"), FRAME_HEIGHT, &out->height);
  out->slots[out->n++] = (struct frame_slot){
      .kind = FRAME_REF, .attr = href, .to = xml_attr(image, NS_XLINK, "href").n};
  bool linked = link != NULL && xml_is(link, NS_DRAW, "a") && xml_first_element(link) == n &&
                xml_next_element(n) == NULL;
  if (linked) out->whole = link;
  return uncrop(n, a, out);
}
