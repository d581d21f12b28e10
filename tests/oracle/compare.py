#!/usr/bin/env python3
"""Every finding of `anxin check` against the oracle's, on random counties.

usage: compare.py [--seeds N] [--scenario NAME] [--as-of DATE] [--sweep FROM TO] [--seed N] [--spoil STEPS]

With --spoil the files are spoilt at random in so many places first (mutate.py). With --sweep one county (--seed) is asked about every day from FROM to TO; otherwise counties of seeds 1..N about one day. ANXIN names the binary.
A breach must agree in rule, project, period, subject, severity, due, amount, workers, and in `since` where rules.md defines it (the oracle leaves it null
elsewhere). An unknown must agree in rule, project, months and what it is held by; a reminder in rule, project and due date. What is left is clear for both.
"""
import argparse
import collections
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import mutate
import oracle

ROOT = oracle.HERE.parent.parent
ANXIN = os.environ.get("ANXIN", str(ROOT / "target/release/anxin"))


def anxin(folder, *arguments):
    command = [ANXIN, "--config", str(ROOT / "config/anxin.toml"), "--data-dir", str(folder / "data"), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True).stdout


def written(folder, scenario, seed, steps=0):
    """A county on disk and imported; the oracle's database of the same files."""
    anxin(folder, "simulate", "write", "--scenario", scenario, "--seed", str(seed), "--files", "csv-utf8", str(folder / "county"))
    if steps:
        print("\n".join("    " + line for line in mutate.mutate(folder / "county/inbox", seed, steps)))
    anxin(folder, "import", "--format", "json", str(folder / "county/inbox"))
    return oracle.county(folder / "county/inbox", ROOT / "config")


def group(subject):
    return "group" if subject and not subject.startswith(("account:", "guarantee:", "node:")) else subject


def told(findings):
    """Breaches by key, and unknowns and reminders by rule and project, in one form for both sides."""
    breaches, unknowns, reminders = {}, {}, {}
    for finding in findings:
        place = (finding["rule"], finding["project"])
        if finding["outcome"] == "breach":
            values = {name: finding.get(name) for name in ("severity", "since", "due", "amount_fen", "workers", "detail_of")}
            breaches[place + (finding["period"], group(finding["subject"]))] = values
        elif finding["outcome"] == "unknown":
            months = finding.get("months") or [finding["period"], finding["period"]]
            # Held by different rules in different months: told apart under `because`.
            held = {finding.get("held_by")} | {reason.get("held_by") for reason in (finding.get("facts") or {}).get("because", [])}
            unknown = unknowns.setdefault(place, {"months": list(months), "held_by": set()})
            unknown["months"] = [min(unknown["months"][0] or "", months[0] or "") or None, max(unknown["months"][1] or "", months[1] or "") or None]
            unknown["held_by"] |= held - {None}
        elif finding.get("note") == "upcoming" or (finding.get("facts") or {}).get("upcoming") or finding.get("upcoming"):
            reminders[place] = {"due": finding["due"]}
    return {"breach": breaches, "unknown": unknowns, "reminder": reminders}


def differences(ours, theirs, rules):
    """What the oracle (ours) and Anxin (theirs) say differently, and how much they agree on."""
    agreed, different = collections.Counter(), []
    for kind in ("breach", "unknown", "reminder"):
        for key in sorted(ours[kind].keys() | theirs[kind].keys(), key=str):
            mine, other = ours[kind].get(key), theirs[kind].get(key)
            if key[0] not in rules:
                continue
            if mine is None or other is None:
                different.append((kind, key, "oracle" if other is None else "anxin", mine or other))
                continue
            loose = {"since"} if mine.get("since") is None else set()
            loose |= {"due"} if mine.get("due") is None and kind == "breach" else set()
            unlike = {name: (value, other[name]) for name, value in mine.items() if value != other[name] and name not in loose}
            if unlike:
                different.append((kind, key, "both", unlike))
            else:
                agreed[kind] += 1
    return agreed, different


def compare(folder, database, day, label):
    theirs = [json.loads(line) for line in anxin(folder, "check", "--all", "--as-of", str(day), "--format", "json").splitlines()]
    agreed, different = differences(told(oracle.findings(database, day)), told(theirs), {finding["rule"] for finding in theirs})
    print(f"{label} {day}: {len(theirs)} findings of Anxin; agreed {dict(agreed)}; {len(different)} differences", flush=True)
    for kind, key, who, values in different:
        print("   ", kind, *(part for part in key if part), f"[{who}]", json.dumps(values, ensure_ascii=False, default=sorted), flush=True)
    return agreed, different


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenario", default="county-random")
    parser.add_argument("--as-of", type=datetime.date.fromisoformat, default=datetime.date(2024, 12, 19))
    parser.add_argument("--spoil", type=int, default=0, metavar="STEPS")
    parser.add_argument("--sweep", nargs=2, type=datetime.date.fromisoformat)
    arguments = parser.parse_args()
    agreed, different = collections.Counter(), []
    for seed in [arguments.seed] if arguments.sweep else range(1, arguments.seeds + 1):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="anxin-oracle-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
        try:
            database = written(folder, arguments.scenario, seed, arguments.spoil)
            first, last = arguments.sweep or (arguments.as_of, arguments.as_of)
            for offset in range((last - first).days + 1):
                more, unlike = compare(folder, database, first + datetime.timedelta(days=offset), f"seed {seed}")
                agreed += more
                different += unlike
        finally:
            shutil.rmtree(folder)
    print(f"\nagreed: {dict(agreed)}; differences: {len(different)}")
    for (rule, kind, who), count in sorted(collections.Counter((key[0], kind, who) for kind, key, who, _ in different).items()):
        print(f"  {count:6} {rule} {kind} [{who}]")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main())
