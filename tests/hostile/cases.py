"""The hostile files: each function makes one case in a folder that already holds a good file."""
import io
import os
import random
import socket
import struct
import zipfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
DONE, FAILED, REJECTED = 0, 1, 3

PROJECT = "99999920240101001"
HEADINGS = ["项目编码", "工资所属月份", "班组名称", "姓名", "身份证号", "应发工资", "实发工资"]
WORKER = [PROJECT, "2024-03", "一班", "测试工人一", "999999199001010016", "100.00", "100.00"]
OTHER = [PROJECT, "2024-03", "一班", "测试工人二", "999999198802290025", "200.00", "200.00"]
PAYOUT = ["项目编码", "工资所属月份", "付款账号", "代发批次号", "收款人姓名", "收款账号", "金额", "交易日期", "交易状态"]
PAID = [PROJECT, "2024-03", "999999000001", "B1", "测试工人一", "9999990000000000014", "100.00", "2024-04-10"]
GOOD = "好的.csv"

CASES = []


def case(title, status, says="", good=True, **more):
    """Registers a case. `says`: a part of what must be told about the hostile file."""
    def register(make):
        CASES.append({"title": title, "status": status, "says": says, "good": good, "make": make, **more})
        return make
    return register


def csv(*rows):
    return "".join(",".join(row) + "\r\n" for row in rows).encode()


def write(folder, name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def changed(**cells):
    """The good worker with other cells."""
    names = dict(zip(["code", "month", "team", "name", "id", "gross", "net"], range(7)))
    row = list(WORKER)
    for name, value in cells.items():
        row[names[name]] = value
    return row


def book(rows):
    import openpyxl
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def repacked(content, parts):
    """A workbook with other parts."""
    out = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return out.getvalue()


def column(at):
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


SHEET = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def sheet_xml(cells):
    return SHEET.format('<row r="1">' + "".join(cells) + "</row>").encode()


def pressed(megabytes):
    """Zeros as characters, pressed: their deflate stream and checksum. A flushed block may stand any number of times."""
    press, megabyte = zlib.compressobj(9, zlib.DEFLATED, -15), b"0" * (1 << 20)
    block, checksum = press.compress(megabyte) + press.flush(zlib.Z_FULL_FLUSH), 0
    for _ in range(megabytes):
        checksum = zlib.crc32(megabyte, checksum)
    return block * megabytes + press.flush(), checksum


def raw_zip(names, megabytes, same_place=False, declared=None, others=()):
    """A zip of zeros, written by hand: it may lie. `others`: names and bytes of sound entries before."""
    stream, checksum = pressed(megabytes)
    entries = [(name, zlib.crc32(content), 0, content, len(content)) for name, content in others]
    entries += [(name, checksum, 8, stream, declared or megabytes << 20) for name in names]
    body, directory, at = bytearray(), b"", 0
    for number, (name, crc, method, content, size) in enumerate(entries):
        if not (same_place and number):
            at = len(body)
            body += struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0x800, method, 0, 33, crc, len(content), size, len(name), 0) + name.encode() + content
        directory += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0x800, method, 0, 33, crc, len(content), size, len(name), 0, 0, 0, 0, 0, at)
        directory += name.encode()
    return bytes(body) + directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(entries), len(entries), len(directory), len(body), 0)


def bomb(declared=None):
    """A workbook whose worksheet is zeros."""
    old, sheet = zipfile.ZipFile(io.BytesIO(book([HEADINGS, WORKER]))), "xl/worksheets/sheet1.xml"
    return raw_zip([sheet], 4095, declared=declared, others=[(name, old.read(name)) for name in old.namelist() if name != sheet])


# --- locked files


@case("encrypted .xlsx", REJECTED, "打开密码")
def _(folder):
    from msoffcrypto.format.ooxml import OOXMLFile
    with open(os.path.join(folder, "有密码.xlsx"), "wb") as out:
        OOXMLFile(io.BytesIO(book([HEADINGS, WORKER]))).encrypt("secret", out)


@case("encrypted .xls", REJECTED, "打开密码")
def _(folder):
    with open(os.path.join(ROOT, "tests/fixtures/files/kinds/payroll.xls"), "rb") as file:
        content = bytearray(file.read())
    # The record of the writer's name becomes the record of a password.
    at = content.index(struct.pack("<HH", 0x005C, 112))
    content[at:at + 10] = struct.pack("<HHHHH", 0x002F, 112, 1, 1, 1)
    write(folder, "有密码.xls", bytes(content))


# --- archives and bombs


@case("zip bomb: one entry of 4 GB", REJECTED, "解压后太大")
def _(folder):
    write(folder, "炸弹.zip", raw_zip(["a.csv"], 4095))


@case("zip bomb: 500 entries of 15 MB", REJECTED, "解压后太大", kept=0)
def _(folder):
    write(folder, "炸弹.zip", raw_zip([f"{at}.csv" for at in range(500)], 15))


@case("zip bomb: 3,000 entries in the same place", REJECTED, "")
def _(folder):
    write(folder, "重叠.zip", raw_zip([f"{at:04}.csv" for at in range(3000)], 15, same_place=True))


@case("zip bomb: archives in archives, 8 deep, 4 wide", REJECTED, "层")
def _(folder):
    content = csv(HEADINGS, WORKER)
    for depth in range(8):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as level:
            for at in range(4):
                level.writestr(f"{depth}-{at}.{'zip' if depth else 'csv'}", content)
        content = out.getvalue()
    write(folder, "套娃.zip", content)


@case("xlsx whose worksheet unpacks to 4 GB", REJECTED, "压缩炸弹")
def _(folder):
    write(folder, "炸弹.xlsx", bomb())


@case("xlsx whose directory lies: 1 KB declared, 4 GB inside", REJECTED, "")
def _(folder):
    write(folder, "谎报.xlsx", bomb(declared=1024))


@case("path traversal in a zip", REJECTED, "文件夹")
def _(folder):
    with zipfile.ZipFile(os.path.join(folder, "穿越.zip"), "w") as out:
        for name in ("../../etc/cron.d/x.csv", "/etc/x.csv", "C:\\x.csv", "a/../../x.csv"):
            out.writestr(name, csv(HEADINGS, WORKER))


@case("link in a zip", REJECTED, "链接")
def _(folder):
    with zipfile.ZipFile(os.path.join(folder, "链接.zip"), "w") as out:
        entry = zipfile.ZipInfo("密码.csv")
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        out.writestr(entry, "/etc/passwd")


# --- things in the folder that are no files


@case("link to /etc/passwd, links in a circle", REJECTED, "链接")
def _(folder):
    os.symlink("/etc/passwd", os.path.join(folder, "密码.csv"))
    os.symlink(folder, os.path.join(folder, "圈"))
    os.symlink("二.csv", os.path.join(folder, "一.csv"))
    os.symlink("一.csv", os.path.join(folder, "二.csv"))


@case("folder named x.csv, 200 folders deep", DONE)
def _(folder):
    deep = os.path.join(folder, "x.csv", *["d"] * 200)
    os.makedirs(deep)
    write(deep, "深.csv", csv(HEADINGS, OTHER))


@case("FIFO, socket and device", REJECTED, "不是普通文件")
def _(folder):
    os.mkfifo(os.path.join(folder, "管道.csv"))
    listener = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(folder)
    listener.bind("插座.csv")
    os.chdir(here)
    listener.close()
    try:
        os.mknod(os.path.join(folder, "设备.csv"), 0o600 | 0o020000, os.makedev(1, 5))
    except PermissionError:
        pass


@case("FIFO named on the command line", REJECTED, "不是普通文件", paths=["管道.csv", GOOD])
def _(folder):
    os.mkfifo(os.path.join(folder, "管道.csv"))


@case("file and folder that may not be read (mode 000)", REJECTED, "打不开", user=True)
def _(folder):
    write(folder, "禁读.csv", csv(HEADINGS, OTHER))
    os.chmod(os.path.join(folder, "禁读.csv"), 0)
    os.makedirs(os.path.join(folder, "禁入"), mode=0)


@case("file name that is not UTF-8", DONE)
def _(folder):
    with open(os.path.join(folder.encode(), "工资.csv".encode("gbk")), "wb") as file:
        file.write(csv(HEADINGS, OTHER))


@case("file name with line end, quote and RTL override", DONE)
def _(folder):
    write(folder, "工\n资\"'\u202evsc.csv", csv(HEADINGS, OTHER))


@case("empty file", REJECTED, "空的")
def _(folder):
    write(folder, "空.csv", b"")


@case("1 GB of nothing (sparse)", REJECTED, "不是能识别的表格")
def _(folder):
    with open(os.path.join(folder, "空洞.csv"), "wb") as file:
        file.truncate(1 << 30)


@case("100 GB of nothing (sparse)", REJECTED, "文件超过")
def _(folder):
    with open(os.path.join(folder, "空洞.csv"), "wb") as file:
        file.truncate(100 << 30)


@case("file that grows while it is read", REJECTED, "变化", good=True, grows=True)
def _(folder):
    # Large enough that the reading overlaps the writing.
    write(folder, "增长.csv", csv(HEADINGS) + csv(OTHER) * 1_500_000)


# --- text


@case("NUL bytes at the start", REJECTED, "不是能识别的表格")
def _(folder):
    write(folder, "空字节.csv", csv(HEADINGS, WORKER) + b"\0" * 4096)


@case("NUL bytes further down (a copy that was cut off)", REJECTED, "空字节")
def _(folder):
    write(folder, "空字节.csv", csv(HEADINGS) + csv(OTHER) * 1000 + b"\0" * 4096)


@case("random bytes", REJECTED, "")
def _(folder):
    write(folder, "乱.csv", random.Random(1).randbytes(1 << 20))


@case("one cell of 50 MB", REJECTED, "超过 32767 字")
def _(folder):
    write(folder, "长.csv", csv(HEADINGS, changed(team="一" * (50 << 20 >> 2))))


@case("100,000 columns", REJECTED, "超过 1024 列")
def _(folder):
    write(folder, "宽.csv", csv(HEADINGS + ["x"] * 100_000, WORKER + ["1"] * 100_000))


@case("16,384 columns, .xlsx", REJECTED, "超过 1024 列")
def _(folder):
    cells = [f'<c r="{column(at)}1" t="inlineStr"><is><t>姓名</t></is></c>' for at in range(16_384)]
    write(folder, "宽.xlsx", repacked(book([HEADINGS, WORKER]), {"xl/worksheets/sheet1.xml": sheet_xml(cells)}))


@case("cell in row 4,294,967,295", REJECTED, "超过 1048576 行")
def _(folder):
    write(folder, "高.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:'
          b'office:spreadsheet"><Worksheet ss:Name="a"><Table><Row ss:Index="4294967295"><Cell><Data ss:Type="String">x</Data></Cell></Row></Table>'
          b"</Worksheet></Workbook>")


@case("a million stray quotes", DONE, kept=1)
def _(folder):
    write(folder, "引号.csv", csv(HEADINGS, WORKER) + b'a,"b\n' * 1_000_001)


@case("300,000 rejected rows", REJECTED, "")
def _(folder):
    write(folder, "退回.csv", csv(HEADINGS) + csv(changed(net="1e308")) * 300_000)


@case("BOM in the middle, mixed line ends, NBSP", DONE, kept=2)
def _(folder):
    write(folder, "混.csv", b"\xef\xbb\xbf" + ",".join(HEADINGS).encode() + b"\n" + ",".join(changed(name="\ufeff测试\u00a0工人三 ")).encode()
          + b"\r\n\r\n" + ",".join(OTHER).encode() + b"\r")


# --- cells


@case("18-digit identities as numbers, .xlsx", REJECTED, "末尾几位已经丢失")
def _(folder):
    row = changed(id=0)
    row[4] = 999999199001010016
    write(folder, "数字.xlsx", book([HEADINGS, row]))


@case("2024-02-30", REJECTED, "没有 2024 年 2 月 30 日")
def _(folder):
    headings = HEADINGS + ["发放日期"]
    write(folder, "日期.csv", csv(headings, WORKER + ["2024-02-30"], OTHER + ["2024-02-29"]))


@case("amounts 1e308, NaN, 10^15 and negative", REJECTED, "", kept=1)
def _(folder):
    write(folder, "金额.csv", csv(HEADINGS, changed(net="1e308"), changed(net="NaN"), changed(net="99999999999999999"), changed(name="测试工人四", id="", net="-5.00")))


@case("full-width digits", DONE, kept=1)
def _(folder):
    write(folder, "全角.csv", csv(HEADINGS, changed(id="９９９９９９１９９００１０１００１６", gross="１００．００", net="１００")))


@case("RTL override, emoji and rare characters in names", DONE, kept=3)
def _(folder):
    write(folder, "名.csv", csv(HEADINGS, changed(name="测试\u202e一人工"), changed(name="测试👷🏽‍♂️", id="999999198802290025"),
                               changed(name="测试𠮷䶮𰻞", id="999999198512311115")))


@case("formula texts (=, +, -, @)", DONE, kept=4)
def _(folder):
    texts = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)"]
    write(folder, "公式.csv", csv(HEADINGS, *(changed(team=f'"{text}"', name=f"测试工人{at}", id="") for at, text in enumerate(texts))))


@case("the same heading twice, with different amounts", REJECTED, "")
def _(folder):
    write(folder, "重复.csv", csv(HEADINGS + ["实发工资"], WORKER + ["999.00"]))


@case("results nobody knows", DONE, "无法识别", kept=2)
def _(folder):
    write(folder, "结果.csv", csv(PAYOUT, PAID + ["部分成功"], PAID[:4] + ["测试工人二", "9999990000000000022", "200.00", "2024-04-10", "\u202e功成"]))


@case("two different totals", DONE, kept=2)
def _(folder):
    write(folder, "合计.csv", csv(HEADINGS, WORKER, OTHER, ["合计", "", "", "", "", "300.00", "300.00"], ["总计", "", "", "", "", "999.00", "888.00"]))


# --- workbooks


@case("shared string beyond the table", REJECTED, "损坏")
def _(folder):
    write(folder, "越界.xlsx", repacked(book([HEADINGS, WORKER]), {"xl/worksheets/sheet1.xml": sheet_xml(['<c r="A1" t="s"><v>4294967295</v></c>'])}))


@case("shared strings that promise 4 billion", REJECTED, "个数与内容不符")
def _(folder):
    strings = b'<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="4294967295"><si><t>a</t></si></sst>'
    write(folder, "承诺.xlsx", repacked(book([HEADINGS, WORKER]), {"xl/sharedStrings.xml": strings}))


LAUGHS = ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">' + "".join(
    f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)) + "]>")
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
XML_2003 = ('<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a">'
            "<Table>{}</Table></Worksheet></Workbook>")


def rows_2003(*rows):
    return XML_2003.format("".join("<Row>" + "".join(f'<Cell><Data ss:Type="String">{c}</Data></Cell>' for c in row) + "</Row>" for row in rows))


@case("billion laughs in XML", REJECTED, "没有定义的实体", absent="哈哈")
def _(folder):
    write(folder, "笑.xls", (LAUGHS + rows_2003(HEADINGS, changed(team="&j;"))).encode())


@case("billion laughs in shared strings", REJECTED, "entity", absent="哈哈")
def _(folder):
    strings = LAUGHS + ('<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + "".join(f"<si><t>{h}</t></si>" for h in HEADINGS)
                        + "".join(f"<si><t>{c}</t></si>" for c in changed(team="&j;")) + "</sst>")
    rows = "".join(f'<row r="{r + 1}">' + "".join(f'<c r="{column(at)}{r + 1}" t="s"><v>{r * 7 + at}</v></c>' for at in range(7)) + "</row>" for r in range(2))
    write(folder, "笑.xlsx", repacked(book([HEADINGS, WORKER]), {"xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": SHEET.format(rows)}))


@case("external entity (/etc/passwd)", REJECTED, "没有定义的实体", absent="root:")
def _(folder):
    write(folder, "外.xls", (OUTSIDE + rows_2003(HEADINGS, changed(team="&j;"))).encode())


@case("XML nested 1,000,000 deep", REJECTED, "")
def _(folder):
    text = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table>' + "<a>" * 1_000_000
    write(folder, "深.xls", text.encode())


@case("HTML tables nested 100,000 deep", REJECTED, "层以上")
def _(folder):
    write(folder, "深.html", ("<html>" + "<table><tr><td>" * 100_000).encode())


@case("HTML with 65,534 × 1,000 spans, 20,000 times", REJECTED, "")
def _(folder):
    write(folder, "跨.xls", ("<html><table>" + "<tr><td rowspan=65534 colspan=1000>x" * 20_000).encode())


@case("ODS row repeated 4 billion times", REJECTED, "")
def _(folder):
    content = ('<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table '
               'table:name="a"><table:table-row table:number-rows-repeated="4294967295"><table:table-cell table:number-columns-repeated="4294967295" '
               'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>'
               "</office:document-content>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as ods:
        ods.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        ods.writestr("content.xml", content)
    write(folder, "重复.ods", out.getvalue())


@case("xlsx with 30,000 overlapping merged ranges", DONE, kept=1)
def _(folder):
    merges = "".join(f'<mergeCell ref="H{at % 60 + 3}:{column(500 + at % 500)}{at % 60 + 900}"/>' for at in range(30_000))
    inline = lambda r, cells: f'<row r="{r}">' + "".join(f'<c r="{column(at)}{r}" t="inlineStr"><is><t>{c}</t></is></c>' for at, c in enumerate(cells)) + "</row>"
    sheet = SHEET.format(inline(1, HEADINGS) + inline(2, WORKER)).replace("</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>")
    write(folder, "合并.xlsx", repacked(book([HEADINGS, WORKER]), {"xl/worksheets/sheet1.xml": sheet}))
