#!/usr/bin/env python3
"""Times a cold `anxin import` + `anxin check` against DuckDB and pandas on the same files, in alternation, and compares the results.

usage: run.py [--rounds 3] [--scale county-year|province-month|city-year] [--work DIR] [--database postgres://…] [--markdown FILE]

Inside the product's clock is everything from a fresh data directory: start of the processes, hashing, archive, encryption, durable when it returns.
Peers are timed as scripts, start of the interpreter included; they keep nothing. The files are read once before the first round, so the page
cache is warm for everybody. Memory is the peak of RssAnon, looked at every 5 ms.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
import venv

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
SCALES = {"county-year": (60, 150, 12), "city-year": (600, 150, 12), "province-month": (6000, 170, 1)}
KEYS = ["unpaid", "not_on_payroll", "differs", "gap_fen"]
POLL_S = 0.005


def python_with_peers():
    folder = os.path.join(TARGET, "bench-venv")
    python = os.path.join(folder, "bin", "python")
    if subprocess.run([python, "-c", "import duckdb, numpy, pandas, pyarrow"], capture_output=True).returncode if os.path.exists(python) else True:
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "duckdb", "numpy", "pandas", "pyarrow"], check=True)
    return python


def timed(command, good=(0,), **options):
    """Seconds, peak RssAnon in MB and standard output of a command."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **options)
    peak = [0]

    def watch():
        while process.returncode is None:
            try:
                with open(f"/proc/{process.pid}/status") as status:
                    for line in status:
                        if line.startswith("RssAnon:"):
                            peak[0] = max(peak[0], int(line.split()[1]))
            except OSError:
                return
            time.sleep(POLL_S)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    out, err = process.communicate()
    seconds = time.perf_counter() - began
    watcher.join()
    if process.returncode not in good:
        sys.exit(f"{command} ended with {process.returncode}:\n{err.decode()[-3000:]}")
    return seconds, peak[0] / 1024, out


class Product:
    def __init__(self, args, work, as_of):
        self.binary = os.path.join(TARGET, "release", "anxin")
        self.data, self.inbox = os.path.join(work, "product"), os.path.join(work, "data", "inbox")
        self.as_of, self.database = as_of, args.database
        self.config = os.path.join(work, "config")
        shutil.rmtree(self.config, ignore_errors=True)
        shutil.copytree(os.path.join(ROOT, "config"), self.config)
        main = os.path.join(self.config, "anxin.toml")
        with open(main, encoding="utf-8") as file:
            text = file.read().replace("simulated = false", "simulated = true")
        with open(main, "w", encoding="utf-8") as file:
            file.write(text)

    def command(self, *words):
        return [self.binary, "--config", os.path.join(self.config, "anxin.toml"), "--data-dir", self.data, "--now", self.as_of, "--format", "json", *words]

    def round(self, *extra):
        shutil.rmtree(self.data, ignore_errors=True)
        if self.database:
            self.fresh_database()
        importing = timed(self.command("import", *extra, self.inbox))
        checking = timed(self.command("check", "--all", "--as-of", self.as_of))
        return importing, checking

    def fresh_database(self):
        base, _, _ = self.database.rpartition("/")
        for sql in ("DROP DATABASE IF EXISTS anxin_bench", "CREATE DATABASE anxin_bench"):
            subprocess.run(["psql", "-q", "-d", self.database, "-c", sql], check=True, capture_output=True)
        main = os.path.join(self.config, "anxin.toml")
        with open(os.path.join(self.config, "database"), "w") as file:
            file.write(f"{base}/anxin_bench\n")
        with open(main, encoding="utf-8") as file:
            text = file.read()
        if "url_file =" not in text:
            with open(main, "a", encoding="utf-8") as file:
                file.write(f'\n[store]\nurl_file = "{os.path.join(self.config, "database")}"\n')

    def bytes_stored(self):
        return sum(os.path.getsize(os.path.join(base, name)) for base, _, names in os.walk(self.data) for name in names)


def months_of_findings(lines):
    """What payroll.bank_mismatch found, by (project, month), in the peers' terms."""
    months = {}
    for line in lines.splitlines():
        finding = json.loads(line)
        if finding["rule"] == "payroll.bank_mismatch" and finding["period"]:
            persons = finding["facts"].get("persons", [])
            absent = sum(person["why"] == "not_on_payroll" for person in persons)
            unpaid = sum(person["why"] != "not_on_payroll" and person["paid_fen"] == 0 for person in persons)
            figures = {"unpaid": unpaid, "not_on_payroll": absent, "differs": len(persons) - absent - unpaid, "gap_fen": finding["amount_fen"] or 0}
            months[finding["project"], finding["period"]] = (finding["outcome"], figures)
    return months


def compare(findings, oracle):
    ours, mistakes = months_of_findings(findings), []
    for row in oracle:
        outcome, facts = ours.pop((row["project"], row["month"]), ("absent", {}))
        expected = {k: row[k] for k in KEYS}
        if facts != expected or (outcome == "breach") != any(expected.values()):
            mistakes.append(f"{row['project']} {row['month']}: product {outcome} {facts}, DuckDB {expected}")
    mistakes += [f"{project} {month}: product {facts}, DuckDB has no such month" for (project, month), facts in ours.items() if any(facts[1].values())]
    return mistakes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", choices=SCALES, default="county-year")
    parser.add_argument("--work", default=None)
    parser.add_argument("--database", default=None)
    parser.add_argument("--markdown", default=None)
    args = parser.parse_args()
    work = os.path.abspath(args.work or os.path.join(TARGET, "bench", args.scale))
    data = os.path.join(work, "data")
    os.makedirs(work, exist_ok=True)
    subprocess.run(["cargo", "build", "--quiet", "--release", "--bin", "anxin"], cwd=ROOT, check=True)
    python = python_with_peers()
    projects, workers, months = map(str, SCALES[args.scale])
    if not os.path.exists(os.path.join(data, "bulk.json")):
        subprocess.run([python, os.path.join(HERE, "bulk.py"), data, "--projects", projects, "--workers", workers, "--months", months], check=True)
    with open(os.path.join(data, "bulk.json"), encoding="utf-8") as file:
        bulk = json.load(file)
    for name in os.listdir(os.path.join(data, "inbox")):
        with open(os.path.join(data, "inbox", name), "rb") as file:
            while file.read(1 << 20):
                pass
    product = Product(args, work, bulk["as_of"])
    duck, panda = [python, os.path.join(HERE, "oracle.py"), data], [python, os.path.join(HERE, "pandas_peer.py"), data]
    oracle = [json.loads(line) for line in timed([*duck, "--json"])[2].splitlines()]

    runs = {"import": [], "check": [], "total": [], "import, no archive": [], "total, no archive": [], "DuckDB": [], "pandas": []}
    for _ in range(args.rounds):
        importing, checking = product.round()
        runs["import"].append(importing[:2])
        runs["check"].append(checking[:2])
        runs["total"].append((importing[0] + checking[0], max(importing[1], checking[1])))
        findings, stored = checking[2], product.bytes_stored()
        runs["DuckDB"].append(timed(duck)[:2])
        importing, checking = product.round("--no-archive")
        runs["import, no archive"].append(importing[:2])
        runs["total, no archive"].append((importing[0] + checking[0], max(importing[1], checking[1])))
        runs["pandas"].append(timed(panda)[:2])

    mistakes = compare(findings, oracle)
    middle = {name: (statistics.median(s for s, _ in run), max(m for _, m in run)) for name, run in runs.items()}
    lines = [f"{args.scale}: {projects} projects × {workers} workers × {months} months, {sum(bulk['rows'].values()):,} rows, {bulk['bytes'] / 1e6:.0f} MB of CSV; "
             f"{'PostgreSQL' if args.database else 'SQLite'}; {args.rounds} rounds; data directory afterwards {stored / 1e6:.0f} MB", "",
             "| | median s | ÷ DuckDB | ÷ pandas | peak RssAnon MB | all runs s |", "| --- | --- | --- | --- | --- | --- |"]
    for name, (seconds, memory) in middle.items():
        every = " ".join(f"{s:.2f}" for s, _ in runs[name])
        lines.append(f"| {name} | {seconds:.2f} | {seconds / middle['DuckDB'][0]:.2f} | {seconds / middle['pandas'][0]:.2f} | {memory:.0f} | {every} |")
    lines += ["", f"Results: {len(oracle)} project-months compared with DuckDB, {len(mistakes)} differ."]
    print("\n".join(lines))
    print("\n".join(mistakes[:20]))
    if args.markdown:
        with open(args.markdown, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    sys.exit(1 if mistakes else 0)


if __name__ == "__main__":
    main()
