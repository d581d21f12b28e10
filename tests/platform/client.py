#!/usr/bin/env python3
"""A client of an open.api gateway written from platform-api.md alone, with nothing but the standard library.

    client.py vectors
    client.py compare ADDRESS CREDENTIALS INBOX    pulls every project and compares with the files of the same county
    client.py upload ADDRESS CREDENTIALS           team, worker, entry, punches and payroll, each polled to success

Prints one JSON object; a difference or a refusal ends it with status 1."""

import csv
import datetime
import hashlib
import json
import pathlib
import sys
import time
import tomllib
import urllib.parse
import urllib.request
import uuid

import aes

SECRET_FIELDS = {
    "idcardnumber", "legalmanidcardnumber", "pmidcardnumber", "teamleaderidnumber", "responsiblepersonidnumber",
    "payrollbankcardnumber", "paybankcardnumber", "banknumber",
}


def sign(fields, secret):
    base = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign")
    return hashlib.sha256(f"{base}&appsecret={secret}".lower().encode()).hexdigest()


class Refused(Exception):
    pass


class Client:
    def __init__(self, address, appid, secret):
        self.address, self.appid, self.secret = address, appid, secret
        self.calls = 0

    def call(self, method, data, version="1.0"):
        china = datetime.timezone(datetime.timedelta(hours=8))
        fields = {
            "method": method,
            "version": version,
            "appid": self.appid,
            "format": "json",
            "timestamp": datetime.datetime.now(china).strftime("%Y%m%d%H%M%S"),
            "nonce": uuid.uuid4().hex,
            # Blanks after separators and \u escapes, as Python writes them: the text is signed as it is sent.
            "data": json.dumps(data),
        }
        fields["sign"] = sign(fields, self.secret)
        request = urllib.request.Request(self.address, urllib.parse.urlencode(fields).encode(), {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            # What the common Java client sends.
            "Content-Encoding": "UTF-8",
        })
        with urllib.request.urlopen(request, timeout=30) as reply:
            answer = json.load(reply)
        self.calls += 1
        if int(answer["code"]) != 0:
            raise Refused(f'{method}: {answer["code"]} {answer["message"]}')
        return answer.get("data")

    def rows(self, method, **query):
        index, rows = 0, []
        while True:
            data = self.call(method, {"projectCode": self.appid, "pageIndex": index, "pageSize": 50, **query}) or {}
            page = data.get("rows") or []
            rows += page
            index += 1
            if len(page) < 50 or index >= int(data.get("pageCount", index + 1)):
                return rows

    def write(self, method, data):
        serial = self.call(method, {"projectCode": self.appid, **data})["requestSerialCode"]
        states = []
        for _ in range(20):
            state = self.call("AsyncHandleResult.Query", {"requestSerialCode": serial})
            states.append(int(state["status"]))
            if states[-1] == 20:
                return state.get("result") or "", states
            if states[-1] == 10:
                raise Refused(f'{method}: {state["result"]}')
            time.sleep(0.05)
        raise Refused(f"{method}: still pending after {len(states)} polls")

    def plain(self, sealed):
        return aes.decrypt(sealed, self.secret) if sealed else ""

    def sealed(self, plain):
        return aes.encrypt(plain, self.secret)


def vectors():
    """Those of sections 3.1 to 3.3."""
    secret = "0123456789abcdef0123456789abcdef"
    fields = {
        "appid": "99999920240101001", "format": "json", "method": "Project.Query", "version": "1.0",
        "nonce": "00000000000000000000000000000001", "timestamp": "20240102030405",
        "data": '{"pageIndex":0,"pageSize":50,"projectCode":"99999920240101001"}',
    }
    checks = {"sign 1": sign(fields, secret) == "161607fabb3c490766b91825027453ca2a34b0dfdc346b1f030f66bf47654a0e"}
    corpsign = aes.encrypt("f" * 32 + fields["timestamp"], secret)
    checks["corpsign"] = corpsign == "RPeNuSOZETwbna7ZhUAg3i3Z8bNKs//jHaNCtWWrqe/fAgjVQwqgOryEcYOCh4JE"
    with_corp = {**fields, "corpsign": corpsign}
    checks["sign with corpsign"] = sign(with_corp, secret) == "b314437049a46abc009a349e83e5976ea5b2a2133039e886f97b87d44e0672cb"
    chinese = {
        **fields, "method": "Team.Query", "nonce": "00000000000000000000000000000002",
        "data": '{"corpName":"测试建设有限公司","pageIndex":0,"pageSize":50,"projectCode":"99999920240101001"}',
    }
    checks["sign 2"] = sign(chinese, secret) == "887db04f4b08e8136c6716ce0549ed0148b6b1fdc862203684d8a4b072a6ad30"
    sealed = aes.encrypt("999999199001010016", secret)
    checks["field"] = sealed == "A7cHM0jQKuNPLnEa2G/pHYHSx9B3mf+jjtgu5BM5jXc=" and aes.decrypt(sealed, secret) == "999999199001010016"
    return checks


def files(inbox, dataset, project):
    """Rows of the canonical CSV files, by heading."""
    for path in sorted(pathlib.Path(inbox).rglob(f"*_{dataset}*.csv")):
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                # The total row of a sheet that adds up wrongly is no fact about a person.
                if row.get("项目编码", project) == project:
                    yield row


def amount(text):
    return round(float(text or 0) * 100)


def compare(address, credentials, inbox):
    seen = {"projects": 0, "workers": 0, "payroll_lines": 0, "punches": 0, "ledger_rows": 0, "differences": [], "calls": 0}
    for known in credentials["project"]:
        client = Client(address, known["appid"], known["secret"])
        code = known["appid"]
        client.call("CheckSign.Query", {}, version="1.1")
        seen["projects"] += len(client.rows("Project.Query"))

        def same(what, theirs, ours):
            if sorted(theirs) != sorted(ours):
                seen["differences"].append(f"{code} {what}: {len(list(theirs))} pulled, {len(list(ours))} in files")

        workers = client.rows("ProjectWorker.Query")
        pulled = [(client.plain(w["idCardNumber"]), w["workerName"], w["teamName"]) for w in workers]
        same("workers", pulled, [(r["证件号码"], r["工人姓名"], r["班组名称"]) for r in files(inbox, "roster", code)])
        seen["workers"] += len(pulled)

        lines = [
            (sheet["payMonth"], client.plain(line["idCardNumber"]), amount(line["totalPayAmount"]), amount(line["actualAmount"]))
            for sheet in client.rows("Payroll.Query") for line in sheet["detailList"]
        ]
        same("payroll lines", lines, [
            (r["工资所属月份"], r["身份证号"], amount(r["应发工资"]), amount(r["实发工资"]))
            for r in files(inbox, "payroll", code) if r["身份证号"]
        ])
        seen["payroll_lines"] += len(lines)

        day = "2024-10-15"
        punches = [(client.plain(p["idCardNumber"]), p["date"]) for p in client.rows("WorkerAttendance.Query", date=day)]
        if wanted := [r for r in files(inbox, "attendance", code) if "考勤时间" in r]:
            same("punches", punches, [(r["证件号码"], r["考勤时间"]) for r in wanted if r["考勤时间"].startswith(day)])
        seen["punches"] += len(punches)

        accounts = {row["accountNo"] for row in client.rows("WageAccount.Query")}
        entries = [
            (row["accountNo"], row["tradeDate"], amount(row["creditAmount"]) - amount(row["debitAmount"]), amount(row["balance"]))
            for row in client.rows("WageAccountTransaction.Query")
        ]
        same("ledger", entries, [
            (r["本方账号"], r["交易日期"], amount(r["收入金额"]) - amount(r["支出金额"]), amount(r["余额"]))
            for r in files(inbox, "ledger", code) if r["本方账号"] in accounts
        ])
        seen["ledger_rows"] += len(entries)
        seen["calls"] += client.calls
    return seen


def upload(address, credentials):
    """On the first project that has teams."""
    for known in credentials["project"]:
        client = Client(address, known["appid"], known["secret"])
        if teams := client.rows("Team.Query"):
            break
    firm = {"corpCode": teams[0]["corpCode"], "corpName": teams[0]["corpName"]}
    result, states = client.write("Team.Add", {**firm, "teamName": "测试上传班组"})
    team = {**firm, "teamSysNo": json.loads(result)["teamSysNo"], "teamName": "测试上传班组"}
    person = {"idCardType": "01", "idCardNumber": client.sealed("999999199001010016")}
    client.write("ProjectWorker.Add", {**team, "workerList": [{
        **person, "workerName": "测试工人上传", "isTeamLeader": 0, "workType": "020", "workRole": 20, "nation": "汉",
        "address": "测试县", "politicsType": "13", "cellPhone": "10000000001", "grantOrg": "测试县公安局", "headImage": "/9j/AA==",
    }]})
    client.write("WorkerEntryExit.Add", {**team, "workerList": [{**person, "date": "2024-12-01", "type": 1}]})
    client.write("WorkerAttendance.Add", {**team, "dataList": [
        {**person, "date": "2024-12-02 07:00:00", "direction": "01"}, {**person, "date": "2024-12-02 17:30:00", "direction": "02"},
    ]})
    result, _ = client.write("Payroll.Add", {**team, "payMonth": "2024-12", "detailList": [{
        **person, "days": 1, "payRollBankCardNumber": client.sealed("9999990000000000022"), "payRollBankCode": "314",
        "payRollBankName": "测试农商银行", "payBankCardNumber": client.sealed("9999990000000000014"), "payBankCode": "314",
        "payBankName": "测试农商银行", "totalPayAmount": "260.00", "actualAmount": 260, "isBackPay": 0, "balanceDate": "2024-12-18",
        "thirdPayRollCode": "1",
    }]})
    sheet = client.call("Payroll.Query", {"projectCode": client.appid, "payRollCode": json.loads(result)[0]["payrollCode"]})
    workers = client.rows("ProjectWorker.Query", idCardNumber=person["idCardNumber"])
    punches = client.rows("WorkerAttendance.Query", date="2024-12-02", idCardNumber=person["idCardNumber"])
    refused = []
    for method, data in [("Team.Add", {**firm, "teamName": "测试上传班组"}), ("Payroll.Add", {**team, "payMonth": "2025-01"})]:
        try:
            client.write(method, data)
        except Refused as reason:
            refused.append(str(reason))
    return {
        "states": states,
        "workers": [client.plain(row["idCardNumber"]) for row in workers],
        "entry": workers[0]["entryTime"],
        "punches": len(punches),
        "paid": sheet["detailList"][0]["actualAmount"],
        "refused": refused,
    }


def main():
    what, *rest = sys.argv[1:]
    if what == "vectors":
        done = vectors()
        good = all(done.values())
    else:
        with open(rest[1], "rb") as file:
            credentials = tomllib.load(file)
        if what == "compare":
            done = compare(rest[0], credentials, rest[2])
            good = not done["differences"]
        else:
            done, good = upload(rest[0], credentials), True
    print(json.dumps(done, ensure_ascii=False))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
