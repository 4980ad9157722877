# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the little of pcapng, Ethernet, IP and TCP that the lab's tests look at."""

import ipaddress
import struct
from collections import namedtuple

Segment = namedtuple("Segment", "time interface source destination flags seq ack length")
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6


def blocks(data):
    """(type, body) of each block of a little-endian file; checks both lengths."""
    place = 0
    while place < len(data):
        kind, total = struct.unpack_from("<II", data, place)
        assert total % 4 == 0 and struct.unpack_from("<I", data, place + total - 4) == (total,)
        yield kind, data[place + 8:place + total - 4]
        place += total
    assert place == len(data)


def options(body, place):
    """{code: value} of the options that begin at `place`."""
    found = {}
    while place + 4 <= len(body):
        code, length = struct.unpack_from("<HH", body, place)
        if code == 0:
            break
        found[code] = body[place + 4:place + 4 + length]
        place += 4 + (length + 3) // 4 * 4
    return found


def section_options(path):
    kind, body = next(blocks(path.read_bytes()))
    assert kind == SECTION
    return options(body, 16)


def segments(path):
    """Every frame as a TCP segment; a frame that is none is an error."""
    found = []
    for kind, body in blocks(path.read_bytes()):
        if kind == INTERFACE:
            assert options(body, 8)[9] == b"\x09", "times in nanoseconds"
        if kind == PACKET:
            interface, high, low, captured, original = struct.unpack_from("<IIIII", body)
            assert captured == original
            found.append(segment(((high << 32) + low) / 1e9, interface, body[20:20 + captured]))
    return found


def endpoint(raw, port):
    address = ipaddress.ip_address(raw)
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


def segment(time, interface, frame):
    kind = struct.unpack_from(">H", frame, 12)[0]
    if kind == 0x0800:
        header, total = (frame[14] & 15) * 4, struct.unpack_from(">H", frame, 16)[0]
        protocol, source, destination = frame[23], frame[26:30], frame[30:34]
    else:
        assert kind == 0x86DD
        header, total = 40, 40 + struct.unpack_from(">H", frame, 18)[0]
        protocol, source, destination = frame[20], frame[22:38], frame[38:54]
    assert protocol == 6
    tcp = frame[14 + header:14 + total]
    sport, dport, seq, ack, offset, flags = struct.unpack_from(">HHIIBB", tcp)
    return Segment(time, interface, endpoint(source, sport), endpoint(destination, dport), flags, seq, ack,
                   len(tcp) - (offset >> 4) * 4)
