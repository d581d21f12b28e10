#!/usr/bin/env python3
"""What the 40 rules say about a county, derived with DuckDB from its CSV files and the configured law values alone.

usage: oracle.py INBOX --as-of DATE [--config DIR]      one JSON object per finding: every breach and every unknown; the rest is clear
"""
import argparse
import csv
import datetime
import json
import pathlib
import re
import tomllib

import duckdb

HERE = pathlib.Path(__file__).resolve().parent
FAMILIES = ["state", "deposit", "account", "platform", "payroll", "realname", "site"]

# The canonical headings of file-formats.md (sections 1-13 and 18). The first two of a table tell its files from others.
TABLES = {
    "project": "项目名称 合同签订日期 项目编码 行业 项目地址 建设单位 施工总承包单位 施工合同额 人工费用比例 合同人工费用数额 人工费拨付周期 工资支付日 开工日期 竣工日期 "
               "项目状态 停工日期 复工日期 工期 劳资专管员 劳资专管员证件号码 在岗开始日期 在岗结束日期 工程款支付担保 支付担保到期日 投资性质 合同开始日期 合同结束日期 "
               "施工许可日期 人工费用拨付日 平台接入日期 计量周期约定 过程结算约定",
    "contractor": "参建类型 企业名称 项目编码 进场时间 退场时间",
    "team": "班组长 班组名称 项目编码 班组长证件号码",
    "deposit": "形式 实缴金额 项目编码 保函编号 出具机构 受益人 施工合同额 存储比例 减免情形 缴存日期 生效日期 失效日期 动用金额 动用日期 补足日期 退还状态 退还日期 "
               "不可撤销 见索即付",
    "account": "专户账号 专户户名 项目编码 开户日期 三方协议 三方协议签订日期 账户状态 销户日期 账户余额 余额日期 账户类型 备案日期 注销公示开始日期",
    "ledger": "本方账号 交易日期 项目编码 交易时间 收入金额 支出金额 余额 对方户名 对方账号 摘要 用途 附言 交易流水号 代发批次号 款项性质",
    "roster": "工资卡号 进场时间 项目编码 企业名称 班组名称 工人姓名 证件类型 证件号码 手机号码 工种 工人类型 是否班组长 退场时间 在场状态 是否签订劳动合同 安全培训日期 "
              "实名登记日期",
    "contract": "合同期限类型 签订日期 项目编码 证件号码 工人姓名 合同类型 生效日期 失效日期",
    "punch": "考勤时间 证件号码 项目编码 姓名",
    "matrix": "出勤天数 1 项目编码 姓名 身份证号 工种 " + " ".join(str(day) for day in range(2, 32)),
    "payroll": "工资所属月份 实发工资 项目编码 施工单位 班组名称 姓名 身份证号 手机号码 工种 计量方式 出勤天数 出勤工时 日工资 小时工资 计件数量 计件单价 加班工资 奖金补贴 应发工资 "
               "借支 扣款 工资卡号 工人签字 发放日期 编制日期 上传日期 工程进度附件 支付方式 工资清单 备注 联系电话",
    "payout": "收款账号 处理结果 项目编码 代发批次号 付款账号 付款户名 工资所属月份 收款人姓名 证件号码 金额 交易日期 备注",
    "board": "设立日期 检查日期 项目编码 公示建设单位、总包、项目部、分包、监管部门、劳资专管员 公示最低工资标准、工资支付日期 公示投诉举报电话、调解仲裁、法律援助、公共法律服务热线 "
             "按月公示考勤与工资 照片 公示最低工资标准数额 公示保证金情况",
    "settlement": "结算节点 约定日期 项目编码 完成产值 结算日期 已付工程款",
    "lead": "线索编号 接收日期 项目编码 单位 涉及人数 涉及金额 办理状态 办结日期 处理结果",
}


def law(database, folder):
    """Dated values and the calendar, as `parameter`, `words` and `day`."""
    values, words = [], []
    for path in sorted((folder / "rules").glob("*.toml")):
        for parameter in tomllib.loads(path.read_text(encoding="utf-8"))["parameter"]:
            for value in parameter["values"]:
                start = value.get("from", datetime.date(1, 1, 1))
                if parameter["unit"] == "words":
                    words += [(parameter["name"], start, word) for word in value["value"]]
                else:
                    values.append((parameter["name"], start, int(value["value"])))
    database.execute("CREATE TABLE parameter (name VARCHAR, since DATE, value BIGINT)")
    database.executemany("INSERT INTO parameter VALUES (?, ?, ?)", values)
    database.execute("CREATE TABLE words (name VARCHAR, since DATE, word VARCHAR)")
    database.executemany("INSERT INTO words VALUES (?, ?, ?)", words)
    days, festivals = [], []
    for path in sorted((folder / "calendar").glob("*.toml")):
        year = tomllib.loads(path.read_text(encoding="utf-8"))
        festivals.append((year["spring_festival"],))
        date = datetime.date(year["year"], 1, 1)
        while date.year == year["year"]:
            resting = any(rest["from"] <= date <= rest["to"] for rest in year["rest"])
            days.append((date, date in year["workdays"] or (date.weekday() < 5 and not resting)))
            date += datetime.timedelta(days=1)
    database.execute("CREATE TABLE plain_day (day DATE, works BOOLEAN)")
    database.executemany("INSERT INTO plain_day VALUES (?, ?)", days)
    database.execute("CREATE TABLE festival (day DATE)")
    database.executemany("INSERT INTO festival VALUES (?)", festivals)


def headings(path):
    """Where the heading of a file is, the words in it, and the month a title above it names."""
    with open(path, encoding="utf-8-sig", newline="") as lines:
        month = ""
        for number, row in zip(range(20), csv.reader(lines)):
            row = [cell.strip() for cell in row]
            for table, columns in TABLES.items():
                if set(columns.split(" ")[:2]) <= set(row):
                    return table, number, row, month
            named = re.search(r"(\d{4})年(\d{1,2})月", "".join(row))
            month = f"{named[1]}-{int(named[2]):02}" if named else month
    return None


def load(database, inbox):
    """One table of text per dataset. An empty cell is '', a column a file lacks is NULL. `place` orders what came later."""
    found = {}
    for place, path in enumerate(sorted(inbox.rglob("*.csv"))):
        heading = headings(path)
        if heading:
            table, skip, row, month = heading
            found.setdefault((table, skip, tuple(row)), []).append((str(path), place, month))
    database.execute("CREATE TABLE source (filename VARCHAR, place INTEGER, title_month VARCHAR)")
    for files in found.values():
        database.executemany("INSERT INTO source VALUES (?, ?, ?)", files)
    for table, columns in TABLES.items():
        columns = columns.split(" ")
        definition = ", ".join(f'"{column}" VARCHAR' for column in columns)
        database.execute(f"CREATE TABLE raw_{table} ({definition}, place INTEGER, title_month VARCHAR)")
        for (kind, skip, row), files in found.items():
            if kind == table:
                names = json.dumps({heading: "VARCHAR" for heading in row}, ensure_ascii=False).replace('"', "'").replace("': '", "': '")
                picked = ", ".join(f'trim("{column}")' if column in row else "NULL" for column in columns)
                database.execute(f"INSERT INTO raw_{table} SELECT {picked}, place, title_month FROM read_csv(?, columns = {names}, header = true, skip = {skip}, "
                                 "delim = ',', quote = '\"', escape = '\"', nullstr = '\\N', auto_detect = false, null_padding = true, filename = true) "
                                 "JOIN source USING (filename)", [[path for path, _, _ in files]])


def county(inbox, config, threads=2):
    """A database that holds the county; `findings` asks it about a day."""
    database = duckdb.connect(config={"threads": threads})
    law(database, pathlib.Path(config))
    load(database, pathlib.Path(inbox))
    database.execute((HERE / "tables.sql").read_text(encoding="utf-8"))
    return database


def findings(database, today):
    database.execute(f"SET VARIABLE today = DATE '{today}'")
    database.execute("CREATE OR REPLACE TABLE finding (rule VARCHAR, project VARCHAR, period VARCHAR, subject VARCHAR, outcome VARCHAR, severity VARCHAR, "
                     "since DATE, due DATE, amount_fen BIGINT, workers BIGINT, held_by VARCHAR, detail_of VARCHAR, note VARCHAR)")
    for family in FAMILIES:
        database.execute((HERE / f"{family}.sql").read_text(encoding="utf-8"))
    cursor = database.execute("SELECT DISTINCT * FROM finding WHERE outcome <> 'clear' OR note = 'upcoming' ORDER BY ALL")
    names = [column[0] for column in cursor.description]
    return [{name: str(value) if isinstance(value, datetime.date) else value for name, value in zip(names, row)} for row in cursor.fetchall()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inbox")
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--config", default=HERE.parent.parent / "config")
    arguments = parser.parse_args()
    for finding in findings(county(arguments.inbox, arguments.config), arguments.as_of):
        print(json.dumps(finding, ensure_ascii=False))
