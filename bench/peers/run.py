#!/usr/bin/env python3
"""Drives docxtpl and relatorio; the same arguments and figures as run.cjs."""
import importlib
import json
import os
import resource
import sys
import time

if sys.argv[2] == 'none':
    importlib.import_module(sys.argv[1])
    sys.exit()
peer, mode, template, data, out = sys.argv[1:6]


def docxtpl():
    from docxtpl import DocxTemplate

    def fill(record, path):
        doc = DocxTemplate(template)
        doc.render(record)
        doc.save(path)
    return fill


def relatorio():
    from relatorio.templates.opendocument import Template
    doc = Template(source='', filepath=template)  # parsed once for all reports

    def fill(record, path):
        filled = doc.generate(**record).render().getvalue()
        with open(path, 'wb') as f:
            f.write(filled)
    return fill


def read(path):
    with open(path, encoding='utf-8') as f:
        return json.load(f)


fill = {'docxtpl': docxtpl, 'relatorio': relatorio}[peer]()
if mode == 'one':
    fill(read(data), out)
elif mode == 'batch':
    names = sorted(os.listdir(data))
    warm, started = min(20, len(names) // 4), 0
    os.makedirs(out, exist_ok=True)
    for i, name in enumerate(names):
        if i == warm:
            started = time.process_time()
        path = os.path.join(out, name.replace('.json', os.path.splitext(template)[1]))
        fill(read(os.path.join(data, name)), path)
    used = (time.process_time() - started) * 1e3 / (len(names) - warm)
    print('%.3f %d' % (used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
