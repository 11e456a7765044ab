/* Figures typed by hand behind the name of one that the data have: 支出合计1234.56万元.
 *
 * Only text of the template counts, and only names that the template prints elsewhere.
 */
#include "base/fold.h"
#include "base/utf8.h"
#include "check/leftovers_internal.h"
#include "expr/result.h"
#include "value/unit.h"

enum { LONGEST = 30, SHORTEST = 3 /* characters of a name */ };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Words between a name and its figure. */
static str without_link(str s) {
  static const char *const links[] = {"为", "是", "共", "计", "达", "：",
                                      ":",  " ",  "　", "=",  "＝", "约"};
  for (size_t i = 0; i < sizeof links / sizeof *links; i++)
    if (str_ends(s, str_of(links[i]))) return str_sub(s, 0, s.n - strlen(links[i]));
  return s;
}

/* 90分以上, 80至90: a bound, and no figure. */
static bool is_bound(str behind) {
  static const char *const words[] = {"以上", "以下", "以内", "至", "到", "—", "-", "～", "~"};
  size_t n;
  if (unit_at_start(behind, &n) != NULL)
    behind = str_sub(behind, n, behind.n);
  else if (str_starts(behind, STR("分")))
    behind = str_sub(behind, strlen("分"), behind.n);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_starts(behind, str_of(words[i]))) return true;
  return false;
}

/* The longest name that the text ends with, of a figure of the record. */
static const struct name *name_before(struct leftovers *l, str s, const struct val **v) {
  size_t starts[LONGEST], n = 0, at = s.n;
  while (at > 0 && n < LONGEST) {
    do at--;
    while (at > 0 && ((unsigned char)s.p[at] & 0xc0) == 0x80);
    starts[n++] = at;
  }
  while (n-- > SHORTEST - 1) {
    str unit, key = names_canonical(str_sub(s, starts[n], s.n), l->scratch, &unit);
    const struct name *name = key.n != 0 ? names_child(l->names, names_root(l->names), key) : NULL;
    *v = name != NULL && l->root->kind == VAL_OBJECT ? val_member(l->root, name->id) : NULL;
    if (*v != NULL && val_has_num(*v)) return name;
  }
  return NULL;
}

/* Is it the figure of the data, in whatever unit it was typed? */
static bool is_same(str digits, str behind, const struct val *v) {
  struct result typed, own;
  size_t n;
  result_init(&typed);
  result_init(&own);
  const struct unit *unit = unit_at_start(behind, &n);
  result_set(&own, *v);
  result_set(&typed, val_text(digits));
  bool numbers = val_num(&typed.v, &typed.num) && val_num(&own.v, &own.num);
  bool same = !numbers || num_cmp(&typed.num, &own.num) == 0;
  if (!same && unit != NULL) {
    typed.v.unit = str_of(unit->name);
    if (own.v.unit.n == 0) own.v.unit = strcmp(unit->name, "%") == 0 ? STR("") : STR("元");
    result_to_unit(&own, typed.v.unit);
    same = num_cmp(&typed.num, &own.num) == 0;
  }
  result_free(&own);
  result_free(&typed);
  return same;
}

static void look_at(struct leftovers *l, const struct shown_paragraph *p, size_t from, size_t to) {
  const struct place *printed = NULL;
  const struct val *v;
  str before = str_sub(p->text, 0, from), linked = without_link(before);
  if (is_bound(str_sub(p->text, to, p->text.n))) return;
  arena_reset(l->scratch);
  const struct name *name = name_before(l, before, &v);
  if (name == NULL && linked.n != before.n) name = name_before(l, linked, &v);
  if (name == NULL || template_printed(l->t, name, &printed) == 0) return;
  if (is_same(str_sub(p->text, from, to), str_sub(p->text, to, p->text.n), v)) return;
  struct origin origin = {.file = STR_NONE};
  struct place place = {.file = STR_NONE};
  if (p->typed != NULL) place = *p->typed;
  place.before = str_sub(p->text, 0, from);
  place.tag = str_sub(p->text, from, to);
  place.after = str_sub(p->text, to, p->text.n);
  str args[3] = {name->shown, str_sub(p->text, from, to), v->text};
  val_origin(v, findings_arena(l->found), &origin);
  findings_add(l->found, CODE_LEFT_FIGURE, &place, origin.file.n != 0 ? &origin : NULL, 3, args);
}

void typed_look(struct leftovers *l, const struct shown_paragraph *p) {
  size_t at = 0;
  for (size_t i = 0; i < p->n; at += p->pieces[i++].text.n) {
    str s = p->pieces[i].text;
    if (p->pieces[i].field != NULL) continue;
    for (size_t k = 0; k < s.n;) {
      size_t from = k;
      while (k < s.n && (is_digit(s.p[k]) || (k > from && strchr(".,", s.p[k]) != NULL &&
                                              k + 1 < s.n && is_digit(s.p[k + 1]))))
        k++;
      if (k == from)
        k++;
      else if (at + from != 0)
        look_at(l, p, at + from, at + k);
    }
  }
}
