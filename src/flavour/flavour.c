/* Which flavour a package is, and how its entries are passed on. */
#include "flavour/flavour.h"

#define N_(s) (s)

static const struct flavour *const flavours[] = {&flavour_docx, &flavour_odt};

const struct flavour *flavour_of(struct pack *p, struct findings *fs) {
  for (size_t i = 0; i < sizeof flavours / sizeof *flavours; i++)
    if (flavours[i]->recognise(p)) return flavours[i];
  struct place place = {.file = pack_path(p)};
  finding(fs, CODE_NOT_TEXT_DOCUMENT, &place, NULL, STR(N_("a zip archive")));
  return NULL;
}

bool flavour_put(const struct flavour *f, const void *state, struct pack_out *o, size_t entry,
                 str name, struct findings *fs) {
  str bytes;
  if (f->left_out(state, entry)) return true;
  if (f->replaced(state, entry, &bytes)) return pack_put_bytes(o, name, bytes, false, fs);
  return pack_put_copy(o, entry, name, fs);
}

bool flavour_put_first(const struct flavour *f, const void *state, struct pack *p,
                       struct pack_out *o, size_t entry, struct findings *fs) {
  struct buf b;
  str bytes;
  buf_init(&b, 4096);
  bool ok = true;
  if (!f->replaced(state, entry, &bytes)) {
    ok = pack_read(p, entry, 4096, &b, fs);
    bytes = buf_str(&b);
  }
  ok = ok && pack_put_bytes(o, pack_name(p, entry), bytes, true, fs);
  buf_free(&b);
  return ok;
}
