#!/bin/sh
# Fills the templates with the fixtures: one report and one letter for each township, the county's
# summary of all, and a page with pictures, as .docx and as .odt. `make demo` calls it with TIANBAO.
#   demo.sh SRCDIR OUTDIR
set -eu
: "${TIANBAO:=./tianbao}"
srcdir=$1 out=$2
mkdir -p "$out"

# fill TEMPLATE PATTERN DATA...
fill() {
  template=$1 pattern=$2
  shift 2
  "$TIANBAO" fill "$template" "$@" -o "$pattern" --force --force-checks
}

for kind in docx odt; do
  fill "$srcdir/templates/部门整体支出绩效自评报告.$kind" \
    "$out/{{单位名称}}{{年度}}.$kind" "$srcdir"/fixtures/*.json
  if [ -f "$srcdir/templates/告知函.$kind" ]; then
    fill "$srcdir/templates/告知函.$kind" \
      "$out/告知函-{{单位名称}}.$kind" "$srcdir"/fixtures/*.json
  fi
  fill "$srcdir/templates/乡镇绩效自评汇总报告.$kind" "$out/汇总报告-{{县名}}{{年度}}.$kind" \
    "$srcdir"/fixtures/*.json "$srcdir"/fixtures/全县/公共.json --all-as 各乡镇
  page=$srcdir/fixtures/现场照片/现场照片
  fill "$page.$kind" "$out/现场照片-{{单位名称}}.$kind" "$page.json"
done

echo
echo "The reports are in $(cd "$out" && pwd):"
ls -- "$out" | sed 's/^/  /'
