# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in tshark says of every connection what the rules say that are written down here a second time.

SIMTCP_ORACLE_ALL=1 compares many more simulated and damaged captures.
"""

import collections
import concurrent.futures
import subprocess

import pytest

import damage
import segments
from compare import FIELDS, compare
from conftest import ALL, COUNTS, GOLDEN, TIMEOUT, render, simulate
from known import known_difference

WORKERS = 2


def count(kind, name, rows, read=None):
    """Compares one capture and counts; returns what differs for no known reason."""
    found, total = compare(rows, read)
    reasons = {frame: known_difference(name, frame, difference, rows, read, octets="octets" in kind) for frame, difference in found.items()}
    compared, agreed, known = COUNTS.get(kind, (0, 0, collections.Counter()))
    known.update(reason for reason in reasons.values() if reason)
    COUNTS[kind] = compared + total, agreed + total - len(found), known
    return {frame: found[frame] for frame, reason in reasons.items() if not reason}


def rows_of(tshark, capture):
    rows = tshark.fields(capture, FIELDS)
    tshark.known.clear()                # large captures are read once
    return rows


def disagreements(tshark, kind, captures, by_scapy=False):
    """What differs, by capture. tshark runs beside the oracle."""
    wrong = {}
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for capture, rows in zip(captures, pool.map(lambda capture: rows_of(tshark, capture), captures)):
            try:
                read = segments.by_scapy(capture) if by_scapy else None
            except segments.Unreadable:
                read = None             # by tshark's fields, then
            found = count(kind, capture.name, rows, read)
            if found:
                wrong[capture.name] = found
    return wrong


def test_samples(tshark):
    captures = sorted(GOLDEN.SAMPLES.glob("*.pcapng"))
    assert captures and disagreements(tshark, "samples", captures, by_scapy=True) == {}


def test_scenarios(tshark, tmp_path):
    captures = [render(script, tmp_path) for script in GOLDEN.SCENARIOS]
    assert captures and disagreements(tshark, "scenarios", captures, by_scapy=True) == {}


CONDITIONS = {
    "as it is": [],
    "bad network": ["--loss", "0.1", "--reorder", "0.1", "--duplicate", "0.05", "--jitter", "30"],
    "lossy capture": ["--capture-loss", "0.1", "--point", "a"],
    "very lossy capture": ["--capture-loss", "0.3", "--loss", "0.05", "--point", "b"],
    "chaos": ["--behaviour", "chaos", "--loss", "0.05", "--capture-loss", "0.02"],
    "short of frames": ["--snaplen", "60", "--loss", "0.05"],
}
SEEDS = range(1, 21) if ALL else range(1, 2)
CONNECTIONS = 2000 if ALL else 700


@pytest.mark.parametrize("condition", CONDITIONS)
def test_simulated(tshark, tmp_path, condition):
    # the name is another one each time: Tshark.place() copies each name once
    number = list(CONDITIONS).index(condition)
    captures = [simulate(tmp_path / f"simulated-{number}-{seed}.pcapng", "--connections", CONNECTIONS, "--seed",
                         seed + 1000 * number, *CONDITIONS[condition]) for seed in SEEDS]
    assert disagreements(tshark, f"simulated, {condition}", captures) == {}


@pytest.mark.parametrize("kind", damage.KINDS, ids=lambda kind: kind.__name__)
def test_damaged(tshark, tmp_path, kind):
    captures = []
    for seed in SEEDS:
        whole = simulate(tmp_path / f"whole-{seed}.pcapng", "--connections", CONNECTIONS // 3, "--seed", 100 + seed)
        captures.append(damage.damage(whole, kind, seed, tmp_path / f"{kind.__name__}-{seed}.pcap"))
    assert disagreements(tshark, f"damaged, {kind.__name__}", captures) == {}


def test_damaged_octets(tshark, tmp_path):
    """Frames with wrong octets: whatever Wireshark takes for TCP, the rules are the same."""
    captures = []
    for seed in SEEDS:
        whole = simulate(tmp_path / f"whole-{seed}.pcapng", "--connections", CONNECTIONS // 3, "--seed", 200 + seed)
        captures.append(tmp_path / f"octets-{seed}.pcapng")
        subprocess.run(["editcap", "-E", "0.002", "--seed", str(seed), whole, captures[-1]], check=True,
                       capture_output=True, timeout=TIMEOUT)
    assert disagreements(tshark, "damaged, octets", captures) == {}


@pytest.mark.skipif(not ALL, reason="SIMTCP_ORACLE_ALL=1 runs it")
@pytest.mark.parametrize("kind", damage.KINDS, ids=lambda kind: kind.__name__)
def test_damaged_scenarios(tshark, tmp_path, kind):
    captures = []
    for seed, script in enumerate(GOLDEN.SCENARIOS):
        whole = render(script, tmp_path)
        if script.stem in NOT_PLAIN or "ipv6" in script.stem:
            continue
        captures.append(damage.damage(whole, kind, seed, tmp_path / f"{script.stem}-{kind.__name__}.pcap"))
    assert disagreements(tshark, f"scenarios, {kind.__name__}", captures) == {}


# Scenarios of other frames than TCP in IP in Ethernet, which damage.py does not take apart
NOT_PLAIN = {script.stem for script in GOLDEN.SCENARIOS
             if any(word in script.read_text() for word in ("//@ link", "gre:", "ipv4 ", "ipv6 ", "icmp ", "//@ fragment",
                                                            "//@ vlan", "//@ snaplen"))}
