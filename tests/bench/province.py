#!/usr/bin/env python3
"""All rules over a province-month from the store against DuckDB over its own native tables, in alternation.

usage: province.py [--projects 6000] [--workers 167] [--rounds 3] [--work DIR]

Loading is not timed: the import fills the store, native.py the tables. Timed are whole processes, `anxin check` with all rules and all
months judged, native.py with the rules of native.sql. What these rules find must be equal: project, month, workers, and the amount of payroll.bank_mismatch.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

from run import HERE, TARGET, Product, python_with_peers, timed

WITH_AMOUNT = {"payroll.bank_mismatch"}
RULES = WITH_AMOUNT | {"payroll.late", "payroll.attendance_gap", "realname.not_registered", "realname.no_contract", "account.not_opened"}


def key(finding):
    amount = finding["amount_fen"] if finding["rule"] in WITH_AMOUNT else None
    return finding["rule"], finding["project"], finding["period"], finding["workers"], amount


def compare(product, peer):
    """Breaches that only one of both finds."""
    ours = {key(f) for f in map(json.loads, product.splitlines()) if f["outcome"] == "breach" and f["rule"] in RULES}
    theirs = {key(f) for f in map(json.loads, peer.splitlines())}
    return len(theirs), [f"product only: {one}" for one in sorted(ours - theirs, key=str)] + [f"DuckDB only: {one}" for one in sorted(theirs - ours, key=str)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=6000)
    parser.add_argument("--workers", type=int, default=167)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", default=None)
    parser.set_defaults(database=None)
    args = parser.parse_args()
    python = python_with_peers()
    work = os.path.abspath(args.work or os.path.join(TARGET, "bench", f"province-{args.projects}-{args.workers}"))
    data, tables = os.path.join(work, "data"), os.path.join(work, "native.duckdb")
    os.makedirs(work, exist_ok=True)
    if not os.path.exists(os.path.join(data, "bulk.json")):
        subprocess.run([python, os.path.join(HERE, "bulk.py"), data, "--projects", str(args.projects), "--workers", str(args.workers), "--months", "1"], check=True)
    native = os.path.join(HERE, "native.py")
    if not os.path.exists(tables):
        subprocess.run([python, native, "load", data, tables], check=True)
    with open(os.path.join(data, "bulk.json"), encoding="utf-8") as file:
        as_of = json.load(file)["as_of"]
    product = Product(args, work, as_of)
    if not os.path.exists(product.data):
        imported = timed(product.command("import", "--no-archive", product.inbox))
        print(f"import {imported[0]:.1f} s, {imported[1]:.0f} MB")
    checking, asking = product.command("check", "--as-of", as_of), [python, native, "ask", tables]
    peer = timed([*asking, "--json"])[2]
    runs = {"anxin check, all rules": [], "DuckDB, six rules": []}
    queries = []
    for _ in range(args.rounds):
        seconds, memory, findings = timed(checking)
        runs["anxin check, all rules"].append((seconds, memory))
        seconds, memory, answer = timed(asking)
        runs["DuckDB, six rules"].append((seconds, memory))
        queries.append(json.loads(answer)["seconds"])
    compared, mistakes = compare(findings, peer)
    load = os.getloadavg()[0]
    print(f"{args.projects} projects × {args.workers} workers, one month; {args.rounds} rounds; load {load:.1f} on {os.cpu_count()} processors\n")
    print("| | median s | ÷ DuckDB | peak RssAnon MB | all s |\n| --- | --- | --- | --- | --- |")
    base = statistics.median(s for s, _ in runs["DuckDB, six rules"])
    for name, run in runs.items():
        median = statistics.median(s for s, _ in run)
        print(f"| {name} | {median:.2f} | {median / base:.2f} | {max(m for _, m in run):.0f} | {' '.join(f'{s:.2f}' for s, _ in run)} |")
    print(f"\nThe queries alone: {statistics.median(queries):.2f} s. {compared} breaches compared, {len(mistakes)} differ.")
    print("\n".join(mistakes[:20]))
    sys.exit(1 if mistakes else 0)


if __name__ == "__main__":
    main()
