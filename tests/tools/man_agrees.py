#!/usr/bin/env python3
"""The manual pages and the --help of all commands name the same options.

    TIANBAO=./tianbao abs_srcdir=. man_agrees.py

An option counts as documented in a page when it stands at the head of an item (.TP).
"""
import os
import re
import subprocess
import sys

OPTION = re.compile(r"--[a-z][a-z-]*")
COMMAND = re.compile(r"\btianbao ([a-z]+)\b")


def said_by(program, *words):
    env = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="")
    run = subprocess.run([program, *words, "--help"], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, timeout=30)
    if run.returncode != 0:
        sys.exit(f"`tianbao {' '.join(words)} --help` ends with status {run.returncode}")
    return run.stdout.decode("utf-8", "replace")


def in_help(program):
    """Options of all commands that `tianbao --help` names."""
    found = set()
    for command in set(COMMAND.findall(said_by(program))) - {"help"}:
        options = set(OPTION.findall(said_by(program, command)))
        if not options:
            sys.exit(f"`tianbao {command} --help` names no options")
        found |= options
    return found


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
        sys.exit("`tianbao --help` names no commands")
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
