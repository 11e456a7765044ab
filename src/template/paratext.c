/* The text of a paragraph, whatever elements stand between its characters.
 *
 * Invariant: what finds a tag and what goes back to it read the same text.
 */
#include "template/paratext.h"

static bool holds_text(const struct flavour *f, enum kind k) {
  if (k == KIND_TEXT || k == KIND_PLAIN) return true;
  return f->mixed_content && (k == KIND_PARAGRAPH || k == KIND_RUN || k == KIND_FIXED);
}

static bool read_spaces(const struct paratext *r, xmlNode *n) {
  static const char blanks[] = "                                ";
  unsigned count = r->flavour->spaces(n);
  while (count > 32) count = 32; /* a tag never holds so many; the element stays one piece */
  return r->piece(r->ctx, n, (str){blanks, count});
}

static bool read_element(const struct paratext *r, xmlNode *n) {
  switch (r->flavour->kind(n)) {
  case KIND_RUN:
  case KIND_FIXED:
  case KIND_TEXT:
  case KIND_OTHER: return paratext_read(r, n);
  case KIND_TAB: return r->piece(r->ctx, n, STR("\t"));
  case KIND_BREAK: return r->piece(r->ctx, n, STR("\n"));
  case KIND_HYPHEN: return r->piece(r->ctx, n, STR("-"));
  case KIND_SPACES: return read_spaces(r, n);
  case KIND_STORY: /* a shape with text in it; a comment is none */
    if (r->flavour->story(n, STORY_NONE) == STORY_COMMENT) return true;
    /* fall through */
  case KIND_CONTENT: return r->piece(r->ctx, NULL, STR("\xEF\xBF\xBC"));
  default: return true;
  }
}

bool paratext_read(const struct paratext *r, const xmlNode *n) {
  bool text_here = native_is_plain(n) || holds_text(r->flavour, r->flavour->kind(n));
  for (xmlNode *k = n->children; k != NULL; k = k->next) {
    bool text = k->type == XML_TEXT_NODE || k->type == XML_CDATA_SECTION_NODE;
    bool here = text && (text_here || native_of(k) != NULL);
    if (here && !r->piece(r->ctx, k, str_of((const char *)k->content))) return false;
    if (k->type == XML_ELEMENT_NODE && !read_element(r, k)) return false;
  }
  return true;
}
