/* The names of reports: made for all records before anything is written.
 *
 * OUT is a folder (then a report is called by the template and its record), a pattern with tags,
 * or one file.  What a pattern means is template/'s business; here its values are judged, and the
 * names against each other, against the inputs and against what is there already.
 * Invariant: a name is exactly what template and data say, or there is none; no value makes a
 * folder, hides a file or takes another report's place.
 */
#include "job/name.h"

#include <errno.h>
#include <stdlib.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/utf8.h"

#define N_(s) (s)

/* ---- what is wrong with a value or a component ---- */

static bool is_control(uint32_t cp) {
  return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x2028 || cp == 0x2029;
}

/* Characters that are not seen: two names that look alike would differ, or one would read
 * backwards. */
static bool is_invisible(uint32_t cp) {
  return utf8_is_zero_width(cp) || cp == 0x200e || cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) ||
         (cp >= 0x2066 && cp <= 0x2069) || (cp & 0xfffe) == 0xfffe;
}

static bool is_reserved(uint32_t cp) { return cp < 0x80 && cp != 0 && strchr(":*?\"<>|", (int)cp); }

const char *name_value_fault(str value) {
  if (utf8_check(value) < value.n) return N_("it is not valid UTF-8");
  if (utf8_trim(value).n == 0) return N_("it is empty");
  for (size_t at = 0; at < value.n;) {
    uint32_t cp = utf8_next(value, &at);
    if (cp == '/' || cp == '\\') return N_("it holds a mark that parts folders, / or \\");
    if (is_control(cp)) return N_("it holds a control character or a line break");
    if (is_invisible(cp)) return N_("it holds an invisible character");
    if (is_reserved(cp)) return N_("it holds one of : * ? \" < > |");
  }
  if (str_is(value, ".") || str_is(value, "..")) return N_("it means a folder");
  return NULL;
}

static bool same_word(str s, const char *word) {
  size_t n = strlen(word);
  if (s.n != n) return false;
  for (size_t i = 0; i < n; i++) {
    char c = s.p[i];
    if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
    if (c != word[i]) return false;
  }
  return true;
}

/* Names of devices that Windows keeps, with any ending: CON, nul.docx, Com1, LPT². */
static bool is_device(str s) {
  static const char *const words[] = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
  static const char *const ports[] = {"COM", "LPT"};
  static const char *const numbers[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"};
  size_t dot = str_find(s, STR("."), 0);
  s = str_sub(s, 0, dot);
  while (s.n > 0 && s.p[s.n - 1] == ' ') s.n--;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (same_word(s, words[i])) return true;
  for (size_t i = 0; i < 2; i++)
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
      if (s.n > 3 && same_word(str_sub(s, 0, 3), ports[i]) &&
          str_is(str_sub(s, 3, s.n), numbers[k]))
        return true;
  return false;
}

static bool has_blank_end(str s) {
  str t = utf8_trim(s);
  return t.n != s.n;
}

const char *name_component_fault(str component) {
  if (component.n == 0) return N_("the name would be empty");
  if (component.n > LIMIT_FILE_NAME)
    return N_("the name would be longer than 255 bytes (about 80 Chinese characters)");
  if (component.p[0] == '-') return N_("the name would begin with a minus");
  if (component.p[0] == '.') return N_("the name would begin with a dot");
  if (component.p[component.n - 1] == '.') return N_("the name would end in a dot");
  if (has_blank_end(component)) return N_("the name would begin or end with a blank");
  if (is_device(component)) return N_("the name is reserved by Windows");
  return NULL;
}

bool name_ends(str path, str ending) {
  if (path.n <= ending.n) return false;
  for (size_t i = 0; i < ending.n; i++) {
    char c = path.p[path.n - ending.n + i];
    if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
    if (c != ending.p[i]) return false;
  }
  return path.p[path.n - ending.n - 1] != '/';
}

/* ---- names that look the same ---- */

struct wide {
  UChar *p;
  int32_t n;
};

static struct wide wide_new(struct arena *a, int32_t n) {
  return (struct wide){arena_array(a, (size_t)n + 1, sizeof(UChar)), n};
}

static struct wide wide_nfc(struct wide s, struct arena *a) {
  UErrorCode e = U_ZERO_ERROR;
  const UNormalizer2 *nfc = unorm2_getNFCInstance(&e);
  if (s.p == NULL || U_FAILURE(e)) return s;
  int32_t n = unorm2_normalize(nfc, s.p, s.n, NULL, 0, &e);
  struct wide to = wide_new(a, n);
  e = U_ZERO_ERROR;
  if (to.p != NULL) unorm2_normalize(nfc, s.p, s.n, to.p, n + 1, &e);
  return to;
}

static struct wide wide_fold(struct wide s, struct arena *a) {
  UErrorCode e = U_ZERO_ERROR;
  if (s.p == NULL) return s;
  int32_t n = u_strFoldCase(NULL, 0, s.p, s.n, U_FOLD_CASE_DEFAULT, &e);
  struct wide to = wide_new(a, n);
  e = U_ZERO_ERROR;
  if (to.p != NULL) u_strFoldCase(to.p, n + 1, s.p, s.n, U_FOLD_CASE_DEFAULT, &e);
  return to;
}

static struct wide wide_of(str s, struct arena *a) {
  UErrorCode e = U_ZERO_ERROR;
  struct wide w = wide_new(a, (int32_t)s.n);
  if (w.p != NULL) u_strFromUTF8WithSub(w.p, w.n + 1, &w.n, s.p, (int32_t)s.n, 0xfffd, NULL, &e);
  return w;
}

str name_fold(str path, struct arena *a) {
  UErrorCode e = U_ZERO_ERROR;
  if (path.n == 0 || path.n > INT32_MAX / 16) return arena_dup(a, path);
  struct wide w = wide_nfc(wide_fold(wide_nfc(wide_of(path, a), a), a), a);
  if (w.p == NULL) return STR_NONE;
  int32_t n = 0;
  char *p = arena_alloc(a, (size_t)w.n * 3 + 1);
  if (p == NULL) return STR_NONE;
  u_strToUTF8WithSub(p, w.n * 3 + 1, &n, w.p, w.n, 0xfffd, NULL, &e);
  return (str){p, (size_t)n};
}

/* ---- one name ---- */

/* A value that went into the name at hand, and where the data have it: places are made of it
 * only for messages, for they are dear. */
struct used {
  str tag, value;
  const struct val_source *source; /* NULL: the record as a whole */
  uint64_t at;
};

struct plan {
  const struct fill_job *job;
  struct data *d;
  struct arena *a;       /* the paths */
  struct arena *scratch; /* one record, and what is known of its name */
  struct findings *fs;
  bool folder;             /* OUT is a folder */
  struct pattern *pattern; /* NULL: OUT has no tags */
  str out, stem, ending;   /* ending: empty without a template */
  struct subject *subjects;
  size_t count;
  /* the record at hand: */
  size_t index;
  struct record record;
  struct used *used;
  size_t nused, used_cap;
};

static bool no_memory(struct findings *fs) {
  return findings_add(fs, CODE_MEMORY, NULL, NULL, 0, NULL);
}

static bool name_bad(struct plan *p, struct findings *fs, const struct used *u, const char *why) {
  struct origin o = {.file = STR_NONE};
  if (u->source != NULL)
    u->source->place(u->source, u->at, p->scratch, &o);
  else if (p->pattern != NULL || p->folder)
    data_record_origin(p->d, p->index, p->scratch, &o);
  return finding(fs, CODE_NAME_BAD, NULL, &o, u->tag, u->value, str_of(why));
}

static struct used *add_used(struct plan *p, str tag, str value, const struct val *v) {
  struct used *u = arena_grow(p->scratch, p->used, &p->nused, &p->used_cap, sizeof *p->used);
  if (u == NULL) return NULL;
  p->used = u - (p->nused - 1);
  *u = (struct used){.tag = arena_dup(p->scratch, tag), .value = arena_dup(p->scratch, value)};
  if (v != NULL) u->source = v->source;
  if (v != NULL) u->at = v->at;
  return u;
}

/* For pattern_print. */
static bool check_value(void *ctx, str tag, str value, const struct val *v, struct findings *fs) {
  struct plan *p = ctx;
  struct used *u = add_used(p, tag, value, v);
  if (u == NULL) return no_memory(fs);
  const char *why = name_value_fault(value);
  return why == NULL || name_bad(p, fs, u, why);
}

/* The value to blame for a component: the longest one that stands in it. */
static const struct used *blame(const struct plan *p, str component) {
  const struct used *worst = NULL;
  for (size_t i = 0; i < p->nused; i++) {
    const struct used *u = &p->used[i];
    if (str_find(component, u->value, 0) == STR_NOT_FOUND) continue;
    if (worst == NULL || u->value.n > worst->value.n) worst = u;
  }
  return worst;
}

static bool check_component(struct plan *p, str component, bool last) {
  const char *why = name_component_fault(component);
  if (why == NULL && last && name_ends(component, p->ending))
    why = name_component_fault(str_sub(component, 0, component.n - p->ending.n));
  if (why == NULL) return true;
  const struct used *u = blame(p, component);
  struct used whole = {.tag = STR(N_("the whole name")), .value = component};
  return name_bad(p, p->fs, u != NULL ? u : &whole, why);
}

/* Did the user type this component so? Then it is no value's: out, .., .cache */
static bool is_typed(str out, str component) {
  for (size_t from = 0; from <= out.n;) {
    size_t to = str_find(out, STR("/"), from);
    if (to == STR_NOT_FOUND) to = out.n;
    if (str_eq(str_sub(out, from, to), component)) return true;
    from = to + 1;
  }
  return false;
}

static bool check_components(struct plan *p, str path) {
  bool ok = true;
  for (size_t from = 0; from <= path.n;) {
    size_t to = str_find(path, STR("/"), from);
    if (to == STR_NOT_FOUND) to = path.n;
    str component = str_sub(path, from, to);
    bool last = to == path.n && !p->folder;
    if (!is_typed(p->out, component)) ok = check_component(p, component, last) && ok;
    from = to + 1;
  }
  return ok;
}

/* Findings about the record at hand, which do not say yet which one it is. */
static void append_here(struct plan *p, const struct findings *from) {
  struct origin here = {.file = STR_NONE};
  if (findings_count(from) != 0) data_record_origin(p->d, p->index, p->scratch, &here);
  for (size_t i = 0; i < findings_count(from); i++) {
    const struct finding *f = findings_at(from, i);
    const struct origin *o = f->origin.file.n != 0 ? &f->origin : &here;
    findings_add(p->fs, f->code, &f->place, o, FINDING_ARGS, f->args);
  }
}

static bool print_pattern(struct plan *p, struct buf *path) {
  struct findings *own = findings_new();
  if (own == NULL) return no_memory(p->fs);
  bool ok = pattern_print(p->pattern, &p->record.root, path, check_value, p, own);
  append_here(p, own);
  findings_free(own);
  return ok && check_components(p, buf_str(path));
}

/* 模板名-单位名称.docx, or the data file's name and the number of the record in it. */
static bool put_default_name(struct plan *p, struct buf *path) {
  uint32_t id = data_key(p->d);
  const struct val *unit = id != 0 ? val_member(&p->record.root, id) : NULL;
  size_t start = path->n;
  bool ok = true;
  buf_put(path, p->stem);
  buf_putc(path, '-');
  if (unit != NULL && !val_none(unit, false)) {
    bool plain = unit->kind == VAL_TEXT || unit->kind == VAL_NUMBER;
    str value = plain ? unit->text : STR_NONE;
    ok = check_value(p, names_key(data_names(p->d), id), value, unit, p->fs);
    buf_put(path, value);
  } else {
    buf_put(path, p->record.stem);
    if (p->record.index != 0) buf_putc(path, '-');
    if (p->record.index != 0) buf_put_u64(path, p->record.index);
  }
  buf_put(path, p->ending);
  return ok && check_component(p, str_sub(buf_str(path), start, path->n), true);
}

static bool print_path(struct plan *p, struct buf *path) {
  bool ok = true;
  if (p->pattern != NULL)
    ok = print_pattern(p, path);
  else
    buf_put(path, p->out);
  if (!ok || !p->folder) return ok;
  if (!str_ends(buf_str(path), STR("/"))) buf_putc(path, '/');
  return put_default_name(p, path);
}

static bool one_name(struct plan *p, size_t i) {
  struct buf path;
  buf_init(&path, 0);
  arena_reset(p->scratch);
  p->used = NULL;
  p->nused = p->used_cap = 0;
  struct subject *s = &p->subjects[i];
  p->index = s->record;
  bool ok = data_record(p->d, p->index, p->scratch, &p->record, p->fs);
  if (ok && !choose_note(s, p->d, &p->record, p->a)) ok = no_memory(p->fs);
  ok = ok && print_path(p, &path);
  if (ok) {
    s->path = arena_dup(p->a, buf_str(&path)).p;
    if (path.failed || s->path == NULL) ok = no_memory(p->fs);
  }
  buf_free(&path);
  return ok;
}

/* ---- the names against each other and against what is there ---- */

struct key {
  str folded;
  size_t i;
};

static int key_cmp(const void *x, const void *y) {
  const struct key *a = x, *b = y;
  int c = str_cmp(a->folded, b->folded);
  return c != 0 ? c : (a->i > b->i) - (a->i < b->i);
}

/* A record that a message speaks of as the other one. */
static str record_words(struct plan *p, size_t i) {
  struct origin o = {.file = STR_NONE};
  data_record_origin(p->d, p->subjects[i].record, p->scratch, &o);
  return finding_origin(p->fs, &o);
}

static bool report_twice(struct plan *p, const struct key *keys) {
  bool ok = true;
  size_t first = 0;
  for (size_t i = 1; i < p->count; i++) {
    if (!str_eq(keys[i].folded, keys[first].folded)) {
      first = i;
      continue;
    }
    ok = finding(p->fs, CODE_NAME_TWICE, NULL, NULL, str_of(p->subjects[keys[i].i].path),
                 record_words(p, keys[first].i), record_words(p, keys[i].i));
  }
  return ok;
}

static bool check_twice(struct plan *p) {
  struct arena *kept = arena_new(0);
  struct key *keys = kept != NULL ? ARENA_ARRAY(kept, p->count, struct key) : NULL;
  bool ok = keys != NULL;
  for (size_t i = 0; ok && i < p->count; i++) {
    arena_reset(p->scratch);
    keys[i] = (struct key){arena_dup(kept, name_fold(str_of(p->subjects[i].path), p->scratch)), i};
    ok = keys[i].folded.p != NULL;
  }
  if (ok) {
    qsort(keys, p->count, sizeof *keys, key_cmp);
    ok = report_twice(p, keys);
  } else {
    no_memory(p->fs);
  }
  arena_free(kept);
  return ok;
}

/* `d` may be NULL: then the data are what the command line names. */
static bool is_input(const struct fill_job *job, struct data *d, const char *path) {
  const char *roster = job->data_options.roster;
  if (os_same_file(path, job->template_path)) return true;
  for (size_t i = 0; i < job->ndata; i++)
    if (os_same_file(path, job->data[i])) return true;
  for (size_t i = 0; d != NULL && i < data_file_count(d); i++)
    if (os_same_file(path, data_file(d, i))) return true;
  return roster != NULL && os_same_file(path, roster);
}

/* `may`: what is there may be replaced, as far as is seen here. */
static bool check_there(const struct fill_job *job, struct data *d, const char *path, bool may,
                        struct findings *fs) {
  if (!os_exists(path)) return true;
  if (is_input(job, d, path)) return finding(fs, CODE_NAME_INPUT, NULL, NULL, str_of(path));
  if (os_is_dir(path))
    return finding(fs, CODE_IO, NULL, NULL, str_of(path), str_of(strerror(EISDIR)));
  return may || finding(fs, CODE_EXISTS, NULL, NULL, str_of(path));
}

/* What lies in a folder of data is read as data the next time. */
static bool in_input(const struct fill_job *job, const char *path, struct findings *fs) {
  char *folder = mem_strdup(path);
  if (folder == NULL) return !no_memory(fs);
  char *slash = strrchr(folder, '/');
  if (slash != NULL) slash[slash == folder] = '\0';
  bool in = false;
  for (size_t i = 0; i < job->ndata && !in; i++)
    in = os_same_file(slash != NULL ? folder : ".", job->data[i]);
  mem_free(folder);
  if (in) finding(fs, CODE_AMONG_DATA, NULL, NULL, str_of(path));
  return in;
}

bool name_report(const struct fill_job *job, struct findings *fs) {
  return check_there(job, NULL, job->report, job->force, fs) && !in_input(job, job->report, fs);
}

bool name_annotate(const struct fill_job *job, struct findings *fs) {
  return check_there(job, NULL, job->annotate, job->force, fs);
}

/* ---- OUT ---- */

/* The ending as a message shows it: what stands behind the last dot, or the whole last part. */
static str shown_ending(str out) {
  size_t at = out.n;
  while (at > 0 && strchr("./}\x9d", out.p[at - 1]) == NULL) at--; /* 0x9d ends ｝ */
  if (at > 0 && out.p[at - 1] == '.') return str_sub(out, at - 1, out.n);
  at = out.n;
  while (at > 0 && out.p[at - 1] != '/') at--;
  return str_sub(out, at, out.n);
}

static bool read_out(struct plan *p) {
  const struct fill_job *job = p->job;
  p->out = str_of(job->out);
  bool is_dir = os_is_dir(job->out);
  p->folder = is_dir || str_ends(p->out, STR("/"));
  if (!is_dir) {
    p->pattern = pattern_parse(p->out, &job->options, data_names(p->d), p->fs);
    if (p->pattern == NULL) return false;
    if (!pattern_has_tags(p->pattern)) {
      pattern_free(p->pattern);
      p->pattern = NULL;
    }
  }
  bool ok = true;
  if (!p->folder && p->ending.n != 0 && !name_ends(p->out, p->ending))
    ok = finding(p->fs, shown_ending(p->out).p[0] == '.' ? CODE_ENDING : CODE_NO_ENDING, NULL, NULL,
                 shown_ending(p->out), p->ending);
  if (!p->folder && p->pattern == NULL && p->count > 1)
    ok = finding(p->fs, CODE_MANY_TO_ONE, NULL, NULL, finding_number(p->fs, p->count), p->out);
  return ok;
}

/* Of OUT, without the part that is a name or has tags. */
static str common_folder(const struct plan *p) {
  str s = p->pattern != NULL ? pattern_head(p->pattern) : p->out;
  if (p->folder && p->pattern == NULL && !str_ends(s, STR("/")))
    return arena_join(p->a, (str[]){s, STR("/")}, 2);
  while (s.n > 0 && s.p[s.n - 1] != '/') s.n--;
  return arena_dup(p->a, s);
}

static bool plan_all(struct plan *p) {
  if (!read_out(p)) return false;
  if (p->folder && p->ending.n == 0) return true;
  bool ok = true;
  for (size_t i = 0; i < p->count && !mem_failed(); i++) ok = one_name(p, i) && ok;
  if (mem_failed()) return no_memory(p->fs);
  if (!ok) return false;
  ok = check_twice(p);
  bool may = p->job->force || p->job->resume || p->job->discard_edits; /* job/guard.c judges */
  for (size_t i = 0; i < p->count; i++)
    if (p->subjects[i].here) ok = check_there(p->job, p->d, p->subjects[i].path, may, p->fs) && ok;
  return ok;
}

bool name_plan(const struct fill_job *job, struct template *t, struct data *d,
               struct subjects *subjects, struct arena *a, struct findings *fs) {
  struct plan p = {.job = job, .d = d, .a = a, .fs = fs};
  p.subjects = subjects->items;
  p.count = subjects->n;
  if (t != NULL) {
    p.stem = template_stem(t);
    p.ending = template_ending(t);
  }
  p.scratch = arena_new(0);
  bool ok = p.scratch != NULL ? plan_all(&p) : no_memory(fs);
  if (ok) subjects->folder = common_folder(&p);
  if (ok && subjects->folder.p == NULL) ok = no_memory(fs);
  pattern_free(p.pattern);
  arena_free(p.scratch);
  return ok;
}

bool name_beside(const struct fill_job *job, const char *path, struct findings *fs) {
  return check_there(job, NULL, path, job->force || job->resume, fs) && !in_input(job, path, fs);
}
