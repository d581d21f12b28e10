#!/usr/bin/env python3
"""Times `anxin rules replay` and `anxin check` on a city whose data came month by month.

usage: replay.py [--projects 600] [--workers 40] [--months 12] [--rounds 3] [--binary FILE]… [--work DIR] [--fresh]

The files of bulk.py are received as an office receives them: master data at the start; of each month the attendance on the 2nd
of the next, the payroll on the 6th, payouts and the statement of the account on the 26th. So what was known changes on three
days of every month for every project. Several edits are replayed, each by every binary in alternation; their answers must be equal.
"""
import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys

from run import HERE, ROOT, TARGET, python_with_peers, timed

# Name, file, text, text instead of it.
EDITS = [
    ("contract floor 4 → 70 million yuan", "account.toml", "value = 400000000", "value = 7000000000"),
    ("tolerance 0.01 → 1000 yuan", "payroll.toml", 'title = "实发与代发的允许误差（0.01元）"\nunit = "fen"\nchecked_on = 2026-11-24\npolicy = true\nvalues = [{ value = 1,',
     'title = "实发与代发的允许误差（0.01元）"\nunit = "fen"\nchecked_on = 2026-11-24\npolicy = true\nvalues = [{ value = 100000,'),
    ("window 10 → 5 working days", "payroll.toml", 'title = "支付日之后等待银行发放的工作日"\nunit = "wd"\nchecked_on = 2026-11-24\npolicy = true\nvalues = [{ value = 10,',
     'title = "支付日之后等待银行发放的工作日"\nunit = "wd"\nchecked_on = 2026-11-24\npolicy = true\nvalues = [{ value = 5,'),
]


def stage(data, months):
    """Folders of files by day of receipt."""
    import duckdb
    inbox, staged = os.path.join(data, "inbox"), os.path.join(data, "received")
    shutil.rmtree(staged, ignore_errors=True)

    def put(day, name, path=None):
        os.makedirs(os.path.join(staged, day), exist_ok=True)
        target = os.path.join(staged, day, name)
        if path is None:
            os.link(os.path.join(inbox, name), target)
        return target

    for name in ("项目清单", "工资保证金", "专用账户", "维权信息告示牌", "实名制花名册", "劳动合同"):
        put("2024-01-08", name + ".csv")
    for month in months:
        year, number = map(int, month.split("-"))
        following = f"{year + number // 12}-{number % 12 + 1:02d}"
        put(following + "-02", f"考勤_{month}.csv")
        put(following + "-06", f"工资表_{month}.csv")
        put(following + "-26", f"银行代发_{month}.csv")
        statement = put(following + "-26", f"专户流水_{month}.csv", "")
        duckdb.sql(f"COPY (SELECT * FROM read_csv('{inbox}/专户流水.csv', all_varchar = true) WHERE left(交易日期, 7) = '{following}') TO '{statement}' (HEADER)")
    return staged


class City:
    def __init__(self, work, data, binaries):
        self.data_dir, self.config = os.path.join(work, "product"), os.path.join(work, "config")
        self.data, self.binaries = data, binaries
        with open(os.path.join(data, "bulk.json"), encoding="utf-8") as file:
            self.bulk = json.load(file)
        self.config_copy(self.config)

    def config_copy(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(os.path.join(ROOT, "config"), folder)
        replace(os.path.join(folder, "anxin.toml"), "simulated = false", "simulated = true")

    def command(self, binary, *words):
        return [binary, "--config", os.path.join(self.config, "anxin.toml"), "--data-dir", self.data_dir, "--now", self.bulk["as_of"], "--format", "json", *words]

    def receive(self):
        shutil.rmtree(self.data_dir, ignore_errors=True)
        staged = stage(self.data, self.bulk["months"])
        for day in sorted(os.listdir(staged)):
            subprocess.run(self.command(self.binaries[0], "import", "--no-archive", "--received-at", day + "T09:00:00+08:00", os.path.join(staged, day)),
                           check=True, stdout=subprocess.DEVNULL)

    def edited(self, file, old, new):
        folder = os.path.join(os.path.dirname(self.config), "edited")
        self.config_copy(folder)
        replace(os.path.join(folder, "rules", file), old, new)
        return folder


def replace(path, old, new):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if old not in text:
        sys.exit(f"{path}: no `{old}` to replace")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new, 1))


def measure(city, rounds, *words):
    """Median seconds, all seconds, peak memory and answer of each binary."""
    runs = {binary: [] for binary in city.binaries}
    for _ in range(rounds):
        for binary in city.binaries:
            runs[binary].append(timed(city.command(binary, *words)))
    return {binary: (statistics.median(s for s, _, _ in run), [s for s, _, _ in run], max(m for _, m, _ in run), run[0][2]) for binary, run in runs.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=600)
    parser.add_argument("--workers", type=int, default=40)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--binary", action="append", help="default: the release build")
    parser.add_argument("--work", default=None)
    parser.add_argument("--fresh", action="store_true", help="import again")
    args = parser.parse_args()
    python = python_with_peers()
    if os.path.realpath(sys.executable) != os.path.realpath(python) and "ANXIN_BENCH" not in os.environ:
        os.execve(python, [python, *sys.argv], {**os.environ, "ANXIN_BENCH": "1"})
    work = os.path.abspath(args.work or os.path.join(TARGET, "bench", f"replay-{args.projects}-{args.workers}-{args.months}"))
    data = os.path.join(work, "data")
    os.makedirs(work, exist_ok=True)
    if not os.path.exists(os.path.join(data, "bulk.json")):
        subprocess.run([python, os.path.join(HERE, "bulk.py"), data, "--projects", str(args.projects), "--workers", str(args.workers), "--months", str(args.months)], check=True)
    city = City(work, data, args.binary or [os.path.join(TARGET, "release", "anxin")])
    if args.fresh or not os.path.exists(city.data_dir):
        city.receive()
    print(f"{args.projects} projects × {args.workers} workers × {args.months} months; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n")
    print("| | binary | median s | all s | peak RssAnon MB | answer |\n| --- | --- | --- | --- | --- | --- |")
    differ = False
    tasks = [("check --all", ["check", "--all", "--as-of", city.bulk["as_of"]], None)]
    tasks += [(name, None, edit) for name, *edit in EDITS]
    for name, words, edit in tasks:
        if edit:
            words = ["rules", "replay", "--config", city.edited(*edit), "--months", str(args.months)]
        measured = measure(city, args.rounds, *words)
        for binary, (median, every, memory, answer) in measured.items():
            seconds = " ".join(f"{s:.2f}" for s in every)
            digest = f"{len(answer.splitlines())} lines, {hashlib.sha256(answer).hexdigest()[:12]}"
            print(f"| {name} | {binary} | {median:.2f} | {seconds} | {memory:.0f} | {digest} |", flush=True)
        differ |= len({answer for *_, answer in measured.values()}) > 1
    if differ:
        sys.exit("the binaries do not give the same answers")


if __name__ == "__main__":
    main()
