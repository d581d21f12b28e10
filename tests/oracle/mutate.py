#!/usr/bin/env python3
"""Spoils a written county at random, so that rules fire which its scenario leaves alone: mutate.py INBOX --seed N [--share 0.3]

Each step takes one project and spoils one thing in its files (a cell emptied, a date moved, a sum changed, rows dropped, a person swapped). What was done is
printed, one line a step; the same seed spoils the same way.
"""
import argparse
import csv
import datetime
import pathlib
import random


class Table:
    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines))
        self.head = next(number for number, row in enumerate(rows) if "项目编码" in row or "本方账号" in row)
        self.above, self.columns, self.rows = rows[: self.head], rows[self.head], rows[self.head + 1:]

    def write(self):
        with open(self.path, "w", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows([*self.above, self.columns, *self.rows])

    def of(self, project):
        place = self.columns.index("项目编码") if "项目编码" in self.columns else None
        return [row for row in self.rows if place is None or row[place] == project]

    def get(self, row, column):
        return row[self.columns.index(column)]

    def put(self, row, column, value):
        row[self.columns.index(column)] = value


def moved(cell, days):
    return str(datetime.date.fromisoformat(cell[:10]) + datetime.timedelta(days=days)) if cell[:4].isdigit() else cell


# table, column, what may become of the cell (None: moved by some days; a number: multiplied), how many rows of the project
CELLS = [
    ("project", "施工许可日期", ["", "无需办理", None], 1), ("project", "施工合同额", ["2999999.99", "3000000.00", "3999999.99", "4000000.00", 1.5], 1),
    ("project", "合同签订日期", [None, ""], 1), ("project", "合同结束日期", [None, ""], 1), ("project", "平台接入日期", ["", None], 1), ("project", "劳资专管员", [""], 1),
    ("project", "工程款支付担保", ["", "否"], 1), ("project", "支付担保到期日", [None, "2024-11-30", ""], 1), ("project", "计量周期约定", [""], 1),
    ("project", "人工费拨付周期", ["", "3个月", "按季"], 1), ("project", "人工费用比例", [""], 1), ("project", "人工费用拨付日", ["", "31", "28", "20"], 1),
    ("project", "工资支付日", ["", "31", "25", "1"], 1), ("project", "停工日期", ["2024-11-05", "2024-08-01"], 1), ("project", "竣工日期", ["2024-11-10", "2024-10-31"], 1),
    ("project", "投资性质", ["社会投资", ""], 1), ("project", "开工日期", [None], 1), ("project", "过程结算约定", ["否", ""], 1),
    ("deposit", "实缴金额", [0.9, 0.999, "0", 2.0], 1), ("deposit", "失效日期", ["2024-12-20", "2025-01-10", "2024-12-01", None], 1), ("deposit", "受益人", ["测试建筑有限公司", ""], 1),
    ("deposit", "不可撤销", ["否", ""], 1), ("deposit", "见索即付", ["否", ""], 1), ("deposit", "形式", ["免存", "现金", "保险"], 1), ("deposit", "存储比例", ["", "5%", "1%", "0.5%"], 1),
    ("deposit", "缴存日期", ["", None], 1), ("deposit", "动用日期", ["2024-11-20", "2024-12-10"], 1), ("deposit", "减免情形", ["连续2年未欠薪减半", "免存：连续三年无欠薪"], 1),
    ("account", "备案日期", ["", None], 1), ("account", "三方协议签订日期", ["", None], 1), ("account", "专户户名", ["测试别的公司农民工工资专用账户"], 1), ("account", "账户类型", ["其他", ""], 1),
    ("account", "销户日期", ["2024-11-20"], 1), ("account", "开户日期", [None], 1),
    ("board", "检查日期", ["2024-05-15", "", None], 1), ("board", "设立日期", [None], 1), ("board", "公示最低工资标准、工资支付日期", ["否", ""], 1),
    ("process_settlement", "结算日期", ["", None], 1), ("process_settlement", "已付工程款", [0.5, 0.93, ""], 1), ("process_settlement", "约定日期", [None], 1),
    ("roster", "手机号码", [""], 2), ("roster", "工资卡号", [""], 2), ("roster", "班组名称", [""], 2), ("roster", "退场时间", ["2024-09-30", "2024-11-15"], 3), ("roster", "进场时间", [None, ""], 3),
    ("roster", "是否签订劳动合同", ["否", ""], 2), ("roster", "证件号码", ["999999199001010017", "999999201001010012"], 1), ("roster", "实名登记日期", [None], 2),
    ("contract", "签订日期", ["", None], 3),
    ("payroll", "工人签字", ["", "否"], 3), ("payroll", "出勤天数", ["", "31", "26.5"], 3), ("payroll", "日工资", [""], 3), ("payroll", "计件数量", ["", 1.01, 1.02, 0.5], 3), ("payroll", "应发工资", [0.1, 1.1], 3),
    ("payroll", "实发工资", [0.5, 1.0001, "60000.00"], 3), ("payroll", "加班工资", ["5000.00"], 3), ("payroll", "工程进度附件", ["否"], 1), ("payroll", "上传日期", ["", 3, 30], 1), ("payroll", "发放日期", [""], 3),
    ("payroll", "身份证号", ["999999199001010016"], 1), ("payroll", "计量方式", ["计件", "计日", "月薪", ""], 3),
    ("payout", "处理结果", ["失败", "处理中", "", "稍后处理"], 3), ("payout", "金额", [0.5, 1.0001], 3), ("payout", "收款人姓名", ["测试工人九九九九九", "测试工"], 2), ("payout", "交易日期", [30], 3),
    ("payout", "付款账号", ["9999990000000099999"], 5), ("payout", "收款账号", ["9999990000000000014"], 2),
    ("ledger", "收入金额", [0.5, 1.5], 2), ("ledger", "对方户名", ["测试别的公司"], 2), ("ledger", "交易日期", [20], 1),
]
DROPS = [("deposit", 1), ("account", 1), ("board", 1), ("process_settlement", 9), ("roster", 2), ("contract", 2), ("contract", 999), ("payroll", 2), ("payroll", 40), ("payout", 3), ("payout", 60), ("ledger", 1),
         ("ledger", 5), ("attendance", 30), ("attendance", 999)]


def spoil(tables, project, chance):
    """One thing; what was done, or nothing where the project has no such file."""
    if chance.random() < 0.85:
        kind, column, choices, count = chance.choice(CELLS)
    else:
        kind, count = chance.choice(DROPS)
        column = None
    candidates = [table for table in tables if f"_{kind}" in table.path.name and table.of(project) and (column is None or column in table.columns)]
    if not candidates:
        return None
    table = chance.choice(candidates)
    rows = table.of(project)
    start = chance.randrange(len(rows))
    if column in ("上传日期", "工程进度附件"):
        rows = [row for row in rows if table.get(row, "工资所属月份") == table.get(rows[start], "工资所属月份")]
    else:
        rows = rows[start: start + chance.randint(1, count)]
    if column is None:
        taken = {id(row) for row in rows}
        table.rows = [row for row in table.rows if id(row) not in taken]
        return f"{project} {table.path.name}: {len(rows)} rows from {start} dropped"
    choice = chance.choice(choices)
    shift = chance.choice([-400, -40, -12, -5, -1, 1, 5, 12, 40])
    for row in rows:
        cell = table.get(row, column)
        if isinstance(choice, float):
            value = f"{float(cell) * choice:.2f}" if cell else cell
        else:
            value = moved(cell, choice or shift) if choice is None or isinstance(choice, int) else choice
        table.put(row, column, value)
    return f"{project} {table.path.name}: {column} of {len(rows)} rows from {start}: {cell!r} -> {value!r}"


def mutate(inbox, seed, steps):
    chance = random.Random(seed)
    tables = [Table(path) for path in sorted(pathlib.Path(inbox).rglob("*.csv"))]
    projects = sorted({row[table.columns.index("项目编码")] for table in tables if table.path.name.endswith("_project.csv") for row in table.rows})
    # Files lie in one folder per project; those without a project column (ledgers) belong to the folder's.
    folder = {table.path.parent: table.rows[0][table.columns.index("项目编码")] for table in tables if table.path.name.endswith("_roster.csv") and table.rows}
    own = {project: [table for table in tables if folder.get(table.path.parent, project) == project] for project in projects}
    done = []
    while len(done) < steps:
        said = spoil(own[project := chance.choice(projects)], project, chance)
        if said:
            done.append(said)
    for table in tables:
        table.write()
    return done


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inbox")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=60)
    arguments = parser.parse_args()
    print("\n".join(mutate(arguments.inbox, arguments.seed, arguments.steps)))
