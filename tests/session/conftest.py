# SPDX-License-Identifier: GPL-2.0-or-later
"""One process that opens files, filters and changes preferences for as long as it lives: sharkd, which dissects by the
same calls as Wireshark's window. What it shows is held against tshark, which is started anew for each question."""

import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from shared import SIMULATOR, TIMEOUT, Sharkd, tshark  # noqa: E402, F401 (a fixture)

# sharkd fills no more columns at once.
COLUMNS = 30


class Session(Sharkd):
    """With the fields of which it is asked."""

    def __init__(self, tshark, fields):
        super().__init__(tshark, TZ="UTC", WIRESHARK_DEBUG_WMEM_OVERRIDE="strict", WIRESHARK_ABORT_ON_DISSECTOR_BUG="1")
        self.fields = fields

    def load(self, capture):
        self.ask("load", file=str(capture))

    def set(self, preference, value):
        self.ask("setconf", name=preference, value=value)

    def shown(self):
        """All fields of all frames, and their Info."""
        parts = []
        for first in range(0, len(self.fields), COLUMNS):
            names = self.fields[first:first + COLUMNS]
            rows = self.ask("frames", **{f"column{i}": f"{name}:0" for i, name in enumerate(names)})
            parts.append([row["c"] for row in rows])
        infos = [row["c"][-1:] for row in self.ask("frames")]
        return [sum(row, []) for row in zip(*parts, infos)]

    def selected(self, text):
        """The frames that a display filter selects."""
        return [row["num"] for row in self.ask("frames", filter=text)]


class Fresh:
    """A tshark for each question."""

    def __init__(self, tshark, fields):
        self.tshark, self.fields, self.known = tshark, fields, {}

    def shown(self, capture, **preferences):
        key = capture, tuple(preferences.items())
        if key not in self.known:
            self.known[key] = self.read(capture, preferences)
        return self.known[key]

    def read(self, capture, preferences):
        columns = [f'"{i}","%Cus:{name}:0:R"' for i, name in enumerate(self.fields)]
        options = [option for name, value in preferences.items() for option in ("-o", f"simtcp.{name}:{value}")]
        read = ["-2", "-r", capture, *options, "-T", "tabs"]
        parts = [line.split("\t") for line in
                 self.tshark.run(*read, "-o", "gui.column.format:" + ",".join([*columns, '"Info","%i"'])).splitlines()]
        assert all(len(row) == len(self.fields) + 1 for row in parts)
        return parts

    def selected(self, capture, text):
        return [int(number) for number in self.tshark.run("-2", "-r", capture, "-Y", text, "-T", "fields", "-e",
                                                          "frame.number").split()]


@pytest.fixture(scope="session")
def fields(tshark):
    lines = [line.split("\t") for line in tshark.run("-G", "fields").splitlines()]
    found = [line[2] for line in lines if line[0] == "F" and line[2].startswith("simtcp.")]
    assert len(found) > 30
    return found


@pytest.fixture(scope="session")
def fresh(tshark, fields):
    return Fresh(tshark, fields)


@pytest.fixture
def session(tshark, fields):
    if not shutil.which("sharkd"):
        pytest.skip("needs sharkd")
    started = Session(tshark, fields)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def captures(tshark):
    """Three that have little in common but addresses: what was left of one would be seen in the next."""
    made = []
    for seed, more in enumerate((["--point", "a"], ["--point", "middle", "--capture-loss", "0.05"],
                                 ["--point", "b", "--loss", "0.1", "--duplicate", "0.05"]), 1):
        made.append(tshark.stage / f"simulated-{seed}.pcapng")
        options = ["-o", made[-1], "--connections", "60", "--seed", str(seed), *more]
        subprocess.run([SIMULATOR, *options], check=True, capture_output=True, timeout=TIMEOUT)
        made[-1].chmod(0o644)
    return made
