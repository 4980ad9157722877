#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a capture of one client that connects to one service again and again, as a busy client without keep-alive
does. Each connection lasts 5 ms; its data is left out.

The client takes its ports in turn. A port is free again when the connection is over at the client: at once where the
server closed first, after 60 seconds of TIME-WAIT where the client did. If no port is free, connect() fails with
EADDRNOTAVAIL, and not a single segment is sent: on the wire there is silence. How often that happened is printed."""

import argparse
import collections
import heapq
import os
import signal
import struct
import sys
import tempfile

CLIENT, SERVER, SERVICE = bytes([10, 22, 5, 3]), bytes([10, 16, 56, 2]), 80
START = 1767603600 * 10**6      # 2026-01-05 09:00:00 UTC; times are in microseconds
STEP = 1000                     # between two segments of a connection
TIME_WAIT = 60 * 10**6          # as on Linux
RAW_IP = 101                    # LINKTYPE_RAW: no link layer
FIN, SYN, ACK = 1, 2, 16


# --- segments ---

def checksum(data):
    """RFC 1071."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return 0xffff - (total & 0xffff) - (total >> 16)


def segment(src, dst, sport, dport, seq, ack, flags):
    """An IPv4 packet with a bare TCP header."""
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 0, 0x4000, 64, 6, 0, src, dst)
    tcp = struct.pack("!HHIIBBHHH", sport, dport, seq % 2**32, ack % 2**32, 0x50, flags, 64240, 0, 0)
    pseudo = src + dst + struct.pack("!HH", 6, len(tcp))
    return (ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] +
            tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:])


def connection(start, port, server_first):
    """The segments of a connection: three to open it, three to close it."""
    # RFC 9293 section 3.4.1: initial numbers follow a clock, so those of a newer incarnation are greater
    n, k = start * 16 + port * 7919, start * 16 + port * 104729
    client, server = (CLIENT, SERVER, port, SERVICE), (SERVER, CLIENT, SERVICE, port)
    opening = [segment(*client, n, 0, SYN), segment(*server, k, n + 1, SYN | ACK), segment(*client, n + 1, k + 1, ACK)]
    first, second, n, k = (server, client, k, n) if server_first else (client, server, n, k)
    return opening + [segment(*first, n + 1, k + 1, FIN | ACK), segment(*second, k + 1, n + 2, FIN | ACK),
                      segment(*first, n + 2, k + 2, ACK)]


# --- the client ---

def attempts(phases):
    """When connect() is called: evenly spread over each phase."""
    begin = 0
    for count, seconds in phases:
        length = round(seconds * 10**6)
        yield from (begin + number * length // count for number in range(count))
        begin += length


def connections(phases, ports, server_first, tally):
    """Start and port of each connection that has a port; tally counts the others too."""
    free = collections.deque((0, port) for port in ports)       # from when, in this order
    for start in attempts(phases):
        if free[0][0] > start:
            tally["failed"] += 1
            continue
        _, port = free.popleft()
        # the server's FIN finds the client quick to answer: its port is free with the last acknowledgement
        free.append((start + 5 * STEP + (0 if server_first else TIME_WAIT), port))
        tally["made"] += 1
        yield start, port


def timed_segments(phases, ports, server_first, tally):
    """(time, packet) in the order of time. Of what is to come only the connections under way are in memory."""
    waiting, serial = [], 0
    for start, port in connections(phases, ports, server_first, tally):
        while waiting and waiting[0][0] <= start:
            time, _, packet = heapq.heappop(waiting)
            yield time, packet
        for number, packet in enumerate(connection(start, port, server_first)):
            heapq.heappush(waiting, (start + number * STEP, serial, packet))
            serial += 1
    while waiting:
        time, _, packet = heapq.heappop(waiting)
        yield time, packet


# --- files ---

def pcap(timed):
    yield struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, RAW_IP)
    for time, packet in timed:
        yield struct.pack("<IIII", *divmod(START + time, 10**6), len(packet), len(packet)) + packet


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(timed):
    yield block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    yield block(1, struct.pack("<HHI", RAW_IP, 0, 0))
    for time, packet in timed:
        high, low = divmod(START + time, 2**32)
        yield block(6, struct.pack("<IIIII", 0, high, low, len(packet), len(packet)) + packet)


FORMATS = {".pcap": pcap, ".pcapng": pcapng}


def write(path, pieces):
    """The file appears whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".short-connections-")
    try:
        with open(handle, "wb") as file:
            file.writelines(pieces)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


# --- the command line ---

class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"{self.prog}: {message}\n")


def output(text):
    if os.path.splitext(text)[1] not in FORMATS:
        raise argparse.ArgumentTypeError(f"'{text}' must end in {' or '.join(FORMATS)}")
    return text


def between(kind, low, high):
    def parse(text):
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(f"'{text}' is not a number from {low} to {high}")
        return value
    return parse


def port_range(text):
    first, dash, last = text.partition("-")
    numbers = [int(part) if part.isascii() and part.isdigit() else 0 for part in (first, last)]
    if not dash or not 1 <= numbers[0] <= numbers[1] <= 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a range of ports such as 32768-60999")
    return range(numbers[0], numbers[1] + 1)


def options():
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument("output", metavar="OUT", type=output, help="the capture to write, *.pcapng or *.pcap")
    parser.add_argument("--connections", metavar="N", action="append", type=between(int, 1, 10**7),
                        help="calls of connect() (30000)")
    parser.add_argument("--seconds", metavar="S", action="append", type=between(float, 0.001, 10**6),
                        help="... evenly spread over this time (58). Several pairs of --connections and --seconds "
                             "follow each other")
    parser.add_argument("--closes-first", choices=["client", "server"], default="client",
                        help="who closes first, and so holds TIME-WAIT (client)")
    parser.add_argument("--ports", metavar="FIRST-LAST", type=port_range, default="32768-60999",
                        help="the client's ephemeral ports (32768-60999, as on Linux)")
    chosen = parser.parse_args()
    chosen.connections, chosen.seconds = chosen.connections or [30000], chosen.seconds or [58]
    if len(chosen.connections) != len(chosen.seconds):
        parser.error("as many --connections as --seconds, please")
    return chosen


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))     # so that write() cleans up
    chosen = options()
    tally = collections.Counter()
    phases = zip(chosen.connections, chosen.seconds)
    timed = timed_segments(phases, chosen.ports, chosen.closes_first == "server", tally)
    try:
        write(chosen.output, FORMATS[os.path.splitext(chosen.output)[1]](timed))
    except OSError as error:
        sys.exit(f"short-connections.py: {chosen.output}: {error.strerror}")
    except KeyboardInterrupt:
        sys.exit(130)
    print(f"{tally['made']} connections; {tally['failed']} calls of connect() found no free port (EADDRNOTAVAIL)")


main()
