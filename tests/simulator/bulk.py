#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the core says of very many simulated connections, against the truth about each.

    tests/simulator/bulk.py [--connections N] [--seed N] [--tools FOLDER] [--markdown]

Simulates in every condition of the network and the capture, with the stacks of every profile, at three points, in
parts of some thousand connections; asks simtcp-bulk (the core without Wireshark) about each part; compare.py judges.
Prints the shares by condition; fails if a verdict is wrong, and says how to get that connection again.
"""

import argparse
import concurrent.futures
import itertools
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

import compare

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SIMTCP_BUILD", TOP / "build"))
TIMEOUT = 300

CLEAN = ["--loss", "0", "--duplicate", "0", "--reorder", "0"]
ROUGH = ["--loss", "0.03", "--duplicate", "0.01", "--reorder", "0.02"]
AWFUL = ["--loss", "0.15", "--duplicate", "0.05", "--reorder", "0.1"]
CONDITIONS = {
    "clean path": CLEAN,
    "rough path": ROUGH,
    "capture loses 2 %": [*CLEAN, "--capture-loss", "0.02"],
    "rough path, capture loses 5 %": [*ROUGH, "--capture-loss", "0.05"],
    "awful path": AWFUL,
    "awful path, capture loses 20 %": [*AWFUL, "--capture-loss", "0.2"],
    "rough path, 60 octets of each frame": [*ROUGH, "--snaplen", "60"],
}
POINTS = ["a", "middle", "b"]
PROFILES = ["mixed", "linux", "bsd", "rfc"]

# Endpoint pairs of one part: what a part needs in memory and on disk is small.
PART = 2000


def parts(connections, seed):
    """The condition and the simulator's options of each part; all conditions get the same number of pairs."""
    cells = list(itertools.product(CONDITIONS, POINTS, PROFILES))
    share = -(-connections // len(cells))
    seeds = itertools.count(seed)
    for condition, point, profile in cells:
        for start in range(0, share, PART):
            yield condition, ["--connections", str(min(PART, share - start)), "--seed", str(next(seeds)),
                              "--point", point, "--profile", profile, *CONDITIONS[condition]]


def ask_core(capture, tools):
    done = subprocess.run([tools / "simtcp-bulk", capture], capture_output=True, text=True, timeout=TIMEOUT,
                          check=False)
    if done.returncode != 0 or done.stderr:
        raise RuntimeError(f"simtcp-bulk: {done.stderr or done.returncode}")
    return compare.from_core(done.stdout.splitlines())


def judge(options, tools):
    """The comparison of one part."""
    with tempfile.TemporaryDirectory(prefix="simtcp-") as made:
        capture = pathlib.Path(made) / "sim.pcapng"
        subprocess.run([tools / "simtcp-sim", "-o", capture, *options], timeout=TIMEOUT, check=True)
        comparison = compare.compare(compare.read_truth(capture.with_suffix(".jsonl")), ask_core(capture, tools), capture)
        comparison.forget_captures()
        return comparison


def describe(comparison):
    return "\n".join(f"{name}: {why}: connection {truth['connection']} ({truth['behaviour']}), frames "
                     f"{truth['frames'][:20]}, truth {truth['open']}, {truth['close']}, {truth['time_wait']}; said "
                     f"{verdict.open}, {verdict.close}, {sorted(verdict.holders)}, completed: {verdict.open_completed}, "
                     f"{verdict.close_completed}"
                     for name, why, truth, verdict in comparison.wrong)


def judge_all(connections, seed, tools):
    """The comparisons by condition, and what is wrong, in words."""
    found, wrong = {condition: compare.Comparison() for condition in CONDITIONS}, []
    with concurrent.futures.ProcessPoolExecutor() as pool:
        jobs = [(condition, options, pool.submit(judge, options, tools))
                for condition, options in parts(connections, seed)]
        for condition, options, job in jobs:
            comparison = job.result()
            if comparison.wrong:
                wrong.append(f"simtcp-sim {' '.join(options)}\n{describe(comparison)}")
                comparison.wrong = comparison.wrong[:1]  # the others are told; this keeps memory small
            found[condition].take(comparison)
    return found, wrong


def total(found):
    everything = compare.Comparison()
    for comparison in found.values():
        everything.take(comparison)
    return everything


def percent(comparison, name, *results):
    counts = comparison.counts[name]
    return f"{100 * sum(counts[result] for result in results) / (sum(counts.values()) or 1):.2f}"


def markdown(found):
    """A table by condition: right, undecided and limits, in percent, and the number of wrong verdicts."""
    names = ("open", "open completed", "close", "close completed", "holders")
    lines = ["| Condition | connections | " + "".join(f"{name}: right | undecided | limit | " for name in names) + "wrong |",
             "|---|" + "---|" * (3 * len(names) + 2)]
    for condition, comparison in [*found.items(), ("all", total(found))]:
        shares = [percent(comparison, name, result) for name in names for result in ("right", "undecided", "limit")]
        wrong = sum(counts["wrong"] for counts in comparison.counts.values())
        lines.append(f"| {condition} | {comparison.matched} | {' | '.join(shares)} | {wrong} |")
    lines += ["", "Why a limit, and how often:", "", "| of | reason | connections |", "|---|---|---|"]
    lines += [f"| {name} | {why} | {count} |" for (name, why), count in sorted(total(found).limits.items())]
    return "\n".join(lines)


def processor_seconds():
    """That this process and those it has waited for took so far."""
    return sum(used.ru_utime + used.ru_stime for used in map(
        resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def main():
    parser = argparse.ArgumentParser(description="Judges the core by simulated connections.")
    parser.add_argument("--connections", type=int, default=100000, help="how many pairs of endpoints (100000)")
    parser.add_argument("--seed", type=int, default=1000, help="of the first part (1000)")
    parser.add_argument("--tools", type=pathlib.Path, default=BUILD / "tools", help="folder of the programs")
    parser.add_argument("--markdown", action="store_true", help="print tables for docs/proof.md")
    arguments = parser.parse_args()
    found, wrong = judge_all(arguments.connections, arguments.seed, arguments.tools)
    if arguments.markdown:
        print(markdown(found) + "\n")
    else:
        for condition, comparison in [*found.items(), ("all", total(found))]:
            print(f"{condition}: {comparison.table()}")
    print("\n".join(wrong) or "No verdict is wrong.")
    print(f"{processor_seconds():.0f} s of processor time")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
