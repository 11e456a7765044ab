/* Packages and the output path.  Archives are made here byte by byte, so that they can be wrong
 * in one place at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/os.h"
#include "pack/pack.h"

/* ---- a folder for the files ---- */

static char folder[64];

static const char *in_folder(const char *name) {
  static char paths[4][400];
  static int turn;
  char *p = paths[turn++ % 4];
  snprintf(p, sizeof paths[0], "%s/%s", folder, name);
  return p;
}

static int folder_count(void) {
  int n = 0;
  DIR *d = opendir(folder);
  for (struct dirent *e; (e = readdir(d)) != NULL;)
    if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) n++;
  closedir(d);
  return n;
}

static int make_folder(void **state) {
  const char *tmp = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%.40s/packXXXXXX", tmp != NULL ? tmp : "/tmp");
  *state = findings_new();
  return mkdtemp(folder) != NULL && *state != NULL ? 0 : -1;
}

static int drop_folder(void **state) {
  findings_free(*state);
  DIR *d = opendir(folder);
  for (struct dirent *e; (e = readdir(d)) != NULL;) unlinkat(dirfd(d), e->d_name, 0);
  closedir(d);
  return rmdir(folder);
}

static void write_file(const char *path, str s) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(s.p, 1, s.n, f), s.n);
  assert_int_equal(fclose(f), 0);
}

static struct buf read_file(const char *path) {
  struct buf b;
  struct findings *fs = findings_new();
  buf_init(&b, 0);
  assert_true(os_read_file(path, SIZE_MAX / 8, &b, fs));
  findings_free(fs);
  return b;
}

/* ---- archives ---- */

struct item {
  const char *name;
  size_t name_n; /* 0: strlen */
  str data;
  bool deflated;
  /* lies: added to what is true */
  uint32_t crc, size, comp_size;
  unsigned flags, method; /* set when not 0 */
  bool descriptor;        /* local header without sizes, data descriptor behind */
  const char *local_extra;
};

static void put16(struct buf *b, unsigned v) {
  buf_putc(b, (char)(v & 255));
  buf_putc(b, (char)(v >> 8 & 255));
}

static void put32(struct buf *b, uint32_t v) {
  put16(b, v & 0xffff);
  put16(b, v >> 16);
}

static void put_deflated(struct buf *b, str s, int level) {
  z_stream z = {0};
  assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, -15, 9, 0), Z_OK);
  buf_reserve(b, deflateBound(&z, s.n));
  union {
    const char *p;
    Bytef *q;
  } in = {s.p};
  z.next_in = in.q;
  z.avail_in = (uInt)s.n;
  z.next_out = (Bytef *)b->p + b->n;
  z.avail_out = (uInt)deflateBound(&z, s.n);
  assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
  b->n += z.total_out;
  deflateEnd(&z);
}

static uint32_t crc_of(str s) {
  return (uint32_t)crc32(0, (const Bytef *)(s.n > 0 ? s.p : ""), (uInt)s.n);
}

/* The part that local header and central record share, from "version needed" on. */
static void put_header(struct buf *b, const struct item *e, size_t comp, bool local) {
  bool blank = local && e->descriptor;
  put16(b, 20);
  put16(b, e->flags | (e->descriptor ? 8 : 0));
  put16(b, e->method != 0 ? e->method : e->deflated ? 8 : 0);
  put16(b, 0x6000); /* 12:00 */
  put16(b, 0x5643); /* 2023-02-03 */
  put32(b, blank ? 0 : crc_of(e->data) + e->crc);
  put32(b, blank ? 0 : (uint32_t)comp + e->comp_size);
  put32(b, blank ? 0 : (uint32_t)e->data.n + e->size);
  put16(b, (unsigned)(e->name_n > 0 ? e->name_n : strlen(e->name)));
}

static void put_name(struct buf *b, const struct item *e) {
  buf_put(b, (str){e->name, e->name_n > 0 ? e->name_n : strlen(e->name)});
}

static struct buf make_zip(const struct item *items, size_t n, str stub, str comment) {
  struct buf b, central;
  buf_init(&b, 0);
  buf_init(&central, 0);
  buf_put(&b, stub);
  for (size_t i = 0; i < n; i++) {
    const struct item *e = &items[i];
    uint32_t at = (uint32_t)b.n;
    struct buf data;
    buf_init(&data, 0);
    if (e->deflated)
      put_deflated(&data, e->data, 9);
    else
      buf_put(&data, e->data);
    buf_put(&b, STR("PK\3\4"));
    put_header(&b, e, data.n, true);
    put16(&b, e->local_extra != NULL ? (unsigned)strlen(e->local_extra) : 0);
    put_name(&b, e);
    if (e->local_extra != NULL) buf_puts(&b, e->local_extra);
    buf_put(&b, buf_str(&data));
    if (e->descriptor) {
      buf_put(&b, STR("PK\7\10"));
      put32(&b, crc_of(e->data));
      put32(&b, (uint32_t)data.n);
      put32(&b, (uint32_t)e->data.n);
    }
    buf_put(&central, STR("PK\1\2"));
    put16(&central, 20);
    put_header(&central, e, data.n, false);
    for (int k = 0; k < 4; k++) put16(&central, 0);
    put32(&central, 0);
    put32(&central, at);
    put_name(&central, e);
    buf_free(&data);
  }
  uint32_t at = (uint32_t)b.n;
  buf_put(&b, buf_str(&central));
  buf_put(&b, STR("PK\5\6\0\0\0\0"));
  put16(&b, (unsigned)n);
  put16(&b, (unsigned)n);
  put32(&b, (uint32_t)central.n);
  put32(&b, at);
  put16(&b, (unsigned)comment.n);
  buf_put(&b, comment);
  assert_false(b.failed);
  buf_free(&central);
  return b;
}

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static struct pack *open_items(const struct item *items, size_t n, struct findings *fs) {
  struct buf b = make_zip(items, n, STR_NONE, STR_NONE);
  write_file(in_folder("t.docx"), buf_str(&b));
  buf_free(&b);
  return pack_open(in_folder("t.docx"), fs);
}

static bool arg_has(const struct finding *f, size_t i, const char *words) {
  return str_find(f->args[i], str_of(words), 0) != STR_NOT_FOUND;
}

/* ---- what is no package ---- */

static char ole_document[2048], ole_locked[2048], ole_book[2048];

static void make_ole(char file[2048], const char *name) {
  memcpy(file, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
  for (size_t i = 0; name[i] != '\0'; i++) file[1024 + 128 + 2 * i] = name[i];
}

static void test_kinds(void **state) {
  static const char png[] = "\x89PNG\r\n\x1a\n\0\0";
  make_ole(ole_document, "WordDocument");
  make_ole(ole_locked, "EncryptedPackage");
  make_ole(ole_book, "Workbook");
  const struct {
    const char *name;
    str bytes;
    enum code code;
    const char *words;
  } t[] = {
      {"a.docx", STR(""), CODE_NOT_ZIP, "empty"},
      {"b.docx", STR("{\\rtf1\\ansi}"), CODE_NOT_ZIP, "rich text"},
      {"c.docx", STR("%PDF-1.7\n"), CODE_NOT_ZIP, "PDF"},
      {"d.docx", STR("Rar!\x1a\x07\x01"), CODE_NOT_ZIP, "RAR"},
      {"e.docx", STR("7z\xbc\xaf\x27\x1c\0\4"), CODE_NOT_ZIP, "7z"},
      {"f.docx", STR("\x1f\x8b\x08"), CODE_NOT_ZIP, "gzip"},
      {"g.docx", {png, sizeof png}, CODE_NOT_ZIP, "picture"},
      {"h.doc", STR("\r\n<HTML><body>x</body></HTML>"), CODE_NOT_ZIP, ".html"},
      {"i.doc", STR("\xff\xfe<\0h\0t\0m\0l\0>\0"), CODE_NOT_ZIP, ".html"},
      {"j.doc", STR("MIME-Version: 1.0\nContent-Type: multipart"), CODE_NOT_ZIP, ".mht"},
      {"k.fodt",
       STR("<?xml version=\"1.0\"?><office:document "
           "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\"/>"),
       CODE_NOT_ZIP, "flat XML document: save it as .odt"},
      {"l.xml",
       STR("<?xml version=\"1.0\"?><pkg:package "
           "xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\"/>"),
       CODE_NOT_ZIP, "flat XML document: save it as .docx"},
      {"m.docx", STR("<?xml version=\"1.0\"?><a/>"), CODE_NOT_ZIP, "XML file"},
      {"n.docx", STR("\xb5\xa5\xce\xbb\xc3\xfb\xb3\xc6"), CODE_NOT_ZIP, "plain text"},
      {"o.docx", STR("{\"a\": 1}"), CODE_NOT_ZIP, "JSON"},
      {"p.docx", STR("\1\2\3\0\4"), CODE_NOT_ZIP, "unknown"},
      {"~$q.docx", STR("\5admin\0\0"), CODE_NOT_ZIP, "lock file"},
      {"r.docx", STR("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), CODE_NOT_ZIP, "empty archive"},
      {"s.docx", STR("PK\3\4\24\0\0\0\10\0 cut"), CODE_DAMAGED, "cut off"},
      {"t.doc", {ole_document, 2048}, CODE_OLE, "old .doc"},
      {"u.wps", {ole_document, 2048}, CODE_OLE, "WPS file"},
      {"v.docx", {ole_locked, 2048}, CODE_OLE, "password"},
      {"w.docx", {ole_book, 2048}, CODE_NOT_TEXT_DOCUMENT, "workbook"},
      {"x.ET", {ole_book, 2048}, CODE_NOT_TEXT_DOCUMENT, "WPS workbook"},
  };
  struct findings *fs = *state;
  for (size_t i = 0; i < COUNT(t); i++) {
    findings_clear(fs);
    write_file(in_folder(t[i].name), t[i].bytes);
    assert_null(pack_open(in_folder(t[i].name), fs));
    assert_int_equal(findings_count(fs), 1);
    const struct finding *f = findings_at(fs, 0);
    if (f->code != t[i].code || !arg_has(f, 0, t[i].words))
      fail_msg("%s: %s %.*s", t[i].name, codes[f->code].name, STR_ARG(f->args[0]));
    assert_true(str_ends(f->place.file, str_of(t[i].name)));
  }
}

static void test_no_file(void **state) {
  struct findings *fs = *state;
  assert_null(pack_open(in_folder("none.docx"), fs));
  assert_int_equal(findings_at(fs, 0)->code, CODE_IO);
  findings_clear(fs);
  assert_null(pack_open(folder, fs));
  assert_int_equal(findings_at(fs, 0)->code, CODE_IO);
}

/* Every cut of a sound archive is refused, with one finding at least. */
static void test_cuts(void **state) {
  const struct item items[] = {
      {"a.xml", .data = STR("<a>aaaaaaaaaaaaaaaaaaaa</a>"), .deflated = true},
      {"b.xml", .data = STR("<b/>")}};
  struct buf b = make_zip(items, COUNT(items), STR_NONE, STR_NONE);
  for (size_t n = 0; n < b.n; n++) {
    findings_clear(*state);
    write_file(in_folder("cut.docx"), str_sub(buf_str(&b), 0, n));
    assert_null(pack_open(in_folder("cut.docx"), *state));
    assert_true(findings_errors(*state) > 0);
  }
  buf_free(&b);
}

/* ---- sound packages ---- */

static const struct item sound[] = {
    {"mimetype", .data = STR("application/vnd.oasis.opendocument.text")},
    {"word/", .data = STR("")},
    {"word/document.xml", .data = STR("<w>text text text text text text text</w>"),
     .deflated = true, .descriptor = true},
    {"word/media/a.png",
     .data = STR("\x89PNG aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
     .local_extra = "\x20\xa2\4\0abcd"},
    {"图片/甲.xml", .data = STR("<x/>"), .flags = 0x800},
    {"\xcd\xbc\xc6\xac.xml", .data = STR("<gbk/>")},
    {"empty.xml", .data = STR("")},
    {"\xa1\xa1.xml", .data = STR("")}, /* not UTF-8 */
};

static void check_sound(struct pack *p, struct findings *fs) {
  assert_non_null(p);
  assert_int_equal(findings_count(fs), 0);
  assert_int_equal(pack_count(p), 7);
  assert_true(str_is(pack_name(p, 0), "mimetype"));
  ptrdiff_t i = pack_find(p, STR("word/document.xml"));
  assert_int_equal(i, 1);
  assert_int_equal(pack_size(p, 1), sound[2].data.n);
  assert_int_equal(pack_find(p, STR("word/Document.xml")), -1);
  assert_int_equal(pack_find(p, STR("word/")), -1);
  assert_true(pack_find(p, STR("\xcd\xbc\xc6\xac.xml")) >= 0);
  struct buf b;
  buf_init(&b, 0);
  assert_true(pack_read(p, (size_t)i, 1000, &b, fs));
  assert_true(str_eq(buf_str(&b), sound[2].data));
  assert_true(pack_read(p, (size_t)i, 1000, &b, fs)); /* appends */
  assert_int_equal(b.n, 2 * sound[2].data.n);
  assert_false(pack_read(p, (size_t)i, sound[2].data.n - 1, &b, fs));
  assert_int_equal(findings_at(fs, 0)->code, CODE_TOO_BIG);
  buf_free(&b);
}

static void test_sound(void **state) {
  struct pack *p = open_items(sound, COUNT(sound), *state);
  check_sound(p, *state);
  assert_true(str_ends(pack_path(p), STR("/t.docx")));
  pack_close(p);
}

static void test_comment(void **state) {
  struct buf b = make_zip(sound, COUNT(sound), STR_NONE, STR("a comment PK\5\6 with a trap"));
  write_file(in_folder("u.docx"), buf_str(&b));
  buf_free(&b);
  struct pack *p = pack_open(in_folder("u.docx"), *state);
  check_sound(p, *state);
  pack_close(p);
}

static void test_stub(void **state) {
  struct buf b = make_zip(sound, COUNT(sound), STR("#!/bin/sh in front\n"), STR_NONE);
  write_file(in_folder("u.docx"), buf_str(&b));
  buf_free(&b);
  struct pack *p = pack_open(in_folder("u.docx"), *state);
  check_sound(p, *state);
  pack_close(p);
}

/* ---- unsound packages ---- */

#define GOOD \
  { "good.xml", .data = STR("<good/>") }

static void check_fault(struct findings *fs, const struct item *items, size_t n, enum code code,
                        const char *part, const char *words) {
  findings_clear(fs);
  assert_null(open_items(items, n, fs));
  assert_true(findings_errors(fs) > 0);
  for (size_t i = 0; i < findings_count(fs); i++) {
    const struct finding *f = findings_at(fs, i);
    if (f->code == code && str_is(f->place.part, part) &&
        (arg_has(f, 0, words) || arg_has(f, 1, words)))
      return;
  }
  const struct finding *f = findings_at(fs, 0);
  fail_msg("%s %s: %s %.*s: %.*s %.*s", part, words, codes[f->code].name, STR_ARG(f->place.part),
           STR_ARG(f->args[0]), STR_ARG(f->args[1]));
}

static void test_faults(void **state) {
  static char long_name[1100];
  memset(long_name, 'n', sizeof long_name - 1);
  const struct {
    struct item item;
    enum code code;
    const char *part, *words;
  } t[] = {
      {{"a", .data = STR("abc"), .crc = 1}, CODE_DAMAGED, "a", "checksum"},
      {{"a", .data = STR("abcabcabcabcabc"), .deflated = true, .crc = 1},
       CODE_DAMAGED,
       "a",
       "checksum"},
      {{"a", .data = STR("abcabcabcabcabc"), .deflated = true, .size = 1},
       CODE_DAMAGED,
       "a",
       "long"},
      {{"a", .data = STR("abcabcabcabcabc"), .deflated = true, .size = (uint32_t)-1},
       CODE_DAMAGED,
       "a",
       "long"},
      {{"a", .data = STR("abcabcabcabcabc"), .deflated = true, .comp_size = (uint32_t)-2},
       CODE_DAMAGED,
       "a",
       "an entry"},
      {{"a", .data = STR("abcabcabc"), .method = 8}, CODE_DAMAGED, "a", "unpacked"},
      {{"a", .data = STR("abc"), .comp_size = 4000}, CODE_DAMAGED, "", "overlap"},
      {{"a", .data = STR("abc"), .flags = 1}, CODE_ENCRYPTED, "a", "a"},
      {{"a", .data = STR("abc"), .flags = 0x41}, CODE_ENCRYPTED, "a", "a"},
      {{"a", .data = STR("abc"), .method = 12}, CODE_BAD_ENTRY, "a", "packed"},
      {{"a", .data = STR("abc"), .size = 300u << 20}, CODE_TOO_BIG, "a", "268435456"},
      {{"a", .data = STR("abc"), .size = 2000u << 20}, CODE_TOO_BIG, "", "1073741824"},
      {{.name = "../a"}, CODE_BAD_ENTRY, "../a", "out of"},
      {{.name = "a/../b"}, CODE_BAD_ENTRY, "a/../b", "out of"},
      {{.name = "a/.."}, CODE_BAD_ENTRY, "a/..", "out of"},
      {{.name = "./a"}, CODE_BAD_ENTRY, "./a", "out of"},
      {{.name = "/a"}, CODE_BAD_ENTRY, "/a", "slash"},
      {{.name = "a//b"}, CODE_BAD_ENTRY, "a//b", "slashes"},
      {{.name = "a\\b"}, CODE_BAD_ENTRY, "a\\b", "backslash"},
      {{.name = "C:a"}, CODE_BAD_ENTRY, "C:a", "colon"},
      {{.name = "a\nb"}, CODE_BAD_ENTRY, "a\\x0Ab", "control"},
      {{"a\0b", .name_n = 3}, CODE_BAD_ENTRY, "a b", "control"},
      {{.name = long_name}, CODE_BAD_ENTRY, long_name, "long"},
      {{.name = "good.xml"}, CODE_BAD_ENTRY, "good.xml", "twice"},
      {{.name = "Good.XML"}, CODE_BAD_ENTRY, "Good.XML", "case"},
      {{.name = "/good.xml"}, CODE_BAD_ENTRY, "/good.xml", "case"},
  };
  for (size_t i = 0; i < COUNT(t); i++) {
    const struct item items[] = {GOOD, t[i].item};
    check_fault(*state, items, 2, t[i].code, t[i].part, t[i].words);
  }
}

static void test_faults_together(void **state) {
  struct findings *fs = *state;
  const struct item items[] = {GOOD,
                               {"a", .data = STR("abc"), .crc = 1},
                               {"../b", .data = STR("abc"), .crc = 1},
                               {"c", .data = STR("abc"), .flags = 1},
                               {"A", .data = STR("abc")}};
  assert_null(open_items(items, COUNT(items), fs));
  assert_int_equal(findings_count(fs), 5);
}

static void test_harmless_names(void **state) {
  const struct item items[] = {GOOD,
                               {.name = "a..b/c...d"},
                               {.name = "a b"},
                               {.name = "word/[trash]/1.xml"},
                               {.name = "a/.b"}};
  struct pack *p = open_items(items, COUNT(items), *state);
  assert_non_null(p);
  pack_close(p);
}

static void test_many_entries(void **state) {
  size_t n = LIMIT_TEMPLATE_ENTRIES + 1;
  struct item *items = calloc(n, sizeof *items);
  char(*names)[8] = calloc(n, sizeof *names);
  for (size_t i = 0; i < n; i++) {
    snprintf(names[i], sizeof names[i], "n%u", (unsigned)(i % 10000));
    items[i].name = names[i];
  }
  assert_null(open_items(items, n, *state));
  assert_int_equal(findings_at(*state, 0)->code, CODE_TOO_BIG);
  findings_clear(*state);
  struct pack *p = open_items(items, n - 1, *state);
  assert_non_null(p);
  pack_close(p);
  free(names);
  free(items);
}

/* ---- output ---- */

struct entry {
  str name, raw, extra;
  unsigned flags, method, time, date, need;
  uint32_t crc, size;
};

static unsigned get16(const char *p) {
  return (unsigned)((unsigned char)p[0] | (unsigned char)p[1] << 8);
}
static uint32_t get32(const char *p) { return get16(p) | (uint32_t)get16(p + 2) << 16; }

/* The entries of an archive that must have no comment and no gaps, and whose local headers must
 * say what the central directory says. */
static size_t walk(str zip, struct entry *out, size_t most) {
  const char *end = zip.p + zip.n - 22;
  assert_memory_equal(end, "PK\5\6", 4);
  assert_int_equal(get16(end + 20), 0);
  size_t n = get16(end + 10), next = 0;
  const char *c = zip.p + get32(end + 16);
  assert_true(n <= most);
  for (size_t i = 0; i < n; i++) {
    assert_memory_equal(c, "PK\1\2", 4);
    size_t at = get32(c + 42), name_n = get16(c + 28);
    assert_int_equal(at, next);
    const char *l = zip.p + at;
    assert_memory_equal(l, "PK\3\4", 4);
    assert_memory_equal(l + 4, c + 6, 24); /* version … name length */
    assert_memory_equal(l + 30, c + 46, name_n);
    assert_int_equal(get16(c + 30) + get16(c + 32), 0);
    out[i] = (struct entry){{l + 30, name_n},
                            {l + 30 + name_n + get16(l + 28), get32(c + 20)},
                            {l + 30 + name_n, get16(l + 28)},
                            get16(l + 6),
                            get16(l + 8),
                            get16(l + 10),
                            get16(l + 12),
                            get16(l + 4),
                            get32(l + 14),
                            get32(l + 22)};
    next = (size_t)(out[i].raw.p - zip.p) + out[i].raw.n;
    c += 46 + name_n;
  }
  assert_ptr_equal(c, end);
  return n;
}

struct text_stream {
  str text;
  size_t at, step, fail_at;
  unsigned starts;
  bool refuse;
  struct findings *fs;
};

static bool text_start(void *ctx) {
  struct text_stream *t = ctx;
  t->at = 0;
  t->starts++;
  return !t->refuse;
}

static ptrdiff_t text_pull(void *ctx, char *data, size_t len) {
  struct text_stream *t = ctx;
  if (len > t->step) len = t->step;
  if (len > t->text.n - t->at) len = t->text.n - t->at;
  if (t->fail_at > 0 && t->at + len >= t->fail_at) {
    if (t->fs != NULL) finding(t->fs, CODE_DIVISION, NULL, NULL, STR("x"));
    return -1;
  }
  if (len > 0) memcpy(data, t->text.p + t->at, len);
  t->at += len;
  return (ptrdiff_t)len;
}

/* Rows of a table, somewhat different from each other. */
static struct buf rows(size_t n) {
  struct buf b;
  buf_init(&b, 0);
  for (size_t i = 0; i < n; i++) {
    buf_puts(&b, "<w:tr><w:tc><w:p><w:r><w:t>");
    buf_put_u64(&b, i * 7919 % 100003);
    buf_puts(&b, "</w:t></w:r></w:p></w:tc></w:tr>\n");
  }
  return b;
}

static void write_report(struct pack *p, const char *path, enum pack_mode mode,
                         struct text_stream *t, str text, struct findings *fs) {
  struct pack_stream s = {text_start, text_pull, t, false};
  struct pack_out *o = pack_create(p, path, mode, fs);
  assert_non_null(o);
  for (size_t i = 0; i < pack_count(p); i++) assert_true(pack_put_copy(o, i, STR_NONE, fs));
  assert_true(pack_put_copy(o, 2, STR("word/media/b.png"), fs));
  assert_true(pack_put_bytes(o, STR("bytes.xml"), text, false, fs));
  assert_true(pack_put_bytes(o, STR("stored.xml"), text, true, fs));
  assert_true(pack_put_bytes(o, STR("none.xml"), STR_NONE, false, fs));
  assert_true(pack_put_stream(o, STR("正文.xml"), &s, fs));
  assert_true(pack_commit(o, NULL, fs));
}

static void check_text(struct pack *p, const char *name, str text, struct findings *fs) {
  struct buf b;
  buf_init(&b, 0);
  ptrdiff_t i = pack_find(p, str_of(name));
  assert_true(i >= 0);
  assert_true(pack_read(p, (size_t)i, SIZE_MAX / 8, &b, fs));
  assert_true(str_eq(buf_str(&b), text));
  buf_free(&b);
}

static void check_report(str zip, str text) {
  struct entry e[16];
  struct buf six;
  buf_init(&six, 0);
  put_deflated(&six, text, 6);
  assert_int_equal(walk(zip, e, COUNT(e)), 12);
  for (size_t i = 0; i < 12; i++) {
    assert_int_equal(e[i].extra.n, 0);
    assert_true(e[i].need <= 20);
    assert_int_equal(e[i].date, i < 8 ? 0x5643 : 0x21);
    assert_int_equal(e[i].time, i < 8 ? 0x6000 : 0);
    assert_int_equal(e[i].flags & ~0x800u, 0);
  }
  assert_true(str_is(e[0].name, "mimetype"));
  assert_int_equal(zip.p[38], 'a');
  assert_int_equal(e[0].method, 0);
  assert_int_equal(e[1].method, 8);
  assert_int_equal(e[2].method, 0); /* the picture */
  assert_true(str_eq(e[2].raw, sound[3].data));
  assert_int_equal(e[7].method, 0);
  assert_true(str_eq(e[7].raw, sound[3].data));
  assert_int_equal(e[1].flags, 0);
  assert_int_equal(e[3].flags, 0x800);
  assert_int_equal(e[6].flags, 0);
  assert_true(str_is(e[6].name, "\xa1\xa1.xml"));
  assert_true(str_is(e[4].name, "\xcd\xbc\xc6\xac.xml"));
  assert_int_equal(e[9].method, 0);
  assert_int_equal(e[9].raw.n, text.n);
  assert_int_equal(e[11].flags, 0x800);
  assert_int_equal(e[11].size, text.n);
  if (text.n > 100000) { /* level 6, not libzip's 9 */
    assert_int_equal(e[8].method, 8);
    assert_int_equal(e[8].raw.n, six.n);
    assert_int_equal(e[11].raw.n, six.n);
  }
  buf_free(&six);
}

static void check_output(struct findings *fs, size_t nrows, size_t step) {
  struct pack *p = open_items(sound, COUNT(sound), fs);
  struct buf text = rows(nrows);
  struct text_stream t = {buf_str(&text), .step = step};
  write_report(p, in_folder("one.docx"), PACK_NEW, &t, t.text, fs);
  write_report(p, in_folder("two.docx"), PACK_NEW, &t, t.text, fs);
  assert_int_equal(t.starts, 2);
  struct buf one = read_file(in_folder("one.docx")), two = read_file(in_folder("two.docx"));
  assert_true(str_eq(buf_str(&one), buf_str(&two)));
  check_report(buf_str(&one), t.text);
  struct pack *q = pack_open(in_folder("one.docx"), fs);
  assert_non_null(q);
  assert_int_equal(pack_count(q), 12);
  check_text(q, "正文.xml", t.text, fs);
  check_text(q, "bytes.xml", t.text, fs);
  check_text(q, "stored.xml", t.text, fs);
  check_text(q, "none.xml", STR_NONE, fs);
  check_text(q, "word/document.xml", sound[2].data, fs);
  pack_close(q);
  pack_close(p);
  buf_free(&one);
  buf_free(&two);
  buf_free(&text);
  unlink(in_folder("one.docx"));
  unlink(in_folder("two.docx"));
  assert_int_equal(findings_count(fs), 0);
}

static void test_output(void **state) {
  static const size_t sizes[] = {0, 1, 3, 200, 1100, 5000, 40000};
  for (size_t i = 0; i < COUNT(sizes); i++) check_output(*state, sizes[i], SIZE_MAX / 8);
  check_output(*state, 5000, 1000);
}

/* Raw bytes of a deflated entry are the template's. */
static void test_raw_copy(void **state) {
  struct buf text = rows(9000);
  const struct item items[] = {{"a.xml", .data = buf_str(&text), .deflated = true}, GOOD};
  struct pack *p = open_items(items, 2, *state);
  struct pack_out *o = pack_create(p, in_folder("r.docx"), PACK_NEW, *state);
  assert_true(pack_put_copy(o, 1, STR_NONE, *state));
  assert_true(pack_put_copy(o, 0, STR("b.xml"), *state));
  assert_true(pack_commit(o, NULL, *state));
  pack_close(p);
  struct buf nine, zip = read_file(in_folder("r.docx"));
  struct entry e[4];
  buf_init(&nine, 0);
  put_deflated(&nine, buf_str(&text), 9);
  assert_int_equal(walk(buf_str(&zip), e, COUNT(e)), 2);
  assert_true(str_is(e[1].name, "b.xml"));
  assert_true(str_eq(e[1].raw, buf_str(&nine)));
  buf_free(&nine);
  buf_free(&zip);
  buf_free(&text);
}

static void check_stream_failure(struct findings *fs, struct text_stream t, enum code code) {
  findings_clear(fs);
  struct pack *p = open_items(sound, COUNT(sound), fs);
  struct pack_stream s = {text_start, text_pull, &t, false};
  struct pack_out *o = pack_create(p, in_folder("f.docx"), PACK_NEW, fs);
  assert_true(pack_put_copy(o, 0, STR_NONE, fs));
  assert_true(pack_put_stream(o, STR("s.xml"), &s, fs));
  assert_false(pack_commit(o, NULL, fs));
  assert_int_equal(findings_count(fs), 1);
  assert_int_equal(findings_at(fs, 0)->code, code);
  assert_int_equal(folder_count(), 1);
  pack_close(p);
}

static void test_stream_failures(void **state) {
  struct findings *fs = *state;
  struct buf text = rows(20000);
  str s = buf_str(&text);
  struct text_stream t = {s, .step = 65536, .fail_at = 1, .fs = fs};
  check_stream_failure(fs, t, CODE_DIVISION);
  t.fail_at = 600000;
  check_stream_failure(fs, t, CODE_DIVISION);
  t.fail_at = s.n;
  check_stream_failure(fs, t, CODE_DIVISION);
  t.fs = NULL;
  check_stream_failure(fs, t, CODE_INTERNAL);
  t.refuse = true;
  check_stream_failure(fs, t, CODE_INTERNAL);
  buf_free(&text);
}

static void test_abort(void **state) {
  struct findings *fs = *state;
  struct pack *p = open_items(sound, COUNT(sound), fs);
  struct pack_out *o = pack_create(p, in_folder("x.docx"), PACK_NEW, fs);
  assert_true(pack_put_copy(o, 0, STR_NONE, fs));
  assert_true(pack_put_bytes(o, STR("a"), STR("abc"), false, fs));
  pack_abort(o);
  assert_int_equal(folder_count(), 1);
  pack_abort(NULL);
  o = pack_create(p, in_folder("x.docx"), PACK_NEW, fs);
  assert_int_equal(findings_count(fs), 0);
  assert_false(pack_commit(o, NULL, fs)); /* no parts */
  assert_int_equal(folder_count(), 1);
  findings_clear(fs);
  o = pack_create(p, in_folder("x.docx"), PACK_NEW, fs);
  assert_true(pack_put_bytes(o, STR("a"), STR("abc"), false, fs));
  assert_false(pack_put_bytes(o, STR("a"), STR("abc"), false, fs));
  assert_int_equal(findings_at(fs, 0)->code, CODE_INTERNAL);
  assert_false(pack_commit(o, NULL, fs));
  assert_int_equal(findings_count(fs), 1);
  assert_int_equal(folder_count(), 1);
  pack_close(p);
}

static struct pack_out *small_report(struct pack *p, const char *path, enum pack_mode mode,
                                     struct findings *fs) {
  struct pack_out *o = pack_create(p, path, mode, fs);
  if (o != NULL) assert_true(pack_put_copy(o, 0, STR_NONE, fs));
  return o;
}

static void test_exists(void **state) {
  struct findings *fs = *state;
  struct pack *p = open_items(sound, COUNT(sound), fs);
  write_file(in_folder("old.docx"), STR("old"));
  assert_null(small_report(p, in_folder("old.docx"), PACK_NEW, fs));
  assert_int_equal(findings_at(fs, 0)->code, CODE_EXISTS);
  findings_clear(fs);
  /* comes into being while we write */
  struct pack_out *o = small_report(p, in_folder("late.docx"), PACK_NEW, fs);
  write_file(in_folder("late.docx"), STR("late"));
  assert_false(pack_commit(o, NULL, fs));
  assert_int_equal(findings_count(fs), 1);
  assert_int_equal(findings_at(fs, 0)->code, CODE_EXISTS);
  struct buf b = read_file(in_folder("late.docx"));
  assert_true(str_is(buf_str(&b), "late"));
  buf_free(&b);
  /* a dangling symbolic link is something, too */
  findings_clear(fs);
  assert_int_equal(symlink("nowhere", in_folder("link.docx")), 0);
  assert_null(small_report(p, in_folder("link.docx"), PACK_NEW, fs));
  assert_int_equal(findings_at(fs, 0)->code, CODE_EXISTS);
  assert_int_equal(folder_count(), 4);
  pack_close(p);
}

static void test_replace(void **state) {
  struct findings *fs = *state;
  struct stat st;
  struct pack *p = open_items(sound, COUNT(sound), fs);
  const mode_t mask = umask(027);
  assert_true(pack_commit(small_report(p, in_folder("n.docx"), PACK_REPLACE, fs), NULL, fs));
  assert_int_equal(stat(in_folder("n.docx"), &st), 0);
  assert_int_equal(st.st_mode & 0777, 0640);
  write_file(in_folder("old.docx"), STR("old"));
  assert_int_equal(chmod(in_folder("old.docx"), 0604), 0);
  struct pack_out *o = small_report(p, in_folder("old.docx"), PACK_REPLACE, fs);
  assert_int_equal(stat(in_folder("old.docx"), &st), 0);
  assert_int_equal(st.st_size, 3); /* whole until the commit */
  assert_true(pack_commit(o, NULL, fs));
  assert_int_equal(stat(in_folder("old.docx"), &st), 0);
  assert_true(st.st_size > 100);
  assert_int_equal(st.st_mode & 0777, 0604);
  /* a symbolic link is replaced, not followed */
  assert_int_equal(symlink("old.docx", in_folder("link.docx")), 0);
  write_file(in_folder("old.docx"), STR("old"));
  assert_true(pack_commit(small_report(p, in_folder("link.docx"), PACK_REPLACE, fs), NULL, fs));
  assert_int_equal(lstat(in_folder("link.docx"), &st), 0);
  assert_true(S_ISREG(st.st_mode));
  assert_int_equal(stat(in_folder("old.docx"), &st), 0);
  assert_int_equal(st.st_size, 3);
  assert_int_equal(folder_count(), 4);
  assert_int_equal(findings_count(fs), 0);
  umask(mask);
  pack_close(p);
}

static void test_bad_targets(void **state) {
  struct findings *fs = *state;
  struct pack *p = open_items(sound, COUNT(sound), fs);
  assert_null(pack_create(p, in_folder("no/x.docx"), PACK_NEW, fs));
  assert_null(pack_create(p, in_folder(""), PACK_REPLACE, fs));
  assert_int_equal(findings_count(fs), 2);
  assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
  assert_false(pack_commit(small_report(p, in_folder("fifo"), PACK_REPLACE, fs), NULL, fs));
  assert_int_equal(findings_count(fs), 3);
  assert_int_equal(findings_at(fs, 2)->code, CODE_IO);
  assert_int_equal(folder_count(), 2);
  pack_close(p);
}

/* The template may be replaced by its own report: it is in memory. */
static void test_onto_itself(void **state) {
  struct findings *fs = *state;
  struct pack *p = open_items(sound, COUNT(sound), fs);
  struct text_stream t = {STR("abc"), .step = 1};
  write_report(p, in_folder("t.docx"), PACK_REPLACE, &t, t.text, fs);
  pack_close(p);
  p = pack_open(in_folder("t.docx"), fs);
  assert_non_null(p);
  assert_int_equal(pack_count(p), 12);
  pack_close(p);
}

/* ---- files ---- */

static void test_read_file(void **state) {
  struct findings *fs = *state;
  struct buf b;
  buf_init(&b, 0);
  write_file(in_folder("f"), STR("12345"));
  assert_true(os_read_file(in_folder("f"), 5, &b, fs));
  assert_true(str_is(buf_str(&b), "12345"));
  assert_false(os_read_file(in_folder("f"), 4, &b, fs));
  assert_int_equal(findings_at(fs, 0)->code, CODE_FILE_TOO_BIG);
  buf_free(&b);
  buf_init(&b, 5);
  findings_clear(fs);
  assert_true(os_read_file(in_folder("f"), 100, &b, fs));
  assert_false(os_read_file(in_folder("f"), 100, &b, fs));
  assert_int_equal(findings_at(fs, 0)->code, CODE_FILE_TOO_BIG);
  buf_free(&b);
  /* a size that stat does not know */
  buf_init(&b, 0);
  assert_true(os_read_file("/proc/self/status", 1 << 20, &b, fs));
  assert_true(b.n > 100);
  buf_free(&b);
  mem_clear();
}

static void test_dirs(void **state) {
  struct findings *fs = *state;
  assert_true(os_make_dirs(in_folder("a"), fs));
  assert_true(os_make_dirs(in_folder("a/b//c/"), fs));
  assert_true(os_make_dirs(in_folder("a/b/c"), fs));
  assert_true(os_is_dir(in_folder("a/b/c")));
  write_file(in_folder("a/f"), STR("x"));
  assert_false(os_make_dirs(in_folder("a/f"), fs));
  assert_int_equal(findings_count(fs), 1);
  findings_clear(fs);
  assert_false(os_make_dirs(in_folder("a/f/g"), fs));
  assert_int_equal(findings_count(fs), 1);
  assert_int_equal(symlink("f", in_folder("a/l")), 0);
  assert_true(os_same_file(in_folder("a/l"), in_folder("a/../a/f")));
  assert_false(os_same_file(in_folder("a/f"), in_folder("a/none")));
  assert_false(os_is_dir(in_folder("a/f")));
  unlink(in_folder("a/f"));
  assert_true(os_exists(in_folder("a/l")));
  unlink(in_folder("a/l"));
  rmdir(in_folder("a/b/c"));
  rmdir(in_folder("a/b"));
  rmdir(in_folder("a"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, drop_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_kinds),
      TEST(test_no_file),
      TEST(test_cuts),
      TEST(test_sound),
      TEST(test_comment),
      TEST(test_stub),
      TEST(test_faults),
      TEST(test_faults_together),
      TEST(test_harmless_names),
      TEST(test_many_entries),
      TEST(test_output),
      TEST(test_raw_copy),
      TEST(test_stream_failures),
      TEST(test_abort),
      TEST(test_exists),
      TEST(test_replace),
      TEST(test_bad_targets),
      TEST(test_onto_itself),
      TEST(test_read_file),
      TEST(test_dirs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
