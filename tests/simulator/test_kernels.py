# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated Linux against real ones: in the same situation, the same states, the same words for them, and
the same segments. The lab's recordings are the real ones."""

import json

import pytest
from scapy.all import IP, TCP, IPv6, rdpcap

from conftest import CLEAN, TOP, simulate

SAMPLES = TOP / "sample-captures"

# A recording, and what the simulated applications do in its situation.
SITUATIONS = {
    "linux-three-way-four-wave": "dial",
    "linux-simultaneous-open": "simultaneous-open",
    "linux-simultaneous-close": "simultaneous-close",
    "linux-simultaneous-open-and-close": "simultaneous-open-and-close",
    "linux-half-close": "half-close",
    "linux-reset": "abort",
    "linux-refused": "refused",
    "self-connect": "self-connect",
}


def linux(folder, behaviour):
    """Simulated connections of Linux ends without losses, and the capture they are in."""
    return simulate(folder, "--connections", 300, "--behaviour", behaviour, "--profile", "linux", "--ipv6", 0,
                    "--wrap", 0, *CLEAN)


def history(states):
    """What both sources tell of an end: nothing of waiting for a peer, nor of what comes after the end."""
    return tuple(state for state in states if state not in ("LISTEN", "CLOSED"))


def kernel_histories(truth):
    """An end without a socket has none."""
    return {history(event["state"] for event in events) for events in truth["endpoints"].values()} - {()}


def simulated_histories(truth):
    return {history(state for _, state in states) for states in truth["states"].values()} - {()}


def words(truth):
    return truth["open"], truth["close"], len(truth["time_wait"])


@pytest.mark.parametrize("recording, behaviour", SITUATIONS.items())
def test_the_same_states_have_the_same_words(tmp_path, recording, behaviour):
    kernel = json.loads((SAMPLES / f"{recording}.truth.json").read_text())
    _, simulated = linux(tmp_path, behaviour)
    same = [truth for truth in simulated if simulated_histories(truth) == kernel_histories(kernel)]
    assert same, f"no simulated connection goes through {kernel_histories(kernel)}"
    assert {words(truth) for truth in same} == {words(kernel)}


def segments(packets):
    """Each segment as (sender, flags, relative seq, relative ack), the sender of the first being a."""
    first, isn, told = None, {}, []
    for packet in packets:
        layer, tcp = packet[IP] if IP in packet else packet[IPv6], packet[TCP]
        end, peer = (layer.src, tcp.sport), (layer.dst, tcp.dport)
        first = first or end
        if "S" in tcp.flags:
            isn[end] = tcp.seq
        seq = (tcp.seq - isn.get(end, tcp.seq)) % 2**32
        ack = (tcp.ack - isn.get(peer, tcp.ack)) % 2**32 if "A" in tcp.flags else None
        told.append(("a" if end == first else "b", str(tcp.flags).replace("P", ""), seq, ack))
    return told


def opening(packets):
    """The handshake: the segments before any data or FIN, in each end's own order."""
    told = []
    for packet, segment in zip(packets, segments(packets)):
        if "F" in segment[1] or len(bytes(packet[TCP].payload).rstrip(b"\0")):
            break
        told.append(segment)
    return tuple(sorted(told, key=lambda segment: segment[0]))


@pytest.mark.parametrize("recording", ["linux-three-way-four-wave", "linux-simultaneous-open", "self-connect",
                                       "linux-refused"])
def test_the_handshake_is_made_of_the_same_segments(tmp_path, recording):
    kernel = opening(rdpcap(str(SAMPLES / f"{recording}.pcapng")))
    capture, simulated = linux(tmp_path, SITUATIONS[recording])
    packets = rdpcap(str(capture))
    shapes = {opening([packets[number - 1] for number in truth["frames"]]) for truth in simulated}
    assert kernel in shapes
