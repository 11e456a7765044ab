/* The one entry to libxml2.
 *
 * Every part that becomes a tree goes through xml_parse: UTF-16 is converted first, then a
 * linear scan of the bytes bounds what libxml2 would take quadratic time for and refuses any
 * DOCTYPE, then libxml2 parses without entities, network or recovery.
 */
#ifndef XML_XML_H
#define XML_XML_H

#include <libxml/tree.h>

#include "base/buf.h"
#include "base/finding.h"

enum xml_flags {
  XML_PLAIN = 0,
  /* An external DOCTYPE without internal subset is skipped: old OpenDocument manifests. */
  XML_OLD_DOCTYPE = 1
};

/* An XML part: the tree, and what stood before the root, byte for byte. */
struct xml {
  xmlDoc *doc;  /* owned */
  str name;     /* of the part, for messages; borrowed */
  char *prolog; /* owned: XML declaration and what follows it up to the root element (UTF-8;
                   the declared encoding made UTF-8) */
  size_t prolog_n;
  char *epilog; /* owned: what follows the root element */
  size_t epilog_n;
};

/* Parses `bytes`. `place` names file and part. False: findings with line and column, and x is
 * empty. */
bool xml_parse(struct xml *x, str bytes, unsigned flags, const struct place *place,
               struct findings *fs);
void xml_free(struct xml *x);

/* Appends prolog, root element and what follows it, as UTF-8.  False: no memory, or over the
 * buffer's maximum. */
bool xml_dump(const struct xml *x, struct buf *out);

/* Appends one node as UTF-8. */
bool xml_dump_node(xmlDoc *doc, xmlNode *n, struct buf *out);

/* Is a namespace one of the alternatives, which are apart by '\n'? NULL is none; so is xmlns="". */
bool xml_ns_is(const char *uri, const char *uris);
/* An element with this namespace and local name? ns may hold alternatives apart by '\n' (the
 * transitional and the strict namespace of one vocabulary). */
bool xml_is(const xmlNode *n, const char *ns, const char *local);
/* The attribute's value (borrowed from the tree: attributes without entities have one text
 * child), or an empty str with p == NULL when absent. ns NULL: no namespace; alternatives as in
 * xml_is. */
str xml_attr(const xmlNode *n, const char *ns, const char *local);
xmlAttr *xml_attr_node(const xmlNode *n, const char *ns, const char *local);
/* The first child element of that name, or NULL. */
xmlNode *xml_child(const xmlNode *n, const char *ns, const char *local);
xmlNode *xml_next_element(xmlNode *n); /* next sibling that is an element, or NULL */
xmlNode *xml_first_element(const xmlNode *n);
/* A number that an element keeps, whatever happens around it; one that was read has any before it
 * is set, one that was made has 0. */
void xml_set_number(xmlNode *n, uint32_t number);
uint32_t xml_number(const xmlNode *n);
/* Next node of the subtree `top` in document order, or NULL; with skip, not into n. */
xmlNode *xml_walk(const xmlNode *top, xmlNode *n, bool skip);

/* A deep copy in the same document, not linked yet, that shares the namespaces in scope at
 * `n` (so it must be linked where these are in scope); namespaces declared inside are copied. */
xmlNode *xml_clone(xmlNode *n);
/* The same, of the element and its attributes only. */
xmlNode *xml_shell(xmlNode *n);
/* A new element in the namespace of `like`. */
xmlNode *xml_element(xmlNode *like, const char *local);
xmlNode *xml_text(xmlDoc *doc, str s);
/* Replaces the content of a text or CDATA node; what it holds is text, never markup. */
bool xml_set_text(xmlNode *text, str s);
/* Keeps the first n bytes of a text or CDATA node. */
bool xml_shorten_text(xmlNode *text, size_t n);
/* Cuts a text node in two; gives the one that is new, behind it. NULL: no memory. */
xmlNode *xml_cut_text(xmlNode *text, size_t n);
/* Makes one of a text node and the one behind it.  False: no memory. */
bool xml_join_text(xmlNode *text);
/* Sets an attribute (value is text). */
bool xml_set_attr(xmlNode *n, xmlNs *ns, const char *local, str value);
void xml_remove(xmlNode *n); /* unlinks and frees */
/* Linking: a node that could not be made (NULL) is left out; the memory flag tells. */
void xml_insert_before(xmlNode *where, xmlNode *n);
void xml_insert_after(xmlNode *where, xmlNode *n);
void xml_append(xmlNode *parent, xmlNode *n);
void xml_prepend(xmlNode *parent, xmlNode *n);

/* Appends s escaped for element content (& < > and U+000D) or, with quotes, for an attribute
 * value in double quotes (also " U+0009 U+000A). The one escaper of the program. */
bool xml_escape(struct buf *out, str s, bool attribute);

#endif
