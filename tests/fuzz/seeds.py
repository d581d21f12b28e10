#!/usr/bin/env python3
"""First inputs for every target, made from tests/fixtures/files, and the dictionary. Nothing of it is kept in git.

usage: seeds.py CORPUS          writes CORPUS/<target>/seed-… and CORPUS/words.dict
"""
import glob
import os
import re
import struct
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "../fixtures/files")
LAYOUTS = os.path.join(HERE, "../../crates/ingest/src/layout")
BETWEEN = b"\n=====\n"

ROWS = [
    ["项目编码", "工资所属月份", "班组名称", "姓名", "身份证号", "应发工资", "实发工资", "发放日期"],
    ["99999920240101001", "2024-03", "一班", "测试工人一", "999999199001010016", "5,600.00", "5400", "2024-04-15"],
    ["99999920240101001", "2024年3月", "一班", "测试工人二", "999999198802290025", "100", "", "45397"],
    ["合计", "", "", "", "", "5700", "5400", ""],
]
PAGE = """<meta charset="utf-8"><p>测试县安置房一期2024年3月工资表<table border=1>{}</table><div>制表人：测试甲</div>"""
SHEET_2003 = (
    '<Worksheet ss:Name="一班"><Table>{}<Row ss:Index="9"><Cell ss:Index="3" ss:MergeAcross="1" ss:MergeDown="2"><Data ss:Type="DateTime">'
    "2024-03-01T00:00:00.000</Data><Comment><Data>x</Data></Comment></Cell></Row></Table><WorksheetOptions><Visible>SheetHidden</Visible>"
    "</WorksheetOptions></Worksheet></Workbook>"
)
CONTENT_ODS = (
    '<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s"><office:automatic-styles>'
    '<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body>'
    '<office:spreadsheet><table:table table:name="一班" table:style-name="ta2">{}<table:table-row table:number-rows-repeated="3">'
    '<table:table-cell office:value-type="float" office:value="1.5" table:number-columns-repeated="2" table:number-rows-spanned="2"><text:p>1.5'
    '</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2024-03-01"/><table:table-cell '
    'office:value-type="time" office:time-value="PT08H30M00S"/></table:table-row></table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)
TOKENS = """<row r=" <c r=" t="s" t="inlineStr" t="str" t="b" t="e" t="d" s="1" <v> </v> <f> <is><t> <mergeCell ref=" <mergeCells> <dimension ref="
A1:B2 XFD1048576 state="hidden" date1904="1" uniqueCount=" <si> &#x4e00; &amp; <![CDATA[ ]]> <!ENTITY <!DOCTYPE <!-- --> <table> </table> <tr> <td>
<th> colspan=" rowspan=" <br> <script> <style> charset=gb2312 ss:Index=" ss:MergeAcross=" ss:MergeDown=" ss:Type=" Number DateTime Boolean
Error String ss:Span=" <Data> <Comment> <Visible> table:number-rows-repeated=" table:number-columns-repeated=" table:number-rows-spanned="
table:number-columns-spanned=" office:value-type=" office:value=" office:date-value=" office:time-value=" <text:p> <text:s text:c=" <text:tab/>
<table:covered-table-cell> 4294967295 2147483648 65536 1048576 16384 -1 0 1e308 NaN inf 4.13026E+17 ../ .zip __MACOSX .DS_Store ~$
999999199001010016 99999919900101018X 999999900101001 9999**********0016 9999990000000000014 2024-03-01 2024-02-30 24:00:00 45352 2024年3月1日
3月份 上午 下午 星期 时 点 分 秒 至 万元 元 （ ） ￥ ， 。 \\u3000 合计 共3人 制表人 图例 √ × 半""".split()


def save(folder, target, name, content):
    os.makedirs(os.path.join(folder, target), exist_ok=True)
    with open(os.path.join(folder, target, f"seed-{name}"), "wb") as f:
        f.write(content)


def workbook_stream(container):
    """The stream of a small .xls: sectors of 512 bytes, chains in the table of the first sectors."""
    sector = lambda at: container[512 * (at + 1):512 * (at + 2)]
    tables = [at for at in struct.unpack("<109I", container[76:512]) if at < 0xFFFFFFFA]
    table = [entry for at in tables for entry in struct.unpack("<128I", sector(at))]

    def chain(at):
        content = b""
        while at < 0xFFFFFFFA:
            content, at = content + sector(at), table[at]
        return content

    entries = chain(struct.unpack("<I", container[48:52])[0])
    for at in range(0, len(entries), 128):
        name = entries[at:at + 64].decode("utf-16-le").rstrip("\0")
        if name.startswith("Workbook"):
            start, size = struct.unpack("<II", entries[at + 116:at + 124])
            return chain(start)[:size]
    raise SystemExit("no workbook in the .xls fixture")


def texts(folder):
    rows = lambda first, last, open_, close: "".join(first + "".join(open_ + c + close for c in row) + last for row in ROWS)
    save(folder, "html", "page", PAGE.format(rows("<tr>", "</tr>", "<td colspan=1>", "</td>")).encode())
    save(folder, "xml2003", "book", SHEET_2003.format(rows("<Row>", "</Row>", '<Cell><Data ss:Type="String">', "</Data></Cell>")).encode())
    row = rows("<table:table-row>", "</table:table-row>", "<table:table-cell><text:p>", "</text:p></table:table-cell>")
    save(folder, "ods", "book", CONTENT_ODS.format(row).encode())
    csv = "\n".join(",".join(f'"{c}"' if "," in c else c for c in row) for row in ROWS).encode()
    save(folder, "archive", "entries", BETWEEN.join([b"a/b.csv\n" + csv, b"in.zip\nc.csv\nx\n====\nd.csv\ny", "工资.csv\n".encode()]))
    for at, text in enumerate(["2024-03-01", "2024年3月1日 7:05", "3月份", "2024.1.1-2025.6.30", "下午7:05:00", "20240301", "24.3.1"]):
        save(folder, "dates", str(at), struct.pack("<d", 45352.5) + text.encode())
    for at, text in enumerate(["1,234.50", "￥5，250.50", "1.5万元", "(120.00)", "20%", "-3.2", "１２３．４０"]):
        save(folder, "amounts", str(at), struct.pack("<d", 2333.33) + text.encode())
    for at, text in enumerate(["999999199001010016", "999999900101001", "9999**********0016", "='9999990000000000014", "91999999MA00000154"]):
        save(folder, "identities", str(at), text.encode())
    save(folder, "tables", "plain", bytes([1, 0, 1, 56, 13, 53, 1, 4, 26, 26, 26, 26, 10, 42, 17, 40]))
    for heading in range(20):
        save(folder, "tables", str(heading), bytes([0, heading, 0]) + bytes(range(48)))


def words():
    """Headings of every dataset."""
    found = set()
    for path in glob.glob(os.path.join(LAYOUTS, "*.rs")):
        with open(path, encoding="utf-8") as f:
            found.update(w for w in re.findall(r'"([^"\\\n]{1,20})"', f.read().split("#[cfg(test)]")[0]) if not w.isascii())
    return sorted(found)


def main():
    folder = sys.argv[1]
    texts(folder)
    for path in sorted(glob.glob(os.path.join(FIXTURES, "**/*"), recursive=True)):
        name, kind = os.path.basename(path), os.path.splitext(path)[1]
        if kind not in (".csv", ".txt", ".xlsx", ".xls", ".ods", ".html", ".xml", ".zip"):
            continue
        with open(path, "rb") as f:
            content = f.read()
        save(folder, "import", name, content)
        # Extensions lie, and some files are cut short on purpose: those are seeds of whole files only.
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            try:
                save(folder, "xls", name, workbook_stream(content))
            except (struct.error, IndexError, SystemExit):
                continue
        elif content.startswith(b"PK"):
            save(folder, "archive", name, content)
            try:
                book = zipfile.ZipFile(path)
                part = lambda entry: book.read(entry) if entry in book.namelist() else b""
                entries = ["worksheets/sheet1.xml", "sharedStrings.xml", "worksheets/sheet2.xml", "workbook.xml", "styles.xml"]
                save(folder, "xlsx", name, BETWEEN.join(part("xl/" + entry) for entry in entries))
                save(folder, "xlsx", name + "-short", BETWEEN.join([part("xl/worksheets/sheet1.xml"), part("xl/sharedStrings.xml")]))
            except (zipfile.BadZipFile, RuntimeError, EOFError):
                continue
        elif kind in (".csv", ".txt"):
            save(folder, "text", name, content)
            save(folder, "headings", name, content.decode("gb18030", "ignore").encode())
    with open(os.path.join(folder, "words.dict"), "w", encoding="ascii") as f:
        for word in words() + TOKENS:
            f.write('"' + "".join(f"\\x{byte:02X}" for byte in word.encode()) + '"\n')


main()
