# SPDX-License-Identifier: GPL-2.0-or-later
"""Known differences between the oracle and the plugin, each with its reason. An entry is a sentence and the condition that
recognises it; whatever none recognises is a failure."""

from segments import from_rows


def fields(difference):
    return {name for name, _, _ in difference}


def frames(difference):
    """The frames that only the oracle, and only the plugin, counts to the connection."""
    for name, ours, theirs in difference:
        if name == "frames":
            return set(ours) - set(theirs), set(theirs) - set(ours)
    return set(), set()


def stray_syn_ack(difference, segments, strays):
    """The plugin calls a SYN+ACK a stray that has the number of its sender's SYN, where the peer's SYN was not captured or
    has another number; decision-rules count it."""
    ours, theirs = frames(difference)
    return bool(ours) and not theirs and ours <= strays and all(segments[frame].syn_ack for frame in ours)


def fin_again(difference, segments, _):
    """A FIN to an end in SYN-SENT comes again when that end has left SYN-SENT: two FINs by the rules, one by the plugin."""
    return ("close", "Simultaneous", "Half-closed") in difference and fields(difference) <= {"close", "simclose"}


def resets_elsewhere(difference, segments, _):
    """A RST that answers the SYN of one attempt is shown in another attempt; it does not count in either."""
    ours, theirs = frames(difference)
    return fields(difference) == {"frames"} and all(segments[frame].rst for frame in ours | theirs)


KNOWN = [stray_syn_ack, fin_again, resets_elsewhere]


def known_difference(difference, rows, read):
    """The name of the entry that explains it, or None."""
    segments = {segment.frame: segment for segment in (from_rows(rows) if read is None else read)}
    strays = {int(row["frame.number"][0]) for row in rows if row["simtcp.stray"]}
    return next((entry.__name__ for entry in KNOWN if entry(difference, segments, strays)), None)
