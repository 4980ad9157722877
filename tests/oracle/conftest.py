# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark with the plugin, the generator and the simulator, as the other tests run them."""

import importlib.util
import os
import pathlib
import subprocess
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SIMTCP_BUILD", TOP / "build"))
SIMULATOR = pathlib.Path(os.environ.get("SIMTCP_SIM", BUILD / "tools" / "simtcp-sim"))
ALL = os.environ.get("SIMTCP_ORACLE_ALL") == "1"
TIMEOUT = 600

# What was compared: connections, those that agree, and known differences, by kind of capture.
COUNTS = {}


def load_golden():
    """tests/golden/conftest.py, under another name than this file's."""
    path = TOP / "tests" / "golden" / "conftest.py"
    spec = importlib.util.spec_from_file_location("golden_conftest", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.TIMEOUT = TIMEOUT
    return module


GOLDEN = load_golden()


@pytest.fixture(scope="session")
def tshark():
    with tempfile.TemporaryDirectory(prefix="simtcp-") as stage:
        yield GOLDEN.Tshark(stage)


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
