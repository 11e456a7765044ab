#!/bin/sh
# All tests. Runs the unit tests, the checks of the house and the cases, adds up what they count,
# and ends with one line: "N passed, N failed, N skipped". `make check` calls it with
# srcdir, abs_srcdir, builddir, TIANBAO, PYTHON3, UNIT_TESTS and TIANBAO_SANITIZED.
#   TIANBAO_CHECK=quick   leaves out the cases (they were run before on the same sources)
#   TIANBAO_COUNT=300     so many random templates instead of the number in run.py
set -u
: "${abs_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}" "${builddir:=$abs_srcdir}"
: "${TIANBAO:=$builddir/tianbao}" "${PYTHON3:=python3}" "${UNIT_TESTS:=}"
: "${TIANBAO_SANITIZED:=no}" "${TIANBAO_CHECK:=full}" "${TIANBAO_COUNT:=}"
srcdir=$abs_srcdir
TIANBAO_LOCALEDIR=$builddir/locale
LC_ALL=C.UTF-8
PYTHONDONTWRITEBYTECODE=1
export srcdir abs_srcdir builddir PYTHON3 TIANBAO TIANBAO_SANITIZED TIANBAO_LOCALEDIR TIANBAO_CHECK
export LC_ALL PYTHONDONTWRITEBYTECODE

passed=0 failed=0 skipped=0
log=$(mktemp) || exit 3
outputs=$(mktemp -d) || exit 3
trap 'rm -rf "$log" "$log.rc" "$outputs"' EXIT
trap 'exit 130' INT TERM HUP

# run COMMAND...: its output on the terminal and in $log; its status in $rc.
run() {
  { "$@" 2>&1 </dev/null; echo $? >"$log.rc"; } | tee "$log"
  rc=$(cat "$log.rc")
}

# The counts on the last line of $log that has some; fails when there is none.
counts() {
  set -- $(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed, \([0-9][0-9]*\) skipped$/\1 \2 \3/p' \
    "$log" | tail -n 1)
  [ $# -eq 3 ] || return 1
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
  [ "$2" -gt 0 ] || [ "$rc" -eq 0 ] || failed=$((failed + 1))
}

# suite NAME COMMAND...: a program that ends with a line of counts.
suite() {
  echo "== $1"
  shift
  run "$@"
  if ! counts; then
    echo "FAIL: no counts, status $rc: $*"
    failed=$((failed + 1))
  fi
}

# suites SCRIPT...: each as a suite, side by side on all processors, told in their order.
suites() {
  printf '%s\n' "$@" | xargs -P "$(nproc)" -I '{}' sh -c '
    out=$1/$(echo "$3" | tr / _)
    "$PYTHON3" "$2/tests/$3" >"$out" 2>&1 </dev/null
    echo $? >"$out.rc"' suite "$outputs" "$srcdir" '{}'
  for t in "$@"; do
    out=$outputs/$(echo "$t" | tr / _)
    suite "tests/$t" sh -c 'cat "$1" && exit "$(cat "$1.rc")"' told "$out"
  done
}

# single NAME COMMAND...: a program that is one test.
single() {
  name=$1
  shift
  run "$@"
  if [ "$rc" -eq 0 ]; then
    echo "ok: $name"
    passed=$((passed + 1))
  elif [ "$rc" -eq 77 ]; then
    echo "skipped: $name"
    skipped=$((skipped + 1))
  else
    echo "FAIL: $name"
    failed=$((failed + 1))
  fi
}

# unit PROGRAM: a cmocka program; its tests are counted one by one.
unit() {
  { "$1" 2>&1 </dev/null; echo $? >"$log.rc"; } >"$log"
  rc=$(cat "$log.rc")
  p=$(grep -c '^\[       OK \]' "$log")
  s=$(sed -n 's/^\[  SKIPPED \] *\([0-9][0-9]*\) test.*/\1/p' "$log" | awk '{n += $1} END {print n + 0}')
  f=$(sed -n 's/^\[  FAILED  \] *\([0-9][0-9]*\) test.*/\1/p' "$log" | awk '{n += $1} END {print n + 0}')
  [ "$f" -gt 0 ] || [ "$rc" -eq 0 ] || f=1 # a crash
  if [ "$f" -gt 0 ] || [ $((p + s)) -eq 0 ]; then
    cat "$log"
    [ "$f" -gt 0 ] || f=1
    echo "FAIL: ${1##*/} (status $rc)"
  else
    echo "ok: ${1##*/} ($p)"
  fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

echo "== unit tests"
if [ -z "$UNIT_TESTS" ]; then
  n=$(find "$srcdir/tests/unit" -name 'test_*.c' 2>/dev/null | wc -l)
  echo "skipped: $n unit test programs: cmocka was not found by configure"
  skipped=$((skipped + n))
fi
for t in $UNIT_TESTS; do unit "$builddir/$t"; done

echo "== the house"
single "sources.am lists the sources" sh "$srcdir/build-aux/sources.sh" --check "$srcdir"
single "manual and --help name the same options" "$PYTHON3" "$srcdir/tests/tools/man_agrees.py"
single "every message has its Chinese words" sh "$srcdir/build-aux/pot.sh" --check "$srcdir"
suites tools/selftest.py tools/doc_examples.py tools/doc_forms.py tools/help_examples.py \
  tools/help_codes.py fields_command.py packages.py books.py pictures.py charts.py links.py fields.py \
  old_templates.py accept.py rules.py check_command.py annotate.py damaged.py completion.py \
  leftovers.py trace.py tables.py county.py batch.py record.py summary.py

if [ "$TIANBAO_CHECK" = quick ]; then
  echo "== cases: left out (TIANBAO_CHECK=quick)"
else
  # shellcheck disable=SC2086  # an option and its number, or nothing
  suite "cases" "$PYTHON3" "$srcdir/tests/run.py" ${TIANBAO_COUNT:+--count "$TIANBAO_COUNT"}
  suite "every feature in every place" "$PYTHON3" "$srcdir/tests/matrix.py"
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
