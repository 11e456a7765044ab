#!/usr/bin/env python3
"""Completion for bash: what is offered for command lines that are half typed.

Ends with the line of counts.
"""
import os
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
sys.dont_write_bytecode = True

from suite import TIANBAO, Suite, command  # noqa: E402

SCRIPT = os.path.join(HERE, '..', 'completions', 'tianbao')
suite = Suite('completion')
FILES = ('报告.docx', '告知函.odt', '数据.xlsx', '数据.json', '名单.txt', '报告.rules', '照片.png', '~$报告.docx', '旧 模板.docx')


def offered(*words):
    """What completion offers for the last of the words; = parts words, as bash does it."""
    parts = []
    for w in words:
        head, mark, value = w.partition('=')
        parts += [head] + ([mark] + ([value] if value else []) if mark and w.startswith('--') else [])
    line = ' '.join(shlex.quote(x) for x in [TIANBAO] + parts)
    script = ('source %s; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tianbao; '
              'printf "%%s\\n" "${COMPREPLY[@]}"' % (shlex.quote(SCRIPT), line))
    r = subprocess.run(['bash', '--norc', '-c', script], capture_output=True, stdin=subprocess.DEVNULL)
    return sorted(x for x in r.stdout.decode().splitlines() if x), r.stderr.decode()


def case(words, expected):
    got, err = offered(*words)
    suite.check(' '.join(words), got == sorted(expected) and not err, '%s %s' % (got, err))


def holds(words, some, lacks=()):
    got, err = offered(*words)
    suite.check(' '.join(words), set(some) <= set(got) and not set(lacks) & set(got) and not err, '%s %s' % (got, err))


def options():
    """Each option that the help of a command names is offered for it."""
    import re
    commands = set(re.findall(r'tianbao ([a-z]+) ', command('--help')[1])) - {'help'}
    holds(('',), commands | {'help'})
    for c in sorted(commands):
        names = set(re.findall(r'--[a-z][a-z-]*', command(c, '--help')[1]))
        got, err = offered(c, '--')
        suite.check('options of ' + c, {x.rstrip('=') for x in got} == names and not err, '%s %s %s' % (got, names, err))


def main():
    if subprocess.run(['bash', '--version'], capture_output=True).returncode != 0:
        suite.skip('all', 'there is no bash')
        return suite.end()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in FILES:
            open(name, 'w').close()
        os.mkdir('乡镇')
        options()
        case(('ch',), ['check'])
        case(('fi',), [x for x in offered('')[0] if x.startswith('fi')])
        case(('fill', ''), ['报告.docx', '告知函.odt', '旧 模板.docx', '乡镇'])
        case(('fill', '报'), ['报告.docx'])
        case(('fill', '报告.docx', ''), ['数据.xlsx', '数据.json', '乡镇'])
        case(('check', '报告.docx', '数据.xlsx', '数'), ['数据.xlsx', '数据.json'])
        case(('fill', '--mis'), ['--missing='])
        case(('fill', '--force-c'), ['--force-checks'])
        case(('fill', '--missing='), ['error', 'blank', 'dash', 'keep', 'mark'])
        case(('fill', '--missing=d'), ['dash'])
        case(('check', '--format=j'), ['json'])
        case(('check', '--since='), ['报告.docx', '告知函.odt', '旧 模板.docx', '乡镇'])
        case(('check', '--rules=报'), ['报告.rules'])
        case(('check', '--roster=名'), ['名单.txt'])
        case(('fill', '报告.docx', '数据.json', '-o', '乡'), ['乡镇'])
        case(('fill', '-o', '乡镇', ''), ['报告.docx', '告知函.odt', '旧 模板.docx', '乡镇'])
        case(('fill', '--only=松'), [])
        case(('help', 'fil'), ['filters', 'fill'] if 'fill' in offered('help', '')[0] else ['filters'])
        holds(('help', 'TB5'), ['TB501', 'TB508'], ['TB301'])
        os.chdir(HERE)
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
