# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames with more than one IP header: both passes find the same segment of the same connection in them."""

import pytest
from scapy.layers.inet import GRE, ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

FIELDS = ["simtcp.connection", "simtcp.notation"]
OPENFLOW = 6653
INNER = IP(src="192.168.9.1", dst="192.168.9.2")


def packet_in(frame):
    """What an OpenFlow 1.0 switch sends to its controller: a frame that it has received."""
    body = bytes(4) + len(frame).to_bytes(2, "big") + bytes(4) + frame
    return b"\x01\x0a" + (8 + len(body)).to_bytes(2, "big") + bytes(4) + body


def connection(data, below=lambda side: IP(src=f"10.0.0.{1 + side}", dst=f"10.0.0.{2 - side}")):
    """Opened, one segment of data, closed; the FIN carries the data once more."""
    def segment(side, flags, seq, ack, load=b""):
        ports = (40000, OPENFLOW) if side == 0 else (OPENFLOW, 40000)
        return Ether() / below(side) / TCP(sport=ports[0], dport=ports[1], flags=flags, seq=seq, ack=ack) / load

    once, twice = 101 + len(data), 101 + 2 * len(data)
    return [segment(0, "S", 100, 0), segment(1, "SA", 500, 101), segment(0, "A", 101, 501),
            segment(0, "PA", 101, 501, data), segment(1, "A", 501, once), segment(0, "FPA", once, 501, data),
            segment(1, "FA", 501, twice + 1), segment(0, "A", twice + 1, 502)]


def write(path, frames):
    for number, frame in enumerate(frames):
        frame.time = 1700000000 + number / 100
    wrpcap(str(path), frames)
    return path


def read(tshark, path, passes):
    text = tshark.run("-n", "-r", tshark.place(path), *(["-2"] if passes == 2 else []), "-T", "fields",
                      *[word for name in FIELDS for word in ("-e", name)])
    return [line.split("\t") for line in text.splitlines()]


ORDINARY = [["0", "1.SYN n"], ["0", "2.SYN k, ACK n+1"], ["0", "3.ACK k+1"], ["0", ""], ["0", ""], ["0", "1.FIN n"],
            ["0", "2.ACK n+1, 3.FIN k"], ["0", "4.ACK k+1"]]
UDP_INSIDE = Ether() / INNER / UDP(sport=1111, dport=2222) / b"data"


@pytest.mark.parametrize("passes", [1, 2])
@pytest.mark.parametrize("name, below", [
    ("ip", lambda side: IP(src=f"10.0.0.{1 + side}", dst=f"10.0.0.{2 - side}")),
    ("ipv6", lambda side: IPv6(src=f"2001:db8::{1 + side}", dst=f"2001:db8::{2 - side}")),
    ("gre", lambda side: IP(src="10.9.0.1", dst="10.9.0.2") / GRE() / IP(src=f"10.0.0.{1 + side}",
                                                                           dst=f"10.0.0.{2 - side}")),
])
def test_a_segment_that_carries_a_datagram_is_of_its_own_connection(tshark, tmp_path, passes, name, below):
    path = write(tmp_path / f"carried-{name}.pcap", connection(packet_in(bytes(UDP_INSIDE)), below))
    assert read(tshark, path, passes) == ORDINARY


@pytest.mark.parametrize("passes", [1, 2])
def test_of_two_segments_in_a_frame_the_inner_one_counts(tshark, tmp_path, passes):
    inside = Ether() / INNER / TCP(sport=1111, dport=2222, flags="S", seq=7)
    path = write(tmp_path / "carried-segment.pcap", connection(packet_in(bytes(inside))))
    frames = read(tshark, path, passes)
    # the SYN inside, and its copy
    assert [number for number, (which, _) in enumerate(frames) if which == "1"] == [3, 5]
    assert frames[3][1] == frames[5][1] == "1.SYN n"


@pytest.mark.parametrize("passes", [1, 2])
def test_a_quoted_segment_is_none(tshark, tmp_path, passes):
    quote = IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=40000, dport=OPENFLOW, flags="S", seq=100)
    error = Ether() / IP(src="10.0.0.9", dst="10.0.0.1") / ICMP(type=3, code=1) / bytes(quote)
    frames = connection(b"")
    path = write(tmp_path / "carried-quote.pcap", [*frames[:3], error, *frames[3:]])
    assert [which for which, _ in read(tshark, path, passes)] == ["0"] * 3 + [""] + ["0"] * 5
