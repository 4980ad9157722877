# SPDX-License-Identifier: GPL-2.0-or-later
"""The segments of a capture, read twice over: by scapy, which knows nothing of Wireshark, and by tshark's own
fields, which dissect damaged frames as the plugin's host does."""

import dataclasses

from scapy.layers.inet import ICMP, IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.packet import NoPayload
from scapy.utils import PcapReader

from serial import follow

FIN, SYN, RST, ACK = 1, 2, 4, 16


class Unreadable(Exception):
    """The capture has what this reader does not follow; the message says what."""


@dataclasses.dataclass(frozen=True)
class Segment:
    frame: int
    time: int                   # nanoseconds
    src: tuple                  # address, port
    dst: tuple
    seq: int
    ack: int                    # means nothing without has_ack
    flags: int
    length: int                 # of the data
    window: int = 0             # as in the header
    scale: int = None           # window scale option, of a SYN
    timestamp: int = None       # TSval

    @property
    def rst(self):
        return bool(self.flags & RST)

    @property
    def syn(self):
        """A segment with SYN and RST is a RST."""
        return bool(self.flags & SYN) and not self.rst

    @property
    def has_ack(self):
        return bool(self.flags & ACK)

    @property
    def bare_syn(self):
        return self.syn and not self.has_ack

    @property
    def syn_ack(self):
        return self.syn and self.has_ack

    @property
    def fin(self):
        """A FIN without ACK is a stray."""
        return bool(self.flags & FIN) and self.has_ack and not self.rst

    @property
    def fin_number(self):
        return follow(self.seq, self.syn + self.length)

    @property
    def end(self):
        """The number after everything in it; a RST occupies nothing."""
        if self.rst:
            return self.seq
        return follow(self.seq, self.syn + self.length + bool(self.flags & FIN))

    @property
    def same(self):
        """What two copies of a segment have in common."""
        return self.src, self.dst, self.seq, self.ack, self.flags, self.length


# --- Options -------------------------------------------------------------------------------------------------

def options(data):
    """Kind and value of each option; ends at the first that is not well formed."""
    at = 0
    while at < len(data) and data[at] != 0:
        if data[at] == 1:
            at += 1
            continue
        if at + 1 >= len(data) or data[at + 1] < 2 or at + data[at + 1] > len(data):
            return
        yield data[at], data[at + 2:at + data[at + 1]]
        at += data[at + 1]


def from_options(data, cut=False):
    """The window scale and the TSval, None if absent. A scale that was cut off may be any: then the largest."""
    scale, timestamp = 14 if cut else None, None
    for kind, value in options(data):
        if kind == 3 and len(value) == 1:
            scale = value[0]
        if kind == 8 and len(value) == 8:
            timestamp = int.from_bytes(value[:4], "big")
    return scale, timestamp


# --- By scapy ------------------------------------------------------------------------------------------------

def innermost(packet):
    """The innermost TCP header of a frame and the IP header before it, or None. What stands in an ICMP error is
    a quotation."""
    network = found = None
    layer = packet
    while not isinstance(layer, NoPayload):
        if isinstance(layer, ICMP) or layer.name.startswith("ICMPv6"):
            return None
        if isinstance(layer, (IP, IPv6)):
            network = layer
        if isinstance(layer, TCP) and network is not None:
            found = network, layer
        layer = layer.payload
    return found


def ports_and_length(network, header, frame):
    if isinstance(network, IP):
        if network.frag or network.flags.MF:
            raise Unreadable("fragments: reassembling them is not this reader's business")
        size = network.len - 4 * network.ihl
    else:
        if network.nh != 6:
            raise Unreadable("IPv6 extension headers")
        size = network.plen
    if size < 20:
        raise Unreadable(f"segmentation offload in frame {frame}: the IP header has no length")
    return (network.src, header.sport), (network.dst, header.dport), size - 4 * header.dataofs


def by_scapy(capture):
    """All segments of a capture in its order, as scapy dissects them."""
    segments = []
    with PcapReader(str(capture)) as reader:
        for frame, packet in enumerate(reader, 1):
            found = innermost(packet)
            if found is None:
                continue
            network, header = found
            if header.dataofs is None or header.dataofs < 5:
                raise Unreadable(f"frame {frame} is cut inside its TCP header")
            src, dst, length = ports_and_length(network, header, frame)
            data = bytes(header)[20:4 * header.dataofs]
            cut = len(data) < 4 * header.dataofs - 20
            if cut:
                data = b""
            segments.append(Segment(frame, round(packet.time * 10**9), src, dst, header.seq, header.ack,
                                    int(header.flags) & 0x17, length, header.window, *from_options(data, cut)))
    return segments


# --- By tshark -----------------------------------------------------------------------------------------------

TSHARK_FIELDS = ["frame.number", "frame.time_epoch", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
                 "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.flags", "tcp.len",
                 "tcp.window_size_value", "tcp.options"]


def nanoseconds(epoch):
    seconds, fraction = epoch.split(".")
    return int(seconds) * 10**9 + int(fraction.ljust(9, "0")[:9])


def octets(text):
    """tshark prints <MISSING> for options that were not captured."""
    return bytes() if text.startswith("<") else bytes.fromhex(text.replace(":", ""))


def protocols_of(row):
    """The frame's layers. Newer Wiresharks don't name those of a frame that ends inside one of them: what it has
    addresses and a sequence number of, then."""
    if row["frame.protocols"]:
        return row["frame.protocols"][0].split(":")
    return [name for name, field in (("ip", "ip.src"), ("ipv6", "ipv6.src"), ("tcp", "tcp.seq_raw")) if row[field]]


def from_row(row):
    """The segment in a frame, None if there is none. Of several TCP headers the innermost counts."""
    layers = protocols_of(row)
    if "tcp" not in layers or {"icmp", "icmpv6"} & set(layers) or not row["tcp.len"]:
        return None
    above = layers[:len(layers) - layers[::-1].index("tcp")]
    family = next((name for name in reversed(above) if name in ("ip", "ipv6")), None)
    if family is None:
        return None
    last = {name: values[-1] for name, values in row.items() if values}
    if "tcp.flags" not in last or "tcp.window_size_value" not in last:
        return None             # a header length that is none
    return Segment(int(last["frame.number"]), nanoseconds(last["frame.time_epoch"]),
                   (last[family + ".src"], int(last["tcp.srcport"])),
                   (last[family + ".dst"], int(last["tcp.dstport"])),
                   int(last["tcp.seq_raw"]), int(last.get("tcp.ack_raw", 0)), int(last["tcp.flags"], 0) & 0x17,
                   int(last["tcp.len"]), int(last["tcp.window_size_value"]),
                   *from_options(octets(last.get("tcp.options", "")), last.get("tcp.options", "").startswith("<")))


def from_rows(rows):
    """All segments, from what tshark says of TSHARK_FIELDS."""
    return [segment for segment in map(from_row, rows) if segment is not None]
