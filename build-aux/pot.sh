#!/bin/sh
# Collects the messages of the sources into po/tianbao.pot and merges them into po/*.po.
# Messages stand in _() and N_(), and in the X-macro tables, where each macro is a keyword whose
# numbered arguments are messages (one pass for each argument: xgettext takes one message a call).
#   pot.sh SRCDIR
set -eu
LC_ALL=C.UTF-8
export LC_ALL
cd "${1:?usage: pot.sh SRCDIR}"
: "${XGETTEXT:=xgettext}" "${MSGMERGE:=msgmerge}" "${VERSION:=0}"
pot=po/tianbao.pot

extract() {
  "$XGETTEXT" --language=C --from-code=UTF-8 --add-comments=TRANSLATORS --no-wrap --add-location=file \
    --package-name=tianbao --package-version="$VERSION" --copyright-holder='the authors of tianbao' \
    "$@"
}

# shellcheck disable=SC2046  # names of our own sources: no blanks
extract -o "$pot" --force-po --keyword --keyword=_ --keyword=N_ --keyword=ngettext:1,2 \
  $(find src -name '*.c' | sort) $(find src -name '*.h' | sort)

# FILE MACRO ARGUMENT...
while read -r file macro arguments; do
  [ -f "$file" ] || continue
  for a in $arguments; do
    extract -o "$pot" --join-existing --keyword --keyword="$macro:$a" "$file"
  done
done <<'TABLES'
src/base/codes.def CODE 5 6
src/base/limits.def LIMIT 3 4
TABLES

for po in po/*.po; do
  "$MSGMERGE" --quiet --no-wrap --add-location=file --update --backup=none "$po" "$pot"
done
rm -f "$pot"
