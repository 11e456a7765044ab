#!/bin/sh
# Makes a manual page: @VERSION@ becomes the version, and the line @CODES@ becomes what
# `tianbao help --man` prints. Without a program that runs here (cross build) the page of the
# distribution is taken when there is one, else the line becomes a hint.
#   TIANBAO=./tianbao VERSION=… manpage.sh LANGUAGE PAGE.in PAGE
set -eu
language=$1 in=$2 out=$3
tables=$out.tables
trap 'rm -f "$tables" "$out.tmp"' EXIT

if [ -n "${TIANBAO-}" ]; then
  if [ "$language" = C ]; then
    LC_ALL=C.UTF-8 LANGUAGE= "$TIANBAO" help --man >"$tables"
  else
    LC_ALL=C.UTF-8 LANGUAGE=$language "$TIANBAO" help --man >"$tables"
  fi
else
  made=${in%/*}/${out#doc/}
  if [ -f "$made" ]; then
    cp "$made" "$out"
    exit 0
  fi
  printf '.SH CODES\n.B tianbao help\n' >"$tables"
fi
sed -e "s/@VERSION@/$VERSION/g" -e "/^@CODES@\$/{
r $tables
d
}" "$in" >"$out.tmp"
mv "$out.tmp" "$out"
