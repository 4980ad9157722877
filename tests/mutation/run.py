#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Breaks each rule of the core on purpose and asks whether the unit tests notice.

    tests/mutation/run.py [--only TEXT]

Copies the core and its unit tests to a folder of its own, builds them once, then once more for each mutation in
mutations.py with that file changed, and runs the tests until one fails. Prints a table; fails if a mutation
survives, or its text no longer occurs exactly once.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from mutations import MUTATIONS

TOP = pathlib.Path(__file__).resolve().parents[2]
CORE = TOP / "plugin" / "core"
UNIT = TOP / "tests" / "unit"
PROOF = TOP / "docs" / "proof.md"
CC = [os.environ.get("CC", "cc"), "-std=c11", "-O1", f"-I{UNIT}"]
TIMEOUT = 300


def compile_all(sources, include, folder):
    objects = []
    for source in sources:
        target = folder / f"{source.stem}.o"
        subprocess.run([*CC, f"-I{include}", "-c", source, "-o", target], check=True, stderr=subprocess.DEVNULL)
        objects.append(target)
    return objects


def notices(test, objects, tools, folder):
    """Does this test program fail with these objects?"""
    program = folder / test.stem
    subprocess.run([*CC, test, *objects, *tools, "-lcmocka", "-o", program], check=True)
    try:
        return subprocess.run([program], capture_output=True, timeout=TIMEOUT, check=False).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def places(text, source):
    """Where source has text, however its lines are broken."""
    return list(re.finditer(r"\s+".join(map(re.escape, text.split())), source))


def last_notices():
    """Which test noticed each broken rule when docs/proof.md was written. It is tried first, which saves most of the time."""
    rows = re.findall(r"^\| (.+) \| \S+ \| (test_\w+) \|$", PROOF.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(rows)


def kill(mutation, base, first):
    """The test program that notices the mutation; None: it survives; a message: it can't be made."""
    rule, name, text, replacement = mutation
    with tempfile.TemporaryDirectory(prefix="simtcp-mutant-") as made:
        folder = pathlib.Path(made)
        shutil.copytree(base / "source", folder / "core")
        shutil.copytree(base / "tests", folder / "tests")
        changed = folder / "core" / name
        source = changed.read_text()
        found = places(text, source)
        if len(found) != 1:
            return f"its text occurs {len(found)} times in {name}"
        changed.write_text(source[:found[0].start()] + replacement + source[found[0].end():])
        affected = sorted((folder / "core").glob("*.c")) if name.endswith(".h") else [changed]
        try:
            fresh = compile_all(affected, folder / "core", folder)
        except subprocess.CalledProcessError:
            return "it does not compile"
        names = {path.name for path in fresh}
        objects = fresh + [path for path in (base / "core").glob("*.o") if path.name not in names]
        tools = sorted((base / "tools").glob("*.o"))
        hint = first.get(rule, f"test_{changed.stem}")
        for test in sorted((base / "tests").glob("test_*.o"), key=lambda test: (test.stem != hint, test)):
            if notices(test, objects, tools, folder):
                return test.stem
        return None


def main():
    parser = argparse.ArgumentParser(description="Breaks each rule of the core and asks whether a unit test notices.")
    parser.add_argument("--only", default="", help="mutations whose rule has this text")
    arguments = parser.parse_args()
    chosen = [mutation for mutation in MUTATIONS if arguments.only in mutation[0]]

    with tempfile.TemporaryDirectory(prefix="simtcp-mutation-") as made:
        base = pathlib.Path(made)
        for name in ("core", "tests", "tools"):
            (base / name).mkdir()
        shutil.copytree(CORE, base / "source")
        compile_all(sorted((base / "source").glob("*.c")), base / "source", base / "core")
        tests = sorted(UNIT.glob("test_*.c"))
        compile_all(sorted(set(UNIT.glob("*.c")) - set(tests)), base / "source", base / "tools")
        compile_all(tests, base / "source", base / "tests")
        print("| Rule that was broken | in | noticed by |\n|---|---|---|")
        bad = 0
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            first = last_notices()
            results = pool.map(lambda mutation: kill(mutation, base, first), chosen)
            for (rule, name, _, _), result in zip(chosen, results):
                killed = result and result.startswith("test_")
                bad += not killed
                print(f"| {rule} | {name} | {result if killed else '**' + (result or 'no test') + '**'} |", flush=True)
    print(f"\n{len(chosen) - bad} of {len(chosen)} broken rules were noticed by a unit test.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
