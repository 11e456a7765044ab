/* Back from a place to the nodes that it speaks of.
 *
 * Tables, rows and paragraphs as people count them are for people; the way back is the number
 * that a paragraph has in the order of the file, and which of its equal tags is meant.
 */
#include "template/locate.h"

#include "base/limits.h"
#include "base/mem.h"
#include "template/paratext.h"

static bool is_paragraph(const struct flavour *f, const xmlNode *n) {
  return n->type == XML_ELEMENT_NODE && f->kind(n) == KIND_PARAGRAPH;
}

uint32_t locate_number(const struct flavour *f, xmlNode *root) {
  uint32_t number = 0;
  for (xmlNode *n = root; n != NULL; n = xml_walk(root, n, false))
    if (n->type == XML_ELEMENT_NODE) xml_set_number(n, is_paragraph(f, n) ? ++number : 0);
  return number;
}

void locate_list(const struct flavour *f, xmlNode *root, xmlNode **paragraphs) {
  for (xmlNode *n = root; n != NULL; n = xml_walk(root, n, false))
    if (is_paragraph(f, n)) *paragraphs++ = n;
}

/* ---- a tag in a paragraph ---- */

/* Reads the text first, and then once more up to the pieces in which the tag begins and ends. */
struct search {
  struct buf text;
  bool gather;
  size_t at, from, to; /* at: text read so far */
  struct text_span *out;
};

static bool take_piece(void *ctx, xmlNode *node, str s) {
  struct search *l = ctx;
  if (l->gather) return buf_put(&l->text, s);
  size_t start = l->at;
  l->at += s.n;
  if (l->out->first == NULL && node != NULL && l->at > l->from) {
    l->out->first = node;
    l->out->from = l->from > start ? l->from - start : 0;
  }
  if (node != NULL && start < l->to) {
    l->out->last = node;
    l->out->to = l->to - start < s.n ? l->to - start : s.n;
  }
  return l->at < l->to;
}

static bool find_nth(str text, str tag, uint32_t nth, size_t *at) {
  for (*at = 0; (*at = str_find(text, tag, *at)) != STR_NOT_FOUND; *at += tag.n)
    if (--nth == 0) return true;
  return false;
}

bool locate_tag(const struct flavour *f, xmlNode *paragraph, str tag, uint32_t nth,
                struct text_span *out, size_t *at) {
  struct search l = {.gather = true, .out = out};
  struct paratext text = {f, take_piece, &l};
  *out = (struct text_span){.paragraph = paragraph};
  buf_init(&l.text, LIMIT_XML_PART);
  bool found = tag.n != 0 && nth != 0 && paratext_read(&text, paragraph) &&
               find_nth(buf_str(&l.text), tag, nth, at);
  buf_free(&l.text);
  if (!found) return false;
  l.gather = false;
  l.from = *at;
  l.to = *at + tag.n;
  paratext_read(&text, paragraph);
  return out->first != NULL && out->last != NULL;
}
