#!/bin/sh
# Makes template-and-filled.png: the first page of a template beside that of the filled document.
#   TIANBAO=./tianbao doc/make-picture.sh SRCDIR OUT.png
# Needs soffice, pdftoppm and ImageMagick's montage.  The faces of official documents are drawn
# with the Fandol fonts where those are installed (texlive-lang-chinese).
set -eu
: "${TIANBAO:=./tianbao}"
src=$1 out=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

prefer() {
  echo "<alias binding=\"same\"><family>$1</family><prefer><family>$2</family></prefer></alias>"
}

{
  echo '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
  echo "<include>${FONTCONFIG_FILE:-/etc/fonts/fonts.conf}</include>"
  prefer 仿宋_GB2312 FandolFang
  prefer 楷体_GB2312 FandolKai
  prefer 黑体 FandolHei
  prefer 方正小标宋简体 FandolSong
  echo '</fontconfig>'
} >"$work/fonts.conf"

cp "$src/templates/告知函.docx" "$work/template.docx"
"$TIANBAO" fill "$work/template.docx" "$src/fixtures/青岩便民服务中心.json" -o "$work/filled.docx" >/dev/null
FONTCONFIG_FILE=$work/fonts.conf soffice "-env:UserInstallation=file://$work/profile" --headless \
  --convert-to pdf --outdir "$work" "$work/template.docx" "$work/filled.docx" >/dev/null 2>&1
for page in template filled; do
  pdftoppm -r 110 -f 1 -l 1 -singlefile -png "$work/$page.pdf" "$work/$page"
done
# The same part of both pages: without the margins.
montage "$work/template.png" "$work/filled.png" -crop 774x1120+68+95 +repage -resize 600x \
  -bordercolor '#999999' -border 1 -tile 2x1 -geometry +8+8 -background white \
  -colors 64 -strip -define png:exclude-chunks=date,time "PNG8:$out"
