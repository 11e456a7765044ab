#!/usr/bin/env python3
"""The run record (填报记录.json): what --resume leaves, and what nothing replaces.

Reports that somebody edited are kept whatever is asked for but --discard-edits; what a run left
behind when it was killed is taken up by the next one; runs side by side do not spoil each other.
`--soffice` lets LibreOffice save some of the edited reports.  Ends with the line of counts.
"""
import glob
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'tools'))
import doctext  # noqa: E402
import picture  # noqa: E402
import suite  # noqa: E402

RECORD = '填报记录.json'
WAIT = 120
SKETCH = '单位：{{单位名称}}，支出{{支出合计}}万元\n|表|{{项目.名称}}|{{项目.金额}}|\n落款\n'
FOREVER = 200000
s = suite.Suite('record')


def sketch(path, text=SKETCH):
    with open('t.sketch', 'w', encoding='utf-8') as f:
        f.write(text)
    subprocess.run([sys.executable, os.path.join(HERE, 'tools', 'sketch.py'), 't.sketch', path],
                   check=True, stdout=subprocess.DEVNULL)


def county(count, **changed):
    """Records; changed: 第3乡=7 gives another figure."""
    return [{'单位名称': '第%d乡' % i, '支出合计（万元）': changed.get('第%d乡' % i, i * 10),
             '项目': [{'名称': '道路', '金额': i}, {'名称': '水渠', '金额': 2 * i}]}
            for i in range(1, count + 1)]


def write_data(records, path='d.json'):
    with open(path, 'w', encoding='utf-8') as f:
        json.dump(records, f, ensure_ascii=False, indent=1)


def environment():
    return dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='C.UTF-8')


def command(out, *more, template='t.docx', data='d.json'):
    return [suite.TIANBAO, 'fill', template, data, '-o', out, *more]


def fill(out, *more, **what):
    r = subprocess.run(command(out, *more, **what), timeout=WAIT, stdin=subprocess.DEVNULL,
                       capture_output=True, env=environment())
    return r.returncode, r.stdout.decode().split('\n')[:-1], r.stderr.decode()


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def sha(path):
    return hashlib.sha256(read(path)).hexdigest()


def reports(folder):
    return {os.path.relpath(p, folder): read(p) for p in glob.glob(folder + '/**', recursive=True)
            if os.path.isfile(p) and os.path.basename(p) != RECORD}


def record(folder):
    with open(os.path.join(folder, RECORD), encoding='utf-8') as f:
        return json.load(f)


def entries(folder):
    return {e['name']: e for e in record(folder)['reports']}


def parts(folder):
    return [n for n in os.listdir(folder or '.') if n.startswith('.填报记录')]


def clear(*folders):
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


# ---- editing by hand ----------------------------------------------------------------------------


def rewrite(path, change):
    """The package anew, with its main part changed."""
    main = 'word/document.xml' if path.endswith('.docx') else 'content.xml'
    with zipfile.ZipFile(path) as z:
        items = [(i, z.read(i)) for i in z.infolist()]
    with zipfile.ZipFile(path, 'w') as z:
        for info, data in items:
            z.writestr(info, change(data) if info.filename == main else data, info.compress_type)


def edit_text(path):
    rewrite(path, lambda b: b.replace('单位：'.encode(), '（经核实）单位：'.encode(), 1))


def edit_row(path):
    """The last row of the table twice."""
    end = b'</w:tr>' if path.endswith('.docx') else b'</table:table-row>'
    begin = b'<w:tr' if path.endswith('.docx') else b'<table:table-row'

    def change(b):
        to = b.rindex(end) + len(end)
        return b[:to] + b[b.rindex(begin, 0, to):to] + b[to:]
    rewrite(path, change)


def edit_saved(path):
    """As if an office program had saved it: the same parts, packed otherwise."""
    rewrite(path, lambda b: b)
    with zipfile.ZipFile(path, 'a') as z:
        z.comment = b'saved'


def edit_soffice(path):
    """LibreOffice opens it and saves it, and that is all."""
    saved = tempfile.mkdtemp(dir='.')
    subprocess.run(['soffice', '-env:UserInstallation=file://%s/profile' % os.getcwd(), '--headless',
                    '--convert-to', path.rsplit('.', 1)[1], '--outdir', saved, path], check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.replace(os.path.join(saved, os.path.basename(path)), path)
    os.rmdir(saved)


EDITS = (edit_text, edit_row, edit_soffice if '--soffice' in sys.argv else edit_saved)


# ---- what the record says -----------------------------------------------------------------------


def says_what_is_so(ending):
    write_data(county(3))
    status, out, err = fill('say/{{单位名称}}' + ending, template='t' + ending)
    s.check('first run' + ending, (status, len(out)) == (0, 3), err)
    said = record('say')
    s.check('schema' + ending, said['schema'] == 1 and len(said['runs']) == 1, said)
    run = said['runs'][0]
    s.check('run' + ending, (run['template'], run['data'], run['options']) ==
            ('../t' + ending, ['../d.json'], {}), run)
    for name, e in entries('say').items():
        s.check('entry %s' % name, e['hash'] == sha('say/' + name) and e['template'] == sha('t' + ending)
                and e['run'] == run['id'] and e['township'] + ending == name
                and e['program'].startswith('tianbao ') and 'force_checks' not in e
                and 'replaced' not in e, e)
    s.check('three entries' + ending, len(entries('say')) == 3)
    s.check('no parts' + ending, parts('say') == [])
    clear('say')


def where_it_lies():
    write_data(county(2))
    os.makedirs('where', exist_ok=True)
    for out, folder, name in (('where/a', 'where/a', None), ('where/b/', 'where/b', 't-第1乡.docx'),
                              ('where/c/{{单位名称}}/报告.docx', 'where/c', '第1乡/报告.docx'),
                              ('where/d-{{单位名称}}.docx', 'where', 'd-第1乡.docx'),
                              ('{{单位名称}}.docx', '.', '第1乡.docx'),
                              ("where/e/{{单位名称}}/{{单位名称}}.docx", 'where/e', '第1乡/第1乡.docx')):
        if name is None:
            os.makedirs(out)
            name = 't-第1乡.docx'
        status, _, err = fill(out)
        s.check('record of ' + out, status == 0 and name in entries(folder), err)
        _, out2, err = fill(out, '--resume')
        s.check('resumed ' + out, out2 == [] and '2 unchanged' in err, err)
    write_data(county(1)[0], 'one.json')
    fill('where/f/one.docx', data='one.json')
    s.check('record of one file', list(entries('where/f')) == ['one.docx'])
    fill('where/f/two.docx', data='one.json')
    s.check('of two files', sorted(entries('where/f')) == ['one.docx', 'two.docx'])
    absolute = os.path.abspath('where/g') + '/{{单位名称}}.docx'
    fill(absolute, data=os.path.abspath('d.json'), template=os.path.abspath('t.docx'))
    s.check('paths are relative', record('where/g')['runs'][0]['data'] == ['../../d.json'])
    for name in glob.glob('第*乡.docx') + [RECORD]:
        os.unlink(name)
    clear('where')


def among_data():
    """A record among data files is not read as data."""
    os.makedirs('mixed')
    write_data(county(2), 'mixed/d.json')
    status, _, err = fill('mixed/{{单位名称}}.docx', data='mixed')
    s.check('reports among data', status == 0, err)
    status, out, err = fill('mixed/{{单位名称}}.docx', '--resume', data='mixed')
    s.check('the record is no data', status == 0 and out == [] and RECORD not in err, err)
    clear('mixed')


# ---- resume -------------------------------------------------------------------------------------


def resume(ending):
    write_data(county(6))
    name = 'res/{{单位名称}}' + ending
    fill(name, template='t' + ending)
    before = reports('res')
    stamps = {n: os.stat('res/' + n).st_ino for n in before}
    status, out, err = fill(name, '--resume', template='t' + ending)
    s.check('nothing to do' + ending, (status, out) == (0, []) and '6 unchanged' in err, err)
    s.check('nothing was touched' + ending, stamps == {n: os.stat('res/' + n).st_ino for n in before})
    os.unlink('res/第2乡' + ending)
    write_data(county(6, 第4乡=41)[::-1])
    status, out, err = fill(name, '--resume', template='t' + ending)
    s.check('what is missing or changed' + ending,
            status == 0 and sorted(out) == ['res/第2乡' + ending, 'res/第4乡' + ending], (out, err))
    fill('all/{{单位名称}}' + ending, template='t' + ending)
    s.check('as if written at once' + ending, reports('res') == reports('all'))
    clear('res', 'all')


def what_counts():
    """Each thing that reports come of, changed alone."""
    write_data(county(2))
    fill('c/{{单位名称}}.docx')

    def again(what, wanted, *more, **args):
        _, out, err = fill('c/{{单位名称}}.docx', '--resume', *more, **args)
        s.check('resume after ' + what, len(out) == wanted, (out, err))
    again('nothing', 0)
    records = county(2)
    write_data([dict(reversed(list(r.items()))) for r in records])
    again('other order of names', 0)
    os.rename('d.json', 'e.json')
    again('another file', 0, data='e.json')
    os.rename('e.json', 'd.json')
    write_data([dict(r, **{'支出合计（万元）': '%.1f' % r['支出合计（万元）']}) for r in records])
    again('another form of a figure', 2)
    write_data(records)
    again('the first form', 2)
    sketch('cm.docx', SKETCH + '[cm:批注]末\n')
    again('a template with a comment', 2, template='cm.docx')
    again('--clean', 2, '--clean', template='cm.docx')
    again('nothing', 0, '--clean', template='cm.docx')
    again('without --clean', 2, template='cm.docx')
    again('the first template', 2)
    again('an option that changes nothing', 0, '--missing=blank')
    sketch('t.docx', SKETCH + '完。\n')
    again('another template', 2)
    again('nothing', 0)
    sketch('t.docx')
    again('the first template', 2)
    records[0]['项目'][1]['金额'] = 5
    write_data(records)
    again('a figure in a list', 1)
    clear('c')


def pictures(ending):
    """A picture that the data name belongs to what a report is made of."""
    sketch('p' + ending, '单位：{{单位名称}}\n[pic:{{照片}}]\n')
    write_data([dict(r, 照片='%d.png' % (i + 1)) for i, r in enumerate(county(2))])
    for i, colour in ((1, (255, 0, 0)), (2, (0, 255, 0))):
        with open('%d.png' % i, 'wb') as f:
            f.write(picture.png(4, 4, colour))
    status, _, err = fill('p/{{单位名称}}' + ending, template='p' + ending)
    s.check('pictures' + ending, status == 0, err)
    said = entries('p')['第1乡' + ending]['pictures']
    s.check('pictures in the record' + ending, said == [{'file': '../1.png', 'hash': sha('1.png')}], said)
    with open('2.png', 'wb') as f:
        f.write(picture.png(4, 4, (0, 0, 255)))
    _, out, err = fill('p/{{单位名称}}' + ending, '--resume', template='p' + ending)
    s.check('another picture of that name' + ending, out == ['p/第2乡' + ending], (out, err))
    clear('p')


def forced_rules():
    write_data(county(2))
    with open('r.rules', 'w', encoding='utf-8') as f:
        f.write('错误  支出合计 = 10\n')
    status, out, _ = fill('f/{{单位名称}}.docx', '--rules=r.rules')
    s.check('a broken rule', status == 1 and out == ['f/第1乡.docx'])
    status, out, err = fill('f/{{单位名称}}.docx', '--rules=r.rules', '--force-checks', '--resume')
    s.check('forced', (status, out) == (0, ['f/第2乡.docx']) and '[TB657]' in err, err)
    e = entries('f')
    s.check('the record says so', e['第2乡.docx'].get('force_checks') is True
            and 'force_checks' not in e['第1乡.docx'], e)
    status, out, err = fill('f/{{单位名称}}.docx', '--rules=r.rules', '--resume')
    s.check('resume without it', (status, out) == (1, []) and '[TB703]' in err, err)
    with open('r.rules', 'w', encoding='utf-8') as f:
        f.write('错误  支出合计 > 1\n')
    status, out, err = fill('f/{{单位名称}}.docx', '--rules=r.rules', '--resume')
    s.check('once the rule holds', status == 0 and 'force_checks' not in entries('f')['第2乡.docx'], err)
    clear('f')


def without_record():
    """Whatever is byte for byte what would be written is ours, record or not."""
    write_data(county(3))
    fill('w/{{单位名称}}.docx')
    os.unlink('w/' + RECORD)
    with open('w/第2乡.docx', 'ab') as f:
        f.write(b'x')
    status, out, err = fill('w/{{单位名称}}.docx', '--resume')
    s.check('foreign files stay', status == 1 and out == [] and 'w/第2乡.docx is there already' in err
            and '2 unchanged' in err, err)
    s.check('the others are known again', sorted(entries('w')) == ['第1乡.docx', '第3乡.docx'])
    status, out, err = fill('w/{{单位名称}}.docx')
    s.check('without options as ever', status == 1 and err.count('[TB601]') == 3, err)
    status, out, err = fill('w/{{单位名称}}.docx', '--resume', '--force')
    s.check('--resume --force', (status, out) == (0, ['w/第2乡.docx']), err)
    clear('w')


# ---- edited by hand -----------------------------------------------------------------------------


def edited(ending):
    """Fifty reports, some edited; then new data, and all ways to fill again."""
    write_data(county(50))
    name = 'ed/{{单位名称}}' + ending
    fill(name, template='t' + ending)
    luck = random.Random(ending)
    touched = sorted(luck.sample(range(1, 51), 12))
    for k, i in enumerate(touched):
        EDITS[k % len(EDITS)]('ed/第%d乡%s' % (i, ending))
    kept = {n: read('ed/' + n) for n in ('第%d乡%s' % (i, ending) for i in touched)}
    later = touched[::2] + [i for i in range(1, 51) if i not in touched][:7]
    write_data(county(50, **{'第%d乡' % i: 1000 + i for i in later}))

    def lost():
        return [n for n, was in kept.items() if read('ed/' + n) != was]
    fill(name, template='t' + ending)
    s.check('no edit lost by fill' + ending, lost() == [], lost())
    status, out, err = fill(name, '--resume', '--jobs=2', template='t' + ending)
    s.check('no edit lost by --resume' + ending, lost() == [], lost())
    s.check('what is outdated is filled anew' + ending, sorted(out) == sorted(
        'ed/第%d乡%s' % (i, ending) for i in later if i not in touched), (status, err))
    for i in touched:
        words = 'ed/第%d乡%s was edited by hand' % (i, ending)
        lines = [line for line in err.splitlines() if words in line]
        s.check('named: %d%s' % (i, ending), len(lines) >= 1 and
                ('the data changed since [TB651]' in lines[0]) == (i in later), lines)
    s.check('status with edits' + ending, status == 1 and '12 were' not in err, status)
    status, out, err = fill(name, '--force', '--jobs=2', template='t' + ending)
    s.check('no edit lost by --force' + ending, status == 1 and lost() == [] and len(out) == 38, lost())
    s.check('all named by --force' + ending, sum('was edited by hand' in line and line.startswith('tianbao:')
                                                 for line in err.splitlines()) == 12, err)
    status, out, err = fill(name, '--resume', '--discard-edits', template='t' + ending)
    s.check('--discard-edits' + ending, status == 0 and len(out) == 12 and err.count('[TB653]') == 12, err)
    fill('new/{{单位名称}}' + ending, template='t' + ending)
    s.check('all as if written at once' + ending, reports('ed') == reports('new'))
    clear('ed', 'new')


def nothing_changed():
    write_data(county(2))
    fill('n/{{单位名称}}.docx')
    edit_text('n/第1乡.docx')
    status, out, err = fill('n/{{单位名称}}.docx', '--resume')
    s.check('edited, but nothing changed', (status, out) == (0, []) and 'note:' in err and '[TB652]' in err, err)
    fill('m/{{单位名称}}.docx')
    shutil.copy('m/第1乡.docx', 'n/第1乡.docx')
    status, _, err = fill('n/{{单位名称}}.docx', '--resume')
    s.check('edits taken back', status == 0 and '[TB652]' not in err, err)
    clear('n', 'm')


def other_template():
    """An edited report stays when another template is filled over it, too."""
    write_data(county(2))
    fill('o/{{单位名称}}.docx')
    edit_row('o/第1乡.docx')
    was = read('o/第1乡.docx')
    sketch('u.docx', '另一份：{{单位名称}}\n')
    status, out, err = fill('o/{{单位名称}}.docx', '--force', template='u.docx')
    s.check('another template', (status, out) == (1, ['o/第2乡.docx']) and 'the template changed' in err
            and read('o/第1乡.docx') == was, err)
    s.check('runs that are not needed go', len(record('o')['runs']) == 2)
    fill('o/{{单位名称}}.docx', '--force', '--discard-edits', template='u.docx')
    s.check('one run is left', [r['template'] for r in record('o')['runs']] == ['../u.docx'])
    clear('o')


def moved():
    """The record goes with its folder."""
    os.makedirs('old/in')
    sketch('old/in/t.docx')
    write_data(county(2), 'old/in/d.json')
    fill('old/out/', template='old/in/t.docx', data='old/in/d.json')
    os.rename('old', 'moved')
    edit_text('moved/out/t-第1乡.docx')
    status, out, err = fill('moved/out/', '--force', template='moved/in/t.docx', data='moved/in/d.json')
    s.check('a folder that was moved', (status, out) == (1, ['moved/out/t-第2乡.docx']) and '[TB650]' in err, err)
    clear('moved')


def opened():
    """Reports that an office program has open."""
    cases = (('第1乡.docx', '.~lock.第1乡.docx#'), ('第1乡.docx', '~$第1乡.docx'), ('第1乡.docx', '.~第1乡.docx'),
             ('江澜镇人民政府自评.docx', '~$镇人民政府自评.docx'), ('江澜镇人民政府.docx', '~$澜镇人民政府.docx'),
             ('第1乡.odt', '.~lock.第1乡.odt#'))
    for name, lock in cases:
        data = dict(county(1)[0], 单位名称=name.split('.')[0])
        write_data(data, 'one.json')
        template = 't.' + name.split('.')[1]
        fill('open/' + name, template=template, data='one.json')
        was = read('open/' + name)
        open('open/' + lock, 'w').close()
        data['支出合计（万元）'] = 77
        write_data(data, 'one.json')
        for way in ('--force', '--resume', '--discard-edits'):
            status, out, err = fill('open/' + name, way, template=template, data='one.json')
            s.check('%s with %s %s' % (name, lock, way), (status, out) == (1, []) and '[TB654]' in err
                    and lock in err and read('open/' + name) == was, err)
        os.unlink('open/' + lock)
        status, out, err = fill('open/' + name, '--resume', template=template, data='one.json')
        s.check('%s closed' % name, (status, len(out)) == (0, 1), err)
        clear('open')


# ---- tianbao status -----------------------------------------------------------------------------


def status(folder, *more, language='C.UTF-8'):
    r = subprocess.run([suite.TIANBAO, 'status', folder, *more], stdin=subprocess.DEVNULL, capture_output=True,
                       env=dict(environment(), LANGUAGE=language), timeout=WAIT)
    return r.returncode, r.stdout.decode(), r.stderr.decode()


def states(folder):
    """name: (status, since) as the JSON has them."""
    _, out, err = status(folder, '--format=json')
    return {r['name']: (r['status'], tuple(r.get('since', ()))) for r in json.loads(out)['reports']} if out else err


def status_of(ending):
    write_data(county(6))
    name = 'st/{{单位名称}}' + ending
    fill(name, template='t' + ending)
    rc, out, err = status('st')
    s.check('status of what is the same' + ending, (rc, out, err) == (0, '6 reports: 6 unchanged\n', ''), (rc, out, err))
    edit_text('st/第1乡' + ending)
    edit_row('st/第2乡' + ending)
    os.unlink('st/第3乡' + ending)
    shutil.copy('st/第6乡' + ending, 'st/抄来的' + ending)
    open('st/.~lock.第4乡%s#' % ending, 'w').close()
    records = county(6, 第2乡=21, 第4乡=41)
    write_data(records[::-1][1:])  # sorted anew, and 第6乡 is gone
    was = reports('st')
    said = states('st')
    s.check('all states' + ending, said == {
        '第1乡' + ending: ('edited', ()), '第2乡' + ending: ('edited', ('data',)), '第3乡' + ending: ('missing', ()),
        '第4乡' + ending: ('outdated', ('data',)), '第5乡' + ending: ('unchanged', ()),
        '第6乡' + ending: ('outdated', ('data', 'gone')), '抄来的' + ending: ('foreign', ())}, said)
    rc, out, _ = status('st')
    s.check('status in words' + ending, rc == 1 and 'edited by hand  第2乡%s (the data have changed)' % ending in out
            and 'outdated        第6乡%s (the data no longer have it)' % ending in out
            and out.endswith('6 reports: 1 unchanged, 2 edited by hand, 2 outdated, 1 not there; 1 file is not ours\n'), out)
    s.check('status writes nothing' + ending, reports('st') == was)
    os.unlink('st/.~lock.第4乡%s#' % ending)
    fill(name, '--resume', '--discard-edits', template='t' + ending)
    said = states('st')
    s.check('after --resume' + ending, [k for k, v in said.items() if v[0] not in ('unchanged', 'foreign')]
            == ['第6乡' + ending], said)
    os.rename('t' + ending, 'kept')
    rc, _, err = status('st')
    s.check('without the template' + ending, rc == 3 and all('unread' in v[1] for k, v in states('st').items()
                                                             if v[0] != 'foreign'), err)
    os.rename('kept', 't' + ending)
    clear('st')


def status_elsewhere():
    os.makedirs('el/in')
    sketch('el/in/t.docx')
    write_data(county(2), 'el/in/d.json')
    fill('el/out/{{单位名称}}/r.docx', template='el/in/t.docx', data='el/in/d.json')
    os.rename('el', 'moved')
    s.check('status of what was moved', set(states('moved/out').values()) == {('unchanged', ())}, states('moved/out'))
    sketch('moved/in/t.docx', '别的：{{单位名称}}\n')
    s.check('another template there', set(states('moved/out').values()) == {('outdated', ('template',))})
    rc, out, err = status('moved')
    s.check('no record', rc == 2 and out == '' and '[TB658]' in err, err)
    rc, _, _ = status('moved', 'in')
    s.check('two folders', rc == 2)
    clear('moved')
    write_data(county(3))
    sketch('sum.docx', '{{每个 乡镇}}{{单位名称}}{{支出合计}}；{{完}}{{合计(乡镇.支出合计)}}\n')
    rc, _, err = fill('sum/汇总.docx', '--all-as=乡镇', '--only=第1乡,第2乡', template='sum.docx')
    s.check('a summary', rc == 0 and states('sum') == {'汇总.docx': ('unchanged', ())}, (err, states('sum')))
    write_data(county(3, 第3乡=5))
    s.check('of which only some count', states('sum') == {'汇总.docx': ('unchanged', ())}, states('sum'))
    write_data(county(3, 第2乡=5))
    s.check('and has changed', states('sum') == {'汇总.docx': ('outdated', ('data',))}, states('sum'))
    clear('sum')
    write_data(county(2), 'last.json')
    write_data(county(2, 第1乡=12))
    sketch('y.docx', '{{单位名称}}{{支出合计}}，上年{{上年.支出合计}}\\n')
    rc, _, err = fill('y/{{单位名称}}.docx', '--last=last.json', template='y.docx')
    s.check('the year before', rc == 0 and set(states('y').values()) == {('unchanged', ())}, (err, states('y')))
    write_data(county(2, 第2乡=5), 'last.json')
    s.check('and it has changed', states('y')['第2乡.docx'] == ('outdated', ('data',))
            and states('y')['第1乡.docx'] == ('unchanged', ()), states('y'))
    _, out, err = fill('y/{{单位名称}}.docx', '--last=last.json', '--resume', template='y.docx')
    s.check('resumed with the year before', out == ['y/第2乡.docx'], err)
    clear('y')


def status_in_chinese():
    if not os.path.isfile(os.path.join(os.environ.get('TIANBAO_LOCALEDIR', ''), 'zh_CN/LC_MESSAGES/tianbao.mo')):
        return s.skip('status in Chinese', 'there is no catalogue of messages')
    write_data(county(3))
    fill('zh/{{单位名称}}.docx')
    edit_text('zh/第1乡.docx')
    write_data(county(3, 第2乡=5))
    _, out, _ = status('zh', language='zh_CN')
    s.check('status in Chinese', '已被手工修改    第1乡.docx\n' in out and '已过期          第2乡.docx（数据变了）\n' in out
            and '共 3 份报告：一致 1 份，已被手工修改 1 份，已过期 1 份\n' in out, out)
    clear('zh')


# ---- killed, and side by side -------------------------------------------------------------------


def slow_county(count):
    """Records of which every third takes some hundredths of a second."""
    return [dict(r, 甲=[1] * (300 if i % 3 == 0 else 1), 乙=[1] * (200 if i % 3 == 0 else 1))
            for i, r in enumerate(county(count))]


SLOW = SKETCH + '{{每个 甲}}{{每个 乙}}{{如果 . = 0}}是{{完}}{{完}}{{完}}\n'


def killed(ending, number):
    sketch('s' + ending, SLOW)
    write_data(slow_county(60), 'slow.json')
    fill('whole/{{单位名称}}' + ending, template='s' + ending, data='slow.json')
    luck = random.Random(number)
    for round in range(4):
        p = subprocess.Popen(command('k/{{单位名称}}' + ending, '--jobs=2', '--resume', template='s' + ending,
                                     data='slow.json'), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, env=environment(), start_new_session=True)
        for _ in range(luck.randrange(1, 12)):
            p.stdout.readline()
        if number == signal.SIGKILL:
            os.killpg(p.pid, number)
        else:
            p.send_signal(number)
        p.communicate(timeout=WAIT)
    left = len(glob.glob('k/*' + ending))
    s.check('some are written%s %d' % (ending, number), left >= 4, left)
    status, out, err = fill('k/{{单位名称}}' + ending, '--jobs=2', '--resume', template='s' + ending,
                            data='slow.json')
    s.check('resumed%s %d' % (ending, number), status == 0 and len(out) == 60 - left, (status, len(out), err))
    s.check('as if never killed%s %d' % (ending, number), reports('k') == reports('whole'))
    s.check('all in one record%s %d' % (ending, number), parts('k') == [] and len(entries('k')) == 60
            and all(e['hash'] == sha('k/' + n) for n, e in entries('k').items()))
    clear('k', 'whole')


def killed_between():
    """A report whose name was given, or not, when its entry was there already."""
    write_data(county(2))
    fill('b/{{单位名称}}.docx')
    old = record('b')
    write_data(county(2, 第1乡=5, 第2乡=6))
    fill('b/{{单位名称}}.docx', '--resume')
    s.check('what is replaced is noted', all(e['replaced'] for e in entries('b').values()))
    fill('x/{{单位名称}}.docx')
    new = reports('b')
    write_data(county(2))
    fill('y/{{单位名称}}.docx')
    shutil.copy('y/第1乡.docx', 'b/第1乡.docx')  # as if killed before the new one got its name
    write_data(county(2, 第1乡=5, 第2乡=6))
    status, out, err = fill('b/{{单位名称}}.docx', '--resume')
    s.check('killed before the name', (status, out) == (0, ['b/第1乡.docx']) and reports('b') == new, err)
    clear('b', 'x', 'y')
    del old


def torn():
    """Half a line at the end of a part, and zeros."""
    write_data(county(3))
    fill('torn/{{单位名称}}.docx')
    text = read('torn/' + RECORD)
    lines = text.split(b'\n')
    whole = b'\n'.join(lines[:3]) + b'\n'
    for name, tail in (('half a line', lines[3][:40]), ('zeros', b'\0' * 100), ('nothing', b'')):
        os.unlink('torn/' + RECORD)
        with open('torn/.填报记录-1-1-aaaaaaaa', 'wb') as f:
            f.write(whole + tail)
        status, out, err = fill('torn/{{单位名称}}.docx', '--resume')
        s.check('a part with %s' % name, status == 0 and out == [] and parts('torn') == []
                and len(entries('torn')) == 3, err)
    clear('torn')


def damaged():
    write_data(county(2))
    for name, text in (('no JSON', '{'), ('a list', '[]'), ('no schema', '{"reports": [], "runs": []}'),
                       ('an entry without hashes', '{"schema": 1, "runs": [], "reports": [{"name": "a", "time": "b"}]}'),
                       ('newer', '{"schema": 2, "runs": [], "reports": []}')):
        os.makedirs('dam', exist_ok=True)
        with open('dam/' + RECORD, 'w', encoding='utf-8') as f:
            f.write(text)
        status, out, err = fill('dam/{{单位名称}}.docx', '--force')
        code = '[TB656]' if name == 'newer' else '[TB655]'
        s.check('a record with ' + name, status == 1 and out == [] and code in err
                and os.listdir('dam') == [RECORD] and read('dam/' + RECORD) == text.encode(), err)
    clear('dam')


def side_by_side():
    """Runs over the same folder at the same time: other reports, and the same."""
    write_data(county(40))
    results = [None] * 4

    def run(i, *more):
        results[i] = fill('side/{{单位名称}}.docx', *more)
    for name, args in (('shards', [('--shard=%d/4' % (i + 1), '--jobs=2') for i in range(4)]),
                       ('resumed shards', [('--shard=%d/4' % (i + 1), '--resume') for i in range(4)]),
                       ('all at once', [('--resume', '--jobs=2')] * 4),
                       ('forced at once', [('--force', '--jobs=2')] * 4)):
        threads = [threading.Thread(target=run, args=(i,) + a) for i, a in enumerate(args)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        s.check('side by side: ' + name, all(r[0] == 0 for r in results), [r for r in results if r[0]])
        s.check('one record: ' + name, parts('side') == [] and len(entries('side')) == 40
                and all(e['hash'] == sha('side/' + n) for n, e in entries('side').items()), parts('side'))
    fill('alone/{{单位名称}}.docx')
    s.check('as one run', reports('side') == reports('alone'))
    clear('side', 'alone')


def locked_part():
    """A part that a living process adds to stays; what it says counts."""
    import fcntl
    write_data(county(3))
    fill('lp/{{单位名称}}.docx')
    os.rename('lp/' + RECORD, 'lp/.填报记录-1-1-bbbbbbbb')
    with open('lp/.填报记录-1-1-bbbbbbbb', 'r+b') as f:
        f.seek(-3, 2)
        f.truncate()  # a part has no end
        fcntl.flock(f, fcntl.LOCK_EX)
        edit_text('lp/第1乡.docx')
        write_data(county(3, 第2乡=9))
        status, out, err = fill('lp/{{单位名称}}.docx', '--force')
        s.check('a part of another run', (status, out) == (1, ['lp/第2乡.docx', 'lp/第3乡.docx'])
                and '[TB650]' in err, err)
        s.check('it stays', parts('lp') == ['.填报记录-1-1-bbbbbbbb'] and len(entries('lp')) == 2)
    fill('lp/{{单位名称}}.docx', '--resume')
    s.check('then it is taken', parts('lp') == [] and len(entries('lp')) == 3)
    clear('lp')


def main():
    with tempfile.TemporaryDirectory(prefix='tianbao-record-') as folder:
        os.chdir(folder)
        for ending in ('.docx', '.odt'):
            sketch('t' + ending)
            says_what_is_so(ending)
            resume(ending)
            pictures(ending)
            edited(ending)
            status_of(ending)
            for number in (signal.SIGKILL, signal.SIGINT):
                killed(ending, number)
        for test in (where_it_lies, among_data, what_counts, forced_rules, without_record, nothing_changed,
                     other_template, moved, opened, status_elsewhere, status_in_chinese, killed_between, torn, damaged, side_by_side, locked_part):
            test()
        os.chdir('/')
    return s.end()


if __name__ == '__main__':
    sys.exit(main())
