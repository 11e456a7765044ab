#!/usr/bin/env python3
"""The manual pages and `tianbao fill --help` name the same options.

    TIANBAO=./tianbao abs_srcdir=. man_agrees.py

An option counts as documented in a page when it stands at the head of an item (.TP).
"""
import os
import re
import subprocess
import sys

OPTION = re.compile(r"--[a-z][a-z-]*")


def in_help(program):
    env = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="")
    run = subprocess.run([program, "fill", "--help"], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, timeout=30)
    if run.returncode != 0:
        sys.exit(f"`tianbao fill --help` ends with status {run.returncode}")
    return set(OPTION.findall(run.stdout.decode("utf-8", "replace")))


def in_page(path):
    found, head = set(), False
    with open(path, encoding="utf-8") as f:
        for line in f:
            if head:
                found |= set(OPTION.findall(line.replace("\\-", "-")))
            head = line.startswith((".TP", ".TQ"))
    return found


def main():
    srcdir = os.environ.get("abs_srcdir", ".")
    said, wrong = in_help(os.environ.get("TIANBAO", "./tianbao")), False
    if not said:
        sys.exit("`tianbao fill --help` names no options")
    for name in ("doc/tianbao.1.in", "doc/tianbao.zh_CN.1.in"):
        written = in_page(os.path.join(srcdir, name))
        for option in sorted(said - written):
            print(f"{name} lacks {option}, which --help names")
            wrong = True
        for option in sorted(written - said):
            print(f"{name} has {option}, which --help does not name")
            wrong = True
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
