/* Pictures: kinds and sizes by content, proportions, files that change; addresses of links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* cmocka wants the headers above first */
#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "render/address.h"
#include "render/album.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- what a picture is ---- */

/* 2 × 1 pixels each, made by tests/tools/picture.py. */
static const unsigned char png[] = {
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0,    0,    0,    0x0D, 0x49, 0x48,
    0x44, 0x52, 0,    0,    0,    2,    0,    0,    0,    1,    8,    2,    0,    0,
    0,    0x7B, 0x40, 0xE8, 0xDD, 0,    0,    0,    0x0D, 0x49, 0x44, 0x41, 0x54, 0x78,
    0x9C, 0x63, 0xF8, 0xCF, 0xC0, 0,    0x44, 0,    8,    0xFE, 1,    0xFF, 0xC6, 0x9E,
    0x79, 0xF7, 0,    0,    0,    0,    0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82};
static const unsigned char gif[] = {
    0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 2, 0, 1,    0,    0x91, 0,    0,    0, 0,   0, 0xFF,
    0,    0,    0,    0,    0,    0,    0, 0, 0x21, 0xF9, 4,    0,    0,    0, 0,   0, 0x2C,
    0,    0,    0,    0,    2,    0,    1, 0, 0,    2,    2,    0x4C, 0x0A, 0, 0x3B};
static const unsigned char jpeg[] = {
    0xFF, 0xD8, 0xFF, 0xE0, 0,    0x10, 0x4A, 0x46, 0x49, 0x46, 0,    1,    1,    0,    0,
    1,    0,    1,    0,    0,    0xFF, 0xE1, 0,    0x2E, 0x45, 0x78, 0x69, 0x66, 0,    0,
    0x4D, 0x4D, 0,    0x2A, 0,    0,    0,    8,    0,    2,    1,    0x0F, 0,    2,    0,
    0,    0,    4,    0x41, 0x42, 0x43, 0,    1,    0x12, 0,    3,    0,    0,    0,    1,
    0,    6,    0,    0,    0,    0,    0,    0,    0xFF, 0xDB, 0,    0x43, 0,    8,    8,
    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,
    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,
    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,
    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,    8,
    8,    8,    0xFF, 0xC2, 0,    0x11, 8,    0,    1,    0,    2,    3,    1,    0x11, 0,
    2,    0x11, 0,    3,    0x11, 0,    0xFF, 0xC4, 0,    0x1F, 0,    0,    0,    0,    0x0C,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    1,    2,
    3,    4,    5,    6,    7,    8,    9,    0x0A, 0x0B, 0xFF, 0xDA, 0,    0x0C, 3,    1,
    0,    2,    0,    3,    0,    0,    0,    0,    0x62, 0xD9, 0x48, 0x80, 0xFF, 0xD9};

static str bytes(const unsigned char *p, size_t n) { return (str){(const char *)p, n}; }

static void kinds_by_content(void **state) {
  (void)state;
  const struct {
    str s;
    enum picture_kind kind;
    unsigned turn;
  } some[] = {{bytes(png, sizeof png), PICTURE_PNG, 1},
              {bytes(gif, sizeof gif), PICTURE_GIF, 1},
              {bytes(jpeg, sizeof jpeg), PICTURE_JPEG, 6}};
  for (size_t i = 0; i < COUNT(some); i++) {
    struct picture p;
    const char *what;
    assert_int_equal(picture_read(some[i].s, &p, &what), PICTURE_SOUND);
    assert_int_equal(p.kind, some[i].kind);
    assert_int_equal(p.width, 2);
    assert_int_equal(p.height, 1);
    assert_int_equal(p.turn, some[i].turn);
  }
}

/* Every beginning of a picture, in memory of its own so that a sanitizer sees what is read beyond
 * it, and every picture with one byte changed: judged, never more. */
static void damage_is_found(void **state) {
  (void)state;
  const str some[] = {bytes(png, sizeof png), bytes(gif, sizeof gif), bytes(jpeg, sizeof jpeg)};
  for (size_t i = 0; i < COUNT(some); i++)
    for (size_t n = 0; n < some[i].n; n++) {
      struct picture p;
      const char *what;
      char *copy = malloc(some[i].n);
      assert_non_null(copy);
      memcpy(copy, some[i].p, some[i].n);
      char *cut = malloc(n != 0 ? n : 1);
      assert_non_null(cut);
      memcpy(cut, copy, n);
      bool whole =
          i == 1 && n == some[i].n - 1; /* a GIF without its last byte shows all the same */
      assert_true((picture_read((str){cut, n}, &p, &what) == PICTURE_SOUND) == whole);
      for (unsigned v = 0; v < 256; v += 51) {
        copy[n] = (char)v;
        picture_read((str){copy, some[i].n}, &p, &what);
      }
      free(cut);
      free(copy);
    }
}

static void drawings(void **state) {
  (void)state;
#define SVG(attributes) "<svg xmlns='http://www.w3.org/2000/svg' " attributes "/>"
  static const struct {
    const char *text;
    enum picture_fault fault;
    uint64_t width, height;
  } some[] = {
      {SVG("width='2' height='1.5px'"), PICTURE_SOUND, 2000, 1500},
      {SVG("width='1in' height='2.54cm'"), PICTURE_SOUND, 96000, 96000},
      {SVG("width='3pt' height='1pc'"), PICTURE_SOUND, 4000, 16000},
      {SVG("width='50%' viewBox='-1,-2 30 40'"), PICTURE_SOUND, 30000, 40000},
      {SVG("viewBox='0 0 1e3 5'"), PICTURE_NO_SIZE, 0, 0},
      {SVG("width='9999999999999' height='1'"), PICTURE_NO_SIZE, 0, 0},
      {SVG("width='-5' height='1'"), PICTURE_NO_SIZE, 0, 0},
      {"<svg width='1' height='1'/>", PICTURE_FOREIGN, 0, 0},
      {"<a:svg xmlns:a='http://www.w3.org/2000/svg' width='1' height='1'>", PICTURE_DAMAGED, 0, 0}};
  for (size_t i = 0; i < COUNT(some); i++) {
    struct picture p;
    const char *what;
    assert_int_equal(picture_read(str_of(some[i].text), &p, &what), some[i].fault);
    if (some[i].fault != PICTURE_SOUND) continue;
    assert_int_equal(p.width, some[i].width);
    assert_int_equal(p.height, some[i].height);
  }
}

static void proportions(void **state) {
  (void)state;
  static const struct {
    uint64_t w, h, frame_w, frame_h, to_w, to_h;
  } some[] = {{4, 3, 400, 300, 400, 300},
              {40, 10, 360000, 270000, 360000, 90000},
              {10, 40, 360000, 270000, 67500, 270000},
              {3, 1, 100, 100, 100, 33},
              {3, 2, 100, 100, 100, 67},
              {1, 5000, 100, 100, 1, 100},
              {5000, 1, 100, 100, 100, 1},
              {1, 1, 4294967295u, 7, 7, 7},
              {4294967295u, 4294967295u, 4294967295u, 4294967295u, 4294967295u, 4294967295u},
              {UINT64_MAX, 1, 4294967295u, 4294967295u, 4294967295u, 2}};
  for (size_t i = 0; i < COUNT(some); i++) {
    const struct picture p = {.width = some[i].w, .height = some[i].h};
    uint64_t w = some[i].frame_w, h = some[i].frame_h;
    picture_fit(&p, &w, &h);
    assert_int_equal(w, some[i].to_w);
    assert_int_equal(h, some[i].to_h);
  }
}

/* ---- files ---- */

static void put_file(const char *path, str s) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(s.p, 1, s.n, f), s.n);
  assert_int_equal(fclose(f), 0);
}

struct shelf {
  char folder[64], file[128], twin[128];
  struct arena *arena;
  struct findings *fs;
  struct album album;
  struct asking ask;
};

static void shelf_open(struct shelf *s) {
  static const struct place nowhere;
  *s = (struct shelf){.folder = "/tmp/tianbao-album-XXXXXX"};
  assert_non_null(mkdtemp(s->folder));
  snprintf(s->file, sizeof s->file, "%s/a.png", s->folder);
  snprintf(s->twin, sizeof s->twin, "%s/b.png", s->folder);
  put_file(s->file, bytes(png, sizeof png));
  put_file(s->twin, bytes(png, sizeof png));
  s->arena = arena_new(0);
  s->fs = findings_new();
  assert_true(s->arena != NULL && s->fs != NULL);
  s->album.arena = s->arena;
  s->ask = (struct asking){.place = &nowhere, .tag = STR("{{x}}"), .kinds = ~0u, .fs = s->fs};
}

static void shelf_close(struct shelf *s) {
  unlink(s->file);
  unlink(s->twin);
  rmdir(s->folder);
  findings_free(s->fs);
  arena_free(s->arena);
}

static void equal_files_are_one(void **state) {
  (void)state;
  struct shelf s;
  uint32_t a = 9, b = 9;
  shelf_open(&s);
  str folder = str_of(s.folder);
  assert_false(album_find(&s.album, folder, STR("a.png"), &a));
  assert_true(album_add(&s.album, folder, STR("a.png"), &s.ask, &a));
  assert_true(album_add(&s.album, folder, STR("b.png"), &s.ask, &b));
  assert_int_equal(s.album.n, 1);
  assert_int_equal(a, b);
  assert_true(album_find(&s.album, folder, STR("b.png"), &b));
  put_file(s.twin, bytes(gif, sizeof gif));
  assert_true(album_add(&s.album, folder, STR("./b.png"), &s.ask, &b));
  assert_int_equal(s.album.n, 2);
  assert_int_equal(findings_count(s.fs), 0);
  shelf_close(&s);
}

/* Reads the stream to its end; -1: it failed. */
static ptrdiff_t stream_length(const struct pack_stream *s) {
  char piece[16];
  ptrdiff_t total = 0, n;
  if (!s->start(s->ctx)) return -1;
  while ((n = s->pull(s->ctx, piece, sizeof piece)) > 0) total += n;
  return n < 0 ? -1 : total;
}

static void changed_files_are_seen(void **state) {
  (void)state;
  struct shelf s;
  struct film film;
  uint32_t i;
  shelf_open(&s);
  assert_true(album_add(&s.album, str_of(s.folder), STR("a.png"), &s.ask, &i));
  struct pack_stream stream = film_stream(&film, &s.album.photos[i], s.fs);
  assert_true(stream.stored);
  assert_int_equal(stream_length(&stream), sizeof png);
  assert_int_equal(stream_length(&stream), sizeof png); /* it may begin anew */
  assert_int_equal(findings_count(s.fs), 0);
  unsigned char other[sizeof png];
  memcpy(other, png, sizeof png);
  other[30] ^= 1;
  put_file(s.file, bytes(other, sizeof other)); /* of the same length */
  assert_int_equal(stream_length(&stream), -1);
  assert_int_equal(findings_at(s.fs, 0)->code, CODE_PICTURE_CHANGED);
  put_file(s.file, bytes(png, sizeof png - 1));
  assert_int_equal(stream_length(&stream), -1);
  unlink(s.file);
  assert_int_equal(stream_length(&stream), -1);
  put_file(s.file, bytes(png, sizeof png));
  assert_int_equal(stream_length(&stream), sizeof png);
  film_close(&film);
  shelf_close(&s);
}

/* Without memory at any point: a finding that says so, or all is well. */
static void memory_may_run_out(void **state) {
  (void)state;
  for (size_t n = 1; n < 60; n++) {
    struct shelf s;
    uint32_t i;
    shelf_open(&s);
    mem_fail_after(n);
    bool ok = album_add(&s.album, str_of(s.folder), STR("a.png"), &s.ask, &i);
    mem_fail_after(0);
    assert_true(ok || findings_errors(s.fs) > 0);
    mem_clear();
    shelf_close(&s);
  }
}

/* ---- addresses ---- */

static void addresses(void **state) {
  (void)state;
  static const struct {
    const char *front, *value, *address;
  } some[] = {{"http://a.cn/", "甲/b?c#d e", "http://a.cn/%E7%94%B2%2Fb%3Fc%23d%20e"},
              {"http://a.cn/", "A-z0._~", "http://a.cn/A-z0._~"},
              {"MailTo:", "a+b@c", "MailTo:a%2Bb@c"},
              {"mailto:x?cc=", "a@c", "mailto:x?cc=a%40c"},
              {"", "http://a/%41%4g", "http://a/%41%254g"},
              {"", "#甲 b", "#甲%20b"},
              {"", "a\"b", "a%22b"}};
  for (size_t i = 0; i < COUNT(some); i++) {
    struct buf b;
    buf_init(&b, 0);
    buf_puts(&b, some[i].front);
    assert_true(b.n != 0 ? address_put_part(&b, str_of(some[i].value))
                         : address_put_start(&b, str_of(some[i].value)));
    assert_string_equal(b.p, some[i].address);
    buf_free(&b);
  }
}

static void where_addresses_lead(void **state) {
  (void)state;
  static const struct {
    const char *address;
    enum address_fault fault;
  } some[] = {{"http://a", ADDRESS_GOOD},
              {"HTTPS://a/b", ADDRESS_GOOD},
              {"mailto:a", ADDRESS_GOOD},
              {"#a", ADDRESS_GOOD},
              {"#", ADDRESS_GOOD},
              {"http:", ADDRESS_EMPTY},
              {"http:///a", ADDRESS_EMPTY},
              {"mailto:", ADDRESS_EMPTY},
              {"javascript:a", ADDRESS_SCHEME},
              {"JAVASCRIPT:a", ADDRESS_SCHEME},
              {"httpx://a", ADDRESS_SCHEME},
              {"file:///a", ADDRESS_SCHEME},
              {"www.a.cn", ADDRESS_NO_SCHEME},
              {"//a", ADDRESS_NO_SCHEME},
              {"", ADDRESS_NO_SCHEME},
              {" http://a", ADDRESS_CONTROL},
              {"http://a\n", ADDRESS_CONTROL},
              {"\x7Fhttp://a", ADDRESS_CONTROL},
              {"1a:b", ADDRESS_NO_SCHEME},
              {":a", ADDRESS_NO_SCHEME}};
  for (size_t i = 0; i < COUNT(some); i++)
    assert_int_equal(address_judge(str_of(some[i].address), str_of(some[i].address)),
                     some[i].fault);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(kinds_by_content),
      cmocka_unit_test(damage_is_found),
      cmocka_unit_test(drawings),
      cmocka_unit_test(proportions),
      cmocka_unit_test(equal_files_are_one),
      cmocka_unit_test(changed_files_are_seen),
      cmocka_unit_test(memory_may_run_out),
      cmocka_unit_test(addresses),
      cmocka_unit_test(where_addresses_lead),
  };
  return mem_install() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
