# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs simtcp-sim, and tshark with the plugin as the golden tests do."""

import json
import pathlib
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from bulk import CLEAN  # noqa: E402, F401 (for the tests)
from shared import SIMULATOR, TIMEOUT, TOP, tshark  # noqa: E402, F401 (for the tests)

# What test_plugin.py counted, by condition.
SHARES = {}


def simulate(folder, *options, name="sim"):
    """The capture and its truth, a list of objects."""
    capture = pathlib.Path(folder) / f"{name}.pcapng"
    done = subprocess.run([SIMULATOR, "-o", capture, *map(str, options)], capture_output=True, text=True,
                          timeout=TIMEOUT, check=False)
    assert done.returncode == 0 and done.stderr == "", done
    return capture, read_truth(capture.with_suffix(".jsonl"))


def read_truth(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


class Frame:
    """One captured frame: an Ethernet frame with IPv4 or IPv6 and TCP."""

    def __init__(self, number, time, data, length):
        self.number, self.time, self.data, self.length = number, time, data, length
        ipv6 = data[14] >> 4 == 6
        self.ip = 40 if ipv6 else 20
        tcp = data[14 + self.ip:]
        self.ttl = data[14 + (7 if ipv6 else 8)]
        if len(tcp) < 20:
            return
        self.sport, self.dport, self.seq, self.ack, offset = struct.unpack("!HHIIH", tcp[:14])
        self.flags = "".join(letter for bit, letter in ((2, "S"), (1, "F"), (4, "R"), (8, "P"), (16, "A"))
                             if offset & bit)
        header = (offset >> 12) * 4
        self.options = tcp[20:header]
        self.payload = length - 14 - self.ip - header
        self.source = data[14 + (8 if ipv6 else 12):][:16 if ipv6 else 4]

    @property
    def duplicate_sack(self):
        """The first SACK block, if there is one."""
        at = self.options.find(b"\x01\x01\x05\x0a")
        return struct.unpack("!II", self.options[at + 4:at + 12]) if at >= 0 else None


def read_capture(path):
    """The frames of a pcapng file as simtcp-sim writes it."""
    data, at, frames = path.read_bytes(), 0, []
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert length % 4 == 0 and struct.unpack_from("<I", data, at + length - 4)[0] == length
        if kind == 6:
            _, high, low, captured, original = struct.unpack_from("<IIIII", data, at + 8)
            frames.append(Frame(len(frames) + 1, high << 32 | low, data[at + 28:at + 28 + captured], original))
        at += length
    assert at == len(data)
    return frames


def pytest_terminal_summary(terminalreporter):
    if SHARES:
        terminalreporter.section("verdicts against the truth")
    for condition, table in SHARES.items():
        terminalreporter.write_line(f"{condition}: {table}")
