#!/usr/bin/env python3
"""Runs every feature of the language in every place of both formats (matrix.txt).

    matrix.py [NAME …] [-v] [--table] [--keep] [--tianbao PATH] [--jobs N]

A cell of the matrix is one feature in one format and one place:
    body     paragraphs and tables of the document itself
    header   the default header
    cell     a cell of a table
    box      a text box
    note     a footnote
A cell is a running case, once with text in whole runs and once cut into pieces, or it is marked
n/a together with the reason.  NAME runs only the features whose names hold it.  The command is
$TIANBAO, else ./tianbao, else the one in the top folder.

A cell marked `later` may fail, and must not pass.

Many features stand in one document, as long as their data agree.  What goes wrong there runs
again by itself.  Every report goes through tools/lint.py with its template as the base.  For an
error there must be no report, and the message must name the place.

-v lists the cells that are n/a or marked later, with the reasons; --table prints the matrix as Markdown.

matrix.txt says at its top what it may hold.  Beside the data lie 东门.png (8 × 2) and 南门.jpeg (3 × 9).
"""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True

import run  # noqa: E402
from run import Failure  # noqa: E402
import doctext  # noqa: E402
import lint  # noqa: E402
import sketch  # noqa: E402
from package import PackageError  # noqa: E402

FORMATS = ('docx', 'odt')
PLACES = ('body', 'header', 'cell', 'box', 'note')
CUTS = (None, 1)
# What a message calls a place.
TOLD = {'body': 'body, ', 'header': 'header 1', 'cell': 'column 2', 'box': 'text box 1',
        'note': 'footnote 1'}


# ---- matrix.txt -----------------------------------------------------------------------------


class Feature:
    def __init__(self, name, line):
        self.name, self.line = name, line
        self.data, self.args, self.bare = {}, [], False
        self.template, self.expected, self.absent, self.later = [], [], [], []

    def find(self, many, form, place):
        """The value of the narrowest entry for this cell, or None."""
        fitting = [(len({w in FORMATS for w in words}), value) for words, value in many
                   if fits(words, FORMATS, form) and fits(words, PLACES, place)]
        return max(fitting, key=lambda f: f[0])[1] if fitting else None

    def expect(self, form, place):
        return '\n'.join(self.find(self.expected, form, place))

    def reason(self, form, place):
        return self.find(self.absent, form, place)

    def waits(self, form, place):
        """Why the cell cannot pass yet, or None."""
        return self.find(self.later, form, place)

    def shares(self, form, place):
        """May other features stand in the same document?"""
        return not (self.bare or self.args or self.waits(form, place) or
                    self.expect(form, place).startswith('!'))


def fits(words, known, one):
    named = [w for w in words if w in known]
    return not named or one in named


def members(text):
    """{key: value as it is written} of a JSON object: 1074.40 must stay 1074.40."""
    text, out, at = text.strip(), {}, 1
    if not isinstance(json.loads(text), dict):
        raise ValueError('the data are no object')
    decoder = json.JSONDecoder()
    while text[at] != '}':
        at += len(text) - at - len(text[at:].lstrip(' ,'))
        key, at = decoder.raw_decode(text, at)
        at = text.index(':', at) + 1
        at += len(text) - at - len(text[at:].lstrip(' '))
        _, end = decoder.raw_decode(text, at)
        out[key] = text[at:end]
        at = end
    return out


class Reader:
    """Reads matrix.txt."""

    def __init__(self, path):
        self.standing, self.features, self.block = {}, [], None
        with open(path, encoding='utf-8') as f:
            for number, x in enumerate(f.read().split('\n'), 1):
                try:
                    self.one(x, number)
                except ValueError as e:
                    sys.exit('matrix.txt: line %d: %s' % (number, e))
        for f in self.features:
            self.finish(f)

    def one(self, x, number):
        if x.startswith('    ') or (not x and self.block):
            if self.block is None:
                raise ValueError('text without a heading')
            self.block.append(x[4:])
            return
        if not x or x.startswith('#'):
            return
        self.block = None
        m = re.match(r'(feature|data|template|expect|args|bare|n/a|later)((?: [a-z]+)*):(?: (.*))?$', x)
        if not m:
            raise ValueError('not understood: ' + x)
        self.entry(m.group(1), m.group(2).split(), m.group(3) or '', number)

    def entry(self, key, words, value, number):
        if [w for w in words if w not in FORMATS + PLACES]:
            raise ValueError('no such format or place')
        if key == 'feature':
            self.features.append(Feature(value, number))
            return
        if not self.features:
            if key != 'data':
                raise ValueError('only data may stand before the first feature')
            self.standing.update(members(value))
            return
        f = self.features[-1]
        if key == 'data':
            f.data = members(value)
        elif key == 'args':
            f.args.append(value)
        elif key == 'bare':
            f.bare = True
        elif key in ('n/a', 'later'):
            (f.absent if key == 'n/a' else f.later).append((words, value))
        else:
            self.block = f.template if key == 'template' else []
            if key == 'expect':
                f.expected.append((words, self.block))
            if value:
                self.block.append(value)
                self.block = None

    def finish(self, f):
        if not f.template or not f.expected:
            sys.exit('matrix.txt: line %d: a feature without template or expectation' % f.line)
        for lines in [f.template] + [x for _, x in f.expected]:
            while lines and not lines[-1]:
                lines.pop()


# ---- documents ------------------------------------------------------------------------------


def frame(place, n, bare):
    """The lines of a sketch around the block Fn."""
    inner = '[@F%d]' % n
    if place == 'cell':
        return ['| 左 | %s%s | 右 |' % (inner, '' if bare else ' ¶ 尾')]
    if place == 'box':
        return ['框[tb:%s]' % (inner if bare else inner + ' ¶ 尾')]
    return ['注[fn:%s]' % (inner if bare else '头 ¶ %s ¶ 尾' % inner)]


def template_of(features, place):
    """A sketch with these features in one place each."""
    out = []
    bare = features[0].bare
    if place in ('body', 'header'):
        for n, f in enumerate(features):
            out += ([] if bare else ['@@%d' % n]) + f.template
        out += [] if bare else ['@@']
        return (out if place == 'body' else ['=== header default'] + out + ['=== end', '文']) + ['']
    for n, f in enumerate(features):
        out += ['=== block F%d' % n] + f.template + ['=== end']
    for n in range(len(features)):
        out += ['@@%d' % n] + frame(place, n, bare)
    return out + ['@@', '']


def paragraph_of(block):
    return doctext.Printer().atoms(block[2]) if block[0] == 'p' else ''


def parts(blocks):
    """Blocks between the paragraphs @@0, @@1 … @@."""
    out = [[]]
    for b in blocks:
        if re.fullmatch(r'@@\d*', paragraph_of(b)):
            out.append([])
        else:
            out[-1].append(b)
    if len(out) < 2 or out[0] or out[-1]:
        raise Failure('the paragraphs around the places are not as they were')
    return out[1:-1]


def opened(place, blocks):
    """The blocks inside the one cell, text box or note that the frame has."""
    kind = {'cell': 'table', 'box': 'p', 'note': 'p'}[place]
    if [b[0] for b in blocks] != [kind]:
        raise Failure('the frame has changed: ' + doctext.Printer().flow(blocks))
    if place == 'cell':
        rows = blocks[0][1]
        cells = rows[0][1]
        words = [c if isinstance(c, str) else doctext.Printer().flow(c) for c in cells[::2]]
        if len(rows) != 1 or len(cells) != 3 or words != ['左', '右']:
            raise Failure('the frame has changed: ' + doctext.Printer().flow(blocks))
        return cells[1]
    atoms = doctext.merge_text(doctext.flat(blocks[0][2]))
    if [a[0] for a in atoms] != ['text', 'tb' if place == 'box' else 'fn']:
        raise Failure('the frame has changed: ' + doctext.Printer().flow(blocks))
    return atoms[1][1]


def fragments(report, place, many, bare):
    """The text of each feature in a report; a Failure in place of what has lost its frame."""
    t = doctext.read(report)
    if t.problems:
        raise Failure('\n'.join(t.problems))
    if place in ('body', 'header'):
        blocks = t.body
        if place == 'header':
            if len(t.margins) != 1 or doctext.Printer().lines(t.body) != ['文']:
                raise Failure('other text\n' + doctext.Printer().document(t))
            blocks = t.margins[0][2]
        found = [blocks] if bare else parts(blocks)
    else:
        found = parts(t.body)
    if len(found) != many:
        raise Failure('the paragraphs around the places are not as they were')
    return [fragment(place, b, bare) for b in found]


def fragment(place, blocks, bare):
    try:
        if place in ('body', 'header'):
            return '\n'.join(doctext.Printer().lines(blocks))
        lines = doctext.Printer().lines(opened(place, blocks))
        if not bare:
            if lines.pop() != '尾' or (place == 'note' and lines.pop(0) != '头'):
                raise Failure('the paragraphs around the feature are not as they were')
        return '\n'.join(lines)
    except Failure as e:
        return e


# ---- runs -----------------------------------------------------------------------------------


def fill(command, folder, form, place, features, cut, standing):
    """Fills one document; returns the run and, when there is a report, its fragments."""
    os.makedirs(folder, exist_ok=True)
    template, report = (os.path.join(folder, n + '.' + form) for n in ('template', 'report'))
    data = dict(standing)
    for f in features:
        data.update(f.data)
    text = '\n'.join(template_of(features, place))
    run.write(os.path.join(folder, 'template.sketch'), text)
    run.write(os.path.join(folder, 'data.json'),
        '{%s}\n' % ',\n '.join('"%s": %s' % d for d in data.items()))
    run.make_pictures('东门.png 8 2 ff0000\n南门.jpeg 3 9 0000ff\n', folder)
    sketch.make(text, template, cut=cut)
    if os.path.exists(report):
        os.unlink(report)
    r = run.Run(command, ['fill', template, 'data.json', '-o', report] + features[0].args, folder)
    if not os.path.exists(report):
        return r, None
    found = lint.compare(report, template)
    if found:
        raise Failure('lint\n' + '\n'.join('  ' + x for x in found[:20]))
    return r, fragments(report, place, len(features), features[0].bare)


def same(got, expected):
    if isinstance(got, Failure):
        raise got
    if got != expected:
        raise Failure('other text\n' + run.difference(expected, got, 'report'))


def alone(command, folder, form, place, feature, standing):
    for cut in CUTS:
        where = os.path.join(folder, 'cut' if cut else 'whole')
        try:
            check_alone(fill(command, where, form, place, [feature], cut, standing),
                        feature.expect(form, place), place)
        except (Failure, sketch.SketchError, PackageError) as e:
            raise Failure('%s\n  (the files are in %s)' % (e, where))


def check_alone(filled, expected, place):
    r, got = filled
    if not expected.startswith('!'):
        if r.status or not got:
            raise Failure('exit status %d\n%s' % (r.status, r.told()))
        return same(got[0], expected)
    words = expected[1:].split()
    where = [] if 'data.json' in words else [TOLD[place]]
    if got or r.status != 1:
        raise Failure('exit status %d, %s report\n%s' % (r.status, 'a' if got else 'no', r.told()))
    for line in r.stderr.splitlines():
        if '[%s]' % words[0] in line and all(w in line for w in words + where):
            return None
    raise Failure('stderr lacks a line with %s and "%s"\n%s' % (
        ', '.join(words), ''.join(where), r.told()))


def batches(features, form, place, standing):
    """Lists of features that may stand in one document: none has other data for a key than the
    others, and what changes the standing data stands by itself."""
    out = []
    for f in features:
        if f.reason(form, place) is not None:
            continue
        shares = f.shares(form, place) and all(standing.get(k, v) == v for k, v in f.data.items())
        fitting = [b for b in out if shares and b['shares'] and
                   all(b['data'].get(k, v) == v for k, v in f.data.items())]
        if not fitting:
            fitting = [{'shares': shares, 'data': {}, 'features': []}]
            out += fitting
        fitting[0]['features'].append(f)
        fitting[0]['data'].update(f.data)
    return [b['features'] for b in out]


def run_batch(command, folder, form, place, features, standing):
    """(feature's name, '' or what is wrong) for each."""
    wrong_together = {}
    if len(features) > 1:
        try:
            for cut in CUTS:
                _, got = fill(command, os.path.join(folder, 'cut' if cut else 'whole'), form, place,
                              features, cut, standing)
                for f, g in zip(features, got or [Failure('no report')] * len(features)):
                    try:
                        same(g, f.expect(form, place))
                    except Failure as e:
                        wrong_together[f.name] = str(e)
        except (Failure, sketch.SketchError, PackageError) as e:
            wrong_together = dict.fromkeys([f.name for f in features], str(e))
    out, by_itself = [], 0
    for n, f in enumerate(features):
        told, later = '', f.waits(form, place)
        if len(features) == 1 or f.name in wrong_together:
            try:
                alone(command, os.path.join(folder, 'alone%d' % n), form, place, f, standing)
                told = 'it passes now: take "later" away' if later else ''
            except Failure as e:
                told = '' if later else str(e)
                by_itself += 1
        out.append((f.name, told))
    if wrong_together and not by_itself:
        name, told = next(iter(wrong_together.items()))
        out = [(n, 'only together with other features, %s\n  (the files are in %s)' % (told, folder)
                if n == name else t) for n, t in out]
    return out


# ---- the matrix -----------------------------------------------------------------------------


def print_table(features, results):
    reasons = []
    print('| feature | %s |' % ' | '.join('%s %s' % (f, p) for f in FORMATS for p in PLACES))
    print('|---|' + '---|' * (len(FORMATS) * len(PLACES)))
    for f in features:
        row = []
        for form in FORMATS:
            for place in PLACES:
                absent, later = f.reason(form, place), f.waits(form, place)
                if results.get((f.name, form, place)):
                    row.append('FAILED')
                    continue
                why = absent or later
                if why and why not in reasons:
                    reasons.append(why)
                row.append('%s %d' % ('n/a' if absent else 'later', reasons.index(why) + 1)
                           if why else 'ok')
        print('| %s | %s |' % (f.name, ' | '.join(row)))
    print()
    for n, why in enumerate(reasons, 1):
        print('%d. %s' % (n, why))
    print()


def lacking(command, features):
    """Filters and functions of the command that no feature is named after."""
    for topic in ('filters', 'functions'):
        r = run.Run(command, ['help', topic], '.')
        for name in re.findall(r'^(\S+) \(\w+\): ', r.stdout, re.M):
            if '%s %s' % (topic[:-1], name) not in [f.name for f in features]:
                yield '%s %s' % (topic[:-1], name)


def run_all(command, features, standing, work, jobs):
    results = {}
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        waiting = []
        for form in FORMATS:
            for place in PLACES:
                for n, b in enumerate(batches(features, form, place, standing)):
                    folder = os.path.join(work, '%s-%s-%d' % (form, place, n))
                    waiting.append((form, place, b, pool.submit(
                        run_batch, command, folder, form, place, b, standing)))
        for form, place, many, future in waiting:
            try:
                told = future.result()
            except Exception as e:  # a fault of a test tool must not hide the other results
                told = [(f.name, 'the test itself broke: %r' % e) for f in many]
            results.update({(name, form, place): x for name, x in told})
    return results


def main():
    a = argparse.ArgumentParser(description='runs every feature in every place')
    a.add_argument('names', nargs='*', metavar='NAME')
    a.add_argument('--tianbao')
    a.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    a.add_argument('-v', '--verbose', action='store_true')
    a.add_argument('--table', action='store_true')
    a.add_argument('--keep', action='store_true')
    o = a.parse_args()
    reader = Reader(os.path.join(run.HERE, 'matrix.txt'))
    features = [f for f in reader.features if not o.names or any(n in f.name for n in o.names)]
    command = run.find_command(o.tianbao)
    work = tempfile.mkdtemp(prefix='tianbao-matrix-')
    results = run_all(command, features, reader.standing, work, o.jobs)
    if o.table:
        print_table(features, results)
    failed, passed, skipped = 0, 0, 0
    for f, form, place in [(f, x, p) for f in features for x in FORMATS for p in PLACES]:
        absent, later = f.reason(form, place), f.waits(form, place)
        if absent or (later and not results[f.name, form, place]):
            skipped += 1
            if o.verbose:
                print('%s %s [%s %s]: %s' % ('n/a' if absent else 'later', f.name, form, place,
                                             absent or later))
        elif not results[f.name, form, place]:
            passed += 1
    for (name, form, place), told in results.items():
        if told:
            failed += 1
            print('FAILED %s [%s %s]: %s\n' % (name, form, place, told.rstrip()))
    if not o.names:
        for name in lacking(command, features):
            failed += 1
            print('FAILED %s: no feature of this name in matrix.txt' % name)
    if failed or o.keep:
        print('The files are in %s' % work)
    else:
        shutil.rmtree(work)
    print('%d passed, %d failed, %d skipped' % (passed, failed, skipped))
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
