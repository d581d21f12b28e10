#!/usr/bin/env python3
"""The rules of native.sql over the native tables of DuckDB.

usage: native.py load DATA FILE      the files of bulk.py into FILE: one row per line, punches already folded into days of the month
       native.py ask FILE [--json]   answers; without --json their number and the seconds of the queries alone
"""
import json
import os
import sys
import time

import duckdb

LOAD = """
CREATE TABLE project AS SELECT 项目编码 AS code, (施工合同额::DECIMAL(18, 2) * 100)::BIGINT AS amount_fen FROM read_csv('{0}/项目清单.csv', all_varchar = true);
CREATE TABLE account AS SELECT 项目编码 AS project, 专户账号 AS number FROM read_csv('{0}/专用账户.csv', all_varchar = true);
CREATE TABLE roster AS SELECT 项目编码 AS project, 证件号码 AS person FROM read_csv('{0}/实名制花名册.csv', all_varchar = true);
CREATE TABLE contract AS SELECT 项目编码 AS project, 证件号码 AS person FROM read_csv('{0}/劳动合同.csv', all_varchar = true);
CREATE TABLE payroll AS SELECT 项目编码 AS project, 工资所属月份 AS month, 身份证号 AS person, (实发工资::DECIMAL(12, 2) * 100)::BIGINT AS net
    FROM read_csv('{0}/工资表_*.csv', all_varchar = true);
CREATE TABLE payout AS SELECT project, 工资所属月份 AS month, 证件号码 AS person, (金额::DECIMAL(12, 2) * 100)::BIGINT AS amount, 处理结果 = '成功' AS ok
    FROM read_csv('{0}/银行代发_*.csv', all_varchar = true) JOIN account ON number = 付款账号;
CREATE TABLE attendance AS SELECT 项目编码 AS project, left(考勤时间, 7) AS month, 证件号码 AS person, bit_or(1::INTEGER << (substr(考勤时间, 9, 2)::INTEGER - 1)) AS mask
    FROM read_csv('{0}/考勤_*.csv', all_varchar = true) GROUP BY ALL;
"""


def rules():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "native.sql"), encoding="utf-8") as file:
        for part in file.read().split("-- rule: ")[1:]:
            yield part.split("\n", 1)


def load(data, path):
    if os.path.exists(path):
        os.remove(path)
    db = duckdb.connect(path, config={"threads": 2})
    db.execute(LOAD.format(os.path.join(data, "inbox").replace("'", "''")))
    db.close()


def ask(path, as_json):
    db = duckdb.connect(path, read_only=True, config={"threads": 2})
    began, found = time.perf_counter(), []
    for rule, query in rules():
        found += [(rule, *row) for row in db.execute(query).fetchall()]
    seconds = time.perf_counter() - began
    if as_json:
        for rule, project, month, workers, amount in found:
            print(json.dumps({"rule": rule, "project": project, "period": month, "workers": workers, "amount_fen": amount}))
    else:
        print(json.dumps({"found": len(found), "seconds": seconds}))


if __name__ == "__main__":
    if sys.argv[1] == "load":
        load(*sys.argv[2:4])
    else:
        ask(sys.argv[2], "--json" in sys.argv)
