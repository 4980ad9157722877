# SPDX-License-Identifier: GPL-2.0-or-later
"""A peer without a TCP of its own: it answers a real kernel with the segments it is told to send.

    raw_peer.py DEVICE OWN-MAC PEER-MAC OWN-ENDPOINT PEER-ENDPOINT LIMIT START STEP...

START is a time of CLOCK_MONOTONIC; the steps are

    "TIME await FLAGS"        until a segment of the peer with these flags has come
    "TIME send FLAGS [TEXT]"  with the next sequence number; with ".", it acknowledges all that has come

TIME is in seconds after START, or "+". FLAGS are written as in packetdrill: S, S., ., P., F., R.
IPv4 only. The kernel of this host must not have the address: else it would answer too.
"""

import ipaddress
import signal
import socket
import struct
import sys
import time

FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, ".": 16}
FIN, SYN, PSH = FLAGS["F"], FLAGS["S"], FLAGS["P"]
INITIAL_SEQUENCE_NUMBER = 2140328405
WINDOW = 65535
ETHERNET_IPV4 = 0x0800
PROTOCOL_TCP = 6


def checksum(data):
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def split_endpoint(text):
    address, _, port = text.rpartition(":")
    return ipaddress.IPv4Address(address).packed, int(port)


def flag_bits(text):
    return sum(FLAGS[letter] for letter in text)


class Peer:
    def __init__(self, device, macs, own, other):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERNET_IPV4))
        self.socket.bind((device, 0))
        own_mac, other_mac = (bytes.fromhex(mac.replace(":", "")) for mac in macs)
        self.ethernet = other_mac + own_mac + struct.pack(">H", ETHERNET_IPV4)
        self.own, self.other = split_endpoint(own), split_endpoint(other)
        self.send_next = INITIAL_SEQUENCE_NUMBER
        self.receive_next = 0

    def send(self, flags, text):
        data = text.encode()
        bits = flag_bits(flags)
        acknowledged = self.receive_next if "." in flags else 0
        options = bytes([2, 4]) + struct.pack(">H", 1460) if bits & SYN else b""
        tcp = struct.pack(">HHIIBBHHH", self.own[1], self.other[1], self.send_next, acknowledged,
                          (20 + len(options)) // 4 << 4, bits, WINDOW, 0, 0) + options + data
        pseudo = self.own[0] + self.other[0] + struct.pack(">HH", PROTOCOL_TCP, len(tcp))
        tcp = tcp[:16] + struct.pack(">H", checksum(pseudo + tcp)) + tcp[18:]
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, PROTOCOL_TCP, 0) + self.own[0] + self.other[0]
        ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
        self.socket.send(self.ethernet + ip + tcp)
        self.send_next = (self.send_next + len(data) + bool(bits & SYN) + bool(bits & FIN)) % 2**32

    def wait(self, flags):
        while True:
            frame, address = self.socket.recvfrom(65536)
            if address[2] == socket.PACKET_OUTGOING or self.receive(frame) != flag_bits(flags) & ~PSH:
                continue
            return

    def receive(self, frame):
        """Takes note of a segment and returns its flags but PSH; 0 if it is not the peer's."""
        header = (frame[14] & 15) * 4
        ip = frame[14:14 + struct.unpack_from(">H", frame, 16)[0]]
        if ip[9] != PROTOCOL_TCP or ip[12:16] != self.other[0]:
            return 0
        sport, dport, seq, _, offset, bits = struct.unpack_from(">HHIIBB", ip, header)
        if (sport, dport) != (self.other[1], self.own[1]):
            return 0
        length = len(ip) - header - (offset >> 4) * 4 + bool(bits & SYN) + bool(bits & FIN)
        if bits & SYN or seq == self.receive_next:
            self.receive_next = (seq + length) % 2**32
        return bits & ~PSH


def main(device, own_mac, other_mac, own, other, limit, start, *steps):
    signal.alarm(int(limit))
    peer = Peer(device, (own_mac, other_mac), own, other)
    for step in steps:
        when, verb, flags, *text = step.split(maxsplit=3)
        if when != "+":
            time.sleep(max(0, float(start) + float(when) - time.monotonic()))
        if verb == "await":
            peer.wait(flags)
        elif verb == "send":
            peer.send(flags, "".join(text))
        else:
            sys.exit(f"raw_peer: no such step: {step}")


if __name__ == "__main__":
    if len(sys.argv) < 9:
        sys.exit(__doc__)
    main(*sys.argv[1:])
