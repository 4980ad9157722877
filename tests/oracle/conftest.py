# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark with the plugin, the generator and the simulator, as the other tests run them."""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from shared import GOLDEN, SIMULATOR, TIMEOUT, tshark  # noqa: E402, F401 (a fixture)

ALL = os.environ.get("SIMTCP_ORACLE_ALL") == "1"

# What was compared: connections, those that agree, and known differences, by kind of capture.
COUNTS = {}


def render(script, folder):
    """A scenario's capture, without the script's comments being asked what they expect."""
    capture = pathlib.Path(folder) / f"{script.stem}.pcapng"
    subprocess.run([GOLDEN.GENERATOR, script, "-o", capture], check=True, capture_output=True, timeout=TIMEOUT)
    return capture


def simulate(capture, *options):
    """A capture of simulated connections; what they really were does not matter here."""
    subprocess.run([SIMULATOR, "-o", capture, *map(str, options)], check=True, capture_output=True, timeout=TIMEOUT)
    return capture


def pytest_terminal_summary(terminalreporter):
    if COUNTS:
        terminalreporter.section("the oracle and the plugin")
    for kind, (compared, agreed, known) in COUNTS.items():
        terminalreporter.write_line(f"{kind}: {compared} connections compared, {agreed} agree"
                                    + "".join(f", {count} {name}" for name, count in sorted(known.items())))
    if COUNTS:
        compared, agreed = (sum(count[i] for count in COUNTS.values()) for i in (0, 1))
        terminalreporter.write_line(f"together: {compared} connections compared, {agreed} agree")
