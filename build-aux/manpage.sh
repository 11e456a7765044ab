#!/bin/sh
# Makes a manual page: @VERSION@ becomes the version, and the lines @FUNCTIONS@, @FILTERS@ and
# @CODES@ become what `tianbao help --man` prints: the table of functions, that of filters (both
# without their headings), and the sections of messages and limits. Without a program that runs
# here (cross build) the page of the distribution is taken when there is one, else the lines become
# hints.
#   TIANBAO=./tianbao VERSION=… manpage.sh LANGUAGE PAGE.in PAGE
set -eu
language=$1 in=$2 out=$3
functions=$out.functions filters=$out.filters codes=$out.codes
trap 'rm -f "$out.man" "$functions" "$filters" "$codes" "$out.tmp"' EXIT

if [ -n "${TIANBAO-}" ]; then
  if [ "$language" = C ]; then
    LC_ALL=C.UTF-8 LANGUAGE= "$TIANBAO" help --man >"$out.man"
  else
    LC_ALL=C.UTF-8 LANGUAGE=$language "$TIANBAO" help --man >"$out.man"
  fi
  # In this order, whatever their headings are in that language.
  awk -v one="$functions" -v two="$filters" -v rest="$codes" '
    /^\.SH / { if (++n < 3) next }
    { print > (n == 1 ? one : n == 2 ? two : rest) }' "$out.man"
else
  made=${in%/*}/${out#doc/}
  if [ -f "$made" ]; then
    cp "$made" "$out"
    exit 0
  fi
  printf '.P\n.B tianbao help functions\n' >"$functions"
  printf '.P\n.B tianbao help filters\n' >"$filters"
  printf '.SH CODES\n.B tianbao help\n' >"$codes"
fi
sed -e "s/@VERSION@/$VERSION/g" -e "/^@FUNCTIONS@\$/{
r $functions
d
}" -e "/^@FILTERS@\$/{
r $filters
d
}" -e "/^@CODES@\$/{
r $codes
d
}" "$in" >"$out.tmp"
mv "$out.tmp" "$out"
