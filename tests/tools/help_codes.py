#!/usr/bin/env python3
"""Every message is explained with an example: what gives it, and what puts it right; in Chinese too.

    TIANBAO=./tianbao abs_srcdir=. help_codes.py

Ends with "N passed, N failed, N skipped".
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

from suite import Suite, command  # noqa: E402

SOURCE = os.environ.get('abs_srcdir', os.path.join(HERE, '..', '..'))
CATALOGUE = os.path.join(os.environ.get('TIANBAO_LOCALEDIR', 'none'), 'zh_CN', 'LC_MESSAGES', 'tianbao.mo')
suite = Suite('help_codes')


def examples(codes, word, language=''):
    """The example of each code, from one run."""
    text = command('help', *codes, language=language)[1]
    blocks = re.split(r'^(?=TB\d{3} )', text, flags=re.M)[1:]
    out = {}
    for b in blocks:
        m = re.search(r'^  %s(.+)$' % word, b, re.M)
        out[b[:5]] = m.group(1) if m else ''
    return out


def main():
    listed = re.findall(r'^(TB\d{3})  ', command('help', 'codes')[1], re.M)
    suite.check('codes are listed', len(listed) > 150, str(len(listed)))
    english = examples(listed, 'Example: ')
    for code in listed:
        suite.check(code + ' has an example', len(english.get(code, '')) > 5, english.get(code, 'no help'))
    with open(os.path.join(SOURCE, 'src', 'cli', 'examples.def'), encoding='utf-8') as f:
        written = re.findall(r'^EXAMPLE\("(TB\d{3})"', f.read(), re.M)
    suite.check('one example each, in order', written == sorted(set(written)), '')
    if not os.path.exists(CATALOGUE):
        suite.skip('in Chinese', 'there is no catalogue of messages')
        return suite.end()
    chinese = examples(listed, '例：', 'zh_CN')
    for code in listed:
        words = re.sub(r'[{<"\'-].*?[}>"\']', '', chinese.get(code, ''))
        suite.check(code + ' in Chinese', chinese.get(code) and ' the ' not in words and ' with ' not in words, words)
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
