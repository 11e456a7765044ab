#!/usr/bin/env python3
"""Runs the examples of the manual and of the READMEs, so that they stay true.

    doc_examples.py [PAGE …] [--tianbao PATH] [--list]

Without pages: README.md, README.zh-CN.md, doc/*.md and doc/*.5.in.  The command is $TIANBAO, else
./tianbao, else the one in the top folder.  Ends with "N passed, N failed, N skipped".

In a page an example is one of

    ```数据            JSON for the examples behind it, up to the next such block
    ```工作簿          the same as a workbook (.xlsx for .docx, .ods for .odt): `== NAME` begins a sheet,
                       `| … | … |` is a row; 12.50, 95.10% and 2023年6月30日 are figures with formats,
                       < and ^ belong to the cell at the left or above in a merged area
    ```CSV             the same as a CSV file
    ```模板            a template in the form of tools/sketch.py, and right behind it
    ```报告            the text of the report in the form of tools/doctext.py (headers and
                       properties may be left out), or
    ```提示            lines of which each must be part of a line that the program prints; then
                       no report may be written
    | … 写 … | … 报告 … |   a table whose head is so: in each row the first `…` is a template of
                       one paragraph, the second its text (¶ between paragraphs); 提示：`…` in
                       its place: what the program must print.  \\| in a cell stands for |
    ```console         commands behind `$ ` with all that they print: `tianbao`, `cat FILE`,
                       `ls FOLDER` and `echo $?`; a line … stands for any lines.  They run in a
                       folder that shows the files of the project, and see what earlier ones of
                       the page have written

In a manual page (.in) an example stands between .EX and .EE, right behind a comment of one word:
数据, 模板, 报告 or 提示 as above, or 对照 for lines of a template of one paragraph, → and its text,
where "error: " or 提示： stands before what must be printed.

<!-- tianbao: ARGUMENTS --> gives arguments to the templates of the page, up to the next such line.
Every template is filled as .docx and as .odt, whole and cut into pieces.  Messages are English in
README.md and tianbao-template.5.in, Chinese elsewhere; without the Chinese catalogue (no msgfmt)
those pages are skipped.
"""
import argparse
import glob
import os
import re
import shlex
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import doctext  # noqa: E402
import sheetlike  # noqa: E402
import sketch  # noqa: E402

TOP = os.path.dirname(os.path.dirname(HERE))
VARIANTS = [('docx', None), ('odt', None), ('docx', 1), ('odt', 1)]
ENGLISH = ('README.md', 'tianbao-template.5.in')


class Wrong(Exception):
    pass


class Example:
    """kind: 'text' or 'told' (a template), 'console'."""

    def __init__(self, line, kind, template='', data='{}', expected='', arguments=()):
        self.line, self.kind, self.template = line, kind, template
        self.data, self.expected, self.arguments = data, expected, list(arguments)


# ---- reading a page -------------------------------------------------------------------------


def code(cell):
    """The text between the first backticks of a cell, or None."""
    m = re.search(r'(`+) ?(.*?) ?\1(?!`)', cell)
    return m.group(2).replace('\\|', '|') if m else None


def cells(line):
    return [c.strip() for c in re.split(r'(?<!\\)\|', line.strip())[1:-1]]


def unescaped(x):
    """A line between .EX and .EE as it is shown."""
    for written, meant in (('\\&', ''), ('\\-', '-'), ('\\(ha', '^'), ('\\(aq', "'"), ('\\e', '\\')):
        x = x.replace(written, meant)
    return x


def from_man(lines):
    """The lines of a manual page, each as one of a page in Markdown; what is no example is empty."""
    out, kind, inside = [], None, False
    for x in lines:
        m = re.match(r'\.\\" (数据|模板|报告|提示|对照)$', x)
        y = ''
        if m:
            kind = m.group(1)
            y = '| 写 | 报告 |' if kind == '对照' else ''
        elif x == '.EX' and kind:
            inside, y = True, '|---|---|' if kind == '对照' else '```' + kind
        elif x == '.EE' and inside:
            inside, kind, y = False, None, '' if kind == '对照' else '```'
        elif inside and kind == '对照':
            typed, _, result = unescaped(x).replace('|', '\\|').rpartition('→')
            told = re.match(r' *(?:error: |提示：)', result)
            y = '| `%s` | %s`%s` |' % (typed.strip(), '提示：' if told else '',
                                       result[told.end() if told else 0:].strip())
        elif inside:
            y = unescaped(x)
        out.append(y)
    return out


# ---- data that are no JSON -------------------------------------------------------------------


def sheet_cell(text):
    m = re.fullmatch(r'(\d{4})年(\d+)月(\d+)日', text)
    if m:
        return ('date', '%s-%02d-%02d' % (m.group(1), int(m.group(2)), int(m.group(3))))
    if re.fullmatch(r'-?(0|[1-9]\d*)(\.\d{1,4})?%', text):
        return ('percent', text[:-1])
    if re.fullmatch(r'-?(0|[1-9]\d*)(\.\d{1,4})?', text):
        return ('number', text)
    return text.replace('\\n', '\n') or None


def grown(merged, i, k, above):
    """The merged area that ends beside or above the cell now holds it, too."""
    for m in merged:
        if above and m[2] == i - 1 and m[1] <= k <= m[3]:
            m[2] = i
            return
        if m[0] <= i <= m[2] and (k <= m[3] if above else m[3] == k - 1):
            m[3] = max(m[3], k)
            return
    merged.append([i - 1, k, i, k] if above else [i, k - 1, i, k])


def workbook(body):
    """Sheets for sheetlike.write."""
    sheets = []
    for x in body.split('\n'):
        if x.startswith('== '):
            sheets.append((x[3:].strip(), [], []))
        elif x.startswith('|'):
            name, rows, merged = sheets[-1]
            row = []
            for k, text in enumerate(cells(x)):
                if text in ('<', '^'):
                    grown(merged, len(rows), k, text == '^')
                row.append(None if text in ('<', '^') else sheet_cell(text))
            rows.append(row)
    return sheets


def write_data(data, base, ending):
    """The path of the file with the data of an example."""
    if isinstance(data, str):
        with open(base + '.json', 'w', encoding='utf-8') as f:
            f.write(data)
        return base + '.json'
    if data[0] == '工作簿':
        path = base + ('.xlsx' if ending == 'docx' else '.ods')
        sheetlike.write(path, workbook(data[1]))
        return path
    with open(base + '.csv', 'w', encoding='utf-8') as f:
        f.write(data[1])
    return base + '.csv'


def read_page(path):
    """Raises Wrong."""
    out, data, arguments, template, table = [], '{}', [], None, False
    with open(path, encoding='utf-8') as f:
        lines = f.read().split('\n')
    if path.endswith('.in'):
        lines = from_man(lines)
    i = 0
    while i < len(lines):
        x, start = lines[i], i + 1
        m = re.match(r'```(\S+)$', x)
        if m:
            end = i + 1
            while end < len(lines) and lines[end] != '```':
                end += 1
            if end == len(lines):
                raise Wrong('%s:%d: ``` without an end' % (path, start))
            body = '\n'.join(lines[i + 1:end]) + '\n'
            kind = m.group(1)
            if template is not None and kind not in ('报告', '提示'):
                raise Wrong('%s:%d: a template without a report' % (path, template[0]))
            if kind in ('数据', '工作簿', 'CSV'):
                data = body if kind == '数据' else (kind, body)
            elif kind == '模板':
                template = (start, body)
            elif kind in ('报告', '提示'):
                if template is None:
                    raise Wrong('%s:%d: a report without a template' % (path, start))
                out.append(Example(template[0], 'text' if kind == '报告' else 'told', template[1],
                                   data, body, arguments))
                template = None
            elif kind == 'console':
                out.append(Example(start, 'console', expected=body))
            i = end + 1
            continue
        m = re.match(r'<!-- tianbao:(.*)-->$', x)
        if m:
            arguments = shlex.split(m.group(1))
        if not x.startswith('|'):
            table = False
        elif i + 1 < len(lines) and re.match(r'\|[-:| ]+\|$', lines[i + 1]):
            head = cells(x)
            table = len(head) >= 2 and '写' in head[0] and '报告' in head[1]
            i += 1
        elif table:
            row = cells(x)
            typed, result = code(row[0]), code(row[1])
            if typed is None or result is None:
                raise Wrong('%s:%d: a row without `…`' % (path, start))
            told = row[1].startswith('提示')
            out.append(Example(start, 'told' if told else 'text', typed + '\n', data,
                               result if told else result.replace(' ¶ ', '\n'), arguments))
        i += 1
    if template is not None:
        raise Wrong('%s:%d: a template without a report' % (path, template[0]))
    return out


# ---- running --------------------------------------------------------------------------------


class Page:
    def __init__(self, path, program):
        self.path, self.program = path, program
        self.env = dict(os.environ, LC_ALL='C.UTF-8', PYTHONDONTWRITEBYTECODE='1',
                        LANGUAGE='' if os.path.basename(path) in ENGLISH else 'zh_CN')
        self.env.setdefault('TIANBAO_LOCALEDIR', os.path.join(os.path.dirname(program), 'locale'))
        self.status = 0

    def call(self, arguments, folder):
        try:
            r = subprocess.run([self.program] + arguments, cwd=folder, env=self.env, timeout=60,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
        except subprocess.TimeoutExpired:
            raise Wrong('no end after 60 seconds')
        told = r.stdout.decode('utf-8', 'backslashreplace')
        if r.returncode < 0 or 'Sanitizer' in told or 'runtime error' in told:
            raise Wrong('crashed\n' + told)
        return r.returncode, told

    def fill(self, example, folder):
        # A document cannot end with a table.
        tail = '[p]\n' if example.template.strip('\n').split('\n')[-1].startswith('|') else ''
        for ending, cut in VARIANTS:
            base = os.path.join(folder, 't%d' % example.line)
            template, report = '%s.%s' % (base, ending), '%s.out.%s' % (base, ending)
            if os.path.exists(report):
                os.unlink(report)
            sketch.make(example.template + tail, template, cut)
            data = write_data(example.data, base, ending)
            status, told = self.call(['fill', template, data, '-o', report] +
                                     example.arguments, folder)
            what = '%s%s' % (ending, '' if cut is None else ', cut')
            if example.kind == 'told':
                if status == 0 or os.path.exists(report):
                    raise Wrong('%s: no error' % what)
                for x in example.expected.strip('\n').split('\n'):
                    if not any(x in t for t in told.split('\n')):
                        raise Wrong('%s: "%s" is not said, but\n%s' % (what, x, told))
                continue
            if status != 0:
                raise Wrong('%s: status %d\n%s' % (what, status, told))
            got = doctext.Printer(False).document(doctext.read(report)).strip('\n')
            expected = (example.expected + tail).strip('\n')
            if not re.search('^== ', expected, re.M):
                got = re.split('(?:^|\n)== ', got)[0].strip('\n')
            if got != expected:
                raise Wrong('%s: expected\n%s\ngot\n%s' % (what, expected, got))

    # console

    def command(self, words, folder):
        """All that it prints, or None for a command that is not known here."""
        if words[0] in ('tianbao', './tianbao'):
            arguments = []
            for w in words[1:]:
                found = sorted(glob.glob(os.path.join(folder, w))) if '*' in w else []
                arguments += [os.path.relpath(f, folder) for f in found] or [w]
            self.status, told = self.call(arguments, folder)
            return told
        if words[0] == 'cat':
            with open(os.path.join(folder, words[1]), encoding='utf-8') as f:
                return f.read()
        if words[0] == 'ls':
            return ''.join(n + '\n' for n in sorted(os.listdir(os.path.join(folder, words[1]))))
        if words == ['echo', '$?']:
            return '%d\n' % self.status
        return None

    def console(self, example, folder):
        steps = []
        for x in example.expected.split('\n')[:-1]:
            if x.startswith('$ '):
                steps.append([x[2:], []])
            elif not steps:
                raise Wrong('output without a command')
            elif not steps[-1][1] and steps[-1][0].endswith('\\'):
                steps[-1][0] = steps[-1][0][:-1] + x.strip()
            else:
                steps[-1][1].append(x)
        for command, expected in steps:
            told = self.command(shlex.split(command), folder)
            if told is None:
                raise Wrong('what is this command? ' + command)
            pattern = '\n'.join('(?:.*\n)*?.*' if x == '…' else re.escape(x) for x in expected)
            if not re.fullmatch(pattern, told.rstrip('\n')):
                raise Wrong('%s\nexpected\n%s\ngot\n%s' % (command, '\n'.join(expected), told))

    def run(self, folder):
        """(line, what went wrong or None) for each example."""
        for name in os.listdir(TOP):
            if name in ('templates', 'fixtures', 'tests', 'doc'):
                os.symlink(os.path.join(TOP, name), os.path.join(folder, name))
        for example in read_page(self.path):
            try:
                if example.kind == 'console':
                    self.console(example, folder)
                else:
                    self.fill(example, folder)
                yield example.line, None
            except (Wrong, sketch.SketchError, OSError, ValueError) as e:
                yield example.line, str(e)


def main():
    a = argparse.ArgumentParser(description='runs the examples of the manual and the READMEs')
    a.add_argument('pages', nargs='*')
    a.add_argument('--tianbao', default=os.environ.get('TIANBAO'))
    a.add_argument('--list', action='store_true')
    o = a.parse_args()
    program = o.tianbao or ('./tianbao' if os.path.exists('./tianbao') else os.path.join(TOP, 'tianbao'))
    program = os.path.abspath(program)
    pages = o.pages or [p for p in ([os.path.join(TOP, n) for n in ('README.md', 'README.zh-CN.md')] +
                                    sorted(glob.glob(os.path.join(TOP, 'doc', '*.md'))) +
                                    sorted(glob.glob(os.path.join(TOP, 'doc', '*.5.in'))))
                        if os.path.exists(p)]
    passed = failed = skipped = 0
    for path in pages:
        page, name = Page(path, program), os.path.basename(path)
        try:
            examples = read_page(path)
            if o.list:
                for e in examples:
                    print('%s:%d: %s' % (name, e.line, e.kind))
                continue
            if page.env['LANGUAGE'] and not os.path.exists(
                    os.path.join(page.env['TIANBAO_LOCALEDIR'], 'zh_CN/LC_MESSAGES/tianbao.mo')):
                print('skipped %s: no Chinese catalogue' % name)
                skipped += len(examples)
                continue
            with tempfile.TemporaryDirectory(prefix='tianbao-doc-') as folder:
                for line, wrong in page.run(folder):
                    if wrong is None:
                        passed += 1
                    else:
                        failed += 1
                        print('FAILED %s:%d: %s' % (name, line, wrong))
        except Wrong as e:
            failed += 1
            print('FAILED %s' % e)
    if not o.list:
        print('%d passed, %d failed, %d skipped' % (passed, failed, skipped))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
