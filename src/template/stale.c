/* What a fill makes stale: contents pages, indexes and references show what stood in the template,
 * until the program that opens the report makes them anew.
 *
 * Where the format can ask for that (flavour->refresh) every report does; what was not refreshed
 * is told once.  What all programs count by themselves is no concern.
 */
#include "template/compile.h"

#define N_(s) (s)

/* Can a change in this part move words or pages? */
static bool is_text(const struct part *p) {
  enum story s = p->info->story;
  return s != STORY_PROPERTY && s != STORY_COMMENT && s != STORY_CHART;
}

static str phrase(bool there, bool *any, const char *first, const char *later) {
  if (!there) return STR("");
  const char *words = *any ? later : first;
  *any = true;
  return str_of(words);
}

static void tell(const struct template *t, unsigned stale, struct findings *fs) {
  struct place place = {.file = pack_path(t->pack)};
  bool any = false;
  str contents = phrase(stale & STALE_CONTENTS, &any, N_("contents"), "");
  str index = phrase(stale & STALE_INDEX, &any, N_("index"), N_(", index"));
  str references =
      phrase(stale & STALE_REFERENCE, &any, N_("cross-references and calculated fields"),
             N_(", cross-references and calculated fields"));
  finding(fs, CODE_STALE, &place, NULL, contents, index, references);
}

/* What the parts compiled so far leave stale. */
static unsigned stale_of(const struct template *t) {
  const unsigned in_text = STALE_CONTENTS | STALE_INDEX | STALE_REFERENCE;
  bool text = false, copies = false;
  for (size_t i = 0; i < t->nparts; i++) {
    const struct part *p = &t->parts[i];
    if (p->program == NULL) continue;
    text = text || is_text(p);
    copies = copies || p->program->nloops != 0 || p->program->nconditions != 0;
  }
  return t->stale & ((text ? in_text : 0) | (copies ? STALE_COUNTED : 0));
}

bool stale_tree(struct compile *c) {
  xmlNode *root = xmlDocGetRootElement(c->xml.doc);
  c->t->stale |= c->t->flavour->stale(root, c->arena);
  return stale_of(c->t) == 0 || c->t->flavour->refresh(root, &c->changed) || compile_no_memory(c);
}

/* Only the words of charts are text; their figures stay those of the template. */
static void tell_charts(const struct template *t, struct findings *fs) {
  struct place place = {.file = pack_path(t->pack)};
  uint64_t charts = 0;
  for (size_t i = 0; i < t->nparts; i++) charts += t->parts[i].info->story == STORY_CHART;
  if (charts != 0) finding(fs, CODE_CHARTS, &place, NULL, finding_number(fs, charts));
}

bool stale_settle(struct template *t, struct findings *fs) {
  unsigned stale = stale_of(t);
  tell_charts(t, fs);
  if (stale == 0) return true;
  if (!t->flavour->refresh_package(t->state, fs)) return false;
  if ((stale & ~(unsigned)STALE_COUNTED) != 0) tell(t, stale, fs);
  return true;
}
