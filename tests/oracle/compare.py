# SPDX-License-Identifier: GPL-2.0-or-later
"""What the oracle says of a capture, beside what the plugin shows in tshark."""

import ipaddress

from incarnations import track
from segments import TSHARK_FIELDS, from_rows
from verdicts import judge

PLUGIN_FIELDS = ["frame.number", "simtcp.connection", "simtcp.open", "simtcp.close", "simtcp.simopen", "simtcp.simclose",
                 "simtcp.open.completed", "simtcp.close.completed", "simtcp.time_wait.holder", "simtcp.stray", "simtcp.rst_ignored"]
FIELDS = PLUGIN_FIELDS + TSHARK_FIELDS[1:]


def written(endpoint):
    """An endpoint as the plugin writes it."""
    address, port = ipaddress.ip_address(endpoint[0]), endpoint[1]
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


def by_plugin(rows, strays):
    """By connection: the frames, and the one verdict that stands on all of them."""
    known = {}
    for row in rows:
        if row["simtcp.stray"] or not row["simtcp.connection"]:
            continue
        if row["simtcp.rst_ignored"] and int(row["frame.number"][0]) in strays:
            continue
        said = {"open": row["simtcp.open"][0], "close": row["simtcp.close"][0],
                "simopen": bool(row["simtcp.simopen"]), "simclose": bool(row["simtcp.simclose"]),
                "open completed": bool(row["simtcp.open.completed"]),
                "close completed": bool(row["simtcp.close.completed"]),
                "holders": sorted(row["simtcp.time_wait.holder"])}
        frames, before = known.setdefault(int(row["simtcp.connection"][0]), ([], said))
        assert said == before, f"frame {row['frame.number']}: {said} after {before}"
        frames.append(int(row["frame.number"][0]))
    return known


def by_oracle(segments):
    """The same, by the oracle, and its strays' frames."""
    incarnations, strays = track(segments)
    known = {}
    for incarnation in incarnations:
        if not incarnation.segments:
            continue
        verdict = judge(incarnation)
        known[incarnation.number] = [segment.frame for segment in incarnation.segments], {
            "open": verdict.open, "close": verdict.close, "simopen": verdict.simopen, "simclose": verdict.simclose,
            "open completed": verdict.open_completed, "close completed": verdict.close_completed,
            "holders": sorted(map(written, verdict.holders))}
    return known, {segment.frame for segment in strays}


def differences(ours, theirs):
    """What differs, by the connection's first frame: (field, the oracle's, the plugin's). Connections are brought together
    by first frame, so that one that only one of the two sees does not shift all others; the numbers must be in the same
    order."""
    found = {}
    first = [{frames[0]: (number, frames, verdict) for number, (frames, verdict) in known.items()}
             for known in (ours, theirs)]
    numbers = []
    for frame in sorted(set(first[0]) | set(first[1])):
        one, other = first[0].get(frame), first[1].get(frame)
        if one is None or other is None:
            found[frame] = [("connection", one and one[1], other and other[1])]
            continue
        numbers.append((one[0], other[0], frame))
        wrong = [(name, one[2][name], other[2][name]) for name in one[2] if one[2][name] != other[2][name]]
        if one[1] != other[1]:
            wrong.append(("frames", one[1], other[1]))
        if wrong:
            found[frame] = wrong
    numbers.sort()
    for (_, before, _), (one, other, frame) in zip(numbers, numbers[1:]):
        if other < before:
            found.setdefault(frame, []).append(("number", one, other))
    if not found:
        assert all(one == other for one, other, _ in numbers)
    return found


def compare(rows, segments=None):
    """The differences, and how many connections there are."""
    ours, strays = by_oracle(from_rows(rows) if segments is None else segments)
    theirs = by_plugin(rows, strays)
    return differences(ours, theirs), max(len(ours), len(theirs))
