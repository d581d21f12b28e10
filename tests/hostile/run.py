#!/usr/bin/env python3
"""Hostile and broken files, each beside one good file: what `anxin import` says of them, what it costs, and whether the good file is read all the same.

usage: run.py BINARY [--markdown FILE] [--only WORD] [--work DIR]

All files are made here (cases.py), synthetic. Each case is an import of its own into a fresh data directory. Exit status 1: some case ended
otherwise than expected. As root, a file that may not be read is read all the same, so the binary is then started as `nobody` for that case.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import venv

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
NEEDED = ["openpyxl", "msoffcrypto-tool"]
# Longer than any case may take, and more memory than any may hold, on a busy machine.
SECONDS, MEGABYTES = 120, 1500


class Runner:
    def __init__(self, binary, work):
        self.binary, self.work = os.path.abspath(binary), work
        self.config = os.path.join(work, "config")
        shutil.copytree(os.path.join(ROOT, "config"), self.config)

    def run(self, one):
        folder = os.path.join(self.work, "inbox")
        data = os.path.join(self.work, "data")
        os.makedirs(folder)
        os.makedirs(data)
        write(folder, GOOD, csv(HEADINGS, WORKER))
        one["make"](folder)
        size = sum(os.lstat(os.path.join(base, name)).st_size for base, _, names in os.walk(folder) for name in names)
        paths = [os.path.join(folder, path) for path in one.get("paths", [""])]
        command = [self.binary, "--config", os.path.join(self.config, "anxin.toml"), "--data-dir", data, "--format", "json", "import", *paths]
        options = {}
        if one.get("user") and os.geteuid() == 0:
            for base in (self.work, folder, data):
                os.chown(base, 65534, 65534)
                os.chmod(base, 0o755)
            options = {"user": 65534, "group": 65534, "extra_groups": []}
        stop = threading.Event()
        if one.get("grows"):
            threading.Thread(target=grow, args=(os.path.join(folder, "增长.csv"), stop), daemon=True).start()
        began = time.perf_counter()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, **options)
            peak = watch(process, began + SECONDS)
            stop.set()
            out.seek(0)
            err.seek(0)
            answer, log = out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace")
        seconds = time.perf_counter() - began
        subprocess.run(["rm", "-rf", folder, data], check=True)
        return process.returncode, answer, log, peak, seconds, size


def watch(process, deadline):
    """Waits for the end; the most memory it held, in MB. `getrusage` would count what Python held when it started it."""
    peak = 0
    while process.poll() is None:
        with open(f"/proc/{process.pid}/status") as status:
            peak = max([peak, *(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))])
        if time.perf_counter() > deadline:
            process.kill()
        time.sleep(0.003)
    return peak / 1024


def grow(path, stop):
    with open(path, "ab") as file:
        while not stop.is_set():
            file.write(csv(OTHER) * 100)
            file.flush()


def judge(one, status, answer, log, peak, seconds):
    """What was told about the hostile file, whether the good one was read, and what is wrong."""
    lines = [json.loads(line) for line in answer.splitlines()]
    good = any(line["file"].endswith(GOOD) and line.get("kept") == 1 for line in lines)
    told, kept, rejected = [], 0, 0
    for line in lines:
        if line["file"].endswith(GOOD):
            continue
        kept, rejected = kept + line.get("kept", 0), rejected + line.get("rejected", 0)
        if "error" in line:
            told.append(line["error"]["what"])
        told += [reject["reason"] for reject in line.get("rejects", [])] + [note["what"] for note in line.get("notes", [])]
    wrong = []
    if status != one["status"]:
        wrong.append(f"exit status {status} instead of {one['status']}: {log[-300:]}")
    if good != one["good"]:
        wrong.append("the good file was not read")
    if one["says"] not in "\n".join(told):
        wrong.append(f"not said: {one['says']}")
    if "absent" in one and one["absent"] in answer + log:
        wrong.append(f"shown: {one['absent']}")
    if "kept" in one and kept != one["kept"]:
        wrong.append(f"{kept} rows kept instead of {one['kept']}")
    if "panicked" in log:
        wrong.append(f"panic: {log[-300:]}")
    if seconds > SECONDS or peak > MEGABYTES:
        wrong.append(f"{seconds:.0f} s, {peak:.0f} MB")
    counted = list(dict.fromkeys(told))
    first = re.sub(r"[|\n`]", " ", counted[0])[:70] if counted else "—"
    more = f" (+ {len(counted) - 1})" if len(counted) > 1 else ""
    return f"{first}{more}", f"{kept}/{rejected}", good, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--markdown")
    parser.add_argument("--only", default="")
    parser.add_argument("--work")
    args = parser.parse_args()
    lines = ["| file | bytes | exit | told (first of several) | kept/rejected | MB | s | good file |", "| --- | ---: | ---: | --- | --- | ---: | ---: | --- |"]
    print("\n".join(lines), flush=True)
    failed = []
    with tempfile.TemporaryDirectory(dir=args.work) as work:
        runner = Runner(args.binary, work)
        for one in CASES:
            if args.only not in one["title"]:
                continue
            status, answer, log, peak, seconds, size = runner.run(one)
            told, counts, good, wrong = judge(one, status, answer, log, peak, seconds)
            lines.append(f"| {one['title']} | {size:,} | {status} | {told} | {counts} | {peak:.0f} | {seconds:.2f} | {'imported' if good else 'NOT imported'} |")
            print(lines[-1], flush=True)
            for what in wrong:
                print(f"    WRONG: {what}", flush=True)
            failed += [f"{one['title']}: {what}" for what in wrong]
    print(f"\n{len(lines) - 2} cases, {len(failed)} not as expected")
    if args.markdown:
        with open(args.markdown, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    sys.exit(1 if failed else 0)


def with_packages():
    """Starts again in an environment that has the packages."""
    try:
        import msoffcrypto  # noqa: F401
        import openpyxl  # noqa: F401
    except ImportError:
        folder = os.path.join(TARGET, "hostile-venv")
        python = os.path.join(folder, "bin", "python")
        if os.path.abspath(sys.prefix) == os.path.abspath(folder):
            sys.exit(f"missing: {' '.join(NEEDED)}")
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *NEEDED], check=True)
        os.execv(python, [python, *sys.argv])


with_packages()
sys.path.insert(0, HERE)
from cases import CASES, GOOD, HEADINGS, OTHER, WORKER, csv, write  # noqa: E402

main()
