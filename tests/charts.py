#!/usr/bin/env python3
"""Charts: their words are filled, their figures are not, and that is told."""
import json
import os
import re
import sys
import tempfile
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'tools'))

from officelike import NS, OFFICE, docx, odt, p, t, write  # noqa: E402
from suite import Suite, fill  # noqa: E402

suite = Suite('charts')
check = suite.check

DATA = {'单位名称': '云溪乡', '年度': 2024, '项目': [{'名称': '道路'}, {'名称': '水井'}]}
C = 'http://schemas.openxmlformats.org/drawingml/2006/chart'
A = 'http://schemas.openxmlformats.org/drawingml/2006/main'


def word(path, title, series, before='', behind=''):
    """One chart: a title as Word writes it, a name of its series, and a figure."""
    chart = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace xmlns:c="%s" xmlns:a="%s"><c:chart><c:title><c:tx>'
             '<c:rich><a:bodyPr/><a:p>%s</a:p></c:rich></c:tx><c:overlay val="0"/></c:title><c:plotArea><c:layout/><c:barChart>'
             '<c:barDir val="col"/><c:grouping val="clustered"/><c:ser><c:idx val="0"/><c:order val="0"/><c:tx><c:strRef><c:f>Sheet1!$B$1'
             '</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>%s</c:v></c:pt></c:strCache></c:strRef></c:tx><c:val><c:numRef>'
             '<c:f>Sheet1!$B$2</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="1"/><c:pt idx="0"><c:v>191.7</c:v>'
             '</c:pt></c:numCache></c:numRef></c:val></c:ser><c:axId val="1"/><c:axId val="2"/></c:barChart></c:plotArea></c:chart>'
             '</c:chartSpace>' % (C, A, ''.join('<a:r><a:t>%s</a:t></a:r>' % s for s in title), series))
    drawing = ('<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><wp:extent '
               'cx="4000000" cy="2000000"/><wp:docPr id="1" name="图 1"/><a:graphic xmlns:a="%s"><a:graphicData uri="%s"><c:chart '
               'xmlns:c="%s" r:id="rId9"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>' % (A, C, C))
    docx(path, before + p(drawing) + behind)
    with zipfile.ZipFile(path) as z:
        parts = [(n, z.read(n).decode()) for n in z.namelist()]
    changed = {'word/_rels/document.xml.rels': lambda s: s.replace('</Relationships>', '<Relationship Id="rId9" Type="%srelationships/chart" '
                                                                   'Target="charts/chart1.xml"/></Relationships>' % OFFICE),
               '[Content_Types].xml': lambda s: s.replace('</Types>', '<Override PartName="/word/charts/chart1.xml" ContentType="application/'
                                                          'vnd.openxmlformats-officedocument.drawingml.chart+xml"/></Types>')}
    write(path, [(n, changed.get(n, str)(s)) for n, s in parts] + [('word/charts/chart1.xml', chart)])


def writer(path, title, series, before='', behind=''):
    chart = ('<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content %s xmlns:chart="urn:oasis:names:tc:opendocument:xmlns:chart:1.0">'
             '<office:body><office:chart><chart:chart chart:class="chart:bar"><chart:title><text:p>%s</text:p></chart:title><chart:plot-area>'
             '<chart:series chart:values-cell-range-address="local-table.B2"/></chart:plot-area><table:table table:name="local-table"><table:'
             'table-header-columns><table:table-column/></table:table-header-columns><table:table-columns><table:table-column/></table:table-'
             'columns><table:table-header-rows><table:table-row><table:table-cell><text:p/></table:table-cell><table:table-cell office:value-'
             'type="string"><text:p>%s</text:p></table:table-cell></table:table-row></table:table-header-rows><table:table-rows><table:table-row>'
             '<table:table-cell office:value-type="string"><text:p>甲</text:p></table:table-cell><table:table-cell office:value-type="float" '
             'office:value="191.7"><text:p>191.7</text:p></table:table-cell></table:table-row></table:table-rows></table:table></chart:chart>'
             '</office:chart></office:body></office:document-content>'
             % (NS, ''.join('<text:span>%s</text:span>' % s for s in title), series))
    frame = ('<text:p><draw:frame draw:name="图1" text:anchor-type="as-char" svg:width="10cm" svg:height="5cm"><draw:object '
             'xlink:href="./Object 1" xlink:type="simple"/></draw:frame></text:p>')
    odt(path, before + frame + behind)
    with zipfile.ZipFile(path) as z:
        parts = [(n, z.read(n).decode()) for n in z.namelist()]
    entries = ('<manifest:file-entry manifest:full-path="Object 1/" manifest:media-type="application/vnd.oasis.opendocument.chart"/>'
               '<manifest:file-entry manifest:full-path="Object 1/content.xml" manifest:media-type="text/xml"/></manifest:manifest>')
    write(path, [(n, s.replace('</manifest:manifest>', entries)) for n, s in parts] + [('Object 1/content.xml', chart)], stored=('mimetype',))


def charts_of(path):
    """The charts of a report, without their markup."""
    with zipfile.ZipFile(path) as z:
        names = sorted(n for n in z.namelist() if re.match(r'word/charts/chart\w+\.xml|Object [^/]*/content\.xml', n))
        return [re.sub(r'\s+', ' ', re.sub(r'<[^>]*>', ' ', z.read(n).decode('utf-8').split('?>', 1)[1])) for n in names]


def each(name, title, series, before=('', ''), behind=('', ''), holds=(), lacks=(), told=(), status=0, count=1):
    for make, ending, i in ((word, '.docx', 0), (writer, '.odt', 1)):
        make('t' + ending, title, series, before[i], behind[i])
        rc, err = fill('t' + ending, 'd.json', 'r' + ending, '--force')
        check('%s %s: messages' % (name, ending), rc == status and all(s in err for s in told), '%d %s' % (rc, err))
        if rc != 0 or status != 0:
            continue
        charts = charts_of('r' + ending)
        text = ' '.join(charts)
        check('%s %s' % (name, ending), len(charts) == count and all(h in text for h in holds) and not any(s in text for s in lacks), charts)


def paragraph(text):
    return p(t(text)), '<text:p>%s</text:p>' % text


def main():
    note = 'figures in charts are not filled; charts that show what the template has: 1 [TB611]'
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open('d.json', 'w', encoding='utf-8') as f:
            json.dump(DATA, f, ensure_ascii=False)
        each('words of a chart', ['{{单位', '名称}}支出'], '{{年度}}年', holds=['云溪乡', '支出', '2024年', '191.7'], lacks=['{{'], told=[note])
        each('a chart without tags', ['支出'], '本年', holds=['支出', '本年', '191.7'], told=[note], before=paragraph('{{年度}}'))
        each('a chart of each item', ['{{名称}}'], '本年', before=paragraph('{{每个 项目}}'), behind=paragraph('{{完}}'),
             holds=['道路', '水井'], lacks=['{{'], told=[note], count=2)
        each('a missing figure', ['{{没有}}'], '本年', status=1, told=['chart 1', 'no figure for 没有', '[TB501]'])
        os.chdir('/')
    return suite.end()


if __name__ == '__main__':
    sys.exit(main())
