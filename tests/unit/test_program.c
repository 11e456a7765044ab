/* Programs: what a template compiles to can be read, and knows its text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
/* cmocka wants the headers above first */
#include <cmocka.h>

#include "base/mem.h"
#include "template/program.h"

static void letter_can_be_read(void **state) {
  (void)state;
  const char *folder = getenv("abs_srcdir");
  struct findings *fs = findings_new();
  struct names *names = names_new();
  struct template_options options = {.missing = MISSING_ERROR};
  struct buf path, out;
  buf_init(&path, 0);
  buf_init(&out, 0);
  buf_puts(&path, folder != NULL ? folder : ".");
  buf_puts(&path, "/templates/告知函.docx");
  struct template *t = template_open(path.p, &options, names, fs);
  assert_non_null(t);
  assert_true(t->parts[0].program->nparagraphs > 0);
  assert_true(program_dump(t, t->parts[0].program, &out));
  assert_true(str_find(buf_str(&out), STR("VALUE"), 0) != STR_NOT_FOUND);
  assert_true(str_find(buf_str(&out), STR("{{单位名称}}"), 0) != STR_NOT_FOUND);
  assert_true(str_find(buf_str(&out), STR("TEST"), 0) != STR_NOT_FOUND);
  assert_true(str_find(buf_str(&out), STR("END"), 0) != STR_NOT_FOUND);
  template_close(t);
  names_free(names);
  findings_free(fs);
  buf_free(&path);
  buf_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(letter_can_be_read)};
  return mem_install() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
