# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that are less than what was on the wire, or other than it: each function takes a list of frames and a random
number generator, and returns another list. The times stay in order: what is moved takes the time of its new place."""

import random

from scapy.utils import RawPcapNgReader, RawPcapWriter


def truncated(frames, chance):
    """The capture ends at a random frame."""
    return frames[:chance.randrange(1, len(frames) + 1)]


def begun_late(frames, chance):
    """It begins at a random frame."""
    return frames[chance.randrange(len(frames)):]


def thinned(frames, chance):
    """Each frame has one chance in six to be missing."""
    return [frame for frame in frames if chance.random() > 1 / 6] or frames[:1]


def of_same_pair(frames):
    """The places of the frames of each pair of endpoints, of Ethernet frames without options in their IP header."""
    places = {}
    for at, (data, _) in enumerate(frames):
        ipv6 = data[14] >> 4 == 6
        size, start = (16, 22) if ipv6 else (4, 26)
        ends = [data[start:start + size], data[start + size:start + 2 * size]]
        ports = start + 2 * size
        ends = [ends[0] + data[ports:ports + 2], ends[1] + data[ports + 2:ports + 4]]
        places.setdefault(frozenset(ends), []).append(at)
    return places.values()


def shuffled(frames, chance):
    """Of each pair of endpoints one frame in eight changes places with the next."""
    frames = list(frames)
    for places in of_same_pair(frames):
        for one, other in zip(places, places[1:]):
            if chance.random() < 1 / 8:
                (data, time), (next_data, next_time) = frames[one], frames[other]
                frames[one], frames[other] = (next_data, time), (data, next_time)
    return frames


def doubled(frames, chance):
    """One frame in six stands there twice, as at a mirror port."""
    return [frame for one in frames for frame in [one] * (1 + (chance.random() < 1 / 6))]


def retransmitted(frames, chance):
    """One frame in ten comes again later, among the frames that follow of the same pair of endpoints."""
    frames, extra = list(frames), []
    for places in of_same_pair(frames):
        for at, place in enumerate(places):
            if chance.random() < 1 / 10:
                later = places[min(len(places) - 1, at + chance.randrange(1, 6))]
                extra.append((later, frames[place][0]))
    for later, data in sorted(extra, key=lambda item: item[0], reverse=True):
        frames.insert(later + 1, (data, frames[later][1]))
    return frames


KINDS = [truncated, begun_late, thinned, shuffled, doubled, retransmitted]


def read(capture):
    """The frames of a capture of one interface: octets and nanoseconds."""
    reader = RawPcapNgReader(str(capture))
    frames = [(data, (meta.tshigh << 32 | meta.tslow) * 10**9 // meta.tsresol) for data, meta in reader]
    reader.close()
    return frames


def write(path, frames, link=1):
    writer = RawPcapWriter(str(path), linktype=link, nano=True)
    writer.write_header(None)
    for data, time in frames:
        writer.write_packet(data, sec=time // 10**9, usec=time % 10**9)
    writer.close()
    return path


def damage(capture, kind, seed, path):
    return write(path, kind(read(capture), random.Random(seed)))
