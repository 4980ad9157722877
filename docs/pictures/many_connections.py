# SPDX-License-Identifier: GPL-2.0-or-later
"""A client that opens 20 connections in a second and closes each itself, and after 90 seconds 4 in a second, as a
capture for the picture of its TIME-WAITs: many_connections.py FILE.pcap"""

import sys

from scapy.all import Ether, IP, TCP, wrpcap

CLIENT, SERVER = "10.22.5.3", "10.16.56.2"
START = 1767603600      # 2026-01-05 09:00:00 UTC
BUSY, CALM, END = 20, 4, 200


def beginnings():
    """The seconds at which connections begin."""
    for second in range(END):
        rate = BUSY if second < 90 else CALM
        yield from (second + number / rate for number in range(rate))


def connection(number, begin):
    """Three segments open it, four close it; a path of 10 ms."""
    port, n, k = 32768 + number, 1000 + 64000 * number, 2000 + 64000 * number
    steps = [(0, True, "S", n, 0), (10, False, "SA", k, n + 1), (20, True, "A", n + 1, k + 1),
             (100, True, "FA", n + 1, k + 1), (110, False, "A", k + 1, n + 2),
             (150, False, "FA", k + 1, n + 2), (160, True, "A", n + 2, k + 2)]
    for after, by_client, flags, seq, ack in steps:
        ends = (CLIENT, SERVER, port, 80) if by_client else (SERVER, CLIENT, 80, port)
        frame = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=ends[0], dst=ends[1]) \
            / TCP(sport=ends[2], dport=ends[3], flags=flags, seq=seq, ack=ack)
        frame.time = START + begin + after / 1000
        yield frame


frames = [frame for number, begin in enumerate(beginnings()) for frame in connection(number, begin)]
wrpcap(sys.argv[1], sorted(frames, key=lambda frame: frame.time))
