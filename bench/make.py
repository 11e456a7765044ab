#!/usr/bin/env python3
"""make.py - templates and data for the benchmark.

    make.py rows DIR N...              one table of 8 columns, one row repeats; data of N rows
    make.py report DIR COUNT           a whole report; data of COUNT townships
    make.py batch DIR COUNT FIXTURE... COUNT records in one list, made of fixtures

rows and report write the same template once for each tool, DIR/rows.TOOL.docx, DIR/report.TOOL.odt
and so on: the words are the same, the tags are those of the tool.  Only the standard library;
everything is made up and comes out the same each time.
"""
import json
import os
import re
import struct
import sys
import zipfile
import zlib


class Random:
    """xorshift: the same numbers on every machine"""

    MASK = 2**64 - 1

    def __init__(self, seed):
        self.s = (seed * 2654435761 + 88172645463325252) & self.MASK

    def next(self):
        s = self.s
        s ^= (s << 13) & self.MASK
        s ^= s >> 7
        s ^= (s << 17) & self.MASK
        self.s = s
        return s

    def below(self, n):
        return (self.next() >> 11) % n

    def pick(self, words):
        return words[self.below(len(words))]

    def money(self):
        return '%.2f' % (self.below(300000) / 100 + 1)

    def rate(self):
        return '%.2f%%' % (80 + self.below(2000) / 100)


# ---- words ----

TOWNS = ['云溪乡', '松鸣乡', '江澜镇', '太平镇', '石门镇', '清泉乡', '柳河镇', '白沙镇', '长岭乡',
         '双桥镇', '南坪镇', '北溶乡']
TOPICS = ['预算编制', '预算执行', '资金管理', '资产管理', '职责履行', '履职效益', '政府采购',
          '信息公开', '绩效管理', '服务对象满意度', '“三公”经费控制率', '公用经费控制率',
          '财政供养人员控制率', '预算完成率', '结转结余率', '支付进度率']
ITEMS = ['工资福利支出', '商品和服务支出', '对个人和家庭的补助', '资本性支出', '公务接待费',
         '公务用车购置及运行费', '因公出国（境）费用', '乡村振兴专项', '农村人居环境整治',
         '防汛抗旱', '森林防灭火', '困难群众救助', '退役军人安置', '教育资助', '基层组织建设']

ROW_HEAD = ['序号', '乡镇', '项目名称', '预算数', '决算数', '执行率', '日期', '备注']
ROW_KEYS = ['no', 'town', 'project', 'budget', 'final', 'rate', 'date', 'note']
GROUP_HEAD = ['指标', '权重', '目标值', '完成值', '得分']
GROUP_KEYS = ['name', 'weight', 'target', 'actual', 'score']
BASE_HEAD = ['序号', '指标名称', '单位', '上年', '本年']
BASE_KEYS = ['no', 'name', 'unit', 'prev', 'cur']
SPEND_HEAD = ['序号', '科目', '年初预算', '全年预算', '决算数', '执行率']
SPEND_KEYS = ['no', 'name', 'initial', 'budget', 'final', 'rate']


def rows(n):
    r = Random(99)
    for k in range(n):
        yield {'no': str(k + 1), 'town': r.pick(TOWNS),
               'project': r.pick(ITEMS) + '（第%d期）' % (r.below(40) + 1),
               'budget': r.money(), 'final': r.money(), 'rate': r.rate(),
               'date': '2023-%02d-%02d' % (r.below(12) + 1, r.below(28) + 1),
               'note': '按计划' + r.pick(['完成', '推进', '结转'])}


def report_text():
    """Paragraphs of a report: (style, [text or (field,)]), with some 60 fields, 110 uses."""
    r = Random(3)
    count = [0]

    def figure():
        count[0] += 1
        return ('money%02d' % count[0],)

    def clause():
        head = r.pick(['完成', '推进', '落实', '加强', '规范', '开展']) + r.pick(ITEMS)
        head += r.pick(['工作', '任务', '管理', '考核'])
        return head + ('%d%s；' % (r.below(900) + 1, r.pick(['人', '户', '个', '亩', '次']))
                       if r.below(2) else '，确保取得实效；')

    yield 'Title', [('org',)]
    yield 'Title', [('year',), '年部门整体支出绩效自评报告']
    for k in range(7):
        yield 'Heading1', ['一二三四五六七'[k] + '、' + TOPICS[k] + '情况']
        for j in range(3):
            yield 'Heading2', ['（' + '一二三'[j] + '）' + TOPICS[(k * 3 + j) % 16]]
            yield 'Body', [('year',), '年', ('center',), '支出合计', figure(), '万元，其中基本支出',
                           figure(), '万元，项目支出', figure(), '万元。']
            yield 'Body', [''.join(clause() for _ in range(12)) + '取得实效。']
    yield 'Body', ['经自评，', ('year',), '年度评价结论为“', ('grade',), '”，自查评分为98分。']
    yield 'Date', [('report_date',)]


def report_data(i):
    r = Random(i + 1)
    d = {'id': 'r%04d' % i, 'year': '2023', 'report_date': '2024年6月30日',
         'org': r.pick(TOWNS) + '第%d便民服务中心' % i, 'center': '第%d便民服务中心' % i,
         'grade': r.pick(['优', '良', '中'])}
    for k in range(63):
        d['money%02d' % (k + 1)] = r.money()
    d['groups'] = [{'name': TOPICS[g], 'weight': '25', 'target': '—', 'actual': '—',
                    'score': str(20 + r.below(6)),
                    'items': [{'name': TOPICS[(g * 4 + k) % 16], 'weight': str(5 + k),
                               'target': '≥%d%%' % (80 + r.below(20)),
                               'actual': '%d%%' % (80 + r.below(21)),
                               'score': '%.1f' % (4 + r.below(20) / 10)} for k in range(4)]}
                   for g in range(4)]
    d['base'] = [{'no': str(k + 1), 'name': ITEMS[k % 15], 'unit': '万元' if k % 3 else '人',
                  'prev': r.money(), 'cur': r.money()} for k in range(30)]
    d['spend'] = [{'no': str(k + 1), 'name': ITEMS[k], 'initial': r.money(), 'budget': r.money(),
                   'final': r.money(), 'rate': r.rate()} for k in range(15)]
    return d


# ---- the tags of each tool ----
# A table's body is a list of rows of cells; a row of one cell holds a directive and nothing else.

class Tianbao:
    name, kinds = 'tianbao', ('docx', 'odt')

    def field(self, name):
        return '{{%s}}' % name

    def flat(self, loop, keys):
        return [['{{%s.%s}}' % (loop, k) for k in keys]]

    def nested(self, outer, inner, keys):
        above, below = [self.field(k) for k in keys], [self.field(k) for k in keys]
        above[0] = self.opener(outer) + above[0]
        below[0] = self.opener(inner) + below[0]
        below[-1] += self.closer(inner) + self.closer(outer)
        return [above, below]

    def opener(self, loop):
        return '{{#%s}}' % loop

    def closer(self, loop):
        return '{{/%s}}' % loop


class Mustache(Tianbao):
    """docxtemplater, easy-template-x"""
    name, kinds = 'mustache', ('docx',)

    def field(self, name):
        return '{%s}' % name

    def opener(self, loop):
        return '{#%s}' % loop

    def closer(self, loop):
        return '{/%s}' % loop

    def flat(self, loop, keys):
        row = [self.field(k) for k in keys]
        row[0] = self.opener(loop) + row[0]
        row[-1] += self.closer(loop)
        return [row]


class DocxTemplates:
    name, kinds = 'docx-templates', ('docx',)

    def field(self, name):
        return '{%s}' % name

    def flat(self, loop, keys):
        return [['{FOR r IN %s}' % loop], ['{$r.%s}' % k for k in keys], ['{END-FOR r}']]

    def nested(self, outer, inner, keys):
        return [['{FOR g IN %s}' % outer], ['{$g.%s}' % k for k in keys],
                ['{FOR it IN $g.%s}' % inner], ['{$it.%s}' % k for k in keys],
                ['{END-FOR it}'], ['{END-FOR g}']]


class Carbone:
    """An example row is followed by one that says [i+1]."""
    name, kinds = 'carbone', ('docx', 'odt')

    def field(self, name):
        return '{d.%s}' % name

    def row(self, path, keys):
        return ['{d.%s.%s}' % (path, k) for k in keys]

    def example(self, path, keys):
        return self.row(path, keys[:1]) + [''] * (len(keys) - 1)

    def flat(self, loop, keys):
        return [self.row(loop + '[i]', keys), self.example(loop + '[i+1]', keys)]

    def nested(self, outer, inner, keys):
        return [self.row(outer + '[i]', keys), self.row('%s[i].%s[i]' % (outer, inner), keys),
                self.example('%s[i].%s[i+1]' % (outer, inner), keys),
                self.example(outer + '[i+1]', keys)]


class Jinja:
    """docxtpl"""
    name, kinds = 'jinja', ('docx',)

    def field(self, name):
        return '{{ %s }}' % name

    def flat(self, loop, keys):
        return [['{%%tr for r in %s %%}' % loop], ['{{ r.%s }}' % k for k in keys],
                ['{%tr endfor %}']]

    def nested(self, outer, inner, keys):
        return [['{%%tr for g in %s %%}' % outer], ['{{ g.%s }}' % k for k in keys],
                ['{%%tr for it in g["%s"] %%}' % inner], ['{{ it.%s }}' % k for k in keys],
                ['{%tr endfor %}'], ['{%tr endfor %}']]


class Relatorio:
    """Placeholder fields that hold Genshi; \\1 and \\2 become the element."""
    name, kinds = 'relatorio', ('odt',)

    def field(self, name):
        return '\x01' + name + '\x02'

    def flat(self, loop, keys):
        return [[self.field('for each="r in %s"' % loop)],
                [self.field("r['%s']" % k) for k in keys], [self.field('/for')]]

    def nested(self, outer, inner, keys):
        return [[self.field('for each="g in %s"' % outer)],
                [self.field("g['%s']" % k) for k in keys],
                [self.field('for each="it in g[\'%s\']"' % inner)],
                [self.field("it['%s']" % k) for k in keys], [self.field('/for')],
                [self.field('/for')]]


TOOLS = (Tianbao, Mustache, DocxTemplates, Carbone, Jinja, Relatorio)


# ---- documents ----

def escape(s):
    return s.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')


def pieces(s):
    """Text as Word cuts it: Chinese and Latin in runs of their own."""
    return re.findall(r'[\x21-\x7e]+|[^\x21-\x7e]+', s)


class Docx:
    ending = 'docx'
    W = ('xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
         'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
         'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
         'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
         'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
         'mc:Ignorable="w14"')
    HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    STYLES = {'Title': 1, 'Heading1': 2, 'Heading2': 3}

    def __init__(self, tool):
        self.tool, self.r = tool, Random(11)

    def rsid(self):
        return '00%06X' % self.r.below(1 << 24)

    def run(self, text, size, bold=False):
        return ('<w:r w:rsidRPr="%s"><w:rPr><w:rFonts w:ascii="仿宋_GB2312" w:eastAsia="仿宋_GB2312" '
                'w:hAnsi="仿宋_GB2312" w:cs="仿宋_GB2312" w:hint="eastAsia"/>%s<w:color '
                'w:val="000000"/><w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr>'
                '<w:t xml:space="preserve">%s</w:t></w:r>'
                % (self.rsid(), '<w:b/>' if bold else '', size, size, escape(text)))

    def paragraph(self, style, parts):
        h = self.STYLES.get(style)
        runs = ''
        for part in parts:
            texts = [self.tool.field(part[0])] if isinstance(part, tuple) else pieces(part)
            runs += ''.join(self.run(t, 44 if style == 'Title' else 32, h) for t in texts)
        look = '<w:pStyle w:val="%d"/>' % h if h else ''
        look += '<w:spacing w:line="560" w:lineRule="exact"/>'
        look += {'Title': '<w:jc w:val="center"/>', 'Date': '<w:jc w:val="right"/>',
                 'Body': '<w:ind w:firstLineChars="200" w:firstLine="640"/>'}.get(style, '')
        return ('<w:p w14:paraId="%08X" w14:textId="77777777" w:rsidR="%s" w:rsidRDefault="%s">'
                '<w:pPr>%s</w:pPr>%s</w:p>'
                % (self.r.below(1 << 31), self.rsid(), self.rsid(), look, runs))

    def cell(self, text, width, span):
        rsid = self.rsid()
        look = '<w:gridSpan w:val="%d"/>' % span if span > 1 else ''
        return ('<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s<w:vAlign w:val="center"/></w:tcPr>'
                '<w:p w:rsidR="%s" w:rsidRDefault="%s"><w:pPr><w:jc w:val="center"/></w:pPr>%s'
                '</w:p></w:tc>' % (width, look, rsid, rsid, self.small(text)))

    def small(self, text):
        if not text:
            return ''
        return ('<w:r><w:rPr><w:rFonts w:ascii="宋体" w:eastAsia="宋体" w:hAnsi="宋体" '
                'w:hint="eastAsia"/><w:sz w:val="21"/></w:rPr><w:t>%s</w:t></w:r>' % escape(text))

    def row(self, cells, columns, look=''):
        span = columns if len(cells) == 1 else 1
        return '<w:tr w:rsidR="%s"><w:trPr>%s<w:trHeight w:val="454"/></w:trPr>%s</w:tr>' % (
            self.rsid(), look, ''.join(self.cell(c, 9000 * span // columns, span) for c in cells))

    def table(self, head, body):
        n = len(head)
        return ('<w:tbl><w:tblPr><w:tblStyle w:val="a3"/><w:tblW w:w="9000" w:type="dxa"/>'
                '</w:tblPr><w:tblGrid>' + '<w:gridCol w:w="%d"/>' % (9000 // n) * n +
                '</w:tblGrid>' + self.row(head, n, '<w:tblHeader/>') +
                ''.join(self.row(cells, n) for cells in body) + '</w:tbl>')

    PICTURE = (
        '<w:p><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        '<wp:extent cx="1800000" cy="1800000"/><wp:docPr id="1" name="图片 1"/>'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic '
        'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr>'
        '<pic:cNvPr id="1" name="image1.png"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
        '<a:blip r:embed="rId2"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>'
        '<a:xfrm><a:off x="0" y="0"/><a:ext cx="1800000" cy="1800000"/></a:xfrm><a:prstGeom '
        'prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        '</wp:inline></w:drawing></w:r></w:p>')
    SECTION = ('<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1453" '
               'w:bottom="1440" w:left="1453" w:header="851" w:footer="992" w:gutter="0"/>'
               '</w:sectPr>')

    def between(self):
        return ''

    def main(self, body):
        return '%s<w:document %s><w:body>%s%s<w:p/>%s</w:body></w:document>' % (
            self.HEAD, self.W, self.PICTURE, body, self.SECTION)

    def styles(self):
        one = ('<w:style w:type="paragraph" w:styleId="%d"><w:name w:val="%s"/><w:basedOn '
               'w:val="a"/><w:next w:val="a"/><w:qFormat/><w:pPr><w:keepNext/></w:pPr><w:rPr><w:b/>'
               '<w:sz w:val="%d"/></w:rPr></w:style>')
        return ('%s<w:styles %s><w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name '
                'w:val="Normal"/><w:qFormat/></w:style>%s<w:style w:type="table" w:styleId="a3">'
                '<w:name w:val="Table Grid"/></w:style></w:styles>'
                % (self.HEAD, self.W, one % (1, 'Title', 44) + one % (2, 'heading 1', 32) +
                   one % (3, 'heading 2', 32)))

    def entries(self, body, picture):
        doc = 'application/vnd.openxmlformats-officedocument.wordprocessingml.'
        pack = 'http://schemas.openxmlformats.org/package/2006/'
        rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        return [
            ('[Content_Types].xml', self.HEAD + '<Types xmlns="%scontent-types"><Default '
             'Extension="png" ContentType="image/png"/><Default Extension="rels" ContentType='
             '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
             'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
             '"%sdocument.main+xml"/><Override PartName="/word/styles.xml" ContentType='
             '"%sstyles+xml"/></Types>' % (pack, doc, doc)),
            ('_rels/.rels', self.HEAD + '<Relationships xmlns="%srelationships"><Relationship '
             'Id="rId1" Type="%sofficeDocument" Target="word/document.xml"/></Relationships>'
             % (pack, rel)),
            ('word/document.xml', self.main(body)),
            ('word/_rels/document.xml.rels', self.HEAD + '<Relationships xmlns="%srelationships">'
             '<Relationship Id="rId1" Type="%sstyles" Target="styles.xml"/><Relationship Id="rId2" '
             'Type="%simage" Target="media/image1.png"/></Relationships>' % (pack, rel, rel)),
            ('word/media/image1.png', picture),
            ('word/styles.xml', self.styles())]


class Odt:
    ending = 'odt'
    NS = ' '.join('xmlns:%s="urn:oasis:names:tc:opendocument:xmlns:%s:1.0"' % x for x in (
        ('office', 'office'), ('style', 'style'), ('text', 'text'), ('table', 'table'),
        ('draw', 'drawing'), ('fo', 'xsl-fo-compatible'), ('svg', 'svg-compatible'),
        ('meta', 'meta'))) + (
            ' xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/"')
    HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
    IMAGE = 'Pictures/1000000100000140.png'

    def __init__(self, tool):
        self.tool, self.tables = tool, 0

    def span(self, text, style):
        s = escape(text)
        if isinstance(self.tool, Relatorio):
            s = s.replace('\x01', '<text:placeholder text:placeholder-type="text">&lt;')
            s = s.replace('\x02', '&gt;</text:placeholder>')
        return '<text:span text:style-name="%s">%s</text:span>' % (style, s)

    def paragraph(self, style, parts):
        inside = ''
        for part in parts:
            texts = [self.tool.field(part[0])] if isinstance(part, tuple) else pieces(part)
            inside += ''.join(self.span(t, 'T%d' % (1 + (t[0] < '\x7f'))) for t in texts)
        if style.startswith('Heading'):
            return ('<text:h text:style-name="Heading_20_%s" text:outline-level="%s">%s</text:h>'
                    % (style[-1], style[-1], inside))
        name = {'Title': 'P1', 'Date': 'P3'}.get(style, 'P2')
        return '<text:p text:style-name="%s">%s</text:p>' % (name, inside)

    def cell(self, text, span):
        return ('<table:table-cell table:style-name="表1.A1"%s office:value-type="string">'
                '<text:p text:style-name="P4">%s</text:p></table:table-cell>%s'
                % (' table:number-columns-spanned="%d"' % span if span > 1 else '',
                   self.span(text, 'T4') if text else '',
                   '<table:covered-table-cell/>' * (span - 1)))

    def row(self, cells, columns):
        span = columns if len(cells) == 1 else 1
        return '<table:table-row table:style-name="表1.1">%s</table:table-row>' % ''.join(
            self.cell(c, span) for c in cells)

    def table(self, head, body):
        self.tables += 1
        n = len(head)
        return ('<table:table table:name="表%d" table:style-name="表1"><table:table-column '
                'table:style-name="表1.A" table:number-columns-repeated="%d"/>'
                '<table:table-header-rows>%s</table:table-header-rows>%s</table:table>'
                % (self.tables, n, self.row(head, n), ''.join(self.row(c, n) for c in body)))

    def between(self):
        return '<text:p text:style-name="P2"/>'

    def main(self, body):
        style = '<style:style style:name="%s" style:family="%s"/>'
        styles = ''.join(style % x for x in (
            ('表1', 'table'), ('表1.A', 'table-column'), ('表1.1', 'table-row'),
            ('表1.A1', 'table-cell'), ('P1', 'paragraph'), ('P2', 'paragraph'),
            ('P3', 'paragraph'), ('P4', 'paragraph'), ('T1', 'text'), ('T2', 'text'),
            ('T4', 'text'), ('fr1', 'graphic')))
        picture = ('<text:p text:style-name="P1"><draw:frame draw:style-name="fr1" draw:name="图像1" '
                   'text:anchor-type="as-char" svg:width="5cm" svg:height="5cm"><draw:image '
                   'xlink:href="%s" xlink:type="simple"/></draw:frame></text:p>' % self.IMAGE)
        return ('%s<office:document-content %s><office:automatic-styles>%s'
                '</office:automatic-styles><office:body><office:text>%s%s<text:p/></office:text>'
                '</office:body></office:document-content>'
                % (self.HEAD, self.NS, styles, picture, body))

    def entries(self, body, picture):
        part = '<manifest:file-entry manifest:full-path="%s" manifest:media-type="%s"/>'
        kind = 'application/vnd.oasis.opendocument.text'
        listed = [('/', kind), ('content.xml', 'text/xml'), ('styles.xml', 'text/xml'),
                  ('meta.xml', 'text/xml'), (self.IMAGE, 'image/png')]
        return [
            ('mimetype', kind), (self.IMAGE, picture), ('content.xml', self.main(body)),
            ('styles.xml', '%s<office:document-styles %s><office:styles/>'
             '</office:document-styles>' % (self.HEAD, self.NS)),
            ('meta.xml', '%s<office:document-meta %s><office:meta/></office:document-meta>'
             % (self.HEAD, self.NS)),
            ('META-INF/manifest.xml', self.HEAD + '<manifest:manifest manifest:version="1.3" '
             'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">%s'
             '</manifest:manifest>' % ''.join(part % x for x in listed))]


def rows_body(doc):
    return (doc.paragraph('Title', [('title',)]) +
            doc.table(ROW_HEAD, doc.tool.flat('rows', ROW_KEYS)))


def shares_body(doc):
    """The same table with the share of each row in the total, that of the rows above the average
    marked."""
    row = doc.tool.flat('rows', ROW_KEYS)
    row[0][-1] = ('{{rows.final / sum(rows.final)：百分比 2}}'
                  '{{如果 rows.final > avg(rows.final)}}多{{完}}')
    return doc.paragraph('Title', [('title',)]) + doc.table(ROW_HEAD[:-1] + ['占比'], row)


def report_body(doc):
    tool = doc.tool
    out = ''.join(doc.paragraph(style, parts) for style, parts in report_text())
    for caption, head, body in (
            ('附表1 共性指标表', GROUP_HEAD, tool.nested('groups', 'items', GROUP_KEYS)),
            ('附表2 基础数据表', BASE_HEAD, tool.flat('base', BASE_KEYS)),
            ('附表3 支出明细表', SPEND_HEAD, tool.flat('spend', SPEND_KEYS))):
        out += doc.paragraph('Heading1', [caption]) + doc.table(head, body)
    return out


# ---- files ----

def noise():
    """A PNG of 300 KB that cannot be packed smaller, as photos are."""
    side, r, raw = 320, Random(7), bytearray()
    for _ in range(side):
        raw += b'\0' + b''.join(struct.pack('<Q', r.next()) for _ in range(side * 3 // 8))

    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack(
            '>I', zlib.crc32(kind + data))
    return (b'\x89PNG\r\n\x1a\n' +
            chunk(b'IHDR', struct.pack('>IIBBBBB', side, side, 8, 2, 0, 0, 0)) +
            chunk(b'IDAT', zlib.compress(bytes(raw), 9)) + chunk(b'IEND', b''))


def write_package(path, entries):
    with zipfile.ZipFile(path, 'w') as z:
        for name, data in entries:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            stored = name == 'mimetype' or name.endswith('.png')
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            z.writestr(info, data, compresslevel=6)


def write_templates(folder, name, body, tools=None):
    picture = noise()
    for tool in (t() for t in tools or TOOLS):
        for kind in (k for k in (Docx, Odt) if k.ending in tool.kinds):
            doc = kind(tool)
            write_package('%s/%s.%s.%s' % (folder, name, tool.name, kind.ending),
                          doc.entries(body(doc), picture))


def make_rows(folder, counts):
    write_templates(folder, 'rows', rows_body)
    write_templates(folder, 'shares', shares_body, [Tianbao])
    for n in map(int, counts):
        with open('%s/rows.%d.json' % (folder, n), 'w', encoding='utf-8') as f:
            f.write('{"title": "2023年度项目支出明细表", "rows": [')
            for k, row in enumerate(rows(n)):
                f.write((', ' if k else '') + json.dumps(row, ensure_ascii=False))
            f.write(']}')


def make_report(folder, count):
    write_templates(folder, 'report', report_body)
    os.makedirs(folder + '/report.data', exist_ok=True)
    for i in range(int(count)):
        with open('%s/report.data/r%04d.json' % (folder, i), 'w', encoding='utf-8') as f:
            json.dump(report_data(i), f, ensure_ascii=False)


def make_batch(folder, count, fixtures):
    """The figures of a fixture are text for text what its file says: only the name is changed."""
    texts = [open(f, encoding='utf-8').read().strip() for f in fixtures]
    name = re.compile(r'("单位名称"\s*:\s*")([^"]*)(")')
    with open('%s/batch.%s.json' % (folder, count), 'w', encoding='utf-8') as f:
        for i in range(int(count)):
            named = name.sub(lambda m: '%s%s第%04d号%s' % (m[1], m[2], i + 1, m[3]),
                             texts[i % len(texts)], count=1)
            f.write(('[' if i == 0 else ',\n') + named)
        f.write(']\n')


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    what, folder, rest = sys.argv[1], sys.argv[2], sys.argv[3:]
    os.makedirs(folder, exist_ok=True)
    if what == 'rows':
        make_rows(folder, rest)
    elif what == 'report':
        make_report(folder, rest[0])
    elif what == 'batch' and len(rest) > 1:
        make_batch(folder, rest[0], rest[1:])
    else:
        sys.exit(__doc__)


main()
