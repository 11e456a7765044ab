#!/usr/bin/env python3
"""Opens reports in LibreOffice without a window and prints them to PDF.

    office_check.py REPORT ...

A headless LibreOffice refuses what the program with windows would want to repair, but says so
with exit status 0: what counts is that the PDF is there.  With pdftotext the text of the pages is
read too: no tag may be left in it.  Without LibreOffice every report counts as skipped.
"""
import os
import shutil
import subprocess
import sys
import tempfile

BATCH = 40  # long runs have been seen to stop half-way without a word


def convert(soffice, profile, outdir, files):
    """Prints files (all of one ending) to PDF; returns what was said."""
    run = subprocess.run(
        [soffice, f"-env:UserInstallation=file://{profile}", "--headless", "--norestore",
         "--convert-to", "pdf", "--outdir", outdir, *files],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=60 + 10 * len(files))
    return run.stdout.decode("utf-8", "replace")


def trouble(pdf, said, report, pdftotext):
    """What is wrong with the PDF of a report, or None."""
    if not os.path.exists(pdf) or os.path.getsize(pdf) == 0:
        return "LibreOffice does not open it: " + said.strip()[-300:]
    if not pdftotext:
        return None
    text = subprocess.run([pdftotext, "-layout", pdf, "-"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, timeout=60).stdout.decode("utf-8", "replace")
    if not text.strip():
        return "the pages have no text"
    for mark in ("{{", "}}"):
        if mark in text:
            at = text.index(mark)
            return "a tag is left: " + " ".join(text[max(0, at - 20):at + 40].split())
    return None


def main():
    reports = [os.path.abspath(p) for p in sys.argv[1:]]
    if not reports:
        sys.exit(__doc__)
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if not soffice:
        print(f"skipped: {len(reports)} reports: LibreOffice is not installed")
        print(f"0 passed, 0 failed, {len(reports)} skipped")
        return 0
    pdftotext = shutil.which("pdftotext")
    if not pdftotext:
        print("the text of the pages is not read: pdftotext is not installed")
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="office-") as tmp:
        groups = {}
        for r in reports:  # one name may stand for a .docx, an .odt and files of several folders
            groups.setdefault((os.path.dirname(r), os.path.splitext(r)[1]), []).append(r)
        for n, files in enumerate(groups.values()):
            outdir = os.path.join(tmp, str(n))
            for i in range(0, len(files), BATCH):
                part = files[i:i + BATCH]
                try:
                    said = convert(soffice, os.path.join(tmp, "profile"), outdir, part)
                except subprocess.TimeoutExpired:
                    said = "it took too long"
                for r in part:
                    stem = os.path.splitext(os.path.basename(r))[0]
                    why = trouble(os.path.join(outdir, stem + ".pdf"), said, r, pdftotext)
                    name = os.path.relpath(r)
                    if why:
                        failed += 1
                        print(f"FAIL: {name}: {why}")
                    else:
                        passed += 1
                        print("ok:", name)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
