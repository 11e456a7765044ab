#!/usr/bin/env python3
"""Old results in fields, controls and cells: none is left when LibreOffice shows the report.

    stale_check.py

Documents in which every field says 旧 and every number is 9.99 are filled, printed by LibreOffice,
saved anew by it and printed again: each time all figures of the data are there and nothing old is.
The command is taken from TIANBAO.  Without LibreOffice and pdftotext every check is skipped.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from officelike import ITEM_ID, control, docx, field, form, odt, p, row, simple, t, table  # noqa: E402

TIANBAO = os.path.abspath(os.environ.get('TIANBAO', './tianbao'))
DATA = {'甲': '新甲', '乙': '新乙', '丙': '新丙', '丁': '新丁', '戊': '新戊', '己': '新己', '庚': '新庚',
        '辛': '新辛', '壬': '新壬', '数': 2228.08, '率': 0.951, '车': 2, '项目': [{'名称': '新路', '金额': 511.04}, {'名称': '新桥', '金额': 25.5}]}
FIGURES = ['新甲', '新乙', '新丙', '新丁', '新戊', '新己', '新庚', '新辛', '（新辛）', '新壬', '（共新壬个）', '2,228.08', '95.1%', '有车', '新路', '新桥', '511.04', '25.50', '88.80', '536.54']


def word(path):
    bound = ('<w:dataBinding w:prefixMappings="xmlns:n=\'urn:d\'" w:xpath="/n:d[1]/n:x[1]" w:storeItemID="%s"/><w:text/>'
             % ITEM_ID)
    item = control(row(p(control(t('旧'), tag='名称')), p(field('MERGEFIELD 金额 \\# "0.00"', '9.99'))),
                   more='<w15:repeatingSectionItem/>')
    docx(path, p(field('MERGEFIELD 甲', '旧'), simple('DOCPROPERTY 乙', '旧'), field('DOCVARIABLE 丙', '旧')) +
         p(control(t('旧'), tag='丁', more=bound), field('TITLE', '旧')) + control(p(t('旧')) + p(t('旧')), tag='己') +
         p(field('IF {MERGEFIELD 车} > 0 "有车" "旧"', '旧'), field('MERGEFIELD 数 \\# "#,##0.00"', '9.99'), t('；{{率：百分比}}')) +
         p(form('FORMTEXT', '辛', '<w:textInput><w:default w:val="旧"/></w:textInput>', t('旧')), t('（'), field('REF 辛 \\h', '旧'), t('）')) +
         p(form('FORMDROPDOWN', '壬', '<w:ddList><w:listEntry w:val="旧"/><w:listEntry w:val="新壬"/></w:ddList>'), t('（'),
           simple('REF 总', '旧'), t('）')) + p('<w:bookmarkStart w:id="9" w:name="总"/>', t('共{{壬}}个'), '<w:bookmarkEnd w:id="9"/>') +
         p(t('88.80、536.54')) + table(control(item + item.replace('金额', '没有'), tag='项目', more='<w15:repeatingSection/>')) + p(),
         header=p(field('MERGEFIELD 庚', '旧')), custom={'乙': '旧'}, variables={'丙': '旧'}, title='{{戊}}',
         item='<d xmlns="urn:d"><x>旧</x></d>')


STYLES = ('<number:number-style style:name="N2"><number:number number:decimal-places="2" number:min-decimal-places="2" '
          'number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
          '<number:percentage-style style:name="NP"><number:number number:decimal-places="1" number:min-integer-digits="1"/>'
          '<number:text>%</number:text></number:percentage-style>'
          '<style:style style:name="c2" style:family="table-cell" style:data-style-name="N2"/>'
          '<style:style style:name="cP" style:family="table-cell" style:data-style-name="NP"/>')


def writer(path):
    def q(*inner):
        return '<text:p>%s</text:p>' % ''.join(inner)

    def cell(style, text):
        return ('<table:table-cell table:style-name="%s" office:value-type="float" office:value="9.99">%s</table:table-cell>'
                % (style, q(text)))

    def get(name):
        return '<text:user-field-get text:name="%s">旧</text:user-field-get>' % name

    def decl(name):
        return '<text:user-field-decl text:name="%s" office:value-type="string" office:string-value="旧"/>' % name

    decls = '<text:user-field-decls>%s</text:user-field-decls>' % (
        decl('甲') + '<text:user-field-decl text:name="车" office:value-type="float" office:value="0"/>')
    odt(path, decls + q(get('甲'), '<text:user-defined text:name="乙">旧</text:user-defined><text:title>旧</text:title>',
        '<text:placeholder text:placeholder-type="text">&lt;丙&gt;</text:placeholder>',
        '<text:database-display text:table-name="t" text:column-name="丁" text:database-name="d">旧</text:database-display>',
        '<loext:content-control loext:tag="己">旧</loext:content-control>',
        '<field:fieldmark-start text:name="辛" field:type="vnd.oasis.opendocument.field.FORMTEXT"><field:param field:name="Content" '
        'field:value="旧"/></field:fieldmark-start><field:fieldmark-separator/>旧<field:fieldmark-end/>（<text:bookmark-ref '
        'text:reference-format="text" text:ref-name="文">旧</text:bookmark-ref>）<text:bookmark-start text:name="文"/>{{辛}}'
        '<text:bookmark-end text:name="文"/>',
        '<text:drop-down text:name="壬"><text:label text:value="新壬"/><text:label text:value="旧" text:current-selected="true"/>旧'
        '</text:drop-down>（<text:reference-ref text:reference-format="text" text:ref-name="总">旧</text:reference-ref>）'
        '<text:reference-mark-start text:name="总"/>共{{壬}}个<text:reference-mark-end text:name="总"/>',
        '<text:conditional-text text:condition="ooow:车 &gt; 0" text:string-value-if-true="有车" '
        'text:string-value-if-false="旧">旧</text:conditional-text>') +
        '<table:table table:name="t"><table:table-column table:number-columns-repeated="2"/><table:table-row>%s</table:table-row>'
        '<table:table-row>%s</table:table-row><table:table-row>%s</table:table-row><table:table-row>%s</table:table-row></table:table>' % (
            cell('c2', '{{数}}') + cell('cP', '{{率}}'), cell('c2', '88.80') + cell('c2', ''), cell('Standard', '{{项目.名称}}') + cell('c2', '{{项目.金额}}'),
            cell('Standard', '合计') + cell('c2', '9.99').replace('<table:table-cell ', '<table:table-cell table:formula="ooow:sum &lt;B3:B3&gt;" ')) + q(),
        styles=STYLES, header='<text:user-field-decls>%s</text:user-field-decls>' % decl('庚') + q(get('庚')),
        custom={'乙': '旧'}, title='{{戊}}')


def convert(profile, kind, path, folder):
    """The file of another kind that LibreOffice makes; its exit status says nothing."""
    out = os.path.join(folder, os.path.splitext(os.path.basename(path))[0] + '.' + kind)
    subprocess.run(['soffice', '-env:UserInstallation=file://' + profile, '--headless', '--norestore', '--convert-to', kind,
                    '--outdir', folder, path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=120)
    return out


def trouble(pdf):
    if not os.path.exists(pdf):
        return 'LibreOffice does not open it'
    shown = subprocess.run(['pdftotext', '-layout', pdf, '-'], stdout=subprocess.PIPE, timeout=60).stdout.decode('utf-8')
    text = re.sub(r'\s', '', shown)
    lacks = [f for f in FIGURES if f not in text]
    old = [o for o in ('旧', '9.99', '{{') if o in text]
    return ' '.join(lacks and ['lacks'] + lacks) + ' '.join(old and ['still has'] + old) or None


def main():
    if not shutil.which('soffice') or not shutil.which('pdftotext'):
        print('skipped: LibreOffice or pdftotext is not installed\n0 passed, 0 failed, 4 skipped')
        return 0
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix='stale-') as tmp:
        profile = os.path.join(tmp, 'profile')
        with open(os.path.join(tmp, 'd.json'), 'w', encoding='utf-8') as f:
            json.dump(DATA, f, ensure_ascii=False)
        for kind, make in (('docx', word), ('odt', writer)):
            template, report = os.path.join(tmp, 't.' + kind), os.path.join(tmp, 'r.' + kind)
            make(template)
            run = subprocess.run([TIANBAO, 'fill', template, os.path.join(tmp, 'd.json'), '-o', report],
                                 stdin=subprocess.DEVNULL, capture_output=True)
            again = os.path.join(tmp, 'again')
            if run.returncode != 0:
                print(run.stderr.decode('utf-8', 'replace'))
            steps = (('filled', lambda: report), ('saved anew', lambda: convert(profile, kind, report, again)))
            for name, step in steps:
                wrong = trouble(convert(profile, 'pdf', step(), os.path.join(tmp, name)))
                passed += wrong is None
                failed += wrong is not None
                if wrong:
                    print('FAILED %s %s: %s' % (kind, name, wrong))
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
