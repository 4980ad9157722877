# SPDX-License-Identifier: GPL-2.0-or-later
"""The segments of a connection that a capture of simtcp-sim's holds: what a verdict can rest on."""

import functools
import ipaddress
import pathlib
import struct
from typing import NamedTuple

LETTERS = ((2, "S"), (1, "F"), (4, "R"), (16, "A"))


class Seen(NamedTuple):
    """One captured segment, from end a or b."""

    side: str
    flags: str
    seq: int
    ack: int  # means nothing without A
    length: int  # of the data


class Capture:
    """Reads frames only when somebody asks for a connection's: hardly anybody does."""

    def __init__(self, path):
        self.path = pathlib.Path(path)

    @functools.cached_property
    def frames(self):
        """The captured octets of each frame."""
        data, at, frames = self.path.read_bytes(), 0, []
        while at < len(data):
            kind, length = struct.unpack_from("<II", data, at)
            if kind == 6:
                captured, = struct.unpack_from("<I", data, at + 20)
                frames.append(data[at + 28:at + 28 + captured])
            at += length
        return frames

    def segments(self, truth, among=None):
        """Those of the connection, of certain frames if they are given, that have a whole TCP header."""
        port, twins = int(truth["a"].rsplit(":", 1)[1]), same_port(truth)
        told = []
        for number in truth["frames"] if among is None else sorted(set(truth["frames"]) & set(among)):
            frame = self.frames[number - 1]
            ipv6 = frame[14] >> 4 == 6
            source, tcp = frame[22:38] if ipv6 else frame[26:30], frame[54:] if ipv6 else frame[34:]
            if len(tcp) < 20:
                continue
            sport, _, seq, ack, bits = struct.unpack("!HHIIH", tcp[:14])
            side = "a" if (is_first_address(truth, source) if twins else sport == port) else "b"
            length = struct.unpack("!H", frame[18:20] if ipv6 else frame[16:18])[0] - (0 if ipv6 else 20) - (bits >> 12) * 4
            told.append(Seen(side, "".join(letter for bit, letter in LETTERS if bits & bit), seq, ack, length))
        return told


def same_port(truth):
    return truth["a"].rsplit(":", 1)[1] == truth["b"].rsplit(":", 1)[1]


def is_first_address(truth, source):
    """Is it a's?"""
    return ipaddress.ip_address(source) == ipaddress.ip_address(truth["a"].rsplit(":", 1)[0].strip("[]"))
