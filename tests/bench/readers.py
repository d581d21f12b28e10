#!/usr/bin/env python3
"""Times the reading of tables alone: every cell of the county-year as CSV and as XLSX, against DuckDB, pandas and openpyxl, in alternation.

usage: readers.py [--rounds 3] [--only CSV|XLSX] [--months 12] [--work DIR] [--markdown FILE]

One processor each (DuckDB: threads=1); processor time counts, as it depends least on what else the machine does. Every column is text. A peer's clock
starts when its packages are loaded and stops when the whole table is in memory; ours includes the start of the process, opening and reading the file,
decoding, the search for delimiter and heading, and all limits. "kept" copies every cell and holds it, as the peers do; the import itself borrows cells
from the file's text. Files are read once before, so the page cache is warm for everybody.
The XLSX is the payrolls and the bank answers of --months months, a worksheet each, made with openpyxl. All must find the same rows.
"""
import argparse
import csv
import glob
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
POLL_S = 0.003


def rows_of_duckdb(files):
    import duckdb
    began, rows = time.process_time(), 0
    database = duckdb.connect(config={"threads": 1})
    for file in files:
        database.execute("CREATE OR REPLACE TABLE t AS SELECT * FROM read_csv(?, all_varchar = true, header = true)", [file])
        rows += database.execute("SELECT count(*) FROM t").fetchone()[0] + 1
    return time.process_time() - began, rows


def rows_of_pandas(files):
    import pandas
    began, rows = time.process_time(), 0
    for file in files:
        rows += len(pandas.read_csv(file, dtype=str, keep_default_na=False)) + 1
    return time.process_time() - began, rows


def rows_of_openpyxl(files):
    import openpyxl
    began, rows = time.process_time(), 0
    for file in files:
        for sheet in openpyxl.load_workbook(file, read_only=True).worksheets:
            table = list(sheet.iter_rows(values_only=True))
            rows += len(table)
    return time.process_time() - began, rows


def rows_of_pandas_xlsx(files):
    import pandas
    began, rows = time.process_time(), 0
    for file in files:
        for table in pandas.read_excel(file, sheet_name=None, dtype=str, header=None, engine="calamine").values():
            rows += len(table)
    return time.process_time() - began, rows


PEERS = {"DuckDB": rows_of_duckdb, "pandas": rows_of_pandas, "openpyxl, read only": rows_of_openpyxl, "pandas (calamine)": rows_of_pandas_xlsx}


def measured(command):
    """Processor seconds, peak memory in MB without the file's pages, and rows."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    peak, ended = 0, 0
    while not ended:
        try:
            with open(f"/proc/{process.pid}/status") as status:
                peak = max([peak, *(int(line.split()[1]) for line in status if line.startswith("RssAnon:"))])
        except OSError:
            pass
        time.sleep(POLL_S)
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command} ended with {process.returncode}")
    answer = json.loads(process.stdout.read())
    return answer.get("seconds", used.ru_utime + used.ru_stime), peak / 1024, answer["rows"]


def workbook(inbox, path, months):
    if os.path.exists(path):
        return
    import openpyxl
    book = openpyxl.Workbook(write_only=True)
    for kind in ("工资表", "银行代发"):
        for file in sorted(glob.glob(os.path.join(inbox, f"{kind}_*.csv")))[:months]:
            sheet = book.create_sheet(os.path.splitext(os.path.basename(file))[0])
            with open(file, encoding="utf-8-sig", newline="") as rows:
                for row in csv.reader(rows):
                    sheet.append(row)
    book.save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["CSV", "XLSX"])
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--work", default=os.path.join(TARGET, "bench", "county-year"))
    parser.add_argument("--markdown")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.peer:
        seconds, rows = PEERS[args.peer](args.files)
        print(json.dumps({"seconds": seconds, "rows": rows}))
        return
    inbox, xlsx = os.path.join(args.work, "data", "inbox"), os.path.join(args.work, f"tables-{args.months}.xlsx")
    texts = sorted(glob.glob(os.path.join(inbox, "*.csv")))
    if not texts:
        sys.exit(f"no files in {inbox}: run tests/bench/run.py first, or name its --work")
    workbook(inbox, xlsx, args.months)
    subprocess.run(["cargo", "build", "--quiet", "--release", "-p", "ingest", "--features", "fuzzing", "--example", "read_table"], cwd=ROOT, check=True)
    ours = os.path.join(TARGET, "release", "examples", "read_table")
    peer = lambda name: [sys.executable, __file__, "--peer", name]
    lines = []
    for what, files, commands in [
        ("CSV", texts, {"DuckDB": peer("DuckDB"), "Anxin": [ours], "Anxin, kept": [ours, "--keep"], "pandas": peer("pandas")}),
        ("XLSX", [xlsx], {"openpyxl, read only": peer("openpyxl, read only"), "Anxin": [ours], "Anxin, kept": [ours, "--keep"],
                          "pandas (calamine)": peer("pandas (calamine)")}),
    ]:
        if args.only not in (None, what):
            continue
        for file in files:
            with open(file, "rb") as content:
                while content.read(1 << 20):
                    pass
        runs, load = {name: [] for name in commands}, os.getloadavg()[0]
        for _ in range(args.rounds):
            for name, command in commands.items():
                runs[name].append(measured([*command, *files]))
        rows = {run[2] for every in runs.values() for run in every}
        if len(rows) != 1:
            sys.exit(f"the readers find different rows: { {name: every[0][2] for name, every in runs.items()} }")
        rows, size = rows.pop(), sum(map(os.path.getsize, files))
        first = statistics.median(run[0] for run in runs[next(iter(commands))])
        lines += [f"{what}: {len(files)} files, {size / 1e6:.0f} MB, {rows:,} rows; load {load:.1f} before", "",
                  f"| {what} | CPU s | MB/s | rows/s | time ÷ {next(iter(commands))} | peak anonymous memory MB | all runs s |",
                  "| --- | ---: | ---: | ---: | ---: | ---: | --- |"]
        for name, every in runs.items():
            seconds = statistics.median(run[0] for run in every)
            lines.append(f"| {name} | {seconds:.2f} | {size / 1e6 / seconds:.1f} | {rows / seconds:,.0f} | {seconds / first:.2f} | "
                         f"{max(run[1] for run in every):.0f} | {' '.join(f'{run[0]:.2f}' for run in every)} |")
        lines.append("")
    print("\n".join(lines))
    if args.markdown:
        with open(args.markdown, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))


if __name__ == "__main__":
    main()
