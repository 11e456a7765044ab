/* Fragments of XML and tables of names, for the flavours. */
#include "flavour/shared.h"

#include "base/limits.h"
#include "base/mem.h"

#include <libxml/tree.h>
#include <stdlib.h>

#define N_(s) (s)

static int compare(const void *key, const void *row) {
  return strcmp(key, ((const struct kind_name *)row)->local);
}

enum kind shared_kind(const struct kind_name *table, size_t n, const char *local, enum kind other) {
  const struct kind_name *k = bsearch(local, table, n, sizeof *table, compare);
  return k != NULL ? k->kind : other;
}

bool shared_split(xmlDoc *doc, xmlNode *fragment, struct arena *a, str *before, str *behind) {
  struct buf b;
  buf_init(&b, 0);
  bool ok = fragment != NULL && xml_dump_node(doc, fragment, &b);
  if (ok) {
    str all = buf_str(&b);
    size_t at = str_find(all, STR(SHARED_HERE), 0);
    ok = at != STR_NOT_FOUND;
    if (ok) {
      *before = arena_dup(a, str_sub(all, 0, at));
      *behind = arena_dup(a, str_sub(all, at + strlen(SHARED_HERE), all.n));
      ok = before->p != NULL && behind->p != NULL;
    }
  }
  buf_free(&b);
  if (fragment != NULL) xmlFreeNode(fragment);
  return ok;
}

static bool lacked_memory(const struct findings *fs) {
  for (size_t i = 0; i < findings_count(fs); i++)
    if (findings_at(fs, i)->code == CODE_MEMORY) return true;
  return false;
}

bool shared_read(struct pack *p, size_t entry, struct xml *x) {
  struct findings *quiet = findings_new();
  struct place place = {.part = pack_name(p, entry)};
  struct buf b;
  buf_init(&b, LIMIT_XML_PART);
  bool ok = quiet != NULL && pack_read(p, entry, LIMIT_XML_PART, &b, quiet) &&
            xml_parse(x, buf_str(&b), XML_PLAIN, &place, quiet);
  if (!ok && (quiet == NULL || lacked_memory(quiet))) mem_set_failed();
  buf_free(&b);
  findings_free(quiet);
  return ok;
}

bool shared_marked(const xmlNode *n) {
  for (const xmlAttr *k = n->properties; k != NULL; k = k->next) {
    str s = k->children != NULL && k->children->content != NULL
                ? str_of((const char *)k->children->content)
                : STR("");
    for (size_t i = 0; i + 2 < s.n; i++) {
      bool mark = (unsigned char)s.p[i] == 0xEF && (unsigned char)s.p[i + 1] == 0xB7;
      if (mark && (unsigned char)s.p[i + 2] >= 0x90 && (unsigned char)s.p[i + 2] <= 0xAF)
        return true;
    }
  }
  return false;
}

str shared_name(const xmlNode *like, const char *local, struct arena *a) {
  const char *prefix = like->ns != NULL ? (const char *)like->ns->prefix : NULL;
  if (prefix == NULL) return arena_dup(a, str_of(local));
  return arena_join(a, (str[]){str_of(prefix), STR(":"), str_of(local)}, 3);
}

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = (char)(c | 32);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

str shared_decode(str s, struct arena *a) {
  struct buf b;
  buf_init(&b, 0);
  for (size_t i = 0; i < s.n; i++) {
    bool code = s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0;
    buf_putc(&b, code ? (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2])) : s.p[i]);
    if (code) i += 2;
  }
  str out = arena_dup(a, buf_str(&b));
  buf_free(&b);
  return out;
}

/* ---- lengths ---- */

size_t shared_digits(str s) {
  size_t n = 0, points = 0;
  for (; n < s.n; n++) {
    if (s.p[n] == '.' && points++ == 0) continue;
    if (s.p[n] < '0' || s.p[n] > '9') break;
  }
  return n;
}

bool shared_length(str s, size_t *at, uint64_t unit, uint64_t *emu) {
  enum { DECIMALS = 1000000 };
  str digits = str_sub(s, *at, *at + shared_digits(str_sub(s, *at, s.n)));
  size_t point = str_find(digits, STR("."), 0);
  uint64_t whole = 0, part = 0, scale = DECIMALS;
  if (point == STR_NOT_FOUND) point = digits.n;
  if (point > 10 || digits.n == 0) return false;
  for (size_t i = 0; i < point; i++) whole = whole * 10 + (uint64_t)(digits.p[i] - '0');
  for (size_t i = point + 1; i < digits.n && scale > 1; i++)
    part += (uint64_t)(digits.p[i] - '0') * (scale /= 10);
  *at += digits.n;
  *emu = whole * unit + (part * unit + DECIMALS / 2) / DECIMALS;
  return *emu >> 32 == 0;
}

bool shared_put_length(struct buf *out, uint64_t emu, uint64_t unit, unsigned decimals) {
  uint64_t scale = 1;
  for (unsigned i = 0; i < decimals; i++) scale *= 10;
  uint64_t v = (emu * scale + unit / 2) / unit, part = v % scale;
  bool ok = buf_put_u64(out, v / scale);
  if (part == 0) return ok;
  ok = buf_putc(out, '.');
  while (ok && part != 0) {
    scale /= 10;
    ok = buf_putc(out, (char)('0' + part / scale));
    part %= scale;
  }
  return ok;
}

const char *shared_turned(str angle, uint64_t scale, uint64_t right_angle, bool mirrored) {
  uint64_t turn = 0;
  size_t at = angle.n != 0 && angle.p[0] == '-' ? 1 : 0;
  if (!shared_length(angle, &at, scale, &turn)) turn = 0;
  switch ((turn + right_angle / 2) / right_angle % 4) {
  case 1:
  case 3: return N_("turned on its side");
  case 2: return N_("turned upside down");
  default: return mirrored ? N_("mirrored") : NULL;
  }
}

/* ---- names ---- */

str shared_numbered(str stem, uint64_t number, str ending, struct arena *a) {
  struct buf b;
  buf_init(&b, 0);
  buf_put(&b, stem);
  buf_put_u64(&b, number);
  buf_put(&b, ending);
  str name = b.failed ? STR_NONE : arena_dup(a, buf_str(&b));
  buf_free(&b);
  return name;
}

static bool begins_alike(str name, str with) {
  size_t k = 0;
  while (k < with.n && k < name.n && (name.p[k] | 32) == (with.p[k] | 32)) k++;
  return k == with.n;
}

str shared_free_stem(const struct pack *p, str folder, str stem, struct arena *a) {
  for (;;) {
    str all = arena_join(a, (str[]){folder, stem}, 2);
    bool taken = false;
    for (size_t i = 0; all.p != NULL && i < pack_count(p) && !taken; i++)
      taken = begins_alike(pack_name(p, i), all);
    if (!taken) return all;
    stem = arena_join(a, (str[]){stem, STR("_")}, 2);
  }
}
