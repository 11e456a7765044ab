#!/bin/sh
# Collects the messages of the sources and merges them into po/*.po, or checks that each of them
# has its words in every po/*.po (nothing is written into SRCDIR then; status 77: no gettext tools).
# Messages stand in _() and N_(), and in the X-macro tables, where each macro is a keyword whose
# numbered arguments are messages (one pass for each argument: xgettext takes one message a call).
#   pot.sh --write SRCDIR | --check SRCDIR
set -eu
LC_ALL=C.UTF-8
export LC_ALL
unset LANGUAGE
: "${XGETTEXT:=xgettext}" "${MSGMERGE:=msgmerge}" "${VERSION:=0}"
usage='usage: pot.sh --write SRCDIR | --check SRCDIR'
mode=${1:?$usage}
cd "${2:?$usage}"

extract() {
  "$XGETTEXT" --language=C --from-code=UTF-8 --add-comments=TRANSLATORS --no-wrap --add-location=file \
    --package-name=tianbao --package-version="$VERSION" --copyright-holder='the authors of tianbao' \
    -o "$pot" "$@"
}

collect() {
  # shellcheck disable=SC2046  # names of our own sources: no blanks
  extract --force-po --keyword --keyword=_ --keyword=N_ --keyword=ngettext:1,2 \
    $(find src -name '*.c' | sort) $(find src -name '*.h' | sort)

  # FILE MACRO ARGUMENT...
  while read -r file macro arguments; do
    for a in $arguments; do
      extract --join-existing --keyword --keyword="$macro:$a" "$file"
    done
  done <<'TABLES'
src/base/codes.def CODE 5 6
src/base/limits.def LIMIT 3 4
src/cli/examples.def EXAMPLE 2
TABLES
}

# incomplete PO: what msgfmt has against it, and the messages of $pot that it lacks.
incomplete() {
  msgfmt --check -o /dev/null "$1" || echo "$1: msgfmt does not take it"
  "$MSGMERGE" --quiet --no-wrap --no-fuzzy-matching --add-location=file -o "$tmp/merged" "$1" "$pot" ||
    { echo "$1: msgmerge does not take it"; return; }
  msgattrib --no-obsolete --no-wrap --untranslated -o "$tmp/untranslated" "$tmp/merged"
  msgattrib --no-obsolete --no-wrap --only-fuzzy -o "$tmp/fuzzy" "$tmp/merged"
  for why in untranslated fuzzy; do
    # Where nothing is found there is no file, or one with a header only.
    [ ! -f "$tmp/$why" ] || sed '1,/^$/d' "$tmp/$why" >"$tmp/list"
    if [ -s "$tmp/list" ]; then
      echo "$1: $(grep -c '^msgid' "$tmp/list") messages $why:"
      cat "$tmp/list"
    fi
    : >"$tmp/list"
  done
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP
pot=$tmp/tianbao.pot
: >"$tmp/list"

case $mode in
--write)
  collect
  for po in po/*.po; do
    "$MSGMERGE" --quiet --no-wrap --add-location=file --update --backup=none "$po" "$pot"
  done
  ;;
--check)
  for tool in "$XGETTEXT" "$MSGMERGE" msgfmt msgattrib; do
    command -v "$tool" >/dev/null 2>&1 || {
      echo "the translations are not checked: $tool is not installed"
      exit 77
    }
  done
  collect
  for po in po/*.po; do incomplete "$po"; done >"$tmp/report" 2>&1
  if [ -s "$tmp/report" ]; then
    cat "$tmp/report"
    echo 'translate them, after "make update-po"' >&2
    exit 1
  fi
  ;;
*)
  echo "$usage" >&2
  exit 2
  ;;
esac
