/* The instructions for pictures and links.
 *
 * A picture's file and a link's address are evaluated in survey and emit alike; the survey adds
 * them to the effects, emit looks them up.  What a part needs for that (a relationship) belongs to
 * the part and its copy.
 */
#include "render/extras.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "render/address.h"
#include "render/machine.h"
#include "xml/xml.h"

#define N_(s) (s)

static struct extras *extras_of(struct machine *m) { return &m->s->effects.extras; }

static const struct flavour *flavour_in(struct machine *m) { return m->s->t->flavour; }

/* ---- relations ---- */

/* Makes sure that the running part has a relation to the picture or address; where parts refer by
 * name there is none to be had. */
static bool relate(struct machine *m, enum target_kind kind, uint32_t number, str target) {
  struct extras *e = extras_of(m);
  struct arena *a = m->s->effects.arena;
  const uint64_t words[3] = {m->part, m->copy, (uint64_t)kind << 32 | number};
  const str key = {(const char *)words, sizeof words};
  uint32_t known;
  if (flavour_in(m)->relation_id(m->s->t->state, kind, number, m->s->scratch).n == 0 ||
      keys_find(&e->targets, key, &known))
    return true;
  struct new_relation *r =
      arena_grow(a, e->relations, &e->nrelations, &e->relations_cap, sizeof *r);
  if (r == NULL || !keys_add(&e->targets, a, key, 0)) return machine_no_memory(m);
  e->relations = r - (e->nrelations - 1);
  *r = (struct new_relation){.entry = m->s->t->parts[m->part].info->entry,
                             .kind = kind,
                             .number = number,
                             .target = arena_dup(a, target)};
  return r->target.p != NULL || machine_no_memory(m);
}

static bool put_escaped(struct machine *m, str s) {
  if (m->survey) return machine_put(m, s);
  return xml_escape(&m->out, s, true) || machine_no_memory(m);
}

static bool put_reference(struct machine *m, enum target_kind kind, uint32_t number, str name) {
  arena_reset(m->s->scratch);
  str id = flavour_in(m)->relation_id(m->s->t->state, kind, number, m->s->scratch);
  return put_escaped(m, id.n != 0 ? id : name);
}

/* ---- the value ---- */

enum given { GIVEN_TEXT, GIVEN_NOTHING, GIVEN_OWN, GIVEN_WRONG };

/* What a missing value does to a picture: it goes, or the template's stays. */
static enum given given_missing(struct machine *m, const struct field *f, const struct eval *ev) {
  if (!machine_missing(m, f->e, ev)) return GIVEN_WRONG;
  switch (m->s->t->options.missing) {
  case MISSING_BLANK:
  case MISSING_DASH: return GIVEN_NOTHING;
  default: return GIVEN_OWN;
  }
}

/* The text of a field, in the scratch arena; what is wrong with it was told. */
static enum given give(struct machine *m, const struct field *f, struct result *r, str *text) {
  struct eval ev = machine_eval(m, f);
  *text = STR("");
  if (!expr_eval(f->e, &ev, r)) return GIVEN_WRONG;
  if (!r->calculated && val_none(&r->v, false)) return given_missing(m, f, &ev);
  if (!expr_print(r, &ev, text)) return GIVEN_WRONG;
  size_t bad = utf8_check_xml(*text);
  if (bad < text->n) {
    if (m->survey) machine_complain(m, CODE_BAD_TEXT, f, r, str_sub(*text, bad, bad + 1), STR_NONE);
    return GIVEN_WRONG;
  }
  return text->n != 0 ? GIVEN_TEXT : GIVEN_NOTHING;
}

/* ---- pictures ---- */

/* The folder of the data file that a value comes from; of the record when the template made it. */
static str folder_of(struct machine *m, const struct result *r) {
  const struct val *from = r->v.source != NULL ? &r->v : m->s->frames[0].item;
  str file = val_file(from, m->s->scratch);
  while (file.n > 0 && file.p[file.n - 1] != '/') file.n--;
  return file;
}

static bool name_picture(struct machine *m, uint32_t index) {
  struct extras *e = extras_of(m);
  struct arena *a = m->s->effects.arena;
  const struct picture_type *type = &picture_types[e->album.photos[index].picture.kind];
  struct new_picture *p = arena_grow(a, e->pictures, &e->npictures, &e->pictures_cap, sizeof *p);
  if (p == NULL) return machine_no_memory(m);
  e->pictures = p - (e->npictures - 1);
  *p = (struct new_picture){.ending = str_of(type->ending), .media = str_of(type->media)};
  p->name = flavour_in(m)->picture_name(m->s->t->state, index, p->ending, a);
  return p->name.p != NULL || machine_no_memory(m);
}

static bool add_picture(struct machine *m, const struct field *f, const struct result *r,
                        str folder, str file, uint32_t *index) {
  struct extras *e = extras_of(m);
  struct origin origin = {.file = STR_NONE};
  if (r->v.kind == VAL_LIST && r->v.list.n > 1)
    return machine_complain(m, CODE_PICTURE_LIST, f, r, file, STR_NONE);
  val_origin(&r->v, findings_arena(m->fs), &origin);
  const struct asking ask = {.place = f->place,
                             .origin = origin.file.n != 0 ? &origin : NULL,
                             .tag = f->tag,
                             .kinds = flavour_in(m)->pictures,
                             .fs = m->fs};
  e->album.arena = m->s->effects.arena;
  if (!album_add(&e->album, folder, file, &ask, index)) return false;
  return *index < e->npictures || name_picture(m, *index);
}

/* The photo that a name stands for; the survey reads it when it is new. */
static bool find_picture(struct machine *m, const struct field *f, const struct result *r, str file,
                         uint32_t *index) {
  struct extras *e = extras_of(m);
  str folder = folder_of(m, r);
  if (album_find(&e->album, folder, file, index)) return true;
  if (m->survey) return add_picture(m, f, r, folder, file, index);
  return finding(m->fs, CODE_INTERNAL, NULL, NULL, STR("a picture is not known"));
}

bool extras_picture(struct machine *m, const struct op *op) {
  const struct field *f = &m->p->fields[m->p->pictures[op->a].field];
  struct result r;
  str file;
  uint32_t index = 0;
  m->shown[op->a] = 0;
  if (m->blank) return true;
  result_init(&r);
  enum given given = give(m, f, &r, &file);
  bool ok = given != GIVEN_WRONG && (given != GIVEN_TEXT || find_picture(m, f, &r, file, &index));
  result_free(&r);
  if (given == GIVEN_NOTHING) m->pc = op->b;
  if (!ok || given != GIVEN_TEXT) return ok || m->survey;
  m->shown[op->a] = index + 1;
  return !m->survey || relate(m, TARGET_PICTURE, index, extras_of(m)->pictures[index].name);
}

static bool put_length(struct machine *m, const struct picture_slot *s, const struct photo *p) {
  const struct picture_use *u = &m->p->pictures[s->picture];
  uint64_t width = u->width, height = u->height;
  picture_fit(&p->picture, &width, &height);
  if (m->survey) return machine_put(m, s->own);
  return flavour_in(m)->put_length(&m->out, s->kind == FRAME_WIDTH ? width : height, s->unit) ||
         machine_no_memory(m);
}

static bool put_text(struct machine *m, const struct picture_slot *s, str text) {
  if (m->survey) return machine_put(m, text);
  return xml_escape(&m->out, text, s->attribute) || machine_no_memory(m);
}

static bool put_words(struct machine *m, str s) {
  if (m->survey) return machine_put(m, s);
  return buf_put(&m->out, s) || machine_no_memory(m);
}

/* The reference to the picture, or the template's own; with the attribute where that changes. */
static bool put_shown(struct machine *m, const struct picture_slot *s, uint32_t shown) {
  str name = shown != 0 ? s->becomes : s->was;
  bool named = name.n != 0;
  if (named && !(put_words(m, STR(" ")) && put_words(m, name) && put_words(m, STR("=\""))))
    return false;
  bool ok = shown != 0 ? put_reference(m, TARGET_PICTURE, shown - 1,
                                       extras_of(m)->pictures[shown - 1].name)
                       : put_text(m, s, s->own);
  return ok && (!named || put_words(m, STR("\"")));
}

bool extras_picture_slot(struct machine *m, const struct op *op) {
  const struct picture_slot *s = &m->p->picture_slots[op->a];
  uint32_t shown = m->shown[s->picture];
  if (s->kind == FRAME_REF) return put_shown(m, s, shown);
  if (shown == 0) return put_text(m, s, s->own);
  if (s->kind == FRAME_TEXT || s->kind == FRAME_ALT) return put_text(m, s, s->instead);
  return put_length(m, s, &extras_of(m)->album.photos[shown - 1]);
}

/* ---- links ---- */

bool extras_link_text(struct machine *m, const struct op *op) {
  return buf_put(&m->address, m->p->link_texts[op->a]) || machine_no_memory(m);
}

static const char *words_for(enum address_fault fault) {
  switch (fault) {
  case ADDRESS_NO_SCHEME: return N_("it begins with none of http:// https:// mailto: #");
  case ADDRESS_SCHEME: return N_("only http, https and mailto may come from the data");
  case ADDRESS_CONTROL: return N_("it begins with a blank or holds a control character");
  default: return N_("it is not complete");
  }
}

/* A value in front decides where the link leads, so it is looked at with what follows it. */
static bool begin_address(struct machine *m, const struct field *f, const struct result *r,
                          str text) {
  size_t from = m->address.n;
  str rest = STR_NONE;
  const struct op *next = &m->p->ops[m->pc];
  if (!address_put_start(&m->address, text)) return machine_no_memory(m);
  if (next->kind == OP_LINK_TEXT) rest = m->p->link_texts[next->a];
  if (!m->survey) return true;
  if (!buf_put(&m->address, rest)) return machine_no_memory(m);
  enum address_fault fault = address_judge(str_sub(buf_str(&m->address), from, m->address.n), text);
  m->address.n -= rest.n;
  return fault == ADDRESS_GOOD ||
         machine_complain(m, CODE_LINK, f, r, text, str_of(words_for(fault)));
}

static bool put_given(struct machine *m, const struct field *f, const struct result *r,
                      enum given given, str text) {
  if (given == GIVEN_NOTHING) return true;
  if (given == GIVEN_OWN) return address_put_part(&m->address, f->tag) || machine_no_memory(m);
  if (m->address.n == 0) return begin_address(m, f, r, text);
  if (m->address.p[0] == '#') return address_put_place(&m->address, text) || machine_no_memory(m);
  return address_put_part(&m->address, text) || machine_no_memory(m);
}

bool extras_link_value(struct machine *m, const struct op *op) {
  const struct field *f = &m->p->fields[op->a];
  struct result r;
  str text;
  if (m->blank) return true;
  result_init(&r);
  enum given given = give(m, f, &r, &text);
  bool ok = given != GIVEN_WRONG && put_given(m, f, &r, given, text);
  result_free(&r);
  return ok || m->survey;
}

static str whole_address(const struct machine *m) {
  return m->address.n != 0 ? buf_str(&m->address) : STR("#");
}

/* The address as it stands where it is referred to; one in the document may be without its #. */
static bool keep_address(struct machine *m, uint32_t link, str address) {
  bool inside = m->p->links[link].inside && address.n > 1;
  buf_clear(&m->made[link]);
  return buf_put(&m->made[link], inside ? str_sub(address, 1, address.n) : address) ||
         machine_no_memory(m);
}

/* The address is complete; an empty one leads nowhere. */
static bool take_address(struct machine *m, uint32_t link, str address) {
  struct extras *e = extras_of(m);
  uint32_t number = 0;
  if (!keep_address(m, link, address)) return false;
  if (!m->p->links[link].relation) return true;
  bool known = keys_find(&e->addresses, address, &number);
  m->targets[link] = number;
  if (!m->survey)
    return known || finding(m->fs, CODE_INTERNAL, NULL, NULL, STR("an address is not known"));
  if (!known) {
    m->targets[link] = number = e->naddresses++;
    if (!keys_add(&e->addresses, m->s->effects.arena, address, number)) return machine_no_memory(m);
  }
  return relate(m, TARGET_LINK, number, address);
}

bool extras_link(struct machine *m, const struct op *op) {
  bool ok = take_address(m, op->a, whole_address(m));
  buf_clear(&m->address);
  return ok;
}

bool extras_link_ref(struct machine *m, const struct op *op) {
  str address = buf_str(&m->made[op->a]);
  return m->p->links[op->a].relation ? put_reference(m, TARGET_LINK, m->targets[op->a], address)
                                     : put_escaped(m, address);
}
