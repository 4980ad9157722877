# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures to be damaged, and the damage that Wireshark's own tools don't do: frames in another order, frames twice,
times that stand or go back. Works on the blocks of a pcapng file of this machine's byte order."""

import random
import struct
import subprocess

ENHANCED_PACKET = 6
WORD = 1 << 32


def blocks(content):
    """A list of (type, bytes) of all blocks."""
    found, at = [], 0
    while at < len(content):
        kind, length = struct.unpack_from("<II", content, at)
        found.append((kind, content[at:at + length]))
        at += length
    return found


def rebuilt(content, change):
    """The capture with its packets replaced by change(packets); everything else stays in front, so that all
    interfaces are there."""
    all_blocks = blocks(content)
    packets = [block for kind, block in all_blocks if kind == ENHANCED_PACKET]
    return b"".join([block for kind, block in all_blocks if kind != ENHANCED_PACKET] + change(packets))


def shuffled(packets, seed=1):
    """Everything in any order."""
    packets = list(packets)
    random.Random(seed).shuffle(packets)
    return packets


def jostled(packets, seed=1):
    """Each packet up to five places from where it was."""
    chance = random.Random(seed)
    order = sorted(range(len(packets)), key=lambda i: i + chance.uniform(0, 5))
    return [packets[i] for i in order]


def doubled(packets):
    return [packet for packet in packets for _ in range(2)]


def lossy(packets, seed=1):
    chance = random.Random(seed)
    return [packet for packet in packets if chance.random() > 0.2]


def at_time(packet, ticks):
    return packet[:12] + struct.pack("<II", ticks // WORD, ticks % WORD) + packet[20:]


def time_stands(packets):
    return [at_time(packet, 0) for packet in packets]


def time_goes_back(packets):
    return [at_time(packet, (len(packets) - i) * 10**12) for i, packet in enumerate(packets)]


def time_leaps(packets):
    """To the ends of what a file can say, and back."""
    return [at_time(packet, [0, 2**63, 2**64 - 1, 10**18][i % 4]) for i, packet in enumerate(packets)]


def merge(captures, target):
    """One file after another, every packet without its comment: that is not ours to damage."""
    subprocess.run(["mergecap", "-a", "-w", target, *captures], check=True, timeout=300, capture_output=True)
