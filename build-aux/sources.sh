#!/bin/sh
# Writes sources.am, the lists of sources that Makefile.am includes, or checks that it is right.
#   sources.sh --write SRCDIR | --check SRCDIR
set -eu
LC_ALL=C
export LC_ALL
mode=${1:?usage: sources.sh --write|--check SRCDIR}
cd "${2:?usage: sources.sh --write|--check SRCDIR}"

# list VARIABLE FILE...: a make variable, one name a line.
list() {
  printf '\n%s =' "$1"
  shift
  for f in "$@"; do printf ' \\\n\t%s' "$f"; done
  printf '\n'
}

generate() {
  printf '# Written by `make update-sources`; `make check` compares it with the folders.\n'
  # shellcheck disable=SC2046  # names of our own sources: no blanks
  list library_sources $(find src -name '*.c' ! -path src/cli/main.c | sort)
  # shellcheck disable=SC2046
  list library_headers $(find src \( -name '*.h' -o -name '*.def' \) | sort)
  # shellcheck disable=SC2046
  list unit_tests $(find tests/unit -name 'test_*.c' 2>/dev/null | sed 's/\.c$//' | sort)
}

case $mode in
--write)
  generate >sources.am.tmp
  if cmp -s sources.am.tmp sources.am; then rm -f sources.am.tmp; else mv sources.am.tmp sources.am; fi
  ;;
--check)
  if ! generate | diff sources.am -; then
    echo 'sources.am does not list the sources that are there: run "make update-sources"' >&2
    exit 1
  fi
  ;;
*)
  echo 'usage: sources.sh --write|--check SRCDIR' >&2
  exit 2
  ;;
esac
