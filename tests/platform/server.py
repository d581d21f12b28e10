#!/usr/bin/env python3
"""A minimal open.api gateway written from platform-api.md alone, with nothing but the standard library.

    server.py COUNTY.json [--port N]

Prints `{"address": "http://127.0.0.1:PORT/open.api"}` and answers queries until it is killed. The file:

    {"now": "20241220120000",                     the server's clock; without it the machine's
     "projects": [{"appid": "…", "secret": "…",
                   "quirks": ["text-codes", "rows-at-top", "boolean-flags", "odd-case"],
                   "tables": {"ProjectWorker.Query": [{…}, …], …}}]}

Rows stand there in the clear; fields that travel encrypted are sealed with the project's secret on the way out."""

import argparse
import datetime
import hashlib
import http.server
import json
import threading
import urllib.parse

import aes

SECRET_FIELDS = {
    "idcardnumber", "legalmanidcardnumber", "pmidcardnumber", "teamleaderidnumber", "responsiblepersonidnumber",
    "payrollbankcardnumber", "paybankcardnumber", "banknumber",
    # Of the extension methods.
    "idnumber", "laborofficeridnumber", "pmidnumber", "leaderidnumber", "cardnumber", "payeeaccount", "counteraccount",
}
FLAGS = {"isteamleader", "hascontract", "hasbuyinsurance"}
WINDOW = datetime.timedelta(minutes=6)
NEEDED = {"WorkerAttendance.Query": "date", "Worker.Query": "idCardNumber"}
PLAIN_KEYS = ["teamSysNo", "teamName", "corpCode", "corpName", "idCardType", "payMonth", "payRollCode", "accountNo", "batchNo"]
CHINA = datetime.timezone(datetime.timedelta(hours=8))


class Refusal(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


def look(record, name):
    """A value by its name in any case."""
    return next((value for key, value in record.items() if key.lower() == name.lower()), None)


def sign(fields, secret):
    base = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign")
    return hashlib.sha256(f"{base}&appsecret={secret}".lower().encode()).hexdigest()


class Gateway:
    def __init__(self, county):
        self.projects = {project["appid"]: project for project in county["projects"]}
        self.fixed = county.get("now")
        self.nonces, self.lock, self.counts = set(), threading.Lock(), {}

    def now(self):
        if self.fixed:
            return datetime.datetime.strptime(self.fixed, "%Y%m%d%H%M%S")
        return datetime.datetime.now(CHINA).replace(tzinfo=None)

    def answer(self, body):
        fields = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        project = self.projects.get(fields.get("appid"), {})
        try:
            data, message, code = self.serve(fields, project), "成功", 0
        except Refusal as refusal:
            data, message, code = None, refusal.message, refusal.code
        quirks = project.get("quirks", [])
        answer = {"code": str(code) if "text-codes" in quirks else code, "message": message, "data": data}
        if "rows-at-top" in quirks and isinstance(data, dict) and "rows" in data:
            answer.pop("data")
            answer.update(data)
        return json.dumps(answer, ensure_ascii=False).encode()

    def serve(self, fields, project):
        if not project:
            raise Refusal(-1, "请求参数无效:appid无效!")
        try:
            sent = datetime.datetime.strptime(fields.get("timestamp", ""), "%Y%m%d%H%M%S")
        except ValueError:
            raise Refusal(-1, "请求参数无效:timestamp无效!") from None
        if abs(self.now() - sent) > WINDOW:
            raise Refusal(-1, "请求参数无效:timestamp无效!")
        nonce = (fields["appid"], fields.get("nonce"))
        with self.lock:
            self.counts[fields.get("method")] = self.counts.get(fields.get("method"), 0) + 1
            if not nonce[1] or nonce in self.nonces:
                raise Refusal(-1, "请求参数无效:nonce无效!")
            self.nonces.add(nonce)
        if fields.get("sign", "").lower() != sign(fields, project["secret"]):
            raise Refusal(-2, "签名校验失败!")
        method = fields.get("method", "")
        if method == "CheckSign.Query":
            return None
        if method not in project["tables"]:
            raise Refusal(-3, "没有该接口的调用权限!")
        try:
            query = json.loads(fields.get("data", ""))
        except ValueError:
            raise Refusal(-1, "请求参数无效:data无效!") from None
        if (code := look(query, "projectCode")) not in (None, project.get("code", fields["appid"])):
            raise Refusal(-1, f"请求参数无效:projectCode {code} 不属于该appid!")
        if (needed := NEEDED.get(method)) and not look(query, needed):
            raise Refusal(-1, f"[{needed}]不能为空!")
        return self.page(method, query, project)

    def page(self, method, query, project):
        index, size = int(look(query, "pageIndex") or 0), int(look(query, "pageSize") or 50)
        if not 1 <= size <= 50 or index < 0:
            raise Refusal(-1, "[pageSize]值超出范围或无效!")
        rows = [row for row in project["tables"][method] if self.fits(method, row, query, project["secret"])]
        shown = [self.dress(row, project) for row in rows[index * size:(index + 1) * size]]
        pages = -(-len(rows) // size)
        return {"pageIndex": index, "pageSize": size, "pageCount": pages, "totalCount": len(rows), "rows": shown or None}

    @staticmethod
    def fits(method, row, query, secret):
        if method == "WorkerAttendance.Query" and str(look(row, "date"))[:10] != str(look(query, "date"))[:10]:
            return False
        if sealed := look(query, "idCardNumber"):
            try:
                if aes.decrypt(sealed, secret) != look(row, "idCardNumber"):
                    return False
            except ValueError:
                raise Refusal(-1, "[idCardNumber]参数值不正确!") from None
        traded = look(row, "tradeDate")
        if traded and not (look(query, "startDate") or "") <= traded <= (look(query, "endDate") or "9999"):
            return False
        return all(look(query, key) in (None, "") or str(look(query, key)) == str(look(row, key)) for key in PLAIN_KEYS)

    def dress(self, value, project, key=""):
        if isinstance(value, dict):
            odd = "odd-case" in project.get("quirks", [])
            return {name[0].upper() + name[1:] if odd else name: self.dress(inner, project, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.dress(item, project, key) for item in value]
        if key.lower() in SECRET_FIELDS and value:
            # Old encoders break the line after 76 characters.
            sealed = aes.encrypt(str(value), project["secret"])
            return "\r\n".join(sealed[at:at + 76] for at in range(0, len(sealed), 76))
        if key.lower() in FLAGS and "boolean-flags" in project.get("quirks", []):
            return bool(int(value))
        return value


def handler(gateway):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def reply(self, body, status=200):
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/open.api":
                self.reply(gateway.answer(body))
            else:
                self.reply(b"{}", 404)

        def do_GET(self):
            self.reply(json.dumps({"methods": gateway.counts}).encode(), 200 if self.path == "/counts" else 405)

    return Handler


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("county")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    with open(given.county, encoding="utf-8") as file:
        gateway = Gateway(json.load(file))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", given.port), handler(gateway))
    print(json.dumps({"address": f"http://127.0.0.1:{server.server_address[1]}/open.api"}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
