#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Turns every scenario into an input of fuzz_core, FOLDER/core/*, and its TCP headers into inputs of
fuzz_segment, FOLDER/segment/*: make_corpus.py FOLDER, with simtcp-gen in SIMTCP_GEN.

input.h says what the bytes mean. Offsets from bases are chosen as small as they can be, so that a mutation
of a number before one moves what was relative to it along."""

import hashlib
import logging
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

from scapy.layers.inet import ICMP, IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.utils import PcapNgReader

TOP = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = TOP / "sample-captures" / "scenarios"
STEPS = [10e-3, 0, 1e-6, 0.999e-3, 1e-3, 0.2, 1, 59, 61, 180, 181, 3600, -1e-6, -10e-3, -1, -200]
LENGTHS = [0, 1, 2, 10, 100, 1000, 1460, 65000]
SELF_FLOW, FLOWS = 3, [0, 1, 2, 4, 5, 6, 7]
SYN, FIN, RST, ACK = 2, 1, 4, 16
ALL_CHECKS = 7
WORD = 1 << 32


class End:
    """What one end of a flow has shown so far, as struct shown."""

    def __init__(self, number):
        self.isn = self.old_isn = self.seq = self.ack = self.fin = 0
        self.next = number

    def remember(self, tcp, length):
        flags = int(tcp.flags)
        self.seq = tcp.seq
        if flags & SYN and tcp.seq != self.isn:
            self.old_isn, self.isn = self.isn, tcp.seq
        after = tcp.seq + length + bool(flags & SYN)
        if flags & FIN:
            self.fin = after % WORD
            after += 1
        if not flags & RST:
            self.next = after % WORD
        if flags & ACK:
            self.ack = tcp.ack


def nearest(own, peer, number):
    """The base the number is nearest to, and its offset."""
    bases = [own.next, own.isn, own.seq, peer.ack, own.fin, own.old_isn, peer.next, peer.isn]
    offsets = [(number - base) % WORD for base in bases]
    base = min(range(len(bases)), key=lambda i: min(offsets[i], WORD - offsets[i]))
    return base, offsets[base]


def length_code(length):
    index = max(i for i, value in enumerate(LENGTHS) if value <= length)
    return index | min(length - LENGTHS[index], 15) << 4


def option_code(tcp):
    options = dict((option[0], option[1]) for option in tcp.options if isinstance(option, tuple))
    if options.get("SAck"):
        left, right = options["SAck"][:2]
        return 2, (tcp.ack - left) % 16 | (right - left) % 16 << 4
    if "WScale" in options:
        return 1, options["WScale"]
    if "Timestamp" in options:
        return 4, options["Timestamp"][0] % 256
    return 0, 0


class Encoder:
    def __init__(self):
        self.flows = {}
        self.ends = {}
        self.time = None
        self.records = []

    def flow_of(self, src, dst):
        """The flow's number and which end src is; None if all are taken."""
        key = frozenset((src, dst))
        if key not in self.flows:
            free = [flow for flow in FLOWS if flow not in self.flows.values()]
            if src != dst and not free:
                return None
            self.flows[key] = SELF_FLOW if src == dst else free[0]
            for side, end in enumerate((src, dst)):
                self.ends[key, end] = side, End(1000 + (self.flows[key] * 2 + side) * 0x10000000)
        return self.flows[key], *self.ends[key, src], self.ends[key, dst][1]

    def add(self, packet, tcp):
        network = packet[IPv6] if IPv6 in packet else packet[IP]
        found = self.flow_of((network.src, tcp.sport), (network.dst, tcp.dport))
        if not found:
            return
        flow, side, own, peer = found
        length = len(tcp.payload)
        seq_base, seq_offset = nearest(own, peer, tcp.seq)
        ack_base, ack_offset = nearest(peer, own, tcp.ack)
        since = float(packet.time) - (self.time or float(packet.time))
        step = min(range(len(STEPS)), key=lambda i: abs(STEPS[i] - since))
        self.time = float(packet.time)
        kind, value = option_code(tcp)
        self.records.append(struct.pack("<BBBBIIBBBB", flow | side << 3, int(tcp.flags) & 0xff, step,
                                        seq_base | ack_base << 4, seq_offset, ack_offset, length_code(length),
                                        tcp.window >> 8, kind, value))
        own.remember(tcp, length)

    def bytes(self):
        return bytes([ALL_CHECKS, 0, 0, 0]) + struct.pack("<I", 0x12345678) + b"".join(self.records)


def header_input(tcp):
    """An input of fuzz_segment: asks whether a D-SACK covers what lies right before the acknowledgement."""
    header = bytes(tcp)[:tcp.dataofs * 4]
    return struct.pack(">II", len(tcp.payload), (tcp.ack - 1) % WORD) + header


def encode(capture):
    """The input of fuzz_core, and those of fuzz_segment."""
    encoder, headers = Encoder(), set()
    with PcapNgReader(str(capture)) as reader:
        for packet in reader:
            if TCP in packet and ICMP not in packet:
                encoder.add(packet, packet[TCP])
                headers.add(header_input(packet[TCP]))
    return encoder.bytes(), headers


def main():
    folder = pathlib.Path(sys.argv[1])
    generator = os.environ["SIMTCP_GEN"]
    for name in ("core", "segment"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    logging.getLogger("scapy").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as stage:
        for script in sorted(SCENARIOS.glob("*.pkt")):
            capture = pathlib.Path(stage) / "capture.pcapng"
            subprocess.run([generator, script, "-o", capture], check=True, capture_output=True)
            whole, headers = encode(capture)
            (folder / "core" / script.stem).write_bytes(whole)
            for header in headers:
                (folder / "segment" / hashlib.sha1(header).hexdigest()).write_bytes(header)


if __name__ == "__main__":
    main()
